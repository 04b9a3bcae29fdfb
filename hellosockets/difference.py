"""Differences: two conversations side by side, frame by frame and header by header.

What is random or of the moment in both (keys, dates, ports) is no difference. What was said counts
first; how it crossed the wire (masked, deflated, in fragments) comes second.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from . import picture
from .conversation import Conversation
from .frames import Frame
from .handshake import Request, Response

__all__ = ["Difference", "Pair", "diff"]

# Headers that differ from run to run, whatever the two sides do.
OF_THE_MOMENT = frozenset(
    ["date", "host", "origin", "sec-websocket-key", "sec-websocket-accept", "user-agent"]
)

MOST_COMPARED = 5_000  # frames of each; comparing takes longer than their number
MOST_DRAWN = 500  # rows

Kind = Literal["same", "wire", "only a", "only b"]
SAYS: dict[Kind, str] = {
    "same": "the same in both",
    "wire": "the same data, otherwise on the wire",
    "only a": "− only in the first",
    "only b": "+ only in the second",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """
    One frame of each conversation that say the same, or one that has no partner.

    Attributes:
        kind: ``"same"``, ``"wire"`` (the same data, but header or size differ), ``"only a"`` or
            ``"only b"``.
        a: The first conversation's frame, or None.
        b: The second one's, or None.
        how: What differs, in words; empty where nothing does.

    """

    kind: Kind
    a: Frame | None
    b: Frame | None
    how: str = ""

    @property
    def frame(self) -> Frame:
        """The frame of either that is there."""
        frame = self.b if self.a is None else self.a
        assert frame is not None  # one of the two always is
        return frame


@dataclass(frozen=True, slots=True, repr=False)
class Difference:
    """
    What tells two conversations apart.

    Attributes:
        headers: For each header that differs: who sent it, its name, both values (None where it
            is missing).
        pairs: The frames of both, aligned, in their order.
        bytes: Bytes of the frames that were compared, of the first and of the second.
        left_out: Frames that weren't compared, as there are too many.

    """

    headers: tuple[tuple[str, str, str | None, str | None], ...]
    pairs: tuple[Pair, ...]
    bytes: tuple[int, int]
    left_out: int = 0

    def __bool__(self) -> bool:
        return bool(self.headers) or any(pair.kind != "same" for pair in self.pairs)

    def count(self, kind: Kind) -> int:
        """Return how many pairs are of a kind."""
        return sum(pair.kind == kind for pair in self.pairs)

    def __repr__(self) -> str:
        if not self:
            return f"Difference(none, {self.count('same'):,} frames the same)"
        parts = [
            f"{len(self.headers)} header{'s' * (len(self.headers) != 1)}",
            *[f"{self.count(kind):,} {SAYS[kind].strip('−+ ')}" for kind in SAYS],
            f"{self.bytes[0]:,} and {self.bytes[1]:,} bytes",
        ]
        return f"Difference({', '.join(parts)})"

    def _repr_html_(self) -> str:
        headers = picture.table(
            "Headers that differ",
            ("speaker", "header", "first", "second"),
            [
                (who, [picture.SPEAKERS[who], name, _value(a), _value(b)], ())
                for who, name, a, b in self.headers
            ],
            code=("first", "second"),
            who=("speaker",),
        )
        rows = [
            (
                pair.frame.speaker or "",
                [
                    picture.SPEAKERS.get(pair.frame.speaker or "", ""),
                    pair.frame.opcode_name,
                    _length(pair.a),
                    _length(pair.b),
                    pair.how or SAYS[pair.kind],
                    pair.frame.preview(),
                ],
                (),
            )
            for pair in self.pairs[:MOST_DRAWN]
        ]
        frames = picture.table(
            "Frames, aligned by what they say",
            ("speaker", "opcode", "bytes, first", "bytes, second", "difference", "preview"),
            rows,
            numeric=("bytes, first", "bytes, second"),
            code=("preview",),
            who=("speaker",),
        )
        undrawn = max(0, len(self.pairs) - MOST_DRAWN) + self.left_out
        note = f"{undrawn:,} more frames are not drawn here." if undrawn else ""
        sums = f"All in all {self.bytes[0]:,} bytes in the first, {self.bytes[1]:,} in the second."
        return picture.document(
            headers if self.headers else "",
            frames,
            f'<p class="hs-note">{sums} {note}</p>',
        )


def diff(a: Conversation, b: Conversation) -> Difference:
    """
    Compare two conversations.

    Args:
        a: The first one, e.g. without compression.
        b: The second one, e.g. with it.

    """
    first, second = a.frames, b.frames
    left_out = max(0, len(first) - MOST_COMPARED) + max(0, len(second) - MOST_COMPARED)
    ours, theirs = first[:MOST_COMPARED], second[:MOST_COMPARED]
    pairs = tuple(_aligned(ours, theirs))
    sizes = (sum(len(frame.raw) for frame in ours), sum(len(frame.raw) for frame in theirs))
    return Difference(tuple(_headers(a, b)), pairs, sizes, left_out)


def _aligned(first: list[Frame], second: list[Frame]) -> list[Pair]:
    # "autojunk" would take frequent frames for noise.
    matcher = SequenceMatcher(None, [*map(_key, first)], [*map(_key, second)], autojunk=False)
    pairs = []
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        if tag == "equal":
            pairs += [_pair(a, b) for a, b in zip(first[i:i_end], second[j:j_end], strict=True)]
        else:
            pairs += [Pair("only a", frame, None) for frame in first[i:i_end]]
            pairs += [Pair("only b", None, frame) for frame in second[j:j_end]]
    return pairs


def _key(frame: Frame) -> tuple[object, ...]:
    return frame.speaker, frame.opcode, frame.fin, frame.data


def _pair(a: Frame, b: Frame) -> Pair:
    how = []
    if a.rsv1 != b.rsv1:
        how.append(f"deflated in the {'first' if a.rsv1 else 'second'} alone")
    if a.masked != b.masked:
        how.append(f"masked in the {'first' if a.masked else 'second'} alone")
    if len(a.raw) != len(b.raw):
        how.append(f"{len(b.raw) - len(a.raw):+,} bytes")
    return Pair("wire" if how else "same", a, b, ", ".join(how))


def _headers(a: Conversation, b: Conversation) -> list[tuple[str, str, str | None, str | None]]:
    found = []
    heads = (("client", a.request, b.request), ("server", a.response, b.response))
    for speaker, first, second in heads:
        start = (_start(first), _start(second))
        if start[0] != start[1]:
            found.append((speaker, "first line", *start))
        names = {name.lower(): name for head in (second, first) for name in _names(head)}
        for lower, name in sorted(names.items()):
            values = (_get(first, name), _get(second, name))
            if lower not in OF_THE_MOMENT and values[0] != values[1]:
                found.append((speaker, name, *values))
    return found


def _start(head: Request | Response | None) -> str | None:
    return None if head is None else head.start_line


def _names(head: Request | Response | None) -> list[str]:
    return [] if head is None else [name for name, _ in head.headers]


def _get(head: Request | Response | None, name: str) -> str | None:
    return None if head is None else head.get(name)


def _value(value: str | None) -> str:
    return "–" if value is None else value[:500]


def _length(frame: Frame | None) -> str:
    return "" if frame is None else f"{len(frame.raw):,}"
