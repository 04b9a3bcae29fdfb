"""Transports that report what is written to them: how a recording hears a library's own words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

__all__ = ["RecordedTransport"]


class RecordedTransport:
    """
    A transport that reports what is written to it, and hands on everything.

    Reported is what asyncio takes. Of that, an aborted connection may lose the end, which is still
    waiting for the network then.

    Args:
        transport: asyncio's transport.
        record: Called with the bytes of each write; with no bytes at the end.

    """

    def __init__(self, transport: asyncio.Transport, record: Callable[[bytes], None]) -> None:
        self._transport = transport
        self._record = record

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Write, and report it unless the connection is closing."""
        if self._transport.is_closing():
            return  # asyncio would drop it
        self._transport.write(data)
        if data and not self._transport.is_closing():  # closing now: the network took nothing
            self._record(bytes(data))

    def writelines(self, parts: Iterable[bytes | bytearray | memoryview]) -> None:
        """Write the parts as one."""
        self.write(b"".join(parts))

    def write_eof(self) -> None:
        """End the stream, and report that."""
        self._transport.write_eof()
        self._record(b"")

    def close(self) -> None:
        """Close, and report the stream's end."""
        self._transport.close()
        self._record(b"")

    def abort(self) -> None:
        """Hang up, and report the stream's end."""
        self._transport.abort()
        self._record(b"")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
