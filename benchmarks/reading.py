"""What reading a recorded connection costs: ``python -m benchmarks.reading``.

A `Conversation` reads chunks into frames, judges each by its place and completes messages. Beside
it, the parser of `websockets` reads the same bytes in the same run, turn about, and the best of
several turns counts. Then the conversation reads ten times as many frames: as all are held, that
takes ten times as long, and no more.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from hellosockets.conversation import Conversation
from hellosockets.frames import build_frame
from hellosockets.recording import Recording

from .frames import KEY, library
from .growth import ANSWER, OPENING

TURNS = 5
FACTOR = 10
# Phoenix's first message: what most frames are like.
JOIN = build_frame('["1","1","topic:subtopic","phx_join",{}]', masking_key=KEY)
LONG = build_frame("x" * 2**10, masking_key=KEY)
PART = build_frame("x" * 40, fin=False, masking_key=KEY)
LAST = build_frame("x" * 40, 0, masking_key=KEY)

# What is read: a name, the frames that repeat, how often they do, frames in a chunk.
STREAMS = [
    ("40 bytes, a frame a chunk", [JOIN], 5_000, 1),
    ("40 bytes, 100 frames a chunk", [JOIN], 5_000, 100),
    ("1 KiB, a frame a chunk", [LONG], 5_000, 1),
    ("messages of two fragments", [PART, LAST], 2_500, 1),
]


def recorded(chunks: list[bytes]) -> Conversation:
    """Return a conversation that has its opening behind it, and these chunks still to read."""
    size = sum(map(len, chunks)) + len(OPENING) + len(ANSWER)
    recording = Recording(max_bytes=size, max_chunks=len(chunks) + 2)
    conversation = Conversation(recording, max_events=2**20, max_bytes=size)
    recording.append("client", OPENING)
    recording.append("server", ANSWER)
    conversation.read()
    for chunk in chunks:
        recording.append("client", chunk)
    return conversation


def chunks_of(frames: list[bytes], times: int, in_a_chunk: int) -> list[bytes]:
    """Return a client's stream, cut between frames."""
    stream = frames * times
    return [b"".join(stream[i : i + in_a_chunk]) for i in range(0, len(stream), in_a_chunk)]


def seconds(work: Callable[[], Any]) -> float:
    """Return how long something takes, in seconds of this process alone."""
    gc.collect()
    began = time.process_time()
    work()
    return time.process_time() - began


def main() -> None:
    """Measure, and print one line for each stream."""
    print(
        f"{'reading':<32}{'ours, µs a frame':>18}{'library':>10}{'ratio':>8}"
        f"{f'{FACTOR} times the frames':>22}"
    )
    for name, frames, times, in_a_chunk in STREAMS:
        count = len(frames) * times
        few = chunks_of(frames, times, in_a_chunk)
        many = chunks_of(frames, FACTOR * times, in_a_chunk)
        turns = [
            (
                seconds(recorded(few).read),
                seconds(partial(library, few)),
                seconds(recorded(many).read),
            )
            for _ in range(TURNS)
        ]
        ours, theirs, more = (min(times) for times in zip(*turns, strict=True))
        print(
            f"{name:<32}{ours / count * 1e6:>18.1f}{theirs / count * 1e6:>10.1f}"
            f"{ours / theirs:>8.2f}{more / ours:>22.1f}"
        )


if __name__ == "__main__":
    main()
