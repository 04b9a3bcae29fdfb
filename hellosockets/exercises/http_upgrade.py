"""The opening handshake: compute the accept key, find what is broken, build a request."""

from __future__ import annotations

import base64
import hashlib
import random
from collections.abc import Sequence
from typing import Any

from ..handshake import HandshakeReader, Request, accept_key
from .engine import Exercise
from .grading import Mistake, NotAttemptedError, Vectors, expecting, kind, show

__all__ = ["BROKEN", "EXERCISES"]

SAMPLE_KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # RFC 6455 §1.3
SAMPLE_ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

_chance = random.Random(6455)
KEYS = [base64.b64encode(_chance.randbytes(16)).decode() for _ in range(20)]

# Four handshakes with one fault each. What else looks odd in them is legal.
BROKEN = {
    "A": b"GET /echo HTTP/1.1\r\n"
    b"Host: localhost:4000\r\n"
    b"Upgrade: websocket\r\n"
    b"Connection: keep-alive\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"Sec-WebSocket-Version: 13\r\n"
    b"\r\n",
    "B": b"GET /echo HTTP/1.1\r\n"
    b"host: localhost:4000\r\n"
    b"connection: keep-alive, Upgrade\r\n"
    b"upgrade: websocket\r\n"
    b"sec-websocket-version: 13\r\n"
    b"sec-websocket-key: dGhlIHNhbXBsZQ==\r\n"
    b"\r\n",
    "C": b"GET /echo HTTP/1.1\r\n"
    b"Host: localhost:4000\r\n"
    b"Upgrade: WebSocket\r\n"
    b"Connection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"Origin: http://localhost:4000\r\n"
    b"\r\n",
    "D": b"HTTP/1.1 200 OK\r\n"
    b"Upgrade: websocket\r\n"
    b"Connection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
    b"\r\n",
}


# 2A


def _digest(text: str) -> bytes:
    return hashlib.sha1(text.encode()).digest()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _encode_the_guid_alone(key: Any) -> object:
    return hashlib.sha1(key + GUID.encode())


def _encode_the_key_alone(key: Any) -> object:
    return hashlib.sha1(key.encode() + GUID)


def _base64_of_text(key: Any) -> object:
    return base64.b64encode(_digest(key + GUID).hex())  # type: ignore[arg-type]


def _base64_of_the_hash(key: Any) -> object:
    return base64.b64encode(hashlib.sha1((key + GUID).encode()))  # type: ignore[arg-type]


def _digest_itself(value: object) -> str | None:
    if hasattr(value, "hexdigest"):
        return "That is the hash itself; its method `digest()` gives the 20 bytes."
    return None


ENCODE_WHAT_IS_JOINED = (
    "Text and bytes can't be joined: join the key and the GUID first, then `.encode()` the whole."
)

ACCEPT = Vectors(
    "accept",
    [(key,) for key in (SAMPLE_KEY, *KEYS)],
    expecting(accept_key, str, cure=_digest_itself),
    [
        Mistake(
            "That is the digest in hex; the header carries its 20 bytes in base64.",
            lambda key: _digest(key + GUID).hex(),
        ),
        Mistake(
            "That is base64 of the hex text; encode `digest()`, the 20 bytes, not `hexdigest()`.",
            lambda key: _base64(_digest(key + GUID).hex().encode()),
        ),
        Mistake(
            "Those are the 20 bytes of the digest; the header carries them in base64.",
            lambda key: _digest(key + GUID),
        ),
        Mistake(
            "The GUID stands before the key there; the key comes first.",
            lambda key: _base64(_digest(GUID + key)),
        ),
        Mistake(
            "The key was decoded first; its 24 characters are hashed as they stand in the header.",
            lambda key: _base64(hashlib.sha1(base64.b64decode(key) + GUID.encode()).digest()),
        ),
        Mistake(
            "The right characters, but as bytes: end with `.decode()` to make them a str.",
            lambda key: accept_key(key).encode(),
        ),
        Mistake(
            "That is the printout of bytes, b and quotes included: `.decode()` them, not `str()`.",
            lambda key: str(accept_key(key).encode()),
        ),
        Mistake(
            "That hashes with SHA-256; RFC 6455 §4.2.2 asks for SHA-1.",
            lambda key: _base64(hashlib.sha256((key + GUID).encode()).digest()),
        ),
        Mistake(
            "The GUID is missing: the key and the GUID are joined, then hashed.",
            lambda key: _base64(_digest(key)),
        ),
        Mistake(
            "The GUID is in lower case there; hashed text has to match letter by letter.",
            lambda key: _base64(_digest(key + GUID.lower())),
        ),
        Mistake(
            "That is base64 for URLs, with - and _; the header takes the standard one, + and /.",
            lambda key: base64.urlsafe_b64encode(_digest(key + GUID)).decode(),
        ),
        Mistake(
            "There is a line end at its end: `base64.b64encode` adds none, `encodebytes` does.",
            lambda key: base64.encodebytes(_digest(key + GUID)).decode(),
        ),
        Mistake(
            "That belongs to the RFC's key, whatever key comes in: work it out from `key`.",
            lambda key: SAMPLE_ACCEPT,
        ),
        Mistake(
            "That is what gets hashed: take its SHA-1 digest, and write that in base64.",
            lambda key: key + GUID,
        ),
        Mistake(
            "`base64.encode` works on files; `base64.b64encode` works on bytes.",
            lambda key: base64.encode(_digest(key + GUID)),  # type: ignore[call-arg,arg-type]
        ),
        Mistake(
            "That is the key as it came: join it to the GUID, take the SHA-1 digest, and write "
            "that in base64.",
            lambda key: key,
        ),
        Mistake(
            "Python hashes bytes: `.encode()` the text first.",
            lambda key: hashlib.sha1(key + GUID).digest(),
        ),
        Mistake(ENCODE_WHAT_IS_JOINED, _encode_the_guid_alone),
        Mistake(ENCODE_WHAT_IS_JOINED, _encode_the_key_alone),
        Mistake(
            "base64 is made of bytes: give it `digest()`, not `hexdigest()`, which is text.",
            _base64_of_text,
        ),
        Mistake(
            "That is the hash itself; its method `digest()` gives the 20 bytes.",
            _base64_of_the_hash,
        ),
    ],
)


# 2B

FAULTS = {
    "A": "connection",
    "B": "sec-websocket-key",
    "C": "sec-websocket-version",
    "D": "status line",
}

# What learners call the first line of an answer.
STATUS_LINE = {"status line", "status-line", "status", "status code", "200", "200 ok", "101"}

MISREADINGS = {
    ("A", "upgrade"): "`Upgrade: websocket` is as it should be; another header has to name it.",
    ("A", "sec-websocket-key"): "that key is the RFC's own example, 16 bytes in base64.",
    ("B", "connection"): "`keep-alive, Upgrade` is a list with `Upgrade` in it, and that will do.",
    ("B", "host"): "header names are compared without case, so `host` is as good as `Host`.",
    ("B", "sec-websocket-version"): "13 is the version of RFC 6455, and order doesn't count.",
    ("C", "upgrade"): "`WebSocket` is compared without case, so it is as good as `websocket`.",
    ("C", "origin"): "every browser sends `Origin`, and this one is the server's own.",
    ("D", "sec-websocket-accept"): "that accept key is right for the RFC's key; look further up.",
    ("D", "connection"): "`Connection: Upgrade` is as it should be; look further up.",
    ("D", "upgrade"): "`Upgrade: websocket` is as it should be; look further up.",
}


def _grade_faults(answer: object) -> str | None:
    if not isinstance(answer, dict):
        return f'`faults` is {kind(answer)}; make it a dict: `{{"A": "...", "B": ...}}`.'
    if answer and all(answer.get(letter, "") in (None, ...) for letter in FAULTS):
        raise NotAttemptedError
    for letter, fault in FAULTS.items():
        given = answer.get(letter)
        if given is None or given is ... or (isinstance(given, str) and not given.strip()):
            return f'`faults["{letter}"]` is still open: which line of {letter} is at fault?'
        if not isinstance(given, str):
            return f'`faults["{letter}"]` is {kind(given)}; put the name of a header there, a str.'
        named = _line_name(given)
        if named != fault:
            about = MISREADINGS.get((letter, named)) or _about(letter, named)
            return f"{letter} isn't broken by {show(given)}: {about}"
    return None


def _about(letter: str, named: str) -> str:
    if named == "status line":
        return "it is a request, and its first line is as it should be."
    for line in BROKEN[letter].decode().split("\r\n")[1:]:
        name, _, value = line.partition(": ")
        if name.lower() == named:
            return "that line is as it should be; compare the others with a handshake that works."
        if named in name.lower() or named in value.lower():
            return f"if you mean the line `{line}`, give its name in full: `{name}`."
    return "there is no such line in it, and it needs none; compare it with a handshake that works."


def _line_name(given: str) -> str:
    name = given.strip().lower()
    if name in STATUS_LINE or name.startswith("http/"):
        return "status line"
    return name.partition(":")[0].strip()  # a whole header line names its header


# 2C

TARGETS = [
    ("localhost:4000", "/echo", SAMPLE_KEY),
    ("localhost", "/", KEYS[0]),
    ("ws.example.com:8080", "/socket/websocket?token=undefined&vsn=2.0.0", KEYS[1]),
]


def _judge_request(arguments: Sequence[Any], value: Any) -> str | None:
    host, path, key = arguments
    if isinstance(value, str):
        return "gave a str; a socket takes bytes: end with `.encode()`."
    if isinstance(value, list):
        cure = r'`"\r\n".join(lines).encode()` makes bytes of a list of lines.'
        return f"gave a list; expected bytes. {cure}"
    if not isinstance(value, bytes):
        return f"gave {show(value)}; expected bytes."
    if b"\n" in value.replace(b"\r\n", b""):
        return r"has a line that ends in \n alone; HTTP/1.1 ends each line with \r\n."
    if not value.endswith(b"\r\n\r\n"):
        return (
            r"has no empty line at its end: one \r\n ends the last header, and one more says that "
            "no header follows."
        )
    first = value.split(b"\r\n", 1)[0].decode("utf-8", "replace")
    if first != f"GET {path} HTTP/1.1":
        return f"starts with {show(first)}, expected {show(f'GET {path} HTTP/1.1')}."
    request = HandshakeReader("client").receive_data(value)
    assert isinstance(request, Request)
    wanted = {
        "Host": host,
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": key,
        "Sec-WebSocket-Version": "13",
    }
    for name, expected in wanted.items():
        given = request.get(name)
        if given is None:
            return _missing(name, expected, value)
        # Connection is a list that holds Upgrade (RFC 6455 §4.1); all but the key ignore case.
        values = [item.strip() for item in given.split(",")] if name == "Connection" else [given]
        if expected.lower() not in map(str.lower, values) or (given != key and expected == key):
            return f"says `{name}: {given}`, expected `{name}: {expected}`."
    if request.verdicts:
        return f"breaks a rule: {request.verdicts[0]}."
    rest = value.partition(b"\r\n\r\n")[2]
    return f"goes on for {len(rest)} bytes after the empty line; end it there." if rest else None


def _missing(name: str, expected: str, head: bytes) -> str:
    for line in head.decode("utf-8", "replace").split("\r\n"):
        after = line[len(name) :]
        if line.lower().startswith(name.lower()) and after[:1] in (" ", "="):
            return f"says `{line}`; a colon follows a header's name at once: `{name}: {expected}`."
    return f"has no header `{name}`; expected a line `{name}: {expected}`."


REQUEST = Vectors("build_request", TARGETS, _judge_request)


EXERCISES = [
    Exercise(
        name="2A",
        title="the accept key",
        task="Write `accept(key)`: the Sec-WebSocket-Accept that answers a Sec-WebSocket-Key.",
        answer="accept",
        stub='''\
def accept(key):
    """Return the Sec-WebSocket-Accept (a str) for a Sec-WebSocket-Key (a str)."""
    ...
''',
        hints=(
            "What does the server append to the key, what does it do with the two, and in which "
            "form does the result travel?",
            "RFC 6455 §4.2.2, step 5, item 4: the key and the GUID joined, SHA-1 of that, base64 "
            "of the 20 bytes. See `hashlib.sha1` and `base64.b64encode`.",
            "`base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()`",
        ),
        solution=f'''\
import base64
import hashlib


def accept(key):
    guid = "{GUID}"
    digest = hashlib.sha1((key + guid).encode()).digest()
    return base64.b64encode(digest).decode()
''',
        reached=f"`accept` is right for the RFC's key and for {len(KEYS)} others.",
        grade=ACCEPT.grade,
    ),
    Exercise(
        name="2B",
        title="four broken handshakes",
        task="Name in `faults` the guilty header of each broken handshake, or 'status line'.",
        answer="faults",
        stub="""\
faults = {
    "A": ...,  # the name of a header, or "status line"
    "B": ...,
    "C": ...,
    "D": ...,
}
""",
        hints=(
            "Which lines must a request have, which must an answer have, and which of them does "
            "each text lack or spoil?",
            "A: what `Connection` has to say. B: how many bytes the key holds once decoded. "
            "C: count the headers that begin with Sec-WebSocket. D: the first line.",
            'For A: `faults["A"] = "Connection"`, as `keep-alive` alone asks for no upgrade. '
            "The other three follow the same way.",
        ),
        solution="""\
faults = {
    "A": "Connection",  # keep-alive alone: the list has to hold Upgrade
    "B": "Sec-WebSocket-Key",  # 10 bytes in base64, and 16 are asked for
    "C": "Sec-WebSocket-Version",  # missing
    "D": "status line",  # 200 OK is an ordinary answer; 101 switches protocols
}
""",
        reached="all four found; a real server or client refuses each of them.",
        grade=_grade_faults,
    ),
    Exercise(
        name="2C",
        title="a request of your own",
        task="Write `build_request(host, path, key)`: the bytes that ask for a WebSocket.",
        answer="build_request",
        stub='''\
def build_request(host, path, key):
    """Return the bytes of a request that asks for a WebSocket."""
    ...
''',
        hints=(
            "How does a line of HTTP/1.1 end, and how does the other side know that no more "
            "headers come?",
            "One request line and five headers: Host, Upgrade, Connection, Sec-WebSocket-Key, "
            "Sec-WebSocket-Version (RFC 6455 §4.1).",
            r'Put the lines in a list: `"\r\n".join([*lines, "", ""]).encode()`',
        ),
        solution=r"""def build_request(host, path, key):
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
    ]
    return "\r\n".join([*lines, "", ""]).encode()
""",
        reached="a server would answer each of your requests with 101 Switching Protocols.",
        grade=REQUEST.grade,
    ),
]
