"""The forge: any frame, legal or not. Where `build_frame` refuses, this one does as it is told.

Frames made here are for looking at, and for sending to a server that is to be tested: most servers
end the connection when they get an illegal one, as they should (RFC 6455 §7.1.7).
"""

from __future__ import annotations

import struct
from typing import Any, Literal

from .frames import Frame, apply_mask

__all__ = ["LENGTH_FORMS", "LengthForm", "flip_bit", "forge", "reforge"]

LengthForm = Literal[7, 16, 64]
LENGTH_FORMS: tuple[LengthForm, ...] = (7, 16, 64)
LARGEST: dict[LengthForm, int] = {7: 125, 16: 2**16 - 1, 64: 2**64 - 1}


def forge(
    payload: str | bytes = b"",
    opcode: int = 1,
    *,
    fin: bool = True,
    rsv1: bool = False,
    rsv2: bool = False,
    rsv3: bool = False,
    masking_key: bytes | None = None,
    length_form: LengthForm | None = None,
    length: int | None = None,
) -> bytes:
    """
    Build the bytes of any frame, whatever RFC 6455 says of it.

    Args:
        payload: Text, sent as UTF-8, or bytes; not masked.
        opcode: 0 to 15, reserved ones too.
        fin: The FIN bit.
        rsv1: The RSV1 bit; the payload is sent as it is, deflated or not.
        rsv2: The RSV2 bit.
        rsv3: The RSV3 bit.
        masking_key: 4 bytes, or None for a frame that isn't masked.
        length_form: In how many bits the length is written: 7, 16 or 64; None for the fewest that
            hold it. Longer than needed is illegal, and possible.
        length: What the header says of the payload's length; None for the truth.

    Returns:
        The frame as it crosses the wire.

    Raises:
        ValueError: If what is asked for has no bytes: an opcode over 15, a key that isn't 4 bytes
            long, or a length that doesn't fit into its form.

    """
    if not 0 <= opcode <= 15:
        raise ValueError(f"an opcode has 4 bits: 0 to 15, got {opcode}")
    data = payload.encode("utf-8", "surrogatepass") if isinstance(payload, str) else bytes(payload)
    says = len(data) if length is None else length
    form = _shortest(says) if length_form is None else length_form
    if form not in LENGTH_FORMS:
        raise ValueError(f"a length is written in 7, 16 or 64 bits, got {form}")
    if not 0 <= says <= LARGEST[form]:
        raise ValueError(f"{form} bits hold a length of 0 to {LARGEST[form]:,}, got {says:,}")
    first = fin << 7 | rsv1 << 6 | rsv2 << 5 | rsv3 << 4 | opcode
    mask_bit = 0 if masking_key is None else 0b1000_0000
    if form == 7:
        header = struct.pack("!BB", first, mask_bit | says)
    elif form == 16:
        header = struct.pack("!BBH", first, mask_bit | 126, says)
    else:
        header = struct.pack("!BBQ", first, mask_bit | 127, says)
    if masking_key is None:
        return header + data
    return header + masking_key + apply_mask(data, masking_key)


def reforge(frame: Frame, **changes: Any) -> bytes:
    """
    Take a frame apart, and build it again with changes.

    Args:
        frame: The frame; everything after its header counts as its payload.
        changes: Arguments of `forge`; what isn't named stays. A length form that is too short for
            a new payload grows.

    Raises:
        ValueError: As `forge` does.
        TypeError: If a change is none of `forge`'s arguments.

    """
    key = frame.masking_key
    whole_key = key if key is not None and len(key) == 4 else None
    rest = frame.raw[frame.header_size :]
    payload = rest if whole_key is None else apply_mask(rest, whole_key)
    pieces: dict[str, Any] = {
        "payload": payload,
        "opcode": int(frame.opcode),
        "fin": frame.fin,
        "rsv1": frame.rsv1,
        "rsv2": frame.rsv2,
        "rsv3": frame.rsv3,
        "masking_key": whole_key,
        "length_form": frame.length_size,
        "length": None,
    }
    if "length_form" not in changes:
        data = changes.get("payload", payload)
        size = len(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data)
        says = changes.get("length")
        if (size if says is None else says) > LARGEST[pieces["length_form"]]:
            pieces["length_form"] = None
    return forge(**pieces | changes)


def flip_bit(raw: bytes, bit: int) -> bytes:
    """
    Flip one bit.

    Args:
        raw: The bytes.
        bit: Its number, counted from the first byte's most significant bit, as the RFC counts.

    Raises:
        ValueError: If there is no such bit.

    """
    if not 0 <= bit < 8 * len(raw):
        raise ValueError(f"there are bits 0 to {8 * len(raw) - 1}, got {bit}")
    changed = bytearray(raw)
    changed[bit // 8] ^= 0b1000_0000 >> bit % 8
    return bytes(changed)


def _shortest(length: int) -> LengthForm:
    return next((form for form in LENGTH_FORMS if length <= LARGEST[form]), 64)
