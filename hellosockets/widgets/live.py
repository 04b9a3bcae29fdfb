"""Live: what was measured here and now, shown live and left out of what is stored.

No two machines measure the same. So a saved page says what was measured, and the live one how much.
"""

from __future__ import annotations

from html import escape
from typing import Any

import traitlets

from .. import picture
from .base import Widget, styles
from .module import source
from .strings import LIVE as STRINGS

__all__ = ["Live"]


class Live(Widget):
    """
    Something that differs from run to run: shown on a live page, and named on a stored one.

    Args:
        shown: What is shown live, by its ``_repr_html_``, or as text.
        says: What it is, in a few words that are the same at every run.

    Attributes:
        shown: As given.
        says: As given.

    """

    _esm = source("live")
    _css = styles("live")
    _strings = traitlets.Dict(STRINGS).tag(sync=True)
    _html = traitlets.Unicode().tag(sync=True)
    _says = traitlets.Unicode().tag(sync=True)

    def __init__(self, shown: Any, says: str) -> None:
        self.shown = shown
        self.says = says
        draw = getattr(shown, "_repr_html_", None)
        html = draw() if draw is not None else f'<p class="hs-live-text">{escape(str(shown))}</p>'
        super().__init__(_html=html, _says=says)

    def __repr__(self) -> str:
        return f"Live({self.says})"

    def _repr_html_(self) -> str:
        says = f"{STRINGS['stored']} {self.says}."
        return picture.document(f'<p class="hs-note">{picture.prose(says)}</p>')
