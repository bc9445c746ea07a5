"""The network runs in the browser while a line is drawn, and the server confirms it afterwards.

What shows something of the drawing says so: ``data-live`` is "sees", "survives", "changed", "code"
or the name of a figure (the table `PAINT` in `static/live.js`), and what stands around it has the
model's name in ``data-model``. The script paints it while the pen moves: the strokes that Python
knows, and those that it does not know yet, go through `static/drawing.js` and `static/network.js`.
Each model's weights are an element of their own, which stays the same from run to run, so that they
are sent once. It stands last on the page: the first picture comes before it.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from ui import state, strokes
from ui.components import packed
from ui.components.module import component
from ui.state import Visit

_mount = component("live")
_ship = component("network", script="live.js")


def ship(name: str, data: bytes) -> None:
    """Send a model's weights to the browser, as `network.pack` packed them."""
    with st.container(key=f"network_side_{name}"):  # style.css takes both out of sight
        _ship(key=f"network_{name}", data=data)


def follow(now: Visit, networks: Mapping[str, bytes]) -> None:
    """Let the page follow the pen.

    Parameters
    ----------
    networks : name -> its packed weights, of the models that the page shows; those that are not
        shipped yet, or not at all, stay still.
    """
    drawing = now.sketch.drawing
    models = tuple((name, data[: packed.ID].decode()) for name, data in networks.items())
    with st.container(key="live_side"):
        _mount(
            key="live",
            data={
                # On a photo a stroke goes the way of pictures, which only Python knows.
                "strokes": None if drawing.picture else drawing.strokes,
                "size": strokes.SIDE,
                "normal": now.normal,
                "load": now.sketch.loads,
                "models": models,
                "separators": state.text().separators,
            },
        )
