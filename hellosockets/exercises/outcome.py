"""Outcomes: what the exercises say, on one line of text and as quiet HTML from the same words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import Literal

from .. import picture

__all__ = ["Hint", "Listing", "Outcome", "Standing", "one_line"]

Standing = Literal["unknown", "not attempted", "not yet", "solved"]

# A sign for each standing, so that it reads without colour.
SIGNS: dict[Standing, str] = {"unknown": "?", "not attempted": "○", "not yet": "✗", "solved": "✓"}

# Longest line shown, in characters.
LINE_SIZE = 500


@dataclass(frozen=True, slots=True, repr=False)
class Outcome:
    """
    How an exercise stands.

    Attributes:
        name: The exercise, e.g. ``"2A"``.
        standing: ``"not attempted"``, ``"not yet"`` or ``"solved"``; ``"unknown"`` where no
            exercise has that name.
        sentence: What to do next, or what was reached.

    """

    name: str
    standing: Standing
    sentence: str

    @property
    def solved(self) -> bool:
        """True when the answer is right."""
        return self.standing == "solved"

    def __repr__(self) -> str:
        return one_line(f"{self.name} {self.standing}: {self.sentence}")

    def _repr_html_(self) -> str:
        said = one_line(self.sentence)
        sign = f"{SIGNS[self.standing]} {one_line(self.name)} {self.standing}"
        kind = f"hs-{self.standing.replace(' ', '-')}"
        return picture.document(_paragraph(sign, said, kind))


@dataclass(frozen=True, slots=True, repr=False)
class Hint:
    """
    One hint of an exercise.

    Attributes:
        name: The exercise, e.g. ``"2A"``.
        number: Which hint it is, from 1.
        count: How many there are.
        text: The hint.
        following: How to get the next help.

    """

    name: str
    number: int
    count: int
    text: str
    following: str

    def __repr__(self) -> str:
        return f"{self._title}: {self.text} {self.following}"

    def _repr_html_(self) -> str:
        return picture.document(
            _paragraph(f"? {self._title}", self.text, "hs-hint"),
            f'<p class="hs-meaning">{picture.prose(self.following)}</p>',
        )

    @property
    def _title(self) -> str:
        return f"{self.name} hint {self.number} of {self.count}"


@dataclass(frozen=True, slots=True, repr=False)
class Listing:
    """
    Source code to put in a cell. Its text is the source itself, ready to be copied.

    Attributes:
        name: The exercise, e.g. ``"2A"``.
        title: What the source is.
        source: Python source.
        following: What to do with it.

    """

    name: str
    title: str
    source: str
    following: str

    def __repr__(self) -> str:
        heading = f"# {self.name} {self.title}"
        return f"{heading}\n{self.source.rstrip()}\n# {self.following.replace('`', '')}"

    def _repr_html_(self) -> str:
        return picture.document(
            f'<p class="hs-outcome"><strong>{escape(self.name)} {escape(self.title)}</strong></p>',
            f'<pre class="hs-source">{escape(self.source.rstrip())}</pre>',
            f'<p class="hs-meaning">{picture.prose(self.following)}</p>',
        )


def one_line(text: str) -> str:
    """Return ``text`` on one line that is the same at every run and safe to print."""
    text = " ".join(re.sub(r" at 0x[0-9A-Fa-f]+", "", text).split())
    text = "".join(character if character.isprintable() else "�" for character in text)
    return text if len(text) <= LINE_SIZE else f"{text[: LINE_SIZE - 1]}…"


def _paragraph(title: str, text: str, kind: str) -> str:
    return (
        f'<p class="hs-outcome {kind}"><strong>{escape(title)}:</strong> {picture.prose(text)}</p>'
    )
