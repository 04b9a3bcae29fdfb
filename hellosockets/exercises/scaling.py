"""Scaling: how many connections fit, and a queue for who reads slowly."""

from __future__ import annotations

from math import ceil
from typing import Any

from .engine import Exercise
from .grading import Mistake, NotAttemptedError, Vectors, class_name, expecting, kind, raised, show

__all__ = ["EXERCISES"]

# 12A: memory in GiB, bytes for each connection, what is kept free, open files allowed.
BOXES = [
    (4, 20_000, 0.25, 10**9),
    (4, 120_000, 0.25, 10**9),
    (4, 20_000, 0.25, 65_536),  # the system's limit on open files comes first
    (1, 1_000_000, 0.5, 1024),
    (64, 14_000, 0.2, 2_000_000),
    (1, 2**31, 0.0, 100),
]


def _budget(gib: float, per_connection: int, spare: float, files: int) -> int:
    return min(int(gib * 2**30 * (1 - spare) // per_connection), files)


BUDGET = Vectors(
    "budget",
    BOXES,
    expecting(_budget, int),
    [
        Mistake(
            "A GiB has 2**30 bytes, which is more than 10**9.",
            lambda gib, each, spare, files: min(int(gib * 10**9 * (1 - spare) // each), files),
        ),
        Mistake(
            "`spare` is what stays free: use `1 - spare` of the memory.",
            lambda gib, each, spare, files: min(int(gib * 2**30 * spare // each), files),
        ),
        Mistake(
            "Keep the spare part free: use `1 - spare` of the memory.",
            lambda gib, each, spare, files: min(int(gib * 2**30 // each), files),
        ),
        Mistake(
            "Each connection is an open file, too: no more than `files`.",
            lambda gib, each, spare, files: int(gib * 2**30 * (1 - spare) // each),
        ),
        Mistake(
            "Ports set no such limit: all connections share the server's one port.",
            lambda gib, each, spare, files: min(
                int(gib * 2**30 * (1 - spare) // each), files, 65_535
            ),
        ),
        Mistake(
            "That is one too many: round down, for half a connection doesn't fit.",
            lambda gib, each, spare, files: min(round(gib * 2**30 * (1 - spare) / each), files),
        ),
        Mistake(
            "That is one too many: round down, for part of a connection doesn't fit.",
            lambda gib, each, spare, files: min(ceil(gib * 2**30 * (1 - spare) / each), files),
        ),
        Mistake(
            "`//` of a float is a float: put `int(...)` around it.",
            lambda gib, each, spare, files: min(gib * 2**30 * (1 - spare) // each, files),
        ),
        Mistake(
            "Half a connection is none: `int(...)` cuts it off.",
            lambda gib, each, spare, files: min(gib * 2**30 * (1 - spare) / each, files),
        ),
    ],
)

# 12B


def _grade_outbox(answer: object) -> str | None:
    name = "Outbox"
    if not isinstance(answer, type):
        return f"`{name}` is {kind(answer)}, not a class: run the cell that defines it."
    try:
        box: Any = answer(3)
        first = box.put("a")
        got = box.take()
    except Exception as error:
        return f"`{name}(3)`, put and take, {raised(error, getattr(answer, 'put', None))}"
    if got is None and first is None and getattr(box, "dropped", None) is None:
        raise NotAttemptedError
    if got != "a":
        return f"after `put('a')`, `take()` gave {show(got)}, expected 'a'."
    try:
        return _flood(answer)
    except Exception as error:
        return f"`{class_name(answer)}` {raised(error, getattr(answer, 'put', None))}"


def _flood(outbox: Any) -> str | None:
    box = outbox(3)
    try:
        nothing = box.take()
    except Exception as error:
        said = raised(error, getattr(outbox, "take", None))
        return f"`take()` of an empty box {said} Nothing waits there: return None."
    if nothing is not None:
        return "`take()` of an empty box gave something; expected None."
    for i in range(10):
        box.put(i)
    got = [box.take() for _ in range(4)]
    if got == [0, 1, 2, 3]:
        return "it holds more than 3 after ten `put`s: where there is no room, drop the oldest."
    if got[:3] == [0, 1, 2]:
        return (
            "after ten `put`s into a box of 3 it holds the oldest three; a slow reader wants the "
            "newest: drop the oldest."
        )
    if got[:3] == [9, 8, 7]:
        return "the newest comes out first there; expected 7, 8, 9, in the order of `put`."
    if got[:3] != [7, 8, 9]:
        return f"after ten `put`s into a box of 3, it gave {show(got)}, expected [7, 8, 9, None]."
    if got[3] is not None:
        return "it holds more than 3: after three `take`s there is a fourth item."
    if box.dropped != 7:
        return f"`dropped` is {show(box.dropped)}, expected 7: say how many were lost."
    big = outbox(100)
    for i in range(10_000):
        big.put(i)
        if i % 2:
            big.take()
    if big.dropped == 0:
        return "of 10,000 items, with every other one taken, some must have been dropped."
    if (held := _held(big)) > 100:
        return f"after 10,000 items it holds {held:,}; expected 100 at the most."
    slow = outbox(100)
    for i in range(1_000):
        slow.put(i)
    if (held := _held(slow)) > 100:
        return (
            f"after 1,000 `put`s without a `take` it holds {held:,}; expected 100 at the most: "
            "drop in `put`."
        )
    return None


def _held(box: Any) -> int:
    """Return the length of the longest thing that a box holds."""
    things = [box, *getattr(box, "__dict__", {}).values()]
    return max((len(thing) for thing in things if hasattr(thing, "__len__")), default=0)


EXERCISES = [
    Exercise(
        name="12A",
        title="how many fit",
        task="Write `budget(gib, per_connection, spare, files)`: how many connections a box takes.",
        answer="budget",
        stub='''\
def budget(gib, per_connection, spare, files):
    """Return how many connections fit (an int).

    gib: the memory in GiB, 2**30 bytes; per_connection: bytes for each
    spare: the part of the memory that stays free, such as 0.25
    files: how many open files the system allows
    """
    ...
''',
        hints=(
            "Which two things run out, and which of them first?",
            "Bytes that may be used, divided by bytes for each; and no more than `files`.",
            "`min(int(gib * 2**30 * (1 - spare) // per_connection), files)`",
        ),
        solution="""\
def budget(gib, per_connection, spare, files):
    usable = gib * 2**30 * (1 - spare)
    return min(int(usable // per_connection), files)
""",
        reached=f"{len(BOXES)} boxes, none of them overbooked.",
        grade=BUDGET.grade,
    ),
    Exercise(
        name="12B",
        title="a box for who reads slowly",
        task="Write `Outbox`: it holds the newest messages, drops the oldest, and counts them.",
        answer="Outbox",
        stub='''\
class Outbox:
    """Messages that wait for a slow reader; at most `size`, the newest ones."""

    def __init__(self, size):
        # Prepare what holds the messages, and the count `dropped`.
        ...

    def put(self, message):
        """Take a message in; where there is no room, drop the oldest."""
        ...

    def take(self):
        """Return the oldest message that is here, or None."""
        ...
''',
        hints=(
            "What has to happen in `put` before the new message goes in, when the box is full?",
            "A `collections.deque` can be bounded. Count what falls out, in `self.dropped`.",
            "`deque(maxlen=size)` drops the oldest by itself; `if len(self.waiting) == size: "
            "self.dropped += 1` counts, before `append`.",
        ),
        solution="""\
from collections import deque


class Outbox:
    def __init__(self, size):
        self.waiting = deque(maxlen=size)
        self.dropped = 0

    def put(self, message):
        if len(self.waiting) == self.waiting.maxlen:
            self.dropped += 1
        self.waiting.append(message)

    def take(self):
        return self.waiting.popleft() if self.waiting else None
""",
        reached="ten thousand messages, a hundred held, the newest ones, and the rest counted.",
        grade=_grade_outbox,
    ),
]
