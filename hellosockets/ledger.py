"""The ledger: what compression cost and saved on each message of a conversation (RFC 7692).

Entries, totals and prices as data, in words, and as HTML. `bookkeeper` writes them.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass, replace
from html import escape
from itertools import pairwise

from . import picture
from .blocks import Blocks, read_blocks
from .deflate import TAIL, Agreement
from .events import Message
from .frames import Speaker
from .prices import SPEAKERS, Price, Pricer, Terms, is_unread, usual_terms

__all__ = [
    "Entry",
    "Ledger",
    "Repeat",
    "Stretch",
    "Total",
    "bar",
    "compare",
    "percent",
    "say_agreement",
]

MOST_TOKENS = 20_000  # that are read of one message

# Of what a page without a kernel shows:
ROWS_SHOWN = 50
BYTES_SHOWN = 160  # of a message

BAR = 10  # characters of a bar, which then needs no style sheet

# Every word that a ledger shows of its own, in one place.
WORDS = {
    "title": "Deflate ledger",
    "caption": "What each message cost, oldest first. Underlined is what it repeats",
    "empty": "No message has crossed the wire yet.",
    "agreed": "{speaker}: {takeover}, window of {size:,} bytes ({bits} bits)",
    "takeover": "context takeover",
    "no_takeover": "no context takeover",
    "not_agreed": "No compression was agreed on: each message crossed as it is.",
    "tail": "The last 4 bytes of each deflated message are never sent; whoever inflates it appends "
    "them (RFC 7692 §7.2.1).",
    "grew": "▲ grew by {n}",
    "plain": "not deflated",
    "from": "← message #{number}, {n}",
    "from_unread": "← a message before the ledger began, {n}",
    "byte": "{n:,} byte",
    "bytes": "{n:,} bytes",
    "left_out": "{n:,} later messages are left out of the ledger.",
    "missed": "{n:,} older events made room before the ledger read them.",
    "hidden": "… and {n:,} more messages",
    "prices": "The same conversation, priced again: bytes on the wire, frame headers included",
    "again": "Priced again, every message is deflated by zlib at its usual level.",
    "same": "the same",
    "more": "{n} more (+{percent})",
    "fewer": "{n} fewer (−{percent})",
}
COLUMNS = (
    *("no.", "speaker", "message", "payload", "wire"),
    *("ratio", "", "not sent", "what it says"),
)
PRICE_COLUMNS = ("terms", "↑ client", "↓ server", "together", "", "difference", "grew")


@dataclass(frozen=True, slots=True)
class Repeat:
    """
    A stretch of a message that stands in its DEFLATE data as a look back.

    Looks back that continue one another count as one; one that spans several messages counts as
    several.

    Attributes:
        start: Where the stretch begins in the inflated message, in bytes.
        length: Its length in bytes.
        distance: How far back in the speaker's inflated messages the same bytes stand.
        message: Number of the message that has them, which may be the same one; None if the
            ledger hasn't read that message.
        data: The bytes that are repeated.

    """

    start: int
    length: int
    distance: int
    message: int | None
    data: bytes

    def __str__(self) -> str:
        return _source(self.message, self.length)


@dataclass(frozen=True, slots=True)
class Stretch:
    """
    A part of a message, as a reader sees it.

    Attributes:
        text: What it says, control characters escaped; hex for a binary message.
        repeat: The look back that it comes from; None where it stands in the data itself.

    """

    text: str
    repeat: Repeat | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """
    One message in the books.

    Attributes:
        number: Its number in the ledger, counted from 1.
        message: The message.
        context_takeover: Whether its speaker's window carries over from message to message; None
            without permessage-deflate.
        window_bits: Largest window its speaker uses, in bits; None without permessage-deflate.
        history: How many bytes of earlier messages stood in the window when it began.
        copies: Every stretch of it that is a look back, in order.
        problem: Why its tokens couldn't be read, or not all of them; empty where they were.

    """

    number: int
    message: Message
    context_takeover: bool | None = None
    window_bits: int | None = None
    history: int = 0
    copies: tuple[Repeat, ...] = ()
    problem: str = ""

    @property
    def speaker(self) -> Speaker:
        """Who sent it."""
        return self.message.speaker or "server"

    @property
    def deflated(self) -> bool:
        """True when it crossed the wire compressed."""
        return self.message.deflated

    @property
    def payload(self) -> bytes:
        """What crossed the wire of it: its frames' payloads, unmasked and joined."""
        return b"".join(frame.unmasked for frame in self.message.frames)

    @property
    def data(self) -> bytes:
        """The whole message, unmasked and inflated."""
        return self.message.data

    @property
    def size(self) -> int:
        """Length of the message in bytes, inflated."""
        return self.message.size

    @property
    def payload_size(self) -> int:
        """Length of what crossed the wire of it, in bytes, frame headers left out."""
        return sum(len(frame.payload) for frame in self.message.frames)

    @property
    def wire_size(self) -> int:
        """Length of its frames in bytes, headers included."""
        return self.message.wire_size

    @property
    def ratio(self) -> float | None:
        """Bytes of payload for each byte of the message; None if it's empty or can't be read."""
        return self.payload_size / self.size if self.size and not self.is_unread else None

    @property
    def grew(self) -> bool:
        """True where its deflated payload is longer than the message."""
        return self.deflated and not self.is_unread and self.payload_size > self.size

    @property
    def is_unread(self) -> bool:
        """True where it can't be inflated, so that nobody knows what it says."""
        return is_unread(self.message)

    @property
    def tail(self) -> bytes:
        """The end of its DEFLATE data that is never sent: ``00 00 ff ff``, or nothing."""
        return TAIL if self.deflated else b""

    @property
    def repeats(self) -> tuple[Repeat, ...]:
        """The looks back that reach into earlier messages."""
        return tuple(copy for copy in self.copies if copy.message != self.number)

    @property
    def blocks(self) -> Blocks:
        """Its DEFLATE data as tokens; none if it isn't deflated."""
        if not self.deflated:
            return Blocks((), 0)
        return read_blocks(self.payload + TAIL, history=self.history, max_tokens=MOST_TOKENS)

    def stretches(self, size: int = BYTES_SHOWN) -> tuple[Stretch, ...]:
        """
        Cut the message where a look back begins or ends.

        Args:
            size: How many bytes of the message to show.

        """
        data = self.data
        is_whole = len(data) <= size
        data = data[:size]
        edges = {0, len(data)}
        begun: dict[int, Repeat] = {}
        for copy in self.copies:
            if copy.start >= len(data):
                break
            edges |= {copy.start, min(copy.start + copy.length, len(data))}
            begun[copy.start] = copy
        # A character that an edge cuts counts where it ends.
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        found = []
        for start, end in pairwise(sorted(edges)):
            if self.message.is_text:
                text = decoder.decode(data[start:end], final=is_whole and end == len(data))
                text = "".join(c if c.isprintable() else _escaped(c) for c in text)
            else:
                text = data[start:end].hex(" ")
            found.append(Stretch(text, begun.get(start)))
        return tuple(found)

    def __repr__(self) -> str:
        kind = "deflated" if self.deflated else WORDS["plain"]
        grew = ", grew" if self.grew else ""
        return (
            f"Entry(#{self.number}, {self.speaker}, {kind}: {_bytes(self.size)}, "
            f"{self.payload_size:,} of payload, {self.wire_size:,} on the wire{grew})"
        )


@dataclass(frozen=True, slots=True)
class Total:
    """
    What all messages of one speaker cost.

    Attributes:
        speaker: Who sent them.
        messages: How many there are.
        deflated: How many of them crossed compressed.
        grew: How many of those grew by it.
        size: Their length in bytes, inflated.
        payload_size: Length of what crossed the wire of them, frame headers left out.
        wire_size: Length of their frames in bytes, headers included.
        repeated: How many bytes of them are looks back into earlier messages.

    """

    speaker: Speaker
    messages: int = 0
    deflated: int = 0
    grew: int = 0
    size: int = 0
    payload_size: int = 0
    wire_size: int = 0
    repeated: int = 0

    def plus(self, entry: Entry) -> Total:
        """Return the total with one more message."""
        return replace(
            self,
            messages=self.messages + 1,
            deflated=self.deflated + entry.deflated,
            grew=self.grew + entry.grew,
            size=self.size + entry.size,
            payload_size=self.payload_size + entry.payload_size,
            wire_size=self.wire_size + entry.wire_size,
            repeated=self.repeated + sum(repeat.length for repeat in entry.repeats),
        )


@dataclass(frozen=True, slots=True, repr=False)
class Ledger:
    """
    A conversation's books: an entry for each message, both speakers', in the order of completion.

    Attributes:
        entries: The messages.
        agreement: What the two agreed on about compression; None without permessage-deflate.
        left_out: How many later messages are not in the books, because they are full.
        missed: How many events had made room before the bookkeeper read them.

    """

    entries: tuple[Entry, ...] = ()
    agreement: Agreement | None = None
    left_out: int = 0
    missed: int = 0

    @property
    def totals(self) -> dict[Speaker, Total]:
        """What each speaker's messages cost."""
        totals = {speaker: Total(speaker) for speaker in SPEAKERS}
        for entry in self.entries:
            totals[entry.speaker] = totals[entry.speaker].plus(entry)
        return totals

    @property
    def grew(self) -> tuple[Entry, ...]:
        """The messages that compression made longer."""
        return tuple(entry for entry in self.entries if entry.grew)

    def priced(
        self,
        *,
        takeover: bool | None = None,
        window_bits: int | None = None,
        compressed: bool | None = None,
    ) -> Price:
        """
        Price the same conversation again: its messages are deflated anew, each in its turn.

        Args:
            takeover: Whether each speaker's window carries over from message to message.
            window_bits: Largest window of both, 8 to 15 bits.
            compressed: False without compression; True with it where none was agreed on.

        Returns:
            The price on these terms; what is None stays as the two agreed, and without any term
            it's what the conversation cost.

        Raises:
            ValueError: If the terms contradict each other or the window isn't of 8 to 15 bits.

        """
        return self._price(Terms(takeover, window_bits, compressed))

    def prices(self) -> tuple[Price, ...]:
        """Return the price on each of the usual terms, beginning with what it cost."""
        return tuple(self._price(terms) for terms in usual_terms(self.agreement))

    def _price(self, terms: Terms) -> Price:
        pricer = Pricer(self.agreement, terms)
        for entry in self.entries:
            pricer.add(entry.message)
        return pricer.price()

    def __repr__(self) -> str:
        totals = self.totals.values()
        wire, size = (sum(t.wire_size for t in totals), sum(t.size for t in totals))
        count = len(self.entries)
        more = f", {self.left_out:,} left out" if self.left_out else ""
        return (
            f"Ledger({count:,} message{'s' * (count != 1)} of {_bytes(size)}, "
            f"{wire:,} on the wire{more})"
        )

    def _repr_html_(self) -> str:
        if not self.entries:
            return picture.document(f'<p class="hs-note">{WORDS["empty"]}</p>', sheet="ledger")
        notes = say_agreement(self.agreement)
        if any(entry.deflated for entry in self.entries):
            notes.append(WORDS["tail"])
        if self.missed:
            notes.append(WORDS["missed"].format(n=self.missed))
        if self.left_out:
            notes.append(WORDS["left_out"].format(n=self.left_out))
        return picture.document(
            f'<p class="hs-title">{WORDS["title"]}</p>',
            *[f'<p class="hs-note">{escape(note)}</p>' for note in notes],
            _entries_table(self.entries),
            _prices_table(self.prices()),
            f'<p class="hs-note">{escape(WORDS["again"])}</p>',
            sheet="ledger",
        )


# In words


def compare(price: Price, other: Price) -> str:
    """Say how much more or less a price is than another one."""
    difference = price.total - other.total
    if not difference:
        return WORDS["same"]
    n = _bytes(abs(difference))
    share = percent(abs(difference) / other.total if other.total else None)
    return WORDS["more" if difference > 0 else "fewer"].format(n=n, percent=share)


def percent(share: float | None) -> str:
    """Write a share as a percentage, e.g. ``"43 %"``; its space doesn't break."""
    return "–" if share is None else f"{int(100 * share + 0.5):,}\N{NO-BREAK SPACE}%"


def bar(share: float | None) -> str:
    """Draw a share, from 0 to 1, as a bar of 10 characters."""
    full = min(int(BAR * (share or 0.0) + 0.5), BAR)
    return "█" * full + "·" * (BAR - full)


def say_agreement(agreement: Agreement | None) -> list[str]:
    """Say what the two agreed on, a sentence for each speaker."""
    if agreement is None:
        return [WORDS["not_agreed"]]
    sentences = []
    for speaker in SPEAKERS:
        no_takeover = getattr(agreement, f"{speaker}_no_context_takeover")
        bits = getattr(agreement, f"{speaker}_max_window_bits")
        sentence = WORDS["agreed"].format(
            speaker=picture.SPEAKERS[speaker],
            takeover=WORDS["no_takeover" if no_takeover else "takeover"],
            size=2**bits,
            bits=bits,
        )
        sentences.append(sentence)
    return sentences


def _bytes(n: int) -> str:
    return WORDS["byte" if n == 1 else "bytes"].format(n=n)


def _source(number: int | None, length: int) -> str:
    name = "from_unread" if number is None else "from"
    return WORDS[name].format(number=number, n=_bytes(length))


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()


# As HTML


def _entries_table(entries: tuple[Entry, ...]) -> str:
    numeric = ("no.", "message", "payload", "wire", "ratio")
    head = "".join(
        f'<th scope="col"{_class("hs-num" * (name in numeric))}>{name}</th>' for name in COLUMNS
    )
    body = "".join(map(_entry_row, entries[:ROWS_SHOWN]))
    if len(entries) > ROWS_SHOWN:
        more = WORDS["hidden"].format(n=len(entries) - ROWS_SHOWN)
        body += f'<tr><td colspan="{len(COLUMNS)}" class="hs-meaning">{more}</td></tr>'
    return (
        f'<table class="hs-table hs-ledger-static"><caption>{WORDS["caption"]}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _entry_row(entry: Entry) -> str:
    numbers = [f"{n:,}" for n in (entry.size, entry.payload_size, entry.wire_size)]
    ratio = f'<td></td><td class="hs-meaning">{WORDS["plain"]}</td>'
    tail = "<td></td>"
    if entry.deflated:
        ratio = f'<td class="hs-num">{percent(entry.ratio)}</td>'
        ratio += f"<td>{_bar(entry.ratio)}{_grew(entry)}</td>"
        tail = f'<td><code class="hs-ledger-tail">{entry.tail.hex(" ")}</code></td>'
    repeated: dict[int | None, int] = {}
    for repeat in entry.repeats:
        repeated[repeat.message] = repeated.get(repeat.message, 0) + repeat.length
    sources = "".join(
        f'<span class="hs-ledger-source">{_source(number, length)} </span>'
        for number, length in repeated.items()
    )
    if entry.problem:
        sources += f'<span class="hs-verdict">✗ {escape(entry.problem)}</span>'
    return (
        f'<tr class="hs-{entry.speaker}"><td class="hs-num">{entry.number}</td>'
        f'<td class="hs-who">{picture.SPEAKERS[entry.speaker]}</td>'
        + "".join(f'<td class="hs-num">{number}</td>' for number in numbers)
        + f'{ratio}{tail}<td class="hs-ledger-says"><code>{_says(entry)}</code>{sources}</td></tr>'
    )


def _says(entry: Entry) -> str:
    parts = []
    for stretch in entry.stretches():
        text = escape(stretch.text)
        if stretch.repeat is not None:
            name = "own" if stretch.repeat.message == entry.number else "earlier"
            text = f'<u class="hs-ledger-{name}" title="{escape(str(stretch.repeat))}">{text}</u>'
        parts.append(text)
    joined = ("" if entry.message.is_text else " ").join(parts)
    return f"{joined}…" if entry.size > BYTES_SHOWN else joined


def _grew(entry: Entry) -> str:
    if not entry.grew:
        return ""
    says = WORDS["grew"].format(n=_bytes(entry.payload_size - entry.size))
    return f' <span class="hs-ledger-grew">{says}</span>'


def _prices_table(prices: tuple[Price, ...]) -> str:
    most = max(price.total for price in prices)
    head = "".join(
        f'<th scope="col"{_class("hs-num" * (0 < i < 4 or i == 6))}>{name}</th>'
        for i, name in enumerate(PRICE_COLUMNS)
    )
    body = "".join(
        f'<tr><th scope="row">{price.terms}</th>'
        f'<td class="hs-num">{price.client:,}</td><td class="hs-num">{price.server:,}</td>'
        f'<td class="hs-num">{price.total:,}</td><td>{_bar(price.total / most)}</td>'
        f"<td>{compare(price, prices[0]) if i else ''}</td>"
        f'<td class="hs-num">{len(price.grew):,}</td></tr>'
        for i, price in enumerate(prices)
    )
    return (
        f'<table class="hs-table"><caption>{WORDS["prices"]}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _bar(share: float | None) -> str:
    return f'<span class="hs-ledger-bar" aria-hidden="true">{bar(share)}</span>'


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""
