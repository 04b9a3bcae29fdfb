"""Routes: which path answers what. Pages over HTTP, an echo, and the chapter's socket."""

from __future__ import annotations

import contextlib
import json
from http import HTTPStatus
from pathlib import Path

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode
from websockets.http11 import Request, Response

__all__ = ["ECHO", "SOCKET", "answer_http", "handle", "reply_to"]

ECHO = "/echo"
SOCKET = "/socket/websocket"

PAGE = Path(__file__).parent / "page"
PAGES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
}

# The page loads nothing from elsewhere. 'self' covers ws: and wss: in new browsers only.
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; connect-src 'self' ws: wss:; "
        "object-src 'none'; base-uri 'none'; form-action 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
}

NOTHING_HERE = (
    f"There is nothing at this path. HelloSockets has a page at / "
    f"and WebSockets at {ECHO} and {SOCKET}.\n"
)
ONLY_GET = "A page can only be read: ask for it with GET.\n"


def answer_http(connection: ServerConnection, request: Request) -> Response | None:
    """
    Answer a request for a page; leave one for a WebSocket to the opening handshake.

    Args:
        connection: The connection it came on.
        request: The request's head.

    Returns:
        The page, or an error in plain text; None where a WebSocket lives.

    """
    path = request.path.partition("?")[0]
    if path in (ECHO, SOCKET):
        return None
    if path not in PAGES:
        response = connection.respond(HTTPStatus.NOT_FOUND, NOTHING_HERE)
    elif request.method not in ("GET", "HEAD"):
        response = connection.respond(HTTPStatus.METHOD_NOT_ALLOWED, ONLY_GET)
        response.headers["Allow"] = "GET, HEAD"
    else:
        name, content_type = PAGES[path]
        response = connection.respond(HTTPStatus.OK, (PAGE / name).read_text(encoding="utf-8"))
        del response.headers["Content-Type"]
        response.headers["Content-Type"] = content_type
        response.headers["Cache-Control"] = "no-cache"  # a page that was edited is shown
    for header, value in SECURITY_HEADERS.items():
        response.headers[header] = value
    if request.method == "HEAD":  # RFC 9110 §9.3.2: the same head, and no body
        response.body = b""
    return response


async def handle(connection: ServerConnection) -> None:
    """
    Speak with one client until either side closes.

    Args:
        connection: An open WebSocket at one of this module's paths.

    """
    request = connection.request
    is_echo = request is not None and request.path.partition("?")[0] == ECHO
    with contextlib.suppress(ConnectionClosed):
        async for message in connection:
            reply = message if is_echo else reply_to(message)
            if reply is None:
                # PHOENIX.md: what isn't a message crashes Phoenix's socket, and Cowboy closes.
                await connection.close(CloseCode.INTERNAL_ERROR)
                return
            await connection.send(reply)


def reply_to(message: str | bytes) -> str | None:
    """
    Answer one of Phoenix's V2 messages, ``[join_ref, ref, topic, event, payload]``.

    Nobody serves a topic yet, so that a heartbeat and leaving are all that succeeds.

    Args:
        message: A WebSocket message, text or binary.

    Returns:
        The reply's text; None for what is no such message.

    """
    if isinstance(message, bytes):
        return None
    try:
        _, ref, topic, event, _ = _array(json.loads(message))
        if (topic, event) == ("phoenix", "heartbeat") or event == "phx_leave":
            answer = {"response": {}, "status": "ok"}
        else:
            answer = {"response": {"reason": "unmatched topic"}, "status": "error"}
        reply = [None, ref, topic, "phx_reply", answer]
        text = json.dumps(reply, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        text.encode()  # JSON can spell half a character; UTF-8 can't
    except (ValueError, RecursionError):
        return None
    return text


def _array(value: object) -> list[object]:
    if not isinstance(value, list):
        raise ValueError("a message must be a JSON array")
    return value
