"""What is a copy good for? The digit through fewer and fewer numbers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st
from markupsafe import Markup

from ae import evaluation
from ae.arrays import PIXELS, Float32
from pages.learn.question import Question
from ui import html, models, pictures
from ui.comparison import Scene
from ui.html import element
from ui.inference import Result
from ui.text import N_, Text

# So many numbers pass. PCA takes any number of them, and the net beside it has the third.
_WIDTHS = (2, 8, 32, 128)
_ENOUGH = 0.9  # of the ink

Copies = Mapping[int, tuple[Float32, float]]  # numbers -> picture, share of the ink


def show(scene: Scene, text: Text) -> None:
    """Show the copies, from the widest way to the narrowest, and a net's beside them."""
    guessed = bool(scene.models)
    cells = [_whole(scene.digit, text)]
    copies = _copies(scene) if guessed else {}
    for width in reversed(_WIDTHS):
        picture = html.blank(None, "" if guessed else "?")
        note: str = html.SPACE
        if copies:
            copy, kept = copies[width]
            alt = text.gettext("Your digit from {n} numbers, by PCA.", n=width)
            picture, note = (
                pictures.img(pictures.grey(copy), alt),
                _of_ink(text.percent(kept), text),
            )
        cells.append(html.figure(_numbers(width, text), picture, note))
    st.html(element("div", *cells, class_="copies"))
    if guessed:
        st.html(_net(scene, copies, text))


def _copies(scene: Scene) -> Copies:
    """Give PCA's copies; none while there is no drawing."""
    if scene.digit is None:
        return {}
    steps = models.facts().ladder.pca.ladder(scene.digit)[[width - 1 for width in _WIDTHS]]
    kept, _invented = evaluation.ink(np.repeat(scene.digit[None], len(steps), axis=0), steps)
    return {
        width: (step, float(share)) for width, step, share in zip(_WIDTHS, steps, kept, strict=True)
    }


def _whole(digit: Float32 | None, text: Text) -> Markup:
    """Write the pixels themselves, of which nothing is lost."""
    picture = html.blank("sees")
    note: str = html.SPACE
    if digit is not None:
        alt = text.gettext("Your digit in 28 by 28 pixels, white on black.")
        picture = pictures.img(pictures.grey(digit), alt, "sees")
        note = _of_ink(text.percent(1), text)
    return html.figure(_numbers(PIXELS, text), picture, note)


def _numbers(width: int, text: Text) -> str:
    return text.gettext("{n} numbers", n=width)


def _of_ink(share: str, text: Text) -> str:
    return text.gettext("{share} of the ink", share=share)


def _net(scene: Scene, copies: Copies, text: Text) -> Markup:
    """Write what a net makes of as many numbers as the third copy has."""
    _ = text.gettext
    ((name, model),) = scene.models.items()
    result = scene.results.get(name)
    alt = _("The net's copy of your digit.")
    copy = (
        pictures.img(pictures.grey(result.reconstruction), alt, "survives")
        if result
        else html.blank("survives")
    )
    ink = element("span", text.percent(result.kept) if result else "–", data_live="kept")
    words = _words(result, copies, model.code_size, text)
    figure = element(
        "figure",
        element("figcaption", _("A net, {n} numbers", n=model.code_size)),
        copy,
        element("small", ink, " ", _("of the ink")),
    )
    return element("div", figure, element("p", words), class_="beside", data_model=name)


def _words(result: Result | None, copies: Copies, units: int, text: Text) -> str:
    """Say what the net makes of its numbers, beside PCA."""
    _ = text.gettext
    if result is None:
        return _("Draw a digit to see.")
    if result.kept > copies[units][1]:
        return _(
            "Above, PCA adds up a few fixed pictures. This net has learnt what digits look like,"
            " and makes more of {n} numbers.",
            n=units,
        )
    return _(
        "Above, PCA adds up a few fixed pictures. This net has learnt what digits look like, and"
        " for once that does not help: is this a digit?"
    )


def _answer(scene: Scene, text: Text) -> tuple[str, str] | None:
    copies = _copies(scene)
    if not copies:
        return None
    enough = next((width for width in _WIDTHS if copies[width][1] >= _ENOUGH), None)
    shown = enough or _WIDTHS[-1]
    sentence = text.gettext(
        "With {n} numbers, {share} of your ink survives.",
        n=shown,
        share=text.percent(copies[shown][1]),
    )
    return str(enough or "more"), sentence


QUESTION = Question(
    N_("How few numbers does PCA need for nine tenths of your ink to survive?"),
    {"2": N_("2"), "8": N_("8"), "32": N_("32"), "128": N_("128"), "more": N_("More")},
    _answer,
)
