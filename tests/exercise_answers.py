"""Known wrong answers: what a learner may write, and the sentence that it earns, word for word."""

from __future__ import annotations

HASH = """\
import base64, hashlib
GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
def accept(key):
    """


def request(*changes: tuple[str, str]) -> str:
    return _changed(REQUEST, changes)


def parse(*changes: tuple[str, str]) -> str:
    return _changed(PARSE, changes)


def masking(mix: str) -> str:
    return f"{UNMASK}return bytes({mix} for i, byte in enumerate(payload))"


def faults(**given: str) -> str:
    right = {"A": "Connection", "B": "Sec-WebSocket-Key", "C": "Sec-WebSocket-Version", "D": "200"}
    return f"faults = {right | given}"


def _changed(source: str, changes: tuple[tuple[str, str], ...]) -> str:
    for right, wrong in changes:
        assert right in source, right
        source = source.replace(right, wrong)
    return source


REQUEST = r"""def build_request(host, path, key):
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        "",
        "",
    ]
    return "\r\n".join(lines).encode()
"""

UNMASK = """\
def unmask(payload, key):
    """

PARSE = """\
def parse_header(data):
    if len(data) < 2:
        return None
    fin = data[0] >> 7 == 1
    opcode = data[0] & 0b0000_1111
    masked = data[1] >> 7 == 1
    length, size = data[1] & 0b0111_1111, 2
    if length == 126:
        length, size = int.from_bytes(data[2:4], "big"), 4
    elif length == 127:
        length, size = int.from_bytes(data[2:10], "big"), 10
    if masked:
        size += 4
    if len(data) < size:
        return None
    return fin, opcode, masked, length, size"""

READ_16_BITS = """\
    if length == 126:
        length, size = int.from_bytes(data[2:4], "big"), 4
"""

READ_64_BITS = """\
    elif length == 127:
        length, size = int.from_bytes(data[2:10], "big"), 10
"""

CHECK_2_BYTES = """\
    if len(data) < 2:
        return None
"""
KNOWN_WRONG = [
    (
        "0A",
        "size_in_bytes = len('héllo')",
        "0A not yet: `size_in_bytes` is 5. That counts the characters; a WebSocket carries "
        "bytes, and é takes more than one.",
    ),
    (
        "0A",
        "size_in_bytes = len('héllo'.encode('utf-16-le'))",
        "0A not yet: `size_in_bytes` is 10. That is UTF-16, two bytes for each of these "
        "characters; a WebSocket's text is UTF-8.",
    ),
    (
        "0A",
        "size_in_bytes = len('héllo'.encode('utf-16'))",
        "0A not yet: `size_in_bytes` is 12. That is UTF-16 with its byte order mark; a "
        "WebSocket's text is UTF-8, without a mark.",
    ),
    (
        "0A",
        "size_in_bytes = 4 * len('héllo')",
        "0A not yet: `size_in_bytes` is 20. That is UTF-32, four bytes for each character; a "
        "WebSocket's text is UTF-8.",
    ),
    (
        "0A",
        "size_in_bytes = 8 * len('héllo'.encode())",
        "0A not yet: `size_in_bytes` is 48. That counts the bits; a byte has 8 of them.",
    ),
    (
        "0A",
        "size_in_bytes = 2 + len('héllo'.encode())",
        "0A not yet: `size_in_bytes` is 8. That is the length of the whole unmasked frame; the "
        "payload alone is 2 bytes shorter.",
    ),
    (
        "0A",
        "size_in_bytes = 'héllo'.encode()",
        "0A not yet: `size_in_bytes` holds the bytes themselves; `len(...)` counts them.",
    ),
    (
        "0A",
        "size_in_bytes = '6'",
        "0A not yet: `size_in_bytes` is '6', a str; put a whole number there, an int.",
    ),
    (
        "0A",
        "size_in_bytes = 6.0",
        "0A not yet: `size_in_bytes` is 6.0, a float; put a whole number there, an int.",
    ),
    (
        "0A",
        "size_in_bytes = True",
        "0A not yet: `size_in_bytes` is True, a bool; put a whole number there, an int.",
    ),
    (
        "0A",
        "size_in_bytes = 7",
        "0A not yet: `size_in_bytes` is 7. Let Python encode the text and count the bytes.",
    ),
    (
        "0A",
        "size_in_bytes = len",
        "0A not yet: `size_in_bytes` is a function; put the number itself there.",
    ),
    (
        "2A",
        HASH + "return hashlib.sha1((key + GUID).encode()).hexdigest()",
        "2A not yet: `accept('dGhlIHNhbXBsZSBub25jZQ==')` gave "
        "'b37a4f2cc0624f1690f64606cf385945b2bec4ea', expected 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='. "
        "That is the digest in hex; the header carries its 20 bytes in base64.",
    ),
    (
        "2A",
        HASH
        + (
            "return base64.b64encode(hashlib.sha1((key + "
            "GUID).encode()).hexdigest().encode()).decode()"
        ),
        "2A not yet: `accept('dGhlIHNhbXBsZSBub25jZQ==')` gave "
        "'YjM3YTRmMmNjMDYyNGYxNjkwZjY0NjA2Y2YzODU5NDViMmJlYzRlYQ==', expected "
        "'s3pPLMBiTxaQ9kYGzzhZRbK+xOo='. That is base64 of the hex text; encode `digest()`, "
        "the 20 bytes, not `hexdigest()`.",
    ),
    (
        "2A",
        HASH + "return hashlib.sha1((key + GUID).encode()).digest()",
        "2A not yet: `accept('dGhlIHNhbXBsZSBub25jZQ==')` gave b3 7a 4f 2c c0 62 4f 16 90 f6 "
        "46 06 cf 38 59 45 … (20 bytes), bytes; expected 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=', a "
        "str. Those are the 20 bytes of the digest; the header carries them in base64.",
    ),
    (
        "2A",
        HASH + "return base64.b64encode(hashlib.sha1((GUID + key).encode()).digest()).decode()",
        "2A not yet: `accept('dGhlIHNhbXBsZSBub25jZQ==')` gave '2OZf2Seed9yzIpkj+zvC9KS9Mjw=', "
        "expected 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='. The GUID stands before the key there; the "
        "key comes first.",
    ),
    (
        "2A",
        HASH
        + (
            "return base64.b64encode(hashlib.sha1(base64.b64decode(key) + "
            "GUID.encode()).digest()).decode()"
        ),
        "2A not yet: `accept('dGhlIHNhbXBsZSBub25jZQ==')` gave 'BXhwxM0SZasKmCD9S4BfpPmCnEw=', "
        "expected 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='. The key was decoded first; its 24 characters "
        "are hashed as they stand in the header.",
    ),
    (
        "2A",
        HASH + "return base64.b64encode(hashlib.sha1((key + GUID).encode()).digest())",
        "2A not yet: `accept('dGhlIHNhbXBsZSBub25jZQ==')` gave 73 33 70 50 4c 4d 42 69 54 78 "
        "61 51 39 6b 59 47 … (28 bytes), bytes; expected 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=', a "
        "str. The right characters, but as bytes: end with `.decode()` to make them a str.",
    ),
    (
        "2A",
        HASH + "return str(base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()))",
        "2A not yet: `accept('dGhlIHNhbXBsZSBub25jZQ==')` gave "
        "\"b's3pPLMBiTxaQ9kYGzzhZRbK+xOo='\", expected 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='. That "
        "is the printout of bytes, b and quotes included: `.decode()` them, not `str()`.",
    ),
    (
        "2A",
        HASH + ("return base64.b64encode(hashlib.sha256((key + GUID).encode()).digest()).decode()"),
        "2A not yet: `accept('dGhlIHNhbXBsZSBub25jZQ==')` gave "
        "'c8qeCxwB8sJPxkSckeL76bKL7f642+KYzDiR7EbKyTY=', expected "
        "'s3pPLMBiTxaQ9kYGzzhZRbK+xOo='. That hashes with SHA-256; RFC 6455 §4.2.2 asks for "
        "SHA-1.",
    ),
    (
        "2A",
        HASH + "return base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()",
        "2A not yet: `accept('dGhlIHNhbXBsZSBub25jZQ==')` gave 'hHLtf2V1k8aDQZfNjw3Ia1hCwt0=', "
        "expected 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='. The GUID is missing: the key and the GUID "
        "are joined, then hashed.",
    ),
    (
        "2A",
        HASH
        + (
            "return base64.b64encode(hashlib.sha1((key + GUID.lower()).encode()).digest()).decode()"
        ),
        "2A not yet: `accept('dGhlIHNhbXBsZSBub25jZQ==')` gave 'WJfwerbIozKsJXHxxI0JTO1SQgU=', "
        "expected 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='. The GUID is in lower case there; hashed text "
        "has to match letter by letter.",
    ),
    (
        "2A",
        HASH
        + (
            "return base64.urlsafe_b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()"
        ),
        "2A not yet: `accept('dGhlIHNhbXBsZSBub25jZQ==')` gave 's3pPLMBiTxaQ9kYGzzhZRbK-xOo=', "
        "expected 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='. That is base64 for URLs, with - and _; the "
        "header takes the standard one, + and /.",
    ),
    (
        "2A",
        HASH + ("return base64.encodebytes(hashlib.sha1((key + GUID).encode()).digest()).decode()"),
        "2A not yet: `accept('dGhlIHNhbXBsZSBub25jZQ==')` gave "
        "'s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\\n', expected 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='. There is "
        "a line end at its end: `base64.b64encode` adds none, `encodebytes` does.",
    ),
    (
        "2A",
        HASH + "return 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='",
        "2A not yet: `accept('IjSOCBpFqEPiaSYECo7TVg==')` gave 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=', "
        "expected 'r2pHAxiylo6dqxz9GNmH03gwhOU='. The answer of the RFC's example is right for "
        "the example's key alone.",
    ),
    (
        "2A",
        HASH + "return base64.b64encode(hashlib.sha1(key + GUID).digest()).decode()",
        "2A not yet: `accept('dGhlIHNhbXBsZSBub25jZQ==')` raised TypeError in line 4 of its "
        "cell: Strings must be encoded before hashing. Python hashes bytes: `.encode()` the "
        "text first.",
    ),
    (
        "2A",
        HASH + "print(base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode())",
        "2A not yet: `accept('dGhlIHNhbXBsZSBub25jZQ==')` printed something and returned None: "
        "put `return` where `print` is.",
    ),
    (
        "2A",
        HASH + "return key",
        "2A not yet: `accept('dGhlIHNhbXBsZSBub25jZQ==')` gave 'dGhlIHNhbXBsZSBub25jZQ==', "
        "expected 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='.",
    ),
    (
        "2A",
        "def accept():\n    return 'key'",
        "2A not yet: `accept('dGhlIHNhbXBsZSBub25jZQ==')` raised TypeError: accept() takes 0 "
        "positional arguments but 1 was given.",
    ),
    (
        "2A",
        "async def accept(key):\n    return key",
        "2A not yet: `accept('dGhlIHNhbXBsZSBub25jZQ==')` gave a coroutine: write `def accept` "
        "without `async`.",
    ),
    (
        "2A",
        "def accept(key):\n    yield key",
        "2A not yet: `accept('dGhlIHNhbXBsZSBub25jZQ==')` gave a generator: use `return` in "
        "place of `yield`.",
    ),
    (
        "2A",
        "accept = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='",
        "2A not yet: `accept` is a str, not a function: run the cell that starts with `def "
        "accept`.",
    ),
    (
        "2B",
        faults(A="Upgrade"),
        "2B not yet: A isn't broken by 'Upgrade': `Upgrade: websocket` is as it should be; "
        "another header has to name it.",
    ),
    (
        "2B",
        faults(A="Sec-WebSocket-Key"),
        "2B not yet: A isn't broken by 'Sec-WebSocket-Key': that key is the RFC's own example, "
        "16 bytes in base64.",
    ),
    (
        "2B",
        faults(B="connection"),
        "2B not yet: B isn't broken by 'connection': `keep-alive, Upgrade` is a list with "
        "`Upgrade` in it, and that will do.",
    ),
    (
        "2B",
        faults(B="host: localhost:4000"),
        "2B not yet: B isn't broken by 'host: localhost:4000': header names are compared "
        "without case, so `host` is as good as `Host`.",
    ),
    (
        "2B",
        faults(B="Sec-WebSocket-Version"),
        "2B not yet: B isn't broken by 'Sec-WebSocket-Version': 13 is the version of RFC 6455, "
        "and order doesn't count.",
    ),
    (
        "2B",
        faults(C="Upgrade"),
        "2B not yet: C isn't broken by 'Upgrade': `WebSocket` is compared without case, so it "
        "is as good as `websocket`.",
    ),
    (
        "2B",
        faults(C="Origin"),
        "2B not yet: C isn't broken by 'Origin': every browser sends `Origin`, and this one is "
        "the server's own.",
    ),
    (
        "2B",
        faults(D="Sec-WebSocket-Accept"),
        "2B not yet: D isn't broken by 'Sec-WebSocket-Accept': that accept key is right for "
        "the RFC's key; look further up.",
    ),
    (
        "2B",
        faults(D="Connection"),
        "2B not yet: D isn't broken by 'Connection': `Connection: Upgrade` is as it should be; "
        "look further up.",
    ),
    (
        "2B",
        faults(D="Upgrade"),
        "2B not yet: D isn't broken by 'Upgrade': `Upgrade: websocket` is as it should be; "
        "look further up.",
    ),
    (
        "2B",
        faults(C="Sec-WebSocket-Key"),
        "2B not yet: C isn't broken by 'Sec-WebSocket-Key': compare each line with those of "
        "RFC 6455 §1.2.",
    ),
    (
        "2B",
        (
            "faults = {'A': 'Connection', 'B': 'Sec-WebSocket-Key', 'C': "
            "'Sec-WebSocket-Version', 'D': ...}"
        ),
        '2B not yet: `faults["D"]` is still open: which line of D is at fault?',
    ),
    (
        "2B",
        ("faults = {'A': 'Connection', 'B': 16, 'C': 'Sec-WebSocket-Version', 'D': 'status line'}"),
        '2B not yet: `faults["B"]` is an int; put the name of a header there, a str.',
    ),
    (
        "2B",
        "faults = ['Connection', 'Sec-WebSocket-Key', 'Sec-WebSocket-Version', 'status line']",
        '2B not yet: `faults` is a list; make it a dict: `{"A": "...", "B": ...}`.',
    ),
    (
        "2B",
        "faults = {'a': 'Connection'}",
        '2B not yet: `faults["A"]` is still open: which line of A is at fault?',
    ),
    (
        "2C",
        request((".encode()", "")),
        "2C not yet: `build_request('localhost:4000', '/echo', 'dGhlIHNhbXBsZSBub25jZQ==')` "
        "gave a str; a socket takes bytes: end with `.encode()`.",
    ),
    (
        "2C",
        request(("\\r\\n", "\\n")),
        "2C not yet: `build_request('localhost:4000', '/echo', 'dGhlIHNhbXBsZSBub25jZQ==')` "
        "has a line that ends in \\n alone; HTTP/1.1 ends each line with \\r\\n.",
    ),
    (
        "2C",
        request(('        "",\n        "",\n', "")),
        "2C not yet: `build_request('localhost:4000', '/echo', 'dGhlIHNhbXBsZSBub25jZQ==')` "
        "has no empty line at its end: the head ends with \\r\\n\\r\\n.",
    ),
    (
        "2C",
        request(("GET {path}", "GET ws://{host}{path}")),
        "2C not yet: `build_request('localhost:4000', '/echo', 'dGhlIHNhbXBsZSBub25jZQ==')` "
        "starts with 'GET ws://localhost:4000/echo HTTP/1.1', expected 'GET /echo HTTP/1.1'.",
    ),
    (
        "2C",
        request(('        "Sec-WebSocket-Version: 13",\n', "")),
        "2C not yet: `build_request('localhost:4000', '/echo', 'dGhlIHNhbXBsZSBub25jZQ==')` "
        "has no header `Sec-WebSocket-Version`.",
    ),
    (
        "2C",
        request(("Version: 13", "Version: 8")),
        "2C not yet: `build_request('localhost:4000', '/echo', 'dGhlIHNhbXBsZSBub25jZQ==')` "
        "says `Sec-WebSocket-Version: 8`, expected `Sec-WebSocket-Version: 13`.",
    ),
    (
        "2C",
        request(("Connection: Upgrade", "Connection: keep-alive")),
        "2C not yet: `build_request('localhost:4000', '/echo', 'dGhlIHNhbXBsZSBub25jZQ==')` "
        "says `Connection: keep-alive`, expected `Connection: Upgrade`.",
    ),
    (
        "2C",
        request(("Upgrade: websocket", "Upgrade: h2c")),
        "2C not yet: `build_request('localhost:4000', '/echo', 'dGhlIHNhbXBsZSBub25jZQ==')` "
        "says `Upgrade: h2c`, expected `Upgrade: websocket`.",
    ),
    (
        "2C",
        request(("Host: {host}", "Host {host}")),
        "2C not yet: `build_request('localhost:4000', '/echo', 'dGhlIHNhbXBsZSBub25jZQ==')` "
        "has no header `Host`.",
    ),
    (
        "2C",
        request(("Key: {key}", "Key: {key.lower()}")),
        "2C not yet: `build_request('localhost:4000', '/echo', 'dGhlIHNhbXBsZSBub25jZQ==')` "
        "says `Sec-WebSocket-Key: dghlihnhbxbszsbub25jzq==`, expected `Sec-WebSocket-Key: "
        "dGhlIHNhbXBsZSBub25jZQ==`.",
    ),
    (
        "2C",
        request((".encode()", ".split()")),
        "2C not yet: `build_request('localhost:4000', '/echo', 'dGhlIHNhbXBsZSBub25jZQ==')` "
        "gave ['GET', '/echo', 'HTTP/1.1', 'Host:', 'localhost:4000', 'Upgrade:', …]; expected "
        "bytes.",
    ),
    (
        "2C",
        request(
            ('        "",\n        "",\n', '        "",\n        "Hello",\n' + 2 * '        "",\n')
        ),
        "2C not yet: `build_request('localhost:4000', '/echo', 'dGhlIHNhbXBsZSBub25jZQ==')` "
        "carries 9 bytes more after the empty line.",
    ),
    (
        "3A",
        masking("byte ^ key[0]"),
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave 48 a8 7a 66 6f, expected 48 65 "
        "6c 6c 6f. That uses the key's first byte for all; byte i of the payload takes byte `i "
        "% 4`.",
    ),
    (
        "3A",
        masking("byte ^ key[i % 3]"),
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave 48 65 6c 66 a2, expected 48 65 "
        "6c 6c 6f. That starts the key again after 3 bytes; it has 4: `i % 4`.",
    ),
    (
        "3A",
        masking("byte ^ key[(i + 1) % 4]"),
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave 85 be 70 66 a2, expected 48 65 "
        "6c 6c 6f. That starts the key at the wrong byte: byte 0 of the payload takes byte 0 "
        "of the key.",
    ),
    (
        "3A",
        UNMASK + "return bytes(a ^ b for a, b in zip(payload, key))",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave 48 65 6c 6c, expected 48 65 6c "
        "6c 6f. The payload ends where the key does (`zip` stops there); start the key again: "
        "`key[i % 4]`.",
    ),
    (
        "3A",
        UNMASK + "return bytes(a ^ b for a, b in zip(payload, key)) + payload[4:]",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave 48 65 6c 6c 58, expected 48 65 "
        "6c 6c 6f. Only the first 4 bytes are unmasked; the key starts again for each 4: `i % "
        "4`.",
    ),
    (
        "3A",
        masking("byte ^ key[i]"),
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` raised IndexError in line 2 of its "
        "cell: index out of range. If that index goes into the key: it has 4 bytes and starts "
        "again, `i % 4`.",
    ),
    (
        "3A",
        masking("(byte + key[i % 4]) % 256"),
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave b6 99 6e 8e 8f, expected 48 65 "
        "6c 6c 6f. That adds the key; masking is XOR, which is `^` in Python.",
    ),
    (
        "3A",
        masking("byte + key[i % 4]"),
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` raised ValueError in line 2 of its "
        "cell: bytes must be in range(0, 256). A sum can leave the range of a byte; masking is "
        "XOR, which is `^` in Python.",
    ),
    (
        "3A",
        masking("(byte - key[i % 4]) % 256"),
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave 48 a5 2c 14 21, expected 48 65 "
        "6c 6c 6f. That subtracts the key; masking is XOR, which is `^` in Python.",
    ),
    (
        "3A",
        masking("byte & key[i % 4]"),
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave 37 9a 01 11 10, expected 48 65 "
        "6c 6c 6f. That is AND, `&`; masking is XOR, which is `^` in Python.",
    ),
    (
        "3A",
        masking("byte | key[i % 4]"),
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave 7f ff 6d 7d 7f, expected 48 65 "
        "6c 6c 6f. That is OR, `|`; masking is XOR, which is `^` in Python.",
    ),
    (
        "3A",
        masking("byte ^ key[3 - i % 4]"),
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave 42 be b7 66 65, expected 48 65 "
        "6c 6c 6f. The key is reversed there; its bytes count in the order of the wire.",
    ),
    (
        "3A",
        UNMASK + "return payload",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave 7f 9f 4d 51 58, expected 48 65 "
        "6c 6c 6f. That is the payload as it came, still masked.",
    ),
    (
        "3A",
        UNMASK + "return ''.join(chr(byte ^ key[i % 4]) for i, byte in enumerate(payload))",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave 'Hello', a str; expected 48 65 "
        "6c 6c 6f, bytes. The right letters, but a payload may be anything: return bytes, "
        "undecoded.",
    ),
    (
        "3A",
        UNMASK + "return [byte ^ key[i % 4] for i, byte in enumerate(payload)]",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave [72, 101, 108, 108, 111], a "
        "list; expected 48 65 6c 6c 6f, bytes. The right numbers; `bytes(...)` around the list "
        "makes bytes of them.",
    ),
    (
        "3A",
        UNMASK + "return bytearray(byte ^ key[i % 4] for i, byte in enumerate(payload))",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave a bytearray; expected 48 65 6c "
        "6c 6f, bytes. The right bytes; `bytes(...)` around them makes them unchangeable, as "
        "expected.",
    ),
    (
        "3A",
        UNMASK + "payload[0] = payload[0] ^ key[0]\n    return payload",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` raised TypeError in line 2 of its "
        "cell: 'bytes' object does not support item assignment. Bytes can't be changed in "
        "place: collect the new ones, then `bytes(...)`.",
    ),
    (
        "3A",
        UNMASK + "return bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))[:256]",
        "3A not yet: `unmask(7e d8 5a dc e4 0b e0 97 40 bf 43 b0 7b 35 31 4e … (300 bytes), 56 "
        "16 a9 0e)` gave 256 bytes, expected 300.",
    ),
    (
        "3A",
        UNMASK
        + (
            "whole = bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))\n    "
            "return whole if len(payload) <= 256 else payload"
        ),
        "3A not yet: `unmask(7e d8 5a dc e4 0b e0 97 40 bf 43 b0 7b 35 31 4e … (300 bytes), 56 "
        "16 a9 0e)` went wrong at byte 0 (the first is byte 0): gave 7e, expected 28. That is "
        "the payload as it came, still masked.",
    ),
    (
        "3A",
        UNMASK + "raise SystemExit",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` left Python in line 2 of its cell "
        "by SystemExit: use `return` to give the answer.",
    ),
    (
        "3A",
        UNMASK + "raise KeyboardInterrupt",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` was interrupted in line 2 of its "
        "cell before it answered. Is there a loop that never ends?",
    ),
    (
        "3A",
        UNMASK + "print(bytes(b ^ key[i % 4] for i, b in enumerate(payload)))",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` printed something and returned "
        "None: put `return` where `print` is.",
    ),
    (
        "3B",
        parse(("data[0] >> 7 == 1", "data[0] & 128"), ("data[1] >> 7 == 1", "data[1] & 128")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave (128, 1, 128, 5, "
        "6), expected (True, 1, True, 5, 6). fin and masked are one bit each: shift them down "
        "(`>> 7`) or compare them with 0.",
    ),
    (
        "3B",
        parse(("data[0] >> 7 == 1", "data[0] & 128")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave (128, 1, True, 5, "
        "6), expected (True, 1, True, 5, 6). fin is one bit: shift it down (`data[0] >> 7`) or "
        "compare it with 0.",
    ),
    (
        "3B",
        parse(("data[1] >> 7 == 1", "data[1] & 128")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave (True, 1, 128, 5, "
        "6), expected (True, 1, True, 5, 6). masked is one bit: shift it down (`data[1] >> 7`) "
        "or compare it with 0.",
    ),
    (
        "3B",
        parse(("data[0] & 0b0000_1111", "data[0]")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave (True, 129, True, "
        "5, 6), expected (True, 1, True, 5, 6). The opcode is the low 4 bits of byte 0; the "
        "FIN bit is still in it.",
    ),
    (
        "3B",
        parse(("data[0] & 0b0000_1111", "data[0] & 0b0111_1111")),
        "3B not yet: `parse_header(c1 07 f2 48 cd c9 c9 07 00)` gave (True, 65, False, 7, 2), "
        "expected (True, 1, False, 7, 2). The opcode is the low 4 bits of byte 0; RSV1 is "
        "still in it: `& 0b0000_1111`.",
    ),
    (
        "3B",
        parse(("data[1] & 0b0111_1111", "data[1]")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave (True, 1, True, "
        "133, 6), expected (True, 1, True, 5, 6). The MASK bit is still in the length: take "
        "the low 7 bits, `& 0b0111_1111`.",
    ),
    (
        "3B",
        parse(("    if masked:\n        size += 4\n", "")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave (True, 1, True, 5, "
        "2), expected (True, 1, True, 5, 6). A masked frame's header ends after its masking "
        "key: 4 bytes more.",
    ),
    (
        "3B",
        parse(("    if masked:\n        size += 4\n", "    size += 4\n")),
        "3B not yet: `parse_header(81 05 48 65 6c 6c 6f)` gave (True, 1, False, 5, 6), "
        "expected (True, 1, False, 5, 2). There is a masking key only if the MASK bit is 1.",
    ),
    (
        "3B",
        parse((READ_16_BITS + READ_64_BITS, "")),
        "3B not yet: `parse_header(82 7e 00 7f 00 00 00)` gave (True, 2, False, 126, 2), "
        "expected (True, 2, False, 127, 4). 126 and 127 aren't lengths: they say that the "
        "length stands in the next 2 or 8 bytes.",
    ),
    (
        "3B",
        parse(('"big"), 4', '"big"), 2'), ('"big"), 10', '"big"), 2')),
        "3B not yet: `parse_header(82 7e 00 7f 00 00 00)` gave (True, 2, False, 127, 2), "
        "expected (True, 2, False, 127, 4). The length is right; the bytes that carry it "
        "belong to the header too.",
    ),
    (
        "3B",
        parse(('"big"', '"little"')),
        "3B not yet: `parse_header(82 7e 00 7f 00 00 00)` gave (True, 2, False, 32512, 4), "
        "expected (True, 2, False, 127, 4). The length is read backwards; the network sends "
        'the high byte first: "big".',
    ),
    (
        "3B",
        parse(('data[2:10], "big"), 10', 'data[2:6], "big"), 6')),
        "3B not yet: `parse_header(82 7f 00 00 00 00 00 01 00 00 00 00 00)` gave (True, 2, "
        "False, 0, 6), expected (True, 2, False, 65536, 10). 127 says that 8 bytes carry the "
        "length; that reads 4 of them.",
    ),
    (
        "3B",
        parse(("len(data) < size", "len(data) < size + length")),
        "3B not yet: `parse_header(82 7d 00 00 00)` gave None; expected (True, 2, False, 125, "
        "2), a tuple. A header can be read before its payload is there: `header_size` bytes "
        "are enough.",
    ),
    (
        "3B",
        parse((CHECK_2_BYTES, "")),
        "3B not yet: `parse_header(b'')` raised IndexError in line 2 of its cell: index out of "
        "range. Bytes come in any portion: look at `len(data)` first, and return None to ask "
        "for more.",
    ),
    (
        "3B",
        "import struct\n"
        + parse(
            (CHECK_2_BYTES, ""),
            ("data[0] >> 7 == 1", 'struct.unpack("!BB", data[:2])[0] >> 7 == 1'),
        ),
        "3B not yet: `parse_header(b'')` raised struct.error in line 3 of its cell: unpack "
        "requires a buffer of 2 bytes. Bytes come in any portion: look at `len(data)` first, "
        "and return None to ask for more.",
    ),
    (
        "3B",
        parse(("    if len(data) < size:\n        return None\n", "")),
        "3B not yet: `parse_header(81 85)` gave (True, 1, True, 5, 6), expected None: the "
        "header isn't whole, ask for more bytes.",
    ),
    (
        "3B",
        parse((READ_16_BITS + READ_64_BITS, READ_16_BITS)),
        "3B not yet: `parse_header(82 7f 00 00 00 00 00 01 00 00 00 00 00)` gave (True, 2, "
        "False, 127, 2), expected (True, 2, False, 65536, 10). 126 and 127 aren't lengths: "
        "they say that the length stands in the next 2 or 8 bytes.",
    ),
    (
        "3B",
        parse(
            (
                "return fin, opcode, masked, length, size",
                "return [fin, opcode, masked, length, size]",
            )
        ),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave [True, 1, True, 5, "
        "6], a list; expected (True, 1, True, 5, 6), a tuple.",
    ),
    (
        "3B",
        parse(("return fin, opcode, masked, length, size", "return {'fin': fin}")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a dict; expected "
        "(True, 1, True, 5, 6), a tuple.",
    ),
    (
        "3B",
        parse(("return fin, opcode, masked, length, size", "return fin, opcode, masked, length")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave (True, 1, True, 5), "
        "expected (True, 1, True, 5, 6).",
    ),
    (
        "3B",
        parse(("return None", "return ()")),
        "3B not yet: `parse_header(b'')` gave (), expected None: the header isn't whole, ask "
        "for more bytes.",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("81 85 37 fa 21 3d 7f 9f 4d 51 58")',
        "3C not yet: 81 85 37 fa 21 3d 7f 9f 4d 51 58 is a legal text frame: which bits of "
        "byte 0 must a client leave alone, and which opcodes mean nothing?",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("01 85 37 fa 21 3d 7f 9f 4d 51 58")',
        "3C not yet: 01 85 37 fa 21 3d 7f 9f 4d 51 58 is legal: FIN 0 says that more fragments "
        "of the message follow.",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("a1 05 48 65 6c 6c 6f")',
        "3C not yet: a1 05 48 65 6c 6c 6f would be refused, but for want of a mask: the "
        "payload has to be the masked Hello.",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("81 85 00 00 00 00 48 65 6c 6c 6f")',
        "3C not yet: 81 85 00 00 00 00 48 65 6c 6c 6f is a legal text frame: which bits of "
        "byte 0 must a client leave alone, and which opcodes mean nothing?",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("a1 85 37 fa 21 3d 7f 9f 4d 51 58 81 00")',
        "3C not yet: a1 85 37 fa 21 3d 7f 9f 4d 51 58 81 00 is more than one frame: the first "
        "one ends after 11 bytes.",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("a1 86 37 fa 21 3d 7f 9f 4d 51 58")',
        "3C not yet: a1 86 37 fa 21 3d 7f 9f 4d 51 58 isn't a whole frame. Missing bytes: 1.",
    ),
    (
        "3C",
        'bad_frame = "a1 85 37 fa 21 3d 7f 9f 4d 51 58"',
        "3C not yet: `bad_frame` is a str; `bytes.fromhex(...)` makes bytes of hex digits.",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("a1 85 37 fa 21 3d 48 65 6c 6c 6f")',
        "3C not yet: a1 85 37 fa 21 3d 48 65 6c 6c 6f unmasks to 7f 9f 4d 51 58; the payload "
        "has to be Hello.",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("89 85 37 fa 21 3d 7f 9f 4d 51 58")',
        "3C not yet: 89 85 37 fa 21 3d 7f 9f 4d 51 58 is a legal ping frame: which bits of "
        "byte 0 must a client leave alone, and which opcodes mean nothing?",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("82 85 37 fa 21 3d 7f 9f 4d 51 58")',
        "3C not yet: 82 85 37 fa 21 3d 7f 9f 4d 51 58 is a legal binary frame: which bits of "
        "byte 0 must a client leave alone, and which opcodes mean nothing?",
    ),
    (
        "3C",
        "bad_frame = [0xa1, 0x85]",
        "3C not yet: `bad_frame` is a list; `bytes(...)` makes bytes of numbers.",
    ),
    (
        "3C",
        'bad_frame = b""',
        "3C not yet: b'' isn't a whole frame. Missing bytes: 2.",
    ),
    (
        "3C",
        "from hellosockets.frames import Frame\nbad_frame = Frame(bytes.fromhex('a185'))",
        "3C not yet: `bad_frame` is a Frame; its bytes are in its attribute `raw`.",
    ),
    (
        "3C",
        'bad_frame = bytearray.fromhex("a1 85 37 fa 21 3d 7f 9f 4d 51 58")',
        "3C not yet: `bad_frame` is a bytearray; `bytes(...)` makes bytes of numbers.",
    ),
]
