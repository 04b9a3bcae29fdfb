"""Take pictures of every widget on live traffic, light and dark: ``make pictures``."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from websockets.asyncio.client import connect

import hellosockets as hs
from hellosockets.widgets.base import Widget

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from lab import Browser, find_chromium  # noqa: E402
from stage import Stage  # noqa: E402

DOCS = ROOT / "docs"


async def traffic(server: hs.Server, wire: hs.Wire, browser: Browser) -> tuple[hs.Socket, Any]:
    """Let a browser's page, a Phoenix client and a plain client talk."""
    page = await browser.new_page()
    await page.goto(server.http_url)
    await page.wait_for_timeout(700)
    socket = await hs.Socket(wire.url, heartbeat_interval=1).connect()
    room = socket.channel("room:lobby")
    await room.join()
    await room.push("shout", {"body": "hi"})
    async with connect(server.echo_url, compression="deflate") as client:
        for text in ("Hello, WebSocket! Hello, WebSocket!", "Hello, WebSocket! Hello again!", "x"):
            await client.send(text)
            await client.recv()
        await client.send(["frag", "mented"])
        await client.recv()
        await client.ping()
    return socket, page


async def take(browser: Browser, name: str, widget: Widget, act: Any, *, dark: bool) -> None:
    """Show a widget, use it, and save what the page then looks like."""
    async with Stage(browser, dark=dark, width=1080) as stage:
        view = await stage.show(widget)
        await asyncio.sleep(0.7)
        await act(view)
        await asyncio.sleep(0.5)
        theme = "dark" if dark else "light"
        await view.screenshot(path=DOCS / f"{name}_{theme}.png")


async def run() -> None:
    """Take all of them."""
    chromium = find_chromium()
    if chromium is None:
        sys.exit("No Chromium or Chrome is installed: it is needed to take pictures.")
    async with (
        Browser(chromium) as browser,
        await hs.serve(0, announce=lambda *_: None, compress=True, ping_interval=1) as server,
        await hs.tap(server) as wire,
    ):
        wire.delay = 0.05
        socket, page = await traffic(server, wire, browser)
        echo = next(each for each in server.connections if each.agreement is not None)
        seat = socket.seat.conversation
        assert seat is not None  # for mypy
        first = seat.frames[0]  # masked with a key that no other has
        own = next(each for each in server.connections if first in each.frames)
        text = own.frames.where("phx_join")[0]
        await asyncio.sleep(3)
        for dark in (False, True):
            await take(browser, "frame_log", hs.FrameLog(server), _pick_row, dark=dark)
            inspector = hs.FrameInspector(text, chunks=own.boundaries("client"))
            await take(browser, "frame_inspector", inspector, _point, dark=dark)
            await take(browser, "mask_microscope", hs.MaskMicroscope(text), _step, dark=dark)
            await take(browser, "deflate_ledger", hs.DeflateLedger(echo), _pick_message, dark=dark)
            clock = hs.HeartbeatClock(wire, heartbeat_interval=1, ping_interval=1, ping_timeout=20)
            await take(browser, "heartbeat_clock", clock, _wait, dark=dark)
            await take(browser, "frame_forge", hs.FrameForge(server), _break, dark=dark)
        await socket.disconnect()
        await page.close()
    async with (
        Browser(chromium) as browser,
        await hs.serve(0, announce=lambda *_: None) as server,
        await hs.tap(server) as wire,
    ):
        wire.delay = 0.2
        socket = await hs.Socket(wire.url, heartbeat_interval=None).connect()
        room = socket.channel("room:lobby")
        await room.join()
        await asyncio.gather(*[room.push("shout", {"body": body}) for body in ("hi", "there")])
        await socket.disconnect()
        await server.all_closed()
        for dark in (False, True):
            seats = hs.TwoSeats(server.connections[0], socket)
            await take(browser, "two_seats", seats, _pick_step, dark=dark)


async def _pick_row(view: Any) -> None:
    listed = view.get_by_role("listbox", name="Connections").get_by_role("option")
    await listed.filter(has_text="/socket/websocket").first.click()
    await asyncio.sleep(0.4)
    await view.locator(".hs-log-row").nth(2).click()


async def _point(view: Any) -> None:
    await view.locator(".hs-inspector-byte").nth(8).focus()


async def _step(view: Any) -> None:
    await view.get_by_role("button", name="Step").click()


async def _pick_message(view: Any) -> None:
    await view.locator("[role=row][aria-selected], [role=option]").nth(2).click()


async def _wait(view: Any) -> None:
    await asyncio.sleep(1)


async def _break(view: Any) -> None:
    await view.get_by_label("MASK, bit 0 of byte 1").click()
    await view.get_by_role("button", name="Send it").click()
    await asyncio.sleep(1)


async def _pick_step(view: Any) -> None:
    await view.get_by_label("Time to scale").check()
    await view.get_by_role("listbox").focus()
    for _ in range(5):
        await view.page.keyboard.press("ArrowDown")


if __name__ == "__main__":
    asyncio.run(run())
