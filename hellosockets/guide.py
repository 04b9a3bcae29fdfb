"""The guide: what each part of a frame is, and what its value says, with the RFC's clause.

For readers who point at a bit and ask: a sentence of at most 35 words for every part of every
frame, legal or not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape

from websockets.frames import CLOSE_CODE_EXPLANATIONS, Opcode

from . import picture
from .frames import Field, Frame

__all__ = [
    "LengthStep",
    "Part",
    "chunk_starts",
    "describe",
    "draw",
    "length_steps",
    "say_chunks",
]


@dataclass(frozen=True, slots=True)
class Part:
    """
    One part of a frame, explained.

    Attributes:
        field: Its name, bits and meaning.
        clause: Where it is defined, e.g. ``"RFC 6455 §5.2"``.
        says: What it is and what this value says, in at most 35 words.

    """

    field: Field
    clause: str
    says: str

    @property
    def name(self) -> str:
        """The RFC's word for it."""
        return self.field.name

    @property
    def first_byte(self) -> int:
        """The byte in which it begins, counted from the frame's first."""
        return self.field.start // 8

    @property
    def last_byte(self) -> int:
        """The byte in which it ends."""
        return (self.field.start + self.field.size - 1) // 8


@dataclass(frozen=True, slots=True)
class LengthStep:
    """
    One step of reading a payload length.

    Attributes:
        data: The bits or bytes that are read.
        says: What they say.

    """

    data: str
    says: str


OPCODES: dict[int, tuple[str, str]] = {
    Opcode.CONT: ("RFC 6455 §5.4", "0: a continuation frame. It goes on with the message before."),
    Opcode.TEXT: ("RFC 6455 §5.6", "1: a text frame. The payload, or its message's, is UTF-8."),
    Opcode.BINARY: (
        "RFC 6455 §5.6",
        "2: a binary frame. What its bytes mean, the application knows.",
    ),
    Opcode.CLOSE: ("RFC 6455 §5.5.1", "8: a close frame, the last frame that its sender sends."),
    Opcode.PING: ("RFC 6455 §5.5.2", "9: a ping. Whoever gets it answers with a pong."),
    Opcode.PONG: ("RFC 6455 §5.5.3", "10: a pong. It carries the payload of the ping it answers."),
}

LENGTH_CLAUSE = "RFC 6455 §5.2"


def describe(frame: Frame) -> tuple[Part, ...]:
    """
    Explain every part of a frame, in their order on the wire.

    A close frame's payload is two parts, code and reason. Nothing here raises: what is cut short or
    illegal is described as what it is.
    """
    parts = []
    for field in _split(frame):
        clause, says = _explain(field.name, frame)
        parts.append(Part(field, clause, says))
    return tuple(parts)


def length_steps(frame: Frame) -> tuple[LengthStep, ...]:
    """
    Tell how a reader finds the payload length, step by step (RFC 6455 §5.2).

    Returns:
        One step where 7 bits say it, three where they point to 2 or 8 further bytes; none where
        these bits aren't there.

    """
    named = {field.name: field for field in frame.fields()}
    short = named.get("Payload length")
    if short is None:
        return ()
    value = int(short.data, 2)
    if frame.length_size == 7:
        return (LengthStep(short.data, f"{value}: at most 125, so that is the length itself"),)
    size = frame.length_size // 8
    longer = named.get("Extended payload length")
    read = "" if longer is None else longer.data
    there = 0 if longer is None else longer.size // 8
    second = f"the next {size} bytes, most significant byte first"
    third = f"{frame.payload_length:,} bytes of payload"
    if there < size:
        second, third = f"{there} of the next {size} bytes: the stream ended here", "unknown"
    return (
        LengthStep(short.data, f"{value}: the length stands in the next {size} bytes"),
        LengthStep(read or "–", second),
        LengthStep("=", third),
    )


def draw(frame: Frame, boundaries: Sequence[int] = ()) -> str:
    """
    Draw a frame and the explanation of each of its parts, for pages without a kernel.

    Args:
        frame: The frame.
        boundaries: Where the chunks of its speaker's stream end, as `Conversation.boundaries`
            gives them; without them nothing is said of chunks.

    """
    rows = [
        (frame.speaker or "", [part.name, part.field.data, part.clause, part.says], ())
        for part in describe(frame)
    ]
    parts = picture.table(
        "What each part says",
        ("part", "bits or bytes", "defined in", "what it says"),
        rows,
        code=("bits or bytes",),
        wide=("bits or bytes", "what it says"),
    )
    steps = " → ".join(f"{step.data}: {step.says}" for step in length_steps(frame))
    notes = [f"How the length is read: {steps}."] * bool(steps)
    if boundaries:
        notes.append(say_chunks(frame, boundaries))
    return frame._repr_html_() + picture.document(parts, *[_note(note) for note in notes])


def say_chunks(frame: Frame, boundaries: Sequence[int]) -> str:
    """Say in a sentence how TCP's chunks lie under a frame."""
    starts = chunk_starts(frame, boundaries)
    if frame.offset is None:
        return "Where this frame stood in its speaker's stream isn't known."
    inside = [start for start in starts if start]
    begins = "It begins a TCP chunk" if 0 in starts else "It begins in the middle of a TCP chunk"
    if not inside:
        return f"{begins} and lies within that one."
    count = f"{len(inside):,} further chunk{'s' * (len(inside) != 1)}"
    places = ", ".join(f"{start:,}" for start in inside[:8]) + " …" * (len(inside) > 8)
    verb = "begin" if len(inside) > 1 else "begins"
    return f"{begins}; {count} {verb} inside it, at byte {places}."


def _note(text: str) -> str:
    return f'<p class="hs-note">{escape(text)}</p>'


def chunk_starts(frame: Frame, boundaries: Sequence[int]) -> tuple[int, ...]:
    """
    Say at which of a frame's bytes a new TCP chunk begins.

    Args:
        frame: A frame that knows its offset in its speaker's stream.
        boundaries: Where the chunks of that stream end, as `Conversation.boundaries` gives them.

    Returns:
        Numbers of bytes, counted from the frame's first, in their order; 0 where the frame begins
        a chunk. None where the frame's place isn't known.

    """
    if frame.offset is None:
        return ()
    start, end = frame.offset, frame.offset + len(frame.raw)
    begins = {0, *boundaries}
    return tuple(sorted(offset - start for offset in begins if start <= offset < end))


def _split(frame: Frame) -> Iterator[Field]:
    for field in frame.fields():
        is_reasoned = field.name == "Payload data" and frame.opcode == Opcode.CLOSE
        if not is_reasoned or field.size < 16:
            yield field
            continue
        code = frame.close_code
        explained = CLOSE_CODE_EXPLANATIONS.get(code or 0, "no registered meaning")
        data = frame.payload[:2].hex(" ")
        yield replace(field, name="Close code", size=16, data=data, meaning=f"{code}: {explained}")
        if field.size > 16:
            yield replace(
                field,
                name="Close reason",
                start=field.start + 16,
                size=field.size - 16,
                data=field.data[6:],
                meaning=frame.close_reason,
            )


def _explain(name: str, frame: Frame) -> tuple[str, str]:
    match name:
        case "FIN":
            return "RFC 6455 §5.2", _fin(frame)
        case "RSV1":
            return "RFC 7692 §6", _rsv1(frame)
        case "RSV2" | "RSV3":
            is_set = frame.rsv2 if name == "RSV2" else frame.rsv3
            says = "No extension in use defines it: it has to be 0" + (
                ", and a receiver fails the connection." if is_set else ", as it is."
            )
            return "RFC 6455 §5.2", says
        case "Opcode":
            reserved = f"{int(frame.opcode)}: reserved. No frame may have it as long as nothing "
            unknown = ("RFC 6455 §5.2", f"{reserved}defines it; the connection fails.")
            return OPCODES.get(frame.opcode, unknown)
        case "MASK":
            return "RFC 6455 §5.1", _mask(frame)
        case "Payload length":
            return LENGTH_CLAUSE, _length(frame)
        case "Extended payload length":
            size = frame.length_size // 8
            says = f"{size} bytes in network order: {frame.payload_length:,} bytes of payload."
            return LENGTH_CLAUSE, f"{says}{_why_so_long(frame)}"
        case "Masking-key":
            says = "4 random bytes, new for each frame. Byte i of the payload is XORed with "
            return "RFC 6455 §5.3", f"{says}byte i mod 4 of this key."
        case "Payload data":
            return _payload(frame)
        case "Close code":
            return "RFC 6455 §7.4", "The first 2 bytes of a close frame's payload say why it ends."
        case "Close reason":
            says = (
                "What follows the code is a reason in UTF-8, for people who debug, not for users."
            )
            return "RFC 6455 §7.1.6", says
        case "Surplus":
            return "RFC 6455 §5.2", "Bytes after the announced end: not part of this frame."
        case _:
            return "RFC 6455 §5.2", "The stream ended before the frame's second byte."


def _fin(frame: Frame) -> str:
    if frame.is_control:
        ends = "1, as it has to be." if frame.fin else "0, which is against the law."
        return f"Control frames are never fragmented, so this bit is 1. Here it is {ends}"
    if frame.fin:
        return "1: this is the last frame of its message, or the only one."
    return "0: more frames of this message follow, as continuation frames."


def _rsv1(frame: Frame) -> str:
    if not frame.rsv1:
        return "0: no message that is deflated begins here. permessage-deflate sets this bit."
    if frame.is_control:
        return "1 on a control frame, which is never deflated: against the law."
    if frame.opcode == Opcode.CONT:
        return "1 on a continuation frame: only a message's first frame may say that it's deflated."
    return "1: this message is deflated, if client and server agreed on permessage-deflate."


def _mask(frame: Frame) -> str:
    if frame.masked:
        whose = "A server never masks." if frame.speaker == "server" else "A client always masks."
        return f"1: a masking key follows the length, and the payload is XORed with it. {whose}"
    whose = "A client has to mask." if frame.speaker == "client" else "A server never masks."
    return f"0: the payload crosses the wire as it is. {whose}"


def _length(frame: Frame) -> str:
    value = frame.payload_length
    if frame.length_size == 7:
        return f"7 bits hold a length up to 125: the payload has {value} bytes."
    if frame.length_size == 16:
        return "126 is no length: it says that the next 2 bytes hold it, for 126 to 65,535 bytes."
    return "127 is no length: it says that the next 8 bytes hold it, for 65,536 bytes and more."


def _why_so_long(frame: Frame) -> str:
    if frame.payload_length >= 2**63:
        return " Its first bit is 1, which is against the law."
    if frame.payload_length < {16: 126, 64: 2**16}.get(frame.length_size, 0):
        return " A shorter form would hold it, which is against the law."
    return ""


def _payload(frame: Frame) -> tuple[str, str]:
    if frame.opcode == Opcode.CLOSE:
        says = "A close frame's payload of 1 byte is too short for a code: against the law."
        return "RFC 6455 §5.5.1", says
    masked = "masked" if frame.masked else "not masked"
    if frame.rsv1:
        says = f"What the frame carries, {masked} and deflated. {_missing(frame)}"
        return "RFC 7692 §7.2", says.rstrip()
    if frame.opcode in (Opcode.PING, Opcode.PONG):
        says = (
            f"At most 125 bytes, {masked}; a pong repeats its ping's, so that both find together."
        )
        return "RFC 6455 §5.5.2", says
    return "RFC 6455 §5.6", f"What the frame carries, {masked}. {_missing(frame)}".rstrip()


def _missing(frame: Frame) -> str:
    return f"{frame.missing:,} announced bytes are not there." if frame.missing else ""
