"""How the cost of reading grows with the bytes: ``python -m benchmarks.growth``.

Each reader gets a stream and one four times as long, in the same run, turn about; the best of
several turns counts. Reading that is linear in the bytes takes four times as long, whatever the
size of the chunks; reading that looks at everything again for each chunk takes sixteen times.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from hellosockets.conversation import Conversation
from hellosockets.frames import FrameReader, build_frame
from hellosockets.handshake import HandshakeReader, build_request
from hellosockets.recording import Recording

TURNS = 5
FACTOR = 4
KEY = bytes.fromhex("37fa213d")  # RFC 6455 §5.7
OPENING = build_request("/echo", host="localhost", key="dGhlIHNhbXBsZSBub25jZQ==")
ANSWER = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)


def frames(data: bytes, chunk: int) -> None:
    """Cut a client's stream into frames."""
    reader = FrameReader("client")
    for i in range(0, len(data), chunk):
        reader.receive_data(data[i : i + chunk])


def handshake(data: bytes, chunk: int) -> None:
    """Wait for the end of a long head."""
    reader = HandshakeReader("client", max_size=2 * len(data))
    for i in range(0, len(data), chunk):
        reader.receive_data(data[i : i + chunk])


def conversation(data: bytes, chunk: int) -> None:
    """Record a connection, and read it whenever the recording is full."""
    recording = Recording()
    reader = Conversation(recording)
    recording.append("client", OPENING)
    recording.append("server", ANSWER)
    for i in range(0, len(data), chunk):
        recording.append("client", data[i : i + chunk])
    reader.read()


def many_headers(size: int) -> bytes:
    """Return about so many bytes of a head that doesn't end."""
    return b"GET / HTTP/1.1\r\n" + b"X-Header: value\r\n" * (size // 17)


def one_frame(size: int) -> bytes:
    """Return one frame of so many bytes."""
    return build_frame(bytes(size), masking_key=KEY)


def many_frames(size: int) -> bytes:
    """Return so many bytes of small frames."""
    return build_frame(bytes(10), masking_key=KEY) * (size // 16)


# What is measured: a name, the reader, the maker of its stream, bytes, bytes in a chunk.
CASES: list[tuple[str, Callable[[bytes, int], None], Callable[[int], bytes], int, int]] = [
    ("one frame, 1-byte chunks", frames, one_frame, 2**18, 1),
    ("one frame, 64 KiB chunks", frames, one_frame, 2**20, 2**16),
    ("small frames, 1-byte chunks", frames, many_frames, 2**17, 1),
    ("small frames, one chunk", frames, many_frames, 2**20, 2**30),
    ("a head, 1-byte chunks", handshake, many_headers, 2**15, 1),
    ("a conversation, 1-byte chunks", conversation, many_frames, 2**17, 1),
    ("a conversation, 64 KiB chunks", conversation, many_frames, 2**20, 2**16),
]


def seconds(read: Callable[[bytes, int], None], data: bytes, chunk: int) -> float:
    """Return how long one reading takes."""
    began = time.perf_counter()
    read(data, chunk)
    return time.perf_counter() - began


def main() -> None:
    """Measure, and print one line for each case."""
    print(f"{'reading':<48}{'ms':>8}{f'{FACTOR} times the bytes, ms':>26}{'ratio':>8}")
    for name, read, make, size, chunk in CASES:
        short, long = make(size), make(FACTOR * size)
        turns = [(seconds(read, short, chunk), seconds(read, long, chunk)) for _ in range(TURNS)]
        once, more = (min(times) for times in zip(*turns, strict=True))
        print(f"{name:<48}{once * 1e3:>8.1f}{more * 1e3:>26.1f}{more / once:>8.2f}")


if __name__ == "__main__":
    main()
