"""Known wrong answers of lesson 07, and the sentence that each earns, word for word."""

from __future__ import annotations

from . import changed

CLOSING_TIME = """\
def closing_time(arrivals, timeout):
    deadline = timeout
    for arrival in arrivals:
        if arrival > deadline:
            break
        deadline = arrival + timeout
    return deadline
"""

NEXT_STEP = """\
def next_step(state, event):
    if event == "due" and state == "waiting":
        return "pending", "send a heartbeat"
    if event == "due":
        return "expired", "close"
    if event == "reply":
        return "waiting", None
    return state, None
"""

LATE = """\
        if arrival > deadline:
            break
"""


def closing(*changes: tuple[str, str]) -> str:
    return changed(CLOSING_TIME, changes)


def step(*changes: tuple[str, str]) -> str:
    return changed(NEXT_STEP, changes)


KNOWN_WRONG: list[tuple[str, str, str]] = [
    (
        "7A",
        closing((LATE, "")),
        "7A not yet: `closing_time((30, 100), 60)` gave 160, expected 90. That waits for the "
        "last arrival, though the server had closed before it: leave the loop when an arrival"
        " is later than the deadline.",
    ),
    (
        "7A",
        closing(("deadline = arrival + timeout", "deadline += timeout")),
        "7A not yet: `closing_time((30, 100), 60)` gave 180, expected 90. An arrival doesn't "
        "add to the deadline, it puts it at `arrival + timeout`.",
    ),
    (
        "7A",
        closing(("return deadline", "return deadline - timeout")),
        "7A not yet: `closing_time((30, 100), 60)` gave 30, expected 90. That is the last "
        "arrival; the server waits for the timeout after it.",
    ),
    (
        "7A",
        closing(("deadline = timeout", "deadline = arrivals[0] + timeout")),
        "7A not yet: `closing_time((), 60)` raised IndexError in line 2 of its cell: tuple "
        "index out of range. Nothing arrived there, and an empty tuple has no first and no "
        "last item: the timeout runs from the opening, second 0.",
    ),
    (
        "7A",
        closing(("deadline = timeout", "deadline = max(arrivals) and timeout")),
        "7A not yet: `closing_time((), 60)` raised ValueError in line 2 of its cell: max() "
        "arg is an empty sequence. Nothing arrived there, and an empty tuple has no first and"
        " no last item: the timeout runs from the opening, second 0.",
    ),
    (
        "7A",
        closing(("            break", "            return arrival")),
        "7A not yet: `closing_time((30, 100), 60)` gave 100, expected 90. The server doesn't "
        "need data to notice: a timer rings when the deadline has come.",
    ),
    (
        "7A",
        closing(
            ("    return deadline\n", ""), ("            break", "            return deadline")
        ),
        "7A not yet: `closing_time((), 60)` gave None; expected 60. The loop ends without a "
        "`return` when no gap was too long: then the silence comes after the last arrival.",
    ),
    (
        "7A",
        closing(("    return deadline\n", "    print(deadline)\n")),
        "7A not yet: `closing_time((30, 100), 60)` printed something and returned None: put "
        "`return` where `print` is.",
    ),
    (
        "7A",
        closing(("return deadline", "return str(deadline)")),
        "7A not yet: `closing_time((30, 100), 60)` gave '90', a str; expected 90, a number.",
    ),
    (
        "7A",
        closing(("return deadline", "return [deadline]")),
        "7A not yet: `closing_time((30, 100), 60)` gave [90], a list; expected 90, a number.",
    ),
    (
        "7A",
        closing(("return deadline", "return float('inf')")),
        "7A not yet: `closing_time((30, 100), 60)` gave inf, expected 90: each of these "
        "servers closes one day.",
    ),
    (
        "7A",
        closing(("return deadline", "return timeout")),
        "7A not yet: `closing_time((30, 100), 60)` gave 60, expected 90. Silence counts from "
        "the last arrival, not from the opening: data moves the deadline.",
    ),
    (
        "7A",
        closing(("return deadline", "return arrivals[0] + timeout if arrivals else timeout")),
        "7A not yet: `closing_time((30, 60, 90), 60)` gave 90, expected 150. That counts from"
        " the first arrival; each later one moves the deadline again.",
    ),
    (
        "7A",
        closing(("arrival > deadline", "arrival - deadline > timeout")),
        "7A not yet: `closing_time((30, 100), 60)` gave 160, expected 90. That waits for the "
        "last arrival, though the server had closed before it: leave the loop when an arrival"
        " is later than the deadline.",
    ),
    (
        "7A",
        closing(("def ", "async def ")),
        "7A not yet: `closing_time((30, 100), 60)` gave a coroutine: write `def closing_time`"
        " without `async`.",
    ),
    (
        "7A",
        closing(("arrival + timeout", "arrivals + timeout")),
        "7A not yet: `closing_time((30, 100), 60)` raised TypeError in line 6 of its cell: "
        'can only concatenate tuple (not "int") to tuple. `arrivals` is all of them: go '
        "through them with `for arrival in arrivals`.",
    ),
    (
        "7B",
        step(("return state, None", "return 'waiting', None")),
        "7B not yet: `next_step('pending', 'sent')` gave a wrong tuple: new_state is "
        "'waiting' (a str), expected 'pending' (a str). What the client sends itself shows "
        "nothing: `send()` succeeds on a dead connection, too.",
    ),
    (
        "7B",
        step(('event == "reply"', "event in ('reply', 'message')")),
        "7B not yet: `next_step('pending', 'message')` gave a wrong tuple: new_state is "
        "'waiting' (a str), expected 'pending' (a str). Only the reply counts for phoenix.js:"
        " another message leaves the heartbeat pending.",
    ),
    (
        "7B",
        step(('event == "reply"', "event in ('reply', 'sent')")),
        "7B not yet: `next_step('pending', 'sent')` gave a wrong tuple: new_state is "
        "'waiting' (a str), expected 'pending' (a str). What the client sends itself shows "
        "nothing: `send()` succeeds on a dead connection, too.",
    ),
    (
        "7B",
        step((' and state == "waiting"', "")),
        "7B not yet: `next_step('pending', 'due')` gave a wrong tuple: new_state is 'pending'"
        " (a str), expected 'expired' (a str); action is 'send a heartbeat' (a str), expected"
        " 'close' (a str). The reply hasn't come, and the next heartbeat is due: sending more"
        " of them into a dead connection finds out nothing.",
    ),
    (
        "7B",
        step(('"expired", "close"', '"expired", "close and reconnect"')),
        "7B not yet: `next_step('pending', 'due')` gave a wrong tuple: action is 'close and "
        "reconnect' (a str), expected 'close' (a str). Here the word is `\"close\"`: "
        "reconnecting is no part of this exercise.",
    ),
    (
        "7B",
        step(('"expired", "close"', '"waiting", None')),
        "7B not yet: `next_step('pending', 'due')` gave a wrong tuple: new_state is 'waiting'"
        " (a str), expected 'expired' (a str); action is None, expected 'close'. One "
        "heartbeat without a reply is enough for phoenix.js: it closes.",
    ),
    (
        "7B",
        step(('"pending", "send a heartbeat"', '"waiting", "send a heartbeat"')),
        "7B not yet: `next_step('waiting', 'due')` gave a wrong tuple: new_state is 'waiting'"
        " (a str), expected 'pending' (a str). The heartbeat is sent, and nobody notes it: "
        "without the state pending, a missing reply is never found out.",
    ),
    (
        "7B",
        step(('"pending", "send a heartbeat"', '"expired", "close"')),
        "7B not yet: `next_step('waiting', 'due')` gave a wrong tuple: new_state is 'expired'"
        " (a str), expected 'pending' (a str); action is 'close' (a str), expected 'send a "
        "heartbeat' (a str). That closes at once; first the client asks: it sends a "
        "heartbeat, and is pending.",
    ),
    (
        "7B",
        step(('return "waiting", None', 'return "pending", "send a heartbeat"')),
        "7B not yet: `next_step('pending', 'reply')` gave a wrong tuple: new_state is "
        "'pending' (a str), expected 'waiting' (a str); action is 'send a heartbeat', "
        "expected None. A reply is answered by nothing: the timer says when the next "
        "heartbeat is due.",
    ),
    (
        "7B",
        step(('"waiting", None', '"waiting", "None"')),
        "7B not yet: `next_step('pending', 'reply')` gave a wrong tuple: action is 'None', "
        "expected None. None is a value of its own: leave out the quotes.",
    ),
    (
        "7B",
        step(('"waiting", None', '"waiting", ""')),
        "7B not yet: `next_step('pending', 'reply')` gave a wrong tuple: action is '', "
        "expected None. Where nothing is to be done, the action is None.",
    ),
    (
        "7B",
        step(('"pending", "send a heartbeat"', '"pending"')),
        "7B not yet: `next_step('waiting', 'due')` gave 'pending', a str; expected "
        "('pending', 'send a heartbeat'), a tuple. The action is missing: `return new_state, "
        "action`.",
    ),
    (
        "7B",
        step(('"pending", "send a heartbeat"', '["pending", "send a heartbeat"]')),
        "7B not yet: `next_step('waiting', 'due')` gave a list; `return new_state, action` "
        "without brackets makes a tuple.",
    ),
    (
        "7B",
        step(('"pending", "send a heartbeat"', '"send a heartbeat", "pending"')),
        "7B not yet: `next_step('waiting', 'due')` gave a wrong tuple: new_state is 'send a "
        "heartbeat' (a str), expected 'pending' (a str); action is 'pending' (a str), "
        "expected 'send a heartbeat' (a str). The new state comes first, then the action.",
    ),
    (
        "7B",
        step(("    return state, None\n", "")),
        "7B not yet: `next_step('waiting', 'message')` gave None; expected ('waiting', None),"
        " a tuple. What changes nothing needs a `return`, too: `return state, None`.",
    ),
]
