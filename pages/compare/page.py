"""The same digit through every model, and what "almost PCA" really means."""

from collections.abc import Sequence

import streamlit as st

from pages.compare import choice, takeaway
from pages.compare.views import VIEWS
from ui import canvas, comparison, html, lanes, models, state, strokes, told, views
from ui.components import browser, live

now = state.visit("compare")
text = state.text()
_ = text.gettext

lead = _("The same digit through every model. Which one keeps the most of it?")
if not now.stage:
    st.html(html.lead(lead))

available = models.available(state.compared(now), now)
if lost := [models.title(name, text) for name in state.COMPARED if name not in available]:
    st.warning(_("Missing or damaged: {names}. The others work.", names=", ".join(lost)))
if not available:
    st.stop()


@st.fragment(key="lanes")
def run_lanes(chosen: Sequence[str]) -> None:
    """Show what changes with each stroke, and nothing else."""
    canvas.keep_up(now)
    compared = comparison.compare(now, available, chosen)
    errors = {models.title(name, text): one.mse for name, one in compared.results.items()}
    networks = {name: weights[name] for name in compared.models}
    answer = live.answer(now, text, networks, told=told.models(errors, text))
    st.html(lanes.html(compared, answer, text))


@st.fragment
def workspace() -> None:
    """Show the lanes, the tools around them, and the open view."""
    view = views.opened("compare", VIEWS)
    alone = views.alone(now)
    with st.container(horizontal=True, gap="medium"):
        if not alone or views.draws(view, now):
            with st.container(key="canvas_side", width=strokes.SIDE):
                canvas.show(now, text, confirm=None if view.follows else "lanes")
                canvas.tools(now, text)
        with st.container(key="lanes_side"):
            with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
                chosen = choice.choose(available, text)
                canvas.normal_form(now, text)
                compared = comparison.compare(now, available, chosen)
                takeaway.show(compared, text)
            if alone:
                live.tell(now, text, {}, told="")
                views.show(view, compared, text)
            else:
                run_lanes(chosen)
    browser.settle(now, text)
    if not now.stage:
        views.show(views.menu("compare", VIEWS, text), compared, text)
    for name in compared.models:  # last: the first picture comes before them
        live.ship(name, weights[name])
    canvas.done(now)


weights = {name: models.weights(name, now) for name in available}
workspace()
