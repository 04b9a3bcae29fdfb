"""Fuzzing: what strangers' programs send by mistake or by malice, by the thousand: ``make fuzz``.

A request or a row of frames is made rightly; then bytes of it are changed, cut out, doubled or
moved, and the whole is cut into pieces. All of it is drawn from one seed, so that a run can be
repeated. A friend is connected all the while, and has to be answered after each stranger. At the
end nothing may be left, and no exception may have been logged.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from websockets.asyncio.client import connect

import hellosockets as hs

__all__ = ["Outcome", "fuzz", "mutate"]

HEADERS = [
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
    "Sec-WebSocket-Protocol: phoenix, base64url.bearer.phx.YQ",
    "Origin: http://localhost:4000",
    "Cookie: a=b; c=d",
    "Content-Length: 5",
    "Transfer-Encoding: chunked",
]
PATHS = ["/", "/echo", "/socket/websocket?vsn=2.0.0", "/socket/websocket?vsn=1.0.0", "/%00", "*"]
TEXTS = [
    b"Hello",
    b'["1","1","room:42","phx_join",{}]',
    b'[null,"2","phoenix","heartbeat",{}]',
    b'["1","3","room:42","shout",{"body":"x"}]',
    b"[1,2,3]",
    b"\xff\xfe",
    bytes(300),
]
# Seconds that a stranger stays, for answers that may come.
STAY = 0.05


@dataclass(slots=True)
class Outcome:
    """
    What a run came to.

    Attributes:
        strangers: How many there were.
        statuses: How often each status line came, by its first 12 characters; ``""`` for none.
        close_codes: How often each close code ended a connection, as the server saw it.
        problems: What should not have happened, a sentence each.

    """

    strangers: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    close_codes: Counter[int | None] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


def mutate(data: bytes, chance: random.Random) -> bytes:
    """Change some bytes: none to five times, each time in one of five ways."""
    changed = bytearray(data)
    for _ in range(chance.randrange(6)):
        if not changed:
            break
        start = chance.randrange(len(changed))
        end = min(len(changed), start + chance.randrange(1, 9))
        way = chance.randrange(5)
        if way == 0:
            changed[start] ^= 1 << chance.randrange(8)
        elif way == 1:
            del changed[start:end]
        elif way == 2:
            changed[start:start] = changed[start:end] * chance.randrange(1, 5)
        elif way == 3:
            changed[start:end] = chance.randbytes(end - start)
        else:
            changed = changed[start:] + changed[:start]
    return bytes(changed)


def _request(chance: random.Random) -> bytes:
    lines = [f"GET {chance.choice(PATHS)} HTTP/1.1", "Host: localhost", *HEADERS[:4]]
    lines += chance.sample(HEADERS, chance.randrange(4))
    return "\r\n".join([*lines, "", ""]).encode()


def _frames(chance: random.Random) -> bytes:
    data = b""
    for _ in range(chance.randrange(6)):
        data += hs.forge(
            chance.choice(TEXTS)[: chance.choice([5, 125, 1000])],
            chance.choice([0, 1, 1, 1, 2, 3, 8, 9, 10, 15]),
            fin=chance.random() < 0.8,
            rsv1=chance.random() < 0.2,
            masking_key=chance.randbytes(4) if chance.random() < 0.9 else None,
        )
    return data


def _pieces(data: bytes, chance: random.Random) -> list[bytes]:
    cuts = sorted(chance.randrange(len(data) + 1) for _ in range(chance.choice([0, 0, 1, 3])))
    return [data[a:b] for a, b in pairwise([0, *cuts, len(data)])]


async def _visit(server: hs.Server, chance: random.Random) -> str:
    """Be one stranger, and return the answer's status line."""
    request, frames = _request(chance), _frames(chance)
    if chance.random() < 0.5:
        request = mutate(request, chance)
    if chance.random() < 0.7:
        frames = mutate(frames, chance)
    reader, writer = await asyncio.open_connection(server.host, server.port)
    answer = b""
    with contextlib.suppress(ConnectionError, TimeoutError, asyncio.IncompleteReadError):
        writer.write(request)
        async with asyncio.timeout(STAY):
            answer = await reader.readuntil(b"\r\n")
        for piece in _pieces(frames, chance):
            writer.write(piece)
            await asyncio.sleep(0)
        if chance.random() < 0.3:
            writer.write_eof()
        async with asyncio.timeout(STAY):
            await reader.read()
    leave = writer.transport.abort if chance.random() < 0.5 else writer.close
    leave()
    return answer[:12].decode("latin-1")


@contextlib.contextmanager
def _logged() -> Iterator[list[str]]:
    """Collect the exceptions that are logged, by the library or the event loop."""
    said: list[str] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.exc_info or record.name == "asyncio":
                said.append(f"logged: {self.format(record)}")

    handler = Handler(logging.ERROR)
    logging.getLogger().addHandler(handler)
    try:
        yield said
    finally:
        logging.getLogger().removeHandler(handler)


async def fuzz(
    *,
    seed: int,
    strangers: int | None = None,
    seconds: float | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Outcome:
    """
    Send strangers to a server, and see what is left of it.

    Args:
        seed: What all chance comes from.
        strangers: How many; or else
        seconds: for how long.
        clock: Function that returns seconds.

    """
    chance = random.Random(seed)
    outcome = Outcome()
    until = None if seconds is None else clock() + seconds
    with _logged() as said:
        server = await hs.serve(
            port=0, compress=True, auth_token=True, open_timeout=0.5, announce=None, report=None
        )
        async with connect(server.echo_url) as friend:
            while outcome.strangers != strangers and (until is None or clock() < until):
                outcome.statuses[await _visit(server, chance)] += 1
                outcome.strangers += 1
                word = f"still here after {outcome.strangers}"
                async with asyncio.timeout(10):
                    await friend.send(word)
                    if await friend.recv() != word:
                        outcome.problems.append(f"the friend wasn't answered: {word}")
            await hs.until(lambda: len(server.open_connections) == 1, timeout=30)
            for conversation in server.connections:
                outcome.close_codes[conversation.close_code] += 1
                repr(conversation.events), repr(conversation.verdicts), conversation._repr_html_()
        await server.close()
        outcome.problems += [f"left: {each}" for each in server.leftovers()]
        outcome.problems += said
    return outcome


def main(arguments: list[str] | None = None) -> int:
    """Run for some time, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120, help="for how long (default: 120)")
    parser.add_argument("--seed", type=int, help="to repeat a run (default: by chance)")
    asked = parser.parse_args(arguments)
    seed = random.SystemRandom().randrange(2**32) if asked.seed is None else asked.seed
    outcome = asyncio.run(fuzz(seed=seed, seconds=asked.seconds))
    print(f"seed {seed}: {outcome.strangers:,} strangers")
    print("answers:", dict(outcome.statuses.most_common()))
    print("close codes of the last connections:", dict(outcome.close_codes.most_common()))
    for problem in outcome.problems:
        print(problem, file=sys.stderr)
    return 1 if outcome.problems else 0


if __name__ == "__main__":
    sys.exit(main())
