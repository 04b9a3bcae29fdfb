"""What each lesson costs over an empty notebook: ``python -m benchmarks.notebooks``.

Each notebook is executed as nbval does, in a kernel of its own, and its time is divided by that of
an empty notebook, measured around it in the same run. The target is the issue's: all lessons
together in under 90 s in one process on a quiet machine of 2 cores.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import nbformat

from tools.store_notebooks import execute, find_notebooks

__all__ = ["main", "measure"]

TARGET = 90.0  # seconds for all of them


def seconds_of(notebook: nbformat.NotebookNode) -> float:
    """Return how long a notebook takes, its kernel's start included."""
    start = time.perf_counter()
    execute(notebook)
    return time.perf_counter() - start


def empty() -> nbformat.NotebookNode:
    """Return a notebook with one cell that does nothing."""
    cells = [nbformat.v4.new_code_cell("pass")]
    made: nbformat.NotebookNode = nbformat.v4.new_notebook(cells=cells)
    return made


def measure(path: Path) -> tuple[float, float]:
    """
    Measure one lesson between two empty notebooks.

    Returns:
        Its seconds, and those of an empty notebook.

    """
    before = seconds_of(empty())
    seconds = seconds_of(nbformat.read(path, as_version=4))
    after = seconds_of(empty())
    return seconds, statistics.mean([before, after])


def main(arguments: list[str] | None = None) -> int:
    """Print a table, one line for each lesson, and the sum."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.notebooks", description=__doc__)
    parser.add_argument("notebooks", nargs="*", type=Path, metavar="NOTEBOOK")
    options: Any = parser.parse_args(arguments)
    print(f"{'lesson':<24} {'seconds':>8} {'empty':>6} {'ratio':>6}")
    total = 0.0
    for path in options.notebooks or find_notebooks():
        seconds, nothing = measure(path)
        total += seconds
        print(f"{path.stem:<24} {seconds:8.1f} {nothing:6.1f} {seconds / nothing:6.1f}", flush=True)
    print(f"{'all':<24} {total:8.1f}   (target: under {TARGET:g})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
