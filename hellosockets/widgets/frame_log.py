"""FrameLog: every connection, handshake, frame and message of a server, live.

Python holds the lines, the page shows a window of them: it is told how many there are and sent the
newest, and asks for others when the reader scrolls to them. So a flood costs what a screen costs.
What is new travels several lines at a time, and each such batch has a number, so that the page
notices a batch that got lost and asks for everything again. The page says "hello" when it shows the
log and "bye" when it no longer does: a log that nobody sees sends nothing.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import traitlets

from .. import panes, picture
from ..chrome import as_chrome_shows
from ..conversation import Conversation
from ..events import Event, Message
from ..filters import Filter
from ..frames import OPCODE_NAMES, Frame
from ..handshake import Request, Response
from ..rows import Row, make_row, static_table
from .base import Widget, styles
from .frame_inspector import page_data
from .module import source as module
from .ring import Line, Ring
from .strings import FRAME_INSPECTOR
from .strings import FRAME_LOG as STRINGS
from .watch import Source, Summary, Watch
from .writing import COLUMNS, VIEWS, View, write_rows, write_summaries

__all__ = ["FrameLog", "FrameTable"]

# Seconds between two batches; in a flood; and of quiet until the number of the last is repeated.
BATCH_INTERVAL = 0.05
FLOOD_INTERVAL = 0.1
QUIET = 1.0

# Rows in a batch: all that are new up to the first number, otherwise the newest ones alone, which
# fill a screen; and most rows that the page gets at once when it asks.
MOST_NEW = 200
NEWEST = 60
MOST_ASKED = 500

# What a log holds of a live source, unless told otherwise: events, and bytes in them.
MAX_ROWS = 20_000
MAX_BYTES = 32 * 2**20

# A long recording is read in slices, so that its first rows are there at once.
FIRST_SLICE = 2_000  # chunks
SLICE = 500
PAUSE = 0.01  # seconds between two slices, for whatever else the kernel has to do

MOST_LISTED = 200  # connections in the page's list, the newest ones
MOST_DRAWN = 500  # rows of the static table, the newest ones

PANES: dict[str, Callable[[Conversation], str]] = {
    "headers": panes.headers_pane,
    "timing": panes.timing_pane,
    "cookies": panes.cookies_pane,
}


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
        rows = self.rows[-MOST_DRAWN:]
        table = static_table(rows, dropped=self.dropped)
        notes = []
        if len(rows) < len(self.rows):
            undrawn = len(self.rows) - len(rows)
            notes.append(STRINGS["undrawn"].replace("{n}", f"{undrawn:,}"))
        if self.skipped:
            notes.append(f"{_skipped(self.skipped)}.")
        if not notes:
            return table
        return f'{table}<div class="hs"><p class="hs-note">{" ".join(notes)}</p></div>'


class FrameLog(Widget):
    """
    A live log of a server, a wire or one conversation.

    Its connections stand on the left, refused handshakes included. Of the one that is selected it
    shows headers, messages, frames, timing and cookies, and of a selected row everything there is.

    Args:
        source: A server, a wire, or one conversation.
        max_rows: Most rows held; the oldest make room, and the log says how many did. By default
            20,000, or as many as one conversation holds. Of connections that the source drops
            before the log reads them, it can say their number alone.

    Attributes:
        selected: What the reader has selected: a `Frame`, a `Request`, a `Response`, an `End` or,
            among messages, a `Message`; None as long as there is nothing. It stays when its row
            makes room. Observers may be called in any thread, also where two selected events are
            equal.

    Raises:
        TypeError: If ``source`` is none of these.
        ValueError: If ``max_rows`` is less than 1.

    """

    _esm = module("frame_log")
    _css = styles("frame_log", "frame_inspector") + picture.css("panes")
    _strings = traitlets.Dict(STRINGS | {"inspector": FRAME_INSPECTOR}).tag(sync=True)
    _columns = traitlets.Dict(
        {view: [list(column) for column in columns] for view, columns in COLUMNS.items()}
    ).tag(sync=True)
    _opcodes = traitlets.Dict({str(int(o)): name for o, name in OPCODE_NAMES.items()}).tag(
        sync=True
    )
    selected = traitlets.Any(None, read_only=True)

    _watched: list[Callable[[], None]] | None = None  # the source's listeners, while it's watched

    def __init__(self, source: Source | Conversation, *, max_rows: int | None = None) -> None:
        most, size = MAX_ROWS, MAX_BYTES
        if isinstance(source, Conversation):  # which has bounds of its own
            most, size = max(most, source.max_events), max(size, source.max_bytes)
        elif not hasattr(source, "connections"):
            what = type(source).__name__
            raise TypeError(f"a log shows a server, a wire or a conversation, got {what}")
        if max_rows is not None and max_rows < 1:
            raise ValueError(f"a log holds at least 1 row, got max_rows={max_rows}")
        # A front end's message may be handled in any thread: whatever follows is behind this
        # lock. Handlers never touch the source, which belongs to the loop's thread.
        self._lock = threading.RLock()
        self._ring = Ring(max_lines=max_rows or most, max_bytes=size)
        self._watch = Watch(source, self._ring)
        self._view: View = "frames"
        self._filter = Filter()
        self._connection: int | None = None
        self._generation = 0  # counts views, so that the page knows late rows of an older one
        self._is_shown = False  # whether a page shows the log, as far as is known
        self._told = 0  # position of the first match of which the page doesn't know
        self._batch = 0  # number of the last batch that was sent
        self._news: dict[str, Any] = {}  # what the last batch said besides rows
        self._selected: tuple[int, Line] | None = None  # the selected line's number, and the line
        self._is_behind = False  # whether a long recording is still being read
        self._due: asyncio.AbstractEventLoop | None = None  # the loop where a flush is due
        self._recount: asyncio.TimerHandle | None = None
        super().__init__()
        self._watched = self._watch.listeners
        self._watched.append(self._changed)
        self._read(FIRST_SLICE if self._loop else None)
        if self._is_behind and self._loop is not None:
            self._loop.call_later(PAUSE, self._read_on)

    # What it shows, as data.

    @property
    def connections(self) -> list[Summary]:
        """One line for each connection that the source holds, oldest first."""
        with self._lock:
            self._read()
            return self._watch.summaries()

    @property
    def events(self) -> list[Event]:
        """What the rows that match the filter stand for, oldest first."""
        with self._lock:
            self._read()
            return [line.event for _, line in self._ring.matching(self._ring.first, self._ring.end)]

    @property
    def filter(self) -> Filter:
        """What the reader wants to see; set it, or a regular expression, from Python as well."""
        return self._filter

    @filter.setter  # noqa: A003
    def filter(self, wanted: Filter | str | None) -> None:
        self._look(filter=wanted if isinstance(wanted, Filter) else Filter(wanted or ""))

    @property
    def view(self) -> View:
        """``"frames"``, ``"messages"`` or ``"chrome"``: messages as Chrome's panel shows them."""
        return self._view

    @view.setter
    def view(self, view: View) -> None:
        self._look(view=view)

    @property
    def connection(self) -> int | None:
        """Number of the connection that is shown; None for all of them."""
        return self._connection

    @connection.setter
    def connection(self, number: int | None) -> None:
        self._look(connection=number)

    def table(self) -> FrameTable:
        """Return what the log holds now, as a table for an output of its own."""
        with self._lock:
            self._read()
            rows = [
                make_row(line.event, line.number, line.connection)
                for line in self._ring.lines.slice(self._ring.lines.first, self._ring.lines.end)
            ]
            return FrameTable(tuple(sorted(rows, key=_place)), self._dropped, self._watch.skipped)

    def clear(self) -> None:
        """Let go of every row. Nothing is lost: the source's conversations keep what they have."""
        with self._lock:
            self._read()
            self._ring.clear()
            self._begin_anew()

    def detach(self) -> None:
        """Stop watching the source; what the log shows stays, and nothing comes to it any more."""
        if self._watched is None:
            return
        self._flush()  # what came until now is in the log, wherever it is shown
        if self._changed in self._watched:
            self._watched.remove(self._changed)
        self._watched = None

    def close(self) -> None:
        """Stop watching the source, and take the log out of the page, as all widgets do."""
        self.detach()
        super().close()

    def __repr__(self) -> str:
        with self._lock:
            self._read(FIRST_SLICE)
            return f"FrameLog({_count(len(self._ring.lines), self._dropped, self._watch.skipped)})"

    def _repr_html_(self) -> str:
        with self._lock:
            self._read(FIRST_SLICE)
            lines = self._ring.lines
            newest = lines.slice(max(lines.first, lines.end - MOST_DRAWN), lines.end)
            rows = [make_row(line.event, line.number, line.connection) for line in newest]
            hidden = self._dropped + len(lines) - len(rows)
            return FrameTable(
                tuple(sorted(rows, key=_place)), hidden, self._watch.skipped
            )._repr_html_()

    # From the source into the ring: in the loop's thread, or in that of a cell.

    def _changed(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._flush()
            return
        if self._due is not loop:
            self._due = loop
            is_flood = self._ring.end - self._told > MOST_NEW
            loop.call_later(FLOOD_INTERVAL if is_flood else BATCH_INTERVAL, self._flush)

    def _flush(self) -> None:
        self._due = None
        with self._lock:
            try:
                self._read()
                self._send_news()
            except Exception as error:  # invisible otherwise: nobody awaits a callback
                self._show_problem(error)

    def _read(self, most: int | None = None) -> None:
        if self._watched is None:  # detached
            return
        self._is_behind = self._watch.read(most)

    def _read_on(self) -> None:
        """Read a long recording's next slice, and come back for the one after."""
        with self._lock:
            self._read(SLICE)
            self._send_news()
        if self._is_behind and self._loop is not None:
            self._loop.call_later(PAUSE, self._read_on)

    @property
    def _dropped(self) -> int:
        return self._ring.dropped + self._watch.lost

    def _look(self, **wanted: Any) -> None:
        """Show something else: another view, other connections, what another filter lets by."""
        view = wanted.get("view", self._view)
        if view not in VIEWS:
            raise ValueError(f"a log has the views {', '.join(VIEWS)}, got {view!r}")
        with self._lock:
            self._view = view
            self._filter = wanted.get("filter", self._filter)
            self._connection = wanted.get("connection", self._connection)
            self._ring.match(self._matcher())
            self._begin_anew()

    def _matcher(self) -> Callable[[Line], bool] | None:
        """Return what says of a line whether it is to be seen; None where all are."""
        connection, is_messages, wanted = self._connection, self._view != "frames", self._filter
        if connection is None and not is_messages and wanted == Filter():
            return None

        def matches(line: Line) -> bool:
            if connection is not None and line.connection != connection:
                return False
            if is_messages:
                return line.message is not None and wanted.matches(line.message)
            return wanted.matches(line.event)

        return matches

    def _begin_anew(self) -> None:
        self._generation += 1
        self._told = self._ring.end
        self._send_snapshot()

    # From the ring into the page.

    def _send_news(self) -> None:
        if not self._is_shown:
            return
        end = self._ring.end
        new = end - self._told
        start = self._told if new <= MOST_NEW else end - NEWEST
        facts = self._facts()
        changed = self._watch.changed(MOST_LISTED)
        if not new and not changed and facts == self._news:
            return
        self._told, self._news = end, facts
        self._batch += 1
        news = {**facts, **self._rows(start, end), "connections": write_summaries(changed)}
        self.send({"type": "news", "batch": self._batch, **news})
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
                self.send({"type": "count", "batch": self._batch})

    def _send_snapshot(self) -> None:
        with self._lock:
            if not self._is_shown:
                return
            self._watch.forget_changes()
            self._told = self._ring.end  # it's in the snapshot: sent again, it would be there twice
            self._news = self._facts()
            start = max(self._ring.first, self._ring.end - MOST_NEW)
            state = {
                "view": self._view,
                "connection": self._connection,
                "filter": _write_filter(self._filter),
                "problem": self._problem,
                "selected": None if self._selected is None else self._selected[0],
                "connections": write_summaries(self._watch.changed(MOST_LISTED)),
            }
            rows = self._rows(start, self._ring.end)
            self.send({"type": "snapshot", "batch": self._batch, **state, **self._news, **rows})

    def _facts(self) -> dict[str, Any]:
        return {
            "generation": self._generation,
            "first": self._ring.first,
            "end": self._ring.end,
            "held": len(self._ring.lines),
            "dropped": self._dropped,
            "skipped": self._watch.skipped,
            "several": self._watch.several,
            "unlisted": max(0, len(self._watch.conversations) - MOST_LISTED),
            "behind": self._is_behind,
        }

    def _rows(self, start: int, end: int) -> dict[str, Any]:
        """Write the rows at some positions; a message's ``at`` says where they begin."""
        start = max(start, self._ring.first)
        before = self._ring.matching(start - 1, start)
        rows = write_rows(
            self._ring.matching(start, end), self._view, before[0][1].time if before else None
        )
        return {"at": start, "rows": rows}

    # From the page: in any thread.

    def _heard(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "hello":
                self._is_shown = True
                self._send_snapshot()
            case "bye":
                self._rest()
            case "ask":
                self._answer(message["generation"], message["from"], message["to"])
            case "look":
                wanted = message["filter"]
                self._look(
                    view=message["view"],
                    connection=message["connection"],
                    filter=_read_filter(wanted),
                )
            case "select":
                self._select(message["id"])
            case "pane":
                self._soon(self._send_pane, message["name"], message["connection"])
            case "clear":
                self._soon(self.clear)

    def _rest(self) -> None:
        with self._lock:
            self._is_shown = False
            self.send({"type": "bye"})  # another page that shows the log says "hello" again

    def _answer(self, generation: int, start: int, end: int) -> None:
        with self._lock:
            if generation == self._generation:
                rows = self._rows(start, min(end, start + MOST_ASKED))
                self.send({"type": "rows", "generation": generation, **rows})

    def _send_pane(self, name: str, number: int) -> None:
        """Draw a pane of one connection. In the loop's thread: the conversation belongs to it."""
        conversation = self._watch.conversations.get(number)
        if name == "hidden":
            hidden = as_chrome_shows(conversation).hidden if conversation is not None else {}
            self.send({"type": "hidden", "connection": number, "hidden": hidden})
            return
        html = f"<p>{STRINGS['gone_connection']}</p>"
        if conversation is not None:
            html = PANES[name](conversation)
        self.send({"type": "pane", "name": name, "connection": number, "html": html})

    def _select(self, number: int) -> None:
        with self._lock:
            line = self._ring.lines.at(number)
            if line is None and self._selected is not None and self._selected[0] == number:
                line = self._selected[1]  # its row made room; a page that came anew asks for it
            self._selected = None if line is None else (number, line)
            before = self.selected
            is_message = self._view != "frames"
        shown: Event | Message | None = None
        if line is not None:
            shown = line.message if is_message and line.message is not None else line.event
        # Without the lock: an observer may take its time.
        self.set_trait("selected", shown)
        if before == shown and before is not shown:  # "Hello" twice is two frames
            change = {"name": "selected", "old": before, "new": shown, "owner": self}
            self.notify_change(traitlets.Bunch(change, type="change"))
        self._send_detail(number, line, shown)

    def _send_detail(self, number: int, line: Line | None, shown: Event | Message | None) -> None:
        if line is None or shown is None:
            self.send({"type": "detail", "id": number, "html": f"<p>{STRINGS['gone']}</p>"})
        elif isinstance(shown, Message):
            self._soon(self._send_message, number, line.connection, shown)
        elif isinstance(shown, Frame):
            detail = {"type": "detail", "id": number, "text": repr(shown)}
            self.send({**detail, "frame": page_data(shown, ())})
            self._soon(self._send_chunks, line.connection, shown, detail)
        else:
            html = _picture(shown)
            self.send({"type": "detail", "id": number, "html": html, "text": repr(shown)})

    def _send_chunks(self, connection: int, frame: Frame, detail: dict[str, Any]) -> None:
        """Show a frame again, over TCP's chunks. In the loop's thread, as all that follows."""
        conversation = self._watch.conversations.get(connection)
        if conversation is not None and frame.speaker is not None:
            chunks = conversation.boundaries(frame.speaker)
            self.send({**detail, "frame": page_data(frame, chunks)})

    def _send_message(self, number: int, connection: int, message: Message) -> None:
        html = panes.message_pane(message, self._watch.exchange(connection, message))
        self.send({"type": "detail", "id": number, "html": html, "text": repr(message)})


def _picture(event: Event) -> str:
    """Draw an event: by its own picture, in which everything that came over a wire is escaped."""
    if isinstance(event, Request | Response):
        return event._repr_html_()
    return picture.document(f"<p>{picture.prose(repr(event))}</p>")


def _write_filter(wanted: Filter) -> dict[str, Any]:
    return {
        "text": wanted.text,
        "speaker": wanted.speaker or "",
        "opcode": "" if wanted.opcode is None else str(int(wanted.opcode)),
        "control": wanted.control,
        "note": wanted.note,
    }


def _read_filter(wanted: dict[str, Any]) -> Filter:
    return Filter(
        wanted["text"],
        speaker=wanted["speaker"] or None,
        opcode=int(wanted["opcode"]) if wanted["opcode"] else None,
        control=wanted["control"],
    )


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
