"""What the network makes of a digit: three pictures, the figures, and what the figures mean."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
from markupsafe import Markup

from ae.model import Model
from ui import canvas, html, inference, models, pictures
from ui.inference import Result
from ui.state import Visit
from ui.text import Text


def show(now: Visit, model: Model, text: Text) -> Result | None:
    """Show what the model makes of the drawing, or an invitation while there is none."""
    drawing = now.sketch.drawing
    normal, plain = (inference.digit(drawing, normalise=switched) for switched in (True, False))
    if normal is None or plain is None:
        st.html(_blank(model, text))
        _switch(None, now, text)
        return None
    digit = normal if now.normal else plain
    result, *both = inference.results(model, (digit, now.edits), (normal, None), (plain, None))
    st.html(_html(result, model, now.revision, text))
    _switch(both, now, text)
    return result


def _switch(both: Sequence[Result] | None, now: Visit, text: Text) -> None:
    """Show the switch of the normal form; with it and without, the error says what it is for."""
    _ = text.gettext
    with st.container(horizontal=True, vertical_alignment="center", key="route"):
        canvas.normal_form(now, text)
        if both:
            normal, plain = (text.percent(result.kept) for result in both)
            sentence = _(
                "With it {normal} of the ink survives, without it {plain}.",
                normal=normal,
                plain=plain,
            )
            st.html(html.element("p", sentence, class_="route"))


def _html(result: Result, model: Model, revision: int, text: Text) -> Markup:
    """Write the three pictures and the figures beside them."""
    _ = text.gettext
    rows, columns = (np.flatnonzero(result.digit.any(axis=axis)) + 1 for axis in (1, 0))
    sees, survives, changed = _titles(text)
    of_digit, of_survives, of_changed = _notes(model, text)
    digit = pictures.figure(
        sees,
        pictures.grey(result.digit),
        _(
            "Your digit in 28 by 28 pixels, white on black. Ink from row {top} to {bottom} and"
            " from column {left} to {right}.",
            top=rows[0],
            bottom=rows[-1],
            left=columns[0],
            right=columns[-1],
        ),
        of_digit,
        live="sees",
    )
    reconstruction = pictures.figure(
        survives,
        pictures.grey(result.reconstruction),
        _(
            "The decoder's drawing from {n} numbers. {share} of the ink survives.",
            n=len(result.code),
            share=text.percent(result.kept),
        ),
        of_survives,
        live="survives",
    )
    error = pictures.figure(
        changed,
        pictures.signed(result.error),
        pictures.described(result.error, text),
        of_changed,
        live="changed",
    )
    active = f"{int(np.count_nonzero(result.code))} / {len(result.code)}"
    figures = _figures(text.percent(result.kept), text.percent(result.invented), active, text)
    parts = digit, reconstruction, error, figures
    marks = {"data_revision": revision, "data_model": model.name}
    return html.element("div", *parts, class_="pictures", **marks)


def _blank(model: Model, text: Text) -> Markup:
    """Write the same shapes for an empty canvas: nothing jumps when the first stroke comes."""
    _ = text.gettext
    parts = ("sees", "survives", "changed")
    blanks = (
        html.figure(title, html.blank(part), note)
        for title, part, note in zip(_titles(text), parts, _notes(model, text), strict=True)
    )
    words = _("Draw any digit, large or small, or choose one below the canvas.")
    invitation = html.element("p", words, class_="invitation")
    figures = html.element("div", _figures("–", "–", "–", text), invitation)
    return html.element("div", *blanks, figures, class_="pictures", data_model=model.name)


def _titles(text: Text) -> tuple[str, str, str]:
    _ = text.gettext
    return _("What the network sees"), _("What survives"), _("What changed")


def _notes(model: Model, text: Text) -> tuple[str, str, str]:
    _ = text.gettext
    survives = _("drawn from {n} numbers", n=model.code_size)
    return _("28 × 28 = 784 pixels"), survives, html.legend(_("lost"), _("added"))


def _figures(kept: str, invented: str, active: str, text: Text) -> Markup:
    """Write how much of the ink survives, and how much was invented: one scale for all models."""
    _ = text.gettext
    return html.figures(
        (
            ("kept", kept, _("of the ink survives")),
            ("invented", invented, _("more ink was invented")),
            ("active", active, _("numbers not zero")),
        )
    )


def more(result: Result, now: Visit, model: Model, text: Text) -> None:
    """Show the figures that people who train nets compare, each with what it means."""
    _ = text.gettext
    rows = [
        (text.number(result.mse, 4), _("squared error per pixel, 0 for a perfect copy")),
        (
            text.number(result.bce, 3),
            _("cross-entropy per pixel, which a perfect copy of grey does not bring to 0"),
        ),
    ]
    # A rank among digits says nothing of a code that the visitor changed.
    if not now.edits and models.tested_on_mnist(model):
        better = _("of the handwritten test digits have a larger squared error")
        rows.append((text.percent(result.better_than), better))
    st.html(html.definitions(rows, "figures"))
