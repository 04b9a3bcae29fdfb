"""Faults: answers that fail to come, taken out of a stream frame by frame."""

import asyncio
import random

import pytest

import hellosockets as hs
from hellosockets.frames import build_frame
from hellosockets.wire.faults import Faults, Sieve

MASK = bytes.fromhex("37fa213d")
HEAD = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
REFUSAL = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\n\x8a\x00"
REPLY = build_frame('[null,"7","phoenix","phx_reply",{"response":{},"status":"ok"}]')
REPLY_V1 = build_frame(
    '{"event":"phx_reply","payload":{"response":{},"status":"ok"},"ref":"7","topic":"phoenix"}'
)
OTHER = build_frame('["1","8","room:a","phx_reply",{"response":{},"status":"ok"}]')
TEXT, PONG, LONG = build_frame("hi"), build_frame("p", 10), build_frame(bytes(70_000))


class Bench:
    """A sieve, what it delivered, and what is to happen later."""

    def __init__(self, speaker="server"):
        self.faults = Faults()
        self.out = b""
        self.later = []
        self.sieve = Sieve(
            speaker, self.faults, self._deliver, lambda s, f: self.later.append((s, f))
        )

    def _deliver(self, data):
        assert data
        self.out += data

    def feed(self, data, size=None):
        size = size or len(data)
        for i in range(0, len(data), size):
            self.sieve.feed(data[i : i + size])


SIZES = [1, 2, 3, 7, 10_000_000]


@pytest.mark.parametrize("size", SIZES)
def test_without_a_fault_everything_passes_at_once(size):
    bench = Bench()
    stream = HEAD + TEXT + PONG + LONG + REPLY
    for i in range(0, len(stream), size):
        bench.feed(stream[i : i + size])
        assert bench.out == stream[: i + size]


@pytest.mark.parametrize("size", SIZES)
def test_pongs_are_swallowed_and_nothing_else(size):
    bench = Bench()
    bench.faults.pongs.swallow()
    bench.feed(HEAD + TEXT + PONG + LONG + PONG + REPLY + TEXT, size)
    assert bench.out == HEAD + TEXT + LONG + REPLY + TEXT
    assert (bench.faults.pongs.lost, bench.faults.replies.lost) == (2, 0)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("reply", [REPLY, REPLY_V1])
def test_replies_are_swallowed_and_no_other_text(size, reply):
    bench = Bench()
    bench.faults.replies.swallow()
    bench.feed(HEAD + TEXT + reply + OTHER + PONG + LONG + reply, size)
    assert bench.out == HEAD + TEXT + OTHER + PONG + LONG
    assert bench.faults.replies.lost == 2


def test_a_client_sends_pongs_but_no_replies():
    bench = Bench("client")
    bench.faults.pongs.swallow()
    bench.faults.replies.swallow()
    said = '[null,"7","phoenix","phx_reply",{}]'
    own = build_frame(said, masking_key=MASK)
    bench.feed(b"GET / HTTP/1.1\r\n\r\n" + own + build_frame("p", 10, masking_key=MASK))
    assert bench.out == b"GET / HTTP/1.1\r\n\r\n" + own


def test_the_next_one_alone_is_dropped():
    bench = Bench()
    bench.feed(HEAD)
    bench.faults.pongs.drop_next()
    bench.feed(PONG + PONG)
    assert bench.out == HEAD + PONG
    assert not bench.faults.is_on


def test_a_delayed_answer_comes_between_two_frames():
    bench = Bench()
    bench.faults.pongs.delay(0.5)
    bench.feed(HEAD + PONG + TEXT + LONG[:100])
    assert bench.out == HEAD + TEXT + LONG[:100]
    ((seconds, arrive),) = bench.later
    assert seconds == 0.5
    arrive()
    assert bench.out == HEAD + TEXT + LONG[:100]  # in the middle of a frame: not yet
    bench.feed(LONG[100:] + TEXT)
    assert bench.out == HEAD + TEXT + LONG + PONG + TEXT


def test_a_switch_in_the_middle_of_a_frame_counts_from_the_next_one():
    for cut in range(1, len(PONG)):
        bench = Bench()
        bench.feed(HEAD + PONG[:cut])
        bench.faults.pongs.swallow()
        bench.feed(PONG[cut:] + PONG + TEXT)
        assert bench.out == HEAD + PONG + TEXT
        assert bench.faults.pongs.lost == 1


def test_a_switch_turned_off_lets_go_of_what_is_held():
    bench = Bench()
    bench.faults.pongs.swallow()
    bench.feed(HEAD + PONG[:2])
    bench.faults.pongs.let_pass()
    bench.feed(PONG[2:] + TEXT)
    assert bench.out == HEAD + PONG + TEXT


def test_what_is_held_at_the_end_is_let_go():
    bench = Bench()
    bench.faults.pongs.swallow()
    bench.feed(HEAD + PONG[:2])
    bench.sieve.flush()
    assert bench.out == HEAD + PONG[:2]


def test_a_refusal_is_no_stream_of_frames():
    bench = Bench()
    bench.faults.pongs.swallow()
    bench.feed(REFUSAL, 1)
    assert bench.out == REFUSAL


def test_any_stream_cut_anywhere_loses_its_pongs_alone():
    chance = random.Random(7)
    for _ in range(300):
        frames = [
            chance.choice([TEXT, PONG, REPLY, OTHER, build_frame(bytes(chance.randrange(300)))])
            for _ in range(20)
        ]
        bench = Bench()
        bench.faults.pongs.swallow()
        stream = HEAD + b"".join(frames)
        while stream:
            size = chance.randrange(1, 200)
            bench.feed(stream[:size])
            stream = stream[size:]
        assert bench.out == HEAD + b"".join(frame for frame in frames if frame != PONG)


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_a_delay_is_above_zero(seconds):
    faults = Faults()
    with pytest.raises(ValueError, match="seconds above 0"):
        faults.pongs.delay(seconds)
    assert not faults.is_on


def test_printed():
    faults = Faults()
    faults.pongs.delay(2)
    assert repr(faults.pongs) == "Fault(pongs: delay by 2 s, 0 lost)"


# On a real wire


@pytest.fixture
async def server():
    async with await hs.serve(0, announce=lambda *_: None, timeout=5) as server:
        yield server


async def test_a_client_whose_replies_are_swallowed_gives_up(server):
    async with await hs.tap(server) as wire:
        socket = await hs.Socket(wire.url, heartbeat_interval=0.1).connect()
        with wire.replies.swallowed():
            async with asyncio.timeout(5):
                while wire.replies.lost == 0 or socket.is_connected:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
        assert not wire.replies.is_on
        await socket.disconnect()
    found = hs.beats(server.connections[0])
    assert found[-1].answered is not None  # the server did answer


async def test_one_lost_pong_is_one(server):
    async with await hs.tap(server) as wire:
        async with hs_connect(wire.url) as client:
            wire.pongs.drop_next()
            lost = await client.ping("one")
            answered = await client.ping("two")
            async with asyncio.timeout(5):
                await answered
            assert lost.done()  # a later pong answers it, too (RFC 6455 §5.5.3)
        assert wire.pongs.lost == 1


def hs_connect(url):
    from websockets.asyncio.client import connect

    return connect(url, ping_interval=None)
