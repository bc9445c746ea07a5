"""The same digit through every model, and what "almost PCA" really means."""

import logging

import streamlit as st

import ae
from pages.compare import (
    atoms,
    build_up,
    first_ten,
    invent,
    ladder,
    lanes,
    out_of_distribution,
    scene,
    sparsity,
    subspace,
    table,
    takeaway,
)
from ui import canvas, html, models, state, strokes
from ui.text import N_

# The views below the lanes, in the order of `state.VIEWS`: title and function.
VIEWS = {
    "first_ten": (N_("The first ten"), first_ten.show),
    "ladder": (N_("The ladder"), ladder.show),
    "atoms": (N_("Unit by unit"), atoms.show),
    "build_up": (N_("Build-up"), build_up.show),
    "subspace": (N_("Almost PCA?"), subspace.show),
    "sparsity": (N_("Zeros"), sparsity.show),
    "table": (N_("The table"), table.show),
    "strangers": (N_("What it never saw"), out_of_distribution.show),
    "invent": (N_("Why it cannot invent"), invent.show),
}

now = state.visit("compare")
text = state.text()
_ = text.gettext

lead = _("The same digit through every model. Whose numbers keep the most of it?")
st.html(html.lead(lead))

found = models.available(state.compared(now), now)
if lost := [models.title(name, text) for name in state.COMPARED if name not in found]:
    st.warning(_("Missing or damaged: {names}. The others work.", names=", ".join(lost)))
if not found:
    st.stop()


@st.fragment
def workspace() -> None:
    """Show what changes with each stroke, and nothing else."""
    with st.container(horizontal=True, gap="medium"):
        with st.container(key="canvas_side", width=strokes.SIDE):
            canvas.show(now, text)
        with st.container(key="lanes_side"):
            with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
                chosen = lanes.choose(found, text)
                canvas.normal_form(now, text)
                compared = scene.compare(now, found, chosen)
                takeaway.show(compared, text)
            st.html(lanes.html(compared, text))
    view = st.pills(
        _("View"),
        list(VIEWS),
        format_func=lambda name: _(VIEWS[name][0]),
        key=state.VIEW,
        persist_state="session",
        required=True,
        label_visibility="collapsed",
    )
    try:
        with st.container(key="view_side"):
            VIEWS[view or state.VIEWS[0]][1](compared, text)
    except ae.WeightsError as fault:
        # The path and the command that mends it are for whoever runs the server.
        logging.getLogger(__name__).error("%s", fault)
        st.error(_("These figures cannot be shown: their file is missing or damaged."))


workspace()
