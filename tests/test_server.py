"""The server on a real wire: what it answers, what it records, how it starts and how it ends."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import re
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

import hellosockets.connections as connections_room
import hellosockets.listener as listener_room
import hellosockets.server.server as server_room
from hellosockets.conversation import Conversation
from hellosockets.forge import forge
from hellosockets.frames import apply_mask, build_frame
from hellosockets.server import Server, serve
from hellosockets.server.routes import PAGE
from hellosockets.transports import RecordedTransport
from hellosockets.wire import tap

JOIN = '["1","1","topic:subtopic","phx_join",{}]'
REPLY = (
    '[null,"1","topic:subtopic","phx_reply",'
    '{"response":{"reason":"unmatched topic"},"status":"error"}]'
)
KEY = bytes.fromhex("37fa213d")  # RFC 6455 §5.7
UPGRADE = (
    b"Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


def request(path: str, headers: bytes = UPGRADE, method: str = "GET") -> bytes:
    return f"{method} {path} HTTP/1.1\r\n".encode() + headers


def said(conversation: Conversation, speaker: str) -> bytes:
    chunks = conversation.recording.chunks
    return b"".join(chunk.data for chunk in chunks if chunk.speaker == speaker)


def ends(conversation: Conversation) -> list[str]:
    return sorted(chunk.speaker for chunk in conversation.recording.chunks if not chunk.data)


async def talk(server: Server, sent: bytes, *, leave: bool = False) -> bytes:
    """
    Send bytes as they are and return what comes back until the server's stream ends.

    With ``leave`` the client's stream ends first; the library doesn't answer one who has left.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    received = b""
    with contextlib.suppress(ConnectionError):
        writer.write(sent)
        if leave:
            writer.write_eof()
        async with asyncio.timeout(10):
            while data := await reader.read(65536):
                received += data
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    await server.all_closed()
    return received


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def headers(answer: bytes) -> dict[str, str]:
    lines = answer.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
    return dict(line.split(": ", 1) for line in lines)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serve(port=0, announce=None) as server:
        yield server
    assert server.leftovers() == []


@pytest.fixture
def taken_port() -> Iterator[int]:
    """Yield a port at which another program listens, or so it looks from here."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


# What it says over a WebSocket.


async def test_join_is_answered_with_the_chapters_98_bytes(server: Server) -> None:
    async with connect(server.url) as client:
        await client.send(JOIN)
        reply = await client.recv()
    assert reply == REPLY
    assert (len(JOIN.encode()), len(reply.encode())) == (40, 98)


@pytest.mark.parametrize("message", ["Hello", "", "héllo 😀", b"", bytes(range(256)), "x" * 70_000])
async def test_echo_sends_back_what_it_gets(server: Server, message: str | bytes) -> None:
    async with connect(server.echo_url) as client:
        await client.send(message)
        assert await client.recv() == message


@pytest.mark.parametrize("message", ["hello", "[1,2,3,4]", b"\x00"])
async def test_what_is_no_message_closes_with_1011(server: Server, message: str | bytes) -> None:
    async with connect(server.url) as client:
        await client.send(message)
        with pytest.raises(ConnectionClosed):
            await client.recv()
        assert client.close_code == 1011


async def test_a_message_beyond_the_limit_closes_with_1009() -> None:
    async with (
        serve(port=0, max_frame_size=1000, announce=None) as server,
        connect(server.echo_url) as client,
    ):
        await client.send("x" * 1001)
        with pytest.raises(ConnectionClosed):
            await client.recv()
        assert client.close_code == 1009


@pytest.mark.parametrize("compress", [False, True])
async def test_compress_agrees_to_permessage_deflate(compress: bool) -> None:
    async with serve(port=0, compress=compress, announce=None) as server:
        async with connect(server.echo_url) as client:
            await client.send("Hello" * 100)
            assert await client.recv() == "Hello" * 100
            assert client.response is not None
            agreed = client.response.headers.get("Sec-WebSocket-Extensions", "")
        await server.all_closed()
        assert agreed.startswith("permessage-deflate") is compress
        assert (len(said(server.connections[0], "server")) < 400) is compress


# What it records.


async def test_every_byte_is_recorded(server: Server) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    handshake = request("/echo")
    frames = build_frame("Hello", masking_key=KEY) + build_frame(bytes(300), masking_key=KEY)
    frames += build_frame(b"\x03\xe8", 8, masking_key=KEY)
    for start in range(0, len(handshake), 7):
        writer.write(handshake[start : start + 7])
        await writer.drain()
    received = await reader.readuntil(b"\r\n\r\n")
    for start in range(0, len(frames), 7):
        writer.write(frames[start : start + 7])
        await writer.drain()
    while data := await reader.read(1000):
        received += data
    writer.close()
    await writer.wait_closed()
    await server.all_closed()
    (conversation,) = server.connections
    assert said(conversation, "client") == handshake + frames
    assert said(conversation, "server") == received
    assert ends(conversation) == ["client", "server"]
    assert conversation.state == "closed"
    assert conversation.close_code == 1000
    client = [each.opcode_name for each in conversation.frames if each.speaker == "client"]
    assert client == ["text", "binary", "close"]  # what is echoed depends on when the close comes


async def test_the_real_client_is_recorded_on_both_sides(server: Server) -> None:
    async with connect(server.url) as client:
        await client.send(JOIN)
        await client.recv()
    await server.all_closed()
    (conversation,) = server.connections
    up, down, *closing = conversation.frames
    assert (up.speaker, up.masked, up.data) == ("client", True, JOIN.encode())
    assert apply_mask(up.payload, up.masking_key) == JOIN.encode()
    assert (down.speaker, down.masked, down.payload) == ("server", False, REPLY.encode())
    assert [frame.opcode_name for frame in closing] == ["close", "close"]
    assert conversation.verdicts == []


REFUSED = {
    "no such path": (request("/nowhere"), 404),
    "no upgrade asked": (request("/echo", b"Host: localhost\r\n\r\n"), 426),
    "not a GET": (request("/echo", method="DELETE"), 405),
    "a key of 3 bytes": (
        request("/echo", UPGRADE.replace(b"dGhlIHNhbXBsZSBub25jZQ==", b"AAAA")),
        400,
    ),
    "a key in the wrong base64": (request("/echo", UPGRADE.replace(b"dGhl", b"_-_-")), 400),
    "no key": (request("/echo", re.sub(rb"Sec-WebSocket-Key.*?\r\n", b"", UPGRADE)), 400),
    "an old version": (request("/echo", UPGRADE.replace(b": 13", b": 8")), 400),
    "HTTP/1.0": (request("/echo").replace(b"HTTP/1.1", b"HTTP/1.0"), 505),
    "a header line without colon": (request("/echo", b"Host localhost\r\n\r\n"), None),
    "garbage": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", None),
    "a body": (request("/echo", b"Content-Length: 5\r\n\r\nHello", "POST"), None),
}


@pytest.mark.parametrize(("sent", "expected"), REFUSED.values(), ids=REFUSED)
async def test_what_is_refused_is_recorded(
    server: Server, sent: bytes, expected: int | None, capfd: pytest.CaptureFixture[str]
) -> None:
    received = await talk(server, sent)
    (conversation,) = server.connections
    assert said(conversation, "client") == sent
    assert said(conversation, "server") == received
    assert (status(received) if received else None) == expected
    assert ends(conversation) == ["client", "server"]
    async with connect(server.url) as client:
        await client.send(JOIN)
        assert await client.recv() == REPLY
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("sent", [b"", b"GET /echo HT", request("/nowhere")])
async def test_a_client_that_leaves_early_is_recorded(server: Server, sent: bytes) -> None:
    received = await talk(server, sent, leave=True)
    (conversation,) = server.connections
    assert said(conversation, "client") == sent
    assert said(conversation, "server") == received == b""
    assert ends(conversation) == ["client", "server"]


async def test_a_megabyte_of_header_is_refused_and_bounded(server: Server) -> None:
    sent = b"GET /echo HTTP/1.1\r\nX-Long: " + b"x" * 2**20 + b"\r\n\r\n"
    await talk(server, sent)
    (conversation,) = server.connections
    assert sent.startswith(said(conversation, "client"))
    assert status(said(conversation, "server")) == 431
    assert conversation.recording.size <= conversation.recording.max_bytes
    async with connect(server.url) as client:
        await client.send(JOIN)
        assert await client.recv() == REPLY


async def test_a_client_that_vanishes_leaves_both_ends(server: Server) -> None:
    client = await connect(server.url)
    client.transport.abort()
    await server.all_closed()
    await client.wait_closed()
    (conversation,) = server.connections
    assert ends(conversation) == ["client", "server"]
    assert conversation.close_code == 1006


async def test_a_client_that_says_nothing_is_let_go() -> None:
    async with serve(port=0, open_timeout=0.05, announce=None) as server:
        assert await talk(server, b"") == b""
        assert ends(server.connections[0]) == ["client", "server"]


async def test_answers_are_the_same_but_for_the_date(server: Server) -> None:
    answers = []
    for _ in range(2):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(request("/echo"))
        answers.append(await reader.readuntil(b"\r\n\r\n"))
        writer.close()
    undated = [re.sub(rb"Date: .*?\r\n", b"", answer) for answer in answers]
    assert undated[0] == undated[1]
    assert headers(answers[0])["Server"] == "HelloSockets"
    assert headers(answers[0])["Sec-WebSocket-Accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    await server.all_closed()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_finished_connections_are_bounded_and_live_ones_kept(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections_room, "MAX_FINISHED", 3)
    async with connect(server.url) as first:
        for _ in range(5):
            async with connect(server.echo_url):
                pass
        await until(lambda: len(server.open_connections) == 1)
        assert [each.number for each in server.connections] == [1, 4, 5, 6]
        assert server.dropped_connections == 2
        await first.send(JOIN)
        assert await first.recv() == REPLY
    await server.all_closed()
    assert [each.number for each in server.connections] == [4, 5, 6]


async def test_finished_connections_are_bounded_in_bytes(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections_room, "MAX_FINISHED_BYTES", 50_000)
    for _ in range(4):
        async with connect(server.echo_url, compression=None) as client:
            await client.send("x" * 10_000)
            await client.recv()
        await server.all_closed()
    assert [each.number for each in server.connections] == [3, 4]


async def test_what_was_read_counts_among_the_bytes_of_finished_connections(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    await talk(server, request("/nowhere"))
    [conversation] = server.connections
    recorded = conversation.recording.size
    monkeypatch.setattr(connections_room, "MAX_FINISHED_BYTES", 2 * recorded + 10)
    assert conversation.size == 0
    assert len(conversation.events) == 4
    assert conversation.size > 0
    await talk(server, request("/nowhere"))
    assert server.dropped_connections == 1


async def test_a_small_frame_does_not_wait_for_the_receipt_of_the_last_one(server: Server) -> None:
    async with (
        connect(server.echo_url) as client,
        tap(server.echo_url) as wire,
        connect(wire.url) as far,
    ):
        for each in (client, far):
            await each.send("Hello")
            await each.recv()
        ends = [each.transport for each in server._endpoint.alive]
        ends += [
            each.sides[name]._transport for each in wire._links.values() for name in each.sides
        ]
        for transport in ends:
            sock = transport.get_extra_info("socket")
            assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


# Who looks on.


async def test_listeners_hear_connections_and_bytes(server: Server) -> None:
    heard: list[tuple[int, int, str]] = []
    loop = asyncio.get_running_loop()

    def listen() -> None:
        assert asyncio.get_running_loop() is loop
        sizes = sum(each.recording.size for each in server.connections)
        heard.append((len(server.open_connections), sizes, repr(server)))

    server.listeners.append(listen)
    await talk(server, request("/nowhere"))
    assert heard[0][:2] == (1, 0)
    assert heard[-1][0] == 0
    assert sorted({size for _, size, _ in heard})[0] == 0
    assert len({size for _, size, _ in heard}) == 3  # nothing, the request, and the answer
    assert heard[-1][2] == "Server(listening, 1 connection)"


async def test_a_listener_that_fails_breaks_nothing(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    server.listeners.append(fail)
    async with connect(server.url) as client:
        await client.send(JOIN)
        assert await client.recv() == REPLY
    assert "a listener failed" in caplog.text


async def test_the_log_is_there_for_who_asks(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "hellosockets.server"):
        await talk(server, request("/nowhere"))
    assert {record.name for record in caplog.records} == {"hellosockets.server"}
    assert "HTTP response sent (404 Not Found)" in caplog.text


async def test_all_closed_waits_and_says_what_it_waited_for(server: Server) -> None:
    await server.all_closed()
    async with connect(server.url):
        with pytest.raises(TimeoutError, match=r"1 connection still open after 0\.01 seconds"):
            await server.all_closed(timeout=0.01)
        assert server.leftovers()[1:] == ["connection 1 is still alive: close its client"]
    await server.all_closed()


# Pages.


async def test_the_page_is_served_with_its_headers(server: Server) -> None:
    for path, name, kind in [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/?a=b", "index.html", "text/html; charset=utf-8"),
        ("/page.js", "page.js", "text/javascript; charset=utf-8"),
        ("/socket.js", "socket.js", "text/javascript; charset=utf-8"),
        ("/page.css", "page.css", "text/css; charset=utf-8"),
        ("/icon.svg", "icon.svg", "image/svg+xml"),
    ]:
        answer = await talk(server, request(path, b"Host: localhost\r\n\r\n"))
        said_of_it = headers(answer)
        body = answer.partition(b"\r\n\r\n")[2]
        assert status(answer) == 200
        assert body == (PAGE / name).read_bytes().replace(b"\r\n", b"\n")
        assert said_of_it["Content-Type"] == kind
        assert said_of_it["Content-Length"] == str(len(body))
        assert said_of_it["X-Content-Type-Options"] == "nosniff"
        policy = said_of_it["Content-Security-Policy"]
        assert policy.startswith("default-src 'self'; connect-src 'self' ws: wss:;")
        assert "unsafe" not in policy


async def test_the_page_answers_head_and_nothing_but_reading(server: Server) -> None:
    head = await talk(server, request("/", b"Host: localhost\r\n\r\n", "HEAD"))
    assert head.endswith(b"\r\n\r\n")
    assert int(headers(head)["Content-Length"]) == len((PAGE / "index.html").read_text().encode())
    refused = await talk(server, request("/", b"Host: localhost\r\n\r\n", "DELETE"))
    assert (status(refused), headers(refused)["Allow"]) == (405, "GET, HEAD")


def test_the_page_refers_to_nothing_outside_itself() -> None:
    for path in sorted(PAGE.iterdir()):
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.findall(r"(?:https?:)?//[\w.]+\.\w+|url\(|@import|innerHTML", text), path.name
    page = (PAGE / "index.html").read_text(encoding="utf-8")
    assert not re.findall(r'(?:src|href)="/|<style|style=|onclick', page)  # a proxy may move it


async def test_another_path_says_where_to_go(server: Server) -> None:
    answer = await talk(server, request("/chat"))
    text = answer.partition(b"\r\n\r\n")[2].decode()
    assert headers(answer)["Content-Type"] == "text/plain; charset=utf-8"
    assert "/echo and /socket/websocket" in text
    with pytest.raises(InvalidStatus, match="404"):
        await connect(server.http_url.replace("http", "ws") + "chat")


# Ports.


async def test_it_says_where_it_listens(capsys: pytest.CaptureFixture[str], free_port: int) -> None:
    async with serve(free_port) as server:
        assert server.port == free_port
        assert server.url == (
            f"ws://localhost:{free_port}/socket/websocket?token=undefined&vsn=2.0.0"
        )
        assert server.echo_url == f"ws://localhost:{free_port}/echo"
        assert server.http_url == f"http://localhost:{free_port}/"
    assert capsys.readouterr().out == f"HelloSockets listens at http://localhost:{free_port}\n"


async def test_no_port_named_is_4000_and_again_replaces(
    monkeypatch: pytest.MonkeyPatch, free_port: int
) -> None:
    assert server_room.DEFAULT_PORT == 4000
    monkeypatch.setattr(server_room, "DEFAULT_PORT", free_port)
    first = await serve(announce=None)
    async with connect(first.url) as client:
        second = await serve(announce=None)
        with pytest.raises(ConnectionClosed):
            await client.recv()
        assert client.close_code == 1001
    assert repr(first) == "Server(closed, 1 connection)"
    assert first.leftovers() == []
    assert second.port == free_port
    async with connect(second.url) as client:
        await client.send(JOIN)
        assert await client.recv() == REPLY
    await second.close()


async def test_a_named_port_again_replaces(free_port: int) -> None:
    servers = [await serve(free_port, announce=None) for _ in range(3)]
    assert [repr(server).split(",")[0] for server in servers] == [
        *("Server(closed", "Server(closed", "Server(listening")
    ]
    await servers[-1].close()


async def test_two_that_start_together_leave_one(free_port: int) -> None:
    servers = [serve(free_port, announce=None) for _ in range(3)]
    await asyncio.gather(*(server.__aenter__() for server in servers))
    listening = [server for server in servers if "listening" in repr(server)]
    assert len(listening) == 1
    async with connect(listening[0].url) as client:
        await client.send(JOIN)
        assert await client.recv() == REPLY
    await listening[0].close()


async def test_4000_taken_by_another_program_is_a_free_port_and_a_sentence(
    monkeypatch: pytest.MonkeyPatch, taken_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(server_room, "DEFAULT_PORT", taken_port)
    first = await serve()
    assert first.port not in (0, taken_port)
    assert capsys.readouterr().out == (
        f"Port {taken_port} is taken by another program, "
        f"so HelloSockets listens at http://localhost:{first.port}\n"
    )
    second = await serve()  # the cell again: what took its place is replaced, too
    assert repr(first) == "Server(closed, 0 connections)"
    async with connect(second.url) as client:
        await client.send(JOIN)
        assert await client.recv() == REPLY
    await second.close()


async def test_a_named_port_taken_by_another_program_is_an_error(taken_port: int) -> None:
    with pytest.raises(OSError, match=f"^port {taken_port} is taken by another program: stop"):
        await serve(taken_port)
    assert all(each.port != taken_port for each in listener_room._listening)


@pytest.mark.skipif(not socket.has_ipv6, reason="needs IPv6")
async def test_a_port_taken_at_the_other_loopback_address_is_taken(free_port: int) -> None:
    try:
        other = socket.create_server(("::1", free_port), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no ::1")
    with other, pytest.raises(OSError, match="is taken by another program"):
        await serve(free_port)


async def test_an_older_server_whose_loop_has_ended_is_replaced(free_port: int) -> None:
    def start_and_forget() -> Server:
        async def main() -> Server:
            return await serve(free_port, announce=None)

        return asyncio.run(main())

    older = await asyncio.to_thread(start_and_forget)
    async with serve(free_port, announce=None) as server:
        assert server.port == free_port
        assert repr(older) == "Server(closed, 0 connections)"
        await older.close()  # nothing to close any more
        with pytest.raises(RuntimeError, match=r"make a new one with serve\(\)"):
            await older


async def test_an_older_server_on_another_running_loop_is_replaced(free_port: int) -> None:
    started, done = threading.Event(), threading.Event()
    older: list[Server] = []

    async def main() -> None:
        older.append(await serve(free_port, announce=None))
        started.set()
        await until(done.is_set)

    thread = threading.Thread(target=asyncio.run, args=[main()])
    thread.start()
    try:
        assert await asyncio.to_thread(started.wait, 10)
        async with serve(free_port, announce=None) as server:
            assert repr(older[0]) == "Server(closed, 0 connections)"
            async with connect(server.url) as client:
                await client.send(JOIN)
                assert await client.recv() == REPLY
    finally:
        done.set()
        await asyncio.to_thread(thread.join, 10)


@pytest.mark.parametrize(
    ("host", "authority"),
    [
        ("127.0.0.1", "localhost:4000"),
        ("0.0.0.0", "localhost:4000"),
        ("", "localhost:4000"),
        ("::1", "localhost:4000"),
        ("192.168.1.5", "192.168.1.5:4000"),
        ("fe80::1", "[fe80::1]:4000"),
        ("example", "example:4000"),
    ],
)
def test_urls_name_the_host_as_a_client_would(host: str, authority: str) -> None:
    server = serve(host=host)
    server.port = 4000
    assert server.http_url == f"http://{authority}/"
    assert server.echo_url == f"ws://{authority}/echo"


@pytest.mark.parametrize(
    ("port", "error", "text"),
    [
        (70_000, ValueError, "port must be 0 to 65535, got 70000"),
        (-1, ValueError, "port must be 0 to 65535, got -1"),
        ("4000", TypeError, "port must be a number or None, got str"),
        (True, TypeError, "port must be a number or None, got bool"),
    ],
)
def test_a_port_that_is_none(port: object, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=f"^{text}$"):
        serve(port)  # type: ignore[arg-type]


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host", "\udc80"])
async def test_a_host_that_is_not_here(host: str) -> None:
    with pytest.raises(OSError, match="is not an address of this machine: name one that is"):
        await serve(0, host)


# Starting and ending.


async def test_repr_says_how_it_stands() -> None:
    server = serve(port=0, announce=None)
    assert repr(server) == "Server(not started: await it)"
    await server.close()  # nothing to close yet
    async with server:
        assert repr(server) == "Server(listening, 0 connections)"
        assert await server is server
        assert server.leftovers() == [
            "the server is still listening: close it with `await server.close()`"
        ]
        await talk(server, b"", leave=True)
        await talk(server, b"", leave=True)
    assert repr(server) == "Server(closed, 2 connections)"


async def test_close_says_goodbye_with_1001_and_can_be_called_again() -> None:
    server = await serve(port=0, announce=None)
    async with connect(server.url) as client:
        await asyncio.gather(server.close(), asyncio.create_task(server.close()))
        await server.close()
        with pytest.raises(ConnectionClosed):
            await client.recv()
        assert client.close_code == 1001
    assert server.leftovers() == []
    with pytest.raises(OSError):  # noqa: PT011
        await connect(server.url)


async def test_close_does_not_wait_for_a_client_that_says_nothing() -> None:
    server = await serve(port=0, announce=None)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    await until(lambda: bool(server.open_connections))
    async with asyncio.timeout(3):  # far less than OPEN_TIMEOUT
        await server.close()
    with contextlib.suppress(ConnectionError):
        assert await reader.read() == b""
    writer.close()
    assert ends(server.connections[0]) == ["client", "server"]


async def test_close_does_not_wait_for_a_client_that_does_not_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server_room, "CLOSE_TIMEOUT", 0.1)
    much = 32 * 2**20  # bytes: more than the network holds between two programs
    server = await serve(port=0, max_frame_size=much, announce=None)
    _reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1)
    writer.write(request("/echo") + build_frame(bytes(much), masking_key=KEY))
    alive = server._endpoint.alive
    await until(lambda: any(each.transport.get_write_buffer_size() for each in alive))
    async with asyncio.timeout(5):
        await server.close()
    assert server.leftovers() == []
    assert ends(server.connections[0]) == ["client", "server"]
    writer.transport.abort()


async def test_close_turns_away_who_comes_too_late() -> None:
    for turns in range(5):
        server = await serve(port=0, announce=None)
        with socket.create_connection(("127.0.0.1", server.port)):
            for _ in range(turns):
                await asyncio.sleep(0)
            async with asyncio.timeout(5):  # far below the time for an opening handshake
                await server.close()
        assert server.leftovers() == []


async def test_close_during_the_start_closes() -> None:
    server = serve(port=0, announce=None)
    starting = asyncio.ensure_future(server)
    await asyncio.sleep(0)
    await server.close()
    await starting
    assert repr(server) == "Server(closed, 0 connections)"
    assert server.leftovers() == []


async def test_two_who_await_one_server_get_one(free_port: int) -> None:
    server = serve(free_port, announce=None)
    async with asyncio.timeout(10):
        await asyncio.gather(*(server.__aenter__() for _ in range(2)))
    assert repr(server) == "Server(listening, 0 connections)"
    await server.close()
    with pytest.raises(RuntimeError, match=r"make a new one with serve\(\)"):
        await server


async def test_a_cancelled_close_goes_on() -> None:
    server = await serve(port=0, announce=None)
    async with connect(server.echo_url):
        closing = asyncio.create_task(server.close())
        await asyncio.sleep(0)
        closing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await closing
        await until(lambda: server.leftovers() == [])
    assert repr(server) == "Server(closed, 1 connection)"
    assert server not in listener_room._listening


@pytest.mark.skipif(sys.platform == "win32", reason="Windows takes bytes for who has left")
async def test_what_is_not_handed_to_the_wire_is_not_recorded(
    caplog: pytest.LogCaptureFixture,
) -> None:
    near, far = socket.socketpair()
    transport, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, sock=near)
    recorded: list[bytes] = []
    recording = RecordedTransport(transport, recorded.append)
    recording.write(b"taken")
    far.close()
    for _ in range(10):
        recording.write(b"too late")
    recording.close()
    assert recorded == [b"taken", b""]
    assert caplog.text == ""  # asyncio warns of the fifth write that it drops


async def test_nothing_is_left_after_close() -> None:
    before = asyncio.all_tasks()
    server = await serve(port=0, announce=None)
    clients = [await connect(server.echo_url) for _ in range(10)]
    for client in clients:
        await client.send("Hello")
        await client.recv()
    await talk_without_waiting(server, b"\x00garbage\r\n\r\n")
    await server.close()
    for client in clients:
        await client.wait_closed()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
    assert server not in listener_room._listening
    gc.collect()
    sockets = [each for each in gc.get_objects() if type(each) is socket.socket]
    assert not [each for each in sockets if each.fileno() >= 0 and _port(each) == server.port]


async def talk_without_waiting(server: Server, sent: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(sent)
    with contextlib.suppress(ConnectionError):
        await reader.read()
    writer.close()


def _port(sock: socket.socket) -> int | None:
    with contextlib.suppress(OSError):
        name = sock.getsockname()
        return name[1] if isinstance(name, tuple) else None
    return None


def test_the_package_ships_its_page() -> None:
    assert {path.name for path in Path(PAGE).iterdir()} == {
        *("index.html", "page.js", "socket.js", "page.css", "icon.svg")
    }


@pytest.mark.parametrize(
    ("path", "early", "expected"),
    [
        ("/nowhere", b"\x8f\xff", 404),
        ("/echo", b"\x8f\xff", 101),
        ("/socket/websocket?vsn=9", b"\x81\x01a", 403),
        ("/nowhere", b"x" * 2**15, 404),
    ],
)
async def test_a_hasty_client_gets_its_answer_first(
    server: Server, path: str, early: bytes, expected: int
) -> None:
    assert status(await talk(server, request(path) + early)) == expected
    assert said(server.connections[0], "client")[: len(request(path)) + 2].endswith(early[:2])


async def test_what_a_hasty_client_says_is_read_as_was_agreed() -> None:
    hello = bytes.fromhex("f2 48 cd c9 c9 07 00")  # RFC 7692 §7.2.3.1
    extended = UPGRADE[:-2] + b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
    async with serve(port=0, compress=True, announce=None) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(request("/echo", extended) + forge(hello, rsv1=True, masking_key=KEY))
        async with asyncio.timeout(10):
            assert status(await reader.readuntil(b"\r\n\r\n")) == 101
            assert await reader.readexactly(9) == forge(hello, rsv1=True)
        writer.close()
        await server.all_closed()
