"""Compress: what a digit costs in real bytes, and what is left of it."""

from __future__ import annotations

import streamlit as st

from ae.compression import measured
from pages.learn.question import Question
from ui.comparison import Scene
from ui.components import compression
from ui.text import N_, Text

_NAME, _BITS = "deep", 5


def show(scene: Scene, text: Text) -> None:
    """Show bytes against error, and the digit at the chosen point."""
    if not scene.models:
        st.caption(text.gettext("What do you think? Then the figure shows it."))
        return
    compression.show(scene.digit, text, key="compression", model=_NAME, bits=_BITS)


def _answer(_scene: Scene, text: Text) -> tuple[str, str] | None:
    table = measured.load()
    rung = table.ladder(_NAME)[_BITS - 1]
    digits = table.pays_off(rung)
    if digits is None:
        return "never", text.gettext("Pictures are smaller, however many.")
    sentence = text.gettext(
        "The decoder takes {decoder} bytes. From {digits} digits on, codes of {bytes} bytes and the"
        " decoder together are smaller than the best picture files.",
        decoder=text.number(table.decoders[_NAME]),
        digits=text.number(digits),
        bytes=text.number(rung.bytes, 1),
    )
    return "hundred" if digits < 1000 else "thousands", sentence


QUESTION = Question(
    N_(
        "The deep net's decoder has to be in the archive, too. From how many digits on does that"
        " pay?"
    ),
    {"hundred": N_("About 100"), "thousands": N_("More than 10,000"), "never": N_("Never")},
    _answer,
)
