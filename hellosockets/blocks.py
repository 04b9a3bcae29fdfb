"""Blocks: DEFLATE data read as tokens instead of bytes, RFC 1951. Knows no I/O, no widgets.

zlib gives back what the data says. This gives back how it says it: which byte stands there itself,
and which stretch is a look back at what came before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

__all__ = ["Block", "BlockKind", "Blocks", "Copy", "LiteralByte", "Token", "read_blocks", "replay"]

BlockKind = Literal["stored", "fixed", "dynamic"]
KINDS: dict[int, BlockKind] = {0b00: "stored", 0b01: "fixed", 0b10: "dynamic"}  # BTYPE, §3.2.3

FARTHEST = 32_768  # bytes that a copy may reach back (§2)
MOST_TOKENS = 100_000
MOST_BLOCKS = 1_000  # each may bring a code of its own, which takes a while to lay out

LONGEST_CODE = 15  # bits
END_OF_BLOCK = 256
MOST_LENGTH_CODES = 286  # 286 and 287 "will never actually occur in the compressed data" (§3.2.6)
MOST_DISTANCE_CODES = 30  # and so 30 and 31

# Symbols 257 to 285: the bits that follow each one, and the shortest length it stands for (§3.2.5).
LENGTH_BITS = (0, 0, 0, 0, *(bits for bits in range(6) for _ in range(4)), 0)
LENGTHS = (*(3 + sum(2**bits for bits in LENGTH_BITS[:i]) for i in range(28)), 258)

# Symbols 0 to 29 of the distance code, likewise: two for each number of extra bits.
DISTANCE_BITS = (0, 0, *(bits for bits in range(14) for _ in range(2)))
DISTANCES = tuple(1 + sum(2**bits for bits in DISTANCE_BITS[:i]) for i in range(30))

# In which order a dynamic block gives the lengths of the code for its code lengths (§3.2.7).
CODE_LENGTH_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)

CUT_SHORT = "the data ends in the middle of a block"


@dataclass(frozen=True, slots=True)
class LiteralByte:
    """
    One byte that stands there itself.

    Attributes:
        value: The byte, 0 to 255.
        start: Where its code begins, in bits from the data's start.
        size: Length of its code, in bits.

    """

    value: int
    start: int
    size: int

    def __str__(self) -> str:
        return repr(chr(self.value)) if 0x20 <= self.value <= 0x7E else f"{self.value:02x}"


@dataclass(frozen=True, slots=True)
class Copy:
    """
    A look back: a pair <length, backward distance> (RFC 1951 §3.2.4).

    Attributes:
        length: How many bytes to repeat, 3 to 258.
        distance: How far back they begin, 1 to 32,768 bytes. Where it is less than ``length``, the
            copy repeats what it has only now written.
        start: Where its code begins, in bits from the data's start.
        size: Length of its code, in bits.

    """

    length: int
    distance: int
    start: int
    size: int

    def __str__(self) -> str:
        return f"<{self.length}, {self.distance}>"


Token: TypeAlias = LiteralByte | Copy


@dataclass(frozen=True, slots=True, repr=False)
class Block:
    """
    One block (RFC 1951 §3.2.3).

    Attributes:
        kind: ``"stored"`` (bytes as they are), ``"fixed"`` (the RFC's own code) or ``"dynamic"``
            (a code that the block brings along).
        is_last: The BFINAL bit.
        start: Where the block begins, in bits from the data's start.
        header_size: Bits before its first token: 3, and what its kind adds.
        size: Length of the block in bits, its end included.
        tokens: What it says, in order.

    """

    kind: BlockKind
    is_last: bool
    start: int
    header_size: int
    size: int
    tokens: tuple[Token, ...]

    @property
    def output_size(self) -> int:
        """How many bytes its tokens stand for."""
        return sum(token.length if isinstance(token, Copy) else 1 for token in self.tokens)

    def __repr__(self) -> str:
        last = ", BFINAL" * self.is_last
        copies = sum(isinstance(token, Copy) for token in self.tokens)
        return (
            f"Block({self.kind}{last}, {self.size:,} bits: "
            f"{len(self.tokens) - copies:,} literals, {copies:,} copies)"
        )


@dataclass(frozen=True, slots=True, repr=False)
class Blocks:
    """
    What some DEFLATE data says.

    Attributes:
        blocks: The blocks, in order; of the one where reading stopped, what could be read.
        size: How many bits were read.
        problem: Why reading stopped before the data's end; empty where it didn't.

    """

    blocks: tuple[Block, ...]
    size: int
    problem: str = ""

    @property
    def tokens(self) -> tuple[Token, ...]:
        """The tokens of all blocks."""
        return tuple(token for block in self.blocks for token in block.tokens)

    def __repr__(self) -> str:
        kinds = ", ".join(block.kind for block in self.blocks[:5])
        more = f" and {len(self.blocks) - 5:,} more" if len(self.blocks) > 5 else ""
        wrong = f"; stopped at bit {self.size:,}: {self.problem}" if self.problem else ""
        return f"Blocks({kinds or 'none'}{more}{wrong})"


def read_blocks(data: bytes, *, history: int = FARTHEST, max_tokens: int = MOST_TOKENS) -> Blocks:
    """
    Read DEFLATE data as tokens; never raises, whatever the bytes.

    A message of permessage-deflate lacks its end: read ``payload + TAIL`` of it. What follows a
    block with BFINAL set is read on from the next byte, as RFC 7692 §7.2.1 wants it.

    Args:
        data: The data, from a block's first bit on.
        history: How many bytes came before them, to which a copy may reach back.
        max_tokens: Most tokens read.

    """
    return _Reader(data, history, max_tokens).read()


def replay(tokens: Iterable[Token], window: bytes = b"") -> bytes:
    """
    Do what the tokens say, and return the bytes that come out.

    Args:
        tokens: The tokens, in order.
        window: The bytes that came before them.

    Raises:
        ValueError: If a copy reaches back beyond the window.

    """
    output = bytearray(window)
    for token in tokens:
        if isinstance(token, LiteralByte):
            output.append(token.value)
            continue
        start = len(output) - token.distance
        if start < 0:
            raise ValueError(
                f"{token} reaches back {-start} bytes beyond the window: give the bytes before it"
            )
        stretch = output[start : start + token.length]
        # The copy may overlap itself: what is there is repeated as often as it takes.
        times = -(-token.length // len(stretch))
        output += (stretch * times)[: token.length]
    return bytes(output[len(window) :])


class _StopError(Exception):
    """Reading can't go on."""


class _Code:
    """
    A Huffman code, laid out: the next bits of the data are the place where its symbol stands.

    Args:
        lengths: For each symbol the length of its code in bits; 0 if it has none (§3.2.2).
        may_be_single: Whether one code of 1 bit alone, or none, is lawful (§3.2.7).

    """

    def __init__(self, lengths: Sequence[int], may_be_single: bool = True) -> None:
        self.bits = max(*lengths, 1)
        free = 1 << self.bits
        self.table: list[int] = [-1] * free  # symbol << 4 | length
        code = 0
        for length in range(1, self.bits + 1):
            for symbol, its_length in enumerate(lengths):
                if its_length != length:
                    continue
                free -= 1 << self.bits - length
                if free < 0:
                    raise _StopError("a Huffman code gives the same bits to several symbols")
                # "Huffman codes are packed starting with the most-significant bit", everything
                # else with the least (§3.1.1): the code's bits stand in the data turned around.
                turned = int(f"{code:0{length}b}"[::-1], 2)
                self.table[turned :: 1 << length] = [symbol << 4 | length] * (
                    1 << self.bits - length
                )
                code += 1
            code *= 2
        if free and not (may_be_single and self.bits == 1):
            raise _StopError("a Huffman code leaves bits without a symbol")
        self.mask = (1 << self.bits) - 1


@cache
def _fixed() -> tuple[_Code, _Code]:
    """Return the code of fixed blocks, for literals and lengths and for distances (§3.2.6)."""
    return _Code([8] * 144 + [9] * 112 + [7] * 24 + [8] * 8), _Code([5] * 32)


class _Reader:
    """Reads bits, from the least significant one of each byte on (§3.1.1)."""

    def __init__(self, data: bytes, history: int, max_tokens: int) -> None:
        self._data = data
        self._next = 0  # the byte to take next
        self._held = 0  # bits taken and not used yet,
        self._hold = 0  # and these bits
        self._size = history  # bytes that stand before the next token
        self._room = max_tokens
        self._blocks: list[Block] = []
        # Of the block under way:
        self._kind: BlockKind | None = None
        self._is_last = False
        self._start = self._header_size = 0
        self._tokens: list[Token] = []

    def read(self) -> Blocks:
        problem = ""
        try:
            while self._position < 8 * len(self._data):
                self._read_block()
        except _StopError as stop:
            problem = str(stop)
            if self._kind is not None:
                self._end_block(self._kind)
        return Blocks(tuple(self._blocks), min(self._position, 8 * len(self._data)), problem)

    @property
    def _position(self) -> int:
        return 8 * self._next - self._held

    def _read_block(self) -> None:
        if len(self._blocks) == MOST_BLOCKS:
            raise _StopError(f"{MOST_BLOCKS:,} blocks are read, and no more")
        self._start = self._position
        self._tokens = []
        self._is_last = bool(self._take(1))
        kind = KINDS.get(self._take(2))
        if kind is None:
            raise _StopError("a block has the type 11, which is reserved")
        self._kind = kind
        self._header_size = 3
        if kind == "stored":
            self._read_stored()
        else:
            codes = _fixed() if kind == "fixed" else self._read_codes()
            self._header_size = self._position - self._start
            self._read_tokens(*codes)
        if self._is_last:
            self._align()
        self._end_block(kind)

    def _end_block(self, kind: BlockKind) -> None:
        size = min(self._position, 8 * len(self._data)) - self._start
        tokens = tuple(self._tokens)
        self._blocks.append(
            Block(kind, self._is_last, self._start, self._header_size, size, tokens)
        )
        self._kind = None

    def _read_stored(self) -> None:
        # "Any bits of input up to the next byte boundary are ignored" (§3.2.4).
        self._align()
        length, complement = self._take(16), self._take(16)
        if length != complement ^ 0xFFFF:
            raise _StopError("a stored block's length and its complement don't fit together")
        self._header_size = self._position - self._start
        start = self._position
        there = self._data[start // 8 : start // 8 + min(length, self._room)]
        self._tokens += [LiteralByte(byte, start + 8 * i, 8) for i, byte in enumerate(there)]
        self._size += len(there)
        self._room -= len(there)
        self._hold = self._held = 0
        self._next = start // 8 + len(there)
        if len(there) < length:
            raise _StopError(self._full() if self._room == 0 else CUT_SHORT)

    def _read_tokens(self, literals: _Code, distances: _Code) -> None:
        tokens = self._tokens
        while True:
            start = self._position
            symbol = self._symbol(literals)
            if symbol == END_OF_BLOCK:
                return
            if self._room == 0:
                raise _StopError(self._full())
            if symbol < END_OF_BLOCK:
                tokens.append(LiteralByte(symbol, start, self._position - start))
                self._size += 1
            else:
                length, distance = self._pair(symbol, distances)
                tokens.append(Copy(length, distance, start, self._position - start))
                self._size += length
            self._room -= 1

    def _pair(self, symbol: int, distances: _Code) -> tuple[int, int]:
        if symbol >= MOST_LENGTH_CODES:
            raise _StopError(f"a length has the code {symbol}, which stands for none")
        i = symbol - END_OF_BLOCK - 1
        length = LENGTHS[i] + self._take(LENGTH_BITS[i])
        i = self._symbol(distances)
        if i >= MOST_DISTANCE_CODES:
            raise _StopError(f"a distance has the code {i}, which stands for none")
        distance = DISTANCES[i] + self._take(DISTANCE_BITS[i])
        if distance > self._size:
            raise _StopError(
                f"a copy reaches back {distance:,} bytes, and {self._size:,} are there"
            )
        return length, distance

    def _read_codes(self) -> tuple[_Code, _Code]:
        """Read the codes that a dynamic block brings along (§3.2.7)."""
        literals, distances = 257 + self._take(5), 1 + self._take(5)
        count = 4 + self._take(4)
        if literals > MOST_LENGTH_CODES or distances > MOST_DISTANCE_CODES:
            raise _StopError("a dynamic block has codes for more symbols than there are")
        of_lengths = [0] * len(CODE_LENGTH_ORDER)
        for symbol in CODE_LENGTH_ORDER[:count]:
            of_lengths[symbol] = self._take(3)
        code = _Code(of_lengths, may_be_single=False)
        lengths: list[int] = []
        while len(lengths) < literals + distances:
            symbol = self._symbol(code)
            if symbol < 16:
                lengths.append(symbol)
            elif symbol > 16:  # 17: "Repeat a code length of 0 for 3 - 10 times", 18: 11 - 138
                lengths += [0] * (3 + self._take(3) if symbol == 17 else 11 + self._take(7))
            elif lengths:
                lengths += lengths[-1:] * (3 + self._take(2))
            else:
                raise _StopError("a code length is to be repeated, and none came before")
        if len(lengths) > literals + distances:
            raise _StopError("a code length is repeated past the last symbol")
        if not lengths[END_OF_BLOCK]:
            raise _StopError("a dynamic block has no code for its own end")
        return _Code(lengths[:literals]), _Code(lengths[literals:])

    def _symbol(self, code: _Code) -> int:
        if self._held < LONGEST_CODE:
            self._fill()
        entry = code.table[self._hold & code.mask]
        size = entry & 0b1111
        if entry < 0 and self._held >= code.bits:
            raise _StopError("some bits are no symbol's code")
        if entry < 0 or size > self._held:
            raise _StopError(CUT_SHORT)
        self._hold >>= size
        self._held -= size
        return entry >> 4

    def _take(self, size: int) -> int:
        """Return the next bits as a number, the first one least significant."""
        if self._held < size:
            self._fill()
            if self._held < size:
                raise _StopError(CUT_SHORT)
        bits = self._hold & (1 << size) - 1
        self._hold >>= size
        self._held -= size
        return bits

    def _fill(self) -> None:
        more = self._data[self._next : self._next + 6]
        self._hold |= int.from_bytes(more, "little") << self._held
        self._held += 8 * len(more)
        self._next += len(more)

    def _align(self) -> None:
        """Go on to the next byte's first bit."""
        self._take(self._held % 8)

    def _full(self) -> str:
        count = sum(len(block.tokens) for block in self._blocks) + len(self._tokens)
        return f"{count:,} tokens are read, and no more"
