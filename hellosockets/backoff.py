"""Backoff: how long clients wait before they connect again, and how they arrive together.

A schedule is a function of the attempt, counted from 0, and of chance. Chance is passed in.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from . import picture

__all__ = [
    "PHOENIX",
    "Arrivals",
    "Schedule",
    "arrivals",
    "exponential",
    "fixed",
    "full_jitter",
    "phoenix",
]

Schedule = Callable[[int, random.Random], float]

# phoenix.js, in seconds; then the last one again and again.
PHOENIX = (0.01, 0.05, 0.1, 0.15, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0)

# The picture's measures, in px.
WIDTH, LEFT, HEIGHT, BARS = 760, 40, 150, 60
TEXT, QUIET = "var(--hs-text, currentColor)", "var(--hs-quiet, #5f5f5f)"
BAR = "var(--hs-client, #0072B2)"


def fixed(seconds: float) -> Schedule:
    """Return a schedule that always waits as long."""
    return lambda attempt, chance: seconds


def exponential(base: float, cap: float) -> Schedule:
    """Return a schedule that waits twice as long each time, up to a cap, in seconds."""
    return lambda attempt, chance: min(cap, base * 2.0 ** min(attempt, 1000))


def full_jitter(base: float, cap: float) -> Schedule:
    """Return a schedule that waits anything from 0 to what `exponential` would."""
    limit = exponential(base, cap)
    return lambda attempt, chance: chance.uniform(0, limit(attempt, chance))


def phoenix(attempt: int, chance: random.Random) -> float:
    """Wait as phoenix.js does: 10 ms first, 5 s from the tenth attempt on, no chance in it."""
    return PHOENIX[min(attempt, len(PHOENIX) - 1)]


@dataclass(frozen=True, slots=True, repr=False)
class Arrivals:
    """
    When clients knock after a server's end, from that moment on.

    Attributes:
        clients: How many there are.
        outage: Seconds for which nobody answers.
        times: Second of each attempt, the last one of each client the one that succeeds.

    """

    clients: int
    outage: float
    times: Sequence[float]

    @property
    def returns(self) -> tuple[float, ...]:
        """Seconds of the attempts that succeed, in order."""
        return tuple(sorted(each for each in self.times if each >= self.outage))

    def most_within(self, seconds: float) -> int:
        """Return how many attempts there are at the most in any such stretch of time."""
        times = sorted(self.times)
        start = most = 0
        for end, time in enumerate(times):
            while time - times[start] > seconds:
                start += 1
            most = max(most, end - start + 1)
        return most

    def __repr__(self) -> str:
        tries = f"{len(self.times):,} attempts of {self.clients:,} clients"
        return f"Arrivals({tries}, at most {self.most_within(0.1):,} in 0.1 s)"

    def _repr_html_(self) -> str:
        last = f"; the last one is back at {self.returns[-1]:.1f} s" if self.returns else ""
        said = f"{str(self)[9:-1]}{last}."
        return picture.document(self.svg, f"<p>{escape(said)}</p>")

    @property
    def svg(self) -> str:
        """A histogram of the attempts over time."""
        end = max([*self.times, self.outage, 0.1]) * 1.02
        counts = [0] * BARS
        for time in self.times:
            counts[min(BARS - 1, int(BARS * time / end))] += 1
        most = max([*counts, 1])
        wide, high = (WIDTH - LEFT) / BARS, HEIGHT - 46
        bars = "".join(
            f'<rect x="{LEFT + i * wide + 0.5:.1f}" y="{20 + high - high * count / most:.1f}" '
            f'width="{wide - 1:.1f}" height="{high * count / most:.1f}" fill="{BAR}"/>'
            for i, count in enumerate(counts)
            if count
        )
        x = LEFT + (WIDTH - LEFT) * self.outage / end
        back = (
            f'<path d="M{x:.1f} 14 V{20 + high}" stroke="{TEXT}" stroke-dasharray="4 3"/>'
            f'<text x="{x + 4:.1f}" y="14" fill="{TEXT}">server is back</text>'
        )
        axis = "".join(
            f'<text x="{LEFT + (WIDTH - LEFT) * part / 4:.0f}" y="{HEIGHT - 8}" fill="{QUIET}" '
            f'text-anchor="{("start", "middle", "middle", "middle", "end")[part]}">'
            f"{end * part / 4:.1f} s</text>"
            for part in range(5)
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDTH} {HEIGHT}" '
            f'width="{WIDTH}" height="{HEIGHT}" '
            f'aria-label="Histogram: {escape(str(self)[9:-1])}, most in one bar {most}" '
            'style="max-width:100%;height:auto;font:12px system-ui,sans-serif">'
            f'<text x="0" y="28" fill="{QUIET}">{most}</text>'
            f'<text x="0" y="{20 + high}" fill="{QUIET}">0</text>{bars}{back}{axis}</svg>'
        )


def arrivals(
    schedule: Schedule,
    *,
    clients: int = 50,
    outage: float = 2.0,
    chance: random.Random | None = None,
) -> Arrivals:
    """
    Let a server end while clients are connected, and see when they knock.

    Args:
        schedule: How long each client waits before each attempt.
        clients: How many there are, at most 10,000.
        outage: Seconds for which nobody answers; at most 600.
        chance: Where chance comes from; by default always the same.

    Raises:
        ValueError: If there are too many, or the outage is too long.

    """
    if not 1 <= clients <= 10_000:
        raise ValueError(f"clients are from 1 to 10,000, got {clients}")
    if not 0 <= outage <= 600:
        raise ValueError(f"an outage is from 0 to 600 seconds, got {outage}")
    chance = chance or random.Random(6455)
    times = []
    for _ in range(clients):
        now, attempt = 0.0, 0
        while True:
            now += max(0.001, schedule(attempt, chance))
            times.append(now)
            attempt += 1
            if now >= outage or attempt > 10_000:
                break
    return Arrivals(clients, outage, tuple(times))
