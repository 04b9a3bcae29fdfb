"""Progress: which exercises are solved, kept in the learner's own folder and nowhere else."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from .. import picture
from ..learner import LearnersFile
from .engine import Exercise
from .outcome import Outcome

__all__ = ["Progress", "forget", "remember", "solved_before"]

NOT_KEPT = (
    "This is not kept: it ends with the kernel. In copies of the lessons it is kept; "
    "`make lab` opens them."
)


@dataclass(frozen=True, slots=True, repr=False)
class Progress:
    """
    How far a learner is.

    Attributes:
        exercises: All exercises, in the order of the lessons.
        solved: Names of those that are solved.
        is_kept: Whether that outlives the kernel.

    """

    exercises: tuple[Exercise, ...]
    solved: frozenset[str]
    is_kept: bool

    def __repr__(self) -> str:
        done = sum(each.name in self.solved for each in self.exercises)
        return f"Progress({done} of {len(self.exercises)} exercises solved)"

    def _repr_html_(self) -> str:
        lessons: dict[str, list[Exercise]] = {}
        for exercise in self.exercises:
            lessons.setdefault(lesson_of(exercise.name), []).append(exercise)
        rows = "".join(
            f'<tr><th scope="row">{lesson}</th><td class="hs-num">'
            f"{sum(each.name in self.solved for each in exercises)} of {len(exercises)}</td>"
            f'<td class="hs-wide">{self._marks(exercises)}</td></tr>'
            for lesson, exercises in lessons.items()
        )
        note = "" if self.is_kept else f'<p class="hs-note">{picture.prose(NOT_KEPT)}</p>'
        return picture.document(
            '<table class="hs-table"><caption>Exercises solved, lesson by lesson</caption>'
            '<thead><tr><th scope="col">lesson</th><th scope="col" class="hs-num">solved</th>'
            f'<th scope="col">exercises</th></tr></thead><tbody>{rows}</tbody></table>{note}'
        )

    def _marks(self, exercises: Iterable[Exercise]) -> str:
        return " · ".join(
            f'<span title="{escape(each.title)}">'
            f"{'✓' if each.name in self.solved else '○'} {each.name} {escape(each.title)}</span>"
            for each in exercises
        )


def lesson_of(name: str) -> str:
    """Return the two digits of the lesson that an exercise belongs to: ``"2A"`` gives ``"02"``."""
    return re.sub(r"\D+$", "", name).zfill(2)


def solved_before() -> frozenset[str] | None:
    """Return what was solved in the learner's folder; None where this is none."""
    with contextlib.suppress(OSError):
        learner = LearnersFile.find()
        return None if learner is None else frozenset(learner.solved)
    return None


def remember(outcome: Outcome) -> Outcome:
    """
    Write down in the learner's folder that an exercise is solved.

    Returns:
        The outcome; where it can't be written down, one that says so.

    """
    try:
        learner = LearnersFile.find()
        if learner is not None and outcome.name not in learner.solved:
            learner.solved.add(outcome.name)
            learner.write()
    except OSError as error:
        sentence = f"{outcome.sentence} (It can't be written down: {error.strerror}.)"
        return Outcome(outcome.name, outcome.standing, sentence)
    return outcome


def forget(name: str) -> None:
    """Take an exercise out of what is remembered as solved."""
    with contextlib.suppress(OSError):
        learner = LearnersFile.find()
        if learner is not None and name in learner.solved:
            learner.solved.remove(name)
            learner.write()
