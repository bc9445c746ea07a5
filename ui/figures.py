"""Arrays and labels -> Plotly figures. Plotly yes, Streamlit no.

A figure is the dictionary that Plotly's own JSON is, with arrays in it. ``go.Figure`` would build
and check the same in 6 to 10 ms at each stroke; a test checks it once instead.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
from markupsafe import Markup

from ae.arrays import PIXELS, Float32
from ae.units import axis_step
from ui import colours, html
from ui.text import Text

Figure = dict[str, Any]
Units = npt.NDArray[np.int_]

# Streamlit's own colours, as CSS variables: one figure serves the light and the dark theme.
_BAR = "var(--st-primary-color)"
_TEXT = "var(--st-text-color)"
_BESIDE = "var(--st-gray-color)"  # what is drawn beside the data
_FAINT = "var(--st-border-color)"


# What a unit, an error or an angle says under the mouse, in Plotly's own markup.
# Plotly's own format has a hyphen where its axes have a minus sign: what can be negative is written
# here and travels along.
_UNIT_HOVER = " %{x}: <b>%{customdata}</b><extra></extra>"
_RANKED_HOVER = " %{customdata}: <b>%{y:.2f}</b><extra></extra>"
_ERROR_HOVER = "<b>%{y:.4f}</b><extra>%{fullData.name}</extra>"
_ANGLE_HOVER = "<b>%{y:.1f}°</b><extra>%{fullData.name}</extra>"

# A unit that is exactly zero has a mark a little above the axis, or it would be cut in half.
_LIFT = 0.025


def code_title(code: Float32 | None, size: int, text: Text) -> Markup:
    """Write the chart's heading, what its signs mean, and how many numbers are not zero, as HTML.

    Parameters
    ----------
    code : (units,) as it is shown; None while there is none. size : how many units there are.
    """
    _ = text.gettext
    share = text.percent(size / PIXELS, 0 if size > PIXELS / 100 else 1)
    title = _("{n} numbers, {share} of 784", n=size, share=share)
    active = "–" if code is None else str(int(np.count_nonzero(code)))
    not_zero = html.element("b", active, data_live="active"), " ", _("not zero")
    usual = html.element("span", class_="usual"), " ", _("usual range")
    signs = (*not_zero, " · ", *usual, " · ○ ", _("zero"))
    heading = html.element("h2", title, class_="code-title")
    return html.join((heading, html.element("small", *signs, class_="signs")))


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
    _step, decimals = axis_step(bottom, top)
    lift = _LIFT * (top - bottom)
    units = np.arange(1, len(low) + 1)
    if code is None or encoded is None:
        code = encoded = np.full(len(units), np.nan, np.float32)
    changed = np.flatnonzero((code != encoded) & np.isfinite(code))
    zeros, tall, deep = units[code == 0], units[code > top], units[code < bottom]
    bar = {
        "marker": {"color": _BAR},
        "customdata": [text.number(value, decimals) for value in code if np.isfinite(value)],
        "hovertemplate": _("Unit") + _UNIT_HOVER,
        "hoverinfo": "all",
    }
    outline = {"color": "rgba(0,0,0,0)", "line": {"color": _TEXT, "width": 1.5}}
    # Seen by its edge: a fill as strong would hide the end of the bar before it.
    box = {"color": _FAINT, "line": {"color": _BESIDE, "width": 1}}
    return {
        "data": [
            _bars(units, code, **bar),
            _bars(units, high - low, base=low, width=0.96, marker=box, zorder=-1),
            # What they are stands beside them for the browser, which moves them with the pen.
            _bars(units[changed], encoded[changed], marker=outline, meta="changed"),
            _marks(zeros, np.full(len(zeros), lift), "circle-open", meta="zeros"),
            _marks(tall, np.full(len(tall), top - lift), "triangle-up", meta="tall"),
            _marks(deep, np.full(len(deep), bottom + lift), "triangle-down", meta="deep"),
        ],
        "layout": {
            "barmode": "overlay",
            "margin": {"l": 30, "r": 4, "t": 6, "b": 24},
            "separators": text.separators,
            "xaxis": {"tickvals": _ticks(len(units)), "showgrid": False},
            # How a value is written under the mouse, and read out.
            "yaxis": {"range": [bottom, top], "nticks": 5, "hoverformat": f".{decimals}f"},
        },
    }


def for_hall(figure: Figure) -> Figure:
    """Leave out of a code's bars what one has to come near for: usual ranges, most of the ticks."""
    traces, layout = figure["data"], figure["layout"]
    units = len(traces[0]["y"])
    ticks = {"tickvals": sorted({1, units // 2, units}), "tickangle": 0}
    small = {"size": 5}  # the bars may be as narrow
    return {
        "data": [
            trace if trace["type"] == "bar" else {**trace, "marker": {**trace["marker"], **small}}
            for trace in traces
            if "base" not in trace
        ],
        "layout": {**layout, "xaxis": {**layout["xaxis"], **ticks}},
    }


def _ticks(units: int) -> list[int]:
    """Number all units if they are few, else the first one and every fourth."""
    return list(range(1, units + 1)) if units < 8 else [1, *range(4, units + 1, 4)]


def _bars(x: Units, y: Float32, **options: Any) -> dict[str, Any]:
    return {"type": "bar", "x": x, "y": y, "width": 0.62, "hoverinfo": "skip", **options}


def _marks(
    x: Units | list[int],
    y: npt.NDArray[np.floating],
    symbol: str,
    size: int = 7,
    **options: Any,
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x,
        "y": y,
        "marker": {"symbol": symbol, "size": size, "color": _TEXT},
        "hoverinfo": "skip",
        **options,
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
    ends = [1, len(errors)]
    lines = [_line(k, errors, "PCA", colours.of("pca"), _ERROR_HOVER)]
    lines += [
        # Plotly takes tags in a line's name for its own.
        _line(
            ends,
            [error] * 2,
            html.join([titles[name]]),
            colours.of(name),
            _ERROR_HOVER,
            dash="dash",
        )
        for name, error in nets.items()
    ]
    heights = errors[[i - 1 for i in marked]]
    lines.append(_marks(marked, heights, "circle", size=9) | {"showlegend": False})
    xaxis = {"range": [0, len(errors) + 1], "tickvals": [1, 32, 64, 96, 128]}
    # Logarithmic: a straight axis would press all nets into its lowest tenth.
    yaxis = {"type": "log", "dtick": "D2", "tickformat": "~g"}
    return _lines(lines, _("principal components"), xaxis, yaxis, text, left=56)


def angles_figure(
    angles: Mapping[tuple[str, str], Float32], titles: Mapping[tuple[str, str], str], text: Text
) -> Figure:
    """Draw principal angles in degrees, smallest first; the tutorial's recipe is dotted."""
    _ = text.gettext
    units = max(map(len, angles.values()), default=1)
    lines = [
        _line(
            np.arange(1, len(degrees) + 1),
            degrees,
            titles[name, recipe],
            colours.of(name),
            _ANGLE_HOVER,
            dash="solid" if recipe == "best" else "dot",
        )
        for (name, recipe), degrees in angles.items()
    ]
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
    bars = {
        "type": "bar",
        "x": np.arange(1, len(nats) + 1),
        "y": nats[order],
        "customdata": order + 1,
        "marker": {"color": _BAR},
        "hovertemplate": _("Unit") + _RANKED_HOVER,
    }
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
    curves = [
        _line([0, epochs], [value] * 2, name, colour, _ERROR_HOVER, dash="dot")
        for (name, value), colour in zip(lines.items(), (colours.of("pca"), _BESIDE), strict=False)
    ]
    for name, points, colour in (
        (_("while learning"), train, colours.of("shallow")),
        (_("on digits it did not learn from"), validation, colours.of("sparse")),
    ):
        x, y = ([point[i] for point in points] for i in (0, 1))
        curves.append(
            _line(x, y, name, colour, _ERROR_HOVER)
            | {"mode": "lines+markers", "marker": {"size": 4, "color": colour}}
        )
    losses = [loss for _passed, loss in [*train, *validation]]
    # Room for everything from the start, so that the axis does not jump at each epoch.
    low, high = min([*losses, *lines.values(), 0.08]), max([*losses, 0.3])
    yaxis = {
        "type": "log",
        "dtick": "D2",
        "tickformat": "~g",
        "range": [math.log10(low * 0.93), math.log10(high * 1.1)],
    }
    return _lines(curves, _("epochs"), {"range": [0, epochs]}, yaxis, text)


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


def _line(
    x: object, y: object, name: str, colour: str, hover: str, dash: str = "solid"
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "name": name,
        "line": {"color": colour, "width": 2, "dash": dash},
        "hovertemplate": hover,
    }
