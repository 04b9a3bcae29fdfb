"""Events: what happened on one connection, as data. Frames and handshakes come from below."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from .frames import TEXT, Frame, Speaker, preview
from .handshake import Request, Response
from .rules import Verdict

__all__ = ["End", "Event", "Gap", "Message", "size_of"]


@dataclass(frozen=True, slots=True)
class End:
    """
    One speaker's stream of bytes ended: TCP's own goodbye, below every WebSocket frame.

    Attributes:
        speaker: Whose stream it was.
        time: Seconds since the recording began.
        offset: How many bytes the stream had.

    """

    speaker: Speaker
    time: float | None = field(default=None, compare=False)
    offset: int | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        return f"End(of the {self.speaker}'s bytes)"


@dataclass(frozen=True, slots=True)
class Gap:
    """
    Bytes that the recording had dropped before anybody read them.

    Where a frame begins can't be told after a gap, so what follows it stays unread.

    Attributes:
        size: How many bytes are missing.

    """

    size: int

    @property
    def speaker(self) -> None:
        """Nobody's: both directions are lost."""
        return None

    @property
    def time(self) -> None:
        """Unknown."""
        return None

    def __repr__(self) -> str:
        return f"Gap({self.size:,} bytes dropped unread)"


Event: TypeAlias = Request | Response | Frame | End | Gap


@dataclass(frozen=True, slots=True)
class Message:
    """
    One message: a data frame and the continuation frames that complete it (RFC 6455 §5.4).

    Attributes:
        frames: Its frames, in order; 1 or more.

    """

    frames: tuple[Frame, ...]

    @property
    def speaker(self) -> Speaker | None:
        """Who sent it."""
        return self.frames[0].speaker

    @property
    def time(self) -> float | None:
        """When its last byte came, in seconds since the recording began."""
        return self.frames[-1].time

    @property
    def opcode(self) -> int:
        """``Opcode.TEXT`` or ``Opcode.BINARY``: the opcode of its first frame."""
        return self.frames[0].opcode

    @property
    def is_text(self) -> bool:
        """True for a text message."""
        return self.opcode == TEXT

    @property
    def data(self) -> bytes:
        """The whole message, unmasked and inflated."""
        return b"".join(frame.data for frame in self.frames)

    @property
    def text(self) -> str:
        """The message as text; bytes that aren't UTF-8 become U+FFFD."""
        return self.data.decode("utf-8", "replace")

    def start(self, size: int) -> bytes:
        """Return its first ``size`` bytes, unmasked and inflated."""
        parts: list[bytes] = []
        missing = size
        for frame in self.frames:
            if missing <= 0:
                break
            held = frame.inflated
            parts.append(frame.unmasked_start(missing) if held is None else held[:missing])
            missing -= len(parts[-1])
        return b"".join(parts)

    @property
    def deflated(self) -> bool:
        """True when it crossed the wire compressed (RFC 7692 §6)."""
        return self.frames[0].rsv1

    @property
    def size(self) -> int:
        """Length of the message in bytes, unmasked and inflated."""
        return sum(frame.size for frame in self.frames)

    @property
    def wire_size(self) -> int:
        """Length of its frames in bytes, headers included: what it cost on the wire."""
        return sum(len(frame.raw) for frame in self.frames)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Every rule that its frames break."""
        return tuple(verdict for frame in self.frames for verdict in frame.verdicts)

    def __repr__(self) -> str:
        kind = "text" if self.is_text else "binary"
        speaker = f"{self.speaker}, " if self.speaker else ""
        says = preview(self.start(240), self.is_text)
        frames = f"{len(self.frames)} frame{'s' * (len(self.frames) > 1)}"
        return f"Message({speaker}{kind}, {self.size:,} bytes in {frames}: {says})"


def size_of(event: Event) -> int:
    """Return how many bytes an event holds: as they came, and inflated ones beside them."""
    if isinstance(event, Frame):
        return len(event.raw) + len(event.inflated or b"")
    return 0 if isinstance(event, End | Gap) else len(event.raw) + len(event.body)
