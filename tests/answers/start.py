"""Known wrong answers of lesson 00, and the sentence that each earns, word for word."""

from __future__ import annotations

from . import changed

ENCODE = """\
def encode_push(join_ref, ref, topic, event, data):
    strings = [text.encode() for text in (join_ref, ref, topic, event)]
    return bytes([0, *map(len, strings)]) + b"".join(strings) + data
"""


def encode(*changes: tuple[str, str]) -> str:
    return changed(ENCODE, changes)


KNOWN_WRONG: list[tuple[str, str, str]] = [
    (
        "0A",
        "size_in_bytes = len('héllo')",
        "0A not yet: `size_in_bytes` is 5. That counts the characters; a WebSocket carries "
        "bytes, and é takes more than one.",
    ),
    (
        "0A",
        "size_in_bytes = len('héllo'.encode('utf-16-le'))",
        "0A not yet: `size_in_bytes` is 10. That is UTF-16, two bytes for each of these "
        "characters; a WebSocket's text is UTF-8.",
    ),
    (
        "0A",
        "size_in_bytes = len('héllo'.encode('utf-16'))",
        "0A not yet: `size_in_bytes` is 12. That is UTF-16 with its byte order mark; a "
        "WebSocket's text is UTF-8, without a mark.",
    ),
    (
        "0A",
        "size_in_bytes = 4 * len('héllo')",
        "0A not yet: `size_in_bytes` is 20. That is UTF-32, four bytes for each character; a "
        "WebSocket's text is UTF-8.",
    ),
    (
        "0A",
        "size_in_bytes = 8 * len('héllo'.encode())",
        "0A not yet: `size_in_bytes` is 48. That counts the bits; a byte has 8 of them.",
    ),
    (
        "0A",
        "size_in_bytes = 2 + len('héllo'.encode())",
        "0A not yet: `size_in_bytes` is 8. That is the length of the whole unmasked frame; the "
        "payload alone is 2 bytes shorter.",
    ),
    (
        "0A",
        "size_in_bytes = 'héllo'.encode()",
        "0A not yet: `size_in_bytes` holds the bytes themselves; `len(...)` counts them.",
    ),
    (
        "0A",
        "size_in_bytes = '6'",
        "0A not yet: `size_in_bytes` is '6', a str; put a whole number there, an int, without "
        "quotes.",
    ),
    (
        "0A",
        "size_in_bytes = 6.0",
        "0A not yet: `size_in_bytes` is 6.0, a float; put a whole number there, an int.",
    ),
    (
        "0A",
        "size_in_bytes = True",
        "0A not yet: `size_in_bytes` is True, a bool; put a whole number there, an int.",
    ),
    (
        "0A",
        "size_in_bytes = 7",
        "0A not yet: `size_in_bytes` is 7. Let Python count: `encode()` gives the bytes of a "
        "text, `len()` says how many.",
    ),
    (
        "0A",
        "size_in_bytes = len",
        "0A not yet: `size_in_bytes` is a function; call it, and put the number that it "
        "returns there.",
    ),
]
