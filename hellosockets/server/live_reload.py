"""The reloader: tells a page that its files have changed, as Phoenix's code reloader does."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path

from ..channels import PubSub

__all__ = ["Reloader"]

TOPIC = "phoenix:live_reload"
EVENT = "assets_change"


class Reloader:
    """
    Looks at a folder's files from time to time, while there is a page to be told.

    Args:
        folder: Whose files to look at.
        pubsub: Where the pages are found.
        interval: Time between two looks, in seconds.

    """

    def __init__(self, folder: Path, pubsub: PubSub, *, interval: float = 0.3) -> None:
        self._folder = folder
        self._pubsub = pubsub
        self._interval = interval
        self._pages = 0
        self._task: asyncio.Task[None] | None = None

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Look at the files as long as anybody is in here."""
        self._pages += 1
        if self._task is None:
            self._task = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            self._pages -= 1
            if not self._pages:
                self._task.cancel()
                self._task = None

    async def _watch(self) -> None:
        before = self._stamps()
        while True:
            await asyncio.sleep(self._interval)
            now = self._stamps()
            changed = [path for path in {**before, **now} if before.get(path) != now.get(path)]
            for kind in sorted({path.suffix.removeprefix(".") for path in changed}):
                self._pubsub.broadcast(TOPIC, EVENT, {"asset_type": kind})
            before = now

    def _stamps(self) -> dict[Path, tuple[int, int]]:
        stamps = {}
        with contextlib.suppress(OSError):  # the folder itself is away
            for path in sorted(self._folder.iterdir()):
                with contextlib.suppress(OSError):  # an editor is replacing it
                    stat = path.stat()
                    stamps[path] = (stat.st_mtime_ns, stat.st_size)
        return stamps
