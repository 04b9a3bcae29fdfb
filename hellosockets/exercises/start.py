"""Warm-up: bytes are not characters."""

from __future__ import annotations

from .engine import Exercise
from .grading import kind, show

__all__ = ["EXERCISES", "TEXT"]

TEXT = "héllo"

WRONG_SIZES = {
    len(TEXT): "That counts the characters; a WebSocket carries bytes, and é takes more than one.",
    len(TEXT.encode("utf-16-le")): (
        "That is UTF-16, two bytes for each of these characters; a WebSocket's text is UTF-8."
    ),
    len(TEXT.encode("utf-16")): (
        "That is UTF-16 with its byte order mark; a WebSocket's text is UTF-8, without a mark."
    ),
    len(TEXT.encode("utf-32-le")): (
        "That is UTF-32, four bytes for each character; a WebSocket's text is UTF-8."
    ),
    8 * len(TEXT.encode()): "That counts the bits; a byte has 8 of them.",
    len(TEXT.encode()) + 2: (
        "That is the length of the whole unmasked frame; the payload alone is 2 bytes shorter."
    ),
}


def _grade_size(answer: object) -> str | None:
    name = "size_in_bytes"
    if answer == TEXT.encode():
        return f"`{name}` holds the bytes themselves; `len(...)` counts them."
    if callable(answer):
        return f"`{name}` is a function; call it, and put the number that it returns there."
    if isinstance(answer, str):
        return (
            f"`{name}` is {show(answer)}, a str; put a whole number there, an int, without quotes."
        )
    if type(answer) is not int:
        return f"`{name}` is {show(answer)}, {kind(answer)}; put a whole number there, an int."
    if answer == len(TEXT.encode()):
        return None
    about = "Let Python count: `encode()` gives the bytes of a text, `len()` says how many."
    return f"`{name}` is {show(answer)}. {WRONG_SIZES.get(answer, about)}"


EXERCISES = [
    Exercise(
        name="0A",
        title="characters and bytes",
        task="Put in `size_in_bytes` how many bytes the text 'héllo' takes in UTF-8.",
        answer="size_in_bytes",
        stub="size_in_bytes = ...",
        hints=(
            "How many letters has 'héllo', and which of them is not in ASCII?",
            "A str has the method `encode`; it gives the text's bytes, in UTF-8 unless told "
            "otherwise.",
            "`len(text)` counts characters; `len(text.encode())` counts bytes.",
        ),
        solution='size_in_bytes = len("héllo".encode())',
        reached="5 characters, 6 bytes: é takes two.",
        grade=_grade_size,
    )
]
