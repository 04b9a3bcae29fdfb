"""The reference of the API, from the docstrings: ``make api`` writes it to build/api.

It is made by `pdoc`. What is imported only when it is first asked for, the widgets, is asked for
before.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pdoc
import pdoc.render

import hellosockets as hs

__all__ = ["FOLDER", "make_api"]

FOLDER = Path(__file__).parents[1] / "build" / "api"


def make_api(folder: Path) -> Path:
    """
    Write the reference into a folder.

    Returns:
        The page with all public names.

    """
    for name in hs.__all__:
        setattr(hs, name, getattr(hs, name))
    pdoc.render.configure(docformat="google", footer_text=f"HelloSockets {hs.__version__}")
    pdoc.pdoc("hellosockets", output_directory=folder)
    return folder / "hellosockets.html"


if __name__ == "__main__":
    print(make_api(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER))
