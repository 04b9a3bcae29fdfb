"""Known wrong answers of lesson 02, and the sentence that each earns, word for word."""

from __future__ import annotations

from . import changed

HASH = """\
import base64, hashlib
GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
def accept(key):
    """


def request(*changes: tuple[str, str]) -> str:
    return changed(REQUEST, changes)


def faults(**given: str) -> str:
    right = {"A": "Connection", "B": "Sec-WebSocket-Key", "C": "Sec-WebSocket-Version", "D": "200"}
    return f"faults = {right | given}"


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

MATCH = """\
import json
def reply_to(text, ref, join_ref):
    its_join_ref, its_ref, topic, event, payload = json.loads(text)
    if event != "phx_reply" or its_ref != ref or its_join_ref not in (None, join_ref):
        return None
    return payload["status"], payload["response"]
"""

ENCODE = """\
def encode_push(join_ref, ref, topic, event, data):
    strings = [text.encode() for text in (join_ref, ref, topic, event)]
    return bytes([0, *map(len, strings)]) + b"".join(strings) + data
"""


def match(*changes: tuple[str, str]) -> str:
    return changed(MATCH, changes)


def encode(*changes: tuple[str, str]) -> str:
    return changed(ENCODE, changes)


KNOWN_WRONG: list[tuple[str, str, str]] = [
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
]
