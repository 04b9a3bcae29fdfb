"""The client's seat: what one end of a connection sees, and what its program asked for.

A server's recording knows when bytes reached the server. This one knows when they left the client:
both together tell how long they were under way.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Any, cast

from websockets.asyncio.client import ClientConnection

from ..conversation import Conversation
from ..frames import Speaker
from ..lanes import Call
from ..recording import Recording
from ..transports import RecordedTransport

__all__ = ["RecordedClient", "Seat"]

# A seat is a help to look at, and must cost little: a bounded part of the newest connection.
MAX_BYTES = 2**20
MAX_CHUNKS = 5_000
MOST_CALLS = 1_000


class Seat:
    """
    What a client sees of its newest connection.

    Args:
        clock: Function that returns seconds; the server's recording must have the same one, if
            both are to be compared.

    Attributes:
        conversation: The newest connection, as this end recorded it; None before the first.
        calls: What the program asked for, oldest first; of the newest connection and while it was
            asked for, at most 1,000.

    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.conversation: Conversation | None = None
        self.calls: deque[Call] = deque(maxlen=MOST_CALLS)
        self._clock = clock

    def called(self, what: str) -> None:
        """Note what the program asked for."""
        self.calls.append(Call(self._clock(), what))

    def begin(self, *, secure: bool) -> Conversation:
        """Begin to record a connection."""
        recording = Recording(max_bytes=MAX_BYTES, max_chunks=MAX_CHUNKS, clock=self._clock)
        self.conversation = Conversation(recording, secure=secure)
        return self.conversation

    def connection(self, *args: Any, **kwargs: Any) -> RecordedClient:
        """Make a connection that is recorded here: for ``connect(create_connection=)``."""
        return RecordedClient(*args, seat=self, **kwargs)


class RecordedClient(ClientConnection):
    """
    A client's side of one TCP connection, with both directions recorded.

    Args:
        args: As for :class:`~websockets.asyncio.client.ClientConnection`.
        seat: Where it is recorded; by default in one of its own.
        kwargs: As for :class:`~websockets.asyncio.client.ClientConnection`.

    Attributes:
        seat: The client's seat.

    """

    def __init__(self, *args: Any, seat: Seat | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seat = seat or Seat()
        self._recording: Recording
        self._ended: set[Speaker] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin the recording."""
        secure = transport.get_extra_info("ssl_object") is not None
        self._recording = self.seat.begin(secure=secure).recording
        recorded = RecordedTransport(cast(asyncio.Transport, transport), self._said)
        super().connection_made(cast(asyncio.Transport, recorded))

    def data_received(self, data: bytes) -> None:
        """Record what the server sent, and hand it on."""
        self._record("server", bytes(data))
        super().data_received(data)

    def eof_received(self) -> None:
        """Record that the server's stream ended."""
        self._record("server", b"")
        super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """Record both ends, should one be missing."""
        self._record("client", b"")
        self._record("server", b"")
        super().connection_lost(exc)

    def _said(self, data: bytes) -> None:
        self._record("client", data)

    def _record(self, speaker: Speaker, data: bytes) -> None:
        if speaker not in self._ended:
            if not data:
                self._ended.add(speaker)
            self._recording.append(speaker, data)
