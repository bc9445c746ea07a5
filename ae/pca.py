"""Principal component analysis, with the same two verbs as the autoencoders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self, final

import numpy as np

from ae.arrays import PIXELS, SIDE, Float32, as_codes, as_pictures
from ae.metadata import Metadata
from ae.model import Statistics, clipped

CODE_SIZE = 32
"""Numbers per code of the PCA that ships."""


@final
@dataclass(frozen=True, eq=False)
class PCA:
    """The best linear squeeze: project on the directions in which the digits vary most.

    Pearson, "On lines and planes of closest fit", 1901; as in Goodfellow et al., *Deep Learning*,
    2016, section 2.12: ``encode(x) = (x - mean) @ components.T`` and back.

    Attributes
    ----------
    mean : float32 array of shape (784,), the average digit; read-only, as ``components`` is.
    components : float32 array of shape (n_components, 784), orthonormal rows, strongest first.
        Each row's largest entry in size is positive, so that the signs do not depend on LAPACK.
    """

    name: ClassVar[str] = "pca"

    mean: Float32
    components: Float32
    _metadata: Metadata | None = None
    _statistics: Statistics | None = None

    def __post_init__(self) -> None:
        for array in (self.mean, self.components):
            array.setflags(write=False)

    @classmethod
    def fit(cls, x: Float32, n_components: int = CODE_SIZE) -> Self:
        """Find the mean and the components of digits.

        Parameters
        ----------
        x : float32 array of shape (n, 784) or (n, 28, 28), values in [0, 1], n >= n_components.
        n_components : numbers per code, 1 to 784.

        Raises
        ------
        ValueError
            Wrong type, shape, dtype, range, or fewer digits than components.
        """
        if not 1 <= n_components <= PIXELS:
            raise ValueError(f"n_components: got {n_components}, expected 1 to {PIXELS}")
        x = as_pictures(x)
        if len(x) < n_components:
            raise ValueError(f"fit: got {len(x)} digits, expected at least {n_components}")
        mean = x.mean(axis=0, dtype=np.float64).astype(np.float32)
        # The covariance is 784x784 however many digits there are; an SVD of (60000, 784) would
        # give the same directions at many times the cost.
        centred = x - mean
        covariance = (centred.T @ centred).astype(np.float64)
        _, vectors = np.linalg.eigh(covariance)  # weakest first
        components = vectors[:, ::-1][:, :n_components].T
        strongest = np.abs(components).argmax(axis=1)
        components *= np.sign(components[np.arange(len(components)), strongest])[:, None]
        return cls(mean, np.ascontiguousarray(components, np.float32))

    @property
    def metadata(self) -> Metadata:
        """What its weights file says of itself."""
        if self._metadata is None:
            raise ValueError("this PCA is not from a file: use ae.load('pca')")
        return self._metadata

    @property
    def statistics(self) -> Statistics:
        """What is usual over MNIST's test digits."""
        if self._statistics is None:
            raise ValueError("this PCA was not measured over MNIST: use ae.load('pca')")
        return self._statistics

    @property
    def code_size(self) -> int:
        """Numbers per code."""
        return len(self.components)

    def encode(self, x: Float32) -> Float32:
        """Project digits: (n, 784) or (n, 28, 28) in [0, 1] -> (n, n_components), any sign."""
        centred: Float32 = as_pictures(x) - self.mean
        return centred @ self.components.T  # (n, 784) -> (n, n_components)

    def decode(self, z: Float32) -> Float32:
        """Go back: (n, n_components) -> (n, 28, 28), clipped to [0, 1], where pixels live.

        Clipping is fair to PCA: it brings its squared error on MNIST from 0.0168 to 0.0152, and
        without it there is no binary cross-entropy to compare.
        """
        y: Float32 = as_codes(z, self.code_size) @ self.components + self.mean
        return np.clip(y, np.float32(0), np.float32(1)).reshape(-1, SIDE, SIDE)

    def encoder_hidden(self, x: Float32) -> tuple[Float32, ...]:
        """Nothing: there is no layer between the picture, (n, 784), and the code."""
        as_pictures(x)
        return ()

    def decoder_hidden(self, z: Float32) -> tuple[Float32, ...]:
        """Nothing: there is no layer between the code, (n, n_components), and the picture."""
        as_codes(z, self.code_size)
        return ()

    def reconstruct(self, x: Float32) -> Float32:
        """Encode and decode: (n, 784) or (n, 28, 28) -> (n, 28, 28), both in [0, 1]."""
        return self.decode(self.encode(x))

    def jacobian(self, z: Float32) -> tuple[Float32, Float32]:
        """Say how the pictures of codes change with each number: (n, 784), (n, n_components, 784).

        They change by the components, but for pixels that are cut off at 0 or 1.
        """
        y: Float32 = as_codes(z, self.code_size) @ self.components + self.mean
        return clipped(y, np.tile(self.components, (len(y), 1, 1)))

    def decoder_arrays(self) -> Mapping[str, Float32]:
        """What whoever decodes needs of it: the mean and the components."""
        return {"mean": self.mean, "components": self.components}

    def ladder(self, digit: Float32) -> Float32:
        """Reconstruct one digit, (28, 28), with the first 1, 2, …, n components -> (n, 28, 28)."""
        z = self.encode(digit[None])[0]
        y: Float32 = self.mean + np.cumsum(z[:, None] * self.components, axis=0)
        return np.clip(y, np.float32(0), np.float32(1)).reshape(-1, SIDE, SIDE)

    def atoms(self) -> Float32:
        """(n_components, 28, 28): the components themselves."""
        return self.components.reshape(-1, SIDE, SIDE)

    def encoder_weights(self, digit: Float32) -> Float32:
        """(n_components, 28, 28): the components again, whatever the digit, (28, 28)."""
        as_pictures(digit[None])
        return self.atoms()
