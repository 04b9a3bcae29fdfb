"""Channels without a wire: a client's messages in, a list of what it is sent out."""

from __future__ import annotations

import gc
import logging
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

import hellosockets.channels as channels_room
from hellosockets.application import PingChannel, RoomChannel
from hellosockets.channels import Channel, Channels, Crash, PubSub, Reply, Router
from hellosockets.messages import PhoenixMessage, decode_message

ROUTES: dict[str, type[Channel]] = {"ping": PingChannel, "room:*": RoomChannel}


class Client:
    """One connection: what is said goes in as text, what is heard comes out as text."""

    def __init__(
        self,
        routes: dict[str, type[Channel]] | Router = ROUTES,
        pubsub: PubSub | None = None,
        *,
        vsn: Any = 2,
        on_send: Callable[[str | bytes], None] | None = None,
    ) -> None:
        self.heard: list[str | bytes] = []
        self.crashes: list[Crash] = []
        self.vsn = vsn
        self.on_send = on_send
        router = routes if isinstance(routes, Router) else Router(routes)
        self.channels = Channels(
            router,
            pubsub or PubSub(),
            self._hear,
            vsn=vsn,
            assigns={"user": "ada"},
            report=self.crashes.append,
        )

    def _hear(self, data: str | bytes) -> None:
        self.heard.append(data)
        if self.on_send is not None:
            self.on_send(data)

    def say(self, *messages: str | bytes) -> list[str | bytes]:
        """Return what these messages are answered with."""
        self.heard.clear()
        for each in messages:
            message = decode_message(each, "client", self.vsn)
            assert isinstance(message, PhoenixMessage), message
            self.channels.receive(message)
        return list(self.heard)

    def join(self, topic: str, ref: str = "1") -> None:
        answer = self.say(f'["{ref}","{ref}","{topic}","phx_join",{{}}]')
        assert answer[0] == ok(ref, ref, topic)


def ok(join_ref: str | None, ref: str | None, topic: str, response: str = "{}") -> str:
    return reply(join_ref, ref, topic, response, "ok")


def reply(
    join_ref: str | None, ref: str | None, topic: str, response: str, status: str = "error"
) -> str:
    first, second = (f'"{each}"' if each is not None else "null" for each in (join_ref, ref))
    return f'[{first},{second},"{topic}","phx_reply",{{"response":{response},"status":"{status}"}}]'


JOIN = '["1","1","room:a","phx_join",{}]'
JOINED = '["1","1","room:a","phx_reply",{"response":{},"status":"ok"}]'
UNMATCHED = '{"reason":"unmatched topic"}'

# PHOENIX.md's table: what is said, what is heard.
TRANSCRIPTS: dict[str, list[tuple[str, list[str]]]] = {
    "heartbeat": [
        (
            '[null,"5","phoenix","heartbeat",{}]',
            ['[null,"5","phoenix","phx_reply",{"response":{},"status":"ok"}]'],
        )
    ],
    "heartbeat with a join_ref": [
        (
            '["1","5","phoenix","heartbeat",{}]',
            ['[null,"5","phoenix","phx_reply",{"response":{},"status":"ok"}]'],
        )
    ],
    "heartbeat without ref": [
        (
            '[null,null,"phoenix","heartbeat",null]',
            ['[null,null,"phoenix","phx_reply",{"response":{},"status":"ok"}]'],
        )
    ],
    "another event of phoenix": [
        (
            '[null,"5","phoenix","heartbeats",{}]',
            [
                '[null,"5","phoenix","phx_reply",'
                '{"response":{"reason":"unmatched topic"},"status":"error"}]'
            ],
        )
    ],
    "join of a topic nobody serves": [
        (
            '["1","1","topic:subtopic","phx_join",{}]',
            [
                '[null,"1","topic:subtopic","phx_reply",'
                '{"response":{"reason":"unmatched topic"},"status":"error"}]'
            ],
        ),
        (
            '["2","2","topic:subtopic","phx_join",{}]',
            [
                '[null,"2","topic:subtopic","phx_reply",'
                '{"response":{"reason":"unmatched topic"},"status":"error"}]'
            ],
        ),
    ],
    "join accepted": [(JOIN, [JOINED])],
    "join of a joined topic": [
        (JOIN, [JOINED]),
        (
            '["7","8","room:a","phx_join",{}]',
            ['["1","1","room:a","phx_close",{}]', ok("7", "8", "room:a")],
        ),
        ('["7","9","room:a","ping",{"x":1}]', [ok("7", "9", "room:a", '{"x":1}')]),
        ('["1","10","room:a","ping",{}]', []),
    ],
    "push that is answered": [
        (JOIN, [JOINED]),
        (
            '["1","2","room:a","shout",{"body":"hé"}]',
            ['[null,null,"room:a","shout",{"body":"hé"}]', ok("1", "2", "room:a")],
        ),
    ],
    "push that is not": [(JOIN, [JOINED]), ('["1","2","room:a","anything",{}]', [])],
    "push with another join_ref": [(JOIN, [JOINED]), ('["0","2","room:a","shout",{}]', [])],
    "push with null join_ref": [
        (JOIN, [JOINED]),
        ('[null,"2","room:a","ping",{}]', [ok("1", "2", "room:a")]),
    ],
    "push without ref": [
        (JOIN, [JOINED]),
        ('["1",null,"room:a","ping",{}]', [ok("1", None, "room:a")]),
    ],
    "push to a topic not joined": [
        ('["1","2","room:a","shout",{}]', [reply(None, "2", "room:a", UNMATCHED)]),
        ('["1","3","topic:none","shout",{}]', [reply(None, "3", "topic:none", UNMATCHED)]),
    ],
    "leave": [
        (JOIN, [JOINED]),
        (
            '["1","2","room:a","phx_leave",{}]',
            [ok("1", "2", "room:a"), '["1","1","room:a","phx_close",{}]'],
        ),
        ('["1","3","room:a","shout",{}]', [reply(None, "3", "room:a", UNMATCHED)]),
        ('["4","4","room:a","phx_join",{}]', [ok("4", "4", "room:a")]),
    ],
    "leave with another join_ref": [
        (JOIN, [JOINED]),
        ('["0","2","room:a","phx_leave",{}]', []),
        ('["1","3","room:a","ping",{}]', [ok("1", "3", "room:a")]),
    ],
    "leave with null join_ref": [
        (JOIN, [JOINED]),
        (
            '[null,"2","room:a","phx_leave",{}]',
            [ok("1", "2", "room:a"), '["1","1","room:a","phx_close",{}]'],
        ),
    ],
    "leave of a topic not joined": [
        ('["1","2","room:a","phx_leave",{}]', [ok("1", "2", "room:a")]),
        ('[null,"3","topic:none","phx_leave",{}]', [ok(None, "3", "topic:none")]),
    ],
    # Phoenix answers the join as it was asked, and what follows with the join's ref: a channel's
    # own is `join_ref || ref`, the socket's is null.
    "join with null join_ref": [
        ('[null,"1","room:a","phx_join",{}]', [ok(None, "1", "room:a")]),
        ('[null,"2","room:a","ping",{}]', [ok("1", "2", "room:a")]),
        ('["1","3","room:a","ping",{}]', []),
        (
            '[null,"4","room:a","phx_leave",{}]',
            [ok("1", "4", "room:a"), '[null,null,"room:a","phx_close",{}]'],
        ),
    ],
    "refs of no length": [
        ('["","","room:a","phx_join",{}]', [ok("", "", "room:a")]),
        ('["","","room:a","ping",{}]', [ok("", "", "room:a")]),
    ],
    "two topics": [
        (JOIN, [JOINED]),
        ('["2","2","room:b","phx_join",{}]', [ok("2", "2", "room:b")]),
        ('["1","3","room:a","phx_leave",{}]', [ok("1", "3", "room:a"), '["1","1","room:a","phx_close",{}]']),  # noqa: E501
        ('["2","4","room:b","ping",{}]', [ok("2", "4", "room:b")]),
    ],
    "ping": [
        ('["1","1","ping","phx_join",{}]', [ok("1", "1", "ping")]),
        ('["1","2","ping","ping",{}]', [ok("1", "2", "ping", '{"ping":"pong"}')]),
        ('["1","3","ping","pong",{}]', []),
    ],
    "Phoenix's own events from a client": [
        (JOIN, [JOINED]),
        *((f'["1","2","room:a","{each}",{{}}]', []) for each in ("phx_reply", "phx_close")),
        ('["1","3","room:a","phx_error",{}]', []),
    ],
}  # fmt: skip


@pytest.mark.parametrize("transcript", TRANSCRIPTS.values(), ids=TRANSCRIPTS)
def test_transcript(transcript: list[tuple[str, list[str]]]) -> None:
    client = Client()
    for said, heard in transcript:
        assert client.say(said) == heard
    assert client.crashes == []


def test_the_chapters_answer_has_98_bytes() -> None:
    (answer,) = Client().say('["1","1","topic:subtopic","phx_join",{}]')
    assert len(answer) == 98


def test_version_1_speaks_objects() -> None:
    client = Client(vsn=1)
    assert client.say(
        '{"topic":"room:a","event":"phx_join","payload":{},"ref":"1"}',
        '{"topic":"room:a","event":"shout","payload":{"b":1},"ref":"2"}',
        '{"topic":"room:a","event":"phx_leave","payload":{},"ref":"3"}',
        '{"topic":"x","event":"phx_join","payload":{},"ref":"4"}',
    ) == [
        '{"event":"phx_reply","payload":{"response":{},"status":"ok"},"ref":"1","topic":"room:a"}',
        '{"event":"shout","payload":{"b":1},"ref":null,"topic":"room:a"}',
        '{"event":"phx_reply","payload":{"response":{},"status":"ok"},"ref":"2","topic":"room:a"}',
        '{"event":"phx_reply","payload":{"response":{},"status":"ok"},"ref":"3","topic":"room:a"}',
        '{"event":"phx_close","payload":{},"ref":null,"topic":"room:a"}',
        '{"event":"phx_reply","payload":{"response":{"reason":"unmatched topic"},'
        '"status":"error"},"ref":"4","topic":"x"}',
    ]


def test_bytes_are_answered_with_bytes() -> None:
    client = Client()
    client.join("room:a")
    assert client.say(b"\x00\x01\x01\x06\x0412room:aping\xff\x00") == [
        b"\x01\x01\x01\x06\x0212room:aok\xff\x00"
    ]
    assert client.say(b"\x00\x01\x01\x06\x0513room:ashout\x01") == [
        b"\x02\x06\x05room:ashout\x01",
        ok("1", "3", "room:a"),
    ]


# A channel of one's own.


class Telling(Channel):
    """Does what its payload says, and tells what happened to it."""

    told: list[str]

    def join(self, payload: Any) -> Any:
        self.told = payload.get("told", []) if isinstance(payload, dict) else []
        match payload:
            case {"join": "refuse"}:
                return Reply({"reason": "go away"}, "error")
            case {"join": "reply"}:
                return Reply({"seen": self.assigns["user"]})
            case {"join": "value"}:
                return [self.topic]
            case {"join": "odd status"}:
                return Reply("x", "maybe")
            case {"join": "crash"}:
                raise KeyError("body")
            case {"join": "not JSON"}:
                return {1, 2}
            case {"join": "push"}:
                self.push("too soon")
            case {"join": "broadcast"}:
                self.broadcast("too soon")
            case {"join": "stop"}:
                self.stop()
        return None

    def handle_in(self, event: str, payload: Any) -> Any:
        match event:
            case "status":
                return Reply(*payload)
            case "value":
                return payload
            case "push":
                self.push("pushed", payload)
                return {}
            case "push nothing":
                self.push("pushed")
            case "crash":
                raise KeyError("body")
            case "push and crash":
                self.push("pushed")
                raise ZeroDivisionError
            case "not JSON":
                return {1, 2}
            case "push what is not JSON":
                self.push("pushed", {1, 2})
            case "broadcast what is not JSON":
                self.broadcast("news", {1, 2})
            case "stop":
                self.stop()
                return {"stopped": True}
            case "stop twice":
                self.stop()
                self.stop()
            case "stop and crash":
                self.stop()
                raise ZeroDivisionError
            case "another topic":
                self.topic = "room:b"  # type: ignore[misc]
            case "ref":
                self.assigns["ref"] = self.socket_ref()
        return None

    def terminate(self, reason: str) -> None:
        self.assigns.setdefault("ended", []).append((self.topic, reason))
        if self.assigns.get("crash at the end"):
            raise ZeroDivisionError


JOINS = {
    "refuse": reply("1", "2", "t", '{"reason":"go away"}'),
    "reply": ok("1", "2", "t", '{"seen":"ada"}'),
    "value": ok("1", "2", "t", '["t"]'),
    "odd status": reply("1", "2", "t", '"x"', "maybe"),
    "nothing": ok("1", "2", "t"),
    "crash": reply("1", "2", "t", '{"reason":"join crashed"}'),
    "not JSON": reply("1", "2", "t", '{"reason":"join crashed"}'),
    "push": reply("1", "2", "t", '{"reason":"join crashed"}'),
    "broadcast": reply("1", "2", "t", '{"reason":"join crashed"}'),
    "stop": reply("1", "2", "t", '{"reason":"join crashed"}'),
}


@pytest.mark.parametrize(("how", "answer"), JOINS.items())
def test_join(how: str, answer: str) -> None:
    client = Client({"t": Telling})
    assert client.say(f'["1","2","t","phx_join",{{"join":"{how}"}}]') == [answer]
    assert len(client.channels.joined) == ('"status":"ok"' in answer)
    assert len(client.crashes) == ("join crashed" in answer)
    assert "ended" not in client.channels.assigns  # who never joined isn't ended
    # The connection lives, and the topic can be joined.
    client.channels.close()
    client.join("t", "9")


def test_a_join_that_crashed_takes_a_rejoined_topics_place() -> None:
    client = Client({"t": Telling})
    client.join("t")
    assert client.say('["2","2","t","phx_join",{"join":"crash"}]') == [
        '["1","1","t","phx_close",{}]',
        reply("2", "2", "t", '{"reason":"join crashed"}'),
    ]
    assert client.say('["1","3","t","value",1]') == [reply(None, "3", "t", UNMATCHED)]
    assert client.channels.assigns["ended"] == [("t", "duplicate join")]


CLOSED, FAILED = (
    '["1","1","t","phx_close",{}]',
    '["1","1","t","phx_error",{"reason":"channel_crash"}]',
)
EVENTS: dict[str, tuple[str, str, list[str], str | None]] = {
    "a status": ("status", '[{"a":1},"error"]', [reply("1", "2", "t", '{"a":1}')], None),
    "an empty response": ("status", "[]", [ok("1", "2", "t")], None),
    "false is an answer": ("value", "false", [ok("1", "2", "t", "false")], None),
    "an empty list is an answer": ("value", "[]", [ok("1", "2", "t", "[]")], None),
    "null is none": ("value", "null", [], None),
    "a push": ("push", '{"z":1}', ['["1",null,"t","pushed",{"z":1}]', ok("1", "2", "t")], None),
    "a push of nothing": ("push nothing", "{}", ['["1",null,"t","pushed",{}]'], None),
    "a crash": ("crash", "{}", [FAILED], "KeyError: 'body'"),
    "a push and a crash": (
        "push and crash",
        "{}",
        ['["1",null,"t","pushed",{}]', FAILED],
        "ZeroDivisionError",
    ),
    "a reply that is no JSON": ("not JSON", "{}", [FAILED], "TypeError: a payload must be JSON"),
    "a push that is no JSON": (
        "push what is not JSON", "{}", [FAILED], "TypeError: a payload must be JSON",
    ),
    "a broadcast that is no JSON": (
        "broadcast what is not JSON", "{}", [FAILED], "TypeError: a payload must be JSON",
    ),
    "stop": ("stop", "{}", [ok("1", "2", "t", '{"stopped":true}'), CLOSED], None),
    "stop twice": ("stop twice", "{}", [CLOSED], None),
    "stop and crash": ("stop and crash", "{}", [FAILED], "ZeroDivisionError"),
    "another topic": ("another topic", "{}", [FAILED], "AttributeError: "),
}  # fmt: skip


@pytest.mark.parametrize(("event", "payload", "heard", "error"), EVENTS.values(), ids=EVENTS)
def test_event(event: str, payload: str, heard: list[str], error: str | None) -> None:
    client = Client({"t": Telling, "room:*": RoomChannel})
    client.join("t")
    client.join("room:a", "5")
    assert client.say(f'["1","2","t","{event}",{payload}]') == heard
    assert [each.error[: len(error or "")] for each in client.crashes] == ([error] if error else [])
    has_ended = heard[-1:] in ([CLOSED], [FAILED])
    assert ("t" in [each.topic for each in client.channels.joined]) is not has_ended
    assert client.say('["1","3","t","value",1]') == [
        reply(None, "3", "t", UNMATCHED) if has_ended else ok("1", "3", "t", "1")
    ]
    if has_ended:
        reason = "stopped" if heard[-1] == CLOSED else "crashed"
        assert client.channels.assigns["ended"] == [("t", reason)]
        client.join("t", "6")
    # Its neighbour hasn't noticed.
    assert client.say('["5","7","room:a","ping",{}]') == [ok("5", "7", "room:a")]


def test_reasons_of_ending() -> None:
    client = Client({"t:*": Telling})
    for number, topic in enumerate(("t:1", "t:2", "t:3")):
        client.join(topic, str(number))
    client.join("t:4", "4")
    ended = client.channels.assigns
    client.say('["4","5","t:4","phx_leave",{}]')
    client.channels.joined[0].stop()
    assert client.heard[-1] == '["0","0","t:1","phx_close",{}]'
    client.heard.clear()
    client.channels.close()
    assert client.heard == []
    assert ended["ended"] == [
        *(("t:4", "left"), ("t:1", "stopped"), ("t:2", "closed"), ("t:3", "closed"))
    ]
    client.channels.close()


def test_a_crash_in_terminate_is_reported_and_ends_as_it_would() -> None:
    client = Client({"t": Telling})
    client.join("t")
    client.channels.assigns["crash at the end"] = True
    assert client.say('["1","2","t","phx_leave",{}]') == [ok("1", "2", "t"), CLOSED]
    assert [(each.event, each.error) for each in client.crashes] == [
        ("terminate", "ZeroDivisionError")
    ]
    client.join("t")
    assert client.say('["1","2","t","crash",{}]') == [FAILED]
    assert [each.event for each in client.crashes[1:]] == ["crash", "terminate"]
    client.join("t")
    client.channels.close()
    assert client.channels.joined == []


@pytest.mark.parametrize("where", ["push", "broadcast", "stop", "reply"])
def test_who_has_left_can_do_nothing_more(where: str) -> None:
    client = Client({"t": Telling})
    client.join("t")
    (channel,) = client.channels.joined
    assert repr(channel) == "Telling(joined t)"
    client.channels.close()
    assert repr(channel) == "Telling(not joined)"
    arguments = {"push": ["x"], "broadcast": ["x"], "stop": [], "reply": ["1"]}[where]
    with pytest.raises(RuntimeError, match=rf"^a channel can {where} only while it is joined: "):
        getattr(channel, where)(*arguments)
    assert channel.topic == "t"


class AfterJoin(Channel):
    def after_join(self) -> None:
        match self.assigns.get("after"):
            case "push":
                self.push("hello", {"user": self.assigns["user"]})
                self.broadcast("here")
            case "stop":
                self.stop()
            case "crash":
                self.push("hello")
                raise ValueError("after all")


@pytest.mark.parametrize(
    ("after", "heard"),
    [
        (None, []),
        ("push", ['["1",null,"t","hello",{"user":"ada"}]', '[null,null,"t","here",{}]']),
        ("stop", [CLOSED]),
        ("crash", ['["1",null,"t","hello",{}]', FAILED]),
    ],
)
def test_after_join_comes_after_the_reply(after: str | None, heard: list[str]) -> None:
    client = Client({"t": AfterJoin})
    client.channels.assigns["after"] = after
    assert client.say('["1","1","t","phx_join",{}]') == [ok("1", "1", "t"), *heard]
    assert bool(client.channels.joined) is (after in (None, "push"))
    assert [each.event for each in client.crashes] == (["after_join"] if after == "crash" else [])


def test_a_channel_without_handle_in_says_so() -> None:
    client = Client({"t": Channel})
    client.join("t")
    assert client.say('["1","2","t","hello",{}]') == [FAILED]
    (crash,) = client.crashes
    assert crash.error == (
        "NotImplementedError: Channel got 'hello' and has no handle_in: write one"
    )


def test_what_is_written_as_async_says_how_to_write_it() -> None:
    class Async(Channel):
        async def join(self, payload: Any) -> Any:
            return payload

    class AsyncLater(Channel):
        async def handle_in(self, event: str, payload: Any) -> Any:
            return payload

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        client = Client({"t": Async, "u": AsyncLater})
        assert client.say('["1","1","t","phx_join",{}]') == [
            reply("1", "1", "t", '{"reason":"join crashed"}')
        ]
        client.join("u", "2")
        assert client.say('["2","3","u","x",{}]') == [
            '["2","2","u","phx_error",{"reason":"channel_crash"}]'
        ]
        gc.collect()  # where Python would warn of a coroutine that was never awaited
    assert {each.error[:61] for each in client.crashes} == {
        "TypeError: join and handle_in are plain functions: write `def"
    }


def test_a_reply_can_come_later() -> None:
    client = Client({"t": Telling})
    client.join("t")
    assert client.say('["1","2","t","ref",{}]') == []
    (channel,) = client.channels.joined
    with pytest.raises(ValueError, match=r"^the client sent no ref with this event"):
        channel.socket_ref()  # not while an event is being handled
    client.say('["1","3","t","value",1]')
    client.heard.clear()
    channel.reply(client.channels.assigns["ref"], {"late": True})
    channel.reply(client.channels.assigns["ref"], b"later", "error")
    assert client.heard == [
        ok("1", "2", "t", '{"late":true}'),
        b"\x01\x01\x01\x01\x0512terrorlater",
    ]


def test_socket_ref_needs_a_ref() -> None:
    client = Client({"t": Telling})
    client.join("t")
    assert client.say('["1",null,"t","ref",{}]') == [FAILED]
    assert client.crashes[0].error.startswith("ValueError: the client sent no ref with this event")


def test_a_dataclass_can_be_a_channel() -> None:
    @dataclass
    class Counter(Channel):
        count: int = 0

        def handle_in(self, event: str, payload: Any) -> Any:
            self.count += 1
            self.broadcast_from("counted", self.count)
            return self.count

    router, pubsub = Router({"t": Counter}), PubSub()
    first, second = Client(router, pubsub), Client(router, pubsub)
    first.join("t")
    second.join("t")
    assert first.say('["1","2","t","x",{}]') == [ok("1", "2", "t", "1")]
    assert second.heard == [ok("1", "1", "t"), '[null,null,"t","counted",1]']
    assert first.say('["1","3","t","phx_leave",{}]') == [ok("1", "3", "t"), CLOSED]
    assert len(pubsub.members("t")) == 1


def test_assigns_are_the_connections() -> None:
    client = Client({"t:*": Telling})
    client.join("t:1", "1")
    client.join("t:2", "2")
    one, two = client.channels.joined
    assert one.assigns is two.assigns is client.channels.assigns


# Limits.


def test_100_channels_and_no_more() -> None:
    client = Client()
    for number in range(100):
        client.join(f"room:{number}", str(number))
    assert client.say('["100","101","room:100","phx_join",{}]') == [
        reply("100", "101", "room:100", '{"reason":"too many channels joined"}')
    ]
    assert client.say('["x","y","topic:none","phx_join",{}]') == [
        reply(None, "y", "topic:none", UNMATCHED)
    ]
    # One that is joined makes room for itself, and one that is left for another.
    client.say('["a","a","room:0","phx_join",{}]')
    client.say('["1","b","room:1","phx_leave",{}]')
    client.join("room:100", "c")
    assert len(client.channels.joined) == 100


def test_topics_have_a_longest(caplog: pytest.LogCaptureFixture) -> None:
    client = Client()
    longest = "room:" + "😀" * 1019
    client.join(longest)
    with caplog.at_level(logging.WARNING, "hellosockets.channels"):
        assert client.say(f'["1","2","{longest}x","phx_join",{{}}]') == [
            reply(None, "2", longest + "x", UNMATCHED)
        ]
        client.say('["1","2","\\u001b[2J\\n","phx_join",{}]')
    assert caplog.messages[1] == "ignoring unmatched topic '\\x1b[2J\\n'"
    assert max(map(len, caplog.messages)) < 12_000


@pytest.mark.parametrize(("join_ref", "ref"), [("x" * 1025, "1"), ("1", "x" * 1025)])
def test_what_is_kept_of_a_join_is_bounded(join_ref: str, ref: str) -> None:
    client = Client()
    assert client.say(f'["{join_ref}","{ref}","room:a","phx_join",{{}}]') == [
        reply(join_ref, ref, "room:a", '{"reason":"ref too long"}')
    ]
    assert client.channels.joined == []
    client.join("room:a", "x" * 1024)


# Broadcasts.


@pytest.fixture
def encodings(monkeypatch: pytest.MonkeyPatch) -> list[PhoenixMessage]:
    """List what is encoded."""
    encoded: list[PhoenixMessage] = []
    encode = PhoenixMessage.encode

    def listed(self: PhoenixMessage, *args: Any) -> str | bytes:
        encoded.append(self)
        return encode(self, *args)

    monkeypatch.setattr(channels_room.PhoenixMessage, "encode", listed)
    return encoded


def test_a_broadcast_is_encoded_once_and_comes_in_order(encodings: list[PhoenixMessage]) -> None:
    pubsub, order = PubSub(), list[int]()
    clients = [
        Client(pubsub=pubsub, on_send=lambda _, number=number: order.append(number))
        for number in range(50)
    ]
    for client in clients:
        client.join("room:a")
        client.heard.clear()
    Client(pubsub=pubsub).join("room:b")
    encodings.clear()
    order.clear()
    pubsub.broadcast("room:a", "news", {"n": 1})
    assert len(encodings) == 1
    assert order == list(range(50))
    news = '[null,null,"room:a","news",{"n":1}]'
    assert [client.heard for client in clients] == [[news]] * 50
    assert len({id(client.heard[0]) for client in clients}) == 1
    encodings.clear()
    pubsub.broadcast("room:none", "news")
    assert encodings == []


def test_a_broadcast_is_encoded_once_for_each_version(encodings: list[PhoenixMessage]) -> None:
    pubsub = PubSub()
    old, new = Client(pubsub=pubsub, vsn=1), Client(pubsub=pubsub)
    old.say('{"topic":"room:a","event":"phx_join","payload":{},"ref":"1"}')
    new.join("room:a")
    encodings.clear()
    pubsub.broadcast("room:a", "news")
    assert len(encodings) == 2
    assert old.heard[-1] == '{"event":"news","payload":{},"ref":null,"topic":"room:a"}'
    assert new.heard[-1] == '[null,null,"room:a","news",{}]'


def test_one_who_knows_text_only_keeps_no_bytes_from_the_others() -> None:
    pubsub = PubSub()
    new, old = Client(pubsub=pubsub), Client(pubsub=pubsub, vsn=1)
    new.join("room:a")
    old.say('{"topic":"room:a","event":"phx_join","payload":{},"ref":"1"}')
    old.heard.clear()
    assert new.say(b"\x00\x01\x01\x06\x0513room:ashout\x01") == [
        b"\x02\x06\x05room:ashout\x01",
        ok("1", "3", "room:a"),
    ]
    assert old.heard == []


def test_broadcast_from_leaves_out_its_own_member_only() -> None:
    class Whisper(Channel):
        def handle_in(self, event: str, payload: Any) -> Any:
            self.broadcast_from(event, payload)
            return {}

    router, pubsub = Router({"t": Whisper}), PubSub()
    clients = [Client(router, pubsub) for _ in range(3)]
    for client in clients:
        client.join("t")
        client.heard.clear()
    clients[1].say('["1","2","t","psst",{"a":1}]')
    whispered = ['[null,null,"t","psst",{"a":1}]']
    assert [each.heard for each in clients] == [whispered, [ok("1", "2", "t")], whispered]


def test_members_who_leave_during_a_broadcast_get_nothing_more() -> None:
    pubsub = PubSub()

    def leave(data: str | bytes) -> None:
        if isinstance(data, str) and '"news"' in data:
            third.channels.close()
            first.channels.close()

    first, second, third = Client(pubsub=pubsub), Client(pubsub=pubsub), Client(pubsub=pubsub)
    fourth = Client(pubsub=pubsub)
    for client in (first, second, third, fourth):
        client.join("room:a")
        client.heard.clear()
    second.on_send = leave
    pubsub.broadcast("room:a", "news")
    news = '[null,null,"room:a","news",{}]'
    assert [each.heard for each in (first, second, third, fourth)] == [[news], [news], [], [news]]
    assert pubsub.members("room:a") == [second.channels.joined[0], fourth.channels.joined[0]]


def test_members_who_come_during_a_broadcast_get_the_next_one() -> None:
    pubsub = PubSub()
    late = Client(pubsub=pubsub)

    def come(data: str | bytes) -> None:
        if isinstance(data, str) and '"news"' in data and not late.channels.joined:
            late.join("room:a")

    first = Client(pubsub=pubsub)
    first.join("room:a")
    first.on_send = come
    pubsub.broadcast("room:a", "news")
    assert late.heard == [ok("1", "1", "room:a")]
    pubsub.broadcast("room:a", "news")
    assert late.heard[1:] == ['[null,null,"room:a","news",{}]']


def test_nobody_gets_what_can_not_be_encoded() -> None:
    pubsub = PubSub()
    client = Client(pubsub=pubsub)
    client.join("room:a")
    client.heard.clear()
    with pytest.raises(TypeError, match=r"^a payload must be JSON"):
        pubsub.broadcast("room:a", "news", {1})
    with pytest.raises(TypeError, match=r"^event must be a string, got int$"):
        pubsub.broadcast("room:a", 5)  # type: ignore[arg-type]
    assert client.heard == []


def test_who_is_gone_is_forgotten() -> None:
    pubsub = PubSub()
    client = Client(pubsub=pubsub)
    assert repr(pubsub) == "PubSub(topics: 0, members: 0)"
    client.join("room:a")
    client.join("room:b", "2")
    assert repr(pubsub) == "PubSub(topics: 2, members: 2)"
    assert repr(client.channels) == "Channels(room:a, room:b)"
    client.channels.close()
    assert repr(pubsub) == "PubSub(topics: 0, members: 0)"
    assert repr(client.channels) == "Channels(none joined)"
    assert pubsub._members == {}


# Routers.


class Other(Channel):
    pass


MATCHES = [
    ("ping", PingChannel),
    ("pin", None),
    ("pings", None),
    ("", None),
    ("room:", RoomChannel),
    ("room", None),
    ("room:lobby", Other),
    ("room:lobby:deep", RoomChannel),
    ("room:*", RoomChannel),
    ("room:vip:1", Other),
    ("room:vip", RoomChannel),
    ("Room:lobby", None),
    (" room:lobby", None),
    ("room:\n", RoomChannel),
]


@pytest.mark.parametrize(("topic", "expected"), MATCHES)
@pytest.mark.parametrize("turned", [False, True])
def test_router(topic: str, expected: type[Channel] | None, turned: bool) -> None:
    routes = {**ROUTES, "room:lobby": Other, "room:vip:*": Other}
    if turned:  # the order says nothing
        routes = dict(reversed(routes.items()))
    assert Router(routes).match(topic) is expected


def test_a_star_alone_serves_the_rest() -> None:
    router = Router({"*": Other, "ping": PingChannel})
    assert router.match("ping") is PingChannel
    assert router.match("") is router.match("*") is router.match("phoenix") is Other


def test_a_pattern_again_gets_the_new_class() -> None:
    router = Router(ROUTES)
    client = Client(router)
    client.join("room:a")
    router.add("room:*", Telling)
    assert router.match("room:b") is Telling
    assert repr(router) == "Router(ping → PingChannel, room:* → Telling)"
    assert repr(client.channels.joined) == "[RoomChannel(joined room:a)]"
    assert repr(Router()) == "Router(no topics)"


@pytest.mark.parametrize(
    ("pattern", "channel", "error", "text"),
    [
        ("a*b", Other, ValueError, "'*' may stand only at the end of a topic, got 'a*b'"),
        ("**", Other, ValueError, "'*' may stand only at the end of a topic, got '**'"),
        ("*:a", Other, ValueError, "'*' may stand only at the end of a topic, got '*:a'"),
        (5, Other, TypeError, "a topic is a string, got int"),
        ("a", Other(), TypeError, "'a' needs a class made from hs.Channel, got Other(not joined)"),
        ("a", object, TypeError, "'a' needs a class made from hs.Channel, got <class 'object'>"),
        ("a", None, TypeError, "'a' needs a class made from hs.Channel, got None"),
    ],
)
def test_a_route_that_is_none(
    pattern: Any, channel: Any, error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=f"^{re.escape(text)}"):
        Router({pattern: channel})


# Crashes.

CELL = """\
from hellosockets.channels import Channel

class Cell(Channel):
    def handle_in(self, event, payload):
        if event == "chained":
            try:
                payload["body"]
            except KeyError:
                raise ValueError("no body\\n(second line)")
        if event == "group":
            raise ExceptionGroup("all", [ValueError("one"), KeyError("two")])
        if event == "syntax":
            compile("a b", "x.py", "exec")
        if event == "push":
            self.push("x", {1})
        if event == "say":
            raise ValueError(payload)
        return payload["body"]
"""


def cell(number: int) -> type[Channel]:
    """Return a class as a notebook's cell makes it; the cell's file has another name each time."""
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(CELL, f"/tmp/ipykernel_{number}/{number}.py", "exec"), names)
    return names["Cell"]


def crash(number: int, event: str, payload: str = "{}") -> Crash:
    client = Client({"t": cell(number)})
    client.join("t")
    assert client.say(f'["1","2","t","{event}",{payload}]') == [FAILED]
    (crash,) = client.crashes
    return crash


def test_a_crash_shows_the_cells_own_lines() -> None:
    found = crash(1234, "x")
    assert repr(found) == "Crash(channel t, x: KeyError: 'body')"
    assert str(found) == (
        "The channel t crashed at x.\n"
        "Traceback (most recent call last):\n"
        '  File "<cell>", line 18, in handle_in\n'
        "KeyError: 'body'\n"
    )


@pytest.mark.parametrize("event", ["x", "chained", "group", "syntax", "push"])
def test_a_crash_is_told_the_same_each_time(event: str) -> None:
    first, second = crash(1, event), crash(22, event)
    assert first == second
    assert "ipykernel" not in str(first)
    assert "hellosockets" not in first.traceback
    assert "0x" not in str(first)
    assert '  File "<cell>", line ' in first.traceback


def test_a_crash_names_the_exception_in_its_first_line() -> None:
    assert crash(1, "chained").error == "ValueError: no body"
    assert crash(1, "group").error == "ExceptionGroup: all (2 sub-exceptions)"
    assert crash(1, "syntax").error == "SyntaxError: invalid syntax"
    assert "KeyError: 'body'" in crash(1, "chained").traceback
    assert "During handling of the above exception" in crash(1, "chained").traceback


def test_a_crash_neither_steers_a_terminal_nor_fills_the_memory() -> None:
    found = crash(1, "say", '"\\u001b[2J\\u202e' + "x" * 1_000_000 + '"')
    assert str(found).replace("\n", "").isprintable()
    assert "ValueError: \\x1b[2J\\u202exxx" in found.error
    assert len(str(found)) < 12_000
    found = crash(1, "\\u001b" + "e" * 1_000_000)
    assert str(found).replace("\n", "").isprintable()
    assert len(str(found)) < 12_000


def test_a_crash_in_join_shows_where() -> None:
    client = Client({"t": Telling})
    client.say('["1","1","t","phx_join",{"join":"crash"}]')
    (found,) = client.crashes
    assert (found.where, found.event, found.error) == ("channel t", "phx_join", "KeyError: 'body'")
    assert 'raise KeyError("body")' in found.traceback
    assert found.traceback.count("  File ") == 1


def test_without_a_report_a_crash_is_no_error() -> None:
    heard: list[str | bytes] = []
    channels = Channels(Router({"t": Channel}), PubSub(), heard.append)
    channels.receive(PhoenixMessage("1", "1", "t", "phx_join"))
    channels.receive(PhoenixMessage("1", "2", "t", "x"))
    assert heard == [ok("1", "1", "t"), FAILED]
    assert channels.assigns == {}


def test_reports_and_reprs_need_no_wire() -> None:
    assert repr(Reply()) == "Reply(response={}, status='ok')"
    assert repr(RoomChannel()) == "RoomChannel(not joined)"
    assert Channel().topic == ""
