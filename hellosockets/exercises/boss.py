"""The boss: a WebSocket server in eight stages, from bare streams. The tester is in `tester`."""

from __future__ import annotations

from collections.abc import Callable

from .engine import Exercise
from .talks import STAGES, talks_up_to
from .tester import grade_server

__all__ = ["EXERCISES", "SOLUTIONS"]

# The solution grows: each stage changes these pieces of the one before.
REFUSE = """\
REFUSAL = b"HTTP/1.1 400 Bad Request\\r\\nConnection: close\\r\\n\\r\\n"


"""

STAGE_1 = (
    REFUSE
    + """\
async def stage_1(reader, writer):
    await reader.readuntil(b"\\r\\n\\r\\n")
    writer.write(REFUSAL)
    writer.close()
"""
)

SHAKE = """\
import base64
import hashlib

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
REFUSAL = b"HTTP/1.1 400 Bad Request\\r\\nConnection: close\\r\\n\\r\\n"
OPENING = "HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n"


async def shake_hands(reader, writer):
    head = (await reader.readuntil(b"\\r\\n\\r\\n")).decode("latin-1")
    lines = [line.partition(":") for line in head.split("\\r\\n")[1:-2]]
    headers = {name.strip().lower(): value.strip() for name, _, value in lines}
    key = headers.get("sec-websocket-key")
    if key is None or headers.get("upgrade", "").lower() != "websocket":
        writer.write(REFUSAL)
        return False
    digest = hashlib.sha1((key + GUID).encode()).digest()
    accept = base64.b64encode(digest).decode()
    writer.write(f"{OPENING}Sec-WebSocket-Accept: {accept}\\r\\n\\r\\n".encode())
    return True


"""

STAGE_2 = (
    SHAKE
    + """\
async def stage_2(reader, writer):
    await shake_hands(reader, writer)
    writer.close()
"""
)

READ_3 = """\
async def read_frame(reader):
    first, second = await reader.readexactly(2)
    length = second & 127
    key = await reader.readexactly(4)
    masked = await reader.readexactly(length)
    payload = bytes(byte ^ key[i % 4] for i, byte in enumerate(masked))
    return first >> 7, first & 15, payload


def make_frame(opcode, payload):
    return bytes([128 | opcode, len(payload)]) + payload


"""

LOOP_3 = """\
async def stage_3(reader, writer):
    if await shake_hands(reader, writer):
        while True:
            fin, opcode, payload = await read_frame(reader)
            writer.write(make_frame(opcode, payload))
    writer.close()
"""

READ_4 = """\
async def read_frame(reader):
    first, second = await reader.readexactly(2)
    length = second & 127
    if length == 126:
        length = int.from_bytes(await reader.readexactly(2), "big")
    elif length == 127:
        length = int.from_bytes(await reader.readexactly(8), "big")
    key = await reader.readexactly(4)
    masked = await reader.readexactly(length)
    payload = bytes(byte ^ key[i % 4] for i, byte in enumerate(masked))
    return first >> 7, first & 15, payload


def make_frame(opcode, payload):
    size = len(payload)
    if size < 126:
        head = bytes([128 | opcode, size])
    elif size < 65536:
        head = bytes([128 | opcode, 126]) + size.to_bytes(2, "big")
    else:
        head = bytes([128 | opcode, 127]) + size.to_bytes(8, "big")
    return head + payload


"""

LOOP_5 = """\
async def stage_5(reader, writer):
    if await shake_hands(reader, writer):
        while True:
            fin, opcode, payload = await read_frame(reader)
            if opcode == 9:
                writer.write(make_frame(10, payload))
            elif opcode < 8:
                writer.write(make_frame(opcode, payload))
    writer.close()
"""

LOOP_6 = """\
async def stage_6(reader, writer):
    if await shake_hands(reader, writer):
        kind, message = None, b""
        while True:
            fin, opcode, payload = await read_frame(reader)
            if opcode == 9:
                writer.write(make_frame(10, payload))
            elif opcode < 8:
                kind = kind or opcode
                message += payload
                if fin:
                    writer.write(make_frame(kind, message))
                    kind, message = None, b""
    writer.close()
"""

LOOP_7 = """\
async def stage_7(reader, writer):
    if await shake_hands(reader, writer):
        kind, message = None, b""
        while True:
            fin, opcode, payload = await read_frame(reader)
            if opcode == 8:
                writer.write(make_frame(8, payload[:2]))
                break
            if opcode == 9:
                writer.write(make_frame(10, payload))
            elif opcode < 8:
                kind = kind or opcode
                message += payload
                if fin:
                    writer.write(make_frame(kind, message))
                    kind, message = None, b""
    writer.close()
"""

FAULTS_8 = '''\
class Fault(Exception):
    """Its argument is the close code."""


'''

READ_8 = READ_4.replace(
    """\
    key = await reader.readexactly(4)
""",
    """\
    opcode, control = first & 15, first & 8
    if first & 112 or opcode not in (0, 1, 2, 8, 9, 10) or not second & 128:
        raise Fault(1002)
    if control and (length > 125 or not first & 128):
        raise Fault(1002)
    if length > LIMIT:
        raise Fault(1009)
    key = await reader.readexactly(4)
""",
)

LOOP_8 = """\
async def talk(reader, writer):
    kind, message = None, b""
    while True:
        fin, opcode, payload = await read_frame(reader)
        if opcode == 8:
            writer.write(make_frame(8, payload[:2]))
            return
        if opcode == 9:
            writer.write(make_frame(10, payload))
        elif opcode < 8:
            if (opcode == 0) == (kind is None):
                raise Fault(1002)
            kind = kind or opcode
            message += payload
            if len(message) > LIMIT:
                raise Fault(1009)
            if fin:
                if kind == 1:
                    message.decode()
                writer.write(make_frame(kind, message))
                kind, message = None, b""


async def stage_8(reader, writer):
    if await shake_hands(reader, writer):
        try:
            await talk(reader, writer)
        except Fault as fault:
            writer.write(make_frame(8, fault.args[0].to_bytes(2, "big")))
        except UnicodeDecodeError:
            writer.write(make_frame(8, (1007).to_bytes(2, "big")))
        except asyncio.IncompleteReadError:
            pass
    writer.close()
"""

SOLUTIONS = [
    STAGE_1,
    STAGE_2,
    SHAKE + READ_3 + LOOP_3,
    SHAKE + READ_4 + LOOP_3.replace("stage_3", "stage_4"),
    SHAKE + READ_4 + LOOP_5,
    SHAKE + READ_4 + LOOP_6,
    SHAKE + READ_4 + LOOP_7,
    "import asyncio\n"
    + SHAKE.replace(
        "\n\nasync def shake", "\nLIMIT = 2**20  # bytes of a message\n\n\nasync def shake"
    )
    + FAULTS_8
    + READ_8
    + LOOP_8,
]

TITLES = [
    ("read a request", "Answer a plain GET with 400, and close.",
     "Where does a request's head end, and may it come in pieces?",
     'The head ends with an empty line: `await reader.readuntil(b"\\r\\n\\r\\n")`. The answer ends '
     "with one, too.",
     '`writer.write(b"HTTP/1.1 400 Bad Request\\r\\n\\r\\n")`, and then `writer.close()`.'),
    ("open the WebSocket", "Answer an upgrade with 101 and the accept value, all else with 400.",
     "What does the server do with Sec-WebSocket-Key, and how are names of headers compared?",
     "Keep the headers in a dict, their names in small letters. The accept value is exercise 2A.",
     "`base64.b64encode(hashlib.sha1((key + GUID).encode()).digest())` is the accept value."),
    ("echo a frame", "Read masked frames of up to 125 bytes, and send each back without a mask.",
     "Which five steps make a payload out of the stream's next bytes?",
     "`await reader.readexactly(2)`, then 4 bytes of key, then the payload. In a loop, until the "
     "client goes.",
     "`bytes([128 | opcode, len(payload)]) + payload` is a frame of the server."),
    ("all lengths", "Read and write lengths of 7, 16 and 64 bits.",
     "What do 126 and 127 in the seven bits mean, on the way in and on the way out?",
     "126: the length stands in the next 2 bytes, 127: in the next 8, the high byte first.",
     '`int.from_bytes(await reader.readexactly(2), "big")`, and `size.to_bytes(2, "big")`.'),
    ("ping and pong", "Answer a ping with a pong that carries the same, and let pongs be.",
     "Which opcodes are control frames, and which of them wants an answer?",
     "Opcode 9 is a ping; the answer has opcode 10 and the same payload. Opcode 10 wants nothing.",
     "`writer.write(make_frame(10, payload))`"),
    ("fragments", "Send a fragmented message back as one frame, pings in between answered.",
     "What do you keep from frame to frame, and what ends it?",
     "Keep the first fragment's opcode, and the payloads. FIN ends it. It is exercise 4A.",
     "`kind = kind or opcode`, `message += payload`, and at FIN `make_frame(kind, message)`."),
    ("the goodbye", "Answer a close frame with its code, and end the connection.",
     "What may follow your close frame, and what may you still answer?",
     "The answer carries the same two bytes, or none. After it nothing more: leave the loop.",
     "`writer.write(make_frame(8, payload[:2]))`, then `break`."),
    ("strangers",
     "Close with 1002, 1007 or 1009 for what is illegal or above 1 MiB, and never hang.",
     "For each thing that a header says: which values are forbidden?",
     "1002: no mask, reserved bits or opcodes, control frames that are long or fragmented, a "
     "continuation of nothing, a message in a message. 1007: text that isn't UTF-8. 1009: more "
     "than 2**20 bytes, all fragments together, before you read them.",
     "`if first & 112 or not second & 128: ...1002`; `message.decode()` raises for 1007; look at "
     "the length before you read the payload."),
]  # fmt: skip

STUB = '''\
async def stage_{n}(reader, writer):
    """{task}"""
    ...
'''


def _grader(stage: int) -> Callable[[object], str | None]:
    talks, calm = talks_up_to(stage), stage == len(STAGES)
    return lambda answer: grade_server(f"stage_{stage}", answer, talks, calm=calm)


EXERCISES = [
    Exercise(
        name=f"99{'ABCDEFGH'[i]}",
        title=title,
        task=f"Write `stage_{i + 1}`: {task[0].lower()}{task[1:]}",
        answer=f"stage_{i + 1}",
        stub=STUB.format(n=i + 1, task=task),
        hints=(question, place, line),
        solution=SOLUTIONS[i],
        reached=f"stage {i + 1} of 8, {len(talks_up_to(i + 1))} talks, and not a byte wrong.",
        grade=_grader(i + 1),
    )
    for i, (title, task, question, place, line) in enumerate(TITLES)
]
