"""Filters: which frames, messages and other events somebody wants to see.

A `Filter` is data, so that a log's filter can be read, kept and set from Python; `Frames` is what a
conversation gives, a list that can be narrowed and turned into a table of pandas.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from .events import Event, Message
from .frames import Frame, Speaker
from .handshake import Request, Response

if TYPE_CHECKING:
    import pandas

__all__ = ["Control", "Filter", "Frames"]

Control = Literal["show", "fold"]

SEARCHED = 4096  # bytes of an event in which a text is looked for, from its start

# The columns of `Frames.to_dataframe`, in this order.
COLUMNS = (
    *("time", "speaker", "opcode", "fin", "rsv1", "rsv2", "rsv3", "masking_key"),
    *("header_size", "payload_length", "wire_length", "inflated_length", "preview", "verdicts"),
)


@dataclass(frozen=True, slots=True)
class Filter:
    """
    What somebody wants to see.

    Attributes:
        text: A regular expression that is looked for, whatever the case, in the first 4 KiB of
            what an event says, unmasked and inflated: as text, or as hex where it isn't one. What
            is no regular expression is looked for as it stands, as Chrome does.
        speaker: ``"client"``, ``"server"``, or None for both.
        opcode: One of ``Opcode``, or None for all. HTTP has none, and doesn't match any.
        control: ``"fold"`` to leave out close, ping and pong frames.

    Raises:
        ValueError: If speaker, opcode or control is none of these.

    """

    text: str = ""
    speaker: Speaker | None = field(default=None, kw_only=True)
    opcode: int | None = field(default=None, kw_only=True)
    control: Control = field(default="show", kw_only=True)

    def __post_init__(self) -> None:
        if self.speaker not in (None, "client", "server"):
            raise ValueError(f'a speaker is "client" or "server", got {self.speaker!r}')
        if self.opcode is not None and not 0 <= self.opcode <= 15:
            raise ValueError(f"an opcode is a number from 0 to 15, got {self.opcode!r}")
        if self.control not in ("show", "fold"):
            raise ValueError(f'control frames are to "show" or to "fold", got {self.control!r}')

    @property
    def note(self) -> str:
        """A sentence where the text is no regular expression; otherwise empty."""
        try:
            re.compile(self.text)
        except re.error as error:
            return f"Looked for as it stands: it is no regular expression ({error.msg})."
        return ""

    def matches(self, event: Event | Message) -> bool:
        """Say whether an event is to be seen."""
        if self.speaker is not None and event.speaker != self.speaker:
            return False
        if isinstance(event, Frame | Message):
            if self.opcode is not None and event.opcode != self.opcode:
                return False
            if self.control == "fold" and isinstance(event, Frame) and event.is_control:
                return False
        elif self.opcode is not None:
            return False
        return not self.text or self._pattern.search(_says(event)) is not None

    @property
    def _pattern(self) -> re.Pattern[str]:
        # The module `re` keeps what it has compiled.
        return re.compile(re.escape(self.text) if self.note else self.text, re.IGNORECASE)


class Frames(list[Frame]):
    """Frames, oldest first: a list that can be narrowed, and become a table."""

    def where(
        self,
        text: str = "",
        *,
        speaker: Speaker | None = None,
        opcode: int | None = None,
        control: Control = "show",
    ) -> Frames:
        """
        Return those that match; see `Filter` for what the arguments mean.

        Raises:
            ValueError: If an argument is none of what `Filter` knows.

        """
        wanted = Filter(text, speaker=speaker, opcode=opcode, control=control)
        return Frames(frame for frame in self if wanted.matches(frame))

    def to_dataframe(self) -> pandas.DataFrame:
        """
        Return a table of pandas with one row for each frame.

        Its columns: time (seconds since the recording began), speaker, opcode (its name), fin,
        rsv1, rsv2, rsv3, masking_key (hex, None where there is none), header_size, payload_length
        (as announced), wire_length (header and payload) and inflated_length (None where nothing
        was inflated) in bytes, preview, verdicts (sentences, joined).

        Raises:
            ImportError: If pandas isn't installed.

        """
        try:
            import pandas
        except ImportError:
            raise ImportError(
                "a DataFrame is pandas': install it with %pip install pandas in a cell"
            ) from None
        return pandas.DataFrame([_record(frame) for frame in self], columns=list(COLUMNS))


def _says(event: Event | Message) -> str:
    """Return the beginning of what an event says, to look for a text in it."""
    match event:
        case Frame():
            if event.close_code is not None:
                return event.preview(SEARCHED)
            held = event.inflated
            data = event.unmasked_start(SEARCHED) if held is None else held[:SEARCHED]
        case Message():
            data = event.start(SEARCHED)
        case Request() | Response():
            data = event.raw[:SEARCHED]
        case _:
            return repr(event)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        # A character may be cut by the end: that makes no binary of a text.
        is_cut = error.end == len(data) == SEARCHED and error.start > SEARCHED - 4
        return data[: error.start].decode() if is_cut else data.hex(" ")


def _record(frame: Frame) -> dict[str, Any]:
    key = frame.masking_key
    return {
        "time": frame.time,
        "speaker": frame.speaker,
        "opcode": frame.opcode_name,
        "fin": frame.fin,
        "rsv1": frame.rsv1,
        "rsv2": frame.rsv2,
        "rsv3": frame.rsv3,
        "masking_key": None if key is None else key.hex(" "),
        "header_size": frame.header_size,
        "payload_length": frame.payload_length,
        "wire_length": len(frame.raw),
        "inflated_length": None if frame.inflated is None else len(frame.inflated),
        "preview": frame.preview(),
        "verdicts": "; ".join(map(str, frame.verdicts)),
    }
