"""The network runs in the browser under the visitor's hand, and the server confirms it afterwards.

What shows something of the drawing says so: ``data-live`` is "sees", "survives", "changed", "code"
or the name of a figure (the table `PAINT` in `static/live.js`), and what stands around it has the
model's name in ``data-model``. The script paints it while the pen moves: the strokes that Python
knows, and those that it does not know yet, go through `static/drawing.js` and `static/network.js`.
Each model's weights are an element of their own, which stays the same from run to run, so that they
are sent once. It stands last on the page: the first picture comes before it.

The same pictures follow a bar that is dragged and a slider that moves: the code as encoded goes
through the edits that Python knows and what is in the visitor's hand, by `static/edits.js`.
"""

from __future__ import annotations

from collections.abc import Mapping

from ui import inference, state, strokes
from ui.components import packed
from ui.components.module import component
from ui.state import Visit

_mount = component("live")
_ship = component("network", script="live.js")


def ship(name: str, data: bytes) -> None:
    """Send a model's weights to the browser, as `network.pack` packed them."""
    _ship(key=f"network_{name}", data=data)  # style.css takes both out of sight


def follow(now: Visit, networks: Mapping[str, bytes]) -> None:
    """Let the page follow the pen.

    Parameters
    ----------
    networks : name -> its packed weights, of the models that the page shows; those that are not
        shipped yet, or not at all, stay still.
    """
    drawing, edits = now.sketch.drawing, now.edits
    models = tuple((name, data[: packed.ID].decode()) for name, data in networks.items())
    _mount(
        key="live",
        data={
            # On a picture a stroke goes the way of pictures, which only Python knows.
            "strokes": None if drawing.picture else drawing.strokes,
            "size": strokes.SIDE,
            "normal": now.normal,
            "load": now.sketch.loads,
            "models": models,
            "edits": (edits.keep, tuple(edits.values.items())),
            "digit": _digit(now) if drawing.picture else None,
            "separators": state.text().separators,
        },
    )


def _digit(now: Visit) -> tuple[float, ...] | None:
    digit = inference.digit(now.sketch.drawing, normalise=now.normal)
    return None if digit is None else tuple(digit.ravel().round(3).tolist())
