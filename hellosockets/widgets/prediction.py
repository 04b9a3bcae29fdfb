"""Prediction: a question that the reader answers before they see what happens.

Whoever has committed to an answer looks closer at what comes. The answer is nobody's business:
it stays in the page, and neither Python nor the notebook's file ever sees it.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import traitlets

from .. import picture
from .base import Widget, styles
from .module import source
from .strings import PREDICTION as STRINGS

__all__ = ["Option", "Prediction"]

FEWEST_OPTIONS = 3
MOST_OPTIONS = 4


@dataclass(frozen=True, slots=True)
class Option:
    """
    One answer to pick from.

    Args:
        text: The answer. A part between backticks is shown in the code font.
        why: Why it's right, or what makes it tempting and wrong; shown after the pick.
        right: True if it's right.

    """

    text: str
    why: str
    right: bool = False


class Prediction(Widget):
    """
    A question with 3 or 4 answers; picking one shows what each of them has to say for itself.

    Args:
        question: What will happen? A part between backticks is shown in the code font.
        options: The answers, in the order in which they stand.

    Raises:
        ValueError: If there are fewer than 3 or more than 4 options, if one has no text or no
            ``why``, or if none is right.

    """

    _esm = source("prediction")
    _css = styles("prediction")
    _strings = traitlets.Dict(STRINGS).tag(sync=True)
    _question = traitlets.Unicode().tag(sync=True)
    _options: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)

    def __init__(self, question: str, *options: Option) -> None:
        if not FEWEST_OPTIONS <= len(options) <= MOST_OPTIONS:
            raise ValueError(f"a prediction has 3 or 4 options, got {len(options)}")
        for option in options:
            if not option.text.strip():
                raise ValueError("each option needs a text, one has none")
            if not option.why.strip():
                raise ValueError(f"each option needs a why, {option.text!r} has none")
        if not any(option.right for option in options):
            raise ValueError("one option at least is right: say right=True")
        self.question = question
        self.options = options
        super().__init__(
            _question=question,
            _options=[
                {"text": option.text, "why": option.why, "right": option.right}
                for option in options
            ],
        )

    def __repr__(self) -> str:
        return f'Prediction("{self.question}", {len(self.options)} options)'

    def _repr_html_(self) -> str:
        """Draw the question for readers without a kernel: asked first, told on request."""
        answers = "".join(f"<li>{_marked_up(option.text)}</li>" for option in self.options)
        whys = "".join(
            f"<li><strong>{STRINGS['right' if option.right else 'wrong']}</strong>: "
            f"{_marked_up(option.why)}</li>"
            for option in self.options
        )
        return picture.document(
            f'<div class="hs-prediction"><p class="hs-title">{_marked_up(self.question)}</p>'
            f'<ol type="A">{answers}</ol>'
            f"<details><summary>{STRINGS['show']}</summary>"
            f'<ol type="A">{whys}</ol></details></div>'
        )


def _marked_up(text: str) -> str:
    """Escape a text; what stands between backticks becomes code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:  # a backtick without a partner is a backtick
        parts[-2:] = ["`".join(parts[-2:])]
    return "".join(
        f"<code>{escape(part)}</code>" if i % 2 else escape(part) for i, part in enumerate(parts)
    )
