"""As Chrome shows it: messages alone, in UTF-16, and what that hides."""

import json

import pytest
from test_beats import MASK, Talk

from hellosockets.chrome import as_chrome_shows, chrome_row, utf16_length
from hellosockets.export import to_har
from hellosockets.frames import build_frame


def noisy():
    talk = Talk()
    talk.up("héllo 😀")
    talk.recording.append("client", build_frame("frag", fin=False, masking_key=MASK))
    talk.recording.append("client", build_frame("mented", 0, masking_key=MASK))
    talk.down(b"\x00\xff", 2)
    talk.down("", 9)
    talk.up("", 10)
    talk.up(b"\x03\xe8", 8)
    return talk.conversation


def test_rows_are_messages():
    view = as_chrome_shows(noisy())
    assert [(row.glyph, row.data, row.length) for row in view.rows] == [
        ("⬆", "héllo 😀", 8),
        ("⬆", "fragmented", 10),
        ("⬇", "Binary Message", 2),
    ]


def test_hidden_things_are_counted():
    assert as_chrome_shows(noisy()).hidden == {
        "pings and pongs": 2,
        "close frames with their codes": 1,
        "fragments": 2,
        "masking keys": 5,
        "compressed sizes": 0,
        "lengths in bytes that differ": 1,
        "broken rules": 0,
    }
    assert repr(as_chrome_shows(noisy())) == "ChromeView(3 rows, 11 things hidden)"


@pytest.mark.parametrize("text", ["", "a", "é", "😀", "a😀b", "\u202e", "𝔘𝔫𝔦"])
def test_lengths_are_javascripts(text):
    assert utf16_length(text) == len(text.encode("utf-16-le")) // 2


def test_rows_are_those_of_a_har():
    conversation = noisy()
    messages = to_har(conversation, began="2026-11-25T04:35:00Z", redact=False)["log"]["entries"][
        0
    ]["_webSocketMessages"]
    assert len(messages) == len(as_chrome_shows(conversation).rows)
    texts = [each["data"] for each in json.loads(json.dumps(messages)) if each["opcode"] == 1]
    assert texts == [row.data for row in as_chrome_shows(conversation).rows][:2]


def test_forms():
    html = as_chrome_shows(noisy())._repr_html_()
    assert "It hides 2 pings and pongs, 1 close frames" in html
    assert html == as_chrome_shows(noisy())._repr_html_()
    assert "nothing here" in as_chrome_shows(Talk().conversation)._repr_html_()


def test_strangers_stay_text():
    talk = Talk()
    talk.up("<img src=x onerror=alert(1)>\0\u202e" + "x" * 2**20)
    view = as_chrome_shows(talk.conversation)
    assert "<img" not in view._repr_html_()
    assert len(view._repr_html_()) < 30_000
    assert chrome_row(talk.conversation.messages[0]).length > 2**20
