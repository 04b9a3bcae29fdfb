"""Closing: which codes may be sent, and what a recorded end says about whose fault it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .engine import Exercise
from .grading import Mistake, NotAttemptedError, Vectors, kind, show

__all__ = ["ENDS", "EXERCISES"]

# 8A

CODES = [
    *[
        (code,)
        for code in (1000, 999, 2999, 1005, 1001, 4000, 3000, 1006, 1015, 1004, 5000, 4999, 1016, 0)
    ],
    *[(code,) for code in (1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014)],
    *[(code,) for code in (2000, 3999, 65535, -1)],
]
REGISTERED = {1000, 1001, 1002, 1003, *range(1007, 1015)}


def _may_send(code: int) -> bool:
    return code in REGISTERED or 3000 <= code <= 4999


WHY_NOT = {
    1004: "1004 is reserved, and has no meaning yet (RFC 6455 §7.4.1)",
    1005: "1005 says that a close frame had no code: it can't be one",
    1006: "1006 says that no close frame came: none can carry it",
    1015: "1015 says that TLS failed, before there was a WebSocket",
}


def _judge(arguments: Sequence[Any], value: Any) -> str | None:
    (code,) = arguments
    right = _may_send(code)
    if value is right:
        return None
    if not isinstance(value, bool):
        return f"gave {show(value)}, {kind(value)}; expected True or False."
    if right:
        return "gave False, and it may be sent."
    why = WHY_NOT.get(code)
    if why is None:
        why = (
            "codes below 1000 aren't used, and those above 4999 aren't either"
            if not 1000 <= code <= 4999
            else "codes from 1016 to 2999 are kept for what RFCs will define"
        )
    return f"gave True, and it may not: {why}."


MAY_SEND = Vectors(
    "may_send",
    CODES,
    _judge,
    [
        Mistake(
            "The range of a WebSocket's own codes has holes: leave out 1004, 1005, 1006 and 1015.",
            lambda code: 1000 <= code <= 1014 or 3000 <= code <= 4999,
        ),
        Mistake(
            "Libraries have 3000 to 3999, applications 4000 to 4999: both may be sent.",
            lambda code: code in REGISTERED or 4000 <= code <= 4999,
        ),
        Mistake(
            "Libraries and applications may use 3000 to 4999, too.",
            lambda code: code in REGISTERED,
        ),
        Mistake("Not every number in between is a code.", lambda code: 1000 <= code <= 4999),
        Mistake("1000 isn't the only one.", lambda code: code == 1000),
        Mistake("There are codes that may never stand in a frame.", lambda code: True),
        Mistake("That is the other way round.", lambda code: not _may_send(code)),
    ],
)

# 8B

ENDS: dict[str, tuple[str, int, str, str]] = {
    "A": ("88 02 03 e8 from the client, then 88 02 03 e8 from the server", 1000, "nobody",
          "both frames say 1000, which is a goodbye in good order"),
    "B": ("a text frame from the server, then TCP's RST, and nothing else", 1006, "network",
          "no close frame came, so each side notes 1006 for itself; a RST without one means that "
          "the other side, or something between, is gone"),
    "C": ("81 05 Hello, not masked, from the client; then 88 .. 03 ea from the server", 1002,
          "client", "03 ea is 1002: a client's frame must be masked"),
    "D": ("81 82 and half a letter from the client; then 88 .. 03 ef from the server", 1007,
          "client", "03 ef is 1007: the text wasn't UTF-8"),
    "E": ("a text of 2 MiB from the client; then 88 .. 03 f1 from the server", 1009, "client",
          "03 f1 is 1009: the message was longer than the server takes"),
    "F": ("88 02 03 e9 from the server, as it is being stopped", 1001, "nobody",
          "03 e9 is 1001, going away: it was stopped on purpose"),
    "G": ("88 00 from the client, then 88 00 from the server", 1005, "nobody",
          "a close frame without a code is legal, and is noted as 1005"),
    "H": ("a text from the client; then 88 .. 03 f3 from the server", 1011, "server",
          "03 f3 is 1011: the server's own program failed"),
}  # fmt: skip

SIDES = ("nobody", "client", "server", "network")


def _grade_ends(answer: object) -> str | None:
    name = "ends"
    if not isinstance(answer, Mapping):
        return f"`{name}` is {kind(answer)}; put a code and who is at fault behind each letter."
    if all(answer.get(letter) in (..., (..., ...)) for letter in ENDS):
        raise NotAttemptedError
    for letter, (what, code, side, why) in ENDS.items():
        if letter not in answer:
            return f"`{name}` has no {letter!r}: {what}."
        value = answer[letter]
        if value in (..., (..., ...)):
            continue
        if not isinstance(value, tuple | list) or len(value) != 2:
            return f"`{name}[{letter!r}]` is {show(value)}; put a code and a side there."
        if value[1] not in SIDES:
            return f"`{name}[{letter!r}]` names {show(value[1])}; the sides are {', '.join(SIDES)}."
        if value[0] != code:
            return f"Look at {letter} again, and at its code: {why}."
        if value[1] != side and (letter, value[1]) != ("B", "server"):  # a crash leaves the same
            return f"Look at {letter} again, {code} is right; whose fault was it? {_upper(why)}."
    still = [letter for letter in ENDS if answer[letter] in (..., (..., ...))]
    return f"Right so far. Still open: {', '.join(still)}." if still else None


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]


EXERCISES = [
    Exercise(
        name="8A",
        title="codes that may be sent",
        task="Write `may_send(code)`: whether a close frame may carry that code.",
        answer="may_send",
        stub='''\
def may_send(code):
    """Return True if a close frame may carry the code (an int)."""
    ...
''',
        hints=(
            "Which codes describe an end in which no close frame could carry anything?",
            "1004, 1005, 1006 and 1015 are never sent. 1016 to 2999 are kept for RFCs; 3000 to "
            "3999 are for libraries, 4000 to 4999 for applications.",
            "`code in {1000, 1001, 1002, 1003} or 1007 <= code <= 1014 or 3000 <= code <= 4999`",
        ),
        solution="""\
def may_send(code):
    standard = code in {1000, 1001, 1002, 1003} or 1007 <= code <= 1014
    return standard or 3000 <= code <= 4999
""",
        reached=f"`may_send` is right for {len(CODES)} codes.",
        grade=MAY_SEND.grade,
    ),
    Exercise(
        name="8B",
        title="eight ends",
        task="Say for each recorded end in `ends` which code is noted, and who is at fault.",
        answer="ends",
        stub="ends = {\n"
        + "".join(f'    "{letter}": (..., ...),  # {what}\n' for letter, (what, *_) in ENDS.items())
        + "}\n",
        hints=(
            "What do the two bytes behind the length say, as one number? And where there are none?",
            "03 e8 is 1000, and 03 ea two more. Without a code it is 1005, without a close frame "
            "1006.",
            '`"B": (1006, "network")`: nothing was said, so it was nobody\'s decision.',
        ),
        solution="ends = {\n"
        + "".join(
            f'    "{letter}": ({code}, "{side}"),\n' for letter, (_, code, side, _) in ENDS.items()
        )
        + "}\n",
        reached="you can tell from a handful of bytes who ended it, and why.",
        grade=_grade_ends,
    ),
]
