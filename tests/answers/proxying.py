"""Known wrong answers of lesson 11, and the sentence that each earns, word for word."""

from __future__ import annotations

KNOWN_WRONG: list[tuple[str, str, str]] = [
    (
        "11A",
        "settings = {'http_version': '1.0', 'Upgrade': '$http_upgrade', "
        "'Connection': 'upgrade', 'Host': '$http_host', 'read_timeout': 75}",
        '11A not yet: Probe 1, an upgrade: no 101. HTTP/1.0 knows no Upgrade: say "1.1".',
    ),
    (
        "11A",
        "settings = {'http_version': '1.1', 'Upgrade': '', 'Connection': 'upgrade', "
        "'Host': '$http_host', 'read_timeout': 75}",
        "11A not yet: Probe 1, an upgrade: 426. The proxy keeps Upgrade to itself, "
        'unless it is told to pass on what the client said: "$http_upgrade".',
    ),
    (
        "11A",
        "settings = {'http_version': '1.1', 'Upgrade': '$http_upgrade', "
        "'Connection': 'close', 'Host': '$http_host', 'read_timeout': 75}",
        "11A not yet: Probe 1, an upgrade: 426. Upgrade counts only where Connection "
        'lists it: "upgrade".',
    ),
    (
        "11A",
        "settings = {'http_version': '1.1', 'Upgrade': '$http_upgrade', "
        "'Connection': 'upgrade', 'Host': 'backend:4000', 'read_timeout': 75}",
        "11A not yet: Probe 2, a page of chat.example: 403. The backend compares the "
        "Origin with Host, and is told 'backend:4000': pass on what the client said, "
        '"$http_host".',
    ),
    (
        "11A",
        "settings = {'http_version': '1.1', 'Upgrade': '$http_upgrade', "
        "'Connection': 'upgrade', 'Host': '$http_host', 'read_timeout': 30}",
        "11A not yet: Probe 3, a quiet minute: 1006 after 30 s. The client says "
        "something each 30 s; the proxy has to wait longer than that.",
    ),
    (
        "11A",
        "settings = {'http_version': '1.1', 'Upgrade': '$http_upgrade', "
        "'Connection': 'upgrade', 'Host': '$http_host', 'read_timeout': 1000000}",
        "11A not yet: Probe 4, a cable that is cut: the proxy holds both connections "
        "for 1,000,000 s. With heartbeats, a minute or two will do.",
    ),
    (
        "11A",
        "settings = {'http_version': '1.1', 'Upgrade': '$http_upgrade', "
        "'Connection': 'keep-alive, Upgrade', 'Host': '$http_host', 'read_timeout': 301}",
        "11A not yet: Probe 4, a cable that is cut: the proxy holds both connections "
        "for 301 s. With heartbeats, a minute or two will do.",
    ),
    (
        "11A",
        "settings = {'http_version': '1.1', 'Upgrade': '$http_upgrade', "
        "'Connection': '$connection_upgrade', 'Host': '$http_host', 'read_timeout': 75}",
        "11A not yet: Probe 1, an upgrade: nginx doesn't start. $connection_upgrade is "
        'the name of a map, and these settings have no map: say "upgrade".',
    ),
    (
        "11A",
        "settings = {'http_version': '1.1', 'Upgrade': '$http_upgrade', "
        "'Connection': '$http_connection', 'Host': '$http_host', 'read_timeout': ...}",
        "11A not yet: `read_timeout` is ..., an ellipsis; put seconds there.",
    ),
    (
        "11A",
        "settings = {'http_version': '1.1', 'Upgrade': '$http_upgrade', "
        "'Connection': 'upgrade', 'Host': '$http_host', 'read_timeout': 'long'}",
        "11A not yet: `read_timeout` is 'long', a str; put seconds there.",
    ),
    (
        "11A",
        "settings = 'upgrade'",
        "11A not yet: `settings` is a str; it has to stay a dictionary.",
    ),
    (
        "11A",
        "settings = {'Upgrade': '$http_upgrade'}",
        "11A not yet: `settings` has no 'http_version' any more.",
    ),
    (
        "11B",
        """\
def choose(connections, down):
    up = [n for n in connections if n not in down]
    return max(up, key=connections.get) if up else None
""",
        "11B not yet: `choose({'b': 2, 'a': 3, 'c': 1, 'd': 9}, set())` gave 'd', "
        "expected 'c'. That one has the most connections already: take the one with the fewest.",
    ),
    (
        "11B",
        """\
def choose(connections, down):
    up = [n for n in connections if n not in down]
    return up[0] if up else None
""",
        "11B not yet: `choose({'b': 2, 'a': 3, 'c': 1, 'd': 9}, set())` gave 'b', "
        "expected 'c'. The first one that is up isn't the one with the fewest connections.",
    ),
    (
        "11B",
        """\
def choose(connections, down):
    up = [n for n in connections if n not in down]
    return min(connections) if connections else None
""",
        "11B not yet: `choose({'b': 2, 'a': 3, 'c': 1, 'd': 9}, set())` gave 'a', expected 'c'. "
        "`min(connections)` compares names; `key=connections.get` compares their "
        "numbers.",
    ),
    (
        "11B",
        """\
def choose(connections, down):
    up = [n for n in connections if n not in down]
    return min(connections, key=connections.get) if connections else None
""",
        "11B not yet: `choose({'a': 3, 'b': 1, 'c': 2}, {'b'})` gave 'b', expected 'c'. That one "
        "is down: leave out whoever is in `down`.",
    ),
    (
        "11B",
        """\
def choose(connections, down):
    up = [n for n in connections if n not in down]
    return min(up, key=connections.get)
""",
        "11B not yet: `choose({'a': 5}, {'a'})` raised ValueError in line 3 of its "
        "cell: min() arg is an empty sequence. Nobody may be left: return None then.",
    ),
    (
        "11B",
        """\
def choose(connections, down):
    up = [n for n in connections if n not in down]
    return min(connections.values())
""",
        "11B not yet: `choose({'b': 2, 'a': 3, 'c': 1, 'd': 9}, set())` gave 1, "
        "an int; expected 'c', a str. That is how many it has; return its name.",
    ),
    (
        "11B",
        """\
def choose(connections, down):
    for name in down:
        connections.pop(name)
    return min(connections, key=connections.get) if connections else None
""",
        "11B not yet: `choose({'a': 3, 'b': 1, 'c': 2}, {'b'})` changed the dict that it "
        "was given; leave it as it is.",
    ),
]
