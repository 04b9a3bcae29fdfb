"""A thousand strangers with mutated requests and frames; `make fuzz` sends more of them."""

from __future__ import annotations

import random

from tools.fuzz_server import fuzz, mutate


async def test_a_thousand_strangers_leave_nothing() -> None:
    outcome = await fuzz(seed=6455, strangers=1_000)
    assert outcome.problems == []
    assert outcome.strangers == sum(outcome.statuses.values()) == 1_000
    # They came as far as each of the server's answers.
    answers = {"HTTP/1.1 101", "HTTP/1.1 200", "HTTP/1.1 400", "HTTP/1.1 404", "HTTP/1.1 426"}
    assert answers <= set(outcome.statuses)
    assert {1002, 1006} <= set(outcome.close_codes)


def test_a_mutation_is_drawn_from_its_seed() -> None:
    data = bytes(range(200))
    mutated = [mutate(data, random.Random(seed)) for seed in range(100)]
    assert mutated == [mutate(data, random.Random(seed)) for seed in range(100)]
    assert len(set(mutated)) > 70
    assert data in mutated
    assert mutate(b"", random.Random(1)) == b""
