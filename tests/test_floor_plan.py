"""The floor plan: imports point down only, and the low floors know no loop and no widget."""

from __future__ import annotations

import pytest

from tools.floor_plan import FLOORS, PACKAGE, ROOMS, files, imports

FORBIDDEN = {
    "bytes": {"asyncio", "ipywidgets", "anywidget", "IPython", "time", "random", "secrets"},
    "meaning": {"asyncio", "ipywidgets", "anywidget", "IPython"},
    "wires": {"ipywidgets", "anywidget", "IPython"},
}


def test_every_file_is_a_room_of_the_plan() -> None:
    there = {path.stem for path in PACKAGE.glob("*.py")}
    there |= {path.parent.name for path in PACKAGE.glob("*/*.py")}
    assert there == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_imports_point_down(room: str) -> None:
    below = {f".{name}" for name in ROOMS[: ROOMS.index(room)]}
    for path in files(room):
        upward = {name for name in imports(path) if name.startswith(".")} - below
        assert not upward, f"{path.name} imports {sorted(upward)}, which stand above it"


@pytest.mark.parametrize("floor", FORBIDDEN)
def test_floors_keep_to_their_own(floor: str) -> None:
    for room in FLOORS[floor]:
        for path in files(room):
            strangers = imports(path) & FORBIDDEN[floor]
            assert not strangers, f"{path.name} stands on the floor of {floor}: {sorted(strangers)}"
