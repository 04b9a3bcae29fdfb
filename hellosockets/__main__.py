"""The same server in a terminal: ``python -m hellosockets``. Also a wire, and copies of lessons."""

from __future__ import annotations

import argparse
import asyncio
import math
import sys
from collections.abc import Callable, Sequence

from .conversation import Conversation
from .lessons import copy_lessons
from .server import DEFAULT_PORT, Options, Server, serve
from .terminal import add_tap, plain, port_number, say, signals_set

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Serve, or lay a wire, until Ctrl-C or SIGTERM.

    Args:
        arguments: The command line without the program's name; None takes this process's.

    Returns:
        Exit code: 0 after a stop, 1 if the port can't be had or an origin can't be read, 130 where
            Ctrl-C interrupted.

    Raises:
        SystemExit: If an argument can't be, with 2, or after ``--help``.

    """
    options = _parser().parse_args(arguments)
    try:
        asyncio.run(options.run(options))
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m hellosockets",
        description="Serve HelloSockets: a start page at /, WebSockets at /socket/websocket "
        "and /echo.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument(
        "--port",
        type=port_number,
        help=f"port to listen on; 0 picks a free one (default {DEFAULT_PORT}, or a free one)",
    )
    parser.add_argument(
        "--compress", action="store_true", help="agree to permessage-deflate if a client offers it"
    )
    parser.add_argument(
        "--allow-origin",
        action="append",
        metavar="ORIGIN",
        help="let pages of this origin connect, such as //192.168.1.5; may be repeated; '*' lets "
        "all connect (default: pages whose host is the server's own)",
    )
    parser.add_argument(
        "--timeout",
        type=_seconds,
        default=Options.timeout,
        metavar="SECONDS",
        help="close a Phoenix socket that is silent for so long (%(default)g)",
    )
    parser.set_defaults(run=_serve)
    commands = parser.add_subparsers(title="instead of serving", metavar="tap URL | lessons FOLDER")
    add_tap(commands)
    lessons = commands.add_parser(
        "lessons",
        help="copy the lessons to a folder of your own",
        description="Copy the lessons, to work in the copies. Run it again after an update: what "
        "you changed stays as it is, and a newer version is put beside it.",
    )
    lessons.add_argument("folder", help="where the copies go; your progress is kept there, too")
    lessons.set_defaults(run=_copy_lessons)
    return parser


async def _copy_lessons(options: argparse.Namespace) -> None:
    say(str(copy_lessons(options.folder)))


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"a time is a number of seconds above 0, got {text!r}")
    return seconds


def _check_origin(origins: list[str] | None) -> bool | list[str]:
    if origins is None:
        return True
    return False if "*" in origins else origins


async def _serve(options: argparse.Namespace) -> None:
    host, port = options.host, options.port
    stop = asyncio.Event()
    with signals_set(stop):
        async with serve(
            port,
            host,
            compress=options.compress,
            check_origin=_check_origin(options.allow_origin),
            timeout=options.timeout,
            announce=None,
        ) as server:
            if port is None and server.port != DEFAULT_PORT:
                say(f"Port {DEFAULT_PORT} is taken by another program, so another one is used.")
            address = f"[{host}]" if ":" in host else host
            say(f"Running HelloSockets at {address}:{server.port} (http)")
            say(f"Access HelloSockets at {server.http_url.removesuffix('/')}")
            say("Stop it with Ctrl-C.")
            journal = Journal(server, say)
            await stop.wait()
        journal.look()
    say("HelloSockets has stopped.")


class Journal:
    """
    A line for each connection that opens and for each that closes.

    Args:
        server: The server to watch.
        say: Function that is given each line.

    """

    def __init__(self, server: Server, say: Callable[[str], None]) -> None:
        self._server = server
        self._say = say
        self._newest = 0  # number of the newest connection seen
        self._watched: dict[Conversation, bool] = {}  # whether its opening was told
        self._is_due = False
        server.listeners.append(self._note)

    def look(self) -> None:
        """Tell what happened since the last look."""
        self._is_due = False
        for conversation in self._server.connections:
            if conversation.number > self._newest:
                self._newest = conversation.number
                self._watched[conversation] = False
        alive = set(self._server.open_connections)
        for conversation, is_told in tuple(self._watched.items()):
            if not is_told and conversation.response is not None:
                self._watched[conversation] = True
                self._say(_opening(conversation))
            if conversation not in alive:
                del self._watched[conversation]
                self._say(_closing(conversation))

    def _note(self) -> None:
        if not self._is_due:  # one look for all that one turn of the loop brings
            self._is_due = True
            asyncio.get_running_loop().call_soon(self.look)


def _opening(conversation: Conversation) -> str:
    request, response = conversation.request, conversation.response
    asked = "?" if request is None else plain(f"{request.method} {request.target}")
    answered = "?" if response is None else f"{response.status} {response.reason}"
    return f"connection {conversation.number}: {asked} -> {answered}"


def _closing(conversation: Conversation) -> str:
    if conversation.response is None:
        return f"connection {conversation.number}: closed without an answer"
    if conversation.close_code is None:
        return f"connection {conversation.number}: closed"
    return f"connection {conversation.number}: closed with {conversation.close_code}"


if __name__ == "__main__":
    sys.exit(main())
