"""Backoff: schedules, and how clients arrive by them."""

import random

import pytest

from hellosockets import backoff
from hellosockets.backoff import PHOENIX, arrivals, exponential, fixed, full_jitter, phoenix
from hellosockets.client.socket import RECONNECT_AFTER

CHANCE = random.Random(1)


def waits(schedule, count=12):
    return [schedule(attempt, CHANCE) for attempt in range(count)]


def test_schedules():
    assert waits(fixed(2), 3) == [2, 2, 2]
    assert waits(exponential(0.1, 1), 6) == [0.1, 0.2, 0.4, 0.8, 1, 1]
    assert exponential(0.1, 1)(10_000, CHANCE) == 1
    assert waits(phoenix) == [*PHOENIX, 5.0, 5.0]


def test_phoenix_is_what_the_client_does():
    assert list(PHOENIX) == list(RECONNECT_AFTER)


@pytest.mark.parametrize("attempt", [0, 3, 9])
def test_full_jitter_goes_from_nothing_to_the_limit(attempt):
    limit = exponential(0.1, 10)(attempt, CHANCE)
    drawn = [full_jitter(0.1, 10)(attempt, CHANCE) for _ in range(500)]
    assert 0 <= min(drawn) < 0.05 * limit
    assert 0.95 * limit < max(drawn) <= limit


def test_without_chance_all_come_at_once():
    found = arrivals(fixed(1), clients=50, outage=2)
    assert found.times == (1.0, 2.0) * 50
    assert found.most_within(0.1) == 50
    assert found.returns == (2.0,) * 50


def test_with_jitter_they_spread():
    spread = arrivals(full_jitter(4, 60), clients=50, outage=2)
    assert spread.most_within(0.1) <= 6
    assert len(spread.returns) == 50


def test_the_same_chance_gives_the_same_arrivals():
    assert arrivals(full_jitter(1, 9)) == arrivals(full_jitter(1, 9))
    other = arrivals(full_jitter(1, 9), chance=random.Random(2))
    assert other != arrivals(full_jitter(1, 9))


@pytest.mark.parametrize("stretch", [0.1, 0.5, 2])
def test_the_busiest_stretch_is_found(stretch):
    found = arrivals(full_jitter(1, 9), clients=30)
    naive = max(
        sum(start <= time <= start + stretch for time in found.times) for start in found.times
    )
    assert found.most_within(stretch) == naive


def test_a_schedule_that_never_waits_ends_all_the_same():
    assert len(arrivals(fixed(0), clients=1, outage=600).times) <= 10_001


@pytest.mark.parametrize(
    ("given", "says"),
    [({"clients": 0}, "clients are from 1"), ({"outage": 601}, "an outage is from 0 to 600")],
)
def test_what_cannot_be_is_refused(given, says):
    with pytest.raises(ValueError, match=says):
        arrivals(fixed(1), **given)


def test_the_picture_says_in_words_what_it_shows():
    html = arrivals(fixed(1))._repr_html_()
    assert 'aria-label="Histogram: 100 attempts of 50 clients, at most 50 in 0.1 s' in html
    assert "server is back" in html
    assert backoff.arrivals(fixed(1), outage=0)._repr_html_()
