"""Draw a digit, see its 32 numbers and what the decoder makes of them."""

import streamlit as st

from pages.draw import figures, how, takeaway
from ui import canvas, editor, html, inference, machine, models, state, told
from ui.choices import segments
from ui.components import browser, live
from ui.components.download import way_for

now = state.visit("draw")
text = state.text()
_ = text.gettext
name = state.model_name()
family = state.family(now)

lead = _("Only {n} numbers of your digit pass. See what survives.", n=family.code_size)
if not now.stage:
    st.html(html.element("h1", lead, class_="headline"))

model = models.get_or_stop(name, now, text)


def look() -> inference.Result | None:
    """Send the drawing through the model."""
    return inference.look(model, now.sketch.drawing, normalise=now.normal, edits=now.edits)


@st.dialog(_("How it works"), width="large")
def how_it_works() -> None:
    """Say how this model works, with its real shapes."""
    how.show(look(), family, text)


@st.fragment(key="machine")
def run_machine(shown: str) -> None:
    """Show what changes with each stroke, and nothing else."""
    canvas.keep_up(now)
    result = look()
    built, now.machine = name != now.machine, name
    answer = live.answer(
        now,
        text,
        {name: weights},
        told=told.result(result, now.edits, text),
        codes={name: result.code} if result else {},
    )
    st.html(machine.whole(result, model, family, shown, built, answer, text))


@st.fragment(key="workspace")
def workspace() -> None:
    """Show the machine, and the tools around it."""
    with st.container(key="whole"):
        canvas.show(now, text, confirm="machine")
        with st.container(key="switch"):
            titles = {"survives": _("What survives"), "changed": _("What changed")}
            shown = segments(_("The result"), titles, "draw_shown")
        with st.container(key="machine"):
            run_machine(shown)
        # A stroke's answer moves the bars without mounting them again.
        editor.bars(now, model, result := look(), text, key="bars", height=150)
        with st.container(key="canvas_tools"):
            canvas.tools(now, text)
        with st.container(key="code_tools"):
            canvas.normal_form(now, text)
            editor.tools(now, model, result, text)
        if now.stage:
            canvas.done(now)
            return
        with st.container(key="read"):
            way = way_for("takeaway")
            if st.button(_("How it works"), icon=":material/function:"):
                how_it_works()
            # Opening runs this again: a stroke since then has run the machine alone.
            with st.popover(
                _("More figures"),
                icon=":material/query_stats:",
                disabled=not result,
                on_change="rerun",
                key="more",
            ) as more:
                if more.open and result:
                    figures.show(result, now, model, text)
            with st.popover(
                _("Download"),
                icon=":material/download:",
                disabled=not result,
                on_change="rerun",
                key="take",
            ):
                if result:  # also while it is closed: empty, it would open to the wrong side
                    takeaway.show(result, now, name, text, way)
    canvas.done(now)


weights = models.weights(name, now)
workspace()
browser.settle(now, text)
live.ship(name, weights)
