"""Known wrong answers of lesson 99, and the sentence that each earns, word for word."""

from __future__ import annotations

from . import nearly

KNOWN_WRONG: list[tuple[str, str, str]] = [
    (
        "99A",
        nearly("99A", ("writer.close()", "await reader.read()")),
        "99A not yet: Talk 1 of 2, a plain GET: sent a plain GET; expected the end "
        "of the connection; it is still open: `writer.close()`.",
    ),
    (
        "99A",
        nearly(
            "99A",
            (
                'REFUSAL = b"HTTP/1.1 400 Bad Request\\r\\nConnection: close\\r\\n\\r\\n"',
                'REFUSAL = b"HTTP/1.1 200 OK\\r\\nConnection: close\\r\\n\\r\\n"',
            ),
        ),
        "99A not yet: Talk 1 of 2, a plain GET: sent a plain GET; expected "
        "`HTTP/1.1 400 ...`; came `HTTP/1.1 200 OK`.",
    ),
    (
        "99A",
        nearly(
            "99A",
            (
                'REFUSAL = b"HTTP/1.1 400 Bad Request\\r\\nConnection: close\\r\\n\\r\\n"',
                'REFUSAL = b"HTTP/1.1 400 Bad Request\\r\\nConnection: close\\r\\n"',
            ),
        ),
        "99A not yet: Talk 1 of 2, a plain GET: sent a plain GET; the answer "
        "`HTTP/1.1 400 Bad Request` has no empty line at its end: `\\r\\n\\r\\n`.",
    ),
    (
        "99A",
        nearly("99A", ('await reader.readuntil(b"\\r\\n\\r\\n")', "1 / 0")),
        "99A not yet: Talk 1 of 2, a plain GET: sent a plain GET; expected an "
        "answer in HTTP; the connection was reset. Your function raised "
        "ZeroDivisionError in line 5 of its cell: division by zero.",
    ),
    (
        "99A",
        """\
def stage_1(reader, writer):
    writer.close()
""",
        "99A not yet: `stage_1` is a plain function: write `async def stage_1(reader, writer):`.",
    ),
    (
        "99A",
        """\
async def stage_1(reader, writer):
    while True:
        pass
""",
        "99A not yet: `stage_1` holds up its loop: is there a loop without an "
        "`await` in it, such as `while True`?",
    ),
    (
        "99A",
        "stage_1 = 'a server'\n",
        "99A not yet: `stage_1` is a str, not a function: run the cell that starts "
        "with `async def stage_1`.",
    ),
    (
        "99A",
        nearly("99A", ("writer.close()", "writer.clsoe()")),
        "99A not yet: Talk 1 of 2, a plain GET: all that came was right, but your "
        "function raised AttributeError in line 7 of its cell: 'StreamWriter' "
        "object has no attribute 'clsoe'.",
    ),
    (
        "99A",
        nearly("99A", ('await reader.readuntil(b"\\r\\n\\r\\n")', "await reader.read(1000)")),
        "99A not yet: Talk 2 of 2, a plain GET in pieces: sent a plain GET, byte "
        "by byte; your function answered before the last byte was sent: read up to "
        "the empty line with `readuntil`.",
    ),
    (
        "99A",
        nearly("99A", ('    await reader.readuntil(b"\\r\\n\\r\\n")\n', "")),
        "99A not yet: Talk 1 of 2, a plain GET: sent a plain GET; expected the "
        "end; the connection was reset: it was closed before your function had "
        "read all that was sent. Is there an `await` before each `read...`?",
    ),
    (
        "99B",
        nearly(
            "99B",
            (
                "digest = hashlib.sha1((key + GUID).encode()).digest()",
                "digest = hashlib.sha1(base64.b64decode(key) + GUID.encode()).digest()",
            ),
        ),
        "99B not yet: Talk 3 of 7, the RFC's key: sent the key "
        "dGhlIHNhbXBsZSBub25jZQ==; expected Sec-WebSocket-Accept: "
        "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=; came BXhwxM0SZasKmCD9S4BfpPmCnEw=.",
    ),
    (
        "99B",
        nearly(
            "99B",
            (
                """\
    digest = hashlib.sha1((key + GUID).encode()).digest()
    accept = base64.b64encode(digest).decode()
""",
                "    accept = hashlib.sha1((key + GUID).encode()).hexdigest()\n",
            ),
        ),
        "99B not yet: Talk 3 of 7, the RFC's key: sent the key "
        "dGhlIHNhbXBsZSBub25jZQ==; expected Sec-WebSocket-Accept: "
        "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=; came "
        "b37a4f2cc0624f1690f64606cf385945b2bec4ea.",
    ),
    (
        "99B",
        nearly(
            "99B",
            (
                "headers = {name.strip().lower(): value.strip() for name, _, value in lines}",
                "headers = {name.strip(): value.strip() for name, _, value in lines}",
            ),
        ),
        "99B not yet: Talk 3 of 7, the RFC's key: sent an opening handshake; "
        "expected `HTTP/1.1 101 ...`; came `HTTP/1.1 400 Bad Request`.",
    ),
    (
        "99B",
        nearly(
            "99B",
            (
                'if key is None or headers.get("upgrade", "").lower() != "websocket":',
                'if headers.get("upgrade", "").lower() != "websocket":',
            ),
            (
                "digest = hashlib.sha1((key + GUID).encode()).digest()",
                "digest = hashlib.sha1((str(key) + GUID).encode()).digest()",
            ),
        ),
        "99B not yet: Talk 5 of 7, no key: sent an upgrade without "
        "Sec-WebSocket-Key; expected `HTTP/1.1 400 ...`; came `HTTP/1.1 101 "
        "Switching Protocols`.",
    ),
    (
        "99B",
        nearly(
            "99B",
            (
                "101 Switching Protocols",
                "200 OK",
            ),
        ),
        "99B not yet: Talk 3 of 7, the RFC's key: sent an opening handshake; "
        "expected `HTTP/1.1 101 ...`; came `HTTP/1.1 200 OK`.",
    ),
    (
        "99B",
        nearly(
            "99B",
            (
                'writer.write(f"{OPENING}Sec-WebSocket-Accept: {accept}\\r\\n\\r\\n".encode())',
                'writer.write(f"{OPENING}Sec-WebSocket-Accept: '
                's3pPLMBiTxaQ9kYGzzhZRbK+xOo=\\r\\n\\r\\n".encode())',
            ),
        ),
        "99B not yet: Talk 4 of 7, another key: sent the key "
        "x3JJHMbDL1EzLkh9GBhXDw==; expected Sec-WebSocket-Accept: "
        "HSmrc0sMlYUkAGmm5OPpG2HaGWk=; came s3pPLMBiTxaQ9kYGzzhZRbK+xOo=.",
    ),
    (
        "99B",
        nearly(
            "99B",
            (
                'if key is None or headers.get("upgrade", "").lower() != "websocket":',
                "if key is None:",
            ),
        ),
        "99B not yet: Talk 6 of 7, no Upgrade: sent a request with a key, and "
        "without Upgrade; expected `HTTP/1.1 400 ...`; came `HTTP/1.1 101 "
        "Switching Protocols`.",
    ),
    (
        "99C",
        nearly(
            "99C",
            (
                "payload = bytes(byte ^ key[i % 4] for i, byte in enumerate(masked))",
                "payload = masked",
            ),
        ),
        "99C not yet: Talk 8 of 10, Hello: sent a masked text frame of 5 bytes, "
        "'Hello'; expected its echo, not masked, 81 05 48 65 6c 6c 6f; came 81 05 "
        "7f 9f 4d 51 58. Byte 2 is the first that differs: 7f, expected 48.",
    ),
    (
        "99C",
        nearly(
            "99C",
            (
                "payload = bytes(byte ^ key[i % 4] for i, byte in enumerate(masked))",
                "payload = bytes(byte ^ key[0] for i, byte in enumerate(masked))",
            ),
        ),
        "99C not yet: Talk 8 of 10, Hello: sent a masked text frame of 5 bytes, "
        "'Hello'; expected its echo, not masked, 81 05 48 65 6c 6c 6f; came 81 05 "
        "48 a8 7a 66 6f. Byte 3 is the first that differs: a8, expected 65.",
    ),
    (
        "99C",
        nearly(
            "99C",
            (
                "return bytes([128 | opcode, len(payload)]) + payload",
                "return bytes([128 | opcode, 128 | len(payload)]) + b'\\0\\0\\0\\0' + payload",
            ),
        ),
        "99C not yet: Talk 8 of 10, Hello: sent a masked text frame of 5 bytes, "
        "'Hello'; expected its echo, not masked, 81 05 48 65 6c 6c 6f; came 81 85 "
        "00 00 00 00 48. Byte 1 is the first that differs: 85, expected 05.",
    ),
    (
        "99C",
        nearly(
            "99C",
            (
                "return bytes([128 | opcode, len(payload)]) + payload",
                "return bytes([opcode, len(payload)]) + payload",
            ),
        ),
        "99C not yet: Talk 8 of 10, Hello: sent a masked text frame of 5 bytes, "
        "'Hello'; expected its echo, not masked, 81 05 48 65 6c 6c 6f; came 01 05 "
        "48 65 6c 6c 6f. Byte 0 is the first that differs: 01, expected 81.",
    ),
    (
        "99C",
        nearly(
            "99C",
            (
                """\
        while True:
            fin, opcode, payload = await read_frame(reader)
            writer.write(make_frame(opcode, payload))
""",
                """\
        fin, opcode, payload = await read_frame(reader)
        writer.write(make_frame(opcode, payload))
""",
            ),
        ),
        "99C not yet: Talk 9 of 10, two messages: sent a masked text frame of 5 "
        "bytes, 'Hello'; expected its echo, not masked, 81 05 48 65 6c 6c 6f; the "
        "connection ended, and so had your function.",
    ),
    (
        "99C",
        nearly(
            "99C",
            (
                "    if await shake_hands(reader, writer):\n",
                """\
    if await shake_hands(reader, writer):
        writer.close()
""",
            ),
        ),
        "99C not yet: Talk 8 of 10, Hello: sent a masked text frame of 5 bytes, "
        "'Hello'; expected its echo, not masked, 81 05 48 65 6c 6c 6f; the "
        "connection ended, and so had your function.",
    ),
    (
        "99D",
        nearly("99D", ("if length == 126:", "if length == 126 and False:")),
        "99D not yet: Talk 12 of 15, 126 bytes: sent a masked text frame of 126 "
        "bytes; expected its echo, not masked, 81 7e 00 7e 79 79 79 79 79 79 79 79 "
        "79 79 79 79 … (130 bytes); came 81 7e 00 7e 21 43 79 79 58 3a 79 79 58 3a "
        "79 79 … (130 bytes). Byte 4 is the first that differs: 21, expected 79.",
    ),
    (
        "99D",
        nearly(
            "99D",
            (
                'length = int.from_bytes(await reader.readexactly(2), "big")',
                'length = int.from_bytes(await reader.readexactly(2), "little")',
            ),
        ),
        "99D not yet: Talk 12 of 15, 126 bytes: sent a masked text frame of 126 "
        "bytes; expected its echo, not masked, 81 7e 00 7e 79 79 79 79 79 79 79 79 "
        "79 79 79 79 … (130 bytes); nothing came.",
    ),
    (
        "99D",
        nearly("99D", ("if size < 126:", "if size <= 126:")),
        "99D not yet: Talk 12 of 15, 126 bytes: sent a masked text frame of 126 "
        "bytes; expected its echo, not masked, 81 7e 00 7e 79 79 79 79 79 79 79 79 "
        "79 79 79 79 … (130 bytes); came 81 7e 79 79 79 79 79 79 79 79 79 79 79 79 "
        "79 79 … (128 bytes). Byte 2 is the first that differs: 79, expected 00.",
    ),
    (
        "99D",
        nearly("99D", ("elif size < 65536:", "elif size < 65535:")),
        "99D not yet: Talk 14 of 15, 65,535 bytes: sent a masked binary frame of "
        "65,535 bytes; expected its echo, not masked, 82 7e ff ff 00 00 00 00 00 "
        "00 00 00 00 00 00 00 … (65,539 bytes); came 82 7f 00 00 00 00 00 00 ff ff "
        "00 00 00 00 00 00 … (65,539 bytes). Byte 1 is the first that differs: 7f, "
        "expected 7e.",
    ),
    (
        "99D",
        nearly(
            "99D",
            (
                'length = int.from_bytes(await reader.readexactly(8), "big")',
                'length = int.from_bytes(await reader.readexactly(4), "big")',
            ),
        ),
        "99D not yet: Talk 15 of 15, 65,536 bytes: sent a masked binary frame of "
        "65,536 bytes; expected its echo, not masked, 82 7f 00 00 00 00 00 01 00 "
        "00 22 34 8e 08 1a 45 … (65,546 bytes); came 82 00 87 7a 8e 08 38 71 a8 43 "
        "c0 5d 26 04 28 ba … (42,109 bytes). Byte 1 is the first that differs: 00, "
        "expected 7f.",
    ),
    (
        "99D",
        nearly("99D", ("elif length == 127:", "if length == 127:")),
        "99D not yet: Talk 13 of 15, 127 bytes: sent a masked text frame of 127 "
        "bytes; expected its echo, not masked, 81 7e 00 7f 7a 7a 7a 7a 7a 7a 7a 7a "
        "7a 7a 7a 7a … (131 bytes); nothing came.",
    ),
    (
        "99E",
        nearly(
            "99E", ("writer.write(make_frame(10, payload))", "writer.write(make_frame(9, payload))")
        ),
        "99E not yet: Talk 16 of 17, a ping: sent a ping with `you there?`; "
        "expected a pong with the same, 8a 0a 79 6f 75 20 74 68 65 72 65 3f; came "
        "89 0a 79 6f 75 20 74 68 65 72 65 3f. Byte 0 is the first that differs: "
        "89, expected 8a.",
    ),
    (
        "99E",
        nearly(
            "99E", ("writer.write(make_frame(10, payload))", "writer.write(make_frame(10, b''))")
        ),
        "99E not yet: Talk 16 of 17, a ping: sent a ping with `you there?`; "
        "expected a pong with the same, 8a 0a 79 6f 75 20 74 68 65 72 65 3f; came "
        "8a 00. Byte 1 is the first that differs: 00, expected 0a.",
    ),
    (
        "99E",
        nearly("99E", ("elif opcode < 8:", "else:")),
        "99E not yet: Talk 17 of 17, a pong: sent a pong, and then hi; expected "
        "the echo of hi alone, 81 02 68 69; came 8a 00 81 02. Byte 0 is the first "
        "that differs: 8a, expected 81.",
    ),
    (
        "99E",
        nearly(
            "99E",
            (
                """\
            if opcode == 9:
                writer.write(make_frame(10, payload))
            elif opcode < 8:
""",
                "            if opcode < 8:\n",
            ),
        ),
        "99E not yet: Talk 16 of 17, a ping: sent a ping with `you there?`; "
        "expected a pong with the same, 8a 0a 79 6f 75 20 74 68 65 72 65 3f; "
        "nothing came.",
    ),
    (
        "99F",
        nearly(
            "99F",
            (
                """\
                if fin:
                    writer.write(make_frame(kind, message))
                    kind, message = None, b""
""",
                "                writer.write(make_frame(kind, payload))\n",
            ),
        ),
        "99F not yet: Talk 18 of 20, two fragments: sent Hel and lo as fragments; "
        "expected one frame, Hello, 81 05 48 65 6c 6c 6f; came 81 03 48 65 6c 81 "
        "02. Byte 1 is the first that differs: 03, expected 05.",
    ),
    (
        "99F",
        nearly(
            "99F",
            (
                "writer.write(make_frame(kind, message))",
                "writer.write(make_frame(opcode, message))",
            ),
        ),
        "99F not yet: Talk 18 of 20, two fragments: sent Hel and lo as fragments; "
        "expected one frame, Hello, 81 05 48 65 6c 6c 6f; came 80 05 48 65 6c 6c "
        "6f. Byte 0 is the first that differs: 80, expected 81.",
    ),
    (
        "99F",
        nearly(
            "99F",
            ("writer.write(make_frame(kind, message))", "writer.write(make_frame(1, message))"),
        ),
        "99F not yet: Talk 14 of 20, 65,535 bytes: sent a masked binary frame of "
        "65,535 bytes; expected its echo, not masked, 82 7e ff ff 00 00 00 00 00 "
        "00 00 00 00 00 00 00 … (65,539 bytes); came 81 7e ff ff 00 00 00 00 00 00 "
        "00 00 00 00 00 00 … (65,539 bytes). Byte 0 is the first that differs: 81, "
        "expected 82.",
    ),
    (
        "99F",
        nearly(
            "99F",
            (
                "                writer.write(make_frame(10, payload))\n",
                """\
                writer.write(make_frame(10, payload))
                message = b""
""",
            ),
        ),
        "99F not yet: Talk 19 of 20, a ping between: sent Hel, a ping, and lo; "
        "expected the pong, then Hello, 8a 0a 79 6f 75 20 74 68 65 72 65 3f 81 05 "
        "48 65 … (19 bytes); came 8a 0a 79 6f 75 20 74 68 65 72 65 3f 81 02 6c 6f. "
        "Byte 13 is the first that differs: 02, expected 05.",
    ),
    (
        "99F",
        nearly(
            "99F",
            (
                '                    kind, message = None, b""\n',
                "                    kind = None\n",
            ),
        ),
        "99F not yet: Talk 9 of 20, two messages: sent a masked text frame of 5 "
        "bytes, 'Hello'; expected its echo, not masked, 81 05 48 65 6c 6c 6f; came "
        "81 07 68 69 48 65 6c. Byte 1 is the first that differs: 07, expected 05.",
    ),
    (
        "99G",
        nearly(
            "99G",
            (
                "writer.write(make_frame(8, payload[:2]))",
                "writer.write(make_frame(8, payload[2:]))",
            ),
        ),
        "99G not yet: Talk 21 of 23, a close frame: sent a close frame with 1000; "
        "expected a close frame with 1000; came 88 03 62 79 65, a close frame with "
        "25209.",
    ),
    (
        "99G",
        nearly(
            "99G",
            (
                "writer.write(make_frame(8, payload[:2]))",
                "writer.write(make_frame(8, b'\\x03\\xe8'))",
            ),
        ),
        "99G not yet: Talk 22 of 23, a close frame without a code: sent an empty "
        "close frame; expected an empty close frame, 88 00; came 88 02. Byte 1 is "
        "the first that differs: 02, expected 00.",
    ),
    (
        "99G",
        nearly("99G", ("                break\n", "")),
        "99G not yet: Talk 21 of 23, a close frame: sent a close frame with 1000; "
        "expected the end of the connection; it is still open: `writer.close()`.",
    ),
    (
        "99G",
        nearly(
            "99G",
            (
                """\
            if opcode == 8:
                writer.write(make_frame(8, payload[:2]))
                break
""",
                "",
            ),
        ),
        "99G not yet: Talk 21 of 23, a close frame: sent a close frame with 1000; "
        "expected a close frame with 1000; nothing came.",
    ),
    (
        "99H",
        nearly(
            "99H",
            (
                "if first & 112 or opcode not in (0, 1, 2, 8, 9, 10) or not second & 128:",
                "if first & 112 or opcode not in (0, 1, 2, 8, 9, 10):",
            ),
        ),
        "99H not yet: Talk 24 of 38, a frame without a mask: sent Hello, not "
        "masked; expected a close frame with 1002; nothing came.",
    ),
    (
        "99H",
        nearly(
            "99H",
            (
                "if first & 112 or opcode not in (0, 1, 2, 8, 9, 10) or not second & 128:",
                "if opcode not in (0, 1, 2, 8, 9, 10) or not second & 128:",
            ),
        ),
        "99H not yet: Talk 25 of 38, a reserved bit: sent RSV2; expected a close "
        "frame with 1002; came 81 01 61, a text frame.",
    ),
    (
        "99H",
        nearly(
            "99H",
            (
                """\
            if (opcode == 0) == (kind is None):
                raise Fault(1002)
""",
                "",
            ),
        ),
        "99H not yet: Talk 29 of 38, a lone continuation: sent a continuation of "
        "nothing; expected a close frame with 1002; came 80 02 6c 6f, a "
        "continuation frame.",
    ),
    (
        "99H",
        nearly(
            "99H",
            (
                """\
                if kind == 1:
                    message.decode()
""",
                "",
            ),
        ),
        "99H not yet: Talk 33 of 38, text that is none: sent the byte ff as text; "
        "expected a close frame with 1007; came 81 01 ff, a text frame.",
    ),
    (
        "99H",
        nearly(
            "99H",
            (
                "if control and (length > 125 or not first & 128):",
                "if control and (not first & 128):",
            ),
        ),
        "99H not yet: Talk 32 of 38, a long ping: sent a ping of 126 bytes; "
        "expected a close frame with 1002; came 8a 7e 00 7e 00 00 00 00 00 00 00 "
        "00 00 00 00 00 … (130 bytes), a pong frame.",
    ),
    (
        "99H",
        nearly(
            "99H",
            (
                """\
    if length > LIMIT:
        raise Fault(1009)
""",
                "",
            ),
        ),
        "99H not yet: Talk 35 of 38, a giant: sent a header that promises a "
        "terabyte; expected a close frame with 1009; nothing came.",
    ),
    (
        "99H",
        nearly(
            "99H",
            (
                'writer.write(make_frame(8, (1007).to_bytes(2, "big")))',
                'writer.write(make_frame(8, (1002).to_bytes(2, "big")))',
            ),
        ),
        "99H not yet: Talk 33 of 38, text that is none: sent the byte ff as text; "
        "expected a close frame with 1007; came 88 02 03 ea, a close frame with "
        "1002.",
    ),
    (
        "99H",
        nearly(
            "99H",
            (
                """\
            if len(message) > LIMIT:
                raise Fault(1009)
""",
                "",
            ),
        ),
        "99H not yet: Talk 36 of 38, fragments without an end: sent fragments of "
        "together 1,048,577 bytes; expected a close frame with 1009; nothing came.",
    ),
    (
        "99H",
        nearly(
            "99H",
            (
                """\
        except asyncio.IncompleteReadError:
            pass
""",
                "",
            ),
        ),
        "99H not yet: Talk 37 of 38, half a frame: your function raised "
        "IncompleteReadError, which nobody caught: `except "
        "asyncio.IncompleteReadError`.",
    ),
]
