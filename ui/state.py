"""Every session key, and what of it a link says (ui/links.py), typed and allow-listed.

A page asks here and nowhere else. Streamlit forgets a widget's value when the visitor changes the
page, so what must last lives in the `Visit`, under a key that no widget owns.
"""

from __future__ import annotations

import re
import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import streamlit as st

import ae
from ae import plans
from ae.families import Family
from ae.model import Autoencoder
from ui import links, lost, strokes, talks
from ui.components import download
from ui.draft import Draft
from ui.edits import Edits
from ui.links import Link
from ui.sketch import Sketch
from ui.strokes import Drawing
from ui.talks import Talk
from ui.text import LANGUAGES, N_, Text, best_language, translator

# The first two are also query parameters, and the keys of the widgets in the frame, on every page.
MODEL, LANG, LANES = links.MODEL, links.LANG, links.LANES
CHAPTERS = "learn"  # the page whose views are chapters
COMPARED, DEFAULT_MODEL, SEEDS = links.COMPARED, links.DEFAULT_MODEL, links.SEEDS
MORE_MODELS = "more_models"
NORMAL = "normal_form"
_VISIT = "visit"

# Names the visitor's desk in the office of trainings, also for a tab that they open later. Nobody
# can guess it, and it stands in no link.
TOKEN_COOKIE = "gargalo_desk"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")

# Who opens Compare sees these; the others have their own part of Explore.
FIRST_LANES = ("pca", *plans.PLAIN)

UPLOADS = 500  # of a session, pictures and models together
TOO_MANY_UPLOADS = N_("You have uploaded a lot already. Load the page again to go on.")

DEFAULT_SAMPLE = "7b"

# After an absence longer than the server keeps a session, or after its restart.
_LOST = (
    N_(
        "Reconnected. What was on your canvas is here; undo, edits, uploads, drawings put aside and"
        " your own model may be gone."
    ),
    N_(
        "Reconnected without your drawing. Edits, uploads, drawings put aside and your own model"
        " may be gone, too."
    ),
)
_NO_CHOICE = N_("Your browser sent a choice that does not exist.")


@dataclass(eq=False)
class OwnModel:
    """A model that the visitor trained or uploaded, and what has been made of it since.

    Attributes
    ----------
    raw : its file.
    title : what the visitor calls it; empty, it is called by what it is.
    code_map : its map; it takes long, and is made when asked for.
    redrawn : whether that is of digits that stand for MNIST's.
    """

    model: Autoencoder
    raw: bytes
    title: str = ""
    code_map: ae.atlas.CodeMap | None = None
    redrawn: bool = False


@dataclass(frozen=True)
class Stage:
    """Where a talk stands that is being given: see ui/stage.py.

    Attributes
    ----------
    number : of the step that is shown, from 1.
    own : the drawing that was made by hand, before the talk or during it.
    before, chosen : the visit, and what the widgets had chosen, when the talk began.
    """

    talk: Talk
    number: int
    own: Drawing | None
    before: Visit
    chosen: Mapping[str, object]

    @property
    def step(self) -> talks.Step:
        """The step that is shown."""
        return self.talk.steps[self.number - 1]


@dataclass
class Visit:
    """What one visitor has done; one per session.

    Attributes
    ----------
    sketch : the drawing, and what the visitor changed in its code. normal : whether it is brought
        into MNIST's normal form.
    draft : what they would train.
    page : the folder's name of the page that is open.
    notices : sentences to show once.
    seeds : view -> the seed of what it samples at random.
    choices : part of a view -> what was chosen in it, or a link chooses; not what is chosen there
        by itself.
    token : of the visitor's desk in the office of trainings.
    own : the visitor's own models, by their names (ui/names.py), the newest last.
    at_hand : the one of them that the Train page is about.
    frames_sent : how many frames of the training this browser has.
    awaited : number of the training that they have seen run, and not yet end.
    uploads : how many files they have uploaded.
    upload_problem : English source string of what was wrong with the last model that was uploaded.
    title_problem : the same of the last title that was given to a model.
    machine : name of the model whose layers were shown last; another one's are built anew.
    views : page -> the names of its views; the first one opens by itself.
    before : while a view is open that is about a model of its own: the one that was looked at, the
        drawing, and the changes to its code.
    read : the chapters that they have come through. guesses : chapter -> what they foretold there.
    talk : the visitor's own, if they have one. talk_faults : of the last file that was to be one.
    stage : where they are, if they give a talk.
    called : the talk and the step that their link opens, until it is there.
    speaker : the talk and the step of which this is the speaker's window.
    """

    sketch: Sketch = field(default_factory=Sketch)
    normal: bool = True
    draft: Draft = field(default_factory=Draft)
    page: str | None = None
    notices: list[str] = field(default_factory=list)
    seeds: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    choices: dict[str, str] = field(default_factory=dict)
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    own: Mapping[str, OwnModel] = field(default_factory=dict)
    at_hand: str | None = None
    frames_sent: int = 0
    awaited: int | None = None
    uploads: int = 0
    upload_problem: str | None = None
    title_problem: str | None = None
    machine: str | None = None
    views: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    before: tuple[str, Drawing, dict[int, float], int | None] | None = None
    read: set[str] = field(default_factory=set)
    guesses: dict[str, str] = field(default_factory=dict)
    talk: Talk | None = None
    talk_faults: tuple[talks.Fault, ...] = ()
    stage: Stage | None = None
    called: tuple[str, int] | None = None
    speaker: tuple[str, int] | None = None

    @property
    def edits(self) -> Edits:
        """What the visitor changed in the code."""
        return self.sketch.edits

    @property
    def revision(self) -> int:
        """Rises with every new drawing; the screen carries it, for tests and benchmarks."""
        return self.sketch.revision

    def change_model(self) -> None:
        """Forget what was chosen and changed in a code: it was another model's."""
        self.edits.unit = None
        self.sketch.forget_edits()

    def may_upload(self) -> bool:
        """Count one more upload; False if there were too many already."""
        self.uploads = min(self.uploads + 1, UPLOADS + 1)
        return self.uploads <= UPLOADS

    def resample(self, view: str) -> None:
        """Sample at random again in a view, by the next seed."""
        self.seeds[view] = (self.seeds[view] + 1) % SEEDS


def enter(views: Mapping[str, Iterable[str]]) -> Visit:
    """Give the visitor's state to the frame; at the first run, make it from the link they opened.

    Parameters
    ----------
    views : page -> the names of its views, the first one opens by itself.
    """
    if _VISIT not in st.session_state:
        named = {page: tuple(names) for page, names in views.items()}
        left = lost.remains()
        query = left.link if left and left.link else st.query_params
        link, notices = links.read(
            query, frozenset(chain(*named.values())), talks.NAMES, named.get(CHAPTERS, ())
        )
        now = _begin(link) if left is None else _come_back(left, link)
        if link.view:
            now.seeds[link.view] = link.seed
        now.choices.update(link.parts)
        now.notices += notices
        now.views = named
        if link.stage:
            now.called = link.stage, link.step
        elif link.speaker:
            now.speaker = link.speaker, link.step
        token = str(st.context.cookies.get(TOKEN_COOKIE, ""))
        if _TOKEN.fullmatch(token):
            now.token = token
        st.session_state[_VISIT] = now
        st.session_state[LANG] = link.lang or best_language(st.context.locale)
        st.session_state.update(choices(link, named))
    visit: Visit = st.session_state[_VISIT]
    # Streamlit requires a choice in the browser only; anybody's client may send none.
    for key, good in ((MODEL, model_name()), (LANG, text().language)):
        if st.session_state[key] != good:
            st.session_state[key] = good
            visit.notices.append(_NO_CHOICE)
    return visit


def choices(link: Link, views: Mapping[str, Sequence[str]]) -> dict[str, object]:
    """Give what a link chooses in the frame and on the pages: the widget's key -> its value."""
    opened = {
        view_key(page): link.view if link.view in names else names[0]
        for page, names in views.items()
        if names
    }
    lanes = list(link.lanes or FIRST_LANES)
    return {MODEL: link.model or DEFAULT_MODEL, LANES: lanes, **opened}


def _begin(link: Link) -> Visit:
    """Begin a visit as its link says."""
    drawing = link.drawing or strokes.sample(DEFAULT_SAMPLE)
    return Visit(Sketch(drawing, Edits(values=dict(link.values), keep=link.keep)), link.normal)


def _come_back(left: lost.Remains, link: Link) -> Visit:
    """Go on from what the browser still has of a session that was lost."""
    drawing = left.drawing(link.drawing)
    now = Visit(Sketch(drawing or Drawing()), left.switches.get(NORMAL, link.normal))
    # The address may be older than the last strokes: edits are of one drawing.
    if drawing and link.drawing and drawing.in_link == link.drawing.in_link:
        now.edits.values, now.edits.keep = dict(link.values), link.keep
    # The browser sends its sliders along, too; those of this session have other keys.
    now.edits.turn = secrets.randbelow(1_000_000)
    now.notices.append(_LOST[drawing is None])
    return now


def take(visit: Visit) -> None:
    """Go on with another visit."""
    st.session_state[_VISIT] = visit


def current() -> Visit:
    """Give the visitor's state to a part of a page."""
    now: Visit = st.session_state[_VISIT]
    return now


def on_stage() -> bool:
    """Is a talk given? Then nothing is shown that is to be set, and everything is as it begins."""
    visit = st.session_state.get(_VISIT)
    return visit is not None and visit.stage is not None


def visit(page: str) -> Visit:
    """Give the visitor's state to the page that is open."""
    now: Visit = st.session_state[_VISIT]
    if page != now.page:
        if now.page is not None:
            now.sketch.turn_page()
            download.forget()
        now.page = page
    return now


def text() -> Text:
    """Give this visitor's language."""
    language = st.session_state[LANG]
    return translator(language if language in LANGUAGES else next(iter(LANGUAGES)))


def model_name() -> str:
    """Name the model that this visitor looks at."""
    name: str = st.session_state[MODEL]
    return name if name in model_names(current()) else DEFAULT_MODEL


def look_at(now: Visit, name: str) -> None:
    """Choose a model as the frame would; to be called before the frame is shown."""
    st.session_state[MODEL] = name
    now.change_model()


def borrow(now: Visit, name: str) -> None:
    """Look at a model for as long as a view is open that is about it."""
    edits = now.edits
    now.before = model_name(), now.sketch.drawing, dict(edits.values), edits.keep
    look_at(now, name)


def give_back(now: Visit) -> None:
    """Look at the model from before again, if there was one, with what was changed in its code."""
    if now.before is None:
        return
    name, drawing, values, keep = now.before
    now.before = None
    if name not in model_names(now):
        name = DEFAULT_MODEL
    look_at(now, name)
    if now.sketch.drawing is drawing:
        now.edits.values, now.edits.keep = values, keep


def model_names(now: Visit) -> tuple[str, ...]:
    """Name what this visitor can look at: the families, and behind them their own models."""
    return (*ae.FAMILIES, *now.own)


def models_in_sight(now: Visit) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Sort the models into those that the frame shows and those in its menu.

    In sight are the tutorial's three, the one that they look at, and the newest of their own if
    that is none of those.
    """
    names, looked_at = model_names(now), model_name()
    tutorials = [name for name, family in ae.FAMILIES.items() if "tutorial" in family.recipes]
    newest = [] if looked_at in now.own else list(now.own)[-1:]
    shown = (*tutorials, *newest, looked_at)
    in_sight = tuple(name for name in names if name in shown)
    return in_sight, tuple(name for name in names if name not in in_sight)


def take_from_menu(now: Visit) -> None:
    """Look at the model that the visitor has just chosen in the frame's menu."""
    name = st.session_state[MORE_MODELS]
    if name in model_names(now):
        look_at(now, name)


def family(now: Visit) -> Family:
    """Give the family that this visitor looks at."""
    name = model_name()
    if name in now.own:
        return plans.family_of(now.own[name].model.metadata)
    return ae.FAMILIES[name]


def compared(now: Visit) -> tuple[str, ...]:
    """Name what this visitor can compare, PCA first."""
    return (*COMPARED, *now.own)


def view_key(page: str) -> str:
    """Name the menu of a page's views."""
    return f"view_{page}"


def view(now: Visit) -> str | None:
    """Name the view that is open, where the page has several."""
    name: str | None = st.session_state.get(view_key(now.page or ""))
    return name


def own_drawing(now: Visit) -> Drawing | None:
    """Give what was drawn by hand, on stage: it goes on to the next step. Blank is nothing."""
    stage, drawing = now.stage, now.sketch.drawing
    if stage is None:
        return None if drawing.sample or drawing.empty else drawing
    if not stage.step.own or drawing is now.sketch.prepared:
        return stage.own
    return None if drawing.empty else drawing


def seen(now: Visit) -> Link:
    """Say what the visitor sees; pictures have no address."""
    language = text().language
    if now.stage:
        talk, number = now.stage.talk.name, now.stage.number
        return Link(lang=language, drawing=own_drawing(now), stage=talk, step=number)
    if now.speaker:
        talk, number = now.speaker
        return Link(lang=language, speaker=talk, step=number)
    shipped = model_name() in ae.FAMILIES  # one's own is for nobody else, nor what is done with it
    # A link that names a view opens there; without, the page opens at its top.
    opened = view(now)
    chosen = tuple(name for name in COMPARED if name in st.session_state[LANES])
    part = f"{opened or now.page}_"  # so begin the keys of all that is chosen in it
    return Link(
        model=model_name() if shipped else None,
        lang=language,
        drawing=now.sketch.drawing,
        view=opened if opened not in now.views.get(now.page or "", ())[:1] else None,
        chapter=now.page == CHAPTERS,
        parts={key: name for key, name in now.choices.items() if key.startswith(part)},
        lanes=chosen if now.page == "compare" and chosen != FIRST_LANES else (),
        normal=now.normal,
        values=now.edits.values if shipped else {},
        keep=now.edits.keep if shipped else None,
        seed=now.seeds.get(opened or "", 0),
    )


def link(now: Visit) -> str:
    """Write the query string that opens what the visitor sees."""
    return seen(now).query()
