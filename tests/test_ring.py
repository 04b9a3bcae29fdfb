"""The ring of a log: bounded, numbered, filtered; and what makes room is counted."""

import random

import pytest

from hellosockets.events import End, Gap
from hellosockets.frames import Frame, build_frame
from hellosockets.widgets.ring import Line, Ring, Window


def line(number, size=0):
    return Line(1, number, Frame(build_frame(b"x" * size)), float(number))


def test_a_window_keeps_positions():
    window = Window()
    window.extend("abcd")
    assert (window.first, window.end, len(window)) == (0, 4, 4)
    assert window.drop(1) == ["a"]
    assert (window.first, window.end, len(window)) == (1, 4, 3)
    assert [window.at(position) for position in (0, 1, 3, 4)] == [None, "b", "d", None]
    assert window.slice(0, 3) == ["b", "c"]
    assert window.slice(3, 99) == ["d"]
    assert window.slice(99, 100) == []
    assert window.slice(0, 1) == []
    assert window.drop(99) == ["b", "c", "d"]
    assert (window.first, window.end) == (4, 4)


def test_a_window_is_a_list_with_a_moving_start():
    """The same as a plain list of pairs, over a long life."""
    chance = random.Random(7)
    window, oracle = Window(), {}
    for item in range(3000):
        window.extend([item])
        oracle[item] = item
        while chance.random() < 0.49 and oracle:
            assert window.drop(1) == [oracle.pop(min(oracle))]
        start, end = sorted(chance.randrange(item + 2) for _ in range(2))
        assert window.slice(start, end) == [n for n in range(start, end) if n in oracle]
    assert (window.first, window.end) == (min(oracle), 3000)


def test_old_lines_make_room():
    ring = Ring(max_lines=3, max_bytes=1000)
    ring.extend(line(number) for number in range(5))
    assert [each.number for each in ring.lines.slice(0, 9)] == [2, 3, 4]
    assert (ring.dropped, len(ring.lines), ring.bytes) == (2, 3, 6)
    assert [number for number, _ in ring.matching(0, 9)] == [2, 3, 4]


def test_long_lines_make_room_sooner():
    ring = Ring(max_lines=100, max_bytes=250)
    ring.extend(line(number, 100) for number in range(4))
    assert (len(ring.lines), ring.bytes, ring.dropped) == (2, 204, 2)
    ring.extend([line(4, 1000)])  # alone longer than all may be
    assert [each.number for each in ring.lines.slice(0, 9)] == [4]


def test_matches_follow_the_filter():
    ring = Ring(max_lines=6, max_bytes=1000)
    ring.extend(line(number) for number in range(5))
    ring.match(lambda each: each.number % 2 == 0)
    assert [number for number, _ in ring.matching(0, 9)] == [0, 2, 4]
    assert (ring.first, ring.end) == (0, 3)
    ring.extend(line(number) for number in range(5, 9))
    # 0, 1 and 2 made room, and with them two that matched: the others keep their positions.
    assert (ring.first, ring.end) == (2, 5)
    assert [each.number for _, each in ring.matching(2, 5)] == [4, 6, 8]
    ring.match(None)
    assert [number for number, _ in ring.matching(0, 9)] == [3, 4, 5, 6, 7, 8]


def test_clearing_is_not_dropping():
    ring = Ring(max_lines=3, max_bytes=1000)
    ring.extend(line(number) for number in range(4))
    ring.clear()
    assert (len(ring.lines), ring.end - ring.first, ring.bytes) == (0, 0, 0)
    assert (ring.dropped, ring.cleared) == (1, 3)
    ring.extend([line(4)])
    assert [number for number, _ in ring.matching(0, 9)] == [4]


@pytest.mark.parametrize("event", [End("client"), Gap(5)])
def test_events_without_bytes_weigh_nothing(event):
    ring = Ring(max_lines=3, max_bytes=10)
    ring.extend([Line(1, 0, event, None)])
    assert (len(ring.lines), ring.bytes) == (1, 0)
