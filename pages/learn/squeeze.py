"""Two halves: the encoder's way in, the code in the middle, the decoder's way out."""

from __future__ import annotations

import numpy as np
import streamlit as st

import ae
from pages.learn.question import Question
from ui import editor, html, inference, machine, pictures
from ui.comparison import Scene
from ui.text import N_, Text


def show(scene: Scene, text: Text) -> None:
    """Show the machine, its bars and their tools; the code can be changed, as on Draw."""
    now, model = scene.now, scene.focus
    result = inference.look(model, now.sketch.drawing, normalise=now.normal, edits=now.edits)
    ways = machine.ways(result, ae.FAMILIES[model.name], "survives", False, text)
    st.html(html.element("div", *ways, class_="small-machine", data_model=model.name))
    st.html(editor.heading(result, model, text))
    editor.bars(now, model, result, text, key="bars", height=150)
    editor.tools(now, model, result, text)


def _answer(scene: Scene, text: Text) -> tuple[str, str]:
    _ = text.gettext
    zeros = np.zeros((1, scene.focus.code_size), np.float32)
    drawn = pictures.grey(scene.focus.decode(zeros)[0])
    picture = pictures.img(drawn, _("What the decoder draws from zeros alone."))
    words = _(
        "No digit has a code of zeros alone, so the decoder never learnt what to do with"
        " one. It answers all the same: any {n} numbers are a code to it.",
        n=scene.focus.code_size,
    )
    return "muddle", html.join((picture, words))


QUESTION = Question(
    N_("If all numbers of the code are zero, what does the decoder draw?"),
    {
        "black": N_("Nothing: all black"),
        "grey": N_("A grey average digit"),
        "muddle": N_("A muddle"),
    },
    _answer,
)
