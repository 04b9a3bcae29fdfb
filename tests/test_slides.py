"""Slides: each lesson becomes a presentation that asks nothing of a network."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from tools.make_slides import slides_of, with_steps
from tools.store_notebooks import find_notebooks


@pytest.mark.parametrize("path", find_notebooks(), ids=lambda path: path.stem)
def test_a_lesson_becomes_slides(path: Path) -> None:
    page = slides_of(nbformat.read(path, as_version=4))
    assert page.count("<section>") > 20
    asked = re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="(?:https?:)?//[^"]*"', page)
    assert asked == []
    assert not re.search(r"import .* from ['\"]http", page)
    assert "hs.Option(" not in page, "it holds the reasons"
    assert "hs-frame" in page or "hs-" in page


def test_each_text_is_a_step_and_its_code_stays_with_it() -> None:
    new = nbformat.v4
    cells = [
        new.new_markdown_cell("**Runs in JupyterLab.**"),
        new.new_markdown_cell("# Title"),
        new.new_markdown_cell("Text."),
        new.new_code_cell("1"),
        new.new_markdown_cell("## Section"),
    ]
    made = with_steps(new.new_notebook(cells=cells))
    kinds = [cell.metadata.slideshow.get("slide_type") for cell in made.cells]
    assert kinds == ["skip", "slide", "subslide", None, "slide"]
