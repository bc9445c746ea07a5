"""The one normal form: a digit is (28, 28) float32 in [0, 1], ink is 1; batches lead."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Float32 = npt.NDArray[np.float32]

SIDE = 28
PIXELS = SIDE * SIDE
# A code may be edited far beyond anything that an encoder gives (about 0 to 40), but not so far
# that float32 overflows in the decoder and infinity minus infinity makes a NaN.
MAX_CODE = 1e6


def as_pictures(x: Float32) -> Float32:
    """Check a batch of digits and flatten it.

    Parameters
    ----------
    x : float32 array of shape (n, 784) or (n, 28, 28), values in [0, 1].

    Returns
    -------
    float32 array of shape (n, 784).

    Raises
    ------
    ValueError
        Wrong type, shape, dtype, a NaN or a value outside [0, 1].
    """
    wanted = "float32 of shape (n, 784) or (n, 28, 28) in [0, 1]"
    _check_type(x, wanted)
    if x.shape[1:] not in ((PIXELS,), (SIDE, SIDE)):
        hint = "; for one digit use x[None]" if x.shape in ((PIXELS,), (SIDE, SIDE)) else ""
        raise ValueError(f"pictures: got shape {x.shape}, expected {wanted}{hint}")
    _check_range(x, 0.0, 1.0, "pictures", wanted)
    return x.reshape(len(x), PIXELS)


def as_codes(z: Float32, size: int) -> Float32:
    """Check a batch of codes: float32 of shape (n, size), finite, at most a million in size.

    Raises
    ------
    ValueError
        Wrong type, shape, dtype, a NaN, an infinity or an absurd value.
    """
    wanted = f"float32 of shape (n, {size}), at most {MAX_CODE:g} in size"
    _check_type(z, wanted, "codes")
    if z.ndim != 2 or z.shape[1] != size:
        hint = "; for one code use z[None]" if z.shape == (size,) else ""
        raise ValueError(f"codes: got shape {z.shape}, expected {wanted}{hint}")
    _check_range(z, -MAX_CODE, MAX_CODE, "codes", wanted)
    return z


def _check_type(x: object, wanted: str, what: str = "pictures") -> None:
    if not isinstance(x, np.ndarray):
        raise ValueError(f"{what}: got {type(x).__name__}, expected a NumPy array, {wanted}")
    if x.dtype != np.float32:
        raise ValueError(f"{what}: got dtype {x.dtype}, expected {wanted}")


def _check_range(x: Float32, low: float, high: float, what: str, wanted: str) -> None:
    if x.size == 0:
        return
    least, most = float(x.min()), float(x.max())
    # A NaN makes both NaN, and every comparison with it is False.
    if not (least >= low and most <= high):
        got = "NaN" if least != least else f"values from {spelled(x.min())} to {spelled(x.max())}"
        raise ValueError(f"{what}: got {got}, expected {wanted}")


def spelled(number: np.generic) -> str:
    """Write a number in so many digits that it is not taken for another: 1.000001, not 1."""
    short = f"{number:g}"
    exact = np.issubdtype(number.dtype, np.floating) and number.dtype.type(short) == number
    return short if exact else str(number)
