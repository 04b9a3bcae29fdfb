"""Pipes: one direction of a relayed connection, with the weather in it, in bounded memory."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import deque
from collections.abc import Callable
from typing import NamedTuple, Protocol

from ..frames import Speaker
from .weather import RETRANSMISSION, Weather

__all__ = ["HIGH_WATER", "Climate", "Ear", "Pipe", "slice_size"]

# A pipe that holds so much doesn't read on, until half of it is gone: the kernel's buffers fill,
# and the speaker must wait.
HIGH_WATER = 2**20  # bytes
MOST_CHUNKS = 4096  # a chunk of one byte costs more than its byte

# A throttled pipe delivers slices of so many seconds each.
SLICE = 0.02

# How far a throttled pipe may make up for timers that were late, in seconds.
CATCH_UP = 0.1


class Climate:
    """
    The weather over all pipes of a wire, as it is now.

    Args:
        chance: Decides which chunks are lost.

    Attributes:
        weather: The weather.
        is_frozen: Whether nothing passes.
        pipes: Who wants to know when it changes.

    """

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.weather = Weather()
        self.is_frozen = False
        self.pipes: set[Pipe] = set()
        self._thawed = asyncio.Event()
        self._thawed.set()

    def change(self, weather: Weather, is_frozen: bool) -> None:
        """Let other weather begin, now."""
        self.weather, self.is_frozen = weather, is_frozen
        if is_frozen:
            self._thawed.clear()
        else:
            self._thawed.set()
        for pipe in self.pipes:
            pipe.wake()

    async def thawed(self) -> None:
        """Wait until it isn't frozen."""
        await self._thawed.wait()


class Ear(Protocol):
    """Where a pipe ends: who is told what the speaker said."""

    async def ready(self) -> None:
        """Wait until the network has taken everything written so far."""

    def write(self, data: bytes) -> bool:
        """Tell them, in one piece; return False if the network is gone and took nothing."""

    def end(self, *, reset: bool) -> None:
        """Tell them that the speaker's bytes have ended."""


class _Held(NamedTuple):
    """What is on its way: bytes, or an end (``data`` is None)."""

    time: float  # on the loop's clock, when it came
    data: memoryview | None
    extra: float = 0.0  # seconds it takes beyond the weather's delay
    reset: bool = False


def slice_size(size: int, *, split: int | None, rate: int | None, limit: int | None) -> int:
    """
    Say how much of what is held goes out in one write.

    Args:
        size: Bytes there are, 1 or more.
        split: Longest chunk, in bytes.
        rate: Bytes per second.
        limit: Bytes that may pass before the cut, 1 or more.

    Returns:
        1 byte or more; never more than one of the arguments allows.

    """
    paced = None if rate is None else max(1, int(rate * SLICE))
    return min(bound for bound in (size, split, paced, limit) if bound is not None)


class Pipe:
    """
    What one speaker says, on its way to the other.

    Nothing overtakes. A chunk is recorded where it leaves the pipe, as it leaves it.

    Args:
        speaker: Who speaks into it.
        climate: The weather.
        record: Called with each chunk that was delivered; with no bytes at the end.
        cut: Called before and after each delivery with the speaker and the bytes delivered in
            all; returns how many more may pass before a cut, or None. Where it returns 0, it has
            stopped the pipe.

    Attributes:
        held: Bytes that are in the pipe.
        delivered: Bytes that have left it.
        is_deaf: Whether nobody listens any more: then everything is dropped on arrival.

    """

    def __init__(
        self,
        speaker: Speaker,
        climate: Climate,
        record: Callable[[Speaker, bytes], None],
        cut: Callable[[Speaker, int], int | None],
    ) -> None:
        self.speaker = speaker
        self.held = 0
        self.delivered = 0
        self.is_deaf = False
        self.source: asyncio.Transport | None = None
        self._climate = climate
        self._record = record
        self._cut = cut
        self._queue: deque[_Held] = deque()
        self._changed = asyncio.Event()
        self._is_paused = False
        self._is_stopped = False
        self._free_at = 0.0  # on the loop's clock, when a throttled pipe has room again

    # What the speaker's side calls.

    def feed(self, data: bytes) -> None:
        """Take in what the speaker said."""
        if self.is_deaf or not data:
            return
        climate = self._climate
        is_lost = climate.weather.loss > 0 and climate.chance.random() < climate.weather.loss
        extra = RETRANSMISSION if is_lost else 0.0
        self._queue.append(_Held(_now(), memoryview(data), extra))
        self.held += len(data)
        self._check_level()
        self.wake()

    def end(self, *, reset: bool = False) -> None:
        """Take in that the speaker's stream ended, by a FIN or, with ``reset``, by an RST."""
        if self._is_stopped:
            return
        self._queue.append(_Held(_now(), None, reset=reset))
        self.wake()

    def wake(self) -> None:
        """Have another look: something has changed."""
        self._changed.set()

    def stop(self) -> None:
        """Let go of everything, for good; `run` comes to its end."""
        self._is_stopped = self.is_deaf = True
        self._queue.clear()
        self.held = 0
        self._check_level()
        self.wake()

    def close_ear(self) -> None:
        """Drop what is held and what comes: whom it was for is gone. Ends still pass."""
        self.is_deaf = True
        self._queue = deque(held for held in self._queue if held.data is None)
        self.held = 0
        self._check_level()
        self.wake()

    # What the connection's task runs.

    async def run(self, ear: Ear) -> None:
        """Deliver what comes, until `stop`."""
        self._climate.pipes.add(self)
        try:
            while not self._is_stopped:
                self._changed.clear()
                if self._climate.is_frozen or not self._queue:
                    await self._changed.wait()
                    continue
                first = self._queue[0]
                due = first.time + first.extra + self._climate.weather.delay
                if first.data is None:
                    if await self._waited_until(due):
                        self._queue.popleft()
                        self._record(self.speaker, b"")
                        ear.end(reset=first.reset)
                else:
                    await self._deliver(first, first.data, due, ear)
        finally:
            self._climate.pipes.discard(self)

    async def _deliver(self, first: _Held, data: memoryview, due: float, ear: Ear) -> None:
        """Deliver one slice, unless something changes first."""
        await ear.ready()
        if self._climate.is_frozen or not self._queue or self._queue[0] is not first:
            return  # it changed meanwhile
        limit = self._cut(self.speaker, self.delivered)
        if limit == 0:
            return
        weather = self._climate.weather
        rate = weather.rate(self.speaker)
        size = slice_size(len(data), split=weather.split, rate=rate, limit=limit)
        if rate is not None:
            due = max(due, self._free_at) + size / rate
        if not await self._waited_until(due):
            return
        piece = bytes(data[:size])
        self._queue.popleft()
        if size < len(data):
            self._queue.appendleft(first._replace(data=data[size:]))
        self.held -= size
        self._check_level()
        self._free_at = max(due, _now() - CATCH_UP)
        if ear.write(piece):
            self.delivered += size
            self._record(self.speaker, piece)
            self._cut(self.speaker, self.delivered)
        if weather.split is not None:
            # One turn of the loop to let a listener of this process see it, one to let it read.
            await asyncio.sleep(0)
            await asyncio.sleep(0)

    async def _waited_until(self, due: float) -> bool:
        """Wait for a moment on the loop's clock; return False if something changed before."""
        left = due - _now()
        if left > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._changed.wait()
        return not self._changed.is_set()

    def _check_level(self) -> None:
        share = 2 if self._is_paused else 1
        is_full = self.held >= HIGH_WATER // share or len(self._queue) >= MOST_CHUNKS // share
        if self.source is not None and is_full != self._is_paused:
            self._is_paused = is_full
            if is_full:
                self.source.pause_reading()
            elif not self.source.is_closing():
                self.source.resume_reading()


def _now() -> float:
    return asyncio.get_running_loop().time()
