"""Which pages may connect: check_origin against origins, honest and not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hellosockets.origin import OriginRule, parse_check_origin


def allows(check_origin: Any, origin: str, host: str = "localhost") -> bool:
    rules = parse_check_origin(check_origin, host)
    return rules is None or any(rule.allows(origin) for rule in rules)


# True: the origin's host must be the server's; scheme and port may be any, as Phoenix has it.
TO_LOCALHOST = {
    "http://localhost": True,
    "http://localhost:4000": True,
    "https://localhost:1": True,
    "HTTP://LOCALHOST:4000": True,
    "ftp://localhost": True,
    "//localhost": True,
    "http://127.0.0.1:4000": False,
    "http://[::1]:4000": False,
    "http://localhost.": False,
    "http://localhost..": False,
    "http://localhost.evil.example": False,
    "http://localhost@evil.example": False,
    "http://localhost:4000@evil.example": False,
    "http://evil.example/localhost": False,
    "http://evil.example#localhost": False,
    "http://evil.example?localhost": False,
    "http://evil.example#@localhost": False,
    "http://evil.example/@localhost": False,
    "http://evil.example?@localhost": False,
    "http://notlocalhost": False,
    "http://local host": False,
    "http://loc\u0430lhost": False,  # a Cyrillic letter
    "http://%6cocalhost": False,
    "localhost": False,
    "localhost:4000": False,
    "http:localhost": False,
    "http:/localhost": False,
    "http:///localhost": False,
    "null": False,
    "": False,
    " ": False,
    "*": False,
    "http://": False,
    "http://:4000": False,
    "://localhost": False,
    "http://[localhost": False,
    "http://localhost]": False,
    "http://[::1": False,
    "http://localhost:port": False,
    "http://localhost:99999": False,
    "http://localhost:-1": False,
    "file://": False,
    "data:text/html,x": False,
    "chrome-extension://localhosts": False,
    "http://\x00localhost": False,
    "http://localhost, http://evil.example": False,
}


@pytest.mark.parametrize(("origin", "expected"), TO_LOCALHOST.items(), ids=ascii)
def test_true(origin: str, expected: bool) -> None:
    assert allows(True, origin) is expected


@pytest.mark.parametrize("origin", TO_LOCALHOST, ids=ascii)
def test_false_looks_at_nothing(origin: str) -> None:
    assert parse_check_origin(False, "localhost") is None
    assert allows(False, origin)
    assert not allows([], origin)


@pytest.mark.parametrize(
    ("host", "origin", "expected"),
    [
        ("192.168.1.5", "http://192.168.1.5:4000", True),
        ("192.168.1.5", "http://192.168.1.50:4000", False),
        ("fe80::1", "http://[fe80::1]:4000", True),
        ("fe80::1", "http://[FE80::1]:4000", True),
        ("fe80::1", "http://fe80::1:4000", False),
        ("Example.COM", "https://example.com", True),
        ("example.com", "https://EXAMPLE.com:8443", True),
        ("example.com", "https://www.example.com", False),
    ],
)
def test_true_is_the_servers_own_host(host: str, origin: str, expected: bool) -> None:
    assert allows(True, origin, host) is expected


WITH_SCHEME = ["https://good.example"]
WITH_PORT = ["//good.example:888"]
WITH_BOTH = ["http://good.example:888"]
ANY = ["//good.example"]
BELOW = ["//*.good.example"]
BELOW_EXACTLY = ["https://*.good.example:8443"]
NUMBERS = ["http://[::1]:4000", "//192.168.1.5"]

LISTED: list[tuple[list[str], str, bool]] = [
    (WITH_SCHEME, "https://good.example", True),
    (WITH_SCHEME, "https://good.example:443", True),
    (WITH_SCHEME, "HTTPS://GOOD.example", True),
    (WITH_SCHEME, "https://good.example:8443", False),  # as Phoenix: https is port 443
    (WITH_SCHEME, "http://good.example", False),
    (WITH_SCHEME, "http://good.example:443", False),
    (WITH_SCHEME, "https://www.good.example", False),
    (WITH_SCHEME, "https://good.example.", False),
    (WITH_SCHEME, "https://good.example.evil.com", False),
    (WITH_SCHEME, "https://evilgood.example", False),
    (WITH_SCHEME, "https://good.example@evil.com", False),
    (WITH_SCHEME, "https://good.example:443@evil.com", False),
    (WITH_SCHEME, "null", False),
    (WITH_SCHEME, "", False),
    (WITH_SCHEME, "//good.example", False),
    (WITH_PORT, "http://good.example:888", True),
    (WITH_PORT, "https://good.example:888", True),
    (WITH_PORT, "https://good.example", False),
    (WITH_PORT, "https://good.example:8888", False),
    (WITH_PORT, "https://good.example:88", False),
    (WITH_BOTH, "http://good.example:888", True),
    (WITH_BOTH, "https://good.example:888", False),
    (WITH_BOTH, "http://good.example", False),
    (ANY, "http://good.example", True),
    (ANY, "https://good.example:1234", True),
    (ANY, "app://good.example", True),
    (ANY, "http://www.good.example", False),
    (BELOW, "http://good.example", True),  # as Phoenix
    (BELOW, "http://www.good.example:99", True),
    (BELOW, "https://a.b.c.good.example", True),
    (BELOW, "https://A.Good.Example", True),
    (BELOW, "https://evilgood.example", False),
    (BELOW, "https://good.example.evil.com", False),
    (BELOW, "https://www.good.example.evil.com", False),
    (BELOW, "https://www.good.example@evil.com", False),
    (BELOW, "https://www.good.example.", False),
    (BELOW, "https://example", False),
    (BELOW_EXACTLY, "https://www.good.example:8443", True),
    (BELOW_EXACTLY, "https://www.good.example", False),
    (BELOW_EXACTLY, "http://www.good.example:8443", False),
    (NUMBERS, "http://[::1]:4000", True),
    (NUMBERS, "http://[0:0:0:0:0:0:0:1]:4000", False),  # a browser writes it the short way
    (NUMBERS, "http://[::1]", False),
    (NUMBERS, "https://192.168.1.5:9", True),
    (["http://a.example", "http://b.example"], "http://b.example", True),
    (["http://a.example", "http://b.example"], "http://c.example", False),
    ([], "http://localhost", False),
]


@pytest.mark.parametrize(("check_origin", "origin", "expected"), LISTED)
def test_listed(check_origin: list[str], origin: str, expected: bool) -> None:
    assert allows(check_origin, origin) is expected
    assert allows(tuple(check_origin), origin) is expected


def test_rules_are_what_was_written() -> None:
    assert parse_check_origin(["https://Example.com", "//*.other.com:888", "//a.b"], "x") == (
        OriginRule("https", "example.com", 443),
        OriginRule(None, "*.other.com", 888),
        OriginRule(None, "a.b", None),
    )
    assert parse_check_origin(True, "LocalHost") == (OriginRule(None, "localhost", None),)
    assert parse_check_origin([], "x") == ()


@pytest.mark.parametrize(
    "entry", ["example.com", "", "*", "https://", "https:example.com", "http://[", "//:80", 5, None]
)
def test_an_entry_without_host(entry: Any) -> None:
    with pytest.raises(ValueError, match=r"^check_origin has .*, which names no host: write 'http"):
        parse_check_origin(["https://fine.example", entry], "localhost")


@pytest.mark.parametrize("entry", ["//*", "//a.*.b", "//*a.b", "//a*", "//*.", "//*.*.b"])
def test_a_star_in_the_wrong_place(entry: str) -> None:
    with pytest.raises(ValueError, match=r"^'\*' may stand only at the beginning of a host"):
        parse_check_origin([entry], "localhost")


@pytest.mark.parametrize(
    "check_origin", ["https://example.com", None, 1, 0, {"//a"}, iter(["//a"])]
)
def test_what_is_no_option(check_origin: Any) -> None:
    with pytest.raises(
        TypeError, match=r"^check_origin must be True, False or a list such as \['h"
    ):
        parse_check_origin(check_origin, "localhost")


pieces = st.lists(
    st.sampled_from(["http", "s", ":", "/", "//", "@", "good", ".", "example", "[", "]", "*", "#",
                     "?", "\\", "\t", "\n", "%", "é", "\u2100", "\ud800", "4000", "99999"])
    | st.text(max_size=3)
)  # fmt: skip


@given(st.text() | pieces.map("".join))
def test_no_origin_raises(origin: str) -> None:
    for check_origin in (True, False, WITH_SCHEME, BELOW):
        assert allows(check_origin, origin) in (True, False)


names = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?(\.[a-z]{2,5}){0,2}", fullmatch=True)


@given(names, names, st.sampled_from(["http", "https"]), st.none() | st.integers(1, 65535))
def test_only_the_host_itself_is_let_in(
    own: str, other: str, scheme: str, port: int | None
) -> None:
    colon = "" if port is None else f":{port}"
    assert allows(True, f"{scheme}://{own}{colon}", own)
    assert allows(True, f"{scheme}://{other}{colon}", own) is (own == other)
    assert not allows(True, f"{scheme}://{own}.{other}{colon}", own)
    assert not allows(True, f"{scheme}://{other}.{own}{colon}", own)
    assert allows([f"//*.{own}"], f"{scheme}://{other}.{own}{colon}")
    assert not allows([f"//*.{own}"], f"{scheme}://x{own}{colon}")
