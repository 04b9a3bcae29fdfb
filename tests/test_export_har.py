"""HAR: against its schema, against what Chrome and mitmproxy write, and back in."""

from __future__ import annotations

import base64
import copy
import json
import re
from typing import Any

import har_schema
import jsonschema
import pytest
from export_talks import (
    BEGAN,
    BEGAN_EPOCH,
    TURNS,
    all_talks,
    answer,
    client,
    converse,
    gap,
    head,
    request,
    server,
    talk,
)
from hypothesis import given
from hypothesis import strategies as st
from vectors import RFC_ACCEPT, RFC_KEY
from websockets.frames import Opcode

import hellosockets
from hellosockets.conversation import Conversation
from hellosockets.export import MASKING_KEY, from_har, to_har
from hellosockets.frames import Speaker

SCHEMA = jsonschema.Draft202012Validator(har_schema.HAR)


def entries(conversation: Conversation | list[Conversation], **kwargs) -> list[dict[str, Any]]:
    har = to_har(conversation, began=BEGAN, **kwargs)
    SCHEMA.validate(har)
    return har["log"]["entries"]


def messages(entry: dict[str, Any]) -> list[tuple[str, int, str]]:
    return [(each["type"], each["opcode"], each["data"]) for each in entry["_webSocketMessages"]]


# Out


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(har_schema.HAR)


@pytest.mark.parametrize("name", TURNS)
def test_archives_fit_the_schema(name: str) -> None:
    for redact in (True, False, lambda data: data):
        har = to_har(talk(name), began=BEGAN, redact=redact)
        SCHEMA.validate(har)
        assert json.loads(json.dumps(har, allow_nan=False).encode()) == har


def test_an_archive_of_everything() -> None:
    har = to_har(all_talks(), began=BEGAN)
    SCHEMA.validate(har)
    assert har["log"]["creator"] == {
        "name": "HelloSockets",
        "version": hellosockets.__version__,
    }
    assert har["log"]["comment"] == "4 connections are left out, as no request is held"
    assert "comment" not in to_har([], began=BEGAN)["log"]
    [log] = to_har(talk("nothing at all"), began=BEGAN).values()
    assert log["comment"] == "1 connection is left out, as no request is held"
    assert json.dumps(har) == json.dumps(to_har(all_talks(), began=BEGAN))


def test_an_entry_of_a_websocket() -> None:
    [entry] = entries(talk("fragments, pings and a close", number=3))
    headers = entry["request"]["headers"]
    assert headers[0] == {"name": "Host", "value": "localhost:4000"}
    assert headers[3] == {"name": "Sec-WebSocket-Key", "value": RFC_KEY}
    del entry["request"]["headers"], entry["response"]["headers"]
    assert entry == {
        "startedDateTime": "2026-11-25T04:35:00.250000Z",
        "time": 3000.0,
        "request": {
            "method": "GET",
            "url": "ws://localhost:4000/echo",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "queryString": [],
            "headersSize": len(request()[1]),
            "bodySize": 0,
        },
        "response": {
            "status": 101,
            "statusText": "Switching Protocols",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "content": {"size": 0, "mimeType": "x-unknown"},
            "redirectURL": "",
            "headersSize": len(answer()[1]),
            "bodySize": 0,
            "_transferSize": len(answer()[1]),
            "_error": None,
        },
        "cache": {},
        "timings": {
            "blocked": -1,
            "dns": -1,
            "connect": -1,
            "ssl": -1,
            "send": 0.0,
            "wait": 250.0,
            "receive": 2750.0,  # until the last byte of the WebSocket
        },
        "connection": "3",
        "_resourceType": "websocket",
        "_webSocketMessages": [
            {"type": "send", "time": BEGAN_EPOCH + 1.5, "opcode": 1, "data": "Hello"},
            {
                "type": "receive",
                "time": BEGAN_EPOCH + 1.75,
                "opcode": 1,
                "data": "Grüße \N{WAVING HAND SIGN}",
            },
            {"type": "send", "time": BEGAN_EPOCH + 2.0, "opcode": 2, "data": "AP+A"},
            {"type": "receive", "time": BEGAN_EPOCH + 2.25, "opcode": 2, "data": ""},
        ],
    }


def test_messages_are_inflated() -> None:
    [entry] = entries(talk("permessage-deflate"))
    assert messages(entry) == [("send", 1, "Hello" * 20), ("receive", 1, "Hello" * 20)]


def test_text_that_is_none_is_replaced() -> None:
    [entry] = entries(talk("hostile text"))
    assert messages(entry)[:2] == [
        ("send", 1, "\ufffd\ufffd\ufffd half a surrogate"),
        ("receive", 1, "\ufffd\ufffd"),
    ]


@pytest.mark.parametrize(
    ("name", "statuses", "sockets", "counts"),
    [
        ("no response", [0], [True], [1]),
        ("refused", [403], [True], [0]),
        ("plain HTTP, twice", [200, 204], [False, False], [0, 0]),
        ("plain GET, granted all the same", [101], [True], [1]),
        ("asked twice on one connection", [401, 101], [True, True], [0, 1]),
    ],
)
def test_each_request_is_an_entry(name, statuses, sockets, counts) -> None:
    found = entries(talk(name))
    assert [entry["response"]["status"] for entry in found] == statuses
    assert ["_resourceType" in entry for entry in found] == sockets
    assert [len(entry.get("_webSocketMessages", [])) for entry in found] == counts
    schemes = [entry["request"]["url"].partition(":")[0] for entry in found]
    assert schemes == ["ws" if socket else "http" for socket in sockets]
    secure = entries(talk(name, secure=True))
    schemes = [entry["request"]["url"].partition(":")[0] for entry in secure]
    assert schemes == ["wss" if socket else "https" for socket in sockets]


def test_bodies_are_contents() -> None:
    page, log = entries(talk("plain HTTP, twice"))
    assert page["response"]["content"] == {"size": 4, "mimeType": "text/html", "text": "<p>\n"}
    assert page["response"]["bodySize"] == 4
    assert log["request"]["bodySize"] == 5
    assert log["request"]["postData"] == {"mimeType": "text/plain", "params": [], "text": "Hello"}
    [logo] = entries(talk("a body of bytes, gzipped"))
    content = logo["response"]["content"]
    assert base64.b64decode(content["text"]) == b"\xff\x00" * 9
    assert (content["encoding"], content["size"]) == ("base64", 18)
    assert logo["response"]["bodySize"] == len(TURNS["a body of bytes, gzipped"][1][1]) - 71


@pytest.mark.parametrize("coding", ["br", "gzip", "gzip, gzip"])
def test_a_coding_that_cannot_be_read_stays(coding: str) -> None:
    ask = head("GET / HTTP/1.1", "Host: a")
    lines = ["HTTP/1.1 200 OK", f"Content-Encoding: {coding}", "Content-Length: 4"]
    [entry] = entries(converse([("client", ask), ("server", head(*lines) + b"\x8b\x01\x80a")]))
    content = entry["response"]["content"]
    assert base64.b64decode(content["text"]) == b"\x8b\x01\x80a"
    assert content["comment"] == "still encoded, as Content-Encoding says"


def test_a_body_too_long_to_be_kept() -> None:
    ask = head("GET / HTTP/1.1", "Host: a")
    lines = head("HTTP/1.1 200 OK", f"Content-Length: {2**20 + 1}")
    [entry] = entries(converse([("client", ask), ("server", lines + b"x" * (2**20 + 1))]))
    assert entry["response"]["content"]["size"] == 2**20
    assert entry["response"]["content"]["comment"] == "the rest was let pass unread"
    assert entry["response"]["bodySize"] == 2**20 + 1


def test_times_count_from_the_first_byte() -> None:
    ask, granted = request()[1], answer()[1]
    turns = [("client", ask[:9]), ("client", ask[9:]), ("server", granted[:9])]
    [entry] = entries(converse([*turns, ("server", granted[9:]), server("Hello")]))
    spans = entry["timings"]
    assert (spans["send"], spans["wait"], spans["receive"]) == (250.0, 250.0, 500.0)
    assert entry["time"] == 1000.0
    assert entry["_webSocketMessages"][0]["time"] == BEGAN_EPOCH + 1.25
    early, late = talk("refused"), talk("refused")
    late.recording.began = early.recording.began + 86_400
    starts = [entry["startedDateTime"] for entry in entries([late, early])]
    assert starts == ["2026-11-26T04:35:00.250000Z", "2026-11-25T04:35:00.250000Z"]


def test_what_made_room_is_said() -> None:
    small = converse([request(), answer(), *[server("x" * 1000) for _ in range(9)]])
    few = Conversation(small.recording, max_events=4)
    [entry] = entries(few)
    assert entry["comment"] == "the oldest 7 events made room"
    assert len(entry["_webSocketMessages"]) == 4
    assert entry["timings"]["wait"] == 250.0
    # The recording lost its beginning after the handshake was read.
    read = converse(TURNS["fragments, pings and a close"])
    read.recording.max_chunks = 5
    assert read.request is not None
    read.recording.append("server", b"")
    assert read.recording.dropped_chunks > 1
    [entry] = entries(read)
    assert entry["startedDateTime"] == "2026-11-25T04:35:00.250000Z"
    assert entries(gap()) == []


@pytest.mark.parametrize(
    ("target", "host", "url"),
    [
        ("/echo", "localhost:4000", "http://localhost:4000/echo"),
        ('/a b\xff"<>', "localhost", "http://localhost/a%20b%FF%22%3C%3E"),
        ("/a#b?c", "localhost", "http://localhost/a"),
        ("http://proxied:81/x?y", "localhost", "http://proxied:81/x?y"),
        ("http://me:secret@proxied/x", "localhost", "http://localhost/x"),
        ("http://proxied", "localhost", "http://proxied/"),
        ("*", "localhost", "http://localhost/*"),
        ("/", "a b", "http://localhost/"),
        ("/", "a:99999", "http://localhost/"),
        ("/", "[::1]:4000", "http://[::1]:4000/"),
        ("/", "me:secret@a", "http://localhost/"),
    ],
)
def test_addresses(target: str, host: str, url: str) -> None:
    [entry] = entries(converse([("client", head(f"GET {target} HTTP/1.1", f"Host: {host}"))]))
    assert entry["request"]["url"] == url


# Redaction


SECRETS = [
    request(
        "/socket/websocket?token=s3cret&vsn=2.0.0&_csrf_token=s3cret&%74oken=s3cret&room=lobby",
        "Cookie: _app_key=s3cret; theme=s3cret",
        "AUTHORIZATION: Bearer s3cret",
        "Proxy-Authorization: Basic s3cret",
        "Sec-WebSocket-Protocol: phoenix, base64url.bearer.phx.s3cret",
        "Referer: http://s3cret@localhost/?token=s3cret",
    ),
    answer(
        "Set-Cookie: _app_key=s3cret; Path=/; Domain=localhost; HttpOnly; Secure; SameSite=Lax; "
        "Expires=Wed, 25 Nov 2026 04:35:00 GMT",
        "Sec-WebSocket-Protocol: phoenix",
        "Location: /?token=s3cret",
    ),
    client("a s3cret"),
    server(b"s3cret"),
]


def test_credentials_are_redacted() -> None:
    [entry] = entries(converse(SECRETS))
    assert json.dumps(entry).count("s3cret") == 1  # in the message
    asked, answered = entry["request"], entry["response"]
    query = "token=redacted&vsn=2.0.0&_csrf_token=redacted&%74oken=redacted&room=lobby"
    assert asked["url"] == f"ws://localhost:4000/socket/websocket?{query}"
    assert asked["queryString"] == [
        {"name": "token", "value": "redacted"},
        {"name": "vsn", "value": "2.0.0"},
        {"name": "_csrf_token", "value": "redacted"},
        {"name": "token", "value": "redacted"},
        {"name": "room", "value": "lobby"},
    ]
    assert asked["cookies"] == [
        {"name": "_app_key", "value": "redacted"},
        {"name": "theme", "value": "redacted"},
    ]
    assert asked["headers"][-5:] == [
        {"name": "Cookie", "value": "redacted"},
        {"name": "AUTHORIZATION", "value": "redacted"},
        {"name": "Proxy-Authorization", "value": "redacted"},
        {"name": "Sec-WebSocket-Protocol", "value": "phoenix, base64url.bearer.phx.redacted"},
        {"name": "Referer", "value": "http://redacted@localhost/?token=redacted"},
    ]
    assert answered["headers"][-3:] == [
        {"name": "Set-Cookie", "value": "redacted"},
        {"name": "Sec-WebSocket-Protocol", "value": "phoenix"},
        {"name": "Location", "value": "/?token=redacted"},
    ]
    assert answered["redirectURL"] == "/?token=redacted"
    assert answered["cookies"] == [
        {
            "name": "_app_key",
            "value": "redacted",
            "path": "/",
            "domain": "localhost",
            "expires": "2026-11-25T04:35:00.000000Z",
            "httpOnly": True,
            "secure": True,
            "sameSite": "Lax",
        }
    ]


def test_nothing_is_redacted_when_nothing_is_to_be() -> None:
    [entry] = entries(converse(SECRETS), redact=False)
    assert "redacted" not in json.dumps(entry)
    assert entry["request"]["url"].endswith(SECRETS[0][1].split()[1].decode())
    assert entry["request"]["cookies"][0] == {"name": "_app_key", "value": "s3cret"}


@pytest.mark.parametrize("query", ["token=undefined&vsn=2.0.0", "token=", "token", "tokens=1"])
def test_a_token_that_is_none_stays(query: str) -> None:
    [entry] = entries(converse([request(f"/socket?{query}")]))
    assert entry["request"]["url"] == f"ws://localhost:4000/socket?{query}"


def test_payloads_are_redacted_by_a_function() -> None:
    def hide(data: str | bytes) -> str | bytes:
        return re.sub("s3cret", "***", data) if isinstance(data, str) else b"\0" * len(data)

    [entry] = entries(converse(SECRETS), redact=hide)
    assert "s3cret" not in json.dumps(entry)
    assert messages(entry) == [("send", 1, "a ***"), ("receive", 2, "AAAAAAAA")]
    page, log = entries(talk("plain HTTP, twice"), redact=lambda data: data[:1])
    assert page["response"]["content"]["text"] == "<"
    assert log["request"]["postData"]["text"] == "H"


def test_wrong_redactions_are_named() -> None:
    with pytest.raises(TypeError, match="redact must be True, False or a function"):
        to_har([], began=BEGAN, redact="yes")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="was given str and must return str, got NoneType"):
        to_har(converse(SECRETS), began=BEGAN, redact=lambda data: None)  # type: ignore


# In


def in_words(conversation: Conversation) -> list[tuple[Speaker | None, int, bytes]]:
    return [(each.speaker, each.opcode, each.data) for each in conversation.messages]


@pytest.mark.parametrize("name", TURNS)
def test_our_own_archives_come_back(name: str) -> None:
    conversation = talk(name)
    found = entries(conversation, redact=False)
    if name == "hostile bytes":
        return  # see test_hostile_archives_are_read_or_refused
    if name == "half a handshake, ended":
        found[0]["request"]["headers"].append({"name": "Host", "value": "localhost"})
    for entry in found:
        [back] = from_har({"log": {"entries": [entry]}})
        assert back.request is not None
        assert back.request.method == entry["request"]["method"]
        headers = [{"name": name, "value": value} for name, value in back.request.headers]
        assert headers == entry["request"]["headers"]
        status = entry["response"]["status"]
        assert (back.response.status if back.response else 0) == status
        if entry.get("_webSocketMessages"):
            assert [(s, o) for s, o, _ in in_words(back)] == [
                (s, o) for s, o, _ in in_words(conversation)
            ]
        # And out once more: the same, but for what only the wire had.
        [again] = entries(back, redact=False)
        assert again.get("_webSocketMessages", []) == [
            {**message, "time": pytest.approx(message["time"] - back.recording.began + BEGAN_EPOCH)}
            for message in entry.get("_webSocketMessages", [])
        ]
        assert again["response"]["content"] == entry["response"]["content"]
        assert again["request"]["url"] == entry["request"]["url"]


def test_messages_come_back_as_frames() -> None:
    conversation = talk("fragments, pings and a close")
    [back] = from_har(json.dumps(to_har(conversation, began=BEGAN)))
    assert in_words(back) == in_words(conversation)
    assert [frame.masking_key for frame in back.frames] == [MASKING_KEY, None] * 2
    assert back.verdicts == []
    assert (back.state, back.number, back.secure) == ("open", 1, False)
    assert back.recording.began == BEGAN_EPOCH + 0.25
    assert [frame.time for frame in back.frames] == pytest.approx([1.25, 1.5, 1.75, 2.0])
    assert (back.request.time, back.response.time) == (0.0, 0.25)
    assert back.response.get("Sec-WebSocket-Accept") == RFC_ACCEPT


# What Chrome 131 writes, in the parts that we read: a WebSocket, and the page that opened it.
CHROME = {
    "log": {
        "version": "1.2",
        "creator": {"name": "WebInspector", "version": "537.36"},
        "pages": [],
        "entries": [
            {
                "_connectionId": "1",
                "_initiator": {"type": "other"},
                "_priority": "VeryHigh",
                "_resourceType": "document",
                "cache": {},
                "request": {
                    "method": "GET",
                    "url": "http://localhost:4000/",
                    "httpVersion": "http/2.0",
                    "headers": [
                        {"name": ":method", "value": "GET"},
                        {"name": "Accept", "value": "*/*"},
                    ],
                    "queryString": [],
                    "cookies": [],
                    "headersSize": -1,
                    "bodySize": 0,
                },
                "response": {
                    "status": 200,
                    "statusText": "",
                    "httpVersion": "http/2.0",
                    "headers": [
                        {"name": "content-encoding", "value": "gzip"},
                        {"name": "content-length", "value": "999"},
                        {"name": "set-cookie", "value": "a=1\nb=2"},
                    ],
                    "cookies": [],
                    "content": {"size": 6, "mimeType": "text/html", "text": "<p>\u00e9\n"},
                    "redirectURL": "",
                    "headersSize": -1,
                    "bodySize": -1,
                    "_transferSize": 26,
                    "_error": None,
                },
                "serverIPAddress": "127.0.0.1",
                "startedDateTime": "2026-11-25T04:35:00.000Z",
                "time": 12.5,
                "timings": {
                    "blocked": 1.5,
                    "dns": -1,
                    "ssl": -1,
                    "connect": -1,
                    "send": 1,
                    "wait": 8,
                    "receive": 2,
                },
            },
            {
                "_initiator": {"type": "script"},
                "_priority": None,
                "_resourceType": "websocket",
                "_webSocketMessages": [
                    {"type": "send", "time": 1795581300.5, "opcode": 1, "data": "Hello"},
                    {"type": "receive", "time": 1795581300.75, "opcode": 2, "data": "AP8="},
                    {"type": "error", "time": 1795581301, "opcode": -1, "data": "it failed"},
                ],
                "cache": {},
                "request": {
                    "method": "GET",
                    "url": "wss://localhost:4000/socket/websocket?vsn=2.0.0",
                    "httpVersion": "HTTP/1.1",
                    "headers": [
                        {"name": "Host", "value": "localhost:4000"},
                        {"name": "Connection", "value": "Upgrade"},
                        {"name": "Upgrade", "value": "websocket"},
                        {"name": "Sec-WebSocket-Version", "value": "13"},
                        {"name": "Sec-WebSocket-Key", "value": RFC_KEY},
                        {"name": "Sec-WebSocket-Extensions", "value": "permessage-deflate"},
                    ],
                    "queryString": [{"name": "vsn", "value": "2.0.0"}],
                    "cookies": [],
                    "headersSize": -1,
                    "bodySize": 0,
                },
                "response": {
                    "status": 101,
                    "statusText": "Switching Protocols",
                    "httpVersion": "HTTP/1.1",
                    "headers": [
                        {"name": "Upgrade", "value": "websocket"},
                        {"name": "Connection", "value": "Upgrade"},
                        {"name": "Sec-WebSocket-Accept", "value": RFC_ACCEPT},
                        {"name": "Sec-WebSocket-Extensions", "value": "permessage-deflate"},
                    ],
                    "cookies": [],
                    "content": {"size": 0, "mimeType": "x-unknown"},
                    "redirectURL": "",
                    "headersSize": -1,
                    "bodySize": -1,
                    "_transferSize": 0,
                    "_error": None,
                },
                "serverIPAddress": "",
                "startedDateTime": "2026-11-25T04:35:00.250Z",
                "time": 5.0,
                "timings": {
                    "blocked": -1,
                    "dns": -1,
                    "ssl": -1,
                    "connect": -1,
                    "send": 0,
                    "wait": 5,
                    "receive": 0,
                },
            },
        ],
    }
}


def test_chromes_archive() -> None:
    page, socket = from_har(copy.deepcopy(CHROME))
    assert page.state == "answered"
    assert page.request.headers == (("Host", "localhost:4000"), ("Accept", "*/*"))
    assert page.response.headers == (
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
        ("Content-Length", "6"),
    )
    assert page.response.body == "<p>\u00e9\n".encode()
    assert (page.request.time, page.response.time) == (0.0025, 0.0125)
    assert page.verdicts == []
    assert (socket.number, socket.secure, socket.state) == (2, True, "open")
    assert in_words(socket) == [("client", 1, b"Hello"), ("server", 2, b"\0\xff")]
    assert [frame.time for frame in socket.frames] == [0.25, 0.5]
    assert socket.verdicts == []


def test_mitmproxys_archive() -> None:
    har = copy.deepcopy(CHROME)
    [entry] = har["log"]["entries"] = har["log"]["entries"][1:]
    entry["request"]["url"] = "https://localhost:4000/socket/websocket?vsn=2.0.0"
    entry["startedDateTime"] = "2026-11-25T04:35:00.250000+00:00"
    entry["timings"] = {"connect": 1.0, "ssl": None, "send": 1.0, "receive": 1.0, "wait": 2.0}
    entry["response"]["content"] = {"size": 0, "compression": 0, "mimeType": "", "text": ""}
    [socket] = from_har(har)
    assert in_words(socket) == [("client", 1, b"Hello"), ("server", 2, b"\0\xff")]
    assert (socket.request.time, socket.response.time) == (0.002, 0.004)
    # Where no answer came.
    entry["response"] |= {"status": 0, "content": {}, "headers": [], "httpVersion": ""}
    entry["_webSocketMessages"] = []
    [socket] = from_har(har)
    assert (socket.state, socket.response) == ("connecting", None)


def test_playwrights_archive() -> None:
    # Milliseconds, and no timings of a WebSocket.
    sent = {"type": "send", "time": 1795581300500.25, "opcode": 1, "data": "Hello"}
    timings = {"send": -1, "wait": -1, "receive": -1}
    socket = read_entry(socket_entry(_webSocketMessages=[sent], timings=timings))
    assert [frame.time for frame in socket.frames] == pytest.approx([0.25025])
    assert (socket.request.time, socket.response.time) == (0.0, 0.0)


def socket_entry(**changes: Any) -> dict[str, Any]:
    """Return Chrome's WebSocket with values changed; names say where: ``request__url``."""
    entry = copy.deepcopy(CHROME["log"]["entries"][1])
    for place, value in changes.items():
        *path, last = place.split("__")
        holder = entry
        for name in path:
            holder = holder[name]
        if value is ...:
            del holder[last]
        else:
            holder[last] = value
    return entry


def message(**changes: Any) -> list[dict[str, Any]]:
    return [{"type": "send", "time": 1795581300.5, "opcode": 1, "data": "Hello"} | changes]


def read_entry(entry: Any) -> Conversation:
    [conversation] = from_har({"log": {"entries": [entry]}})
    return conversation


def read_or_refuse(entry: Any) -> Conversation | str:
    try:
        return read_entry(entry)
    except ValueError as error:
        return str(error)


def test_http_2_grants_a_websocket_with_200() -> None:
    socket = read_entry(socket_entry(response__status=200, response__statusText=""))
    assert socket.response.status == 101
    assert socket.response.reason == "Switching Protocols"
    assert len(socket.messages) == 2


@pytest.mark.parametrize("opcode", [Opcode.CLOSE, Opcode.PING, Opcode.PONG])
def test_control_frames_that_others_write_are_read(opcode: Opcode) -> None:
    data = base64.b64encode(b"\x03\xe8").decode()
    socket = read_entry(socket_entry(_webSocketMessages=message(opcode=int(opcode), data=data)))
    assert [(frame.opcode, frame.data) for frame in socket.frames] == [(opcode, b"\x03\xe8")]


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("\ud800", "\ufffd".encode()),
        ("\udc4b\ud83d", "\ufffd\ufffd".encode()),
        ("\ud83d\udc4b", "\N{WAVING HAND SIGN}".encode()),
        ("", b""),
        ("x" * 70_000, b"x" * 70_000),
    ],
)
def test_text_with_half_a_surrogate_pair(text: str, data: bytes) -> None:
    socket = read_entry(socket_entry(_webSocketMessages=message(data=text)))
    assert socket.messages[0].data == data


def test_bodies_come_in() -> None:
    post = {"mimeType": "text/plain", "text": "Gr\u00fc\u00dfe"}
    changes = {
        "request__url": "http://localhost/log#part",
        "request__method": "POST",
        "request__postData": post,
        "request__headers": [{"name": "Host", "value": "a"}, {"name": "X", "value": "\u20ac"}],
        "response__status": 200,
        "response__content": {"text": "AP8=", "encoding": "base64"},
        "response__headers": [],
        "_webSocketMessages": None,
    }
    plain = read_entry(socket_entry(**changes))
    assert plain.request.body == "Gr\u00fc\u00dfe".encode()
    assert plain.request.target == "/log"
    assert plain.request.headers[-1] == ("Content-Length", "7")
    assert plain.response.body == b"\0\xff"
    changes |= {"request__method": "HEAD", "request__postData": None}
    length = [{"name": "Content-Length", "value": "999"}]
    plain = read_entry(socket_entry(**changes | {"response__headers": length}))
    assert plain.response.headers == (("Content-Length", "999"),)
    assert plain.response.body == b""


@pytest.mark.parametrize(
    ("har", "what"),
    [
        ("", "the archive isn't JSON: Expecting value"),
        ("[" * 100_000, "the archive isn't JSON: it is nested too deep"),
        ("[]", "an HTTP archive has a list at log.entries"),
        ({}, "an HTTP archive has a list at log.entries"),
        ({"log": {"entries": {}}}, "an HTTP archive has a list at log.entries"),
    ],
)
def test_what_is_no_archive_is_refused(har: Any, what: str) -> None:
    with pytest.raises(ValueError, match=what):
        from_har(har)


def test_an_archive_is_a_dict_or_text() -> None:
    with pytest.raises(TypeError, match="give an archive as a dict or as text, got bytes"):
        from_har(b"{}")  # type: ignore[arg-type]
    assert from_har("\ufeff" + json.dumps({"log": {"entries": []}})) == []


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"request": [7]}, "request must be an object, got a list"),
        ({"request__url": {}}, "request.url must be text, got an object"),
        ({"request__url": "x" * 99}, "request.url must begin with http://, https://, ws:// or wss"),
        ({"request__method": b"GET"}, "request.method must be text, got a bytes"),
        ({"request": 7}, "request must be an object, got 7"),
        ({"response": ...}, "response must be an object, got null"),
        ({"request__url": 7}, "request.url must be text, got 7"),
        (
            {"request__url": "data:,x"},
            'request.url must begin with http://, https://, ws:// or wss://, got "data:,x"',
        ),
        ({"request__method": None}, "request.method must be text, got null"),
        ({"request__method": "A\nB"}, "request has a line break in its first line, got"),
        ({"request__headers": None}, "request.headers must be a list, got null"),
        ({"request__headers": [7]}, "request.headers, number 1 must be an object with name and"),
        (
            {"request__headers": [{"name": "a", "value": 1}]},
            "request.headers, number 1: value must be text, got 1",
        ),
        (
            {"response__headers": [{"name": "a\nb", "value": ""}]},
            'response.headers, number 1: name must not hold a colon or a line break, got "a\\nb"',
        ),
        ({"request__postData": 7}, "request.postData must be an object, got 7"),
        ({"response__status": "101"}, "response.status must be a status such as 101, or 0"),
        ({"response__status": True}, "response.status must be a status such as 101, or 0"),
        ({"response__status": 999}, "response.status must be a status such as 101, or 0"),
        ({"response__status": 403}, "response.status must be 101 where a server sent messages"),
        ({"response__statusText": "a\nb"}, "response has a line break in its first line"),
        (
            {"response__status": 403, "_webSocketMessages": [], "response__content": 7},
            "response.content must be an object, got 7",
        ),
        (
            {
                "response__status": 403,
                "_webSocketMessages": [],
                "response__content": {"text": "", "encoding": "rot13"},
            },
            'response.content.encoding must be base64, or be left out, got "rot13"',
        ),
        (
            {
                "response__status": 403,
                "_webSocketMessages": [],
                "response__content": {"text": "?", "encoding": "base64"},
            },
            'response.content.text must be bytes in base64, got "?"',
        ),
        ({"startedDateTime": "now"}, "startedDateTime must be like"),
        ({"startedDateTime": "2026-11-25T04:35:00"}, "startedDateTime must name its time zone"),
        ({"startedDateTime": None}, "startedDateTime must be text, got null"),
        ({"timings": 7}, "timings must be an object, got 7"),
        (
            {"timings__wait": "long"},
            'timings.wait must be a number from -1e+12 to 1e+15, got "long"',
        ),
        ({"_webSocketMessages": 7}, "_webSocketMessages must be a list, got 7"),
        ({"_webSocketMessages": [7]}, "_webSocketMessages, number 1 must be an object, got 7"),
        (
            {"_webSocketMessages": message(type="sent")},
            '_webSocketMessages, number 1: type must be send or receive, got "sent"',
        ),
        (
            {"_webSocketMessages": message() + message(opcode=3)},
            "_webSocketMessages, number 2: opcode must be 1 (text), 2 (binary), 8, 9 or 10, got 3",
        ),
        (
            {"_webSocketMessages": message(opcode=True)},
            "_webSocketMessages, number 1: opcode must be 1 (text)",
        ),
        (
            {"_webSocketMessages": message(opcode=2)},
            '_webSocketMessages, number 1: data must be bytes in base64, got "Hello"',
        ),
        (
            {"_webSocketMessages": message(opcode=9, data="AAAA" * 42)},
            "_webSocketMessages, number 1: data must have at most 125 bytes in a control frame",
        ),
        (
            {"_webSocketMessages": message(data=None)},
            "_webSocketMessages, number 1: data must be text, got null",
        ),
        (
            {"_webSocketMessages": message(time=float("nan"))},
            "_webSocketMessages, number 1: time must be a number from -1e+12 to 1e+15, got NaN",
        ),
        (
            {"_webSocketMessages": message(time=10**400)},
            "_webSocketMessages, number 1: time must be a number from -1e+12 to 1e+15, got a",
        ),
    ],
)
def test_wrong_entries_are_named(changes: dict[str, Any], what: str) -> None:
    har = {"log": {"entries": [socket_entry(), socket_entry(**changes)]}}
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        from_har(har)
    assert str(caught.value).startswith(f"entry 2: {what}")
    assert len(str(caught.value)) < 240
    with pytest.raises(ValueError, match="entry 1 must be an object, got 7"):
        from_har({"log": {"entries": [7]}})


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
PLACES = [
    *("request", "response", "timings", "startedDateTime", "_webSocketMessages"),
    *("request__url", "request__method", "request__httpVersion", "request__headers"),
    *("request__postData", "response__status", "response__statusText", "response__headers"),
    *("response__httpVersion", "response__content", "timings__wait"),
]


@given(st.dictionaries(st.sampled_from(PLACES), JSON_VALUES | st.text(), min_size=1, max_size=1))
def test_any_entry_is_read_or_refused(changes: dict[str, Any]) -> None:
    conversation = read_or_refuse(socket_entry(**changes))
    if isinstance(conversation, Conversation):
        SCHEMA.validate(to_har(conversation, began=BEGAN))
    else:
        assert conversation.startswith("entry 1")


@given(st.lists(st.tuples(st.sampled_from(["client", "server"]), st.binary(max_size=80))))
def test_any_bytes_are_exported(turns: list[tuple[Speaker, bytes]]) -> None:
    for start in ([], [request()], [request(), answer()]):
        har = to_har(converse([*start, *turns]), began=BEGAN)
        SCHEMA.validate(har)
        json.dumps(har, allow_nan=False).encode()


def test_hostile_archives_are_read_or_refused() -> None:
    for entry in entries(talk("hostile bytes")):
        conversation = read_or_refuse(entry)
        assert isinstance(conversation, Conversation) or conversation.startswith("entry 1")
