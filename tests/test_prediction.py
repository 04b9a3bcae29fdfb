"""Prediction without a browser: its checks, its forms for readers without a kernel."""

from pathlib import Path

import pytest

from hellosockets.widgets import Option, Prediction
from hellosockets.widgets import prediction as room

OPTIONS = (
    Option("2", "Two bytes hold FIN, opcode, MASK and a length up to 125."),
    Option("4", "126 doesn't fit into 7 bits beside its own marker.", right=True),
    Option("10", "Ten bytes begin at 65,536."),
)


def prediction():
    return Prediction("How many bytes of header for a payload of `126` bytes?", *OPTIONS)


def test_repr_is_one_line():
    expected = 'Prediction("How many bytes of header for a payload of `126` bytes?", 3 options)'
    assert repr(prediction()) == expected


def test_forms():
    data, _ = prediction()._repr_mimebundle_()
    assert data["text/plain"] == repr(prediction())
    assert data["text/html"] == prediction()._repr_html_()
    assert "application/vnd.jupyter.widget-view+json" in data


def test_readers_without_a_kernel_are_asked_before_they_are_told():
    html = prediction()._repr_html_()
    asked, told = html.split("<details>")
    assert "<code>126</code>" in asked
    for option in OPTIONS:
        assert f"<li>{option.text}</li>" in asked
    assert "✓" not in asked
    assert "Two bytes" not in asked
    assert told.count("<strong>✗ no</strong>") == 2
    assert told.count("<strong>✓ right</strong>: 126 doesn&#x27;t fit") == 1


def test_strings_are_escaped():
    evil = "<script>alert(1)</script>"
    options = [Option(f"{evil}{i} `{evil}`", evil, right=True) for i in range(3)]
    html = Prediction(evil, *options)._repr_html_()
    assert "<script" not in html
    assert "<code>&lt;script&gt;" in html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("plain", "plain"),
        ("`81 05`", "<code>81 05</code>"),
        ("a `b` c `d`", "a <code>b</code> c <code>d</code>"),
        ("one ` alone", "one ` alone"),
        ("`b` and ` alone", "<code>b</code> and ` alone"),
    ],
)
def test_backticks_are_code(text, html):
    assert room._marked_up(text) == html


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_three_or_four_options(count):
    options = [Option(str(i), "because", right=True) for i in range(count)]
    with pytest.raises(ValueError, match=f"3 or 4 options, got {count}"):
        Prediction("?", *options)


@pytest.mark.parametrize("why", ["", "  "])
def test_each_option_needs_a_why(why):
    with pytest.raises(ValueError, match="needs a why, '3' has none"):
        Prediction("?", *OPTIONS[:2], Option("3", why))


def test_each_option_needs_a_text():
    with pytest.raises(ValueError, match="needs a text"):
        Prediction("?", *OPTIONS[:2], Option(" ", "because"))


def test_one_option_is_right():
    options = [Option(str(i), "because") for i in range(3)]
    with pytest.raises(ValueError, match="at least is right"):
        Prediction("?", *options)


def test_four_options_and_several_right_ones():
    options = [Option(str(i), "because", right=i % 2 == 0) for i in range(4)]
    assert Prediction("?", *options)._repr_html_().count("✓ right") == 2


def test_nothing_is_sent_to_the_kernel():
    script = (Path(room.__file__).parent / "prediction.js").read_text(encoding="utf-8")
    assert not any(word in script for word in ("save_changes", "model.set", "model.send", ".send("))


def test_every_word_of_the_page_is_in_the_table():
    script = str(Prediction._esm)
    assert all(f"words.{name}" in script for name in room.STRINGS)
