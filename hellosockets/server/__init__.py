"""The server: HelloSockets on the library `websockets`, with every byte of every connection kept.

A request passes the gate, an open WebSocket gets a session, a watch looks after all of them, and
the endpoint holds these together. `serve` starts and stops it all.
"""

from .options import Options
from .server import DEFAULT_PORT, Server, serve
from .stats import Stats

__all__ = ["DEFAULT_PORT", "Options", "Server", "Stats", "serve"]
