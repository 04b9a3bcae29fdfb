"""The client against a server that follows a script: each message byte for byte.

The server here is `websockets` and a list, and knows nothing of Phoenix. What the client must send,
and what Phoenix would answer, is written out. Time is a list of alarms that a test sets off.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import logging
import math
import ssl
from collections.abc import AsyncIterator, Callable
from http import HTTPStatus
from typing import Any

import pytest
import pytest_asyncio
import trustme
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from hellosockets.client import (
    ClosedError,
    CloseEvent,
    ConnectError,
    JoinError,
    PushError,
    Socket,
    SocketError,
    TimedOutError,
)
from hellosockets.client.address import make_subprotocols, make_url
from hellosockets.client.channel import MAX_UNREAD
from hellosockets.client.timer import Backoff
from hellosockets.handshake import accept_key
from hellosockets.messages import PhoenixMessage
from hellosockets.server import serve as serve_application

PATIENCE = 10  # seconds; only a failing test waits that long


class FakeClock:
    """A clock that stands still until it is told otherwise."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.alarms: list[FakeAlarm] = []
        self.delays: list[float] = []  # all that were asked for

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, callback: Callable[[], object], /) -> FakeAlarm:
        self.delays.append(delay)
        alarm = FakeAlarm(self, self.now + delay, callback)
        self.alarms.append(alarm)
        return alarm

    def advance(self, seconds: float) -> None:
        end = self.now + seconds
        while (due := [alarm for alarm in self.alarms if alarm.when <= end]) != []:
            alarm = min(due, key=lambda each: each.when)
            self.alarms.remove(alarm)
            self.now = alarm.when
            alarm.callback()
        self.now = end

    @property
    def pending(self) -> list[float]:
        """Seconds from now, soonest first."""
        return sorted(round(alarm.when - self.now, 6) for alarm in self.alarms)


class FakeAlarm:
    def __init__(self, clock: FakeClock, when: float, callback: Callable[[], object]) -> None:
        self.clock = clock
        self.when = when
        self.callback = callback

    def cancel(self) -> None:
        if self in self.clock.alarms:
            self.clock.alarms.remove(self)


class Script:
    """A server that says what a test has it say, and keeps what it hears."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[str | bytes] = asyncio.Queue()
        self.connections: list[ServerConnection] = []
        self.requests: list[Request] = []
        self.closed: list[tuple[int | None, str | None]] = []
        self.refusal: HTTPStatus | None = None
        self.port = 0
        self.tls: ssl.SSLContext | None = None
        self._server: Server | None = None

    async def start(self) -> None:
        self._server = await serve(
            self._handle,
            "127.0.0.1",
            self.port,
            process_request=self._process_request,
            ping_interval=None,
            ssl=self.tls,
            close_timeout=1,
        )
        self.port = next(iter(self._server.sockets)).getsockname()[1]

    async def stop(self, code: int = 1001) -> None:
        if self._server is not None:
            self._server.close(code=code)
            await self._server.wait_closed()
            self._server = None

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/socket/websocket?vsn=2.0.0"

    def _process_request(self, connection: ServerConnection, request: Request) -> Response | None:
        self.requests.append(request)
        return None if self.refusal is None else connection.respond(self.refusal, "")

    async def _handle(self, connection: ServerConnection) -> None:
        self.connections.append(connection)
        with contextlib.suppress(ConnectionClosed):
            while True:
                self.heard.put_nowait(await connection.recv())
        self.closed.append((connection.close_code, connection.close_reason))

    async def hear(self, *messages: str | bytes) -> None:
        for message in messages:
            assert await asyncio.wait_for(self.heard.get(), PATIENCE) == message

    async def say(self, *messages: str | bytes) -> None:
        for message in messages:
            await self.connections[-1].send(message)

    def cut(self) -> None:
        self.connections[-1].transport.abort()


async def eventually(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.001)


def ours() -> list[str]:
    return [
        task.get_name()
        for task in asyncio.all_tasks()
        if task.get_name().startswith("hellosockets.client")
    ]


@pytest_asyncio.fixture
async def script() -> AsyncIterator[Script]:
    complaints: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, what: complaints.append(what))
    script = Script()
    await script.start()
    yield script
    await script.stop()
    gc.collect()
    await asyncio.sleep(0)
    assert complaints == []
    assert ours() == []


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest_asyncio.fixture
async def socket(script: Script, clock: FakeClock) -> AsyncIterator[Socket]:
    async with Socket(script.url, clock=clock) as socket:
        yield socket
    assert clock.alarms == []
    assert (socket.state, ours()) == ("closed", [])


JOIN = '["1","1","room:lobby","phx_join",{}]'
JOINED = '["1","1","room:lobby","phx_reply",{"response":{},"status":"ok"}]'


async def join(script: Script, socket: Socket, ref: str = "1") -> Any:
    room = socket.channel("room:lobby")
    pending = room.join()
    await script.hear(JOIN.replace("1", ref))
    await script.say(JOINED.replace("1", ref))
    assert await pending == {}
    return room


# Where it connects to.


@pytest.mark.parametrize(
    ("url", "params", "expected"),
    [
        ("ws://h/socket", {}, "ws://h/socket/websocket?vsn=2.0.0"),
        ("ws://h:4000/socket/", {}, "ws://h:4000/socket/websocket?vsn=2.0.0"),
        ("wss://h/socket/websocket", {}, "wss://h/socket/websocket?vsn=2.0.0"),
        ("ws://h/s/websocket?vsn=1.0.0", {}, "ws://h/s/websocket?vsn=1.0.0"),
        ("ws://h/s?token=undefined&vsn=2.0.0", {}, "ws://h/s/websocket?token=undefined&vsn=2.0.0"),
        ("ws://h/s?token=undefined", {"token": "a b"}, "ws://h/s/websocket?token=a%20b&vsn=2.0.0"),
        ("ws://h/s?a=%20", {"b": 1}, "ws://h/s/websocket?a=%20&b=1&vsn=2.0.0"),
        ("ws://h/s", {"u": {"id": True}}, "ws://h/s/websocket?u%5Bid%5D=true&vsn=2.0.0"),
        ("ws://h/s", {"é&": "~!*'()"}, "ws://h/s/websocket?%C3%A9%26=~!*'()&vsn=2.0.0"),
        ("ws://[::1]:4000", {}, "ws://[::1]:4000/websocket?vsn=2.0.0"),
    ],
)
def test_urls_are_completed(url: str, params: dict[str, Any], expected: str) -> None:
    assert make_url(url, params) == expected


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("http://localhost:4000/", "begins with ws:// or wss://, got 'http://localhost:4000/'"),
        ("localhost:4000/socket", "begins with ws:// or wss://"),
        ("ws:///socket", "needs a host"),
        ("ws://h:99999/socket", "a port must be 0 to 65535, got 'h:99999'"),
        ("ws://h/socket#top", "has no fragment, got #top"),
        ("ws://h/socket?vsn=3.0.0", "vsn must be 1.0.0 or 2.0.0, got '3.0.0'"),
    ],
)
def test_what_is_no_socket_url_is_an_error(url: str, error: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        Socket(url)
    assert error in str(caught.value)


def test_subprotocols_carry_a_token() -> None:
    assert make_subprotocols("secret!") == ["phoenix", "base64url.bearer.phx.c2VjcmV0IQ"]
    with pytest.raises(ValueError, match="has a / in its base64"):
        make_subprotocols("ab?")


async def test_the_request_has_params_token_and_origin(script: Script) -> None:
    count = iter(range(1, 9))
    socket = Socket(
        script.url,
        lambda: {"try": next(count)},
        auth_token=lambda: "secret!",
        origin="http://localhost:4000",
    )
    async with socket:
        pass
    request = script.requests[0]
    assert request.path == "/socket/websocket?vsn=2.0.0&try=1"
    assert request.headers["Sec-WebSocket-Protocol"] == "phoenix, base64url.bearer.phx.c2VjcmV0IQ"
    assert request.headers["Origin"] == "http://localhost:4000"
    assert request.headers["User-Agent"] == "HelloSockets"
    assert "Sec-WebSocket-Extensions" not in request.headers


async def test_compression_is_offered_when_asked_for(script: Script) -> None:
    async with Socket(script.url, compress=True) as socket:
        assert "permessage-deflate" in script.requests[0].headers["Sec-WebSocket-Extensions"]
        await join(script, socket)


# Joining.


async def test_join_has_the_chapters_bytes(script: Script, socket: Socket) -> None:
    channel = socket.channel("topic:subtopic")
    assert channel.state == "closed"
    pending = channel.join()
    assert channel.state == "joining"
    sent = '["1","1","topic:subtopic","phx_join",{}]'
    assert len(sent) == 40
    await script.hear(sent)
    answer = (
        '[null,"1","topic:subtopic","phx_reply",'
        '{"response":{"reason":"unmatched topic"},"status":"error"}]'
    )
    assert len(answer) == 98
    await script.say(answer)
    with pytest.raises(JoinError, match="check the topic's name") as caught:
        await pending
    assert caught.value.status == "error"
    assert caught.value.response == {"reason": "unmatched topic"}
    assert channel.state == "errored"


async def test_join_returns_the_response(script: Script, socket: Socket) -> None:
    room = socket.channel("room:lobby", {"name": "Ada"})
    pending = room.join()
    await script.hear('["1","1","room:lobby","phx_join",{"name":"Ada"}]')
    await script.say('["1","1","room:lobby","phx_reply",{"response":{"n":1},"status":"ok"}]')
    assert await pending == {"n": 1}
    assert await pending == {"n": 1}  # as often as one asks
    assert room.state == "joined"
    assert repr(room) == "ClientChannel(room:lobby, joined)"
    assert repr(pending) == "Push(phx_join: ok)"
    assert repr(socket) == "Socket(open, 1 channel)"


async def test_a_refused_join_is_tried_again_on_schedule(
    script: Script, socket: Socket, clock: FakeClock
) -> None:
    count = iter(range(1, 99))
    room = socket.channel("room:lobby", lambda: {"try": next(count)})
    pending = room.join()
    for number, delay in enumerate([1, 2, 5, 10, 10, 10], 1):
        await script.hear(f'["{number}","{number}","room:lobby","phx_join",{{"try":{number}}}]')
        await script.say(
            f'["{number}","{number}","room:lobby","phx_reply",'
            '{"response":{"reason":"full"},"status":"error"}]'
        )
        await room.wait_for("errored")
        if number == 1:
            with pytest.raises(JoinError, match=r'refused with {"reason": "full"}'):
                await pending
        assert clock.pending == [delay, 30]  # the rejoin, and the heartbeat
        # The heartbeat is left out of the walk.
        heartbeat = max(clock.alarms, key=lambda alarm: alarm.when)
        clock.advance(delay)
        heartbeat.when = clock.now + 30
    await script.hear('["7","7","room:lobby","phx_join",{"try":7}]')
    await script.say('["7","7","room:lobby","phx_reply",{"response":{},"status":"ok"}]')
    await room.wait_for("joined")
    await script.say('["7","7","room:lobby","phx_error",{"reason":"channel_crash"}]')
    await room.wait_for("errored")
    assert clock.pending == [1, 30]  # once joined, the schedule begins anew


async def test_join_without_an_answer_leaves_and_tries_again(
    script: Script, socket: Socket, clock: FakeClock
) -> None:
    room = socket.channel("room:lobby")
    pending = room.join()
    await script.hear(JOIN)
    waiting = asyncio.ensure_future(pending)
    await asyncio.sleep(0)
    clock.advance(10)
    with pytest.raises(TimedOutError, match=r"didn't answer 'phx_join' in 10 seconds"):
        await waiting
    assert room.state == "errored"
    await script.hear('["1","2","room:lobby","phx_leave",{}]')
    clock.advance(1)
    await script.hear('["3","3","room:lobby","phx_join",{}]')
    await script.say(JOINED)  # too late, and of another join
    await script.say(JOINED.replace("1", "3"))
    await room.wait_for("joined")


async def test_join_has_a_timeout_of_its_own(
    script: Script, socket: Socket, clock: FakeClock
) -> None:
    room = socket.channel("room:lobby")
    room.join(timeout=3)
    room.push("shout", timeout=None)  # which is the channel's for its pushes, too
    assert clock.pending == [3, 3, 30]


async def test_join_twice_is_an_error(script: Script, socket: Socket) -> None:
    room = await join(script, socket)
    with pytest.raises(RuntimeError, match="a channel is joined once"):
        room.join()


async def test_a_channel_that_was_left_isnt_joined(script: Script, socket: Socket) -> None:
    room = socket.channel("room:lobby")
    await room.leave()
    with pytest.raises(RuntimeError, match="make a new one"):
        room.join()


async def test_params_that_cant_be_sent_are_an_error(script: Script, socket: Socket) -> None:
    room = socket.channel("room:lobby", {"when": object()})
    with pytest.raises(TypeError, match="must be JSON"):
        room.join()
    assert room.state == "closed"


async def test_params_that_fail_later_are_logged_and_tried_again(
    script: Script, socket: Socket, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    answers = iter([{}, 1 / 2, {"n": 3}])
    room = socket.channel("room:lobby", lambda: dict(next(answers)))
    room.join()
    await script.hear(JOIN)
    await script.say('["1","1","room:lobby","phx_error",{}]')
    await room.wait_for("errored")
    clock.advance(1)
    assert "can't be joined again; it is tried later" in caplog.text
    assert room.state == "errored"
    clock.advance(2)
    await script.hear('["3","3","room:lobby","phx_join",{"n":3}]')


async def test_a_duplicate_topic_is_left_first(script: Script, socket: Socket) -> None:
    old = await join(script, socket)
    new = socket.channel("room:lobby")
    pending = new.join()
    await script.hear(
        '["1","2","room:lobby","phx_leave",{}]', '["3","3","room:lobby","phx_join",{}]'
    )
    await script.say('["1","2","room:lobby","phx_reply",{"response":{},"status":"ok"}]')
    await script.say('["1","1","room:lobby","phx_close",{}]')
    await script.say(JOINED.replace("1", "3"))
    assert await pending == {}
    assert (old.state, new.state) == ("closed", "joined")
    assert socket.channels == [new]


# Pushing.


async def test_push_returns_the_response(script: Script, socket: Socket) -> None:
    room = await join(script, socket)
    pending = room.push("ping", {"body": "hé"})
    await script.hear('["1","2","room:lobby","ping",{"body":"hé"}]')
    assert repr(pending) == "Push(ping: no reply yet)"
    await script.say(
        '["1","2","room:lobby","phx_reply",{"response":{"ping":"pong"},"status":"ok"}]'
    )
    assert await pending == {"ping": "pong"}


async def test_push_raises_what_isnt_ok(script: Script, socket: Socket) -> None:
    room = await join(script, socket)
    errors: list[Any] = []
    pending = room.push("buy").receive("error", errors.append)
    await script.hear('["1","2","room:lobby","buy",{}]')
    await script.say('["1","2","room:lobby","phx_reply",{"response":{"no":1},"status":"error"}]')
    with pytest.raises(PushError, match="room:lobby answered 'buy' with status 'error'") as caught:
        await pending
    assert (caught.value.status, caught.value.response) == ("error", {"no": 1})
    assert not isinstance(caught.value, JoinError)
    assert errors == [{"no": 1}]
    pending.receive("error", errors.append)  # late, and called at once
    assert errors == [{"no": 1}] * 2


async def test_push_times_out(script: Script, socket: Socket, clock: FakeClock) -> None:
    room = await join(script, socket)
    pending = room.push("shout", {}, timeout=3)
    await script.hear('["1","2","room:lobby","shout",{}]')
    clock.advance(2.999)
    assert pending.status is None
    clock.advance(0.001)
    with pytest.raises(TimeoutError, match=r"didn't answer 'shout' in 3 seconds") as caught:
        await pending
    assert isinstance(caught.value, SocketError)
    await script.say('["1","2","room:lobby","phx_reply",{"response":{},"status":"ok"}]')
    await join_again(script, room)
    assert pending.status == "timeout"


async def join_again(script: Script, room: Any) -> None:
    """Wait until everything that was said has been heard."""
    await script.say('[null,null,"room:lobby","mark",{}]')
    await room.next("mark", timeout=math.inf)


async def test_a_push_nobody_awaits_is_sent_and_harms_nothing(
    script: Script, socket: Socket, clock: FakeClock
) -> None:
    room = await join(script, socket)
    room.push("a")
    room.push("b", timeout=1)
    await script.hear('["1","2","room:lobby","a",{}]', '["1","3","room:lobby","b",{}]')
    await script.say('["1","2","room:lobby","phx_reply",{"response":{},"status":"error"}]')
    clock.advance(1)
    await join_again(script, room)
    # The fixture sees that nothing was complained of.


async def test_pushes_before_the_join_is_answered_wait_for_it(
    script: Script, socket: Socket
) -> None:
    room = socket.channel("room:lobby")
    room.join()
    pending = room.push("shout", {"n": 1})
    await script.hear(JOIN)
    assert script.heard.empty()
    await script.say(JOINED)
    await script.hear('["1","3","room:lobby","shout",{"n":1}]')  # a new ref, as phoenix.js has it
    await script.say('["1","3","room:lobby","phx_reply",{"response":7,"status":"ok"}]')
    assert await pending == 7


async def test_a_buffered_push_that_timed_out_isnt_sent(
    script: Script, socket: Socket, clock: FakeClock
) -> None:
    room = socket.channel("room:lobby")
    room.join()
    room.push("old", timeout=1)
    room.push("new")
    clock.advance(1)
    await script.hear(JOIN)
    await script.say(JOINED)
    await script.hear('["1","4","room:lobby","new",{}]')


async def test_pushing_before_joining_says_to_join_first(socket: Socket) -> None:
    room = socket.channel("room:lobby")
    with pytest.raises(RuntimeError, match=r"`await channel.join\(\)` first"):
        room.push("shout")
    with pytest.raises(RuntimeError, match=r"`await channel.join\(\)` first"):
        await room.next("shout")


async def test_what_cant_be_sent_is_an_error_at_once(script: Script, socket: Socket) -> None:
    room = socket.channel("room:lobby")
    room.join()
    with pytest.raises(TypeError, match="must be JSON"):
        room.push("shout", object())
    with pytest.raises(ValueError, match="must be JSON"):
        room.push("shout", math.nan)
    with pytest.raises(ValueError, match="at most 255 bytes"):
        room.push("s" * 256, b"")


async def test_bytes_travel_as_binary_messages(script: Script, socket: Socket) -> None:
    room = await join(script, socket)
    pending = room.push("upload", b"\x00\xff")
    await script.hear(b"\x00\x01\x01\x0a\x06" + b"12room:lobbyupload" + b"\x00\xff")
    await script.say(b"\x01\x01\x01\x0a\x02" + b"12room:lobbyok" + b"\xfe")
    assert await pending == b"\xfe"
    await script.say(b"\x02\x0a\x05room:lobbyphoto\x01\x02")
    message = await room.next("photo", timeout=math.inf)
    assert message == PhoenixMessage(None, None, "room:lobby", "photo", b"\x01\x02")


async def test_version_1_speaks_objects(script: Script) -> None:
    async with Socket(script.url.replace("2.0.0", "1.0.0")) as socket:
        room = socket.channel("room:lobby")
        pending = room.join()
        await script.hear('{"event":"phx_join","payload":{},"ref":"1","topic":"room:lobby"}')
        await script.say(
            '{"event":"phx_reply","payload":{"response":{},"status":"ok"},'
            '"ref":"1","topic":"room:lobby"}'
        )
        assert await pending == {}
        with pytest.raises(ValueError, match="version 1 has no binary messages"):
            room.push("upload", b"")


async def test_long_and_binary_responses_are_shown_briefly() -> None:
    assert str(PushError("buy", "shop:1", "error", b"\x00" * 3)).endswith(": 3 bytes")
    assert len(str(PushError("buy", "shop:1", "error", "x" * 10_000))) < 300


# What comes in.


async def test_broadcasts_reach_callbacks_and_next(script: Script, socket: Socket) -> None:
    room = await join(script, socket)
    heard: list[Any] = []
    ref = room.on("shout", heard.append)
    await script.say('[null,null,"room:lobby","shout",{"n":1}]')
    message = await room.next("shout", timeout=math.inf)
    assert (message.event, message.payload) == ("shout", {"n": 1})
    assert heard == [{"n": 1}]
    room.off("shout", ref)
    await script.say('["1",null,"room:lobby","shout",{"n":2}]')
    assert (await room.next("shout", timeout=math.inf)).payload == {"n": 2}
    assert heard == [{"n": 1}]


async def test_next_reads_what_came_before_it_was_asked(script: Script, socket: Socket) -> None:
    room = await join(script, socket)
    await script.say(
        '[null,null,"room:lobby","a",1]',
        '[null,null,"room:lobby","b",2]',
        '[null,null,"room:lobby","a",3]',
        '[null,null,"room:other","a",4]',
        '["9",null,"room:lobby","a",5]',  # of another join
        '[null,null,"room:lobby","a",6]',
    )
    assert (await room.next("b", timeout=math.inf)).payload == 2
    read = [(await room.next(timeout=math.inf)).payload for _ in range(3)]
    assert read == [1, 3, 6]


async def test_next_times_out(script: Script, socket: Socket, clock: FakeClock) -> None:
    room = await join(script, socket)
    waiting = asyncio.create_task(room.next("shout", timeout=5))
    await asyncio.sleep(0)
    clock.advance(5)
    with pytest.raises(TimedOutError, match=r"no 'shout' came from room:lobby in 5 seconds"):
        await waiting


async def test_a_cancelled_next_loses_nothing(script: Script, socket: Socket) -> None:
    room = await join(script, socket)
    waiting = asyncio.create_task(room.next())
    await asyncio.sleep(0)
    room.receive(PhoenixMessage(None, None, "room:lobby", "shout", 1))  # taken, not yet returned
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert (await room.next()).payload == 1


async def test_unread_messages_are_bounded(script: Script, socket: Socket) -> None:
    room = await join(script, socket)
    for number in range(MAX_UNREAD + 5):
        room.receive(PhoenixMessage(None, None, "room:lobby", "tick", number))
    assert room.dropped == 5
    assert (await room.next()).payload == 5


async def test_a_channel_is_iterated_until_it_closes(script: Script, socket: Socket) -> None:
    room = await join(script, socket)
    await script.say(
        '[null,null,"room:lobby","a",1]',
        '[null,null,"room:lobby","b",2]',
        '["1","1","room:lobby","phx_close",{}]',
    )
    assert [message.payload async for message in room] == [1, 2]
    with pytest.raises(ClosedError, match="the channel is closed"):
        await room.next()
    with pytest.raises(ClosedError, match="make a new one"):
        room.push("shout")


async def test_a_callback_that_raises_harms_nothing(
    script: Script, socket: Socket, caplog: pytest.LogCaptureFixture
) -> None:
    room = await join(script, socket)
    heard: list[Any] = []
    room.on("shout", lambda payload: payload["no such key"])
    room.on("shout", heard.append)
    socket.on_message(lambda message: 1 / 0)
    with caplog.at_level(logging.ERROR, "hellosockets.client"):
        await script.say('[null,null,"room:lobby","shout",{}]')
        await room.next("shout", timeout=math.inf)
    assert heard == [{}]
    assert "no such key" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert socket.state == "open"


async def test_a_coroutine_function_is_no_callback(socket: Socket) -> None:
    async def callback(payload: Any) -> None: ...

    with pytest.raises(TypeError, match=r"use `await channel.next\(event\)`"):
        socket.channel("room:lobby").on("shout", callback)
    with pytest.raises(TypeError, match=r"use `await socket.wait_for\(state\)`"):
        socket.on_message(callback)


@pytest.mark.parametrize(
    "nonsense",
    [
        "",
        "[]",
        "{}",
        '[null,null,1,"shout",{}]',
        b"",
        b"\x09",
        '["1","2","room:lobby","phx_reply",7]',
    ],
)
async def test_nonsense_from_the_server_harms_nothing(
    script: Script, socket: Socket, nonsense: str | bytes
) -> None:
    room = await join(script, socket)
    pending = room.push("ping")
    await script.say(nonsense)
    await script.say('["1","2","room:lobby","phx_reply",{"response":1,"status":"ok"}]')
    assert await pending == 1


async def test_socket_callbacks(script: Script, clock: FakeClock) -> None:
    seen: list[Any] = []
    socket = Socket(script.url, clock=clock)
    socket.on_open(lambda: seen.append(("open", socket.state)))
    socket.on_message(seen.append)
    ref = socket.on_error(seen.append)
    socket.on_close(lambda event: seen.append((event, socket.state)))
    states: list[str] = []
    socket.listeners.append(lambda: states.append(socket.state))
    await socket.connect()
    await script.say('[null,null,"nobody","hello",{}]')
    await eventually(lambda: len(seen) == 2)
    socket.off([ref])
    await socket.disconnect(4000, "bye")
    assert seen == [
        ("open", "open"),
        PhoenixMessage(None, None, "nobody", "hello", {}),
        (CloseEvent(4000, "bye"), "closed"),
    ]
    assert script.closed == [(4000, "bye")]
    assert [state for i, state in enumerate(states) if states[i - 1 : i] != [state]] == [
        "connecting",
        "open",
        "closing",
        "closed",
    ]


# Leaving.


async def test_leave_waits_for_the_answer(script: Script, socket: Socket) -> None:
    room = await join(script, socket)
    closed: list[Any] = []
    room.on("phx_close", closed.append)
    pending = room.leave()
    assert room.leave() is pending
    assert room.state == "leaving"
    await script.hear('["1","2","room:lobby","phx_leave",{}]')
    await script.say('[null,null,"room:lobby","shout",{}]')  # too late to be heard
    await script.say('["1","2","room:lobby","phx_reply",{"response":{},"status":"ok"}]')
    await script.say('["1","1","room:lobby","phx_close",{}]')
    assert await pending == {}
    assert (room.state, socket.channels, closed) == ("closed", [], ["leave"])
    assert script.heard.empty()


async def test_leave_ends_when_the_server_doesnt_answer(
    script: Script, socket: Socket, clock: FakeClock
) -> None:
    room = await join(script, socket)
    pending = room.leave()
    clock.advance(10)
    assert await pending == {}
    assert room.state == "closed"


async def test_leave_without_a_connection_is_done_at_once(
    script: Script, socket: Socket, clock: FakeClock
) -> None:
    room = await join(script, socket)
    other = socket.channel("room:other")
    pushed = room.push("ping", timeout=99)
    script.cut()
    await room.wait_for("errored")
    assert await room.leave() == {}
    assert await other.leave() == {}  # never joined: nothing is sent
    with pytest.raises(ClosedError, match="can't answer 'ping' any more"):
        await pushed
    assert socket.channels == []


async def test_leave_after_the_server_closed_it_is_done_at_once(
    script: Script, socket: Socket
) -> None:
    room = await join(script, socket)
    await script.say('["1","1","room:lobby","phx_close",{}]')
    await room.wait_for("closed")
    assert await room.leave() == {}
    assert room.state == "closed"
    assert script.heard.empty()


async def test_a_lost_connection_ends_the_leaving(script: Script, socket: Socket) -> None:
    room = await join(script, socket)
    pending = room.leave()
    script.cut()
    assert await pending == {}
    assert room.state == "closed"


# The heartbeat.


async def test_three_heartbeats(script: Script, socket: Socket, clock: FakeClock) -> None:
    for ref in ("1", "2", "3"):
        assert socket.heartbeat is not None
        assert clock.pending == [30]
        clock.advance(30)
        assert socket.heartbeat.state == "pending"
        await script.hear(f'[null,"{ref}","phoenix","heartbeat",{{}}]')
        clock.advance(29)
        await script.say(f'[null,"{ref}","phoenix","phx_reply",{{"response":{{}},"status":"ok"}}]')
        heartbeat = socket.heartbeat
        await eventually(lambda heartbeat=heartbeat: heartbeat.state == "waiting")


async def test_a_heartbeat_without_reply_closes_and_reconnects(
    script: Script, socket: Socket, clock: FakeClock
) -> None:
    room = await join(script, socket)
    clock.advance(30)
    await script.hear('[null,"2","phoenix","heartbeat",{}]')
    # Anything but the reply counts for nothing.
    await script.say('[null,null,"room:lobby","shout",{}]')
    await room.next("shout", timeout=math.inf)
    clock.advance(30)
    assert (socket.state, room.state) == ("closing", "errored")
    await socket.wait_for("closed")
    await eventually(lambda: script.closed == [(1000, "heartbeat timeout")])
    assert clock.pending == [0.01]
    clock.advance(0.01)
    await socket.wait_for("open")
    await script.hear('["3","3","room:lobby","phx_join",{}]')
    await script.say(JOINED.replace("1", "3"))
    await room.wait_for("joined")


async def test_a_frozen_server_is_cut_off_and_not_waited_for(clock: FakeClock) -> None:
    frozen = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await handshake(reader))
        await frozen.wait()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    socket = await Socket(f"ws://127.0.0.1:{port}/socket", clock=clock).connect()
    events: list[CloseEvent] = []
    socket.on_close(events.append)
    clock.advance(30)
    clock.advance(30)
    assert (socket.state, clock.pending) == ("closing", [1.5])
    clock.advance(1.5)
    await eventually(lambda: bool(events))
    assert events == [CloseEvent(1006, "")]
    assert clock.pending == [0.01]
    disconnecting = asyncio.create_task(socket.disconnect())
    await disconnecting
    assert (clock.alarms, ours()) == ([], [])
    frozen.set()
    server.close()
    await server.wait_closed()


async def test_a_server_that_says_goodbye_and_stays_is_cut_off(clock: FakeClock) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await handshake(reader) + b"\x88\x02\x03\xe9")  # 1001, with the answer
        await reader.read()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    socket = await Socket(f"ws://127.0.0.1:{port}/socket", clock=clock).connect()
    await socket.wait_for("closing")
    disconnecting = asyncio.create_task(socket.disconnect())
    connecting = asyncio.create_task(socket.connect())
    await eventually(lambda: clock.pending == [1.5])
    clock.advance(1.5)
    await disconnecting
    assert await connecting is socket  # once the old connection is gone
    await socket.wait_for("closing")
    disconnecting = asyncio.create_task(socket.disconnect())
    await eventually(lambda: clock.pending == [1.5])
    disconnecting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await disconnecting
    assert (socket.state, clock.alarms, ours()) == ("closed", [], [])
    server.close()
    await server.wait_closed()


async def handshake(reader: asyncio.StreamReader) -> bytes:
    """Read an opening handshake, and return the answer."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    key = head.partition("Sec-WebSocket-Key: ")[2].partition("\r\n")[0]
    return (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept_key(key)}\r\n\r\n"
    ).encode()


async def test_no_heartbeat_when_there_is_no_interval(script: Script, clock: FakeClock) -> None:
    async with Socket(script.url, heartbeat_interval=None, clock=clock):
        assert clock.alarms == []
    with pytest.raises(ValueError, match="heartbeat_interval must be seconds above 0"):
        Socket(script.url, heartbeat_interval=0)


# Reconnecting.


async def test_it_reconnects_on_schedule_and_rejoins(
    script: Script, socket: Socket, clock: FakeClock
) -> None:
    room = await join(script, socket)
    errors: list[Exception] = []
    socket.on_error(errors.append)
    await script.stop()
    await socket.wait_for("closed")
    assert room.state == "errored"
    schedule = [0.01, 0.05, 0.1, 0.15, 0.2, 0.25, 0.5, 1, 2, 5, 5, 5]
    for tries, delay in enumerate(schedule):
        await eventually(lambda tries=tries: len(errors) == tries and clock.alarms != [])
        assert clock.pending == [delay]
        clock.advance(delay)
        assert socket.state == "connecting"
    await eventually(lambda: len(errors) == len(schedule) and clock.alarms != [])
    room.push("shout", {"n": 1})  # kept until the room is joined again
    await script.start()
    clock.advance(5)
    await socket.wait_for("open")
    await script.hear('["3","3","room:lobby","phx_join",{}]')
    await script.say(JOINED.replace("1", "3"))
    await script.hear('["3","4","room:lobby","shout",{"n":1}]')
    await room.wait_for("joined")
    script.cut()
    await eventually(lambda: clock.pending[:1] == [0.01])  # once open, the schedule begins anew


async def test_it_doesnt_reconnect_after_the_servers_1000(
    script: Script, socket: Socket, clock: FakeClock
) -> None:
    room = await join(script, socket)
    await script.connections[-1].close(1000)
    await socket.wait_for("closed")
    assert clock.alarms == []
    assert room.state == "errored"
    await socket.connect()  # by hand it does
    await script.hear('["2","2","room:lobby","phx_join",{}]')


async def test_it_reconnects_after_1000_when_asked_to(script: Script, clock: FakeClock) -> None:
    async with Socket(script.url, reconnect_after_1000=True, clock=clock) as socket:
        await script.connections[-1].close(1000)
        await socket.wait_for("closed")
        assert clock.pending == [0.01]


async def test_a_token_that_fails_later_is_logged_and_tried_again(
    script: Script, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    tokens = iter(["a", "ab?", "c"])
    async with Socket(script.url, auth_token=lambda: next(tokens), clock=clock) as socket:
        script.cut()
        await socket.wait_for("closed")
        clock.advance(0.01)
        assert "can't reconnect; it is tried later" in caplog.text
        assert clock.pending == [0.05]
        clock.advance(0.05)
        await socket.wait_for("open")
    with pytest.raises(ValueError, match="has a / in its base64"):
        Socket(script.url, auth_token="ab?")


@pytest.mark.parametrize("code", [1001, 1011, 1012, 4000])
async def test_it_reconnects_after_any_other_code(
    script: Script, socket: Socket, clock: FakeClock, code: int
) -> None:
    await script.connections[-1].close(code)
    await socket.wait_for("closed")
    assert clock.pending == [0.01]


async def test_a_refusal_is_retried_once_it_was_open(
    script: Script, socket: Socket, clock: FakeClock
) -> None:
    script.refusal = HTTPStatus.FORBIDDEN
    script.cut()
    await socket.wait_for("closed")
    for delay in (0.01, 0.05, 0.1):
        await eventually(lambda: clock.alarms != [])
        assert clock.pending == [delay]
        clock.advance(delay)
        await socket.wait_for("closed")
    script.refusal = None
    clock.advance(0.15)
    await socket.wait_for("open")


async def test_jitter_shortens_delays(script: Script, clock: FakeClock) -> None:
    backoff = Backoff([1, 2, 5, 10], 0.5, lambda: 0.4)
    assert [backoff(tries) for tries in range(1, 6)] == [0.8, 1.6, 4, 8, 8]
    socket = Socket(script.url, jitter=1, random=lambda: 0.75, clock=clock)
    async with socket:
        script.cut()
        await socket.wait_for("closed")
        assert clock.pending == [0.0025]
    for wrong in (-0.1, 1.1, math.nan):
        with pytest.raises(ValueError, match="jitter must be a part of the delay"):
            Socket(script.url, jitter=wrong)
    with pytest.raises(ValueError, match="delays must be one or more numbers"):
        Socket(script.url, reconnect_after=[])


async def test_messages_sent_while_it_is_down_are_kept(script: Script, clock: FakeClock) -> None:
    socket = Socket(script.url, clock=clock)
    room = socket.channel("room:lobby")
    pending = room.join()
    assert socket.state == "closed"
    await socket.connect()
    await script.hear(JOIN)
    await script.say(JOINED)
    assert await pending == {}
    await socket.disconnect()
    assert clock.alarms == []


async def test_what_is_past_isnt_sent_when_it_is_up(script: Script, clock: FakeClock) -> None:
    socket = Socket(script.url, clock=clock)
    left, room = socket.channel("room:left"), socket.channel("room:lobby")
    left.join()
    room.join()
    left.leave()
    script.refusal = HTTPStatus.SERVICE_UNAVAILABLE
    with pytest.raises(ConnectError, match="no room now"):
        await socket.connect()
    assert room.state == "errored"
    script.refusal = None
    await socket.connect()
    await script.hear('["4","4","room:lobby","phx_join",{}]')  # one join, and nothing else
    room.push("late", timeout=math.inf)
    await script.say(JOINED.replace("1", "4"))
    await script.hear('["4","6","room:lobby","late",{}]')
    await socket.disconnect()
    assert clock.alarms == []


# Connecting, and what can go wrong.


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (403, r"refused the connection with 403 Forbidden: check what the server allows"),
        (404, r"refused the connection with 404 Not Found: check the URL's path"),
        (500, r"500 Internal Server Error: look into the server's log"),
    ],
)
async def test_a_refused_first_connection_is_an_error(
    script: Script, clock: FakeClock, status: int, error: str
) -> None:
    script.refusal = HTTPStatus(status)
    socket = Socket(script.url, clock=clock)
    with pytest.raises(ConnectError, match=error) as caught:
        await socket.connect()
    assert caught.value.status == status
    assert (socket.state, clock.alarms, ours()) == ("closed", [], [])


async def test_an_absent_server_is_an_error(script: Script, clock: FakeClock) -> None:
    await script.stop()
    with pytest.raises(ConnectError, match=r"nothing listens at 127\.0\.0\.1:") as caught:
        await Socket(script.url, clock=clock).connect()
    assert caught.value.status is None
    with pytest.raises(ConnectError, match="nothing listens at localhost:"):
        await Socket(script.url.replace("127.0.0.1", "localhost"), clock=clock).connect()
    with pytest.raises(ConnectError, match=r"no host has the name no\.such\.host\.invalid"):
        await Socket("ws://no.such.host.invalid/socket", clock=clock).connect()


async def test_with_retry_it_goes_on_trying(script: Script, clock: FakeClock) -> None:
    script.refusal = HTTPStatus.SERVICE_UNAVAILABLE
    socket = Socket(script.url, clock=clock)
    connecting = asyncio.create_task(socket.connect(retry=True))
    await eventually(lambda: clock.pending == [0.01])
    script.refusal = None
    clock.advance(0.01)
    assert await connecting is socket
    assert await socket.connect() is socket  # again is safe
    await socket.disconnect()


async def test_disconnect_ends_a_connect_that_goes_on_trying(
    script: Script, clock: FakeClock
) -> None:
    script.refusal = HTTPStatus.SERVICE_UNAVAILABLE
    socket = Socket(script.url, clock=clock)
    connecting = asyncio.create_task(socket.connect(retry=True))
    await eventually(lambda: clock.pending == [0.01])
    await socket.disconnect()
    with pytest.raises(ClosedError, match="disconnected while it was connecting"):
        await connecting


async def test_tls_with_a_certificate_that_is_trusted_and_one_that_isnt(script: Script) -> None:
    authority = trustme.CA()
    await script.stop()
    script.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(script.tls)
    await script.start()
    url = script.url.replace("ws://127.0.0.1", "wss://localhost")
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    async with Socket(url, ssl=trusting) as socket:
        await join(script, socket)
    with pytest.raises(ConnectError, match=r"certificate of localhost:.* can't be trusted"):
        await Socket(url).connect()
    with pytest.raises(ConnectError, match=r"certificate of 127\.0\.0\.1:.* can't be trusted"):
        await Socket(url.replace("localhost", "127.0.0.1"), ssl=trusting).connect()
    with pytest.raises(ConnectError, match="doesn't answer as a WebSocket's server does"):
        await Socket(script.url).connect()
    await script.stop()
    script.tls = None
    await script.start()
    with pytest.raises(ConnectError, match="hung up before it was a WebSocket: check the port"):
        await Socket(url, ssl=trusting).connect()
    with pytest.raises(ConnectError, match=r"no WebSocket at .*: ssl argument is incompatible"):
        await Socket(script.url, ssl=trusting).connect()


async def test_a_server_that_says_nothing_is_an_error() -> None:
    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(ConnectError, match="didn't answer in time"):
        await Socket(f"ws://127.0.0.1:{port}/socket", timeout=0.05).connect()
    assert ours() == []
    server.close()
    await server.wait_closed()


async def test_what_is_no_http_is_an_error() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"220 mail.example ESMTP\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(ConnectError, match="doesn't answer as a WebSocket's server does"):
        await Socket(f"ws://127.0.0.1:{port}/socket").connect()
    with pytest.raises(ConnectError, match="speaks no TLS that suits"):
        await Socket(f"wss://127.0.0.1:{port}/socket").connect()
    server.close()
    await server.wait_closed()


async def test_wait_for_times_out(script: Script, socket: Socket, clock: FakeClock) -> None:
    room = await join(script, socket)
    waits = [
        asyncio.create_task(socket.wait_for("closed", timeout=5)),
        asyncio.create_task(room.wait_for("errored", timeout=5)),
    ]
    await asyncio.sleep(0)
    clock.advance(5)
    with pytest.raises(TimedOutError, match="the socket isn't closed after 5 seconds: it is open"):
        await waits[0]
    with pytest.raises(TimedOutError, match="isn't errored after 5 seconds: it is joined"):
        await waits[1]


# Disconnecting.


async def test_disconnect_ends_what_waits_and_connect_joins_again(
    script: Script, clock: FakeClock
) -> None:
    socket = await Socket(script.url, clock=clock).connect()
    room = await join(script, socket)
    other = socket.channel("room:other")
    waits = [asyncio.ensure_future(push) for push in (room.push("ping"), other.join())]
    await asyncio.sleep(0)
    await socket.disconnect()
    for waiting in waits:
        with pytest.raises(ClosedError, match="any more"):
            await waiting
    assert (room.state, other.state, clock.alarms, ours()) == ("errored", "errored", [], [])
    await eventually(lambda: script.closed == [(1000, "")])
    await script.hear('["1","2","room:lobby","ping",{}]', '["3","3","room:other","phx_join",{}]')
    await socket.disconnect()  # again is safe
    await socket.connect()
    await script.hear(
        '["4","4","room:lobby","phx_join",{}]', '["5","5","room:other","phx_join",{}]'
    )
    await socket.disconnect()


async def test_disconnect_sends_what_was_pushed_before(script: Script, clock: FakeClock) -> None:
    socket = await Socket(script.url, clock=clock).connect()
    room = await join(script, socket)
    for number in range(100):
        room.push("n", number)
    await socket.disconnect()
    await script.hear(*(f'["1","{n + 2}","room:lobby","n",{n}]' for n in range(100)))


@pytest.mark.parametrize(("code", "reason"), [(1001, ""), (2999, ""), (1000, "é" * 62)])
async def test_disconnect_refuses_what_no_close_frame_may_hold(
    socket: Socket, code: int, reason: str
) -> None:
    with pytest.raises(ValueError, match="must be"):
        await socket.disconnect(code, reason)
    assert socket.state == "open"


async def echo_forever(connection: ServerConnection) -> None:
    """Answer each message as a channel does that is happy with everything."""
    with contextlib.suppress(ConnectionClosed):
        while True:
            join_ref, ref, topic, _, payload = json.loads(await connection.recv())
            await connection.send(json.dumps([None, None, topic, "heard", payload]))
            response = {"response": payload, "status": "ok"}
            await connection.send(json.dumps([join_ref, ref, topic, "phx_reply", response]))


async def test_cancelled_anywhere_it_leaves_nothing(clock: FakeClock) -> None:
    server = await serve(echo_forever, "127.0.0.1", 0, ping_interval=None)
    port = next(iter(server.sockets)).getsockname()[1]
    loop = asyncio.get_running_loop()
    complaints: list[Any] = []
    loop.set_exception_handler(lambda _, what: complaints.append(what))
    finished = 0

    async def scenario(socket: Socket) -> None:
        nonlocal finished
        await socket.connect()
        try:
            room = socket.channel("room:lobby")
            await room.join()
            await room.next("heard")
            assert await room.push("shout", {"n": 1}) == {"n": 1}
            await room.wait_for("joined")
            await room.leave()
        finally:
            await socket.disconnect()
        finished += 1

    steps = 0
    while finished < 2:  # once more after the first that got through
        socket = Socket(f"ws://127.0.0.1:{port}/socket", clock=clock)
        task = loop.create_task(scenario(socket))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        assert ours() == []
        assert clock.alarms == []
        assert socket.state == "closed"
        assert socket._waiting._waiting == {}
        steps += 1
        assert steps < 5000
    server.close()
    await server.wait_closed()
    gc.collect()
    assert complaints == []


def test_the_end_of_the_loop_is_the_end_of_the_socket() -> None:
    complaints: list[Any] = []
    sockets: list[Socket] = []

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, what: complaints.append(what))
        server = await serve(echo_forever, "127.0.0.1", 0, ping_interval=None)
        port = next(iter(server.sockets)).getsockname()[1]
        sockets.append(await Socket(f"ws://127.0.0.1:{port}/socket").connect())
        server.close(close_connections=False)  # it listens no more; the socket is open still

    asyncio.run(main())
    gc.collect()
    assert complaints == []
    assert sockets[0].state == "closed"


async def test_it_runs_on_two_tasks(script: Script, socket: Socket) -> None:
    room = await join(script, socket)
    room.push("a")
    assert sorted(ours()) == ["hellosockets.client reads", "hellosockets.client writes"]


# With HelloSockets itself, in real time.


async def test_two_clients_chat() -> None:
    async with serve_application(0, announce=None) as server:
        async with Socket(server.url) as ada, Socket(server.url) as bob:
            rooms = [ada.channel("room:lobby"), bob.channel("room:lobby")]
            for room in rooms:
                assert await room.join() == {}
            assert await rooms[0].push("shout", {"body": "hi"}) == {}
            for room in rooms:
                assert (await room.next("shout")).payload == {"body": "hi"}
            assert await rooms[1].push("shout", b"\x00\x01") == {}
            assert (await rooms[0].next("shout")).payload == b"\x00\x01"
            nobody = ada.channel("topic:subtopic")
            with pytest.raises(JoinError, match="unmatched topic"):
                await nobody.join()
            again = ada.channel("room:lobby")
            assert await again.join() == {}
            assert (rooms[0].state, again.state) == ("closed", "joined")
            assert await again.leave() == {}
        await server.all_closed()
    assert server.leftovers() == []
    assert ours() == []


async def test_a_server_that_comes_back_is_joined_again() -> None:
    server = await serve_application(0, announce=None)
    async with Socket(server.url, rejoin_after=[0.01]) as socket:
        room = socket.channel("room:lobby")
        await room.join()
        await server.close()
        await room.wait_for("errored")
        pending = room.push("shout", {"n": 1})
        server = await serve_application(server.port, announce=None)
        await room.wait_for("joined")
        assert await pending == {}
        assert (await room.next("shout")).payload == {"n": 1}
    await server.close()
