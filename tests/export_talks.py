"""Connections to export, by name: well-behaved ones, broken-off ones and hostile ones."""

from __future__ import annotations

import gzip
import itertools
import struct

from vectors import RFC_ACCEPT, RFC_KEY
from websockets.frames import Opcode

from hellosockets.conversation import Conversation
from hellosockets.deflate import Deflater
from hellosockets.frames import Speaker, build_frame
from hellosockets.recording import Recording

BEGAN = "2026-11-25T04:35:00Z"
BEGAN_EPOCH = 1795581300.0
KEY = bytes.fromhex("37fa213d")

Turn = tuple[Speaker, bytes]


def head(*lines: str) -> bytes:
    return "".join(f"{line}\r\n" for line in [*lines, ""]).encode("latin-1")


def request(target: str = "/echo", *headers: str) -> Turn:
    return "client", head(
        f"GET {target} HTTP/1.1",
        "Host: localhost:4000",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {RFC_KEY}",
        "Sec-WebSocket-Version: 13",
        *headers,
    )


def answer(*headers: str) -> Turn:
    return "server", head(
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Accept: {RFC_ACCEPT}",
        *headers,
    )


def client(payload: str | bytes, opcode: int | None = None, **kwargs) -> Turn:
    return "client", build_frame(payload, opcode, masking_key=KEY, **kwargs)


def server(payload: str | bytes, opcode: int | None = None, **kwargs) -> Turn:
    return "server", build_frame(payload, opcode, **kwargs)


def close(code: int) -> bytes:
    return struct.pack("!H", code)


def converse(
    turns: list[Turn], *, number: int = 1, secure: bool = False, **limits: int
) -> Conversation:
    """Record turns, a quarter of a second apart."""
    clock = itertools.count()
    recording = Recording(clock=lambda: next(clock) / 4, **limits)
    conversation = Conversation(recording, number=number, secure=secure)
    if limits:
        recording.before_drop.clear()  # nobody reads in time
    for speaker, data in turns:
        recording.append(speaker, data)
    return conversation


def deflated(text: str) -> bytes:
    return Deflater(no_context_takeover=True).deflate(text.encode())


ENDS: list[Turn] = [("client", b""), ("server", b"")]
GOODBYE = [
    client(close(1000), Opcode.CLOSE),
    server(close(1000), Opcode.CLOSE),
    *reversed(ENDS),
]
DEFLATE = (
    "Sec-WebSocket-Extensions: "
    "permessage-deflate; client_no_context_takeover; server_no_context_takeover"
)

TURNS: dict[str, list[Turn]] = {
    "nothing at all": [],
    "ended at once": ENDS,
    "half a handshake, still open": [("client", request()[1][:40])],
    "half a handshake, ended": [("client", request()[1][:40]), *ENDS],
    "no response": [request(), client("early"), *ENDS],
    "refused": [
        request("/socket/websocket?vsn=2.0.0"),
        ("server", head("HTTP/1.1 403 Forbidden", "Content-Length: 2") + b"No"),
        *ENDS,
    ],
    "plain HTTP, twice": [
        ("client", head("GET / HTTP/1.1", "Host: localhost:4000")),
        (
            "server",
            head("HTTP/1.1 200 OK", "Content-Type: text/html", "Content-Length: 4") + b"<p>\n",
        ),
        (
            "client",
            head(
                "POST /log HTTP/1.1",
                "Host: localhost",
                "Content-Type: text/plain",
                "Content-Length: 5",
            )
            + b"Hello",
        ),
        ("server", head("HTTP/1.1 204 No Content")),
    ],
    "a body of bytes, gzipped": [
        ("client", head("GET /logo HTTP/1.1", "Host: localhost")),
        (
            "server",
            head("HTTP/1.1 200 OK", "Content-Encoding: gzip", "Transfer-Encoding: chunked")
            + b"%x\r\n%s\r\n0\r\n\r\n"
            % (len(zipped := gzip.compress(b"\xff\x00" * 9, mtime=0)), zipped),
        ),
    ],
    "fragments, pings and a close": [
        request(),
        answer(),
        client("Hel", fin=False),
        client("ping", Opcode.PING),
        server("ping", Opcode.PONG),
        client("lo", Opcode.CONT),
        server("Grüße \N{WAVING HAND SIGN}"),
        client(b"\x00\xff\x80"),
        server(b""),
        *GOODBYE,
    ],
    "permessage-deflate": [
        request("/echo", DEFLATE),
        answer(DEFLATE),
        client(deflated("Hello" * 20), Opcode.TEXT, rsv1=True),
        server(deflated("Hello" * 20), Opcode.TEXT, rsv1=True),
        *GOODBYE,
    ],
    "hostile bytes": [
        ("client", b"\x00\xff GET\r\n\r\n \x80: \x00\r\nCookie\r\n\xff\xfe: \r\r\n\r\n" * 3),
        ("server", b"\xff" * 300),
        ("client", b"\x81\x03\xed\xa0\x80"),
        ("server", b""),
        ("server", b"after the end"),
        ("client", b""),
    ],
    "hostile text": [
        request(
            "/%zz\xff?=&token&a=%&token=%FF\x01#x=y", "Cookie: ;=;a", "Host: [::", "Referer: //@?"
        ),
        answer(
            "Set-Cookie: =;;Expires=never;PATH", "Set-Cookie: x", "Location: http://[", "\xff: \xff"
        ),
        client(b"\xed\xa0\x80 half a surrogate", Opcode.TEXT),
        server(b"\xff\xfe", Opcode.TEXT),
        server(b"not deflated", Opcode.TEXT, rsv1=True),
        ("client", b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
        *ENDS,
    ],
    "a huge payload": [request(), answer(), client(b"x" * 200_001), server("y" * 70_000), *ENDS],
    "plain GET, granted all the same": [
        ("client", head("GET / HTTP/1.1", "Host: localhost")),
        answer(),
        server("Hello"),
    ],
    "asked twice on one connection": [
        request("/a"),
        ("server", head("HTTP/1.1 401 Unauthorized", "Content-Length: 0")),
        request("/b", "Authorization: Basic Zm9vOmJhcg=="),
        ("server", head("HTTP/1.1 103 Early Hints")),
        answer(),
        server("Hello"),
    ],
}


def talk(name: str, **kwargs) -> Conversation:
    return converse(TURNS[name], **kwargs)


def gap(**kwargs) -> Conversation:
    """Return a connection whose first chunks made room before anybody read them."""
    return converse(TURNS["fragments, pings and a close"], max_chunks=4, **kwargs)


def all_talks() -> list[Conversation]:
    talks = [talk(name, number=number) for number, name in enumerate(TURNS, 1)]
    return [*talks, gap(number=len(talks) + 1)]
