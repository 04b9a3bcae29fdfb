"""A channel: a topic as one client sees it. Joined, rejoined, left; pushed to and heard from."""

from __future__ import annotations

import logging
import math
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ..messages import CLOSE, ERROR, JOIN, LEAVE, REPLY, PhoenixMessage
from .callbacks import Callbacks
from .errors import ClosedError, TimedOutError
from .push import Push
from .timer import Backoff, Timer, WaitList

if TYPE_CHECKING:
    from .socket import Socket

__all__ = ["ChannelState", "ClientChannel", "Params"]

ChannelState: TypeAlias = Literal["closed", "errored", "joined", "joining", "leaving"]
Params: TypeAlias = Mapping[str, Any] | Callable[[], Mapping[str, Any]] | None

# What was received and not read is kept, within reason: a broadcast each second fills it in a
# quarter of an hour.
MAX_UNREAD = 1000  # messages

logger = logging.getLogger("hellosockets.client")


class ClientChannel:
    """
    A client's side of one topic, as made by `Socket.channel`.

    The server's side is `hellosockets.Channel`. Once joined it is joined again by itself after each
    error, refusal and lost connection, until it is left.

    Args:
        topic: The topic, such as ``"room:lobby"``.
        params: What each join carries: a dict, or a function that returns one.
        socket: The socket that it belongs to.
        rejoin_after: How long to wait before each rejoin.

    Attributes:
        topic: The topic.
        state: ``"closed"``, ``"errored"``, ``"joined"``, ``"joining"`` or ``"leaving"``.
        dropped: How many unread messages made room for newer ones.

    """

    def __init__(self, topic: str, params: Params, socket: Socket, rejoin_after: Backoff) -> None:
        self.topic = topic
        self.socket = socket
        self.state: ChannelState = "closed"
        self.dropped = 0
        self.pushes: dict[str | None, Push] = {}  # by ref, those that wait for a reply
        self._buffer: list[Push] = []  # those that wait for the join
        self._callbacks = Callbacks("channel.next(event)")
        self._unread: deque[PhoenixMessage] = deque()
        self._waiting = WaitList(lambda: socket.clock)
        self._timeout = socket.timeout
        self._joined_once = False
        self._leave: Push | None = None
        self._join = Push(self, JOIN, lambda: evaluate(params), self._timeout)
        self._join.receive("ok", lambda _: self._has_joined())
        self._join.receive("error", lambda _: self._has_failed())
        self._join.receive("timeout", lambda _: self._join_has_timed_out())
        self._rejoin_timer = Timer(self._rejoin_if_connected, rejoin_after, lambda: socket.clock)

    @property
    def join_ref(self) -> str | None:
        """The ref of the latest join, which the server repeats in what belongs to it."""
        return self._join.ref

    # Join, push, leave.

    def join(self, timeout: float | None = None) -> Push:
        """
        Join the topic. ``await`` it for the server's response.

        Args:
            timeout: Most time to wait for a reply, in seconds; None for the socket's.

        Raises:
            JoinError: When awaited, if the server refuses. The join is tried again after 1, 2 and
                5 seconds, then every 10; `leave` ends that.
            TimedOutError: When awaited, if no reply comes in time.
            ClosedError: When awaited, if the channel is left or the socket disconnected meanwhile.
            RuntimeError: If it was joined before.
            TypeError: If the params can't be JSON.
            ValueError: If the params can't be sent.

        """
        if self._joined_once or self._leave is not None:
            raise RuntimeError(
                f"{self.topic} was joined before, and a channel is joined once: it rejoins by "
                "itself; after leave(), make a new one with socket.channel()"
            )
        if timeout is not None:
            self._timeout = timeout
        try:
            self._rejoin()
        except BaseException:  # its params can't be sent
            self._forget_join()
            self._become("closed")
            raise
        self._joined_once = True
        return self._join

    def push(self, event: str, payload: Any = None, timeout: float | None = None) -> Push:
        """
        Push an event: at once, or as soon as the channel is joined.

        Args:
            event: Its name, such as ``"shout"``.
            payload: A JSON value, or bytes for a binary message; None stands for ``{}``.
            timeout: Most time to wait for a reply, in seconds; None for the channel's.

        Returns:
            The push. ``await`` it for the response, where the channel replies to this event.

        Raises:
            PushError: When awaited, if the reply's status isn't ``"ok"``.
            TimedOutError: When awaited, if no reply comes in time.
            ClosedError: If the channel was left; when awaited, if that happens meanwhile.
            TypeError: If the payload can't be a JSON value.
            ValueError: If the payload can't be sent.
            RuntimeError: If the channel wasn't joined.

        """
        self._must_be_in_use(f"push {event!r}")
        body = {} if payload is None else payload
        # Now, because later there is nobody to be told. The refs stand in for those to come.
        self.socket.encode(PhoenixMessage("0", "0", self.topic, event, body))
        push = Push(self, event, lambda: body, self._timeout if timeout is None else timeout)
        if self.state == "joined" and self.socket.is_connected:
            push.send()
        else:
            push.start_timeout()
            self._buffer.append(push)
            push.receive("timeout", lambda _: self._unbuffer(push))
        return push

    def leave(self, timeout: float | None = None) -> Push:
        """
        Leave the topic. ``await`` it for the server's answer; without a connection there's none.

        Args:
            timeout: Most time to wait for a reply, in seconds; None for the channel's.

        """
        if self._leave is not None:
            return self._leave
        is_there = self.socket.is_connected and self.state in ("joined", "joining")
        was_there = self.state != "closed"
        self._rejoin_timer.reset()
        self._join.cancel_timeout()
        self._become("leaving")
        push = Push(self, LEAVE, dict, self._timeout if timeout is None else timeout)
        self._leave = push
        for status in ("ok", "error", "timeout"):
            push.receive(status, lambda _: self._close("leave"))
        if was_there:
            push.send()
        if not is_there:
            push.answer("ok", {})
        return push

    # What comes in.

    def on(self, event: str, callback: Callable[[Any], object]) -> int:
        """
        Have a function called with the payload of each message of an event.

        Args:
            event: The event's name; also ``"phx_close"`` and ``"phx_error"``.
            callback: A plain function. What it raises is logged, and harms nothing else.

        Returns:
            A number for `off`.

        Raises:
            TypeError: If the callback is a coroutine function.

        """
        return self._callbacks.add(event, callback)

    def off(self, event: str, ref: int | None = None) -> None:
        """
        Stop calling a function.

        Args:
            event: The event's name.
            ref: What `on` returned; None for all functions of the event.

        """
        self._callbacks.remove(None if ref is None else {ref}, event)

    async def next(
        self,
        event: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> PhoenixMessage:
        """
        Return the next message that wasn't read yet, waiting for it if need be.

        What comes between two calls is kept, the newest 1,000 messages, so that a broadcast that is
        faster than one's own code isn't missed.

        Args:
            event: Which event; None for any. Messages of other events stay unread.
            timeout: Most time to wait, in seconds; None for the socket's, infinity for no limit.

        Raises:
            TimedOutError: If none comes in time.
            ClosedError: If the channel is closed, and none is left.
            RuntimeError: If the channel wasn't joined.

        """
        if not self._joined_once:
            raise RuntimeError(
                f"nothing comes from {self.topic} before it is joined: `await channel.join()` first"
            )
        seconds = self.socket.timeout if timeout is None else timeout
        taken: list[PhoenixMessage] = []

        def comes() -> bool:
            found = next((m for m in self._unread if event in (None, m.event)), None)
            if found is not None:
                self._unread.remove(found)
                taken.append(found)
            return found is not None or self.state == "closed"

        try:
            in_time = await self._waiting.until(comes, seconds)
        except BaseException:
            self._unread.extendleft(taken)  # cancelled between taking and returning
            self._waiting.notify()
            raise
        if taken:
            return taken[0]
        what = "no message" if event is None else f"no {event!r}"
        if in_time:
            raise ClosedError(f"{what} comes from {self.topic} any more: the channel is closed")
        raise TimedOutError(f"{what} came from {self.topic} in {seconds:g} seconds")

    async def __aiter__(self) -> AsyncIterator[PhoenixMessage]:
        """Yield each message that wasn't read yet, until the channel is closed."""
        while True:
            try:
                message = await self.next(timeout=math.inf)
            except ClosedError:
                return
            yield message

    async def wait_for(
        self,
        state: ChannelState,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> None:
        """
        Wait until the channel is in a state.

        Args:
            state: Which.
            timeout: Most time to wait, in seconds; None for the socket's, infinity for no limit.

        Raises:
            TimedOutError: If it isn't by then.

        """
        seconds = self.socket.timeout if timeout is None else timeout
        if not await self._waiting.until(lambda: self.state == state, seconds):
            raise TimedOutError(
                f"{self.topic} isn't {state} after {seconds:g} seconds: it is {self.state}"
            )

    def __repr__(self) -> str:
        return f"ClientChannel({self.topic}, {self.state})"

    # What the socket and the pushes call.

    def send(self, event: str, payload: Any, ref: str | None) -> None:
        """Send one message of this channel's."""
        self.socket.send(PhoenixMessage(self.join_ref, ref, self.topic, event, payload), self)

    def wants(self, message: PhoenixMessage) -> bool:
        """Return whether what was to be sent still is: not what belongs to a join that is past."""
        return message.join_ref == self.join_ref and self.state != "closed"

    def receive(self, message: PhoenixMessage) -> None:
        """Take a message of this topic, unless it belongs to a join that is past."""
        if message.join_ref and message.join_ref != self.join_ref:
            return
        if message.event == REPLY:
            push = self.pushes.get(message.ref)
            reply = message.payload
            if push is not None and isinstance(reply, dict) and "status" in reply:
                push.answer(str(reply["status"]), reply.get("response"))
            self._callbacks.run(REPLY, reply)
        elif message.event == CLOSE:
            self._close(message.payload)
        elif message.event == ERROR:
            self.fail(message.payload)
        elif self.state not in ("leaving", "closed"):
            if len(self._unread) == MAX_UNREAD:
                self._unread.popleft()
                self.dropped += 1
            self._unread.append(message)
            self._callbacks.run(message.event, message.payload)
            self._waiting.notify()

    def fail(self, reason: Any) -> None:
        """Become errored: the server's channel crashed, or the connection was lost."""
        if self.state == "leaving":  # nobody is there to be left
            self._close("leave")
        elif self.state != "closed":
            if self.state == "joining":
                self._join.reset()
            self._has_failed()
            self._callbacks.run(ERROR, reason)

    def socket_opened(self) -> None:
        """Join again, if need be."""
        self._rejoin_timer.reset()
        if self.state == "errored":
            self._rejoin_if_connected()

    def socket_closed(self) -> None:
        """Become errored, and wait for the socket."""
        if self.state != "errored":
            self.fail({"source": "transport", "reason": "connection_closed"})
        self._rejoin_timer.reset()

    def end_pushes(self) -> None:
        """Tell everyone who waits for a reply that none will come."""
        for push in (*self.pushes.values(), self._join):
            if push.status is None:
                push.answer("closed", {})
        self._buffer.clear()

    # How it goes from state to state.

    def _become(self, state: ChannelState) -> None:
        self.state = state
        self._waiting.notify()
        self.socket.tell()

    def _rejoin(self) -> None:
        self.socket.leave_open_topic(self.topic)
        self._become("joining")
        self._join.resend(self._timeout)

    def _rejoin_if_connected(self) -> None:
        if self.socket.is_connected:
            try:
                self._rejoin()
            except Exception:  # somebody else's function that returns params
                logger.exception("%s can't be joined again; it is tried later", self.topic)
                self._forget_join()
                self._has_failed()

    def _forget_join(self) -> None:
        self._join.cancel_timeout()
        self._join.reset()

    def _has_joined(self) -> None:
        self._rejoin_timer.reset()
        self._become("joined")
        buffer, self._buffer = self._buffer, []
        for push in buffer:
            push.send()

    def _has_failed(self) -> None:
        self._become("errored")
        if self.socket.is_connected:
            self._rejoin_timer.schedule()

    def _join_has_timed_out(self) -> None:
        # Should the server have joined it after all, it is told that nobody is there.
        Push(self, LEAVE, dict, self._timeout).send()
        self._join.reset()
        self._has_failed()

    def _close(self, payload: Any) -> None:
        self._rejoin_timer.reset()
        if self in self.socket.channels:
            self.socket.channels.remove(self)
        self._become("closed")
        self.end_pushes()
        self._callbacks.run(CLOSE, payload)

    def _unbuffer(self, push: Push) -> None:
        if push in self._buffer:
            self._buffer.remove(push)

    def _must_be_in_use(self, what: str) -> None:
        if not self._joined_once:
            raise RuntimeError(
                f"can't {what} to {self.topic} before joining it: `await channel.join()` first"
            )
        if self.state in ("leaving", "closed"):
            raise ClosedError(
                f"can't {what} to {self.topic}: the channel is {self.state}; "
                "make a new one with socket.channel()"
            )


def evaluate(params: Params) -> Mapping[str, Any]:
    """Return params: given as a dict, by a function, or not at all."""
    return (params() if callable(params) else params) or {}
