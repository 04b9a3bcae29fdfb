"""Masking: take the mask off a payload (RFC 6455 §5.3)."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from ..frames import apply_mask
from .engine import Exercise
from .grading import Mistake, Vectors, expecting

__all__ = ["EXERCISES"]

KEY = bytes.fromhex("37fa213d")  # RFC 6455 §5.7
MASKED_HELLO = bytes.fromhex("818537fa213d7f9f4d5158")

_chance = random.Random(6455)

PAYLOADS = [
    (MASKED_HELLO[6:], KEY),
    (b"", KEY),
    *[(_chance.randbytes(size), _chance.randbytes(4)) for size in range(1, 14)],
    (b"plain", bytes(4)),  # a key of zeros changes nothing
    *[(_chance.randbytes(size), _chance.randbytes(4)) for size in (125, 300, 1001)],
]


def _each(mix: Callable[[int, int], int], index: Callable[[int], int]) -> Callable[..., bytes]:
    """Make a function that mixes each byte with the key's byte at ``index(i)``."""

    def unmask(payload: bytes, key: bytes) -> bytes:
        return bytes(mix(byte, key[index(i)]) for i, byte in enumerate(payload))

    return unmask


def _xor(a: int, b: int) -> int:
    return a ^ b


def _reversed_key(payload: bytes, key: bytes) -> bytes:
    return apply_mask(payload, key[::-1])


def _change_in_place(payload: Any, key: bytes) -> bytes:
    payload[0] ^= key[0]
    return bytes(payload)


def _xor_bytes(payload: Any, key: bytes) -> object:
    return payload ^ key


def _xor_bytes_in_place(payload: Any, key: bytes) -> object:
    payload ^= key
    return payload


def _xor_bytes_with_a_number(payload: Any, key: bytes) -> object:
    return payload ^ key[0]


def _xor_a_number_with_bytes(payload: bytes, key: Any) -> object:
    return payload[0] ^ key


def _add_a_number_to_bytes(payload: bytes, key: bytes) -> object:
    return b"" + (payload[0] ^ key[0])  # type: ignore[operator]


def _add_a_number_to_text(payload: bytes, key: bytes) -> object:
    return "" + (payload[0] ^ key[0])  # type: ignore[operator]


def _take_a_byte_for_a_letter(payload: Any, key: bytes) -> object:
    return ord(payload[0])


def _make_bytes_of_letters(payload: Any, key: bytes) -> object:
    letters: Any = [chr(byte) for byte in apply_mask(payload, key)]
    return bytes(letters)


def _first(payload: bytes, key: bytes) -> int:
    return payload[0] ^ key[0]


def _as_bytes(value: object) -> str | None:
    """Say how to make bytes of what an `unmask` gave."""
    if isinstance(value, str):
        return (
            "A payload may be anything, not text alone: leave out `chr` or `decode`, put the "
            "numbers in a list, and return `bytes(...)` of that list."
        )
    if isinstance(value, list | tuple) and any(isinstance(item, str) for item in value):
        return "Leave out `chr`: `bytes(...)` around a list of numbers makes bytes of them."
    if isinstance(value, list | tuple | bytearray):
        return "`bytes(...)` around it makes bytes of its numbers."
    return None


ONE_BYTE_AT_A_TIME = (
    "`^` takes two numbers, and these are bytes: go byte by byte, `payload[i] ^ key[i % 4]`."
)

RETURN_AFTER_THE_LOOP = (
    "That is the first byte alone. `return` ends the function, so put it after the loop, not "
    "inside it."
)

ZEROS = "`bytes(72)` is 72 bytes of zeros; `bytes([72])` is one byte, the number 72."

COLLECT_NUMBERS = (
    "`+` joins no number to bytes or text: put the numbers in a list with `append`, and return "
    "`bytes(...)` of that list."
)

UNMASK = Vectors(
    "unmask",
    PAYLOADS,
    expecting(apply_mask, bytes, cure=_as_bytes),
    [
        Mistake(
            "That uses the key's first byte for all; byte i of the payload takes byte `i % 4`.",
            _each(_xor, lambda i: 0),
        ),
        Mistake(
            "That starts the key again after 3 bytes; it has 4: `i % 4`.",
            _each(_xor, lambda i: i % 3),
        ),
        Mistake(
            "That starts the key at the wrong byte: byte 0 of the payload takes byte 0 of the key.",
            _each(_xor, lambda i: (i + 1) % 4),
        ),
        Mistake(
            "The payload ends where the key does (`zip` stops there); start the key again: "
            "`key[i % 4]`.",
            lambda payload, key: apply_mask(payload[:4], key),
        ),
        Mistake(
            "Only the first 4 bytes are unmasked; the key starts again for each 4: `i % 4`.",
            lambda payload, key: apply_mask(payload[:4], key) + payload[4:],
        ),
        Mistake(
            "An index into the key goes from 0 to 3, `i % 4`; an index into the payload comes "
            "from `range(len(payload))`.",
            _each(_xor, lambda i: i),
        ),
        Mistake(
            "That adds the key; masking is XOR, which is `^` in Python.",
            _each(lambda a, b: (a + b) % 256, lambda i: i % 4),
        ),
        Mistake(
            "A sum can leave the range of a byte; masking is XOR, which is `^` in Python.",
            _each(lambda a, b: a + b, lambda i: i % 4),
        ),
        Mistake(
            "That subtracts the key; masking is XOR, which is `^` in Python.",
            _each(lambda a, b: (a - b) % 256, lambda i: i % 4),
        ),
        Mistake(
            "That is AND, `&`; masking is XOR, which is `^` in Python.",
            _each(lambda a, b: a & b, lambda i: i % 4),
        ),
        Mistake(
            "That is OR, `|`; masking is XOR, which is `^` in Python.",
            _each(lambda a, b: a | b, lambda i: i % 4),
        ),
        Mistake(
            "The key is reversed there; its bytes count in the order of the wire.", _reversed_key
        ),
        Mistake(
            "That is the payload as it came, still masked.",
            lambda payload, key: payload,
        ),
        Mistake(
            "Bytes can't be changed in place: collect the new ones, then `bytes(...)`.",
            _change_in_place,
        ),
        Mistake(ONE_BYTE_AT_A_TIME, _xor_bytes),
        Mistake(ONE_BYTE_AT_A_TIME, _xor_bytes_in_place),
        Mistake(
            "`^` takes two numbers, and `payload` is bytes: go byte by byte, `payload[i]`.",
            _xor_bytes_with_a_number,
        ),
        Mistake(
            "`^` takes two numbers, and `key` is four of them: take one, `key[i % 4]`.",
            _xor_a_number_with_bytes,
        ),
        Mistake(COLLECT_NUMBERS, _add_a_number_to_bytes),
        Mistake(COLLECT_NUMBERS, _add_a_number_to_text),
        Mistake(
            "A byte of `bytes` is a number already: leave out `ord`.", _take_a_byte_for_a_letter
        ),
        Mistake("`bytes(...)` takes numbers: leave out `chr`.", _make_bytes_of_letters),
        Mistake(RETURN_AFTER_THE_LOOP, _first),
        Mistake(RETURN_AFTER_THE_LOOP, lambda payload, key: bytes([_first(payload, key)])),
        Mistake(RETURN_AFTER_THE_LOOP, lambda payload, key: [_first(payload, key)]),
        Mistake(RETURN_AFTER_THE_LOOP, lambda payload, key: chr(_first(payload, key))),
        Mistake(ZEROS, lambda payload, key: bytes(_first(payload, key))),
        Mistake(ZEROS, lambda payload, key: bytes(sum(apply_mask(payload, key)))),
        Mistake(
            "That is Hello, whatever comes in: work it out from `payload` and `key`.",
            lambda payload, key: b"Hello",
        ),
    ],
)


EXERCISES = [
    Exercise(
        name="3A",
        title="take the mask off",
        task="Write `unmask(payload, key)`: the bytes of a masked payload without the mask.",
        answer="unmask",
        stub='''\
def unmask(payload, key):
    """Return the payload (bytes) without its mask; key is 4 bytes."""
    ...
''',
        hints=(
            "Which byte of the key goes with byte 5 of the payload?",
            "RFC 6455 §5.3: byte i of the payload is XORed with byte i modulo 4 of the key. "
            "XOR is `^` in Python.",
            "`bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))`",
        ),
        solution="""\
def unmask(payload, key):
    return bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))
""",
        reached=f"`unmask` is right for Hello and for {len(PAYLOADS) - 1} other payloads.",
        grade=UNMASK.grade,
    ),
]
