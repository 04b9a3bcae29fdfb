"""Weather: what a network does to the bytes that cross it, as data. `Wire` makes it happen."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real
from typing import TypeAlias

from ..frames import Speaker

__all__ = ["PRESETS", "RETRANSMISSION", "Throttle", "Weather", "preset"]

# Bytes per second: one number for both directions, or the client's and the server's; None is
# as fast as it goes.
Throttle: TypeAlias = int | tuple[int | None, int | None] | None

# A lost TCP segment is sent again when its timer runs out, and all that follows it waits. RFC 6298
# §2.4 wants that to take 1 second or more; Linux takes 200 ms or more (TCP_RTO_MIN).
RETRANSMISSION = 0.2  # seconds

LONGEST_DELAY = 3600.0  # seconds


@dataclass(frozen=True, slots=True)
class Weather:
    """
    How a wire treats what crosses it. All of it holds for each direction of each connection.

    Attributes:
        delay: How long each chunk is on its way, in seconds. It shifts and doesn't slow: chunks
            travel one behind the other, as on a long cable.
        throttle: Most bytes per second. A pair says the client's and the server's: what a
            provider calls upload and download.
        split: Longest TCP chunk, in bytes.
        loss: Chance that a chunk is lost on its first try, from 0 to 1. TCP sends it again, which
            takes 0.2 seconds, and what follows it waits (`RETRANSMISSION`).

    Raises:
        TypeError: If one isn't a number.
        ValueError: If one is out of its range.

    """

    delay: float = 0.0
    throttle: Throttle = None
    split: int | None = None
    loss: float = 0.0

    def __post_init__(self) -> None:
        delay = _number("delay", self.delay, "seconds")
        if not 0 <= delay <= LONGEST_DELAY:
            raise ValueError(
                f"delay must be 0 to {LONGEST_DELAY:g} seconds, got {self.delay}: "
                "to hold everything until you say so, freeze the wire"
            )
        for rate in self.throttle if isinstance(self.throttle, tuple) else (self.throttle,):
            _check_count(
                "throttle", rate, "bytes per second", "to stop everything, freeze the wire"
            )
        if isinstance(self.throttle, tuple) and len(self.throttle) != 2:
            raise ValueError(
                "throttle must be one number or a pair, the client's and the server's, "
                f"got {len(self.throttle)}"
            )
        _check_count("split", self.split, "bytes", "to leave chunks as they are, take None")
        if not 0 <= _number("loss", self.loss, "a chance") <= 1:
            raise ValueError(f"loss must be a chance from 0 to 1, got {self.loss}")

    def rate(self, speaker: Speaker) -> int | None:
        """Return how many bytes per second this speaker gets through; None if unlimited."""
        if isinstance(self.throttle, tuple):
            return self.throttle[0 if speaker == "client" else 1]
        return self.throttle


def _number(name: str, value: object, unit: str) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number ({unit}), got {type(value).__name__}")
    return math.nan if math.isnan(value) else float(value)


def _check_count(name: str, value: object, unit: str, cure: str) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(
            f"{name} must be a whole number of {unit} or None, got {type(value).__name__}"
        )
    if value < 1:
        raise ValueError(f"{name} must be 1 or more {unit}, got {value}: {cure}")


# Named after what they imitate. Figures in parentheses are round-trip times; each way takes half.
PRESETS: dict[str, Weather] = {
    "clear": Weather(),
    "fast": Weather(delay=0.002, throttle=(625_000, 2_500_000)),
    "LTE": Weather(delay=0.035, throttle=1_500_000),
    "3G": Weather(delay=0.150, throttle=(96_000, 200_000)),
    "slow 3G": Weather(delay=0.200, throttle=50_000),
    "2G": Weather(delay=0.400, throttle=(32_000, 35_000)),
    "lossy Wi-Fi": Weather(delay=0.001, throttle=(1_875_000, 3_750_000), loss=0.02),
}


def preset(name: str) -> Weather:
    """
    Return the weather that a name stands for.

    ================  ============  ===========  ==========  ==================================
    name              client says   server says  round trip  where the figures come from
    ================  ============  ===========  ==========  ==================================
    ``clear``         unlimited     unlimited    0           no weather at all
    ``fast``          5 Mbit/s      20 Mbit/s    4 ms        WebPageTest's profile "FIOS"
    ``LTE``           12 Mbit/s     12 Mbit/s    70 ms       WebPageTest's profile "LTE"
    ``3G``            768 kbit/s    1.6 Mbit/s   300 ms      WebPageTest's profile "3G"
    ``slow 3G``       400 kbit/s    400 kbit/s   400 ms      WebPageTest's profile "3G Slow"
    ``2G``            256 kbit/s    280 kbit/s   800 ms      WebPageTest's profile "2G"
    ``lossy Wi-Fi``   15 Mbit/s     30 Mbit/s    2 ms        Firefox's "Wi-Fi"; of 50 chunks one
                                                             is lost, which is our own figure
    ================  ============  ===========  ==========  ==================================

    WebPageTest's and Firefox's figures are what their tools throttle to, not measurements.

    Args:
        name: One of these names, in capitals or not.

    Raises:
        ValueError: If it is none of them.

    """
    for known, weather in PRESETS.items():
        if known.lower() == str(name).lower():
            return weather
    raise ValueError(f"there is no weather called {name!r}: take one of {', '.join(PRESETS)}")
