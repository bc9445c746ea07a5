"""Change a code: one unit by hand, or keep only the largest numbers."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from ae import units
from ae.model import Model
from ui import figures, html, pictures, state, told
from ui.components.bars import code_bars, moves
from ui.edits import Edits
from ui.inference import Result
from ui.state import Visit
from ui.text import Text


def heading(result: Result | None, model: Model, text: Text) -> Markup:
    """Write what stands above the bars, and for those who do not see them, what they show."""
    code = result.code if result else None
    title = figures.code_title(code, model.code_size, text)
    summary = html.element("p", told.code(code, text), class_="unseen")
    return html.element("div", title, summary, data_model=model.name)


def bars(
    now: Visit,
    model: Model,
    result: Result | None,
    text: Text,
    *,
    key: str,
    height: int,
) -> None:
    """Show the code as bars, of which the visitor chooses one.

    Parameters
    ----------
    result : what the model makes of the drawing; None while there is none.
    key, height : of the chart, in px.
    """
    _ = text.gettext
    code, encoded = (result.code, result.encoded) if result else (None, None)
    now.sketch.hear_edits = lambda: _hear(now, model, key)

    def choose(unit: int | None) -> None:
        now.edits.unit = unit

    usual = model.statistics.code_percentiles[[0, -1]]
    figure = figures.code_figure(code, encoded, usual, model.statistics.code_axis, text)
    now.edits.unit = code_bars(
        figures.for_hall(figure) if now.stage else figure,
        selected=now.edits.unit,
        label=_(
            "The code as bars. The arrow keys left and right choose a unit, up and down change it."
        ),
        unit_text=_("Unit {unit}: {value}"),
        no_unit_text=_("No unit chosen"),
        revision=now.revision,
        model=model.name,
        key=key,
        height=height,
        on_select=choose,
        reach=_reach(model) if result else None,
        on_move=now.sketch.hear_edits,
    )


def tools(now: Visit, model: Model, result: Result | None, text: Text) -> None:
    """Show the tools for the chosen unit and for the whole code."""
    if state.on_stage():
        return
    _, edits, code = text.gettext, now.edits, result.code if result else None
    step, decimals = units.axis_step(*model.statistics.code_axis)
    bottom, top = _reach(model)
    unit, disabled = edits.unit, code is None
    value = 0.0 if unit is None or code is None else min(max(float(code[unit]), bottom), top)
    idle = disabled or unit is None
    with st.container(key="editor", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(_atom(model, unit, text), width="content")
        # What a slider shows comes from the code, which a bar, a button or a drawing may change.
        # static/sliders.js reads in their keys which slider is which.
        value_key, position = f"unit_{unit}_{edits.turn}", round(value, decimals)
        st.slider(
            _("Click or drag a bar") if unit is None else _("Unit {unit}", unit=unit + 1),
            bottom,
            top,
            position,
            step=step,
            # By itself the browser writes three decimals, in its own language.
            format="localized" if decimals <= 3 else f"%.{decimals}f",
            key=value_key,
            on_change=_slide,
            args=(edits, unit, value_key, position),
            disabled=idle,
        )
        with st.container(key="unit_tools", horizontal=True, gap="xsmall", width="content"):
            # For fingers, to which a bar is too narrow; style.css hides them from a mouse.
            for name, label, by in (
                ("left", _("Previous unit"), -1),
                ("right", _("Next unit"), 1),
            ):
                st.button(
                    label,
                    key=f"unit_{name}",
                    icon=f":material/chevron_{name}:",
                    on_click=edits.move,
                    args=(by, model.code_size),
                )
            for label, new, help_text in (
                (_("Set to 0"), 0.0, _("Switch this unit off")),
                ("×2", min(max(2 * value, bottom), top), _("Double this unit")),
            ):
                st.button(
                    label, help=help_text, on_click=edits.set, args=(unit, new), disabled=idle
                )
            st.button(
                _("Reset"),
                help=_("Back to this unit's own value"),
                on_click=edits.set,
                args=(unit, None),
                disabled=unit not in edits.values,
            )
        keep_key = f"keep_{edits.turn}"
        st.slider(
            _("Keep the largest"),
            1,
            model.code_size,
            min(edits.keep or model.code_size, model.code_size),
            key=keep_key,
            on_change=_keep,
            args=(edits, model.code_size, keep_key),
            disabled=disabled,
        )
    # Beside the tools, so that nothing that may be under the visitor's hand moves when it comes.
    if edits and result:
        st.button(
            told.changes(edits, text),
            key="edited",
            icon=":material/restart_alt:",
            help=_("Show the code as the encoder gave it"),
            on_click=edits.reset,
        )


def _reach(model: Model) -> tuple[float, float]:
    """Say how far a unit's value goes.

    Twice the axis: room for doubling the strongest. The chart cuts such a bar and marks it.
    """
    axis = model.statistics.code_axis
    _step, decimals = units.axis_step(*axis)
    bottom, top = (round(2 * end, decimals) for end in axis)
    return bottom, top


def _hear(now: Visit, model: Model, key: str) -> None:
    """Take what the bars say, unless in the same moment the visitor has gone to another model."""
    for move in moves(key, model.code_size, _reach(model)):
        if state.model_name() == model.name:
            now.edits.set(move.unit, move.value)


def _atom(model: Model, unit: int | None, text: Text) -> Markup:
    """Show what the selected unit draws: ink that it adds, ink that it takes away."""
    effect = html.blank()
    if unit is not None:
        alt = text.gettext(
            "What unit {unit} does to the picture of the average code: blue ink is added, orange"
            " ink taken away.",
            unit=unit + 1,
        )
        effect = pictures.img(pictures.signed(units.effects(model)[unit]), alt)
    return html.element("figure", effect, class_="atom")


def _slide(edits: Edits, unit: int, key: str, position: float) -> None:
    # Streamlit also calls back when the browser merely repeats what a slider showed, after the
    # server has dropped that slider for another unit's, or for one of a later turn.
    value = float(st.session_state[key])
    if value != position and key.endswith(f"_{edits.turn}"):
        edits.slide(unit, value)


def _keep(edits: Edits, most: int, key: str) -> None:
    largest = int(st.session_state[key])
    if key.endswith(f"_{edits.turn}"):
        edits.slide_keep(largest if largest < most else None)
