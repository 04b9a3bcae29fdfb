"""The opening handshake: RFC 6455 §4, one HTTP request and its answer. Knows no I/O, no widgets.

A `Request` or a `Response` is its bytes, as they were on the wire. Start line, headers and verdicts
are read off them when somebody asks, so that recording a handshake costs little more than finding
where it ends.
"""

from __future__ import annotations

import base64
import hashlib
import re
import shlex
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import parse_qsl, quote

from . import picture, rules
from .frames import Speaker, preview
from .rules import Rule, Verdict

__all__ = ["HandshakeReader", "Request", "Response", "accept_key", "build_request"]

# RFC 6455 §1.3: a text that nobody sends who doesn't speak WebSocket.
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

# The empty line that ends a head. RFC 9112 §2.2: "a recipient MAY recognize a single LF as a line
# terminator"; a reader that waits for CR LF alone would wait for ever.
HEAD_END = re.compile(rb"\n\r?\n")
EMPTY_LINES = re.compile(rb"(?:\r?\n)*+")

# RFC 9112 §5.2: a line that starts with white space continues the line above.
OBS_FOLD = re.compile(r"\r?\n[ \t]+")

# RFC 9110 §5.5 and §5.6.2, RFC 9112 §3 and §4.
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
REQUEST_LINE = re.compile(rf"{TOKEN.pattern} [!-~]+ HTTP/[0-9]\.[0-9]")
STATUS_LINE = re.compile(r"HTTP/[0-9]\.[0-9] [1-5][0-9]{2} [\t -~\x80-\xff]*")
STATUS = re.compile(r"[1-5][0-9]{2}")
CONTENT_LENGTH = re.compile(r"[0-9]{1,18}")
ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?]*")

# RFC 9112 §7.1. Extensions are ignored, trailers read past; both on lines of a bounded length.
CHUNK_SIZE = re.compile(rb"0*([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n]*)?\r\n")
TRAILER = re.compile(rb"(?:[^\x00-\x20:]+:[^\r\n]*)?\r\n")
HEX_DIGITS = b"0123456789abcdefABCDEF"
LONGEST_CHUNK_LINE = 8192  # bytes

# RFC 4648 §4 and §5. 16 bytes are 22 characters and 2 of padding.
KEY = re.compile(r"[A-Za-z0-9+/]{22}==")
BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
URL_SAFE_BASE64 = re.compile(r"[A-Za-z0-9_-]*[_-][A-Za-z0-9_-]*={0,2}")

VISIBLE_TEXT = re.compile(r"[!-~]+")

# What curl takes in a URL; and what it makes the same Host header and the same target of.
URL_HOST = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?")
PLAIN_HOST = re.compile(r"(?:[a-z](?:[a-z0-9.-]*[a-z0-9])?|127\.0\.0\.1)(?::[1-9][0-9]*)?")
PLAIN_TARGET = re.compile(r"/[A-Za-z0-9/._~!$&'()*+,;=:@%?-]*")
DOT_SEGMENT = re.compile(r"/(?:\.|%2e){1,2}(?:[/?]|$)", re.IGNORECASE)
VISIBLE = "".join(map(chr, range(0x21, 0x7F)))

# A head may have thousands of lines; a picture shows the first ones.
HEADERS_SHOWN = 60
VALUE_SHOWN = 400  # characters

# What a header says, in one plain sentence.
MEANINGS = {
    "accept": "What kinds of answer the client can read.",
    "accept-encoding": "How the body of the answer may be compressed.",
    "accept-language": "Which languages the answer may use.",
    "allow": "Which methods may be used here.",
    "authorization": "Who asks, and the proof of it.",
    "cache-control": "Whether an answer may be kept and used again.",
    "connection": "What concerns this one connection; a proxy doesn't pass it on.",
    "content-length": "How many bytes of body follow the head.",
    "content-type": "How to read the body.",
    "cookie": "What the server gave this browser to keep; it comes back with each request.",
    "date": "When the server answered.",
    "host": "Which server is meant; one address may serve many names.",
    "location": "Where to ask instead.",
    "origin": "Which site the asking page is from; a browser fills it in, the page can't.",
    "pragma": "An older way to say Cache-Control.",
    "sec-websocket-accept": "Made from the client's key: the server speaks WebSocket.",
    "sec-websocket-extensions": "Which extensions the client offers.",
    "sec-websocket-key": "16 random bytes in base64: a question to the server, not a secret.",
    "sec-websocket-protocol": "Which subprotocols the client offers.",
    "sec-websocket-version": "Which version of the protocol is spoken; 13 is RFC 6455.",
    "server": "Which program answers.",
    "set-cookie": "What the browser is to keep and send back.",
    "transfer-encoding": "How the body is cut into pieces.",
    "upgrade": "Which protocol the client wants to change to.",
    "user-agent": "Which program asks.",
}
# The same header in the mouth of a server.
MEANINGS_IN_AN_ANSWER = {
    "sec-websocket-extensions": "Which of the offered extensions the server accepts.",
    "sec-websocket-protocol": "Which of the offered subprotocols the server chose.",
    "upgrade": "Which protocol begins after this head.",
}


def accept_key(key: str) -> str:
    """
    Compute the value of Sec-WebSocket-Accept (RFC 6455 §4.2.2).

    Args:
        key: Value of Sec-WebSocket-Key; any text, as it takes part without being decoded.

    Returns:
        28 characters: the 20 bytes of a SHA-1 in base64.

    """
    return accept_steps(key)[-1][1]


def accept_steps(key: str) -> tuple[tuple[str, str], ...]:
    """
    Compute Sec-WebSocket-Accept step by step (RFC 6455 §4.2.2).

    Args:
        key: Value of Sec-WebSocket-Key.

    Returns:
        For each of the four steps a sentence and its result as text; the last result is that of
        `accept_key`.

    """
    joined = key + GUID
    digest = hashlib.sha1(joined.encode("utf-8", "surrogatepass")).digest()
    return (
        ("The client's key, as it stands in its request", key),
        ("The RFC's fixed text is appended, a name that no other protocol uses", joined),
        ("The SHA-1 of these characters, 20 bytes", digest.hex(" ", 4)),
        ("The same 20 bytes in base64, 28 characters", base64.b64encode(digest).decode()),
    )


def build_request(target: str, *, host: str, key: str) -> bytes:
    """
    Build the request that opens a WebSocket (RFC 6455 §4.1).

    Args:
        target: Path and query of the address, e.g. ``"/socket/websocket?vsn=2.0.0"``.
        host: Whom it is meant for, e.g. ``"localhost:4000"``.
        key: Value of Sec-WebSocket-Key: 16 bytes in base64.

    Returns:
        The request's bytes, the empty line at its end included.

    Raises:
        ValueError: If the key isn't 16 bytes in base64, the target doesn't begin with ``/``, or
            one of the three holds white space or characters that aren't ASCII.

    """
    for name, value in (("target", target), ("host", host), ("key", key)):
        if not VISIBLE_TEXT.fullmatch(value):
            raise ValueError(f"{name} must be visible ASCII characters, got {value!r}")
    if not target.startswith("/"):
        raise ValueError(f"target must begin with /, got {target!r}")
    if not KEY.fullmatch(key):
        raise ValueError(f"key must be 16 bytes in base64, got {key!r}")
    lines = [
        f"GET {target} HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
    ]
    return "".join(f"{line}\r\n" for line in [*lines, ""]).encode()


@dataclass(frozen=True, slots=True)
class _Head(ABC):
    """What a request and a response share: a start line, headers, an empty line, a body."""

    speaker: ClassVar[Speaker]
    start_rule: ClassVar[tuple[re.Pattern[str], Rule]]

    raw: bytes
    body: bytes = b""
    time: float | None = field(default=None, compare=False)
    offset: int | None = field(default=None, compare=False)
    skipped: bool = False
    context: tuple[Verdict, ...] = ()
    wire_size: int | None = field(default=None, compare=False)

    @property
    def start_line(self) -> str:
        """The first line without its end, read as Latin-1: a character for each byte."""
        return self._text().partition("\n")[0].removesuffix("\r")

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """Name and value of each header, in the order and the case of the wire."""
        return tuple((name, value) for name, value in self._lines() if value is not None)

    def get(self, name: str) -> str | None:
        """
        Return a header's value.

        Args:
            name: The header's name, in any case.

        Returns:
            Its value; its values joined by ``", "`` where it is repeated; None where it is missing.

        """
        values = self.get_all(name)
        return ", ".join(values) if values else None

    def get_all(self, name: str) -> list[str]:
        """Return the values of all headers of a name, in any case: 0 or more, in their order."""
        return [value for other, value in self.headers if other.lower() == name.lower()]

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Every rule that these bytes break, and those that only their place shows broken."""
        return (*self._head_verdicts(), *self._verdicts(), *self.context)

    def preview(self, size: int = 60) -> str:
        """Return what the first line says, on one line of at most ``size`` characters."""
        return preview(self._says()[: 4 * size].encode(), True, size)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.preview()})"

    def _repr_html_(self) -> str:
        lines = self._lines()
        size = len(self.raw) + len(self.body) if self.wire_size is None else self.wire_size
        return picture.headers(
            title=f"{type(self).__name__}, {_bytes(size)} on the wire",
            speaker=self.speaker,
            start_line=_shown(self.start_line, VALUE_SHOWN),
            rows=[
                (_shown(name, VALUE_SHOWN), _shown(value or "", VALUE_SHOWN), self.meaning(name))
                for name, value in lines[:HEADERS_SHOWN]
            ],
            hidden=max(0, len(lines) - HEADERS_SHOWN),
            body=preview(self.body[:VALUE_SHOWN], True, VALUE_SHOWN),
            verdicts=[str(verdict) for verdict in self.verdicts],
        )

    @abstractmethod
    def _verdicts(self) -> list[Verdict]:
        """Find what only a request or only a response can do wrong."""

    @abstractmethod
    def _begin_body(self, max_size: int) -> _Body:
        """Tell from the head how the body's end will be known (RFC 9112 §6.3)."""

    @abstractmethod
    def _says(self) -> str:
        """Sum up the start line."""

    def meaning(self, name: str) -> str:
        """Say what a header of this name says here; nothing where it is none of the usual ones."""
        lower = name.lower()
        own = MEANINGS_IN_AN_ANSWER.get(lower) if self.speaker == "server" else None
        return own or MEANINGS.get(lower, "")

    def _text(self) -> str:
        leading = EMPTY_LINES.match(self.raw)
        return self.raw[leading.end() if leading else 0 :].decode("latin-1")

    def _is_whole(self) -> bool:
        return self._text().endswith(("\n\r\n", "\n\n"))

    def _lines(self) -> list[tuple[str, str | None]]:
        # Name and value of each whole header line; no value where there is no colon.
        rest = self._text().partition("\n")[2]
        lines: list[tuple[str, str | None]] = []
        for line in OBS_FOLD.sub(" ", rest).split("\n")[:-1]:
            text = line.removesuffix("\r")
            if not text:
                break
            name, colon, value = text.partition(":")
            lines.append((name, value.strip(" \t") if colon else None))
        return lines

    def _by_name(self) -> dict[str, list[str]]:
        values: dict[str, list[str]] = {}
        for name, value in self.headers:
            values.setdefault(name.lower(), []).append(value)
        return values

    def _content_length(self) -> int | None:
        # "5, 5" is how two equal headers look once a proxy has joined them (RFC 9110 §8.6).
        values = set(_items(self.get_all("Content-Length")))
        [value] = values if len(values) == 1 else [""]
        return int(value) if CONTENT_LENGTH.fullmatch(value) else None

    def _head_verdicts(self) -> list[Verdict]:
        pattern, start_rule = self.start_rule
        text, found = self._text(), []
        if len(text) < len(self.raw):
            found.append(Verdict(rules.START_LINE_FIRST, "an empty line comes first"))
        if "\n" in text and not pattern.fullmatch(self.start_line):
            found.append(Verdict(start_rule, f"the first line is {_quoted(self.start_line)}"))
        bare = text.count("\n") - text.count("\r\n")
        if bare:
            what = "1 line ends" if bare == 1 else f"{bare:,} lines end"
            found.append(Verdict(rules.LINE_END, f"{what} with LF alone"))
        folds = len(OBS_FOLD.findall(text.partition("\n")[2]))
        if folds:
            what = "1 line starts" if folds == 1 else f"{folds:,} lines start"
            found.append(Verdict(rules.OBS_FOLD, f"{what} with white space"))
        found += self._line_verdicts()
        foreign = len(text) - len(text.encode("ascii", "ignore"))
        if foreign:
            what = "1 byte isn't" if foreign == 1 else f"{foreign:,} bytes aren't"
            found.append(Verdict(rules.HEAD_IS_ASCII, f"{what} ASCII"))
        return found + self._size_verdicts()

    def _line_verdicts(self) -> list[Verdict]:
        # One verdict a rule, however many lines break it.
        lines = self._lines()
        headers = [(name, value) for name, value in lines if value is not None]
        faults = [
            (
                rules.HEADER_COLON,
                "the line {} has no colon",
                [name for name, value in lines if value is None],
            ),
            (
                rules.HEADER_NAME,
                "a header's name is {}",
                [name for name, _ in headers if not TOKEN.fullmatch(name)],
            ),
            (
                rules.HEADER_VALUE,
                "the value {} holds a control character",
                [value for _, value in headers if CONTROL_CHARACTER.search(value)],
            ),
        ]
        return [
            Verdict(rule, says.format(_quoted(faulty[0])) + _and_more(len(faulty) - 1))
            for rule, says, faulty in faults
            if faulty
        ]

    def _size_verdicts(self) -> list[Verdict]:
        if not self._is_whole():
            if self.skipped:
                what = f"the head doesn't end within {_bytes(len(self.raw))}; the rest was let pass"
                return [Verdict(rules.HANDSHAKE_LIMIT, what)]
            where = "the headers" if "\n" in self._text() else "the first line"
            return [Verdict(rules.WHOLE_HEAD, f"the stream ended inside {where}")]
        lengths = self.get("Content-Length")
        if lengths is not None and self._content_length() is None:
            return [Verdict(rules.CONTENT_LENGTH, f"Content-Length is {_quoted(lengths)}")]
        if self.skipped:
            what = f"the body is longer than {_bytes(len(self.body))}; the rest was let pass"
            return [Verdict(rules.HANDSHAKE_LIMIT, what)]
        return []


@dataclass(frozen=True, slots=True, repr=False)
class Request(_Head):
    """
    An HTTP request exactly as it crossed the wire (RFC 6455 §4.1).

    Attributes:
        raw: The head's bytes, the empty line at its end included; without that line if the stream
            ended early or the reader let the rest pass.
        body: What follows the head where a body is announced, its chunks joined; usually nothing.
        time: Seconds since the recording began, when its last byte came; None if unknown.
        offset: Where its first byte stands in the client's stream, in bytes; None if unknown.
        skipped: True when it was longer than the reader keeps.
        context: Verdicts that its own bytes here don't show: earned by its place in the
            conversation, by the end of the stream, or by how its body was cut into chunks.
        wire_size: Length of head and body on the wire, in bytes, the framing of chunks and what
            was let pass included; None if unknown.

    """

    speaker: ClassVar[Speaker] = "client"
    start_rule: ClassVar[tuple[re.Pattern[str], Rule]] = (REQUEST_LINE, rules.REQUEST_LINE)

    @property
    def method(self) -> str:
        """The first word, e.g. ``"GET"``."""
        return self.start_line.partition(" ")[0]

    @property
    def target(self) -> str:
        """What is asked for, as sent, e.g. ``"/socket/websocket?vsn=2.0.0"``."""
        rest = self.start_line.partition(" ")[2]
        return rest.removesuffix(self.version).removesuffix(" ") if self.version else rest

    @property
    def version(self) -> str:
        """The last word, e.g. ``"HTTP/1.1"``; empty where there is none."""
        last = self.start_line.rpartition(" ")[2]
        return last if last.startswith("HTTP/") else ""

    @property
    def path(self) -> str:
        """The target without host and query, as sent."""
        return ABSOLUTE.sub("", self.target, count=1).partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        """The target's parameters, decoded; of a repeated one the first value."""
        query: dict[str, str] = {}
        for name, value in parse_qsl(self.target.partition("?")[2], keep_blank_values=True):
            query.setdefault(name, value)
        return query

    @property
    def is_upgrade(self) -> bool:
        """True when it asks for a WebSocket, well or badly."""
        names = self._by_name()
        asks = any(name.startswith("sec-websocket-") for name in names)
        return asks or "websocket" in _tokens(names.get("upgrade", []))

    def as_curl(self, *, secure: bool = False) -> str:
        """
        Return a shell command that sends this request again.

        curl writes Host itself and adds User-Agent and Accept where they are missing. Headers that
        HTTP forbids and the body are left out.

        Args:
            secure: True where the request came over TLS.

        Returns:
            One line for a POSIX shell.

        """
        hosts = self.get_all("Host")
        host = hosts[0] if len(hosts) == 1 and _is_url_host(hosts[0]) else "localhost"
        writes_host = hosts == [host] and bool(PLAIN_HOST.fullmatch(host))
        # curl leaves the scheme's own port out of Host.
        writes_host = writes_host and not host.endswith(":443" if secure else ":80")
        words = ["curl", "-i", "--http1.1", "-N", *_method_words(self.method)]
        for name, value in self.headers:
            is_left_out = (
                (writes_host and name.lower() == "host")
                or name.lower() in ("content-length", "transfer-encoding")
                or not TOKEN.fullmatch(name)
                or CONTROL_CHARACTER.search(value)
            )
            if not is_left_out:
                # "Name:" would tell curl to leave the header out, "Name;" sends it empty.
                words += ["-H", f"{name}: {_for_a_shell(value)}" if value else f"{name};"]
        if not hosts:
            words += ["-H", "Host:"]
        target = quote(self.target.encode("latin-1"), safe=VISIBLE) or "/"
        if not PLAIN_TARGET.fullmatch(target) or DOT_SEGMENT.search(target):
            words += ["--request-target", target]  # as it is: curl would tidy it in a URL
            target = "/"
        words.append(f"{'https' if secure else 'http'}://{host}{target}")
        return " ".join(map(shlex.quote, words))

    def _says(self) -> str:
        return f"{self.method} {self.target}" if self.version else self.start_line

    def _begin_body(self, max_size: int) -> _Body:
        codings = self.get_all("Transfer-Encoding")
        if _is_chunked(codings):
            return _ChunkedBody(max_size)
        body = _Body(max_size, 0 if _tokens(codings) else self._content_length() or 0)
        if _tokens(codings):
            what = _value_of("Transfer-Encoding", codings)
            body.fault = Verdict(rules.TRANSFER_ENCODING, what)
        return body

    def _verdicts(self) -> list[Verdict]:
        if not self._is_whole():
            return []  # what is missing may have been on its way
        headers, found = self._by_name(), []
        hosts = headers.get("host", [])
        if len(hosts) > 1 or (not hosts and (self.version != "HTTP/1.0" or self.is_upgrade)):
            found.append(Verdict(rules.HOST, _count_of("Host", hosts)))
        return found + self._upgrade_verdicts(headers) if self.is_upgrade else found

    def _upgrade_verdicts(self, headers: dict[str, list[str]]) -> list[Verdict]:
        found = []
        if self.version:
            if self.method != "GET":
                found.append(Verdict(rules.METHOD, f"the method is {_quoted(self.method)}"))
            if self.version < "HTTP/1.1":
                found.append(Verdict(rules.HTTP_VERSION, f"the version is {self.version}"))
        for name, token, rule in (
            ("Upgrade", "websocket", rules.REQUEST_UPGRADE),
            ("Connection", "upgrade", rules.REQUEST_CONNECTION),
        ):
            values = headers.get(name.lower(), [])
            if token not in _tokens(values):
                found.append(Verdict(rule, _value_of(name, values)))
        keys = headers.get("sec-websocket-key", [])
        if len(keys) != 1:
            found.append(Verdict(rules.KEY, _count_of("Sec-WebSocket-Key", keys)))
        elif not KEY.fullmatch(keys[0]):
            found.append(Verdict(rules.KEY, _fault_of_key(keys[0])))
        versions = headers.get("sec-websocket-version", [])
        if versions != ["13"]:
            found.append(Verdict(rules.VERSION, _value_of("Sec-WebSocket-Version", versions)))
        offered = headers.get("sec-websocket-protocol", [])
        names = _items(offered)
        if not all(map(TOKEN.fullmatch, names)) or len(set(names)) < len(names):
            found.append(Verdict(rules.SUBPROTOCOLS, _value_of("Sec-WebSocket-Protocol", offered)))
        return found


@dataclass(frozen=True, slots=True, repr=False)
class Response(_Head):
    """
    An HTTP response exactly as it crossed the wire (RFC 6455 §4.2.2).

    Attributes:
        raw: The head's bytes, the empty line at its end included; without that line if the stream
            ended early or the reader let the rest pass.
        body: What follows the head, its chunks joined: as many bytes as are announced, or all
            until the stream ended; none after a 101, which frames follow.
        time: Seconds since the recording began, when its last byte came; None if unknown.
        offset: Where its first byte stands in the server's stream, in bytes; None if unknown.
        skipped: True when it was longer than the reader keeps.
        context: Verdicts that its own bytes here don't show: earned by its place in the
            conversation, by the end of the stream, or by how its body was cut into chunks.
        wire_size: Length of head and body on the wire, in bytes, the framing of chunks and what
            was let pass included; None if unknown.

    """

    speaker: ClassVar[Speaker] = "server"
    start_rule: ClassVar[tuple[re.Pattern[str], Rule]] = (STATUS_LINE, rules.STATUS_LINE)

    @property
    def version(self) -> str:
        """The first word, e.g. ``"HTTP/1.1"``."""
        return self.start_line.partition(" ")[0]

    @property
    def status(self) -> int:
        """The status code, 100 to 599; 0 where there is none to read."""
        word = self.start_line.partition(" ")[2].partition(" ")[0]
        return int(word) if STATUS.fullmatch(word) else 0

    @property
    def reason(self) -> str:
        """What follows the status code, e.g. ``"Switching Protocols"``."""
        return self.start_line.partition(" ")[2].partition(" ")[2]

    def judge(self, request: Request) -> tuple[Verdict, ...]:
        """
        Find what is wrong with this answer to that request.

        Args:
            request: The request that it answers.

        Returns:
            What a 101 accepts that wasn't asked for; none for another status. None either where
            a part of the request is missing, as it may have asked in that part.

        """
        if self.status != 101 or not self._is_whole():
            return ()
        if request.skipped or not request._is_whole():
            return ()
        found = []
        if not request.is_upgrade:
            what = "the server changes to another protocol, and the request didn't ask"
            found.append(Verdict(rules.UNASKED_UPGRADE, what))
        keys = request.get_all("Sec-WebSocket-Key")
        accepts = self.get_all("Sec-WebSocket-Accept")
        if len(keys) == len(accepts) == 1 and accepts != [accept_key(keys[0])]:
            what = f"Sec-WebSocket-Accept is {_quoted(accepts[0])}, expected for this key: "
            found.append(Verdict(rules.ACCEPT, what + _quoted(accept_key(keys[0]))))
        for name, rule in (
            ("Sec-WebSocket-Extensions", rules.EXTENSION_OFFERED),
            ("Sec-WebSocket-Protocol", rules.SUBPROTOCOL_OFFERED),
        ):
            offered = [item.partition(";")[0].strip() for item in _items(request.get_all(name))]
            chosen = [item.partition(";")[0].strip() for item in _items(self.get_all(name))]
            foreign = [item for item in chosen if item not in offered]
            if foreign:
                what = f"the server chose {_list_of(foreign)}, the client offered "
                found.append(Verdict(rule, what + (_list_of(offered) or "none")))
        return tuple(found)

    def _says(self) -> str:
        return f"{self.status} {self.reason}".rstrip() if self.status else self.start_line

    def _begin_body(self, max_size: int) -> _Body:
        # A head that isn't HTTP announces nothing.
        if self.status < 200 or self.status in (204, 304):
            return _Body(max_size, 0)
        codings = self.get_all("Transfer-Encoding")
        if _is_chunked(codings):
            return _ChunkedBody(max_size)
        return _Body(max_size, None if _tokens(codings) else self._content_length())

    def _verdicts(self) -> list[Verdict]:
        if self.status != 101 or not self._is_whole():
            return []
        headers, found = self._by_name(), []
        if self.version < "HTTP/1.1":
            found.append(Verdict(rules.HTTP_VERSION, f"the version is {_quoted(self.version)}"))
        upgrades = headers.get("upgrade", [])
        if _tokens(upgrades) != ["websocket"]:
            found.append(Verdict(rules.RESPONSE_UPGRADE, _value_of("Upgrade", upgrades)))
        connections = headers.get("connection", [])
        if "upgrade" not in _tokens(connections):
            found.append(Verdict(rules.RESPONSE_CONNECTION, _value_of("Connection", connections)))
        accepts = headers.get("sec-websocket-accept", [])
        if len(accepts) != 1:
            found.append(Verdict(rules.ACCEPT, _count_of("Sec-WebSocket-Accept", accepts)))
        chosen = _items(headers.get("sec-websocket-protocol", []))
        if len(chosen) > 1:
            what = f"the server chose {len(chosen)} subprotocols: {_list_of(chosen)}"
            found.append(Verdict(rules.ONE_SUBPROTOCOL, what))
        return found


class _Body:
    """
    A body of known length, or one that lasts until the stream ends (RFC 9112 §6.3).

    Args:
        max_size: How much of it is kept, in bytes; the rest is counted and let pass.
        size: Its length in bytes; None if it lasts until the stream ends.

    Attributes:
        kept: Its first bytes, chunks joined.
        size_on_wire: How many bytes of the stream it has had so far.
        is_whole: True once its last byte came, so that what follows can be read.
        fault: What makes its end impossible to find, or None.

    """

    def __init__(self, max_size: int, size: int | None) -> None:
        self.kept = bytearray()
        self.size_on_wire = 0
        self.is_whole = size == 0
        self.fault: Verdict | None = None
        self._max_size = max_size
        self._size = size
        self._received = 0  # bytes, the framing of chunks not counted

    @property
    def is_longer(self) -> bool:
        """True once more of it came than is kept."""
        return self._received > self._max_size

    @property
    def is_done(self) -> bool:
        """True once there is nothing to wait for: its end came, or can't be known any more."""
        is_endless = self._size is None and self.is_longer
        return self.is_whole or self.fault is not None or is_endless

    def receive(self, data: bytes, start: int) -> int:
        """Take its bytes out of ``data``, from ``start`` on; return where they end."""
        # One byte more than is kept tells an endless body that is too long.
        size = self._max_size + 1 if self._size is None else self._size
        end = min(len(data), start + size - self._received)
        self._take(data, start, end)
        self.is_whole = self._received == self._size
        return end

    def receive_eof(self) -> None:
        """Learn that the stream has ended."""
        missing = (self._size or 0) - self._received
        if missing > 0:
            what = f"the stream ended {_bytes(missing)} before the body's end"
            self.fault = Verdict(rules.WHOLE_BODY, what)

    def _take(self, data: bytes, start: int, end: int) -> None:
        room = self._max_size - len(self.kept)
        self.kept += data[start : min(end, start + room)]
        self._received += end - start
        self.size_on_wire += end - start


class _ChunkedBody(_Body):
    """A body in chunks, each with its size before it (RFC 9112 §7.1)."""

    def __init__(self, max_size: int) -> None:
        super().__init__(max_size, 0)
        self.is_whole = False
        self._line = bytearray()  # the line under way
        self._left = 0  # bytes of this chunk that are still to come
        # What the next line has to be. (A bound method would hold the body, and all that it keeps,
        # until the garbage collector comes.)
        self._read_line: Callable[[_ChunkedBody, bytes], str] = _ChunkedBody._read_size

    def receive(self, data: bytes, start: int) -> int:
        while start < len(data) and not self.is_done:
            if self._left:
                end = min(len(data), start + self._left)
                self._left -= end - start
                self._take(data, start, end)
            else:
                most = 2 if self._read_line is _ChunkedBody._read_chunk_end else LONGEST_CHUNK_LINE
                limit = start + most - len(self._line)
                end = data.find(b"\n", start, limit) + 1 or min(len(data), limit)
                self._line += data[start:end]
                if self._line.endswith(b"\n") or len(self._line) == most:
                    self._end_line()
                elif self._read_line is _ChunkedBody._read_size and self._line[0] not in HEX_DIGITS:
                    self._end_line()  # a fault already: don't wait for the line's end
            start = end
        return start

    def receive_eof(self) -> None:
        self.size_on_wire += len(self._line)
        self.fault = Verdict(rules.CHUNKED, "the stream ended before the last chunk's end")

    def _end_line(self) -> None:
        line = bytes(self._line)
        what = self._read_line(self, line)
        if what:
            self.fault = Verdict(rules.CHUNKED, what)
            return
        self.size_on_wire += len(line)
        self._line.clear()

    def _read_size(self, line: bytes) -> str:
        match = CHUNK_SIZE.fullmatch(line)
        if match is None:
            return "a line that should be the size of a chunk isn't"
        self._left = int(match[1], 16)
        is_last = self._left == 0
        self._read_line = _ChunkedBody._read_trailer if is_last else _ChunkedBody._read_chunk_end
        return ""

    def _read_chunk_end(self, line: bytes) -> str:
        self._read_line = _ChunkedBody._read_size
        return "" if line == b"\r\n" else "no CR LF comes after the bytes of a chunk"

    def _read_trailer(self, line: bytes) -> str:
        self.is_whole = line == b"\r\n"
        return "" if TRAILER.fullmatch(line) else "a line after the last chunk is no header"


class HandshakeReader:
    """
    Cut one HTTP request or response off the start of a stream.

    The bytes may come in chunks cut anywhere. Once the reader is ``done`` it takes no more: give
    ``rest`` and the chunks that follow to a :class:`~hellosockets.frames.FrameReader`, or to
    another `HandshakeReader`.

    Args:
        speaker: Whose stream it is: requests come from ``"client"``, responses from ``"server"``.
        offset: Where the first byte stands in the speaker's stream, in bytes.
        max_size: Longest head that is kept, in bytes. Of a longer one the start is kept, with a
            verdict, and the rest passes without being held.
        max_body: Longest body that is kept, in bytes; the same holds for it, except that the
            stream goes on after a body whose end is known.

    Attributes:
        method: Method of the request that is answered; HEAD's answer has no body. None if unknown.
        done: True once the handshake was returned, or the stream ended.
        rest: What came after the handshake in the chunk that completed it.
        consumed: How many bytes of the stream belong to the handshake: head and body as on the
            wire, the framing of chunks and what was let pass included.
        resumes: True when what follows the handshake can be read; False until it is done, and
            where its end can't be known: a head too long, chunks that are none, a body that lasts
            until the stream ends.

    """

    def __init__(
        self,
        speaker: Speaker,
        *,
        offset: int = 0,
        max_size: int = 64 * 2**10,
        max_body: int = 2**20,
    ) -> None:
        self.speaker = speaker
        self.max_size = max_size
        self.max_body = max_body
        self.method: str | None = None
        self.done = False
        self.rest = b""
        self.consumed = 0
        self.resumes = False
        self._offset = offset
        self._head = bytearray()
        self._start = 0  # of the first line, after empty ones
        self._searched = 0  # no head ends before here
        self._body: _Body | None = None  # once the head is whole

    def receive_data(self, data: bytes, time: float | None = None) -> Request | Response | None:
        """
        Receive bytes from the network.

        Args:
            data: Any number of bytes, cut anywhere.
            time: When they came, in seconds; the handshake that they complete carries it.

        Returns:
            The handshake, once, with the bytes that complete it: its head, and the body where one
            is announced. A body of unknown length lasts until the stream ends.

        """
        if self.done:
            return None
        end = 0
        if self._body is None:
            held = len(self._head)
            self._head += data[: self.max_size - held]
            self._body = self._find_end()
            if self._body is None:
                return self._finish(time) if len(self._head) >= self.max_size else None
            end = len(self._head) - held
        end = self._body.receive(data, end)
        return self._finish(time, data[end:]) if self._body.is_done else None

    def receive_eof(self, time: float | None = None) -> Request | Response | None:
        """
        Learn that the stream has ended.

        Args:
            time: When it ended, in seconds.

        Returns:
            The handshake that the end completed or cut short; None if there was nothing of one.

        """
        if self.done or not self._head:
            self.done = True
            return None
        if self._body is not None:
            self._body.receive_eof()
        return self._finish(time, has_ended=True)

    def _find_end(self) -> _Body | None:
        # Each byte is looked at about once, however small the chunks.
        leading = EMPTY_LINES.match(self._head, self._start, self.max_size)
        self._start = leading.end() if leading else self._start
        start = max(self._start, self._searched - len(b"\n\r"))
        end = HEAD_END.search(self._head, start, self.max_size)
        self._searched = len(self._head)
        if end is None:
            return None
        del self._head[end.end() :]
        if self.method == "HEAD":
            return _Body(self.max_body, 0)
        return self._kind(bytes(self._head))._begin_body(self.max_body)

    def _finish(
        self, time: float | None, rest: bytes = b"", *, has_ended: bool = False
    ) -> Request | Response:
        raw, body, context = bytes(self._head), b"", tuple[Verdict, ...]()
        skipped = self._body is None and not has_ended
        self.done = True
        self.consumed = len(raw)
        if self._body is not None:
            body = bytes(self._body.kept)
            skipped = self._body.is_longer
            self.consumed += self._body.size_on_wire
            self.resumes = self._body.is_whole and self._body.fault is None
            context = () if self._body.fault is None else (self._body.fault,)
        self.rest = rest if self.resumes else b""
        self._head.clear()
        self._body = None
        return self._kind(raw, body, time, self._offset, skipped, context, self.consumed)

    @property
    def _kind(self) -> type[Request] | type[Response]:
        return Request if self.speaker == "client" else Response


def _is_chunked(codings: Iterable[str]) -> bool:
    return _tokens(codings)[-1:] == ["chunked"]


def _items(values: Iterable[str]) -> list[str]:
    # RFC 9110 §5.6.1: a list is written with commas, on one line or on several.
    items = [item.strip(" \t") for value in values for item in value.split(",")]
    return [item for item in items if item]


def _tokens(values: Iterable[str]) -> list[str]:
    return [item.lower() for item in _items(values)]


def _fault_of_key(key: str) -> str:
    if URL_SAFE_BASE64.fullmatch(key):
        return f"the key {_quoted(key)} is URL-safe base64, with - and _ in place of + and /"
    if not BASE64.fullmatch(key):
        return f"the key {_quoted(key)} isn't base64"
    return f"the key {_quoted(key)} decodes to {_bytes(len(base64.b64decode(key)))}"


def _value_of(name: str, values: list[str]) -> str:
    return f"{name} is {_quoted(', '.join(values))}" if values else f"{name} is missing"


def _count_of(name: str, values: list[str]) -> str:
    return f"{name} is there {len(values):,} times" if values else f"{name} is missing"


def _is_url_host(host: str) -> bool:
    match = URL_HOST.fullmatch(host)
    return match is not None and int(match[1] or 80) in range(1, 2**16)


def _method_words(method: str) -> list[str]:
    if method == "GET" or not TOKEN.fullmatch(method):
        return []
    return ["--head"] if method == "HEAD" else ["-X", method]


def _for_a_shell(value: str) -> str:
    # A terminal writes UTF-8: what was UTF-8 on the wire must be shown as such to come out again.
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return value


def _shown(text: str, size: int) -> str:
    return preview(text[: 4 * size].encode(), True, size)


def _quoted(text: str) -> str:
    return f'"{_shown(text, 60)}"'


def _list_of(names: list[str]) -> str:
    return ", ".join(map(_quoted, names[:5])) + _and_more(len(names) - 5)


def _and_more(count: int) -> str:
    return f", and {count:,} more" if count > 0 else ""


def _bytes(count: int) -> str:
    return f"{count:,} byte{'' if count == 1 else 's'}"
