"""The visitor's hand in a code: which numbers are kept, and which are replaced."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import ae
from ui.edits import Edits

UNITS = 32


# Few values, so that ties and zeros are common.
codes = arrays(np.float32, UNITS, elements=st.integers(0, 6).map(float))


@given(codes, st.integers(1, UNITS))
def test_the_k_largest_are_kept(code: np.ndarray, keep: int) -> None:
    before = code.copy()
    edited = Edits(keep=keep).apply(code)
    assert (code == before).all()  # what the encoder gave is still needed
    assert edited.dtype == np.float32 and edited.shape == code.shape
    kept = edited != 0
    assert (edited[kept] == code[kept]).all()
    assert kept.sum() == min(keep, np.count_nonzero(code))
    assert sorted(edited)[::-1][:keep] == sorted(code)[::-1][:keep]


def test_of_equals_the_first_are_kept_and_a_sign_is_no_matter() -> None:
    code = np.zeros(UNITS, np.float32)
    code[[4, 9, 20]] = 2, -5, 2  # PCA's codes have signs
    assert np.flatnonzero(Edits(keep=2).apply(code)).tolist() == [4, 9]


@given(codes, st.integers(1, UNITS), st.dictionaries(st.integers(0, UNITS - 1), st.floats(0, 80)))
def test_an_edit_stands_whatever_is_kept(
    code: np.ndarray, keep: int, values: dict[int, float]
) -> None:
    edited = Edits(values=values, keep=keep).apply(code)
    untouched = Edits(keep=keep).apply(code)
    for unit in range(UNITS):
        expected = np.float32(values[unit]) if unit in values else untouched[unit]
        assert edited[unit] == expected


def test_nothing_done_changes_nothing() -> None:
    code = np.linspace(0, 9, UNITS, dtype=np.float32)
    assert not Edits()
    edited = Edits().apply(code)
    assert (edited == code).all() and edited is not code


def test_a_slider_of_an_older_turn_is_not_heard() -> None:
    edits = Edits(unit=3, keep=7)
    turns = {edits.turn}

    def turned() -> int:
        turns.add(edits.turn)
        return len(turns)

    edits.set(5, 1.5)
    assert edits.values == {5: 1.5} and turned() == 2
    edits.reset()
    assert not edits and edits.unit == 3 and turned() == 3
    edits.set(5, 1.5)
    edits.set(5, None)
    assert edits.values == {} and turned() == 4
    edits.slide(5, 1.5)
    edits.slide_keep(7)
    assert edits.values == {5: 1.5} and edits.keep == 7 and turned() == 4
    edits.show({}, None)
    assert not edits and turned() == 5


def test_a_run_of_a_sliders_moves_is_one_step(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[dict[int, float]] = []
    edits = Edits()
    edits.on_step = lambda: steps.append(edits.values)
    clock = 100.0
    monkeypatch.setattr("time.monotonic", lambda: clock)
    for value in (1.0, 2.0, 3.0):  # an arrow key that is held down
        edits.slide(5, value)
        clock += 0.4
    assert steps == [{}]
    clock += 2
    edits.slide(5, 4.0)
    edits.slide(6, 4.0)  # another slider
    edits.slide_keep(9)
    clock += 2
    edits.slide_keep(9)  # nothing new, as Streamlit says now and then
    edits.slide(6, 4.0)
    assert steps[1:] == [{5: 3.0}, {5: 4.0}, {5: 4.0, 6: 4.0}]
    edits.set(5, 0.0)  # by a button, and the slider goes on from there
    edits.slide(5, 0.1)
    edits.slide(5, 0.2)
    edits.set(5, 0.2)
    assert len(steps) == 6


@pytest.mark.parametrize(
    ("unit", "by", "to"),
    [(None, 1, 0), (None, -1, 31), (3, 1, 4), (3, -1, 2), (0, -1, 0), (31, 1, 31)],
)
def test_a_finger_goes_from_unit_to_unit(unit: int | None, by: int, to: int) -> None:
    edits = Edits(unit=unit)
    edits.move(by, UNITS)
    assert edits.unit == to and not edits and edits.turn == 0


@pytest.mark.parametrize("name", ae.FAMILIES)
def test_the_axis_has_room_for_what_is_usual(name: str) -> None:
    model = ae.load(name)
    usual = model.statistics.code_percentiles
    bottom, top = model.statistics.code_axis
    assert type(bottom) is type(top) is float
    assert usual.max() < top < 2 * usual.max()
    assert min(2 * usual.min(), 0) <= bottom <= min(usual.min(), 0)
    assert (bottom < 0) == (ae.FAMILIES[name].activations[0][-1] == "linear")
