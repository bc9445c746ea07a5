"""A picture on which the visitor chooses a part: by mouse, by finger, or by the arrow keys."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import streamlit as st

from ae.ink import Region
from ui.components.module import component
from ui.html import element

_mount = component("region", html=element("div", class_="region"), css="region.css")

# A rectangle of less is none; the browser's own least is larger.
_LEAST = 0.01


def region(
    *,
    picture: str,
    chosen: Region | None,
    labels: Mapping[str, str],
    on_choice: Callable[[Region], None],
    key: str,
    revision: int,
) -> None:
    """Show the picture, and on it the rectangle if there is one.

    Parameters
    ----------
    picture : its address.
    chosen : the rectangle; None where all of the picture is meant.
    labels : "label" (the picture's name), "keys" (which keys do what), "at" with {left}, {top},
        {width} and {height}, and "language" as in HTML's ``lang``.
    on_choice : called with a rectangle that was let go, before the script runs.
    revision : rises when ``chosen`` has changed; else the visitor's own rectangle stays.
    """

    def came() -> None:
        rectangle = received(st.session_state.get(key))
        if rectangle:
            on_choice(rectangle)

    _mount(
        key=key,
        data={
            "picture": picture,
            "region": chosen,
            "labels": dict(labels),
            "revision": revision,
        },
        on_region_change=came,
    )


def received(state: object) -> Region | None:
    """Read the component's message; it comes from outside, so anything else is no rectangle."""
    message = state.get("region") if isinstance(state, Mapping) else None
    if not isinstance(message, list) or len(message) != 4:
        return None
    for value in message:
        # bool is an int; JSON as Python reads it has NaN, Infinity and integers of any length.
        if type(value) not in (int, float) or not -math.inf < value < math.inf:
            return None
    left, top, right, bottom = (float(min(max(value, 0), 1)) for value in message)
    if right - left < _LEAST or bottom - top < _LEAST:
        return None
    return left, top, right, bottom
