"""Filters and Frames: what somebody wants to see, from Python as from the page."""

import sys

import pandas as pd
import pytest

from hellosockets.events import End, Gap, Message
from hellosockets.filters import COLUMNS, Filter, Frames
from hellosockets.frames import Frame, build_frame
from hellosockets.handshake import Request, build_request

MASK = bytes.fromhex("37fa213d")
UP = Frame(build_frame("Hello, héllo", masking_key=MASK), "client", 0.5)
DOWN = Frame(build_frame(b"\xff\x00\x01"), "server", 0.75)
PING = Frame(build_frame("beat", 9), "server", 1.0)
CLOSE = Frame(build_frame(b"\x03\xe8bye", 8), "server", 1.5)
GET = Request(build_request("/echo", host="localhost", key="dGhlIHNhbXBsZSBub25jZQ=="))
ALL = [GET, UP, DOWN, PING, CLOSE, End("client"), Gap(7)]


@pytest.mark.parametrize(
    ("wanted", "matching"),
    [
        (Filter(), ALL),
        (Filter("h.llo"), [UP]),
        (Filter("HELLO"), [UP]),
        (Filter("ff 00"), [DOWN]),
        (Filter("bye"), [CLOSE]),
        (Filter("1000"), [CLOSE]),
        (Filter("sec-websocket-version: 13"), [GET]),
        (Filter("sends|bytes"), [Gap(7), End("client")]),
        (Filter(speaker="client"), [GET, UP, End("client")]),
        (Filter(speaker="server"), [DOWN, PING, CLOSE]),
        (Filter(opcode=9), [PING]),
        (Filter(control="fold"), [GET, UP, DOWN, End("client"), Gap(7)]),
        (Filter("e", speaker="server", control="fold"), []),
        (Filter("nothing like it"), []),
    ],
)
def test_matches(wanted, matching):
    assert [event for event in ALL if wanted.matches(event)] == [
        event for event in ALL if event in matching
    ]


def test_a_text_that_is_no_expression_is_looked_for_as_it_stands():
    wanted = Filter("Hello(")
    assert wanted.note.startswith("Looked for as it stands")
    assert wanted.matches(Frame(build_frame("say hello(1)")))
    assert not wanted.matches(UP)
    assert Filter("Hello").note == ""


def test_only_the_beginning_is_searched():
    long = Frame(build_frame("a" * 5000 + "needle"))
    assert not Filter("needle").matches(long)
    assert Filter("a+").matches(Frame(build_frame("a" * 10 * 2**20)))
    split = Frame(build_frame("é" * 3000))  # 4096 bytes end in the middle of none, 4095 would
    assert Filter("é").matches(split)
    odd = Frame(build_frame("x" + "é" * 3000))
    assert Filter("é").matches(odd)


def test_messages_are_searched_whole():
    first = Frame(build_frame("Hel", fin=False), "server")
    second = Frame(build_frame("lo", 0), "server")
    message = Message((first, second))
    assert Filter("hello").matches(message)
    assert not Filter("hello").matches(first)
    assert Filter(opcode=1).matches(message)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"speaker": "me"}, 'a speaker is "client" or "server", got \'me\''),
        ({"opcode": 16}, "an opcode is a number from 0 to 15, got 16"),
        ({"control": "hide"}, 'to "show" or to "fold", got \'hide\''),
    ],
)
def test_filters_that_cant_be(arguments, words):
    with pytest.raises(ValueError, match=words):
        Filter(**arguments)


def test_frames_are_a_list_that_can_be_narrowed():
    frames = Frames([UP, DOWN, PING, CLOSE])
    assert frames == [UP, DOWN, PING, CLOSE]
    assert frames.where("hello") == [UP]
    assert frames.where(speaker="server").where(control="fold") == [DOWN]
    assert isinstance(frames.where(opcode=8), Frames)


def test_without_pandas_a_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="%pip install pandas"):
        Frames([UP]).to_dataframe()


def test_dataframe():
    table = Frames([UP, DOWN]).to_dataframe()
    assert isinstance(table, pd.DataFrame)
    assert list(table.columns) == list(COLUMNS)
    assert table.loc[0, "masking_key"] == "37 fa 21 3d"
    assert table["wire_length"].sum() == len(UP.raw) + len(DOWN.raw)
    assert list(Frames([]).to_dataframe().columns) == list(COLUMNS)
