"""Recordings: who said which bytes when. Bounded, append-only, cheap; nothing is parsed here."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

from .frames import Speaker

__all__ = ["Chunk", "Recording"]


class Chunk(NamedTuple):
    """
    What one read or one write of a TCP stream carried.

    Attributes:
        time: Seconds since the recording began.
        speaker: Who sent it, ``"client"`` or ``"server"``.
        data: The bytes, cut as TCP handed them over; empty where that speaker's stream ended.

    """

    time: float
    speaker: Speaker
    data: bytes


_GONE = Chunk(0.0, "client", b"")  # stands in for a dropped chunk until the gap is closed


class Recording:
    """
    The chunks of one connection, both directions, in the order in which they were seen.

    When it is full, the oldest chunks make room; ``dropped_bytes`` and ``dropped_chunks`` count
    them. Before that, whoever reads the recording is given the chance to (``before_drop``).

    Args:
        max_bytes: Most bytes held; the newest chunk is kept even if it alone is longer.
        max_chunks: Most chunks held.
        clock: Function that returns seconds; only differences count.

    Attributes:
        began: What the clock said when the recording began, in seconds.
        dropped_bytes: Bytes that were recorded and made room.
        dropped_chunks: Chunks that were recorded and made room; also the number of the oldest
            chunk that is held, as chunks are numbered from 0.
        size: Bytes held.
        listeners: Functions called after each append; they must be quick and must not raise.
        before_drop: Functions called before chunks are dropped, with the number of the oldest one
            that stays, so that readers read those before it first.

    """

    def __init__(
        self,
        *,
        max_bytes: int = 4 * 2**20,
        max_chunks: int = 20_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if max_bytes < 1 or max_chunks < 1:
            raise ValueError(
                f"a recording holds at least 1 byte and 1 chunk, got {max_bytes=}, {max_chunks=}"
            )
        self.max_bytes = max_bytes
        self.max_chunks = max_chunks
        self.dropped_bytes = 0
        self.dropped_chunks = 0
        self.size = 0
        self.listeners: list[Callable[[], None]] = []
        self.before_drop: list[Callable[[int], object]] = []
        self._clock = clock
        self.began = clock()
        # Chunks in a list with a moving start: constant time at both ends, and random access.
        self._chunks: list[Chunk] = []
        self._start = 0

    def append(self, speaker: Speaker, data: bytes) -> None:
        """
        Record what ``speaker`` sent; empty ``data`` says that this stream ended.

        Args:
            speaker: ``"client"`` or ``"server"``.
            data: Bytes as they were read or written.

        """
        self._chunks.append(Chunk(self._clock() - self.began, speaker, data))
        self.size += len(data)
        if self.size > self.max_bytes or len(self) > self.max_chunks:
            self._make_room()
        for listener in self.listeners:
            listener()

    def since(self, number: int, most: int | None = None) -> list[Chunk]:
        """
        Return the chunks from ``number`` on, oldest first.

        Args:
            number: Number of a chunk, counted from the recording's first, which is 0.
            most: Most chunks to return; by default all.

        """
        start = self._start + max(0, number - self.dropped_chunks)
        return self._chunks[start : None if most is None else start + most]

    @property
    def now(self) -> float:
        """How long ago the recording began, in seconds."""
        return self._clock() - self.began

    @property
    def chunks(self) -> list[Chunk]:
        """All chunks that are held, oldest first."""
        return self._chunks[self._start :]

    @property
    def end(self) -> int:
        """The number that the next chunk will have."""
        return self.dropped_chunks + len(self)

    def __len__(self) -> int:
        return len(self._chunks) - self._start

    def __repr__(self) -> str:
        dropped = f", {self.dropped_bytes:,} bytes dropped" if self.dropped_chunks else ""
        return f"Recording({len(self):,} chunks, {self.size:,} bytes{dropped})"

    def _make_room(self) -> None:
        start, size = self._start, self.size
        newest = len(self._chunks) - 1
        while start < newest and (size > self.max_bytes or newest - start >= self.max_chunks):
            size -= len(self._chunks[start].data)
            start += 1
        count = start - self._start
        if not count:
            return
        for reader in self.before_drop:
            reader(self.dropped_chunks + count)
        self._chunks[self._start : start] = [_GONE] * count
        self.dropped_chunks += count
        self.dropped_bytes += self.size - size
        self._start, self.size = start, size
        if self._start > len(self):  # more gone than held: close the gap
            del self._chunks[: self._start]
            self._start = 0
