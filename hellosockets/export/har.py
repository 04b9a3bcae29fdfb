"""HAR: an HTTP archive (version 1.2) as browsers and proxies write it.

The format knows HTTP alone. Chrome added ``_webSocketMessages`` to it, and mitmproxy and others
followed: whole messages, unmasked and inflated, without the frames that carried them. As in both,
pings, pongs and close frames aren't among them.

The specification: http://www.softwareishard.com/blog/har-12-spec/.
"""

from __future__ import annotations

import base64
import zlib
from bisect import bisect_right
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import parse_qsl, quote

from ..conversation import Conversation
from ..events import Gap, Message
from ..frames import Speaker
from ..handshake import ABSOLUTE, URL_HOST, Request, Response
from .cookies import request_cookies, response_cookies
from .moment import Moment, epoch, iso, later, parse_moment
from .redaction import Redact, Redaction
from .replay import Conversations, as_list

__all__ = ["HAR", "to_har"]

HAR: TypeAlias = dict[str, Any]

CREATOR = {"name": "HelloSockets", "version": "0.1.0"}

# Chrome's name for what has no Content-Type.
UNKNOWN_TYPE = "x-unknown"

# RFC 3986 §2.2 and §2.3: what may stand in an address as it is.
ADDRESS_CHARACTERS = "-._~:/?#[]@!$&'()*+,;=%"

# Codings that zlib reads, and the longest body that is inflated, in bytes.
INFLATABLE = frozenset(["gzip", "x-gzip", "deflate"])
MOST_INFLATED = 16 * 2**20
EITHER_HEADER = 32 + zlib.MAX_WBITS


def to_har(conversations: Conversations, *, began: Moment, redact: Redact = True) -> HAR:
    """
    Write handshakes and messages as an HTTP archive.

    Each request becomes an entry: granted, refused, answered with plain HTTP or not at all. An
    entry of a WebSocket has ``_resourceType: "websocket"`` and ``_webSocketMessages``; each of
    these has a ``type`` (``"send"`` by the client, ``"receive"`` by the server), a ``time`` in
    seconds since 1970, an ``opcode`` (1 text, 2 binary) and its ``data``: text, or bytes in base64.
    Text that isn't UTF-8 has U+FFFD in its place.

    Times are in milliseconds, -1 where they aren't known. ``receive`` lasts, as in Chrome, until
    the last byte of a WebSocket. Sizes are those on the wire.

    Args:
        conversations: One, or several.
        began: When the first of their recordings began: a datetime that knows its time zone, or ISO
            8601 text. The others begin as much later as their clock says.
        redact: True puts ``redacted`` in the place of credentials: Cookie, Set-Cookie,
            Authorization and Proxy-Authorization, the auth token in Sec-WebSocket-Protocol, and
            query parameters whose name ends in ``token`` (``undefined`` is none). A function does
            so too, and is given the data of each message and body, a str or bytes, to return what
            takes its place. False takes out nothing.

    Returns:
        What ``json.dumps`` takes; the same conversations give the same keys in the same order.

    Raises:
        TypeError: If an argument is of another type, or the function returns one.
        ValueError: If ``began`` isn't ISO 8601 or has no time zone.

    """
    listed = as_list(conversations)
    moment = parse_moment(began)
    redaction = Redaction(redact)
    first = min((each.recording.began for each in listed), default=0.0)
    entries: list[dict[str, Any]] = []
    left_out = 0
    for conversation in listed:
        offset = conversation.recording.began - first
        found = _Writer(conversation, later(moment, offset), redaction).entries()
        entries += found
        left_out += not found
    log: dict[str, Any] = {"version": "1.2", "creator": CREATOR, "pages": [], "entries": entries}
    if left_out:
        which = "1 connection is" if left_out == 1 else f"{left_out:,} connections are"
        log["comment"] = f"{which} left out, as no request is held"
    return {"log": log}


class _Exchange(NamedTuple):
    """A request and its answer."""

    request: Request
    response: Response | None


class _Writer:
    """Writes the entries of one connection."""

    def __init__(self, conversation: Conversation, began: datetime, redaction: Redaction) -> None:
        self.conversation = conversation
        self.began = began
        self.redaction = redaction
        self.events = conversation.events
        self.arrivals = _Arrivals(conversation)

    def entries(self) -> list[dict[str, Any]]:
        exchanges = self._exchanges()
        socket = _socket_of(exchanges)
        return [self._entry(exchange, has_messages=exchange is socket) for exchange in exchanges]

    def _exchanges(self) -> list[_Exchange]:
        exchanges: list[_Exchange] = []
        unanswered = 0  # number of the first exchange without an answer
        for event in self.events:
            if isinstance(event, Request):
                exchanges.append(_Exchange(event, None))
            elif isinstance(event, Response):
                # 100 and 103 aren't the answer yet.
                is_final = event.status >= 200 or event.status in (0, 101)
                if is_final and unanswered < len(exchanges):
                    exchanges[unanswered] = exchanges[unanswered]._replace(response=event)
                    unanswered += 1
        request = self.conversation.request
        if not exchanges and request is not None:  # the events made room, the handshake is held
            exchanges.append(_Exchange(request, self.conversation.response))
        return exchanges

    def _entry(self, exchange: _Exchange, has_messages: bool) -> dict[str, Any]:
        request, response = exchange
        is_socket = has_messages or request.is_upgrade
        started = self.arrivals.start_of(request)
        timings = self._timings(exchange, started, has_messages)
        entry: dict[str, Any] = {
            "startedDateTime": iso(later(self.began, started)),
            # "Time is the sum of all timings available"; those with -1 aren't.
            "time": round(sum(value for value in timings.values() if value > 0), 3),
            "request": self._request(request, is_socket),
            "response": _no_response() if response is None else self._response(response),
            "cache": {},
            "timings": timings,
            "connection": str(self.conversation.number),
        }
        comments = self._comments() if has_messages else []
        if comments:
            entry["comment"] = "; ".join(comments)
        if is_socket:
            messages = self.conversation.messages if has_messages else []
            entry["_resourceType"] = "websocket"
            entry["_webSocketMessages"] = [self._message(message) for message in messages]
        return entry

    def _comments(self) -> list[str]:
        comments = [
            f"{event.size:,} bytes were dropped unread"
            for event in self.events
            if isinstance(event, Gap)
        ]
        if self.conversation.dropped_events:
            comments.append(f"the oldest {self.conversation.dropped_events:,} events made room")
        return comments

    def _timings(self, exchange: _Exchange, started: float, lasts: bool) -> dict[str, float]:
        request, response = exchange
        sent = started if request.time is None else request.time
        newest = self.arrivals.newest
        if response is None:
            answered = received = max(newest, sent)
        else:
            answered = self.arrivals.start_of(response)
            is_open = lasts and response.status == 101
            received = newest if is_open or response.time is None else response.time
        return {
            "blocked": -1,
            "dns": -1,
            "connect": -1,
            "ssl": -1,
            "send": _milliseconds(sent - started),
            "wait": _milliseconds(answered - sent),
            "receive": _milliseconds(received - answered),
        }

    def _request(self, request: Request, is_socket: bool) -> dict[str, Any]:
        url = self.redaction.url(self._url(request, is_socket))
        query = url.partition("?")[2]
        written: dict[str, Any] = {
            "method": request.method,
            "url": url,
            "httpVersion": request.version,
            "cookies": request_cookies(request, self.redaction),
            "headers": self._headers(request),
            "queryString": _pairs(parse_qsl(query, keep_blank_values=True)),
            "headersSize": _head_size(request),
            "bodySize": _body_size(request),
        }
        if request.body:
            text = self.redaction.payload(request.body.decode("utf-8", "replace"))
            mime_type = request.get("Content-Type") or UNKNOWN_TYPE
            written["postData"] = {"mimeType": mime_type, "params": [], "text": text}
        return written

    def _response(self, response: Response) -> dict[str, Any]:
        location = self.redaction.header("Location", response.get("Location") or "")
        head_size, body_size = _head_size(response), _body_size(response)
        return {
            "status": response.status,
            "statusText": response.reason,
            "httpVersion": response.version,
            "cookies": response_cookies(response, self.redaction),
            "headers": self._headers(response),
            "content": self._content(response),
            "redirectURL": location,
            "headersSize": head_size,
            "bodySize": body_size,
            "_transferSize": max(0, head_size) + body_size,
            "_error": None,
        }

    def _content(self, response: Response) -> dict[str, Any]:
        body, is_readable = _decoded(response)
        mime_type = response.get("Content-Type") or UNKNOWN_TYPE
        content: dict[str, Any] = {"size": len(body), "mimeType": mime_type}
        if body:
            try:
                data: str | bytes = body.decode() if is_readable else body
            except UnicodeDecodeError:
                data = body
            shown = self.redaction.payload(data)
            if isinstance(shown, str):
                content["text"] = shown
            else:
                content["text"] = base64.b64encode(shown).decode()
                content["encoding"] = "base64"
        comments = []
        if response.skipped:
            comments.append("the rest was let pass unread")
        if not is_readable:
            comments.append("still encoded, as Content-Encoding says")
        if comments:
            content["comment"] = "; ".join(comments)
        return content

    def _message(self, message: Message) -> dict[str, Any]:
        data = self.redaction.payload(message.text if message.is_text else message.data)
        return {
            "type": "send" if message.speaker == "client" else "receive",
            "time": round(epoch(self.began) + (message.time or 0.0), 6),
            "opcode": int(message.opcode),
            "data": data if isinstance(data, str) else base64.b64encode(data).decode(),
        }

    def _url(self, request: Request, is_socket: bool) -> str:
        schemes = ("ws", "wss") if is_socket else ("http", "https")
        # What follows # stays at home in a browser.
        target = request.target.partition("#")[0]
        absolute = ABSOLUTE.match(target)
        if absolute is not None:  # "http://localhost/echo", as a proxy is asked
            target = target[absolute.end() :]
        hosts = [*([absolute[0].partition("//")[2]] if absolute else []), *request.get_all("Host")]
        host = next(filter(_is_host, hosts), "localhost")
        path = quote(target.encode("latin-1", "replace"), safe=ADDRESS_CHARACTERS)
        slash = "" if path.startswith("/") else "/"
        return f"{schemes[self.conversation.secure]}://{host}{slash}{path}"

    def _headers(self, head: Request | Response) -> list[dict[str, Any]]:
        return _pairs([(name, self.redaction.header(name, value)) for name, value in head.headers])


class _Arrivals:
    """When which byte of a connection came, in seconds since its recording began."""

    def __init__(self, conversation: Conversation) -> None:
        chunks = conversation.recording.chunks
        self.newest = max((chunk.time for chunk in chunks), default=0.0)
        self._ends: dict[Speaker, list[int]] = {}
        self._times: dict[Speaker, list[float]] = {}
        self._starts: dict[Speaker, int] = {}
        speakers: tuple[Speaker, ...] = ("client", "server")
        for speaker in speakers:
            spoken = [chunk for chunk in chunks if chunk.speaker == speaker and chunk.data]
            # Chunks that were dropped have boundaries too, before those of the chunks held.
            ends = conversation.boundaries(speaker)
            self._ends[speaker] = ends[max(0, len(ends) - len(spoken)) :]
            self._times[speaker] = [chunk.time for chunk in spoken]
            self._starts[speaker] = self._ends[speaker][0] - len(spoken[0].data) if spoken else 0

    def start_of(self, head: Request | Response) -> float:
        """Return when the first byte of a head came; if that isn't held, when its last one did."""
        fallback = head.time or 0.0
        ends, times = self._ends[head.speaker], self._times[head.speaker]
        if head.offset is None or head.offset < self._starts[head.speaker]:
            return fallback
        number = bisect_right(ends, head.offset)
        return times[number] if number < len(times) else fallback


def _socket_of(exchanges: list[_Exchange]) -> _Exchange | None:
    """Find the exchange that the messages belong to."""
    granted = [each for each in exchanges if each.response and each.response.status == 101]
    asked = [each for each in exchanges if each.request.is_upgrade]
    candidates = granted or asked
    return candidates[-1] if candidates else None


def _no_response() -> dict[str, Any]:
    # As Chrome and mitmproxy write it.
    return {
        "status": 0,
        "statusText": "",
        "httpVersion": "",
        "cookies": [],
        "headers": [],
        "content": {"size": 0, "mimeType": UNKNOWN_TYPE},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
        "_transferSize": 0,
        "_error": None,
    }


def _pairs(pairs: list[tuple[str, str]]) -> list[dict[str, Any]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _milliseconds(seconds: float) -> float:
    return round(1000 * max(0.0, seconds), 3)


def _head_size(head: Request | Response) -> int:
    """Return the head's length up to the empty line, which counts; -1 where that didn't come."""
    return len(head.raw) if head.raw.endswith((b"\n\r\n", b"\n\n")) else -1


def _body_size(head: Request | Response) -> int:
    return len(head.body) if head.wire_size is None else max(0, head.wire_size - len(head.raw))


def _decoded(response: Response) -> tuple[bytes, bool]:
    """Return the body without its Content-Encoding, and whether that could be taken off."""
    coding = (response.get("Content-Encoding") or "identity").strip().lower()
    if coding == "identity" or not response.body:
        return response.body, True
    if coding not in INFLATABLE or response.skipped:
        return response.body, False
    inflater = zlib.decompressobj(EITHER_HEADER)
    try:
        body = inflater.decompress(response.body, MOST_INFLATED)
    except zlib.error:
        return response.body, False
    return (body, True) if inflater.eof else (response.body, False)


def _is_host(text: str) -> bool:
    match = URL_HOST.fullmatch(text)
    return match is not None and int(match[1] or 0) < 2**16
