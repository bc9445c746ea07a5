"""What is shown where the server has no rooms."""

from __future__ import annotations

import streamlit as st

from ui.text import Text


def show(text: Text) -> None:
    """Say what the room needs, and how it is had."""
    _ = text.gettext
    st.write(
        _(
            "In a room everybody in the hall draws on their own phone, and each digit flies onto"
            " this screen. This server shows the other pages only: phones have nothing to talk to"
            " here. On your own computer, or on a server of your own, start it with its room:"
        )
    )
    st.code("make run", language=None)
    st.caption(_("or, where everything is installed already:"))
    st.code("streamlit run asgi.py", language=None)
