"""The watch, on a clock that is set by hand: what is due is done, by one timer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from hellosockets.heartbeat import PING_PONG, SILENCE, Action, Heartbeat
from hellosockets.server.watch import Watch


@dataclass
class Handle:
    due: float
    ring: Callable[[], None]
    is_cancelled: bool = False

    def when(self) -> float:
        return self.due

    def cancel(self) -> None:
        self.is_cancelled = True


@dataclass
class Clock:
    """What of a loop a watch uses."""

    now: float = 0.0
    handles: list[Handle] = field(default_factory=list)

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, ring: Callable[[], None]) -> Handle:
        self.handles.append(Handle(when, ring))
        return self.handles[-1]

    @property
    def timers(self) -> list[Handle]:
        self.handles = [each for each in self.handles if not each.is_cancelled]
        return self.handles

    def go(self, to: float) -> None:
        """Let time pass, and ring what is to ring meanwhile."""
        while timers := [each for each in self.timers if each.due <= to]:
            first = min(timers, key=Handle.when)
            self.handles.remove(first)
            self.now = max(self.now, first.due)
            first.ring()
        self.now = to


@pytest.fixture
async def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(asyncio, "get_running_loop", lambda: clock)
    return clock


def watch_of(clock: Clock) -> tuple[Watch[str], list[tuple[float, str, str]]]:
    done: list[tuple[float, str, str]] = []

    def act(key: str, action: Action) -> None:
        done.append((clock.now, key, action.deed))
        if action.deed == "close":
            watch.discard(key)

    watch: Watch[str] = Watch(act)
    return watch, done


def silence(clock: Clock, timeout: float = 60) -> Heartbeat:
    return Heartbeat(SILENCE, clock.now, timeout=timeout)


def ping(clock: Clock, interval: float = 20, patience: float = 20) -> Heartbeat:
    return Heartbeat(PING_PONG, clock.now, ping_interval=interval, ping_timeout=patience)


def test_silence_is_closed_when_it_is_due(clock: Clock) -> None:
    watch, done = watch_of(clock)
    watch.add("a", silence(clock))
    clock.go(59)
    assert done == []
    clock.go(61)
    assert done == [(60, "a", "close")]
    assert clock.timers == []
    assert len(watch._deadlines) == 0


def test_data_begins_the_time_anew(clock: Clock) -> None:
    watch, done = watch_of(clock)
    watch.add("a", silence(clock))
    for now in range(10, 200, 50):
        clock.go(now)
        watch.receive("a", "data")
    assert done == []
    clock.go(300)
    assert done == [(220, "a", "close")]


def test_a_thousand_connections_have_one_timer(clock: Clock) -> None:
    watch, done = watch_of(clock)
    for number in range(1000):
        clock.go(number / 100)
        watch.add(str(number), silence(clock), ping(clock, 30))
        assert len(clock.timers) == 1
    for number in range(1000):
        watch.receive(str(number), "data")
        assert len(clock.timers) == 1
    clock.go(39.99)
    assert len(clock.timers) == 1
    assert [key for _, key, _ in done] == [str(number) for number in range(1000)]
    for number in range(1000):
        watch.discard(str(number))
    assert clock.timers == []
    assert len(watch._deadlines) == 0


def test_a_timer_rings_in_vain_once_and_not_at_each_byte(clock: Clock) -> None:
    watch, _ = watch_of(clock)
    watch.add("a", silence(clock))
    for _ in range(1280):
        clock.now += 1 / 128
        watch.receive("a", "data")
    assert [each.due for each in clock.timers] == [60]
    clock.go(60)
    assert [each.due for each in clock.timers] == [70]


def test_an_earlier_one_is_not_late(clock: Clock) -> None:
    watch, done = watch_of(clock)
    watch.add("late", silence(clock, 60))
    watch.add("early", silence(clock, 5))
    clock.go(10)
    assert done == [(5, "early", "close")]
    clock.go(100)
    assert done[1:] == [(60, "late", "close")]


def test_pings_and_pongs(clock: Clock) -> None:
    watch, done = watch_of(clock)
    watch.add("a", ping(clock, 20, 10))
    clock.go(25)
    watch.receive("a", "pong")
    watch.receive("a", "data")  # says nothing about pongs
    clock.go(54)
    assert done == [(20, "a", "send a ping"), (45, "a", "send a ping")]
    clock.go(60)
    assert done[2:] == [(55, "a", "close")]
    assert clock.timers == []


@pytest.mark.parametrize("is_ping_first", [False, True])
def test_what_is_due_at_once_ends_a_connection_once(clock: Clock, is_ping_first: bool) -> None:
    watch, done = watch_of(clock)
    heartbeats = [silence(clock, 20), ping(clock, 20)]
    watch.add("a", *(reversed(heartbeats) if is_ping_first else heartbeats))
    clock.go(1000)
    assert [deed for _, _, deed in done].count("close") == 1
    assert done[-1] == (20, "a", "close")
    assert len(watch._deadlines) == 0
    assert clock.timers == []


def test_one_that_ends_another_which_is_due_at_once(clock: Clock) -> None:
    done = []

    def act(key: str, action: Action) -> None:
        done.append(key)
        watch.discard("a")
        watch.discard("b")

    watch: Watch[str] = Watch(act)
    watch.add("a", silence(clock))
    watch.add("b", silence(clock))
    clock.go(100)
    assert done == ["a"]
    assert clock.timers == []


def test_who_is_not_watched_is_let_pass(clock: Clock) -> None:
    watch, done = watch_of(clock)
    watch.receive("a", "data")
    watch.discard("a")
    watch.add("a")
    watch.receive("a", "data")
    assert (done, clock.timers) == ([], [])


def test_after_close_nothing_is_due_any_more(clock: Clock) -> None:
    watch, done = watch_of(clock)
    watch.add("a", silence(clock))
    watch.close()
    watch.receive("a", "data")
    watch.add("b", silence(clock))
    watch.receive("b", "data")
    watch.discard("a")
    watch.discard("b")
    watch.close()
    assert clock.timers == []
    clock.go(1000)
    assert done == []


def test_repr(clock: Clock) -> None:
    watch: Watch[Any] = Watch(lambda *_: None)
    assert repr(watch) == "Watch(0 connections)"
    watch.add("a", silence(clock), ping(clock))
    assert repr(watch) == "Watch(1 connection)"
    for number in range(1233):
        watch.add(number)
    assert repr(watch) == "Watch(1,234 connections)"
