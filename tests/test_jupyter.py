"""Jupyter's WebSocket: its messages against Jupyter's own reader, and its server through a wire."""

from __future__ import annotations

import json
from urllib.error import URLError

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)
from websockets.asyncio.client import connect

import hellosockets as hs
from hellosockets.jupyter import SUBPROTOCOL, JupyterMessage, JupyterServer, read_jupyter

MESSAGE = JupyterMessage(
    "iopub", {"msg_type": "status"}, {}, {}, {"execution_state": "busy"}, (b"\x00\xff", b"")
)


def test_what_is_encoded_is_read_again() -> None:
    assert read_jupyter(MESSAGE.encode()) == MESSAGE
    assert repr(MESSAGE) == "JupyterMessage(iopub status)"


def test_jupyters_own_reader_agrees() -> None:
    channel, parts = deserialize_msg_from_ws_v1(MESSAGE.encode())
    assert channel == "iopub"
    assert [json.loads(part) for part in parts[:4]] == [
        MESSAGE.header, MESSAGE.parent_header, MESSAGE.metadata, MESSAGE.content,
    ]  # fmt: skip
    assert [bytes(part) for part in parts[4:]] == [*MESSAGE.buffers]


def test_what_jupyter_writes_is_read() -> None:
    parts = [json.dumps(each).encode() for each in ({"msg_type": "x"}, {}, {}, {"a": 1})]
    read = read_jupyter(bytes(serialize_msg_to_ws_v1(parts, "shell")))
    assert isinstance(read, JupyterMessage)
    assert (read.channel, read.kind, read.content) == ("shell", "x", {"a": 1})


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "begins with 8 bytes"),
        (bytes(8), "at least 6 offsets; it says 0"),
        (b"\xff" * 80, "at least 6 offsets"),
        ((6).to_bytes(8, "little"), "ends within its 6 offsets"),
        ((6).to_bytes(8, "little") + bytes(48), "don't lie one after the other"),
        (MESSAGE.encode()[:-3], "don't lie one after the other"),
        (MESSAGE.encode().replace(b"{}", b"[]"), "no JSON object"),
        (MESSAGE.encode().replace(b"{}", b"{x"), "no JSON"),
    ],
)
def test_what_is_none_is_said(data: bytes, says: str) -> None:
    read = read_jupyter(data)
    assert isinstance(read, str)
    assert says in read


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_reported(data: bytes) -> None:
    assert read_jupyter(data) is not None


async def test_a_kernel_is_seen_through_a_wire() -> None:
    async with JupyterServer() as jupyter, await hs.tap(jupyter.kernel_url) as wire:
        async with connect(wire.url, subprotocols=[SUBPROTOCOL], max_size=None) as client:
            code = {"code": "6 * 7", "silent": False}
            await client.send(jupyter.request("execute_request", code))
            results = []
            while not results:
                answer = read_jupyter(await client.recv())  # type: ignore[arg-type]
                assert isinstance(answer, JupyterMessage)
                if answer.kind == "execute_result":
                    results.append(answer.content["data"]["text/plain"])
        assert results == ["42"]
        assert wire.connections[-1].verdicts == []
        home, process = jupyter._home, jupyter._process
    assert not home.exists()
    assert process is not None
    assert process.returncode is not None


async def test_a_server_that_announces_its_port_too_soon_is_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refused: list[URLError] = []

    def ask(self: JupyterServer, path: str) -> dict[str, object]:
        if len(refused) < 2:
            refused.append(URLError(ConnectionRefusedError(111, "Connection refused")))
            raise refused[-1]
        return post(self, path)

    post = JupyterServer._post_now
    monkeypatch.setattr(JupyterServer, "_post_now", ask)
    async with JupyterServer() as jupyter:
        assert jupyter.kernel_id
    assert len(refused) == 2


async def test_a_server_that_does_not_start_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(RuntimeError, match=r"didn't start \(RuntimeError it ended\)"):
        await JupyterServer().start()
