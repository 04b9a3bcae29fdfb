"""MaskMicroscope: the XOR of masking, one column a byte, step by step."""

from __future__ import annotations

import random
from typing import Any

import traitlets

from .. import picture
from ..frames import Frame, apply_mask
from ..masking import MaskColumn, draw_columns, mask_columns
from .base import Widget, styles
from .module import source
from .strings import MASK_MICROSCOPE as STRINGS

__all__ = ["MaskMicroscope"]

KEY = bytes.fromhex("37fa213d")  # RFC 6455 §5.7
COLUMNS_SHOWN = 64


class MaskMicroscope(Widget):
    """
    A payload under the microscope: masked byte, key byte, plain byte, one column each.

    The key can be changed: then the bytes on the wire change, and the text stays.

    Args:
        payload: What is masked: text, bytes, or a frame, whose payload and key are taken.
        masking_key: 4 bytes; by default a frame's own key, or the one of the RFC's example.
        chance: Where another key comes from, when the reader asks for one.

    Attributes:
        payload: The payload, unmasked.
        masking_key: The key, 4 bytes, as the reader has it now.

    Raises:
        ValueError: If the key isn't 4 bytes long.

    """

    _esm = source("mask_microscope")
    _css = styles("mask_microscope")
    _strings = traitlets.Dict(STRINGS).tag(sync=True)

    def __init__(
        self,
        payload: str | bytes | Frame,
        masking_key: bytes | None = None,
        *,
        chance: random.Random | None = None,
    ) -> None:
        if isinstance(payload, Frame):
            own = payload.masking_key
            masking_key = own if masking_key is None and own and len(own) == 4 else masking_key
            payload = payload.unmasked
        self.payload = payload.encode() if isinstance(payload, str) else bytes(payload)
        self.masking_key = KEY if masking_key is None else bytes(masking_key)
        apply_mask(b"", self.masking_key)  # says what is wrong with a key
        self._chance = chance or random.Random()
        super().__init__()

    @property
    def columns(self) -> tuple[MaskColumn, ...]:
        """The payload's bytes with those of the key, one column each."""
        return mask_columns(self.payload, self.masking_key)

    @property
    def masked(self) -> bytes:
        """The payload as it crosses the wire."""
        return apply_mask(self.payload, self.masking_key)

    def __repr__(self) -> str:
        size = len(self.payload)
        return f"MaskMicroscope({size:,} byte{'s' * (size != 1)}, key {self.masking_key.hex(' ')})"

    def _repr_html_(self) -> str:
        return draw_columns(self.payload, self.masking_key)

    def _heard(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "key":
                self._change(message["index"], message["text"])
            case "another":
                self.masking_key = self._chance.randbytes(4)
                self._tell()
            case "hello":
                self._tell()

    def _change(self, index: int, text: str) -> None:
        try:
            (byte,) = bytes.fromhex(text.strip())
        except ValueError:  # no hex, or not one byte of it
            self.send({"type": "bad", "text": STRINGS["bad_key"].replace("{text}", text[:20])})
            return
        key = bytearray(self.masking_key)
        key[index] = byte
        self.masking_key = bytes(key)
        self._tell()

    def _tell(self) -> None:
        columns = mask_columns(self.payload[:COLUMNS_SHOWN], self.masking_key)
        self.send(
            {
                "type": "columns",
                "key": [f"{byte:02x}" for byte in self.masking_key],
                "marks": list(picture.KEY_MARKS),
                "columns": [
                    {
                        "wire": f"{column.wire:02x}",
                        "key": f"{column.key:02x}",
                        "plain": f"{column.plain:02x}",
                        "character": column.character,
                    }
                    for column in columns
                ],
                "hidden": len(self.payload) - len(columns),
            }
        )
