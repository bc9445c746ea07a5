"""Arrays and labels -> Plotly figures. Plotly yes, Streamlit no."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from ae.arrays import Float32
from ui.text import Text

# Streamlit's own colours, as CSS variables: one figure serves the light and the dark theme.
_BAR = "var(--st-primary-color)"
_TEXT = "var(--st-text-color)"
_FAINT = "var(--st-border-color)"


# A unit that is exactly zero has a mark a little above the axis, or it would be cut in half.
_LIFT = 0.025


def code_figure(
    code: Float32 | None, encoded: Float32 | None, usual: Float32, top: float, text: Text
) -> go.Figure:
    """Draw a code as bars.

    Parameters
    ----------
    code : (units,) as it is now, after the visitor's edits; None draws the empty chart.
    encoded : (units,) as the encoder gave it; where the code differs it stays as an outline.
    usual : (2, units), from where to where each unit lies for most digits.
    top : upper end of the y-axis, the same for every drawing; a longer bar is cut and marked.
    """
    _ = text.gettext
    low, high = usual
    units = np.arange(1, len(low) + 1)
    if code is None or encoded is None:
        code = encoded = np.full(len(units), np.nan, np.float32)
    changed = np.flatnonzero((code != encoded) & np.isfinite(code))
    zeros, tall = units[code == 0], units[code > top]
    outline = {"color": "rgba(0,0,0,0)", "line": {"color": _TEXT, "width": 1.5}}
    figure = go.Figure(
        [
            go.Bar(
                x=units, y=code, width=0.62, marker_color=_BAR,
                hovertemplate=_("Unit") + " %{x}: <b>%{y:.2f}</b><extra></extra>",
            ),
            go.Bar(x=units, y=high - low, base=low, width=0.96, marker_color=_FAINT, zorder=-1),
            go.Bar(x=units[changed], y=encoded[changed], width=0.62, marker=outline),
            go.Scatter(
                x=zeros, y=np.full(len(zeros), _LIFT * top), mode="markers",
                marker={"symbol": "circle-open", "size": 6, "color": _TEXT},
            ),
            go.Scatter(
                x=tall, y=np.full(len(tall), (1 - _LIFT) * top), mode="markers",
                marker={"symbol": "triangle-up", "size": 8, "color": _TEXT},
            ),
        ]
    )  # fmt: skip
    figure.update_traces(hoverinfo="skip", selector=lambda trace: not trace.hovertemplate)
    figure.update_layout(
        barmode="overlay",
        margin={"l": 30, "r": 4, "t": 6, "b": 24},
        separators=text.separators,
        xaxis={"tickvals": [1, *range(4, len(units) + 1, 4)], "ticks": "", "showgrid": False},
        yaxis={"range": [0, top], "nticks": 5},
    )
    return figure
