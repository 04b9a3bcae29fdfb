"""Pieces: one stream of bytes as reads, as frames and as messages."""

import pytest

from hellosockets.frames import build_frame
from hellosockets.pieces import pieces

KEY = bytes.fromhex("37fa213d")
STREAM = (
    build_frame("Hel", fin=False) + build_frame("!", 9) + build_frame("lo", 0) + build_frame("bye")
)


def test_frames_and_messages_stand_where_their_bytes_stand():
    found = pieces(STREAM)
    assert [(each.start, each.end, each.label) for each in found.frames] == [
        (0, 5, "text, more"),
        (5, 8, "ping"),
        (8, 12, "continuation"),
        (12, 17, "text"),
    ]
    assert [(each.start, each.end, each.label) for each in found.messages] == [
        (0, 12, "Hello"),
        (12, 17, "bye"),
    ]
    assert repr(found) == "Pieces(17 bytes: 1 read, 4 frames, 2 messages)"


@pytest.mark.parametrize("cut", range(1, len(STREAM)))
def test_wherever_it_is_cut_the_same_pieces_come_out(cut):
    found = pieces(STREAM, [cut])
    assert found.frames == pieces(STREAM).frames
    assert found.messages == pieces(STREAM).messages
    completed = [label for read in found.reads for label in read.frames]
    assert completed == ["text, more", "ping", "continuation", "text"]
    assert [label for read in found.reads for label in read.messages] == ["Hello", "bye"]
    starts = [each.start for each in found.frames]
    before = max(start for start in [*starts, len(STREAM)] if start <= cut)
    assert found.reads[0].waiting == cut - before


def test_byte_by_byte():
    reads = pieces(STREAM, range(len(STREAM))).reads
    assert [read.end - read.start for read in reads] == [1] * 17
    assert [read.waiting for read in reads[:6]] == [1, 2, 3, 4, 0, 1]


def test_cuts_outside_and_twice_count_for_nothing():
    assert pieces(STREAM, [-1, 0, 5, 5, 17, 99]) == pieces(STREAM, [5])


def test_nothing_and_half_a_frame():
    assert pieces(b"").reads == ()
    half = pieces(STREAM[:4])
    assert half.frames == half.messages == ()
    assert half.reads[0].waiting == 4


def test_a_clients_frames_are_unmasked_and_binary_is_hex():
    found = pieces(build_frame(b"\xff\xd8", masking_key=KEY), speaker="client")
    assert found.messages[0].label == "ff d8"
    assert not found.frames[0].is_wrong


def test_what_breaks_a_rule_is_marked():
    found = pieces(build_frame("Hello"), speaker="client")
    assert found.frames[0].is_wrong
    assert "which breaks a rule" in found.svg


@pytest.mark.parametrize("data", [bytes(range(256)), b"\x81\xff" + b"\xff" * 8 + b"x", b"\x01\x00"])
def test_any_bytes_are_shown(data):
    assert "<svg" in pieces(data, [1, 3])._repr_html_()


def test_the_picture_says_in_words_what_it_shows():
    html = pieces(STREAM, [4, 13])._repr_html_()
    assert 'role="img"' in html
    assert "messages: Hello from byte 0 to 11, bye from byte 12 to 16" in html
    assert pieces(build_frame("<b>"))._repr_html_().count("<b>") == 0
