"""Any picture as a scene: upright, small, on paper, and without the frames around it."""

from __future__ import annotations

import warnings
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from ae.arrays import Float32

Float64 = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

LOOK = 1000
"""Pixels of the longest side that is looked at: enough for a hairline on a full page, little enough
for a server."""

# Ink must stand out from the paper by this share of the full range: five grey levels of 256.
FAINTEST = 0.02
# A frame's brightness is the same within this share of the range; JPEG leaves so much.
UNIFORM = 0.04
# What lies in a frame fills its rectangle, rounded corners but for; no written digit does.
FILLED = 0.95

_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class EmptyDrawing(ValueError):  # noqa: N818  it is a state that the app shows, not a fault
    """There is no ink to look at."""


def as_image(array: npt.ArrayLike) -> Image.Image:
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
    least, most = x.min(), x.max()
    # Whole numbers of 0 and 1 alone are a mask: as grey levels nobody could tell them apart.
    top = 255 if x.dtype.kind in "iu" and most != 1 else 1
    if not (least >= 0 and most <= top):  # a NaN fails both
        raise ValueError(f"picture: got values from {least} to {most}, expected {wanted}")
    return Image.fromarray(np.rint(x * (255 / top)).astype(np.uint8))


def planes(picture: Image.Image) -> tuple[Float32, Float32 | None]:
    """Turn any picture upright and make it small.

    Returns
    -------
    (h, w, 1) or, with colours, (h, w, 3) in [0, 1], at most LOOK pixels long; and how opaque each
    pixel is, (h, w) in [0, 1], or None where all are.
    """
    if 0 in picture.size:
        raise ValueError(f"picture: got size {picture.size}, expected at least one pixel")
    picture = upright(picture, picture)
    if picture.mode.startswith(("I", "F")):
        picture = stretched(picture)
    alpha = None
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        alpha = _reduced(picture.getchannel("A"))
        if alpha.min() > 0.9:
            alpha = None
    if picture.mode not in ("1", "L", "LA"):
        return _reduced(picture.convert("RGB")), alpha
    return _reduced(picture.convert("L"))[..., None], alpha


def upright(picture: Image.Image, original: Image.Image) -> Image.Image:
    """Turn a phone's photograph that lies on its side, as ``original``'s EXIF data say.

    Where these are damaged, it stays as it lies.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            turn = _TURNS.get(original.getexif().get(_ORIENTATION, 1))
    except Exception:  # SyntaxError, AssertionError, struct.error: whatever Pillow stumbles over
        return picture
    return picture if turn is None else picture.transpose(turn)


def stretched(picture: Image.Image) -> Image.Image:
    """Modes of 16 and 32 bits have no fixed range: take the picture's own, but for hot pixels."""
    from scipy import ndimage

    x = np.asarray(picture, dtype=np.float32)
    if not np.isfinite(x).all():
        raise ValueError(f"picture: got values from {x.min()} to {x.max()}, expected finite ones")
    # A pixel that is stuck is alone and rare; ink is one of both at most.
    calm = ndimage.median_filter(x, 3)
    least, most = (float(v) for v in np.percentile(x, (0.1, 99.9)))
    least, most = min(least, float(calm.min())), max(most, float(calm.max()))
    scaled = (x / 2 - least / 2) / ((most / 2 - least / 2) or 1)
    return Image.fromarray(np.rint(np.clip(scaled, 0, 1) * 255).astype(np.uint8))


def _reduced(picture: Image.Image) -> Float32:
    factor = -(-max(picture.size) // LOOK)
    x = np.asarray(picture.reduce(factor) if factor > 1 else picture, dtype=np.float32)
    return x / np.float32(255)


def on_ground(scene: Float32, alpha: Float32 | None) -> tuple[Float32, bool]:
    """Lay what is transparent on paper; a cut-out digit, or the hole, is an outline (True)."""
    if alpha is None:
        return scene, False
    if not alpha.any():
        raise EmptyDrawing("The picture is empty: all of it is transparent.")
    opaque = alpha > alpha.max() / 2
    if not _is_sheet(scene, opaque):
        rim = np.concatenate([opaque[0], opaque[-1], opaque[:, 0], opaque[:, -1]])
        outline = 1 - alpha if rim.mean() > 0.95 else alpha  # a stencil, or what was cut from one
        return outline[..., None], True
    ground = np.median(scene[opaque], axis=0)
    laid: Float32 = (ground + alpha[..., None] * (scene - ground)).astype(np.float32)
    return laid, False


def _is_sheet(scene: Float32, opaque: Mask) -> bool:
    """Is the opaque part a solid piece with something on it?"""
    from scipy import ndimage

    rows, columns = np.nonzero(opaque)
    depth = ndimage.distance_transform_edt(np.pad(opaque, 1)).max()
    if depth < 0.3 * (min(np.ptp(rows), np.ptp(columns)) + 1):
        return False
    # From the inner part alone, because the rim is mixed with what is behind it; few tell enough.
    grey = scene.mean(axis=2)
    inner = np.flatnonzero(ndimage.binary_erosion(opaque, iterations=2))
    few = inner[:: -(-len(inner) // 50_000) or 1]
    y, x = np.unravel_index(few, grey.shape)
    terms = _quadratic(y / grey.shape[0], x / grey.shape[1])
    rest = grey.ravel()[few] - terms @ _least_absolute(terms, grey.ravel()[few])
    return len(rest) > 0 and float(np.ptp(np.percentile(rest, (0.1, 99.9)))) > 5 * FAINTEST


def unframed(scene: Float32) -> tuple[slice, slice]:
    """Peel uniform borders off a scene (h, w, c), on one side or all: the part that remains.

    A frame is joined to the picture's edge, of one brightness, and what it leaves is a full
    rectangle. That may be the ink itself (a bar, a zero in block letters): then there is nothing
    in the innermost rectangle, and the frame around the ink is its paper.
    """
    parts = [(slice(0, scene.shape[0]), slice(0, scene.shape[1]))]
    levels: list[Float32] = []
    while len(parts) < 12:
        level, left = _frame(scene[parts[-1]])
        if level is None:
            return parts[-1]
        levels.append(level)
        if left is None:  # nothing is left but this one level: the frame of what?
            break
        y, x = (
            slice(outer.start + inner.start, outer.start + inner.stop)
            for outer, inner in zip(parts[-1], left, strict=True)
        )
        parts.append((y, x))
    if len(parts) == 1:
        return parts[0]
    same = [i for i, one in enumerate(levels[:-1]) if np.abs(one - levels[-1]).max() < UNIFORM]
    if same:
        return parts[same[0]]
    thick = [
        i
        for i, (outer, inner) in enumerate(pairwise(parts))
        if max(o.stop - o.start - (n.stop - n.start) for o, n in zip(outer, inner, strict=True)) > 4
    ]
    return parts[thick[-1] if thick else 0]


def _frame(scene: Float32) -> tuple[Float32 | None, tuple[slice, slice] | None]:
    """Find one frame: its level and what it leaves; (None, None) where there is no frame."""
    from scipy import ndimage

    tried: list[Float32] = []
    for side in (scene[0], scene[-1], scene[:, 0], scene[:, -1]):
        level = np.median(side, axis=0)
        if any(np.abs(level - one).max() < UNIFORM / 2 for one in tried):
            continue
        tried.append(level)
        if (np.abs(side - level).max(axis=1) < UNIFORM).mean() < 0.95:
            continue
        near = np.abs(scene - level).max(axis=2) < UNIFORM
        spots, _ = ndimage.label(near)
        rim = np.concatenate([spots[0], spots[-1], spots[:, 0], spots[:, -1]])
        rest = ~np.isin(spots, np.unique(rim[rim > 0]))
        if min(rest.shape) > 60:  # specks on the frame
            rest = ndimage.binary_opening(rest, np.ones((3, 3)))
        box = ndimage.find_objects(rest.astype(np.int8))
        if not box:
            return level, None
        left = scene[box[0]]
        if rest[box[0]].mean() > FILLED and left.size < scene.size:
            # Behind the edge, soft as it may be, it is clearly another: a slope is no frame.
            deep = min(3, (min(left.shape[:2]) - 1) // 2)
            (top, bottom), (first, last) = (
                (s.start > 0, s.stop < n) for s, n in zip(box[0], rest.shape, strict=True)
            )
            behind = [
                row
                for peeled, row in (
                    (top, left[deep]),
                    (bottom, left[-1 - deep]),
                    (first, left[:, deep]),
                    (last, left[:, -1 - deep]),
                )
                if peeled
            ]
            steps = [np.median(np.abs(row - level).max(axis=1)) for row in behind]
            if min(steps) > 2 * UNIFORM:
                return level, box[0]
    return None, None


def _quadratic(y: Float64, x: Float64) -> Float64:
    """The terms 1, x, y, xx, xy, yy of n points: (n, 6)."""
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)


def _least_absolute(terms: Float64, values: Float32) -> npt.NDArray[Any]:
    """Fit in the L1 norm: a median is not moved by what fewer than half of the pixels show."""
    weight = np.ones(len(values))
    surface: npt.NDArray[Any] = np.zeros(terms.shape[1])
    for _ in range(20):
        weighted = terms * weight[:, None]
        surface = np.linalg.lstsq(weighted.T @ terms, weighted.T @ values)[0]
        weight = 1 / np.maximum(np.abs(values - terms @ surface), 1e-4)
    return surface


def resize(x: Float32, size: tuple[int, int], method: Image.Resampling) -> Float32:
    """(h, w) -> a picture of another ``size``, (width, height)."""
    return np.asarray(Image.fromarray(x).resize(size, method))
