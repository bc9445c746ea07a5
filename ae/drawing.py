"""A drawing or a picture of a digit -> (28, 28), in the form that MNIST's digits have.

MNIST's form: the digit fills a box of 20 pixels, its pen is about 2.5 pixels wide at half height
with soft edges, and its centre of mass is on pixel (14, 14). Strokes are scaled *before* they
are inked, and a picture is first reduced to the centre lines of its strokes, so neither the size
of a drawing nor the width of its pen reaches the network.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image

from ae.arrays import SIDE, Float32
from ae.ink import Ink, Region, find
from ae.pieces import DUST
from ae.scene import FAINTEST, Mask, resize
from ae.scene import EmptyDrawing as EmptyDrawing  # strokes can be empty too

Float64 = npt.NDArray[np.float64]

# Measured on the 60,000 training digits: the longest side of the box around all pixels above 0
# is 20 in 99.98 %, and the centre of mass lies within 0.51 of pixel (14, 14), counted from 0.
BOX = 20
CENTRE = 14
# Fitted together on the 600 pen digits of UNIPEN (benchmarks/normalisation.py): mean ink, share of
# soft pixels and nearest neighbours then agree with MNIST's. A pixel's ink rises from 0 to 1 while
# the pen's edge crosses SOFT pixels: 1 is a pixel's own area, without further blur.
PEN = 2.5
SOFT = 1.0
# From the box's edge to the nearest centre line. The pen reaches (PEN + SOFT) / 2 = 1.75 far; what
# exceeds the box is cut off, so that the first and last row hold ink of 0.25 at least.
INSET = 1.5
# The app's pen is 20 wide on a canvas of 280.
CANVAS_PEN = 1 / 14
# Around a drawing whose canvas is not known, on each side.
MARGIN = 0.1
# With a known canvas, strokes smaller than this share of it are a trembling dot, not a digit.
TREMBLE = 1 / 50
# The longest side of a picture's digit, in pixels.
DIGIT = (160, 320)
# On a centre line the distance to the edge is level; beside it, it climbs by 1 per pixel.
LEVEL = 0.65

# So many sides of the canvas a point can be away from it; beyond, it lies there.
_FAR = 1e6


def from_strokes(
    strokes: Sequence[npt.ArrayLike],
    size: float | None = None,
    normalise: bool = True,
    pen: float | None = None,
) -> Float32:
    """Ink strokes as MNIST's digits are inked.

    Parameters
    ----------
    strokes : sequence of arrays of shape (k, 2), points (x, y) with y downwards, in any unit, of
        any size and place. One point is a dot.
    size : side of the square canvas in the strokes' unit, from (0, 0) to (size, size). What lies
        outside does not exist: a stroke that leaves the canvas and comes back is two. The normal
        form also needs it to tell a trembling dot from a digit. Without it every stroke counts, and
        the plain route shows their bounding square with a margin of a tenth on each side.
    normalise : False gives what a plain resize of the canvas gives (area averages, nothing moved
        or scaled), which is what most demos feed to their network.
    pen : width of the visitor's pen in the strokes' unit, for the plain route only; `size` / 14
        unless given. The normal form always has MNIST's pen.

    Returns
    -------
    float32 array of shape (28, 28), values in [0, 1], ink is 1.

    Raises
    ------
    EmptyDrawing
        No stroke has a point, or none is on the canvas.
    ValueError
        Points of a wrong shape or not finite; a size or a pen that is not positive.
    """
    lines = _as_lines(strokes)
    _check_positive("size", size)
    _check_positive("pen", pen)
    if not normalise:
        return _plain(lines, size, pen)
    if size is None:
        return _normal_form(lines, 0.0)
    return _normal_form(_clipped(lines, size), size * TREMBLE)


def from_image(
    picture: Image.Image | npt.ArrayLike,
    normalise: bool = True,
    region: Region | None = None,
) -> Float32:
    """Bring a picture of a digit into MNIST's form.

    Parameters
    ----------
    picture, region : as for ``ae.ink.find``. Uneven light, dust and any width of pen are evened
        out. A digit that has MNIST's form already keeps its own pen.
    normalise : as for ``from_ink``.

    Returns
    -------
    float32 array of shape (28, 28), values in [0, 1], ink is 1.

    Raises
    ------
    EmptyDrawing, ValueError
        As ``ae.ink.find``.
    """
    return from_ink(find(picture, region), normalise)


def from_ink(found: Ink, normalise: bool = True) -> Float32:
    """Bring ink that was found in a picture into MNIST's form.

    Parameters
    ----------
    found : from ``ae.ink.find``.
    normalise : False gives a plain resize of the picture, or of the region that was looked at, to
        28x28 by area averages, with the ink turned to 1.

    Returns
    -------
    float32 array of shape (28, 28), values in [0, 1], ink is 1.
    """
    if not normalise:
        raw = found.grey if found.light_on_dark else 1 - found.grey
        return resize(raw, (SIDE, SIDE), Image.Resampling.BOX)
    if _has_normal_form(found.map):
        return found.map
    centres = _centre_lines(found.map)
    return _normal_form(np.stack([centres, centres], axis=1), 0.0)


def ink_map(picture: Image.Image | npt.ArrayLike, region: Region | None = None) -> Float32:
    """Take the ink off the paper, to show what ``from_image`` looks at.

    Parameters
    ----------
    picture, region : as for ``ae.ink.find``, which says more about what it found.

    Returns
    -------
    float32 array of shape (h, w), values in [0, 1], ink is 1; at most ``ae.scene.LOOK``
    pixels long.

    Raises
    ------
    EmptyDrawing, ValueError
        As ``ae.ink.find``.
    """
    return find(picture, region).map


# Strokes


def _as_lines(strokes: Sequence[npt.ArrayLike]) -> Float64:
    """Strokes -> (m, 2, 2): m lines from (x, y) to (x, y); a dot is a line to itself."""
    try:
        arrays = [np.asarray(stroke, dtype=np.float64) for stroke in strokes]
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(
            f"strokes: got {type(strokes).__name__}, expected a sequence of arrays of shape (k, 2)"
        ) from error
    lines = [np.empty((0, 2, 2))]
    for i, points in enumerate(arrays):
        if points.size == 0:
            continue
        if points.ndim != 2 or points.shape[1] != 2:
            raise ValueError(f"stroke {i}: got shape {points.shape}, expected (k, 2)")
        if not np.isfinite(points).all():
            raise ValueError(f"stroke {i}: got NaN or infinity, expected finite points")
        ends = points[1:] if len(points) > 1 else points
        lines.append(np.stack([points[: len(ends)], ends], axis=1))
    joined = np.concatenate(lines)
    if len(joined) == 0:
        raise EmptyDrawing("Nothing is drawn: there is no stroke with a point.")
    return joined


def _check_positive(name: str, value: float | None) -> None:
    if value is not None and not 0 < value < float("inf"):
        raise ValueError(f"{name}: got {value}, expected a positive finite number")


def _clipped(lines: Float64, size: float) -> Float64:
    """Keep of lines (m, 2, 2) what lies in the square from 0 to `size` (Liang & Barsky, 1984)."""
    if lines.min() >= 0 and lines.max() <= size:
        return lines
    with np.errstate(over="ignore"):
        # In sides of the canvas, no farther out than a float can tell a place on the canvas from.
        a, b = np.clip(lines / size, -_FAR, _FAR).transpose(1, 0, 2)  # each (m, 2)
        along = b - a
        level = along == 0  # such a line never crosses these two sides: it is between them or not
        steps = np.where(level, 1, along)
        crossings = np.stack([-a / steps, (1 - a) / steps])  # of x = 0 and y = 0, x = 1 and y = 1
    enter = np.where(level, 0, crossings.min(axis=0)).max(axis=1).clip(0)
    leave = np.where(level, 1, crossings.max(axis=0)).min(axis=1).clip(max=1)
    beside = (level & ((a < 0) | (a > 1))).any(axis=1)
    seen = (enter <= leave) & ~beside
    if not seen.any():
        raise EmptyDrawing("Nothing is drawn: all strokes lie outside the canvas.")
    enter, leave = enter[seen, None], leave[seen, None]
    a, along, lines = a[seen], along[seen], lines[seen]
    # An end that is on the canvas stays as it is, to the last bit.
    starts = np.where(enter > 0, (a + enter * along).clip(0, 1) * size, lines[:, 0])
    ends = np.where(leave < 1, (a + leave * along).clip(0, 1) * size, lines[:, 1])
    return np.stack([starts, ends], axis=1)


def _normal_form(lines: Float64, least: float) -> Float32:
    """Lines (m, 2, 2) of any size and place, at least `least` long -> (28, 28) in MNIST's form."""
    unit = _to_unit(lines, least)
    middle = np.array([SIDE / 2, SIDE / 2])
    picture = np.zeros((SIDE, SIDE), dtype=np.float32)
    # MNIST shifts the finished box by whole pixels. To place the strokes on the centre of mass
    # before they are inked halves the distance to it, and a nearest neighbour then recognises
    # 1.3 % more of the pen digits. The box stays 20 pixels. Only a drawing so lopsided that its
    # box would leave the picture is made smaller; 13 pixels always fit.
    for box in range(BOX, CENTRE - 2, -1):
        points = unit * (box - 2 * INSET)
        corner, ink = _ink_in_box(points + middle, middle, box)
        place = middle + CENTRE - (corner + _centre_of_mass(ink))
        corner, ink = _ink_in_box(points + place, place, box)
        # A few dots may weigh differently between the pixels than on them.
        corner = corner + np.rint(CENTRE - (corner + _centre_of_mass(ink))).astype(np.int64)
        if corner.min() >= 0 and corner.max() + box <= SIDE:
            x, y = corner
            picture[y : y + box, x : x + box] = ink
            break
    return picture


def _to_unit(lines: Float64, least: float) -> Float64:
    """Centre the lines' bounding box on (0, 0) and make its longest side 1."""
    # Dividing first keeps the differences of huge coordinates finite.
    scale = float(np.abs(lines).max()) or 1.0
    lines = lines / scale
    low = lines.min(axis=(0, 1))
    span = max(float((lines.max(axis=(0, 1)) - low).max()), least / scale)
    unit: Float64 = (lines - low) / (span or 1.0)
    unit -= unit.max(axis=(0, 1)) / 2
    return unit


def _ink_in_box(lines: Float64, middle: Float64, box: int) -> tuple[npt.NDArray[np.int64], Float32]:
    """Ink on exactly those pixels whose centres lie in the box around `middle`."""
    corner = np.ceil(middle - (box + 1) / 2).astype(np.int64)
    return corner, _ink((lines - corner).astype(np.float32), box, PEN, SOFT)


def _centre_of_mass(ink: Float32) -> Float64:
    """(x, y) as a pixel index counted from 0."""
    index = np.arange(len(ink))
    x, y = ink.sum(axis=0) @ index, ink.sum(axis=1) @ index
    return np.array([x, y], dtype=np.float64) / float(ink.sum())


def _ink(lines: Float32, side: int, pen: float, soft: float) -> Float32:
    """Lines (m, 2, 2) in pixels -> (side, side): the share of each pixel that the pen covers.

    Exact for a straight edge along the pixels, whether the pen is wider or narrower than a pixel.
    """
    distance = _distance(lines, side, (pen + soft) / 2)
    reach = pen / 2
    covered = np.minimum(distance + soft / 2, reach) - np.maximum(distance - soft / 2, -reach)
    ink: Float32 = np.clip(covered / soft, 0, 1)
    return ink


def _distance(lines: Float32, side: int, reach: float) -> Float32:
    """Distance (side, side) from each pixel's centre to the nearest line, where within `reach`.

    Of each line only a square window of pixels is looked at, which has all that it reaches: a curve
    is many short lines, and each concerns a few pixels of hundreds. Elsewhere it is too large.
    """
    squared = np.full(side * side, np.inf, dtype=np.float32)
    low, high = lines.min(axis=1), lines.max(axis=1)  # (m, 2)
    widths = ((high - low).max(axis=1) + 2 * reach + 1).clip(max=side).astype(np.int64)
    firsts = np.ceil(low - reach - 0.5).clip(0, side - widths[:, None]).astype(np.int64)
    for width in np.unique(widths):  # mostly one or two
        alike = np.flatnonzero(widths == width)
        # So many at a time stay in the processor's cache.
        for some in np.array_split(alike, len(alike) * width**2 // 100_000 + 1):
            places = firsts[some, :, None] + np.arange(width)  # (lines, 2, width)
            columns, rows = places[:, 0, None, :], places[:, 1, :, None]
            near = _squared_distance(lines[some], columns, rows)
            np.minimum.at(squared, (rows * side + columns).ravel(), near.ravel())
    return np.sqrt(squared).reshape(side, side)


def _squared_distance(
    lines: Float32, columns: npt.NDArray[np.int64], rows: npt.NDArray[np.int64]
) -> Float32:
    """Squared distance (m, row, column) from the pixels' centres to each of m lines, (m, 2, 2).

    Parameters
    ----------
    columns, rows : of the pixels, (m, 1, column) and (m, row, 1).
    """
    half = np.float32(0.5)
    (x, y), (to_x, to_y) = lines.transpose(1, 2, 0)[..., None, None]  # each (m, 1, 1)
    from_x, from_y = columns.astype(np.float32) + half - x, rows.astype(np.float32) + half - y
    along_x, along_y = to_x - x, to_y - y
    length = along_x**2 + along_y**2
    length[length == 0] = 1
    share = ((from_x * along_x + from_y * along_y) / length).clip(0, 1)
    squared: Float32 = (from_x - share * along_x) ** 2 + (from_y - share * along_y) ** 2
    return squared


def _plain(lines: Float64, size: float | None, pen: float | None) -> Float32:
    """Lines (m, 2, 2) -> (28, 28): the canvas as it is, resized by area averages."""
    scale = float(np.abs(lines).max()) or 1.0
    lines, middle = lines / scale, 0.0
    if size is None:
        low, high = lines.min(axis=(0, 1)), lines.max(axis=(0, 1))
        side = float((high - low).max()) / (1 - 2 * MARGIN) or 1.0
        lines, middle = lines - (low + high) / 2, SIDE / 2
        width = CANVAS_PEN if pen is None else pen / scale / side
    else:
        side = size / scale
        width = CANVAS_PEN if pen is None else pen / size
    # Ten thousand pixels outside the canvas is as good as infinitely far.
    with np.errstate(over="ignore"):
        pixels = lines / max(side, 1e-300) * SIDE + middle
    ink = _ink(np.clip(pixels, -1e4, 1e4).astype(np.float32), SIDE, width * SIDE, 1.0)
    if not ink.any():
        raise EmptyDrawing("Nothing is drawn: all strokes lie outside the canvas.")
    return ink


# Pictures


def _has_normal_form(x: Float32) -> bool:
    if x.shape != (SIDE, SIDE):
        return False
    rows, columns = np.nonzero(x > FAINTEST)
    longest = max(np.ptp(rows), np.ptp(columns)) + 1
    return bool(longest == BOX and np.abs(_centre_of_mass(x) - CENTRE).max() < 0.6)


def _centre_lines(ink: Float32) -> Float64:
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


def _without_dust(ink: Float32) -> Mask:
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
    shape: Mask = kept > min(0.5, float(kept.max()) / 2)
    return shape
