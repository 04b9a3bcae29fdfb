"""Known wrong answers of exercise 3C, and the sentence that each earns, word for word."""

from __future__ import annotations

KNOWN_WRONG: list[tuple[str, str, str]] = [
    (
        "3C",
        'bad_frame = bytes.fromhex("81 85 37 fa 21 3d 7f 9f 4d 51 58")',
        "3C not yet: 81 85 37 fa 21 3d 7f 9f 4d 51 58 is legal: it is `hello`, and no bit of "
        "it has changed. Which bits of byte 0 have to be 0, and which opcodes are reserved?",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("01 85 37 fa 21 3d 7f 9f 4d 51 58")',
        "3C not yet: 01 85 37 fa 21 3d 7f 9f 4d 51 58 is legal: FIN went from 1 to 0, which "
        "says that more fragments follow. Which bits of byte 0 have to be 0, and which opcodes "
        "are reserved?",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("a1 05 48 65 6c 6c 6f")',
        "3C not yet: a1 05 48 65 6c 6c 6f isn't masked: the first bit of byte 1 is 0. A server "
        "refuses that too, but this exercise asks for the masked Hello.",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("81 85 00 00 00 00 48 65 6c 6c 6f")',
        "3C not yet: 81 85 00 00 00 00 48 65 6c 6c 6f is legal: the key is another one, and "
        "any key will do. Which bits of byte 0 have to be 0, and which opcodes are reserved?",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("a1 85 37 fa 21 3d 7f 9f 4d 51 58 81 00")',
        "3C not yet: a1 85 37 fa 21 3d 7f 9f 4d 51 58 81 00 is 13 bytes, but its header says "
        "that the frame ends after 11.",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("a1 86 37 fa 21 3d 7f 9f 4d 51 58")',
        "3C not yet: a1 86 37 fa 21 3d 7f 9f 4d 51 58 isn't whole: its header announces 6 "
        "bytes of payload, 5 are there.",
    ),
    (
        "3C",
        'bad_frame = "a1 85 37 fa 21 3d 7f 9f 4d 51 58"',
        "3C not yet: `bad_frame` is a str; `bytes.fromhex(...)` makes bytes of hex digits.",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("a1 85 37 fa 21 3d 48 65 6c 6c 6f")',
        "3C not yet: a1 85 37 fa 21 3d 48 65 6c 6c 6f has Hello unmasked; mask it: "
        "`hs.apply_mask(b'Hello', key)`.",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("89 85 37 fa 21 3d 7f 9f 4d 51 58")',
        "3C not yet: 89 85 37 fa 21 3d 7f 9f 4d 51 58 is legal: the opcode went from 0001 "
        "(text) to 1001 (ping), and both are defined. Which bits of byte 0 have to be 0, and "
        "which opcodes are reserved?",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("82 85 37 fa 21 3d 7f 9f 4d 51 58")',
        "3C not yet: 82 85 37 fa 21 3d 7f 9f 4d 51 58 is legal: the opcode went from 0001 "
        "(text) to 0010 (binary), and both are defined. Which bits of byte 0 have to be 0, and "
        "which opcodes are reserved?",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("8a 85 37 fa 21 3d 7f 9f 4d 51 58")',
        "3C not yet: 8a 85 37 fa 21 3d 7f 9f 4d 51 58 is legal: the opcode went from 0001 "
        "(text) to 1010 (pong), and both are defined. Which bits of byte 0 have to be 0, and "
        "which opcodes are reserved?",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("02 85 37 fa 21 3d 7f 9f 4d 51 58")',
        "3C not yet: 02 85 37 fa 21 3d 7f 9f 4d 51 58 is legal: FIN went from 1 to 0, which "
        "says that more fragments follow; the opcode went from 0001 (text) to 0010 (binary), "
        "and both are defined. Which bits of byte 0 have to be 0, and which opcodes are "
        "reserved?",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("81 05 37 fa 21 3d 7f 9f 4d 51 58")',
        "3C not yet: 81 05 37 fa 21 3d 7f 9f 4d 51 58 isn't masked: the first bit of byte 1 is "
        "0. A server refuses that too, but this exercise asks for the masked Hello.",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("81 84 37 fa 21 3d 7f 9f 4d 51 58")',
        "3C not yet: 81 84 37 fa 21 3d 7f 9f 4d 51 58 is 11 bytes, but its header says that "
        "the frame ends after 10.",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("a1 85 37 fa 21")',
        "3C not yet: a1 85 37 fa 21 isn't whole: its header has 6 bytes, 5 are there.",
    ),
    (
        "3C",
        "bad_frame = bytes([0x81 ^ 0b0010_0000])",
        "3C not yet: `bad_frame` has 1 byte, and a whole frame is asked for: `hello[1:]` is "
        "all of `hello` after its first byte.",
    ),
    (
        "3C",
        "bad_frame = bytes(0x81 ^ 0b0010_0000)",
        "3C not yet: `bytes(161)` is 161 bytes of zeros; `bytes([161])` is one byte, 161.",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("a1 85 37 fa 21 3d 7f 9f 4d 51 59")',
        "3C not yet: a1 85 37 fa 21 3d 7f 9f 4d 51 59 unmasks to 48 65 6c 6c 6e, expected 48 "
        "65 6c 6c 6f, Hello.",
    ),
    (
        "3C",
        "bad_frame = 0xa1",
        "3C not yet: `bad_frame` is an int; put the bytes of a whole frame there, as "
        "`bytes.fromhex(...)` makes them.",
    ),
    (
        "3C",
        "bad_frame = [0xa1, 0x85]",
        "3C not yet: `bad_frame` is a list; `bytes(bad_frame)` makes bytes of it.",
    ),
    (
        "3C",
        'bad_frame = b""',
        "3C not yet: `bad_frame` has 0 bytes, and a whole frame is asked for: `hello[1:]` is "
        "all of `hello` after its first byte.",
    ),
    (
        "3C",
        "from hellosockets.frames import Frame\nbad_frame = Frame(bytes.fromhex('a185'))",
        "3C not yet: `bad_frame` is a Frame; its bytes are in its attribute `raw`.",
    ),
    (
        "3C",
        'bad_frame = bytearray.fromhex("a1 85 37 fa 21 3d 7f 9f 4d 51 58")',
        "3C not yet: `bad_frame` is a bytearray; `bytes(bad_frame)` makes bytes of it.",
    ),
]
