"""What compression costs and loses over MNIST: every model and number of bits, beside pictures.

``python -m ae evaluate --compression`` measures the priors that are missing, writes them to
``weights/priors.safetensors``, and the table to ``weights/compression.safetensors``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import final

import numpy as np

from ae import checked, weights
from ae.arrays import PIXELS, Float32
from ae.checked import Header
from ae.compression import codec, coding, fitting, pictures, prior
from ae.compression.prior import MAX_BITS, Prior
from ae.evaluation import mse
from ae.mnist import Mnist
from ae.model import Model

FILE = "compression.safetensors"
ALONE = 100
"""The first test digits, of which each gets a file of its own."""
LARGEST = 4_000_000
"""Bytes of a decoder, above which no codes are searched: of ``wide`` it takes 9 ms a digit."""


@final
@dataclass(frozen=True, kw_only=True)
class Rung:
    """One model at one number of bits.

    Attributes
    ----------
    model : its name. bits : per number. optimised : or the encoder's codes, merely rounded.
    bytes : per digit, of one file of all test digits.
    ideal : of the codes by the prior, which no coder can beat.
    alone : of the file of one digit. code : so many of them are the code itself.
    mse : per pixel.
    """

    model: str
    bits: int
    optimised: bool
    bytes: float
    ideal: float
    alone: float
    code: float
    mse: float


@final
@dataclass(frozen=True, kw_only=True)
class Picture:
    """One format at one quality.

    Attributes
    ----------
    format : a name in ``pictures.FORMATS``. quality : None where nothing is lost.
    alone, alone_mse : bytes of the file of one digit, and its error per pixel.
    bytes, mse : per digit, on sheets of 2,500.
    """

    format: str
    quality: int | None
    alone: float
    alone_mse: float
    bytes: float
    mse: float


@final
@dataclass(frozen=True, kw_only=True)
class Table:
    """All that was measured.

    Attributes
    ----------
    rungs : of each model, with fewer bits first; pictures : of each format, the smallest first.
    decoders : model -> bytes that whoever decodes must have, prior included, 4 for each number.
    digits : how many test digits. sha256 : of the data's file.
    """

    rungs: tuple[Rung, ...]
    pictures: tuple[Picture, ...]
    decoders: Mapping[str, int]
    digits: int
    sha256: str

    def ladder(self, model: str, *, optimised: bool = True) -> tuple[Rung, ...]:
        """Give one model's rungs, from 1 bit to 8."""
        return tuple(r for r in self.rungs if (r.model, r.optimised) == (model, optimised))

    def pays_off(self, rung: Rung) -> int | None:
        """Say from how many digits on the decoder, which has to travel too, is worth its bytes.

        Returns
        -------
        The fewest digits that take no more bytes than the smallest picture sheets without a larger
        error; None where such a sheet is smaller anyway.
        """
        sheets = [picture.bytes for picture in self.pictures if picture.mse <= rung.mse]
        saved = min(sheets) - rung.bytes
        return int(np.ceil(self.decoders[rung.model] / saved)) if saved > 0 else None


def load(folder: str | os.PathLike[str] | None = None) -> Table:
    """Load the table; what was measured on other weights than those in the folder is left out.

    Raises
    ------
    WeightsError
        The file is missing, truncated, altered or not ours.
    """
    root = checked.root_of(folder)
    return checked.load(
        root / FILE,
        root,
        lambda _, header: _assemble(header, root),
        what="table of compression",
        command="evaluate --compression",
        option="--folder",
    )


def produce(
    data: Mnist, folder: Path = checked.FOLDER, *, say: Callable[[str], None] = lambda _: None
) -> Path:
    """Measure everything and write both files; takes some twenty minutes on two cores.

    What was measured on the same weights and the same digits stays as it is. Of a model whose
    decoder is above ``LARGEST``, there is a prior, and nothing in the table.

    Parameters
    ----------
    folder : with weights; gets the files and their lines in ``SHA256SUMS``.
    say : called with a line of progress now and then.

    Raises
    ------
    WeightsError
        A weights file is damaged.
    """
    models = {
        name: weights.load(name, folder=folder)
        for name in weights.MODELS
        if weights.locate(name, folder=folder).exists()
    }
    before = _before(data, folder)
    priors = fit_missing(models, data, folder, say=say)
    decoders = {name: decoder_bytes(model, priors[name]) for name, model in models.items()}
    models = {name: model for name, model in models.items() if decoders[name] <= LARGEST}
    table = Table(
        rungs=tuple(
            rung
            for name, model in models.items()
            for rung in _known(before, name) or _rungs(model, priors[name], data.x_test, say)
        ),
        pictures=before.pictures if before else tuple(_pictures(data.x_test, say)),
        decoders={name: decoders[name] for name in models},
        digits=len(data.x_test),
        sha256=data.sha256,
    )
    sums = checked.sums(folder)
    files = [weights.locate(name, folder=folder).name for name in models]
    path = folder / FILE
    header = {"weights": {file: sums[file] for file in files}, "table": asdict(table)}
    checked.save(path, {}, header)
    return path


def _before(data: Mnist, folder: Path) -> Table | None:
    """Give what the folder has already of these digits."""
    if not (folder / FILE).exists():
        return None
    table = load(folder)
    return table if (table.sha256, table.digits) == (data.sha256, len(data.x_test)) else None


def _known(table: Table | None, name: str) -> tuple[Rung, ...]:
    return () if table is None else (*table.ladder(name), *table.ladder(name, optimised=False))


def fit_missing(
    models: Mapping[str, Model],
    data: Mnist,
    folder: Path,
    *,
    say: Callable[[str], None] = lambda _: None,
) -> dict[str, Prior]:
    """Give each model's prior; those that the folder has not are measured and written there.

    A prior that is there stays as it is: without it nobody could read the files that it made.
    """
    known: dict[str, Prior] = {}
    if (folder / prior.FILE).exists():
        known |= prior.load(folder)
    hashes = {name: prior.decoder_hash(model) for name, model in models.items()}
    missing = [name for name, digest in hashes.items() if digest not in known]
    x = data.x_train[: fitting.DIGITS].reshape(-1, PIXELS)
    for name in missing:
        say(f"prior of {name}")
        known[hashes[name]] = fitting.fit(models[name], x)
    if missing:
        prior.save({digest: known[digest] for digest in hashes.values()}, folder)
    return {name: known[digest] for name, digest in hashes.items()}


def decoder_bytes(model: Model, known: Prior) -> int:
    """Count what whoever decodes must have, at 4 bytes for each number."""
    return sum(a.nbytes for a in (*model.decoder_arrays().values(), *asdict(known).values()))


def _rungs(model: Model, known: Prior, x: Float32, say: Callable[[str], None]) -> list[Rung]:
    rungs = []
    for optimised in (True, False):
        for bits in range(1, MAX_BITS + 1):
            compress = partial(codec.compress, model, known, bits=bits, optimise=optimised)
            file = compress(x)
            alone = [compress(digit) for digit in x[:ALONE, None]]
            symbols = coding.decode(file.payload, known, bits, file.count)
            y = codec.decompress(file, model, known)
            rung = Rung(
                model=model.name,
                bits=bits,
                optimised=optimised,
                bytes=len(file.to_bytes()) / len(x),
                ideal=float(coding.cost(symbols, known, bits).mean()) / 8,
                alone=float(np.mean([len(one.to_bytes()) for one in alone])),
                code=float(np.mean([len(one.payload) for one in alone])),
                mse=float(mse(x, y).mean(dtype=np.float64)),
            )
            how = "" if optimised else ", merely rounded"
            say(f"{model.name} at {bits} bits{how}: {rung.bytes:.1f} bytes, MSE {rung.mse:.4f}")
            rungs.append(rung)
    return rungs


def _pictures(x: Float32, say: Callable[[str], None]) -> list[Picture]:
    measured = []
    for format, quality in pictures.variants():
        say(f"{format}" + ("" if quality is None else f" at quality {quality}"))
        alone, alone_mse = _as_pictures(x[:ALONE], 1, format, quality)
        bytes, error = _as_pictures(x, pictures.SHEET, format, quality)
        measured.append(
            Picture(
                format=format,
                quality=quality,
                alone=alone,
                alone_mse=alone_mse,
                bytes=bytes,
                mse=error,
            )
        )
    return measured


def _as_pictures(x: Float32, each: int, format: str, quality: int | None) -> tuple[float, float]:
    """Write so many digits to a picture: bytes per digit, and error per pixel."""
    files = [pictures.encode(x[i : i + each], format, quality) for i in range(0, len(x), each)]
    back = np.concatenate([file.pictures for file in files])
    error = float(mse(x, back).mean(dtype=np.float64))
    return sum(file.bytes for file in files) / len(x), error


def _assemble(header: Header, root: Path) -> Table:
    """Build the table, without what was measured on other weights than those in ``root``."""
    table, measured = header["table"], header["weights"]
    fresh = [
        name
        for name in weights.MODELS
        if checked.unchanged(weights.locate(name, folder=root), measured, root)
    ]
    return Table(
        rungs=tuple(Rung(**row) for row in table["rungs"] if row["model"] in fresh),
        pictures=tuple(Picture(**row) for row in table["pictures"]),
        decoders=MappingProxyType({name: table["decoders"][name] for name in fresh}),
        digits=table["digits"],
        sha256=table["sha256"],
    )
