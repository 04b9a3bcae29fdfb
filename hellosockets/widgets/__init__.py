"""Widgets: one Python class and one plain ES module each. The only rooms that know of pixels."""

from .bench import Bench, Choice, Entry, Slider, Toggle
from .deflate_ledger import DeflateLedger
from .frame_forge import FrameForge
from .frame_inspector import FrameInspector
from .frame_log import FrameLog, FrameTable
from .heartbeat_clock import HeartbeatClock
from .live import Live
from .mask_microscope import MaskMicroscope
from .prediction import Option, Prediction
from .two_seats import TwoSeats

__all__ = [
    "Bench",
    "Choice",
    "DeflateLedger",
    "Entry",
    "FrameForge",
    "FrameInspector",
    "FrameLog",
    "FrameTable",
    "HeartbeatClock",
    "Live",
    "MaskMicroscope",
    "Option",
    "Prediction",
    "Slider",
    "Toggle",
    "TwoSeats",
]
