"""FrameLog: every frame and every handshake of a server or of one conversation, live.

The widget appends what is new; it never repaints what is there. Its rows travel as custom
messages, several at a time, and each such batch has a number, so that the page notices a batch
that got lost and asks for everything again. The page says "hello" when it shows the log and "bye"
when it no longer does: a log that nobody sees sends nothing.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import anywidget
import traitlets

from .. import picture
from ..conversation import Conversation
from ..events import Event, size_of
from ..frames import Frame
from ..handshake import Request, Response
from ..rows import Row, make_row, static_table

__all__ = ["STRINGS", "FrameLog", "FrameTable", "Source"]

# Seconds between two batches, and of quiet until the number of the last one is repeated.
BATCH_INTERVAL = 0.05
QUIET = 1.0

# Most bytes held in events: a log of 1,000 rows must not hold as many frames of 16 MiB.
MAX_BYTES = 32 * 2**20

# Every word that the page shows of its own, in one place.
STRINGS = {
    "title": "Frame log",
    "label": "What crossed the wire, oldest first",
    "empty": "Nothing has crossed the wire yet. Rows appear here as soon as something does.",
    "row": "{n} row",
    "rows": "{n} rows",
    "dropped_row": "{n} older row dropped",
    "dropped_rows": "{n} older rows dropped",
    "skipped_connection": "{n} older connection dropped unread",
    "skipped_connections": "{n} older connections dropped unread",
    "new_row": "↓ {n} new row",
    "new_rows": "↓ {n} new rows",
    "newest": "↓ newest row",
    "detail": "The selected row",
    "selected": "In Python, the log’s .selected is now",
    "hint": "Select a row, with the mouse or with the arrow keys, to see its bytes.",
    "gone": "This row has made room for newer ones.",
    "waiting": "Waiting for the kernel. It answers when the cell that it runs awaits or ends.",
    "problem": "✗ The log met a problem and may be incomplete: {text}",
}

# The columns: key, heading, what it says. A connection is named where there are several.
COLUMNS = (
    ("connection", "conn.", "The connection's number, counted from 1"),
    ("number", "no.", "The event's number in its conversation, counted from 0"),
    ("time", "time, s", "Seconds since the first connection's recording began"),
    ("speaker", "speaker", "Who sent it"),
    ("what", "opcode", "What the frame is, or what else happened"),
    ("fin", "FIN", "FIN bit: 1 on a message's last frame"),
    ("rsv1", "RSV1", "RSV1 bit: 1 where a deflated message begins"),
    ("masked", "MASK", "MASK bit: 1 where a masking key follows"),
    ("length", "length", "Payload length, or size of an HTTP head, in bytes"),
    ("preview", "preview", "What it says, unmasked and inflated"),
)


class Source(Protocol):
    """What a log can watch: a server, or anything else with connections."""

    @property
    def connections(self) -> Sequence[Conversation]:
        """The conversations that are held, oldest first."""

    @property
    def listeners(self) -> list[Callable[[], None]]:
        """Functions called when a byte was recorded or a connection came."""


class _Line(NamedTuple):
    """One row of the log, the event behind it, and when it came on the log's own clock."""

    row: Row
    event: Event
    time: float | None


@dataclass(frozen=True, slots=True)
class FrameTable:
    """
    What a log held at one moment, as a table that reads without a kernel.

    It shows no clock, no key and no port, so it's the same at every run. Connections stand one
    after the other, because the order in which two of them took turns isn't.

    Attributes:
        rows: The rows, connection by connection, each oldest first.
        dropped: How many older rows were no longer held.
        skipped: How many older connections the source had dropped before the log read them.

    """

    rows: tuple[Row, ...]
    dropped: int = 0
    skipped: int = 0

    def __repr__(self) -> str:
        return f"FrameTable({_count(len(self.rows), self.dropped, self.skipped)})"

    def _repr_html_(self) -> str:
        table = static_table(self.rows, dropped=self.dropped)
        if not self.skipped:
            return table
        return f'{table}<div class="hs"><p class="hs-note">{_skipped(self.skipped)}.</p></div>'


class FrameLog(anywidget.AnyWidget):
    """
    A live log: one row for each frame, each handshake and each end of a stream.

    Args:
        source: A server, or one conversation.
        max_rows: Most rows held, here and in the page; the oldest make room, and the log says
            how many did. Of connections that the source drops before the log reads them, it can
            say their number alone.

    Attributes:
        selected: The event of the row that the reader has selected: a `Frame`, a `Request`, a
            `Response` or an `End`; None as long as there is none. It stays when its row makes
            room. Observers may be called in any thread, also where two selected events are equal.

    Raises:
        TypeError: If ``source`` is neither.
        ValueError: If ``max_rows`` is less than 1.

    """

    _esm = Path(__file__).with_name("frame_log.js")
    _css = picture.css() + Path(__file__).with_name("frame_log.css").read_text(encoding="utf-8")
    _strings = traitlets.Dict(STRINGS).tag(sync=True)
    _columns = traitlets.List([list(column) for column in COLUMNS]).tag(sync=True)
    selected = traitlets.Any(None, read_only=True)

    _watched: list[Callable[[], None]] | None = None  # the source's listeners, while it's watched

    def __init__(self, source: Source | Conversation, *, max_rows: int = 1000) -> None:
        if not isinstance(source, Conversation) and not hasattr(source, "connections"):
            what = type(source).__name__
            raise TypeError(f"a log shows a server or a conversation, got {what}")
        if max_rows < 1:
            raise ValueError(f"a log holds at least 1 row, got max_rows={max_rows}")
        self.max_rows = max_rows
        self._source = source
        # A front end's message may be handled in any thread: whatever follows is behind this
        # lock. Handlers never touch the source, which belongs to the loop's thread.
        self._lock = threading.RLock()
        self._lines: deque[_Line] = deque()  # the ring; line `n` of the log is at n - _start
        self._start = 0  # lines that made room
        self._lost = 0  # events that made room before this log read them
        self._skipped = 0  # connections that did
        self._bytes = 0  # held in events
        self._is_shown = False  # whether a page shows the log, as far as is known
        self._pending = 0  # of the newest lines, so many haven't been sent
        self._batch = 0  # number of the last batch that was sent
        self._problem = ""
        self._selected: tuple[int, Event] | None = None  # the selected line's number and event
        self._connections: dict[int, Conversation] = {}  # those of the last look, by number
        self._next: dict[int, int] = {}  # connection -> number of its next event
        self._newest = 0  # number of the newest connection ever met
        self._began: float | None = None  # the first connection's clock, when it began
        self._several = False
        self._loop: asyncio.AbstractEventLoop | None = None  # where a flush is due
        self._recount: asyncio.TimerHandle | None = None
        super().__init__()
        self.on_msg(self._receive)
        self._watched = (
            source.recording.listeners if isinstance(source, Conversation) else source.listeners
        )
        self._watched.append(self._changed)
        self._read()

    def table(self) -> FrameTable:
        """Return what the log holds now, as a table for an output of its own."""
        with self._lock:
            self._read()
            rows = sorted((line.row for line in self._shown), key=_place)
            return FrameTable(tuple(rows), self._dropped, self._skipped)

    def detach(self) -> None:
        """Stop watching the source; what the log shows stays, and nothing comes to it any more."""
        if self._watched is None:
            return
        self._flush()  # what came until now is in the log, wherever it is shown
        if self._changed in self._watched:
            self._watched.remove(self._changed)
        self._watched = None
        self._connections = {}

    def close(self) -> None:
        """Stop watching the source, and take the log out of the page, as all widgets do."""
        self.detach()
        super().close()

    def __repr__(self) -> str:
        with self._lock:
            self._read()
            return f"FrameLog({_count(len(self._shown), self._dropped, self._skipped)})"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        forms = {"text/plain": repr(self), "text/html": self.table()._repr_html_()}
        return {**data, **forms}, metadata

    # From the source into the ring: in the loop's thread, or in that of a cell.

    def _changed(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._flush()
            return
        if self._loop is not loop:
            self._loop = loop
            loop.call_later(BATCH_INTERVAL, self._flush)

    def _flush(self) -> None:
        self._loop = None
        with self._lock:
            try:
                self._read()
                self._send_batch()
            except Exception as error:  # invisible otherwise: nobody awaits a callback
                self._show_problem(error)

    def _read(self) -> None:
        if self._watched is None:  # detached
            return
        connections = self._look()
        new: list[tuple[float, _Line]] = []
        for connection in connections:
            began = connection.recording.began
            self._began = began if self._began is None else self._began
            expected = self._next.get(connection.number, 0)
            moment = 0.0
            for number, event in connection.events_since(expected):
                self._lost += number - expected
                expected = number + 1
                time = None if event.time is None else began - self._began + event.time
                moment = moment if time is None else time
                new.append((moment, _Line(make_row(event, number, connection.number), event, time)))
            self._next[connection.number] = expected
        self._next = {number: self._next[number] for number in self._connections}
        if len(connections) > 1:
            new.sort(key=lambda entry: entry[0])
        for _, line in new:
            self._append(line)

    def _look(self) -> list[Conversation]:
        """Return what there is to read: also what the source has let go since the last look."""
        source = self._source
        if isinstance(source, Conversation):
            self._connections = {source.number: source}
            return [source]
        held = {connection.number: connection for connection in source.connections}
        gone = [each for number, each in self._connections.items() if number not in held]
        newest = max(held, default=self._newest)
        if newest > self._newest:  # they are counted without a gap
            self._skipped += newest - self._newest - sum(number > self._newest for number in held)
            self._newest = newest
        self._connections = held
        return gone + list(held.values())

    def _append(self, line: _Line) -> None:
        self._lines.append(line)
        self._bytes += size_of(line.event)
        self._several |= line.row.connection != self._lines[0].row.connection
        # Twice as many lines as the page shows: in a flood, a row that the reader has just
        # selected may have left the page before the kernel hears of it.
        while len(self._lines) > 2 * self.max_rows or (
            self._bytes > MAX_BYTES and len(self._lines) > 1
        ):
            self._bytes -= size_of(self._lines.popleft().event)
            self._start += 1
        self._pending = min(self._pending + 1, len(self._lines), self.max_rows)

    @property
    def _first(self) -> int:
        """The number of the oldest line that is shown."""
        return max(self._start, self._start + len(self._lines) - self.max_rows)

    @property
    def _shown(self) -> list[_Line]:
        return list(self._lines)[self._first - self._start :]

    @property
    def _dropped(self) -> int:
        return self._first + self._lost

    # From the ring into the page.

    def _send_batch(self) -> None:
        if not self._pending or not self._is_shown:
            return
        self._batch += 1
        newest = list(self._lines)[-self._pending :]
        self._pending = 0
        start = self._start + len(self._lines) - len(newest)
        self.send({"type": "rows", **self._facts(), "rows": _page_rows(newest, start)})
        if self._recount is not None:
            self._recount.cancel()
        try:
            self._recount = asyncio.get_running_loop().call_later(QUIET, self._send_count)
        except RuntimeError:
            self._recount = None

    def _send_count(self) -> None:
        # Should the last batch have got lost, nothing after it would tell.
        with self._lock:
            if self._is_shown:
                self.send({"type": "count", **self._facts()})

    def _send_snapshot(self) -> None:
        with self._lock:
            self._is_shown = True
            self._pending = 0  # it's in the snapshot: sent again, it would be there twice
            rows = _page_rows(self._shown, self._first)
            selected = None if self._selected is None else self._selected[0]
            more = {"problem": self._problem, "selected": selected}
            self.send({"type": "snapshot", **self._facts(), "rows": rows, **more})

    def _facts(self) -> dict[str, Any]:
        return {
            "batch": self._batch,
            "first": self._first,
            "dropped": self._dropped,
            "skipped": self._skipped,
            "several": self._several,
        }

    def _show_problem(self, error: Exception) -> None:
        self._problem = f"{type(error).__name__}: {error}"
        self.send({"type": "problem", "text": self._problem})

    # From the page: in any thread.

    def _receive(self, _: object, message: dict[str, Any], buffers: object) -> None:
        try:
            match message["type"]:
                case "hello":
                    self._send_snapshot()
                case "bye":
                    self._rest()
                case "select":
                    self._select(message["id"])
        except Exception as error:  # invisible otherwise: no cell shows a handler's error
            self._show_problem(error)

    def _rest(self) -> None:
        with self._lock:
            self._is_shown = False
            self.send({"type": "bye"})  # another page that shows the log says "hello" again

    def _select(self, number: int) -> None:
        with self._lock:
            index = number - self._start
            event = self._lines[index].event if 0 <= index < len(self._lines) else None
            if event is None and self._selected is not None and self._selected[0] == number:
                event = self._selected[1]  # its row made room; a page that came anew asks for it
            self._selected = None if event is None else (number, event)
            before = self.selected
        # Without the lock: an observer may take its time.
        self.set_trait("selected", event)
        if before == event and before is not event:  # "Hello" twice is two frames
            change = {"name": "selected", "old": before, "new": event, "owner": self}
            self.notify_change(traitlets.Bunch(change, type="change"))
        detail = {"html": f"<p>{escape(STRINGS['gone'])}</p>", "text": ""}
        if event is not None:
            detail = {"html": _picture(event), "text": repr(event)}
        self.send({"type": "detail", "id": number, **detail})


def _page_rows(lines: Sequence[_Line], start: int) -> list[dict[str, Any]]:
    """Write lines as the page reads them: texts alone, in the order of `COLUMNS`."""
    return [
        {
            "id": number,
            "speaker": line.row.speaker or "",
            "kind": line.row.kind,
            "cells": _cells(line),
            "verdicts": list(line.row.verdicts),
        }
        for number, line in enumerate(lines, start)
    ]


def _cells(line: _Line) -> list[str]:
    row = line.row
    return [
        str(row.connection),
        str(row.number),
        "" if line.time is None else f"{line.time:.3f}",
        picture.SPEAKERS[row.speaker] if row.speaker else "",
        row.what,
        *["" if bit is None else str(int(bit)) for bit in (row.fin, row.rsv1, row.masked)],
        "" if row.length is None else f"{row.length:,}",
        row.preview,
    ]


def _picture(event: Event) -> str:
    """Draw an event: by its own picture, in which everything that came over a wire is escaped."""
    if isinstance(event, Frame | Request | Response):
        return event._repr_html_()
    return picture.document(f"<p>{escape(repr(event))}</p>")


def _place(row: Row) -> tuple[int, int]:
    return row.connection, row.number


def _count(rows: int, dropped: int, skipped: int) -> str:
    parts = [f"{rows:,} row{'' if rows == 1 else 's'}"]
    parts += [f"{dropped:,} older dropped"] * bool(dropped)
    parts += [_skipped(skipped)] * bool(skipped)
    return ", ".join(parts)


def _skipped(connections: int) -> str:
    name = "skipped_connection" if connections == 1 else "skipped_connections"
    return STRINGS[name].format(n=f"{connections:,}")
