"""The plan as code, for whoever trains it on their own machine."""

from __future__ import annotations

import streamlit as st

from ae import keras_scripts, plans
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
    st.caption(summary(plan, text))  # what is chosen may be another one than was trained above
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


def summary(plan: Plan, text: Text) -> str:
    """Say in one line what is trained."""
    recipe = plan.recipe
    return " · ".join(
        (
            " → ".join(map(str, plan.family.widths)),
            f"{plans.OPTIMIZER_CLASSES[recipe.optimizer]} {text.plain(recipe.learning_rate)}",
            text.ngettext("{n} epoch", "{n} epochs", recipe.epochs),
        )
    )


def command(plan: Plan, start: str | None) -> str:
    """Write what trains a plan in a terminal, into a folder of its own."""
    words = ["python -m ae train", *plan.arguments, "--out my-model"]
    if start:
        words.append(f"--start {start}.safetensors")
    return " ".join(words)
