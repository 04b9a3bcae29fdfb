"""The client: Socket and channel, as phoenix.js has them, for Python.

What it does, and when, is phoenix.js's: its messages, its heartbeat, its schedules. What can be
awaited is Python's. Nothing here parses a frame: below stands the library `websockets`.
"""

from __future__ import annotations

from .channel import ChannelState, ClientChannel
from .errors import ClosedError, ConnectError, JoinError, PushError, SocketError, TimedOutError
from .push import Push
from .seat import RecordedClient, Seat
from .socket import RECONNECT_AFTER, REJOIN_AFTER, Socket
from .timer import Clock
from .transport import CloseEvent, TransportState

__all__ = [
    "RECONNECT_AFTER",
    "REJOIN_AFTER",
    "ChannelState",
    "ClientChannel",
    "Clock",
    "CloseEvent",
    "ClosedError",
    "ConnectError",
    "JoinError",
    "Push",
    "PushError",
    "RecordedClient",
    "Seat",
    "Socket",
    "SocketError",
    "TimedOutError",
    "TransportState",
]
