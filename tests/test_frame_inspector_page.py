"""FrameInspector in a headless Chromium: pointed at by mouse and keyboard."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from lab import Browser
from playwright.async_api import Locator, expect
from stage import Stage

from hellosockets.frames import Frame, build_frame
from hellosockets.widgets import FrameInspector

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

KEY = bytes.fromhex("37fa213d")
HELLO = Frame(build_frame("Hello", masking_key=KEY), "client", offset=0)


@pytest_asyncio.fixture(loop_scope="module")
async def stage(browser: Browser) -> AsyncIterator[Stage]:
    async with Stage(browser) as stage:
        yield stage


def ruler(view: Locator, name: str) -> Locator:
    return view.locator(f".hs-inspector-{name}")


async def lit(view: Locator) -> list[str]:
    """Return the names of everything that is lit up."""
    return [
        await each.get_attribute("aria-label") or "" for each in await view.locator(".hs-lit").all()
    ]


async def test_pointing_lights_up_bits_bytes_and_part(stage: Stage) -> None:
    view = await stage.show(FrameInspector(HELLO))
    await ruler(view, "part").nth(4).hover()
    line = view.get_by_role("status")
    await expect(line).to_contain_text("Opcode 1: a text frame.")
    await expect(line).to_contain_text("RFC 6455 §5.6")
    assert await lit(view) == [
        *[f"Opcode, bit {bit} of byte 0: {bit // 7}" for bit in (4, 5, 6, 7)],
        "byte 0, 81, FIN, RSV1, RSV2, RSV3, Opcode",
        "Opcode: 0001, text",
    ]
    await ruler(view, "byte").nth(1).hover()
    await expect(line).to_contain_text("Byte 1 is 85 in hex, 1000 0101 in bits. It holds: MASK,")
    assert len(await lit(view)) == 8 + 1 + 2
    await ruler(view, "byte").nth(7).hover()
    await expect(line).to_contain_text("9f on the wire XOR ▲ fa of the key is 65 (e).")
    await stage.page.locator("#before").hover()
    await expect(line).to_contain_text("Point at a bit")
    assert await lit(view) == []


async def test_nothing_moves_when_something_is_pointed_at(stage: Stage) -> None:
    view = await stage.show(FrameInspector(HELLO, chunks=[3, 11]))
    after = stage.page.locator("#after")
    before = await after.bounding_box()
    for name in ("bit", "byte", "part"):
        await ruler(view, name).nth(1).hover()
        assert await after.bounding_box() == before


async def test_the_keyboard_walks_everywhere(stage: Stage) -> None:
    view = await stage.show(FrameInspector(HELLO))
    await stage.page.locator("#before").focus()
    press = stage.page.keyboard.press
    focused = stage.page.locator(":focus")
    await press("Tab")
    await expect(focused).to_have_attribute("aria-label", "FIN, bit 0 of byte 0: 1")
    await press("End")
    await expect(focused).to_have_attribute("aria-label", "Payload length, bit 7 of byte 1: 1")
    await expect(view.get_by_role("status")).to_contain_text("7 bits hold a length up to 125")
    await expect(view.locator(".hs-inspector-steps")).to_contain_text("5: at most 125")
    await press("ArrowDown")
    await expect(focused).to_have_attribute("aria-label", "byte 1, 85, MASK, Payload length")
    await press("ArrowRight")
    await press("ArrowDown")
    await expect(focused).to_have_attribute(
        "aria-label", "Masking-key: 37 fa 21 3d, XORed over the payload"
    )
    assert len(await lit(view)) == 4 + 1
    await press("ArrowUp")
    await press("Home")
    await press("ArrowLeft")
    await expect(focused).to_have_attribute(
        "aria-label", "byte 0, 81, FIN, RSV1, RSV2, RSV3, Opcode"
    )
    outline = await focused.evaluate("at => getComputedStyle(at).outlineStyle")
    assert outline == "solid"
    for _ in range(2):
        await press("Tab")
    await expect(stage.page.locator("#after")).to_be_focused()


async def test_the_focus_stays_when_another_frame_is_shown(stage: Stage) -> None:
    inspector = FrameInspector(HELLO)
    view = await stage.show(inspector)
    await ruler(view, "bit").nth(6).focus()
    inspector.show(Frame(build_frame("", 9), "server"))
    await expect(view.locator(".hs-title")).to_have_text("↓ server Ping frame, 2 bytes on the wire")
    await expect(ruler(view, "bit").nth(6)).to_be_focused()
    await expect(view.get_by_role("status")).to_contain_text("9: a ping.")


async def test_chunks_are_drawn_under_the_frame(stage: Stage) -> None:
    view = await stage.show(FrameInspector(HELLO, chunks=[0, 4, 11]))
    await expect(view.locator(".hs-inspector-strip")).to_have_attribute(
        "aria-label", "It begins a TCP chunk; 1 further chunk begins inside it, at byte 4."
    )
    await expect(view.locator(".hs-inspector-piece")).to_have_count(2)
    label = await ruler(view, "byte").nth(4).get_attribute("aria-label")
    assert label == "byte 4, 21, Masking-key, a new TCP chunk begins here"


@pytest.mark.parametrize("raw", [b"", b"\x81", b"\x81\xff", b"\xff" * 14, b"\x81\x85\x37"])
async def test_frames_that_are_none(stage: Stage, raw: bytes) -> None:
    view = await stage.show(FrameInspector(Frame(raw, "client")))
    await expect(view.locator(".hs-verdict").first).to_contain_text("RFC 6455")
    for part in await ruler(view, "part").all():
        await part.hover()


async def test_payloads_stay_text(stage: Stage) -> None:
    reason = "<img src=x onerror=window.caught=1>"
    view = await stage.show(FrameInspector(Frame(build_frame(b"\x03\xe8" + reason.encode(), 8))))
    await expect(view.get_by_text(reason)).to_be_visible()
    assert await stage.page.locator("img").count() == 0


async def test_dark_theme_has_a_page_of_its_own(browser: Browser) -> None:
    async with Stage(browser, dark=True) as stage:
        view = await stage.show(FrameInspector(HELLO))
        colour = await view.locator(".hs-title span").evaluate("at => getComputedStyle(at).color")
        assert colour == "rgb(86, 180, 233)"  # #56B4E9
