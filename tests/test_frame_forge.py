"""FrameForge without a browser: what it makes of what the reader wants."""

import asyncio

import pytest

import hellosockets as hs
from hellosockets.frames import Frame, build_frame
from hellosockets.widgets import FrameForge

KEY = bytes.fromhex("37fa213d")


def talk(forge, monkeypatch, **message):
    sent = []
    monkeypatch.setattr(forge, "send", sent.append)
    forge._handle_custom_msg(message, [])
    (answer,) = sent
    return answer


def test_a_bit_is_flipped_and_judged(monkeypatch):
    forge = FrameForge()
    answer = talk(forge, monkeypatch, type="flip", bit=2)
    assert forge.frame.rsv2
    assert answer["bits"].startswith("1010")
    assert answer["verdicts"] == [str(forge.verdicts[0])]
    assert answer["owed"] == 1002


@pytest.mark.parametrize(
    ("name", "value", "raw"),
    [
        ("opcode", "9", "89 85 37 fa 21 3d 7f 9f 4d 51 58"),
        ("length_form", "16", "81 fe 00 05 37 fa 21 3d 7f 9f 4d 51 58"),
        ("length", "3", "81 83 37 fa 21 3d 7f 9f 4d 51 58"),
        ("masking_key", "", "81 05 48 65 6c 6c 6f"),
        ("masking_key", "00000000", "81 85 00 00 00 00 48 65 6c 6c 6f"),
        ("payload", "J", "81 81 37 fa 21 3d 7d"),
        ("payload", "é", "81 82 37 fa 21 3d f4 53"),
    ],
)
def test_a_field_is_changed(monkeypatch, name, value, raw):
    forge = FrameForge()
    answer = talk(forge, monkeypatch, type="change", name=name, value=value)
    assert answer["type"] == "draft"
    assert forge.raw == bytes.fromhex(raw)
    assert " ".join(answer["bytes"]) == raw


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("masking_key", "37 fa", "masking key must be 4 bytes, got 2"),
        ("masking_key", "zz", "a masking key in hex is pairs of 0-9 and a-f, like 37 fa, got 'zz'"),
        ("length", "many", "a length is a number of bytes, got 'many'"),
        ("length", "²", "a length is a number of bytes"),
        ("length", "9" * 30, "64 bits hold a length"),
        ("payload", "x" * (2**20 + 1), "at most 1 MiB, got 1,048,577 bytes"),
    ],
)
def test_what_cant_be_is_said_and_changes_nothing(monkeypatch, name, value, words):
    forge = FrameForge()
    before = forge.raw
    answer = talk(forge, monkeypatch, type="change", name=name, value=value)
    assert (answer["type"], answer["name"]) == ("bad", name)
    assert words in answer["text"]
    assert forge.raw == before


def test_payload_in_hex(monkeypatch):
    forge = FrameForge()
    assert talk(forge, monkeypatch, type="kind", value="hex")["payload"] == "48 65 6c 6c 6f"
    talk(forge, monkeypatch, type="change", name="payload", value="ff 00")
    assert forge.frame.unmasked == b"\xff\x00"
    answer = talk(forge, monkeypatch, type="change", name="payload", value="f")
    assert "a payload in hex is pairs" in answer["text"]


@pytest.mark.parametrize("raw", [b"", b"\x81", b"\x81\xff", b"\xff" * 14, b"\x81\x85\x37"])
def test_frames_that_are_none(monkeypatch, raw):
    forge = FrameForge(frame=Frame(raw))
    answer = talk(forge, monkeypatch, type="hello")
    assert answer["verdicts"]
    assert repr(forge).startswith("FrameForge(Frame(")
    talk(forge, monkeypatch, type="change", name="opcode", value="2")


async def test_sent_to_a_real_server():
    async with await hs.serve(0, announce=lambda *_: None) as server:
        forge = FrameForge(server, Frame(build_frame("not masked")))
        result = await forge.send_frame()
        assert result is forge.probe
        assert result.close_code == forge.verdicts[0].rule.close_code == 1002
        assert repr(forge).endswith(", it answered with no message, and closed with 1002)")
        assert "They agree" in forge._repr_html_()
        forge.flip(0)
        assert "They agree" not in forge._repr_html_()  # that was another frame


async def test_sending_from_the_page_says_what_went_wrong(monkeypatch):
    forge = FrameForge("ws://127.0.0.1:1/")
    sent = []
    monkeypatch.setattr(forge, "send", sent.append)
    forge._handle_custom_msg({"type": "send"}, [])
    async with asyncio.timeout(5):
        while not sent or sent[-1]["type"] != "bad":  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert "127.0.0.1:1 can't be reached" in sent[-1]["text"]
    with pytest.raises(ValueError, match="make the forge with a server"):
        await FrameForge().send_frame()


def test_what_is_no_frame_is_refused():
    with pytest.raises(TypeError, match="a forge begins with a Frame, got bytes"):
        FrameForge(None, b"\x81\x00")


def test_forms_are_the_same_at_every_run():
    data, _ = FrameForge()._repr_mimebundle_()
    assert data["text/plain"] == "FrameForge(Frame(client text, FIN, masked, 5 bytes: Hello))"
    assert data["text/html"] == FrameForge()._repr_mimebundle_()[0]["text/html"]
