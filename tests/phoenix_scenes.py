"""
What phoenix.js says and what crosses the wire, scenario by scenario of ``phoenix_js/scenarios.js``.

In each, one client talks to a server that only answers; the client's goodbye isn't repeated here.
References begin at 3, as a socket of phoenix.js numbers what a channel asks of it, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

__all__ = ["SCENES", "Line", "Scene"]

# Who said what: a text message, a binary one, or "close" with its code and reason.
Line: TypeAlias = tuple[str, str | bytes]


@dataclass(frozen=True)
class Scene:
    """
    One scenario, played.

    Attributes:
        says: What the client told the test, line by line.
        wire: Every message of both sides, in order.

    """

    says: list[Any]
    wire: list[Line]


SCENES: dict[str, Scene] = {
    "join": Scene(
        says=[["ok", {}]],
        wire=[
            ("client", '["3","3","room:lobby","phx_join",{"name":"Ada"}]'),
            ("server", '["3","3","room:lobby","phx_reply",{"response":{},"status":"ok"}]'),
        ],
    ),
    "unmatchedTopic": Scene(
        says=[
            ["error", {"reason": "unmatched topic"}],
            ["waiting", 1000, 30000],
            ["error", {"reason": "unmatched topic"}],
            ["waiting", 2000, 29000],
            ["error", {"reason": "unmatched topic"}],
        ],
        wire=[
            ("client", '["3","3","topic:subtopic","phx_join",{}]'),
            (
                "server",
                '[null,"3","topic:subtopic","phx_reply",'
                '{"response":{"reason":"unmatched topic"},"status":"error"}]',
            ),
            ("client", '["4","4","topic:subtopic","phx_join",{}]'),
            (
                "server",
                '[null,"4","topic:subtopic","phx_reply",'
                '{"response":{"reason":"unmatched topic"},"status":"error"}]',
            ),
            ("client", '["5","5","topic:subtopic","phx_join",{}]'),
            (
                "server",
                '[null,"5","topic:subtopic","phx_reply",'
                '{"response":{"reason":"unmatched topic"},"status":"error"}]',
            ),
        ],
    ),
    "joinRefused": Scene(
        says=[["error", {"reason": "full"}], ["errored"]],
        wire=[
            ("client", '["3","3","hall:1","phx_join",{"guests":100}]'),
            (
                "server",
                '["3","3","hall:1","phx_reply",{"response":{"reason":"full"},"status":"error"}]',
            ),
        ],
    ),
    "joinCrashed": Scene(
        says=[["error", {"reason": "join crashed"}], ["errored"]],
        wire=[
            ("client", '["3","3","hall:1","phx_join",{"guests":"many"}]'),
            (
                "server",
                '["3","3","hall:1","phx_reply",'
                '{"response":{"reason":"join crashed"},"status":"error"}]',
            ),
        ],
    ),
    "leave": Scene(
        says=[["ok", {}], ["closed", "leave"], ["ok", {}], ["closed"], ["phx_close"]],
        wire=[
            ("client", '["3","3","room:lobby","phx_join",{}]'),
            ("server", '["3","3","room:lobby","phx_reply",{"response":{},"status":"ok"}]'),
            ("client", '["3","5","room:lobby","phx_leave",{}]'),
            ("server", '["3","5","room:lobby","phx_reply",{"response":{},"status":"ok"}]'),
            ("server", '["3","3","room:lobby","phx_close",{}]'),
        ],
    ),
    "leaveAndComeBack": Scene(
        says=[["ok", {}], ["ok", {}]],
        wire=[
            ("client", '["3","3","room:lobby","phx_join",{}]'),
            ("server", '["3","3","room:lobby","phx_reply",{"response":{},"status":"ok"}]'),
            ("client", '["3","5","room:lobby","phx_leave",{}]'),
            ("server", '["3","5","room:lobby","phx_reply",{"response":{},"status":"ok"}]'),
            ("server", '["3","3","room:lobby","phx_close",{}]'),
            ("client", '["8","8","room:lobby","phx_join",{}]'),
            ("server", '["8","8","room:lobby","phx_reply",{"response":{},"status":"ok"}]'),
            ("client", '["8","10","room:lobby","phx_leave",{}]'),
            ("server", '["8","10","room:lobby","phx_reply",{"response":{},"status":"ok"}]'),
            ("server", '["8","8","room:lobby","phx_close",{}]'),
        ],
    ),
    "twoInstancesOfATopic": Scene(
        says=[["ok", {}], ["ok", {}], ["closed", "joined"]],
        wire=[
            ("client", '["5","5","room:lobby","phx_join",{}]'),
            ("server", '["5","5","room:lobby","phx_reply",{"response":{},"status":"ok"}]'),
            ("client", '["5","6","room:lobby","phx_leave",{}]'),
            ("server", '["5","6","room:lobby","phx_reply",{"response":{},"status":"ok"}]'),
            ("server", '["5","5","room:lobby","phx_close",{}]'),
            ("client", '["7","7","room:lobby","phx_join",{}]'),
            ("server", '["7","7","room:lobby","phx_reply",{"response":{},"status":"ok"}]'),
        ],
    ),
    "duplicateJoin": Scene(
        says=[["ok", {}], ["closed", {}], ["99", {"response": {}, "status": "ok"}]],
        wire=[
            ("client", '["3","3","room:lobby","phx_join",{}]'),
            ("server", '["3","3","room:lobby","phx_reply",{"response":{},"status":"ok"}]'),
            ("client", '["99","99","room:lobby","phx_join",{}]'),
            ("server", '["3","3","room:lobby","phx_close",{}]'),
            ("server", '["99","99","room:lobby","phx_reply",{"response":{},"status":"ok"}]'),
        ],
    ),
    "stopped": Scene(
        says=[["ok", {"seats": 50}], ["ok", {"bye": True}], ["closed", {}]],
        wire=[
            ("client", '["3","3","hall:1","phx_join",{}]'),
            ("server", '["3","3","hall:1","phx_reply",{"response":{"seats":50},"status":"ok"}]'),
            ("client", '["3","4","hall:1","stop",{}]'),
            ("server", '["3","4","hall:1","phx_reply",{"response":{"bye":true},"status":"ok"}]'),
            ("server", '["3","3","hall:1","phx_close",{}]'),
        ],
    ),
    "pushAndReply": Scene(
        says=[["ok", {}], ["ok", {"ping": "pong"}]],
        wire=[
            ("client", '["3","3","ping","phx_join",{}]'),
            ("server", '["3","3","ping","phx_reply",{"response":{},"status":"ok"}]'),
            ("client", '["3","4","ping","ping",{}]'),
            ("server", '["3","4","ping","phx_reply",{"response":{"ping":"pong"},"status":"ok"}]'),
        ],
    ),
    "pushBeforeTheJoinIsAnswered": Scene(
        says=[["joining"], ["ok", {"ping": "pong"}]],
        wire=[
            ("client", '["3","3","ping","phx_join",{}]'),
            ("server", '["3","3","ping","phx_reply",{"response":{},"status":"ok"}]'),
            ("client", '["3","5","ping","ping",{}]'),
            ("server", '["3","5","ping","phx_reply",{"response":{"ping":"pong"},"status":"ok"}]'),
        ],
    ),
    "pushRefused": Scene(
        says=[["ok", {"seats": 50}], ["error", {"reason": "no"}]],
        wire=[
            ("client", '["3","3","hall:1","phx_join",{}]'),
            ("server", '["3","3","hall:1","phx_reply",{"response":{"seats":50},"status":"ok"}]'),
            ("client", '["3","4","hall:1","refuse",{}]'),
            (
                "server",
                '["3","4","hall:1","phx_reply",{"response":{"reason":"no"},"status":"error"}]',
            ),
        ],
    ),
    "pushWithoutReply": Scene(
        says=[["ok", {}], ["waiting", 10000, 30000], ["timeout", {}]],
        wire=[
            ("client", '["3","3","ping","phx_join",{}]'),
            ("server", '["3","3","ping","phx_reply",{"response":{},"status":"ok"}]'),
            ("client", '["3","4","ping","pong",{}]'),
        ],
    ),
    "lateReplies": Scene(
        says=[["ok", {"seats": 50}], ["late", {"number": 2}], ["late", {"number": 1}], ["ok", {}]],
        wire=[
            ("client", '["3","3","hall:1","phx_join",{}]'),
            ("server", '["3","3","hall:1","phx_reply",{"response":{"seats":50},"status":"ok"}]'),
            ("client", '["3","4","hall:1","later",{"number":1}]'),
            ("client", '["3","5","hall:1","later",{"number":2}]'),
            ("client", '["3","6","hall:1","now",{}]'),
            ("server", '["3","5","hall:1","phx_reply",{"response":{"number":2},"status":"ok"}]'),
            ("server", '["3","4","hall:1","phx_reply",{"response":{"number":1},"status":"ok"}]'),
            ("server", '["3","6","hall:1","phx_reply",{"response":{},"status":"ok"}]'),
        ],
    ),
    "everyAlphabet": Scene(
        says=[["ok", {}], ["ok", {'a"\\\n': "日本 \x7f/", "numbers": [1, -0.5, 1e21]}]],
        wire=[
            ("client", '["3","3","room:Zürich 🦊","phx_join",{"name":"Ada \u2028 <b>&\\u0000"}]'),
            ("server", '["3","3","room:Zürich 🦊","phx_reply",{"response":{},"status":"ok"}]'),
            (
                "client",
                '["3","4","room:Zürich 🦊","ping",'
                '{"a\\"\\\\\\n":"日本 \x7f/","numbers":[1,-0.5,1e+21]}]',
            ),
            (
                "server",
                '["3","4","room:Zürich 🦊","phx_reply",'
                '{"response":{"a\\"\\\\\\n":"日本 \x7f/","numbers":[1,-0.5,1e+21]},"status":"ok"}]',
            ),
        ],
    ),
    "shout": Scene(
        says=[["ok", {}], ["shout", {"body": "Hello"}], ["ok", {}]],
        wire=[
            ("client", '["3","3","room:lobby","phx_join",{}]'),
            ("server", '["3","3","room:lobby","phx_reply",{"response":{},"status":"ok"}]'),
            ("client", '["3","4","room:lobby","shout",{"body":"Hello"}]'),
            ("server", '[null,null,"room:lobby","shout",{"body":"Hello"}]'),
            ("server", '["3","4","room:lobby","phx_reply",{"response":{},"status":"ok"}]'),
        ],
    ),
    "versionOne": Scene(
        says=[["ok", {}], ["shout", {"body": "Hello"}], ["ok", {}]],
        wire=[
            (
                "client",
                '{"topic":"room:lobby","event":"phx_join","payload":{},"ref":"3","join_ref":"3"}',
            ),
            (
                "server",
                '{"event":"phx_reply",'
                '"payload":{"response":{},"status":"ok"},"ref":"3","topic":"room:lobby"}',
            ),
            (
                "client",
                '{"topic":"room:lobby","event":"shout",'
                '"payload":{"body":"Hello"},"ref":"4","join_ref":"3"}',
            ),
            (
                "server",
                '{"event":"shout","payload":{"body":"Hello"},"ref":null,"topic":"room:lobby"}',
            ),
            (
                "server",
                '{"event":"phx_reply",'
                '"payload":{"response":{},"status":"ok"},"ref":"4","topic":"room:lobby"}',
            ),
            (
                "client",
                '{"topic":"room:lobby","event":"phx_leave","payload":{},"ref":"6","join_ref":"3"}',
            ),
            (
                "server",
                '{"event":"phx_reply",'
                '"payload":{"response":{},"status":"ok"},"ref":"6","topic":"room:lobby"}',
            ),
            ("server", '{"event":"phx_close","payload":{},"ref":"3","topic":"room:lobby"}'),
        ],
    ),
    "binaryReply": Scene(
        says=[["ok", {"seats": 50}], ["ok", {"hex": "ff020100"}], ["ok", {"hex": ""}]],
        wire=[
            ("client", '["3","3","hall:1","phx_join",{}]'),
            ("server", '["3","3","hall:1","phx_reply",{"response":{"seats":50},"status":"ok"}]'),
            ("client", b"\x00\x01\x01\x06\x0734hall:1reverse\x00\x01\x02\xff"),
            ("server", b"\x01\x01\x01\x06\x0234hall:1ok\xff\x02\x01\x00"),
            ("client", b"\x00\x01\x01\x06\x0735hall:1reverse"),
            ("server", b"\x01\x01\x01\x06\x0235hall:1ok"),
        ],
    ),
    "binaryBroadcast": Scene(
        says=[["ok", {}], ["shout", {"hex": "000102ff"}], ["ok", {}]],
        wire=[
            ("client", '["3","3","room:lobby","phx_join",{}]'),
            ("server", '["3","3","room:lobby","phx_reply",{"response":{},"status":"ok"}]'),
            ("client", b"\x00\x01\x01\n\x0534room:lobbyshout\x00\x01\x02\xff"),
            ("server", b"\x02\n\x05room:lobbyshout\x00\x01\x02\xff"),
            ("server", '["3","4","room:lobby","phx_reply",{"response":{},"status":"ok"}]'),
        ],
    ),
    "binaryPush": Scene(
        says=[["ok", {"seats": 50}], ["gift", {"hex": "000102ff"}], ["ok", {}]],
        wire=[
            ("client", '["3","3","hall:1","phx_join",{}]'),
            ("server", '["3","3","hall:1","phx_reply",{"response":{"seats":50},"status":"ok"}]'),
            ("client", '["3","4","hall:1","please",{}]'),
            ("server", b"\x00\x01\x06\x043hall:1gift\x00\x01\x02\xff"),
            ("server", '["3","4","hall:1","phx_reply",{"response":{},"status":"ok"}]'),
        ],
    ),
    "threeHeartbeats": Scene(
        says=[
            ["waiting", 30000],
            ["2", {"response": {}, "status": "ok"}],
            ["waiting", 30000],
            ["4", {"response": {}, "status": "ok"}],
            ["waiting", 30000],
            ["6", {"response": {}, "status": "ok"}],
        ],
        wire=[
            ("client", '[null,"2","phoenix","heartbeat",{}]'),
            ("server", '[null,"2","phoenix","phx_reply",{"response":{},"status":"ok"}]'),
            ("client", '[null,"4","phoenix","heartbeat",{}]'),
            ("server", '[null,"4","phoenix","phx_reply",{"response":{},"status":"ok"}]'),
            ("client", '[null,"6","phoenix","heartbeat",{}]'),
            ("server", '[null,"6","phoenix","phx_reply",{"response":{},"status":"ok"}]'),
        ],
    ),
    "crash": Scene(
        says=[
            ["ok", {"seats": 50}],
            [{"reason": "channel_crash"}],
            ["errored"],
            ["waiting", 1000, 10000, 30000],
            ["ok", {"seats": 50}],
        ],
        wire=[
            ("client", '["3","3","hall:1","phx_join",{}]'),
            ("server", '["3","3","hall:1","phx_reply",{"response":{"seats":50},"status":"ok"}]'),
            ("client", '["3","4","hall:1","crash",{}]'),
            ("server", '["3","3","hall:1","phx_error",{"reason":"channel_crash"}]'),
            ("client", '["5","5","hall:1","phx_join",{}]'),
            ("server", '["5","5","hall:1","phx_reply",{"response":{"seats":50},"status":"ok"}]'),
        ],
    ),
}
