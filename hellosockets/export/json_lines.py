"""JSON lines: a recording without loss, a line a chunk, for a text editor, ``jq`` or `from_jsonl`.

The first line names the format. Then, for each connection, a line about it and one for each of its
chunks, oldest first::

    {"format": "hellosockets", "version": 1}
    {"connection": 1, "secure": false, "began": 12.5, "dropped_chunks": 0, "dropped_bytes": 0,
     "chunks": 2}                                             (all on one line)
    {"time": 0.25, "speaker": "client", "data": "iQA="}
    {"time": 0.5, "speaker": "client", "data": ""}

Bytes are written in base64 (RFC 4648 §4); no bytes say that this speaker's stream ended.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any, NoReturn

from ..conversation import Conversation
from ..frames import Speaker
from ..recording import Chunk
from .moment import MOST_SECONDS
from .replay import Conversations, as_list, replay
from .shown import shown

__all__ = ["from_jsonl", "to_jsonl"]

FORMAT = {"format": "hellosockets", "version": 1}

SPEAKERS: dict[str, Speaker] = {"client": "client", "server": "server"}


def to_jsonl(conversations: Conversations) -> str:
    r"""
    Write recordings as JSON lines, nothing left out.

    What a recording dropped to make room is gone; how much it was is kept, so that a `Gap` stands
    in its place when it is read back.

    Args:
        conversations: One, or several.

    Returns:
        Lines of JSON in ASCII, each ended by ``\n``. The same conversations give the same text.

    """
    return "".join(f"{json.dumps(line)}\n" for line in _lines(as_list(conversations)))


def _lines(conversations: list[Conversation]) -> Iterator[dict[str, Any]]:
    yield FORMAT
    for conversation in conversations:
        recording = conversation.recording
        yield {
            "connection": conversation.number,
            "secure": conversation.secure,
            "began": recording.began,
            "dropped_chunks": recording.dropped_chunks,
            "dropped_bytes": recording.dropped_bytes,
            "chunks": len(recording),
        }
        for time, speaker, data in recording.chunks:
            text = base64.b64encode(data).decode()
            yield {"time": time, "speaker": speaker, "data": text}


def from_jsonl(text: str) -> list[Conversation]:
    """
    Read conversations that `to_jsonl` wrote.

    The recordings have the same chunks, with the same times; their limits fit them, so that no
    chunk makes room.

    Args:
        text: The whole file.

    Returns:
        The conversations, in the file's order.

    Raises:
        TypeError: If it isn't text.
        ValueError: If a line is wrong or missing: which one, counted from 1, what is wrong with it
            and what helps. Nothing is skipped.

    """
    if not isinstance(text, str):
        raise TypeError(
            f"give the file's text, such as path.read_text(); got {type(text).__name__}"
        )
    # Not splitlines(): that would cut at other characters too, which JSON allows in strings.
    lines = text.removeprefix("\ufeff").split("\n")
    if lines[-1] == "":
        lines.pop()
    reader = _Reader(lines)
    header = reader.next("the first line") if lines else {}
    if header != FORMAT:
        reader.fail(
            f"the file must begin with {json.dumps(FORMAT)}: is it one that to_jsonl wrote?"
        )
    conversations = []
    while reader.has_more:
        conversations.append(_read_connection(reader))
    return conversations


class _Reader:
    """The lines of a file, one at a time, and where we are."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._number = 0  # of the line read last, counted from 1

    @property
    def has_more(self) -> bool:
        return self._number < len(self._lines)

    def next(self, what: str) -> dict[str, Any]:
        """Read one line, which must hold a JSON object; ``what`` says what is expected there."""
        line = self._lines[self._number]
        self._number += 1
        if not line.strip():
            self.fail("the line is empty: delete it")
        try:
            read = json.loads(line)
        except (ValueError, RecursionError):
            self.fail(f"{what} isn't JSON: each must be one whole object, got {shown(line)}")
        if not isinstance(read, dict):
            self.fail(f"{what} must be a JSON object, got {shown(read)}")
        return read

    def fail(self, what: str) -> NoReturn:
        raise ValueError(f"line {max(1, self._number)}: {what}")

    def check_names(self, line: dict[str, Any], names: set[str], what: str) -> None:
        if missing := sorted(names - line.keys()):
            self.fail(f"{what} lacks {', '.join(missing)}")
        if unknown := sorted(line.keys() - names):
            self.fail(f"{what} has {shown(unknown[0])}, which version 1 doesn't know: remove it")

    def count(self, line: dict[str, Any], name: str, least: int = 0) -> int:
        value = line[name]
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            self.fail(f"{name} must be a whole number, {least} or more, got {shown(value)}")
        return value

    def seconds(self, line: dict[str, Any], name: str) -> float:
        value = line[name]
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        # A comparison, as it takes whole numbers of any length; NaN fails it.
        if not is_number or not -MOST_SECONDS <= value <= MOST_SECONDS:
            self.fail(f"{name} must be a number of seconds, got {shown(value)}")
        return float(value)


def _read_connection(reader: _Reader) -> Conversation:
    what = "the line of a connection"
    about = reader.next(what)
    names = {"connection", "secure", "began", "dropped_chunks", "dropped_bytes", "chunks"}
    if "data" in about:
        reader.fail("a chunk more than its connection announces: correct its count of chunks")
    reader.check_names(about, names, what)
    if not isinstance(about["secure"], bool):
        reader.fail(f"secure must be true or false, got {shown(about['secure'])}")
    number = reader.count(about, "connection", 1)
    count = reader.count(about, "chunks")
    dropped_chunks = reader.count(about, "dropped_chunks")
    dropped_bytes = reader.count(about, "dropped_bytes")
    began = reader.seconds(about, "began")
    chunks: list[Chunk] = []
    while len(chunks) < count:
        if not reader.has_more:
            reader.fail(
                f"the file ends after {len(chunks):,} of {count:,} chunks of connection {number}: "
                "it was cut short; export it again"
            )
        chunks.append(_read_chunk(reader))
    return replay(
        chunks,
        number=number,
        secure=about["secure"],
        began=began,
        dropped_chunks=dropped_chunks,
        dropped_bytes=dropped_bytes,
    )


def _read_chunk(reader: _Reader) -> Chunk:
    line = reader.next("the line of a chunk")
    if "connection" in line:
        reader.fail("a chunk fewer than its connection announces: correct its count of chunks")
    reader.check_names(line, {"time", "speaker", "data"}, "the line of a chunk")
    speaker = line["speaker"]
    if not isinstance(speaker, str) or speaker not in SPEAKERS:
        reader.fail(f'speaker must be "client" or "server", got {shown(speaker)}')
    data = line["data"]
    try:
        raw = base64.b64decode(data, validate=True) if isinstance(data, str) else None
    except ValueError:
        raw = None
    if raw is None:
        reader.fail(f"data must be text in base64, got {shown(data)}")
    return Chunk(reader.seconds(line, "time"), SPEAKERS[speaker], raw)
