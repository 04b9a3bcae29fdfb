"""Conversations with permessage-deflate, made of bytes alone: what tests of the ledger read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from hellosockets.conversation import Conversation
from hellosockets.deflate import Agreement, Deflater
from hellosockets.frames import Speaker, build_frame
from hellosockets.recording import Recording

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
MASKING_KEY = bytes.fromhex("37 fa 21 3d")

Said: TypeAlias = tuple[Speaker, str | bytes]

JOIN = '["1","1","topic:subtopic","phx_join",{}]'
REPLY = (
    '[null,"1","topic:subtopic","phx_reply",'
    '{"response":{"reason":"unmatched topic"},"status":"error"}]'
)
LOBBY = '["2","2","room:lobby","phx_join",{}]'


class Talk:
    """
    One connection under way.

    Args:
        agreement: What the two agree on; None without compression.

    """

    def __init__(self, agreement: Agreement | None = Agreement()) -> None:  # noqa: B008
        self.recording = Recording(clock=lambda: 0.0)
        self.conversation = Conversation(self.recording)
        self.agreement = agreement
        self.deflaters: dict[Speaker, Deflater] = {}
        if agreement is not None:
            self.deflaters["client"] = agreement.deflater("client")
            self.deflaters["server"] = agreement.deflater("server")
        extensions = "Sec-WebSocket-Extensions: "
        offer = f"{extensions}permessage-deflate; client_max_window_bits"
        answer = [] if agreement is None else [f"{extensions}{agreement.header()}"]
        upgrade = ("Upgrade: websocket", "Connection: Upgrade")
        self._head(
            "client",
            *("GET /socket HTTP/1.1", "Host: localhost", *upgrade, f"Sec-WebSocket-Key: {KEY}"),
            *("Sec-WebSocket-Version: 13", offer),
        )
        switching = "HTTP/1.1 101 Switching Protocols"
        self._head("server", switching, *upgrade, f"Sec-WebSocket-Accept: {ACCEPT}", *answer)

    def say(self, speaker: Speaker, data: str | bytes, *, deflate: bool = True) -> None:
        """Say one message, in one frame."""
        payload = data.encode() if isinstance(data, str) else data
        if deflate and speaker in self.deflaters:
            self.say_payload(speaker, self.deflaters[speaker].deflate(payload), data)
        else:
            self._frame(speaker, payload, 1 if isinstance(data, str) else 2)

    def say_payload(self, speaker: Speaker, payload: bytes, data: str | bytes = "") -> None:
        """Say one message by its deflated payload."""
        self._frame(speaker, payload, 1 if isinstance(data, str) else 2, rsv1=True)

    def say_in_pieces(self, speaker: Speaker, data: bytes, sizes: Iterable[int]) -> None:
        """Say one deflated message in several frames, as long as the sizes say, and a last one."""
        payload = self.deflaters[speaker].deflate(data)
        opcode = 2
        for size in sizes:
            self._frame(speaker, payload[:size], opcode, rsv1=opcode == 2, fin=False)
            payload, opcode = payload[size:], 0
        self._frame(speaker, payload, opcode)

    def _frame(
        self, speaker: Speaker, payload: bytes, opcode: int, *, rsv1: bool = False, fin: bool = True
    ) -> None:
        key = MASKING_KEY if speaker == "client" else None
        raw = build_frame(payload, opcode, fin=fin, rsv1=rsv1, masking_key=key)
        self.recording.append(speaker, raw)

    def _head(self, speaker: Speaker, *lines: str) -> None:
        head = "".join(f"{line}\r\n" for line in [*lines, ""])
        self.recording.append(speaker, head.encode())


def talk(*said: Said, agreement: Agreement | None = Agreement()) -> Talk:  # noqa: B008
    """Return a connection on which some messages were said."""
    made = Talk(agreement)
    for speaker, data in said:
        made.say(speaker, data)
    return made


def chapter(agreement: Agreement | None = Agreement()) -> Talk:  # noqa: B008
    """Return a talk in which messages repeat earlier ones, and the last one grows."""
    return talk(
        ("client", JOIN),
        ("server", REPLY),
        ("client", LOBBY),
        ("client", LOBBY),
        ("client", b"\x01\x02\x03\xfe"),
        agreement=agreement,
    )
