"""The visitor's own model: how it comes from the office of trainings to the pages."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ae.plans import OWN
from ui.components.download import File
from ui.state import LANES, MODEL, OwnModel, Visit
from ui.text import Text
from ui.trainings import Desk, office

NAME = "gargalo-my-model"
"""Of the files of a visitor's model, without what comes after the dot."""

FILE = f"{NAME}.safetensors"


def desk(now: Visit) -> Desk | None:
    """Give the visitor's desk in the office of trainings, if they have one."""
    context = get_script_run_ctx()
    return office().desk(now.token, context.session_id if context else None)


def look_up(now: Visit) -> None:
    """See whether there is a new model of the visitor's own; once a run, so that a run agrees."""
    mine = desk(now)
    kept = mine.kept if mine else None
    if kept is None or (now.own and now.own.model is kept.model):
        return
    if now.own is None and OWN not in st.session_state[LANES]:
        st.session_state[LANES] = [*st.session_state[LANES], OWN]
    now.own = OwnModel(*kept)
    # Who has just trained or uploaded it looks at it; who opens a link looks at the link's model.
    if now.page is not None:
        st.session_state[MODEL] = OWN
        now.change_model()


def file(mine: OwnModel, text: Text) -> File:
    """Offer the file of the visitor's own model."""
    return File(text.gettext("My model (safetensors)"), FILE, lambda: mine.raw)
