"""Channels: topics, who joined them, and what happens there. Messages in, messages out; no I/O.

A `Channel` is one client's membership of one topic, a small class that the application writes. The
`Router` says which class serves which topic, `Channels` keeps what one connection has joined, and
the `PubSub` reaches all members of a topic. Whatever a channel raises ends that channel alone, as
in Phoenix: its client is told, and the connection lives on.
"""

from __future__ import annotations

import inspect
import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from .messages import CLOSE, ERROR, HEARTBEAT, JOIN, LEAVE, PHOENIX, REPLY, PhoenixMessage, Version

__all__ = ["Channel", "Channels", "Crash", "PubSub", "Reply", "Router"]

# As Phoenix's max_channels_per_transport.
MAX_CHANNELS = 100

# Phoenix has no limit here. A topic is kept as long as it is joined, and a stranger chose it.
LONGEST_TOPIC = 1024  # characters

# Nor here, and they are kept as long.
LONGEST_REF = 1024  # characters

# What an exception says may be long, too.
LONGEST_TRACEBACK = 10_000  # characters

# A message as it goes over the wire: str for text, bytes for binary.
Encoded: TypeAlias = str | bytes

PACKAGE = Path(__file__).parent

logger = logging.getLogger("hellosockets.channels")
logger.addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Reply:
    """
    What `Channel.join` and `Channel.handle_in` answer.

    Attributes:
        response: A JSON value, or bytes.
        status: ``"ok"`` or ``"error"``; a join that is answered with anything but ``"ok"`` is
            refused.

    """

    response: Any = field(default_factory=dict)
    status: str = "ok"


@dataclass(frozen=True, slots=True)
class Crash:
    """
    An exception that the application's code raised.

    Attributes:
        where: What it ended, such as ``"channel room:lobby"``.
        event: What was being handled: an event, or ``"phx_join"``.
        error: The exception, such as ``"KeyError: 'body'"``.
        traceback: Where it was raised, in the words that Python prints; from the channel's own code
            on.

    """

    where: str
    event: str
    error: str
    traceback: str

    @classmethod
    def of(cls, error: Exception, where: str, event: str) -> Crash:
        """Note an exception, with the part of its traceback that is the application's own."""
        told = traceback.TracebackException.from_exception(error)
        pending = [told]
        while pending:
            each = pending.pop()
            # The way from the wire to the application is the same each time, and teaches nothing.
            each.stack = traceback.StackSummary.from_list(
                [
                    _readable(frame)
                    for frame in each.stack
                    if not Path(frame.filename).is_relative_to(PACKAGE)
                ]
            )
            # What it was raised from, and what a group holds.
            others = [each.__cause__, each.__context__, *(each.exceptions or ())]
            pending += [other for other in others if other is not None]
        lines = "".join(told.format_exception_only()).splitlines()
        said = next(line for line in lines if not line.startswith(" "))  # where comes before what
        text = _printable("".join(told.format()), LONGEST_TRACEBACK)
        return cls(_printable(where), _printable(event), _printable(said), text)

    def __repr__(self) -> str:
        return f"Crash({self.where}, {self.event}: {self.error})"

    def __str__(self) -> str:
        return f"The {self.where} crashed at {self.event}.\n{self.traceback}"


class Channel:
    """
    One client's membership of a topic. Subclass it, and say which events it understands.

    ``join`` and ``handle_in`` are plain functions, not ``async``. What they return is the reply: a
    JSON value or bytes for ``"ok"``, a `Reply` for any status; None is an empty "ok" for a join,
    and no reply for an event. To answer later, keep `socket_ref` and call `reply` from a task.

    Attributes:
        assigns: What is known of this connection, shared by all its channels; `UserSocket.connect`
            may have put something there.

    """

    assigns: dict[str, Any]

    _topic: str = ""
    _channels: Channels | None = None
    _join_ref: str | None = None
    _reply_ref: str | None = None  # the join_ref of what it says; Phoenix takes a join's ref for it
    _ref: str | None = None  # of the message that is being handled
    _is_busy = False  # handling one
    _is_stopping = False

    @property
    def topic(self) -> str:
        """What was joined, such as ``"room:lobby"``."""
        return self._topic

    # What the application writes.

    def join(self, payload: Any) -> Any:
        """
        Let a client in, or refuse it with ``Reply({"reason": ...}, "error")``.

        Args:
            payload: What the client sent along.

        """

    def after_join(self) -> None:
        """Do what needs a member: the first `push` or `broadcast`. Called after join's reply."""

    def handle_in(self, event: str, payload: Any) -> Any:
        """
        Handle a client's push.

        Args:
            event: Its event, such as ``"shout"``.
            payload: A JSON value, or bytes if the message was binary.

        """
        raise NotImplementedError(
            f"{type(self).__name__} got {event!r} and has no handle_in: write one"
        )

    def terminate(self, reason: str) -> None:
        """
        Tidy up after the channel has ended.

        Args:
            reason: ``"left"``, ``"closed"`` (the connection), ``"duplicate join"``,
                ``"stopped"`` or ``"crashed"``.

        """

    # What it can do.

    def push(self, event: str, payload: Any = None) -> None:
        """Send an event to this client."""
        channels = self._joined("push")
        message = PhoenixMessage(self._reply_ref, None, self._topic, event, _or_empty(payload))
        channels.send(message)

    def broadcast(self, event: str, payload: Any = None) -> None:
        """Send an event to every member of the topic, this client too."""
        self._joined("broadcast").pubsub.broadcast(self._topic, event, payload)

    def broadcast_from(self, event: str, payload: Any = None) -> None:
        """Send an event to every member of the topic but this client."""
        self._joined("broadcast").pubsub.broadcast(self._topic, event, payload, sender=self)

    def socket_ref(self) -> str:
        """
        Return what `reply` needs to answer the current event later.

        Raises:
            ValueError: If the client sent no ``ref``, and so expects no reply.

        """
        if self._ref is None:
            raise ValueError("the client sent no ref with this event, so it can't get a reply")
        return self._ref

    def reply(self, ref: str, response: Any = None, status: str = "ok") -> None:
        """Answer an event whose `socket_ref` was kept."""
        self._joined("reply")._reply(self._reply_ref, ref, self._topic, response, status)

    def stop(self) -> None:
        """End this channel: its client gets ``phx_close``, after the reply that is due."""
        channels = self._joined("stop")
        self._is_stopping = True
        if not self._is_busy:
            channels._end(self, "stopped")

    def __repr__(self) -> str:
        state = f"joined {self._topic}" if self._channels is not None else "not joined"
        return f"{type(self).__name__}({state})"

    def _joined(self, verb: str) -> Channels:
        if self._channels is None:
            raise RuntimeError(
                f"a channel can {verb} only while it is joined: within join use after_join, "
                "and stop tasks in terminate"
            )
        return self._channels


class Router:
    """
    Which channel serves which topic.

    Args:
        routes: Channel classes by pattern: a topic, or its beginning and ``*`` at the end, such as
            ``"room:*"``. A topic's own pattern is taken before those with ``*``, and of these the
            longest one, so that their order says nothing.

    """

    def __init__(self, routes: Mapping[str, type[Channel]] | None = None) -> None:
        self._routes: dict[str, type[Channel]] = {}
        for pattern, channel in (routes or {}).items():
            self.add(pattern, channel)

    def add(self, pattern: str, channel: type[Channel]) -> None:
        """
        Serve a pattern's topics; a pattern that is there gets the new class.

        Raises:
            TypeError: If the pattern is no string, or the channel no subclass of `Channel`.
            ValueError: If ``*`` stands anywhere but at the end.

        """
        if not isinstance(pattern, str):
            raise TypeError(f"a topic is a string, got {type(pattern).__name__}")
        if not (isinstance(channel, type) and issubclass(channel, Channel)):
            raise TypeError(f"{pattern!r} needs a class made from hs.Channel, got {channel!r}")
        if "*" in pattern[:-1]:
            raise ValueError(
                f"'*' may stand only at the end of a topic, got {pattern!r}: "
                "write 'room:*', or the whole topic"
            )
        self._routes[pattern] = channel

    def match(self, topic: str) -> type[Channel] | None:
        """Return the class that serves a topic, or None."""
        if topic in self._routes and not topic.endswith("*"):
            return self._routes[topic]
        beginnings = [
            pattern
            for pattern in self._routes
            if pattern.endswith("*") and topic.startswith(pattern[:-1])
        ]
        return self._routes[max(beginnings, key=len)] if beginnings else None

    def __repr__(self) -> str:
        routes = ", ".join(f"{pattern} → {each.__name__}" for pattern, each in self._routes.items())
        return f"Router({routes or 'no topics'})"


class PubSub:
    """Who is a member of which topic."""

    def __init__(self) -> None:
        # By topic and id, in the order in which they joined. A channel may be a dataclass, which
        # has no hash.
        self._members: dict[str, dict[int, Channel]] = {}

    def members(self, topic: str) -> list[Channel]:
        """Return the members of a topic, in the order in which they joined."""
        return list(self._members.get(topic, {}).values())

    def broadcast(
        self, topic: str, event: str, payload: Any = None, *, sender: Channel | None = None
    ) -> None:
        """
        Send an event to every member of a topic; it is encoded once.

        Bytes don't reach members whose version of the serializer is 1, as it knows none.

        Args:
            topic: Whose members.
            event: What happened.
            payload: A JSON value, or bytes; None is ``{}``.
            sender: A member to leave out.

        Raises:
            TypeError: If the payload can't be encoded; nobody has got it then.
            ValueError: Likewise.

        """
        message = PhoenixMessage(None, None, topic, event, _or_empty(payload))
        encoded: dict[Version, Encoded] = {}
        members = [each for each in self.members(topic) if each is not sender]
        versions = {each._joined("receive").vsn for each in members}
        if 1 in versions and isinstance(payload, bytes | bytearray | memoryview):
            logger.warning("bytes don't reach the members of %s that speak version 1", ascii(topic))
            versions.discard(1)
        for vsn in versions:
            encoded[vsn] = message.encode("server", vsn)
        for each in members:
            channels = each._channels
            if channels is not None and channels.vsn in encoded:  # None has left meanwhile
                channels.send_encoded(encoded[channels.vsn])

    def _subscribe(self, channel: Channel) -> None:
        self._members.setdefault(channel._topic, {})[id(channel)] = channel

    def _unsubscribe(self, channel: Channel) -> None:
        members = self._members.get(channel._topic, {})
        members.pop(id(channel), None)
        if not members:
            self._members.pop(channel._topic, None)

    def __repr__(self) -> str:
        members = sum(map(len, self._members.values()))
        return f"PubSub(topics: {len(self._members)}, members: {members})"


class Channels:
    """
    The channels of one connection: a client's messages in, the server's messages out.

    Args:
        router: Which class serves which topic.
        pubsub: Where the members of a topic are found.
        send: Function that is given each message for the client, encoded.
        vsn: Version of the serializer.
        assigns: What is known of the connection.
        report: Function that is given each `Crash`.

    """

    def __init__(
        self,
        router: Router,
        pubsub: PubSub,
        send: Callable[[Encoded], object],
        *,
        vsn: Version = 2,
        assigns: dict[str, Any] | None = None,
        report: Callable[[Crash], object] | None = None,
    ) -> None:
        self.router = router
        self.pubsub = pubsub
        self.send_encoded = send
        self.vsn: Version = vsn
        self.assigns = {} if assigns is None else assigns
        self._report = report
        self._joined: dict[str, Channel] = {}

    @property
    def joined(self) -> list[Channel]:
        """The joined channels, oldest first."""
        return list(self._joined.values())

    def send(self, message: PhoenixMessage) -> None:
        """Encode a message, and hand it on."""
        self.send_encoded(message.encode("server", self.vsn))

    def receive(self, message: PhoenixMessage) -> None:
        """Do what a client's message asks for."""
        channel = self._joined.get(message.topic)
        if (message.topic, message.event) == (PHOENIX, HEARTBEAT):
            self._reply(None, message.ref, PHOENIX, {}, "ok")
        elif message.event == JOIN:
            if channel is not None:
                self._end(channel, "duplicate join")
            self._join(message)
        elif channel is None:
            if message.event == LEAVE:
                self._reply(message.join_ref, message.ref, message.topic, {}, "ok")
            else:
                self._ignore(message)
        elif message.join_ref not in (None, channel._join_ref):
            return  # meant for an earlier join of the topic
        elif message.event == LEAVE:
            self._reply(channel._reply_ref, message.ref, channel._topic, {}, "ok")
            self._end(channel, "left")
        else:
            self._handle(channel, message)

    def close(self) -> None:
        """End all channels, as the connection has ended; nobody is left to be told."""
        for channel in self.joined:
            self._forget(channel, "closed")

    # Joining.

    def _join(self, message: PhoenixMessage) -> None:
        topic = message.topic
        kind = self.router.match(topic) if len(topic) <= LONGEST_TOPIC else None
        if kind is None:
            logger.warning("ignoring unmatched topic %s", ascii(topic[:LONGEST_TOPIC]))
            self._ignore(message)
            return
        if len(self._joined) >= MAX_CHANNELS:
            self._refuse(message, "too many channels joined")
            return
        if max(len(message.join_ref or ""), len(message.ref or "")) > LONGEST_REF:
            self._refuse(message, "ref too long")
            return
        try:
            channel = kind()
            channel._topic = topic
            channel.assigns = self.assigns
            reply = _as_reply(channel.join(message.payload))
            answer = self._encoded_reply(message.join_ref, message.ref, topic, reply)
        except Exception as error:  # the application's code: whatever it raises is its own
            self._crashed(topic, JOIN, error)
            self._refuse(message, "join crashed")
            return
        if reply.status == "ok":
            channel._channels, channel._join_ref = self, message.join_ref
            channel._reply_ref = message.ref if message.join_ref is None else message.join_ref
            self._joined[topic] = channel
            self.pubsub._subscribe(channel)
        self.send_encoded(answer)
        if reply.status == "ok":
            self._call(channel, "after_join", channel.after_join)

    def _refuse(self, message: PhoenixMessage, reason: str) -> None:
        self._reply(message.join_ref, message.ref, message.topic, {"reason": reason}, "error")

    def _ignore(self, message: PhoenixMessage) -> None:
        self._reply(None, message.ref, message.topic, {"reason": "unmatched topic"}, "error")

    # Handling.

    def _handle(self, channel: Channel, message: PhoenixMessage) -> None:
        def handle() -> None:
            returned = channel.handle_in(message.event, message.payload)
            if returned is not None:
                reply = _as_reply(returned)
                join_ref = channel._reply_ref
                self.send_encoded(self._encoded_reply(join_ref, message.ref, channel._topic, reply))

        channel._ref = message.ref
        self._call(channel, message.event, handle)
        channel._ref = None

    def _call(self, channel: Channel, event: str, function: Callable[[], None]) -> None:
        channel._is_busy = True
        try:
            function()
        except Exception as error:  # the application's code, again
            self._crashed(channel._topic, event, error)
            if channel._channels is not None:
                self._forget(channel, "crashed")
                ref, topic = channel._join_ref, channel._topic
                self.send(PhoenixMessage(ref, ref, topic, ERROR, {"reason": "channel_crash"}))
            return
        finally:
            channel._is_busy = False
        if channel._is_stopping and channel._channels is not None:
            self._end(channel, "stopped")

    def _crashed(self, topic: str, event: str, error: Exception) -> None:
        if self._report is not None:
            self._report(Crash.of(error, f"channel {ascii(topic)[1:-1]}", event))

    # Ending.

    def _end(self, channel: Channel, reason: str) -> None:
        self._forget(channel, reason)
        ref = channel._join_ref
        self.send(PhoenixMessage(ref, ref, channel._topic, CLOSE, {}))

    def _forget(self, channel: Channel, reason: str) -> None:
        del self._joined[channel._topic]
        self.pubsub._unsubscribe(channel)
        channel._channels = None
        try:
            channel.terminate(reason)
        except Exception as error:
            self._crashed(channel._topic, "terminate", error)

    # Replying.

    def _reply(
        self, join_ref: str | None, ref: str | None, topic: str, response: Any, status: str
    ) -> None:
        reply = Reply(_or_empty(response), status)
        self.send_encoded(self._encoded_reply(join_ref, ref, topic, reply))

    def _encoded_reply(
        self, join_ref: str | None, ref: str | None, topic: str, reply: Reply
    ) -> Encoded:
        # Phoenix's order of keys.
        payload = {"response": reply.response, "status": reply.status}
        return PhoenixMessage(join_ref, ref, topic, REPLY, payload).encode("server", self.vsn)

    def __repr__(self) -> str:
        return f"Channels({', '.join(self._joined) or 'none joined'})"


def _as_reply(returned: Any) -> Reply:
    if inspect.isawaitable(returned):
        if inspect.iscoroutine(returned):
            returned.close()  # or Python would warn that it was never awaited
        raise TypeError(
            "join and handle_in are plain functions: write `def`, not `async def`; "
            "to answer later, keep self.socket_ref() and call self.reply(...) from a task"
        )
    return returned if isinstance(returned, Reply) else Reply(_or_empty(returned))


def _or_empty(payload: Any) -> Any:
    return {} if payload is None else payload


def _printable(text: str, size: int = 1000) -> str:
    """Cut what a stranger may have chosen, and show what would steer a terminal as its code."""
    if len(text) > size:
        text = f"{text[: size // 2]}...{text[-size // 2 :]}"
    return "".join(
        each if each == "\n" or each.isprintable() else ascii(each)[1:-1] for each in text
    )


def _readable(frame: traceback.FrameSummary) -> traceback.FrameSummary:
    # A notebook's cell is a file of a changing name; what Python marks in a line changes, too.
    is_cell = Path(frame.filename).parent.name.startswith("ipykernel_")
    name = "<cell>" if is_cell else frame.filename
    return traceback.FrameSummary(name, frame.lineno, frame.name, line=frame.line)
