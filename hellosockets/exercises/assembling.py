"""Assembling: messages out of frames, and what two directions at once guarantee (RFC 6455 §5.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .engine import Exercise
from .grading import Mistake, Vectors, kind, show

__all__ = ["EXERCISES"]

Piece = tuple[bool, int, bytes]

# 4A

TEXT, BINARY, CONT, CLOSE, PING, PONG = 1, 2, 0, 8, 9, 10
CAFE = "café".encode()  # the é is two bytes

FRAMES: list[tuple[list[Piece]]] = [
    ([(True, TEXT, b"Hello")],),
    ([(False, TEXT, b"Hel"), (True, CONT, b"lo")],),
    ([(False, TEXT, b"Hel"), (True, PING, b"you there?"), (True, CONT, b"lo")],),
    ([(True, TEXT, b"one"), (True, TEXT, b"two")],),
    ([(False, TEXT, b"a"), (False, CONT, b"b"), (False, CONT, b"c"), (True, CONT, b"")],),
    ([(False, TEXT, b""), (True, CONT, b"lo")],),
    ([(False, TEXT, CAFE[:4]), (True, CONT, CAFE[4:])],),
    ([(True, BINARY, b"\xff\xd8")],),
    ([(False, BINARY, b"\xff"), (True, PONG, b""), (True, CONT, b"\xd8"), (True, TEXT, b"hi")],),
    ([(True, TEXT, b"")],),
    ([(True, TEXT, b"done"), (False, TEXT, b"never fini")],),
    ([(True, PING, b""), (True, CLOSE, b"\x03\xe8")],),
    ([],),
    ([(True, CONT, b"lo")],),
    ([(False, TEXT, b"Hel"), (True, TEXT, b"lo")],),
    ([(True, TEXT, b"ok"), (True, CONT, b"!")],),
]


def _assemble(
    frames: Sequence[Piece],
    *,
    join: bool = True,
    skip_control: bool = True,
    control_ends: bool = False,
    decode_each: bool = False,
    all_text: bool = False,
    all_bytes: bool = False,
    lax: bool = False,
    unfinished: bool = False,
    empty_is_none: bool = False,
) -> list[str | bytes] | None:
    """Assemble as RFC 6455 §5.4 says, or with one of the mistakes that people make."""
    messages: list[str | bytes] = []
    opcode, parts = None, b""
    for fin, each, payload in frames:
        if each >= CLOSE:
            if not skip_control:
                messages.append(payload)
            if control_ends:
                opcode, parts = None, b""
            continue
        is_open = opcode is not None and (bool(parts) or not empty_is_none)
        if (each == CONT) != is_open and not lax:
            return None
        opcode = each if opcode is None or each != CONT else opcode
        parts = parts + payload if join else payload
        if decode_each and opcode == TEXT:
            payload.decode()
        if fin or not join:
            is_text = (opcode == TEXT or all_text) and not all_bytes
            messages.append(parts.decode() if is_text else parts)
            opcode, parts = None if join else opcode, b""
            if fin:
                opcode = None
    if unfinished and opcode is not None:
        messages.append(parts.decode())
    return messages


def _judge_messages(arguments: Sequence[Any], value: Any) -> str | None:
    expected = _assemble(arguments[0])
    if value == expected and isinstance(value, list | None):
        return None
    if expected is None:
        return f"gave {show(value)}, expected None: {_why_illegal(arguments[0])}"
    if value is None:
        return f"gave None; expected {show(expected)}."
    if isinstance(value, list):
        return f"gave {show(value)}, expected {show(expected)}."
    return f"gave {show(value)}, {kind(value)}; expected {show(expected)}, a list of messages."


def _why_illegal(frames: Sequence[Piece]) -> str:
    if any(opcode == CONT for _, opcode, _ in frames):
        return "there is no message that its continuation could continue."
    return "a new message begins while the one before has no end."


def _is_open(frames: Sequence[Piece]) -> bool:
    return [fin for fin, opcode, _ in frames if opcode < CLOSE][-1:] == [False]


def _payloads(frames: Sequence[Piece]) -> object:
    return b"".join(payload for _, _, payload in frames)


def _one_string(frames: Sequence[Piece]) -> object:
    return "".join(payload.decode() for _, opcode, payload in frames if opcode < CLOSE)


def _own_opcode(frames: Sequence[Piece]) -> object:
    return [
        data.decode() if opcode == TEXT else data for _, opcode, data in frames if opcode < CLOSE
    ]


def _all_decoded(frames: Sequence[Piece]) -> object:
    return [data.decode() for _, opcode, data in frames if opcode < CLOSE]


EACH_FRAME = "That makes a message of each frame; go on collecting until FIN is 1."

ASSEMBLE = Vectors(
    "assemble",
    FRAMES,
    _judge_messages,
    [
        Mistake(
            "A character may be cut in two by a fragment's end: join the bytes first, then decode.",
            lambda frames: _assemble(frames, decode_each=True),
        ),
        Mistake(
            "A continuation with nothing to continue, and a new message before the old one's "
            "end, are illegal: return None.",
            lambda frames: _assemble(frames, lax=True),
        ),
        Mistake(
            "A first fragment may be empty, and its message is open all the same: ask for its "
            "opcode, and not for its bytes.",
            lambda frames: _assemble(frames, empty_is_none=True),
        ),
        Mistake(
            "A message whose last fragment hasn't come yet is none: leave it out.",
            lambda frames: _assemble(frames, unfinished=True),
        ),
        Mistake(
            "A message whose last fragment hasn't come yet is none, and isn't illegal: leave it "
            "out, and return the others.",
            lambda frames: _assemble(frames) if not _is_open(frames) else None,
        ),
        Mistake(
            "A ping or pong may stand between two fragments and is no part of the message: skip "
            "opcodes from 8 on.",
            lambda frames: _assemble(frames, skip_control=False),
        ),
        Mistake(
            "A ping or pong between two fragments doesn't end their message: leave what you have "
            "collected alone.",
            lambda frames: _assemble(frames, control_ends=True, lax=True),
        ),
        Mistake(
            "Opcode 2 is binary: leave its bytes as they are.",
            lambda frames: _assemble(frames, all_text=True),
        ),
        Mistake(
            "Opcode 1 is text: `.decode()` makes a str of the joined bytes.",
            lambda frames: _assemble(frames, all_bytes=True),
        ),
        Mistake(EACH_FRAME, _own_opcode),
        Mistake(EACH_FRAME, _all_decoded),
        Mistake("Return a list of messages, not all of them in one.", _payloads),
        Mistake("Return a list of messages, not all of them in one.", _one_string),
    ],
)

# 4B

UP, DOWN = ["a", "b", "c"], ["1", "2", "3"]

SEEN: list[tuple[list[str], list[str], list[str]]] = [
    (UP, DOWN, ["a", "1", "b", "2", "c", "3"]),
    (UP, DOWN, ["1", "2", "3", "a", "b", "c"]),
    (UP, DOWN, ["a", "b", "1", "c", "2", "3"]),
    (UP, DOWN, ["b", "x"]),
    (UP, DOWN, ["b", "a", "2", "1", "c", "3"]),
    (UP, DOWN, ["a", "b", "c", "1", "3", "2"]),
    (UP, DOWN, ["b", "a", "1", "2", "3", "c"]),
    (UP, DOWN, ["a", "b", "x", "c", "1", "2", "3"]),
    (UP, DOWN, ["a", "b", "c", "1", "2"]),
    (UP, DOWN, ["a", "a", "b", "c", "1", "2", "3"]),
    ([], DOWN, ["1", "2", "3"]),
    ([], [], []),
    (["a"], [], []),
    (["a", "b"], ["1", "2"], ["1", "b", "a", "2"]),
]


def _could_be(up: list[str], down: list[str], seen: list[str]) -> bool:
    return [m for m in seen if m not in down] == up and [m for m in seen if m not in up] == down


def _judge_order(arguments: Sequence[Any], value: Any) -> str | None:
    up, down, seen = arguments
    expected = _could_be(up, down, seen)
    if value is expected:
        return None
    if not isinstance(value, bool):
        return f"gave {show(value)}, {kind(value)}; expected True or False."
    if value:
        return f"gave True, expected False: {_why_not(up, down, seen)}"
    return "gave False, expected True: each direction is in its order, and none is missing."


def _why_not(up: list[str], down: list[str], seen: list[str]) -> str:
    strange = [m for m in seen if m not in up + down]
    if strange:
        return f"nobody sent {strange[0]!r}."
    for m in [*up, *down]:
        if seen.count(m) != 1:
            return f"{m!r} was seen {seen.count(m)} times."
    side = up if [m for m in seen if m in up] != up else down
    return f"{', '.join(side)} were sent in that order, and TCP keeps it."


def _turns(up: list[str], down: list[str], seen: list[str]) -> object:
    return seen == [each for pair in zip(up, down, strict=False) for each in pair]


def _begins(up: list[str], down: list[str], seen: list[str]) -> object:
    theirs, others = [m for m in seen if m not in down], [m for m in seen if m not in up]
    return up[: len(theirs)] == theirs and down[: len(others)] == others


WHOLE = "One direction needn't come as a whole before the other."
WHICH = "That looks at which messages came, and not at their order."

ORDER = Vectors(
    "could_be",
    SEEN,
    _judge_order,
    [
        Mistake("The two directions don't take turns; only the order within each is kept.", _turns),
        Mistake(WHOLE, lambda up, down, seen: seen in (up + down, down + up)),
        Mistake(
            "What nobody sent can't arrive: look at each of the messages seen.",
            lambda up, down, seen: (
                [m for m in seen if m in up] == up and [m for m in seen if m in down] == down
            ),
        ),
        Mistake(
            "None may be missing: TCP delivers every message, and the log is complete.",
            _begins,
        ),
        Mistake(
            "That looks at what the client sent alone; the server's order is kept, too.",
            lambda up, down, seen: [m for m in seen if m in up] == up,
        ),
        Mistake(
            "That looks at what the server sent alone; the client's order is kept, too.",
            lambda up, down, seen: [m for m in seen if m in down] == down,
        ),
        Mistake(WHICH, lambda up, down, seen: sorted(seen) == sorted(up + down)),
        Mistake(WHICH, lambda up, down, seen: set(seen) == set(up + down)),
        Mistake(
            "Not every order is possible: within each direction, TCP keeps it.",
            lambda up, down, seen: True,
        ),
    ],
)

# 4C

TEXTS = [("Hello", 3), ("Hello", 5), ("Hello", 1), ("", 4), ("café", 4), ("Hello, world", 100)]


def _fragment(text: str, size: int) -> list[Piece]:
    data = text.encode()
    parts = [data[i : i + size] for i in range(0, len(data), size)] or [b""]
    return [(i == len(parts) - 1, CONT if i else TEXT, part) for i, part in enumerate(parts)]


def _judge_fragments(arguments: Sequence[Any], value: Any) -> str | None:
    expected = _fragment(*arguments)
    if not isinstance(value, list):
        return f"gave {show(value)}, {kind(value)}; expected {show(expected, 3)}, a list."
    if [tuple(each) if isinstance(each, list) else each for each in value] == expected:
        return None
    return f"gave {show(value, 3)}, expected {show(expected, 3)}."


def _cut_characters(text: str, size: int) -> object:
    parts = [text[i : i + size].encode() for i in range(0, len(text), size)] or [b""]
    return [(i == len(parts) - 1, CONT if i else TEXT, part) for i, part in enumerate(parts)]


def _whole_characters(text: str, size: int) -> object:
    parts = [b""]
    for character in text:
        if parts[-1] and len(parts[-1]) + len(character.encode()) > size:
            parts.append(b"")
        parts[-1] += character.encode()
    return [(i == len(parts) - 1, CONT if i else TEXT, part) for i, part in enumerate(parts)]


def _empty_end(text: str, size: int) -> object:
    frames = [(False, opcode, part) for _, opcode, part in _fragment(text, size)]
    return [*frames, (True, CONT, b"")] if text else _fragment(text, size)


def _str_payloads(text: str, size: int) -> object:
    return [
        (fin, opcode, part.decode(errors="replace")) for fin, opcode, part in _fragment(text, size)
    ]


def _changed(text: str, size: int, fin: Any = None, opcode: Any = None) -> object:
    return [
        (was if fin is None else fin, which if opcode is None else opcode, data)
        for was, which, data in _fragment(text, size)
    ]


FRAGMENT = Vectors(
    "fragment",
    TEXTS,
    _judge_fragments,
    [
        Mistake(
            "Only the first fragment says what the message is; those after it have opcode 0, "
            "continuation.",
            lambda text, size: _changed(text, size, opcode=TEXT),
        ),
        Mistake(
            "FIN is 1 in the last fragment alone.",
            lambda text, size: _changed(text, size, fin=True),
        ),
        Mistake(
            "The last fragment has FIN 1; without it the message never ends.",
            lambda text, size: _changed(text, size, fin=False),
        ),
        Mistake(
            "A size is a number of bytes: `.encode()` the text first, then cut.", _cut_characters
        ),
        Mistake(
            "A size is a number of bytes, and a fragment may end within a character: the message "
            "is text as a whole.",
            _whole_characters,
        ),
        Mistake(
            "That is a legal way to send it. But here no frame is empty, unless the text is: the "
            "last one that has bytes has FIN 1.",
            _empty_end,
        ),
        Mistake(
            "A payload is bytes: cut after `.encode()`, and don't decode the pieces.",
            _str_payloads,
        ),
        Mistake(
            "An empty message is one frame, too, with an empty payload.",
            lambda text, size: _fragment(text, size) if text else [],
        ),
        Mistake(
            "The first fragment has opcode 1, text.",
            lambda text, size: _changed(text, size, opcode=CONT),
        ),
        Mistake(
            "Those are the payloads alone; each fragment is a tuple `(fin, opcode, payload)`.",
            lambda text, size: [data for _, _, data in _fragment(text, size)],
        ),
    ],
)


EXERCISES = [
    Exercise(
        name="4A",
        title="messages out of frames",
        task="Write `assemble(frames)`: the messages that a list of frames makes.",
        answer="assemble",
        stub='''\
def assemble(frames):
    """Return the list of complete messages; None if the frames are illegal.

    Each frame is (fin, opcode, payload). Text messages are str, binary ones bytes.
    """
    ...
''',
        hints=(
            "What do you have to keep from one frame to the next, and when can you let it go?",
            "Keep the opcode of the first fragment, and the payloads so far. Opcodes from 8 on are "
            "control frames: skip them. When FIN is 1, join, decode if the opcode was 1, and begin "
            "anew.",
            "`if (opcode == 0) == (kind is None): return None` finds both illegal cases, where "
            "`kind` is the opcode of the message that is open, or None.",
        ),
        solution="""\
def assemble(frames):
    messages, kind, data = [], None, b""
    for fin, opcode, payload in frames:
        if opcode >= 8:
            continue
        if (opcode == 0) == (kind is None):
            return None
        kind = kind or opcode
        data += payload
        if fin:
            messages.append(data.decode() if kind == 1 else data)
            kind, data = None, b""
    return messages
""",
        reached=f"`assemble` is right in {len(FRAMES)} cases, pings between fragments included.",
        grade=ASSEMBLE.grade,
    ),
    Exercise(
        name="4B",
        title="what may have happened",
        task="Write `could_be(up, down, seen)`: whether messages may have been seen in that order.",
        answer="could_be",
        stub='''\
def could_be(up, down, seen):
    """Return True if somebody on the way may see the messages in the order `seen`.

    up is what the client sent, down what the server sent; no two messages are alike.
    """
    ...
''',
        hints=(
            "What is certain of the messages that go up, if you forget those that go down?",
            "Take out of `seen` what went down: what is left must be `up`, the same messages, each "
            "once, in that order. And the other way round.",
            "`[m for m in seen if m not in down] == up`, and the same for the other direction.",
        ),
        solution="""\
def could_be(up, down, seen):
    others = [m for m in seen if m not in down]
    theirs = [m for m in seen if m not in up]
    return others == up and theirs == down
""",
        reached="each direction keeps its order; between the two, none is certain.",
        grade=ORDER.grade,
    ),
    Exercise(
        name="4C",
        title="a message in fragments",
        task="Write `fragment(text, size)`: the frames of a text message, cut every `size` bytes.",
        answer="fragment",
        stub='''\
def fragment(text, size):
    """Return the frames (fin, opcode, payload) of a text, cut every size bytes.

    Each payload is bytes, and has size of them; the last one may be shorter.
    """
    ...
''',
        hints=(
            "Which of the frames says that this is text, and which says that it has ended?",
            "Encode the text, cut the bytes with `data[i : i + size]`, then give the first piece "
            "opcode 1, the others 0, and the last one FIN.",
            '`[data[i : i + size] for i in range(0, len(data), size)] or [b""]` cuts, and keeps '
            "one piece for an empty text.",
        ),
        solution="""\
def fragment(text, size):
    data = text.encode()
    parts = [data[i : i + size] for i in range(0, len(data), size)] or [b""]
    last = len(parts) - 1
    return [(i == last, 0 if i else 1, part) for i, part in enumerate(parts)]
""",
        reached=f"`fragment` is right in {len(TEXTS)} cases, an empty message included.",
        grade=FRAGMENT.grade,
    ),
]
