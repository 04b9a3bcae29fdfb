"""Known wrong answers of lesson 12, and the sentence that each earns, word for word."""

from __future__ import annotations

KNOWN_WRONG: list[tuple[str, str, str]] = [
    (
        "12A",
        """\
def budget(gib, per_connection, spare, files):
    return min(int(gib * 10**9 * (1 - spare) // per_connection), files)
""",
        "12A not yet: `budget(4, 20000, 0.25, 1000000000)` gave 150000, expected "
        "161061. A GiB has 2**30 bytes, which is more than 10**9.",
    ),
    (
        "12A",
        """\
def budget(gib, per_connection, spare, files):
    return min(int(gib * 2**30 * spare // per_connection), files)
""",
        "12A not yet: `budget(4, 20000, 0.25, 1000000000)` gave 53687, expected "
        "161061. `spare` is what stays free: use `1 - spare` of the memory.",
    ),
    (
        "12A",
        """\
def budget(gib, per_connection, spare, files):
    return min(int(gib * 2**30 // per_connection), files)
""",
        "12A not yet: `budget(4, 20000, 0.25, 1000000000)` gave 214748, expected "
        "161061. Keep the spare part free: use `1 - spare` of the memory.",
    ),
    (
        "12A",
        """\
def budget(gib, per_connection, spare, files):
    return int(gib * 2**30 * (1 - spare) // per_connection)
""",
        "12A not yet: `budget(4, 20000, 0.25, 65536)` gave 161061, expected 65536. "
        "Each connection is an open file, too: no more than `files`.",
    ),
    (
        "12A",
        """\
def budget(gib, per_connection, spare, files):
    return min(int(gib * 2**30 * (1 - spare) // per_connection), files, 65535)
""",
        "12A not yet: `budget(4, 20000, 0.25, 1000000000)` gave 65535, expected "
        "161061. Ports set no such limit: all connections share the server's one "
        "port.",
    ),
    (
        "12A",
        """\
def budget(gib, per_connection, spare, files):
    return min(gib * 2**30 * (1 - spare) / per_connection, files)
""",
        "12A not yet: `budget(4, 20000, 0.25, 1000000000)` gave 161061.2736, a "
        "float; expected 161061, an int. Half a connection is none: `int(...)` cuts it off.",
    ),
    (
        "12A",
        """\
def budget(gib, per_connection, spare, files):
    return min(gib * 2**30 * (1 - spare) // per_connection, files)
""",
        "12A not yet: `budget(4, 20000, 0.25, 1000000000)` gave 161061.0, a float; expected "
        "161061, an int. `//` of a float is a float: put `int(...)` around it.",
    ),
    (
        "12A",
        """\
def budget(gib, per_connection, spare, files):
    return min(round(gib * 2**30 * (1 - spare) / per_connection), files)
""",
        "12A not yet: `budget(4, 120000, 0.25, 1000000000)` gave 26844, expected 26843. "
        "That is one too many: round down, for half a connection doesn't fit.",
    ),
    (
        "12A",
        """\
def budget(gib, per_connection, spare, files):
    return min(int(gib * 2**30 * (1 - spare) / per_connection) + 1, files)
""",
        "12A not yet: `budget(4, 20000, 0.25, 1000000000)` gave 161062, expected 161061. "
        "That is one too many: round down, for part of a connection doesn't fit.",
    ),
    (
        "12B",
        """\
def Outbox(size):
    return []
""",
        "12B not yet: `Outbox` is a function, not a class: run the cell that defines it.",
    ),
    (
        "12B",
        """\
from collections import deque
class Outbox:
    def __init__(self, size):
        self.waiting = deque(maxlen=size)
        self.dropped = 0
    def put(self, message):
        if len(self.waiting) == self.waiting.maxlen:
            self.dropped += 1
        if len(self.waiting) < self.waiting.maxlen:
            self.waiting.append(message)
    def take(self):
        return self.waiting.popleft() if self.waiting else None
""",
        "12B not yet: after ten `put`s into a box of 3 it holds the oldest three; a "
        "slow reader wants the newest: drop the oldest.",
    ),
    (
        "12B",
        """\
from collections import deque
class Outbox:
    def __init__(self, size):
        self.waiting = deque(maxlen=size)
        self.dropped = 0
    def put(self, message):
        if len(self.waiting) == self.waiting.maxlen:
            self.dropped += 1
        self.waiting.append(message)
    def take(self):
        return self.waiting.pop() if self.waiting else None
""",
        "12B not yet: the newest comes out first there; expected 7, 8, 9, in the order of `put`.",
    ),
    (
        "12B",
        """\
from collections import deque
class Outbox:
    def __init__(self, size):
        self.waiting = deque()
        self.dropped = 0
    def put(self, message):
        if len(self.waiting) == -1:
            self.dropped += 1
        self.waiting.append(message)
    def take(self):
        return self.waiting.popleft() if self.waiting else None
""",
        "12B not yet: it holds more than 3 after ten `put`s: where there is no room, drop "
        "the oldest.",
    ),
    (
        "12B",
        """\
class Outbox:
    def __init__(self, size):
        self.size = size
        self.waiting = []
        self.dropped = 0
    def put(self, message):
        self.waiting.append(message)
    def take(self):
        self.dropped += max(0, len(self.waiting) - self.size)
        self.waiting = self.waiting[-self.size:]
        return self.waiting.pop(0) if self.waiting else None
""",
        "12B not yet: after 1,000 `put`s without a `take` it holds 1,000; expected 100 "
        "at the most: drop in `put`.",
    ),
    (
        "12B",
        """\
from collections import deque
class Outbox:
    def __init__(self, size):
        self.waiting = deque(maxlen=size)
        self.dropped = 0
    def put(self, message):
        if len(self.waiting) == self.waiting.maxlen:
            pass
        self.waiting.append(message)
    def take(self):
        return self.waiting.popleft() if self.waiting else None
""",
        "12B not yet: `dropped` is 0, expected 7: say how many were lost.",
    ),
    (
        "12B",
        """\
from collections import deque
class Outbox:
    def __init__(self, size):
        self.waiting = deque(maxlen=size)
        self.dropped = 0
    def put(self, message):
        if len(self.waiting) == self.waiting.maxlen:
            self.dropped += 1
        self.waiting.append(message)
    def take(self):
        return self.waiting.popleft()
""",
        "12B not yet: `take()` of an empty box raised IndexError in line 11 of its cell: pop "
        "from an empty deque. Nothing waits there: return None.",
    ),
    (
        "12B",
        """\
from collections import deque
class Outbox:
    def __init__(self, size):
        self.waiting = deque(maxlen=size)
        self.dropped = 0
    def put(self, message):
        if len(self.waiting) == self.waiting.maxlen:
            self.dropped += 1
        self.waiting.add(message)
    def take(self):
        return self.waiting.popleft() if self.waiting else None
""",
        "12B not yet: `Outbox(3)`, put and take, raised AttributeError in line 9 of "
        "its cell: 'collections.deque' object has no attribute 'add'.",
    ),
]
