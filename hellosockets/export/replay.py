"""Replays: chunks from elsewhere become a recording, and so a conversation as any other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from ..conversation import Conversation
from ..recording import Chunk, Recording

__all__ = ["Conversations", "as_list", "replay"]

Conversations: TypeAlias = Conversation | Iterable[Conversation]

# What a recording and a conversation hold at least, whoever fills them.
MAX_BYTES = 4 * 2**20
MAX_CHUNKS = 20_000
MAX_EVENTS = 20_000
# Inflated bytes lie beside the raw ones, and a deflated message has many times what it weighs on
# the wire; how many nobody knows before reading it.
MAX_INFLATED_BYTES = 128 * 2**20


def as_list(conversations: Conversations) -> list[Conversation]:
    """
    Return one conversation, or several, as a list.

    Raises:
        TypeError: If there is something else among them.

    """
    if isinstance(conversations, Conversation):
        return [conversations]
    listed = list(conversations) if isinstance(conversations, Iterable) else [conversations]
    for each in listed:
        if not isinstance(each, Conversation):
            raise TypeError(
                "give one Conversation, or several such as server.connections; "
                f"got {type(each).__name__}"
            )
    return listed


def replay(
    chunks: Sequence[Chunk],
    *,
    number: int,
    secure: bool,
    began: float,
    dropped_chunks: int = 0,
    dropped_bytes: int = 0,
) -> Conversation:
    """
    Record chunks once more, with the times that they carry.

    Args:
        chunks: All that is held, oldest first; the recording's limits fit them.
        number: Which connection it is.
        secure: True where TLS wrapped it.
        began: What the clock said when the recording began, in seconds.
        dropped_chunks: Chunks that made room before the first one.
        dropped_bytes: Their bytes.

    """
    size = sum(len(chunk.data) for chunk in chunks)
    now = 0.0
    recording = Recording(
        max_bytes=max(MAX_BYTES, size),
        max_chunks=max(MAX_CHUNKS, len(chunks)),
        clock=lambda: now,
    )
    recording.dropped_chunks = dropped_chunks
    recording.dropped_bytes = dropped_bytes
    for now, speaker, data in chunks:  # noqa: B007 (the clock reads it)
        recording.append(speaker, data)
    recording.began = began  # last: 0.0 was taken off each time, so that none is rounded
    return Conversation(
        recording,
        number=number,
        secure=secure,
        # The shortest frame has 2 bytes.
        max_events=max(MAX_EVENTS, size // 2 + len(chunks) + 1),
        max_bytes=size + MAX_INFLATED_BYTES,
    )
