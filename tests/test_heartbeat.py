"""Heartbeats: each row of each table by name, and one timer for thousands of connections."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hellosockets.heartbeat import (
    CLIENT_HEARTBEAT,
    PING_PONG,
    SILENCE,
    Action,
    Deadlines,
    Heartbeat,
    Strategy,
)

# The tables, row by row.


def test_silence_data_restarts_the_timeout() -> None:
    heartbeat = Heartbeat(SILENCE, now=100)
    assert (heartbeat.state, heartbeat.deadline) == ("waiting", 160)
    assert heartbeat.receive("data", now=130) is None
    assert (heartbeat.state, heartbeat.deadline) == ("waiting", 190)


def test_silence_due_closes_with_1000_and_no_reason() -> None:
    heartbeat = Heartbeat(SILENCE, now=0)
    assert heartbeat.receive("due", now=60) == Action("close", 1000, "")
    assert (heartbeat.state, heartbeat.deadline) == ("expired", None)


def test_client_heartbeat_due_sends_one_and_waits_as_long_again() -> None:
    heartbeat = Heartbeat(CLIENT_HEARTBEAT, now=0)
    assert heartbeat.receive("due", now=30) == Action("send a heartbeat")
    assert (heartbeat.state, heartbeat.deadline) == ("pending", 60)


def test_client_heartbeat_reply_starts_the_interval_anew() -> None:
    heartbeat = Heartbeat(CLIENT_HEARTBEAT, now=0)
    heartbeat.receive("due", now=30)
    assert heartbeat.receive("reply", now=31) is None
    assert (heartbeat.state, heartbeat.deadline) == ("waiting", 61)


def test_client_heartbeat_without_a_reply_closes_and_reconnects() -> None:
    heartbeat = Heartbeat(CLIENT_HEARTBEAT, now=0)
    heartbeat.receive("due", now=30)
    action = heartbeat.receive("due", now=60)
    assert action == Action("close and reconnect", 1000, "heartbeat timeout")
    assert (heartbeat.state, heartbeat.deadline) == ("expired", None)


def test_client_heartbeat_ignores_a_reply_that_nobody_waits_for() -> None:
    heartbeat = Heartbeat(CLIENT_HEARTBEAT, now=0)
    assert heartbeat.receive("reply", now=29) is None
    assert (heartbeat.state, heartbeat.deadline) == ("waiting", 30)


def test_ping_pong_due_sends_a_ping_and_waits_for_the_pong() -> None:
    heartbeat = Heartbeat(PING_PONG, now=0, ping_timeout=5)
    assert heartbeat.receive("due", now=20) == Action("send a ping")
    assert (heartbeat.state, heartbeat.deadline) == ("pinged", 25)


def test_ping_pong_pong_starts_the_interval_anew() -> None:
    heartbeat = Heartbeat(PING_PONG, now=0, ping_timeout=5)
    heartbeat.receive("due", now=20)
    assert heartbeat.receive("pong", now=21) is None
    assert (heartbeat.state, heartbeat.deadline) == ("waiting", 41)


def test_ping_pong_without_a_pong_closes_with_1011() -> None:
    heartbeat = Heartbeat(PING_PONG, now=0, ping_timeout=5)
    heartbeat.receive("due", now=20)
    assert heartbeat.receive("due", now=25) == Action("close", 1011, "keepalive ping timeout")
    assert (heartbeat.state, heartbeat.deadline) == ("expired", None)


def test_ping_pong_ignores_a_pong_that_nobody_asked_for() -> None:
    heartbeat = Heartbeat(PING_PONG, now=0)
    assert heartbeat.receive("pong", now=3) is None
    assert (heartbeat.state, heartbeat.deadline) == ("waiting", 20)


# All tables.

STRATEGIES = pytest.mark.parametrize("strategy", [SILENCE, CLIENT_HEARTBEAT, PING_PONG])


@STRATEGIES
def test_each_state_has_a_row_for_each_event(strategy: Strategy) -> None:
    states = {state for state, _ in strategy.steps}
    assert set(strategy.steps) == {(s, e) for s in states for e in strategy.events}
    assert {step.state for step in strategy.steps.values()} == states | {"expired"}


@STRATEGIES
def test_due_too_early_changes_nothing(strategy: Strategy) -> None:
    heartbeat = Heartbeat(strategy, now=0)
    deadline = heartbeat.deadline
    assert deadline is not None
    assert heartbeat.receive("due", now=math.nextafter(deadline, 0)) is None
    assert (heartbeat.state, heartbeat.deadline) == ("waiting", deadline)
    assert heartbeat.receive("due", now=deadline) is not None


def test_what_is_received_first_counts_at_the_deadline() -> None:
    heartbeat = Heartbeat(SILENCE, now=0)
    assert heartbeat.receive("data", now=60) is None
    assert heartbeat.receive("due", now=60) is None
    assert (heartbeat.state, heartbeat.deadline) == ("waiting", 120)
    assert heartbeat.receive("due", now=120) is not None
    assert heartbeat.receive("data", now=120) is None
    assert heartbeat.state == "expired"


@STRATEGIES
def test_nothing_happens_after_the_end(strategy: Strategy) -> None:
    heartbeat = Heartbeat(strategy, now=0)
    while heartbeat.deadline is not None:
        heartbeat.receive("due", now=heartbeat.deadline)
    for event in strategy.events:
        assert heartbeat.receive(event, now=1e9) is None
    assert (heartbeat.state, heartbeat.deadline) == ("expired", None)


@STRATEGIES
def test_tables_do_not_change(strategy: Strategy) -> None:
    with pytest.raises(TypeError):
        strategy.steps["waiting", "due"] = strategy.steps["waiting", "due"]  # type: ignore[index]
    with pytest.raises(TypeError):
        strategy.delays["timeout"] = 1  # type: ignore[index]


def test_a_delay_of_none_never_ends() -> None:
    heartbeat = Heartbeat(PING_PONG, now=0, ping_interval=None)
    assert heartbeat.deadline is None
    assert heartbeat.receive("due", now=1e9) is None
    assert heartbeat.state == "waiting"


def test_unknown_events_and_delays_are_errors() -> None:
    heartbeat = Heartbeat(SILENCE, now=0)
    with pytest.raises(ValueError, match=r"has no event 'pong': it has data and due"):
        heartbeat.receive("pong", now=1)
    with pytest.raises(ValueError, match=r"has no delay 'timeuot': it has timeout"):
        Heartbeat(SILENCE, now=0, timeuot=5)
    for wrong in (0, -1, math.nan):
        with pytest.raises(ValueError, match="timeout must be seconds above 0, or None"):
            Heartbeat(SILENCE, now=0, timeout=wrong)


def test_a_strategy_prints_its_table() -> None:
    assert repr(SILENCE) == "Strategy(A server's timeout of silence)"
    assert str(CLIENT_HEARTBEAT).splitlines() == [
        "A client's heartbeat",
        "state    event  new state  timer               action",
        "waiting  due    pending    heartbeat_interval  send a heartbeat",
        "waiting  reply  waiting    goes on",
        "pending  reply  waiting    heartbeat_interval",
        "pending  due    expired    stops               "
        'close and reconnect, code 1000 "heartbeat timeout"',
    ]
    assert repr(Heartbeat(SILENCE, 0)) == "Heartbeat(A server's timeout of silence: waiting)"
    html = PING_PONG._repr_html_()
    assert "keepalive ping timeout" in html
    assert html.count("<tr>") == 5


# Deadlines.


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["set", "discard", "due", "next"]),
            st.integers(0, 5),
            st.one_of(st.none(), st.integers(0, 20).map(float)),
        )
    )
)
def test_deadlines_agree_with_a_naive_list(steps: list[tuple[str, int, float | None]]) -> None:
    deadlines: Deadlines[int] = Deadlines()
    naive: dict[int, float] = {}
    for verb, key, time in steps:
        if verb == "set":
            deadlines.set(key, time)
            naive.pop(key, None)
            if time is not None:
                naive[key] = time
        elif verb == "discard":
            deadlines.discard(key)
            naive.pop(key, None)
        elif verb == "due" and time is not None:
            due = deadlines.due(time)
            assert set(due) == {k for k, when in naive.items() if when <= time}
            whens = [naive.pop(k) for k in due]  # fails should a key be there twice
            assert whens == sorted(whens)
        else:
            assert deadlines.next == min(naive.values(), default=None)
        assert len(deadlines) == len(naive)
        assert all((key in deadlines) == (key in naive) for key in range(6))
        assert len(deadlines._heap) <= 2 * len(deadlines) + 9
        assert len(deadlines._keys) == len(deadlines._alarms) == len(deadlines)


def test_moving_a_deadline_later_leaves_the_heap_alone() -> None:
    deadlines: Deadlines[str] = Deadlines()
    deadlines.set("a", 1)
    for time in range(2, 10_000):
        deadlines.set("a", time)
        assert len(deadlines._heap) == 1
    assert deadlines.next == 9_999
    assert deadlines.due(9_998) == []
    assert deadlines.due(9_999) == ["a"]
    assert deadlines.next is None


def test_moving_a_deadline_earlier_again_and_again_stays_bounded() -> None:
    deadlines: Deadlines[str] = Deadlines()
    for time in range(10_000, 0, -1):
        deadlines.set("a", time)
        assert len(deadlines._heap) <= 10
    for time in range(10_000):
        deadlines.set("b", time)
        deadlines.discard("b")
        assert len(deadlines._heap) <= 10
    assert deadlines.due(1) == ["a"]
    assert repr(deadlines) == "Deadlines(0 keys)"


def test_never_is_no_deadline() -> None:
    deadlines: Deadlines[str] = Deadlines()
    deadlines.set("a", 1)
    deadlines.set("a", None)
    deadlines.set("b", math.inf)
    deadlines.discard("c")
    assert deadlines.next is None
    with pytest.raises(ValueError, match="got NaN"):
        deadlines.set("a", math.nan)


def test_a_day_of_ten_thousand_connections_stays_exact() -> None:
    chance = random.Random(6455)
    deadlines: Deadlines[int] = Deadlines()
    heartbeats = {key: Heartbeat(SILENCE, now=0) for key in range(10_000)}
    # Each connection falls silent once within the day; until then it is heard from every 20 to 59
    # seconds, and last of all at a second that is known. Both sides are walked by events.
    last_heard = {key: chance.randrange(86_400) for key in heartbeats}
    traffic: list[list[int]] = [[] for _ in range(86_401)]
    for key, end in last_heard.items():
        time = end
        for _ in range(12):  # the last minutes in full; a day of everything takes minutes to run
            traffic[time].append(key)
            time -= chance.randrange(20, 60)
            if time <= 0:
                break
    first_heard: dict[int, int] = {}
    for time, keys in enumerate(traffic):
        for key in keys:
            first_heard.setdefault(key, time)
    for key, time in first_heard.items():  # what comes before counts as unbroken traffic
        heartbeats[key] = Heartbeat(SILENCE, now=time)
        deadlines.set(key, heartbeats[key].deadline)
    expired: dict[int, int] = {}
    for now in range(86_400 + 61):
        for key in traffic[now] if now < len(traffic) else ():
            heartbeats[key].receive("data", now)
            deadlines.set(key, heartbeats[key].deadline)
        upcoming = deadlines.next
        if upcoming is not None and upcoming <= now:  # the one timer
            for key in deadlines.due(now):
                assert heartbeats[key].receive("due", now) == Action("close", 1000)
                expired[key] = now
    assert expired == {key: time + 60 for key, time in last_heard.items()}
    assert len(deadlines) == 0
    assert len(deadlines._heap) <= 8
