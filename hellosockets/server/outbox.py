"""Outbox: what is to be sent on one connection, in order, bounded."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

__all__ = ["Outbox"]

# Whose answers wait to be sent isn't listened to until it has read some of them.
HIGH_WATER = 256 * 2**10  # characters and bytes

# Who doesn't read what others broadcast is cut off, before it costs the memory of all.
MAX_SIZE = 16 * 2**20  # characters and bytes

logger = logging.getLogger("hellosockets.server")


class Outbox:
    """
    Messages that wait to be sent. A task sends them, and lives only while there are any.

    Args:
        connection: Where to send them.
        on_sent: Called after each message.
        max_size: Most that may wait, in characters and bytes; past it the connection is cut off.

    """

    def __init__(
        self,
        connection: ServerConnection,
        on_sent: Callable[[], None],
        *,
        max_size: int = MAX_SIZE,
    ) -> None:
        self._connection = connection
        self._on_sent = on_sent
        self._max_size = max_size
        self._waiting: deque[str | bytes] = deque()
        self._size = 0
        self._is_over = False
        self._task: asyncio.Task[None] | None = None
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._is_empty = asyncio.Event()
        self._is_empty.set()

    def put(self, message: str | bytes) -> None:
        """Send a message after those that wait already; once cut off or closed, forget it."""
        if self._is_over:
            return
        self._waiting.append(message)
        self._is_empty.clear()
        self._size += len(message)
        if self._size > self._max_size:
            logger.warning("a client that doesn't read what it is sent was cut off")
            self._drop()
            self._connection.transport.abort()
            return
        if self._size > HIGH_WATER:
            self._has_room.clear()
        if self._task is None:
            self._task = asyncio.create_task(self._send())

    async def room(self) -> None:
        """Wait until little enough is waiting."""
        await self._has_room.wait()

    async def empty(self) -> None:
        """Wait until nothing is waiting."""
        await self._is_empty.wait()

    async def close(self) -> None:
        """Forget what waits, and end the task."""
        self._drop()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _send(self) -> None:
        try:
            while self._waiting:
                message = self._waiting[0]
                await self._connection.send(message)
                self._on_sent()
                if self._waiting:  # it may have been dropped meanwhile
                    self._waiting.popleft()
                    self._size -= len(message)
                if self._size <= HIGH_WATER:
                    self._has_room.set()
            self._is_empty.set()
        except ConnectionClosed:
            self._drop()
        finally:
            self._task = None

    def _drop(self) -> None:
        self._is_over = True
        self._waiting.clear()
        self._size = 0
        self._has_room.set()
        self._is_empty.set()
