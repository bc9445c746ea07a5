"""One lane for each model: its code, what survives, what changed, and how good that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
import streamlit as st

from ae.arrays import Float32
from ae.model import Model
from pages.compare import tables
from pages.compare.scene import Scene
from pages.compare.tables import Cell
from ui import models, pictures, state
from ui.inference import Result
from ui.text import Text

_BLANK = '<div class="pixels blank"></div>'


def choose(found: Mapping[str, Model], text: Text) -> Sequence[str]:
    """Let the visitor choose the lanes; to choose none is to choose all."""
    chosen = st.pills(
        text.gettext("Lanes"),
        list(found),
        selection_mode="multi",
        format_func=lambda name: models.title(name, text),
        key=state.LANES,
        persist_state="session",
        label_visibility="collapsed",
    )
    return chosen or list(found)


def html(scene: Scene, text: Text) -> str:
    """Write the table of lanes; the same shapes while there is no drawing, so nothing jumps."""
    _ = text.gettext
    heads = (
        _("Model"),
        _("Its numbers"),
        _("What survives"),
        _("What changed"),
        _("Squared error"),
        _("Cross-entropy"),
        _("Better than … of MNIST, in this model"),
        _("Units active"),
    )
    marks = _marks({name: result.mse for name, result in scene.results.items()}, text)
    rows = ""
    for name, model in scene.models.items():
        result = scene.results.get(name)
        title = models.title(name, text)
        cells = (
            _cells(model, title, result, marks.get(name, ""), text)
            if result
            else _empty(model, _("No code yet"))
        )
        rows += tables.row(name, title, cells, heads, current=model is scene.focus)
    return (
        f'<table class="lanes" data-revision="{scene.now.revision}">{tables.head(heads)}'
        f"<tbody>{_own(scene.digit, text)}{rows}</tbody></table>"
    )


def _own(digit: Float32 | None, text: Text) -> str:
    """Write the lane of the digit itself, with the legend of the two colours."""
    _ = text.gettext
    if digit is None:
        told = _("Draw any digit, large or small, or choose one below the canvas.")
        picture = _BLANK
    else:
        told = _("28 × 28 = 784 pixels")
        alt = _("Your digit in 28 by 28 pixels, white on black.")
        picture = pictures.img(pictures.grey(digit), alt)
    title, lost, added = _("Your digit"), _("lost"), _("added")
    return (
        f'<tr class="own"><th scope="row">{escape(title)}</th><td class="told">{escape(told)}</td>'
        f'<td class="picture">{picture}</td><td colspan="5" class="legend">'
        f'<span class="lost">■</span> {escape(lost)} <span class="added">■</span> {escape(added)}'
        "</td></tr>"
    )


def _cells(model: Model, title: str, result: Result, mark: str, text: Text) -> Sequence[Cell]:
    """Give the cells of a lane behind its title."""
    _ = text.gettext
    code, active = result.code, int(np.count_nonzero(result.code))
    numbers = _(
        "{model}: {active} of {n} numbers are not zero; from {low} to {high}.",
        model=title, active=active, n=len(code),
        low=text.number(code.min(), 1), high=text.number(code.max(), 1),
    )  # fmt: skip
    survives = _(
        "{model}: the decoder's drawing. Squared error {mse}.",
        model=title, mse=text.number(result.mse, 4),
    )  # fmt: skip
    lost, added = (int((sign * result.error > 0.25).sum()) for sign in (-1, 1))
    changed = _(
        "{model}: {lost} pixels lost much of their ink, {added} gained much.",
        model=title, lost=lost, added=added,
    )  # fmt: skip
    return (
        ("code", _bars(code, model.statistics.code_axis, numbers)),
        ("picture", pictures.img(pictures.grey(result.reconstruction), survives)),
        ("picture", pictures.img(pictures.signed(result.error), changed)),
        ("number", text.number(result.mse, 4) + mark),
        ("number", text.number(result.bce, 3)),
        ("number", text.percent(result.better_than)),
        ("number", f"{active} / {len(code)}"),
    )


def _empty(model: Model, no_code: str) -> Sequence[Cell]:
    code = _bars(np.zeros(model.code_size, np.float32), model.statistics.code_axis, no_code)
    return (("code", code), ("picture", _BLANK), ("picture", _BLANK), *([("number", "–")] * 4))


def _bars(code: Float32, axis: tuple[float, float], alt: str) -> str:
    """Draw a code as small bars from zero; `axis` are the ends, beyond which a bar is cut."""
    bottom, top = axis
    zero = 100 * abs(bottom) / (top - bottom)
    ends = 100 * np.clip((code - bottom) / (top - bottom), 0, 1)
    drawn = "".join(
        f'<i style="bottom:{min(zero, end):.1f}%;height:{abs(end - zero):.1f}%"></i>'
        if value
        else f'<i class="zero" style="bottom:{zero:.1f}%"></i>'
        for value, end in zip(code.tolist(), ends.tolist(), strict=True)
    )
    line = f'<b style="bottom:{zero:.1f}%"></b>'
    return f'<div class="small-bars" role="img" aria-label="{escape(alt)}">{line}{drawn}</div>'


def _marks(errors: Mapping[str, float], text: Text) -> dict[str, str]:
    """Say which lanes come closest and which stray furthest, by the figures that are shown."""
    shown = {name: text.number(error, 4) for name, error in errors.items()}
    if len(set(shown.values())) < 2:
        return {}
    least, most = (pick(errors.items(), key=lambda item: item[1])[0] for pick in (min, max))
    words = {shown[least]: text.gettext("closest"), shown[most]: text.gettext("furthest")}
    return {
        name: f'<small class="mark">{escape(words[error])}</small>'
        for name, error in shown.items()
        if error in words
    }
