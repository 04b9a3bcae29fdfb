"""Both seats of one connection: matched byte by byte, with a clock that a test turns."""

import asyncio

import pytest
from websockets.asyncio.client import connect

import hellosockets as hs
from hellosockets.conversation import Conversation
from hellosockets.frames import build_frame
from hellosockets.handshake import accept_key, build_request
from hellosockets.lanes import Call, lanes
from hellosockets.recording import Recording

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
MASK = bytes.fromhex("37fa213d")
GET = build_request("/echo", host="localhost", key=KEY)
ANSWER = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: %b\r\n\r\n" % accept_key(KEY).encode()
)
HELLO = build_frame("Hello", masking_key=MASK)


class Seats:
    """Two recordings of one connection, on one clock."""

    def __init__(self):
        self.now = 50.0
        self.client = Conversation(Recording(clock=self.clock))
        self.now += 0.25  # the server's recording begins later
        self.server = Conversation(Recording(clock=self.clock))

    def clock(self):
        return self.now

    def cross(self, speaker, data, *, way=0.125, cut=None):
        """Let bytes leave their speaker, and arrive later, in chunks of so many bytes."""
        near, far = (
            (self.client, self.server) if speaker == "client" else (self.server, self.client)
        )
        near.recording.append(speaker, data)
        self.now += way
        size = cut or len(data) or 1
        for i in range(0, max(1, len(data)), size):
            far.recording.append(speaker, data[i : i + size])


def test_each_step_knows_when_it_left_and_when_it_came():
    seats = Seats()
    seats.cross("client", GET)
    seats.cross("server", ANSWER)
    seats.cross("client", HELLO, way=0.5)
    seats.cross("client", b"")
    found = lanes(seats.server, seats.client)
    assert found.sees_both
    assert [(step.kind, step.sent, step.arrived) for step in found.steps] == [
        ("request", 0.0, 0.125),
        ("response", 0.125, 0.25),
        ("frame", 0.25, 0.75),
        ("end", 0.75, 0.875),
    ]
    assert [step.on_the_way for step in found.steps] == [0.125, 0.125, 0.5, 0.125]
    assert [step.size for step in found.steps] == [len(GET), len(ANSWER), len(HELLO), 0]


def test_full_duplex_both_are_on_the_way_at_once():
    seats = Seats()
    seats.cross("client", GET)
    seats.cross("server", ANSWER)
    seats.client.recording.append("client", HELLO)
    seats.server.recording.append("server", build_frame("Hi"))
    seats.now += 1
    seats.server.recording.append("client", HELLO)
    seats.client.recording.append("server", build_frame("Hi"))
    first, second = lanes(seats.server, seats.client).steps[2:]
    assert {first.speaker, second.speaker} == {"client", "server"}
    assert first.sent < second.arrived
    assert second.sent < first.arrived


def test_chunks_are_those_of_the_recorded_seat():
    seats = Seats()
    seats.cross("client", GET)
    seats.cross("server", ANSWER)
    seats.cross("client", HELLO, cut=4)
    seats.cross("client", HELLO * 2)
    steps = lanes(seats.server, seats.client).steps
    assert [step.chunks for step in steps] == [1, 1, 3, 1, 1]


def test_what_is_on_its_way_has_not_arrived():
    seats = Seats()
    seats.cross("client", GET)
    seats.cross("server", ANSWER)
    seats.server.recording.append("server", build_frame("Hi"))
    (step,) = lanes(seats.server, seats.client).steps[2:]
    assert step.sent == 0.25 + 0.0
    assert step.arrived is None
    assert step.on_the_way is None


def test_one_seat_alone_says_so():
    seats = Seats()
    seats.cross("client", GET)
    found = lanes(seats.server)
    assert not found.sees_both
    assert found.steps[0].sent == found.steps[0].arrived == 0.125
    assert repr(found) == "Lanes(1 steps, one seat)"


def test_calls_stand_before_what_they_cause():
    seats = Seats()
    calls = [Call(seats.now, "connect")]
    seats.now += 0.0625
    seats.cross("client", GET)
    steps = lanes(seats.server, seats.client, calls).steps
    assert [(step.kind, step.label) for step in steps] == [
        ("call", "connect"),
        ("request", "GET /echo"),
    ]
    assert steps[0].sent < steps[1].sent


def test_the_newest_steps_are_kept_and_the_others_counted():
    seats = Seats()
    seats.cross("client", GET)
    seats.cross("server", ANSWER)
    for _ in range(10):
        seats.cross("client", HELLO)
    found = lanes(seats.server, seats.client, most=4)
    assert (len(found.steps), found.dropped) == (4, 8)
    assert found.steps[-1].number == 11


@pytest.mark.parametrize("delay", [0.05])
async def test_a_real_connection_through_a_slow_wire(delay):
    async with await hs.serve(0, announce=lambda *_: None) as server:
        wire = await hs.tap(server)
        wire.delay = delay
        socket = await hs.Socket(wire.url).connect()
        room = socket.channel("room:lobby")
        await room.join()
        await socket.disconnect()
        await server.all_closed()
        found = lanes(server.connections[-1], socket.seat.conversation, socket.seat.calls)
        frames = [step for step in found.steps if step.kind == "frame"]
        assert [step.event for step in frames] == server.connections[-1].frames
        assert socket.seat.conversation.frames == server.connections[-1].frames
        assert all(step.on_the_way >= delay * 0.9 for step in frames if step.arrived)
        assert [step.label for step in found.steps if step.kind == "call"] == [
            "connect",
            "push phx_join to room:lobby",
            "disconnect with 1000",
        ]
        await wire.close()


async def test_any_client_of_the_library_may_have_a_seat():
    async with await hs.serve(0, announce=lambda *_: None) as server:
        async with connect(server.echo_url, create_connection=hs.RecordedClient) as client:
            await client.send("Hello")
            assert await client.recv() == "Hello"
        await server.all_closed()
        seen = client.seat.conversation
        assert seen.frames == server.connections[0].frames
        assert seen.request == server.connections[0].request
        assert seen.close_code == 1000
        await asyncio.sleep(0)
        assert seen.state == "closed"


async def test_a_seat_begins_anew_with_each_connection_and_is_bounded():
    async with await hs.serve(0, announce=lambda *_: None) as server:
        socket = hs.Socket(server.url)
        await socket.connect()
        first = socket.seat.conversation
        await socket.disconnect()
        await socket.connect()
        assert socket.seat.conversation is not first
        await socket.disconnect()
        for _ in range(3000):
            socket.seat.called("push")
        assert len(socket.seat.calls) == 1000
