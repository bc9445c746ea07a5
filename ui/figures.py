"""Arrays and labels -> Plotly figures. Plotly yes, Streamlit no.

A figure is the dictionary that Plotly's own JSON is, with arrays in it. ``go.Figure`` would build
and check the same in 6 to 10 ms at each stroke; a test checks it once instead.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from itertools import cycle
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from ae.arrays import Float32
from ae.families import FAMILIES
from ae.plans import OWN
from ui.text import Text

Figure = dict[str, Any]
Units = npt.NDArray[np.int_]

# Streamlit's own colours, as CSS variables: one figure serves the light and the dark theme.
_BAR = "var(--st-primary-color)"
_TEXT = "var(--st-text-color)"
_FAINT = "var(--st-border-color)"


# Of each model's line. Okabe & Ito's: told apart by colour-blind people, on both themes.
_PALETTE = (_TEXT, "#0090C8", "#E69F00", "#009E73", "#CC79A7", "#8C6BB1", "#56B4E9", "#7F7F7F")
COLOURS: Mapping[str, str] = {
    **dict(zip(("pca", *FAMILIES), cycle(_PALETTE), strict=False)),
    OWN: "#D55E00",
}

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
    code: Float32 | None,
    encoded: Float32 | None,
    usual: Float32,
    axis: tuple[float, float],
    text: Text,
) -> Figure:
    """Draw a code as bars.

    Parameters
    ----------
    code : (units,) as it is now, after the visitor's edits; None draws the empty chart.
    encoded : (units,) as the encoder gave it; where the code differs it stays as an outline.
    usual : (2, units), from where to where each unit lies for most digits.
    axis : ends of the y-axis, the same for every drawing; a longer bar is cut and marked.
    """
    _ = text.gettext
    low, high = usual
    bottom, top = axis
    lift = _LIFT * (top - bottom)
    units = np.arange(1, len(low) + 1)
    if code is None or encoded is None:
        code = encoded = np.full(len(units), np.nan, np.float32)
    changed = np.flatnonzero((code != encoded) & np.isfinite(code))
    zeros, tall, deep = units[code == 0], units[code > top], units[code < bottom]
    hover = _("Unit") + " %{x}: <b>%{y:.2f}</b><extra></extra>"
    outline = {"color": "rgba(0,0,0,0)", "line": {"color": _TEXT, "width": 1.5}}
    return {
        "data": [
            _bars(units, code, marker={"color": _BAR}, hovertemplate=hover, hoverinfo="all"),
            _bars(units, high - low, base=low, width=0.96, marker={"color": _FAINT}, zorder=-1),
            _bars(units[changed], encoded[changed], marker=outline),
            _marks(zeros, lift, "circle-open"),
            _marks(tall, top - lift, "triangle-up"),
            _marks(deep, bottom + lift, "triangle-down"),
        ],
        "layout": {
            "barmode": "overlay",
            "margin": {"l": 30, "r": 4, "t": 6, "b": 24},
            "separators": text.separators,
            "xaxis": {"tickvals": _ticks(len(units)), "showgrid": False},
            "yaxis": {"range": [bottom, top], "nticks": 5},
        },
    }


def _ticks(units: int) -> list[int]:
    """Number all units if they are few, else the first one and every fourth."""
    return list(range(1, units + 1)) if units < 8 else [1, *range(4, units + 1, 4)]


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


def ladder_figure(
    errors: Float32,
    nets: Mapping[str, float],
    titles: Mapping[str, str],
    text: Text,
    chosen: int | None = None,
) -> Figure:
    """Draw PCA's error against the number of components, and each net's as a level line.

    Parameters
    ----------
    errors : (n,) with 1, 2, …, n components.
    nets : name -> error with its fixed number of units.
    titles : name -> what the line is called.
    chosen : a number of components to mark.
    """
    _ = text.gettext
    marked = [] if chosen is None else [chosen]
    k = np.arange(1, len(errors) + 1)
    hover = "<b>%{y:.4f}</b><extra>%{fullData.name}</extra>"
    lines = [_line(k, errors, "PCA", COLOURS["pca"], hovertemplate=hover)]
    lines += [
        _line(
            [1, len(errors)], [error] * 2, titles[name], COLOURS[name],
            dash="dash", hovertemplate=hover,
        )
        for name, error in nets.items()
    ]  # fmt: skip
    mark = {"size": 9, "color": _TEXT}
    lines.append(
        {
            "type": "scatter", "mode": "markers", "x": marked, "y": errors[[i - 1 for i in marked]],
            "marker": mark, "hoverinfo": "skip", "showlegend": False,
        }
    )  # fmt: skip
    xaxis = {"range": [0, len(errors) + 1], "tickvals": [1, 32, 64, 96, 128]}
    # Logarithmic: a straight axis would press all nets into its lowest tenth.
    yaxis = {"type": "log", "dtick": "D2", "tickformat": "~g"}
    return _lines(lines, _("principal components"), xaxis, yaxis, text, left=56)


def angles_figure(
    angles: Mapping[tuple[str, str], Float32], titles: Mapping[tuple[str, str], str], text: Text
) -> Figure:
    """Draw principal angles in degrees, smallest first; the tutorial's recipe is dotted."""
    _ = text.gettext
    hover = "<b>%{y:.1f}°</b><extra>%{fullData.name}</extra>"
    units = max((len(found) for found in angles.values()), default=1)
    lines = [
        _line(
            np.arange(1, len(found) + 1), found, titles[name, recipe], COLOURS[name],
            dash="solid" if recipe == "best" else "dot", hovertemplate=hover,
        )
        for (name, recipe), found in angles.items()
    ]  # fmt: skip
    xaxis = {"range": [0.5, units + 0.5], "tickvals": [1, *range(8, units + 1, 8)]}
    yaxis = {
        "range": [-2, 92],
        "tickvals": [0, 30, 60, 90],
        "ticktext": ["0°", "30°", "60°", "90°"],
    }
    legend = {"x": 0.02, "xanchor": "left", "y": 0.98}
    return _lines(lines, _("angle, smallest first"), xaxis, yaxis, text, legend=legend)


def divergence_figure(nats: Float32, text: Text) -> Figure:
    """Draw what each unit of a variational code costs, (units,) in nats, the dearest first."""
    _ = text.gettext
    order = np.argsort(-nats, kind="stable")
    hover = _("Unit") + " %{customdata}: <b>%{y:.2f}</b><extra></extra>"
    bars = {
        "type": "bar", "x": np.arange(1, len(nats) + 1), "y": nats[order], "customdata": order + 1,
        "marker": {"color": _BAR}, "hovertemplate": hover,
    }  # fmt: skip
    return {
        "data": [bars],
        "layout": {
            "margin": {"l": 40, "r": 4, "t": 6, "b": 40},
            "separators": text.separators,
            "xaxis": {
                "title": {"text": _("numbers of the code, dearest first")},
                "tickvals": _ticks(len(nats)),
                "showgrid": False,
            },
            "yaxis": {"title": {"text": _("nats")}, "rangemode": "tozero"},
        },
    }


def training_figure(
    train: Sequence[tuple[float, float]],
    validation: Sequence[tuple[float, float]],
    lines: Mapping[str, float],
    epochs: int,
    text: Text,
) -> Figure:
    """Draw the loss of a training against the epochs.

    Parameters
    ----------
    train, validation : (epochs passed, loss), on the digits it learns from and on those held out.
    lines : name -> a loss to compare with.
    epochs : how many there will be; the axis has them all from the start.
    """
    _ = text.gettext
    hover = "<b>%{y:.4f}</b><extra>%{fullData.name}</extra>"
    drawn = [
        _line([0, epochs], [value] * 2, name, colour, dash="dot", hovertemplate=hover)
        for (name, value), colour in zip(lines.items(), (COLOURS["pca"], _FAINT), strict=False)
    ]
    for name, points, colour in (
        (_("while learning"), train, COLOURS["shallow"]),
        (_("on digits held out"), validation, COLOURS["sparse"]),
    ):
        x, y = ([point[i] for point in points] for i in (0, 1))
        drawn.append(
            _line(x, y, name, colour, hovertemplate=hover)
            | {"mode": "lines+markers", "marker": {"size": 4, "color": colour}}
        )
    said = [value for _at, value in [*train, *validation]]
    # Room for everything from the start, so that the axis does not jump at each epoch.
    low, high = min([*said, *lines.values(), 0.08]), max([*said, 0.3])
    yaxis = {
        "type": "log",
        "dtick": "D2",
        "tickformat": "~g",
        "range": [math.log10(low * 0.93), math.log10(high * 1.1)],
    }
    return _lines(drawn, _("epochs"), {"range": [0, epochs]}, yaxis, text)


def _lines(
    lines: Sequence[Any],
    below: str,
    xaxis: Mapping[str, Any],
    yaxis: Mapping[str, Any],
    text: Text,
    *,
    left: int = 48,
    legend: Mapping[str, Any] = MappingProxyType({"x": 1, "xanchor": "right", "y": 1}),
) -> Figure:
    """Put lines and their legend on two axes; `below` is what the x-axis counts."""
    return {
        "data": lines,
        "layout": {
            "margin": {"l": left, "r": 8, "t": 8, "b": 40},
            "separators": text.separators,
            "showlegend": True,
            "legend": dict(legend),
            "xaxis": {"title": {"text": below}, "showgrid": False, **xaxis},
            "yaxis": dict(yaxis),
        },
    }


def _line(x: object, y: object, name: str, colour: str, dash: str = "solid", **options: Any) -> Any:
    line = {"color": colour, "width": 2, "dash": dash}
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "name": name, "line": line,
            **options}  # fmt: skip
