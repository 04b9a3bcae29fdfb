"""The wire between real clients and real servers: what it lets through, holds, cuts and records."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import re
import shlex
import socket
import ssl
import subprocess
import sys
import threading
import warnings
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import trustme
import websockets.asyncio.server as library
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, ConnectionClosedError, InvalidStatus

import hellosockets.wire.link as link_room
from hellosockets.conversation import Conversation
from hellosockets.frames import Frame, Speaker, build_frame
from hellosockets.handshake import build_request
from hellosockets.server import Server, serve
from hellosockets.wire import Held, Wire, tap
from hellosockets.wire.link import Route
from hellosockets.wire.pipe import HIGH_WATER

KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # RFC 6455 §1.3
MASK = bytes.fromhex("37fa213d")  # RFC 6455 §5.7
MOST_HELD = HIGH_WATER + 256 * 1024  # one read of asyncio's may come on top
DEADLINE = 20  # seconds


@pytest.fixture(autouse=True)
async def nothing_is_left() -> AsyncIterator[None]:
    """Fail a test that leaves tasks."""
    before = asyncio.all_tasks()
    yield
    async with asyncio.timeout(DEADLINE):
        while asyncio.all_tasks() - before - {asyncio.current_task()}:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serve(port=0, announce=None) as server:
        yield server


@pytest.fixture
async def wire(server: Server) -> AsyncIterator[Wire]:
    async with tap(server.echo_url) as wire:
        yield wire
    assert wire.leftovers() == []


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(DEADLINE):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


def said(conversation: Conversation, speaker: str) -> bytes:
    chunks = conversation.recording.chunks
    return b"".join(chunk.data for chunk in chunks if chunk.speaker == speaker)


def ends(conversation: Conversation) -> list[str]:
    return sorted(chunk.speaker for chunk in conversation.recording.chunks if not chunk.data)


def port_of(server: Any) -> int:
    return int(server.sockets[0].getsockname()[1])


async def echo(connection: library.ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)


class Peer:
    """A TCP server without manners: each connection's reader and writer, as they are."""

    def __init__(self) -> None:
        self.arrived: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]]
        self.arrived = asyncio.Queue()

    async def __aenter__(self) -> Peer:
        self.server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.url = f"ws://127.0.0.1:{port_of(self.server)}/"
        return self

    async def __aexit__(self, *args: object) -> None:
        self.server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.arrived.put_nowait((reader, writer))


@contextlib.asynccontextmanager
async def relayed(wire: Wire, peer: Peer) -> AsyncIterator[tuple[Any, Any, Any, Any]]:
    """Yield both ends of a new connection: the client's reader and writer, and the server's."""
    reader, writer = await asyncio.open_connection("127.0.0.1", wire.port)
    far_reader, far_writer = await peer.arrived.get()
    try:
        yield reader, writer, far_reader, far_writer
    finally:
        for each in (writer, far_writer):
            each.close()
            with contextlib.suppress(ConnectionError):
                await each.wait_closed()


async def is_reset(reader: asyncio.StreamReader) -> bool:
    try:
        data = await reader.read()
    except ConnectionError:
        return True
    assert data == b""
    return sys.platform == "win32"  # where asyncio sends a FIN before each RST


# What it lets through.


async def test_everything_passes_and_is_recorded_as_a_server_records_it(server: Server) -> None:
    async with tap(server) as wire:
        assert wire.url.endswith("/socket/websocket?token=undefined&vsn=2.0.0")
        assert wire.target == server.url
        async with connect(wire.url, compression=None) as client:
            await client.send('["1","1","topic:subtopic","phx_join",{}]')
            reply = await client.recv()
        await wire.all_closed()
        await server.all_closed()
        (ours,), (theirs,) = wire.connections, server.connections
        assert ours.messages[-1].text == reply
        assert ours.frames == theirs.frames
        assert said(ours, "client") == said(theirs, "client")
        assert said(ours, "server") == said(theirs, "server")
        assert ends(ours) == ["client", "server"]
        assert (ours.state, ours.close_code, ours.verdicts) == ("closed", 1000, [])
        assert repr(wire) == "Wire(laid, 1 connection)"


async def test_somebody_elses_server() -> None:
    async with (
        library.serve(echo, "127.0.0.1", 0) as server,
        tap(f"ws://localhost:{port_of(server)}") as wire,
        connect(wire.url) as client,
    ):
        for message in ("Hello", b"\x00" * 100_000, "x" * 3_000_000):
            if len(message) < 2**20:
                await client.send(message)
                assert await client.recv() == message
        conversation = wire.connections[0]
        assert conversation.agreement is not None  # both ends talk compression
        assert [message.data for message in conversation.messages[:2]] == [b"Hello"] * 2


async def test_many_at_once_and_nobodys_words_are_mixed_up(wire: Wire) -> None:
    async def talk(number: int) -> None:
        async with connect(wire.url) as client:
            for i in range(20):
                await client.send(f"{number}:{i}" * 50)
                assert await client.recv() == f"{number}:{i}" * 50

    await asyncio.gather(*map(talk, range(20)))
    await wire.all_closed()
    assert len(wire.connections) == 20
    assert {connection.close_code for connection in wire.connections} == {1000}


async def test_half_closing_passes_both_ways() -> None:
    async with Peer() as peer, tap(peer.url) as wire:
        async with relayed(wire, peer) as (reader, writer, far_reader, far_writer):
            writer.write(b"question")
            writer.write_eof()
            assert await far_reader.read() == b"question"
            far_writer.write(b"answer")
            await far_writer.drain()
            assert await reader.read(6) == b"answer"
            assert ends(wire.connections[0]) == ["client"]
            far_writer.close()
            assert await reader.read() == b""
        await wire.all_closed()
        assert ends(wire.connections[0]) == ["client", "server"]


@pytest.mark.parametrize("who", ["client", "server"])
async def test_a_reset_passes(who: str) -> None:
    async with Peer() as peer, tap(peer.url) as wire:
        async with relayed(wire, peer) as (reader, writer, far_reader, far_writer):
            breaking = writer if who == "client" else far_writer
            sock = breaking.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, link_room.NO_LINGER)
            breaking.transport.abort()
            assert await is_reset(far_reader if who == "client" else reader)
        await wire.all_closed()


async def test_a_page_in_plain_http_passes(server: Server) -> None:
    async with tap(server) as wire:
        reader, writer = await asyncio.open_connection("127.0.0.1", wire.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 200 OK\r\n")
        writer.close()
        await wire.all_closed()
        assert wire.connections[0].state == "answered"


# Whom the request names.


@pytest.mark.parametrize("rename", [True, False])
@pytest.mark.parametrize("step", [1, 1000])
async def test_the_server_is_told_its_own_name(rename: bool, step: int) -> None:
    async with Peer() as peer, tap(peer.url, rename=rename) as wire:
        authority = peer.url[5:-1]
        request = build_request("/", host=f"localhost:{wire.port}", key=KEY)
        request = request.replace(
            b"\r\n\r\n", b"\r\nOrigin: http://localhost:%d\r\n\r\n" % wire.port
        )
        told = request
        if rename:
            told = request.replace(b"localhost:%d" % wire.port, authority.encode())
        async with relayed(wire, peer) as (_, writer, far_reader, _far_writer):
            for start in range(0, len(request), step):
                writer.write(request[start : start + step])
                await asyncio.sleep(0)
            assert await far_reader.readexactly(len(told)) == told
            await until(lambda: len(said(wire.connections[0], "client")) == len(told))
            assert said(wire.connections[0], "client") == told


@pytest.mark.needs("curl")
async def test_as_curl_asks_the_server_itself(server: Server, wire: Wire) -> None:
    async with connect(wire.url):
        pass
    command = wire.connections[0].as_curl()
    await wire.close()
    assert f"http://localhost:{server.port}/echo" in command
    words = [*shlex.split(command), "--max-time", "5"]
    process = await asyncio.create_subprocess_exec(*words, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert (await process.stdout.readline()).startswith(b"HTTP/1.1 101 ")
    process.kill()
    await process.communicate()


# Weather.


async def test_weather_is_set_for_good_or_for_a_block() -> None:
    wire = tap("ws://localhost:1")
    wire.delay = 0.5
    wire.split = 3
    with wire.weather("3G", split=1):
        assert (wire.delay, wire.throttle, wire.split) == (0.15, (96_000, 200_000), 1)
        with wire.weather(loss=0.5):
            assert (wire.delay, wire.split, wire.loss) == (0.15, 1, 0.5)
            with wire.frozen():
                assert wire.is_frozen
                with wire.frozen():
                    wire.imitate("fast")
                assert wire.is_frozen
            assert not wire.is_frozen
            assert wire.delay == 0.002
        assert wire.loss == 0
    assert (wire.delay, wire.throttle, wire.split) == (0.5, None, 3)
    with pytest.raises(ZeroDivisionError), wire.frozen():
        _ = 1 / 0
    assert not wire.is_frozen
    wire.freeze()
    with wire.frozen():
        pass
    assert wire.is_frozen
    wire.throttle = 7
    wire.loss = 0.1
    assert wire.is_frozen
    wire.thaw()
    assert (wire.is_frozen, wire.throttle, wire.loss) == (False, 7, 0.1)
    wire.imitate("clear")
    assert (wire.delay, wire.throttle, wire.split, wire.loss) == (0, None, None, 0)


async def test_weather_that_cannot_be_changes_nothing() -> None:
    wire = tap("ws://localhost:1")
    with pytest.raises(ValueError, match="delay must be 0 to 3600 seconds"):
        wire.delay = -1
    text = "weather has no 'dealy': set one of delay, throttle, split, loss"
    with pytest.raises(TypeError, match=text), wire.weather(dealy=1):
        pass
    with pytest.raises(AttributeError):
        wire.dealy = 1  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        wire.frozen = True  # type: ignore[method-assign, assignment]
    with pytest.raises(ValueError, match="no weather called 'fog'"):
        wire.imitate("fog")
    assert wire.delay == 0


async def test_frozen_holds_and_delivers_in_order(server: Server, wire: Wire) -> None:
    async with connect(wire.url, compression=None) as client:
        await client.send("before")
        assert await client.recv() == "before"
        (conversation,) = wire.connections
        with wire.frozen():
            for i in range(10):
                await client.send(f"{i}")
            await until(lambda: wire.held == Held(client=10 * 7, server=0))
            assert len(conversation.frames) == 2
            assert len(server.connections[0].frames) == 2
            assert conversation.state == "open"
        assert [await client.recv() for _ in range(10)] == [f"{i}" for i in range(10)]
        assert wire.held == (0, 0)
        texts = [message.text for message in conversation.messages if message.speaker == "client"]
        assert texts == ["before", *(f"{i}" for i in range(10))]


async def test_frozen_holds_what_the_server_says_and_that_it_hangs_up() -> None:
    async with Peer() as peer, tap(peer.url) as wire:
        async with relayed(wire, peer) as (reader, _, __, far_writer):
            with wire.frozen():
                far_writer.write(b"goodbye")
                far_writer.close()
                await until(lambda: wire.held.server == 7)
                assert not reader.at_eof()
                assert wire.connections[0].recording.chunks == []
                assert wire.open_connections
            assert await reader.read() == b"goodbye"
        await wire.all_closed()


async def test_who_connects_to_a_frozen_wire_waits(server: Server, wire: Wire) -> None:
    wire.freeze()
    connecting = asyncio.ensure_future(connect(wire.url).__aenter__())
    await until(lambda: wire.held.client > 100)
    assert server.connections == []
    assert not connecting.done()
    wire.thaw()
    client = await connecting
    await client.close()


async def test_split_cuts_the_stream_and_changes_nothing(server: Server, wire: Wire) -> None:
    async with connect(wire.url, compression=None) as client:
        await client.send("whole" * 20)
        await client.recv()
    await wire.all_closed()
    with wire.weather(split=1):
        async with connect(wire.url, compression=None) as client:
            await client.send("whole" * 20)
            assert await client.recv() == "whole" * 20
        await wire.all_closed()
    whole, split = wire.connections

    def meaning(conversation: Conversation) -> list[tuple[Any, ...]]:
        frames = conversation.frames
        return [(frame.speaker, frame.opcode, frame.data, frame.masked) for frame in frames]

    assert meaning(split) == meaning(whole)
    for speaker in ("client", "server"):
        length = len(said(split, speaker))
        assert split.boundaries(speaker) == list(range(1, length + 1))  # type: ignore[arg-type]
    # TCP may join what was written apart, and mostly didn't: the server read it byte by byte.
    assert len(server.connections[1].boundaries("client")) > 20


async def test_delay_and_throttle_on_a_real_wire(wire: Wire) -> None:
    # No figure here: tests/test_pipe.py has them, on a clock of its own.
    with wire.weather(delay=0.02, throttle=100_000, loss=0.1):
        async with connect(wire.url, compression=None) as client:
            for i in range(5):
                await client.send(f"{i}" * 500)
            assert [await client.recv() for _ in range(5)] == [f"{i}" * 500 for i in range(5)]
        await wire.all_closed()
    sizes = [len(chunk.data) for chunk in wire.connections[0].recording.chunks]
    assert max(sizes) <= 2000  # 20 ms each


# Cutting.


async def test_cut_now(wire: Wire) -> None:
    async with connect(wire.url) as first, connect(wire.url) as second:
        await wire.cut(wire.connections[0])
        with pytest.raises(ConnectionClosedError) as raised:
            await first.recv()
        assert raised.value.rcvd is None
        assert [connection.state for connection in wire.connections] == ["closed", "open"]
        assert wire.connections[0].close_code == 1006
        await second.send("still here")
        assert await second.recv() == "still here"
        await wire.cut(wire.connections[0])  # it stays over
        wire.freeze()
        await second.send("lost")
        await until(lambda: wire.held.client > 0)
        await wire.cut(reset=False)
        with pytest.raises(ConnectionClosedError):
            await second.recv()
    assert wire.open_connections == []
    assert wire.held == (0, 0)
    assert b"lost" not in said(wire.connections[1], "client")


@pytest.mark.parametrize("reset", [True, False])
async def test_both_ends_notice_a_cut(reset: bool) -> None:
    async with Peer() as peer, tap(peer.url) as wire:
        async with relayed(wire, peer) as (reader, _writer, far_reader, far_writer):
            far_writer.write(b"half a fra")
            assert await reader.read(10) == b"half a fra"
            cutting = asyncio.ensure_future(wire.cut(reset=reset))
            for each in (reader, far_reader):
                if reset:
                    assert await is_reset(each)
                else:
                    assert await each.read() == b""
            if not reset:
                _writer.close()
                far_writer.close()
            await cutting
        assert ends(wire.connections[0]) == ["client", "server"]


async def test_who_does_not_hang_up_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_room, "LINGER", 0.05)
    async with Peer() as peer, tap(peer.url) as wire, relayed(wire, peer):
        await wire.cut(reset=False)
        assert wire.open_connections == []


HELLO = build_frame("Hello", masking_key=MASK)
GOODBYE = build_frame((1000).to_bytes(2, "big"), 8, masking_key=MASK)


async def converse(port: int) -> None:
    """Say hello and goodbye as a client, and come no further than the wire lets us."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(build_request("/echo", host="localhost", key=KEY))
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HELLO)
        await reader.readexactly(7)
        writer.write(GOODBYE)
        await reader.read()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


@pytest.mark.parametrize("speaker", ["client", "server"])
@pytest.mark.parametrize("reset", [True, False], ids=["RST", "FIN"])
async def test_cut_at_every_byte_of_a_short_conversation(
    server: Server, speaker: Speaker, reset: bool
) -> None:
    async with tap(server.echo_url) as wire, connect(wire.url) as bystander:
        await converse(wire.port)
        uncut = wire.connections[1]
        await until(lambda: uncut.state == "closed")
        whole = said(uncut, speaker)
        handshake = len((uncut.request if speaker == "client" else uncut.response).raw)  # type: ignore[union-attr]
        goodbye = len(whole) - (len(GOODBYE) if speaker == "client" else 4)
        for size in range(len(whole) + 1):
            wire.cut_after(size, speaker, reset=reset)
            await converse(wire.port)
            await wire_has_only(wire, 1)
            cut = wire.connections[-1]
            assert len(said(cut, speaker)) == size
            if speaker == "client":
                assert said(cut, speaker) == whole[:size]
            elif size:  # the server's own record, as its words hold the time of day
                assert said(server.connections[-1], speaker).startswith(said(cut, speaker))
            assert ends(cut) == ["client", "server"]
            if speaker == "client":
                assert (cut.close_code == 1000) == (size == len(whole)), size
                assert size > goodbye or cut.close_code == 1006, size
            elif size >= handshake:
                # The client's own goodbye came through before this speaker was cut.
                assert cut.close_code == (1000 if size > goodbye else 1006), size
            else:
                assert cut.state in ("closed", "refused")
            frames = [frame for frame in cut.frames if frame.speaker == speaker]
            incomplete = [frame for frame in frames if frame.missing]
            assert bool(incomplete) == is_within_a_frame(cut, frames, handshake, size), size
            assert all(frame.verdicts for frame in incomplete)
        assert len(wire.connections) + wire.dropped_connections == len(whole) + 3
        await bystander.send("what was all that?")
        assert await bystander.recv() == "what was all that?"
    await server.all_closed()


def is_within_a_frame(cut: Conversation, frames: list[Frame], handshake: int, size: int) -> bool:
    if size <= handshake or cut.state == "refused":
        return False
    position = handshake
    for frame in frames:
        position += frame.header_size + frame.payload_length
    return position != size


async def wire_has_only(wire: Wire, number: int) -> None:
    await until(lambda: len(wire.open_connections) == number)


async def test_cut_after_waits_for_one_connection_and_is_used_up(wire: Wire) -> None:
    async with connect(wire.url) as first, connect(wire.url) as second:
        a, _b = wire.connections
        with pytest.raises(ValueError, match="bytes of the client went through already, got 3: n"):
            wire.cut_after(3, "client", connection=a)
        size = len(said(a, "client"))
        wire.cut_after(size + 5, "client", connection=a)
        await second.send("x" * 1000)
        await second.recv()
        await first.send("x" * 1000)
        with pytest.raises(ConnectionClosedError):
            await first.recv()
        assert len(said(a, "client")) == size + 5
        await second.send("x")
        await second.recv()
        wire.cut_after(0, "client")
        wire.cut_after(None)
        async with connect(wire.url):
            pass


async def test_cuts_that_cannot_be(wire: Wire) -> None:
    for arguments, error, text in [
        ((-1,), ValueError, "size must be 0 or more bytes, got -1"),
        ((1.5,), TypeError, "size must be a number of bytes or None, got float"),
        ((1, "me"), ValueError, "speaker must be 'client' or 'server', got 'me'"),
    ]:
        with pytest.raises(error, match=re.escape(text)):
            wire.cut_after(*arguments)  # type: ignore[arg-type]
    async with tap("ws://127.0.0.1:1") as other:
        with contextlib.suppress(InvalidStatus):
            await connect(other.url)
        with pytest.raises(ValueError, match=r"isn't the wire's: take one of wire\.conn"):
            await wire.cut(other.connections[0])


# Bounded memory.


@pytest.mark.parametrize("is_frozen", [True, False])
async def test_who_speaks_to_one_who_does_not_read_has_to_wait(is_frozen: bool) -> None:
    async with (
        Peer() as peer,
        tap(peer.url) as wire,
        relayed(wire, peer) as (_, writer, far_reader, far_writer),
    ):
        far_writer.transport.pause_reading()
        if is_frozen:
            wire.freeze()
        sent = 0
        while not (writer.transport.get_write_buffer_size() and wire.held.client >= HIGH_WATER):
            writer.write(bytes(65536))
            sent += 65536
            await asyncio.sleep(0)
            assert wire.held.client <= MOST_HELD
            assert sent < 2**27
        for _ in range(50):
            await asyncio.sleep(0)
            assert wire.held.client <= MOST_HELD
        wire.thaw()
        far_writer.transport.resume_reading()
        assert await far_reader.readexactly(sent) == bytes(sent)
        assert wire.held == (0, 0)


# Servers that can't be reached.


async def answer_of(wire: Wire) -> str:
    """Return the text that a client gets instead of a WebSocket."""
    with pytest.raises(InvalidStatus) as raised:
        await connect(wire.url)
    response = raised.value.response
    assert response.status_code == 502
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    await wire.all_closed()
    (text,) = wire.errors
    assert bytes(response.body or b"").decode() == f"{text}\n"
    conversation = wire.connections[-1]
    assert conversation.state == "refused"
    assert [repr(event) for event in conversation.events[:2]] == [
        "Request(GET /)",
        "Response(502 Bad Gateway)",
    ]
    return text


async def test_a_closed_port_and_then_it_opens(free_port: int) -> None:
    async with tap(f"ws://localhost:{free_port}/") as wire:
        assert await answer_of(wire) == (
            f"nothing listens at localhost:{free_port}: start the server there, or tap another port"
        )
        async with library.serve(echo, "127.0.0.1", free_port), connect(wire.url) as client:
            await client.send("there you are")
            assert await client.recv() == "there you are"


async def test_errors_are_reported_and_a_report_that_fails_breaks_nothing(free_port: int) -> None:
    told: list[str] = []

    def report(why: str) -> None:
        told.append(why)
        raise RuntimeError("no paper")

    async with tap(f"ws://localhost:{free_port}/", report=report) as wire:
        assert told == [await answer_of(wire)]


async def test_a_client_that_asks_slowly_is_answered_after_its_question(free_port: int) -> None:
    async with tap(f"ws://127.0.0.1:{free_port}/") as wire:
        reader, writer = await asyncio.open_connection("127.0.0.1", wire.port)
        await until(lambda: wire.errors)
        for byte in b"GET / HTTP/1.1\r\n\r":
            writer.write(bytes([byte]))
            await asyncio.sleep(0.001)
        assert wire.connections[0].recording.chunks[-1].speaker == "client"
        writer.write(b"\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 502 Bad Gateway\r\n")
        writer.close()
        await wire.all_closed()


@pytest.mark.parametrize("leaves", [True, False])
async def test_a_client_that_asks_nothing(
    free_port: int, leaves: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_room, "REQUEST_TIMEOUT", 0.05)
    async with tap(f"ws://127.0.0.1:{free_port}/") as wire:
        reader, writer = await asyncio.open_connection("127.0.0.1", wire.port)
        if leaves:
            writer.write_eof()
        assert (await reader.read()).startswith(b"HTTP/1.1 502 Bad Gateway\r\n")
        writer.close()
        await wire.all_closed()


async def test_an_unknown_host(monkeypatch: pytest.MonkeyPatch) -> None:
    async def getaddrinfo(*args: object, **options: object) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    async with tap("ws://nowhere.invalid/") as wire:
        url = wire.url.replace("localhost", "127.0.0.1")
        client = await asyncio.open_connection("127.0.0.1", wire.port)
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
        reader, writer = client
        writer.write(build_request("/", host=url[5:-1], key=KEY))
        assert (await reader.read()).endswith(
            b"\r\n\r\nthere is no machine called 'nowhere.invalid': check the name\n"
        )
        writer.close()
        await wire.all_closed()


def test_why_it_cannot_be_reached() -> None:
    route = Route("example.com", 443, "example.com", None, None)
    told = {
        TimeoutError(): "example.com:443 didn't answer within 10 seconds: is it reachable?",
        OSError(errno.ENETUNREACH, "Network is unreachable"): (
            "example.com:443 can't be reached (Network is unreachable): check address and network"
        ),
        OSError(f"Multiple exceptions: [Errno {errno.ECONNREFUSED}] a, b"): (
            "nothing listens at example.com:443: start the server there, or tap another port"
        ),
    }
    for error, text in told.items():
        assert route.explain(error) == text


# TLS.


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@contextlib.asynccontextmanager
async def secure_echo(authority: trustme.CA, name: str) -> AsyncIterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    async with library.serve(echo, "127.0.0.1", 0, ssl=context) as server:
        yield port_of(server)


async def test_wss_is_spoken_to_the_server_and_ws_to_the_client(authority: trustme.CA) -> None:
    async with (
        secure_echo(authority, "localhost") as port,
        tap(f"wss://localhost:{port}/", ssl=trusting(authority)) as wire,
    ):
        assert wire.url == f"ws://localhost:{wire.port}/"
        async with connect(wire.url, compression=None) as client:
            for message in ("Hello", "x" * 500_000):
                await client.send(message)
                assert await client.recv() == message
        await wire.all_closed()
        (conversation,) = wire.connections
        assert conversation.secure
        assert conversation.close_code == 1000
        assert ends(conversation) == ["client", "server"]
        assert f"https://localhost:{port}/" in conversation.as_curl()
        # And the other way round: a client that leaves without a word.
        async with connect(wire.url) as client:
            client.transport.abort()
        await wire.all_closed()
        async with connect(wire.url) as client:
            await wire.cut()
            await client.wait_closed()


async def test_wss_with_weather(authority: trustme.CA) -> None:
    async with (
        secure_echo(authority, "localhost") as port,
        tap(f"wss://localhost:{port}/", ssl=trusting(authority)) as wire,
        connect(wire.url, compression=None) as client,
    ):
        with wire.weather(split=1):
            await client.send("Hello")
            assert await client.recv() == "Hello"
        with wire.frozen():
            await client.send("Hello")
            await until(lambda: wire.held.client == 11)
        assert await client.recv() == "Hello"
        await wire.cut(reset=False)


async def test_a_certificate_for_another_name(authority: trustme.CA) -> None:
    async with (
        secure_echo(authority, "example.org") as port,
        tap(f"wss://localhost:{port}/", ssl=trusting(authority)) as wire,
    ):
        text = await answer_of(wire)
        assert text.startswith(f"the certificate of localhost:{port} doesn't hold (")
        assert text.endswith(
            "): tap the name it was made for, or pass an ssl= context that trusts it"
        )
        assert "localhost" in text.partition("(")[2]
    async with (
        secure_echo(authority, "example.org") as port,
        tap(
            f"wss://localhost:{port}/",
            ssl=trusting(authority),
            server_hostname="example.org",
        ) as wire,
        connect(wire.url) as client,
    ):
        await client.send("Hello")
        assert await client.recv() == "Hello"


async def test_a_certificate_that_nobody_vouches_for(authority: trustme.CA) -> None:
    async with (
        secure_echo(authority, "localhost") as port,
        tap(f"wss://localhost:{port}/") as wire,
    ):
        assert "doesn't hold" in await answer_of(wire)


async def test_wss_to_a_plain_server() -> None:
    async with (
        library.serve(echo, "127.0.0.1", 0) as server,
        tap(f"wss://localhost:{port_of(server)}/") as wire,
    ):
        text = await answer_of(wire)
        assert text == (
            f"localhost:{port_of(server)} doesn't speak TLS with us (it hung up): "
            "if it is a plain server, tap ws:// instead of wss://"
        )


async def test_wss_to_one_who_answers_in_plain_text() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await reader.read()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server, tap(f"wss://localhost:{port_of(server)}/") as wire:
        assert "doesn't speak TLS with us (" in await answer_of(wire)


async def test_a_name_that_tls_refuses(authority: trustme.CA) -> None:
    async with (
        secure_echo(authority, "localhost") as port,
        tap(f"wss://localhost:{port}/", server_hostname=".x") as wire,
    ):
        assert (await answer_of(wire)).startswith("'localhost' can't be a machine's name (")


# Where it leads.


@pytest.mark.parametrize(
    ("url", "error", "text"),
    [
        ("http://x/y", ValueError, "ws:// or wss://, got http://: write 'ws://x/y'"),
        ("https://x/y", ValueError, "ws:// or wss://, got https://: write 'wss://x/y'"),
        ("localhost:4000", ValueError, "got 'localhost:4000': put the scheme before it"),
        ("ws://", ValueError, "names no host: write for example ws://localhost/"),
        ("ws:///echo", ValueError, "names no host"),
        ("ws://x:99999/", ValueError, "has no port that can be: take one from 1 to 65535"),
        ("ws://x:http/", ValueError, "has no port that can be"),
        ("ws://x:0/", ValueError, "nothing can listen at port 0: await the server"),
        ("ws://[::1/", ValueError, "can't be read as a URL"),
        ("ws://me:secret@x/", ValueError, "takes no name and password"),
        ("ws://x/#y", ValueError, "has no fragment (RFC 6455 §3)"),
        ("ws://x/ y", ValueError, "no blanks and no control characters"),
        ("ws://x/\r\ny", ValueError, "no blanks and no control characters"),
        (f"ws://{'x' * 64}/", ValueError, "can't be a machine's name"),
        (4000, TypeError, "a server or to a URL such as 'ws://...', got int"),
    ],
)
def test_urls_that_lead_nowhere(url: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error) as raised:
        tap(url)
    assert text in str(raised.value)
    assert "secret" not in str(raised.value)


def test_other_arguments_that_cannot_be() -> None:
    with pytest.raises(ValueError, match="port must be 0 to 65535, got 65536"):
        tap("ws://x", port=65536)
    with pytest.raises(TypeError, match="port must be a number, got str"):
        tap("ws://x", port="4000")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="ssl= is for a wss:// server"):
        tap("ws://x", ssl=ssl.create_default_context())
    with pytest.raises(ValueError, match="await the server before it is tapped"):
        tap(serve(port=0, announce=None))


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("ws://x", "ws://x/"),
        ("WS://X:80/a?b=c", "ws://x/a?b=c"),
        ("wss://x:443?b", "wss://x/?b"),
        ("ws://x:443/", "ws://x:443/"),
        ("ws://[::1]:4000/", "ws://[::1]:4000/"),
        ("ws://bücher.example/", "ws://xn--bcher-kva.example/"),
    ],
)
def test_targets(url: str, target: str) -> None:
    wire = tap(url)
    assert wire.target == target
    assert wire.url.startswith("ws://localhost:0/")


# From start to end.


async def test_a_wire_may_lead_to_a_wire(server: Server) -> None:
    async with tap(server.echo_url) as near, tap(near) as far, connect(far.url) as client:
        await client.send("Hello")
        assert await client.recv() == "Hello"
        assert [len(wire.connections[0].messages) for wire in (near, far)] == [2, 2]


async def test_life(server: Server) -> None:
    wire = tap(server)
    assert repr(wire) == "Wire(not laid: await it)"
    assert wire.leftovers() == []
    await wire.close()  # nothing yet
    assert await wire is wire
    assert await wire is wire
    assert wire.leftovers() == ["the wire is still laid: take it away with `await wire.close()`"]
    client = await connect(wire.url)
    assert wire.leftovers()[1:] == ["connection 1 is still alive: close its client"]
    wire.freeze()
    await asyncio.gather(wire.close(), wire.close())
    await client.wait_closed()
    assert repr(wire) == "Wire(closed, 1 connection)"
    assert wire.leftovers() == []
    assert wire.connections[0].state == "closed"
    with pytest.raises(RuntimeError, match="this wire was closed: lay a new one with tap"):
        await wire
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", wire.port)


async def test_closing_goes_on_though_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_room, "LINGER", 0.1)
    async with Peer() as peer:
        wire = await tap(peer.url)
        async with relayed(wire, peer):
            closing = asyncio.create_task(wire.close())
            await asyncio.sleep(0)
            closing.cancel()
            await asyncio.gather(closing, return_exceptions=True)
            await until(lambda: not wire.leftovers())
        await wire.close()


async def test_closing_while_a_connection_is_being_made(server: Server) -> None:
    wire = await tap(server)
    wire.freeze()
    _, writer = await asyncio.open_connection("127.0.0.1", wire.port)
    await until(lambda: wire.connections)
    await wire.close()
    assert wire.leftovers() == []
    assert server.connections == []
    writer.close()


async def test_who_comes_while_the_wire_is_taken_away_is_turned_away(server: Server) -> None:
    wire = await tap(server)
    wire._closing = asyncio.create_task(asyncio.sleep(0))
    reader, writer = await asyncio.open_connection("127.0.0.1", wire.port)
    assert await is_reset(reader)
    writer.close()
    await wire.all_closed()
    assert server.connections == []
    wire._closing = None
    await wire.close()


async def test_the_same_port_again_replaces_the_older_wire(server: Server, free_port: int) -> None:
    older = await tap(server, port=free_port)
    client = await connect(older.url)
    newer = await tap(server, port=free_port)
    await client.wait_closed()
    assert (repr(older), repr(newer)) == ("Wire(closed, 1 connection)", "Wire(laid, 0 connections)")
    async with tap(server), tap(server):
        assert repr(newer).startswith("Wire(laid")  # a free port replaces nothing
    await newer.close()


async def test_a_taken_port_is_one_sentence(server: Server) -> None:
    with pytest.raises(OSError, match=f"port {server.port} is taken by another program: stop that"):
        await tap(server, port=server.port)


async def test_a_wire_of_a_loop_that_has_ended_is_replaced(server: Server, free_port: int) -> None:
    async def lay() -> None:
        await tap("ws://127.0.0.1:1/", port=free_port)

    thread = threading.Thread(target=asyncio.run, args=(lay(),))
    thread.start()
    await asyncio.to_thread(thread.join)
    async with tap(server, port=free_port) as wire, connect(wire.url):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="asks POSIX for its open files")
async def test_no_socket_is_left(server: Server) -> None:
    for _ in range(3):
        async with tap(server.echo_url) as wire:
            for _ in range(5):
                client = await connect(wire.url)
                await client.send("x")
                await client.recv()
            wire.freeze()
        await server.all_closed()
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        gc.collect()


async def test_listeners_hear_of_bytes_and_of_ends(wire: Wire) -> None:
    heard: list[int] = []
    wire.listeners.append(lambda: heard.append(len(wire.open_connections)))
    async with connect(wire.url):
        pass
    await wire.all_closed()
    assert heard[0] == 1
    assert heard[-1] == 0


async def test_times_are_the_clocks(server: Server) -> None:
    async with tap(server, clock=iter(range(100)).__next__) as wire:
        async with connect(wire.url):
            pass
        await wire.all_closed()
        times = [chunk.time for chunk in wire.connections[0].recording.chunks]
        assert times == list(range(1, len(times) + 1))


async def test_a_frozen_wire_lets_a_connection_expire() -> None:
    async with (
        serve(port=0, announce=None, timeout=1.0) as server,
        tap(server) as wire,
        connect(wire.url, compression=None) as client,
    ):
        with wire.frozen():
            await client.send('[null,"1","phoenix","heartbeat",{}]')
            async with asyncio.timeout(DEADLINE):
                await server.connection_expired()
            await server.all_closed()
            assert wire.connections[0].state == "open"  # dead, and nobody has told the client
        with pytest.raises(ConnectionClosed):
            await client.recv()
        await wire.all_closed()
        assert wire.connections[0].state == "closed"
