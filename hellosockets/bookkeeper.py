"""The bookkeeper: reads a conversation's messages into a ledger, each one once (RFC 7692).

Which earlier message a repeat comes from is read from the tokens of the deflated data.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable
from dataclasses import replace

from .blocks import Copy, read_blocks
from .conversation import Conversation
from .deflate import TAIL
from .events import Message
from .ledger import MOST_TOKENS, Entry, Ledger, Repeat, Total
from .prices import SPEAKERS

__all__ = ["Bookkeeper", "ledger"]

# What a ledger takes in; past these, messages are counted and no more.
MOST_MESSAGES = 1_000
MOST_BYTES = 4 * 2**20  # as sent and as inflated, together
# Reading tokens takes a while: so many of all messages together.
MOST_TOKENS_IN_ALL = 200_000

# What taking in a message costs apart from its bytes, in bytes that would cost as much.
OVERHEAD = 1_000

LARGEST_WINDOW = 32_768  # bytes


def ledger(conversation: Conversation) -> Ledger:
    """
    Open the books of a conversation.

    Args:
        conversation: One connection, e.g. ``server.connections[0]``.

    Returns:
        An entry for each of its messages, up to 1,000 of them and 4 MiB.

    """
    bookkeeper = Bookkeeper(conversation)
    bookkeeper.read()
    return bookkeeper.ledger()


class Bookkeeper:
    """
    Reads a conversation's messages into the books, each one once.

    Args:
        conversation: The conversation.
        max_messages: Most messages taken in; later ones are counted and no more.
        max_bytes: Most bytes of messages taken in, as sent and as inflated together.

    Attributes:
        entries: The messages so far.
        totals: What those of each speaker cost.
        left_out: How many later ones there are.
        missed: How many events had made room before they were read.

    """

    def __init__(
        self,
        conversation: Conversation,
        *,
        max_messages: int = MOST_MESSAGES,
        max_bytes: int = MOST_BYTES,
    ) -> None:
        self.conversation = conversation
        self.max_messages = max_messages
        self.max_bytes = max_bytes
        self.entries: list[Entry] = []
        self.totals = {speaker: Total(speaker) for speaker in SPEAKERS}
        self.left_out = 0
        self.missed = 0
        self._next = 0  # number of the next event to read
        self._waiting: deque[Message] = deque()
        self._bytes = 0  # of the messages that were taken in
        self._tokens = MOST_TOKENS_IN_ALL  # that may still be read
        self._windows = {speaker: _Window() for speaker in SPEAKERS}

    def read(self, most: int | None = None) -> bool:
        """
        Read the messages that are new.

        Args:
            most: Most bytes of them to take in, a message counting as 1,000 more; by default all.

        Returns:
            True if there is more to read.

        """
        self._waiting += self._new_messages()
        taken = 0
        while self._waiting and (most is None or taken < most):
            message = self._waiting.popleft()
            size = message.size + message.wire_size
            if self.left_out or self._bytes + size > self.max_bytes or self._is_full:
                self.left_out += 1  # and so is every later one: a gap would spoil the prices
                continue
            self._bytes += size
            taken += size + OVERHEAD
            entry = self._entry(message)
            self.entries.append(entry)
            self.totals[entry.speaker] = self.totals[entry.speaker].plus(entry)
        return bool(self._waiting)

    def ledger(self) -> Ledger:
        """Return the books so far."""
        agreement = self.conversation.agreement
        return Ledger(tuple(self.entries), agreement, self.left_out, self.missed)

    @property
    def _is_full(self) -> bool:
        return len(self.entries) >= self.max_messages

    def _new_messages(self) -> list[Message]:
        events = self.conversation.events_since(self._next)
        if not events:
            return []
        messages = [message for _, message in self.conversation.messages_since(self._next)]
        gap = events[0][0] - self._next
        if gap:  # whatever stood there, a look back may reach into it
            self.missed += gap
            for window in self._windows.values():
                window.forget()
        self._next = events[-1][0] + 1
        return messages

    def _entry(self, message: Message) -> Entry:
        entry = Entry(len(self.entries) + 1, message)
        agreement = self.conversation.agreement
        if agreement is None:
            return entry
        takeover = not getattr(agreement, f"{entry.speaker}_no_context_takeover")
        bits: int = getattr(agreement, f"{entry.speaker}_max_window_bits")
        entry = replace(entry, context_takeover=takeover, window_bits=bits)
        window = self._windows[entry.speaker]
        if not message.deflated:
            return entry  # it passes the window by
        if entry.is_unread:
            window.forget()
            found = [verdict.found for verdict in message.verdicts]
            return replace(entry, problem=found[0] if found else "")
        entry = replace(entry, history=window.history if takeover else 0)
        entry = self._with_copies(entry, window)
        if takeover:
            window.append(entry.data, entry.number)
        return entry

    def _with_copies(self, entry: Entry, window: _Window) -> Entry:
        room = min(self._tokens, MOST_TOKENS)
        if not room:
            return replace(
                entry,
                problem=f"the ledger has read {MOST_TOKENS_IN_ALL:,} tokens already, and no more",
            )
        payload = entry.payload + TAIL
        blocks = read_blocks(payload, history=entry.history, max_tokens=room)
        tokens = blocks.tokens
        self._tokens -= len(tokens)
        data = entry.data
        copies: list[Repeat] = []
        start = 0
        for token in tokens:
            if not isinstance(token, Copy):
                start += 1
                continue
            for length, owner in window.owners(start, token, entry.number):
                last = copies[-1] if copies else None
                continues = (
                    last is not None
                    and last.start + last.length == start
                    and (last.distance, last.message) == (token.distance, owner)
                )
                if last is not None and continues:
                    start, length = last.start, last.length + length
                    copies.pop()
                stretch = data[start : start + length]
                copies.append(Repeat(start, length, token.distance, owner, stretch))
                start += length
        return replace(entry, copies=tuple(copies), problem=blocks.problem)


class _Window:
    """Which message stands where in what one speaker's window may reach."""

    def __init__(self) -> None:
        self._size = 0  # bytes of all messages so far
        self._known_from = 0  # position of the first byte whose message is known
        self._ends: list[int] = []  # where each message ends
        self._numbers: list[int] = []  # and its number

    @property
    def history(self) -> int:
        """How many bytes a look back may reach over, as far as anybody knows."""
        return LARGEST_WINDOW if self._known_from else min(self._size, LARGEST_WINDOW)

    def append(self, data: bytes, number: int) -> None:
        self._size += len(data)
        self._ends.append(self._size)
        self._numbers.append(number)

    def forget(self) -> None:
        """Learn that messages are missing here: what a look back finds there isn't known."""
        self._size += LARGEST_WINDOW
        self._known_from = self._size
        self._ends.clear()
        self._numbers.clear()

    def owners(self, start: int, copy: Copy, number: int) -> Iterable[tuple[int, int | None]]:
        """Say, stretch by stretch, how many bytes of a copy stand in which message."""
        position = self._size + start - copy.distance
        end = position + copy.length
        while position < end:
            if position >= self._size:
                owner, until = number, end
            elif position < self._known_from:
                owner, until = None, self._known_from
            else:
                i = bisect_right(self._ends, position)
                owner, until = self._numbers[i], self._ends[i]
            until = min(until, end)
            yield until - position, owner
            position = until
