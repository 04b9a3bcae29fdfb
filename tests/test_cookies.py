"""Cookies of the handshake, against the standard library's own reading."""

from http.cookies import SimpleCookie

import pytest

from hellosockets.cookies import MOST, cookies_sent, cookies_set
from hellosockets.handshake import Request, Response


def request(*cookies):
    lines = [f"Cookie: {each}" for each in cookies]
    return Request("\r\n".join(["GET / HTTP/1.1", *lines, "", ""]).encode("latin-1"))


def response(*cookies):
    lines = [f"Set-Cookie: {each}" for each in cookies]
    return Response("\r\n".join(["HTTP/1.1 101 X", *lines, "", ""]).encode("latin-1"))


@pytest.mark.parametrize(
    ("header", "pairs"),
    [
        ("a=1", [("a", "1")]),
        ("a=1; b=2;c=3", [("a", "1"), ("b", "2"), ("c", "3")]),
        ("a=1; a=2", [("a", "1"), ("a", "2")]),
        ('a="x=y"', [("a", '"x=y"')]),
        ("a=b=c", [("a", "b=c")]),
        ("a=", [("a", "")]),
        ("bare", [("", "bare")]),
        ("", []),
        (" ; ;", []),
        ("=", [("", "")]),
    ],
)
def test_sent(header, pairs):
    assert [(each.name, each.value) for each in cookies_sent(request(header))] == pairs


@pytest.mark.parametrize("header", ["a=1; b=2", "session=abc123; theme=dark", "x=%20; y=~"])
def test_sent_as_the_standard_library_reads_them(header):
    oracle = {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    assert {each.name: each.value for each in cookies_sent(request(header))} == oracle


def test_set_with_attributes():
    (cookie,) = cookies_set(response("a=1; Path=/; HttpOnly; SameSite=Lax"))
    assert (cookie.name, cookie.value) == ("a", "1")
    assert cookie.attributes == (("Path", "/"), ("HttpOnly", ""), ("SameSite", "Lax"))
    assert str(cookie) == "a=1; Path=/; HttpOnly; SameSite=Lax"


def test_several_headers():
    assert len(cookies_sent(request("a=1", "b=2"))) == 2
    assert [each.name for each in cookies_set(response("a=1", "b=2"))] == ["a", "b"]
    assert cookies_sent(request()) == cookies_set(response()) == []


def test_a_flood_is_bounded():
    assert len(cookies_sent(request("; ".join(f"c{i}=x" for i in range(10_000))))) == MOST
    assert len(cookies_set(response(*[f"c{i}=x" for i in range(1000)]))) == MOST
