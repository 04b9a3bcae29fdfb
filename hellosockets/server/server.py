"""The server: HelloSockets on the library `websockets`, with every byte of every connection kept.

The library is untouched. Its documented `create_connection=` makes connections that record.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import websockets.asyncio.server as library
from websockets.frames import CloseCode
from websockets.protocol import State

from ..application import UserSocket
from ..channels import Channel, Crash, PubSub, Router
from ..connections import Connections
from ..conversation import Conversation
from ..listener import Listener
from ..origin import CheckOrigin
from ..ports import TAKEN, Address
from . import routes
from .endpoint import Endpoint, logger
from .options import Options, show
from .recorder import RecordedConnection
from .stats import Stats

__all__ = ["Server", "serve"]

# Where Phoenix listens, too.
DEFAULT_PORT = 4000

# A client that doesn't answer a close frame, or doesn't read it, keeps `close()` waiting so long.
CLOSE_TIMEOUT = 5.0  # seconds
TLS_CLOSE_TIMEOUT = 1.0  # seconds


def serve(
    port: int | None = None,
    host: str = "127.0.0.1",
    *,
    socket: type[UserSocket] = UserSocket,
    channels: Mapping[str, type[Channel]] | None = None,
    check_origin: CheckOrigin = True,
    subprotocols: Sequence[str] | None = None,
    auth_token: bool = False,
    compress: bool = False,
    timeout: float | None = 60.0,  # as Phoenix calls it
    ping_interval: float | None = None,
    ping_timeout: float | None = 20.0,
    max_frame_size: int = Options.max_frame_size,
    max_connections: int = Options.max_connections,
    max_header_size: int = Options.max_header_size,
    open_timeout: float = Options.open_timeout,
    tls: ssl.SSLContext | None = None,
    clock: Callable[[], float] = time.monotonic,
    announce: Callable[[str], object] | None = print,
    report: Callable[[str], object] | None = show,
) -> Server:
    """
    Start HelloSockets on the running loop.

    Both ``server = await serve()`` and ``async with serve() as server`` work. Starting
    again is safe: an older server of this process at the same port is closed first.

    Args:
        port: TCP port. 0 picks a free one, and replaces no older server. None asks for 4000, or
            for a free one where another program has that.
        host: Address to listen on. ``"0.0.0.0"`` lets other machines in.
        socket: Class that lets clients in, made from `UserSocket`.
        channels: Channel classes by topic or ``"beginning:*"``, served beside the socket's own.
        check_origin: Which pages may open a WebSocket: True for those whose host is the server's,
            False for all, or a list such as ``["https://example.com", "//*.example.com"]``.
        subprotocols: Those that are spoken; a client that asks for others only is refused. None
            doesn't look at what it asks for.
        auth_token: Whether a client may send a token among its subprotocols, as phoenix.js does.
        compress: Whether to agree to permessage-deflate (RFC 7692) when a client offers it.
        timeout: A Phoenix socket that has sent nothing for so many seconds is closed with 1000;
            None waits for ever.
        ping_interval: Time between two pings of the server's, in seconds; None sends none.
        ping_timeout: Time in which a ping must be answered, in seconds; then the connection is
            closed with 1011. None waits for ever.
        max_frame_size: Longest message accepted, in bytes; a longer one is closed with 1009.
        max_connections: Most TCP connections at a time; who comes later gets 503.
        max_header_size: Longest head of a request, in bytes; a longer one gets 431.
        open_timeout: Most time for an opening handshake, in seconds.
        tls: Certificate and key for ``wss`` and ``https``.
        clock: Function that returns seconds, for the recordings.
        announce: Function that is given the sentence which says where the server listens, or None.
        report: Function that is given what its owner should see: why a page was refused, and the
            traceback of a channel that crashed. By default it is printed to standard error, in a
            notebook into the cell that runs.

    Raises:
        TypeError: If an option is of the wrong type.
        ValueError: If one is out of its range.
        OSError: When awaited, if the port was named and another program has it, or if the host is
            not an address of this machine.

    """
    if port is not None:
        if not isinstance(port, int) or isinstance(port, bool):
            raise TypeError(f"port must be a number or None, got {type(port).__name__}")
        if not 0 <= port <= 65535:
            raise ValueError(f"port must be 0 to 65535, got {port}")
    options = Options(
        socket=socket,
        channels=channels,
        check_origin=check_origin,
        subprotocols=subprotocols,
        auth_token=auth_token,
        compress=compress,
        timeout=timeout,
        ping_interval=ping_interval,
        ping_timeout=ping_timeout,
        max_frame_size=max_frame_size,
        max_connections=max_connections,
        max_header_size=max_header_size,
        open_timeout=open_timeout,
        tls=tls,
        clock=clock,
        announce=announce,
        report=report,
    )
    return Server(port, host, options)


class Server(Listener):
    """
    HelloSockets, as returned by `serve`.

    Attributes:
        host: The address it listens on.
        port: The port it listens on; 0 as long as it doesn't.
        options: What it was told.

    """

    WAS_CLOSED = "this server was closed: make a new one with serve()"
    STILL_LISTENS = "the server is still listening: close it with `await server.close()`"
    STATES = ("not started", "listening", "closed")

    def __init__(self, port: int | None, host: str, options: Options) -> None:
        super().__init__(host, port, Connections(options.clock))
        self.options = options
        self._endpoint = Endpoint(options, self._name, self._connections)
        self._library: library.Server
        self._is_elsewhere = False  # at a port that nobody asked for

    # Where it is.

    @property
    def http_url(self) -> str:
        """The start page's address."""
        return f"{'https' if self.options.tls else 'http'}://{self._authority}/"

    @property
    def url(self) -> str:
        """The socket's address, with the query that phoenix.js sends in the chapter."""
        return f"{self._scheme}://{self._authority}{routes.SOCKET}?token=undefined&vsn=2.0.0"

    @property
    def echo_url(self) -> str:
        """The address of the WebSocket that sends back what it gets."""
        return f"{self._scheme}://{self._authority}{routes.ECHO}"

    @property
    def _scheme(self) -> str:
        return "wss" if self.options.tls else "ws"

    # Who is there.

    @property
    def stats(self) -> Stats:
        """What was counted since the start, as it is now."""
        return self._endpoint.stats.copy()

    async def connection_expired(self) -> Conversation:
        """Wait until the next connection has been closed for its silence, and return it."""
        return await self._endpoint.connection_expired()

    # What it can do for its application.

    @property
    def router(self) -> Router:
        """Which channel serves which topic."""
        return self._endpoint.router

    @property
    def pubsub(self) -> PubSub:
        """Who is a member of which topic."""
        return self._endpoint.pubsub

    @property
    def crashes(self) -> list[Crash]:
        """The latest crashes of channels, oldest first."""
        return list(self._endpoint.crashes)

    def channel(self, pattern: str, channel: type[Channel]) -> None:
        """
        Serve topics from now on, with a class written a moment ago, too.

        Args:
            pattern: A topic, or its beginning and ``*``; one that is there gets the new class.
            channel: Class made from `Channel`. Who has joined keeps the one that it was.

        """
        self.router.add(pattern, channel)

    def broadcast(self, topic: str, event: str, payload: Any = None) -> None:
        """Send an event to every member of a topic, as Phoenix's endpoint does."""
        self.pubsub.broadcast(topic, event, payload)

    async def disconnect(self, socket_id: str) -> int:
        """
        Close every connection whose `UserSocket.id` is this, with 1001, as Phoenix does.

        Returns:
            How many there were.

        """
        found = self._endpoint.with_id(socket_id)
        await asyncio.gather(*(each.close(CloseCode.GOING_AWAY) for each in found))
        return len(found)

    # From start to end.

    async def close(self) -> None:
        """
        Stop listening, close every connection with 1001 (going away), and wait for the end.

        A client that doesn't answer or doesn't read is cut off after 5 seconds. Once begun, the
        closing goes on, even if this wait is cancelled.

        """
        await super().close()

    @property
    def _wanted_port(self) -> int:
        return DEFAULT_PORT if self._asked_port is None else self._asked_port

    def _older(self) -> Server | None:
        if self._asked_port is not None:
            return super()._older()
        for server in self._siblings():
            if server.port == DEFAULT_PORT or server._asked_port is None:
                return server
        return None

    def _listen(self, family: socket.AddressFamily, address: Address) -> socket.socket:
        try:
            return super()._listen(family, address)
        except OSError as error:
            if self._asked_port is not None or error.errno not in TAKEN:
                raise
        self._is_elsewhere = True
        return super()._listen(family, (address[0], 0, *address[2:]))

    async def _open(self, listening: socket.socket) -> None:
        self._endpoint.open()
        self._library = await self._serve(listening)
        if self.options.announce is not None:
            where = f"HelloSockets listens at {self.http_url.removesuffix('/')}"
            why = f"Port {DEFAULT_PORT} is taken by another program, so "
            self.options.announce(why + where if self._is_elsewhere else where)

    async def _shut(self) -> None:
        self._library.close(code=CloseCode.GOING_AWAY)
        self._endpoint.close()
        for connection in tuple(self._endpoint.alive):
            if connection.state is State.CONNECTING:  # no WebSocket yet to say goodbye on
                connection.transport.abort()
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await self._library.wait_closed()
        except TimeoutError:
            for connection in tuple(self._endpoint.alive):
                connection.transport.abort()
            await self._library.wait_closed()
        await self._connections.wait_ended()

    async def _serve(self, listener: socket.socket) -> library.Server:
        options, endpoint = self.options, self._endpoint

        def connect(*args: Any, **kwargs: Any) -> RecordedConnection:
            size = options.max_header_size
            return RecordedConnection(*args, keeper=endpoint, max_header_size=size, **kwargs)

        # Who doesn't say goodbye at TLS's level, too, isn't waited for.
        tls: dict[str, Any] = {
            "ssl": options.tls,
            "ssl_handshake_timeout": options.open_timeout,
            "ssl_shutdown_timeout": TLS_CLOSE_TIMEOUT,
        }
        return await library.serve(
            endpoint.handle,
            sock=listener,
            process_request=endpoint.process_request,
            process_response=endpoint.process_response,
            select_subprotocol=endpoint.select_subprotocol,  # type: ignore[arg-type]
            # The same answer at every run, whichever versions are installed.
            server_header="HelloSockets",
            compression="deflate" if options.compress else None,
            max_size=options.max_frame_size,
            open_timeout=options.open_timeout,
            # Ours has one timer for all connections.
            ping_interval=None,
            close_timeout=CLOSE_TIMEOUT,
            logger=logger,
            create_connection=connect,  # type: ignore[arg-type]
            **(tls if options.tls else {}),
        )
