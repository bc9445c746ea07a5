"""The audience draws: every digit flies onto the map and into the wall, live."""

import streamlit as st

import ae
from hub import here, weights
from pages.room import alone, board
from ui import html, models, state
from ui.components import browser
from ui.state import DEFAULT_MODEL

now = state.visit("room")
text = state.text()
_ = text.gettext

if not now.stage:
    st.html(html.lead(_("The audience draws, and every digit finds its place.")))
browser.settle(now, text, told="")

if here.serves:
    name = state.model_name()
    if name in ae.FAMILIES and name not in weights.MODELS:
        titles = {"model": models.title(name, text), "other": models.title(DEFAULT_MODEL, text)}
        st.caption(_("{model} is too large for phones: the room uses {other}.", **titles))
        name = DEFAULT_MODEL
    board.show(now, models.get_or_stop(name, now, text), text)
else:
    alone.show(text)
