"""Find the ink in a picture of a digit: whatever the light, the frame and what else lies there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from ae.arrays import Float32

Float64 = npt.NDArray[np.float64]

Region = tuple[float, float, float, float]
"""Left, top, right and bottom as shares in [0, 1] of the upright picture's width and height."""

Doubt = Literal["several", "crowded"]
"""What makes it doubtful that the ink is one digit.

several : pieces as large as one another lie side by side: two digits, perhaps.
crowded : so much is on the picture that it may be a face, a page of text, a pattern.
"""

# The longest side that is looked at, and that of the digit within it, in pixels: enough
# for a hairline on a full page, little enough for a server (a 12-megapixel scan in about 0.4 s).
LOOK = 1000
DIGIT = (160, 320)
# Ink must stand out from the paper by this share of the full range (five grey levels of 256), and
# by this many standard deviations of the paper's noise.
FAINTEST = 0.02
NOISE = 6.0
# The paper is evenly lit if this share of the picture's frame has one brightness; a digit cut out
# without a margin touches less than the rest of the frame.
FLAT = 0.6
# Dust: a spot whose longest side is below this share of the longest stroke's.
DUST = 1 / 12
# On a centre line the distance to the edge is level; beside it, it climbs by 1 per pixel.
LEVEL = 0.65


class EmptyDrawing(ValueError):  # noqa: N818  it is a state that the app shows, not a fault
    """There is no ink to look at."""


@dataclass(frozen=True)
class Ink:
    """The ink of a picture, or of a region of it.

    Attributes
    ----------
    map : float32 array of shape (h, w), values in [0, 1], paper is 0, full ink is 1; at most
        ``LOOK`` pixels long. It shows all of the region.
    grey : float32 array of the same shape, values in [0, 1]: the brightness in which the ink shows
        best, of a colour picture perhaps one of its colours.
    light_on_dark : whether the ink is brighter than its paper.
    box : the part of the whole upright picture on which the ink lies.
    doubt : why this may not be one digit, or None.
    """

    map: Float32
    grey: Float32
    light_on_dark: bool
    box: Region
    doubt: Doubt | None = None


def find(picture: Image.Image | npt.ArrayLike, region: Region | None = None) -> Ink:
    """Find the ink of a digit in a picture.

    Parameters
    ----------
    picture : PIL image of any mode and size, or an array of shape (h, w), (h, w, 3) or (h, w, 4):
        bool, integers in [0, 255] or floats in [0, 1]. Dark on light or light on dark; transparent
        pixels are background.
    region : the part of the upright picture that is looked at; all of it unless given.

    Raises
    ------
    EmptyDrawing
        Nothing stands out from the background.
    ValueError
        Not a picture: wrong shape, type or range, a NaN or an infinity. No region of it.
    """
    left, top, right, bottom = (0.0, 0.0, 1.0, 1.0) if region is None else _checked(region)
    grey = _grey(picture if isinstance(picture, Image.Image) else _as_image(picture))
    height, width = grey.shape
    # Outwards to whole pixels, so that it has one at least.
    x, y = int(left * width), int(top * height)
    grey = grey[y : int(np.ceil(bottom * height)), x : int(np.ceil(right * width))]
    ink = _ink_on_paper(grey)
    rows, columns = np.nonzero(ink > 0.5)
    return Ink(
        map=ink,
        grey=grey,
        light_on_dark=bool(grey[ink > 0.5].mean() > grey[ink <= 0.5].mean()),
        box=(
            float(x + columns.min()) / width,
            float(y + rows.min()) / height,
            float(x + columns.max() + 1) / width,
            float(y + rows.max() + 1) / height,
        ),
    )


def _checked(region: Region) -> Region:
    try:
        left, top, right, bottom = map(float, region)
    except (TypeError, ValueError) as error:
        raise ValueError(f"region: got {region!r}, expected (left, top, right, bottom)") from error
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        raise ValueError(
            f"region: got {region!r}, expected 0 <= left < right <= 1 and 0 <= top < bottom <= 1"
        )
    return left, top, right, bottom


def _as_image(array: npt.ArrayLike) -> Image.Image:
    """Check an array and make it a PIL image."""
    wanted = "(h, w), (h, w, 3) or (h, w, 4), bool, integers in [0, 255] or floats in [0, 1]"
    try:
        x = np.asarray(array)
    except ValueError as error:
        raise ValueError(f"picture: got {type(array).__name__}, expected {wanted}") from error
    if x.dtype.kind not in "biuf":
        raise ValueError(f"picture: got {type(array).__name__} of {x.dtype}, expected {wanted}")
    if x.size == 0 or not (x.ndim == 2 or (x.ndim == 3 and x.shape[2] in (3, 4))):
        raise ValueError(f"picture: got shape {x.shape}, expected {wanted}")
    top = 255 if x.dtype.kind in "iu" else 1
    least, most = x.min(), x.max()
    if not (least >= 0 and most <= top):  # a NaN fails both
        raise ValueError(f"picture: got values from {least} to {most}, expected {wanted}")
    return Image.fromarray(np.rint(x * (255 / top)).astype(np.uint8))


def _grey(picture: Image.Image) -> Float32:
    """Any picture -> (h, w) in [0, 1], at most LOOK pixels long, transparency laid on a ground."""
    if 0 in picture.size:
        raise ValueError(f"picture: got size {picture.size}, expected at least one pixel")
    if picture.getexif().get(0x0112, 1) != 1:  # a phone's photograph, lying on its side
        picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith(("I", "F")):
        return _reduced(_stretched(picture))
    if not picture.has_transparency_data:
        return _reduced(picture.convert("RGB").convert("L"))
    rgba = picture.convert("RGBA")
    alpha = _reduced(rgba.getchannel("A"))
    return _on_ground(_reduced(rgba.convert("RGB").convert("L")), alpha)


def _stretched(picture: Image.Image) -> Image.Image:
    """Modes of 16 and 32 bits have no fixed range: take the picture's own."""
    x = np.asarray(picture, dtype=np.float64)
    least, most = x.min(), x.max()
    if not np.isfinite([least, most]).all():
        raise ValueError(f"picture: got values from {least} to {most}, expected finite ones")
    x = (x / 2 - least / 2) / ((most / 2 - least / 2) or 1)
    return Image.fromarray(np.rint(x * 255).astype(np.uint8))


def _reduced(picture: Image.Image) -> Float32:
    factor = -(-max(picture.size) // LOOK)
    x = np.asarray(picture.reduce(factor) if factor > 1 else picture, dtype=np.float32)
    return x / np.float32(255)


def _on_ground(grey: Float32, alpha: Float32) -> Float32:
    """Lay a picture with transparent pixels on a ground of one grey."""
    if not alpha.any():
        raise EmptyDrawing("The picture is empty: all of it is transparent.")
    opaque = grey[alpha > alpha.max() / 2]
    low, high = np.percentile(opaque, (2, 98))
    # Paper with cut corners goes on more of the same paper; a cut-out digit is its own outline.
    if len(opaque) > alpha.size / 2 and high - low > FAINTEST:
        ground = np.median(opaque)
        alpha = ground + alpha * (grey - ground)
    return alpha


def _ink_on_paper(grey: Float32) -> Float32:
    """Even out light and polarity: (h, w) -> (h, w) in [0, 1], paper is 0, full ink is 1."""
    contrast = grey - _paper(grey)
    if (contrast**3).sum() < 0:  # the ink is the rarer and the stronger side
        contrast = -contrast
    # A quarter of a normal distribution lies within 0.319 standard deviations; the quarter nearest
    # to the paper's brightness is paper even where a tightly cut digit fills half of the picture.
    noise = float(np.percentile(np.abs(contrast), 25)) / 0.319
    strong = contrast[contrast > max(4 * noise, float(contrast.max()) / 4)]
    full = float(np.percentile(strong, 90)) if len(strong) else 0.0
    if full < max(FAINTEST, NOISE * noise):
        raise EmptyDrawing("The picture is empty: nothing stands out from its background.")
    ink: Float32 = np.clip(contrast / full, 0, 1)
    return ink


def _paper(grey: Float32) -> Float32:
    """The paper's brightness: one level if the frame has one, else a surface under uneven light.

    The surface is quadratic and fitted in the L1 norm, because a median is not moved by what fewer
    than half of the pixels show: the ink.
    """
    frame = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    level = np.median(frame)
    if (np.abs(frame - level) < FAINTEST).mean() > FLAT:
        return np.full_like(grey, level)
    height, width = grey.shape
    small = resize(grey, (min(width, 48), min(height, 48)), Image.Resampling.BOX)
    terms = _quadratic(*small.shape).reshape(-1, 6)
    weight = np.ones(small.size)
    for _ in range(20):
        weighted = terms * weight[:, None]
        surface = np.linalg.lstsq(weighted.T @ terms, weighted.T @ small.ravel())[0]
        weight = 1 / np.maximum(np.abs(small.ravel() - terms @ surface), 1e-4)
    return (_quadratic(height, width) @ surface).astype(np.float32)


def _quadratic(height: int, width: int) -> Float64:
    """The terms 1, x, y, xx, xy, yy on a grid over [-1, 1]: (height, width, 6)."""
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)


def resize(x: Float32, size: tuple[int, int], method: Image.Resampling) -> Float32:
    """(h, w) -> a picture of another ``size``, (width, height)."""
    return np.asarray(Image.fromarray(x).resize(size, method))


def centre_lines(ink: Float32) -> Float64:
    """Points (n, 2) along the middle of the strokes, as (x, y) in pixels of any scale."""
    from scipy import ndimage  # late: the app's start does not wait for it

    shape = _without_dust(ink)
    # Framed, because beyond the picture's edge there is no ink.
    inside = np.pad(shape, 2)
    outside = ndimage.distance_transform_edt(~inside)
    depth = ndimage.distance_transform_edt(inside) - outside
    slope = np.hypot(*np.gradient(ndimage.gaussian_filter(depth, 1)))
    # The deepest pixel is always on a centre line: whatever is inked has at least one.
    middle = inside & ((slope < LEVEL) | (depth >= depth.max()))
    return np.argwhere(middle)[:, ::-1].astype(np.float64)


def _without_dust(ink: Float32) -> npt.NDArray[np.bool_]:
    """The digit's shape alone, between DIGIT[0] and DIGIT[1] pixels long."""
    from scipy import ndimage

    spots, _ = ndimage.label(ink > 0.5, structure=np.ones((3, 3)))
    boxes = ndimage.find_objects(spots)
    lengths = np.array([max(s.stop - s.start for s in box) for box in boxes])
    dust = np.flatnonzero(lengths < DUST * lengths.max()) + 1
    kept = np.where(np.isin(spots, dust), 0, ink)
    rows, columns = np.nonzero(kept > 0.5)
    kept = kept[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    longest = max(kept.shape)
    if longest < DIGIT[0]:
        grow = DIGIT[0] / longest
        size = (round(kept.shape[1] * grow), round(kept.shape[0] * grow))
        kept = resize(kept, size, Image.Resampling.BICUBIC)
    elif longest > DIGIT[1]:
        # The largest of each cell, not the mean: a hairline must not break.
        step = -(-longest // DIGIT[1])
        kept = ndimage.maximum_filter(kept, step)[::step, ::step]
    # Between the samples a lone faint pixel may stay below one half.
    shape: npt.NDArray[np.bool_] = kept > min(0.5, float(kept.max()) / 2)
    return shape
