"""What a talk on stage is in the browser: its keys, its black screen, and how a step is changed.

A step is asked for as a trigger, and arrives as data. Until all of it is in the page, what was
there before stays on the wall. With the speaker's windows of the same browser it is kept in step
there, without the server: see ``static/windows.js``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from ui.components.module import component
from ui.html import element

KEY = "stage_tools"

_SIGNS = {"back": "M15 4 7 12l8 8", "next": "M9 4l8 8-8 8", "leave": "M6 6l12 12M18 6L6 18"}


def _button(name: str, path: str) -> str:
    sign = element("svg", element("path", d=path), viewBox="0 0 24 24", aria_hidden="true")
    return element("button", sign, type="button", class_=name, data_label=name)


_mount = component(
    "stage",
    html=element(
        "div",
        *(_button(name, path) for name, path in _SIGNS.items()),
        element("button", type="button", class_="black", data_label="black", popover="manual"),
        element(
            "dialog",
            element("h2", data_label="keys"),
            element("dl"),
            element("button", "×", type="button", class_="close", data_label="close"),
        ),
        class_="stage-tools",
    ),
    css="stage.css",
)
_keep = component("stage_file", script="stage.js")


def show(
    data: Mapping[str, object],
    *,
    on_step: Callable[[int], None],
    on_leave: Callable[[], None],
) -> None:
    """Let the talk be moved.

    Parameters
    ----------
    data : talk, step, count, title, texts, speaker (an address), labels and keys.
    on_step : called with the step that is asked for, which comes from outside. on_leave : when the
        talk ends.
    """

    def moved() -> None:
        state = st.session_state.get(KEY)
        move = state.get("move") if isinstance(state, Mapping) else None
        step = move.get("step") if isinstance(move, Mapping) else None
        if type(step) is int:
            on_step(step)

    _mount(key=KEY, data=dict(data), on_move_change=moved, on_leave_change=on_leave)


def keep(file: str) -> None:
    """Let the browser keep the file of the visitor's own talk, for a reload."""
    _keep(key="stage_file", data={"keep": file})


def ask(on_talk: Callable[[bytes], None]) -> None:
    """Ask the browser for the file that it keeps; `on_talk` gets it, or nothing."""

    def came() -> None:
        state = st.session_state.get(KEY)
        talk = state.get("talk") if isinstance(state, Mapping) else None
        on_talk(talk.encode("utf-8", "replace") if isinstance(talk, str) else b"")

    _mount(key=KEY, data={"ask": True}, on_talk_change=came)
