"""A pulse: the heartbeat of one connection at a time, with the timer that it needs."""

from __future__ import annotations

from collections.abc import Callable

from ..heartbeat import CLIENT_HEARTBEAT, Action, Heartbeat
from .timer import Alarm, Clock

__all__ = ["Pulse"]


class Pulse:
    """
    A client's heartbeat, driven by a clock.

    Args:
        interval: Time from a reply to the next heartbeat, and most time for its reply, in seconds;
            None for no heartbeat.
        beat: Function that sends a heartbeat and returns its ref.
        give_up: Function that is told what to do when the reply didn't come.
        clock: Function that returns the clock.

    Attributes:
        heartbeat: Where it stands in its table; None without a connection.

    Raises:
        ValueError: If the interval isn't above 0.

    """

    def __init__(
        self,
        interval: float | None,
        beat: Callable[[], str],
        give_up: Callable[[Action], None],
        clock: Callable[[], Clock],
    ) -> None:
        Heartbeat(CLIENT_HEARTBEAT, 0, heartbeat_interval=interval)  # a wrong one is found now
        self.heartbeat: Heartbeat | None = None
        self._interval = interval
        self._beat = beat
        self._give_up = give_up
        self._clock = clock
        self._ref: str | None = None
        self._alarm: Alarm | None = None

    def start(self) -> None:
        """Begin, for a new connection."""
        self._ref = None
        now = self._clock().time()
        self.heartbeat = Heartbeat(CLIENT_HEARTBEAT, now, heartbeat_interval=self._interval)
        self._set_alarm()

    def stop(self) -> bool:
        """End with the connection; return whether it had given up."""
        gave_up = self.heartbeat is not None and self.heartbeat.state == "expired"
        self.heartbeat = self._ref = None
        self._set_alarm()
        return gave_up

    def receive(self, ref: str | None) -> None:
        """Take the ref of whatever the server sent: it may be the reply."""
        if self.heartbeat is not None and ref is not None and ref == self._ref:
            self._ref = None
            self.heartbeat.receive("reply", self._clock().time())
            self._set_alarm()

    def _set_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if self.heartbeat is not None and self.heartbeat.deadline is not None:
            clock = self._clock()
            delay = max(0.0, self.heartbeat.deadline - clock.time())
            self._alarm = clock.call_later(delay, self._is_due)

    def _is_due(self) -> None:
        assert self.heartbeat is not None  # for mypy: stop() cancels the alarm
        action = self.heartbeat.receive("due", self._clock().time())
        self._set_alarm()
        if action is not None:
            if action.deed == "send a heartbeat":
                self._ref = self._beat()
            else:
                self._give_up(action)
