"""A real JupyterLab, opened in a headless Chromium: what a learner's hands and eyes meet.

async with Lab(folder) as lab, Browser(chromium) as browser:
    async with browser.open(lab, "00_start.ipynb") as notebook:
        await notebook.run_all()
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import shutil
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from playwright.async_api import Browser as Chromium
from playwright.async_api import ConsoleMessage, Page, Playwright, async_playwright

__all__ = ["Browser", "Cell", "Lab", "Notebook", "find_chromium"]

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
PLACES = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
]

# Every cell is drawn, nothing pops up, nothing is saved behind our back.
SETTINGS = {
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none", "scrollPastEnd": False},
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
}

PANEL = "window.jupyterapp.shell.currentWidget"
KERNEL = f"{PANEL}?.sessionContext?.session?.kernel"


def find_chromium() -> str | None:
    """Return the path of a Chromium: $CHROMIUM, one on the PATH, or one where they usually are."""
    for name in [os.environ.get("CHROMIUM", ""), *NAMES, *PLACES]:
        path = shutil.which(name) if name else None
        if path:
            return path
    return None


class Lab:
    """
    A JupyterLab server of this environment, with settings and a runtime folder of its own.

    Args:
        folder: The folder whose notebooks it serves.
        seconds: How long it may take to start, and to stop.

    Attributes:
        url: Where it listens, e.g. ``"http://127.0.0.1:45609/"``.
        token: What lets a browser in.

    """

    def __init__(self, folder: Path, *, seconds: float = 180) -> None:
        self.folder = folder
        self.seconds = seconds
        self.url = ""
        self.token = secrets.token_hex(16)
        self._home = Path(tempfile.mkdtemp(prefix="hellosockets-lab-"))
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        overrides = self._home / "config" / "labconfig" / "default_setting_overrides.json"
        overrides.parent.mkdir(parents=True)
        overrides.write_text(json.dumps(SETTINGS), encoding="utf-8")
        options = ["--no-browser", "--allow-root", "--expose-app-in-browser", "--ip=127.0.0.1"]
        options += ["--port=0", f"--ServerApp.root_dir={self.folder}"]
        with self._log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *[sys.executable, "-m", "jupyterlab", *options],
                cwd=self.folder,
                env=os.environ | self._environment(),
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
            )
        try:
            async with asyncio.timeout(self.seconds):
                await self._listening()
        except BaseException as error:
            text = self.log()
            await self.close()
            raise RuntimeError(f"JupyterLab didn't start:\n{text}") from error
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def _environment(self) -> dict[str, str]:
        folders = {
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
            "IPYTHONDIR": "ipython",
        }
        places = {name: str(self._home / folder) for name, folder in folders.items()}
        return places | {"JUPYTER_TOKEN": self.token, "JUPYTER_PREFER_ENV_PATH": "1"}

    async def _listening(self) -> None:
        # The server picks a free port itself and writes down which.
        assert self._process is not None
        while not self.url:
            if self._process.returncode is not None:
                raise RuntimeError(f"it ended with {self._process.returncode}")
            for path in (self._home / "runtime").glob("jpserver-*.json"):
                text = path.read_text(encoding="utf-8")
                self.url = json.loads(text)["url"] if text.endswith("}") else ""
            await asyncio.sleep(0.1)
        while not await asyncio.to_thread(self._answers):  # noqa: ASYNC110, it isn't ours to signal
            await asyncio.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.url + "api") as answer:
                return bool(answer.read())
        except urllib.error.URLError:
            return False

    def log(self) -> str:
        """Return what the server has said so far."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    @property
    def _log(self) -> Path:
        return self._home / "server.log"

    async def close(self) -> None:
        """Ask the server to stop its kernels and itself; end it if it doesn't in time."""
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), self.seconds)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
        shutil.rmtree(self._home, ignore_errors=True)


class Browser:
    """
    A headless Chromium.

    Args:
        executable: Its path, as `find_chromium` returns it.

    """

    def __init__(self, executable: str) -> None:
        self.executable = executable

    async def __aenter__(self) -> Self:
        self._playwright: Playwright = await async_playwright().start()
        self._chromium: Chromium = await self._playwright.chromium.launch(
            executable_path=self.executable, args=["--disable-dev-shm-usage"]
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._chromium.close()
        await self._playwright.stop()

    async def new_page(self) -> Page:
        """Open an empty page, alone."""
        return await self._chromium.new_page(viewport={"width": 1400, "height": 1000})

    @asynccontextmanager
    async def open(
        self, lab: Lab, path: str, *, failures: Path | None = None
    ) -> AsyncIterator[Notebook]:
        """
        Open a notebook alone in a page, its kernel started and idle.

        Args:
            lab: The server.
            path: The notebook's path in the server's folder, with ``/`` between its parts.
            failures: Folder for a screenshot if what follows fails.

        """
        page = await self.new_page()
        notebook = Notebook(page)
        try:
            await page.goto(f"{lab.url}doc/tree/{quote(path)}?token={lab.token}&reset")
            await notebook.ready()
            yield notebook
        except Exception as error:
            if failures is not None:
                picture = failures / f"{path.replace('/', '-').removesuffix('.ipynb')}.png"
                await page.screenshot(path=picture)
                error.add_note(f"what it looked like: {picture}")
            raise
        finally:
            await notebook.close()


@dataclass(frozen=True, slots=True)
class Cell:
    """
    One code cell as the page holds it.

    Attributes:
        number: Its place among all cells, from 0.
        count: Its execution count; None if it hasn't run.
        error: ``"Name: message"`` of the exception it shows; None if it shows none.

    """

    number: int
    count: int | None
    error: str | None


class Notebook:
    """
    A notebook in a page of JupyterLab.

    Attributes:
        page: Playwright's page.
        seconds: How long anything may take.
        complaints: What the page's console said as an error, and exceptions of the page itself.

    """

    def __init__(self, page: Page, *, seconds: float = 60) -> None:
        self.page = page
        self.seconds = seconds
        self.complaints: list[str] = []
        page.set_default_timeout(seconds * 1000)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"exception: {error}"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")

    async def ready(self) -> None:
        """Wait until the notebook is drawn and its kernel is idle."""
        await self.page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
        await self._idle()
        await self.page.evaluate(
            f"""() => {{
                window.kernelStates = [];
                {KERNEL}.statusChanged.connect((_, state) => window.kernelStates.push(state));
            }}"""
        )

    async def _idle(self) -> None:
        await self.page.wait_for_function(f"() => {KERNEL}?.status === 'idle'")

    async def run_all(self) -> None:
        """Run all cells, as the menu does, and wait until the kernel has nothing left to do."""
        command = "() => window.jupyterapp.commands.execute('notebook:run-all-cells')"
        try:
            async with asyncio.timeout(self.seconds):
                await self.page.evaluate(command)
        except TimeoutError:
            async with asyncio.timeout(self.seconds):
                raise TimeoutError(await self._whereabouts()) from None
        await self._idle()

    async def _whereabouts(self) -> str:
        """Say what the kernel does, and which cell it hasn't finished."""
        status = await self.page.evaluate(f"() => {KERNEL}.status")
        waiting = next((cell for cell in await self.code_cells() if cell.count is None), None)
        where = "all cells have run" if waiting is None else f"cell {waiting.number} hasn't ended"
        return f"after {self.seconds:g} s the kernel is {status}, and {where}"

    async def code_cells(self) -> list[Cell]:
        """Return the code cells with their execution counts and errors."""
        cells = await self.page.evaluate(
            f"""() => {PANEL}.content.widgets.map((cell, number) => {{
                const json = cell.model.toJSON();
                const failed = (json.outputs ?? []).find(output => output.output_type === "error");
                const error = failed ? `${{failed.ename}}: ${{failed.evalue}}` : null;
                return {{type: json.cell_type, number, count: json.execution_count ?? null, error}};
            }})"""
        )
        return [Cell(c["number"], c["count"], c["error"]) for c in cells if c["type"] == "code"]

    async def outputs(self) -> list[list[dict[str, Any]]]:
        """Return the outputs of each code cell, as nbformat has them."""
        outputs: list[list[dict[str, Any]]] = await self.page.evaluate(
            f"""() => {PANEL}.content.widgets.map(cell => cell.model.toJSON())
                .filter(json => json.cell_type === "code").map(json => json.outputs)"""
        )
        return outputs

    async def kernel_states(self) -> list[str]:
        """Return the states that the kernel went through since the notebook was opened."""
        states: list[str] = await self.page.evaluate("() => window.kernelStates")
        return states

    async def value(self, expression: str) -> str:
        """
        Evaluate an expression in the notebook's kernel.

        Returns:
            Its repr.

        Raises:
            RuntimeError: If it raised.

        """
        reply: dict[str, Any] = await self.page.evaluate(
            f"""async expression => {{
                const content = {{
                    code: "", store_history: false, user_expressions: {{value: expression}},
                }};
                const reply = await {KERNEL}.requestExecute(content).done;
                return reply.content.user_expressions.value;
            }}""",
            expression,
        )
        if reply["status"] != "ok":
            raise RuntimeError(f"{expression}: {reply['ename']}: {reply['evalue']}")
        text: str = reply["data"]["text/plain"]
        return text

    async def execute(self, source: str) -> None:
        """
        Run source in the notebook's kernel, beside its cells.

        Raises:
            RuntimeError: If it raised.

        """
        reply: dict[str, Any] = await self.page.evaluate(
            f"""async code => {{
                const reply = await {KERNEL}.requestExecute({{code, store_history: false}}).done;
                return reply.content;
            }}""",
            source,
        )
        if reply["status"] != "ok":
            raise RuntimeError(f"{reply['ename']}: {reply['evalue']}")

    async def close(self) -> None:
        """Shut the kernel down and leave the page."""
        try:
            await self.page.evaluate(f"() => {PANEL}?.sessionContext?.shutdown()")
        finally:
            await self.page.close()
