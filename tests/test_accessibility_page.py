"""Every widget for every reader: names, keyboard, a focus that shows, words beside colours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from lab import Browser
from playwright.async_api import Locator
from stage import Stage
from test_beats import ANSWER, BEAT, KEY, MASK, REPLY, Talk

import hellosockets as hs
from hellosockets.conversation import Conversation
from hellosockets.frames import Frame, build_frame
from hellosockets.handshake import build_request
from hellosockets.recording import Recording
from hellosockets.widgets import (
    Bench,
    Choice,
    DeflateLedger,
    Entry,
    FrameForge,
    FrameInspector,
    FrameLog,
    HeartbeatClock,
    Live,
    MaskMicroscope,
    Option,
    Prediction,
    Slider,
    Toggle,
    TwoSeats,
)
from hellosockets.widgets.base import Widget

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


def conversation() -> Conversation:
    talk = Talk()
    talk.up(BEAT.format(1))
    talk.down(REPLY.format(1))
    talk.down("", 9)
    talk.up("", 10)
    talk.recording.append("client", build_frame("bare"))
    return talk.conversation


def deflated() -> Conversation:
    recording = Recording()
    extension = b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
    request = build_request("/echo", host="localhost", key=KEY)
    recording.append("client", request[:-2] + extension)
    recording.append("server", ANSWER[:-2] + extension)
    frame = build_frame(bytes.fromhex("f248cdc9c90700"), 1, rsv1=True, masking_key=MASK)
    recording.append("client", frame)  # RFC 7692 §7.2.3.1
    return Conversation(recording)


HELLO = Frame(build_frame("Hello", masking_key=MASK), "client")
WIRES: list[hs.Wire] = []  # the fixture's, for the widget with switches

CONTROLS = {
    "size": Slider("Size", 0, 10, 1),
    "on": Toggle("On"),
    "bits": Choice("Bits", 9, 15),
    "text": Entry("Text", "Hello"),
}

WIDGETS: dict[str, Callable[[], Widget]] = {
    "Bench": lambda: Bench("Turn it on.", lambda **values: HELLO, bool, **CONTROLS),
    "DeflateLedger": lambda: DeflateLedger(deflated()),
    "FrameForge": lambda: FrameForge("ws://localhost:4000/"),
    "FrameInspector": lambda: FrameInspector(
        Frame(build_frame("Hello", masking_key=MASK), "client")
    ),
    "FrameLog": lambda: FrameLog(conversation()),
    "HeartbeatClock": lambda: HeartbeatClock(WIRES[-1]),
    "Live": lambda: Live("3 KiB", "memory for each connection"),
    "MaskMicroscope": lambda: MaskMicroscope("Hello"),
    "Prediction": lambda: Prediction("Why?", *[Option(a, a, right=True) for a in "abc"]),
    "TwoSeats": lambda: TwoSeats(conversation()),
}

# There is nothing to press in these.
STILL = {"Live"}

# What a screen reader would say of an element; empty where it would have to guess.
NAME = """element => {
  const labelled = element.getAttribute("aria-labelledby");
  const ids = labelled ? labelled.split(" ") : [];
  const by = ids.map(id => document.getElementById(id)?.textContent);
  const label = element.labels?.length ? element.labels[0].textContent : "";
  return (element.getAttribute("aria-label") ?? by.join(" ")) || label ||
    element.textContent.trim() || element.title || "";
}"""
FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]"
ROLES = {
    *("alert", "grid", "gridcell", "columnheader", "group", "img", "listbox", "option", "region"),
    *("row", "rowgroup", "rowheader", "status", "switch", "tab", "tablist", "tabpanel", "radio"),
    *("radiogroup", "table", "presentation", "none", "separator", "note"),
}


@pytest_asyncio.fixture(loop_scope="module", params=[False, True], ids=["light", "dark"])
async def stage(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    wire = await hs.tap("ws://localhost:9/echo")  # nobody connects to it
    WIRES.append(wire)
    async with Stage(browser, dark=request.param) as stage:
        yield stage
    await wire.close()


async def shown(stage: Stage, name: str) -> Locator:
    view = await stage.show(WIDGETS[name]())
    await asyncio.sleep(0.3)
    return view


async def visible(view: Locator, selector: str) -> list[Locator]:
    return [each for each in await view.locator(selector).all() if await each.is_visible()]


async def test_every_widget_is_here() -> None:
    def subclasses(cls: type) -> set[str]:
        ours = [each for each in cls.__subclasses__() if "hellosockets" in each.__module__]
        return {each.__name__ for each in ours}.union(*map(subclasses, ours))

    assert subclasses(Widget) - {"Watching"} == set(WIDGETS)


@pytest.mark.parametrize("name", WIDGETS)
async def test_what_can_be_reached_has_a_name(stage: Stage, name: str) -> None:
    view = await shown(stage, name)
    found = await visible(view, FOCUSABLE)
    assert found or name in STILL
    for each in found:
        says = await each.evaluate(NAME)
        assert says.strip(), await each.evaluate("element => element.outerHTML")
        assert int(await each.get_attribute("tabindex") or 0) <= 0


@pytest.mark.parametrize("name", WIDGETS)
async def test_roles_are_roles(stage: Stage, name: str) -> None:
    view = await shown(stage, name)
    roles = await view.locator("[role]").evaluate_all("all => all.map(each => each.role)")
    assert set(roles) <= ROLES


@pytest.mark.parametrize("name", [name for name in WIDGETS if name not in STILL])
async def test_tab_goes_through_and_the_focus_shows(stage: Stage, name: str) -> None:
    await shown(stage, name)
    await stage.page.locator("#before").focus()
    for step in range(40):
        await stage.page.keyboard.press("Tab")
        if await stage.page.locator("#after").evaluate("at => at === document.activeElement"):
            assert step > 0
            return
        style = await stage.page.evaluate(
            "() => { const at = getComputedStyle(document.activeElement);"
            " return [at.outlineStyle, parseFloat(at.outlineWidth)]; }"
        )
        assert style[0] != "none", await stage.page.evaluate("document.activeElement.outerHTML")
        assert style[1] >= 1
    pytest.fail("the Tab key never came out again")


@pytest.mark.parametrize("name", WIDGETS)
async def test_speakers_are_words_and_arrows_too(stage: Stage, name: str) -> None:
    view = await shown(stage, name)
    texts = await view.locator("span.hs-client, span.hs-server").all_inner_texts()
    for text in texts:
        assert text.startswith(("↑ client", "↓ server")), text


@pytest.mark.parametrize("name", WIDGETS)
async def test_nothing_moves_where_stillness_is_asked_for(stage: Stage, name: str) -> None:
    await stage.page.emulate_media(reduced_motion="reduce")
    await shown(stage, name)
    running = await stage.page.evaluate("() => document.getAnimations().length")
    assert running == 0
