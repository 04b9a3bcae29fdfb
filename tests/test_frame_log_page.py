"""The page's half of the widgets: their modules in a headless Chromium, without JupyterLab.

The test plays Python: a model that keeps what the page sends, and says what a test tells it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from lab import Browser
from playwright.async_api import Locator, Page, Route, expect

from hellosockets.widgets import FrameLog, Prediction, frame_log, prediction

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

WIDGETS = Path(frame_log.__file__).parent
ADDRESS = "http://widgets.test/"  # nothing listens there: the test answers
DEADLINE = 10_000  # ms
ASK_AGAIN = 2_000  # ms, as in frame_log.js
HTML = f"""<!doctype html><meta charset="utf-8"><style>{FrameLog._css}{Prediction._css}</style>
<button id="before">before</button><div id="place"></div><button id="after">after</button>"""

# A model for each widget, and its views.
SCRIPT = """
window.start = async (name, state) => {
  const { default: made } = await import(`/${name}.js`);
  const widget = typeof made === "function" ? made() : made;
  const sent = [];
  let listener = () => {};
  const model = {
    get: (key) => state[key],
    send: (message) => sent.push(message),
    on: (_, heard) => { listener = heard; },
  };
  const leave = [];
  window.widgets = window.widgets ?? [];
  widget.initialize?.({ model });
  window.widgets.push({
    sent,
    say: (message) => listener(message),
    show: () => {
      const el = document.createElement("div");
      document.querySelector("#place").append(el);
      const remove = widget.render({ model, el });
      leave.push(() => { remove(); el.remove(); });
    },
    hide: () => leave.pop()(),
  });
  return window.widgets.length - 1;
};
"""


class Widget:
    """A widget in the page, and Python's end of it."""

    def __init__(self, page: Page, number: int) -> None:
        self.page = page
        self._me = f"window.widgets[{number}]"

    async def show(self) -> None:
        await self.page.evaluate(f"() => {self._me}.show()")

    async def hide(self) -> None:
        await self.page.evaluate(f"() => {self._me}.hide()")

    async def say(self, kind: str, **message: Any) -> None:
        await self.page.evaluate(f"m => {self._me}.say(m)", {"type": kind, **message})

    async def heard(self) -> list[dict[str, Any]]:
        """Return what the page has sent since the last call."""
        messages: list[dict[str, Any]] = await self.page.evaluate(
            f"() => {self._me}.sent.splice(0)"
        )
        return messages

    async def said(self, kind: str) -> int:
        """Return how many messages of a kind the page has sent since the last call."""
        return [message["type"] for message in await self.heard()].count(kind)


def row(number: int, preview: str = "") -> dict[str, Any]:
    speaker = "server" if number % 2 else "client"
    cells = [
        "1",
        str(number),
        "0.100",
        speaker,
        "text",
        "1",
        "0",
        "1",
        "5",
        preview or f"no. {number}",
    ]
    return {"id": number, "speaker": speaker, "kind": "frame", "cells": cells, "verdicts": []}


def facts(batch: int, first: int = 0) -> dict[str, Any]:
    return {"batch": batch, "first": first, "dropped": first, "skipped": 0, "several": False}


def batch(number: int, *rows: int, first: int = 0) -> dict[str, Any]:
    return {**facts(number, first), "rows": [row(n) for n in rows]}


def snapshot(
    number: int, *rows: int, selected: int | None = None, first: int = 0
) -> dict[str, Any]:
    return {**batch(number, *rows, first=first), "problem": "", "selected": selected}


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser) -> AsyncIterator[Page]:
    page = await browser.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_default_timeout(DEADLINE)

    async def answer(route: Route) -> None:
        name = route.request.url.removeprefix(ADDRESS)
        if name in ("frame_log.js", "prediction.js"):
            script = (WIDGETS / name).read_text(encoding="utf-8")
            await route.fulfill(body=script, content_type="text/javascript")
        else:
            await route.fulfill(body=HTML, content_type="text/html")

    await page.route("**/*", answer)
    await page.goto(ADDRESS)
    await page.add_script_tag(content=SCRIPT)
    yield page
    await page.close()
    assert complaints == []


async def start_log(page: Page, *rows: int) -> Widget:
    """Show a log of some rows, which Python has sent as it was asked to."""
    state = {"_strings": frame_log.STRINGS, "_columns": [list(c) for c in frame_log.COLUMNS]}
    log = Widget(page, await page.evaluate("state => start('frame_log', state)", state))
    await log.show()
    assert await log.heard() == [{"type": "hello"}]
    await log.say("snapshot", **snapshot(0, *rows))
    await expect(numbers(page)).to_have_count(len(rows))
    return log


async def start_prediction(page: Page, *, question: str = "Which?", why: str = "told") -> Locator:
    options = [{"text": text, "why": why, "right": text == "b"} for text in "abc"]
    state = {"_strings": prediction.STRINGS, "_question": question, "_options": options}
    number = await page.evaluate("state => start('prediction', state)", state)
    await Widget(page, number).show()
    return page.locator("form").last  # as long as no other one comes


def numbers(page: Page) -> Locator:
    return page.locator(".hs-log-row .hs-log-number")


def selected(page: Page) -> Locator:
    return page.locator('.hs-log-row[aria-selected="true"] .hs-log-number')


async def assert_rows(page: Page, *expected: int) -> None:
    await expect(numbers(page)).to_have_text([str(number) for number in expected])


# Nothing gets lost, nothing comes twice


async def test_batches_are_appended(page):
    log = await start_log(page, 0)
    await log.say("rows", **batch(1, 1, 2))
    await log.say("rows", **batch(2, 3))
    await assert_rows(page, 0, 1, 2, 3)
    assert await log.heard() == []


async def test_a_batch_that_comes_twice_is_ignored(page):
    log = await start_log(page, 0)
    for _ in range(2):
        await log.say("rows", **batch(1, 1))
    await log.say("rows", **batch(2, 2))
    await assert_rows(page, 0, 1, 2)
    assert await log.heard() == []


async def test_a_batch_that_the_snapshot_holds_is_ignored(page):
    log = await start_log(page)
    await log.say("snapshot", **snapshot(3, 0, 1))
    await log.say("rows", **batch(3, 1))
    await assert_rows(page, 0, 1)


async def test_a_gap_asks_for_everything(page):
    log = await start_log(page, 0)
    await log.say("rows", **batch(2, 2))  # 1 got lost
    await log.say("rows", **batch(3, 3))
    assert await log.heard() == [{"type": "hello"}]  # once
    await log.say("snapshot", **snapshot(3, 0, 1, 2, 3))
    await log.say("rows", **batch(4, 4))
    await assert_rows(page, 0, 1, 2, 3, 4)
    assert await log.heard() == []


async def test_the_count_tells_of_a_last_batch_that_got_lost(page):
    log = await start_log(page, 0)
    await log.say("count", **facts(0))
    assert await log.heard() == []
    await log.say("count", **facts(1))
    assert await log.heard() == [{"type": "hello"}]


async def test_an_answer_that_got_lost_is_asked_for_again(page):
    await page.clock.install()
    log = await start_log(page)
    await page.clock.run_for(10 * ASK_AGAIN)
    assert await log.heard() == []  # answered
    await log.say("rows", **batch(2, 1))
    assert await log.said("hello") == 1
    await log.say("count", **facts(2))
    assert await log.said("hello") == 0  # an answer may be on its way
    await page.clock.run_for(ASK_AGAIN)
    assert await log.said("hello") == 1
    await page.clock.run_for(ASK_AGAIN)
    assert await log.said("hello") == 0  # patience grows: a cell may keep the kernel busy
    await page.clock.run_for(ASK_AGAIN)
    assert await log.said("hello") == 1
    await log.say("snapshot", **snapshot(2, 0, 1))
    await page.clock.run_for(100 * ASK_AGAIN)
    await assert_rows(page, 0, 1)
    assert await log.heard() == []


async def test_older_rows_make_room(page):
    log = await start_log(page, 0, 1, 2)
    await log.say("rows", **batch(1, 3, first=2))
    await assert_rows(page, 2, 3)
    await expect(page.locator(".hs-log-dropped")).to_have_text("2 older rows dropped")
    await log.say("rows", **{**batch(2, 4, first=2), "skipped": 7})
    skipped = page.locator(".hs-log-skipped")
    await expect(skipped).to_have_text("7 older connections dropped unread")


async def test_a_huge_batch(page):
    log = await start_log(page)
    script = """([message, row]) => {
        const rows = Array.from({ length: 200_000 }, (_, id) => ({ ...row, id }));
        window.widgets[0].say({ ...message, rows });
    }"""
    await page.evaluate(script, [{"type": "rows", **facts(1)}, row(0)])
    await expect(page.locator(".hs-log-count")).to_have_text("200,000 rows")
    assert await log.heard() == []


# Nobody looks


async def test_the_last_view_says_bye(page):
    await page.clock.install()
    log = await start_log(page, 0)
    await log.show()
    await log.hide()
    assert await log.heard() == []  # one is left
    await log.say("rows", **batch(2, 2))  # it asks, and leaves
    await log.hide()
    assert await log.heard() == [{"type": "hello"}, {"type": "bye"}]
    await page.clock.run_for(100 * ASK_AGAIN)
    await log.say("rows", **batch(3, 3))
    assert await log.heard() == []  # said once
    await log.show()
    assert await log.heard() == [{"type": "hello"}]
    await log.say("snapshot", **snapshot(3, 0, 1, 2, 3))
    await page.clock.run_for(100)
    await assert_rows(page, 0, 1, 2, 3)


async def test_a_page_without_views_says_bye_when_rows_come(page):
    state = {"_strings": frame_log.STRINGS, "_columns": [list(c) for c in frame_log.COLUMNS]}
    log = Widget(page, await page.evaluate("state => start('frame_log', state)", state))
    assert await log.heard() == []
    for number in (1, 2):
        await log.say("rows", **batch(number, number))
    assert await log.heard() == [{"type": "bye"}]


async def test_a_page_with_a_view_says_hello_when_another_page_leaves(page):
    log = await start_log(page, 0)
    await log.say("bye")
    assert await log.heard() == [{"type": "hello"}]


# Selecting


async def test_a_click_selects_and_shows_the_picture(page):
    log = await start_log(page, 0, 1, 2)
    await numbers(page).nth(1).click()
    await expect(selected(page)).to_have_text("1")
    assert await log.heard() == [{"type": "select", "id": 1}]
    await log.say("detail", id=2, html="<b>another</b>", text="Other()")  # too late: ignored
    await log.say("detail", id=1, html="<b>picture</b>", text="Frame(<b>)")
    await expect(page.locator(".hs-log-picture b")).to_have_text("picture")
    await expect(page.get_by_role("status")).to_contain_text(".selected is now Frame(<b>)")


async def test_selection_stays_when_rows_and_a_snapshot_come(page):
    log = await start_log(page, 0, 1, 2)
    await numbers(page).nth(1).click()
    await log.heard()
    await log.say("rows", **batch(1, 3))
    await assert_rows(page, 0, 1, 2, 3)
    await expect(selected(page)).to_have_text("1")
    await log.say("snapshot", **snapshot(2, 0, 1, 2, 3, 4, selected=1))
    await assert_rows(page, 0, 1, 2, 3, 4)
    await expect(selected(page)).to_have_text("1")
    assert await log.heard() == []


async def test_a_page_that_comes_anew_selects_what_was_selected(page):
    log = await start_log(page)
    await log.say("snapshot", **snapshot(0, 0, 1, selected=1))
    await expect(selected(page)).to_have_text("1")
    assert await log.heard() == [{"type": "select", "id": 1}]


KEYS = [
    ([], "ArrowDown", 0),
    ([], "ArrowUp", 29),
    (["Home"], "ArrowDown", 1),
    (["Home"], "ArrowUp", 0),
    (["End"], "ArrowUp", 28),
    (["End"], "ArrowDown", 29),
    (["End"], "Home", 0),
    (["Home"], "PageDown", 13),
    (["End"], "PageUp", 16),
]


@pytest.mark.parametrize(("before", "key", "expected"), KEYS)
async def test_keys(page, before, key, expected):
    log = await start_log(page, *range(30))
    await page.locator(".hs-log-grid").focus()
    for each in [*before, key]:
        await page.keyboard.press(each)
    await expect(selected(page)).to_have_text(str(expected))
    await expect(selected(page)).to_be_in_viewport()
    assert (await log.heard())[-1] == {"type": "select", "id": expected}
    grid = page.locator(".hs-log-grid")
    await expect(grid).to_be_focused()
    active = await grid.get_attribute("aria-activedescendant")
    assert await page.locator(f"#{active} .hs-log-number").inner_text() == str(expected)


async def test_arrow_up_after_the_selected_row_made_room(page):
    log = await start_log(page, *range(20))
    await page.locator(".hs-log-grid").focus()
    await page.keyboard.press("Home")
    await log.say("rows", **batch(1, *range(20, 30), first=10))
    await expect(page.locator(".hs-log-count")).to_have_text("20 rows")
    await page.keyboard.press("ArrowUp")
    await expect(selected(page)).to_have_text("10")  # the oldest, not the newest


async def test_keys_elsewhere_are_not_the_logs(page):
    log = await start_log(page, 0, 1)
    await page.locator("#before").focus()
    await page.keyboard.press("ArrowDown")
    assert await log.heard() == []
    await page.locator(".hs-log-grid").focus()
    await page.keyboard.press("Tab")
    await expect(page.locator("#after")).to_be_focused()


# What screen readers are told


async def test_the_grid_is_a_grid(page):
    await start_log(page, 0, 1, 2)
    await numbers(page).nth(1).click()
    await expect(selected(page)).to_have_text("1")
    rows = page.locator(".hs-log-row")
    told = [await rows.nth(i).get_attribute("aria-selected") for i in range(3)]
    assert told == ["false", "true", "false"]
    places = page.get_by_role("grid").get_by_role("row")
    indexes = [await places.nth(i).get_attribute("aria-rowindex") for i in range(4)]
    assert indexes == ["1", "2", "3", "4"]
    children = "grid => [...grid.children].map(child => child.getAttribute('role'))"
    assert await page.get_by_role("grid").evaluate(children) == ["row", "rowgroup"]


# What came over a wire is text

STRANGER = "<img src=x onerror=window.caught=1>"


async def test_payloads_stay_text(page):
    log = await start_log(page)
    wrong = {**row(1, STRANGER), "verdicts": [STRANGER]}
    await log.say("rows", **{**facts(1), "rows": [row(0, STRANGER), wrong]})
    await numbers(page).nth(1).click()
    await log.say("detail", id=1, html="<p>drawn</p>", text=STRANGER)
    await log.say("problem", text=STRANGER)
    await expect(page.locator(".hs-log-preview", has_text=STRANGER)).to_have_count(2)
    await expect(page.get_by_role("status")).to_contain_text(STRANGER)
    await expect(page.get_by_role("alert")).to_contain_text(STRANGER)
    assert await page.locator("img").count() == 0
    assert await page.evaluate("window.caught") is None


async def test_questions_stay_text(page):
    form = await start_prediction(page, question=f"`{STRANGER}`", why=STRANGER)
    await form.get_by_role("radio", name="b").check()
    await form.get_by_role("button").click()
    await expect(form.get_by_text(STRANGER)).to_have_count(4)
    assert await page.locator("img").count() == 0
    assert await page.evaluate("window.caught") is None


# Predictions


async def test_predictions_are_independent(page):
    for _ in range(3):
        await start_prediction(page)
    first, second, third = (page.locator("form").nth(i) for i in range(3))
    await first.get_by_role("radio", name="a").check()
    await second.get_by_role("radio", name="b").check()
    await expect(first.get_by_role("radio", name="a")).to_be_checked()
    await expect(third.get_by_role("radio", checked=True)).to_have_count(0)
    await second.get_by_role("button").click()
    await expect(second.get_by_text("told")).to_have_count(3)
    await expect(page.get_by_text("told")).to_have_count(3)
    await expect(third.get_by_role("button")).to_be_disabled()


async def test_the_focus_stays_in_a_prediction(page):
    form = await start_prediction(page)
    await form.get_by_role("radio", name="a").focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    again = form.get_by_role("button", name="Ask me again")
    await expect(again).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(form.get_by_role("radio", name="a")).to_be_focused()
    await expect(form.get_by_text("told")).to_have_count(0)
    await page.keyboard.press("Shift+Tab")
    await expect(page.locator("#before")).to_be_focused()
