"""DeflateLedger in a real page, used as a person does: mouse, keyboard, and what it then says."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from deflated_talks import JOIN, LOBBY, REPLY, Talk, chapter, talk
from lab import Browser
from playwright.async_api import Locator, expect
from stage import Stage
from websockets.asyncio.client import connect

import hellosockets as hs
from hellosockets.prices import Terms
from hellosockets.widgets.deflate_ledger import DeflateLedger

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

HOSTILE = '<img src=x onerror="document.title = 1"></script>\u202e\x00\n'


@pytest_asyncio.fixture(loop_scope="module")
async def stage(browser: Browser) -> AsyncIterator[Stage]:
    async with Stage(browser) as stage:
        yield stage


def rows(view: Locator) -> Locator:
    return view.locator("tbody").get_by_role("row")


def cell(view: Locator, row: int, name: str) -> Locator:
    return rows(view).nth(row - 1).locator(f".hs-ledger-{name}")


def detail(view: Locator) -> Locator:
    return view.get_by_role("region", name="The selected message")


async def show(stage: Stage, said: Talk) -> tuple[DeflateLedger, Locator]:
    widget = DeflateLedger(said.conversation)
    view = await stage.show(widget)
    await expect(rows(view)).to_have_count(len(widget.entries))
    return widget, view


async def test_the_table_says_what_each_message_cost(stage):
    widget, view = await show(stage, chapter())
    entry = widget.entries[3]
    await expect(cell(view, 4, "speaker")).to_have_text("↑ client")
    await expect(cell(view, 4, "size")).to_have_text("36")
    await expect(cell(view, 4, "payload")).to_have_text(str(entry.payload_size))
    await expect(cell(view, 4, "wire")).to_have_text(str(entry.wire_size))
    await expect(cell(view, 4, "percent")).to_have_text(f"{100 * entry.ratio:.0f} %")
    await expect(cell(view, 4, "sources")).to_have_text("← #3: 36 bytes")
    tail = rows(view).nth(3).locator("code.hs-ledger-tail")
    await expect(tail).to_have_text("00 00 ff ff")
    assert await tail.evaluate("e => getComputedStyle(e).borderStyle") == "dashed"
    await expect(view).to_contain_text("↑ client: context takeover, window of 32,768 bytes")
    # The bar says what the number says: the line is at two thirds of it.
    fill = await rows(view).nth(3).locator(".hs-ledger-fill").bounding_box()
    track = await rows(view).nth(3).locator(".hs-ledger-track").bounding_box()
    assert fill["width"] / track["width"] * 1.5 == pytest.approx(entry.ratio, abs=0.03)


async def test_what_grew_is_marked_with_a_sign_and_a_word(stage):
    _, view = await show(stage, chapter())
    await expect(cell(view, 5, "grew")).to_have_text("▲ grew +2")
    await expect(view.locator("tbody .hs-ledger-grew").filter(has_text="grew")).to_have_count(1)
    await expect(view.locator(".hs-ledger-verdict")).to_contain_text("1 message grew.")


async def test_a_click_shows_what_a_message_repeats(stage):
    widget, view = await show(stage, chapter())
    await expect(view).to_contain_text("Select a message")
    await rows(view).nth(2).click()
    pane = detail(view)
    await expect(pane).to_contain_text("Message #3")
    entry = widget.selected
    assert entry is widget.entries[2]
    await expect(rows(view).nth(2)).to_have_attribute("aria-selected", "true")
    # The text, whole, with each stretch that it repeats underlined.
    repeat = entry.repeats[-1]
    marked = pane.locator("u.hs-ledger-earlier").last
    await expect(marked).to_have_text(repeat.data.decode())
    assert await marked.evaluate("e => getComputedStyle(e).textDecorationLine") == "underline"
    own = pane.locator("u.hs-ledger-own").first
    assert await own.evaluate("e => getComputedStyle(e).textDecorationStyle") == "dotted"
    text = await pane.locator(".hs-ledger-text").evaluate(
        "e => { e = e.cloneNode(true); e.querySelectorAll('sup').forEach(s => s.remove());"
        " return e.textContent; }"
    )
    assert text == LOBBY
    back = pane.get_by_role("button", name=f"← message #1, {repeat.length} bytes")
    await expect(back).to_be_visible()
    await expect(pane.locator(".hs-ledger-copy").last).to_contain_text(
        f"<{repeat.length}, {repeat.distance}>"
    )
    hexes = await pane.locator(".hs-ledger-bytes").text_content()
    assert bytes.fromhex(hexes) == entry.payload
    await expect(pane).to_contain_text("00 00 ff ff not sent")
    await expect(view.get_by_role("status").first).to_contain_text(repr(entry))
    # Point at the look back: where it comes from lights up. Follow it: it's selected.
    await back.hover()
    await expect(rows(view).nth(0)).to_have_class(re.compile("hs-ledger-lit"))
    await back.click()
    await expect(pane).to_contain_text("Message #1")
    assert widget.selected is widget.entries[0]
    await expect(rows(view).nth(0)).not_to_have_class(re.compile("hs-ledger-lit"))
    await expect(view.get_by_role("grid")).to_be_focused()


async def test_everything_by_keyboard(stage):
    widget, view = await show(stage, chapter())
    await stage.page.locator("#before").focus()
    await stage.page.keyboard.press("Tab")
    grid = view.get_by_role("grid", name="What each message cost, oldest first")
    await expect(grid).to_be_focused()
    assert await grid.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    for key, number in [("ArrowDown", 1), ("End", 5), ("ArrowUp", 4), ("Home", 1), ("PageDown", 5)]:
        await stage.page.keyboard.press(key)
        line = rows(view).nth(number - 1)
        await expect(line).to_have_attribute("aria-selected", "true")
        assert await grid.get_attribute("aria-activedescendant") == await line.get_attribute("id")
        await expect(detail(view)).to_contain_text(f"Message #{number}")
        assert widget.selected.number == number
    await stage.page.keyboard.press("ArrowUp")
    await expect(detail(view)).to_contain_text("Message #4")
    await stage.page.keyboard.press("Tab")  # to its look back
    await expect(view.get_by_role("button", name="← message #3, 36 bytes")).to_be_focused()
    await stage.page.keyboard.press("Enter")
    await expect(detail(view)).to_contain_text("Message #3")
    await expect(grid).to_be_focused()
    # The radio buttons: one stop, and the arrows go on from there.
    was = view.get_by_role("radio", name="as it was")
    while not await was.evaluate("e => e === document.activeElement"):
        await stage.page.keyboard.press("Tab")
    await stage.page.keyboard.press("ArrowDown")
    await expect(view.get_by_role("radio", name="no context takeover")).to_be_checked()
    price = widget.ledger.priced(takeover=False)
    await expect(view.locator(".hs-ledger-verdict")).to_contain_text(
        f"it costs {price.total} bytes"
    )
    await expect(view.get_by_role("radio", name="no context takeover")).to_be_focused()


async def test_what_if(stage):
    said = talk(*[("server", REPLY), ("client", JOIN), ("client", LOBBY)] * 3, ("client", "hi"))
    widget, view = await show(stage, said)
    verdict = view.locator(".hs-ledger-verdict")
    was = widget.ledger.priced()
    await expect(verdict).to_contain_text(f"It cost {was.total} bytes.")
    await expect(cell(view, 1, "was")).to_be_hidden()
    for name, terms in [
        ("no context takeover", {"takeover": False}),
        ("window of 9 bits", {"window_bits": 9}),
        ("no compression", {"compressed": False}),
    ]:
        await view.get_by_role("radio", name=name).check()
        price = widget.ledger.priced(**terms)
        more = f"{price.total - was.total:,} bytes more"
        same = "the same" if price.total == was.total else more
        await expect(verdict).to_contain_text(f"With {name} it costs {price.total:,} bytes, {same}")
        assert widget.price == price
        wires = await rows(view).locator(".hs-ledger-wire").all_text_contents()
        assert wires == [str(n) for n in price.wire_sizes]
        await expect(cell(view, 4, "was")).to_have_text(str(widget.entries[3].wire_size))
        total = view.locator("tfoot tr").nth(0).locator(".hs-ledger-wire")
        await expect(total).to_have_text(str(price.client))
        grew = view.locator("tbody .hs-ledger-grew").filter(has_text="grew")
        await expect(grew).to_have_count(len(price.grew))
    await view.get_by_role("radio", name="as it was").check()
    await expect(verdict).to_contain_text(f"It cost {was.total} bytes.")
    assert widget.price.terms == Terms()


async def test_what_is_new_disturbs_nothing(stage):
    said = chapter()
    widget, view = await show(stage, said)
    await rows(view).nth(3).click()
    button = view.get_by_role("button", name="← message #3")
    await button.focus()
    await button.evaluate("e => { e.marked = true; }")
    first = await rows(view).nth(0).evaluate_handle("e => e")
    for _ in range(30):
        said.say("client", LOBBY)
    await expect(rows(view)).to_have_count(35)
    await expect(cell(view, 35, "sources")).to_have_text("← #34: 36 bytes")
    await expect(button).to_be_focused()
    assert await button.evaluate("e => e.marked")
    assert await rows(view).nth(0).evaluate("(e, first) => e === first", first)
    await expect(rows(view).nth(3)).to_have_attribute("aria-selected", "true")
    assert (
        await view.get_by_role("grid").evaluate("e => e.scrollTop") == 0
    )  # the reader's row stays
    total = view.locator("tfoot tr").nth(0).locator(".hs-ledger-wire")
    await expect(total).to_have_text(str(widget.totals["client"].wire_size))


async def test_two_views_and_a_third_after_them(stage):
    said = chapter()
    widget, one = await show(stage, said)
    await stage.show(widget)
    two = stage.page.locator("#place > .stage-view").last
    await rows(two).nth(1).click()
    for view in (one, two):
        await expect(detail(view)).to_contain_text("Message #2")
    await stage.hide(1)
    await stage.hide(0)
    said.say("client", JOIN)
    three = await stage.show(widget)
    await expect(rows(three)).to_have_count(6)
    await expect(detail(three)).to_contain_text("Message #2")


async def test_hostile_payloads_are_text(stage):
    said = talk(("client", HOSTILE), ("client", HOSTILE), ("server", "x" * 300_000))
    said.say_payload("server", b"\xff")
    widget, view = await show(stage, said)
    shown = HOSTILE.replace("\u202e", "\\u202e").replace("\x00", "\\x00").replace("\n", "\\n")
    await expect(cell(view, 1, "says")).to_have_text(shown)
    for number in (2, 3, 4):
        await rows(view).nth(number - 1).click()
        await expect(detail(view)).to_contain_text(f"Message #{number}")
        assert await view.locator("img, script").count() == 0
    assert await stage.page.title() == ""
    await expect(detail(view)).to_contain_text("✗ inflating fails")
    await expect(cell(view, 4, "percent")).to_have_text("can’t be inflated")
    await rows(view).nth(2).click()
    await expect(detail(view)).to_contain_text("… and 296,000 bytes more")
    assert widget.selected.size == 300_000


async def test_without_compression(stage):
    widget, view = await show(stage, chapter(None))
    await expect(cell(view, 1, "percent")).to_have_text("not deflated")
    await expect(view.locator("code.hs-ledger-tail:visible")).to_have_count(0)
    await view.get_by_role("radio", name="window of 15 bits").check()
    price = widget.ledger.priced(window_bits=15)
    fewer = widget.ledger.priced().total - price.total
    await expect(view.locator(".hs-ledger-verdict")).to_contain_text(f"{fewer} bytes fewer")
    await expect(cell(view, 5, "grew")).to_have_text("▲ grew +2")


async def test_live(stage):
    async with await hs.serve(0, compress=True, announce=None) as server:
        async with connect(server.url, compression="deflate") as client:
            await client.send(JOIN)
            await client.recv()
            widget = DeflateLedger(server.connections[0])
            view = await stage.show(widget)
            await expect(cell(view, 1, "size")).to_have_text("40")
            await expect(cell(view, 2, "size")).to_have_text("98")
            await client.send(JOIN)
            await expect(cell(view, 3, "sources")).to_contain_text("← #1: 3")
            await expect(view).to_contain_text("window of 4,096 bytes (12 bits)")
        widget.close()


async def test_an_empty_ledger(stage):
    _, view = await show(stage, Talk())
    await expect(view).to_contain_text("No message has crossed the wire yet.")
    await expect(view.get_by_role("radio")).to_have_count(0)
