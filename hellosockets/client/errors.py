"""What can go wrong between a client and its server, as one small tree.

::

    SocketError
    ├── ConnectError             no connection came about
    ├── PushError                the server answered, and not with "ok"
    │   └── JoinError            ... to a join
    ├── TimedOutError            no answer in time; also a TimeoutError
    └── ClosedError              what was waited for can't come any more
"""

from __future__ import annotations

import errno
import json
import socket
import ssl
from typing import Any
from urllib.parse import urlsplit

from websockets.exceptions import InvalidMessage, InvalidStatus

__all__ = [
    "ClosedError",
    "ConnectError",
    "JoinError",
    "PushError",
    "SocketError",
    "TimedOutError",
    "explain",
]

# asyncio tries each address of a name, and joins what went wrong in one text.
REFUSED = f"[Errno {errno.ECONNREFUSED}]"

CHECK_SCHEME = "check the port, and wss:// (with TLS) against ws:// (without)"

# How much of a response an error's text shows.
SHOWN = 200  # characters

# What to look at, by the status of a refused handshake.
CURES = {
    400: "check that the URL is a WebSocket's",
    401: "check the token",
    403: "check what the server allows: origin, token, params, vsn",
    404: "check the URL's path",
    426: "check that the URL is a WebSocket's",
    429: "wait a while",
    503: "the server has no room now; try again later",
}


class SocketError(Exception):
    """Something between a client and its server went wrong."""


class ConnectError(SocketError):
    """
    No connection came about.

    Attributes:
        status: The HTTP status of the refusal, or None where there was none.

    """

    def __init__(self, text: str, status: int | None = None) -> None:
        super().__init__(text)
        self.status = status


class PushError(SocketError):
    """
    The server answered a push, and not with ``"ok"``.

    Attributes:
        event: What was pushed.
        topic: To which topic.
        status: The reply's status, most often ``"error"``.
        response: The reply's response.

    """

    def __init__(self, event: str, topic: str, status: str, response: Any) -> None:
        super().__init__(self.sentence(event, topic, status, response))
        self.event = event
        self.topic = topic
        self.status = status
        self.response = response

    @staticmethod
    def sentence(event: str, topic: str, status: str, response: Any) -> str:
        """Say what happened, in one sentence."""
        return f"{topic} answered {event!r} with status {status!r}: {_shown(response)}"


class JoinError(PushError):
    """
    The server refused a join. It is tried again by and by, until the channel is left.

    Attributes:
        status: The reply's status, most often ``"error"``.
        response: The reply's response.

    """

    @staticmethod
    def sentence(event: str, topic: str, status: str, response: Any) -> str:
        """Say what happened, in one sentence, and what to do."""
        cure = (
            "check the topic's name"
            if isinstance(response, dict) and response.get("reason") == "unmatched topic"
            else "it is tried again by and by, until leave()"
        )
        return f"joining {topic} was refused with {_shown(response)}: {cure}"


class TimedOutError(SocketError, TimeoutError):
    """What was waited for didn't come in time."""


class ClosedError(SocketError):
    """What was waited for can't come any more: the channel was left, or the socket disconnected."""


def explain(error: Exception, url: str) -> ConnectError:
    """
    Say in plain words why no connection came about.

    Args:
        error: What `websockets` or the network raised.
        url: Where to.

    """
    parts = urlsplit(url)
    where = parts.netloc.rpartition("@")[2]  # without what is for the server's eyes only
    if isinstance(error, InvalidStatus):
        status = error.response.status_code
        reason = f"{status} {error.response.reason_phrase}".strip()
        cure = CURES.get(status, "look into the server's log")
        return ConnectError(f"{where} refused the connection with {reason}: {cure}", status)
    match error:
        case OSError() if error.errno == errno.ECONNREFUSED or REFUSED in str(error):
            text = f"nothing listens at {where}: start the server, or check the port"
        case socket.gaierror():
            text = f"no host has the name {parts.hostname}: check the URL"
        case ssl.SSLCertVerificationError():
            text = (
                f"the certificate of {where} can't be trusted ({error.verify_message}): "
                "pass an ssl context that trusts its issuer, and use the name it was made for"
            )
        case ssl.SSLError():
            text = f"{where} speaks no TLS that suits ({error.reason}): {CHECK_SCHEME}"
        case ConnectionError():
            text = f"{where} hung up before it was a WebSocket: {CHECK_SCHEME}"
        case InvalidMessage():
            text = f"{where} doesn't answer as a WebSocket's server does: {CHECK_SCHEME}"
        case TimeoutError():
            text = f"{where} didn't answer in time: check that a server is there, and try again"
        case _:
            text = f"no WebSocket at {where}: {error}"
    return ConnectError(text)


def _shown(response: Any) -> str:
    if isinstance(response, bytes):
        return f"{len(response)} bytes"
    text = json.dumps(response, ensure_ascii=False)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
