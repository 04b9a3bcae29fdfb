"""Where a socket connects to: the URL with its query, and the subprotocols that carry a token."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from ..messages import Version

__all__ = ["make_subprotocols", "make_url", "read_version"]

# The path that Phoenix adds to an endpoint's for a WebSocket.
PATH = "/websocket"
VSN = "2.0.0"

# What JavaScript's encodeURIComponent leaves as it is, besides letters, digits and -_.~
UNQUOTED = "!*'()"

# Phoenix's names for a token in Sec-WebSocket-Protocol. What follows is base64, not base64url.
SUBPROTOCOL = "phoenix"
TOKEN_PREFIX = "base64url.bearer.phx."


def make_url(url: str, params: Mapping[str, Any]) -> str:
    """
    Complete a socket's URL as phoenix.js does.

    The path gets ``/websocket`` at its end, and the query gets ``vsn=2.0.0``, unless they are
    there. What the query holds is kept as it is, but for what ``params`` names too.

    Args:
        url: ``ws://`` or ``wss://``, a host, and the socket's path.
        params: What to add to the query; dicts may be nested, as in ``user[id]=1``.

    Raises:
        ValueError: If the URL isn't a WebSocket's.

    """
    parts = urlsplit(url)
    if parts.scheme not in ("ws", "wss"):
        raise ValueError(
            f"a WebSocket's URL begins with ws:// or wss://, got {url!r}: "
            "write ws://localhost:4000/socket/websocket, or server.url"
        )
    if not parts.hostname:
        raise ValueError(f"a URL needs a host, got {url!r}: write ws://localhost:4000/socket")
    try:
        parts.port  # noqa: B018
    except ValueError:
        raise ValueError(f"a port must be 0 to 65535, got {parts.netloc!r}") from None
    if parts.fragment:
        raise ValueError(f"a WebSocket's URL has no fragment, got #{parts.fragment}: leave it out")
    added = list(_pairs(params))
    names = {name for name, _ in added}
    kept = [
        pair
        for pair in parts.query.split("&")
        if pair and not names & {name for name, _ in parse_qsl(pair, keep_blank_values=True)}
    ]
    query = [*kept, *(f"{_quoted(name)}={_quoted(value)}" for name, value in added)]
    if "vsn" not in dict(parse_qsl("&".join(query), keep_blank_values=True)):
        query.append(f"vsn={VSN}")
    path = parts.path if parts.path.endswith(PATH) else parts.path.rstrip("/") + PATH
    return urlunsplit((parts.scheme, parts.netloc, path, "&".join(query), ""))


def read_version(url: str) -> Version:
    """
    Return which serializer a URL's ``vsn`` asks for.

    Raises:
        ValueError: If it is neither 1 nor 2.

    """
    vsn = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True)).get("vsn", VSN)
    match vsn.partition(".")[0]:
        case "1":
            return 1
        case "2":
            return 2
    raise ValueError(f"vsn must be 1.0.0 or 2.0.0, got {vsn!r}")


def make_subprotocols(auth_token: str) -> list[str]:
    """
    Return the subprotocols that carry a token to Phoenix, out of the URL and so out of logs.

    Raises:
        ValueError: If the token's base64 has a ``/``, which no subprotocol may hold (RFC 6455
            §4.1, RFC 9110 §5.6.2).

    """
    encoded = base64.b64encode(auth_token.encode()).decode("ascii").rstrip("=")
    if "/" in encoded:
        raise ValueError(
            "this auth_token has a / in its base64, which no subprotocol may hold: "
            "use a token of letters, digits, - and _, or pass it in params"
        )
    return [SUBPROTOCOL, TOKEN_PREFIX + encoded]


def _pairs(params: Mapping[str, Any], parent: str = "") -> Iterator[tuple[str, str]]:
    for key, value in params.items():
        name = f"{parent}[{key}]" if parent else key
        if isinstance(value, Mapping):
            yield from _pairs(value, name)
        else:
            yield name, value if isinstance(value, str) else json.dumps(value)


def _quoted(text: str) -> str:
    return quote(text, safe=UNQUOTED)
