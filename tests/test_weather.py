"""Weather: which figures can be, what they mean, and which names there are."""

from __future__ import annotations

from typing import Any

import pytest

from hellosockets.wire.weather import PRESETS, Weather, preset


@pytest.mark.parametrize(
    ("settings", "error", "text"),
    [
        ({"delay": -0.1}, ValueError, "delay must be 0 to 3600 seconds, got -0.1: to hold"),
        ({"delay": float("nan")}, ValueError, "delay must be 0 to 3600 seconds, got nan"),
        ({"delay": float("inf")}, ValueError, "delay must be 0 to 3600 seconds, got inf"),
        ({"delay": "1"}, TypeError, "delay must be a number (seconds), got str"),
        ({"delay": True}, TypeError, "delay must be a number (seconds), got bool"),
        (
            {"throttle": 0},
            ValueError,
            "throttle must be 1 or more bytes per second, got 0: to stop",
        ),
        ({"throttle": (1, 0)}, ValueError, "throttle must be 1 or more bytes per second, got 0"),
        ({"throttle": (1, 2, 3)}, ValueError, "throttle must be one number or a pair"),
        ({"throttle": 1.5}, TypeError, "throttle must be a whole number of bytes per second"),
        ({"split": 0}, ValueError, "split must be 1 or more bytes, got 0: to leave chunks"),
        ({"split": True}, TypeError, "split must be a whole number of bytes or None, got bool"),
        ({"loss": 1.1}, ValueError, "loss must be a chance from 0 to 1, got 1.1"),
        ({"loss": None}, TypeError, "loss must be a number (a chance), got NoneType"),
    ],
)
def test_what_cannot_be(settings: dict[str, Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error) as raised:
        Weather(**settings)
    assert text in str(raised.value)


def test_a_pair_is_the_clients_rate_and_the_servers() -> None:
    weather = Weather(throttle=(1000, None))
    assert (weather.rate("client"), weather.rate("server")) == (1000, None)
    assert Weather(throttle=7).rate("server") == 7
    assert Weather().rate("client") is None


def test_names() -> None:
    assert preset("3g") is PRESETS["3G"]
    assert preset("3G").delay == 0.15  # half of WebPageTest's 300 ms
    assert preset("3G").rate("server") == 1_600_000 // 8
    assert preset("LOSSY wi-fi").loss > 0
    assert preset("clear") == Weather()
    with pytest.raises(
        ValueError, match="no weather called '5G': take one of clear, fast, LTE, 3G"
    ):
        preset("5G")


def test_the_table_has_every_name_and_its_figures() -> None:
    assert preset.__doc__ is not None
    rows = {
        cells[0].strip("`"): cells
        for line in preset.__doc__.splitlines()
        if line.strip().startswith("``")
        for cells in [[cell.strip() for cell in line.strip().split("  ") if cell]]
    }
    assert set(rows) == set(PRESETS)

    def bits(text: str) -> int | None:
        if text == "unlimited":
            return None
        number, unit = text.split()
        return int(float(number) * {"Mbit/s": 125_000, "kbit/s": 125}[unit])

    for name, weather in PRESETS.items():
        _, client, server, there_and_back, *_ = rows[name]
        assert (weather.rate("client"), weather.rate("server")) == (bits(client), bits(server))
        assert round(weather.delay * 2000) == int(there_and_back.split()[0])
