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

# The last lines of PARSE, without the check that comes first.
CHECK_SIZE = ("    if len(data) < size:\n        return None\n", "")

LOOP = """\
def unmask(payload, key):
    whole = b""
    for i in range(len(payload)):
        """

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
        "0A not yet: `size_in_bytes` is '6', a str; put a whole number there, an int, without "
        "quotes.",
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
        "0A not yet: `size_in_bytes` is 7. Let Python count: `encode()` gives the bytes of a "
        "text, `len()` says how many.",
    ),
    (
        "0A",
        "size_in_bytes = len",
        "0A not yet: `size_in_bytes` is a function; call it, and put the number that it "
        "returns there.",
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
        "expected 'r2pHAxiylo6dqxz9GNmH03gwhOU='. That belongs to the RFC's key, whatever key "
        "comes in: work it out from `key`.",
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
        "expected 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='. That is the key as it came: join it to the "
        "GUID, take the SHA-1 digest, and write that in base64.",
    ),
    (
        "2A",
        HASH + "return base64.b64encode(hashlib.sha1(key + GUID.encode()).digest()).decode()",
        "2A not yet: `accept('dGhlIHNhbXBsZSBub25jZQ==')` raised TypeError in line 4 of its "
        'cell: can only concatenate str (not "bytes") to str. Text and bytes can\'t be joined: '
        "join the key and the GUID first, then `.encode()` the whole.",
    ),
    (
        "2A",
        HASH + "return base64.b64encode(hashlib.sha1(key.encode() + GUID).digest()).decode()",
        "2A not yet: `accept('dGhlIHNhbXBsZSBub25jZQ==')` raised TypeError in line 4 of its "
        "cell: can't concat str to bytes. Text and bytes can't be joined: join the key and the "
        "GUID first, then `.encode()` the whole.",
    ),
    (
        "2A",
        HASH + "return base64.b64encode(hashlib.sha1((key + GUID).encode()).hexdigest()).decode()",
        "2A not yet: `accept('dGhlIHNhbXBsZSBub25jZQ==')` raised TypeError in line 4 of its "
        "cell: a bytes-like object is required, not 'str'. base64 is made of bytes: give it "
        "`digest()`, not `hexdigest()`, which is text.",
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
        "2A",
        'def accept(key):\n    return key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"\n',
        "2A not yet: `accept('dGhlIHNhbXBsZSBub25jZQ==')` gave "
        "'dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11', expected "
        "'s3pPLMBiTxaQ9kYGzzhZRbK+xOo='. That is what gets hashed: take its SHA-1 digest, "
        "and write that in base64.",
    ),
    (
        "2A",
        "import base64, hashlib\n"
        "def accept(key):\n"
        '    text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"\n'
        "    return hashlib.sha1(text.encode())\n",
        "2A not yet: `accept('dGhlIHNhbXBsZSBub25jZQ==')` gave a HASH; expected "
        "'s3pPLMBiTxaQ9kYGzzhZRbK+xOo=', a str. That is the hash itself; its method "
        "`digest()` gives the 20 bytes.",
    ),
    (
        "2A",
        "import base64, hashlib\n"
        "def accept(key):\n"
        '    text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"\n'
        "    return base64.encode(hashlib.sha1(text.encode()).digest())\n",
        "2A not yet: `accept('dGhlIHNhbXBsZSBub25jZQ==')` raised TypeError in line 4 of "
        "its cell: encode() missing 1 required positional argument: 'output'. "
        "`base64.encode` works on files; `base64.b64encode` works on bytes.",
    ),
    (
        "2B",
        faults(A="keep-alive"),
        "2B not yet: A isn't broken by 'keep-alive': if you mean the line `Connection: "
        "keep-alive`, give its name in full: `Connection`.",
    ),
    (
        "2B",
        faults(B="key"),
        "2B not yet: B isn't broken by 'key': if you mean the line `sec-websocket-key: "
        "dGhlIHNhbXBsZQ==`, give its name in full: `sec-websocket-key`.",
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
        "2B not yet: C isn't broken by 'Sec-WebSocket-Key': that line is as it should be; "
        "compare the others with a handshake that works.",
    ),
    (
        "2B",
        faults(A="Sec-WebSocket-Protocol"),
        "2B not yet: A isn't broken by 'Sec-WebSocket-Protocol': there is no such line in it, "
        "and it needs none; compare it with a handshake that works.",
    ),
    (
        "2B",
        faults(B="status line"),
        "2B not yet: B isn't broken by 'status line': it is a request, and its first line is "
        "as it should be.",
    ),
    ("2B", faults(D=" "), '2B not yet: `faults["D"]` is still open: which line of D is at fault?'),
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
        "has no empty line at its end: one \\r\\n ends the last header, and one more says that "
        "no header follows.",
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
        "has no header `Sec-WebSocket-Version`; expected a line `Sec-WebSocket-Version: 13`.",
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
        "says `Host localhost:4000`; a colon follows a header's name at once: `Host: "
        "localhost:4000`.",
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
        'gave a list; expected bytes. `"\\r\\n".join(lines).encode()` makes bytes of a list of '
        "lines.",
    ),
    (
        "2C",
        request(
            ('        "",\n        "",\n', '        "",\n        "Hello",\n' + 2 * '        "",\n')
        ),
        "2C not yet: `build_request('localhost:4000', '/echo', 'dGhlIHNhbXBsZSBub25jZQ==')` "
        "goes on for 9 bytes after the empty line; end it there.",
    ),
    (
        "2C",
        request(('return "\\r\\n".join(lines).encode()', "return lines")),
        "2C not yet: `build_request('localhost:4000', '/echo', 'dGhlIHNhbXBsZSBub25jZQ==')` "
        'gave a list; expected bytes. `"\\r\\n".join(lines).encode()` makes bytes of a list of '
        "lines.",
    ),
    (
        "2C",
        request(('        "",\n        "",\n', 3 * '        "",\n')),
        "2C not yet: `build_request('localhost:4000', '/echo', 'dGhlIHNhbXBsZSBub25jZQ==')` "
        "goes on for 2 bytes after the empty line; end it there.",
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
        "cell: index out of range. An index into the key goes from 0 to 3, `i % 4`; an index "
        "into the payload comes from `range(len(payload))`.",
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
        "6c 6c 6f, bytes. A payload may be anything, not text alone: leave out `chr` or "
        "`decode`, put the numbers in a list, and return `bytes(...)` of that list.",
    ),
    (
        "3A",
        UNMASK + "return [byte ^ key[i % 4] for i, byte in enumerate(payload)]",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave [72, 101, 108, 108, 111], a "
        "list; expected 48 65 6c 6c 6f, bytes. `bytes(...)` around it makes bytes of its "
        "numbers.",
    ),
    (
        "3A",
        UNMASK + "return bytearray(byte ^ key[i % 4] for i, byte in enumerate(payload))",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave a bytearray; expected 48 65 6c "
        "6c 6f, bytes. `bytes(...)` around it makes bytes of its numbers.",
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
        UNMASK + "return payload ^ key",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` raised TypeError in line 2 of its "
        "cell: unsupported operand type(s) for ^: 'bytes' and 'bytes'. `^` takes two numbers, "
        "and these are bytes: go byte by byte, `payload[i] ^ key[i % 4]`.",
    ),
    (
        "3A",
        UNMASK + "payload ^= key\n    return payload",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` raised TypeError in line 2 of its "
        "cell: unsupported operand type(s) for ^=: 'bytes' and 'bytes'. `^` takes two numbers, "
        "and these are bytes: go byte by byte, `payload[i] ^ key[i % 4]`.",
    ),
    (
        "3A",
        UNMASK + "return payload ^ key[0]",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` raised TypeError in line 2 of its "
        "cell: unsupported operand type(s) for ^: 'bytes' and 'int'. `^` takes two numbers, "
        "and `payload` is bytes: go byte by byte, `payload[i]`.",
    ),
    (
        "3A",
        masking("byte ^ key"),
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` raised TypeError in line 2 of its "
        "cell: unsupported operand type(s) for ^: 'int' and 'bytes'. `^` takes two numbers, "
        "and `key` is four of them: take one, `key[i % 4]`.",
    ),
    (
        "3A",
        LOOP + "return payload[i] ^ key[i % 4]",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave 72, an int; expected 48 65 6c "
        "6c 6f, bytes. That is the first byte alone. `return` ends the function, so put it "
        "after the loop, not inside it.",
    ),
    (
        "3A",
        LOOP + "return bytes([payload[i] ^ key[i % 4]])",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave 48, expected 48 65 6c 6c 6f. "
        "That is the first byte alone. `return` ends the function, so put it after the loop, "
        "not inside it.",
    ),
    (
        "3A",
        LOOP + "return [payload[i] ^ key[i % 4]]",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave [72], a list; expected 48 65 "
        "6c 6c 6f, bytes. `bytes(...)` around it makes bytes of its numbers. That is the first "
        "byte alone. `return` ends the function, so put it after the loop, not inside it.",
    ),
    (
        "3A",
        LOOP + "return chr(payload[i] ^ key[i % 4])",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave 'H', a str; expected 48 65 6c "
        "6c 6f, bytes. A payload may be anything, not text alone: leave out `chr` or `decode`, "
        "put the numbers in a list, and return `bytes(...)` of that list. That is the first "
        "byte alone. `return` ends the function, so put it after the loop, not inside it.",
    ),
    (
        "3A",
        LOOP + "return bytes(payload[i] ^ key[i % 4])",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` went wrong at byte 0 (the first is "
        "byte 0): gave 00, expected 48. `bytes(72)` is 72 bytes of zeros; `bytes([72])` is one "
        "byte, the number 72.",
    ),
    (
        "3A",
        LOOP + "whole += bytes(payload[i] ^ key[i % 4])\n    return whole",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` went wrong at byte 0 (the first is "
        "byte 0): gave 00, expected 48. `bytes(72)` is 72 bytes of zeros; `bytes([72])` is one "
        "byte, the number 72.",
    ),
    (
        "3A",
        LOOP + "whole += payload[i] ^ key[i % 4]\n    return whole",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` raised TypeError in line 4 of its "
        "cell: can't concat int to bytes. `+` joins no number to bytes or text: put the "
        "numbers in a list with `append`, and return `bytes(...)` of that list.",
    ),
    (
        "3A",
        UNMASK + "text = ''\n    text += payload[0] ^ key[0]\n    return text",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` raised TypeError in line 3 of its "
        'cell: can only concatenate str (not "int") to str. `+` joins no number to bytes or '
        "text: put the numbers in a list with `append`, and return `bytes(...)` of that list.",
    ),
    (
        "3A",
        masking("chr(byte ^ key[i % 4])"),
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` raised TypeError in line 2 of its "
        "cell: 'str' object cannot be interpreted as an integer. `bytes(...)` takes numbers: "
        "leave out `chr`.",
    ),
    (
        "3A",
        UNMASK + "return [chr(byte ^ key[i % 4]) for i, byte in enumerate(payload)]",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave ['H', 'e', 'l', 'l', 'o'], a "
        "list; expected 48 65 6c 6c 6f, bytes. Leave out `chr`: `bytes(...)` around a list of "
        "numbers makes bytes of them.",
    ),
    (
        "3A",
        UNMASK + "return [byte ^ key[0] for byte in payload]",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave [72, 168, 122, 102, 111], a "
        "list; expected 48 65 6c 6c 6f, bytes. `bytes(...)` around it makes bytes of its "
        "numbers.",
    ),
    (
        "3A",
        UNMASK + "return bytes(payload[i] ^ key[i % 4] for i in payload)",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` raised IndexError in line 2 of its "
        "cell: index out of range. An index into the key goes from 0 to 3, `i % 4`; an index "
        "into the payload comes from `range(len(payload))`.",
    ),
    (
        "3A",
        UNMASK + "return b'Hello'",
        "3A not yet: `unmask(b'', 37 fa 21 3d)` gave 48 65 6c 6c 6f, expected b''. That is "
        "Hello, whatever comes in: work it out from `payload` and `key`.",
    ),
    (
        "3A",
        UNMASK + "return 'Hello'",
        "3A not yet: `unmask(7f 9f 4d 51 58, 37 fa 21 3d)` gave 'Hello', a str; expected 48 65 "
        "6c 6c 6f, bytes. A payload may be anything, not text alone: leave out `chr` or "
        "`decode`, put the numbers in a list, and return `bytes(...)` of that list.",
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
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a wrong tuple: fin "
        "is 128, expected True; masked is 128, expected True. fin and masked are one bit each: "
        "shift them down (`>> 7`) or compare them with 0.",
    ),
    (
        "3B",
        parse(("data[0] >> 7 == 1", "data[0] & 128")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a wrong tuple: fin "
        "is 128, expected True. fin is one bit: shift it down (`data[0] >> 7`) or compare it "
        "with 0.",
    ),
    (
        "3B",
        parse(("data[1] >> 7 == 1", "data[1] & 128")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a wrong tuple: "
        "masked is 128, expected True. masked is one bit: shift it down (`data[1] >> 7`) or "
        "compare it with 0.",
    ),
    (
        "3B",
        parse(("data[0] & 0b0000_1111", "data[0]")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a wrong tuple: "
        "opcode is 129, expected 1. The opcode is the low 4 bits of byte 0, and FIN is still "
        "in it: `& 0b0000_1111`.",
    ),
    (
        "3B",
        parse(("data[0] & 0b0000_1111", "data[0] & 0b0111_1111")),
        "3B not yet: `parse_header(c1 07 f2 48 cd c9 c9 07 00)` gave a wrong tuple: opcode is "
        "65, expected 1. The opcode is the low 4 bits of byte 0, and RSV1 is still in it: `& "
        "0b0000_1111`.",
    ),
    (
        "3B",
        parse(("data[1] & 0b0111_1111", "data[1]")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a wrong tuple: "
        "payload_length is 133, expected 5. The MASK bit is still in the length: take the low "
        "7 bits, `& 0b0111_1111`.",
    ),
    (
        "3B",
        parse(("    if masked:\n        size += 4\n", "")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a wrong tuple: "
        "header_size is 2, expected 6. A masked frame's header ends after its masking key: 4 "
        "bytes more.",
    ),
    (
        "3B",
        parse(("    if masked:\n        size += 4\n", "    size += 4\n")),
        "3B not yet: `parse_header(81 05 48 65 6c 6c 6f)` gave a wrong tuple: header_size is "
        "6, expected 2. There is a masking key only if the MASK bit is 1.",
    ),
    (
        "3B",
        parse((READ_16_BITS + READ_64_BITS, "")),
        "3B not yet: `parse_header(82 7e 01 2c 00 00 00)` gave a wrong tuple: payload_length "
        "is 126, expected 300; header_size is 2, expected 4. 126 and 127 aren't lengths: they "
        "say that the length stands in the next 2 or 8 bytes.",
    ),
    (
        "3B",
        parse(('"big"), 4', '"big"), 2'), ('"big"), 10', '"big"), 2')),
        "3B not yet: `parse_header(82 7e 01 2c 00 00 00)` gave a wrong tuple: header_size is "
        "2, expected 4. The bytes that carry the length belong to the header too.",
    ),
    (
        "3B",
        parse(('"big"', '"little"')),
        "3B not yet: `parse_header(82 7e 01 2c 00 00 00)` gave a wrong tuple: payload_length "
        "is 11265, expected 300. The length is read backwards; the network sends the high byte "
        'first: "big".',
    ),
    (
        "3B",
        parse(('data[2:10], "big"), 10', 'data[2:6], "big"), 6')),
        "3B not yet: `parse_header(82 7f 00 00 00 00 00 01 00 00 00 00 00)` gave a wrong "
        "tuple: payload_length is 0, expected 65536; header_size is 6, expected 10. 127 says "
        "that 8 bytes carry the length; that reads 4 of them.",
    ),
    (
        "3B",
        parse(('data[2:10], "big"), 10', 'data[2:4], "big"), 4')),
        "3B not yet: `parse_header(82 7f 00 00 00 00 00 01 00 00 00 00 00)` gave a wrong "
        "tuple: payload_length is 0, expected 65536; header_size is 4, expected 10. 127 says "
        "that 8 bytes carry the length; that reads 2 of them.",
    ),
    (
        "3B",
        parse(('data[2:10], "big")', 'data[2:4], "big")')),
        "3B not yet: `parse_header(82 7f 00 00 00 00 00 01 00 00 00 00 00)` gave a wrong "
        "tuple: payload_length is 0, expected 65536. After 127, all 8 bytes carry the length: "
        "`data[2:10]`.",
    ),
    (
        "3B",
        parse(('data[2:10], "big")', 'data[2:6], "big")')),
        "3B not yet: `parse_header(82 7f 00 00 00 00 00 01 00 00 00 00 00)` gave a wrong "
        "tuple: payload_length is 0, expected 65536. After 127, all 8 bytes carry the length: "
        "`data[2:10]`.",
    ),
    (
        "3B",
        parse(("    elif length == 127", "    if length == 127")),
        "3B not yet: `parse_header(82 7e 00 7f 00 00 00)` gave None, but the header is whole: "
        "expected (True, 2, False, 127, 4), a tuple. The length is 127 there, and the next "
        "`if` takes it for the signal 127: write `elif`, so that only one of the two runs.",
    ),
    (
        "3B",
        parse(("    elif length == 127", "    if length == 127"), CHECK_SIZE),
        "3B not yet: `parse_header(82 7e 00 7f 00 00 00)` gave a wrong tuple: payload_length "
        "is 2130706432, expected 127; header_size is 10, expected 4. The length is 127 there, "
        "and the next `if` takes it for the signal 127: write `elif`, so that only one of the "
        "two runs.",
    ),
    (
        "3B",
        "import struct\n"
        + parse(
            ("    elif length == 127", "    if length == 127"),
            ('int.from_bytes(data[2:10], "big")', 'struct.unpack("!Q", data[2:10])[0]'),
        ),
        "3B not yet: `parse_header(82 7e 00 7f 00 00 00)` raised struct.error in line 12 of "
        "its cell: unpack requires a buffer of 8 bytes. The length is 127 there, and the next "
        "`if` takes it for the signal 127: write `elif`, so that only one of the two runs.",
    ),
    (
        "3B",
        parse(
            ("    elif length == 127", "    if length == 127"),
            ('data[2:10], "big"), 10', 'data[size : size + 8], "big"), size + 8'),
            CHECK_SIZE,
        ),
        "3B not yet: `parse_header(82 7e 00 7f 00 00 00)` gave a wrong tuple: payload_length "
        "is 0, expected 127; header_size is 12, expected 4. The length is 127 there, and the "
        "next `if` takes it for the signal 127: write `elif`, so that only one of the two runs.",
    ),
    (
        "3B",
        parse(
            ("    elif length == 127", "    if length == 127"),
            ('"big"), 10', '"big"), size + 8'),
            CHECK_SIZE,
        ),
        "3B not yet: `parse_header(82 7e 00 7f 00 00 00)` gave a wrong tuple: payload_length "
        "is 2130706432, expected 127; header_size is 12, expected 4. The length is 127 there, "
        "and the next `if` takes it for the signal 127: write `elif`, so that only one of the "
        "two runs.",
    ),
    (
        "3B",
        parse(('int.from_bytes(data[2:4], "big")', "data[2:4]")),
        "3B not yet: `parse_header(82 7e 01 2c 00 00 00)` gave a wrong tuple: payload_length "
        "is 01 2c (bytes), expected 300 (an int). That is a slice, and still bytes: "
        '`int.from_bytes(..., "big")` makes a number of it.',
    ),
    (
        "3B",
        parse(('int.from_bytes(data[2:10], "big")', "data[2:10]")),
        "3B not yet: `parse_header(82 7f 00 00 00 00 00 01 00 00 00 00 00)` gave a wrong "
        "tuple: payload_length is 00 00 00 00 00 01 00 00 (bytes), expected 65536 (an int). "
        'That is a slice, and still bytes: `int.from_bytes(..., "big")` makes a number of it.',
    ),
    (
        "3B",
        parse(("data[2:4]", "data[2:3]")),
        "3B not yet: `parse_header(82 7e 01 2c 00 00 00)` gave a wrong tuple: payload_length "
        "is 1, expected 300. A slice ends before its second number: `data[2:4]` is bytes 2 and "
        "3, `data[2:10]` is bytes 2 to 9.",
    ),
    (
        "3B",
        parse(('int.from_bytes(data[2:4], "big")', "data[2] + data[3]")),
        "3B not yet: `parse_header(82 7e 01 2c 00 00 00)` gave a wrong tuple: payload_length "
        "is 45, expected 300. The two bytes are one number, in which the first counts 256 "
        'times: `int.from_bytes(data[2:4], "big")`.',
    ),
    (
        "3B",
        parse(("data[0] & 0b0000_1111", "data[0] >> 4")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a wrong tuple: "
        "opcode is 8, expected 1. Those are the high 4 bits of byte 0; the opcode is the low "
        "4: `& 0b0000_1111`.",
    ),
    (
        "3B",
        parse(("masked, length, size", "masked, size, length")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a wrong tuple: "
        "payload_length is 6, expected 5; header_size is 5, expected 6. payload_length comes "
        "before header_size in the tuple.",
    ),
    (
        "3B",
        parse(("data[0] >> 7 == 1", "0"), ("data[1] >> 7 == 1", "data[1] >> 7")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a wrong tuple: fin "
        "is 0, expected 1. FIN is the first bit of byte 0, counted from the left: `data[0] >> "
        "7`.",
    ),
    (
        "3B",
        parse(("data[0] >> 7 == 1", "data[0] >> 7"), ("        size += 4", "        pass")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a wrong tuple: "
        "header_size is 2, expected 6. A masked frame's header ends after its masking key: 4 "
        "bytes more.",
    ),
    (
        "3B",
        parse(("data[0] >> 7 == 1", "data[0]"), ("data[1] >> 7 == 1", "data[1] & 128")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a wrong tuple: fin "
        "is 129, expected True; masked is 128, expected True. fin is one bit: shift it down "
        "(`data[0] >> 7`) or compare it with 0.",
    ),
    (
        "3B",
        parse(("data[0] >> 7 == 1", "data[0] & 128"), ("data[1] & 0b0111_1111", "data[1]")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a wrong tuple: fin "
        "is 128, expected True; payload_length is 133, expected 5. fin is one bit: shift it "
        "down (`data[0] >> 7`) or compare it with 0.",
    ),
    (
        "3B",
        parse(("data[0] >> 7 == 1", 'f"{data[0]:08b}"[0]')),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a wrong tuple: fin "
        "is '1' (a str), expected True (a bool). A digit of that text is a str: compare it "
        'with "1", or take the bit out of the number, `>> 7`.',
    ),
    (
        "3B",
        parse(("data[1] >> 7 == 1", 'f"{data[1]:08b}"[0]')),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a wrong tuple: "
        "masked is '1' (a str), expected True (a bool). A digit of that text is a str: compare "
        'it with "1", or take the bit out of the number, `>> 7`.',
    ),
    (
        "3B",
        parse(("data[0] >> 7 == 1", "data[0] & 1")),
        "3B not yet: `parse_header(82 00)` gave a wrong tuple: fin is 0, expected 1. FIN is "
        "the first bit of byte 0, counted from the left: `data[0] >> 7`.",
    ),
    (
        "3B",
        parse(("data[1] >> 7 == 1", "data[1] & 1")),
        "3B not yet: `parse_header(81 05 48 65 6c 6c 6f)` gave a wrong tuple: masked is 1, "
        "expected 0; header_size is 6, expected 2. MASK is the first bit of byte 1, counted "
        "from the left: `data[1] >> 7`.",
    ),
    (
        "3B",
        parse(("data[0] >> 7 == 1", "data[0]")),
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a wrong tuple: fin "
        "is 129, expected True. fin is one bit: shift it down (`data[0] >> 7`) or compare it "
        "with 0.",
    ),
    (
        "3B",
        parse(("len(data) < size", "len(data) < size + length")),
        "3B not yet: `parse_header(82 7d 00 00 00)` gave None, but the header is whole: "
        "expected (True, 2, False, 125, 2), a tuple. A header can be read before its payload "
        "is there: `header_size` bytes are enough.",
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
        "header isn't whole yet. Once the size of the header is known, key included, compare "
        "it with `len(data)`; with fewer bytes, return None to ask for more.",
    ),
    (
        "3B",
        parse((READ_16_BITS + READ_64_BITS, READ_16_BITS)),
        "3B not yet: `parse_header(82 7f 00 00 00 00 00 01 00 00 00 00 00)` gave a wrong "
        "tuple: payload_length is 127, expected 65536; header_size is 2, expected 10. 126 and "
        "127 aren't lengths: they say that the length stands in the next 2 or 8 bytes.",
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
        "6], a list; expected (True, 1, True, 5, 6), a tuple. The right items, in a list: "
        "`return fin, opcode, ...` without brackets is a tuple.",
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
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a tuple of 4; "
        "expected 5 items: fin, opcode, masked, payload_length, header_size.",
    ),
    (
        "3B",
        parse(("return None", "return ()")),
        "3B not yet: `parse_header(b'')` gave (), expected None: the header isn't whole yet.",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("81 85 37 fa 21 3d 7f 9f 4d 51 58")',
        "3C not yet: 81 85 37 fa 21 3d 7f 9f 4d 51 58 is legal: it is `hello`, and no bit of "
        "it has changed. Which bits of byte 0 have to be 0, and which opcodes are reserved?",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("01 85 37 fa 21 3d 7f 9f 4d 51 58")',
        "3C not yet: 01 85 37 fa 21 3d 7f 9f 4d 51 58 is legal: FIN went from 1 to 0, which "
        "says that more fragments follow. Which bits of byte 0 have to be 0, and which opcodes "
        "are reserved?",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("a1 05 48 65 6c 6c 6f")',
        "3C not yet: a1 05 48 65 6c 6c 6f isn't masked: the first bit of byte 1 is 0. A server "
        "refuses that too, but this exercise asks for the masked Hello.",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("81 85 00 00 00 00 48 65 6c 6c 6f")',
        "3C not yet: 81 85 00 00 00 00 48 65 6c 6c 6f is legal: the key is another one, and "
        "any key will do. Which bits of byte 0 have to be 0, and which opcodes are reserved?",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("a1 85 37 fa 21 3d 7f 9f 4d 51 58 81 00")',
        "3C not yet: a1 85 37 fa 21 3d 7f 9f 4d 51 58 81 00 is 13 bytes, but its header says "
        "that the frame ends after 11.",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("a1 86 37 fa 21 3d 7f 9f 4d 51 58")',
        "3C not yet: a1 86 37 fa 21 3d 7f 9f 4d 51 58 isn't whole: its header announces 6 "
        "bytes of payload, 5 are there.",
    ),
    (
        "3C",
        'bad_frame = "a1 85 37 fa 21 3d 7f 9f 4d 51 58"',
        "3C not yet: `bad_frame` is a str; `bytes.fromhex(...)` makes bytes of hex digits.",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("a1 85 37 fa 21 3d 48 65 6c 6c 6f")',
        "3C not yet: a1 85 37 fa 21 3d 48 65 6c 6c 6f has Hello unmasked; mask it: "
        "`hs.apply_mask(b'Hello', key)`.",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("89 85 37 fa 21 3d 7f 9f 4d 51 58")',
        "3C not yet: 89 85 37 fa 21 3d 7f 9f 4d 51 58 is legal: the opcode went from 0001 "
        "(text) to 1001 (ping), and both are defined. Which bits of byte 0 have to be 0, and "
        "which opcodes are reserved?",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("82 85 37 fa 21 3d 7f 9f 4d 51 58")',
        "3C not yet: 82 85 37 fa 21 3d 7f 9f 4d 51 58 is legal: the opcode went from 0001 "
        "(text) to 0010 (binary), and both are defined. Which bits of byte 0 have to be 0, and "
        "which opcodes are reserved?",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("8a 85 37 fa 21 3d 7f 9f 4d 51 58")',
        "3C not yet: 8a 85 37 fa 21 3d 7f 9f 4d 51 58 is legal: the opcode went from 0001 "
        "(text) to 1010 (pong), and both are defined. Which bits of byte 0 have to be 0, and "
        "which opcodes are reserved?",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("02 85 37 fa 21 3d 7f 9f 4d 51 58")',
        "3C not yet: 02 85 37 fa 21 3d 7f 9f 4d 51 58 is legal: FIN went from 1 to 0, which "
        "says that more fragments follow; the opcode went from 0001 (text) to 0010 (binary), "
        "and both are defined. Which bits of byte 0 have to be 0, and which opcodes are "
        "reserved?",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("81 05 37 fa 21 3d 7f 9f 4d 51 58")',
        "3C not yet: 81 05 37 fa 21 3d 7f 9f 4d 51 58 isn't masked: the first bit of byte 1 is "
        "0. A server refuses that too, but this exercise asks for the masked Hello.",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("81 84 37 fa 21 3d 7f 9f 4d 51 58")',
        "3C not yet: 81 84 37 fa 21 3d 7f 9f 4d 51 58 is 11 bytes, but its header says that "
        "the frame ends after 10.",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("a1 85 37 fa 21")',
        "3C not yet: a1 85 37 fa 21 isn't whole: its header has 6 bytes, 5 are there.",
    ),
    (
        "3C",
        "bad_frame = bytes([0x81 ^ 0b0010_0000])",
        "3C not yet: `bad_frame` has 1 byte, and a whole frame is asked for: `hello[1:]` is "
        "all of `hello` after its first byte.",
    ),
    (
        "3C",
        "bad_frame = bytes(0x81 ^ 0b0010_0000)",
        "3C not yet: `bytes(161)` is 161 bytes of zeros; `bytes([161])` is one byte, 161.",
    ),
    (
        "3C",
        'bad_frame = bytes.fromhex("a1 85 37 fa 21 3d 7f 9f 4d 51 59")',
        "3C not yet: a1 85 37 fa 21 3d 7f 9f 4d 51 59 unmasks to 48 65 6c 6c 6e, expected 48 "
        "65 6c 6c 6f, Hello.",
    ),
    (
        "3C",
        "bad_frame = 0xa1",
        "3C not yet: `bad_frame` is an int; put the bytes of a whole frame there, as "
        "`bytes.fromhex(...)` makes them.",
    ),
    (
        "3C",
        "bad_frame = [0xa1, 0x85]",
        "3C not yet: `bad_frame` is a list; `bytes(bad_frame)` makes bytes of it.",
    ),
    (
        "3C",
        'bad_frame = b""',
        "3C not yet: `bad_frame` has 0 bytes, and a whole frame is asked for: `hello[1:]` is "
        "all of `hello` after its first byte.",
    ),
    (
        "3C",
        "from hellosockets.frames import Frame\nbad_frame = Frame(bytes.fromhex('a185'))",
        "3C not yet: `bad_frame` is a Frame; its bytes are in its attribute `raw`.",
    ),
    (
        "3C",
        'bad_frame = bytearray.fromhex("a1 85 37 fa 21 3d 7f 9f 4d 51 58")',
        "3C not yet: `bad_frame` is a bytearray; `bytes(bad_frame)` makes bytes of it.",
    ),
]


# Lesson 05.

MATCH = """\
import json
def reply_to(text, ref, join_ref):
    its_join_ref, its_ref, topic, event, payload = json.loads(text)
    if event != "phx_reply" or its_ref != ref or its_join_ref not in (None, join_ref):
        return None
    return payload["status"], payload["response"]
"""

NAMED_ROOM = """\
class NamedRoom(hs.Channel):
    def join(self, payload):
        if "name" not in payload:
            return hs.Reply({"reason": "no name"}, "error")
        self.name = payload["name"]
    def handle_in(self, event, payload):
        if event == "shout":
            self.broadcast("shout", {"name": self.name, "body": payload["body"]})
            return {}
        if event == "typing":
            self.broadcast_from("typing", {"name": self.name})
"""

REFUSE = """\
        if "name" not in payload:
            return hs.Reply({"reason": "no name"}, "error")
"""

ENCODE = """\
def encode_push(join_ref, ref, topic, event, data):
    strings = [text.encode() for text in (join_ref, ref, topic, event)]
    return bytes([0, *map(len, strings)]) + b"".join(strings) + data
"""


def match(*changes: tuple[str, str]) -> str:
    return _changed(MATCH, changes)


def named_room(*changes: tuple[str, str]) -> str:
    return _changed(NAMED_ROOM, changes)


def encode(*changes: tuple[str, str]) -> str:
    return _changed(ENCODE, changes)


KNOWN_WRONG += [
    (
        "5A",
        match((" or its_ref != ref", "")),
        "5A not yet: "
        '`reply_to(\'["1","3","room:42","phx_reply",{"response":{"tea":1},"status\'…, '
        "'2', '1')` gave ('ok', {'tea': 1}), expected None: it answers the request '3', not '2'.",
    ),
    (
        "5A",
        match(('event != "phx_reply" or ', "")),
        '5A not yet: `reply_to(\'["1","1","room:42","phx_close",{}]\', \'1\', \'1\')` raised '
        "KeyError in line 6 of its cell: 'status'. That takes whatever repeats the ref for a "
        "reply: look at the event first.",
    ),
    (
        "5A",
        match((" or its_join_ref not in (None, join_ref)", "")),
        "5A not yet: "
        '`reply_to(\'["1","8","room:42","phx_reply",{"response":{},"status":"ok"}\'…, '
        "'8', '7')` gave ('ok', {}), expected None: it belongs to the join '1', and yours is '7'.",
    ),
    (
        "5A",
        match(("not in (None, join_ref)", "!= join_ref")),
        "5A not yet: "
        '`reply_to(\'[null,"1","room:42","phx_reply",{"response":{"reason":"unmat\'…, '
        "'1', '1')` gave None; expected ('error', {'reason': 'unmatched topic'}). Its join_ref "
        "is null: no channel answers there, and that is an answer too. So compare join_ref with "
        "both: `in (None, join_ref)`.",
    ),
    (
        "5A",
        match(('return payload["status"], payload["response"]', "return payload")),
        "5A not yet: "
        '`reply_to(\'["1","2","room:42","phx_reply",{"response":{},"status":"ok"}\'…, '
        "'2', '1')` gave {'response': a dict, 'status': 'ok'}, a dict; expected ('ok', {}), a "
        "tuple. That is the whole payload: return two of its values, status and response.",
    ),
    (
        "5A",
        match(('return payload["status"], payload["response"]', 'return payload["response"]')),
        "5A not yet: "
        '`reply_to(\'["1","2","room:42","phx_reply",{"response":{},"status":"ok"}\'…, '
        "'2', '1')` gave {}, a dict; expected ('ok', {}), a tuple. The status is missing: return "
        "status and response.",
    ),
    (
        "5A",
        match(('payload["status"], payload["response"]', 'payload["response"], payload["status"]')),
        "5A not yet: "
        '`reply_to(\'["1","2","room:42","phx_reply",{"response":{},"status":"ok"}\'…, '
        "'2', '1')` gave ({}, 'ok'), expected ('ok', {}). The status comes first, then the "
        "response.",
    ),
    (
        "5A",
        match(
            ('payload["status"], payload["response"]', '[payload["status"], payload["response"]]')
        ),
        "5A not yet: "
        '`reply_to(\'["1","2","room:42","phx_reply",{"response":{},"status":"ok"}\'…, '
        "'2', '1')` gave a list; `return status, response` without brackets makes a tuple.",
    ),
    (
        "5A",
        match(('payload["status"], payload["response"]', 'payload["status"], topic, payload')),
        "5A not yet: "
        '`reply_to(\'["1","2","room:42","phx_reply",{"response":{},"status":"ok"}\'…, '
        "'2', '1')` gave a tuple of 3; expected 2 items: status, response.",
    ),
    (
        "5A",
        match(("its_ref != ref", "ref not in text")),
        "5A not yet: "
        '`reply_to(\'["1","3","room:42","phx_reply",{"response":{"tea":1},"status\'…, '
        "'2', '1')` gave ('ok', {'tea': 1}), expected None: it answers the request '3', not '2'.",
    ),
    (
        "5A",
        match(('return payload["status"], payload["response"]', "print(payload)")),
        "5A not yet: "
        '`reply_to(\'["1","2","room:42","phx_reply",{"response":{},"status":"ok"}\'…, '
        "'2', '1')` printed something and returned None: put `return` where `print` is.",
    ),
    (
        "5A",
        match(('payload["response"]', '{"tea": 1, "milk": 2, "sugar": 3}')),
        "5A not yet: "
        '`reply_to(\'["1","2","room:42","phx_reply",{"response":{},"status":"ok"}\'…, '
        "'2', '1')` gave ('ok', a dict), expected ('ok', {}).",
    ),
    (
        "5B",
        named_room(('hs.Reply({"reason": "no name"}, "error")', '{"reason": "no name"}')),
        "5B not yet: eve says 'phx_join' with {}. eve gets "
        '`["1","1","room:42","phx_reply",{"response":{"reason":"no name"},"status":"ok"}]`, '
        'expected `["1","1","room:42","phx_reply",{"response":{"reason":"no '
        'name"},"status":"error"}]`. Refuse by `return hs.Reply({"reason": "no name"}, "error")`.',
    ),
    (
        "5B",
        named_room((REFUSE, "")),
        "5B not yet: eve says 'phx_join' with {}, and `NamedRoom` raises KeyError: 'name'. "
        '`payload.get("name")` is None where there is no name.',
    ),
    (
        "5B",
        named_room((REFUSE, ""), ('payload["name"]', 'payload.get("name")')),
        "5B not yet: eve says 'phx_join' with {}. eve gets "
        '`["1","1","room:42","phx_reply",{"response":{},"status":"ok"}]`, expected '
        '`["1","1","room:42","phx_reply",{"response":{"reason":"no name"},"status":"error"}]`. '
        'Refuse by `return hs.Reply({"reason": "no name"}, "error")`.',
    ),
    (
        "5B",
        named_room(('"no name"', '"who are you?"')),
        "5B not yet: eve says 'phx_join' with {}. eve gets "
        '`["1","1","room:42","phx_reply",{"response":{"reason":"who are '
        'you?"},"status":"error"}]`, expected '
        '`["1","1","room:42","phx_reply",{"response":{"reason":"no name"},"status":"error"}]`. '
        'Refuse by `return hs.Reply({"reason": "no name"}, "error")`.',
    ),
    (
        "5B",
        named_room(('if "name" not in payload', "if True")),
        "5B not yet: ada says 'phx_join' with {'name': 'ada'}. ada gets "
        '`["1","1","room:42","phx_reply",{"response":{"reason":"no name"},"status":"error"}]`, '
        'expected `["1","1","room:42","phx_reply",{"response":{},"status":"ok"}]`.',
    ),
    (
        "5B",
        named_room(('self.name = payload["name"]', 'self.broadcast("joined", payload)')),
        "5B not yet: ada says 'phx_join' with {'name': 'ada'}, and `NamedRoom` raises "
        "RuntimeError: a channel can broadcast only while it is joined: within join use "
        "after_join, and stop tasks in terminate.",
    ),
    (
        "5B",
        named_room(('{"name": self.name, "body": payload["body"]}', "payload")),
        "5B not yet: ada says 'shout' with {'body': 'hi bob'}. ada gets "
        '`[null,null,"room:42","shout",{"body":"hi bob"}]`, expected '
        '`[null,null,"room:42","shout",{"name":"ada","body":"hi bob"}]`.',
    ),
    (
        "5B",
        named_room(('self.broadcast("shout"', 'self.broadcast_from("shout"')),
        "5B not yet: ada says 'shout' with {'body': 'hi bob'}. ada doesn't get "
        '`[null,null,"room:42","shout",{"name":"ada","body":"hi bob"}]`. `broadcast` tells all, '
        "the shouting one too.",
    ),
    (
        "5B",
        named_room(('self.broadcast("shout"', 'self.push("shout"')),
        "5B not yet: ada says 'shout' with {'body': 'hi bob'}. ada gets "
        '`["1",null,"room:42","shout",{"name":"ada","body":"hi bob"}]`, expected '
        '`[null,null,"room:42","shout",{"name":"ada","body":"hi bob"}]`. `push` tells this '
        "client alone; `broadcast` tells all.",
    ),
    (
        "5B",
        named_room(("self.name", "NamedRoom.name")),
        "5B not yet: ada says 'shout' with {'body': 'hi bob'}. ada gets "
        '`[null,null,"room:42","shout",{"name":"bob","body":"hi bob"}]`, expected '
        '`[null,null,"room:42","shout",{"name":"ada","body":"hi bob"}]`. Each member has a '
        "channel object of its own: keep its name in `self.name`.",
    ),
    (
        "5B",
        named_room(("            return {}\n", "")),
        "5B not yet: ada says 'shout' with {'body': 'hi bob'}. ada doesn't get "
        '`["1","2","room:42","phx_reply",{"response":{},"status":"ok"}]`. Return `{}`: that is '
        "an ok.",
    ),
    (
        "5B",
        named_room(("return {}", "return payload")),
        "5B not yet: ada says 'shout' with {'body': 'hi bob'}. ada gets "
        '`["1","2","room:42","phx_reply",{"response":{"body":"hi bob"},"status":"ok"}]`, '
        'expected `["1","2","room:42","phx_reply",{"response":{},"status":"ok"}]`.',
    ),
    (
        "5B",
        named_room(('payload["body"]', "body")),
        "5B not yet: ada says 'shout' with {'body': 'hi bob'}, and `NamedRoom` raises NameError: "
        "name 'body' is not defined.",
    ),
    (
        "5B",
        named_room(('broadcast_from("typing"', 'broadcast("typing"')),
        "5B not yet: bob says 'typing' with {}. bob gets "
        '`[null,null,"room:42","typing",{"name":"bob"}]`, expected nothing of the kind. Tell the '
        "others alone, by `broadcast_from`, and return nothing.",
    ),
    (
        "5B",
        named_room(
            ('if event == "typing":', "else:"),
            ('self.broadcast_from("typing", {"name": self.name})', "return {}"),
        ),
        "5B not yet: bob says 'typing' with {}. ada doesn't get "
        '`[null,null,"room:42","typing",{"name":"bob"}]`. `broadcast_from` tells the others.',
    ),
    (
        "5B",
        named_room(
            (
                'self.broadcast_from("typing", {"name": self.name})',
                'self.broadcast_from("typing", b"bob")',
            )
        ),
        "5B not yet: bob says 'typing' with {}. ada gets a binary message, expected "
        '`[null,null,"room:42","typing",{"name":"bob"}]`. `broadcast_from` tells the others.',
    ),
    (
        "5B",
        named_room(
            (
                "            return {}",
                "            payload = {**payload, 'name': self.name}\n"
                '            self.broadcast("shout", payload)\n'
                "            return {}",
            )
        ),
        "5B not yet: ada says 'shout' with {'body': 'hi bob'}. ada gets "
        '`[null,null,"room:42","shout",{"name":"ada","body":"hi bob"}]` more often than once.',
    ),
    (
        "5B",
        named_room(("def handle_in", "def handle")),
        "5B not yet: ada says 'shout' with {'body': 'hi bob'}, and `NamedRoom` raises "
        "NotImplementedError: NamedRoom got 'shout' and has no handle_in: write one.",
    ),
    (
        "5B",
        named_room(("def handle_in", "async def handle_in")),
        "5B not yet: ada says 'shout' with {'body': 'hi bob'}, and `NamedRoom` raises TypeError: "
        "join and handle_in are plain functions: write `def`, not `async def`; to answer later, "
        "keep self.socket_ref() and call self.reply(...) from a task.",
    ),
    (
        "5B",
        named_room(("hs.Channel", "object")),
        "5B not yet: `NamedRoom` is a class named NamedRoom and no channel: write `class "
        "NamedRoom(hs.Channel):`.",
    ),
    (
        "5B",
        "NamedRoom = hs.Channel()",
        "5B not yet: `NamedRoom` is a Channel, not a class: run the cell that defines it.",
    ),
    (
        "5B",
        "def NamedRoom(payload):\n    return {}",
        "5B not yet: `NamedRoom` is a function, not a class: run the cell that defines it.",
    ),
    (
        "5C",
        encode(("len, strings", "len, (join_ref, ref, topic, event)")),
        "5C not yet: `encode_push('10', '11', 'room:café', 'zeichne', 00 01 02 03 04 05 06 07 08 "
        "09 0a 0b 0c 0d 0e 0f … (256 bytes))` went wrong at byte 3 (the first is byte 0): gave "
        "09, expected 0a. Those lengths count characters; count the bytes, after `.encode()`: é "
        "takes two.",
    ),
    (
        "5C",
        encode(("[0, ", "[")),
        "5C not yet: `encode_push('1', '5', 'quiet:42', 'draw', ff d8)` went wrong at byte 0 "
        "(the first is byte 0): gave 01, expected 00. The first byte is missing: 0, which says "
        "that this is a push.",
    ),
    (
        "5C",
        encode(("*map(len, strings)", "*map(len, strings), len(data) % 256")),
        "5C not yet: `encode_push('1', '5', 'quiet:42', 'draw', ff d8)` went wrong at byte 5 "
        "(the first is byte 0): gave 02, expected 31. The data has no length: it goes on to the "
        "end of the message.",
    ),
    (
        "5C",
        encode(
            (
                'bytes([0, *map(len, strings)]) + b"".join(strings)',
                'b"\\0" + b"".join(bytes([len(s)]) + s for s in strings)',
            )
        ),
        "5C not yet: `encode_push('1', '5', 'quiet:42', 'draw', ff d8)` went wrong at byte 2 "
        "(the first is byte 0): gave 31, expected 01. All four lengths come first, and then the "
        "four strings.",
    ),
    (
        "5C",
        encode(
            (
                "bytes([0, *map(len, strings)])",
                'b"\\0" + b"".join(len(s).to_bytes(2, "big") for s in strings)',
            )
        ),
        "5C not yet: `encode_push('1', '5', 'quiet:42', 'draw', ff d8)` went wrong at byte 1 "
        "(the first is byte 0): gave 00, expected 01. A length is one byte here, not two.",
    ),
    (
        "5C",
        encode(("[0, ", "[1, ")),
        "5C not yet: `encode_push('1', '5', 'quiet:42', 'draw', ff d8)` went wrong at byte 0 "
        "(the first is byte 0): gave 01, expected 00. That begins with 1, which is a reply's; a "
        "push begins with 0.",
    ),
    (
        "5C",
        encode(("[0, ", "[2, ")),
        "5C not yet: `encode_push('1', '5', 'quiet:42', 'draw', ff d8)` went wrong at byte 0 "
        "(the first is byte 0): gave 02, expected 00. That begins with 2, which is a "
        "broadcast's; a push begins with 0.",
    ),
    (
        "5C",
        encode(("join_ref, ref, topic, event)]", "join_ref, topic, event)]")),
        "5C not yet: `encode_push('1', '5', 'quiet:42', 'draw', ff d8)` went wrong at byte 2 "
        "(the first is byte 0): gave 08, expected 01. The ref is missing: a server's push has "
        "none, a client's has four strings.",
    ),
    (
        "5C",
        encode((" + data", "")),
        "5C not yet: `encode_push('1', '5', 'quiet:42', 'draw', ff d8)` gave 19 bytes, expected "
        "21. The data is missing: it follows the strings.",
    ),
    (
        "5C",
        encode(("bytes([0, *map(len, strings)])", "bytes(1)")),
        "5C not yet: `encode_push('1', '5', 'quiet:42', 'draw', ff d8)` went wrong at byte 1 "
        "(the first is byte 0): gave 31, expected 01. The lengths are missing: without them "
        "nobody can tell where a string ends.",
    ),
    (
        "5C",
        encode(("text.encode()", "text")),
        "5C not yet: `encode_push('1', '5', 'quiet:42', 'draw', ff d8)` raised TypeError in line "
        "3 of its cell: sequence item 0: expected a bytes-like object, str found. Text and bytes "
        "can't be joined: `.encode()` makes bytes of a str.",
    ),
    (
        "5C",
        encode(
            ("bytes([0, *map(len, strings)])", 'f"0{len(ref)}"'),
            ('b"".join(strings) + data', "ref + data.hex()"),
        ),
        "5C not yet: `encode_push('1', '5', 'quiet:42', 'draw', ff d8)` gave '015ffd8', a str; "
        "expected 00 01 01 08 04 31 35 71 75 69 65 74 3a 34 32 64 … (21 bytes), bytes. Bytes "
        "begin as bytes: `bytes([0, ...])`, then `.encode()` for each string.",
    ),
    (
        "5C",
        encode(("(join_ref, ref, topic, event)]", "(topic, event, join_ref, ref)]")),
        "5C not yet: `encode_push('1', '5', 'quiet:42', 'draw', ff d8)` went wrong at byte 1 "
        "(the first is byte 0): gave 08, expected 01. The strings keep the order of the slots: "
        "join_ref, ref, topic, event.",
    ),
    (
        "5C",
        encode(("return ", "return list("), (" + data", " + data)")),
        "5C not yet: `encode_push('1', '5', 'quiet:42', 'draw', ff d8)` gave [0, 1, 1, 8, 4, 49, "
        "…], a list; expected 00 01 01 08 04 31 35 71 75 69 65 74 3a 34 32 64 … (21 bytes), "
        "bytes. `bytes(...)` around it makes bytes of its numbers.",
    ),
]


# Lesson 07.

CLOSING_TIME = """\
def closing_time(arrivals, timeout):
    deadline = timeout
    for arrival in arrivals:
        if arrival > deadline:
            break
        deadline = arrival + timeout
    return deadline
"""

NEXT_STEP = """\
def next_step(state, event):
    if event == "due" and state == "waiting":
        return "pending", "send a heartbeat"
    if event == "due":
        return "expired", "close"
    if event == "reply":
        return "waiting", None
    return state, None
"""

LATE = """\
        if arrival > deadline:
            break
"""


def closing(*changes: tuple[str, str]) -> str:
    return _changed(CLOSING_TIME, changes)


def step(*changes: tuple[str, str]) -> str:
    return _changed(NEXT_STEP, changes)


KNOWN_WRONG += [
    (
        "7A",
        closing((LATE, "")),
        "7A not yet: `closing_time((30, 100), 60)` gave 160, expected 90. That waits for the "
        "last arrival, though the server had closed before it: leave the loop when an arrival"
        " is later than the deadline.",
    ),
    (
        "7A",
        closing(("deadline = arrival + timeout", "deadline += timeout")),
        "7A not yet: `closing_time((30, 100), 60)` gave 180, expected 90. An arrival doesn't "
        "add to the deadline, it puts it at `arrival + timeout`.",
    ),
    (
        "7A",
        closing(("return deadline", "return deadline - timeout")),
        "7A not yet: `closing_time((30, 100), 60)` gave 30, expected 90. That is the last "
        "arrival; the server waits for the timeout after it.",
    ),
    (
        "7A",
        closing(("deadline = timeout", "deadline = arrivals[0] + timeout")),
        "7A not yet: `closing_time((), 60)` raised IndexError in line 2 of its cell: tuple "
        "index out of range. Nothing arrived there, and an empty tuple has no first and no "
        "last item: the timeout runs from the opening, second 0.",
    ),
    (
        "7A",
        closing(("deadline = timeout", "deadline = max(arrivals) and timeout")),
        "7A not yet: `closing_time((), 60)` raised ValueError in line 2 of its cell: max() "
        "arg is an empty sequence. Nothing arrived there, and an empty tuple has no first and"
        " no last item: the timeout runs from the opening, second 0.",
    ),
    (
        "7A",
        closing(("            break", "            return arrival")),
        "7A not yet: `closing_time((30, 100), 60)` gave 100, expected 90. The server doesn't "
        "need data to notice: a timer rings when the deadline has come.",
    ),
    (
        "7A",
        closing(
            ("    return deadline\n", ""), ("            break", "            return deadline")
        ),
        "7A not yet: `closing_time((), 60)` gave None; expected 60. The loop ends without a "
        "`return` when no gap was too long: then the silence comes after the last arrival.",
    ),
    (
        "7A",
        closing(("    return deadline\n", "    print(deadline)\n")),
        "7A not yet: `closing_time((30, 100), 60)` printed something and returned None: put "
        "`return` where `print` is.",
    ),
    (
        "7A",
        closing(("return deadline", "return str(deadline)")),
        "7A not yet: `closing_time((30, 100), 60)` gave '90', a str; expected 90, a number.",
    ),
    (
        "7A",
        closing(("return deadline", "return [deadline]")),
        "7A not yet: `closing_time((30, 100), 60)` gave [90], a list; expected 90, a number.",
    ),
    (
        "7A",
        closing(("return deadline", "return float('inf')")),
        "7A not yet: `closing_time((30, 100), 60)` gave inf, expected 90: each of these "
        "servers closes one day.",
    ),
    (
        "7A",
        closing(("return deadline", "return timeout")),
        "7A not yet: `closing_time((30, 100), 60)` gave 60, expected 90. Silence counts from "
        "the last arrival, not from the opening: data moves the deadline.",
    ),
    (
        "7A",
        closing(("return deadline", "return arrivals[0] + timeout if arrivals else timeout")),
        "7A not yet: `closing_time((30, 60, 90), 60)` gave 90, expected 150. That counts from"
        " the first arrival; each later one moves the deadline again.",
    ),
    (
        "7A",
        closing(("arrival > deadline", "arrival - deadline > timeout")),
        "7A not yet: `closing_time((30, 100), 60)` gave 160, expected 90. That waits for the "
        "last arrival, though the server had closed before it: leave the loop when an arrival"
        " is later than the deadline.",
    ),
    (
        "7A",
        closing(("def ", "async def ")),
        "7A not yet: `closing_time((30, 100), 60)` gave a coroutine: write `def closing_time`"
        " without `async`.",
    ),
    (
        "7A",
        closing(("arrival + timeout", "arrivals + timeout")),
        "7A not yet: `closing_time((30, 100), 60)` raised TypeError in line 6 of its cell: "
        'can only concatenate tuple (not "int") to tuple. `arrivals` is all of them: go '
        "through them with `for arrival in arrivals`.",
    ),
    (
        "7B",
        step(("return state, None", "return 'waiting', None")),
        "7B not yet: `next_step('pending', 'sent')` gave a wrong tuple: new_state is "
        "'waiting' (a str), expected 'pending' (a str). What the client sends itself shows "
        "nothing: `send()` succeeds on a dead connection, too.",
    ),
    (
        "7B",
        step(('event == "reply"', "event in ('reply', 'message')")),
        "7B not yet: `next_step('pending', 'message')` gave a wrong tuple: new_state is "
        "'waiting' (a str), expected 'pending' (a str). Only the reply counts for phoenix.js:"
        " another message leaves the heartbeat pending.",
    ),
    (
        "7B",
        step(('event == "reply"', "event in ('reply', 'sent')")),
        "7B not yet: `next_step('pending', 'sent')` gave a wrong tuple: new_state is "
        "'waiting' (a str), expected 'pending' (a str). What the client sends itself shows "
        "nothing: `send()` succeeds on a dead connection, too.",
    ),
    (
        "7B",
        step((' and state == "waiting"', "")),
        "7B not yet: `next_step('pending', 'due')` gave a wrong tuple: new_state is 'pending'"
        " (a str), expected 'expired' (a str); action is 'send a heartbeat' (a str), expected"
        " 'close' (a str). The reply hasn't come, and the next heartbeat is due: sending more"
        " of them into a dead connection finds out nothing.",
    ),
    (
        "7B",
        step(('"expired", "close"', '"waiting", None')),
        "7B not yet: `next_step('pending', 'due')` gave a wrong tuple: new_state is 'waiting'"
        " (a str), expected 'expired' (a str); action is None, expected 'close'. One "
        "heartbeat without a reply is enough for phoenix.js: it closes.",
    ),
    (
        "7B",
        step(('"pending", "send a heartbeat"', '"waiting", "send a heartbeat"')),
        "7B not yet: `next_step('waiting', 'due')` gave a wrong tuple: new_state is 'waiting'"
        " (a str), expected 'pending' (a str). The heartbeat is sent, and nobody notes it: "
        "without the state pending, a missing reply is never found out.",
    ),
    (
        "7B",
        step(('"pending", "send a heartbeat"', '"expired", "close"')),
        "7B not yet: `next_step('waiting', 'due')` gave a wrong tuple: new_state is 'expired'"
        " (a str), expected 'pending' (a str); action is 'close' (a str), expected 'send a "
        "heartbeat' (a str). That closes at once; first the client asks: it sends a "
        "heartbeat, and is pending.",
    ),
    (
        "7B",
        step(('return "waiting", None', 'return "pending", "send a heartbeat"')),
        "7B not yet: `next_step('pending', 'reply')` gave a wrong tuple: new_state is "
        "'pending' (a str), expected 'waiting' (a str); action is 'send a heartbeat', "
        "expected None. A reply is answered by nothing: the timer says when the next "
        "heartbeat is due.",
    ),
    (
        "7B",
        step(('"waiting", None', '"waiting", "None"')),
        "7B not yet: `next_step('pending', 'reply')` gave a wrong tuple: action is 'None', "
        "expected None. None is a value of its own: leave out the quotes.",
    ),
    (
        "7B",
        step(('"waiting", None', '"waiting", ""')),
        "7B not yet: `next_step('pending', 'reply')` gave a wrong tuple: action is '', "
        "expected None. Where nothing is to be done, the action is None.",
    ),
    (
        "7B",
        step(('"pending", "send a heartbeat"', '"pending"')),
        "7B not yet: `next_step('waiting', 'due')` gave 'pending', a str; expected "
        "('pending', 'send a heartbeat'), a tuple. The action is missing: `return new_state, "
        "action`.",
    ),
    (
        "7B",
        step(('"pending", "send a heartbeat"', '["pending", "send a heartbeat"]')),
        "7B not yet: `next_step('waiting', 'due')` gave a list; `return new_state, action` "
        "without brackets makes a tuple.",
    ),
    (
        "7B",
        step(('"pending", "send a heartbeat"', '"send a heartbeat", "pending"')),
        "7B not yet: `next_step('waiting', 'due')` gave a wrong tuple: new_state is 'send a "
        "heartbeat' (a str), expected 'pending' (a str); action is 'pending' (a str), "
        "expected 'send a heartbeat' (a str). The new state comes first, then the action.",
    ),
    (
        "7B",
        step(("    return state, None\n", "")),
        "7B not yet: `next_step('waiting', 'message')` gave None; expected ('waiting', None),"
        " a tuple. What changes nothing needs a `return`, too: `return state, None`.",
    ),
]
