"""HeartbeatClock without a browser: its numbers on a clock that a test turns, and real wires."""

import asyncio

import pytest
from test_beats import BEAT, REPLY, Talk

import hellosockets as hs
from hellosockets.widgets import HeartbeatClock


def test_numbers():
    talk = Talk()
    clock = HeartbeatClock(talk.conversation)
    assert (clock.state, clock.next_beat, clock.expires_in) == ("open", 30, 60)
    talk.now += 29
    talk.up(BEAT.format(1))
    beat, ping = clock.rings
    assert (beat.next_beat, beat.gives_up_in, beat.expires_in) == (None, 30, 60)
    assert (ping.interval, ping.beats) == (None, 0)
    talk.down(REPLY.format(1))
    talk.now += 10
    (beat, _) = clock.rings
    assert (beat.next_beat, beat.gives_up_in) == (20, None)
    assert beat.expires_in == 60 - 0.25 - 10
    assert (beat.beats, beat.answered, beat.round_trips) == (1, 1, (0.25,))


def test_pings():
    talk = Talk()
    clock = HeartbeatClock(talk.conversation, ping_interval=20, ping_timeout=5)
    talk.now += 3
    assert clock.rings[1].next_beat == 17
    talk.down("a", 9)
    talk.now += 1
    assert clock.rings[1].gives_up_in == 4
    assert clock.first == ("server", 4)
    talk.up("a", 10)
    assert clock.rings[1].gives_up_in is None


def test_who_gives_up_first():
    talk = Talk()
    talk.up(BEAT.format(1))
    assert HeartbeatClock(talk.conversation).first == ("client", 30)
    assert HeartbeatClock(talk.conversation, timeout=20).first == ("server", 20)
    nobody = HeartbeatClock(talk.conversation, heartbeat_interval=None, timeout=None)
    assert nobody.first is None


@pytest.mark.parametrize("name", ["heartbeat_interval", "timeout", "ping_interval", "ping_timeout"])
def test_delays_are_above_zero(name):
    with pytest.raises(ValueError, match=f"{name} must be seconds above 0, or None, got 0"):
        HeartbeatClock(Talk().conversation, **{name: 0})


def test_what_is_no_source_is_refused():
    with pytest.raises(TypeError, match="a clock watches a wire, a server or a conversation"):
        HeartbeatClock(42)


def test_forms_hold_no_measured_time():
    forms = []
    for wait in (1, 2):
        talk = Talk()
        talk.up(BEAT.format(1))
        talk.now += wait
        talk.down(REPLY.format(1))
        forms.append(HeartbeatClock(talk.conversation)._repr_mimebundle_()[0])
    assert forms[0]["text/html"] == forms[1]["text/html"]
    assert forms[0]["text/plain"] == forms[1]["text/plain"] == "HeartbeatClock(open, 1 beat)"
    assert "● open" in forms[0]["text/html"]


def talk_to(clock, monkeypatch, **message):
    sent = []
    monkeypatch.setattr(clock, "send", sent.append)
    clock._loop = None  # at once
    clock._handle_custom_msg(message, [])
    return sent


async def test_switches_and_freezing(monkeypatch):
    async with await hs.serve(0, announce=lambda *_: None) as server, await hs.tap(server) as wire:
        clock = HeartbeatClock(wire)
        talk_to(clock, monkeypatch, type="fault", name="pongs", mode="swallow", seconds="2")
        assert wire.pongs.mode == "swallow"
        (facts,) = talk_to(
            clock, monkeypatch, type="fault", name="replies", mode="delay", seconds="1.5"
        )
        assert (wire.replies.mode, wire.replies.seconds) == ("delay", 1.5)
        assert facts["faults"]["replies"]["mode"] == "delay"
        for text in ("soon", "0", "-1", "nan", "inf", ""):
            (bad,) = talk_to(
                clock, monkeypatch, type="fault", name="replies", mode="delay", seconds=text
            )
            assert bad["text"].endswith(f"got “{text}”.")
            assert wire.replies.seconds == 1.5
        talk_to(clock, monkeypatch, type="fault", name="pongs", mode="pass", seconds="")
        talk_to(clock, monkeypatch, type="fault", name="pongs", mode="drop", seconds="")
        assert wire.pongs.is_on
        (facts,) = talk_to(clock, monkeypatch, type="freeze")
        assert wire.is_frozen
        assert facts["frozen"]
        talk_to(clock, monkeypatch, type="freeze")
        assert not wire.is_frozen


async def until(condition, seconds=10):
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_a_frozen_wire_lets_the_server_expire_it():
    async with (
        await hs.serve(0, announce=lambda *_: None, timeout=0.4) as server,
        await hs.tap(server) as wire,
    ):
        clock = HeartbeatClock(server, heartbeat_interval=0.1, timeout=0.4)
        socket = await hs.Socket(wire.url, heartbeat_interval=30).connect()
        assert clock.state == "open"
        wire.freeze()
        await until(lambda: clock.state == "expired")
        wire.thaw()
        await socket.disconnect()


async def test_swallowed_replies_make_the_client_give_up_and_a_delay_shows():
    async with await hs.serve(0, announce=lambda *_: None) as server, await hs.tap(server) as wire:
        clock = HeartbeatClock(wire, heartbeat_interval=0.3)
        wire.replies.delay(0.1)
        socket = await hs.Socket(wire.url, heartbeat_interval=0.3).connect()
        await until(lambda: clock.rings[0].answered >= 1)
        assert clock.rings[0].round_trips[0] >= 0.09
        first = clock.conversation
        wire.replies.swallow()
        await until(lambda: clock.state == "given up" or clock.conversation is not first)
        assert first.close_code == 1000
        await socket.disconnect()
