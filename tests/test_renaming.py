"""Renaming: what names the wire names the server, and every other byte stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hellosockets.wire.renaming import LONGEST_HEAD, LONGEST_LINE, Renamer

WIRE = "http://localhost:4001"
FRAME = bytes.fromhex("818537fa213d7f9f4d5158")  # RFC 6455 §5.7

# What the client says, what the server is told.
CASES: dict[str, tuple[bytes, bytes]] = {
    "host": (
        b"GET / HTTP/1.1\r\nHost: localhost:4001\r\nA: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: example.com\r\nA: b\r\n\r\n",
    ),
    "frames may follow": (
        b"GET / HTTP/1.1\r\nHost: localhost:4001\r\n\r\n" + FRAME + b"\nHost: x\r\n",
        b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n" + FRAME + b"\nHost: x\r\n",
    ),
    "case and blanks are kept": (
        b"GET / HTTP/1.1\r\nhOsT:\t a b  \r\n\r\n",
        b"GET / HTTP/1.1\r\nhOsT:\t example.com  \r\n\r\n",
    ),
    "no value": (
        b"GET / HTTP/1.1\r\nHost:\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n",
    ),
    "bare line feeds": (
        b"GET / HTTP/1.1\nHost: x\n\nHost: x\n",
        b"GET / HTTP/1.1\nHost: example.com\n\nHost: x\n",
    ),
    "the wire's own page": (
        b"GET / HTTP/1.1\r\nOrigin: http://LOCALHOST:4001\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nOrigin: https://example.com\r\nHost: example.com\r\n\r\n",
    ),
    "another page": (
        b"GET / HTTP/1.1\r\nOrigin: http://evil.example\r\nOrigin: http://localhost:4001\r\n\r\n",
        b"GET / HTTP/1.1\r\nOrigin: http://evil.example\r\nOrigin: http://localhost:4001\r\n\r\n",
    ),
    "the second host stays, for the referee": (
        b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: example.com\r\nHost: y\r\n\r\n",
    ),
}
UNCHANGED = [
    b"",
    b"Host: x\r\n",  # the start line is no header
    b"GET / HTTP/1.1\r\nHostess: x\r\nX-Host: y\r\nHost : z\r\nHos\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: cut",
    b"GET / HTTP/1.1\r\nHost: " + b"x" * LONGEST_LINE + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * (LONGEST_HEAD // 6) + b"Host: x\r\n\r\n",
    FRAME * 3 + bytes(range(256)),
]


def renamed(*chunks: bytes) -> bytes:
    renamer = Renamer("example.com", "https://example.com", (WIRE,))
    return b"".join([*map(renamer.receive_data, chunks), renamer.receive_eof()])


def one_by_one(data: bytes) -> list[bytes]:
    return [data[i : i + 1] for i in range(len(data))]


@pytest.mark.parametrize(("said", "told"), CASES.values(), ids=CASES)
def test_renaming(said: bytes, told: bytes) -> None:
    assert renamed(said) == told
    assert renamed(*one_by_one(said)) == told


@pytest.mark.parametrize("said", UNCHANGED)
def test_every_other_byte_stays(said: bytes) -> None:
    assert renamed(said) == said
    assert renamed(*one_by_one(said)) == said


@given(st.lists(st.binary(max_size=20) | st.sampled_from([b"\r\n", b"Host: x", b"\nOrigin:"])))
def test_where_it_is_cut_does_not_matter(chunks: list[bytes]) -> None:
    assert renamed(*chunks) == renamed(b"".join(chunks))


def test_only_a_line_that_may_be_ours_is_held_back() -> None:
    renamer = Renamer("example.com")
    assert renamer.receive_data(b"GET / HT") == b"GET / HT"
    assert renamer.receive_data(b"TP/1.1\r\nAccept: *") == b"TP/1.1\r\nAccept: *"
    assert renamer.receive_data(b"/*\r\nHo") == b"/*\r\n"
    assert renamer.receive_data(b"x: 1") == b"Hox: 1"
    assert renamer.receive_data(b"\r\nHost: loc") == b"\r\n"
    assert renamer.receive_data(b"alhost\r\n\r") == b"Host: example.com\r\n\r"
    assert not renamer.is_done
    assert renamer.receive_data(b"\nx") == b"\nx"
    assert renamer.is_done


def test_it_holds_no_more_than_a_line() -> None:
    renamer = Renamer("example.com")
    renamer.receive_data(b"GET / HTTP/1.1\r\nHost: ")
    told = sum(len(renamer.receive_data(b"x" * 100)) for _ in range(1000))
    assert told >= 100_000
    assert renamer.is_done
