"""FrameLog in a headless Chromium: used by a mouse and a keyboard, in a flood, and with losses.

Both halves are the real ones; between them a test may lose messages, as a busy server does.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from lab import Browser
from playwright.async_api import Locator, Page, expect
from stage import Stage

from hellosockets.conversation import Conversation
from hellosockets.frames import build_frame
from hellosockets.handshake import accept_key, build_request
from hellosockets.recording import Recording
from hellosockets.widgets import FrameLog

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # RFC 6455 §1.3
MASK = bytes.fromhex("37fa213d")  # RFC 6455 §5.7
ANSWER = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Set-Cookie: seen=1; Path=/\r\nSec-WebSocket-Accept: %b\r\n\r\n" % accept_key(KEY).encode()
)
ASK_AGAIN = 2_000  # ms, as in frame_log.js
STRANGER = "<img src=x onerror=window.caught=1></script>"


class FakeServer:
    """What a log asks of a server: connections and listeners."""

    def __init__(self) -> None:
        self.connections: list[Conversation] = []
        self.listeners: list[Callable[[], None]] = []

    def connect(self, target: str = "/echo", answer: bytes = ANSWER) -> Recording:
        recording = Recording(max_chunks=200_000, max_bytes=2**26)
        recording.listeners.append(lambda: [each() for each in tuple(self.listeners)] and None)
        number = len(self.connections) + 1
        self.connections.append(Conversation(recording, number=number))
        recording.append("client", build_request(target, host="localhost:4000", key=KEY))
        recording.append("server", answer)
        return recording


def say(recording: Recording, *texts: str) -> None:
    for text in texts:
        recording.append("client", build_frame(text, masking_key=MASK))


@pytest_asyncio.fixture(loop_scope="module")
async def stage(browser: Browser) -> AsyncIterator[Stage]:
    async with Stage(browser) as stage:
        yield stage


async def start(stage: Stage, frames: int = 0, **options: Any) -> tuple[FrameLog, Recording]:
    """Show a log of one connection: two heads, and frames "0", "1", …"""
    server = FakeServer()
    recording = server.connect()
    say(recording, *map(str, range(frames)))
    log = FrameLog(server, **options)
    await stage.show(log)
    await expect(stage.page.locator(".hs-log-count")).to_have_text(rows(len(log.events)))
    return log, recording


def rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"


def previews(page: Page) -> Locator:
    return page.locator(".hs-log-row .hs-log-preview")


def grid(page: Page) -> Locator:
    return page.get_by_role("grid")


def selected(page: Page) -> Locator:
    return page.locator('.hs-log-row[aria-selected="true"] .hs-log-number')


# Nothing gets lost, nothing comes twice


async def test_rows_come_as_they_happen(stage: Stage) -> None:
    _, recording = await start(stage, 2)
    say(recording, "new")
    expected = ["GET /echo", "101 Switching Protocols", "0", "1", "new"]
    await expect(previews(stage.page)).to_have_text(expected)


async def test_a_batch_that_got_lost_is_noticed(stage: Stage) -> None:
    _, recording = await start(stage, 1)
    stage.take_heard()
    stage.loses = lambda message: message.get("batch") == 1 and message["type"] == "news"
    say(recording, "lost")
    await asyncio.sleep(0.2)
    say(recording, "seen")
    await expect(previews(stage.page)).to_have_text(
        ["GET /echo", "101 Switching Protocols", "0", "lost", "seen"]
    )
    assert stage.take_heard().count("hello") == 1


async def test_a_last_batch_that_got_lost_is_noticed(stage: Stage) -> None:
    _, recording = await start(stage, 1)
    stage.loses = lambda message: message["type"] == "news"
    say(recording, "lost")
    await expect(previews(stage.page).last).to_have_text("lost")  # the count told


async def test_an_answer_that_got_lost_is_asked_for_again(stage: Stage) -> None:
    await stage.page.clock.install(time=0)
    await stage.page.clock.pause_at(1000)  # from here on, time passes when the test says so
    stage.loses = lambda message: message["type"] == "snapshot"
    server = FakeServer()
    server.connect()
    await stage.show(FrameLog(server))
    for patience, asked in [(0, 1), (ASK_AGAIN, 1), (ASK_AGAIN, 0), (ASK_AGAIN, 1)]:
        await stage.page.clock.run_for(patience)
        assert stage.take_heard().count("hello") == asked  # patience grows
    stage.loses = lambda message: False
    await stage.page.clock.run_for(8 * ASK_AGAIN)
    await stage.page.clock.resume()
    await expect(previews(stage.page)).to_have_count(2)


async def test_rows_that_got_lost_are_asked_for_again(stage: Stage) -> None:
    await start(stage, 2000)
    stage.loses = lambda message: message["type"] == "rows"
    await grid(stage.page).focus()
    await stage.page.keyboard.press("Home")
    await expect(stage.page.locator(".hs-log-loading").first).to_be_visible()
    stage.loses = lambda message: False
    await expect(previews(stage.page).first).to_have_text("GET /echo")
    await expect(selected(stage.page)).to_have_text("0")


# Nobody looks


async def test_the_last_view_says_bye(stage: Stage) -> None:
    log, recording = await start(stage, 1)
    await stage.show(log)
    stage.take_heard()
    await stage.hide()
    assert stage.take_heard() == []  # one is left
    await stage.hide()
    await stage.page.wait_for_timeout(50)
    assert stage.take_heard() == ["bye"]
    stage.sent.clear()
    say(recording, "unseen")
    await asyncio.sleep(0.2)
    assert stage.sent == []
    await stage.show(log)
    await expect(previews(stage.page).last).to_have_text("unseen")


async def test_two_views_show_the_same(stage: Stage) -> None:
    log, recording = await start(stage, 1)
    second = await stage.show(log)
    await second.locator(".hs-log-row").nth(2).click()
    await expect(stage.page.locator('.hs-log-row[aria-selected="true"]')).to_have_count(2)
    say(recording, "both")
    await expect(previews(stage.page).get_by_text("both")).to_have_count(2)
    ids = await stage.page.locator("[id]").evaluate_all("all => all.map(({ id }) => id)")
    assert len(ids) == len(set(ids))


# Selecting


async def test_a_click_selects_and_shows_every_bit(stage: Stage) -> None:
    log, _ = await start(stage, 2)
    await stage.page.locator(".hs-log-row").nth(2).click()
    await expect(selected(stage.page)).to_have_text("2")
    detail = stage.page.get_by_role("region", name="The selected row")
    await expect(detail.get_by_role("button", name="Masking-key: 37 fa 21 3d")).to_be_visible()
    await expect(detail.get_by_role("status").last).to_contain_text(
        f".selected is now {log.selected!r}"
    )
    await stage.page.locator(".hs-log-row").nth(0).click()
    await expect(detail).to_contain_text("GET /echo HTTP/1.1")


KEYS = [
    ([], "ArrowDown", 0),
    ([], "ArrowUp", 29),
    (["Home"], "ArrowDown", 1),
    (["Home"], "ArrowUp", 0),
    (["End"], "ArrowUp", 28),
    (["End"], "ArrowDown", 29),
    (["Home"], "PageDown", 13),
    (["End"], "PageUp", 16),
]


@pytest.mark.parametrize(("before", "key", "expected"), KEYS)
async def test_keys(stage: Stage, before: list[str], key: str, expected: int) -> None:
    log, _ = await start(stage, 28)
    await grid(stage.page).focus()
    for each in [*before, key]:
        await stage.page.keyboard.press(each)
    await expect(selected(stage.page)).to_have_text(str(expected))
    await expect(selected(stage.page)).to_be_in_viewport()
    await expect(grid(stage.page)).to_be_focused()
    active = await grid(stage.page).get_attribute("aria-activedescendant")
    assert await stage.page.locator(f"#{active} .hs-log-number").inner_text() == str(expected)
    assert log.selected is log.events[expected]


async def test_the_selected_row_and_the_focus_stay_in_a_flood(stage: Stage) -> None:
    log, recording = await start(stage, 20)
    await grid(stage.page).focus()
    await stage.page.keyboard.press("Home")
    await stage.page.keyboard.press("ArrowDown")
    before = await selected(stage.page).bounding_box()
    for _ in range(20):
        say(recording, *["flood"] * 100)
        await asyncio.sleep(0.02)
    await expect(stage.page.locator(".hs-log-newest")).to_have_text("↓ 2,000 new rows")
    await expect(selected(stage.page)).to_have_text("1")
    assert await selected(stage.page).bounding_box() == before
    await expect(grid(stage.page)).to_be_focused()
    await stage.page.locator(".hs-log-newest").click()
    await expect(stage.page.locator(".hs-log-newest")).to_be_hidden()
    await expect(previews(stage.page).last).to_have_text("flood")
    assert log.selected is log.events[1]


async def test_older_rows_make_room_and_are_counted(stage: Stage) -> None:
    _, recording = await start(stage, 8, max_rows=10)
    say(recording, "a", "b")
    await expect(stage.page.locator(".hs-log-dropped")).to_have_text("2 older rows dropped")
    await expect(previews(stage.page)).to_have_text([*"01234567", "a", "b"])


# What to show


async def test_the_filter(stage: Stage) -> None:
    log, recording = await start(stage)
    say(recording, "apple", "pear", "APPLE pie", "a(b")
    field = stage.page.get_by_label("Filter: regular expression")
    await field.click()
    await stage.page.keyboard.type("^ap+le")
    await expect(previews(stage.page)).to_have_text(["apple", "APPLE pie"])
    await expect(stage.page.locator(".hs-log-count")).to_have_text("2 of 6 rows match")
    await expect(field).to_be_focused()
    assert log.filter.text == "^ap+le"
    await field.fill("a(b")
    await expect(previews(stage.page)).to_have_text(["a(b"])
    await expect(stage.page.locator(".hs-log-said")).to_contain_text("it is no regular expression")
    await field.fill("nothing like it")
    await expect(stage.page.locator(".hs-log-empty")).to_have_text(
        "Nothing here matches the filter."
    )
    log.filter = ""  # Python sets it as well
    await expect(previews(stage.page)).to_have_count(6)


async def test_speaker_opcode_and_folding(stage: Stage) -> None:
    _, recording = await start(stage)
    say(recording, "up")
    recording.append("server", build_frame("down"))
    recording.append("server", build_frame("", 9))
    recording.append("client", build_frame("", 10, masking_key=MASK))
    page = stage.page
    await page.get_by_label("Speaker").select_option("↓ server")
    await expect(page.locator(".hs-log-row .hs-log-what")).to_have_text(
        ["HTTP response", "text", "ping"]
    )
    await page.get_by_label("Opcode").select_option("ping")
    await expect(page.locator(".hs-log-row .hs-log-what")).to_have_text(["ping"])
    await page.get_by_label("Opcode").select_option("all opcodes")
    await page.get_by_label("Speaker").select_option("both speakers")
    await page.get_by_label("Fold control frames").focus()
    await page.keyboard.press("Space")
    await expect(previews(page)).to_have_text(
        ["GET /echo", "101 Switching Protocols", "up", "down"]
    )
    await expect(page.locator(".hs-log-count")).to_have_text("4 of 6 rows match")


async def test_as_chrome_shows_it(stage: Stage) -> None:
    _, recording = await start(stage)
    say(recording, "smile 😀")
    recording.append("server", build_frame("pong?", 10))
    page = stage.page
    await page.get_by_label("As Chrome shows it").check()
    await expect(page.get_by_role("columnheader")).to_have_text(["Data", "Length", "Time"])
    await expect(previews(page)).to_have_text(["⬆ smile 😀"])
    await expect(page.locator(".hs-log-row .hs-log-length")).to_have_text(["8"])
    await expect(page.locator(".hs-log-said")).to_contain_text("1 pings and pongs, 1 masking keys")
    await page.get_by_label("As Chrome shows it").uncheck()
    await expect(previews(page)).to_have_count(4)


async def test_pause_counts_what_arrives_meanwhile(stage: Stage) -> None:
    _, recording = await start(stage, 1)
    pause = stage.page.get_by_role("button", name="Pause")
    await pause.click()
    say(recording, "a", "b", "c")
    await expect(stage.page.locator(".hs-log-said")).to_have_text("Paused: 3 arrived meanwhile")
    await expect(previews(stage.page)).to_have_count(3)
    await stage.page.get_by_role("button", name="Resume").click()
    await expect(previews(stage.page).last).to_have_text("c")
    await expect(stage.page.locator(".hs-log-said")).to_be_empty()


async def test_clear(stage: Stage) -> None:
    _, recording = await start(stage, 3)
    await stage.page.get_by_role("button", name="Clear").click()
    await expect(previews(stage.page)).to_have_count(0)
    say(recording, "after")
    await expect(previews(stage.page)).to_have_text(["after"])
    await expect(stage.page.locator(".hs-log-dropped")).to_be_empty()


# Connections and panes


async def test_connections_by_mouse_and_keyboard(stage: Stage) -> None:
    server = FakeServer()
    say(server.connect("/one"), "first")
    refused = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
    server.connect("/two", refused)
    log = FrameLog(server)
    await stage.show(log)
    options = stage.page.get_by_role("option")
    # "All", then each connection with its target and how it does; lists of opcodes come after.
    listed = stage.page.get_by_role("listbox", name="Connections").get_by_role("option")
    await expect(listed).to_have_count(3)
    assert await options.count() > 3
    await expect(listed.nth(1)).to_contain_text("/one")
    await expect(listed.nth(1)).to_contain_text("101 · open")
    await expect(listed.nth(2)).to_contain_text("403 · refused")
    await listed.nth(2).click()
    await expect(previews(stage.page)).to_have_text(["GET /two", "403 Forbidden"])
    assert log.connection == 2
    await stage.page.get_by_role("listbox", name="Connections").focus()
    await stage.page.keyboard.press("ArrowUp")
    await expect(previews(stage.page).last).to_have_text("first")
    await expect(listed.nth(1)).to_have_attribute("aria-selected", "true")
    await stage.page.keyboard.press("Home")
    await expect(previews(stage.page)).to_have_count(5)


async def test_panes_by_keyboard(stage: Stage) -> None:
    _, recording = await start(stage)
    recording.append("client", build_frame('["1","1","room:a",', fin=False, masking_key=MASK))
    recording.append("client", build_frame('"phx_join",{"a":[1,2]}]', 0, masking_key=MASK))
    page = stage.page
    await page.get_by_role("tab", name="Frames").focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("tab", name="Timing")).to_be_focused()
    panel = page.get_by_role("tabpanel")
    await expect(panel).to_contain_text("until the first frame")
    await page.keyboard.press("ArrowRight")
    await expect(panel).to_contain_text("seen")
    await page.keyboard.press("Home")
    await expect(panel).to_contain_text("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    await expect(panel).to_contain_text("✓ The answer’s Sec-WebSocket-Accept says the same.")
    await page.keyboard.press("ArrowRight")
    await expect(previews(page)).to_have_text(['["1","1","room:a","phx_join",{"a":[1,2]}]'])
    await expect(page.locator(".hs-log-row .hs-log-frames")).to_have_text(["2"])
    await page.locator(".hs-log-row").click()
    detail = page.get_by_role("region", name="The selected row")
    await expect(detail.locator(".hs-node")).to_have_count(3)
    await detail.get_by_text("Base64").click()
    await expect(
        detail.get_by_text("WyIxIiwiMSIsInJvb206YSIsInBoeF9qb2luIix7ImEiOlsxLDJdfV0=")
    ).to_be_visible()


async def test_copy_as_curl(stage: Stage) -> None:
    log, _ = await start(stage)
    await stage.page.get_by_role("tab", name="Headers").click()
    await stage.page.evaluate(
        """() => {
            const writeText = async (text) => { window.copied = text; };
            Object.defineProperty(navigator, "clipboard", { value: { writeText } });
        }"""
    )
    await stage.page.get_by_role("button", name="Copy as cURL").click()
    await expect(stage.page.locator(".hs-log-copied")).to_have_text("Copied.")
    conversation = log._watch.conversations[1]
    assert await stage.page.evaluate("window.copied") == conversation.as_curl()


# Bad input, and much of it


@pytest.mark.parametrize(
    "text", [STRANGER, "\u202eabc", "a\0b", "\ud800".encode("utf-8", "surrogatepass")], ids=ascii
)
async def test_payloads_stay_text(stage: Stage, text: str | bytes) -> None:
    _, recording = await start(stage)
    recording.append("client", build_frame(text, 1, masking_key=MASK))
    recording.append("server", build_frame(text, 1, rsv1=True))
    for number in (2, 3):
        await stage.page.locator(".hs-log-row").nth(number).click()
        await expect(stage.page.locator(".hs-inspector")).to_be_visible()
    await stage.page.get_by_role("tab", name="Messages").click()
    await stage.page.locator(".hs-log-row").first.click()
    await expect(stage.page.locator(".hs-fold").first).to_be_visible()
    shown = await stage.page.locator(".hs-log").inner_text()
    assert "\u202e" not in shown
    assert "\0" not in shown
    assert await stage.page.locator("img").count() == 0
    assert await stage.page.evaluate("window.caught") is None


async def test_a_line_of_10_mib_is_cut_and_its_length_said(stage: Stage) -> None:
    _, recording = await start(stage)
    recording.append("client", build_frame("x" * 10 * 2**20, masking_key=MASK))
    await expect(previews(stage.page).last).to_contain_text("x…")
    await expect(stage.page.locator(".hs-log-row .hs-log-length").last).to_have_text("10,485,760")
    await stage.page.locator(".hs-log-row").last.click()
    await expect(stage.page.locator(".hs-inspector-more")).to_have_text(
        "… and 10,485,504 more bytes"
    )
    await stage.page.get_by_role("tab", name="Messages").click()
    await stage.page.locator(".hs-log-row").last.click()
    await expect(stage.page.locator(".hs-fold").last).to_contain_text("10,483,712 more bytes")


async def test_ten_thousand_connections(stage: Stage) -> None:
    server = FakeServer()
    for number in range(1, 10_001):
        server.connections.append(Conversation(Recording(), number=number))
    await stage.show(FrameLog(server))
    await expect(stage.page.locator(".hs-log-unlisted")).to_have_text(
        "9,800 older connections are not listed"
    )
    listed = stage.page.get_by_role("listbox", name="Connections").get_by_role("option")
    await expect(listed).to_have_count(201)


async def test_a_hundred_thousand_rows_are_a_screenful_in_the_page(stage: Stage) -> None:
    recording = Recording(max_bytes=2**30, max_chunks=200_000)
    recording.append("client", build_request("/echo", host="localhost:4000", key=KEY))
    recording.append("server", ANSWER)
    say(recording, *map(str, range(100_000)))
    conversation = Conversation(recording, max_events=200_000, max_bytes=2**30)
    conversation.read()
    await stage.show(FrameLog(conversation))
    count = stage.page.locator(".hs-log-count")
    await expect(count).to_have_text("100,002 rows", timeout=60_000)
    assert await stage.page.locator(".hs-log-row").count() < 100
    await grid(stage.page).evaluate("grid => { grid.scrollTop = grid.scrollHeight / 2; }")
    first = stage.page.locator(".hs-log-row .hs-log-number").first
    await expect(first).to_have_text(re.compile(r"^(49[5-9]|50[0-4])\d\d$"))
    await expect(stage.page.locator(".hs-log-loading")).to_have_count(0)
    await grid(stage.page).focus()
    await stage.page.keyboard.press("End")
    await expect(selected(stage.page)).to_have_text("100001")


# What screen readers are told


async def test_the_grid_is_a_grid(stage: Stage) -> None:
    await start(stage, 1)
    await stage.page.locator(".hs-log-row").nth(1).click()
    await expect(selected(stage.page)).to_have_text("1")
    of_rows = stage.page.locator(".hs-log-row")
    told = [await of_rows.nth(i).get_attribute("aria-selected") for i in range(3)]
    assert told == ["false", "true", "false"]
    places = grid(stage.page).get_by_role("row")
    indexes = [await places.nth(i).get_attribute("aria-rowindex") for i in range(4)]
    assert indexes == ["1", "2", "3", "4"]
    children = "grid => [...grid.children].map(child => child.getAttribute('role'))"
    assert await grid(stage.page).evaluate(children) == ["row", "rowgroup"]


async def test_tab_walks_through_the_log(stage: Stage) -> None:
    await start(stage, 1)
    await stage.page.locator("#before").focus()
    names = []
    for _ in range(12):
        await stage.page.keyboard.press("Tab")
        names.append(
            await stage.page.evaluate(
                "() => { const at = document.activeElement;"
                " return at.getAttribute('aria-label') ?? at.closest('label')?.textContent"
                " ?? (at.textContent.length < 20 ? at.textContent : at.getAttribute('role')); }"
            )
        )
    assert names == [
        *("Pause", "Clear", "listbox", "Frames", "Filter: regular expression", "Speaker"),
        *("Opcode", "Fold control frames", "As Chrome shows it"),
        *("What crossed the wire, oldest first", "after", names[-1]),
    ]
