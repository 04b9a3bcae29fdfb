"""One connection, as a browser's WebSocket has it: callbacks, and calls that never wait.

It ends in one way only, whatever ends it: the task is over, the TCP connection is gone, and
``on_close`` has been called once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode
from websockets.protocol import State

from .timer import Alarm, Clock

__all__ = ["CloseEvent", "Transport", "TransportState"]

TransportState: TypeAlias = Literal["connecting", "open", "closing", "closed"]

# phoenix.js looks five times, after 150, 300, 450 and 600 ms, and then goes on without the server's
# answer to its close frame.
CLOSE_TIMEOUT = 1.5  # seconds

logger = logging.getLogger("hellosockets.client")


@dataclass(frozen=True, slots=True)
class CloseEvent:
    """
    How a connection ended.

    Attributes:
        code: The close code: the server's, or 1006 where it sent none.
        reason: The close reason, or ``""``.

    """

    code: int
    reason: str


class Transport:
    """
    One connection. It begins to connect at once.

    Args:
        url: Where to.
        options: For :class:`websockets.asyncio.client.connect`.
        clock: For the time that a close may take.
        on_open: Called when it is open.
        on_message: Called with each message, str or bytes.
        on_close: Called once, when nothing is left of it.

    Attributes:
        error: Why it never opened; None if it did, or if nobody knows yet.
        was_cancelled: True if somebody else ended its task, as `asyncio.run` does at its end.

    """

    def __init__(
        self,
        url: str,
        options: Mapping[str, Any],
        clock: Clock,
        on_open: Callable[[], None],
        on_message: Callable[[str | bytes], None],
        on_close: Callable[[CloseEvent], None],
    ) -> None:
        self.error: Exception | None = None
        self.was_cancelled = False
        self._url = url
        self._options = options
        self._clock = clock
        self._on_open = on_open
        self._on_message = on_message
        self._on_close = on_close
        self._connection: ClientConnection | None = None
        # Messages to send; code and reason at the end, once it is to close.
        self._outgoing: asyncio.Queue[str | bytes | tuple[int, str]] = asyncio.Queue()
        self._is_closing = False
        self._is_aborted = False
        self._close_alarm: Alarm | None = None
        loop = asyncio.get_running_loop()
        self._closed: asyncio.Future[None] = loop.create_future()
        self._task = loop.create_task(self._run(), name="hellosockets.client reads")
        self._task.add_done_callback(self._has_ended)

    @property
    def state(self) -> TransportState:
        """Where it is in its life, in a browser's words."""
        if self._closed.done():
            return "closed"
        if self._is_closing or self._is_aborted:
            return "closing"
        if self._connection is None:
            return "connecting"
        return "open" if self._connection.state is State.OPEN else "closing"

    def send(self, data: str | bytes) -> None:
        """Send a message, as soon as the network takes it."""
        self._outgoing.put_nowait(data)

    def close(self, code: int, reason: str) -> None:
        """
        Say goodbye after what is still to be sent, and cut off a server that doesn't answer.

        Args:
            code: Close code.
            reason: Close reason.

        """
        match self.state:
            case "connecting":
                self.abort()
            case "open":
                self._is_closing = True
                self._outgoing.put_nowait((code, reason))
                self._close_alarm = self._clock.call_later(CLOSE_TIMEOUT, self.abort)
            case "closing" if self._close_alarm is None and not self._is_aborted:
                # The server said goodbye, and hasn't hung up yet.
                self._close_alarm = self._clock.call_later(CLOSE_TIMEOUT, self.abort)

    def abort(self) -> None:
        """End it at once, without a word."""
        self._is_aborted = True
        if self._connection is None:
            self._task.cancel()
        else:
            self._connection.transport.abort()

    async def wait_closed(self) -> None:
        """Wait until nothing is left of it."""
        await asyncio.shield(self._closed)

    async def _run(self) -> None:
        try:
            connection = await connect(self._url, **self._options)
        except Exception as error:  # a network and a stranger's server: it may be anything
            self.error = error
            return
        self._connection = connection
        writing = asyncio.create_task(self._write(connection), name="hellosockets.client writes")
        try:
            self._on_open()
            with contextlib.suppress(ConnectionClosed):
                while True:
                    self._on_message(await connection.recv())
        finally:
            writing.cancel()
            connection.transport.abort()
            await asyncio.gather(writing, return_exceptions=True)

    async def _write(self, connection: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                item = await self._outgoing.get()
                if isinstance(item, tuple):
                    await connection.close(*item)
                    return
                await connection.send(item)

    def _has_ended(self, task: asyncio.Task[None]) -> None:
        if self._close_alarm is not None:
            self._close_alarm.cancel()
        if task.cancelled():
            self.was_cancelled = not self._is_aborted
        elif (error := task.exception()) is not None:
            logger.error("the client failed", exc_info=error)
        self._closed.set_result(None)
        connection = self._connection
        code = connection.close_code if connection is not None else None
        reason = connection.close_reason if connection is not None else None
        self._on_close(CloseEvent(code or CloseCode.ABNORMAL_CLOSURE, reason or ""))
