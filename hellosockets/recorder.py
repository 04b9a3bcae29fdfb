"""The recorder: a connection of the library `websockets` that records what it hears and says.

It stands between asyncio and the library, at the one place that every byte passes: handshakes and
garbage as well as frames. Nothing is parsed here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, cast

from websockets.asyncio.server import ServerConnection

from .frames import Speaker
from .recording import Recording

__all__ = ["RecordedConnection"]


class RecordedConnection(ServerConnection):
    """
    A server's side of one TCP connection, with both directions recorded.

    Args:
        args: As for :class:`~websockets.asyncio.server.ServerConnection`.
        on_made: Called once, when the client has connected; returns the recording to append to.
        on_lost: Called once, when the TCP connection is gone and both ends are recorded.
        kwargs: As for :class:`~websockets.asyncio.server.ServerConnection`.

    """

    def __init__(
        self,
        *args: Any,
        on_made: Callable[[RecordedConnection], Recording],
        on_lost: Callable[[RecordedConnection], None],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._on_made = on_made
        self._on_lost = on_lost
        self._recording: Recording
        self._ended: set[Speaker] = set()

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

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin the recording."""
        self._recording = self._on_made(self)
        recorded = _RecordedTransport(cast(asyncio.Transport, transport), self.record)
        super().connection_made(cast(asyncio.Transport, recorded))

    def data_received(self, data: bytes) -> None:
        """Record what the client sent, and hand it on."""
        self.record("client", bytes(data))
        super().data_received(data)

    def eof_received(self) -> None:
        """Record that the client's stream ended."""
        self.record("client", b"")
        super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """Record both ends, should one be missing."""
        self.record("client", b"")
        self.record("server", b"")
        super().connection_lost(exc)
        self._on_lost(self)


class _RecordedTransport:
    """
    A transport that reports what is written to it, and hands on everything.

    Reported is what asyncio takes. Of that, an aborted connection may lose the end, which is still
    waiting for the network then.

    Args:
        transport: asyncio's transport.
        record: Called with ``"server"`` and the bytes of each write; with no bytes at the end.

    """

    def __init__(
        self, transport: asyncio.Transport, record: Callable[[Speaker, bytes], None]
    ) -> None:
        self._transport = transport
        self._record = record

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self._transport.is_closing():
            return  # asyncio would drop it
        self._transport.write(data)
        if data and not self._transport.is_closing():  # closing now: the network took nothing
            self._record("server", bytes(data))

    def writelines(self, parts: Iterable[bytes | bytearray | memoryview]) -> None:
        self.write(b"".join(parts))

    def write_eof(self) -> None:
        self._transport.write_eof()
        self._record("server", b"")

    def close(self) -> None:
        self._transport.close()
        self._record("server", b"")

    def abort(self) -> None:
        self._transport.abort()
        self._record("server", b"")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
