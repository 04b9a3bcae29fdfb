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

    def __repr__(self) -> str:
        return f"Verdict({self.found}; {self.rule.clause})"


# The opening handshake

REQUEST_LINE = Rule(
    "RFC 9112 §3", "MUST", "a request starts with method, target and version: GET /echo HTTP/1.1"
)
STATUS_LINE = Rule(
    "RFC 9112 §4", "MUST", "a response starts with version, status and reason: HTTP/1.1 200 OK"
)
START_LINE_FIRST = Rule("RFC 9112 §2.2", "MUST", "nothing stands before the first line")
LINE_END = Rule("RFC 9112 §2.2", "MUST", "every line of a head ends with CR LF")
OBS_FOLD = Rule("RFC 9112 §5.2", "MUST", "a header stands on one line, unfolded")
HEADER_COLON = Rule("RFC 9112 §5", "MUST", "a header line is a name, a colon and a value")
HEADER_NAME = Rule(
    "RFC 9112 §5.1", "MUST", "a header's name is letters, digits and -, up to the colon, no space"
)
HEADER_VALUE = Rule("RFC 9110 §5.5", "MUST", "a header's value holds no control characters")
HEAD_IS_ASCII = Rule("RFC 9110 §5.5", "SHOULD", "a head is ASCII text")
WHOLE_HEAD = Rule("RFC 9112 §2.1", "MUST", "a head ends with an empty line")
CONTENT_LENGTH = Rule("RFC 9110 §8.6", "MUST", "Content-Length is one number of bytes")
WHOLE_BODY = Rule("RFC 9112 §6.3", "MUST", "a body is as long as Content-Length announces")
CHUNKED = Rule(
    "RFC 9112 §7.1",
    "MUST",
    "a chunk is its size in hex, CR LF, its bytes, CR LF; one of size 0 ends the body",
)
TRANSFER_ENCODING = Rule(
    "RFC 9112 §6.3", "MUST", "the last transfer coding of a request is chunked, which tells its end"
)
HANDSHAKE_LIMIT = Rule(
    "RFC 9110 §17.5", "SHOULD", "an endpoint protects itself against heads and bodies without end"
)
HOST = Rule("RFC 9112 §3.2", "MUST", "a request has exactly one Host header")
METHOD = Rule("RFC 6455 §4.1", "MUST", "a client asks for a WebSocket with the method GET")
HTTP_VERSION = Rule("RFC 6455 §4.1", "MUST", "a WebSocket begins with HTTP/1.1 or later")
REQUEST_UPGRADE = Rule("RFC 6455 §4.1", "MUST", "the request's Upgrade names websocket")
REQUEST_CONNECTION = Rule("RFC 6455 §4.1", "MUST", "the request's Connection names Upgrade")
KEY = Rule(
    "RFC 6455 §4.1", "MUST", "Sec-WebSocket-Key is there once: 16 bytes in base64, 24 characters"
)
VERSION = Rule("RFC 6455 §4.1", "MUST", "Sec-WebSocket-Version is 13")
SUBPROTOCOLS = Rule(
    "RFC 6455 §4.1", "MUST", "each offered subprotocol is one word without separators, named once"
)
RESPONSE_UPGRADE = Rule("RFC 6455 §4.2.2", "MUST", "the answer's Upgrade is websocket")
RESPONSE_CONNECTION = Rule("RFC 6455 §4.2.2", "MUST", "the answer's Connection names Upgrade")
ACCEPT = Rule(
    "RFC 6455 §4.2.2", "MUST", "Sec-WebSocket-Accept is there once, computed from the client's key"
)
UNASKED_UPGRADE = Rule(
    "RFC 9110 §7.8", "MUST", "a server changes to no protocol that the request didn't name"
)
# The server's 101 has opened the connection on its side. A client that fails it then sends "a Close
# frame with an appropriate status code" (§7.1.7), and the one about extensions is 1010 (§7.4.1).
EXTENSIONS_FAIL = 1010
EXTENSION_OFFERED = Rule(
    "RFC 6455 §4.2.2",
    "MUST",
    "a server accepts no extension that the client didn't offer",
    EXTENSIONS_FAIL,
)
SUBPROTOCOL_OFFERED = Rule(
    "RFC 6455 §4.2.2", "MUST", "a server chooses no subprotocol that the client didn't offer"
)
ONE_SUBPROTOCOL = Rule("RFC 6455 §4.2.2", "MUST", "a server chooses at most one subprotocol")


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
EXTENSIONS_NAMED = Rule(
    "RFC 6455 §7.4.1", "SHOULD", "a client that closes with 1010 names the extensions it misses"
)
NO_1010_FROM_SERVER = Rule(
    "RFC 6455 §7.4.1", "SHOULD", "a server doesn't close with 1010: it fails the handshake instead"
)
WHOLE_FRAME = Rule(
    "RFC 6455 §5.2", "MUST", "a frame has as many bytes as its header announces", None
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
TEXT_ONLY = Rule(
    "RFC 6455 §7.4.1", "SHOULD", "where text alone is understood, no binary message is sent", 1003
)
MESSAGE_LIMIT = Rule(
    "RFC 6455 §10.4",
    "MUST",
    "an endpoint protects itself against messages longer than it can hold",
    1009,
)
EARLY_DATA = Rule(
    "RFC 6455 §4.1", "MUST", "a client waits for the server's answer before it sends frames"
)
AFTER_CLOSE = Rule("RFC 6455 §5.5.1", "MUST", "no data frame is sent after a close frame", None)

# permessage-deflate

EXTENSION_GRAMMAR = Rule(
    "RFC 6455 §9.1", "MUST", 'extensions are written as "name; parameter; parameter=value, name"'
)
DEFLATE_UNKNOWN_PARAMETER = Rule(
    "RFC 7692 §7", "MUST", "permessage-deflate has the four parameters of §7.1 and no other"
)
DEFLATE_REPEATED_PARAMETER = Rule("RFC 7692 §7", "MUST", "no parameter stands twice")
DEFLATE_TAKEOVER_VALUE = Rule(
    "RFC 7692 §7.1.1", "MUST", "a no_context_takeover parameter has no value"
)
DEFLATE_WINDOW_BITS = Rule(
    "RFC 7692 §7.1.2", "MUST", "window bits are a whole number from 8 to 15, no zero before it"
)
DEFLATE_DECLINE = Rule(
    "RFC 7692 §7", "MUST", "a server declines an offer with a parameter it can't understand"
)
DEFLATE_AGREED_ONCE = Rule(
    "RFC 7692 §5", "MUST", "one extension alone may use the RSV1 bit", EXTENSIONS_FAIL
)
DEFLATE_SERVER_TAKEOVER = Rule(
    "RFC 7692 §7.1.1.1",
    "MUST",
    "to accept an offered server_no_context_takeover is to repeat it",
    EXTENSIONS_FAIL,
)
DEFLATE_SERVER_WINDOW = Rule(
    "RFC 7692 §7.1.2.1",
    "MUST",
    "an offered server_max_window_bits is answered with the same value or less",
    EXTENSIONS_FAIL,
)
DEFLATE_CLIENT_WINDOW = Rule(
    "RFC 7692 §7.1.2.2",
    "MUST",
    "client_max_window_bits is answered with the offered value or less",
    EXTENSIONS_FAIL,
)
DEFLATE_CLIENT_WINDOW_UNASKED = Rule(
    "RFC 7692 §7.1.2.2",
    "MUST",
    "client_max_window_bits is answered only where it was offered",
    EXTENSIONS_FAIL,
)
RSV1_WITHOUT_AGREEMENT = Rule(
    "RFC 6455 §5.2", "MUST", "RSV1 is 0 unless permessage-deflate was agreed on", 1002
)
RSV1_ON_CONTROL = Rule("RFC 7692 §6", "MUST", "RSV1 is 0 on control frames", 1002)
RSV1_ON_CONTINUATION = Rule(
    "RFC 7692 §6", "MUST", "RSV1 stands on the first frame of a message alone", 1002
)
INVALID_DEFLATE_DATA = Rule("RFC 7692 §7.2.2", "MUST", "a deflated payload is valid DEFLATE", 1007)
DEFLATE_CUT_SHORT = Rule(
    "RFC 7692 §7.2.1",
    "MUST",
    "a deflated message ends with an empty block, whose last bytes 00 00 ff ff are left out",
    1007,
)
DEFLATE_WINDOW_LOST = Rule(
    "RFC 7692 §7.2.2",
    "MUST",
    "a message is inflated with the window that earlier ones left",
)
DEFLATE_LAST_BLOCKS = Rule(
    "RFC 6455 §10.4",
    "MUST",
    "an endpoint protects itself against messages that set BFINAL again and again",
    1009,
)
INFLATED_LIMIT = Rule(
    "RFC 6455 §10.4",
    "MUST",
    "an endpoint protects itself against messages that inflate to more than it can hold",
    1009,
)
