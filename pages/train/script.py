"""The plan as code, for whoever trains it on their own machine."""

from __future__ import annotations

import streamlit as st

from ae import keras_scripts
from ae.plans import Plan
from ui import html
from ui.text import Text


def show(plan: Plan, start: str | None, text: Text) -> None:
    """Show what trains a plan.

    Parameters
    ----------
    start : the file of a model of the visitor's from which it goes on, without its ending.
    """
    _ = text.gettext
    archive = start and f"{start}.keras"
    st.html(html.element("h2", _("The same as code"), class_="heading"))
    keras, r, terminal = st.tabs([_("Keras in Python"), _("Keras in R"), _("In a terminal")])
    keras.code(keras_scripts.keras_python(plan, archive), language="python")
    r.code(keras_scripts.keras_r(plan, archive), language="r")
    terminal.code(command(plan, start), language="bash")
    if start:
        words = _(
            "These go on from your model. Put its file beside them: .keras for Python and R,"
            " .safetensors for the terminal."
        )
        st.caption(words)


def command(plan: Plan, start: str | None) -> str:
    """Write what trains a plan in a terminal, into a folder of its own."""
    words = ["python -m ae train", *plan.arguments, "--out my-model"]
    if start:
        words.append(f"--start {start}.safetensors")
    return " ".join(words)
