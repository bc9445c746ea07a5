"""Which colour each model has, in every chart and list, and how well a colour is seen."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from ae import families
from ui import names

# The backgrounds of the two themes, as in .streamlit/config.toml. A colour that both have in common
# is seen on either: WCAG 2.2 asks for 3 where it is more than decoration, and 4.5 for words.
GROUNDS = "#FBFBF9", "#10171B"
SEEN = 3.0

# In the order of the family table, PCA first. The first is the text's own, black on the one theme
# and white on the other. The others were found by a search, each near the hue that it had among
# Okabe & Ito's, for the largest least distance in OKLab: 0.131 between any two, 0.065 for deutan,
# protan and tritan eyes (Machado et al., 2009). Okabe & Ito's own, three of which are too pale for
# a light page, came to 0.110 and 0.026. The last two families', and the later ones of one's own,
# were searched for behind those: 0.131 holds for all of them, the other distance was not asked for.
_PALETTE = (
    *("var(--st-text-color)", "#0099DD", "#BB7700", "#229955"),
    *("#994488", "#7733EE", "#666633", "#778888"),
    *("#1166AA", "#CC00FF"),
)
_OWN = "#CC1100", "#FF5566", "#AA77DD", "#FF11BB"

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
_LUMINANCE = 0.2126, 0.7152, 0.0722  # of linear red, green and blue


def of(name: str) -> str:
    """Give the CSS colour of a family, of PCA, or of one of the visitor's own models.

    Raises
    ------
    ValueError
        There is no such model.
    """
    if name in names.IDS:
        return _OWN[names.IDS.index(name)]
    place = ("pca", *families.FAMILIES).index(name)
    return _PALETTE[place] if place < len(_PALETTE) else _further(place - len(_PALETTE))


def oklab(colours: Sequence[str]) -> npt.NDArray[np.float64]:
    """Place colours, "#RRGGBB", where distance is what the eye sees: (n, 3), lightness first."""
    return np.asarray(np.cbrt(_linear(colours) @ _TO_CONES) @ _TO_LAB)


def contrast(colours: Sequence[str], ground: str) -> npt.NDArray[np.float64]:
    """Give WCAG 2.2's contrast ratio of colours, "#RRGGBB", to a ground: (n,), from 1 to 21."""
    luminances = _linear([*colours, ground]) @ _LUMINANCE + 0.05
    ratios = luminances[:-1] / luminances[-1]
    return np.asarray(np.maximum(ratios, 1 / ratios))


def _linear(colours: Sequence[str]) -> npt.NDArray[np.float64]:
    """Write sRGB as light: (n, 3) in [0, 1]."""
    channels = np.array([list(bytes.fromhex(colour[1:])) for colour in colours]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


@cache
def _further(number: int) -> str:
    """Give a colour behind the palette's end: the one that is least like all before it."""
    # It may look like a second model of one's own: there are not so many colours.
    taken = [*_PALETTE[1:], _OWN[0], *map(_further, range(number))]
    steps = range(0, 256, 17)
    colours = [f"#{r:02X}{g:02X}{b:02X}" for r in steps for g in steps for b in steps]
    seen = np.min([contrast(colours, ground) for ground in GROUNDS], axis=0) >= SEEN
    distances = np.linalg.norm(oklab(colours)[:, None] - oklab(taken), axis=2).min(axis=1)
    return colours[int(np.where(seen, distances, 0).argmax())]
