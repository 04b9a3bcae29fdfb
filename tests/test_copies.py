"""Copies of lessons, and the learner's own file: an update never costs an answer."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

import hellosockets as hs
from hellosockets.__main__ import main
from hellosockets.exercises import _book
from hellosockets.learner import BROKEN, NAME, LearnersFile
from hellosockets.lessons import copy_lessons, find_originals, fingerprint


@pytest.fixture
def lessons(tmp_path: Path) -> Path:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    write(folder / "00_start.ipynb", "2 + 3")
    write(folder / "03_frames.ipynb", "def unmask(): ...")
    (folder / "glossary.md").write_text("# Glossary\n", encoding="utf-8")
    return folder


def write(path: Path, *sources: str, count: int | None = None) -> None:
    cells = [nbformat.v4.new_code_cell(source, execution_count=count) for source in sources]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)


def source(path: Path) -> str:
    return str(nbformat.read(path, 4).cells[0].source)


def test_the_first_time_everything_is_new(tmp_path: Path, lessons: Path) -> None:
    copies = copy_lessons(tmp_path / "mine", lessons)
    assert copies.new == ("00_start.ipynb", "03_frames.ipynb", "glossary.md")
    for name in copies.new:
        assert (tmp_path / "mine" / name).read_bytes() == (lessons / name).read_bytes()
    assert str(copies) == f"Lessons in {tmp_path / 'mine'}: 3 new."


def test_a_second_time_changes_nothing(tmp_path: Path, lessons: Path) -> None:
    copy_lessons(tmp_path / "mine", lessons)
    before = {path: path.read_bytes() for path in (tmp_path / "mine").iterdir()}
    assert str(copy_lessons(tmp_path / "mine", lessons)).endswith(": nothing new.")
    assert {path: path.read_bytes() for path in (tmp_path / "mine").iterdir()} == before


def test_a_copy_that_was_only_run_is_updated(tmp_path: Path, lessons: Path) -> None:
    mine = tmp_path / "mine"
    copy_lessons(mine, lessons)
    write(mine / "00_start.ipynb", "2 + 3", count=7)
    write(lessons / "00_start.ipynb", "2 + 4")
    copies = copy_lessons(mine, lessons)
    assert copies.updated == ("00_start.ipynb",)
    assert source(mine / "00_start.ipynb") == "2 + 4"


def test_an_answer_is_kept_and_the_newer_version_stands_beside_it(
    tmp_path: Path, lessons: Path
) -> None:
    mine = tmp_path / "mine"
    copy_lessons(mine, lessons)
    write(mine / "03_frames.ipynb", "def unmask(): return 42")
    assert copy_lessons(mine, lessons).kept == ("03_frames.ipynb",)
    assert not (mine / "03_frames.new.ipynb").exists()

    write(lessons / "03_frames.ipynb", "def unmask(payload): ...")
    copies = copy_lessons(mine, lessons)
    assert copies.beside == ("03_frames.new.ipynb",)
    assert "beside yours: 03_frames.new.ipynb" in str(copies)
    assert source(mine / "03_frames.ipynb") == "def unmask(): return 42"
    assert source(mine / "03_frames.new.ipynb") == "def unmask(payload): ..."
    assert copy_lessons(mine, lessons).beside == ()


def test_copies_of_an_unknown_origin_are_kept(tmp_path: Path, lessons: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    write(mine / "00_start.ipynb", "my own")
    assert copy_lessons(mine, lessons).kept == ("00_start.ipynb",)
    assert source(mine / "00_start.ipynb") == "my own"


def test_a_deleted_copy_comes_back(tmp_path: Path, lessons: Path) -> None:
    copy_lessons(tmp_path / "mine", lessons)
    (tmp_path / "mine" / "00_start.ipynb").unlink()
    assert copy_lessons(tmp_path / "mine", lessons).new == ("00_start.ipynb",)


def test_a_broken_copy_counts_as_edited(tmp_path: Path, lessons: Path) -> None:
    copy_lessons(tmp_path / "mine", lessons)
    (tmp_path / "mine" / "00_start.ipynb").write_text("{", encoding="utf-8")
    assert copy_lessons(tmp_path / "mine", lessons).kept == ("00_start.ipynb",)


def test_the_lessons_are_not_copied_onto_themselves(lessons: Path) -> None:
    with pytest.raises(ValueError, match="name another folder"):
        copy_lessons(lessons, lessons)


def test_a_folder_that_is_a_file_is_an_error(tmp_path: Path, lessons: Path) -> None:
    (tmp_path / "mine").write_text("", encoding="utf-8")
    with pytest.raises(FileExistsError):
        copy_lessons(tmp_path / "mine", lessons)


def test_the_command_copies_every_lesson(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lessons", str(tmp_path / "mine")]) == 0
    originals = find_originals()
    names = {path.name for path in [*originals.glob("*.ipynb"), *originals.glob("*.md")]}
    assert {path.name for path in (tmp_path / "mine").iterdir()} == {*names, NAME}
    assert f": {len(names)} new." in capsys.readouterr().out


def test_the_command_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine").write_text("", encoding="utf-8")
    assert main(["lessons", str(tmp_path / "mine")]) == 1
    assert "mine" in capsys.readouterr().err


def test_to_run_a_notebook_is_no_edit_and_to_change_a_cell_is_one(tmp_path: Path) -> None:
    paths = [tmp_path / f"{i}.ipynb" for i in range(3)]
    write(paths[0], "1", "2")
    write(paths[1], "1", "2", count=1)
    write(paths[2], "12")
    same, run, changed = [fingerprint(path.read_text(encoding="utf-8")) for path in paths]
    assert same == run != changed


# Progress


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return the folder we are in, with nothing solved so far."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(_book, "solved", set())
    return tmp_path


def solve() -> hs.exercises.engine.Outcome:
    global size_in_bytes
    size_in_bytes = 6
    return hs.check("0A")


def test_in_a_folder_of_copies_a_solved_exercise_is_remembered(fresh: Path) -> None:
    LearnersFile(fresh / NAME).write()
    assert "0 of" in repr(hs.progress())
    assert solve().solved
    assert json.loads((fresh / NAME).read_text(encoding="utf-8"))["solved"] == ["0A"]
    _book.solved.clear()  # another kernel
    progress = hs.progress()
    assert repr(progress) == f"Progress(1 of {len(_book.exercises)} exercises solved)"
    assert "✓ 0A characters and bytes" in progress._repr_html_()
    assert "not kept" not in progress._repr_html_()


def test_elsewhere_nothing_is_written_and_the_view_says_so(fresh: Path) -> None:
    assert solve().solved
    assert list(fresh.iterdir()) == []
    assert "1 of" in repr(hs.progress())
    assert "This is not kept" in hs.progress()._repr_html_()


def test_an_exercise_that_is_reset_is_open_again(fresh: Path) -> None:
    LearnersFile(fresh / NAME).write()
    solve()
    hs.reset("0A")
    assert "0 of" in repr(hs.progress())
    assert json.loads((fresh / NAME).read_text(encoding="utf-8"))["solved"] == []


def test_a_wrong_answer_after_a_right_one_takes_nothing_away(fresh: Path) -> None:
    global size_in_bytes
    LearnersFile(fresh / NAME).write()
    solve()
    size_in_bytes = 5
    assert not hs.check("0A").solved
    assert "1 of" in repr(hs.progress())


@pytest.mark.parametrize("text", ["", "{", "[]", '{"solved": 1, "copied": {}}', '{"copied": []}'])
def test_a_broken_file_is_set_aside_and_begun_anew(fresh: Path, text: str) -> None:
    (fresh / NAME).write_text(text, encoding="utf-8")
    assert solve().solved
    assert "1 of" in repr(hs.progress())
    assert (fresh / BROKEN).read_text(encoding="utf-8") == text


def test_progress_that_cannot_be_written_is_said(
    fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    LearnersFile(fresh / NAME).write()

    def refuse(self: LearnersFile) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(LearnersFile, "write", refuse)
    outcome = solve()
    assert outcome.solved
    assert outcome.sentence.endswith("(It can't be written down: No space left on device.)")


def test_every_exercise_belongs_to_a_lesson_of_the_view(fresh: Path) -> None:
    html = hs.progress()._repr_html_()
    for name in _book.exercises:
        assert f"○ {name} " in html
    assert '<th scope="row">03</th>' in html
