"""The same digits as picture files, as Pillow writes them: one in a file, or many on a sheet."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, final

import numpy as np
import numpy.typing as npt
from PIL import Image

from ae.arrays import SIDE, Float32

SHEET = 2500
"""Digits of a sheet: 50 by 50, on which a container's own bytes no longer count."""

Bytes = npt.NDArray[np.uint8]


@final
@dataclass(frozen=True)
class Format:
    """One way to write a picture.

    Attributes
    ----------
    name : as people call it. pillow : as Pillow does.
    options : what Pillow is asked for; the smallest file where that takes no quality.
    qualities : of which Pillow takes one; none where nothing is lost.
    """

    name: str
    pillow: str
    options: Mapping[str, Any]
    qualities: tuple[int, ...] = ()


# Grey has no colours to store: AVIF is told so, JPEG knows, WebP has no way to.
FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        format.name: format
        for format in (
            Format("PNG", "PNG", {"optimize": True}),
            Format("WebP, lossless", "WEBP", {"lossless": True, "quality": 100, "method": 6}),
            Format("WebP", "WEBP", {"method": 6}, (0, 5, 15, 30, 50, 70, 85)),
            Format("JPEG", "JPEG", {"optimize": True}, (1, 5, 10, 20, 35, 50, 75)),
            Format(
                "AVIF", "AVIF", {"subsampling": "4:0:0", "speed": 4}, (0, 10, 20, 35, 50, 65, 80)
            ),
        )
    }
)


@final
@dataclass(frozen=True, eq=False)
class Encoded:
    """What a format makes of digits.

    Attributes
    ----------
    format : its name. quality : None where nothing is lost.
    bytes : of the whole file.
    pictures : float32 array of shape (n, 28, 28) in [0, 1], read back from it.
    """

    format: str
    quality: int | None
    bytes: int
    pictures: Float32


def variants() -> list[tuple[str, int | None]]:
    """Name every format with each of its qualities."""
    return [(f.name, quality) for f in FORMATS.values() for quality in (f.qualities or (None,))]


def encode(digits: Float32, format: str, quality: int | None) -> Encoded:
    """Write digits as one picture, and read it back.

    Parameters
    ----------
    digits : float32 array of shape (n, 28, 28) in [0, 1]; as many to a row as to a column.
    """
    way = FORMATS[format]
    options = dict(way.options) if quality is None else {**way.options, "quality": quality}
    raw = io.BytesIO()
    Image.fromarray(_tiled(digits)).save(raw, way.pillow, **options)
    with Image.open(raw, formats=[way.pillow]) as picture:
        pixels = np.asarray(picture.convert("L"))
    return Encoded(format, quality, len(raw.getvalue()), _cut(pixels, len(digits)))


def encodings(digit: Float32) -> list[Encoded]:
    """Write one digit, (28, 28), in every format and quality."""
    return [encode(digit[None], *variant) for variant in variants()]


def _tiled(digits: Float32) -> Bytes:
    across = int(np.ceil(np.sqrt(len(digits))))
    down = -(-len(digits) // across)
    tiles = np.zeros((down * across, SIDE, SIDE), np.uint8)
    tiles[: len(digits)] = np.rint(digits * 255)
    # (rows, columns, 28, 28) -> (rows, 28, columns, 28) -> one picture
    return tiles.reshape(down, across, SIDE, SIDE).swapaxes(1, 2).reshape(down * SIDE, -1)


def _cut(pixels: Bytes, count: int) -> Float32:
    down, across = (length // SIDE for length in pixels.shape)
    tiles = pixels.reshape(down, SIDE, across, SIDE).swapaxes(1, 2).reshape(-1, SIDE, SIDE)
    return (tiles[:count] / np.float32(255)).astype(np.float32)
