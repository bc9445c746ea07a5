"""Strokes on their way from the canvas, to the canvas and to the network."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import ae
from ui import strokes
from ui.strokes import MAX_POINTS, MAX_STROKES, PEN, SIDE, Drawing, DrawingError, Picture

every_sample = pytest.mark.parametrize("name", ae.samples.SAMPLES)


def message(*paths: object) -> dict[str, Any]:
    """What the canvas sends for these paths."""
    return {"objects": [{"type": "Path", "path": path} for path in paths]}


# What arrives from outside


@pytest.mark.parametrize(
    "sent",
    [
        None,
        5,
        [],
        "objects",
        {},
        {"objects": None},
        {"objects": {}},
        {"objects": [5]},
        {"objects": [{}]},
        {"objects": [{"path": "M 1 2 L 3 4"}]},
        {"objects": [{"type": "rect", "left": 1, "top": 2}]},
        message([]),
        message([[]]),
        message([["M", 1]]),
        message([["C", 1, 2, 3, 4, 5, 6]]),
        message([["M", 1, "2"]]),
        message([["M", None, 2]]),
        message([["M", 1, True]]),
        message([["M", 1, float("nan")]]),
        message([["M", float("-inf"), 1]]),
        # One bad stroke spoils all: half a drawing would be a lie.
        message([["M", 1, 2], ["L", 3, 4]], [["M", 1]]),
    ],
    ids=lambda sent: json.dumps(sent)[:40],
)
def test_what_is_not_a_drawing_is_refused(sent: object) -> None:
    with pytest.raises(DrawingError):
        strokes.from_fabric(sent)


def test_as_much_as_the_canvas_can_hold_and_no_more() -> None:
    dot = [["M", 1, 2], ["L", 1, 2]]
    assert len(strokes.from_fabric(message(*[dot] * MAX_STROKES))) == MAX_STROKES
    with pytest.raises(DrawingError, match="500"):
        strokes.from_fabric(message(*[dot] * (MAX_STROKES + 1)))

    line = [["Q", i % SIDE, i % 7, 0, 0] for i in range(MAX_POINTS)]
    (stroke,) = strokes.from_fabric(message(line))
    assert len(stroke) == MAX_POINTS
    with pytest.raises(DrawingError):
        strokes.from_fabric(message([*line, ["L", 1, 2]]))
    with pytest.raises(DrawingError, match="20000"):  # altogether
        strokes.from_fabric(message(line[:15_000], line[:5_001]))


def test_a_pen_that_leaves_the_canvas_draws_nothing_there() -> None:
    # Its way is kept, within what a screen can be; the network sees what the visitor sees.
    sent = message([["M", 140, 20], ["Q", 140, 260, 140, 300], ["L", 140, 10**300]])
    (stroke,) = strokes.from_fabric(sent)
    assert stroke == ((140, 20), (140, 260), (140, 10_000))
    for normalise in (True, False):
        one = strokes.digit(Drawing((((140.0, 20.0), (140.0, 280.0)),)), normalise=normalise)
        aside = (*stroke, (500.0, 300.0), (900.0, 140.0))  # and on, around the corner
        assert np.abs(strokes.digit(Drawing((aside,)), normalise=normalise) - one).max() < 0.01
        with pytest.raises(ae.EmptyDrawing):
            strokes.digit(Drawing((aside[3:],)), normalise=normalise)


def test_what_lies_outside_bends_what_is_seen_as_on_the_canvas() -> None:
    """The pencil's curve is drawn first, and cut at the edge then."""
    turn = ((140.0, 140.0), (320.0, 140.0), (140.0, 200.0))  # its corner is outside, its curve not
    line = strokes.smooth(turn)
    assert line[:, 0].max() < 280
    wanted = ae.drawing.from_strokes([line])
    assert np.abs(strokes.digit(Drawing((turn,))) - wanted).max() < 1e-6


# To the canvas and back

coordinates = st.integers(-10 * SIDE, 20 * SIDE).map(lambda tenths: tenths / 10)
points = st.tuples(coordinates, coordinates)
drawn = st.lists(
    st.lists(points, min_size=1, max_size=20)
    # The canvas's own way to say "a dot" is a line to itself.
    .filter(lambda stroke: len(stroke) == 1 or len(set(stroke)) > 1)
    .map(tuple),
    max_size=6,
).map(tuple)


@given(drawn)
@example((((280.0, 280.0),),))
@example((((0.0, 0.0),), ((1.0, 2.0), (3.0, 4.0))))
def test_strokes_come_back_from_the_canvas_as_they_went(sent: tuple[strokes.Stroke, ...]) -> None:
    travelled = json.loads(json.dumps({"objects": strokes.to_fabric(sent)}, allow_nan=False))
    assert strokes.from_fabric(travelled) == sent


@every_sample
def test_a_sample_comes_back_as_the_same_strokes(name: str) -> None:
    # Or else its echo counts as a stroke by the visitor, and the link loses the sample's name.
    sample = strokes.sample(name)
    assert strokes.from_fabric({"objects": strokes.to_fabric(sample.strokes)}) == sample.strokes
    assert sample.sample == name


@every_sample
def test_a_sample_on_the_canvas_is_the_sample_of_the_library(name: str) -> None:
    ours = strokes.digit(strokes.sample(name))
    theirs = ae.drawing.from_strokes(ae.samples.SAMPLES[name])
    # The canvas rounds the corners, by a tenth of a pixel of the 28 at most.
    assert np.abs(ours - theirs).mean() < 0.01


# The drawn line


def dense(path: list[list[Any]], steps: int = 64) -> tuple[np.ndarray, np.ndarray]:
    """Evaluate an SVG path: points on it, and how much each of its curves bends."""
    here = np.array(path[0][1:], float)
    line, bends = [here[None]], [0.0]
    t = np.linspace(0, 1, steps)[:, None]
    for name, *numbers in path[1:]:
        numbers = np.array(numbers, float).reshape(-1, 2)
        if name == "Q":
            control, end = numbers
            line.append((1 - t) ** 2 * here + 2 * t * (1 - t) * control + t**2 * end)
            bends.append(float(np.hypot(*(here - 2 * control + end))))
        else:
            assert name == "L"
            (end,) = numbers
            line.append(here + t * (end - here))
        here = end
    return np.concatenate(line), np.array(bends)


def distances(points: np.ndarray, line: np.ndarray) -> np.ndarray:
    """From each point to the nearest place on a polyline."""
    a = line[:-1] if len(line) > 1 else line
    along = np.diff(line, axis=0) if len(line) > 1 else np.zeros_like(line)
    length = (along**2).sum(axis=1)
    offset = points[:, None] - a
    share = np.clip((offset * along).sum(axis=2) / np.where(length > 0, length, 1), 0, 1)
    return np.sqrt(((offset - share[..., None] * along) ** 2).sum(axis=2)).min(axis=1)


@given(st.lists(points, min_size=1, max_size=12).map(tuple))
@example(((0, 0), (280, 0), (280, 280)))
@example(((10, 10), (270, 270)))
def test_the_network_sees_the_line_that_the_canvas_paints(stroke: strokes.Stroke) -> None:
    (painted,) = strokes.to_fabric([stroke])
    line, bends = dense(painted["path"])
    ours = strokes.smooth(stroke).astype(float)
    # A chord over a quarter of a quadratic curve is off by 1/64 of its second difference; the
    # canvas's midpoints are rounded to 0.01.
    assert distances(line, ours).max() <= bends.max() / 64 + 0.02
    assert distances(ours, line).max() <= bends.max() / 64**2 + 0.02
    assert ours[0] == pytest.approx(stroke[0]) and ours[-1] == pytest.approx(stroke[-1])


def test_what_is_painted_is_white_ink_of_one_pen() -> None:
    (path,) = strokes.to_fabric([((1.0, 2.0), (3.0, 4.0))])
    assert path["type"] == "Path" and path["fill"] is None
    assert (path["stroke"], path["strokeWidth"]) == ("#fff", PEN)
    assert path["strokeLineCap"] == path["strokeLineJoin"] == "round"


# To the network


@given(drawn.filter(bool), st.booleans())
def test_whatever_is_drawn_is_a_digit_with_ink(
    sent: tuple[strokes.Stroke, ...], normalise: bool
) -> None:
    sent = (*sent, ((140.0, 140.0),))  # one dot at least is on the canvas
    digit = strokes.digit(Drawing(sent), normalise=normalise)
    assert digit.shape == (28, 28) and digit.dtype == np.float32
    assert digit.min() >= 0 and 0 < digit.max() <= 1


def test_a_dot_counts_wherever_it_is() -> None:
    for point in [(0.0, 0.0), (140.0, 140.0), (280.0, 280.0), (280.0, 0.0)]:
        for normalise in (True, False):
            assert strokes.digit(Drawing(((point,),)), normalise=normalise).sum() > 0.5


def test_the_plain_digit_is_the_canvas_as_it_stands() -> None:
    digit = strokes.digit(Drawing((((30.0, 200.0), (90.0, 200.0)),)), normalise=False)
    rows, columns = np.nonzero(digit > 0.5)
    # Pen 20 px wide and 60 px long, and its round ends: 2 by 8 pixels of 10 px.
    assert (rows.min(), rows.max()) == (19, 20)
    assert (columns.min(), columns.max()) == (2, 9)


@pytest.mark.parametrize("normalise", [True, False])
def test_nothing_drawn_is_no_digit(normalise: bool) -> None:
    with pytest.raises(ae.EmptyDrawing):
        strokes.digit(Drawing(), normalise=normalise)
    assert Drawing().empty


def uploaded() -> Picture:
    """A vertical bar, and two digits that cannot be mistaken for anything else."""
    canvas = np.zeros((SIDE, SIDE), np.uint8)
    canvas[60:220, 130:150] = 255
    normal, plain = np.zeros((2, 28, 28), np.float32)
    normal[3], plain[:, 4] = 1, 1
    return Picture(canvas=canvas, normal=normal, plain=plain)


def test_a_picture_alone_is_what_the_upload_made_of_it() -> None:
    drawing = Drawing(picture=uploaded())
    assert not drawing.empty
    assert strokes.digit(drawing) is drawing.picture.normal
    assert strokes.digit(drawing, normalise=False) is drawing.picture.plain


def test_strokes_beside_a_picture_leave_it_as_it_is() -> None:
    outside = (((-90.0, -90.0), (-50.0, 400.0)),)
    alone = Drawing(picture=uploaded())
    again = strokes.digit(replace(alone, strokes=outside), normalise=False)
    assert np.abs(again - ae.drawing.from_image(uploaded().canvas, normalise=False)).max() < 1e-6
    stranger = strokes.sample(next(iter(ae.out_of_distribution.PICTURES)))
    assert strokes.digit(replace(stranger, strokes=outside)) is stranger.picture.normal


def test_strokes_on_a_picture_count_with_it() -> None:
    bar = ((60.0, 140.0), (220.0, 140.0))
    cross = strokes.digit(Drawing((bar,), picture=uploaded()))
    rows, columns = np.nonzero(cross > 0.5)
    assert np.ptp(rows) > 12 and np.ptp(columns) > 12
    # Both arms of the cross, and nothing in its corners.
    assert cross[14, 6:22].min() > 0.5 and cross[6:22, 14].min() > 0.5
    assert cross[6:10, 6:10].max() == cross[18:22, 18:22].max() == 0
    dot = strokes.digit(Drawing((((40.0, 140.0),),), picture=uploaded()), normalise=False)
    assert dot[13:15, 3:5].min() > 0.5  # a dot alone has its round pen too


# The widget's whole state


def state(*objects: object) -> dict[str, Any]:
    return {"drawing": {"raw": {"objects": list(objects)}, "data": None}, "backgroundFit": None}


def test_what_the_canvas_was_given_is_not_the_visitors() -> None:
    given = strokes.to_fabric(strokes.sample("7b").strokes)
    (drawn,) = message([["M", 1, 2], ["L", 3, 4]])["objects"]
    assert strokes.from_canvas(state()) is None
    assert strokes.from_canvas(state(*given)) is None
    expected = (*strokes.sample("7b").strokes, ((1, 2), (3, 4)))
    # What was drawn on an older load comes too late.
    assert strokes.from_canvas(state(*given, drawn), load=2) is None
    again = strokes.to_fabric(strokes.sample("7b").strokes, load=2)
    assert strokes.from_canvas(state(*again, drawn), load=2) == expected
    assert strokes.from_canvas(state(*given, drawn)) == expected
