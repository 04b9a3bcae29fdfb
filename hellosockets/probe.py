"""Probes: send exactly these bytes over a raw socket, and see what the server does.

No library stands between: what is sent may break every rule. A probe's both directions are
recorded, so the referee's verdict on what was sent stands beside what the server did about it.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, Self
from urllib.parse import urlsplit

from . import picture
from .conversation import Conversation
from .events import End
from .frames import Frame
from .handshake import HandshakeReader, Request, Response, build_request
from .recording import Recording
from .rows import make_row, static_table
from .rules import Verdict

__all__ = ["Probe", "ask", "probe"]

KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # RFC 6455 §1.3: nobody else is to be fooled by it
MOST_READ = 2**24  # bytes of an answer


class HasUrl(Protocol):
    """A server or a wire: anything that says where it is."""

    @property
    def url(self) -> str:
        """Its address."""


@dataclass(frozen=True, slots=True)
class _Address:
    """A WebSocket's address, taken apart."""

    host: str
    port: int
    netloc: str
    path: str
    secure: bool

    @classmethod
    def of(cls, target: str | HasUrl) -> Self:
        url = target if isinstance(target, str) else target.url
        parts = urlsplit(url)
        if parts.scheme not in ("ws", "wss") or not parts.hostname:
            raise ValueError(f"a probe needs an address like ws://localhost:4000/echo, got {url!r}")
        secure = parts.scheme == "wss"
        port = parts.port or (443 if secure else 80)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return cls(parts.hostname, port, parts.netloc.rpartition("@")[2], path, secure)


@dataclass(frozen=True, slots=True, repr=False)
class Probe:
    """
    What was sent, and what came of it.

    Attributes:
        conversation: Both directions, from the opening handshake to the end.
        sent: The bytes that were sent after it, as given.

    """

    conversation: Conversation
    sent: tuple[bytes, ...]

    @property
    def answers(self) -> list[Frame]:
        """The frames that the server sent."""
        return [frame for frame in self.conversation.frames if frame.speaker == "server"]

    @property
    def verdicts(self) -> list[Verdict]:
        """Every rule that was broken by what was sent."""
        return [
            verdict
            for frame in self.conversation.frames
            if frame.speaker == "client"
            for verdict in frame.verdicts
        ]

    @property
    def close_code(self) -> int | None:
        """The code of the server's close frame; 1005 if it has none; None without such a frame."""
        for frame in self.answers:
            if frame.opcode == 8:
                return 1005 if frame.close_code is None else frame.close_code
        return None

    @property
    def owed(self) -> int | None:
        """The close code that a conforming server owes for what was sent; None if none."""
        codes = (verdict.rule.close_code for verdict in self.verdicts)
        return next((code for code in codes if code is not None), None)

    @property
    def ended(self) -> bool:
        """True if the server ended its stream."""
        return any(
            isinstance(event, End) and event.speaker == "server"
            for event in self.conversation.events
        )

    @property
    def did(self) -> str:
        """What the server did, in a few words."""
        response = self.conversation.response
        if response is None or response.status != 101:
            status = "nothing" if response is None else f"{response.status} {response.reason}"
            return f"it refused the handshake: {status}"
        answered = [frame for frame in self.answers if frame.opcode != 8]
        frames = ", ".join(f"a {frame.opcode_name} frame" for frame in answered[:3])
        more = f" and {len(answered) - 3:,} more" if len(answered) > 3 else ""
        says = f"it answered with {frames}{more}" if answered else "it answered with no message"
        if self.close_code is not None:
            return f"{says}, and closed with {self.close_code}"
        return (
            f"{says}, and ended TCP without a close frame"
            if self.ended
            else (f"{says}, and the connection is still open")
        )

    @property
    def comparison(self) -> str:
        """The referee's verdict beside what the server did, in a sentence."""
        if self.owed is None:
            expected = "The referee found nothing to close for"
        else:
            expected = f"The referee expected {self.owed}"
        agrees = (
            self.close_code in (None, 1000) if self.owed is None else self.close_code == self.owed
        )
        return f"{expected}; {self.did}. {'✓ They agree.' if agrees else '✗ They differ.'}"

    def __repr__(self) -> str:
        size = sum(map(len, self.sent))
        return f"Probe({size:,} byte{'s' * (size != 1)} sent: {self.did})"

    def _repr_html_(self) -> str:
        rows = [make_row(event, number, 1) for number, event in self.conversation.events_since(0)]
        says = picture.prose(self.comparison)
        return static_table(rows) + picture.document(f"<p>{says}</p>")


async def ask(
    target: str | HasUrl,
    request: bytes,
    *,
    timeout: float = 5.0,  # noqa: ASYNC109
    context: ssl.SSLContext | None = None,
) -> Response | None:
    """
    Send a request of HTTP, as it is, and give the answer.

    Args:
        target: A ``ws://`` or ``wss://`` address, or a server or wire that has one: host and port
            are taken from it, the path from the request.
        request: The bytes to send, whatever they are.
        timeout: Most time for all of it, in seconds.
        context: How TLS checks a ``wss://`` server; the system's way by default.

    Returns:
        The answer, with its body unless its status is 101; None if the server sent none.

    Raises:
        ValueError: If the address is none.
        ConnectionError: If nothing can be reached there.

    """
    reader, writer = await _open(_Address.of(target), timeout, context)
    answer = HandshakeReader("server")
    try:
        writer.write(request)
        async with asyncio.timeout(timeout):
            while True:
                received = await reader.read(2**16)
                found = answer.receive_data(received) if received else answer.receive_eof()
                if found is not None or not received:
                    break
    except (TimeoutError, OSError):
        found = answer.receive_eof()
    finally:
        writer.transport.abort()
    return None if isinstance(found, Request) else found


async def probe(
    target: str | HasUrl,
    *data: bytes,
    timeout: float = 5.0,  # noqa: ASYNC109
    quiet: float = 0.3,
    key: str = KEY,
    context: ssl.SSLContext | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Probe:
    """
    Open a WebSocket over a raw socket, send bytes, and see what the server does.

    The socket is hung up at the end, without a closing handshake unless ``data`` had one.

    Args:
        target: A ``ws://`` or ``wss://`` address, or a server or wire that has one.
        data: What to send after the opening handshake, as it is; each one in a write of its own.
        timeout: Most time for all of it, in seconds.
        quiet: How long the server may be silent, in seconds, until it's taken to have finished.
        key: Value of Sec-WebSocket-Key.
        context: How TLS checks a ``wss://`` server; the system's way by default.
        clock: Function that returns seconds, for the recording.

    Raises:
        ValueError: If the address is none.
        ConnectionError: If nothing can be reached there.

    """
    address = _Address.of(target)
    request = build_request(address.path, host=address.netloc, key=key)
    recording = Recording(clock=clock, max_bytes=2 * MOST_READ)
    conversation = Conversation(recording, secure=address.secure)
    reader, writer = await _open(address, timeout, context)
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await _talk(reader, writer, request, data, conversation, quiet)
    finally:
        writer.transport.abort()
    conversation.read()
    return Probe(conversation, data)


async def _open(
    address: _Address, seconds: float, context: ssl.SSLContext | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    where = f"{address.host}:{address.port}"
    tls = (context or ssl.create_default_context()) if address.secure else None
    try:
        async with asyncio.timeout(seconds):
            return await asyncio.open_connection(address.host, address.port, ssl=tls)
    except TimeoutError:
        raise ConnectionError(
            f"{where} didn't answer within {seconds:g} seconds: is it reachable?"
        ) from None
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ConnectionError(
            f"{where} can't be reached ({why}): is a server running there?"
        ) from error


async def _talk(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    request: bytes,
    data: tuple[bytes, ...],
    conversation: Conversation,
    quiet: float,
) -> None:
    recording = conversation.recording

    async def hear() -> bool:
        """Record what comes next; return whether there may be more."""
        try:
            received = await reader.read(2**16)
        except OSError:
            received = b""
        recording.append("server", received)
        return bool(received) and recording.size + recording.dropped_bytes < MOST_READ

    recording.append("client", request)
    writer.write(request)
    while conversation.response is None:
        if not await hear():
            return
    if conversation.response.status != 101:
        return
    for piece in data:
        if piece:
            recording.append("client", piece)
            writer.write(piece)
            with contextlib.suppress(OSError):
                await writer.drain()
    while True:
        try:
            async with asyncio.timeout(quiet):
                if not await hear():
                    return
        except TimeoutError:
            return
