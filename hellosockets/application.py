"""The application: what HelloSockets does on its socket, as the chapter's Phoenix application does.

A `UserSocket` lets a connection in and says which channels it may join. Two are there from the
start: ``ping``, and rooms to chat in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from .channels import Channel

__all__ = ["LiveReloadChannel", "LiveReloadSocket", "PingChannel", "RoomChannel", "UserSocket"]


class PingChannel(Channel):
    """The topic ``ping``: the event ``ping`` is answered with ``{"ping": "pong"}``."""

    def handle_in(self, event: str, payload: Any) -> Any:
        """Answer a ping; leave everything else unanswered."""
        return {"ping": "pong"} if event == "ping" else None


class RoomChannel(Channel):
    """The topics ``room:*``: what one member shouts, all members hear, the shouting one too."""

    def handle_in(self, event: str, payload: Any) -> Any:
        """Broadcast a shout and say "ok"; answer a ping with its own payload."""
        if event == "shout":
            self.broadcast("shout", payload)
            return {}
        return payload if event == "ping" else None


class UserSocket:
    """
    One client's connection. Subclass it to say who may connect, and what may be joined.

    Attributes:
        channels: Channel classes by topic or ``"beginning:*"``.
        assigns: What is known of the connection; its channels share it.
        auth_token: What the client sent as ``base64url.bearer.phx.<token>``, where the server was
            started with ``auth_token=True``; None otherwise.
        headers: The request's headers, as (name, value), in the order in which they came.

    """

    channels: ClassVar[Mapping[str, type[Channel]]] = {
        "ping": PingChannel,
        "room:*": RoomChannel,
    }

    def __init__(
        self, *, auth_token: str | None = None, headers: tuple[tuple[str, str], ...] = ()
    ) -> None:
        self.assigns: dict[str, Any] = {}
        self.auth_token = auth_token
        self.headers = headers

    def connect(self, params: dict[str, str]) -> bool | None:
        """
        Decide whether a client may connect.

        Args:
            params: The URL's query, such as ``{"token": "undefined", "vsn": "2.0.0"}``.

        Returns:
            False to refuse, which the client gets as 403; anything else lets it in.

        """
        return True

    def id(self) -> str | None:
        """Return a name by which `Server.disconnect` finds this connection, or None; asked once."""
        return None


class LiveReloadChannel(Channel):
    """The topic ``phoenix:live_reload``: a page that joins hears when its files change."""


class LiveReloadSocket(UserSocket):
    """The socket at ``/phoenix/live_reload/socket/websocket``."""

    channels: ClassVar[Mapping[str, type[Channel]]] = {"phoenix:live_reload": LiveReloadChannel}
