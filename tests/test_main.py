"""The server in a terminal: what it prints, how it stops, and what it does without."""

from __future__ import annotations

import asyncio
import contextlib
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import websockets.asyncio.server as library
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from hellosockets.__main__ import main

DEADLINE = 60  # seconds

needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


class Terminal:
    """The server as its user sees it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.port = 0

    async def line(self) -> str:
        assert self.process.stdout is not None
        async with asyncio.timeout(DEADLINE):
            return (await self.process.stdout.readline()).decode().rstrip()

    async def stop(self, number: int) -> tuple[list[str], str, int | None]:
        """Send a signal; return the remaining lines, what went to stderr, and the exit code."""
        self.process.send_signal(number)
        async with asyncio.timeout(DEADLINE):
            out, err = await self.process.communicate()
        return out.decode().splitlines(), err.decode(), self.process.returncode


@pytest.fixture
async def terminal() -> AsyncIterator[Terminal]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hellosockets", "--port", "0", "--compress"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    terminal = Terminal(process)
    running, access = await terminal.line(), await terminal.line()
    found = re.fullmatch(r"Running HelloSockets at 127\.0\.0\.1:(\d+) \(http\)", running)
    assert found is not None, running
    assert access == f"Access HelloSockets at http://localhost:{found[1]}"
    assert await terminal.line() == "Stop it with Ctrl-C."
    terminal.port = int(found[1])
    yield terminal
    if process.returncode is None:
        process.kill()
        await process.communicate()


@pytest.mark.parametrize(
    ("arguments", "check_origin", "timeout"),
    [
        ([], True, 60.0),
        (["--allow-origin", "*"], False, 60.0),
        (["--allow-origin", "//a", "--allow-origin", "https://b"], ["//a", "https://b"], 60.0),
        (["--timeout", "0.5"], True, 0.5),
    ],
)
def test_what_it_is_told_is_what_the_server_is_told(
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    check_origin: bool | list[str],
    timeout: float,
) -> None:
    told = {}

    def serve(*_: object, **options: object) -> None:
        told.update(options)
        raise OSError("not in this test")

    monkeypatch.setattr("hellosockets.__main__.serve", serve)
    assert main([*arguments, "--port", "0"]) == 1
    assert (told["check_origin"], told["timeout"]) == (check_origin, timeout)


def test_an_origin_without_a_host_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--port", "0", "--allow-origin", "example.com"]) == 1
    assert capsys.readouterr().err == (
        "check_origin has 'example.com', which names no host: "
        "write 'https://example.com', '//example.com:888' or '//*.example.com'\n"
    )


@needs_signals
@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"])
async def test_it_tells_of_each_connection_and_stops(terminal: Terminal, number: str) -> None:
    url = f"ws://localhost:{terminal.port}/socket/websocket?token=undefined&vsn=2.0.0"
    async with connect(url) as client:
        await client.send('[null,"1","phoenix","heartbeat",{}]')
        await client.recv()
        assert client.response is not None
        assert "permessage-deflate" in client.response.headers["Sec-WebSocket-Extensions"]
    target = "/socket/websocket?token=undefined&vsn=2.0.0"
    assert await terminal.line() == f"connection 1: GET {target} -> 101 Switching Protocols"
    assert await terminal.line() == "connection 1: closed with 1000"

    for sent, opening in [
        (b"GET /\x1b[31m HTTP/1.1\r\n\r\n", r"GET /\x1b[31m -> 404 Not Found"),
        (b"GET /" + b"x" * 300 + b" HTTP/1.1\r\n\r\n", f"GET /{'x' * 195}... -> 404 Not Found"),
    ]:
        reader, writer = await asyncio.open_connection("127.0.0.1", terminal.port)
        writer.write(sent)
        await reader.read()
        writer.close()
        assert re.sub(r"connection \d: ", "", await terminal.line()) == opening
        assert await terminal.line() in ("connection 2: closed", "connection 3: closed")

    _, writer = await asyncio.open_connection("127.0.0.1", terminal.port)
    writer.write(b"garbage\r\n\r\n")
    assert await terminal.line() == "connection 4: closed without an answer"
    writer.close()

    async with connect(url) as client:
        assert (await terminal.line()).startswith("connection 5: GET /socket")
        lines, errors, code = await terminal.stop(getattr(signal, number))
        await client.wait_closed()
        assert client.close_code == 1001
    assert lines == ["connection 5: closed with 1001", "HelloSockets has stopped."]
    assert (errors, code) == ("", 0)


@needs_signals
async def test_a_second_ctrl_c_does_not_wait(terminal: Terminal) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", terminal.port)
    writer.write(
        b"GET /echo HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    await reader.readuntil(b"\r\n\r\n")
    assert (await terminal.line()).startswith("connection 1: GET /echo -> 101")
    terminal.process.send_signal(signal.SIGINT)
    assert (await reader.read(2))[0] == 0x88  # it says goodbye, and this client doesn't answer
    _, errors, code = await terminal.stop(signal.SIGINT)
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    assert (errors, code) == ("", -signal.SIGINT)  # a shell calls this 130


@needs_signals
async def test_tap_prints_what_crosses_the_wire() -> None:
    async with library.serve(_echo, "127.0.0.1", 0, compression=None) as server:
        port = server.sockets[0].getsockname()[1]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "hellosockets", "tap", f"ws://localhost:{port}/echo"),
            *("--delay", "0.01", "--throttle", "50000,60000", "--split", "7"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        terminal = Terminal(process)
        assert await terminal.line() == f"A wire leads to ws://localhost:{port}/echo"
        url = (await terminal.line()).removeprefix("Connect to ")
        assert await terminal.line() == "Stop it with Ctrl-C."
        async with connect(url, compression=None) as client:
            await client.send("\x1b[2J")
            assert await client.recv() == "\x1b[2J"
        lines = [await terminal.line() for _ in range(9)]
        server.close()
        await server.wait_closed()
        with pytest.raises(InvalidStatus):
            await connect(url)
        lines += [await terminal.line() for _ in range(3)]
        rest, errors, code = await terminal.stop(signal.SIGINT)
    assert [re.sub(r"^( +\d) +[\d.]+ ", r"\1 ", line)[:33] for line in lines[:7]] == [
        "  #   seconds  speaker  what     ",
        "  1  ↑ client HTTP request       ",
        "  1  ↓ server HTTP response      ",
        "  1  ↑ client text               ",
        "  1  ↓ server text               ",
        "  1  ↑ client close              ",
        "  1  ↓ server close              ",
    ]
    assert lines[3].endswith(r"\x1b[2J")
    assert lines[9] == (
        f"! nothing listens at localhost:{port}: start the server there, or tap another port"
    )
    assert lines[11].endswith("  502 Bad Gateway")
    assert rest[-1] == "The wire is gone."
    assert (errors, code) == ("", 0)


async def _echo(connection: library.ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)


def test_tap_at_a_taken_port_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert main(["tap", "ws://localhost:1", "--port", str(port)]) == 1
    assert capsys.readouterr().err.startswith(f"port {port} is taken by another program: ")


def test_tap_with_certificates_that_are_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (tmp_path / "missing.pem", tmp_path / "empty.pem"):
        if path.stem == "empty":
            path.write_text("nothing")
        assert main(["tap", "wss://localhost:1", "--ca", str(path)]) == 1
        error = capsys.readouterr().err
        assert error.startswith(f"the certificates in {str(path)!r} can't be read (")
        assert error.endswith("): name a file in PEM's format\n")


def test_a_taken_port_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert main(["--port", str(port)]) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err == (
        f"port {port} is taken by another program: "
        "stop that one, name another port, or take port=0 for a free one\n"
    )


def test_a_host_that_is_not_here_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--host", "192.0.2.1"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--port", "http"], "argument --port: a port is a number from 0 to 65535, got 'http'"),
        (["--port", "70000"], "argument --port: a port is a number from 0 to 65535, got '70000'"),
        (["--port", "-1"], "argument --port: "),
        (["--nonsense"], "unrecognized arguments: --nonsense"),
        (["tap"], "the following arguments are required: url"),
        (["tap", "http://x"], "tap: error: a wire leads to ws:// or wss://, got http://: write"),
        (["tap", "ws://x", "--port", "x"], "argument --port: a port is a number from 0 to 65535"),
        (["tap", "ws://x", "--delay", "-1"], "tap: error: delay must be 0 to 3600 seconds"),
        (["tap", "ws://x", "--throttle", "1,2,3"], "--throttle: a rate is a number of bytes per"),
        (["tap", "ws://x", "--throttle", "0"], "throttle must be 1 or more bytes per second"),
        (["tap", "ws://x", "--imitate", "fog"], "no weather called 'fog': take one of clear, fa"),
    ],
)
def test_wrong_arguments(
    arguments: list[str], text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    output = capsys.readouterr()
    assert stopped.value.code == 2
    assert text in output.err
    assert output.err.startswith("usage: python -m hellosockets ")


def test_it_needs_no_notebook() -> None:
    code = (
        "import sys\nfrom hellosockets.__main__ import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print([name for name in ('IPython', 'ipywidgets', 'anywidget', 'nest_asyncio',"
        " 'nest_asyncio2', 'traitlets', 'tornado') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=True,
    )
    assert "--compress" in done.stdout
    assert done.stdout.endswith("\n[]\n")
