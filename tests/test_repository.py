"""The repository around the package: what is asked for, pinned, written and installed agrees."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

import hellosockets

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8"))
CONSTRAINTS = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
PIN = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)==([A-Za-z0-9.!+_]+)")
PINS = {
    canonicalize_name(match[1]): Version(match[2])
    for match in map(PIN.fullmatch, CONSTRAINTS)
    if match
}
REQUIREMENTS = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]]


def tracked_files() -> list[Path]:
    """Return the files under version control, or, without git, all that aren't hidden."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    if listed.returncode:
        pytest.skip("not a clone of the repository: git knows nothing of these files")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


# Versions


def test_constraints_are_names_and_versions_alone() -> None:
    for line in CONSTRAINTS:
        assert line.startswith("#") or PIN.fullmatch(line), line
    assert len(PINS) == sum(not line.startswith("#") for line in CONSTRAINTS)


@pytest.mark.parametrize("text", REQUIREMENTS)
def test_each_requirement_is_pinned_inside_its_range(text: str) -> None:
    requirement = Requirement(text)
    pin = PINS.get(canonicalize_name(requirement.name))
    assert pin is not None, "run `make constraints`"
    assert requirement.specifier.contains(pin, prereleases=True)


@pytest.mark.parametrize("text", REQUIREMENTS)
def test_each_requirement_has_a_lowest_version(text: str) -> None:
    assert any(spec.operator == ">=" for spec in Requirement(text).specifier)


def test_whatever_a_pinned_package_needs_is_pinned() -> None:
    missing = set()
    for name in PINS:
        try:
            needs = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue  # another system's
        for requirement in map(Requirement, needs):
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                missing |= {canonicalize_name(requirement.name)} - set(PINS)
    assert missing <= {"pip", "setuptools"}


def test_installed_versions_are_the_pinned_ones() -> None:
    ours = (Path(sys.prefix) / "hellosockets-ready").exists()
    if not ours and os.environ.get("CONDA_DEFAULT_ENV") != ENVIRONMENT["name"]:
        pytest.skip("this environment was made neither by make nor from environment.yml")
    installed = {canonicalize_name(d.name): Version(d.version) for d in metadata.distributions()}
    expected = {name: version for name, version in PINS.items() if name in installed}
    assert {name: installed[name] for name in expected} == expected


def test_environment_asks_conda_for_python_and_pip_alone() -> None:
    *conda, last = ENVIRONMENT["dependencies"]
    assert [re.split(r"[=<>]", name)[0] for name in conda] == ["python", "pip"]
    assert last == {"pip": ["-c constraints.txt", "-e .[test]"]}
    assert ENVIRONMENT["channels"] == ["conda-forge", "nodefaults"]


def test_the_same_pythons_are_declared_and_tested() -> None:
    matrix = [Version(v) for v in WORKFLOW["jobs"]["test"]["strategy"]["matrix"]["python"]]
    declared = [
        Version(classifier.rpartition(" ")[2])
        for classifier in PROJECT["classifiers"]
        if re.search(r":: 3\.\d+$", classifier)
    ]
    oldest, newest = min(declared), max(declared)
    assert (min(matrix), max(matrix)) == (oldest, newest)
    assert SpecifierSet(PROJECT["requires-python"]) == SpecifierSet(f">={oldest}")
    assert ENVIRONMENT["dependencies"][0] == f"python={newest}"


def test_every_system_runs_the_tests() -> None:
    assert WORKFLOW["jobs"]["test"]["strategy"]["matrix"]["system"] == [
        "ubuntu",
        "macos",
        "windows",
    ]
    assert "make test" in (ROOT / ".ci/run").read_text(encoding="utf-8")


def test_one_version_is_told_everywhere() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert hellosockets.__version__ == PROJECT["version"] == citation["version"]
    assert f"\n## {PROJECT['version']}," in changelog


# Files

# Put together here, so that this file doesn't hold what it looks for.
REGISTRIES = ["py" + "pi.org", "pythonhosted" + ".org", "registry.npm" + "js", "deb.deb" + "ian"]
MACHINES = ["/ro" + "ot/", "/wo" + "rk/", "/ho" + "me/", "/Us" + "ers/", r"\\Us" + r"ers\\"]
FOREIGN = re.compile(
    "|".join([*map(re.escape, REGISTRIES), rf"(?<![\w.])(?:{'|'.join(MACHINES)})"])
)


def test_no_file_names_a_registry_or_a_place_on_one_machine() -> None:
    for path in tracked_files():
        try:
            found = FOREIGN.search(path.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            continue  # a picture
        assert not found, f"{path.relative_to(ROOT)}: {found}"


def test_every_text_ends_its_lines_alike() -> None:
    for path in tracked_files():
        data = path.read_bytes()
        assert b"\r\n" not in data or b"\0" in data, path.relative_to(ROOT)


def test_every_link_of_the_readme_leads_to_a_file() -> None:
    for name in ["README.md", "CONTRIBUTING.md"]:
        links = re.findall(r"\]\(([^)#]+)\)", (ROOT / name).read_text(encoding="utf-8"))
        for link in links:
            assert link.startswith("https://") or (ROOT / link).exists(), f"{name}: {link}"


def test_every_lesson_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        assert f"(notebooks/{path.name})" in readme, path.name


# Setting up


@pytest.mark.skipif(os.name == "nt", reason="the set-up script is for systems with sh")
@pytest.mark.parametrize(
    ("script", "named", "sentence"),
    [
        ("exit 0", "python9", "PYTHON=python9 is no Python 3.11 or later: name one that is"),
        ("exit 1", "python3", "PYTHON=python3 is no Python 3.11 or later: name one that is"),
        ("exit 1", "", "No Python 3.11 or later is on the PATH: install one"),
        ('case "$*" in *ensurepip*) exit 1; esac', "", "run 'sudo apt install python3-venv'"),
    ],
)
def test_what_is_missing_is_said_in_one_sentence(
    tmp_path: Path, script: str, named: str, sentence: str
) -> None:
    for name in ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python"]:
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)
    folder = str(tmp_path / "venv")
    ran = subprocess.run(
        ["/bin/sh", ROOT / "tools/setup.sh"],
        capture_output=True,
        check=False,
        env={"PATH": str(tmp_path), "PYTHON": named, "VENV": folder, "BIN": f"{folder}/bin"},
        text=True,
        timeout=60,
    )
    assert ran.returncode == 1
    assert sentence in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


def test_the_inspectors_page_names_tests_that_exist() -> None:
    """Each line of the table of features names the test that proves it."""
    text = (ROOT / "docs" / "inspector.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| .+ \| `(test_\w+\.py)::(test_\w+)` \|$", text, re.MULTILINE)
    assert len(named) == text.count("::test_") >= 35
    for file, test in named:
        source = (ROOT / "tests" / file).read_text(encoding="utf-8")
        assert re.search(rf"^(?:async )?def {test}\(", source, re.MULTILINE), f"{file}::{test}"


def test_pictures_that_are_shown_are_there() -> None:
    for page in (ROOT / "README.md", ROOT / "docs" / "inspector.md"):
        text = page.read_text(encoding="utf-8")
        for link in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text):
            assert link.startswith("http") or (page.parent / link).exists(), link
