"""Callbacks: functions of somebody else's, called when something happens, and kept from harm."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Collection

__all__ = ["Callbacks", "call"]

# It has no handler of its own, so that what a learner's callback raises is printed.
logger = logging.getLogger("hellosockets.client")


def call(callback: Callable[..., object], *args: object) -> None:
    """Call a function; what it raises is logged, and harms nothing else."""
    try:
        callback(*args)
    except Exception:
        logger.exception("a callback failed")


class Callbacks:
    """
    The functions to call, by event.

    Args:
        instead: What a coroutine awaits instead, for the error's text.

    """

    def __init__(self, instead: str) -> None:
        self._instead = instead
        self._entries: list[tuple[int, str, Callable[..., object]]] = []
        self._added = 0

    def add(self, event: str, callback: Callable[..., object]) -> int:
        """
        Have a function called at an event.

        Returns:
            A number for `remove`.

        Raises:
            TypeError: If it is a coroutine function, whose coroutine nobody would await.

        """
        if inspect.iscoroutinefunction(callback):
            raise TypeError(
                "a callback must be a plain function, got a coroutine function: "
                f"in a coroutine, use `await {self._instead}`"
            )
        self._added += 1
        self._entries.append((self._added, event, callback))
        return self._added

    def remove(self, refs: Collection[int] | None = None, event: str | None = None) -> None:
        """
        Stop calling functions.

        Args:
            refs: Only those with these numbers; None for any.
            event: Only those of this event; None for any.

        """
        self._entries = [
            (ref, name, callback)
            for ref, name, callback in self._entries
            if (refs is not None and ref not in refs) or event not in (None, name)
        ]

    def run(self, event: str, *args: object) -> None:
        """Call the functions of an event, in the order in which they were added."""
        for _, name, callback in tuple(self._entries):
            if name == event:
                call(callback, *args)
