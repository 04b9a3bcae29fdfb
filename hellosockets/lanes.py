"""Lanes: one connection from both its seats, what was called, sent, and when it arrived.

A recording knows when bytes passed one place. Two recordings of one connection, at its client and
at its server, know how long the bytes were under way: byte n of a stream is byte n at both ends, so
an event is found again by where it stands in its speaker's stream.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from .conversation import Conversation
from .events import End, Event, Gap
from .frames import Frame, Speaker
from .handshake import Request, Response

__all__ = ["Call", "Lanes", "Step", "label_of", "lanes"]

MOST_STEPS = 1_000

Kind = Literal["call", "request", "response", "frame", "end"]


@dataclass(frozen=True, slots=True)
class Call:
    """
    What a program asked of its client.

    Attributes:
        time: When, in seconds on the clock of the client's recording.
        what: The call, in a few words, e.g. ``"push shout to room:lobby"``.

    """

    time: float
    what: str


@dataclass(frozen=True, slots=True)
class Step:
    """
    One thing that happened between two seats.

    Attributes:
        kind: What sort of thing.
        speaker: Whose it is.
        label: What it is, on one line.
        sent: When it left its speaker, in seconds since the conversation's recording began; None
            if unknown.
        arrived: When its last byte reached the other seat; equal to ``sent`` where only one seat
            was recorded, None where it hasn't arrived.
        size: Its bytes; 0 for a call or an end.
        chunks: In how many TCP chunks it crossed the place of recording.
        number: The event's number in its conversation; None for a call.
        event: The event; None for a call.

    """

    kind: Kind
    speaker: Speaker
    label: str
    sent: float | None
    arrived: float | None
    size: int = 0
    chunks: int = 0
    number: int | None = None
    event: Event | None = None

    @property
    def on_the_way(self) -> float | None:
        """Seconds from one seat to the other; None where they aren't known."""
        if self.sent is None or self.arrived is None or self.kind == "call":
            return None
        return max(0.0, self.arrived - self.sent)


@dataclass(frozen=True, slots=True)
class Lanes:
    """
    The steps of one connection, in the order in which they began.

    Attributes:
        steps: The newest of them.
        sees_both: Whether both seats were recorded.
        dropped: How many older steps are left out.

    """

    steps: tuple[Step, ...]
    sees_both: bool
    dropped: int = 0

    def __repr__(self) -> str:
        seats = "both seats" if self.sees_both else "one seat"
        dropped = f", {self.dropped:,} older left out" if self.dropped else ""
        return f"Lanes({len(self.steps):,} steps, {seats}{dropped})"


def lanes(
    conversation: Conversation,
    other: Conversation | None = None,
    calls: Iterable[Call] = (),
    *,
    most: int = MOST_STEPS,
) -> Lanes:
    """
    Put a connection on two lanes.

    Args:
        conversation: The connection as its server recorded it.
        other: The same connection as its client did; None where there is no such recording.
        calls: What the client's program called, on the clock of ``other``'s recording.
        most: Most steps that are returned, the newest ones.

    """
    numbered = conversation.events_since(max(0, conversation.dropped_events))
    shift = 0.0 if other is None else other.recording.began - conversation.recording.began
    seen = {} if other is None else _by_place(other, shift)
    boundaries = {speaker: conversation.boundaries(speaker) for speaker in ("client", "server")}
    steps = [
        _step(number, event, seen, other is not None, boundaries)
        for number, event in numbered[-most:]
        if not isinstance(event, Gap)
    ]
    first = min((step.sent for step in steps if step.sent is not None), default=0.0)
    began = conversation.recording.began
    called = [
        Step("call", "client", call.what, call.time - began, call.time - began) for call in calls
    ]
    whole = len(numbered) <= most
    steps += [step for step in called if whole or (step.sent or 0.0) >= first]
    steps.sort(key=_begins)
    left_out = conversation.dropped_events + len(numbered) + len(called) - len(steps)
    return Lanes(tuple(steps[-most:]), other is not None, left_out + max(0, len(steps) - most))


def label_of(event: Event, size: int = 60) -> str:
    """Say on one line what an event is."""
    match event:
        case Frame():
            says = event.preview(size)
            more = "" if event.fin else ", more follow"
            return f"{event.opcode_name}{more}{': ' + says if says else ''}"
        case Request() | Response():
            return event.preview(size)
        case End():
            return f"the {event.speaker} sends no more bytes"
        case Gap():
            return f"{event.size:,} bytes dropped unread"


def _step(
    number: int,
    event: Event,
    seen: dict[tuple[object, ...], float],
    sees_both: bool,
    boundaries: dict[str, list[int]],
) -> Step:
    assert not isinstance(event, Gap)  # nobody's
    here = event.time
    there = seen.get(_place(event)) if sees_both else here
    sent, arrived = (there, here) if event.speaker == "client" else (here, there)
    if sent is None and sees_both:
        sent = arrived  # the client's recording has made room for newer bytes
    kind: Kind = "frame"
    match event:
        case Request():
            kind = "request"
        case Response():
            kind = "response"
        case End():
            kind = "end"
    size = 0 if isinstance(event, End) else len(event.raw)
    chunks = _chunks(event.offset, size, boundaries[event.speaker or "client"])
    return Step(
        kind, event.speaker or "client", label_of(event), sent, arrived, size, chunks, number, event
    )


def _by_place(conversation: Conversation, shift: float) -> dict[tuple[object, ...], float]:
    """Return when each event passed, by its place in its speaker's stream."""
    return {
        _place(event): event.time + shift for event in conversation.events if event.time is not None
    }


def _place(event: Event) -> tuple[object, ...]:
    if isinstance(event, Gap):
        return ("gap",)
    return event.speaker, isinstance(event, End), event.offset


def _chunks(offset: int | None, size: int, boundaries: Sequence[int]) -> int:
    if offset is None or not size:
        return 0
    return bisect_right(boundaries, offset + size - 1) - bisect_right(boundaries, offset) + 1


def _begins(step: Step) -> float:
    times = [time for time in (step.sent, step.arrived) if time is not None]
    return min(times, default=0.0)
