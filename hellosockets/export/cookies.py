"""Cookies, as an HTTP archive lists them beside the headers that carry them (RFC 6265)."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Any

from ..handshake import Request, Response
from .moment import iso, parse_moment
from .redaction import Redaction

__all__ = ["request_cookies", "response_cookies"]


def request_cookies(request: Request, redaction: Redaction) -> list[dict[str, Any]]:
    """List what the Cookie headers hold."""
    pairs = [
        _pair(text)
        for header in request.get_all("Cookie")
        for text in header.split(";")
        if text.strip()
    ]
    return [{"name": name, "value": redaction.cookie(value)} for name, value in pairs]


def response_cookies(response: Response, redaction: Redaction) -> list[dict[str, Any]]:
    """List what the Set-Cookie headers hold, one cookie each, with its attributes."""
    cookies = []
    for header in response.get_all("Set-Cookie"):
        first, *rest = header.split(";")
        name, value = _pair(first)
        attributes = {name.lower(): value for name, value in map(_attribute, rest)}
        cookie: dict[str, Any] = {"name": name, "value": redaction.cookie(value)}
        for key in ("path", "domain"):
            if attributes.get(key):
                cookie[key] = attributes[key]
        if expires := _date(attributes.get("expires", "")):
            cookie["expires"] = expires
        cookie["httpOnly"] = "httponly" in attributes
        cookie["secure"] = "secure" in attributes
        if attributes.get("samesite"):
            cookie["sameSite"] = attributes["samesite"]
        cookies.append(cookie)
    return cookies


def _pair(text: str) -> tuple[str, str]:
    """Split ``name=value``; what has no sign is a value without a name, as browsers have it."""
    name, sign, value = text.strip().partition("=")
    return (name.strip(), value.strip()) if sign else ("", name)


def _attribute(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip(), value.strip()


def _date(text: str) -> str:
    """Return a cookie's date as ISO 8601; nothing where it can't be read."""
    try:
        return iso(parse_moment(parsedate_to_datetime(text)))
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""
