"""pcapng: a capture file that Wireshark dissects, with packets made around what was recorded.

A recording has the bytes that two programs gave to TCP, not the packets that carried them. These
are made up: one TCP connection for each conversation, between addresses that documentation uses
(RFC 5737), without a loss or a retransmission. Times, bytes and their order are as recorded.

The format: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html.
"""

from __future__ import annotations

import heapq
import struct
from collections.abc import Iterator
from datetime import datetime, timedelta
from ipaddress import IPv4Address
from typing import NamedTuple

from ..conversation import Conversation
from ..frames import Speaker
from .moment import EPOCH, Moment, parse_moment
from .replay import Conversations, as_list

__all__ = ["to_pcapng"]

# Block types and option codes (§4.1, §4.2, §4.3, §3.5).
SECTION_HEADER, INTERFACE, PACKET = 0x0A0D0D0A, 1, 6
BYTE_ORDER_MAGIC = 0x1A2B3C4D
END_OF_OPTIONS, COMMENT, INTERFACE_NAME, USER_APPLICATION, RESOLUTION = 0, 1, 2, 4, 9
LINKTYPE_RAW = 101  # an IP packet, with nothing around it
NANOSECONDS = 9  # a unit of 10^-9 seconds
LONGEST_TIME = 2**64 - 1  # nanoseconds since 1970: until 2554

# RFC 5737 §3: addresses that nobody has. 16,384 ports (RFC 6335 §6) for each of the client's.
SERVER = IPv4Address("198.51.100.1")
CLIENT = IPv4Address("192.0.2.1")
FIRST_PORT, PORTS = 49_152, 16_384

# RFC 791 §3.1 and RFC 9293 §3.1. An IP packet has at most 65,535 bytes, two headers among them.
IP_HEADER, TCP_HEADER = 20, 20
MAX_SEGMENT = 65_535 - IP_HEADER - TCP_HEADER
DONT_FRAGMENT, TIME_TO_LIVE, TCP = 0x4000, 64, 6
FIN, SYN, PSH, ACK = 0x01, 0x02, 0x08, 0x10
WINDOW = 65_535
# Maximum Segment Size; no operation; window scale 14 (RFC 7323 §2.2): nobody has to wait.
SYN_OPTIONS = struct.pack("!BBHBBBB", 2, 4, MAX_SEGMENT, 1, 3, 3, 14)

FIRST_SEQUENCE: dict[Speaker, int] = {"client": 1_000, "server": 5_000}
OTHER: dict[Speaker, Speaker] = {"client": "server", "server": "client"}


def to_pcapng(conversations: Conversations, *, began: Moment, port: int = 4000) -> bytes:
    """
    Write recordings as packets.

    Where a stream ended there is a FIN. A recording that has dropped its beginning starts without
    a SYN, as a capture does that was begun too late, and its first packet has a comment. So has the
    first packet of a connection that was secured: its packets hold what was inside TLS.

    Args:
        conversations: One, or several.
        began: When the first of their recordings began: a datetime that knows its time zone, or ISO
            8601 text. The others begin as much later as their clock says.
        port: TCP port of the server. Clients have 49152 and up, in their order.

    Returns:
        The file: little-endian, raw IP packets, times in nanoseconds.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If ``began`` isn't ISO 8601 or has no time zone, or there is no such port.

    """
    listed = as_list(conversations)
    moment = parse_moment(began)
    if not isinstance(port, int) or isinstance(port, bool) or not 1 <= port <= 65_535:
        raise ValueError(f"port must be a number from 1 to 65535, got {port!r}")
    first = min((each.recording.began for each in listed), default=0.0)
    streams = []
    for number, conversation in enumerate(listed):
        start = _nanoseconds(moment) + round(1e9 * (conversation.recording.began - first))
        streams.append(_Connection(conversation, start, number, port).packets())
    packets = heapq.merge(*streams, key=lambda packet: packet.time)
    return b"".join([_section_header(), _interface(), *map(_packet_block, packets)])


class _Packet(NamedTuple):
    """An IP packet, when it crossed (nanoseconds since 1970), and what is to be said about it."""

    time: int
    data: bytes
    comment: str = ""


class _Connection:
    """One TCP connection, made up around a recording."""

    def __init__(self, conversation: Conversation, start: int, index: int, port: int) -> None:
        self._conversation = conversation
        self._start = start
        self._time = start  # never goes back, so that the order of the bytes holds
        client_address = int(CLIENT) + index // PORTS
        self._address: dict[Speaker, bytes] = {
            "client": client_address.to_bytes(4, "big"),
            "server": SERVER.packed,
        }
        self._port: dict[Speaker, int] = {"client": FIRST_PORT + index % PORTS, "server": port}
        self._next = dict(FIRST_SEQUENCE)  # sequence number of each speaker's next byte

    def packets(self) -> Iterator[_Packet]:
        """Make all packets, oldest first; the first one carries the comment."""
        comment = self._comment()
        for data in self._segments():
            time = max(0, min(LONGEST_TIME, self._time))
            yield _Packet(time, data, comment)
            comment = ""

    def _comment(self) -> str:
        recording = self._conversation.recording
        sentences = [
            f"HelloSockets made these packets around connection {self._conversation.number}."
        ]
        if self._conversation.secure:
            sentences.append("TLS secured it; shown is what was inside, as plain text.")
        if recording.dropped_chunks:
            sentences.append(f"{recording.dropped_bytes:,} bytes before this were dropped.")
        return " ".join(sentences)

    def _segments(self) -> Iterator[bytes]:
        recording = self._conversation.recording
        if not recording.dropped_chunks:
            yield self._segment("client", SYN)
            yield self._segment("server", SYN | ACK)
            yield self._segment("client", ACK)
        chunks = recording.chunks
        # A FIN is the last word. Should a speaker go on after an end, that end was none.
        last = {chunk.speaker: number for number, chunk in enumerate(chunks) if chunk.data}
        has_ended: set[Speaker] = set()
        for number, (time, speaker, data) in enumerate(chunks):
            self._time = max(self._time, self._start + round(1e9 * time))
            for start in range(0, len(data), MAX_SEGMENT):
                yield self._segment(speaker, PSH | ACK, data[start : start + MAX_SEGMENT])
            if not data and speaker not in has_ended and number > last.get(speaker, -1):
                has_ended.add(speaker)
                yield self._segment(speaker, FIN | ACK)
                yield self._segment(OTHER[speaker], ACK)

    def _segment(self, speaker: Speaker, flags: int, payload: bytes = b"") -> bytes:
        other = OTHER[speaker]
        options = SYN_OPTIONS if flags & SYN else b""
        options += bytes(-len(options) % 4)
        size = TCP_HEADER + len(options)
        header = struct.pack(
            "!HHIIBBHHH",
            self._port[speaker],
            self._port[other],
            self._next[speaker] % 2**32,
            self._next[other] % 2**32 if flags & ACK else 0,
            size // 4 << 4,
            flags,
            WINDOW,
            0,
            0,
        )
        # SYN and FIN take a number each, as if they were a byte (RFC 9293 §3.4).
        self._next[speaker] += len(payload) + bool(flags & (SYN | FIN))
        addresses = self._address[speaker] + self._address[other]
        segment = header + options + payload
        pseudo_header = addresses + struct.pack("!BBH", 0, TCP, len(segment))
        segment = _with_checksum(segment, 16, pseudo_header)
        total = IP_HEADER + len(segment)
        packet = struct.pack("!BBHHHBBH", 0x45, 0, total, 0, DONT_FRAGMENT, TIME_TO_LIVE, TCP, 0)
        return _with_checksum(packet + addresses, 10) + segment


def _with_checksum(data: bytes, offset: int, before: bytes = b"") -> bytes:
    """
    Fill in a checksum: the complement of the sum, in ones' complement, of all 16-bit words.

    Args:
        data: What it is about, with zeros where it belongs.
        offset: Where that is, in bytes.
        before: What counts besides (RFC 9293 §3.1: the pseudo-header).

    """
    covered = before + data
    covered += bytes(len(covered) % 2)
    # A number's remainder by 2^16 - 1 is the sum of its 16-bit digits, carries added at the end:
    # as with 9 in tens. Python's long division does it in C. 0 and 65,535 are the same remainder,
    # and only zeros have the sum 0.
    total = int.from_bytes(covered, "big") % 0xFFFF or 0xFFFF
    return data[:offset] + struct.pack("!H", 0xFFFF - total) + data[offset + 2 :]


def _nanoseconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1) * 1000


def _block(kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    size = struct.pack("<I", 12 + len(body))
    return struct.pack("<I", kind) + size + body + size


def _options(*options: tuple[int, bytes]) -> bytes:
    written = [
        struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)
        for code, value in options
    ]
    return b"".join([*written, struct.pack("<HH", END_OF_OPTIONS, 0)])


def _section_header() -> bytes:
    fixed = struct.pack("<IHHq", BYTE_ORDER_MAGIC, 1, 0, -1)  # version 1.0, length not told
    return _block(SECTION_HEADER, fixed + _options((USER_APPLICATION, b"HelloSockets")))


def _interface() -> bytes:
    fixed = struct.pack("<HHI", LINKTYPE_RAW, 0, 0)  # no limit to a packet's length
    options = _options((INTERFACE_NAME, b"hellosockets"), (RESOLUTION, bytes([NANOSECONDS])))
    return _block(INTERFACE, fixed + options)


def _packet_block(packet: _Packet) -> bytes:
    time, data, comment = packet
    fixed = struct.pack("<IIIII", 0, time >> 32, time & 0xFFFF_FFFF, len(data), len(data))
    padding = bytes(-len(data) % 4)
    options = _options((COMMENT, comment.encode())) if comment else b""
    return _block(PACKET, fixed + data + padding + options)
