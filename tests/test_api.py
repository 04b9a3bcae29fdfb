"""The reference of the API: every public name, no broken link, and examples that run."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from urllib.parse import unquote

import pytest

import hellosockets as hs
from tools.floor_plan import PACKAGE


class Page(HTMLParser):
    """The targets and links of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.add(value)
            elif tag == "a" and name == "href" and value:
                self.links.add(unquote(value))


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Page]:
    folder = tmp_path_factory.mktemp("api")
    command = [sys.executable, "-m", "tools.make_api", str(folder)]
    made = subprocess.run(
        command, cwd=PACKAGE.parent, check=False, capture_output=True, text=True, timeout=300
    )
    assert made.returncode == 0, made.stderr
    assert "does not resolve" not in made.stderr
    return {path: Page(path) for path in folder.rglob("*.html")}


def test_every_public_name_has_its_place(pages: dict[Path, Page]) -> None:
    [page] = [page for path, page in pages.items() if path.name == "hellosockets.html"]
    modules = {path.stem for path in pages}
    missing = [name for name in hs.__all__ if name not in page.ids and name not in modules]
    assert missing == []


def test_no_link_is_broken(pages: dict[Path, Page]) -> None:
    for path, page in pages.items():
        for link in page.links:
            if re.match(r"https?://", link):
                continue
            name, _, anchor = link.partition("#")
            target = (path.parent / name).resolve() if name else path
            assert target in pages, f"{path.name} links to {link}"
            assert not anchor or anchor in pages[target].ids, f"{path.name} links to {link}"


def test_the_examples_in_docstrings_run() -> None:
    tried = failed = 0
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        if path.stem.startswith("__"):
            continue
        result = doctest.testmod(import_module(name))
        tried, failed = tried + result.attempted, failed + result.failed
    assert tried > 0
    assert failed == 0
