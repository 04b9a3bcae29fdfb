"""Frame headers: read one, cut anywhere (RFC 6455 §5.2)."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from websockets.frames import Opcode

from ..frames import Frame, build_frame
from .engine import Exercise
from .grading import Call, Mistake, Vectors, expecting

__all__ = ["EXERCISES"]

KEY = bytes.fromhex("37fa213d")  # RFC 6455 §5.7
MASKED_HELLO = bytes.fromhex("818537fa213d7f9f4d5158")
HELLO = b"\x81\x05Hello"

_chance = random.Random(6455)


class Header(NamedTuple):
    """What a header says (RFC 6455 §5.2): see `parse_header`."""

    fin: int
    opcode: int
    masked: int
    payload_length: int
    header_size: int


def parse_header(data: bytes) -> tuple[int, int, int, int, int] | None:
    """
    Return (fin, opcode, masked, payload_length, header_size), or None to ask for more bytes.

    This is the judge of exercise 3B: what the dissector itself reads.

    """
    frame = Frame(data)
    if len(data) < frame.header_size:
        return None
    return frame.fin, int(frame.opcode), frame.masked, frame.payload_length, frame.header_size


# What a mistake makes of some items of a header.
Change = Callable[[bytes, Header], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Misreading(Mistake):
    """A mistake in some items of the tuple. The others may be right, or wrong in their own way."""

    def explains(self, made: Call, arguments: Sequence[Any], run: Any = None) -> bool:
        """Tell whether the items that this mistake spoils are those that ``made`` has."""
        right, wrong = parse_header(*arguments), self.wrong(*arguments)
        if not isinstance(made.value, tuple) or not (right and isinstance(wrong, tuple)):
            return False
        if len(made.value) != len(right):
            return False
        spoiled = [(a, b) for a, b, c in zip(made.value, wrong, right, strict=True) if b != c]
        return bool(spoiled) and all(a == b for a, b in spoiled)


def _misreading(sentence: str, change: Change) -> Misreading:
    """Make the mistake of reading a header rightly but for what ``change`` returns."""

    def parse(data: bytes) -> tuple[object, ...] | None:
        right = parse_header(data)
        if right is None:
            return None
        header = Header(*right)
        return tuple(header._replace(**change(data, header)))

    return Misreading(sentence, parse)


def _extended(data: bytes, header: Header) -> bytes:
    """Return the bytes that carry the length after 126 or 127."""
    return data[2 : header.header_size - 4 * header.masked]


def _take_7_bits_for_the_length(data: bytes, header: Header) -> dict[str, int]:
    return {"payload_length": data[1] & 0b0111_1111, "header_size": 2 + 4 * header.masked}


def _read_little_endian(data: bytes, header: Header) -> dict[str, int]:
    extended = _extended(data, header)
    return {"payload_length": int.from_bytes(extended, "little")} if extended else {}


def _leave_a_slice(data: bytes, header: Header) -> dict[str, bytes]:
    extended = _extended(data, header)
    return {"payload_length": extended} if extended else {}


def _stop_the_slice_early(data: bytes, header: Header) -> dict[str, int]:
    extended = _extended(data, header)
    return {"payload_length": int.from_bytes(extended[:-1], "big")} if extended else {}


def _add_the_bytes(data: bytes, header: Header) -> dict[str, int]:
    extended = _extended(data, header)
    return {"payload_length": sum(extended)} if len(extended) == 2 else {}


def _read_127_as(size: int, header_size: int) -> Change:
    """Make a change that reads ``size`` of the 8 bytes, for a header of ``header_size`` bytes."""

    def change(data: bytes, header: Header) -> dict[str, int]:
        if data[1] & 0b0111_1111 != 127:
            return {}
        return {
            "payload_length": int.from_bytes(data[2 : 2 + size], "big"),
            "header_size": header_size + 4 * header.masked,
        }

    return change


def _length_looks_like_127(data: bytes, header: Header) -> bool:
    return data[1] & 0b0111_1111 == 126 and header.payload_length == 127


def _read_the_length_twice(start: int, header_size: int) -> Change:
    """Make a change that takes the length 127 for the signal, and reads 8 bytes more."""

    def change(data: bytes, header: Header) -> dict[str, int]:
        if not _length_looks_like_127(data, header):
            return {}
        return {
            "payload_length": int.from_bytes(data[start : start + 8], "big"),
            "header_size": header_size + 4 * header.masked,
        }

    return change


def _wait_for_a_second_length(data: bytes) -> object:
    right = parse_header(data)
    return None if right and _length_looks_like_127(data, Header(*right)) else right


def _unpack_a_second_length(data: bytes) -> object:
    right = parse_header(data)
    if right and _length_looks_like_127(data, Header(*right)):
        return struct.unpack("!Q", data[2:10])
    return right


def _return_what_is_there(data: bytes) -> object:
    if len(data) < 2:
        return None
    frame = Frame(data)
    length = data[1] & 0b0111_1111
    if length > 125:
        length = int.from_bytes(data[2 : 2 + frame.length_size // 8], "big")
    return frame.fin, int(frame.opcode), frame.masked, length, frame.header_size


def _wait_for_the_payload(data: bytes) -> object:
    right = parse_header(data)
    return right if right and len(data) >= right[3] + right[4] else None


def _index_what_is_not_there(data: bytes) -> object:
    return data[1], parse_header(data)


def _unpack_what_is_not_there(data: bytes) -> object:
    size = {126: 2, 127: 8}.get(data[1] & 0b0111_1111, 0) if len(data) > 1 else 0
    return struct.unpack("!BB", data[:2]), struct.unpack(f"!{size}s", data[2 : 2 + size])


def _headers() -> list[bytes]:
    whole = [MASKED_HELLO, HELLO]
    # 300 is 01 2c: it comes before the lengths that look alike however their bytes are read.
    for size in (0, 1, 125, 300, 127, 126, 128, 255, 256, 65535, 65536, 65537):
        for key in (None, KEY):
            frame = build_frame(bytes(size), Opcode.BINARY, masking_key=key)
            whole.append(frame[: Frame(frame).header_size + 3])
    whole += [
        bytes.fromhex("01 03 48 65 6c"),  # RFC 6455 §5.7: "Hel", more follow
        bytes.fromhex("80 02 6c 6f"),  # the last fragment, "lo"
        bytes.fromhex("89 05 48 65 6c 6c 6f"),  # ping
        bytes.fromhex("8a 85 37 fa 21 3d 7f 9f 4d 51 58"),  # masked pong
        bytes.fromhex("c1 07 f2 48 cd c9 c9 07 00"),  # RFC 7692 §7.2.3.1: RSV1
        bytes.fromhex("82 7f 00 00 00 01 00 00 00 02"),  # 4,294,967,298 bytes announced
    ]
    # TCP cuts anywhere: each start of each header, the whole header without payload included.
    starts = [frame[:size] for frame in whole for size in range(Frame(frame).header_size + 1)]
    return [*whole, *dict.fromkeys(starts)]


HEADERS = _headers()

ASK_FOR_MORE = (
    "Bytes come in any portion: look at `len(data)` first, and return None to ask for more."
)

WRITE_ELIF = (
    "The length is 127 there, and the next `if` takes it for the signal 127: write `elif`, so that "
    "only one of the two runs."
)

FIN_IS_ONE_BIT = "fin is one bit: shift it down (`data[0] >> 7`) or compare it with 0."

MASK_IS_ONE_BIT = "masked is one bit: shift it down (`data[1] >> 7`) or compare it with 0."

BIT_AS_TEXT = (
    'A digit of that text is a str: compare it with "1", or take the bit out of the number, `>> 7`.'
)

READ_ALL_8 = "After 127, all 8 bytes carry the length: `data[2:10]`."

PARSE_HEADER = Vectors(
    "parse_header",
    [(data,) for data in HEADERS],
    expecting(
        parse_header,
        tuple,
        items=Header._fields,
        too_early="expected None: the header isn't whole yet.",
        too_late="gave None, but the header is whole:",
    ),
    [
        # Mistakes in several items come first: one item alone may look like another mistake.
        _misreading(
            "fin and masked are one bit each: shift them down (`>> 7`) or compare them with 0.",
            lambda data, header: {"fin": 128 * header.fin, "masked": 128 * header.masked},
        ),
        _misreading(
            "payload_length comes before header_size in the tuple.",
            lambda data, header: {
                "payload_length": header.header_size,
                "header_size": header.payload_length,
            },
        ),
        _misreading(
            "126 and 127 aren't lengths: they say that the length stands in the next 2 or 8 bytes.",
            _take_7_bits_for_the_length,
        ),
        _misreading(
            "127 says that 8 bytes carry the length; that reads 2 of them.", _read_127_as(2, 4)
        ),
        _misreading(
            "127 says that 8 bytes carry the length; that reads 4 of them.", _read_127_as(4, 6)
        ),
        _misreading(WRITE_ELIF, _read_the_length_twice(2, 10)),
        _misreading(WRITE_ELIF, _read_the_length_twice(2, 12)),
        _misreading(WRITE_ELIF, _read_the_length_twice(4, 12)),
        # From here on, mistakes in one item.
        _misreading(FIN_IS_ONE_BIT, lambda data, header: {"fin": 128 * header.fin}),
        _misreading(FIN_IS_ONE_BIT, lambda data, header: {"fin": data[0]}),
        _misreading(MASK_IS_ONE_BIT, lambda data, header: {"masked": 128 * header.masked}),
        _misreading(MASK_IS_ONE_BIT, lambda data, header: {"masked": data[1]}),
        _misreading(BIT_AS_TEXT, lambda data, header: {"fin": str(int(header.fin))}),
        _misreading(BIT_AS_TEXT, lambda data, header: {"masked": str(int(header.masked))}),
        _misreading(
            "FIN is the first bit of byte 0, counted from the left: `data[0] >> 7`.",
            lambda data, header: {"fin": not header.fin},
        ),
        _misreading(
            "MASK is the first bit of byte 1, counted from the left: `data[1] >> 7`.",
            lambda data, header: {"masked": not header.masked},
        ),
        _misreading(
            "The opcode is the low 4 bits of byte 0, and FIN is still in it: `& 0b0000_1111`.",
            lambda data, header: {"opcode": data[0]},
        ),
        _misreading(
            "The opcode is the low 4 bits of byte 0, and RSV1 is still in it: `& 0b0000_1111`.",
            lambda data, header: {"opcode": data[0] & 0b0111_1111},
        ),
        _misreading(
            "Those are the high 4 bits of byte 0; the opcode is the low 4: `& 0b0000_1111`.",
            lambda data, header: {"opcode": data[0] >> 4},
        ),
        _misreading(
            "The MASK bit is still in the length: take the low 7 bits, `& 0b0111_1111`.",
            lambda data, header: {"payload_length": data[1]} if header.masked else {},
        ),
        _misreading(
            "A masked frame's header ends after its masking key: 4 bytes more.",
            lambda data, header: {"header_size": header.header_size - 4 * header.masked},
        ),
        _misreading(
            "There is a masking key only if the MASK bit is 1.",
            lambda data, header: {"header_size": header.header_size + 4 * (not header.masked)},
        ),
        _misreading(
            'That is a slice, and still bytes: `int.from_bytes(..., "big")` makes a number of it.',
            _leave_a_slice,
        ),
        _misreading(
            'The length is read backwards; the network sends the high byte first: "big".',
            _read_little_endian,
        ),
        _misreading(
            "A slice ends before its second number: `data[2:4]` is bytes 2 and 3, `data[2:10]` is "
            "bytes 2 to 9.",
            _stop_the_slice_early,
        ),
        _misreading(
            "The two bytes are one number, in which the first counts 256 times: "
            '`int.from_bytes(data[2:4], "big")`.',
            _add_the_bytes,
        ),
        *[_misreading(READ_ALL_8, _read_127_as(size, 10)) for size in range(1, 7)],
        Mistake(WRITE_ELIF, _wait_for_a_second_length),
        Mistake(WRITE_ELIF, _unpack_a_second_length),
        _misreading(
            "The bytes that carry the length belong to the header too.",
            lambda data, header: {"header_size": 2 + 4 * header.masked},
        ),
        Mistake(
            "A header can be read before its payload is there: `header_size` bytes are enough.",
            _wait_for_the_payload,
        ),
        Mistake(
            "The right items, in a list: `return fin, opcode, ...` without brackets is a tuple.",
            lambda data: None if (right := parse_header(data)) is None else [*right],
        ),
        Mistake(ASK_FOR_MORE, _index_what_is_not_there),
        Mistake(ASK_FOR_MORE, _unpack_what_is_not_there),
        Mistake(
            "Once the size of the header is known, key included, compare it with `len(data)`; with "
            "fewer bytes, return None to ask for more.",
            _return_what_is_there,
        ),
    ],
)


EXERCISES = [
    Exercise(
        name="3B",
        title="read a header",
        task="Write `parse_header(data)`: five facts of a frame's header, or None to ask for more.",
        answer="parse_header",
        stub='''\
def parse_header(data):
    """Return (fin, opcode, masked, payload_length, header_size).

    Return None when more bytes are needed to read the whole header.
    """
    ...
''',
        hints=(
            "How many bytes are needed before the length of the header itself is known?",
            "RFC 6455 §5.2: byte 0 has FIN and the opcode, byte 1 has MASK and 7 bits of length. "
            "126 says that 2 more bytes carry the length, 127 says 8; then come 4 bytes of key if "
            "MASK is 1.",
            '`int.from_bytes(data[2:4], "big")` reads the 2 bytes; once the size is known: '
            "`if len(data) < size: return None`",
        ),
        solution="""\
def parse_header(data):
    if len(data) < 2:
        return None
    fin = data[0] >> 7 == 1
    opcode = data[0] & 0b0000_1111
    masked = data[1] >> 7 == 1
    length, size = data[1] & 0b0111_1111, 2
    if length == 126:
        length, size = int.from_bytes(data[2:4], "big"), 4
    elif length == 127:
        length, size = int.from_bytes(data[2:10], "big"), 10
    if masked:
        size += 4
    if len(data) < size:
        return None
    return fin, opcode, masked, length, size
""",
        reached=f"`parse_header` is right for {len(HEADERS)} headers, whole and cut anywhere.",
        grade=PARSE_HEADER.grade,
    ),
]
