"""Keepalive: what an interval and a timeout are good for, against a clock that ticks."""

import pytest

from hellosockets.keepalive import keepalive


def ticking(interval, timeout, round_trip, proxy_idle, cut_at):
    """Return how it ends and when, second by second in tenths; all delays are whole tenths."""
    last_byte, sent = 0, None
    for tick in range(1, 10_000):
        if sent is not None and tick == sent + round_trip and tick <= cut_at:
            last_byte, sent = tick, None
        if sent is not None and tick >= sent + timeout and tick < sent + round_trip:
            return ("gave up", tick)
        if sent is not None and tick >= sent + timeout:
            return ("gave up", tick)
        if proxy_idle is not None and tick >= last_byte + proxy_idle and tick <= cut_at:
            return ("hung up", tick)
        if tick % interval == 0 and sent is None:
            sent = last_byte = tick
    return ("never", None)


@pytest.mark.parametrize("interval", [10, 20, 50])
@pytest.mark.parametrize("timeout", [8, 20, 30])
@pytest.mark.parametrize("round_trip", [2, 7])
@pytest.mark.parametrize("cut_at", [95, 101, 109])
def test_it_agrees_with_a_clock_that_ticks(interval, timeout, round_trip, cut_at):
    run = keepalive(interval, timeout, round_trip=round_trip, cut_at=cut_at)
    assert ticking(interval, timeout, round_trip, None, cut_at) == ("gave up", run.noticed)
    assert run.noticed - cut_at <= run.notice_at_most


def test_a_proxy_hangs_up_on_the_idle():
    run = keepalive(60, 5, proxy_idle=60)
    assert (run.hung_up, run.noticed) == (60, None)
    assert str(run) == "the proxy hangs up at second 60, before the first ping"
    assert keepalive(59, 5, proxy_idle=60).hung_up is None
    assert ticking(60, 5, 1, 60, 2000) == ("hung up", 60)


def test_a_slow_answer_is_taken_for_a_dead_cable():
    run = keepalive(20, 2, round_trip=3)
    assert (run.false_alarm, run.noticed) == (22, None)
    assert "given up at second 22, though it lives" in str(run)
    assert keepalive(20, 3, round_trip=3).false_alarm is None


@pytest.mark.parametrize(("within", "keeps"), [(39, False), (40, True)])
def test_the_worst_case_is_the_sum(within, keeps):
    assert keepalive(20, 20).keeps_within(within) is keeps


@pytest.mark.parametrize("name", ["interval", "timeout", "round_trip", "proxy_idle", "cut_at"])
@pytest.mark.parametrize("value", [0, -1, float("nan")])
def test_times_are_above_zero(name, value):
    given = {"interval": 1, "timeout": 1, name: value}
    with pytest.raises(ValueError, match=f"{name} is a number of seconds above 0"):
        keepalive(**given)


@pytest.mark.parametrize("settings", [(20, 20), (60, 20), (20, 2), (0.1, 0.1), (500, 500)])
def test_the_picture_says_in_words_what_it_shows(settings):
    run = keepalive(*settings, round_trip=3, proxy_idle=60)
    html = run._repr_html_()
    assert f"Pings on a line of time: {run}" in html
    assert len(html) < 60_000
