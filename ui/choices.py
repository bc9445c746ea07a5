"""One of a few: how a view lets the visitor choose."""

from __future__ import annotations

from collections.abc import Container, Mapping
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
    now, first = state.current(), default or next(iter(options))
    begins = _begins(now, key, options, first)
    if now.stage:
        return begins
    chosen = str(
        st.segmented_control(
            label,
            list(options),
            format_func=options.__getitem__,
            default=begins,
            key=key,
            required=True,
            persist_state="session",
            label_visibility="collapsed",
        )
    )
    _keep(now, key, chosen, first)
    return chosen


def slider(label: str, low: float, high: float, value: float, *, key: str, **options: Any) -> Any:
    """Show a slider that stays where the visitor moves it while the session lasts.

    Parameters
    ----------
    options : as for ``st.slider``.
    """
    now = state.current()
    begins = _within(now.choices.get(key), low, high, value)
    if now.stage:
        return begins
    chosen = st.slider(label, low, high, begins, key=key, persist_state="session", **options)
    _keep(now, key, f"{chosen:.6g}", f"{value:.6g}")
    return chosen


def _within(linked: str | None, low: float, high: float, value: float) -> float:
    """Read what a link says of a slider, which is of the kind of its value."""
    try:
        said = type(value)(linked or "")
    except ValueError:
        return value
    return said if low <= said <= high else value


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
    begins = _begins(now, key, options, default)
    if now.stage:
        return begins
    # Streamlit 1.67: the browser sends back the words that it shows, and after a switch of the
    # language still the old ones. So the name is kept apart, and the list is told it each time.
    st.session_state[key] = begins
    st.selectbox(
        label,
        list(options),
        format_func=lambda name: options.get(name, name),
        key=key,
        on_change=_take,
        args=(now, key, frozenset(options)),
        width=width,
    )
    return str(st.session_state[key])


def _begins(now: Visit, key: str, options: Container[str], default: str) -> str:
    """Give what was chosen before, or by the link, if it can be chosen now."""
    chosen = now.choices.get(key, default)
    return chosen if chosen in options else default


def _take(now: Visit, key: str, names: frozenset[str]) -> None:
    if st.session_state[key] in names:
        now.choices[key] = st.session_state[key]


def _keep(now: Visit, key: str, chosen: str, default: str) -> None:
    """Note a choice for the link; what is chosen by itself needs no words there."""
    if chosen == default:
        now.choices.pop(key, None)
    else:
        now.choices[key] = chosen
