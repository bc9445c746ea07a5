"""What an autoencoder makes of what it never saw."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from ae import evaluation
from ui import canvas, galleries, models, strokes
from ui.comparison import Scene
from ui.text import N_, Text

_TITLES = {
    "letter_a": N_("A letter"),
    "smiley": N_("A smiley"),
    "two_digits": N_("Two digits"),
    "empty_box": N_("An empty box"),
    "inverted": N_("Black on white"),
    "noise": N_("Noise"),
}


def show(scene: Scene, text: Text) -> None:
    """Show all of them at a glance; one click puts one on the canvas."""
    _, sketch = text.gettext, scene.now.sketch
    st.caption(
        _(
            "The models have only ever seen digits. Pen strokes may survive in part; a bright"
            " background and noise do not. Choose one to put it on the canvas. Below each picture:"
            " its squared error."
        )
    )
    with st.container(key="strangers", horizontal=True, gap="xsmall"):
        for name, title in _TITLES.items():
            st.button(
                _(title),
                key=f"stranger_{name}",
                width="stretch",
                on_click=canvas.act,
                args=(sketch, partial(sketch.put, strokes.sample(name))),
            )
    digits = np.stack([strokes.sample_digit(name) for name in _TITLES])
    titles = [_(title) for title in _TITLES.values()]
    rows = [galleries.row(_("Input"), digits, titles)]
    for name, model in scene.models.items():
        title, reconstructions = models.title(name, text), model.reconstruct(digits)
        errors = [text.number(mse, 4) for mse in evaluation.mse(digits, reconstructions)]
        alts = [
            _("{what}, by {model}: squared error {mse}", what=what, model=title, mse=error)
            for what, error in zip(titles, errors, strict=True)
        ]
        rows.append(galleries.row(title, reconstructions, alts, errors))
    st.html(galleries.html(rows, width=112))  # as wide as the buttons above them
    galleries.offer(rows, "gargalo-strangers.png", text)
