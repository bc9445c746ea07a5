"""What single units do, and codes that no digit has: the same for every model."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

import ae
from ae import facts, generation, units
from ae.evaluation import mse
from ae.model import Model

ONE_LAYER = [*(name for name in ae.FAMILIES if facts.draws_in_one_layer(name)), "pca"]


@pytest.fixture(scope="module", params=ae.MODELS)
def model(request: pytest.FixtureRequest) -> Model:
    return ae.load(request.param)


@pytest.fixture(scope="module")
def digit() -> np.ndarray:
    return ae.drawing.from_strokes(ae.samples.SAMPLES["5b"])


def test_an_effect_is_the_difference_that_one_unit_makes(model: Model) -> None:
    effects = units.effects(model)
    n = model.code_size
    assert effects.shape == (n, 28, 28) and np.abs(effects).max() <= 1
    for unit in (0, n // 2, n - 1):
        code = np.stack([model.statistics.code_mean] * 2)
        code[:, unit] = 0, model.statistics.code_percentiles[-1, unit]
        without, with_unit = model.decode(code)
        assert_allclose(effects[unit], with_unit - without, atol=1e-5)


def test_a_part_is_what_goes_with_the_unit(model: Model, digit: np.ndarray) -> None:
    code = model.encode(digit[None])[0].copy()
    off, on = 4 % model.code_size, 9 % model.code_size
    code[off] = 0
    parts = units.parts(model, code)
    assert_allclose(parts[off], 0, atol=1e-5)
    assert np.abs(parts).max() > 0.1
    without = code.copy()
    without[on] = 0
    difference = model.decode(code[None])[0] - model.decode(without[None])[0]
    assert_allclose(parts[on], difference, atol=1e-5)


def test_the_build_up_ends_at_the_reconstruction(model: Model, digit: np.ndarray) -> None:
    code = model.encode(digit[None])[0]
    order, steps = units.strongest_first(model, code), units.build_up(model, code)
    assert sorted(order) == np.flatnonzero(code).tolist()
    change = []  # of the picture, when one unit is switched off
    for unit in order:
        without = code.copy()
        without[unit] = 0
        change.append(np.linalg.norm(model.decode(without[None]) - model.decode(code[None])))
    assert np.all(np.diff(change) <= 1e-4)
    assert len(steps) == len(order) + 1
    assert_allclose(steps[0], model.decode(np.zeros_like(code[None]))[0], atol=1e-5)
    assert_allclose(steps[-1], model.reconstruct(digit[None])[0], atol=1e-5)
    errors = mse(np.stack([digit] * len(steps)), steps)
    assert errors[-1] < errors[0]


@pytest.mark.parametrize("name", ONE_LAYER)
def test_of_one_layer_the_steps_are_partial_sums(name: str, digit: np.ndarray) -> None:
    """Bias plus the strongest atoms, added by hand before the activation."""
    model = ae.load(name)
    code = model.encode(digit[None])[0]
    if isinstance(model, ae.pca.PCA):
        total, squash = model.mean.astype(float), lambda a: np.clip(a, 0, 1)
    else:
        total = model.decoder[0].bias.astype(float)
        sigmoid = model.decoder[0].activation == "sigmoid"
        squash = (lambda a: 1 / (1 + np.exp(-a))) if sigmoid else (lambda a: np.clip(a, 0, 1))
    atoms = model.atoms().reshape(32, 784).astype(float)
    steps = units.build_up(model, code).reshape(-1, 784)
    order = units.strongest_first(model, code)
    for step, unit in enumerate(order, 1):
        total = total + code[unit] * atoms[unit]
        assert_allclose(steps[step], squash(total), atol=1e-4)


def test_nothing_of_an_empty_code(model: Model) -> None:
    empty = np.zeros(model.code_size, np.float32)
    assert units.strongest_first(model, empty) == []
    assert units.build_up(model, empty).shape == (1, 28, 28)
    assert_allclose(units.parts(model, empty), 0, atol=1e-5)


# Codes that no digit has


def test_random_codes_stay_where_codes_are(model: Model) -> None:
    codes = facts.load().codes[model.name, "best"]
    low, _, high = model.statistics.code_percentiles
    samples = generation.uniform(model.statistics, 4000, np.random.default_rng(0))
    assert (samples.shape, samples.dtype.name) == ((4000, model.code_size), "float32")
    assert np.all((samples >= low - 1e-6) & (samples <= high + 1e-6))
    assert_allclose(samples.mean(axis=0), (low + high) / 2, atol=0.03 * (high - low).max())
    samples = generation.gaussian(codes, 4000, np.random.default_rng(0))
    assert np.all((samples >= codes.least) & (samples <= codes.most))
    spread = np.sqrt(np.diag(codes.covariance))
    # Brought back into the range, a few percent move; the others have the codes' mean and spread.
    assert np.abs(samples.mean(axis=0) - codes.mean).max() < 0.25 * spread.max()
    inside = (samples > codes.least) & (samples < codes.most)
    assert inside.mean() > 0.7
    pairs = np.triu_indices(model.code_size, 1)
    correlation = np.corrcoef(samples.T)[pairs]
    wanted = (codes.covariance / np.outer(spread, spread))[pairs]
    if np.abs(wanted).max() > 0.2:  # PCA's codes are uncorrelated
        assert np.corrcoef(correlation, wanted)[0, 1] > 0.9


def test_the_same_seed_rolls_the_same_codes(model: Model) -> None:
    codes = facts.load().codes[model.name, "best"]
    for roll in (
        lambda seed: generation.prior(5, 3, 1.0, np.random.default_rng(seed)),
        lambda seed: generation.uniform(model.statistics, 3, np.random.default_rng(seed)),
        lambda seed: generation.gaussian(codes, 3, np.random.default_rng(seed)),
    ):
        assert_array_equal(roll(1), roll(1))
        assert np.abs(roll(1) - roll(2)).max() > 0


def test_a_mix_lies_in_the_middle() -> None:
    a, b = np.zeros((2, 32), np.float32), np.full((2, 32), 4, np.float32)
    assert_array_equal(generation.between(a, b), np.full((2, 32), 2, np.float32))


@pytest.mark.parametrize("temperature", [0.0, 0.5, 1.0, 2.0])
def test_codes_from_the_prior_are_normal(temperature: float) -> None:
    samples = generation.prior(4, 2000, temperature, np.random.default_rng(0))
    assert (samples.shape, samples.dtype.name) == ((2000, 4), "float32")
    if temperature:
        assert stats.kstest(samples.ravel() / temperature, "norm").pvalue > 0.01
        assert np.abs(np.corrcoef(samples.T)[np.triu_indices(4, 1)]).max() < 0.08
    else:
        assert_array_equal(samples, np.zeros((2000, 4)))


@pytest.mark.parametrize("name", ae.MODELS)
def test_what_ships_has_steps_of_a_hundredth(name: str) -> None:
    assert units.axis_step(*ae.load(name).statistics.code_axis) == (0.01, 2)


@pytest.mark.parametrize("size", [1e-6, 0.004, 0.02999, 0.03, 1, 299, 301, 1e5, 1e8])
@pytest.mark.parametrize("low", [0, -0.7])
def test_a_step_follows_the_axis(size: float, low: float) -> None:
    bottom, top = low * size, (1 + low) * size
    step, decimals = units.axis_step(bottom, top)
    assert step == float(f"1e-{decimals}") and size / step * 1.0001 >= 300
    assert size / step < 3001 or step == 1
    # What makes sliders fail is an axis whose ends are one after rounding.
    assert round(top, decimals) - round(bottom, decimals) == pytest.approx(size, abs=step)
