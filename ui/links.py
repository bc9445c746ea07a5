"""What a link may say: every query parameter, typed and allow-listed, read and written.

A link comes from anybody. What is right in it counts; of the rest the visitor is told in one
sentence for each parameter. The value itself is never repeated: a notice is Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import ae
from ui import strokes
from ui.strokes import Drawing
from ui.text import LANGUAGES, N_

MODEL, LANG, SAMPLE, DRAWING, VIEW = "model", "lang", "sample", "drawing", "view"
CHAPTER = "chapter"  # so a link calls the view of a page whose views are chapters
LANES = "lanes"  # the models that are compared: "pca,deep"
PARTS = "parts"  # what is chosen in the view: "morph_A:7b,morph_B:mean3"
NORMAL, EDITS, KEEP, SEED = "normal", "edits", "keep", "seed"
STAGE, SPEAKER, STEP = "stage", "speaker", "step"  # a talk, its speaker's window, where it stands

# PCA first: what the others are compared with.
COMPARED = ("pca", *ae.FAMILIES)
DEFAULT_MODEL = next(iter(ae.FAMILIES))
SEEDS = 10_000
STEPS = 60  # of a talk
OWN_TALK = "own"

_SAMPLES = frozenset(
    [*ae.samples.SAMPLES, *ae.out_of_distribution.STROKES, *ae.out_of_distribution.PICTURES]
)
_UNITS = max(family.code_size for family in ae.FAMILIES.values())
# More than twice what any unit of the shipped models is worth for any test digit.
_MOST = 100
# The unit as the page counts them, from 1, and its value.
_EDIT = re.compile(r"(\d{1,2}):(-?\d{1,3}(?:\.\d{1,6})?)", re.ASCII)

_PART = re.compile(r"([a-z][A-Za-z_]{0,31}):([A-Za-z0-9_.]{1,31})", re.ASCII)
_PARTS = 16

_NOTICES = {
    MODEL: N_("The link names a model that does not exist."),
    LANG: N_("The link names a language that does not exist."),
    SAMPLE: N_("The link names a sample that does not exist."),
    DRAWING: N_("The link's drawing cannot be read; perhaps the link was cut off."),
    VIEW: N_("The link names a view that does not exist."),
    CHAPTER: N_("The link names a chapter that does not exist."),
    PARTS: N_("The link chooses something in a view that does not exist."),
    LANES: N_("The link names a model to compare that does not exist."),
    NORMAL: N_("The link switches centring neither on nor off."),
    EDITS: N_("The link changes the code in a way that is not possible."),
    KEEP: N_("The link keeps a number of the largest that is not possible."),
    SEED: N_("The link names a seed that does not exist."),
    STAGE: N_("The link names a talk that does not exist."),
    SPEAKER: N_("The link names a talk that does not exist."),
    STEP: N_("The link names a step that no talk has."),
}

NAMES = frozenset(_NOTICES)


@dataclass(frozen=True)
class Link:
    """What a link says; None, or nothing, where it says nothing.

    Attributes
    ----------
    drawing : a sample, or strokes of one's own.
    chapter : whether the view is a chapter.
    parts : what is chosen in the view, by the keys of what it is chosen with.
    lanes : the models that are compared.
    normal : whether the drawing is brought into MNIST's normal form.
    values, keep : the changes to the code, as ``ui.edits.Edits`` has them.
    seed : of what the view samples at random.
    stage, speaker : the talk that is given, or whose speaker's window this is. step : from 1.
    """

    model: str | None = None
    lang: str | None = None
    drawing: Drawing | None = None
    view: str | None = None
    chapter: bool = False
    parts: Mapping[str, str] = field(default_factory=dict)
    lanes: tuple[str, ...] = ()
    normal: bool = True
    values: Mapping[int, float] = field(default_factory=dict)
    keep: int | None = None
    seed: int = 0
    stage: str | None = None
    speaker: str | None = None
    step: int = 1

    def query(self) -> str:
        """Write it as a query string."""
        drawing = self.drawing
        said = {
            MODEL: self.model,
            LANG: self.lang,
            SAMPLE: drawing and drawing.sample,
            DRAWING: drawing and (None if drawing.sample else drawing.in_link),
            CHAPTER if self.chapter else VIEW: self.view,
            PARTS: ",".join(f"{part}:{chosen}" for part, chosen in self.parts.items()),
            LANES: ",".join(self.lanes),
            NORMAL: "" if self.normal else "off",
            EDITS: ",".join(f"{unit + 1}:{_short(self.values[unit])}" for unit in self.values),
            KEEP: self.keep,
            SEED: self.seed,
            STAGE: self.stage,
            SPEAKER: self.speaker,
            STEP: self.step if self.stage or self.speaker else None,
        }
        return f"?{urlencode({name: what for name, what in said.items() if what}, safe=',:')}"


def read(
    query: Mapping[str, str],
    views: Container[str],
    talks: Container[str] = (),
    chapters: Container[str] = (),
) -> tuple[Link, list[str]]:
    """Read a link; give what is right in it, and English source strings on what is wrong.

    Parameters
    ----------
    views, talks, chapters : the names of those that there are; a chapter is a view, too.
    """
    readers: dict[str, Callable[[str], Any]] = {
        MODEL: lambda value: _one_of(ae.FAMILIES, value),
        LANG: lambda value: _one_of(LANGUAGES, value),
        SAMPLE: _sample,
        DRAWING: strokes.from_link,
        VIEW: lambda value: _one_of(views, value),
        CHAPTER: lambda value: _one_of(chapters, value),
        PARTS: _parts,
        LANES: lambda value: tuple(_one_of(COMPARED, name) for name in value.split(",")),
        NORMAL: lambda value: _one_of(("on", "off"), value) == "on",
        EDITS: lambda value: _edits(value, units),
        KEEP: lambda value: _whole(value, 1, units),
        SEED: lambda value: _whole(value, 0, SEEDS - 1),
        STAGE: lambda value: _one_of(talks, value),
        SPEAKER: lambda value: _one_of(talks, value),
        STEP: lambda value: _whole(value, 1, STEPS),
    }
    good: dict[str, Any] = {}
    notices = []
    units = _UNITS
    for name, reader in readers.items():
        if name not in query:
            continue
        try:
            good[name] = reader(query[name])
        except ValueError:
            notices.append(_NOTICES[name])
        units = ae.FAMILIES[good.get(MODEL, DEFAULT_MODEL)].code_size
    link = Link(
        model=good.get(MODEL),
        lang=good.get(LANG),
        drawing=good.get(DRAWING, good.get(SAMPLE)),
        view=good.get(VIEW, good.get(CHAPTER)),
        chapter=CHAPTER in good,
        parts=good.get(PARTS, {}),
        lanes=good.get(LANES, ()),
        normal=good.get(NORMAL, True),
        values=good.get(EDITS, {}),
        keep=good.get(KEEP),
        seed=good.get(SEED, 0),
        stage=good.get(STAGE),
        speaker=good.get(SPEAKER),
        step=good.get(STEP, 1),
    )
    return link, notices


def _short(value: float) -> str:
    """Write a unit's value with four decimals at most."""
    return f"{min(max(value, -_MOST), _MOST):.4f}".rstrip("0").rstrip(".")


def _one_of(names: Container[str], value: str) -> str:
    if value not in names:
        raise ValueError("expected a name that exists")
    return value


def _whole(value: str, low: int, high: int) -> int:
    if not re.fullmatch(r"\d{1,6}", value, re.ASCII) or not low <= int(value) <= high:
        raise ValueError("expected a whole number in its range")
    return int(value)


def _sample(value: str) -> Drawing:
    """Read a sample's name, or a digit, for which its first writing is taken."""
    first = next((name for name in ae.samples.SAMPLES if name[:-1] == value), value)
    return strokes.sample(_one_of(_SAMPLES, first))


def _parts(value: str) -> dict[str, str]:
    """Read what is chosen; whether it can be chosen, the view knows."""
    pairs = [_PART.fullmatch(pair) for pair in value.split(",", _PARTS)]
    parts = {pair[1]: pair[2] for pair in pairs if pair}
    if len(parts) < len(pairs):
        raise ValueError("expected parts of a view and what is chosen in them")
    return parts


def _edits(value: str, units: int) -> dict[int, float]:
    pairs = [_EDIT.fullmatch(pair) for pair in value.split(",", units)]
    values = {int(pair[1]) - 1: float(pair[2]) for pair in pairs if pair}
    possible = all(0 <= unit < units and abs(values[unit]) <= _MOST for unit in values)
    if len(values) < len(pairs) or not possible:
        raise ValueError("expected units and their values")
    return values
