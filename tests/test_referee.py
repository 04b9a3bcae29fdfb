"""The referee: for every rule of the law book a conversation that breaks it, and one that doesn't.

The good twin differs from the bad one in as little as can be, and breaks no rule at all. Where the
library `websockets` enforces the same rule, its sans-I/O server is the second opinion: it fails the
connection with the close code that our rule owes.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import pytest
from websockets.client import ClientProtocol
from websockets.protocol import OPEN
from websockets.server import ServerProtocol
from websockets.uri import parse_uri

from hellosockets import rules
from hellosockets.conversation import Conversation
from hellosockets.deflate import MOST_LAST_BLOCKS
from hellosockets.forge import forge
from hellosockets.frames import Speaker
from hellosockets.handshake import accept_key
from hellosockets.recording import Recording
from hellosockets.rules import Rule

MASK = bytes.fromhex("37fa213d")  # RFC 6455 §5.7
KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # RFC 6455 §1.3
OFFER = "Sec-WebSocket-Extensions: permessage-deflate"
ANSWER = OFFER

RULES = {name: rule for name, rule in vars(rules).items() if isinstance(rule, Rule)}


def request(*more: str, first: str = "GET /echo HTTP/1.1", **changes: str | None) -> bytes:
    headers: dict[str, str | None] = {
        "Host": "localhost",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": KEY,
        "Sec-WebSocket-Version": "13",
    }
    return head(first, headers, changes, more)


def response(*more: str, first: str = "HTTP/1.1 101 Switching Protocols", **changes: str | None):
    headers: dict[str, str | None] = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Accept": accept_key(KEY),
    }
    return head(first, headers, changes, more)


def head(
    first: str,
    headers: dict[str, str | None],
    changes: dict[str, str | None],
    more: tuple[str, ...],
) -> bytes:
    headers |= {name.replace("_", "-"): value for name, value in changes.items()}
    lines = [f"{name}: {value}" for name, value in headers.items() if value is not None]
    return "\r\n".join([first, *lines, *more, "", ""]).encode("latin-1")


def plain(*headers: str, body: bytes = b"", first: str = "HTTP/1.1 200 OK") -> bytes:
    return "\r\n".join([first, *headers, "", ""]).encode() + body


def up(payload: str | bytes = b"", opcode: int = 1, **options: object) -> bytes:
    """A client's frame, masked."""
    return forge(payload, opcode, **({"masking_key": MASK} | options))  # type: ignore[arg-type]


down = forge  # a server's frame, not masked


def deflated(text: str) -> bytes:
    deflater = zlib.compressobj(wbits=-15)
    return (deflater.compress(text.encode()) + deflater.flush(zlib.Z_SYNC_FLUSH))[:-4]


GET = "GET /page HTTP/1.1\r\nHost: localhost\r\n"


@dataclass(frozen=True)
class Talk:
    """
    A conversation: who says what, in order.

    Attributes:
        said: Speaker and bytes.
        ends: Who ends their stream afterwards.

    """

    said: tuple[tuple[Speaker, bytes], ...] = ()
    ends: tuple[Speaker, ...] = ()

    def conversation(self) -> Conversation:
        recording = Recording(max_bytes=2**26)
        conversation = Conversation(recording)
        for speaker, data in [*self.said, *[(each, b"") for each in self.ends]]:
            recording.append(speaker, data)
        return conversation


def talk(
    ask: bytes | None = None,
    answer: bytes | None = None,
    *,
    client: bytes = b"",
    server: bytes = b"",
    ends: tuple[Speaker, ...] = (),
) -> Talk:
    """Return a conversation with a sound handshake, unless another one is given, and frames."""
    said: list[tuple[Speaker, bytes]] = [
        ("client", request() if ask is None else ask),
        ("server", response() if answer is None else answer),
        ("client", client),
        ("server", server),
    ]
    return Talk(tuple((speaker, data) for speaker, data in said if data), ends)


def compressed(client: bytes, *, server: bytes = b"") -> Talk:
    return talk(request(OFFER), response(ANSWER), client=client, server=server)


def agreement(offer: str, answer: str) -> Talk:
    return talk(
        request(f"Sec-WebSocket-Extensions: {offer}"),
        response(f"Sec-WebSocket-Extensions: {answer}"),
    )


PD = "permessage-deflate"
FINE = talk(client=up("a"))
BOTH: tuple[Speaker, ...] = ("client", "server")
V1 = request(first="GET /socket/websocket?vsn=1.0.0 HTTP/1.1")
V2 = request(first="GET /socket/websocket?vsn=2.0.0 HTTP/1.1")
TWELVE_MIB = up("x" * (12 * 2**20), fin=False)
BOMB = deflated("x" * (17 * 2**20))
LAST = b"\x03\x00"  # an empty block with BFINAL set

# Name of the rule: what breaks it, and what doesn't.
EXAMPLES: dict[str, tuple[Talk, Talk]] = {
    # The opening handshake
    "REQUEST_LINE": (talk(request(first="GET /echo")), FINE),
    "STATUS_LINE": (talk(answer=response(first="HTTP/1.1")), FINE),
    "START_LINE_FIRST": (talk(b"\r\n" + request()), FINE),
    "LINE_END": (talk(request().replace(b"localhost\r\n", b"localhost\n")), FINE),
    "OBS_FOLD": (talk(request("X: a\r\n b")), talk(request("X: a b"))),
    "HEADER_COLON": (talk(request("X")), talk(request("X: a"))),
    "HEADER_NAME": (talk(request("X Y: a")), talk(request("X-Y: a"))),
    "HEADER_VALUE": (talk(request("X: a\x01")), talk(request("X: a"))),
    "HEAD_IS_ASCII": (talk(request("X: é")), talk(request("X: e"))),
    "WHOLE_HEAD": (Talk((("client", request()[:-2]),), BOTH), Talk((("client", request()),), BOTH)),
    "CONTENT_LENGTH": (
        talk(plain(first=GET.strip()), plain("Content-Length: two", body=b"hi"), ends=BOTH),
        talk(plain(first=GET.strip()), plain("Content-Length: 2", body=b"hi"), ends=BOTH),
    ),
    "WHOLE_BODY": (
        talk(plain(first=GET.strip()), plain("Content-Length: 3", body=b"hi"), ends=BOTH),
        talk(plain(first=GET.strip()), plain("Content-Length: 2", body=b"hi"), ends=BOTH),
    ),
    "CHUNKED": (
        talk(plain(first=GET.strip()), plain("Transfer-Encoding: chunked", body=b"x\r\n")),
        talk(
            plain(first=GET.strip()),
            plain("Transfer-Encoding: chunked", body=b"2\r\nhi\r\n0\r\n\r\n"),
        ),
    ),
    "TRANSFER_ENCODING": (
        Talk((("client", plain("Transfer-Encoding: gzip", first=GET.strip())),)),
        Talk(
            (("client", plain("Transfer-Encoding: chunked", first=GET.strip(), body=b"0\r\n\r\n")),)
        ),
    ),
    "HANDSHAKE_LIMIT": (
        Talk((("client", request(f"X: {'x' * 2**16}")),)),
        Talk((("client", request(f"X: {'x' * 2**15}")),)),
    ),
    "HOST": (talk(request(Host=None)), FINE),
    "METHOD": (talk(request(first="POST /echo HTTP/1.1")), FINE),
    "HTTP_VERSION": (talk(request(first="GET /echo HTTP/1.0")), FINE),
    "REQUEST_UPGRADE": (
        Talk((("client", request(Upgrade="h2c")),)),
        Talk((("client", request()),)),
    ),
    "REQUEST_CONNECTION": (talk(request(Connection="keep-alive")), FINE),
    "KEY": (Talk((("client", request(Sec_WebSocket_Key="c2hvcnQ=")),)), FINE),
    "VERSION": (talk(request(Sec_WebSocket_Version="8")), FINE),
    "SUBPROTOCOLS": (
        talk(request("Sec-WebSocket-Protocol: chat, chat")),
        talk(request("Sec-WebSocket-Protocol: chat, echo")),
    ),
    "RESPONSE_UPGRADE": (talk(answer=response(Upgrade="h2c")), FINE),
    "RESPONSE_CONNECTION": (talk(answer=response(Connection="close")), FINE),
    "ACCEPT": (talk(answer=response(Sec_WebSocket_Accept=accept_key("another"))), FINE),
    "UNASKED_UPGRADE": (talk(plain(first=GET.strip())), FINE),
    "EXTENSION_OFFERED": (talk(answer=response(ANSWER)), talk(request(OFFER), response(ANSWER))),
    "SUBPROTOCOL_OFFERED": (
        talk(request("Sec-WebSocket-Protocol: a"), response("Sec-WebSocket-Protocol: b")),
        talk(request("Sec-WebSocket-Protocol: a"), response("Sec-WebSocket-Protocol: a")),
    ),
    "ONE_SUBPROTOCOL": (
        talk(request("Sec-WebSocket-Protocol: a, b"), response("Sec-WebSocket-Protocol: a, b")),
        talk(request("Sec-WebSocket-Protocol: a, b"), response("Sec-WebSocket-Protocol: b")),
    ),
    # Frames
    "RESERVED_BIT": (talk(client=up("a", rsv2=True)), FINE),
    "RESERVED_OPCODE": (talk(client=up("a", 3)), FINE),
    "MINIMAL_LENGTH": (
        talk(client=up(bytes(125), 2, length_form=16)),
        talk(client=up(bytes(126), 2, length_form=16)),
    ),
    "LENGTH_TOP_BIT": (
        talk(client=up(length=2**63)),
        talk(client=up(length=2**62)[:-4]),  # a header that isn't whole yet
    ),
    "CONTROL_LENGTH": (talk(client=up(bytes(126), 9)), talk(client=up(bytes(125), 9))),
    "CONTROL_FRAGMENTED": (talk(client=up("a", 9, fin=False)), talk(client=up("a", 9))),
    "CLOSE_LENGTH": (talk(client=up(b"\x03", 8)), talk(client=up(b"\x03\xe8", 8))),
    "CLOSE_CODE": (talk(client=up(b"\x03\xed", 8)), talk(client=up(b"\x03\xe8", 8))),
    "EXTENSIONS_NAMED": (
        talk(client=up(b"\x03\xf2", 8)),
        talk(client=up(b"\x03\xf2permessage-deflate", 8)),
    ),
    "NO_1010_FROM_SERVER": (
        talk(server=down(b"\x03\xf2x", 8)),
        talk(server=down(b"\x03\xf3x", 8)),
    ),
    "WHOLE_FRAME": (
        talk(client=up("ab")[:-1], ends=("client",)),
        talk(client=up("ab"), ends=("client",)),
    ),
    "FRAME_LIMIT": (
        talk(client=up(length=2**24 + 1)),
        talk(client=up(bytes(2**24), 2)),
    ),
    "CLIENT_MASKS": (talk(client=up("a", masking_key=None)), FINE),
    "SERVER_DOES_NOT_MASK": (talk(server=up("a")), talk(server=down("a"))),
    # Messages
    "CONTINUATION_WITHOUT_START": (
        talk(client=up("a", 0)),
        talk(client=up("a", fin=False) + up("b", 0)),
    ),
    "MESSAGE_INTERRUPTED": (
        talk(client=up("a", fin=False) + up("b")),
        talk(client=up("a", fin=False) + up("", 9) + up("b", 0)),
    ),
    "TEXT_IS_UTF8": (
        talk(client=up(b"\xf0\x9f", fin=False) + up(b"\x98", 0)),
        talk(client=up(b"\xf0\x9f", fin=False) + up(b"\x98\x80", 0)),
    ),
    "TEXT_ONLY": (talk(V1, client=up("a", 2)), talk(V2, client=up("a", 2))),
    "MESSAGE_LIMIT": (
        talk(client=TWELVE_MIB + up("x" * 5 * 2**20, 0)),
        talk(client=TWELVE_MIB + up("x" * 2**20, 0)),
    ),
    "EARLY_DATA": (Talk((("client", request() + up("a")), ("server", response()))), FINE),
    "AFTER_CLOSE": (
        talk(client=up(b"\x03\xe8", 8) + up("a")),
        talk(client=up("a") + up(b"\x03\xe8", 8)),
    ),
    # permessage-deflate
    "EXTENSION_GRAMMAR": (agreement(f"{PD}, ;=", PD), agreement(PD, PD)),
    "DEFLATE_UNKNOWN_PARAMETER": (
        agreement(f"{PD}; fast, {PD}", PD),
        agreement(f"{PD}; client_max_window_bits, {PD}", PD),
    ),
    "DEFLATE_REPEATED_PARAMETER": (
        agreement(f"{PD}; client_max_window_bits; client_max_window_bits, {PD}", PD),
        agreement(f"{PD}; client_max_window_bits, {PD}", PD),
    ),
    "DEFLATE_TAKEOVER_VALUE": (
        agreement(f"{PD}; client_no_context_takeover=1, {PD}", PD),
        agreement(f"{PD}; client_no_context_takeover, {PD}", PD),
    ),
    "DEFLATE_WINDOW_BITS": (
        agreement(f"{PD}; client_max_window_bits=16, {PD}", PD),
        agreement(f"{PD}; client_max_window_bits=15, {PD}", PD),
    ),
    "DEFLATE_DECLINE": (agreement(f"{PD}; fast", PD), agreement(PD, PD)),
    "DEFLATE_AGREED_ONCE": (agreement(PD, f"{PD}, {PD}"), agreement(f"{PD}, {PD}", PD)),
    "DEFLATE_SERVER_TAKEOVER": (
        agreement(f"{PD}; server_no_context_takeover", PD),
        agreement(f"{PD}; server_no_context_takeover", f"{PD}; server_no_context_takeover"),
    ),
    "DEFLATE_SERVER_WINDOW": (
        agreement(f"{PD}; server_max_window_bits=10", f"{PD}; server_max_window_bits=11"),
        agreement(f"{PD}; server_max_window_bits=10", f"{PD}; server_max_window_bits=9"),
    ),
    "DEFLATE_CLIENT_WINDOW": (
        agreement(f"{PD}; client_max_window_bits=10", f"{PD}; client_max_window_bits=11"),
        agreement(f"{PD}; client_max_window_bits=10", f"{PD}; client_max_window_bits=10"),
    ),
    "DEFLATE_CLIENT_WINDOW_UNASKED": (
        agreement(PD, f"{PD}; client_max_window_bits=10"),
        agreement(f"{PD}; client_max_window_bits", f"{PD}; client_max_window_bits=10"),
    ),
    "RSV1_WITHOUT_AGREEMENT": (
        talk(client=up(deflated("a"), rsv1=True)),
        compressed(up(deflated("a"), rsv1=True)),
    ),
    "RSV1_ON_CONTROL": (compressed(up("a", 9, rsv1=True)), compressed(up("a", 9))),
    "RSV1_ON_CONTINUATION": (
        compressed(up("a", fin=False) + up("b", 0, rsv1=True)),
        compressed(up("a", fin=False) + up("b", 0)),
    ),
    "INVALID_DEFLATE_DATA": (
        compressed(up(b"\xff\xff\xff", rsv1=True)),
        compressed(up(deflated("a"), rsv1=True)),
    ),
    "DEFLATE_CUT_SHORT": (
        compressed(up(deflated("Hello, Hello")[:-3], rsv1=True)),
        compressed(up(deflated("Hello, Hello"), rsv1=True)),
    ),
    "DEFLATE_WINDOW_LOST": (
        compressed(up(b"\xff\xff\xff", rsv1=True) + up(deflated("a"), rsv1=True)),
        compressed(up(deflated("b"), rsv1=True) + up(deflated("a"), rsv1=True)),
    ),
    "DEFLATE_LAST_BLOCKS": (
        compressed(up(LAST * (MOST_LAST_BLOCKS + 1), rsv1=True)),
        compressed(up(LAST * 10 + deflated("a"), rsv1=True)),
    ),
    "INFLATED_LIMIT": (
        compressed(up(BOMB, rsv1=True)),
        compressed(up(deflated("x" * 2**20), rsv1=True)),
    ),
}


def test_every_rule_of_the_book_has_its_examples() -> None:
    assert set(EXAMPLES) == set(RULES)
    assert len(RULES) >= 65


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_breaks_a_rule_is_found(name: str) -> None:
    bad, _ = EXAMPLES[name]
    found = bad.conversation().verdicts
    assert RULES[name] in [verdict.rule for verdict in found], found


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_breaks_none_is_let_be(name: str) -> None:
    _, good = EXAMPLES[name]
    assert good.conversation().verdicts == []


@pytest.mark.parametrize("name", RULES)
def test_a_rule_says_where_it_stands_and_what_it_earns(name: str) -> None:
    rule = RULES[name]
    assert rule.clause.startswith(("RFC 6455 §", "RFC 7692 §", "RFC 9110 §", "RFC 9112 §"))
    assert rule.level in ("MUST", "SHOULD")
    assert rule.close_code in (None, 1002, 1003, 1007, 1009, 1010)
    assert 3 <= len(rule.text.split()) <= 25


def test_every_close_code_is_owed_for_something() -> None:
    owed = {rule.close_code for rule in RULES.values()}
    assert owed == {None, 1002, 1003, 1007, 1009, 1010}


# The second opinion

# What the library lets pass, and why it may.
LENIENT = {
    "MINIMAL_LENGTH": "it reads a length in any form",
    "LENGTH_TOP_BIT": "it answers 1009, for a frame that is too long",
    "EXTENSIONS_NAMED": "SHOULD alone",
    "TEXT_IS_UTF8": "its connection decodes text, not this part; test_probe asks that one",
    "TEXT_ONLY": "it doesn't know what the application understands",
    "INVALID_DEFLATE_DATA": "needs the extension, which this server doesn't load",
    "DEFLATE_CUT_SHORT": "needs the extension",
    "DEFLATE_LAST_BLOCKS": "needs the extension",
    "INFLATED_LIMIT": "needs the extension",
    "EXTENSION_OFFERED": "a client's business",
    "DEFLATE_AGREED_ONCE": "a client's business",
    "DEFLATE_SERVER_TAKEOVER": "a client's business",
    "DEFLATE_SERVER_WINDOW": "a client's business",
    "DEFLATE_CLIENT_WINDOW": "a client's business",
    "DEFLATE_CLIENT_WINDOW_UNASKED": "a client's business",
    "SERVER_DOES_NOT_MASK": "a server's own frame: its client is asked below",
}
ASKED = [name for name, rule in RULES.items() if rule.close_code and name not in LENIENT]


@pytest.mark.parametrize("name", ASKED)
def test_the_library_fails_the_connection_with_the_same_code(name: str) -> None:
    bad, _ = EXAMPLES[name]
    # After the opening handshake, which this server is taken to have had.
    frames = b"".join(data for speaker, data in bad.said[2:] if speaker == "client")
    server = ServerProtocol(state=OPEN, max_size=2**24)
    server.receive_data(frames)
    assert server.close_sent is not None, "the library found nothing wrong"
    assert server.close_sent.code == RULES[name].close_code


def test_a_client_of_the_library_refuses_a_masked_frame() -> None:
    bad, _ = EXAMPLES["SERVER_DOES_NOT_MASK"]
    client = ClientProtocol(parse_uri("ws://localhost/"), state=OPEN)
    client.receive_data(bad.said[2][1])
    assert client.close_sent is not None
    assert client.close_sent.code == rules.SERVER_DOES_NOT_MASK.close_code


def test_there_is_a_second_opinion_on_most() -> None:
    assert set(LENIENT) <= set(RULES)
    assert len(ASKED) >= 14
