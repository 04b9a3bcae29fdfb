"""The floor plan: which room stands on which floor, and what each of them imports."""

from __future__ import annotations

import ast
from pathlib import Path

__all__ = ["FLOORS", "PACKAGE", "ROOMS", "files", "imports"]

PACKAGE = Path(__file__).parents[1] / "hellosockets"

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


def files(room: str) -> list[Path]:
    """Return the files of a room: one, or those of its folder."""
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
