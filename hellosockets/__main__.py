"""The same server in a terminal: ``python -m hellosockets``."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable, Iterator, Sequence

from .conversation import Conversation
from .server import DEFAULT_PORT, Server, serve

__all__ = ["main"]

# A request's target may be 8 KiB long, and a stranger chose it.
LONGEST_TARGET = 200  # characters


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Serve until Ctrl-C or SIGTERM.

    Args:
        arguments: The command line without the program's name; None takes this process's.

    Returns:
        Exit code: 0 after a stop, 1 if the port can't be had, 130 where Ctrl-C interrupted.

    """
    options = _parser().parse_args(arguments)
    try:
        asyncio.run(_serve(options.host, options.port, options.compress))
    except OSError as error:
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
        type=_port,
        help=f"port to listen on; 0 picks a free one (default {DEFAULT_PORT}, or a free one)",
    )
    parser.add_argument(
        "--compress", action="store_true", help="agree to permessage-deflate if a client offers it"
    )
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to 65535, got {text!r}")
    return int(text)


async def _serve(host: str, port: int | None, compress: bool) -> None:
    stop = asyncio.Event()
    with _signals_set(stop):
        async with serve(port, host, compress=compress, announce=None) as server:
            if port is None and server.port != DEFAULT_PORT:
                _say(f"Port {DEFAULT_PORT} is taken by another program, so another one is used.")
            address = f"[{host}]" if ":" in host else host
            _say(f"Running HelloSockets at {address}:{server.port} (http)")
            _say(f"Access HelloSockets at {server.http_url.removesuffix('/')}")
            _say("Stop it with Ctrl-C.")
            journal = Journal(server, _say)
            await stop.wait()
        journal.look()
    _say("HelloSockets has stopped.")


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
    asked = "?" if request is None else _plain(f"{request.method} {request.target}")
    answered = "?" if response is None else f"{response.status} {response.reason}"
    return f"connection {conversation.number}: {asked} -> {answered}"


def _closing(conversation: Conversation) -> str:
    if conversation.response is None:
        return f"connection {conversation.number}: closed without an answer"
    if conversation.close_code is None:
        return f"connection {conversation.number}: closed"
    return f"connection {conversation.number}: closed with {conversation.close_code}"


def _plain(text: str) -> str:
    """Cut a stranger's text, and show what would steer the terminal as its code."""
    short = text if len(text) <= LONGEST_TARGET else f"{text[:LONGEST_TARGET]}..."
    return short if short.isprintable() and short.isascii() else ascii(short)[1:-1]


@contextlib.contextmanager
def _signals_set(stop: asyncio.Event) -> Iterator[None]:
    """Set an event at the first Ctrl-C or SIGTERM; the second one ends the process at once."""
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def first() -> None:
        stop.set()
        for number in before:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)

    # Windows' loops have no signal handlers; there Ctrl-C interrupts asyncio.run.
    with contextlib.suppress(NotImplementedError):
        for number in before:
            loop.add_signal_handler(number, first)
    try:
        yield
    finally:
        for number, handler in before.items():
            with contextlib.suppress(NotImplementedError):
                loop.remove_signal_handler(number)
            signal.signal(number, handler)


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
