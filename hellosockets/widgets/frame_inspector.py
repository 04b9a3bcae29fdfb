"""FrameInspector: one frame as bits, bytes and parts, which light up together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import traitlets

from .. import guide, picture
from ..frames import Frame
from ..guide import Part
from .base import Widget, styles
from .module import source
from .strings import FRAME_INSPECTOR as STRINGS

__all__ = ["FrameInspector", "page_data"]

BYTES_SHOWN = 256  # of a payload
MOST_MARKS = 200  # beginnings of chunks that are drawn


class FrameInspector(Widget):
    """
    A frame to point at: any bit, byte or part lights up the others, with the RFC's clause.

    Args:
        frame: The frame.
        chunks: Where the chunks of its speaker's stream end, as `Conversation.boundaries` gives
            them: then TCP's chunks are drawn under the frame.

    Attributes:
        frame: The frame that is shown.
        chunks: As given.

    Raises:
        TypeError: If ``frame`` is no `Frame`.

    """

    _esm = source("frame_inspector")
    _css = styles("frame_inspector")
    _strings = traitlets.Dict(STRINGS).tag(sync=True)

    def __init__(self, frame: Frame, *, chunks: Sequence[int] = ()) -> None:
        _check(frame)
        self.frame = frame
        self.chunks = tuple(chunks)
        super().__init__()

    @property
    def parts(self) -> tuple[Part, ...]:
        """The frame's parts, each with its clause and what it says."""
        return guide.describe(self.frame)

    def show(self, frame: Frame, *, chunks: Sequence[int] = ()) -> None:
        """Show another frame in the same place."""
        _check(frame)
        self.frame = frame
        self.chunks = tuple(chunks)
        self._tell()

    def __repr__(self) -> str:
        return f"FrameInspector({self.frame!r})"

    def _repr_html_(self) -> str:
        return guide.draw(self.frame, self.chunks)

    def _heard(self, message: dict[str, Any]) -> None:
        if message["type"] == "hello":
            self._tell()

    def _tell(self) -> None:
        self.send({"type": "frame", "frame": page_data(self.frame, self.chunks)})


def page_data(frame: Frame, chunks: Sequence[int] = ()) -> dict[str, Any]:
    """Write a frame as its page reads it; also for other widgets that show one."""
    key = frame.masking_key if frame.masked and len(frame.masking_key or b"") == 4 else None
    shown = frame.raw[: frame.header_size + BYTES_SHOWN]
    starts = guide.chunk_starts(frame, chunks) if chunks else ()
    length = len(frame.raw)
    size = f"{length:,} byte{'s' * (length != 1)} on the wire"
    return {
        "speaker": frame.speaker or ("client" if frame.masked else "server"),
        "title": f"{frame.opcode_name.capitalize()} frame, {size}",
        "verdicts": [str(verdict) for verdict in frame.verdicts],
        "parts": [_part(part) for part in guide.describe(frame)],
        "bits": "".join(f"{byte:08b}" for byte in frame.raw[:2]),
        "bytes": [f"{byte:02x}" for byte in shown],
        "header": min(frame.header_size, length),
        "plain": [
            [f"{byte:02x}", picture.character(byte)] for byte in frame.unmasked_start(BYTES_SHOWN)
        ],
        "key": [] if key is None else [f"{byte:02x}" for byte in key],
        "marks": list(picture.KEY_MARKS),
        "hidden": length - len(shown),
        "steps": [[step.data, step.says] for step in guide.length_steps(frame)],
        "size": length,
        "chunks": list(starts[:MOST_MARKS]),
        "chunk_words": guide.say_chunks(frame, chunks) if chunks else "",
    }


def _part(part: Part) -> dict[str, Any]:
    field = part.field
    return {
        "name": part.name,
        "clause": part.clause,
        "says": part.says,
        "data": field.data,
        "meaning": field.meaning,
        "start": field.start,
        "size": field.size,
    }


def _check(frame: Frame) -> None:
    if not isinstance(frame, Frame):
        raise TypeError(f"an inspector shows a Frame, got {type(frame).__name__}")
