"""The synchronous door: in a script, in a kernel, and never at the price of the kernel."""

from __future__ import annotations

import asyncio
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from jupyter_client.manager import KernelManager

from hellosockets import loop as loop_room
from hellosockets.loop import run

DEADLINE = 60  # seconds


async def answer() -> int:
    await asyncio.sleep(0)
    return 42


# In a script.


def test_without_a_loop_it_is_asyncio_run() -> None:
    assert run(answer()) == 42


def test_it_takes_whatever_can_be_awaited() -> None:
    class Later:
        def __await__(self) -> Any:
            return answer().__await__()

    assert run(Later()) == 42


def test_what_the_coroutine_raises_comes_through() -> None:
    async def fail() -> None:
        raise ZeroDivisionError("in the coroutine")

    with pytest.raises(ZeroDivisionError, match="in the coroutine"):
        run(fail())


@pytest.mark.parametrize(
    ("thing", "text"),
    [
        (answer, r"got the function answer: call it, hs\.run\(answer\(\.\.\.\)\)$"),
        (42, r"got int: pass what an async function returns$"),
        (None, r"got NoneType: pass"),
        (print, r"got builtin_function_or_method: pass"),
    ],
)
def test_what_cannot_be_awaited(thing: Any, text: str) -> None:
    with pytest.raises(TypeError, match=f"^hs.run takes a coroutine.*{text}"):
        run(thing)


async def test_under_a_loop_that_is_no_kernels_it_says_to_await() -> None:
    refused = answer()
    with pytest.raises(RuntimeError, match=r"an event loop is already running.*`await \.\.\.`"):
        run(refused)
    assert refused.cr_frame is None  # closed: no warning that it was never awaited
    assert not hasattr(asyncio, "_nest_patched")


def test_another_thread_without_a_kernel_has_its_own_loop() -> None:
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(run(answer())))
    thread.start()
    thread.join(DEADLINE)
    assert found == [42]


SCRIPTS = {
    "plain": "import hellosockets as hs\nprint(hs.run(answer()))",
    "imported under a loop": (
        "async def main():\n"
        "    import hellosockets as hs\n"
        "    try:\n        hs.run(answer())\n"
        "    except RuntimeError:\n        print(await answer())\n"
        "asyncio.run(main())"
    ),
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_a_script_stays_unpatched(script: str) -> None:
    code = (
        "import asyncio, sys\nasync def answer():\n    return 42\n" + script + "\n"
        "print('nest_asyncio' in sys.modules, hasattr(asyncio, '_nest_patched'))\n"
        "print('IPython' in sys.modules, 'ipywidgets' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("42\nFalse False\nFalse False\n", "")


# What can't be patched.


def test_a_loop_that_is_not_asyncios_own_is_left_alone() -> None:
    class Loop:
        __module__ = "uvloop"
        __qualname__ = "Loop"

    kernel = loop_room._Kernel(Loop())  # type: ignore[arg-type]
    kernel.patch()
    assert kernel.obstacle is not None
    assert "runs on uvloop.Loop, which nest_asyncio can't patch: write `await" in kernel.obstacle


def test_a_python_that_nest_asyncio_does_not_know_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loop_room, "PATCHABLE_BEFORE", (3, 0))
    new = asyncio.new_event_loop()
    kernel = loop_room._Kernel(new)
    kernel.patch()
    new.close()
    assert kernel.obstacle is not None
    assert "write `await ...` instead" in kernel.obstacle
    assert not hasattr(asyncio, "_nest_patched")


# In a kernel.


@dataclass
class Cell:
    status: str = "no reply"
    text: str = ""
    error: str = ""
    names: list[str] = field(default_factory=list)


class Kernel:
    """A kernel that is sent all cells at once, as Run All does, and not one by one."""

    def __init__(self) -> None:
        self.manager = KernelManager()
        self.manager.start_kernel(
            extra_arguments=["--IPKernelApp.log_level=ERROR"], stderr=subprocess.DEVNULL
        )
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=DEADLINE)

    def send(self, *sources: str) -> list[str]:
        return [self.client.execute(source, stop_on_error=False) for source in sources]

    def wait(self, ids: list[str]) -> list[Cell]:
        cells = {each: Cell() for each in ids}
        idle: set[str] = set()
        deadline = time.monotonic() + DEADLINE
        while len(idle) < len(ids) and time.monotonic() < deadline:
            try:
                message = self.client.get_iopub_msg(timeout=1)
            except queue.Empty:
                continue
            parent, content = message["parent_header"].get("msg_id"), message["content"]
            if parent not in cells:
                continue
            cell = cells[parent]
            if message["msg_type"] == "stream":
                cell.text += content["text"]
            elif message["msg_type"] == "error":
                cell.error = f"{content['ename']}: {content['evalue']}"
            elif content.get("execution_state") == "idle":
                idle.add(parent)
                cell.status = "idle"
        return list(cells.values())

    def run_all(self, *sources: str) -> list[Cell]:
        return self.wait(self.send(*sources))

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture
def kernel() -> Iterator[Kernel]:
    kernel = Kernel()
    yield kernel
    kernel.close()


IMPORT = """
import asyncio, threading, hellosockets as hs
async def answer():
    await asyncio.sleep(0.01)
    return 42
"""
READY = "tasks = [asyncio.create_task(asyncio.sleep(0)) for _ in range(50)]\n"
REFUSED = "RuntimeError: the kernel's event loop was made ready in this very cell"

DOORS = {
    "hs.run": "hs.run(answer())",
    "a script's asyncio.run": "asyncio.run(answer())",
    "the loop itself": "asyncio.get_event_loop().run_until_complete(answer())",
    "nest_asyncio again": "import nest_asyncio; nest_asyncio.apply(); asyncio.run(answer())",
}


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_in_the_cell_of_the_import_the_door_is_shut_and_the_kernel_lives(
    kernel: Kernel, door: str
) -> None:
    shut, opened, again, last = kernel.run_all(
        IMPORT + READY + door,
        READY + f"print({door.split('; ')[-1]})",
        READY + "print(hs.run(answer()))",
        "print(len([task for task in tasks if task.done()]), await answer())",
    )
    assert shut.error.startswith(REFUSED)
    assert shut.text == ""  # not a word about a coroutine that was never awaited
    assert (opened.error, opened.text) == ("", "42\n")
    assert (again.error, again.text) == ("", "42\n")
    assert (last.error, last.text) == ("", "50 42\n")


def test_in_a_kernel(kernel: Kernel) -> None:
    imported, awaited = kernel.run_all(IMPORT, "print(await answer())")
    assert (imported.error, awaited.text) == ("", "42\n")

    # A client and the server it speaks with share the kernel's loop.
    server, spoke, closed = kernel.run_all(
        "server = hs.run(hs.serve(port=0, announce=None))",
        "from websockets.asyncio.client import connect\n"
        "async def speak():\n"
        "    async with connect(server.echo_url) as client:\n"
        "        await client.send('Hello')\n"
        "        return await client.recv()\n"
        "print(hs.run(speak()))",
        "hs.run(server.close()); print(server, server.leftovers())",
    )
    assert server.error == ""
    assert spoke.text == "Hello\n"
    assert closed.text == "Server(closed, 1 connection) []\n"

    # One run within another, and a task that runs meanwhile.
    (within,) = kernel.run_all(
        "def plain():\n    return hs.run(answer())\n"
        "async def outer():\n    other = asyncio.create_task(answer())\n"
        "    return plain() + await other\n"
        "print(hs.run(outer()), asyncio.current_task() is not None)"
    )
    assert (within.error, within.text) == ("", "84 True\n")

    # From another thread, the coroutine runs on the kernel's loop.
    (threaded,) = kernel.run_all(
        "here, found = asyncio.get_running_loop(), []\n"
        "async def where():\n    return asyncio.get_running_loop() is here\n"
        "def work():\n    found.append(hs.run(where()))\n"
        "def work_under_a_loop():\n"
        "    async def main():\n        found.append(hs.run(where()))\n"
        "    asyncio.Runner().run(main())\n"
        "await asyncio.gather(asyncio.to_thread(work), asyncio.to_thread(work_under_a_loop))\n"
        "print(found)"
    )
    assert (threaded.error, threaded.text) == ("", "[True, True]\n")


@pytest.mark.skipif(sys.platform == "win32", reason="interrupts differ there")
def test_an_interrupted_run_ends_its_coroutine(kernel: Kernel) -> None:
    kernel.run_all(IMPORT)
    ids = kernel.send(
        "ended = []\n"
        "async def long():\n"
        "    try:\n        print('begun', flush=True)\n        await asyncio.sleep(600)\n"
        "    finally:\n        ended.append(True)\n"
        "hs.run(long())"
    )
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        message = kernel.client.get_iopub_msg(timeout=DEADLINE)
        if message["msg_type"] == "stream":
            break
    kernel.manager.interrupt_kernel()
    (interrupted,) = kernel.wait(ids)
    (after,) = kernel.run_all("print(ended, hs.run(answer()))")
    assert interrupted.error.startswith("KeyboardInterrupt")
    assert (after.error, after.text) == ("", "[True] 42\n")


# Waiting


async def test_until_waits_for_what_happens() -> None:
    happened: list[int] = []
    asyncio.get_running_loop().call_later(0.01, happened.append, 1)
    await loop_room.until(lambda: happened)
    assert happened


async def test_until_gives_up_with_a_sentence() -> None:
    with pytest.raises(TimeoutError, match=r"it hasn't happened in 0\.01 s: has a cell above"):
        await loop_room.until(lambda: False, timeout=0.01)
