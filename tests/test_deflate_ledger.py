"""DeflateLedger without a browser: what it sends, when, and its forms for no kernel."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from deflated_talks import JOIN, LOBBY, Talk, chapter

import hellosockets as hs
from hellosockets.bookkeeper import ledger
from hellosockets.deflate import Agreement
from hellosockets.prices import Terms
from hellosockets.widgets import deflate_ledger as room
from hellosockets.widgets.deflate_ledger import DeflateLedger
from hellosockets.widgets.strings import DEFLATE_LEDGER as STRINGS

DEADLINE = 10.0


class Page:
    """A page that shows a ledger, or doesn't yet."""

    def __init__(self, widget: DeflateLedger) -> None:
        self.widget = widget
        self.got: list[dict[str, Any]] = []
        widget.send = lambda content, buffers=None: self.got.append(json.loads(json.dumps(content)))

    def say(self, kind: str, **message: Any) -> None:
        self.widget._handle_custom_msg({"type": kind, **message}, [])

    def take(self) -> list[dict[str, Any]]:
        got, self.got = self.got, []
        return got

    async def wait_for(self, kind: str) -> dict[str, Any]:
        async with asyncio.timeout(DEADLINE):
            while True:
                for message in self.got:
                    if message["type"] == kind:
                        self.got.remove(message)
                        return message
                await asyncio.sleep(0.01)


def shown(said: Talk) -> Page:
    page = Page(DeflateLedger(said.conversation))
    page.say("hello")
    return page


def test_the_page_gets_what_there_is_and_then_what_is_new():
    said = chapter()
    page = shown(said)
    [snapshot] = page.take()
    assert snapshot["type"] == "snapshot"
    assert [row["size"] for row in snapshot["rows"]] == [40, 98, 36, 36, 4]
    assert [row["tail"] for row in snapshot["rows"]] == ["00 00 ff ff"] * 5
    assert [row["grew"] for row in snapshot["rows"]] == [False] * 4 + [True]
    assert [row["sources"] for row in snapshot["rows"]] == [[], [], [1], [3], []]
    assert [total["speaker"] for total in snapshot["totals"]] == ["client", "server"]
    said.say("server", LOBBY)
    [entries] = page.take()
    assert (entries["type"], entries["first"], len(entries["rows"])) == ("entries", 5, 1)
    assert entries["prices"][0]["total"] == ledger(said.conversation).priced().total


def test_a_page_that_shows_nothing_gets_nothing():
    said = chapter()
    page = Page(DeflateLedger(said.conversation))
    said.say("client", JOIN)
    assert page.take() == []
    page.say("hello")
    assert len(page.take()[0]["rows"]) == 6
    page.say("bye")
    assert page.take() == [{"type": "bye"}]
    said.say("client", JOIN)
    assert page.take() == []


def test_control_frames_are_no_news():
    said = chapter()
    page = shown(said)
    said.say("client", JOIN)
    page.take()
    said.recording.append("server", bytes.fromhex("89 00"))
    assert page.take() == []


def test_select():
    page = shown(chapter())
    page.take()
    page.say("select", number=4)
    entry = page.widget.selected
    assert (entry.number, entry.data) == (4, LOBBY.encode())
    [detail] = page.take()
    assert detail["python"] == repr(entry)
    assert detail["repeats"] == [
        {"index": 0, "number": 3, "length": 36, "distance": 36, "text": LOBBY}
    ]
    assert [block["kind"] for block in detail["blocks"]] == ["fixed", "stored"]
    assert detail["blocks"][0]["tokens"] == [["<36, 36>", "copy", 19]]
    for number in (0, 6):
        page.say("select", number=number)
    assert page.widget.selected is entry
    page.say("hello")
    assert page.take()[0]["selected"] == 4


def test_what_if():
    said = chapter()
    page = shown(said)
    books = page.widget.ledger
    assert page.widget.price == books.priced()
    page.take()
    page.say("choose", terms=1)
    [prices] = page.take()
    price = books.priced(takeover=False)
    assert page.widget.price == price
    assert prices["again"]["wire"] == list(price.wire_sizes)
    assert prices["prices"][1]["total"] == price.total
    assert [row["difference"] == "" for row in prices["prices"]] == [True] + [False] * 9
    said.say("client", LOBBY)
    assert page.take()[0]["again"]["wire"] == list(page.widget.price.wire_sizes)
    assert page.widget.prices == page.widget.ledger.prices()
    for terms in (-1, 99):
        page.say("choose", terms=terms)
    assert page.widget.price.terms == Terms(takeover=False)


def test_a_ledger_that_is_older_than_the_handshake():
    said = Talk.__new__(Talk)
    conversation = hs.Conversation(hs.Recording())
    page = Page(DeflateLedger(conversation))
    page.say("hello")
    assert len(page.take()[0]["prices"]) == 10
    said.__init__(Agreement(True, True))  # type: ignore[misc]
    said.say("server", "Hello")
    for chunk in said.recording.chunks:
        conversation.recording.append(chunk.speaker, chunk.data)
    last = page.take()[-1]
    assert last["prices"][1]["terms"] == "context takeover"
    assert "no context takeover" in last["agreement"][0]


async def test_updates_come_a_few_times_a_second(monkeypatch):
    monkeypatch.setattr(room, "INTERVAL", 0.05)
    said = chapter()
    page = shown(said)
    await page.wait_for("snapshot")
    for _ in range(100):
        said.say("client", JOIN)
    assert page.take() == []  # nothing yet: the loop has had no turn
    entries = await page.wait_for("entries")
    assert (entries["first"], len(entries["rows"])) == (5, 100)


async def test_a_flood_is_taken_in_portions(monkeypatch):
    monkeypatch.setattr(room, "INTERVAL", 0.01)
    monkeypatch.setattr(room, "SLICE", 10_000)
    said = chapter()
    page = shown(said)
    await page.wait_for("snapshot")
    for i in range(50):
        said.say("client", f"{i} {LOBBY}")
    first = await page.wait_for("entries")
    assert len(first["rows"]) < 30
    async with asyncio.timeout(DEADLINE):
        while page.widget._sent < 55:
            await page.wait_for("entries")


def test_detached():
    said = chapter()
    page = shown(said)
    listeners = len(said.recording.listeners)
    page.widget.detach()
    assert len(said.recording.listeners) == listeners - 1
    page.take()
    said.say("client", JOIN)
    assert page.take() == []
    assert len(page.widget.entries) == 5
    page.widget.detach()
    page.widget.close()


def test_problems_are_shown(monkeypatch):
    page = shown(chapter())
    page.take()
    page.say("choose", terms="all")
    assert page.take()[0]["type"] == "problem"


def test_forms():
    said = chapter()
    widget = DeflateLedger(said.conversation)
    books = ledger(said.conversation)
    assert repr(widget) == f"Deflate{books!r}"
    assert widget._repr_html_() == books._repr_html_()
    data, _ = widget._repr_mimebundle_()
    assert data["text/plain"] == repr(widget)
    assert data["text/html"] == books._repr_html_()
    assert widget.totals == books.totals
    assert widget.entries == books.entries


def test_a_ledger_shows_one_conversation():
    with pytest.raises(TypeError, match=r"shows one conversation, got int$"):
        DeflateLedger(3)

    class Server:
        connections = ()

    with pytest.raises(TypeError, match=r"got Server: name one of its \.connections"):
        DeflateLedger(Server())


def test_long_messages_are_cut():
    said = Talk()
    said.say("client", "x" * 10**6)
    said.say("client", bytes(range(256)) * 40)
    page = shown(said)
    rows = page.take()[0]["rows"]
    assert len(rows[0]["says"][0][0]) + len(rows[0]["says"][1][0]) == room.PREVIEW_SIZE
    for number in (1, 2):
        page.say("select", number=number)
    one, two = page.take()
    assert one["more"] == 10**6 - room.TEXT_SIZE
    assert len(two["payload"].split()) == room.PAYLOAD_SIZE
    assert all(len(json.dumps(detail)) < 50_000 for detail in (one, two))


def test_every_word_of_the_page_is_in_the_table():
    script = str(DeflateLedger._esm)
    built = {f"{column}{end}" for column in COLUMNS for end in ("", "_tip")} | {"client", "server"}
    missing = [
        name
        for name in STRINGS
        if f"words.{name}" not in script and f'"{name}"' not in script and name not in built
    ]
    assert missing == []


COLUMNS = (
    "number",
    "speaker",
    "size",
    "payload",
    "wire",
    "was",
    "ratio",
    "tail",
    "sources",
    "says",
)
