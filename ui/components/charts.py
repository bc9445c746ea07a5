"""Plotly charts that change in place: no flash, no jump. What `bars.py` and `plots.py` share.

Why not `st.plotly_chart`: in Streamlit 1.67 the identity of that element is made from its content,
so each change of data throws the chart away and builds a new one, and the visitor sees nothing for
60-130 ms (Streamlit issue #8782). Streamlit's pull request #16052 mends it. Once that is released
and pinned here, this module, `plots.py`, `charts.js` and `static/` can go; `bars.py` too, provided
that the click on a zero bar and the keyboard are had in another way.

Three parts: this file (what Python says), `charts.js` (a few lines that Streamlit sends with every
update) and `static/charts.js` (the charts, which the browser fetches once and keeps, with Plotly
beside it).
"""

from __future__ import annotations

import base64
import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

if TYPE_CHECKING:
    import plotly.graph_objects as go

_HERE = Path(__file__).parent
_CHARTS = _HERE.parents[1] / "static" / "charts.js"

# A new version of the script gets a new address, so no visitor is left with yesterday's copy.
MODULE = f"app/static/{_CHARTS.name}?v={hashlib.sha256(_CHARTS.read_bytes()).hexdigest()[:8]}"

# The host has its full size before the script arrives, so nothing below it moves; while it is empty
# it is a skeleton. The first rule: Streamlit wraps our HTML in two boxes that have no height.
# `pan-y pinch-zoom`: a finger that moves up or down scrolls the page.
_CSS = """
div:has(> .HOST), div:has(> div > .HOST) { height: 100% }
.HOST { height: 100%; overflow: hidden; touch-action: pan-y pinch-zoom;
  border-radius: var(--st-base-radius) }
.HOST:empty { background: var(--st-secondary-background-color) }
.HOST:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px }
"""


def register(host: str, css: str = "") -> Callable[..., Any]:
    """Make a component whose chart lives in an element of the class `host`; call it to mount one.

    Once per process. In a runtime that does not know it yet (each AppTest makes its own), Streamlit
    registers it again by itself.
    """
    return st.components.v2.component(
        f"gargalo_{host.replace('-', '_')}",
        html=f'<div class="{host}"></div>',
        css=_CSS.replace("HOST", host) + css,
        js=without_comments((_HERE / "charts.js").read_text(encoding="utf-8")),
        # In the page itself and not in a shadow root: Plotly puts its style sheet into its head.
        isolate_styles=False,
    )


def without_comments(javascript: str) -> str:
    """Streamlit sends this text with every update: leave out the lines that only we read."""
    return "\n".join(line for line in javascript.splitlines() if not line.lstrip().startswith("//"))


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
