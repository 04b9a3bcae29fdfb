"""The lessons as files: stored outputs that strict nbval can trust, and exercises that can be done.

`pytest --nbval` runs each lesson as it is. Here stands what nbval lets pass: a notebook without
outputs, an output that is ignored, an exercise whose solution doesn't solve it.
"""

from __future__ import annotations

import contextlib
import copy
import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from answers import KNOWN_WRONG
from nbformat import NotebookNode

from hellosockets.exercises import _book
from tools.store_notebooks import execute, find_notebooks, stored_text

ROOT = Path(__file__).parent.parent
COMPARED = {"text/plain", "text/html"}  # what nbval compares, of what we show
EXERCISES = _book.exercises
IGNORED_AT_MOST = 2  # cells in one notebook whose output nbval doesn't compare
LEFT_OUT = re.compile(r"#\s*NBVAL_(IGNORE_OUTPUT|SKIP)|nbval-(ignore-output|skip)")
MACHINE = re.compile(r" at 0x[0-9a-f]+|ipykernel_\d+|site-packages|[/\\](home|Users)[/\\]")
PATRONIZING = re.compile(r"\b(simply|just|obviously|of course|trivially|easy|easily)\b", re.I)


def read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def texts(cell: NotebookNode) -> Iterator[str]:
    """Give everything that a cell shows."""
    for output in cell.outputs:
        yield from [output.get("text", ""), output.get("evalue", ""), *output.get("traceback", [])]
        yield from output.get("data", {}).values()


each_notebook = pytest.mark.parametrize("path", find_notebooks(), ids=lambda path: path.stem)


@each_notebook
def test_every_code_cell_was_run(path: Path) -> None:
    counts = [cell.execution_count for cell in code_cells(read(path))]
    assert counts == list(range(1, len(counts) + 1)), "run `make notebooks`"


@each_notebook
def test_outputs_are_stored(path: Path) -> None:
    shown = [text for cell in code_cells(read(path)) for text in texts(cell)]
    assert any(shown), "a stripped notebook passes nbval without being compared: `make notebooks`"


@each_notebook
def test_no_error_is_stored_unasked(path: Path) -> None:
    for cell in code_cells(read(path)):
        errors = [output.ename for output in cell.outputs if output.output_type == "error"]
        assert not errors or "raises-exception" in cell.metadata.get("tags", []), cell.source


@each_notebook
def test_every_output_is_compared(path: Path) -> None:
    for cell in code_cells(read(path)):
        for output in cell.outputs:
            assert set(output.get("data", {})) <= COMPARED, cell.source


@each_notebook
def test_ignored_outputs_are_few_and_have_a_reason(path: Path) -> None:
    ignored = [
        cell
        for cell in code_cells(read(path))
        if LEFT_OUT.search(cell.source) or LEFT_OUT.search(" ".join(cell.metadata.get("tags", [])))
    ]
    assert len(ignored) <= IGNORED_AT_MOST
    for cell in ignored:
        assert cell.metadata.get("hellosockets", {}).get("reason"), cell.source


@each_notebook
def test_no_widget_state_is_stored(path: Path) -> None:
    assert "widgets" not in read(path).metadata


@each_notebook
def test_kernel_is_plain_python(path: Path) -> None:
    assert read(path).metadata.kernelspec.name == "python3"


@each_notebook
def test_no_version_of_python_is_stored(path: Path) -> None:
    assert "version" not in read(path).metadata.language_info


@each_notebook
def test_cells_have_ids(path: Path) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) >= (4, 5)
    ids = [cell.get("id") for cell in notebook["cells"]]
    assert all(ids)
    assert len(set(ids)) == len(ids)


@each_notebook
def test_nothing_of_one_machine_is_stored(path: Path) -> None:
    for cell in code_cells(read(path)):
        for text in texts(cell):
            assert not MACHINE.search(text), cell.source


@each_notebook
def test_is_written_as_the_maintainers_command_writes_it(path: Path) -> None:
    assert stored_text(read(path)) == path.read_text(encoding="utf-8"), "run `make notebooks`"


@each_notebook
def test_no_word_belittles_what_is_hard(path: Path) -> None:
    for cell in read(path).cells:
        if cell.cell_type == "markdown":
            found = PATRONIZING.search(cell.source)
            assert not found, f"{found} in: {cell.source}"


# Exercises


def exercise_of(cell: NotebookNode) -> str | None:
    """Return the exercise whose answer a cell holds."""
    name: str | None = cell.metadata.get("hellosockets", {}).get("exercise")
    return name


def exercises(path: Path) -> list[str]:
    return [name for name in map(exercise_of, code_cells(read(path))) if name]


def checked(notebook: NotebookNode, answers: dict[str, str]) -> dict[str, list[str]]:
    """
    Run a lesson with other answers in its exercises' cells.

    Args:
        notebook: The lesson; left as it is.
        answers: Source by exercise.

    Returns:
        What each ``hs.check`` cell showed, by exercise, one text for each cell.

    """
    notebook = copy.deepcopy(notebook)
    for cell in code_cells(notebook):
        cell.source = answers.get(exercise_of(cell) or "", cell.source)
    execute(notebook)
    said: dict[str, list[str]] = {}
    for cell in code_cells(notebook):
        for name in re.findall(r"\bcheck\(\s*[\"'](\w+)[\"']", cell.source):
            shown = [output.data["text/plain"] for output in cell.outputs if "data" in output]
            said.setdefault(name, []).append("\n".join(shown))
    return said


@each_notebook
def test_exercise_cells_hold_the_stubs(path: Path) -> None:
    for cell in code_cells(read(path)):
        if name := exercise_of(cell):
            assert cell.source.strip() == EXERCISES[name].stub.strip()


@each_notebook
def test_unsolved_exercises_are_not_attempted(path: Path) -> None:
    said = checked(read(path), {})
    assert sorted(said) == sorted(exercises(path))
    for name, sentences in said.items():
        assert all(text.startswith(f"{name} not attempted: ") for text in sentences), sentences


@each_notebook
def test_solutions_solve(path: Path) -> None:
    said = checked(read(path), {name: EXERCISES[name].solution for name in exercises(path)})
    for name, sentences in said.items():
        assert all(text.startswith(f"{name} solved: ") for text in sentences), sentences


@each_notebook
def test_wrong_answers_get_their_sentence(path: Path) -> None:
    names = exercises(path)
    # The first of each; tests/test_exercises.py goes through them all.
    wrong = {name: (source, said) for name, source, said in reversed(KNOWN_WRONG) if name in names}
    said = checked(read(path), {name: source for name, (source, _) in wrong.items()})
    assert {name: set(texts) for name, texts in said.items()} == {
        name: {sentence} for name, (_, sentence) in wrong.items()
    }


# Strict nbval


SOURCES = ["print('100 bytes')", "{'size': 98, 'at': 'localhost:40001'}", "int('12x')"]


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a small lesson as the maintainers' command stores it."""
    cells = [nbformat.v4.new_code_cell(source) for source in SOURCES]
    cells[2].metadata["tags"] = ["raises-exception"]
    notebook = nbformat.v4.new_notebook(cells=cells)
    return stored_text(execute(notebook, tmp_path_factory.mktemp("lesson")))


def nbval(path: Path) -> str:
    """Return what strict nbval, configured as for the lessons, says about a notebook."""
    command = [sys.executable, "-m", "pytest", "--nbval", "-c", "pyproject.toml", str(path)]
    ran = subprocess.run(
        command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=120
    )
    return ran.stdout


def test_what_was_stored_passes(tmp_path: Path, stored: str) -> None:
    path = tmp_path / "lesson.ipynb"
    path.write_text(stored, encoding="utf-8")
    assert "3 passed" in nbval(path)


def test_another_port_passes(tmp_path: Path, stored: str) -> None:
    assert "localhost:4000'" in stored
    path = tmp_path / "lesson.ipynb"
    path.write_text(stored.replace("localhost:4000'", "localhost:53211'"), encoding="utf-8")
    assert "3 passed" in nbval(path)


@each_notebook
def test_lesson_passes_while_another_program_has_port_4000(path: Path) -> None:
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):  # somebody has it already: just as well
            stack.enter_context(socket.create_server(("127.0.0.1", 4000)))
        said = nbval(path)
    assert f"{len(code_cells(read(path)))} passed" in said, said


@pytest.mark.parametrize(
    ("was", "became"), [("100 bytes", "101 bytes"), (": 98", ": 97"), ("'12x'", "'13x'")]
)
def test_one_changed_digit_fails(tmp_path: Path, stored: str, was: str, became: str) -> None:
    notebook = json.loads(stored)
    for cell in notebook["cells"]:
        cell["outputs"] = json.loads(json.dumps(cell["outputs"]).replace(was, became))
    path = tmp_path / "lesson.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    said = nbval(path)
    assert "Cell outputs differ" in said
    assert "1 failed, 2 passed" in said


def test_storing_again_changes_nothing(tmp_path: Path, stored: str) -> None:
    notebook = nbformat.reads(stored, as_version=4)
    assert stored_text(execute(notebook, tmp_path)) == stored
