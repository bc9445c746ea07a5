"""A Plotly bar chart of a code that changes in place: no flash, no jump, a click selects a unit.

Why not `st.plotly_chart`: in Streamlit 1.67 the identity of that element is made from its content,
so each change of data throws the chart away and builds a new one, and the visitor sees nothing for
60-130 ms (Streamlit issue #8782). Streamlit's pull request #16052 mends it. Once that is released
and pinned here, this module, `bars.js` and `static/` can go, provided that the click on a zero bar
and the keyboard are had in another way.

Three parts: this file (what Python says), `bars.js` (a few lines that Streamlit sends with every
update) and `static/code-bars.js` (the chart, which the browser fetches once and keeps, with Plotly
beside it).
"""

from __future__ import annotations

import base64
import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import streamlit as st

if TYPE_CHECKING:
    import plotly.graph_objects as go

_HERE = Path(__file__).parent
_CHART = _HERE.parents[1] / "static" / "code-bars.js"

# A new version of the script gets a new address, so no visitor is left with yesterday's copy.
_MODULE = f"app/static/{_CHART.name}?v={hashlib.sha256(_CHART.read_bytes()).hexdigest()[:8]}"

# The host has its full size before the script arrives, so nothing below it moves; while it is empty
# it is a skeleton. The first rule: Streamlit wraps our HTML in two boxes that have no height.
# `pan-y pinch-zoom`: a finger that moves up or down scrolls the page.
_CSS = """
div:has(> .code-bars), div:has(> div > .code-bars) { height: 100% }
.code-bars { height: 100%; overflow: hidden; touch-action: pan-y pinch-zoom;
  border-radius: var(--st-base-radius) }
.code-bars:empty { background: var(--st-secondary-background-color) }
.code-bars:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px }
.code-bars .nsewdrag { cursor: pointer }
"""


def _without_comments(javascript: str) -> str:
    """Streamlit sends this text with every update: leave out the lines that only we read."""
    return "\n".join(line for line in javascript.splitlines() if not line.lstrip().startswith("//"))


# Once per process. In a runtime that does not know it yet (each AppTest makes its own), Streamlit
# registers it again by itself.
_mount = st.components.v2.component(
    "gargalo_code_bars",
    html='<div class="code-bars"></div>',
    css=_CSS,
    js=_without_comments((_HERE / "bars.js").read_text(encoding="utf-8")),
    # In the page itself and not in a shadow root: Plotly puts its style sheet into the page's head.
    isolate_styles=False,
)


class _Pick(NamedTuple):
    """A choice made in the browser; `number` counts the choices of a visit from 1."""

    unit: int | None
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
    unit_text: str = "Unit {unit}: {value}",
    no_unit_text: str = "No unit selected",
    on_select: Callable[[int | None], None] | None = None,
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
    unit_text, no_unit_text : str
        Read out for the selected unit, and for none. `{unit}` is its position on the x-axis,
        `{value}` its value with two decimals, written with the figure's `layout.separators`.
    on_select : callable or None
        Called with the unit at the start of the rerun that a choice causes, before the script
        runs: for pages that need the choice above the chart.

    Returns
    -------
    int or None

    Raises
    ------
    ValueError
        If the y-axis has no range, or `selected` is not a unit of the code.
    """
    content = _plain(figure if isinstance(figure, Mapping) else figure.to_plotly_json())
    layout = {
        name: value for name, value in content.get("layout", {}).items() if name != "template"
    }
    if not layout.get("yaxis", {}).get("range"):
        raise ValueError(
            "The figure's y-axis has no range: give layout.yaxis.range, so that two codes compare."
        )
    traces = content["data"]
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
            "seen": seen,
            "revision": revision,
            "label": label,
            "unit_text": unit_text,
            "no_unit_text": no_unit_text,
            "module": _MODULE,
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
    if type(number) is not int or not 0 < number < 2**31:
        return None
    if unit is not None and (type(unit) is not int or not 0 <= unit < units):
        return None
    return _Pick(unit, number)


def _plain(value: Any) -> Any:
    """What Plotly gives, as small JSON: plain lists, five significant digits, null for NaN."""
    if isinstance(value, Mapping):
        if "bdata" in value:  # how Plotly packs an array
            array = np.frombuffer(base64.b64decode(value["bdata"]), dtype=value["dtype"])
            shape = [int(n) for n in str(value.get("shape", array.size)).split(",")]
            return _plain(array.reshape(shape))
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return float(f"{value:.5g}") if math.isfinite(value) else None
    return value
