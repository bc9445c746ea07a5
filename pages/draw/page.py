"""Draw a digit, see its 32 numbers and what the decoder makes of them."""

import streamlit as st

from pages.draw import formulas, results, takeaway
from ui import canvas, editor, html, models, state, strokes, told
from ui.components import browser, live
from ui.components.download import way_for

now = state.visit("draw")
text = state.text()
_ = text.gettext
name = state.model_name()
family = state.family(now)

lead = _(
    "Draw a digit. Only {n} numbers pass the bottleneck. See what survives.", n=family.code_size
)
st.html(html.lead(lead))

model = models.get_or_stop(name, now, text)


@st.dialog(_("How it works"), width="large")
def how_it_works() -> None:
    """Show the formula of this model, with its real shapes."""
    st.latex(formulas.forward(family))
    st.markdown(text.long("draw", "how" if family.hidden == "relu" else "how_linear"))
    st.latex(formulas.loss(family))
    recipe = family.recipes["best"]
    for note, applies in (
        ("price", recipe.l1),
        ("variational", family.variational),
        ("noise", recipe.noise),
    ):
        if applies:
            st.markdown(text.long("draw", note))


@st.fragment
def workspace() -> None:
    """Show what changes with each stroke, and nothing else."""
    with st.container(horizontal=True, gap="medium"):
        with st.container(key="canvas_side", width=strokes.SIDE):
            canvas.show(now, text)
        with st.container(key="results"):
            result = results.show(now, model, text)
            editor.show(now, model, result, text, key="bars", height=162)
            with st.container(horizontal=True):
                way = way_for("takeaway")
                if st.button(_("How it works"), icon=":material/function:"):
                    how_it_works()
                with st.popover(
                    _("More figures"), icon=":material/query_stats:", disabled=not result
                ):
                    if result:
                        results.more(result, now, model, text)
                with st.popover(_("Download"), icon=":material/download:", disabled=not result):
                    if result:
                        takeaway.show(result, now, name, text, way)
    live.follow(now, {name: weights})
    browser.settle(now, text, told=told.result(result, now.edits, text))


weights = models.weights(name, now)
workspace()
live.ship(name, weights)
