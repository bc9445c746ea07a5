"""Every session key and every query parameter, typed and allow-listed.

A page asks here and nowhere else. Streamlit forgets a widget's value when the visitor changes the
page, so what must last lives in the `Visit`, under a key that no widget owns.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

import ae
from ae import plans
from ae.families import Family
from ae.model import Autoencoder
from ae.plans import OWN, Plan
from ui import strokes
from ui.strokes import Drawing, Stroke
from ui.text import LANGUAGES, N_, Text, best_language, translator
from ui.trainings import Desk, office

# Query parameters; the first two are also the keys of the widgets in the frame, on every page.
MODEL, LANG, SAMPLE, VIEW = "model", "lang", "sample", "view"
LANES = "lanes"  # the models that are compared: "pca,deep"
EXPLORE = "explore"  # the view that is open on Explore
_VISIT = "visit"

# Names the visitor's desk in the office of trainings, also for a tab that they open later. Nobody
# can guess it, and it stands in no link.
TOKEN_COOKIE = "gargalo_desk"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")

# The parts of the Compare page below its lanes, in the order of the menu.
VIEWS = (
    "first_ten",
    "ladder",
    "atoms",
    "build_up",
    "subspace",
    "sparsity",
    "table",
    "strangers",
    "invent",
)
# The parts of the Explore page, in the order of its menu. A link says them by VIEW too.
EXPLORED = ("map", "neighbours", "morph", "arithmetic", "new", "noise")
# PCA first: what the others are compared with.
COMPARED = ("pca", *ae.FAMILIES)
# Who opens Compare sees these; the others have their own part of Explore.
FIRST_LANES = ("pca", *plans.PLAIN)

_UNDO_STEPS = 50
SEEDS = 10_000
_KEPT = 4

DEFAULT_MODEL = next(iter(ae.FAMILIES))
DEFAULT_SAMPLE = "7b"
DEFAULT_PRESET = next(iter(plans.PRESETS))

# What a link may say, and what the visitor is told when it says something else. The value itself
# is never repeated: a notice is Markdown, and the link comes from anybody.
_ALLOWED: Mapping[str, tuple[frozenset[str], str]] = {
    MODEL: (frozenset(ae.FAMILIES), N_("The link names a model that does not exist.")),
    LANG: (frozenset(LANGUAGES), N_("The link names a language that does not exist.")),
    SAMPLE: (
        frozenset(
            [*ae.samples.SAMPLES, *ae.out_of_distribution.STROKES, *ae.out_of_distribution.PICTURES]
        ),
        N_("The link names a sample that does not exist."),
    ),
    VIEW: (frozenset([*VIEWS, *EXPLORED]), N_("The link names a view that does not exist.")),
    LANES: (frozenset(COMPARED), N_("The link names a lane that does not exist.")),
}


@dataclass
class Visit:
    """What one visitor has done; one per session.

    Attributes
    ----------
    drawing : what is on the canvas now.
    loads : how often Python has changed the drawing; the canvas reloads when it rises.
    loaded : what the canvas was given at that time, and keeps drawing on.
    revision : rises with every new drawing; the screen carries it, for tests and benchmarks.
    turn : rises whenever the code changes by anything but the sliders. They carry it in their keys:
        a browser that has not heard of the change yet still sends the old position of a slider,
        and that must not count as the visitor's wish for the new code.
    selected : the unit whose bar is chosen, or None.
    edits : unit -> the value that the visitor gave it.
    keep : how many of the code's largest numbers are kept; None keeps all.
    problem : one sentence on what went wrong with the last drawing or upload.
    notices : sentences to show once.
    normal : whether drawings are brought into MNIST's normal form.
    page : the folder's name of the page that is open.
    seed : of the dice that the visitor has rolled.
    kept : number -> drawing that was put aside, to morph between them; the oldest goes first.
    own_map : version of the visitor's own model, and its map.
    token : of the visitor's desk in the office of trainings.
    own : the model that the visitor trained or uploaded. own_version : which of them.
    plan : what the visitor would train now. preset : what it started from, None once changed.
    plan_turn : rises when the plan changes by anything but its own widgets.
    go_on : whether a training goes on from the visitor's own model.
    frames_sent : how many frames of the training this browser has.
    keras : version of the visitor's own model, and its .keras file.
    upload_problem : one sentence on what was wrong with the last model that was uploaded.
    """

    drawing: Drawing
    loaded: Drawing
    loads: int = 0
    revision: int = 0
    turn: int = 0
    past: list[Drawing] = field(default_factory=list)
    future: list[Drawing] = field(default_factory=list)
    selected: int | None = None
    edits: dict[int, float] = field(default_factory=dict)
    keep: int | None = None
    problem: str | None = None
    notices: list[str] = field(default_factory=list)
    normal: bool = True
    page: str | None = None
    seed: int = 0
    kept: dict[int, Drawing] = field(default_factory=dict)
    own_map: tuple[int, ae.atlas.CodeMap] | None = None
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    own: Autoencoder | None = None
    own_version: int = 0
    plan: Plan = field(default_factory=lambda: plans.preset(DEFAULT_PRESET, DEFAULT_MODEL))
    preset: str | None = DEFAULT_PRESET
    plan_turn: int = 0
    go_on: bool = False
    frames_sent: int = 0
    keras: tuple[int, bytes] | None = None
    upload_problem: str | None = None
    mounts: int = 0
    _heard: tuple[Stroke, ...] | None = None

    def put(self, drawing: Drawing) -> None:
        """Replace the drawing from Python's side: a sample, an upload, an empty canvas."""
        self._step(drawing)
        self.reload()

    def clear(self) -> None:
        """Empty the canvas."""
        self.put(Drawing())

    def hear(self, drawn: tuple[Stroke, ...] | None) -> None:
        """Take what the canvas sent: all strokes, or None if none of them is the visitor's.

        Streamlit hands over the last message at every run. Heard once, it is no news, and may be
        older than what Python has put on the canvas since.
        """
        if drawn != self._heard:
            self._heard = drawn
            if drawn is not None:
                self._step(Drawing(drawn, picture=self.drawing.picture))

    def undo(self) -> None:
        """Go one step back; samples, uploads and clearing are steps like any stroke."""
        if self.past:
            self.future.append(self.drawing)
            self._show(self.past.pop())
            self.reload()

    def redo(self) -> None:
        """Take an undo back."""
        if self.future:
            self.past.append(self.drawing)
            self._show(self.future.pop())
            self.reload()

    def reload(self) -> None:
        """Make the canvas show the drawing as Python knows it."""
        self.loaded = self.drawing
        self.loads += 1

    def remount(self) -> None:
        """Throw the canvas away and begin a new one: its state in the session is unusable."""
        self.mounts += 1
        self._heard = None

    def change_model(self) -> None:
        """Forget what belonged to the units of another model."""
        self.edits = {}
        self.selected = None
        self.turn += 1

    def reset_code(self) -> None:
        """Forget what was done to the code."""
        self.edits = {}
        self.keep = None
        self.turn += 1

    def set_unit(self, unit: int, value: float | None) -> None:
        """Give a unit a value of the visitor's, or with None its own again."""
        self.edits.pop(unit, None)
        if value is not None:
            self.edits[unit] = value
        self.turn += 1

    def resample(self) -> None:
        """Roll the dice again."""
        self.seed = (self.seed + 1) % SEEDS

    def keep_drawing(self) -> None:
        """Remember the drawing, beside what is drawn next."""
        # Empty it may be if the click comes before the browser knows that it is.
        if not self.drawing.empty and self.drawing not in self.kept.values():
            kept = {**self.kept, max(self.kept, default=0) + 1: self.drawing}
            self.kept = dict(list(kept.items())[-_KEPT:])

    def _step(self, drawing: Drawing) -> None:
        self.past = [*self.past, self.drawing][-_UNDO_STEPS:]
        self.future = []
        self._show(drawing)

    def _show(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.revision += 1
        self.edits = {}  # they belong to another code
        self.turn += 1
        self.problem = None


def visit(page: str | None = None) -> Visit:
    """Give this visitor's state; at the first run, make it from the link that they opened.

    Parameters
    ----------
    page : which page asks; the frame around all of them leaves it out.
    """
    opening = _VISIT not in st.session_state
    if opening:
        link, notices = _read_link(st.query_params)
        start = strokes.sample(link.get(SAMPLE, DEFAULT_SAMPLE))
        st.session_state[_VISIT] = Visit(drawing=start, loaded=start, notices=notices)
        token = st.context.cookies.get(TOKEN_COOKIE, "")
        if _TOKEN.fullmatch(str(token)):
            st.session_state[_VISIT].token = str(token)
        st.session_state[MODEL] = link.get(MODEL, DEFAULT_MODEL)
        st.session_state[LANG] = link.get(LANG, best_language(st.context.locale))
        for key, views in ((VIEW, VIEWS), (EXPLORE, EXPLORED)):
            said = link.get(VIEW)
            st.session_state[key] = said if said in views else views[0]
        lanes = link.get(LANES)
        st.session_state[LANES] = lanes.split(",") if lanes else list(FIRST_LANES)
    found: Visit = st.session_state[_VISIT]
    if page is None:
        _look_at_desk(found, look=not opening)
    if page not in (None, found.page):
        if found.page is not None:
            found.remount()  # each page has a canvas of its own; what the last one said is old
        found.page = page
    return found


def desk(now: Visit) -> Desk | None:
    """Give the visitor's desk in the office of trainings, if they have one."""
    context = get_script_run_ctx()
    return office().desk(now.token, context.session_id if context else None)


def _look_at_desk(now: Visit, *, look: bool) -> None:
    """See whether there is a new model of the visitor's own; once a run, so that a run agrees.

    Who has just trained or uploaded it will `look` at it; who opens a link looks at the link's.
    """
    there = desk(now)
    if there is None or there.version == now.own_version:
        return
    if now.own is None and OWN not in st.session_state[LANES]:
        st.session_state[LANES] = [*st.session_state[LANES], OWN]
    now.own, now.own_version = there.model, there.version
    if look:
        st.session_state[MODEL] = OWN
        now.change_model()


def canvas_key(now: Visit) -> str:
    """Name the canvas's widget."""
    return f"canvas{now.mounts}"


def text() -> Text:
    """Give this visitor's language."""
    return translator(st.session_state[LANG])


def model_name() -> str:
    """Name the family that this visitor looks at."""
    name: str = st.session_state[MODEL]
    return name


def model_names(now: Visit) -> tuple[str, ...]:
    """Name the families that this visitor can look at, their own model among them."""
    return tuple(ae.FAMILIES) if now.own is None else (*ae.FAMILIES, OWN)


def family(now: Visit) -> Family:
    """Give the family that this visitor looks at."""
    name = model_name()
    if name == OWN and now.own is not None:
        return plans.family_of(now.own.metadata)
    return ae.FAMILIES[name]


def compared(now: Visit) -> tuple[str, ...]:
    """Name what this visitor can compare, PCA first."""
    return COMPARED if now.own is None else (*COMPARED, OWN)


def view(now: Visit) -> str | None:
    """Name the view that is open, where the page has several."""
    key = {"compare": VIEW, "explore": EXPLORE}.get(now.page or "")
    return st.session_state[key] if key else None


def link(now: Visit) -> str:
    """Write the query string that opens what the visitor sees; free strokes have no address."""
    values = {LANG: st.session_state[LANG]}
    if model_name() in ae.FAMILIES:  # one's own is for nobody else
        values = {MODEL: model_name(), **values}
    if now.drawing.sample:
        values[SAMPLE] = now.drawing.sample
    if opened := view(now):
        values[VIEW] = opened
    if now.page == "compare":
        lanes = tuple(name for name in COMPARED if name in st.session_state[LANES])
        if lanes not in ((), FIRST_LANES):
            values[LANES] = ",".join(lanes)
    return f"?{urlencode(values, safe=',')}"


def _read_link(query: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Sort what a link says into values that exist and complaints about the others."""
    said = {name: query[name] for name in _ALLOWED if name in query}
    good = {name: value for name, value in said.items() if _allowed(name, value)}
    return good, [_ALLOWED[name][1] for name in said if name not in good]


def _allowed(name: str, value: str) -> bool:
    """Only lanes are several values, with commas between."""
    values = value.split(",") if name == LANES else [value]
    return _ALLOWED[name][0].issuperset(values)
