"""Frames: the bytes of RFC 6455 §5, read one by one. Knows no I/O, no widgets.

A `Frame` is its bytes. Everything else (bits, key, payload, verdicts) is read off them when
somebody asks, so that cutting a stream into frames costs little more than finding where each ends.
"""

from __future__ import annotations

import codecs
import struct
from dataclasses import dataclass, field
from typing import Literal

from websockets.frames import CLOSE_CODE_EXPLANATIONS, CloseCode, Opcode

from . import picture, rules
from .rules import Verdict

__all__ = [
    "Field",
    "Frame",
    "FrameReader",
    "Speaker",
    "apply_mask",
    "build_frame",
    "preview",
]

Speaker = Literal["client", "server"]

# Looking a member up in its enum costs more than the comparison that it is wanted for.
CONT, TEXT, BINARY, CLOSE, PING, PONG = Opcode

OPCODE_NAMES: dict[int, str] = {
    CONT: "continuation",
    TEXT: "text",
    BINARY: "binary",
    CLOSE: "close",
    PING: "ping",
    PONG: "pong",
}

# What 4 bits can say: a member of ``Opcode``, or the bare number where it is reserved.
OPCODES = tuple(Opcode(value) if value in OPCODE_NAMES else value for value in range(16))

# The bits of the first byte, beside the opcode; and the first bit of the second.
FIN, RSV1, RSV2, RSV3 = 0b1000_0000, 0b0100_0000, 0b0010_0000, 0b0001_0000
MASK = 0b1000_0000

# The 7-bit payload length tells where the length itself stands (RFC 6455 §5.2).
LENGTH_IN_16_BITS = 126
LENGTH_IN_64_BITS = 127

# Where the length stands in 7 bits, the second byte says it all: payload length and header size.
SHORT_LAYOUTS = tuple(
    (byte & 0b0111_1111, 6 if byte & MASK else 2)
    if byte & 0b0111_1111 < LENGTH_IN_16_BITS
    else None
    for byte in range(256)
)

# RFC 6455 §7.4 and the IANA registry: what may stand in a close frame.
CLOSE_CODES_FOR_THE_WIRE = frozenset([*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)])


@dataclass(frozen=True, slots=True)
class Field:
    """
    One named run of bits in a frame (RFC 6455 §5.2).

    Attributes:
        name: The RFC's own word, e.g. ``"Masking-key"``.
        start: First bit, counted from the first bit of the frame.
        size: Length in bits.
        data: The bits as text: binary below 8 bits, hex bytes from there on.
        meaning: What they say, in a few plain words.

    """

    name: str
    start: int
    size: int
    data: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Frame:
    """
    One WebSocket frame exactly as it crossed the wire (RFC 6455 §5.2).

    Unlike :class:`websockets.frames.Frame`, it keeps what the library throws away after parsing:
    the masking key, the masked payload, the raw bytes. It also holds frames that the library
    refuses, and says what is wrong with them.

    Attributes:
        raw: The frame's bytes, header included; shorter than announced if the stream ended early
            or the reader let the payload pass; a frame made by hand may be longer, too.
        speaker: Who sent it, ``"client"`` or ``"server"``; None if unknown.
        time: Seconds since the recording began, when its last byte came; None if unknown.
        offset: Where its first byte stands in its speaker's stream, in bytes; None if unknown.
        skipped: True when the payload was longer than the reader keeps; ``raw`` is the header.
        inflated: The payload after unmasking and inflating (RFC 7692 §7.2.2); None where the
            frame isn't deflated, or where nobody has inflated it.
        context: Verdicts that only its place in the conversation earns it.

    """

    raw: bytes
    speaker: Speaker | None = None
    time: float | None = field(default=None, compare=False)
    offset: int | None = field(default=None, compare=False)
    skipped: bool = False
    inflated: bytes | None = field(default=None, compare=False)
    context: tuple[Verdict, ...] = ()

    @property
    def fin(self) -> bool:
        """FIN bit: False when more fragments of this message follow."""
        return bool(self._byte(0) & FIN)

    @property
    def rsv1(self) -> bool:
        """RSV1 bit: True on the first frame of a deflated message (RFC 7692 §6)."""
        return bool(self._byte(0) & RSV1)

    @property
    def rsv2(self) -> bool:
        """RSV2 bit; reserved."""
        return bool(self._byte(0) & RSV2)

    @property
    def rsv3(self) -> bool:
        """RSV3 bit; reserved."""
        return bool(self._byte(0) & RSV3)

    @property
    def opcode(self) -> int:
        """4-bit opcode; a member of ``Opcode`` unless reserved."""
        return OPCODES[self._byte(0) & 0b0000_1111]

    @property
    def opcode_name(self) -> str:
        """The opcode in the RFC's word, e.g. ``"text"``; ``"reserved 3"`` where it has none."""
        opcode = self.opcode
        return OPCODE_NAMES.get(opcode) or f"reserved {opcode}"

    @property
    def is_control(self) -> bool:
        """True for close, ping, pong and the reserved control opcodes (RFC 6455 §5.5)."""
        return bool(self.opcode & 0b1000)

    @property
    def masked(self) -> bool:
        """MASK bit: True when a masking key follows the length."""
        return bool(self._byte(1) & MASK)

    @property
    def length_size(self) -> int:
        """How many bits say the payload length: 7, 16 or 64."""
        return {LENGTH_IN_16_BITS: 16, LENGTH_IN_64_BITS: 64}.get(self._length_7, 7)

    @property
    def payload_length(self) -> int:
        """Payload length in bytes, as the header announces it."""
        return self._layout[0]

    @property
    def header_size(self) -> int:
        """Length of the header in bytes, masking key included: 2 to 14."""
        return self._layout[1]

    @property
    def masking_key(self) -> bytes | None:
        """4 bytes (fewer in a frame that was cut short), or None when the MASK bit is 0."""
        if not self.masked:
            return None
        end = self.header_size
        return self.raw[end - 4 : end]

    @property
    def payload(self) -> bytes:
        """Payload as sent: still masked, still deflated."""
        length, start = self._layout
        return self.raw[start : start + length]

    @property
    def unmasked(self) -> bytes:
        """Payload after removing the mask; still deflated if RSV1 is set."""
        return self.unmasked_start(len(self.raw))

    @property
    def data(self) -> bytes:
        """What the application gave or gets: the payload unmasked and, if need be, inflated."""
        return self.unmasked if self.inflated is None else self.inflated

    @property
    def size(self) -> int:
        """Length of `data` in bytes."""
        return len(self.payload) if self.inflated is None else len(self.inflated)

    def unmasked_start(self, size: int) -> bytes:
        """Return the first ``size`` bytes of the payload after removing the mask."""
        raw = self.raw
        length, header_size = self._layout
        start = raw[header_size : header_size + min(length, size)]
        if len(raw) < header_size or not raw[1] & MASK:
            return start
        return apply_mask(start, raw[header_size - 4 : header_size])

    @property
    def missing(self) -> int:
        """How many announced bytes ``raw`` lacks; 0 for a whole frame."""
        return max(0, sum(self._layout) - len(self.raw))

    @property
    def surplus(self) -> int:
        """How many bytes ``raw`` has after the announced end; none in what a reader cuts."""
        return max(0, len(self.raw) - sum(self._layout))

    @property
    def close_code(self) -> int | None:
        """The status code of a close frame (RFC 6455 §7.4); None if there is none."""
        data = self.unmasked_start(2)
        return struct.unpack("!H", data)[0] if self._is_close and len(data) == 2 else None

    @property
    def close_reason(self) -> str:
        """The reason of a close frame; bytes that aren't UTF-8 become U+FFFD."""
        return self.unmasked[2:].decode("utf-8", "replace") if self._is_close else ""

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Every rule that this frame breaks: by its own bits, by its speaker, by its place."""
        return (*self._verdicts(), *self.context)

    def _verdicts(self) -> list[Verdict]:
        # Asked of every frame, and nearly always for nothing: the header is read once.
        size = len(self.raw)
        first, second = self._byte(0), self._byte(1)
        length, header_size = self._layout
        found = []
        if first & RSV2:
            found.append(Verdict(rules.RESERVED_BIT, "RSV2 is 1"))
        if first & RSV3:
            found.append(Verdict(rules.RESERVED_BIT, "RSV3 is 1"))
        if (opcode := first & 0b1111) not in OPCODE_NAMES:
            found.append(Verdict(rules.RESERVED_OPCODE, f"the opcode is {opcode}"))
        if second & MASK:
            if self.speaker == "server":
                found.append(Verdict(rules.SERVER_DOES_NOT_MASK, "a frame of the server is masked"))
        elif self.speaker == "client" and size > 1:
            found.append(Verdict(rules.CLIENT_MASKS, "a frame of the client isn't masked"))
        if second & 0b0111_1111 >= LENGTH_IN_16_BITS:
            found += self._length_verdicts(length)
        if opcode & 0b1000:
            found += self._control_verdicts(length)
        elif first & (FIN | RSV1 | 0b1111) == FIN | TEXT and not self.skipped:
            found += self._text_verdicts()
        if self.skipped or size != header_size + length:
            found += self._size_verdicts(length)
        return found

    def _length_verdicts(self, length: int) -> list[Verdict]:
        found = []
        if length >= 2**63:
            found.append(Verdict(rules.LENGTH_TOP_BIT, f"the length is {length:,} bytes"))
        if length < {16: 126, 64: 2**16}[self.length_size] and not self._header_missing:
            what = f"the length {length} stands in {self.length_size} bits"
            found.append(Verdict(rules.MINIMAL_LENGTH, what))
        return found

    def _text_verdicts(self) -> list[Verdict]:
        # A text message in one frame; over fragments, and deflated, its place has to be known.
        text = self.unmasked
        if not text.isascii():
            try:
                codecs.utf_8_decode(text, "strict", not self.missing)
            except UnicodeDecodeError as error:
                return [not_utf8(error)]
        return []

    def _size_verdicts(self, length: int) -> list[Verdict]:
        if self.skipped:
            what = f"a payload of {length:,} bytes was let pass unread"
            return [Verdict(rules.FRAME_LIMIT, what)]
        if self._header_missing:
            what = "the stream ended inside a frame's header"
        elif self.missing:
            what = f"the stream ended {self.missing:,} bytes before the frame's end"
        else:
            what = f"{_bytes(self.surplus)} more than the header announces"
        return [Verdict(rules.WHOLE_FRAME, what)]

    def _control_verdicts(self, length: int) -> list[Verdict]:
        found = []
        if not self.fin:
            what = f"the FIN bit of a {self.opcode_name} frame is 0"
            found.append(Verdict(rules.CONTROL_FRAGMENTED, what))
        if length > 125:
            what = f"a {self.opcode_name} frame announces {length:,} bytes"
            found.append(Verdict(rules.CONTROL_LENGTH, what))
        if self._is_close and not self.missing:
            code = self.close_code
            if length == 1:
                found.append(Verdict(rules.CLOSE_LENGTH, "a close frame has a payload of 1 byte"))
            if code is not None and code not in CLOSE_CODES_FOR_THE_WIRE:
                found.append(Verdict(rules.CLOSE_CODE, f"the close code is {code}"))
            if code == CloseCode.MANDATORY_EXTENSION:
                found += self._extension_verdicts()
            if not _is_utf8(self.unmasked[2:]):
                found.append(Verdict(rules.TEXT_IS_UTF8, "the close reason isn't valid UTF-8"))
        return found

    def _extension_verdicts(self) -> list[Verdict]:
        if self.speaker == "server":
            return [Verdict(rules.NO_1010_FROM_SERVER, "the server's close code is 1010")]
        if self.speaker == "client" and not self.close_reason:
            return [Verdict(rules.EXTENSIONS_NAMED, "a close frame with code 1010 has no reason")]
        return []

    def fields(self) -> list[Field]:
        """
        Name every bit of the frame, in the words of RFC 6455 §5.2.

        Returns:
            The fields in their order on the wire; only those whose bits are there.

        """
        if len(self.raw) < 2:
            return [Field("Cut short", 0, 8 * len(self.raw), _hex(self.raw), "the stream ended")]
        first, second = self.raw[:2]
        fields = [
            Field("FIN", 0, 1, f"{first >> 7:b}", "last frame" if self.fin else "more follow"),
            Field("RSV1", 1, 1, f"{first >> 6 & 1:b}", "deflated" if self.rsv1 else "unused"),
            Field("RSV2", 2, 1, f"{first >> 5 & 1:b}", "reserved" if self.rsv2 else "unused"),
            Field("RSV3", 3, 1, f"{first >> 4 & 1:b}", "reserved" if self.rsv3 else "unused"),
            Field("Opcode", 4, 4, f"{first & 0b1111:04b}", self.opcode_name),
            Field("MASK", 8, 1, f"{second >> 7:b}", "masked" if self.masked else "not masked"),
        ]
        length, in_7_bits = self.payload_length, self._length_7
        what = {
            7: _bytes(length),
            16: f"{in_7_bits}: in the next 2 bytes",
            64: f"{in_7_bits}: in the next 8 bytes",
        }[self.length_size]
        fields.append(Field("Payload length", 9, 7, f"{in_7_bits:07b}", what))
        end = len(self.raw) - self.surplus
        runs = [
            ("Payload data", self.header_size, end, self._payload_meaning),
            ("Surplus", end, len(self.raw), "not part of this frame"),
        ]
        if self.masked:
            end = self.header_size
            runs.insert(0, ("Masking-key", end - 4, end, "XORed over the payload"))
        if self.length_size > 7:
            end = 2 + self.length_size // 8
            runs.insert(0, ("Extended payload length", 2, end, _bytes(length)))
        for name, start, end, meaning in runs:
            data = self.raw[start:end]
            if data:
                fields.append(Field(name, 8 * start, 8 * len(data), _hex(data), meaning))
        return fields

    def preview(self, size: int = 60) -> str:
        """Return what the payload says, unmasked, on one line of at most ``size`` characters."""
        if self._is_close:
            return _close_preview(self.close_code, self.close_reason, size)
        most = 4 * size  # bytes: a character of UTF-8 has 4 at most
        if self.inflated is not None:
            return preview(self.inflated[:most], self.opcode == TEXT, size)
        return preview(self.unmasked_start(most), self.opcode == TEXT and not self.rsv1, size)

    def __repr__(self) -> str:
        words = [self.speaker or "", self.opcode_name]
        facts = [
            " ".join(word for word in words if word),
            "FIN" if self.fin else "more follow",
            *[name for name in ("rsv1", "rsv2", "rsv3") if getattr(self, name)],
            *["masked"] * self.masked,
            _bytes(self.payload_length),
        ]
        says = self.preview()
        return f"Frame({', '.join(facts)}{': ' + says if says else ''})"

    def _repr_html_(self) -> str:
        return picture.frame(
            title=f"{self.opcode_name.capitalize()} frame, {_bytes(len(self.raw))} on the wire",
            speaker=self.speaker or ("client" if self.masked else "server"),
            fields=[(f.name, f.size, f.data, f.meaning) for f in self.fields()],
            key=self.masking_key,
            payload=self.payload[: picture.BYTES_SHOWN],
            plain=self.unmasked_start(picture.BYTES_SHOWN),
            hidden=max(0, len(self.payload) - picture.BYTES_SHOWN),
            verdicts=[str(verdict) for verdict in self.verdicts],
        )

    def _byte(self, index: int) -> int:
        return self.raw[index] if index < len(self.raw) else 0

    @property
    def _length_7(self) -> int:
        return self._byte(1) & 0b0111_1111

    @property
    def _layout(self) -> tuple[int, int]:
        # What a truncated header lacks counts as zeros: nothing here can raise.
        return _layout(self.raw.ljust(14, b"\0"))

    @property
    def _header_missing(self) -> bool:
        return len(self.raw) < self.header_size

    @property
    def _is_close(self) -> bool:
        return self.opcode == CLOSE

    @property
    def _payload_meaning(self) -> str:
        return f"deflated: {self.preview(40)}" if self.rsv1 else self.preview(40)


class FrameReader:
    """
    Cut a stream of bytes into frames.

    The stream carries one direction of one connection, after the handshake. Chunks of bytes and
    frames don't line up: TCP may split a frame in two or glue two frames together.

    Args:
        speaker: Whose stream it is; the frames carry the name.
        offset: Where the first byte stands in the speaker's stream, in bytes.
        max_payload: Longest payload that is kept, in bytes. A longer one becomes a frame with a
            header alone and a verdict, and its bytes pass without being held.

    """

    def __init__(
        self, speaker: Speaker | None = None, *, offset: int = 0, max_payload: int = 16 * 2**20
    ) -> None:
        self.speaker = speaker
        self.max_payload = max_payload
        self._offset = offset  # of the next byte to come
        self._buffer = bytearray()  # the start of a frame that isn't whole yet
        self._needed = 2  # no use looking again before the buffer holds so many bytes
        self._passing = 0  # bytes still to come of a payload that isn't kept

    @property
    def pending(self) -> int:
        """How many bytes of an unfinished frame are held."""
        return len(self._buffer)

    def receive_data(self, data: bytes, time: float | None = None) -> list[Frame]:
        """
        Receive bytes from the network.

        Args:
            data: Any number of bytes, cut anywhere.
            time: When they came, in seconds; the frames that they complete carry it.

        Returns:
            The frames completed by these bytes, oldest first; often none.

        """
        base = self._offset - len(self._buffer)  # of data[0], once the buffer is before it
        self._offset += len(data)
        if self._buffer:
            self._buffer += data
            if len(self._buffer) < self._needed:
                return []
            data = bytes(self._buffer)
            self._buffer.clear()
        frames: list[Frame] = []
        start = 0
        while start < len(data):
            if self._passing:
                passed = min(self._passing, len(data) - start)
                self._passing -= passed
                start += passed
                continue
            length, header_size = _layout(data, start)
            skipped = length > self.max_payload
            end = start + header_size + (0 if skipped else length)
            if len(data) < end:
                self._buffer += data[start:]
                self._needed = end - start
                break
            frames.append(Frame(data[start:end], self.speaker, time, base + start, skipped))
            if skipped:
                self._passing = length
            start = end
        return frames

    def receive_eof(self, time: float | None = None) -> list[Frame]:
        """
        Learn that the stream has ended.

        Returns:
            The frame that the end cut short, if there is one; 0 or 1 frames.

        """
        rest = bytes(self._buffer)
        self._buffer.clear()
        return [Frame(rest, self.speaker, time, self._offset - len(rest))] if rest else []


def apply_mask(data: bytes, masking_key: bytes) -> bytes:
    """
    XOR ``data`` with the key, repeated (RFC 6455 §5.3).

    Masking and unmasking are the same operation.

    Args:
        data: Any number of bytes.
        masking_key: Exactly 4 bytes.

    Returns:
        As many bytes as ``data`` has.

    Raises:
        ValueError: If ``masking_key`` isn't 4 bytes long.

    """
    if len(masking_key) != 4:
        raise ValueError(f"masking key must be 4 bytes, got {len(masking_key)}")
    # "octet i of the transformed data is the XOR of octet i of the original data with octet at
    # index i modulo 4 of the masking key". All octets at once, as two long integers: Python's
    # int XOR runs in C.
    size = len(data)
    key = (masking_key * (size // 4 + 1))[:size]
    mixed = int.from_bytes(data, "little") ^ int.from_bytes(key, "little")
    return mixed.to_bytes(size, "little")


def build_frame(
    payload: str | bytes,
    opcode: int | None = None,
    *,
    fin: bool = True,
    rsv1: bool = False,
    masking_key: bytes | None = None,
) -> bytes:
    """
    Build the bytes of one legal frame (RFC 6455 §5.2).

    Args:
        payload: Text, sent as UTF-8, or bytes. Not masked, but already deflated if ``rsv1``.
        opcode: One of ``Opcode``; by default TEXT for a str and BINARY for bytes.
        fin: False when more fragments of this message follow.
        rsv1: True on the first frame of a deflated message.
        masking_key: 4 bytes, as a client must; None, as a server must.

    Returns:
        The frame as it crosses the wire: header, then the payload, masked if there is a key.

    Raises:
        ValueError: If the opcode is reserved, a control frame is fragmented, deflated or over
            125 bytes, or the masking key isn't 4 bytes long.

    """
    if opcode is None:
        opcode = TEXT if isinstance(payload, str) else BINARY
    if opcode not in OPCODE_NAMES:
        raise ValueError(f"opcode must be one of 0, 1, 2, 8, 9, 10, got {opcode}")
    data = payload.encode() if isinstance(payload, str) else bytes(payload)
    if opcode & 0b1000:
        name = OPCODE_NAMES[opcode]
        if not fin:
            raise ValueError(f"a {name} frame can't be fragmented: leave fin=True")
        if rsv1:
            raise ValueError(f"a {name} frame can't be deflated: leave rsv1=False")
        if len(data) > 125:
            raise ValueError(f"a {name} frame holds at most 125 bytes, got {len(data)}")
    first = fin << 7 | rsv1 << 6 | opcode
    mask_bit = 0 if masking_key is None else MASK
    size = len(data)
    if size < LENGTH_IN_16_BITS:
        header = struct.pack("!BB", first, mask_bit | size)
    elif size < 2**16:
        header = struct.pack("!BBH", first, mask_bit | LENGTH_IN_16_BITS, size)
    else:
        header = struct.pack("!BBQ", first, mask_bit | LENGTH_IN_64_BITS, size)
    if masking_key is None:
        return header + data
    return header + masking_key + apply_mask(data, masking_key)


def not_utf8(error: UnicodeDecodeError) -> Verdict:
    """Return the verdict on a text that can't be decoded."""
    return Verdict(rules.TEXT_IS_UTF8, f"the text isn't valid UTF-8: {error.reason}")


def preview(data: bytes, is_text: bool = True, size: int = 60) -> str:
    """
    Say on one line what some bytes hold.

    Args:
        data: The bytes, or the first ones of many; unmasked.
        is_text: Whether they are meant as UTF-8; otherwise they are shown as hex.
        size: Longest answer, in characters.

    Returns:
        The text with control characters escaped, or hex bytes; cut with ``…`` if too long.

    """
    if is_text:
        # A character may be cut by the end of the bytes: that isn't an error of the text.
        says, _ = codecs.utf_8_decode(data, "replace", False)
        if not says.isprintable():
            says = "".join(
                c if c.isprintable() else c.encode("unicode_escape").decode() for c in says
            )
    else:
        says = data[:size].hex(" ")
    return says if len(says) <= size else says[: size - 1] + "…"


def _layout(data: bytes, start: int = 0) -> tuple[int, int]:
    """
    Read a header's lengths at ``data[start:]``.

    Returns:
        Payload length and header size, in bytes. Where the length itself isn't there yet, the
        payload length is 0 and the header size what it takes to read on.

    """
    there = len(data) - start
    if there < 2:
        return 0, 2
    second = data[start + 1]
    short = SHORT_LAYOUTS[second]
    if short is not None:
        return short
    key_size = second >> 7 << 2  # "masking-key: 0 or 4 bytes"
    if second & 0b0111_1111 == LENGTH_IN_16_BITS:
        if there < 4:
            return 0, 4 + key_size
        return struct.unpack_from("!H", data, start + 2)[0], 4 + key_size
    if there < 10:
        return 0, 10 + key_size
    return struct.unpack_from("!Q", data, start + 2)[0], 10 + key_size


def _close_preview(code: int | None, reason: str, size: int) -> str:
    if code is None:
        return "no close code"
    explanation = CLOSE_CODE_EXPLANATIONS.get(code, "")
    says = f"{code} {explanation}".strip()
    return preview(f"{says}: {reason}".encode() if reason else says.encode(), True, size)


def _bytes(count: int) -> str:
    return f"{count:,} byte{'' if count == 1 else 's'}"


def _hex(data: bytes) -> str:
    return data[:64].hex(" ") + (" …" if len(data) > 64 else "")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
