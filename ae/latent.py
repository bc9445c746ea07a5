"""What can be done with codes: their neighbours, ways between them, arithmetic, a prior's sheet.

A code is a place. Nothing here knows where a code came from: all functions take arrays of codes,
and refuse what is none as the models do: a wrong type, shape or dtype, a NaN, an infinity, or a
value beyond 1e9 is a ``ValueError`` in words.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ae.arrays import Float32, as_array, as_codes, as_count, as_indices

Digits = npt.NDArray[np.uint8]
Indices = npt.NDArray[np.int_]


def neighbours(codes: Float32, z: Float32, k: int) -> tuple[Indices, Float32]:
    """Find the k nearest codes.

    Parameters
    ----------
    codes : float32 array of shape (n, units), n at least k.
    z : float32 array of shape (m, units).

    Returns
    -------
    Indices and Euclidean distances, both of shape (m, k), nearest first.
    """
    codes = as_codes(codes)
    z = as_codes(z, codes.shape[1])
    k = as_count(k, "k", 1, len(codes))
    # |a - b|² = |a|² - 2ab + |b|²: one matrix product instead of n · m differences.
    squares = np.square(codes).sum(axis=1)[None] - 2 * z @ codes.T
    nearest = np.argpartition(squares, k - 1, axis=1)[:, :k]
    exact = np.linalg.norm(codes[nearest] - z[:, None], axis=2)
    order = np.argsort(exact, axis=1, kind="stable")
    return np.take_along_axis(nearest, order, 1), np.take_along_axis(exact, order, 1)


def nearest_pair(codes: Float32) -> tuple[int, int, float]:
    """Find the two codes that are nearest to one another.

    Parameters
    ----------
    codes : float32 array of shape (n, units), n at least 2.

    Returns
    -------
    Their indices, ascending, and their Euclidean distance; of several pairs, the first.
    """
    as_count(len(as_codes(codes)), "number of codes", 2)
    # Row by row: of a thousand codes, all differences at once would be 128 MB.
    rows = [np.linalg.norm(codes[i + 1 :] - code, axis=1) for i, code in enumerate(codes[:-1])]
    i = int(np.argmin([row.min() for row in rows]))
    j = int(rows[i].argmin())
    return i, i + 1 + j, float(rows[i][j])


def typical_distance(codes: Float32) -> float:
    """Measure how far two codes usually are from one another.

    Parameters
    ----------
    codes : float32 array of shape (n, units), n at least 2, in no order.

    Returns
    -------
    Median Euclidean distance between the codes of the first half and those of the second.
    """
    half = len(codes) // 2
    return float(np.median(np.linalg.norm(codes[:half] - codes[half : 2 * half], axis=1)))


def votes(digits: Digits, nearest: Indices) -> Float32:
    """Let the neighbours vote which digit it is.

    Parameters
    ----------
    digits : of shape (n,), 0 to 9. nearest : indices of shape (m, k).

    Returns
    -------
    float32 array of shape (m, 10): the share of the k neighbours that are a 0, a 1, …
    """
    if not isinstance(digits, np.ndarray) or digits.dtype != np.uint8 or digits.ndim != 1:
        raise ValueError("digits: expected a NumPy array, uint8 of shape (n,)")
    as_indices(nearest, len(digits), "nearest")
    shares: Float32 = (digits[nearest][..., None] == np.arange(10)).mean(axis=1, dtype=np.float32)
    return shares


def inverse_distance(values: Float32, nearest: Indices, distances: Float32) -> Float32:
    """Average what the neighbours have, the nearer the more (Shepard, 1968, with power 1).

    The browser gives a place of the map a code so: ``codeAt`` in ``static/latent.js``.

    Parameters
    ----------
    values : float32 array of shape (n, d). nearest, distances : of shape (m, k).

    Returns
    -------
    float32 array of shape (m, d).
    """
    as_array(values, ("n", "d"), "values")
    as_indices(nearest, len(values), "nearest")
    as_array(distances, nearest.shape, "distances")
    nearness = 1 / np.maximum(distances, np.float32(1e-9))
    nearness /= nearness.sum(axis=1, keepdims=True)
    average: Float32 = (nearness[..., None] * values[nearest]).sum(axis=1).astype(np.float32)
    return average


def principal_plane(codes: Float32) -> tuple[Float32, Float32]:
    """Find the plane in which codes spread most: PCA (Pearson, 1901).

    Returns
    -------
    Their mean, (units,), and two axes at right angles, (2, units); each points to where its largest
    entry is above zero, so that the same codes give the same map.
    """
    as_count(len(as_codes(codes)), "number of codes", 2)
    as_count(codes.shape[1], "numbers per code", 2)
    mean = codes.mean(axis=0)
    _, _, rows = np.linalg.svd(codes - mean, full_matrices=False)
    axes = rows[:2]
    largest = np.abs(axes).argmax(axis=1)
    axes = axes * np.sign(np.take_along_axis(axes, largest[:, None], 1))
    return mean, np.ascontiguousarray(axes, np.float32)


def interpolate(a: Float32, b: Float32, steps: int) -> Float32:
    """Go from a to b in a straight line: two arrays of one shape -> (steps, …), ends included."""
    as_array(a, None, "a")
    as_array(b, a.shape, "b")
    as_count(steps, "steps")
    share = np.linspace(0, 1, steps, dtype=np.float32).reshape(-1, *[1] * a.ndim)
    codes: Float32 = (1 - share) * a + share * b
    return codes


def sheet(corners: Sequence[Float32], size: int) -> Float32:
    """Fill a square between corners: top left, top right, bottom left, bottom right.

    Bilinear: each row is a straight way, and so is each column. With three corners, the third
    stands at both ends of the bottom row.

    Parameters
    ----------
    corners : three or four arrays of one shape.

    Returns
    -------
    float32 array of shape (size, size, …).
    """
    if len(corners) not in (3, 4):
        raise ValueError(f"corners: got {len(corners)}, expected 3 or 4")
    top_left, top_right, bottom_left = corners[:3]
    left = interpolate(top_left, bottom_left, size)
    right = interpolate(top_right, corners[-1], size)
    rows: Float32 = np.swapaxes(interpolate(left, right, size), 0, 1)
    return rows


def prior_sheet(size: int) -> tuple[Float32, Float32]:
    """Cut the plane of two normal numbers into squares of equal probability.

    Kingma & Welling, "Auto-encoding variational Bayes", 2014, figure 4: the coordinates are the
    inverse of the normal distribution at even steps.

    Returns
    -------
    The codes, (size * size, 2), row by row from the top; and the ``size`` values on each axis.
    """
    # SciPy is slow to import, and this is needed on one page only.
    from scipy.special import ndtri

    as_count(size, "size")
    values: Float32 = ndtri((np.arange(size) + 0.5) / size).astype(np.float32)
    y, x = np.meshgrid(-values, values, indexing="ij")
    return np.stack([x.ravel(), y.ravel()], axis=1), values
