"""What was measured over MNIST once and ships: models compare without the data set.

``python -m ae evaluate --facts`` makes ``weights/facts.safetensors``, which is verified like any
weights file. It names the weights that it was measured on; beside others, those are left out.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, final

import numpy as np

from ae import checked, evaluation, pca, weights
from ae.arrays import PIXELS, SIDE, Float32, as_array, as_count
from ae.checked import Header, Tensors
from ae.evaluation import Report, bce, mse
from ae.families import FAMILIES
from ae.mnist import Mnist
from ae.model import Autoencoder, Model
from ae.pca import PCA

FILE = "facts.safetensors"
COMPONENTS = 128
BINS = 60
ROLLS = 1024


@final
@dataclass(frozen=True, eq=False)
class Ladder:
    """PCA with 1, 2, …, 128 components.

    Attributes
    ----------
    pca : with all 128; the first 32 are those of ``ae.load("pca")``.
    bce, mse : float32 arrays of shape (128,). Nats per pixel and squared error per pixel with so
        many components, averaged over the test digits.
    """

    pca: PCA
    bce: Float32
    mse: Float32


@final
@dataclass(frozen=True, eq=False)
class CodeFacts:
    """The codes that one model gives the 10,000 test digits.

    Attributes
    ----------
    zeros : float32 array of shape (units + 1,). Digits whose code has 0, 1, …, all exact zeros.
    edges, counts : float32 arrays of shape (61,) and (60,). Histogram of all activations that are
        not exactly zero, from the least to the most.
    l1 : float32 array of shape (101,). Percentiles of a code's sum of sizes, |z_1| + |z_2| + …
    size : float32 array of shape (units,). Mean size |z_i| of each unit.
    least, most : float32 arrays of shape (units,). The range in which each unit ever was.
    mean, covariance : float32 arrays of shape (units,) and (units, units).
    """

    zeros: Float32
    edges: Float32
    counts: Float32
    l1: Float32
    size: Float32
    least: Float32
    most: Float32
    mean: Float32
    covariance: Float32


@final
@dataclass(frozen=True, eq=False)
class Facts:
    """All that ships.

    Attributes
    ----------
    ladder : PCA with more and more components.
    codes : (model, recipe) -> what its codes are like; PCA's recipe is "best".
    angles : (family, recipe) -> float32 array of shape (units,): the principal angles, in radians,
        smallest first, between the atoms of a one-layer decoder and PCA's components. A sigmoid
        that follows, the bias and the mean digit stay out of it.
    likelihoods : variational family -> nats per digit of binarised test digits, by
        ``evaluation.negative_log_likelihood`` with ``ROLLS`` rolls.
    table : what ``python -m ae evaluate --json`` printed.
    """

    ladder: Ladder
    codes: Mapping[tuple[str, str], CodeFacts]
    angles: Mapping[tuple[str, str], Float32]
    likelihoods: Mapping[str, float]
    table: Mapping[str, Any]


def load(folder: str | os.PathLike[str] | None = None) -> Facts:
    """Load the facts beside the weights; all arrays are read-only.

    What was measured on other weights than those that the folder lists is left out: a family that
    was trained again is missing until ``python -m ae evaluate --facts``, and the others are there.

    Raises
    ------
    WeightsError
        The file is missing, truncated, altered or not ours.
    """
    root = checked.root_of(folder)
    return checked.load(
        root / FILE,
        root,
        lambda tensors, header: _assemble(tensors, header, root),
        what="file of facts",
        command="evaluate --facts",
        option="--folder",
    )


def produce(
    data: Mnist,
    folder: Path = checked.FOLDER,
    *,
    report: Report | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Path:
    """Measure everything and write the file; takes some five minutes on two cores.

    Parameters
    ----------
    folder : with all the weights; gets the file and its line in ``SHA256SUMS``.
    report : the folder's evaluation, where there is one already.
    say : called with a line of progress now and then.

    Raises
    ------
    WeightsError
        A weights file is missing or damaged.
    """
    report = report or evaluation.evaluate(data, folder)
    tensors = {f"ladder/{name}": array for name, array in _ladder(data, say).items()}
    components = weights.load("pca", folder=folder).atoms()
    for name, recipe in weights.all_models():
        say(f"codes of {name}, {recipe}")
        model = weights.load(name, recipe=recipe, folder=folder)
        for key, array in asdict(_codes(model, data.x_test)).items():
            tensors[f"codes/{recipe}/{name}/{key}"] = array
        if draws_in_one_layer(name):
            tensors[f"angles/{recipe}/{name}"] = principal_angles(model.atoms(), components)
    likelihoods = {}
    for name, family in FAMILIES.items():
        if family.variational:
            say(f"likelihood of {name}: {len(data.x_test):,} digits, {ROLLS:,} rolls of each code")
            model = weights.load(name, folder=folder)
            assert isinstance(model, Autoencoder)
            likelihoods[name] = _negative_log_likelihood(model, data.x_test)
    sums = checked.sums(folder)
    header = {
        "weights": {model.file: sums[model.file] for model in report.models},
        "likelihoods": likelihoods,
        "table": evaluation.as_record(report),
    }
    path = folder / FILE
    checked.save(path, tensors, header)
    return path


def equivalent_components(ladder: Float32, error: float) -> int | None:
    """How many principal components do as well: the fewest whose error is not above this one.

    Parameters
    ----------
    ladder : (128,) errors with 1, 2, … components.

    Returns
    -------
    1 to 128, or None where even 128 are not enough.
    """
    enough = np.flatnonzero(ladder <= error)
    return int(enough[0]) + 1 if len(enough) else None


def principal_angles(a: Float32, b: Float32) -> Float32:
    """Measure how two sets of pictures differ in what they can mix.

    The first angle is the smallest between any mixture of ``a`` and any of ``b``, the next one the
    smallest at right angles to it, and so on (Björck & Golub, "Numerical methods for computing
    angles between linear subspaces", 1973; computed as Knyazev & Argentati, 2002, do).

    Parameters
    ----------
    a, b : float32 arrays of shape (n, 28, 28) and (m, 28, 28), each linearly independent.

    Returns
    -------
    float32 array of shape (min(n, m),), in radians, 0 to pi/2, smallest first.

    Raises
    ------
    ValueError
        Wrong type, shape, dtype, a NaN, an infinity, a value beyond 1e9, or no picture.
    """
    for pictures, what in ((a, "a"), (b, "b")):
        as_count(len(as_array(pictures, ("n", SIDE, SIDE), what)), f"pictures in {what}")
    from scipy.linalg import subspace_angles

    columns = (x.reshape(len(x), -1).T.astype(np.float64) for x in (a, b))
    angles: Float32 = subspace_angles(*columns)[::-1].astype(np.float32)
    return angles


def overlap(angles: Float32) -> float:
    """How much two subspaces share: the mean squared cosine, 0 (nothing) to 1 (they are one)."""
    return float(np.square(np.cos(angles.astype(np.float64))).mean())


def draws_in_one_layer(name: str) -> bool:
    """Is this a net whose decoder mixes its atoms, and no more? PCA is no net."""
    return name in FAMILIES and len(FAMILIES[name].decoder) == 2


def _assemble(tensors: Tensors, header: Header, root: Path) -> Facts:
    """Build the facts, without what was measured on other weights than those in ``root``."""
    measured, table, likelihoods = header["weights"], header["table"], header["likelihoods"]
    if not all(isinstance(part, dict) for part in (measured, table, likelihoods)):
        raise TypeError
    fresh = [
        (name, recipe)
        for name, recipe in weights.all_models()
        if checked.unchanged(weights.locate(name, recipe, root), measured, root)
    ]
    shapes = _shapes(fresh)
    checked.check({key: tensors[key] for key in shapes if key in tensors}, shapes, "the facts")
    table = table | {"models": [row for row in table["models"] if _key(row) in fresh]}
    ladder = Ladder(
        PCA(tensors["ladder/mean"], tensors["ladder/components"]),
        tensors["ladder/bce"],
        tensors["ladder/mse"],
    )
    codes = {
        (name, recipe): CodeFacts(
            **{f.name: tensors[f"codes/{recipe}/{name}/{f.name}"] for f in fields(CodeFacts)}
        )
        for name, recipe in fresh
    }
    angles = {
        (name, recipe): tensors[f"angles/{recipe}/{name}"]
        for name, recipe in fresh
        if draws_in_one_layer(name)
    }
    likelihoods = {name: nats for name, nats in likelihoods.items() if (name, "best") in fresh}
    maps = (MappingProxyType(part) for part in (codes, angles, likelihoods, table))
    return Facts(ladder, *maps)


def _ladder(data: Mnist, say: Callable[[str], None]) -> dict[str, Float32]:
    say(f"PCA with {COMPONENTS} components")
    fitted = PCA.fit(data.x_train, COMPONENTS)
    x = data.x_test.reshape(-1, PIXELS)
    codes = fitted.encode(x)
    y = np.broadcast_to(fitted.mean, x.shape).copy()
    errors: dict[str, list[float]] = {"bce": [], "mse": []}
    for i in range(COMPONENTS):
        if i % 16 == 0:
            say(f"PCA with {i + 1} of {COMPONENTS} components")
        y += codes[:, i : i + 1] * fitted.components[i]
        clipped = np.clip(y, 0, 1)
        for name, measure in (("bce", bce), ("mse", mse)):
            errors[name].append(float(measure(x, clipped).mean(dtype=np.float64)))
    steps = {name: np.array(values, np.float32) for name, values in errors.items()}
    return {"mean": fitted.mean, "components": fitted.components, **steps}


def _negative_log_likelihood(model: Autoencoder, x: Float32) -> float:
    """Average it over digits that are binarised as ``evaluation.bound`` binarises them."""
    random = np.random.default_rng(0)
    digits = evaluation.binarised(x, random)
    nats = evaluation.negative_log_likelihood(model, digits, random, ROLLS)
    return float(nats.mean(dtype=np.float64))


def _codes(model: Model, x: Float32) -> CodeFacts:
    z = model.encode(x)
    counts, edges = np.histogram(z[z != 0], BINS)
    sizes = np.abs(z)
    return CodeFacts(
        zeros=np.bincount((z == 0).sum(axis=1), minlength=z.shape[1] + 1).astype(np.float32),
        edges=edges.astype(np.float32),
        counts=counts.astype(np.float32),
        l1=np.percentile(sizes.sum(axis=1), np.arange(101)).astype(np.float32),
        size=sizes.mean(axis=0),
        least=z.min(axis=0),
        most=z.max(axis=0),
        mean=z.mean(axis=0),
        covariance=np.cov(z, rowvar=False, dtype=np.float64).astype(np.float32),
    )


def _key(row: Mapping[str, Any]) -> tuple[str, str]:
    """Name the model of a row of the table; PCA has no recipe of its own there."""
    return row["name"], row["recipe"] or "best"


def _shapes(fresh: Iterable[tuple[str, str]]) -> dict[str, tuple[int, ...]]:
    steps = (COMPONENTS,)
    ladder = {"mean": (PIXELS,), "components": (COMPONENTS, PIXELS), "bce": steps, "mse": steps}
    shapes: dict[str, tuple[int, ...]] = {f"ladder/{key}": shape for key, shape in ladder.items()}
    for name, recipe in fresh:
        units = FAMILIES[name].code_size if name in FAMILIES else pca.CODE_SIZE
        of_codes = {f.name: (units,) for f in fields(CodeFacts)} | {
            "zeros": (units + 1,),
            "edges": (BINS + 1,),
            "counts": (BINS,),
            "l1": (101,),
            "covariance": (units, units),
        }
        shapes |= {f"codes/{recipe}/{name}/{key}": shape for key, shape in of_codes.items()}
        if draws_in_one_layer(name):
            shapes[f"angles/{recipe}/{name}"] = (min(units, pca.CODE_SIZE),)
    return shapes
