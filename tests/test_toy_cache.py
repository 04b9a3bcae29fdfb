"""The toy cache: poisoned by a message that isn't masked, and by no mask that is a secret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hellosockets.frames import apply_mask
from hellosockets.toy_cache import FORGED_ANSWER, FORGED_REQUEST, ToyCache, pass_cache

KEY = bytes.fromhex("37fa213d")  # of RFC 6455 §5.7
URL = "http://victim.example/script.js"
GET = b"GET /a HTTP/1.1\r\nHost: a.example\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


def read(client: bytes, server: bytes) -> ToyCache:
    cache = ToyCache()
    cache.receive_data("client", client)
    cache.receive_data("server", server)
    return cache


def test_without_a_mask_it_keeps_the_forged_file() -> None:
    passage = pass_cache(masking_key=None)
    assert passage.requests == (URL,)
    assert passage.stored == {URL: b"alert('evil')"}
    assert repr(passage) == "Passage(not masked: poisoned)"


def test_with_a_mask_it_keeps_nothing() -> None:
    passage = pass_cache(masking_key=KEY)
    assert (passage.requests, passage.stored) == ((), {})
    assert repr(passage) == "Passage(masked: not poisoned)"


@given(st.binary(min_size=4, max_size=4).filter(lambda key: key != bytes(4)))
def test_no_key_but_that_of_zeros_lets_the_request_through(key: bytes) -> None:
    assert not pass_cache(masking_key=key).is_poisoned


def test_a_key_of_zeros_hides_nothing() -> None:
    assert pass_cache(masking_key=bytes(4)).is_poisoned


def test_a_key_that_the_page_knows_hides_nothing() -> None:
    guessed = apply_mask(FORGED_REQUEST, KEY)
    assert pass_cache(guessed, masking_key=KEY).stored == {URL: b"alert('evil')"}
    assert not pass_cache(guessed, masking_key=b"\x37\xfa\x21\x3e").is_poisoned


@pytest.mark.parametrize(
    ("client", "server", "stored"),
    [
        (GET, OK, {"http://a.example/a": b"hi"}),
        (b"noise\r\n" + GET, OK, {"http://a.example/a": b"hi"}),
        (GET.replace(b"GET", b"POST"), OK, {}),
        (GET, OK.replace(b"200", b"404"), {}),
        (GET, OK[:-1], {}),  # cut short
        (GET[:-2], OK, {}),  # no end of the request
        (b"", OK, {}),
        (GET, b"HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n", {"http://a.example/a": b""}),
        (GET * 2, OK + OK.replace(b"hi", b"ho"), {"http://a.example/a": b"ho"}),
        (b"GET /a HTTP/1.1\r\n\r\n", OK, {"http:///a": b"hi"}),
    ],
)
def test_what_it_keeps(client: bytes, server: bytes, stored: dict[str, bytes]) -> None:
    assert read(client, server).stored == stored


@given(st.integers(1, 80))
def test_cuts_of_the_stream_change_nothing(size: int) -> None:
    cache = ToyCache()
    for speaker, data in (("client", FORGED_REQUEST), ("server", FORGED_ANSWER)):
        for start in range(0, len(data), size):
            cache.receive_data(speaker, data[start : start + size])  # type: ignore[arg-type]
    assert cache.stored == {URL: b"alert('evil')"}


@given(st.lists(st.tuples(st.sampled_from(["client", "server"]), st.binary())))
def test_it_never_raises(chunks: list[tuple[str, bytes]]) -> None:
    cache = ToyCache()
    for speaker, data in chunks:
        cache.receive_data(speaker, data)  # type: ignore[arg-type]


def test_its_memory_is_bounded() -> None:
    cache = ToyCache()
    cache.receive_data("client", b"x" * 100_000)
    cache.receive_data("client", b"\r\n")
    assert [len(line) for line in cache.skipped] == [8192]
    cache.receive_data("client", b"y\r\n" * 1000 + GET * 1000)
    assert len(cache.skipped) == len(cache.requests) == 100
    for number in range(200):
        cache.receive_data("client", GET.replace(b"/a", b"/%d" % number))
        cache.receive_data("server", OK)
    assert len(cache.stored) <= 100


def test_a_key_of_three_bytes_is_refused() -> None:
    with pytest.raises(ValueError, match="masking key must be 4 bytes, got 3"):
        pass_cache(masking_key=b"abc")


def test_the_picture_says_in_words_what_happened() -> None:
    poisoned = pass_cache(masking_key=None)._repr_html_()
    assert "GET /script.js HTTP/1.1" in poisoned
    assert "Poisoned" in poisoned
    safe = pass_cache(masking_key=KEY)._repr_html_()
    assert "GET" not in safe
    assert "Nothing is kept" in safe


def test_the_picture_shows_bytes_as_text() -> None:
    hostile = b"\r\n<img src=x onerror=alert(1)>\r\n"
    html = pass_cache(hostile, masking_key=None)._repr_html_()
    assert "&lt;img src=x" in html
    assert "<img" not in html
