"""docs/architecture.md: its picture is that of the imports, and what it names is there."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from tools.draw_architecture import PICTURE, WAY, draw
from tools.floor_plan import PACKAGE, ROOMS

PAGE = (PICTURE.parent / "architecture.md").read_text(encoding="utf-8")
NAMES = sorted(set(re.findall(r"`([a-z_./]+(?:\.\w+)*)`", PAGE)))


def test_the_picture_is_drawn_from_the_imports() -> None:
    assert PICTURE.read_text(encoding="utf-8") == draw(), "run: python -m tools.draw_architecture"


def test_the_way_has_a_row_for_each_room() -> None:
    assert re.findall(r"^\| (\d) \| (\w+) \|", PAGE, re.MULTILINE) == [
        (str(number), room) for number, room in enumerate(WAY, 1)
    ]


@pytest.mark.parametrize("name", NAMES)
def test_what_it_names_is_there(name: str) -> None:
    if "/" in name:
        assert (PACKAGE / name).exists() or (PACKAGE.parent / name).exists()
        return
    parts = name.split(".")
    assert parts[0] in ROOMS
    module = PACKAGE.name
    while parts and _is_module(PACKAGE.parent / module.replace(".", "/") / parts[0]):
        module += f".{parts.pop(0)}"
    found = import_module(module)
    for part in parts:
        found = getattr(found, part)


def _is_module(path: Path) -> bool:
    return path.is_dir() or path.with_suffix(".py").is_file()
