"""The reloader: which pages hear what, when files change, come and go."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hellosockets.application import LiveReloadChannel
from hellosockets.channels import Channels, PubSub, Router
from hellosockets.messages import PhoenixMessage
from hellosockets.server.live_reload import Reloader

TOPIC = "phoenix:live_reload"


def change(kind: str) -> str:
    return f'[null,null,"{TOPIC}","assets_change",{{"asset_type":"{kind}"}}]'


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.002)


class Page:
    def __init__(self, pubsub: PubSub) -> None:
        self.heard: list[str | bytes] = []
        self.channels = Channels(Router({TOPIC: LiveReloadChannel}), pubsub, self.heard.append)
        self.channels.receive(PhoenixMessage("1", "1", TOPIC, "phx_join"))
        self.heard.clear()

    async def hears(self, *messages: str) -> None:
        await until(lambda: len(self.heard) >= len(messages))
        assert self.heard == list(messages)
        self.heard.clear()


@pytest.fixture
def pubsub() -> PubSub:
    return PubSub()


async def looks(reloader: Reloader, count: int = 2) -> None:
    """Wait until it has looked so often."""
    stamps, seen = reloader._stamps, [0]

    def counted() -> Any:
        seen[0] += 1
        return stamps()

    reloader._stamps = counted  # type: ignore[method-assign]
    await until(lambda: seen[0] >= count)
    del reloader._stamps  # type: ignore[method-assign]


async def test_a_page_hears_what_changes_comes_and_goes(tmp_path: Path, pubsub: PubSub) -> None:
    page = Page(pubsub)
    (tmp_path / "page.css").write_text("a")
    reloader = Reloader(tmp_path, pubsub, interval=0.002)
    with reloader.watching():
        await looks(reloader)
        assert page.heard == []
        (tmp_path / "page.css").write_text("another")
        await page.hears(change("css"))
        (tmp_path / "new.js").write_text("")
        await page.hears(change("js"))
        (tmp_path / "new.js").unlink()
        await page.hears(change("js"))
        os.utime(tmp_path / "page.css", ns=(1, 1))  # as many bytes as before, at another time
        await page.hears(change("css"))
        (tmp_path / "noextension").write_text("")
        await page.hears(change(""))
        await looks(reloader)
        assert page.heard == []


async def test_a_kind_is_told_once_and_to_every_page(tmp_path: Path, pubsub: PubSub) -> None:
    pages = [Page(pubsub), Page(pubsub)]
    reloader = Reloader(tmp_path, pubsub, interval=3600)
    before = reloader._stamps()
    for name in ("b.js", "a.js", "x.css", "y.css"):
        (tmp_path / name).write_text("")
    assert len(reloader._stamps()) == len(before) + 4
    reloader._interval = 0.002
    with reloader.watching():
        await looks(reloader)
        temporary = tmp_path / "later"
        temporary.mkdir()
        await pages[0].hears(change(""))
        await pages[1].hears(change(""))
    pages[0].channels.close()
    pubsub.broadcast(TOPIC, "assets_change", {"asset_type": "js"})
    assert (pages[0].heard, pages[1].heard) == ([], [change("js")])


async def test_a_folder_may_vanish_and_come_back(tmp_path: Path, pubsub: PubSub) -> None:
    page = Page(pubsub)
    folder = tmp_path / "page"
    folder.mkdir()
    (folder / "index.html").write_text("a")
    reloader = Reloader(folder, pubsub, interval=0.002)
    with reloader.watching():
        await looks(reloader)
        folder.rename(tmp_path / "away")
        await page.hears(change("html"))
        (tmp_path / "away").rename(folder)
        await page.hears(change("html"))
        assert reloader._task is not None
        assert not reloader._task.done()


async def test_nobody_looks_where_nobody_is_told(tmp_path: Path, pubsub: PubSub) -> None:
    before = asyncio.all_tasks()
    reloader = Reloader(tmp_path, pubsub)
    assert asyncio.all_tasks() == before
    with reloader.watching():
        with reloader.watching():
            assert len(asyncio.all_tasks() - before) == 1
        assert len(asyncio.all_tasks() - before) == 1
    await until(lambda: asyncio.all_tasks() == before)
    with pytest.raises(ZeroDivisionError), reloader.watching():
        raise ZeroDivisionError
    await until(lambda: asyncio.all_tasks() == before)
    with reloader.watching():
        assert len(asyncio.all_tasks() - before) == 1
    await until(lambda: asyncio.all_tasks() == before)
