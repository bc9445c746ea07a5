"""What is no digit: it can be drawn, it looks like what it says, and nobody can change it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

import ae
from ae.out_of_distribution import PICTURES, STROKES


def inked(name: str) -> np.ndarray:
    return ae.drawing.from_strokes(STROKES[name])


@pytest.mark.parametrize("name", STROKES)
def test_strokes_lie_on_the_canvas_and_are_read_only(name: str) -> None:
    for stroke in STROKES[name]:
        assert stroke.dtype == np.float32 and stroke.ndim == 2 and stroke.shape[1] == 2
        assert stroke.min() >= 0 and stroke.max() <= 1
        assert not stroke.flags.writeable
    assert 30 < inked(name).sum() < 250


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_are_digits_in_form_and_read_only(name: str) -> None:
    picture = PICTURES[name]
    assert (picture.shape, picture.dtype.name) == ((28, 28), "float32")
    assert picture.min() >= 0 and picture.max() <= 1 and not picture.flags.writeable


def test_they_look_like_what_they_are() -> None:
    parts = {name: ndimage.label(inked(name) > 0.5)[1] for name in STROKES}
    holes = {name: ndimage.label(inked(name) < 0.3)[1] - 1 for name in STROKES}
    assert (parts["letter_a"], holes["letter_a"]) == (1, 1)
    assert parts["smiley"] == 4  # face, mouth and eyes
    assert parts["two_digits"] == 2
    assert (parts["empty_box"], holes["empty_box"]) == (1, 1)
    # The box has corners; a circle of its size has not.
    rows, columns = np.nonzero(inked("empty_box") > 0.5)
    assert inked("empty_box")[rows.min(), columns.min()] > 0.3
    assert PICTURES["inverted"].mean() > 0.7
    noise = PICTURES["noise"]
    assert (
        abs(noise.mean() - 0.5) < 0.05
        and abs(np.corrcoef(noise[:, 1:].flat, noise[:, :-1].flat)[0, 1]) < 0.1
    )


def test_no_name_is_also_a_sample() -> None:
    assert not set(ae.samples.SAMPLES) & {*STROKES, *PICTURES}
