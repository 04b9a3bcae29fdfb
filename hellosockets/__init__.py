"""HelloSockets: see every byte of a WebSocket, live, in a Jupyter notebook.

Bytes at the bottom, people at the top: ``import hellosockets as hs`` gives the public names of
every floor. The widgets are imported when one is first asked for, so that a server in a terminal,
or a test of bytes, needs no notebook.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import exercises, loop
from .application import PingChannel, RoomChannel, UserSocket
from .channels import Channel, Crash, PubSub, Reply, Router
from .client import (
    ClientChannel,
    ClosedError,
    ConnectError,
    JoinError,
    Push,
    PushError,
    Socket,
    SocketError,
    TimedOutError,
)
from .conversation import Conversation
from .deflate import (
    Agreement,
    Deflater,
    Extension,
    Inflated,
    Inflater,
    agreed,
    negotiate,
    parse_extensions,
)
from .events import End, Event, Gap, Message
from .exercises import check, hint, reset, solution
from .export import from_har, from_jsonl, to_har, to_jsonl, to_pcapng
from .frames import Field, Frame, FrameReader, apply_mask, build_frame
from .handshake import HandshakeReader, Request, Response, accept_key, build_request
from .heartbeat import CLIENT_HEARTBEAT, PING_PONG, SILENCE, Heartbeat
from .loop import run
from .messages import NotAMessage, PhoenixMessage, decode_message
from .preflight import preflight
from .recording import Chunk, Recording
from .rules import Rule, Verdict
from .server import Server, Stats, serve
from .wire import Wire, tap

if TYPE_CHECKING:
    from .widgets import FrameLog, Option, Prediction

__version__ = "0.1.0"

__all__ = [
    "CLIENT_HEARTBEAT",
    "PING_PONG",
    "SILENCE",
    "Agreement",
    "Channel",
    "Chunk",
    "ClientChannel",
    "ClosedError",
    "ConnectError",
    "Conversation",
    "Crash",
    "Deflater",
    "End",
    "Event",
    "Extension",
    "Field",
    "Frame",
    "FrameLog",
    "FrameReader",
    "Gap",
    "HandshakeReader",
    "Heartbeat",
    "Inflated",
    "Inflater",
    "JoinError",
    "Message",
    "NotAMessage",
    "Option",
    "PhoenixMessage",
    "PingChannel",
    "Prediction",
    "PubSub",
    "Push",
    "PushError",
    "Recording",
    "Reply",
    "Request",
    "Response",
    "RoomChannel",
    "Router",
    "Rule",
    "Server",
    "Socket",
    "SocketError",
    "Stats",
    "TimedOutError",
    "UserSocket",
    "Verdict",
    "Wire",
    "accept_key",
    "agreed",
    "apply_mask",
    "build_frame",
    "build_request",
    "check",
    "decode_message",
    "exercises",
    "from_har",
    "from_jsonl",
    "hint",
    "negotiate",
    "parse_extensions",
    "preflight",
    "reset",
    "run",
    "serve",
    "solution",
    "tap",
    "to_har",
    "to_jsonl",
    "to_pcapng",
]

# Floor 3, imported when first asked for (PEP 562).
_WIDGETS = ("FrameLog", "Option", "Prediction")


def __getattr__(name: str) -> Any:
    if name in _WIDGETS:
        return getattr(import_module(".widgets", __name__), name)
    raise AttributeError(f"hellosockets has no {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_WIDGETS})


loop.prepare()
