"""A code is a place: the map of all digits, what lies between them, and digits nobody wrote."""

import streamlit as st

from pages.explore import scene
from pages.explore.views import VIEWS
from ui import canvas, html, models, state, strokes, told, views
from ui.components import browser, live

now = state.visit("explore")
text = state.text()
_ = text.gettext

lead = _("A code is a place. Where does your digit live, and what lies between two digits?")
if not now.stage:
    st.html(html.lead(lead))

model = models.get_or_stop(state.model_name(), now, text)


@st.fragment
def workspace() -> None:
    """Show what changes with each stroke, and nothing else."""
    with st.container(horizontal=True, gap="medium"):
        if views.draws(views.opened("explore", VIEWS), now):
            with st.container(key="canvas_side", width=strokes.SIDE):
                canvas.show(now, text)
                canvas.tools(now, text)
                canvas.normal_form(now, text)
        with st.container(key="explore_side"):
            view = views.menu("explore", VIEWS, text)
            sentence = ""  # where a file is damaged, that is told instead
            with views.damage_told(text):
                edits = now.edits if view.name == "map" else None  # no other view shows them
                seen = scene.look(now, model, edits)
                sentence = told.result(seen.result, edits, text)
                view.show(seen, text)
    encoder = models.weights(model.name, now, decoder=False)  # the map has the decoder
    live.tell(now, text, {model.name: encoder}, told=sentence)
    browser.settle(now, text)
    if view.name == "map":
        live.ship(model.name, encoder)


workspace()
