"""Widgets' common ground: three forms from one source, and a page that always gets an answer."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable
from typing import Any

import anywidget
import traitlets

from .. import picture
from .module import sheet

__all__ = ["Watching", "Widget", "styles"]


def styles(*names: str) -> str:
    """Return the style sheet that all pictures share, and those of this folder by their names."""
    return "\n".join([picture.css(), *map(sheet, names)])


class Widget(anywidget.AnyWidget):
    """
    A widget with a live form, an HTML form for pages without a kernel, and one line of text.

    A subclass names its ``_esm``, its ``_css`` and its ``_strings``, defines ``__repr__`` and
    ``_repr_html_`` (the same at every run: no clock, no chance, no address), and answers the page
    in `_heard`. What changes travels as messages; traits are what is fixed from the start.
    """

    _strings = traitlets.Dict().tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        try:
            self._loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None
        self._problem = ""  # the last one that was shown
        super().__init__(**traits)
        self.on_msg(self._receive)

    @abstractmethod
    def __repr__(self) -> str: ...

    @abstractmethod
    def _repr_html_(self) -> str: ...

    def _heard(self, message: dict[str, Any]) -> None:
        """
        Answer what the page said. It may be called in any thread; see `_soon`.

        Args:
            message: It has a ``"type"``.

        """

    def _soon(self, function: Callable[..., object], *args: Any) -> None:
        """Call a function in the loop's thread, where servers and sockets live."""
        if self._loop is None or self._loop.is_closed():
            self._try(function, *args)
        else:
            self._loop.call_soon_threadsafe(self._try, function, *args)

    def _try(self, function: Callable[..., object], *args: Any) -> None:
        try:
            function(*args)
        except Exception as error:  # invisible otherwise: no cell shows it
            self._show_problem(error)

    def _show_problem(self, error: Exception) -> None:
        self._problem = f"{type(error).__name__}: {error}"
        self.send({"type": "problem", "text": self._problem})

    def _receive(self, _: object, message: dict[str, Any], buffers: object) -> None:
        self._try(self._heard, message)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        return {**data, "text/plain": repr(self), "text/html": self._repr_html_()}, metadata


class Watching(Widget):
    """
    A widget that watches something, and tells its page at most so often.

    A subclass calls `_watch` when it's made, and defines `_tell`, which sends the newest state.
    """

    INTERVAL = 0.25  # seconds between two messages

    _watched: list[Callable[[], None]] | None = None  # somebody's listeners, while they're watched
    _is_due = False

    @abstractmethod
    def _tell(self) -> None: ...

    def detach(self) -> None:
        """Stop watching; what is shown stays."""
        if self._watched is not None and self._changed in self._watched:
            self._watched.remove(self._changed)
        self._watched = None

    def close(self) -> None:
        """Stop watching, and take the widget out of the page."""
        self.detach()
        super().close()

    def _watch(self, listeners: list[Callable[[], None]]) -> None:
        self._watched = listeners
        listeners.append(self._changed)

    def _changed(self) -> None:
        if self._is_due:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._flush()
            return
        self._is_due = True
        loop.call_later(self.INTERVAL, self._flush)

    def _flush(self) -> None:
        self._is_due = False
        self._try(self._tell)
