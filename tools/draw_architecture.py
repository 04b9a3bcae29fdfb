"""The house as a picture, drawn from the imports: ``python -m tools.draw_architecture``.

Each box is a room; under its name stand the floors that it imports from, and how many rooms of
each. Numbers mark the way of a byte, from the socket to the page.
"""

from __future__ import annotations

from collections import Counter
from html import escape
from pathlib import Path

from .floor_plan import FLOORS, PACKAGE, files, imports

__all__ = ["PICTURE", "WAY", "draw"]

PICTURE = Path(__file__).parents[1] / "docs" / "architecture.svg"

# The rooms that a byte comes through, in their order; docs/architecture.md says what each does.
WAY = ["transports", "recording", "conversation", "frames", "rows", "widgets"]

COLUMNS = 5
WIDTH, HEIGHT, GAP = 180, 46, 12  # a room, in pixels
LEFT, TOP = 104, 18
STYLE = """
svg { font-family: system-ui, sans-serif; color-scheme: light dark; }
svg { background: #fff; color: #1f2328; }
.floor { fill: none; stroke: #8c959f; }
.room { fill: #f6f8fa; stroke: #6e7781; }
.on { stroke: #0550ae; stroke-width: 2.5; }
text { fill: currentColor; font-size: 13px; }
.small { font-size: 10.5px; }
.name { font-size: 14px; font-weight: 600; }
.step { fill: #0550ae; }
.number { fill: #fff; font-weight: 600; text-anchor: middle; }
@media (prefers-color-scheme: dark) {
  svg { background: #0d1117; color: #e6edf3; }
  .room { fill: #161b22; }
  .on { stroke: #79c0ff; }
  .step { fill: #79c0ff; }
  .number { fill: #0d1117; }
}
"""


def draw() -> str:
    """Return the picture, as SVG."""
    places: dict[str, tuple[int, int]] = {}
    bands: list[str] = []
    y = TOP
    for floor, rooms in reversed(FLOORS.items()):
        lines = -(-len(rooms) // COLUMNS)
        size = lines * (HEIGHT + GAP) + GAP
        wide = COLUMNS * (WIDTH + GAP) + GAP
        bands.append(f'<rect class="floor" x="{LEFT}" y="{y}" width="{wide}" height="{size}"/>')
        bands.append(f'<text class="name" x="12" y="{y + 24}">{floor}</text>')
        for number, room in enumerate(rooms):
            row, column = divmod(number, COLUMNS)
            places[room] = (
                LEFT + GAP + column * (WIDTH + GAP),
                y + GAP + row * (HEIGHT + GAP),
            )
        y += size + GAP
    boxes = [_box(room, *place) for room, place in places.items()]
    width = LEFT + COLUMNS * (WIDTH + GAP) + 2 * GAP
    said = " → ".join(WAY)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {y}" role="img" '
            'aria-labelledby="title what">',
            '<title id="title">The floors of HelloSockets, and their rooms</title>',
            f'<desc id="what">Five floors; imports point down only. A byte\'s way: {said}.</desc>',
            f"<style>{STYLE}</style>",
            *bands,
            *boxes,
            "</svg>\n",
        ]
    )


def _box(room: str, x: int, y: int) -> str:
    kind = "room on" if room in WAY else "room"
    name = f"{room}/" if (PACKAGE / room).is_dir() else room
    box = (
        f'<rect class="{kind}" x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="4"/>'
        f'<text x="{x + 8}" y="{y + 19}">{escape(name)}</text>'
        f'<text class="small" x="{x + 8}" y="{y + 36}">{_below(room)}</text>'
    )
    if room in WAY:
        right = x + WIDTH - 15
        box += f'<circle class="step" cx="{right}" cy="{y + 15}" r="9"/>'
        box += f'<text class="number" x="{right}" y="{y + 19.5}">{WAY.index(room) + 1}</text>'
    return box


def _below(room: str) -> str:
    """Return the floors that a room imports from, and how many rooms of each."""
    found = {name[1:] for path in files(room) for name in imports(path) if name[0] == "."}
    floors = {name: floor for floor, rooms in FLOORS.items() for name in rooms}
    counts = Counter(floors[name] for name in found - {room} if name in floors)
    if len(counts) > 3:
        return f"all floors, {counts.total()} rooms"
    return ", ".join(f"{floor} {counts[floor]}" for floor in FLOORS if counts[floor]) or "no room"


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
