"""The boss's tester: it agrees with a real server, and survives every server that there may be."""

from __future__ import annotations

import asyncio
import difflib
import gc
import threading
from typing import Any

import nbformat
import pytest
from answers import nearly
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve

from hellosockets.exercises import boss
from hellosockets.exercises.grading import NotAttemptedError
from hellosockets.exercises.talks import STAGES, talks_up_to
from hellosockets.exercises.tester import FailedError, Tester, grade_server
from tools.store_notebooks import NOTEBOOKS

RFC = [talk for talks in STAGES for talk in talks]


def function(source: str, name: str = "stage_1") -> Any:
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    return namespace[name]


@pytest.mark.parametrize(("title", "talk"), RFC, ids=[title for title, _ in RFC])
async def test_a_real_server_passes(title: str, talk: Any) -> None:
    """The independent oracle: what the tester wants is what `websockets` does."""

    async def echo(connection: Any) -> None:
        async for message in connection:
            await connection.send(message)

    async with serve(echo, "127.0.0.1", 0, compression=None) as server:
        address = next(iter(server.sockets)).getsockname()
        reader, writer = await asyncio.open_connection(*address)
        try:
            await talk(Tester(reader, writer))
        finally:
            writer.transport.abort()


async def test_the_last_solution_serves_a_real_client() -> None:
    handle = function(boss.SOLUTIONS[7], "stage_8")
    async with await asyncio.start_server(handle, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with connect(f"ws://127.0.0.1:{port}/", compression=None) as client:
            for message in ("Hello", b"\xff", "x" * 70_000, ""):
                await client.send(message)
                assert await client.recv() == message
            await client.send(["Hel", "lo"])
            assert await client.recv() == "Hello"
            await (await client.ping())
        assert client.close_code == 1000


@pytest.mark.parametrize("stage", range(1, 9))
def test_each_solution_passes_its_stage_and_fails_the_next(stage: int) -> None:
    answer = function(boss.SOLUTIONS[stage - 1], f"stage_{stage}")
    assert grade_server(f"stage_{stage}", answer, talks_up_to(stage)) is None
    if stage < 8:
        assert grade_server(f"stage_{stage}", answer, talks_up_to(stage + 1)) is not None
    else:
        assert grade_server("stage_8", answer, talks_up_to(8), calm=True) is None


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("while True: pass", "`stage_1` holds up its loop"),
        ("await asyncio.Event().wait()", "nothing came"),
        ("raise SystemExit", "Your function left Python in line 3 of its cell by SystemExit"),
        ("return 1 / 0", "Your function raised ZeroDivisionError in line 3 of its cell"),
        ("writer.write('text')", "Your function raised TypeError in line 3 of its cell"),
        ("writer.write(b'x' * 10_000_000)", "came `xxxxx"),
        ("writer.close(); await asyncio.sleep(9)", "an answer in HTTP; the connection was reset"),
        ("asyncio.get_running_loop().stop()", "stage_1"),
        (
            "while True:\n        try: await asyncio.sleep(9)\n        except BaseException: pass",
            "stage_1",
        ),
    ],
)
def test_whatever_a_server_does_ends_as_a_sentence(body: str, says: str) -> None:
    before = threading.active_count()
    answer = function(f"import asyncio\nasync def stage_1(reader, writer):\n    {body}")
    try:
        found = grade_server("stage_1", answer, talks_up_to(1))
    except (NotAttemptedError, RuntimeError) as error:
        found = f"stage_1 {error}"
    assert found is not None
    assert says in found
    gc.collect()
    assert threading.active_count() <= before + 1


@pytest.mark.parametrize("body", ["pass", "...", "return", "return None"])
def test_a_server_that_does_nothing_is_not_attempted(body: str) -> None:
    answer = function(f"async def stage_1(reader, writer):\n    {body}")
    with pytest.raises(NotAttemptedError):
        grade_server("stage_1", answer, talks_up_to(1))


def variant(stage: int, before: str, after: str) -> Any:
    """Return the solution of a stage with one thing changed in it."""
    source = nearly(f"99{'ABCDEFGH'[stage - 1]}", (before, after))
    return function(source, f"stage_{stage}")


ECHO = "writer.write(make_frame(opcode, payload))"
PONG = "writer.write(make_frame(10, payload))"
WHOLE = "                if kind == 1:\n                    message.decode()\n"
CALM = "        except asyncio.IncompleteReadError:\n            pass\n"
GATHER = "            kind = kind or opcode\n"
EACH = GATHER + "            if kind == 1:\n                payload.decode()\n"
LOOP = "        while True:\n            fin"
READ = 'readuntil(b"\\r\\n\\r\\n")'
SUM = "            if len(message) > LIMIT:\n                raise Fault(1009)\n"
ASKS = ' or headers.get("upgrade", "").lower() != "websocket"'
NO_READING = f"    await reader.{READ}\n"
OFFER = "Connection: Upgrade\\r\\nSec-WebSocket-Extensions: permessage-deflate"


@pytest.mark.parametrize(
    ("stage", "before", "after", "says"),
    [
        (1, "    writer.close()\n", "", "it is still open: `writer.close()`."),
        (7, "    writer.close()\n", "", "it is still open: `writer.close()`."),
        (2, "Connection: Upgrade", OFFER, "has Sec-WebSocket-Extensions, and nobody offered one."),
        (3, ECHO, ECHO[:-1] + " + b'junk')", "Byte 0 is the first that differs"),
        (5, PONG, PONG[:-1] + " * 2)", "the echo of the dot, and nothing before it"),
        (8, CALM, "", "raised IncompleteReadError, which nobody caught"),
        (8, GATHER, EACH, "two fragments with half a character each"),
        (1, READ, "read(1000)", "your function answered before the last byte was sent: read up to"),
        (1, NO_READING, "", "expected the end; the connection was reset: it was closed before"),
        (2, "Upgrade: websocket\\r\\n", "", "needs the header `Upgrade: websocket`; there is no"),
        (2, ASKS, "", "no Upgrade: sent a request with a key, and without Upgrade"),
        (
            3,
            LOOP,
            "        writer.close()\n" + LOOP,
            "the connection ended, and so had your function",
        ),
        (4, "elif length == 127", "if length == 127", "127 bytes: sent a masked text frame"),
        (8, SUM, "", "fragments of together 1,048,577 bytes; expected a close frame with 1009"),
        (8, "2**20", "(2**20 - 1)", "fragments of together 1,048,576 bytes, and an empty ping"),
        (8, "first & 112", "first & 32", "sent RSV1; expected a close frame with 1002"),
        (8, "first & 112", "first & 96", "sent RSV3; expected a close frame with 1002"),
        (8, WHOLE, WHOLE.replace("kind", "opcode"), "half a character, in two fragments"),
    ],
)
def test_a_server_with_one_fault_is_found_out(
    stage: int, before: str, after: str, says: str
) -> None:
    answer = variant(stage, before, after)
    found = grade_server(f"stage_{stage}", answer, talks_up_to(stage), calm=stage == 8)
    assert found is not None
    assert says in found


TYPO = "AttributeError in line {} of its cell: 'StreamWriter' object has no attribute 'clsoe'."


@pytest.mark.parametrize(
    ("stage", "before", "after", "says"),
    [
        (1, "writer.close()", "writer.clsoe()", TYPO.format(7)),
        (2, "writer.close()", "writer.clsoe()", TYPO.format(25)),
        (7, "writer.close()", "writer.clsoe()", TYPO.format(63)),
        (1, "writer.write", "await writer.write", "TypeError in line 6 of its cell"),
        (
            1,
            "writer.close()",
            "writer.close()\n    await writer.wait_closed()\n    1 / 0",
            "line 9",
        ),
        (3, ECHO, ECHO + "\n            1 / 0", "ZeroDivisionError in line 41 of its cell"),
    ],
)
def test_a_server_that_raises_after_a_right_answer_fails(
    stage: int, before: str, after: str, says: str
) -> None:
    found = grade_server(f"stage_{stage}", variant(stage, before, after), talks_up_to(stage))
    assert found is not None
    assert "all that came was right, but your function raised" in found
    assert says in found


@pytest.mark.parametrize(
    ("stage", "before", "after"),
    [
        # What the client causes by going.
        (3, "readexactly(2)", "read(2)"),  # unpacks nothing
        (3, "readexactly(4)", "readexactly(4) if not reader.at_eof() else 1 / 0"),
        (1, "writer.close()", "writer.close()\n    await writer.wait_closed()"),
        (1, "writer.close()", "writer.close()\n    await writer.drain()"),
        # What the RFC lets a server do.
        (1, "400 Bad Request", "426 Upgrade Required"),
        (1, "close\\r\\n\\r\\n", "close\\r\\nContent-Length: 3\\r\\n\\r\\nno!"),
        (2, "Connection: Upgrade", "Connection: keep-alive, Upgrade"),
        (2, "Connection: Upgrade", "connection:upgrade"),
    ],
)
def test_what_is_no_fault_passes(stage: int, before: str, after: str) -> None:
    answer = variant(stage, before, after)
    assert grade_server(f"stage_{stage}", answer, talks_up_to(stage)) is None


def test_a_generator_is_told_to_write() -> None:
    answer = function("async def stage_1(reader, writer):\n    yield b''")
    assert grade_server("stage_1", answer, talks_up_to(1)) == (
        "`stage_1` is a generator: take `yield` out, and send with `writer.write(...)`."
    )


async def test_it_grades_while_a_loop_runs() -> None:
    assert grade_server("stage_1", function(boss.SOLUTIONS[0]), talks_up_to(1)) is None


def test_the_first_byte_that_differs_is_named() -> None:
    source = boss.SOLUTIONS[2].replace("key[i % 4]", "key[0]")
    found = grade_server("stage_3", function(source, "stage_3"), talks_up_to(3))
    assert found == (
        "Talk 8 of 10, Hello: sent a masked text frame of 5 bytes, 'Hello'; expected its echo, not "
        "masked, 81 05 48 65 6c 6c 6f; came 81 05 48 a8 7a 66 6f. Byte 3 is the first that "
        "differs: a8, expected 65."
    )


def test_failures_are_of_one_kind() -> None:
    assert issubclass(FailedError, Exception)


@pytest.mark.parametrize("stage", range(1, 9))
def test_the_lesson_shows_what_the_official_solution_changes(stage: int) -> None:
    """The difference from the stage before, made anew from the solutions, stands in the lesson."""
    before = ""
    if stage > 1:
        before = boss.SOLUTIONS[stage - 2].replace(f"stage_{stage - 1}", f"stage_{stage}")
    lines = difflib.unified_diff(
        before.splitlines(True), boss.SOLUTIONS[stage - 1].splitlines(True), n=1
    )
    diff = "".join(line for line in lines if not line.startswith(("---", "+++", "@@")))
    cells = nbformat.read(NOTEBOOKS / "99_boss.ipynb", as_version=4).cells
    shown = [cell.source for cell in cells if "```diff" in cell.source]
    assert f"```diff\n{diff.rstrip()}\n```" in shown[stage - 1]
