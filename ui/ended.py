"""The end of a training, told wherever the visitor is, with what they may want to do then.

It is told to whoever has seen that training run: nobody who comes later asks what became of it.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from ui import html, own, state
from ui.components import announce
from ui.state import Visit
from ui.text import N_, Text
from ui.trainings import Outcome, Training

# How a training ended: how good that is, and what is said of it.
OUTCOMES: Mapping[Outcome, tuple[str, str]] = {
    "done": ("good", N_("Done.")),
    "cancelled": ("good", N_("Stopped.")),
    "late": ("good", N_("The time is up.")),
    "absent": ("good", N_("It stopped because you had left.")),
    "diverged": (
        "bad",
        N_(
            "The steps were too large, and the loss exploded. The last weights before that are"
            " kept. Try a smaller learning rate."
        ),
    ),
    "memory": ("bad", N_("The training ran out of memory.")),
    "killed": ("bad", N_("The server stopped it.")),
    "garbled": ("bad", N_("It sent something unreadable, so it was stopped.")),
    "data": ("bad", N_("No digits to learn from were found.")),
    "failed": ("bad", N_("The training failed.")),
}

_PAGE = "train"  # which tells of it by itself
_LOOK = 1.0  # seconds


def show(page: str, looks: bool, now: Visit, text: Text) -> None:
    """Tell of it, or wait for it.

    Parameters
    ----------
    page : the folder's name of the page that is open.
    looks : whether it looks at the model that the frame names.
    """
    place = st.container(key="ended")  # always, so that nothing below it is made anew
    desk = own.desk(now)
    training = desk.training if desk else None
    if training is None:
        return
    if not training.over:
        now.awaited = training.number
    if now.awaited != training.number:
        return
    if page == _PAGE:
        now.awaited = None if training.over else training.number
    elif training.over:
        with place:
            _tell(training, looks, now, text)
    else:
        with place:
            _wait(training)


@st.fragment(run_every=_LOOK)
def _wait(training: Training) -> None:
    if training.over:
        st.rerun()


def _tell(training: Training, looks: bool, now: Visit, text: Text) -> None:
    _ = text.gettext
    kind, why = OUTCOMES[training.outcome or "failed"]
    words = (
        _("Your training has ended.")
        if training.outcome == "done"
        else _("Your training has ended: {why}", why=_(why))
    )
    announce.say(words)
    st.html(html.element("p", words, class_=f"outcome {kind}"), width="content")
    name = own.trained(now, training)

    def heard() -> None:
        now.awaited = None

    def use() -> None:
        heard()
        if name:
            state.look_at(now, name)

    with st.container(horizontal=True, gap="small", width="content"):
        if name and looks:
            st.button(_("Use it"), key="ended_use", type="primary", on_click=use)
        if st.button(_("See it"), key="ended_see"):
            st.switch_page("pages/train/page.py")
        st.button(_("Later"), key="ended_later", type="tertiary", on_click=heard)
