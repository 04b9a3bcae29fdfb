"""The wire: a cable between any client and any server, to watch, slow down, freeze and cut.

A `Wire` lays a link for each client that connects, a link has a pipe for each direction, and the
weather is what a pipe does to the bytes in it.
"""

from .weather import PRESETS, Weather, preset
from .wire import Held, Wire, tap

__all__ = ["PRESETS", "Held", "Weather", "Wire", "preset", "tap"]
