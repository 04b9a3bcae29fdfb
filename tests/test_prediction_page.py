"""Prediction in a headless Chromium: a mouse, a keyboard, and what the page then says."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from lab import Browser
from playwright.async_api import Locator, expect
from stage import Stage

from hellosockets.widgets import Option, Prediction

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

STRANGER = "<img src=x onerror=window.caught=1>"


@pytest_asyncio.fixture(loop_scope="module")
async def stage(browser: Browser) -> AsyncIterator[Stage]:
    async with Stage(browser) as stage:
        yield stage


async def start(stage: Stage, *, question: str = "Which?", why: str = "told") -> Locator:
    options = [Option(text, why, right=text == "b") for text in "abc"]
    return (await stage.show(Prediction(question, *options))).locator("form")


async def test_questions_stay_text(stage: Stage) -> None:
    form = await start(stage, question=f"`{STRANGER}`", why=STRANGER)
    await form.get_by_role("radio", name="b").check()
    await form.get_by_role("button").click()
    await expect(form.get_by_text(STRANGER)).to_have_count(4)
    assert await stage.page.locator("img").count() == 0
    assert await stage.page.evaluate("window.caught") is None


async def test_predictions_are_independent(stage: Stage) -> None:
    for _ in range(3):
        await start(stage)
    first, second, third = (stage.page.locator("form").nth(i) for i in range(3))
    await first.get_by_role("radio", name="a").check()
    await second.get_by_role("radio", name="b").check()
    await expect(first.get_by_role("radio", name="a")).to_be_checked()
    await expect(third.get_by_role("radio", checked=True)).to_have_count(0)
    await second.get_by_role("button").click()
    await expect(second.get_by_text("told")).to_have_count(3)
    await expect(stage.page.get_by_text("told")).to_have_count(3)
    await expect(third.get_by_role("button")).to_be_disabled()
    assert stage.heard == []  # the answer is nobody's business


async def test_the_focus_stays_in_a_prediction(stage: Stage) -> None:
    form = await start(stage)
    await form.get_by_role("radio", name="a").focus()
    await stage.page.keyboard.press("ArrowDown")
    await stage.page.keyboard.press("Enter")
    again = form.get_by_role("button", name="Ask me again")
    await expect(again).to_be_focused()
    await stage.page.keyboard.press("Enter")
    await expect(form.get_by_role("radio", name="a")).to_be_focused()
    await expect(form.get_by_text("told")).to_have_count(0)
    await stage.page.keyboard.press("Shift+Tab")
    await expect(stage.page.locator("#before")).to_be_focused()
