"""How codes are distributed: a mixture of normal distributions, each with its own covariance.

Digits lie in heaps, and within a heap the numbers of a code depend on one another. What is known
of both need not be sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self, final

import numpy as np
import numpy.typing as npt

from ae.arrays import Float32

Float64 = npt.NDArray[np.float64]

# A deviation is at least this share of the usual unit's, and each component borrows so many codes
# that spread as all do: what has seen few codes must not be too sure of itself.
_LEAST, _BORROWED = 0.02, 20
_PASSES = 25


@final
@dataclass(frozen=True, eq=False)
class Mixture:
    """A density over codes (Bishop, *Pattern Recognition and Machine Learning*, 2006, section 9.2).

    All arrays are read-only.

    Attributes
    ----------
    weights : float64 array of shape (components,), which sum up to 1.
    means : of shape (components, units).
    covariances : of shape (components, units, units).
    """

    weights: Float64
    means: Float64
    covariances: Float64

    def __post_init__(self) -> None:
        for array in (self.weights, self.means, self.covariances):
            array.setflags(write=False)

    @classmethod
    def fit(cls, codes: Float32, components: int) -> Self:
        """Find the mixture that makes codes, (n, units), likely: expectation-maximisation."""
        from scipy.cluster.vq import kmeans2

        z = codes.astype(np.float64)
        variances = z.var(axis=0)
        least = np.square(_LEAST * np.median(np.sqrt(variances))) + 1e-12
        # Of codes that are all the same, no two could be told apart as the heaps' first centres.
        apart = np.random.default_rng(0).normal(0, 1e-6, z.shape)
        scaled = z / np.sqrt(variances + least) + apart
        _, heap = kmeans2(scaled, components, minit="++", seed=0)
        belongs = np.eye(components)[heap]
        for _ in range(_PASSES):
            counts = belongs.sum(axis=0) + 1e-9
            means = (belongs.T @ z) / counts[:, None]
            covariances = np.empty((components, z.shape[1], z.shape[1]))
            for k, (share, mean) in enumerate(zip(belongs.T, means, strict=True)):
                centred = z - mean
                scatter = (centred * share[:, None]).T @ centred + _BORROWED * np.diag(variances)
                covariances[k] = scatter / (counts[k] + _BORROWED)
            covariances += least * np.eye(z.shape[1])
            mixture = cls(counts / counts.sum(), means, covariances)
            _, belongs = mixture.density(z)
        return mixture

    def density(self, z: npt.NDArray[np.floating]) -> tuple[Float64, Float64]:
        """Log-density of codes in nats, (n,), and how likely each component made them, (n, k)."""
        logs = np.empty((len(z), len(self.weights)))
        for k, (mean, factor) in enumerate(zip(self.means, self._factors, strict=True)):
            logs[:, k] = self._heights[k] - np.square((z - mean) @ factor).sum(axis=1) / 2
        highest = logs.max(axis=1, keepdims=True)
        each = np.exp(logs - highest)
        total = each.sum(axis=1, keepdims=True)
        return (highest + np.log(total))[:, 0], each / total

    @cached_property
    def precisions(self) -> Float64:
        """The inverse covariances."""
        return np.linalg.inv(self.covariances).astype(np.float64)

    @cached_property
    def _factors(self) -> Float64:
        return np.linalg.cholesky(self.precisions).astype(np.float64)

    @cached_property
    def _heights(self) -> Float64:
        _, volumes = np.linalg.slogdet(2 * np.pi * self.covariances)
        heights: Float64 = np.log(self.weights) - volumes / 2
        return heights
