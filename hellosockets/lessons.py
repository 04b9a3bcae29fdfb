"""Lessons to work in: copies of the notebooks. Once edited, an update never overwrites them.

What counts as an edit is the source of the cells. To run a notebook is no edit.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from .learner import NAME, LearnersFile, replace_file

__all__ = ["Copies", "copy_lessons", "find_originals"]


@dataclass(frozen=True, slots=True)
class Copies:
    """
    What came of copying.

    Attributes:
        folder: Where the copies are.
        new: Names of the files that weren't there before.
        updated: Copies without an edit that have become the newer version.
        kept: Edited copies, left as they are.
        beside: Names under which a newer version was put beside an edited copy.

    """

    folder: Path
    new: tuple[str, ...]
    updated: tuple[str, ...]
    kept: tuple[str, ...]
    beside: tuple[str, ...]

    def __str__(self) -> str:
        parts = [
            f"{len(self.new)} new" if self.new else "",
            f"{len(self.updated)} updated" if self.updated else "",
            f"{len(self.kept)} with your changes kept" if self.kept else "",
        ]
        said = ", ".join(filter(None, parts)) or "nothing new"
        lines = [f"Lessons in {self.folder}: {said}."]
        lines += [f"There is a newer version, beside yours: {name}" for name in self.beside]
        return "\n".join(lines)


def find_originals() -> Path:
    """
    Return the folder of the lessons, which stands beside the package in the repository.

    Raises:
        FileNotFoundError: If it isn't there.

    """
    folder = Path(__file__).parent.parent / "notebooks"
    if not (folder / "00_start.ipynb").is_file():
        raise FileNotFoundError(
            "the lessons don't come with the installed package: clone the repository to have them"
        )
    return folder


def copy_lessons(folder: Path | str, originals: Path | None = None) -> Copies:
    """
    Copy the lessons, so that answers stay out of the originals' way. Safe to repeat.

    Args:
        folder: Where the copies go; made if it isn't there. Progress is kept there, too.
        originals: The folder of the lessons; by default the one that `find_originals` finds.

    Raises:
        ValueError: If ``folder`` is the originals' own.
        OSError: If something can't be read or written.

    """
    folder = Path(folder)
    originals = find_originals() if originals is None else originals
    if folder.resolve() == originals.resolve():
        raise ValueError(f"{folder} holds the lessons themselves: name another folder")
    folder.mkdir(parents=True, exist_ok=True)
    learner = LearnersFile.read(folder / NAME)
    new, updated, kept, beside = [], [], [], []
    for original in sorted([*originals.glob("*.ipynb"), *originals.glob("*.md")]):
        name = original.name
        text = original.read_text(encoding="utf-8")
        newest = fingerprint(text)
        theirs = _fingerprint_of(folder / name)
        if theirs is None:
            new.append(name)
        elif theirs == newest:
            learner.copied[name] = newest
            continue  # the same cells, whether or not they were run
        elif theirs == learner.copied.get(name):
            updated.append(name)
        else:
            kept.append(name)
            if learner.copied.get(name) == newest:
                continue
            name = f"{original.stem}.new{original.suffix}"
            if _fingerprint_of(folder / name) == newest:
                continue
            beside.append(name)
        replace_file(folder / name, text)
        learner.copied[name] = newest
        learner.write()
    learner.write()
    return Copies(folder, tuple(new), tuple(updated), tuple(kept), tuple(beside))


def fingerprint(text: str) -> str:
    """Return what tells two versions of a lesson apart: a hash of the sources of its cells."""
    try:
        cells = json.loads(text)["cells"]
        sources = [[cell["cell_type"], "".join(cell["source"])] for cell in cells]
        text = json.dumps(sources)
    except (ValueError, TypeError, KeyError):  # no notebook: the text itself
        pass
    return hashlib.sha256(text.encode()).hexdigest()


def _fingerprint_of(path: Path) -> str | None:
    return fingerprint(path.read_text(encoding="utf-8")) if path.exists() else None
