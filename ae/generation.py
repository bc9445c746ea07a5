"""Codes that no digit has: what happens when a decoder is asked to invent."""

from __future__ import annotations

import numpy as np

from ae.arrays import Float32
from ae.facts import CodeFacts
from ae.model import Statistics


def uniform(statistics: Statistics, n: int, random: np.random.Generator) -> Float32:
    """Sample each unit alone, anywhere where it usually lies: n codes of shape (n, units)."""
    low, _, high = statistics.code_percentiles
    return random.uniform(low, high, (n, len(low))).astype(np.float32)


def gaussian(facts: CodeFacts, n: int, random: np.random.Generator) -> Float32:
    """Sample codes with the mean and the covariance of the test digits' codes: (n, units).

    A value beyond what its unit ever had is brought back to that: no ReLU gives less than zero.
    The mean moves a little with it, and there are fewer exact zeros than in real codes.
    """
    # float32 leaves the covariance a hair beside a positive one, of which NumPy would warn.
    codes = random.multivariate_normal(
        facts.mean, facts.covariance, n, method="eigh", check_valid="ignore"
    )
    return np.clip(codes, facts.least, facts.most).astype(np.float32)


def prior(units: int, n: int, temperature: float, random: np.random.Generator) -> Float32:
    """Sample codes as a variational net was trained to find them: normal, with mean 0.

    Parameters
    ----------
    temperature : the standard deviation; 1 is the prior itself.

    Returns
    -------
    float32 array of shape (n, units).
    """
    return np.float32(temperature) * random.standard_normal((n, units), np.float32)


def between(a: Float32, b: Float32) -> Float32:
    """Mix two real codes half and half; arrays of shape (n, units)."""
    return (a + b) / np.float32(2)
