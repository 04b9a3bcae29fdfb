"""Moments: when a recording began, as the clock on the wall had it.

A recording counts seconds from its own beginning, by a clock of its own. Files that leave the house
need a date; whoever exports says which one.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TypeAlias

__all__ = ["MOST_SECONDS", "Moment", "epoch", "iso", "later", "parse_moment"]

Moment: TypeAlias = datetime | str

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# No time in a file may be further than this from zero, in seconds: some 300,000 years.
MOST_SECONDS = 1e13


def parse_moment(moment: Moment, name: str = "began") -> datetime:
    """
    Read a moment.

    Args:
        moment: A datetime that knows its time zone, or text such as ``"2026-11-25T04:35:00Z"``
            (ISO 8601).
        name: What an error calls it.

    Returns:
        The same moment, in UTC.

    Raises:
        TypeError: If it is neither.
        ValueError: If the text isn't ISO 8601, or no time zone is named.

    """
    if isinstance(moment, str):
        try:
            moment = datetime.fromisoformat(moment)
        except ValueError:
            raise ValueError(
                f"{name} must be like '2026-11-25T04:35:00Z' (ISO 8601), got {moment!r}"
            ) from None
    if not isinstance(moment, datetime):
        raise TypeError(
            f"{name} must be a datetime or text such as '2026-11-25T04:35:00Z', got {moment!r}"
        )
    if moment.utcoffset() is None:
        raise ValueError(
            f"{name} must name its time zone: write datetime.now(timezone.utc), or end the text "
            f"with Z; got {moment.isoformat()!r}"
        )
    try:
        return moment.astimezone(UTC)
    except OverflowError:  # within a day of the calendar's ends
        return moment.replace(tzinfo=UTC)


def later(moment: datetime, seconds: float) -> datetime:
    """Return the moment so many seconds later; where the calendar ends, its last one."""
    try:
        return moment + timedelta(seconds=seconds)
    except OverflowError:
        return (datetime.max if seconds > 0 else datetime.min).replace(tzinfo=UTC)


def epoch(moment: datetime) -> float:
    """Return seconds since 1970, as JavaScript's and Unix's clocks count them."""
    return (moment - EPOCH) / timedelta(seconds=1)


def iso(moment: datetime) -> str:
    """Return it as ISO 8601 text, in UTC and with microseconds."""
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
