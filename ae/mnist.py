"""MNIST: 70,000 handwritten digits (LeCun, Cortes & Burges, 1998)."""

from __future__ import annotations

import hashlib
import io
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from ae.arrays import SIDE, Float32

_SHAPES = {
    "x_train": (60_000, SIDE, SIDE),
    "y_train": (60_000,),
    "x_test": (10_000, SIDE, SIDE),
    "y_test": (10_000,),
}
# As Keras has it (keras.datasets.mnist), so that its cache serves both.
_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
_SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
_PATIENCE = 20  # seconds without an answer
VALIDATION = 5_000
"""The last so many of the training digits are what choices are made on: rates, lengths, widths."""
_REMEDY = "name another file with --data or the environment variable AE_MNIST"


class DataError(RuntimeError):
    """MNIST cannot be had; the message says what to do."""


@dataclass(frozen=True)
class Mnist:
    """The data set in the one normal form.

    Attributes
    ----------
    x_train, x_test : float32 arrays of shape (60000, 28, 28) and (10000, 28, 28) in [0, 1].
    y_train, y_test : uint8 arrays of shape (60000,) and (10000,), the digits.
    sha256 : of the file that they came from.
    name : what data these are.
    """

    x_train: Float32
    y_train: npt.NDArray[np.uint8]
    x_test: Float32
    y_test: npt.NDArray[np.uint8]
    sha256: str
    name: str = "MNIST"

    def for_choosing(self) -> Self:
        """Learn from the first 55,000 training digits, and be measured on the last 5,000.

        Whoever chooses by the test digits has none left that nothing was chosen by.
        """
        return replace(
            self,
            x_train=self.x_train[:-VALIDATION],
            y_train=self.y_train[:-VALIDATION],
            x_test=self.x_train[-VALIDATION:],
            y_test=self.y_train[-VALIDATION:],
            name=f"{self.name}'s training digits",
        )


def load(
    path: str | os.PathLike[str] | None = None,
    on_share: Callable[[float], None] | None = None,
) -> Mnist:
    """Load MNIST from where it is.

    Parameters
    ----------
    path : a ``.npz`` in Keras's layout. Without it: the file that ``$AE_MNIST`` names, else
        Keras's cache, else it is downloaded there and its hash is checked.
    on_share : called during a download with the share that is there, 0 to 1.

    Raises
    ------
    DataError
        The file is missing, broken or not MNIST, or there is no file and no network.
    """
    return _read(find(path, on_share))


def first_test_digits(n: int = 10) -> Float32 | None:
    """Read the first test digits where the data set is at hand; nothing is downloaded.

    Returns
    -------
    float32 array of shape (n, 28, 28) in [0, 1], or None where there is no file, or a broken one.
    """
    try:
        with np.load(_at_hand(), allow_pickle=False) as file:
            digits = file["x_test"]
    except Exception:  # NumPy, zipfile and zlib each raise their own; no home is a RuntimeError.
        return None
    if digits.shape != _SHAPES["x_test"] or digits.dtype != np.uint8:
        return None
    first: Float32 = digits[:n] / np.float32(255)
    return first


def at_hand() -> bool:
    """Tell whether there is a file to load without a download."""
    try:
        return _at_hand().is_file()
    except RuntimeError:  # no home
        return False


def find(
    path: str | os.PathLike[str] | None = None,
    on_share: Callable[[float], None] | None = None,
) -> Path:
    """Where ``load`` reads from; downloads if it must."""
    if path:
        return Path(path)
    there = _at_hand()
    return there if os.environ.get("AE_MNIST") or there.exists() else _download(there, on_share)


def _at_hand() -> Path:
    """Where the data set is without a download, if it is there at all."""
    given = os.environ.get("AE_MNIST")
    if given:
        return Path(given)
    keras = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    return keras / "datasets" / "mnist.npz"


def _download(cached: Path, on_share: Callable[[float], None] | None) -> Path:
    import pooch

    pooch.get_logger().setLevel(logging.WARNING)
    progress = False if on_share is None else _Progress(on_share)
    try:
        pooch.retrieve(
            _URL,
            known_hash=_SHA256,
            fname=cached.name,
            path=cached.parent,
            downloader=pooch.HTTPDownloader(progressbar=progress, timeout=_PATIENCE),
        )
    except Exception as fault:  # What its HTTP stack, the disk or the check of the hash raise.
        raise DataError(
            f"MNIST could not be downloaded ({type(fault).__name__}): put mnist.npz at {cached}, "
            "or name it with --data or the environment variable AE_MNIST"
        ) from fault
    return cached


class _Progress:
    """What pooch wants of a progress bar."""

    def __init__(self, on_share: Callable[[float], None]) -> None:
        self.total = 0  # bytes; pooch sets it
        self._on_share, self._there = on_share, 0

    def update(self, more: int) -> None:
        self._there += more
        self._on_share(min(self._there / max(self.total, 1), 1.0))

    def reset(self) -> None:
        """Called at the end, before the rest is counted once more."""
        self._there = 0

    def close(self) -> None:
        """Nothing is held open."""


def _read(path: Path) -> Mnist:
    try:
        raw = path.read_bytes()
        with np.load(io.BytesIO(raw), allow_pickle=False) as file:
            arrays: dict[str, Any] = {name: np.asarray(file[name]) for name in _SHAPES}
    except FileNotFoundError:
        raise DataError(f"no MNIST file at {path}: {_REMEDY}") from None
    except Exception as fault:  # NumPy, zipfile and zlib each raise their own for a broken file.
        what = f"{path} is damaged or not MNIST in Keras's layout ({type(fault).__name__})"
        raise DataError(f"{what}: {_REMEDY}") from fault
    for name, shape in _SHAPES.items():
        if arrays[name].shape != shape or arrays[name].dtype != np.uint8:
            got = f"{arrays[name].dtype} of shape {arrays[name].shape}"
            raise DataError(f"{path}: {name} is {got}, expected uint8 of shape {shape}: {_REMEDY}")
    return Mnist(
        x_train=arrays["x_train"] / np.float32(255),
        y_train=arrays["y_train"],
        x_test=arrays["x_test"] / np.float32(255),
        y_test=arrays["y_test"],
        sha256=hashlib.sha256(raw).hexdigest(),
    )
