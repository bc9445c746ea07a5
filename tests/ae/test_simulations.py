"""Made data, PCA and two nets, against closed forms, finite differences and the documents."""

from __future__ import annotations

import re
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from ae import simulations
from ae.cli import main
from ae.simulations import (
    KINDS,
    PCA,
    SIMULATIONS,
    Net,
    Simulation,
    Training,
    converge,
    squared_distances,
)

ROOT = Path(__file__).parents[2]
MADE = list(SIMULATIONS.values())
made = pytest.mark.parametrize("made", MADE, ids=list(SIMULATIONS))
kinds = pytest.mark.parametrize("kind", KINDS)


def eigenvalues(points: np.ndarray) -> np.ndarray:
    """What the points vary by along each principal direction, the largest first: by an SVD."""
    centred = points.astype(float) - points.mean(axis=0, dtype=float)
    return np.linalg.svd(centred, compute_uv=False) ** 2 / len(points)


# The data


@made
def test_points_are_the_same_each_time_and_lie_around_the_truth(made: Simulation) -> None:
    points = made.points(2000)
    assert points.dtype == np.float32 and points.shape == (2000, made.dimensions)
    assert not points.flags.writeable
    assert_array_equal(points, made.points(2000))
    assert np.abs(points - made.points(2000, seed=1)).max() > 0.1
    # Noise along the truth leads to another place of it (but at its ends), so it is what stands
    # across that counts; two places have no along.
    along = 0 if made.name == "two_clusters" else made.code_size
    expected = made.noise**2 * (made.dimensions - along)
    assert made.from_truth(points).mean() == pytest.approx(expected, rel=0.15)


# Of places of the plane: how far from the whole line or circle. Those are chosen that lie nearest
# to its middle and not to its ends.
def from_line(x: np.ndarray) -> np.ndarray:
    return (x @ [-np.sin(np.pi / 6), np.cos(np.pi / 6)]) ** 2


def from_circle(x: np.ndarray) -> np.ndarray:
    return (np.hypot(x[:, 0], x[:, 1] + 2 / np.pi) - 1) ** 2


@pytest.mark.parametrize(
    ("name", "oracle", "near"),
    [
        ("noisy_line", from_line, lambda x: np.linalg.norm(x, axis=1) < 1),
        ("half_circle", from_circle, lambda x: x[:, 1] > -2 / np.pi),
    ],
)
def test_the_distance_from_the_truth_is_right_to_its_bound(name, oracle, near) -> None:
    places = np.random.default_rng(0).uniform(-1.2, 1.2, (400, 2))
    places = places[near(places)]
    found = SIMULATIONS[name].from_truth(places)
    assert (found - oracle(places)).min() > -1e-12
    assert (found - oracle(places)).max() < 2e-4


@made
def test_the_truth_is_no_farther_from_itself_than_the_bound(made: Simulation) -> None:
    coordinates = np.random.default_rng(0).random((300, made.code_size))
    assert made.from_truth(made.manifold(coordinates)).max() < 2e-4


def test_the_shapes_are_what_they_are_called() -> None:
    t = np.linspace(0, 1, 101)[:, None]
    x, y = SIMULATIONS["spiral"].manifold(t).T
    angle = np.unwrap(np.arctan2(y, x))
    assert angle[-1] - angle[0] == pytest.approx(2 * np.pi)
    assert_allclose(np.diff(np.hypot(x, y)), 1.3 * 2 / 3 / 100)  # Archimedes'

    s, across, z = SIMULATIONS["s_sheet"].manifold(np.random.default_rng(0).random((500, 2))).T
    assert_allclose(np.hypot(s, np.abs(z) - 0.6), 0.6, atol=1e-12)  # two circles that touch
    assert np.abs(across).max() <= 0.8
    assert len(np.unique(SIMULATIONS["two_clusters"].manifold(t[t != 0.5][:, None]), axis=0)) == 2


# PCA and the linear autoencoder, against closed forms


@made
def test_pca_misses_what_the_other_directions_vary_by(made: Simulation) -> None:
    points = made.points()
    pca = PCA.fit(points, made.code_size)
    errors = squared_distances(points, pca.decode(pca.encode(points)))
    assert errors.mean() == pytest.approx(eigenvalues(points)[made.code_size :].sum())
    assert_allclose(pca.components @ pca.components.T, np.eye(made.code_size), atol=1e-12)
    assert pca.encode(points).shape == (len(points), made.code_size)


def test_pca_of_a_half_circle_misses_what_calculus_says() -> None:
    """The height sin(t) over even t has variance 1/2 - 4/π², and noise adds its own."""
    made = SIMULATIONS["half_circle"]
    points = made.points(200_000)
    pca = PCA.fit(points, 1)
    error = squared_distances(points, pca.decode(pca.encode(points))).mean()
    assert error == pytest.approx(0.5 - 4 / np.pi**2 + made.noise**2, rel=0.01)
    assert_allclose(np.abs(pca.components), [[1, 0]], atol=0.01)


@made
@pytest.mark.parametrize("seed", [0, 7])
def test_the_trained_linear_autoencoder_is_pca(made: Simulation, seed: int) -> None:
    points = made.points()
    training = Training(made.start("linear", seed), points)
    net, pca = training.run(), PCA.fit(points, made.code_size)
    assert training.loss == pytest.approx(eigenvalues(points)[made.code_size :].sum(), rel=1e-6)
    ours, theirs = (model.decode(model.encode(points)) for model in (net, pca))
    assert np.abs(ours - theirs).max() < 1e-3


# The nets and their training


@kinds
def test_a_start_is_glorots(kind) -> None:
    net = SIMULATIONS["s_sheet"].start(kind, 5)
    rest = net.parameters
    for inputs, units in pairwise(net.widths):
        weights, bias, rest = np.split(rest, [inputs * units, (inputs + 1) * units])
        bound = np.sqrt(6 / (inputs + units))
        assert 0.5 * bound < np.abs(weights).max() <= bound
        assert not bias.any()
    assert len(rest) == 0
    assert_array_equal(net.parameters, net.parameters.astype(np.float32))  # as it travels
    assert_array_equal(net.parameters, SIMULATIONS["s_sheet"].start(kind, 5).parameters)
    assert (net.parameters != SIMULATIONS["s_sheet"].start(kind, 6).parameters).any()


def test_the_code_and_the_reconstruction_are_linear_and_the_rest_bends() -> None:
    made = SIMULATIONS["half_circle"]
    net, points = made.start("curved"), made.points()
    weights = iter(np.split(net.parameters, np.cumsum([32, 16, 16, 1, 16, 16, 32])))
    (w1, b1), (w2, b2), (w3, b3), (w4, b4) = zip(weights, weights, strict=True)
    codes = np.tanh(points @ w1.reshape(2, 16) + b1) @ w2.reshape(16, 1) + b2
    places = np.tanh(codes @ w3.reshape(1, 16) + b3) @ w4.reshape(16, 2) + b4
    assert_allclose(net.encode(points), codes)
    assert_allclose(net.decode(codes), places)


@made
@kinds
def test_the_gradient_is_what_finite_differences_say(made: Simulation, kind) -> None:
    random = np.random.default_rng(0)
    points = made.points(40)
    start = made.start(kind)
    net = Net(start.widths, start.parameters + 0.1 * random.standard_normal(len(start.parameters)))

    def loss(parameters: np.ndarray) -> float:
        return Training(Net(net.widths, parameters), points).loss

    steps = 1e-5 * np.eye(len(net.parameters))
    slopes = [(loss(net.parameters + s) - loss(net.parameters - s)) / 2e-5 for s in steps]
    assert_allclose(Training(net, points)._gradient, slopes, rtol=1e-5, atol=1e-8)


def test_the_first_step_of_adam_goes_by_the_rate_against_each_sign() -> None:
    """Kingma & Ba, 2015, section 2.1: the corrected mean over the corrected root is then ±1."""
    made = SIMULATIONS["spiral"]
    training = Training(made.start("curved"), made.points())
    before, gradient = training.net.parameters, training._gradient
    next(training)
    moved = training.net.parameters - before
    assert_allclose(moved, -simulations.RATE * np.sign(gradient), rtol=1e-3)


def test_a_training_is_a_row_of_epochs_and_leaves_what_it_gave() -> None:
    made, points = SIMULATIONS["half_circle"], SIMULATIONS["half_circle"].points()
    training = Training(made.start("curved"), points, epochs=30)
    before = training.net
    kept = before.parameters.copy()
    first = list(islice(training, 10))
    assert training.epoch == 10 and training.loss == first[-1] < first[0]
    middle = training.net
    codes = middle.encode(points)
    error = squared_distances(points, middle.decode(codes)).mean()
    assert error == pytest.approx(training.loss)
    assert len(list(training)) == 20 and next(training, None) is None
    assert_array_equal(before.parameters, kept)
    assert_array_equal(middle.encode(points), codes)
    again = Training(made.start("curved"), points, epochs=30)
    assert_array_equal(again.run().parameters, training.net.parameters)
    with pytest.raises(ValueError, match="read-only"):
        training.net.parameters[0] = 1


@pytest.mark.parametrize("name", ["half_circle", "s_sheet"])
def test_a_curved_net_finds_the_truth_behind_the_noise(name: str) -> None:
    made = SIMULATIONS[name]
    points = made.points()
    pca, linear, curved = simulations.squeeze(made, points, seed=made.seed).values()
    assert curved.error < 0.05 * pca.error
    assert curved.errors.shape == (len(points),)
    noise = made.from_truth(points).mean()
    assert curved.from_truth < 0.5 * noise < noise < 0.1 * pca.from_truth
    assert linear.from_truth == pytest.approx(pca.from_truth, rel=1e-3)


def test_two_of_the_spirals_starts_follow_it_and_the_rest_leap_across() -> None:
    """The error says nothing of codes that no point has."""
    made = SIMULATIONS["spiral"]
    points = made.points()

    def farthest(seed: int) -> float:
        net = Training(made.start("curved", seed), points).run()
        codes = net.encode(points)
        ruler = np.linspace(codes.min(), codes.max(), 500)[:, None]
        return made.from_truth(net.decode(ruler)).max()

    ways = [farthest(seed) for seed in range(simulations.SEEDS)]
    followed = [seed for seed, way in enumerate(ways) if way < 0.02]
    assert len(followed) == 2 and made.seed in followed
    assert sum(way > 0.1 for way in ways) == simulations.SEEDS - 2


@pytest.mark.parametrize("epochs", [1, 50])
@pytest.mark.parametrize("places", [[[1, 2]], [[1, 2], [3, -1]], [[0.5, 0.5]] * 9])
def test_few_points_and_points_in_one_place_are_squeezed(places, epochs: int) -> None:
    points = np.array(places, np.float32)
    pca, *nets = simulations.squeeze(SIMULATIONS["half_circle"], points, epochs=epochs).values()
    assert pca.error < 1e-12
    assert all(np.isfinite(net.errors).all() for net in nets)


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (lambda m: m.points(0), "n: got 0"),
        (lambda m: m.points(seed=-1), "seed: got -1"),
        (lambda m: m.start("curved", -1), "seed: got -1"),
        (lambda m: Training(m.start("curved"), np.zeros((5, 3), np.float32)), r"shape \(5, 3\)"),
        (lambda m: Training(m.start("curved"), np.zeros((5, 2))), "dtype float64"),
        (lambda m: Training(m.start("curved"), np.zeros((0, 2), np.float32)), "number of points"),
        (lambda m: Training(m.start("curved"), np.full((5, 2), np.nan, np.float32)), "NaN"),
        (lambda m: Training(m.start("curved"), m.points(), epochs=0), "epochs: got 0"),
        (lambda m: PCA.fit(m.points(), 3), "code_size: got 3"),
        (lambda m: PCA.fit(m.points(), 1).encode(np.zeros(2, np.float32)), r"use x\[None\]"),
        (lambda m: list(simulations.last_losses(m, m.points(), 0)), "seeds: got 0"),
    ],
)
def test_what_cannot_be_is_said(what, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        what(SIMULATIONS["half_circle"])


# What ships, what the command says and what the documents say is measured again


def documented(name: str) -> list[str]:
    """The row of docs/command-line.md: errors of PCA, of the curved net, starts that converge."""
    text = (ROOT / "docs" / "command-line.md").read_text("utf-8")
    row = re.search(rf"^\| `{name}` \|(.+)\|$", text, re.MULTILINE)
    assert row, f"docs/command-line.md does not speak of {name}"
    return [cell.strip() for cell in row[1].split("|")]


@made
def test_the_share_that_converges_is_what_is_said(made: Simulation, capsys) -> None:
    assert main(["simulate", made.name, "--seeds", str(simulations.SEEDS)]) == 0
    printed = capsys.readouterr().out
    rows = re.findall(r"^ *(\d+)  (\d\.\d+) +(yes|no)$", printed, re.MULTILINE)
    assert [int(seed) for seed, *_ in rows] == list(range(simulations.SEEDS))
    losses = [float(loss) for _, loss, _ in rows]
    # Other processors may round otherwise, which a thousand epochs make larger.
    assert min(losses) == pytest.approx(made.best, rel=0.03)
    assert tuple(int(seed) for seed, _, fate in rows if fate == "no") == made.failed
    assert made.seed not in made.failed
    share = f"{simulations.SEEDS - len(made.failed)} of {simulations.SEEDS}"
    assert f"{share} starts converge" in printed

    pca = eigenvalues(made.points())[made.code_size :].sum()
    assert documented(made.name) == [
        str(made.code_size),
        f"{pca:.4f}",
        f"{made.best:.4f}",
        share,
    ]


def test_a_start_converges_below_twice_the_best() -> None:
    assert converge([0.2, 0.1, 0.19, 0.5]) == [False, True, True, False]
