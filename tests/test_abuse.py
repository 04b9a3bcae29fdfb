"""Strangers without manners: the server answers each as SECURITY.md says, and serves the others."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import zlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from hellosockets.forge import forge
from hellosockets.frames import build_frame
from hellosockets.handshake import Response, build_request
from hellosockets.loop import until
from hellosockets.probe import ask, probe
from hellosockets.server import Server, serve

KEY = bytes.fromhex("37fa213d")  # RFC 6455 §5.7
REQUEST = build_request("/echo", host="localhost", key="dGhlIHNhbXBsZSBub25jZQ==")
DEFLATE = b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"


@contextlib.asynccontextmanager
async def besieged(**options: object) -> AsyncIterator[Server]:
    """Serve, with a friend connected before: whatever happens, the friend's echo comes back."""
    async with serve(port=0, announce=None, report=None, **options) as server:  # type: ignore[arg-type]
        async with connect(server.echo_url) as friend:
            yield server
            async with asyncio.timeout(10):
                await friend.send("still here")
                assert await friend.recv() == "still here"
        await server.all_closed()
    assert server.leftovers() == []


async def ask_for(server: Server, data: bytes) -> Response:
    """Send a request and return the answer; it has to come."""
    answer = await ask(server.url, data)
    assert answer is not None
    return answer


async def until_alone(server: Server) -> None:
    """Wait until the friend is the only one who is connected."""
    await until(lambda: len(server.open_connections) == 1, timeout=10)


@pytest.fixture(autouse=True)
def nothing_is_reported(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test in which the event loop or the library reported an exception."""
    yield
    reported = [each for each in caplog.records if each.levelno >= logging.ERROR]
    assert [each.getMessage() for each in reported] == []


async def test_a_slow_handshake_is_hung_up_on() -> None:
    async with besieged(open_timeout=0.1) as server:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(REQUEST[:20])
        async with asyncio.timeout(10):
            assert await reader.read() == b""
        writer.close()


async def test_a_slow_frame_is_silence() -> None:
    async with besieged() as server:
        async with serve(port=0, timeout=0.2, announce=None) as hasty:
            seen = await probe(hasty.url, build_frame("Hello", masking_key=KEY)[:5], quiet=10)
            assert seen.close_code == 1000
        assert server.open_connections


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(
            b"\x82\xff" + (2**40).to_bytes(8, "big") + KEY, 1009, id="a promised terabyte"
        ),
        pytest.param(b"\x82\xff" + b"\xff" * 8 + KEY, 1009, id="a length above 2**63"),
        pytest.param(build_frame(bytes(2**21), masking_key=KEY), 1009, id="2 MiB"),
        pytest.param(
            forge("a", 1, fin=False, masking_key=KEY)
            + forge("a", 0, fin=False, masking_key=KEY) * 99_999,
            1009,
            id="100,000 tiny fragments",
        ),
    ],
)
async def test_what_is_too_large_is_refused(data: bytes, code: int) -> None:
    async with besieged() as server:
        seen = await probe(server.echo_url, data, timeout=20, quiet=10)
        assert seen.close_code == code
        await until_alone(server)


async def test_a_bomb_is_refused_while_it_inflates() -> None:
    deflater = zlib.compressobj(9, wbits=-15)
    bomb = deflater.compress(bytes(2**28)) + deflater.flush(zlib.Z_SYNC_FLUSH)
    async with besieged(compress=True) as server:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(REQUEST[:-2] + DEFLATE)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(forge(bomb[:-4], rsv1=True, masking_key=KEY))
        async with asyncio.timeout(20):
            answer = await reader.read()
        writer.close()
        assert answer[0] == 0x88  # a close frame, and no echo before it
        await until_alone(server)
        assert server.connections[-1].close_code == 1009


async def test_ten_thousand_pings_are_answered() -> None:
    async with besieged() as server:
        pings = build_frame(b"", 9, masking_key=KEY) * 10_000
        seen = await probe(
            server.echo_url, pings, build_frame("x", masking_key=KEY), timeout=20, quiet=10
        )
        assert seen.answers[-1].opcode == 1
        assert {each.opcode for each in seen.answers[:-1]} == {10}


async def test_who_comes_beyond_the_limit_gets_a_503() -> None:
    async with besieged(max_connections=3) as server:
        guests = [await connect(server.echo_url) for _ in range(2)]
        for _ in range(20):
            assert (await ask_for(server, REQUEST)).status == 503
        for guest in guests:
            await guest.close()


async def test_half_open_connections_are_counted_and_let_go() -> None:
    async with besieged(max_connections=50, open_timeout=0.5) as server:
        halves = [await asyncio.open_connection(server.host, server.port) for _ in range(1_000)]
        assert len(server.open_connections) <= 2 * 50 + 1
        await until_alone(server)
        for _, writer in halves:
            writer.close()


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//etc/passwd",
        "/page.js/../../x",
        "/\\..\\x",
    ],
)
async def test_no_path_leads_out_of_the_page(path: str) -> None:
    async with besieged() as server:
        answer = await ask_for(server, f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert answer.status in (400, 404)
        assert b"root:" not in answer.raw


async def test_a_rebound_name_is_refused() -> None:
    """Of a page whose host's name now means this machine: its Origin and its Host agree."""
    async with besieged() as server:
        for host in ("evil.example", f"evil.example:{server.port}"):
            lines = f"GET /socket/websocket HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
            headers = REQUEST.partition(b"Host: localhost\r\n")[2]
            answer = await ask_for(server, lines.encode() + headers)
            assert answer.status == 403


def test_each_answer_in_security_md_names_a_test_that_is_there() -> None:
    here = Path(__file__).parent
    rows = re.findall(r"^\| .*\|$", (here.parent / "SECURITY.md").read_text("utf-8"), re.MULTILINE)
    source = "\n".join(path.read_text("utf-8") for path in here.glob("test_*.py"))
    for row in rows[1:]:
        names = re.findall(r"`(test_\w+(?:\.py)?)`", row.rsplit("|", 2)[1])
        assert names, row
        for name in names:
            assert (here / name).is_file() if name.endswith(".py") else f"def {name}(" in source
