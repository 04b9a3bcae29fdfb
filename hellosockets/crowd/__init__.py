"""Crowds: many idle connections to one server, and what each of them costs it in memory.

The server is a plain one of `websockets`, alone in a process of its own, so that the connections
are measured and nothing else. Its memory is the resident set, as the operating system counts it.
"""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect

from .. import picture

__all__ = ["SETTINGS", "Memory", "measure_memory", "resident_memory"]

# For each setting: bits of the window and zlib's memory level, or None for no compression.
Setting = tuple[int, int] | None
SETTINGS: dict[str, Setting] = {
    "no compression": None,
    "small window": (9, 1),
    "large window": (15, 8),
}

# One message a connection, so that what is set aside has been used once.
MESSAGE = "All the news that's fit to print. " * 40
AT_ONCE = 50  # connections that open at the same time

# The picture's measures, in px, and its colour.
BAR, WIDTH, LEFT = 18, 420, 150
TEXT = "var(--hs-text, currentColor)"


@dataclass(frozen=True, slots=True, repr=False)
class Memory:
    """
    What an idle connection costs, setting by setting.

    Attributes:
        connections: How many there were of each.
        per_connection: Bytes for each, by setting.

    """

    connections: int
    per_connection: Mapping[str, int]

    def __getitem__(self, setting: str) -> int:
        return self.per_connection[setting]

    def __repr__(self) -> str:
        sizes = ", ".join(
            f"{name} {size / 1024:.0f} KiB" for name, size in self.per_connection.items()
        )
        return f"Memory(for each of {self.connections} connections: {sizes})"

    def _repr_html_(self) -> str:
        most = max(self.per_connection.values(), default=1) or 1
        rows = "".join(
            f'<text x="0" y="{i * 28 + 19}" fill="{TEXT}">{escape(name)}</text>'
            f'<rect x="{LEFT}" y="{i * 28 + 5}" height="{BAR}" '
            f'width="{max(1.0, WIDTH * size / most):.0f}" fill="var(--hs-client, #0072B2)"/>'
            f'<text x="{LEFT + WIDTH * size / most + 8:.0f}" y="{i * 28 + 19}" '
            f'fill="{TEXT}">{_kib(size)}</text>'
            for i, (name, size) in enumerate(self.per_connection.items())
        )
        height = 28 * len(self.per_connection) + 6
        return picture.document(
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(repr(self))}" '
            f'viewBox="0 0 680 {height}" width="680" height="{height}" '
            f'style="max-width:100%;height:auto;font:13px system-ui,sans-serif">{rows}</svg>'
        )


async def measure_memory(
    connections: int = 100,
    settings: Mapping[str, Setting] = SETTINGS,
    *,
    timeout: float = 60.0,  # noqa: ASYNC109
) -> Memory:
    """
    Open idle connections to a server in a process of its own, and see by how much it grows.

    Args:
        connections: How many for each setting.
        settings: For each name the window's bits and zlib's memory level, or None for no
            compression. Window and level are the server's, in both directions.
        timeout: Most time for all of it, in seconds.

    Raises:
        ValueError: If ``connections`` isn't from 1 to 10,000.
        RuntimeError: If this system doesn't say how much memory a process has.

    """
    if not 1 <= connections <= 10_000:
        raise ValueError(f"connections are from 1 to 10,000, got {connections:,}")
    found: dict[str, int] = {}
    async with asyncio.timeout(timeout):
        for name, setting in settings.items():
            found[name] = await _measure(connections, setting)
    return Memory(connections, found)


def resident_memory(process: int) -> int:
    """
    Return how many bytes of memory a process has in use.

    Args:
        process: Its number.

    Raises:
        RuntimeError: If this system doesn't say.

    """
    statm = Path(f"/proc/{process}/statm")
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(statm.read_text(encoding="ascii").split()[1]) * _page_size()
    with contextlib.suppress(OSError, ValueError):
        command = ["ps", "-o", "rss=", "-p", str(process)]
        said = subprocess.run(command, capture_output=True, check=False, text=True, timeout=10)
        return int(said.stdout) * 1024
    raise RuntimeError("this system doesn't say how much memory a process has: try Linux or macOS")


def _kib(size: int) -> str:
    return f"{size / 1024:.0f} KiB"


def _page_size() -> int:
    import resource  # not on Windows

    return resource.getpagesize()


async def _measure(connections: int, setting: Setting) -> int:
    arguments = [] if setting is None else [str(each) for each in setting]
    script = Path(__file__).with_name("idle_server.py")
    command = [sys.executable, str(script), *arguments]
    child = await asyncio.create_subprocess_exec(
        *command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout is not None  # for mypy
    clients: list[ClientConnection] = []
    try:
        port = int(await child.stdout.readline())
        clients += await _open(5, port, setting)  # what is set up once, for all
        before = resident_memory(child.pid)
        while len(clients) < connections + 5:
            clients += await _open(min(AT_ONCE, connections + 5 - len(clients)), port, setting)
        grown = resident_memory(child.pid) - before
    finally:
        child.kill()
        await child.wait()
        await asyncio.gather(*(client.close() for client in clients), return_exceptions=True)
    return max(0, grown) // connections


async def _open(count: int, port: int, setting: Setting) -> list[ClientConnection]:
    compression = None if setting is None else "deflate"

    async def one() -> ClientConnection:
        # The client is there to be there: it has no pings, and a queue of one.
        client = await connect(
            f"ws://127.0.0.1:{port}/",
            compression=compression,
            ping_interval=None,
            close_timeout=1,
            max_queue=1,
            proxy=None,
        )
        await client.send(MESSAGE)
        await client.recv()
        return client

    return list(await asyncio.gather(*(one() for _ in range(count))))
