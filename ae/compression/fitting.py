"""Measures priors over the training digits, once for each decoder."""

from __future__ import annotations

import numpy as np

from ae.arrays import Float32
from ae.compression import search
from ae.compression.mixture import Float64, Mixture
from ae.compression.prior import Prior
from ae.model import Model

COMPONENTS = 16
DIGITS = 20_000
"""The first training digits, on which a prior is fitted."""
ROUNDS = 3
_BITS = 5  # at which codes are searched for the fit
_RANGE = (0.02, 99.98)
"""Beyond these percentiles of the codes a number is cut off."""


def fit(model: Model, x: Float32, components: int = COMPONENTS) -> Prior:
    """Measure what is known of a model's codes.

    The codes that are sent are not the encoder's but those that the search finds, and what it finds
    depends on the prior: so the two take turns, from the encoder's codes on.

    Parameters
    ----------
    x : float32 array of shape (n, 784) in [0, 1].
    """
    z = model.encode(x)
    effect = _effect(model, z[:1000])
    for turn in range(ROUNDS + 1):
        low, high = np.percentile(z, _RANGE, axis=0)
        prior = Prior.packed(low, high, effect, Mixture.fit(z, components))
        if turn < ROUNDS:
            price = search.bit_price(model, prior, prior.grid(_BITS))
            z = search.find(model, prior.mixture, z, x, price)
    return prior


def _effect(model: Model, z: Float32) -> Float64:
    """By how much a pixel changes with each number: root mean square, for a change of 1."""
    chunks = (model.jacobian(z[i : i + 50])[1] for i in range(0, len(z), 50))
    squares = [np.square(slopes).mean(axis=2) for slopes in chunks]
    # A number without any effect still needs a step.
    effect: Float64 = np.sqrt(np.concatenate(squares).mean(axis=0, dtype=np.float64)) + 1e-6
    return effect
