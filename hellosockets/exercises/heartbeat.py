"""Heartbeats: when a silent server closes, and what a client's heartbeat does next."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any

from ..heartbeat import CLIENT_HEARTBEAT, SILENCE, Heartbeat
from .engine import Exercise
from .grading import Mistake, Vectors, expecting, kind, show

__all__ = ["EXERCISES"]

# 7A


def _closing_time(arrivals: Sequence[int], timeout: int) -> int:
    """Walk through the server's table with a clock that is made up."""
    heartbeat = Heartbeat(SILENCE, now=0, timeout=timeout)
    for arrival in arrivals:
        assert heartbeat.deadline is not None
        if arrival > heartbeat.deadline:
            break
        heartbeat.receive("data", now=arrival)
    assert heartbeat.deadline is not None
    return round(heartbeat.deadline)


def _timelines() -> list[tuple[tuple[int, ...], int]]:
    """Return when data arrives, and the timeout; nothing arrives at a deadline, nor twice."""
    chance = random.Random(60)
    found: list[tuple[tuple[int, ...], int]] = []
    while len(found) < 30:
        timeout = chance.choice([5, 10, 60])
        gaps = [chance.randint(1, 3 * timeout // 2) for _ in range(chance.randint(2, 6))]
        if timeout not in gaps:
            found.append((tuple(sum(gaps[: i + 1]) for i in range(len(gaps))), timeout))
    return found


TIMELINES: list[tuple[tuple[int, ...], int]] = [
    ((30, 100), 60),  # the second one comes too late
    ((), 60),  # nothing ever came
    ((30, 60, 90), 60),
    ((30, 60, 61, 62), 60),
    ((70, 80), 60),  # both come too late
    ((10, 80, 90, 100), 60),
    ((1, 2, 3), 10),
    ((3, 50, 58), 40),
    *_timelines(),
]


def _judge_closing_time(arguments: Sequence[Any], value: Any) -> str | None:
    expected = _closing_time(*arguments)
    if value is None:
        return f"gave None; expected {expected}."
    if type(value) not in (int, float):
        return f"gave {_with_kind(value)}; expected {expected}, a number."
    if math.isnan(value) or math.isinf(value):
        return f"gave {show(value)}, expected {expected}: each of these servers closes one day."
    return None if value == expected else f"gave {show(value)}, expected {expected}."


def _with_kind(value: object) -> str:
    shown, what = show(value), kind(value)
    return shown if shown == what else f"{shown}, {what}"


def _last_plus_timeout(arrivals: Sequence[int], timeout: int) -> int:
    return arrivals[-1] + timeout if arrivals else timeout


def _last_of_a_tuple_that_may_be_empty(arrivals: Sequence[int], timeout: int) -> int:
    return arrivals[-1] and _closing_time(arrivals, timeout)


def _greatest_of_a_tuple_that_may_be_empty(arrivals: Sequence[int], timeout: int) -> int:
    return max(arrivals) and _closing_time(arrivals, timeout)


def _add_a_number_to_all(arrivals: Any, timeout: int) -> Any:
    return arrivals + timeout


def _first_plus_timeout(arrivals: Sequence[int], timeout: int) -> int:
    return arrivals[0] + timeout if arrivals else timeout


def _first_pair_only(arrivals: Sequence[int], timeout: int) -> int | None:
    """Return at the first gap that is too long; forget that silence can come at the end."""
    before = 0
    for arrival in arrivals:
        if arrival - before > timeout:
            return before + timeout
        before = arrival
    return None


def _forget_the_opening(arrivals: Sequence[int], timeout: int) -> int:
    """Start to count at the first arrival."""
    if not arrivals:
        return timeout
    first = arrivals[0]
    return first + _closing_time([arrival - first for arrival in arrivals], timeout)


def _add_to_the_deadline(arrivals: Sequence[int], timeout: int) -> int:
    deadline = timeout
    for arrival in arrivals:
        if arrival > deadline:
            break
        deadline += timeout
    return deadline


def _add_to_the_deadline_for_each(arrivals: Sequence[int], timeout: int) -> int:
    return timeout * (len(arrivals) + 1)


def _last_arrival(arrivals: Sequence[int], timeout: int) -> int:
    return _closing_time(arrivals, timeout) - timeout


def _discovered_by_the_next(arrivals: Sequence[int], timeout: int) -> int:
    """Look at the clock only when something arrives."""
    end = _closing_time(arrivals, timeout)
    return next((arrival for arrival in arrivals if arrival > end), end)


NEVER_LOOKED = (
    "That waits for the last arrival, though the server had closed before it: leave the loop when "
    "an arrival is later than the deadline."
)

NOTHING_CAME = (
    "Nothing arrived there, and an empty tuple has no first and no last item: the timeout runs "
    "from the opening, second 0."
)

CLOSING_TIME = Vectors(
    "closing_time",
    TIMELINES,
    _judge_closing_time,
    [
        Mistake(
            "The timeout runs from the opening, second 0, and not from the first arrival.",
            _forget_the_opening,
        ),
        Mistake(NEVER_LOOKED, _last_plus_timeout),
        Mistake(NOTHING_CAME, _last_of_a_tuple_that_may_be_empty),
        Mistake(NOTHING_CAME, _greatest_of_a_tuple_that_may_be_empty),
        Mistake(
            "`arrivals` is all of them: go through them with `for arrival in arrivals`.",
            _add_a_number_to_all,
        ),
        Mistake(
            "Silence counts from the last arrival, not from the opening: data moves the deadline.",
            lambda arrivals, timeout: timeout,
        ),
        Mistake(
            "That counts from the first arrival; each later one moves the deadline again.",
            _first_plus_timeout,
        ),
        Mistake(
            "That is the last arrival; the server waits for the timeout after it.", _last_arrival
        ),
        Mistake(
            "An arrival doesn't add to the deadline, it puts it at `arrival + timeout`.",
            _add_to_the_deadline,
        ),
        Mistake(
            "An arrival doesn't add to the deadline, it puts it at `arrival + timeout`.",
            _add_to_the_deadline_for_each,
        ),
        Mistake(
            "The server doesn't need data to notice: a timer rings when the deadline has come.",
            _discovered_by_the_next,
        ),
        Mistake(
            "The loop ends without a `return` when no gap was too long: then the silence comes "
            "after the last arrival.",
            _first_pair_only,
        ),
    ],
)


# 7B

# Whatever the client sends, or hears, changes nothing: one event of the table's decides.
UNCHANGED = ("message", "sent")


def _next_step(state: Any, event: Any) -> tuple[str, str | None]:
    """Take a step of phoenix.js's table; what is no event of the table changes nothing."""
    if event in UNCHANGED:
        return state, None
    heartbeat = Heartbeat(CLIENT_HEARTBEAT, now=0, heartbeat_interval=1)
    now = 1
    if state == "pending":
        heartbeat.receive("due", now=now)
        now += 1
    action = heartbeat.receive(event, now=now)
    if action is None:
        return heartbeat.state, None
    return heartbeat.state, "close" if action.code else str(action)


STEPS = [
    ("waiting", "due"),
    ("pending", "reply"),
    ("pending", "due"),
    ("waiting", "reply"),
    ("waiting", "message"),
    ("waiting", "sent"),
    ("pending", "sent"),
    ("pending", "message"),
]

ITEMS = ("new_state", "action")


def _judge_step(arguments: Sequence[Any], value: Any) -> str | None:
    if type(value) is list and tuple(value[:3]) == _next_step(*arguments):
        return "gave a list; `return new_state, action` without brackets makes a tuple."
    return _judge_tuple(arguments, value)


_judge_tuple = expecting(_next_step, tuple, items=ITEMS)


def _except(state: str, event: str, instead: object) -> Any:
    """Make a step that is right but for one row of the table."""

    def next_step(its_state: str, its_event: str) -> object:
        return (
            instead
            if (its_state, its_event) == (state, event)
            else _next_step(its_state, its_event)
        )

    return next_step


def _state_alone(state: str, event: str) -> object:
    return _next_step(state, event)[0]


def _action_alone(state: str, event: str) -> object:
    return _next_step(state, event)[1]


def _backwards(state: str, event: str) -> object:
    return _next_step(state, event)[::-1]


def _none_as_text(state: str, event: str) -> object:
    new_state, action = _next_step(state, event)
    return new_state, action or "None"


def _empty_text_for_none(state: str, event: str) -> object:
    new_state, action = _next_step(state, event)
    return new_state, action or ""


def _no_return_at_the_end(state: str, event: str) -> object:
    return None if event in UNCHANGED else _next_step(state, event)


NEXT_STEP = Vectors(
    "next_step",
    STEPS,
    _judge_step,
    [
        Mistake(
            "What the client sends itself shows nothing: `send()` succeeds on a dead connection, "
            "too.",
            _except("pending", "sent", ("waiting", None)),
        ),
        Mistake(
            "Only the reply counts for phoenix.js: another message leaves the heartbeat pending.",
            _except("pending", "message", ("waiting", None)),
        ),
        Mistake(
            'Here the word is `"close"`: reconnecting is no part of this exercise.',
            _except("pending", "due", ("expired", "close and reconnect")),
        ),
        Mistake(
            "The reply hasn't come, and the next heartbeat is due: sending more of them into a "
            "dead connection finds out nothing.",
            _except("pending", "due", ("pending", "send a heartbeat")),
        ),
        Mistake(
            "One heartbeat without a reply is enough for phoenix.js: it closes.",
            _except("pending", "due", ("waiting", None)),
        ),
        Mistake(
            "That closes at once; first the client asks: it sends a heartbeat, and is pending.",
            _except("waiting", "due", ("expired", "close")),
        ),
        Mistake(
            "The heartbeat is sent, and nobody notes it: without the state pending, a missing "
            "reply is never found out.",
            _except("waiting", "due", ("waiting", "send a heartbeat")),
        ),
        Mistake(
            "A reply is answered by nothing: the timer says when the next heartbeat is due.",
            _except("pending", "reply", ("pending", "send a heartbeat")),
        ),
        Mistake(
            "The reply came: the client waits again.",
            _except("pending", "reply", ("pending", None)),
        ),
        Mistake(
            "What changes nothing needs a `return`, too: `return state, None`.",
            _no_return_at_the_end,
        ),
        Mistake("The action is missing: `return new_state, action`.", _state_alone),
        Mistake("The new state is missing: `return new_state, action`.", _action_alone),
        Mistake("The new state comes first, then the action.", _backwards),
        Mistake("None is a value of its own: leave out the quotes.", _none_as_text),
        Mistake("Where nothing is to be done, the action is None.", _empty_text_for_none),
    ],
)


EXERCISES = [
    Exercise(
        name="7A",
        title="when does the server close?",
        task="Write `closing_time(arrivals, timeout)`: the second at which a server with this "
        "timeout of silence closes.",
        answer="closing_time",
        stub='''\
def closing_time(arrivals, timeout):
    """Return the second at which the server closes a connection opened at second 0.

    arrivals are the seconds at which data reaches it, in order; timeout is in seconds.
    """
    ...
''',
        hints=(
            "What is the deadline before anything has arrived, and what does an arrival do to it?",
            "Keep a `deadline`, which begins at `timeout`. Go through the arrivals; one that is "
            "later than the deadline finds the connection closed, and so do all after it.",
            "In the loop: `if arrival > deadline: break`, then `deadline = arrival + timeout`. "
            "After the loop: `return deadline`.",
        ),
        solution="""\
def closing_time(arrivals, timeout):
    deadline = timeout
    for arrival in arrivals:
        if arrival > deadline:
            break
        deadline = arrival + timeout
    return deadline
""",
        reached=f"`closing_time` is right for {len(TIMELINES)} timelines.",
        grade=CLOSING_TIME.grade,
    ),
    Exercise(
        name="7B",
        title="a client's heartbeat",
        task="Write `next_step(state, event)`: the new state and the action of a client's "
        "heartbeat.",
        answer="next_step",
        stub='''\
def next_step(state, event):
    """Return (new_state, action) for a client's heartbeat.

    state: "waiting", or "pending" while the reply to a heartbeat is missing.
    event: "due" (the timer rang), "reply" (to the heartbeat), "message" (any other
        message came), "sent" (the client sent something itself).
    new_state: "waiting", "pending" or "expired".
    action: "send a heartbeat", "close" or None.
    """
    ...
''',
        hints=(
            "Which of the four events proves that the server got the heartbeat?",
            "Two events matter. When a heartbeat is due, look at the state: has the last one been "
            "answered? On a reply, the client waits again. All else changes nothing.",
            '`if event == "due" and state == "pending": return "expired", "close"`, and at the '
            "end, for what changes nothing, `return state, None`.",
        ),
        solution="""\
def next_step(state, event):
    if event == "due" and state == "waiting":
        return "pending", "send a heartbeat"
    if event == "due":
        return "expired", "close"
    if event == "reply":
        return "waiting", None
    return state, None
""",
        reached="`next_step` takes each of the eight steps as phoenix.js does.",
        grade=NEXT_STEP.grade,
    ),
]
