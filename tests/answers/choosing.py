"""Known wrong answers of lesson 01, and the sentence that each earns, word for word."""

from __future__ import annotations

from . import nearly

KNOWN_WRONG: list[tuple[str, str, str]] = [
    (
        "1A",
        nearly(
            "1A",
            (
                'return polls * size["request"] + answers',
                'return updates * (size["request"] + size["answer"])',
            ),
        ),
        "1A not yet: `cost('polling', 2, 12, a dict)` gave 762, expected 4,482. A "
        "poller asks whether or not there is news: each poll has its request, and "
        "an answer that says nothing.",
    ),
    (
        "1A",
        nearly(
            "1A",
            (
                'return polls * size["request"] + answers',
                'return polls * (size["request"] + size["answer"])',
            ),
        ),
        "1A not yet: `cost('polling', 2, 12, a dict)` gave 4,572, expected 4,482. "
        "Most polls get the answer that says nothing, `nothing`.",
    ),
    (
        "1A",
        nearly(
            "1A",
            (
                'return size["upgrade"] + size["switching"] + updates * size["frame"]',
                'return updates * size["frame"]',
            ),
        ),
        "1A not yet: `cost('WebSocket', 2, 12, a dict)` gave 22, expected 549. A "
        "WebSocket is opened once: `upgrade` and `switching`.",
    ),
    (
        "1A",
        nearly(
            "1A",
            (
                'return size["upgrade"] + size["switching"] + updates * size["frame"]',
                'return updates * (size["upgrade"] + size["switching"] + size["frame"])',
            ),
        ),
        "1A not yet: `cost('WebSocket', 2, 12, a dict)` gave 1,076, expected 549. "
        "A WebSocket is opened once, and not for each piece of news.",
    ),
    (
        "1A",
        nearly(
            "1A",
            (
                'return (updates + 1) * size["request"] + updates * size["answer"]',
                'return updates * size["request"] + updates * size["answer"]',
            ),
        ),
        "1A not yet: `cost('long polling', 2, 12, a dict)` gave 762, expected "
        "1,039. After each answer a long poller asks again, and that last request "
        "waits: one more than there are answers.",
    ),
    (
        "1A",
        nearly(
            "1A",
            (
                'return size["listen"] + size["stream"] + updates * size["event"]',
                'return size["stream"] + updates * (size["listen"] + size["event"])',
            ),
        ),
        "1A not yet: `cost('Server-Sent Events', 2, 12, a dict)` gave 697, "
        "expected 404. One request opens the stream; the events come without "
        "asking.",
    ),
    (
        "1A",
        nearly("1A", ('return polls * size["request"] + answers', 'return "much"')),
        "1A not yet: `cost('polling', 2, 12, a dict)` gave 'much', a str; expected "
        "4,482, a number of bytes.",
    ),
    (
        "1B",
        "choice = 'WebSocket'",
        "1B not yet: `choice` is a str; put the name of a transport behind each letter.",
    ),
    (
        "1B",
        "choice = {'A': 'WebSocket', 'B': 'WebSocket', 'C': 'polling', 'D': 'WebSocket'}",
        "1B not yet: A WebSocket would do for A. But its news goes one way, and "
        "there is a transport that needs no protocol of its own for that.",
    ),
    (
        "1B",
        "choice = {'A': 'polling', 'B': 'WebSocket', 'C': 'polling', 'D': 'WebSocket'}",
        "1B not yet: Look at A again, a scoreboard: news from the server, now and "
        "then: the page has nothing to say, so it needn't ask again and again, nor "
        "after each goal.",
    ),
    (
        "1B",
        "choice = {'A': 'Server-Sent Events', 'B': 'Server-Sent Events', 'C': "
        "'polling', 'D': 'WebSocket'}",
        "1B not yet: Look at B again, a game: both sides, many times a second: "
        "both sides speak, often, and headers each time would cost more than what "
        "is said.",
    ),
    (
        "1B",
        "choice = {'A': 'Server-Sent Events', 'B': 'WebSocket', 'C': 'WebSocket', "
        "'D': 'WebSocket'}",
        "1B not yet: Look at C again, a report that is ready once a night: for one "
        "report a night, no connection needs to be held open all day.",
    ),
    (
        "1B",
        "choice = {'A': 'Server-Sent Events', 'B': 'WebSocket', 'C': 'polling', "
        "'D': 'long polling'}",
        "1B not yet: Look at D again, a chat with typing signs, in both "
        "directions: both sides speak, and at any moment.",
    ),
    (
        "1B",
        "choice = {'A': 'Server-Sent Events', 'B': 'WebSocket', 'C': 'polling', "
        "'D': 'carrier pigeon'}",
        "1B not yet: `choice['D']` is 'carrier pigeon'; the names are polling, "
        "long polling, Server-Sent Events, WebSocket.",
    ),
    (
        "1B",
        "choice = {'A': 'Server-Sent Events', 'B': 'WebSocket', 'C': 'polling', 'D': Ellipsis}",
        "1B not yet: Right so far. Still open: D.",
    ),
    (
        "1A",
        nearly("1A", ('if transport == "Server-Sent Events":', 'if transport == "SSE":')),
        "1A not yet: `cost('Server-Sent Events', 2, 12, a dict)` gave 549, "
        "expected 404. That is what a WebSocket costs. How is the name compared? "
        "The names are 'polling', 'long polling', 'Server-Sent Events', "
        "'WebSocket'.",
    ),
    (
        "1A",
        nearly(
            "1A",
            (
                '    return size["upgrade"] + size["switching"] + updates * size["frame"]\n',
                """\
    if transport == "websocket":
        return size["upgrade"] + size["switching"] + updates * size["frame"]
""",
            ),
        ),
        "1A not yet: `cost('WebSocket', 2, 12, a dict)` gave None, a NoneType; "
        "expected 549, a number of bytes. No branch was taken for that name. The "
        "names are 'polling', 'long polling', 'Server-Sent Events', 'WebSocket'.",
    ),
    (
        "1B",
        "choice = {'A': 'long polling', 'B': 'WebSocket', 'C': 'polling', 'D': 'WebSocket'}\n",
        "1B not yet: Look at A again, a scoreboard: news from the server, now and "
        "then: the page has nothing to say, so it needn't ask again and again, nor "
        "after each goal.",
    ),
]
