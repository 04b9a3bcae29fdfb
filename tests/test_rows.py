"""Rows and events: every event fits on one line, in words that don't depend on the run."""

from __future__ import annotations

import pytest

from hellosockets.events import End, Event, Gap, Message
from hellosockets.frames import Frame, build_frame
from hellosockets.handshake import Request, Response, build_request
from hellosockets.rows import COLUMNS, Row, make_row, static_table

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
NO_BITS = (None, None, None, None)  # FIN, RSV1, MASK, length
EVENTS: dict[str, tuple[Event, tuple[object, ...]]] = {
    "request": (
        Request(build_request("/echo", host="localhost", key=KEY)),
        ("client", "request", "HTTP request", None, None, None, 152, "GET /echo"),
    ),
    "response": (
        Response(b"HTTP/1.1 404 Not Found\r\n\r\n"),
        ("server", "response", "HTTP response", None, None, None, 26, "404 Not Found"),
    ),
    "frame": (
        Frame(build_frame("Hello", masking_key=bytes(4)), "client", 1.5),
        ("client", "frame", "text", True, False, True, 5, "Hello"),
    ),
    "end": (
        End("server"),
        (
            "server",
            "end",
            "end of stream",
            None,
            None,
            None,
            None,
            "the server sends no more bytes",
        ),
    ),
    "gap": (
        Gap(1234),
        (None, "gap", "gap", *NO_BITS, "1,234 bytes were dropped before anybody read them"),
    ),
}


@pytest.mark.parametrize("name", EVENTS)
def test_one_line_for_each_event(name: str) -> None:
    event, expected = EVENTS[name]
    row = make_row(event, number=3, connection=2)
    facts = (row.speaker, row.kind, row.what, row.fin, row.rsv1, row.masked)
    assert (*facts, row.length, row.preview) == expected
    assert (row.number, row.connection, row.time) == (3, 2, event.time)


def test_a_row_carries_the_verdicts() -> None:
    [verdict] = make_row(Frame(build_frame("Hello"), "client")).verdicts
    assert "RFC 6455 §5.1" in verdict


def test_the_table_has_a_column_for_the_connection_when_there_are_several() -> None:
    rows = [make_row(End("client"), connection=number) for number in (1, 2)]
    assert ">connection</th>" not in static_table(rows[:1])
    assert ">connection</th>" in static_table(rows)
    assert all(f">{column}</th>" in static_table(rows) for column in COLUMNS)


def test_the_table_leaves_out_what_changes_from_run_to_run() -> None:
    first = make_row(Frame(build_frame("Hi", masking_key=b"abcd"), "client", 1.25))
    second = make_row(Frame(build_frame("Hi", masking_key=b"efgh"), "client", 9.75))
    assert first != second
    assert static_table([first]) == static_table([second])
    short = Request(build_request("/", host="localhost:80", key=KEY))
    long = Request(build_request("/", host="localhost:40000", key=KEY))
    assert static_table([make_row(short)]) == static_table([make_row(long)])


def test_nothing_is_said_of_nothing() -> None:
    assert "Nothing has crossed the wire yet." in static_table([])
    assert "7 older events were dropped" in static_table([make_row(End("client"))], dropped=7)


def test_previews_never_become_html() -> None:
    row = Row(
        0, 1, None, "client", "frame", "text", True, False, True, 9, "</td><script>", ("<b>",)
    )
    html = static_table([row])
    assert "<script>" not in html
    assert "<b>" not in html


def test_events_and_messages_speak_english() -> None:
    assert repr(End("client")) == "End(of the client's bytes)"
    assert repr(Gap(1234)) == "Gap(1,234 bytes dropped unread)"
    message = Message((Frame(build_frame(b"\x00\xff"), "server", 2.0),))
    assert repr(message) == "Message(server, binary, 2 bytes in 1 frame: 00 ff)"
    assert (message.time, message.is_text, message.size, message.wire_size) == (2.0, False, 2, 4)
