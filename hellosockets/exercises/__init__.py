"""Exercises: check an answer, ask for a hint, see a solution, start over, see what is solved.

One file per subject holds the exercises as data; the engine knows none of them by name.
"""

from __future__ import annotations

import sys

from . import (
    assembling,
    boss,
    channels,
    choosing,
    closing,
    frame_header,
    heartbeat,
    http_upgrade,
    illegal_frame,
    inflating,
    keepalive_settings,
    masking,
    proxying,
    reconnecting,
    scaling,
    security,
    start,
    tapping,
)
from .engine import ExerciseBook
from .outcome import Hint, Listing, Outcome
from .solved import Progress, forget, remember, solved_before

__all__ = ["SUBJECTS", "check", "hint", "progress", "reset", "solution"]

# One file each, in the order of the lessons.
SUBJECTS = [
    start,
    choosing,
    http_upgrade,
    masking,
    frame_header,
    illegal_frame,
    assembling,
    channels,
    inflating,
    heartbeat,
    keepalive_settings,
    closing,
    reconnecting,
    security,
    proxying,
    scaling,
    tapping,
    boss,
]

# What this process remembers: tries, hints, and what was solved.
_book = ExerciseBook(exercise for subject in SUBJECTS for exercise in subject.EXERCISES)


def check(name: str) -> Outcome:
    """
    Grade the caller's answer to an exercise. Never raises, whatever the answer does.

    In a folder of the learner's own copies, a solved exercise is remembered.

    Args:
        name: The exercise, e.g. ``"2A"``.

    Returns:
        Not attempted, not yet with one sentence that helps, or solved.

    """
    # The answer is a global of the cell that calls, as a notebook's names are.
    outcome = _book.check(name, sys._getframe(1).f_globals)
    return remember(outcome) if outcome.solved else outcome


def hint(name: str) -> Hint | Outcome:
    """
    Give the next of an exercise's three hints: a question, then the place, then the line.

    Args:
        name: The exercise, e.g. ``"2A"``.

    """
    return _book.hint(name)


def solution(name: str) -> Listing | Outcome:
    """
    Show one solution of an exercise.

    Args:
        name: The exercise, e.g. ``"2A"``.

    """
    return _book.solution(name)


def reset(name: str) -> Listing | Outcome:
    """
    Forget the tries and hints of an exercise and show its cell as it was.

    Args:
        name: The exercise, e.g. ``"2A"``.

    """
    listing = _book.reset(name)
    if isinstance(listing, Listing):
        forget(listing.name)
    return listing


def progress() -> Progress:
    """Show which exercises are solved: in this kernel, and before in this folder's lessons."""
    before = solved_before()
    solved = frozenset(_book.solved).union(before or ())
    return Progress(tuple(_book.exercises.values()), solved, is_kept=before is not None)
