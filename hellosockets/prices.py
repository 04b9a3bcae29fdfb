"""Prices: what a conversation costs on other terms of compression. Deflated anew, never estimated.

Each message of it is deflated again as the terms say, and its frames are counted, headers included.
"""

from __future__ import annotations

from dataclasses import dataclass

from .deflate import Agreement, Deflater
from .events import Message
from .frames import Speaker

__all__ = ["Price", "Pricer", "Terms", "is_unread", "usual_terms"]

SPEAKERS: tuple[Speaker, Speaker] = ("client", "server")

WORDS = {
    "as_was": "as it was",
    "takeover": "context takeover",
    "no_takeover": "no context takeover",
    "window": "window of {bits} bits",
    "compressed": "compression",
    "uncompressed": "no compression",
}


@dataclass(frozen=True, slots=True)
class Terms:
    """
    On what terms a conversation is priced; what is None stays as the two agreed.

    Attributes:
        takeover: Whether the window carries over from message to message.
        window_bits: Largest window, 8 to 15 bits. (For 8, 9 are used, as `Deflater` says.)
        compressed: False without compression. Where nothing was agreed, True is compression as
            browsers ask for it: context takeover and a window of 15 bits.

    Raises:
        ValueError: If a window or a takeover is asked for without compression, or a window that
            isn't of 8 to 15 bits.

    """

    takeover: bool | None = None
    window_bits: int | None = None
    compressed: bool | None = None

    def __post_init__(self) -> None:
        if self.compressed is False and (self.takeover, self.window_bits) != (None, None):
            raise ValueError("without compression there is no window: leave the other terms out")
        if self.window_bits not in (None, *range(8, 16)):
            raise ValueError(f"window_bits must be from 8 to 15, got {self.window_bits}")

    @property
    def changes_nothing(self) -> bool:
        """True where every term stays as it was agreed."""
        return (self.takeover, self.window_bits, self.compressed) == (None, None, None)

    def __str__(self) -> str:
        if self.compressed is False:
            return WORDS["uncompressed"]
        parts = []
        if self.window_bits is not None:
            parts.append(WORDS["window"].format(bits=self.window_bits))
        if self.takeover is not None:
            parts.append(WORDS["takeover" if self.takeover else "no_takeover"])
        return ", ".join(parts) or WORDS["compressed" if self.compressed else "as_was"]


def usual_terms(agreement: Agreement | None) -> tuple[Terms, ...]:
    """
    Return the terms that are worth a look, beginning with those on which it was.

    Args:
        agreement: What the two agreed on; None without permessage-deflate.

    """
    has_takeover = agreement is None or not (
        agreement.client_no_context_takeover or agreement.server_no_context_takeover
    )
    takeover = () if has_takeover else (Terms(takeover=True),)
    # zlib deflates with no window of 8 bits.
    windows = [Terms(window_bits=bits) for bits in range(15, 8, -1)]
    return (Terms(), *takeover, Terms(takeover=False), *windows, Terms(compressed=False))


@dataclass(frozen=True, slots=True, repr=False)
class Price:
    """
    What a conversation costs on certain terms.

    Attributes:
        terms: The terms.
        client: Bytes of the client's frames, headers included.
        server: Bytes of the server's.
        wire_sizes: The same for each message.
        payload_sizes: For each message the length of its payload on the wire, in bytes.
        grew: Which messages have a deflated payload that is longer than the message, counted
            from 1.

    """

    terms: Terms
    client: int = 0
    server: int = 0
    wire_sizes: tuple[int, ...] = ()
    payload_sizes: tuple[int, ...] = ()
    grew: tuple[int, ...] = ()

    @property
    def total(self) -> int:
        """Bytes of both speakers' frames."""
        return self.client + self.server

    def __repr__(self) -> str:
        return f"Price({self.terms}: {self.total:,} byte{'s' * (self.total != 1)})"


class Pricer:
    """
    Put messages on a bill, one after the other, on certain terms.

    A message keeps its number of frames. One that can't be inflated costs what it cost.

    Args:
        agreement: What the two agreed on; None without permessage-deflate.
        terms: The terms.

    """

    def __init__(self, agreement: Agreement | None, terms: Terms) -> None:
        self.terms = terms
        self._deflaters: dict[Speaker, Deflater] = {}
        if not terms.changes_nothing and terms.compressed is not False:
            agreement = agreement or Agreement()
            self._deflaters = {each: _deflater(agreement, each, terms) for each in SPEAKERS}
        self._costs: dict[Speaker, int] = dict.fromkeys(SPEAKERS, 0)
        self._wire_sizes: list[int] = []
        self._payload_sizes: list[int] = []
        self._grew: list[int] = []

    def add(self, message: Message) -> None:
        """Put the next message on the bill."""
        speaker = message.speaker or "server"
        deflater = self._deflaters.get(speaker)
        frames = message.frames
        if self.terms.changes_nothing or is_unread(message):
            deflated = message.deflated and not is_unread(message)
            sizes = [len(frame.payload) for frame in frames]
            wire_size = message.wire_size
        else:
            deflated = deflater is not None
            sizes = [len(frame.data) for frame in frames]
            if deflater is not None:  # cut anew into as many frames
                size, rest = divmod(len(deflater.deflate(message.data)), len(frames))
                sizes = [size + (i < rest) for i in range(len(frames))]
            wire_size = sum(
                _header_size(size, frame.masked) + size
                for size, frame in zip(sizes, frames, strict=True)
            )
        self._costs[speaker] += wire_size
        self._wire_sizes.append(wire_size)
        self._payload_sizes.append(sum(sizes))
        if deflated and sum(sizes) > message.size:
            self._grew.append(len(self._wire_sizes))

    def price(self) -> Price:
        """Return the bill so far."""
        return Price(
            self.terms,
            self._costs["client"],
            self._costs["server"],
            tuple(self._wire_sizes),
            tuple(self._payload_sizes),
            tuple(self._grew),
        )


def is_unread(message: Message) -> bool:
    """Tell whether a message crossed deflated and can't be inflated."""
    return message.deflated and any(frame.inflated is None for frame in message.frames)


def _deflater(agreement: Agreement, speaker: Speaker, terms: Terms) -> Deflater:
    takeover, bits = terms.takeover, terms.window_bits
    if takeover is None:
        takeover = not getattr(agreement, f"{speaker}_no_context_takeover")
    if bits is None:
        bits = getattr(agreement, f"{speaker}_max_window_bits")
    return Deflater(no_context_takeover=not takeover, window_bits=bits)


def _header_size(payload_size: int, masked: bool) -> int:
    """Return the length of a frame's header in bytes (RFC 6455 §5.2)."""
    length = 0 if payload_size < 126 else 2 if payload_size < 2**16 else 8
    return 2 + length + 4 * masked
