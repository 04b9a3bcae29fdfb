"""Time, for a client: a clock that is passed in, and a timer whose delays grow."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

__all__ = ["Alarm", "Backoff", "Clock", "Timer", "WaitList"]


class Alarm(Protocol):
    """A call that is still to come, such as :class:`asyncio.TimerHandle`."""

    def cancel(self) -> object:
        """Let it not come."""


class Clock(Protocol):
    """Where time comes from. A running event loop is one; a test brings its own."""

    def time(self) -> float:
        """Return seconds; only differences count."""

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Alarm:
        """Call a function after so many seconds."""


class Backoff:
    """
    Delays that grow with each try.

    Args:
        delays: Seconds before the first try, the second, and so on; the last one repeats.
        jitter: By which part of itself a delay may be shortened, 0 to 1. Where a server comes back
            and thousands of clients wait, it keeps them from coming all at once.
        random: Function that returns a number from 0 to 1.

    Raises:
        ValueError: If there are no delays, if one is negative, or if jitter isn't within 0 to 1.

    """

    def __init__(self, delays: Sequence[float], jitter: float, random: Callable[[], float]) -> None:
        if not delays or not all(delay >= 0 for delay in delays):
            raise ValueError(f"delays must be one or more numbers of seconds, got {delays!r}")
        if not 0 <= jitter <= 1:
            raise ValueError(f"jitter must be a part of the delay, 0 to 1, got {jitter}")
        self.delays = tuple(delays)
        self.jitter = jitter
        self._random = random

    def __call__(self, tries: int) -> float:
        """Return the delay before a try, in seconds; the first is try 1."""
        delay = self.delays[min(tries, len(self.delays)) - 1]
        return delay * (1 - self.jitter * self._random()) if self.jitter else delay


class Timer:
    """
    A timer that waits longer each time, until it is reset.

    Args:
        callback: What it calls.
        backoff: Its delays.
        clock: Function that returns the clock.

    """

    def __init__(
        self, callback: Callable[[], object], backoff: Backoff, clock: Callable[[], Clock]
    ) -> None:
        self.tries = 0
        self._callback = callback
        self._backoff = backoff
        self._clock = clock
        self._alarm: Alarm | None = None

    def schedule(self) -> None:
        """Start it; if it is running, start it anew."""
        self.cancel()
        self._alarm = self._clock().call_later(self._backoff(self.tries + 1), self._ring)

    def cancel(self) -> None:
        """Stop it, and remember the tries."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def reset(self) -> None:
        """Stop it, and forget the tries."""
        self.cancel()
        self.tries = 0

    def _ring(self) -> None:
        self._alarm = None
        self.tries += 1
        self._callback()


class WaitList:
    """
    Who waits for something to become true.

    Args:
        clock: Function that returns the clock.

    """

    def __init__(self, clock: Callable[[], Clock]) -> None:
        self._clock = clock
        self._waiting: dict[asyncio.Future[bool], Callable[[], bool]] = {}

    async def until(self, holds: Callable[[], bool], seconds: float) -> bool:
        """
        Wait until something holds.

        Args:
            holds: Function that says whether it does. Asked at once, and at each `notify` up to the
                first time that it says yes.
            seconds: Most time to wait; infinity for no limit.

        Returns:
            Whether it held; False when the time was up.

        """
        if holds():
            return True
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting[future] = holds
        alarm = None
        if seconds != float("inf"):
            alarm = self._clock().call_later(seconds, lambda: _resolve(future, False))
        try:
            return await future
        finally:
            del self._waiting[future]
            if alarm is not None:
                alarm.cancel()

    def notify(self) -> None:
        """Ask again for everyone who waits, first come first served."""
        for future, holds in tuple(self._waiting.items()):
            if not future.done() and holds():
                _resolve(future, True)


def _resolve(future: asyncio.Future[bool], value: bool) -> None:
    if not future.done():
        future.set_result(value)
