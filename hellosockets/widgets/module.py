"""Modules: a widget's ES module, with those it imports folded in, as anywidget takes one alone.

The files stay what a browser and Node.js load by themselves. Nothing is rewritten but the two
words that join them: ``import`` at the top of a file and ``export`` before a name.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

__all__ = ["sheet", "source"]

FOLDER = Path(__file__).parent

IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./(\w+)\.js";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const|let) (\w+))", re.MULTILINE)


@cache
def source(name: str) -> str:
    """
    Return a module that needs no other.

    Args:
        name: The file's name in this folder, without ``.js``.

    """
    folded: dict[str, str] = {}
    text = EXPORT.sub("", _fold(name, folded))
    return "\n".join([*folded.values(), text])


@cache
def sheet(name: str) -> str:
    """
    Return a style sheet of this folder.

    Args:
        name: The file's name, without ``.css``.

    """
    return (FOLDER / f"{name}.css").read_text(encoding="utf-8")


def _fold(name: str, folded: dict[str, str]) -> str:
    """Return a file's text, and put what it imports into ``folded``, each module once."""
    text = (FOLDER / f"{name}.js").read_text(encoding="utf-8")
    for imported in [match[2] for match in IMPORT.finditer(text)]:
        if imported not in folded:
            inside = _fold(imported, folded)
            names = ", ".join(match[1] for match in EXPORT.finditer(inside))
            inside = EXPORT.sub("", inside)
            inside = re.sub(r"^export default ", "const _widget = ", inside, flags=re.MULTILINE)
            folded[imported] = (
                f"const {imported}_js = (() => {{\n{inside}\nreturn {{ {names} }};\n}})();"
            )
    return IMPORT.sub(r"const \1 = \2_js;", text)
