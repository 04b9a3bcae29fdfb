"""The forge: any bits, and each of them exactly where it was asked for."""

import random

import pytest
from websockets.frames import Frame as Oracle
from websockets.streams import StreamReader

from hellosockets.forge import flip_bit, forge, reforge
from hellosockets.frames import Frame, build_frame

KEY = bytes.fromhex("37fa213d")


@pytest.mark.parametrize(
    ("arguments", "raw"),
    [
        ({}, "81 00"),
        ({"payload": "Hello"}, "81 05 48 65 6c 6c 6f"),  # RFC 6455 §5.7
        ({"payload": "Hello", "masking_key": KEY}, "81 85 37 fa 21 3d 7f 9f 4d 51 58"),
        ({"payload": "Hel", "fin": False}, "01 03 48 65 6c"),
        ({"payload": b"", "opcode": 9, "fin": False}, "09 00"),
        ({"opcode": 15, "rsv1": True, "rsv2": True, "rsv3": True}, "ff 00"),
        ({"payload": "a", "length_form": 16}, "81 7e 00 01 61"),
        ({"payload": "a", "length_form": 64}, "81 7f 00 00 00 00 00 00 00 01 61"),
        ({"payload": "a", "length": 5}, "81 05 61"),
        ({"length": 2**63}, "81 7f 80 00 00 00 00 00 00 00"),
        ({"payload": "\ud800"}, "81 03 ed a0 80"),  # half a character: text that isn't UTF-8
    ],
)
def test_bytes(arguments, raw):
    assert forge(**arguments) == bytes.fromhex(raw)


def test_legal_frames_are_those_of_the_library():
    chance = random.Random(1)
    for size in (0, 1, 125, 126, 65_535, 65_536):
        payload, key = chance.randbytes(size), chance.choice([None, chance.randbytes(4)])
        raw = forge(payload, 2, masking_key=key)
        assert raw == build_frame(payload, masking_key=key)
        reader = StreamReader()
        reader.feed_data(raw)
        with pytest.raises(StopIteration) as done:
            next(Oracle.parse(reader.read_exact, mask=key is not None))
        assert done.value.value.data == payload


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"opcode": 16}, "an opcode has 4 bits: 0 to 15, got 16"),
        ({"masking_key": b"abc"}, "masking key must be 4 bytes, got 3"),
        ({"length_form": 8}, "7, 16 or 64 bits, got 8"),
        ({"length": 126, "length_form": 7}, "7 bits hold a length of 0 to 125, got 126"),
        ({"length": 2**64}, "64 bits hold a length of 0 to"),
        ({"length": -1}, "got -1"),
    ],
)
def test_what_has_no_bytes_is_refused(arguments, words):
    with pytest.raises(ValueError, match=words):
        forge(**arguments)


def test_reforging_without_changes_changes_nothing():
    chance = random.Random(2)
    for _ in range(300):
        arguments = {
            "opcode": chance.randrange(16),
            "fin": chance.random() < 0.5,
            "rsv2": chance.random() < 0.5,
            "masking_key": chance.choice([None, chance.randbytes(4)]),
            "length_form": chance.choice([None, 64]),
        }
        raw = forge(chance.randbytes(chance.randrange(200)), **arguments)
        assert reforge(Frame(raw)) == raw


@pytest.mark.parametrize(
    ("changes", "raw"),
    [
        ({"fin": False}, "01 85 37 fa 21 3d 7f 9f 4d 51 58"),
        ({"masking_key": None}, "81 05 48 65 6c 6c 6f"),
        ({"masking_key": bytes(4)}, "81 85 00 00 00 00 48 65 6c 6c 6f"),
        ({"payload": "J"}, "81 81 37 fa 21 3d 7d"),
        ({"length_form": 16}, "81 fe 00 05 37 fa 21 3d 7f 9f 4d 51 58"),
    ],
)
def test_reforging(changes, raw):
    assert reforge(Frame(build_frame("Hello", masking_key=KEY)), **changes) == bytes.fromhex(raw)


def test_a_length_form_grows_with_its_payload():
    assert reforge(Frame(build_frame("a")), payload=bytes(126))[:4] == bytes.fromhex("81 7e 00 7e")
    with pytest.raises(ValueError, match="7 bits hold"):
        reforge(Frame(build_frame("a")), payload=bytes(126), length_form=7)


def test_flipping_a_bit_twice_is_nothing():
    raw = build_frame("Hello", masking_key=KEY)
    for bit in range(8 * len(raw)):
        once = flip_bit(raw, bit)
        assert int.from_bytes(once) ^ int.from_bytes(raw) == 1 << (8 * len(raw) - 1 - bit)
        assert flip_bit(once, bit) == raw
    for bit in (-1, 8 * len(raw)):
        with pytest.raises(ValueError, match="there are bits 0 to 87"):
            flip_bit(raw, bit)
