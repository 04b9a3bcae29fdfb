"""Illegal frames: forge one that a server must refuse (RFC 6455 §5.2)."""

from __future__ import annotations

from .. import rules
from ..conversation import Conversation
from ..frames import Frame
from ..recording import Recording
from ..rules import Verdict
from .engine import Exercise
from .grading import kind, show

__all__ = ["EXERCISES"]

MASKED_HELLO = bytes.fromhex("818537fa213d7f9f4d5158")


def _grade_bad_frame(answer: object) -> str | None:
    if isinstance(answer, Frame):
        return "`bad_frame` is a Frame; its bytes are in its attribute `raw`."
    if not isinstance(answer, bytes):
        return f"`bad_frame` is {kind(answer)}; {_to_bytes(answer)}"
    frame = Frame(answer, "client")
    wrong = _not_one_masked_hello(frame)
    if wrong is not None or _broken_rules(frame):
        return wrong
    return (
        f"{show(answer)} is legal: {_changes(frame)}. "
        "Which bits of byte 0 have to be 0, and which opcodes are reserved?"
    )


def _to_bytes(answer: object) -> str:
    if isinstance(answer, str):
        return "`bytes.fromhex(...)` makes bytes of hex digits."
    if isinstance(answer, list | tuple | bytearray):
        return "`bytes(bad_frame)` makes bytes of it."
    return "put the bytes of a whole frame there, as `bytes.fromhex(...)` makes them."


def _not_one_masked_hello(frame: Frame) -> str | None:
    """Return None for a whole frame with the masked Hello, otherwise what it is in its place."""
    raw, shown, size = frame.raw, show(frame.raw), len(frame.raw)
    if size < 2:
        return (
            f"`bad_frame` has {size} byte{'' if size == 1 else 's'}, and a whole frame is asked "
            "for: `hello[1:]` is all of `hello` after its first byte."
        )
    if not any(raw):
        return f"`bytes({size})` is {size} bytes of zeros; `bytes([{size}])` is one byte, {size}."
    if not frame.masked:
        return (
            f"{shown} isn't masked: the first bit of byte 1 is 0. A server refuses that too, but "
            "this exercise asks for the masked Hello."
        )
    if size < frame.header_size:
        return f"{shown} isn't whole: its header has {frame.header_size} bytes, {size} are there."
    if frame.missing:
        return (
            f"{shown} isn't whole: its header announces {frame.payload_length:,} bytes of payload, "
            f"{len(frame.payload):,} are there."
        )
    if frame.surplus:
        end = size - frame.surplus
        return f"{shown} is {size:,} bytes, but its header says that the frame ends after {end:,}."
    if frame.payload == b"Hello" != frame.unmasked:
        return f"{shown} has Hello unmasked; mask it: `hs.apply_mask(b'Hello', key)`."
    if frame.unmasked != b"Hello":
        return f"{shown} unmasks to {show(frame.unmasked)}, expected 48 65 6c 6c 6f, Hello."
    return None


def _broken_rules(frame: Frame) -> list[Verdict]:
    """
    Judge a frame as the first one after a handshake that agreed on no extension.

    Returns:
        The rules that it breaks and that a server answers with 1002.

    """
    recording = Recording()
    recording.append("client", b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n")
    recording.append("server", b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
    recording.append("client", frame.raw)
    (judged,) = Conversation(recording).frames
    return [verdict for verdict in judged.verdicts if verdict.rule.close_code == 1002]


def _changes(frame: Frame) -> str:
    """Say in what a legal frame with the masked Hello differs from the lesson's."""
    hello = Frame(MASKED_HELLO, "client")
    changes = []
    if not frame.fin:
        changes.append("FIN went from 1 to 0, which says that more fragments follow")
    if frame.opcode != hello.opcode:
        then, now = (f"{each.opcode:04b} ({each.opcode_name})" for each in (hello, frame))
        changes.append(f"the opcode went from {then} to {now}, and both are defined")
    if frame.masking_key != hello.masking_key:
        changes.append("the key is another one, and any key will do")
    return "; ".join(changes) or "it is `hello`, and no bit of it has changed"


# What makes a frame legal elsewhere that is refused here.
ELSEWHERE = {
    rules.RSV1_WITHOUT_AGREEMENT: "permessage-deflate compresses; nobody agreed on it here.",
    rules.CONTINUATION_WITHOUT_START: "After a frame with FIN 0 it would be legal.",
}


def _refusal(answer: object) -> str:
    """Say which rules a right answer breaks."""
    assert isinstance(answer, bytes)
    first, *others = _broken_rules(Frame(answer, "client"))
    said = [f"{first}.", ELSEWHERE.get(first.rule, "")]
    if others:
        said.append(f"Wrong as well: {'; '.join(verdict.found for verdict in others)}.")
    said.append("A server has to close with 1002, protocol error.")
    return " ".join(filter(None, said))


EXERCISES = [
    Exercise(
        name="3C",
        title="a frame to refuse",
        task="Put in `bad_frame` one frame with the masked Hello that a server must refuse "
        "with 1002.",
        answer="bad_frame",
        stub="bad_frame = ...",
        hints=(
            "Which bits of byte 0 have to be 0, and which opcodes are reserved?",
            "Byte 0, from the left: FIN, RSV1, RSV2, RSV3, then 4 bits of opcode. Start from "
            "`81 85 37 fa 21 3d 7f 9f 4d 51 58` and change one bit.",
            "In bits, `81` is `1000 0001`. RSV2 is the third bit from the left; with it, byte 0 is "
            "`1010 0001`, which is `a1` in hex.",
        ),
        solution='bad_frame = bytes.fromhex("a1 85 37 fa 21 3d 7f 9f 4d 51 58")  # RSV2 is 1',
        reached=_refusal,
        grade=_grade_bad_frame,
    ),
]
