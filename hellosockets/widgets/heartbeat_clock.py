"""HeartbeatClock: both heartbeats of a connection, how long until the next, and until the end."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median
from typing import Any, Literal

import traitlets

from .. import picture
from ..beats import Beat, BeatKind, Beats
from ..conversation import Conversation
from ..wire import Wire
from .base import Watching, styles
from .module import source as module
from .strings import HEARTBEAT_CLOCK as STRINGS
from .watch import Source

__all__ = ["HeartbeatClock", "Ring"]

MOST_TRIPS = 40  # round trips in the sparkline

State = Literal["open", "expired", "given up", "closed", "none"]


@dataclass(frozen=True, slots=True)
class Ring:
    """
    One sort of heartbeat, as it stands now.

    Attributes:
        kind: ``"heartbeat"`` for Phoenix's messages, ``"ping"`` for WebSocket's frames.
        interval: Seconds between two beats; None where nobody sends any.
        next_beat: Seconds until the next one is due; None while one has no answer.
        gives_up_in: Seconds until its sender gives up; None while all beats are answered.
        expires_in: Seconds until the server ends a silent connection; None where it never does.
        limit: The seconds of silence after which it does.
        beats: How many beats were sent.
        answered: How many of them were answered.
        round_trips: The newest round trips, in seconds, oldest first.

    """

    kind: BeatKind
    interval: float | None
    next_beat: float | None
    gives_up_in: float | None
    expires_in: float | None
    limit: float | None
    beats: int
    answered: int
    round_trips: tuple[float, ...]


class HeartbeatClock(Watching):
    """
    The heartbeats of one connection, live: time to the next beat, time to expiry, round trips.

    The delays are those that client and server were given: the clock can't see them on the wire.

    Args:
        source: A wire, a server or a conversation. Of the former two the newest connection that
            is open; a wire brings switches for what becomes of the answers, and can be frozen.
        heartbeat_interval: Seconds between a Phoenix client's heartbeats; None if it sends none.
        timeout: Seconds of silence after which the server ends the connection; None for never.
        ping_interval: Seconds between the server's pings; None if it sends none.
        ping_timeout: Seconds in which a ping must be answered.

    Raises:
        TypeError: If ``source`` is none of these.
        ValueError: If a delay isn't above 0.

    """

    _esm = module("heartbeat_clock")
    _css = styles("heartbeat_clock")
    _strings = traitlets.Dict(STRINGS).tag(sync=True)

    def __init__(
        self,
        source: Source | Conversation,
        *,
        heartbeat_interval: float | None = 30.0,
        timeout: float | None = 60.0,
        ping_interval: float | None = None,
        ping_timeout: float | None = 20.0,
    ) -> None:
        if not isinstance(source, Conversation) and not hasattr(source, "connections"):
            what = type(source).__name__
            raise TypeError(f"a clock watches a wire, a server or a conversation, got {what}")
        self._delays = {
            "heartbeat_interval": heartbeat_interval,
            "timeout": timeout,
            "ping_interval": ping_interval,
            "ping_timeout": ping_timeout,
        }
        for name, seconds in self._delays.items():
            if seconds is not None and not seconds > 0:
                raise ValueError(f"{name} must be seconds above 0, or None, got {seconds}")
        self._source = source
        self._beats: Beats | None = None
        self._before: State | None = None  # how the connection before this one ended
        super().__init__()
        if isinstance(source, Conversation):
            self._watch(source.recording.listeners)
        else:
            self._watch(source.listeners)

    # What it shows, as data.

    @property
    def wire(self) -> Wire | None:
        """The wire, where the source is one."""
        return self._source if isinstance(self._source, Wire) else None

    @property
    def conversation(self) -> Conversation | None:
        """The connection that is shown; None before the first."""
        reader = self._reader()
        return None if reader is None else reader.conversation

    @property
    def beats(self) -> list[Beat]:
        """Every heartbeat of that connection, oldest first."""
        reader = self._reader()
        return [] if reader is None else reader.all

    @property
    def rings(self) -> tuple[Ring, Ring]:
        """Both sorts as they stand now: Phoenix's heartbeats, WebSocket's pings."""
        return self._heartbeats(), self._pings()

    @property
    def next_beat(self) -> float | None:
        """Seconds until Phoenix's next heartbeat is due; None while one has no answer."""
        return self._heartbeats().next_beat

    @property
    def expires_in(self) -> float | None:
        """Seconds until the server ends the connection, if its client stays silent."""
        return self._heartbeats().expires_in

    @property
    def state(self) -> State:
        """How the connection stands: ``"open"``, ``"expired"``, ``"given up"``, ``"closed"``."""
        reader = self._reader()
        return "none" if reader is None else reader.ending

    @property
    def first(self) -> tuple[str, float] | None:
        """Who gives up first if all falls silent now, and in how many seconds."""
        beat, ping = self.rings
        ends = []
        if beat.interval is not None:
            waits = beat.gives_up_in
            ends.append((2 * beat.interval if waits is None else waits, "client"))
        ends += [
            (each.expires_in, "server") for each in (beat, ping) if each.expires_in is not None
        ]
        if ping.gives_up_in is not None:
            ends.append((ping.gives_up_in, "server"))
        found = min(ends, default=None)
        return None if found is None else (found[1], found[0])

    def __repr__(self) -> str:
        count = len(self.beats)
        beats = f"{count:,} beat{'s' * (count != 1)}"
        return f"HeartbeatClock({self.state.replace('none', 'no connection')}, {beats})"

    def _repr_html_(self) -> str:
        rows = [
            (
                "",
                [
                    STRINGS[ring.kind],
                    _seconds(ring.interval),
                    _seconds(ring.limit),
                    f"{ring.beats:,}",
                    f"{ring.answered:,}",
                ],
                (),
            )
            for ring in self.rings
        ]
        table = picture.table(
            "Heartbeats of one connection",
            ("heartbeat", "every", "expires after", "sent", "answered"),
            rows,
            numeric=("every", "expires after", "sent", "answered"),
        )
        says = STRINGS[f"state_{self.state}"]
        return picture.document(table, f'<p class="hs-note">{says}</p>')

    # From the source.

    def _reader(self) -> Beats | None:
        source = self._source
        if isinstance(source, Conversation):
            newest: Conversation | None = source
        else:
            held = [each for each in source.connections if each.request is not None]
            alive = [each for each in held if each.state in ("open", "closing")]
            newest = next(reversed(alive or held), None)
        if newest is not None and (self._beats is None or self._beats.conversation is not newest):
            if self._beats is not None:  # the client has connected anew
                self._before = self._beats.ending
            self._beats = Beats(newest)
        if self._beats is not None:
            self._beats.read()
        return self._beats

    def _moments(self, kind: BeatKind) -> tuple[list[Beat], float, float, float]:
        """Return a sort's beats, now, when it opened, and when its client was last heard."""
        reader = self._reader()
        if reader is None:
            return [], 0.0, 0.0, 0.0
        response = reader.conversation.response
        opened = 0.0 if response is None or response.time is None else response.time
        now = reader.conversation.recording.now
        return reader.of(kind), now, opened, max(reader.heard.get("client", opened), opened)

    def _heartbeats(self) -> Ring:
        interval, limit = self._delays["heartbeat_interval"], self._delays["timeout"]
        beats, now, opened, heard = self._moments("heartbeat")
        waiting = beats[-1] if beats and beats[-1].answered is None else None
        last = opened if not beats else beats[-1].answered or beats[-1].sent
        # phoenix.js waits as long for the reply as it does until the next heartbeat.
        next_beat = gives_up_in = None
        if interval is not None and waiting is None:
            next_beat = last + interval - now
        elif interval is not None and waiting is not None:
            gives_up_in = waiting.sent + interval - now
        expires_in = None if limit is None else heard + limit - now
        return _ring("heartbeat", interval, limit, beats, next_beat, gives_up_in, expires_in)

    def _pings(self) -> Ring:
        interval, limit = self._delays["ping_interval"], self._delays["ping_timeout"]
        beats, now, opened, _ = self._moments("ping")
        waiting = beats[-1] if beats and beats[-1].answered is None else None
        next_beat = gives_up_in = None
        if interval is not None and waiting is None:
            next_beat = (beats[-1].sent if beats else opened) + interval - now
        elif limit is not None and waiting is not None:
            gives_up_in = waiting.sent + limit - now
        return _ring("ping", interval, limit, beats, next_beat, gives_up_in, None)

    # To the page.

    def _tell(self) -> None:
        wire, first = self.wire, self.first
        faults = {}
        if wire is not None:
            faults = {
                name: {"mode": fault.mode, "seconds": fault.seconds, "lost": fault.lost}
                for name, fault in (("pongs", wire.pongs), ("replies", wire.replies))
            }
        self.send(
            {
                "type": "facts",
                "state": self.state,
                "number": 0 if self._beats is None else self._beats.conversation.number,
                "before": self._before,
                "rings": [_write(ring) for ring in self.rings],
                "first": None if first is None else {"who": first[0], "in": first[1]},
                "frozen": wire is not None and wire.is_frozen,
                "faults": faults,
            }
        )

    # From the page: in any thread; wires live on the loop.

    def _heard(self, message: dict[str, Any]) -> None:
        self._soon(self._obey, message)

    def _obey(self, message: dict[str, Any]) -> None:
        wire = self.wire
        match message["type"]:
            case "freeze" if wire is not None:
                wire.thaw() if wire.is_frozen else wire.freeze()
            case "fault" if wire is not None:
                fault = wire.pongs if message["name"] == "pongs" else wire.replies
                try:
                    self._switch(fault, message)
                except ValueError as error:  # everything stays as it was
                    self.send({"type": "bad", "text": f"{error}"})
                    return
        self._tell()

    def _switch(self, fault: Any, message: dict[str, Any]) -> None:
        match message["mode"]:
            case "pass":
                fault.let_pass()
            case "swallow":
                fault.swallow()
            case "drop":
                fault.drop_next()
            case "delay":
                text = str(message["seconds"])
                try:
                    seconds = float(text)
                    if not math.isfinite(seconds):
                        raise ValueError
                    fault.delay(seconds)
                except ValueError:
                    raise ValueError(STRINGS["bad"].replace("{text}", text[:20])) from None


def _ring(
    kind: BeatKind,
    interval: float | None,
    limit: float | None,
    beats: list[Beat],
    next_beat: float | None,
    gives_up_in: float | None,
    expires_in: float | None,
) -> Ring:
    trips = tuple(beat.round_trip for beat in beats if beat.round_trip is not None)
    return Ring(
        kind,
        interval,
        next_beat,
        gives_up_in,
        expires_in,
        limit,
        len(beats),
        len(trips),
        trips[-MOST_TRIPS:],
    )


def _write(ring: Ring) -> dict[str, Any]:
    trips = ring.round_trips
    return {
        "kind": ring.kind,
        "interval": ring.interval,
        "limit": ring.limit,
        "next_beat": ring.next_beat,
        "gives_up_in": ring.gives_up_in,
        "expires_in": ring.expires_in,
        "beats": ring.beats,
        "answered": ring.answered,
        "trips": [1e3 * trip for trip in trips],
        "median": 1e3 * median(trips) if trips else None,
    }


def _seconds(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds:g} s"
