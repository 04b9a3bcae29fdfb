"""The watch: reads a server, a wire or one conversation into a log's ring, each event once.

Plain data, no widget. It belongs to the loop's thread, as what it reads does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..conversation import Conversation, State
from ..events import Message
from ..frames import Frame
from ..replies import Exchange, exchanges
from .ring import Line, Ring

__all__ = ["Source", "Summary", "Watch"]


class Source(Protocol):
    """What a log can watch: a server, or anything else with connections."""

    @property
    def connections(self) -> Sequence[Conversation]:
        """The conversations that are held, oldest first."""

    @property
    def listeners(self) -> list[Callable[[], None]]:
        """Functions called when a byte was recorded or a connection came."""


@dataclass(frozen=True, slots=True)
class Summary:
    """
    One connection on a line, as a list of connections shows it.

    Attributes:
        number: Its number, counted from 1.
        url: What was asked for, e.g. ``"ws://localhost:4000/echo"``; empty until it is known.
        target: The part of it after the host.
        status: The answer's HTTP status; None as long as there is no answer.
        state: How far it has come.
        frames: How many frames crossed it, both directions.
        bytes: How many bytes did.
        open_for: Seconds since its recording began; since its end, how long it lasted.

    """

    number: int
    url: str
    target: str
    status: int | None
    state: State
    frames: int
    bytes: int
    open_for: float


class _Watched:
    """What the watch remembers of one connection."""

    def __init__(self, conversation: Conversation) -> None:
        self.conversation = conversation
        self.next = 0  # number of the next event to read
        self.frames = 0
        self.shown: Summary | None = None  # as it was last reported


class Watch:
    """
    What a log knows of its source.

    Args:
        source: A server, a wire, or one conversation.
        ring: Where the lines go.

    Attributes:
        lost: Events that made room before they were read here.
        skipped: Connections that the source let go before they were read here.
        several: Whether there is, or was, more than one connection.

    """

    def __init__(self, source: Source | Conversation, ring: Ring) -> None:
        self.lost = 0
        self.skipped = 0
        self.several = False
        self._source = source
        self._ring = ring
        self._known: dict[int, _Watched] = {}  # by number, oldest first
        self._newest = 0  # number of the newest connection ever met
        self._began: float | None = None  # the first connection's clock, when it began

    @property
    def listeners(self) -> list[Callable[[], None]]:
        """The list of those whom the source tells that something happened."""
        if isinstance(self._source, Conversation):
            return self._source.recording.listeners
        return self._source.listeners

    @property
    def conversations(self) -> dict[int, Conversation]:
        """The connections of the last look, by number, oldest first."""
        return {number: watched.conversation for number, watched in self._known.items()}

    def read(self, most: int | None = None) -> bool:
        """
        Read what is new.

        Args:
            most: Most events to read of each connection; by default all.

        Returns:
            True if there is more to read.

        """
        new: list[tuple[float, Line]] = []
        is_more = False
        for watched in self._look():
            is_more |= self._read(watched, new, most)
        if len(self._known) > 1:
            new.sort(key=_moment)
        self._ring.extend(line for _, line in new)
        return is_more

    def summaries(self) -> list[Summary]:
        """Return one line for each connection of the last look, oldest first."""
        return [_summary(watched) for watched in self._known.values()]

    def changed(self, most: int) -> list[Summary]:
        """
        Return the lines that say something new since the last call.

        Args:
            most: Of how many connections, the newest ones.

        """
        found = []
        for watched in list(self._known.values())[-most:]:
            now = _summary(watched)
            before = watched.shown
            if before is None or _facts(before) != _facts(now):
                watched.shown = now
                found.append(now)
        return found

    def forget_changes(self) -> None:
        """Report every connection anew at the next call of `changed`."""
        for watched in self._known.values():
            watched.shown = None

    def exchange(self, number: int, message: Message) -> Exchange | None:
        """Return a message's place among Phoenix's messages; None where there are none."""
        conversation = self.conversations.get(number)
        found = [] if conversation is None else exchanges(conversation)
        return next((each for each in found if each.message is message), None)

    def _look(self) -> list[_Watched]:
        """Return what there is to read: also what the source has let go since the last look."""
        if isinstance(self._source, Conversation):
            held = [self._source]
        else:
            held = list(self._source.connections)
        numbers = {conversation.number for conversation in held}
        gone = [watched for number, watched in self._known.items() if number not in numbers]
        newest = max(numbers, default=self._newest)
        if newest > self._newest:  # they are counted without a gap
            if not isinstance(self._source, Conversation):
                unseen = sum(number > self._newest for number in numbers)
                self.skipped += newest - self._newest - unseen
            self._newest = newest
        self._known = {each.number: self._known.get(each.number) or _Watched(each) for each in held}
        self.several |= len(self._known) + len(gone) > 1
        return gone + list(self._known.values())

    def _read(self, watched: _Watched, new: list[tuple[float, Line]], most: int | None) -> bool:
        conversation = watched.conversation
        is_more = conversation.read(most)
        began = conversation.recording.began
        if self._began is None:
            self._began = began
        shift = began - self._began
        moment = 0.0
        messages = dict(conversation.messages_since(watched.next, read=False))
        for number, event in conversation.events_since(watched.next, read=False):
            self.lost += number - watched.next
            watched.next = number + 1
            time = None if event.time is None else shift + event.time
            moment = moment if time is None else time
            if isinstance(event, Frame):
                watched.frames += 1
            line = Line(conversation.number, number, event, time, messages.get(number))
            new.append((moment, line))
        return is_more


def _moment(entry: tuple[float, Line]) -> float:
    return entry[0]


def _facts(summary: Summary) -> tuple[object, ...]:
    return (summary.target, summary.status, summary.state, summary.frames, summary.bytes)


def _summary(watched: _Watched) -> Summary:
    conversation = watched.conversation
    known = conversation.known()
    request, response = known.request, known.response
    host = None if request is None else request.get("Host")
    target = "" if request is None else request.target
    scheme = "wss" if conversation.secure else "ws"
    url = f"{scheme}://{host}{target}" if host and target.startswith("/") else target
    recording = conversation.recording
    return Summary(
        number=conversation.number,
        url=url,
        target=target,
        status=None if response is None else response.status,
        state=known.state,
        frames=watched.frames,
        bytes=recording.size + recording.dropped_bytes,
        open_for=recording.now if known.ended is None else known.ended,
    )
