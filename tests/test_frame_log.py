"""FrameLog without a browser: what it holds, what it sends to the page, what it prints."""

import asyncio
import json
import re
import threading
from html.parser import HTMLParser
from pathlib import Path

import pytest

from hellosockets.conversation import Conversation
from hellosockets.events import End
from hellosockets.filters import Filter
from hellosockets.frames import Frame, build_frame
from hellosockets.handshake import Request, Response
from hellosockets.recording import Recording
from hellosockets.widgets import FrameLog
from hellosockets.widgets import frame_log as room

MODULES = ("frame_log", "log_grid", "log_connections")
KEY = bytes.fromhex("37fa213d")
REQUEST = (
    b"GET /echo HTTP/1.1\r\nHost: localhost:4000\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
RESPONSE = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)
HELLO = build_frame("Hello", masking_key=KEY)


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


class FakeServer:
    """What a log asks of a server: connections and listeners."""

    def __init__(self):
        self.clock = Clock()
        self.connections = []
        self.listeners = []

    def connect(self):
        recording = Recording(clock=self.clock)
        recording.listeners.append(self._tell)
        self.connections.append(Conversation(recording, number=len(self.connections) + 1))
        self._tell()
        return recording

    def _tell(self):
        for listener in list(self.listeners):
            listener()


class Page:
    """The other end of a log's comm: keeps every message, and sends some."""

    def __init__(self, log, monkeypatch):
        self.log = log
        self.received = []
        self._came = asyncio.Event()
        monkeypatch.setattr(log, "send", self._receive)

    def _receive(self, message):
        json.dumps(message)  # a comm carries JSON
        self.received.append(message)
        self._came.set()

    def send(self, **message):
        self.log._handle_custom_msg(message, [])

    async def message(self):
        """The next message, within 5 seconds."""
        async with asyncio.timeout(5):
            while not self.received:
                self._came.clear()
                await self._came.wait()
        return self.received.pop(0)

    def take(self):
        received, self.received = self.received, []
        return received

    def hello(self):
        self.send(type="hello")
        (snapshot,) = self.take()
        return snapshot


def hello_conversation():
    recording = Recording(clock=Clock())
    recording.append("client", REQUEST)
    recording.append("server", RESPONSE)
    recording.append("client", HELLO)
    recording.append("server", build_frame("Hello"))
    return recording, Conversation(recording)


def cells(row, view="frames"):
    return dict(zip([key for key, *_ in room.COLUMNS[view]], row["cells"], strict=True))


def previews(message):
    return [cells(row)["preview"] for row in message["rows"]]


# What the rows say


def test_rows_of_a_conversation(monkeypatch):
    recording, conversation = hello_conversation()
    recording.append("client", build_frame(b"\x03\xe8", 8, masking_key=KEY))
    recording.append("server", build_frame(b"\x03\xe8", 8))
    recording.append("server", b"")
    recording.append("client", b"")
    page = Page(FrameLog(conversation), monkeypatch)
    rows = page.hello()["rows"]
    assert [row["kind"] for row in rows] == ["request", "response", *["frame"] * 4, "end", "end"]
    assert [row["id"] for row in rows] == list(range(8))
    assert [row["speaker"] for row in rows[:4]] == ["client", "server"] * 2
    assert cells(rows[2]) == {
        "connection": "1",
        "number": "2",
        "time": "0.000",
        "delta": "0.000",
        "speaker": "↑ client",
        "what": "text",
        "fin": "1",
        "rsv": "000",
        "key": "37 fa 21 3d",
        "header": "6",
        "length": "5",
        "inflated": "",
        "preview": "Hello",
    }
    assert cells(rows[3])["key"] == "–"
    assert cells(rows[0])["delta"] == ""  # there is no row above
    assert cells(rows[0])["preview"] == "GET /echo"
    assert cells(rows[0])["fin"] == ""
    assert cells(rows[1])["preview"] == "101 Switching Protocols"
    assert [cells(row)["what"] for row in rows[4:]] == ["close"] * 2 + ["end of stream"] * 2


def test_rows_carry_verdicts(monkeypatch):
    recording, conversation = hello_conversation()
    recording.append("client", build_frame("bare"))
    row = Page(FrameLog(conversation), monkeypatch).hello()["rows"][-1]
    assert row["verdicts"][0].startswith("a frame of the client isn't masked (RFC 6455 §5.1")


def test_every_word_of_the_page_is_in_the_table():
    files = [Path(room.__file__).parent / f"{name}.js" for name in MODULES]
    script = "".join(path.read_text(encoding="utf-8") for path in files)
    named = set(re.findall(r"[wW]ords\.(\w+)", script))
    named |= {word + s for word in re.findall(r'number\("(\w+)"', script) for s in ("", "s")}
    named |= set(re.search(r"const TABS = (\[.*\]);", script)[1].strip("[]").split('", "'))
    named = {word.strip('"') for word in named}
    python = {"gone", "gone_connection", "undrawn"}
    in_quotes = {"empty", "no_match", "no_messages"}
    assert all(f'"{word}"' in script for word in in_quotes)
    assert named - {"inspector"} | python | in_quotes == set(room.STRINGS)


# Live, in batches


async def test_rows_come_in_numbered_batches(monkeypatch):
    server = FakeServer()
    recording = server.connect()
    page = Page(FrameLog(server), monkeypatch)
    assert page.hello()["batch"] == 0
    for data in (REQUEST[:20], REQUEST[20:]):
        recording.append("client", data)
    recording.append("server", RESPONSE)
    assert page.take() == []  # nothing yet: a batch is due
    first = await page.message()
    assert (first["type"], first["batch"]) == ("news", 1)
    assert previews(first) == ["GET /echo", "101 Switching Protocols"]
    recording.append("client", HELLO)
    second = await page.message()
    assert (second["batch"], previews(second)) == (2, ["Hello"])
    assert [row["id"] for row in second["rows"]] == [2]


async def test_number_of_the_last_batch_is_repeated(monkeypatch):
    monkeypatch.setattr(room, "QUIET", 0.01)
    recording, conversation = hello_conversation()
    page = Page(FrameLog(conversation), monkeypatch)
    page.hello()
    recording.append("client", HELLO)
    rows, count = await page.message(), await page.message()
    assert (rows["type"], count["type"]) == ("news", "count")
    assert count["batch"] == rows["batch"] == 1


def test_without_a_loop_rows_come_at_once(monkeypatch):
    recording, conversation = hello_conversation()
    page = Page(FrameLog(conversation), monkeypatch)
    page.hello()
    recording.append("client", HELLO)
    (batch,) = page.take()
    assert previews(batch) == ["Hello"]


def test_a_loop_that_ended_before_its_batch_holds_nothing_up(monkeypatch):
    recording, conversation = hello_conversation()
    page = Page(FrameLog(conversation), monkeypatch)
    page.hello()

    async def say_hello():
        recording.append("client", HELLO)

    asyncio.run(say_hello())
    assert page.take() == []
    asyncio.run(say_hello())
    recording.append("client", HELLO)
    (batch,) = page.take()
    assert previews(batch) == ["Hello"] * 3


async def test_snapshot_clears_the_pending_batch(monkeypatch):
    recording, conversation = hello_conversation()
    log = FrameLog(conversation)
    page = Page(log, monkeypatch)
    recording.append("client", HELLO)
    assert repr(log) == "FrameLog(5 rows)"  # reads it, and leaves it for the next batch
    assert previews(page.hello())[2:] == ["Hello"] * 3
    await asyncio.sleep(2 * room.BATCH_INTERVAL)
    assert page.take() == []


def test_second_view_gets_everything_too(monkeypatch):
    _, conversation = hello_conversation()
    page = Page(FrameLog(conversation), monkeypatch)
    first, second = page.hello(), page.hello()
    assert previews(first) == ["GET /echo", "101 Switching Protocols", "Hello", "Hello"]
    assert first["rows"] == second["rows"]
    assert first["connections"] == second["connections"]


def test_handler_in_a_foreign_thread(monkeypatch):
    _, conversation = hello_conversation()
    log = FrameLog(conversation)
    page = Page(log, monkeypatch)
    for message in ({"type": "hello"}, {"type": "select", "id": 2}):
        thread = threading.Thread(target=page.send, kwargs=message)
        thread.start()
        thread.join(5)
    snapshot, detail, _ = page.take()
    assert len(snapshot["rows"]) == 4
    assert detail["id"] == 2
    assert log.selected == Frame(HELLO, "client")


def test_a_log_that_nobody_sees_sends_nothing(monkeypatch):
    recording, conversation = hello_conversation()
    log = FrameLog(conversation)
    page = Page(log, monkeypatch)
    recording.append("client", HELLO)
    assert page.take() == []  # no page has come yet
    page.hello()
    page.send(type="bye")
    assert page.take() == [{"type": "bye"}]  # for other pages
    recording.append("client", HELLO)
    log._send_count()
    assert page.take() == []
    assert len(page.hello()["rows"]) == 6
    recording.append("client", HELLO)
    assert [message["batch"] for message in page.take()] == [1]


def test_logs_of_a_cell_that_ran_often_send_nothing_but_the_last(monkeypatch):
    recording, conversation = hello_conversation()
    pages = []
    for _ in range(30):
        for page in pages[-1:]:
            page.send(type="bye")
        pages.append(Page(FrameLog(conversation), monkeypatch))
        pages[-1].hello()
    for page in pages:
        page.take()
    recording.append("client", HELLO)
    assert [len(page.take()) for page in pages] == [0] * 29 + [1]


# Bounds


def test_ring_is_bounded_and_says_so(monkeypatch):
    recording, conversation = hello_conversation()
    log = FrameLog(conversation, max_rows=3)
    page = Page(log, monkeypatch)
    snapshot = page.hello()
    assert (len(snapshot["rows"]), snapshot["first"], snapshot["dropped"]) == (3, 1, 1)
    for i in range(5):
        recording.append("client", build_frame(f"{i}", masking_key=KEY))
    batches = page.take()
    assert [batch["first"] for batch in batches] == [2, 3, 4, 5, 6]
    assert repr(log) == "FrameLog(3 rows, 6 older dropped)"
    assert previews(page.hello()) == ["2", "3", "4"]
    assert "6 older events were dropped" in log.table()._repr_html_()


def test_events_that_made_room_before_the_log_came_are_counted(monkeypatch):
    recording = Recording()
    conversation = Conversation(recording, max_events=2)
    recording.append("client", REQUEST)
    recording.append("server", RESPONSE)
    recording.append("client", HELLO * 3)
    page = Page(FrameLog(conversation), monkeypatch)
    snapshot = page.hello()
    assert (len(snapshot["rows"]), snapshot["first"], snapshot["dropped"]) == (2, 0, 3)
    assert snapshot["held"] == 2


def test_a_connection_that_left_between_two_looks_is_read(monkeypatch):
    server = FakeServer()
    log = FrameLog(server)
    ada = server.connect()
    server.listeners.clear()  # the log looks when it's asked
    ada.append("client", REQUEST)
    server.connections.clear()
    assert repr(log) == "FrameLog(1 row)"
    ada.append("client", b"")
    assert repr(log) == "FrameLog(1 row)"  # it has left the server: nothing can come


def test_connections_that_left_before_the_log_came_are_counted(monkeypatch):
    server = FakeServer()
    for _ in range(8):
        server.connect().append("client", REQUEST)
    del server.connections[2:7], server.connections[0]  # 2 and 8 are held
    log = FrameLog(server)
    snapshot = Page(log, monkeypatch).hello()
    assert (len(snapshot["rows"]), snapshot["dropped"], snapshot["skipped"]) == (2, 0, 6)
    assert repr(log) == "FrameLog(2 rows, 6 older connections dropped unread)"
    assert repr(log.table()) == "FrameTable(2 rows, 6 older connections dropped unread)"
    assert (
        '<p class="hs-note">6 older connections dropped unread.</p>'
        in log._repr_mimebundle_()[0]["text/html"]
    )


def test_connections_that_left_while_the_log_did_not_look_are_counted(monkeypatch):
    server = FakeServer()
    log = FrameLog(server)
    server.connect().append("client", REQUEST)
    listeners = server.listeners[:]
    server.listeners.clear()
    server.connect().append("client", REQUEST)
    dropped = server.connections.pop()
    server.connections.append(Conversation(Recording(), number=3))
    server.listeners[:] = listeners
    assert dropped.number == 2
    assert repr(log) == "FrameLog(1 row, 1 older connection dropped unread)"


def test_a_log_of_one_conversation_skips_none():
    recording = Recording()
    recording.append("client", REQUEST)
    assert repr(FrameLog(Conversation(recording, number=8))) == "FrameLog(1 row)"


def test_ring_is_bounded_in_bytes(monkeypatch):
    monkeypatch.setattr(room, "MAX_BYTES", 1000)
    server = FakeServer()
    recording = server.connect()
    for speaker, data in [("client", REQUEST), ("server", RESPONSE), ("client", HELLO * 2)]:
        recording.append(speaker, data)
    log = FrameLog(server)
    for _ in range(3):
        recording.append("client", build_frame(b"x" * 450, masking_key=KEY))
    assert repr(log) == "FrameLog(2 rows, 5 older dropped)"
    recording.append("client", build_frame(b"x" * 5000, masking_key=KEY))
    assert repr(log) == "FrameLog(1 row, 7 older dropped)"


@pytest.mark.parametrize("max_rows", [0, -1])
def test_a_log_without_rows_is_refused(max_rows):
    _, conversation = hello_conversation()
    with pytest.raises(ValueError, match="at least 1 row, got max_rows="):
        FrameLog(conversation, max_rows=max_rows)


def test_what_is_no_source_is_refused():
    with pytest.raises(TypeError, match="shows a server, a wire or a conversation, got int"):
        FrameLog(42)


# Selecting


@pytest.mark.parametrize(
    ("line", "kind"), [(0, Request), (1, Response), (2, Frame), (3, Frame), (4, End)]
)
def test_selected_is_the_event(monkeypatch, line, kind):
    recording, conversation = hello_conversation()
    recording.append("client", b"")
    log = FrameLog(conversation)
    page = Page(log, monkeypatch)
    assert log.selected is None
    page.send(type="select", id=line)
    assert log.selected is conversation.events[line]
    assert isinstance(log.selected, kind)
    detail = page.take()[-1]
    assert (detail["type"], detail["id"]) == ("detail", line)
    assert detail["text"] == repr(log.selected)
    assert detail["frame"] if kind is Frame else detail["html"]


def test_snapshot_says_what_is_selected(monkeypatch):
    page = Page(FrameLog(hello_conversation()[1]), monkeypatch)
    assert page.hello()["selected"] is None
    page.send(type="select", id=2)
    page.take()
    assert page.hello()["selected"] == 2


def test_selecting_tells_observers():
    _, conversation = hello_conversation()
    log = FrameLog(conversation)
    seen = []
    log.observe(lambda change: seen.append(change["new"]), "selected")
    log._handle_custom_msg({"type": "select", "id": 2}, [])
    assert seen == [conversation.frames[0]]


def test_selecting_an_equal_event_tells_observers():
    recording, conversation = hello_conversation()
    recording.append("server", build_frame("Hello"))
    log = FrameLog(conversation)
    seen = []
    log.observe(seen.append, "selected")
    for line in (3, 4, 4):
        log._handle_custom_msg({"type": "select", "id": line}, [])
    first, second = conversation.frames[1:]
    assert first == second
    assert [(change["name"], change["type"]) for change in seen] == [("selected", "change")] * 2
    assert seen[0]["new"] is seen[1]["old"] is first
    assert seen[1]["new"] is log.selected is second


def test_the_selected_event_stays_when_its_row_makes_room(monkeypatch):
    recording, conversation = hello_conversation()
    log = FrameLog(conversation, max_rows=1)
    page = Page(log, monkeypatch)
    page.send(type="select", id=3)
    event = log.selected
    for _ in range(5):
        recording.append("client", HELLO)
    page.take()
    assert page.hello()["selected"] == 3  # as after a reload,
    page.send(type="select", id=3)  # when the page asks for the picture again
    detail = page.take()[-1]
    assert detail["text"] == repr(event)
    assert log.selected is event


def test_selecting_a_row_that_made_room(monkeypatch):
    _, conversation = hello_conversation()
    log = FrameLog(conversation, max_rows=1)
    page = Page(log, monkeypatch)
    page.send(type="select", id=3)
    assert log.selected == Frame(build_frame("Hello"), "server")
    page.take()
    page.send(type="select", id=1)
    (detail,) = page.take()
    assert log.selected is None
    assert detail["html"] == "<p>This row has made room for newer ones.</p>"


def test_pictures_hold_no_markup_of_a_stranger(monkeypatch):
    recording = Recording()
    recording.append("client", b"GET /<img/src=x> HTTP/1.1\r\nHost: <script>\r\n\r\n")
    recording.append("server", RESPONSE)
    recording.append("client", build_frame("<img src=x onerror=alert(1)>", masking_key=KEY))
    page = Page(FrameLog(Conversation(recording)), monkeypatch)
    for line in range(3):
        page.send(type="select", id=line)
    tags = set()
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: tags.add(tag)
    details = page.take()
    assert len(details) == 4  # the frame's comes again, over TCP's chunks
    for detail in details:
        parser.feed(detail.get("html", ""))
    assert not tags & {"img", "script"}


@pytest.mark.parametrize("message", [{}, {"type": "select"}, {"type": "select", "id": "two"}])
def test_errors_of_a_handler_are_shown(monkeypatch, message):
    _, conversation = hello_conversation()
    page = Page(FrameLog(conversation), monkeypatch)
    page.send(**message)
    (problem,) = page.take()
    assert problem["type"] == "problem"
    assert "Error" in problem["text"]
    assert page.hello()["problem"] == problem["text"]


def test_errors_of_a_batch_are_shown(monkeypatch):
    server = FakeServer()
    page = Page(FrameLog(server), monkeypatch)
    server.connections = None
    server._tell()
    (problem,) = page.take()
    assert problem["text"].startswith("TypeError: ")


# Several connections


def test_connections_share_one_clock_and_one_order(monkeypatch):
    server = FakeServer()
    ada = server.connect()
    server.clock.now += 0.5
    bob = server.connect()
    log = FrameLog(server)
    page = Page(log, monkeypatch)
    page.hello()
    server.listeners.clear()  # so that everything below is read at once
    for recording, data in [(bob, REQUEST), (ada, REQUEST), (bob, b""), (ada, b"")]:
        server.clock.now += 0.25
        recording.append("client", data)
    log._changed()
    (batch,) = page.take()
    assert batch["several"]
    assert [cells(row)["connection"] for row in batch["rows"]] == ["2", "1", "2", "1"]
    assert [cells(row)["number"] for row in batch["rows"]] == ["0", "0", "1", "1"]
    times = [cells(row)["time"] for row in batch["rows"]]
    assert times == ["0.750", "1.000", "1.250", "1.500"]


def test_one_connection_needs_no_column(monkeypatch):
    server = FakeServer()
    page = Page(FrameLog(server), monkeypatch)
    page.hello()
    server.connect().append("client", REQUEST)
    assert not page.take()[-1]["several"]
    server.connect()
    assert page.take()[-1]["several"]


def test_connection_that_the_server_let_go_stays_in_the_log(monkeypatch):
    server = FakeServer()
    page = Page(FrameLog(server), monkeypatch)
    server.connect().append("client", REQUEST)
    server.connections.clear()
    page.take()
    assert previews(page.hello()) == ["GET /echo"]


# Three forms


def test_forms_of_an_empty_log():
    log = FrameLog(FakeServer())
    data, _ = log._repr_mimebundle_()
    assert data["text/plain"] == repr(log) == "FrameLog(0 rows)"
    assert "Nothing has crossed the wire yet." in data["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in data


def test_forms_are_the_same_at_every_run():
    first, second = FrameLog(hello_conversation()[1]), FrameLog(hello_conversation()[1])
    forms = [log._repr_mimebundle_()[0] for log in (first, second)]
    assert forms[0]["text/plain"] == forms[1]["text/plain"] == "FrameLog(4 rows)"
    assert forms[0]["text/html"] == forms[1]["text/html"]
    assert "Hello" in forms[0]["text/html"]


def test_table_is_no_widget():
    log = FrameLog(hello_conversation()[1])
    table = log.table()
    assert repr(table) == "FrameTable(4 rows)"
    assert table._repr_html_() == log._repr_mimebundle_()[0]["text/html"]
    assert not hasattr(table, "_repr_mimebundle_")


def test_table_keeps_what_it_shows():
    recording, conversation = hello_conversation()
    table = FrameLog(conversation).table()
    recording.append("client", HELLO)
    assert repr(table) == "FrameTable(4 rows)"


def test_table_stands_connection_by_connection():
    server = FakeServer()
    log = FrameLog(server)
    first, second = server.connect(), server.connect()
    second.append("client", REQUEST)
    first.append("client", REQUEST)
    second.append("server", RESPONSE)
    places = [(row.connection, row.number) for row in log.table().rows]
    assert places == [(1, 0), (2, 0), (2, 1)]


def test_one_row_is_singular():
    server = FakeServer()
    server.connect().append("client", REQUEST)
    assert repr(FrameLog(server)) == "FrameLog(1 row)"


# Ends


@pytest.mark.parametrize("end", ["detach", "close"])
def test_a_log_that_ended_leaves_no_listener(end):
    recording, conversation = hello_conversation()
    log = FrameLog(conversation)
    assert len(recording.listeners) == 1
    getattr(log, end)()
    assert recording.listeners == []
    getattr(log, end)()  # once more is fine


@pytest.mark.parametrize("end", ["detach", "close"])
def test_a_log_that_ended_stays_as_it_is(monkeypatch, end):
    server = FakeServer()
    log = FrameLog(server)
    ada = server.connect()
    ada.append("client", REQUEST)
    getattr(log, end)()
    ada.append("server", RESPONSE)
    server.connect().append("client", REQUEST)
    page = Page(log, monkeypatch)
    log._changed()
    assert len(page.hello()["rows"]) == 1
    assert repr(log) == "FrameLog(1 row)"
    assert repr(log.table()) == "FrameTable(1 row)"


async def test_a_log_takes_in_what_came_before_it_ended(monkeypatch):
    recording, conversation = hello_conversation()
    log = FrameLog(conversation)
    page = Page(log, monkeypatch)
    page.hello()
    recording.append("client", HELLO)
    assert page.take() == []  # a batch is due
    log.detach()
    (batch,) = page.take()
    assert previews(batch) == ["Hello"]


# What the reader wants to see


def look(page, view="frames", connection=None, **wanted):
    wanted = {"text": "", "speaker": "", "opcode": "", "control": "show"} | wanted
    page.send(type="look", view=view, connection=connection, filter=wanted)
    return page.take()[-1]


def ping_pong_conversation():
    recording, conversation = hello_conversation()
    recording.append("client", build_frame("", 9, masking_key=KEY))
    recording.append("server", build_frame("", 10))
    recording.append("client", build_frame("Hel", fin=False, masking_key=KEY))
    recording.append("client", build_frame("lo 😀", 0, masking_key=KEY))
    return recording, conversation


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({}, [0, 1, 2, 3, 4, 5, 6, 7]),
        ({"text": "h.llo"}, [2, 3]),
        ({"speaker": "server"}, [1, 3, 5]),
        ({"opcode": "9"}, [4]),
        ({"control": "fold"}, [0, 1, 2, 3, 6, 7]),
        ({"speaker": "client", "text": "hel", "opcode": "1"}, [2, 6]),
    ],
)
def test_a_filter_lets_by_what_matches(monkeypatch, wanted, numbers):
    recording, conversation = ping_pong_conversation()
    log = FrameLog(conversation)
    page = Page(log, monkeypatch)
    page.hello()
    snapshot = look(page, **wanted)
    assert snapshot["type"] == "snapshot"
    assert [row["id"] for row in snapshot["rows"]] == numbers
    assert (snapshot["first"], snapshot["end"], snapshot["held"]) == (0, len(numbers), 8)
    assert log.events == [conversation.events[number] for number in numbers]
    recording.append("client", HELLO)  # what comes is filtered, too
    assert len(log.events) == len(numbers) + (
        wanted.get("opcode") != "9" and "client" in (wanted.get("speaker", "client"))
    )


def test_a_filter_is_set_from_python(monkeypatch):
    log = FrameLog(ping_pong_conversation()[1])
    page = Page(log, monkeypatch)
    page.hello()
    log.filter = "h.llo"
    (snapshot,) = page.take()
    assert snapshot["filter"]["text"] == "h.llo"
    assert [row["id"] for row in snapshot["rows"]] == [2, 3]
    log.filter = Filter(speaker="server", control="fold")
    assert [row["id"] for row in page.take()[-1]["rows"]] == [1, 3]
    log.filter = None
    assert len(page.take()[-1]["rows"]) == 8


def test_messages_are_put_together(monkeypatch):
    log = FrameLog(ping_pong_conversation()[1])
    page = Page(log, monkeypatch)
    page.hello()
    rows = look(page, view="messages")["rows"]
    assert [cells(row, "messages")["preview"] for row in rows] == ["Hello", "Hello", "Hello 😀"]
    last = cells(rows[-1], "messages")
    assert (last["frames"], last["wire"], last["length"]) == ("2", "22", "10")
    page.send(type="select", id=rows[-1]["id"])
    assert log.selected.text == "Hello 😀"
    assert page.take()[-1]["text"] == repr(log.selected)


def test_as_chrome_shows_it(monkeypatch):
    log = FrameLog(ping_pong_conversation()[1])
    page = Page(log, monkeypatch)
    page.hello()
    rows = [cells(row, "chrome") for row in look(page, view="chrome")["rows"]]
    assert [row["preview"] for row in rows] == ["⬆ Hello", "⬇ Hello", "⬆ Hello 😀"]
    assert [row["length"] for row in rows] == ["5", "5", "8"]  # UTF-16: the smile is two
    page.send(type="pane", name="hidden", connection=1)
    (hidden,) = page.take()
    assert sum(hidden["hidden"].values()) > 0


def test_one_connection_of_several(monkeypatch):
    server = FakeServer()
    for recording in (server.connect(), server.connect()):
        recording.append("client", REQUEST)
        recording.append("server", RESPONSE)
    log = FrameLog(server)
    page = Page(log, monkeypatch)
    page.hello()
    snapshot = look(page, connection=2)
    assert {cells(row)["connection"] for row in snapshot["rows"]} == {"2"}
    assert len(snapshot["rows"]) == 2
    log.connection = None
    assert len(page.take()[-1]["rows"]) == 4


def test_rows_are_sent_as_they_are_asked_for(monkeypatch):
    recording, conversation = hello_conversation()
    for i in range(996):
        recording.append("client", build_frame(f"{i}", masking_key=KEY))
    page = Page(FrameLog(conversation), monkeypatch)
    snapshot = page.hello()
    assert (snapshot["end"], snapshot["at"], len(snapshot["rows"])) == (1000, 800, 200)
    page.send(type="ask", generation=snapshot["generation"], **{"from": 98, "to": 101})
    (answer,) = page.take()
    assert (answer["at"], previews(answer)) == (98, ["94", "95", "96"])
    page.send(type="ask", generation=snapshot["generation"] - 1, **{"from": 98, "to": 101})
    assert page.take() == []  # rows of an older view


def test_a_flood_costs_a_screen(monkeypatch):
    recording, conversation = hello_conversation()
    log = FrameLog(conversation)
    page = Page(log, monkeypatch)
    page.hello()
    recording.listeners.clear()
    for i in range(5000):
        recording.append("client", build_frame(f"{i}", masking_key=KEY))
    log._changed()
    (news,) = page.take()
    assert news["end"] == 5004
    assert len(news["rows"]) == room.NEWEST
    assert (news["at"], previews(news)[-1]) == (5004 - room.NEWEST, "4999")


def test_clear_takes_rows_and_loses_nothing(monkeypatch):
    recording, conversation = hello_conversation()
    log = FrameLog(conversation)
    page = Page(log, monkeypatch)
    page.hello()
    page.send(type="clear")
    snapshot = page.take()[-1]
    assert (snapshot["rows"], snapshot["held"], snapshot["dropped"]) == ([], 0, 0)
    assert len(conversation.events) == 4
    recording.append("client", HELLO)
    assert previews(page.take()[-1]) == ["Hello"]
    assert repr(log) == "FrameLog(1 row)"


@pytest.mark.parametrize("name", ["headers", "timing", "cookies"])
def test_panes(monkeypatch, name):
    page = Page(FrameLog(hello_conversation()[1]), monkeypatch)
    page.hello()
    page.send(type="pane", name=name, connection=1)
    (pane,) = page.take()
    assert (pane["type"], pane["name"], pane["connection"]) == ("pane", name, 1)
    assert len(pane["html"]) > 50
    page.send(type="pane", name=name, connection=7)
    assert "no longer keeps this connection" in page.take()[0]["html"]


def test_connections_say_how_they_do(monkeypatch):
    server = FakeServer()
    recording = server.connect()
    log = FrameLog(server)
    page = Page(log, monkeypatch)
    (connection,) = page.hello()["connections"]
    assert (connection["state"], connection["status"], connection["url"]) == (
        "connecting",
        None,
        "",
    )
    recording.append("client", REQUEST)
    recording.append("server", RESPONSE)
    recording.append("client", HELLO)
    server.clock.now += 2.5
    page.take()
    (connection,) = page.hello()["connections"]
    assert connection["url"] == "ws://localhost:4000/echo"
    assert (connection["state"], connection["status"], connection["frames"]) == ("open", 101, 1)
    assert connection["bytes"] == len(REQUEST + RESPONSE + HELLO)
    assert connection["open_for"] == 2.5
    recording.append("client", b"")
    recording.append("server", b"")
    server.clock.now += 10
    (summary,) = log.connections
    assert (summary.state, summary.open_for) == ("closed", 2.5)


def test_ten_thousand_connections_are_listed_in_part(monkeypatch):
    server = FakeServer()
    for number in range(1, 10_001):
        server.connections.append(Conversation(Recording(), number=number))
    snapshot = Page(FrameLog(server), monkeypatch).hello()
    assert (len(snapshot["connections"]), snapshot["unlisted"]) == (200, 9800)
    assert snapshot["connections"][-1]["number"] == 10_000


async def test_a_long_recording_is_read_in_slices(monkeypatch):
    monkeypatch.setattr(room, "FIRST_SLICE", 10)
    monkeypatch.setattr(room, "SLICE", 20)
    monkeypatch.setattr(room, "PAUSE", 0)
    recording, conversation = hello_conversation()
    for i in range(96):
        recording.append("client", build_frame(f"{i}", masking_key=KEY))
    page = Page(FrameLog(conversation), monkeypatch)
    snapshot = page.hello()
    assert (snapshot["held"], snapshot["behind"]) == (10, True)
    held = []
    while not held or held[-1] < 100:
        news = await page.message()
        held.append(news["held"])
    assert held == [30, 50, 70, 90, 100]
    assert not news["behind"]


def test_unknown_views_are_refused():
    log = FrameLog(hello_conversation()[1])
    with pytest.raises(ValueError, match="frames, messages, chrome, got 'bits'"):
        log.view = "bits"


def test_refused_logs_leave_no_listener():
    recording, conversation = hello_conversation()
    with pytest.raises(ValueError, match="at least 1 row"):
        FrameLog(conversation, max_rows=0)
    assert recording.listeners == []
