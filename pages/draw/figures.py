"""The figures that people who train nets compare, each with what it means."""

from __future__ import annotations

import streamlit as st

from ae.model import Model
from ui import html, models
from ui.inference import Result
from ui.state import Visit
from ui.text import Text


def show(result: Result, now: Visit, model: Model, text: Text) -> None:
    """Show a drawing's errors, and where they stand among MNIST's test digits."""
    _ = text.gettext
    rows = [
        (text.number(result.mse, 4), _("squared error per pixel, 0 for a perfect copy")),
        (
            text.number(result.bce, 3),
            _("cross-entropy per pixel, which a perfect copy of grey does not bring to 0"),
        ),
    ]
    # A rank among digits says nothing of a code that the visitor changed.
    if not now.edits and models.tested_on_mnist(model):
        better = _("of the handwritten test digits have a larger squared error")
        rows.append((text.percent(result.better_than), better))
    st.html(html.definitions(rows, "figures"))
