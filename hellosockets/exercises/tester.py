"""The tester: a hostile client for a server that somebody has written.

It serves the function on loopback, in a thread with a loop of its own, and talks to it. It says
what it sent, what it expected, what came, and the first byte that differs. Every wait has an end,
and whatever the function does ends as a sentence.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..frames import Frame, FrameReader
from .grading import (
    BYTES_SHOWN,
    Call,
    DeadlineError,
    NotAttemptedError,
    call_async,
    kind,
    raised,
    watched,
)

__all__ = ["FailedError", "Talk", "Tester", "grade_server"]

PATIENCE = 0.5  # seconds for an answer
AFTERMATH = 0.002  # seconds for what the function does after its last byte
SECONDS = 4.0  # for all talks together
MORE_SECONDS = 0.03  # for each of them
MOST_READ = 2**20  # bytes
LONGEST_HEAD = 2**14  # bytes

Talk = Callable[["Tester"], Awaitable[None]]
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[object]]


class FailedError(Exception):
    """The server under test did something else than was expected; its text says what."""


@dataclass(slots=True)
class Visit:
    """
    What the server's function did with one connection.

    Attributes:
        ended: What its call came to; empty while it runs.
        left_open: Whether it returned and had not closed its writer.
        cut_short: What it raised because the stream ended in the middle, or None.

    """

    ended: list[Call] = field(default_factory=list)
    left_open: bool = False
    cut_short: asyncio.IncompleteReadError | None = None


class Tester:
    """
    One connection to the server under test.

    Args:
        reader: What comes from the server.
        writer: What goes to it.
        visit: What its function does with this connection, where that can be known.

    Attributes:
        received: How many bytes came so far.

    """

    __test__ = False  # no test, whatever pytest thinks of its name

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        visit: Visit | None = None,
    ) -> None:
        self.received = 0
        self._visit = visit or Visit()
        self._reader = reader
        self._writer = writer
        self._sent = ""
        self._early = b""
        self._was_reset = False

    def send(self, data: bytes, what: str = "") -> None:
        """Send bytes; ``what`` they are in words, or their hexadecimal by default."""
        self._sent = what or in_hex(data)
        self._writer.write(data)

    async def send_slowly(self, data: bytes, what: str, advice: str) -> None:
        """Send bytes one by one, each in a chunk of its own; nothing may come before the last."""
        self._sent = what
        for i in range(len(data)):
            self._writer.write(data[i : i + 1])
            await asyncio.sleep(0)
            self._early = await self._read(1, 0.0005)
            over = self._was_reset or self._reader.at_eof()
            if i < len(data) - 1 and (self._early or over):
                did = "answered" if self._early else "ended the connection"
                raise FailedError(
                    f"sent {what}; your function {did} before the last byte was sent: {advice}."
                )

    async def expect(self, expected: bytes, what: str = "") -> None:
        """Read as many bytes as are expected, and compare them."""
        got = await self._read(len(expected))
        if got == expected:
            return
        wanted = f"{what}, {in_hex(expected)}" if what else in_hex(expected)
        if len(got) < len(expected) and expected.startswith(got):
            came = f"came {in_hex(got)}; then " if got else ""
            raise FailedError(f"sent {self._sent}; expected {wanted}; {came}{self._silence}")
        pairs = enumerate(zip(got, expected, strict=False))
        i = next(i for i, (a, b) in pairs if a != b)
        raise FailedError(
            f"sent {self._sent}; expected {wanted}; came {in_hex(got)}. Byte {i} is the first that "
            f"differs: {got[i]:02x}, expected {expected[i]:02x}."
        )

    async def expect_head(self, status: int, *others: int) -> bytes:
        """Read the head of an answer, and compare its status; ``others`` are as good."""
        data = b""
        while b"\r\n\r\n" not in data and len(data) < LONGEST_HEAD:
            if not (more := await self._read(1)):
                break
            data += more
        line = data.split(b"\r\n")[0].decode("latin-1")
        if not data:
            raise FailedError(f"sent {self._sent}; expected an answer in HTTP; {self._silence}")
        if not line.startswith(tuple(f"HTTP/1.1 {each}" for each in (status, *others))):
            raise FailedError(
                f"sent {self._sent}; expected `HTTP/1.1 {status} ...`; came `{line[:60]}`."
            )
        if not data.endswith(b"\r\n\r\n"):
            raise FailedError(
                f"sent {self._sent}; the answer `{line[:60]}` has no empty line at its end: "
                "`\\r\\n\\r\\n`."
            )
        return data

    async def expect_close(self, code: int) -> None:
        """Read frames up to a close frame, and compare its code."""
        frame = await self._frame()
        if frame is None:
            raise FailedError(
                f"sent {self._sent}; expected a close frame with {code}; {self._silence}"
            )
        if frame.opcode != 8 or frame.close_code != code:
            raise FailedError(
                f"sent {self._sent}; expected a close frame with {code}; came "
                f"{in_hex(frame.raw)}, a {frame.opcode_name} frame"
                + (f" with {frame.close_code}." if frame.opcode == 8 else ".")
            )

    async def expect_end(self, *, body: bool = False) -> None:
        """Wait until the server ends the connection; only a ``body`` of HTTP may come before."""
        got = await self._read(MOST_READ if body else 1)
        if got and not body:
            raise FailedError(f"sent {self._sent}; expected the end; came {in_hex(got)} ...")
        if self._was_reset:
            raise FailedError(f"sent {self._sent}; expected the end; {self._silence}")
        if self._visit.left_open or not self._reader.at_eof():
            raise FailedError(
                f"sent {self._sent}; expected the end of the connection; it is still open: "
                "`writer.close()`."
            )

    def leave(self) -> None:
        """End the client's stream, as somebody does who goes away."""
        self._writer.write_eof()

    async def _frame(self) -> Frame | None:
        frames = FrameReader("server")
        for _ in range(MOST_READ):
            data = await self._read(1)
            if not data:
                return None
            if found := frames.receive_data(data):
                return found[0]
        return None

    @property
    def _silence(self) -> str:
        """What came in place of more bytes, as the end of a sentence."""
        crashed = any(each.error for each in self._visit.ended)  # then that is said, too
        if self._was_reset:
            why = (
                ": it was closed before your function had read all that was sent. "
                "Is there an `await` before each `read...`?"
            )
            return "the connection was reset" + ("." if crashed else why)
        if not self._reader.at_eof():
            return "nothing came."
        ended = bool(self._visit.ended) and not crashed
        return "the connection ended" + ", and so had your function" * ended + "."

    async def _read(self, size: int, seconds: float | None = None) -> bytes:
        data, self._early = self._early, b""
        try:
            async with asyncio.timeout(PATIENCE if seconds is None else seconds):
                while len(data) < size and (more := await self._reader.read(size - len(data))):
                    data += more
        except TimeoutError:
            pass
        except ConnectionError:
            self._was_reset = True
        self.received += len(data)
        return data


def grade_server(
    name: str, answer: object, talks: Sequence[tuple[str, Talk]], *, calm: bool = False
) -> str | None:
    """
    Let a server be talked to.

    Args:
        name: The function's name.
        answer: The function.
        talks: What is said, each with a few words on what it tries.
        calm: Whether the function has to catch the `asyncio.IncompleteReadError` of a stream
            that ends.

    Returns:
        None if it passed, otherwise one sentence.

    Raises:
        NotAttemptedError: If it does nothing at all.

    """
    if not callable(answer):
        return (
            f"`{name}` is {kind(answer)}, not a function: "
            f"run the cell that starts with `async def {name}`."
        )
    if inspect.isasyncgenfunction(answer):
        return f"`{name}` is a generator: take `yield` out, and send with `writer.write(...)`."
    if not inspect.iscoroutinefunction(answer):
        return f"`{name}` is a plain function: write `async def {name}(reader, writer):`."
    seconds = SECONDS + MORE_SECONDS * len(talks)
    made = call_async(_converse, (answer, talks, calm), seconds)
    if isinstance(made.error, DeadlineError):
        return (
            f"`{name}` holds up its loop: is there a loop without an `await` in it, such as "
            "`while True`?"
        )
    if made.error is not None:
        raise made.error
    if made.value is NotAttemptedError:
        raise NotAttemptedError
    return made.value  # type: ignore[return-value]


async def _converse(answer: Handler, talks: Sequence[tuple[str, Talk]], calm: bool) -> object:
    for number, (title, talk) in enumerate(talks, 1):
        what = f"Talk {number} of {len(talks)}, {title}"
        visit = Visit()
        running: set[asyncio.Task[Any]] = set()

        async def serve(
            reader: asyncio.StreamReader,
            writer: asyncio.StreamWriter,
            visit: Visit = visit,
            running: set[asyncio.Task[Any]] = running,
        ) -> None:
            task = asyncio.current_task()
            assert task is not None  # for mypy
            running.add(task)
            try:
                visit.ended.append(Call(value=await watched(answer(reader, writer))))
                visit.left_open = not writer.is_closing()
            except asyncio.IncompleteReadError as cut:
                visit.cut_short = cut
                visit.ended.append(Call())
            except (asyncio.CancelledError, ConnectionError):
                visit.ended.append(Call())  # the client has gone, and so has the test
            except BaseException as error:
                visit.ended.append(Call(error=error))
            finally:
                with contextlib.suppress(Exception):
                    writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        try:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            tester = Tester(reader, writer, visit)
            try:
                await talk(tester)
            except FailedError as failed:
                outcomes = [each.error for each in visit.ended]
                if number == 1 and not tester.received and outcomes == [None]:
                    return NotAttemptedError
                crash = next((each for each in outcomes if each is not None), None)
                why = f" Your function {raised(crash, answer)}" if crash is not None else ""
                return f"{what}: {failed}{why}"
            else:
                # Now, before the client goes: what its going causes is no fault.
                await asyncio.wait(running, timeout=AFTERMATH)
                if (trouble := _crash(visit, answer, calm)) is not None:
                    return f"{what}: {trouble}"
            finally:
                writer.transport.abort()
        finally:
            server.close()
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
    return None


def _crash(visit: Visit, answer: Handler, calm: bool) -> str | None:
    """Say what a function raised although all that came was right."""
    if calm and visit.cut_short is not None:
        return (
            "your function raised IncompleteReadError, which nobody caught: "
            "`except asyncio.IncompleteReadError`."
        )
    crash = next((each.error for each in visit.ended if each.error is not None), None)
    if crash is None:
        return None
    return f"all that came was right, but your function {raised(crash, answer)}"


def in_hex(data: bytes) -> str:
    """Return the first bytes in hexadecimal."""
    if not data:
        return "nothing"
    more = f" … ({len(data):,} bytes)" if len(data) > BYTES_SHOWN else ""
    return data[:BYTES_SHOWN].hex(" ") + more
