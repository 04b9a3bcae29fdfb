"""The watch: one timer of the loop for the heartbeats of all connections of a server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from ..heartbeat import Action, Deadlines, Event, Heartbeat

__all__ = ["Watch"]

Key = TypeVar("Key", bound=Hashable)


class Watch(Generic[Key]):
    """
    Tells when something is due on a connection.

    Args:
        act: Function that is given a key and what is to be done about it.

    """

    def __init__(self, act: Callable[[Key, Action], object]) -> None:
        self._act = act
        self._loop = asyncio.get_running_loop()
        self._heartbeats: dict[Key, tuple[Heartbeat, ...]] = {}
        self._deadlines: Deadlines[tuple[Key, Heartbeat]] = Deadlines()
        self._timer: asyncio.TimerHandle | None = None
        self._is_closed = False

    def add(self, key: Key, *heartbeats: Heartbeat) -> None:
        """
        Watch a connection.

        Args:
            key: What stands for it.
            heartbeats: Its walks through the tables of strategies, on the loop's clock.

        """
        if self._is_closed:
            return
        self._heartbeats[key] = heartbeats
        for heartbeat in heartbeats:
            self._set(key, heartbeat)

    def discard(self, key: Key) -> None:
        """Watch a connection no longer."""
        for heartbeat in self._heartbeats.pop(key, ()):
            self._deadlines.discard((key, heartbeat))
        if not self._heartbeats:
            self._disarm()

    def receive(self, key: Key, event: Event) -> None:
        """Say what happened on a connection; those that aren't watched are let pass."""
        now = self._loop.time()
        for heartbeat in self._heartbeats.get(key, ()):
            if event in heartbeat.strategy.events:
                heartbeat.receive(event, now)
                self._set(key, heartbeat)

    def close(self) -> None:
        """Watch nobody any more."""
        self._is_closed = True
        self._heartbeats.clear()
        self._deadlines = Deadlines()
        self._disarm()

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set(self, key: Key, heartbeat: Heartbeat) -> None:
        self._deadlines.set((key, heartbeat), heartbeat.deadline)
        # Deadlines most often move later, and then the timer rings in vain, once.
        if heartbeat.deadline is not None and (
            self._timer is None or heartbeat.deadline < self._timer.when()
        ):
            self._arm()

    def _arm(self) -> None:
        self._disarm()
        if (deadline := self._deadlines.next) is not None:
            self._timer = self._loop.call_at(deadline, self._ring)

    def _ring(self) -> None:
        self._timer = None
        now = self._loop.time()
        for key, heartbeat in self._deadlines.due(now):
            if heartbeat not in self._heartbeats.get(key, ()):
                continue  # what was due a moment ago has ended it
            action = heartbeat.receive("due", now)
            self._deadlines.set((key, heartbeat), heartbeat.deadline)
            if action is not None:
                self._act(key, action)
        self._arm()

    def __repr__(self) -> str:
        number = len(self._heartbeats)
        return f"Watch({number:,} connection{'' if number == 1 else 's'})"
