"""A push: one message to a channel, and the reply to it."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, Self

from ..messages import JOIN, LEAVE
from .callbacks import call
from .errors import ClosedError, JoinError, PushError, TimedOutError

if TYPE_CHECKING:
    from .channel import ClientChannel
    from .timer import Alarm

__all__ = ["Push"]


class Push:
    """
    One message to a channel. It is under way whether or not somebody waits for the reply.

    ``await push`` gives the response of a reply whose status is ``"ok"``, as often as one asks.

    Args:
        channel: Where to.
        event: What happened.
        payload: Function that returns the payload, called when it is sent.
        timeout: Most time to wait for the reply, in seconds, from now or from when it is sent.

    Attributes:
        event: What happened.
        ref: The number that the reply will repeat; None before there is one.
        status: The reply's status; ``"timeout"`` where none came in time, ``"closed"`` where none
            can come any more; None as long as it is open.
        response: The reply's response.

    """

    def __init__(
        self, channel: ClientChannel, event: str, payload: Callable[[], Any], timeout: float
    ) -> None:
        self.event = event
        self.ref: str | None = None
        self.status: str | None = None
        self.response: Any = None
        self.timeout = timeout
        self._channel = channel
        self._payload = payload
        self._alarm: Alarm | None = None
        self._hooks: list[tuple[str, Callable[[Any], object]]] = []
        self._waiting: list[asyncio.Future[tuple[str, Any]]] = []

    def receive(self, status: str, callback: Callable[[Any], object]) -> Self:
        """
        Have a function called with the response, if the reply has this status.

        Args:
            status: ``"ok"``, ``"error"``, ``"timeout"``, or what else a channel replies.
            callback: A plain function. What it raises is logged.

        """
        if self.status == status:
            call(callback, self.response)
        self._hooks.append((status, callback))
        return self

    def __await__(self) -> Generator[Any, None, Any]:
        return self._reply().__await__()

    async def _reply(self) -> Any:
        if self.status is not None:
            return self._judge(self.status, self.response)
        future: asyncio.Future[tuple[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        try:
            return self._judge(*await future)
        finally:
            self._waiting.remove(future)

    def _judge(self, status: str, response: Any) -> Any:
        topic = self._channel.topic
        match status:
            case _ if status == "ok" or self.event == LEAVE:  # whatever is said, it is left
                return response
            case "timeout":
                raise TimedOutError(
                    f"{topic} didn't answer {self.event!r} in {self.timeout:g} seconds: "
                    "check the connection, or whether the channel replies to this event at all"
                )
            case "closed":
                raise ClosedError(
                    f"{topic} can't answer {self.event!r} any more: the channel was left or the "
                    "socket disconnected; join again, and push again"
                )
        error = JoinError if self.event == JOIN else PushError
        raise error(self.event, topic, status, response)

    # What the channel calls.

    def send(self) -> None:
        """Send it, with a new ref, unless it has an answer already."""
        if self.status is None:
            self.start_timeout()
            self._channel.send(self.event, self._payload(), self.ref)

    def resend(self, timeout: float) -> None:
        """Forget the answer, and send it again."""
        self.timeout = timeout
        self.reset()
        self.send()

    def reset(self) -> None:
        """Forget the answer, and don't take one to what was sent; who waits goes on waiting."""
        self._channel.pushes.pop(self.ref, None)
        self.ref = self.status = self.response = None

    def start_timeout(self) -> None:
        """Take a ref, and begin to wait for its reply."""
        self.cancel_timeout()
        self._channel.pushes.pop(self.ref, None)
        self.ref = self._channel.socket.make_ref()
        self._channel.pushes[self.ref] = self
        if self.timeout != math.inf:
            clock = self._channel.socket.clock
            self._alarm = clock.call_later(self.timeout, self._has_timed_out)

    def cancel_timeout(self) -> None:
        """Wait without a limit."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def answer(self, status: str, response: Any) -> None:
        """
        Take an answer.

        Args:
            status: The reply's status, or ``"timeout"``, or ``"closed"``.
            response: The reply's response.

        """
        self.cancel_timeout()
        self._channel.pushes.pop(self.ref, None)
        self.status = status
        self.response = response
        self._wake(status, response)
        for wanted, callback in tuple(self._hooks):
            if wanted == status:
                call(callback, response)

    def _has_timed_out(self) -> None:
        self._alarm = None
        if self.ref is None:  # reset: what was sent is forgotten, and who waits has waited enough
            self._wake("timeout", {})
        else:
            self.answer("timeout", {})

    def _wake(self, status: str, response: Any) -> None:
        for future in self._waiting:
            if not future.done():
                future.set_result((status, response))

    def __repr__(self) -> str:
        return f"Push({self.event}: {self.status or 'no reply yet'})"
