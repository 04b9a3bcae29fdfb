"""The synchronous door: run a coroutine to its end from a plain function, in a script or a cell.

In a kernel the event loop is already running when a cell runs, and asyncio doesn't run a loop
within itself. `nest_asyncio` lets it, and leaves two ways to lose the kernel, both closed here:

- A turn of the loop that began before the patch doesn't survive a run nested in it. So the door
  stays shut until the loop has turned.
- A kernel may run all cells in one context, as ipykernel 7 does, and it can't be entered twice. A
  nested run that came to the next cell's turn would drop it, and the kernel would never speak
  again. So what belongs to a context in use is set aside until the nested run has ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import inspect
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

__all__ = ["prepare", "run", "until"]

T = TypeVar("T")

# Since Python 3.14 asyncio keeps the current task where nest_asyncio can't reach it.
PATCHABLE_BEFORE = (3, 14)

# What runs a loop; asyncio.run, too, comes to the first one.
DOORS = ("run_until_complete", "run_forever")

NOT_TURNED = (
    "the kernel's event loop was made ready in this very cell and hasn't turned since: "
    "write `await ...` here, or run this cell again; in the next cell hs.run works"
)
NOT_A_KERNEL = (
    "an event loop is already running here, and hs.run is for plain functions: "
    "write `await ...` instead"
)


def prepare() -> None:
    """
    Make a kernel's running loop ready for `run`.

    Called when the package is imported. It patches asyncio where a cell of a notebook imports the
    package, and leaves everything as it is in a plain script, a test or another thread.

    """
    global _kernel
    loop = _running_loop()
    if loop is None or not _is_kernel() or (_kernel is not None and _kernel.loop is loop):
        return
    _kernel = _Kernel(loop)
    _kernel.patch()


def run(coroutine: Awaitable[T]) -> T:
    """
    Run a coroutine to its end and return what it returns.

    In a script this is :func:`asyncio.run`. In a cell the kernel's loop goes on meanwhile, with
    all its tasks. From another thread, such as that of a widget's handler, the coroutine runs on
    the kernel's loop and this thread waits, so a cell must not wait for that thread.

    Args:
        coroutine: What calling an ``async def`` function returns, or anything else to await.

    Raises:
        TypeError: If it can't be awaited.
        RuntimeError: If the loop can't be entered here; the message says what to write instead.

    """
    if not inspect.isawaitable(coroutine):
        raise TypeError(_cure(coroutine))
    here = _running_loop()
    if here is not None:
        prepare()
    if _kernel is not None and _kernel.loop.is_running() and _kernel.loop is not here:
        return asyncio.run_coroutine_threadsafe(_awaited(coroutine), _kernel.loop).result()
    if here is None:
        return asyncio.run(_awaited(coroutine))
    obstacle = NOT_A_KERNEL if _kernel is None or _kernel.loop is not here else _kernel.obstacle
    if obstacle is not None:
        if inspect.iscoroutine(coroutine):
            coroutine.close()  # or Python would warn that it was never awaited
        raise RuntimeError(obstacle)
    task = asyncio.ensure_future(_awaited(coroutine), loop=here)
    try:
        return here.run_until_complete(task)
    finally:
        if not task.done():  # the cell was interrupted
            task.cancel()
            here.run_until_complete(asyncio.wait([task]))


async def until(
    happened: Callable[[], object],
    *,
    timeout: float = 100.0,  # noqa: ASYNC109
    every: float = 0.001,
) -> None:
    """
    Wait until something has happened.

    Args:
        happened: Function without argument; what it returns is true when it has.
        timeout: Most time to wait, in seconds.
        every: Time from one look to the next, in seconds.

    Raises:
        TimeoutError: If it hasn't happened by then.

    """
    try:
        async with asyncio.timeout(timeout):
            while not happened():  # noqa: ASYNC110
                await asyncio.sleep(every)
    except TimeoutError:
        raise TimeoutError(
            f"it hasn't happened in {timeout:g} s: has a cell above been left out?"
        ) from None


class _Kernel:
    """
    The kernel's loop, and the guard at its doors.

    Attributes:
        loop: The loop that runs the kernel's cells.
        obstacle: Why nothing can be run within it at the moment, in one sentence; None if it can.

    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop: Any = loop  # also for what only asyncio's own loops have, and nest_asyncio uses
        self.obstacle: str | None = None

    def patch(self) -> None:
        """Let the loop run within itself, from its next turn on."""
        if not isinstance(self.loop, asyncio.BaseEventLoop):
            kind = f"{type(self.loop).__module__}.{type(self.loop).__qualname__}"
            self.obstacle = (
                f"hs.run needs asyncio's own event loop, and this kernel runs on {kind}, "
                "which nest_asyncio can't patch: write `await ...` instead"
            )
            return
        if sys.version_info >= PATCHABLE_BEFORE:
            self.obstacle = (
                "hs.run can't enter a running loop on Python 3.14 or later, which nest_asyncio "
                "can't patch: write `await ...` instead"
            )
            return
        import nest_asyncio  # only where it is needed: a plain script does without

        nest_asyncio.apply(self.loop)
        self.obstacle = NOT_TURNED
        # On the loop itself, as a script pasted into a cell comes by asyncio.run, not by hs.run.
        for door in DOORS:
            setattr(self.loop, door, functools.partial(self._enter, door))
        self.loop.call_soon(self._turned)

    def _turned(self) -> None:
        self.obstacle = None

    def _enter(self, door: str, *args: Any) -> Any:
        if self.obstacle is not None:
            raise RuntimeError(self.obstacle)
        with self._setting_aside():
            return getattr(type(self.loop), door)(self.loop, *args)

    @contextlib.contextmanager
    def _setting_aside(self) -> Iterator[None]:
        """Keep the turns of a nested run from handles whose context is in use below it."""
        aside: list[Any] = []
        outer = vars(self.loop).get("_run_once")

        def run_once() -> None:
            ready = self.loop._ready
            for _ in range(len(ready)):  # one by one: other threads append meanwhile
                handle = ready.popleft()
                (aside if _is_entered(handle) else ready).append(handle)
            type(self.loop)._run_once(self.loop)

        self.loop._run_once = run_once
        try:
            yield
        finally:
            if outer is None:
                del self.loop._run_once
            else:
                self.loop._run_once = outer
            self.loop._ready.extendleft(reversed(aside))


_kernel: _Kernel | None = None


def _is_entered(handle: Any) -> bool:
    """Tell whether running this handle would fail because its context is in use."""
    try:
        handle._context.run(int)  # a context doesn't say; entering it with nothing to do does
    except RuntimeError:
        return True
    return False


async def _awaited(awaitable: Awaitable[T]) -> T:
    return await awaitable


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _is_kernel() -> bool:
    """Tell whether this is the main thread of an IPython, where cells run; imports nothing."""
    ipython = sys.modules.get("IPython")
    return (
        ipython is not None
        and ipython.get_ipython() is not None
        and threading.current_thread() is threading.main_thread()
    )


def _cure(thing: object) -> str:
    if inspect.iscoroutinefunction(thing):
        name = getattr(thing, "__name__", "function")
        return f"hs.run takes a coroutine, got the function {name}: call it, hs.run({name}(...))"
    kind = type(thing).__name__
    return (
        f"hs.run takes a coroutine, such as main() where `async def main()` stands, got {kind}: "
        "pass what an async function returns"
    )
