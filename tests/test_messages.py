"""Phoenix's messages, as tables of bytes, and against a reader and a writer of our own."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hellosockets.messages import (
    CLOSE,
    ERROR,
    HEARTBEAT,
    JOIN,
    LEAVE,
    PHOENIX,
    REPLY,
    NotAMessage,
    PhoenixMessage,
    decode_message,
)

LONG = "x" * 255
OK = {"response": {}, "status": "ok"}


# The oracle: both binary forms with struct alone, from Phoenix's v2_json_serializer.ex.


def written(kind: int, strings: list[str], data: bytes) -> bytes:
    encoded = [each.encode() for each in strings]
    head = struct.pack(f"!B{len(encoded)}B", kind, *map(len, encoded))
    return head + struct.pack(f"{sum(map(len, encoded))}s", b"".join(encoded)) + data


def parsed(data: bytes, count: int) -> tuple[list[str], bytes]:
    """Split a binary message with so many strings; raises where it can't."""
    sizes = struct.unpack_from(f"!{count}B", data, 1)
    pieces = struct.unpack_from("".join(f"{size}s" for size in sizes), data, 1 + count)
    return [each.decode() for each in pieces], data[1 + count + sum(sizes) :]


TEXTS = {
    "heartbeat": (
        PhoenixMessage(None, "5", PHOENIX, HEARTBEAT),
        '[null,"5","phoenix","heartbeat",{}]',
    ),
    "heartbeat's reply": (
        PhoenixMessage(None, "5", PHOENIX, REPLY, {"response": {}, "status": "ok"}),
        '[null,"5","phoenix","phx_reply",{"response":{},"status":"ok"}]',
    ),
    "the chapter's join": (
        PhoenixMessage("1", "1", "topic:subtopic", JOIN),
        '["1","1","topic:subtopic","phx_join",{}]',
    ),
    "leave": (PhoenixMessage("1", "4", "a", LEAVE), '["1","4","a","phx_leave",{}]'),
    "close": (PhoenixMessage("1", "1", "a", CLOSE), '["1","1","a","phx_close",{}]'),
    "error": (
        PhoenixMessage("1", "1", "a", ERROR, {"reason": "channel_crash"}),
        '["1","1","a","phx_error",{"reason":"channel_crash"}]',
    ),
    "broadcast": (
        PhoenixMessage(None, None, "room:lobby", "shout", {"body": "héllo 😀"}),
        '[null,null,"room:lobby","shout",{"body":"héllo 😀"}]',
    ),
    "keys keep their order": (
        PhoenixMessage("1", "2", "a", "b", {"z": 1, "a": [1, 2.5, True, None, ""]}),
        '["1","2","a","b",{"z":1,"a":[1,2.5,true,null,""]}]',
    ),
    "what JSON must escape": (
        PhoenixMessage(None, "\x00", 'a"b\\c', "\n\u2028", {}),
        '[null,"\\u0000","a\\"b\\\\c","\\n\u2028",{}]',
    ),
    "strings of no length": (PhoenixMessage("", "", "", "", ""), '["","","","",""]'),
    "payload null": (PhoenixMessage(None, None, "a", "b", None), '[null,null,"a","b",null]'),
    "payload list": (PhoenixMessage(None, None, "a", "b", []), '[null,null,"a","b",[]]'),
    "a ref of 300 bytes": (
        PhoenixMessage("j" * 300, "r" * 300, "a", "b"),
        f'["{"j" * 300}","{"r" * 300}","a","b",{{}}]',
    ),
    "numbers": (
        PhoenixMessage(None, None, "a", "b", [0, -1, 10**40, 1e300, 5e-324, -0.5]),
        f'[null,null,"a","b",[0,-1,{10**40},1e+300,5e-324,-0.5]]',
    ),
}

BINARIES: dict[str, tuple[str, PhoenixMessage, str]] = {
    "client's push": (
        "client",
        PhoenixMessage("1", "2", "a:b", "up", b"\x00\xff"),
        "00 01 01 03 02  31 32 61 3a 62 75 70  00 ff",
    ),
    "client's push without data": (
        "client",
        PhoenixMessage("1", "2", "a", "b", b""),
        "00 01 01 01 01  31 32 61 62",
    ),
    "client's push of no strings": (
        "client",
        PhoenixMessage("", "", "", "", b"x"),
        "0000000000 78",
    ),
    "server's push": (
        "server",
        PhoenixMessage("1", None, "a:b", "up", b"\x00\xff"),
        "00 01 03 02  31 61 3a 62 75 70  00 ff",
    ),
    "reply": (
        "server",
        PhoenixMessage("1", "2", "a:b", REPLY, {"response": b"\x01", "status": "ok"}),
        "01 01 01 03 02  31 32 61 3a 62 6f 6b  01",
    ),
    "error reply": (
        "server",
        PhoenixMessage("1", "2", "a", REPLY, {"response": b"", "status": "error"}),
        "01 01 01 01 05  31 32 61 65 72 72 6f 72",
    ),
    "broadcast": (
        "server",
        PhoenixMessage(None, None, "a:b", "up", b"\x00\xff"),
        "02 03 02  61 3a 62 75 70  00 ff",
    ),
    "characters of several bytes": (
        "server",
        PhoenixMessage(None, None, "é", "😀", b""),
        "02 02 04  c3 a9 f0 9f 98 80",
    ),
}


@pytest.mark.parametrize(("message", "text"), TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("speaker", ["client", "server"])
def test_text_is_these_bytes_both_ways(message: PhoenixMessage, text: str, speaker: Any) -> None:
    assert message.encode(speaker) == text
    assert decode_message(text, speaker) == message


def test_the_chapters_example_has_40_bytes_up_and_98_down() -> None:
    up = PhoenixMessage("1", "1", "topic:subtopic", JOIN).encode("client")
    payload = {"response": {"reason": "unmatched topic"}, "status": "error"}
    down = PhoenixMessage(None, "1", "topic:subtopic", REPLY, payload).encode("server")
    assert (len(up), len(down)) == (40, 98)


@pytest.mark.parametrize(("speaker", "message", "hexed"), BINARIES.values(), ids=BINARIES)
def test_binary_is_these_bytes_both_ways(speaker: Any, message: PhoenixMessage, hexed: str) -> None:
    data = bytes.fromhex(hexed)
    assert message.encode(speaker) == data
    assert decode_message(data, speaker) == message


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_what_holds_bytes_is_binary(kind: Any) -> None:
    message = PhoenixMessage("1", "2", "a", "b", kind(b"xyz"))
    assert message.encode("client") == b"\x00\x01\x01\x01\x0112abxyz"
    reply = PhoenixMessage("1", "2", "a", REPLY, {"response": kind(b"x"), "status": "ok"})
    assert reply.encode("server") == b"\x01\x01\x01\x01\x0212aokx"


def test_a_missing_ref_is_an_empty_one_in_binary() -> None:
    message = PhoenixMessage(None, None, "a", "b", b"x")
    assert message.encode("client") == b"\x00\x00\x00\x01\x01abx"
    assert decode_message(b"\x00\x00\x00\x01\x01abx", "client") == PhoenixMessage(
        "", "", "a", "b", b"x"
    )


OBJECTS = {
    "push": (
        PhoenixMessage(None, "1", "a", "b", {"x": 1}),
        '{"event":"b","payload":{"x":1},"ref":"1","topic":"a"}',
    ),
    "broadcast": (
        PhoenixMessage(None, None, "é", "b"),
        '{"event":"b","payload":{},"ref":null,"topic":"é"}',
    ),
    "reply": (
        PhoenixMessage(None, "1", "a", REPLY, OK),
        '{"event":"phx_reply","payload":{"response":{},"status":"ok"},"ref":"1","topic":"a"}',
    ),
}


@pytest.mark.parametrize(("message", "text"), OBJECTS.values(), ids=OBJECTS)
@pytest.mark.parametrize("speaker", ["client", "server"])
def test_version_1_is_these_bytes_both_ways(
    message: PhoenixMessage, text: str, speaker: Any
) -> None:
    assert message.encode(speaker, 1) == text
    assert decode_message(text, speaker, 1) == message


def test_version_1_takes_any_order_more_keys_and_a_join_ref_and_sends_none() -> None:
    text = '{"topic":"a", "more": 1, "join_ref": "7", "ref": "1", "payload": [], "event": "b"}'
    message = decode_message(text, "client", 1)
    assert message == PhoenixMessage("7", "1", "a", "b", [])
    assert message.encode("client", 1) == '{"event":"b","payload":[],"ref":"1","topic":"a"}'


# What is no message.

REFUSED_TEXTS = {
    "": "it is no JSON (Expecting value: line 1 column 1 (char 0))",
    "hello": "it is no JSON (Expecting value: line 1 column 1 (char 0))",
    '["1"': "it is no JSON (Expecting ',' delimiter: line 1 column 5 (char 4))",
    '["1"] x': "it is no JSON (Extra data: line 1 column 7 (char 6))",
    "\ufeff[]": None,  # a byte order mark; the library words it
    '"[]"': "it is a string where an array of five belongs",
    "5": "it is a number where an array of five belongs",
    "5.5": "it is a number where an array of five belongs",
    "true": "it is true where an array of five belongs",
    "false": "it is false where an array of five belongs",
    "null": "it is null where an array of five belongs",
    "{}": "it is an object where an array of five belongs",
    "[]": "its array has 0 elements where five belong",
    '["1","1","a","b"]': "its array has 4 elements where five belong",
    '["1","1","a","b",{},0]': "its array has 6 elements where five belong",
    '[1,"1","a","b",{}]': "its join_ref is a number where a string or null belongs",
    '["1",false,"a","b",{}]': "its ref is false where a string or null belongs",
    '["1",[],"a","b",{}]': "its ref is an array where a string or null belongs",
    '["1","1",5,"b",{}]': "its topic is a number where a string belongs",
    '["1","1",null,"b",{}]': "its topic is null where a string belongs",
    '["1","1","a",{},{}]': "its event is an object where a string belongs",
    '["1","1","a","b",NaN]': "it is no JSON (JSON has no NaN)",
    '["1","1","a","b",-Infinity]': "it is no JSON (JSON has no -Infinity)",
    '["1","1","a","b",1e999]': "it is no JSON (a number is too large)",
    '["1","1","a","b",-1e999]': "it is no JSON (a number is too large)",
    '["1","1","a","b","\\ud800"]': "its JSON spells half a character, a lone surrogate",
    '["1","1","\\uDFFF","b",{}]': "its JSON spells half a character, a lone surrogate",
    '["1","1","a","b",{"\\udc00":1}]': "its JSON spells half a character, a lone surrogate",
    '["1","1","a","b","\n"]': None,
    "[" * 100_000: "its JSON is nested too deeply",
    '["1","1","a","b",' + '{"a":' * 100_000: "its JSON is nested too deeply",
    '["1","1","a","b",' + "9" * 5000 + "]": None,
}


@pytest.mark.parametrize(
    ("data", "reason"), REFUSED_TEXTS.items(), ids=[repr(each[:40]) for each in REFUSED_TEXTS]
)
@pytest.mark.parametrize("speaker", ["client", "server"])
def test_text_that_is_none(data: str, reason: str | None, speaker: Any) -> None:
    found = decode_message(data, speaker)
    assert isinstance(found, NotAMessage)
    assert found.data == data
    assert found.reason.startswith("it is no JSON (") if reason is None else found.reason == reason


def test_pairs_of_surrogates_are_characters() -> None:
    message = decode_message('["1","1","a","b","\\ud83d\\ude00"]', "client")
    assert message == PhoenixMessage("1", "1", "a", "b", "😀")


REFUSED_OBJECTS = {
    "[]": "it is an array where version 1 has an object",
    "null": "it is null where version 1 has an object",
    "x": "it is no JSON (Expecting value: line 1 column 1 (char 0))",
    "{}": "its object has no 'topic'",
    '{"topic":"a"}': "its object has no 'event'",
    '{"topic":"a","event":"b"}': "its object has no 'payload'",
    '{"topic":"a","event":"b","payload":1}': "its object has no 'ref'",
    '{"topic":1,"event":"b","payload":1,"ref":"1"}': "its topic is a number where a string belongs",
    '{"topic":"a","event":"b","payload":1,"ref":1}': (
        "its ref is a number where a string or null belongs"
    ),
    '{"topic":"a","event":"b","payload":1,"ref":"1","join_ref":1}': (
        "its join_ref is a number where a string or null belongs"
    ),
}


@pytest.mark.parametrize(("data", "reason"), REFUSED_OBJECTS.items(), ids=REFUSED_OBJECTS)
def test_version_1_that_is_none(data: str, reason: str) -> None:
    assert decode_message(data, "client", 1) == NotAMessage(data, reason)


def test_version_1_knows_no_binary() -> None:
    reason = "it is binary, and version 1 knows text only"
    assert decode_message(b"\x00\x00\x00\x00\x00", "client", 1) == NotAMessage(bytes(5), reason)


REFUSED_BINARIES = {
    "nothing": ("client", b"", "it is empty"),
    "a reply by the client": ("client", bytes([1, 0, 0, 0, 0]), "its first byte is 1, and no kind"),
    "a broadcast by the client": ("client", bytes([2, 0, 0]), "its first byte is 2, and no kind"),
    "kind 3": ("server", bytes([3]), "its first byte is 3, and no kind of the server's"),
    "kind 255": ("client", bytes([255]), "its first byte is 255, and no kind of the client's"),
    "no lengths": ("client", bytes([0]), "it ends within its 4 lengths"),
    "three lengths": ("client", bytes([0, 1, 1, 1]), "it ends within its 4 lengths"),
    "two lengths of the server's": ("server", bytes([0, 1, 1]), "it ends within its 3 lengths"),
    "one length of a broadcast": ("server", bytes([2, 1]), "it ends within its 2 lengths"),
    "a topic cut short": (
        "server",
        b"\x02\xff\x00abc",
        "it ends within its topic: 3 of 255 bytes",
    ),
    "UTF-8 cut in two": ("server", b"\x02\x01\x01\xc3\xa9", "its topic isn't valid UTF-8"),
    "JSON as binary": ("client", b'["1","1","a","b",{}]', "its first byte is 91, and no kind"),
}


@pytest.mark.parametrize(
    ("speaker", "data", "reason"), REFUSED_BINARIES.values(), ids=REFUSED_BINARIES
)
def test_binary_that_is_none(speaker: Any, data: bytes, reason: str) -> None:
    found = decode_message(data, speaker)
    assert isinstance(found, NotAMessage)
    assert found.data == data
    assert found.reason.startswith(reason)


LAYOUTS = {
    ("client", 0): ["join_ref", "ref", "topic", "event"],
    ("server", 0): ["join_ref", "topic", "event"],
    ("server", 1): ["join_ref", "ref", "topic", "status"],
    ("server", 2): ["topic", "event"],
}


@pytest.mark.parametrize(("speaker", "kind"), LAYOUTS)
def test_invalid_utf_8_in_each_string_is_named(speaker: Any, kind: int) -> None:
    names = LAYOUTS[speaker, kind]
    for name in names:
        strings = [b"\xc3(" if each == name else b"ok" for each in names]
        data = bytes([kind, *map(len, strings)]) + b"".join(strings) + b"\xff"
        assert decode_message(data, speaker) == NotAMessage(data, f"its {name} isn't valid UTF-8")


@pytest.mark.parametrize(("speaker", "kind"), LAYOUTS)
def test_cut_at_every_byte(speaker: Any, kind: int) -> None:
    names = LAYOUTS[speaker, kind]
    whole = written(kind, [f"{name}é" for name in names], b"")
    for end in range(len(whole)):
        found = decode_message(whole[:end], speaker)
        assert isinstance(found, NotAMessage), end
        if end == 0:
            assert found.reason == "it is empty"
        elif end <= len(names):
            assert found.reason == f"it ends within its {len(names)} lengths"
        else:
            left = end - 1 - len(names)
            for name in names:
                size = len(f"{name}é".encode())
                if left < size:
                    break
                left -= size
            assert found.reason == f"it ends within its {name}: {left} of {size} bytes"
    assert isinstance(decode_message(whole, speaker), PhoenixMessage)


# What can't be written.


@pytest.mark.parametrize(("speaker", "kind"), LAYOUTS)
def test_strings_of_255_bytes_fit_and_256_do_not(speaker: Any, kind: int) -> None:
    def message(strings: dict[str, str]) -> PhoenixMessage:
        payload: Any = b"data"
        if kind == 1:
            payload = {"response": b"data", "status": strings["status"]}
        event = REPLY if kind == 1 else strings["event"]
        return PhoenixMessage(
            strings.get("join_ref"), strings.get("ref"), strings["topic"], event, payload
        )

    names = LAYOUTS[speaker, kind]
    fitting = dict.fromkeys(names, "é" * 127 + "x")
    data = message(fitting).encode(speaker)
    assert data == written(kind, list(fitting.values()), b"data")
    assert decode_message(data, speaker) == message(fitting)
    for name in names:
        with pytest.raises(ValueError, match=f"^{name} must be at most 255 bytes .* got 256: "):
            message({**fitting, name: "é" * 128}).encode(speaker)


def test_a_ref_of_300_bytes_fits_text_and_no_binary() -> None:
    ref = "1" * 300
    assert json.loads(PhoenixMessage(ref, ref, "a", "b").encode("client"))[:2] == [ref, ref]
    with pytest.raises(ValueError, match=r"join_ref must be at most 255 bytes .*, got 300"):
        PhoenixMessage(ref, ref, "a", "b", b"").encode("client")


LOOP: list[Any] = []
LOOP.append(LOOP)
UNWRITABLE = {
    "a set": ({1}, TypeError, r"^a payload must be JSON \(dict, .*\) or bytes: Object of type set"),
    "bytes within": ({"a": b"x"}, TypeError, "^a payload must be JSON .*Object of type bytes"),
    "a key that is a tuple": ({(1, 2): 3}, TypeError, "^a payload must be JSON .*keys must be str"),
    "NaN": (float("nan"), ValueError, "^a payload must be JSON: Out of range float"),
    "infinity within": ([{"a": float("inf")}], ValueError, "^a payload must be JSON: Out of range"),
    "half a character": ({"a": "\ud800"}, ValueError, "^a text must be whole characters: .*lone"),
    "half a character as key": ({"\udc00": 1}, ValueError, "^a text must be whole characters"),
    "itself": (LOOP, ValueError, "^a payload must "),
    "a huge number": (10**5000, ValueError, "^a payload must be JSON: "),
}


@pytest.mark.parametrize(("payload", "error", "text"), UNWRITABLE.values(), ids=UNWRITABLE)
@pytest.mark.parametrize("vsn", [1, 2])
def test_a_payload_that_json_can_not_write(
    payload: Any, error: type[Exception], text: str, vsn: Any
) -> None:
    with pytest.raises(error, match=text):
        PhoenixMessage("1", "1", "a", "b", payload).encode("server", vsn)


def test_a_payload_that_is_nested_too_deeply() -> None:
    payload: Any = []
    for _ in range(100_000):
        payload = [payload]
    with pytest.raises(ValueError, match="must not contain itself, or be nested that deeply"):
        PhoenixMessage("1", "1", "a", "b", payload).encode("server")
    while payload:
        (payload,) = payload  # taken apart one by one, as Python 3.11 may not manage at once


@pytest.mark.parametrize("payload", [{}, b"x"])
@pytest.mark.parametrize("name", ["join_ref", "ref", "topic", "event"])
def test_half_a_character_in_a_string(name: str, payload: Any) -> None:
    strings = {"join_ref": "1", "ref": "1", "topic": "a", "event": "b", name: "\ud800"}
    with pytest.raises(ValueError, match=r"^a text must be whole characters: it holds half of one"):
        PhoenixMessage(**strings, payload=payload).encode("client")


@pytest.mark.parametrize("payload", [{}, b"x"])
@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("topic", None, "topic must be a string, got NoneType"),
        ("topic", 5, "topic must be a string, got int"),
        ("event", None, "event must be a string, got NoneType"),
        ("event", b"b", "event must be a string, got bytes"),
        ("ref", 1, "ref must be a string or None, got int"),
        ("join_ref", 1, "join_ref must be a string or None, got int"),
    ],
)
def test_a_slot_that_is_no_string(name: str, value: Any, text: str, payload: Any) -> None:
    slots = {"join_ref": "1", "ref": "1", "topic": "a", "event": "b", name: value}
    with pytest.raises(TypeError, match=f"^{text}$"):
        PhoenixMessage(**slots, payload=payload).encode("client")


@pytest.mark.parametrize("payload", [{"response": b"x"}, {"response": b"x", "status": 5}])
def test_a_binary_reply_needs_a_status(payload: Any) -> None:
    with pytest.raises(TypeError, match=r"^a reply's status must be a string, got "):
        PhoenixMessage("1", "1", "a", REPLY, payload).encode("server")


def test_version_1_has_no_binary() -> None:
    for message in (
        PhoenixMessage("1", "1", "a", "b", b"x"),
        PhoenixMessage("1", "1", "a", REPLY, {"response": b"x", "status": "ok"}),
    ):
        with pytest.raises(ValueError, match=r"^version 1 has no binary messages: connect"):
            message.encode("server", 1)


# Against the oracle, whatever the strings.

short = st.text(max_size=60)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda each: st.lists(each, max_size=4) | st.dictionaries(st.text(), each, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(st.none() | short, st.none() | short, short, short, values, st.sampled_from([1, 2]))
def test_text_goes_and_comes(
    join_ref: str | None, ref: str | None, topic: str, event: str, payload: Any, vsn: Any
) -> None:
    message = PhoenixMessage(join_ref, ref, topic, event, payload)
    for speaker in ("client", "server"):
        text = message.encode(speaker, vsn)
        assert isinstance(text, str)
        found = json.loads(text.encode())
        if vsn == 2:
            assert found == [join_ref, ref, topic, event, payload]
            assert decode_message(text, speaker) == message
        else:
            assert list(found) == ["event", "payload", "ref", "topic"]
            assert found == {"event": event, "payload": payload, "ref": ref, "topic": topic}
            assert decode_message(text, speaker, 1) == PhoenixMessage(
                None, ref, topic, event, payload
            )


@given(short, short, short, short, st.binary())
def test_binary_goes_and_comes_as_the_oracle_has_it(
    join_ref: str, ref: str, topic: str, word: str, data: bytes
) -> None:
    push = PhoenixMessage(join_ref, ref, topic, word, data)
    assert push.encode("client") == written(0, [join_ref, ref, topic, word], data)
    assert decode_message(push.encode("client"), "client") == push
    push = PhoenixMessage(join_ref, None, topic, word, data)
    assert push.encode("server") == written(0, [join_ref, topic, word], data)
    assert decode_message(push.encode("server"), "server") == push
    reply = PhoenixMessage(join_ref, ref, topic, REPLY, {"response": data, "status": word})
    assert reply.encode("server") == written(1, [join_ref, ref, topic, word], data)
    assert decode_message(reply.encode("server"), "server") == reply
    broadcast = PhoenixMessage(None, None, topic, word, data)
    assert broadcast.encode("server") == written(2, [topic, word], data)
    assert decode_message(broadcast.encode("server"), "server") == broadcast


sized = st.tuples(st.sampled_from([0, 1, 2, 3]), st.lists(st.integers(0, 4), max_size=4)).map(
    lambda each: bytes([each[0], *each[1]])
)
binaries = st.binary() | st.builds(lambda head, rest: head + rest, sized, st.binary(max_size=24))


@given(binaries, st.sampled_from(["client", "server"]))
def test_any_bytes_are_what_the_oracle_takes_them_for(data: bytes, speaker: Any) -> None:
    found = decode_message(data, speaker)
    names = LAYOUTS.get((speaker, data[0])) if data else None
    try:
        assert names is not None
        strings, rest = parsed(data, len(names))
    except (AssertionError, struct.error, UnicodeDecodeError):
        assert isinstance(found, NotAMessage)
        assert found.data == data
        assert isinstance(decode_message(data, speaker, 1), NotAMessage)
        return
    assert isinstance(found, PhoenixMessage)
    payload: Any = rest
    said = dict(zip(names, strings, strict=True))
    if data[0] == 1:
        payload = {"response": rest, "status": said["status"]}
    assert found == PhoenixMessage(
        said.get("join_ref"), said.get("ref"), said["topic"], said.get("event", REPLY), payload
    )


characters = st.text(st.characters() | st.characters(categories=["Cs"]))
syntax = st.text(st.sampled_from('[]{}",:\\ud8 0123456789.eE+-ntrufalsNI\n'))


@given(characters | syntax | values.map(json.dumps), st.sampled_from([1, 2]))
def test_no_text_raises_and_what_is_taken_can_be_sent(data: str, vsn: Any) -> None:
    found = decode_message(data, "client", vsn)
    if isinstance(found, PhoenixMessage):
        found.encode("server", vsn)
    else:
        assert found.data == data
        repr(found).encode()


@given(st.lists(values, min_size=5, max_size=5))
def test_arrays_of_five_are_messages_exactly_if_their_slots_are(slots: list[Any]) -> None:
    found = decode_message(json.dumps(slots), "client")
    are = all(isinstance(each, str | None) for each in slots[:2]) and all(
        isinstance(each, str) for each in slots[2:4]
    )
    assert isinstance(found, PhoenixMessage) is are


def test_half_a_character_in_the_text_itself_is_none() -> None:
    found = decode_message('["1","1","\ud800","b",{}]', "client")
    assert isinstance(found, NotAMessage)
    assert found.reason == "it holds half a character, a lone surrogate"


# How it shows.


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("hello", "NotAMessage(it is no JSON (Expecting value: line 1 column 1 (char 0)): hello)"),
        (b"", "NotAMessage(it is empty: )"),
        (b"\x00\xff", "NotAMessage(it ends within its 4 lengths: 00 ff)"),
    ],
)
def test_repr_says_what_and_why(data: str | bytes, expected: str) -> None:
    assert repr(decode_message(data, "client")) == expected


def test_repr_is_one_short_line() -> None:
    for data in ("\n" * 10_000, b"\n" * 10_000, "\ud800"):
        shown = repr(decode_message(data, "client"))
        assert "\n" not in shown
        assert len(shown) < 400
        shown.encode()
