"""Exports: what was recorded, for other programs to read; and back in again.

JSON lines keep every byte and every time. HAR is what browsers and proxies exchange: handshakes and
whole messages, no frames. pcapng is what Wireshark reads: packets.
"""

from .har import HAR, to_har
from .har_reader import MASKING_KEY, from_har
from .json_lines import from_jsonl, to_jsonl
from .moment import Moment
from .pcapng import to_pcapng
from .redaction import REDACTED, Redact
from .replay import Conversations

__all__ = [
    "HAR",
    "MASKING_KEY",
    "REDACTED",
    "Conversations",
    "Moment",
    "Redact",
    "from_har",
    "from_jsonl",
    "to_har",
    "to_jsonl",
    "to_pcapng",
]
