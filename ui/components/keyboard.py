"""Drawing by the keyboard, and shortcuts that press the canvas's buttons; all of it in the browser.

The canvas (streamlit-drawable-canvas 0.13) also gets its name here, and loses its toolbar.
"""

from __future__ import annotations

from collections.abc import Mapping

from ui.components.module import component
from ui.html import element

_mount = component("keyboard")

# Its label comes from the visitor's language, and a component's HTML is the same for all: the
# script writes it.
_switch = component(
    "shortcuts",
    html=element(
        "label",
        element("input", type="checkbox", role="switch"),
        element("span"),
        class_="switch",
    ),
    css="shortcuts.css",
)


def listen(*, label: str, keys: str, pen: Mapping[str, str], shortcuts: Mapping[str, str]) -> None:
    """Act on keys from now on.

    Parameters
    ----------
    label : the canvas's name. keys : what its keys do.
    pen : what is said when it is put "down", goes "up", or rests "at" a place: {column}, {row}.
    shortcuts : key of a button -> the keys that press it, as in HTML's ``aria-keyshortcuts``.
    """
    canvas = {"label": label, "keys": keys, "pen": dict(pen)}
    _mount(key="keys", data={"canvas": canvas, "shortcuts": dict(shortcuts)})


def switch(label: str, *, key: str) -> None:
    """Let the visitor switch the shortcuts off; their browser remembers it."""
    _switch(key=key, data={"label": label})
