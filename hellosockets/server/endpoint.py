"""The endpoint: everything between a server's port and its channels, as Phoenix calls it.

It decides about requests, talks on what was let in, watches for silence, and counts.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
from collections import deque
from collections.abc import Sequence
from http import HTTPStatus

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from ..application import LiveReloadSocket, UserSocket
from ..channels import Crash, PubSub, Router
from ..connections import Connections, count
from ..conversation import Conversation
from ..frames import Speaker
from ..heartbeat import PING_PONG, SILENCE, Action, Heartbeat
from ..origin import parse_check_origin
from ..recording import Recording
from . import routes
from .gate import Gate
from .live_reload import Reloader
from .options import Options
from .recorder import RecordedConnection
from .session import echo, speak_phoenix
from .stats import Stats
from .watch import Watch

__all__ = ["Endpoint", "logger"]

# Who comes when there are too many gets 503; when there are twice too many, nothing.
SURPLUS = 2

# A stranger's page that is refused all day must not fill a notebook.
MOST_REPORTS = 20
REPORT_PERIOD = 60.0  # seconds
TOO_MANY_REPORTS = (
    f"HelloSockets has more to report than {MOST_REPORTS} texts a minute: "
    'the rest is in logging.getLogger("hellosockets.server") alone.\n'
)

# The library reports each refused handshake. A notebook isn't the place to print that;
# logging.getLogger("hellosockets.server") is the place to listen.
logger = logging.getLogger("hellosockets.server")
logger.addHandler(logging.NullHandler())


class Endpoint:
    """
    What a server does with its connections.

    Args:
        options: What the server was told.
        host: The host of its own URL.
        connections: Where the connections are kept.

    Attributes:
        router: Which channel serves which topic.
        pubsub: Who is a member of which topic.
        connections: Who is there, and who was.
        stats: What was counted since the start.
        crashes: The latest crashes of channels, oldest first.
        alive: The connections whose TCP connection lives.
        is_closing: True when no further connection is to be served.

    """

    def __init__(self, options: Options, host: str, connections: Connections) -> None:
        self.router = Router({**options.socket.channels, **(options.channels or {})})
        self.pubsub = PubSub()
        self.connections = connections
        self.stats = Stats()
        self.crashes: deque[Crash] = deque(maxlen=100)
        self.alive: set[RecordedConnection] = set()
        self.is_closing = False
        self._options = options
        self._gate = Gate(
            parse_check_origin(options.check_origin, host),
            options.subprotocols,
            options.auth_token,
            self._report,
        )
        self._kinds: dict[str, tuple[type[UserSocket], Router]] = {
            routes.SOCKET: (options.socket, self.router),
            routes.LIVE_RELOAD: (LiveReloadSocket, Router(LiveReloadSocket.channels)),
        }
        self._expired: asyncio.Future[Conversation] | None = None
        self._pings: set[asyncio.Task[None]] = set()
        self._reports = 0  # since a while ago
        self._reporting_since = -math.inf
        self._watch: Watch[RecordedConnection]
        self._reloader: Reloader
        self._loop: asyncio.AbstractEventLoop

    def open(self) -> None:
        """Begin on the running loop."""
        self._loop = asyncio.get_running_loop()
        self._watch = Watch(self._act)
        self._reloader = Reloader(routes.PAGE, self.pubsub)

    def close(self) -> None:
        """Let nobody in any more, and expire nobody: all are about to be closed."""
        self.is_closing = True
        self._watch.close()

    async def connection_expired(self) -> Conversation:
        """Wait until the next connection has been closed for its silence, and return it."""
        if self._expired is None or self._expired.done():
            self._expired = self._loop.create_future()
        return await asyncio.shield(self._expired)

    def with_id(self, socket_id: str) -> list[RecordedConnection]:
        """Return the connections that `UserSocket.id` gives this name."""
        return [
            each
            for each in tuple(self.alive)
            if each.admission is not None and each.admission.id == socket_id
        ]

    # What the library calls: a request, the answer to it, and an open WebSocket.

    def process_request(self, connection: ServerConnection, request: Request) -> Response | None:
        """Answer a request, or return None to let the opening handshake go on."""
        assert isinstance(connection, RecordedConnection)
        if connection.is_surplus:
            most = count(self._options.max_connections, "connection")
            text = f"HelloSockets serves {most} at a time: come back when one has ended.\n"
            return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, text)
        path = routes.path_of(request)
        if path == routes.ECHO:
            is_allowed = self._gate.allows_origin(request)
            return None if is_allowed else connection.respond(HTTPStatus.FORBIDDEN, "")
        if path not in self._kinds:
            return routes.answer_page(connection, request)
        if request.method != "GET":
            return connection.respond(HTTPStatus.BAD_REQUEST, "")
        try:
            connection.admission = self._gate.admit(request, self._kinds[path][0])
        except Exception as error:  # the application's connect, as the gate itself raises nothing
            self._crashed(Crash.of(error, "socket", "connect"))
            return connection.respond(HTTPStatus.INTERNAL_SERVER_ERROR, "")
        return None if connection.admission else connection.respond(HTTPStatus.FORBIDDEN, "")

    def process_response(
        self, connection: ServerConnection, request: Request, response: Response
    ) -> None:
        """Count the WebSockets that weren't opened."""
        if response.status_code >= 400 and routes.path_of(request) in (routes.ECHO, *self._kinds):
            self.stats.refused += 1

    def select_subprotocol(
        self, connection: ServerConnection, subprotocols: Sequence[str]
    ) -> str | None:
        """Answer with the subprotocol that the gate chose."""
        assert isinstance(connection, RecordedConnection)
        return None if connection.admission is None else connection.admission.subprotocol

    async def handle(self, connection: ServerConnection) -> None:
        """Talk on an open WebSocket until either side closes it."""
        assert isinstance(connection, RecordedConnection)
        assert connection.request is not None
        self._watch.add(connection, *self._heartbeats(connection))
        if connection.admission is None:
            await echo(connection, self._count)
            return
        _, router = self._kinds[routes.path_of(connection.request)]
        is_page = router is not self.router
        with self._reloader.watching() if is_page else contextlib.nullcontext():
            await speak_phoenix(
                connection,
                connection.admission,
                router,
                self.pubsub,
                count=self._count,
                report=self._crashed,
            )

    # What the recorded connections call.

    def made(self, connection: RecordedConnection) -> Recording:
        """Begin to record a connection."""
        secure = self._options.tls is not None
        conversation = self.connections.begin(
            connection, secure=secure, connect_time=connection.connect_time
        )
        self.alive.add(connection)
        self.stats.connections += 1
        here, most = len(self.alive), self._options.max_connections
        connection.is_surplus = here > most
        if self.is_closing or here > SURPLUS * most:  # too late, or too many
            self._loop.call_soon(lambda: connection.transport.abort())
        return conversation.recording

    def heard(self, connection: RecordedConnection, speaker: Speaker, size: int) -> None:
        """Count bytes, and note that a client lives."""
        self.stats.bytes[speaker] += size
        if speaker == "client":
            self._watch.receive(connection, "data")

    def lost(self, connection: RecordedConnection) -> None:
        """Count a connection among the finished ones."""
        self.alive.discard(connection)
        self._watch.discard(connection)
        conversation = self.connections.end(connection)
        if connection.has_expired and self._expired is not None and not self._expired.done():
            self._expired.set_result(conversation)

    # Heartbeats.

    def _heartbeats(self, connection: RecordedConnection) -> list[Heartbeat]:
        options, now = self._options, self._loop.time()
        found = []
        if options.timeout is not None and connection.admission is not None:
            found.append(Heartbeat(SILENCE, now, timeout=options.timeout))
        if options.ping_interval is not None:
            interval, patience = options.ping_interval, options.ping_timeout
            found.append(Heartbeat(PING_PONG, now, ping_interval=interval, ping_timeout=patience))
        return found

    def _act(self, connection: RecordedConnection, action: Action) -> None:
        if action.deed == "send a ping":
            task = self._loop.create_task(self._ping(connection))
            self._pings.add(task)
            task.add_done_callback(self._pings.discard)
        elif action.code is not None:
            self._watch.discard(connection)
            self.stats.expired += 1
            connection.expire(action.code, action.reason)

    async def _ping(self, connection: RecordedConnection) -> None:
        def answered(pong: asyncio.Future[float]) -> None:
            if not pong.cancelled() and pong.exception() is None:
                self._watch.receive(connection, "pong")

        with contextlib.suppress(ConnectionClosed):
            asyncio.ensure_future(await connection.ping()).add_done_callback(answered)

    # Counting and reporting.

    def _count(self, speaker: Speaker) -> None:
        self.stats.messages[speaker] += 1

    def _crashed(self, crash: Crash) -> None:
        self.stats.crashed += 1
        self.crashes.append(crash)
        self._report(str(crash))

    def _report(self, text: str) -> None:
        logger.error(text)
        now = self._loop.time()
        if now - self._reporting_since > REPORT_PERIOD:
            self._reporting_since, self._reports = now, 0
        self._reports += 1
        if self._options.report is None or self._reports > MOST_REPORTS + 1:
            return
        try:
            self._options.report(text if self._reports <= MOST_REPORTS else TOO_MANY_REPORTS)
        except Exception:  # whoever is told must not break what it is told of
            logger.exception("the report failed")
