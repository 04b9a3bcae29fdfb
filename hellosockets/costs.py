"""Costs: what it takes to bring news to a page by four transports, in bytes of the application.

The same headers go into the formula and over the wire of `hellosockets.news`, so that both agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from . import picture
from .frames import build_frame
from .handshake import accept_key

__all__ = [
    "TRANSPORTS",
    "Cost",
    "Costs",
    "answer_head",
    "costs",
    "event",
    "request_head",
    "switching_protocols",
]

TRANSPORTS = ("polling", "long polling", "Server-Sent Events", "WebSocket")

KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # RFC 6455 §1.3

# What browsers send with every request, in their order and about their length.
BROWSER = """\
Host: news.example
Connection: keep-alive
User-Agent: Mozilla/5.0 (X11; Linux x86_64) Browser/140.0
Accept: {accept}
Referer: https://news.example/
Accept-Encoding: gzip, deflate, br
Accept-Language: en
Cookie: session=0123456789abcdef0123456789abcdef
"""

UPGRADE = """\
Upgrade: websocket
Origin: https://news.example
Sec-WebSocket-Version: 13
Sec-WebSocket-Key: {key}
"""


def request_head(path: str, *, accept: str = "*/*", upgrade: bool = False) -> bytes:
    """Return the bytes of a request as a browser's page sends it."""
    headers = BROWSER.format(accept=accept)
    if upgrade:
        headers = headers.replace("keep-alive", "Upgrade") + UPGRADE.format(key=KEY)
    return f"GET {path} HTTP/1.1\n{headers}\n".replace("\n", "\r\n").encode()


def answer_head(size: int | None, status: str = "200 OK") -> bytes:
    """Return the head of an answer whose body has ``size`` bytes; None for one without an end."""
    if size is None:
        headers = "Content-Type: text/event-stream\nCache-Control: no-cache\n"
    else:
        headers = (
            f"Content-Type: application/json\nContent-Length: {size}\nCache-Control: no-store\n"
        )
    return f"HTTP/1.1 {status}\n{headers}\n".replace("\n", "\r\n").encode()


def switching_protocols() -> bytes:
    """Return the answer that opens a WebSocket."""
    headers = f"Upgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Accept: {accept_key(KEY)}\n"
    return f"HTTP/1.1 101 Switching Protocols\n{headers}\n".replace("\n", "\r\n").encode()


def event(body: str) -> bytes:
    """Return one Server-Sent Event (HTML Living Standard §9.2)."""
    return f"data: {body}\n\n".encode()


@dataclass(frozen=True, slots=True)
class Cost:
    """
    What one transport costs one client.

    Attributes:
        up: Bytes from the client.
        down: Bytes from the server.
        late: Ticks that a piece of news waits on average until the client has it.

    """

    up: int
    down: int
    late: float = 0.0

    @property
    def total(self) -> int:
        """Bytes in both directions."""
        return self.up + self.down


@dataclass(frozen=True, slots=True, repr=False)
class Costs:
    """
    What the transports cost.

    Attributes:
        of: The cost for one client, by transport.
        updates: How many pieces of news there were.
        ticks: How often a poller asked.

    """

    of: Mapping[str, Cost]
    updates: int
    ticks: int

    def __getitem__(self, transport: str) -> Cost:
        return self.of[transport]

    @property
    def cheapest(self) -> str:
        """The transport with the fewest bytes."""
        return min(self.of, key=lambda each: self.of[each].total)

    def __repr__(self) -> str:
        totals = ", ".join(f"{name} {cost.total:,}" for name, cost in self.of.items())
        return f"Costs({self.updates} updates, {self.ticks} polls: {totals} bytes)"

    def _repr_html_(self) -> str:
        most = max([cost.total for cost in self.of.values()] + [1])
        rows = "".join(
            f'<text x="0" y="{i * 30 + 20}" fill="{TEXT}">{escape(name)}</text>'
            f'<rect x="{LEFT}" y="{i * 30 + 6}" height="9" fill="{UP}" '
            f'width="{max(1, WIDE * cost.up / most):.0f}"/>'
            f'<rect x="{LEFT}" y="{i * 30 + 16}" height="9" fill="{DOWN}" '
            f'width="{max(1, WIDE * cost.down / most):.0f}"/>'
            f'<text x="{LEFT + WIDE * max(cost.up, cost.down) / most + 8:.0f}" y="{i * 30 + 20}" '
            f'fill="{TEXT}">↑ {cost.up:,} ↓ {cost.down:,}</text>'
            for i, (name, cost) in enumerate(self.of.items())
        )
        height = 30 * len(self.of) + 6
        note = f"Bytes for one client, {self.updates} pieces of news, {self.ticks} polls"
        return picture.document(
            f'<p class="hs-note">{note}; ↑ client, ↓ server.</p>',
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(repr(self))}" '
            f'viewBox="0 0 760 {height}" width="760" height="{height}" '
            f'style="max-width:100%;height:auto;font:13px system-ui,sans-serif">{rows}</svg>',
        )


# The picture's measures, in px, and its colours.
LEFT, WIDE = 150, 420
TEXT = "var(--hs-text, currentColor)"
UP, DOWN = "var(--hs-client, #0072B2)", "var(--hs-server, #A84300)"


def costs(updates: int, ticks: int, body: str = "goal: 1:0") -> Costs:
    """
    Work out what the transports cost one client, from its first byte on.

    Args:
        updates: Pieces of news, at most one in a tick.
        ticks: How often a poller asks.
        body: One piece of news; ASCII.

    Raises:
        ValueError: If there are more updates than ticks, or one is negative.

    """
    if not 0 <= updates <= ticks:
        raise ValueError(f"updates are from 0 to ticks, {ticks}, got {updates}")
    size = len(body)
    poll = len(request_head("/poll"))
    wait = len(request_head("/wait"))
    answer = len(answer_head(size)) + size
    nothing = len(answer_head(0))
    return Costs(
        {
            "polling": Cost(ticks * poll, updates * answer + (ticks - updates) * nothing, 0.5),
            "long polling": Cost((updates + 1) * wait, updates * answer),
            "Server-Sent Events": Cost(
                len(request_head("/events", accept="text/event-stream")),
                len(answer_head(None)) + updates * len(event(body)),
            ),
            "WebSocket": Cost(
                len(request_head("/socket", upgrade=True)),
                len(switching_protocols()) + updates * len(build_frame(body)),
            ),
        },
        updates,
        ticks,
    )
