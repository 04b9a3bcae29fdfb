"""Keepalive: pings at an interval, a timeout for their answers, and what both are good for.

Three things may end a connection that has pings: an answer that is slower than the timeout, a proxy
that hangs up on the idle, and a cable that is cut. The last is what pings are there to notice.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from . import picture

__all__ = ["Keepalive", "keepalive"]

# The picture's measures, in px.
WIDTH, LEFT, HEIGHT, UP, DOWN = 760, 8, 126, 40, 84

TEXT, QUIET, LINE = (
    "var(--hs-text, currentColor)",
    "var(--hs-quiet, #5f5f5f)",
    "var(--hs-line, #a0a0a0)",
)
PING, PONG = "var(--hs-client, #0072B2)", "var(--hs-server, #A84300)"
WRONG, RIGHT = "var(--hs-wrong, #B00020)", "var(--hs-right, #1B6E3C)"


@dataclass(frozen=True, slots=True, repr=False)
class Keepalive:
    """
    What pings do for one connection, opened at second 0.

    Attributes:
        interval: Seconds from one ping to the next.
        timeout: Seconds that an answer may take.
        round_trip: Seconds that an answer takes, as long as the cable is whole.
        proxy_idle: Seconds of silence after which a proxy on the way hangs up; None without one.
        cut_at: Second at which the cable is cut.

    """

    interval: float
    timeout: float
    round_trip: float
    proxy_idle: float | None
    cut_at: float

    @property
    def false_alarm(self) -> float | None:
        """Second at which a living connection is given up; None if it isn't."""
        first = self.interval + self.timeout
        return first if self.round_trip > self.timeout and self.interval < self.cut_at else None

    @property
    def hung_up(self) -> float | None:
        """Second at which the proxy hangs up; None if it doesn't."""
        if self.proxy_idle is None or self.interval < self.proxy_idle:
            return None
        return self.proxy_idle

    @property
    def noticed(self) -> float | None:
        """Second at which the cut is noticed; None if the connection was over before."""
        if self.false_alarm is not None or self.hung_up is not None:
            return None
        # The first ping whose answer can't come any more.
        lost = self.cut_at - self.round_trip
        number = max(1, -int(-lost // self.interval))
        return number * self.interval + self.timeout

    @property
    def notice_at_most(self) -> float:
        """Seconds from a cut to its notice, at the worst: it comes right after an answer."""
        return self.interval + self.timeout

    def keeps_within(self, seconds: float) -> bool:
        """Tell whether it survives proxy and slow answers, and notices a cut in time."""
        is_alive = self.false_alarm is None and self.hung_up is None
        return is_alive and self.notice_at_most <= seconds

    def __str__(self) -> str:
        if self.hung_up is not None:
            return f"the proxy hangs up at second {self.hung_up:g}, before the first ping"
        if self.false_alarm is not None:
            return (
                f"given up at second {self.false_alarm:g}, though it lives: the answer takes "
                f"{self.round_trip:g} s"
            )
        return (
            f"the cut of second {self.cut_at:g} is noticed at second {self.noticed:g}; "
            f"{self.notice_at_most:g} s at the worst"
        )

    def __repr__(self) -> str:
        return f"Keepalive(each {self.interval:g} s, timeout {self.timeout:g} s: {self})"

    def _repr_html_(self) -> str:
        return picture.document(self.svg, f"<p>{escape(str(self)[0].upper() + str(self)[1:])}.</p>")

    @property
    def svg(self) -> str:
        """The connection as a line of time: pings, answers, the cut, and the end."""
        end = max(self.cut_at + self.interval + self.timeout, self.cut_at * 1.2)

        def x(second: float) -> float:
            return LEFT + (WIDTH - 2 * LEFT - 60) * min(second, end) / end

        over = min(
            (each for each in (self.hung_up, self.false_alarm, self.noticed) if each is not None),
            default=end,
        )
        drawn = [_line(x(0), x(over), UP, PING), _line(x(0), x(over), DOWN, PONG)]
        drawn += [_text(x(0), UP - 22, "client", PING), _text(x(0), DOWN + 24, "server", PONG)]
        number = 1
        while (at := number * self.interval) < over and number <= 200:
            arrives = at + self.round_trip / 2
            is_lost = arrives > self.cut_at
            drawn.append(_arrow(x(at), UP, x(arrives), DOWN, PING, is_lost))
            if not is_lost:
                back = at + self.round_trip
                drawn.append(_arrow(x(arrives), DOWN, x(back), UP, PONG, back > self.cut_at))
            number += 1
        if over >= self.cut_at:
            drawn.append(
                f'<path d="M{x(self.cut_at):.1f} 18 V106" stroke="{WRONG}" stroke-dasharray="4 3"/>'
            )
            drawn.append(_text(x(self.cut_at) + 4, 16, f"✂ cut at {self.cut_at:g} s", WRONG))
        if over < end or self.noticed is not None:
            sign, ink = ("✓", RIGHT) if self.noticed is not None else ("✗", WRONG)
            drawn.append(_text(x(over) + 4, UP + 4, f"{sign} {over:g} s", ink))
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDTH} {HEIGHT}" '
            f'width="{WIDTH}" height="{HEIGHT}" aria-label="Pings on a line of time: {self}" '
            f'style="max-width:100%;height:auto;font:12px system-ui,sans-serif">'
            f"{''.join(drawn)}</svg>"
        )


def keepalive(
    interval: float,
    timeout: float,
    *,
    round_trip: float = 0.1,
    proxy_idle: float | None = None,
    cut_at: float = 200.0,
) -> Keepalive:
    """
    Work out what pings do for a connection.

    Args:
        interval: Seconds from one ping to the next.
        timeout: Seconds that an answer may take.
        round_trip: Seconds that an answer takes.
        proxy_idle: Seconds of silence after which a proxy hangs up; None without one.
        cut_at: Second at which the cable is cut.

    Raises:
        ValueError: If one of them isn't above 0.

    """
    given = {"interval": interval, "timeout": timeout, "round_trip": round_trip, "cut_at": cut_at}
    for name, value in [*given.items(), ("proxy_idle", 1 if proxy_idle is None else proxy_idle)]:
        if not value > 0:
            raise ValueError(f"{name} is a number of seconds above 0, got {value}")
    return Keepalive(interval, timeout, round_trip, proxy_idle, cut_at)


def _line(x1: float, x2: float, y: float, colour: str) -> str:
    return f'<path d="M{x1:.1f} {y} H{x2:.1f}" stroke="{colour}" stroke-width="2"/>'


def _arrow(x1: float, y1: float, x2: float, y2: float, colour: str, is_lost: bool) -> str:
    if is_lost:  # as far as the cable goes
        x2, y2 = (x1 + x2) / 2, (y1 + y2) / 2
    dashes = ' stroke-dasharray="3 3"' if is_lost else ""
    end = _text(x2 - 4, y2 + 4, "✗", WRONG) if is_lost else ""
    return (
        f'<path d="M{x1:.1f} {y1} L{x2:.1f} {y2}" stroke="{colour}" stroke-width="1.5"{dashes}/>'
        + end
    )


def _text(x: float, y: float, text: str, colour: str) -> str:
    return f'<text x="{x:.1f}" y="{y}" fill="{colour}">{escape(text)}</text>'
