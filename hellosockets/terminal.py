"""The terminal: a wire whose traffic is printed, ``python -m hellosockets tap ws://...``."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import ssl
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from . import picture
from .conversation import Conversation
from .rows import Row, make_row
from .wire import Wire, tap
from .wire.weather import PRESETS, Throttle, Weather, preset

__all__ = ["Transcript", "add_tap", "line_of", "plain", "port_number", "say", "signals_set"]

HEADER = (
    f"{'#':>3} {'seconds':>9}  {'speaker':<8} {'what':<13} {'length':>9}  FIN RSV1 MASK  preview"
)
# Letters of ours that a terminal may not have, and what stands in for them.
PLAINER = str.maketrans({"↑": "^", "↓": "v", "…": "."})
COLOURS = {"client": "\x1b[36m", "server": "\x1b[35m", None: ""}
WARNING, RESET = "\x1b[31m", "\x1b[0m"

# What the longest preview, path or verdict may take, in characters: a stranger chose them.
LONGEST_TEXT = 200


def add_tap(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command ``tap`` to a parser's commands; its options get ``run``, to be awaited."""
    parser = commands.add_parser(
        "tap",
        help="print what crosses a wire to any WebSocket server",
        description="Lay a wire to a WebSocket server and print what crosses it. "
        "Have the client connect to the address that is printed.",
    )
    parser.add_argument("url", help="the server: ws://... or wss://...")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument(
        "--port", type=port_number, default=0, help="port to listen on (default: a free one)"
    )
    parser.add_argument(
        "--imitate", metavar="NAME", help=f"weather to begin with: {', '.join(PRESETS)}"
    )
    parser.add_argument("--delay", type=float, metavar="SECONDS", help="time on the way")
    parser.add_argument(
        "--throttle",
        type=_rate,
        metavar="BYTES",
        help="most bytes per second; or two numbers with a comma: the client's, the server's",
    )
    parser.add_argument("--split", type=int, metavar="BYTES", help="longest TCP chunk")
    parser.add_argument("--loss", type=float, metavar="CHANCE", help="chance of a lost chunk")
    parser.add_argument(
        "--ca", metavar="FILE", help="whose certificates to trust, instead of the system's (PEM)"
    )
    parser.set_defaults(run=_tap, error=parser.error)


def port_number(text: str) -> int:
    """Return the port that an argument of the command line names."""
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to 65535, got {text!r}")
    return int(text)


def _rate(text: str) -> Throttle:
    try:
        rates = [int(part) for part in text.split(",")]
    except ValueError:
        rates = []
    if len(rates) not in (1, 2):
        raise argparse.ArgumentTypeError(
            f"a rate is a number of bytes per second, or two such as 5000,20000, got {text!r}"
        )
    return rates[0] if len(rates) == 1 else (rates[0], rates[1])


async def _tap(options: argparse.Namespace) -> None:
    """
    Lay a wire and print what crosses it, until Ctrl-C or SIGTERM.

    Raises:
        SystemExit: If an option can't be.
        OSError: If the port can't be had, or the file of certificates can't be read.

    """
    try:
        wire, settings = _prepared(options)
    except ValueError as error:
        options.error(str(error))
    stop = asyncio.Event()
    with signals_set(stop), wire.weather(**settings):
        async with wire:
            say(f"A wire leads to {plain(wire.target)}")
            say(f"Connect to {plain(wire.url)}")
            say("Stop it with Ctrl-C.")
            transcript = Transcript(wire, say, colour=_wants_colour())
            await stop.wait()
        transcript.look()
    say("The wire is gone.")


def _prepared(options: argparse.Namespace) -> tuple[Wire, dict[str, Any]]:
    """Return the wire that the options describe, and the weather over it."""
    names = ("delay", "throttle", "split", "loss")
    weather = Weather() if options.imitate is None else preset(options.imitate)
    named = {name: value for name in names if (value := getattr(options, name)) is not None}
    weather = replace(weather, **named)
    wire = tap(
        options.url,
        port=options.port,
        host=options.host,
        ssl=None if options.ca is None else _trusting(options.ca),
        report=lambda why: say(f"! {plain(why)}"),
    )
    return wire, {name: getattr(weather, name) for name in names}


def _trusting(path: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=path)
    except OSError as error:  # ssl's own errors are some, too
        why = error.strerror or error
        raise OSError(
            f"the certificates in {path!r} can't be read ({why}): name a file in PEM's format"
        ) from None


def _wants_colour() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


class Transcript:
    """
    A line for each event of each connection of a wire, in the order in which they came through.

    Args:
        wire: The wire to watch.
        say: Function that is given each line.
        colour: Whether lines may have ANSI colours.
        began: When the times begin, on the clock of the recordings; None begins with the first
            connection.

    """

    def __init__(
        self,
        wire: Wire,
        say: Callable[[str], None],
        *,
        colour: bool = False,
        began: float | None = None,
    ) -> None:
        self._wire = wire
        self._say = say
        self._colour = colour
        self._began = began
        self._seen: dict[Conversation, int] = {}  # number of the next event to tell
        self._is_due = False
        wire.listeners.append(self._note)

    def look(self) -> None:
        """Tell what came through since the last look."""
        self._is_due = False
        found: list[tuple[float, Row]] = []
        connections = self._wire.connections
        for conversation in connections:
            found += self._new_rows(conversation)
        for gone in set(self._seen) - set(connections):
            del self._seen[gone]
        for when, row in sorted(found, key=lambda each: each[0]):  # stable: else as they came
            for line in line_of(row, when, colour=self._colour):
                self._say(line)

    def _new_rows(self, conversation: Conversation) -> list[tuple[float, Row]]:
        began = conversation.recording.began
        if self._began is None:
            self._began = began
        if not self._seen:
            self._say(HEADER)
        first = self._seen.get(conversation, 0)
        events = conversation.events_since(first)
        self._seen[conversation] = events[-1][0] + 1 if events else first
        if events and events[0][0] > first:
            self._say(f"{conversation.number:>3} {events[0][0] - first:,} events made room unread")
        rows = [make_row(event, number, conversation.number) for number, event in events]
        found, when = [], 0.0
        for row in rows:
            when = when if row.time is None else began + row.time - self._began
            found.append((when, row))
        return found

    def _note(self) -> None:
        if not self._is_due:  # one look for all that one turn of the loop brings
            self._is_due = True
            asyncio.get_running_loop().call_soon(self.look)


def line_of(row: Row, when: float | None = None, *, colour: bool = False) -> list[str]:
    """
    Put a row on one line of text, and each rule that it breaks on a line of its own.

    Args:
        row: The row.
        when: Seconds to show; None shows the row's own.
        colour: Whether to use ANSI colours: one for each speaker, one for what is broken.

    Returns:
        1 or more lines, in columns that align with `HEADER`. What would steer the terminal is
        shown as its code.

    """
    seconds = row.time if when is None else when
    clock = "" if seconds is None else f"{seconds:.3f}"
    length = "" if row.length is None else f"{row.length:,}"
    fin, rsv1, mask = ("" if bit is None else f"{bit:d}" for bit in (row.fin, row.rsv1, row.masked))
    says = picture.SPEAKERS[row.speaker] if row.speaker else ""
    speaker = _painted(f"{says:<8}", COLOURS[row.speaker], colour)
    start = f"{row.connection:>3} {clock:>9}  "
    bits = f"{fin:>3} {rsv1:>4} {mask:>4}"
    line = f"{start}{speaker} {row.what:<13} {length:>9}  {bits}  {plain(row.preview)}".rstrip()
    return [
        line,
        *(
            " " * len(start) + _painted(f"! {plain(verdict)}", WARNING, colour)
            for verdict in row.verdicts
        ),
    ]


def plain(text: str) -> str:
    """Cut a stranger's text, and show what would steer the terminal as its code."""
    short = text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}..."
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in short)


def say(line: str) -> None:
    """Print a line; what this terminal has no letters for, as its code."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        line.encode(encoding)
    except UnicodeEncodeError:
        line = line.translate(PLAINER)
    print(line.encode(encoding, "backslashreplace").decode(encoding), flush=True)


def _painted(text: str, colour: str, wanted: bool) -> str:
    return f"{colour}{text}{RESET}" if wanted and colour else text


@contextlib.contextmanager
def signals_set(stop: asyncio.Event) -> Iterator[None]:
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
