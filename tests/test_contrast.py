"""Every text on every background at 4.5:1 or more (WCAG 2.2, 1.4.3), computed from the CSS."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

import hellosockets

PACKAGE = Path(hellosockets.__file__).parent
SHEETS = sorted(
    path.relative_to(PACKAGE).as_posix()
    for path in PACKAGE.rglob("*.css")
    if path.parent.name != "page"  # which wears no theme of JupyterLab's
)
THEMES = Path(sys.prefix) / "share" / "jupyter" / "lab" / "themes" / "@jupyterlab"
ENOUGH = 4.5

Colour = tuple[float, float, float, float]  # red, green, blue, opacity, from 0 to 1
NAMES = {"white": "#fff", "black": "#000"}
TRANSPARENT: Colour = (0, 0, 0, 0)


# Enough of CSS


def rules(path: Path) -> list[tuple[str, dict[str, str]]]:
    """Return a style sheet's rules: selector and declarations."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    found = re.findall(r"([^{}]+)\{([^{}]*)\}", text)
    return [(selector.strip(), dict(declarations(body))) for selector, body in found]


def declarations(body: str) -> list[tuple[str, str]]:
    pairs = (declaration.partition(":") for declaration in body.split(";") if ":" in declaration)
    return [(name.strip(), " ".join(value.split())) for name, _, value in pairs]


def arguments(text: str) -> list[str]:
    """Split at the commas that stand in no parentheses."""
    return [part.strip() for part in re.findall(r"(?:[^,(]|\((?:[^()]|\([^()]*\))*\))+", text)]


def colour(text: str, variables: dict[str, str]) -> Colour:
    """Compute a colour: names, #rgb, #rrggbb, rgb(a), var(), color-mix in srgb."""
    text = NAMES.get(text, text)
    if text == "transparent":
        return TRANSPARENT
    if text.startswith("#"):
        digits = text[1:] if len(text) == 7 else "".join(2 * digit for digit in text[1:])
        red, green, blue = (value / 255 for value in bytes.fromhex(digits))
        return red, green, blue, 1.0
    name, _, inside = text.removesuffix(")").partition("(")
    values = arguments(inside)
    if name == "var":
        return colour(variables.get(values[0]) or values[1], variables)
    if name in ("rgb", "rgba"):
        red, green, blue, opacity = map(float, [*values, "1"][:4])
        return red / 255, green / 255, blue / 255, opacity
    if name == "linear-gradient":  # of one colour
        return colour(values[0].removesuffix(" 0 0"), variables)
    assert name == "color-mix", text
    assert values[0] == "in srgb"
    first, _, share = values[1].rpartition(" ")
    return mix(colour(first, variables), colour(values[2], variables), float(share[:-1]) / 100)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    opacity = first[3] * share + second[3] * (1 - share)
    parts = [
        (a * first[3] * share + b * second[3] * (1 - share)) / (opacity or 1)
        for a, b in zip(first[:3], second[:3], strict=True)
    ]
    return parts[0], parts[1], parts[2], opacity


def over(top: Colour, ground: Colour) -> Colour:
    return mix((*top[:3], 1.0), ground, top[3])


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast of two opaque colours, from 1 to 21, as WCAG 2.2 defines it."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(of: Colour) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in of[:3]]
    return sum(c * weight for c, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def test_contrast_is_what_wcag_says():
    black, white, grey = (colour(text, {}) for text in ("black", "white", "#777777"))
    assert contrast(black, white) == pytest.approx(21)
    assert contrast(grey, white) == pytest.approx(4.48, abs=0.005)
    assert over(colour("rgba(0, 0, 0, .54)", {}), white)[0] == pytest.approx(0.46)
    assert colour("color-mix(in srgb, #fff 25%, black)", {}) == (0.25, 0.25, 0.25, 1.0)


# Our colours


def surroundings(theme: str) -> dict[str, str]:
    """Return the variables of a JupyterLab theme, and ours in it; without a theme, ours alone."""
    variables: dict[str, str] = {}
    if theme:
        for _, declared in rules(THEMES / f"theme-{theme}-extension" / "index.css"):
            variables |= {k: v for k, v in declared.items() if k.startswith("--jp-")}
    applied = [".hs", ".hs.hs-log", ".hs-prediction"]
    applied += ["body[data-jp-theme-light] .hs"] * bool(theme)
    applied += ['body[data-jp-theme-light="false"] .hs'] * (theme == "dark")
    for sheet in SHEETS:
        for selector, declared in rules(PACKAGE / sheet):
            if selector in applied:
                variables |= {k: v for k, v in declared.items() if k.startswith("--hs-")}
    return variables


def declared(name: str) -> list[str]:
    """Return every colour that our style sheets give to a property."""
    found = [
        values[name] for sheet in SHEETS for _, values in rules(PACKAGE / sheet) if name in values
    ]
    return sorted({value for value in found if value not in ("inherit", "currentColor")})


@pytest.mark.parametrize("theme", ["", "light", "dark"])
def test_every_text_is_readable_on_every_background(theme):
    ours = surroundings(theme)
    ground = colour("var(--hs-ground)", ours)
    assert ground[3] == 1
    backgrounds = declared("background")
    assert len(backgrounds) >= 5
    poor = []
    for background in backgrounds:
        # A byte's own ground, in its speaker's colour, bears plain text alone.
        of_a_byte = "--hs-speaker" in background
        for text in ["var(--hs-text)"] if of_a_byte else declared("color"):
            for speaker in ("client", "server"):
                variables = ours | {"--hs-speaker": f"var(--hs-{speaker})"}
                behind = over(
                    colour(background.removesuffix(" var(--hs-ground)"), variables), ground
                )
                found = contrast(over(colour(text, variables), behind), behind)
                if found < ENOUGH:
                    poor.append(f"{text} on {background}: {found:.2f}")
    assert poor == []
