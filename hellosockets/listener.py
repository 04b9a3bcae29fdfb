"""Listeners: what a server and a wire have in common, from the first connection to the last."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Generator
from types import TracebackType
from typing import Any, Self

from .connections import Connections, count
from .conversation import Conversation
from .ports import Address, explain, listen, resolve

__all__ = ["Listener"]

# What listens on every address is reached by this name, as is the loopback address.
LOCALHOST = {"", "127.0.0.1", "::1", "0.0.0.0", "::"}

# The listeners of this process, oldest first.
_listening: list[Listener] = []


class Listener:
    """
    What listens at a port, records its connections, and is closed some day.

    A subclass says how: `_open` begins to serve, `_shut` ends every connection.

    Args:
        host: Address to listen on.
        port: TCP port to listen on; 0 picks a free one.
        connections: Where the connections are kept.

    Attributes:
        host: The address it listens on.
        port: The port it listens on; 0 as long as it doesn't.

    """

    # Wires have slots, too: there a misspelt setting is an error rather than a new attribute.
    __slots__ = (
        "__weakref__",
        "_asked_port",
        "_closing",
        "_connections",
        "_is_closed",
        "_is_open",
        "_loop",
        "_socket",
        "_starting",
        "host",
        "port",
    )

    # How it is called: when it was closed, when it still listens, and before, while and after.
    WAS_CLOSED: str
    STILL_LISTENS: str
    STATES: tuple[str, str, str]

    def __init__(self, host: str, port: int | None, connections: Connections) -> None:
        self.host = host
        self.port = 0
        self._asked_port = port
        self._connections = connections
        self._loop: asyncio.AbstractEventLoop | None = None
        self._socket: socket.socket | None = None
        self._starting = asyncio.Lock()
        self._is_open = False
        self._closing: asyncio.Task[None] | None = None
        self._is_closed = False

    # Where it is.

    @property
    def _name(self) -> str:
        return "localhost" if self.host in LOCALHOST else self.host

    @property
    def _authority(self) -> str:
        return f"[{self._name}]:{self.port}" if ":" in self._name else f"{self._name}:{self.port}"

    # Who is there.

    @property
    def connections(self) -> list[Conversation]:
        """Every connection, oldest first; of those that ended, the newest ones are kept."""
        return self._connections.all

    @property
    def open_connections(self) -> list[Conversation]:
        """The connections that aren't over, oldest first."""
        return self._connections.open

    @property
    def dropped_connections(self) -> int:
        """How many finished connections made room."""
        return self._connections.dropped

    @property
    def listeners(self) -> list[Callable[[], None]]:
        """Functions without argument, called on its loop when a byte or a connection came."""
        return self._connections.listeners

    async def all_closed(self, timeout: float = 5) -> None:  # noqa: ASYNC109
        """
        Wait until no connection is left on this side.

        Args:
            timeout: Most time to wait, in seconds.

        Raises:
            TimeoutError: If one still is by then.

        """
        await self._connections.all_closed(timeout)

    # From start to end.

    def __await__(self) -> Generator[Any, None, Self]:
        return self._started().__await__()

    async def __aenter__(self) -> Self:
        return await self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """
        Stop listening, end every connection, and wait until that is done.

        Once begun, the closing goes on, even if this wait is cancelled.

        """
        if self._is_closed or not (self._is_open or self._starting.locked()):
            return  # nothing to close any more, or yet
        if self._closing is None:
            self._closing = asyncio.create_task(self._close())
        await asyncio.shield(self._closing)

    def leftovers(self) -> list[str]:
        """
        Say what still lives.

        Returns:
            One sentence for the listening socket and for each connection; empty after `close`.

        """
        is_listening = self._socket is not None and not self._is_closed
        return [self.STILL_LISTENS] * is_listening + self._connections.leftovers()

    def __repr__(self) -> str:
        before, while_open, after = self.STATES
        if self._socket is None:
            return f"{type(self).__name__}({before}: await it)"
        state = after if self._is_closed else while_open
        return f"{type(self).__name__}({state}, {count(len(self.connections), 'connection')})"

    async def _started(self) -> Self:
        async with self._starting:
            if self._is_closed or self._closing is not None:
                raise RuntimeError(self.WAS_CLOSED)
            if self._socket is None:
                await self._start()
        return self

    async def _start(self) -> None:
        family, address = await resolve(self.host, self._wanted_port)
        while older := self._older():
            await older._retire()
        # From here to the list of listeners nothing is awaited, so that two that start together
        # find each other.
        self._socket = self._listen(family, address)
        self.port = self._socket.getsockname()[1]
        self._loop = asyncio.get_running_loop()
        _listening.append(self)
        try:
            await self._open(self._socket)
        except BaseException:
            self._socket.close()
            self._has_closed()
            raise
        self._is_open = True

    async def _close(self) -> None:
        async with self._starting:  # what has begun to start must have started
            if not self._is_open:
                return
        await self._shut()
        self._has_closed()

    async def _retire(self) -> None:
        """Close it from the running loop, wherever its own loop is."""
        if self._loop is asyncio.get_running_loop():
            await self.close()
        elif self._loop is not None and self._loop.is_running():
            closing = asyncio.run_coroutine_threadsafe(self.close(), self._loop)
            await asyncio.wrap_future(closing)
        else:  # its loop has ended under it, and nothing is left but the socket
            if self._socket is not None:
                self._socket.close()
            self._has_closed()

    def _has_closed(self) -> None:
        self._is_closed = True
        if self in _listening:
            _listening.remove(self)
        self._connections.tell()

    def _siblings(self) -> list[Self]:
        """Return what listens in this process and is of the same class, oldest first."""
        return [each for each in _listening if isinstance(each, type(self))]

    # What a subclass may see otherwise, and what it has to say.

    @property
    def _wanted_port(self) -> int:
        return self._asked_port or 0

    def _older(self) -> Self | None:
        """Return the one that this one is to replace."""
        return next((each for each in self._siblings() if each.port == self._asked_port), None)

    def _listen(self, family: socket.AddressFamily, address: Address) -> socket.socket:
        try:
            return listen(family, address)
        except OSError as error:
            raise explain(error, self.host, self._asked_port) from None

    async def _open(self, listening: socket.socket) -> None:
        """Begin to serve who comes."""
        raise NotImplementedError

    async def _shut(self) -> None:
        """Stop listening, end every connection, and wait for that."""
        raise NotImplementedError
