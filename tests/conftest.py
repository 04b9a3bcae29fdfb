"""What tests of several files share: a headless Chromium, phoenix.js, and what to do without."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import AsyncIterator
from typing import NoReturn

import node
import pytest
import pytest_asyncio
from lab import Browser, find_chromium

# Where nothing may be missing: there a test that can't run is a failure.
REQUIRED = os.environ.get("CI") == "true" or os.environ.get("HELLOSOCKETS_REQUIRE_ALL") == "1"
NO_CHROMIUM = (
    "no Chromium was found: install Chromium or Google Chrome, or name one in the "
    "environment variable CHROMIUM"
)


def cannot_run(why: str) -> NoReturn:
    """Skip a test, or fail it where none may be skipped."""
    if REQUIRED:
        pytest.fail(why, pytrace=False)
    pytest.skip(why)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """See that the programs are there that a test needs; only Linux has to have all of them."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"])
    for mark in item.iter_markers("needs"):
        for program in mark.args:
            if shutil.which(program, path=path) is None:
                why = f"{program} isn't installed"
                cannot_run(why) if sys.platform == "linux" else pytest.skip(why)


@pytest.fixture(scope="session")
def chromium() -> str:
    return find_chromium() or cannot_run(NO_CHROMIUM)


@pytest.fixture(scope="session")
def phoenix_js() -> None:
    problem = node.install()
    if problem is not None:
        cannot_run(problem)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with Browser(chromium) as browser:
        yield browser
