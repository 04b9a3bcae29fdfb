"""
The real phoenix.js against our server: what it saw, and what crossed the wire, byte for byte.

Where a scenario waits, time stands still for phoenix.js until the scenario lets it pass, so that
its schedules can be read, and cost nothing.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import node
import pytest
import trustme
from phoenix_scenes import SCENES, Line
from websockets.frames import Opcode

from hellosockets.application import UserSocket
from hellosockets.channels import Channel, Reply
from hellosockets.frames import Frame
from hellosockets.server import Server, serve
from hellosockets.wire import Wire, tap

Play: TypeAlias = Callable[[str, Server | Wire], AbstractAsyncContextManager[node.Node]]

# How a client of phoenix.js leaves.
GOODBYE: list[Line] = [("client", "close"), ("server", "close")]

# Where versions differ is in coming back: up to this one, a close with 1000 is taken for good.
LAST_THAT_STAYS_AWAY = "1.8.15"
each_version = pytest.mark.parametrize(
    "package", list(node.VERSIONS), ids=list(node.VERSIONS.values())
)


class Hall(Channel):
    """A channel that does whatever a channel can."""

    waiting: list[tuple[str, Any]]

    def join(self, payload: Any) -> Any:
        self.waiting = []
        is_full = payload.get("guests", 0) > 50
        return Reply({"reason": "full"}, "error") if is_full else {"seats": 50}

    def handle_in(self, event: str, payload: Any) -> Any:
        match event:
            case "refuse":
                return Reply({"reason": "no"}, "error")
            case "crash":
                raise LookupError("no chair")
            case "stop":
                self.stop()
                return {"bye": True}
            case "whisper":
                self.broadcast_from("whisper", payload)
                return {}
            case "reverse":
                return payload[::-1]
            case "please":
                self.push("gift", bytes([0, 1, 2, 255]))
                return {}
            case "later":
                self.waiting.append((self.socket_ref(), payload))
            case "now":
                for ref, kept in reversed(self.waiting):
                    self.reply(ref, kept)
                return {}
        return None


class Guest(UserSocket):
    """A connection with a name. ``Guest.connected`` is the newest."""

    connected: Guest

    def connect(self, params: dict[str, str]) -> bool:
        self.params = params
        Guest.connected = self
        return params.get("name") != "Mallory"

    def id(self) -> str:
        return "guest"


@pytest.fixture
def package() -> str:
    """Return the package that is phoenix.js: the newest, if the test doesn't ask for others."""
    return "phoenix"


@pytest.fixture
def play(package: str, phoenix_js: None) -> Play:
    """Return a function that plays a scenario against a server or a wire."""

    def play(scenario: str, place: Server | Wire) -> AbstractAsyncContextManager[node.Node]:
        return node.play(scenario, f"ws://127.0.0.1:{place.port}/socket", package)

    return play


@pytest.fixture
def start() -> Callable[..., Server]:
    channels = {"hall:*": Hall}
    return partial(serve, port=0, socket=Guest, channels=channels, announce=None, report=None)


@pytest.fixture
async def server(start: Callable[..., Server]) -> AsyncIterator[Server]:
    async with start() as server:
        yield server
    assert server.leftovers() == []


async def transcripts(server: Server) -> list[list[Line]]:
    """
    Return what was said on each WebSocket, once everybody has left.

    First what the client said, then the server: the two directions are two streams, and what
    crosses in between may come before or after.
    """
    await server.all_closed()
    return [_by_speaker([_line(frame) for frame in each.frames]) for each in server.connections]


def _by_speaker(lines: list[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: line[0])


def _line(frame: Frame) -> Line:
    assert frame.speaker is not None
    assert frame.verdicts == ()
    match frame.opcode:
        case Opcode.TEXT:
            return frame.speaker, frame.data.decode()
        case Opcode.BINARY:
            return frame.speaker, frame.data
    assert frame.opcode == Opcode.CLOSE
    code = "" if frame.close_code is None else f" {frame.close_code}"
    return frame.speaker, f"close{code} {frame.close_reason}".rstrip()


# One client, and a server that only answers.


@pytest.mark.parametrize("scenario", SCENES)
async def test_one_client(scenario: str, play: Play, server: Server) -> None:
    async with play(scenario, server) as client:
        assert await client.lines() == SCENES[scenario].says
    assert await transcripts(server) == [_by_speaker(SCENES[scenario].wire + GOODBYE)]


async def test_a_crash_is_told_to_the_servers_owner(
    play: Play, start: Callable[..., Server]
) -> None:
    reports: list[str] = []
    async with start(report=reports.append) as server, play("crash", server) as client:
        await client.lines()
    assert [str(crash) for crash in server.crashes] == reports
    (report,) = reports
    assert "hall:1" in report
    assert report.endswith("LookupError: no chair\n")


async def test_a_hundred_channels_and_no_more(play: Play, server: Server) -> None:
    async with play("tooManyChannels", server) as client:
        assert await client.lines() == [["error", {"reason": "too many channels joined"}]]
    (lines,) = await transcripts(server)
    assert len(lines) == 2 * (101 + 1)
    assert lines[100] == ("client", '["303","303","room:101","phx_join",{}]')
    assert lines[-2] == (
        "server",
        '["303","303","room:101","phx_reply",'
        '{"response":{"reason":"too many channels joined"},"status":"error"}]',
    )


# Several clients.


async def test_a_broadcast_reaches_two_sockets(play: Play, server: Server) -> None:
    async with play("twoSockets", server) as clients:
        assert await clients.lines() == [
            ["Ada", "ok", {}],
            ["Bob", "ok", {}],
            ["ok", {}],
            [{"body": "Hello"}, {"body": "Hello"}],
        ]
    assert await transcripts(server) == [
        [
            ("client", '["3","3","room:lobby","phx_join",{"name":"Ada"}]'),
            ("client", '["3","4","room:lobby","shout",{"body":"Hello"}]'),
            ("client", "close"),
            ("server", '["3","3","room:lobby","phx_reply",{"response":{},"status":"ok"}]'),
            ("server", '[null,null,"room:lobby","shout",{"body":"Hello"}]'),
            ("server", '["3","4","room:lobby","phx_reply",{"response":{},"status":"ok"}]'),
            ("server", "close"),
        ],
        [
            ("client", '["3","3","room:lobby","phx_join",{"name":"Bob"}]'),
            ("client", "close"),
            ("server", '["3","3","room:lobby","phx_reply",{"response":{},"status":"ok"}]'),
            ("server", '[null,null,"room:lobby","shout",{"body":"Hello"}]'),
            ("server", "close"),
        ],
    ]


async def test_two_programs_chat(play: Play, server: Server) -> None:
    async with play("chat", server) as ada, play("chat", server) as bob:
        for each in (ada, bob):
            assert await each.line() == ["ok", {}]
        for speaker, body in [(ada, "Hello"), (bob, "Hello, Ada"), (ada, "Bye")]:
            await speaker.tell(body)
            for each in (ada, bob):
                assert await each.line() == ["heard", body]
        for each in (ada, bob):
            await each.tell("leave")
            assert await each.lines() == []
    heard = [
        ("server", f'[null,null,"room:lobby","shout",{{"body":"{body}"}}]')
        for body in ["Hello", "Hello, Ada", "Bye"]
    ]
    for lines in await transcripts(server):
        assert [line for line in lines if line in heard] == heard


async def test_broadcast_from_leaves_its_sender_out(play: Play, server: Server) -> None:
    async with play("broadcastFrom", server) as clients:
        assert await clients.lines() == [["ok", {}], ["Bob heard", {"body": "psst"}]]
    ada, bob = await transcripts(server)
    whisper = ("server", '[null,null,"hall:1","whisper",{"body":"psst"}]')
    assert (ada.count(whisper), bob.count(whisper)) == (0, 1)


async def test_a_broadcast_of_the_servers_own(play: Play, server: Server) -> None:
    async with play("news", server) as client:
        assert await client.line() == ["ok", {}]
        server.broadcast("room:lobby", "news", {"headline": "rain"})
        server.broadcast("room:lobby", "picture", b"\x89PNG")
        assert await client.lines() == [[{"headline": "rain"}, {"hex": "89504e47"}]]
    (lines,) = await transcripts(server)
    assert lines[-3:] == [
        ("server", '[null,null,"room:lobby","news",{"headline":"rain"}]'),
        ("server", b"\x02\x0a\x07room:lobbypicture\x89PNG"),
        ("server", "close"),
    ]


# Connecting.


async def test_the_url_is_the_chapters(play: Play, server: Server) -> None:
    async with play("join", server) as client:
        await client.lines()
    (connection,) = server.connections
    assert connection.request is not None
    assert connection.request.target == "/socket/websocket?token=undefined&vsn=2.0.0"
    assert server.url.endswith(connection.request.target)


async def test_params_reach_connect(play: Play, server: Server) -> None:
    async with play("params", server) as client:
        assert await client.lines() == [["open"]]
    expected = {"name": "Ada & Bob", "city": "Zürich", "vsn": "2.0.0"}
    assert Guest.connected.params == expected


async def test_a_token_among_the_subprotocols(play: Play, start: Callable[..., Server]) -> None:
    async with start(auth_token=True) as server, play("authToken", server) as client:
        assert await client.lines() == [["open"]]
    (connection,) = server.connections
    assert connection.request is not None
    assert connection.response is not None
    asked = "phoenix,base64url.bearer.phx.YSBzZWNyZXQ"
    assert connection.request.get("Sec-WebSocket-Protocol") == asked
    assert connection.response.get("Sec-WebSocket-Protocol") == "phoenix"
    assert Guest.connected.auth_token == "a secret"


async def test_a_client_that_is_refused_tries_again(play: Play, server: Server) -> None:
    refusal = [["failed", "Unexpected server response: 403"], ["closed", 1006, ""]]
    async with play("refused", server) as client:
        assert await client.lines() == [
            *refusal,
            ["waiting", 10],
            *refusal,
            ["waiting", 50],
            *refusal,
        ]
    await server.all_closed()
    assert [each.state for each in server.connections] == ["refused"] * 3
    assert server.stats.refused == 3


async def test_compressed(play: Play, start: Callable[..., Server]) -> None:
    async with start(compress=True) as server, play("shout", server) as client:
        assert await client.lines() == SCENES["shout"].says
    (connection,) = server.connections
    assert connection.agreement is not None
    assert any(message.deflated for message in connection.messages)
    assert await transcripts(server) == [_by_speaker(SCENES["shout"].wire + GOODBYE)]


async def test_over_tls(
    phoenix_js: None, package: str, start: Callable[..., Server], tmp_path: Path
) -> None:
    authority = trustme.CA()
    trusted = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(trusted))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    async with start(tls=context) as server:
        url = f"wss://127.0.0.1:{server.port}/socket"
        variables = {"NODE_EXTRA_CA_CERTS": str(trusted)}
        async with node.play("pushAndReply", url, package, **variables) as client:
            assert await client.lines() == SCENES["pushAndReply"].says
        wire = SCENES["pushAndReply"].wire + GOODBYE
        assert await transcripts(server) == [_by_speaker(wire)]


# Losing the connection, and coming back.


def _joined(ref: str, *more: Line) -> list[Line]:
    """Return what is said when a client joins ``ping``, and more."""
    join = ("client", f'["{ref}","{ref}","ping","phx_join",{{}}]')
    reply = ("server", f'["{ref}","{ref}","ping","phx_reply",{{"response":{{}},"status":"ok"}}]')
    return _by_speaker([join, reply, *more])


async def _abort(server: Server) -> None:
    for connection in tuple(server._endpoint.alive):
        connection.transport.abort()


async def _disconnect(server: Server) -> None:
    assert await server.disconnect("guest") == 1


LOSSES: dict[str, tuple[Callable[[Server], Awaitable[None]], int, list[Line]]] = {
    "aborted": (_abort, 1006, []),
    "disconnected": (_disconnect, 1001, [("server", "close 1001"), ("client", "close 1001")]),
}
COMES_BACK = [
    ["errored"],
    ["waiting", 10],
    ["open"],
    ["ok", {}],
    ["ok", {"ping": "pong"}],
    ["closed", 1005, ""],  # its own goodbye has no code
]
PUSHED_MEANWHILE: list[Line] = [
    ("client", '["10","11","ping","ping",{}]'),
    ("server", '["10","11","ping","phx_reply",{"response":{"ping":"pong"},"status":"ok"}]'),
]


@each_version
@pytest.mark.parametrize("loss", LOSSES)
async def test_a_client_that_lost_its_connection_comes_back(
    play: Play, server: Server, loss: str
) -> None:
    lose, code, farewell = LOSSES[loss]
    async with play("connectionLost", server) as client:
        assert [await client.line(), await client.line()] == [["open"], ["ok", {}]]
        await lose(server)
        assert await client.lines() == [["closed", code, ""], *COMES_BACK]
    assert await transcripts(server) == [
        _joined("6", *farewell),
        _joined("10", *PUSHED_MEANWHILE, *GOODBYE),
    ]


@each_version
async def test_a_client_that_talked_nonsense_comes_back(play: Play, server: Server) -> None:
    async with play("nonsense", server) as client:
        assert await client.lines() == [["open"], ["ok", {}], ["closed", 1011, ""], *COMES_BACK]
    nonsense = [("client", "Hello"), ("client", "close 1011"), ("server", "close 1011")]
    assert await transcripts(server) == [
        _joined("6", *nonsense),
        _joined("10", *PUSHED_MEANWHILE, *GOODBYE),
    ]


@each_version
@pytest.mark.parametrize("reset", [True, False], ids=["reset", "hung up"])
async def test_a_client_comes_back_over_a_cut_wire(play: Play, server: Server, reset: bool) -> None:
    async with tap(server) as wire, play("connectionLost", wire) as client:
        assert [await client.line(), await client.line()] == [["open"], ["ok", {}]]
        await wire.cut(reset=reset)
        assert await client.lines() == [["closed", 1006, ""], *COMES_BACK]
    assert await transcripts(server) == [
        _joined("6"),
        _joined("10", *PUSHED_MEANWHILE, *GOODBYE),
    ]


@each_version
async def test_a_client_waits_for_a_server_that_starts_again(
    play: Play, start: Callable[..., Server], server: Server
) -> None:
    async with play("serverRestarts", server) as client:
        assert await client.line() == ["ok", {}]
        await server.close()
        assert await client.line() == ["closed", 1001]
        await client.tell("stopped")
        for delay in (10, 50, 100):
            assert await client.line() == ["waiting", delay]
            assert await client.line() == ["closed", 1006]
        async with start(port=server.port) as again:
            await client.tell("started")
            assert await client.lines() == [["waiting", 150], ["ok", {}]]
            assert await transcripts(again) == [_joined("9", *GOODBYE)]


@each_version
async def test_a_client_gives_up_a_frozen_wire(play: Play, server: Server) -> None:
    async with tap(server) as wire, play("heartbeatTimeout", wire) as client:
        assert await client.line() == ["ok", {}]
        with wire.frozen():
            await client.tell("frozen")
            assert await client.line() == ["joined"]
            assert await client.line() == ["errored", "heartbeat_timeout"]
        await client.tell("thawed")
        assert await client.lines() == [["ok", {}]]
    frozen, thawed = await transcripts(server)
    assert [data for speaker, data in frozen if speaker == "client"] == [
        '["3","3","ping","phx_join",{}]',
        '[null,"4","phoenix","heartbeat",{}]',
        "close 1000 heartbeat timeout",
    ]
    assert thawed == _joined("6", *GOODBYE)


@each_version
async def test_a_silent_client_is_closed_with_1000(
    play: Play, start: Callable[..., Server], package: str
) -> None:
    async with start(timeout=2) as server, play("silence", server) as client:
        said = await client.lines()
    expired = [["open"], ["ok", {}], ["closed", 1000, ""], ["errored"]]
    wire = _joined("6", ("server", "close 1000"))
    if node.VERSIONS[package] == LAST_THAT_STAYS_AWAY:
        assert said == [*expired, ["waiting"]]  # for nothing
        assert await transcripts(server) == [wire]
    else:
        assert said == [*expired, ["waiting", 10], ["open"], ["ok", {}], ["closed", 1005, ""]]
        assert await transcripts(server) == [wire, _joined("9", *GOODBYE)]
    assert server.stats.expired == 1
