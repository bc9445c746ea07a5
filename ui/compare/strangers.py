"""What an autoencoder makes of what it never saw."""

from __future__ import annotations

import numpy as np
import streamlit as st

from ae import evaluation
from ui import downloads, galleries, models, pictures, strokes
from ui.compare.scene import Scene
from ui.galleries import Row
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
    _ = text.gettext
    st.caption(
        _(
            "The models were trained on digits alone. What a pen could draw may survive in part; a"
            " bright ground and noise do not. Choose one, and it is on the canvas."
        )
    )
    with st.container(key="strangers", horizontal=True, gap="xsmall"):
        for name, title in _TITLES.items():
            st.button(
                _(title),
                key=f"stranger_{name}",
                width="stretch",
                on_click=lambda name=name: scene.now.put(strokes.sample(name)),
            )
    digits = np.stack([strokes.sample_digit(name) for name in _TITLES])
    titles = [_(title) for title in _TITLES.values()]
    rows: list[Row] = [
        (_("Given"), [(pictures.grey(x), title) for x, title in zip(digits, titles, strict=True)])
    ]
    for name, model in scene.models.items():
        made = model.reconstruct(digits)
        row = []
        for what, picture, mse in zip(titles, made, evaluation.mse(digits, made), strict=True):
            share = text.percent(1 - model.statistics.better_than(float(mse)))
            alt = _(
                "{model} makes this of it: {what}. Worse than {share} of MNIST's test digits.",
                model=models.title(name, text), what=what, share=share,
            )  # fmt: skip
            row.append((pictures.grey(picture), alt))
        rows.append((models.title(name, text), row))
    st.html(galleries.html(rows))
    downloads.button(
        _("The pictures (PNG)"), lambda: galleries.sheet(rows), "gargalo-strangers.png"
    )
