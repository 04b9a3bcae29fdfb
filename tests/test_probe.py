"""Probes: exactly these bytes over a raw socket, and what a real server does about them."""

import asyncio
import contextlib

import pytest

import hellosockets as hs
from hellosockets.forge import forge
from hellosockets.probe import ask, probe

KEY = bytes.fromhex("37fa213d")


def masked(payload=b"", opcode=1, **options):
    return forge(payload, opcode, masking_key=KEY, **options)


@pytest.fixture
async def server():
    async with await hs.serve(0, announce=lambda *_: None) as server:
        yield server


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ([masked("hi")], None),
        ([forge("hi")], 1002),
        ([masked("hi", rsv2=True)], 1002),
        ([masked("hi", 3)], 1002),
        ([masked(b"\xff")], 1007),
        ([masked(b"\x03", 8)], 1002),
        ([masked(bytes(126), 9)], 1002),
        ([masked("a", 9, fin=False)], 1002),
        ([masked("a", 0)], 1002),
        ([masked("a", fin=False), masked("b")], 1002),
        ([masked("a", fin=False), masked(b"\xff", 0)], 1007),
    ],
)
async def test_the_server_does_what_the_referee_expects(server, data, code):
    result = await probe(server.echo_url, *data, quiet=0.1)
    assert result.sent == tuple(data)
    assert (result.close_code, result.owed) == (code, code)
    assert result.comparison.endswith("✓ They agree.")
    assert b"".join(
        frame.raw for frame in result.conversation.frames if frame.speaker == "client"
    ) == b"".join(data)


async def test_an_answer_is_heard(server):
    result = await probe(server.echo_url, masked("hi"), quiet=0.1)
    assert [frame.data for frame in result.answers] == [b"hi"]
    assert not result.ended
    assert repr(result) == (
        "Probe(8 bytes sent: it answered with a text frame, and the connection is still open)"
    )
    await server.all_closed()


async def test_a_lenient_server_is_said_to_differ(server):
    result = await probe(server.echo_url, masked("hi", length_form=16), quiet=0.1)
    assert (result.owed, result.close_code) == (1002, None)
    assert result.comparison.endswith("✗ They differ.")


async def test_a_refused_handshake(server):
    result = await probe(f"{server.http_url.replace('http', 'ws')}/nowhere", masked("hi"))
    assert result.did.startswith("it refused the handshake: 404")
    assert result.answers == []


async def silent(reader, writer):
    await reader.readuntil(b"\r\n\r\n")
    with contextlib.suppress(ConnectionError):
        await reader.read()
    writer.close()


async def test_a_server_that_says_nothing_is_waited_for_so_long():
    async with await asyncio.start_server(silent, "127.0.0.1", 0) as listener:
        port = listener.sockets[0].getsockname()[1]
        result = await probe(f"ws://127.0.0.1:{port}/", masked("hi"), timeout=0.2)
    assert result.did == "it refused the handshake: nothing"


async def test_a_server_that_hangs_up(server):
    async def hang_up(reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        key = next(line for line in head.decode().split("\r\n") if "Key" in line).split()[1]
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: %b\r\n\r\n" % hs.accept_key(key).encode()
        )
        await reader.readexactly(8)
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as listener:
        port = listener.sockets[0].getsockname()[1]
        result = await probe(f"ws://127.0.0.1:{port}/", masked("hi"))
    assert result.ended
    assert result.did == "it answered with no message, and ended TCP without a close frame"


@pytest.mark.parametrize("address", ["localhost:4000", "http://localhost:4000/", "ws://"])
async def test_addresses_that_are_none(address):
    with pytest.raises(ValueError, match="a probe needs an address like ws://"):
        await probe(address)


async def test_nobody_there():
    listener = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    listener.close()
    with pytest.raises(ConnectionError, match=f"127.0.0.1:{port} can't be reached"):
        await probe(f"ws://127.0.0.1:{port}/")


async def test_no_task_is_left(server):
    before = asyncio.all_tasks()
    for _ in range(3):
        await probe(server.echo_url, masked("hi"), quiet=0.05)
    await server.all_closed()
    await asyncio.sleep(0.05)
    assert asyncio.all_tasks() == before


async def test_forms_are_the_same_at_every_run(server):
    first, second = [await probe(server.echo_url, masked("hi"), quiet=0.1) for _ in range(2)]
    assert repr(first) == repr(second)
    assert first._repr_html_() == second._repr_html_()
    assert "They agree" in first._repr_html_()


# A request of HTTP alone

UPGRADE = hs.build_request("/echo", host="localhost", key="dGhlIHNhbXBsZSBub25jZQ==")


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (UPGRADE, 101),
        (UPGRADE.replace(b"Upgrade: websocket\r\n", b""), 426),
        (UPGRADE.replace(b"Version: 13", b"Version: 12"), 400),
        (UPGRADE.replace(b"/echo", b"/nowhere"), 404),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 200),
    ],
)
async def test_a_request_gets_its_answer(server, request_, status):
    answer = await ask(server, request_)
    assert answer.status == status
    assert bool(answer.body) == (status != 101)


async def test_a_server_that_says_nothing_gives_none(server):
    assert await ask(server, b"GET /echo\r\n\r\n") is None


async def test_a_server_that_waits_gives_what_came(server):
    async def mumble(reader, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-")
        with contextlib.suppress(ConnectionError):
            await reader.read()
        writer.close()

    async with await asyncio.start_server(mumble, "127.0.0.1", 0) as mumbler:
        port = mumbler.sockets[0].getsockname()[1]
        answer = await ask(f"ws://127.0.0.1:{port}/", UPGRADE, timeout=0.2)
    assert answer.raw == b"HTTP/1.1 200 OK\r\nContent-"
    assert answer.verdicts


async def test_nobody_to_ask_is_said(server):
    with pytest.raises(ConnectionError, match=r"can't be reached \(.+\): is a server running"):
        await ask("ws://127.0.0.1:9/", UPGRADE)
    with pytest.raises(ValueError, match="an address like ws://localhost:4000/echo"):
        await ask("http://localhost", UPGRADE)
