"""What a browser does for its session when the connection to the server was lost.

When it is back, the whole page runs, before anything else is asked of it. The session may be a new
one, which knows no fragment of the old: what a fragment's widget sends would find nothing, and
Streamlit (1.67) would drop it without a word, every stroke from then on. And the new session is
told the page's address; what Streamlit tells of it is as old as the last change by Python.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import parse_qsl

import streamlit as st

from ui.components.module import component

KEY = "reconnected"
_LONGEST = 1500  # characters

_mount = component("connection")


def watch() -> None:
    """Watch the connection; outside of every fragment, for what it sends runs the whole page."""
    with st.container(key="connection"):  # style.css takes it out of sight
        _mount(key=KEY, on_back_change=lambda: None, on_link_change=lambda: None)


def link(message: str) -> Mapping[str, str]:
    """Read the address's query out of the component's state; it comes from outside."""
    try:
        state = json.loads(message)
    except (ValueError, RecursionError):
        return {}
    query = state.get("link") if isinstance(state, Mapping) else None
    if not isinstance(query, str) or len(query) > _LONGEST:
        return {}
    return dict(parse_qsl(query.removeprefix("?")))
