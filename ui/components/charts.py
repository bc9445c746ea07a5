"""Plotly charts that change in place: no flash, no jump. What `bars.py` and `plots.py` share.

Why not `st.plotly_chart`: in Streamlit 1.67 the identity of that element is made from its content,
so each change of data throws the chart away and builds a new one, and the visitor sees nothing for
60-130 ms (Streamlit issue #8782). Streamlit's pull request #16052 mends it. Once that is released
and pinned here, this module, `plots.py`, `static/charts.js` and `static/plotly/` can go; `bars.py`
too, provided that the click on a zero bar and the keyboard are had in another way.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ui.components.module import component
from ui.html import element

if TYPE_CHECKING:
    import plotly.graph_objects as go


def register(host: str) -> Callable[..., Any]:
    """Make a component whose chart lives in an element of the class `host`; call it to mount.

    The host has its full size before the script arrives, so nothing below it moves; while it is
    empty it is a skeleton. (charts.css: Streamlit wraps our HTML in two boxes that have no height.
    `pan-y pinch-zoom`: a finger that moves up or down scrolls the page.)
    """
    return component(
        host.replace("-", "_"),
        script="charts.js",
        html=element("div", class_=f"chart {host}"),
        css="charts.css",
        # In the page itself and not in a shadow root: Plotly puts its style sheet into its head.
        isolate_styles=False,
    )


def plain(figure: go.Figure | Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Write a figure as traces and layout in small JSON.

    Templates are dropped: the default one weighs 7 KB.
    """
    content = _plain(figure if isinstance(figure, Mapping) else figure.to_plotly_json())
    layout = content.get("layout", {})
    return content["data"], {name: layout[name] for name in layout if name != "template"}


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
