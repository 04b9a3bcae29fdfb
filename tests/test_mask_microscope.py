"""MaskMicroscope without a browser: the XOR, its forms, and what the reader types."""

import random

import pytest

from hellosockets.frames import Frame, apply_mask, build_frame
from hellosockets.masking import mask_columns
from hellosockets.widgets import MaskMicroscope

KEY = bytes.fromhex("37fa213d")


def test_columns_are_the_rfcs_example():
    columns = mask_columns(b"Hello", KEY)
    assert bytes(column.wire for column in columns) == bytes.fromhex("7f9f4d5158")  # §5.7
    assert "".join(column.mark for column in columns) == "●▲■◆●"
    assert "".join(column.character for column in columns) == "Hello"
    assert all(column.wire ^ column.key == column.plain for column in columns)


def test_a_frame_brings_its_payload_and_its_key():
    key = bytes.fromhex("01020304")
    microscope = MaskMicroscope(Frame(build_frame("Hello", masking_key=key)))
    assert (microscope.payload, microscope.masking_key) == (b"Hello", key)
    assert MaskMicroscope(Frame(build_frame("Hello"))).masking_key == KEY
    assert MaskMicroscope("é").payload == b"\xc3\xa9"


def talk(microscope, monkeypatch, **message):
    sent = []
    monkeypatch.setattr(microscope, "send", sent.append)
    microscope._handle_custom_msg(message, [])
    (answer,) = sent
    return answer


def test_another_key_changes_the_wire_and_not_the_text(monkeypatch):
    microscope = MaskMicroscope("Hello", chance=random.Random(1))
    answer = talk(microscope, monkeypatch, type="key", index=1, text="00")
    assert microscope.masking_key == bytes.fromhex("3700213d")
    assert [column["wire"] for column in answer["columns"]] == ["7f", "65", "4d", "51", "58"]
    talk(microscope, monkeypatch, type="another")
    assert microscope.masking_key == random.Random(1).randbytes(4)
    assert apply_mask(microscope.masked, microscope.masking_key) == b"Hello"


@pytest.mark.parametrize("text", ["", "zz", "123", "1", "0x1", "<b>", "é"])
def test_a_key_that_is_none_is_said_and_changes_nothing(monkeypatch, text):
    microscope = MaskMicroscope("Hello")
    answer = talk(microscope, monkeypatch, type="key", index=1, text=text)
    assert answer["type"] == "bad"
    assert f"got “{text}”" in answer["text"]
    assert microscope.masking_key == KEY


@pytest.mark.parametrize("key", [b"", b"abc", b"abcde"])
def test_keys_of_another_length_are_refused(key):
    with pytest.raises(ValueError, match=f"masking key must be 4 bytes, got {len(key)}"):
        MaskMicroscope("Hello", key)


def test_long_payloads_are_cut_and_counted(monkeypatch):
    microscope = MaskMicroscope(bytes(10 * 2**20))
    answer = talk(microscope, monkeypatch, type="hello")
    assert (len(answer["columns"]), answer["hidden"]) == (64, 10 * 2**20 - 64)
    assert len(microscope._repr_html_()) < 40_000


def test_forms():
    data, _ = MaskMicroscope("Hello")._repr_mimebundle_()
    assert data["text/plain"] == "MaskMicroscope(5 bytes, key 37 fa 21 3d)"
    assert data["text/html"] == MaskMicroscope("Hello")._repr_html_()
    for expected in ("▲ fa", "0111 1111", "0011 0111", "0100 1000"):
        assert expected in data["text/html"]
    assert "nothing to mask" in MaskMicroscope("")._repr_html_()
