"""Connections: who is there, and who was. A server and a wire keep the same list."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Hashable

from .conversation import Conversation
from .recording import Recording

__all__ = ["Connections", "count"]

# What ended is kept for looking at, within reason: a page that reconnects all night makes many.
MAX_FINISHED = 200  # connections
MAX_FINISHED_BYTES = 64 * 2**20  # bytes, as recorded and as read

logger = logging.getLogger("hellosockets.connections")
logger.addHandler(logging.NullHandler())


class Connections:
    """
    The recorded connections of one server or one wire, living and finished.

    Args:
        clock: Function that returns seconds, for the recordings.

    Attributes:
        listeners: Functions without argument, called when a byte was recorded and when a
            connection came or went. What they raise is logged.
        dropped: How many finished connections made room.

    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.listeners: list[Callable[[], None]] = []
        self.dropped = 0
        self._clock = clock
        self._all: list[Conversation] = []
        self._open: dict[Hashable, Conversation] = {}
        self._all_ended = asyncio.Event()
        self._all_ended.set()

    @property
    def all(self) -> list[Conversation]:
        """Every connection, oldest first; of those that ended, the newest ones are kept."""
        return list(self._all)

    @property
    def open(self) -> list[Conversation]:
        """The connections whose TCP connection lives, oldest first."""
        return list(self._open.values())

    def begin(
        self, key: Hashable, *, secure: bool = False, connect_time: float | None = None
    ) -> Conversation:
        """
        Begin to record a connection.

        Args:
            key: What stands for the connection until `end`.
            secure: True where TLS wraps it.
            connect_time: How long setting up its TCP connection took, in seconds; None if unknown.

        """
        recording = Recording(clock=self._clock)
        recording.listeners.append(self.tell)
        number = self.dropped + len(self._all) + 1
        conversation = Conversation(
            recording, number=number, secure=secure, connect_time=connect_time
        )
        self._all.append(conversation)
        self._open[key] = conversation
        self._all_ended.clear()
        self.tell()
        return conversation

    def end(self, key: Hashable) -> Conversation:
        """Count a connection among the finished ones, and let the oldest of these make room."""
        conversation = self._open.pop(key)
        self._make_room()
        if not self._open:
            self._all_ended.set()
        self.tell()
        return conversation

    async def all_closed(self, timeout: float = 5) -> None:  # noqa: ASYNC109
        """
        Wait until no connection lives.

        Args:
            timeout: Most time to wait, in seconds.

        Raises:
            TimeoutError: If one still does by then.

        """
        try:
            async with asyncio.timeout(timeout):
                await self._all_ended.wait()
        except TimeoutError:
            still = count(len(self._open), "connection")
            raise TimeoutError(
                f"{still} still open after {timeout:g} seconds: close the client, or wait longer"
            ) from None

    async def wait_ended(self) -> None:
        """Wait until no connection lives, however long that takes."""
        await self._all_ended.wait()

    def leftovers(self) -> list[str]:
        """Return one sentence for each connection that lives."""
        return [
            f"connection {each.number} is still alive: close its client"
            for each in self._open.values()
        ]

    def tell(self) -> None:
        """Call the listeners."""
        for listener in tuple(self.listeners):
            try:
                listener()
            except Exception:  # whoever looks on must not break what it looks at
                logger.exception("a listener failed")

    def _make_room(self) -> None:
        alive = set(self._open.values())
        finished = [each for each in self._all if each not in alive]
        size = sum(_size(each) for each in finished)
        while len(finished) > MAX_FINISHED or size > MAX_FINISHED_BYTES:
            oldest = finished.pop(0)
            size -= _size(oldest)
            self._all.remove(oldest)
            self.dropped += 1


def count(number: int, noun: str) -> str:
    """Return a number with its noun: ``"1 connection"``, ``"1,200 connections"``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _size(conversation: Conversation) -> int:
    return conversation.recording.size + conversation.size
