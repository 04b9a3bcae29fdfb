"""Crowds: what idle connections cost a server in a process of its own."""

import os
import subprocess

import pytest

from hellosockets import crowd
from hellosockets.crowd import Memory, measure_memory, resident_memory


async def test_a_large_window_costs_more_than_none():
    found = await measure_memory(30, {"none": None, "large": (15, 8)})
    assert found["large"] > 2 * found["none"]
    assert found.connections == 30


async def test_no_server_is_left_behind(monkeypatch):
    started = []
    real = crowd.asyncio.create_subprocess_exec

    async def note(*command, **options):
        started.append(await real(*command, **options))
        return started[-1]

    monkeypatch.setattr(crowd.asyncio, "create_subprocess_exec", note)
    await measure_memory(2, {"none": None})
    assert [each.returncode is not None for each in started] == [True]


async def test_not_even_when_it_fails(monkeypatch):
    started = []
    real = crowd.asyncio.create_subprocess_exec

    async def note(*command, **options):
        started.append(await real(*command, **options))
        return started[-1]

    async def refuse(*arguments):
        raise ConnectionError("nobody there")

    monkeypatch.setattr(crowd.asyncio, "create_subprocess_exec", note)
    monkeypatch.setattr(crowd, "_open", refuse)
    with pytest.raises(ConnectionError):
        await measure_memory(2, {"none": None})
    assert started[0].returncode is not None


@pytest.mark.parametrize("count", [0, 10_001])
async def test_a_crowd_has_a_size(count):
    with pytest.raises(ValueError, match=r"connections are from 1 to 10,000, got"):
        await measure_memory(count)


@pytest.mark.needs("ps")
def test_the_memory_of_a_process_agrees_with_ps():
    ps = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(os.getpid())], capture_output=True, check=True, text=True
    )
    ours = resident_memory(os.getpid())
    assert 0.5 < ours / (int(ps.stdout) * 1024) < 2


def test_a_process_that_is_not_there_is_said():
    with pytest.raises(RuntimeError, match="doesn't say how much memory"):
        resident_memory(2**22 + 1)


def test_the_picture_has_words():
    found = Memory(100, {"no compression": 12_000, "<large>": 120_000})
    assert repr(found) == (
        "Memory(for each of 100 connections: no compression 12 KiB, <large> 117 KiB)"
    )
    html = found._repr_html_()
    assert "aria-label" in html
    assert "<large>" not in html
