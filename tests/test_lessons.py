"""The lessons as prose: every lesson has the same build, and every claim is followed by a cell.

tests/test_notebooks.py looks at the files and their exercises; here it's about what a reader reads.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from tools.store_notebooks import find_notebooks

ROOT = Path(__file__).parent.parent
LESSONS = find_notebooks()
GLOSSARY = ROOT / "notebooks" / "glossary.md"
PACKAGE = "hellosockets/"

MOST_CODE_CELLS = 44
LONGEST_CODE_CELL = 8  # lines
LONGEST_MEDIAN = 4  # lines
LONGEST_FUNCTION = 6  # lines, in a cell: the def and five more
LONGEST_EXPLANATION = 75  # words, where 60 are aimed at
HOSTS = {
    "www.rfc-editor.org",
    "datatracker.ietf.org",
    "pragprog.com",
    "developer.mozilla.org",
    "websockets.readthedocs.io",
    "hexdocs.pm",
    "html.spec.whatwg.org",
    "nginx.org",
    "www.iana.org",
    "cheatsheetseries.owasp.org",
    "docs.python.org",
    "creativecommons.org",
}

NEEDED = {
    "Get ready", "A puzzle", "Predict", "Run", "Explain", "How this could be checked", "Tweak",
    "What people get wrong", "Recall", "Key points", "Tear down",
}  # fmt: skip
IN_ORDER = [
    "A puzzle", "Run", "How this could be checked", "What people get wrong", "Recall",
    "Key points", "Tear down",
]  # fmt: skip

each = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


@cache
def read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def cells(path: Path) -> list[NotebookNode]:
    return list(read(path).cells)


def code(path: Path) -> list[NotebookNode]:
    return [cell for cell in cells(path) if cell.cell_type == "code"]


def prose(path: Path) -> str:
    return "\n\n".join(cell.source for cell in cells(path) if cell.cell_type == "markdown")


def headings(path: Path) -> list[str]:
    return re.findall(r"^## (.+)$", prose(path), re.MULTILINE)


def kinds(path: Path) -> list[str]:
    """Return what each heading is, up to its colon or to what says more."""
    return [re.split(r":|, optional", heading)[0].strip() for heading in headings(path)]


def section(path: Path, kind: str) -> list[NotebookNode]:
    """Return the cells from a heading of that kind, itself included, to the next heading."""
    found: list[NotebookNode] = []
    inside = False
    for cell in cells(path):
        heads = re.findall(r"^## (.+)$", cell.source, re.MULTILINE)
        if cell.cell_type == "markdown" and heads:
            inside = any(head.startswith(kind) for head in heads)
        if inside:
            found.append(cell)
    return found


def is_boss(path: Path) -> bool:
    return path.stem.startswith("99")


# Title and sections


@each
def test_the_title_is_one_and_begins_with_a_verb(path: Path) -> None:
    titles = re.findall(r"^# (.+)$", prose(path), re.MULTILINE)
    assert len(titles) == 1
    first = re.split(r": ", titles[0])[-1].split()[0]
    assert first.lower() in VERBS, f"{first!r}: begin with a verb, or add it to VERBS"


VERBS = {
    "bring", "close", "choose", "count", "cross", "end", "find", "get", "join", "keep", "look",
    "lose", "make", "measure", "notice", "open", "pay", "read", "refuse", "say", "see", "send",
    "shrink", "speak", "squeeze", "take", "tap", "tell", "turn", "weigh", "write", "come",
    "reconnect", "start", "put", "watch", "pass", "survive", "serve", "defend", "guard",
}  # fmt: skip


@each
def test_the_first_screen_says_what_when_and_where(path: Path) -> None:
    first = next(cell.source for cell in cells(path) if cell.source.startswith("# "))
    for part in ("do", "be able to do", "need"):
        assert f"**What you'll {part}.**" in first or f"**What you'll {part}**" in first, part
    assert re.search(r"\*\*Time\.\*\* \d+ to \d+ minutes", first)
    assert "estimate" in first
    assert 3 <= len(re.findall(r"^- ", first, re.MULTILINE)) <= 5


@each
def test_times_are_those_of_the_guide(path: Path) -> None:
    guide = (ROOT / "instructor" / f"{path.stem}.md").read_text(encoding="utf-8")
    parts = re.findall(r"^\| .* \| (\d+) \| (\d+) \|$", guide, re.MULTILINE)
    least, likely = (sum(map(int, column)) for column in zip(*parts, strict=True))
    assert f"Together {least} to {likely} minutes." in guide
    rounded = f"{least // 5 * 5} to {5 * round(likely / 5)}"
    assert f"**Time.** {rounded} minutes" in "".join(cell.source for cell in cells(path)[:2])
    assert f"({path.parent.name}/{path.name}) | {rounded} |" in (ROOT / "README.md").read_text(
        "utf-8"
    )


@each
def test_rooms_visited_are_rooms(path: Path) -> None:
    first = next(cell.source for cell in cells(path) if cell.source.startswith("# "))
    rooms = re.search(r"\*\*Rooms visited\.\*\* (.+)", first)
    assert rooms, "say which files of the package the lesson walks through"
    named = re.findall(r"`([^`]+)`", rooms[1])
    assert named
    for name in named:
        assert name.startswith(PACKAGE), name
        assert (ROOT / name).exists(), name


@each
def test_it_says_where_it_runs(path: Path) -> None:
    assert cells(path)[0].source.startswith("**Runs in JupyterLab.**")


@each
def test_no_section_is_missing(path: Path) -> None:
    spared = {"99_boss": {"Run", "Explain"}, "00_start": {"How this could be checked"}}
    assert set(kinds(path)) >= NEEDED - spared.get(path.stem, set())


@each
def test_sections_keep_their_order(path: Path) -> None:
    found = [kind for kind in kinds(path) if kind in IN_ORDER]
    places = [found.index(kind) for kind in IN_ORDER if kind in found]
    assert places == sorted(places), found
    assert kinds(path)[-1] == "Tear down"


@each
def test_there_are_exercises_and_at_most_three_predictions(path: Path) -> None:
    exercises = [kind for kind in kinds(path) if kind.startswith("Exercise")]
    letters = "".join(kind[-1] for kind in exercises)
    if not is_boss(path):
        assert letters in ({"A"} if path.stem == "00_start" else {"AB", "ABC"})
    predictions = [cell for cell in code(path) if "hs.Prediction(" in cell.source]
    assert 1 <= len(predictions) <= 3
    for cell in predictions:
        assert cell.metadata.get("jupyter", {}).get("source_hidden"), "it holds the reasons"


@each
def test_preflight_comes_first_and_the_leak_check_last(path: Path) -> None:
    preflight = "import hellosockets as hs\n\nhs.preflight()"
    if path.stem == "00_start":  # which first says what a cell is
        assert section(path, "Get ready")[1].source == preflight
    else:
        assert code(path)[0].source == preflight
    last = code(path)[-1]
    assert "leftovers()" in last.source
    assert [output.data["text/plain"] for output in last.outputs] == ["[]"]


@each
def test_recall_has_three_questions_and_key_points_are_few(path: Path) -> None:
    recall = "".join(cell.source for cell in section(path, "Recall"))
    assert recall.count("<details>") == recall.count("</details>") == 3
    points = section(path, "Key points")[0].source
    assert 2 <= len(re.findall(r"^- ", points, re.MULTILINE)) <= 4
    wanted = (
        ["**Next.**"]
        if path.stem == "00_start"
        else ["**On your own.**", "**In practice.**", "**Further reading.**"]
    )
    for part in wanted:
        assert part in points, part


@each
def test_each_thing_people_get_wrong_is_quoted_and_disproved(path: Path) -> None:
    found = section(path, "What people get wrong")
    quotes = [cell for cell in found if cell.cell_type == "markdown" and '**"' in cell.source]
    assert len(quotes) >= (1 if path.stem == "00_start" else 3)
    for cell in quotes:
        following = found[found.index(cell) + 1 :]
        assert following, cell.source
        assert following[0].cell_type == "code", cell.source


# Cells


@each
def test_every_code_cell_follows_a_text(path: Path) -> None:
    for before, cell in zip(cells(path), cells(path)[1:], strict=False):
        if cell.cell_type == "code":
            assert before.cell_type == "markdown", cell.source


@each
def test_code_cells_are_few_and_short(path: Path) -> None:
    assert len(code(path)) <= MOST_CODE_CELLS
    sizes = []
    for cell in code(path):
        folded = cell.metadata.get("jupyter", {}).get("source_hidden")
        is_stub = "exercise" in cell.metadata.get("hellosockets", {})
        size = len([line for line in cell.source.splitlines() if line.strip()])
        sizes.append(size)
        assert folded or is_stub or size <= LONGEST_CODE_CELL, cell.source
    assert sorted(sizes)[len(sizes) // 2] <= LONGEST_MEDIAN


@each
def test_long_functions_live_in_rooms(path: Path) -> None:
    for cell in code(path):
        if "exercise" in cell.metadata.get("hellosockets", {}):
            continue
        tree = ast.parse(cell.source)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or 0) - node.lineno + 1
                assert size <= LONGEST_FUNCTION, cell.source


@each
def test_no_sentence_is_taken_for_a_list(path: Path) -> None:
    """A line that begins with a number and a full stop is drawn as an item, whatever it says."""
    for cell in cells(path):
        if cell.cell_type == "markdown":
            assert not re.search(r"^\s*\d+[.)] ", cell.source, re.MULTILINE), cell.source


@each
def test_explanations_are_short(path: Path) -> None:
    for cell in cells(path):
        if cell.cell_type == "markdown":
            text = re.sub(
                r"<details>.*?</details>|```.*?```|^\|.*$|^- .*$",
                "",
                cell.source,
                flags=re.DOTALL | re.MULTILINE,
            )
            if text.lstrip().startswith("# ") or "## Key points" in text or "## Recall" in text:
                continue
            words = len(text.split())
            assert words <= LONGEST_EXPLANATION, f"{words} words: {cell.source}"


@each
def test_what_is_claimed_in_bold_is_shown_by_a_cell(path: Path) -> None:
    found = [cell for kind in ("Explain", "What people get wrong") for cell in section(path, kind)]
    for place, cell in enumerate(found):
        if cell.cell_type != "markdown" or not claims(cell.source):
            continue
        for following in found[place + 1 :]:
            if following.cell_type == "code":
                break
            assert "## " not in following.source, f"no cell shows it: {cell.source}"
        else:
            pytest.fail(f"no cell shows it: {cell.source}")


def claims(text: str) -> list[str]:
    """Return what a text says in bold: no names or menus, but sentences."""
    return [
        bold for bold in re.findall(r"\*\*(.+?)\*\*", text) if len(bold) > 12 and "→" not in bold
    ]


@each
def test_slides_have_tags(path: Path) -> None:
    tags = [cell.metadata.get("slideshow", {}).get("slide_type") for cell in cells(path)]
    assert set(tags) <= {None, "slide", "subslide", "fragment", "skip", "notes", "-"}
    assert tags.count("slide") >= 8


# Links, words, pictures


def links(text: str) -> Iterator[str]:
    yield from re.findall(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)", text)


def anchors(markdown: str) -> set[str]:
    """Return the anchors of a page's headings, as GitHub and JupyterLab make them."""
    found = re.findall(r"^#+ (.+)$", markdown, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in found}


@each
def test_links_lead_somewhere(path: Path) -> None:
    for link in links(prose(path)):
        if link.startswith("https://"):
            assert link.split("/")[2] in HOSTS, link
            continue
        file, _, anchor = link.partition("#")
        assert (path.parent / file).exists(), link
        if anchor and file.endswith(".md"):
            text = (path.parent / file).read_text(encoding="utf-8")
            assert anchor in anchors(text), link


@each
def test_terms_link_to_the_glossary(path: Path) -> None:
    assert sum(link.startswith("glossary.md#") for link in links(prose(path))) >= 2


@each
def test_every_picture_says_in_words_what_it_shows(path: Path) -> None:
    assert not re.search(r"!\[\s*\]\(", prose(path))
    for cell in code(path):
        for output in cell.outputs:
            html = output.get("data", {}).get("text/html", "")
            for tag in re.findall(r"<(?:svg|img)\b[^>]*>(?:<title>[^<]+)?", html):
                named = re.search(r'(aria-label|alt)="[^"]{5,}"|aria-hidden="true"|<title>', tag)
                assert named, tag


@each
def test_there_is_a_goal_to_reach_and_a_way_to_reach_it(path: Path) -> None:
    benches = [cell for cell in code(path) if "hs.Bench(" in cell.source]
    assert benches, "each lesson has something to turn, with a goal"
    for cell in benches:
        goal = cell.metadata.get("hellosockets", {}).get("goal")
        assert goal, "the cell's metadata say which values reach the goal, for a test to type them"
        html = "".join(output.get("data", {}).get("text/html", "") for output in cell.outputs)
        assert "not reached yet" in html
        assert not re.search(r"\w+Error: ", html), "the picture can't be drawn"


# The glossary, and what teachers get


def test_the_glossary_defines_each_term_once_with_the_error_people_make() -> None:
    text = GLOSSARY.read_text(encoding="utf-8")
    terms = re.findall(r"^### (.+)$", text, re.MULTILINE)
    assert len(terms) >= 40
    assert len(set(terms)) == len(terms)
    assert terms == sorted(terms, key=str.casefold)
    for entry in text.split("\n### ")[1:]:
        term, _, body = entry.partition("\n")
        assert re.match(r"\n[A-Z`]", body), term
        assert "*Often gone wrong:*" in body, term
    for link in links(text):
        file, _, anchor = link.partition("#")
        assert not file or link.startswith("https://") or (GLOSSARY.parent / file).exists(), link
        assert file or anchor in anchors(text), link


GUIDE = [
    "Why", "Outcomes", "Parts", "Can become a demonstration", "Cut first",
    "Mistakes to make on purpose", "Questions that come up", "Where the misconceptions come from",
]  # fmt: skip


@each
def test_each_lesson_has_a_guide_for_teachers(path: Path) -> None:
    guide = ROOT / "instructor" / f"{path.stem}.md"
    text = guide.read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == GUIDE
    assert "estimate" in text
    rows = re.findall(r"^\| (?!part|---)([^|]+)\| (\d+) \| (\d+) \|$", text, re.MULTILINE)
    assert len(rows) >= 5
    assert all(int(least) <= int(likely) for _, least, likely in rows)
    for link in links(text):
        assert link.startswith("https://") or (guide.parent / link.partition("#")[0]).exists(), link
