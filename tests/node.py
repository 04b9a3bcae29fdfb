"""Node.js as a process of its own: phoenix.js, which says what it sees in lines of JSON."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

__all__ = ["FOLDER", "VERSIONS", "Node", "install", "play"]

FOLDER = Path(__file__).parent / "phoenix_js"
DEPENDENCIES: dict[str, str] = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))[
    "dependencies"
]

# The packages that are phoenix.js: the name to import it by, and the version.
VERSIONS = {
    name: spec.rpartition("@")[2]
    for name, spec in DEPENDENCIES.items()
    if name.startswith("phoenix")
}

INSTALL_DEADLINE = 180  # seconds
DEADLINE = 30  # seconds

INSTALL = [
    *("install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"),
    # Without a network it says so soon.
    *("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=2000"),
]


def install() -> str | None:
    """Have the packages of ``package.json`` in its folder; return None, or why they aren't."""
    npm = shutil.which("npm")
    if shutil.which("node") is None or npm is None:
        return "no Node.js was found: install Node.js 18 or later, with npm"
    if _are_installed():
        return None
    try:
        ran = subprocess.run(
            [npm, *INSTALL],
            cwd=FOLDER,
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            timeout=INSTALL_DEADLINE,
        )
    except subprocess.TimeoutExpired:
        return f"npm didn't install phoenix and ws within {INSTALL_DEADLINE} seconds: try again"
    if ran.returncode or not _are_installed():
        code = re.search(r"^npm (?:error|ERR!) code (\w+)", ran.stderr, re.MULTILINE)
        why = f" ({code[1]})" if code else ""
        return f"npm couldn't install phoenix and ws{why}: is there a network?"
    return None


def _are_installed() -> bool:
    modules = FOLDER / "node_modules"
    if not (modules / ".package-lock.json").exists():  # npm writes it when all is there
        return False
    for name, spec in DEPENDENCIES.items():
        try:
            package = json.loads((modules / name / "package.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return False
        if package["version"] != spec.rpartition("@")[2]:
            return False
    return True


class Node:
    """One process that plays a scenario."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def line(self) -> Any:
        """Return what it says next: a list of JSON values."""
        assert self._process.stdout is not None
        async with asyncio.timeout(DEADLINE):
            line = await self._process.stdout.readline()
        assert line, f"the scenario ended early\n{await self._complaint()}"
        return json.loads(line)

    async def lines(self) -> list[Any]:
        """Return all that it still says, until it ends; it must end well."""
        assert self._process.stdout is not None
        async with asyncio.timeout(DEADLINE):
            said = await self._process.stdout.read()
        complaint = await self._complaint()
        assert self._process.returncode == 0, complaint
        return [json.loads(line) for line in said.splitlines()]

    async def tell(self, word: str) -> None:
        """Say a word, for which the scenario waits."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n".encode())
        await self._process.stdin.drain()

    async def _complaint(self) -> str:
        assert self._process.stderr is not None
        async with asyncio.timeout(DEADLINE):
            complaint = await self._process.stderr.read()
            await self._process.wait()
        return complaint.decode()


@asynccontextmanager
async def play(scenario: str, url: str, package: str, **variables: str) -> AsyncIterator[Node]:
    """
    Play a scenario of ``scenarios.js``.

    Args:
        scenario: Its name.
        url: The socket's address, without ``/websocket``.
        package: One of `VERSIONS`.
        variables: Environment variables of the process, beside ours.

    """
    node = shutil.which("node")
    assert node is not None
    process = await asyncio.create_subprocess_exec(
        *(node, str(FOLDER / "play.js"), scenario, url, package),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **variables},
    )
    try:
        yield Node(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()
