"""Ports: which address to listen on, and why one can't be had. Nothing here knows of servers."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import sys
from typing import Any, TypeAlias

__all__ = ["TAKEN", "Address", "connect_time", "explain", "listen", "resolve"]

# Two ways in which systems say that somebody else has a port; the second one is Windows'.
TAKEN = {errno.EADDRINUSE} | ({errno.EACCES} if os.name == "nt" else set())

# What a socket binds to: host, port, and more for IPv6.
Address: TypeAlias = tuple[Any, ...]

NO_ADDRESS = (
    "{!r} is not an address of this machine: "
    "name one that is, such as 127.0.0.1, or 0.0.0.0 for all of them"
)


async def resolve(host: str, port: int) -> tuple[socket.AddressFamily, Address]:
    """
    Find the address of this machine that a name means.

    Raises:
        OSError: If the name means none.

    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(
            host or None,
            port,
            type=socket.SOCK_STREAM,
            flags=socket.AI_PASSIVE,
        )
    except (OSError, UnicodeError):
        raise OSError(NO_ADDRESS.format(host)) from None
    family, _, _, _, address = found[0]
    return family, address


def listen(family: socket.AddressFamily, address: Address) -> socket.socket:
    """
    Return a TCP socket that listens.

    Raises:
        OSError: If the port can't be had; its ``errno`` is in `TAKEN` if somebody else has it.

    """
    if address[0] == "127.0.0.1" and address[1]:
        _check_other_loopback(address[1])
    listening = socket.create_server(address, family=family)
    # asyncio sends small writes at once (TCP_NODELAY) on sockets that call themselves TCP's, and
    # what is accepted calls itself as this one does. Otherwise the second of two small frames would
    # wait 40 ms for the receipt of the first.
    return socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, listening.detach())


def _check_other_loopback(port: int) -> None:
    """
    Raise OSError if somebody listens on this port at IPv6's loopback address.

    ``localhost`` means both addresses, and browsers try that one first: they would find the other
    program at our URL.

    """
    try:
        probe = socket.socket(socket.AF_INET6)
    except OSError:  # a machine without IPv6
        return
    with probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("::1", port))
        except OSError as error:
            if error.errno in TAKEN:
                raise


def explain(error: OSError, host: str, port: int | None) -> OSError:
    """Return the same error with a text that says what was wrong and how to mend it."""
    if error.errno in TAKEN:
        text = (
            f"port {port} is taken by another program: "
            "stop that one, name another port, or take port=0 for a free one"
        )
    elif error.errno == errno.EACCES:
        text = (
            f"port {port} is kept for the system: name one from 1024 on, or port=0 for a free one"
        )
    elif error.errno == errno.EADDRNOTAVAIL:
        text = NO_ADDRESS.format(host)
    else:
        return error
    explained = OSError(text)
    explained.errno = error.errno  # for programs; the text is the same on every system
    return explained


# Where Linux keeps a connection's round trip: tcpi_rtt in struct tcp_info, 4 bytes, microseconds.
RTT_OFFSET = 68


def connect_time(sock: object) -> float | None:
    """
    Return how long a TCP connection took to be made, as the system of an accepted socket knows it.

    Right after accepting, the only round trip that was measured is that of the connection's
    making: from the SYN-ACK to the ACK.

    Args:
        sock: A socket that was accepted a moment ago, as asyncio's transports give it.

    Returns:
        Seconds; None where the system doesn't tell.

    """
    name = getattr(socket, "TCP_INFO", None)
    ask = getattr(sock, "getsockopt", None)
    if name is None or ask is None or not sys.platform.startswith("linux"):
        return None
    try:
        found: bytes = ask(socket.IPPROTO_TCP, name, RTT_OFFSET + 4)
    except OSError:
        return None
    if len(found) < RTT_OFFSET + 4:
        return None
    return int.from_bytes(found[RTT_OFFSET:], sys.byteorder) / 1e6
