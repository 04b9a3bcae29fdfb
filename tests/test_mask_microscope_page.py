"""MaskMicroscope in a headless Chromium: stepped, played, and given other keys."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from lab import Browser
from playwright.async_api import Locator, expect
from stage import Stage

from hellosockets.widgets import MaskMicroscope

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module")
async def stage(browser: Browser) -> AsyncIterator[Stage]:
    async with Stage(browser) as stage:
        yield stage


def current(view: Locator) -> Locator:
    return view.locator('[aria-selected="true"]')


async def test_step_and_keys_walk_along_the_payload(stage: Stage) -> None:
    view = await stage.show(MaskMicroscope("Hello"))
    line = view.get_by_role("status")
    await expect(current(view)).to_have_attribute(
        "aria-label", "byte 0: 7f on the wire XOR ● 37 of the key is 48, H"
    )
    await view.get_by_role("button", name="Step").click()
    await expect(line).to_contain_text("Byte 1 of 5: key byte 1 mod 4 = 1, ▲.")
    bits = view.locator(".hs-microscope-bits")
    await expect(bits).to_contain_text("on the wire100111119f")
    await expect(bits).to_contain_text("unmasked0110010165 e")
    await view.get_by_role("listbox").focus()
    for key, index in [("End", 4), ("ArrowRight", 4), ("ArrowLeft", 3), ("Home", 0)]:
        await stage.page.keyboard.press(key)
        await expect(line).to_contain_text(f"Byte {index} of 5")
    await view.get_by_role("option").nth(2).click()
    await expect(line).to_contain_text("Byte 2 of 5")


async def test_playing_comes_to_the_end(stage: Stage) -> None:
    await stage.page.clock.install(time=0)
    await stage.page.clock.pause_at(1000)  # from here on, time passes when the test says so
    view = await stage.show(MaskMicroscope("Hello"))
    await view.get_by_role("button", name="Play").click()
    await expect(view.get_by_role("button", name="Pause")).to_be_visible()
    await stage.page.clock.run_for(10_000)
    await expect(view.get_by_role("status")).to_contain_text("Byte 4 of 5")
    await expect(view.get_by_role("button", name="Play")).to_be_visible()


async def test_who_wants_less_motion_gets_the_end_at_once(stage: Stage) -> None:
    await stage.page.emulate_media(reduced_motion="reduce")
    view = await stage.show(MaskMicroscope("Hello"))
    await view.get_by_role("button", name="Play").click()
    await expect(view.get_by_role("status")).to_contain_text("Byte 4 of 5")


async def test_another_key_changes_the_wire_and_not_the_text(stage: Stage) -> None:
    microscope = MaskMicroscope("Hello")
    view = await stage.show(microscope)
    wire, characters = view.locator(".hs-microscope-wire"), view.locator(".hs-microscope-character")
    field = view.get_by_label("byte 0 of the key, mark ●")
    await field.fill("00")
    await field.press("Enter")
    await expect(wire).to_have_text(["48", "9f", "4d", "51", "6f"])
    await expect(characters).to_have_text([*"Hello"])
    await expect(field).to_be_focused()
    await field.fill("<b>")
    await field.press("Tab")
    await expect(view.get_by_role("alert")).to_contain_text("got “<b>”. The key stays as it was.")
    assert microscope.masking_key == bytes.fromhex("00fa213d")
    await view.get_by_role("button", name="Another key").click()
    await expect(view.get_by_role("alert")).to_be_empty()
    await expect(characters).to_have_text([*"Hello"])
