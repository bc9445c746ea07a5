"""Gradient descent on a loss of one angle."""

from __future__ import annotations

import math
from itertools import islice

import numpy as np
import pytest
from numpy.testing import assert_allclose

from ae import descent
from ae.descent import ARRIVED, EPSILON, RATES, RHO, START, STEPS, WAYS, State, Valley, Way
from ae.simulations import PCA, squared_distances

POINTS = descent.points()
VALLEY = Valley.of(POINTS)
TOPS = VALLEY.bottom - math.pi / 2, VALLEY.bottom + math.pi / 2
ANGLES = np.linspace(*TOPS, 37).tolist()


def last(way: Way, start: float = START) -> State:
    *_, state = descent.descend(VALLEY, start, way)
    return state


# The loss


@pytest.mark.parametrize("angle", ANGLES)
def test_the_loss_is_how_far_the_line_misses_the_points(angle: float) -> None:
    direction = np.array([[math.cos(angle), math.sin(angle)]])
    mean = POINTS.mean(axis=0, dtype=np.float64)
    drawn = (POINTS - mean) @ direction.T @ direction + mean  # encoder and decoder share the angle
    missed = squared_distances(POINTS, drawn).mean()
    assert VALLEY.loss(angle) == pytest.approx(missed, rel=1e-12)


@pytest.mark.parametrize("angle", ANGLES)
def test_the_derivative_is_the_slope(angle: float) -> None:
    little = 1e-5
    slope = (VALLEY.loss(angle + little) - VALLEY.loss(angle - little)) / (2 * little)
    assert VALLEY.derivative(angle) == pytest.approx(slope, abs=1e-9)


def test_the_bottom_is_pca() -> None:
    pca = PCA.fit(POINTS, 1)
    x, y = pca.components[0]
    assert math.tan(VALLEY.bottom) == pytest.approx(y / x, rel=1e-12)
    error = squared_distances(POINTS, pca.decode(pca.encode(POINTS))).mean()
    assert VALLEY.loss(VALLEY.bottom) == pytest.approx(error, rel=1e-12)
    assert min(map(VALLEY.loss, ANGLES)) > error - 1e-12
    for top in TOPS:
        assert VALLEY.derivative(top) == pytest.approx(0, abs=1e-12)
        assert VALLEY.loss(top) == pytest.approx(max(map(VALLEY.loss, ANGLES)))


@pytest.mark.parametrize("points", [np.zeros((5, 3), np.float32), np.zeros((5, 2))])
def test_what_are_no_points_of_the_plane_is_refused(points: np.ndarray) -> None:
    with pytest.raises(ValueError, match="points"):
        Valley.of(points)


# The steps


def test_plain_steps_shrink_near_the_bottom_by_the_curvature() -> None:
    weak, strong = np.linalg.eigvalsh(VALLEY.covariance)
    start = VALLEY.bottom + 1e-4
    for rate in RATES:
        state = descent.step(State(start), VALLEY.derivative(start), Way(rate))
        expected = 1 - 2 * rate * (strong - weak)
        assert (state.angle - VALLEY.bottom) / 1e-4 == pytest.approx(expected, abs=1e-6)
        # It comes to rest there if that is below 1 in size; else it jumps for ever.
        assert (abs(last(Way(rate)).angle - VALLEY.bottom) < 0.01) == (abs(expected) < 1)


@pytest.mark.parametrize("rate", RATES)
def test_no_rate_throws_the_ball_out_of_its_valley(rate: float) -> None:
    for start in ANGLES:
        for state in islice(descent.descend(VALLEY, start, Way(rate)), 200):
            assert TOPS[0] - 1e-9 < state.angle < TOPS[1] + 1e-9


@pytest.mark.parametrize("slope", [-3.0, -0.01, 0.5, 100.0])
def test_adadelta_s_first_moves(slope: float) -> None:
    """Zeiler's algorithm 1, by hand: two steps with one slope."""
    first = descent.step(State(0), slope, WAYS["adadelta_then"])
    slopes = 0.05 * slope**2
    move = -math.sqrt(1e-7) / math.sqrt(slopes + 1e-7) * slope
    assert first == pytest.approx((move, 1, move, slopes, 0.05 * move**2))
    second = descent.step(first, slope, WAYS["adadelta_then"])
    slopes = 0.95 * slopes + 0.05 * slope**2
    more = -math.sqrt(0.05 * move**2 + 1e-7) / math.sqrt(slopes + 1e-7) * slope
    assert second.move == pytest.approx(more)
    assert second.angle == pytest.approx(move + more)
    if abs(slope) > 0.1:
        assert abs(move) == pytest.approx(0.0014, abs=5e-5)


@pytest.mark.parametrize("name", ["adadelta_then", "adadelta_now"])
def test_adadelta_is_keras_s(name: str) -> None:
    import keras

    way = WAYS[name]
    theirs = keras.optimizers.Adadelta(learning_rate=way.rate)
    config = theirs.get_config()
    assert (config["rho"], config["epsilon"]) == (RHO, EPSILON)
    angle = keras.Variable(0.0, dtype="float64")
    states = list(islice(descent.descend(VALLEY, START, way), 301))
    moved = [0.0]
    for state in states[:-1]:
        slope = keras.ops.convert_to_tensor(VALLEY.derivative(state.angle), dtype="float64")
        theirs.apply([slope], [angle])
        moved.append(float(angle.numpy()))
    assert_allclose(moved, [state.angle - START for state in states], rtol=1e-5)


def test_adadelta_s_rate_in_keras_today() -> None:
    import keras

    today = float(keras.optimizers.Adadelta().learning_rate)
    assert WAYS["adadelta_now"].rate == pytest.approx(today)


# What becomes of it


def test_what_three_ways_come_to() -> None:
    """The numbers that the screen lets the visitor find."""
    plain, then, now = map(last, WAYS.values())
    assert (plain.steps, then.steps) == (14, 761)
    for state in (plain, then):
        assert descent.arrived(VALLEY, state) and abs(state.angle - VALLEY.bottom) < ARRIVED
    assert now.steps == STEPS and not descent.arrived(VALLEY, now)
    assert math.degrees(now.angle - START) == pytest.approx(0.124, abs=0.001)


def test_at_the_very_top_nothing_moves() -> None:
    for way in WAYS.values():
        assert last(way, TOPS[0]).angle == pytest.approx(TOPS[0], abs=1e-6)


def test_a_descent_that_begins_at_the_bottom_is_over() -> None:
    assert list(descent.descend(VALLEY, VALLEY.bottom, WAYS["plain"])) == [State(VALLEY.bottom)]
