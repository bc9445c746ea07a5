"""A button that takes a file, most of all a picture: chosen, from a phone's camera, or dropped.

In place of ``st.file_uploader``, whose words and complaints are English, cut off on a phone, and
beyond our reach. The browser makes a large photograph smaller and sends it over the page's own
connection, so that none is too large, and a frame of another site may send one too.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping

import streamlit as st

from ui.components.module import component
from ui.html import element

# Material's "upload", as Streamlit has it on its own buttons.
_ARROW = (
    "M440-320v-326L336-542l-56-58 200-200 200 200-56 58-104-104v326z"
    "M240-160q-33 0-56.5-23.5T160-240v-120h80v120h480v-120h80v120q0 33-23.5 56.5T720-160z"
)

_mount = component(
    "upload",
    html=element(
        "label",
        element("input", type="file"),
        element(
            "svg",
            element("path", d=_ARROW),
            viewBox="0 -960 960 960",
            aria_hidden="true",
        ),
        element("span"),
        class_="upload",
    ),
    css="upload.css",
)


def upload(
    *,
    label: str,
    busy: str,
    description: str,
    accept: str = "image/*",
    side: int,
    limit: int,
    on_file: Callable[[bytes], None],
    key: str,
) -> None:
    """Show the button.

    Parameters
    ----------
    label : what stands on it. busy : while a picture is made smaller. description : what is wanted.
    accept : kinds of files, as HTML writes them.
    limit : bytes. A larger file comes as a JPEG or PNG of at most ``side`` pixels; of what the
        browser cannot open come the first bytes, which say what it is.
    on_file : called with what came, before the script runs; it comes from anybody.
    """

    def came() -> None:
        on_file(received(st.session_state.get(key), limit))

    _mount(
        key=key,
        data={
            "label": label,
            "busy": busy,
            "description": description,
            "accept": accept,
            "side": side,
            "limit": limit,
        },
        on_file_change=came,
    )


def received(state: object, limit: int) -> bytes:
    """Read the component's message; nothing where it is none."""
    message = state.get("file") if isinstance(state, Mapping) else None
    if not isinstance(message, str) or len(message) > 4 * (limit // 3 + 1):
        return b""
    try:
        return base64.b64decode(message, validate=True)
    except (binascii.Error, ValueError):
        return b""
