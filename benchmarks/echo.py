"""What recording costs an echo, next to plain `websockets`: ``python -m benchmarks.echo``.

Each server runs in a process of its own, and this one is the load: raw sockets that write frames
made beforehand, in batches, and count the bytes that come back, so that the server is what is
measured. Both servers are asked in turn, several times; the ratio is that of the medians.
"""

from __future__ import annotations

import asyncio
import contextlib
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

import hellosockets as hs

KINDS = ("plain", "recorded")
TARGET = 0.95
TURNS = 7
SECONDS = 0.5
BATCH = 2**16  # bytes that one connection has on its way
KEY = bytes.fromhex("37fa213d")  # RFC 6455 §5.7
CASES = [(size, count) for size in (16, 2**10, 2**16) for count in (1, 50)]


async def run_server(kind: str) -> None:
    """Serve an echo without compression, say on which port, and go on until standard input ends."""
    if kind == "recorded":
        recorded = await hs.serve(port=0, timeout=None, announce=None)
        port = recorded.port
    else:
        plain = await serve(echo, "127.0.0.1", 0, compression=None, ping_interval=None)
        port = next(iter(plain.sockets)).getsockname()[1]
    print(port, flush=True)
    await asyncio.to_thread(sys.stdin.read)


async def echo(connection: ServerConnection) -> None:
    """Send back what comes."""
    with contextlib.suppress(ConnectionClosed):
        async for message in connection:
            await connection.send(message)


@contextlib.contextmanager
def server(kind: str) -> Iterator[int]:
    """Run a server in a process of its own, and give its port."""
    command = [sys.executable, "-m", "benchmarks.echo", kind]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait(timeout=30)


async def messages_a_second(port: int, size: int, connections: int) -> float:
    """Return how many echoes came back in a second, over all connections."""
    sent = hs.build_frame(bytes(size), masking_key=KEY)
    echoed = len(hs.build_frame(bytes(size)))
    count = max(1, BATCH // len(sent))
    ends = time.perf_counter() + SECONDS
    turns = 0

    async def talk() -> None:
        nonlocal turns
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
        writer.write(hs.build_request("/echo", host="localhost", key="dGhlIHNhbXBsZSBub25jZQ=="))
        await reader.readuntil(b"\r\n\r\n")
        while time.perf_counter() < ends:
            writer.write(sent * count)
            await reader.readexactly(echoed * count)
            turns += 1
        writer.transport.abort()

    began = time.perf_counter()
    await asyncio.gather(*(talk() for _ in range(connections)))
    return turns * count / (time.perf_counter() - began)


async def main() -> None:
    """Print a row for each size and number of connections."""
    print(f"{'payload':>9} {'connections':>11} {'plain':>10} {'recorded':>10} {'ratio':>6}  target")
    with server("plain") as plain, server("recorded") as recorded:
        for size, connections in CASES:
            found: dict[int, list[float]] = {plain: [], recorded: []}
            for _ in range(TURNS):
                for port, speeds in found.items():
                    speeds.append(await messages_a_second(port, size, connections))
            before, after = (statistics.median(speeds) for speeds in found.values())
            print(
                f"{size:>7} B {connections:>11} {before:>8,.0f}/s {after:>8,.0f}/s "
                f"{after / before:>6.2f}  {TARGET}"
            )


if __name__ == "__main__":
    asyncio.run(run_server(sys.argv[1]) if sys.argv[1:] else main())
