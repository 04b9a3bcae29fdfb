"""Known wrong answers of lesson 09, and the sentence that each earns, word for word."""

from __future__ import annotations

KNOWN_WRONG: list[tuple[str, str, str]] = [
    (
        "9A",
        """\
def backoff(attempt, chance):
    return min(10, 0.1 * 2 ** min(attempt, 50))
""",
        "9A not yet: `backoff(0, chance)`, 300 times, always gave 0.1: without "
        "chance all clients come back together. `chance.uniform(0, limit)`.",
    ),
    (
        "9A",
        """\
def backoff(attempt, chance):
    return chance.uniform(0, 0.1 * 2 ** min(attempt, 50))
""",
        "9A not yet: `backoff(7, a Random)` gave 10.8; nobody should wait longer "
        "than the cap, 10 s.",
    ),
    (
        "9A",
        """\
def backoff(attempt, chance):
    return chance.uniform(0, min(10, 0.1 * 2 ** attempt))
""",
        "9A not yet: `backoff(2000, a Random)` raised OverflowError in line 2 of its "
        "cell: int too large to convert to float. 0.1 * 2 ** 2000 is no float: take "
        "the smaller of the attempt and, say, 50 first.",
    ),
    (
        "9A",
        """\
def backoff(attempt, chance):
    return chance.uniform(0, min(10, 0.1 * 2 ** min(attempt + 1, 50)))
""",
        "9A not yet: `backoff(0, a Random)` gave 0.169; expected at most 0.1: 0.1 s "
        "times 2 for each attempt, the first one being 0.",
    ),
    (
        "9A",
        """\
def backoff(attempt, chance):
    return min(10, 0.1 * 2 ** min(attempt, 50)) * chance.uniform(0.5, 1)
""",
        "9A not yet: `backoff(0, chance)`, 300 times, gave at least 0.0501: full "
        "jitter goes down to 0, so that nobody waits while nobody knocks.",
    ),
    (
        "9A",
        """\
def backoff(attempt, chance):
    return chance.uniform(0, min(10, 0.1 * (attempt + 1)))
""",
        "9A not yet: `backoff(3, chance)`, 300 times, gave at most 0.399; expected up to 0.8.",
    ),
    (
        "9A",
        """\
def backoff(attempt, chance):
    return min(10, 0.1 * 2 ** min(attempt, 50)) + chance.uniform(-1, 0)
""",
        "9A not yet: `backoff(0, a Random)` gave -0.0556: nobody waits less than nothing.",
    ),
    (
        "9A",
        """\
def backoff(attempt, chance):
    return 'soon'
""",
        "9A not yet: `backoff(0, a Random)` gave 'soon', a str; expected a number of seconds.",
    ),
    (
        "9A",
        """\
def backoff(attempt, chance):
    return min(10, 0.1 * 2 ** min(attempt, 50)) * chance.random() ** 3
""",
        "9A not yet: `backoff(0, chance)`, 300 times, gave 0.0258 on average; "
        "expected about 0.05: all waits alike likely.",
    ),
    (
        "9A",
        """\
def backoff(attempt, chance):
    return 1 / 0
""",
        "9A not yet: `backoff(0, a Random)` raised ZeroDivisionError in line 2 of "
        "its cell: division by zero.",
    ),
    (
        "9B",
        """\
def missed(log, last_id):
    return [m for m in log if m[0] >= last_id]
""",
        "9B not yet: `missed([(1, 'a'), (2, 'b'), (4, 'c'), (7, 'd'), (9, 'e')], 4)` "
        "gave [(4, 'c'), (7, 'd'), (9, 'e')], expected [(7, 'd'), (9, 'e')]. The "
        "client has the message `last_id` already: send what has a greater id.",
    ),
    (
        "9B",
        """\
def missed(log, last_id):
    return log[last_id:]
""",
        "9B not yet: `missed([(1, 'a'), (2, 'b'), (4, 'c'), (7, 'd'), (9, 'e')], 4)` "
        "gave [(9, 'e')], expected [(7, 'd'), (9, 'e')]. An id is no place in the "
        "list: ids may have gaps. Compare them.",
    ),
    (
        "9B",
        """\
def missed(log, last_id):
    ids = [m[0] for m in log]
    return log[ids.index(last_id) + 1:] if last_id in ids else []
""",
        "9B not yet: `missed([(1, 'a'), (2, 'b'), (4, 'c'), (7, 'd'), (9, 'e')], 0)` "
        "gave [], expected [(1, 'a'), (2, 'b'), (4, 'c'), (7, 'd'), (9, 'e')]. The "
        "message that the client had last may be gone from the log: look for greater "
        "ids, not for that one.",
    ),
    (
        "9B",
        """\
def missed(log, last_id):
    return log
""",
        "9B not yet: `missed([(1, 'a'), (2, 'b'), (4, 'c'), (7, 'd'), (9, 'e')], 4)` "
        "gave [(1, 'a'), (2, 'b'), (4, 'c'), (7, 'd'), (9, 'e')], expected [(7, "
        "'d'), (9, 'e')]. That sends everything anew: the client has some of it.",
    ),
    (
        "9B",
        """\
def missed(log, last_id):
    return [m for m in log if m[0] <= last_id]
""",
        "9B not yet: `missed([(1, 'a'), (2, 'b'), (4, 'c'), (7, 'd'), (9, 'e')], 4)` "
        "gave [(1, 'a'), (2, 'b'), (4, 'c')], expected [(7, 'd'), (9, 'e')]. That is "
        "what the client has already; send what it has not.",
    ),
    (
        "9B",
        """\
def missed(log, last_id):
    return [m[1] for m in log if m[0] > last_id]
""",
        "9B not yet: `missed([(1, 'a'), (2, 'b'), (4, 'c'), (7, 'd'), (9, 'e')], 4)` "
        "gave ['d', 'e'], expected [(7, 'd'), (9, 'e')]. Send the messages with "
        "their ids, so that the client can note the last one.",
    ),
    (
        "9B",
        """\
def missed(log, last_id):
    return 'none'
""",
        "9B not yet: `missed([(1, 'a'), (2, 'b'), (4, 'c'), (7, 'd'), (9, 'e')], 4)` "
        "gave 'none', a str; expected [(7, 'd'), (9, 'e')], a list.",
    ),
]
