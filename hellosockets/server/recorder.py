"""The recorder: a connection of the library `websockets` that records what it hears and says.

It stands between asyncio and the library, at the one place that every byte passes: handshakes and
garbage as well as frames. Nothing is parsed here.
"""

from __future__ import annotations

import asyncio
from typing import Any, Protocol, cast

from websockets.asyncio.server import ServerConnection
from websockets.protocol import OPEN

from ..frames import Speaker
from ..ports import connect_time
from ..recording import Recording
from ..transports import RecordedTransport
from .gate import Admission

__all__ = ["Keeper", "RecordedConnection"]

# Said without the library, which is still waiting for the end of the head.
HEAD_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"Connection: close\r\nContent-Length: 0\r\nServer: HelloSockets\r\n\r\n"
)

# A client that doesn't wait for our answer may send so much before it.
MAX_EARLY = 2**16  # bytes

# The library answers pings unasked, and waits for nobody to read the pongs.
MAX_UNREAD_PONGS = 2**20  # bytes


class Keeper(Protocol):
    """Who wants to know of connections: the server."""

    def made(self, connection: RecordedConnection) -> Recording:
        """Begin: a client has connected. Returns the recording to append to."""

    def heard(self, connection: RecordedConnection, speaker: Speaker, size: int) -> None:
        """Note that so many bytes were read or written."""

    def lost(self, connection: RecordedConnection) -> None:
        """End: the TCP connection is gone, and both ends are recorded."""


class RecordedConnection(ServerConnection):
    """
    A server's side of one TCP connection, with both directions recorded.

    Args:
        args: As for :class:`~websockets.asyncio.server.ServerConnection`.
        keeper: Who wants to know.
        max_header_size: Longest head of a request, in bytes; a longer one is answered with 431.
        kwargs: As for :class:`~websockets.asyncio.server.ServerConnection`.

    Attributes:
        admission: How a Phoenix socket was let in; None for other paths, and until then.
        is_surplus: True if it came when the server had as many connections as it takes.
        has_expired: True if the server has ended it for its silence.
        connect_time: How long TCP took to connect, in seconds; None where the system doesn't tell.

    """

    def __init__(
        self, *args: Any, keeper: Keeper, max_header_size: int = 2**16, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.admission: Admission | None = None
        self.is_surplus = False
        self.has_expired = False
        self.connect_time: float | None = None
        self._keeper = keeper
        self._max_header_size = max_header_size
        self._head_size = 0
        self._head_end: bytes | None = b""  # the last bytes of a head that goes on
        self._early: bytearray | None = bytearray()  # what came before our answer to the head
        self._recording: Recording
        self._ended: set[Speaker] = set()
        self._unread_pongs = 0  # bytes, since the network had taken everything
        self._closing: asyncio.Task[None] | None = None

    def record(self, speaker: Speaker, data: bytes) -> None:
        """
        Append to the recording; a stream's end is recorded once, and nothing after it.

        Args:
            speaker: ``"client"`` or ``"server"``.
            data: Bytes as read or written; empty where this speaker's stream ends.

        """
        if speaker not in self._ended:
            if not data:
                self._ended.add(speaker)
            self._recording.append(speaker, data)
            if data:
                self._keeper.heard(self, speaker, len(data))

    def expire(self, code: int, reason: str) -> None:
        """
        Send a close frame and end the TCP connection at once, as Cowboy does.

        Who is silent may be gone, so nobody waits for an answer; and what could not be sent so far
        is lost.

        Args:
            code: Close code.
            reason: Close reason.

        """
        self.has_expired = True
        self._closing = self.loop.create_task(self.close(code, reason))
        self.loop.call_soon(self._hang_up)  # after the task's first step, which sends the frame

    def _hang_up(self) -> None:
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            self.transport.close()

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin the recording."""
        self.connect_time = connect_time(transport.get_extra_info("socket"))
        self._recording = self._keeper.made(self)
        recorded = RecordedTransport(cast(asyncio.Transport, transport), self._said)
        super().connection_made(cast(asyncio.Transport, recorded))

    def data_received(self, data: bytes) -> None:
        """Record what the client sent, and hand it on."""
        self.record("client", bytes(data))
        head = self._rest_of_head(data)
        if self._head_size > self._max_header_size:
            self.transport.write(HEAD_TOO_LARGE)
            self.transport.close()
            return
        if self._early is not None:
            self._early += data[head:]
            if len(self._early) > MAX_EARLY:
                self.transport.pause_reading()
            data = data[:head]
        if data:
            self._hand_on(data)

    async def handshake(self, *args: Any, **kwargs: Any) -> None:
        """Answer the request, and read what a hasty client sent before the answer only then."""
        # The library takes it for frames without extensions, and on an error can't answer any more.
        try:
            await super().handshake(*args, **kwargs)
        finally:
            early, self._early = self._early, None
            self.transport.resume_reading()
        if early and self.state is OPEN and "client" not in self._ended:
            self._hand_on(bytes(early))

    def _hand_on(self, data: bytes) -> None:
        waiting = self.transport.get_write_buffer_size()
        super().data_received(data)
        self._bound_pongs(waiting)

    def _bound_pongs(self, waiting: int) -> None:
        still = self.transport.get_write_buffer_size()
        self._unread_pongs = self._unread_pongs + still - waiting if waiting else 0
        if min(self._unread_pongs, still) > MAX_UNREAD_PONGS:
            self.transport.abort()

    def eof_received(self) -> None:
        """Record that the client's stream ended."""
        self.record("client", b"")
        super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """Record both ends, should one be missing."""
        self.record("client", b"")
        self.record("server", b"")
        super().connection_lost(exc)
        self._keeper.lost(self)

    def _said(self, data: bytes) -> None:
        self.record("server", data)

    def _rest_of_head(self, data: bytes) -> int:
        """Return how many of these bytes belong to the head, and count them."""
        if self._head_end is None:
            return 0
        joined = self._head_end + data
        end = joined.find(b"\r\n\r\n")
        rest = len(data) if end < 0 else end + 4 - len(self._head_end)
        self._head_size += rest
        self._head_end = joined[-3:] if end < 0 else None
        return rest
