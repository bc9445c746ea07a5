"""A model's layers as a small picture: how wide each is, down to the bottleneck and up again."""

from __future__ import annotations

import math
from html import escape

from ae.families import Family


def html(family: Family, alt: str) -> str:
    """Draw one bar per layer, its length by the logarithm of its width; ``alt`` says it in words.

    Streamlit strips SVG from HTML, so the bars are boxes.
    """
    layers = "".join(
        f'<span class="{"code" if width == family.code_size else "layer"}">'
        f'<i style="height: {_height(width):.0f}px"></i>{width}</span>'
        for width in family.widths
    )
    return f'<div class="diagram" role="img" aria-label="{escape(alt)}">{layers}</div>'


def _height(width: int) -> float:
    """784 is 24 px high and 32 is 9: on a straight scale the code would be one pixel."""
    return max(24 * math.log(width / 12) / math.log(784 / 12), 3)
