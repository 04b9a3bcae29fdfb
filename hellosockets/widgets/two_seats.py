"""TwoSeats: one connection from its client's seat and its server's, on a time axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import traitlets

from ..conversation import Conversation
from ..lanes import Call, Lanes, Step, lanes
from ..sequence import sequence_diagram
from .base import Watching, styles
from .module import source
from .strings import TWO_SEATS as STRINGS

__all__ = ["TwoSeats"]

MOST_SHOWN = 200  # steps, the newest ones


class HasSeat(Protocol):
    """A client that records its own end: `hellosockets.Socket`, or a `RecordedClient`."""

    @property
    def seat(self) -> Any:
        """Its `Seat`."""


class TwoSeats(Watching):
    """
    A connection from both its ends: what was called, sent, on the way, and when it arrived.

    Args:
        conversation: The connection as its server recorded it, e.g. ``server.connections[-1]``.
        other: Its client: a `Socket`, or a conversation that the client recorded. Without it one
            seat alone is seen, and everything arrives the moment it is sent.

    Attributes:
        selected: The `Step` that the reader has selected; None as long as there is none.

    Raises:
        TypeError: If ``conversation`` is none.

    """

    _esm = source("two_seats")
    _css = styles("two_seats")
    _strings = traitlets.Dict(STRINGS).tag(sync=True)
    selected = traitlets.Any(None, read_only=True)

    INTERVAL = 0.1  # by then the other seat has it, too

    def __init__(
        self, conversation: Conversation, other: HasSeat | Conversation | None = None
    ) -> None:
        if not isinstance(conversation, Conversation):
            what = type(conversation).__name__
            raise TypeError(f"two seats are those of one Conversation, got {what}")
        self.conversation = conversation
        self._other = other
        self._lanes = Lanes((), False)
        super().__init__()
        self._watch(conversation.recording.listeners)
        self._look()

    @property
    def lanes(self) -> Lanes:
        """The steps as they are now."""
        self._look()
        return self._lanes

    @property
    def steps(self) -> tuple[Step, ...]:
        """The newest 200 steps, oldest first."""
        return self.lanes.steps

    def __repr__(self) -> str:
        seats = "both seats" if self._other is not None else "one seat"
        return f"TwoSeats({self.conversation!r}, {seats})"

    def _repr_html_(self) -> str:
        return sequence_diagram(self.conversation)._repr_html_()

    # From both ends: in the loop's thread, or in that of a cell.

    def _seat(self) -> tuple[Conversation | None, Sequence[Call]]:
        if self._other is None or isinstance(self._other, Conversation):
            return self._other, ()
        return self._other.seat.conversation, tuple(self._other.seat.calls)

    def _look(self) -> None:
        other, calls = self._seat()
        self._lanes = lanes(self.conversation, other, calls, most=MOST_SHOWN)

    def _tell(self) -> None:
        self._look()
        self.send(
            {
                "type": "steps",
                "steps": [_write(step) for step in self._lanes.steps],
                "sees_both": self._lanes.sees_both,
                "dropped": self._lanes.dropped,
            }
        )
        if any(step.arrived is None for step in self._lanes.steps):
            self._changed()  # something is on its way: look again

    def _heard(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "hello":
                self._soon(self._tell)
            case "select":
                at = next((s for s in self._lanes.steps if _key(s) == message["key"]), None)
                self.set_trait("selected", at)


def _key(step: Step) -> str:
    """Name a step, whatever comes after it: an event by its number, a call by its time."""
    return f"{step.kind} {step.number if step.number is not None else step.sent}"


def _write(step: Step) -> dict[str, Any]:
    return {
        "key": _key(step),
        "kind": step.kind,
        "speaker": step.speaker,
        "label": step.label,
        "sent": step.sent,
        "arrived": step.arrived,
        "size": step.size,
        "chunks": step.chunks,
    }
