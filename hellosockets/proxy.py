"""Reverse proxies: what stands between a browser and a server, as a toy, or as a real nginx.

The toy does what proxies do to a WebSocket: it takes the hop-by-hop headers of a request for itself
(RFC 9110 §7.6.1), passes the rest on to one of its backends, and hangs up on the silent.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Self

__all__ = ["NginxProxy", "ReverseProxy", "nginx_configuration"]

LONGEST_HEAD = 64 * 2**10  # bytes
HOP_BY_HOP = (b"connection", b"upgrade", b"keep-alive", b"proxy-connection", b"te", b"trailer")
BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class ReverseProxy:
    """
    A toy of a reverse proxy on loopback; use it by ``async with``, or ``await`` its `start`.

    Args:
        backends: Ports on loopback that it passes connections on to, one after the other.
        upgrade: Whether it passes Upgrade and Connection on, which a proxy doesn't by itself.
        idle_timeout: Seconds of silence after which it hangs up; None for never.

    Attributes:
        port: Where it listens.
        served: How many connections each backend got.

    """

    def __init__(
        self,
        *backends: int,
        upgrade: bool = True,
        idle_timeout: float | None = 60.0,
    ) -> None:
        if not backends:
            raise ValueError("a reverse proxy needs the port of a backend")
        if idle_timeout is not None and not idle_timeout > 0:
            raise ValueError(f"idle_timeout is seconds above 0, or None, got {idle_timeout}")
        self.backends = backends
        self.upgrade = upgrade
        self.idle_timeout = idle_timeout
        self.port = 0
        self.served = dict.fromkeys(backends, 0)
        self._turns = itertools.cycle(backends)
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> Self:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0, limit=LONGEST_HEAD)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def close(self) -> None:
        """Stop listening, and end what is passed on."""
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def url(self, path: str = "/echo") -> str:
        """Return a WebSocket address that leads through it."""
        return f"ws://localhost:{self.port}{path}"

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # for mypy
        self._tasks.add(task)
        back: asyncio.StreamWriter | None = None
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            port = next(self._turns)
            try:
                from_back, back = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                writer.write(BAD_GATEWAY)
                return
            self.served[port] += 1
            back.write(self._rewritten(head))
            await self._relay((reader, back), (from_back, writer))
        except (asyncio.CancelledError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        except ConnectionError:
            pass
        finally:
            self._tasks.discard(task)
            for each in (writer, back):
                if each is not None:
                    each.close()

    async def _relay(self, *ways: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
        """Copy bytes both ways, until one side ends or both are silent for too long."""
        loop = asyncio.get_running_loop()
        last = loop.time()

        async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal last
            while data := await reader.read(2**16):
                last = loop.time()
                writer.write(data)
                await writer.drain()

        copying = {asyncio.ensure_future(copy(*way)) for way in ways}
        try:
            while True:
                wait = None
                if self.idle_timeout is not None:
                    wait = max(0.0, last + self.idle_timeout - loop.time())
                done, _ = await asyncio.wait(
                    copying, timeout=wait, return_when=asyncio.FIRST_COMPLETED
                )
                is_idle = self.idle_timeout is not None and loop.time() >= last + self.idle_timeout
                if done or is_idle:
                    return
        finally:
            for each in copying:
                each.cancel()
            await asyncio.gather(*copying, return_exceptions=True)

    def _rewritten(self, head: bytes) -> bytes:
        start, *lines = head.split(b"\r\n")[:-2]
        kept = []
        for line in lines:
            name = line.partition(b":")[0].strip().lower()
            if self.upgrade or name not in HOP_BY_HOP:
                kept.append(line)
        if not self.upgrade:
            kept.append(b"Connection: close")
        return b"\r\n".join([start, *kept, b"", b""])


def nginx_configuration(
    port: int,
    backends: Sequence[int],
    folder: Path | str,
    *,
    upgrade: bool = True,
    idle_timeout: float = 60.0,
) -> str:
    """
    Return a configuration of nginx that does what `ReverseProxy` does.

    Args:
        port: Where it listens, on loopback.
        backends: Ports on loopback that it passes connections on to.
        folder: Where it may write.
        upgrade: Whether it passes Upgrade and Connection on.
        idle_timeout: Seconds after which it hangs up: of silence from the backend in an answer, and
            of silence from both sides after a 101.

    """
    servers = " ".join(f"server 127.0.0.1:{each};" for each in backends)
    version = "proxy_http_version 1.1;"
    headers = 'proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";'
    temporary = " ".join(
        f"{name}_temp_path {folder}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"""\
pid {folder}/nginx.pid;
daemon off;
error_log stderr;
events {{}}
http {{
  access_log off;
  {temporary}
  upstream backends {{ {servers} }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://backends;
      {version} {headers if upgrade else ""}
      proxy_set_header Host $http_host;
      proxy_read_timeout {max(1, round(idle_timeout * 1000))}ms;
    }}
  }}
}}
"""


class NginxProxy:
    """
    A real nginx in a process of its own, where it is installed.

    Args:
        backends: Ports on loopback that it passes connections on to.
        upgrade: Whether it passes Upgrade and Connection on.
        idle_timeout: Seconds of silence after which it hangs up.

    Attributes:
        port: Where it listens.

    """

    def __init__(self, *backends: int, upgrade: bool = True, idle_timeout: float = 60.0) -> None:
        self.backends = backends
        self.upgrade = upgrade
        self.idle_timeout = idle_timeout
        self.port = 0
        self._home = Path()
        self._process: asyncio.subprocess.Process | None = None

    @staticmethod
    def is_installed() -> bool:
        """Tell whether there is an nginx to run."""
        return shutil.which("nginx", path=_path()) is not None

    async def start(self) -> Self:
        """
        Start it.

        Raises:
            RuntimeError: If it isn't installed, or doesn't start.

        """
        command = shutil.which("nginx", path=_path())
        if command is None:
            raise RuntimeError("nginx isn't installed: ReverseProxy is a toy that does the same")
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self._home = Path(tempfile.mkdtemp(prefix="hellosockets-"))
        configuration = self._home / "nginx.conf"
        configuration.write_text(
            nginx_configuration(
                self.port,
                self.backends,
                self._home,
                upgrade=self.upgrade,
                idle_timeout=self.idle_timeout,
            ),
            encoding="utf-8",
        )
        self._process = await asyncio.create_subprocess_exec(
            *(command, "-p", str(self._home), "-c", str(configuration)),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=(self._home / "log").open("wb"),
        )
        for _ in range(200):
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                return self
            if self._process.returncode is not None:
                break
            await asyncio.sleep(0.02)
        said = (self._home / "log").read_text(encoding="utf-8", errors="replace")[-500:]
        await self.close()
        raise RuntimeError(f"nginx didn't start: {said}")

    async def close(self) -> None:
        """Stop it, and remove what it wrote."""
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)
            await self._process.wait()
        shutil.rmtree(self._home, ignore_errors=True)

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def url(self, path: str = "/echo") -> str:
        """Return a WebSocket address that leads through it."""
        return f"ws://localhost:{self.port}{path}"


def _path() -> str:
    return f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin"  # where Debian has it
