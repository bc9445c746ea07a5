"""The tutorial as a story: eight chapters, each with the visitor's own digit in its figure."""

import streamlit as st

from pages.learn import claimed, question
from pages.learn.chapters import CHAPTERS
from ui import canvas, comparison, models, state, strokes, told, views
from ui.components import browser, live

now = state.visit("learn")
text = state.text()
_ = text.gettext

names = [chapter.name for chapter in CHAPTERS]
marks = {name: "✓ " if name in now.read else f"{i} " for i, name in enumerate(names, 1)}
chapter = views.menu("learn", CHAPTERS, text, marks)
here = names.index(chapter.name)


def turn(to: int) -> None:
    """Go to another chapter; the one that is left forwards has been read."""
    if to > here:
        now.read.add(chapter.name)
    st.session_state[state.view_key("learn")] = names[to]


drawn = chapter.draws(now)
available = models.available(chapter.models, now)
if lost := [models.title(name, text) for name in chapter.models if name not in available]:
    st.warning(_("Missing or damaged: {names}. The others work.", names=", ".join(lost)))
if not available:
    st.stop()


@st.fragment(key="figure")
def figure() -> None:
    """Show what changes with each stroke, and nothing else."""
    if drawn:
        canvas.keep_up(now)
    guessed = chapter.name in now.guesses
    scene = comparison.compare(now, available, chapter.shown(guessed=guessed))
    errors = {models.title(name, text): result.mse for name, result in scene.results.items()}
    live.tell(
        now, text, {name: weights[name] for name in available}, told=told.models(errors, text)
    )
    with views.damage_told(text):
        if chapter.question:
            question.ask(chapter.question, chapter.name, scene, text)
        chapter.show(scene, text)


@st.fragment
def workspace() -> None:
    """Show the canvas, and the figure beside it."""
    with st.container(horizontal=True, gap="medium"):
        if drawn:
            with st.container(key="canvas_side", width=strokes.SIDE):
                canvas.show(now, text, confirm="figure")
                canvas.tools(now, text)
        with st.container(key="figure_side"):
            figure()
    browser.settle(now, text)
    for name in available:  # last: the first picture comes before them
        live.ship(name, weights[name])
    if drawn:
        canvas.done(now)


weights = {name: models.weights(name, now) for name in available}
with st.container(key="chapter", horizontal=True, gap="medium"):
    with st.container(key="chapter_text"):
        st.markdown(text.long("learn", chapter.name))
        further = chapter.further
        icon = ":material/arrow_outward:"
        if st.button(_(further.words), key="further", icon=icon, type="tertiary"):
            if further.view:
                st.session_state[state.view_key(further.page)] = further.view
            st.switch_page(f"pages/{further.page}/page.py")
    with st.container(key="chapter_live"):
        workspace()
if not now.stage:
    with views.damage_told(text):
        st.html(claimed.of(chapter.name, text))
    with st.container(key="chapters", horizontal=True, horizontal_alignment="distribute"):
        st.button(
            _("Back"),
            key="chapter_back",
            icon=":material/arrow_back:",
            on_click=turn,
            args=(here - 1,),
            disabled=here == 0,
        )
        if here + 1 < len(CHAPTERS):
            following = _(CHAPTERS[here + 1].title)
            st.button(
                _("Next: {chapter}", chapter=following),
                key="chapter_next",
                icon=":material/arrow_forward:",
                type="primary",
                on_click=turn,
                args=(here + 1,),
            )
        elif st.button(_("Now draw"), key="chapters_end", type="primary"):
            now.read.add(chapter.name)
            st.switch_page("pages/draw/page.py")
