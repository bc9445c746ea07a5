"""A map of thousands of codes, with the decoder in the browser: to look around asks nothing of us.

Two elements. One ships the packed map (places, codes, the decoder's weights: some 600 KB) and shows
nothing; it stays the same from run to run, so Streamlit sends it once and from then on only its
hash. The other is small and draws: what changes with a stroke of the visitor's is where the star
stands. `static/map_canvas.js` serves both.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st
from markupsafe import Markup
from numpy.typing import NDArray

from ae.arrays import PIXELS, SIDE, Float32
from ae.atlas import HEAP, NEIGHBOURS
from ae.model import Dense
from ui.components import packed
from ui.components.module import component
from ui.html import element

Digits = NDArray[np.uint8]

_TOOLS = ("lasso", "zoom_in", "zoom_out", "reset")
_TEXTS = ("language", "label", "of_digit", "place", "yours", "hint", "group", "group_one")
LABELS = frozenset((*_TEXTS, "group_empty", "lasso_hint", "lasso_keys", "corner", *_TOOLS))

_PATHS = (
    "M12 5c5 0 8 2 8 5s-3 5-8 5-8-2-8-5 3-5 8-5zM8 14c-3 1-3 5 0 5h2",
    "M12 5v14M5 12h14",
    "M5 12h14",
    "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
)


def _tool(name: str, path: str) -> Markup:
    icon = element("svg", element("path", d=path), viewBox="0 0 24 24")
    return element("button", icon, type="button", class_=name)


# Everything stands in the HTML before a script has run, so nothing moves when the map arrives.
_STAGE = element("canvas", class_="map", tabindex=0, role="application")
_PANEL = (
    element("canvas", class_="picture", width=SIDE, height=SIDE, role="img"),
    element("p", class_="words"),
    element("div", *map(_tool, _TOOLS, _PATHS), class_="tools"),
    element("p", class_="status", role="status"),
)
_HTML = element(
    "div",
    element(
        "div",
        element("div", _STAGE, class_="stage"),
        element("div", *_PANEL, class_="panel"),
        class_="sheet",
    ),
    class_="code-map",
)

# One for each digit 0-9. Found by a search for ten colours that are seen on both grounds
# (`ui.colours.SEEN`), as far apart as can be in OKLab for normal, deutan, protan and tritan eyes at
# once (Machado et al., "A physiologically-based model for simulation of color vision deficiency",
# 2009); digits that look alike got the colours that differ most. None is like the star's.
PALETTE = (
    "#0c906c",
    "#8490b4",
    "#845484",
    "#cc60fc",
    "#cc7818",
    "#486c48",
    "#b400c0",
    "#d80c00",
    "#fc4890",
    "#8418fc",
)

_mount = component("map", script="map_canvas.js", html=_HTML, css="map_canvas.css")
_ship = component("map_data", script="map_canvas.js")


def pack(
    layers: Sequence[Dense],
    codes: Float32,
    points: Float32,
    digits: Digits,
    inverse: tuple[Float32, Float32] | None,
) -> bytes:
    """Write a map for the browser: what is on it, and how any place of it is decoded.

    Parameters
    ----------
    layers : the decoder, from the code to the 784 pixels.
    codes : (n, units), one for each point.
    points : (n, 2), where each code lies on the map, in any unit, y upwards.
    digits : (n,), 0 to 9: which digit each code is of.
    inverse : of a linear projection, the mean (units,) and two orthonormal axes (2, units), so that
        the code of a place is ``mean + place @ axes``. None if the projection has no inverse: the
        code of a place is then the mean of its `NEIGHBOURS` nearest points' codes, weighted by
        1/distance.

    Raises
    ------
    ValueError
        Shapes that do not fit, a digit above 9, no points, a NaN or an infinity.
    """
    units = codes.shape[1] if codes.ndim == 2 else -1
    n = len(codes)
    if units < 1 or n < 1:
        raise ValueError(f"codes: got shape {codes.shape}, expected (n, units)")
    _expect("points", points, (n, 2))
    _expect("digits", digits, (n,))
    if digits.min() < 0 or digits.max() > 9:
        raise ValueError(f"digits: got {digits.min()} to {digits.max()}, expected 0 to 9")
    arrays: dict[str, packed.Array] = {"codes": codes, "points": points, "digits": digits}
    width = units
    for i, layer in enumerate(layers):
        outputs = layer.weights.shape[-1]
        _expect(f"weights of layer {i}", layer.weights, (width, outputs))
        _expect(f"bias of layer {i}", layer.bias, (outputs,))
        arrays |= {f"weights{i}": layer.weights, f"bias{i}": layer.bias}
        width = outputs
    if width != PIXELS:
        raise ValueError(f"layers: the last one gives {width} numbers, expected {PIXELS} pixels")
    if inverse:
        mean, axes = inverse
        _expect("the inverse's mean", mean, (units,))
        _expect("the inverse's axes", axes, (2, units))
        arrays |= {"mean": mean, "axes": axes}
    header = {
        "activations": [layer.activation for layer in layers],
        "neighbours": NEIGHBOURS,
        "heap": HEAP,
        "palette": PALETTE,
    }
    short = ["codes", *(f"weights{i}" for i in range(len(layers)))]
    return packed.pack(header, arrays, short)


def show(
    *,
    data: bytes,
    star: tuple[float, float] | None,
    near: Sequence[int],
    code: Float32 | None,
    labels: Mapping[str, str],
    model: str | None = None,
    revision: int = 0,
    large: bool = False,
    key: str,
) -> None:
    """Show the map.

    The view that the visitor chose survives every update with the same map. The place that they
    pinned and the ring that they drew end with another code: who draws wants to see the drawing.

    Parameters
    ----------
    data : what `pack` gave; with another one the map begins anew.
    star : where the visitor's own digit lies, in the unit of the packed points.
    near : which of the points thin lines lead to from the star.
    code : (units,), what is decoded while the visitor looks at no other place; None without a star.
    labels : a text for each name in `LABELS`; {digit} in "of_digit", {n}, {share} and {digit} in
        "group", {digit} in "group_one", {n} in "corner"; "language" as in HTML's `lang`.
    model : whose codes they are: the star then follows the pen, and the bars of this model's code
        the mouse (`live.py`).
    revision : of the drawing; comes back as ``data-revision`` once these data are in the picture.

    large : for a hall: as high as the screen, without its tools.

    Raises
    ------
    ValueError
        A label is missing, or the star is nowhere.
    """
    if missing := LABELS - labels.keys():
        raise ValueError(f"labels: {', '.join(sorted(missing))} missing")
    if star is not None and not all(map(math.isfinite, star)):
        raise ValueError(f"star: got {star}, expected two finite numbers")
    with st.container(gap=None):  # the first element is empty and takes no room
        _ship(key=f"{key}.packed", data=data)
        _mount(
            key=key,
            data={
                "map": data[: packed.ID].decode(),
                # Tuples: of a list or a mapping Streamlit would ask whether it is a data frame, and
                # import pandas.
                "star": star and tuple(float(value) for value in star),
                "near": tuple(near),
                "code": None if code is None else tuple(code.tolist()),
                "labels": tuple(labels.items()),
                "model": model,
                "revision": revision,
                "large": large,
            },
        )


def _expect(what: str, array: NDArray[Any], shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        raise ValueError(f"{what}: got shape {array.shape}, expected {shape}")
