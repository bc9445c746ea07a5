"""Colours: told apart, and seen on both backgrounds (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re
import tomllib
from itertools import combinations, pairwise

import numpy as np
import pytest

import ae
from tests.conftest import ROOT
from ui import colours, names, pictures
from ui.components.map_canvas import PALETTE
from ui.components.simulation import RAMP

CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]
THEMES = {name: {**CONFIG, **CONFIG[name]} for name in ("light", "dark")}
MODELS = [name for name in (*ae.MODELS, *names.IDS) if name != "pca"]  # PCA's is the text's
STYLES = [ROOT / "ui" / "style.css", *(ROOT / "ui" / "components").glob("*.css")]


def mixed(colour: str, share: float, ground: str) -> str:
    """Lay a colour on a ground, so opaque."""
    over, under = (np.array(list(bytes.fromhex(part[1:]))) for part in (colour, ground))
    return f"#{bytes(np.rint(share * over + (1 - share) * under).astype(np.uint8)).hex()}"


def contrast(colour: str, ground: str) -> float:
    return float(colours.contrast([colour], ground)[0])


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#FFFFFF", 21), ("#777777", "#FFFFFF", 4.48), ("#0000FF", "#FF0000", 2.15)],
)
def test_the_contrast_is_wcags(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(other, one) == contrast(one, other)


def test_the_grounds_are_the_themes() -> None:
    assert tuple(theme["backgroundColor"] for theme in THEMES.values()) == colours.GROUNDS


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_what_is_drawn_is_seen(theme: dict[str, str]) -> None:
    ground, accent, text = (theme[f"{name}Color"] for name in ("background", "primary", "text"))
    drawn = {f"the model {name}": colours.of(name) for name in MODELS}
    drawn |= {f"the digit {digit}": colour for digit, colour in enumerate(PALETTE)}
    for one, other in pairwise(RAMP):
        drawn |= {
            f"{one} to {other}, {at}": mixed(one, at, other) for at in (0, 0.25, 0.5, 0.75, 1)
        }
    drawn |= {"a bar": accent, "what is beside the data": theme["grayColor"]}
    drawn |= {"the same in lists and tables": mixed(text, 0.55, ground)}  # --beside in style.css
    seen = {what: contrast(colour, ground) for what, colour in drawn.items()}
    assert {what: ratio for what, ratio in seen.items() if ratio < colours.SEEN} == {}


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_what_is_written_is_read(theme: dict[str, str]) -> None:
    ground, accent, text = (theme[f"{name}Color"] for name in ("background", "primary", "text"))
    # What stands there faded is words, and half faded a picture or what cannot be used.
    faded = {
        float(share)
        for path in STYLES
        for share in re.findall(r"opacity: (0\.\d+)", path.read_text())
    }
    pairs = {
        f"words at {share}": (mixed(text, share, ground), ground) for share in faded if share >= 0.6
    }
    assert pairs.keys() == {"words at 0.8", "words at 0.75"}, "all that the style sheets fade"
    pairs |= {
        "words": (text, ground),
        "words in a field": (text, theme["secondaryBackgroundColor"]),
        "a link": (accent, ground),
        "what is chosen": (accent, mixed(accent, 0.1, ground)),
        "the button that matters": (ground, accent),
    }
    read = {what: contrast(*pair) for what, pair in pairs.items()}
    assert {what: ratio for what, ratio in read.items() if ratio < 4.5} == {}


def test_lost_ink_is_striped_and_added_ink_is_not() -> None:
    """Their greys are the same, so the stripes are the sign; on black all of them are seen."""
    lost, added = (f"#{bytes(colour).hex()}" for colour in (pictures.LOST, pictures.ADDED))
    assert contrast(lost, added) < 1.1
    stripe = mixed(lost, 0.3, "#000000")
    assert contrast(lost, stripe) >= colours.SEEN
    assert min(contrast(lost, "#000000"), contrast(added, "#000000")) >= colours.SEEN


def distance(one: str, other: str) -> float:
    return float(np.linalg.norm(np.subtract(*colours.oklab([one, other]))))


def test_every_model_has_a_colour_of_its_own() -> None:
    for one, other in combinations(MODELS, 2):
        assert distance(colours.of(one), colours.of(other)) > 0.13, (one, other)
    with pytest.raises(ValueError):
        colours.of("nobody")


def test_twelve_families_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """The palette has a colour for nine; the others are no more alike than those are."""
    before = {name: colours.of(name) for name in (*ae.MODELS, ae.plans.OWN)}
    twelve = {f"family_{i}": family for i, family in enumerate([*ae.FAMILIES.values()] * 2)}
    twelve = dict(list(({**ae.FAMILIES, **twelve}).items())[:12])
    monkeypatch.setattr(ae.families, "FAMILIES", twelve)
    after = {name: colours.of(name) for name in ("pca", *twelve, ae.plans.OWN)}
    assert len(after) == 14 and after.items() >= before.items()  # nobody's colour changes
    assert after == {name: colours.of(name) for name in after}
    painted = {name: colour for name, colour in after.items() if name != "pca"}  # PCA's: the text's
    pairs = list(combinations(painted, 2))
    known = min(distance(before[a], before[b]) for a, b in pairs if {a, b} <= {*before})
    for one, other in pairs:
        assert distance(painted[one], painted[other]) >= known > 0.1, (one, other)
    for ground in colours.GROUNDS:
        assert colours.contrast([*painted.values()], ground).min() >= colours.SEEN
