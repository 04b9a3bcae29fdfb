"""Execute every notebook and store what its cells show: ``make notebooks``.

Stored outputs are what a reader sees without a kernel and what ``pytest --nbval`` compares with.
So they are written in one way only: the same lesson run twice gives the same file.
"""

from __future__ import annotations

import argparse
import configparser
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, NbvalKernelspecManager

__all__ = ["execute", "find_notebooks", "stored_text"]

ROOT = Path(__file__).parent.parent
NOTEBOOKS = ROOT / "notebooks"
SANITIZER = ROOT / "tests" / "sanitize.cfg"
SECONDS_PER_CELL = 120

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {"file_extension": ".py", "name": "python", "pygments_lexer": "ipython3"}

# A live view belongs to the kernel that made it. Without it, HTML shows in its place.
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
# What front ends write down for themselves.
OWN_NOTES = ["ExecuteTime", "collapsed", "execution", "scrolled", "trusted"]


def find_notebooks(folder: Path = NOTEBOOKS) -> list[Path]:
    """Return the lessons in their order."""
    return sorted(folder.glob("*.ipynb"))


def execute(notebook: nbformat.NotebookNode, folder: Path = NOTEBOOKS) -> nbformat.NotebookNode:
    """
    Run all cells of a notebook in a new kernel of this environment, as nbval does.

    Args:
        notebook: The notebook; its outputs and execution counts are replaced.
        folder: Where the kernel runs.

    Returns:
        The same notebook.

    Raises:
        CellExecutionError: If a cell raises that isn't tagged ``raises-exception``.

    """
    kernel = AsyncKernelManager(
        kernel_name=CURRENT_ENV_KERNEL_NAME, kernel_spec_manager=NbvalKernelspecManager()
    )
    client = NotebookClient(
        notebook,
        km=kernel,
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
        store_widget_state=False,
        timeout=SECONDS_PER_CELL,
    )
    client.execute()
    return notebook


def stored_text(notebook: nbformat.NotebookNode) -> str:
    """
    Return the one way to write a notebook down.

    Widget state, timings and versions are left out; ports and dates, which differ from run to
    run, are replaced by the ones that tests/sanitize.cfg gives.

    Args:
        notebook: A notebook after a run; tidied in place.

    """
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNELSPEC, "language_info": LANGUAGE})
    for cell in notebook.cells:
        for note in OWN_NOTES:
            cell.metadata.pop(note, None)
        for output in cell.get("outputs", []):
            tidy(output)
    text: str = nbformat.writes(notebook, version=4)
    return text + "\n"


def tidy(output: nbformat.NotebookNode) -> None:
    """Take out of one output what no two runs have in common."""
    if output.output_type == "stream":
        output.text = without_chance(output.text)
    elif output.output_type == "error":
        # The frames of a traceback name folders of one machine; nbval compares the rest.
        output.evalue = without_chance(output.evalue)
        output.traceback = [f"{output.ename}: {output.evalue}"]
    else:
        output.data.pop(WIDGET_VIEW, None)
        for mime_type, value in output.data.items():
            if isinstance(value, str):
                output.data[mime_type] = without_chance(value)


def without_chance(text: str) -> str:
    """Replace the ports and dates in a text by those that are stored."""
    for pattern, replacement in REPLACEMENTS:
        text = pattern.sub(replacement, text)
    return text


def read_replacements() -> Iterator[tuple[re.Pattern[str], str]]:
    """Read the ``regex`` and ``store`` lines of tests/sanitize.cfg."""
    sanitizer = configparser.ConfigParser(interpolation=None)
    sanitizer.read(SANITIZER, encoding="utf-8")
    for section in sanitizer.sections():
        yield re.compile(sanitizer[section]["regex"]), sanitizer[section]["store"]


REPLACEMENTS = list(read_replacements())


def main(arguments: list[str] | None = None) -> int:
    """
    Execute and store the notebooks that are named, or all of them.

    Returns:
        0, or 1 where a cell failed or, with ``--check``, where a file would change.

    """
    parser = argparse.ArgumentParser(prog="python -m tools.store_notebooks", description=__doc__)
    parser.add_argument("--check", action="store_true", help="store nothing, say what would change")
    parser.add_argument("notebooks", nargs="*", type=Path, metavar="NOTEBOOK")
    options: Any = parser.parse_args(arguments)

    code = 0
    for path in options.notebooks or find_notebooks():
        before = path.read_text(encoding="utf-8")
        notebook = nbformat.reads(before, as_version=4)
        try:
            after = stored_text(execute(notebook, path.parent))
        except CellExecutionError as error:
            print(f"{path.name}: a cell failed, nothing stored\n{error}", file=sys.stderr)
            code = 1
            continue
        if after == before:
            print(f"{path.name}: unchanged")
        elif options.check:
            print(f"{path.name}: would change")
            code = 1
        else:
            path.write_text(after, encoding="utf-8", newline="\n")
            print(f"{path.name}: stored")
    return code


if __name__ == "__main__":
    sys.exit(main())
