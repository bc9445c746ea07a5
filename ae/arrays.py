"""The one normal form: a digit is (28, 28) float32 in [0, 1], ink is 1; batches lead."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Float32 = npt.NDArray[np.float32]

SIDE = 28
PIXELS = SIDE * SIDE
# A code may be edited far beyond anything that an encoder gives (about 0 to 40), but not so far
# that float32 overflows in the decoder and infinity minus infinity makes a NaN (``ae.reach``).
MAX_CODE = 1e9


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


def as_codes(z: Float32, size: int | None = None, what: str = "codes") -> Float32:
    """Check a batch of codes: float32 of shape (n, size), finite, at most 1e9 in size.

    Parameters
    ----------
    size : numbers per code; None takes any.
    what : what the complaint calls them.

    Raises
    ------
    ValueError
        Wrong type, shape, dtype, a NaN, an infinity or an absurd value.
    """
    return as_array(z, ("n", size or "units"), what, hint="; for one code use z[None]")


def as_array(
    x: Float32,
    shape: tuple[int | str, ...] | None,
    what: str,
    *,
    most: float = MAX_CODE,
    hint: str = "",
) -> Float32:
    """Check an array of codes, or of what is measured like them: float32, finite, not absurd.

    Parameters
    ----------
    shape : the length of each axis, or a word for a length that is free; None takes any shape.
    most : the largest value; the least is -1e9.
    hint : ends the complaint about an array of one axis where there should be one more.

    Raises
    ------
    ValueError
        Wrong type, shape, dtype, a NaN, an infinity or an absurd value.
    """
    within = f"at most {most:g} in size" if most == MAX_CODE else f"at most {most:g}"
    of_shape = "" if shape is None else f" of shape ({_listed(shape)})"
    wanted = f"float32{of_shape}, {within}"
    _check_type(x, wanted, what)
    if shape is not None and not _fits(x.shape, shape):
        one = _fits(x.shape, shape[1:])
        raise ValueError(f"{what}: got shape {x.shape}, expected {wanted}{hint if one else ''}")
    _check_range(x, -MAX_CODE, most, what, wanted)
    return x


def as_indices(i: npt.NDArray[np.integer], count: int, what: str) -> npt.NDArray[np.integer]:
    """Check places in an array of ``count``: whole numbers of shape (m, k), each 0 to count - 1.

    Raises
    ------
    ValueError
        Wrong type, shape, dtype, or a place that is none.
    """
    wanted = f"whole numbers of shape (m, k), 0 to {count - 1}"
    _check_array(i, wanted, what)
    if i.dtype.kind not in "iu":
        raise ValueError(f"{what}: got dtype {i.dtype}, expected {wanted}")
    if i.ndim != 2:
        raise ValueError(f"{what}: got shape {i.shape}, expected {wanted}")
    _check_range(i, 0, count - 1, what, wanted)
    return i


def as_count(n: int, what: str, least: int = 1, most: int | None = None) -> int:
    """Check a whole number; NumPy's own count as well as Python's.

    Raises
    ------
    ValueError
        Another type, or outside its bounds.
    """
    wanted = f"a whole number from {least}" + ("" if most is None else f" to {most}")
    whole = isinstance(n, (int, np.integer)) and not isinstance(n, bool)
    if not whole or n < least or (most is not None and n > most):
        raise ValueError(f"{what}: got {n!r}, expected {wanted}")
    return int(n)


def _fits(got: tuple[int, ...], shape: tuple[int | str, ...]) -> bool:
    return len(got) == len(shape) and all(
        isinstance(want, str) or have == want for have, want in zip(got, shape, strict=True)
    )


def _listed(shape: tuple[int | str, ...]) -> str:
    return ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "")


def _check_array(x: object, wanted: str, what: str) -> None:
    if not isinstance(x, (np.ndarray, np.generic)):
        raise ValueError(f"{what}: got {type(x).__name__}, expected a NumPy array, {wanted}")


def _check_type(x: Float32, wanted: str, what: str = "pictures") -> None:
    _check_array(x, wanted, what)
    if x.dtype != np.float32:
        raise ValueError(f"{what}: got dtype {x.dtype}, expected {wanted}")


def _check_range(
    x: npt.NDArray[np.generic], low: float, high: float, what: str, wanted: str
) -> None:
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
