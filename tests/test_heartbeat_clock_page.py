"""HeartbeatClock in a headless Chromium: its hands turn, its switches end a real connection."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from lab import Browser
from playwright.async_api import expect
from stage import Stage
from test_beats import BEAT, Talk

import hellosockets as hs
from hellosockets.widgets import HeartbeatClock

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module")
async def stage(browser: Browser) -> AsyncIterator[Stage]:
    async with Stage(browser) as stage:
        yield stage


async def test_it_turns_by_itself_between_two_messages(stage: Stage) -> None:
    await stage.page.clock.install(time=0)
    await stage.page.clock.pause_at(1000)  # from here on, time passes when the test says so
    talk = Talk()
    view = await stage.show(HeartbeatClock(talk.conversation))
    says = view.locator("[data-kind=heartbeat] .hs-clock-next")
    await expect(says).to_have_text("next beat in 30.0 s")
    before = len(stage.sent)
    await stage.page.clock.run_for(10_000)
    await expect(says).to_have_text("next beat in 20.0 s")
    await expect(view.locator("[data-kind=heartbeat] .hs-clock-expires")).to_have_text(
        "expires in 50.0 s without a word"
    )
    await expect(view.locator(".hs-clock-first")).to_contain_text("the client, in 50.0 s.")
    assert len(stage.sent) == before
    await expect(view.get_by_text("Lay a wire to have switches here")).to_be_visible()
    talk.up(BEAT.format(1))
    await expect(view.locator(".hs-clock-late .hs-clock-next")).to_contain_text("no answer yet")


async def test_switches_by_mouse_and_keyboard_end_a_real_connection(stage: Stage) -> None:
    async with (
        await hs.serve(0, announce=lambda *_: None, timeout=20) as server,
        await hs.tap(server) as wire,
    ):
        socket = await hs.Socket(wire.url, heartbeat_interval=0.4, reconnect_after=[60]).connect()
        clock = HeartbeatClock(wire, heartbeat_interval=0.4, timeout=20)
        view = await stage.show(clock)
        state = view.get_by_role("status")
        await expect(state).to_have_text("● open, connection 1")
        await expect(view.locator("[data-kind=heartbeat] .hs-clock-count")).to_have_text(
            re.compile(r"[2-9] sent, [2-9] answered")
        )
        replies = view.get_by_label("Replies", exact=True)
        await replies.focus()
        await stage.page.keyboard.press("a")  # are swallowed
        await expect(replies).to_have_value("swallow")
        assert wire.replies.mode == "swallow"
        await expect(state).to_have_text("✗ given up: the client closed it, connection 1")
        await expect(view.locator(".hs-clock-lost").last).to_have_text("1 lost")
        await expect(replies).to_be_focused()
        await socket.disconnect()


async def test_freezing_lets_the_connection_expire(stage: Stage) -> None:
    async with (
        await hs.serve(0, announce=lambda *_: None, timeout=1) as server,
        await hs.tap(server) as wire,
    ):
        socket = await hs.Socket(wire.url, heartbeat_interval=30, reconnect_after=[60]).connect()
        view = await stage.show(HeartbeatClock(wire, timeout=1))
        await view.get_by_role("button", name="Freeze the wire").click()
        thaw = view.get_by_role("button", name="Thaw the wire")
        await expect(thaw).to_be_focused()
        await server.connection_expired()
        await thaw.press("Enter")
        await expect(view.get_by_role("status")).to_contain_text("✗ expired: the server closed it")
        await socket.disconnect()


async def test_a_delay_that_is_none_is_said(stage: Stage) -> None:
    async with (
        await hs.serve(0, announce=lambda *_: None) as server,
        await hs.tap(server) as wire,
    ):
        view = await stage.show(HeartbeatClock(wire))
        await view.get_by_label("Pongs", exact=True).select_option("come late")
        field = view.get_by_label("Pongs: seconds late")
        await expect(field).to_be_enabled()
        await field.fill("<b>")
        await field.press("Enter")
        await expect(view.get_by_role("alert")).to_have_text(
            "A delay is a number of seconds above 0, got “<b>”."
        )
        assert wire.pongs.seconds == 2
