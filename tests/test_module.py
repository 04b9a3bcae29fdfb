"""Widgets' modules: what anywidget gets is one module, and it is made of the files as they are."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from hellosockets.widgets import module
from hellosockets.widgets.base import Widget

SOURCES = sorted(Path(module.__file__).parent.glob("*.js"))
MODULES = [path.stem for path in SOURCES if "export default" in path.read_text(encoding="utf-8")]


def run_node(*arguments: str) -> None:
    node = shutil.which("node")
    assert node is not None
    done = subprocess.run([node, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.needs("node")
@pytest.mark.parametrize("name", MODULES)
def test_a_folded_module_imports_nothing(name, tmp_path):
    text = module.source(name)
    assert re.findall(r"^(?:import|export(?! default)) .*", text, re.MULTILINE) == []
    assert len(re.findall(r"^export default ", text, re.MULTILINE)) == 1
    path = tmp_path / f"{name}.mjs"
    path.write_text(text, encoding="utf-8")
    script = f"const {{ default: made }} = await import({str(path)!r}); if (!made) process.exit(1);"
    run_node("--input-type=module", "--eval", script)


def test_each_module_is_folded_in_once():
    for name in MODULES:
        folded = re.findall(r"^const (\w+_js) = ", module.source(name), re.MULTILINE)
        assert len(folded) == len(set(folded))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_what_is_imported_is_exported(path):
    for match in module.IMPORT.finditer(path.read_text(encoding="utf-8")):
        exported = (path.parent / f"{match[2]}.js").read_text(encoding="utf-8")
        names = {name.strip() for name in match[1].strip("{} \n").split(",") if name.strip()}
        assert names <= {found[1] for found in module.EXPORT.finditer(exported)}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_every_file_is_checked_with_types_in_mind(path):
    assert path.read_text(encoding="utf-8").startswith("// @ts-check\n")


def subclasses(cls: type) -> list[type]:
    return [each for direct in cls.__subclasses__() for each in [direct, *subclasses(direct)]]


def test_every_widget_says_its_words_from_its_table():
    """No sentence stands in a module: every one comes from the strings table."""
    import hellosockets.widgets  # noqa: F401

    assert len(subclasses(Widget)) >= 2
    for path in SOURCES:
        text = re.sub(r"/\*.*?\*/|//.*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        found = re.findall(r'"([^"\n]*[A-Za-z]{2,} [a-z]{2,}[^"\n]*)"', text)
        words = [each for each in found if not re.fullmatch(r"[\w:. -]*hs-[\w .-]*", each)]
        assert words == [], f"{path.name}: {words}"
