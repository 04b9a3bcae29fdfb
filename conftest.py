"""Let `pytest --nbval` mean the same in every folder of the repository."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# A slow machine is no failure: no example has to be quick. New examples are sought at one's desk;
# continuous integration tries the same ones each time.
settings.register_profile("hellosockets", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("hellosockets")


def pytest_configure(config: pytest.Config) -> None:
    """Find the sanitizer, which pyproject.toml names from the root, from every other folder."""
    name = config.getoption("nbval_sanitize_with", default=None)
    if name:
        config.option.nbval_sanitize_with = str(config.rootpath / name)
