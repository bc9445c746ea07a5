"""Fewer numbers: the same digit through a net that pays for each number that is not zero."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.learn.question import Question
from ui import lanes
from ui.comparison import Scene
from ui.text import N_, Text

_NAME = "sparse"
# Exact zeros that a code may have, at most, to be among the first, or the middle ones.
_FEW, _SOME = 5, 18


def show(scene: Scene, text: Text) -> None:
    """Show a lane for each net."""
    st.html(lanes.html(scene, None, text, lanes.BRIEF))


def _answer(scene: Scene, text: Text) -> tuple[str, str] | None:
    result = scene.results.get(_NAME)
    if result is None:
        return None
    zeros = int(np.count_nonzero(result.code == 0))
    sentence = text.ngettext(
        "{n} of {units} is exactly zero.",
        "{n} of {units} are exactly zero.",
        zeros,
        units=len(result.code),
    )
    return "few" if zeros <= _FEW else "some" if zeros <= _SOME else "most", sentence


QUESTION = Question(
    N_("How many of the 32 numbers does the sparse net switch off for your digit?"),
    {"few": N_("5 at most"), "some": N_("6 to 18"), "most": N_("19 or more")},
    _answer,
)
