"""The views of a page: one menu, and one answer when what a view shows is damaged."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, TypeVar

import streamlit as st

import ae
from ui import state
from ui.state import Visit
from ui.text import Text

Scene = TypeVar("Scene")


@dataclass(frozen=True)
class View(Generic[Scene]):
    """A part of a page that the visitor opens. A page's ``views.py`` has the table of them.

    Attributes
    ----------
    name : as in a link.
    title : English source string; the menu translates it.
    show : shows it, from what all views of the page look at and in the visitor's language.
    hall : shows it on stage instead, without the drawing.
    follows : whether it shows the drawing, so that a stroke changes it.
    model : the one that it is about, whatever the frame names.
    """

    name: str
    title: str
    show: Callable[[Scene, Text], None]
    hall: Callable[[Scene, Text], None] | None = None
    follows: bool = False
    model: str | None = None


def opened(page: str, views: Sequence[View[Scene]]) -> View[Scene]:
    """Give the page's view that is open, before its menu is shown."""
    name = st.session_state.get(state.view_key(page))
    return next((view for view in views if view.name == name), views[0])


def choose_model(page: str, views: Sequence[View[Any]], now: Visit) -> None:
    """Choose the model that the open view is about, and afterwards the one before it again.

    To be called before the frame is shown.
    """
    about = opened(page, views).model if views else None
    if about is None:
        state.give_back(now)
    elif about != state.model_name():
        state.borrow(now, about)


def alone(now: Visit) -> bool:
    """Has a view the whole page? On stage, one that the step's link names."""
    return now.stage is not None and now.stage.step.link.view is not None


def draws(view: View[Scene], now: Visit) -> bool:
    """Has the canvas a place beside the view? On stage, only where the view shows the drawing."""
    return not now.stage or (view.follows and not view.hall)


def menu(
    page: str,
    views: Sequence[View[Scene]],
    text: Text,
    marks: Mapping[str, str] = MappingProxyType({}),
) -> View[Scene]:
    """Show the page's views in a row, but for on stage; give the one that is open.

    Parameters
    ----------
    marks : name of a view -> what stands before its title.
    """
    if state.on_stage():
        return opened(page, views)
    by_name = {view.name: view for view in views}
    with st.container(key="view_menu"):  # the browser scrolls to it when another view opens
        chosen = st.pills(
            text.gettext("View"),
            list(by_name),
            format_func=lambda name: marks.get(name, "") + text.gettext(by_name[name].title),
            key=state.view_key(page),
            persist_state="session",
            required=True,
            label_visibility="collapsed",
        )
    return by_name[chosen or views[0].name]


def show(view: View[Scene], scene: Scene, text: Text) -> None:
    """Show a view where views are; on stage as a hall sees it."""
    with st.container(key="view_side"), damage_told(text):
        (view.hall if view.hall and state.on_stage() else view.show)(scene, text)


@contextmanager
def damage_told(text: Text) -> Iterator[None]:
    """Say it in one sentence where a view needs a file that is missing or damaged."""
    try:
        yield
    except ae.WeightsError as fault:
        # The path and the command that mends it are for whoever runs the server.
        logging.getLogger(__name__).error("%s", fault)
        st.error(text.gettext("This cannot be shown: a file is missing or damaged."))
