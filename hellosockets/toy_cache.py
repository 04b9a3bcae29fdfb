"""Toy cache: a proxy that mistakes a WebSocket's bytes for HTTP, and why clients mask (§10.3).

Some old proxies kept answers for everybody, and had never heard of WebSockets: to them, whatever
followed the handshake was more HTTP. A page may choose what its messages say. If its bytes reached
the wire unchanged, a message could be a request in the name of another site, and the page's own
server could answer it: the proxy would then serve the forged file to all. A mask that the page
can't know in advance takes the choice away.

This is a toy: it reads a GET, a Host and a Content-Length, and is as careless as it has to be.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from html import escape

from . import picture
from .frames import Speaker, build_frame, preview

__all__ = ["FORGED_ANSWER", "FORGED_REQUEST", "Passage", "ToyCache", "pass_cache"]

# What the page says in one message. The empty line before it ends the line that the frame's
# header has begun, so that the request stands at a line's start.
FORGED_REQUEST = b"\r\nGET /script.js HTTP/1.1\r\nHost: victim.example\r\n\r\n"

# What the page's own server sends after it. A server is no browser: it sends what it likes.
FORGED_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nalert('evil')"

# The handshake before it, with the key and the answer of RFC 6455 §1.3.
HANDSHAKE = (
    b"GET /chat HTTP/1.1\r\nHost: evil.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
WELCOME = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)

LONGEST_LINE = 8192  # bytes; a longer one is cut, so that nobody can fill the toy's memory
MOST_STORED = 100  # answers, of at most 1 MiB each
MOST_WAITING = 100  # requests without an answer, and lines that are remembered

REQUEST_LINE = re.compile(rb"GET (\S+) HTTP/1\.1")
STATUS_LINE = re.compile(rb"HTTP/1\.1 (\d{3})(?: .*)?")


class ToyCache:
    """
    A proxy's cache that reads every byte as HTTP, whatever was agreed.

    Attributes:
        stored: What it would serve to everybody: URL to body, the last 100.
        requests: URLs of the requests that it believes to have seen, the last 100.
        skipped: Lines of the client that were no HTTP to it, the last 100.

    """

    def __init__(self) -> None:
        self.stored: dict[str, bytes] = {}
        self.requests: deque[str] = deque(maxlen=MOST_WAITING)
        self.skipped: deque[bytes] = deque(maxlen=MOST_WAITING)
        self._waiting: deque[str] = deque(maxlen=MOST_WAITING)
        self._lines: dict[Speaker, bytes] = {"client": b"", "server": b""}
        self._target: str | None = None
        self._host = ""
        self._status = 0
        self._length = 0
        self._body: bytearray | None = None

    def receive_data(self, speaker: Speaker, data: bytes) -> None:
        """
        Read what a speaker sent; never raises on bytes.

        Args:
            speaker: ``"client"`` or ``"server"``.
            data: The next bytes, cut anywhere.

        """
        read = self._read_request if speaker == "client" else self._read_answer
        start = 0
        while start < len(data):
            if speaker == "server" and self._body is not None:
                start = self._read_body(data, start)
                continue
            end = data.find(b"\n", start)
            part = data[start:] if end < 0 else data[start:end]
            line = (self._lines[speaker] + part)[:LONGEST_LINE]
            self._lines[speaker] = line if end < 0 else b""
            if end < 0:
                return
            start = end + 1
            read(line.removesuffix(b"\r"))

    def _read_request(self, line: bytes) -> None:
        found = REQUEST_LINE.fullmatch(line)
        if self._target is None and found:
            self._target, self._host = found[1].decode("latin-1"), ""
        elif self._target is None:
            if line:
                self.skipped.append(line)
        elif not line:
            url = f"http://{self._host}{self._target}"
            self.requests.append(url)
            self._waiting.append(url)
            self._target = None
        else:
            name, _, value = line.partition(b":")
            if name.lower() == b"host":
                self._host = value.strip().decode("latin-1")

    def _read_answer(self, line: bytes) -> None:
        found = STATUS_LINE.fullmatch(line)
        if not self._status and found:
            self._status, self._length = int(found[1]), 0
        elif self._status and line:
            name, _, value = line.partition(b":")
            digits = value.strip()
            if name.lower() == b"content-length" and digits.isdigit():
                self._length = min(int(digits[:10]), 2**20)  # 1 MiB is as much as it keeps
        elif self._status:
            self._body = bytearray()
            self._read_body(b"", 0)

    def _read_body(self, data: bytes, start: int) -> int:
        """Take what belongs to the answer's body; return where the rest begins."""
        assert self._body is not None
        end = start + self._length - len(self._body)
        self._body += data[start:end]
        if len(self._body) == self._length:
            self._end_answer(bytes(self._body))
        return end

    def _end_answer(self, body: bytes) -> None:
        url = self._waiting.popleft() if self._waiting else None
        if url is not None and self._status == 200:
            self.stored[url] = body
            if len(self.stored) > MOST_STORED:
                del self.stored[next(iter(self.stored))]
        self._status, self._body = 0, None


@dataclass(frozen=True, slots=True, repr=False)
class Passage:
    """
    One message of a page on its way through a cache, and what the cache made of it.

    Attributes:
        frame: The message's frame as it was on the wire.
        is_masked: Whether it was masked.
        requests: URLs of the requests that the cache believed to see after the handshake.
        stored: What the cache would now serve to everybody: URL to body.

    """

    frame: bytes
    is_masked: bool
    requests: tuple[str, ...]
    stored: dict[str, bytes]

    @property
    def is_poisoned(self) -> bool:
        """Whether the cache keeps a forged answer."""
        return bool(self.stored)

    def __repr__(self) -> str:
        mask = "masked" if self.is_masked else "not masked"
        return f"Passage({mask}: {'poisoned' if self.is_poisoned else 'not poisoned'})"

    def _repr_html_(self) -> str:
        rows: list[tuple[str, list[str], list[str]]] = [
            ("client", [preview(line, _is_ascii(line), 66), self._taken_for(line)], [])
            for line in self.frame.split(b"\r\n")
            if line
        ]
        title = f"A message, {'masked' if self.is_masked else 'not masked'}, as the cache reads it"
        columns = ["Line on the wire", "The cache takes it for"]
        return picture.document(
            picture.table(title, columns, rows, code=columns[:1], wide=columns),
            f"<p>{escape(self._in_words())}</p>",
        )

    def _taken_for(self, line: bytes) -> str:
        if not self.requests or not _is_ascii(line):
            return "no HTTP: skipped"
        return "a request" if REQUEST_LINE.fullmatch(line) else "a header of that request"

    def _in_words(self) -> str:
        kept = [f"{url} is now {preview(body)}" for url, body in self.stored.items()]
        if kept:
            return f"✗ Poisoned. For everybody behind this cache, {'; '.join(kept)}."
        return "✓ Nothing is kept: the answer that the server sent belongs to no request."


def pass_cache(message: bytes = FORGED_REQUEST, *, masking_key: bytes | None) -> Passage:
    """
    Send a page's message past a cache, to the page's own server, which sends a forged answer.

    Args:
        message: What the page says.
        masking_key: The client's key, 4 bytes; None for a client that doesn't mask, against
            RFC 6455 §5.3.

    Raises:
        ValueError: If the key isn't 4 bytes long.

    """
    cache = ToyCache()
    cache.receive_data("client", HANDSHAKE)
    cache.receive_data("server", WELCOME)
    before = len(cache.requests)
    frame = build_frame(message, masking_key=masking_key)
    cache.receive_data("client", frame)
    cache.receive_data("server", FORGED_ANSWER)
    requests = tuple(cache.requests)[before:]
    return Passage(frame, masking_key is not None, requests, dict(cache.stored))


def _is_ascii(line: bytes) -> bool:
    return line.isascii() and line.decode("ascii").isprintable()
