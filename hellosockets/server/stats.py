"""Stats: how much a server has done since it started."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..frames import Speaker

__all__ = ["Stats"]


def _by_speaker() -> dict[Speaker, int]:
    return {"client": 0, "server": 0}


@dataclass(slots=True)
class Stats:
    """
    Counts of one server.

    Attributes:
        connections: TCP connections that came.
        refused: Of these, requests for a WebSocket that were answered with an error.
        expired: WebSockets that the server closed because they were silent.
        crashed: Exceptions that the application's code raised.
        messages: Messages that were read and sent, by speaker.
        bytes: Bytes that TCP carried, handshakes and pages too, by speaker.

    """

    connections: int = 0
    refused: int = 0
    expired: int = 0
    crashed: int = 0
    messages: dict[Speaker, int] = field(default_factory=_by_speaker)
    bytes: dict[Speaker, int] = field(default_factory=_by_speaker)

    def copy(self) -> Stats:
        """Return the counts as they are now."""
        return Stats(
            self.connections,
            self.refused,
            self.expired,
            self.crashed,
            dict(self.messages),
            dict(self.bytes),
        )
