"""Talks: what the tester says to a learner's server, stage by stage (RFC 6455 §4 to §7)."""

from __future__ import annotations

import random

from ..forge import forge
from ..frames import build_frame
from ..handshake import accept_key, build_request
from .tester import FailedError, Talk, Tester

__all__ = ["STAGES", "talks_up_to"]

KEYS = ["dGhlIHNhbXBsZSBub25jZQ==", "x3JJHMbDL1EzLkh9GBhXDw=="]
MASK = bytes.fromhex("37fa213d")  # RFC 6455 §5.7
REFUSALS = (400, 426)  # RFC 6455 §4.2.1: "such as 400"; RFC 9110 §15.5.22 has 426
PLAIN = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"

LIMIT = 2**20  # bytes of a message that is still taken
FRAGMENT = 2**16  # bytes

_chance = random.Random(6455)


def _masked(payload: str | bytes, opcode: int = 1, *, fin: bool = True) -> bytes:
    return forge(payload, opcode, fin=fin, masking_key=MASK)


async def _open(tester: Tester, key: str = KEYS[0]) -> None:
    tester.send(build_request("/", host="localhost", key=key), "an opening handshake")
    head = await tester.expect_head(101)
    wanted = accept_key(key)
    lines = head.decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in map(_split, lines[1:])}
    for name, value in (("upgrade", "websocket"), ("connection", "upgrade")):
        tokens = [token.strip() for token in headers.get(name, "").lower().split(",")]
        if value not in tokens:
            header = f"`{name.title()}: {value if name == 'upgrade' else 'Upgrade'}`"
            came = f"{headers[name]!r} came" if name in headers else "there is no such header"
            raise FailedError(f"the answer needs the header {header}; {came}.")
    for name in ("Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol"):
        if name.lower() in headers:
            raise FailedError(f"the answer has {name}, and nobody offered one.")
    got = headers.get("sec-websocket-accept")
    if got != wanted:
        raise FailedError(
            f"sent the key {key}; expected Sec-WebSocket-Accept: {wanted}; came {got}."
        )


def _split(line: str) -> tuple[str, str, str]:
    return line.partition(":")


def _refuses(request: bytes, what: str) -> Talk:
    async def talk(tester: Tester) -> None:
        tester.send(request, what)
        await tester.expect_head(*REFUSALS)
        await tester.expect_end(body=True)

    return talk


async def _in_pieces(tester: Tester) -> None:
    advice = "read up to the empty line with `readuntil`"
    await tester.send_slowly(PLAIN, "a plain GET, byte by byte", advice)
    await tester.expect_head(*REFUSALS)


def _opens(key: str) -> Talk:
    async def talk(tester: Tester) -> None:
        await _open(tester, key)

    return talk


def _opens_with(request: bytes) -> Talk:
    async def talk(tester: Tester) -> None:
        tester.send(request, "the same, with names in small letters")
        await tester.expect_head(101)

    return talk


def _echoes(*messages: str | bytes) -> Talk:
    async def talk(tester: Tester) -> None:
        await _open(tester)
        for message in messages:
            opcode = 1 if isinstance(message, str) else 2
            size = len(message)
            what = f"a masked {'text' if opcode == 1 else 'binary'} frame of {size:,} bytes"
            if size <= 16:
                what += f", {message!r}"
            tester.send(_masked(message, opcode), what)
            await tester.expect(build_frame(message, opcode), "its echo, not masked")

    return talk


def _answers(sent: bytes, what: str, expected: bytes, says: str) -> Talk:
    async def talk(tester: Tester) -> None:
        await _open(tester)
        tester.send(sent, what)
        await tester.expect(expected, says)
        tester.send(_masked("."), f"{what}; then a dot")  # nothing stands before its echo
        await tester.expect(build_frame("."), "the echo of the dot, and nothing before it")

    return talk


def _closes(sent: bytes, what: str, code: int) -> Talk:
    async def talk(tester: Tester) -> None:
        await _open(tester)
        tester.send(sent, what)
        await tester.expect_close(code)
        await tester.expect_end()

    return talk


def _ends(sent: bytes, what: str, expected: bytes, says: str) -> Talk:
    async def talk(tester: Tester) -> None:
        await _open(tester)
        tester.send(sent, what)
        await tester.expect(expected, says)
        await tester.expect_end()

    return talk


async def _half_a_frame(tester: Tester) -> None:
    await _open(tester)
    tester.send(_masked("Hello")[:7], "half a frame, and then the end of the stream")
    tester.leave()
    await tester.expect_end()


async def _half_a_character(tester: Tester) -> None:
    await _open(tester)
    what = "two fragments with half a character each"
    tester.send(_masked(b"\xc3", fin=False) + _masked(b"\xa4", 0), what)
    await tester.expect(build_frame("ä"), "one frame with the character")
    tester.send(_masked(b"\xc3", fin=False) + _masked(b"", 0), "half a character, in two fragments")
    await tester.expect_close(1007)
    await tester.expect_end()


async def _too_many_fragments(tester: Tester) -> None:
    """Fill a message up to the limit, then say one byte more; pongs show how far the server is."""
    await _open(tester)
    for i in range(LIMIT // FRAGMENT):
        size = f"{(i + 1) * FRAGMENT:,}"
        fragment = _masked(bytes(FRAGMENT), 0 if i else 2, fin=False)
        ping = _masked("", 9)  # empty: no library counts it to the message
        tester.send(fragment + ping, f"fragments of together {size} bytes, and an empty ping")
        await tester.expect(build_frame("", 10), "an empty pong")
    tester.send(_masked(b".", 0, fin=False), f"fragments of together {LIMIT + 1:,} bytes")
    await tester.expect_close(1009)
    await tester.expect_end()


async def _byte_by_byte(tester: Tester) -> None:
    await _open(tester)
    advice = "read with `readexactly`"
    await tester.send_slowly(_masked("Hello"), "the frame of Hello, byte by byte", advice)
    await tester.expect(build_frame("Hello"), "its echo")


HEL = _masked("Hel", fin=False)
LO = _masked("lo", 0)
PING = _masked("you there?", 9)
PONG = build_frame("you there?", 10)
HELLO = build_frame("Hello")

# What each stage adds: a title for each talk.
STAGES: list[list[tuple[str, Talk]]] = [
    [
        ("a plain GET", _refuses(PLAIN, "a plain GET")),
        ("a plain GET in pieces", _in_pieces),
    ],
    [
        ("the RFC's key", _opens(KEYS[0])),
        ("another key", _opens(KEYS[1])),
        (
            "no key",
            _refuses(
                build_request("/", host="localhost", key=KEYS[0]).replace(b"WebSocket-Key", b"X"),
                "an upgrade without Sec-WebSocket-Key",
            ),
        ),
        (
            "no Upgrade",
            _refuses(
                build_request("/", host="localhost", key=KEYS[0]).replace(
                    b"Upgrade: websocket\r\n", b""
                ),
                "a request with a key, and without Upgrade",
            ),
        ),
        (
            "small letters",
            _opens_with(
                build_request("/", host="localhost", key=KEYS[0])
                .replace(b"Upgrade: websocket", b"upgrade: WebSocket")
                .replace(b"Sec-WebSocket-Key", b"sec-websocket-key"),
            ),
        ),
    ],
    [
        ("Hello", _echoes("Hello")),
        ("two messages", _echoes("hi", "Hello")),
        ("an empty one", _echoes("", "hi")),
    ],
    [
        ("125 bytes", _echoes("x" * 125)),
        ("126 bytes", _echoes("y" * 126)),
        ("127 bytes", _echoes("z" * 127)),
        ("65,535 bytes", _echoes(bytes(65_535))),
        ("65,536 bytes", _echoes(_chance.randbytes(65_536))),
    ],
    [
        ("a ping", _answers(PING, "a ping with `you there?`", PONG, "a pong with the same")),
        (
            "a pong",
            _answers(_masked("", 10) + _masked("hi"), "a pong, and then hi", build_frame("hi"),
                     "the echo of hi alone"),
        ),
    ],
    [
        ("two fragments", _answers(HEL + LO, "Hel and lo as fragments", HELLO, "one frame, Hello")),
        (
            "a ping between",
            _answers(HEL + PING + LO, "Hel, a ping, and lo", PONG + HELLO, "the pong, then Hello"),
        ),
        (
            "binary fragments",
            _answers(
                _masked(b"\xff", 2, fin=False) + _masked(b"\xd8", 0),
                "two binary fragments",
                build_frame(b"\xff\xd8"),
                "one binary frame",
            ),
        ),
    ],
    [
        (
            "a close frame",
            _closes(_masked(b"\x03\xe8bye", 8), "a close frame with 1000", 1000),
        ),
        (
            "a close frame without a code",
            _ends(_masked(b"", 8), "an empty close frame", b"\x88\x00", "an empty close frame"),
        ),
        (
            "words after the goodbye",
            _closes(
                _masked(b"\x03\xe9", 8) + _masked("wait!"),
                "a close frame with 1001, and a text",
                1001,
            ),
        ),
    ],
    [
        ("a frame without a mask", _closes(build_frame("Hello"), "Hello, not masked", 1002)),
        ("a reserved bit", _closes(forge("a", rsv2=True, masking_key=MASK), "RSV2", 1002)),
        ("another, RSV1", _closes(forge("a", rsv1=True, masking_key=MASK), "RSV1", 1002)),
        ("and RSV3", _closes(forge("a", rsv3=True, masking_key=MASK), "RSV3", 1002)),
        ("a reserved opcode", _closes(_masked("a", 3), "opcode 3", 1002)),
        ("a lone continuation", _closes(LO, "a continuation of nothing", 1002)),
        ("a message in a message", _closes(HEL + _masked("hi"), "a text inside another", 1002)),
        ("a fragmented ping", _closes(_masked("a", 9, fin=False), "a ping with FIN 0", 1002)),
        ("a long ping", _closes(_masked(bytes(126), 9), "a ping of 126 bytes", 1002)),
        ("text that is none", _closes(_masked(b"\xff"), "the byte ff as text", 1007)),
        ("half a character", _half_a_character),
        (
            "a giant",
            _closes(b"\x82\xff" + (2**40).to_bytes(8, "big") + MASK, "a header that promises a "
                    "terabyte", 1009),
        ),
        ("fragments without an end", _too_many_fragments),
        ("half a frame", _half_a_frame),
        ("a slow client", _byte_by_byte),
    ],
]  # fmt: skip


def talks_up_to(stage: int) -> list[tuple[str, Talk]]:
    """Return all talks of a stage, counted from 1, and of those before it."""
    return [talk for talks in STAGES[:stage] for talk in talks]
