"""5,000 states of the canvas from a hostile browser.

Promised: each is a drawing, or no news, or one sentence; the drawing of before is then still there,
or one step back; and the next stroke of a real canvas counts.
"""

from __future__ import annotations

import copy
from contextlib import suppress
from random import Random
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import ae
from tests.attacks.mischief import seeds, spoil
from tests.pages.test_app import opened, run
from tests.pages.test_draw import SEVEN, draw, raw, send
from ui import strokes
from ui.strokes import MAX_POINTS, MAX_STROKES

VISITORS, STATES = 25, 200

# What Fabric writes of a stroke beside its path; an attacker may write any of it.
_FABRIC = {"type": "Path", "version": "7.4.0", "left": 139.9, "strokeDashArray": None, "angle": 0}
_FIT = dict.fromkeys(("naturalWidth", "naturalHeight"), 280)
_FIT |= {"scaleX": 1, "scaleY": 1, "offsetX": 0, "offsetY": 0}
_OURS = strokes.to_fabric(strokes.sample("7b").strokes)
_THEIRS = [item | _FABRIC | {"strokeDashOffset": 0} for item in raw(*SEVEN)["objects"]]
_THEIRS[0]["path"][1:1] = [["Q", 100 + i, 70 + i % 9, 101 + i, 71] for i in range(20)]
GOOD: tuple[dict[str, Any], ...] = tuple(
    {"drawing": {"raw": {"version": "7.4.0", "objects": objects}, "data": None}, **more}
    for objects in (_THEIRS, [*_OURS, *_THEIRS], _OURS)
    for more in ({}, {"backgroundFit": None}, {"backgroundFit": _FIT})
)


def canvas_alone() -> None:
    """What every page shows of the drawing itself: at a third of the whole Draw page's cost."""
    from ui import canvas, state

    state.enter({})
    now, text = state.visit("draw"), state.text()
    canvas.show(now, text)
    canvas.tools(now, text)


def assert_attack_fails(app: AppTest, bad: object) -> None:
    sketch = app.session_state["visit"].sketch
    before = sketch.drawing
    send(app, bad)
    assert len(app.warning) <= 1 and not app.error
    if sketch.drawing != before:
        assert sketch.past[-1].drawing is before and not app.warning
        drawn = sketch.drawing.strokes
        assert len(drawn) <= MAX_STROKES and sum(map(len, drawn)) <= MAX_POINTS
        values = [value for stroke in drawn for point in stroke for value in point]
        assert all(drawn) and all(type(v) in (int, float) and abs(v) <= 10_000 for v in values)
        with suppress(ae.EmptyDrawing):  # all of it beside the canvas
            assert np.isfinite(strokes.digit(sketch.drawing)).all()


@pytest.mark.parametrize("seed", seeds(VISITORS))
def test_any_state_is_a_drawing_or_one_sentence(seed: int) -> None:
    dice = Random(seed)
    app = run(AppTest.from_function(canvas_alone, default_timeout=30))
    refused = 0
    for i in range(STATES):
        bad = spoil(dice.choice(GOOD), dice)
        # A tampered browser says which load it answers to, too.
        assert_attack_fails(app, _of_load(bad, app))
        refused += len(app.warning)
        if i % 20 == 19:
            dot = (dice.randint(20, 260), dice.randint(20, 260))
            draw(app, [dot, (140.0, 140.0)])
            assert app.session_state["visit"].sketch.drawing.strokes == ((dot, (140.0, 140.0)),)
            assert not app.warning
    assert STATES / 5 < refused < STATES, "or else the attack is blunt"


def _of_load(bad: object, app: AppTest) -> object:
    """Mark what was Python's with the present load; else most states are late, and no news."""
    try:
        for item in bad["drawing"]["raw"]["objects"]:  # type: ignore[index]
            if item.get("strokeDashOffset") == 1:
                item["strokeDashOffset"] = app.session_state["visit"].sketch.loads
    except (KeyError, TypeError, IndexError, AttributeError):
        pass
    return bad


@pytest.mark.parametrize("page", ["draw", "compare", "explore"])
def test_every_page_with_a_canvas_is_attacked(page: str) -> None:
    dice = Random(page)
    app = opened()
    app.switch_page(f"pages/{page}/page.py")
    run(app)
    for _ in range(40):
        assert_attack_fails(app, _of_load(spoil(dice.choice(GOOD), dice), app))
    good = copy.deepcopy(GOOD[0])
    send(app, good)
    assert app.session_state["visit"].sketch.drawing.strokes == strokes.from_fabric(
        good["drawing"]["raw"]
    )
