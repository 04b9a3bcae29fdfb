"""FrameInspector without a browser: its data, its forms, its checks."""

import json

import pytest

from hellosockets.frames import Frame, build_frame
from hellosockets.widgets import FrameInspector
from hellosockets.widgets.frame_inspector import page_data

KEY = bytes.fromhex("37fa213d")
HELLO = Frame(build_frame("Hello", masking_key=KEY), "client", offset=200)


def test_page_data():
    data = page_data(HELLO, [200, 204, 300])
    assert data["bits"] == "1000000110000101"
    assert data["bytes"] == HELLO.raw.hex(" ").split()
    assert data["plain"] == [["48", "H"], ["65", "e"], ["6c", "l"], ["6c", "l"], ["6f", "o"]]
    assert (data["header"], data["hidden"], data["size"]) == (6, 0, 11)
    assert data["key"] == ["37", "fa", "21", "3d"]
    assert data["chunks"] == [0, 4]
    assert json.loads(json.dumps(data)) == data


def test_long_payloads_are_cut_and_counted():
    data = page_data(Frame(build_frame(bytes(10 * 2**20))))
    assert len(data["bytes"]) == 10 + 256
    assert data["hidden"] == 10 * 2**20 - 256
    assert len(json.dumps(data)) < 20_000


@pytest.mark.parametrize("raw", [b"", b"\x81", b"\x81\xff", b"\x81\x85\x37", b"\xff" * 14])
def test_frames_that_are_none(raw):
    inspector = FrameInspector(Frame(raw), chunks=[1])
    assert inspector.parts
    page_data(inspector.frame, inspector.chunks)
    assert "✗" in inspector._repr_html_() or raw == b"\xff" * 14


def test_forms():
    data, _ = FrameInspector(HELLO)._repr_mimebundle_()
    assert data["text/plain"] == f"FrameInspector({HELLO!r})"
    assert data["text/html"] == FrameInspector(HELLO)._repr_mimebundle_()[0]["text/html"]
    assert "RFC 6455 §5.3" in data["text/html"]
    assert "How the length is read" in data["text/html"]


def test_show_sends_the_new_frame(monkeypatch):
    inspector = FrameInspector(HELLO)
    sent = []
    monkeypatch.setattr(inspector, "send", sent.append)
    other = Frame(build_frame("other"), "server")
    inspector.show(other)
    assert sent == [{"type": "frame", "frame": page_data(other)}]
    assert inspector.frame is other


def test_what_is_no_frame_is_refused():
    with pytest.raises(TypeError, match="an inspector shows a Frame, got bytes"):
        FrameInspector(HELLO.raw)
    inspector = FrameInspector(HELLO)
    with pytest.raises(TypeError, match="an inspector shows a Frame, got str"):
        inspector.show("Hello")
    assert inspector.frame is HELLO
