"""TwoSeats in a headless Chromium: walked through by mouse and keyboard while it grows."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from lab import Browser
from playwright.async_api import Locator, expect
from stage import Stage
from test_lanes import ANSWER, GET, HELLO, Seats

from hellosockets.frames import build_frame
from hellosockets.widgets import TwoSeats

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

STRANGER = "<img src=x onerror=window.caught=1>"


@pytest_asyncio.fixture(loop_scope="module")
async def stage(browser: Browser) -> AsyncIterator[Stage]:
    async with Stage(browser) as stage:
        yield stage


def seats() -> Seats:
    found = Seats()
    found.cross("client", GET)
    found.cross("server", ANSWER)
    found.cross("client", HELLO, way=0.5)
    return found


async def slope(view: Locator, number: int) -> float:
    """Return by how many px an arrow falls on its way."""
    arrow = view.locator("svg line:not(.hs-seats-lane)").nth(number)
    return await arrow.evaluate("at => at.y2.baseVal.value - at.y1.baseVal.value")


async def test_steps_by_mouse_and_keyboard(stage: Stage) -> None:
    both = seats()
    widget = TwoSeats(both.server, both.client)
    view = await stage.show(widget)
    steps, facts = view.get_by_role("option"), view.get_by_role("status")
    await expect(steps).to_have_count(3)
    await steps.nth(2).click()
    await expect(facts).to_contain_text("↑ client, text: Hello: 11 bytes, TCP chunks: 1.")
    await expect(facts).to_contain_text("arrived at 0.750 s: 500.0 ms on the way.")
    assert widget.selected == widget.steps[2]
    await view.get_by_role("listbox").focus()
    await stage.page.keyboard.press("Home")
    await expect(facts).to_contain_text("↑ client, GET /echo")
    await stage.page.keyboard.press("ArrowDown")
    await expect(facts).to_contain_text("↓ server, 101 Switching Protocols")
    await expect(steps.nth(1)).to_have_attribute("aria-selected", "true")


async def test_selection_and_focus_survive_what_comes(stage: Stage) -> None:
    both = seats()
    view = await stage.show(TwoSeats(both.server, both.client))
    await expect(view.get_by_role("option")).to_have_count(3)
    await view.get_by_role("listbox").focus()
    await stage.page.keyboard.press("End")
    both.cross("server", build_frame(STRANGER))
    both.client.recording.listeners.clear()
    await expect(view.get_by_role("option")).to_have_count(4)
    await expect(view.get_by_role("option").nth(2)).to_have_attribute("aria-selected", "true")
    await expect(view.get_by_role("listbox")).to_be_focused()
    await expect(view.get_by_text(f"text: {STRANGER}")).to_be_visible()
    assert await stage.page.locator("img").count() == 0


async def test_time_to_scale(stage: Stage) -> None:
    both = seats()
    view = await stage.show(TwoSeats(both.server, both.client))
    await expect(view.get_by_role("option")).to_have_count(3)
    await view.get_by_label("Time to scale").check()
    short, long = await slope(view, 0), await slope(view, 2)
    assert long == pytest.approx(4 * short, rel=0.05)  # 0.5 s and 0.125 s


async def test_one_seat_alone_says_so(stage: Stage) -> None:
    view = await stage.show(TwoSeats(seats().server))
    await expect(view.get_by_text("One seat alone was recorded")).to_be_visible()
    assert await slope(view, 0) == 0
