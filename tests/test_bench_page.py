"""Bench on a page: each control by mouse and keyboard, and what the page says then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from lab import Browser
from playwright.async_api import expect
from stage import Stage

import hellosockets as hs
from hellosockets.widgets import Bench, Choice, Entry, Slider, Toggle

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module")
async def stage(browser: Browser) -> AsyncIterator[Stage]:
    async with Stage(browser) as stage:
        yield stage


def forge() -> Bench:
    return Bench(
        "Make the header 14 bytes long.",
        lambda size, masked: hs.Frame(
            hs.build_frame(bytes(int(size)), masking_key=bytes(4) if masked else None)
        ),
        lambda frame: frame.header_size == 14,
        size=Slider("Payload, in bytes", 0, 70_000, 126),
        masked=Toggle("Masked"),
    )


async def test_the_goal_is_reached_by_keyboard(stage: Stage) -> None:
    bench = forge()
    view = await stage.show(bench)
    status = view.get_by_role("status")
    await expect(status).to_have_text("○ not reached yet")
    await view.get_by_role("spinbutton", name="Payload, in bytes").focus()
    await stage.page.keyboard.press("Control+a")
    await stage.page.keyboard.type("65536")
    await expect(view.locator(".hs-fields")).to_contain_text("65,536")
    await stage.page.keyboard.press("Tab")
    await stage.page.keyboard.press("Space")
    await expect(status).to_have_text("✓ reached")
    assert bench.values == {"size": 65_536, "masked": True}


async def test_slider_and_number_show_the_same(stage: Stage) -> None:
    bench = forge()
    view = await stage.show(bench)
    slider = view.get_by_role("slider", name="Payload, in bytes")
    await slider.focus()
    await stage.page.keyboard.press("End")
    await expect(view.get_by_role("spinbutton")).to_have_value("70000")
    bench.set(size=7)
    await stage.page.locator("#after").focus()
    bench.set(size=8)
    await expect(slider).to_have_value("8")


async def test_a_number_out_of_range_is_explained_and_changes_nothing(stage: Stage) -> None:
    bench = forge()
    view = await stage.show(bench)
    await view.get_by_role("spinbutton").fill("70001")
    says = "Payload, in bytes goes from 0 to 70,000, got 70,001"
    await expect(view.get_by_role("alert")).to_have_text(says)
    assert bench.values["size"] == 126


async def test_choice_and_entry_reach_python(stage: Stage) -> None:
    bench = Bench(
        "Write `ab` and choose 15.",
        lambda text, bits: f"{text} {bits}",
        lambda result: result == "ab 15",
        text=Entry("Text", "a"),
        bits=Choice("Window bits", 9, 15),
    )
    view = await stage.show(bench)
    await view.get_by_label("Text").press("End")
    await view.get_by_label("Text").press("b")
    await view.get_by_label("Window bits").select_option("15")
    await expect(view.get_by_role("status")).to_have_text("✓ reached")
    await expect(view.locator(".hs-bench-text")).to_have_text("ab 15")


async def test_typing_faster_than_the_kernel_draws_loses_nothing(stage: Stage) -> None:
    async def draw(text: str) -> str:
        await asyncio.sleep(0.02)
        return text

    bench = await Bench("Type.", draw, lambda text: text == "hello sockets", text=Entry("Text", ""))
    view = await stage.show(bench)
    await view.get_by_label("Text").type("hello sockets")
    await expect(view.get_by_role("status")).to_have_text("✓ reached")
    await expect(view.get_by_label("Text")).to_have_value("hello sockets")


async def test_two_views_show_the_same(stage: Stage) -> None:
    bench = forge()
    first = await stage.show(bench)
    second = await stage.show(bench)
    await first.get_by_label("Masked").check()
    await expect(second.get_by_label("Masked")).to_be_checked()


async def test_what_a_picture_brings_along_does_not_act(stage: Stage) -> None:
    class Evil:
        def _repr_html_(self) -> str:
            return (
                '<p id="evil" onclick="window.hit = 1">text</p><script>window.hit = 1</script>'
                '<img src="x" onerror="window.hit = 1"><a href="javascript:window.hit=1">link</a>'
            )

    stage.page.on("request", lambda request: None)
    view = await stage.show(Bench("Go.", lambda on: Evil(), bool, on=Toggle("On")))
    await view.locator("#evil").click()
    await view.get_by_text("link").click()
    assert await stage.page.evaluate("window.hit") is None
    stage.complaints.clear()  # the picture x isn't one
