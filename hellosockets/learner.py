"""The learner's own file: what is solved, and what their copies of lessons were made of.

It stands in the folder of the copies, so whoever deletes that folder has deleted everything. Where
there is no such file, nothing is written: the lessons of the repository stay as they are.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

__all__ = ["NAME", "LearnersFile"]

NAME = ".hellosockets.json"
BROKEN = ".hellosockets.broken.json"


@dataclass(slots=True)
class LearnersFile:
    """
    What is remembered of one learner, in one folder.

    Attributes:
        path: The file.
        solved: Names of the exercises that are solved, e.g. ``"2A"``.
        copied: For each file that was copied, by name, the fingerprint of what it was then.

    """

    path: Path
    solved: set[str] = field(default_factory=set)
    copied: dict[str, str] = field(default_factory=dict)

    @classmethod
    def find(cls, folder: Path | str = ".") -> Self | None:
        """Return the file of a folder, or None where there is none."""
        path = Path(folder) / NAME
        return cls.read(path) if path.is_file() else None

    @classmethod
    def read(cls, path: Path) -> Self:
        """
        Read a file. One that can't be understood is kept under another name, and begun anew.

        Raises:
            OSError: If it can't be read.

        """
        if not path.exists():
            return cls(path)
        try:
            known = json.loads(path.read_text(encoding="utf-8"))
            solved, copied = known["solved"], known["copied"]
            return cls(
                path, {str(name) for name in solved}, {str(k): str(copied[k]) for k in copied}
            )
        except (ValueError, TypeError, KeyError):
            path.replace(path.with_name(BROKEN))
            return cls(path)

    def write(self) -> None:
        """
        Write the file: whole, or not at all.

        Raises:
            OSError: If it can't be written.

        """
        known = {"solved": sorted(self.solved), "copied": dict(sorted(self.copied.items()))}
        replace_file(self.path, json.dumps(known, indent=1) + "\n")


def replace_file(path: Path, text: str) -> None:
    """Write a text file so that at every moment either the old one or the new one is there."""
    draft = path.with_name(f"{path.name}.part")
    try:
        draft.write_text(text, encoding="utf-8", newline="\n")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
