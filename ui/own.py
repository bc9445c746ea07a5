"""The visitor's own models: how they come from the office of trainings to the pages."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

import ae
from ui import models, names, state
from ui.components.download import File
from ui.state import LANES, MODEL, OwnModel, Visit
from ui.text import LANGUAGES, N_, Text, translator
from ui.trainings import Desk, Kept, Training, office

NAME = "gargalo-my-model"
"""Of the files of a visitor's first model, without what comes after the dot."""

_TAKEN = N_("Another model is called that already.")
_GONE = N_("The model that you looked at has been removed. This is another one.")


def desk(now: Visit) -> Desk | None:
    """Give the visitor's desk in the office of trainings, if they have one."""
    context = get_script_run_ctx()
    return office().desk(now.token, context.session_id if context else None)


def look_up(now: Visit) -> None:
    """See which models of the visitor's own there are; once a run, so that a run agrees."""
    mine = desk(now)
    if mine is None:
        return
    before, now.own = now.own, _kept(mine.kept, now.own)
    here = now.at_hand in now.own
    now.draft.go_on = now.draft.go_on and (here or now.at_hand is None)
    new = [name for name, one in now.own.items() if before.get(name) is not one]
    lanes = [name for name in st.session_state[LANES] if name in state.compared(now)]
    lanes += [name for name in new if name not in lanes and name not in before]
    if lanes != st.session_state[LANES]:
        st.session_state[LANES] = lanes
    if new:
        now.at_hand = new[-1]
    # Who has just uploaded one looks at it; who opens a link looks at the link's model. What comes
    # of a training comes at any moment, so that nobody looks at it before they say so.
    brought = [name for name in new if name != (mine.training and trained(now, mine.training))]
    if brought and now.page is not None:
        state.look_at(now, brought[-1])
    elif st.session_state[MODEL] not in state.model_names(now):
        state.look_at(now, state.DEFAULT_MODEL)
        now.notices.append(_GONE)


def _kept(kept: Mapping[str, Kept], before: Mapping[str, OwnModel]) -> Mapping[str, OwnModel]:
    """Give what is kept; of a model that was there before, with what has been made of it since."""
    own = {}
    for name, one in kept.items():
        old = before.get(name)
        own[name] = old if old and old.model is one.model else OwnModel(*one)
        own[name].title = one.title
    return own


def trained(now: Visit, training: Training) -> str | None:
    """Name the model that came of a training, if it is kept."""
    return _of(now, training.raw)


def start(now: Visit, training: Training) -> str:
    """Name the file from which a training goes on, without its ending."""
    name = _of(now, training.start)
    return stem(name) if name else NAME


def _of(now: Visit, raw: bytes | None) -> str | None:
    return next((name for name, one in now.own.items() if one.raw is raw), None)


def waiting(now: Visit) -> Kept | None:
    """Give a new model for which one of the others has to make room, if there is one."""
    mine = desk(now)
    return mine.waiting[0] if mine and mine.waiting else None


def at_hand(now: Visit) -> str | None:
    """Name the model that the Train page is about: the newest, or the one chosen there."""
    return now.at_hand if now.at_hand in now.own else next(reversed([*now.own]), None)


def call(now: Visit, name: str, wish: str) -> None:
    """Give a model the title that the visitor wishes; with none, it is called by what it is."""
    title, now.title_problem = names.clean(wish), None
    others = {one: model for one, model in now.own.items() if one != name}
    for text in map(translator, LANGUAGES):
        if names.alike(title, models.titles(now.own, text)[name]) and not now.own[name].title:
            return  # it is called that anyway, in the visitor's language
        taken = [models.title(shipped, text) for shipped in state.COMPARED]
        if any(names.alike(title, one) for one in (*taken, *models.titles(others, text).values())):
            now.title_problem = _TAKEN
            return
    model = now.own[name].model
    office().change(now.token, lambda desk: desk.call(model, title))


def remove(now: Visit, model: ae.Autoencoder) -> None:
    """Let go of a model, kept or waiting; another one that waits takes its place."""
    office().change(now.token, lambda desk: desk.remove(model))


def stem(name: str) -> str:
    """Name the files of a model, without what comes after the dot."""
    place = names.IDS.index(name) + 1
    return NAME if place == 1 else f"{NAME}-{place}"


def file(name: str, now: Visit, text: Text) -> File:
    """Offer the file of a model."""
    label, raw = (
        text.gettext("{model} (safetensors)", model=models.title(name, text)),
        now.own[name].raw,
    )
    return File(label, f"{stem(name)}.safetensors", lambda: raw, lasting=True)
