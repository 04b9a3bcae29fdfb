"""Masking, byte by byte: the XOR of RFC 6455 §5.3 as columns to look at."""

from __future__ import annotations

from dataclasses import dataclass

from . import picture
from .frames import apply_mask

__all__ = ["MaskColumn", "draw_columns", "mask_columns"]


@dataclass(frozen=True, slots=True)
class MaskColumn:
    """
    One byte of a masked payload.

    Attributes:
        index: Its place in the payload, counted from 0.
        wire: The byte that crosses the wire.
        key: The byte of the key that it is XORed with: that at ``index % 4``.
        plain: The byte without the mask.
        mark: The sign of that byte of the key, one of ``picture.KEY_MARKS``.

    """

    index: int
    wire: int
    key: int
    plain: int
    mark: str

    @property
    def character(self) -> str:
        """The plain byte as a character: ``"␣"`` for a space, ``"·"`` where it has none."""
        return picture.character(self.plain)


def mask_columns(plain: bytes, masking_key: bytes) -> tuple[MaskColumn, ...]:
    """
    Mask a payload, column by column.

    Args:
        plain: The payload, unmasked.
        masking_key: Exactly 4 bytes.

    Raises:
        ValueError: If ``masking_key`` isn't 4 bytes long.

    """
    wire = apply_mask(plain, masking_key)
    return tuple(
        MaskColumn(i, wire[i], masking_key[i % 4], byte, picture.KEY_MARKS[i % 4])
        for i, byte in enumerate(plain)
    )


def draw_columns(plain: bytes, masking_key: bytes) -> str:
    """Draw the columns, and the bits of the first one, for pages without a kernel."""
    columns = mask_columns(plain[: picture.BYTES_SHOWN], masking_key)
    if not columns:
        return picture.document("<p>The payload is empty: there is nothing to mask.</p>")
    first = columns[0]
    rows = [("on the wire", first.wire), (f"key {first.mark}", first.key), ("XOR", first.plain)]
    bits = picture.table(
        "Byte 0, bit by bit: where the two bits above are equal it is 0, where they differ 1",
        ("byte", "bits", "hex"),
        [
            ("", [name, f"{byte >> 4:04b} {byte & 15:04b}", f"{byte:02x}"], ())
            for name, byte in rows
        ],
        code=("bits", "hex"),
    )
    payload = bytes(column.wire for column in columns)
    hidden = len(plain) - len(columns)
    shown = plain[: len(columns)]
    return picture.document(picture.payload_table(masking_key, payload, shown, hidden), bits)
