"""FrameForge in a headless Chromium: bits pressed, fields filled, and a real server asked."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from lab import Browser
from playwright.async_api import expect
from stage import Stage

import hellosockets as hs
from hellosockets.widgets import FrameForge

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module")
async def stage(browser: Browser) -> AsyncIterator[Stage]:
    async with Stage(browser) as stage:
        yield stage


async def test_a_frame_is_broken_and_sent(stage: Stage) -> None:
    async with await hs.serve(0, announce=lambda *_: None) as server:
        forge = FrameForge(server)
        view = await stage.show(forge)
        referee = view.get_by_role("status", name="The referee")
        says = view.get_by_role("status", name="The server")
        await expect(referee).to_have_text("✓ No rule is broken.")
        await expect(says).to_have_text("Not sent yet.")
        await view.get_by_label("MASK, bit 0 of byte 1").click()
        await expect(referee).to_contain_text("✗ a frame of the client isn't masked (RFC 6455 §5.1")
        await expect(referee).to_contain_text("A conforming peer closes with 1002.")
        await view.get_by_role("button", name="Send it").click()
        await expect(says).to_contain_text("The referee expected 1002; it answered with no message")
        await expect(says).to_contain_text("closed with 1002. ✓ They agree.")
        assert forge.probe is not None
        await view.get_by_label("MASK, bit 0 of byte 1").click()
        await expect(says).to_contain_text("This was the frame before your last change.")


async def test_bits_by_keyboard(stage: Stage) -> None:
    forge = FrameForge()
    view = await stage.show(forge)
    await stage.page.locator("#before").focus()
    press = stage.page.keyboard.press
    focused = stage.page.locator(":focus")
    await press("Tab")
    await expect(focused).to_have_attribute("aria-label", "FIN, bit 0 of byte 0")
    await press("Space")
    await expect(focused).to_have_attribute("aria-pressed", "false")
    assert not forge.frame.fin
    await press("End")
    await press("ArrowLeft")
    await press("Space")
    await expect(view.get_by_label("Length it says")).to_have_value("7")
    await expect(focused).to_have_attribute("aria-label", "Payload length, bit 6 of byte 1")
    await expect(view.get_by_role("status", name="The referee")).to_contain_text("2 bytes before")
    outline = await focused.evaluate("at => getComputedStyle(at).outlineStyle")
    assert outline == "solid"


async def test_any_byte_has_its_bits(stage: Stage) -> None:
    forge = FrameForge()
    view = await stage.show(forge)
    await view.get_by_label("byte 6: 7f").click()
    await view.get_by_label("the bits of byte 6, bit 2 of byte 6").click()
    await expect(view.get_by_label("Payload", exact=True)).to_have_value("hello")
    assert forge.frame.unmasked == b"hello"
    await expect(view.get_by_label("byte 6: 5f")).to_have_attribute("aria-pressed", "true")


async def test_fields(stage: Stage) -> None:
    forge = FrameForge()
    view = await stage.show(forge)
    await view.get_by_label("Opcode", exact=True).select_option("11: reserved")
    await expect(view.get_by_role("status", name="The referee")).to_contain_text("the opcode is 11")
    await view.get_by_label("Length form").select_option("64 bits")
    assert forge.frame.length_size == 64
    key = view.get_by_label("Masking key, in hex")
    await key.fill("37 fa")
    await key.press("Enter")
    await expect(view.get_by_role("alert")).to_have_text("✗ masking key must be 4 bytes, got 2")
    await expect(key).to_have_value("37 fa")  # nothing that was typed is lost
    assert forge.frame.masking_key == bytes.fromhex("37fa213d")
    await key.fill("00000000")
    await key.press("Enter")
    await expect(view.get_by_role("alert")).to_be_empty()
    await expect(key).to_be_focused()


async def test_payloads_stay_text(stage: Stage) -> None:
    stranger = "<img src=x onerror=window.caught=1></script>\u202e\0"
    view = await stage.show(FrameForge())
    await view.get_by_label("Payload", exact=True).evaluate(
        "(field, text) => { field.value = text; field.dispatchEvent(new Event('change')); }",
        stranger,
    )
    await expect(view.get_by_label("byte 6: 0b")).to_be_visible()
    assert await stage.page.locator("img").count() == 0
    assert await stage.page.evaluate("window.caught") is None


async def test_without_a_server_nothing_can_be_sent(stage: Stage) -> None:
    view = await stage.show(FrameForge())
    await expect(view.get_by_role("button", name="Send it")).to_be_hidden()
    await expect(view.get_by_role("status", name="The server")).to_contain_text(
        "FrameForge(server)"
    )
