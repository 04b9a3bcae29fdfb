"""As Chrome shows it: the same traffic, reduced to what the browser's own panel lets one see.

The Network panel's tab Messages gets whole messages from the browser, not frames: no control
frames, no close code, no fragments, no masking keys, no sizes on the wire. It measures text in
UTF-16 code units, as JavaScript does.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from websockets.frames import Opcode

from . import picture
from .conversation import Conversation
from .events import Message
from .frames import Frame, Speaker, preview

__all__ = ["ChromeRow", "ChromeView", "as_chrome_shows", "chrome_row"]

GLYPHS = {"client": "⬆", "server": "⬇", None: ""}
PREVIEW_SIZE = 60
MOST_DRAWN = 500  # rows


@dataclass(frozen=True, slots=True)
class ChromeRow:
    """
    One row of Chrome's tab Messages.

    Attributes:
        speaker: Whose message it is; Chrome has an arrow for it.
        data: The column Data: a text, or the words that stand for a binary message.
        length: The column Length: UTF-16 code units of a text, bytes of a binary message.
        time: Seconds since the recording began; Chrome shows the time of day.

    """

    speaker: Speaker | None
    data: str
    length: int
    time: float | None

    @property
    def glyph(self) -> str:
        """The arrow before the data: ``"⬆"`` for what the page sent."""
        return GLYPHS[self.speaker]


@dataclass(frozen=True, slots=True, repr=False)
class ChromeView:
    """
    What Chrome shows of a conversation, and how much of it there is besides.

    Attributes:
        rows: The rows, oldest first.
        hidden: What it doesn't show, in words, and how often that is there.

    """

    rows: tuple[ChromeRow, ...]
    hidden: dict[str, int]

    @property
    def hidden_count(self) -> int:
        """How many things are hidden, all in all."""
        return sum(self.hidden.values())

    def __repr__(self) -> str:
        return f"ChromeView({len(self.rows):,} rows, {self.hidden_count:,} things hidden)"

    def _repr_html_(self) -> str:
        rows = self.rows[-MOST_DRAWN:]
        table = picture.table(
            "What Chrome's panel shows, oldest first",
            ("Data", "Length"),
            [
                (row.speaker or "", [f"{row.glyph} {_one_line(row.data)}", f"{row.length:,}"], ())
                for row in rows
            ],
            numeric=("Length",),
            code=("Data",),
        )
        counts = [f"{count:,} {what}" for what, count in self.hidden.items() if count]
        older = f"{len(self.rows) - len(rows):,} older rows are not drawn here. "
        hides = f"It hides {', '.join(counts)}." if counts else "It hides nothing here."
        note = older * (len(rows) < len(self.rows)) + hides
        return picture.document(table, f'<p class="hs-note">{escape(note)}</p>')


def chrome_row(message: Message) -> ChromeRow:
    """Reduce a message to what Chrome shows of it."""
    if message.is_text:
        text = message.text
        return ChromeRow(message.speaker, text, utf16_length(text), message.time)
    return ChromeRow(message.speaker, "Binary Message", message.size, message.time)


def utf16_length(text: str) -> int:
    """Return the length of a text as JavaScript counts it: a character past U+FFFF is two."""
    return len(text) + sum(character > "\uffff" for character in text)


def as_chrome_shows(conversation: Conversation) -> ChromeView:
    """
    Reduce a conversation to what Chrome's panel shows of it.

    Only what the conversation still holds is counted.
    """
    rows = tuple(chrome_row(message) for message in conversation.messages)
    return ChromeView(rows, _hidden(conversation))


def _hidden(conversation: Conversation) -> dict[str, int]:
    frames: list[Frame] = conversation.frames
    messages = conversation.messages
    kinds = [frame.opcode for frame in frames]
    return {
        "pings and pongs": kinds.count(Opcode.PING) + kinds.count(Opcode.PONG),
        "close frames with their codes": kinds.count(Opcode.CLOSE),
        "fragments": sum(len(message.frames) for message in messages if len(message.frames) > 1),
        "masking keys": sum(frame.masked for frame in frames),
        "compressed sizes": sum(message.deflated for message in messages),
        "lengths in bytes that differ": sum(
            chrome_row(message).length != message.size for message in messages
        ),
        "broken rules": len(conversation.verdicts),
    }


def _one_line(data: str) -> str:
    return preview(data[: 4 * PREVIEW_SIZE].encode("utf-8", "replace"), True, PREVIEW_SIZE)
