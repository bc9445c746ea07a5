"""The audience draws: every digit flies onto the map and into the wall, live."""

import streamlit as st

from hub import here
from pages.room import alone, board
from ui import html, models, state
from ui.components import browser

now = state.visit("room")
text = state.text()
_ = text.gettext

if not now.stage:
    st.html(html.lead(_("The audience draws, and every digit finds its place.")))
browser.settle(now, text, told="")

if here.serves:
    board.show(now, models.get_or_stop(state.model_name(), now, text), text)
else:
    alone.show(text)
