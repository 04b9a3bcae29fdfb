"""The floor plan: imports point down only, and the low floors know no loop and no widget."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import hellosockets

PACKAGE = Path(hellosockets.__file__).parent

# Floor by floor, lowest room first. A room may import any room that stands before it.
FLOORS = {
    "bytes": [
        *("rules", "picture", "frames", "guide", "masking", "forge", "pieces"),
        *("deflate", "blocks", "window", "handshake", "cookies", "costs"),
        *("messages", "heartbeat", "keepalive", "origin", "toy_cache"),
    ],
    "meaning": [
        *("recording", "events", "rows", "filters", "conversation"),
        *("replies", "beats", "timing", "chrome", "difference", "panes", "lanes", "sequence"),
        *("prices", "ledger", "bookkeeper"),
        *("export", "channels", "application", "backoff"),
    ],
    "wires": [
        *("loop", "ports", "connections", "listener", "transports"),
        *("server", "client", "wire", "probe", "crowd", "news", "jupyter", "proxy"),
    ],
    "pixels": ["widgets"],
    "roof": ["learner", "exercises", "lessons", "preflight", "terminal", "__init__", "__main__"],
}
ROOMS = [room for rooms in FLOORS.values() for room in rooms]
FORBIDDEN = {
    "bytes": {"asyncio", "ipywidgets", "anywidget", "IPython", "time", "random", "secrets"},
    "meaning": {"asyncio", "ipywidgets", "anywidget", "IPython"},
    "wires": {"ipywidgets", "anywidget", "IPython"},
}


def files(room: str) -> list[Path]:
    path = PACKAGE / room
    return sorted(path.glob("*.py")) if path.is_dir() else [path.with_suffix(".py")]


def imports(path: Path) -> set[str]:
    """Return what a file imports: ``.room`` for rooms of this package, else the top name."""
    is_nested = path.parent != PACKAGE
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            # In a package's own folder one dot is a neighbour in the same room.
            if node.level == 0:
                found.add((node.module or "").split(".")[0])
            elif node.level == 2 or not is_nested:
                names = [node.module] if node.module else [alias.name for alias in node.names]
                found |= {f".{name.split('.')[0]}" for name in names}
    return found


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
