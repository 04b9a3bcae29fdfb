"""Jupyter: the WebSocket over which a notebook's page talks to its kernel, and its messages.

The subprotocol ``v1.kernel.websocket.jupyter.org`` puts a message's parts into one binary message:
how many offsets there are, the offsets, and the parts, all numbers little-endian in 8 bytes.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import shutil
import sys
import tempfile
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Self
from urllib.error import URLError
from urllib.request import Request, urlopen

__all__ = ["SUBPROTOCOL", "JupyterMessage", "JupyterServer", "read_jupyter"]

SUBPROTOCOL = "v1.kernel.websocket.jupyter.org"
PARTS = ("channel", "header", "parent_header", "metadata", "content")
MOST_PARTS = 1_000


@dataclass(frozen=True, slots=True)
class JupyterMessage:
    """
    One message between a page and its kernel.

    Attributes:
        channel: ``"shell"``, ``"iopub"``, ``"control"`` or ``"stdin"``.
        header: Who says what: among others the ``msg_type``.
        parent_header: The header of the request that it belongs to.
        metadata: What else there is to say.
        content: What it says.
        buffers: Raw bytes behind it.

    """

    channel: str
    header: dict[str, Any]
    parent_header: dict[str, Any]
    metadata: dict[str, Any]
    content: dict[str, Any]
    buffers: tuple[bytes, ...] = ()

    @property
    def kind(self) -> str:
        """Its ``msg_type``, such as ``"execute_request"``."""
        return str(self.header.get("msg_type", ""))

    def __repr__(self) -> str:
        return f"JupyterMessage({self.channel} {self.kind})"

    def encode(self) -> bytes:
        """Return it as one binary message of the subprotocol."""
        objects = (self.header, self.parent_header, self.metadata, self.content)
        parts = [self.channel.encode(), *(json.dumps(each).encode() for each in objects)]
        parts += self.buffers
        start = 8 * (len(parts) + 2)
        offsets = [start]
        for part in parts:
            offsets.append(offsets[-1] + len(part))
        numbers = [len(offsets), *offsets]
        return b"".join(number.to_bytes(8, "little") for number in numbers) + b"".join(parts)


def read_jupyter(data: bytes) -> JupyterMessage | str:
    """
    Read a binary message of the subprotocol. Never raises.

    Returns:
        The message, or a sentence on why it is none.

    """
    parts = _cut(data)
    if isinstance(parts, str):
        return parts
    channel, *objects = parts[:5]
    try:
        read = [json.loads(each) for each in objects]
    except ValueError as error:
        return f"a part is no JSON: {error}"
    if not all(isinstance(each, dict) for each in read):
        return "a part is no JSON object"
    header, parent, metadata, content = read
    name = channel.decode("utf-8", "replace")
    return JupyterMessage(name, header, parent, metadata, content, tuple(parts[5:]))


def _cut(data: bytes) -> Sequence[bytes] | str:
    if len(data) < 8:
        return f"a message begins with 8 bytes that count its offsets; it has {len(data)}"
    count = int.from_bytes(data[:8], "little")
    if not len(PARTS) + 1 <= count <= MOST_PARTS:
        return f"a message has at least {len(PARTS) + 1} offsets; it says {count:,}"
    if len(data) < 8 * (count + 1):
        return f"it ends within its {count} offsets"
    offsets = [int.from_bytes(data[8 * i : 8 * i + 8], "little") for i in range(1, count + 1)]
    if offsets != sorted(offsets) or offsets[0] < 8 * (count + 1) or offsets[-1] > len(data):
        return "its offsets don't lie one after the other inside it"
    return [data[a:b] for a, b in pairwise(offsets)]


class JupyterServer:
    """
    A Jupyter server of our own, on loopback, with one kernel; use it by ``async with``.

    Attributes:
        port: Where it listens.
        kernel_id: The kernel's name in addresses.

    Raises:
        RuntimeError: If it doesn't start; the text ends with what it said.

    """

    def __init__(self, *, seconds: float = 60.0) -> None:
        self.port = 0
        self.kernel_id = ""
        self._seconds = seconds
        self._token = secrets.token_hex(16)
        self._home = Path()
        self._process: asyncio.subprocess.Process | None = None

    @property
    def kernel_url(self) -> str:
        """The address of the kernel's WebSocket."""
        path = f"/api/kernels/{self.kernel_id}/channels"
        return f"ws://localhost:{self.port}{path}?token={self._token}"

    async def start(self) -> Self:
        """Start the server and its kernel."""
        self._home = Path(tempfile.mkdtemp(prefix="hellosockets-"))
        folders = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
        environment = os.environ | {name: str(self._home / name.lower()) for name in folders}
        options = {
            "ServerApp.port": "0",
            "ServerApp.ip": "localhost",
            "ServerApp.root_dir": str(self._home),
            "IdentityProvider.token": self._token,
            "ServerApp.open_browser": "False",
            "ServerApp.allow_root": "True",
        }
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "jupyter_server"),
            *(f"--{name}={value}" for name, value in options.items()),
            env=environment,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=(self._home / "log").open("wb"),
        )
        try:
            async with asyncio.timeout(self._seconds):
                self.port = await self._announced()
                self.kernel_id = (await self._post("/api/kernels"))["id"]
        except asyncio.CancelledError:
            await self.close()
            raise
        except Exception as error:
            said = (self._home / "log").read_text(encoding="utf-8", errors="replace")[-500:]
            await self.close()
            why = f"{type(error).__name__} {error}".strip()
            raise RuntimeError(f"the Jupyter server didn't start ({why}): {said}") from None
        return self

    async def close(self) -> None:
        """Stop the server and its kernel, and remove what they wrote."""
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()
            try:
                async with asyncio.timeout(10):
                    await self._process.wait()
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
        shutil.rmtree(self._home, ignore_errors=True)

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def request(self, kind: str, content: dict[str, Any], channel: str = "shell") -> bytes:
        """Return a request to the kernel, such as ``"execute_request"``, ready to be sent."""
        header = {
            "msg_id": uuid.uuid4().hex,
            "msg_type": kind,
            "session": uuid.uuid4().hex,
            "username": "",
            "version": "5.3",
            "date": "",
        }
        return JupyterMessage(channel, header, {}, {}, content).encode()

    async def _announced(self) -> int:
        runtime = self._home / "jupyter_runtime_dir"
        while True:
            for path in runtime.glob("jpserver-*.json"):
                with contextlib.suppress(ValueError, KeyError):
                    return int(json.loads(path.read_text(encoding="utf-8"))["port"])
            await self._wait_a_little()

    async def _post(self, path: str) -> dict[str, Any]:
        while True:
            try:
                return await asyncio.to_thread(self._post_now, path)
            except URLError as error:  # it announces its port a little before it listens there
                if not isinstance(error.reason, ConnectionRefusedError):
                    raise
            await self._wait_a_little()

    async def _wait_a_little(self) -> None:
        assert self._process is not None  # for mypy
        if self._process.returncode is not None:
            raise RuntimeError("it ended")
        await asyncio.sleep(0.05)

    def _post_now(self, path: str) -> dict[str, Any]:
        request = Request(
            f"http://localhost:{self.port}{path}",
            data=b"{}",
            headers={"Authorization": f"token {self._token}"},
            method="POST",
        )
        with urlopen(request, timeout=30) as answer:
            found: dict[str, Any] = json.load(answer)
            return found
