"""Inflating: read compressed messages, refuse bombs, and say what gets smaller (RFC 7692)."""

from __future__ import annotations

import contextlib
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..deflate import TAIL, Deflater
from .engine import Exercise
from .grading import Mistake, Vectors, kind, show

__all__ = ["EXERCISES"]

# 6A


def _deflated(*messages: bytes, takes_over: bool = True) -> list[bytes]:
    deflater = Deflater(no_context_takeover=not takes_over)
    return [deflater.deflate(each) for each in messages]


HELLO = bytes.fromhex("f248cdc9c90700")  # RFC 7692 §7.2.3.1
AGAIN = bytes.fromhex("f200110000")  # RFC 7692 §7.2.3.2: it copies from the one before
NEWS = b'{"topic":"room:42","event":"shout","payload":{"body":"hi"}}'

TAKEN_OVER: list[tuple[list[bytes]]] = [
    ([HELLO],),
    ([HELLO, AGAIN],),
    (_deflated(NEWS, NEWS, b"", NEWS),),
    (_deflated(bytes(range(256)) * 4),),
    ([],),
]


def _inflate(
    payloads: Sequence[bytes], *, tail: bytes = TAIL, new_each: bool = False, bits: int = -15
) -> list[bytes]:
    """Inflate as RFC 7692 §7.2.2 says, or with a mistake."""
    found = []
    window = zlib.decompressobj(wbits=bits)
    for payload in payloads:
        if new_each:
            window = zlib.decompressobj(wbits=bits)
        found.append(window.decompress(payload + tail))
    return found


def _judge_inflated(arguments: Sequence[Any], value: Any) -> str | None:
    expected = _inflate(arguments[0])
    if isinstance(value, list) and value == expected:
        return None
    if not isinstance(value, list):
        return f"gave {show(value)}, {kind(value)}; expected {show(expected)}, a list."
    return f"gave {show(value)}, expected {show(expected)}."


def _without_tail(payloads: Sequence[bytes]) -> object:
    window = zlib.decompressobj(wbits=-15)
    return [window.decompress(payload) for payload in payloads]


def _all_at_once(payloads: Sequence[bytes]) -> object:
    return [zlib.decompressobj(wbits=-15).decompress(b"".join(p + TAIL for p in payloads))]


def _whole_zlib(payloads: Sequence[bytes]) -> object:
    return [zlib.decompress(payload) for payload in payloads]


INFLATE = Vectors(
    "inflate",
    TAKEN_OVER,
    _judge_inflated,
    [
        Mistake(
            "The end is missing: the sender took `00 00 ff ff` off each message; put it back "
            "before you inflate.",
            _without_tail,
        ),
        Mistake(
            "The second message copies from the first, so keep one `decompressobj` for all of "
            "them: make it before the loop.",
            lambda payloads: _inflate(payloads, new_each=True),
        ),
        Mistake(
            "That waits for zlib's own header, which a WebSocket leaves out: "
            "`zlib.decompressobj(wbits=-15)`.",
            lambda payloads: _inflate(payloads, bits=15),
        ),
        Mistake(
            "That waits for zlib's own header, which a WebSocket leaves out: "
            "`zlib.decompressobj(wbits=-15)`.",
            _whole_zlib,
        ),
        Mistake("Each payload is a message of its own: return one item for each.", _all_at_once),
        Mistake(
            "Those are the payloads as they came: inflate them.",
            lambda payloads: list(payloads),
        ),
        Mistake(
            "Return them all, in a list.",
            lambda payloads: _inflate(payloads)[-1] if payloads else b"",
        ),
    ],
)

# 6B

ZEROS = zlib.compressobj(9, zlib.DEFLATED, -15)
BOMB = ZEROS.compress(bytes(10_000_000)) + ZEROS.flush(zlib.Z_SYNC_FLUSH)
BOMB = BOMB.removesuffix(TAIL)
LIMIT = 1_000_000

HUNDRED = bytes.fromhex("4a4ca43d0000")  # 100 times the letter a

BOUNDED: list[tuple[bytes, int]] = [
    (HELLO, 100),
    (HELLO, 4),
    (HUNDRED, 50),
    (BOMB, LIMIT),
    (HELLO, 5),
    (_deflated(b"")[0], 0),
    (_deflated(bytes(LIMIT))[0], LIMIT),
    (_deflated(bytes(LIMIT + 1))[0], LIMIT),
]


class _Watched:
    """What an answer had inflated at the most, as zlib gave it out."""

    def __init__(self) -> None:
        self.most = 0

    def decompressobj(self, *arguments: Any, **options: Any) -> _WatchedObject:
        return _WatchedObject(self, zlib.decompressobj(*arguments, **options))

    def decompress(self, *arguments: Any, **options: Any) -> bytes:
        data = zlib.decompress(*arguments, **options)
        self.most = max(self.most, len(data))
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(zlib, name)


class _WatchedObject:
    def __init__(self, watch: _Watched, inner: Any) -> None:
        self._watch = watch
        self._inner = inner
        self._size = 0

    def decompress(self, *arguments: Any, **options: Any) -> bytes:
        return self._note(self._inner.decompress(*arguments, **options))

    def flush(self, *arguments: Any) -> bytes:
        return self._note(self._inner.flush(*arguments))

    def _note(self, data: bytes) -> bytes:
        self._size += len(data)
        self._watch.most = max(self._watch.most, self._size)
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


@contextlib.contextmanager
def _zlib_is(watch: _Watched, names: dict[str, Any]) -> Iterator[None]:
    """Put ``watch`` in zlib's place: among an answer's names, and for what it imports itself."""
    theirs = {
        id(zlib): watch,
        id(zlib.decompressobj): watch.decompressobj,
        id(zlib.decompress): watch.decompress,
    }
    was = {name: value for name, value in names.items() if id(value) in theirs}
    names.update({name: theirs[id(value)] for name, value in was.items()})
    sys.modules["zlib"] = watch  # type: ignore[assignment]
    try:
        yield
    finally:
        sys.modules["zlib"] = zlib
        names.update(was)


def _inflate_at_most(payload: bytes, limit: int) -> bytes | None:
    data = zlib.decompressobj(wbits=-15).decompress(payload + TAIL, limit + 1)
    return None if len(data) > limit else data


def _judge_bounded(arguments: Sequence[Any], value: Any) -> str | None:
    expected = _inflate_at_most(*arguments)
    if value == expected and isinstance(value, bytes | None):
        return None
    if expected is None:
        return f"gave {show(value)}, expected None: it is longer than the limit."
    if value is None:
        return f"gave None; expected {show(expected)}: it isn't longer than the limit."
    return f"gave {show(value)}, {kind(value)}; expected {show(expected)}."


def _cut_off(payload: bytes, limit: int) -> object:
    return zlib.decompressobj(wbits=-15).decompress(payload + TAIL, limit or 1)


def _by_its_payload(payload: bytes, limit: int) -> object:
    return None if len(payload) > limit else _inflate([payload])[0]


def _without_limit(payload: bytes, limit: int) -> object:
    return _inflate([payload])[0]


def _one_too_few(payload: bytes, limit: int) -> object:
    data = zlib.decompressobj(wbits=-15).decompress(payload + TAIL, limit + 1)
    return None if len(data) >= limit else data


BOUNDS = Vectors(
    "inflate_at_most",
    BOUNDED,
    _judge_bounded,
    [
        Mistake("A message of exactly the limit is allowed: refuse what is longer.", _one_too_few),
        Mistake(
            "That compares the payload as it came. A bomb is small until it is inflated.",
            _by_its_payload,
        ),
        Mistake("Nothing is refused there; look at the limit.", _without_limit),
        Mistake(
            "That cuts the message off at the limit, and half a message is none. Ask for one byte "
            "more than the limit, and see whether it comes.",
            _cut_off,
        ),
    ],
)


def _grade_bounded(answer: object) -> str | None:
    wrong = BOUNDS.grade(answer)
    if wrong is not None:
        return wrong
    watch = _Watched()
    with _zlib_is(watch, getattr(answer, "__globals__", {})):
        answer(BOMB, LIMIT)  # type: ignore[operator]
    if watch.most > 2 * LIMIT:
        return (
            f"`inflate_at_most` refuses the bomb, but only after it had {watch.most:,} bytes in "
            f"memory, with a limit of {LIMIT:,}. `decompress(data, most)` stops after `most` bytes."
        )
    return None


# 6C

CASES: dict[str, tuple[str, bool]] = {
    "A": ("the same news again, context takeover on", True),
    "B": ("a photo, already a JPEG", False),
    "C": ("the word Hello, the first message of all", False),
    "D": ("64 KiB of random bytes", False),
    "E": ("a JSON list of 200 users", True),
    "F": ("a ping", False),
}

WHY_CASES = {
    "A": "it copies all of it from the window",
    "B": "a JPEG is compressed already, and what is left hardly repeats",
    "C": "no 3 bytes of it repeat, and its block's beginning and end cost 2 bytes",
    "D": "random bytes hardly repeat",
    "E": "its keys are the same 200 times",
    "F": "control frames are never compressed (RFC 7692 §6)",
}


def _grade_cases(answer: object) -> str | None:
    name = "smaller"
    if not isinstance(answer, Mapping):
        return f"`{name}` is {kind(answer)}; put True or False behind each letter."
    for letter, (what, right) in CASES.items():
        if letter not in answer:
            return f"`{name}` has no {letter!r}: {what}."
        value = answer[letter]
        if value is ...:
            continue
        if not isinstance(value, bool):
            return f"`{name}[{letter!r}]` is {show(value)}, {kind(value)}; put True or False there."
        if value is not right:
            return f"Look at {letter} again, {what}: {WHY_CASES[letter]}."
    if all(answer[letter] is ... for letter in CASES):
        from .grading import NotAttemptedError

        raise NotAttemptedError
    still = [letter for letter in CASES if answer[letter] is ...]
    return f"Right so far. Still open: {', '.join(still)}." if still else None


EXERCISES = [
    Exercise(
        name="6A",
        title="inflate messages",
        task="Write `inflate(payloads)`: the messages that were deflated with context takeover.",
        answer="inflate",
        stub='''\
import zlib


def inflate(payloads):
    """Return the list of messages (bytes) that a sender made these payloads of.

    The sender keeps its window from one message to the next.
    """
    ...
''',
        hints=(
            "What did the sender take off the end of each message, and what does it remember?",
            "One `zlib.decompressobj(wbits=-15)` for all of them keeps the window. Give its "
            "`decompress` each payload with the four bytes `00 00 ff ff` behind it.",
            '`window.decompress(payload + b"\\x00\\x00\\xff\\xff")`, with the window made before '
            "the loop.",
        ),
        solution="""\
import zlib


def inflate(payloads):
    window = zlib.decompressobj(wbits=-15)
    return [window.decompress(payload + b"\\x00\\x00\\xff\\xff") for payload in payloads]
""",
        reached="the RFC's Hello is there twice, and the second one needed the first.",
        grade=INFLATE.grade,
    ),
    Exercise(
        name="6B",
        title="refuse a bomb",
        task="Write `inflate_at_most(payload, limit)`: the message, or None where it is too long.",
        answer="inflate_at_most",
        stub='''\
def inflate_at_most(payload, limit):
    """Return the message (bytes); None if it has more than limit bytes.

    Never hold many more bytes than limit in memory.
    """
    ...
''',
        hints=(
            "When do you know how long the message is, and how many bytes do you have by then?",
            "`decompress` takes a second argument: it stops after so many bytes. How many must you "
            "ask for, to tell a message of exactly `limit` bytes from a longer one?",
            "`data = zlib.decompressobj(wbits=-15).decompress(payload + tail, limit + 1)`",
        ),
        solution="""\
import zlib


def inflate_at_most(payload, limit):
    window = zlib.decompressobj(wbits=-15)
    data = window.decompress(payload + b"\\x00\\x00\\xff\\xff", limit + 1)
    return None if len(data) > limit else data
""",
        reached="10 MB of zeros came in 10 kB, and were refused after the first megabyte.",
        grade=_grade_bounded,
    ),
    Exercise(
        name="6C",
        title="what gets smaller",
        task="Say for each case in `smaller` whether compression makes its frame clearly smaller.",
        answer="smaller",
        stub="smaller = {\n"
        + "".join(f'    "{letter}": ...,  # {what}\n' for letter, (what, _) in CASES.items())
        + "}\n",
        hints=(
            "Compression writes again what stood there before. In which cases did it stand there?",
            "Random bytes have next to no repeats, and what is compressed already looks like them. "
            "Short words have none either, the first time.",
            "Ask of each: is it a control frame? Is it compressed or random already? Is it a short "
            "word that is new? Then it doesn't get smaller.",
        ),
        solution="smaller = {\n"
        + "".join(f'    "{letter}": {right},\n' for letter, (_, right) in CASES.items())
        + "}\n",
        reached="repeats shrink; random bytes, JPEGs and single words don't.",
        grade=_grade_cases,
    ),
]
