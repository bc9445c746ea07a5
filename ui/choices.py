"""One of a few: how a view lets the visitor choose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ui import state
from ui.state import Visit


def segments(label: str, options: Mapping[str, str], key: str, default: str | None = None) -> str:
    """Show all options in a row; one is always chosen, and stays so while the session lasts.

    Parameters
    ----------
    label : for screen readers.
    options : name -> what stands on it.
    default : name; the first if None.
    """
    first = default or next(iter(options))
    if state.on_stage():
        return first
    chosen = st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        default=first,
        key=key,
        required=True,
        persist_state="session",
        label_visibility="collapsed",
    )
    return str(chosen)


def slider(label: str, low: float, high: float, value: float, *, key: str, **options: Any) -> Any:
    """Show a slider that stays where the visitor moves it while the session lasts.

    Parameters
    ----------
    options : as for ``st.slider``.
    """
    if state.on_stage():
        return value
    return st.slider(label, low, high, value, key=key, persist_state="session", **options)


def dropdown(
    label: str, options: Mapping[str, str], key: str, default: str, now: Visit, width: int = 165
) -> str:
    """Show the options as a list; the choice stays while the session lasts, in any language.

    Parameters
    ----------
    options : name -> what stands in the list. A choice that is not among them for a while comes
        back with them.
    default : name.
    """
    if state.on_stage():
        return default
    chosen = now.choices.get(key)
    # Streamlit 1.67: the browser sends back the words that it shows, and after a switch of the
    # language still the old ones. So the name is kept apart, and the list is told it each time.
    st.session_state[key] = chosen if chosen in options else default
    st.selectbox(
        label,
        list(options),
        format_func=lambda name: options.get(name, name),
        key=key,
        on_change=_keep,
        args=(now, key, frozenset(options)),
        width=width,
    )
    return str(st.session_state[key])


def _keep(now: Visit, key: str, names: frozenset[str]) -> None:
    if st.session_state[key] in names:
        now.choices[key] = st.session_state[key]
