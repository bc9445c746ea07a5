"""Errors per pixel, sparsity, dead units: plain records of what was measured."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np

from ae.arrays import PIXELS, Float32, as_pictures
from ae.model import Autoencoder, Model, Statistics

# Keras's own bound (keras.config.epsilon()): keeps the logarithms finite where a pixel is 0 or 1.
EPSILON = 1e-7


def bce(x: Float32, y: Float32) -> Float32:
    """Binary cross-entropy of reconstructions, in nats per pixel.

    ``-mean(x log y + (1 - x) log(1 - y))`` over the pixels (Bishop, *Pattern Recognition and
    Machine Learning*, 2006, eq. 5.23). MNIST is grey, so that even a perfect copy does not reach 0.

    Parameters
    ----------
    x, y : digits and reconstructions, float32 of shape (n, 28, 28) or (n, 784) in [0, 1].

    Returns
    -------
    float32 array of shape (n,).
    """
    x, y = _pair(x, y)
    p = np.clip(y.astype(np.float64), EPSILON, 1 - EPSILON)
    errors: Float32 = -(x * np.log(p) + (1 - x) * np.log(1 - p)).mean(axis=1).astype(np.float32)
    return errors


def mse(x: Float32, y: Float32) -> Float32:
    """Mean squared error per pixel: two batches of n digits -> (n,)."""
    x, y = _pair(x, y)
    errors: Float32 = np.square(x - y).mean(axis=1)
    return errors


def psnr(x: Float32, y: Float32) -> Float32:
    """Peak signal-to-noise ratio in dB, ``-10 log10(MSE)`` for pixels in [0, 1] -> (n,)."""
    return -10 * np.log10(np.maximum(mse(x, y), np.float32(1e-10)))


def divergence(mean: Float32, log_variance: Float32) -> Float32:
    """Kullback-Leibler divergence of each unit from the standard normal prior, in nats.

    ``(exp(v) + m**2 - 1 - v) / 2`` for a mean m and a log-variance v (Kingma & Welling,
    "Auto-encoding variational Bayes", 2014, appendix B). A unit that says nothing costs nothing.

    Parameters
    ----------
    mean, log_variance : float32 arrays of shape (n, units).

    Returns
    -------
    float32 array of shape (n, units), never negative but for rounding.
    """
    variance: Float32 = np.exp(log_variance)
    return (variance + np.square(mean) - 1 - log_variance) / np.float32(2)


def negative_elbo(
    model: Autoencoder, x: Float32, random: np.random.Generator
) -> tuple[Float32, Float32]:
    """Bound the nats that a variational net needs for digits: less is better.

    Codes are rolled once for each digit (Kingma & Welling, 2014, eq. 10, L = 1).

    Parameters
    ----------
    x : float32 array of shape (n, 28, 28) or (n, 784) in [0, 1].

    Returns
    -------
    Two arrays of shape (n,), nats per digit: for the pixels when the code is known (784 times
    ``bce``), and for the code (``divergence``, summed over the units). The bound is their sum.

    Raises
    ------
    ValueError
        The net is not variational.
    """
    mean, log_variance = model.encode_distribution(x)
    deviation: Float32 = np.exp(log_variance / 2)
    rolled = mean + deviation * random.standard_normal(mean.shape, np.float32)
    return PIXELS * bce(x, model.decode(rolled)), divergence(mean, log_variance).sum(axis=1)


class Bound(NamedTuple):
    """What a variational net needs for the average digit, in nats; less is better.

    Attributes
    ----------
    pixels : for the pixels, once the code is known. code : for the code.
    binary : for both, of digits whose pixels were made black or white by chance, once, with their
        grey as the chance ("statically binarised").
    """

    pixels: float
    code: float
    binary: float

    @property
    def total(self) -> float:
        """The negative ELBO, of the grey digits."""
        return self.pixels + self.code


def bound(model: Autoencoder, x: Float32) -> Bound:
    """Average ``negative_elbo`` over digits, (n, 28, 28) in [0, 1]; always with the same dice."""
    random = np.random.default_rng(0)
    binary = (random.random(x.shape, np.float32) < x).astype(np.float32)
    pixels, code, *of_binary = (
        float(nats.mean(dtype=np.float64))
        for digits in (x, binary)
        for nats in negative_elbo(model, digits, random)
    )
    return Bound(pixels, code, sum(of_binary))


def _pair(x: Float32, y: Float32) -> tuple[Float32, Float32]:
    """Flatten both; NumPy would silently compare one picture with each of many."""
    x, y = as_pictures(x), as_pictures(y)
    if len(x) != len(y):
        raise ValueError(f"reconstructions: got {len(y)}, expected as many as digits, {len(x)}")
    return x, y


@dataclass(frozen=True)
class Errors:
    """Averages over digits.

    Attributes
    ----------
    bce : nats per pixel. mse : per pixel. psnr : dB, averaged over the digits.
    zeros : share of exact zeros in the average code, 0 to 1.
    dead : number of units that are zero for every digit.
    """

    bce: float
    mse: float
    psnr: float
    zeros: float
    dead: int

    def as_dict(self) -> dict[str, Any]:
        """As plain numbers, for a weights file's facts or JSON."""
        return asdict(self)


def measure(model: Model, x: Float32) -> tuple[Errors, Statistics]:
    """Run digits through a model and note what happens.

    Parameters
    ----------
    x : float32 array of shape (n, 28, 28) in [0, 1]; MNIST's test digits, where figures ship.
    """
    z = model.encode(x)
    y = model.decode(z)
    errors_bce, errors_mse = bce(x, y), mse(x, y)
    active = (z != 0).mean(axis=0)
    errors = Errors(
        bce=float(errors_bce.mean(dtype=np.float64)),
        mse=float(errors_mse.mean(dtype=np.float64)),
        psnr=float(psnr(x, y).mean(dtype=np.float64)),
        zeros=float(1 - active.mean()),
        dead=int((active == 0).sum()),
    )
    hundredths = np.linspace(0, 100, 101)
    statistics = Statistics(
        code_percentiles=np.percentile(z, (5, 50, 95), axis=0).astype(np.float32),
        code_mean=z.mean(axis=0),
        active=active.astype(np.float32),
        bce_percentiles=np.percentile(errors_bce, hundredths).astype(np.float32),
        mse_percentiles=np.percentile(errors_mse, hundredths).astype(np.float32),
    )
    return errors, statistics
