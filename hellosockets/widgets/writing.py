"""Writing: lines of a log as its page reads them, texts alone, in the columns of each view."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any, Literal

from .. import picture
from ..chrome import chrome_row
from ..events import Message
from ..frames import Frame, preview
from ..rows import make_row
from .ring import Line
from .watch import Summary

__all__ = ["COLUMNS", "VIEWS", "View", "write_rows", "write_summaries"]

View = Literal["frames", "messages", "chrome"]
VIEWS: tuple[View, ...] = ("frames", "messages", "chrome")

PREVIEW_SIZE = 200  # characters; what is longer is cut, and the length stands beside it

# The columns of each view: key, heading, what it says. A connection is named where there are
# several.
_PLACE = (
    ("connection", "conn.", "The connection's number, counted from 1"),
    ("number", "no.", "The event's number in its conversation, counted from 0"),
)
_WHEN = (
    ("time", "time, s", "Seconds since the first connection's recording began"),
    ("delta", "Δ, s", "Seconds since the row above"),
    ("speaker", "speaker", "Who sent it"),
)
COLUMNS: dict[View, tuple[tuple[str, str, str], ...]] = {
    "frames": (
        *_PLACE,
        *_WHEN,
        ("what", "opcode", "What the frame is, or what else happened"),
        ("fin", "FIN", "FIN bit: 1 on a message's last frame"),
        ("rsv", "RSV", "RSV1, RSV2, RSV3: RSV1 is 1 where a deflated message begins"),
        ("key", "masking key", "The 4 bytes XORed over the payload; – where the MASK bit is 0"),
        ("header", "header", "Length of the frame's header, in bytes"),
        ("length", "length", "Payload length on the wire, or size of an HTTP head, in bytes"),
        ("inflated", "inflated", "Payload length after inflating, in bytes"),
        ("preview", "preview", "What it says, unmasked and inflated"),
    ),
    "messages": (
        *_PLACE,
        *_WHEN,
        ("what", "kind", "Text or binary"),
        ("frames", "frames", "In how many frames it came"),
        ("wire", "on the wire", "Length of its frames, headers included, in bytes"),
        ("length", "length", "Length of the message, unmasked and inflated, in bytes"),
        ("preview", "preview", "What it says"),
    ),
    "chrome": (
        ("connection", "conn.", "The connection's number, counted from 1"),
        ("preview", "Data", "⬆ sent, ⬇ received"),
        ("length", "Length", "UTF-16 code units of a text, bytes of anything else"),
        ("time", "Time", "Seconds since the first connection's recording began"),
    ),
}


def write_rows(
    numbered: Iterable[tuple[int, Line]], view: View, before: float | None
) -> list[dict[str, Any]]:
    """
    Write lines in the columns of a view.

    Args:
        numbered: Lines with their numbers, as they stand one above the other.
        view: Whose columns.
        before: The time of the row above the first one, in seconds; None if there is none.

    """
    rows = []
    for number, line in numbered:
        delta = None if line.time is None or before is None else line.time - before
        before = before if line.time is None else line.time
        rows.append(_row(number, line, view, delta))
    return rows


def write_summaries(summaries: Iterable[Summary]) -> list[dict[str, Any]]:
    """Write connections as the page reads them."""
    return [dataclasses.asdict(summary) for summary in summaries]


def _row(number: int, line: Line, view: View, delta: float | None) -> dict[str, Any]:
    place = [str(line.connection), str(line.number)]
    when = [_seconds(line.time), _seconds(delta)]
    speaker = line.event.speaker
    when.append(picture.SPEAKERS[speaker] if speaker else "")
    if view == "frames" or line.message is None:
        row = make_row(line.event, line.number, line.connection)
        cells, kind, verdicts = [*place, *when, row.what, *_bits(line)], row.kind, row.verdicts
    elif view == "messages":
        cells, kind = [*place, *when, *_message(line.message)], "frame"
        verdicts = tuple(map(str, line.message.verdicts))
    else:
        chrome = chrome_row(line.message)
        data = f"{chrome.glyph} {preview(chrome.data.encode(), True, PREVIEW_SIZE)}"
        cells = [place[0], data, f"{chrome.length:,}", _seconds(line.time)]
        kind, verdicts = "frame", ()
    return {
        "id": number,
        "speaker": speaker or "",
        "kind": kind,
        "cells": cells,
        "verdicts": list(verdicts),
    }


def _bits(line: Line) -> list[str]:
    """Write what stands between opcode and preview, and the preview."""
    event = line.event
    if not isinstance(event, Frame):
        row = make_row(event)
        length = "" if row.length is None else f"{row.length:,}"
        return ["", "", "", "", length, "", row.preview]
    rsv = "".join(str(int(bit)) for bit in (event.rsv1, event.rsv2, event.rsv3))
    key = event.masking_key
    return [
        str(int(event.fin)),
        rsv,
        "–" if key is None else key.hex(" "),
        str(event.header_size),
        f"{event.payload_length:,}",
        "" if event.inflated is None else f"{len(event.inflated):,}",
        event.preview(PREVIEW_SIZE),
    ]


def _message(message: Message) -> list[str]:
    return [
        "text" if message.is_text else "binary",
        str(len(message.frames)),
        f"{message.wire_size:,}",
        f"{message.size:,}",
        preview(message.start(4 * PREVIEW_SIZE), message.is_text, PREVIEW_SIZE),
    ]


def _seconds(time: float | None) -> str:
    return "" if time is None else f"{time:.3f}"
