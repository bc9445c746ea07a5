"""Python that a visitor takes home: how it loads a model, and how it shows its pictures."""

from __future__ import annotations

import streamlit as st

from ui import names, own, pictures
from ui.text import Text

# What the snippets need besides `ae`; both come with it.
IMPORTS = """\
import ae, numpy as np
from PIL import Image
"""

# Of `digits` and `pictures`, the first of each: what the network sees, what survives, what changed.
ROW = f"""\
digit, picture = digits[0, ..., None], pictures[0, ..., None]
error = picture - digit  # lost ink is orange, added ink is blue
colour = np.where(error < 0, {pictures.LOST}, {pictures.ADDED})
changed = np.minimum(2 * abs(error), 1) * colour
row = np.hstack([255 * digit.repeat(3, 2), 255 * picture.repeat(3, 2), changed])
"""


def load(name: str) -> str:
    """Write how to load a model: by its name, or one's own from the file that the page offers."""
    if name in names.IDS:
        return f'ae.weights.load_own("{own.stem(name)}.safetensors")'
    return f'ae.load("{name}")'


def show(rows: str, height: str) -> str:
    """Write how to show rows of pictures, ten px to the pixel.

    Parameters
    ----------
    rows, height : names or expressions, of an array of colours in [0, 255] and of its height in px.
    """
    return f"""\
image = Image.fromarray(np.uint8(np.rint({rows})))
image.resize((840, {height}), Image.Resampling.NEAREST).show()
"""


def explain(text: Text) -> None:
    """Say what a snippet does, and what it needs."""
    st.caption(
        text.gettext(
            "With the files beside it and this app's library `ae` installed, this Python shows the"
            " same pictures:"
        )
    )
