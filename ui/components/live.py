"""The network runs in the browser under the visitor's hand, and the server confirms it afterwards.

What shows something of the drawing says so: ``data-live`` is "sees", "survives", "changed", "code"
or the name of a figure (the table `PAINT` in `static/live.js`), and what stands around it has the
model's name in ``data-model``. The script paints it while the pen moves: the strokes that Python
knows, and those that it does not know yet, go through `static/drawing.js` and `static/network.js`.
What the scripts are to know of a run stands in the HTML that shows the drawing, the one element
that a stroke makes anew: `answer`. Each model's weights are an element of their own, which stays
the same from run to run, so that they are sent once. It stands last on the page: the first picture
comes before it.

The same pictures follow a bar that is dragged and a slider that moves: the code as encoded goes
through the edits that Python knows and what is in the visitor's hand, by `static/edits.js`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

import streamlit as st

from ae.arrays import Float32
from ui import html, inference, strokes
from ui.components import browser, packed
from ui.components.module import component
from ui.state import Visit
from ui.text import Text

_ship = component("network", script="live.js")


# Of a message that Streamlit sends (server.maxMessageSize is 5 MB).
_MOST = 4_900_000  # bytes


def ship(name: str, data: bytes) -> None:
    """Send a model's weights to the browser, as `network.pack` packed them.

    What is too large for a message stays here: that model's pictures come when the pen is lifted.
    """
    if len(data) > _MOST:
        return
    _ship(key=f"network_{name}", data=data)  # style.css takes it out of sight


def answer(
    now: Visit,
    text: Text,
    networks: Mapping[str, bytes],
    *,
    told: str,
    codes: Mapping[str, Float32] = MappingProxyType({}),
) -> str:
    """Write what this run answers to the drawing, for the ``data-answer`` of what shows it.

    Parameters
    ----------
    networks : name -> its packed weights, of the models that the page shows; those that are not
        shipped yet, or not at all, stay still.
    told : as for `browser.settle`.
    codes : name -> (units,), of the models whose bars stand outside of what a stroke runs.
    """
    drawing, edits = now.sketch.drawing, now.edits
    said = {
        # On a picture a stroke goes the way of pictures, which only Python knows.
        "strokes": None if drawing.picture else now.sketch.on_canvas.strokes,
        "size": strokes.SIDE,
        "normal": now.normal,
        "canvas": now.sketch.canvas_key,
        "load": now.sketch.loads,
        "models": [(name, data[: packed.ID].decode()) for name, data in networks.items()],
        "edits": _written(edits.values, edits.keep),
        "begins": _written(*now.sketch.begins),
        "digit": _digit(now) if drawing.picture or now.sketch.waits else None,
        "separators": text.separators,
        "codes": {name: code.astype(float).round(5).tolist() for name, code in codes.items()},
        "word": browser.word(now, text, told),
    }
    return json.dumps(said, separators=(",", ":"))


def tell(now: Visit, text: Text, networks: Mapping[str, bytes], *, told: str) -> None:
    """Answer in an element of its own, where none shows the drawing; arguments as for `answer`."""
    said = answer(now, text, networks, told=told)
    st.html(html.element("div", class_="answer", data_answer=said))


def _written(values: Mapping[int, float], keep: int | None) -> tuple[object, ...]:
    return keep, list(values.items())


def _digit(now: Visit) -> tuple[float, ...] | None:
    digit = inference.digit(now.sketch.drawing, normalise=now.normal)
    return None if digit is None else tuple(digit.ravel().round(3).tolist())
