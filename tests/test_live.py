"""Live: what differs from run to run is on the live page, and not in what is stored."""

from __future__ import annotations

import pytest
from lab import Browser
from playwright.async_api import expect
from stage import Stage

import hellosockets as hs
from hellosockets.widgets import Live


def test_what_is_stored_says_what_and_not_how_much() -> None:
    live = Live("117 KiB", "memory for each connection")
    assert repr(live) == "Live(memory for each connection)"
    html = live._repr_html_()
    assert "117" not in html
    assert "Run the cell to measure: memory for each connection." in html
    assert live.shown == "117 KiB"


def test_text_is_escaped() -> None:
    assert "<b>" not in Live("<b>", "a text")._html


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="module")
async def test_the_page_shows_the_measurement(browser: Browser) -> None:
    async with Stage(browser) as stage:
        view = await stage.show(Live(hs.Memory(3, {"none": 2048}), "memory"))
        await expect(view.get_by_role("img")).to_be_visible()
        await expect(view.get_by_text("Measured here:")).to_be_visible()
        view = await stage.show(Live("3 ms", "time"))
        await expect(view.get_by_text("3 ms")).to_be_visible()
