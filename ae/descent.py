"""Gradient descent on a loss that is seen whole: one number learns, in three ways.

A linear net with one free number squeezes points of the plane to one number each: the angle of the
line onto which it projects them. Its loss is the mean squared distance between the points and the
line, and so a curve over the angle, with one valley. The valley's bottom is known exactly: it is
PCA's direction (Baldi & Hornik, "Neural networks and principal component analysis", 1989).

>>> from ae import descent
>>> valley = descent.Valley.of(descent.points())
>>> *_, last = descent.descend(valley, descent.START, descent.WAYS["adadelta_now"])
>>> last.steps, abs(last.angle - descent.START) < 0.003  # after a thousand steps: 0.12 degrees
(1000, True)

The browser makes the same steps (``static/descent.js``). Angles are in radians.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple, Self, final

import numpy as np

from ae.arrays import Float32, as_array
from ae.simulations import SIMULATIONS, Float64

STEPS = 1000
"""A descent is over after so many."""
START = math.radians(-45)
"""Near the top: 75 degrees away from the valley's bottom."""
ARRIVED = 1e-3
"""A descent has arrived if it is that near to the bottom, and its last move was no larger."""

# Adadelta's settings in Keras, then and now: `keras.optimizers.Adadelta`.
RHO, EPSILON = 0.95, 1e-7

RATES = 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0
"""From one that crawls to one that jumps over the valley for ever; at all of them a descent that
begins between the two tops beside the valley stays between them."""


def points() -> Float32:
    """Give the points that are squeezed, (300, 2): a noisy line, at about 30 degrees."""
    return SIMULATIONS["noisy_line"].points()


@final
@dataclass(frozen=True, eq=False)
class Valley:
    """The loss of one angle.

    Attributes
    ----------
    mean : (2,), through which the line goes. covariance : (2, 2), of the points.
    """

    mean: Float64
    covariance: Float64

    @classmethod
    def of(cls, x: Float32) -> Self:
        """Measure points, (n, 2)."""
        as_array(x, ("n", 2), "points")
        mean = x.mean(axis=0, dtype=np.float64)
        return cls(mean, (x - mean).T @ (x - mean) / len(x))

    def loss(self, angle: float) -> float:
        """Give the mean squared distance between the points and the line at an angle.

        It is what the points vary by, ``trace C``, less what they vary by along the line, ``w C w``
        for the direction ``w = (cos, sin)``.
        """
        along = _direction(angle)
        return float(np.trace(self.covariance) - along @ self.covariance @ along)

    def derivative(self, angle: float) -> float:
        """Give how much the loss grows per radian, exactly: ``-2 w' C w``."""
        along, across = _direction(angle), _direction(angle + math.pi / 2)
        return float(-2 * across @ self.covariance @ along)

    @property
    def bottom(self) -> float:
        """The angle of the least loss, between -90 and 90 degrees: PCA's direction.

        The tops are at right angles to it, on either side.
        """
        (xx, xy), (_, yy) = self.covariance
        return math.atan2(2 * xy, xx - yy) / 2


def _direction(angle: float) -> Float64:
    return np.array([math.cos(angle), math.sin(angle)])


@final
@dataclass(frozen=True)
class Way:
    """How a derivative becomes a move.

    Attributes
    ----------
    rate : the learning rate, which each move is multiplied by.
    adadelta : whether moves are scaled by those before them; else it is plain gradient descent.
    """

    rate: float
    adadelta: bool = False


# The rate that Keras fills in for Adadelta was 1.0 when the tutorial was written, and is 0.001 now.
WAYS: Mapping[str, Way] = MappingProxyType(
    {
        "plain": Way(rate=0.5),
        "adadelta_then": Way(rate=1.0, adadelta=True),
        "adadelta_now": Way(rate=0.001, adadelta=True),
    }
)


class State(NamedTuple):
    """Where a descent is.

    Attributes
    ----------
    angle : in radians.
    steps : how many were made. move : the last of them, in radians.
    slopes, moves : running means of squares, of the derivatives and of the moves before the rate:
        what Adadelta remembers.
    """

    angle: float
    steps: int = 0
    move: float = 0.0
    slopes: float = 0.0
    moves: float = 0.0


def step(state: State, derivative: float, way: Way) -> State:
    """Make one step against a derivative.

    Plain, a move is ``-rate * g``. Adadelta (Zeiler, "ADADELTA: an adaptive learning rate method",
    arXiv:1212.5701, 2012, algorithm 1) puts the moves before and the slopes before in the rate's
    place, both as ``RMS(v) = sqrt(mean of v² + epsilon)``:
    ``-RMS(moves) / RMS(slopes) * g``, and Keras multiplies that by a rate again. While it has not
    moved yet, epsilon alone says how far to go: 0.0014 radians at first, whatever the slope.
    """
    angle, steps, _, slopes, moves = state
    if not way.adadelta:
        move = -way.rate * derivative
        return State(angle + move, steps + 1, move)
    slopes = RHO * slopes + (1 - RHO) * derivative**2
    raw = -math.sqrt(moves + EPSILON) / math.sqrt(slopes + EPSILON) * derivative
    moves = RHO * moves + (1 - RHO) * raw**2
    move = way.rate * raw
    return State(angle + move, steps + 1, move, slopes, moves)


def arrived(valley: Valley, state: State) -> bool:
    """Tell whether a descent lies at the valley's bottom and stays there."""
    return max(abs(state.angle - valley.bottom), abs(state.move)) < ARRIVED


def descend(valley: Valley, start: float, way: Way) -> Iterator[State]:
    """Begin at an angle, and give where each step leads, until it has arrived or `STEPS` are over.

    What it begins with comes first.
    """
    state = State(start)
    yield state
    while state.steps < STEPS and not arrived(valley, state):
        state = step(state, valley.derivative(state.angle), way)
        yield state
