"""Symbols and bytes: the same back, in as few bytes as the prior says, on every machine."""

from __future__ import annotations

import ast
import inspect
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

import ae
from ae.compression import Prior, coding, search
from ae.compression.mixture import Mixture
from tests.ae.compression.conftest import with_prior

BITS = st.integers(1, 8)


@given(name=st.sampled_from(ae.MODELS), bits=BITS, n=st.integers(1, 4), seed=st.integers(0, 99))
def test_any_symbols_come_back(name: str, bits: int, n: int, seed: int) -> None:
    _, prior = with_prior(name)
    levels = prior.grid(bits).levels
    symbols = np.random.default_rng(seed).integers(0, levels, (n, len(levels)))
    raw = coding.encode(symbols, prior, bits)
    assert_array_equal(coding.decode(raw, prior, bits, n), symbols)


@pytest.mark.parametrize("bits", [1, 5, 8])
@pytest.mark.parametrize("name", ae.MODELS)
def test_the_bytes_are_what_the_prior_says(name: str, bits: int, digits: np.ndarray) -> None:
    """At most 3 % above it, and a byte; nothing can be below it by more than two bytes."""
    model, prior = with_prior(name)
    symbols = np.tile(search.encode(model, prior, digits, bits), (4, 1))
    told = coding.cost(symbols, prior, bits).sum() / 8
    assert told - 2 <= len(coding.encode(symbols, prior, bits)) <= 1.03 * told + 1


def test_blocks_follow_one_another(monkeypatch: pytest.MonkeyPatch, digits: np.ndarray) -> None:
    model, prior = with_prior("pca")
    symbols = search.encode(model, prior, digits, 4)
    costs = coding.cost(symbols, prior, 4)
    monkeypatch.setattr(coding, "BLOCK", 10)
    raw = coding.encode(symbols, prior, 4)
    assert_array_equal(coding.decode(raw, prior, 4, len(symbols)), symbols)
    assert_array_equal(coding.cost(symbols, prior, 4), costs)  # a digit's do not depend on others


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_the_probabilities_of_all_codes_sum_up_to_one(bits: int) -> None:
    _, prior = with_prior("vae2")
    levels = prior.grid(bits).levels
    every = np.array(list(itertools.product(*map(range, levels))))
    assert np.exp2(-coding.cost(every, prior, bits)).sum() == pytest.approx(1, abs=1e-9)


def test_probabilities_are_the_mixtures(digits: np.ndarray) -> None:
    """On a fine grid, density times the cell's size; by SciPy's normal distributions."""
    model, prior = with_prior("vae2")
    grid, mixture = prior.grid(8), prior.mixture
    symbols = search.encode(model, prior, digits, 8)
    density = sum(
        weight * stats.multivariate_normal(mean, covariance).pdf(grid.values(symbols))
        for weight, mean, covariance in zip(
            mixture.weights, mixture.means, mixture.covariances, strict=True
        )
    )
    bits = -np.log2(density * grid.step.prod())
    ends = ((symbols == 0) | (symbols == grid.levels - 1)).any(axis=1)  # they have the tails too
    assert ends.sum() < 5
    assert_allclose(coding.cost(symbols, prior, 8)[~ends], bits[~ends], atol=0.05)


def test_a_number_tells_of_the_next() -> None:
    """Two numbers that are one: the second costs next to nothing once the first is known."""
    covariance = np.array([[[1, 0.999], [0.999, 1]]])
    ends, effect = np.full(2, 3.0), np.ones(2)
    tied = Prior.packed(-ends, ends, effect, Mixture(np.ones(1), np.zeros((1, 2)), covariance))
    free = Prior.packed(-ends, ends, effect, Mixture(np.ones(1), np.zeros((1, 2)), np.eye(2)[None]))
    same = np.repeat(np.arange(8)[:, None], 2, axis=1)
    saved = coding.cost(same, free, 3) - coding.cost(same, tied, 3)
    assert saved.min() > 1


def test_what_no_machine_agrees_on_is_not_used() -> None:
    """Exponentials, logarithms, sums and products of NumPy's differ between CPUs."""
    exact = (coding._walk, coding._spread, coding._normal, coding._sum)
    allowed = {"sqrt", "abs", "where", "maximum", "add", "repeat"}  # one result each
    allowed |= {"zeros", "zeros_like", "ones_like", "arange", "float64", "int64"}
    for function in exact:
        for node in ast.walk(ast.parse(inspect.getsource(function))):
            assert not isinstance(node, ast.MatMult | ast.Pow), function
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                assert node.value.id != "np" or node.attr in allowed, (function, node.attr)
            if isinstance(node, ast.Attribute):
                assert node.attr not in {"sum", "mean", "dot", "prod", "cumsum"}, function


def test_the_normal_distribution() -> None:
    x = np.linspace(-12, 12, 2401)
    share = coding._normal(x)
    assert np.abs(share - stats.norm.cdf(x)).max() < 5.1e-4
    assert np.all(np.diff(share) >= 0) and share[0] > 0


@given(raw=st.binary(max_size=40), name=st.sampled_from(("deep", "vae2", "pca")), bits=BITS)
def test_any_bytes_are_codes_or_a_complaint(raw: bytes, name: str, bits: int) -> None:
    _, prior = with_prior(name)
    grid = prior.grid(bits)
    try:
        symbols = coding.decode(raw, prior, bits, 3)
    except ValueError as fault:
        assert str(fault) == "the bytes are no codes"
    else:
        assert np.all((symbols >= 0) & (symbols < grid.levels))


def test_a_range_coder_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert coding.available()
    monkeypatch.setitem(__import__("sys").modules, "constriction", None)
    assert not coding.available()
    _, prior = with_prior("pca")
    with pytest.raises(ValueError, match="constriction, the range coder, is not installed"):
        coding.encode(np.zeros((1, 32), np.int64), prior, 5)
