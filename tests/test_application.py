"""The application on a real wire: exact transcripts, bad input, silence, limits and the end."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gc
import json
import re
import socket
import ssl
import zlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import trustme
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.protocol import State

import hellosockets.server.server as server_room
from hellosockets.application import PingChannel, RoomChannel, UserSocket
from hellosockets.channels import Channel
from hellosockets.frames import build_frame
from hellosockets.server import Server, serve
from hellosockets.server.live_reload import Reloader
from hellosockets.server.options import Options
from hellosockets.server.outbox import MAX_SIZE
from hellosockets.server.stats import Stats

KEY = bytes.fromhex("37fa213d")  # RFC 6455 §5.7
V2 = "/socket/websocket?token=undefined&vsn=2.0.0"
RELOAD = "/phoenix/live_reload/socket/websocket?vsn=2.0.0"
HEARTBEAT = '[null,"5","phoenix","heartbeat",{}]'
HEARTBEAT_REPLY = '[null,"5","phoenix","phx_reply",{"response":{},"status":"ok"}]'
PATIENCE = 30  # seconds, for a slow machine; nothing here waits so long if all is well
TIMEOUT_1000 = b"\x88\x02\x03\xe8"


@contextlib.asynccontextmanager
async def application(**options: Any) -> AsyncIterator[tuple[Server, list[str]]]:
    """Yield a server and what it reports; afterwards nothing of it may be left."""
    reports: list[str] = []
    before = asyncio.all_tasks()
    options = {"report": reports.append, **options}
    async with asyncio.timeout(2 * PATIENCE):
        async with serve(port=0, announce=None, **options) as server:
            yield server, reports
    assert server.leftovers() == []
    await until(lambda: asyncio.all_tasks() <= before)


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


def head(path: str = V2, *lines: str, method: str = "GET", without: str = "") -> bytes:
    """Return a request for a WebSocket, with more header lines, or without one."""
    fields = {
        "Host": "localhost",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",  # RFC 6455 §1.3
    }
    kept = [f"{name}: {value}" for name, value in fields.items() if name != without]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *kept, *lines, "", ""]).encode()


def text(message: str) -> bytes:
    """Return a text message as a client's frame."""
    return build_frame(message, masking_key=KEY)


def heard(message: str | bytes) -> bytes:
    """Return a short message as a server's frame (RFC 6455 §5.2), without this package's help."""
    payload = message.encode() if isinstance(message, str) else message
    first = 0x81 if isinstance(message, str) else 0x82
    if len(payload) < 126:
        return bytes([first, len(payload)]) + payload
    return bytes([first, 126]) + len(payload).to_bytes(2, "big") + payload


class Wire:
    """A client that says what it likes, byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def dial(cls, server: Server, **kwargs: Any) -> Wire:
        return cls(*await asyncio.open_connection("127.0.0.1", server.port, **kwargs))

    @classmethod
    async def open(cls, server: Server, path: str = V2, *lines: str, **kwargs: Any) -> Wire:
        wire = await cls.dial(server, **kwargs)
        wire.say(head(path, *lines))
        answer = await wire.hear_head()
        assert answer.startswith(b"HTTP/1.1 101 Switching Protocols\r\n"), answer
        return wire

    def say(self, *data: bytes | str) -> None:
        for each in data:
            self.writer.write(text(each) if isinstance(each, str) else each)

    async def hear_head(self) -> bytes:
        async with asyncio.timeout(PATIENCE):
            return await self.reader.readuntil(b"\r\n\r\n")

    async def hear(self, *messages: str | bytes) -> None:
        """Check that these messages come next, and nothing between them."""
        for each in messages:
            expected = heard(each)
            async with asyncio.timeout(PATIENCE):
                assert await self.reader.readexactly(len(expected)) == expected

    async def hear_rest(self) -> bytes:
        """Return what comes until the server's stream ends."""
        received = b""
        async with asyncio.timeout(PATIENCE):
            with contextlib.suppress(ConnectionError):
                while data := await self.reader.read(65536):
                    received += data
        return received

    async def hang_up(self) -> None:
        self.writer.close()
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            await self.writer.wait_closed()

    async def __aenter__(self) -> Wire:
        return self

    async def __aexit__(self, *args: object) -> None:
        await self.hang_up()


async def ask(server: Server, request: bytes) -> tuple[int, dict[str, str], bytes]:
    """Return the status, headers and body of the answer to a request."""
    async with await Wire.dial(server) as wire:
        wire.say(request)
        lines = (await wire.hear_head()).decode("latin-1").split("\r\n")
        status = int(lines[0].split(" ")[1])
        fields = dict(line.split(": ", 1) for line in lines[1:-2])
        body = b"" if status == 101 else await wire.hear_rest()
    return status, fields, body


async def works(server: Server) -> None:
    """Check that another client is served."""
    async with await Wire.open(server) as wire:
        wire.say(HEARTBEAT)
        await wire.hear(HEARTBEAT_REPLY)


# Connecting: PHOENIX.md's first table.


async def test_a_good_upgrade() -> None:
    async with application() as (server, reports):
        status, fields, _ = await ask(server, head())
        assert status == 101
        del fields["Date"]
        assert fields == {
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
            "Server": "HelloSockets",
        }
        assert reports == []


@pytest.mark.parametrize("path", [V2, RELOAD])
@pytest.mark.parametrize("method", ["POST", "HEAD", "PUT", "OPTIONS", "X"])
async def test_another_method_than_get_is_400(path: str, method: str) -> None:
    async with application() as (server, _):
        status, _, body = await ask(server, head(path, method=method))
        assert (status, body) == (400, b"")
        assert server.stats.refused == 1
        await works(server)


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (head(without="Upgrade"), 426),
        (head(without="Connection"), 426),
        (b"GET " + V2.encode() + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 426),
        (head(without="Sec-WebSocket-Key"), 400),
        (head(without="Sec-WebSocket-Version"), 400),
        (head().replace(b": 13", b": 8"), 400),
        (head().replace(b": 13", b": 7"), 400),
        (head().replace(b"dGhlIHNhbXBsZSBub25jZQ==", b"too short"), 400),
        (head("/socket"), 404),
        (head("/socket/websocket/"), 404),
        (head("/socket/longpoll?vsn=2.0.0"), 404),
    ],
)
async def test_what_is_no_good_upgrade(request_: bytes, status: int) -> None:
    async with application() as (server, _):
        found, fields, _ = await ask(server, request_)
        assert found == status
        if status == 426:
            assert fields["Upgrade"] == "websocket"
        assert server.stats.refused == (status != 404)
        await works(server)


VERSIONS = {
    "": 1,  # the whole query is missing
    "?": 1,
    "?token=undefined": 1,
    "?vsn=1.0.0": 1,
    "?vsn=1.0.12": 1,
    "?vsn=2.0.0": 2,
    "?vsn=2.0.3": 2,
    "?vsn=1.0.0&vsn=2.0.0": 2,  # the last one counts, as in Plug
    "?vsn=2%2e0.0": 2,
    "?vsn=2.0.0&token=%ff%00": 2,
    "?vsn=": None,
    "?vsn=2": None,
    "?vsn=2.0": None,
    "?vsn=2.1.0": None,
    "?vsn=1.1.0": None,
    "?vsn=0.9.0": None,
    "?vsn=3.0.0": None,
    "?vsn=2.0.0.0": None,
    "?vsn=2.0.00": None,
    "?vsn=2.0.0%0a": None,
    "?vsn=+2.0.0": None,
    "?vsn=2.0.%d9%a3": None,  # an Arabic digit
    "?vsn=%1b[2J": None,
    "?vsn=" + "2" * 5000: None,
}


@pytest.mark.parametrize(("query", "vsn"), VERSIONS.items(), ids=[each[:30] for each in VERSIONS])
async def test_vsn(query: str, vsn: int | None) -> None:
    async with application() as (server, reports):
        if vsn is None:
            status, _, body = await ask(server, head("/socket/websocket" + query))
            assert (status, body) == (403, b"")
            (report,) = reports
            assert re.fullmatch(
                r"HelloSockets refused a WebSocket whose URL has vsn=.{0,220} \(403\): it speaks "
                r"1\.0\.x and 2\.0\.x\.\n",
                report,
            )
            assert report.isascii()
            await works(server)
        else:
            async with await Wire.open(server, "/socket/websocket" + query) as wire:
                if vsn == 1:
                    wire.say('{"topic":"phoenix","event":"heartbeat","payload":{},"ref":"5"}')
                    await wire.hear(
                        '{"event":"phx_reply","payload":{"response":{},"status":"ok"},'
                        '"ref":"5","topic":"phoenix"}'
                    )
                else:
                    wire.say(HEARTBEAT)
                    await wire.hear(HEARTBEAT_REPLY)
            assert reports == []


async def test_the_chapters_transcript_and_two_who_chat() -> None:
    async with (
        application() as (server, _),
        await Wire.open(server) as ada,
        await Wire.open(server) as bob,
    ):
        ada.say('["1","1","topic:subtopic","phx_join",{}]')
        await ada.hear(
            '[null,"1","topic:subtopic","phx_reply",'
            '{"response":{"reason":"unmatched topic"},"status":"error"}]'
        )
        ada.say('["2","2","room:lobby","phx_join",{}]')
        await ada.hear('["2","2","room:lobby","phx_reply",{"response":{},"status":"ok"}]')
        bob.say('["9","9","room:lobby","phx_join",{}]')
        await bob.hear('["9","9","room:lobby","phx_reply",{"response":{},"status":"ok"}]')
        ada.say('["2","3","room:lobby","shout",{"body":"hé"}]')
        await ada.hear(
            '[null,null,"room:lobby","shout",{"body":"hé"}]',
            '["2","3","room:lobby","phx_reply",{"response":{},"status":"ok"}]',
        )
        await bob.hear('[null,null,"room:lobby","shout",{"body":"hé"}]')
        bob.say(build_frame(b"\x00\x01\x02\x0a\x04910room:lobbyping\x00\xff", masking_key=KEY))
        await bob.hear(b"\x01\x01\x02\x0a\x02910room:lobbyok\x00\xff")
        bob.say('["9","11","room:lobby","phx_leave",{}]')
        await bob.hear(
            '["9","11","room:lobby","phx_reply",{"response":{},"status":"ok"}]',
            '["9","9","room:lobby","phx_close",{}]',
        )
        server.broadcast("room:lobby", "news", {"n": 1})
        await ada.hear('[null,null,"room:lobby","news",{"n":1}]')
        ada.say(HEARTBEAT)
        await ada.hear(HEARTBEAT_REPLY)
        bob.say(HEARTBEAT)
        await bob.hear(HEARTBEAT_REPLY)


async def test_every_message_in_one_chunk_is_answered_in_order() -> None:
    async with application() as (server, _), await Wire.open(server) as wire:
        wire.say(b"".join(map(text, [HEARTBEAT] * 500)))
        await wire.hear(*[HEARTBEAT_REPLY] * 500)


async def test_what_came_before_what_is_no_message_is_answered() -> None:
    async with application() as (server, _), await Wire.open(server) as wire:
        wire.say(text(HEARTBEAT) + text(HEARTBEAT) + text("hello") + text(HEARTBEAT))
        await wire.hear(HEARTBEAT_REPLY, HEARTBEAT_REPLY)
        assert await wire.reader.readexactly(4) == b"\x88\x02\x03\xf3"


# The application's own socket.


class Door(UserSocket):
    seen: list[Any] = []  # noqa: RUF012

    def connect(self, params: dict[str, str]) -> bool | None:
        self.seen.append((params, self.auth_token, dict(self.headers)))
        match params.get("token"):
            case "refused":
                return False
            case "none":
                return None
            case "crash":
                raise KeyError(params["missing"])
        self.assigns["user"] = params.get("token")
        return True

    def id(self) -> str | None:
        return self.assigns.get("user")


class WhoAmI(Channel):
    def join(self, payload: Any) -> Any:
        return self.assigns


@pytest.fixture(autouse=True)
def nobody_seen() -> None:
    Door.seen.clear()


async def test_connect_gets_the_parameters_and_fills_the_assigns() -> None:
    async with application(socket=Door, channels={"me": WhoAmI}) as (server, _):
        path = "/socket/websocket?vsn=2.0.0&token=a%20d%C3%A9+a&empty="
        async with await Wire.open(server, path, "X-Who: ada") as wire:
            wire.say('["1","1","me","phx_join",{}]')
            await wire.hear(
                '["1","1","me","phx_reply",{"response":{"user":"a dé a"},"status":"ok"}]'
            )
        ((params, token, headers),) = Door.seen
        assert params == {"vsn": "2.0.0", "token": "a dé a", "empty": ""}
        assert token is None
        assert headers["X-Who"] == "ada"
        async with await Wire.open(server, "/socket/websocket?vsn=2.0.0&token=none"):
            pass


async def test_connect_may_refuse() -> None:
    async with application(socket=Door) as (server, reports):
        answer = await ask(server, head("/socket/websocket?vsn=2.0.0&token=refused"))
        assert (answer[0], answer[2]) == (403, b"")
        assert reports == []  # that is as the application has it
        assert server.stats.refused == 1
        with pytest.raises(InvalidStatus, match="403"):
            await connect(server.url.replace("undefined", "refused"))
        await works(server)


async def test_connect_that_crashes_is_500_and_shows_where() -> None:
    async with application(socket=Door) as (server, reports):
        answer = await ask(server, head("/socket/websocket?vsn=2.0.0&token=crash"))
        assert (answer[0], answer[2]) == (500, b"")
        (crash,) = server.crashes
        assert repr(crash) == "Crash(socket, connect: KeyError: 'missing')"
        assert reports == [str(crash)]
        assert 'raise KeyError(params["missing"])' in crash.traceback
        assert (server.stats.refused, server.stats.crashed) == (1, 1)
        await works(server)


async def test_connect_that_is_async_lets_nobody_in() -> None:
    class Async(UserSocket):
        async def connect(self, params: dict[str, str]) -> bool:  # type: ignore[override]
            return False

    async with application(socket=Async) as (server, reports):
        answer = await ask(server, head())
        assert (answer[0], answer[2]) == (500, b"")
        assert "connect is a plain function: write `def`, not `async def`" in reports[0]
        gc.collect()  # where Python would warn of a coroutine that was never awaited


async def test_a_refused_origin_does_not_get_to_connect() -> None:
    async with application(socket=Door) as (server, _):
        await ask(server, head(V2, "Origin: http://evil.example"))
        await ask(server, head("/socket/websocket?vsn=9"))
        assert Door.seen == []


# Subprotocols and the auth token.


@pytest.mark.parametrize(
    ("spoken", "asked", "answer"),
    [
        (None, None, None),
        (None, "chat", None),
        (["chat"], None, None),
        (["chat"], "chat", "chat"),
        (["chat", "superchat"], "superchat, chat", "chat"),  # the server's order, as in Phoenix
        (("chat",), "other,chat", "chat"),
        (["chat"], "other", 403),
        (["chat"], "CHAT", 403),
        ([], "chat", 403),
        ([], None, None),
    ],
)
async def test_subprotocols(spoken: Any, asked: str | None, answer: str | int | None) -> None:
    lines = [] if asked is None else [f"Sec-WebSocket-Protocol: {asked}"]
    async with application(subprotocols=spoken) as (server, reports):
        status, fields, body = await ask(server, head(V2, *lines))
        if answer == 403:
            assert (status, body) == (403, b"")
            assert reports[0].startswith(
                "HelloSockets refused a WebSocket, as none of the subprotocols that it asks for is "
                f"spoken here (403).\n\n    Subprotocols asked for: {asked}\n"
                f"    Subprotocols spoken:    {', '.join(spoken) or 'none'}\n"
            )
        else:
            assert status == 101
            assert fields.get("Sec-WebSocket-Protocol") == answer
            assert reports == []


AUTH = "base64url.bearer.phx."


def token(value: str | bytes) -> str:
    """Return a token as phoenix.js sends it: btoa, without the equals signs."""
    raw = value.encode() if isinstance(value, str) else value
    return AUTH + base64.b64encode(raw).decode().rstrip("=")


@pytest.mark.parametrize(
    ("asked", "expected", "answer"),
    [
        (f"phoenix, {token('secret')}", "secret", "phoenix"),
        (f"{token('secret')}, phoenix", "secret", "phoenix"),
        (f"phoenix,{token('héllo?>~')}", "héllo?>~", "phoenix"),
        (f"phoenix, {token('ÿ?ÿ>').replace('/', '_').replace('+', '-')}", "ÿ?ÿ>", "phoenix"),
        (f"phoenix, {token('')}", "", "phoenix"),
        (token("secret"), "secret", None),  # the header is as if it weren't there, then
        ("phoenix", None, "phoenix"),
        (None, None, None),
        (f"chat, {token('s')}", "s", "chat"),
        ("phoenix, base64url.bearer.phx.!!!!!", None, "phoenix"),
        (f"phoenix, {AUTH}wyg", None, "phoenix"),  # no UTF-8 within
        (f"phoenix, {token('a')}, {token('b')}", None, "phoenix"),  # one, as in Phoenix
        ("other", None, 403),
        (f"other, {token('s')}", None, 403),
    ],
)
async def test_auth_token(asked: str | None, expected: str | None, answer: Any) -> None:
    lines = [] if asked is None else [f"Sec-WebSocket-Protocol: {asked}"]
    options = {"socket": Door, "auth_token": True, "subprotocols": ["chat"]}
    async with application(**options) as (server, _):
        status, fields, _ = await ask(server, head(V2, *lines))
        if answer == 403:
            assert (status, Door.seen) == (403, [])
        else:
            assert status == 101
            assert Door.seen[0][1] == expected
            assert fields.get("Sec-WebSocket-Protocol") == answer
        await works(server)


async def test_a_token_is_left_alone_where_none_is_wanted() -> None:
    async with application(socket=Door) as (server, _):
        status, fields, _ = await ask(server, head(V2, f"Sec-WebSocket-Protocol: {token('x')}"))
        assert (status, Door.seen[0][1]) == (101, None)
        assert "Sec-WebSocket-Protocol" not in fields


# The Origin.

EVIL = """\
HelloSockets refused a WebSocket to a page of another origin (403).

    Origin of the request: {origin}
    Origins allowed:       {allowed}

A page may connect if its host is the server's own; 127.0.0.1 and localhost are two hosts.
If you know that page, either

  - open it at an address that is allowed, or
  - allow it: serve(check_origin=['{origin}']), where "//*.example.com"
    stands for every scheme, port and name below example.com.
"""


@pytest.mark.parametrize("path", [V2, RELOAD, "/echo"])
async def test_another_origin_is_403_and_the_report_says_what_to_do(path: str) -> None:
    async with application() as (server, reports):
        for origin in ("http://127.0.0.1:4000", "https://localhost.evil.example", "null"):
            status, _, body = await ask(server, head(path, f"Origin: {origin}"))
            assert (status, body) == (403, b"")
            assert reports.pop() == EVIL.format(origin=origin, allowed="//localhost")
        assert server.stats.refused == 3
        for lines in ([], ["Origin: http://localhost:4000"], ["Origin: https://LOCALHOST"]):
            status, _, _ = await ask(server, head(path, *lines))
            assert status == 101
        assert reports == []


@pytest.mark.parametrize(
    ("check_origin", "origin", "status"),
    [
        (False, "http://evil.example", 101),
        (["https://good.example", "//*.other.example:88"], "https://good.example", 101),
        (["https://good.example", "//*.other.example:88"], "http://a.other.example:88", 101),
        (["https://good.example", "//*.other.example:88"], "http://localhost", 403),
        ([], "http://localhost", 403),
    ],
)
async def test_check_origin(check_origin: Any, origin: str, status: int) -> None:
    async with application(check_origin=check_origin) as (server, reports):
        found, _, _ = await ask(server, head(V2, f"Origin: {origin}"))
        assert found == status
        if status == 403:
            listed = "https://good.example:443, //*.other.example:88" if check_origin else "none"
            assert f"Origins allowed:       {listed}\n" in reports[0]


async def test_a_hostile_origin_is_quoted() -> None:
    async with application() as (server, reports):
        await ask(server, head(V2, "Origin: http://\x9b2J\u202e" + "x" * 5000))
        (report,) = reports
        assert report.replace("\n", "").isprintable()
        assert len(report) < 1200


# Silence.


@pytest.mark.parametrize("said", [b"", text(HEARTBEAT)])
async def test_silence_is_closed_with_1000_and_nothing_after(said: bytes) -> None:
    async with application(timeout=0.05) as (server, _):
        expiring = asyncio.create_task(server.connection_expired())
        await asyncio.sleep(0)
        async with await Wire.dial(server) as wire:
            wire.say(head() + said)
            await wire.hear_head()
            if said:
                await wire.hear(HEARTBEAT_REPLY)
            assert await wire.hear_rest() == TIMEOUT_1000
        conversation = await expiring
        assert conversation is server.connections[0]
        assert conversation.close_code == 1000
        assert server.stats.expired == 1
        await server.all_closed()
        chunks = [each.data for each in conversation.recording.chunks if each.speaker == "server"]
        assert chunks[-2:] == [TIMEOUT_1000, b""]


async def test_all_who_wait_hear_of_one_expiry() -> None:
    async with application(timeout=0.05) as (server, _):
        waiting = [asyncio.create_task(server.connection_expired()) for _ in range(3)]
        gone = asyncio.create_task(server.connection_expired())
        await asyncio.sleep(0)
        gone.cancel()
        async with await Wire.open(server) as wire:
            assert await wire.hear_rest() == TIMEOUT_1000
        assert await asyncio.gather(*waiting) == server.connections * 3
        later = asyncio.create_task(server.connection_expired())
        await asyncio.sleep(0)
        async with await Wire.open(server) as wire:
            await wire.hear_rest()
        assert (await later).number == 2


async def test_echo_may_be_silent() -> None:
    async with (
        application(timeout=0.02) as (server, _),
        await Wire.open(server, "/echo") as silent,
    ):
        for number in (1, 2):
            async with await Wire.open(server) as wire:
                assert await wire.hear_rest() == TIMEOUT_1000
            assert server.stats.expired == number
        silent.say("x")
        await silent.hear("x")


RECEIVED = {
    "a heartbeat": text(HEARTBEAT),
    "a pong": build_frame(b"x", 10, masking_key=KEY),
    "a ping": build_frame(b"x", 9, masking_key=KEY),
    "one byte of a frame": text(HEARTBEAT)[:1],
    "a fragment": build_frame("[", fin=False, masking_key=KEY),
}


@pytest.mark.parametrize("data", RECEIVED.values(), ids=RECEIVED)
async def test_any_received_data_begins_the_time_anew(data: bytes) -> None:
    async with application(timeout=3600) as (server, _), await Wire.open(server) as wire:
        watch = server._endpoint._watch
        await until(lambda: watch._heartbeats)
        ((silence,),) = watch._heartbeats.values()
        deadlines = [silence.deadline]
        for each in data[:1], data[1:]:
            if each:
                wire.say(each)
                await until(lambda: silence.deadline > deadlines[-1])
                deadlines.append(silence.deadline)
        assert silence.state == "waiting"


async def test_who_is_silent_and_does_not_read_is_cut_off() -> None:
    async with application(timeout=0.3, max_frame_size=2**26) as (server, _):
        expiring = asyncio.create_task(server.connection_expired())
        async with await Wire.open(server, limit=1024) as wire:
            wire.say('["1","1","room:a","phx_join",{}]')
            await until(lambda: server.pubsub.members("room:a"))
            server.broadcast("room:a", "news", "x" * 15 * 2**20)
            await expiring
        await server.all_closed()
        assert server.stats.expired == 1


async def test_none_waits_for_ever() -> None:
    async with application(timeout=None) as (server, _), await Wire.open(server) as wire:
        wire.say(HEARTBEAT)
        await wire.hear(HEARTBEAT_REPLY)
        assert server._endpoint._watch._timer is None


# The server's own ping.


@pytest.mark.parametrize("path", [V2, "/echo"])
async def test_a_ping_that_is_not_answered_is_closed_with_1011(path: str) -> None:
    async with application(timeout=None, ping_interval=0.02, ping_timeout=0.02) as (server, _):
        async with await Wire.open(server, path) as wire:
            rest = await wire.hear_rest()
        assert rest[:2] == b"\x89\x04"
        assert rest[6:] == b"\x88\x18\x03\xf3keepalive ping timeout"
        assert server.stats.expired == 1


async def test_pings_that_are_answered_go_on() -> None:
    async with application(timeout=None, ping_interval=0.01, ping_timeout=PATIENCE) as (server, _):
        async with connect(server.url, ping_interval=None) as client:
            (conversation,) = server.connections

            def pings() -> int:
                return sum(each.opcode_name == "ping" for each in conversation.frames)

            await until(lambda: pings() >= 3)
            await client.send(HEARTBEAT)
            assert await client.recv() == HEARTBEAT_REPLY
        assert server.stats.expired == 0


async def test_silence_and_ping_due_at_once_expire_once() -> None:
    async with application(timeout=0.05, ping_interval=0.05, ping_timeout=0.01) as (server, _):
        for _ in range(3):
            async with await Wire.open(server) as wire:
                rest = await wire.hear_rest()
            assert rest.endswith((TIMEOUT_1000, b"keepalive ping timeout"))
        await server.all_closed()
        assert server.stats.expired == 3
        assert len(server._endpoint._watch._deadlines) == 0
        await works(server)


# Bad input, byte by byte; another client doesn't notice.

MASKED = 0x80
BAD: dict[str, tuple[bytes, int]] = {
    "text that is no JSON": (text("hello"), 1011),
    "JSON that is no array": (text('{"a":1}'), 1011),
    "an array of four": (text('["1","1","a","b"]'), 1011),
    "a number as topic": (text('["1","1",5,"b",{}]'), 1011),
    "a number as ref": (text('["1",1,"a","b",{}]'), 1011),
    "an empty text": (text(""), 1011),
    "an empty binary": (build_frame(b"", masking_key=KEY), 1011),
    "a kind that is none": (build_frame(b"\x07", masking_key=KEY), 1011),
    "a reply by the client": (build_frame(b"\x01\x00\x00\x00\x00", masking_key=KEY), 1011),
    "a binary cut short": (build_frame(b"\x00\x05\x00\x00\x00abc", masking_key=KEY), 1011),
    "UTF-8 that is none, in a binary": (
        build_frame(b"\x00\x00\x00\x01\x00\xff", masking_key=KEY), 1011,
    ),
    "a lone surrogate": (text('["1","1","a","b","\\ud800"]'), 1011),
    "nested too deeply": (text("[" * 200_000), 1011),
    "a huge number": (text("[" + "9" * 100_000 + "]"), 1011),
    "UTF-8 that is none": (build_frame(b"\xc3\x28", 1, masking_key=KEY), 1007),
    "UTF-8 cut short": (build_frame(b"\xc3", 1, masking_key=KEY), 1007),
    "a frame that isn't masked": (build_frame("[]"), 1002),
    "a reserved opcode": (b"\x83\x80" + KEY, 1002),
    "a reserved bit": (b"\xc1\x80" + KEY, 1002),
    "a continuation of nothing": (b"\x80\x80" + KEY, 1002),
    "a text within a message": (b"\x01\x80" + KEY + b"\x81\x80" + KEY, 1002),
    "a long ping": (b"\x89\xfe\x00\x7e" + KEY + bytes(126), 1002),
    "a ping in fragments": (b"\x09\x80" + KEY, 1002),
    "a close code that is none": (build_frame(b"\x03\xed", 8, masking_key=KEY), 1002),
    "a close of one byte": (build_frame(b"\x03", 8, masking_key=KEY), 1002),
    "100 MiB announced": (b"\x82\xff" + (100 * 2**20).to_bytes(8, "big") + KEY, 1009),
    "a text one byte too long": (text("x" * (2**20 + 1)), 1009),
    "fragments without end": (
        build_frame(b"", 2, fin=False, masking_key=KEY)
        + build_frame(b"", 0, fin=False, masking_key=KEY) * 20_000,
        1009,
    ),
    "fragments too long together": (
        build_frame(bytes(2**20), 2, fin=False, masking_key=KEY)
        + build_frame(b"x", 0, masking_key=KEY),
        1009,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("data", "code"), BAD.values(), ids=BAD)
async def test_bad_input_closes_with_its_code(data: bytes, code: int) -> None:
    async with (
        application() as (server, reports),
        await Wire.open(server) as other,
        await Wire.open(server) as wire,
    ):
        for each in (other, wire):
            each.say('["1","1","room:a","phx_join",{}]')
            await each.hear('["1","1","room:a","phx_reply",{"response":{},"status":"ok"}]')
        wire.say(data)
        header = await wire.reader.readexactly(2)
        assert header[0] == 0x88
        assert header[1] < 126
        payload = await wire.reader.readexactly(header[1])
        assert int.from_bytes(payload[:2], "big") == code
        other.say('["1","2","room:a","ping",{}]')
        await other.hear('["1","2","room:a","phx_reply",{"response":{},"status":"ok"}]')
        wire.writer.write_eof()
        assert await wire.hear_rest() == b""
        await until(lambda: len(server.open_connections) == 1)
        await until(lambda: len(server.pubsub.members("room:a")) == 1)
        other.say('["1","3","room:a","shout",{}]')
        await other.hear('[null,null,"room:a","shout",{}]')
        assert reports == []
        assert server.crashes == []


async def test_a_message_of_the_longest_size_is_taken() -> None:
    body = "x" * (2**20 - len('["1","2","room:a","ping",""]'))
    async with application() as (server, _), await Wire.open(server) as wire:
        wire.say('["1","1","room:a","phx_join",{}]', f'["1","2","room:a","ping","{body}"]')
        await wire.hear('["1","1","room:a","phx_reply",{"response":{},"status":"ok"}]')
        assert await wire.reader.readexactly(2) == b"\x81\x7f"
        size = int.from_bytes(await wire.reader.readexactly(8), "big")
        slots = json.loads(await wire.reader.readexactly(size))
        assert slots[4] == {"response": body, "status": "ok"}


async def test_refs_of_300_bytes_in_binary() -> None:
    """A length has one byte: 300 can't be said, and a reply that would need it ends the channel."""
    long = "r" * 300
    async with application() as (server, reports), await Wire.open(server) as wire:
        wire.say(f'["{long}","1","room:a","phx_join",{{}}]')
        await wire.hear(f'["{long}","1","room:a","phx_reply",{{"response":{{}},"status":"ok"}}]')
        # A binary message can't name that join_ref, and so it belongs to no join of this topic.
        wire.say(
            build_frame(b"\x00\xff\x01\x06\x04" + b"r" * 255 + b"2room:apingx", masking_key=KEY)
        )
        wire.say(HEARTBEAT)
        await wire.hear(HEARTBEAT_REPLY)
        assert reports == []


async def test_max_frame_size() -> None:
    async with application(max_frame_size=100) as (server, _), await Wire.open(server) as wire:
        wire.say(b"\x81\xe5" + KEY)  # 101 bytes are announced, and that's enough
        header = await wire.reader.readexactly(4)
        assert (header[0], int.from_bytes(header[2:], "big")) == (0x88, 1009)


# Limits before the WebSocket.


async def test_more_than_max_connections_get_503() -> None:
    async with application(max_connections=2) as (server, _):
        wires = [await Wire.open(server) for _ in range(2)]
        status, _, body = await ask(server, head())
        assert (status, body) == (
            503,
            b"HelloSockets serves 2 connections at a time: come back when one has ended.\n",
        )
        status, _, _ = await ask(server, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert status == 503
        assert server.stats.refused == 1
        await wires.pop().hang_up()
        await until(lambda: len(server.open_connections) == 1)
        await works(server)
        # Twice as many that say nothing, and one more: nothing.
        wires += [await Wire.dial(server) for _ in range(3)]
        await until(lambda: len(server.open_connections) == 4)
        async with await Wire.dial(server) as wire:
            assert await wire.hear_rest() == b""
        for wire in wires:
            await wire.hang_up()
        await server.all_closed()
        await works(server)


TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"Connection: close\r\nContent-Length: 0\r\nServer: HelloSockets\r\n\r\n"
)


def head_of(size: int) -> bytes:
    filled = head(V2, "X-Filling: ")
    return head(V2, "X-Filling: " + "x" * (size - len(filled)))


async def test_a_head_that_is_too_large_is_431() -> None:
    async with application(max_header_size=600) as (server, _):
        assert len(head_of(600)) == 600
        async with await Wire.dial(server) as wire:
            wire.say(head_of(600) + text(HEARTBEAT))
            await wire.hear_head()
            await wire.hear(HEARTBEAT_REPLY)
        async with await Wire.dial(server) as wire:
            wire.say(head_of(601))
            assert await wire.hear_rest() == TOO_LARGE
        async with await Wire.dial(server) as wire:
            wire.say(b"GET / HTTP/1.1\r\n" + b"x" * 585)  # and no end
            assert await wire.hear_rest() == TOO_LARGE
        await works(server)


async def test_a_head_that_is_too_large_byte_by_byte_is_431() -> None:
    async with application(max_header_size=600) as (server, _):
        for size, taken in ((600, True), (601, False)):
            async with await Wire.dial(server) as wire:
                wire.writer.get_extra_info("socket").setsockopt(
                    socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
                )
                for number in range(size):
                    wire.say(head_of(size)[number : number + 1])
                    await asyncio.sleep(0)
                if taken:
                    assert (await wire.hear_head()).startswith(b"HTTP/1.1 101 ")
                    for each in text(HEARTBEAT) * 20:  # no head any more
                        wire.say(bytes([each]))
                    await wire.hear(*[HEARTBEAT_REPLY] * 20)
                else:
                    assert await wire.hear_rest() == TOO_LARGE
        await works(server)


@pytest.mark.parametrize("said", [b"", head()[:-1]])
async def test_a_head_has_its_time(said: bytes) -> None:
    async with application(open_timeout=0.1) as (server, _):
        async with await Wire.dial(server) as wire:
            wire.say(said)
            assert await wire.hear_rest() == b""
        await works(server)


async def test_a_head_that_drips_has_no_more_time() -> None:
    async with application(open_timeout=0.1) as (server, _), await Wire.dial(server) as wire:
        rest = asyncio.create_task(wire.hear_rest())
        wire.say(b"GET / HTTP/1.1\r\n")
        while not rest.done():
            wire.say(b"x")
            await asyncio.sleep(0.01)
        assert await rest == b""


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"socket": object}, TypeError, "socket must be a class made from hs.UserSocket"),
        ({"socket": UserSocket()}, TypeError, "socket must be a class made from hs.UserSocket"),
        ({"channels": {"a": object}}, TypeError, "needs a class made from hs.Channel"),
        ({"channels": {"a*b": Channel}}, ValueError, "may stand only at the end"),
        ({"check_origin": "*"}, TypeError, "check_origin must be True, False or a list"),
        ({"check_origin": ["a.b"]}, ValueError, "names no host"),
        ({"subprotocols": "chat"}, TypeError, "subprotocols must be a list"),
        ({"tls": "cert.pem"}, TypeError, r"tls must be an ssl\.SSLContext .*, got str"),
        ({"timeout": 0}, ValueError, "timeout must be seconds above 0, or None for never, got 0"),
        ({"timeout": float("nan")}, ValueError, "timeout must be seconds above 0"),
        ({"ping_interval": -1}, ValueError, "ping_interval must be seconds above 0"),
        ({"ping_timeout": 0}, ValueError, "ping_timeout must be seconds above 0"),
        ({"open_timeout": 0}, ValueError, "open_timeout must be seconds above 0, got 0"),
        ({"max_frame_size": 0}, ValueError, "max_frame_size must be 1 or more, got 0"),
        ({"max_connections": 0}, ValueError, "max_connections must be 1 or more, got 0"),
        ({"max_header_size": -1}, ValueError, "max_header_size must be 1 or more, got -1"),
    ],
)
def test_options_that_are_none(options: Any, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        serve(port=0, **options)


def test_options_are_phoenixs_where_phoenix_has_them() -> None:
    options = Options()
    assert (options.timeout, options.compress, options.subprotocols) == (60, False, None)
    assert (options.check_origin, options.auth_token) == (True, False)
    assert UserSocket.channels == {"ping": PingChannel, "room:*": RoomChannel}


# Crashes in a channel.


class Fragile(Channel):
    def handle_in(self, event: str, payload: Any) -> Any:
        return payload["body"]


async def test_a_crash_is_shown_and_the_socket_lives() -> None:
    async with (
        application(channels={"fragile": Fragile}) as (server, reports),
        await Wire.open(server) as wire,
    ):
        wire.say('["1","1","fragile","phx_join",{}]', '["1","2","fragile","x",{}]')
        await wire.hear(
            '["1","1","fragile","phx_reply",{"response":{},"status":"ok"}]',
            '["1","1","fragile","phx_error",{"reason":"channel_crash"}]',
        )
        (crash,) = server.crashes
        assert repr(crash) == "Crash(channel fragile, x: KeyError: 'body')"
        assert reports == [str(crash)]
        assert 'return payload["body"]' in crash.traceback
        assert server.stats.crashed == 1
        wire.say('["3","3","fragile","phx_join",{}]', '["3","4","fragile","x",{"body":1}]')
        await wire.hear(
            '["3","3","fragile","phx_reply",{"response":{},"status":"ok"}]',
            '["3","4","fragile","phx_reply",{"response":1,"status":"ok"}]',
        )


async def test_a_crash_is_printed_where_nothing_else_is_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with application(channels={"fragile": Fragile}, report=Options.report) as (server, _):
        async with await Wire.open(server) as wire:
            wire.say('["1","1","fragile","phx_join",{}]', '["1","2","fragile","x",{}]')
            await until(lambda: server.crashes)
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.startswith("The channel fragile crashed at x.\nTraceback (most recent call")


async def test_crashes_are_bounded() -> None:
    async with (
        application(channels={"fragile": Fragile}) as (server, _),
        await Wire.open(server) as wire,
    ):
        for _ in range(105):
            wire.say('["1","1","fragile","phx_join",{}]', '["1","2","fragile","x",{}]')
        wire.say(HEARTBEAT)
        await until(lambda: server.stats.crashed == 105)
        assert len(server.crashes) == 100


# What the server can do for its application.


async def test_a_channel_written_a_moment_ago_is_served() -> None:
    async with application() as (server, _), await Wire.open(server) as wire:
        wire.say('["1","1","room:special","phx_join",{}]')
        await wire.hear('["1","1","room:special","phx_reply",{"response":{},"status":"ok"}]')

        class Special(Channel):
            def join(self, payload: Any) -> Any:
                return {"special": True}

        server.channel("room:special", Special)
        server.channel("new:*", Special)
        answer = '{"response":{"special":true},"status":"ok"}'
        wire.say('["2","2","room:special","phx_join",{}]', '["3","3","new:1","phx_join",{}]')
        await wire.hear(
            '["1","1","room:special","phx_close",{}]',
            f'["2","2","room:special","phx_reply",{answer}]',
            f'["3","3","new:1","phx_reply",{answer}]',
        )
        wire.say('["4","4","room:other","phx_join",{}]')
        await wire.hear('["4","4","room:other","phx_reply",{"response":{},"status":"ok"}]')


async def test_a_channel_given_at_the_start_is_more_exact_than_the_rooms() -> None:
    async with (
        application(channels={"room:special": WhoAmI}) as (server, _),
        await Wire.open(server) as wire,
    ):
        assert server.router.match("room:special") is WhoAmI
        assert server.router.match("room:else") is RoomChannel
        wire.say('["1","1","room:special","phx_join",{}]')
        await wire.hear('["1","1","room:special","phx_reply",{"response":{},"status":"ok"}]')


async def test_disconnect_closes_with_1001_who_has_that_id() -> None:
    async with application(socket=Door) as (server, _):
        paths = [f"/socket/websocket?vsn=2.0.0&token={each}" for each in ("ada", "ada", "bob")]
        ada, again, bob = [await Wire.open(server, path) for path in paths]
        echo = await Wire.open(server, "/echo")
        disconnecting = asyncio.create_task(server.disconnect("ada"))
        for wire in (ada, again):
            assert await wire.reader.readexactly(4) == b"\x88\x02\x03\xe9"
            wire.say(build_frame(b"\x03\xe9", 8, masking_key=KEY))
            assert await wire.hear_rest() == b""
            await wire.hang_up()
        assert await disconnecting == 2
        assert await server.disconnect("nobody") == 0
        bob.say(HEARTBEAT)
        await bob.hear(HEARTBEAT_REPLY)
        await bob.hang_up()
        await echo.hang_up()


# Numbers.


async def test_stats_of_a_known_exchange() -> None:
    async with application(channels={"fragile": Fragile}) as (server, _):
        assert server.stats == Stats()
        up = [len(head())]
        async with await Wire.open(server) as wire:
            for each, answers in (
                ('["1","1","fragile","phx_join",{}]', 1),
                ('["1","2","fragile","x",{}]', 1),
                ('["1","3","room:a","phx_join",{}]', 1),
                ('["1","4","room:a","shout",{}]', 2),
                ('["1","5","room:a","nothing",{}]', 0),
            ):
                wire.say(each)
                up.append(len(text(each)))
                for _ in range(answers):
                    size = (await wire.reader.readexactly(2))[1]
                    if size == 126:
                        size = int.from_bytes(await wire.reader.readexactly(2), "big")
                    await wire.reader.readexactly(size)
            wire.say(TIMEOUT_1000[:1] + b"\x82" + KEY + bytes([0x03 ^ 0x37, 0xE8 ^ 0xFA]))
            up.append(8)
            await wire.hear_rest()
        await server.all_closed()
        refused = head("/socket/websocket?vsn=7")
        await ask(server, refused)
        up.append(len(refused))
        page = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
        await ask(server, page)
        up.append(len(page))
        async with await Wire.open(server, "/echo") as wire:
            up.append(len(head("/echo")) + len(text("x")))
            wire.say("x")
            await wire.hear("x")
        await server.all_closed()
        stats = server.stats
        assert (stats.connections, stats.refused, stats.expired, stats.crashed) == (4, 1, 0, 1)
        assert stats.messages == {"client": 6, "server": 6}
        chunks = [chunk for each in server.connections for chunk in each.recording.chunks]
        sent = sum(len(each.data) for each in chunks if each.speaker == "server")
        assert stats.bytes == {"client": sum(up), "server": sent}
        stats.messages["client"] = 0  # a copy
        assert server.stats.messages["client"] == 6


# The end.


async def test_close_says_1001_to_all_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_room, "CLOSE_TIMEOUT", 0.3)
    before = asyncio.all_tasks()
    server = await serve(port=0, announce=None, report=None)
    member = await connect(server.url, max_size=None)
    await member.send('["1","1","room:a","phx_join",{}]')
    await member.recv()
    page = await connect(server.url.replace("/socket", "/phoenix/live_reload/socket", 1))
    await page.send('["1","1","phoenix:live_reload","phx_join",{}]')
    assert '"status":"ok"' in str(await page.recv())
    echo = await connect(server.echo_url)
    silent = await Wire.dial(server)
    deaf = await Wire.open(server, limit=1024)
    deaf.say('["1","1","room:a","phx_join",{}]')
    await until(lambda: len(server.pubsub.members("room:a")) == 2)
    server.broadcast("room:a", "news", "x" * 15 * 2**20)
    await member.recv()
    async with asyncio.timeout(PATIENCE):
        await server.close()
    assert server.leftovers() == []
    for client in (member, page, echo):
        await client.wait_closed()
        assert client.close_code == 1001
    assert repr(server.pubsub) == "PubSub(topics: 0, members: 0)"
    assert server._endpoint._watch._timer is None
    for wire in (silent, deaf):
        wire.writer.transport.abort()
    await until(lambda: asyncio.all_tasks() <= before)
    gc.collect()
    assert not [
        each
        for each in gc.get_objects()
        if type(each) is socket.socket and each.fileno() >= 0 and server.port in _ports(each)
    ]


def _ports(sock: socket.socket) -> tuple[Any, ...]:
    with contextlib.suppress(OSError):
        name = sock.getsockname()
        return name[1:2] if isinstance(name, tuple) else ()
    return ()


async def test_close_waits_for_no_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is received while the server closes doesn't begin a time of silence anew."""
    async with application() as (server, _), await Wire.open(server) as wire:
        await until(lambda: server._endpoint._watch._timer)
        closing = asyncio.create_task(server.close())
        assert await wire.reader.readexactly(4) == b"\x88\x02\x03\xe9"
        wire.say(build_frame(b"x", 10, masking_key=KEY))
        size = server.stats.bytes["client"]
        await until(lambda: server.stats.bytes["client"] > size)
        assert server._endpoint._watch._timer is None
        wire.say(build_frame(b"\x03\xe9", 8, masking_key=KEY))
        assert await wire.hear_rest() == b""
        await wire.hang_up()
        await closing


async def test_who_vanishes_has_left_the_room() -> None:
    async with application() as (server, _):
        wire = await Wire.open(server)
        wire.say('["1","1","room:a","phx_join",{}]')
        await until(lambda: server.pubsub.members("room:a"))
        wire.writer.transport.abort()
        await until(lambda: not server.pubsub.members("room:a"))


# One who doesn't read.


async def test_a_slow_reader_is_cut_off_and_the_others_do_not_notice() -> None:
    body = "x" * 2**16
    count = MAX_SIZE // len(body) + 200
    async with application(timeout=None) as (server, _):
        slow = await Wire.open(server, limit=1024)
        slow.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        async with connect(server.url) as ada, connect(server.url, max_size=None) as bob:
            slow.say('["1","1","room:a","phx_join",{}]')
            for client in (ada, bob):
                await client.send('["1","1","room:a","phx_join",{}]')
                await client.recv()
            await until(lambda: len(server.pubsub.members("room:a")) == 3)
            for number in range(count):
                await ada.send(f'["1","{number}","room:a","shout","{number:05}{body}"]')
                shout = f'[null,null,"room:a","shout","{number:05}{body}"]'
                assert await ada.recv() == shout
                assert str(await ada.recv()).startswith(f'["1","{number}","room:a","phx_reply",')
                assert await bob.recv() == shout
            await until(lambda: len(server.pubsub.members("room:a")) == 2)
            assert ada.state is bob.state is State.OPEN
        await slow.hang_up()


async def test_who_does_not_read_its_answers_is_not_listened_to() -> None:
    body = "x" * 100_000
    async with application(timeout=None) as (server, _):
        slow = await Wire.open(server, limit=1024)
        slow.say('["1","1","room:a","phx_join",{}]')
        ping = text(f'["1","2","room:a","ping","{body}"]')
        with contextlib.suppress(TimeoutError):
            for _ in range(1000):  # a hundred million bytes, if they are taken
                slow.say(ping)
                async with asyncio.timeout(0.5):
                    await slow.writer.drain()
        assert slow.writer.transport.get_write_buffer_size() > 0
        assert server.stats.messages["client"] < 500
        assert len(server.open_connections) == 1
        await works(server)
        slow.writer.transport.abort()
        await server.all_closed()


async def test_who_does_not_read_its_pongs_is_cut_off() -> None:
    pings = build_frame(bytes(125), 9, masking_key=KEY) * 1000
    async with application(timeout=None) as (server, _):
        async with await Wire.open(server, limit=1024) as flood:
            with contextlib.suppress(ConnectionError):
                async with asyncio.timeout(PATIENCE):
                    while server.open_connections:
                        flood.say(pings)
                        await flood.writer.drain()
        await server.all_closed()
        await works(server)


async def test_pongs_that_are_read_are_no_harm() -> None:
    async with application(timeout=None) as (server, _), await Wire.open(server) as wire:
        for _ in range(40):
            wire.say(build_frame(bytes(125), 9, masking_key=KEY) * 1000)
            await wire.reader.readexactly(127 * 1000)
        wire.say(HEARTBEAT)
        await wire.hear(HEARTBEAT_REPLY)


async def test_a_message_that_swells_is_1009() -> None:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = deflate.compress(bytes(50 * 2**20)) + deflate.flush(zlib.Z_SYNC_FLUSH)
    extension = "Sec-WebSocket-Extensions: permessage-deflate"
    async with (
        application(compress=True) as (server, _),
        await Wire.open(server, V2, extension) as wire,
    ):
        wire.say(build_frame(bomb[:-4], 2, rsv1=True, masking_key=KEY))
        frame = await wire.reader.readexactly(4)
        assert (frame[0], frame[2:]) == (0x88, b"\x03\xf1")
        await works(server)


async def test_a_report_that_fails_breaks_nothing() -> None:
    def fail(text: str) -> None:
        raise OSError(text)

    async with (
        application(channels={"fragile": Fragile}, report=fail) as (server, _),
        await Wire.open(server) as wire,
    ):
        wire.say('["1","1","fragile","phx_join",{}]', '["1","2","fragile","x",{}]')
        await wire.hear(
            '["1","1","fragile","phx_reply",{"response":{},"status":"ok"}]',
            '["1","1","fragile","phx_error",{"reason":"channel_crash"}]',
        )
        status, _, _ = await ask(server, head(V2, "Origin: http://evil.example"))
        assert status == 403


async def test_reports_are_bounded_and_say_so() -> None:
    async with application(check_origin=["//good.example"]) as (server, reports):
        for _ in range(25):
            status, _, _ = await ask(server, head(V2, "Origin: http://evil.example"))
            assert status == 403
    assert len(reports) == 21
    assert all("evil.example" in text for text in reports[:20])
    assert reports[20].startswith("HelloSockets has more to report than 20 texts a minute")


async def test_a_sockets_name_is_asked_once_and_may_fail() -> None:
    asked = []

    class Named(UserSocket):
        def id(self) -> str:
            asked.append(self)
            if len(asked) > 1:
                raise LookupError("no name")
            return "user:1"

    async with application(socket=Named) as (server, reports), await Wire.open(server):
        status, _, _ = await ask(server, head(V2))
        assert status == 500
        assert "LookupError: no name" in reports[0]
        assert await server.disconnect("user:1") == 1
    assert len(asked) == 2


# TLS.


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def certified(authority: trustme.CA, name: str = "localhost") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


async def test_wss_and_https(authority: trustme.CA) -> None:
    trust = trusting(authority)
    async with application(tls=certified(authority)) as (server, _):
        assert server.url == f"wss://localhost:{server.port}{V2}"
        assert server.http_url == f"https://localhost:{server.port}/"
        assert server.echo_url == f"wss://localhost:{server.port}/echo"
        async with connect(server.url, ssl=trust) as client:
            await client.send(HEARTBEAT)
            assert await client.recv() == HEARTBEAT_REPLY
        options = {"ssl": trust, "server_hostname": "localhost"}
        async with await Wire.dial(server, **options) as wire:
            wire.say(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert (await wire.hear_head()).startswith(b"HTTP/1.1 200 OK\r\n")
        await server.all_closed()
        # What is recorded is what TLS wraps.
        conversation = server.connections[0]
        assert conversation.recording.chunks[0].data.startswith(b"GET /socket/websocket?")
        assert conversation.close_code == 1000
        assert "https://" in conversation.as_curl()


async def test_wss_expires_and_says_goodbye(authority: trustme.CA) -> None:
    trust = trusting(authority)
    options: dict[str, Any] = {"ssl": trust, "server_hostname": "localhost"}
    async with application(tls=certified(authority), timeout=0.1) as (server, _):
        async with await Wire.open(server, **options) as wire:
            assert await wire.hear_rest() == TIMEOUT_1000
        assert server.stats.expired == 1


async def test_close_ends_wss_with_1001(authority: trustme.CA) -> None:
    async with application(tls=certified(authority)) as (server, _):
        client = await connect(server.url, ssl=trusting(authority))
        await server.close()
        with pytest.raises(ConnectionClosed):
            await client.recv()
        assert client.close_code == 1001
        await client.wait_closed()


async def test_a_client_that_distrusts_is_no_harm(authority: trustme.CA) -> None:
    async with application(tls=certified(authority)) as (server, _):
        with pytest.raises(ssl.SSLCertVerificationError):
            await connect(server.url, ssl=ssl.create_default_context())
        async with connect(server.url, ssl=trusting(authority)) as client:
            await client.send(HEARTBEAT)
            assert await client.recv() == HEARTBEAT_REPLY


async def test_a_certificate_for_another_name_is_refused(authority: trustme.CA) -> None:
    async with application(tls=certified(authority, "other.example")) as (server, _):
        with pytest.raises(ssl.SSLCertVerificationError, match="localhost"):
            await connect(server.url, ssl=trusting(authority))


@pytest.mark.parametrize("said", [head(), b"\x00", bytes(range(256)) * 100])
async def test_plain_bytes_at_a_tls_port(authority: trustme.CA, said: bytes) -> None:
    async with application(tls=certified(authority), open_timeout=1) as (server, _):
        async with await Wire.dial(server) as wire:
            wire.say(said)
            assert b"HTTP" not in await wire.hear_rest()
        async with connect(server.url, ssl=trusting(authority)) as client:
            await client.send(HEARTBEAT)
            assert await client.recv() == HEARTBEAT_REPLY


async def test_silence_at_a_tls_port_has_its_time(authority: trustme.CA) -> None:
    async with (
        application(tls=certified(authority), open_timeout=0.2) as (server, _),
        await Wire.dial(server) as wire,
    ):
        assert await wire.hear_rest() == b""


async def test_who_is_in_a_tls_handshake_outlives_close_by_the_open_timeout(
    authority: trustme.CA,
) -> None:
    # asyncio hands over a connection after that handshake, so that nobody can close it before.
    before = asyncio.all_tasks()
    server = await serve(port=0, announce=None, tls=certified(authority), open_timeout=0.5)
    async with await Wire.dial(server):
        async with connect(server.url, ssl=trusting(authority)):
            pass  # the one that says nothing has been accepted by now
        await server.close()
        await until(lambda: asyncio.all_tasks() <= before)


# Reloading.


async def test_a_page_hears_that_a_file_has_changed(tmp_path: Any) -> None:
    async with application() as (server, _), await Wire.open(server, RELOAD) as page:
        (tmp_path / "page.css").write_text("a")
        server._endpoint._reloader._task.cancel()
        server._endpoint._reloader = reloader = Reloader(tmp_path, server.pubsub, interval=0.01)
        page.say(
            '["1","1","phoenix:live_reload","phx_join",{}]', '["2","2","room:a","phx_join",{}]'
        )
        await page.hear(
            '["1","1","phoenix:live_reload","phx_reply",{"response":{},"status":"ok"}]',
            '[null,"2","room:a","phx_reply",'
            '{"response":{"reason":"unmatched topic"},"status":"error"}]',
        )
        with reloader.watching():
            await asyncio.sleep(0)  # it has looked at the files by then
            (tmp_path / "page.css").write_text("another")
            await page.hear(
                '[null,null,"phoenix:live_reload","assets_change",{"asset_type":"css"}]'
            )


async def test_pages_are_watched_for_while_there_is_one() -> None:
    async with application() as (server, _):
        reloader = server._endpoint._reloader
        assert reloader._task is None
        async with await Wire.open(server, RELOAD) as first, await Wire.open(server, RELOAD):
            await until(lambda: reloader._pages == 2)
            await first.hang_up()
            await until(lambda: reloader._pages == 1)
            assert reloader._task is not None
        await until(lambda: reloader._pages == 0)
        assert reloader._task is None
