"""The list of connections that a server and a wire keep."""

from __future__ import annotations

import asyncio
import logging

import pytest

import hellosockets.connections as room
from hellosockets.connections import Connections, count


async def test_connections_are_numbered_and_come_and_go() -> None:
    connections = Connections()
    assert (connections.all, connections.open, connections.leftovers()) == ([], [], [])
    first, second = connections.begin("a"), connections.begin("b", secure=True)
    assert (first.number, second.number) == (1, 2)
    assert connections.all == connections.open == [first, second]
    assert connections.leftovers() == [
        "connection 1 is still alive: close its client",
        "connection 2 is still alive: close its client",
    ]
    assert connections.end("a") is first
    assert (connections.all, connections.open) == ([first, second], [second])
    third = connections.begin("a")  # a key may come again
    assert third.number == 3
    connections.all.clear()  # a copy
    assert connections.all == [first, second, third]
    with pytest.raises(KeyError):
        connections.end("nobody")


async def test_the_clock_is_the_recordings() -> None:
    now = 41.0
    connections = Connections(lambda: now)
    conversation = connections.begin("a")
    now = 42.0
    conversation.recording.append("client", b"x")
    assert conversation.recording.chunks[0].time == 1.0  # since it began


async def test_listeners_hear_of_connections_and_bytes(caplog: pytest.LogCaptureFixture) -> None:
    connections = Connections()
    heard: list[tuple[int, int]] = []

    def listen() -> None:
        sizes = [each.recording.size for each in connections.all]
        heard.append((len(connections.open), sum(sizes)))

    def fail() -> None:
        raise ZeroDivisionError

    def once() -> None:
        connections.listeners.remove(once)

    connections.listeners += [fail, once, listen]
    conversation = connections.begin("a")
    conversation.recording.append("client", b"xyz")
    conversation.recording.append("client", b"")
    connections.end("a")
    assert heard == [(1, 0), (1, 3), (1, 3), (0, 3)]
    assert caplog.messages == ["a listener failed"] * 4
    assert connections.listeners == [fail, listen]


async def test_the_oldest_that_ended_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MAX_FINISHED", 2)
    connections = Connections()
    alive = connections.begin("alive")
    for number in range(5):
        connections.begin(number)
    for number in (3, 0, 1, 4, 2):
        connections.end(number)
    assert [each.number for each in connections.all] == [1, 5, 6]
    assert connections.dropped == 3
    assert connections.open == [alive]
    assert connections.begin("new").number == 7


async def test_bytes_make_room_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MAX_FINISHED_BYTES", 1000)
    connections = Connections()
    for number in range(4):
        connections.begin(number).recording.append("client", bytes(400))
        connections.end(number)
    assert [each.number for each in connections.all] == [3, 4]
    connections.begin("large").recording.append("client", bytes(1001))
    connections.end("large")
    assert connections.all == []
    assert connections.dropped == 5


async def test_all_closed_waits_for_all() -> None:
    connections = Connections()
    await connections.all_closed()
    connections.begin("a")
    connections.begin("b")
    waiting = asyncio.create_task(connections.all_closed(30))
    endless = asyncio.create_task(connections.wait_ended())
    connections.end("a")
    await asyncio.sleep(0)
    assert not waiting.done()
    connections.end("b")
    await waiting
    await endless
    connections.begin("c")
    with pytest.raises(TimeoutError, match=r"^1 connection still open after 0\.01 seconds: close"):
        await connections.all_closed(0.01)


async def test_a_log_says_nothing_where_nobody_listens(capfd: pytest.CaptureFixture[str]) -> None:
    connections = Connections()
    connections.listeners.append(lambda: 1 / 0)  # type: ignore[arg-type,return-value]
    logging.getLogger("hellosockets.connections").propagate = False
    try:
        connections.begin("a")
    finally:
        logging.getLogger("hellosockets.connections").propagate = True
    assert capfd.readouterr() == ("", "")


def test_count() -> None:
    assert [count(number, "wire") for number in (0, 1, 2, 1200)] == [
        *("0 wires", "1 wire", "2 wires", "1,200 wires")
    ]
