"""Heartbeats: how either side notices that a connection is dead, though nothing closed it.

A strategy is a table: what happens in which state, and which delay starts then. A `Heartbeat` walks
such a table for one connection; `Deadlines` lets thousands of them share one timer. Neither has a
clock or a timer of its own. Whoever has one says what time it is, in seconds.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Generic, Literal, TypeAlias, TypeVar

from . import picture

__all__ = [
    "CLIENT_HEARTBEAT",
    "PING_PONG",
    "SILENCE",
    "Action",
    "Deadlines",
    "Heartbeat",
    "Step",
    "Strategy",
]

State: TypeAlias = Literal["waiting", "pending", "pinged", "expired"]
Event: TypeAlias = Literal["data", "reply", "pong", "due"]
Delay: TypeAlias = Literal["timeout", "heartbeat_interval", "ping_interval", "ping_timeout"]
Deed: TypeAlias = Literal["send a heartbeat", "send a ping", "close", "close and reconnect"]


@dataclass(frozen=True, slots=True)
class Action:
    """
    What a step asks to be done.

    Attributes:
        deed: What to do.
        code: Close code, where it is to close.
        reason: Close reason, where it is to close; may be empty.

    """

    deed: Deed
    code: int | None = None
    reason: str = ""

    def __str__(self) -> str:
        code = "" if self.code is None else f", code {self.code}"
        reason = f' "{self.reason}"' if self.reason else ""
        return f"{self.deed}{code}{reason}"


@dataclass(frozen=True, slots=True)
class Step:
    """
    One row of a strategy's table, without the state and the event that lead to it.

    Attributes:
        state: The new state.
        timer: The delay that starts now, or ``"goes on"`` where the running one does, or
            ``"stops"`` where none runs from now on.
        action: What is to be done, or None.

    """

    state: State
    timer: Delay | Literal["goes on", "stops"]
    action: Action | None = None


@dataclass(frozen=True, eq=False)
class Strategy:
    """
    A way to notice a dead connection, as a table of states.

    It starts in ``"waiting"``, with the first of its delays. Each state but the last has a row for
    each event.

    Attributes:
        name: What it does, as a title.
        delays: Its delays in seconds, as Phoenix or `websockets` has them; the first one starts
            with the connection.
        steps: The table: state and event to the step they lead to.

    """

    name: str
    delays: Mapping[str, float]
    steps: Mapping[tuple[State, Event], Step]

    @property
    def events(self) -> tuple[Event, ...]:
        """The events that it knows, in the order of the table."""
        return tuple(dict.fromkeys(event for _, event in self.steps))

    def rows(self) -> list[tuple[str, str, str, str, str]]:
        """Return the table's rows as text: state, event, new state, timer, action."""
        return [
            (state, event, step.state, step.timer, str(step.action or ""))
            for (state, event), step in self.steps.items()
        ]

    def __repr__(self) -> str:
        return f"Strategy({self.name})"

    def __str__(self) -> str:
        lines = [COLUMNS, *self.rows()]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        aligned = [
            "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
            for line in lines
        ]
        return "\n".join([self.name, *aligned])

    def _repr_html_(self) -> str:
        rows = [("", row, ()) for row in self.rows()]
        delays = ", ".join(
            f"{name.replace('_', ' ')} {seconds:g} s" for name, seconds in self.delays.items()
        )
        return picture.document(picture.table(f"{self.name}: {delays}", COLUMNS, rows))


COLUMNS = ("state", "event", "new state", "timer", "action")


# Phoenix's server, which is Cowboy's: whatever it receives shows that the client lives. Heartbeats
# see to it that there is something.
SILENCE = Strategy(
    "A server's timeout of silence",
    MappingProxyType({"timeout": 60.0}),
    MappingProxyType(
        {
            ("waiting", "data"): Step("waiting", "timeout"),
            ("waiting", "due"): Step("expired", "stops", Action("close", 1000)),
        }
    ),
)

# phoenix.js: the reply must come before the next heartbeat would be due. Nothing but the reply
# counts, and one that comes uncalled for changes nothing.
CLIENT_HEARTBEAT = Strategy(
    "A client's heartbeat",
    MappingProxyType({"heartbeat_interval": 30.0}),
    MappingProxyType(
        {
            ("waiting", "due"): Step("pending", "heartbeat_interval", Action("send a heartbeat")),
            ("waiting", "reply"): Step("waiting", "goes on"),
            ("pending", "reply"): Step("waiting", "heartbeat_interval"),
            ("pending", "due"): Step(
                "expired", "stops", Action("close and reconnect", 1000, "heartbeat timeout")
            ),
        }
    ),
)

# What `websockets` calls keepalive, with its close code, its words and its 20 seconds. A pong may
# come unasked for (RFC 6455 §5.5.3), and changes nothing then.
PING_PONG = Strategy(
    "A server's ping",
    MappingProxyType({"ping_interval": 20.0, "ping_timeout": 20.0}),
    MappingProxyType(
        {
            ("waiting", "due"): Step("pinged", "ping_timeout", Action("send a ping")),
            ("waiting", "pong"): Step("waiting", "goes on"),
            ("pinged", "pong"): Step("waiting", "ping_interval"),
            ("pinged", "due"): Step(
                "expired", "stops", Action("close", 1011, "keepalive ping timeout")
            ),
        }
    ),
)


class Heartbeat:
    """
    One connection's walk through a strategy's table.

    What is received first counts: data that arrives at the deadline, or after it, saves the
    connection as long as nobody has said that it is due.

    Args:
        strategy: The table.
        now: What the caller's clock says, in seconds.
        delays: Delays that differ from the strategy's, in seconds; None for one that never ends.

    Attributes:
        strategy: The table.
        state: Where in the table it stands.
        deadline: When ``"due"`` is due, in seconds of the caller's clock; None for never.

    Raises:
        ValueError: If the strategy has no such delay, or if one isn't above 0.

    """

    __slots__ = ("_delays", "deadline", "state", "strategy")

    def __init__(self, strategy: Strategy, now: float, **delays: float | None) -> None:
        for name, seconds in delays.items():
            if name not in strategy.delays:
                known = " and ".join(strategy.delays)
                raise ValueError(f"{strategy!r} has no delay {name!r}: it has {known}")
            if seconds is not None and not seconds > 0:
                raise ValueError(f"{name} must be seconds above 0, or None, got {seconds}")
        self.strategy = strategy
        self.state: State = "waiting"
        self.deadline: float | None = None
        self._delays: dict[str, float | None] = {**strategy.delays, **delays}
        self._start(next(iter(strategy.delays)), now)

    def receive(self, event: Event, now: float) -> Action | None:
        """
        Take one step of the table.

        Args:
            event: What happened; ``"due"`` when a timer says that the deadline has come. Said too
                early it changes nothing, so that a timer may ring once more than needed.
            now: What the caller's clock says, in seconds.

        Returns:
            What is to be done, if anything.

        Raises:
            ValueError: If the strategy knows no such event.

        """
        step = self.strategy.steps.get((self.state, event))
        if step is None:
            if event not in self.strategy.events:
                known = " and ".join(self.strategy.events)
                raise ValueError(f"{self.strategy!r} has no event {event!r}: it has {known}")
            return None  # it has expired, and what comes late is late
        if event == "due" and (self.deadline is None or now < self.deadline):
            return None
        self.state = step.state
        if step.timer == "stops":
            self.deadline = None
        elif step.timer != "goes on":
            self._start(step.timer, now)
        return step.action

    def _start(self, delay: str, now: float) -> None:
        seconds = self._delays[delay]
        self.deadline = None if seconds is None else now + seconds

    def __repr__(self) -> str:
        return f"Heartbeat({self.strategy.name}: {self.state})"


Key = TypeVar("Key", bound=Hashable)


class Deadlines(Generic[Key]):
    """
    Many deadlines for one timer: which is next, and which have come.

    A heap holds an alarm for each key, which may be earlier than its deadline, and never later. To
    move a deadline later, as each received chunk does, leaves the alarm alone: constant time. When
    the alarm has come, it is put where the deadline is by then. An alarm that was replaced by an
    earlier one, or whose key is gone, stays in the heap until it is its turn, or until more of the
    heap is stale than not.
    """

    def __init__(self) -> None:
        self._deadlines: dict[Key, float] = {}
        # Alarms: when, and its number, which is also the tie-break. Which key an alarm belongs to,
        # and which alarm is a key's own, stands in the two dictionaries.
        self._heap: list[tuple[float, int]] = []
        self._keys: dict[int, Key] = {}
        self._alarms: dict[Key, tuple[float, int]] = {}
        self._made = 0

    def set(self, key: Key, deadline: float | None) -> None:
        """
        Give a key its deadline, or another one.

        Args:
            key: What expires.
            deadline: When, in seconds of the caller's clock; None for never.

        Raises:
            ValueError: If the deadline isn't a number (NaN).

        """
        if deadline is None or deadline == math.inf:
            self.discard(key)
            return
        if math.isnan(deadline):
            raise ValueError("a deadline must be a number of seconds, or None for never, got NaN")
        self._deadlines[key] = deadline
        alarm = self._alarms.get(key)
        if alarm is None or deadline < alarm[0]:
            if alarm is not None:
                del self._keys[alarm[1]]
            heapq.heappush(self._heap, self._make_alarm(key, deadline))
            self._tidy()

    def discard(self, key: Key) -> None:
        """Forget a key, should it be there."""
        if self._deadlines.pop(key, None) is not None:
            del self._keys[self._alarms.pop(key)[1]]
            self._tidy()

    @property
    def next(self) -> float | None:
        """The earliest deadline, in seconds of the caller's clock; None where there is none."""
        while self._heap:
            when, number = self._heap[0]
            if number not in self._keys:
                heapq.heappop(self._heap)
                continue
            key = self._keys[number]
            deadline = self._deadlines[key]
            if deadline == when:
                return when
            del self._keys[number]
            heapq.heapreplace(self._heap, self._make_alarm(key, deadline))
        return None

    def due(self, now: float) -> list[Key]:
        """
        Take out whatever is due.

        Args:
            now: What the caller's clock says, in seconds.

        Returns:
            The keys whose deadline is ``now`` or earlier, earliest first; they have none any more.

        """
        keys = []
        while (deadline := self.next) is not None and deadline <= now:
            key = self._keys.pop(heapq.heappop(self._heap)[1])
            del self._deadlines[key], self._alarms[key]
            keys.append(key)
        self._tidy()
        return keys

    def __len__(self) -> int:
        return len(self._deadlines)

    def __contains__(self, key: object) -> bool:
        return key in self._deadlines

    def __repr__(self) -> str:
        return f"Deadlines({len(self):,} {'key' if len(self) == 1 else 'keys'})"

    def _make_alarm(self, key: Key, when: float) -> tuple[float, int]:
        self._made += 1
        alarm = (when, self._made)
        self._keys[self._made] = key
        self._alarms[key] = alarm
        return alarm

    def _tidy(self) -> None:
        if len(self._heap) > 2 * len(self._deadlines) + 8:
            self._heap = list(self._alarms.values())
            heapq.heapify(self._heap)
