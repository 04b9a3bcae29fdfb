"""Differences of two conversations: what was said, then how it crossed the wire."""

import zlib

import pytest
from test_beats import ANSWER, KEY

from hellosockets.conversation import Conversation
from hellosockets.difference import diff
from hellosockets.frames import build_frame
from hellosockets.handshake import build_request
from hellosockets.recording import Recording

PD = b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"


def talk(*texts, deflate=False, key=b"abcd", port=1, opcode=1):
    recording = Recording()
    request = build_request("/echo", host=f"localhost:{port}", key=KEY)
    recording.append("client", request[:-2] + PD if deflate else request)
    recording.append("server", ANSWER[:-2] + PD if deflate else ANSWER)
    deflater = zlib.compressobj(wbits=-15)
    for text in texts:
        data = text.encode()
        if deflate:
            data = (deflater.compress(data) + deflater.flush(zlib.Z_SYNC_FLUSH))[:-4]
        frame = build_frame(data, opcode, rsv1=deflate, masking_key=key)
        recording.append("client", frame)
    return Conversation(recording)


def test_what_is_of_the_moment_is_no_difference():
    found = diff(talk("a", "b"), talk("a", "b", key=b"wxyz", port=2))
    assert not found
    assert repr(found) == "Difference(none, 2 frames the same)"


def test_the_same_words_deflated():
    found = diff(talk("hello " * 20, "x"), talk("hello " * 20, "x", deflate=True))
    assert found
    assert [pair.kind for pair in found.pairs] == ["wire", "wire"]
    assert found.pairs[0].how.startswith("deflated in the second alone, -")
    assert found.pairs[1].how.startswith("deflated in the second alone, +")
    names = [(who, name) for who, name, _, _ in found.headers]
    assert names == [(who, "Sec-WebSocket-Extensions") for who in ("client", "server")]
    assert found.bytes[0] > found.bytes[1]


@pytest.mark.parametrize(
    ("first", "second", "kinds"),
    [
        ("ab", "ab", ["same", "same"]),
        ("ab", "abc", ["same", "same", "only b"]),
        ("abc", "ac", ["same", "only a", "same"]),
        ("a", "b", ["only a", "only b"]),
        ("", "", []),
    ],
)
def test_frames_are_aligned(first, second, kinds):
    assert [pair.kind for pair in diff(talk(*first), talk(*second)).pairs] == kinds


def test_a_refused_and_a_granted_request():
    refused = Recording()
    refused.append("client", build_request("/echo", host="localhost", key=KEY))
    refused.append("server", b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
    found = diff(Conversation(refused), talk("a"))
    names = [name for _, name, _, _ in found.headers]
    assert names[0] == "first line"
    assert "Upgrade" in names
    assert "<b>" not in diff(talk("<b>"), talk())._repr_html_()


def test_empty_and_unfinished_conversations():
    assert not diff(Conversation(Recording()), Conversation(Recording()))
    assert diff(Conversation(Recording()), talk("a"))


def test_long_ones_are_compared_in_part():
    many = talk(*["a"] * 6000)
    found = diff(many, talk(*["a"] * 6000))
    assert (len(found.pairs), found.left_out) == (5000, 2000)
    assert len(found._repr_html_()) < 300_000
    assert "6,500 more frames are not drawn" in found._repr_html_()
