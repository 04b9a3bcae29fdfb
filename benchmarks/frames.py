"""How fast frames are read, next to `websockets`: ``python -m benchmarks.frames``.

Both read the same bytes in the same run, turn about, and the best of several turns counts. The
library unmasks while it reads; we keep the masked bytes, and unmask when somebody looks.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from websockets.frames import Frame as LibraryFrame
from websockets.streams import StreamReader

from hellosockets.frames import FrameReader, build_frame

TURNS = 7
KEY = bytes.fromhex("37fa213d")  # RFC 6455 §5.7

# What is read: a name, the payload's size in bytes, the number of frames.
STREAMS = [
    ("messages of 40 bytes", 40, 20_000),
    ("messages of 1 KiB", 2**10, 10_000),
    ("messages of 64 KiB", 2**16, 400),
    ("one message of 10 MiB", 10 * 2**20, 1),
]
# How the bytes come: what one read of a socket gives.
CHUNK = 2**16


def ours(chunks: list[bytes]) -> int:
    """Read a client's stream with `FrameReader`; return the number of frames."""
    reader = FrameReader("client")
    return sum(len(reader.receive_data(chunk)) for chunk in chunks)


def library(chunks: list[bytes]) -> int:
    """Read a client's stream with the library's parser; return the number of frames."""
    stream = StreamReader()
    parser = LibraryFrame.parse(stream.read_exact, mask=True)
    count = 0
    for chunk in chunks:
        stream.feed_data(chunk)
        while True:
            try:
                next(parser)
            except StopIteration:
                count += 1
                parser = LibraryFrame.parse(stream.read_exact, mask=True)
            else:
                break  # it needs more bytes
    return count


def seconds(read: Callable[[list[bytes]], int], chunks: list[bytes], frames: int) -> float:
    """Return how long one reading takes."""
    began = time.perf_counter()
    count = read(chunks)
    took = time.perf_counter() - began
    assert count == frames, f"{read.__name__} read {count} of {frames} frames"
    return took


def main() -> None:
    """Measure, and print one line for each stream."""
    print(f"{'reading':<24}{'ours, ms':>10}{'library, ms':>14}{'ratio':>8}")
    for name, size, frames in STREAMS:
        data = build_frame(bytes(size), masking_key=KEY) * frames
        chunks = [data[i : i + CHUNK] for i in range(0, len(data), CHUNK)]
        turns = [
            (seconds(ours, chunks, frames), seconds(library, chunks, frames)) for _ in range(TURNS)
        ]
        our, their = (min(times) for times in zip(*turns, strict=True))
        print(f"{name:<24}{our * 1e3:>10.1f}{their * 1e3:>14.1f}{our / their:>8.2f}")


if __name__ == "__main__":
    main()
