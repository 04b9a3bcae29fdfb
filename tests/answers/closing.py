"""Known wrong answers of lesson 08, and the sentence that each earns, word for word."""

from __future__ import annotations

KNOWN_WRONG: list[tuple[str, str, str]] = [
    (
        "8A",
        """\
def may_send(code):
    return 1000 <= code <= 1014 or 3000 <= code <= 4999
""",
        "8A not yet: `may_send(1005)` gave True, and it may not: 1005 says that a "
        "close frame had no code: it can't be one. The range of a WebSocket's own "
        "codes has holes: leave out 1004, 1005, 1006 and 1015.",
    ),
    (
        "8A",
        """\
def may_send(code):
    return code in {1000, 1001, 1002, 1003} or 1007 <= code <= 1014
""",
        "8A not yet: `may_send(4000)` gave False, and it may be sent. Libraries and "
        "applications may use 3000 to 4999, too.",
    ),
    (
        "8A",
        """\
def may_send(code):
    return code in {1000, 1001, 1002, 1003} or 1007 <= code <= 1014 or 4000 <= code <= 4999
""",
        "8A not yet: `may_send(3000)` gave False, and it may be sent. Libraries have "
        "3000 to 3999, applications 4000 to 4999: both may be sent.",
    ),
    (
        "8A",
        """\
def may_send(code):
    return 1000 <= code <= 4999
""",
        "8A not yet: `may_send(2999)` gave True, and it may not: codes from 1016 to "
        "2999 are kept for what RFCs will define. Not every number in between is a "
        "code.",
    ),
    (
        "8A",
        """\
def may_send(code):
    return code == 1000
""",
        "8A not yet: `may_send(1001)` gave False, and it may be sent. 1000 isn't the only one.",
    ),
    (
        "8A",
        """\
def may_send(code):
    return True
""",
        "8A not yet: `may_send(999)` gave True, and it may not: codes below 1000 "
        "aren't used, and those above 4999 aren't either. There are codes that may "
        "never stand in a frame.",
    ),
    (
        "8A",
        """\
def may_send(code):
    return not (code in {1000, 1001, 1002, 1003} or 1007 <= code <= 1014 or 3000 <= code <= 4999)
""",
        "8A not yet: `may_send(1000)` gave False, and it may be sent. That is the other way round.",
    ),
    (
        "8A",
        """\
def may_send(code):
    return 'yes'
""",
        "8A not yet: `may_send(1000)` gave 'yes', a str; expected True or False.",
    ),
    (
        "8B",
        "ends = [1000]",
        "8B not yet: `ends` is a list; put a code and who is at fault behind each letter.",
    ),
    (
        "8B",
        "ends = {'A': (1000, 'nobody'), 'B': (1000, 'network'), 'C': (1002, "
        "'client'), 'D': (1007, 'client'), 'E': (1009, 'client'), 'F': (1001, "
        "'nobody'), 'G': (1005, 'nobody'), 'H': (1011, 'server')}",
        "8B not yet: Look at B again, and at its code: no close frame came, so each "
        "side notes 1006 for itself; a RST without one means that the other side, or "
        "something between, is gone.",
    ),
    (
        "8B",
        "ends = {'A': (1000, 'nobody'), 'B': (1006, 'client'), 'C': (1002, "
        "'client'), 'D': (1007, 'client'), 'E': (1009, 'client'), 'F': (1001, "
        "'nobody'), 'G': (1005, 'nobody'), 'H': (1011, 'server')}",
        "8B not yet: Look at B again, 1006 is right; whose fault was it? No close "
        "frame came, so each side notes 1006 for itself; a RST without one means "
        "that the other side, or something between, is gone.",
    ),
    (
        "8B",
        "ends = {'A': (1000, 'nobody'), 'B': (1006, 'network'), 'C': (1002, "
        "'server'), 'D': (1007, 'client'), 'E': (1009, 'client'), 'F': (1001, "
        "'nobody'), 'G': (1005, 'nobody'), 'H': (1011, 'server')}",
        "8B not yet: Look at C again, 1002 is right; whose fault was it? 03 ea is "
        "1002: a client's frame must be masked.",
    ),
    (
        "8B",
        "ends = {'A': (1000, 'nobody'), 'B': (1006, 'network'), 'C': (1002, "
        "'client'), 'D': (1007, 'client'), 'E': (1009, 'client'), 'F': (1001, "
        "'server'), 'G': (1005, 'nobody'), 'H': (1011, 'server')}",
        "8B not yet: Look at F again, 1001 is right; whose fault was it? 03 e9 is "
        "1001, going away: it was stopped on purpose.",
    ),
    (
        "8B",
        "ends = {'A': (1000, 'nobody'), 'B': (1006, 'network'), 'C': (1002, "
        "'client'), 'D': (1007, 'client'), 'E': (1009, 'client'), 'F': (1001, "
        "'nobody'), 'G': (1000, 'nobody'), 'H': (1011, 'server')}",
        "8B not yet: Look at G again, and at its code: a close frame without a code "
        "is legal, and is noted as 1005.",
    ),
    (
        "8B",
        "ends = {'A': (1000, 'nobody'), 'B': (1006, 'network'), 'C': (1002, "
        "'client'), 'D': (1007, 'client'), 'E': (1009, 'client'), 'F': (1001, "
        "'nobody'), 'G': (1005, 'nobody'), 'H': (1011, 'client')}",
        "8B not yet: Look at H again, 1011 is right; whose fault was it? 03 f3 is "
        "1011: the server's own program failed.",
    ),
    (
        "8B",
        "ends = {'A': (1000, 'nobody'), 'B': (1006, 'network'), 'C': (1002, "
        "'client'), 'D': (1007, 'client'), 'E': (1009, 'client'), 'F': (1001, "
        "'nobody'), 'G': (1005, 'nobody'), 'H': (1011, 'me')}",
        "8B not yet: `ends['H']` names 'me'; the sides are nobody, client, server, network.",
    ),
    (
        "8B",
        "ends = {'A': (1000, 'nobody'), 'B': (1006, 'network'), 'C': (1002, "
        "'client'), 'D': (1007, 'client'), 'E': (1009, 'client'), 'F': (1001, "
        "'nobody'), 'G': (1005, 'nobody'), 'H': 1011}",
        "8B not yet: `ends['H']` is 1011; put a code and a side there.",
    ),
    (
        "8B",
        "ends = {'A': (1000, 'nobody'), 'B': (1006, 'network'), 'C': (1002, "
        "'client'), 'D': (1007, 'client'), 'E': (1009, 'client'), 'F': (1001, "
        "'nobody'), 'G': (1005, 'nobody'), 'H': Ellipsis}",
        "8B not yet: Right so far. Still open: H.",
    ),
    (
        "8B",
        "ends = {'A': (1000, 'nobody')}",
        "8B not yet: `ends` has no 'B': a text frame from the server, then TCP's "
        "RST, and nothing else.",
    ),
]
