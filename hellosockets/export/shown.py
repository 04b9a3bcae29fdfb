"""What an error shows of a wrong value: in JSON's words, on one line, and never too much."""

from __future__ import annotations

import json

__all__ = ["shown"]

MOST_SHOWN = 60  # characters


def shown(value: object) -> str:
    """Describe a value that was read from a file, however long or deep it is."""
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, str):
        text = json.dumps(value[:MOST_SHOWN])
    elif isinstance(value, int) and abs(value) >= 10**MOST_SHOWN:
        return "a number too long to show"
    elif value is None or isinstance(value, bool | int | float):
        text = json.dumps(value)
    else:
        return f"a {type(value).__name__}"
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"
