"""The search: where it must end is known for PCA, and its parabola for every model."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

import ae
from ae.compression import search
from ae.compression.mixture import Mixture
from ae.compression.prior import Grid
from ae.pca import PCA
from tests.ae.compression.conftest import with_prior


def grey() -> tuple[PCA, np.ndarray, np.ndarray]:
    """PCA of pictures that stay away from 0 and 1, where nothing is cut off; digits and codes."""
    rng = np.random.default_rng(0)
    x = (0.5 + 0.05 * rng.normal(0, 1, (300, 784)).clip(-3, 3)).astype(np.float32)
    pca = PCA.fit(x, 5)
    return pca, x[:40], pca.encode(x[:40])


def test_the_best_code_of_a_linear_decoder_has_a_formula() -> None:
    """Squared error and one normal distribution: ridge regression."""
    pca, x, z = grey()
    root = np.random.default_rng(1).normal(0, 0.3, (5, 5))
    mixture = Mixture(np.ones(1), np.full((1, 5), 0.1), (root @ root.T + 0.1 * np.eye(5))[None])
    price = 0.5
    nat = price / np.log(2) / 2
    precision = mixture.precisions[0]
    wanted = np.linalg.solve(
        np.eye(5) + nat * precision, (z + nat * precision @ mixture.means[0]).T
    )
    found = search.find(pca, mixture, (z + 1).astype(np.float32), x, price)
    assert_allclose(found, wanted.T, atol=1e-3)


def test_on_a_grid_orthogonal_components_are_rounded() -> None:
    pca, x, z = grey()
    flat = Mixture(np.ones(1), np.zeros((1, 5)), 1e6 * np.eye(5)[None])
    grid = Grid(np.full(5, 0.1), np.full(5, -20), np.full(5, 20))
    symbols = search._snap(pca, flat, z, x, 1e-9, grid)
    # But for ties: the components are orthogonal to float32.
    assert np.mean(symbols == grid.round(z)) > 0.99


@pytest.mark.parametrize("name", ae.MODELS)
def test_the_parabola_has_the_costs_slope(name: str, digits: np.ndarray) -> None:
    """By central differences along the slope."""
    model, prior = with_prior(name)
    x = digits[:8].reshape(8, 784)
    z = model.encode(x) + np.float32(0.01)
    price = search.bit_price(model, prior, prior.grid(5))
    _, down = search._parabola(model, prior.mixture, z, x, price)
    unit = down / np.linalg.norm(down, axis=1, keepdims=True)
    h = np.float32(3e-4)
    ahead, behind = (
        search._cost(model, prior.mixture, (z + sign * h * unit).astype(np.float32), x, price)
        for sign in (1, -1)
    )
    slope = (behind - ahead) / (2 * h)
    off = np.abs(slope / np.linalg.norm(down, axis=1) / 2 - 1)
    # Where a ReLU bends in between, the difference is of both sides.
    assert np.sort(off)[-2] < 0.04 and np.median(off) < 0.01


@pytest.mark.parametrize("name", ["deep", "pca", "sparse", "vae2"])
def test_no_code_gets_worse(name: str, digits: np.ndarray) -> None:
    model, prior = with_prior(name)
    x = digits.reshape(-1, 784)
    z, grid = model.encode(x), prior.grid(4)
    price = search.bit_price(model, prior, grid)

    def cost(codes: np.ndarray) -> np.ndarray:
        return search._cost(model, prior.mixture, codes, x, price)

    found = search.find(model, prior.mixture, z, x, price)
    assert np.all(cost(found) <= cost(z)) and cost(found).mean() < 0.95 * cost(z).mean()
    snapped = grid.values(search._snap(model, prior.mixture, found, x, price, grid))
    rounded = grid.values(grid.round(found))
    assert np.all(cost(snapped) <= cost(rounded)) and cost(snapped).mean() < cost(rounded).mean()


def test_a_dearer_bit_makes_shorter_and_worse_codes(digits: np.ndarray) -> None:
    model, prior = with_prior("deep")
    x = digits.reshape(-1, 784)
    nats, errors = [], []
    for price in (0.01, 0.1, 1.0):
        z = search.find(model, prior.mixture, model.encode(x), x, price)
        nats.append(-prior.mixture.density(z)[0].mean())
        errors.append(np.square(model.decode(z).reshape(-1, 784) - x).mean())
    assert nats == sorted(nats, reverse=True) and errors == sorted(errors)
