"""Errors per pixel, sparsity, dead units: of one model, and of all weights files of a folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ae import checked, weights
from ae.arrays import PIXELS, Float32, as_array, as_codes, as_pictures
from ae.checked import WeightsError
from ae.families import FAMILIES
from ae.metadata import Errors, Metadata
from ae.mnist import Mnist
from ae.model import Autoencoder, Model, Statistics
from ae.noise import NOISES

Float64 = npt.NDArray[np.float64]

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
    missed, invented = bce_terms(x, y)
    errors: Float32 = (missed + invented).mean(axis=1).astype(np.float32)
    return errors


def bce_terms(x: Float32, y: Float32) -> tuple[Float64, Float64]:
    """Give both terms of ``bce`` for each pixel, in nats; their mean over the pixels is ``bce``.

    Parameters
    ----------
    x, y : as for ``bce``.

    Returns
    -------
    Two float64 arrays of shape (n, 784), not negative: for ink that is missed, ``-x log y``, and
    for ink that is invented, ``-(1 - x) log(1 - y)``. A grey pixel has both, even where y is x.
    """
    x, y = _pair(x, y)
    inked, paper, p = (values.astype(np.float64) for values in (x, 1 - x, y))
    p = np.clip(p, EPSILON, 1 - EPSILON)
    return -inked * np.log(p), -paper * np.log(1 - p)


def mse(x: Float32, y: Float32) -> Float32:
    """Mean squared error per pixel: two batches of n digits -> (n,)."""
    x, y = _pair(x, y)
    errors: Float32 = np.square(x - y).mean(axis=1)
    return errors


def psnr(x: Float32, y: Float32) -> Float32:
    """Peak signal-to-noise ratio in dB, ``-10 log10(MSE)`` for pixels in [0, 1] -> (n,)."""
    return -10 * np.log10(np.maximum(mse(x, y), np.float32(1e-10)))


def ink(x: Float32, y: Float32) -> tuple[Float32, Float32]:
    """Say how much of the ink survives: one scale for all models, which a smudge cannot cheat.

    Parameters
    ----------
    x, y : digits and reconstructions, float32 of shape (n, 28, 28) or (n, 784) in [0, 1].

    Returns
    -------
    Two arrays of shape (n,), shares of each digit's ink: what is kept, ``sum(min(x, y)) / sum(x)``,
    at most 1, and what is invented, ``sum(max(y - x, 0)) / sum(x)``.

    Raises
    ------
    ValueError
        Wrong type, shape, dtype or range, or a digit without ink.
    """
    x, y = _pair(x, y)
    total = x.sum(axis=1)
    if not total.all():
        raise ValueError(f"digits: number {int(np.argmin(total)) + 1} has no ink")
    return np.minimum(x, y).sum(axis=1) / total, np.maximum(y - x, 0).sum(axis=1) / total


class Ink(NamedTuple):
    """What becomes of the average digit's ink, as shares of it."""

    kept: float
    invented: float


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

    Raises
    ------
    ValueError
        Wrong type, shape, dtype, a NaN, an infinity, a value beyond 1e9, or a log-variance
        above 80: its exponential leaves float32 at 88.
    """
    as_codes(mean, what="mean")
    as_array(log_variance, mean.shape, "log-variance", most=80.0)
    variance: Float32 = np.exp(log_variance)
    return (variance + np.square(mean) - 1 - log_variance) / np.float32(2)


def negative_elbo(
    model: Autoencoder, x: Float32, random: np.random.Generator
) -> tuple[Float32, Float32]:
    """Bound the nats that a variational net needs for digits: less is better.

    One code is sampled for each digit (Kingma & Welling, 2014, eq. 10, L = 1).

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
    sample = mean + deviation * random.standard_normal(mean.shape, np.float32)
    return PIXELS * bce(x, model.decode(sample)), divergence(mean, log_variance).sum(axis=1)


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


def binarised(x: Float32, random: np.random.Generator) -> Float32:
    """Make pixels black or white by chance, their grey the chance: the same shape, 0 and 1."""
    return (random.random(x.shape, np.float32) < x).astype(np.float32)


def negative_log_likelihood(
    model: Autoencoder, x: Float32, random: np.random.Generator, rolls: int
) -> Float32:
    """Estimate the nats that a variational net needs for digits, by importance sampling.

    ``-log mean_k p(x | z_k) p(z_k) / q(z_k | x)`` over rolls z_k of the encoder's (Burda, Grosse &
    Salakhutdinov, "Importance weighted autoencoders", 2016, eq. 8). The mean estimate is at most
    the negative ELBO, and falls towards the truth with more rolls.

    Parameters
    ----------
    x : float32 array of shape (n, 28, 28) or (n, 784), each pixel 0 or 1.
    rolls : for each digit; a thousand take the larger nets some 11 ms.

    Returns
    -------
    float32 array of shape (n,), nats per digit.

    Raises
    ------
    ValueError
        The net is not variational, a pixel is grey, or as for ``encode``.
    """
    x = as_pictures(x)
    if not np.all((x == 0) | (x == 1)):
        raise ValueError("digits: got grey pixels, expected 0 and 1 alone")
    mean, log_variance = model.encode_distribution(x)
    nats = np.empty(len(x), np.float32)
    for i, digit in enumerate(x):
        noise = random.standard_normal((rolls, model.code_size), np.float32)
        z = mean[i] + np.exp(log_variance[i] / 2) * noise
        logits = model.decoder[-1].logits(_before_last(model, z))
        # log p(x | z) of a pixel is x a - log(1 + e^a) for the sigmoid's logit a.
        softplus = np.maximum(logits, 0) + np.log(1 + np.exp(-np.abs(logits)))
        drawn = logits @ digit - softplus.sum(axis=1, dtype=np.float64)
        prior = (np.square(noise) - np.square(z) + log_variance[i]).sum(axis=1, dtype=np.float64)
        weights = drawn + prior / 2
        most = weights.max()
        nats[i] = -(most + np.log(np.exp(weights - most).mean()))
    return nats


def _before_last(model: Autoencoder, z: Float32) -> Float32:
    hidden = model.decoder_hidden(z)
    return hidden[-1] if hidden else z


def bound(model: Autoencoder, x: Float32) -> Bound:
    """Average ``negative_elbo`` over digits, (n, 28, 28) in [0, 1]; with one seed for all nets."""
    random = np.random.default_rng(0)
    pixels, code, *of_binary = (
        float(nats.mean(dtype=np.float64))
        for digits in (x, binarised(x, random))
        for nats in negative_elbo(model, digits, random)
    )
    return Bound(pixels, code, sum(of_binary))


def _pair(x: Float32, y: Float32) -> tuple[Float32, Float32]:
    """Flatten both; NumPy would silently compare one picture with each of many."""
    x, y = as_pictures(x), as_pictures(y)
    if len(x) != len(y):
        raise ValueError(f"reconstructions: got {len(y)}, expected as many as digits, {len(x)}")
    return x, y


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


# What float32 rounding may make of one value, relative to its size: a matrix product can come out
# a little different in its last rows, though the rows are the same.
_SAME = 1e-5


def dead_units(model: Model, x: Float32) -> tuple[int, ...]:
    """Count the units of each layer that say nothing: they are the same for all digits.

    A ReLU that no digit moves is zero for all of them, and learns no more (Maas et al., "Rectifier
    nonlinearities improve neural network acoustic models", 2013).

    Parameters
    ----------
    x : float32 array of shape (n, 28, 28) or (n, 784) in [0, 1].

    Returns
    -------
    A count for each hidden layer of the encoder, for the code, and for each hidden layer of the
    decoder, in their order. Of PCA, for the code alone.

    Raises
    ------
    ValueError
        Wrong type, shape, dtype or range, or less than two digits: they tell nothing apart.
    """
    if len(as_pictures(x)) < 2:
        raise ValueError(f"digits: got {len(x)}, expected at least 2")
    z = model.encode(x)
    layers = (*model.encoder_hidden(x), z, *model.decoder_hidden(z))
    return tuple(
        int((np.ptp(layer, axis=0) <= _SAME * np.abs(layer).max(axis=0)).sum()) for layer in layers
    )


# All weights files of a folder


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One weights file.

    Attributes
    ----------
    name, recipe : as in the command line; PCA has no recipe.
    file : its path inside the folder, with slashes.
    bytes : its size.
    layers : widths from the picture to the picture, 784 first.
    errors, ink : measured now, over the test digits.
    dead : units of each layer that say nothing there (``dead_units``).
    bound : of a variational model, measured now over the test digits; else None.
    noisy : of a model that learnt from corrupted digits, its squared error against the clean ones
        where it is shown Gaussian noise of the usual strength; else None.
    metadata : what the file says of itself.
    """

    name: str
    recipe: str | None
    file: str
    bytes: int
    layers: tuple[int, ...]
    errors: Errors
    ink: Ink
    dead: tuple[int, ...]
    bound: Bound | None
    noisy: float | None
    metadata: Metadata


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A predictor without weights, between which the models stand.

    Attributes
    ----------
    bce : nats per pixel. mse : per pixel. psnr : dB, None where it is infinite.
    ink : what became of it.
    """

    name: str
    title: str
    bce: float
    mse: float
    psnr: float | None
    ink: Ink


@dataclass(frozen=True, kw_only=True)
class Report:
    """All that one evaluation measured.

    Attributes
    ----------
    models : in the family table's order, PCA last.
    floor, mean : a perfect copy, which grey pixels keep above a BCE of 0; the mean training digit.
    missing : models of the best recipe that have no file in the folder.
    digits : how many test digits.
    sha256 : of the data's file.
    """

    models: tuple[Measured, ...]
    floor: Reference
    mean: Reference
    missing: tuple[str, ...]
    digits: int
    sha256: str


def evaluate(data: Mnist, folder: Path = checked.FOLDER) -> Report:
    """Measure every weights file of a folder over the test digits.

    Raises
    ------
    WeightsError
        A file is damaged, or there is none at all.
    """
    models = [
        (name, recipe)
        for name, recipe in weights.all_models()
        if weights.locate(name, recipe, folder).exists()
    ]
    missing = tuple(name for name in weights.MODELS if (name, "best") not in models)
    if not models:
        raise WeightsError(
            f"{folder} holds no weights; make them with: python -m ae train all --out {folder}"
        )
    x = data.x_test.reshape(-1, PIXELS)
    mean = data.x_train.reshape(-1, PIXELS).mean(axis=0, dtype=np.float64).astype(np.float32)
    return Report(
        models=tuple(_measured(name, recipe, folder, data.x_test) for name, recipe in models),
        floor=_reference("floor", "a perfect copy (the floor)", x, x),
        mean=_reference("mean", "the mean digit", x, np.broadcast_to(mean, x.shape)),
        missing=missing,
        digits=len(x),
        sha256=data.sha256,
    )


def _measured(name: str, recipe: str, folder: Path, x: Float32) -> Measured:
    path = weights.locate(name, recipe, folder)
    model = weights.load(name, recipe=recipe, folder=folder)
    errors, _ = measure(model, x)
    family, net = FAMILIES.get(name), model.metadata.net
    return Measured(
        name=name,
        recipe=net and net.recipe_name,
        file=checked.listed_name(path, folder),
        bytes=path.stat().st_size,
        layers=(PIXELS, model.code_size, PIXELS) if family is None else family.widths,
        errors=errors,
        ink=_average_ink(x, model.reconstruct(x)),
        dead=dead_units(model, x),
        bound=bound(model, x) if isinstance(model, Autoencoder) and model.variational else None,
        noisy=_noisy(model, x) if net and net.recipe.sees == "corrupted" else None,
        metadata=model.metadata,
    )


def _noisy(model: Model, x: Float32) -> float:
    gaussian = NOISES["gaussian"]
    corrupted = gaussian.corrupt(x, gaussian.strength, np.random.default_rng(0))
    return float(mse(x, model.reconstruct(corrupted)).mean(dtype=np.float64))


def _reference(name: str, title: str, x: Float32, y: Float32) -> Reference:
    def average(errors: Float32) -> float:
        return float(errors.mean(dtype=np.float64))

    squared = average(mse(x, y))
    return Reference(
        name=name,
        title=title,
        bce=average(bce(x, y)),
        mse=squared,
        psnr=average(psnr(x, y)) if squared else None,
        ink=_average_ink(x, y),
    )


def _average_ink(x: Float32, y: Float32) -> Ink:
    return Ink(*(float(share.mean(dtype=np.float64)) for share in ink(x, y)))


def as_record(report: Report) -> dict[str, Any]:
    """Give the figures in full, as plain numbers, lists and dictionaries."""
    models = [
        {
            "name": model.name,
            "recipe": model.recipe,
            **model.errors.as_dict(),
            "ink": model.ink._asdict(),
            "dead_by_layer": list(model.dead),
            "bound": None if model.bound is None else model.bound._asdict(),
            "parameters": model.metadata.parameters,
            "file": model.file,
            "bytes": model.bytes,
        }
        for model in report.models
    ]
    return {
        "data": {"name": "MNIST", "sha256": report.sha256, "test_digits": report.digits},
        "units": {
            "bce": "nats per pixel",
            "mse": "per pixel, of values in [0, 1]",
            "psnr": "dB, averaged over the digits",
            "ink": "shares of the digit's ink, averaged over the digits",
            "zeros": "share of exact zeros in the average code",
            "dead": "units of the code that are zero for every digit",
            "dead_by_layer": "units that are the same for every digit, layer by layer",
            "bound": "nats per digit: for the pixels, for the code, and for both if binarised",
        },
        "floor": _figures(report.floor),
        "mean": _figures(report.mean),
        "models": models,
        "missing": report.missing,
    }


def _figures(reference: Reference) -> dict[str, Any]:
    return {
        "bce": reference.bce,
        "mse": reference.mse,
        "psnr": reference.psnr,
        "ink": reference.ink._asdict(),
    }
