"""Tapping: cut a Jupyter message by hand, and find the frame that a server closed for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Any

from ..conversation import Conversation
from ..forge import forge
from ..handshake import accept_key, build_request
from ..jupyter import JupyterMessage
from ..recording import Recording
from .engine import Exercise
from .grading import Mistake, Vectors, kind, show

__all__ = ["EXERCISES", "RECORDED"]

# 13A


def _message(channel: str, kind: str, buffers: tuple[bytes, ...] = ()) -> bytes:
    content = {"execution_state": "busy"}
    return JupyterMessage(channel, {"msg_type": kind}, {}, {}, content, buffers).encode()


MESSAGES = [
    (_message("iopub", "status"),),
    (_message("shell", "execute_reply"),),
    (_message("iopub", "comm_msg", (b"\x00\x01\x02", b"")),),
    (_message("control", "shutdown_request"),),
    (_message("iopub", "display_data", (bytes(300),)),),  # whose offsets need two bytes
    (_message("iopub", "display_data", (bytes(70_000), b"\x01")),),  # and three
]


def _parts(data: bytes) -> list[bytes]:
    numbers = [int.from_bytes(data[i : i + 8], "little") for i in range(0, len(data) // 8 * 8, 8)]
    offsets = numbers[1 : numbers[0] + 1]
    return [data[a:b] for a, b in pairwise(offsets)]


def _judge_parts(arguments: Sequence[Any], value: Any) -> str | None:
    expected = _parts(*arguments)
    if not isinstance(value, list | tuple):
        return f"gave {show(value)}, {kind(value)}; expected {len(expected)} parts, in a list."
    if list(value) == expected:
        return None
    if len(value) != len(expected):
        return f"gave {len(value)} parts, expected {len(expected)}."
    i = next(i for i, (a, b) in enumerate(zip(value, expected, strict=True)) if a != b)
    return f"gave {show(value[i])} as part {i}, expected {show(expected[i])}."


def _cut(
    data: bytes, order: Any = "little", shift: int = 0, last: bool = False, width: int = 8
) -> list[bytes]:
    count = min(int.from_bytes(data[:width], order), 99)
    numbers = [int.from_bytes(data[8 * i : 8 * i + width], order) for i in range(1, count + 1)]
    offsets = [number + shift for number in numbers] + [len(data)] * last
    return [data[a:b] for a, b in pairwise(offsets)]


def _five(data: bytes) -> list[bytes]:
    return _cut(data)[:5]


def _one_too_many(data: bytes) -> list[bytes]:
    count = int.from_bytes(data[:8], "little")
    offsets = [int.from_bytes(data[8 * i : 8 * i + 8], "little") for i in range(1, count + 1)]
    return [data[offsets[i] : offsets[i + 1]] for i in range(count)]


def _with_the_count(data: bytes) -> list[bytes]:
    count = int.from_bytes(data[:8], "little")
    offsets = [int.from_bytes(data[8 * i : 8 * i + 8], "little") for i in range(count + 1)]
    return [data[a:b] for a, b in pairwise(offsets)]


PARTS = Vectors(
    "parts",
    MESSAGES,
    _judge_parts,
    [
        Mistake(
            'These numbers are little-endian, the low byte first: `int.from_bytes(..., "little")`.',
            lambda data: _cut(data, "big"),
        ),
        Mistake("The first number counts the offsets; it is none itself.", _with_the_count),
        Mistake(
            "The last offset is the end of the last part: nothing begins there.",
            lambda data: _cut(data, last=True),
        ),
        Mistake(
            "n offsets cut n - 1 parts: the last offset is the end of the last part.",
            _one_too_many,
        ),
        *(
            Mistake(
                f"A number has 8 bytes, low byte first; you read {read}.",
                partial(_cut, width=width),
            )
            for width, read in ((1, "the first of them alone"), (2, "two of them alone"))
        ),
        Mistake("There may be buffers behind the five parts: cut at every offset.", _five),
        Mistake(
            "The offsets count from the message's first byte.",
            lambda data: _cut(data, shift=8),
        ),
        Mistake(
            "The message isn't text as a whole: cut it at the offsets.",
            lambda data: data.split(b"}{"),
        ),
    ],
)

# 13B

KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # RFC 6455 §1.3
MASK = bytes.fromhex("37fa213d")  # RFC 6455 §5.7


def _record() -> Conversation:
    recording = Recording(clock=lambda: 0.0)

    def up(data: bytes) -> None:
        recording.append("client", data)

    def down(data: bytes) -> None:
        recording.append("server", data)

    up(build_request("/chat", host="localhost", key=KEY))
    down(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + f"Sec-WebSocket-Accept: {accept_key(KEY)}\r\n\r\n".encode()
    )
    up(forge("hello", masking_key=MASK))
    down(forge("hello, ada"))
    up(forge("a long ", fin=False, masking_key=MASK))
    down(forge("", 9))
    up(forge("", 10, masking_key=MASK))
    up(forge("story", 1, masking_key=MASK))  # should have been a continuation
    down(forge(b"\x03\xeaprotocol error", 8))
    up(forge(b"\x03\xea", 8, masking_key=MASK))
    recording.append("server", b"")
    recording.append("client", b"")
    return Conversation(recording)


RECORDED = _record()
GUILTY = next(i for i, frame in enumerate(RECORDED.frames) if frame.verdicts)

WHY = {
    0: "That is the first text, and whole: FIN is 1.",
    1: "That is the server's answer, and the server isn't the one who was closed on.",
    2: "That one has FIN 0: more is to follow. It is legal, what follows it may not be.",
    3: "A ping may come at any moment.",
    4: "A pong, in the middle of a message: that is legal.",
    6: "That is the refusal. What did it refuse?",
    7: "That is the answer to the goodbye.",
}


def _grade_guilty(answer: object) -> str | None:
    name = "guilty"
    if isinstance(answer, bool) or not isinstance(answer, int):
        return f"`{name}` is {show(answer)}, {kind(answer)}; put the frame's number there, an int."
    if answer == GUILTY:
        return None
    frames = len(RECORDED.frames)
    if not 0 <= answer < frames:
        return f"`{name}` is {answer}; the frames have numbers from 0 to {frames - 1}."
    return f"`{name}` is {answer}. {WHY[answer]}"


EXERCISES = [
    Exercise(
        name="13A",
        title="cut a Jupyter message",
        task="Write `parts(data)`: the parts of a binary message, as its offsets cut it.",
        answer="parts",
        stub='''\
def parts(data):
    """Return the list of parts (bytes) of a message of v1.kernel.websocket.jupyter.org.

    8 bytes, little-endian: how many offsets follow. Then the offsets, 8 bytes each.
    Part i begins at offset i, and ends where offset i + 1 is.
    """
    ...
''',
        hints=(
            "Which bytes hold offset 0, and how many parts do n offsets make?",
            'Number i is `int.from_bytes(data[8 * i : 8 * i + 8], "little")`; number 0 is the '
            "count, 1 to count are the offsets. One part less than offsets.",
            "`[data[a:b] for a, b in zip(offsets, offsets[1:])]`",
        ),
        solution="""\
def parts(data):
    def number(i):
        return int.from_bytes(data[8 * i : 8 * i + 8], "little")

    offsets = [number(i + 1) for i in range(number(0))]
    return [data[a:b] for a, b in zip(offsets, offsets[1:])]
""",
        reached=f"`parts` cuts {len(MESSAGES)} messages right, buffers included.",
        grade=PARTS.grade,
    ),
    Exercise(
        name="13B",
        title="the guilty frame",
        task="Put in `guilty` the number of the frame that the server closed for.",
        answer="guilty",
        stub="guilty = ...",
        hints=(
            "What does the close frame's code say, and what came right before it?",
            "1002 is a broken rule. Look at FIN and opcode of the client's frames: which may not "
            "follow the one before?",
            "`[i for i, frame in enumerate(talk.frames) if frame.verdicts]` asks the kit.",
        ),
        solution="guilty = 5",
        reached="a text frame in the middle of a fragmented message: it had to be a continuation.",
        grade=_grade_guilty,
    ),
]
