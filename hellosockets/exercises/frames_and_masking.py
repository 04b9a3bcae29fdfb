"""Frames: take the mask off, read a header, forge a frame that a server must refuse."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from typing import Any, NamedTuple

from websockets.frames import Opcode

from ..frames import Frame, apply_mask, build_frame
from .engine import Exercise
from .grading import Mistake, Vectors, expecting, kind, show

__all__ = ["EXERCISES"]

KEY = bytes.fromhex("37fa213d")  # RFC 6455 §5.7
MASKED_HELLO = bytes.fromhex("818537fa213d7f9f4d5158")
HELLO = b"\x81\x05Hello"

_chance = random.Random(6455)


# 3A

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


UNMASK = Vectors(
    "unmask",
    PAYLOADS,
    expecting(apply_mask, bytes),
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
            "If that index goes into the key: it has 4 bytes and starts again, `i % 4`.",
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
        Mistake(
            "The right letters, but a payload may be anything: return bytes, undecoded.",
            lambda payload, key: apply_mask(payload, key).decode("utf-8", "replace"),
        ),
        Mistake(
            "The right numbers; `bytes(...)` around the list makes bytes of them.",
            lambda payload, key: list(apply_mask(payload, key)),
        ),
        Mistake(
            "The right bytes; `bytes(...)` around them makes them unchangeable, as expected.",
            lambda payload, key: bytearray(apply_mask(payload, key)),
        ),
    ],
)


# 3B


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


def _misread(change: Callable[[bytes, Header], dict[str, int]]) -> Callable[[bytes], object]:
    """Make a function that reads a header rightly but for what ``change`` returns."""

    def parse(data: bytes) -> tuple[int, ...] | None:
        right = parse_header(data)
        if right is None:
            return None
        header = Header(*right)
        return tuple(header._replace(**change(data, header)))

    return parse


def _take_7_bits_for_the_length(data: bytes, header: Header) -> dict[str, int]:
    return {"payload_length": data[1] & 0b0111_1111, "header_size": 2 + 4 * header.masked}


def _read_little_endian(data: bytes, header: Header) -> dict[str, int]:
    extended = data[2 : header.header_size - 4 * header.masked]
    return {"payload_length": int.from_bytes(extended, "little")} if extended else {}


def _read_127_as_4_bytes(data: bytes, header: Header) -> dict[str, int]:
    if data[1] & 0b0111_1111 != 127:
        return {}
    return {
        "payload_length": int.from_bytes(data[2:6], "big"),
        "header_size": 6 + 4 * header.masked,
    }


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
    for size in (0, 1, 125, 127, 126, 128, 255, 256, 65535, 65536, 65537):
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

PARSE_HEADER = Vectors(
    "parse_header",
    [(data,) for data in HEADERS],
    expecting(
        parse_header, tuple, too_early="expected None: the header isn't whole, ask for more bytes."
    ),
    [
        Mistake(
            "fin and masked are one bit each: shift them down (`>> 7`) or compare them with 0.",
            _misread(lambda data, header: {"fin": 128 * header.fin, "masked": 128 * header.masked}),
        ),
        Mistake(
            "fin is one bit: shift it down (`data[0] >> 7`) or compare it with 0.",
            _misread(lambda data, header: {"fin": 128 * header.fin}),
        ),
        Mistake(
            "masked is one bit: shift it down (`data[1] >> 7`) or compare it with 0.",
            _misread(lambda data, header: {"masked": 128 * header.masked}),
        ),
        Mistake(
            "The opcode is the low 4 bits of byte 0; the FIN bit is still in it.",
            _misread(lambda data, header: {"opcode": data[0]}),
        ),
        Mistake(
            "The opcode is the low 4 bits of byte 0; RSV1 is still in it: `& 0b0000_1111`.",
            _misread(lambda data, header: {"opcode": data[0] & 0b0111_1111}),
        ),
        Mistake(
            "The MASK bit is still in the length: take the low 7 bits, `& 0b0111_1111`.",
            _misread(lambda data, header: {"payload_length": data[1]}),
        ),
        Mistake(
            "A masked frame's header ends after its masking key: 4 bytes more.",
            _misread(lambda data, header: {"header_size": header.header_size - 4 * header.masked}),
        ),
        Mistake(
            "There is a masking key only if the MASK bit is 1.",
            _misread(
                lambda data, header: {"header_size": header.header_size + 4 * (not header.masked)}
            ),
        ),
        Mistake(
            "126 and 127 aren't lengths: they say that the length stands in the next 2 or 8 bytes.",
            _misread(_take_7_bits_for_the_length),
        ),
        Mistake(
            "The length is right; the bytes that carry it belong to the header too.",
            _misread(lambda data, header: {"header_size": 2 + 4 * header.masked}),
        ),
        Mistake(
            'The length is read backwards; the network sends the high byte first: "big".',
            _misread(_read_little_endian),
        ),
        Mistake(
            "127 says that 8 bytes carry the length; that reads 4 of them.",
            _misread(_read_127_as_4_bytes),
        ),
        Mistake(
            "A header can be read before its payload is there: `header_size` bytes are enough.",
            _wait_for_the_payload,
        ),
        Mistake(
            ASK_FOR_MORE,
            _index_what_is_not_there,
        ),
        Mistake(
            ASK_FOR_MORE,
            _unpack_what_is_not_there,
        ),
    ],
)


# 3C


def _grade_bad_frame(answer: object) -> str | None:
    if isinstance(answer, str):
        return "`bad_frame` is a str; `bytes.fromhex(...)` makes bytes of hex digits."
    if isinstance(answer, Frame):
        return "`bad_frame` is a Frame; its bytes are in its attribute `raw`."
    if not isinstance(answer, bytes):
        return f"`bad_frame` is {kind(answer)}; `bytes(...)` makes bytes of numbers."
    frame = Frame(answer, "client")
    end = frame.header_size + frame.payload_length
    if frame.missing:
        return f"{show(answer)} isn't a whole frame. Missing bytes: {frame.missing:,}."
    if len(answer) > end:
        return f"{show(answer)} is more than one frame: the first one ends after {end:,} bytes."
    if not frame.masked:
        return (
            f"{show(answer)} would be refused, but for want of a mask: "
            "the payload has to be the masked Hello."
        )
    if frame.unmasked != b"Hello":
        return f"{show(answer)} unmasks to {show(frame.unmasked)}; the payload has to be Hello."
    if _is_refused(frame):
        return None
    if not frame.fin:
        return f"{show(answer)} is legal: FIN 0 says that more fragments of the message follow."
    return (
        f"{show(answer)} is a legal {frame.opcode_name} frame: "
        "which bits of byte 0 must a client leave alone, and which opcodes mean nothing?"
    )


def _is_refused(frame: Frame) -> bool:
    # RSV1 needs permessage-deflate (RFC 7692 §6), a continuation needs a start (RFC 6455 §5.4):
    # the first frame of a connection without extensions has neither.
    codes = {verdict.rule.close_code for verdict in frame.verdicts}
    return 1002 in codes or frame.rsv1 or frame.opcode == Opcode.CONT


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
    Exercise(
        name="3C",
        title="a frame to refuse",
        task="Put in `bad_frame` one frame with the masked Hello that a server must refuse "
        "with 1002.",
        answer="bad_frame",
        stub="bad_frame = ...",
        hints=(
            "Which bits of the header promise that they are 0, and which opcodes are reserved?",
            "Byte 0, from the left: FIN, RSV1, RSV2, RSV3, then 4 bits of opcode. Start from "
            "`81 85 37 fa 21 3d 7f 9f 4d 51 58` and change one bit.",
            "`0xa1` in place of `0x81` sets RSV2.",
        ),
        solution='bad_frame = bytes.fromhex("a1 85 37 fa 21 3d 7f 9f 4d 51 58")  # RSV2 is 1',
        reached="a server has to close the connection with 1002, protocol error.",
        grade=_grade_bad_frame,
    ),
]
