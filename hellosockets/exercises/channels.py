"""Channels: match a reply to its request, write a channel, build a binary push by hand."""

from __future__ import annotations

import contextlib
import io
import json
import random
from collections.abc import Callable, Sequence
from typing import Any

from ..channels import Channel, Channels, Crash, PubSub, Router
from ..messages import JOIN, REPLY, PhoenixMessage, decode_message
from .engine import Exercise
from .grading import Mistake, NotAttemptedError, Vectors, class_name, expecting, kind, show

__all__ = ["EXERCISES"]

ROOM = "room:42"

# How much of a message a sentence shows.
MESSAGE_SHOWN = 110


def _text(*slots: Any) -> str:
    return json.dumps(slots, separators=(",", ":"), ensure_ascii=False)


# 5A


def _answer(join_ref: str | None, ref: str, response: Any, status: str = "ok") -> str:
    return _text(join_ref, ref, ROOM, REPLY, {"response": response, "status": status})


def _schedule() -> list[tuple[str, str, str]]:
    """Return what a server may say in any order, each with a request and a join to match."""
    chance = random.Random(42)
    join_refs = [None, "1", "7"]
    refs = ["2", "3", "12", "21"]
    said = [_answer(join, ref, {"n": int(ref)}) for join in join_refs for ref in refs]
    said += [_text(join, None, ROOM, "shout", {"body": "hi"}) for join in (None, "1", "7")]
    found = [(text, ref, join_ref) for text in said for ref in refs for join_ref in ("1", "7")]
    chance.shuffle(found)
    return found


# A message, the request that waits for its reply, and the join that the client lives by.
SCHEDULE = [
    (_answer("1", "2", {}), "2", "1"),
    (_answer("1", "3", {"tea": 1}), "2", "1"),  # the later question's answer comes first
    (_answer("1", "3", {"tea": 1}), "3", "1"),
    (_answer("1", "2", {"reason": "closed"}, "error"), "2", "1"),
    (_answer("1", "12", {}), "2", "1"),
    (_text(None, None, ROOM, "shout", {"body": "2"}), "2", "1"),
    (_text("1", None, ROOM, "news", {"response": {}, "status": "ok"}), "2", "1"),
    (_text("1", "1", ROOM, "phx_close", {}), "1", "1"),
    (_text("1", "1", ROOM, "phx_error", {"reason": "channel_crash"}), "1", "1"),
    (_answer("1", "8", {}), "8", "7"),  # of the join before
    (_answer("7", "8", []), "8", "7"),
    (_answer(None, "1", {"reason": "unmatched topic"}, "error"), "1", "1"),
    (_answer(None, "9", {}), "9", "7"),
    *_schedule(),
]


def _reply_to(text: str, ref: str, join_ref: str) -> tuple[Any, Any] | None:
    its_join_ref, its_ref, _, event, payload = json.loads(text)
    if event != REPLY or its_ref != ref or its_join_ref not in (None, join_ref):
        return None
    return payload["status"], payload["response"]


def _judge_reply(arguments: Sequence[Any], value: Any) -> str | None:
    text, ref, join_ref = arguments
    expected = _reply_to(*arguments)
    if value is None:
        if expected is None:
            return None
        why = "Its join_ref is null: no channel answers there, and that is an answer too."
        return f"gave None; expected {_shown(expected)}." + (
            f" {why}" if text.startswith("[null") else ""
        )
    if expected is None:
        return f"gave {_shown(value)}, expected None: {_why_not(text, ref, join_ref)}"
    if type(value) is list and value == list(expected):
        return "gave a list; `return status, response` without brackets makes a tuple."
    if type(value) is not tuple:
        return f"gave {_with_kind(value)}; expected {_shown(expected)}, a tuple."
    if len(value) != 2:
        return f"gave a tuple of {len(value)}; expected 2 items: status, response."
    return None if value == expected else f"gave {_shown(value)}, expected {_shown(expected)}."


def _why_not(text: str, ref: str, join_ref: str) -> str:
    its_join_ref, its_ref, _, event, _ = json.loads(text)
    if event != REPLY:
        return f"its event is {event!r}, and only 'phx_reply' is a reply."
    if its_ref != ref:
        return f"it answers the request {its_ref!r}, not {ref!r}."
    return f"it belongs to the join {its_join_ref!r}, and yours is {join_ref!r}."


def _with_kind(value: object) -> str:
    shown, what = _shown(value), kind(value)
    return shown if shown == what else f"{shown}, {what}"


def _shown(value: object, depth: int = 2) -> str:
    """Return a value in a few characters, with a small dict's keys and values."""
    if depth and type(value) is tuple:
        return f"({', '.join(_shown(item, depth - 1) for item in value[:3])})"
    if type(value) is dict and len(value) < 3 and all(type(key) is str for key in value):
        return f"{{{', '.join(f'{show(key)}: {show(value[key])}' for key in value)}}}"
    return show(value)


def _any_event(text: str, ref: str, join_ref: str) -> object:
    its_join_ref, its_ref, _, _, payload = json.loads(text)
    if its_ref != ref or its_join_ref not in (None, join_ref):
        return None
    return payload["status"], payload["response"]


def _null_is_another(text: str, ref: str, join_ref: str) -> object:
    return _reply_to(text, ref, join_ref) if json.loads(text)[0] == join_ref else None


def _payload_alone(text: str, ref: str, join_ref: str) -> object:
    return json.loads(text)[4] if _reply_to(text, ref, join_ref) else None


def _response_alone(text: str, ref: str, join_ref: str) -> object:
    found = _reply_to(text, ref, join_ref)
    return found[1] if found else None


def _backwards(text: str, ref: str, join_ref: str) -> object:
    found = _reply_to(text, ref, join_ref)
    return found[::-1] if found else None


def _slots_of_text(text: Any, ref: str, join_ref: str) -> object:
    a, b, c, d, e = text
    return a, b, c, d, e


def _key_of_text(text: Any, ref: str, join_ref: str) -> object:
    return text["status"]


ONE_STRING = "`text` is one str: `json.loads(text)` makes the five slots of it."

REPLY_TO = Vectors(
    "reply_to",
    SCHEDULE,
    _judge_reply,
    [
        Mistake(
            "That takes whatever repeats the ref for a reply: look at the event first.", _any_event
        ),
        Mistake(
            "So compare join_ref with both: `in (None, join_ref)`.",
            _null_is_another,
        ),
        Mistake(
            "That is the whole payload: return two of its values, status and response.",
            _payload_alone,
        ),
        Mistake("The status is missing: return status and response.", _response_alone),
        Mistake("The status comes first, then the response.", _backwards),
        Mistake(ONE_STRING, _slots_of_text),
        Mistake(ONE_STRING, _key_of_text),
    ],
)


# 5B


class _Unwritten(Channel):
    """What the stub does: let everybody in, answer nothing."""

    def handle_in(self, event: str, payload: Any) -> Any:
        return None


# Who says what: client, ref, event, payload. Each one's join_ref is "1".
STEPS: list[tuple[str, str, str, dict[str, str]]] = [
    ("eve", "1", JOIN, {}),
    ("ada", "1", JOIN, {"name": "ada"}),
    ("bob", "1", JOIN, {"name": "bob"}),
    ("ada", "2", "shout", {"body": "hi bob"}),
    ("bob", "2", "typing", {}),
    ("bob", "3", "shout", {"body": "hi ada"}),
]

OK = {"response": {}, "status": "ok"}
REFUSE = ' Refuse by `return hs.Reply({"reason": "no name"}, "error")`.'
NO_NAME = {"response": {"reason": "no name"}, "status": "error"}

Sent = dict[str, list[PhoenixMessage]]


def _shout(name: str, body: str) -> PhoenixMessage:
    return PhoenixMessage(None, None, ROOM, "shout", {"name": name, "body": body})


def _reply(ref: str, payload: dict[str, Any]) -> PhoenixMessage:
    return PhoenixMessage("1", ref, ROOM, REPLY, payload)


# What each of them gets after each step; whoever isn't named gets nothing.
EXPECTED: list[Sent] = [
    {"eve": [_reply("1", NO_NAME)]},
    {"ada": [_reply("1", OK)]},
    {"bob": [_reply("1", OK)]},
    {"ada": [_shout("ada", "hi bob"), _reply("2", OK)], "bob": [_shout("ada", "hi bob")]},
    {"ada": [PhoenixMessage(None, None, ROOM, "typing", {"name": "bob"})]},
    {"ada": [_shout("bob", "hi ada")], "bob": [_shout("bob", "hi ada"), _reply("3", OK)]},
]


class _Rehearsal:
    """Three clients of one channel class, and no wire between."""

    def __init__(self, channel: type[Channel]) -> None:
        router, pubsub = Router({"room:*": channel}), PubSub()
        self.crash: Crash | None = None
        self._wires: dict[str, list[str | bytes]] = {"ada": [], "bob": [], "eve": []}
        self._clients = {
            name: Channels(router, pubsub, wire.append, report=self._crashed)
            for name, wire in self._wires.items()
        }

    def say(self, name: str, ref: str, event: str, payload: dict[str, str]) -> Sent:
        """Let a client say something, and return what everybody gets."""
        with contextlib.redirect_stdout(io.StringIO()):
            self._clients[name].receive(PhoenixMessage("1", ref, ROOM, event, dict(payload)))
        got: Sent = {}
        for each, wire in self._wires.items():
            messages = [decode_message(data, "server") for data in wire]
            wire.clear()
            got[each] = [found for found in messages if isinstance(found, PhoenixMessage)]
        return got

    def _crashed(self, crash: Crash) -> None:
        self.crash = self.crash or crash


def _grade_room(answer: object) -> str | None:
    if not isinstance(answer, type):
        return f"`NamedRoom` is {kind(answer)}, not a class: run the cell that defines it."
    if not issubclass(answer, Channel):
        return (
            f"`NamedRoom` is a class named {class_name(answer)} and no channel: "
            "write `class NamedRoom(hs.Channel):`."
        )
    acts = _rehearse(answer)
    if acts == _rehearse(_Unwritten):
        raise NotAttemptedError
    for (speaker, _, event, payload), (got, crash), wanted in zip(
        STEPS, acts, EXPECTED, strict=True
    ):
        said = f"{speaker} says {show(event)} with {_shown(payload)}"
        if crash is not None:
            return f"{said}, and `NamedRoom` raises {crash.error}.{_crash_cure(speaker, crash)}"
        for client, messages in got.items():
            trouble = _difference(client, messages, wanted.get(client, []))
            if trouble is not None:
                return f"{said}. {trouble}{_cure(speaker, event, client, messages)}"
    return None


def _rehearse(channel: type[Channel]) -> list[tuple[Sent, Crash | None]]:
    rehearsal = _Rehearsal(channel)
    return [(rehearsal.say(*step), rehearsal.crash) for step in STEPS]


def _difference(
    client: str, messages: list[PhoenixMessage], wanted: list[PhoenixMessage]
) -> str | None:
    # In any order: a reply may come before the shout that it answers.
    extra = [each for each in messages if each not in wanted]
    missing = [each for each in wanted if each not in messages]
    if missing and extra:
        return f"{client} gets {_wire(extra[0])}, expected {_wire(missing[0])}."
    if missing:
        return f"{client} doesn't get {_wire(missing[0])}."
    if extra:
        return f"{client} gets {_wire(extra[0])}, expected nothing of the kind."
    if len(messages) > len(wanted):
        return f"{client} gets {_wire(messages[0])} more often than once."
    return None


def _wire(message: PhoenixMessage) -> str:
    text = message.encode("server")
    if isinstance(text, bytes):
        return "a binary message"
    return f"`{text[:MESSAGE_SHOWN]}…`" if len(text) > MESSAGE_SHOWN else f"`{text}`"


def _crash_cure(speaker: str, crash: Crash) -> str:
    if speaker != "eve" or crash.event != JOIN:
        return ""
    match crash.error.partition(":")[0]:
        case "KeyError" | "AttributeError":
            return ' `payload.get("name")` is None where there is no name.'
        case "RuntimeError" | "ValueError":  # self.reply, and socket_ref, before the client is in
            return f" `join` itself sends nothing yet: what it returns is the answer.{REFUSE}"
    return ""


def _cure(speaker: str, event: str, client: str, messages: list[PhoenixMessage]) -> str:
    """Return a sentence that helps, with a blank before it; empty where none is known."""
    replies = [each for each in messages if each.event == REPLY]
    told = [each for each in messages if each.event == event]
    match event:
        case "phx_join" if speaker == "eve":
            return REFUSE
        case "shout" if not told and client == speaker:
            return " `broadcast` tells all, the shouting one too."
        case "shout" if any(each.join_ref is not None for each in told):
            return " `push` tells this client alone; `broadcast` tells all."
        case "shout" if any(_name(each.payload) not in (None, speaker) for each in told):
            return " Each member has a channel object of its own: keep its name in `self.name`."
        case "shout" if client == speaker and not replies:
            return " Return `{}`: that is an ok."
        case "typing" if client != speaker:
            return " `broadcast_from` tells the others."
        case "typing":
            return " Tell the others alone, by `broadcast_from`, and return nothing."
    return ""


def _name(payload: object) -> object:
    return payload.get("name") if isinstance(payload, dict) else None


# 5C


def _encode(join_ref: str, ref: str, topic: str, event: str, data: bytes) -> bytes:
    encoded = PhoenixMessage(join_ref, ref, topic, event, data).encode("client")
    assert isinstance(encoded, bytes)  # for mypy
    return encoded


PUSHES = [
    ("1", "5", "quiet:42", "draw", b"\xff\xd8"),
    ("1", "12", "room:42", "draw", b""),
    ("10", "11", "room:café", "zeichne", bytes(range(256))),  # é takes two bytes
    ("1", "2", "room:" + 190 * "x", "draw", b"0"),
]


def _joined(*strings: str) -> bytes:
    return "".join(strings).encode()


def _lengths(*strings: str) -> bytes:
    return bytes(len(each.encode()) for each in strings)


def _length_before_each(*arguments: Any) -> object:
    *strings, data = arguments
    return b"\0" + b"".join(_lengths(each) + each.encode() for each in strings) + data


def _two_byte_lengths(*arguments: Any) -> object:
    *strings, data = arguments
    lengths = b"".join(len(each.encode()).to_bytes(2, "big") for each in strings)
    return b"\0" + lengths + _joined(*strings) + data


def _digits(*arguments: Any) -> object:
    *strings, data = arguments
    return _joined("0", *(str(len(each)) for each in strings), *strings) + data


def _text_and_bytes(join_ref: str, ref: str, topic: str, event: str, data: Any) -> object:
    return join_ref + ref + topic + event + data


def _bytes_and_text(join_ref: Any, ref: str, topic: str, event: str, data: bytes) -> object:
    return bytes([0]) + join_ref


def _as_bytes(value: object) -> str | None:
    if isinstance(value, str):
        return "Bytes begin as bytes: `bytes([0, ...])`, then `.encode()` for each string."
    if isinstance(value, list | tuple | bytearray):
        return "`bytes(...)` around it makes bytes of its numbers."
    return None


ENCODE_STRINGS = "Text and bytes can't be joined: `.encode()` makes bytes of a str."

UTF_8 = "Phoenix's strings are UTF-8: `.encode()` without a name."


def _encoded_as(encoding: str) -> Callable[..., object]:
    def encode(*arguments: Any) -> object:
        *strings, data = arguments
        encoded = [each.encode(encoding) for each in strings]
        return bytes([0, *map(len, encoded)]) + b"".join(encoded) + data

    return encode


ENCODE_PUSH = Vectors(
    "encode_push",
    PUSHES,
    expecting(_encode, bytes, cure=_as_bytes),
    [
        Mistake(
            "Those lengths count characters; count the bytes, after `.encode()`: é takes two.",
            lambda *a: bytes([0, *map(len, a[:4])]) + _joined(*a[:4]) + a[4],
        ),
        Mistake(UTF_8, _encoded_as("latin-1")),
        Mistake(UTF_8, _encoded_as("ascii")),
        Mistake(
            "The first byte is missing: 0, which says that this is a push.",
            lambda *a: _lengths(*a[:4]) + _joined(*a[:4]) + a[4],
        ),
        Mistake(
            "The data has no length: it goes on to the end of the message.",
            lambda *a: bytes([0, *_lengths(*a[:4]), len(a[4]) % 256]) + _joined(*a[:4]) + a[4],
        ),
        Mistake(
            "All four lengths come first, and then the four strings.",
            _length_before_each,
        ),
        Mistake("A length is one byte here, not two.", _two_byte_lengths),
        Mistake(
            "Those are digits, as text; a length is one byte: `bytes([0, len(...), ...])`.",
            _digits,
        ),
        Mistake(
            "That begins with 1, which is a reply's; a push begins with 0.",
            lambda *a: b"\1" + _encode(*a)[1:],
        ),
        Mistake(
            "That begins with 2, which is a broadcast's; a push begins with 0.",
            lambda *a: b"\2" + _encode(*a)[1:],
        ),
        Mistake(
            "The ref is missing: a server's push has none, a client's has four strings.",
            lambda *a: b"\0" + _lengths(a[0], a[2], a[3]) + _joined(a[0], a[2], a[3]) + a[4],
        ),
        Mistake(
            "The data is missing: it follows the strings.",
            lambda *a: b"\0" + _lengths(*a[:4]) + _joined(*a[:4]),
        ),
        Mistake(
            "The lengths are missing: without them nobody can tell where a string ends.",
            lambda *a: b"\0" + _joined(*a[:4]) + a[4],
        ),
        Mistake(
            "`bytes(5)` is five bytes of zeros; `bytes([5])` is one byte, the number 5.",
            lambda *a: b"\0" + b"".join(bytes(len(s)) for s in a[:4]) + _joined(*a[:4]) + a[4],
        ),
        Mistake(
            "`bytes(text)` can't know the encoding: `text.encode()` makes the bytes of a str.",
            lambda *a: bytes(a[2]),
        ),
        Mistake(
            "`bytes([...])` takes numbers alone: `text.encode()` makes the bytes of a str.",
            lambda *a: bytes([0, a[0]]),
        ),
        Mistake(ENCODE_STRINGS, _text_and_bytes),
        Mistake(ENCODE_STRINGS, _bytes_and_text),
        Mistake(ENCODE_STRINGS, lambda *a: b"".join(a[:4])),
        Mistake(
            "The strings keep the order of the slots: join_ref, ref, topic, event.",
            lambda *a: _encode(a[2], a[3], a[0], a[1], a[4]),
        ),
    ],
)


EXERCISES = [
    Exercise(
        name="5A",
        title="which question is this the answer to",
        task="Write `reply_to(text, ref, join_ref)`: status and response, if text answers ref.",
        answer="reply_to",
        stub='''\
def reply_to(text, ref, join_ref):
    """Return (status, response) if text is the reply to ref, otherwise None.

    text is a message as recv() gives it; join_ref is the one of your own join.
    """
    ...
''',
        hints=(
            "Of the five slots of a message, which three tell whether it is the reply you want?",
            "`json.loads(text)` gives the five. The event has to be 'phx_reply' and the ref yours; "
            "the join_ref has to be yours or None.",
            '`if event != "phx_reply" or its_ref != ref or its_join_ref not in (None, join_ref): '
            "return None`",
        ),
        solution="""\
import json


def reply_to(text, ref, join_ref):
    its_join_ref, its_ref, topic, event, payload = json.loads(text)
    if event != "phx_reply" or its_ref != ref:
        return None
    if its_join_ref not in (None, join_ref):
        return None
    return payload["status"], payload["response"]
""",
        reached=f"`reply_to` tells answers from the rest in {len(SCHEDULE)} cases, in any order.",
        grade=REPLY_TO.grade,
    ),
    Exercise(
        name="5B",
        title="a room where everybody has a name",
        task="Write `NamedRoom`: who has no name stays out, and each shout carries its name.",
        answer="NamedRoom",
        stub="""\
class NamedRoom(hs.Channel):
    def join(self, payload):
        # Refuse whoever brings no "name"; keep the name of the others.
        ...

    def handle_in(self, event, payload):
        # "shout": name and body to all. "typing": the name to the others.
        ...
""",
        hints=(
            "Where can a channel keep the name from `join`, so that `handle_in` finds it later? "
            "And what does `join` return to refuse?",
            "Each member has a channel object of its own, so keep the name there: `self.name`. "
            "`broadcast` tells all, `broadcast_from` all but this one; what `handle_in` returns is "
            "the reply.",
            '`self.broadcast("shout", {"name": self.name, "body": payload["body"]})`, then '
            "`return {}`.",
        ),
        solution="""\
class NamedRoom(hs.Channel):
    def join(self, payload):
        if "name" not in payload:
            return hs.Reply({"reason": "no name"}, "error")
        self.name = payload["name"]

    def handle_in(self, event, payload):
        if event == "shout":
            self.broadcast("shout", {"name": self.name, "body": payload["body"]})
            return {}
        if event == "typing":
            self.broadcast_from("typing", {"name": self.name})
""",
        reached="ada and bob know who shouts and who is typing; eve, without a name, stays out.",
        grade=_grade_room,
    ),
    Exercise(
        name="5C",
        title="a binary push by hand",
        task="Write `encode_push(join_ref, ref, topic, event, data)`: a client's binary push.",
        answer="encode_push",
        stub='''\
def encode_push(join_ref, ref, topic, event, data):
    """Return the bytes of a binary push; data is bytes, the others are str."""
    ...
''',
        hints=(
            "What does the first byte say, and what do the four bytes after it count?",
            "0, then the lengths of the four strings in bytes, then the strings, then the data. "
            "`bytes([0, 1])` makes two bytes of two numbers.",
            "`strings = [text.encode() for text in (join_ref, ref, topic, event)]`, and "
            "`bytes([0, *map(len, strings)])` begins the message.",
        ),
        solution="""\
def encode_push(join_ref, ref, topic, event, data):
    strings = [text.encode() for text in (join_ref, ref, topic, event)]
    return bytes([0, *map(len, strings)]) + b"".join(strings) + data
""",
        reached="a server reads your push, its strings and any data after them.",
        grade=ENCODE_PUSH.grade,
    ),
]
