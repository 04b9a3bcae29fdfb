"""Proxying: settings that let a WebSocket through, and which backend gets the next one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .engine import Exercise
from .grading import Mistake, NotAttemptedError, Vectors, expecting, kind, show

__all__ = ["EXERCISES"]

# 11A

HEARTBEAT = 30  # seconds between a client's heartbeats
LONGEST = 300  # seconds that a proxy should hold a dead connection at the most
SETTINGS = ("http_version", "Upgrade", "Connection", "Host", "read_timeout")


def _grade_settings(answer: object) -> str | None:
    name = "settings"
    if not isinstance(answer, Mapping):
        return f"`{name}` is {kind(answer)}; it has to stay a dictionary."
    missing = [each for each in SETTINGS if each not in answer]
    if missing:
        return f"`{name}` has no {missing[0]!r} any more."
    if all(answer[each] == BROKEN[each] for each in SETTINGS):
        raise NotAttemptedError
    if answer["http_version"] != "1.1":
        return 'Probe 1, an upgrade: no 101. HTTP/1.0 knows no Upgrade: say "1.1".'
    if answer["Upgrade"] != "$http_upgrade":
        return (
            "Probe 1, an upgrade: 426. The proxy keeps Upgrade to itself, unless it is told to "
            'pass on what the client said: "$http_upgrade".'
        )
    if (connection := str(answer["Connection"]).lower()) == "$connection_upgrade":
        return (
            "Probe 1, an upgrade: nginx doesn't start. $connection_upgrade is the name of a map, "
            'and these settings have no map: say "upgrade".'
        )
    if not lists_upgrade(connection):
        return 'Probe 1, an upgrade: 426. Upgrade counts only where Connection lists it: "upgrade".'
    if answer["Host"] not in ("$host", "$http_host", "chat.example"):
        return (
            "Probe 2, a page of chat.example: 403. The backend compares the Origin with Host, and "
            f'is told {show(answer["Host"])}: pass on what the client said, "$http_host".'
        )
    timeout = answer["read_timeout"]
    if isinstance(timeout, bool) or not isinstance(timeout, int | float):
        return f"`read_timeout` is {show(timeout)}, {kind(timeout)}; put seconds there."
    if not timeout > HEARTBEAT:  # not a number isn't, either
        return (
            f"Probe 3, a quiet minute: 1006 after {timeout} s. The client says something each "
            f"{HEARTBEAT} s; the proxy has to wait longer than that."
        )
    if timeout > LONGEST:
        return (
            f"Probe 4, a cable that is cut: the proxy holds both connections for {timeout:,} s. "
            "With heartbeats, a minute or two will do."
        )
    return None


def lists_upgrade(connection: str) -> bool:
    """Tell whether a value of Connection, in small letters, lists Upgrade or passes it on."""
    parts = [part.strip() for part in connection.split(",")]
    return "upgrade" in parts or "$http_connection" in parts


BROKEN: dict[str, Any] = {
    "http_version": "1.0",
    "Upgrade": "",
    "Connection": "close",
    "Host": "backend:4000",
    "read_timeout": ...,
}

# 11B

BACKENDS: list[tuple[dict[str, int], set[str]]] = [
    ({"b": 2, "a": 3, "c": 1, "d": 9}, set()),
    ({"a": 3, "b": 1, "c": 2}, {"b"}),
    ({"a": 0, "b": 0}, {"a"}),
    ({"a": 5}, {"a"}),
    ({}, set()),
    ({"a": 9, "b": 8, "c": 7, "d": 6}, {"c", "d"}),
]


def _choose(connections: dict[str, int], down: set[str]) -> str | None:
    up = [name for name in connections if name not in down]
    return min(up, key=connections.__getitem__) if up else None


def _ignores_down(connections: dict[str, int], down: set[str]) -> str | None:
    return min(connections, key=connections.__getitem__) if connections else None


def _most(connections: dict[str, int], down: set[str]) -> str | None:
    up = [name for name in connections if name not in down]
    return max(up, key=connections.__getitem__) if up else None


def _first(connections: dict[str, int], down: set[str]) -> str | None:
    return next((name for name in connections if name not in down), None)


def _by_name(connections: dict[str, int], down: set[str]) -> str:
    return min(connections)


def _crashes(connections: dict[str, int], down: set[str]) -> str:
    return min(set(connections) - down, key=connections.__getitem__)


def _number(connections: dict[str, int], down: set[str]) -> int:
    return min(connections.values())


def _show_backends(argument: dict[str, int] | set[str]) -> str:
    """Write them down with their names and numbers, a set in the order of its names."""
    if isinstance(argument, dict):
        return repr(argument)
    return f"{{{', '.join(map(repr, sorted(argument)))}}}" if argument else "set()"


CHOOSE = Vectors(
    "choose",
    BACKENDS,
    expecting(_choose, str),
    [
        Mistake("That one has the most connections already: take the one with the fewest.", _most),
        Mistake("The first one that is up isn't the one with the fewest connections.", _first),
        Mistake(
            "`min(connections)` compares names; `key=connections.get` compares their numbers.",
            _by_name,
        ),
        Mistake("That one is down: leave out whoever is in `down`.", _ignores_down),
        Mistake("Nobody may be left: return None then.", _crashes),
        Mistake("That is how many it has; return its name.", _number),
    ],
    shows=_show_backends,
    is_pure=True,
)


EXERCISES = [
    Exercise(
        name="11A",
        title="repair a proxy",
        task="Repair `settings`, until upgrade, origin and a quiet minute come through.",
        answer="settings",
        stub="settings = {\n"
        + "".join(f'    "{name}": {show(value)},\n' for name, value in BROKEN.items()).replace(
            "'", '"'
        )
        + "}\n",
        hints=(
            "Which of these headers does a proxy keep to itself, and what is Host compared with?",
            "HTTP/1.1. Upgrade as the client said it, and Connection as nginx has to write it. "
            "Host as the client said it. A timeout longer than the 30 s of a heartbeat.",
            '`"Upgrade": "$http_upgrade", "Connection": "upgrade", "Host": "$http_host"`',
        ),
        solution="""\
settings = {
    "http_version": "1.1",
    "Upgrade": "$http_upgrade",
    "Connection": "upgrade",
    "Host": "$http_host",
    "read_timeout": 75,
}
""",
        reached="upgrade, origin, a quiet minute and a cut cable: all four probes pass.",
        grade=_grade_settings,
    ),
    Exercise(
        name="11B",
        title="who gets the next one",
        task="Write `choose(connections, down)`: the backend that gets the next connection.",
        answer="choose",
        stub='''\
def choose(connections, down):
    """Return the name of the backend that is up and has the fewest connections; None if none is.

    connections: how many each backend has, by name; down: names of those that don't answer
    """
    ...
''',
        hints=(
            "A WebSocket stays where it is for hours. Why is taking turns no good then?",
            "Leave out who is down; of the others take the one with the smallest number.",
            "`min(up, key=connections.get)`, where `up` is a list that may be empty.",
        ),
        solution="""\
def choose(connections, down):
    up = [name for name in connections if name not in down]
    return min(up, key=connections.get) if up else None
""",
        reached=f"{len(BACKENDS)} times, the least busy backend that answers.",
        grade=CHOOSE.grade,
    ),
]
