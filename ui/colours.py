"""Which colour each model has, in every chart and list."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from ae import families
from ae.plans import OWN

# In the order of the family table, PCA first. Okabe & Ito's: told apart by colour-blind people, on
# both themes. The first is the text's own, black on the one theme and white on the other.
_PALETTE = (
    *("var(--st-text-color)", "#0090C8", "#E69F00", "#009E73"),
    *("#CC79A7", "#8C6BB1", "#56B4E9", "#7F7F7F"),
)
_OWN = "#D55E00"

# From linear red, green and blue to the eye's cones, and from those to OKLab (Ottosson, 2020).
# fmt: off
_TO_CONES = np.array([
    [0.4122, 0.2119, 0.0883],
    [0.5363, 0.6807, 0.2817],
    [0.0514, 0.1074, 0.6300],
])
_TO_LAB = np.array([
    [ 0.2105,  1.9780,  0.0259],
    [ 0.7936, -2.4286,  0.7828],
    [-0.0041,  0.4506, -0.8087],
])
# fmt: on
_LIGHTNESS = 0.5, 0.8  # in OKLab, where it goes from 0 to 1: seen on white and on black


def of(name: str) -> str:
    """Give the CSS colour of a family, of PCA, or of the visitor's own model.

    Raises
    ------
    ValueError
        There is no such model.
    """
    if name == OWN:
        return _OWN
    place = ("pca", *families.FAMILIES).index(name)
    return _PALETTE[place] if place < len(_PALETTE) else _further(place - len(_PALETTE))


def oklab(colours: Sequence[str]) -> npt.NDArray[np.float64]:
    """Place colours, "#RRGGBB", where distance is what the eye sees: (n, 3), lightness first."""
    channels = np.array([list(bytes.fromhex(colour[1:])) for colour in colours]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.cbrt(linear @ _TO_CONES) @ _TO_LAB)


@cache
def _further(number: int) -> str:
    """Give a colour behind the palette's end: the one that is least like all before it."""
    taken = [*_PALETTE[1:], _OWN, *map(_further, range(number))]
    steps = range(0, 256, 17)
    colours = [f"#{r:02X}{g:02X}{b:02X}" for r in steps for g in steps for b in steps]
    places = oklab(colours)
    darkest, lightest = _LIGHTNESS
    seen = (places[:, 0] >= darkest) & (places[:, 0] <= lightest)
    distances = np.linalg.norm(places[:, None] - oklab(taken), axis=2).min(axis=1)
    return colours[int(np.where(seen, distances, 0).argmax())]
