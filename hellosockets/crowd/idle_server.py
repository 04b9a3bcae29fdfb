"""A plain echo server of `websockets` in a process of its own, so that its memory can be measured.

Run as a script, it says on which port it listens, and ends with its standard input. It imports
nothing of the package: what is measured is the connections.
"""

from __future__ import annotations

import asyncio
import sys

from websockets.asyncio.server import ServerConnection, serve
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory

__all__ = ["main"]


async def main(setting: tuple[int, int] | None) -> None:
    """
    Serve until the standard input ends.

    Args:
        setting: Bits of the window and zlib's memory level, or None for no compression.

    """
    extensions = []
    if setting is not None:
        bits, level = setting
        factory = ServerPerMessageDeflateFactory(
            server_max_window_bits=bits,
            client_max_window_bits=bits,
            compress_settings={"memLevel": level},
        )
        extensions.append(factory)
    async with serve(
        _echo, "127.0.0.1", 0, compression=None, extensions=extensions, ping_interval=None
    ) as server:
        print(next(iter(server.sockets)).getsockname()[1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


async def _echo(connection: ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)


if __name__ == "__main__":
    asyncio.run(main((int(sys.argv[1]), int(sys.argv[2])) if len(sys.argv) > 2 else None))
