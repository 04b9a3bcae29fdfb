"""Pipes: what comes out, when and in which pieces, on a clock that leaps over waiting."""

from __future__ import annotations

import asyncio
import random
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hellosockets.frames import Speaker
from hellosockets.wire.pipe import HIGH_WATER, MOST_CHUNKS, Climate, Pipe, slice_size
from hellosockets.wire.weather import RETRANSMISSION, Weather

T = TypeVar("T")


class LeapingSelector(selectors.SelectSelector):
    """Where nothing is to be had, it doesn't wait: it puts the clock forward."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            return super().select(None)
        ready = super().select(0)
        if not ready:
            self.now += timeout
        return ready


class LeapingLoop(asyncio.SelectorEventLoop):
    """A loop whose seconds take no time."""

    def __init__(self) -> None:
        self._leaping = LeapingSelector()
        super().__init__(self._leaping)

    def time(self) -> float:
        return self._leaping.now


def leap(coroutine: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        return runner.run(coroutine)


class Ear:
    """Notes what it is told, and when."""

    def __init__(self, *, is_ready: bool = True, is_gone: bool = False) -> None:
        self.told: list[tuple[float, bytes]] = []
        self.ends: list[tuple[float, bool]] = []
        self.is_gone = is_gone
        self._is_ready = asyncio.Event()
        if is_ready:
            self._is_ready.set()

    def let_go(self) -> None:
        self._is_ready.set()

    async def ready(self) -> None:
        await self._is_ready.wait()

    def write(self, data: bytes) -> bool:
        self.told.append((now(), data))
        return not self.is_gone

    def end(self, *, reset: bool) -> None:
        self.ends.append((now(), reset))

    @property
    def data(self) -> bytes:
        return b"".join(data for _, data in self.told)


class Source:
    """Stands in for the transport that a pipe reads from."""

    def __init__(self) -> None:
        self.log: list[str] = []

    def pause_reading(self) -> None:
        self.log.append("pause")

    def resume_reading(self) -> None:
        self.log.append("resume")

    def is_closing(self) -> bool:
        return False


class Bench:
    """A pipe that ends at an ear."""

    def __init__(self, ear: Ear | None = None, *, cut_at: int | None = None, seed: int = 1) -> None:
        self.climate = Climate(random.Random(seed))
        self.recorded: list[bytes] = []
        self.cut_at = cut_at
        self.pipe = Pipe("client", self.climate, self._record, self._cut)
        self.source = Source()
        self.pipe.source = self.source  # type: ignore[assignment]
        self.ear = ear or Ear()
        self.task = asyncio.create_task(self.pipe.run(self.ear))

    def set(self, *, is_frozen: bool = False, **settings: Any) -> None:
        self.climate.change(Weather(**settings), is_frozen)

    async def end(self) -> None:
        while self.pipe.held:  # noqa: ASYNC110 (these seconds take no time)
            await asyncio.sleep(0.5)
        self.pipe.stop()
        await self.task

    def _record(self, speaker: Speaker, data: bytes) -> None:
        self.recorded.append(data)

    def _cut(self, speaker: Speaker, delivered: int) -> int | None:
        if self.cut_at is None:
            return None
        if delivered == self.cut_at:
            self.pipe.stop()
        return self.cut_at - delivered


def now() -> float:
    return asyncio.get_running_loop().time()


def rounded(told: list[tuple[float, Any]]) -> list[tuple[float, Any]]:
    return [(round(time, 6), what) for time, what in told]


# Slices.

bounds = st.none() | st.integers(1, 10**7)


@given(st.integers(1, 10**6), bounds, bounds, bounds)
def test_a_slice_is_within_all_bounds(
    size: int, split: int | None, rate: int | None, limit: int | None
) -> None:
    sliced = slice_size(size, split=split, rate=rate, limit=limit)
    assert 1 <= sliced <= size
    assert split is None or sliced <= split
    assert limit is None or sliced <= limit
    assert rate is None or sliced == 1 or sliced <= rate * 0.02
    if (split, rate, limit) == (None, None, None):
        assert sliced == size


@given(
    st.lists(st.binary(min_size=1, max_size=50), max_size=20),
    st.none() | st.integers(1, 60),
    st.none() | st.integers(1, 10_000),
    st.sampled_from([0.0, 0.5]),
    st.none() | st.integers(0, 400),
)
def test_what_comes_out_is_what_went_in(
    chunks: list[bytes], split: int | None, rate: int | None, loss: float, cut_at: int | None
) -> None:
    async def scene() -> None:
        bench = Bench(cut_at=cut_at)
        bench.set(split=split, throttle=rate, loss=loss, delay=0.1)
        for chunk in chunks:
            bench.pipe.feed(chunk)
        bench.pipe.end()
        await bench.end()
        whole = b"".join(chunks)
        is_cut = cut_at is not None and cut_at <= len(whole) and chunks
        assert bench.ear.data == (whole[:cut_at] if is_cut else whole)
        assert [data for _, data in bench.ear.told] == [data for data in bench.recorded if data]
        assert bench.pipe.delivered == len(bench.ear.data)
        assert bench.pipe.held == 0
        assert max([len(data) for _, data in bench.ear.told], default=0) <= (split or 10**6)

    leap(scene())


# Time.


def test_delay_shifts_and_does_not_add_up() -> None:
    async def scene() -> None:
        bench = Bench()
        bench.set(delay=5)
        for i in range(3):
            bench.pipe.feed(b"%d" % i)
            await asyncio.sleep(1)
        bench.pipe.end()
        assert bench.pipe.held == 3
        await asyncio.sleep(10)
        assert rounded(bench.ear.told) == [(5, b"0"), (6, b"1"), (7, b"2")]
        assert rounded(bench.ear.ends) == [(8, False)]
        await bench.end()

    leap(scene())


def test_a_changed_delay_holds_for_what_is_on_its_way_and_nothing_overtakes() -> None:
    async def scene() -> None:
        bench = Bench()
        bench.set(delay=100)
        bench.pipe.feed(b"a")
        await asyncio.sleep(1)
        bench.pipe.feed(b"b")
        bench.set(delay=3)
        await asyncio.sleep(10)
        bench.set(delay=0)
        bench.pipe.feed(b"c")
        await bench.end()
        assert rounded(bench.ear.told) == [(3, b"a"), (4, b"b"), (11, b"c")]

    leap(scene())


def test_throttle_is_smooth_and_keeps_its_rate() -> None:
    async def scene() -> None:
        bench = Bench()
        bench.set(throttle=1000)
        await asyncio.sleep(10)  # what wasn't used isn't saved up
        began = now()
        bench.pipe.feed(bytes(4000))
        bench.pipe.feed(bytes(1000))
        await bench.end()
        size = 0
        for time, data in bench.ear.told:
            size += len(data)
            assert len(data) <= 20
            assert time - began == pytest.approx(size / 1000)
        assert size == 5000

    leap(scene())


def test_one_byte_per_second() -> None:
    async def scene() -> None:
        bench = Bench()
        bench.set(throttle=(1, None), delay=0.5)
        bench.pipe.feed(b"abc")
        await bench.end()
        assert rounded(bench.ear.told) == [(1.5, b"a"), (2.5, b"b"), (3.5, b"c")]

    leap(scene())


def test_a_throttle_that_is_lifted_lets_the_rest_pass_at_once() -> None:
    async def scene() -> None:
        bench = Bench()
        bench.set(throttle=1)
        bench.pipe.feed(b"a" * 1000)
        await asyncio.sleep(2.5)
        bench.set()
        await asyncio.sleep(0)
        await bench.end()
        assert rounded(bench.ear.told) == [(1, b"a"), (2, b"a"), (2.5, b"a" * 998)]

    leap(scene())


def test_what_is_lost_takes_a_retransmission_and_holds_up_the_rest() -> None:
    async def scene() -> None:
        bench = Bench(seed=7)
        bench.set(loss=0.5)
        expected = []
        chance, free = random.Random(7), 0.0
        for i in range(50):
            bench.pipe.feed(b"%d" % i)
            is_lost = chance.random() < 0.5
            free = max(free, now() + (RETRANSMISSION if is_lost else 0))
            expected.append((round(free, 6), b"%d" % i))
            await asyncio.sleep(0.05)
        await bench.end()
        assert rounded(bench.ear.told) == expected
        assert len({time for time, _ in expected}) < 50

    leap(scene())


# Freezing.


def test_frozen_holds_everything_and_thawing_delivers_it_in_order() -> None:
    async def scene() -> None:
        bench = Bench()
        bench.set(is_frozen=True)
        for chunk in (b"a", b"bc", b"d"):
            bench.pipe.feed(chunk)
            await asyncio.sleep(100)
        bench.pipe.end()
        await asyncio.sleep(100)
        assert (bench.ear.told, bench.ear.ends, bench.recorded) == ([], [], [])
        assert bench.pipe.held == 4
        bench.set()
        await asyncio.sleep(0)
        await bench.end()
        assert bench.ear.told == [(400, b"a"), (400, b"bc"), (400, b"d")]
        assert bench.ear.ends == [(400, False)]
        assert bench.recorded == [b"a", b"bc", b"d", b""]

    leap(scene())


def test_frozen_halfway_through_a_delay() -> None:
    async def scene() -> None:
        bench = Bench()
        bench.set(delay=5)
        bench.pipe.feed(b"a")
        await asyncio.sleep(3)
        bench.set(delay=5, is_frozen=True)
        await asyncio.sleep(4)
        assert bench.ear.told == []
        bench.set(delay=5)
        await bench.end()
        assert bench.ear.told == [(7, b"a")]

    leap(scene())


def test_no_burst_after_thawing_a_throttled_pipe() -> None:
    async def scene() -> None:
        bench = Bench()
        bench.set(throttle=1000, is_frozen=True)
        bench.pipe.feed(bytes(3000))
        await asyncio.sleep(1000)
        bench.set(throttle=1000)
        await bench.end()
        first = sum(len(data) for time, data in bench.ear.told if time <= 1000.5)
        assert first <= 500 + 120  # 0.1 seconds are caught up, no more
        assert bench.ear.told[-1][0] == pytest.approx(1003, abs=0.15)

    leap(scene())


# Bounds.


@pytest.mark.parametrize(("size", "most"), [(65536, HIGH_WATER), (1, MOST_CHUNKS)])
def test_a_full_pipe_stops_reading_until_half_of_it_is_gone(size: int, most: int) -> None:
    async def scene() -> None:
        bench = Bench(Ear(is_ready=False))
        count = 0
        while not bench.source.log:
            bench.pipe.feed(bytes(size))
            count += 1
            await asyncio.sleep(0)
        assert bench.source.log == ["pause"]
        assert count * size == most == bench.pipe.held
        bench.ear.let_go()
        await bench.end()
        assert bench.source.log == ["pause", "resume"]
        assert len(bench.ear.data) == most

    leap(scene())


def test_a_frozen_full_pipe_that_is_cut_reads_again_and_drops() -> None:
    async def scene() -> None:
        bench = Bench()
        bench.set(is_frozen=True)
        bench.pipe.feed(bytes(HIGH_WATER))
        await asyncio.sleep(1)
        bench.pipe.stop()
        await bench.task
        bench.pipe.feed(b"more")
        bench.pipe.end()
        assert bench.pipe.held == 0
        assert bench.source.log == ["pause", "resume"]
        assert bench.ear.told == []

    leap(scene())


def test_nobody_listens_any_more() -> None:
    async def scene() -> None:
        bench = Bench(Ear(is_ready=False))
        bench.pipe.feed(b"a")
        await asyncio.sleep(1)  # it waits for the ear
        bench.pipe.close_ear()
        bench.ear.let_go()
        bench.pipe.feed(b"b")
        bench.pipe.end(reset=True)
        await asyncio.sleep(1)
        assert bench.ear.told == []
        assert bench.ear.ends == [(1, True)]
        await bench.end()

    leap(scene())


def test_what_the_network_did_not_take_is_not_recorded() -> None:
    async def scene() -> None:
        bench = Bench(Ear(is_gone=True))
        bench.pipe.feed(b"a")
        await bench.end()
        assert bench.recorded == []
        assert bench.pipe.delivered == 0

    leap(scene())


def test_cancelling_leaves_nothing() -> None:
    async def scene() -> None:
        bench = Bench()
        bench.pipe.feed(b"a")
        bench.set(delay=5)
        await asyncio.sleep(1)
        bench.task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await bench.task
        assert not bench.climate.pipes

    leap(scene())
