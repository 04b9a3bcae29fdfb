"""Replies: which Phoenix message answers which, and after how long.

A client numbers what it pushes (its ref); the server's ``phx_reply`` repeats topic and ref. Nothing
else ties the two together, as other messages may come between them.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace

from .conversation import Conversation
from .events import Message
from .handshake import Request
from .messages import JOIN, REPLY, NotAMessage, PhoenixMessage, Version, decode_message

__all__ = ["Exchange", "Replies", "exchanges", "phoenix_version"]

MOST_WAITING = 10_000  # pushes without a reply; the oldest are given up


@dataclass(frozen=True, slots=True)
class Exchange:
    """
    A Phoenix message in its place.

    Attributes:
        message: The WebSocket message.
        phoenix: Its five slots; a `NotAMessage` that says why it has none.
        push: Of a reply: the message that it answers; None if that isn't known.
        reply: Of a push: the message that answers it; None if none has come so far.
        latency: Seconds from push to reply, with either of them; None if they aren't known.
        is_stale: True where its join_ref is of an earlier join of the topic.

    """

    message: Message
    phoenix: PhoenixMessage | NotAMessage
    push: Message | None = None
    reply: Message | None = None
    latency: float | None = None
    is_stale: bool = False


class Replies:
    """
    Pairs messages as they come, in bounded memory.

    Args:
        vsn: Version of the serializer.

    """

    def __init__(self, vsn: Version = 2) -> None:
        self.vsn: Version = vsn
        self._waiting: OrderedDict[tuple[str, str], Message] = OrderedDict()
        self._joins: dict[str, str | None] = {}  # topic -> ref of its newest join

    @property
    def unanswered(self) -> list[Message]:
        """The pushes that have had no reply so far, oldest first."""
        return list(self._waiting.values())

    def feed(self, message: Message) -> Exchange:
        """Take in the next message of either speaker, and return it in its place."""
        speaker = message.speaker or "client"
        data = message.text if message.is_text else message.data
        phoenix = decode_message(data, speaker, self.vsn)
        if isinstance(phoenix, NotAMessage):
            return Exchange(message, phoenix)
        is_stale = self._is_stale(phoenix)
        if speaker == "client":
            self._remember(phoenix, message)
            return Exchange(message, phoenix, is_stale=is_stale)
        push = None
        if phoenix.event == REPLY and phoenix.ref is not None:
            push = self._waiting.pop((phoenix.topic, phoenix.ref), None)
        latency = None
        if push is not None and push.time is not None and message.time is not None:
            latency = message.time - push.time
        return Exchange(message, phoenix, push, None, latency, is_stale)

    def _remember(self, phoenix: PhoenixMessage, message: Message) -> None:
        if phoenix.ref is None:
            return
        self._waiting[phoenix.topic, phoenix.ref] = message
        if len(self._waiting) > MOST_WAITING:
            self._waiting.popitem(last=False)
        if phoenix.event == JOIN:
            self._joins[phoenix.topic] = phoenix.ref
            if len(self._joins) > MOST_WAITING:
                del self._joins[next(iter(self._joins))]

    def _is_stale(self, phoenix: PhoenixMessage) -> bool:
        newest = self._joins.get(phoenix.topic)
        return (
            None not in (phoenix.join_ref, newest)
            and phoenix.join_ref != newest
            and (phoenix.event != JOIN)
        )


def phoenix_version(request: Request | None) -> Version | None:
    """
    Say which serializer a connection speaks.

    Returns:
        1 or 2, as the request's ``vsn`` says; 1 where it says nothing, as Phoenix does; None if
        the path doesn't end with ``/websocket``, and so isn't Phoenix's.

    """
    if request is None or not request.path.endswith("/websocket"):
        return None
    return 2 if request.query.get("vsn", "1.0.0").startswith("2.") else 1


def exchanges(conversation: Conversation) -> list[Exchange]:
    """Return every message of a Phoenix connection in its place; of another one, none."""
    vsn = phoenix_version(conversation.request)
    if vsn is None:
        return []
    replies = Replies(vsn)
    found = [replies.feed(message) for message in conversation.messages]
    answers = {id(each.push): each for each in found if each.push is not None}
    return [_answered(each, answers.get(id(each.message))) for each in found]


def _answered(push: Exchange, answer: Exchange | None) -> Exchange:
    if answer is None:
        return push
    return replace(push, reply=answer.message, latency=answer.latency)
