"""Beats: which heartbeat was answered by what, read off the wire."""

import pytest

from hellosockets.beats import Beats, beats
from hellosockets.conversation import Conversation
from hellosockets.frames import build_frame
from hellosockets.handshake import accept_key, build_request
from hellosockets.recording import Recording

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
MASK = bytes.fromhex("37fa213d")
ANSWER = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: %b\r\n\r\n" % accept_key(KEY).encode()
)


class Talk:
    """A Phoenix connection, and a clock that goes on by a quarter of a second a word."""

    def __init__(self, vsn="2.0.0"):
        self.now = 10.0
        self.recording = Recording(clock=lambda: self.now)
        self.conversation = Conversation(self.recording)
        target = f"/socket/websocket?vsn={vsn}"
        self.recording.append("client", build_request(target, host="localhost", key=KEY))
        self.recording.append("server", ANSWER)

    def up(self, payload=b"", opcode=1):
        self.now += 0.25
        self.recording.append("client", build_frame(payload, opcode, masking_key=MASK))

    def down(self, payload=b"", opcode=1):
        self.now += 0.25
        self.recording.append("server", build_frame(payload, opcode))

    def found(self):
        return [(b.kind, b.speaker, b.sent, b.round_trip) for b in beats(self.conversation)]


BEAT = '[null,"{}","phoenix","heartbeat",{{}}]'
REPLY = '[null,"{}","phoenix","phx_reply",{{"response":{{}},"status":"ok"}}]'


def test_heartbeats_are_paired_by_ref():
    talk = Talk()
    talk.up(BEAT.format(1))
    talk.up(BEAT.format(2))
    talk.down(REPLY.format(2))
    assert talk.found() == [
        ("heartbeat", "client", 0.25, None),
        ("heartbeat", "client", 0.5, 0.25),
    ]
    talk.down(REPLY.format(1))
    assert talk.found()[0] == ("heartbeat", "client", 0.25, 0.75)


def test_version_1():
    talk = Talk("1.0.0")
    talk.up('{"topic":"phoenix","event":"heartbeat","payload":{},"ref":"1"}')
    talk.down('{"topic":"phoenix","event":"phx_reply","payload":{"status":"ok"},"ref":"1"}')
    assert talk.found() == [("heartbeat", "client", 0.25, 0.25)]


def test_other_replies_answer_no_heartbeat():
    talk = Talk()
    talk.up(BEAT.format(1))
    talk.down('["1","1","room:a","phx_reply",{"response":{},"status":"ok"}]')
    talk.up('["1","2","room:a","heartbeat",{}]')
    assert [found[3] for found in talk.found()] == [None]


def test_a_pong_answers_its_ping_and_those_before_it():
    talk = Talk()
    for payload in ("a", "b", "c"):
        talk.down(payload, 9)
    talk.up("b", 10)
    assert talk.found() == [
        ("ping", "server", 0.25, 0.75),
        ("ping", "server", 0.5, 0.5),
        ("ping", "server", 0.75, None),
    ]


def test_pongs_that_nobody_asked_for_answer_nothing():
    talk = Talk()
    talk.down("a", 9)
    talk.up("x", 10)
    talk.down("a", 10)  # its own speaker's
    assert [found[3] for found in talk.found()] == [None]


@pytest.mark.parametrize(
    ("said", "ending"),
    [
        ([("up", BEAT.format(1), 1)], "open"),
        ([("down", b"\x03\xe8", 8)], "expired"),
        ([("up", BEAT.format(1), 1), ("up", b"\x03\xe8", 8)], "given up"),
        ([("up", b"\x03\xe8", 8)], "closed"),
    ],
)
def test_endings(said, ending):
    talk = Talk()
    for who, payload, opcode in said:
        getattr(talk, who)(payload, opcode)
    assert Beats(talk.conversation).ending == ending


def test_beats_are_read_as_they_come_and_bounded():
    talk = Talk()
    reader = Beats(talk.conversation)
    for number in range(1500):
        talk.up(BEAT.format(number))
        talk.down(REPLY.format(number))
        reader.read()
    assert len(reader.all) == 1000
    assert all(beat.round_trip == 0.25 for beat in reader.all)
    assert reader.heard == {"client": 749.75, "server": 750.0}


@pytest.mark.parametrize("text", ["", "[", "[1,2,3,4,5]", "x" * 10_000, "null", "{}"])
def test_what_is_no_message_is_no_beat(text):
    talk = Talk()
    talk.up(text)
    assert talk.found() == []
