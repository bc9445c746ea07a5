"""The drawing, undo and redo, and what the canvas says about it."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ui import strokes
from ui.sketch import Sketch
from ui.strokes import Drawing, Picture, Stroke

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
    assert sum(step.points for step in sketch.past) <= 75_000
    assert len(sketch.past) == 3  # large as they are
    sketch.undo()
    assert sketch.drawing.strokes[0][0] == (58.0, 0.0)
    for i in range(60):  # small ones fit again
        sketch.hear((((float(i), 0.0),),))
    assert len(sketch.past) == 50


@pytest.mark.parametrize("change", ["hear", "put", "undo", "redo"])
def test_another_drawing_is_told(change: str) -> None:
    sketch = Sketch()
    sketch.hear((A,))
    sketch.hear((A, B))
    sketch.undo()
    changes_told: list[str] = []
    sketch.on_change = lambda: changes_told.append(change)
    sketch.problem = "The canvas sent something."
    sketch.choosing = True
    changes = {"hear": ((C,),), "put": (Drawing((C,)),), "undo": (), "redo": ()}
    before = sketch.revision
    getattr(sketch, change)(*changes[change])
    assert changes_told == [change]
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


class Canvas(RuleBasedStateMachine):
    """Any order of strokes, buttons and stale messages, against a list of drawings and a finger."""

    @initialize()
    def open_page(self) -> None:
        self.sketch = Sketch()
        self.history: list[tuple[Stroke, ...]] = [()]
        self.at = 0
        self.last: tuple[Stroke, ...] | None = None
        self.count = 0

    def step(self, drawn: tuple[Stroke, ...]) -> None:
        del self.history[self.at + 1 :]
        self.history.append(drawn)
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
        assert self.sketch.drawing.strokes == self.history[self.at]
        assert len(self.sketch.past) == self.at
        assert len(self.sketch.future) == len(self.history) - 1 - self.at
        assert (
            self.sketch.loaded.strokes
            == self.sketch.drawing.strokes[: len(self.sketch.loaded.strokes)]
        )


TestAnyOrder = Canvas.TestCase
TestAnyOrder.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
