"""Known wrong answers of exercise 7C, and the sentence that each earns, word for word."""

from __future__ import annotations

KNOWN_WRONG: list[tuple[str, str, str]] = [
    (
        "7C",
        """\
def settings(proxy_idle, round_trip, within):
    return within, round_trip
""",
        "7C not yet: `settings(60, 3, 25)` gave (25, 3): a cut is noticed after 28 s "
        "at the worst, not 25. The cut may come right after an answer: then it takes "
        "a whole interval and the timeout, so their sum counts.",
    ),
    (
        "7C",
        """\
def settings(proxy_idle, round_trip, within):
    return within, within
""",
        "7C not yet: `settings(60, 3, 25)` gave (25, 25): a cut is noticed after 50 "
        "s at the worst, not 25. The cut may come right after an answer: then it "
        "takes a whole interval and the timeout, so their sum counts.",
    ),
    (
        "7C",
        """\
def settings(proxy_idle, round_trip, within):
    return 20, 20
""",
        "7C not yet: `settings(60, 3, 25)` gave (20, 20): a cut is noticed after 40 "
        "s at the worst, not 25. Those are the defaults of `websockets`; here, work "
        "them out from what is given.",
    ),
    (
        "7C",
        """\
def settings(proxy_idle, round_trip, within):
    return None if within <= round_trip else (within - round_trip, round_trip)
""",
        "7C not yet: `settings(60, 3, 200)` gave (197, 3): the proxy hangs up at "
        "second 60, before the first ping. The proxy counts from the last byte: the "
        "ping has to come before its time is over.",
    ),
    (
        "7C",
        """\
def settings(proxy_idle, round_trip, within):
    return min(proxy_idle, within) / 2, round_trip / 2
""",
        "7C not yet: `settings(60, 3, 25)` gave (12.5, 1.5): given up at second 14, "
        "though it lives: the answer takes 3 s. The timeout has to leave the answer "
        "its time.",
    ),
    (
        "7C",
        """\
def settings(proxy_idle, round_trip, within):
    return min(proxy_idle / 2, max(1, within - round_trip)), round_trip
""",
        "7C not yet: `settings(60, 30, 20)` gave (1, 30), expected None: an answer "
        "may take longer than 20 s. Where an answer may take longer than the cut may "
        "go unnoticed, nothing will do: return None.",
    ),
    (
        "7C",
        """\
def settings(proxy_idle, round_trip, within):
    return min(proxy_idle / 2, within - round_trip)
""",
        "7C not yet: `settings(60, 3, 25)` gave 22, an int; expected two numbers: "
        "interval, timeout.",
    ),
    (
        "7C",
        """\
def settings(proxy_idle, round_trip, within):
    return within - round_trip, 0
""",
        "7C not yet: `settings(60, 3, 25)` gave (22, 0); both are numbers of seconds above 0.",
    ),
    (
        "7C",
        """\
def settings(proxy_idle, round_trip, within):
    return (1, round_trip) if within > 20 else None
""",
        "7C not yet: `settings(60, 1, 2)` gave None, and there are settings that do it.",
    ),
]
