"""Preflight: is everything here that the lessons need? One sentence with its cure where not.

It imports none of what it looks for.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

from . import picture

__all__ = ["Preflight", "preflight"]

OLDEST_PYTHON = (3, 11)


@dataclass(frozen=True, slots=True, repr=False)
class Preflight:
    """
    What was found. Printed, it says ``Ready.`` or how to get there.

    Attributes:
        problems: One sentence for each thing that is missing, with its cure.
        curl: True when the command ``curl`` is there; one lesson shows it, none needs it.

    """

    problems: tuple[str, ...] = ()
    curl: bool = field(default=False, compare=False)

    @property
    def ready(self) -> bool:
        """True when nothing is missing."""
        return not self.problems

    def __repr__(self) -> str:
        return " ".join(self.problems) if self.problems else "Ready."

    def _repr_html_(self) -> str:
        if self.ready:
            return picture.document('<p class="hs-outcome hs-solved"><strong>✓ Ready.</strong></p>')
        sentences = [picture.prose(problem) for problem in self.problems]
        sign = "<strong>✗ not ready:</strong>"
        return picture.document(
            *[f'<p class="hs-outcome hs-not-yet">{sign} {said}</p>' for said in sentences]
        )


def preflight(
    *,
    python: tuple[int, int] | None = None,
    requirements: Iterable[str] | None = None,
    versions: Mapping[str, str] | None = None,
    running_loop: bool | None = None,
) -> Preflight:
    """
    Look whether everything is here that the lessons need.

    What isn't passed is looked up on this machine.

    Args:
        python: Version of Python, e.g. ``(3, 11)``.
        requirements: What is needed, e.g. ``["websockets<18,>=17"]``.
        versions: The installed version of each distribution that is there.
        running_loop: True where an event loop runs, as in a notebook's kernel.

    """
    python = sys.version_info[:2] if python is None else python
    requirements = _requirements() if requirements is None else requirements
    running_loop = _has_running_loop() if running_loop is None else running_loop
    problems = []
    if python < OLDEST_PYTHON:
        here, needed = (".".join(map(str, version)) for version in (python, OLDEST_PYTHON))
        problems.append(
            f"Python {here} is too old: make an environment with Python {needed} or later, "
            "and run `make lab` in it."
        )
    for requirement in requirements:
        name = _name(requirement)
        version = _version(name) if versions is None else versions.get(name)
        problem = _problem(name, requirement, version)
        problems += [] if problem is None else [problem]
    if not running_loop:
        problems.append(
            "No event loop is running: open the lesson in JupyterLab with `make lab`, or call "
            "`asyncio.run(main())` in a script."
        )
    return Preflight(tuple(problems), curl=shutil.which("curl") is not None)


def _requirements() -> list[str]:
    """Return what this package needs: from its metadata or, in a bare checkout, pyproject.toml."""
    try:
        found = metadata.requires("hellosockets") or []
    except metadata.PackageNotFoundError:
        import tomllib  # not there before Python 3.11, which is ours to say

        project = Path(__file__).parents[1] / "pyproject.toml"
        if not project.is_file():
            return []
        found = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["dependencies"]
    return [requirement for requirement in found if "extra ==" not in requirement]


def _has_running_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _problem(name: str, requirement: str, version: str | None) -> str | None:
    cure = f'run `%pip install "{requirement}"` in a cell, then restart the kernel.'
    if version is None:
        return f"{name} is missing: {cure}"
    # Our ranges are spelled with >= and < alone; reading those takes no library.
    for sign, bound in re.findall(r"(>=|<)\s*([\d.]+)", requirement):
        is_below = _is_below(version, bound)
        if sign == ">=" and is_below:
            return f"{name} {version} is too old: {cure}"
        if sign == "<" and not is_below:
            return f"{name} {version} is too new: {cure}"
    return None


def _name(requirement: str) -> str:
    return re.split(r"[\s<>=!~;\[(]", requirement, maxsplit=1)[0]


def _is_below(version: str, bound: str) -> bool:
    """Compare the releases of two versions: dotted numbers, missing ones count as 0."""
    left, right = _release(version), _release(bound)
    size = max(len(left), len(right))
    return left + [0] * (size - len(left)) < right + [0] * (size - len(right))


def _release(version: str) -> list[int]:
    found = re.match(r"v?(\d+(?:\.\d+)*)", version)
    return [int(number) for number in found[1].split(".")] if found else []
