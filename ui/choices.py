"""One of a few: how a view lets the visitor choose."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st


def segments(label: str, options: Mapping[str, str], key: str, default: str | None = None) -> str:
    """Show all options in a row; one is always chosen, and stays so while the session lasts.

    Parameters
    ----------
    label : for screen readers.
    options : name -> what stands on it.
    default : name; the first if None.
    """
    chosen = st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        default=default or next(iter(options)),
        key=key,
        required=True,
        persist_state="session",
        label_visibility="collapsed",
    )
    return str(chosen)
