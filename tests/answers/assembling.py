"""Known wrong answers of lesson 04, and the sentence that each earns, word for word."""

from __future__ import annotations

from . import nearly

KNOWN_WRONG: list[tuple[str, str, str]] = [
    (
        "4A",
        """\
def assemble(frames):
    return [p.decode() if o == 1 else p for f, o, p in frames if o < 8]
""",
        "4A not yet: `assemble([(False, 1, 48 65 6c), (True, 0, 6c 6f)])` gave "
        "['Hel', 6c 6f], expected ['Hello']. That makes a message of each frame; "
        "go on collecting until FIN is 1.",
    ),
    (
        "4A",
        nearly(
            "4A",
            (
                "        if opcode >= 8:\n",
                """\
        if opcode >= 8:
            messages.append(payload)
""",
            ),
        ),
        "4A not yet: `assemble([(False, 1, 48 65 6c), (True, 9, 79 6f 75 20 74 68 "
        "65 72 65 3f), (True, 0, 6c 6f)])` gave [79 6f 75 20 74 68 65 72 65 3f, "
        "'Hello'], expected ['Hello']. A ping or pong may stand between two "
        "fragments and is no part of the message: skip opcodes from 8 on.",
    ),
    (
        "4A",
        nearly(
            "4A",
            (
                "        if opcode >= 8:\n",
                """\
        if opcode >= 8:
            kind, data = None, b""
""",
            ),
            (
                """\
        if (opcode == 0) == (kind is None):
            return None
""",
                "",
            ),
        ),
        "4A not yet: `assemble([(False, 1, 48 65 6c), (True, 9, 79 6f 75 20 74 68 "
        "65 72 65 3f), (True, 0, 6c 6f)])` gave [6c 6f], expected ['Hello']. A "
        "ping or pong between two fragments doesn't end their message: leave what "
        "you have collected alone.",
    ),
    (
        "4A",
        nearly(
            "4A",
            (
                "        data += payload\n",
                """\
        data += payload
        payload.decode()
""",
            ),
        ),
        "4A not yet: `assemble([(False, 1, 63 61 66 c3), (True, 0, a9)])` raised "
        "UnicodeDecodeError in line 10 of its cell: 'utf-8' codec can't decode "
        "byte 0xc3 in position 3: unexpected end of data. A character may be cut "
        "in two by a fragment's end: join the bytes first, then decode.",
    ),
    (
        "4A",
        nearly(
            "4A",
            (
                "messages.append(data.decode() if kind == 1 else data)",
                "messages.append(data.decode())",
            ),
        ),
        "4A not yet: `assemble([(True, 2, ff d8)])` raised UnicodeDecodeError in "
        "line 11 of its cell: 'utf-8' codec can't decode byte 0xff in position 0: "
        "invalid start byte. Opcode 2 is binary: leave its bytes as they are.",
    ),
    (
        "4A",
        nearly(
            "4A", ("messages.append(data.decode() if kind == 1 else data)", "messages.append(data)")
        ),
        "4A not yet: `assemble([(True, 1, 48 65 6c 6c 6f)])` gave [48 65 6c 6c "
        "6f], expected ['Hello']. Opcode 1 is text: `.decode()` makes a str of the "
        "joined bytes.",
    ),
    (
        "4A",
        nearly(
            "4A",
            (
                """\
        if (opcode == 0) == (kind is None):
            return None
""",
                "",
            ),
        ),
        "4A not yet: `assemble([(True, 0, 6c 6f)])` gave [6c 6f], expected None: "
        "there is no message that its continuation could continue. A continuation "
        "with nothing to continue, and a new message before the old one's end, are "
        "illegal: return None.",
    ),
    (
        "4A",
        nearly(
            "4A",
            (
                '            kind, data = None, b""\n',
                """\
            kind, data = None, b""
    if kind:
        messages.append(data.decode())
""",
            ),
        ),
        "4A not yet: `assemble([(True, 1, 64 6f 6e 65), (False, 1, 6e 65 76 65 72 "
        "20 66 69 6e 69)])` gave ['done', 'never fini'], expected ['done']. A "
        "message whose last fragment hasn't come yet is none: leave it out.",
    ),
    (
        "4A",
        """\
def assemble(frames):
    return b"".join(p for f, o, p in frames)
""",
        "4A not yet: `assemble([(True, 1, 48 65 6c 6c 6f)])` gave 48 65 6c 6c 6f, "
        "bytes; expected ['Hello'], a list of messages. Return a list of messages, "
        "not all of them in one.",
    ),
    (
        "4A",
        """\
def assemble(frames):
    return "".join(p.decode() for f, o, p in frames if o < 8)
""",
        "4A not yet: `assemble([(True, 1, 48 65 6c 6c 6f)])` gave 'Hello', a str; "
        "expected ['Hello'], a list of messages. Return a list of messages, not "
        "all of them in one.",
    ),
    (
        "4A",
        """\
def assemble(frames):
    return 'Hello'
""",
        "4A not yet: `assemble([(True, 1, 48 65 6c 6c 6f)])` gave 'Hello', a str; "
        "expected ['Hello'], a list of messages. Return a list of messages, not "
        "all of them in one.",
    ),
    (
        "4A",
        """\
async def assemble(frames):
    return []
""",
        "4A not yet: `assemble([(True, 1, 48 65 6c 6c 6f)])` gave a coroutine: "
        "write `def assemble` without `async`.",
    ),
    (
        "4A",
        nearly("4A", ("return messages", "print(messages)")),
        "4A not yet: `assemble([(True, 1, 48 65 6c 6c 6f)])` printed something and "
        "returned None: put `return` where `print` is.",
    ),
    (
        "4A",
        nearly("4A", ("if (opcode == 0) == (kind is None):", "if opcode == 0 and kind is None:")),
        "4A not yet: `assemble([(False, 1, 48 65 6c), (True, 1, 6c 6f)])` gave "
        "['Hello'], expected None: a new message begins while the one before has "
        "no end. A continuation with nothing to continue, and a new message before "
        "the old one's end, are illegal: return None.",
    ),
    (
        "4B",
        """\
def could_be(up, down, seen):
    return seen == [m for pair in zip(up, down) for m in pair]
""",
        "4B not yet: `could_be(['a', 'b', 'c'], ['1', '2', '3'], ['1', '2', '3', "
        "'a', 'b', 'c'])` gave False, expected True: each direction is in its "
        "order, and none is missing. The two directions don't take turns; only the "
        "order within each is kept.",
    ),
    (
        "4B",
        """\
def could_be(up, down, seen):
    return seen == up + down or seen == down + up
""",
        "4B not yet: `could_be(['a', 'b', 'c'], ['1', '2', '3'], ['a', '1', 'b', "
        "'2', 'c', '3'])` gave False, expected True: each direction is in its "
        "order, and none is missing. One direction needn't come as a whole before "
        "the other.",
    ),
    (
        "4B",
        """\
def could_be(up, down, seen):
    return seen == up + down
""",
        "4B not yet: `could_be(['a', 'b', 'c'], ['1', '2', '3'], ['a', '1', 'b', "
        "'2', 'c', '3'])` gave False, expected True: each direction is in its "
        "order, and none is missing. One direction needn't come as a whole before "
        "the other.",
    ),
    (
        "4B",
        """\
def could_be(up, down, seen):
    return sorted(seen) == sorted(up + down)
""",
        "4B not yet: `could_be(['a', 'b', 'c'], ['1', '2', '3'], ['b', 'a', '2', "
        "'1', 'c', '3'])` gave True, expected False: a, b, c were sent in that "
        "order, and TCP keeps it. That looks at which messages came, and not at "
        "their order.",
    ),
    (
        "4B",
        """\
def could_be(up, down, seen):
    return set(seen) == set(up + down)
""",
        "4B not yet: `could_be(['a', 'b', 'c'], ['1', '2', '3'], ['b', 'a', '2', "
        "'1', 'c', '3'])` gave True, expected False: a, b, c were sent in that "
        "order, and TCP keeps it. That looks at which messages came, and not at "
        "their order.",
    ),
    (
        "4B",
        """\
def could_be(up, down, seen):
    return [m for m in seen if m in up] == up
""",
        "4B not yet: `could_be(['a', 'b', 'c'], ['1', '2', '3'], ['a', 'b', 'c', "
        "'1', '3', '2'])` gave True, expected False: 1, 2, 3 were sent in that "
        "order, and TCP keeps it. That looks at what the client sent alone; the "
        "server's order is kept, too.",
    ),
    (
        "4B",
        """\
def could_be(up, down, seen):
    return [m for m in seen if m in down] == down
""",
        "4B not yet: `could_be(['a', 'b', 'c'], ['1', '2', '3'], ['b', 'a', '1', "
        "'2', '3', 'c'])` gave True, expected False: a, b, c were sent in that "
        "order, and TCP keeps it. That looks at what the server sent alone; the "
        "client's order is kept, too.",
    ),
    (
        "4B",
        """\
def could_be(up, down, seen):
    return [m for m in seen if m in up] == up and [m for m in seen if m in down] == down
""",
        "4B not yet: `could_be(['a', 'b', 'c'], ['1', '2', '3'], ['a', 'b', 'x', "
        "'c', '1', '2', …])` gave True, expected False: nobody sent 'x'. What "
        "nobody sent can't arrive: look at each of the messages seen.",
    ),
    (
        "4B",
        """\
def could_be(up, down, seen):
    return True
""",
        "4B not yet: `could_be(['a', 'b', 'c'], ['1', '2', '3'], ['b', 'x'])` gave "
        "True, expected False: nobody sent 'x'. Not every order is possible: "
        "within each direction, TCP keeps it.",
    ),
    (
        "4B",
        """\
def could_be(up, down, seen):
    return 'yes'
""",
        "4B not yet: `could_be(['a', 'b', 'c'], ['1', '2', '3'], ['a', '1', 'b', "
        "'2', 'c', '3'])` gave 'yes', a str; expected True or False.",
    ),
    (
        "4C",
        """\
def fragment(text, size):
    data = text.encode()
    return [(i + size >= len(data), 1, data[i : i + size]) for i in range(0, len(data), size)]
""",
        "4C not yet: `fragment('Hello', 3)` gave [(False, 1, 48 65 6c), (True, 1, "
        "6c 6f)], expected [(False, 1, 48 65 6c), (True, 0, 6c 6f)]. Only the "
        "first fragment says what the message is; those after it have opcode 0, "
        "continuation.",
    ),
    (
        "4C",
        """\
def fragment(text, size):
    data = text.encode()
    return [(True, 0 if i else 1, data[i : i + size]) for i in range(0, len(data), size)]
""",
        "4C not yet: `fragment('Hello', 3)` gave [(True, 1, 48 65 6c), (True, 0, "
        "6c 6f)], expected [(False, 1, 48 65 6c), (True, 0, 6c 6f)]. FIN is 1 in "
        "the last fragment alone.",
    ),
    (
        "4C",
        """\
def fragment(text, size):
    data = text.encode()
    return [(False, 0 if i else 1, data[i : i + size]) for i in range(0, len(data), size)]
""",
        "4C not yet: `fragment('Hello', 3)` gave [(False, 1, 48 65 6c), (False, 0, "
        "6c 6f)], expected [(False, 1, 48 65 6c), (True, 0, 6c 6f)]. The last "
        "fragment has FIN 1; without it the message never ends.",
    ),
    (
        "4C",
        """\
def fragment(text, size):
    parts = [text[i : i + size] for i in range(0, len(text), size)] or ['']
    last = len(parts) - 1
    return [(i == last, 0 if i else 1, p.encode()) for i, p in enumerate(parts)]
""",
        "4C not yet: `fragment('café', 4)` gave [(True, 1, 63 61 66 c3 a9)], "
        "expected [(False, 1, 63 61 66 c3), (True, 0, a9)]. A size is a number of "
        "bytes: `.encode()` the text first, then cut.",
    ),
    (
        "4C",
        """\
def fragment(text, size):
    data = text.encode()
    last = range(0, len(data), size)[-1:]
    return [(i in last, 0 if i else 1, data[i : i + size]) for i in range(0, len(data), size)]
""",
        "4C not yet: `fragment('', 4)` gave [], expected [(True, 1, b'')]. An "
        "empty message is one frame, too, with an empty payload.",
    ),
    (
        "4C",
        """\
def fragment(text, size):
    data = text.encode()
    return [(i + size >= len(data), 0, data[i : i + size]) for i in range(0, len(data), size)]
""",
        "4C not yet: `fragment('Hello', 3)` gave [(False, 0, 48 65 6c), (True, 0, "
        "6c 6f)], expected [(False, 1, 48 65 6c), (True, 0, 6c 6f)]. The first "
        "fragment has opcode 1, text.",
    ),
    (
        "4C",
        """\
def fragment(text, size):
    data = text.encode()
    return [data[i : i + size] for i in range(0, len(data), size)]
""",
        "4C not yet: `fragment('Hello', 3)` gave [48 65 6c, 6c 6f], expected "
        "[(False, 1, 48 65 6c), (True, 0, 6c 6f)]. Those are the payloads alone; "
        "each fragment is a tuple `(fin, opcode, payload)`.",
    ),
    (
        "4C",
        """\
def fragment(text, size):
    return text
""",
        "4C not yet: `fragment('Hello', 3)` gave 'Hello', a str; expected [(False, "
        "1, 48 65 6c), (True, 0, 6c 6f)], a list.",
    ),
    (
        "4A",
        nearly("4A", ("if (opcode == 0) == (kind is None):", "if (opcode == 0) == (not data):")),
        "4A not yet: `assemble([(False, 1, b''), (True, 0, 6c 6f)])` gave None; "
        "expected ['lo']. A first fragment may be empty, and its message is open "
        "all the same: ask for its opcode, and not for its bytes.",
    ),
    (
        "4A",
        nearly("4A", ("return messages", "return messages if kind is None else None")),
        "4A not yet: `assemble([(True, 1, 64 6f 6e 65), (False, 1, 6e 65 76 65 72 "
        "20 66 69 6e 69)])` gave None; expected ['done']. A message whose last "
        "fragment hasn't come yet is none, and isn't illegal: leave it out, and "
        "return the others.",
    ),
    (
        "4B",
        """\
def could_be(up, down, seen):
    up, down = list(up), list(down)
    for m in seen:
        if m in up[:1]:
            up.pop(0)
        elif m in down[:1]:
            down.pop(0)
        else:
            return False
    return True
""",
        "4B not yet: `could_be(['a', 'b', 'c'], ['1', '2', '3'], ['a', 'b', 'c', "
        "'1', '2'])` gave True, expected False: '3' was seen 0 times. None may be "
        "missing: TCP delivers every message, and the log is complete.",
    ),
    (
        "4C",
        nearly(
            "4C",
            (
                'parts = [data[i : i + size] for i in range(0, len(data), size)] or [b""]',
                'parts = [data[i : i + size] for i in range(0, len(data), size)] + [b""]',
            ),
        ),
        "4C not yet: `fragment('Hello', 3)` gave [(False, 1, 48 65 6c), (False, 0, "
        "6c 6f), (True, 0, b'')], expected [(False, 1, 48 65 6c), (True, 0, 6c "
        "6f)]. That is a legal way to send it. But here no frame is empty, unless "
        "the text is: the last one that has bytes has FIN 1.",
    ),
    (
        "4C",
        """\
def fragment(text, size):
    parts = [""]
    for character in text:
        if parts[-1] and len((parts[-1] + character).encode()) > size:
            parts.append("")
        parts[-1] += character
    last = len(parts) - 1
    return [(i == last, 0 if i else 1, part.encode()) for i, part in enumerate(parts)]
""",
        "4C not yet: `fragment('café', 4)` gave [(False, 1, 63 61 66), (True, 0, "
        "c3 a9)], expected [(False, 1, 63 61 66 c3), (True, 0, a9)]. A size is a "
        "number of bytes, and a fragment may end within a character: the message "
        "is text as a whole.",
    ),
    (
        "4C",
        """\
def fragment(text, size):
    parts = [text[i : i + size] for i in range(0, len(text), size)] or [""]
    last = len(parts) - 1
    return [(int(i == last), 0 if i else 1, part) for i, part in enumerate(parts)]
""",
        "4C not yet: `fragment('Hello', 3)` gave [(0, 1, 'Hel'), (1, 0, 'lo')], "
        "expected [(False, 1, 48 65 6c), (True, 0, 6c 6f)]. A payload is bytes: "
        "cut after `.encode()`, and don't decode the pieces.",
    ),
]
