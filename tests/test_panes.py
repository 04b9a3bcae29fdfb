"""Panes: one connection and one message from all sides; bounded, and safe to look at."""

import json
import re
from html.parser import HTMLParser

import pytest
from test_beats import ANSWER, KEY, MASK, Talk

from hellosockets.conversation import Conversation
from hellosockets.frames import build_frame
from hellosockets.handshake import Request, Response, accept_key, accept_steps, build_request
from hellosockets.panes import cookies_pane, headers_pane, judge_origin, message_pane, timing_pane
from hellosockets.recording import Recording
from hellosockets.replies import exchanges


class Reader(HTMLParser):
    """What a page says: its text, and its tags."""

    def __init__(self, html):
        super().__init__()
        self.text, self.tags, self._in_style = "", set(), False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self._in_style = tag == "style"
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_endtag(self, tag):
        self._in_style = False

    def handle_data(self, data):
        self.text += "" if self._in_style else f"{data} "


def talk(*headers, answer=ANSWER):
    recording = Recording()
    request = build_request("/echo?a=1", host="localhost:4000", key=KEY)
    lines = "".join(f"{header}\r\n" for header in headers).encode("latin-1")
    recording.append("client", request[:-2] + lines + b"\r\n")
    recording.append("server", answer)
    return Conversation(recording)


def test_headers():
    text = Reader(headers_pane(talk("Origin: http://localhost:4000"))).text
    for expected in (
        "ws://localhost:4000/echo?a=1",
        "101 Switching Protocols",
        "The page comes from the host that it asks: let in.",
        "✓ The answer’s Sec-WebSocket-Accept says the same.",
        "258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
        "curl",
    ):
        assert expected in text


def test_the_accept_key_step_by_step():
    steps = accept_steps(KEY)
    assert [result for _, result in steps] == [
        KEY,
        KEY + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
        "b37a4f2c c0624f16 90f64606 cf385945 b2bec4ea",  # RFC 6455 §1.3
        "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    ]
    assert accept_key(KEY) == steps[-1][1]
    wrong = talk(answer=ANSWER.replace(b"s3pP", b"AAAA"))
    assert "✗" in Reader(headers_pane(wrong)).text


@pytest.mark.parametrize(
    ("origin", "status", "words"),
    [
        (None, 101, "no web page"),
        ("http://localhost:9", 101, "comes from the host that it asks: let in."),
        ("http://evil.example", 101, "another host's, and the server lets it in all the same"),
        ("http://evil.example", 403, "another host's: refused"),
        ("http://localhost", 403, "something else was refused"),
        ("null", 403, "another host's"),
        ("http://[", 403, "another host's"),
        ("http://localhost", None, "there is no answer yet"),
    ],
)
def test_origins(origin, status, words):
    lines = ["GET / HTTP/1.1", "Host: localhost:4000"]
    lines += [f"Origin: {origin}"] if origin else []
    request = Request("\r\n".join([*lines, "", ""]).encode())
    response = None if status is None else Response(f"HTTP/1.1 {status} X\r\n\r\n".encode())
    found, sentence = judge_origin(request, response)
    assert found == origin
    assert words in sentence


def test_cookies():
    answer = ANSWER[:-2] + b"Set-Cookie: b=2; HttpOnly\r\n\r\n"
    text = Reader(cookies_pane(talk("Cookie: a=1", answer=answer))).text
    assert "Request cookies a 1 " in text
    assert "HttpOnly" in text
    assert "The client sent none." in Reader(cookies_pane(talk())).text


def test_timing():
    assert "handshake" in Reader(timing_pane(talk())).text
    assert "hs.tap" in Reader(timing_pane(talk())).text  # TCP's connect isn't known here


def test_nothing_yet():
    empty = Conversation(Recording())
    for pane in (headers_pane, timing_pane, cookies_pane):
        assert "<" in pane(empty)


HOSTILE = "<img src=x onerror=alert(1)></script>\u202e"


@pytest.mark.parametrize("pane", [headers_pane, timing_pane, cookies_pane])
def test_hostile_heads(pane):
    evil = HOSTILE.encode().decode("latin-1")
    many = [f"X-{i}: {evil}" for i in range(3000)]
    html = pane(talk(f"Cookie: a={evil}", f"Origin: {evil}", *many))
    reader = Reader(html)
    assert not reader.tags & {"img", "script"}
    assert len(html) < 400_000


def message(text, opcode=1):
    conversation = Talk()
    conversation.recording.append("client", build_frame(text, opcode, masking_key=MASK))
    (found,) = conversation.conversation.messages
    return found


def test_a_json_message_is_a_tree():
    found = message('{"a":[1,{"b":null}],"c":"x"}')
    reader = Reader(message_pane(found))
    assert "details" in reader.tags
    for expected in ("a", "2 values", "null", '"x"', "7b 22 61 22", "eyJhIjpb"):
        assert expected in reader.text


def test_phoenix_slots_and_reply():
    talk = Talk()
    talk.up('["1","2","room:a","shout",{"body":"hi"}]')
    talk.down('["1","2","room:a","phx_reply",{"response":{},"status":"ok"}]')
    _, reply = exchanges(talk.conversation)
    text = Reader(message_pane(reply.message, reply)).text
    for expected in ("join_ref", "room:a", "phx_reply", "↩ It answers", "250.00 ms after it"):
        assert expected in text
    push, _ = exchanges(talk.conversation)
    assert "↪ Its reply came, 250.00 ms later: " in Reader(message_pane(push.message, push)).text
    talk.up('["1","3","room:a","shout",{}]')
    waiting = exchanges(talk.conversation)[-1]
    assert "No reply to it has come so far" in Reader(message_pane(waiting.message, waiting)).text


@pytest.mark.parametrize(
    "text",
    [
        HOSTILE,
        "a\0b",
        '"\\ud800"',
        '["\\ud800"]',
        "x" * 10 * 2**20,
        "[" * 10_000 + "]" * 10_000,
        '{"a":' * 900 + "1" + "}" * 900,
        json.dumps({f"k{i}": i for i in range(50_000)}),
        "",
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_hostile_messages(text):
    html = message_pane(message(text))
    html.encode()  # no half characters
    reader = Reader(html)
    assert not reader.tags & {"img", "script"}
    assert len(html) < 400_000
    shown = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    assert not any(ord(c) < 32 and c not in "\n\t" for c in shown)
    assert "\u202e" not in shown


def test_long_texts_say_what_is_cut():
    text = Reader(message_pane(message("x" * 20_000))).text
    assert "… and 10,000 more characters" in text
    assert "… and 17,952 more bytes" in text


def test_binary_messages():
    text = Reader(message_pane(message(bytes(range(40)), 2))).text
    assert "00 01 02 03  04 05 06 07" in text
    assert "Binary message, 40 bytes in 1 frame" in text
