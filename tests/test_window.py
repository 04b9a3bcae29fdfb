"""The window: what each deflated message copies from those before it."""

import random
import zlib

import pytest

from hellosockets.deflate import TAIL
from hellosockets.window import look_back

NEWS = '{"topic":"room:42","event":"shout","payload":{"body":"hello bob"}}'


def test_the_rfcs_hello_twice():
    """RFC 7692 §7.2.3.1 and §7.2.3.2."""
    kept = look_back("Hello", "Hello")
    assert [each.payload.hex(" ") for each in kept.messages] == [
        "f2 48 cd c9 c9 07 00",
        "f2 00 11 00 00",
    ]
    look = kept.messages[1].looks[0]
    assert (look.start, look.length, look.source, look.source_start) == (1, 4, 0, 1)
    assert [each.frame_size for each in kept.messages] == [9, 7]


def test_without_takeover_nothing_is_copied_from_another_message():
    emptied = look_back(NEWS, NEWS, takes_over=False)
    first, second = emptied.messages
    assert first.payload == second.payload
    assert {look.source for look in second.looks} == {1}


@pytest.mark.parametrize("takes_over", [True, False])
@pytest.mark.parametrize("bits", [9, 12, 15])
def test_every_copy_copies_what_it_says(takes_over, bits):
    chance = random.Random(7692)
    words = [chance.randbytes(5) for _ in range(9)]
    messages = [b"".join(chance.choices(words, k=40)) for _ in range(6)]
    found = look_back(*messages, window_bits=bits, takes_over=takes_over)
    assert found.messages[-1].looks
    for number, each in enumerate(found.messages):
        for look in each.looks:
            source = b"".join(messages[look.source : number + 1])[look.source_start :]
            # A copy may overlap what it writes: as long as it goes, the bytes agree.
            start = look.start
            assert source[: look.length] == messages[number][start : start + look.length]


def test_a_small_window_forgets():
    chance = random.Random(7692).randbytes(2_000)
    near = look_back(NEWS, chance, NEWS, window_bits=9)
    far = look_back(NEWS, chance, NEWS, window_bits=15)
    assert len(far.messages[2].payload) < len(near.messages[2].payload)


def test_zlib_inflates_what_was_deflated():
    found = look_back(NEWS, "Hello", NEWS)
    inflater = zlib.decompressobj(wbits=-15)
    data = [inflater.decompress(each.payload + TAIL) for each in found.messages]
    assert data == [each.data for each in found.messages]


def test_the_picture_says_in_words_what_it_shows_and_escapes_what_was_written():
    html = look_back("<b>Hello</b>", "<b>Hello</b>")._repr_html_()
    assert "message 2 copies 11 bytes from byte 1 of message 1" in html
    assert "<b>" not in html
    assert repr(look_back("Hello")) == "Window(32,768 bytes, kept: 5 → 7)"


def test_a_long_message_is_drawn_to_its_beginning():
    html = look_back("x" * 5_000)._repr_html_()
    assert "the first 88 are shown" in html
    assert len(html) < 12_000


def test_a_window_that_cannot_be_is_refused():
    with pytest.raises(ValueError, match="window_bits must be"):
        look_back("a", window_bits=16)
