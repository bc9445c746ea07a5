"""Is it almost PCA? Made points first, where everything is in sight, and then the digit."""

from __future__ import annotations

import streamlit as st

from ae import simulations
from pages.learn.question import Question
from ui import lanes
from ui.choices import segments
from ui.comparison import Scene
from ui.components import simulation
from ui.state import Visit
from ui.text import N_, Text

_MADE, _WHAT = "half_circle", "pca_what"


def draws(now: Visit) -> bool:
    """Is the figure about the drawing? Points need its room."""
    return now.choices.get(_WHAT, "made") != "made"


def show(scene: Scene, text: Text) -> None:
    """Show the points and what is trained on them, or a lane for each model."""
    _, before = text.gettext, draws(scene.now)
    titles = {"made": _("Points"), "digit": _("Your digit")}
    made = segments(_("What passes"), titles, _WHAT) == "made"
    with st.container(key="points"):  # hidden behind the lanes, it goes on
        simulation.show(text, key="simulation", made=_MADE)
    if not made:
        st.html(lanes.html(scene, None, text, lanes.BRIEF))
    if made == before:
        st.rerun()  # all of the page: the canvas comes or goes


def _answer(_scene: Scene, text: Text) -> tuple[str, str]:
    made = simulations.SIMULATIONS[_MADE]
    points = made.points()
    line = simulations.PCA.fit(points, made.code_size)
    pca, curved = simulations.Result.of(line, points, made).error, made.best
    sentence = text.gettext(
        "PCA's line misses the points by {pca} on average (squared), the best net's curve by"
        " {curved}: {times} times less.",
        curved=text.number(curved, 4),
        pca=text.number(pca, 4),
        times=text.number(round(pca / curved)),
    )
    return "fifty" if pca / curved > 20 else "five" if pca / curved > 2 else "none", sentence


QUESTION = Question(
    N_(
        "Points on a half circle, a number for each: how many times smaller is a curve's squared"
        " error than a line's?"
    ),
    {"none": N_("Hardly at all"), "five": N_("About 5 times"), "fifty": N_("About 50 times")},
    _answer,
)
