"""Reconnecting: wait with jitter, and go on where the last message was."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from .engine import Exercise
from .grading import Mistake, Vectors, expecting, kind, show

__all__ = ["EXERCISES"]

# 9A

BASE, CAP = 0.1, 10.0
ATTEMPTS = (0, 1, 3, 5, 6, 7, 20, 2000)
DRAWS = 300


def _limit(attempt: int) -> float:
    return min(CAP, BASE * 2.0 ** min(attempt, 50))


def _judge_wait(arguments: Sequence[Any], value: Any) -> str | None:
    limit = _limit(arguments[0])
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"gave {show(value)}, {kind(value)}; expected a number of seconds."
    if value < 0:
        return f"gave {value:.3g}: nobody waits less than nothing."
    if value > CAP:
        return f"gave {value:.3g}; nobody should wait longer than the cap, {CAP:g} s."
    if value > limit * 1.000001:
        return (
            f"gave {value:.3g}; expected at most {limit:g}: 0.1 s times 2 for each attempt, the "
            "first one being 0."
        )
    return None


BACKOFF = Vectors(
    "backoff",
    [(attempt, random.Random(draw)) for attempt in ATTEMPTS for draw in range(5)],
    _judge_wait,
    [
        Mistake(
            "0.1 * 2 ** 2000 is no float: take the smaller of the attempt and, say, 50 first.",
            lambda attempt, chance: chance.uniform(0, min(CAP, BASE * 2**attempt)),
        )
    ],
)


def _grade_backoff(answer: object) -> str | None:
    wrong = BACKOFF.grade(answer)
    if wrong is not None:
        return wrong
    for attempt in ATTEMPTS:
        chance = random.Random(attempt)
        drawn = [answer(attempt, chance) for _ in range(DRAWS)]  # type: ignore[operator]
        wrong = _spread(drawn, _limit(attempt))
        if wrong is not None:
            return f"`backoff({attempt}, chance)`, {DRAWS} times, {wrong}"
    return None


def _spread(drawn: list[float], limit: float) -> str | None:
    if max(drawn) - min(drawn) < 1e-9:
        return (
            f"always gave {drawn[0]:.3g}: without chance all clients come back together. "
            "`chance.uniform(0, limit)`."
        )
    if max(drawn) < 0.7 * limit:
        return f"gave at most {max(drawn):.3g}; expected up to {limit:g}."
    if min(drawn) > 0.3 * limit:
        return (
            f"gave at least {min(drawn):.3g}: full jitter goes down to 0, so that nobody waits "
            "while nobody knocks."
        )
    middle = sum(drawn) / len(drawn)
    if not 0.4 * limit < middle < 0.6 * limit:
        return (
            f"gave {middle:.3g} on average; expected about {limit / 2:g}: all waits alike likely."
        )
    return None


# 9B

Messages = list[tuple[int, str]]

LOG: Messages = [(1, "a"), (2, "b"), (4, "c"), (7, "d"), (9, "e")]
RESUMES = [
    (LOG, 4),
    (LOG, 0),
    (LOG, 9),
    (LOG, 1),
    (LOG, 5),
    (LOG, 99),
    ([], 3),
    *[(LOG, last) for last in (2, 3, 6, 7, 8)],
]


def _since(log: Messages, last_id: int) -> Messages:
    return [message for message in log if message[0] > last_id]


def _after_equal(log: Messages, last_id: int) -> Messages:
    ids = [message[0] for message in log]
    return log[ids.index(last_id) + 1 :] if last_id in ids else []


MISSED = Vectors(
    "missed",
    RESUMES,
    expecting(_since, list),
    [
        Mistake(
            "The client has the message `last_id` already: send what has a greater id.",
            lambda log, last_id: [message for message in log if message[0] >= last_id],
        ),
        Mistake(
            "An id is no place in the list: ids may have gaps. Compare them.",
            lambda log, last_id: log[last_id:],
        ),
        Mistake(
            "The message that the client had last may be gone from the log: look for greater ids, "
            "not for that one.",
            _after_equal,
        ),
        Mistake("That sends everything anew: the client has some of it.", lambda log, last_id: log),
        Mistake(
            "That is what the client has already; send what it has not.",
            lambda log, last_id: [message for message in log if message[0] <= last_id],
        ),
        Mistake(
            "Send the messages with their ids, so that the client can note the last one.",
            lambda log, last_id: [body for number, body in log if number > last_id],
        ),
    ],
)


def _grade_missed(answer: object) -> str | None:
    wrong = MISSED.grade(answer)
    return wrong if wrong is not None else _cut_everywhere(answer)  # type: ignore[arg-type]


def _cut_everywhere(missed: Callable[[Messages, int], Messages]) -> str | None:
    """Cut a client's connection after each message, and let it resume."""
    whole = [(number, f"news {number}") for number in range(1, 13)]
    for cut in range(len(whole) + 1):
        got: Messages = list(whole[:cut])
        last: int = got[-1][0] if got else 0
        got += missed(list(whole), last)
        if got != whole:
            return f"a client that is cut after message {cut} has a gap or a double then."
    return None


EXERCISES = [
    Exercise(
        name="9A",
        title="backoff with full jitter",
        task="Write `backoff(attempt, chance)`: seconds to wait before attempt 0, 1, 2 ...",
        answer="backoff",
        stub='''\
def backoff(attempt, chance):
    """Return the seconds to wait: anything from 0 to 0.1 * 2 ** attempt, at most 10.

    chance is a random.Random: chance.uniform(a, b) gives a number between a and b.
    """
    ...
''',
        hints=(
            "What is the longest that a client may wait before this attempt, and the shortest?",
            "The limit doubles each time, from 0.1 s, and never exceeds 10 s. Each wait from 0 to "
            "the limit is as likely as any other.",
            "`chance.uniform(0, min(10, 0.1 * 2 ** min(attempt, 50)))`",
        ),
        solution="""\
def backoff(attempt, chance):
    limit = min(10, 0.1 * 2 ** min(attempt, 50))
    return chance.uniform(0, limit)
""",
        reached=f"{DRAWS} waits for each of {len(ATTEMPTS)} attempts are spread as they should.",
        grade=_grade_backoff,
    ),
    Exercise(
        name="9B",
        title="what a client has missed",
        task="Write `missed(log, last_id)`: the messages that a client hasn't got yet.",
        answer="missed",
        stub='''\
def missed(log, last_id):
    """Return what a client has missed that got the message last_id last.

    log is a list of (id, body), in order; ids grow, and may have gaps. 0: none yet.
    """
    ...
''',
        hints=(
            "Which ids does the client have, if it has got everything up to `last_id`?",
            "All that are not greater. The message `last_id` itself may be gone from the log.",
            "`[message for message in log if message[0] > last_id]`",
        ),
        solution="""\
def missed(log, last_id):
    return [message for message in log if message[0] > last_id]
""",
        reached="cut after any of twelve messages, a client has each of them once.",
        grade=_grade_missed,
    ),
]
