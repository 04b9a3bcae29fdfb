"""A socket: one connection to Phoenix that comes back by itself, and the channels on it."""

from __future__ import annotations

import asyncio
import logging
import math
import random as chance
import ssl as tls
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Any, Self

from websockets.frames import CloseCode

from ..heartbeat import Action, Heartbeat
from ..messages import HEARTBEAT, PHOENIX, NotAMessage, PhoenixMessage, decode_message
from .address import make_subprotocols, make_url, read_version
from .callbacks import Callbacks, call
from .channel import ClientChannel, Params, evaluate
from .errors import ClosedError, TimedOutError, explain
from .pulse import Pulse
from .seat import Seat
from .timer import Backoff, Clock, Timer, WaitList
from .transport import CloseEvent, Transport, TransportState

__all__ = ["RECONNECT_AFTER", "REJOIN_AFTER", "Socket"]

# phoenix.js's schedules, in seconds; the last one repeats.
RECONNECT_AFTER = (0.01, 0.05, 0.1, 0.15, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0)
REJOIN_AFTER = (1.0, 2.0, 5.0, 10.0)

# A browser has no limit. A notebook gets one that is far above what a lesson sends.
MAX_SIZE = 16 * 2**20  # bytes

logger = logging.getLogger("hellosockets.client")


class Socket:
    """
    A client's connection to a Phoenix server, as phoenix.js has it.

    Both ``socket = await Socket(url).connect()`` and ``async with Socket(url) as socket`` connect.
    Once it was open, a connection that is lost is made again, after 10 ms first and after 5 seconds
    at most, and its channels are joined again. A server that closes with 1000 ends that: it is
    taken for a farewell.

    Args:
        url: The socket's URL, such as ``server.url`` or ``"ws://localhost:4000/socket"``. The path
            gets ``/websocket`` at its end and the query ``vsn=2.0.0``, unless they are there.
        params: What to add to the query: a dict, or a function that returns one, called at each
            connection.
        auth_token: A token for the subprotocol header, which no log shows; or a function that
            returns one.
        timeout: Most time to wait for a reply, and for the opening handshake, in seconds.
        heartbeat_interval: Time from the reply to a heartbeat until the next, and most time for the
            reply, in seconds; None for no heartbeat.
        reconnect_after: Seconds before each try to reconnect; the last one repeats.
        reconnect_after_1000: Whether to reconnect after a server's close with 1000, too. phoenix.js
            didn't for years; in newer versions (1.8.16 of npm) it does.
        rejoin_after: Seconds before each try to rejoin a channel; the last one repeats.
        jitter: By which part of themselves those delays may be shortened, 0 to 1.
        random: Function that returns a number from 0 to 1, for the jitter.
        compress: Whether to offer permessage-deflate (RFC 7692).
        ssl: For ``wss://``: whom to trust. None trusts whom the system trusts.
        origin: The ``Origin`` to send, as a browser does; None sends none.
        max_size: Longest message accepted, in bytes; None for any.
        clock: Where time comes from; None for the running loop.

    Attributes:
        channels: The channels that weren't left, oldest first.
        listeners: Functions without argument, called when the socket or one of its channels has
            another state, and after each message.
        seat: What this end sees of its newest connection, and what it was asked for.

    Raises:
        ValueError: If the URL isn't a WebSocket's, if ``vsn`` is neither 1 nor 2, or if the token,
            a delay or the jitter can't be.

    """

    def __init__(
        self,
        url: str,
        params: Params = None,
        *,
        auth_token: str | Callable[[], str] | None = None,
        timeout: float = 10.0,
        heartbeat_interval: float | None = 30.0,
        reconnect_after: Sequence[float] = RECONNECT_AFTER,
        reconnect_after_1000: bool = False,
        rejoin_after: Sequence[float] = REJOIN_AFTER,
        jitter: float = 0.0,
        random: Callable[[], float] = chance.random,
        compress: bool = False,
        ssl: tls.SSLContext | None = None,
        origin: str | None = None,
        max_size: int | None = MAX_SIZE,
        clock: Clock | None = None,
    ) -> None:
        # A wrong argument is found here, and not when the connection is lost at night.
        self._vsn = read_version(make_url(url, {} if callable(params) else params or {}))
        if isinstance(auth_token, str):
            make_subprotocols(auth_token)
        self.timeout = timeout
        self.channels: list[ClientChannel] = []
        self.listeners: list[Callable[[], None]] = []
        self.seat = Seat()
        self._url = url
        self._params = params
        self._auth_token = auth_token
        self._rejoin_after = Backoff(rejoin_after, jitter, random)
        self._options: dict[str, Any] = {
            "compression": "deflate" if compress else None,
            "origin": origin,
            "max_size": max_size,
            # A browser sends no pings. The heartbeat is the client's.
            "ping_interval": None,
            # The transport sees to it.
            "close_timeout": None,
            "open_timeout": timeout,
            # A lesson's server is near.
            "proxy": None,
            # The same request at every run, whichever versions are installed.
            "user_agent_header": "HelloSockets",
            "create_connection": self.seat.connection,
        }
        if ssl is not None:
            self._options["ssl"] = ssl
        self._given_clock = clock
        self._waiting = WaitList(lambda: self.clock)
        self._callbacks = Callbacks("socket.wait_for(state)")
        self._ref = 0
        self._send_buffer: list[tuple[PhoenixMessage, ClientChannel | None]] = []
        self._transport: Transport | None = None
        self._reconnects_after_1000 = reconnect_after_1000
        # Whether a lost connection is to be made again: from the first one on until disconnect().
        self._reconnects = False
        self._reconnect_timer = Timer(
            self._reconnect, Backoff(reconnect_after, jitter, random), lambda: self.clock
        )
        self._pulse = Pulse(heartbeat_interval, self._beat, self._give_up, lambda: self.clock)

    # What it is.

    @property
    def url(self) -> str:
        """Where it connects to, with the whole query."""
        return make_url(self._url, evaluate(self._params))

    @property
    def state(self) -> TransportState:
        """``"connecting"``, ``"open"``, ``"closing"`` or ``"closed"``, as a browser has it."""
        return "closed" if self._transport is None else self._transport.state

    @property
    def is_connected(self) -> bool:
        """Whether a message that is sent now leaves now."""
        return self.state == "open"

    @property
    def heartbeat(self) -> Heartbeat | None:
        """The heartbeat of this connection; None without one."""
        return self._pulse.heartbeat

    @property
    def clock(self) -> Clock:
        """Where time comes from."""
        return self._given_clock or asyncio.get_running_loop()

    def __repr__(self) -> str:
        number = len(self.channels)
        return f"Socket({self.state}, {number} channel{'' if number == 1 else 's'})"

    # From start to end.

    async def connect(self, *, retry: bool = False) -> Self:
        """
        Connect, and wait until it is open.

        Args:
            retry: Whether to go on trying, as phoenix.js does. Without it a first connection that
                doesn't come about is an error, and nothing is left running.

        Raises:
            ConnectError: If the server refuses, or isn't there; not with ``retry``.
            ClosedError: If it is disconnected meanwhile.

        """
        self.seat.called("connect")
        while self._transport is not None and self._transport.state == "closing":
            await self._transport.wait_closed()
        is_first = not self._reconnects
        if retry:
            self._reconnects = True
        if self._transport is None:
            self._reconnect_timer.reset()
            self._open_transport()
        transport = self._transport
        assert transport is not None  # for mypy
        try:
            if retry:
                await self._waiting.until(
                    lambda: self.is_connected or not self._reconnects, math.inf
                )
            else:
                await self._waiting.until(lambda: transport.state != "connecting", math.inf)
        except BaseException:
            if is_first:
                await self._close_transport(CloseCode.NORMAL_CLOSURE, "", at_once=True)
            raise
        if transport.error is not None and not retry:
            raise explain(transport.error, self._url) from transport.error
        if not self._reconnects:
            raise ClosedError("the socket was disconnected while it was connecting")
        return self

    async def disconnect(self, code: int = CloseCode.NORMAL_CLOSURE, reason: str = "") -> None:
        """
        Say goodbye, close the connection, and don't make it again. Nothing is left running.

        Channels are joined again by the next `connect`. Whoever waits for a reply gets an error.

        Args:
            code: Close code: 1000, or 3000 to 4999 as the application likes.
            reason: Close reason, at most 123 bytes.

        Raises:
            ValueError: If the code or the reason can't be.

        """
        if code != CloseCode.NORMAL_CLOSURE and not 3000 <= code <= 4999:
            raise ValueError(f"a close code must be 1000, or 3000 to 4999, got {code}")
        if len(reason.encode()) > 123:
            raise ValueError(
                f"a close reason must be at most 123 bytes, got {len(reason.encode())}"
            )
        self.seat.called(f"disconnect with {code:d}")
        await self._close_transport(code, reason)

    async def __aenter__(self) -> Self:
        return await self.connect()

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.disconnect()

    async def wait_for(
        self,
        state: TransportState,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> None:
        """
        Wait until the socket is in a state.

        Args:
            state: Which.
            timeout: Most time to wait, in seconds; None for the socket's, infinity for no limit.

        Raises:
            TimedOutError: If it isn't by then.

        """
        seconds = self.timeout if timeout is None else timeout
        if not await self._waiting.until(lambda: self.state == state, seconds):
            raise TimedOutError(
                f"the socket isn't {state} after {seconds:g} seconds: it is {self.state}"
            )

    # Channels and callbacks.

    def channel(self, topic: str, params: Params = None) -> ClientChannel:
        """
        Make a channel, which is still to be joined.

        Args:
            topic: The topic, such as ``"room:lobby"``.
            params: What each join carries: a dict, or a function that returns one.

        """
        channel = ClientChannel(topic, params, self, self._rejoin_after)
        self.channels.append(channel)
        return channel

    def on_open(self, callback: Callable[[], object]) -> int:
        """Have a plain function called whenever it has opened; return a number for `off`."""
        return self._callbacks.add("open", callback)

    def on_close(self, callback: Callable[[CloseEvent], object]) -> int:
        """Have a plain function called whenever a connection has ended, or didn't come about."""
        return self._callbacks.add("close", callback)

    def on_error(self, callback: Callable[[Exception], object]) -> int:
        """Have a plain function called with the reason whenever no connection came about."""
        return self._callbacks.add("error", callback)

    def on_message(self, callback: Callable[[PhoenixMessage], object]) -> int:
        """Have a plain function called with each message, after its channels have it."""
        return self._callbacks.add("message", callback)

    def off(self, refs: Iterable[int]) -> None:
        """Stop calling functions: those whose numbers are given."""
        self._callbacks.remove(set(refs))

    # What the channels and the pushes call.

    def make_ref(self) -> str:
        """Return the next number for a message."""
        self._ref += 1
        return str(self._ref)

    def encode(self, message: PhoenixMessage) -> str | bytes:
        """Return a message as it goes over the wire."""
        return message.encode("client", self._vsn)

    def send(self, message: PhoenixMessage, channel: ClientChannel | None = None) -> None:
        """Send a message now, or when the socket is open if its channel still wants it then."""
        self.seat.called(f"push {message.event} to {message.topic}")
        if self._transport is not None and self.is_connected:
            self._transport.send(self.encode(message))
        else:
            self._send_buffer.append((message, channel))

    def leave_open_topic(self, topic: str) -> None:
        """Leave the topic's other channel: a socket can join a topic once only."""
        for channel in self.channels:
            if channel.topic == topic and channel.state in ("joined", "joining"):
                channel.leave()
                return

    def tell(self) -> None:
        """Let everyone look who waits for another state."""
        self._waiting.notify()
        for listener in tuple(self.listeners):
            call(listener)

    # What the transport calls.

    def _open_transport(self) -> None:
        options = self._options
        if self._auth_token is not None:
            token = self._auth_token() if callable(self._auth_token) else self._auth_token
            options = options | {"subprotocols": make_subprotocols(token)}
        self._transport = Transport(
            self.url, options, self.clock, self._has_opened, self._receive, self._has_closed
        )
        self.tell()

    def _reconnect(self) -> None:
        try:
            self._open_transport()
        except Exception:  # somebody else's function that returns params or a token
            logger.exception("the socket can't reconnect; it is tried later")
            self._reconnect_timer.schedule()

    def _has_opened(self) -> None:
        self._reconnects = True
        self._reconnect_timer.reset()
        buffer, self._send_buffer = self._send_buffer, []
        for message, channel in buffer:
            if channel is None or channel.wants(message):
                self.send(message, channel)
        self._pulse.start()
        for channel in tuple(self.channels):
            channel.socket_opened()
        self._callbacks.run("open")
        self.tell()

    def _receive(self, data: str | bytes) -> None:
        message = decode_message(data, "server", self._vsn)
        if isinstance(message, NotAMessage):
            logger.error("the server sent what is no message: %s", message.reason)
            return
        self._pulse.receive(message.ref)
        for channel in tuple(self.channels):
            if channel.topic == message.topic:
                channel.receive(message)
        self._callbacks.run("message", message)
        self.tell()

    def _has_closed(self, event: CloseEvent) -> None:
        transport, self._transport = self._transport, None
        assert transport is not None  # for mypy
        gave_up = self._pulse.stop()
        if transport.was_cancelled:  # the loop is about to end
            self._reconnects = False
        if transport.error is not None:
            self._callbacks.run("error", transport.error)
        for channel in tuple(self.channels):
            channel.socket_closed()
        is_farewell = event.code == CloseCode.NORMAL_CLOSURE and not gave_up
        if is_farewell and not self._reconnects_after_1000:
            self._reconnects = False
        if self._reconnects:
            self._reconnect_timer.schedule()
        self._callbacks.run("close", event)
        self.tell()

    async def _close_transport(self, code: int, reason: str, at_once: bool = False) -> None:
        self._reconnects = False
        self._reconnect_timer.reset()
        self._pulse.stop()
        try:
            transport = self._transport
            if transport is not None:
                if at_once:
                    transport.abort()
                transport.close(code, reason)
                self.tell()
                try:
                    await transport.wait_closed()
                except BaseException:
                    transport.abort()
                    await transport.wait_closed()
                    raise
        finally:
            self._send_buffer.clear()
            for channel in tuple(self.channels):
                channel.socket_closed()
                channel.end_pushes()
            self.tell()

    # What the heartbeat calls.

    def _beat(self) -> str:
        ref = self.make_ref()
        if self.is_connected:  # one that comes after the connection would mean nothing
            self.send(PhoenixMessage(None, ref, PHOENIX, HEARTBEAT))
        self.tell()
        return ref

    def _give_up(self, action: Action) -> None:
        assert self._transport is not None  # for mypy: without one no heartbeat beats
        for channel in tuple(self.channels):
            channel.socket_closed()
        self._transport.close(action.code or CloseCode.NORMAL_CLOSURE, action.reason)
        self.tell()
