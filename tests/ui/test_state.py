"""What one visitor has done: drawing, undo, redo, and what the canvas says about it.

The links are tested through the app, in tests/pages/test_draw.py.
"""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ui import state, strokes
from ui.state import Visit
from ui.strokes import Drawing, Picture, Stroke

A: Stroke = ((1.0, 2.0), (3.0, 4.0))
B: Stroke = ((50.0, 60.0), (70.0, 80.0), (90.0, 100.0))
C: Stroke = ((5.0, 5.0),)


def visit(start: Drawing | None = None) -> Visit:
    start = Drawing() if start is None else start
    return Visit(drawing=start, loaded=start)


def test_a_stroke_is_heard_and_can_be_taken_back_and_forth() -> None:
    now = visit()
    now.hear((A,))
    now.hear((A, B))
    assert now.drawing.strokes == (A, B)
    now.undo()
    assert now.drawing.strokes == (A,)
    now.undo()
    assert now.drawing.empty
    now.undo()  # nothing left
    assert now.drawing.empty
    now.redo()
    now.redo()
    now.redo()
    assert now.drawing.strokes == (A, B)
    assert not now.future and len(now.past) == 2


def test_a_message_that_was_heard_before_says_nothing() -> None:
    """Streamlit hands over the canvas's last message at every run, whatever was done since."""
    now = visit()
    now.hear((A,))
    revision = now.revision
    now.hear((A,))
    assert (now.revision, len(now.past)) == (revision, 1)
    for change in (now.undo, now.redo, lambda: now.put(Drawing()), lambda: now.put(Drawing((B,)))):
        change()
        then, past, future = now.drawing, list(now.past), list(now.future)
        now.hear((A,))
        assert (now.drawing, now.past, now.future) == (then, past, future)


def test_a_stroke_on_a_sample_makes_it_a_drawing_of_the_visitor() -> None:
    sample = strokes.sample("7b")
    now = visit(sample)
    now.hear((*sample.strokes, A))
    assert now.drawing.strokes == (*sample.strokes, A) and now.drawing.sample is None
    now.undo()
    assert now.drawing.sample == "7b"


def test_a_stroke_on_a_picture_keeps_the_picture() -> None:
    import numpy as np

    blank = np.zeros((28, 28), np.float32)
    picture = Picture(canvas=np.zeros((280, 280), np.uint8), normal=blank, plain=blank)
    now = visit(Drawing(picture=picture))
    now.hear((A,))
    assert now.drawing.picture is picture and now.drawing.strokes == (A,)
    now.put(Drawing())
    assert now.drawing.picture is None
    now.undo()
    assert now.drawing.picture is picture


def test_a_new_step_forgets_what_could_be_redone() -> None:
    for step in (lambda now: now.hear((B,)), lambda now: now.put(Drawing((B,)))):
        now = visit()
        now.hear((A,))
        now.undo()
        assert now.future
        step(now)
        assert now.future == []
        now.redo()
        assert now.drawing.strokes == (B,)


def test_the_past_is_bounded() -> None:
    now = visit()
    many = [((float(i), 0.0),) for i in range(200)]
    for stroke in many:
        now.hear((stroke,))
    assert 20 <= len(now.past) <= 100
    oldest = len(now.past)
    for _ in many:
        now.undo()
    assert now.drawing.strokes == (many[-1 - oldest],)
    assert len(now.future) == oldest


@pytest.mark.parametrize("change", ["hear", "put", "undo", "redo"])
def test_edits_belong_to_one_drawing(change: str) -> None:
    now = visit()
    now.hear((A,))
    now.hear((A, B))
    now.undo()
    now.edits[5] = 1.5
    now.problem = "The canvas sent something."
    changes = {"hear": ((C,),), "put": (Drawing((C,)),), "undo": (), "redo": ()}
    before = now.revision
    getattr(now, change)(*changes[change])
    assert now.edits == {}
    assert now.problem is None
    assert now.revision == before + 1


def test_what_is_heard_again_keeps_the_edits() -> None:
    now = visit()
    now.hear((A,))
    now.edits[5], now.keep = 1.5, 7
    now.hear((A,))
    assert now.edits == {5: 1.5} and now.keep == 7
    now.reset_code()
    assert now.edits == {} and now.keep == visit().keep != 7
    assert now.drawing.strokes == (A,) and len(now.past) == 1


def test_the_canvas_reloads_when_python_changes_the_drawing_and_only_then() -> None:
    now = visit()
    now.hear((A,))
    now.hear((A, B))
    assert now.loads == 0  # it would interrupt the next stroke
    for i, change in enumerate((now.undo, now.redo, lambda: now.put(Drawing((C,)))), 1):
        change()
        assert now.loads == i and now.loaded is now.drawing
    now.hear((C, A))
    assert now.loads == 3 and now.loaded.strokes == (C,)


def test_a_canvas_that_must_go_gets_another_name() -> None:
    now = visit()
    names = {state.canvas_key(now)}
    for _ in range(3):
        now.remount()
        names.add(state.canvas_key(now))
    assert len(names) == 4


def test_two_visitors_share_nothing() -> None:
    one, other = visit(), visit()
    one.hear((A,))
    one.edits[3] = 1.0
    one.notices.append("A notice")
    assert (other.past, other.edits, other.notices) == ([], {}, [])


class Canvas(RuleBasedStateMachine):
    """Any order of strokes, buttons and stale messages, against a list of drawings and a finger."""

    @initialize()
    def open_page(self) -> None:
        self.now = visit()
        self.history: list[tuple[Stroke, ...]] = [()]
        self.at = 0
        self.last: tuple[Stroke, ...] | None = None
        self.count = 0

    def step(self, shown: tuple[Stroke, ...]) -> None:
        del self.history[self.at + 1 :]
        self.history.append(shown)
        self.at += 1

    @rule()
    def draw(self) -> None:
        self.count += 1
        self.last = (*self.now.drawing.strokes, ((float(self.count), 0.0),))
        self.now.hear(self.last)
        self.step(self.last)

    @rule(digit=st.sampled_from(["0a", "7b"]))
    def choose_sample(self, digit: str) -> None:
        sample = strokes.sample(digit)
        self.now.put(sample)
        self.step(sample.strokes)

    @rule()
    def clear(self) -> None:
        self.now.put(Drawing())
        self.step(())

    @rule()
    def run_again(self) -> None:
        if self.last is not None:
            self.now.hear(self.last)

    @rule()
    def undo(self) -> None:
        self.now.undo()
        self.at = max(self.at - 1, 0)

    @rule()
    def redo(self) -> None:
        self.now.redo()
        self.at = min(self.at + 1, len(self.history) - 1)

    @invariant()
    def agrees(self) -> None:
        assert self.now.drawing.strokes == self.history[self.at]
        assert len(self.now.past) == self.at
        assert len(self.now.future) == len(self.history) - 1 - self.at
        assert self.now.loaded.strokes == self.now.drawing.strokes[: len(self.now.loaded.strokes)]


TestAnyOrder = Canvas.TestCase
TestAnyOrder.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
