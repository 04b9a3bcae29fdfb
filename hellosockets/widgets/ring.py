"""The ring: what a log holds, oldest first, bounded; and which of it a reader wants to see.

Plain data, no widget. Lines are numbered from 0 and keep their number for ever; what made room is
counted, never forgotten silently.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from typing import Generic, NamedTuple, TypeVar

from ..events import Event, Message, size_of

__all__ = ["Line", "Ring", "Window"]

Item = TypeVar("Item")


class Line(NamedTuple):
    """
    One event of one connection, and when it came on the log's own clock.

    Attributes:
        connection: The conversation's number, counted from 1.
        number: The event's number in its conversation, counted from 0.
        event: What happened.
        time: Seconds since the first connection's recording began; None if unknown.
        message: The message that this event completes; None if it completes none.

    """

    connection: int
    number: int
    event: Event
    time: float | None
    message: Message | None = None


class Window(Generic[Item]):
    """
    A list that forgets at its start: items keep the position at which they were appended.

    Attributes:
        first: Position of the oldest item that is held.

    """

    def __init__(self) -> None:
        self.first = 0
        self._items: list[Item] = []
        self._gone = 0  # items at the list's start that are dropped, and not yet deleted

    @property
    def end(self) -> int:
        """The position that the next item will have."""
        return self.first + len(self._items) - self._gone

    def extend(self, items: Iterable[Item]) -> None:
        """Add items at the end."""
        self._items.extend(items)

    def drop(self, count: int) -> list[Item]:
        """Let the oldest items go, and return them."""
        dropped = self._items[self._gone : self._gone + count]
        self._gone += len(dropped)
        self.first += len(dropped)
        if 2 * self._gone > len(self._items):  # now and then, so that it costs little
            del self._items[: self._gone]
            self._gone = 0
        return dropped

    def at(self, position: int) -> Item | None:
        """Return the item at a position; None if it is no longer, or not yet, there."""
        index = position - self.first
        return self._items[self._gone + index] if 0 <= index < len(self) else None

    def slice(self, start: int, end: int) -> list[Item]:
        """Return the items from position ``start`` up to ``end``, as far as they are held."""
        first = max(start - self.first, 0)
        return self._items[self._gone + first : self._gone + max(end - self.first, first)]

    def __len__(self) -> int:
        return len(self._items) - self._gone


class Ring:
    """
    The lines of a log, and which of them match.

    Lines are numbered from 0 and keep their number; those that match are counted by themselves,
    and such a count is a position.

    Args:
        max_lines: Most lines held.
        max_bytes: Most bytes held in their events; the newest line is kept even if it is longer.

    Attributes:
        lines: What is held, by number.
        bytes: Bytes held in events.
        cleared: How many lines were cleared away, by somebody's wish.

    """

    def __init__(self, *, max_lines: int, max_bytes: int) -> None:
        self.max_lines = max_lines
        self.max_bytes = max_bytes
        self.lines: Window[Line] = Window()
        self.bytes = 0
        self.cleared = 0
        self._wanted: Callable[[Line], bool] | None = None
        self._matches: Window[int] = Window()  # numbers of lines; where all match, it's empty

    @property
    def dropped(self) -> int:
        """How many lines made room for newer ones."""
        return self.lines.first - self.cleared

    @property
    def first(self) -> int:
        """Position of the oldest line that matches."""
        return self.lines.first if self._wanted is None else self._matches.first

    @property
    def end(self) -> int:
        """The position that the next line that matches will have."""
        return self.lines.end if self._wanted is None else self._matches.end

    def extend(self, lines: Iterable[Line]) -> None:
        """Hold more lines; the oldest ones make room."""
        new = list(lines)
        if self._wanted is not None:
            start = self.lines.end
            wanted = self._wanted
            self._matches.extend(n for n, line in enumerate(new, start) if wanted(line))
        self.lines.extend(new)
        self.bytes += sum([size_of(line.event) for line in new])
        self._drop(len(self.lines) - self.max_lines)
        while self.bytes > self.max_bytes and len(self.lines) > 1:
            self._drop(1)

    def match(self, wanted: Callable[[Line], bool] | None) -> None:
        """
        Find anew which lines match, now and from now on.

        Args:
            wanted: Says of a line whether it matches; None if all do.

        """
        self._wanted = wanted
        self._matches = Window()
        if wanted is not None:
            first = self.lines.first
            lines = self.lines.slice(first, self.lines.end)
            self._matches.extend(n for n, line in enumerate(lines, first) if wanted(line))

    def clear(self) -> None:
        """Let every line go."""
        self.cleared += len(self.lines)
        self._drop(len(self.lines))

    def matching(self, start: int, end: int) -> list[tuple[int, Line]]:
        """Return matching lines with their numbers, by their positions, oldest first."""
        if self._wanted is None:
            lines = self.lines.slice(start, end)
            return list(enumerate(lines, max(start, self.lines.first)))
        numbers = self._matches.slice(start, end)
        found = [(number, self.lines.at(number)) for number in numbers]
        return [(number, line) for number, line in found if line is not None]

    def _drop(self, count: int) -> None:
        if count > 0:
            self.bytes -= sum([size_of(line.event) for line in self.lines.drop(count)])
            held = self._matches.slice(self._matches.first, self._matches.end)
            self._matches.drop(bisect_left(held, self.lines.first))
