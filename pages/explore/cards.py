"""A digit, and what each of some models makes of it, side by side."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from ae import evaluation
from ae.arrays import Float32
from pages.explore.scene import Scene
from ui import html, models, pictures
from ui.text import Text


def show(
    names: Iterable[str], given: Float32, scene: Scene, text: Text, *, large: bool = False
) -> None:
    """Show the visitor's digit, what the models are given (if it is another), and their drawings.

    Parameters
    ----------
    names : of the models; one whose file is damaged is left out.
    given : (28, 28), what they encode. Errors are against the visitor's own digit.
    """
    _ = text.gettext
    digit = scene.digit
    assert digit is not None

    def error(picture: Float32) -> str:
        return text.number(evaluation.mse(digit[None], picture[None])[0], 4)

    figures = [pictures.figure(_("Your digit"), pictures.grey(digit), _("Your digit"))]
    if given is not digit:
        alt = _("Your digit, corrupted")
        figures.append(pictures.figure(_("Corrupted"), pictures.grey(given), alt, error(given)))
    for name, model in models.available(names, scene.now).items():
        reconstruction = model.reconstruct(given[None])[0]
        title, mse = models.title(name, text), error(reconstruction)
        alt = _("{model}: the decoder's drawing. Squared error {mse}.", model=title, mse=mse)
        figures.append(pictures.figure(title, pictures.grey(reconstruction), alt, mse))
    kind = "cards large" if large else "cards"
    st.html(html.element("div", *figures, class_=kind, data_revision=scene.now.revision))
