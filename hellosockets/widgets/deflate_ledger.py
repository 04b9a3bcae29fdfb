"""DeflateLedger: what compression did to each message of a conversation, live, and what if.

The widget appends what is new, a few times a second, and says from which message on; a page that
misses some asks for everything again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import traitlets

from .. import picture
from ..blocks import Block, Copy, LiteralByte, Token, replay
from ..bookkeeper import Bookkeeper
from ..conversation import Conversation
from ..deflate import Agreement
from ..frames import Speaker, preview
from ..ledger import (
    Entry,
    Ledger,
    Repeat,
    Stretch,
    Total,
    compare,
    percent,
    say_agreement,
)
from ..prices import Price, Pricer, Terms, usual_terms
from .base import Widget, styles
from .module import source
from .strings import DEFLATE_LEDGER as STRINGS

__all__ = ["DeflateLedger"]

INTERVAL = 0.25  # seconds between two updates
SLICE = 150_000  # bytes of messages taken in at once, as Bookkeeper.read counts; the rest waits
SOON = 0.02  # seconds until it

# What the page shows of one message:
PREVIEW_SIZE = 90  # bytes, in its row
TEXT_SIZE = 4_000  # bytes, where it is selected
PAYLOAD_SIZE = 96  # bytes of its payload
REPEATS_SHOWN = 40
TOKENS_SHOWN = 400
SOURCES_SHOWN = 3  # messages named in a row


class DeflateLedger(Widget):
    """
    The books of one conversation: each message's bytes on the wire and inflated, and its repeats.

    Args:
        conversation: One connection, e.g. ``server.connections[0]``.

    Attributes:
        selected: The `Entry` of the message that the reader has selected; None as long as there
            is none. Observers may be called in any thread.

    Raises:
        TypeError: If ``conversation`` isn't one.

    """

    _esm = source("deflate_ledger")
    _css = styles("deflate_ledger") + picture.css("ledger")
    _strings = traitlets.Dict(STRINGS).tag(sync=True)
    selected = traitlets.Any(None, read_only=True)

    _is_watching = False

    def __init__(self, conversation: Conversation) -> None:
        if not isinstance(conversation, Conversation):
            what = type(conversation).__name__
            raise TypeError(
                f"a ledger shows one conversation, got {what}: name one of its .connections"
                if hasattr(conversation, "connections")
                else f"a ledger shows one conversation, got {what}"
            )
        self._conversation = conversation
        self._bookkeeper = Bookkeeper(conversation)
        self._is_shown = False
        self._sent = 0  # entries that the page has
        self._reported = (0, 0, 0)  # entries, left out, missed: what it was told last
        self._chosen = 0  # which of the terms
        self._agreement: Agreement | None = None  # on which the bills are written
        self._pricers: list[Pricer] = []
        self._priced = 0  # entries that are on the bills
        self._due: asyncio.AbstractEventLoop | None = None  # the loop where an update is due
        super().__init__()
        self._conversation.recording.listeners.append(self._changed)
        self._is_watching = True
        self._read_and_send()

    @property
    def ledger(self) -> Ledger:
        """The books as they stand now."""
        self._read_all()
        return self._bookkeeper.ledger()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """An entry for each message, oldest first."""
        return self.ledger.entries

    @property
    def totals(self) -> dict[Speaker, Total]:
        """What each speaker's messages cost."""
        return self.ledger.totals

    @property
    def prices(self) -> tuple[Price, ...]:
        """The price of the conversation on each of the terms that the page offers."""
        self._read_all()
        return self._bills()

    @property
    def price(self) -> Price:
        """The price on the terms that the reader has chosen."""
        return self.prices[self._chosen]

    def detach(self) -> None:
        """Stop watching the conversation; what the ledger shows stays."""
        if not self._is_watching:
            return
        self._update()
        self._is_watching = False
        if self._changed in self._conversation.recording.listeners:
            self._conversation.recording.listeners.remove(self._changed)

    def close(self) -> None:
        """Stop watching the conversation, and take the ledger out of the page."""
        self.detach()
        super().close()

    def __repr__(self) -> str:
        return f"Deflate{self.ledger!r}"

    def _repr_html_(self) -> str:
        return self.ledger._repr_html_()

    # From the conversation into the books.

    def _changed(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._update()
            return
        if self._due is not loop:
            self._due = loop
            loop.call_later(INTERVAL, self._update)

    def _update(self) -> None:
        self._due = None
        self._try(self._read_and_send)

    def _read_and_send(self) -> None:
        is_more = self._is_watching and self._bookkeeper.read(SLICE)
        if self._is_shown:
            self._send_new()
        if is_more:
            self._come_back()

    def _come_back(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._read_and_send()
            return
        self._due = loop
        loop.call_later(SOON, self._update)

    def _read_all(self) -> None:
        if self._is_watching:
            self._bookkeeper.read()

    def _bills(self) -> tuple[Price, ...]:
        agreement = self._conversation.agreement
        if not self._pricers or agreement != self._agreement:
            self._agreement = agreement
            self._pricers = [Pricer(agreement, terms) for terms in usual_terms(agreement)]
            self._priced = 0
            self._chosen = min(self._chosen, len(self._pricers) - 1)
        for entry in self._bookkeeper.entries[self._priced :]:
            for pricer in self._pricers:
                pricer.add(entry.message)
        self._priced = len(self._bookkeeper.entries)
        return tuple(pricer.price() for pricer in self._pricers)

    # From the books into the page.

    def _send_new(self) -> None:
        entries = self._bookkeeper.entries
        state = (len(entries), self._bookkeeper.left_out, self._bookkeeper.missed)
        if state == self._reported:
            return
        self._reported = state
        first, self._sent = self._sent, len(entries)
        rows = [_row(entry) for entry in entries[first:]]
        self.send({"type": "entries", "first": first, "rows": rows, **self._facts()})

    def _send_snapshot(self) -> None:
        self._is_shown = True
        entries = self._bookkeeper.entries
        self._sent = len(entries)
        rows = [_row(entry) for entry in entries]
        selected = self.selected.number if self.selected is not None else None
        facts = self._facts()
        self.send({"type": "snapshot", "rows": rows, "selected": selected, **facts})

    def _facts(self) -> dict[str, Any]:
        books = self._bookkeeper
        prices = self._bills()
        chosen = prices[self._chosen]
        return {
            "agreement": say_agreement(self._agreement) if books.entries else [],
            "totals": [_total(total) for total in books.totals.values()],
            "left_out": books.left_out,
            "missed": books.missed,
            "prices": [_price(price, prices[0]) for price in prices],
            "chosen": self._chosen,
            "again": {
                "wire": chosen.wire_sizes,
                "payload": chosen.payload_sizes,
                "grew": chosen.grew,
            },
        }

    # From the page.

    def _heard(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "hello":
                self._soon(self._send_snapshot)
            case "bye":
                self._is_shown = False
                self.send({"type": "bye"})  # another page that shows the ledger says "hello" again
            case "select":
                self._soon(self._select, message["number"])
            case "choose":
                self._soon(self._choose, message["terms"])

    def _select(self, number: int) -> None:
        entries = self._bookkeeper.entries
        if not 1 <= number <= len(entries):
            return
        entry = entries[number - 1]
        self.set_trait("selected", entry)
        self.send({"type": "detail", **_detail(entry)})

    def _choose(self, terms: int) -> None:
        if not 0 <= terms < len(self._pricers):
            return
        self._chosen = terms
        self.send({"type": "prices", **self._facts()})


# As the page reads it: texts and numbers alone.


def _row(entry: Entry) -> dict[str, Any]:
    sources = list(dict.fromkeys(repeat.message for repeat in entry.repeats))
    return {
        "speaker": entry.speaker,
        "size": entry.size,
        "payload": entry.payload_size,
        "wire": entry.wire_size,
        "deflated": entry.deflated,
        "unread": entry.is_unread,
        "grew": entry.grew,
        "tail": entry.tail.hex(" "),
        "sources": sources[:SOURCES_SHOWN],
        "more_sources": max(0, len(sources) - SOURCES_SHOWN),
        "repeated": sum(repeat.length for repeat in entry.repeats),
        "says": [_stretch(each, entry) for each in entry.stretches(PREVIEW_SIZE)],
        "cut": entry.size > PREVIEW_SIZE,
        "is_text": entry.message.is_text,
        "problem": entry.problem,
    }


def _stretch(stretch: Stretch, entry: Entry) -> list[Any]:
    """Return a text, how it is marked, and the number of the message that it repeats."""
    repeat = stretch.repeat
    if repeat is None:
        return [stretch.text, "", None]
    return [stretch.text, "own" if repeat.message == entry.number else "earlier", repeat.message]


def _total(total: Total) -> dict[str, Any]:
    return {
        "speaker": total.speaker,
        "messages": total.messages,
        "size": total.size,
        "payload": total.payload_size,
        "wire": total.wire_size,
        "ratio": percent(total.payload_size / total.size if total.size else None),
        "grew": total.grew,
        "repeated": total.repeated,
    }


def _price(price: Price, was: Price) -> dict[str, Any]:
    return {
        "terms": str(price.terms),
        "client": price.client,
        "server": price.server,
        "total": price.total,
        "difference": "" if price.terms == Terms() else compare(price, was),
        "grew": len(price.grew),
    }


def _detail(entry: Entry) -> dict[str, Any]:
    blocks = entry.blocks
    repeats = [(i, copy) for i, copy in enumerate(entry.copies) if copy.message != entry.number]
    own = [copy for copy in entry.copies if copy.message == entry.number]
    room = TOKENS_SHOWN
    shown = []
    for block in blocks.blocks:
        shown.append(_block(block, room, entry.message.is_text))
        room -= min(len(block.tokens), room)
        if not room:
            break
    payload = entry.payload
    return {
        "number": entry.number,
        "payload": payload[:PAYLOAD_SIZE].hex(" "),
        "payload_more": max(0, len(payload) - PAYLOAD_SIZE),
        "says": [_stretch(each, entry) for each in entry.stretches(TEXT_SIZE)],
        "more": max(0, entry.size - TEXT_SIZE),
        "repeats": [_repeat(i, repeat, entry) for i, repeat in repeats[:REPEATS_SHOWN]],
        "repeats_more": max(0, len(repeats) - REPEATS_SHOWN),
        "own": len(own),
        "own_size": sum(copy.length for copy in own),
        "blocks": shown,
        "problem": entry.problem,
        "python": repr(entry),
    }


def _repeat(index: int, repeat: Repeat, entry: Entry) -> dict[str, Any]:
    data, is_text = repeat.data[:PREVIEW_SIZE], entry.message.is_text
    return {
        "index": index,  # among all looks back of the message
        "number": repeat.message,
        "length": repeat.length,
        "distance": repeat.distance,
        "text": preview(data, is_text, PREVIEW_SIZE) + "…" * (len(data) < repeat.length),
    }


def _block(block: Block, most: int, is_text: bool) -> dict[str, Any]:
    return {
        "kind": block.kind,
        "last": block.is_last,
        "size": block.size,
        "literals": sum(isinstance(token, LiteralByte) for token in block.tokens),
        "copies": sum(isinstance(token, Copy) for token in block.tokens),
        "tokens": list(_tokens(block.tokens[:most], is_text)),
        "more": max(0, len(block.tokens) - most),
    }


def _tokens(tokens: Iterable[Token], is_text: bool) -> Iterator[list[Any]]:
    """Yield what to show, its kind and its length in bits; literals in a row count as one."""
    for is_copy, run in groupby(tokens, lambda token: isinstance(token, Copy)):
        together = list(run)
        if is_copy:
            yield from ([str(token), "copy", token.size] for token in together)
        else:
            data = replay(together)
            text = preview(data, is_text, 4 * len(data) + 8)
            yield [text, "literals", sum(token.size for token in together)]
