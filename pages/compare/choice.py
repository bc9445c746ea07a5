"""Which models are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from ae.model import Model
from ui import models, state
from ui.text import Text


def choose(available: Mapping[str, Model], text: Text) -> Sequence[str]:
    """Let the visitor choose the lanes; the last one stays on."""
    shown = [name for name in st.session_state[state.LANES] if name in available]
    if not shown:  # the files of all that the link names are missing or damaged
        st.session_state[state.LANES] = shown = list(available)[:1]
    if state.on_stage():
        return shown
    return st.pills(
        text.gettext("Models to compare"),
        list(available),
        selection_mode="multi",
        format_func=models.labels(available, text),
        key=state.LANES,
        on_change=_keep_one,
        args=(shown,),
        persist_state="session",
        label_visibility="collapsed",
    )


def _keep_one(before: list[str]) -> None:
    if not st.session_state[state.LANES]:
        st.session_state[state.LANES] = before
