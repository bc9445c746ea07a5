"""A Plotly figure to look at, which changes in place; `charts.py` says why it is ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ui.components import charts

if TYPE_CHECKING:
    import plotly.graph_objects as go

_mount = charts.register("plot")


def plot(
    figure: go.Figure | Mapping[str, Any],
    *,
    label: str,
    key: str,
    height: int = 260,
) -> None:
    """Show `figure`; bars, lines, points and pies, which is what Plotly's basic bundle has.

    Parameters
    ----------
    figure : plotly Figure or a mapping `{"data": [...], "layout": {...}}`
        Colours may be CSS variables of Streamlit's theme, `"var(--st-primary-color)"`.
    label : str
        What the chart shows, in words, for those who do not see it.
    key : str
        The chart's name, unique in the app.
    height : int
        In CSS pixels; reserved before anything has loaded.
    """
    _mount(
        key=key,
        height=height,
        data={
            "figure": charts.plain(figure),
            "label": label,
        },
    )
