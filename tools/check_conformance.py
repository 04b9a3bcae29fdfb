"""Conformance: Autobahn's cases against our server and client, recorded: ``make conformance``.

The cases are those of the Autobahn test suite, driven by `kosoku`. Against ``/echo`` they run
without compression and with it; then its fuzzing server runs them against a client whose
connection is recorded. The result is written to docs/conformance.md, and the command fails if a
case failed that isn't one of the library's own choices.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Protocol

from kosoku import FailureError, run_fuzzingclient, run_fuzzingserver
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

import hellosockets as hs

__all__ = ["CHOICES", "Result", "Run", "check_client", "check_server"]

PAGE = Path(__file__).parents[1] / "docs" / "conformance.md"

# Largest message of the cases, in bytes, and some room: 16 MiB.
LARGEST = 2**24 + 2**16

# What the library does in another way than the suite expects, and why it may.
CHOICES = {
    "7.1.5": "A close frame inside a fragmented message: the library answers 1002, not the code.",
    "9.3.1": "A text of 4 MiB in fragments of 64 bytes: more than the library's 4,096, hence 1009.",
    "9.3.2": "The same in fragments of 256 bytes: 16,384 of them, hence 1009.",
    "9.4.1": "Binary of 4 MiB in fragments of 64 bytes: as 9.3.1.",
    "9.4.2": "The same in fragments of 256 bytes: as 9.3.2.",
}

# What Autobahn's chapters are about.
CHAPTERS = {
    "1": "Framing",
    "2": "Pings and pongs",
    "3": "Reserved bits",
    "4": "Opcodes",
    "5": "Fragmentation",
    "6": "UTF-8",
    "7": "Closing handshake",
    "9": "Limits and speed",
    "10": "Automatic fragmentation",
    "12": "Compression, one setting",
    "13": "Compression, many settings",
}


class Result(Protocol):
    """What we use of the suite's own result of a case."""

    @property
    def case_id(self) -> str:
        """Its number, such as ``"7.1.5"``."""

    @property
    def passed(self) -> bool:
        """Whether what was said, and how it ended, is acceptable."""

    @property
    def behavior(self) -> Any:
        """What was said: its value is ``"OK"``, ``"UNIMPLEMENTED"`` and so on."""


@dataclass(frozen=True, slots=True)
class Run:
    """
    One run of the cases.

    Attributes:
        title: What was tested.
        results: The results, in case order.

    """

    title: str
    results: Sequence[Result]

    @property
    def tried(self) -> list[Result]:
        """The results of the cases that were tried: not those of an extension nobody offered."""
        return [each for each in self.results if each.behavior.value != "UNIMPLEMENTED"]

    @property
    def failed(self) -> list[str]:
        """The cases that failed, choices of the library included."""
        return [each.case_id for each in self.tried if not each.passed]

    @property
    def unexplained(self) -> list[str]:
        """The cases that failed and shouldn't have."""
        return [case for case in self.failed if case not in CHOICES]


async def check_server(cases: Sequence[str] | None = None, *, compress: bool) -> Run:
    """
    Run cases against ``/echo``, recording on.

    Args:
        cases: Numbers or globs, e.g. ``["1.*"]``; all of them without.
        compress: Whether the server agrees to permessage-deflate.

    """
    server = await hs.serve(
        port=0,
        compress=compress,
        timeout=None,
        max_frame_size=LARGEST,
        announce=None,
        report=None,
    )
    title = f"Server, {'with' if compress else 'without'} compression"
    try:
        return Run(title, await _results(run_fuzzingclient(server.echo_url, cases)))
    finally:
        await server.close()


async def check_client(cases: Sequence[str] | None = None) -> Run:
    """Run cases against a recorded client, with the compression that each of them offers."""
    async with run_fuzzingserver(cases, port=0) as suite:
        url = f"ws://127.0.0.1:{suite.port}"
        async with connect(f"{url}/getCaseCount") as client:
            count = int(await client.recv())
        for number in range(1, count + 1):
            await _echo(f"{url}/runCase?case={number}&agent=hellosockets")
        async with connect(f"{url}/updateReports?agent=hellosockets"):
            pass
        results = await _results(suite.get_result())
    return Run("Client", results)


async def _echo(url: str) -> None:
    """Send back what comes, until the suite closes."""
    try:
        async with connect(url, max_size=LARGEST, create_connection=hs.RecordedClient) as client:
            async for message in client:
                await client.send(message)
    except ConnectionClosed:
        pass


async def _results(running: Any) -> Sequence[Result]:
    try:
        found: Sequence[Result] = await running
    except FailureError as failed:
        found = failed.results
    return found


def page(runs: Sequence[Run]) -> str:
    """Return the page for docs, from what the runs gave."""
    lines = [
        "# Conformance",
        "",
        "Made by `make conformance`: the cases of the Autobahn test suite, driven by "
        f"[kosoku](https://github.com/curioswitch/kosoku) {metadata.version('kosoku')}, with "
        f"`websockets` {metadata.version('websockets')} below and every byte recorded.",
        "",
        f"| Chapter | {' | '.join(run.title for run in runs)} |",
        f"|---{'|---' * len(runs)}|",
    ]
    for chapter, title in CHAPTERS.items():
        cells = [_counted(run, f"{chapter}.") for run in runs]
        lines.append(f"| {chapter} {title} | {' | '.join(cells)} |")
    lines.append(f"| All | {' | '.join(_counted(run, '') for run in runs)} |")
    lines += [
        "",
        "A cell says how many cases passed, of those that were tried.",
        "",
        "## What fails",
        "",
    ]
    for case in sorted({case for run in runs for case in run.failed}, key=_number):
        where = ", ".join(run.title.lower() for run in runs if case in run.failed)
        lines.append(f"- **{case}** ({where}). {CHOICES.get(case, 'Not explained: a fault.')}")
    return "\n".join(lines) + "\n"


def _counted(run: Run, beginning: str) -> str:
    results = [each for each in run.tried if each.case_id.startswith(beginning)]
    passed = sum(each.passed for each in results)
    return f"{passed} of {len(results)}" if results else "none"


def _number(case: str) -> list[int]:
    return [int(part) for part in case.split(".")]


async def main(cases: Sequence[str] | None) -> int:
    """Run everything, write the page if all cases ran, and say how it went."""
    runs: list[Run] = []
    for running in (
        check_server(cases, compress=False),
        check_server(cases, compress=True),
        check_client(cases),
    ):
        runs.append(await running)
        print(f"{runs[-1].title}: {_counted(runs[-1], '')} passed", flush=True)
    text = page(runs)
    print(text)
    if cases is None:
        PAGE.write_text(text, encoding="utf-8")
    unexplained = {run.title: run.unexplained for run in runs if run.unexplained}
    for title, failed in unexplained.items():
        print(f"{title}: {', '.join(failed)} failed", file=sys.stderr)
    return 1 if unexplained else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", help="numbers or globs, such as 1.1.1 or '5.*'")
    logging.getLogger("websockets").setLevel(logging.CRITICAL)
    sys.exit(asyncio.run(main(parser.parse_args().cases or None)))
