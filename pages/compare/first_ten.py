"""The tutorial's own picture: ten digits above, their reconstructions below."""

from __future__ import annotations

import numpy as np
import streamlit as st

import ae
from ae import evaluation
from pages.compare.scene import Scene
from ui import downloads, galleries, models, pictures, strokes
from ui.galleries import Row, Tile
from ui.text import Text


def show(scene: Scene, text: Text) -> None:
    """Show them, and say which ten they are."""
    _ = text.gettext
    digits = models.first_test_digits()
    if digits is None:
        firsts = [name for name in ae.samples.SAMPLES if name.endswith("a")]
        digits = np.stack([strokes.sample_digit(name) for name in firsts])
        told = _(
            "Our own sample digits, because MNIST is not on this machine. Where it is, its first"
            " ten test digits stand here."
        )
    else:
        told = _("The first ten of MNIST's test digits, as in the tutorial.")
    st.caption(told)
    rows: list[Row] = [
        (
            _("Originals"),
            [
                Tile(pictures.grey(digit), _("Original {i} of {n}", i=i, n=len(digits)))
                for i, digit in enumerate(digits, 1)
            ],
        )
    ]
    for name, model in scene.models.items():
        title, made, tiles = models.title(name, text), model.reconstruct(digits), []
        for i, (picture, mse) in enumerate(zip(made, evaluation.mse(digits, made), strict=True), 1):
            alt = _(
                "{model}: digit {i} again, squared error {mse}",
                model=title, i=i, mse=text.number(mse, 4),
            )  # fmt: skip
            tiles.append(Tile(pictures.grey(picture), alt))
        rows.append((title, tiles))
    st.html(galleries.html(rows))
    downloads.button(
        _("The pictures (PNG)"), lambda: galleries.sheet(rows), "gargalo-first-ten.png"
    )
