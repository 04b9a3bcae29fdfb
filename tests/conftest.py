"""What tests of several files share: a headless Chromium, where there is one."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from lab import Browser, find_chromium

REQUIRED = os.environ.get("CI") == "true" or os.environ.get("HELLOSOCKETS_REQUIRE_BROWSER") == "1"
NO_CHROMIUM = (
    "no Chromium was found: install Chromium or Google Chrome, or name one in the "
    "environment variable CHROMIUM"
)


@pytest.fixture(scope="session")
def chromium() -> str:
    path = find_chromium()
    if path is None and REQUIRED:
        pytest.fail(NO_CHROMIUM)
    if path is None:
        pytest.skip(NO_CHROMIUM)
    return path


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with Browser(chromium) as browser:
        yield browser
