"""The worked examples of the RFCs, as data. Bytes are written in hex, as the RFCs print them."""

from __future__ import annotations

# FRAMES: RFC 6455 §5.7 in its own order. name -> (bytes, unmasked payload)

HELLO = b"Hello"
KIBIBYTE_64 = bytes(range(256)) * 256

FRAMES: dict[str, tuple[bytes, bytes]] = {
    "single-frame unmasked text": (bytes.fromhex("81 05 48 65 6c 6c 6f"), HELLO),
    "single-frame masked text": (bytes.fromhex("81 85 37 fa 21 3d 7f 9f 4d 51 58"), HELLO),
    "first fragment of unmasked text": (bytes.fromhex("01 03 48 65 6c"), b"Hel"),
    "last fragment of unmasked text": (bytes.fromhex("80 02 6c 6f"), b"lo"),
    "unmasked ping": (bytes.fromhex("89 05 48 65 6c 6c 6f"), HELLO),
    "masked pong": (bytes.fromhex("8a 85 37 fa 21 3d 7f 9f 4d 51 58"), HELLO),
    "256 bytes of binary, unmasked": (
        bytes.fromhex("82 7e 01 00") + bytes(range(256)),
        bytes(range(256)),
    ),
    "64 KiB of binary, unmasked": (
        bytes.fromhex("82 7f 00 00 00 00 00 01 00 00") + KIBIBYTE_64,
        KIBIBYTE_64,
    ),
}

# DEFLATE: RFC 7692 §7.2.3 in its own order. name -> messages of one connection, in order, each
# as (payloads of its fragments, inflated data)

DEFLATE: dict[str, list[tuple[list[bytes], bytes]]] = {
    "one block": [([bytes.fromhex("f2 48 cd c9 c9 07 00")], HELLO)],
    "one block in two fragments": [
        ([bytes.fromhex("f2 48 cd"), bytes.fromhex("c9 c9 07 00")], HELLO),
    ],
    "two messages, window not shared": [
        ([bytes.fromhex("f2 48 cd c9 c9 07 00")], HELLO),
        ([bytes.fromhex("f2 48 cd c9 c9 07 00")], HELLO),
    ],
    "two messages, window shared": [
        ([bytes.fromhex("f2 48 cd c9 c9 07 00")], HELLO),
        ([bytes.fromhex("f2 00 11 00 00")], HELLO),
    ],
    "block with no compression": [([bytes.fromhex("00 05 00 fa ff 48 65 6c 6c 6f 00")], HELLO)],
    "block with BFINAL set": [([bytes.fromhex("f3 48 cd c9 c9 07 00 00")], HELLO)],
    "two blocks in one message": [
        ([bytes.fromhex("f2 48 05 00 00 00 ff ff ca c9 c9 07 00")], HELLO),
    ],
    "empty last fragment": [
        ([bytes.fromhex("f2 48 cd c9 c9 07 00 00 00 ff ff"), bytes.fromhex("00")], HELLO),
    ],
    "empty message": [([bytes.fromhex("00")], b"")],
}

# DEFLATE_FRAMES: the same section's examples that are whole frames. name -> (bytes, inflated data)

DEFLATE_FRAMES: dict[str, tuple[bytes, bytes]] = {
    "deflated text": (bytes.fromhex("c1 07 f2 48 cd c9 c9 07 00"), HELLO),
    "deflated text in two fragments": (
        bytes.fromhex("41 03 f2 48 cd") + bytes.fromhex("80 04 c9 c9 07 00"),
        HELLO,
    ),
    "deflated text with no compression": (
        bytes.fromhex("c1 0b 00 05 00 fa ff 48 65 6c 6c 6f 00"),
        HELLO,
    ),
}

# HANDSHAKES: RFC 6455 §1.2 and §1.3. name -> (request, response, key, accept)


def _head(*lines: str) -> bytes:
    return "".join(f"{line}\r\n" for line in [*lines, ""]).encode()


RFC_KEY = "dGhlIHNhbXBsZSBub25jZQ=="
RFC_ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

HANDSHAKES: dict[str, tuple[bytes, bytes, str, str]] = {
    "protocol overview, §1.2": (
        _head(
            "GET /chat HTTP/1.1",
            "Host: server.example.com",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {RFC_KEY}",
            "Origin: http://example.com",
            "Sec-WebSocket-Protocol: chat, superchat",
            "Sec-WebSocket-Version: 13",
        ),
        _head(
            "HTTP/1.1 101 Switching Protocols",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Accept: {RFC_ACCEPT}",
            "Sec-WebSocket-Protocol: chat",
        ),
        RFC_KEY,
        RFC_ACCEPT,
    ),
    "opening handshake, §1.3": (
        _head(
            "GET /chat HTTP/1.1",
            "Host: server.example.com",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {RFC_KEY}",
            "Sec-WebSocket-Version: 13",
        ),
        _head(
            "HTTP/1.1 101 Switching Protocols",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Accept: {RFC_ACCEPT}",
        ),
        RFC_KEY,
        RFC_ACCEPT,
    ),
}
