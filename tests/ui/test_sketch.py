"""The drawing, undo and redo, and what the canvas says about it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ui import strokes
from ui.sketch import Sketch
from ui.strokes import Drawing, Picture, Stroke

Changes = dict[Any, float]  # units, and "keep"
A: Stroke = ((1.0, 2.0), (3.0, 4.0))
B: Stroke = ((50.0, 60.0), (70.0, 80.0), (90.0, 100.0))
C: Stroke = ((5.0, 5.0),)


def test_a_stroke_is_heard_and_can_be_taken_back_and_forth() -> None:
    sketch = Sketch()
    sketch.hear((A,))
    sketch.hear((A, B))
    assert sketch.drawing.strokes == (A, B)
    sketch.undo()
    assert sketch.drawing.strokes == (A,)
    sketch.undo()
    assert sketch.drawing.empty
    sketch.undo()  # nothing left
    assert sketch.drawing.empty
    sketch.redo()
    sketch.redo()
    sketch.redo()
    assert sketch.drawing.strokes == (A, B)
    assert not sketch.future and len(sketch.past) == 2


def test_a_message_that_was_heard_before_says_nothing() -> None:
    """Streamlit hands over the canvas's last message at every run, whatever was done since."""
    sketch = Sketch()
    sketch.hear((A,))
    revision = sketch.revision
    sketch.hear((A,))
    assert (sketch.revision, len(sketch.past)) == (revision, 1)
    for change in (
        sketch.undo,
        sketch.redo,
        lambda: sketch.put(Drawing()),
        lambda: sketch.put(Drawing((B,))),
    ):
        change()
        then, past, future = sketch.drawing, list(sketch.past), list(sketch.future)
        sketch.hear((A,))
        assert (sketch.drawing, sketch.past, sketch.future) == (then, past, future)


def test_a_stroke_on_a_sample_makes_it_a_drawing_of_the_visitor() -> None:
    sample = strokes.sample("7b")
    sketch = Sketch(sample)
    sketch.hear((*sample.strokes, A))
    assert sketch.drawing.strokes == (*sample.strokes, A) and sketch.drawing.sample is None
    sketch.undo()
    assert sketch.drawing.sample == "7b"


def test_a_stroke_on_a_picture_keeps_the_picture() -> None:
    import numpy as np

    blank = np.zeros((28, 28), np.float32)
    picture = Picture(canvas=np.zeros((280, 280), np.uint8), normal=blank, plain=blank)
    sketch = Sketch(Drawing(picture=picture))
    sketch.hear((A,))
    assert sketch.drawing.picture is picture and sketch.drawing.strokes == (A,)
    sketch.put(Drawing())
    assert sketch.drawing.picture is None
    sketch.undo()
    assert sketch.drawing.picture is picture


def test_a_new_step_forgets_what_could_be_redone() -> None:
    for step in (lambda sketch: sketch.hear((B,)), lambda sketch: sketch.put(Drawing((B,)))):
        sketch = Sketch()
        sketch.hear((A,))
        sketch.undo()
        assert sketch.future
        step(sketch)
        assert sketch.future == []
        sketch.redo()
        assert sketch.drawing.strokes == (B,)


def test_the_past_is_bounded() -> None:
    sketch = Sketch()
    many = [((float(i), 0.0),) for i in range(200)]
    for stroke in many:
        sketch.hear((stroke,))
    assert 20 <= len(sketch.past) <= 100
    oldest = len(sketch.past)
    for _ in many:
        sketch.undo()
    assert sketch.drawing.strokes == (many[-1 - oldest],)
    assert len(sketch.future) == oldest


def test_the_past_of_large_drawings_takes_no_more_memory() -> None:
    sketch = Sketch()
    for i in range(60):  # each is new, as what comes from a browser is
        sketch.hear((tuple((float(i), float(j)) for j in range(strokes.MAX_POINTS)),))
    assert sum(step.drawing.points for step in sketch.past) <= 75_000
    assert len(sketch.past) == 3  # large as they are
    sketch.undo()
    assert sketch.drawing.strokes[0][0] == (58.0, 0.0)
    for value in range(10):  # edits of one drawing take no room
        sketch.edits.set(0, float(value))
    assert len(sketch.past) == 12
    for i in range(60):  # small ones fit again
        sketch.hear((((float(i), 0.0),),))
    assert len(sketch.past) == 50


@pytest.mark.parametrize("change", ["hear", "put", "undo", "redo"])
def test_another_drawing_begins_anew(change: str) -> None:
    sketch = Sketch()
    sketch.hear((A,))
    sketch.hear((A, B))
    sketch.undo()
    sketch.edits.values, turn = {5: 1.5}, sketch.edits.turn
    sketch.problem = "The canvas sent something."
    sketch.choosing = True
    changes = {"hear": ((C,),), "put": (Drawing((C,)),), "undo": (), "redo": ()}
    before = sketch.revision
    getattr(sketch, change)(*changes[change])
    assert not sketch.edits and sketch.edits.turn > turn
    assert sketch.problem is None
    assert not sketch.choosing  # there is no photo
    assert sketch.revision == before + 1


def test_the_canvas_reloads_when_python_changes_the_drawing_and_only_then() -> None:
    sketch = Sketch()
    sketch.hear((A,))
    sketch.hear((A, B))
    assert sketch.loads == 0  # it would interrupt the next stroke
    for i, change in enumerate((sketch.undo, sketch.redo, lambda: sketch.put(Drawing((C,)))), 1):
        change()
        assert sketch.loads == i and sketch.loaded is sketch.drawing
    sketch.hear((C, A))
    assert sketch.loads == 3 and sketch.loaded.strokes == (C,)


def test_a_canvas_that_must_go_gets_another_name() -> None:
    sketch = Sketch()
    names = {sketch.canvas_key}
    for _ in range(3):
        sketch.remount()
        names.add(sketch.canvas_key)
    assert len(names) == 4


def test_what_was_put_aside_stays_while_others_are_drawn() -> None:
    sketch = Sketch()
    sketch.put_aside()  # nothing yet
    assert sketch.aside == {}
    for i in range(1, 7):
        sketch.hear((((float(i), 0.0),),))
        sketch.put_aside()
        sketch.put_aside()  # twice is once
    assert [*sketch.aside] == [3, 4, 5, 6]
    assert sketch.aside[6] is sketch.drawing


def test_two_sketches_share_nothing() -> None:
    one, other = Sketch(), Sketch()
    one.hear((A,))
    one.put_aside()
    one.undo()
    assert (other.past, other.future, other.aside) == ([], [], {})


def test_edits_are_steps_of_their_own_and_leave_the_canvas_alone() -> None:
    sketch = Sketch()
    edits = sketch.edits
    sketch.hear((A,))
    revision, loads = sketch.revision, sketch.loads
    edits.set(5, 1.5)
    edits.slide_keep(7)
    edits.reset()
    sketch.undo()
    assert (edits.values, edits.keep) == ({5: 1.5}, 7)
    sketch.undo()
    assert (edits.values, edits.keep) == ({5: 1.5}, None)
    assert (sketch.revision, sketch.loads) == (revision, loads)
    sketch.hear((A, B))
    assert not edits and sketch.future == []
    sketch.undo()
    assert sketch.drawing.strokes == (A,) and edits.values == {5: 1.5}


def test_another_model_forgets_edits_and_their_steps_but_no_drawing() -> None:
    sketch = Sketch()
    edits = sketch.edits
    edits.set(1, 1.0)
    sketch.hear((A,))
    edits.set(1, 2.0)
    edits.set(1, 3.0)
    sketch.hear((A, B))
    edits.set(1, 4.0)
    sketch.undo()
    sketch.undo()
    sketch.forget_edits()  # at the second edit of A
    assert sketch.drawing.strokes == (A,) and not edits
    assert [step.drawing.strokes for step in sketch.past] == [()]
    assert [step.drawing.strokes for step in sketch.future] == [(A, B)]
    for go, drawn in ((sketch.redo, (A, B)), (sketch.undo, (A,)), (sketch.undo, ())):
        go()
        assert sketch.drawing.strokes == drawn and not edits


class Canvas(RuleBasedStateMachine):
    """Any order of strokes, edits, buttons and stale messages, against a list and a finger in it.

    The list has the number of each drawing, its strokes, and what was changed in its code.
    """

    @initialize()
    def open_page(self) -> None:
        self.sketch = Sketch()
        self.history: list[tuple[int, tuple[Stroke, ...], Changes]] = [(0, (), {})]
        self.at = 0
        self.last: tuple[Stroke, ...] | None = None
        self.count = 0

    def step(self, drawn: tuple[Stroke, ...]) -> None:
        number, _, _ = self.history[self.at]
        self.go_on(number + 1, drawn, {})

    def edit(self, changes: Changes) -> None:
        number, drawn, before = self.history[self.at]
        if changes != before:
            self.go_on(number, drawn, changes)

    def go_on(self, *step: Any) -> None:
        del self.history[self.at + 1 :]
        self.history.append(step)
        self.at += 1

    @rule()
    def draw(self) -> None:
        self.count += 1
        self.last = (*self.sketch.drawing.strokes, ((float(self.count), 0.0),))
        self.sketch.hear(self.last)
        self.step(self.last)

    @rule(digit=st.sampled_from(["0a", "7b"]))
    def choose_sample(self, digit: str) -> None:
        sample = strokes.sample(digit)
        self.sketch.put(sample)
        self.step(sample.strokes)

    @rule()
    def clear(self) -> None:
        self.sketch.put(Drawing())
        self.step(())

    @rule(unit=st.integers(0, 2), value=st.sampled_from([None, 0.0, 1.0]))
    def set_unit(self, unit: int, value: float | None) -> None:
        self.sketch.edits.set(unit, value)
        others = {one: old for one, old in self.history[self.at][2].items() if one != unit}
        self.edit(others if value is None else {**others, unit: value})

    @rule(keep=st.integers(1, 3))
    def keep_largest(self, keep: int) -> None:
        self.sketch.edits.slide_keep(keep)
        self.sketch.edits.turn += 1  # what comes next is another move
        self.edit({**self.history[self.at][2], "keep": keep})

    @rule()
    def reset(self) -> None:
        self.sketch.edits.reset()
        self.edit({})

    @rule()
    def change_model(self) -> None:
        self.sketch.forget_edits()
        number, _, _ = self.history[self.at]
        drawings = {number: (number, drawn, {}) for number, drawn, _ in self.history}
        self.history, self.at = list(drawings.values()), list(drawings).index(number)

    @rule()
    def run_again(self) -> None:
        if self.last is not None:
            self.sketch.hear(self.last)

    @rule()
    def undo(self) -> None:
        self.sketch.undo()
        self.at = max(self.at - 1, 0)

    @rule()
    def redo(self) -> None:
        self.sketch.redo()
        self.at = min(self.at + 1, len(self.history) - 1)

    @invariant()
    def agrees(self) -> None:
        _, drawn, changes = self.history[self.at]
        edits = self.sketch.edits
        assert self.sketch.drawing.strokes == drawn
        assert edits.values == {unit: value for unit, value in changes.items() if unit != "keep"}
        assert edits.keep == changes.get("keep")
        assert len(self.sketch.past) == self.at
        assert len(self.sketch.future) == len(self.history) - 1 - self.at
        assert (
            self.sketch.loaded.strokes
            == self.sketch.drawing.strokes[: len(self.sketch.loaded.strokes)]
        )


TestAnyOrder = Canvas.TestCase
TestAnyOrder.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
