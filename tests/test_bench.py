"""Bench: controls, a picture of their values, and a goal."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import hellosockets as hs
from hellosockets.widgets import Bench, Choice, Entry, Slider, Toggle
from hellosockets.widgets import bench as room


def header_size(size: float, masked: bool = True) -> hs.Frame:
    return hs.Frame(hs.build_frame(bytes(int(size)), masking_key=bytes(4) if masked else None))


def bench(**controls: Any) -> Bench:
    return Bench(
        "Make the header 14 bytes long.",
        header_size,
        lambda frame: frame.header_size == 14,
        **(controls or {"size": Slider("Payload, in bytes", 0, 70_000, 126)}),
    )


def sent_by(widget: Bench) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []
    widget.send = lambda content, buffers=None: sent.append(content)
    return sent


def test_it_draws_at_once() -> None:
    made = bench()
    assert made.values == {"size": 126}
    assert made.result.header_size == 8
    assert not made.reached
    assert repr(made) == 'Bench("Make the header 14 bytes long.", not reached yet)'


def test_setting_a_value_draws_again() -> None:
    made = bench()
    assert made.set(size=65_536) is made
    assert made.result.header_size == 14
    assert made.reached
    assert repr(made) == 'Bench("Make the header 14 bytes long.", reached)'
    assert made.set(size=5).reached is False


def test_the_static_form_tells_goal_values_and_picture() -> None:
    html = bench()._repr_html_()
    assert "Goal: Make the header 14 bytes long." in html
    assert "Payload, in bytes: <strong>126</strong>" in html
    assert "○ not reached yet" in html
    assert "hs-frame" in html


@pytest.mark.parametrize(
    ("control", "value", "says"),
    [
        (Slider("Size", 0, 10, 1), 11, "Size goes from 0 to 10, got 11"),
        (Slider("Size", 0, 10, 1), float("nan"), "Size goes from 0 to 10, got nan"),
        (Slider("Size", 0, 10, 1), "5", "Size is a number, got '5'"),
        (Slider("Size", 0, 10, 1), True, "Size is a number, got True"),
        (Toggle("On"), 1, "On is True or False, got 1"),
        (Choice("Bits", 9, 15), 10, "Bits is one of 9, 15, got 10"),
        (Entry("Text", ""), b"", "Text is a text, got b''"),
        (Entry("Text", ""), "x" * 10_001, "Text has at most 10,000 characters, got 10,001"),
    ],
)
def test_a_value_that_cannot_be_is_refused_and_nothing_changes(
    control: room.Control, value: object, says: str
) -> None:
    made = Bench("Go.", lambda it: it, lambda it: False, it=control)
    before = made.result
    with pytest.raises(ValueError, match=f"^{says.replace('(', '.')}$"):
        made.set(it=value)
    assert made.values == {"it": control.value}
    assert made.result == before


def test_an_unknown_control_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^the controls are size, got 'length'$"):
        bench().set(length=5)


def test_a_bench_without_controls_or_with_a_choice_of_one_is_refused() -> None:
    with pytest.raises(ValueError, match="a bench needs a control"):
        Bench("Go.", lambda: 1, bool)
    with pytest.raises(ValueError, match="two options or more, got 1"):
        Choice("Bits", 9)


def test_a_choice_takes_what_the_page_calls_it() -> None:
    made = Bench("Go.", lambda bits: bits, lambda bits: bits == 15, bits=Choice("Bits", 9, 15))
    assert made.set(bits="15").result == 15
    assert made.reached


def test_what_draw_raises_is_said_and_the_next_value_draws_again() -> None:
    made = Bench("Go.", lambda n: 10 / n, bool, n=Slider("n", 0, 9, 1))
    sent = sent_by(made)
    made.set(n=0)
    assert made.result is None
    assert not made.reached
    assert "ZeroDivisionError: division by zero" in sent[-1]["html"]
    assert made.set(n=5).result == 2


def test_a_picture_that_is_text_is_escaped() -> None:
    made = Bench("Go.", lambda text: text, bool, text=Entry("Text", "<img src=x onerror=alert(1)>"))
    html = made._repr_html_()
    assert "<img" not in html
    assert "&lt;img src=x" in html


def test_the_page_sets_values_and_hears_what_became_of_it() -> None:
    made = bench()
    sent = sent_by(made)
    made._handle_custom_msg({"type": "set", "name": "size", "value": 65_536}, [])
    assert sent[-1]["reached"] is True
    made._handle_custom_msg({"type": "set", "name": "size", "value": -1}, [])
    assert sent[-1] == {
        "type": "bad",
        "text": "Payload, in bytes goes from 0 to 70,000, got -1",
    }
    made._handle_custom_msg({"type": "hello"}, [])
    assert sent[-1]["values"] == {"size": 65_536}


# Pictures that have to be waited for


async def test_an_async_picture_is_there_after_await() -> None:
    async def draw(n: float) -> float:
        await asyncio.sleep(0)
        return n * 2

    made = Bench("Go.", draw, lambda n: n == 8, n=Slider("n", 0, 9, 1))
    assert made.result is None
    assert "No picture has been drawn yet." in made._repr_html_()
    assert (await made).result == 2
    assert (await made.set(n=4)).reached


async def test_of_many_values_the_newest_is_drawn() -> None:
    drawn: list[float] = []

    async def draw(n: float) -> float:
        await asyncio.sleep(0)
        drawn.append(n)
        return n

    made = await Bench("Go.", draw, bool, n=Slider("n", 0, 9, 0))
    for n in range(1, 10):
        made.set(n=n)
    assert (await made).result == 9
    assert drawn[-1] == 9
    assert len(drawn) <= 3


async def test_an_async_picture_that_fails_or_never_comes_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(room, "LONGEST_DRAWING", 0.05)

    async def draw(wait: bool) -> None:
        if wait:
            await asyncio.Event().wait()
        raise ConnectionError("nobody answers")

    made = await Bench("Go.", draw, bool, wait=Toggle("Wait"))
    assert "ConnectionError: nobody answers" in made._repr_html_()
    await made.set(wait=True)
    assert "TimeoutError: no picture after 0.05 s" in made._repr_html_()


def test_an_async_bench_made_without_a_loop_draws_when_it_is_awaited() -> None:
    async def draw(n: float) -> float:
        return n

    made = Bench("Go.", draw, bool, n=Slider("n", 0, 9, 3))

    async def main() -> None:
        assert (await made).result == 3

    asyncio.run(main())
