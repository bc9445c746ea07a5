"""What the network makes of a digit: three pictures, the figures, and what the figures mean."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import numpy as np
import streamlit as st

from ae.model import Model
from ui import canvas, inference, pictures
from ui.inference import Result
from ui.state import Visit
from ui.text import Text


def show(now: Visit, model: Model, text: Text) -> Result | None:
    """Show what the model makes of the drawing, or an invitation while there is none."""
    normal, plain = (inference.digit(now.sketch.drawing, normalise=way) for way in (True, False))
    if normal is None or plain is None:
        st.html(_blank(text))
        _route({}, now, text)
        return None
    digit = normal if now.normal else plain
    result, *routes = inference.results(model, (digit, now.edits), (normal, None), (plain, None))
    st.html(_html(result, now.revision, text))
    _route({way: route.mse for way, route in zip((True, False), routes, strict=True)}, now, text)
    return result


def _route(errors: Mapping[bool, float], now: Visit, text: Text) -> None:
    """Show the switch of the normal form, and in both errors what it is good for."""
    _ = text.gettext
    with st.container(horizontal=True, vertical_alignment="center", key="route"):
        canvas.normal_form(now, text)
        if errors:
            st.html(
                '<p class="route">'
                + escape(
                    _(
                        "Squared error {normal} with it, {plain} without.",
                        normal=text.number(errors[True], 4),
                        plain=text.number(errors[False], 4),
                    )
                )
                + "</p>"
            )


def _html(result: Result, revision: int, text: Text) -> str:
    """Write the three pictures and the figures beside them."""
    _ = text.gettext
    lost_label, added_label = _("lost"), _("added")
    lost = int((result.error < -0.25).sum())
    added = int((result.error > 0.25).sum())
    rows, columns = (np.flatnonzero(result.digit.any(axis=axis)) + 1 for axis in (1, 0))
    shown = (
        (
            _("What the network sees"),
            escape(_("28 × 28 = 784 pixels")),
            pictures.grey(result.digit),
            _(
                "Your digit in 28 by 28 pixels, white on black. Ink from row {top} to {bottom} and"
                " from column {left} to {right}.",
                top=rows[0], bottom=rows[-1], left=columns[0], right=columns[-1],
            ),
        ),
        (
            _("What survives"),
            escape(_("drawn from {n} numbers", n=len(result.code))),
            pictures.grey(result.reconstruction),
            _(
                "The decoder's drawing from {n} numbers. Squared error {mse}.",
                n=len(result.code), mse=text.number(result.mse, 4),
            ),
        ),
        (
            _("What changed"),
            f'<span class="lost">■</span> {escape(lost_label)}'
            f' <span class="added">■</span> {escape(added_label)}',
            pictures.signed(result.error),
            _(
                "The difference. {lost} pixels lost much of their ink, shown in orange; {added}"
                " gained much, shown in blue.",
                lost=lost, added=added,
            ),
        ),
    )  # fmt: skip
    figures = "".join(
        pictures.figure(title, pixels, alt, note) for title, note, pixels, alt in shown
    )
    return (
        f'<div class="pictures" data-revision="{revision}">{figures}{_numbers(result, text)}</div>'
    )


def _blank(text: Text) -> str:
    """Write the same shapes for an empty canvas: nothing jumps when the first stroke comes."""
    _ = text.gettext
    titles = (_("What the network sees"), _("What survives"), _("What changed"))
    figures = "".join(
        f'<figure><figcaption>{escape(title)}</figcaption><div class="pixels blank"></div>'
        "<small>&nbsp;</small></figure>"
        for title in titles
    )
    invitation = escape(_("Draw any digit, large or small, or choose one below the canvas."))
    return f'<div class="pictures">{figures}<p class="invitation">{invitation}</p></div>'


def _numbers(result: Result, text: Text) -> str:
    _ = text.gettext
    active = int(np.count_nonzero(result.code))
    rows = (
        (text.number(result.mse, 4), _("squared error per pixel")),
        (text.number(result.bce, 3), _("cross-entropy per pixel")),
        (f"{active} / {len(result.code)}", _("units active")),
    )
    verdict = _(
        "Better than {share} of MNIST's test digits", share=text.percent(result.better_than)
    )
    listed = "".join(f"<dt>{value}</dt><dd>{escape(label)}</dd>" for value, label in rows)
    return f'<div class="figures"><p class="verdict">{escape(verdict)}</p><dl>{listed}</dl></div>'
