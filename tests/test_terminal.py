"""The terminal's lines: aligned, in order, and steered by nobody."""

from __future__ import annotations

import asyncio
import io
import sys

import pytest
from websockets.asyncio.client import connect

from hellosockets.conversation import Conversation
from hellosockets.events import End, Event, Gap
from hellosockets.frames import Frame, build_frame
from hellosockets.handshake import Request, Response, build_request
from hellosockets.rows import make_row
from hellosockets.server import serve
from hellosockets.terminal import HEADER, Transcript, line_of, plain, say
from hellosockets.wire import tap

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
MASK = bytes.fromhex("37fa213d")
EVENTS: list[tuple[Event, str]] = [
    (
        Request(build_request("/echo", host="localhost", key=KEY), time=0.0),
        "  1     0.000  ↑ client HTTP request        152                 GET /echo",
    ),
    (
        Frame(build_frame("Hello", masking_key=MASK), "client", 1.25),
        "  1     1.250  ↑ client text                  5    1    0    1  Hello",
    ),
    (
        Frame(build_frame(b"\x00" * 70_000), "server", 1234.5),
        "  1  1234.500  ↓ server binary           70,000    1    0    0  " + "00 " * 19 + "00…",
    ),
    (
        End("server", 2.0),
        "  1     2.000  ↓ server end of stream                           "
        "the server sends no more bytes",
    ),
    (
        Gap(12),
        "  1                     gap".ljust(64) + "12 bytes were dropped before anybody read",
    ),
]


@pytest.mark.parametrize(("event", "line"), EVENTS)
def test_each_event_is_one_aligned_line(event: Event, line: str) -> None:
    (first,) = line_of(make_row(event))
    assert first.startswith(line[:100])
    preview = HEADER.index("preview")
    assert first[preview - 2 : preview] in ("  ", "")


def test_what_is_broken_has_lines_of_its_own() -> None:
    frame = Frame(build_frame("Hello"), "client", 0.5)  # a client has to mask
    row = make_row(frame, connection=12)
    first, *verdicts = line_of(row, 3.0)
    assert first.startswith(" 12     3.000  ↑ client text ")
    assert verdicts == [f"{' ' * 15}! {verdict}" for verdict in row.verdicts]
    assert verdicts


def test_colours_change_no_letter() -> None:
    row = make_row(Frame(build_frame("Hello"), "client", 0.5))
    coloured = "\n".join(line_of(row, colour=True))
    assert "\x1b[36m↑ client\x1b[0m" in coloured
    assert "\x1b[31m! " in coloured
    for code in ("\x1b[36m", "\x1b[31m", "\x1b[0m"):
        coloured = coloured.replace(code, "")
    assert coloured == "\n".join(line_of(row))


STEERING = "\x1b[2J\x07\r\n\x9b\u202e\u2028\ud800"


def test_a_stranger_does_not_steer_the_terminal() -> None:
    assert plain(STEERING) == r"\x1b[2J\x07\r\n\x9b\u202e\u2028\ud800"
    assert plain("Grüße, 世界 🎉") == "Grüße, 世界 🎉"
    assert plain("x" * 1000) == "x" * 200 + "..."
    events: list[Event] = [
        Frame(build_frame(STEERING[:-1], masking_key=MASK), "client", 0.0),
        Frame(build_frame(b"\x03\xe8\x1b[2J", 8), "server", 0.0),
        Request(b"GET /\x1b[2J HTTP/1.1\r\nA\x1b: \x1b[1m\r\n\r\n"),
        Response(b"HTTP/1.1 200 \x1b[2J\x9b\r\n\r\n"),
    ]
    for event in events:
        for line in line_of(make_row(event)):
            assert line.isprintable(), line


def test_a_terminal_with_few_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    for encoding, printed in [
        ("ascii", b"^ client Gr\\xfc\\xdfe\n"),
        ("latin-1", b"^ client Gr\xfc\xdfe\n"),
        ("utf-8", "↑ client Grüße\n".encode()),
    ]:
        raw = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding, newline="\n"))
        say("↑ client Grüße")
        assert raw.getvalue() == printed


async def test_a_transcript_tells_everything_once_and_in_order() -> None:
    lines: list[str] = []
    async with serve(port=0, announce=None) as server, tap(server.echo_url) as wire:
        transcript = Transcript(wire, lines.append)
        async with (
            connect(wire.url, compression=None) as one,
            connect(wire.url, compression=None) as two,
        ):
            for client in (one, two, one):
                await client.send("Hello")
                await client.recv()
        await wire.all_closed()
        await asyncio.sleep(0)
        transcript.look()
        transcript.look()
    assert lines[0] == HEADER
    told = [(line[:3].strip(), line[15:38].strip()) for line in lines[1:]]
    ends = [("1", "↑ client close"), ("1", "↓ server close")]
    talk = ["↑ client text", "↓ server text"]
    assert [each for each in told if "end" not in each[1]] == [
        *[
            (number, f"{who}")
            for number in "12"
            for who in ("↑ client HTTP request", "↓ server HTTP response")
        ],
        *[(number, what) for number in ("1", "2", "1") for what in talk],
        *[(number, what) for number in ("2", "1") for _, what in ends],
    ]
    assert sorted(number for number, what in told if "end" in what) == ["1", "1", "2", "2"]
    seconds = [float(line[3:13]) for line in lines[1:]]
    assert seconds == sorted(seconds)
    assert seconds[0] < 1


async def test_a_transcript_says_what_it_missed() -> None:
    lines: list[str] = []
    async with (
        serve(port=0, announce=None) as server,
        tap(server.echo_url) as wire,
        connect(wire.url, compression=None) as client,
    ):
        conversation: Conversation = wire.connections[0]
        conversation.max_events = 3
        for _ in range(5):
            await client.send("Hello")
            await client.recv()
        Transcript(wire, lines.append).look()
        assert lines[:2] == [HEADER, "  1 9 events made room unread"]
        assert len(lines) == 5
