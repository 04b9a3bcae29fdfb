"""The ledger: repeats checked byte by byte, prices against the same talk held on other terms."""

from __future__ import annotations

import itertools
import re

import pytest
from deflated_talks import JOIN, LOBBY, MASKING_KEY, REPLY, Said, Talk, chapter, talk
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.client import connect

import hellosockets as hs
from hellosockets import bookkeeper as room
from hellosockets.blocks import Copy
from hellosockets.bookkeeper import Bookkeeper, ledger
from hellosockets.conversation import Conversation
from hellosockets.deflate import TAIL, Agreement
from hellosockets.frames import build_frame
from hellosockets.ledger import Entry, Repeat, bar, compare, percent
from hellosockets.prices import Pricer, Terms, usual_terms

NO_TAKEOVER = Agreement(True, True)
BROKEN = b"\xff"

speakers = st.sampled_from(["client", "server"])
words = st.sampled_from(["room:lobby", '"phx_reply"', "é😀", "a" * 40, ","])
texts = st.lists(words, max_size=12).map("".join)
talks = st.lists(st.tuples(speakers, texts | st.binary(max_size=80)), max_size=8)


# zlib never looks back as far as the very first byte of a stream: somebody says another one first.
FIRST: list[Said] = [("client", "."), ("server", ".")]


def entries(said: Talk) -> tuple[Entry, ...]:
    return ledger(said.conversation).entries


# What each message cost


def test_hello_twice() -> None:
    first, second = entries(talk(("server", "Hello"), ("server", "Hello")))
    assert (first.size, first.payload_size, first.wire_size, first.repeats) == (5, 7, 9, ())
    assert (second.size, second.payload_size, second.wire_size) == (5, 5, 7)
    assert second.repeats == (Repeat(1, 4, 5, 1, b"ello"),)
    assert str(second.repeats[0]) == "← message #1, 4 bytes"
    assert (first.tail, first.context_takeover, first.window_bits) == (TAIL, True, 15)
    assert (first.grew, second.grew, first.ratio, second.ratio) == (True, False, 1.4, 1.0)
    assert [str(token) for token in second.blocks.tokens] == ["'H'", "<4, 5>"]


def test_both_speakers_have_a_window_of_their_own() -> None:
    found = entries(talk(*FIRST, *[("client", LOBBY), ("server", LOBBY)] * 2))[2:]
    assert [entry.speaker for entry in found] == ["client", "server", "client", "server"]
    assert [[repeat.message for repeat in entry.repeats] for entry in found] == [[], [], [3], [4]]
    assert found[2].repeats[0].data == LOBBY.encode()
    # A client's frames have a masking key of 4 bytes.
    assert [entry.wire_size - entry.payload_size for entry in found] == [6, 2, 6, 2]


def test_a_look_back_may_span_messages() -> None:
    texts = ["<first>", "<second>", "<first><second>"]
    repeats = entries(talk(*FIRST, *[("server", text) for text in texts]))[-1].repeats
    assert [(repeat.message, repeat.data) for repeat in repeats] == [
        (3, b"<first>"),
        (4, b"<second>"),
    ]
    assert [(repeat.start, repeat.distance) for repeat in repeats] == [(0, 15), (7, 15)]


def test_neighbouring_looks_back_are_joined() -> None:
    text = " ".join(str(n * n) for n in range(300))
    second = entries(talk(*FIRST, ("server", text), ("server", text)))[-1]
    assert len([token for token in second.blocks.tokens if isinstance(token, Copy)]) > 3
    assert second.repeats == (Repeat(0, len(text), len(text), 3, text.encode()),)


@given(talks, st.booleans(), st.integers(9, 15))
def test_each_repeat_is_where_it_says(said: list[Said], no_takeover: bool, bits: int) -> None:
    agreement = Agreement(no_takeover, no_takeover, bits, bits)
    found = entries(talk(*said, agreement=agreement))
    assert [entry.data for entry in found] == [
        data.encode() if isinstance(data, str) else data for _, data in said
    ]
    streams = {"client": b"", "server": b""}
    owners: dict[str, list[int]] = {"client": [], "server": []}
    for entry in found:
        assert entry.problem == ""
        stream, owner = streams[entry.speaker], owners[entry.speaker]
        base = len(stream)
        stream, owner = stream + entry.data, owner + [entry.number] * entry.size
        for copy in entry.copies:
            place = base + copy.start
            source = place - copy.distance
            assert copy.data == stream[place : place + copy.length]
            assert copy.data == stream[source : source + copy.length]
            assert {copy.message} == set(owner[source : source + copy.length][: copy.distance])
        for one, next_one in itertools.pairwise(entry.copies):
            assert one.start + one.length <= next_one.start
            is_same = (one.distance, one.message) == (next_one.distance, next_one.message)
            assert one.start + one.length < next_one.start or not is_same
        tokens = entry.blocks.tokens
        copied = sum(token.length for token in tokens if isinstance(token, Copy))
        assert sum(copy.length for copy in entry.copies) == copied
        assert "".join(stretch.text for stretch in entry.stretches(10**6)).isprintable()
        if no_takeover:
            assert entry.repeats == ()
        else:
            streams[entry.speaker], owners[entry.speaker] = stream, owner


def test_messages_that_cross_as_they_are_pass_the_window_by() -> None:
    said = Talk()
    said.say("server", "Hello")
    said.say("server", "something else", deflate=False)
    said.say("server", "Hello")
    _, plain, last = entries(said)
    assert (plain.deflated, plain.tail, plain.grew, plain.copies) == (False, b"", False, ())
    assert (plain.size, plain.payload_size, plain.blocks.blocks) == (14, 14, ())
    assert last.repeats[0].message == 1
    assert repr(plain) == "Entry(#2, server, not deflated: 14 bytes, 14 of payload, 16 on the wire)"


def test_without_an_agreement_nothing_is_deflated() -> None:
    books = ledger(chapter(None).conversation)
    assert books.agreement is None
    assert {(e.deflated, e.context_takeover, e.window_bits) for e in books.entries} == {
        (False, None, None)
    }
    assert [entry.size for entry in books.entries][:2] == [40, 98]  # as in the chapter
    assert "No compression was agreed on" in books._repr_html_()


def test_totals() -> None:
    books = ledger(chapter().conversation)
    client, server = books.totals["client"], books.totals["server"]
    assert (client.messages, client.deflated, client.grew) == (4, 4, 1)
    assert client.size == len(JOIN) + 2 * len(LOBBY) + 4
    assert client.wire_size == client.payload_size + 4 * 6
    assert (server.messages, server.size, server.repeated) == (1, len(REPLY), 0)
    assert client.repeated == sum(r.length for e in books.entries for r in e.repeats) > 40
    assert [entry.number for entry in books.grew] == [5]


# Priced again: the same messages, said on those terms by another talk, cost as much


def terms_of(agreement: Agreement | None) -> dict[str, int | bool | None]:
    """Return the terms of an agreement that is the same for both speakers."""
    if agreement is None:
        return {"compressed": False}
    return {
        "takeover": not agreement.server_no_context_takeover,
        "window_bits": agreement.server_max_window_bits,
    }


AGREEMENTS = [None, *[Agreement(no, no, n, n) for no in (False, True) for n in range(8, 16)]]


@pytest.mark.parametrize("agreement", AGREEMENTS, ids=repr)
def test_priced_again(agreement: Agreement | None) -> None:
    said = [*chapter_said(), *[("server", text) for text in long_texts()]]
    was = ledger(talk(*said).conversation)
    other = ledger(talk(*said, agreement=agreement).conversation)
    price = was.priced(**terms_of(agreement))
    assert price.total == other.priced().total == sum(e.wire_size for e in other.entries)
    assert price.wire_sizes == tuple(entry.wire_size for entry in other.entries)
    assert price.payload_sizes == tuple(entry.payload_size for entry in other.entries)
    assert price.client == other.totals["client"].wire_size
    assert price.grew == tuple(entry.number for entry in other.grew)


def chapter_said() -> list[Said]:
    return [("client", JOIN), ("server", REPLY), ("client", LOBBY), ("client", b"\x01\x02")]


def long_texts() -> list[str]:
    """Return texts of which each repeats the one before it, some hundreds of bytes away."""
    numbers = " ".join(str(n * 7919 % 1000) for n in range(400))
    return [numbers[:700], numbers[:700], numbers, numbers[::-1][:200]]


def test_terms_matter() -> None:
    books = ledger(talk(*[("server", text) for text in long_texts()]).conversation)
    was = books.priced()
    assert books.priced(takeover=False).total > was.total
    assert books.priced(window_bits=9).total > books.priced(window_bits=12).total == was.total
    assert books.priced(compressed=False).total > books.priced(window_bits=9).total


def test_priced_as_it_would_have_been() -> None:
    books = ledger(chapter(None).conversation)
    assert books.priced(compressed=True).total == ledger(chapter().conversation).priced().total
    assert (
        books.priced(takeover=False).total
        == ledger(chapter(NO_TAKEOVER).conversation).priced().total
    )
    assert books.priced(compressed=False).total == books.priced().total
    assert str(books.priced(compressed=True).terms) == "compression"


def test_a_message_keeps_its_number_of_frames() -> None:
    said = Talk()
    data = REPLY.encode() * 4
    said.say_in_pieces("client", data, [10, 0])
    books = ledger(said.conversation)
    [entry] = books.entries
    assert (len(entry.message.frames), entry.size) == (3, len(data))
    assert books.priced(takeover=True).total == entry.wire_size == entry.payload_size + 3 * 6
    sizes = [len(frame.data) for frame in entry.message.frames]
    plain = [build_frame(bytes(n), 2, masking_key=MASKING_KEY) for n in sizes]
    assert books.priced(compressed=False).total == sum(map(len, plain))


def test_prices_in_words() -> None:
    books = ledger(chapter().conversation)
    was, no_takeover, *windows, plain = books.prices()
    assert [str(price.terms) for price in (was, no_takeover, plain)] == [
        "as it was",
        "no context takeover",
        "no compression",
    ]
    assert [price.terms.window_bits for price in windows] == list(range(15, 8, -1))
    assert repr(was) == f"Price(as it was: {was.total} bytes)"
    assert compare(was, was) == "the same"
    more = plain.total - was.total
    assert compare(plain, was) == f"{more} bytes more (+{percent(more / was.total)})"
    assert compare(was, plain) == f"{more} bytes fewer (−{percent(more / plain.total)})"
    assert str(Terms(False, 9)) == "window of 9 bits, no context takeover"


def test_takeover_is_offered_where_it_was_given_up() -> None:
    assert Terms(takeover=True) in usual_terms(NO_TAKEOVER)
    assert Terms(takeover=True) not in usual_terms(Agreement())


def test_terms_that_contradict_each_other() -> None:
    books = ledger(chapter().conversation)
    with pytest.raises(ValueError, match="without compression there is no window"):
        books.priced(compressed=False, window_bits=9)
    with pytest.raises(ValueError, match="window_bits must be from 8 to 15, got 7"):
        books.priced(window_bits=7)


@given(talks, st.lists(st.integers(0, 3)))
def test_prices_message_by_message(said: list[Said], steps: list[int]) -> None:
    books = ledger(talk(*said).conversation)
    pricer = Pricer(books.agreement, Terms(window_bits=9))
    for entry in books.entries:
        pricer.add(entry.message)
    assert pricer.price() == books.priced(window_bits=9)


# What can't be read


def test_a_message_that_cannot_be_inflated() -> None:
    said = Talk()
    said.say("server", "Hello")
    said.say_payload("server", BROKEN)
    said.say("server", "Hello")
    said.say("client", "Hello")
    good, broken, lost, other = entries(said)
    assert broken.is_unread
    assert broken.problem.startswith("inflating fails: ")
    assert lost.problem == "what came before could not be inflated, and this refers back to it"
    assert (broken.ratio, broken.grew, lost.copies) == (None, False, ())
    assert [good.is_unread, other.is_unread] == [False, False]
    books = ledger(said.conversation)
    plain = books.priced(compressed=False)
    assert plain.wire_sizes[1:3] == (broken.wire_size, lost.wire_size)  # nobody knows
    assert "✗ inflating fails" in books._repr_html_()


def test_the_window_begins_anew_after_a_broken_message() -> None:
    said = Talk(NO_TAKEOVER)
    said.say_payload("server", BROKEN)
    said.say("server", "Hello")
    assert entries(said)[1].data == b"Hello"


def test_an_rsv1_that_was_not_agreed_on() -> None:
    said = Talk(None)
    said.say_payload("server", b"Hello")
    [entry] = entries(said)
    assert (entry.is_unread, entry.context_takeover) == (True, None)


def test_a_ledger_that_came_late() -> None:
    said = chapter()
    late = Conversation(said.recording, max_events=2)
    bookkeeper = Bookkeeper(late)
    bookkeeper.read()
    books = bookkeeper.ledger()
    assert books.missed == 5  # the handshake and three messages
    first = books.entries[0]
    assert first.data == LOBBY.encode()
    assert [repeat.message for repeat in first.repeats] == [None]
    assert str(first.repeats[0]) == "← a message before the ledger began, 36 bytes"
    assert "5 older events made room before the ledger read them" in books._repr_html_()


# Bounds


def test_messages_are_bounded() -> None:
    said = chapter()
    bookkeeper = Bookkeeper(said.conversation, max_messages=2)
    assert not bookkeeper.read()
    books = bookkeeper.ledger()
    assert (len(books.entries), books.left_out) == (2, 3)
    assert repr(books).endswith(", 3 left out)")
    assert "3 later messages are left out of the ledger." in books._repr_html_()
    said.say("client", "and one more")
    bookkeeper.read()
    assert bookkeeper.left_out == 4


def test_bytes_are_bounded() -> None:
    bookkeeper = Bookkeeper(chapter().conversation, max_bytes=200)
    bookkeeper.read()
    # The second message doesn't fit, and those after it would be priced without it.
    assert (len(bookkeeper.entries), bookkeeper.left_out) == (1, 4)


def test_tokens_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_TOKENS", 10)
    monkeypatch.setattr(room, "MOST_TOKENS_IN_ALL", 15)
    one, two, three, *_ = entries(talk(("server", JOIN), ("server", LOBBY), ("server", LOBBY)))
    assert one.problem == "10 tokens are read, and no more"
    assert two.problem == "5 tokens are read, and no more"
    assert three.problem == "the ledger has read 15 tokens already, and no more"
    assert three.copies == ()


@given(st.integers(1, 6_000))
def test_reading_in_portions(most: int) -> None:
    said = chapter()
    bookkeeper = Bookkeeper(said.conversation)
    while bookkeeper.read(most):
        pass
    assert bookkeeper.ledger() == ledger(said.conversation)
    said.say("client", LOBBY)
    bookkeeper.read()
    assert bookkeeper.ledger() == ledger(said.conversation)
    assert bookkeeper.entries[-1].repeats[0].message == 4


# For readers


def test_stretches() -> None:
    entry = entries(talk(*FIRST, ("server", "Hello"), ("server", "Hello you")))[-1]
    assert [stretch.text for stretch in entry.stretches()] == ["Hello", " you"]
    assert [stretch.repeat for stretch in entry.stretches()] == [entry.copies[0], None]
    assert [stretch.text for stretch in entry.stretches(3)] == ["Hel"]


def test_a_character_that_a_look_back_cuts() -> None:
    # "é" and "ê" share their first byte.
    _, entry = entries(talk(("server", "abcé"), ("server", "abcê")))
    assert "".join(stretch.text for stretch in entry.stretches()) == "abcê"


def test_binary_messages_are_shown_as_hex() -> None:
    data = b"\x01\x02\x03\x04"
    entry = entries(talk(*FIRST, ("server", data), ("server", data + b"\x05")))[-1]
    assert [stretch.text for stretch in entry.stretches()] == ["01 02 03 04", "05"]


HOSTILE = "<img src=x onerror=alert(1)></script>\u202e\x00\n"


def test_hostile_payloads_are_text() -> None:
    html = ledger(talk(*FIRST, *[("client", HOSTILE)] * 2).conversation)._repr_html_()
    assert "<img" not in html
    assert "</script" not in html
    assert html.count("&lt;img src=x onerror=alert(1)&gt;&lt;/script&gt;\\u202e\\x00\\n") == 2


def test_html_says_everything_and_is_the_same_each_time() -> None:
    html = ledger(chapter().conversation)._repr_html_()
    assert html == ledger(chapter().conversation)._repr_html_()
    assert html.count("00 00 ff ff") == 5
    assert "▲ grew by 2 bytes" in html
    assert "← message #3, 36 bytes" in html
    assert "↑ client: context takeover, window of 32,768 bytes (15 bits)" in html
    assert MASKING_KEY.hex() not in re.sub(r"\s", "", html)
    assert "no context takeover" in html
    assert html.count('<th scope="row"') == len(usual_terms(Agreement()))


def test_html_is_bounded() -> None:
    html = ledger(talk(*[("server", "Hello" * 99)] * 60).conversation)._repr_html_()
    assert "… and 10 more messages" in html
    assert "Hello" * 33 not in html


def test_an_empty_ledger() -> None:
    books = ledger(Talk().conversation)
    assert repr(books) == "Ledger(0 messages of 0 bytes, 0 on the wire)"
    assert "No message has crossed the wire yet." in books._repr_html_()
    assert {price.total for price in books.prices()} == {0}


def test_everything_speaks_english() -> None:
    books = ledger(chapter().conversation)
    assert repr(books).startswith("Ledger(5 messages of 214 bytes, ")
    assert repr(books.entries[4]) == (
        "Entry(#5, client, deflated: 4 bytes, 6 of payload, 12 on the wire, grew)"
    )
    assert [bar(share) for share in (None, 0.25, 2.0)] == ["·" * 10, "███·······", "█" * 10]
    assert [percent(share) for share in (None, 0.125, 12.34)] == ["–", "13\xa0%", "1,234\xa0%"]


async def test_a_live_conversation() -> None:
    async with (
        await hs.serve(0, compress=True, announce=lambda _: None) as server,
        connect(server.url, compression="deflate") as client,
    ):
        for data in (JOIN, LOBBY, LOBBY):
            await client.send(data)
            await client.recv()
        books = ledger(server.connections[0])
        assert [entry.speaker for entry in books.entries[:2]] == ["client", "server"]
        again = [entry for entry in books.entries if entry.data == LOBBY.encode()][1]
        assert again.repeats[0].data == LOBBY.encode()
        assert again.payload_size < 10
        assert books.priced(takeover=False).total > books.priced().total
