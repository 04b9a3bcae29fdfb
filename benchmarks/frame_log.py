"""What a log costs while 10,000 frames a second come: ``python -m benchmarks.frame_log``.

A headless Chromium shows the log, as JupyterLab would; the kernel's half runs here. Beside it, in
the same run, the way without it: an `ipywidgets.HTML` that gets a table of the newest 200 rows
every 50 ms. Then a recording of 100,000 frames is opened and scrolled through, beside a plain
table of 100 rows.

``python -m benchmarks.frame_log [seconds]`` measures a shorter flood.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ipywidgets

from hellosockets.conversation import Conversation
from hellosockets.frames import build_frame
from hellosockets.handshake import accept_key, build_request
from hellosockets.recording import Recording
from hellosockets.rows import make_row, static_table
from hellosockets.widgets import FrameLog

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from lab import Browser, find_chromium
from stage import Stage

RATE = 10_000  # frames a second
TICK = 0.01  # seconds between two appends of the source
SECONDS = 10.0
REPAINT = 0.05  # seconds between two repaints of the plain table
ROWS = 200  # of it
FRAMES = 100_000  # of the recording that is opened

KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # RFC 6455 §1.3
MASK = bytes.fromhex("37fa213d")  # RFC 6455 §5.7

# Counts tasks of more than 50 ms, which Chromium calls long, and the pictures it draws.
OBSERVE = """() => {
  window.long = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.long.push(entry.duration);
  }).observe({ entryTypes: ["longtask"] });
}"""
LONGEST = "() => Math.max(0, ...window.long.splice(0))"


class Source:
    """A conversation in which a client and a server talk as fast as they are told to."""

    def __init__(self) -> None:
        self.recording = Recording()
        self.conversation = Conversation(self.recording)
        open_connection(self.recording)
        self.sent = 0

    async def flood(self, seconds: float, rate: int = RATE) -> None:
        """Append frames, so many a second, by the clock."""
        began = time.monotonic()
        while (passed := time.monotonic() - began) < seconds:
            due = int(passed * rate)
            while self.sent < due:
                say(self.recording, self.sent)
                self.sent += 1
            await asyncio.sleep(TICK)
        while self.sent < seconds * rate:  # a late clock drops none
            say(self.recording, self.sent)
            self.sent += 1


def open_connection(recording: Recording) -> None:
    """Record an opening handshake."""
    recording.append("client", build_request("/echo", host="localhost", key=KEY))
    recording.append(
        "server",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: %b\r\n\r\n" % accept_key(KEY).encode(),
    )


def say(recording: Recording, number: int) -> None:
    """Record one frame: by turns the client's and the server's."""
    text = f'["1","{number}","room:lobby","shout",{{"body":"hello"}}]'
    if number % 2:
        recording.append("server", build_frame(text))
    else:
        recording.append("client", build_frame(text, masking_key=MASK))


@dataclass(frozen=True)
class Cost:
    """
    What a flood cost.

    Attributes:
        kernel: Seconds of processor time a second that this process took.
        longest: The page's longest task, in ms.
        page_growth: What the page's memory grew by in the second half, in MiB.
        kernel_growth: What this process' memory grew by in the second half, in MiB.

    """

    kernel: float
    longest: float
    page_growth: float
    kernel_growth: float


async def heap(stage: Stage) -> float:
    """Return the page's memory after its garbage is gone, in MiB."""
    session = await stage.page.context.new_cdp_session(stage.page)
    await session.send("HeapProfiler.collectGarbage")
    metrics = await session.send("Runtime.getHeapUsage")
    await session.detach()
    return float(metrics["usedSize"]) / 2**20


def most_memory() -> float:
    """Return the most memory that this process ever had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


async def measure(stage: Stage, source: Source, seconds: float) -> Cost:
    """Let a flood come over what the stage shows."""
    await stage.page.evaluate(OBSERVE)
    await source.flood(seconds / 2)
    await stage.page.evaluate(LONGEST)
    page, kernel, began = await heap(stage), most_memory(), time.process_time()
    await stage.page.evaluate("() => { window.long.length = 0; }")  # the garbage's own
    source.sent = 0
    await source.flood(seconds / 2)
    spent = time.process_time() - began
    await asyncio.sleep(1)
    longest = await stage.page.evaluate(LONGEST)
    growth = await heap(stage) - page
    return Cost(2 * spent / seconds, float(longest), growth, most_memory() - kernel)


async def nobody(browser: Browser, seconds: float) -> Cost:
    """Measure the flood alone: recorded and read, shown to nobody."""
    async with Stage(browser) as stage:
        source = Source()
        source.recording.listeners.append(read_now_and_then(source))
        return await measure(stage, source, seconds)


def read_now_and_then(source: Source) -> Callable[[], None]:
    """Read a conversation as often as a log looks, so that the difference is the log's own."""
    due = [False]

    def read() -> None:
        due[0] = False
        source.conversation.read()

    def changed() -> None:
        if not due[0]:
            due[0] = True
            asyncio.get_running_loop().call_later(0.1, read)

    return changed


async def log(browser: Browser, seconds: float) -> tuple[Cost, dict[str, int]]:
    """Measure the log; return also what it says of itself."""
    async with Stage(browser) as stage:
        source = Source()
        widget = FrameLog(source.conversation)
        await stage.show(widget)
        cost = await measure(stage, source, seconds)
        widget.detach()
        held = len(widget.events)
        stage.sent.clear()
        return cost, {"held": held, "dropped": widget._dropped}


async def repainting(browser: Browser, seconds: float) -> Cost:
    """Measure a table that is drawn anew for each batch."""
    async with Stage(browser) as stage:
        source = Source()
        shown = ipywidgets.HTML()
        await stage.page.evaluate("() => { window.plain = document.querySelector('#place'); }")

        async def repaint() -> None:
            while True:
                events = source.conversation.events_since(
                    source.conversation.dropped_events
                    + max(0, len(source.conversation.events) - ROWS)
                )
                shown.value = static_table([make_row(event, n) for n, event in events])
                html = json.loads(json.dumps(shown.value))  # a comm carries JSON
                script = "html => { window.plain.innerHTML = html; }"
                group.create_task(stage.page.evaluate(script, html))  # a comm doesn't wait
                await asyncio.sleep(REPAINT)

        async with asyncio.TaskGroup() as group:  # what fails in it is heard of
            task = group.create_task(repaint())
            cost = await measure(stage, source, seconds)
            task.cancel()
        return cost


async def until(stage: Stage, condition: str, act: Callable[[], Awaitable[Any]]) -> float:
    """Return how long it takes from an act until the page fulfils a condition, in seconds."""
    began = time.perf_counter()
    await act()
    await stage.page.wait_for_function(condition, polling="raf")
    return time.perf_counter() - began


async def opening(browser: Browser) -> tuple[float, float, float]:
    """
    Open a long recording, and scroll through it.

    Returns:
        Seconds until a plain table of 100 rows is there; until the first rows of a log of 100,000
        frames are; and the longest task of the page while it is scrolled, in ms.

    """
    recording = Recording(max_bytes=2**30, max_chunks=2 * FRAMES)
    open_connection(recording)
    for number in range(FRAMES):
        say(recording, number)
    few = Recording()
    open_connection(few)
    for number in range(98):
        say(few, number)
    async with Stage(browser) as stage:

        async def show_plain() -> None:
            html = Conversation(few)._repr_html_()
            script = "html => { document.querySelector('#place').innerHTML = html; }"
            await stage.page.evaluate(script, html)

        plain = await until(stage, "() => document.querySelectorAll('tr').length > 100", show_plain)
        await stage.page.evaluate("() => document.querySelector('#place').replaceChildren()")
        conversation = Conversation(recording, max_events=2 * FRAMES, max_bytes=2**30)
        widgets: list[FrameLog] = []

        async def show_log() -> None:
            widgets.append(FrameLog(conversation))
            await stage.show(widgets[0])

        rows = "() => document.querySelectorAll('.hs-log-row .hs-log-preview').length >= 14"
        first = await until(stage, rows, show_log)
        count = stage.page.locator(".hs-log-count", has_text=f"{FRAMES + 2:,} rows")
        await count.wait_for(timeout=60_000)
        await stage.page.evaluate(OBSERVE)
        for step in range(101):
            await stage.page.evaluate(
                "share => { const grid = document.querySelector('.hs-log-grid');"
                " grid.scrollTop = share * grid.scrollHeight; }",
                step / 100,
            )
            await stage.page.wait_for_function(
                "() => !document.querySelector('.hs-log-loading')", polling="raf"
            )
        return plain, first, float(await stage.page.evaluate(LONGEST))


async def run(seconds: float) -> None:
    """Measure, and print."""
    chromium = find_chromium()
    if chromium is None:
        sys.exit("No Chromium or Chrome is installed: it is needed to show the log.")
    async with Browser(chromium) as browser:
        alone = await nobody(browser, seconds)
        with_log, says = await log(browser, seconds)
        plain = await repainting(browser, seconds)
        print(f"{RATE:,} frames a second for {seconds:g} s")
        print(
            f"{'':<22}{'kernel, % of a core':>21}{'longest task, ms':>18}"
            f"{'page, MiB more':>16}{'kernel, MiB more':>18}"
        )
        for name, cost in (
            ("recorded and read", alone),
            ("FrameLog", with_log),
            ("HTML, drawn anew", plain),
        ):
            print(
                f"{name:<22}{100 * cost.kernel:>21.1f}{cost.longest:>18.0f}"
                f"{cost.page_growth:>16.1f}{cost.kernel_growth:>18.1f}"
            )
        own, other = with_log.kernel - alone.kernel, plain.kernel - alone.kernel
        print(
            f"the log's own share: {100 * own:.1f} % of a core; drawing anew: {100 * other:.1f} %"
            f" (ratio {other / max(own, 1e-9):.1f})"
        )
        print(f"the log holds {says['held']:,} rows and says that {says['dropped']:,} made room")
        few, first, longest = await opening(browser)
        print(
            f"a plain table of 100 rows: {few:.2f} s; the first rows of {FRAMES:,} frames:"
            f" {first:.2f} s; longest task while scrolling: {longest:.0f} ms"
        )


if __name__ == "__main__":
    asyncio.run(run(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS))
