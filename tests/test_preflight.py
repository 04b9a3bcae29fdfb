"""Preflight: ready, or one sentence with its cure for each thing that is missing."""

from __future__ import annotations

import shutil
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from hellosockets.preflight import _name, _problem, _requirements, preflight

ROOT = Path(__file__).parents[1]
NEEDED = ["anywidget<0.12,>=0.9.18", "websockets<18,>=17"]
GOOD = {"anywidget": "0.11.0", "websockets": "17.4"}


def test_all_is_there() -> None:
    found = preflight(python=(3, 11), requirements=NEEDED, versions=GOOD, running_loop=True)
    assert found.ready
    assert repr(found) == "Ready."
    assert "✓ Ready." in found._repr_html_()


async def test_this_environment_is_ready() -> None:
    assert repr(preflight()) == "Ready."


def test_outside_a_notebook_a_sentence_says_so() -> None:
    found = preflight(requirements=[])
    assert not found.ready
    assert repr(found) == (
        "No event loop is running: open the lesson in JupyterLab with `make lab`, or call "
        "`asyncio.run(main())` in a script."
    )


@pytest.mark.parametrize(
    ("versions", "says"),
    [
        (
            {"anywidget": "0.11.0"},
            'websockets is missing: run `%pip install "websockets<18,>=17"` in a cell, '
            "then restart the kernel.",
        ),
        (
            GOOD | {"websockets": "16.1.2"},
            'websockets 16.1.2 is too old: run `%pip install "websockets<18,>=17"` in a cell, '
            "then restart the kernel.",
        ),
        (
            GOOD | {"websockets": "18.0"},
            'websockets 18.0 is too new: run `%pip install "websockets<18,>=17"` in a cell, '
            "then restart the kernel.",
        ),
        (
            GOOD | {"anywidget": "0.9.9"},
            'anywidget 0.9.9 is too old: run `%pip install "anywidget<0.12,>=0.9.18"` in a cell, '
            "then restart the kernel.",
        ),
    ],
)
def test_each_problem_has_its_cure(versions: dict[str, str], says: str) -> None:
    found = preflight(requirements=NEEDED, versions=versions, running_loop=True)
    assert found.problems == (says,)
    assert repr(found) == says
    assert "<code>%pip install &quot;" in found._repr_html_()
    assert "✗ not ready" in found._repr_html_()


def test_an_old_python_is_named() -> None:
    found = preflight(python=(3, 9), requirements=[], running_loop=True)
    assert repr(found) == (
        "Python 3.9 is too old: make an environment with Python 3.11 or later, "
        "and run `make lab` in it."
    )


def test_every_problem_is_named_at_once() -> None:
    found = preflight(python=(3, 10), requirements=NEEDED, versions={}, running_loop=False)
    assert [problem.split()[0] for problem in found.problems] == [
        "Python",
        "anywidget",
        "websockets",
        "No",
    ]


def test_curl_is_a_remark_that_changes_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = []
    for path in ("/somewhere/curl", None):
        monkeypatch.setattr(shutil, "which", lambda name, path=path: path)
        found = preflight(requirements=[], running_loop=True)
        assert found.curl is (path is not None)
        shown.append((repr(found), found._repr_html_(), found))
    assert shown[0] == shown[1]


def test_the_requirements_are_the_project_s() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    expected = {(r.name, r.specifier) for r in map(Requirement, project["dependencies"])}
    assert {(r.name, r.specifier) for r in map(Requirement, _requirements())} == expected


def test_a_bare_checkout_reads_pyproject(monkeypatch: pytest.MonkeyPatch) -> None:
    def requires(name: str) -> list[str]:
        raise metadata.PackageNotFoundError(name)

    installed = {_name(requirement) for requirement in _requirements()}
    monkeypatch.setattr(metadata, "requires", requires)
    assert {_name(requirement) for requirement in _requirements()} == installed


def test_extras_are_not_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    found = ["websockets<18,>=17", 'mypy>=1.13; extra == "test"']
    monkeypatch.setattr(metadata, "requires", lambda name: found)
    assert _requirements() == ["websockets<18,>=17"]


def test_a_distribution_that_is_not_installed_is_missing() -> None:
    found = preflight(requirements=["hellosockets-of-nowhere>=1"], running_loop=True)
    assert repr(found).startswith("hellosockets-of-nowhere is missing: ")


@pytest.mark.parametrize(
    "version",
    ["0.9", "0.9.17", "0.9.18", "0.9.18.1", "0.10", "0.11.9", "0.12", "0.12.0", "1", "17.0.post1"],
)
def test_ranges_are_read_as_packaging_reads_them(version: str) -> None:
    for requirement in ("x<0.12,>=0.9.18", "x >= 0.10", "x<1.0", "x"):
        is_right = Requirement(requirement).specifier.contains(version)
        assert (_problem("x", requirement, version) is None) is is_right


@pytest.mark.parametrize(
    "requirement",
    ["nest-asyncio<2,>=1.6", "nest-asyncio (>=1.6)", "nest-asyncio", "nest-asyncio;x"],
)
def test_a_requirement_s_name(requirement: str) -> None:
    assert _name(requirement) == "nest-asyncio"


def test_a_version_that_cannot_be_read_is_too_old() -> None:
    assert "too old" in str(_problem("x", "x>=1", "unknown"))
