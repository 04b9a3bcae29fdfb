"""The gate: which request may open a Phoenix socket, in the order in which Phoenix asks."""

from __future__ import annotations

import base64
import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from websockets.http11 import Request

from ..application import UserSocket
from ..messages import Version
from ..origin import OriginRule

__all__ = ["Admission", "Gate"]

# What a client puts before its token among the subprotocols, as it can't set other headers.
AUTH_TOKEN_PREFIX = "base64url.bearer.phx."

# phoenix.js writes base64, other clients base64url.
TO_BASE64 = str.maketrans("-_", "+/")

# The subprotocol that answers such a token.
PHOENIX_SUBPROTOCOL = "phoenix"

# What a stranger chose is quoted so far.
LONGEST_QUOTE = 200  # characters

WRONG_ORIGIN = """\
HelloSockets refused a WebSocket to a page of another origin (403).

    Origin of the request: {origin}
    Origins allowed:       {allowed}

A page may connect if its host is the server's own; 127.0.0.1 and localhost are two hosts.
If you know that page, either

  - open it at an address that is allowed, or
  - allow it: serve(check_origin=[{origin!r}]), where "//*.example.com"
    stands for every scheme, port and name below example.com.
"""
WRONG_SUBPROTOCOL = """\
HelloSockets refused a WebSocket, as none of the subprotocols that it asks for is spoken here (403).

    Subprotocols asked for: {asked}
    Subprotocols spoken:    {spoken}

Add one to serve(subprotocols=[...]), or take it out of the client's Sec-WebSocket-Protocol.
"""
WRONG_VSN = """\
HelloSockets refused a WebSocket whose URL has vsn={vsn} (403): it speaks 1.0.x and 2.0.x.
"""


@dataclass(frozen=True, slots=True)
class Admission:
    """
    A request that may open a socket.

    Attributes:
        socket: The application's own, connected.
        id: The name by which `Server.disconnect` finds it, or None.
        vsn: Version of the serializer.
        subprotocol: What to answer in ``Sec-WebSocket-Protocol``; None for no such header.

    """

    socket: UserSocket
    id: str | None
    vsn: Version
    subprotocol: str | None


class Gate:
    """
    Decides who may connect.

    Args:
        origins: Rules of which one must allow the request's ``Origin``; None allows all.
        subprotocols: Those that are spoken; None doesn't look at the header.
        auth_token: Whether a token may come among the subprotocols.
        report: Function that is given a text for the server's owner about each refusal that a
            different option could mend.

    """

    def __init__(
        self,
        origins: Sequence[OriginRule] | None,
        subprotocols: Sequence[str] | None,
        auth_token: bool,
        report: Callable[[str], object],
    ) -> None:
        self._origins = origins
        self._subprotocols = subprotocols
        self._takes_token = auth_token
        self._report = report

    def allows_origin(self, request: Request) -> bool:
        """Check the ``Origin``; a request without one comes from no browser, and is let in."""
        origin = next(iter(request.headers.get_all("Origin")), None)
        if origin is None or self._origins is None:
            return True
        if any(rule.allows(origin) for rule in self._origins):
            return True
        allowed = ", ".join(_spelled(rule) for rule in self._origins) or "none"
        self._report(WRONG_ORIGIN.format(origin=_quoted(origin), allowed=allowed))
        return False

    def admit(self, request: Request, kind: type[UserSocket]) -> Admission | None:
        """
        Decide about one request.

        Args:
            request: Its head.
            kind: The application's class for this path.

        Returns:
            None if it is refused, which is 403 with an empty body.

        """
        if not self.allows_origin(request):
            return None
        asked = _listed(request)
        token, asked = self._token_among(asked)
        subprotocol = None
        spoken = self._spoken()
        if spoken is not None and asked:
            subprotocol = next((each for each in spoken if each in asked), None)
            if subprotocol is None:
                quoted = _quoted(", ".join(asked))
                self._report(
                    WRONG_SUBPROTOCOL.format(asked=quoted, spoken=", ".join(spoken) or "none")
                )
                return None
        params = dict(parse_qsl(request.path.partition("?")[2], keep_blank_values=True))
        vsn = _version(params.get("vsn", "1.0.0"))
        if vsn is None:
            self._report(WRONG_VSN.format(vsn=_quoted(params["vsn"])))
            return None
        socket = kind(auth_token=token, headers=tuple(request.headers.raw_items()))
        answer: Any = socket.connect(params)
        if inspect.isawaitable(answer):  # it would be let in, whatever it were to say
            if inspect.iscoroutine(answer):
                answer.close()
            raise TypeError("connect is a plain function: write `def`, not `async def`")
        return None if answer is False else Admission(socket, socket.id(), vsn, subprotocol)

    def _spoken(self) -> Sequence[str] | None:
        if self._takes_token:
            return [PHOENIX_SUBPROTOCOL, *(self._subprotocols or ())]
        return self._subprotocols

    def _token_among(self, asked: list[str]) -> tuple[str | None, list[str]]:
        if not self._takes_token:
            return None, asked
        tokens = [each for each in asked if each.startswith(AUTH_TOKEN_PREFIX)]
        if len(tokens) != 1:
            return None, asked
        encoded = tokens[0].removeprefix(AUTH_TOKEN_PREFIX)
        others = [each for each in asked if each is not tokens[0]]
        try:
            padded = encoded.translate(TO_BASE64) + "=" * (-len(encoded) % 4)
            return base64.b64decode(padded, validate=True).decode(), others
        except ValueError:  # no base64, or no UTF-8 within
            return None, others


def _version(vsn: str) -> Version | None:
    """Return the serializer that a version asks for: the first one is 1.0.x, the second 2.0.x."""
    found = re.fullmatch(r"([12])\.0\.(0|[1-9][0-9]*)", vsn)
    return None if found is None else (1 if found[1] == "1" else 2)


def _listed(request: Request) -> list[str]:
    lines = request.headers.get_all("Sec-WebSocket-Protocol")
    return [each.strip() for line in lines for each in line.split(",") if each.strip()]


def _spelled(rule: OriginRule) -> str:
    scheme = f"{rule.scheme}:" if rule.scheme else ""
    port = f":{rule.port}" if rule.port else ""
    return f"{scheme}//{rule.host}{port}"


def _quoted(text: str) -> str:
    """Cut a stranger's text, and show what would steer a terminal as its code."""
    short = text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}..."
    return short if short.isprintable() and short.isascii() else ascii(short)[1:-1]
