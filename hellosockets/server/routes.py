"""Routes: which path answers what. Pages over HTTP, an echo, and Phoenix's two sockets."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response

__all__ = ["ECHO", "LIVE_RELOAD", "SOCKET", "answer_page", "path_of"]

ECHO = "/echo"
SOCKET = "/socket/websocket"
LIVE_RELOAD = "/phoenix/live_reload/socket/websocket"

PAGE = Path(__file__).parent.parent / "page"
PAGES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
    "/socket.js": ("socket.js", "text/javascript; charset=utf-8"),
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


def path_of(request: Request) -> str:
    """Return a request's path, without its query."""
    return request.path.partition("?")[0]


def answer_page(connection: ServerConnection, request: Request) -> Response:
    """
    Answer a request for a page.

    Args:
        connection: The connection it came on.
        request: The request's head.

    Returns:
        The page, or an error in plain text.

    """
    path = path_of(request)
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
