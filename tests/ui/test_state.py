"""What one visitor has done, all in one.

The links are tested through the app, in tests/pages/test_app.py.
"""

from __future__ import annotations

from ui.sketch import Sketch
from ui.state import SEEDS, Visit
from ui.strokes import Drawing, Stroke

A: Stroke = ((1.0, 2.0), (3.0, 4.0))


def test_edits_belong_to_one_drawing() -> None:
    now = Visit(Sketch(Drawing((A,))))
    now.edits.set(5, 1.5)
    now.edits.keep, now.edits.unit = 7, 3
    turn = now.edits.turn
    now.sketch.clear()
    assert now.edits.values == {} and now.edits.keep is None
    assert now.edits.turn > turn
    assert now.revision == now.sketch.revision == 1
    assert now.edits.unit == 3
    now.sketch.undo()
    assert now.edits.values == {5: 1.5} and now.edits.keep == 7


def test_edits_and_the_chosen_unit_belong_to_one_model() -> None:
    now = Visit(Sketch(Drawing((A,))))
    now.edits.set(5, 1.5)
    now.edits.unit = 5
    now.change_model()
    assert not now.edits and now.edits.unit is None and not now.sketch.past


def test_what_is_heard_again_keeps_the_edits() -> None:
    now = Visit()
    now.sketch.hear((A,))
    now.edits.set(5, 1.5)
    now.sketch.hear((A,))
    assert now.edits.values == {5: 1.5}
    assert now.sketch.drawing.strokes == (A,) and len(now.sketch.past) == 2


def test_the_seeds_come_around() -> None:
    now = Visit(seeds={"noise": SEEDS - 1, "new": 3})
    now.resample("noise")
    assert now.seeds == {"noise": 0, "new": 3}  # each view rolls its own


def test_two_visitors_share_nothing() -> None:
    one, other = Visit(), Visit()
    one.sketch.hear((A,))
    one.edits.set(3, 1.0)
    one.notices.append("A notice")
    one.draft.go_on = True
    assert other == Visit(sketch=other.sketch, token=other.token) and one.token != other.token
    assert other.sketch.past == []
