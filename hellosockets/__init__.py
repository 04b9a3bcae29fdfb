"""HelloSockets: see every byte of a WebSocket, live, in a Jupyter notebook.

Bytes at the bottom, people at the top: ``import hellosockets as hs`` gives the public names of
every floor. The widgets are imported when one is first asked for, so that a server in a terminal,
or a test of bytes, needs no notebook.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import backoff, exercises, loop
from .application import PingChannel, RoomChannel, UserSocket
from .backoff import Arrivals, arrivals
from .beats import Beat, beats
from .blocks import read_blocks
from .bookkeeper import ledger
from .channels import Channel, Crash, PubSub, Reply, Router
from .chrome import ChromeView, as_chrome_shows
from .client import (
    ClientChannel,
    ClosedError,
    ConnectError,
    JoinError,
    Push,
    PushError,
    RecordedClient,
    Socket,
    SocketError,
    TimedOutError,
)
from .conversation import Conversation
from .costs import Cost, Costs, costs
from .crowd import Memory, measure_memory
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
from .difference import Difference, diff
from .events import End, Event, Gap, Message
from .exercises import check, hint, progress, reset, solution
from .export import from_har, from_jsonl, to_har, to_jsonl, to_pcapng
from .filters import Filter, Frames
from .forge import forge
from .frames import Field, Frame, FrameReader, apply_mask, build_frame
from .guide import describe
from .handshake import (
    HandshakeReader,
    Request,
    Response,
    accept_key,
    accept_steps,
    build_request,
)
from .heartbeat import CLIENT_HEARTBEAT, PING_PONG, SILENCE, Heartbeat
from .jupyter import JupyterMessage, JupyterServer, read_jupyter
from .keepalive import Keepalive, keepalive
from .lanes import Lanes, lanes
from .ledger import Ledger
from .loop import run, until
from .messages import NotAMessage, PhoenixMessage, decode_message
from .news import measure_transports
from .pieces import Pieces, pieces
from .preflight import preflight
from .probe import Probe, ask, probe
from .proxy import NginxProxy, ReverseProxy
from .recording import Chunk, Recording
from .replies import Exchange, exchanges
from .rules import Rule, Verdict
from .sequence import SequenceDiagram, sequence_diagram
from .server import Server, Stats, serve
from .timing import Timing, timing
from .toy_cache import Passage, ToyCache, pass_cache
from .window import Window, look_back
from .wire import Wire, tap

if TYPE_CHECKING:
    from .widgets import (
        Bench,
        Choice,
        DeflateLedger,
        Entry,
        FrameForge,
        FrameInspector,
        FrameLog,
        HeartbeatClock,
        Live,
        MaskMicroscope,
        Option,
        Prediction,
        Slider,
        Toggle,
        TwoSeats,
    )

__version__ = "0.1.0"

__all__ = [
    "CLIENT_HEARTBEAT",
    "PING_PONG",
    "SILENCE",
    "Agreement",
    "Arrivals",
    "Beat",
    "Bench",
    "Channel",
    "Choice",
    "ChromeView",
    "Chunk",
    "ClientChannel",
    "ClosedError",
    "ConnectError",
    "Conversation",
    "Cost",
    "Costs",
    "Crash",
    "DeflateLedger",
    "Deflater",
    "Difference",
    "End",
    "Entry",
    "Event",
    "Exchange",
    "Extension",
    "Field",
    "Filter",
    "Frame",
    "FrameForge",
    "FrameInspector",
    "FrameLog",
    "FrameReader",
    "Frames",
    "Gap",
    "HandshakeReader",
    "Heartbeat",
    "HeartbeatClock",
    "Inflated",
    "Inflater",
    "JoinError",
    "JupyterMessage",
    "JupyterServer",
    "Keepalive",
    "Lanes",
    "Ledger",
    "Live",
    "MaskMicroscope",
    "Memory",
    "Message",
    "NginxProxy",
    "NotAMessage",
    "Option",
    "Passage",
    "PhoenixMessage",
    "Pieces",
    "PingChannel",
    "Prediction",
    "Probe",
    "PubSub",
    "Push",
    "PushError",
    "RecordedClient",
    "Recording",
    "Reply",
    "Request",
    "Response",
    "ReverseProxy",
    "RoomChannel",
    "Router",
    "Rule",
    "SequenceDiagram",
    "Server",
    "Slider",
    "Socket",
    "SocketError",
    "Stats",
    "TimedOutError",
    "Timing",
    "Toggle",
    "ToyCache",
    "TwoSeats",
    "UserSocket",
    "Verdict",
    "Window",
    "Wire",
    "accept_key",
    "accept_steps",
    "agreed",
    "apply_mask",
    "arrivals",
    "as_chrome_shows",
    "ask",
    "backoff",
    "beats",
    "build_frame",
    "build_request",
    "check",
    "costs",
    "decode_message",
    "describe",
    "diff",
    "exchanges",
    "exercises",
    "forge",
    "from_har",
    "from_jsonl",
    "hint",
    "keepalive",
    "lanes",
    "ledger",
    "look_back",
    "measure_memory",
    "measure_transports",
    "negotiate",
    "parse_extensions",
    "pass_cache",
    "pieces",
    "preflight",
    "probe",
    "progress",
    "read_blocks",
    "read_jupyter",
    "reset",
    "run",
    "sequence_diagram",
    "serve",
    "solution",
    "tap",
    "timing",
    "to_har",
    "to_jsonl",
    "to_pcapng",
    "until",
]

# Floor 3, imported when first asked for (PEP 562).
_WIDGETS = (
    "Bench",
    "Choice",
    "DeflateLedger",
    "Entry",
    "FrameForge",
    "FrameInspector",
    "FrameLog",
    "HeartbeatClock",
    "Live",
    "MaskMicroscope",
    "Option",
    "Prediction",
    "Slider",
    "Toggle",
    "TwoSeats",
)


def __getattr__(name: str) -> Any:
    if name in _WIDGETS:
        return getattr(import_module(".widgets", __name__), name)
    raise AttributeError(f"hellosockets has no {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_WIDGETS})


loop.prepare()
