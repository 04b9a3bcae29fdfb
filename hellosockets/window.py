"""The window: what a deflated message takes from those before it, drawn with arrows (RFC 7692).

DEFLATE writes "again what stood there" for whatever it has seen in the last 32 KiB, its window.
With context takeover, the window is kept from message to message (RFC 7692 §7.2.3.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from . import picture
from .blocks import Copy, read_blocks
from .deflate import TAIL, Deflater

__all__ = ["Deflated", "LookBack", "Window", "look_back"]

# The picture's measures, in px.
LEFT, WIDTH, LINE, CHARACTER = 4, 760, 56, 8.4
SHOWN = 88  # bytes of a message that the picture shows

TEXT, QUIET = "var(--hs-text, currentColor)", "var(--hs-quiet, #5f5f5f)"
COPIED, SOURCE = "var(--hs-server, #A84300)", "var(--hs-client, #0072B2)"


@dataclass(frozen=True, slots=True)
class LookBack:
    """
    One copy: bytes that aren't sent again.

    Attributes:
        start: Its first byte in its message.
        length: How many bytes.
        source: Number of the message that its first byte is copied from, counted from 0.
        source_start: Where it stands in that one.

    """

    start: int
    length: int
    source: int
    source_start: int


@dataclass(frozen=True, slots=True)
class Deflated:
    """
    One message.

    Attributes:
        data: The message.
        payload: As deflated, for one frame with RSV1 set.
        looks: What it copies, in order.

    """

    data: bytes
    payload: bytes
    looks: tuple[LookBack, ...]

    @property
    def frame_size(self) -> int:
        """Bytes of the frame that a server sends: a header of 2, 4 or 10 bytes, and the payload."""
        size = len(self.payload)
        return size + (2 if size < 126 else 4 if size < 2**16 else 10)


@dataclass(frozen=True, slots=True, repr=False)
class Window:
    """
    Messages of one speaker, deflated one after the other.

    Attributes:
        messages: The messages.
        window_bits: How far back a copy may reach: 2 to that power, in bytes.
        takes_over: Whether the window is kept from one message to the next.

    """

    messages: tuple[Deflated, ...]
    window_bits: int
    takes_over: bool

    @property
    def last(self) -> Deflated:
        """The newest message."""
        return self.messages[-1]

    def __repr__(self) -> str:
        sizes = ", ".join(f"{len(m.data):,} → {len(m.payload):,}" for m in self.messages)
        kept = "kept" if self.takes_over else "emptied each time"
        return f"Window({2**self.window_bits:,} bytes, {kept}: {sizes})"

    def _repr_html_(self) -> str:
        rows: list[tuple[str, list[str], list[str]]] = [
            (
                "",
                [
                    str(number),
                    f"{len(each.data):,}",
                    f"{len(each.payload):,}",
                    f"{each.frame_size:,}",
                    each.payload[:24].hex(" ") + (" …" if len(each.payload) > 24 else ""),
                ],
                [],
            )
            for number, each in enumerate(self.messages, 1)
        ]
        columns = ["message", "bytes", "deflated", "frame of a server", "payload on the wire"]
        kept = "is kept between messages" if self.takes_over else "is emptied after each message"
        caption = f"A window of {2**self.window_bits:,} bytes, which {kept}"
        return picture.document(
            self.svg, picture.table(caption, columns, rows, columns[:4], code=columns[4:])
        )

    @property
    def svg(self) -> str:
        """The messages under each other, and an arrow from each copy to what it copies."""
        height = LINE * len(self.messages) + 8
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDTH} {height}" '
            f'width="{WIDTH}" height="{height}" aria-label="{escape(self._in_words())}" '
            'style="max-width:100%;height:auto;font:14px ui-monospace,monospace">'
            f"{''.join(self._line(i) for i in range(len(self.messages)))}"
            f"{''.join(self._arrows(i) for i in range(len(self.messages)))}</svg>"
        )

    def _line(self, number: int) -> str:
        message = self.messages[number]
        y = LINE * number + 30
        shown = message.data[:SHOWN]
        text = "".join(picture.character(byte) for byte in shown)
        lines = "".join(
            f'<rect x="{_x(look.start):.1f}" y="{y - 14}" height="20" '
            f'width="{CHARACTER * min(look.length, SHOWN - look.start):.1f}" fill="{COPIED}" '
            f'fill-opacity="0.14" stroke="{COPIED}" stroke-dasharray="3 2"/>'
            for look in message.looks
            if look.start < SHOWN
        )
        more = len(message.data) - len(shown)
        note = f"{len(message.data):,} bytes, {len(message.payload):,} deflated"
        note += f"; the first {SHOWN} are shown" if more > 0 else ""
        return (
            f'{lines}<text x="{LEFT}" y="{y}" fill="{TEXT}" xml:space="preserve" '
            f'textLength="{CHARACTER * len(shown):.1f}" style="white-space:pre">'
            f'{escape(text)}</text><text x="{WIDTH - 2}" y="{y + 20}" text-anchor="end" '
            f'fill="{QUIET}" font-size="11" font-family="system-ui,sans-serif">'
            f"message {number + 1}: {note}</text>"
        )

    def _arrows(self, number: int) -> str:
        drawn = []
        for look in self.messages[number].looks:
            if look.start >= SHOWN or look.source_start >= SHOWN:
                continue
            x1, y1 = _x(look.start) + CHARACTER / 2, LINE * number + 15
            x2 = _x(look.source_start) + CHARACTER / 2
            y2 = LINE * look.source + (36 if look.source != number else 15)
            bend = y1 - 14 if look.source == number else (y1 + y2) / 2
            drawn.append(
                f'<path d="M{x1:.1f} {y1} C{x1:.1f} {bend:.1f} {x2:.1f} {bend:.1f} {x2:.1f} {y2}" '
                f'fill="none" stroke="{SOURCE}" stroke-width="1.5"/>'
                f'<path d="M{x2:.1f} {y2} l-3 {-6 if look.source == number else 6} h6 z" '
                f'fill="{SOURCE}"/>'
            )
        return "".join(drawn)

    def _in_words(self) -> str:
        said = []
        for number, each in enumerate(self.messages, 1):
            looks = ", ".join(
                f"{look.length} bytes from byte {look.source_start} of message {look.source + 1}"
                for look in each.looks[:6]
            )
            said.append(f"message {number} copies {looks or 'nothing'}")
        return "; ".join(said)


def look_back(
    *messages: str | bytes, window_bits: int = 15, takes_over: bool = True, level: int = -1
) -> Window:
    """
    Deflate messages as one speaker sends them, and find what each takes from those before it.

    Args:
        messages: The messages, in order; a str is sent as UTF-8.
        window_bits: Largest window to use, 8 to 15 bits.
        takes_over: Whether the window is kept between messages.
        level: 0 (store) to 9 (smallest); -1 is zlib's own choice.

    Raises:
        ValueError: If the window isn't of 8 to 15 bits or the level not from -1 to 9.

    """
    deflater = Deflater(no_context_takeover=not takes_over, window_bits=window_bits, level=level)
    contents = [each.encode() if isinstance(each, str) else bytes(each) for each in messages]
    deflated: list[Deflated] = []
    starts: list[int] = []  # where each message begins in all that the window has seen
    position = 0
    for data in contents:
        payload = deflater.deflate(data)
        if not takes_over:
            position = 0
            starts = [-1] * len(starts)
        starts.append(position)
        deflated.append(Deflated(data, payload, tuple(_looks(payload, position, starts))))
        position += len(data)
    return Window(tuple(deflated), window_bits, takes_over)


def _looks(payload: bytes, position: int, starts: Sequence[int]) -> list[LookBack]:
    found = []
    at = position
    for token in read_blocks(payload + TAIL).tokens:
        if not isinstance(token, Copy):
            at += 1
            continue
        source = at - token.distance
        number = max(i for i, start in enumerate(starts) if 0 <= start <= source)
        found.append(LookBack(at - position, token.length, number, source - starts[number]))
        at += token.length
    return found


def _x(character: int) -> float:
    return LEFT + CHARACTER * character
