"""Choosing: what four transports cost, and which of them fits (lesson 01)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .engine import Exercise
from .grading import Mistake, NotAttemptedError, Vectors, kind, show

__all__ = ["CASES", "EXERCISES"]

TRANSPORTS = ("polling", "long polling", "Server-Sent Events", "WebSocket")

# 1A

# The lengths that were counted in the lesson's minute; see `hellosockets.costs`.
SIZES = {
    "request": 277,
    "nothing": 95,
    "answer": 104,
    "listen": 293,
    "stream": 77,
    "event": 17,
    "upgrade": 398,
    "switching": 129,
    "frame": 11,
}
SMALL = dict.fromkeys(SIZES, 10) | {"frame": 1, "event": 2}

SCHEDULES = [
    ("polling", 2, 12, SIZES),
    ("WebSocket", 2, 12, SIZES),
    ("long polling", 2, 12, SIZES),
    ("Server-Sent Events", 2, 12, SIZES),
    *[
        (transport, updates, polls, sizes)
        for transport in TRANSPORTS
        for updates, polls, sizes in ((0, 60, SIZES), (60, 60, SIZES), (3, 7, SMALL))
    ],
]


def _cost(transport: str, updates: int, polls: int, size: Mapping[str, int]) -> int:
    match transport:
        case "polling":
            answers = updates * size["answer"] + (polls - updates) * size["nothing"]
            return polls * size["request"] + answers
        case "long polling":
            return (updates + 1) * size["request"] + updates * size["answer"]
        case "Server-Sent Events":
            return size["listen"] + size["stream"] + updates * size["event"]
    return size["upgrade"] + size["switching"] + updates * size["frame"]


def _judge(arguments: Sequence[Any], value: Any) -> str | None:
    expected = _cost(*arguments)
    if isinstance(value, bool) or not isinstance(value, int):
        return f"gave {show(value)}, {kind(value)}; expected {expected:,}, a number of bytes."
    return None if value == expected else f"gave {value:,}, expected {expected:,}."


def _polls_that_bring(transport: str, updates: int, polls: int, size: Mapping[str, int]) -> int:
    if transport != "polling":
        return _cost(transport, updates, polls, size)
    return updates * (size["request"] + size["answer"])


def _always_full(transport: str, updates: int, polls: int, size: Mapping[str, int]) -> int:
    if transport != "polling":
        return _cost(transport, updates, polls, size)
    return polls * (size["request"] + size["answer"])


def _free_opening(transport: str, updates: int, polls: int, size: Mapping[str, int]) -> int:
    if transport != "WebSocket":
        return _cost(transport, updates, polls, size)
    return updates * size["frame"]


def _asks_each_time(transport: str, updates: int, polls: int, size: Mapping[str, int]) -> int:
    if transport != "WebSocket":
        return _cost(transport, updates, polls, size)
    return updates * (size["upgrade"] + size["switching"] + size["frame"])


def _no_waiting_request(transport: str, updates: int, polls: int, size: Mapping[str, int]) -> int:
    if transport != "long polling":
        return _cost(transport, updates, polls, size)
    return updates * (size["request"] + size["answer"])


def _requests_events(transport: str, updates: int, polls: int, size: Mapping[str, int]) -> int:
    if transport != "Server-Sent Events":
        return _cost(transport, updates, polls, size)
    return updates * (size["listen"] + size["event"]) + size["stream"]


def _polling_alone(transport: str, updates: int, polls: int, size: Mapping[str, int]) -> int | None:
    return _cost(transport, updates, polls, size) if transport == "polling" else None


def _else_a_websocket(transport: str, updates: int, polls: int, size: Mapping[str, int]) -> int:
    known = transport if transport == "polling" else "WebSocket"
    return _cost(known, updates, polls, size)


COST = Vectors(
    "cost",
    SCHEDULES,
    _judge,
    [
        Mistake(
            "A poller asks whether or not there is news: each poll has its request, and an answer "
            "that says nothing.",
            _polls_that_bring,
        ),
        Mistake("Most polls get the answer that says nothing, `nothing`.", _always_full),
        Mistake("A WebSocket is opened once: `upgrade` and `switching`.", _free_opening),
        Mistake("A WebSocket is opened once, and not for each piece of news.", _asks_each_time),
        Mistake(
            "After each answer a long poller asks again, and that last request waits: one more "
            "than there are answers.",
            _no_waiting_request,
        ),
        Mistake("One request opens the stream; the events come without asking.", _requests_events),
        Mistake(
            f"No branch was taken for that name. The names are {', '.join(map(repr, TRANSPORTS))}.",
            _polling_alone,
        ),
        Mistake(
            "That is what a WebSocket costs. How is the name compared? The names are "
            f"{', '.join(map(repr, TRANSPORTS))}.",
            _else_a_websocket,
        ),
    ],
)

# 1B

CASES: dict[str, tuple[str, str]] = {
    "A": ("a scoreboard: news from the server, now and then", "Server-Sent Events"),
    "B": ("a game: both sides, many times a second", "WebSocket"),
    "C": ("a report that is ready once a night", "polling"),
    "D": ("a chat with typing signs, in both directions", "WebSocket"),
}
WHY = {
    "A": "the page has nothing to say, so it needn't ask again and again, nor after each goal",
    "B": "both sides speak, often, and headers each time would cost more than what is said",
    "C": "for one report a night, no connection needs to be held open all day",
    "D": "both sides speak, and at any moment",
}


def _grade_choice(answer: object) -> str | None:
    name = "choice"
    if not isinstance(answer, Mapping):
        return f"`{name}` is {kind(answer)}; put the name of a transport behind each letter."
    if all(answer.get(letter) is ... for letter in CASES):
        raise NotAttemptedError
    for letter, (what, right) in CASES.items():
        value = answer.get(letter)
        if value is ...:
            continue
        if value not in TRANSPORTS:
            return f"`{name}[{letter!r}]` is {show(value)}; the names are {', '.join(TRANSPORTS)}."
        if (letter, value) == ("A", "WebSocket"):
            return (
                "A WebSocket would do for A. But its news goes one way, and there is a transport "
                "that needs no protocol of its own for that."
            )
        if value != right:
            return f"Look at {letter} again, {what}: {WHY[letter]}."
    still = [letter for letter in CASES if answer[letter] is ...]
    return f"Right so far. Still open: {', '.join(still)}." if still else None


EXERCISES = [
    Exercise(
        name="1A",
        title="what it costs",
        task="Write `cost(transport, updates, polls, size)`: the bytes of both directions.",
        answer="cost",
        stub='''\
def cost(transport, updates, polls, size):
    """Return the bytes, up and down, for one client.

    size["request"]: one request, of a poll or of a long poll
    size["nothing"], size["answer"]: a whole HTTP answer without news, and one with
    size["listen"], size["stream"]: the request for an event stream, the head of its answer
    size["upgrade"], size["switching"]: a WebSocket's request, and the answer to it
    size["event"], size["frame"]: one piece of news in an event stream, in a WebSocket
    """
    ...
''',
        hints=(
            "For each transport: what is sent once, what for each piece of news, what for each "
            "poll?",
            "Polling: a request for each poll. Long polling: a request for each piece of news, and "
            "one that waits. The other two: one request, and then the news alone.",
            '`polls * size["request"] + updates * size["answer"] + (polls - updates) * '
            'size["nothing"]` is polling.',
        ),
        solution="""\
def cost(transport, updates, polls, size):
    if transport == "polling":
        answers = updates * size["answer"] + (polls - updates) * size["nothing"]
        return polls * size["request"] + answers
    if transport == "long polling":
        return (updates + 1) * size["request"] + updates * size["answer"]
    if transport == "Server-Sent Events":
        return size["listen"] + size["stream"] + updates * size["event"]
    return size["upgrade"] + size["switching"] + updates * size["frame"]
""",
        reached=(
            "`cost` gives the four totals that were counted, and is right in "
            f"{len(SCHEDULES) - 4} schedules more."
        ),
        grade=COST.grade,
    ),
    Exercise(
        name="1B",
        title="which one fits",
        task="Choose a transport for each of four cases, in `choice`.",
        answer="choice",
        stub="choice = {\n"
        + "".join(f'    "{letter}": ...,  # {what}\n' for letter, (what, _) in CASES.items())
        + "}\n",
        hints=(
            "In which of the cases has the client something to say, and how often?",
            "News that goes one way needs no second direction. What comes once a day needs no open "
            "connection.",
            '`"A": "Server-Sent Events"`, and `"C": "polling"`.',
        ),
        solution="choice = {\n"
        + "".join(f'    "{letter}": "{name}",\n' for letter, (_, name) in CASES.items())
        + "}\n",
        reached="two WebSockets, one stream of events, and one poll.",
        grade=_grade_choice,
    ),
]
