"""What both sides know before the first byte: which values a code has, and how likely each is.

It is measured on the training digits' codes once and ships in ``weights/priors.safetensors``, so
that a file of one digit carries none of it. A model that was not measured, say one of your own, has
a cruder one, which is made of the statistics in its own file.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Self, final

import numpy as np
import numpy.typing as npt

from ae import checked
from ae.arrays import Float32, as_count
from ae.checked import Header, Tensors
from ae.compression.mixture import Float64, Mixture
from ae.model import Model

FILE = "priors.safetensors"
MAX_BITS = 8
COMPONENTS = 16
Symbols = npt.NDArray[np.int64]

# Beyond these percentiles of the training digits' codes a number is cut off.
_RANGE = (0.02, 99.98)
# Between the 5th and the 95th percentile of a normal distribution lie 3.29 deviations.
_DEVIATIONS = 3.29


@final
@dataclass(frozen=True, eq=False)
class Grid:
    """Which values the numbers of a code may have: whole multiples of a step, zero among them.

    Attributes
    ----------
    step : float64 array of shape (units,).
    least, most : int64 arrays of shape (units,), the multiples at the ends.
    """

    step: Float64
    least: Symbols
    most: Symbols

    @property
    def levels(self) -> Symbols:
        """How many values each unit may have."""
        return self.most - self.least + 1

    def round(self, z: npt.NDArray[np.floating]) -> Symbols:
        """Take codes, (n, units), to the nearest values: symbols from 0 on."""
        nearest = np.clip(np.rint(z / self.step), self.least, self.most)
        return nearest.astype(np.int64) - self.least

    def values(self, symbols: Symbols) -> Float32:
        """Give the codes of symbols, (n, units)."""
        return ((symbols + self.least) * self.step).astype(np.float32)


@final
@dataclass(frozen=True, eq=False)
class Prior:
    """What is known of a model's codes. All arrays are float32, as they ship.

    Attributes
    ----------
    low, high : of shape (units,), the range of each number.
    effect : of shape (units,), by how much a pixel changes with the number: root mean square over
        pixels and digits, for a change of 1.
    share : of shape (components,), centre : (components, units). Of the mixture.
    spread : of shape (components, units * (units + 1) / 2), the covariances' lower triangles.
    """

    low: Float32
    high: Float32
    effect: Float32
    share: Float32
    centre: Float32
    spread: Float32

    @classmethod
    def of_statistics(cls, model: Model) -> Self:
        """Make do with what the model's file says is usual, each number for itself."""
        bottom, middle, top = model.statistics.code_percentiles.astype(np.float64)
        # A unit that is always the same still needs a step, though all of them may be.
        least = max((top - bottom).max(), 1e-3 * np.abs(middle).max(), 1e-6) / 20
        usual = np.maximum(top - bottom, least)
        mixture = Mixture(np.ones(1), middle[None], np.diag(np.square(usual / _DEVIATIONS))[None])
        return cls.packed(bottom - usual / 2, top + usual / 2, 1 / usual, mixture)

    @classmethod
    def packed(cls, low: Float64, high: Float64, effect: Float64, mixture: Mixture) -> Self:
        """Round everything to what ships."""
        rows, columns = np.tril_indices(len(low))
        spread = mixture.covariances[:, rows, columns]
        arrays = [
            array.astype(np.float32)
            for array in (low, high, effect, mixture.weights, mixture.means, spread)
        ]
        for array in arrays:
            array.setflags(write=False)
        return cls(*arrays)

    def grid(self, bits: int) -> Grid:
        """Choose the values that a code's numbers may have, from 1 to 8 bits for each.

        A step of any unit changes the picture as much as a step of any other: then no bit can be
        moved from one unit to another with profit (Cover & Thomas, *Elements of Information
        Theory*, 2006, section 10.3.3: reverse water-filling). So the unit with the most to say gets
        all of the bits, and the others get fewer.

        Raises
        ------
        ValueError
            Another number of bits.
        """
        as_count(bits, "bits", 1, MAX_BITS)
        low, high, effect = (
            array.astype(np.float64) for array in (self.low, self.high, self.effect)
        )
        step = ((high - low) * effect).max() / (2**bits - 1) / effect
        least, most = (np.rint(end / step).astype(np.int64) for end in (low, high))
        return Grid(step, least, most)

    @cached_property
    def mixture(self) -> Mixture:
        """How likely each code is."""
        units = len(self.low)
        rows, columns = np.tril_indices(units)
        covariances = np.empty((len(self.share), units, units))
        covariances[:, rows, columns] = covariances[:, columns, rows] = self.spread
        return Mixture(self.share.astype(np.float64), self.centre.astype(np.float64), covariances)


def decoder_hash(model: Model) -> str:
    """Name a decoder by what it does: SHA-256 of its arrays, in hexadecimal."""
    digest = hashlib.sha256()
    for name, array in model.decoder_arrays().items():
        digest.update(f"{name} {array.shape}".encode())
        digest.update(array.astype("<f4").tobytes())
    return digest.hexdigest()


def prior_of(model: Model, folder: str | os.PathLike[str] | None = None) -> Prior:
    """Give what was measured of this very decoder, else what the model's own file says.

    Parameters
    ----------
    folder : where the weights are; those that ship if None.

    Raises
    ------
    WeightsError
        The file of priors is damaged, or does not ship.
    """
    root = checked.root_of(folder)
    priors = load(root) if root == checked.FOLDER or (root / FILE).exists() else {}
    known = priors.get(decoder_hash(model))
    return Prior.of_statistics(model) if known is None else known


def load(folder: str | os.PathLike[str] | None = None) -> Mapping[str, Prior]:
    """Load what was measured of all models of a folder: ``decoder_hash`` -> prior.

    Raises
    ------
    WeightsError
        The file is missing, truncated, altered or not ours.
    """
    root = checked.root_of(folder)
    return checked.load(
        root / FILE,
        root,
        _assemble,
        what="file of priors",
        command="evaluate --compression",
        option="--folder",
    )


def save(priors: Mapping[str, Prior], folder: Path) -> None:
    """Write priors, by ``decoder_hash``."""
    tensors = {
        f"{digest}/{name}": array
        for digest, prior in priors.items()
        for name, array in asdict(prior).items()
    }
    checked.save(folder / FILE, tensors, {"decoders": list(priors)})


def _assemble(tensors: Tensors, header: Header) -> Mapping[str, Prior]:
    priors = {}
    for digest in header["decoders"]:
        prior = Prior(**{f.name: tensors[f"{digest}/{f.name}"] for f in fields(Prior)})
        units, components = len(prior.low), len(prior.share)
        shapes = {
            **dict.fromkeys(("low", "high", "effect"), (units,)),
            "share": (components,),
            "centre": (components, units),
            "spread": (components, units * (units + 1) // 2),
        }
        checked.check(asdict(prior), shapes, "a prior")
        priors[digest] = prior
    return MappingProxyType(priors)
