"""Change a code: one unit by hand, or keep only the largest numbers."""

from __future__ import annotations

import numpy as np
import streamlit as st
from markupsafe import Markup

from ae import units
from ae.arrays import Float32
from ae.model import Model
from ui import figures, html, pictures
from ui.components.bars import code_bars
from ui.state import Visit
from ui.text import Text


def edited(code: Float32, now: Visit) -> Float32:
    """Apply what the visitor did: (units,) as encoded -> (units,) as shown."""
    code = code.copy()
    if now.keep is not None:
        code[np.argsort(-np.abs(code), kind="stable")[now.keep :]] = 0
    for unit, value in now.edits.items():
        code[unit] = value
    return code


def show_code(
    now: Visit,
    model: Model,
    code: Float32 | None,
    encoded: Float32 | None,
    text: Text,
    *,
    key: str,
    height: int,
) -> None:
    """Show the code as bars, and the tools that change it.

    Parameters
    ----------
    code, encoded : (units,) as shown, edits included, and as the encoder gave it; None while there
        is no drawing.
    key, height : of the chart.
    """
    _ = text.gettext
    st.html(figures.code_title(model.code_size, text))
    now.selected = code_bars(
        figures.code_figure(
            code,
            encoded,
            model.statistics.code_percentiles[[0, -1]],
            model.statistics.code_axis,
            text,
        ),
        selected=now.selected,
        label=_("The code as bars. The arrow keys choose a unit."),
        unit_text=_("Unit {unit}: {value}"),
        no_unit_text=_("No unit chosen"),
        revision=now.revision,
        key=key,
        height=height,
    )
    show(now, model, code, text)


def show(now: Visit, model: Model, code: Float32 | None, text: Text) -> None:
    """Show the tools for the selected unit and for the whole code.

    Parameters
    ----------
    code : (units,) as shown, edits included; None while there is no drawing.
    """
    _ = text.gettext
    # Room for doubling the strongest; the chart cuts such a bar and marks it.
    bottom, top = (round(2 * end, 2) for end in model.statistics.code_axis)
    unit, disabled = now.selected, code is None
    value = 0.0 if unit is None or code is None else min(max(float(code[unit]), bottom), top)
    idle = disabled or unit is None
    with st.container(key="editor", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(_atom(model, unit, text), width="content")
        # What a slider shows comes from the code, which a bar, a button or a drawing may change.
        value_key, shown = f"unit_{unit}_{now.turn}", round(value, 2)
        st.slider(
            _("Click a bar") if unit is None else _("Unit {unit}", unit=unit + 1),
            bottom,
            top,
            shown,
            step=0.01,
            format="localized",
            key=value_key,
            on_change=_slide,
            args=(now, unit, value_key, shown),
            disabled=idle,
        )
        with st.container(key="unit_tools", horizontal=True, gap="xsmall", width="content"):
            for label, new, help_text in (
                ("0", 0.0, _("Switch this unit off")),
                ("×2", min(max(2 * value, bottom), top), _("Double this unit")),
            ):
                st.button(
                    label, help=help_text, on_click=now.set_unit, args=(unit, new), disabled=idle
                )
            st.button(
                _("Reset"),
                help=_("Give this unit its own value again"),
                on_click=now.set_unit,
                args=(unit, None),
                disabled=unit not in now.edits,
            )
        keep_key = f"keep_{now.turn}"
        st.slider(
            _("Keep the largest"),
            1,
            model.code_size,
            min(now.keep or model.code_size, model.code_size),
            key=keep_key,
            on_change=_keep,
            args=(now, model.code_size, keep_key),
            disabled=disabled,
        )
        st.button(
            _("Reset all"),
            icon=":material/restart_alt:",
            on_click=now.reset_code,
            disabled=not now.edits and now.keep is None,
        )


def _atom(model: Model, unit: int | None, text: Text) -> Markup:
    """Show what the selected unit draws: ink that it adds, ink that it takes away."""
    effect = html.BLANK
    if unit is not None:
        alt = text.gettext(
            "What unit {unit} does to the picture of the average code: blue ink is added, orange"
            " ink taken away.",
            unit=unit + 1,
        )
        effect = pictures.img(pictures.signed(units.effects(model)[unit]), alt)
    return html.element("figure", effect, class_="atom")


def _slide(now: Visit, unit: int, key: str, shown: float) -> None:
    # Streamlit also calls back when the browser merely repeats what a slider showed, after the
    # server has dropped that slider for another unit's.
    value = float(st.session_state[key])
    if value != shown:
        now.edits[unit] = value


def _keep(now: Visit, most: int, key: str) -> None:
    kept = int(st.session_state[key])
    now.keep = kept if kept < most else None
