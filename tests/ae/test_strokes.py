"""Strokes as a text: what comes back, how long it is, and what is refused."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import ae
from ae.strokes import (
    CANVAS,
    LONGEST,
    MAX_STROKES,
    TOLERANCE,
    Float64,
    decode_strokes,
    encode_strokes,
    simplify,
)
from tests.conftest import PenDigit

places = st.floats(0, CANVAS) | st.integers(0, CANVAS).map(float)
lines = st.lists(st.tuples(places, places), min_size=1, max_size=20)
drawings = st.lists(lines, max_size=4)
SEVEN = ae.samples.SAMPLES["7b"]


def away(points: Float64, line: Float64) -> float:
    """Give the largest distance of points (k, 2) from a line (m, 2)."""
    places, corners = (xy @ (1, 1j) for xy in (points, line))  # complex numbers turn the plane
    nearest = np.abs(places - corners[0])
    for start, end in pairwise(corners):
        if start != end:
            along = np.clip(((places - start) / (end - start)).real, 0, 1)
            nearest = np.minimum(nearest, np.abs(places - start - along * (end - start)))
    return float(nearest.max())


@given(drawings)
@settings(max_examples=150, deadline=None)
def test_what_comes_back_is_as_near_as_pixels_are(
    drawing: Sequence[Sequence[Sequence[float]]],
) -> None:
    text = encode_strokes(drawing, CANVAS)
    back = decode_strokes(text, CANVAS)
    assert len(back) == len(drawing)
    for stroke, line in zip(drawing, back, strict=True):
        pixels = np.floor(np.array(stroke) + 0.5)
        assert np.abs(line[0] - pixels[0]).max() == 0
        assert away(pixels, line) <= TOLERANCE + 1e-9
    assert encode_strokes(back, CANVAS) == text


@given(drawings, st.sampled_from([1e-3, 1.0, 280.0, 1e6]))
@settings(max_examples=50, deadline=None)
def test_the_unit_does_not_matter(drawing: list[list[tuple[float, float]]], size: float) -> None:
    scaled = [np.floor(np.array(stroke)) * size / CANVAS for stroke in drawing]
    text = encode_strokes([np.floor(stroke) for stroke in drawing], CANVAS)
    assert encode_strokes(scaled, size) == text


@given(
    st.lists(lines, max_size=MAX_STROKES)
    | st.lists(st.lists(st.tuples(places, places), min_size=90), max_size=3)
)
@settings(max_examples=25, deadline=None)
def test_no_text_is_longer_than_a_link_may_be(drawing: list[list[tuple[float, float]]]) -> None:
    text = encode_strokes(drawing, CANVAS)
    assert len(text) <= LONGEST
    assert len(decode_strokes(text)) == len(drawing)


def test_a_scribble_is_simplified_until_it_fits() -> None:
    random = np.random.default_rng(0)
    scribble = random.uniform(0, CANVAS, (20_000, 2))
    assert len(encode_strokes([scribble], CANVAS)) <= LONGEST
    dots = random.uniform(0, CANVAS, (MAX_STROKES, 1, 2))
    assert len(decode_strokes(encode_strokes(list(dots), CANVAS))) == MAX_STROKES


def test_what_is_simplified_is_near() -> None:
    random = np.random.default_rng(0)
    for tolerance in (0.5, 2, 30):
        line = random.normal(0, 10, (200, 2)).cumsum(axis=0)
        simple = simplify(line, tolerance)
        assert 2 <= len(simple) < 200
        assert away(line, simple) <= tolerance + 1e-9
        assert (simple == simplify(simple, tolerance)).all()


def test_what_is_simplified() -> None:
    corner = [(0, 0), (1, 0.5), (10, 0), (10, 5), (10, 10)]
    assert simplify(corner, 1).tolist() == [[0, 0], [10, 0], [10, 10]]
    assert simplify(corner, 0.1).tolist() == [[0, 0], [1, 0.5], [10, 0], [10, 10]]
    assert simplify([(0, 0), (5, 0), (0, 0)], 1).tolist() == [[0, 0], [5, 0], [0, 0]]
    assert simplify([(3, 3), (3, 4), (3, 3.5)], 1).tolist() == [[3, 3]]
    assert simplify([(3, 3)], 1).tolist() == [[3, 3]]


def test_a_digit_takes_some_75_characters(pen_digits: Sequence[PenDigit]) -> None:
    lengths, changes = [], []
    for pen in pen_digits[::4]:
        points = np.concatenate(pen.strokes)
        low, span = points.min(axis=0), np.ptp(points, axis=0).max()
        drawing = [40 + 200 * (stroke - low) / span for stroke in pen.strokes]
        text = encode_strokes(drawing, CANVAS)
        back = decode_strokes(text)
        lengths.append(len(text))
        digits = ae.drawing.from_strokes(drawing, CANVAS), ae.drawing.from_strokes(back, 1)
        changes.append(np.abs(digits[0] - digits[1]).mean())
    assert np.median(lengths) <= 80 and max(lengths) <= 250
    assert np.mean(changes) < 0.004


def test_nothing_is_a_drawing_too() -> None:
    assert decode_strokes(encode_strokes([], 1)) == []
    assert encode_strokes([[], SEVEN[0]], 1) == encode_strokes([SEVEN[0]], 1)


def test_a_text_stays_what_it_means() -> None:
    """Links lie in mails and slides: what version 1 says must not change."""
    text = "AQIDUBS4A_wBvwPIAQIkAb8BAQ"
    assert [line.tolist() for line in decode_strokes(text, CANVAS)] == [
        [[40, 10], [260, 136], [36, 236]],
        [[54, 235.0], [-42, 234]],
    ]


@pytest.mark.parametrize(
    ("strokes", "size", "why"),
    [
        ([[1, 2, 3]], 1, "shape"),
        ([[(1, 2, 3)]], 1, "shape"),
        ([[(1, float("nan"))]], 1, "finite"),
        ([[(1, 2)]], 0, "size"),
        ([[(1, 2)]], float("inf"), "size"),
        ([[(1, 2)]] * (MAX_STROKES + 1), 1, "strokes"),
    ],
)
def test_what_cannot_be_written_is_said(strokes: list[list[float]], size: float, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        encode_strokes(strokes, size)


def written(*values: int) -> str:
    return base64.urlsafe_b64encode(bytes(values)).rstrip(b"=").decode()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "letters"),
        ("AQA=", "letters"),
        ("AQ+/", "letters"),
        ("AQ A", "letters"),
        ("AQÄA", "letters"),
        ("AQA\n", "letters"),
        ("A" * (LONGEST + 1), "letters"),
        ("A", "cut off"),
        ("AQB", "cut off"),  # a bit that belongs to no byte
        (written(1), "cut off"),
        (written(2, 0), "version"),
        (written(0, 0), "version"),
        (written(1, 0, 0), "end"),
        (written(1, 1), "cut off"),
        (written(1, 1, 0), "cut off"),
        (written(1, 1, 2, 4, 4, 4), "cut off"),
        (written(1, 1, 1, 4, 0x84), "cut off"),
        (written(1, MAX_STROKES + 1, 1, 4, 4), "strokes"),
        (written(1, 1, 1, 0xFF, 0x7F, 0), "canvas"),
        (written(1, 1, 1, 0xFF, 0xFF, 0), "canvas"),
        (written(1, 1, 0xFF, 0xFF, 0), "cut off"),
    ],
)
def test_what_nobody_wrote_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as refused:
        decode_strokes(text)
    assert str(refused.value).endswith(".") and str(refused.value).count(".") == 1


def test_every_cut_is_noticed() -> None:
    text = encode_strokes(SEVEN, 1)
    for end in range(len(text)):
        with pytest.raises(ValueError, match=r"cut off|letters"):
            decode_strokes(text[:end])


@given(st.text(max_size=80) | st.binary(max_size=80).map(lambda raw: written(1, *raw)))
@example("AQEB____")
@settings(max_examples=300, deadline=None)
def test_garbage_is_a_drawing_or_a_value_error(text: str) -> None:
    try:
        strokes = decode_strokes(text, CANVAS)
    except ValueError:
        return
    assert len(strokes) <= MAX_STROKES
    assert all(-CANVAS <= value <= 2 * CANVAS for line in strokes for value in line.ravel())
