"""Write constraints.txt: the exact version of every package that the tests run with.

``make constraints`` resolves pyproject.toml in a clean environment and writes down what came.
Packages that only another system needs (a Windows terminal, say) are looked up one by one, so
that the same file serves Linux, macOS and Windows.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
HEADER = """\
# Every package of the environment that is tested. Written by `make constraints`; don't edit.
# Listed is what Linux, macOS and Windows need together; pip installs what its system asks for.
"""
ELSEWHERE: list[dict[str, str]] = [
    {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
]
PYTHONS = ["3.11", "3.12", "3.13"]
OLDEST = (3, 11)


def main() -> None:
    """Resolve, look up, write."""
    if sys.version_info[:2] != OLDEST:
        sys.exit("Pin with the oldest Python that is supported: PYTHON=python3.11 make constraints")
    with tempfile.TemporaryDirectory() as folder:
        builder = venv.EnvBuilder(with_pip=True)
        python = builder.ensure_directories(folder).env_exe
        builder.create(folder)
        pip = [python, "-m", "pip", "--disable-pip-version-check"]
        subprocess.run([*pip, "install", "--quiet", "-e", f"{ROOT}[test]"], check=True)
        inspected = subprocess.run([*pip, "inspect"], check=True, capture_output=True, text=True)
        packages = [entry["metadata"] for entry in json.loads(inspected.stdout)["installed"]]
        own = {"pip", "setuptools", "hellosockets"}
        pins = {p["name"]: p["version"] for p in packages if p["name"] not in own}
        for requirement in needed_elsewhere(packages):
            pins[requirement.name] = newest_version(pip, requirement)
    lines = [f"{name}=={pins[name]}\n" for name in sorted(pins, key=str.lower)]
    (ROOT / "constraints.txt").write_text(HEADER + "".join(lines), encoding="utf-8", newline="\n")
    print(f"constraints.txt: {len(lines)} packages")


def needed_elsewhere(packages: list[dict[str, Any]]) -> list[Requirement]:
    """
    Return what these packages require on other systems alone.

    Args:
        packages: Core metadata of each installed package, as ``pip inspect`` reports it.

    """
    there = {canonicalize_name(package["name"]) for package in packages}
    found: dict[str, Requirement] = {}
    for package in packages:
        for text in package.get("requires_dist", []):
            requirement = Requirement(text)
            name = canonicalize_name(requirement.name)
            if name not in there and is_needed_elsewhere(requirement):
                found[name] = requirement
    return list(found.values())


def is_needed_elsewhere(requirement: Requirement) -> bool:
    """Say whether a marker holds on macOS or Windows, on any Python that is supported."""
    if requirement.marker is None:
        return False
    here = {key: str(value) for key, value in default_environment().items()}
    return any(
        requirement.marker.evaluate(here | system | {"python_version": python, "extra": ""})
        for system in [{}, *ELSEWHERE]
        for python in PYTHONS
    )


def newest_version(pip: list[str], requirement: Requirement) -> str:
    """Ask pip which version of a package it would install on Windows."""
    wanted = f"{requirement.name}{requirement.specifier}"
    system = ["--platform", "win_amd64", "--python-version", PYTHONS[0], "--only-binary", ":all:"]
    dry = ["install", "--quiet", "--dry-run", "--ignore-installed", "--no-deps", "--report", "-"]
    command = [*pip, *dry, *system, "--target", "nowhere", wanted]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    version: str = json.loads(answer.stdout)["install"][0]["metadata"]["version"]
    return version


if __name__ == "__main__":
    main()
