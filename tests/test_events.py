"""Events and messages: what they say of themselves."""

from __future__ import annotations

import pytest

from hellosockets.events import End, Gap, Message, size_of
from hellosockets.frames import Frame, build_frame
from hellosockets.handshake import HandshakeReader

KEY = bytes.fromhex("37fa213d")
HEL = Frame(build_frame("Hel", fin=False, masking_key=KEY), "client", 1.0)
LO = Frame(build_frame("lö", 0, masking_key=KEY), "client", 2.0)
INFLATED = Frame(b"\xc1\x01\x00", "server", 3.0, inflated=b"Hello")


def test_a_message_is_what_its_frames_say() -> None:
    message = Message((HEL, LO))
    assert (message.speaker, message.time, message.is_text) == ("client", 2.0, True)
    assert (message.data, message.text) == ("Hellö".encode(), "Hellö")
    assert (message.size, message.wire_size) == (6, len(HEL.raw) + len(LO.raw))
    assert repr(message) == "Message(client, text, 6 bytes in 2 frames: Hellö)"


def test_a_deflated_message_is_as_long_as_it_was_before() -> None:
    message = Message((INFLATED,))
    assert (message.text, message.size, message.wire_size, message.deflated) == (
        "Hello",
        5,
        3,
        True,
    )


@pytest.mark.parametrize("size", range(8))
def test_the_start_of_a_message_is_cut_from_its_data(size: int) -> None:
    for message in (Message((HEL, LO)), Message((INFLATED,))):
        assert message.start(size) == message.data[:size]


def test_size_counts_raw_and_inflated_bytes() -> None:
    data = b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"
    request = HandshakeReader("client").receive_data(data)
    assert size_of(request) == len(data)
    assert size_of(HEL) == len(HEL.raw)
    assert size_of(INFLATED) == 8
    assert size_of(End("client")) == size_of(Gap(1000)) == 0


def test_events_speak_english() -> None:
    assert repr(End("server", 1.0, 20)) == "End(of the server's bytes)"
    assert repr(Gap(12345)) == "Gap(12,345 bytes dropped unread)"
    assert (Gap(1).speaker, Gap(1).time) == (None, None)
