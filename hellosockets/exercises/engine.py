"""The engine: exercises as data, and a book that remembers tries and hints. Never raises."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from .grading import NotAttemptedError, class_name, kind
from .outcome import Hint, Listing, Outcome, one_line

__all__ = ["Exercise", "ExerciseBook"]

# After so many failed checks, check() says where the solution is.
TRIES = 3


@dataclass(frozen=True, slots=True)
class Exercise:
    """
    One exercise.

    Attributes:
        name: Its name in the lessons, e.g. ``"2A"``: the lesson's number and a letter.
        title: A few words.
        task: What to do, in one sentence.
        answer: Name of the variable or function that the learner defines.
        stub: The cell as the learner finds it.
        hints: Three, from a question by way of the place to the line.
        solution: Source of one right answer, whole.
        reached: What a right answer has shown, in one sentence; or a function that says it of the
            answer.
        grade: Function of the answer: None if right, otherwise one helpful sentence. It may raise
            NotAttemptedError for a stub.

    """

    name: str
    title: str
    task: str
    answer: str
    stub: str
    hints: tuple[str, str, str]
    solution: str
    reached: str | Callable[[object], str]
    grade: Callable[[object], str | None]


class ExerciseBook:
    """
    The exercises, and what this process remembers of them.

    Args:
        exercises: Any number; their names differ.

    Attributes:
        exercises: Each exercise by its name.
        tries: How many checks failed, by exercise.
        hints: How many hints were shown, by exercise.
        solved: Names of the exercises that were answered rightly.

    """

    def __init__(self, exercises: Iterable[Exercise]) -> None:
        self.exercises = {exercise.name: exercise for exercise in exercises}
        self.tries: dict[str, int] = {}
        self.hints: dict[str, int] = {}
        self.solved: set[str] = set()

    def check(self, name: str, namespace: Mapping[str, object]) -> Outcome:
        """
        Grade the answer that ``namespace`` holds. Raises nothing, whatever the answer does.

        Args:
            name: The exercise, e.g. ``"2A"``.
            namespace: Where the learner's names are.

        """
        exercise = self._find(name)
        if isinstance(exercise, Outcome):
            return exercise
        outcome = self._grade(exercise, namespace)
        if outcome.solved:
            self.solved.add(exercise.name)
        if outcome.standing != "not yet":
            return outcome
        tries = self.tries[exercise.name] = self.tries.get(exercise.name, 0) + 1
        if tries < TRIES:
            return outcome
        help_ = (
            f'Stuck? There are `hs.hint("{exercise.name}")` and `hs.solution("{exercise.name}")`.'
        )
        # The help stands last, so that a long sentence must not push it off the line.
        return Outcome(exercise.name, "not yet", f"{one_line(outcome.sentence)[:400]} {help_}")

    def hint(self, name: str) -> Hint | Outcome:
        """Return the next hint; after the last one, the last one again."""
        exercise = self._find(name)
        if isinstance(exercise, Outcome):
            return exercise
        count = len(exercise.hints)
        number = self.hints[exercise.name] = min(self.hints.get(exercise.name, 0) + 1, count)
        following = (
            f'`hs.hint("{exercise.name}")` again for the next.'
            if number < count
            else f'`hs.solution("{exercise.name}")` shows one way to do it.'
        )
        return Hint(exercise.name, number, count, exercise.hints[number - 1], following)

    def solution(self, name: str) -> Listing | Outcome:
        """Return one solution, whenever it is asked for."""
        exercise = self._find(name)
        if isinstance(exercise, Outcome):
            return exercise
        how = f'To try it, run it in a cell, then `hs.check("{exercise.name}")`.'
        return Listing(exercise.name, f"solution: {exercise.title}", exercise.solution, how)

    def reset(self, name: str) -> Listing | Outcome:
        """Forget tries and hints of an exercise; return the cell as it was."""
        exercise = self._find(name)
        if isinstance(exercise, Outcome):
            return exercise
        self.tries.pop(exercise.name, None)
        self.hints.pop(exercise.name, None)
        self.solved.discard(exercise.name)
        how = "Tries and hints are forgotten. To start over, put this in the cell and run it."
        return Listing(exercise.name, f"as new: {exercise.title}", exercise.stub, how)

    def _find(self, name: object) -> Exercise | Outcome:
        known = self.exercises.get(name.strip().upper()) if isinstance(name, str) else None
        if known is not None:
            return known
        asked = name if isinstance(name, str) else kind(name)
        says = (
            "an exercise is named like `2A`, by its lesson and a letter; `hs.progress()` lists all."
        )
        return Outcome(asked[:20], "unknown", says)

    def _grade(self, exercise: Exercise, namespace: Mapping[str, object]) -> Outcome:
        name = exercise.name
        if exercise.answer not in namespace:
            return Outcome(name, "not attempted", f"run the cell that defines `{exercise.answer}`.")
        answer = namespace[exercise.answer]
        try:
            if answer is None or answer is ...:
                raise NotAttemptedError
            wrong = exercise.grade(answer)
            if wrong is None:
                return Outcome(name, "solved", _reached(exercise, answer))
        except NotAttemptedError:
            return Outcome(name, "not attempted", _how_to_begin(exercise))
        except BaseException as error:  # an answer whose ==, hash or name raises, an interrupt
            what = f"grading `{exercise.answer}`, {kind(answer)}, raised {class_name(type(error))}."
            return Outcome(name, "not yet", what)
        return Outcome(name, "not yet", wrong)


def _reached(exercise: Exercise, answer: object) -> str:
    return exercise.reached if isinstance(exercise.reached, str) else exercise.reached(answer)


def _how_to_begin(exercise: Exercise) -> str:
    if re.search(rf"^async def {exercise.answer}\(", exercise.stub, re.MULTILINE):
        return f"`{exercise.answer}` does nothing so far: fill it in."
    if re.search(rf"^def {exercise.answer}\(", exercise.stub, re.MULTILINE):
        return f"`{exercise.answer}` returns nothing so far: fill it in and end with `return`."
    return f"`{exercise.answer}` is still open: put your answer where the `...` is."
