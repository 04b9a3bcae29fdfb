"""Timing: how long each part of a connection took, as a waterfall of phases."""

from __future__ import annotations

from dataclasses import dataclass

from .conversation import Conversation
from .frames import Frame

__all__ = ["Phase", "Timing", "timing"]


@dataclass(frozen=True, slots=True)
class Phase:
    """
    One part of a connection's life.

    Attributes:
        name: What it is called.
        start: When it began, in seconds since the recording did; negative before that.
        end: When it ended; None as long as it goes on.
        says: What happens in it, in a sentence.

    """

    name: str
    start: float
    end: float | None
    says: str

    @property
    def seconds(self) -> float | None:
        """How long it took; None as long as it goes on."""
        return None if self.end is None else self.end - self.start


@dataclass(frozen=True, slots=True)
class Timing:
    """
    The phases of a connection, in their order.

    Attributes:
        phases: Those that have begun.
        now: When this was found out, in seconds since the recording began.

    """

    phases: tuple[Phase, ...]
    now: float

    def get(self, name: str) -> Phase | None:
        """Return a phase by its name; None if it hasn't begun, or can't be known."""
        return next((phase for phase in self.phases if phase.name == name), None)

    def __repr__(self) -> str:
        return f"Timing({', '.join(phase.name for phase in self.phases) or 'nothing yet'})"


CONNECT = "TCP connect"
WAIT = "waiting for the request"
HANDSHAKE = "handshake"
FIRST_FRAME = "until the first frame"
OPEN = "open"
CLOSING = "closing handshake"


def timing(conversation: Conversation) -> Timing:
    """
    Find the phases of a connection.

    How long TCP took to connect is measured by a wire, which connects by itself, and told by the
    system to a server; where neither can know it, that phase is missing.
    """
    request, response = conversation.request, conversation.response
    frames: list[Frame] = conversation.frames
    known = conversation.known()
    phases = []
    if conversation.connect_time is not None:
        says = "A SYN, a SYN-ACK and an ACK cross the network, before the first byte can."
        phases.append(Phase(CONNECT, -conversation.connect_time, 0.0, says))
    asked = None if request is None else request.time
    if asked is not None:
        says = "The connection is there; the client's GET is on its way."
        phases.append(Phase(WAIT, 0.0, asked, says))
        answered = None if response is None else response.time
        says = "The server reads the GET, decides, and answers it."
        phases.append(Phase(HANDSHAKE, asked, answered, says))
        if answered is not None and response is not None and response.status == 101:
            phases += _after(answered, frames, known.ended)
    return Timing(tuple(phases), conversation.recording.now)


def _after(answered: float, frames: list[Frame], ended: float | None) -> list[Phase]:
    phases = []
    first = next((frame.time for frame in frames if frame.time is not None), None)
    if first is not None:
        says = "The way is free for frames in both directions; nobody has sent one yet."
        phases.append(Phase(FIRST_FRAME, answered, first, says))
    closing = next((f.time for f in frames if f.close_code is not None or f.opcode == 8), None)
    until = ended if closing is None else closing
    phases.append(Phase(OPEN, answered, until, "Frames cross in both directions."))
    if closing is not None:
        says = "One side has sent a close frame; the other answers it, and TCP ends."
        phases.append(Phase(CLOSING, closing, ended, says))
    return phases
