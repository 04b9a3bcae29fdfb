"""Proxies: the toy and, where it is installed, a real nginx do the same to a WebSocket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.asyncio.client import connect

import hellosockets as hs
from hellosockets.proxy import NginxProxy, ReverseProxy, nginx_configuration

UPGRADE = hs.build_request("/echo", host="localhost", key="dGhlIHNhbXBsZSBub25jZQ==")

each_proxy = pytest.mark.parametrize(
    "proxy_class",
    [
        ReverseProxy,
        pytest.param(NginxProxy, marks=pytest.mark.needs("nginx")),
    ],
)


@pytest.fixture
async def server() -> AsyncIterator[hs.Server]:
    async with await hs.serve(0, announce=None, timeout=None) as server:
        yield server


@each_proxy
async def test_a_websocket_comes_through(server: hs.Server, proxy_class: Any) -> None:
    async with proxy_class(server.port) as proxy, connect(proxy.url(), compression=None) as client:
        for message in ("Hello", "x" * 100_000, b"\xff" * 70_000):
            await client.send(message)
            assert await client.recv() == message
        await (await client.ping())


@each_proxy
async def test_without_its_headers_the_upgrade_is_lost(server: hs.Server, proxy_class: Any) -> None:
    async with proxy_class(server.port, upgrade=False) as proxy:
        answer = await hs.ask(proxy.url(), UPGRADE)
        assert answer is not None
        assert answer.status == 426
    request = server.connections[-1].request
    assert request is not None
    assert request.get("Upgrade") is None
    assert request.get("Sec-WebSocket-Version") == "13"


@each_proxy
async def test_silence_ends_it_and_pings_keep_it(server: hs.Server, proxy_class: Any) -> None:
    async with proxy_class(server.port, idle_timeout=1.0) as proxy:
        async with asyncio.timeout(20):
            silent = await connect(proxy.url(), ping_interval=None)
            await silent.wait_closed()
            assert silent.close_code == 1006
            lively = await connect(proxy.url(), ping_interval=0.1)
            await asyncio.sleep(2)
            await lively.send("still here")
            assert await lively.recv() == "still here"
            await lively.close()


@each_proxy
async def test_backends_take_turns(server: hs.Server, proxy_class: Any) -> None:
    async with (
        await hs.serve(0, announce=None) as second,
        proxy_class(server.port, second.port) as proxy,
    ):
        for _ in range(4):
            await hs.ask(proxy.url(), UPGRADE)
    assert [len(each.connections) for each in (server, second)] == [2, 2]


@each_proxy
async def test_a_backend_that_is_down_is_a_bad_gateway(proxy_class: Any) -> None:
    async with proxy_class(9) as proxy:
        answer = await hs.ask(proxy.url(), UPGRADE)
        assert answer is not None
        assert answer.status == 502


async def test_nothing_is_left(server: hs.Server) -> None:
    before = asyncio.all_tasks()
    async with ReverseProxy(server.port) as proxy:
        client = await connect(proxy.url(), ping_interval=None)
    await client.wait_closed()
    await server.all_closed()
    await asyncio.sleep(0)
    assert {task for task in asyncio.all_tasks() - before if not task.done()} == set()


@pytest.mark.parametrize(
    ("backends", "options", "says"),
    [((), {}, "needs the port"), ((1,), {"idle_timeout": 0}, "seconds above 0")],
)
def test_what_cannot_be_is_refused(backends: Any, options: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        ReverseProxy(*backends, **options)


def test_the_configuration_has_the_lines_that_matter() -> None:
    text = nginx_configuration(8000, [4000, 4001], "/x", idle_timeout=75)
    for line in ("proxy_http_version 1.1;", "Upgrade $http_upgrade;", 'Connection "upgrade";'):
        assert line in text
    assert "proxy_read_timeout 75000ms;" in text
    assert "server 127.0.0.1:4001;" in text
    assert "$http_upgrade" not in nginx_configuration(8000, [4000], "/x", upgrade=False)
