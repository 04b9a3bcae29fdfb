"""The outbox: order, bounds, and a task that lives only while there is something to send."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from websockets.exceptions import ConnectionClosedError

from hellosockets.server.outbox import HIGH_WATER, MAX_SIZE, Outbox


class Connection:
    """A connection that sends while its gate is open."""

    def __init__(self) -> None:
        self.sent: list[str | bytes] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.is_closed = self.is_aborted = False
        self.transport = self

    async def send(self, message: str | bytes) -> None:
        if self.is_closed:
            raise ConnectionClosedError(None, None)
        self.sent.append(message)
        await self.gate.wait()

    def abort(self) -> None:
        self.is_aborted = True


def outbox(connection: Connection, **kwargs: Any) -> tuple[Outbox, list[int]]:
    counted: list[int] = []
    sending: Any = connection
    return Outbox(sending, lambda: counted.append(len(connection.sent)), **kwargs), counted


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0)


def others() -> set[asyncio.Task[Any]]:
    return asyncio.all_tasks() - {asyncio.current_task()}  # type: ignore[arg-type]


async def test_messages_are_sent_in_order_by_a_task_that_ends() -> None:
    connection = Connection()
    box, counted = outbox(connection)
    assert others() == set()
    messages: list[str | bytes] = ["a", b"b", "", b"", "a"]
    for each in messages:
        box.put(each)
    assert len(others()) == 1
    assert connection.sent == []
    await box.empty()
    assert connection.sent == messages
    assert counted == [1, 2, 3, 4, 5]
    await until(lambda: others() == set())
    box.put("more")
    await box.empty()
    assert connection.sent[-1] == "more"
    await until(lambda: others() == set())


async def test_what_is_put_while_one_is_sent_comes_after_it() -> None:
    connection = Connection()
    connection.gate.clear()
    box, counted = outbox(connection)
    box.put("a")
    await until(lambda: connection.sent)
    box.put("b")
    assert len(others()) == 1
    assert counted == []
    connection.gate.set()
    await box.empty()
    assert (connection.sent, counted) == (["a", "b"], [1, 2])


async def test_room_is_there_until_much_is_waiting() -> None:
    connection = Connection()
    connection.gate.clear()
    box, _ = outbox(connection)
    box.put("x" * HIGH_WATER)
    await box.room()
    box.put("x")
    waiting = asyncio.create_task(box.room())
    await until(lambda: connection.sent)
    for _ in range(10):
        await asyncio.sleep(0)
    assert not waiting.done()
    connection.gate.set()
    async with asyncio.timeout(30):
        await waiting
    await box.close()


async def test_too_much_is_dropped_and_the_connection_cut_off() -> None:
    connection = Connection()
    connection.gate.clear()
    box, counted = outbox(connection, max_size=100)
    box.put("x" * 60)
    await until(lambda: connection.sent)
    box.put(b"x" * 40)
    assert not connection.is_aborted
    box.put("x")
    assert connection.is_aborted
    await box.room()
    await box.empty()
    box.put("late")  # who was cut off gets nothing more
    connection.gate.set()
    await until(lambda: others() == set())
    assert connection.sent == ["x" * 60]
    assert counted == [1]
    assert MAX_SIZE == 16 * 2**20


async def test_one_message_that_is_too_much_begins_no_task() -> None:
    connection = Connection()
    box, _ = outbox(connection, max_size=10)
    box.put("x" * 11)
    assert connection.is_aborted
    assert others() == set()


async def test_a_closed_connection_ends_the_task() -> None:
    connection = Connection()
    connection.is_closed = True
    box, counted = outbox(connection)
    box.put("a")
    box.put("b")
    async with asyncio.timeout(30):
        await box.empty()
    await until(lambda: others() == set())
    assert (connection.sent, counted) == ([], [])
    box.put("c")
    assert others() == set()


async def test_close_forgets_what_waits_and_ends_the_task() -> None:
    connection = Connection()
    connection.gate.clear()
    box, counted = outbox(connection)
    box.put("a")
    await until(lambda: connection.sent)
    box.put("b")
    await box.close()
    assert others() == set()
    await box.room()
    await box.empty()
    await box.close()
    box.put("c")
    assert others() == set()
    assert (connection.sent, counted) == (["a"], [])
