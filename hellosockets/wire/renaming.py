"""Renaming: an opening request that names the wire it came by names the server it goes to.

Many sites share one address and tell by ``Host`` which of them is meant (RFC 9110 §7.2). A client
that connects to a wire names the wire there, which the server has never heard of.
"""

from __future__ import annotations

__all__ = ["Renamer"]

# A line that may have to be renamed is held until it is complete; longer ones pass as they are.
LONGEST_LINE = 8192  # bytes

# Past so many bytes it isn't an opening request any more, whatever it is.
LONGEST_HEAD = 64 * 1024  # bytes

NAMES = (b"host", b"origin")


class Renamer:
    r"""
    Rename a server in the head of one HTTP request, as its bytes come.

    The value of the first ``Host`` is replaced, whatever it was. The value of the first ``Origin``
    is replaced only if it names the wire: it says which page is asking, and a page that came
    through the wire has the wire's address. Every other byte passes unchanged, and at once: held
    back is only what may be the beginning of one of these two lines.

    Args:
        host: The server's host and port, as in ``Host``.
        origin: The server's origin, e.g. ``"https://example.com"``.
        aliases: Origins that name the wire.

    Attributes:
        is_done: Whether the head is complete, or too long to be one.

    Examples:
        >>> Renamer("example.com").receive_data(b"GET / HTTP/1.1\r\nHost: localhost:4\r\n\r\n")
        b'GET / HTTP/1.1\r\nHost: example.com\r\n\r\n'

    """

    def __init__(self, host: str, origin: str = "", aliases: tuple[str, ...] = ()) -> None:
        self._values = {b"host": host.encode("ascii"), b"origin": origin.encode("ascii")}
        self._aliases = {alias.encode("ascii") for alias in aliases}
        self._wanted = set(NAMES)
        self._held = bytearray()  # the beginning of a line that may be one of ours
        self._is_empty = True  # nothing but its end is in the current line so far
        self._passes = True  # the current line isn't ours; the start line never is
        self._is_first = True
        self._size = 0
        self.is_done = False

    def receive_data(self, data: bytes) -> bytes:
        """
        Take what the client said next.

        Returns:
            What the server is to be told now; ``b""`` if there is nothing to tell yet.

        """
        out = bytearray()
        start = 0
        while not self.is_done and start < len(data):
            end = data.find(b"\n", start) + 1
            piece = data[start : end or len(data)]
            start += len(piece)
            self._take(piece, out)
            if end:
                self._end_line(out)
            self._size += len(piece)
            if self._size > LONGEST_HEAD:
                self._stop(out)
        return bytes(out) + data[start:]

    def receive_eof(self) -> bytes:
        """Return what is still held back when the client's bytes end."""
        out = bytearray()
        self._stop(out)
        return bytes(out)

    def _take(self, piece: bytes, out: bytearray) -> None:
        self._is_empty = self._is_empty and not piece.strip(b"\r\n")
        if self._passes:
            out += piece
            return
        self._held += piece
        if len(self._held) > LONGEST_LINE or not self._may_be_ours():
            self._passes = True
            self._flush(out)

    def _may_be_ours(self) -> bool:
        start = bytes(self._held[:8]).lower()
        return any(
            start.startswith(name + b":") or (name + b":").startswith(start)
            for name in self._wanted
        )

    def _end_line(self, out: bytearray) -> None:
        if not self._passes:
            out += self._renamed(bytes(self._held))
            self._held.clear()
        self.is_done = self._is_empty and not self._is_first
        self._is_first = False
        self._passes = False
        self._is_empty = True

    def _renamed(self, line: bytes) -> bytes:
        name, colon, rest = line.partition(b":")
        name = name.lower()
        self._wanted.discard(name)
        value = rest.strip(b" \t\r\n")
        if name == b"origin" and value.lower() not in self._aliases:
            return line
        before, after = rest.split(value, 1) if value else (b" ", rest.lstrip(b" \t"))
        return line[: len(name)] + colon + before + self._values[name] + after

    def _stop(self, out: bytearray) -> None:
        self.is_done = True
        self._flush(out)

    def _flush(self, out: bytearray) -> None:
        out += self._held
        self._held.clear()
