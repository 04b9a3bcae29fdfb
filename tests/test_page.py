"""The start page in a headless Chromium: it chats, shows what it does, and comes back by itself."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import re
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from lab import Browser
from playwright.async_api import Locator, Page, expect

from hellosockets.application import RoomChannel
from hellosockets.channels import Channel, Reply
from hellosockets.conversation import Conversation
from hellosockets.server import Server, routes, serve

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

ROOT = Path(__file__).parent.parent
DEADLINE = 15_000  # ms
TARGET = "/socket/websocket?token=undefined&vsn=2.0.0"
RELOAD_TARGET = "/phoenix/live_reload/socket/websocket?vsn=2.0.0"
JOIN = '["1","1","topic:subtopic","phx_join",{}]'
UNMATCHED = (
    '[null,"1","topic:subtopic","phx_reply",'
    '{"response":{"reason":"unmatched topic"},"status":"error"}]'
)
STRANGER = "<img src=x onerror=window.caught=1>"
NO_WEBSOCKET = "WebSocket connection to "  # how Chromium begins to say that there is none


@pytest_asyncio.fixture(loop_scope="module")
async def server() -> AsyncIterator[Server]:
    async with serve(port=0, announce=None, report=None) as server:
        yield server


class Pages:
    """
    Opens pages, each in a browser context of its own.

    Attributes:
        complaints: What their consoles said as an error, and their exceptions.

    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._pages: list[Page] = []
        self.complaints: list[str] = []

    async def new(self) -> Page:
        page = await self._browser.new_page()
        self._pages.append(page)
        page.set_default_timeout(DEADLINE)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self._heard(message.type, message.text))
        return page

    async def open(self, url: str, *, name: str = "", topic: str = "") -> Page:
        """Open a page; with a name, join a room."""
        page = await self.new()
        await page.goto(url)
        await expect(state(page, "socket")).to_have_text("open")
        if name:
            await join(page, name, topic)
        return page

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error":
            self.complaints.append(text)

    async def close(self) -> None:
        for page in self._pages:
            await page.close()
        self._pages.clear()


@pytest_asyncio.fixture(loop_scope="module")
async def pages(browser: Browser) -> AsyncIterator[Pages]:
    expect.set_options(timeout=DEADLINE)
    pages = Pages(browser)
    yield pages
    await pages.close()
    assert pages.complaints == []


async def join(page: Page, name: str, topic: str = "") -> None:
    await page.get_by_label("Name").fill(name)
    if topic:
        await page.get_by_label("Topic").fill(topic)
    await page.get_by_role("button", name="Join").click()
    await expect(state(page, "room-state")).to_have_text("joined")


async def shout(page: Page, body: str) -> None:
    await page.get_by_label("Shout").fill(body)
    await page.keyboard.press("Enter")


async def stop_clock(page: Page) -> None:
    """Let the page's time stand still but for `page.clock.run_for`."""
    await page.clock.install(time=0)
    await page.clock.pause_at(1000)


def state(page: Page, line: str) -> Locator:
    return page.locator(f"#{line} .words")


def more(page: Page, line: str) -> Locator:
    return page.locator(f"#{line} .more")


def chat(page: Page) -> Locator:
    return page.locator("#chat li:not(.note)")


def rows(page: Page, speaker: str) -> Locator:
    return page.locator(f"#messages .{speaker}")


def connections(server: Server, target: str = TARGET) -> list[Conversation]:
    """Return the connections that asked for a target, oldest first."""
    found = [(each, each.request) for each in server.connections]
    return [each for each, request in found if request and request.target == target]


def sent(server: Server, number: int = -1) -> list[str]:
    """Return the texts of the messages that a page has sent."""
    messages = connections(server)[number].messages
    return [message.text for message in messages if message.speaker == "client"]


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(DEADLINE / 1000):
        while True:
            if condition():
                return
            await asyncio.sleep(0.02)


# The chapter's scene


async def test_the_first_messages_are_the_chapters(server: Server, pages: Pages) -> None:
    page = await pages.open(server.http_url)
    await expect(state(page, "chapter")).to_have_text("refused: unmatched topic")
    [connection] = connections(server)
    join, answer = connection.messages[:2]
    assert (join.speaker, join.text, join.size) == ("client", JOIN, 40)
    assert (answer.speaker, answer.text, answer.size) == ("server", UNMATCHED, 98)
    await expect(page.locator("#messages li").first).to_have_text("The WebSocket is open.")
    up, down = rows(page, "client").first, rows(page, "server").first
    await expect(up).to_have_text(f"↑ client {JOIN} 40 bytes")
    await expect(down).to_have_text(f"↓ server {UNMATCHED} 98 bytes")
    await until(lambda: len(sent(server)) == 2)  # a second later
    assert sent(server)[1] == JOIN.replace("1", "2")


async def test_the_page_stops_asking(server: Server, pages: Pages) -> None:
    page = await pages.new()
    await stop_clock(page)
    await page.goto(server.http_url)
    for tries, seconds in enumerate((1, 2, 5, 10), 1):
        await expect(more(page, "chapter")).to_have_text(f"asks again in\u00a0{seconds}\u00a0s")
        await page.clock.run_for(1000 * seconds - 1)
        assert len(sent(server)) == tries
        await page.clock.run_for(1)
        await until(lambda tries=tries: len(sent(server)) > tries)
    await expect(state(page, "chapter")).to_have_text("refused: unmatched topic, 5 times")
    await expect(more(page, "chapter")).to_contain_text("the page has stopped asking")
    await page.clock.run_for(11_000)
    assert sent(server)[-2:] == [
        '["5","5","topic:subtopic","phx_join",{}]',
        '["5","6","topic:subtopic","phx_leave",{}]',
    ]
    await page.get_by_role("button", name="Ask again").click()
    await expect(state(page, "chapter")).to_have_text("refused: unmatched topic")
    stop = page.get_by_role("button", name="Stop asking")
    await stop.press("Enter")
    await expect(state(page, "chapter")).to_have_text("left")
    await expect(page.get_by_role("button", name="Ask again")).to_be_focused()


@pytest.mark.needs("curl")
async def test_as_curl_runs(server: Server, pages: Pages) -> None:
    await pages.open(server.http_url)
    # It would wait for messages; killed sooner, it would keep for itself what it has read.
    command = connections(server)[0].as_curl().replace("curl ", "curl --silent --max-time 1 ", 1)
    process = await asyncio.create_subprocess_shell(command, stdout=asyncio.subprocess.PIPE)
    output, _ = await asyncio.wait_for(process.communicate(), DEADLINE / 1000)
    assert output.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")


# The chat


async def test_two_pages_chat(server: Server, pages: Pages) -> None:
    ada = await pages.open(server.http_url, name="Ada")
    grace = await pages.open(server.http_url, name="Grace")
    await shout(ada, "Hello?")
    await shout(grace, "Hello!")
    for page in (ada, grace):
        await expect(chat(page)).to_have_text(["Ada Hello?", "Grace Hello!"])
    assert any(
        re.fullmatch(r'\["(\d+)","\1","room:lobby","phx_join",\{\}\]', text)
        for text in sent(server)
    )
    shouts = [text for text in sent(server, 0) if "shout" in text]
    assert json.loads(shouts[0])[2:] == ["room:lobby", "shout", {"body": "Hello?", "name": "Ada"}]
    assert '"shout",{"body":"Hello?","name":"Ada"}]' in shouts[0]


async def test_rooms_are_apart_and_can_be_left(server: Server, pages: Pages) -> None:
    ada = await pages.open(server.http_url, name="Ada")
    grace = await pages.open(server.http_url, name="Grace", topic="room:kitchen")
    await shout(grace, "Tea?")
    await expect(chat(grace)).to_have_text(["Grace Tea?"])
    await grace.get_by_role("button", name="Leave").click()
    await expect(state(grace, "room-state")).to_have_text("left")
    await shout(grace, "Coffee?")
    await expect(grace.locator("#chat-state")).to_have_text("Join a room first, then shout.")
    await join(grace, "Grace", "room:lobby")
    await shout(grace, "Found you")
    await expect(chat(ada)).to_have_text(["Grace Found you"])


async def test_what_strangers_send_stays_text(server: Server, pages: Pages) -> None:
    page = await pages.open(server.http_url, name=STRANGER)
    await shout(page, STRANGER)
    await expect(chat(page)).to_have_text([f"{STRANGER} {STRANGER}"])
    odd = [{"body": 7}, {"body": STRANGER}, None, [STRANGER], STRANGER, {"name": {}, "body": "!"}]
    for payload in odd:
        server.pubsub.broadcast("room:lobby", "shout", payload)
    server.pubsub.broadcast("room:lobby", STRANGER, {"a": STRANGER})
    await expect(page.locator("#chat li").last).to_have_text(f'{STRANGER} {{"a":"{STRANGER}"}}')
    await expect(chat(page)).to_have_count(3)
    assert await page.locator("img").count() == 0
    assert await page.evaluate("window.caught") is None


async def test_lists_are_bounded(server: Server, pages: Pages) -> None:
    page = await pages.open(server.http_url, name="Ada")
    for number in range(600):
        payload = {"body": f"{number} {'long ' * 1000}", "name": "Grace"}
        server.pubsub.broadcast("room:lobby", "shout", payload)
        if number % 50 == 0:
            await asyncio.sleep(0)
    await expect(page.locator("#chat li").last).to_contain_text("599 long")
    await expect(page.locator("#chat li")).to_have_count(200)
    await expect(page.locator("#messages li")).to_have_count(500)
    size = page.locator("#messages .size").filter(has_text="5,0")
    await expect(size.last).to_have_text(re.compile(r"5,0\d\d bytes"))
    assert len(await page.locator("#chat .said").last.inner_text()) == 2001


async def test_a_channel_that_crashes_is_joined_again(server: Server, pages: Pages) -> None:
    class Fragile(RoomChannel):
        def handle_in(self, event: str, payload: Any) -> Any:
            if payload.get("body") == "crash":
                raise KeyError("body")
            return super().handle_in(event, payload)

    server.channel("room:*", Fragile)
    page = await pages.open(server.http_url, name="Ada")
    await shout(page, "crash")
    await expect(state(page, "room-state")).to_have_text("it crashed on the server")
    await shout(page, "still here")  # waits
    await expect(page.locator("#chat-state")).to_have_text(
        "1 shout waits until you are in the room."
    )
    await expect(chat(page)).to_have_text(["Ada still here"])
    await expect(page.locator("#chat-state")).to_have_text("")
    await expect(state(page, "socket")).to_have_text("open")


async def test_refusals_and_errors_are_told(server: Server, pages: Pages) -> None:
    class Strict(Channel):
        def join(self, payload: Any) -> Any:
            return Reply({"reason": STRANGER}, "error") if self.topic == "club:full" else {}

        def handle_in(self, event: str, payload: Any) -> Any:
            if payload["body"] == "bye":
                self.stop()
            return Reply({"reason": "no shouting"}, "error")

    server.channel("club:*", Strict)
    page = await pages.open(server.http_url)
    await page.get_by_label("Topic").fill("club:full")
    await page.get_by_role("button", name="Join").click()
    await expect(state(page, "room-state")).to_have_text(f"refused: {STRANGER}")
    await page.get_by_role("button", name="Leave").click()
    await join(page, "Ada", "club:open")
    await shout(page, "hey")
    await expect(page.locator("#chat li").last).to_have_text(
        'The room says no: {"reason":"no shouting"}'
    )
    await shout(page, "bye")
    await expect(state(page, "room-state")).to_have_text("the server closed it")
    await expect(page.get_by_role("button", name="Join")).to_be_visible()


async def test_the_keyboard_is_enough(server: Server, pages: Pages) -> None:
    page = await pages.open(server.http_url)
    for name in ("Name", "Topic"):
        await page.keyboard.press("Tab")
        await expect(page.get_by_label(name, exact=True)).to_be_focused()
    await page.keyboard.press("Enter")
    body = page.get_by_label("Shout")
    await expect(body).to_be_focused()
    await page.keyboard.type("Hello")
    await page.keyboard.press("Enter")
    await expect(chat(page)).to_have_count(1)
    await expect(body).to_be_focused()
    await expect(body).to_have_value("")
    toggle = page.locator("#toggle")
    await toggle.press("Enter")
    await expect(state(page, "socket")).to_contain_text("closed: code 1000")
    await expect(toggle).to_be_focused()
    await toggle.press("Enter")
    await expect(state(page, "socket")).to_have_text("open")
    await expect(state(page, "room-state")).to_have_text("joined")


# Texts that are sent as they are


async def test_any_text_can_be_sent(server: Server, pages: Pages) -> None:
    page = await pages.open(server.http_url)
    await page.locator("#raw button").click()
    joined = '["9","9","ping","phx_reply",{"response":{},"status":"ok"}]'
    await expect(rows(page, "server").filter(has_text=joined)).to_be_visible()
    await page.get_by_label("Send as it is").fill("no array")
    await page.keyboard.press("Enter")
    note = "The WebSocket is closed: code 1011, the server could make nothing of it."
    await expect(page.locator("#messages .note", has_text=note)).to_be_visible()
    await expect(state(page, "socket")).to_have_text("open")
    assert len(connections(server)) == 2


async def test_echo(server: Server, pages: Pages) -> None:
    page = await pages.open(server.http_url)
    await page.get_by_role("combobox", name="over").select_option("echo")
    for _ in range(2):
        await page.get_by_label("Send as it is").fill("Grüße")
        await page.keyboard.press("Enter")
    await expect(rows(page, "client").filter(has_text="Grüße 7 bytes")).to_have_count(2)
    await expect(rows(page, "server").filter(has_text="Grüße 7 bytes")).to_have_count(2)
    assert len(connections(server, "/echo")) == 1
    await page.get_by_role("combobox", name="over").select_option("socket")
    await until(lambda: connections(server, "/echo")[0].close_code == 1000)


# Heartbeats


async def test_heartbeats(server: Server, pages: Pages) -> None:
    page = await pages.new()
    await stop_clock(page)
    await page.goto(server.http_url)
    await expect(state(page, "chapter")).to_have_text("refused: unmatched topic")
    await page.get_by_role("button", name="Stop asking").click()
    await expect(more(page, "heartbeat")).to_contain_text("next in")
    beats = [f'[null,"{number}","phoenix","heartbeat",{{}}]' for number in (3, 4)]
    for number, beat in enumerate(beats, 1):
        await page.clock.run_for(30_000)
        await until(lambda number=number: len(sent(server)) == 2 + number)
        assert sent(server)[-1] == beat
        await expect(state(page, "heartbeat")).to_contain_text("answered after")
        await expect(more(page, "heartbeat")).to_contain_text("next in")


async def test_a_heartbeat_without_answer_ends_the_connection(server: Server, pages: Pages) -> None:
    page = await pages.new()
    await stop_clock(page)
    ends: list[tuple[int | None, str | None]] = []
    is_frozen = True

    async def on_the_way(wire: Any) -> None:
        onward = wire.connect_to_server()
        wire.on_message(
            lambda data: None if "heartbeat" in data and is_frozen else onward.send(data)
        )

        async def closed(code: int | None, reason: str | None) -> None:
            ends.append((code, reason))
            await onward.close(code=code, reason=reason)

        wire.on_close(closed)

    await page.route_web_socket(re.compile("/socket/websocket.*token"), on_the_way)
    await page.goto(server.http_url)
    await join(page, "Ada")
    await page.get_by_role("button", name="Stop asking").click()
    await expect(state(page, "chapter")).to_have_text("left")
    await page.clock.run_for(30_000)
    await expect(more(page, "heartbeat")).to_contain_text("an answer is due in")
    await page.clock.run_for(20_000)
    await expect(state(page, "socket")).to_have_text("open")
    await page.clock.run_for(10_000)
    await expect(state(page, "socket")).to_contain_text("“heartbeat timeout”; reconnecting")
    await until(lambda: ends)
    assert set(ends) == {(1000, "heartbeat timeout")}  # Playwright may tell it twice
    is_frozen = False
    await page.clock.run_for(10)
    await expect(state(page, "socket")).to_have_text("open")
    await expect(state(page, "room-state")).to_have_text("joined")


# Coming back

# A page whose WebSocket opens once, and never again.
DEAD_WEBSOCKET = """
window.made = [];
window.WebSocket = class extends EventTarget {
  constructor(url) {
    super();
    if (url.includes("live_reload")) return;
    made.push(this);
    this.at = Date.now();
    if (made.length === 1) queueMicrotask(() => this.dispatchEvent(new Event("open")));
    else queueMicrotask(() => this.lose());
  }
  send() {}
  lose() { this.dispatchEvent(new CloseEvent("close", { code: 1006 })); }
};
"""


async def test_it_reconnects_on_phoenixs_schedule(server: Server, pages: Pages) -> None:
    page = await pages.new()
    await stop_clock(page)
    await page.add_init_script(DEAD_WEBSOCKET)
    await page.goto(server.http_url)
    await page.evaluate("() => { window.lost = Date.now(); made[0].lose(); }")
    await page.clock.run_for(20_000)
    times = await page.evaluate("[lost, ...made.slice(1).map(each => each.at)]")
    waits = [after - before for before, after in itertools.pairwise(times)]
    assert waits == [10, 50, 100, 150, 200, 250, 500, 1000, 2000, 5000, 5000, 5000]
    await expect(more(page, "socket")).to_contain_text("try 13 in")


async def test_it_stays_away_after_a_normal_closure(server: Server, pages: Pages) -> None:
    async with serve(port=0, announce=None, report=None, timeout=0.6) as hasty:
        page = await pages.new()
        await page.goto(hasty.http_url)
        await expect(state(page, "socket")).to_have_text("closed: code 1000, normal closure")
        await expect(more(page, "socket")).to_contain_text("Phoenix's client stays away, too")
        await asyncio.sleep(1)
        assert len(connections(hasty)) == 1
        await page.get_by_role("button", name="Connect", exact=True).click()
        await until(lambda: len(connections(hasty)) == 2)
        await pages.close()


@contextlib.asynccontextmanager
async def program(port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the server as a program, and kill it."""
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "hellosockets", "--port", str(port)],
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(30):
            while b"Access" not in (line := await process.stdout.readline()):
                assert line, "the server ended"
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def test_both_rejoin_after_the_server_was_killed(pages: Pages, unused_tcp_port: int) -> None:
    url = f"http://localhost:{unused_tcp_port}/"
    async with program(unused_tcp_port):
        ada = await pages.open(url, name="Ada")
        grace = await pages.open(url, name="Grace")
        await shout(ada, "before")
        await expect(chat(grace)).to_have_text(["Ada before"])
    for page in (ada, grace):
        await expect(state(page, "socket")).to_have_text(
            "closed: code 1006, no close frame came; reconnecting"
        )
        await expect(state(page, "room-state")).to_have_text("waiting for the WebSocket")
    await shout(ada, "meanwhile")
    await expect(ada.locator("#chat-state")).to_have_text(
        "1 shout waits until you are in the room."
    )
    # Whoever is back first shouts into an empty room: let Grace be that.
    await ada.get_by_role("button", name="Disconnect").click()
    async with program(unused_tcp_port):
        await expect(state(grace, "room-state")).to_have_text("joined")
        await ada.get_by_role("button", name="Connect", exact=True).click()
        for page in (ada, grace):
            await expect(chat(page)).to_have_text(["Ada before", "Ada meanwhile"])
            await expect(state(page, "reloader")).to_contain_text("reloads this page")
        await shout(grace, "after")
        await expect(chat(ada).last).to_have_text("Grace after")
        await pages.close()
    unavoidable = [each for each in pages.complaints if NO_WEBSOCKET in each]
    assert pages.complaints == unavoidable
    pages.complaints.clear()


async def test_a_restart_in_the_same_process(pages: Pages, unused_tcp_port: int) -> None:
    async with serve(unused_tcp_port, announce=None, report=None) as first:
        page = await pages.open(first.http_url, name="Ada")
    await expect(state(page, "socket")).to_have_text(
        "closed: code 1001, the server is going away; reconnecting"
    )
    await shout(page, "meanwhile")
    async with serve(unused_tcp_port, announce=None, report=None) as second:
        await expect(chat(page)).to_have_text(["Ada meanwhile"])
        await expect(state(page, "room-state")).to_have_text("joined")
        assert len(connections(second)) == 1
        await pages.close()
    assert connections(first)[0].close_code == 1001
    pages.complaints[:] = [each for each in pages.complaints if NO_WEBSOCKET not in each]


async def test_pushes_that_wait_are_bounded(server: Server, pages: Pages) -> None:
    page = await pages.open(server.http_url, name="Ada")
    await page.get_by_role("button", name="Disconnect").click()
    await expect(state(page, "socket")).to_contain_text("closed: code 1000")
    submit = """() => { for (let i = 0; i < 101; i++) {
        document.querySelector("#body").value = `no. ${i}`;
        document.querySelector("#shout").requestSubmit();
    } }"""
    await page.evaluate(submit)
    await expect(page.get_by_label("Shout")).to_have_value("no. 100")  # kept
    await page.get_by_role("button", name="Connect", exact=True).click()
    await expect(chat(page)).to_have_count(100)


# Where it is opened


async def test_another_name_of_the_host_is_explained(server: Server, pages: Pages) -> None:
    page = await pages.new()
    await page.goto(f"http://127.0.0.1:{server.port}/")
    help_ = page.get_by_role("alert")
    await expect(help_).to_contain_text("127.0.0.1 and localhost are two hosts")
    await expect(state(page, "socket")).to_have_text(
        "could not connect: code 1006, no close frame came"
    )
    await expect(page.get_by_role("button", name="Connect", exact=True)).to_be_visible()
    assert server.stats.refused == 6  # then it lets the server's owner read in peace
    assert all(NO_WEBSOCKET in each for each in pages.complaints)
    pages.complaints.clear()
    connect = page.get_by_role("button", name="Connect", exact=True)
    await connect.click()
    await until(lambda: server.stats.refused == 7)  # one try for each click
    await expect(connect).to_be_visible()
    pages.complaints.clear()
    link = help_.get_by_role("link")
    await expect(link).to_have_attribute("href", server.http_url)
    await link.click()
    await expect(state(page, "socket")).to_have_text("open")
    await expect(page.locator("#refused")).to_be_empty()


PREFIX = b"/user/ada/proxy/4000"


async def copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
    with contextlib.suppress(ConnectionError, OSError):
        sink.write_eof()


async def test_it_works_behind_a_proxy_with_a_prefix(server: Server, pages: Pages) -> None:
    strays: list[bytes] = []

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            method, target, rest = (await reader.readuntil(b"\r\n")).split(b" ", 2)
        except asyncio.IncompleteReadError:
            writer.close()
            return
        if not target.startswith(PREFIX + b"/"):
            strays.append(target)
        onward = await asyncio.open_connection("127.0.0.1", server.port)
        onward[1].write(b" ".join([method, target.removeprefix(PREFIX), rest]))
        await asyncio.gather(copy(reader, onward[1]), copy(onward[0], writer))
        for each in (writer, onward[1]):
            each.close()

    proxy = await asyncio.start_server(relay, "127.0.0.1", 0)
    port = proxy.sockets[0].getsockname()[1]
    ada = await pages.open(f"http://localhost:{port}{PREFIX.decode()}/?a=b", name="Ada")
    grace = await pages.open(server.http_url, name="Grace")
    await shout(ada, "through")
    await expect(chat(grace)).to_have_text(["Ada through"])
    await expect(state(ada, "reloader")).to_contain_text("reloads this page")
    address = f"ws://localhost:{port}{PREFIX.decode()}{TARGET}"
    await expect(ada.locator("#address")).to_have_text(address)
    assert strays == []
    assert len(connections(server)) == len(connections(server, RELOAD_TARGET)) == 2
    proxy.close()
    await pages.close()
    await server.all_closed()


# Editing the page


async def test_editing_the_page_reloads_it(
    pages: Pages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "page"
    shutil.copytree(routes.PAGE, folder)
    monkeypatch.setattr(routes, "PAGE", folder)
    async with serve(port=0, announce=None, report=None) as server:
        page = await pages.open(server.http_url, name="Ada")
        await expect(state(page, "reloader")).to_contain_text("reloads this page")
        [connection] = connections(server, RELOAD_TARGET)
        assert connection.messages[0].text == '["1","1","phoenix:live_reload","phx_join",{}]'
        await page.get_by_label("Shout").fill("half a sen")

        with (folder / "page.css").open("a", encoding="utf-8") as file:
            file.write("h1 { letter-spacing: 3px; }\n")
        await expect(page.locator("h1")).to_have_css("letter-spacing", "3px")
        assert len(connections(server)) == 1  # the style alone was loaded again

        html = folder / "index.html"
        text = html.read_text(encoding="utf-8").replace("<h1>HelloSockets", "<h1>Edited")
        html.write_text(text, encoding="utf-8")
        await expect(page.locator("h1")).to_have_text("Edited")
        await expect(state(page, "room-state")).to_have_text("joined")
        await expect(page.get_by_label("Name")).to_have_value("Ada")
        await expect(page.get_by_label("Shout")).to_have_value("half a sen")
        await pages.close()


# How it looks

# How many texts there are, and those whose contrast is below 4.5, as WCAG 2.2 computes it.
POOR = """() => {
  const channels = (text) => text.match(/[\\d.]+/g).map(Number);
  const luminance = (text) => channels(text).slice(0, 3).map((c) => c / 255)
    .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (el) => {
    for (; el; el = el.parentElement) {
      const colour = getComputedStyle(el).backgroundColor;
      if (channels(colour)[3] !== 0) return colour;
    }
  };
  const texts = [...document.querySelectorAll("body *")].filter((el) =>
    el.checkVisibility() && (el.matches("input, select") ||
      [...el.childNodes].some((node) => node.nodeType === 3 && node.data.trim())));
  const poor = texts.filter((el) => {
    const [a, b] = [getComputedStyle(el).color, ground(el)].map(luminance).sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05) < 4.5;
  });
  return [texts.length, poor.map((el) => el.outerHTML)];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
async def test_it_is_readable(server: Server, pages: Pages, scheme: Any, width: int) -> None:
    page = await pages.new()
    await page.emulate_media(color_scheme=scheme)
    await page.set_viewport_size({"width": width, "height": 800})
    await page.goto(server.http_url)
    await join(page, "Ada")
    await shout(page, "x" * 500)
    server.pubsub.broadcast("room:lobby", "shout", {"body": "Hello", "name": "Grace"})
    await expect(chat(page)).to_have_count(2)
    await expect(state(page, "chapter")).to_have_text("refused: unmatched topic")
    texts, poor = await page.evaluate(POOR)
    assert texts > 40
    assert poor == []
    assert await page.evaluate("document.documentElement.scrollWidth") == width


async def test_each_sign_goes_with_a_word_and_each_field_has_a_name(
    server: Server, pages: Pages
) -> None:
    page = await pages.open(server.http_url)
    await expect(state(page, "reloader")).to_contain_text("reloads this page")
    for words in await page.locator("dd .words").all_inner_texts():
        assert words
    names = ["Name", "Topic", "Shout", "Send as it is"]
    assert await page.locator("input").count() == len(names)
    for name in names:
        await expect(page.get_by_label(name, exact=True)).to_have_count(1)
    await expect(page.get_by_role("combobox", name="over")).to_be_visible()
    await expect(page.get_by_role("log", name="Chat")).to_be_visible()
    await expect(page.get_by_role("log", name="Messages")).to_be_visible()
