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
from ui.text import N_, Text


def show(now: Visit, model: Model, text: Text) -> Result | None:
    """Show what the model makes of the drawing, or an invitation while there is none."""
    drawing = now.sketch.drawing
    normal, plain = (inference.digit(drawing, normalise=switched) for switched in (True, False))
    if normal is None or plain is None:
        st.html(_blank(text))
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
            normal, plain = (text.number(result.mse, 4) for result in both)
            sentence = _(
                "Squared error {normal} with it, {plain} without.", normal=normal, plain=plain
            )
            st.html(html.element("p", sentence, class_="route"))


def _html(result: Result, model: Model, revision: int, text: Text) -> Markup:
    """Write the three pictures and the figures beside them."""
    _ = text.gettext
    rows, columns = (np.flatnonzero(result.digit.any(axis=axis)) + 1 for axis in (1, 0))
    sees, survives, changed = _titles(text)
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
        _("28 × 28 = 784 pixels"),
    )
    reconstruction = pictures.figure(
        survives,
        pictures.grey(result.reconstruction),
        _(
            "The decoder's drawing from {n} numbers. Squared error {mse}.",
            n=len(result.code),
            mse=text.number(result.mse, 4),
        ),
        _("drawn from {n} numbers", n=len(result.code)),
    )
    error = pictures.figure(
        changed,
        pictures.signed(result.error),
        pictures.described(result.error, text),
        html.legend(_("lost"), _("added")),
    )
    parts = digit, reconstruction, error, _numbers(result, model, text)
    return html.element("div", *parts, class_="pictures", data_revision=revision)


def _blank(text: Text) -> Markup:
    """Write the same shapes for an empty canvas: nothing jumps when the first stroke comes."""
    blanks = (html.figure(title, html.BLANK) for title in _titles(text))
    words = text.gettext("Draw any digit, large or small, or choose one below the canvas.")
    invitation = html.element("p", words, class_="invitation")
    return html.element("div", *blanks, invitation, class_="pictures")


def _titles(text: Text) -> tuple[str, str, str]:
    _ = text.gettext
    return _("What the network sees"), _("What survives"), _("What changed")


def _numbers(result: Result, model: Model, text: Text) -> Markup:
    _ = text.gettext
    active = int(np.count_nonzero(result.code))
    rows = (
        (text.number(result.mse, 4), _("squared error per pixel, 0 for a perfect copy")),
        (text.number(result.bce, 3), _("cross-entropy per pixel")),
        (f"{active} / {len(result.code)}", _("numbers not zero")),
    )
    better = N_("Redrawn better than {share} of the handwritten test digits")
    if not models.tested_on_mnist(model):
        better = N_("Better than {share} of the digits that it was tested on")
    better = _(better, share=text.percent(result.better_than))
    listed = html.definitions(rows)
    return html.element("div", html.verdict(better), listed, class_="figures")
