"""Compression: the RFC's examples, websockets and wsproto as oracles, bombs and broken bytes."""

from __future__ import annotations

import itertools
import random
import tracemalloc
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vectors import DEFLATE, DEFLATE_FRAMES
from websockets.exceptions import InvalidHeader, NegotiationError
from websockets.extensions import permessage_deflate as library
from websockets.frames import Frame as LibraryFrame
from websockets.frames import Opcode
from websockets.headers import parse_extension
from wsproto.extensions import PerMessageDeflate
from wsproto.frame_protocol import FrameProtocol

from hellosockets import rules
from hellosockets.deflate import (
    MOST_LAST_BLOCKS,
    TAIL,
    Agreement,
    Deflater,
    Extension,
    Inflated,
    Inflater,
    agreed,
    judge,
    negotiate,
    parse_extensions,
)
from hellosockets.frames import FrameReader

HELLO = bytes.fromhex("f2 48 cd c9 c9 07 00")
REFERS_BACK = bytes.fromhex("f2 00 11 00 00")  # "Hello" again, as a look back into the window
BROKEN = bytes.fromhex("ff")  # a block of the type that doesn't exist

unhurried = settings(deadline=None)

# Text that repeats itself, so that windows and looks back matter.
words = st.lists(st.sampled_from([b"topic:subtopic ", b"phx_reply", b"\x00\xff", b"a"]))
messages = st.lists(st.binary(max_size=300) | words.map(b"".join), max_size=5)
takeovers = st.booleans()
window_bits = st.integers(9, 15)
cuts = st.lists(st.integers(0, 2**16), max_size=4)


def cut(payload: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(payload) + 1) for place in places), len(payload)]
    return [payload[start:end] for start, end in itertools.pairwise(edges)]


def by_byte(payload: bytes) -> list[bytes]:
    return [payload[i : i + 1] for i in range(len(payload))]


def inflate_message(inflater: Inflater, fragments: list[bytes]) -> bytes:
    """Inflate a lawful message of 1 or more fragments."""
    data = b""
    for i, payload in enumerate(fragments):
        inflated = inflater.inflate(payload, fin=i == len(fragments) - 1)
        assert inflated.verdict is None
        assert inflated.wire_size == len(payload)
        data += inflated.data
    return data


def random_bytes(size: int, seed: int = 7692) -> bytes:
    return random.Random(seed).randbytes(size)


# The RFC's examples: as they are, each byte a fragment of its own, and with empty fragments.


@pytest.mark.parametrize("name", DEFLATE)
def test_inflates_example(name: str) -> None:
    inflater = Inflater()
    for fragments, data in DEFLATE[name]:
        assert inflate_message(inflater, fragments) == data


@pytest.mark.parametrize("name", DEFLATE)
def test_inflates_example_byte_by_byte(name: str) -> None:
    inflater = Inflater()
    for fragments, data in DEFLATE[name]:
        assert inflate_message(inflater, by_byte(b"".join(fragments))) == data


@pytest.mark.parametrize("name", DEFLATE)
def test_inflates_example_with_empty_fragments(name: str) -> None:
    inflater = Inflater()
    for fragments, data in DEFLATE[name]:
        assert inflate_message(inflater, [b"", *fragments, b""]) == data


@pytest.mark.parametrize(
    "name", [name for name in DEFLATE if name != "two messages, window shared"]
)
def test_inflates_example_with_no_context_takeover(name: str) -> None:
    inflater = Inflater(no_context_takeover=True)
    for fragments, data in DEFLATE[name]:
        assert inflate_message(inflater, fragments) == data


@pytest.mark.parametrize("name", DEFLATE)
def test_inflates_all_examples_in_one_connection(name: str) -> None:
    inflater = Inflater()
    for fragments, data in [*itertools.chain(*DEFLATE.values()), *DEFLATE[name]]:
        assert inflate_message(inflater, fragments) == data


@pytest.mark.parametrize("name", DEFLATE_FRAMES)
def test_inflates_frames_of_the_examples(name: str) -> None:
    raw, data = DEFLATE_FRAMES[name]
    frames = FrameReader("server").receive_data(raw)
    assert [frame.rsv1 for frame in frames] == [True, False][: len(frames)]
    assert inflate_message(Inflater(), [frame.unmasked for frame in frames]) == data


def test_deflates_the_examples() -> None:
    deflater = Deflater()
    assert [deflater.deflate("Hello"), deflater.deflate("Hello")] == [HELLO, REFERS_BACK]


def test_deflates_with_no_context_takeover() -> None:
    deflater = Deflater(no_context_takeover=True)
    assert [deflater.deflate(b"Hello"), deflater.deflate(b"Hello")] == [HELLO, HELLO]


@pytest.mark.parametrize("no_context_takeover", [False, True])
def test_deflates_empty_messages(no_context_takeover: bool) -> None:
    deflater = Deflater(no_context_takeover=no_context_takeover)
    payloads = [deflater.deflate(data) for data in (b"", b"", b"Hello", b"", b"")]
    assert payloads == [b"\0", b"\0", HELLO, b"\0", b"\0"]


def test_a_block_after_bfinal_refers_back_past_it() -> None:
    inflater = Inflater()
    final = bytes.fromhex("f3 48 cd c9 c9 07 00")
    assert inflate_message(inflater, [final + REFERS_BACK]) == b"HelloHello"
    assert inflate_message(inflater, [REFERS_BACK]) == b"Hello"


def test_a_window_is_carried_past_bfinal_at_any_distance() -> None:
    data = random_bytes(100_000)
    ends = zlib.compressobj(wbits=-15)
    inflater = Inflater()
    assert inflate_message(inflater, [ends.compress(data) + ends.flush() + b"\0"]) == data
    goes_on = zlib.compressobj(wbits=-15, zdict=data[-(2**15) :])
    payload = goes_on.compress(data[-32_000:]) + goes_on.flush(zlib.Z_SYNC_FLUSH)
    assert len(payload) < 1000
    assert inflate_message(inflater, [payload.removesuffix(TAIL)]) == data[-32_000:]


def test_what_a_message_costs_and_saves() -> None:
    inflated = Inflater().inflate(HELLO)
    assert (inflated.data, inflated.wire_size, inflated.saved) == (b"Hello", 7, -2)
    repeats = b"topic:subtopic" * 100
    assert Inflater().inflate(Deflater().deflate(repeats)).saved > 1300


# Oracles: each side of ours against each side of theirs.


@unhurried
@given(messages, takeovers, window_bits, cuts)
def test_inflates_what_websockets_deflates(
    datas: list[bytes], no_context_takeover: bool, bits: int, places: list[int]
) -> None:
    theirs = library.PerMessageDeflate(False, no_context_takeover, 15, bits)
    ours = Inflater(no_context_takeover=no_context_takeover, window_bits=bits)
    for data in datas:
        frame = theirs.encode(LibraryFrame(Opcode.BINARY, data))
        assert inflate_message(ours, cut(bytes(frame.data), places)) == data


@unhurried
@given(messages, takeovers, window_bits)
def test_inflates_fragments_that_websockets_deflates(
    datas: list[bytes], no_context_takeover: bool, bits: int
) -> None:
    # websockets flushes each fragment: the data of a message are the messages of this list.
    if not datas:
        return
    theirs = library.PerMessageDeflate(False, no_context_takeover, 15, bits)
    ours = Inflater(no_context_takeover=no_context_takeover, window_bits=bits)
    for _ in range(2):
        fragments = []
        for i, data in enumerate(datas):
            opcode = Opcode.CONT if i else Opcode.BINARY
            frame = theirs.encode(LibraryFrame(opcode, data, fin=i == len(datas) - 1))
            fragments.append(bytes(frame.data))
        assert inflate_message(ours, fragments) == b"".join(datas)


@unhurried
@given(messages, takeovers, window_bits)
def test_websockets_inflates_what_we_deflate(
    datas: list[bytes], no_context_takeover: bool, bits: int
) -> None:
    ours = Deflater(no_context_takeover=no_context_takeover, window_bits=bits)
    theirs = library.PerMessageDeflate(no_context_takeover, False, bits, 15)
    for data in datas:
        frame = LibraryFrame(Opcode.BINARY, ours.deflate(data), rsv1=True)
        assert bytes(theirs.decode(frame).data) == data


@unhurried
@given(messages, takeovers, takeovers, window_bits, window_bits, st.sampled_from([True, False]))
def test_talks_with_wsproto_in_both_roles(
    datas: list[bytes],
    server_takeover: bool,
    client_takeover: bool,
    server_bits: int,
    client_bits: int,
    is_client: bool,
) -> None:
    agreement = Agreement(server_takeover, client_takeover, server_bits, client_bits)
    extension = PerMessageDeflate()
    extension.finalize(agreement.header())
    theirs = FrameProtocol(client=is_client, extensions=[extension])
    them, us = ("client", "server") if is_client else ("server", "client")
    inflater, deflater = agreement.inflater(them), agreement.deflater(us)
    reader = FrameReader(them)
    for data in datas:
        [frame] = reader.receive_data(theirs.send_data(data))
        assert frame.rsv1
        assert inflate_message(inflater, [frame.unmasked]) == data

        theirs.receive_bytes(_data_frame(deflater.deflate(data), masked=not is_client))
        [message] = theirs.received_frames()
        assert bytes(message.payload) == data
        assert message.message_finished


def _data_frame(payload: bytes, masked: bool) -> bytes:
    # A key of zeros: masking with it changes nothing.
    key = bytes(4) if masked else b""
    assert len(payload) < 2**16
    length = bytes([masked << 7 | 126]) + len(payload).to_bytes(2, "big")
    if len(payload) < 126:
        length = bytes([masked << 7 | len(payload)])
    return b"\xc2" + length + key + payload


@unhurried
@given(messages, takeovers, st.integers(8, 15), st.integers(-1, 9), cuts)
def test_inflates_what_we_deflate(
    datas: list[bytes], no_context_takeover: bool, bits: int, level: int, places: list[int]
) -> None:
    deflater = Deflater(no_context_takeover=no_context_takeover, window_bits=bits, level=level)
    inflater = Inflater(no_context_takeover=no_context_takeover, window_bits=bits)
    for data in datas:
        payload = deflater.deflate(data)
        assert payload
        assert inflate_message(inflater, cut(payload, places)) == data


@pytest.mark.parametrize("level", range(-1, 10))
def test_a_window_of_8_bits_is_never_exceeded(level: int) -> None:
    # The promise in Deflater: zlib with 9 bits never looks back more than 256 bytes. A peer that
    # takes one byte at a time has nothing but its window to look back into.
    block = random_bytes(400)
    distances = [block[:size] * (2000 // size) for size in (*range(240, 262), 300, 400)]
    deflater = Deflater(window_bits=8, level=level)
    peer = zlib.decompressobj(wbits=-8)
    for data in distances:
        rest = deflater.deflate(data) + TAIL
        seen = b""
        while piece := peer.decompress(rest, 1):
            seen += piece
            rest = peer.unconsumed_tail
        assert seen == data


# Negotiation: what is written, and what a server answers.


def test_parses_offers_in_order() -> None:
    first = "permessage-deflate; client_max_window_bits; server_max_window_bits=10"
    assert parse_extensions(f"{first}, x-other,permessage-deflate") == [
        Extension(
            "permessage-deflate",
            (("client_max_window_bits", None), ("server_max_window_bits", "10")),
        ),
        Extension("x-other"),
        Extension("permessage-deflate"),
    ]


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ('x; a="10"', "10"),
        ('x;a = "10" ', "10"),
        ('x; a="\\1\\0"', "10"),
        ("x;\ta\t=\t10", "10"),
        (", ,x; a=10,,", "10"),
        ("x; a", None),
    ],
)
def test_parses_values(header: str, value: str | None) -> None:
    assert parse_extensions(header) == [Extension("x", (("a", value),))]
    assert judge(header, None) == ()


@pytest.mark.parametrize(
    ("header", "readable"),
    [
        ("", []),
        (" ", []),
        (",", []),
        (";", []),
        ("=", []),
        ("a b", []),
        ("schön", []),
        ("x;", ["x"]),
        ("x; ", ["x"]),
        ("x; a=", ["x"]),
        ("x; =1", ["x"]),
        ("x; a=1 2", ["x"]),
        ("x; a b, y", ["x", "y"]),
        ('x; a=""', ["x"]),
        ('x; a="1 2"', ["x"]),
        ('x; a="1,2;3"', ["x"]),
        ('x; a="1, y', ["x"]),
        ('x; a="1\\', ["x"]),
        ('x; a="1"2', ["x"]),
        ('"x", y', ["y"]),
        ("x\n, y", ["y"]),
        ("x; a=\ud800", ["x"]),
        ("@, y; a=1", ["y; a=1"]),
    ],
)
def test_reports_what_cannot_be_read(header: str, readable: list[str]) -> None:
    assert [str(extension) for extension in parse_extensions(header)] == readable
    [verdict] = judge(header, None)
    assert verdict.rule == rules.EXTENSION_GRAMMAR
    assert verdict.found.startswith("the offer has ")
    assert verdict.found.isprintable()
    [verdict] = judge(None, header)
    assert verdict.found.startswith("the answer has ")
    with pytest.raises(InvalidHeader):  # the library agrees, but stops at the first mistake
        parse_extension(header.strip(" \t"))
    assert negotiate(f"permessage-deflate, {header}") is None or not header.strip(" ,")


@unhurried
@given(st.text(st.sampled_from('ab=1", ;\\\t') | st.characters()))
def test_agrees_with_websockets_on_the_grammar(header: str) -> None:
    header = header.strip(" \t")
    try:
        theirs = parse_extension(header)
    except InvalidHeader:
        theirs = None
    ours = [(each.name, list(each.parameters)) for each in parse_extensions(header)]
    is_readable = not any(v.rule == rules.EXTENSION_GRAMMAR for v in judge(header, None))
    assert is_readable == (theirs is not None)
    if theirs is not None:
        assert ours == theirs


@pytest.mark.parametrize("piece", ['"', "\\", '"\\', ",", ";", "=", "a;", 'a="', "a=1;", " ", ",="])
def test_a_long_header_is_read_in_one_go(piece: str) -> None:
    # Quadratic reading would take minutes here.
    header = piece * 40_000
    assert len(judge(header, header)) <= 100
    parse_extensions(header)


OFFERS = [
    "",
    "; client_max_window_bits",
    "; client_max_window_bits=8",
    "; client_max_window_bits=10",
    "; client_max_window_bits=15",
    '; client_max_window_bits="12"',
    "; server_max_window_bits=9",
    "; server_max_window_bits=12",
    "; server_max_window_bits=15",
    "; server_no_context_takeover",
    "; client_no_context_takeover",
    "; server_no_context_takeover; client_no_context_takeover",
    "; client_max_window_bits; server_max_window_bits=10; server_no_context_takeover",
    "; client_max_window_bits=11; server_max_window_bits=10; client_no_context_takeover",
    # What a server has to decline:
    "; server_max_window_bits",
    "; server_max_window_bits=7",
    "; server_max_window_bits=16",
    "; server_max_window_bits=010",
    "; server_max_window_bits=-9",
    "; server_max_window_bits=ten",
    "; client_max_window_bits=7",
    "; client_max_window_bits=16",
    "; client_max_window_bits=08",
    "; client_max_window_bits; client_max_window_bits",
    "; client_max_window_bits=9; client_max_window_bits=10",
    "; server_max_window_bits=9; server_max_window_bits=9",
    "; server_no_context_takeover=1",
    "; client_no_context_takeover=true",
    "; server_no_context_takeover; server_no_context_takeover",
    "; client_no_context_takeover; client_no_context_takeover",
    "; something",
    "; Server_No_Context_Takeover",
]
PREFERENCES = [
    {},
    {"server_no_context_takeover": True},
    {"client_no_context_takeover": True},
    {"server_max_window_bits": 11},
    {"client_max_window_bits": 11},
    {"client_max_window_bits": 8},
    {
        "server_no_context_takeover": True,
        "client_no_context_takeover": True,
        "server_max_window_bits": 9,
        "client_max_window_bits": 9,
    },
]


@pytest.mark.parametrize("preferences", PREFERENCES, ids=str)
@pytest.mark.parametrize("offer", OFFERS)
def test_answers_as_websockets_does(offer: str, preferences: dict[str, int]) -> None:
    header = f"permessage-deflate{offer}"
    [(_, parameters)] = parse_extension(header)
    factory = library.ServerPerMessageDeflateFactory(**preferences)
    ours = negotiate(header, **preferences)
    try:
        answer, theirs = factory.process_request_params(parameters, [])
    except NegotiationError:
        assert ours is None
        assert judge(header, None) != ()
        return
    assert ours is not None
    assert ours == Agreement(
        theirs.local_no_context_takeover,
        theirs.remote_no_context_takeover,
        theirs.local_max_window_bits,
        theirs.remote_max_window_bits,
    )
    # websockets repeats client_max_window_bits=15, which says no more than leaving it out.
    spelled = "; ".join(name if value is None else f"{name}={value}" for name, value in answer)
    their_header = "; ".join(filter(None, ["permessage-deflate", spelled]))
    assert ours.header() == their_header.removesuffix("; client_max_window_bits=15")
    assert judge(header, ours.header()) == ()
    assert judge(header, their_header) == ()
    assert agreed(ours.header()) == agreed(their_header) == ours


def test_a_server_window_of_8_bits_is_granted() -> None:
    # websockets declines it, because zlib has no such window; `Deflater` says why ours can.
    agreement = negotiate("permessage-deflate; server_max_window_bits=8")
    assert agreement is not None
    assert agreement.header() == "permessage-deflate; server_max_window_bits=8"


@pytest.mark.parametrize(
    ("header", "answer"),
    [
        (None, None),
        ("", None),
        ("x-webkit-deflate-frame", None),
        ("x-other, permessage-deflate", "permessage-deflate"),
        (
            "permessage-deflate; server_max_window_bits=7, permessage-deflate",
            "permessage-deflate",
        ),
        (
            "permessage-deflate; server_max_window_bits=10, permessage-deflate",
            "permessage-deflate; server_max_window_bits=10",
        ),
        ("permessage-deflate; a b, permessage-deflate", None),
    ],
)
def test_accepts_the_first_acceptable_offer(header: str | None, answer: str | None) -> None:
    agreement = negotiate(header)
    assert (agreement.header() if agreement else None) == answer


@pytest.mark.parametrize(
    ("header", "agreement"),
    [
        (None, None),
        ("", None),
        ("x-other", None),
        ("permessage-deflate", Agreement()),
        ("x-other, permessage-deflate", Agreement()),
        (
            "permessage-deflate; server_no_context_takeover; client_max_window_bits=9",
            Agreement(server_no_context_takeover=True, client_max_window_bits=9),
        ),
        # Tolerant: what can't be understood counts as left out.
        ("permessage-deflate; client_max_window_bits", Agreement()),
        ("permessage-deflate; server_max_window_bits=99", Agreement()),
        ("permessage-deflate; a b", Agreement()),
        ("permessage-deflate; server_no_context_takeover=1", Agreement()),
    ],
)
def test_reads_what_is_agreed(header: str | None, agreement: Agreement | None) -> None:
    assert agreed(header) == agreement


DEFLATES = "permessage-deflate"


@pytest.mark.parametrize(
    ("offer", "answer", "broken"),
    [
        (None, None, []),
        (DEFLATES, None, []),
        (None, DEFLATES, []),  # not offered: the handshake's own rule
        ("x-other", "x-other", []),
        ("x-other; client_max_window_bits=99", None, []),
        (f"{DEFLATES}; a", None, [rules.DEFLATE_UNKNOWN_PARAMETER]),
        (f"{DEFLATES}; server_max_window_bits=7", None, [rules.DEFLATE_WINDOW_BITS]),
        (f"{DEFLATES}; server_max_window_bits", None, [rules.DEFLATE_WINDOW_BITS]),
        (f"{DEFLATES}; client_no_context_takeover=1", None, [rules.DEFLATE_TAKEOVER_VALUE]),
        (
            f"{DEFLATES}; client_max_window_bits; client_max_window_bits",
            None,
            [rules.DEFLATE_REPEATED_PARAMETER],
        ),
        (
            f"{DEFLATES}; a",
            DEFLATES,
            [rules.DEFLATE_UNKNOWN_PARAMETER, rules.DEFLATE_DECLINE],
        ),
        (f"{DEFLATES}; a, {DEFLATES}", DEFLATES, [rules.DEFLATE_UNKNOWN_PARAMETER]),
        (DEFLATES, f"{DEFLATES}; client_max_window_bits", [rules.DEFLATE_WINDOW_BITS]),
        (DEFLATES, f"{DEFLATES}; server_max_window_bits=16", [rules.DEFLATE_WINDOW_BITS]),
        (DEFLATES, f"{DEFLATES}; server_max_window_bits=10", []),
        (DEFLATES, f"{DEFLATES}; client_no_context_takeover; server_no_context_takeover", []),
        (
            DEFLATES,
            f"{DEFLATES}; client_max_window_bits=10",
            [rules.DEFLATE_CLIENT_WINDOW_UNASKED],
        ),
        (f"{DEFLATES}; client_max_window_bits", f"{DEFLATES}; client_max_window_bits=10", []),
        (f"{DEFLATES}; client_max_window_bits=10", DEFLATES, []),
        (
            f"{DEFLATES}; client_max_window_bits=10",
            f"{DEFLATES}; client_max_window_bits=11",
            [rules.DEFLATE_CLIENT_WINDOW],
        ),
        (f"{DEFLATES}; server_max_window_bits=10", DEFLATES, [rules.DEFLATE_SERVER_WINDOW]),
        (
            f"{DEFLATES}; server_max_window_bits=10",
            f"{DEFLATES}; server_max_window_bits=11",
            [rules.DEFLATE_SERVER_WINDOW],
        ),
        (f"{DEFLATES}; server_max_window_bits=10, {DEFLATES}", DEFLATES, []),
        (f"{DEFLATES}; server_no_context_takeover", DEFLATES, [rules.DEFLATE_SERVER_TAKEOVER]),
        (f"{DEFLATES}; client_no_context_takeover", DEFLATES, []),
        (DEFLATES, f"{DEFLATES}, {DEFLATES}", [rules.DEFLATE_AGREED_ONCE]),
        (DEFLATES, f"{DEFLATES}; =", [rules.EXTENSION_GRAMMAR]),
    ],
)
def test_judges_offer_and_answer(
    offer: str | None, answer: str | None, broken: list[rules.Rule]
) -> None:
    assert [verdict.rule for verdict in judge(offer, answer)] == broken


def test_a_verdict_is_a_sentence() -> None:
    [verdict] = judge("permessage-deflate; server_max_window_bits=7", None)
    assert str(verdict) == (
        "the offer has server_max_window_bits=7 (RFC 7692 §7.1.2: "
        "window bits are a whole number from 8 to 15, no zero before it)"
    )


@pytest.mark.parametrize("speaker", ["client", "server"])
def test_an_agreement_gives_each_speaker_its_own(speaker: str) -> None:
    agreement = Agreement(True, False, 9, 12)
    expected = {"server": (True, 9), "client": (False, 12)}[speaker]
    inflater = agreement.inflater(speaker, max_size=10)
    deflater = agreement.deflater(speaker, level=1)
    assert (inflater.no_context_takeover, inflater.window_bits) == expected
    assert (deflater.no_context_takeover, deflater.window_bits) == expected
    assert (inflater.max_size, deflater.level) == (10, 1)


# Bytes nobody should send.


@pytest.mark.parametrize(
    ("payload", "rule"),
    [
        ("ff", rules.INVALID_DEFLATE_DATA),  # block type 11
        ("00 05 00 00 00 48 65 6c 6c 6f 00", rules.INVALID_DEFLATE_DATA),  # length twice, unequal
        ("f2 00 11 00 00", rules.INVALID_DEFLATE_DATA),  # looks back before the beginning
        ("f2 48 cd", rules.DEFLATE_CUT_SHORT),
        ("f2 48 cd c9 c9 07", rules.DEFLATE_CUT_SHORT),
        ("00 05 00 fa ff 48 65", rules.DEFLATE_CUT_SHORT),
        ("f3 48 cd c9 c9 07 00", rules.DEFLATE_CUT_SHORT),  # BFINAL, and no 00 after it
        ("f2 48 cd c9 c9 07 00 00 00 ff ff", rules.DEFLATE_CUT_SHORT),  # the tail was left on
        ("", rules.DEFLATE_CUT_SHORT),
        ("48 65 6c 6c 6f", None),  # "Hello" itself, not deflated
    ],
)
def test_broken_data_earn_1007(payload: str, rule: rules.Rule | None) -> None:
    for fragments in ([bytes.fromhex(payload)], by_byte(bytes.fromhex(payload)) or [b""]):
        inflater = Inflater()
        found = [
            inflater.inflate(data, fin=i == len(fragments) - 1).verdict
            for i, data in enumerate(fragments)
        ]
        first = next(verdict for verdict in found if verdict)
        assert first.rule.close_code == 1007
        assert rule is None or first.rule == rule


@pytest.mark.parametrize("size", range(1, 200))
def test_a_message_cut_anywhere_is_noticed(size: int) -> None:
    data = random_bytes(150) + b"topic:subtopic" * 20
    payload = Deflater().deflate(data)
    assert len(payload) > 170
    inflated = Inflater().inflate(payload[: min(size, len(payload) - 1)])
    assert inflated.verdict is not None
    assert inflated.verdict.rule.close_code == 1007
    assert data.startswith(inflated.data)


def test_after_an_error_the_window_is_lost() -> None:
    inflater = Inflater()
    assert inflater.inflate(HELLO).verdict is None
    assert inflater.inflate(BROKEN, fin=False).verdict.rule == rules.INVALID_DEFLATE_DATA
    for payload, fin in [(b"", True), (HELLO, False), (b"", False), (HELLO, True), (HELLO, True)]:
        inflated = inflater.inflate(payload, fin)
        assert (inflated.data, inflated.wire_size) == (b"", len(payload))
        assert inflated.verdict.rule == rules.DEFLATE_WINDOW_LOST


def test_after_an_error_the_next_message_has_its_own_window() -> None:
    inflater = Inflater(no_context_takeover=True)
    assert inflater.inflate(BROKEN, fin=False).verdict.rule == rules.INVALID_DEFLATE_DATA
    assert inflater.inflate(HELLO, fin=True).verdict.rule == rules.DEFLATE_WINDOW_LOST
    assert inflater.inflate(HELLO) == Inflated(b"Hello", 7)


def test_a_forgotten_window_cannot_be_looked_into() -> None:
    inflater = Inflater(no_context_takeover=True)
    assert inflater.inflate(HELLO).data == b"Hello"
    verdict = inflater.inflate(REFERS_BACK).verdict
    assert verdict.rule == rules.INVALID_DEFLATE_DATA
    assert verdict.found == "inflating fails: invalid distance too far back"


@pytest.mark.parametrize("max_size", [0, 1, 4, 5, 6])
def test_max_size_is_exact(max_size: int) -> None:
    for fragments in ([HELLO], by_byte(HELLO)):
        inflater = Inflater(max_size=max_size)
        pieces = [inflater.inflate(data, fin=data is fragments[-1]) for data in fragments]
        assert b"".join(piece.data for piece in pieces) == b"Hello"[:max_size]
        found = [piece.verdict.rule for piece in pieces if piece.verdict]
        assert found[:1] == ([rules.INFLATED_LIMIT] if max_size < 5 else [])


def test_max_size_holds_for_a_message_not_for_a_connection() -> None:
    inflater = Inflater(max_size=5)
    for _ in range(3):
        assert inflate_message(inflater, [HELLO]) == b"Hello"


@pytest.mark.parametrize("size", [16_383, 16_384, 16_385, 65_536, 65_537, 100_000])
def test_max_size_is_exact_for_long_messages(size: int) -> None:
    for data in (bytes(size), random_bytes(size)):
        payload = Deflater().deflate(data)
        assert Inflater(max_size=size).inflate(payload) == Inflated(data, len(payload))
        inflated = Inflater(max_size=size - 1).inflate(payload)
        assert inflated.data == data[:-1]
        assert inflated.verdict.rule == rules.INFLATED_LIMIT


@pytest.mark.parametrize("is_fragmented", [False, True])
def test_a_bomb_is_not_inflated(is_fragmented: bool) -> None:
    bomb = Deflater().deflate(bytes(10_000_000))
    assert len(bomb) < 10_000
    fragments = by_byte(bomb) if is_fragmented else [bomb]
    inflater = Inflater(max_size=2**16)
    tracemalloc.start()
    try:
        pieces = [inflater.inflate(data, fin=data is fragments[-1]) for data in fragments]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sum(len(piece.data) for piece in pieces) == 2**16
    verdict = next(piece.verdict for piece in pieces if piece.verdict)
    assert verdict.rule == rules.INFLATED_LIMIT
    assert verdict.rule.close_code == 1009
    assert verdict.found == "the message inflates to more than 65,536 bytes"
    assert peak < (4 * 2**20 if is_fragmented else 2**20)  # each of 10,000 pieces is an object


LAST = bytes.fromhex("03 00")  # a block that holds nothing, with BFINAL set


@pytest.mark.parametrize("is_fragmented", [False, True])
def test_as_many_last_blocks_as_are_read(is_fragmented: bool) -> None:
    payload = LAST * MOST_LAST_BLOCKS + HELLO
    inflater = Inflater()
    for _ in range(2):  # each message has its own count
        assert inflate_message(inflater, by_byte(payload) if is_fragmented else [payload]) == (
            b"Hello"
        )


@pytest.mark.parametrize("no_context_takeover", [False, True])
@pytest.mark.parametrize("size", [1, 777, 2**20])
def test_a_message_of_last_blocks_alone_is_let_pass(
    no_context_takeover: bool, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Every 2 bytes end zlib's stream and ask for a new one with a copy of the window.
    inflater = Inflater(no_context_takeover=no_context_takeover)
    inflate_message(inflater, [Deflater().deflate(random_bytes(2**15))])
    started = []
    new = zlib.decompressobj

    def counting(*arguments: object, **keywords: object) -> object:
        started.append(arguments)
        return new(*arguments, **keywords)

    monkeypatch.setattr(zlib, "decompressobj", counting)
    flood = LAST * (2**19 if size > 1 else 2**12)
    pieces = [flood[i : i + size] for i in range(0, len(flood), size)]
    found = [inflater.inflate(piece, fin=False) for piece in pieces]
    assert len(started) == MOST_LAST_BLOCKS
    assert b"".join(inflated.data for inflated in found) == b""
    [first, *later] = [inflated.verdict.rule for inflated in found if inflated.verdict]
    assert first == rules.DEFLATE_LAST_BLOCKS
    assert first.close_code == 1009
    assert set(later) <= {rules.DEFLATE_WINDOW_LOST}
    inflater.inflate(b"")
    assert inflater.inflate(HELLO).data == (b"Hello" if no_context_takeover else b"")


# Messages that are abandoned: another one began before their end.


def test_an_interrupted_message_takes_the_window_with_it() -> None:
    inflater = Inflater()
    assert inflater.inflate(HELLO[:3], fin=False).verdict is None
    inflater.interrupt()
    for _ in range(2):
        inflated = inflater.inflate(HELLO)
        assert (inflated.data, inflated.verdict.rule) == (b"", rules.DEFLATE_WINDOW_LOST)


@pytest.mark.parametrize("start", [b"", HELLO[:3], HELLO[:-1], LAST * 900, BROKEN])
def test_an_interrupted_message_is_forgotten(start: bytes) -> None:
    inflater = Inflater(no_context_takeover=True, max_size=5)
    for _ in range(3):
        inflater.inflate(start, fin=False)
        inflater.interrupt()
        assert inflater.inflate(LAST * 900 + HELLO) == Inflated(b"Hello", 1807)
    inflater.inflate(HELLO[:-1], fin=False)
    inflater.interrupt()
    assert inflater.inflate(REFERS_BACK).verdict.rule == rules.INVALID_DEFLATE_DATA


def test_no_context_takeover_is_read_only() -> None:
    inflater = Inflater(no_context_takeover=True)
    assert inflater.no_context_takeover
    with pytest.raises(AttributeError):
        inflater.no_context_takeover = False


@unhurried
@given(st.lists(st.tuples(st.binary(max_size=60), st.booleans())), takeovers, st.integers(8, 15))
def test_no_bytes_raise(
    payloads: list[tuple[bytes, bool]], no_context_takeover: bool, bits: int
) -> None:
    inflater = Inflater(no_context_takeover=no_context_takeover, window_bits=bits, max_size=1000)
    for payload, fin in payloads:
        inflated = inflater.inflate(payload, fin)
        assert inflated.wire_size == len(payload)
        assert len(inflated.data) <= 1000
        assert "\n" not in repr(inflated)


@unhurried
@given(st.binary(min_size=1, max_size=300), st.integers(0, 10**6), st.integers(0, 255), cuts)
def test_one_wrong_byte_never_raises(data: bytes, at: int, byte: int, places: list[int]) -> None:
    payload = bytearray(Deflater().deflate(data))
    payload[at % len(payload)] = byte
    inflater = Inflater()
    for fragment in cut(bytes(payload), places):
        inflater.inflate(fragment, fin=False)
    inflater.inflate(b"")


@unhurried
@given(st.text() | st.none(), st.text() | st.none())
def test_no_header_raises(offer: str | None, answer: str | None) -> None:
    for verdict in judge(offer, answer):
        assert str(verdict).isprintable()
    agreed(answer)
    negotiate(offer)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Inflater(window_bits=7), "window_bits must be from 8 to 15, got 7"),
        (lambda: Deflater(window_bits=16), "window_bits must be from 8 to 15, got 16"),
        (lambda: Deflater(level=10), "level must be from -1 to 9, got 10"),
        (lambda: Inflater(max_size=-1), "max_size must be 0 bytes or more, got -1"),
        (
            lambda: Agreement(server_max_window_bits=0),
            "server_max_window_bits must be from 8 to 15, got 0",
        ),
        (
            lambda: negotiate(None, client_max_window_bits=20),
            "client_max_window_bits must be from 8 to 15, got 20",
        ),
    ],
)
def test_builders_say_what_they_need(build, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        build()


def test_everything_speaks_english() -> None:
    agreement = negotiate("permessage-deflate; client_max_window_bits", client_max_window_bits=10)
    assert repr(agreement) == "Agreement(permessage-deflate; client_max_window_bits=10)"
    assert repr(Inflater()) == "Inflater(window of 32,768 bytes, context takeover)"
    assert repr(Deflater(no_context_takeover=True, window_bits=9)) == (
        "Deflater(window of 512 bytes, no context takeover)"
    )
    assert repr(Inflater().inflate(HELLO)) == "Inflated(5 bytes, 7 on the wire)"
    assert repr(Inflater().inflate(b"")).startswith(
        "Inflated(0 bytes, 0 on the wire: the message ends in the middle of a DEFLATE block (RFC"
    )
