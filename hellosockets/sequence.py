"""Sequence diagrams: a connection as two lifelines and the arrows between them, in SVG.

Drawn from what was recorded: order and words alone, no time, no key, no port, so that the picture
of one conversation is the same at every run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby

from . import picture
from .conversation import Conversation
from .events import End, Event, Gap
from .frames import Frame, Speaker
from .handshake import Request, Response
from .lanes import label_of

__all__ = ["Arrow", "SequenceDiagram", "sequence_diagram"]

MOST_ARROWS = 60
FEWEST_FOLDED = 4  # alike frames in a row, of which the first is drawn and the others counted
LABEL_SIZE = 52  # characters

# The picture's measures, in px.
WIDTH, CLIENT, SERVER = 760, 130, 630
TOP, ROW, BAND = 58, 34, 26

# Colours of picture.css; what follows the comma is for pages that haven't got it.
COLOURS = {
    "client": "var(--hs-client, #0072B2)",
    "server": "var(--hs-server, #A84300)",
    "text": "var(--hs-text, currentColor)",
    "quiet": "var(--hs-quiet, #5f5f5f)",
    "line": "var(--hs-line, #a0a0a0)",
    "wrong": "var(--hs-wrong, #B00020)",
}

OPENING, REFUSED, OPEN = "opening handshake", "refused", "open"
CLOSING, ENDED, ABNORMAL = "closing handshake", "closed", "ended without a close frame: 1006"
PLAIN = "plain HTTP"


@dataclass(frozen=True, slots=True)
class Arrow:
    """
    One arrow, or one run of alike arrows.

    Attributes:
        phase: In which phase of the connection it stands.
        speaker: From whom it comes; None for a note across both lifelines.
        label: What it is.
        more: How many alike ones are folded into it.
        is_wrong: Whether it breaks a rule.
        is_end: Whether it ends its speaker's stream.

    """

    phase: str
    speaker: Speaker | None
    label: str
    more: int = 0
    is_wrong: bool = False
    is_end: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class SequenceDiagram:
    """
    A connection, drawn.

    Attributes:
        arrows: What is drawn, from top to bottom.
        left_out: How many events have no arrow, as there are too many.

    """

    arrows: tuple[Arrow, ...]
    left_out: int = 0

    @property
    def phases(self) -> tuple[str, ...]:
        """The phases it goes through, in their order."""
        return tuple(phase for phase, _ in groupby(arrow.phase for arrow in self.arrows))

    @property
    def svg(self) -> str:
        """The picture, an SVG element with a title and a description of its own."""
        rows, height = _rows(self.arrows)
        title = "Sequence diagram of a WebSocket connection"
        described = "; ".join(_described(arrow) for arrow in self.arrows) or "nothing has happened"
        lines = "".join(
            f'<line x1="{x}" x2="{x}" y1="40" y2="{height - 8}" stroke="{COLOURS["line"]}"/>'
            f'<text x="{x}" y="26" text-anchor="middle" font-weight="600" '
            f'fill="{COLOURS[who]}">{picture.SPEAKERS[who]}</text>'
            for who, x in (("client", CLIENT), ("server", SERVER))
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="hs-sequence" role="img" '
            f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
            f'style="max-width:100%;height:auto;font:12px system-ui,sans-serif">'
            f"<title>{title}</title><desc>{escape(described)}</desc>{lines}{''.join(rows)}</svg>"
        )

    def __repr__(self) -> str:
        left_out = f", {self.left_out:,} left out" if self.left_out else ""
        count = len(self.arrows)
        arrows = f"{count:,} arrow{'s' * (count != 1)}"
        return f"SequenceDiagram({' → '.join(self.phases) or 'nothing yet'}: {arrows}{left_out})"

    def _repr_html_(self) -> str:
        note = ""
        if self.left_out:
            note = f'<p class="hs-note">{self.left_out:,} more events are not drawn here.</p>'
        return picture.document(self.svg, note)


def sequence_diagram(conversation: Conversation) -> SequenceDiagram:
    """
    Draw a connection: its handshakes, its frames, the ends of its streams.

    Four and more alike frames in a row are one arrow that counts them; of a long conversation the
    first 60 arrows are drawn.

    """
    arrows = list(_folded(_arrows(conversation)))
    drawn = arrows[:MOST_ARROWS]
    left_out = sum(1 + arrow.more for arrow in arrows[MOST_ARROWS:])
    return SequenceDiagram(tuple(drawn), left_out + conversation.dropped_events)


def _arrows(conversation: Conversation) -> Iterator[tuple[object, Arrow]]:
    """Give an arrow for each event, with what makes it alike to others."""
    phase = OPENING
    closing: set[Speaker | None] = set()
    is_open = False
    for event in conversation.events:
        match event:
            case Request():
                phase = OPENING if event.is_upgrade else PLAIN
            case Response():
                is_open = event.status == 101
                phase = phase if is_open or phase == PLAIN else REFUSED
            case Frame():
                if event.opcode == 8:
                    closing.add(event.speaker)
                phase = CLOSING if closing else OPEN
            case End():
                phase = (ENDED if closing else ABNORMAL) if is_open else phase
        yield _alike(event), _arrow(event, phase)


def _arrow(event: Event, phase: str) -> Arrow:
    is_wrong = not isinstance(event, End | Gap) and bool(event.verdicts)
    label = label_of(event, LABEL_SIZE)
    if isinstance(event, Frame) and event.opcode in (9, 10):
        label = event.opcode_name  # its payload is random, with most who send pings
    return Arrow(phase, event.speaker, label, 0, is_wrong, isinstance(event, End))


def _alike(event: Event) -> object:
    """Return what frames have in common that may be folded; handshakes and ends never are."""
    if isinstance(event, Frame) and event.opcode != 8:
        return (event.speaker, event.opcode, event.fin, bool(event.verdicts))
    return id(event)


def _folded(arrows: Iterator[tuple[object, Arrow]]) -> Iterator[Arrow]:
    for _, group in groupby(arrows, key=lambda pair: (pair[0], pair[1].phase)):
        alike = [arrow for _, arrow in group]
        if len(alike) < FEWEST_FOLDED:
            yield from alike
            continue
        first = alike[0]
        yield Arrow(
            first.phase, first.speaker, first.label, len(alike) - 1, first.is_wrong, first.is_end
        )


def _described(arrow: Arrow) -> str:
    more = f", and {arrow.more:,} more like it" if arrow.more else ""
    return f"{arrow.speaker or 'nobody'}: {arrow.label}{more}"


def _rows(arrows: tuple[Arrow, ...]) -> tuple[list[str], int]:
    """Return the picture's rows, and its height."""
    rows, y, phase = [], TOP, ""
    for arrow in arrows:
        if arrow.phase != phase:
            phase = arrow.phase
            rows.append(_band(phase, y))
            y += BAND
        rows.append(_line(arrow, y))
        y += ROW
    return rows, y + 16


def _band(phase: str, y: int) -> str:
    colour = COLOURS["wrong" if phase in (REFUSED, ABNORMAL) else "quiet"]
    return (
        f'<text x="8" y="{y}" font-size="11" fill="{colour}">{escape(phase)}</text>'
        f'<line x1="8" x2="{WIDTH - 8}" y1="{y + 5}" y2="{y + 5}" '
        f'stroke="{COLOURS["line"]}" stroke-dasharray="1 3"/>'
    )


def _line(arrow: Arrow, y: int) -> str:
    middle = (CLIENT + SERVER) // 2
    more = f" (and {arrow.more:,} more like it)" if arrow.more else ""
    words = f"{'✗ ' * arrow.is_wrong}{arrow.label}{more}"
    fill = COLOURS["wrong" if arrow.is_wrong else "text"]
    text = (
        f'<text x="{middle}" y="{y + 8}" text-anchor="middle" fill="{fill}">{escape(words)}</text>'
    )
    if arrow.speaker is None:
        return text
    start, end = (CLIENT, SERVER) if arrow.speaker == "client" else (SERVER, CLIENT)
    toward = 1 if end > start else -1
    colour = COLOURS[arrow.speaker]
    tip = end - toward * 2
    dashes = ' stroke-dasharray="5 4"' if arrow.is_end else ""
    head = (
        f"{tip},{y + 14} {tip - toward * 9},{y + 10} {tip - toward * 9},{y + 18}"
        if not arrow.is_end
        else f"{tip},{y + 9} {tip},{y + 19}"
    )
    point = (
        f'<polygon points="{head}" fill="{colour}"/>'
        if not arrow.is_end
        else f'<polyline points="{head}" stroke="{colour}" stroke-width="2"/>'
    )
    return (
        f'{text}<line x1="{start}" x2="{tip}" y1="{y + 14}" y2="{y + 14}" stroke="{colour}" '
        f'stroke-width="1.5"{dashes}/>{point}'
    )
