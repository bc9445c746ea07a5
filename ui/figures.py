"""Arrays and labels -> Plotly figures. Plotly yes, Streamlit no.

A figure is the dictionary that Plotly's own JSON is, with arrays in it. ``go.Figure`` would build
and check the same in 6 to 10 ms at each stroke; a test checks it once instead.
"""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt

from ae.arrays import Float32
from ui.text import Text

Figure = dict[str, Any]
Units = npt.NDArray[np.int_]

# Streamlit's own colours, as CSS variables: one figure serves the light and the dark theme.
_BAR = "var(--st-primary-color)"
_TEXT = "var(--st-text-color)"
_FAINT = "var(--st-border-color)"


# A unit that is exactly zero has a mark a little above the axis, or it would be cut in half.
_LIFT = 0.025


def code_title(size: int, text: Text) -> str:
    """Write the chart's heading and what its signs mean, as HTML."""
    _ = text.gettext
    title = _("The code: {n} numbers", n=size)
    usual, zero = _("where a unit usually lies"), _("exactly zero")
    hint = _("click a bar to change it")
    return (
        f'<p class="code-title">{escape(title)}<small><span class="usual">■</span> {escape(usual)}'
        f" · ○ {escape(zero)} · {escape(hint)}</small></p>"
    )


def code_figure(
    code: Float32 | None, encoded: Float32 | None, usual: Float32, top: float, text: Text
) -> Figure:
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
    hover = _("Unit") + " %{x}: <b>%{y:.2f}</b><extra></extra>"
    outline = {"color": "rgba(0,0,0,0)", "line": {"color": _TEXT, "width": 1.5}}
    return {
        "data": [
            _bars(units, code, marker={"color": _BAR}, hovertemplate=hover, hoverinfo="all"),
            _bars(units, high - low, base=low, width=0.96, marker={"color": _FAINT}, zorder=-1),
            _bars(units[changed], encoded[changed], marker=outline),
            _marks(zeros, _LIFT * top, "circle-open"),
            _marks(tall, (1 - _LIFT) * top, "triangle-up"),
        ],
        "layout": {
            "barmode": "overlay",
            "margin": {"l": 30, "r": 4, "t": 6, "b": 24},
            "separators": text.separators,
            "xaxis": {"tickvals": [1, *range(4, len(units) + 1, 4)], "showgrid": False},
            "yaxis": {"range": [0, top], "nticks": 5},
        },
    }


def _bars(x: Units, y: Float32, **options: Any) -> dict[str, Any]:
    return {"type": "bar", "x": x, "y": y, "width": 0.62, "hoverinfo": "skip", **options}


def _marks(x: Units, height: float, symbol: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x,
        "y": np.full(len(x), height),
        "marker": {"symbol": symbol, "size": 7, "color": _TEXT},
        "hoverinfo": "skip",
    }
