"""pcapng, read back by Scapy: a reader, and a TCP/IP, that aren't ours."""

from __future__ import annotations

import io
import itertools
import struct
from dataclasses import dataclass, field

import pytest
from export_talks import BEGAN, BEGAN_EPOCH, TURNS, all_talks, converse, gap, talk
from scapy.layers.inet import IP, TCP
from scapy.utils import RawPcapNgReader

from hellosockets.conversation import Conversation
from hellosockets.export import to_pcapng
from hellosockets.frames import Speaker
from hellosockets.recording import Recording

SPEAKERS: tuple[Speaker, ...] = ("client", "server")


@dataclass
class Stream:
    """One direction of one connection, put together again by its sequence numbers."""

    data: bytearray = field(default_factory=bytearray)
    first: int | None = None  # sequence number of the first byte
    fins: int = 0

    def take(self, packet: TCP) -> None:
        payload = bytes(packet.payload)
        if self.first is None:
            self.first = packet.seq + ("S" in packet.flags)
        start = packet.seq + ("S" in packet.flags) - self.first
        assert start == len(self.data) + self.fins, "no byte is missing or sent twice"
        self.data += payload
        self.fins += "F" in packet.flags


def read(data: bytes) -> list[tuple[int, IP, str]]:
    """Return time in nanoseconds, packet and comment of each packet."""
    packets = []
    with RawPcapNgReader(io.BytesIO(data)) as reader:
        for raw, meta in reader:
            assert meta.linktype == 101
            assert meta.tsresol == 10**9
            time = (meta.tshigh << 32) + meta.tslow
            comment = b"".join(meta.comments or []).decode()
            packets.append((time, IP(raw), comment))
    return packets


def streams(data: bytes, port: int = 4000) -> dict[tuple[str, int], dict[Speaker, Stream]]:
    found: dict[tuple[str, int], dict[Speaker, Stream]] = {}
    for _, ip, _ in read(data):
        speaker: Speaker = "server" if ip[TCP].sport == port else "client"
        key = (ip.src, ip[TCP].sport) if speaker == "client" else (ip.dst, ip[TCP].dport)
        connection = found.setdefault(key, {each: Stream() for each in SPEAKERS})
        connection[speaker].take(ip[TCP])
        other = connection["client" if speaker == "server" else "server"]
        if other.first is not None and "A" in ip[TCP].flags:
            assert ip[TCP].ack == other.first + len(other.data) + other.fins
    return found


def said(conversation: Conversation, speaker: Speaker) -> bytes:
    chunks = conversation.recording.chunks
    return b"".join(chunk.data for chunk in chunks if chunk.speaker == speaker)


def test_packets_carry_every_byte() -> None:
    talks = all_talks()
    found = streams(to_pcapng(talks, began=BEGAN))
    assert list(found) == [("192.0.2.1", 49_152 + number) for number in range(len(talks))]
    for conversation, connection in zip(talks, found.values(), strict=True):
        for speaker in SPEAKERS:
            assert bytes(connection[speaker].data) == said(conversation, speaker)


def test_checksums_and_lengths_are_right() -> None:
    packets = read(to_pcapng(all_talks(), began=BEGAN))
    for _, ip, _ in packets:
        again = ip.copy()
        del again.chksum, again.len, again.ihl, again[TCP].chksum, again[TCP].dataofs
        assert bytes(again) == bytes(ip)
    assert max(len(bytes(ip)) for _, ip, _ in packets) == 65_535


@pytest.mark.parametrize("name", TURNS)
def test_flags_tell_how_a_connection_went(name: str) -> None:
    conversation = talk(name)
    flags = [str(ip[TCP].flags) for _, ip, _ in read(to_pcapng(conversation, began=BEGAN))]
    assert flags[:3] == ["S", "SA", "A"]
    has_ended = [event.speaker for event in conversation.events if type(event).__name__ == "End"]
    if name == "hostile bytes":
        has_ended.remove("server")  # it went on after its end
    assert flags.count("FA") == len(has_ended)
    assert set(flags[3:]) <= {"PA", "FA", "A"}
    assert flags.count("A") == 1 + len(has_ended)


def test_times_are_those_of_the_recording() -> None:
    conversation = talk("refused")
    packets = read(to_pcapng(conversation, began=BEGAN))
    times = [time - int(BEGAN_EPOCH) * 10**9 for time, _, _ in packets]
    quarters = [0, 0, 0, 1, 2, 3, 3, 4, 4]  # a FIN is acknowledged at once
    assert times == [quarter * 250_000_000 for quarter in quarters]


def test_packets_of_several_connections_are_in_order() -> None:
    late = talk("refused", number=2)
    late.recording.began += 0.125
    packets = read(to_pcapng([talk("refused"), late], began=BEGAN))
    times = [time for time, _, _ in packets]
    assert times == sorted(times)
    ports = [ip[TCP].sport for _, ip, _ in packets if ip[TCP].dport == 4000 and ip[TCP].payload]
    assert ports == [49_152, 49_153]
    assert times[3] - times[0] == 125_000_000


@pytest.mark.parametrize(
    ("conversation", "comment"),
    [
        (talk("refused"), "HelloSockets made these packets around connection 1."),
        (
            talk("refused", secure=True, number=2),
            "HelloSockets made these packets around connection 2. "
            "TLS secured it; shown is what was inside, as plain text.",
        ),
        (
            gap(number=3),
            "HelloSockets made these packets around connection 3. "
            f"{gap().recording.dropped_bytes:,} bytes before this were dropped.",
        ),
    ],
)
def test_the_first_packet_has_a_comment(conversation: Conversation, comment: str) -> None:
    packets = read(to_pcapng(conversation, began=BEGAN))
    assert [each for _, _, each in packets] == [comment, *[""] * (len(packets) - 1)]


def test_a_gap_begins_without_a_handshake() -> None:
    packets = read(to_pcapng(gap(), began=BEGAN))
    assert not any("S" in ip[TCP].flags for _, ip, _ in packets)


def test_times_out_of_order_or_range_stay_readable() -> None:
    for times in ([5.0, 9.0, 1.0, 9.5, 3.0], [0.0, -1e12, 1e12, 0.0, 0.0]):
        clock = iter(times)
        recording = Recording(clock=clock.__next__)
        for speaker, data in TURNS["refused"]:
            recording.append(speaker, data)
        conversation = Conversation(recording)
        [connection] = streams(to_pcapng(conversation, began=BEGAN)).values()
        assert bytes(connection["server"].data) == said(conversation, "server")
    read(to_pcapng(talk("refused"), began="1901-01-01T00:00:00Z"))


def test_port_is_an_argument() -> None:
    [connection] = streams(to_pcapng(talk("refused"), began=BEGAN, port=443), 443).values()
    assert connection["server"].data
    for wrong in (0, 65_536, "4000", True, None):
        with pytest.raises(ValueError, match="port must be a number from 1 to 65535"):
            to_pcapng([], began=BEGAN, port=wrong)


def test_blocks_are_as_the_format_says() -> None:
    data = to_pcapng(talk("refused"), began=BEGAN)
    kinds = []
    while data:
        kind, size = struct.unpack_from("<II", data)
        assert size % 4 == 0
        assert struct.unpack_from("<I", data, size - 4) == (size,)
        kinds.append(kind)
        data = data[size:]
    assert kinds[:2] == [0x0A0D0D0A, 1]
    assert set(kinds[2:]) == {6}
    assert read(to_pcapng([], began=BEGAN)) == []


def test_more_connections_than_a_client_has_ports() -> None:
    nothing = converse([])
    data = to_pcapng(itertools.repeat(nothing, 16_385), began=BEGAN)
    last = [ip for _, ip, _ in read(_tail(data))]
    assert {(ip.src, ip[TCP].sport) for ip in last} >= {("192.0.2.2", 49_152)}


def _tail(data: bytes) -> bytes:
    """Return a file with the first two blocks and the last three."""
    starts, start = [], 0
    while start < len(data):
        starts.append(start)
        start += struct.unpack_from("<I", data, start + 4)[0]
    return data[: starts[2]] + data[starts[-3] :]
