"""Recordings: bounded, append-only, and honest about what they dropped."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from hellosockets.recording import Chunk, Recording


def ticking() -> Callable[[], float]:
    """Return a clock that says 10, 11, 12, ..."""
    return itertools.count(10).__next__


def test_keeps_chunks_in_order_with_times_from_zero() -> None:
    recording = Recording(clock=ticking())
    recording.append("client", b"GET")
    recording.append("server", b"HTTP")
    recording.append("server", b"")
    assert recording.chunks == [
        Chunk(1, "client", b"GET"),
        Chunk(2, "server", b"HTTP"),
        Chunk(3, "server", b""),
    ]
    assert repr(recording) == "Recording(3 chunks, 7 bytes)"


def test_since_gives_what_is_new() -> None:
    recording = Recording(clock=ticking())
    for byte in b"abc":
        recording.append("client", bytes([byte]))
    assert [chunk.data for chunk in recording.since(1)] == [b"b", b"c"]
    assert recording.since(recording.end) == []
    assert [chunk.data for chunk in recording.since(0, 2)] == [b"a", b"b"]
    assert [chunk.data for chunk in recording.since(2, 2)] == [b"c"]
    assert recording.since(1, 0) == []


@pytest.mark.parametrize(
    ("limits", "held"),
    [({"max_chunks": 2}, [b"cc", b"dd"]), ({"max_bytes": 5}, [b"cc", b"dd"])],
)
def test_the_oldest_make_room_and_are_counted(limits: dict[str, int], held: list[bytes]) -> None:
    recording = Recording(**limits, clock=ticking())
    for byte in b"abcd":
        recording.append("client", bytes([byte]) * 2)
    assert [chunk.data for chunk in recording.chunks] == held
    assert (recording.dropped_chunks, recording.dropped_bytes, recording.size) == (2, 4, 4)
    assert [chunk.data for chunk in recording.since(0)] == held
    assert [chunk.data for chunk in recording.since(3)] == [b"dd"]
    assert [chunk.data for chunk in recording.since(0, 1)] == held[:1]
    assert repr(recording) == "Recording(2 chunks, 4 bytes, 4 bytes dropped)"


def test_one_chunk_longer_than_the_limit_is_kept() -> None:
    recording = Recording(max_bytes=3)
    recording.append("client", b"abcdef")
    assert recording.size == 6
    recording.append("client", b"g")
    assert recording.size == 1


def test_stays_bounded_over_many_chunks() -> None:
    recording = Recording(max_chunks=10)
    for _ in range(10_000):
        recording.append("client", b"x")
    assert len(recording) == 10
    assert len(recording._chunks) <= 21
    assert recording.end == 10_000


def test_readers_look_before_anything_is_dropped() -> None:
    recording = Recording(max_chunks=3, max_bytes=10)
    seen: list[tuple[int, list[bytes]]] = []

    def look(number: int) -> None:
        count = number - recording.dropped_chunks
        seen.append((number, [chunk.data for chunk in recording.since(0, count)]))

    recording.before_drop.append(look)
    for data in (b"a", b"bb", b"c", b"d", b"efghijklm"):
        recording.append("client", data)
    assert seen == [(1, [b"a"]), (3, [b"bb", b"c"])]
    assert [chunk.data for chunk in recording.chunks] == [b"d", b"efghijklm"]


def test_nobody_is_asked_where_nothing_can_be_dropped() -> None:
    recording = Recording(max_bytes=1)
    seen: list[int] = []
    recording.before_drop.append(seen.append)
    recording.append("client", b"too long")
    assert seen == []


def test_knows_how_long_it_has_lasted() -> None:
    assert Recording(clock=ticking()).now == 1


def test_listeners_hear_of_each_chunk() -> None:
    recording = Recording()
    heard: list[int] = []
    recording.listeners.append(lambda: heard.append(recording.end))
    recording.append("client", b"a")
    recording.append("server", b"b")
    assert heard == [1, 2]


@pytest.mark.parametrize("limits", [{"max_bytes": 0}, {"max_chunks": 0}])
def test_refuses_limits_that_hold_nothing(limits: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least 1 byte and 1 chunk"):
        Recording(**limits)
