"""Arrays on their way to the browser, in half of their bytes; ``static/packed.js`` reads them.

The bytes, little-endian: 16 characters that identify the content, the length of the header
(uint32), the header (JSON, padded to a multiple of 4), the arrays. An int16 array times its
``scale`` is what it stands for: 16 bits of the largest value, so decoded pixels are right to 0.01.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ae.arrays import Float32

ID = 16  # characters
_SMALLEST = 1e-30  # a scale for an array of zeros

Array = NDArray[Any]


def pack(
    header: Mapping[str, Any], arrays: Mapping[str, Array], short: Collection[str] = ()
) -> bytes:
    """Write arrays and what is to be known of them.

    Parameters
    ----------
    header : what JSON can hold.
    arrays : float32, or uint8.
    short : names of those that travel as int16.

    Raises
    ------
    ValueError
        An array holds a NaN or an infinity.
    """
    entries, body = {}, b""
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise ValueError(f"{name}: got a NaN or an infinity")
        scale = None
        if name in short:
            array, scale = _short(array)
        dtype = {"i": "int16", "u": "uint8"}.get(array.dtype.kind, "float32")
        entries[name] = {"dtype": dtype, "shape": array.shape, "offset": len(body), "scale": scale}
        body += _padded(array.astype(np.dtype(dtype).newbyteorder("<")).tobytes(), b"\0")
    text = json.dumps({**header, "arrays": entries}, separators=(",", ":")).encode()
    text = _padded(text, b" ")
    content = len(text).to_bytes(4, "little") + text + body
    return hashlib.sha256(content).hexdigest()[:ID].encode() + content


def _short(array: Float32) -> tuple[NDArray[np.int16], float]:
    """An array as int16, and what one step of it is worth."""
    scale = max(float(np.abs(array).max()), _SMALLEST) / np.iinfo(np.int16).max
    if not math.isfinite(scale):
        raise ValueError("codes or weights: got a NaN or an infinity")
    return np.rint(array / scale).astype(np.int16), scale


def _padded(content: bytes, filler: bytes) -> bytes:
    """To a multiple of 4 bytes: a Float32Array in the browser must begin at one."""
    return content + filler * (-len(content) % 4)
