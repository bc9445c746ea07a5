"""Where 5,000 test digits lie: codes, maps and what was measured of them, small enough to ship.

``python -m ae evaluate --atlas`` makes ``weights/atlas.safetensors``, which is verified like any
weights file. It names the weights that it was measured on; beside others, their maps are left out.
UMAP (McInnes, Healy & Melville, 2018) runs only then, and is no dependency of the app.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, final

import numpy as np

from ae import checked, facts, latent, weights
from ae.arrays import PIXELS, Float32, as_codes
from ae.checked import Header, Tensors
from ae.evaluation import Bound, bound, divergence, mse
from ae.families import FAMILIES
from ae.latent import Digits, Indices
from ae.mnist import Mnist
from ae.model import Autoencoder
from ae.noise import NOISES
from ae.pca import PCA

FILE = "atlas.safetensors"
DIGITS = 5000
"""The first test digits, which are on the map; the other 5,000 measure it."""
NEIGHBOURS = 10
HEAP = 0.05
"""What lies within this share of UMAP's map from its medoid is one heap with it."""
COMPONENTS = 100
"""So many principal components stand for the pixels, which do not ship."""

# What the header calls them; a file outlives the names in the code.
_MAPS, _CORRUPTED = "charts", "spoiled"


@final
@dataclass(frozen=True, eq=False)
class CodeMap:
    """The codes of one model, and two maps of them. All arrays are read-only.

    Attributes
    ----------
    codes : float32 array of shape (5000, units); those that ship are rounded to 255 steps per unit.
    mean, axes : float32 arrays of shape (units,) and (2, units). The map by PCA: a code lies at
        ``axes @ (z - mean)``.
    umap : float32 array of shape (5000, 2), the map by UMAP, or None.
    accuracy : share of the other 5,000 test digits that the vote of their ten neighbours in code
        space names rightly; NaN where it was not measured.
    umap_error : median distance between where ``place`` and where UMAP's own ``transform`` puts
        those digits, as a share of the map's width.
    stray : share of those digits that ``place`` puts among points of another digit than their
        neighbours in code space vote for.
    divergence : float32 array of shape (units,) of a variational model, else None. Nats per unit,
        averaged over the 10,000 test digits.
    bound : of a variational model, else None.
    grey : how blurred its reconstructions of the 10,000 test digits are, by ``ae.atlas.grey``; NaN
        where it was not measured.
    corrupted : noise -> mean squared error of the reconstruction of digits that were corrupted at
        the usual strength, against the clean ones, over the 10,000 test digits.
    """

    codes: Float32
    mean: Float32
    axes: Float32
    umap: Float32 | None = None
    accuracy: float = float("nan")
    umap_error: float = float("nan")
    stray: float = float("nan")
    divergence: Float32 | None = None
    bound: Bound | None = None
    grey: float = float("nan")
    corrupted: Mapping[str, float] = field(default_factory=dict)

    def project(self, z: Float32) -> Float32:
        """Place codes on PCA's map, exactly: (n, units) -> (n, 2)."""
        from_mean: Float32 = as_codes(z, len(self.mean)) - self.mean
        return from_mean @ self.axes.T

    def place(self, z: Float32, digits: Digits) -> Float32:
        """Place codes on UMAP's map, among their like: (n, units) -> (n, 2).

        Of the ten nearest codes, those count that are the digit which most of them are, and of
        these, those that stand among their like on the map. They may still lie in several heaps,
        between which there is nothing: the code comes to the one around their medoid. The browser
        moves the star so while one draws: ``placeOf`` in ``static/latent.js``.

        Parameters
        ----------
        z : float32 array of shape (n, units).
        digits : uint8 array of shape (5000,), what the map's codes are.

        Raises
        ------
        ValueError
            There is no such map.
        """
        if self.umap is None:
            raise ValueError("there is no map by UMAP of this model")
        nearest, distances = latent.neighbours(self.codes, z, NEIGHBOURS)
        of = latent.votes(digits, nearest).argmax(axis=1)[:, None]
        agree = digits[nearest] == of
        settled = agree & (_seen_there(self.umap, self.umap[nearest], digits) == of)
        counted = np.where(settled.any(axis=1, keepdims=True), settled, agree)
        places = self.umap[nearest]  # (n, 10, 2)
        weights = np.where(counted, 1 / np.maximum(distances, np.float32(1e-9)), 0)
        apart = np.linalg.norm(places[:, :, None] - places[:, None], axis=3)
        sums = np.where(counted, (apart * weights[:, None]).sum(axis=2), np.inf)
        medoid = sums.argmin(axis=1)[:, None, None]
        weights *= np.take_along_axis(apart, medoid, axis=2)[..., 0] < HEAP
        weights /= weights.sum(axis=1, keepdims=True)
        placed: Float32 = (weights[..., None] * places).sum(axis=1).astype(np.float32)
        return placed


@final
@dataclass(frozen=True, eq=False)
class Atlas:
    """All that ships.

    Attributes
    ----------
    digits : uint8 array of shape (5000,), what they are.
    maps : model -> its map.
    pixels : float32 array of shape (5000, 100). The digits' first principal components (those of
        ``ae.facts``), which keep the distances between pictures well enough to find neighbours.
    pixels_accuracy : as ``CodeMap.accuracy``, by the pixels themselves. pixels_agreement : share of
        a digit's ten nearest pictures that the components find too. pixels_near : half of the other
        5,000 test digits have a neighbour at this distance, or nearer.
    grey : as ``CodeMap.grey``, of the test digits themselves.
    """

    digits: Digits
    maps: Mapping[str, CodeMap]
    pixels: Float32
    pixels_accuracy: float
    pixels_agreement: float
    pixels_near: float
    grey: float

    def nearest(self, pictures: Float32, pca: PCA) -> tuple[Indices, Float32]:
        """Find the digit that each picture looks most like, by their principal components.

        Parameters
        ----------
        pictures : float32 array of shape (n, 28, 28) or (n, 784) in [0, 1].
        pca : of ``ae.facts``, with all its components.

        Returns
        -------
        Indices of digits, and the distances to them, both of shape (n,).
        """
        components = pca.encode(pictures)[:, : self.pixels.shape[1]]
        nearest, distances = latent.neighbours(self.pixels, components, 1)
        return nearest[:, 0], distances[:, 0]

    def near(self, pictures: Float32, pca: PCA) -> int:
        """Count the pictures that lie as near to a digit as half of the digits do to another.

        Parameters are those of `nearest`.
        """
        _, distances = self.nearest(pictures, pca)
        return int((distances <= self.pixels_near).sum())


def load(folder: str | os.PathLike[str] | None = None) -> Atlas:
    """Load the atlas beside the weights.

    What was measured on other weights than those that the folder lists is left out: a family that
    was trained again is missing until ``python -m ae evaluate --atlas``, and the others are there.

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
        what="atlas",
        command="evaluate --atlas",
        option="--folder",
    )


def code_map(codes: Float32) -> CodeMap:
    """Draw the map by PCA of any codes: what there is of a model of one's own."""
    mean, axes = latent.principal_plane(codes)
    return CodeMap(_frozen(codes.copy()), _frozen(mean), _frozen(axes))


def produce(
    data: Mnist,
    folder: Path = checked.FOLDER,
    *,
    say: Callable[[str], None] = lambda _: None,
) -> Path:
    """Measure everything and write the file; takes some minutes, most of them in UMAP.

    Parameters
    ----------
    folder : with the families' best weights and ``facts.safetensors``; gets the file and its line
        in ``SHA256SUMS``.
    say : called with a line of progress now and then.

    Raises
    ------
    ImportError
        umap-learn is not installed.
    WeightsError
        A weights file is missing or damaged.
    """
    tensors: dict[str, Any] = {"digits": data.y_test[:DIGITS]}
    maps: dict[str, Any] = {}
    corrupted = {
        name: noise.corrupt(data.x_test, noise.strength, np.random.default_rng(0))
        for name, noise in NOISES.items()
    }
    for name in FAMILIES:
        say(f"map of {name}")
        model = weights.load(name, folder=folder)
        z = model.encode(data.x_test)
        measured = {**_mapped(z, data.y_test), "grey": grey(model.decode(z))}
        right, off, stray = (measured[key] for key in ("accuracy", "umap_error", "stray"))
        say(f"{name}: {NEIGHBOURS} neighbours are right for {right:.1%}, UMAP is off by {off:.1%}")
        say(f"{name}: {stray:.1%} are placed among other digits than their neighbours are")
        say(f"{name}: {measured['grey']:.1%} of its ink is grey")
        for noise, x in corrupted.items():
            error = mse(data.x_test, model.reconstruct(x)).mean(dtype=np.float64)
            measured[f"{_CORRUPTED}/{noise}"] = float(error)
            say(f"{name}: squared error {error:.4f} of digits corrupted by {noise}")
        if isinstance(model, Autoencoder) and model.variational:
            each = divergence(*model.encode_distribution(data.x_test))
            measured["divergence"] = each.mean(axis=0, dtype=np.float64).astype(np.float32)
            measured["bound"] = bound(model, data.x_test)._asdict()
        arrays = {key: value for key, value in measured.items() if isinstance(value, np.ndarray)}
        tensors |= {f"{name}/{key}": value for key, value in arrays.items()}
        maps[name] = {key: value for key, value in measured.items() if key not in arrays}
    say("neighbours by pixels")
    of_pixels = _pixels(data, folder)
    say(f"pixels: {NEIGHBOURS} neighbours are right for {of_pixels['accuracy']:.1%}")
    tensors |= _rounded("pixels", of_pixels.pop("components"))
    sums = checked.sums(folder)
    files = [weights.locate(name, folder=folder).name for name in FAMILIES]
    header = {
        "weights": {file: sums[file] for file in files},
        _MAPS: maps,
        "pixels": of_pixels,
    }
    path = folder / FILE
    checked.save(path, tensors, header)
    return path


def accuracy(codes: Float32, digits: Digits, z: Float32, true: Digits) -> float:
    """Measure how often the vote of ten neighbours is right; of a tie, the smaller digit counts."""
    nearest, _ = latent.neighbours(codes, z, NEIGHBOURS)
    guessed = latent.votes(digits, nearest).argmax(axis=1)
    return float((guessed == true).mean())


def grey(pictures: Float32) -> float:
    """Measure how blurred pictures are: the share of their ink (above 0.1) that is below 0.9."""
    inked = pictures[pictures > 0.1]
    return float((inked < 0.9).mean()) if inked.size else 0.0


def _seen_there(points: Float32, places: Float32, digits: Digits) -> Digits:
    """Say which digit most of the ten points around places (..., 2) of a map are."""
    flat, back = np.unique(places.reshape(-1, 2), axis=0, return_inverse=True)
    around, _ = latent.neighbours(points, flat, NEIGHBOURS)
    seen: Digits = latent.votes(digits, around).argmax(axis=1).astype(np.uint8)
    return seen[back.ravel()].reshape(places.shape[:-1])


def _mapped(z: Float32, digits: Digits) -> dict[str, Any]:
    """Map the first 5,000 codes and measure with the others, as the app will: on rounded codes."""
    import umap

    rounded = _rounded("codes", z[:DIGITS])
    codes, others = _restored("codes", rounded), z[DIGITS:]
    mean, axes = latent.principal_plane(codes)
    mapper = umap.UMAP(random_state=0, n_jobs=1)
    places = mapper.fit_transform(codes)
    low, width = places.min(axis=0), np.ptp(places, axis=0).max()
    places = ((places - low) / width).astype(np.float16)
    theirs = (mapper.transform(others) - low) / width
    known, points = digits[:DIGITS], places.astype(np.float32)
    placed = CodeMap(codes, mean, axes, points).place(others, known)
    nearest, _ = latent.neighbours(codes, others, NEIGHBOURS)
    voted = latent.votes(known, nearest).argmax(axis=1)
    return {
        **rounded,
        "mean": mean,
        "axes": axes,
        "umap": places,
        "accuracy": accuracy(codes, known, others, digits[DIGITS:]),
        "umap_error": float(np.median(np.linalg.norm(placed - theirs, axis=1))),
        "stray": float((_seen_there(points, placed, known) != voted).mean()),
    }


def _pixels(data: Mnist, folder: Path) -> dict[str, Any]:
    pca = facts.load(folder).ladder.pca
    x = data.x_test.reshape(-1, PIXELS)
    components = pca.encode(x)[:, :COMPONENTS]
    rounded = _restored("pixels", _rounded("pixels", components[:DIGITS]))
    true, _ = latent.neighbours(x[:DIGITS], x[DIGITS:], NEIGHBOURS)
    near, distances = latent.neighbours(rounded, components[DIGITS:], NEIGHBOURS)
    digits = data.y_test[:DIGITS]
    return {
        "components": components[:DIGITS],
        "accuracy": accuracy(x[:DIGITS], digits, x[DIGITS:], data.y_test[DIGITS:]),
        "agreement": _agreement(true, near),
        "near": float(np.median(distances[:, 0])),
        "grey": grey(data.x_test),
    }


def _agreement(a: Indices, b: Indices) -> float:
    """Share of each row of ``a`` that is in the same row of ``b`` too."""
    return float((a[:, :, None] == b[:, None, :]).any(axis=2).mean())


def _rounded(name: str, codes: Float32) -> dict[str, Any]:
    """Write codes in a quarter of the room: the range of each unit in 255 steps."""
    low = codes.min(axis=0)
    step = np.maximum((codes.max(axis=0) - low) / 255, np.float32(1e-12))
    steps = np.rint((codes - low) / step).astype(np.uint8)
    return {name: steps, f"{name}/low": low, f"{name}/step": step}


def _restored(name: str, tensors: Mapping[str, Any]) -> Float32:
    steps, low, step = (tensors[key] for key in (name, f"{name}/low", f"{name}/step"))
    restored: Float32 = steps * step + low
    if steps.dtype != np.uint8 or restored.dtype != np.float32 or not np.isfinite(restored).all():
        raise ValueError("is no atlas")
    return _frozen(restored)


def _assemble(tensors: Tensors, header: Header, root: Path) -> Atlas:
    """Build the atlas, without what was measured on other weights than those in ``root``."""
    maps = {
        name: _code_map(name, tensors, header[_MAPS][name])
        for name in FAMILIES
        if checked.unchanged(weights.locate(name, folder=root), header["weights"], root)
    }
    digits: Any = tensors["digits"]
    pixels = _restored("pixels", tensors)
    if digits.shape != (DIGITS,) or pixels.shape != (DIGITS, COMPONENTS):
        raise ValueError("is no atlas")
    measured = header["pixels"]
    return Atlas(
        digits=digits,
        maps=MappingProxyType(maps),
        pixels=pixels,
        pixels_accuracy=measured["accuracy"],
        pixels_agreement=measured["agreement"],
        pixels_near=measured["near"],
        grey=measured["grey"],
    )


def _code_map(name: str, tensors: Mapping[str, Any], measured: Mapping[str, Any]) -> CodeMap:
    """Build one map, whose arrays must have the family's shapes."""
    units = FAMILIES[name].code_size
    codes = _restored(f"{name}/codes", tensors)
    mean, axes, umap = (tensors[f"{name}/{key}"] for key in ("mean", "axes", "umap"))
    shapes = [array.shape for array in (codes, mean, axes, umap)]
    if shapes != [(DIGITS, units), (units,), (2, units), (DIGITS, 2)]:
        raise ValueError(f"does not fit {name}")
    return CodeMap(
        codes,
        mean,
        axes,
        _frozen(umap.astype(np.float32)),
        measured["accuracy"],
        measured["umap_error"],
        measured["stray"],
        tensors[f"{name}/divergence"] if FAMILIES[name].variational else None,
        Bound(**measured["bound"]) if FAMILIES[name].variational else None,
        measured["grey"],
        MappingProxyType({noise: measured[f"{_CORRUPTED}/{noise}"] for noise in NOISES}),
    )


def _frozen(array: Float32) -> Float32:
    array.setflags(write=False)
    return array
