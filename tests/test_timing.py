"""Timing: the phases of a connection, on a clock that a test turns."""

import sys

import pytest
from test_beats import Talk
from websockets.asyncio.client import connect

import hellosockets as hs
from hellosockets.conversation import Conversation
from hellosockets.handshake import build_request
from hellosockets.recording import Recording
from hellosockets.timing import timing

KEY = "dGhlIHNhbXBsZSBub25jZQ=="


def phases(conversation):
    return [(phase.name, phase.start, phase.end) for phase in timing(conversation).phases]


def test_a_whole_connection():
    talk = Talk()
    talk.now += 1
    talk.up("a")
    talk.up(b"\x03\xe8", 8)
    talk.down(b"\x03\xe8", 8)
    talk.recording.append("server", b"")
    talk.recording.append("client", b"")
    assert phases(talk.conversation) == [
        ("waiting for the request", 0.0, 0.0),
        ("handshake", 0.0, 0.0),
        ("until the first frame", 0.0, 1.25),
        ("open", 0.0, 1.5),
        ("closing handshake", 1.5, 1.75),
    ]


def test_what_goes_on_has_no_end():
    talk = Talk()
    talk.up("a")
    (phase,) = [each for each in timing(talk.conversation).phases if each.name == "open"]
    assert (phase.end, phase.seconds) == (None, None)


def test_a_refusal_ends_with_its_answer():
    now = [5.0]
    recording = Recording(clock=lambda: now[0])
    conversation = Conversation(recording, connect_time=0.25)
    now[0] += 1
    recording.append("client", build_request("/", host="a", key=KEY))
    now[0] += 0.5
    recording.append("server", b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
    assert phases(conversation) == [
        ("TCP connect", -0.25, 0.0),
        ("waiting for the request", 0.0, 1.0),
        ("handshake", 1.0, 1.5),
    ]
    found = timing(conversation)
    assert found.get("handshake").seconds == 0.5
    assert found.get("open") is None
    assert repr(found) == "Timing(TCP connect, waiting for the request, handshake)"


def test_nothing_yet():
    assert timing(Conversation(Recording())).phases == ()


async def test_connect_times_are_measured_where_they_can_be():
    async with (
        await hs.serve(0, announce=lambda *_: None) as server,
        await hs.tap(server.echo_url) as wire,
        connect(wire.url),
    ):
        assert 0 < wire.connections[0].connect_time < 5
        assert timing(wire.connections[0]).get("TCP connect").end == 0
        if sys.platform.startswith("linux"):
            assert 0 < server.connections[0].connect_time < 5
        else:
            assert server.connections[0].connect_time is None


@pytest.mark.parametrize("name", ["waiting for the request", "handshake"])
def test_each_phase_says_what_happens_in_it(name):
    assert timing(Talk().conversation).get(name).says.endswith(".")
