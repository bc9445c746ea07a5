"""Weights on disk: safetensors files that say what they are, checked before they are used.

Loading runs no code from the file. A file that ships is read once, its SHA-256 is compared with
``SHA256SUMS`` beside it, and only then is it parsed: a shallow net saved under the sparse one's
name has the right shapes and would otherwise pass.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import struct
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy

from ae import drawing
from ae.arrays import MAX_CODE, PIXELS, Float32
from ae.families import FAMILIES, Activation, Family, Recipe
from ae.model import Autoencoder, Dense, Statistics
from ae.pca import PCA
from ae.plans import family_of
from ae.samples import SAMPLES

_HERE = Path(__file__).resolve().parent
FOLDER = _HERE / "_weights" if (_HERE / "_weights").is_dir() else _HERE.parent / "weights"
SUMS = "SHA256SUMS"
# The deep net's file has 0.9 MB; a larger model of somebody's own has its place below this.
MAX_BYTES = 20_000_000

MODELS = (*FAMILIES, "pca")

_MEASURED = ("bce", "mse", "psnr", "zeros", "dead", "digits")


class WeightsError(RuntimeError):
    """A weights file is missing, damaged or not what it should be; the message says what to do."""


def load(
    name: str, *, recipe: str = "best", folder: str | os.PathLike[str] | None = None
) -> Autoencoder | PCA:
    """Load a model that ships with this repository, or that ``python -m ae train`` made.

    Parameters
    ----------
    name : of a family in ``ae.FAMILIES``, or "pca".
    recipe : "best", which the app serves, or "tutorial".
    folder : where the files and their ``SHA256SUMS`` are; the repository's ``weights/`` if None.

    Raises
    ------
    ValueError
        There is no such model or recipe.
    WeightsError
        The file is missing, truncated, altered or does not fit the family.
    """
    path = locate(name, recipe, folder)
    root = FOLDER if folder is None else Path(folder)
    try:
        return _assemble(name, recipe, *read(path, root))
    except ValueError as fault:
        tutorial = "" if recipe == "best" else f" --recipe {recipe}"
        remedy = how_to_restore(path, f"train {name}{tutorial}", root)
        raise WeightsError(f"{path} {fault}; {remedy}") from fault


def load_own(path: str | os.PathLike[str]) -> Autoencoder:
    """Load a model of one's own, as the Train page and ``python -m ae train mine`` write it.

    Raises
    ------
    WeightsError
        The file is missing, too large, or not such a model.
    """
    path = Path(path)
    try:
        return read_own(_bounded(path))
    except ValueError as fault:
        raise WeightsError(f"{path} {fault}") from fault


def read_own(raw: bytes) -> Autoencoder:
    """Build a model of one's own from a file's bytes, which may come from anybody.

    No list vouches for these, so everything is checked: what the file says of itself against
    ``ae.plans``, and every array's name, shape, type and values against that.

    Raises
    ------
    ValueError
        It is too large, truncated, altered, of another make; the message goes on after the file's
        name.
    """
    if len(raw) > MAX_BYTES:
        raise ValueError(f"is too large for weights ({len(raw):,} bytes)")
    tensors, facts = _parse(raw)
    family = family_of(facts)
    _check_measured(facts)
    check(tensors, _family_shapes(family), "what it says of itself")
    model = autoencoder(family, tensors, facts, _statistics(tensors))
    _check_codes(model)
    return model


def read(path: Path, root: Path) -> tuple[dict[str, Float32], Mapping[str, Any]]:
    """Read a file that ``SHA256SUMS`` in ``root`` vouches for: read-only arrays and facts.

    Raises
    ------
    ValueError
        It is missing, truncated or altered; the message goes on after the file's name.
    """
    return _parse(_verified(path, root))


def locate(name: str, recipe: str = "best", folder: str | os.PathLike[str] | None = None) -> Path:
    """Name the file of a model: ``<name>.safetensors``, the tutorial's in a folder of its own."""
    if name not in MODELS:
        raise ValueError(f"no model is called {name!r}; there are {', '.join(MODELS)}")
    if recipe not in recipes(name):
        there = ", ".join(recipes(name))
        raise ValueError(f"{name} has no recipe called {recipe!r}; there is {there}")
    root = FOLDER if folder is None else Path(folder)
    return (root if recipe == "best" else root / recipe) / f"{name}.safetensors"


def recipes(name: str) -> tuple[str, ...]:
    """Name the recipes by which a model can be made, what ships first."""
    # PCA is fitted in one step; its file stands where the best recipe's do.
    return tuple(FAMILIES[name].recipes) if name in FAMILIES else ("best",)


def recipe_of(facts: Mapping[str, Any]) -> Recipe:
    """Read the recipe that a file says it was made by; what an older file leaves out is default."""
    return Recipe(**{key: value for key, value in facts["recipe"].items() if key != "name"})


def save(
    path: Path,
    tensors: Mapping[str, Float32],
    facts: Mapping[str, Any],
    *,
    root: str | os.PathLike[str] | None = None,
) -> None:
    """Write a weights file and its line in ``SHA256SUMS``.

    Each of the two files is replaced in one step, so that a run that dies leaves no half of it.

    Parameters
    ----------
    path : as ``locate`` names it.
    root : the folder that was given to ``locate``, where the list stands; the file's own if None.
    """
    folder = path.parent if root is None else Path(root)
    contiguous = {name: np.ascontiguousarray(array) for name, array in tensors.items()}
    raw = safetensors.numpy.save(contiguous, metadata={"facts": json.dumps(dict(facts))})
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, raw)
    listed = sums(folder)
    listed[path.relative_to(folder).as_posix()] = hashlib.sha256(raw).hexdigest()
    _replace(folder / SUMS, "".join(f"{listed[n]}  {n}\n" for n in sorted(listed)).encode())


def autoencoder(
    family: Family,
    tensors: Mapping[str, Float32],
    facts: Mapping[str, Any] = MappingProxyType({}),
    statistics: Statistics | None = None,
) -> Autoencoder:
    """Build a family's model from its arrays, named as ``ae.training.tensors`` names them."""

    def dense(layer: str, activation: Activation) -> Dense:
        return Dense(tensors[f"{layer}.weights"], tensors[f"{layer}.bias"], activation)

    encoder, decoder = (
        tuple(dense(f"{half}.{i}", activation) for i, activation in enumerate(activations))
        for half, activations in zip(("encoder", "decoder"), family.activations, strict=True)
    )
    log_variance = dense("log_variance", "linear") if family.variational else None
    return Autoencoder(family.name, encoder, decoder, facts, statistics, log_variance)


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


def check(
    tensors: Mapping[str, Float32], expected: Mapping[str, tuple[int, ...]], what: str
) -> None:
    """Compare a file's arrays with what there must be: names, shapes, float32, finite.

    Raises
    ------
    ValueError
        Something differs; the message goes on after the file's name.
    """
    for key in sorted(tensors.keys() | expected.keys()):
        got = _describe(tensors[key]) if key in tensors else "nothing"
        wanted = f"float32 of shape {expected[key]}" if key in expected else "nothing"
        if got != wanted:
            raise ValueError(f"does not fit {what}: {key} is {got}, expected {wanted}")
        if not np.isfinite(tensors[key]).all():
            raise ValueError(f"does not fit {what}: {key} holds NaN or infinity")


def _bounded(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ValueError(f"is too large for weights ({size:,} bytes)")
        return path.read_bytes()
    except OSError:
        raise ValueError("is missing or cannot be read") from None


def _verified(path: Path, root: Path) -> bytes:
    """Read a file that the manifest vouches for."""
    raw = _bounded(path)
    expected = sums(root).get(path.relative_to(root).as_posix())
    if expected is None:
        raise ValueError(f"is not listed in {root / SUMS}")
    if hashlib.sha256(raw).hexdigest() != expected:
        raise ValueError("is truncated or was altered")
    return raw


def how_to_restore(path: Path, command: str, root: Path, option: str = "--out") -> str:
    """Say how a file comes back: from git, or from the command that makes it again."""
    if root == FOLDER:
        inside = path.relative_to(FOLDER.parent).as_posix()
        back = f"git checkout -- {inside} {FOLDER.name}/{SUMS}"
        return f"restore it with: {back} (or python -m ae {command})"
    return f"make it again with: python -m ae {command} {option} {root}"


def unchanged(name: str, recipe: str, measured: Mapping[str, str], root: Path) -> bool:
    """Tell whether a model's file is still the one whose hash was noted when it was measured."""
    file = locate(name, recipe, root).relative_to(root).as_posix()
    return file in measured and sums(root).get(file) == measured[file]


def sums(root: Path) -> dict[str, str]:
    """Read ``SHA256SUMS`` in the format of ``sha256sum``: file name -> hash."""
    try:
        lines = (root / SUMS).read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def _parse(raw: bytes) -> tuple[dict[str, Float32], Mapping[str, Any]]:
    """Take a file's bytes apart: read-only arrays and facts."""
    try:
        tensors = safetensors.numpy.load(raw)
        # The library gives the header's free text only of a file on disk, not of checked bytes.
        (length,) = struct.unpack_from("<Q", raw)
        header = json.loads(raw[8 : 8 + length])
        facts = dict(json.loads(header["__metadata__"]["facts"]))
    except (
        safetensors.SafetensorError, ValueError, KeyError, TypeError, RecursionError, struct.error,
    ) as fault:  # fmt: skip
        raise ValueError("is not a weights file of ours") from fault
    for array in tensors.values():
        array.setflags(write=False)
    return tensors, MappingProxyType(facts)


def _assemble(
    name: str, recipe: str, tensors: dict[str, Float32], facts: Mapping[str, Any]
) -> Autoencoder | PCA:
    """Build the model, checking every array and what the file says against the family table."""
    family = FAMILIES.get(name)
    _check_facts(facts, name, recipe, family)
    check(tensors, _pca_shapes(tensors) if family is None else _family_shapes(family), name)
    statistics = _statistics(tensors)
    if family is None:
        return PCA.from_state(tensors["mean"], tensors["components"], facts, statistics)
    return autoencoder(family, tensors, facts, statistics)


def _statistics(tensors: Mapping[str, Float32]) -> Statistics:
    return Statistics(**{f.name: tensors[f"statistics.{f.name}"] for f in fields(Statistics)})


def _check_measured(facts: Mapping[str, Any]) -> None:
    """The screen shows these figures of every model, so they must be figures."""
    test, data = facts.get("test"), facts.get("data")
    figures: list[Any] = [test.get(key) for key in _MEASURED] if isinstance(test, dict) else [None]
    if not all(type(x) in (int, float) and abs(x) < 1e300 for x in figures):
        raise ValueError("does not say what was measured of it")
    if not isinstance(data, dict) or not isinstance(data.get("name"), str):
        raise ValueError("does not say what it was trained on")


def _check_codes(model: Autoencoder) -> None:
    """Finite weights can give codes that overflow: what a training stops at is refused here too."""
    digits = np.stack([drawing.from_strokes(strokes) for strokes in SAMPLES.values()])
    with np.errstate(all="ignore"):
        largest = np.abs(model.encode(digits)).max()
    if not largest <= MAX_CODE / 100:  # a NaN is not below it either
        raise ValueError("gives codes too large to decode")


def _check_facts(facts: Mapping[str, Any], name: str, recipe: str, family: Family | None) -> None:
    """Shapes alone do not tell sparse from shallow, one recipe from another, relu from linear."""
    settings = facts.get("recipe")
    said = {
        "family": facts.get("family"),
        "recipe": settings.get("name") if isinstance(settings, dict) else None,
        "activations": facts.get("activations"),
    }
    wanted: dict[str, Any] = {"family": name}
    if family is not None:
        wanted |= {"recipe": recipe, "activations": [list(half) for half in family.activations]}
    for key, value in wanted.items():
        if said[key] != value:
            what = f"it says {key} {said[key]!r}, expected {value!r}"
            raise ValueError(f"does not fit {name}: {what}")


def _describe(array: Float32) -> str:
    return f"{array.dtype} of shape {array.shape}"


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


def _replace(path: Path, raw: bytes) -> None:
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")  # another run may write its own
    draft.write_bytes(raw)
    draft.replace(path)
