"""The way through the chapters: their menu, back and on, and where one can go further."""

from __future__ import annotations

import streamlit as st

from pages.learn.chapters import CHAPTERS, Chapter
from ui import state, views
from ui.state import CHAPTERS as PAGE
from ui.state import Visit
from ui.text import Text

_NAMES = [chapter.name for chapter in CHAPTERS]


def menu(now: Visit, text: Text) -> Chapter:
    """Show the chapters in a row, with a tick at what has been read; give the one that is open."""
    marks = {name: "✓ " if name in now.read else f"{i} " for i, name in enumerate(_NAMES, 1)}
    return CHAPTERS[_NAMES.index(views.menu(PAGE, CHAPTERS, text, marks).name)]


def further(chapter: Chapter, text: Text) -> None:
    """Offer the page on which one can go on with what the chapter is about."""
    onward, icon = chapter.further, ":material/arrow_outward:"
    if st.button(text.gettext(onward.words), key="further", icon=icon, type="tertiary"):
        if onward.view:
            st.session_state[state.view_key(onward.page)] = onward.view
        st.switch_page(f"pages/{onward.page}/page.py")


def show(chapter: Chapter, now: Visit, text: Text) -> None:
    """Show the buttons to the chapters before and after; static/shortcuts.js presses them, too."""
    _, here = text.gettext, _NAMES.index(chapter.name)
    with st.container(key="chapters", horizontal=True, horizontal_alignment="distribute"):
        st.button(
            _("Back"),
            key="chapter_back",
            icon=":material/arrow_back:",
            on_click=_open,
            args=(here - 1,),
            disabled=here == 0,
        )
        if here + 1 < len(_NAMES):
            st.button(
                _("Next: {chapter}", chapter=_(CHAPTERS[here + 1].title)),
                key="chapter_next",
                icon=":material/arrow_forward:",
                type="primary",
                on_click=_read,
                args=(now, here),
            )
        # Not the same key: the click that opens this chapter would press this button, too.
        elif st.button(_("Now draw"), key="chapters_end", type="primary"):
            now.read.add(chapter.name)
            st.switch_page("pages/draw/page.py")


def _open(number: int) -> None:
    st.session_state[state.view_key(PAGE)] = _NAMES[number]


def _read(now: Visit, number: int) -> None:
    now.read.add(_NAMES[number])
    _open(number + 1)
