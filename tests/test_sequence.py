"""Sequence diagrams: what happened, drawn; the same at every run, and safe to look at."""

from xml.etree import ElementTree

import pytest

from hellosockets.conversation import Conversation
from hellosockets.frames import build_frame
from hellosockets.handshake import accept_key, build_request
from hellosockets.recording import Recording
from hellosockets.sequence import MOST_ARROWS, sequence_diagram

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
MASK = bytes.fromhex("37fa213d")
GET = ("client", build_request("/echo", host="localhost", key=KEY))
ANSWER = (
    "server",
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: %b\r\n\r\n" % accept_key(KEY).encode(),
)
REFUSAL = ("server", b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
ENDS = [("server", b""), ("client", b"")]


def up(payload, opcode=1):
    return ("client", build_frame(payload, opcode, masking_key=MASK))


def down(payload, opcode=1):
    return ("server", build_frame(payload, opcode))


def diagram(*said):
    recording = Recording()
    conversation = Conversation(recording)
    for speaker, data in said:
        recording.append(speaker, data)
    return sequence_diagram(conversation)


CLOSE = b"\x03\xe8"


@pytest.mark.parametrize(
    ("said", "phases"),
    [
        ([], []),
        ([GET], ["opening handshake"]),
        ([GET, ANSWER, up("a")], ["opening handshake", "open"]),
        ([GET, REFUSAL, *ENDS], ["opening handshake", "refused"]),
        (
            [GET, ANSWER, up("a"), up(CLOSE, 8), down(CLOSE, 8), *ENDS],
            ["opening handshake", "open", "closing handshake", "closed"],
        ),
        (
            [GET, ANSWER, up("a"), *ENDS],
            ["opening handshake", "open", "ended without a close frame: 1006"],
        ),
        ([("client", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")], ["plain HTTP"]),
    ],
)
def test_phases(said, phases):
    found = diagram(*said)
    assert list(found.phases) == phases
    assert repr(found).startswith(f"SequenceDiagram({' → '.join(phases) or 'nothing yet'}: ")
    root = ElementTree.fromstring(found.svg)
    assert root.get("role") == "img"
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert set(phases) <= set(texts)


def test_arrows_are_in_order_and_say_who_sent_what():
    arrows = diagram(GET, ANSWER, up("hello"), down("hi"), up("", 9)).arrows
    assert [(arrow.speaker, arrow.label) for arrow in arrows] == [
        ("client", "GET /echo"),
        ("server", "101 Switching Protocols"),
        ("client", "text: hello"),
        ("server", "text: hi"),
        ("client", "ping"),
    ]


def test_alike_frames_are_folded_and_counted():
    found = diagram(GET, ANSWER, *[up(f"{i}") for i in range(100)], down("x"))
    assert [arrow.more for arrow in found.arrows] == [0, 0, 99, 0]
    assert "(and 99 more like it)" in found.svg
    three = diagram(GET, ANSWER, *[up(f"{i}") for i in range(3)])
    assert len(three.arrows) == 5


def test_ten_thousand_frames_are_a_bounded_picture():
    talk = [each for i in range(5000) for each in (up(f"{i}"), down(f"{i}"))]
    found = diagram(GET, ANSWER, *talk)
    assert len(found.arrows) == MOST_ARROWS
    assert found.left_out == 10_002 - MOST_ARROWS
    assert len(found.svg) < 60_000
    assert "9,942 more events are not drawn here" in found._repr_html_()


def test_what_is_wrong_is_marked():
    found = diagram(GET, ANSWER, ("client", build_frame("bare")))
    assert found.arrows[-1].is_wrong
    assert "✗ text: bare" in found.svg


def test_strangers_payloads_are_text_and_cut():
    evil = "<img src=x onerror=alert(1)></svg>\0\u202e" + "x" * 1000
    found = diagram(GET, ANSWER, up(evil))
    ElementTree.fromstring(found.svg)
    assert "<img" not in found._repr_html_()
    assert "\u202e" not in found.svg
    assert len(found.arrows[-1].label) < 80


def test_the_picture_is_the_same_at_every_run():
    pings = [[GET, ANSWER, up(payload, 9), down(payload, 10)] for payload in (b"1234", b"abcd")]
    assert diagram(*pings[0]).svg == diagram(*pings[1]).svg  # their payloads are random
