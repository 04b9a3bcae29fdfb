"""Sessions: one open WebSocket, from its first message to its last."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode

from ..channels import Channels, Crash, PubSub, Router
from ..frames import Speaker
from ..messages import NotAMessage, decode_message
from .gate import Admission
from .outbox import Outbox

__all__ = ["echo", "speak_phoenix"]


async def echo(connection: ServerConnection, count: Callable[[Speaker], None]) -> None:
    """
    Send back what comes, until either side closes.

    Args:
        connection: An open WebSocket.
        count: Called for each message with who sent it.

    """
    with contextlib.suppress(ConnectionClosed):
        async for message in connection:
            count("client")
            await connection.send(message)
            count("server")


async def speak_phoenix(
    connection: ServerConnection,
    admission: Admission,
    router: Router,
    pubsub: PubSub,
    *,
    count: Callable[[Speaker], None],
    report: Callable[[Crash], None],
) -> None:
    """
    Serve the channels that a client joins, until either side closes.

    Args:
        connection: An open WebSocket.
        admission: How it was let in.
        router: Which class serves which topic.
        pubsub: Where the members of a topic are found.
        count: Called for each message with who sent it.
        report: Called for each channel that crashes.

    """
    outbox = Outbox(connection, lambda: count("server"))
    channels = Channels(
        router,
        pubsub,
        outbox.put,
        vsn=admission.vsn,
        assigns=admission.socket.assigns,
        report=report,
    )
    try:
        async for data in connection:
            count("client")
            message = decode_message(data, "client", admission.vsn)
            if isinstance(message, NotAMessage):
                # Phoenix's process for the socket crashes, and Cowboy closes with this code. What
                # was said before has been answered by then.
                await outbox.empty()
                channels.close()
                await connection.close(CloseCode.INTERNAL_ERROR)
                break
            channels.receive(message)
            await outbox.room()
    except ConnectionClosed:
        pass
    finally:
        channels.close()
        await outbox.close()
