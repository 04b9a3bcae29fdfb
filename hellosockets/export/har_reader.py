"""HAR, back in: from the files of Chrome, mitmproxy, Playwright and `to_har`.

An archive has no frames. So that the log and the inspector have something to show, the handshake is
written down again from its headers, and each message as one frame.
"""

from __future__ import annotations

import base64
import json
import re
from typing import Any, NoReturn, TypeAlias

from websockets.frames import Opcode

from ..conversation import Conversation
from ..frames import Speaker, build_frame
from ..recording import Chunk
from .har import HAR
from .moment import epoch, parse_moment
from .replay import replay
from .shown import shown

__all__ = ["MASKING_KEY", "from_har"]

# The key of RFC 6455 §5.7's examples.
MASKING_KEY = bytes.fromhex("37fa213d")

URL = re.compile(r"(https?|wss?)://([^/?#]*)([^#]*)", re.IGNORECASE | re.DOTALL)
VERSION = re.compile(r"HTTP/1\.[01]", re.IGNORECASE)

SPEAKERS: dict[str, Speaker] = {"send": "client", "receive": "server"}
CONTROL = frozenset([Opcode.CLOSE, Opcode.PING, Opcode.PONG])
OPCODES = frozenset([Opcode.TEXT, Opcode.BINARY, *CONTROL])
LONGEST_CONTROL = 125  # bytes

# What tells how a body crossed the wire; an archive has it without all that.
FRAMING = frozenset([b"content-length", b"transfer-encoding", b"content-encoding"])

# RFC 9110 §15.4.5, §15.3.5 and §9.3.2: answers without a body, whatever they announce.
WITHOUT_BODY = frozenset([204, 304])

# Seconds since 1970 come to so many in the year 5138. Larger numbers are milliseconds, which
# Playwright writes.
MILLISECONDS = 1e11
LEAST, MOST = -1e12, 1e15

Headers: TypeAlias = list[tuple[bytes, bytes]]


def from_har(har: HAR | str) -> list[Conversation]:
    """
    Read an HTTP archive.

    Each entry becomes a conversation, plain HTTP too. What an archive doesn't have is made up:

    - the bytes of the handshake, from the entry's headers; of what came over HTTP/2 or HTTP/3 as
      if over HTTP/1.1, so that a WebSocket's 200 (RFC 8441) becomes 101;
    - a frame for each message: the client's masked with 37 fa 21 3d, none of them compressed;
    - Host, where it is missing, from the address;
    - Content-Length, for the body that the archive has: often none.

    How a connection ended isn't told, so that a WebSocket stays open. Notes of Chrome among the
    messages that report an error (``"type": "error"``) were never on the wire and are left out. A
    message's time may be in milliseconds too, as Playwright writes it.

    Args:
        har: The archive as ``json.load`` returns it, or its text.

    Returns:
        Conversations in the archive's order, numbered from 1. A recording's ``began`` is the
        entry's ``startedDateTime``, in seconds since 1970.

    Raises:
        TypeError: If it is neither a dict nor text.
        ValueError: If it isn't an archive: which entry, counted from 1, and what is wrong there.

    """
    if isinstance(har, str):
        try:
            har = json.loads(har.removeprefix("\ufeff"))
        except (ValueError, RecursionError) as error:
            why = str(error) if isinstance(error, json.JSONDecodeError) else "it is nested too deep"
            raise ValueError(f"the archive isn't JSON: {why}; export it again") from None
    elif not isinstance(har, dict):
        raise TypeError(f"give an archive as a dict or as text, got {type(har).__name__}")
    log = har.get("log") if isinstance(har, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    if not isinstance(entries, list):
        raise ValueError("an HTTP archive has a list at log.entries: is this a HAR file?")
    return [_Entry(number, entry).read() for number, entry in enumerate(entries, 1)]


class _Entry:
    """One entry of an archive, turned into bytes."""

    def __init__(self, number: int, entry: Any) -> None:
        self.number = number
        if not isinstance(entry, dict):
            self._fail("", "must be an object", entry)
        self.entry: dict[str, Any] = entry
        self.request = self._object(entry, "", "request")
        self.response = self._object(entry, "", "response")
        url = self._text(self.request, "request.", "url")
        match = URL.fullmatch(url.partition("#")[0])
        if match is None:
            self._fail("request.url", "must begin with http://, https://, ws:// or wss://", url)
        self.scheme, self.host, self.target = match[1].lower(), match[2], match[3]
        self.method = self._text(self.request, "request.", "method")

    def read(self) -> Conversation:
        began = self._began()
        asked, answered, received = self._times()
        status = self._status()
        messages = self._messages(began)
        chunks = [Chunk(asked, "client", self._request_bytes())]
        if status == 200 and messages:
            status = 101  # as HTTP/2 grants a WebSocket
        if status == 101:
            chunks += [Chunk(answered, "server", self._response_bytes(101)), *messages]
        else:
            if any(message.speaker == "server" for message in messages):
                self._fail("response.status", "must be 101 where a server sent messages", status)
            chunks += messages  # sent too early: before the answer, or there is none
            if status:
                chunks.append(Chunk(received, "server", self._response_bytes(status)))
        is_secure = self.scheme in ("https", "wss")
        return replay(chunks, number=self.number, secure=is_secure, began=began)

    def _request_bytes(self) -> bytes:
        headers = self._headers(self.request, "request")
        if not any(name.lower() == b"host" for name, _ in headers):
            headers.insert(0, (b"Host", _encoded(self.host)))
        body = b""
        if self.request.get("postData") is not None:
            data = self._object(self.request, "request.", "postData")
            body = _utf8(self._text(data, "request.postData.", "text", ""))
        headers = _framed(headers, body, is_needed=bool(body))
        target = self.target if self.target.startswith("/") else f"/{self.target}"
        version = self._version(self.request, "request")
        start = b" ".join(map(_encoded, (self.method, target, version)))
        return self._head(start, headers, "request") + body

    def _response_bytes(self, status: int) -> bytes:
        headers = self._headers(self.response, "response")
        body = b""
        if status >= 200 and status not in WITHOUT_BODY and self.method != "HEAD":
            body = self._content()
            headers = _framed(headers, body, is_needed=True)
        reason = self._text(self.response, "response.", "statusText", "")
        if status == 101 and self.response.get("status") != 101:
            reason = "Switching Protocols"
        version = self._version(self.response, "response")
        start = b" ".join([_encoded(version), str(status).encode(), _encoded(reason)])
        return self._head(start, headers, "response") + body

    def _head(self, start: bytes, headers: Headers, where: str) -> bytes:
        if b"\n" in start:
            self._fail(where, "has a line break in its first line", start.decode("latin-1"))
        lines = [start, *(b"%s: %s" % header for header in headers), b"", b""]
        return b"\r\n".join(lines)

    def _headers(self, holder: dict[str, Any], where: str) -> Headers:
        headers = []
        for number, header in enumerate(self._list(holder, f"{where}.", "headers"), 1):
            place = f"{where}.headers, number {number}"
            if not isinstance(header, dict):
                self._fail(place, "must be an object with name and value", header)
            name = self._text(header, f"{place}: ", "name")
            value = self._text(header, f"{place}: ", "value")
            if name.startswith(":"):
                continue  # HTTP/2's way to write the first line (RFC 9113 §8.3)
            if "\n" in name or ":" in name:
                self._fail(f"{place}: name", "must not hold a colon or a line break", name)
            # Chrome writes a header that came several times as one value of several lines.
            headers += [(_encoded(name), _encoded(line)) for line in value.split("\n")]
        return headers

    def _content(self) -> bytes:
        content = self._object(self.response, "response.", "content")
        text = self._text(content, "response.content.", "text", "")
        encoding = content.get("encoding")
        if encoding == "base64":
            return self._base64(text, "response.content.text")
        if encoding not in (None, ""):
            self._fail("response.content.encoding", "must be base64, or be left out", encoding)
        return _utf8(text)

    def _messages(self, began: float) -> list[Chunk]:
        if self.entry.get("_webSocketMessages") is None:
            return []
        chunks = []
        for number, message in enumerate(self._list(self.entry, "", "_webSocketMessages"), 1):
            place = f"_webSocketMessages, number {number}"
            if not isinstance(message, dict):
                self._fail(place, "must be an object", message)
            kind = self._text(message, f"{place}: ", "type")
            if kind == "error":
                continue
            if kind not in SPEAKERS:
                self._fail(f"{place}: type", "must be send or receive", kind)
            time = self._number(message.get("time"), f"{place}: time")
            if time >= MILLISECONDS:
                time /= 1000
            speaker = SPEAKERS[kind]
            frame = self._frame(message, place, MASKING_KEY if speaker == "client" else None)
            chunks.append(Chunk(time - began, speaker, frame))
        return chunks

    def _frame(self, message: dict[str, Any], place: str, masking_key: bytes | None) -> bytes:
        opcode = message.get("opcode")
        if not isinstance(opcode, int) or isinstance(opcode, bool) or opcode not in OPCODES:
            self._fail(f"{place}: opcode", "must be 1 (text), 2 (binary), 8, 9 or 10", opcode)
        text = self._text(message, f"{place}: ", "data")
        is_text = opcode == Opcode.TEXT
        data = _utf8(text) if is_text else self._base64(text, f"{place}: data")
        if opcode in CONTROL and len(data) > LONGEST_CONTROL:
            what = f"must have at most {LONGEST_CONTROL} bytes in a control frame"
            self._fail(f"{place}: data", what, text)
        return build_frame(data, opcode, masking_key=masking_key)

    def _began(self) -> float:
        text = self._text(self.entry, "", "startedDateTime")
        try:
            return epoch(parse_moment(text, "startedDateTime"))
        except ValueError as error:
            raise ValueError(f"entry {self.number}: {error}") from None

    def _times(self) -> tuple[float, float, float]:
        """Return when the request was sent, the answer began and ended; seconds from the start."""
        timings = self._object(self.entry, "", "timings") if self.entry.get("timings") else {}
        spans = {
            name: max(0.0, self._number(timings[name], f"timings.{name}")) / 1000
            for name in ("blocked", "dns", "connect", "send", "wait", "receive")
            if timings.get(name) is not None
        }
        before = ("blocked", "dns", "connect", "send")  # "ssl" is part of "connect"
        asked = sum(spans.get(name, 0.0) for name in before)
        answered = asked + spans.get("wait", 0.0)
        return asked, answered, answered + spans.get("receive", 0.0)

    def _status(self) -> int:
        status = self.response.get("status")
        if (
            isinstance(status, int)
            and not isinstance(status, bool)
            and (status == 0 or 100 <= status <= 599)
        ):
            return status
        return self._fail("response.status", "must be a status such as 101, or 0 for none", status)

    def _version(self, holder: dict[str, Any], where: str) -> str:
        # HTTP/2 and HTTP/3 have no start line: theirs is written as HTTP/1.1 would have it.
        version = self._text(holder, f"{where}.", "httpVersion", "")
        return version.upper() if VERSION.fullmatch(version) else "HTTP/1.1"

    # Each says where the fault is.

    def _object(self, holder: dict[str, Any], where: str, name: str) -> dict[str, Any]:
        value = holder.get(name)
        if not isinstance(value, dict):
            self._fail(where + name, "must be an object", value)
        return value

    def _list(self, holder: dict[str, Any], where: str, name: str) -> list[Any]:
        value = holder.get(name)
        if not isinstance(value, list):
            self._fail(where + name, "must be a list", value)
        return value

    def _text(
        self, holder: dict[str, Any], where: str, name: str, default: str | None = None
    ) -> str:
        value = holder.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str):
            self._fail(where + name, "must be text", value)
        return value

    def _number(self, value: Any, where: str) -> float:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        # A comparison, as it takes whole numbers of any length; NaN fails it.
        if not is_number or not LEAST <= value <= MOST:
            self._fail(where, f"must be a number from {LEAST:g} to {MOST:g}", value)
        return float(value)

    def _base64(self, text: str, where: str) -> bytes:
        try:
            return base64.b64decode(text, validate=True)
        except ValueError:
            self._fail(where, "must be bytes in base64", text)

    def _fail(self, where: str, what: str, value: object) -> NoReturn:
        place = f"entry {self.number}: {where}" if where else f"entry {self.number}"
        raise ValueError(f"{place} {what}, got {shown(value)}")


def _framed(headers: Headers, body: bytes, *, is_needed: bool) -> Headers:
    """Have the headers announce this body, if they say anything of one or it is needed."""
    length = (b"content-length", str(len(body)).encode())
    framing = [(name.lower(), value) for name, value in headers if name.lower() in FRAMING]
    if framing == [length] or not (framing or is_needed):
        return headers
    kept = [header for header in headers if header[0].lower() not in FRAMING]
    return [*kept, (b"Content-Length", length[1])]


def _encoded(text: str) -> bytes:
    """Turn text of a head into bytes: Latin-1 where it can be, as heads are read; else UTF-8."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return _utf8(text)


def _utf8(text: str) -> bytes:
    """Encode text; half a surrogate pair, which JSON can hold and UTF-8 can't, becomes U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()
