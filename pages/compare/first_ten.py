"""The tutorial's own picture: ten digits above, their reconstructions below."""

from __future__ import annotations

import streamlit as st

from ae import evaluation
from ui import galleries, models, strokes
from ui.comparison import Scene
from ui.text import Text


def show(scene: Scene, text: Text) -> None:
    """Show them, and say which ten they are."""
    _ = text.gettext
    digits = models.first_test_digits()
    if digits is None:
        digits = strokes.ten_samples()
        source = _("One sample of each digit.")
    else:
        source = _("The first ten test digits of MNIST, a collection of handwritten digits.")
    st.caption(source)
    numbers = range(1, len(digits) + 1)
    originals = [_("Original {i} of {n}", i=i, n=len(digits)) for i in numbers]
    rows = [galleries.row(_("Originals"), digits, originals)]
    for name, model in scene.models.items():
        title, reconstructions = models.title(name, text), model.reconstruct(digits)
        errors = evaluation.mse(digits, reconstructions)
        alts = [
            _(
                "{model}: digit {i} again, squared error {mse}",
                model=title,
                i=i,
                mse=text.number(mse, 4),
            )
            for i, mse in zip(numbers, errors, strict=True)
        ]
        rows.append(galleries.row(title, reconstructions, alts))
    st.html(galleries.html(rows))
    galleries.offer(rows, "gargalo-first-ten.png", text)
