"""Keepalive settings: pings that survive a proxy and slow answers, and still notice in time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..keepalive import keepalive
from .engine import Exercise
from .grading import Mistake, Vectors, kind, show

__all__ = ["EXERCISES"]

# The proxy's patience, the round trip, and within how many seconds a cut must be noticed.
CASES = [
    (60, 3, 25),
    (60, 3, 200),  # the proxy sets the limit
    (5, 1, 60),
    (60, 1, 2),
    (60, 10, 12),
    (60, 30, 20),  # can't be: an answer may take longer than that
    (3600, 1, 30),
]


def _is_possible(proxy_idle: float, round_trip: float, within: float) -> bool:
    return within > round_trip and proxy_idle > 0


def _judge(arguments: Sequence[Any], value: Any) -> str | None:
    proxy_idle, round_trip, within = arguments
    if not _is_possible(*arguments):
        if value is None:
            return None
        return f"gave {show(value)}, expected None: an answer may take longer than {within} s."
    if value is None:
        return "gave None, and there are settings that do it."
    if not isinstance(value, tuple | list) or len(value) != 2:
        return f"gave {show(value)}, {kind(value)}; expected two numbers: interval, timeout."
    for number in value:
        if isinstance(number, bool) or not isinstance(number, int | float) or not number > 0:
            return f"gave {show(value)}; both are numbers of seconds above 0."
    interval, timeout = value
    run = keepalive(interval, timeout, round_trip=round_trip, proxy_idle=proxy_idle)
    if run.keeps_within(within):
        return None
    if run.hung_up is None and run.false_alarm is None:
        worst = run.notice_at_most
        return f"gave {show(value)}: a cut is noticed after {worst:g} s at the worst, not {within}."
    return f"gave {show(value)}: {run}."


SETTINGS = Vectors(
    "settings",
    CASES,
    _judge,
    [
        Mistake(
            "The cut may come right after an answer: then it takes a whole interval and the "
            "timeout, so their sum counts.",
            lambda proxy_idle, round_trip, within: (within, round_trip),
        ),
        Mistake(
            "The cut may come right after an answer: then it takes a whole interval and the "
            "timeout, so their sum counts.",
            lambda proxy_idle, round_trip, within: (within, within),
        ),
        Mistake(
            "Those are the defaults of `websockets`; here, work them out from what is given.",
            lambda proxy_idle, round_trip, within: (20, 20),
        ),
        Mistake(
            "The proxy counts from the last byte: the ping has to come before its time is over.",
            lambda proxy_idle, round_trip, within: (
                None if within <= round_trip else (within - round_trip, round_trip)
            ),
        ),
        Mistake(
            "The timeout has to leave the answer its time.",
            lambda proxy_idle, round_trip, within: (min(proxy_idle, within) / 2, round_trip / 2),
        ),
        Mistake(
            "Where an answer may take longer than the cut may go unnoticed, nothing will do: "
            "return None.",
            lambda proxy_idle, round_trip, within: (
                min(proxy_idle / 2, max(1, within - round_trip)),
                round_trip,
            ),
        ),
    ],
)

EXERCISES = [
    Exercise(
        name="7C",
        title="settings for a proxy and a slow line",
        task="Write `settings(proxy_idle, round_trip, within)`: the interval and timeout of pings.",
        answer="settings",
        stub='''\
def settings(proxy_idle, round_trip, within):
    """Return (interval, timeout) in seconds, or None where there are none.

    A proxy hangs up after proxy_idle seconds without a byte; an answer takes
    round_trip seconds; a cut must be noticed after at most within seconds.
    """
    ...
''',
        hints=(
            "How long may a dead connection go unnoticed, if the cut comes right after an answer?",
            "At the worst: interval + timeout. The timeout must be at least the round trip, the "
            "interval less than the proxy's patience.",
            "`min(proxy_idle / 2, within - round_trip)` is an interval, with `round_trip` as the "
            "timeout; if `within <= round_trip`, return None.",
        ),
        solution="""\
def settings(proxy_idle, round_trip, within):
    if within <= round_trip:
        return None
    return min(proxy_idle / 2, within - round_trip), round_trip
""",
        reached=f"in {len(CASES)} simulations no living connection was lost, no dead one kept.",
        grade=SETTINGS.grade,
    )
]
