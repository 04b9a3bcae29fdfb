"""Turn the lessons into presentations: ``make slides``.

Each section of a lesson begins a slide, and each text with the cell that shows it is a step down.
The pages stand in build/slides, with reveal.js beside them, which npm fetches: a room without a
network can show them.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
from traitlets.config import Config

from .store_notebooks import ROOT, find_notebooks

__all__ = ["fetch_reveal", "main", "slides_of", "with_steps"]

FOLDER = ROOT / "build" / "slides"
PACKAGES = ("reveal.js@4", "requirejs@2", "jquery@3")
# What a lesson doesn't need, and what would be asked of a network: diagrams and formulas.
REMOTE = re.compile(
    r'<script type="module">\s*import mermaid.*?</script>'
    r'|<script src="">\s*</script>'
    r'|<script type="text/x-mathjax-config">.*?</script>',
    re.DOTALL,
)
FORMULAS = "if(MathJax.Hub.getAllJax("
SCRIPTS = {"require.js": "requirejs/require.js", "jquery.min.js": "jquery/dist/jquery.min.js"}


def with_steps(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """
    Give each cell its place in the presentation; the notebook is changed.

    A section's heading begins a slide, any other text a step below it, and a code cell belongs to
    the text before it. Source that is folded away in the lesson isn't shown.

    """
    for cell in notebook.cells:
        slide = cell.metadata.setdefault("slideshow", nbformat.from_dict({}))
        if cell.cell_type == "markdown":
            is_section = cell.source.startswith(("# ", "## "))
            slide.setdefault("slide_type", "slide" if is_section else "subslide")
        elif cell.metadata.get("jupyter", {}).get("source_hidden"):
            cell.metadata.setdefault("tags", []).append("folded")
    notebook.cells[0].metadata.slideshow.slide_type = "skip"  # where the lesson runs
    return notebook


def slides_of(notebook: nbformat.NotebookNode) -> str:
    """Return a lesson's presentation as a page that needs the files of `fetch_reveal` beside it."""
    from nbconvert import SlidesExporter

    settings: Any = Config()
    settings.TagRemovePreprocessor.enabled = True
    settings.TagRemovePreprocessor.remove_input_tags = {"folded"}
    exporter = SlidesExporter(
        config=settings,
        reveal_url_prefix="reveal.js",
        require_js_url="require.js",
        jquery_url="jquery.min.js",
        mathjax_url="",
        reveal_scroll=True,
        reveal_theme="white",
        reveal_transition="none",
    )
    page, _ = exporter.from_notebook_node(with_steps(notebook))
    return REMOTE.sub("", str(page)).replace(FORMULAS, f"if(window.MathJax && {FORMULAS[3:]}")


def fetch_reveal(folder: Path) -> str | None:
    """
    Fetch what the presentations need, once.

    Returns:
        None, or a sentence on why it can't be fetched.

    """
    if (folder / "reveal.js" / "dist" / "reveal.js").exists():
        return None
    npm = shutil.which("npm")
    if npm is None:
        return "npm isn't installed: install Node.js, or copy reveal.js to build/slides yourself"
    folder.mkdir(parents=True, exist_ok=True)
    command = [npm, "install", "--prefix", str(folder), "--no-save", "--no-audit", "--no-fund"]
    done = subprocess.run([*command, *PACKAGES], capture_output=True, check=False, text=True)
    if done.returncode:
        return f"npm couldn't fetch reveal.js: {done.stderr[-300:]}"
    modules = folder / "node_modules"
    for part in ("dist", "plugin"):
        shutil.copytree(modules / "reveal.js" / part, folder / "reveal.js" / part)
    for name, source in SCRIPTS.items():
        shutil.copy(modules / source, folder / name)
    shutil.rmtree(modules)
    return None


def main(arguments: list[str] | None = None) -> int:
    """
    Make the presentations of the notebooks that are named, or of all lessons.

    Returns:
        0, or 1 where reveal.js can't be fetched.

    """
    parser = argparse.ArgumentParser(prog="python -m tools.make_slides", description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("notebooks", nargs="*", type=Path, metavar="NOTEBOOK")
    options: Any = parser.parse_args(arguments)
    problem = fetch_reveal(options.folder)
    if problem is not None:
        print(problem, file=sys.stderr)
        return 1
    for path in options.notebooks or find_notebooks():
        page = slides_of(nbformat.read(path, as_version=4))
        (options.folder / f"{path.stem}.html").write_text(page, encoding="utf-8")
        print(f"{path.stem}.html")
    print(f"Open them in {options.folder}; press ? for the keys.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
