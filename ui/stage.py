"""A talk on stage: each step is a visit of its own, made from its link, and nothing else is left.

What the speaker does in a step ends with it, but for a drawing made by hand, which goes on. Before
the talk the visit is put aside, and afterwards it is there again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import streamlit as st

import ae
from ui import canvas, links, models, state, strokes, talks
from ui.edits import Edits
from ui.sketch import Sketch
from ui.state import Stage, Visit
from ui.talks import Talk
from ui.text import N_

_GONE = N_("Your own talk is not here any more. Open its file again.")


def find(now: Visit, name: str) -> Talk | None:
    """Give a talk by its name in a link; the visitor's own may not be there."""
    return now.talk if name == links.OWN_TALK else talks.shipped(name, now.views)


def come_in(now: Visit) -> Visit:
    """Give the visit that this run shows: on stage, the step's; once a run, before any widget."""
    if now.called and (talk := find(now, now.called[0])):
        now = begin(now, talk, now.called[1])
    if now.stage:
        # Streamlit forgets what a widget had chosen that is not shown, and here none is.
        chosen = {**now.stage.chosen, **state.choices(now.stage.step.link, now.views)}
        st.session_state.update(chosen)
    return now


def begin(now: Visit, talk: Talk, number: int = 1) -> Visit:
    """Go onto the stage."""
    now.called = None
    keys = (state.LANG, *state.choices(links.Link(), now.views))
    chosen = {key: st.session_state[key] for key in keys}
    own = state.own_drawing(now)
    return _show(Stage(talk, talk.at(number), own, now, chosen), Sketch())


def go(now: Visit, number: int) -> None:
    """Show another step."""
    stage = now.stage
    if stage is None or number != stage.talk.at(number):
        return
    canvas.act(now.sketch, lambda: None)  # a stroke may have come with the same message
    same_page = stage.talk.steps[number - 1].page == stage.step.page
    own = state.own_drawing(now)
    # A canvas that stays on its page need not be made again.
    before = now.sketch if same_page else Sketch()
    _show(replace(stage, number=number, own=own), before)


def leave(now: Visit) -> None:
    """Go back to where the talk began."""
    if now.stage:
        now.stage.before.sketch.remount()
        state.take(now.stage.before)
        st.session_state.update(now.stage.chosen)


def take_talk(now: Visit, raw: bytes) -> None:
    """Take the visitor's own talk back from their browser, which kept it; empty, it has none."""
    try:
        now.talk = talks.read(raw, now.views)
    except talks.TalkError:
        now.called = None
        now.notices.append(_GONE)


def _show(stage: Stage, before: Sketch) -> Visit:
    """Make the visit that shows a step; `before` is the sketch whose canvas it takes over."""
    step, link = stage.step, stage.step.link
    prepared = link.drawing or strokes.sample(state.DEFAULT_SAMPLE)
    drawing = stage.own if stage.own and step.own else prepared
    # No lane shows a code that was changed.
    begins = ({}, None) if step.page == "compare" else (dict(link.values), link.keep)
    sketch = before.succeeded(drawing, Edits(values=begins[0], keep=begins[1]))
    sketch.prepared, sketch.begins = prepared if drawing is prepared else None, begins
    sketch.reload()
    visit = replace(
        stage.before,
        sketch=sketch,
        normal=link.normal,
        seeds=defaultdict(int, {link.view or "": link.seed}),
        choices=dict(link.parts),
        page=step.page,
        machine=link.model or state.DEFAULT_MODEL,  # is not built up piece by piece
        stage=stage,
    )
    state.take(visit)
    return visit


def models_ahead(talk: Talk) -> Iterator[str]:
    """Name the models that the steps of a talk look at, each once, in a fixed order."""
    named = {step.link.model or state.DEFAULT_MODEL for step in talk.steps}
    named.update(
        *(step.link.lanes or state.FIRST_LANES for step in talk.steps if step.page == "compare")
    )
    yield from (name for name in state.COMPARED if name in named)


def warm_up(now: Visit) -> None:
    """Load what the steps to come look at: once a process, and at once from then on."""
    assert now.stage is not None
    models.available(models_ahead(now.stage.talk), now)
    for load in (models.facts, models.atlas):
        with suppress(ae.WeightsError):  # the step that needs it will say so
            load()
