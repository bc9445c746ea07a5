"""A code is a place: the map of all digits, what lies between them, and digits nobody wrote."""

import logging

import streamlit as st

import ae
from pages.explore import arithmetic, code_map, morph, neighbours, new, noise, scene
from ui import canvas, html, models, state, strokes
from ui.text import N_

# In the order of `state.EXPLORED`: title and function.
VIEWS = {
    "map": (N_("The map"), code_map.show),
    "neighbours": (N_("Neighbours"), neighbours.show),
    "morph": (N_("Morph"), morph.show),
    "arithmetic": (N_("Arithmetic"), arithmetic.show),
    "new": (N_("Digits nobody wrote"), new.show),
    "noise": (N_("Noise"), noise.show),
}

now = state.visit("explore")
text = state.text()
_ = text.gettext

lead = _("A code is a place. Where does your digit live, and what lies between two digits?")
st.html(html.lead(lead))

model = models.get_or_stop(state.model_name(), now, text)


@st.fragment
def workspace() -> None:
    """Show what changes with each stroke, and nothing else."""
    with st.container(horizontal=True, gap="medium"):
        with st.container(key="canvas_side", width=strokes.SIDE):
            canvas.show(now, text)
            canvas.normal_form(now, text)
        with st.container(key="explore_side"):
            view = st.pills(
                _("View"),
                list(VIEWS),
                format_func=lambda name: _(VIEWS[name][0]),
                key=state.EXPLORE,
                persist_state="session",
                required=True,
                label_visibility="collapsed",
            )
            try:
                found = scene.look(now, model)
                VIEWS[view or state.EXPLORED[0]][1](found, text)
            except ae.WeightsError as fault:
                logging.getLogger(__name__).error("%s", fault)
                st.error(_("This cannot be shown: a file is missing or damaged."))


workspace()
