"""Conversations: whole connections written down as bytes, cut at every place."""

from __future__ import annotations

import itertools
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Opcode

from hellosockets import rules
from hellosockets.conversation import MOST_FRAGMENTS, Conversation
from hellosockets.events import End, Gap
from hellosockets.export import from_jsonl, to_jsonl
from hellosockets.frames import Frame, Speaker, build_frame
from hellosockets.handshake import Request, Response
from hellosockets.recording import Recording

KEY = bytes.fromhex("37fa213d")
REQUEST = (
    b"GET /echo HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    b"%s\r\n"
)
ANSWER = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n%s\r\n"
)
DEFLATE = b"Sec-WebSocket-Extensions: permessage-deflate\r\n"
OPENING: list[tuple[Speaker, bytes]] = [("client", REQUEST % b""), ("server", ANSWER % b"")]
DEFLATED_OPENING: list[tuple[Speaker, bytes]] = [
    ("client", REQUEST % DEFLATE),
    ("server", ANSWER % DEFLATE),
]

Turns = list[tuple[Speaker, bytes]]


def converse(turns: Turns, **kwargs) -> Conversation:
    recording = Recording(clock=itertools.count().__next__)
    conversation = Conversation(recording, **kwargs)
    for speaker, data in turns:
        recording.append(speaker, data)
    return conversation


def client(payload: str | bytes, opcode: int | None = None, **kwargs) -> tuple[Speaker, bytes]:
    return "client", build_frame(payload, opcode, masking_key=KEY, **kwargs)


def server(payload: str | bytes, opcode: int | None = None, **kwargs) -> tuple[Speaker, bytes]:
    return "server", build_frame(payload, opcode, **kwargs)


def close(code: int) -> bytes:
    return struct.pack("!H", code)


WHOLE: Turns = [
    *OPENING,
    client("Hel", fin=False),
    client("ping", Opcode.PING),
    server("ping", Opcode.PONG),
    client("lo", Opcode.CONT),
    server("Hello"),
    client(close(1000), Opcode.CLOSE),
    server(close(1000), Opcode.CLOSE),
    ("server", b""),
    ("client", b""),
]


def test_reads_a_whole_connection() -> None:
    conversation = converse(WHOLE)
    kinds = [type(event).__name__ for event in conversation.events]
    assert kinds == ["Request", "Response", *["Frame"] * 7, "End", "End"]
    assert conversation.request.target == "/echo"
    assert conversation.response.status == 101
    assert [message.text for message in conversation.messages] == ["Hello", "Hello"]
    assert [len(message.frames) for message in conversation.messages] == [2, 1]
    assert conversation.verdicts == []
    assert (conversation.state, conversation.close_code) == ("closed", 1000)
    assert repr(conversation) == "Conversation(closed, 7 frames)"
    assert repr(conversation.messages[0]) == "Message(client, text, 5 bytes in 2 frames: Hello)"


def test_events_come_once_and_with_their_numbers() -> None:
    conversation = converse(WHOLE[:2])
    assert [number for number, _ in conversation.events_since(0)] == [0, 1]
    conversation.recording.append(*WHOLE[2])
    [(number, frame)] = conversation.events_since(2)
    assert (number, frame.preview()) == (2, "Hel")
    assert conversation.events_since(3) == []


def test_messages_come_with_the_numbers_of_the_events_that_completed_them() -> None:
    conversation = converse(WHOLE)
    numbered = conversation.messages_since(0)
    assert [(number, message.text) for number, message in numbered] == [(5, "Hello"), (6, "Hello")]
    events = dict(conversation.events_since(0))
    assert all(message.frames[-1] is events[number] for number, message in numbered)
    assert conversation.messages_since(5) == numbered
    assert conversation.messages_since(6) == numbered[1:]
    assert conversation.messages_since(7) == []


def test_messages_keep_their_numbers_when_events_have_made_room() -> None:
    conversation = converse([*OPENING, *[server("a")] * 10], max_events=4)
    assert [number for number, _ in conversation.messages_since(0)] == [8, 9, 10, 11]
    assert [number for number, _ in conversation.messages_since(10)] == [10, 11]


def test_knows_how_long_connecting_took_if_somebody_says_so() -> None:
    assert converse([]).connect_time is None
    assert converse([], connect_time=0.25).connect_time == 0.25


@pytest.mark.parametrize(
    ("turns", "state", "code"),
    [
        ([], "connecting", None),
        (OPENING[:1], "connecting", None),
        (OPENING, "open", None),
        ([*OPENING, server(close(1001), Opcode.CLOSE)], "closing", 1001),
        ([*OPENING, server(b"", Opcode.CLOSE)], "closing", 1005),
        ([*OPENING, ("client", b""), ("server", b"")], "closed", 1006),
        ([("client", b""), ("server", b"")], "closed", 1006),
        (
            [OPENING[0], ("server", b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")],
            "refused",
            None,
        ),
        (
            [
                ("client", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
                ("server", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"),
            ],
            "answered",
            None,
        ),
    ],
)
def test_states(turns: Turns, state: str, code: int | None) -> None:
    conversation = converse(turns)
    assert (conversation.state, conversation.close_code) == (state, code)


def split(turns: Turns, size: int) -> Turns:
    pieces: Turns = []
    for speaker, data in turns:
        pieces += [(speaker, data[i : i + size]) for i in range(0, len(data), size)] or [
            (speaker, b"")
        ]
    return pieces


def glue(turns: Turns) -> Turns:
    """Join neighbouring chunks of one speaker."""
    joined: Turns = []
    for speaker, group in itertools.groupby(turns, key=lambda turn: (turn[0], not turn[1])):
        joined.append((speaker[0], b"".join(data for _, data in group)))
    return joined


@pytest.mark.parametrize("size", [1, 2, 7, 100])
def test_cuts_make_no_difference(size: int) -> None:
    whole, pieces = converse(WHOLE), converse(split(WHOLE, size))
    assert pieces.events == whole.events
    assert pieces.messages == whole.messages


def test_gluing_makes_no_difference_but_for_the_order_of_the_two_directions() -> None:
    turns = [*OPENING, server("a"), server("b"), client("c"), client("d")]
    glued = glue(turns)
    assert len(glued) == 3
    assert converse(glued).events == converse(turns).events


def test_knows_where_tcp_cut_each_stream() -> None:
    conversation = converse([*OPENING, ("server", b"\x81"), ("server", b"\x05Hello\x89\x00")])
    begin = len(ANSWER % b"")
    assert conversation.boundaries("server") == [begin, begin + 1, begin + 9]
    assert [frame.offset for frame in conversation.frames] == [begin, begin + 7]


# What only the place in the conversation can break.

HELLO = b"\xf2\x48\xcd\xc9\xc9\x07\x00"
BROKEN: dict[str, tuple[Turns, rules.Rule]] = {
    "early": ([OPENING[0], client("a")], rules.EARLY_DATA),
    "after close": (
        [*OPENING, server(close(1000), Opcode.CLOSE), server("a")],
        rules.AFTER_CLOSE,
    ),
    "orphan": ([*OPENING, server("a", Opcode.CONT)], rules.CONTINUATION_WITHOUT_START),
    "interrupted": ([*OPENING, server("a", fin=False), server("b")], rules.MESSAGE_INTERRUPTED),
    "RSV1 without agreement": (
        [*OPENING, server(HELLO, Opcode.TEXT, rsv1=True)],
        rules.RSV1_WITHOUT_AGREEMENT,
    ),
    "RSV1 on a control frame": (
        [*DEFLATED_OPENING, ("server", b"\xc9\x00")],
        rules.RSV1_ON_CONTROL,
    ),
    "RSV1 on a continuation": (
        [
            *DEFLATED_OPENING,
            server(HELLO[:3], Opcode.TEXT, rsv1=True, fin=False),
            server(HELLO[3:], Opcode.CONT, rsv1=True),
        ],
        rules.RSV1_ON_CONTINUATION,
    ),
    "not deflate": (
        [*DEFLATED_OPENING, server(b"\xff\xff\xff", Opcode.TEXT, rsv1=True)],
        rules.INVALID_DEFLATE_DATA,
    ),
    "not UTF-8": ([*OPENING, server(b"\xff", Opcode.TEXT)], rules.TEXT_IS_UTF8),
    "UTF-8 cut short": ([*OPENING, server(b"\xc3", Opcode.TEXT)], rules.TEXT_IS_UTF8),
    "UTF-8 wrong over fragments": (
        [*OPENING, server(b"\xc3", Opcode.TEXT, fin=False), server(b"\x28", Opcode.CONT)],
        rules.TEXT_IS_UTF8,
    ),
    "cut": ([*OPENING, ("server", b"\x81\x05Hel"), ("server", b"")], rules.WHOLE_FRAME),
}


@pytest.mark.parametrize("name", BROKEN)
def test_names_the_broken_rule(name: str) -> None:
    turns, rule = BROKEN[name]
    assert [verdict.rule for verdict in converse(turns).verdicts] == [rule]


PHOENIX = REQUEST.replace(b"/echo", b"/socket/websocket?vsn=%s")
SUBPROTOCOL = b"Sec-WebSocket-Protocol: %s\r\n"


@pytest.mark.parametrize(
    ("request_head", "answer_head", "found"),
    [
        (PHOENIX % (b"1.0.0", b""), b"", "version 1.0.0 of Phoenix's messages"),
        (PHOENIX % (b"2.0.0", b""), b"", ""),
        (PHOENIX.replace(b"/websocket", b"/other") % (b"1.0.0", b""), b"", ""),
        (REQUEST % b"", b"", ""),
        (REQUEST % (SUBPROTOCOL % b"xmpp"), SUBPROTOCOL % b"xmpp", "the subprotocol xmpp"),
        (REQUEST % (SUBPROTOCOL % b"xmpp, mqtt"), SUBPROTOCOL % b"mqtt", ""),
    ],
)
def test_some_connections_carry_text_alone(request_head, answer_head, found: str) -> None:
    opening: Turns = [("client", request_head), ("server", ANSWER % answer_head)]
    parts = [server(b"\x00", fin=False), server(b"", Opcode.CONT)]
    turns = [*opening, client("text"), server("text"), *parts, client(b"\x00")]
    conversation = converse(turns)
    verdicts = [[verdict.found for verdict in frame.verdicts] for frame in conversation.frames]
    says = [f"a binary message, and {found} carries text alone"] if found else []
    assert verdicts == [[], [], says, [], says]
    assert {verdict.rule for verdict in conversation.verdicts} <= {rules.TEXT_ONLY}
    assert len(conversation.messages) == 4


def test_a_pong_after_a_close_frame_is_fine() -> None:
    turns = [
        *OPENING,
        client(close(1000), Opcode.CLOSE),
        server("are you there", Opcode.PING),
        client("are you there", Opcode.PONG),
    ]
    assert converse(turns).verdicts == []


def test_a_message_keeps_the_verdicts_of_all_its_fragments() -> None:
    turns = [*OPENING, server(b"\xff", Opcode.TEXT, fin=False), server(b"a", Opcode.CONT)]
    conversation = converse(turns)
    [message] = conversation.messages
    assert list(message.frames) == conversation.frames
    assert [verdict.rule for verdict in message.verdicts] == [rules.TEXT_IS_UTF8]


@pytest.mark.parametrize(
    ("parameter", "broken"),
    [
        (b"", [rules.MESSAGE_INTERRUPTED, rules.DEFLATE_WINDOW_LOST]),
        (b"; server_no_context_takeover", [rules.MESSAGE_INTERRUPTED]),
    ],
)
def test_an_interrupted_deflated_message(parameter: bytes, broken: list[rules.Rule]) -> None:
    extension = DEFLATE.replace(b"\r\n", parameter + b"\r\n")
    turns = [
        ("client", REQUEST % extension),
        ("server", ANSWER % extension),
        server(HELLO[:3], Opcode.TEXT, rsv1=True, fin=False),
        server(HELLO, Opcode.TEXT, rsv1=True),
    ]
    conversation = converse(turns)
    assert [verdict.rule for verdict in conversation.verdicts] == broken
    if len(broken) == 1:
        assert conversation.messages[-1].text == "Hello"


def test_the_close_code_is_the_first_ones_even_at_equal_times() -> None:
    recording = Recording(clock=lambda: 0.0)
    conversation = Conversation(recording)
    for turn in [
        *OPENING,
        server(close(1001), Opcode.CLOSE),
        client(close(1000), Opcode.CLOSE),
    ]:
        recording.append(*turn)
    assert conversation.close_code == 1001


HTTP_BEFORE: dict[str, Turns] = {
    "HEAD": [
        ("client", b"HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        ("server", b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"),
    ],
    "chunked": [
        ("client", REQUEST % b""),
        (
            "server",
            b"HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n",
        ),
    ],
    "a long body": [
        ("client", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        ("server", b"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n" + bytes(2_000_000)),
    ],
    "two requests ahead": [
        ("client", b"HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n" * 2),
        ("server", b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" * 2),
    ],
}


@pytest.mark.parametrize("name", HTTP_BEFORE)
def test_http_may_come_before_the_upgrade(name: str) -> None:
    conversation = converse([*HTTP_BEFORE[name], *OPENING, client("a"), server("b")])
    assert (conversation.state, conversation.response.status) == ("open", 101)
    assert [message.text for message in conversation.messages] == ["a", "b"]
    sent = sum(len(data) for speaker, data in HTTP_BEFORE[name] if speaker == "server")
    assert conversation.frames[1].offset == sent + len(ANSWER % b"")
    assert [v for frame in conversation.frames for v in frame.verdicts] == []


def test_many_requests_in_one_chunk() -> None:
    request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    conversation = converse([("client", request * 1000)])
    assert [event.offset for event in conversation.events] == [
        number * len(request) for number in range(1000)
    ]


def test_utf8_may_be_cut_between_fragments() -> None:
    turns = [*OPENING, server(b"\xc3", Opcode.TEXT, fin=False), server(b"\xa9", Opcode.CONT)]
    conversation = converse(turns)
    assert conversation.verdicts == []
    assert conversation.messages[0].text == "é"


def test_a_lie_in_the_answer_is_a_verdict() -> None:
    lie = (ANSWER % b"").replace(b"s3pPLMBi", b"AAAAAAAA")
    assert converse([OPENING[0], ("server", lie)]).verdicts


# Compression (RFC 7692 §7.2.3.1 and §7.2.3.2: the second "Hello" refers to the first).


def test_inflates_messages_with_a_shared_window() -> None:
    turns = [
        *DEFLATED_OPENING,
        server(HELLO, Opcode.TEXT, rsv1=True),
        server(bytes.fromhex("f200110000"), Opcode.TEXT, rsv1=True),
        server("plain"),
    ]
    conversation = converse(turns)
    assert [message.text for message in conversation.messages] == ["Hello", "Hello", "plain"]
    assert [message.wire_size for message in conversation.messages] == [9, 7, 7]
    assert [message.deflated for message in conversation.messages] == [True, True, False]
    assert [frame.preview() for frame in conversation.frames] == ["Hello", "Hello", "plain"]


def test_inflates_fragments_as_they_come() -> None:
    turns = [
        *DEFLATED_OPENING,
        server(HELLO[:3], Opcode.TEXT, rsv1=True, fin=False),
        server(HELLO[3:], Opcode.CONT),
    ]
    [message] = converse(turns).messages
    assert (message.text, len(message.frames)) == ("Hello", 2)


def test_a_compression_bomb_is_reported_not_held() -> None:
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = deflater.compress(bytes(64 * 2**20)) + deflater.flush(zlib.Z_SYNC_FLUSH)
    conversation = converse(
        [*DEFLATED_OPENING, server(bomb.removesuffix(b"\x00\x00\xff\xff"), 2, rsv1=True)]
    )
    assert {verdict.rule.close_code for verdict in conversation.verdicts} == {1009}
    assert sum(len(frame.data) for frame in conversation.frames) < 2**20


# Bounds.


def test_holds_a_bounded_number_of_events_and_counts_the_rest() -> None:
    conversation = converse([*OPENING, *[server("a")] * 10], max_events=4)
    assert len(conversation.events) == 4
    assert conversation.dropped_events == 8
    assert [number for number, _ in conversation.events_since(0)] == [8, 9, 10, 11]
    assert len(conversation.messages) == 4
    assert "8 older events were dropped" in conversation._repr_html_()


def test_holds_a_bounded_number_of_bytes() -> None:
    conversation = converse([*OPENING, *[server(bytes(1000))] * 10], max_bytes=3000)
    assert 1 <= len(conversation.frames) <= 3


def test_size_counts_what_its_events_hold() -> None:
    conversation = converse(WHOLE)
    assert conversation.size == 0  # recorded, and not read yet
    conversation.read()
    assert conversation.size == conversation.recording.size == sum(len(data) for _, data in WHOLE)
    few = converse([*OPENING, *[server(bytes(1000))] * 10], max_bytes=3000)
    few.read()
    assert few.size == sum(len(frame.raw) for frame in few.frames) <= 3000
    packer = zlib.compressobj(wbits=-15)
    packed = (packer.compress(bytes(1000)) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]
    deflated = converse([*DEFLATED_OPENING, server(packed, Opcode.BINARY, rsv1=True)])
    deflated.read()
    assert deflated.size == deflated.recording.size + 1000  # inflated bytes lie beside the raw ones


def test_a_recording_of_100_000_frames_is_read_whole() -> None:
    recording = Recording()
    for turn in [*OPENING, ("server", build_frame("a") * 100_000)]:
        recording.append(*turn)
    [conversation] = from_jsonl(to_jsonl(Conversation(recording)))
    assert (len(conversation.frames), len(conversation.messages)) == (100_000, 100_000)
    assert conversation.dropped_events == 0


def test_a_recording_of_deflated_messages_is_read_whole() -> None:
    packer = zlib.compressobj(wbits=-15)
    messages = [
        (packer.compress(bytes(2**20)) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4] for _ in range(40)
    ]
    turns = [*DEFLATED_OPENING, *(server(each, Opcode.BINARY, rsv1=True) for each in messages)]
    [conversation] = from_jsonl(to_jsonl(converse(turns)))
    assert [message.size for message in conversation.messages] == [2**20] * 40
    assert conversation.dropped_events == 0


def test_reads_some_chunks_at_a_time() -> None:
    conversation = converse(WHOLE)
    steps = [conversation.read(3) for _ in range(4)]
    assert steps == [True, True, True, False]
    assert conversation.events == converse(WHOLE).events


def test_what_is_known_is_what_was_read_and_no_more() -> None:
    conversation = converse(WHOLE)
    assert conversation.known() == (None, None, "connecting", None)
    assert conversation.events_since(0, read=False) == []
    assert conversation.messages_since(0, read=False) == []
    conversation.read(3)
    known = conversation.known()
    assert (known.request.target, known.response.status) == ("/echo", 101)
    assert (known.state, known.ended) == ("open", None)
    assert len(conversation.events_since(0, read=False)) == 3
    conversation.read()
    known = conversation.known()
    assert (known.state, known.ended) == ("closed", conversation.events[-1].time)


def test_a_message_that_never_ends_is_let_pass() -> None:
    tiny = b"\x00\x00" * (MOST_FRAGMENTS + 10)
    conversation = converse([*OPENING, server("a", fin=False), ("server", tiny), server("", 0)])
    found = [verdict.rule for verdict in conversation.verdicts]
    assert found == [rules.MESSAGE_LIMIT]
    conversation.recording.append(*server("next"))
    assert conversation.messages[-1].text == "next"


def test_reads_before_the_recording_drops() -> None:
    recording = Recording(max_chunks=2)
    conversation = Conversation(recording)
    for turn in WHOLE:
        recording.append(*turn)
    assert recording.dropped_chunks == len(WHOLE) - 2
    assert conversation.events == converse(WHOLE).events


def test_reads_a_few_chunks_ahead_of_a_full_recording_and_leaves_the_rest() -> None:
    recording = Recording(max_chunks=1000)
    conversation = Conversation(recording)
    for turn in [*OPENING, *[server("a")] * 998]:
        recording.append(*turn)
    assert conversation.size == 0
    recording.append(*server("b"))
    held = conversation.size
    assert 0 < held < recording.size
    recording.append(*server("c"))
    assert conversation.size == held
    assert len(conversation.frames) == 1000


def test_a_late_reader_says_what_it_missed() -> None:
    recording = Recording(max_chunks=2)
    for turn in WHOLE:
        recording.append(*turn)
    conversation = Conversation(recording)
    assert isinstance(conversation.events[0], Gap)
    assert all(isinstance(event, Gap | End) for event in conversation.events)


def test_endless_header_is_let_pass() -> None:
    turns: Turns = [("client", b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200_000)]
    conversation = converse(turns)
    [request] = conversation.events
    assert isinstance(request, Request)
    assert request.verdicts
    assert len(request.raw) <= 2**16


# Whatever comes.


@given(
    turns=st.lists(
        st.tuples(
            st.sampled_from(["client", "server"]),
            st.binary(max_size=60)
            | st.sampled_from([data for _, data in [*WHOLE, *DEFLATED_OPENING]])
            | st.just(b"HTTP/1.1 404 Not Found\r\nContent-Length: 1\r\n\r\nx"),
        ),
        max_size=12,
    )
)
def test_never_raises_on_what_it_is_shown(turns: Turns) -> None:
    conversation = converse(turns)
    assert conversation._repr_html_()
    assert repr(conversation)
    assert all(repr(message) for message in conversation.messages)
    assert all(str(verdict) for verdict in conversation.verdicts)
    assert conversation.close_code is None or conversation.close_code >= 0
    for event in conversation.events:
        assert isinstance(event, Request | Response | Frame | End)


def test_as_curl_needs_a_request() -> None:
    with pytest.raises(ValueError, match="wait until a client has sent one"):
        converse([]).as_curl()
    assert converse(OPENING).as_curl().startswith("curl ")


def test_the_static_table_tells_the_story_and_no_secrets_of_the_run() -> None:
    html = converse(WHOLE)._repr_html_()
    for words in ("GET /echo", "101 Switching Protocols", "↑ client", "↓ server", "1000"):
        assert words in html
    assert KEY.hex(" ") not in html
    assert html == converse(split(WHOLE, 3))._repr_html_()
