"""A Plotly bar chart of a code: it changes in place, a click selects a unit, a drag changes it.

`charts.py` says why it is not Streamlit's own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeGuard

import streamlit as st

from ui.components import charts

if TYPE_CHECKING:
    import plotly.graph_objects as go

_mount = charts.register("code-bars")
_NUMBERS = 2**31
_MOVES = 100  # of one message: those that the server may not have heard of yet


class _Pick(NamedTuple):
    """A choice made in the browser; `number` counts the choices and moves of a visit from 1."""

    unit: int | None
    number: int


class _Move(NamedTuple):
    """A bar that was let go at a value."""

    unit: int
    value: float
    number: int


def code_bars(
    figure: go.Figure | Mapping[str, Any],
    *,
    selected: int | None,
    label: str,
    key: str,
    height: int = 220,
    code: int = 0,
    revision: int | str = 0,
    model: str | None = None,
    unit_text: str = "Unit {unit}: {value}",
    no_unit_text: str = "No unit selected",
    on_select: Callable[[int | None], None] | None = None,
    reach: tuple[float, float] | None = None,
    on_move: Callable[[], None] | None = None,
) -> int | None:
    """Show `figure` and return the selected unit: an index into the code, 0-based, or None.

    The chart updates in place whenever anything but `key` and `height` changes.

    Parameters
    ----------
    figure : plotly Figure or a mapping `{"data": [...], "layout": {...}}`
        Bars of the code over numeric positions one apart, `layout.yaxis.range` given: the chart
        never chooses a range by itself. The mapping spares the import of Plotly. Colours may be
        CSS variables of Streamlit's theme, `"var(--st-primary-color)"`: the same figure then
        serves light and dark. Templates are dropped (the default one weighs 7 KB).
    selected : int or None
        The unit that Python wants selected. A choice that the visitor has just made goes before
        it, once: store what is returned, and pass it the next time.
    label : str
        What the chart is, for screen readers.
    key : str
        The chart's name, unique in the app.
    height : int
        In CSS pixels; reserved before anything has loaded.
    code : int
        Which of the figure's traces holds the code: its `y` are the units.
    revision : int or str
        Written to the host's `data-revision` once these data are in the page, for tests and
        benchmarks.
    model : str or None
        Whose code it is: `live.py` then moves the bars with the pen. The marks that go with them
        are traces whose `meta` is "changed", "zeros", "tall" and "deep".
    unit_text, no_unit_text : str
        Read out for the selected unit, and for none. `{unit}` is its position on the x-axis,
        `{value}` its value, written with the figure's `layout.separators` and the decimals of its
        `layout.yaxis.hoverformat` (".3f"; two without one).
    on_select : callable or None
        Called with the unit at the start of the rerun that a choice causes, before the script
        runs: for pages that need the choice above the chart.
    reach : (float, float) or None
        From where to where a bar can be dragged, which may be further than the axis; None for bars
        that cannot.
    on_move : callable or None
        Called when a bar is let go, before the script runs: `moves` gives them.

    Returns
    -------
    int or None

    Raises
    ------
    ValueError
        If the y-axis has no range, or `selected` is not a unit of the code.
    """
    traces, layout = charts.plain(figure)
    if not layout.get("yaxis", {}).get("range"):
        raise ValueError(
            "The figure's y-axis has no range: give layout.yaxis.range, so that two codes compare."
        )
    units = len(traces[code]["y"])
    if selected is not None and not 0 <= selected < units:
        raise ValueError(f"selected is {selected}; this code has the units 0 to {units - 1}.")

    # A choice is new if its number is higher than the last one that Python has seen. Without this,
    # the state of an old click, which Streamlit keeps, would overrule whatever another widget
    # selects later.
    seen_key = f"{key}.seen"
    seen = int(st.session_state.get(seen_key, 0))

    def newest(state: object) -> None:
        nonlocal selected, seen
        pick = _pick(state, units)
        if pick and pick.number > seen:
            selected, seen = pick

    def chosen() -> None:
        if on_move:
            on_move()
        pick = _pick(st.session_state.get(key), units)
        if pick and on_select:
            st.session_state[seen_key] = pick.number
            on_select(pick.unit)

    newest(st.session_state.get(key))
    state = _mount(
        key=key,
        height=height,
        data={
            # A tuple, because Streamlit asks of every list and mapping at this level whether it is
            # a data frame, and imports pandas and pyarrow for that: 84 MB.
            "figure": (traces, layout),
            "code": code,
            "selected": selected,
            # A run that heard of a move may have ended before it came to this chart.
            "seen": max(seen, _last_move(key)),
            "reach": reach,
            "revision": revision,
            "model": model,
            "label": label,
            "unit_text": unit_text,
            "no_unit_text": no_unit_text,
        },
        on_pick_change=chosen,
    )
    # After a restart of the server the browser hands in a choice that the new session state did not
    # have above.
    newest(state)
    st.session_state[seen_key] = seen
    return selected


def _pick(state: object, units: int) -> _Pick | None:
    """The choice in a component's state; it comes from outside, so anything else is no choice."""
    pick = state.get("pick") if isinstance(state, Mapping) else None
    if not isinstance(pick, Mapping):
        return None
    unit, number = pick.get("unit"), pick.get("number")
    if _whole(number, 1, _NUMBERS) and (unit is None or _whole(unit, 0, units)):
        return _Pick(unit, number)
    return None


def moves(key: str, units: int, reach: tuple[float, float]) -> Iterator[_Move]:
    """Give each bar that was let go since they were asked for: once, in their order."""
    for move in _moves(st.session_state.get(key), units, reach):
        if move.number > _last_move(key):
            st.session_state[f"{key}.moved"] = move.number
            yield move


def _last_move(key: str) -> int:
    return int(st.session_state.get(f"{key}.moved", 0))


def _moves(state: object, units: int, reach: tuple[float, float]) -> Iterator[_Move]:
    """The moves in a component's state, within reach; what is none is left out."""
    pick = state.get("pick") if isinstance(state, Mapping) else None
    moves = pick.get("moves") if isinstance(pick, Mapping) else None
    for move in moves[:_MOVES] if isinstance(moves, list) else ():
        if not isinstance(move, list) or len(move) != 3:
            continue
        unit, value, number = move
        # JSON as Python reads it has NaN, Infinity and integers of any length.
        good = type(value) in (int, float) and -math.inf < value < math.inf
        if good and _whole(unit, 0, units) and _whole(number, 1, _NUMBERS):
            yield _Move(unit, float(min(max(value, reach[0]), reach[1])), number)


def _whole(value: object, low: int, end: int) -> TypeGuard[int]:
    """Is it an integer in this range? bool is an int, too."""
    return type(value) is int and low <= value < end
