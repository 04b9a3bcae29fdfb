"""Cookies: what a browser sent along with the handshake, and what the server set (RFC 6265)."""

from __future__ import annotations

from dataclasses import dataclass

from .handshake import Request, Response

__all__ = ["Cookie", "cookies_sent", "cookies_set"]

MOST = 200  # cookies of one handshake; a browser sends no more than it keeps for a host


@dataclass(frozen=True, slots=True)
class Cookie:
    """
    One cookie, as it stands in a header.

    Attributes:
        name: Its name; empty where there is no ``=``.
        value: Its value, quotes included.
        attributes: Of one that a server sets: its attributes in their order, e.g.
            ``("Path", "/")``; the value is empty for a bare word such as ``HttpOnly``.

    """

    name: str
    value: str
    attributes: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        pairs = [(self.name, self.value), *self.attributes]
        return "; ".join(f"{name}={value}" if value else name for name, value in pairs)


def cookies_sent(request: Request) -> list[Cookie]:
    """Return the cookies of a request's ``Cookie`` headers, in their order (RFC 6265 §4.2)."""
    pairs = [
        _pair(part)
        for header in request.get_all("Cookie")
        for part in header.split(";")[: MOST + 1]
        if part.strip()
    ]
    return [Cookie(name, value) for name, value in pairs[:MOST]]


def cookies_set(response: Response) -> list[Cookie]:
    """Return the cookies of an answer's ``Set-Cookie`` headers, in their order (RFC 6265 §4.1)."""
    found = []
    for header in response.get_all("Set-Cookie")[:MOST]:
        first, *attributes = header.split(";")[:MOST]
        name, value = _pair(first)
        named = [part.strip().partition("=") for part in attributes if part.strip()]
        found.append(Cookie(name, value, tuple((word, says) for word, _, says in named)))
    return found


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.strip().partition("=")
    # "If the name-value-pair string lacks a %x3D ("=") character", browsers take it for a value.
    return (name.rstrip(), value.lstrip()) if equals else ("", name)
