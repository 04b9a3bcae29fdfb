"""Exports: JSON lines there and back, and what every export asks of its arguments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from export_talks import BEGAN, TURNS, all_talks, converse, gap, talk
from hypothesis import given
from hypothesis import strategies as st

from hellosockets.conversation import Conversation
from hellosockets.events import Gap
from hellosockets.export import from_jsonl, to_har, to_jsonl, to_pcapng
from hellosockets.export.moment import epoch, iso, later, parse_moment
from hellosockets.recording import Recording

HEADER = '{"format": "hellosockets", "version": 1}'
CONNECTION = (
    '{"connection": 1, "secure": false, "began": 0.5, "dropped_chunks": 0, "dropped_bytes": 0, '
    '"chunks": 2}'
)
CHUNKS = [
    '{"time": 0.25, "speaker": "client", "data": "iQA="}',
    '{"time": 0.5, "speaker": "client", "data": ""}',
]


def assert_same(one: Conversation, other: Conversation) -> None:
    assert other.recording.chunks == one.recording.chunks
    assert other.recording.began == one.recording.began
    assert other.recording.dropped_bytes == one.recording.dropped_bytes
    assert other.recording.dropped_chunks == one.recording.dropped_chunks
    assert (other.number, other.secure, other.state) == (one.number, one.secure, one.state)
    assert other.events == one.events
    assert [frame.time for frame in other.frames] == [frame.time for frame in one.frames]


# JSON lines


@pytest.mark.parametrize("name", TURNS)
def test_json_lines_come_back_whole(name: str) -> None:
    conversation = talk(name, number=7, secure=True)
    text = to_jsonl(conversation)
    [back] = from_jsonl(text)
    assert_same(conversation, back)
    assert to_jsonl(back) == text
    assert text.isascii()


def test_json_lines_hold_several_connections() -> None:
    talks = all_talks()
    back = from_jsonl(to_jsonl(iter(talks)))
    assert len(back) == len(talks)
    for one, other in zip(talks, back, strict=True):
        assert_same(one, other)
    assert from_jsonl(to_jsonl([])) == []


def test_json_lines_are_written_as_documented() -> None:
    recording = Recording(clock=iter([0.5, 0.75, 1.0]).__next__)
    recording.append("client", b"\x89\0")
    recording.append("client", b"")
    assert to_jsonl(Conversation(recording)).splitlines() == [HEADER, CONNECTION, *CHUNKS]


def test_json_lines_keep_a_gap() -> None:
    [back] = from_jsonl(to_jsonl(gap()))
    assert isinstance(back.events[0], Gap)
    assert back.events[0].size == gap().recording.dropped_bytes > 0


@given(
    st.lists(
        st.tuples(
            st.floats(0, 1e9),
            st.sampled_from(["client", "server"]),
            st.binary(max_size=40),
        ),
        max_size=20,
    ),
    st.floats(-1e9, 1e9),
    st.integers(1),
    st.booleans(),
)
def test_json_lines_lose_nothing(turns, began, number, secure) -> None:
    times = iter([0.0, *(time for time, _, _ in turns)])
    recording = Recording(clock=times.__next__)
    for _, speaker, data in turns:
        recording.append(speaker, data)
    recording.began = began
    conversation = Conversation(recording, number=number, secure=secure)
    [back] = from_jsonl(to_jsonl(conversation))
    assert_same(conversation, back)


def test_json_lines_of_more_than_a_recording_usually_holds() -> None:
    turns = [("client", b"\x89\0")] * 25_000
    conversation = converse(turns)
    assert conversation.recording.dropped_chunks == 5_000
    lines = [HEADER, CONNECTION.replace('"chunks": 2', '"chunks": 25000'), *CHUNKS[:1] * 25_000]
    [back] = from_jsonl("\n".join(lines))
    assert len(back.recording) == 25_000
    big = converse([("client", bytes(3 * 2**20))] * 2, max_bytes=8 * 2**20)
    [back] = from_jsonl(to_jsonl(big))
    assert (back.recording.size, back.recording.dropped_bytes) == (6 * 2**20, 0)


def test_json_lines_may_have_been_through_an_editor() -> None:
    text = "\ufeff" + "\r\n".join([HEADER, CONNECTION, *CHUNKS]) + "\r\n"
    assert len(from_jsonl(text)[0].recording) == 2


LINES = [HEADER, CONNECTION, *CHUNKS]


def with_line(number: int, line: str) -> list[str]:
    return [*LINES[: number - 1], line, *LINES[number:]]


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ([], "line 1: the file must begin with"),
        (LINES[1:], "line 1: the file must begin with"),
        (with_line(1, '{"format": "hellosockets", "version": 2}'), "line 1: the file must begin"),
        (with_line(2, ""), "line 2: the line is empty: delete it"),
        (
            with_line(2, "{"),
            'line 2: the line of a connection isn\'t JSON: each must be one whole object, got "{"',
        ),
        (with_line(2, "[" * 100_000), "line 2: the line of a connection isn't JSON"),
        (with_line(3, "7"), "line 3: the line of a chunk must be a JSON object, got 7"),
        (with_line(2, "{}"), "line 2: the line of a connection lacks began, chunks"),
        (
            with_line(2, CONNECTION.replace("false", '"no"')),
            'line 2: secure must be true or false, got "no"',
        ),
        (
            with_line(2, CONNECTION.replace('n": 1', 'n": true')),
            "line 2: connection must be a whole number, 1 or more, got true",
        ),
        (
            with_line(2, CONNECTION.replace('bytes": 0', 'bytes": -1')),
            "line 2: dropped_bytes must be a whole number, 0 or more, got -1",
        ),
        (
            with_line(2, CONNECTION.replace("0.5", "NaN")),
            "line 2: began must be a number of seconds, got NaN",
        ),
        (
            with_line(2, CONNECTION.replace("0.5", "9" * 4000)),
            "line 2: began must be a number of seconds, got a number too long to show",
        ),
        (
            with_line(3, CHUNKS[0].replace("client", "proxy")),
            'line 3: speaker must be "client" or "server", got "proxy"',
        ),
        (
            with_line(3, CHUNKS[0].replace('"client"', "[]")),
            'line 3: speaker must be "client" or "server", got a list',
        ),
        (
            with_line(3, CHUNKS[0].replace("iQA=", "iQ")),
            'line 3: data must be text in base64, got "iQ"',
        ),
        (
            with_line(3, CHUNKS[0].replace("iQA=", "é")),
            r'line 3: data must be text in base64, got "\u00e9"',
        ),
        (
            with_line(3, CHUNKS[0].replace('"iQA="', "null")),
            "line 3: data must be text in base64, got null",
        ),
        (
            with_line(3, CHUNKS[0].replace("0.25", '"now"')),
            'line 3: time must be a number of seconds, got "now"',
        ),
        (
            with_line(3, CHUNKS[0].replace("}", ', "color": 1}')),
            'line 3: the line of a chunk has "color", which version 1 doesn\'t know',
        ),
        (LINES[:3], "line 3: the file ends after 1 of 2 chunks of connection 1"),
        ([*LINES, CHUNKS[0]], "line 5: a chunk more than its connection announces"),
        ([*LINES[:3], CONNECTION], "line 4: a chunk fewer than its connection announces"),
    ],
)
def test_wrong_json_lines_are_named(lines: list[str], what: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        from_jsonl("\n".join(lines))
    assert str(caught.value).startswith(what)
    assert len(str(caught.value)) < 200


def test_json_lines_are_text() -> None:
    with pytest.raises(TypeError, match="give the file's text"):
        from_jsonl(b"{}")  # type: ignore[arg-type]


def refusal(text: str) -> str:
    try:
        from_jsonl(text)
    except ValueError as error:
        return str(error)
    return ""


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    for lines in (text, f"{HEADER}\n{text}", "\n".join([HEADER, CONNECTION, text])):
        what = refusal(lines)
        assert what == "" or what.startswith("line ")


# What all exports share


@pytest.mark.parametrize("export", [to_jsonl, to_har, to_pcapng])
def test_exports_take_one_or_several_conversations(export) -> None:
    began = {} if export is to_jsonl else {"began": BEGAN}
    conversation = talk("refused")
    assert export(conversation, **began) == export([conversation], **began)
    assert export(iter([conversation]), **began) == export((conversation,), **began)
    assert export(all_talks(), **began) == export(all_talks(), **began)
    export([], **began)
    for wrong in (7, [7], [conversation.recording], "text"):
        with pytest.raises(TypeError, match="give one Conversation, or several"):
            export(wrong, **began)


@pytest.mark.parametrize(
    ("began", "error", "what"),
    [
        ("yesterday", ValueError, "began must be like '2026-11-25T04:35:00Z'"),
        ("2026-11-25T04:35:00", ValueError, "began must name its time zone"),
        (datetime(2026, 11, 25), ValueError, "began must name its time zone"),
        (1795581300, TypeError, "began must be a datetime or text"),
        (None, TypeError, "began must be a datetime or text"),
    ],
)
@pytest.mark.parametrize("export", [to_har, to_pcapng])
def test_exports_want_a_moment(export, began, error: type[Exception], what: str) -> None:
    with pytest.raises(error, match=what):
        export([], began=began)


def test_moments() -> None:
    moment = datetime(2026, 11, 25, 4, 35, tzinfo=UTC)
    same = [
        moment,
        "2026-11-25T04:35:00Z",
        "2026-11-25T05:35:00+01:00",
        moment.astimezone(timezone(timedelta(hours=-8))),
    ]
    assert {parse_moment(each) for each in same} == {moment}
    assert epoch(moment) == 1795581300.0
    assert iso(later(moment, 0.25)) == "2026-11-25T04:35:00.250000Z"
    assert later(moment, 1e12) == datetime.max.replace(tzinfo=UTC)
    assert later(moment, -1e12) == datetime.min.replace(tzinfo=UTC)
    assert parse_moment("9999-12-31T23:59:59-01:00").year == 9999


@pytest.mark.parametrize("name", TURNS)
def test_exports_leave_conversations_as_they_are(name: str) -> None:
    conversation = talk(name)
    before = list(conversation.recording.chunks), conversation.events
    to_har(conversation, began=BEGAN)
    to_pcapng(conversation, began=BEGAN)
    to_jsonl(conversation)
    assert (conversation.recording.chunks, conversation.events) == before
