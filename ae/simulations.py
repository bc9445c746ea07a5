"""Made data, and what PCA, a linear autoencoder and a small curved one make of them.

Points of which the truth is known, a curve or a sheet with noise around it, are squeezed to one
number each, or to two, and drawn again. An error is the squared distance between a point and its
reconstruction; of many points, the mean.

>>> from ae import simulations
>>> made = simulations.SIMULATIONS["half_circle"]
>>> points = made.points()  # (300, 2)
>>> training = simulations.Training(made.start("curved", seed=3), points)
>>> loss = next(training)  # one epoch, and the error after it
>>> net = training.run()  # the other 999
>>> net.encode(points).shape
(300, 1)

The browser trains the same nets from the same starts (``static/simulation.js``). So points and
starts are float32, which travels as it is, and all that is computed from them is float64.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Literal, NamedTuple, Self, TypeVar, final

import numpy as np
import numpy.typing as npt

from ae.arrays import Float32, as_array, as_count
from ae.families import N_

Float64 = npt.NDArray[np.float64]
Array = TypeVar("Array", Float32, Float64)
Kind = Literal["linear", "curved"]

KINDS: tuple[Kind, ...] = "linear", "curved"

POINTS = 300
EPOCHS = 1000
"""Of a training; an epoch is one step with all points."""
SEEDS = 20
"""So many starts, 0 to 19, were measured for the table at the end of this file."""
TWICE = 2.0
"""A start converges if its error ends below this many times that of the best start."""

_HIDDEN = 16  # units of the layer on either side of the curved net's code

# Adam's settings. The rate falls in a straight line to nothing, and squares are forgotten ten times
# as fast as is usual, because a thousand epochs are few: with 0.999 the median start on the spiral
# ends at 0.0056 instead of 0.0038.
RATE = 0.05
MEAN_DECAY, SQUARE_DECAY, EPSILON = 0.9, 0.99, 1e-8

_GRID = {1: (2000,), 2: (250, 80)}  # places that stand for all of a curve, of a sheet


@final
@dataclass(frozen=True, kw_only=True)
class Simulation:
    """One kind of made data.

    Attributes
    ----------
    title : English source string; the screen translates it.
    manifold : the truth, a curve or a sheet: coordinates in [0, 1], (n, code_size), to places,
        (n, dimensions).
    code_size : coordinates of the truth, and numbers that a point is squeezed to.
    noise : standard deviation of what is added to each dimension.
    seed : of the start that is shown first. Most of the spiral's leap across its middle, which
        costs hardly any error; this one follows it all along.
    best, failed : of the curved net's `SEEDS` starts over `points()`, the least error, and those
        that do not converge, as ``python -m ae simulate NAME --seeds 20`` prints them.
    """

    name: str
    title: str
    manifold: Callable[[Float64], Float64]
    dimensions: int
    code_size: int = 1
    noise: float
    seed: int = 0
    best: float
    failed: tuple[int, ...] = ()

    def points(self, n: int = POINTS, seed: int = 0) -> Float32:
        """Make points: places chosen evenly in the truth's coordinates, and normal noise.

        Returns
        -------
        float32 array of shape (n, dimensions), read-only.
        """
        random = np.random.default_rng(as_count(seed, "seed", 0))
        places = self.manifold(random.random((as_count(n, "n"), self.code_size)))
        noise = self.noise * random.standard_normal(places.shape)
        return _read_only((places + noise).astype(np.float32))

    def start(self, kind: Kind, seed: int = 0) -> Net:
        """Give an untrained net; the same seed gives the same one for all data of these sizes."""
        hidden = (_HIDDEN,) if kind == "curved" else ()
        widths = (self.dimensions, *hidden, self.code_size, *hidden, self.dimensions)
        return Net.start(widths, seed)

    def from_truth(self, places: Float32 | Float64) -> Float64:
        """Measure how far places, (n, dimensions), are from the truth: (n,), squared distances.

        The truth is a grid here, so each is a little too large: by 0.0002 at most.
        """
        evenly = [(np.arange(size) + 0.5) / size for size in _GRID[self.code_size]]
        grid = np.stack(np.meshgrid(*evenly), axis=-1).reshape(-1, self.code_size)
        truth = self.manifold(grid)
        return np.array([squared_distances(place, truth).min() for place in places])


@final
@dataclass(frozen=True, eq=False)
class PCA:
    """The line or plane of closest fit (Pearson, "On lines and planes of closest fit", 1901).

    `ae.pca.PCA` is of digits, and clips what it draws.

    Attributes
    ----------
    mean : (dimensions,). components : (code_size, dimensions), orthonormal rows, strongest first;
        each row's largest entry in size is positive.
    """

    mean: Float64
    components: Float64

    @classmethod
    def fit(cls, x: Float32, code_size: int) -> Self:
        """Find the mean and the directions in which points, (n, dimensions), vary most."""
        x = _as_points(x)
        as_count(code_size, "code_size", 1, x.shape[1])
        mean = x.mean(axis=0, dtype=np.float64)
        _, vectors = np.linalg.eigh((x - mean).T @ (x - mean))  # weakest first
        components = vectors.T[::-1][:code_size]
        largest = np.abs(components).argmax(axis=1)[:, None]
        components = components * np.sign(np.take_along_axis(components, largest, 1))
        return cls(_read_only(mean), _read_only(components))

    def encode(self, x: Float32) -> Float64:
        """Project points: (n, dimensions) -> (n, code_size)."""
        codes: Float64 = (_as_points(x, len(self.mean)) - self.mean) @ self.components.T
        return codes

    def decode(self, z: Float64) -> Float64:
        """Go back to the line or plane: (n, code_size) -> (n, dimensions)."""
        places: Float64 = z @ self.components + self.mean
        return places


@final
@dataclass(frozen=True, eq=False)
class Net:
    """An autoencoder of a few units, its parameters in one row.

    The layers before and after the code bend by tanh; the code and the reconstruction are linear
    (Kramer, "Nonlinear principal component analysis using autoassociative neural networks", 1991).
    Without such layers the whole is linear, and the best it can do is PCA (Baldi & Hornik, "Neural
    networks and principal component analysis", 1989).

    Attributes
    ----------
    widths : units of each layer, the points' dimensions at both ends, the code in the middle.
    parameters : (p,), for each layer its weights, (inputs, units) row by row, and its bias,
        (units,). Read-only.
    """

    widths: tuple[int, ...]
    parameters: Float64

    @classmethod
    def start(cls, widths: tuple[int, ...], seed: int = 0) -> Self:
        """Roll weights that carry signals through unchanged in size; every bias is zero.

        Glorot & Bengio, "Understanding the difficulty of training deep feedforward neural
        networks", 2010, eq. 16. What is rolled is rounded to float32.
        """
        random = np.random.default_rng(as_count(seed, "seed", 0))
        parts = []
        for inputs, units in pairwise(widths):
            bound = np.sqrt(6 / (inputs + units))
            parts += [random.uniform(-bound, bound, inputs * units), np.zeros(units)]
        return cls(widths, _read_only(np.concatenate(parts).astype(np.float32).astype(np.float64)))

    def encode(self, x: Float32) -> Float64:
        """Squeeze points: (n, dimensions) -> (n, code_size)."""
        return self._through(_as_points(x, self.widths[0]).astype(np.float64), 0)

    def decode(self, z: Float64) -> Float64:
        """Draw points of codes: (n, code_size) -> (n, dimensions)."""
        return self._through(z, len(self.widths) // 2)

    def _through(self, a: Float64, first: int) -> Float64:
        """Send numbers through half of the layers, from this one on."""
        half = len(self.widths) // 2
        for i, layer in list(enumerate(_layers(self.widths, self.parameters)))[first:][:half]:
            a = layer(a)
            if _bends(i, self.widths):
                a = np.tanh(a)
        return a


class _Layer(NamedTuple):
    """Weights, (inputs, units), and bias, (units,): views of a row of numbers."""

    weights: Float64
    bias: Float64

    def __call__(self, a: Float64) -> Float64:
        before: Float64 = a @ self.weights + self.bias
        return before


def _layers(widths: tuple[int, ...], row: Float64) -> list[_Layer]:
    """Find the layers in a row of parameters, or of their derivatives."""
    layers, at = [], 0
    for inputs, units in pairwise(widths):
        bias = at + inputs * units
        layers.append(_Layer(row[at:bias].reshape(inputs, units), row[bias : bias + units]))
        at = bias + units
    return layers


def _bends(i: int, widths: tuple[int, ...]) -> bool:
    """Is this layer neither the code's nor the last?"""
    return i + 1 not in (len(widths) // 2, len(widths) - 1)


@final
class Training:
    """The training of a net, epoch by epoch: ``next(training)`` is one, and so is each of a loop.

    Each epoch is one step of Adam (Kingma & Ba, "Adam", 2015, algorithm 1) against the gradient of
    the mean error over all points (Rumelhart, Hinton & Williams, "Learning representations by
    back-propagating errors", 1986). Nothing is left to chance but the start.

    Attributes
    ----------
    epoch : how many are over. epochs : how many there will be.
    loss : the mean error over the points now.
    """

    def __init__(self, start: Net, points: Float32, epochs: int = EPOCHS) -> None:
        """Begin; raises ``ValueError`` for what are no points, or points of other dimensions."""
        self._widths = start.widths
        self._points = _as_points(points, start.widths[0]).astype(np.float64)
        self._parameters = start.parameters.copy()
        self._mean = np.zeros_like(self._parameters)
        self._square = np.zeros_like(self._parameters)
        self.epoch, self.epochs = 0, as_count(epochs, "epochs")
        self.loss, self._gradient = _gradient(self._widths, self._parameters, self._points)

    @property
    def net(self) -> Net:
        """The net as it is now: a copy, which later epochs leave alone."""
        return Net(self._widths, _read_only(self._parameters.copy()))

    def __iter__(self) -> Iterator[float]:
        return self

    def __next__(self) -> float:
        """Train for one epoch, and give the loss after it."""
        if self.epoch == self.epochs:
            raise StopIteration
        rate = RATE * (1 - self.epoch / self.epochs)
        self.epoch += 1
        self._mean += (1 - MEAN_DECAY) * (self._gradient - self._mean)
        self._square += (1 - SQUARE_DECAY) * (self._gradient**2 - self._square)
        mean = self._mean / (1 - MEAN_DECAY**self.epoch)
        square = self._square / (1 - SQUARE_DECAY**self.epoch)
        self._parameters -= rate * mean / (np.sqrt(square) + EPSILON)
        self.loss, self._gradient = _gradient(self._widths, self._parameters, self._points)
        return self.loss

    def run(self) -> Net:
        """Train to the end, and give the net."""
        for _ in self:
            pass
        return self.net


def _gradient(widths: tuple[int, ...], parameters: Float64, x: Float64) -> tuple[float, Float64]:
    """Give the mean error over the points, and its derivatives by the parameters, (p,)."""
    layers, row = _layers(widths, parameters), np.empty_like(parameters)
    activations = [x]
    for i, layer in enumerate(layers):
        a = layer(activations[-1])
        activations.append(np.tanh(a) if _bends(i, widths) else a)
    missed = activations[-1] - x
    delta = 2 * missed / len(x)  # the derivatives by what a layer gives before it bends, (n, units)
    for i, derivatives in reversed([*enumerate(_layers(widths, row))]):
        derivatives.weights[:] = activations[i].T @ delta
        derivatives.bias[:] = delta.sum(axis=0)
        delta = delta @ layers[i].weights.T
        if _bends(i - 1, widths):
            delta *= 1 - activations[i] ** 2
    return float((missed**2).sum() / len(x)), row


@final
@dataclass(frozen=True, eq=False)
class Result:
    """What is left of points after a bottleneck.

    Attributes
    ----------
    model : what squeezed them, fitted or trained.
    errors : (n,), of each point.
    from_truth : how far the reconstructions are from the truth, the mean of squared distances. The
        points themselves are as far from it as noise has put them.
    """

    model: PCA | Net
    errors: Float64
    from_truth: float

    @classmethod
    def of(cls, model: PCA | Net, points: Float32, made: Simulation) -> Self:
        """Squeeze points, (n, dimensions), and measure."""
        reconstruction = model.decode(model.encode(points))
        from_truth = float(made.from_truth(reconstruction).mean())
        return cls(model, squared_distances(points, reconstruction), from_truth)

    @property
    def error(self) -> float:
        """The mean over the points."""
        return float(self.errors.mean())


def squeeze(
    made: Simulation, points: Float32, *, seed: int = 0, epochs: int = EPOCHS
) -> Mapping[str, Result]:
    """Squeeze points, (n, dimensions), by PCA, a linear autoencoder and a curved one.

    Parameters
    ----------
    seed : of both nets' start. epochs : of both trainings.

    Returns
    -------
    The three results under ``"pca"``, ``"linear"`` and ``"curved"``.
    """
    pca = PCA.fit(points, made.code_size)
    nets = (Training(made.start(kind, seed), points, epochs).run() for kind in KINDS)
    models: tuple[PCA | Net, ...] = (pca, *nets)
    results = (Result.of(model, points, made) for model in models)
    return dict(zip(("pca", *KINDS), results, strict=True))


def last_losses(
    made: Simulation, points: Float32, seeds: int = SEEDS, epochs: int = EPOCHS
) -> Iterator[float]:
    """Train the curved net from starts 0, 1, …, and give the error that each ends with."""
    for seed in range(as_count(seeds, "seeds")):
        training = Training(made.start("curved", seed), points, epochs)
        training.run()
        yield training.loss


def converge(losses: Sequence[float]) -> list[bool]:
    """Tell which starts converge: those that end below `TWICE` the least error of all."""
    return [loss < TWICE * min(losses) for loss in losses]


def squared_distances(a: npt.NDArray[np.floating], b: Float64) -> Float64:
    """Between places, (…, dimensions), one by one: (…,)."""
    distances: Float64 = ((a - b) ** 2).sum(axis=-1)
    return distances


def _as_points(x: Float32, dimensions: int | None = None) -> Float32:
    as_array(x, ("n", dimensions or "dimensions"), "points", hint="; for one point use x[None]")
    as_count(len(x), "number of points")
    return x


def _read_only(array: Array) -> Array:
    array.setflags(write=False)
    return array


# The truth of each


def _line(t: Float64) -> Float64:
    """2.4 long, at 30 degrees."""
    return 2.4 * (t - 0.5) * (np.cos(np.pi / 6), np.sin(np.pi / 6))


def _half_circle(t: Float64) -> Float64:
    """Of radius 1, shifted so that the mean is the origin."""
    angle = np.pi * t
    return np.hstack([np.cos(angle), np.sin(angle) - 2 / np.pi])


def _spiral(t: Float64) -> Float64:
    """One turn of Archimedes' spiral, outwards from radius 0.43 to 1.3."""
    angle = np.pi * (1 + 2 * t)
    radius = 1.3 * angle / (3 * np.pi)
    return np.hstack([radius * np.cos(angle), radius * np.sin(angle)])


def _two_clusters(t: Float64) -> Float64:
    """Two places."""
    return np.sign(t - 0.5) * (0.7, 0.4)


def _s_sheet(t: Float64) -> Float64:
    """Five eighths of each of two circles of radius 0.6, which touch in the middle; 1.6 wide."""
    angle, across = 2.5 * np.pi * (t[:, :1] - 0.5), 1.6 * (t[:, 1:] - 0.5)
    return np.hstack([0.6 * np.sin(angle), across, 0.6 * np.sign(angle) * (np.cos(angle) - 1)])


# THE table of made data. All of it is about 2 across, so that one recipe trains it. `best` and
# `failed` were measured, and a test measures them again.
# fmt: off
_TABLE = (
    Simulation(
        name="noisy_line", title=N_("A line"), manifold=_line,
        dimensions=2, noise=0.1, best=0.008925,
    ),
    Simulation(
        name="half_circle", title=N_("A half circle"), manifold=_half_circle,
        dimensions=2, noise=0.05, best=0.002066,
    ),
    Simulation(
        name="spiral", title=N_("A spiral"), manifold=_spiral,
        dimensions=2, noise=0.05, seed=1, best=0.003018, failed=(8, 15),
    ),
    Simulation(
        name="two_clusters", title=N_("Two clusters"), manifold=_two_clusters,
        dimensions=2, noise=0.2, best=0.03182,
    ),
    Simulation(
        name="s_sheet", title=N_("An S-shaped sheet"), manifold=_s_sheet,
        dimensions=3, code_size=2, noise=0.05, best=0.005225,
    ),
)
# fmt: on
SIMULATIONS: Mapping[str, Simulation] = MappingProxyType({made.name: made for made in _TABLE})
