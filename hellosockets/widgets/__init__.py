"""Widgets: one Python class and one plain ES module each. The only rooms that know of pixels."""

from .frame_log import FrameLog, FrameTable
from .prediction import Option, Prediction

__all__ = ["FrameLog", "FrameTable", "Option", "Prediction"]
