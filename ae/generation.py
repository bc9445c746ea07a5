"""Codes that no digit has: what happens when a decoder is asked to invent.

What is no code, no count or no generator is a ``ValueError`` in words, as in ``ae.latent``.
"""

from __future__ import annotations

import numpy as np

from ae.arrays import Float32, as_array, as_codes, as_count
from ae.facts import CodeFacts
from ae.model import Autoencoder, Model, Statistics

# So far from 1 the prior tells nothing any more, and a sample of it is still a code.
_MAX_TEMPERATURE = 1000.0


def uniform(statistics: Statistics, n: int, random: np.random.Generator) -> Float32:
    """Sample each unit alone, anywhere where it usually lies: n codes of shape (n, units)."""
    low, _, high = as_array(statistics.code_percentiles, (3, "units"), "code percentiles")
    if np.any(low > high):
        raise ValueError("code percentiles: expected the 5th to be at most the 95th")
    shape = as_count(n, "n", 0), len(low)
    return _checked(random).uniform(low, high, shape).astype(np.float32)


def gaussian(facts: CodeFacts, n: int, random: np.random.Generator) -> Float32:
    """Sample codes with the mean and the covariance of the test digits' codes: (n, units).

    A value beyond what its unit ever had is brought back to that: no ReLU gives less than zero.
    The mean moves a little with it, and there are fewer exact zeros than in real codes.
    """
    mean = as_array(facts.mean, ("units",), "mean")
    covariance = as_array(facts.covariance, (len(mean), len(mean)), "covariance")
    least, most = (as_array(getattr(facts, end), mean.shape, end) for end in ("least", "most"))
    # float32 leaves the covariance a hair beside a positive one, of which NumPy would warn.
    codes = _checked(random).multivariate_normal(
        mean, covariance, as_count(n, "n", 0), method="eigh", check_valid="ignore"
    )
    return np.clip(codes, least, most).astype(np.float32)


def prior(units: int, n: int, temperature: float, random: np.random.Generator) -> Float32:
    """Sample codes as a variational net was trained to find them: normal, with mean 0.

    Parameters
    ----------
    temperature : the standard deviation, 0 to 1,000; 1 is the prior itself.

    Returns
    -------
    float32 array of shape (n, units).
    """
    if not (isinstance(temperature, (int, float)) and 0 <= temperature <= _MAX_TEMPERATURE):
        wanted = f"a number from 0 to {_MAX_TEMPERATURE:g}"
        raise ValueError(f"temperature: got {temperature!r}, expected {wanted}")
    shape = as_count(n, "n", 0), as_count(units, "units")
    return np.float32(temperature) * _checked(random).standard_normal(shape, np.float32)


def by_chance(
    model: Model, n: int, random: np.random.Generator, temperature: float = 1.0
) -> Float32:
    """Sample codes, (n, units): a variational net's by `prior`, of all others by `uniform`.

    Parameters
    ----------
    temperature : as for `prior`; a model that is not variational has none.
    """
    if isinstance(model, Autoencoder) and model.variational:
        return prior(model.code_size, n, temperature, random)
    return uniform(model.statistics, n, random)


def between(a: Float32, b: Float32) -> Float32:
    """Mix two real codes half and half; arrays of shape (n, units)."""
    as_array(b, as_codes(a, what="a").shape, "b")
    return (a + b) / np.float32(2)


def _checked(random: np.random.Generator) -> np.random.Generator:
    if not isinstance(random, np.random.Generator):
        raise ValueError(f"random: got {type(random).__name__}, expected a NumPy Generator")
    return random
