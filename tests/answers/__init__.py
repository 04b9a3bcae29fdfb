"""Known wrong answers: what learners may write, and the sentence that it earns, word for word.

One file for each subject of `hellosockets.exercises`, found by its name.
"""

from __future__ import annotations

from importlib import import_module

from hellosockets.exercises import SUBJECTS

__all__ = ["KNOWN_WRONG", "changed", "nearly"]

SOLUTIONS = {each.name: each.solution for subject in SUBJECTS for each in subject.EXERCISES}


def changed(source: str, changes: tuple[tuple[str, str], ...]) -> str:
    """Replace, in a right answer, each right piece by a wrong one."""
    for right, wrong in changes:
        assert right in source, right
        source = source.replace(right, wrong)
    return source


def nearly(name: str, *changes: tuple[str, str]) -> str:
    """Return an exercise's official solution with right pieces of it replaced by wrong ones."""
    return changed(SOLUTIONS[name], changes)


# The exercise, a wrong answer's source, and the outcome in one line.
KNOWN_WRONG: list[tuple[str, str, str]] = []
for subject in SUBJECTS:
    KNOWN_WRONG += import_module(f"answers.{subject.__name__.rpartition('.')[2]}").KNOWN_WRONG
