"""Frames: the RFC's examples, two independent parsers as oracles, and bytes nobody should send."""

from __future__ import annotations

import itertools
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vectors import FRAMES
from websockets import frames as library
from websockets.frames import Opcode
from websockets.streams import StreamReader
from wsproto.frame_protocol import FrameProtocol

from hellosockets import rules
from hellosockets.frames import Field, Frame, FrameReader, apply_mask, build_frame, preview

HELLO_KEY = bytes.fromhex("37fa213d")

masking_keys = st.none() | st.binary(min_size=4, max_size=4)
data_opcodes = st.sampled_from([Opcode.TEXT, Opcode.BINARY, Opcode.CONT])


def read(data: bytes, **kwargs) -> list[Frame]:
    return FrameReader(**kwargs).receive_data(data)


def read_split(data: bytes, cuts: list[int]) -> list[Frame]:
    reader = FrameReader()
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    frames = []
    for start, end in itertools.pairwise(edges):
        frames += reader.receive_data(data[start:end])
    return frames


def broken_rules(frame: Frame) -> list[rules.Rule]:
    return [verdict.rule for verdict in frame.verdicts]


# The RFC's examples: whole, byte by byte, with trailing data.


@pytest.mark.parametrize("name", FRAMES)
def test_reads_whole_frame(name: str) -> None:
    data, payload = FRAMES[name]
    [frame] = read(data)
    assert frame.raw == data
    assert frame.unmasked == payload
    assert frame.payload_length == len(payload)
    assert frame.missing == 0


@pytest.mark.parametrize("name", FRAMES)
def test_reads_frame_byte_by_byte(name: str) -> None:
    data, payload = FRAMES[name]
    reader = FrameReader()
    for byte in data[:-1]:
        assert reader.receive_data(bytes([byte])) == []
    [frame] = reader.receive_data(data[-1:])
    assert (frame.raw, frame.unmasked, reader.pending) == (data, payload, 0)


@pytest.mark.parametrize("name", FRAMES)
def test_leaves_trailing_bytes_for_the_next_frame(name: str) -> None:
    data, _ = FRAMES[name]
    reader = FrameReader()
    [first] = reader.receive_data(data + b"\x89")
    assert (first.raw, reader.pending) == (data, 1)
    [second] = reader.receive_data(b"\x00")
    assert second.opcode == Opcode.PING
    assert second.offset == len(data)


# Oracles.


def parse_with_websockets(data: bytes, mask: bool) -> library.Frame:
    reader = StreamReader()
    reader.feed_data(data)
    parser = library.Frame.parse(reader.read_exact, mask=mask)
    with pytest.raises(StopIteration) as stop:
        next(parser)
    return stop.value.value


@given(
    payload=st.binary(max_size=300) | st.sampled_from([125, 126, 65535, 65536]).map(bytes),
    opcode=data_opcodes,
    fin=st.booleans(),
    key=masking_keys,
    cuts=st.lists(st.integers(min_value=0), max_size=4),
)
def test_agrees_with_websockets_both_ways(payload, opcode, fin, key, cuts) -> None:
    data = build_frame(payload, opcode, fin=fin, masking_key=key)
    [frame] = read_split(data, cuts)
    theirs = parse_with_websockets(data, mask=key is not None)
    assert (frame.opcode, frame.fin, frame.unmasked) == (theirs.opcode, theirs.fin, theirs.data)
    assert frame.masking_key == key
    assert set(broken_rules(frame)) <= {rules.TEXT_IS_UTF8}
    if key is None:
        assert theirs.serialize(mask=False) == data
    else:  # the library draws a key of its own: ours must read what it wrote
        [again] = read(theirs.serialize(mask=True))
        assert again.unmasked == payload


@given(
    payload=st.binary(max_size=300),
    fin=st.booleans(),
    is_client=st.booleans(),
    key=st.binary(min_size=4, max_size=4),
)
def test_agrees_with_wsproto(payload, fin, is_client, key) -> None:
    # wsproto reads as the other role, so a client's frame is read by its server side.
    masking_key = key if is_client else None
    data = build_frame(payload, Opcode.BINARY, fin=fin, masking_key=masking_key)
    protocol = FrameProtocol(client=not is_client, extensions=[])
    protocol.receive_bytes(data)
    theirs = b"".join(bytes(part.payload) for part in protocol.received_frames())
    [frame] = read(data)
    assert frame.unmasked == theirs


def test_reads_what_wsproto_writes() -> None:
    written = FrameProtocol(client=False, extensions=[]).ping(b"Hello")
    assert read(written)[0].raw == FRAMES["unmasked ping"][0]


@given(data=st.binary(max_size=200), cuts=st.lists(st.integers(min_value=0), max_size=8))
def test_any_bytes_at_any_split_give_the_same_frames(data, cuts) -> None:
    whole, split = FrameReader(), read_split(data, cuts)
    frames = whole.receive_data(data)
    assert frames == split
    rest = whole.receive_eof()
    parts = [frame.raw for frame in [*frames, *rest] if not frame.skipped]
    if not any(frame.skipped for frame in frames):
        assert b"".join(parts) == data
    for frame in [*frames, *rest]:  # nothing raises on what it is shown
        assert repr(frame)
        assert frame._repr_html_()
        assert all(isinstance(field, Field) for field in frame.fields())
        assert all(str(verdict) for verdict in frame.verdicts)


@given(data=st.binary(max_size=200))
def test_fields_name_every_bit_once(data) -> None:
    for frame in read(data):
        if not frame.missing and not frame.skipped:
            position = 0
            for field in frame.fields():
                assert field.start == position
                position += field.size
            assert position == 8 * len(frame.raw)


# Masking.


def test_masks_hello_as_the_rfc_does() -> None:
    assert apply_mask(b"Hello", HELLO_KEY) == bytes.fromhex("7f9f4d5158")


@given(data=st.binary(max_size=70), key=st.binary(min_size=4, max_size=4))
def test_masking_is_the_sentence_of_the_rfc_and_its_own_inverse(data, key) -> None:
    # "octet i of the transformed data is the XOR of octet i of the original data with octet at
    # index i modulo 4 of the masking key"
    assert apply_mask(data, key) == bytes(byte ^ key[i % 4] for i, byte in enumerate(data))
    assert apply_mask(apply_mask(data, key), key) == data


@pytest.mark.parametrize("size", [0, 3, 5])
def test_refuses_a_masking_key_of_the_wrong_length(size: int) -> None:
    with pytest.raises(ValueError, match=f"masking key must be 4 bytes, got {size}"):
        apply_mask(b"Hello", bytes(size))
    with pytest.raises(ValueError, match=f"masking key must be 4 bytes, got {size}"):
        build_frame("Hello", masking_key=bytes(size))


# Lengths.


@pytest.mark.parametrize(
    ("length", "bits", "header"),
    [(0, 7, 2), (125, 7, 2), (126, 16, 4), (65535, 16, 4), (65536, 64, 10)],
)
@pytest.mark.parametrize("key", [None, HELLO_KEY])
def test_length_forms(length: int, bits: int, header: int, key: bytes | None) -> None:
    [frame] = read(build_frame(bytes(length), masking_key=key))
    assert frame.length_size == bits
    assert frame.header_size == header + (4 if key else 0)
    assert frame.payload_length == length


# Bytes nobody should send: frames with verdicts, never exceptions.

MASKED_EMPTY = " 80 00 00 00 00"
BROKEN = {
    "RSV2": ("client", "a1" + MASKED_EMPTY, rules.RESERVED_BIT),
    "RSV3": ("client", "91" + MASKED_EMPTY, rules.RESERVED_BIT),
    "opcode 3": ("client", "83" + MASKED_EMPTY, rules.RESERVED_OPCODE),
    "opcode 11": ("client", "8b" + MASKED_EMPTY, rules.RESERVED_OPCODE),
    "unmasked client": ("client", "81 00", rules.CLIENT_MASKS),
    "masked server": ("server", "81" + MASKED_EMPTY, rules.SERVER_DOES_NOT_MASK),
    "fragmented ping": ("server", "09 00", rules.CONTROL_FRAGMENTED),
    "ping of 126 bytes": ("server", "89 7e 00 7e" + " 00" * 126, rules.CONTROL_LENGTH),
    "5 in 16 bits": ("server", "82 7e 00 05" + " 00" * 5, rules.MINIMAL_LENGTH),
    "5 in 64 bits": ("server", "82 7f" + " 00" * 7 + " 05" + " 00" * 5, rules.MINIMAL_LENGTH),
    "close of 1 byte": ("server", "88 01 03", rules.CLOSE_LENGTH),
    "close 1005": ("server", "88 02 03 ed", rules.CLOSE_CODE),
    "close 999": ("server", "88 02 03 e7", rules.CLOSE_CODE),
    "close reason not UTF-8": ("server", "88 03 03 e8 ff", rules.TEXT_IS_UTF8),
    "length 2^63": ("server", "82 7f 80 00 00 00 00 00 00 00", rules.LENGTH_TOP_BIT),
}


@pytest.mark.parametrize("name", BROKEN)
def test_names_the_broken_rule(name: str) -> None:
    speaker, data, rule = BROKEN[name]
    [frame] = read(bytes.fromhex(data), speaker=speaker)
    assert rule in broken_rules(frame)
    assert rule.clause in str(frame.verdicts[0])


@pytest.mark.parametrize("code", [1000, 1001, 1003, 1007, 1011, 1014, 3000, 4999])
def test_close_codes_for_the_wire_are_fine(code: int) -> None:
    [frame] = read(build_frame(struct.pack("!H", code), Opcode.CLOSE), speaker="server")
    assert (frame.close_code, frame.verdicts) == (code, ())


@pytest.mark.parametrize(
    ("speaker", "reason", "broken"),
    [
        ("client", b"permessage-deflate", []),
        ("client", b"", [rules.EXTENSIONS_NAMED]),
        ("server", b"", [rules.NO_1010_FROM_SERVER]),
        ("server", b"permessage-deflate", [rules.NO_1010_FROM_SERVER]),
        (None, b"", []),
    ],
)
def test_an_extension_that_is_missed_is_named_and_by_the_client(speaker, reason, broken) -> None:
    key = HELLO_KEY if speaker == "client" else None
    data = build_frame(struct.pack("!H", 1010) + reason, Opcode.CLOSE, masking_key=key)
    [frame] = read(data, speaker=speaker)
    assert broken_rules(frame) == broken


def test_a_length_of_2_to_the_63_is_never_waited_for() -> None:
    reader = FrameReader("server")
    [frame] = reader.receive_data(bytes.fromhex("82 7f 80 00 00 00 00 00 00 00"))
    assert frame.skipped
    assert frame.payload_length == 2**63
    assert {rules.LENGTH_TOP_BIT, rules.FRAME_LIMIT} <= set(broken_rules(frame))
    reader.receive_data(bytes(10_000))
    assert reader.pending == 0


def test_reads_on_after_a_payload_that_is_too_long() -> None:
    reader = FrameReader("server", max_payload=10)
    frames = reader.receive_data(build_frame(bytes(11)) + FRAMES["unmasked ping"][0])
    assert [frame.opcode_name for frame in frames] == ["binary", "ping"]
    assert broken_rules(frames[0]) == [rules.FRAME_LIMIT]
    assert frames[1].offset == 13


def test_waits_for_the_key_of_a_payload_that_is_too_long_and_for_no_more() -> None:
    reader = FrameReader("client", max_payload=10)
    data = build_frame(bytes(11), masking_key=HELLO_KEY)
    for byte in data[:5]:
        assert reader.receive_data(bytes([byte])) == []
    [frame] = reader.receive_data(data[5:6])
    assert (frame.raw, frame.masking_key, reader.pending) == (data[:6], HELLO_KEY, 0)
    [ping] = reader.receive_data(data[6:] + FRAMES["unmasked ping"][0])
    assert (ping.opcode, ping.offset, reader.pending) == (Opcode.PING, len(data), 0)


# Text is UTF-8: what a frame can tell by its own bits, and what it can't.


@pytest.mark.parametrize(
    ("payload", "kwargs", "faults"),
    [
        (b"\xff", {}, 1),
        (b"h\xc3", {}, 1),  # a character cut short at the message's end
        (b"\xed\xa0\x80", {}, 1),  # a lone surrogate
        ("héllo ✓".encode(), {}, 0),
        (b"h\xc3", {"fin": False}, 0),  # the next fragment may complete it
        (b"\xff", {"rsv1": True}, 0),  # deflated
        (b"\xff", {"opcode": Opcode.BINARY}, 0),
        (b"\xff", {"opcode": Opcode.CONT}, 0),  # of what, is for its message to say
    ],
)
@pytest.mark.parametrize("key", [None, HELLO_KEY])
def test_judges_the_text_of_a_whole_message(payload, kwargs, faults: int, key) -> None:
    [frame] = read(build_frame(payload, **{"opcode": Opcode.TEXT, **kwargs}, masking_key=key))
    assert broken_rules(frame) == [rules.TEXT_IS_UTF8] * faults


def test_text_that_the_streams_end_cut_may_end_within_a_character() -> None:
    whole = build_frame("hé")
    reader = FrameReader("server")
    reader.receive_data(whole[:-1])
    [frame] = reader.receive_eof()
    assert broken_rules(frame) == [rules.WHOLE_FRAME]


@pytest.mark.parametrize("size", range(1, 11))
def test_the_end_of_the_stream_shows_what_was_cut(size: int) -> None:
    data = FRAMES["single-frame masked text"][0][:size]
    reader = FrameReader("client")
    assert reader.receive_data(data) == []
    [frame] = reader.receive_eof()
    assert frame.raw == data
    assert rules.WHOLE_FRAME in broken_rules(frame)
    assert frame._repr_html_()
    assert reader.receive_eof() == []


# Builders raise.


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"opcode": 3}, "opcode must be one of"),
        ({"opcode": Opcode.PING, "fin": False}, "a ping frame can't be fragmented"),
        ({"opcode": Opcode.PONG, "rsv1": True}, "a pong frame can't be deflated"),
        ({"opcode": Opcode.CLOSE, "payload": bytes(126)}, "at most 125 bytes, got 126"),
    ],
)
def test_build_frame_refuses_what_the_rfc_forbids(kwargs, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build_frame(**{"payload": b"", **kwargs})


def test_builds_the_rfcs_own_frame() -> None:
    built = build_frame("Hello", masking_key=HELLO_KEY)
    assert built == FRAMES["single-frame masked text"][0]


# In words.


def test_a_frame_speaks_english() -> None:
    [frame] = read(FRAMES["single-frame masked text"][0], speaker="client")
    assert repr(frame) == "Frame(client text, FIN, masked, 5 bytes: Hello)"
    assert [str(field.meaning) for field in frame.fields()] == [
        "last frame",
        "unused",
        "unused",
        "unused",
        "text",
        "masked",
        "5 bytes",
        "XORed over the payload",
        "Hello",
    ]


def test_a_close_frame_says_its_code_and_reason() -> None:
    [frame] = read(build_frame(b"\x03\xe9bye", Opcode.CLOSE), speaker="server")
    assert (frame.close_code, frame.close_reason) == (1001, "bye")
    assert frame.preview().startswith("1001")
    assert frame.preview().endswith("bye")


def test_payloads_never_become_html() -> None:
    [frame] = read(build_frame("<img src=x onerror=alert(1)>"))
    assert "<img" not in frame._repr_html_()


@pytest.mark.parametrize(
    ("data", "is_text", "size", "says"),
    [
        (b"Hello", True, 60, "Hello"),
        (b"a\nb\x00", True, 60, "a\\nb\\x00"),
        ("héllo".encode()[:2], True, 60, "h"),
        (b"\xff", True, 60, "�"),
        (b"abcdef", True, 4, "abc…"),
        (b"\x00\xff", False, 60, "00 ff"),
        ("\u202eabc".encode(), True, 60, "\\u202eabc"),
    ],
)
def test_preview(data: bytes, is_text: bool, size: int, says: str) -> None:
    assert preview(data, is_text, size) == says


def test_bytes_beyond_the_announced_end_are_named() -> None:
    frame = Frame(FRAMES["single-frame unmasked text"][0] + b"!!", "server")
    assert (frame.surplus, frame.unmasked) == (2, b"Hello")
    assert broken_rules(frame) == [rules.WHOLE_FRAME]
    assert frame.fields()[-1] == Field("Surplus", 56, 16, "21 21", "not part of this frame")
