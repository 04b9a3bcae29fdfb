"""Redaction: what must not leave the house in a file that is sent to others.

By default that are the proofs of who somebody is: cookies, the Authorization headers, and the
tokens that Phoenix's clients put into the address or into Sec-WebSocket-Protocol.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias
from urllib.parse import unquote_plus

__all__ = ["REDACTED", "Redact", "Redaction"]

REDACTED = "redacted"

Redact: TypeAlias = bool | Callable[[str | bytes], str | bytes]

SECRET_HEADERS = frozenset(["authorization", "cookie", "proxy-authorization", "set-cookie"])
ADDRESS_HEADERS = frozenset(["content-location", "location", "referer"])
SUBPROTOCOL_HEADER = "sec-websocket-protocol"

# The subprotocol by which a client of Phoenix 1.8 hands over its auth token.
AUTH_TOKEN = re.compile(r"(base64url\.bearer\.phx\.)[^,]*", re.IGNORECASE)

USER_INFO = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*:)?//[^/?#]*@")

# `token=undefined` is what a page sends that has none.
NO_TOKEN = frozenset(["", "undefined"])


class Redaction:
    """
    What is taken out of an export.

    Args:
        redact: True takes out credentials, False nothing. A function is given each message and each
            body besides: a str for text, bytes for binary data; what it returns takes its place.

    Raises:
        TypeError: If it is something else.

    """

    def __init__(self, redact: Redact) -> None:
        if not isinstance(redact, bool) and not callable(redact):
            raise TypeError(
                "redact must be True, False or a function that is given a message's data, "
                f"got {redact!r}"
            )
        self._takes_credentials = redact is not False
        self._of_payload = None if isinstance(redact, bool) else redact

    def header(self, name: str, value: str) -> str:
        """Return what may be shown of a header's value."""
        if not self._takes_credentials:
            return value
        lower = name.strip().lower()
        if lower in SECRET_HEADERS:
            return REDACTED
        if lower == SUBPROTOCOL_HEADER:
            return AUTH_TOKEN.sub(rf"\g<1>{REDACTED}", value)
        return self.url(value) if lower in ADDRESS_HEADERS else value

    def cookie(self, value: str) -> str:
        """Return what may be shown of a cookie's value."""
        return REDACTED if self._takes_credentials else value

    def url(self, url: str) -> str:
        """
        Return what may be shown of an address.

        Every query parameter whose name ends in ``token`` is a secret, unless it is empty or
        ``undefined``; so is what stands before ``@``.

        """
        if not self._takes_credentials:
            return url
        url = USER_INFO.sub(lambda match: f"{match[1] or ''}//{REDACTED}@", url)
        start, mark, rest = url.partition("?")
        query, hash_sign, fragment = rest.partition("#")
        query = "&".join(map(_parameter, query.split("&")))
        return f"{start}{mark}{query}{hash_sign}{fragment}"

    def payload(self, data: str | bytes) -> str | bytes:
        """
        Return what may be shown of a message or a body.

        Raises:
            TypeError: If the function returns bytes for text, or text for bytes.

        """
        if self._of_payload is None:
            return data
        shown = self._of_payload(data)
        kind = str if isinstance(data, str) else bytes
        if not isinstance(shown, kind):
            raise TypeError(
                f"the redact function was given {kind.__name__} and must return {kind.__name__}, "
                f"got {type(shown).__name__}"
            )
        return shown


def _parameter(text: str) -> str:
    name, sign, value = text.partition("=")
    is_secret = unquote_plus(name).strip().lower().endswith("token")
    return f"{name}{sign}{REDACTED}" if is_secret and unquote_plus(value) not in NO_TOKEN else text
