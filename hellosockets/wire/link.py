"""Links: one relayed connection, which is two TCP connections with a pipe for each direction."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
import ssl
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from ..conversation import Conversation
from ..frames import Speaker
from .faults import Faults, Sieve
from .pipe import Climate, Pipe
from .renaming import Renamer

__all__ = ["Link", "Route", "Side"]

CONNECT_TIMEOUT = 10.0  # seconds, until the server has answered, TLS's handshake included

# Where the server can't be reached, the client's request is awaited so long before it is answered.
REQUEST_TIMEOUT = 10.0  # seconds

# Who was told that everything ends, and doesn't hang up, is hung up on after so long.
LINGER = 2.0  # seconds

# SO_LINGER switched on with 0 seconds: closing sends an RST.
NO_LINGER = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)

NO_TLS = (
    "{to} doesn't speak TLS with us ({why}): if it is a plain server, tap ws:// instead of wss://"
)

OTHER: dict[Speaker, Speaker] = {"client": "server", "server": "client"}


@dataclass(frozen=True)
class Route:
    """
    The way to the server.

    Attributes:
        host: Its name or address.
        port: Its TCP port.
        authority: Host and port as in ``Host``: without a port that the scheme implies.
        context: How TLS checks it; None for a plain connection.
        server_hostname: The name that its certificate must have.

    """

    host: str
    port: int
    authority: str
    context: ssl.SSLContext | None
    server_hostname: str | None

    @property
    def origin(self) -> str:
        """Its origin, as a page that it served would have it."""
        return f"{'http' if self.context is None else 'https'}://{self.authority}"

    def explain(self, error: OSError) -> str:
        """Say in one sentence why it couldn't be reached, and how to mend that."""
        to = f"{self.host}:{self.port}"
        match error:
            case ssl.SSLCertVerificationError():
                return (
                    f"the certificate of {to} doesn't hold ({error.verify_message.rstrip('.')}): "
                    "tap the name it was made for, or pass an ssl= context that trusts it"
                )
            case ssl.SSLError():
                return NO_TLS.format(to=to, why=error.reason or error)
            case ConnectionResetError() | ConnectionAbortedError() if self.context is not None:
                return NO_TLS.format(to=to, why="it hung up")
            case socket.gaierror():
                return f"there is no machine called {self.host!r}: check the name"
            case TimeoutError():
                return f"{to} didn't answer within {CONNECT_TIMEOUT:g} seconds: is it reachable?"
        if _is_refusal(error):
            return f"nothing listens at {to}: start the server there, or tap another port"
        return f"{to} can't be reached ({error.strerror or error}): check address and network"


# A name with several addresses was refused at each of them: asyncio joins the texts.
REFUSED = (f"[Errno {errno.ECONNREFUSED}]", "[WinError 1225]", "[WinError 10061]")


def _is_refusal(error: OSError) -> bool:
    return isinstance(error, ConnectionRefusedError) or any(text in f"{error}" for text in REFUSED)


class Side(asyncio.Protocol):
    """
    One of the two TCP connections: to whom it leads, and what they say on it.

    Args:
        link: The link it is a side of.
        speaker: Who is at its other end.
        is_secure: Whether TLS wraps it.

    Attributes:
        is_lost: Whether it is gone.

    """

    def __init__(self, link: Link, speaker: Speaker, *, is_secure: bool = False) -> None:
        self.speaker = speaker
        self.is_lost = False
        self._link = link
        self._is_secure = is_secure
        self._transport: asyncio.Transport | None = None
        self._heard_end = self._told_end = False
        self._is_ready = asyncio.Event()
        self._is_ready.set()
        self._gone = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin: each write is to go out by itself; asyncio has switched TCP_NODELAY on."""
        self._transport = cast(asyncio.Transport, transport)
        # TLS compares with >=, plain TCP with >: the least at which neither stays closed for ever.
        self._transport.set_write_buffer_limits(high=1 if self._is_secure else 0)
        self._link.connected(self, self._transport)

    def data_received(self, data: bytes) -> None:
        """Hand on what was said here."""
        self._link.heard(self.speaker, bytes(data))

    def eof_received(self) -> bool:
        """Hand on that nothing more will be said here; return whether to stay open."""
        self._heard_end = True
        self._link.heard_end(self.speaker, reset=False)
        return not (self._is_secure or self._told_end)

    def connection_lost(self, exc: Exception | None) -> None:
        """Hand on that it is gone."""
        self.is_lost = True
        self._is_ready.set()
        self._gone.set()
        if self._timer is not None:
            self._timer.cancel()
        if exc is not None or not self._heard_end:
            self._link.heard_end(self.speaker, reset=exc is not None)
        self._link.lost(self)

    def pause_writing(self) -> None:
        """Remember that the network takes no more for now."""
        self._is_ready.clear()

    def resume_writing(self) -> None:
        """Remember that the network took all."""
        self._is_ready.set()

    # What a pipe calls.

    async def ready(self) -> None:
        """Wait until the network has taken everything written so far."""
        await self._is_ready.wait()

    def write(self, data: bytes) -> bool:
        """Write in one piece; return False if the network is gone and took nothing."""
        if self._transport is None or self._transport.is_closing() or self._told_end:
            return False
        self._transport.write(data)
        return not self._transport.is_closing()

    def end(self, *, reset: bool) -> None:
        """Say that the other speaker's stream ended. A reset is the end of the whole link."""
        if reset:
            self._link.cut(reset=True)
            return
        self._told_end = True
        if self._transport is None or self._transport.is_closing():
            return
        if self._heard_end or not self._transport.can_write_eof():
            self._transport.close()
        else:
            self._transport.write_eof()
        self._link.told_end(self)

    # What the link calls.

    def abort(self, *, reset: bool = False) -> None:
        """Hang up at once: with an RST, or as the system sees fit."""
        if self._transport is None:
            return
        if reset:
            sock = self._transport.get_extra_info("socket")
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
        self._transport.abort()

    def hang_up_later(self) -> None:
        """Give the other end a moment to hang up by itself."""
        if self._timer is None and not self.is_lost:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(LINGER, self.abort)

    async def gone(self) -> None:
        """Wait until it is gone; at once if it never was."""
        if self._transport is not None:
            await self._gone.wait()


class _Nobody:
    """Stands in for a server that can't be reached: the client is heard out, for the log."""

    def __init__(self, heard: Callable[[], None]) -> None:
        self._heard = heard

    async def ready(self) -> None:
        pass

    def write(self, data: bytes) -> bool:
        self._heard()
        return True

    def end(self, *, reset: bool) -> None:
        self._heard()


class Link:
    """
    One relayed connection.

    Args:
        conversation: Where it is recorded.
        climate: The weather.
        route: The way to the server.
        renamer: What gives the opening request its new ``Host``.
        faults: What happens to heartbeats' answers.
        renames: Whether the server is told the renamed request; otherwise, the client's own.
        limit: See `Pipe`; called with this link first.
        report: Called with a sentence when the server can't be reached.

    """

    def __init__(
        self,
        conversation: Conversation,
        climate: Climate,
        route: Route,
        renamer: Renamer,
        *,
        renames: bool,
        faults: Faults,
        limit: Callable[[Link, Speaker, int], int | None],
        report: Callable[[str], None],
    ) -> None:
        self.conversation = conversation
        self._climate = climate
        self._route = route
        self._renamer = renamer
        self._renames = renames
        self._report = report

        def cut(speaker: Speaker, delivered: int) -> int | None:
            return limit(self, speaker, delivered)

        self.pipes: dict[Speaker, Pipe] = {
            "client": Pipe("client", climate, self._record, cut),
            "server": Pipe("server", climate, self._record, cut),
        }
        self._sieves: dict[Speaker, Sieve] = {
            speaker: Sieve(speaker, faults, pipe.feed, _later)
            for speaker, pipe in self.pipes.items()
        }
        self.sides: dict[Speaker, Side] = {
            "client": Side(self, "client"),
            "server": Side(self, "server", is_secure=route.context is not None),
        }
        self._ended: set[Speaker] = set()  # as recorded
        self._is_cut = self._is_reset = False
        self._dialing: asyncio.Task[None] | None = None
        self._refusal: bytes | None = None  # what the client is to be told instead
        self._timer: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        """Relay until both TCP connections are gone."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.pipes["server"].run(self.sides["client"]))
                if await self._reached():
                    group.create_task(self.pipes["client"].run(self.sides["server"]))
                else:
                    group.create_task(self.pipes["client"].run(_Nobody(self._heard_out)))
                for side in self.sides.values():
                    await side.gone()
                for pipe in self.pipes.values():
                    pipe.stop()
        finally:  # also where the loop ends under it
            for side in self.sides.values():
                side.abort()
            for speaker in self.pipes:
                self._record(speaker, b"")
            if self._timer is not None:
                self._timer.cancel()

    def cut(self, *, reset: bool) -> None:
        """
        End both TCP connections now. What the pipes hold is lost.

        Args:
            reset: Whether to send an RST, as a crashed machine does; otherwise both ends are told
                that the stream has ended (FIN), and have 2 seconds to hang up.

        """
        if self._is_cut:
            if reset:
                for side in self.sides.values():
                    side.abort(reset=True)
            return
        self._is_cut, self._is_reset = True, reset
        if self._dialing is not None:
            self._dialing.cancel()
        for speaker, pipe in self.pipes.items():
            pipe.stop()
            self._record(speaker, b"")
        for side in self.sides.values():
            if reset:
                side.abort(reset=True)
            else:
                side.end(reset=False)
                side.hang_up_later()

    # What the sides call.

    def connected(self, side: Side, transport: asyncio.Transport) -> None:
        """Take in that a side has its TCP connection."""
        self.pipes[side.speaker].source = transport
        if self._is_cut:  # too late
            side.abort(reset=self._is_reset)

    def heard(self, speaker: Speaker, data: bytes) -> None:
        """Take in what a side said."""
        if speaker == "client" and not self._renamer.is_done:
            renamed = self._renamer.receive_data(data)
            data = renamed if self._renames else data
        self._sieves[speaker].feed(data)

    def heard_end(self, speaker: Speaker, *, reset: bool) -> None:
        """Take in that a side says no more."""
        if speaker == "client":
            rest = self._renamer.receive_eof()
            if self._renames:
                self._sieves["client"].feed(rest)
        self._sieves[speaker].flush()
        self.pipes[speaker].end(reset=reset)

    def told_end(self, side: Side) -> None:
        """Take in that a side was told of the other one's end: if that is gone, so is the link."""
        if self._is_gone(OTHER[side.speaker]):
            side.hang_up_later()

    def lost(self, side: Side) -> None:
        """Take in that a side's TCP connection is gone."""
        other = self.sides[OTHER[side.speaker]]
        self.pipes[other.speaker].close_ear()
        if side.speaker in self._ended:
            other.hang_up_later()

    # The way to the server.

    async def _reached(self) -> bool:
        """Connect to the server; return False if it can't be reached, or if a cut came first."""
        if self._is_cut:
            return False
        self._dialing = asyncio.ensure_future(self._dial())
        try:
            await self._dialing
        except asyncio.CancelledError:
            if not self._is_cut:
                raise
        except OSError as error:
            self._fail(self._route.explain(error))
        except ValueError as error:  # from the encoding of names, and from ssl
            self._fail(f"{self._route.host!r} can't be a machine's name ({error}): check it")
        else:
            return True
        return False

    async def _dial(self) -> None:
        await self._climate.thawed()  # a frozen wire lets no connection through, either
        route = self._route
        options: dict[str, Any] = {}
        if route.context is not None:
            options = {
                "ssl": route.context,
                "server_hostname": route.server_hostname,
                "ssl_shutdown_timeout": LINGER,
            }
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with asyncio.timeout(CONNECT_TIMEOUT):
            await loop.create_connection(
                lambda: self.sides["server"], route.host, route.port, **options
            )
        if route.context is None:  # otherwise TLS's handshake would count
            self.conversation.connect_time = loop.time() - began

    def _fail(self, why: str) -> None:
        """Let the client have an answer that says why it can't reach the server."""
        self._report(why)
        body = f"{why}\n".encode()
        self._refusal = (
            b"HTTP/1.1 502 Bad Gateway\r\n"
            b"Content-Type: text/plain; charset=utf-8\r\n"
            b"Content-Length: %d\r\n"
            b"Connection: close\r\n\r\n%b" % (len(body), body)
        )
        # An answer before the question would confuse the client.
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(REQUEST_TIMEOUT, self._refuse)

    def _heard_out(self) -> None:
        if self._renamer.is_done and not self.pipes["client"].held:
            # Next turn: the request is recorded before its answer.
            asyncio.get_running_loop().call_soon(self._refuse)

    def _refuse(self) -> None:
        if self._refusal is not None:
            refusal, self._refusal = self._refusal, None
            self.pipes["server"].feed(refusal)
            self.pipes["server"].end()

    # The rest.

    def _is_gone(self, speaker: Speaker) -> bool:
        # Only who was never reached has no transport once anybody is told of an end.
        side = self.sides[speaker]
        return side.is_lost or self.pipes[speaker].source is None

    def _record(self, speaker: Speaker, data: bytes) -> None:
        if speaker in self._ended:
            return
        if not data:
            self._ended.add(speaker)
        self.conversation.recording.append(speaker, data)


def _later(seconds: float, function: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_later(seconds, function)
