"""The wire: a cable between any client and any server, to watch, slow down, freeze and cut.

It is a TCP relay, and knows no WebSockets: what crosses it is recorded as a server records it, and
read by the same rooms. `tap` lays one.
"""

from __future__ import annotations

import asyncio
import logging
import random
import socket
import ssl as tls
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple, Protocol
from urllib.parse import SplitResult, urlsplit

from ..connections import Connections
from ..conversation import Conversation
from ..frames import Speaker
from ..listener import Listener
from .faults import Fault, Faults
from .link import Link, Route
from .pipe import Climate
from .renaming import Renamer
from .weather import Throttle, Weather, preset

__all__ = ["Held", "Wire", "tap"]

MOST_ERRORS = 100

DEFAULT_PORTS = {"ws": 80, "wss": 443}

SETTINGS = tuple(field.name for field in fields(Weather))

logger = logging.getLogger("hellosockets.wire")
logger.addHandler(logging.NullHandler())


class HasUrl(Protocol):
    """What has the address of a WebSocket: a `Server`, or another wire."""

    @property
    def url(self) -> str:
        """The address, ``ws://`` or ``wss://``."""


class Held(NamedTuple):
    """
    How much is on its way.

    Attributes:
        client: Bytes that clients said and that servers haven't been told yet.
        server: Bytes that servers said and that clients haven't been told yet.

    """

    client: int
    server: int


@dataclass
class _Cut:
    """Where the next cut is to be."""

    size: int
    speaker: Speaker
    reset: bool
    connection: Conversation | None


def tap(
    target: str | HasUrl,
    *,
    port: int = 0,
    host: str = "127.0.0.1",
    ssl: tls.SSLContext | None = None,
    server_hostname: str | None = None,
    rename: bool = True,
    clock: Callable[[], float] = time.monotonic,
    chance: random.Random | None = None,
    report: Callable[[str], object] | None = None,
) -> Wire:
    """
    Lay a wire to a server, on the running loop.

    Both ``wire = await tap(server)`` and ``async with tap(server) as wire`` work. Have the client
    connect to ``wire.url`` instead of the server's.

    The client speaks plain ``ws://`` to the wire. To a ``wss://`` server the wire speaks TLS, so
    that what it records can be read; it checks the certificate as a client would.

    Args:
        target: A server of ours, or a URL: ``"ws://..."`` or ``"wss://..."``.
        port: TCP port of the wire's own. 0 picks a free one. A named one replaces an older wire of
            this process there, so that running a cell again is safe.
        host: Address to listen on. ``"0.0.0.0"`` lets other machines in.
        ssl: How TLS checks a ``wss://`` server; None checks as the system does.
        server_hostname: The name that the server's certificate must have, if not the URL's.
        rename: Whether an opening request that names the wire is made to name the server
            (`Renamer`). Servers that host several sites need it. Otherwise every byte stays.
        clock: Function that returns seconds, for the recordings.
        chance: What decides which chunks a lossy network loses; ``random.Random(1)`` loses the
            same ones each time.
        report: Function that is given each sentence of ``wire.errors`` as it comes, or None.

    Raises:
        TypeError: If the target is neither, or the port isn't a number.
        ValueError: If the URL can't be a WebSocket's, or the port isn't within 0 to 65535.
        OSError: When awaited, if the port can't be had, or the host is no address of this machine.

    """
    url = target if isinstance(target, str) else getattr(target, "url", None)
    if not isinstance(url, str):
        raise TypeError(
            f"a wire leads to a server or to a URL such as 'ws://...', got {type(target).__name__}"
        )
    parts, target_port = _read_url(url)
    if not isinstance(port, int) or isinstance(port, bool):
        raise TypeError(f"port must be a number, got {type(port).__name__}")
    if not 0 <= port <= 65535:
        raise ValueError(f"port must be 0 to 65535, got {port}")
    is_secure = parts.scheme == "wss"
    if ssl is not None and not is_secure:
        raise ValueError("ssl= is for a wss:// server, and this one is ws://: leave it out")
    context = (ssl or tls.create_default_context()) if is_secure else None
    name = parts.hostname or ""
    route = Route(
        name, target_port, _authority(parts, target_port), context, server_hostname or name
    )
    resource = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Wire(route, resource, host, port, rename, clock, chance or random.Random(), report)


def _read_url(url: str) -> tuple[SplitResult, int]:
    """Take a WebSocket's URL apart (RFC 6455 §3); raise ValueError with the cure if it's none."""
    if not url.isprintable() or " " in url:
        raise ValueError(f"a URL has no blanks and no control characters, got {url!r}")
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise ValueError(f"{url!r} can't be read as a URL: {error}") from None
    if parts.scheme in ("http", "https"):
        cure = url.replace("http", "ws", 1)
        raise ValueError(f"a wire leads to ws:// or wss://, got {parts.scheme}://: write {cure!r}")
    if parts.scheme not in DEFAULT_PORTS:
        raise ValueError(f"a wire leads to ws:// or wss://, got {url!r}: put the scheme before it")
    if not parts.hostname:
        raise ValueError(f"{url!r} names no host: write for example {parts.scheme}://localhost/")
    if "@" in parts.netloc:
        raise ValueError("a wire takes no name and password: leave them to the client's URL")
    if parts.fragment:
        raise ValueError(f"a WebSocket's URL has no fragment (RFC 6455 §3): leave out {'#'!r}")
    try:
        port = DEFAULT_PORTS[parts.scheme] if parts.port is None else parts.port
    except ValueError:
        raise ValueError(f"{url!r} has no port that can be: take one from 1 to 65535") from None
    if port == 0:
        raise ValueError("nothing can listen at port 0: await the server before it is tapped")
    return parts, port


def _authority(parts: SplitResult, port: int) -> str:
    name = parts.hostname or ""
    try:
        name = f"[{name}]" if ":" in name else name.encode("idna").decode("ascii")
    except UnicodeError:
        raise ValueError(f"{name!r} can't be a machine's name: check it") from None
    return name if port == DEFAULT_PORTS[parts.scheme] else f"{name}:{port}"


class Wire(Listener):
    """
    A cable between clients and one server, as returned by `tap`.

    Recorded is what comes out at the far end, when it comes out: what a frozen wire holds isn't in
    the log yet, and what a cut loses never is. Chunks are recorded as they were delivered, thus as
    ``split`` cut them; the opening request with the ``Host`` that the server was told.
    So `Conversation.as_curl` asks the server itself, and works without the wire; ``secure`` says
    whether the wire speaks TLS to it.

    The weather can be set while it runs, and takes effect at once, also on what is on its way:

    - ``wire.delay = 0.2``, ``wire.throttle``, ``wire.split``, ``wire.loss``: until set again.
      `Weather` says what they mean.
    - ``wire.imitate("3G")``: all four at once, see `preset`.
    - ``with wire.weather("3G"):`` or ``with wire.weather(delay=0.2, split=1):``: for a block.
    - ``wire.freeze()`` and ``wire.thaw()``, or ``with wire.frozen():`` for a block.
    - ``await wire.cut()`` now, or ``wire.cut_after(42)`` at an exact byte.

    TCP's own handshake is made with the wire, and takes no time in any weather.

    Nothing grows without bound: a pipe that holds 1 MiB doesn't read on, so that the speaker has
    to wait, as it has to behind a slow network.

    Attributes:
        host: The address it listens on.
        port: The port it listens on; 0 as long as it doesn't.

    """

    # A misspelt setting is an error rather than a new attribute.
    __slots__ = (
        "_climate",
        "_errors",
        "_faults",
        "_links",
        "_next_cut",
        "_renames",
        "_resource",
        "_route",
        "_server",
        "_tell_error",
    )

    WAS_CLOSED = "this wire was closed: lay a new one with tap()"
    STILL_LISTENS = "the wire is still laid: take it away with `await wire.close()`"
    STATES = ("not laid", "laid", "closed")

    def __init__(
        self,
        route: Route,
        resource: str,
        host: str,
        port: int,
        rename: bool,
        clock: Callable[[], float],
        chance: random.Random,
        report: Callable[[str], object] | None,
    ) -> None:
        super().__init__(host, port, Connections(clock))
        self._errors: deque[str] = deque(maxlen=MOST_ERRORS)
        self._route = route
        self._resource = resource
        self._renames = rename
        self._tell_error = report
        self._climate = Climate(chance)
        self._faults = Faults()
        self._links: dict[asyncio.Task[None], Link] = {}
        self._next_cut: _Cut | None = None
        self._server: asyncio.Server

    # Where it is.

    @property
    def url(self) -> str:
        """What a client is to connect to: the wire's address, with the server's path and query."""
        return f"ws://{self._authority}{self._resource}"

    @property
    def target(self) -> str:
        """Where it leads: the server's address."""
        scheme = "ws" if self._route.context is None else "wss"
        return f"{scheme}://{self._route.authority}{self._resource}"

    # What is on it.

    @property
    def held(self) -> Held:
        """How many bytes are on their way, in all connections."""
        pipes = [link.pipes for link in self._links.values()]
        return Held(
            sum(each["client"].held for each in pipes), sum(each["server"].held for each in pipes)
        )

    @property
    def errors(self) -> list[str]:
        """Why the server couldn't be reached: one sentence each time, of the newest 100."""
        return list(self._errors)

    # The weather.

    @property
    def delay(self) -> float:
        """How long each chunk is on its way, in seconds."""
        return self._climate.weather.delay

    @delay.setter
    def delay(self, seconds: float) -> None:
        self._set(delay=seconds)

    @property
    def throttle(self) -> Throttle:
        """Most bytes per second in each direction, or a pair: the client's and the server's."""
        return self._climate.weather.throttle

    @throttle.setter
    def throttle(self, rate: Throttle) -> None:
        self._set(throttle=rate)

    @property
    def split(self) -> int | None:
        """Longest TCP chunk, in bytes; None leaves them as they are."""
        return self._climate.weather.split

    @split.setter
    def split(self, size: int | None) -> None:
        self._set(split=size)

    @property
    def loss(self) -> float:
        """Chance that a chunk is lost on its first try, from 0 to 1."""
        return self._climate.weather.loss

    @loss.setter
    def loss(self, chance: float) -> None:
        self._set(loss=chance)

    def imitate(self, name: str) -> None:
        """
        Take the weather of a kind of network, until it is set again.

        Args:
            name: ``"clear"``, ``"fast"``, ``"LTE"``, ``"3G"``, ``"slow 3G"``, ``"2G"`` or
                ``"lossy Wi-Fi"``; `preset` has the figures.

        Raises:
            ValueError: If it is none of these.

        """
        self._climate.change(preset(name), self.is_frozen)

    @contextmanager
    def weather(self, name: str | None = None, /, **settings: Any) -> Iterator[None]:
        """
        Change the weather for a block; afterwards it is what it was before.

        Args:
            name: As for `imitate`; None keeps what isn't named in ``settings``.
            settings: ``delay``, ``throttle``, ``split`` and ``loss``.

        Raises:
            TypeError: If a setting has no such name, or isn't a number.
            ValueError: If a setting is out of its range, or the name unknown.

        """
        before = self._climate.weather
        self._set(before if name is None else preset(name), **settings)
        try:
            yield
        finally:
            self._climate.change(before, self.is_frozen)

    def _set(self, base: Weather | None = None, /, **settings: Any) -> None:
        for name in settings:
            if name not in SETTINGS:
                raise TypeError(f"weather has no {name!r}: set one of {', '.join(SETTINGS)}")
        weather = replace(base or self._climate.weather, **settings)
        self._climate.change(weather, self.is_frozen)

    @property
    def is_frozen(self) -> bool:
        """Whether nothing passes."""
        return self._climate.is_frozen

    def freeze(self) -> None:
        """
        Let nothing pass, either way, until `thaw`.

        The TCP connections stay open, and neither end is told: what they say, and that they hang
        up, is held. New connections get no further than the wire.

        """
        self._climate.change(self._climate.weather, True)

    def thaw(self) -> None:
        """Deliver all that was held, in order, and let everything pass again."""
        self._climate.change(self._climate.weather, False)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Freeze for a block; afterwards the wire is as frozen as it was before."""
        before = self.is_frozen
        self.freeze()
        try:
            yield
        finally:
            self._climate.change(self._climate.weather, before)

    # Faults of those who answer.

    @property
    def pongs(self) -> Fault:
        """What happens to pongs: ``wire.pongs.swallow()``, ``.delay(2)``, ``.drop_next()``."""
        return self._faults.pongs

    @property
    def replies(self) -> Fault:
        """What happens to the replies to Phoenix clients' heartbeats; as `pongs`."""
        return self._faults.replies

    # Cutting.

    async def cut(self, connection: Conversation | None = None, *, reset: bool = True) -> None:
        """
        Cut connections now, frozen or not, and wait until they are gone. What is held is lost.

        Args:
            connection: One of ``wire.connections``; None cuts all that are open. One that is over
                stays over.
            reset: Whether both ends get an RST, as from a machine that has crashed and come back;
                otherwise a FIN, as from a program that hung up without a close frame.

        Raises:
            ValueError: If the connection isn't this wire's.

        """
        self._check_own(connection)
        cut = [
            task
            for task, link in self._links.items()
            if connection is None or link.conversation is connection
        ]
        for task in cut:
            self._links[task].cut(reset=reset)
        if cut:
            await asyncio.wait(cut)

    def cut_after(
        self,
        size: int | None,
        speaker: Speaker = "server",
        *,
        connection: Conversation | None = None,
        reset: bool = True,
    ) -> None:
        """
        Cut a connection at an exact byte: once, in the first connection that comes so far.

        Args:
            size: How many bytes ``speaker`` gets through, counted from the connection's first,
                its handshake included; 0 cuts before the first one. None takes the order back.
            speaker: Whose bytes count.
            connection: One of ``wire.connections``, or None for whichever comes so far.
            reset: As for `cut`.

        Raises:
            TypeError: If the size isn't a number.
            ValueError: If it is negative, if that many bytes went through already, or if the
                speaker or the connection isn't one.

        """
        if size is None:
            self._next_cut = None
            return
        if isinstance(size, bool) or not isinstance(size, int):
            raise TypeError(f"size must be a number of bytes or None, got {type(size).__name__}")
        if size < 0:
            raise ValueError(f"size must be 0 or more bytes, got {size}")
        if speaker not in ("client", "server"):
            raise ValueError(f"speaker must be 'client' or 'server', got {speaker!r}")
        self._check_own(connection)
        for link in self._links.values():
            if link.conversation is connection and link.pipes[speaker].delivered > size:
                raise ValueError(
                    f"{link.pipes[speaker].delivered:,} bytes of the {speaker} went through "
                    f"already, got {size}: name a later byte"
                )
        self._next_cut = _Cut(size, speaker, reset, connection)
        for pipe in self._climate.pipes:
            pipe.wake()

    def _check_own(self, connection: Conversation | None) -> None:
        if connection is not None and connection not in self._connections.all:
            raise ValueError("this connection isn't the wire's: take one of wire.connections")

    def _limit(self, link: Link, speaker: Speaker, delivered: int) -> int | None:
        """Cut where a cut is due; say how many bytes may pass before the next one."""
        cut = self._next_cut
        if cut is None or cut.speaker != speaker or delivered > cut.size:
            return None
        if cut.connection is not None and cut.connection is not link.conversation:
            return None
        if delivered == cut.size:
            self._next_cut = None
            link.cut(reset=cut.reset)
        return cut.size - delivered

    # From start to end.

    async def close(self) -> None:
        """
        Take the wire away: stop listening, hang up on both ends of every connection.

        Nobody is told in WebSocket words, and what is held is lost. Who doesn't hang up within 2
        seconds is cut off. Once begun, the closing goes on, even if this wait is cancelled.

        """
        await super().close()

    async def _open(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._answer, sock=listening)

    async def _shut(self) -> None:
        self._server.close()
        await self.cut(reset=False)
        await self._connections.wait_ended()
        await self._server.wait_closed()

    # One connection.

    def _answer(self) -> asyncio.Protocol:
        """Begin a link; asyncio calls this for each client that connects."""
        key = object()
        conversation = self._connections.begin(key, secure=self._route.context is not None)
        names = {self._authority, *(f"{name}:{self.port}" for name in ("localhost", "127.0.0.1"))}
        link = Link(
            conversation,
            self._climate,
            self._route,
            Renamer(
                self._route.authority,
                self._route.origin,
                tuple(f"http://{name}" for name in names),
            ),
            renames=self._renames,
            faults=self._faults,
            limit=self._limit,
            report=self._report,
        )
        task = asyncio.get_running_loop().create_task(link.run())
        self._links[task] = link

        def over(task: asyncio.Task[None]) -> None:
            del self._links[task]
            self._connections.end(key)
            if not task.cancelled() and task.exception() is not None:
                logger.error("a connection of the wire failed", exc_info=task.exception())

        task.add_done_callback(over)
        if self._closing is not None:  # it came too late
            link.cut(reset=True)
        return link.sides["client"]

    def _report(self, why: str) -> None:
        self._errors.append(why)
        logger.warning(why)
        if self._tell_error is not None:
            try:
                self._tell_error(why)
            except Exception:  # whoever looks on must not break what it looks at
                logger.exception("a report failed")
