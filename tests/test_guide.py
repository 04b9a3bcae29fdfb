"""The guide to a frame: every part of every frame, with a clause and a short sentence."""

import random

import pytest

from hellosockets.frames import Frame, build_frame
from hellosockets.guide import chunk_starts, describe, draw, length_steps, say_chunks

KEY = bytes.fromhex("37fa213d")
CLOSE = build_frame(b"\x03\xe8bye", 8, masking_key=KEY)
HEADER = ["FIN", "RSV1", "RSV2", "RSV3", "Opcode", "MASK", "Payload length"]


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        (build_frame("Hello"), [*HEADER, "Payload data"]),
        (build_frame(""), HEADER),
        (build_frame("Hello", masking_key=KEY), [*HEADER, "Masking-key", "Payload data"]),
        (build_frame(bytes(126)), [*HEADER, "Extended payload length", "Payload data"]),
        (CLOSE, [*HEADER, "Masking-key", "Close code", "Close reason"]),
        (build_frame(b"\x03\xe8", 8), [*HEADER, "Close code"]),
        (b"\x88\x01a", [*HEADER, "Payload data"]),
        (b"\x81\x01ab", [*HEADER, "Payload data", "Surplus"]),
        (b"\x81", ["Cut short"]),
        (b"", ["Cut short"]),
    ],
)
def test_parts(raw, names):
    parts = describe(Frame(raw, "client"))
    assert [part.name for part in parts] == names
    assert all(part.clause.startswith("RFC ") for part in parts)


def test_parts_cover_every_bit_once():
    for raw in (CLOSE, build_frame(bytes(70_000), masking_key=KEY), b"\x81\x01ab"):
        parts = describe(Frame(raw))
        assert sum(part.field.size for part in parts) == 8 * len(raw)
        ends = [part.field.start + part.field.size for part in parts]
        assert [part.field.start for part in parts] == [0, *ends[:-1]]
        assert parts[-1].last_byte == len(raw) - 1
        assert [part.last_byte for part in parts[:5]] == [0] * 5


def test_sentences_are_short_whatever_the_bytes():
    chance = random.Random(6455)
    for _ in range(5000):
        raw = chance.randbytes(chance.randrange(20))
        frame = Frame(raw, chance.choice([None, "client", "server"]))
        for part in describe(frame):
            assert 3 <= len(part.says.split()) <= 35, part
            assert part.says.endswith("."), part
        length_steps(frame)
        draw(frame, [3, 5])


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"\x01\x00", {"FIN": "0: more frames", "Opcode": "1: a text frame"}),
        (b"\x09\x00", {"FIN": "against the law", "Opcode": "9: a ping"}),
        (b"\xf3\x00", {"RSV2": "fails the connection", "Opcode": "3: reserved"}),
        (b"\xc1\x00", {"RSV1": "is deflated"}),
        (b"\xc0\x00", {"RSV1": "only a message's first frame"}),
        (b"\xc9\x00", {"RSV1": "against the law"}),
        (b"\x81\x00", {"MASK": "A client has to mask"}),
        (b"\x82\x7e\x00\x05hello", {"Extended payload length": "against the law"}),
        (b"\x82\x7f" + b"\xff" * 8, {"Extended payload length": "first bit is 1"}),
        (b"\x82\x05he", {"Payload data": "3 announced bytes are not there"}),
        (b"\x88\x01a", {"Payload data": "too short for a code"}),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(raw, words):
    says = {part.name: part.says for part in describe(Frame(raw, "client"))}
    for name, expected in words.items():
        assert expected in says[name]


@pytest.mark.parametrize(
    ("size", "steps"),
    [
        (5, [("0000101", "5: at most 125, so that is the length itself")]),
        (125, [("1111101", "125: at most 125, so that is the length itself")]),
        (
            256,
            [
                ("1111110", "126: the length stands in the next 2 bytes"),
                ("01 00", "the next 2 bytes, most significant byte first"),
                ("=", "256 bytes of payload"),
            ],
        ),
        (
            65_536,
            [
                ("1111111", "127: the length stands in the next 8 bytes"),
                ("00 00 00 00 00 01 00 00", "the next 8 bytes, most significant byte first"),
                ("=", "65,536 bytes of payload"),
            ],
        ),
    ],
)
def test_length_is_read_step_by_step(size, steps):
    found = length_steps(Frame(build_frame(bytes(size))))
    assert [(step.data, step.says) for step in found] == steps


def test_a_length_that_is_cut_short():
    (_, second, third) = length_steps(Frame(b"\x82\x7e\x01"))
    assert (second.data, third.says) == ("01", "unknown")
    assert "1 of the next 2 bytes" in second.says
    assert length_steps(Frame(b"\x82")) == ()


@pytest.mark.parametrize(
    ("offset", "boundaries", "starts", "words"),
    [
        (100, [100, 107], (0,), "It begins a TCP chunk and lies within that one."),
        (100, [100, 103, 107], (0, 3), "1 further chunk begins inside it, at byte 3."),
        (100, [90, 102, 104, 120], (2, 4), "It begins in the middle of a TCP chunk; 2 further"),
        (0, [7], (0,), "It begins a TCP chunk"),
        (None, [7], (), "isn't known"),
    ],
)
def test_chunks(offset, boundaries, starts, words):
    frame = Frame(build_frame("Hello"), "server", offset=offset)
    assert chunk_starts(frame, boundaries) == starts
    assert words in say_chunks(frame, boundaries)


def test_drawing_escapes_what_came_over_the_wire():
    html = draw(Frame(build_frame("<img src=x onerror=alert(1)>"), "server"), [3])
    assert "<img" not in html
    assert "RFC 6455 §5.2" in html
    assert html == draw(Frame(build_frame("<img src=x onerror=alert(1)>"), "server"), [3])
