"""The law book: the rules of RFC 6455 and RFC 7692 that a dissector can find broken.

Rules are data. The rooms that read bytes (handshake, frames, deflate, conversation) cite them in
a `Verdict`; nothing here looks at a byte.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Rule", "Verdict"]


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One sentence of law.

    Attributes:
        clause: Where it stands, e.g. ``"RFC 6455 §5.1"``.
        level: ``"MUST"`` or ``"SHOULD"``, as RFC 2119 uses the words.
        text: What it asks, in one plain sentence.
        close_code: The close code that a conforming peer owes whoever breaks it; None where the
            answer is an HTTP status or where none is owed.

    """

    clause: str
    level: Literal["MUST", "SHOULD"]
    text: str
    close_code: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    One rule, found broken.

    Attributes:
        rule: The rule.
        found: What stood in its place, in a few plain words.

    """

    rule: Rule
    found: str

    def __str__(self) -> str:
        return f"{self.found} ({self.rule.clause}: {self.rule.text})"


# The opening handshake


# Frames

RESERVED_BIT = Rule(
    "RFC 6455 §5.2", "MUST", "reserved bits are 0 unless an extension defines them", 1002
)
RESERVED_OPCODE = Rule(
    "RFC 6455 §5.2", "MUST", "opcodes 3-7 and 11-15 are reserved and end the connection", 1002
)
MINIMAL_LENGTH = Rule(
    "RFC 6455 §5.2", "MUST", "the payload length uses as few bytes as it can", 1002
)
LENGTH_TOP_BIT = Rule(
    "RFC 6455 §5.2", "MUST", "the first bit of a 64-bit payload length is 0", 1002
)
CONTROL_LENGTH = Rule("RFC 6455 §5.5", "MUST", "a control frame carries at most 125 bytes", 1002)
CONTROL_FRAGMENTED = Rule(
    "RFC 6455 §5.5", "MUST", "a control frame is never fragmented: its FIN bit is 1", 1002
)
CLOSE_LENGTH = Rule(
    "RFC 6455 §5.5.1", "MUST", "a close frame's payload is empty or starts with a 2-byte code", 1002
)
CLOSE_CODE = Rule(
    "RFC 6455 §7.4",
    "MUST",
    "only codes meant for the wire are sent: 1000-1003, 1007-1014, 3000-4999",
    1002,
)
WHOLE_FRAME = Rule(
    "RFC 6455 §5.2", "MUST", "a frame has all the bytes that its header announces", None
)
FRAME_LIMIT = Rule(
    "RFC 6455 §10.4",
    "MUST",
    "an endpoint protects itself against frames longer than it can hold",
    1009,
)
CLIENT_MASKS = Rule("RFC 6455 §5.1", "MUST", "a client masks every frame it sends", 1002)
SERVER_DOES_NOT_MASK = Rule("RFC 6455 §5.1", "MUST", "a server masks none of its frames", 1002)

# Messages

CONTINUATION_WITHOUT_START = Rule(
    "RFC 6455 §5.4", "MUST", "a continuation frame follows the first frame of its message", 1002
)
MESSAGE_INTERRUPTED = Rule(
    "RFC 6455 §5.4", "MUST", "a message ends before the next one begins", 1002
)
TEXT_IS_UTF8 = Rule("RFC 6455 §8.1", "MUST", "text is valid UTF-8", 1007)
AFTER_CLOSE = Rule("RFC 6455 §5.5.1", "MUST", "nothing is sent after a close frame", None)

# permessage-deflate
