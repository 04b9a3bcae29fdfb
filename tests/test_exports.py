"""The public names: complete, unique, sorted, and there."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys

import pytest

import hellosockets

ROOMS = sorted(
    module.name
    for module in pkgutil.walk_packages(hellosockets.__path__, "hellosockets.")
    if not module.name.endswith("__main__")
)


def test_every_public_name_is_there() -> None:
    for name in hellosockets.__all__:
        assert getattr(hellosockets, name) is not None
    assert set(hellosockets.__all__) <= set(dir(hellosockets))


@pytest.mark.parametrize("room", ["hellosockets", *ROOMS])
def test_names_are_unique(room: str) -> None:
    names = importlib.import_module(room).__all__
    assert len(names) == len(set(names))


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_names_only_what_it_has(room: str) -> None:
    module = importlib.import_module(room)
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="hellosockets has no 'FrameLogg'"):
        _ = hellosockets.FrameLogg


def test_widgets_are_imported_when_first_asked_for() -> None:
    code = (
        "import sys, hellosockets as hs; before = 'ipywidgets' in sys.modules; "
        "hs.FrameLog; print(before, 'ipywidgets' in sys.modules, 'nest_asyncio' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "True", "False"]
