"""Known wrong answers of exercise 3B, and the sentence that each earns, word for word."""

from __future__ import annotations

from . import changed


def parse(*changes: tuple[str, str]) -> str:
    return changed(PARSE, changes)


def masking(mix: str) -> str:
    return f"{UNMASK}return bytes({mix} for i, byte in enumerate(payload))"


UNMASK = """\
def unmask(payload, key):
    """

PARSE = """\
def parse_header(data):
    if len(data) < 2:
        return None
    fin = data[0] >> 7 == 1
    opcode = data[0] & 0b0000_1111
    masked = data[1] >> 7 == 1
    length, size = data[1] & 0b0111_1111, 2
    if length == 126:
        length, size = int.from_bytes(data[2:4], "big"), 4
    elif length == 127:
        length, size = int.from_bytes(data[2:10], "big"), 10
    if masked:
        size += 4
    if len(data) < size:
        return None
    return fin, opcode, masked, length, size"""

CHECK_SIZE = ("    if len(data) < size:\n        return None\n", "")

READ_16_BITS = """\
    if length == 126:
        length, size = int.from_bytes(data[2:4], "big"), 4
"""

READ_64_BITS = """\
    elif length == 127:
        length, size = int.from_bytes(data[2:10], "big"), 10
"""

CHECK_2_BYTES = """\
    if len(data) < 2:
        return None
"""

KNOWN_WRONG: list[tuple[str, str, str]] = [
    (
        "3B",
        parse(("data[0] >> 7 == 1", "data[0] & 128"), ("data[1] >> 7 == 1", "data[1] & 128")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a wrong tuple: fin "
        "is 128, expected True; masked is 128, expected True. fin and masked are one bit each: "
        "shift them down (`>> 7`) or compare them with 0.",
    ),
    (
        "3B",
        parse(("data[0] >> 7 == 1", "data[0] & 128")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a wrong tuple: fin "
        "is 128, expected True. fin is one bit: shift it down (`data[0] >> 7`) or compare it "
        "with 0.",
    ),
    (
        "3B",
        parse(("data[1] >> 7 == 1", "data[1] & 128")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a wrong tuple: "
        "masked is 128, expected True. masked is one bit: shift it down (`data[1] >> 7`) or "
        "compare it with 0.",
    ),
    (
        "3B",
        parse(("data[0] & 0b0000_1111", "data[0]")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a wrong tuple: "
        "opcode is 129, expected 1. The opcode is the low 4 bits of byte 0, and FIN is still "
        "in it: `& 0b0000_1111`.",
    ),
    (
        "3B",
        parse(("data[0] & 0b0000_1111", "data[0] & 0b0111_1111")),
        "3B not yet: `parse_header(c1 07 f2 48 cd c9 c9 07 00)` gave a wrong tuple: opcode is "
        "65, expected 1. The opcode is the low 4 bits of byte 0, and RSV1 is still in it: `& "
        "0b0000_1111`.",
    ),
    (
        "3B",
        parse(("data[1] & 0b0111_1111", "data[1]")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a wrong tuple: "
        "payload_length is 133, expected 5. The MASK bit is still in the length: take the low "
        "7 bits, `& 0b0111_1111`.",
    ),
    (
        "3B",
        parse(("    if masked:\n        size += 4\n", "")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a wrong tuple: "
        "header_size is 2, expected 6. A masked frame's header ends after its masking key: 4 "
        "bytes more.",
    ),
    (
        "3B",
        parse(("    if masked:\n        size += 4\n", "    size += 4\n")),
        "3B not yet: `parse_header(81 05 48 65 6c 6c 6f)` gave a wrong tuple: header_size is "
        "6, expected 2. There is a masking key only if the MASK bit is 1.",
    ),
    (
        "3B",
        parse((READ_16_BITS + READ_64_BITS, "")),
        "3B not yet: `parse_header(82 7e 01 2c 00 00 00)` gave a wrong tuple: payload_length "
        "is 126, expected 300; header_size is 2, expected 4. 126 and 127 aren't lengths: they "
        "say that the length stands in the next 2 or 8 bytes.",
    ),
    (
        "3B",
        parse(('"big"), 4', '"big"), 2'), ('"big"), 10', '"big"), 2')),
        "3B not yet: `parse_header(82 7e 01 2c 00 00 00)` gave a wrong tuple: header_size is "
        "2, expected 4. The bytes that carry the length belong to the header too.",
    ),
    (
        "3B",
        parse(('"big"', '"little"')),
        "3B not yet: `parse_header(82 7e 01 2c 00 00 00)` gave a wrong tuple: payload_length "
        "is 11265, expected 300. The length is read backwards; the network sends the high byte "
        'first: "big".',
    ),
    (
        "3B",
        parse(('data[2:10], "big"), 10', 'data[2:6], "big"), 6')),
        "3B not yet: `parse_header(82 7f 00 00 00 00 00 01 00 00 00 00 00)` gave a wrong "
        "tuple: payload_length is 0, expected 65536; header_size is 6, expected 10. 127 says "
        "that 8 bytes carry the length; that reads 4 of them.",
    ),
    (
        "3B",
        parse(('data[2:10], "big"), 10', 'data[2:4], "big"), 4')),
        "3B not yet: `parse_header(82 7f 00 00 00 00 00 01 00 00 00 00 00)` gave a wrong "
        "tuple: payload_length is 0, expected 65536; header_size is 4, expected 10. 127 says "
        "that 8 bytes carry the length; that reads 2 of them.",
    ),
    (
        "3B",
        parse(('data[2:10], "big")', 'data[2:4], "big")')),
        "3B not yet: `parse_header(82 7f 00 00 00 00 00 01 00 00 00 00 00)` gave a wrong "
        "tuple: payload_length is 0, expected 65536. After 127, all 8 bytes carry the length: "
        "`data[2:10]`.",
    ),
    (
        "3B",
        parse(('data[2:10], "big")', 'data[2:6], "big")')),
        "3B not yet: `parse_header(82 7f 00 00 00 00 00 01 00 00 00 00 00)` gave a wrong "
        "tuple: payload_length is 0, expected 65536. After 127, all 8 bytes carry the length: "
        "`data[2:10]`.",
    ),
    (
        "3B",
        parse(("    elif length == 127", "    if length == 127")),
        "3B not yet: `parse_header(82 7e 00 7f 00 00 00)` gave None, but the header is whole: "
        "expected (True, 2, False, 127, 4), a tuple. The length is 127 there, and the next "
        "`if` takes it for the signal 127: write `elif`, so that only one of the two runs.",
    ),
    (
        "3B",
        parse(("    elif length == 127", "    if length == 127"), CHECK_SIZE),
        "3B not yet: `parse_header(82 7e 00 7f 00 00 00)` gave a wrong tuple: payload_length "
        "is 2130706432, expected 127; header_size is 10, expected 4. The length is 127 there, "
        "and the next `if` takes it for the signal 127: write `elif`, so that only one of the "
        "two runs.",
    ),
    (
        "3B",
        "import struct\n"
        + parse(
            ("    elif length == 127", "    if length == 127"),
            ('int.from_bytes(data[2:10], "big")', 'struct.unpack("!Q", data[2:10])[0]'),
        ),
        "3B not yet: `parse_header(82 7e 00 7f 00 00 00)` raised struct.error in line 12 of "
        "its cell: unpack requires a buffer of 8 bytes. The length is 127 there, and the next "
        "`if` takes it for the signal 127: write `elif`, so that only one of the two runs.",
    ),
    (
        "3B",
        parse(
            ("    elif length == 127", "    if length == 127"),
            ('data[2:10], "big"), 10', 'data[size : size + 8], "big"), size + 8'),
            CHECK_SIZE,
        ),
        "3B not yet: `parse_header(82 7e 00 7f 00 00 00)` gave a wrong tuple: payload_length "
        "is 0, expected 127; header_size is 12, expected 4. The length is 127 there, and the "
        "next `if` takes it for the signal 127: write `elif`, so that only one of the two runs.",
    ),
    (
        "3B",
        parse(
            ("    elif length == 127", "    if length == 127"),
            ('"big"), 10', '"big"), size + 8'),
            CHECK_SIZE,
        ),
        "3B not yet: `parse_header(82 7e 00 7f 00 00 00)` gave a wrong tuple: payload_length "
        "is 2130706432, expected 127; header_size is 12, expected 4. The length is 127 there, "
        "and the next `if` takes it for the signal 127: write `elif`, so that only one of the "
        "two runs.",
    ),
    (
        "3B",
        parse(('int.from_bytes(data[2:4], "big")', "data[2:4]")),
        "3B not yet: `parse_header(82 7e 01 2c 00 00 00)` gave a wrong tuple: payload_length "
        "is 01 2c (bytes), expected 300 (an int). That is a slice, and still bytes: "
        '`int.from_bytes(..., "big")` makes a number of it.',
    ),
    (
        "3B",
        parse(('int.from_bytes(data[2:10], "big")', "data[2:10]")),
        "3B not yet: `parse_header(82 7f 00 00 00 00 00 01 00 00 00 00 00)` gave a wrong "
        "tuple: payload_length is 00 00 00 00 00 01 00 00 (bytes), expected 65536 (an int). "
        'That is a slice, and still bytes: `int.from_bytes(..., "big")` makes a number of it.',
    ),
    (
        "3B",
        parse(("data[2:4]", "data[2:3]")),
        "3B not yet: `parse_header(82 7e 01 2c 00 00 00)` gave a wrong tuple: payload_length "
        "is 1, expected 300. A slice ends before its second number: `data[2:4]` is bytes 2 and "
        "3, `data[2:10]` is bytes 2 to 9.",
    ),
    (
        "3B",
        parse(('int.from_bytes(data[2:4], "big")', "data[2] + data[3]")),
        "3B not yet: `parse_header(82 7e 01 2c 00 00 00)` gave a wrong tuple: payload_length "
        "is 45, expected 300. The two bytes are one number, in which the first counts 256 "
        'times: `int.from_bytes(data[2:4], "big")`.',
    ),
    (
        "3B",
        parse(("data[0] & 0b0000_1111", "data[0] >> 4")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a wrong tuple: "
        "opcode is 8, expected 1. Those are the high 4 bits of byte 0; the opcode is the low "
        "4: `& 0b0000_1111`.",
    ),
    (
        "3B",
        parse(("masked, length, size", "masked, size, length")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a wrong tuple: "
        "payload_length is 6, expected 5; header_size is 5, expected 6. payload_length comes "
        "before header_size in the tuple.",
    ),
    (
        "3B",
        parse(("data[0] >> 7 == 1", "0"), ("data[1] >> 7 == 1", "data[1] >> 7")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a wrong tuple: fin "
        "is 0, expected 1. FIN is the first bit of byte 0, counted from the left: `data[0] >> "
        "7`.",
    ),
    (
        "3B",
        parse(("data[0] >> 7 == 1", "data[0] >> 7"), ("        size += 4", "        pass")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a wrong tuple: "
        "header_size is 2, expected 6. A masked frame's header ends after its masking key: 4 "
        "bytes more.",
    ),
    (
        "3B",
        parse(("data[0] >> 7 == 1", "data[0]"), ("data[1] >> 7 == 1", "data[1] & 128")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a wrong tuple: fin "
        "is 129, expected True; masked is 128, expected True. fin is one bit: shift it down "
        "(`data[0] >> 7`) or compare it with 0.",
    ),
    (
        "3B",
        parse(("data[0] >> 7 == 1", "data[0] & 128"), ("data[1] & 0b0111_1111", "data[1]")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a wrong tuple: fin "
        "is 128, expected True; payload_length is 133, expected 5. fin is one bit: shift it "
        "down (`data[0] >> 7`) or compare it with 0.",
    ),
    (
        "3B",
        parse(("data[0] >> 7 == 1", 'f"{data[0]:08b}"[0]')),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a wrong tuple: fin "
        "is '1' (a str), expected True (a bool). A digit of that text is a str: compare it "
        'with "1", or take the bit out of the number, `>> 7`.',
    ),
    (
        "3B",
        parse(("data[1] >> 7 == 1", 'f"{data[1]:08b}"[0]')),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a wrong tuple: "
        "masked is '1' (a str), expected True (a bool). A digit of that text is a str: compare "
        'it with "1", or take the bit out of the number, `>> 7`.',
    ),
    (
        "3B",
        parse(("data[0] >> 7 == 1", "data[0] & 1")),
        "3B not yet: `parse_header(82 00)` gave a wrong tuple: fin is 0, expected 1. FIN is "
        "the first bit of byte 0, counted from the left: `data[0] >> 7`.",
    ),
    (
        "3B",
        parse(("data[1] >> 7 == 1", "data[1] & 1")),
        "3B not yet: `parse_header(81 05 48 65 6c 6c 6f)` gave a wrong tuple: masked is 1, "
        "expected 0; header_size is 6, expected 2. MASK is the first bit of byte 1, counted "
        "from the left: `data[1] >> 7`.",
    ),
    (
        "3B",
        parse(("data[0] >> 7 == 1", "data[0]")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a wrong tuple: fin "
        "is 129, expected True. fin is one bit: shift it down (`data[0] >> 7`) or compare it "
        "with 0.",
    ),
    (
        "3B",
        parse(("len(data) < size", "len(data) < size + length")),
        "3B not yet: `parse_header(82 7d 00 00 00)` gave None, but the header is whole: "
        "expected (True, 2, False, 125, 2), a tuple. A header can be read before its payload "
        "is there: `header_size` bytes are enough.",
    ),
    (
        "3B",
        parse((CHECK_2_BYTES, "")),
        "3B not yet: `parse_header(b'')` raised IndexError in line 2 of its cell: index out of "
        "range. Bytes come in any portion: look at `len(data)` first, and return None to ask "
        "for more.",
    ),
    (
        "3B",
        "import struct\n"
        + parse(
            (CHECK_2_BYTES, ""),
            ("data[0] >> 7 == 1", 'struct.unpack("!BB", data[:2])[0] >> 7 == 1'),
        ),
        "3B not yet: `parse_header(b'')` raised struct.error in line 3 of its cell: unpack "
        "requires a buffer of 2 bytes. Bytes come in any portion: look at `len(data)` first, "
        "and return None to ask for more.",
    ),
    (
        "3B",
        parse(("    if len(data) < size:\n        return None\n", "")),
        "3B not yet: `parse_header(81 85)` gave (True, 1, True, 5, 6), expected None: the "
        "header isn't whole yet. Once the size of the header is known, key included, compare "
        "it with `len(data)`; with fewer bytes, return None to ask for more.",
    ),
    (
        "3B",
        parse((READ_16_BITS + READ_64_BITS, READ_16_BITS)),
        "3B not yet: `parse_header(82 7f 00 00 00 00 00 01 00 00 00 00 00)` gave a wrong "
        "tuple: payload_length is 127, expected 65536; header_size is 2, expected 10. 126 and "
        "127 aren't lengths: they say that the length stands in the next 2 or 8 bytes.",
    ),
    (
        "3B",
        parse(
            (
                "return fin, opcode, masked, length, size",
                "return [fin, opcode, masked, length, size]",
            )
        ),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave [True, 1, True, 5, "
        "6], a list; expected (True, 1, True, 5, 6), a tuple. The right items, in a list: "
        "`return fin, opcode, ...` without brackets is a tuple.",
    ),
    (
        "3B",
        parse(("return fin, opcode, masked, length, size", "return {'fin': fin}")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a dict; expected "
        "(True, 1, True, 5, 6), a tuple.",
    ),
    (
        "3B",
        parse(("return fin, opcode, masked, length, size", "return fin, opcode, masked, length")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a tuple of 4; "
        "expected 5 items: fin, opcode, masked, payload_length, header_size.",
    ),
    (
        "3B",
        parse(("return None", "return ()")),
        "3B not yet: `parse_header(b'')` gave (), expected None: the header isn't whole yet.",
    ),
]
