"""Known wrong answers of exercise 3A, and the sentence that each earns, word for word."""

from __future__ import annotations


def masking(mix: str) -> str:
    return f"{UNMASK}return bytes({mix} for i, byte in enumerate(payload))"


UNMASK = """\
def unmask(payload, key):
    """

LOOP = """\
def unmask(payload, key):
    whole = b""
    for i in range(len(payload)):
        """

KNOWN_WRONG: list[tuple[str, str, str]] = [
    (
        "3A",
        masking("byte ^ key[0]"),
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave 48 a8 7a 66 6f, expected 48 65 "
        "6c 6c 6f. That uses the key's first byte for all; byte i of the payload takes byte `i "
        "% 4`.",
    ),
    (
        "3A",
        masking("byte ^ key[i % 3]"),
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave 48 65 6c 66 a2, expected 48 65 "
        "6c 6c 6f. That starts the key again after 3 bytes; it has 4: `i % 4`.",
    ),
    (
        "3A",
        masking("byte ^ key[(i + 1) % 4]"),
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave 85 be 70 66 a2, expected 48 65 "
        "6c 6c 6f. That starts the key at the wrong byte: byte 0 of the payload takes byte 0 "
        "of the key.",
    ),
    (
        "3A",
        UNMASK + "return bytes(a ^ b for a, b in zip(payload, key))",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave 48 65 6c 6c, expected 48 65 6c "
        "6c 6f. The payload ends where the key does (`zip` stops there); start the key again: "
        "`key[i % 4]`.",
    ),
    (
        "3A",
        UNMASK + "return bytes(a ^ b for a, b in zip(payload, key)) + payload[4:]",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave 48 65 6c 6c 58, expected 48 65 "
        "6c 6c 6f. Only the first 4 bytes are unmasked; the key starts again for each 4: `i % "
        "4`.",
    ),
    (
        "3A",
        masking("byte ^ key[i]"),
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` raised IndexError in line 2 of its "
        "cell: index out of range. An index into the key goes from 0 to 3, `i % 4`; an index "
        "into the payload comes from `range(len(payload))`.",
    ),
    (
        "3A",
        masking("(byte + key[i % 4]) % 256"),
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave b6 99 6e 8e 8f, expected 48 65 "
        "6c 6c 6f. That adds the key; masking is XOR, which is `^` in Python.",
    ),
    (
        "3A",
        masking("byte + key[i % 4]"),
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` raised ValueError in line 2 of its "
        "cell: bytes must be in range(0, 256). A sum can leave the range of a byte; masking is "
        "XOR, which is `^` in Python.",
    ),
    (
        "3A",
        masking("(byte - key[i % 4]) % 256"),
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave 48 a5 2c 14 21, expected 48 65 "
        "6c 6c 6f. That subtracts the key; masking is XOR, which is `^` in Python.",
    ),
    (
        "3A",
        masking("byte & key[i % 4]"),
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave 37 9a 01 11 10, expected 48 65 "
        "6c 6c 6f. That is AND, `&`; masking is XOR, which is `^` in Python.",
    ),
    (
        "3A",
        masking("byte | key[i % 4]"),
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave 7f ff 6d 7d 7f, expected 48 65 "
        "6c 6c 6f. That is OR, `|`; masking is XOR, which is `^` in Python.",
    ),
    (
        "3A",
        masking("byte ^ key[3 - i % 4]"),
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave 42 be b7 66 65, expected 48 65 "
        "6c 6c 6f. The key is reversed there; its bytes count in the order of the wire.",
    ),
    (
        "3A",
        UNMASK + "return payload",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave 7f 9f 4d 51 58, expected 48 65 "
        "6c 6c 6f. That is the payload as it came, still masked.",
    ),
    (
        "3A",
        UNMASK + "return ''.join(chr(byte ^ key[i % 4]) for i, byte in enumerate(payload))",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave 'Hello', a str; expected 48 65 "
        "6c 6c 6f, bytes. A payload may be anything, not text alone: leave out `chr` or "
        "`decode`, put the numbers in a list, and return `bytes(...)` of that list.",
    ),
    (
        "3A",
        UNMASK + "return [byte ^ key[i % 4] for i, byte in enumerate(payload)]",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave [72, 101, 108, 108, 111], a "
        "list; expected 48 65 6c 6c 6f, bytes. `bytes(...)` around it makes bytes of its "
        "numbers.",
    ),
    (
        "3A",
        UNMASK + "return bytearray(byte ^ key[i % 4] for i, byte in enumerate(payload))",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave a bytearray; expected 48 65 6c "
        "6c 6f, bytes. `bytes(...)` around it makes bytes of its numbers.",
    ),
    (
        "3A",
        UNMASK + "payload[0] = payload[0] ^ key[0]\n    return payload",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` raised TypeError in line 2 of its "
        "cell: 'bytes' object does not support item assignment. Bytes can't be changed in "
        "place: collect the new ones, then `bytes(...)`.",
    ),
    (
        "3A",
        UNMASK + "return payload ^ key",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` raised TypeError in line 2 of its "
        "cell: unsupported operand type(s) for ^: 'bytes' and 'bytes'. `^` takes two numbers, "
        "and these are bytes: go byte by byte, `payload[i] ^ key[i % 4]`.",
    ),
    (
        "3A",
        UNMASK + "payload ^= key\n    return payload",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` raised TypeError in line 2 of its "
        "cell: unsupported operand type(s) for ^=: 'bytes' and 'bytes'. `^` takes two numbers, "
        "and these are bytes: go byte by byte, `payload[i] ^ key[i % 4]`.",
    ),
    (
        "3A",
        UNMASK + "return payload ^ key[0]",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` raised TypeError in line 2 of its "
        "cell: unsupported operand type(s) for ^: 'bytes' and 'int'. `^` takes two numbers, "
        "and `payload` is bytes: go byte by byte, `payload[i]`.",
    ),
    (
        "3A",
        masking("byte ^ key"),
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` raised TypeError in line 2 of its "
        "cell: unsupported operand type(s) for ^: 'int' and 'bytes'. `^` takes two numbers, "
        "and `key` is four of them: take one, `key[i % 4]`.",
    ),
    (
        "3A",
        LOOP + "return payload[i] ^ key[i % 4]",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave 72, an int; expected 48 65 6c "
        "6c 6f, bytes. That is the first byte alone. `return` ends the function, so put it "
        "after the loop, not inside it.",
    ),
    (
        "3A",
        LOOP + "return bytes([payload[i] ^ key[i % 4]])",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave 48, expected 48 65 6c 6c 6f. "
        "That is the first byte alone. `return` ends the function, so put it after the loop, "
        "not inside it.",
    ),
    (
        "3A",
        LOOP + "return [payload[i] ^ key[i % 4]]",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave [72], a list; expected 48 65 "
        "6c 6c 6f, bytes. `bytes(...)` around it makes bytes of its numbers. That is the first "
        "byte alone. `return` ends the function, so put it after the loop, not inside it.",
    ),
    (
        "3A",
        LOOP + "return chr(payload[i] ^ key[i % 4])",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave 'H', a str; expected 48 65 6c "
        "6c 6f, bytes. A payload may be anything, not text alone: leave out `chr` or `decode`, "
        "put the numbers in a list, and return `bytes(...)` of that list. That is the first "
        "byte alone. `return` ends the function, so put it after the loop, not inside it.",
    ),
    (
        "3A",
        LOOP + "return bytes(payload[i] ^ key[i % 4])",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` went wrong at byte 0 (the first is "
        "byte 0): gave 00, expected 48. `bytes(72)` is 72 bytes of zeros; `bytes([72])` is one "
        "byte, the number 72.",
    ),
    (
        "3A",
        LOOP + "whole += bytes(payload[i] ^ key[i % 4])\n    return whole",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` went wrong at byte 0 (the first is "
        "byte 0): gave 00, expected 48. `bytes(72)` is 72 bytes of zeros; `bytes([72])` is one "
        "byte, the number 72.",
    ),
    (
        "3A",
        LOOP + "whole += payload[i] ^ key[i % 4]\n    return whole",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` raised TypeError in line 4 of its "
        "cell: can't concat int to bytes. `+` joins no number to bytes or text: put the "
        "numbers in a list with `append`, and return `bytes(...)` of that list.",
    ),
    (
        "3A",
        UNMASK + "text = ''\n    text += payload[0] ^ key[0]\n    return text",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` raised TypeError in line 3 of its "
        'cell: can only concatenate str (not "int") to str. `+` joins no number to bytes or '
        "text: put the numbers in a list with `append`, and return `bytes(...)` of that list.",
    ),
    (
        "3A",
        masking("chr(byte ^ key[i % 4])"),
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` raised TypeError in line 2 of its "
        "cell: 'str' object cannot be interpreted as an integer. `bytes(...)` takes numbers: "
        "leave out `chr`.",
    ),
    (
        "3A",
        UNMASK + "return [chr(byte ^ key[i % 4]) for i, byte in enumerate(payload)]",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave ['H', 'e', 'l', 'l', 'o'], a "
        "list; expected 48 65 6c 6c 6f, bytes. Leave out `chr`: `bytes(...)` around a list of "
        "numbers makes bytes of them.",
    ),
    (
        "3A",
        UNMASK + "return [byte ^ key[0] for byte in payload]",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave [72, 168, 122, 102, 111], a "
        "list; expected 48 65 6c 6c 6f, bytes. `bytes(...)` around it makes bytes of its "
        "numbers.",
    ),
    (
        "3A",
        UNMASK + "return bytes(payload[i] ^ key[i % 4] for i in payload)",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` raised IndexError in line 2 of its "
        "cell: index out of range. An index into the key goes from 0 to 3, `i % 4`; an index "
        "into the payload comes from `range(len(payload))`.",
    ),
    (
        "3A",
        UNMASK + "return b'Hello'",
        "3A not yet: `unmask(b'', 37 fa 21 3d)` gave 48 65 6c 6c 6f, expected b''. That is "
        "Hello, whatever comes in: work it out from `payload` and `key`.",
    ),
    (
        "3A",
        UNMASK + "return 'Hello'",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave 'Hello', a str; expected 48 65 "
        "6c 6c 6f, bytes. A payload may be anything, not text alone: leave out `chr` or "
        "`decode`, put the numbers in a list, and return `bytes(...)` of that list.",
    ),
    (
        "3A",
        UNMASK + "return bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))[:256]",
        "3A not yet: `unmask(7e d8 5a dc e4 0b e0 97 40 bf 43 b0 7b 35 31 4e … (300 bytes), 56 "
        "16 a9 0e)` gave 256 bytes, expected 300.",
    ),
    (
        "3A",
        UNMASK
        + (
            "whole = bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))\n    "
            "return whole if len(payload) <= 256 else payload"
        ),
        "3A not yet: `unmask(7e d8 5a dc e4 0b e0 97 40 bf 43 b0 7b 35 31 4e … (300 bytes), 56 "
        "16 a9 0e)` went wrong at byte 0 (the first is byte 0): gave 7e, expected 28. That is "
        "the payload as it came, still masked.",
    ),
    (
        "3A",
        UNMASK + "raise SystemExit",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` left Python in line 2 of its cell "
        "by SystemExit: use `return` to give the answer.",
    ),
    (
        "3A",
        UNMASK + "raise KeyboardInterrupt",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` was interrupted in line 2 of its "
        "cell before it answered. Is there a loop that never ends?",
    ),
    (
        "3A",
        UNMASK + "print(bytes(b ^ key[i % 4] for i, b in enumerate(payload)))",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` printed something and returned "
        "None: put `return` where `print` is.",
    ),
]
