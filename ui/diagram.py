"""A model's layers as a small picture: how wide each is, down to the bottleneck and up again."""

from __future__ import annotations

import math

from markupsafe import Markup

from ae.families import Family
from ui.html import element


def html(family: Family, alt: str) -> Markup:
    """Draw one bar per layer, its length by the logarithm of its width; ``alt`` says it in words.

    Streamlit strips SVG from HTML, so the bars are boxes.
    """
    layers = [
        element(
            "span",
            element("i", style=f"height: {_height(width):.0f}px"),
            str(width),
            class_="code" if width == family.code_size else "layer",
        )
        for width in family.widths
    ]
    return element("div", *layers, class_="diagram", role="img", aria_label=alt)


def _height(width: int) -> float:
    """784 is 24 px high and 32 is 9: on a straight scale the code would be one pixel."""
    return max(24 * math.log(width / 12) / math.log(784 / 12), 3)
