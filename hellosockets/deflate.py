"""Compression: permessage-deflate, RFC 7692. Knows no I/O, no widgets.

Two halves: what client and server agree on in the opening handshake (`parse_extensions`,
`negotiate`, `agreed`, `judge`), and what then happens to each message (`Inflater`, `Deflater`).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from . import rules
from .frames import Speaker
from .rules import Verdict

__all__ = [
    "Agreement",
    "Deflater",
    "Extension",
    "Inflated",
    "Inflater",
    "agreed",
    "judge",
    "negotiate",
    "parse_extensions",
]

NAME = "permessage-deflate"
SERVER_NO_CONTEXT_TAKEOVER = "server_no_context_takeover"
CLIENT_NO_CONTEXT_TAKEOVER = "client_no_context_takeover"
SERVER_MAX_WINDOW_BITS = "server_max_window_bits"
CLIENT_MAX_WINDOW_BITS = "client_max_window_bits"
NO_CONTEXT_TAKEOVER = (SERVER_NO_CONTEXT_TAKEOVER, CLIENT_NO_CONTEXT_TAKEOVER)
MAX_WINDOW_BITS = (SERVER_MAX_WINDOW_BITS, CLIENT_MAX_WINDOW_BITS)

# "a decimal integer value without leading zeroes between 8 to 15, inclusive" (§7.1.2.1)
WINDOW_BITS = {str(bits): bits for bits in range(8, 16)}
LARGEST_WINDOW = 15  # 32,768 bytes: what holds where no parameter says less
MOST_VERDICTS = 100  # on one handshake; an honest one earns none

# What every flushed message ends with, and what is therefore never sent (§7.2.1).
TAIL = bytes.fromhex("00 00 ff ff")
# An empty stored block with BFINAL set, from a byte boundary: the end of a DEFLATE stream.
LAST_BLOCK = bytes.fromhex("01 00 00 ff ff")

# zlib is fed so many bytes at a time. After a block with BFINAL it hands back what it hasn't
# read; small slices keep that linear even where every second byte ends a block.
SLICE = 4096

# An honest message has one block with BFINAL set, or none. Each one takes a new window to go on
# with: 2 bytes on the wire buy a copy of 32 KiB, and a message of them alone would buy seconds.
MOST_LAST_BLOCKS = 1_000  # in one message

TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # RFC 7230 §3.2.6
PARAMETER = re.compile(rf'({TOKEN})(?:[ \t]*=[ \t]*(?:({TOKEN})|"((?:[^"\\]|\\.)*)"))?', re.DOTALL)
# A quoted string, closed or not; or a separator outside of one.
QUOTED_OR_SEPARATOR = re.compile(r'"(?:[^"\\]|\\.?)*"?|[,;]', re.DOTALL)

# The lawful parameters of one offer or answer: name -> window bits, or None for a bare name.
Parameters = dict[str, int | None]


# What both sides agree on: the Sec-WebSocket-Extensions header.


@dataclass(frozen=True, slots=True)
class Extension:
    """
    One element of a ``Sec-WebSocket-Extensions`` header (RFC 6455 §9.1).

    Attributes:
        name: Its name, e.g. ``"permessage-deflate"``.
        parameters: Names and values in their order; the value is None for a bare name. Quotes are
            removed.

    """

    name: str
    parameters: tuple[tuple[str, str | None], ...] = ()

    def __str__(self) -> str:
        return "; ".join([self.name, *[_spell(name, value) for name, value in self.parameters]])


@dataclass(frozen=True, slots=True, repr=False)
class Agreement:
    """
    What client and server agreed on about compression (RFC 7692 §7.1).

    A window of n bits is the last 2**n bytes of the uncompressed stream, to which a message may
    refer back instead of repeating them.

    Attributes:
        server_no_context_takeover: True when the server begins each message with an empty window.
        client_no_context_takeover: True when the client does.
        server_max_window_bits: Largest window that the server uses, 8 to 15 bits.
        client_max_window_bits: Largest window that the client uses, 8 to 15 bits.
        window_asked: True when the offer named ``server_max_window_bits``: the answer then names
            it too, even at 15 (§7.1.2.1).

    Raises:
        ValueError: If a window isn't of 8 to 15 bits.

    """

    server_no_context_takeover: bool = False
    client_no_context_takeover: bool = False
    server_max_window_bits: int = LARGEST_WINDOW
    client_max_window_bits: int = LARGEST_WINDOW
    window_asked: bool = field(default=False, compare=False)

    def __post_init__(self) -> None:
        for name in MAX_WINDOW_BITS:
            _check_window_bits(name, getattr(self, name))

    def header(self) -> str:
        """Return the value of the answer's ``Sec-WebSocket-Extensions`` header."""
        parameters: list[tuple[str, str | None]] = [
            (name, None) for name in NO_CONTEXT_TAKEOVER if getattr(self, name)
        ]
        if self.window_asked or self.server_max_window_bits < LARGEST_WINDOW:
            parameters.append((SERVER_MAX_WINDOW_BITS, str(self.server_max_window_bits)))
        if self.client_max_window_bits < LARGEST_WINDOW:
            parameters.append((CLIENT_MAX_WINDOW_BITS, str(self.client_max_window_bits)))
        return str(Extension(NAME, tuple(parameters)))

    def inflater(self, speaker: Speaker, *, max_size: int = 16 * 2**20) -> Inflater:
        """Return what inflates the messages that ``speaker`` sends, ``max_size`` bytes at most."""
        no_context_takeover, window_bits = self._of(speaker)
        return Inflater(
            no_context_takeover=no_context_takeover, window_bits=window_bits, max_size=max_size
        )

    def deflater(self, speaker: Speaker, *, level: int = -1) -> Deflater:
        """Return what deflates the messages that ``speaker`` sends; ``level`` as in zlib."""
        no_context_takeover, window_bits = self._of(speaker)
        return Deflater(
            no_context_takeover=no_context_takeover, window_bits=window_bits, level=level
        )

    def __repr__(self) -> str:
        return f"Agreement({self.header()})"

    def _of(self, speaker: Speaker) -> tuple[bool, int]:
        if speaker == "server":
            return self.server_no_context_takeover, self.server_max_window_bits
        return self.client_no_context_takeover, self.client_max_window_bits


def parse_extensions(header: str) -> list[Extension]:
    """
    Read a ``Sec-WebSocket-Extensions`` header (RFC 6455 §9.1).

    Args:
        header: The header's value; several headers of this name are joined with commas.

    Returns:
        The extensions in their order. What can't be read is left out; `judge` says what it was.

    """
    return _parse(header)[0]


def negotiate(
    offer_header: str | None,
    *,
    server_no_context_takeover: bool = False,
    client_no_context_takeover: bool = False,
    server_max_window_bits: int = LARGEST_WINDOW,
    client_max_window_bits: int = LARGEST_WINDOW,
) -> Agreement | None:
    """
    Answer a client's offer as a server does (RFC 7692 §7.1).

    The client lists its offers in order of preference; the first acceptable one is accepted. What
    an offer asks of the server is granted, and the server's own preferences are added to it.

    Args:
        offer_header: The request's ``Sec-WebSocket-Extensions``; None if it has none.
        server_no_context_takeover: Whether this server begins each message with an empty window,
            even unasked: it saves memory between messages.
        client_no_context_takeover: Whether it wants the client to do so.
        server_max_window_bits: Largest window that this server uses.
        client_max_window_bits: Largest window that it wants the client to use. It can say so only
            to a client that offers ``client_max_window_bits``; others are accepted as they are.

    Returns:
        What is agreed, or None where the server has to answer without compression: nothing
        acceptable was offered, or the header breaks the grammar.

    Raises:
        ValueError: If a preferred window isn't of 8 to 15 bits.

    """
    _check_window_bits(SERVER_MAX_WINDOW_BITS, server_max_window_bits)
    _check_window_bits(CLIENT_MAX_WINDOW_BITS, client_max_window_bits)
    offers, unreadable = _parse(offer_header)
    if unreadable:
        return None
    for offer in offers:
        parameters, found = _read(offer, is_answer=False)
        # "A server MUST decline an extension negotiation offer" with an unknown, repeated or
        # invalid parameter (§7); the next offer may do.
        if offer.name != NAME or found:
            continue
        client_window = LARGEST_WINDOW
        if CLIENT_MAX_WINDOW_BITS in parameters:
            offered = parameters[CLIENT_MAX_WINDOW_BITS] or LARGEST_WINDOW
            client_window = min(offered, client_max_window_bits)
        return Agreement(
            server_no_context_takeover or SERVER_NO_CONTEXT_TAKEOVER in parameters,
            client_no_context_takeover or CLIENT_NO_CONTEXT_TAKEOVER in parameters,
            min(parameters.get(SERVER_MAX_WINDOW_BITS) or LARGEST_WINDOW, server_max_window_bits),
            client_window,
            window_asked=SERVER_MAX_WINDOW_BITS in parameters,
        )
    return None


def agreed(response_header: str | None) -> Agreement | None:
    """
    Read what a server's 101 answer agrees on.

    Tolerant: a parameter that can't be understood counts as left out, which is the reading that
    inflates most. `judge` says what is wrong with it.

    Args:
        response_header: The response's ``Sec-WebSocket-Extensions``; None if it has none.

    Returns:
        The agreement, or None without permessage-deflate.

    """
    for extension in parse_extensions(response_header or ""):
        if extension.name == NAME:
            parameters, _ = _read(extension, is_answer=True)
            return Agreement(
                SERVER_NO_CONTEXT_TAKEOVER in parameters,
                CLIENT_NO_CONTEXT_TAKEOVER in parameters,
                parameters.get(SERVER_MAX_WINDOW_BITS) or LARGEST_WINDOW,
                parameters.get(CLIENT_MAX_WINDOW_BITS) or LARGEST_WINDOW,
                window_asked=SERVER_MAX_WINDOW_BITS in parameters,
            )
    return None


def judge(offer_header: str | None, answer_header: str | None) -> tuple[Verdict, ...]:
    """
    Find the rules that an offer and its answer break (RFC 6455 §9.1, RFC 7692 §7).

    Whether the answer names an extension that nobody offered is a question of the handshake and
    isn't asked here.

    Args:
        offer_header: The request's ``Sec-WebSocket-Extensions``; None if it has none.
        answer_header: The response's; None if it has none.

    Returns:
        The verdicts on the offer, then those on the answer; 100 at most.

    """
    offers, offers_found = _judge_alone(offer_header, is_answer=False)
    answers, answers_found = _judge_alone(answer_header, is_answer=True)
    verdicts = [*offers_found, *answers_found]
    if len(answers) > 1:
        what = f"{NAME} stands {len(answers)} times in the answer"
        verdicts.append(Verdict(rules.DEFLATE_AGREED_ONCE, what))
    if answers and offers:
        answer, found = answers[0]
        lawful = [parameters for parameters, wrong in offers if not wrong]
        if not lawful:
            what = "the answer accepts an offer whose parameters break the rules"
            verdicts.append(Verdict(rules.DEFLATE_DECLINE, what))
        elif not found:
            # The answer doesn't say which offer it accepts: the one that it fits best.
            comparisons = [_compare(offer, answer) for offer in lawful]
            closest = min(comparisons, key=len)
            verdicts += closest
    return tuple(verdicts[:MOST_VERDICTS])


def _judge_alone(
    header: str | None, *, is_answer: bool
) -> tuple[list[tuple[Parameters, list[Verdict]]], list[Verdict]]:
    """Return permessage-deflate's parameters with their verdicts, and all verdicts together."""
    extensions, unreadable = _parse(header)
    where = "the answer" if is_answer else "the offer"
    all_found = [
        Verdict(rules.EXTENSION_GRAMMAR, f"{where} has {piece[:60].strip()!r}")
        for piece in unreadable[:MOST_VERDICTS]
    ]
    read = [_read(each, is_answer=is_answer) for each in extensions if each.name == NAME]
    all_found += [verdict for _, found in read for verdict in found]
    return read, all_found


def _compare(offer: Parameters, answer: Parameters) -> list[Verdict]:
    """Say what an answer owes to an offer; both lawful in themselves."""
    found = []
    if SERVER_NO_CONTEXT_TAKEOVER in offer and SERVER_NO_CONTEXT_TAKEOVER not in answer:
        what = f"{SERVER_NO_CONTEXT_TAKEOVER} is offered, and the answer leaves it out"
        found.append(Verdict(rules.DEFLATE_SERVER_TAKEOVER, what))
    if (offered := offer.get(SERVER_MAX_WINDOW_BITS)) is not None:
        bits = answer.get(SERVER_MAX_WINDOW_BITS)
        if bits is None or bits > offered:
            says = "leaves it out" if bits is None else f"says {bits}"
            what = f"{SERVER_MAX_WINDOW_BITS}={offered} is offered, and the answer {says}"
            found.append(Verdict(rules.DEFLATE_SERVER_WINDOW, what))
    if (bits := answer.get(CLIENT_MAX_WINDOW_BITS)) is not None:
        if CLIENT_MAX_WINDOW_BITS not in offer:
            what = f"the answer has {CLIENT_MAX_WINDOW_BITS}={bits}, which wasn't offered"
            found.append(Verdict(rules.DEFLATE_CLIENT_WINDOW_UNASKED, what))
        elif bits > (offered := offer[CLIENT_MAX_WINDOW_BITS] or LARGEST_WINDOW):
            what = f"{CLIENT_MAX_WINDOW_BITS}={offered} is offered, and the answer says {bits}"
            found.append(Verdict(rules.DEFLATE_CLIENT_WINDOW, what))
    return found


def _read(extension: Extension, *, is_answer: bool) -> tuple[Parameters, list[Verdict]]:
    """Return the lawful parameters of permessage-deflate, and what is wrong with the others."""
    parameters: Parameters = {}
    found = []
    where = "the answer" if is_answer else "the offer"
    for name, value in extension.parameters:
        bits = WINDOW_BITS.get(value or "")
        # "client_max_window_bits" may stand alone, in an offer only: "I can do it" (§7.1.2.2).
        may_be_bare = name == CLIENT_MAX_WINDOW_BITS and not is_answer
        if name not in NO_CONTEXT_TAKEOVER + MAX_WINDOW_BITS:
            rule = rules.DEFLATE_UNKNOWN_PARAMETER
        elif name in parameters:
            rule = rules.DEFLATE_REPEATED_PARAMETER
        elif name in NO_CONTEXT_TAKEOVER and value is not None:
            rule = rules.DEFLATE_TAKEOVER_VALUE
        elif name in MAX_WINDOW_BITS and bits is None and not (may_be_bare and value is None):
            rule = rules.DEFLATE_WINDOW_BITS
        else:
            parameters[name] = bits
            continue
        found.append(Verdict(rule, f"{where} has {_spell(name, value)[:60]}"))
    return parameters, found


def _parse(header: str | None) -> tuple[list[Extension], list[str]]:
    """Return the extensions that a header names, and the pieces of it that can't be read."""
    extensions: list[Extension] = []
    unreadable: list[str] = []
    if header is None:
        return extensions, unreadable
    for element in _split(header, ","):
        if not element.strip(" \t"):
            continue  # "ignore a reasonable number of empty list elements" (RFC 7230 §7)
        first, *others = (piece.strip(" \t") for piece in _split(element, ";"))
        if not re.fullmatch(TOKEN, first):
            unreadable.append(element)
            continue
        parameters: list[tuple[str, str | None]] = []
        for other in others:
            parameter = _parse_parameter(other)
            if parameter is None:
                unreadable.append(other)
            else:
                parameters.append(parameter)
        extensions.append(Extension(first, tuple(parameters)))
    if not extensions and not unreadable:  # 1#extension: "at least one element"
        unreadable.append(header)
    return extensions, unreadable


def _parse_parameter(text: str) -> tuple[str, str | None] | None:
    match = PARAMETER.fullmatch(text)
    if match is None:
        return None
    name, value, quoted = match.groups()
    if quoted is not None:
        # "the value after quoted-string unescaping MUST conform to the 'token' ABNF"
        value = re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL)
        if not re.fullmatch(TOKEN, value):
            return None
    return name, value


def _split(text: str, separator: str) -> Iterator[str]:
    """Cut at each separator that doesn't stand inside a quoted string."""
    start = 0
    for match in QUOTED_OR_SEPARATOR.finditer(text):
        if match.group() == separator:
            yield text[start : match.start()]
            start = match.end()
    yield text[start:]


def _spell(name: str, value: str | None) -> str:
    return name if value is None else f"{name}={value}"


def _check_window_bits(name: str, bits: int) -> None:
    if bits not in range(8, 16):
        raise ValueError(f"{name} must be from 8 to 15, got {bits}")


# What happens to each message: the payload of its frames.


@dataclass(frozen=True, slots=True, repr=False)
class Inflated:
    """
    What one frame's payload inflates to, and what it cost.

    Attributes:
        data: The inflated bytes; with a verdict, those that came out before it.
        wire_size: Length of the payload as sent, in bytes.
        verdict: The rule that the payload breaks, or None.

    """

    data: bytes
    wire_size: int
    verdict: Verdict | None = None

    @property
    def saved(self) -> int:
        """How many bytes compression kept off the wire; negative where it added some."""
        return len(self.data) - self.wire_size

    def __repr__(self) -> str:
        size = len(self.data)
        wrong = "" if self.verdict is None else f": {self.verdict}"
        return (
            f"Inflated({size:,} byte{'' if size == 1 else 's'}, "
            f"{self.wire_size:,} on the wire{wrong})"
        )


class Inflater:
    """
    Inflate the messages of one speaker (RFC 7692 §7.2.2).

    The window may carry over from message to message, so that an inflater needs every deflated
    message, from the first one on and in order.

    Args:
        no_context_takeover: Whether the speaker begins each message with an empty window.
        window_bits: Largest window that the speaker uses, 8 to 15 bits.
        max_size: Longest message that is inflated, in bytes after inflating.

    Raises:
        ValueError: If the window isn't of 8 to 15 bits or ``max_size`` is negative.

    """

    def __init__(
        self,
        *,
        no_context_takeover: bool = False,
        window_bits: int = LARGEST_WINDOW,
        max_size: int = 16 * 2**20,
    ) -> None:
        _check_window_bits("window_bits", window_bits)
        if max_size < 0:
            raise ValueError(f"max_size must be 0 bytes or more, got {max_size}")
        self.window_bits = window_bits
        self.max_size = max_size
        self._no_context_takeover = no_context_takeover
        self._size = 0  # bytes that earlier frames of this message inflated to
        self._last_blocks = 0  # blocks with BFINAL set, so far in this message
        self._is_lost = False
        self._window = bytearray()  # the end of what came out, kept for the block after BFINAL
        self._zlib = self._new_zlib()

    @property
    def no_context_takeover(self) -> bool:
        """Whether the speaker begins each message with an empty window."""
        return self._no_context_takeover

    def inflate(self, payload: bytes, fin: bool = True) -> Inflated:
        """
        Inflate one frame's payload; never raises, whatever the bytes.

        After an error the window is lost: what follows can't be inflated and gets a verdict that
        says so, until the next message with ``no_context_takeover``, else for good.

        Args:
            payload: The payload, unmasked.
            fin: True for the last frame of a message.

        Returns:
            The bytes that this frame adds to the message. No more than ``max_size`` bytes of one
            message ever come out.

        """
        data = bytearray()
        verdict = self._inflate(payload, data)
        if fin and verdict is None:
            verdict = self._end()
        self._is_lost = verdict is not None
        self._size += len(data)
        if fin:
            self._begin_message()
        return Inflated(bytes(data), len(payload), verdict)

    def interrupt(self) -> None:
        """
        Learn that the message under way goes no further: a new one began before its end.

        With ``no_context_takeover`` the new one begins with an empty window and owes nothing to
        it. Without, the window is lost, as nobody can tell what the speaker's own holds by now.

        """
        self._is_lost = True
        self._begin_message()

    def __repr__(self) -> str:
        return f"Inflater({_window(self.window_bits, self.no_context_takeover)})"

    def _inflate(self, payload: bytes, data: bytearray) -> Verdict | None:
        if self._is_lost:
            what = "what came before could not be inflated, and this refers back to it"
            return Verdict(rules.DEFLATE_WINDOW_LOST, what)
        for start in range(0, len(payload), SLICE):
            rest = payload[start : start + SLICE]
            while rest:
                room = self.max_size - self._size - len(data)
                try:
                    # One byte more than there is room for tells a message that fits exactly from
                    # one that goes on. (Also, zlib takes 0 as "no limit".)
                    piece = self._zlib.decompress(rest, room + 1)
                except zlib.error as error:
                    reason = str(error).rpartition(": ")[2]
                    return Verdict(rules.INVALID_DEFLATE_DATA, f"inflating fails: {reason}")
                data += piece[:room]
                if len(piece) > room:
                    what = f"the message inflates to more than {self.max_size:,} bytes"
                    return Verdict(rules.INFLATED_LIMIT, what)
                self._remember(piece)
                rest = b""
                if self._zlib.eof:
                    # A block with BFINAL set ends zlib's stream but not the message. "The next
                    # DEFLATE block follows the padded data" and shares the window (§7.2.1).
                    rest = self._zlib.unused_data
                    self._last_blocks += 1
                    if self._last_blocks > MOST_LAST_BLOCKS:
                        what = (
                            f"more than {MOST_LAST_BLOCKS:,} blocks of the message have BFINAL set"
                        )
                        return Verdict(rules.DEFLATE_LAST_BLOCKS, what)
                    self._zlib = self._new_zlib()
        return None

    def _end(self) -> Verdict | None:
        # "Append 4 octets of 0x00 0x00 0xff 0xff to the tail end of the payload": nothing comes
        # out of them, and they leave zlib between two blocks, where a last block ends its stream.
        # In a message cut short they are the middle of a block, and so is that last block.
        nothing = bytearray()
        if self._inflate(TAIL, nothing) is None and not nothing:
            probe = self._zlib.copy()
            try:
                if not probe.decompress(LAST_BLOCK, 1) and probe.eof and not probe.unused_data:
                    return None
            except zlib.error:
                pass
        what = "the message ends in the middle of a DEFLATE block"
        return Verdict(rules.DEFLATE_CUT_SHORT, what)

    def _begin_message(self) -> None:
        self._size = self._last_blocks = 0
        if self.no_context_takeover:
            self._is_lost = False
            self._window.clear()
            self._zlib = self._new_zlib()

    def _remember(self, piece: bytes) -> None:
        size = 2**self.window_bits
        self._window += piece[-size:]
        if len(self._window) > 2 * size:  # seldom, so that the cost per byte stays constant
            del self._window[:-size]

    def _new_zlib(self) -> zlib._Decompress:
        # Negative: raw DEFLATE, no zlib header. All of 8 to 15 bits work for inflating. A look
        # back beyond the window is an error, except that zlib lets one into the same piece pass.
        size = 2**self.window_bits
        return zlib.decompressobj(-self.window_bits, zdict=bytes(self._window[-size:]))


class Deflater:
    """
    Deflate the messages of one speaker (RFC 7692 §7.2.1).

    Args:
        no_context_takeover: Whether each message begins with an empty window. It costs bytes on
            the wire and saves the memory of the window between messages.
        window_bits: Largest window to use, 8 to 15 bits.
        level: 0 (store) to 9 (smallest); -1 is zlib's own choice.

    Raises:
        ValueError: If the window isn't of 8 to 15 bits or the level not from -1 to 9.

    """

    def __init__(
        self,
        *,
        no_context_takeover: bool = False,
        window_bits: int = LARGEST_WINDOW,
        level: int = -1,
    ) -> None:
        _check_window_bits("window_bits", window_bits)
        if level not in range(-1, 10):
            raise ValueError(f"level must be from -1 to 9, got {level}")
        self.no_context_takeover = no_context_takeover
        self.window_bits = window_bits
        self.level = level
        self._zlib = self._new_zlib()

    def deflate(self, data: str | bytes) -> bytes:
        """
        Deflate one message.

        Args:
            data: The message; a str is sent as UTF-8.

        Returns:
            The payload of a frame with RSV1 set, not masked yet. It may be cut anywhere into the
            payloads of several fragments, of which the first has RSV1 set.

        """
        if isinstance(data, str):
            data = data.encode()
        payload = self._zlib.compress(data) + self._zlib.flush(zlib.Z_SYNC_FLUSH)
        if self.no_context_takeover:
            self._zlib = self._new_zlib()
        # "Remove 4 octets (that are 0x00 0x00 0xff 0xff) from the tail end."
        return payload.removesuffix(TAIL)

    def __repr__(self) -> str:
        return f"Deflater({_window(self.window_bits, self.no_context_takeover)})"

    def _new_zlib(self) -> zlib._Compress:
        # zlib can't deflate with a window of 8 bits, "Invalid initialization option". 9 bits
        # serve as well: zlib looks back 262 bytes less far than its window reaches, and
        # 512 - 262 = 250 bytes lie within the 256 of a peer that was promised 8 bits.
        return zlib.compressobj(self.level, zlib.DEFLATED, -max(self.window_bits, 9))


def _window(bits: int, no_context_takeover: bool) -> str:
    takeover = "no context takeover" if no_context_takeover else "context takeover"
    return f"window of {2**bits:,} bytes, {takeover}"
