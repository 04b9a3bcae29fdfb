"""Bench: controls, a picture that follows them, and a goal to reach.

A lesson says what to reach; the reader turns controls until the picture shows it. What is drawn
comes from a plain function, so that whoever wants can call it in a cell as well.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Self

import traitlets

from .. import picture
from .base import Widget, styles
from .module import source
from .strings import BENCH as STRINGS

__all__ = ["Bench", "Choice", "Control", "Entry", "Slider", "Toggle"]

LONGEST_ENTRY = 10_000  # characters
LONGEST_DRAWING = 10.0  # seconds


@dataclass(frozen=True, slots=True)
class Slider:
    """
    A number between two others: a slider, and a field to type it in.

    Args:
        label: What it sets, with its unit.
        low: Least value.
        high: Greatest value.
        value: The value at the start.
        step: From one value to the next.

    """

    label: str
    low: float
    high: float
    value: float
    step: float = 1

    def read(self, value: object) -> float:
        """Return a value as this control takes it. Raises ValueError, with the cure."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"{self.label} is a number, got {value!r}")
        if not self.low <= value <= self.high:
            raise ValueError(f"{self.label} goes from {self.low:,} to {self.high:,}, got {value:,}")
        return value

    def state(self) -> dict[str, Any]:
        """Return what the page needs to know."""
        ends = {"low": self.low, "high": self.high, "step": self.step}
        return {"kind": "slider", "label": self.label, **ends}


@dataclass(frozen=True, slots=True)
class Toggle:
    """
    Something that is on or off.

    Args:
        label: What is on.
        value: Whether it is at the start.

    """

    label: str
    value: bool = False

    def read(self, value: object) -> bool:
        """Return a value as this control takes it. Raises ValueError, with the cure."""
        if not isinstance(value, bool):
            raise ValueError(f"{self.label} is True or False, got {value!r}")
        return value

    def state(self) -> dict[str, Any]:
        """Return what the page needs to know."""
        return {"kind": "toggle", "label": self.label}


class Choice:
    """
    One of several values.

    Args:
        label: What is chosen.
        options: The values, each shown as its `str`; the first is chosen at the start.

    Raises:
        ValueError: If there are fewer than two.

    """

    def __init__(self, label: str, *options: Any) -> None:
        if len(options) < 2:
            raise ValueError(f"a choice has two options or more, got {len(options)}")
        self.label = label
        self.options: Sequence[Any] = options
        self.value = options[0]

    def read(self, value: object) -> Any:
        """Return a value as this control takes it. Raises ValueError, with the cure."""
        for option in self.options:
            if value == option or value == str(option):
                return option
        raise ValueError(
            f"{self.label} is one of {', '.join(map(str, self.options))}, got {value!r}"
        )

    def state(self) -> dict[str, Any]:
        """Return what the page needs to know."""
        return {"kind": "choice", "label": self.label, "options": [*map(str, self.options)]}


@dataclass(frozen=True, slots=True)
class Entry:
    """
    A line of text to write.

    Args:
        label: What it is.
        value: The text at the start.

    """

    label: str
    value: str

    def read(self, value: object) -> str:
        """Return a value as this control takes it. Raises ValueError, with the cure."""
        if not isinstance(value, str):
            raise ValueError(f"{self.label} is a text, got {value!r}")
        if len(value) > LONGEST_ENTRY:
            raise ValueError(
                f"{self.label} has at most {LONGEST_ENTRY:,} characters, got {len(value):,}"
            )
        return value

    def state(self) -> dict[str, Any]:
        """Return what the page needs to know."""
        return {"kind": "entry", "label": self.label, "longest": LONGEST_ENTRY}


Control = Slider | Toggle | Choice | Entry


class Bench(Widget):
    """
    Controls, the picture that a function draws of their values, and a goal.

    Where the function is ``async``, end the cell with ``await bench``, so that the first picture
    is there.

    Args:
        goal: What to reach, as an instruction.
        draw: Function of the controls' values, by name. What it returns is shown by its
            ``_repr_html_``, or as text.
        reached: Function of what ``draw`` returned: whether that is the goal.
        controls: Each control by the name of the value that it sets.

    Attributes:
        values: The controls' values, by name.
        result: What ``draw`` returned last; None until then, and where it failed.
        reached: Whether the result is the goal.

    Raises:
        ValueError: If there is no control, or a control's first value isn't one that it takes.

    """

    _esm = source("bench")
    _css = styles("bench")
    _strings = traitlets.Dict(STRINGS).tag(sync=True)
    _goal = traitlets.Unicode().tag(sync=True)
    _controls: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)

    def __init__(
        self,
        goal: str,
        draw: Callable[..., Any],
        reached: Callable[[Any], bool],
        /,
        **controls: Control,
    ) -> None:
        if not controls:
            raise ValueError("a bench needs a control, such as size=hs.Slider('Size', 0, 10, 1)")
        self.goal = goal
        self.controls = controls
        self.values = {name: each.read(each.value) for name, each in controls.items()}
        self.result: Any = None
        self.reached = False
        self._draw = draw
        self._is_goal = reached
        self._error = ""
        self._drawing: asyncio.Task[None] | None = None
        self._is_stale = False
        super().__init__(
            _goal=goal,
            _controls=[{"name": name, **each.state()} for name, each in controls.items()],
        )
        self._redraw()

    def set(self, **values: Any) -> Self:
        """
        Set controls as the reader does in the page.

        Args:
            values: Values by the controls' names.

        Returns:
            The bench; where ``draw`` is async, await it to have the new picture.

        Raises:
            ValueError: If there is no such control, or it doesn't take that value.

        """
        for name in values:
            if name not in self.controls:
                raise ValueError(f"the controls are {', '.join(self.controls)}, got {name!r}")
        read = {name: self.controls[name].read(value) for name, value in values.items()}
        self.values.update(read)
        self._redraw()
        return self

    def __await__(self) -> Generator[Any, None, Self]:
        return self._drawn().__await__()

    def __repr__(self) -> str:
        return f'Bench("{self.goal}", {STRINGS["reached" if self.reached else "open"]})'

    def _repr_html_(self) -> str:
        """Draw goal, values and picture for readers without a kernel."""
        values = ", ".join(
            f"{escape(each.label)}: <strong>{escape(self._shown(name))}</strong>"
            for name, each in self.controls.items()
        )
        sign = STRINGS["reached_sign" if self.reached else "open_sign"]
        state = STRINGS["reached" if self.reached else "open"]
        return picture.document(
            '<div class="hs-bench-static">'
            f'<p class="hs-title">{STRINGS["title"]} {picture.prose(self.goal)}</p>'
            f'<p class="hs-note">{values}</p><p class="hs-note">{sign} {state}</p>'
            f"{self._html()}</div>"
        )

    def _shown(self, name: str) -> str:
        value = self.values[name]
        if isinstance(value, bool):
            return STRINGS["on" if value else "off"]
        return f"{value:,}" if isinstance(value, int | float) else str(value)

    # Drawing.

    def _redraw(self) -> None:
        if not inspect.iscoroutinefunction(self._draw):
            self._draw_now()
            return
        self._is_stale = True
        if self._loop is not None and (self._drawing is None or self._drawing.done()):
            self._drawing = self._loop.create_task(self._draw_until_fresh())

    def _draw_now(self) -> None:
        try:
            self._take(self._draw(**self.values))
        except Exception as error:  # what the values make of it is part of the lesson
            self._fail(error)
        self._tell()

    async def _draw_until_fresh(self) -> None:
        while self._is_stale:
            self._is_stale = False
            try:
                async with asyncio.timeout(LONGEST_DRAWING):
                    self._take(await self._draw(**self.values))
            except TimeoutError:
                self._fail(TimeoutError(f"no picture after {LONGEST_DRAWING:g} s"))
            except Exception as error:
                self._fail(error)
        self._tell()

    async def _drawn(self) -> Self:
        if inspect.iscoroutinefunction(self._draw):
            if self._loop is None:  # made where no loop ran
                self._loop = asyncio.get_running_loop()
            if self.result is None and not self._error and self._drawing is None:
                self._redraw()
            if self._drawing is not None:
                await asyncio.wait([self._drawing])
        return self

    def _take(self, result: Any) -> None:
        self.result, self._error = result, ""
        self.reached = bool(self._is_goal(result))

    def _fail(self, error: Exception) -> None:
        self.result, self.reached = None, False
        self._error = f"{type(error).__name__}: {error}"

    def _html(self) -> str:
        if self._error:
            return f'<p class="hs-verdict">{escape(self._error)}</p>'
        if self.result is None:
            return f'<p class="hs-note">{STRINGS["undrawn"]}</p>'
        draw = getattr(self.result, "_repr_html_", None)
        if draw is not None:
            return str(draw())
        return f'<p class="hs-bench-text">{escape(str(self.result))}</p>'

    # The page.

    def _heard(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "hello":
                self._soon(self._tell)
            case "set":
                self._soon(self._change, message["name"], message["value"])

    def _change(self, name: str, value: object) -> None:
        try:
            self.set(**{name: value})
        except ValueError as error:
            self.send({"type": "bad", "text": f"{error}"})

    def _tell(self) -> None:
        values = {
            name: str(value) if isinstance(self.controls[name], Choice) else value
            for name, value in self.values.items()
        }
        self.send(
            {"type": "drawn", "values": values, "html": self._html(), "reached": self.reached}
        )
