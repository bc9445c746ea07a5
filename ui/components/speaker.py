"""The speaker's window: the note, what is on the screen and what comes then, the time, two buttons.

All of it happens in the browser: ``static/windows.js`` keeps it in step with the stage.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from ui.components.module import component
from ui.components.room import wanted
from ui.html import element, image, join

KEY = "speaker"


def _part(name: str, tag: str = "p") -> str:
    words = element("h2", data_label=name), element(tag, class_=name)
    return element("section", *words, class_=f"part {name}-part")


def _button(name: str) -> str:
    return element("button", type="button", class_=name, data_label=name)


_mount = component(
    "speaker",
    html=element(
        "div",
        element(
            "header",
            join((element("h1"), element("p", class_="place"))),
            _part("elapsed"),
            _part("clock"),
            _button("phone"),
            _button("restart"),
        ),
        element(
            "p", element("span"), " ", element("a", target="_blank"), class_="alone", role="status"
        ),
        _part("now"),
        _part("note", "div"),
        _part("then"),
        element(
            "section",
            element("p", data_label="lent"),
            image("", "", "code-of-link"),
            element("code"),
            element("p", data_label="nobody", class_="nobody"),
            class_="lent",
            hidden="",
        ),
        element("footer", _button("back"), _button("black"), _button("next")),
        class_="speaker",
    ),
    css="speaker.css",
)


@st.fragment
def show(data: Mapping[str, object], draw_qr: Callable[[str], str]) -> None:
    """Show the window; in a fragment, which the browser runs when it wants a QR code.

    Parameters
    ----------
    data : talk, title, texts, step, stage and phone (addresses of the stage and of this window, the
        latter as a phone has it), hub (what may be said to it, or None), language and labels.
    draw_qr : gives the QR code of a text as the address of a picture. Only the hub knows the
        moderator's token, so it is the browser that asks for one.
    """
    asked = f"{KEY}.qr"

    def came() -> None:
        st.session_state[asked] = wanted(st.session_state.get(KEY))

    # Answered once, and not kept.
    text = st.session_state.pop(asked, None)
    _mount(key=KEY, data={**data, "qr": text and (text, draw_qr(text))}, on_qr_change=came)
