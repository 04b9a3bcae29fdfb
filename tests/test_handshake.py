"""The opening handshake: the RFC's examples, `websockets` as an oracle, curl, and bad manners."""

from __future__ import annotations

import asyncio
import base64
import os
import re
import tracemalloc
from collections.abc import Callable, Generator, Iterable
from typing import Any, cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from vectors import HANDSHAKES, RFC_ACCEPT, RFC_KEY
from websockets import http11, utils
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import HeaderLineTooLong, InvalidHeaderFormat, TooManyHeaders
from websockets.server import ServerProtocol
from websockets.streams import StreamReader

from hellosockets import handshake, rules
from hellosockets.handshake import HandshakeReader, Request, Response, accept_key, build_request
from hellosockets.rules import Rule, Verdict

URL_SAFE_KEY = base64.urlsafe_b64encode(b"\xff" * 16)
REQUEST, RESPONSE, _, _ = HANDSHAKES["protocol overview, §1.2"]
HEADS = [
    pytest.param("client" if side == 0 else "server", vector[side], id=f"{name}, {side}")
    for name, vector in HANDSHAKES.items()
    for side in (0, 1)
]


def read(speaker: str, data: bytes, *sizes: int, **limits: int) -> Request | Response | None:
    """Read a stream to its end, in chunks of the given sizes and one with the rest."""
    return read_all(speaker, data, *sizes, **limits)[0]


def read_all(
    speaker: str, data: bytes, *sizes: int, **limits: int
) -> tuple[Request | Response | None, bytes]:
    """Read a stream to its end; return the handshake and every byte that came after it."""
    reader = HandshakeReader(cast(Any, speaker), **limits)
    found, after = None, b""
    for size in (*sizes, len(data)):
        chunk, data = data[:size], data[size:]
        if reader.done:
            after += chunk
            continue
        found = reader.receive_data(chunk, 1.0)
        after += reader.rest
    return found or reader.receive_eof(2.0), after


def request(data: bytes) -> Request:
    message = read("client", data)
    assert isinstance(message, Request)
    return message


def response(data: bytes) -> Response:
    message = read("server", data)
    assert isinstance(message, Response)
    return message


def broken(verdicts: Iterable[Verdict]) -> list[Rule]:
    return [verdict.rule for verdict in verdicts]


# The RFC's examples


@pytest.mark.parametrize(("speaker", "data"), HEADS)
def test_reads_whole_head(speaker: str, data: bytes) -> None:
    message = read(speaker, data)
    assert message is not None
    assert message.raw == data
    assert message.speaker == speaker
    assert (message.time, message.offset, message.body) == (1.0, 0, b"")
    assert message.verdicts == ()


@pytest.mark.parametrize(("speaker", "data"), HEADS)
def test_reads_head_byte_by_byte(speaker: str, data: bytes) -> None:
    reader = HandshakeReader(cast(Any, speaker))
    for i in range(len(data) - 1):
        assert reader.receive_data(data[i : i + 1]) is None
        assert not reader.done
    message = reader.receive_data(data[-1:])
    assert message is not None
    assert message.raw == data
    assert reader.done


@pytest.mark.parametrize(("speaker", "data"), HEADS)
def test_leaves_trailing_bytes_alone(speaker: str, data: bytes) -> None:
    frame = bytes.fromhex("81 05 48 65 6c 6c 6f")
    reader = HandshakeReader(cast(Any, speaker))
    message = reader.receive_data(data + frame)
    assert message is not None
    assert message.raw == data
    assert reader.rest == frame
    assert reader.receive_data(b"more") is None
    assert reader.receive_eof() is None
    assert reader.rest == frame


@pytest.mark.parametrize("name", HANDSHAKES)
def test_examples_agree_with_each_other(name: str) -> None:
    asked, answered, key, accept = HANDSHAKES[name]
    assert request(asked).get("sec-websocket-key") == key
    assert response(answered).get("sec-websocket-accept") == accept == accept_key(key)
    assert response(answered).judge(request(asked)) == ()


def test_reads_request_line() -> None:
    message = request(b"GET /socket/websocket?token=a%20b&vsn=2.0.0&vsn=1&x HTTP/1.1\r\n\r\n")
    assert message.method == "GET"
    assert message.target == "/socket/websocket?token=a%20b&vsn=2.0.0&vsn=1&x"
    assert message.path == "/socket/websocket"
    assert message.query == {"token": "a b", "vsn": "2.0.0", "x": ""}
    assert list(message.query) == ["token", "vsn", "x"]
    assert message.version == "HTTP/1.1"
    assert not message.is_upgrade


def test_reads_absolute_target() -> None:
    message = request(b"GET http://localhost:4000/echo?a=b HTTP/1.1\r\n\r\n")
    assert (message.path, message.query) == ("/echo", {"a": "b"})


def test_reads_status_line() -> None:
    message = response(RESPONSE)
    assert (message.version, message.status) == ("HTTP/1.1", 101)
    assert message.reason == "Switching Protocols"


def test_keeps_order_and_case_of_headers() -> None:
    message = request(b"GET / HTTP/1.1\r\nhost: a\r\nX-B:1\r\nx-a: \t2 \r\nX-b:  3:4\r\n\r\n")
    assert message.headers == (("host", "a"), ("X-B", "1"), ("x-a", "2"), ("X-b", "3:4"))
    assert message.get("x-b") == "1, 3:4"
    assert message.get_all("X-B") == ["1", "3:4"]
    assert message.get("HOST") == "a"
    assert message.get("missing") is None
    assert message.get_all("missing") == []


def test_offset_counts_from_the_readers_own() -> None:
    message = HandshakeReader("client", offset=7).receive_data(REQUEST)
    assert message is not None
    assert message.offset == 7


def test_time_and_offset_do_not_make_requests_differ() -> None:
    assert Request(REQUEST, time=1.0, offset=1) == Request(REQUEST)
    assert Request(REQUEST) != Response(REQUEST)


# The key


@given(st.text())
def test_accept_key_agrees_with_websockets(key: str) -> None:
    if all(not 0xD800 <= ord(c) < 0xE000 for c in key):
        assert accept_key(key) == utils.accept_key(key)
    assert len(accept_key(key)) == 28


# Building


def test_builds_the_rfcs_request() -> None:
    built = build_request("/chat", host="server.example.com", key=RFC_KEY)
    assert built == HANDSHAKES["opening handshake, §1.3"][0]


@pytest.mark.parametrize(
    ("target", "host", "key", "says"),
    [
        ("chat", "a", RFC_KEY, "target must begin with /, got 'chat'"),
        ("/a b", "a", RFC_KEY, "target must be visible ASCII characters, got '/a b'"),
        ("/", "a\r\nX: y", RFC_KEY, r"host must be visible ASCII characters, got 'a\r\nX: y'"),
        ("/", "", RFC_KEY, "host must be visible ASCII characters, got ''"),
        ("/", "é", RFC_KEY, "host must be visible ASCII characters, got 'é'"),
        ("/", "a", "Zm9v", "key must be 16 bytes in base64, got 'Zm9v'"),
        ("/", "a", URL_SAFE_KEY.decode(), "key must be 16 bytes in base64"),
    ],
)
def test_builds_no_illegal_request(target: str, host: str, key: str, says: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(says)}"):
        build_request(target, host=host, key=key)


# Bad manners of a client

HOST = b"Host: server.example.com\r\n"
KEY_LINE = b"Sec-WebSocket-Key: " + RFC_KEY.encode()
VERSION_LINE = b"Sec-WebSocket-Version: 13"


def key_line(key: bytes) -> bytes:
    return b"Sec-WebSocket-Key: " + key


FAULTS: dict[str, tuple[bytes, bytes, Rule, str]] = {
    # name: (what stands in the request, what stands there instead, rule, what is said)
    "no colon": (b"Origin: http:", b"Origin http", rules.HEADER_COLON, "Origin http"),
    "folded": (b"Origin: ", b"Origin:\r\n\t", rules.OBS_FOLD, "1 line starts with white space"),
    "space before the colon": (b"Origin:", b"Origin :", rules.HEADER_NAME, '"Origin "'),
    "no name": (b"Origin:", b":", rules.HEADER_NAME, 'name is ""'),
    "space before the first header": (b"Host:", b" Host:", rules.HEADER_NAME, '" Host"'),
    "control character": (b"Origin: ", b"Origin: \0", rules.HEADER_VALUE, r"\x00http"),
    "CR alone": (b"Origin: ", b"Origin: a\rb", rules.HEADER_VALUE, r"a\rb"),
    "LF alone": (b"chat\r\n", b"chat\n", rules.LINE_END, "1 line ends with LF alone"),
    "é": (b"Origin: ", "Origin: é".encode(), rules.HEAD_IS_ASCII, "2 bytes aren't ASCII"),
    "empty line first": (b"GET", b"\r\n\nGET", rules.START_LINE_FIRST, "an empty line comes first"),
    "no version": (b" HTTP/1.1", b"", rules.REQUEST_LINE, '"GET /chat"'),
    "space in the target": (b"/chat", b"/c t", rules.REQUEST_LINE, '"GET /c t HTTP/1.1"'),
    "é in the target": (b"/chat", b"/\xe9", rules.REQUEST_LINE, "GET /é HTTP/1.1"),
    "no request line": (b"GET /chat HTTP/1.1\r\n", b"", rules.REQUEST_LINE, "Host: server"),
    "response": (b"GET /chat HTTP/1.1", b"HTTP/1.1 200 OK", rules.REQUEST_LINE, "200 OK"),
    "POST": (b"GET", b"POST", rules.METHOD, '"POST"'),
    "get": (b"GET", b"get", rules.METHOD, '"get"'),
    "HTTP/1.0": (b"HTTP/1.1", b"HTTP/1.0", rules.HTTP_VERSION, "the version is HTTP/1.0"),
    "no Host": (HOST, b"", rules.HOST, "Host is missing"),
    "two Hosts": (HOST, 2 * HOST, rules.HOST, "Host is there 2 times"),
    "no Upgrade": (b"Upgrade: websocket\r\n", b"", rules.REQUEST_UPGRADE, "Upgrade is missing"),
    "other Upgrade": (b"websocket\r\n", b"h2c\r\n", rules.REQUEST_UPGRADE, 'Upgrade is "h2c"'),
    "no Connection": (
        b"Connection: Upgrade\r\n",
        b"",
        rules.REQUEST_CONNECTION,
        "Connection is missing",
    ),
    "other Connection": (
        b"Connection: Upgrade",
        b"Connection: keep-alive",
        rules.REQUEST_CONNECTION,
        'Connection is "keep-alive"',
    ),
    "no key": (KEY_LINE + b"\r\n", b"", rules.KEY, "Sec-WebSocket-Key is missing"),
    "two keys": (KEY_LINE, KEY_LINE + b"\r\n" + KEY_LINE, rules.KEY, "there 2 times"),
    "no base64": (KEY_LINE, key_line(b"secret!"), rules.KEY, '"secret!" isn\'t base64'),
    "no padding": (KEY_LINE, KEY_LINE[:-2], rules.KEY, "isn't base64"),
    "too much padding": (KEY_LINE, KEY_LINE + b"==", rules.KEY, "isn't base64"),
    "URL-safe base64": (KEY_LINE, key_line(URL_SAFE_KEY), rules.KEY, "is URL-safe base64"),
    "short key": (KEY_LINE, key_line(b"Zm9v"), rules.KEY, 'key "Zm9v" decodes to 3 bytes'),
    "1 byte": (KEY_LINE, key_line(b"Zg=="), rules.KEY, "decodes to 1 byte"),
    "long key": (KEY_LINE, key_line(RFC_KEY[:22].encode() * 2), rules.KEY, "decodes to 33 bytes"),
    "empty key": (KEY_LINE, key_line(b""), rules.KEY, "decodes to 0 bytes"),
    "hex": (KEY_LINE, key_line(b"0123456789abcdef" * 2), rules.KEY, "decodes to 24 bytes"),
    "version 8": (b"13", b"8", rules.VERSION, 'Sec-WebSocket-Version is "8"'),
    "no version header": (VERSION_LINE + b"\r\n", b"", rules.VERSION, "Version is missing"),
    "two versions": (b"13", b"13, 8", rules.VERSION, 'is "13, 8"'),
    "space in a subprotocol": (b"chat, ", b"c at, ", rules.SUBPROTOCOLS, '"c at, superchat"'),
    "subprotocol twice": (b"superchat", b"chat", rules.SUBPROTOCOLS, '"chat, chat"'),
    "number of bytes": (HOST, HOST + b"Content-Length: ten\r\n", rules.CONTENT_LENGTH, '"ten"'),
    "two lengths": (
        HOST,
        HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n",
        rules.CONTENT_LENGTH,
        '"1, 2"',
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_says_what_is_wrong_with_a_request(name: str) -> None:
    old, new, rule, says = FAULTS[name]
    assert old in REQUEST
    message = request(REQUEST.replace(old, new, 1))
    [verdict] = [verdict for verdict in message.verdicts if verdict.rule == rule]
    assert says in verdict.found
    assert rule.text in str(verdict)
    assert rule.clause in str(verdict)


# Faults that bring another with them: the second one is right as well.
TWOFOLD = {
    "no version",
    "no request line",
    "space before the first header",
    "é in the target",
    "response",
}


@pytest.mark.parametrize("name", [name for name in FAULTS if name not in TWOFOLD])
def test_says_nothing_else(name: str) -> None:
    old, new, rule, _ = FAULTS[name]
    assert broken(request(REQUEST.replace(old, new, 1)).verdicts) == [rule]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Upgrade: websocket", b"upgrade: WebSocket"),
        (b"Upgrade: websocket", b"Upgrade: h2c, websocket"),
        (b"Connection: Upgrade", b"Connection: keep-alive, Upgrade"),
        (b"Connection: Upgrade", b"CONNECTION: UPGRADE"),
        (b"Connection: Upgrade", b"Connection: keep-alive\r\nConnection:upgrade"),
        (KEY_LINE, key_line(b" \t" + RFC_KEY.encode() + b"  ")),
        (HOST, HOST + b"Content-Length: 0\r\n"),
        (HOST, HOST + b"X: \r\nX:\t\r\n"),
    ],
)
def test_finds_no_fault_where_there_is_none(old: bytes, new: bytes) -> None:
    assert request(REQUEST.replace(old, new, 1)).verdicts == ()


@pytest.mark.parametrize("head", [b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"GET / HTTP/1.0\r\n\r\n"])
def test_a_plain_request_need_not_ask_for_a_websocket(head: bytes) -> None:
    message = request(head)
    assert not message.is_upgrade
    assert message.verdicts == ()


def test_a_plain_request_needs_a_host() -> None:
    assert broken(request(b"GET / HTTP/1.1\r\n\r\n").verdicts) == [rules.HOST]


@pytest.mark.parametrize(
    "line", [b"Upgrade: WebSocket", b"Sec-WebSocket-Key: x", b"SEC-WEBSOCKET-VERSION: 13"]
)
def test_half_a_wish_is_a_wish(line: bytes) -> None:
    message = request(b"GET / HTTP/1.1\r\nHost: a\r\n" + line + b"\r\n\r\n")
    assert message.is_upgrade
    assert len(message.verdicts) >= 3


def test_one_verdict_a_rule_however_many_lines_break_it() -> None:
    message = request(b"GET / HTTP/1.1\r\nHost: a\r\n" + b"nonsense\r\n" * 500 + b"\r\n")
    [verdict] = message.verdicts
    assert verdict.found == 'the line "nonsense" has no colon, and 499 more'


# Bad manners of a server

ACCEPT_LINE = b"Sec-WebSocket-Accept: " + RFC_ACCEPT.encode()
ANSWER_FAULTS: dict[str, tuple[bytes, bytes, Rule, str]] = {
    "no status": (b" 101", b"", rules.STATUS_LINE, '"HTTP/1.1 Switching Protocols"'),
    "status 99": (b" 101", b" 99", rules.STATUS_LINE, "99 Switching"),
    "status ²": (b" 101", b" 1\xb21", rules.STATUS_LINE, "1²1 Switching"),
    "HTTP/1.0": (b"HTTP/1.1", b"HTTP/1.0", rules.HTTP_VERSION, '"HTTP/1.0"'),
    "no Upgrade": (b"Upgrade: websocket\r\n", b"", rules.RESPONSE_UPGRADE, "Upgrade is missing"),
    "other Upgrade": (b"websocket\r\n", b"h2c\r\n", rules.RESPONSE_UPGRADE, 'Upgrade is "h2c"'),
    "no Connection": (
        b"Connection: Upgrade\r\n",
        b"",
        rules.RESPONSE_CONNECTION,
        "Connection is missing",
    ),
    "no accept": (ACCEPT_LINE + b"\r\n", b"", rules.ACCEPT, "Sec-WebSocket-Accept is missing"),
    "two accepts": (ACCEPT_LINE, ACCEPT_LINE + b"\r\n" + ACCEPT_LINE, rules.ACCEPT, "there 2"),
    "other accept": (b"s3p", b"S3P", rules.ACCEPT, f'expected for this key: "{RFC_ACCEPT}"'),
    "two subprotocols": (
        b"chat\r\n",
        b"chat, superchat\r\n",
        rules.ONE_SUBPROTOCOL,
        'the server chose 2 subprotocols: "chat", "superchat"',
    ),
    "foreign subprotocol": (
        b"chat\r\n",
        b"soap\r\n",
        rules.SUBPROTOCOL_OFFERED,
        'the server chose "soap", the client offered "chat", "superchat"',
    ),
    "foreign extension": (
        b"Upgrade:",
        b"Sec-WebSocket-Extensions: permessage-deflate; a=b, x\r\nUpgrade:",
        rules.EXTENSION_OFFERED,
        'the server chose "permessage-deflate", "x", the client offered none',
    ),
    "cut short": (b"chat\r\n\r\n", b"chat\r\n", rules.WHOLE_HEAD, "inside the headers"),
    "no colon": (b"Upgrade: websocket", b"Upgrade: websocket\r\n?", rules.HEADER_COLON, '"?"'),
}


@pytest.mark.parametrize("name", ANSWER_FAULTS)
def test_says_what_is_wrong_with_a_response(name: str) -> None:
    old, new, rule, says = ANSWER_FAULTS[name]
    assert old in RESPONSE
    message = response(RESPONSE.replace(old, new, 1))
    verdicts = [*message.verdicts, *message.judge(request(REQUEST))]
    assert rule in broken(verdicts)
    assert len(set(verdicts) - {v for v in verdicts if v.rule == rules.HEAD_IS_ASCII}) == 1
    assert any(says in verdict.found for verdict in verdicts)


def test_nobody_asked_for_a_websocket() -> None:
    plain = request(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert rules.UNASKED_UPGRADE in broken(response(RESPONSE).judge(plain))


@pytest.mark.parametrize("status", [b"200 OK", b"400 Bad Request", b"426 Upgrade Required"])
def test_a_refusal_owes_no_accept(status: bytes) -> None:
    message = response(b"HTTP/1.1 " + status + b"\r\nContent-Length: 2\r\n\r\nno")
    assert message.verdicts == message.judge(request(REQUEST)) == ()
    assert message.body == b"no"


def test_an_offered_extension_may_be_accepted() -> None:
    line = b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
    asked = request(REQUEST.replace(HOST, HOST + line))
    answered = response(RESPONSE.replace(b"Upgrade:", line + b"Upgrade:", 1))
    assert answered.judge(asked) == ()


def test_context_adds_verdicts() -> None:
    verdict = Verdict(rules.EARLY_DATA, "early")
    assert Response(RESPONSE, context=(verdict,)).verdicts == (verdict,)


# Bodies, and where they end


def test_waits_for_the_announced_body() -> None:
    reader = HandshakeReader("server")
    head = b"HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\n"
    assert reader.receive_data(head + b"Hel", 1.0) is None
    message = reader.receive_data(b"lo and more", 2.0)
    assert message is not None
    assert (message.raw, message.body, message.time) == (head, b"Hello", 2.0)
    assert reader.rest == b" and more"


def test_a_body_without_a_length_lasts_until_the_end() -> None:
    reader = HandshakeReader("server")
    assert reader.receive_data(b"HTTP/1.1 400 Bad Request\r\n\r\nHello") is None
    assert reader.receive_data(b", world") is None
    message = reader.receive_eof(3.0)
    assert message is not None
    assert (message.body, message.time, message.verdicts) == (b"Hello, world", 3.0, ())


@pytest.mark.parametrize("status", [b"100 Continue", b"204 No Content", b"304 Not Modified"])
def test_some_answers_have_no_body(status: bytes) -> None:
    reader = HandshakeReader("server")
    message = reader.receive_data(b"HTTP/1.1 " + status + b"\r\n\r\nHTTP/1.1 101")
    assert message is not None
    assert reader.rest == b"HTTP/1.1 101"


def test_a_request_has_a_body_where_one_is_announced() -> None:
    data = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nHelloGET"
    message, after = read_all("client", data)
    assert message is not None
    assert (message.body, after, message.verdicts) == (b"Hello", b"GET", ())


def test_a_body_cut_short() -> None:
    message = response(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHell")
    assert [v.found for v in message.verdicts] == ["the stream ended 1 byte before the body's end"]
    assert broken(message.verdicts) == [rules.WHOLE_BODY]


@pytest.mark.parametrize("announced", [b"Content-Length: 3000000\r\n", b"", b"X: y\r\n"])
def test_a_body_longer_than_kept(announced: bytes) -> None:
    data = b"HTTP/1.1 200 OK\r\n" + announced + b"\r\n" + b"x" * 3_000_000
    reader = HandshakeReader("server", max_body=1000)
    message = reader.receive_data(data)
    assert message is not None
    assert len(message.body) == 1000
    assert message.skipped
    assert broken(message.verdicts) == [rules.HANDSHAKE_LIMIT]
    assert reader.rest == b""
    assert reader.resumes == announced.startswith(b"Content-Length")


@pytest.mark.parametrize("announced", [b"Content-Length: 10\r\n", b""])
def test_a_body_as_long_as_is_kept(announced: bytes) -> None:
    data = b"HTTP/1.1 200 OK\r\n" + announced + b"\r\n" + b"x" * 10
    message = read("server", data, max_body=10)
    assert message is not None
    assert (message.body, message.verdicts) == (b"x" * 10, ())


# Bodies in chunks, and streams that go on after a body

CHUNKED = b"HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n"
TEN = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"
NEXT = b"HTTP/1.1 101 Switching Protocols\r\n"

CHUNKS: dict[str, tuple[bytes, bytes]] = {
    "none": (b"0\r\n\r\n", b""),
    "one": (b"5\r\nHello\r\n0\r\n\r\n", b"Hello"),
    "two": (b"2\r\nHe\r\n3\r\nllo\r\n0\r\n\r\n", b"Hello"),
    "hex": (
        b"1a\r\n%b\r\n00B\r\nHello world\r\n000\r\n\r\n" % (26 * b"-"),
        26 * b"-" + b"Hello world",
    ),
    "extensions": (b'5;a;b="c" \r\nHello\r\n0 ; d=e\r\n\r\n', b"Hello"),
    "trailers": (b"5\r\nHello\r\n0\r\nX: y\r\nETag:\r\n\r\n", b"Hello"),
    "line ends inside": (b"4\r\n\r\n\r\n\r\n0\r\n\r\n", b"\r\n\r\n"),
    "a chunk inside a chunk": (b"5\r\n0\r\n\r\n\r\n0\r\n\r\n", b"0\r\n\r\n"),
}
BROKEN_CHUNKS: dict[str, tuple[bytes, bytes, str]] = {
    # name: (what comes after the head, the body that is kept, what is said)
    "no size": (b"\r\nHello\r\n0\r\n\r\n", b"", "size of a chunk"),
    "no hex": (b"x", b"", "size of a chunk"),
    "sign": (b"-5\r\nHello\r\n", b"", "size of a chunk"),
    "0x": (b"0x5\r\nHello\r\n", b"", "size of a chunk"),
    "space first": (b" 5\r\nHello\r\n", b"", "size of a chunk"),
    "LF alone": (b"5\nHello\r\n0\r\n\r\n", b"", "size of a chunk"),
    "more than 64 bits": (b"1" + b"0" * 16 + b"\r\nHello", b"", "size of a chunk"),
    "size without end": (b"5;" + b"x" * 10_000, b"", "size of a chunk"),
    "chunk too long": (b"2\r\nHello\r\n0\r\n\r\n", b"He", "no CR LF"),
    "chunk too short": (b"6\r\nHello\r\n0\r\n\r\n", b"Hello\r", "no CR LF"),
    "second size": (b"5\r\nHello\r\nHTTP/1.1 101", b"Hello", "size of a chunk"),
    "LF alone after a chunk": (b"2\r\nHe\n0\r\n\r\n", b"He", "no CR LF"),
    "trailer": (b"5\r\nHello\r\n0\r\nHTTP/1.1 101\r\n\r\n", b"Hello", "is no header"),
    "trailer without end": (b"0\r\nX:" + b"x" * 10_000, b"", "is no header"),
    "folded trailer": (b"0\r\nX: y\r\n z\r\n\r\n", b"", "is no header"),
}
SIDES = [pytest.param("server", CHUNKED, id="server"), pytest.param("client", POST, id="client")]


def feed(reader: HandshakeReader, data: bytes, size: int) -> tuple[Request | Response, bytes]:
    """Feed chunks of a size until the handshake is there; return it and all that follows it."""
    for i in range(0, len(data), size):
        message = reader.receive_data(data[i : i + size])
        if message is not None:
            return message, reader.rest + data[i + size :]
    raise AssertionError("the reader still waits")


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize(("speaker", "head"), SIDES)
@pytest.mark.parametrize("name", CHUNKS)
def test_reads_chunks(name: str, speaker: str, head: bytes, size: int) -> None:
    body, decoded = CHUNKS[name]
    reader = HandshakeReader(cast(Any, speaker))
    message, after = feed(reader, head + body + NEXT, size)
    assert (message.raw, message.body, message.verdicts) == (head, decoded, ())
    assert (after, reader.resumes) == (NEXT, True)
    assert reader.consumed == message.wire_size == len(head + body)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 20_000])
@pytest.mark.parametrize(("speaker", "head"), SIDES)
@pytest.mark.parametrize("name", BROKEN_CHUNKS)
def test_says_what_is_wrong_with_a_chunk(name: str, speaker: str, head: bytes, size: int) -> None:
    body, decoded, says = BROKEN_CHUNKS[name]
    reader = HandshakeReader(cast(Any, speaker))
    message, _ = feed(reader, head + body, size)
    [verdict] = message.verdicts
    assert verdict.rule == rules.CHUNKED
    assert says in verdict.found
    assert (message.raw, message.body) == (head, decoded)
    assert (reader.done, reader.resumes, reader.rest) == (True, False, b"")
    assert len(head) <= reader.consumed < len(head + body)


@pytest.mark.parametrize("name", CHUNKS)
def test_chunks_cut_anywhere_are_noticed(name: str) -> None:
    body, decoded = CHUNKS[name]
    for size in range(len(body)):
        for sizes in ([], [1] * size):
            message = read("server", CHUNKED + body[:size], *([len(CHUNKED), *sizes]))
            assert message is not None
            assert decoded.startswith(message.body)
            [verdict] = message.verdicts
            assert verdict.rule == rules.CHUNKED
            assert verdict.found == "the stream ended before the last chunk's end"


@pytest.mark.parametrize("chunk", [2**20, 4096, 777])
@pytest.mark.parametrize("announced", [b"Content-Length: 3000000", b"Transfer-Encoding: chunked"])
def test_a_stream_goes_on_after_a_body_longer_than_kept(announced: bytes, chunk: int) -> None:
    head = b"HTTP/1.1 200 OK\r\n" + announced + b"\r\n\r\n"
    body = b"x" * 3_000_000
    if announced.endswith(b"chunked"):
        body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    data = head + body + NEXT
    reader = HandshakeReader("server", max_body=1000)
    tracemalloc.start()
    try:
        message, after = feed(reader, data, chunk)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (message.body, message.skipped) == (b"x" * 1000, True)
    [verdict] = message.verdicts
    assert str(verdict).startswith("the body is longer than 1,000 bytes; the rest was let pass")
    assert (after, reader.resumes, reader.consumed) == (NEXT, True, len(head + body))
    assert "3,000,0" in message._repr_html_()
    assert peak < 2 * chunk + 2**18  # a chunk and what is kept, not the body


def test_a_long_body_cut_short() -> None:
    message = read("server", TEN + b"x" * 8, max_body=5)
    assert message is not None
    assert message.body == b"x" * 5
    assert broken(message.verdicts) == [rules.HANDSHAKE_LIMIT, rules.WHOLE_BODY]
    assert message.verdicts[1].found == "the stream ended 2 bytes before the body's end"


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize("head", [TEN, CHUNKED, b"HTTP/1.1 200 OK\r\n\r\n"])
def test_an_answer_to_head_has_no_body(head: bytes, size: int) -> None:
    reader = HandshakeReader("server")
    reader.method = "HEAD"
    message, after = feed(reader, head + NEXT, size)
    assert (message.raw, message.body, message.verdicts) == (head, b"", ())
    assert (after, reader.resumes, reader.consumed) == (NEXT, True, len(head))


@pytest.mark.parametrize("method", [None, "GET", "head"])
def test_an_answer_to_another_method_has_its_body(method: str | None) -> None:
    reader = HandshakeReader("server")
    reader.method = method
    message, after = feed(reader, TEN + b"x" * 10 + NEXT, 1)
    assert (message.body, after) == (b"x" * 10, NEXT)


@pytest.mark.parametrize("size", [1, 1000])
def test_a_request_whose_end_is_unknown(size: int) -> None:
    head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n"
    reader = HandshakeReader("client")
    message, _ = feed(reader, head + b"\x1f\x8b", size)
    assert [v.found for v in message.verdicts] == ['Transfer-Encoding is "gzip"']
    assert broken(message.verdicts) == [rules.TRANSFER_ENCODING]
    assert (reader.resumes, reader.rest, reader.consumed) == (False, b"", len(head))


def test_chunked_comes_before_content_length() -> None:
    head = CHUNKED[:-2] + b"Content-Length: 3\r\n\r\n"
    message, after = feed(HandshakeReader("server"), head + CHUNKS["one"][0] + NEXT, 1)
    assert (message.body, after) == (b"Hello", NEXT)


@pytest.mark.parametrize(
    ("speaker", "data", "consumed", "resumes"),
    [
        ("client", REQUEST + b"\x81", len(REQUEST), True),
        ("server", RESPONSE + b"\x81", len(RESPONSE), True),
        ("server", b"\r\n" + TEN + b"0123456789HTTP", len(TEN) + 12, True),
        ("server", b"HTTP/1.1 200 OK\r\n\r\nHello", len(b"HTTP/1.1 200 OK\r\n\r\nHello"), False),
        ("server", TEN + b"01234", len(TEN) + 5, False),
        ("server", CHUNKED + b"5\r\nHel", len(CHUNKED) + 6, False),
        ("server", CHUNKED + b"5;x", len(CHUNKED) + 3, False),
        ("client", b"GET / HT", 8, False),
        ("client", b"x" * 100_000, 2**16, False),
        ("client", b"", 0, False),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 2**17])
def test_tells_how_far_it_read(
    speaker: str, data: bytes, consumed: int, resumes: bool, size: int
) -> None:
    reader = HandshakeReader(cast(Any, speaker))
    for i in range(0, len(data), size):
        reader.receive_data(data[i : i + size])
    reader.receive_eof()
    assert (reader.consumed, reader.resumes) == (consumed, resumes)


def test_thousands_of_small_heads_in_one_chunk() -> None:
    head = b"HTTP/1.1 100 Continue\r\n\r\n"
    rest, count = head * 3000, 0
    while rest:
        reader = HandshakeReader("server")
        message = reader.receive_data(rest)
        assert message is not None
        assert message.raw == head
        rest, count = reader.rest, count + 1
    assert count == 3000


# A request of which a part is missing may have asked in that part.


@pytest.mark.parametrize("size", range(len(REQUEST)))
def test_an_answer_to_half_a_request_is_not_judged(size: int) -> None:
    answer = (
        RESPONSE.replace(RFC_ACCEPT.encode(), b"x")[:-2] + b"Sec-WebSocket-Extensions: x\r\n\r\n"
    )
    assert response(answer).judge(Request(REQUEST[:size])) == ()
    assert response(answer).judge(Request(REQUEST, skipped=True)) == ()
    assert len(response(answer).judge(Request(REQUEST))) == 2


# Heads without end


@pytest.mark.parametrize("filler", [b"X: y\r\n", b"y", b"\r\n", b"\n", b"\r", b" \r\n", b"\0"])
@pytest.mark.parametrize("speaker", ["client", "server"])
@pytest.mark.parametrize("chunk", [2**20, 4096, 777])
def test_a_mebibyte_of_head_passes_unheld(filler: bytes, speaker: str, chunk: int) -> None:
    start = b"GET / HTTP/1.1\r\nX: y" if speaker == "client" else b"HTTP/1.1 200 OK\r\nX: y"
    data = (start * (filler not in (b"\r\n", b"\n")) + filler * 2**20)[: 2**20]
    reader = HandshakeReader(cast(Any, speaker))
    found = []
    for i in range(0, len(data), chunk):
        message = reader.receive_data(data[i : i + chunk])
        found += [message] if message else []
        assert not reader.done or reader.rest == b""
    [message] = found
    assert len(message.raw) == 2**16
    assert message.raw == data[: 2**16]
    assert message.skipped
    assert rules.HANDSHAKE_LIMIT in broken(message.verdicts)
    assert reader.receive_eof() is None


def test_a_head_as_long_as_is_kept() -> None:
    whole = read("client", REQUEST, max_size=len(REQUEST))
    assert whole is not None
    assert whole.verdicts == ()
    cut = read("client", REQUEST, max_size=len(REQUEST) - 1)
    assert cut is not None
    assert broken(cut.verdicts) == [rules.HANDSHAKE_LIMIT]


class CountingPattern:
    """A pattern that counts the bytes it is asked to search."""

    def __init__(self, pattern: Any) -> None:
        self.pattern = pattern
        self.bytes = 0

    def search(self, data: bytearray, start: int, end: int) -> Any:
        self.bytes += min(len(data), end) - start
        return self.pattern.search(data, start, end)


def test_looks_at_each_byte_about_once(monkeypatch: pytest.MonkeyPatch) -> None:
    pattern = CountingPattern(handshake.HEAD_END)
    monkeypatch.setattr(handshake, "HEAD_END", pattern)
    data = b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 10_000 + b"\r\n"
    reader = HandshakeReader("client")
    messages = [reader.receive_data(data[i : i + 1]) for i in range(len(data))]
    assert [message.raw for message in messages if message] == [data]
    assert pattern.bytes <= 4 * len(data)


# Streams that end early


@pytest.mark.parametrize("speaker", ["client", "server"])
def test_an_empty_stream_holds_no_handshake(speaker: str) -> None:
    reader = HandshakeReader(cast(Any, speaker))
    assert reader.receive_data(b"") is None
    assert reader.receive_eof() is None
    assert reader.done


@pytest.mark.parametrize(("speaker", "data"), HEADS)
def test_cut_anywhere_it_says_where(speaker: str, data: bytes) -> None:
    for size in range(1, len(data)):
        message = read(speaker, data[:size])
        assert message is not None
        [verdict] = message.verdicts
        assert verdict.rule == rules.WHOLE_HEAD
        where = "the first line" if b"\n" not in data[:size] else "the headers"
        assert verdict.found == f"the stream ended inside {where}"


def test_shows_the_headers_that_came_whole() -> None:
    message = request(b"GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: web")
    assert (message.method, message.headers) == ("GET", (("Host", "a"),))


# Anything at all

PIECES = st.sampled_from(
    [
        *[line + b"\r\n" for line in REQUEST.split(b"\r\n")],
        *[line + b"\n" for line in RESPONSE.split(b"\r\n")],
        *[b"\r", b"\n", b"\r\n", b"\r\n\r\n", b":", b" ", b"\t", b"GET / HTTP/1.1", b"\0\xff"],
        *[b"5\r\nHello\r\n", b"0\r\n\r\n", b"2;x\r\nHi\r\n"],
        *[b"Content-Length: 3\r\n", b"HTTP/1.1 200 OK\r\n", b"Transfer-Encoding: chunked\r\n"],
    ]
)
STREAMS = st.one_of(
    st.binary(max_size=200),
    st.lists(st.one_of(PIECES, st.binary(max_size=5)), max_size=25).map(b"".join),
)


@given(
    st.sampled_from(["client", "server"]),
    STREAMS,
    st.lists(st.integers(1, 40), max_size=30),
    st.integers(1, 300),
    st.integers(0, 20),
)
def test_any_bytes_read_the_same_however_split(
    speaker: str, data: bytes, sizes: list[int], max_size: int, max_body: int
) -> None:
    limits = {"max_size": max_size, "max_body": max_body}
    whole, after = read_all(speaker, data, **limits)
    reader = HandshakeReader(cast(Any, speaker), **limits)
    reader.receive_data(data)
    for cuts in (sizes, [1] * len(data)):
        message, rest = read_all(speaker, data, *cuts, **limits)
        assert message == whole
        if reader.resumes:
            assert rest == after
    if whole is None:
        assert not data
        return
    if reader.resumes:
        assert data[reader.consumed :] == after
        assert whole.body in data or whole.get("Transfer-Encoding")
    assert len(whole.raw) <= max_size
    assert len(whole.body) <= max_body
    assert "\n" not in repr(whole)
    assert whole._repr_html_() == whole._repr_html_()
    assert all("\n" not in str(verdict) for verdict in whole.verdicts)
    assert whole.get("host") is None or isinstance(whole.get("host"), str)
    if isinstance(whole, Request):
        assert isinstance(whole.query, dict)
        assert whole.as_curl().startswith("curl ")
        assert whole.as_curl().isprintable()
    else:
        assert 0 <= whole.status < 600
        assert all(str(verdict) for verdict in whole.judge(request(REQUEST)))


# `websockets` as an oracle


def parse(parser: Generator[None, None, Any]) -> Any:
    with pytest.raises(StopIteration) as stop:
        next(parser)
    return stop.value.value


def stream(data: bytes) -> StreamReader:
    reader = StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    return reader


TOKENS = st.text("!#$%&'*+-.^_`|~09azAZ", min_size=1, max_size=12)
VALUES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=40)
HEADERS = st.lists(
    st.tuples(TOKENS, VALUES).filter(
        lambda header: header[0].lower() not in ("transfer-encoding", "content-length", "host")
    ),
    max_size=20,
)
TARGETS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=30)


def build(first: str, headers: list[tuple[str, str]]) -> bytes:
    return "\r\n".join([first, *[f"{n}: {v}" for n, v in headers], "", ""]).encode("latin-1")


@given(TARGETS, HEADERS)
def test_reads_a_request_as_websockets_does(target: str, headers: list[tuple[str, str]]) -> None:
    data = build(f"GET /{target} HTTP/1.1", [("Host", "a"), *headers])
    ours, theirs = request(data), parse(http11.Request.parse(stream(data).read_line))
    assert ours.method == theirs.method
    assert ours.target == theirs.path
    assert ours.headers == tuple(theirs.headers.raw_items())
    assert ours.is_upgrade or ours.verdicts == ()


@given(st.integers(200, 599), VALUES, HEADERS, st.binary(max_size=30))
def test_reads_a_response_as_websockets_does(
    status: int, reason: str, headers: list[tuple[str, str]], body: bytes
) -> None:
    data = build(f"HTTP/1.1 {status} {reason}", headers) + body
    reader = stream(data)
    parser = http11.Response.parse(reader.read_line, reader.read_exact, reader.read_to_eof)
    ours, theirs = response(data), parse(parser)
    assert (ours.status, ours.reason) == (theirs.status_code, theirs.reason_phrase)
    assert ours.headers == tuple(theirs.headers.raw_items())
    assert ours.verdicts == ()
    if status not in (204, 304):
        assert ours.body == theirs.body


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=6), st.integers(1, 50))
def test_reads_chunks_as_websockets_does(pieces: list[bytes], size: int) -> None:
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in [*pieces, b""])
    reader = stream(CHUNKED + chunks)
    parser = http11.Response.parse(reader.read_line, reader.read_exact, reader.read_to_eof)
    message, after = feed(HandshakeReader("server"), CHUNKED + chunks + NEXT, size)
    assert (message.body, after) == (parse(parser).body, NEXT)


@given(st.lists(st.tuples(st.integers(0, 200), st.binary(max_size=3)), max_size=3))
@example([(4, b"\x00")])
def test_finds_fault_where_websockets_does(edits: list[tuple[int, bytes]]) -> None:
    data = REQUEST
    for place, text in edits:
        data = data[: place % len(data)] + text + data[place % len(data) + len(text) :]
    ours = read("client", data)
    assert isinstance(ours, Request)
    must = [verdict for verdict in ours.verdicts if verdict.rule.level == "MUST"]
    parser = http11.Request.parse(stream(data).read_line)
    try:
        next(parser)
    except StopIteration as stop:
        theirs = stop.value
    except (HeaderLineTooLong, TooManyHeaders, NotImplementedError):
        return
    except (EOFError, ValueError):
        assert must
        return
    protocol = ServerProtocol()
    answer = protocol.accept(theirs)
    if answer.status_code == 101:
        # It leaves Host to others, takes a subprotocol twice and any byte in the target; the rest
        # is its law too.
        assert set(broken(must)) <= {rules.HOST, rules.SUBPROTOCOLS, rules.REQUEST_LINE}
    elif ours.is_upgrade and not isinstance(protocol.handshake_exc, InvalidHeaderFormat):
        assert must


CHOICES: dict[str, list[str | None]] = {
    "Upgrade": ["websocket", "WebSocket", "h2c", None],
    "Connection": ["Upgrade", "keep-alive, upgrade", "close", None],
    "Sec-WebSocket-Key": [RFC_KEY, "Zm9v", URL_SAFE_KEY.decode(), RFC_KEY[:-1], "", None],
    "Sec-WebSocket-Version": ["13", "8", "13, 8", None],
}


@given(
    st.sampled_from(["GET", "POST"]),
    st.sampled_from(["HTTP/1.1", "HTTP/1.0"]),
    st.fixed_dictionaries({name: st.sampled_from(values) for name, values in CHOICES.items()}),
)
def test_accepts_what_websockets_accepts(
    method: str, version: str, chosen: dict[str, str | None]
) -> None:
    headers = [("Host", "a"), *[(n, v) for n, v in chosen.items() if v is not None]]
    data = build(f"{method} / {version}", headers)
    ours, theirs = request(data), parse(http11.Request.parse(stream(data).read_line))
    answer = ServerProtocol().accept(theirs)
    assert (answer.status_code == 101) == (ours.is_upgrade and ours.verdicts == ())
    if answer.status_code == 101:
        assert response(answer.serialize()).judge(ours) == ()


# curl

needs_curl = pytest.mark.needs("curl")
DEADLINE = 20  # seconds


async def run_curl(command: str, is_enough: Callable[[bytes], bool] = lambda _: False) -> bytes:
    """Run a command in a shell until it ends or has said enough; return what it said."""
    environment = {**os.environ, "no_proxy": "*", "NO_PROXY": "*"}
    process = await asyncio.create_subprocess_exec(
        "/bin/sh", "-c", f"exec {command}", stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL, stdin=asyncio.subprocess.DEVNULL, env=environment,
    )  # fmt: skip
    assert process.stdout is not None
    said = b""
    try:
        async with asyncio.timeout(DEADLINE):
            while not is_enough(said) and (data := await process.stdout.read(4096)):
                said += data
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
    return said


async def sent_by(command: Callable[[int], str]) -> Request:
    """Run the command that is made for a port; return the request that arrives there."""
    arrived: asyncio.Future[Request] = asyncio.get_running_loop().create_future()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        message = HandshakeReader("client").receive_data(head)
        assert isinstance(message, Request)
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()
        arrived.set_result(message)

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        said = await run_curl(command(port))
        assert said.startswith(b"HTTP/1.1 400"), command(port)
        return await asyncio.wait_for(arrived, DEADLINE)


@needs_curl
async def test_curl_opens_a_websocket() -> None:
    async def handler(connection: ServerConnection) -> None:
        await connection.send("Hello")  # curl writes its output when a body comes, not before
        await connection.wait_closed()

    hello = bytes.fromhex("81 05 48 65 6c 6c 6f")
    async with serve(handler, "127.0.0.1", 0, subprotocols=[cast(Any, "superchat")]) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        asked = request(REQUEST.replace(b"server.example.com", b"127.0.0.1:%d" % port))
        said = await run_curl(asked.as_curl(), lambda said: said.endswith(hello))
    message = HandshakeReader("server").receive_data(said)
    assert isinstance(message, Response)
    assert (message.status, message.get("Sec-WebSocket-Accept")) == (101, RFC_ACCEPT)
    assert message.get("Sec-WebSocket-Protocol") == "superchat"
    assert message.verdicts == message.judge(asked) == ()


CURL_TARGETS = [
    "/",
    "/echo",
    "/socket/websocket?token=undefined&vsn=2.0.0",
    "/a;b=$HOME&c='d'`e`\"f\"",
    "/[1-3]{a,b}",
    "/a/../b/./c",
    "/a/%2e%2E/b",
    "/a%20b%2fc#d",
    "//double",
    "/back\\slash",
    "*",
    "http://other.example/path",
    "!history",
]


@needs_curl
@pytest.mark.parametrize("target", CURL_TARGETS)
async def test_curl_asks_for_the_same_target(target: str) -> None:
    def command(port: int) -> str:
        return request(build(f"GET {target} HTTP/1.1", [("Host", f"127.0.0.1:{port}")])).as_curl()

    assert (await sent_by(command)).target == target


@needs_curl
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST"])
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "TRACE-IT"])
async def test_curl_sends_the_same_headers_in_the_same_order(host: str, method: str) -> None:
    originals: list[Request] = []

    def command(port: int) -> str:
        headers = [
            ("Host", f"{host}:{port}"),
            ("User-Agent", "it's $HOME; `id`"),
            ("Accept", "*/*"),
            ("cookie", "a=\"b\"; c='d'"),
            ("X-Empty", ""),
            ("Origin", "http://example.com"),
            ("Connection", "keep-alive, Upgrade"),
            ("x-twice", "1"),
            ("x-twice", "2 \\ é".encode().decode("latin-1")),
        ]
        originals.append(request(build(f"{method} / HTTP/1.1", headers)))
        return originals[0].as_curl()

    message = await sent_by(command)
    [original] = originals
    assert message.method == method
    assert message.headers == original.headers


@needs_curl
async def test_curl_leaves_out_host_where_the_request_does() -> None:
    def command(port: int) -> str:
        return (
            request(build("GET / HTTP/1.1", [])).as_curl().replace("localhost", f"127.0.0.1:{port}")
        )

    assert (await sent_by(command)).get("Host") is None


def curl(head: str) -> str:
    return request(head.encode("latin-1")).as_curl()


def test_as_curl_reads_like_a_command() -> None:
    assert Request(REQUEST).as_curl() == (
        "curl -i --http1.1 -N -H 'Upgrade: websocket' -H 'Connection: Upgrade'"
        f" -H 'Sec-WebSocket-Key: {RFC_KEY}' -H 'Origin: http://example.com'"
        " -H 'Sec-WebSocket-Protocol: chat, superchat' -H 'Sec-WebSocket-Version: 13'"
        " http://server.example.com/chat"
    )
    assert Request(REQUEST).as_curl(secure=True).endswith(" https://server.example.com/chat")


@pytest.mark.parametrize("host", ["a:80", "a b", "a:0", "a:99999", "a/b", "@a", "[::1]:4000", ""])
def test_as_curl_writes_host_out_where_curl_would_not(host: str) -> None:
    words = curl(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n")
    assert f"-H 'Host: {host}'" in words or "-H 'Host;'" in words


def test_as_curl_knows_the_port_that_the_scheme_implies() -> None:
    message = request(b"GET / HTTP/1.1\r\nHost: a:80\r\n\r\n")
    assert "Host" in message.as_curl()
    assert "Host" not in message.as_curl(secure=True)


def test_as_curl_leaves_out_what_is_no_header() -> None:
    words = curl("GET / HTTP/1.1\r\nHost: a\r\n@/etc/passwd: x\r\nB: \x1b[31m\r\nno colon\r\n\r\n")
    assert words == "curl -i --http1.1 -N http://a/"


def test_as_curl_reads_utf_8_where_it_can() -> None:
    start = "GET / HTTP/1.1\r\nHost: a\r\n"
    assert "-H 'X: é'" in curl(f"{start}X: \xc3\xa9\r\n\r\n")
    assert "-H 'X: é'" in curl(f"{start}X: \xe9\r\n\r\n")


def test_as_curl_leaves_the_body_out() -> None:
    words = curl("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nHello")
    assert words == "curl -i --http1.1 -N -X POST http://a/"


# How it prints


@pytest.mark.parametrize(
    ("speaker", "data", "says"),
    [
        ("client", REQUEST, "Request(GET /chat)"),
        ("server", RESPONSE, "Response(101 Switching Protocols)"),
        ("server", b"HTTP/1.1 200 \r\n\r\n", "Response(200)"),
        ("client", b"\x16\x03\x01\0", r"Request(\x16\x03\x01\x00)"),
        ("client", b"GET /\x1b[31m HTTP/1.1\r\n\r\n", r"Request(GET /\x1b[31m)"),
        ("client", b"GET /" + b"a" * 99, f"Request(GET /{'a' * 54}…)"),
        ("server", b"hello\r\n\r\n", "Response(hello)"),
        ("client", b"\r\n", "Request()"),
    ],
)
def test_prints_one_line(speaker: str, data: bytes, says: str) -> None:
    assert repr(read(speaker, data)) == says


def test_picture_shows_each_header_and_what_it_says() -> None:
    html = Request(REQUEST)._repr_html_()
    assert "↑ client" in html
    assert "GET /chat HTTP/1.1" in html
    for name, value in Request(REQUEST).headers:
        assert f'<th scope="row">{name}</th>' in html
        assert f"<code>{value}</code>" in html
        assert handshake.MEANINGS[name.lower()].replace("'", "&#x27;") in html
    assert "✗" not in html


def test_picture_shows_body_and_verdicts() -> None:
    html = response(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nnot <now>")._repr_html_()
    assert "not &lt;now&gt;" in html
    assert "✗ Host is missing" in request(b"GET / HTTP/1.1\r\n\r\n")._repr_html_()


def test_picture_escapes_what_came_over_the_wire() -> None:
    evil = b"<script>alert(1)</script>"
    for data in (
        b"GET /%s HTTP/1.1\r\n\r\n",
        b"%s\r\n\r\n",
        b"GET / HTTP/1.1\r\n%s\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: %s\r\n\r\n",
        b"GET / HTTP/1.1\r\n%s: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Key: %s\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: 25\r\n\r\n%s",
    ):
        html = request(data % evil)._repr_html_()
        assert "<script" not in html
        assert "&lt;script" in html


def test_picture_of_a_long_head_is_short() -> None:
    message = request(b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 5000 + b"\r\n")
    html = message._repr_html_()
    assert "and 4,941 more headers" in html
    assert len(html) < 50_000


def test_every_meaning_is_one_plain_sentence() -> None:
    sentences = [*handshake.MEANINGS.values(), *handshake.MEANINGS_IN_AN_ANSWER.values()]
    for sentence in sentences:
        assert sentence[0].isupper() or sentence[0].isdigit()
        assert sentence.endswith(".")
        assert len(sentence) <= 80
