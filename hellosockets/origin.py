"""The Origin check: which web pages may open a WebSocket here (RFC 6455 §10.2), as Phoenix has it.

A browser says in ``Origin`` whose page asks, and lets every page ask every server: the server has
to refuse. A program that isn't a browser sends no ``Origin``, or any it likes, so that this
protects users of browsers, and nobody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import SplitResult, urlsplit

__all__ = ["CheckOrigin", "OriginRule", "parse_check_origin"]

# True: the origin's host must be the server's. False: all may. A list: those may.
CheckOrigin: TypeAlias = bool | Sequence[str]

DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


@dataclass(frozen=True, slots=True)
class OriginRule:
    """
    Origins that are allowed.

    Attributes:
        scheme: Such as ``"https"``; None allows each.
        host: Such as ``"example.com"``, or ``"*.example.com"`` for that host and those below it.
        port: None allows each.

    """

    scheme: str | None
    host: str
    port: int | None

    def allows(self, origin: str) -> bool:
        """Say whether an ``Origin`` header's value is among them; never raises."""
        parts = _split(origin)
        if parts is None:
            return False
        scheme, host, port = parts
        if self.host.startswith("*."):
            is_host = host == self.host[2:] or host.endswith(self.host[1:])
        else:
            is_host = host == self.host
        return is_host and self.scheme in (None, scheme) and self.port in (None, port)


def parse_check_origin(check_origin: CheckOrigin, host: str) -> tuple[OriginRule, ...] | None:
    """
    Read the option ``check_origin``.

    Args:
        check_origin: True, False, or a list such as ``["https://example.com", "//other.com:888",
            "//*.other.com"]``; a scheme that isn't named may be any, and so may a port, unless
            the scheme has one of its own, as https has 443.
        host: The host of the server's own URL, for True.

    Returns:
        The rules, of which one must allow an origin; None where there is nothing to check.

    Raises:
        TypeError: If it is something else.
        ValueError: If an entry has no host, or a ``*`` anywhere but at its host's beginning.

    """
    if check_origin is True:
        return (OriginRule(None, host.lower(), None),)
    if check_origin is False:
        return None
    if isinstance(check_origin, str) or not isinstance(check_origin, Sequence):
        raise TypeError(
            "check_origin must be True, False or a list such as ['https://example.com', "
            f"'//*.example.com'], got {check_origin!r}"
        )
    return tuple(_rule(entry) for entry in check_origin)


def _rule(entry: str) -> OriginRule:
    parts = _split(entry) if isinstance(entry, str) else None
    if parts is None:
        raise ValueError(
            f"check_origin has {entry!r}, which names no host: "
            "write 'https://example.com', '//example.com:888' or '//*.example.com'"
        )
    scheme, host, port = parts
    name = host.removeprefix("*.")
    if "*" in name or not name:
        raise ValueError(
            "'*' may stand only at the beginning of a host, before a dot and a name, "
            f"got {entry!r}: write '//*.example.com'"
        )
    return OriginRule(scheme, host, port)


def _split(text: str) -> tuple[str | None, str, int | None] | None:
    """Return scheme, host and port; None where there is no host."""
    try:
        parts: SplitResult = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host:
        return None
    scheme = parts.scheme or None
    return scheme, host, DEFAULT_PORTS.get(scheme or "") if port is None else port
