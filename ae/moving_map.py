"""Where a training's codes lie at one moment, on a map that moves with it and does not jump."""

from __future__ import annotations

import base64
import binascii
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ae import latent
from ae.arrays import Float32, as_codes
from ae.latent import Digits

MOST = 1000
"""Codes on a map."""

BYTES = 3 * MOST
"""Of a packed map, at most."""

_STEPS = 255  # of a packed place, from one side of the map to the other


def places(z: Float32, before: Float32 | None = None) -> Float32:
    """Lay codes flat: two numbers as they are, more by PCA of this moment.

    PCA says which plane it is, but not how to look at it: its axes' signs are LAPACK's, and two of
    about the same strength change places from one moment to the next. So the plane is turned and
    mirrored until the points are as near as can be to where they just were (Schönemann, "A
    generalized solution of the orthogonal Procrustes problem", 1966); no distance changes by that.

    Parameters
    ----------
    z : float32 array of shape (n, units), units at least 2.
    before : what this gave for the same digits a moment ago, (n, 2).

    Returns
    -------
    float32 array of shape (n, 2), in the codes' own unit. By PCA, the mean code is at (0, 0).
    """
    if as_codes(z).shape[1] == 2:
        return z
    centred = z.astype(np.float64) - z.mean(axis=0, dtype=np.float64)
    _, vectors = np.linalg.eigh(centred.T @ centred)  # weakest first
    flat = centred @ vectors[:, :-3:-1]  # (n, units) -> (n, 2)
    if before is not None:
        left, _, right = np.linalg.svd(flat.T @ before)
        flat = flat @ left @ right
    laid: Float32 = flat.astype(np.float32)
    return laid


def alike(places: Float32, digits: Digits) -> float:
    """Say how well a map tells digits apart: the share whose nearest neighbour is such a digit.

    Parameters
    ----------
    places : float32 array of shape (n, 2), n at least 2. digits : (n,), what they are.
    """
    nearest, _ = latent.neighbours(places, places, 2)
    # Where codes coincide, a digit need not be the nearest to itself.
    other = np.where(nearest[:, 0] == np.arange(len(places)), nearest[:, 1], nearest[:, 0])
    return float((digits[other] == digits).mean())


class Packed(NamedTuple):
    """A map as it travels.

    Attributes
    ----------
    digits : (n,) uint8, 0 to 9.
    places : (n, 2) uint8, y upwards. The same scale along both axes; the longer one has 0 and 255.
    """

    digits: npt.NDArray[np.uint8]
    places: npt.NDArray[np.uint8]


def pack(places: Float32, digits: Digits) -> str:
    """Write a map in base64, three bytes for each digit: x, y, and what it is; see `Packed`."""
    low, high = places.min(axis=0), places.max(axis=0)
    widest = float((high - low).max())
    shares = (places - (low + high) / 2) / (widest or 1.0)  # (n, 2), -0.5 to 0.5
    steps = np.rint((shares + 0.5) * _STEPS)
    return base64.b64encode(np.column_stack([steps, digits]).astype(np.uint8).tobytes()).decode()


def unpack(text: str) -> Packed:
    """Read what ``pack`` wrote, which may come from anybody.

    Raises
    ------
    ValueError
        It is nothing that ``pack`` writes.
    """
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error as fault:
        raise ValueError(f"map: {fault}") from None
    if not raw or len(raw) % 3 or len(raw) > BYTES:
        raise ValueError(
            f"map: got {len(raw)} bytes, expected three for each of 1 to {MOST} digits"
        )
    table = np.frombuffer(raw, np.uint8).reshape(-1, 3)
    if table[:, 2].max() > 9:
        raise ValueError(f"map: got digit {table[:, 2].max()}, expected 0 to 9")
    return Packed(table[:, 2], table[:, :2])
