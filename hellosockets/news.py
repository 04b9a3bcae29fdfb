"""News: one small server that tells the same news by four transports, and clients that count bytes.

Polling, long polling, Server-Sent Events and WebSocket, over real sockets on loopback. Time is a
number of ticks: a poller asks once in each, and nobody waits for a clock.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection

from .costs import (
    Cost,
    Costs,
    answer_head,
    event,
    request_head,
    switching_protocols,
)
from .frames import FrameReader, build_frame

__all__ = ["NewsServer", "measure_transports"]

LONGEST_HEAD = 64 * 2**10  # bytes


class NewsServer:
    """
    A server of news on loopback: ``/poll``, ``/wait``, ``/events`` and ``/socket``.

    Attributes:
        port: Where it listens.

    """

    def __init__(self) -> None:
        self.port = 0
        self._unread: str | None = None  # what the poller hasn't got yet
        self._tellers: list[asyncio.Queue[str]] = []
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> NewsServer:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=LONGEST_HEAD)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None  # for mypy
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def listening(self) -> int:
        """How many clients wait to be told."""
        return len(self._tellers)

    def publish(self, body: str) -> None:
        """Tell a piece of news to everybody who waits, and keep it for the poller."""
        self._unread = body
        for queue in self._tellers:
            queue.put_nowait(body)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # for mypy
        self._tasks.add(task)
        try:
            with contextlib.suppress(
                ConnectionError,
                asyncio.CancelledError,  # the server is closing
                asyncio.IncompleteReadError,
                asyncio.LimitOverrunError,
            ):
                while await self._answer(reader, writer):
                    pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; return whether another one may follow."""
        head = await reader.readuntil(b"\r\n\r\n")
        match head.split(b" ", 2)[1]:
            case b"/poll":
                body, self._unread = (self._unread or "").encode(), None
                writer.write(answer_head(len(body)) + body)
                return True
            case b"/wait":
                async with self._telling() as queue:
                    text = (await queue.get()).encode()
                writer.write(answer_head(len(text)) + text)
                return True
            case b"/events":
                writer.write(answer_head(None))
                async with self._telling() as queue:
                    while True:
                        writer.write(event(await queue.get()))
            case b"/socket":
                writer.write(switching_protocols())
                async with self._telling() as queue:
                    while True:
                        writer.write(build_frame(await queue.get()))
        writer.write(answer_head(0, "404 Not Found"))
        return True

    @contextlib.asynccontextmanager
    async def _telling(self):  # type: ignore[no-untyped-def]
        queue: asyncio.Queue[str] = asyncio.Queue()
        self._tellers.append(queue)
        try:
            yield queue
        finally:
            self._tellers.remove(queue)


class _Line:
    """One client's TCP connection, and what crossed it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.up = self.down = 0

    @classmethod
    async def open(cls, port: int) -> _Line:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    def send(self, data: bytes) -> None:
        self.up += len(data)
        self._writer.write(data)

    async def head(self) -> bytes:
        data = await self._reader.readuntil(b"\r\n\r\n")
        self.down += len(data)
        return data

    async def body(self, head: bytes) -> str:
        size = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        return (await self.exactly(size)).decode()

    async def exactly(self, size: int) -> bytes:
        data = await self._reader.readexactly(size)
        self.down += size
        return data

    async def event(self) -> str:
        data = await self._reader.readuntil(b"\n\n")
        self.down += len(data)
        return data.decode().removeprefix("data: ").strip()

    async def frame(self) -> str:
        frames = FrameReader("server")
        while not (found := frames.receive_data(await self.exactly(1))):
            pass
        return found[0].unmasked.decode()

    def close(self) -> Cost:
        self._writer.close()
        return Cost(self.up, self.down)


async def measure_transports(
    ticks: int = 12, news_at: Collection[int] = (4, 9), body: str = "goal: 1:0"
) -> Costs:
    """
    Bring the same news to four clients by four transports, and count every byte.

    Args:
        ticks: How often the poller asks.
        news_at: The ticks, from 0, right before which a piece of news comes.
        body: One piece of news; ASCII.

    Returns:
        What each transport cost its client.

    Raises:
        ValueError: If news come outside the ticks.
        RuntimeError: If a client got something else than was told.

    """
    if not all(0 <= tick < ticks for tick in news_at):
        raise ValueError(f"news come at ticks from 0 to {ticks - 1}, got {sorted(news_at)}")
    async with asyncio.timeout(30), NewsServer() as server:
        poll, wait, events, socket = [await _Line.open(server.port) for _ in range(4)]
        wait.send(request_head("/wait"))
        events.send(request_head("/events", accept="text/event-stream"))
        await events.head()
        socket.send(request_head("/socket", upgrade=True))
        await socket.head()
        heard: list[str] = []
        while server.listening < 3:  # noqa: ASYNC110
            await asyncio.sleep(0)
        for tick in range(ticks):
            if tick in news_at:
                server.publish(body)
                heard += [await wait.body(await wait.head()), await events.event()]
                heard.append(await socket.frame())
                wait.send(request_head("/wait"))
                while server.listening < 3:  # noqa: ASYNC110
                    await asyncio.sleep(0)
            poll.send(request_head("/poll"))
            if said := await poll.body(await poll.head()):
                heard.append(said)
        found = [line.close() for line in (poll, wait, events, socket)]
    if heard != [body] * (4 * len(news_at)):
        raise RuntimeError(f"the clients heard {len(heard)} pieces of news, not all of them right")
    polling = Cost(found[0].up, found[0].down, 0.5)
    names = ("polling", "long polling", "Server-Sent Events", "WebSocket")
    return Costs(dict(zip(names, [polling, *found[1:]], strict=True)), len(news_at), ticks)
