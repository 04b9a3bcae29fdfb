"""Rows: one line for each event, the same for the live log, the static table and plain text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from . import picture
from .events import End, Event, Gap
from .frames import Frame, Speaker
from .handshake import Request, Response

__all__ = ["COLUMNS", "Kind", "Row", "make_row", "static_table"]

Kind = Literal["request", "response", "frame", "end", "gap"]

# Every word that a table of rows shows of its own, in one place.
COLUMNS = ("speaker", "opcode", "FIN", "RSV1", "MASK", "length", "preview")
WORDS = {
    "caption": "What crossed the wire, oldest first",
    "empty": "Nothing has crossed the wire yet.",
    "request": "HTTP request",
    "response": "HTTP response",
    "end": "end of stream",
    "ended": "the {speaker} sends no more bytes",
    "gap": "gap",
    "dropped": "{size:,} bytes were dropped before anybody read them",
    "older": "{count:,} older events were dropped",
}


@dataclass(frozen=True, slots=True)
class Row:
    """
    One event on one line.

    Attributes:
        number: The event's number in its conversation, counted from 0.
        connection: The conversation's number, counted from 1.
        time: Seconds since the recording began; None if unknown.
        speaker: Who sent it; None for a gap.
        kind: What sort of event it is.
        what: The opcode's name for a frame, a short word for the rest.
        fin: FIN bit; None for what is no frame.
        rsv1: RSV1 bit; None for what is no frame.
        masked: MASK bit; None for what is no frame.
        length: Payload length as the header announces it, or the size of an HTTP head, in bytes.
        preview: What it says, on one line.
        verdicts: A sentence for each rule that it breaks.

    """

    number: int
    connection: int
    time: float | None
    speaker: Speaker | None
    kind: Kind
    what: str
    fin: bool | None
    rsv1: bool | None
    masked: bool | None
    length: int | None
    preview: str
    verdicts: tuple[str, ...] = ()


def make_row(event: Event, number: int = 0, connection: int = 1) -> Row:
    """
    Put an event on one line.

    Args:
        event: What happened.
        number: Its number in its conversation, counted from 0.
        connection: The conversation's number, counted from 1.

    """
    place = (number, connection, event.time, event.speaker)
    no_bits = (None, None, None)
    match event:
        case Frame():
            bits = (event.fin, event.rsv1, event.masked)
            verdicts = tuple(map(str, event.verdicts))
            length, says = event.payload_length, event.preview()
            return Row(*place, "frame", event.opcode_name, *bits, length, says, verdicts)
        case Request():
            verdicts = tuple(map(str, event.verdicts))
            says = event.preview()
            return Row(
                *place, "request", WORDS["request"], *no_bits, len(event.raw), says, verdicts
            )
        case Response():
            verdicts = tuple(map(str, event.verdicts))
            says = event.preview()
            return Row(
                *place, "response", WORDS["response"], *no_bits, len(event.raw), says, verdicts
            )
        case End():
            says = WORDS["ended"].format(speaker=event.speaker)
            return Row(*place, "end", WORDS["end"], *no_bits, None, says)
        case Gap():
            says = WORDS["dropped"].format(size=event.size)
            return Row(*place, "gap", WORDS["gap"], *no_bits, None, says)


def static_table(rows: Iterable[Row], *, dropped: int = 0) -> str:
    """
    Draw rows as HTML that reads without a kernel and is the same at every run.

    It shows no time, no key, no port: the length of an HTTP head, which holds a port, is left out.

    Args:
        rows: The rows, oldest first.
        dropped: How many older events are no longer held.

    """
    rows = list(rows)
    if not rows:
        return picture.document(f'<p class="hs-note">{WORDS["empty"]}</p>')
    note = WORDS["older"].format(count=dropped) if dropped else ""
    several = len({row.connection for row in rows}) > 1
    columns = ("connection", *COLUMNS) if several else COLUMNS
    table = picture.table(
        WORDS["caption"],
        columns,
        [(row.speaker or "", _texts(row)[0 if several else 1 :], row.verdicts) for row in rows],
        numeric=("connection", "FIN", "RSV1", "MASK", "length"),
        code=("preview",),
        who=("speaker",),
    )
    return picture.document(f'<p class="hs-note">{note}</p>' if note else "", table)


def _texts(row: Row) -> list[str]:
    length = "" if row.length is None or row.kind != "frame" else f"{row.length:,}"
    speaker = picture.SPEAKERS[row.speaker] if row.speaker else ""
    bits = [_bit(row.fin), _bit(row.rsv1), _bit(row.masked)]
    return [str(row.connection), speaker, row.what, *bits, length, row.preview]


def _bit(value: bool | None) -> str:
    return "" if value is None else str(int(value))
