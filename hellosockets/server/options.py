"""Options: what a server may be told, checked before it starts."""

from __future__ import annotations

import contextvars
import ssl
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..application import UserSocket
from ..channels import Channel
from ..origin import CheckOrigin

__all__ = ["Options", "show"]


def show(text: str) -> None:
    """Print what the server's owner should see: to standard error, and in the cell that runs."""
    # A task prints into the cell that made it, which may be long past. In a context of its own,
    # Jupyter's standard error goes to the cell that is running now.
    contextvars.Context().run(print, text, file=sys.stderr, flush=True)


@dataclass(frozen=True, kw_only=True)
class Options:
    """
    The options of `serve`, which says what each of them means.

    Raises:
        TypeError: If one is of the wrong type.
        ValueError: If one is out of its range.

    """

    socket: type[UserSocket] = UserSocket
    channels: Mapping[str, type[Channel]] | None = None
    check_origin: CheckOrigin = True
    subprotocols: Sequence[str] | None = None
    auth_token: bool = False
    compress: bool = False
    timeout: float | None = 60.0
    ping_interval: float | None = None
    ping_timeout: float | None = 20.0
    # Phoenix has no limits here. A stranger gets some: what a lesson sends is far below them.
    max_frame_size: int = 2**20
    max_connections: int = 500
    max_header_size: int = 2**16
    open_timeout: float = 10.0
    tls: ssl.SSLContext | None = None
    clock: Callable[[], float] = time.monotonic
    announce: Callable[[str], object] | None = print
    report: Callable[[str], object] | None = show

    def __post_init__(self) -> None:
        if not (isinstance(self.socket, type) and issubclass(self.socket, UserSocket)):
            raise TypeError(f"socket must be a class made from hs.UserSocket, got {self.socket!r}")
        if isinstance(self.subprotocols, str):
            raise TypeError(f"subprotocols must be a list, got {self.subprotocols!r}")
        if self.tls is not None and not isinstance(self.tls, ssl.SSLContext):
            raise TypeError(
                f"tls must be an ssl.SSLContext with a certificate, got {type(self.tls).__name__}"
            )
        for name in ("timeout", "ping_interval", "ping_timeout"):
            seconds = getattr(self, name)
            if seconds is not None and not seconds > 0:
                raise ValueError(
                    f"{name} must be seconds above 0, or None for never, got {seconds}"
                )
        if not self.open_timeout > 0:
            raise ValueError(f"open_timeout must be seconds above 0, got {self.open_timeout}")
        for name in ("max_frame_size", "max_connections", "max_header_size"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more, got {getattr(self, name)}")
