"""DEFLATE's tokens: zlib as the oracle, for every level, window, strategy, and broken data."""

from __future__ import annotations

import random
import zlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from vectors import DEFLATE

from hellosockets.blocks import (
    MOST_BLOCKS,
    Block,
    Blocks,
    Copy,
    LiteralByte,
    Token,
    read_blocks,
    replay,
)
from hellosockets.deflate import TAIL, Deflater

HELLO = bytes.fromhex("f2 48 cd c9 c9 07 00")

STRATEGIES = {
    "default": zlib.Z_DEFAULT_STRATEGY,
    "filtered": zlib.Z_FILTERED,
    "huffman only": zlib.Z_HUFFMAN_ONLY,
    "run-length": zlib.Z_RLE,
    "fixed": zlib.Z_FIXED,
}

# Text that repeats itself near and far, and bytes that don't.
words = st.sampled_from([b"topic:subtopic ", b"phx_reply", b"\x00\xff", b"a", b"a" * 300])
texts = st.lists(words, max_size=40).map(b"".join)
messages = st.lists(st.binary(max_size=300) | texts, max_size=5)


def deflate(data: bytes, **how: int) -> bytes:
    compressor = zlib.compressobj(wbits=-15, **how)
    return compressor.compress(data) + compressor.flush(zlib.Z_SYNC_FLUSH)


def much(size: int, seed: int = 1951) -> bytes:
    """Return text of many different words, some of them again after a while."""
    chance = random.Random(seed)
    vocabulary = [chance.randbytes(chance.randrange(2, 9)).hex() for _ in range(400)]
    return " ".join(chance.choices(vocabulary, k=size // 8)).encode()[:size]


def assert_gapless(blocks: Blocks) -> None:
    """Each token begins where the one before it ends, and so does each block."""
    position = 0
    for block in blocks.blocks:
        assert block.start == position
        position += block.header_size
        for token in block.tokens:
            assert token.start == position
            position += token.size
        if block.kind != "stored":
            assert block.size >= position - block.start  # its end follows
        position = block.start + block.size
    assert position <= blocks.size if blocks.problem else position == blocks.size


# Examples


@pytest.mark.parametrize("name", DEFLATE)
def test_reads_example(name: str) -> None:
    window = b""
    for fragments, data in DEFLATE[name]:
        blocks = read_blocks(b"".join(fragments) + TAIL, history=len(window))
        assert blocks.problem == ""
        assert replay(blocks.tokens, window) == data
        assert_gapless(blocks)
        window += data


def test_hello() -> None:
    [block, end] = read_blocks(HELLO + TAIL).blocks
    assert (block.kind, block.is_last, block.start, block.header_size) == ("fixed", False, 0, 3)
    assert block.tokens == tuple(LiteralByte(b, 3 + 8 * i, 8) for i, b in enumerate(b"Hello"))
    assert (block.size, block.output_size) == (3 + 5 * 8 + 7, 5)
    # What isn't sent is the rest of this: an empty stored block.
    assert end == Block("stored", False, 50, 38, 38, ())


def test_hello_again_is_a_letter_and_a_look_back() -> None:
    tokens = read_blocks(bytes.fromhex("f2 00 11 00 00") + TAIL, history=5).tokens
    assert tokens == (LiteralByte(ord("H"), 3, 8), Copy(4, 5, 11, 7 + 5 + 1))
    assert [str(token) for token in tokens] == ["'H'", "<4, 5>"]
    assert replay(tokens, b"Hello") == b"Hello"


def test_kinds() -> None:
    stored = read_blocks(bytes.fromhex("00 05 00 fa ff 48 65 6c 6c 6f")).blocks[0]
    assert (stored.kind, stored.header_size, stored.size) == ("stored", 40, 80)
    assert stored.tokens[1] == LiteralByte(0x65, 48, 8)
    last = read_blocks(bytes.fromhex("f3 48 cd c9 c9 07 00")).blocks[0]
    assert (last.kind, last.is_last, last.size) == ("fixed", True, 56)
    dynamic = read_blocks(deflate(much(3_000))).blocks[0]
    assert dynamic.kind == "dynamic"
    assert dynamic.header_size > 100


def test_a_copy_may_overlap_itself() -> None:
    blocks = read_blocks(deflate(b"ab" * 500))
    copies = [token for token in blocks.tokens if isinstance(token, Copy)]
    assert {copy.distance for copy in copies} == {2}
    assert max(copy.length for copy in copies) == 258
    assert replay(blocks.tokens) == b"ab" * 500


# The oracle


@given(
    messages,
    st.integers(-1, 9),
    st.integers(9, 15),
    st.integers(1, 9),
    st.sampled_from(sorted(STRATEGIES)),
)
@example([much(70_000), much(40_000)], 6, 15, 8, "default")
@example([much(70_000)], 1, 9, 1, "default")
@example([much(70_000)], 0, 15, 9, "default")
@example([much(30_000)], 9, 15, 8, "fixed")
@example([much(30_000)], 6, 15, 8, "huffman only")
def test_tokens_say_what_zlib_says(
    messages: list[bytes], level: int, window_bits: int, memory: int, strategy: str
) -> None:
    compressor = zlib.compressobj(level, zlib.DEFLATED, -window_bits, memory, STRATEGIES[strategy])
    window = b""
    for message in messages:
        data = compressor.compress(message) + compressor.flush(zlib.Z_SYNC_FLUSH)
        blocks = read_blocks(data, history=len(window))
        assert blocks.problem == ""
        assert blocks.size == 8 * len(data)
        assert replay(blocks.tokens, window) == message
        assert sum(block.output_size for block in blocks.blocks) == len(message)
        assert_gapless(blocks)
        for token in blocks.tokens:
            if isinstance(token, Copy):
                assert token.distance <= 2**window_bits
        window = (window + message)[-(2**window_bits) :]


def test_strategies_show_in_the_blocks() -> None:
    text = much(30_000)
    kinds = {
        name: {block.kind for block in read_blocks(deflate(text, strategy=strategy)).blocks[:-1]}
        for name, strategy in STRATEGIES.items()
    }
    assert kinds["fixed"] == {"fixed"}
    assert kinds["default"] == {"dynamic"}
    literals = read_blocks(deflate(text, strategy=zlib.Z_HUFFMAN_ONLY)).tokens
    assert len(literals) == len(text)
    assert {block.kind for block in read_blocks(deflate(text, level=0)).blocks} == {"stored"}


def zlib_says(data: bytes, window: bytes) -> tuple[bytes, bool]:
    """Return what zlib inflates, and whether it finds an error."""
    output = b""
    while data:
        inflater = zlib.decompressobj(-15, zdict=(window + output)[-32_768:])
        try:
            for i in range(len(data)):
                output += inflater.decompress(data[i : i + 1])
                if inflater.eof:
                    break
        except zlib.error:
            return output, True
        data = data[i + 1 :] if inflater.eof else b""
    return output, False


@given(st.binary(max_size=80), st.binary(max_size=4))
@example(bytes.fromhex("07"), b"")  # the type that doesn't exist
@example(bytes.fromhex("00 05 00 fa fe"), b"")  # a complement that isn't one
@example(bytes.fromhex("f2 00 11 00 00 00 00 ff ff"), b"Hell")  # one byte too far back
@example(bytes.fromhex("fd ff 00 00 00 00 00 00 00 00 00 00 00 00"), b"")  # symbols beyond the last
@example(bytes.fromhex("05 00 00 00 00 00 00 00 00 00 00 00 00 00"), b"")  # a code without symbols
def test_stops_where_zlib_does(data: bytes, window: bytes) -> None:
    assert_stops_where_zlib_does(data, window)


@given(texts, st.integers(0, 10**6), st.integers(0, 255), st.booleans())
def test_one_wrong_byte(text: bytes, at: int, byte: int, is_fixed: bool) -> None:
    data = bytearray(deflate(text + much(400), strategy=zlib.Z_FIXED if is_fixed else 0))
    data[at % min(len(data), 60)] = byte
    assert_stops_where_zlib_does(bytes(data), b"")


def assert_stops_where_zlib_does(data: bytes, window: bytes) -> None:
    output, is_wrong = zlib_says(data, window)
    blocks = read_blocks(data, history=len(window))
    found = replay(blocks.tokens, window)
    assert_gapless(blocks)
    assert blocks.problem.isprintable()
    if is_wrong:
        assert blocks.problem not in ("", "the data ends in the middle of a block")
    else:
        # zlib lays out a code without any symbol, and complains when it has read on for a while.
        without_symbols = "a Huffman code leaves bits without a symbol"
        assert blocks.problem in ("", "the data ends in the middle of a block", without_symbols)
    # zlib hands out what a copy gives as far as it has come; an error comes between two tokens.
    assert found.startswith(output) or output.startswith(found)
    assert found == output or not is_wrong


@pytest.mark.parametrize("end", range(7))
def test_data_cut_short(end: int) -> None:
    blocks = read_blocks(HELLO[:end])
    assert blocks.problem == ("the data ends in the middle of a block" if end else "")
    assert b"Hello".startswith(replay(blocks.tokens))


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ("06", "a block has the type 11, which is reserved"),
        ("00 05 00 fa fe", "a stored block's length and its complement don't fit together"),
        ("f2 00 11 00", "a copy reaches back 5 bytes, and 1 are there"),
        ("03 00 00 05 00 fa", "the data ends in the middle of a block"),
    ],
)
def test_says_what_is_wrong(data: str, problem: str) -> None:
    assert read_blocks(bytes.fromhex(data), history=0).problem == problem


def dynamic(fields: str) -> bytes:
    """Return a block's bytes by its fields: numbers as value/bits, codes as their bits alone."""
    return packed("1 01 " + fields)  # BFINAL, BTYPE 10, its least significant bit first


def packed(fields: str) -> bytes:
    bits = ""
    for field in fields.split():
        value, _, size = field.partition("/")
        bits += f"{int(value):0{size}b}"[::-1] if size else value
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i : i + 8][::-1], 2) for i in range(0, len(bits), 8))


# HLIT, HDIST, HCLEN, then the lengths of the codes for 16, 17, 18, 0 and so on (§3.2.7).
DYNAMIC = {
    "30/5 0/5 0/4": "a dynamic block has codes for more symbols than there are",
    "0/5 0/5 0/4 1/3 1/3 1/3 0/3": "a Huffman code gives the same bits to several symbols",
    "0/5 0/5 0/4 1/3 0/3 0/3 2/3": "a Huffman code leaves bits without a symbol",
    "0/5 0/5 0/4 1/3 0/3 0/3 1/3 1": "a code length is to be repeated, and none came before",
    "0/5 0/5 0/4 0/3 0/3 1/3 1/3 1 127/7 1 127/7": "a code length is repeated past the last symbol",
    "0/5 0/5 0/4 0/3 0/3 1/3 1/3 1 127/7 1 109/7": "a dynamic block has no code for its own end",
    # 18 has the code 0, 0 has 10, 1 has 11: one code for the end, 0, and nobody's 1
    f"0/5 0/5 14/4 0/3 0/3 1/3 2/3 {'0/3 ' * 13} 2/3 0 127/7 0 107/7 11 10 1": (
        "some bits are no symbol's code"
    ),
}


@pytest.mark.parametrize("fields", DYNAMIC)
def test_codes_that_are_none(fields: str) -> None:
    data = dynamic(fields) + bytes(9)
    assert read_blocks(data).problem == DYNAMIC[fields]
    with pytest.raises(zlib.error):
        zlib.decompress(data, -15)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ("11000110", "a length has the code 286, which stands for none"),
        ("10010001 0000001 11110", "a distance has the code 30, which stands for none"),
    ],
)
def test_symbols_that_are_none(fields: str, problem: str) -> None:
    data = packed("1 10 " + fields) + bytes(9)
    assert read_blocks(data).problem == problem
    with pytest.raises(zlib.error):
        zlib.decompress(data, -15)


# Bounds


def test_tokens_are_bounded() -> None:
    for data in (deflate(b"abcdefgh" * 3), deflate(b"abcdefgh" * 3, level=0)):
        blocks = read_blocks(data, max_tokens=5)
        assert replay(blocks.tokens) == b"abcde"
        assert blocks.problem == "5 tokens are read, and no more"
        assert len(read_blocks(data, max_tokens=24).tokens) in (10, 24)


def test_blocks_are_bounded() -> None:
    blocks = read_blocks(bytes.fromhex("03 00") * 10**6)
    assert len(blocks.blocks) == MOST_BLOCKS
    assert blocks.problem == "1,000 blocks are read, and no more"


def test_replay_says_what_it_needs() -> None:
    tokens: list[Token] = [Copy(3, 5, 0, 12)]
    with pytest.raises(ValueError, match=r"^<3, 5> reaches back 2 bytes beyond the window: give"):
        replay(tokens, b"abc")


def test_everything_speaks_english() -> None:
    blocks = read_blocks(HELLO + TAIL)
    assert repr(blocks) == "Blocks(fixed, stored)"
    assert repr(blocks.blocks[0]) == "Block(fixed, 50 bits: 5 literals, 0 copies)"
    assert repr(read_blocks(b"")) == "Blocks(none)"
    assert repr(read_blocks(bytes.fromhex("03 00") * 7)).startswith("Blocks(fixed, ")
    assert repr(read_blocks(bytes.fromhex("03 00") * 7)).endswith(" and 2 more)")
    assert repr(read_blocks(bytes.fromhex("06"))) == (
        "Blocks(none; stopped at bit 3: a block has the type 11, which is reserved)"
    )
    assert repr(read_blocks(bytes.fromhex("03 00")).blocks[0]).startswith("Block(fixed, BFINAL, ")
    assert [str(LiteralByte(value, 0, 8)) for value in (0x41, 0x00, 0xFF)] == ["'A'", "00", "ff"]


def test_reads_what_our_deflater_writes() -> None:
    deflater = Deflater()
    window = b""
    for data in (b"Hello", b"Hello", b"Hello, Hello"):
        blocks = read_blocks(deflater.deflate(data) + TAIL, history=len(window))
        assert (replay(blocks.tokens, window), blocks.problem) == (data, "")
        window += data
