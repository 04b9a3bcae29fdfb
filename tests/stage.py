"""A stage for widgets: the real Python half and the real page half, without JupyterLab between.

async with Stage(browser) as stage:
    view = await stage.show(hs.FrameInspector(frame))
    await view.get_by_role("button", name="Play").click()

The widget's messages reach the page and the page's reach the widget as over a comm: as JSON, in
order. The page has JupyterLab's own colours, light or dark.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from lab import Browser
from playwright.async_api import ConsoleMessage, Locator, Page, Route

from hellosockets.widgets.base import Widget

ADDRESS = "http://widgets.test/"  # nothing listens there: the test answers
DEADLINE = 10_000  # ms
THEMES = Path(sys.prefix) / "share" / "jupyter" / "lab" / "themes" / "@jupyterlab"

# One model for each widget, and as many views as are shown.
SCRIPT = """
const models = [];
window.stage = {
  async start(url, state) {
    const { default: made } = await import(url);
    const widget = typeof made === "function" ? made() : made;
    const number = models.length;
    const listeners = [];
    const model = {
      get: (key) => state[key],
      send: (message) => window.toPython(number, message),
      on: (name, listener) => name === "msg:custom" && listeners.push(listener),
    };
    models.push({ widget, model, listeners });
    widget.initialize?.({ model });
    return number;
  },
  async show(number) {
    const el = document.createElement("div");
    el.className = "stage-view";
    document.querySelector("#place").append(el);
    const { widget, model } = models[number];
    el.leave = await widget.render({ model, el });
  },
  hide(number) {
    const el = document.querySelectorAll("#place > .stage-view")[number];
    el.leave?.();
    el.remove();
  },
  say(text) {
    for (const [number, message] of JSON.parse(text)) {
      for (const listener of models[number].listeners) listener(message, []);
    }
  },
};
"""


class Stage:
    """
    One page, on which widgets are shown.

    Args:
        browser: The browser.
        dark: Whether the page wears JupyterLab's dark theme.
        width: The page's width, in CSS pixels.

    Attributes:
        page: Playwright's page.
        sent: What the widgets have sent to the page, each with its widget's number.
        heard: What the page has sent to the widgets, likewise.
        loses: Says of a message to the page whether it gets lost on its way.
        complaints: Errors of the page's console, and its exceptions. None are allowed at the end.

    """

    def __init__(self, browser: Browser, *, dark: bool = False, width: int = 1100) -> None:
        self.browser = browser
        self.dark = dark
        self.width = width
        self.page: Page
        self.widgets: list[Widget] = []
        self.sent: list[tuple[int, dict[str, Any]]] = []
        self.heard: list[tuple[int, dict[str, Any]]] = []
        self.loses: Callable[[dict[str, Any]], bool] = lambda message: False
        self.complaints: list[str] = []
        self._modules: list[str] = []
        self._mail: asyncio.Queue[str] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        self._pump: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self.page = await self.browser.new_page()
        await self.page.set_viewport_size({"width": self.width, "height": 900})
        self.page.set_default_timeout(DEADLINE)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._console)
        await self.page.expose_function("toPython", self._to_widget)
        await self.page.route("**/*", self._answer)
        await self.page.goto(ADDRESS)
        await self.page.add_script_tag(content=SCRIPT)
        self._pump = asyncio.create_task(self._deliver())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._pump is not None:
            self._pump.cancel()
        await self.page.close()
        if kind is None:
            assert self.complaints == []

    async def show(self, widget: Widget) -> Locator:
        """Show a widget, or another view of one that is shown; return the place where it stands."""
        if widget not in self.widgets:
            await self._start(widget)
        number = self.widgets.index(widget)
        await self.page.evaluate("number => stage.show(number)", number)
        return self.page.locator("#place > .stage-view").last

    async def hide(self, number: int = 0) -> None:
        """Take a view out of the page, as a deleted cell's output."""
        await self.page.evaluate("number => stage.hide(number)", number)

    def take_heard(self) -> list[str]:
        """Return the types of what the page has sent since the last call."""
        types = [message["type"] for _, message in self.heard]
        self.heard.clear()
        return types

    async def screenshot(self, path: Path | str) -> None:
        """Save what the page looks like, all of it."""
        await self.page.screenshot(path=path, full_page=True)

    async def _start(self, widget: Widget) -> None:
        number = len(self.widgets)
        self.widgets.append(widget)

        def send(content: dict[str, Any], buffers: object = None) -> None:
            text = json.dumps([number, content])  # a comm carries JSON
            self.sent.append((number, content))
            if self.loses(content):
                return
            self._loop.call_soon_threadsafe(self._mail.put_nowait, text)

        widget.send = send
        self._modules.append(str(widget._esm))
        await self.page.add_style_tag(content=str(widget._css))
        names = [name for name in widget.traits(sync=True) if not name.startswith("_view_")]
        names = [name for name in names if name not in ("_esm", "_css", "layout", "tabbable")]
        state = {name: getattr(widget, name) for name in names}
        url = f"{ADDRESS}module-{number}.js"
        await self.page.evaluate("([url, state]) => stage.start(url, state)", [url, state])

    async def _answer(self, route: Route) -> None:
        name = route.request.url.removeprefix(ADDRESS)
        if name.startswith("module-"):
            script = self._modules[int(name.removeprefix("module-").removesuffix(".js"))]
            await route.fulfill(body=script, content_type="text/javascript")
        else:
            await route.fulfill(body=self._html(), content_type="text/html")

    def _html(self) -> str:
        theme = "dark" if self.dark else "light"
        sheets = (THEMES / f"theme-{theme}-extension" / "index.css").read_text(encoding="utf-8")
        return (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><style>{sheets}</style>'
            "<style>body { margin: 12px; background: var(--jp-layout-color0); }</style>"
            f'<body data-jp-theme-light="{"false" if self.dark else "true"}">'
            '<button id="before">before</button><div id="place"></div>'
            '<button id="after">after</button>'
        )

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _to_widget(self, number: int, message: dict[str, Any]) -> None:
        self.heard.append((number, message))
        self.widgets[number]._handle_custom_msg(message, [])

    async def _deliver(self) -> None:
        while True:
            messages = [await self._mail.get()]
            while not self._mail.empty():
                messages.append(self._mail.get_nowait())
            await self.page.evaluate("text => stage.say(text)", f"[{','.join(messages)}]")
