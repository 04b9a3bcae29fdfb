"""Every lesson in a real JupyterLab: what nbval and nbclient can't see, because it needs a page.

A kernel that dies of a nested event loop, rows that never appear, a click that selects nothing.
"""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
import pytest_asyncio
from lab import Browser, Lab, Notebook
from playwright.async_api import Locator, expect

from tools.store_notebooks import KERNELSPEC, NOTEBOOKS, find_notebooks, without_chance

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

DEADLINE = 60  # seconds, for what takes a moment


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lab(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lab]:
    """Start JupyterLab on a copy of the lessons, so that nothing here can change them."""
    folder = tmp_path_factory.mktemp("lab") / "notebooks"
    shutil.copytree(NOTEBOOKS, folder, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    async with Lab(folder) as lab:
        yield lab


@pytest.fixture(scope="module")
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder for pictures of what failed."""
    return tmp_path_factory.mktemp("screenshots")


async def assert_ran_well(notebook: Notebook) -> None:
    """Every cell ran once in one kernel, none failed, and the page has nothing to complain of."""
    cells = await notebook.code_cells()
    assert [cell.error for cell in cells if cell.error] == []
    assert [cell.count for cell in cells] == list(range(1, len(cells) + 1))
    assert set(await notebook.kernel_states()) <= {"busy", "idle"}
    assert notebook.complaints == []


def said(outputs: list[dict[str, Any]]) -> dict[str, str]:
    """Return the texts of a cell, by stream and result, without what no two runs share."""
    texts: dict[str, str] = {}
    for output in outputs:
        name = output.get("name", "result")
        text = output["text"] if "text" in output else output["data"]["text/plain"]
        texts[name] = texts.get(name, "") + "".join(text)
    # JupyterLab draws a carriage return before a line feed as nothing.
    return {name: without_chance(text.replace("\r\n", "\n")) for name, text in texts.items()}


async def assert_selected(row: Locator) -> None:
    """The page shows the row as selected, to eyes and to screen readers, at its next drawing."""
    await expect(row).to_have_attribute("aria-selected", "true", timeout=DEADLINE * 1000)


async def selected(notebook: Notebook, *, besides: str = "None") -> str:
    """Wait until the kernel knows of a selection other than ``besides``; return its repr."""
    async with asyncio.timeout(DEADLINE):
        while (found := await notebook.value(SELECTED)) == besides:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        return found


# What the reader selected in one of a notebook's logs, whatever its name is there.
SELECTED = (
    "next((thing.selected for thing in __import__('gc').get_objects()"
    " if type(thing).__name__ == 'FrameLog' and thing.selected is not None), None)"
)


@pytest.mark.parametrize("path", find_notebooks(), ids=lambda path: path.stem)
async def test_lesson(path: Path, lab: Lab, browser: Browser, screenshots: Path) -> None:
    async with browser.open(lab, path.name, failures=screenshots) as notebook:
        await use_theme(notebook, "Light")
        await notebook.run_all()
        await assert_ran_well(notebook)
        stored = nbformat.read(path, as_version=4).cells
        assert [said(each) for each in await notebook.outputs()] == [
            said(cell.outputs) for cell in stored if cell.cell_type == "code"
        ]
        if "FrameLog(" in path.read_text(encoding="utf-8"):  # noqa: ASYNC240
            await walk_through_a_log(notebook)
        await answer_predictions(notebook)
        await reach_goals(notebook, path)
        assert await faint_texts(notebook) == []
        await use_theme(notebook, "Dark")
        assert await faint_texts(notebook) == []
        await assert_ran_well(notebook)


async def walk_through_a_log(notebook: Notebook) -> None:
    rows = notebook.page.locator(".hs-log").last.locator(".hs-log-row")
    await rows.last.click()
    await assert_selected(rows.last)
    last = await selected(notebook)
    await notebook.page.keyboard.press("Home")
    await assert_selected(rows.first)
    assert await selected(notebook, besides=last)


async def answer_predictions(notebook: Notebook) -> None:
    """Choose an answer of each prediction by keyboard, and see that each option says why."""
    forms = await notebook.page.locator("form.hs-prediction").all()
    assert forms
    for form in forms:
        await form.get_by_role("radio").first.focus()
        await notebook.page.keyboard.press("Space")
        await form.get_by_role("button", name="Show what happens").press("Enter")
        for why in await form.locator(".hs-prediction-why").all():
            await expect(why).not_to_be_empty()


async def reach_goals(notebook: Notebook, path: Path) -> None:
    """Type into each bench what its cell's metadata say reaches the goal."""
    cells = nbformat.read(path, as_version=4).cells
    goals = [cell.metadata.get("hellosockets", {}).get("goal") for cell in cells]
    goals = [goal for goal in goals if goal]
    # The last cell has closed the server that some of them ask.
    starts = [cell.source for cell in cells if cell.source.startswith("server = await hs.serve(")]
    if starts:
        await notebook.execute(starts[0])
    benches = notebook.page.locator(".hs-bench")
    await expect(benches).to_have_count(len(goals))
    for number, goal in enumerate(goals):
        bench = benches.nth(number)
        status = bench.get_by_role("status")
        await expect(status).to_have_text("○ not reached yet")
        for label, value in goal.items():
            await set_control(bench, label, value)
        await expect(status).to_have_text("✓ reached", timeout=DEADLINE * 1000)
    if starts:
        await notebook.execute("await server.close()")


async def set_control(bench: Locator, label: str, value: object) -> None:
    if isinstance(value, bool):
        await bench.get_by_role("checkbox", name=label, exact=True).press("Space")
    elif isinstance(value, int | float):
        await bench.get_by_role("spinbutton", name=label, exact=True).fill(str(value))
    elif await bench.get_by_role("combobox", name=label, exact=True).count():
        await bench.get_by_role("combobox", name=label, exact=True).select_option(str(value))
    else:
        await bench.get_by_role("textbox", name=label, exact=True).fill(str(value))


async def use_theme(notebook: Notebook, name: str) -> None:
    await notebook.page.evaluate(
        "name => window.jupyterapp.commands.execute('apputils:change-theme', {theme: name})",
        f"JupyterLab {name}",
    )
    is_light = "true" if name == "Light" else "false"
    await expect(notebook.page.locator("body")).to_have_attribute(
        "data-jp-theme-light", is_light, timeout=DEADLINE * 1000
    )
    await notebook.page.wait_for_timeout(300)  # the sheets of the theme


async def faint_texts(notebook: Notebook) -> list[str]:
    """Return the texts of our pictures whose contrast with their ground is below WCAG's 4.5."""
    found: list[str] = await notebook.page.evaluate(FAINT)
    return found


FAINT = """() => {
  const context = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgb = (colour, under) => {
    context.fillStyle = under;
    context.fillRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    return context.getImageData(0, 0, 1, 1).data;
  };
  const light = (data) => [0.2126, 0.7152, 0.0722].reduce((sum, share, i) => {
    const value = data[i] / 255;
    return sum + share * (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  }, 0);
  const css = ([r, g, b]) => `rgb(${r}, ${g}, ${b})`;
  const ground = (element) => {
    const chain = [];
    for (let at = element; at; at = at.parentElement) {
      chain.unshift(getComputedStyle(at).backgroundColor);
    }
    return chain.reduce((under, colour) => css(rgb(colour, under)), "rgb(255, 255, 255)");
  };
  const faint = new Set();
  for (const element of document.querySelectorAll(".jp-OutputArea-output .hs *")) {
    const words = [...element.childNodes].filter((node) => node.nodeType === 3)
      .map((node) => node.textContent.trim()).join(" ").trim();
    if (!words || !element.checkVisibility({opacityProperty: true, visibilityProperty: true}) ||
        element.closest("svg, :disabled, [aria-disabled=true], style, option")) continue;
    const under = ground(element);
    const [a, b] = [light(rgb(getComputedStyle(element).color, under)), light(rgb(under, under))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faint.add(`${ratio.toFixed(2)} ${element.className}: ${words.slice(0, 40)}`);
  }
  return [...faint].slice(0, 10);
}"""


# Notebooks of our own


@pytest.fixture(scope="module")
def write(lab: Lab) -> Callable[[str, list[str]], str]:
    """Return a function that puts a notebook of code cells beside the lessons."""

    def write(name: str, sources: list[str]) -> str:
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNELSPEC})
        nbformat.write(notebook, lab.folder / name)
        return name

    return write


Write = Callable[[str, list[str]], str]

HELLO = [
    "import hellosockets as hs\nfrom websockets.asyncio.client import connect",
    "server = await hs.serve(port=0)\nlog = hs.FrameLog(server)\nlog",
    """async with connect(server.echo_url, compression=None) as client:
    await client.send("Hello")
    await client.recv()
await server.all_closed()""",
]


async def test_rows_appear_while_the_kernel_is_idle(
    write: Write, lab: Lab, browser: Browser, screenshots: Path
) -> None:
    async with browser.open(lab, write("rows.ipynb", HELLO), failures=screenshots) as notebook:
        await notebook.run_all()
        rows = notebook.page.locator(".hs-log-row")
        await rows.filter(has_text="101 Switching Protocols").wait_for(timeout=DEADLINE * 1000)
        hello = rows.filter(has_text="Hello")
        await hello.nth(1).wait_for(timeout=DEADLINE * 1000)
        assert await hello.count() == 2
        assert "client" in await hello.nth(0).inner_text()
        assert "server" in await hello.nth(1).inner_text()
        await assert_ran_well(notebook)


async def test_a_click_and_the_keyboard_select_a_row(
    write: Write, lab: Lab, browser: Browser, screenshots: Path
) -> None:
    async with browser.open(lab, write("select.ipynb", HELLO), failures=screenshots) as notebook:
        await notebook.run_all()
        hello = notebook.page.locator(".hs-log-row").filter(has_text="Hello")
        await hello.nth(1).wait_for(timeout=DEADLINE * 1000)

        await hello.nth(0).click()
        await assert_selected(hello.nth(0))
        first = await selected(notebook)
        assert first == await notebook.value("server.connections[0].frames[0]")

        await notebook.page.keyboard.press("ArrowDown")
        second = await selected(notebook, besides=first)
        assert second == await notebook.value("server.connections[0].frames[1]")
        await assert_selected(hello.nth(1))
        await assert_ran_well(notebook)


PREDICTION = """hs.Prediction(
    "How many bytes?",
    hs.Option("two bytes", "right for a server", right=True),
    hs.Option("six bytes", "right for a client"),
    hs.Option("ten bytes", "too many"),
)"""


async def test_each_prediction_has_answers_of_its_own(
    write: Write, lab: Lab, browser: Browser, screenshots: Path
) -> None:
    name = write("predict.ipynb", ["import hellosockets as hs", PREDICTION, PREDICTION])
    async with browser.open(lab, name, failures=screenshots) as notebook:
        await notebook.run_all()
        first, second = (notebook.page.locator("form.hs-prediction").nth(i) for i in (0, 1))
        show = second.get_by_role("button", name="Show what happens")
        await expect(show).to_be_disabled()

        await second.get_by_text("six bytes").click()
        await expect(second.get_by_role("radio", name="six bytes")).to_be_checked()
        await expect(first.get_by_role("radio", name="six bytes")).not_to_be_checked()

        await notebook.page.keyboard.press("ArrowUp")
        await expect(second.get_by_role("radio", name="two bytes")).to_be_checked()
        await notebook.page.keyboard.press("Enter")
        for why in ("right for a server", "right for a client", "too many"):
            await expect(second.get_by_text(why)).to_be_visible()
        await expect(first.get_by_text("too many")).to_have_count(0)
        await assert_ran_well(notebook)


# The trap: a run nested in the turn of the loop in which nest_asyncio was applied eats
# handles that the loop is about to run.
RUN_BESIDE_READY_TASKS = """import asyncio
ready = [asyncio.create_task(asyncio.sleep(0)) for _ in range(100)]
for _ in range(100):
    asyncio.get_running_loop().call_soon(lambda: None)
import hellosockets as hs
try:
    hs.run(asyncio.sleep(0.01))
except RuntimeError as refusal:
    print(refusal)"""


async def test_kernel_lives_when_run_is_called_in_the_cell_of_the_import(
    write: Write, lab: Lab, browser: Browser, screenshots: Path
) -> None:
    name = write("trap.ipynb", [RUN_BESIDE_READY_TASKS, "hs.run(asyncio.sleep(0.01, 'alive'))"])
    async with browser.open(lab, name, failures=screenshots) as notebook:
        await notebook.run_all()
        await assert_ran_well(notebook)
        outputs = notebook.page.locator(".jp-OutputArea-output")
        await expect(outputs).to_have_count(2)
        assert "write `await ...` here" in await outputs.nth(0).inner_text()
        assert await outputs.nth(1).inner_text() == "'alive'"
        assert not re.search(r"restarting kernel|empty deque", lab.log())
