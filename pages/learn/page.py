"""The tutorial as a story: eight chapters, each with the visitor's own digit in its figure."""

import streamlit as st

from pages.learn import claimed, question, way
from ui import canvas, comparison, models, state, strokes, told, views
from ui.components import browser, live

now = state.visit("learn")
text = state.text()
_ = text.gettext

chapter = way.menu(now, text)
drawn = chapter.draws(now)
guessed = now.stage is not None or chapter.name in now.guesses
available = models.available(chapter.models, now)
weights = {name: models.weights(name, now) for name in available}


@st.fragment(key="figure")
def figure() -> None:
    """Show what changes with each stroke, and nothing else."""
    if drawn:
        canvas.keep_up(now)
    scene = comparison.compare(now, available, chapter.shown(guessed=guessed))
    errors = {models.title(name, text): result.mse for name, result in scene.results.items()}
    # Before the guess there may be no model that makes anything of the digit.
    sentence = told.models(errors, text) if errors or scene.digit is None else ""
    live.tell(now, text, weights, told=sentence)
    with views.damage_told(text):
        if not now.stage:
            question.ask(chapter.question, chapter.name, scene, text)
        chapter.show(scene, text)


@st.fragment
def workspace() -> None:
    """Show the canvas, and the figure beside it."""
    with st.container(key="chapter_parts", horizontal=True, gap="small"):
        # Empty, it keeps its place: what the browser does in the figure goes on.
        with st.container(key="canvas_side", width=strokes.SIDE):
            if drawn:
                canvas.show(now, text, confirm="figure")
                canvas.tools(now, text)
        with st.container(key="figure_side"):
            figure()
    browser.settle(now, text)
    for name, data in weights.items():  # last: the first picture comes before them
        live.ship(name, data)
    if drawn:
        canvas.done(now)


with st.container(key="chapter", horizontal=True, gap="small"):
    if not now.stage:
        with st.container(key="chapter_text"):
            st.markdown(text.long("learn", chapter.name))
            way.further(chapter, text)
    with st.container(key="chapter_live"):
        if lost := [models.title(name, text) for name in chapter.models if name not in available]:
            st.warning(_("Missing or damaged: {names}. The others work.", names=", ".join(lost)))
        if available:
            workspace()
    if guessed and not now.stage:  # they would give the answer away
        with st.container(key="chapter_claims"), views.damage_told(text):
            st.html(claimed.of(chapter.name, text))
if not now.stage:
    way.show(chapter, now, text)
