"""Pieces: one stream of bytes as TCP hands it over, as frames, and as messages.

Three units that beginners take for one. A read is as much as there happens to be; a frame begins
and ends where its header says; a message is one frame, or several until FIN (RFC 6455 §5.4).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from . import picture
from .frames import Frame, FrameReader, Speaker

__all__ = ["Piece", "Pieces", "Read", "pieces"]

# The picture's measures, in px.
WIDTH, LEFT, LANE, GAP = 760, 92, 34, 8
CHARACTER = 6.6  # the width of one, at most

# Colours of picture.css; what follows the comma is for pages that haven't got it.
TEXT, QUIET = "var(--hs-text, currentColor)", "var(--hs-quiet, #5f5f5f)"
COLOURS = {"client": "var(--hs-client, #0072B2)", "server": "var(--hs-server, #A84300)"}
WRONG = "var(--hs-wrong, #B00020)"


@dataclass(frozen=True, slots=True)
class Piece:
    """
    A part of the stream: a frame or a message.

    Attributes:
        start: Its first byte, counted from the stream's first.
        end: The byte after its last one.
        label: What it is, in a few characters.
        is_wrong: Whether it breaks a rule.

    """

    start: int
    end: int
    label: str
    is_wrong: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """
    What one read of the socket gives.

    Attributes:
        start: Its first byte, counted from the stream's first.
        end: The byte after its last one.
        frames: Labels of the frames that are complete with it.
        messages: Labels of the messages that are complete with it.
        waiting: How many bytes wait in the buffer after it, as their frame isn't complete.

    """

    start: int
    end: int
    frames: tuple[str, ...]
    messages: tuple[str, ...]
    waiting: int


@dataclass(frozen=True, slots=True, repr=False)
class Pieces:
    """
    One stream, cut in three ways.

    Attributes:
        stream: The bytes.
        speaker: Whose they are.
        reads: As TCP hands them over.
        frames: As headers cut them.
        messages: As FIN ends them; control frames are none.

    """

    stream: bytes
    speaker: Speaker
    reads: tuple[Read, ...]
    frames: tuple[Piece, ...]
    messages: tuple[Piece, ...]

    def __repr__(self) -> str:
        counts = [
            _count(len(self.reads), "read"),
            _count(len(self.frames), "frame"),
            _count(len(self.messages), "message"),
        ]
        return f"Pieces({len(self.stream)} bytes: {', '.join(counts)})"

    def _repr_html_(self) -> str:
        rows: list[tuple[str, list[str], list[str]]] = [
            (
                "",
                [
                    str(number),
                    str(read.end - read.start),
                    ", ".join(read.frames) or "–",
                    ", ".join(read.messages) or "–",
                    str(read.waiting),
                ],
                [],
            )
            for number, read in enumerate(self.reads, 1)
        ]
        columns = ["read", "bytes", "frames complete", "messages complete", "bytes waiting"]
        numeric = ["read", "bytes", "bytes waiting"]
        return picture.document(
            self.svg,
            picture.table(
                "What each read completes, and what waits for the next", columns, rows, numeric
            ),
        )

    @property
    def svg(self) -> str:
        """The three cuts under each other, byte above byte: an SVG element with a description."""
        lanes = [
            ("reads", [Piece(r.start, r.end, f"{i}") for i, r in enumerate(self.reads, 1)], QUIET),
            ("frames", self.frames, COLOURS[self.speaker]),
            ("messages", self.messages, TEXT),
        ]
        height = len(lanes) * (LANE + GAP) + 22
        drawn = "".join(
            self._lane(name, found, colour, i * (LANE + GAP))
            for i, (name, found, colour) in enumerate(lanes)
        )
        label = "; ".join(
            f"{name}: " + (", ".join(_in_words(each) for each in found) or "none")
            for name, found, _ in lanes
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDTH} {height}" '
            f'width="{WIDTH}" height="{height}" aria-label="{escape(label)}" '
            f'style="max-width:100%;height:auto;font:12px system-ui,sans-serif">'
            f"{drawn}{self._ruler(height - 8)}</svg>"
        )

    def _x(self, byte: int) -> float:
        return LEFT + (WIDTH - LEFT - 2) * byte / max(1, len(self.stream))

    def _lane(self, name: str, found: Sequence[Piece], colour: str, y: int) -> str:
        drawn = [f'<text x="0" y="{y + 21}" fill="{QUIET}">{name}</text>']
        for each in found:
            x, end = self._x(each.start), self._x(each.end)
            ink = WRONG if each.is_wrong else colour
            room = int((end - x - 8) / CHARACTER)
            label = each.label if len(each.label) <= room else each.label[: max(0, room - 1)] + "…"
            drawn.append(
                f'<rect x="{x + 1:.1f}" y="{y + 1}" width="{max(1.0, end - x - 2):.1f}" '
                f'height="{LANE - 2}" rx="3" fill="none" stroke="{ink}" stroke-width="1.5"/>'
            )
            if room > 1:
                drawn.append(
                    f'<text x="{(x + end) / 2:.1f}" y="{y + 21}" text-anchor="middle" '
                    f'fill="{ink}">{escape(label)}</text>'
                )
        return "".join(drawn)

    def _ruler(self, y: int) -> str:
        size = len(self.stream)
        step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 1000, 10_000, 10**9) if size / s <= 14)
        return (
            "".join(
                f'<text x="{self._x(byte):.1f}" y="{y}" fill="{QUIET}" font-size="11">{byte}</text>'
                for byte in range(0, size, step)
            )
            + f'<text x="0" y="{y}" fill="{QUIET}" font-size="11">byte</text>'
        )


def pieces(stream: bytes, cuts: Iterable[int] = (), speaker: Speaker = "server") -> Pieces:
    """
    Cut a stream of frames in three ways. Never raises on bytes.

    Args:
        stream: What one speaker sent after the opening handshake.
        cuts: Where TCP's reads end, in bytes from the start. Places outside the stream, and the
            same place twice, count for nothing.
        speaker: Whose bytes they are.

    """
    ends = sorted({int(cut) for cut in cuts if 0 < cut < len(stream)} | {len(stream)})
    frames = FrameReader(speaker).receive_data(stream)
    found = [Piece(*_place(frame), _label(frame), bool(frame.verdicts)) for frame in frames]
    messages = _messages(frames)
    reads = []
    start = 0
    for end in ends if stream else []:
        reads.append(
            Read(
                start,
                end,
                tuple(each.label for each in found if start < each.end <= end),
                tuple(each.label for each in messages if start < each.end <= end),
                end - max((each.end for each in found if each.end <= end), default=0),
            )
        )
        start = end
    return Pieces(stream, speaker, tuple(reads), tuple(found), tuple(messages))


def _messages(frames: Iterable[Frame]) -> list[Piece]:
    found: list[Piece] = []
    parts: list[Frame] = []
    for frame in frames:
        if frame.is_control:
            continue
        parts.append(frame)
        if frame.fin:
            data = b"".join(part.data for part in parts)
            start, end = _place(parts[0])[0], _place(frame)[1]
            text = data.decode("utf-8", "replace") if parts[0].opcode == 1 else data.hex(" ")
            found.append(Piece(start, end, text, any(part.verdicts for part in parts)))
            parts = []
    return found


def _place(frame: Frame) -> tuple[int, int]:
    start = frame.offset or 0
    return start, start + frame.header_size + frame.payload_length


def _label(frame: Frame) -> str:
    more = "" if frame.fin else ", more"
    return f"{frame.opcode_name}{more}"


def _in_words(piece: Piece) -> str:
    wrong = ", which breaks a rule" if piece.is_wrong else ""
    return f"{piece.label} from byte {piece.start} to {piece.end - 1}{wrong}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
