"""Buttons of what plays a training, the same everywhere; see ``static/controls.js``."""

from __future__ import annotations

from markupsafe import Markup

from ui.html import element

ICONS = {
    "play": "M7 4l13 8-13 8z",
    "step": "M5 4l10 8-10 8zM17 4h3v16h-3z",
    "reset": "M12 5V1L6 6l6 5V7a5 5 0 1 1-5 6H5a7 7 0 1 0 7-8z",
}


def button(name: str) -> Markup:
    """Write a button of that class, with its icon if it has one; a script fills in the words."""
    path = ICONS.get(name)
    icon = path and element("svg", element("path", d=path), viewBox="0 0 24 24", aria_hidden="true")
    return element("button", icon or "", element("span"), type="button", class_=name)
