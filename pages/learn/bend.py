"""Bend: a net of one layer and a deep one, by a thorough recipe and by the tutorial's."""

from __future__ import annotations

import streamlit as st

import ae
from pages.learn.question import Question
from ui import html, inference, lanes, models, pictures
from ui.comparison import Scene
from ui.html import element
from ui.text import N_, Text

_NAMES = "shallow", "deep"


def show(scene: Scene, text: Text) -> None:
    """Show a lane for each net, and below, what the tutorial's recipe makes of the same digit."""
    _ = text.gettext
    st.html(lanes.html(scene, None, text, lanes.BRIEF))
    if len(scene.models) < len(_NAMES):
        return
    figures = []
    for name in _NAMES:
        title, picture = models.title(name, text), html.blank()
        note: str = html.SPACE
        if scene.digit is not None:
            result = inference.result(models.tutorial(name), scene.digit)
            note = _("squared error {mse}", mse=text.number(result.mse, 4))
            alt = _("{model}, by the tutorial's recipe: the decoder's drawing.", model=title)
            picture = pictures.img(pictures.grey(result.reconstruction), alt)
        figures.append(html.figure(title, picture, note))
    words = _("By the tutorial's own recipe: Adadelta, 50 epochs.")
    st.html(element("div", element("p", words), *figures, class_="beside"))


def _answer(_scene: Scene, text: Text) -> tuple[str, str]:
    _ = text.gettext
    first, deep = (
        {recipe: _bce(name, recipe) for recipe in ("best", "tutorial")} for name in _NAMES
    )
    sentence = _(
        "Cross-entropy over 10,000 test digits: shallow {shallow}, deep {deep}. With a thorough"
        " recipe: {shallow_best} and {deep_best}. Less is better.",
        shallow=text.number(first["tutorial"], 3),
        deep=text.number(deep["tutorial"], 3),
        shallow_best=text.number(first["best"], 3),
        deep_best=text.number(deep["best"], 3),
    )
    return "worse" if deep["tutorial"] > first["tutorial"] else "better", sentence


def _bce(name: str, recipe: str) -> float:
    model = models.load(name) if recipe == "best" else models.tutorial(name)
    assert isinstance(model, ae.Autoencoder)  # PCA has no recipe
    return float(model.metadata.test.bce)


QUESTION = Question(
    N_("By the tutorial's own recipe, is the deep net better than the shallow one?"),
    {"better": N_("Better"), "same": N_("The same"), "worse": N_("Worse")},
    _answer,
)
