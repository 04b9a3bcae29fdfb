"""The server: HelloSockets on the library `websockets`, with every byte of every connection kept.

The library is untouched. Its documented `create_connection=` makes connections that record.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Callable, Generator
from types import TracebackType
from typing import Any, Self

import websockets.asyncio.server as library
from websockets.frames import CloseCode
from websockets.protocol import State

from .conversation import Conversation
from .ports import TAKEN, explain, listen, resolve
from .recorder import RecordedConnection
from .recording import Recording
from .routes import ECHO, SOCKET, answer_http, handle

__all__ = ["Server", "serve"]

# Where Phoenix listens, too.
DEFAULT_PORT = 4000

# Phoenix has no limit here. A stranger gets one: what a lesson sends is far below it.
MAX_MESSAGE_SIZE = 2**20  # bytes

# A client that connects and then says nothing holds a socket and a task for so long.
OPEN_TIMEOUT = 10.0  # seconds

# A client that doesn't answer a close frame, or doesn't read it, keeps `close()` waiting so long.
CLOSE_TIMEOUT = 5.0  # seconds

# What ended is kept for looking at, within reason: a page that reconnects all night makes many.
MAX_FINISHED = 200  # connections
MAX_FINISHED_BYTES = 64 * 2**20  # bytes, as recorded and as read

# What listens on every address is reached by this name, as is the loopback address.
LOCALHOST = {"", "127.0.0.1", "::1", "0.0.0.0", "::"}

# The library reports each refused handshake. A notebook isn't the place to print that;
# logging.getLogger("hellosockets.server") is the place to listen.
logger = logging.getLogger("hellosockets.server")
logger.addHandler(logging.NullHandler())

# The servers of this process that listen, oldest first.
_listening: list[Server] = []


def serve(
    port: int | None = None,
    host: str = "127.0.0.1",
    *,
    compress: bool = False,
    open_timeout: float = OPEN_TIMEOUT,
    max_size: int = MAX_MESSAGE_SIZE,
    clock: Callable[[], float] = time.monotonic,
    announce: Callable[[str], object] | None = print,
) -> Server:
    """
    Start HelloSockets on the running loop.

    Both ``server = await serve()`` and ``async with serve() as server`` work. Starting
    again is safe: an older server of this process at the same port is closed first.

    Args:
        port: TCP port. 0 picks a free one, and replaces no older server. None asks for 4000, or
            for a free one where another program has that.
        host: Address to listen on. ``"0.0.0.0"`` lets other machines in.
        compress: Whether to agree to permessage-deflate (RFC 7692) when a client offers it.
        open_timeout: Most time for an opening handshake, in seconds.
        max_size: Longest message accepted, in bytes.
        clock: Function that returns seconds, for the recordings.
        announce: Function that is given the sentence which says where the server listens, or None.

    Raises:
        TypeError: If the port isn't a number.
        ValueError: If the port isn't within 0 to 65535.
        OSError: When awaited, if the port was named and another program has it, or if the host is
            not an address of this machine.

    """
    if port is not None:
        if not isinstance(port, int) or isinstance(port, bool):
            raise TypeError(f"port must be a number or None, got {type(port).__name__}")
        if not 0 <= port <= 65535:
            raise ValueError(f"port must be 0 to 65535, got {port}")
    return Server(port, host, compress, open_timeout, max_size, clock, announce)


class Server:
    """
    HelloSockets, as returned by `serve`.

    Attributes:
        host: The address it listens on.
        port: The port it listens on; 0 as long as it doesn't.
        listeners: Functions without argument, called on the server's loop when a byte was recorded
            and when a connection came or went.
        dropped_connections: How many finished connections made room.

    """

    def __init__(
        self,
        port: int | None,
        host: str,
        compress: bool,
        open_timeout: float,
        max_size: int,
        clock: Callable[[], float],
        announce: Callable[[str], object] | None,
    ) -> None:
        self.host = host
        self.port = 0
        self.listeners: list[Callable[[], None]] = []
        self.dropped_connections = 0
        self._asked_port = port
        self._options: dict[str, Any] = {
            "compression": "deflate" if compress else None,
            "open_timeout": open_timeout,
            "max_size": max_size,
        }
        self._clock = clock
        self._announce = announce
        self._conversations: list[Conversation] = []
        self._alive: dict[RecordedConnection, Conversation] = {}
        self._all_closed = asyncio.Event()
        self._all_closed.set()
        self._loop: asyncio.AbstractEventLoop
        self._socket: socket.socket | None = None
        self._starting = asyncio.Lock()
        self._library: library.Server | None = None
        self._closing: asyncio.Task[None] | None = None
        self._is_closed = False

    # Where it is.

    @property
    def http_url(self) -> str:
        """The start page's address."""
        return f"http://{self._authority}/"

    @property
    def url(self) -> str:
        """The socket's address, with the query that phoenix.js sends in the chapter."""
        return f"ws://{self._authority}{SOCKET}?token=undefined&vsn=2.0.0"

    @property
    def echo_url(self) -> str:
        """The address of the WebSocket that sends back what it gets."""
        return f"ws://{self._authority}{ECHO}"

    @property
    def _authority(self) -> str:
        name = "localhost" if self.host in LOCALHOST else self.host
        return f"[{name}]:{self.port}" if ":" in name else f"{name}:{self.port}"

    # Who is there.

    @property
    def connections(self) -> list[Conversation]:
        """Every connection, oldest first; of those that ended, the newest ones are kept."""
        return list(self._conversations)

    @property
    def open_connections(self) -> list[Conversation]:
        """The connections whose TCP connection lives, oldest first."""
        return list(self._alive.values())

    async def all_closed(self, timeout: float = 5) -> None:  # noqa: ASYNC109
        """
        Wait until no connection is alive on the server's side.

        Args:
            timeout: Most time to wait, in seconds.

        Raises:
            TimeoutError: If one still is by then.

        """
        try:
            async with asyncio.timeout(timeout):
                await self._all_closed.wait()
        except TimeoutError:
            still = _count(len(self._alive), "connection")
            raise TimeoutError(
                f"{still} still open after {timeout:g} seconds: close the client, or wait longer"
            ) from None

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
        Stop listening, close every connection with 1001 (going away), and wait for the end.

        A client that doesn't answer or doesn't read is cut off after 5 seconds. Once begun, the
        closing goes on, even if this wait is cancelled.

        """
        if self._is_closed or (self._library is None and not self._starting.locked()):
            return  # nothing to close any more, or yet
        if self._closing is None:
            self._closing = asyncio.create_task(self._close())
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        async with self._starting:  # what has begun to start must have started
            if self._library is None:
                return
        self._library.close(code=CloseCode.GOING_AWAY)
        for connection in tuple(self._alive):
            if connection.state is State.CONNECTING:  # no WebSocket yet to say goodbye on
                connection.transport.abort()
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await self._library.wait_closed()
        except TimeoutError:
            for connection in tuple(self._alive):
                connection.transport.abort()
            await self._library.wait_closed()
        await self._all_closed.wait()
        self._has_closed()

    def leftovers(self) -> list[str]:
        """
        Say what of this server still lives.

        Returns:
            One sentence for the listening socket and for each connection; empty after `close`.

        """
        found = []
        if self._socket is not None and not self._is_closed:
            found.append("the server is still listening: close it with `await server.close()`")
        for conversation in self._alive.values():
            found.append(f"connection {conversation.number} is still alive: close its client")
        return found

    def __repr__(self) -> str:
        if self._socket is None:
            return "Server(not started: await it)"
        state = "closed" if self._is_closed else "listening"
        return f"Server({state}, {_count(len(self._conversations), 'connection')})"

    async def _started(self) -> Self:
        async with self._starting:
            if self._is_closed or self._closing is not None:
                raise RuntimeError("this server was closed: make a new one with serve()")
            if self._socket is None:
                await self._start()
        return self

    async def _start(self) -> None:
        family, address = await resolve(
            self.host, DEFAULT_PORT if self._asked_port is None else self._asked_port
        )
        while older := self._older():
            await _retire(older)
        # From here to the list of servers nothing is awaited, so that two that start together
        # find each other.
        is_taken = False
        try:
            self._socket = listen(family, address)
        except OSError as error:
            if self._asked_port is not None or error.errno not in TAKEN:
                raise explain(error, self.host, self._asked_port) from None
            is_taken = True
            self._socket = listen(family, (address[0], 0, *address[2:]))
        self.port = self._socket.getsockname()[1]
        self._loop = asyncio.get_running_loop()
        _listening.append(self)
        try:
            self._library = await self._serve(self._socket)
        except BaseException:
            self._socket.close()
            self._has_closed()
            raise
        if self._announce is not None:
            where = f"HelloSockets listens at http://{self._authority}"
            why = f"Port {DEFAULT_PORT} is taken by another program, so "
            self._announce(why + where if is_taken else where)

    async def _serve(self, listener: socket.socket) -> library.Server:
        return await library.serve(
            handle,
            sock=listener,
            process_request=answer_http,
            # The same answer at every run, whichever versions are installed.
            server_header="HelloSockets",
            # Phoenix's server doesn't ping: its clients send a heartbeat.
            ping_interval=None,
            close_timeout=CLOSE_TIMEOUT,
            logger=logger,
            create_connection=self._create_connection,  # type: ignore[arg-type]
            **self._options,
        )

    def _older(self) -> Server | None:
        """Return a server of this process that this one is to replace."""
        for server in _listening:
            if self._asked_port is None:
                if server.port == DEFAULT_PORT or server._asked_port is None:
                    return server
            elif server.port == self._asked_port:
                return server
        return None

    def _has_closed(self) -> None:
        self._is_closed = True
        if self in _listening:
            _listening.remove(self)
        self._tell_listeners()

    # What the connections call.

    def _create_connection(self, *args: Any, **kwargs: Any) -> RecordedConnection:
        return RecordedConnection(*args, on_made=self._made, on_lost=self._lost, **kwargs)

    def _made(self, connection: RecordedConnection) -> Recording:
        recording = Recording(clock=self._clock)
        recording.listeners.append(self._tell_listeners)
        number = self.dropped_connections + len(self._conversations) + 1
        conversation = Conversation(recording, number=number)
        self._conversations.append(conversation)
        self._alive[connection] = conversation
        self._all_closed.clear()
        if self._closing is not None:  # it came too late to be served
            self._loop.call_soon(lambda: connection.transport.abort())
        self._tell_listeners()
        return recording

    def _lost(self, connection: RecordedConnection) -> None:
        del self._alive[connection]
        self._make_room()
        if not self._alive:
            self._all_closed.set()
        self._tell_listeners()

    def _make_room(self) -> None:
        alive = set(self._alive.values())
        finished = [each for each in self._conversations if each not in alive]
        size = sum(_size(each) for each in finished)
        while len(finished) > MAX_FINISHED or size > MAX_FINISHED_BYTES:
            oldest = finished.pop(0)
            size -= _size(oldest)
            self._conversations.remove(oldest)
            self.dropped_connections += 1

    def _tell_listeners(self) -> None:
        for listener in tuple(self.listeners):
            try:
                listener()
            except Exception:  # whoever looks on must not break what it looks at
                logger.exception("a listener failed")


async def _retire(older: Server) -> None:
    """Close a server of this process, wherever its loop is."""
    loop = older._loop
    if loop is asyncio.get_running_loop():
        await older.close()
    elif loop.is_running():
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(older.close(), loop))
    else:  # its loop has ended under it, and nothing is left but the socket
        if older._socket is not None:
            older._socket.close()
        older._has_closed()


def _size(conversation: Conversation) -> int:
    return conversation.recording.size + conversation.size


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
