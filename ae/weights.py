"""Models on disk: which file holds which model, and what must be in it.

A file that ships is vouched for by ``SHA256SUMS`` (``ae.checked``), and still must fit the family
table. A model of somebody's own comes from anybody: nobody vouches for it, so all of it is checked.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ae import checked, reach
from ae.arrays import PIXELS, Float32
from ae.checked import Header, Tensors, WeightsError
from ae.families import FAMILIES, Activation, Family
from ae.metadata import MAX_BCE, Metadata
from ae.model import Autoencoder, Dense, Statistics
from ae.pca import PCA
from ae.plans import family_of
from ae.reach import MAX_REACH, Reach

Array = npt.NDArray[Any]

MODELS = (*FAMILIES, PCA.name)
RECIPES = tuple(dict.fromkeys(name for family in FAMILIES.values() for name in family.recipes))
"""Every recipe that some family has; the first is what ships."""


def load(
    name: str, *, recipe: str = "best", folder: str | os.PathLike[str] | None = None
) -> Autoencoder | PCA:
    """Load a model that ships, or that ``python -m ae train`` made.

    Parameters
    ----------
    name : of a family in ``ae.FAMILIES``, or "pca".
    recipe : "best", which the app serves, or "tutorial".
    folder : where the files and their ``SHA256SUMS`` are; what ships if None.

    Raises
    ------
    ValueError
        There is no such model or recipe.
    WeightsError
        The file is missing, truncated, altered or does not fit the family.
    """
    path = locate(name, recipe, folder)
    tutorial = "" if recipe == "best" else f" --recipe {recipe}"
    return checked.load(
        path,
        checked.root_of(folder),
        lambda tensors, header: _assemble(name, recipe, tensors, header),
        what="weights file of ours",
        command=f"train {name}{tutorial}",
    )


def load_own(path: str | os.PathLike[str]) -> Autoencoder:
    """Load a model of one's own, as the Train page and ``python -m ae train mine`` write it.

    Raises
    ------
    WeightsError
        The file is missing, too large, or not such a model.
    """
    path = Path(path)
    try:
        return read_own(checked.read_bytes(path))
    except ValueError as fault:
        raise WeightsError(f"{path} {fault}") from fault


def load_start(path: str | os.PathLike[str], family: Family) -> dict[str, Float32]:
    """Load the arrays of a model of one's own, for a training of a net like it to go on from.

    Raises
    ------
    ValueError
        Its layers have other widths than the family's.
    WeightsError
        As ``load_own``.
    """
    model = load_own(path)
    if model.widths != family.widths:
        got, wanted = ("-".join(map(str, widths)) for widths in (model.widths, family.widths))
        raise ValueError(f"{path} is a net of {got}, and this one is to have {wanted}")
    return tensors_of(model)


def read_own(raw: bytes) -> Autoencoder:
    """Build a model of one's own from a file's bytes, which may come from anybody.

    No list vouches for these, so everything is checked: what the file says of itself against
    ``ae.plans``, every array's name, shape and type against that, and the values against what they
    would do to any picture and any code (``ae.reach``).

    Raises
    ------
    ValueError
        It is too large, truncated, altered, of another make; the message goes on after the file's
        name.
    """
    tensors, header = checked.parse(raw)
    metadata = Metadata.parse(header)
    family = family_of(metadata)
    if metadata.tested is None:
        raise ValueError("does not say what was measured of it")
    checked.check(tensors, _family_shapes(family), "what it says of itself")
    model = autoencoder(family, tensors, metadata, _statistics(tensors))
    _check_statistics(model.statistics, reach.check(model))
    return model


def locate(name: str, recipe: str = "best", folder: str | os.PathLike[str] | None = None) -> Path:
    """Name the file of a model: ``<name>.safetensors``, the tutorial's in a folder of its own."""
    if name not in MODELS:
        raise ValueError(f"no model is called {name!r}; there are {', '.join(MODELS)}")
    if recipe not in recipes(name):
        there = ", ".join(recipes(name))
        raise ValueError(f"{name} has no recipe called {recipe!r}; there is {there}")
    root = checked.root_of(folder)
    return (root if recipe == "best" else root / recipe) / f"{name}.safetensors"


def recipes(name: str) -> tuple[str, ...]:
    """Name the recipes by which a model can be made, what ships first."""
    # PCA is fitted in one step; its file stands where the best recipe's do.
    return tuple(FAMILIES[name].recipes) if name in FAMILIES else ("best",)


def all_models() -> list[tuple[str, str]]:
    """Name every model with each of its recipes: (name, recipe), in the table's order."""
    return [(name, recipe) for name in MODELS for recipe in recipes(name)]


def autoencoder(
    family: Family,
    tensors: Mapping[str, Float32],
    metadata: Metadata | None = None,
    statistics: Statistics | None = None,
) -> Autoencoder:
    """Build a family's model from its arrays, named as ``tensors_of`` names them."""

    def dense(layer: str, activation: Activation) -> Dense:
        k = family.k if activation == "topk" else None
        return Dense(tensors[f"{layer}.weights"], tensors[f"{layer}.bias"], activation, k)

    encoder, decoder = (
        tuple(dense(f"{half}.{i}", activation) for i, activation in enumerate(activations))
        for half, activations in zip(("encoder", "decoder"), family.activations, strict=True)
    )
    log_variance = dense("log_variance", "linear") if family.variational else None
    return Autoencoder(family.name, encoder, decoder, metadata, statistics, log_variance)


def narrowed(tensors: Mapping[str, Float32], family: Family) -> dict[str, Array]:
    """Give a family's arrays as its file keeps them."""
    return {name: array.astype(family.stored, copy=False) for name, array in tensors.items()}


def widened(tensors: Mapping[str, Array], family: Family) -> dict[str, Float32]:
    """Give a family's arrays, as its file keeps them, as its model has them: read-only float32."""
    wide: dict[str, Any] = {}
    for name, array in tensors.items():
        wide[name] = array.astype(np.float32, copy=False) if array.dtype == family.stored else array
        wide[name].setflags(write=False)
    return wide


def tensors_of(model: Autoencoder) -> dict[str, Float32]:
    """Name a model's arrays as they stand in its file, without the statistics."""
    layers = {
        f"{half}.{i}": layer
        for half, layers in (("encoder", model.encoder), ("decoder", model.decoder))
        for i, layer in enumerate(layers)
    }
    if model.log_variance is not None:
        layers["log_variance"] = model.log_variance
    return {
        f"{name}.{what}": array
        for name, layer in layers.items()
        for what, array in (("weights", layer.weights), ("bias", layer.bias))
    }


def statistics_tensors(statistics: Statistics) -> dict[str, Float32]:
    """Name the statistics' arrays as they stand in the file: ``statistics.code_mean``, …"""
    return {f"statistics.{name}": array for name, array in asdict(statistics).items()}


def _assemble(name: str, recipe: str, tensors: Tensors, header: Header) -> Autoencoder | PCA:
    """Build the model, checking every array and what the file says against the family table."""
    metadata = Metadata.parse(header)
    family = FAMILIES.get(name)
    _check_metadata(metadata, name, recipe, family)
    shapes = _pca_shapes(tensors) if family is None else _family_shapes(family)
    if family is not None:
        tensors = widened(tensors, family)
    checked.check(tensors, shapes, name)
    statistics = _statistics(tensors)
    if family is None:
        return PCA(tensors["mean"], tensors["components"], metadata, statistics)
    return autoencoder(family, tensors, metadata, statistics)


def _statistics(tensors: Mapping[str, Float32]) -> Statistics:
    return Statistics(**{f.name: tensors[f"statistics.{f.name}"] for f in fields(Statistics)})


def _check_statistics(statistics: Statistics, codes: Reach) -> None:
    """Hold what is said to be usual against what can be: sizes, and percentiles that rise.

    Pages make axes, sliders and random codes of these.
    """
    # Codes are float32: they may leave their bounds by what rounding a sum takes, which is much
    # where large sums cancel out.
    slack = 1e-3 * (1 + codes.size)
    low, high = np.clip([codes.low - slack, codes.high + slack], -MAX_REACH, MAX_REACH)
    bounds: dict[str, tuple[Any, Any]] = {
        "code_percentiles": (low, high),
        "code_mean": (low, high),
        "active": (0, 1),
        "bce_percentiles": (0, MAX_BCE),
        "mse_percentiles": (0, 1),
    }
    for name, (least, most) in bounds.items():
        array: Float32 = getattr(statistics, name)
        if not np.all((array >= least) & (array <= most)):
            raise ValueError(f"says what no picture gives: statistics.{name}")
        rises = np.diff(array, axis=0) >= -1e-6 * np.abs(array[1:])
        if name.endswith("percentiles") and not rises.all():
            raise ValueError(f"does not sort its percentiles: statistics.{name}")


def _check_metadata(metadata: Metadata, name: str, recipe: str, family: Family | None) -> None:
    """Shapes alone do not tell sparse from shallow, one recipe from another, relu from linear."""
    net = metadata.net
    expectations: list[tuple[str, object, object]] = [("family", metadata.family, name)]
    if family is not None:
        expectations += [
            ("recipe", net and net.recipe_name, recipe),
            ("activations", net and net.activations, family.activations),
            ("k", net and net.recipe.k, family.k),
        ]
    for key, got, wanted in expectations:
        if got != wanted:
            raise ValueError(f"does not fit {name}: it says {key} {got!r}, expected {wanted!r}")


def _family_shapes(family: Family) -> dict[str, tuple[int, ...]]:
    shapes = _statistics_shapes(family.code_size)
    for half, widths in (("encoder", family.encoder), ("decoder", family.decoder)):
        for i, (inputs, units) in enumerate(itertools.pairwise(widths)):
            shapes[f"{half}.{i}.weights"] = (inputs, units)
            shapes[f"{half}.{i}.bias"] = (units,)
    if family.variational:
        shapes["log_variance.weights"] = family.encoder[-2:]
        shapes["log_variance.bias"] = family.encoder[-1:]
    return shapes


def _pca_shapes(tensors: Mapping[str, Float32]) -> dict[str, tuple[int, ...]]:
    units = len(np.atleast_2d(tensors.get("components", ())))
    return {"mean": (PIXELS,), "components": (units, PIXELS)} | _statistics_shapes(units)


def _statistics_shapes(code: int) -> dict[str, tuple[int, ...]]:
    units, hundredths = (code,), (101,)
    shapes = {"code_percentiles": (3, code), "code_mean": units, "active": units}
    shapes |= {"bce_percentiles": hundredths, "mse_percentiles": hundredths}
    return {f"statistics.{name}": shape for name, shape in shapes.items()}
