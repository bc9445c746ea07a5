"""A reconstruction, one unit after another: the bias, the strongest unit, the next …"""

from __future__ import annotations

import numpy as np
import streamlit as st
from markupsafe import Markup

import ae
from ae import evaluation, units
from ae.arrays import Float32
from ui import downloads, html, models, pictures, state
from ui.choices import segments
from ui.comparison import Scene
from ui.text import Text

_FIRST = 4  # units that are there before the visitor moves the slider
_STEP = "build_up_step"


def show(scene: Scene, text: Text) -> None:
    """Show one step large, and the strip of all steps."""
    _ = text.gettext
    names = list(scene.models)
    name = segments(
        _("Model"),
        {option: models.label(option, text) for option in names},
        f"build_up_{scene.focus.name}",  # the frame's choice goes before an older one here
        scene.focus.name if scene.focus.name in names else None,
    )
    if scene.digit is None:
        st.caption(_("Draw a digit, and see how it is put together."))
        return
    model, code = scene.models[name], scene.results[name].code
    if name == "pca":
        explanation = _("PCA begins with the average digit and adds one component after another.")
    elif isinstance(model, ae.Autoencoder) and len(model.decoder) == 1:
        explanation = _(
            "Exact sums: this decoder adds one picture for each unit to its bias. Pixels are made"
            " of the sum, so what a unit changes here depends on those that came before it."
        )
    else:
        explanation = _(
            "This decoder bends: what a unit adds depends on those that came before it."
        )
    st.caption(explanation)
    order, steps = units.strongest_first(model, code), units.build_up(model, code)
    step = 0
    if order:
        # Another drawing may have fewer units than the visitor has come to.
        step = _climb(len(order), text)
    st.html(_large(scene.digit, steps, order, step, text))
    st.html(_strip(steps, step, text))
    file = downloads.pictures(
        lambda: pictures.sheet([pictures.grey(picture) for picture in steps]),
        f"gargalo-build-up-{name}.png",
        text,
    )
    downloads.show([file], text)


def _climb(units: int, text: Text) -> int:
    """Let the visitor choose how many of the units are there; on stage a few are."""
    if state.on_stage():
        return min(_FIRST, units)
    # Another drawing may have fewer units than the visitor has come to.
    st.session_state[_STEP] = min(st.session_state.get(_STEP, _FIRST), units)
    label = text.gettext("Units so far, the strongest first")
    return st.slider(label, 0, units, key=_STEP, persist_state="session")


def _large(digit: Float32, steps: Float32, order: list[int], step: int, text: Text) -> Markup:
    """Write the sum so far, what the last unit added, and the digit that it is about."""
    _ = text.gettext
    error = text.number(evaluation.mse(digit[None], steps[step : step + 1])[0], 4)
    so_far = pictures.figure(
        _("So far"),
        pictures.grey(steps[step]),
        text.ngettext("Drawn from {n} unit", "Drawn from {n} units", step),
        _("squared error {mse}", mse=error),
    )
    last = pictures.figure(
        _("Unit {unit} adds", unit=order[step - 1] + 1) if step else _("No unit yet"),
        pictures.signed(steps[step] - steps[max(step - 1, 0)]),
        _("What the last unit changes: blue ink is added, orange ink taken away."),
    )
    own = pictures.figure(
        _("Your digit"),
        pictures.grey(digit),
        _("Your digit in 28 by 28 pixels, white on black."),
    )
    return html.element("div", so_far, last, own, class_="pictures")


def _strip(steps: Float32, step: int, text: Text) -> Markup:
    """Write all steps in small, with the one that is shown large framed.

    They are cut from one picture: 33 of their own would hold up the lanes above them.
    """
    url = pictures.url(np.hstack([pictures.grey(picture) for picture in steps]))
    last = max(len(steps) - 1, 1)
    cuts = (
        html.element(
            "i",
            role="img",
            aria_label=text.ngettext("{n} unit", "{n} units", i),
            class_="now" if i == step else None,
            style=f"background-position: {100 * i / last:.3f}% 0",
        )
        for i in range(len(steps))
    )
    style = f"--strip: url({url}); --count: {len(steps)}"
    return html.element("div", *cuts, class_="strip", style=style)
