"""The frame around every page: the menu, the model, the language, and what to do with a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from ui import html, lectern, models, share, state
from ui.components import frame as landmarks
from ui.state import Visit
from ui.text import LANGUAGES, Text

Dialog = Callable[[Visit, str, Text], None]


def show(
    pages: Sequence[StreamlitPage], page: StreamlitPage, looks: bool, now: Visit, text: Text
) -> Dialog | None:
    """Show it; give what the visitor asked for, to be opened after the page.

    Parameters
    ----------
    pages, page : those in the menu, and the one that is open.
    looks : whether the page looks at the model that the frame names.
    """
    _ = text.gettext
    with st.container(key="frame", horizontal=True, vertical_alignment="center", gap="medium"):
        # Where nothing looks at it, the model keeps its room in the frame, and nothing jumps.
        brand = "brand" if looks else "brand no-model"
        st.html(html.element("p", "Gargalo", class_=brand), width="content")
        with st.container(key="menu", horizontal=True, gap=None, width="content"):
            for entry in pages:
                st.page_link(entry, width="content")
            landmarks.name_menu(_("Pages"), page=pages.index(page))
        with st.container(key="models", horizontal=True, gap="xsmall", width="content"):
            _models(now, text)
        with st.container(key="idea"):
            st.caption(_(state.family(now).idea))
        st.segmented_control(
            _("Language"),
            list(LANGUAGES),
            format_func=str.upper,
            key=state.LANG,
            required=True,
            persist_state="session",  # also where a page switches to another: st.switch_page
            label_visibility="collapsed",
        )
        with st.container(key="show", horizontal=True, gap=None, width="content"):
            asked = [dialog.show for dialog in (lectern, share) if dialog.button(text)]
    return asked[0] if asked else None


def _models(now: Visit, text: Text) -> None:
    _ = text.gettext
    in_sight, others = state.models_in_sight(now)
    st.segmented_control(
        _("Model"),
        in_sight,
        format_func=models.labels(in_sight, text),
        key=state.MODEL,
        on_change=now.change_model,
        required=True,
        persist_state="session",
        label_visibility="collapsed",
    )
    st.menu_button(
        _("More models"),
        others,
        format_func=models.labels(others, text),
        key=state.MORE_MODELS,
        on_click=state.take_from_menu,
        args=(now,),
    )
