"""Known wrong answers of lesson 13, and the sentence that each earns, word for word."""

from __future__ import annotations

KNOWN_WRONG: list[tuple[str, str, str]] = [
    (
        "13A",
        """\
def parts(data):
    def number(i):
        return int.from_bytes(data[8 * i : 8 * i + 8], "big")
    offsets = [number(i + 1) for i in range(min(99, number(0)))]
    return [data[a:b] for a, b in zip(offsets, offsets[1:])]
""",
        "13A not yet: `parts(06 00 00 00 00 00 00 00 38 00 00 00 00 00 00 00 … (114 "
        "bytes))` gave 98 parts, expected 5. These numbers are little-endian, the "
        'low byte first: `int.from_bytes(..., "little")`.',
    ),
    (
        "13A",
        """\
def parts(data):
    def number(i):
        return int.from_bytes(data[8 * i : 8 * i + 8], "little")
    offsets = [number(i) for i in range(number(0) + 1)]
    return [data[a:b] for a, b in zip(offsets, offsets[1:])]
""",
        "13A not yet: `parts(06 00 00 00 00 00 00 00 38 00 00 00 00 00 00 00 … (114 "
        "bytes))` gave 6 parts, expected 5. The first number counts the offsets; it "
        "is none itself.",
    ),
    (
        "13A",
        """\
def parts(data):
    def number(i):
        return int.from_bytes(data[8 * i : 8 * i + 8], "little")
    offsets = [number(i + 1) for i in range(number(0))] + [len(data)]
    return [data[a:b] for a, b in zip(offsets, offsets[1:])]
""",
        "13A not yet: `parts(06 00 00 00 00 00 00 00 38 00 00 00 00 00 00 00 … (114 "
        "bytes))` gave 6 parts, expected 5. The last offset is the end of the last "
        "part: nothing begins there.",
    ),
    (
        "13A",
        """\
def parts(data):
    def number(i):
        return int.from_bytes(data[8 * i : 8 * i + 8], "little")
    offsets = [number(i + 1) for i in range(number(0))]
    return [data[a:b] for a, b in zip(offsets, offsets[1:])][:5]
""",
        "13A not yet: `parts(08 00 00 00 00 00 00 00 48 00 00 00 00 00 00 00 … (135 "
        "bytes))` gave 5 parts, expected 7. There may be buffers behind the five "
        "parts: cut at every offset.",
    ),
    (
        "13A",
        """\
def parts(data):
    def number(i):
        return int.from_bytes(data[8 * i : 8 * i + 8], "little")
    offsets = [number(i + 1) + 8 for i in range(number(0))]
    return [data[a:b] for a, b in zip(offsets, offsets[1:])]
""",
        "13A not yet: `parts(06 00 00 00 00 00 00 00 38 00 00 00 00 00 00 00 … (114 "
        "bytes))` gave 73 67 5f 74 79 as part 0, expected 69 6f 70 75 62. The "
        "offsets count from the message's first byte.",
    ),
    (
        "13A",
        """\
def parts(data):
    return data.split(b'}{')
""",
        "13A not yet: `parts(06 00 00 00 00 00 00 00 38 00 00 00 00 00 00 00 … (114 "
        "bytes))` gave 4 parts, expected 5. The message isn't text as a whole: cut "
        "it at the offsets.",
    ),
    (
        "13A",
        """\
def parts(data):
    return data
""",
        "13A not yet: `parts(06 00 00 00 00 00 00 00 38 00 00 00 00 00 00 00 … (114 "
        "bytes))` gave 06 00 00 00 00 00 00 00 38 00 00 00 00 00 00 00 … (114 "
        "bytes), bytes; expected 5 parts, in a list.",
    ),
    (
        "13A",
        """\
def parts(data):
    offsets = [int.from_bytes(data[8 * i : 8 * i + 8], "little") for i in range(1, data[0] + 1)]
    return [data[offsets[i] : offsets[i + 1]] for i in range(len(offsets))]
""",
        "13A not yet: `parts(06 00 00 00 00 00 00 00 38 00 00 00 00 00 00 00 … (114 "
        "bytes))` raised IndexError in line 3 of its cell: list index out of range. n "
        "offsets cut n - 1 parts: the last offset is the end of the last part.",
    ),
    (
        "13A",
        """\
def parts(data):
    offsets = [data[8 * i] for i in range(1, data[0] + 1)]
    return [data[a:b] for a, b in zip(offsets, offsets[1:])]
""",
        "13A not yet: `parts(07 00 00 00 00 00 00 00 40 00 00 00 00 00 00 00 … (428 "
        "bytes))` gave 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 … (44 bytes) as "
        "part 5, expected 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 … (300 bytes). "
        "A number has 8 bytes, low byte first; you read the first of them alone.",
    ),
    (
        "13A",
        """\
def parts(data):
    offsets = [int.from_bytes(data[8 * i : 8 * i + 2], "little") for i in range(1, data[0] + 1)]
    return [data[a:b] for a, b in zip(offsets, offsets[1:])]
""",
        "13A not yet: `parts(08 00 00 00 00 00 00 00 48 00 00 00 00 00 00 00 … (70,137 "
        "bytes))` gave 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 … (4,464 bytes) as"
        " part 5, expected 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 … (70,000 "
        "bytes). A number has 8 bytes, low byte first; you read two of them alone.",
    ),
    (
        "13B",
        "guilty = 6",
        "13B not yet: `guilty` is 6. That is the refusal. What did it refuse?",
    ),
    (
        "13B",
        "guilty = 2",
        "13B not yet: `guilty` is 2. That one has FIN 0: more is to follow. It is "
        "legal, what follows it may not be.",
    ),
    (
        "13B",
        "guilty = 4",
        "13B not yet: `guilty` is 4. A pong, in the middle of a message: that is legal.",
    ),
    (
        "13B",
        "guilty = 8",
        "13B not yet: `guilty` is 8; the frames have numbers from 0 to 7.",
    ),
    (
        "13B",
        "guilty = '5'",
        "13B not yet: `guilty` is '5', a str; put the frame's number there, an int.",
    ),
    (
        "13B",
        "guilty = 3",
        "13B not yet: `guilty` is 3. A ping may come at any moment.",
    ),
]
