"""The plan as code, for whoever trains it on their own machine."""

from __future__ import annotations

import streamlit as st

from ae import keras_scripts
from ae.plans import Plan
from ui import html
from ui.own import NAME
from ui.text import Text


def show(plan: Plan, *, goes_on: bool, text: Text) -> None:
    """Show what trains a plan, from scratch or from the file of the visitor's model."""
    _ = text.gettext
    start = f"{NAME}.keras" if goes_on else None
    st.html(html.element("h2", _("The same as code"), class_="heading"))
    keras, r, terminal = st.tabs([_("Keras in Python"), _("Keras in R"), _("In a terminal")])
    keras.code(keras_scripts.keras_python(plan, start), language="python")
    r.code(keras_scripts.keras_r(plan, start), language="r")
    terminal.code(command(plan, goes_on=goes_on), language="bash")
    if goes_on:
        words = _(
            "These go on from your model. Put its file beside them: .keras for Python and R,"
            " .safetensors for the terminal."
        )
        st.caption(words)


def command(plan: Plan, *, goes_on: bool) -> str:
    """Write what trains a plan in a terminal, into a folder of its own."""
    words = ["python -m ae train", *plan.arguments, "--out my-model"]
    if goes_on:
        words.append(f"--start {NAME}.safetensors")
    return " ".join(words)
