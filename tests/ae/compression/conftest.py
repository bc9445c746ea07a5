"""What the tests of compression share: digits that are no MNIST, and models with their priors."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import ae
from ae import compression
from ae.compression import Prior
from ae.model import Model


@pytest.fixture(scope="session")
def digits() -> np.ndarray:
    """All samples, (33, 28, 28): in MNIST's form, by another hand."""
    strokes = ae.samples.SAMPLES.values()
    return np.stack([ae.drawing.from_strokes(drawn) for drawn in strokes])


@cache
def with_prior(name: str) -> tuple[Model, Prior]:
    model = ae.load(name)
    return model, compression.prior_of(model)
