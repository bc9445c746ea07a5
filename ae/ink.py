"""Find the ink in a picture of a digit: whatever the light, the frame and what else lies there."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

from ae.arrays import Float32

Float64 = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

Region = tuple[float, float, float, float]
"""Left, top, right and bottom as shares in [0, 1] of the upright picture's width and height."""

Doubt = Literal["several", "crowded"]
"""What makes it doubtful that the ink is one digit.

several : pieces as large as one another lie side by side: two digits, perhaps.
crowded : so much is on the picture that it may be a face, a page of text, a pattern.
"""

# The longest side that is looked at, and that of the digit within it, in pixels: enough
# for a hairline on a full page, little enough for a server.
LOOK = 1000
DIGIT = (160, 320)
# What polarity and colour are decided on, in pixels.
GLANCE = 320
# Ink must stand out from the paper by this share of the full range (five grey levels of 256), and
# by this many standard deviations of the paper's noise.
FAINTEST = 0.02
NOISE = 6.0
# A frame's brightness is the same within this share of the range; JPEG leaves so much.
UNIFORM = 0.04
# What lies in a frame fills its rectangle, rounded corners but for; no written digit does.
FILLED = 0.95
# Wider than any pen, narrower than what lies around the sheet, as a share of the longer side.
BROADEST = 0.5
# Dust: a spot whose longest side is below this share of the longest stroke's.
DUST = 1 / 12
# A piece that is paler than this share of the digit's strongest ink is none of it.
PALE = 0.65
# A piece that is farther from the digit than this share of the digit's length is none of it.
NEAR = 0.4
# More pieces than this are a text or a pattern; less slender than this is no stroke.
CROWD = 8
SOLID = 0.3
# A notebook's rule is seen on this share of its way from edge to edge, and is at most this thick.
RULE = 1 / 40
WHOLE = 0.9
# On a centre line the distance to the edge is level; beside it, it climbs by 1 per pixel.
LEVEL = 0.65

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
    scene, alpha = _planes(picture if isinstance(picture, Image.Image) else _as_image(picture))
    height, width = scene.shape[:2]
    left, top, right, bottom = (0.0, 0.0, 1.0, 1.0) if region is None else _checked(region)
    # Outwards to whole pixels, so that it has one at least.
    x, y = min(int(left * width), width - 1), min(int(top * height), height - 1)
    part = np.s_[y : int(np.ceil(bottom * height)), x : int(np.ceil(right * width))]
    scene, is_outline = _on_ground(scene[part], None if alpha is None else alpha[part])
    inside = _unframed(scene)
    grey = _in_best_colour(scene, inside)
    level = np.float32(0) if is_outline else _level(grey[inside])
    light, full = _at_a_glance(grey[inside], level)
    ink = np.zeros_like(grey)
    ink[inside], doubt = _ink_on_paper(grey[inside], level, light, full)
    rows, columns = np.nonzero(ink > 0.5)
    return Ink(
        map=ink,
        grey=grey,
        light_on_dark=light,
        box=(
            float(x + columns.min()) / width,
            float(y + rows.min()) / height,
            float(x + columns.max() + 1) / width,
            float(y + rows.max() + 1) / height,
        ),
        doubt=doubt,
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
    least, most = x.min(), x.max()
    # Whole numbers of 0 and 1 alone are a mask: as grey levels nobody could tell them apart.
    top = 255 if x.dtype.kind in "iu" and most != 1 else 1
    if not (least >= 0 and most <= top):  # a NaN fails both
        raise ValueError(f"picture: got values from {least} to {most}, expected {wanted}")
    return Image.fromarray(np.rint(x * (255 / top)).astype(np.uint8))


def _planes(picture: Image.Image) -> tuple[Float32, Float32 | None]:
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


# What lies around the sheet


def _on_ground(scene: Float32, alpha: Float32 | None) -> tuple[Float32, bool]:
    """Lay what is transparent on paper; a digit that is cut out is its own outline (True)."""
    if alpha is None:
        return scene, False
    if not alpha.any():
        raise EmptyDrawing("The picture is empty: all of it is transparent.")
    opaque = alpha > alpha.max() / 2
    if not _is_sheet(scene, opaque):
        return alpha[..., None], True
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


def _unframed(scene: Float32) -> tuple[slice, slice]:
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


# The brightness or the colour in which the ink shows


def _in_best_colour(scene: Float32, inside: tuple[slice, slice]) -> Float32:
    """(h, w, c) -> (h, w): the brightness, unless ink and paper are equally bright."""
    if scene.shape[2] == 1:
        return np.ascontiguousarray(scene[..., 0])
    half = np.float32(0.5)
    mixes = np.array(
        [
            (0.299, 0.587, 0.114, 0),
            (1, 0, 0, 0),
            (0, 1, 0, 0),
            (0, 0, 1, 0),
            (half, -half, 0, half),
            (-half / 2, -half / 2, half, half),
        ],
        np.float32,
    )

    def mixed(x: Float32, mix: Float32) -> Float32:
        return np.ascontiguousarray(x @ mix[:3] + mix[3])

    part = scene[inside]
    if np.ptp(part, axis=2).max() < UNIFORM:
        return mixed(scene, mixes[0])
    step = -(-max(part.shape) // 128)
    small = part[::step, ::step]
    contrasts = []
    for mix in mixes:
        plane = mixed(small, mix)
        level = _level(plane)
        dark, light = _contrast(plane, level, False), _contrast(plane, level, True)
        contrasts.append(max(float(np.percentile(one, 99)) for one in (dark, light)))
    best = int(np.argmax(contrasts))
    return mixed(scene, mixes[best if contrasts[best] > 2.5 * contrasts[0] else 0])


def _at_a_glance(grey: Float32, level: np.float32 | None) -> tuple[bool, float]:
    """Is the ink light on dark, and how much does it stand out? Whichever is more like a stroke."""
    factor = -(-max(grey.shape) // GLANCE)
    if factor > 1:
        size = (-(-grey.shape[1] // factor), -(-grey.shape[0] // factor))
        grey = resize(grey, size, Image.Resampling.BOX)
    found = []
    for light in (False, True):
        contrast = _contrast(grey, level, light)
        pieces = _Pieces.of(contrast)
        if pieces.boxes:
            scores = pieces.scores * pieces.outlined(grey) ** 8 / np.sqrt(pieces.lengths)
            found.append((scores.max(), light, _full(contrast, pieces)))
    if not found:
        raise EmptyDrawing("The picture is empty: nothing stands out from its background.")
    _, light, full = max(found)
    return light, full


# Ink on paper


def _contrast(grey: Float32, level: np.float32 | None, light_on_dark: bool) -> Float32:
    """How much darker than its paper each pixel is, or how much lighter: (h, w).

    The paper has one level, or it is a morphological closing: that fills whatever is narrower than
    the window and keeps the edges of what is broader, a shadow's or a table's. Under ink, light is
    a factor.
    """
    from scipy import ndimage

    if level is None:
        window = max(3, round(BROADEST * max(grey.shape)))
        filtered = ndimage.grey_opening if light_on_dark else ndimage.grey_closing
        # Beyond its edge the picture goes on as it is there, for a window's width.
        ground = filtered(np.pad(grey, window // 2 + 1, mode="edge"), (window, window))
        ground = ground[window // 2 + 1 :, window // 2 + 1 :][: grey.shape[0], : grey.shape[1]]
    else:
        ground = np.full_like(grey, level)
    if light_on_dark:
        above: Float32 = np.maximum(grey - ground, 0)
        return above
    bright = float(np.percentile(ground, 90))
    share = np.maximum(ground - grey, 0) / np.maximum(ground, max(0.6 * bright, 1e-3))
    below: Float32 = (share * bright).astype(np.float32)
    return below


def _level(grey: Float32) -> np.float32 | None:
    """Give the one brightness of a picture's rim: then that is its paper, however broad the pen."""
    rim = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    level = np.median(rim).astype(np.float32)
    return level if (np.abs(rim - level) < FAINTEST).mean() > 0.94 else None


@dataclass(frozen=True)
class _Pieces:
    """The pieces of what stands out, with what speaks for each being ink.

    Attributes
    ----------
    labels : int array (h, w), 0 is paper.
    boxes, lengths, peaks : of each piece its box, longest side in pixels, and strongest contrast.
    slender : in [0, 1]; 1 is a stroke six times as long as it is thick.
    scores : how much each is like a stroke: long, slender, strong, not cut off by the edge.
    edge : whether it touches the picture's edge.
    """

    labels: npt.NDArray[np.intp]
    boxes: list[tuple[slice, slice]]
    lengths: Float64
    peaks: Float64
    slender: Float64
    scores: Float64
    edge: Mask

    @classmethod
    def of(cls, contrast: Float32, least: float | None = None) -> _Pieces:
        from scipy import ndimage

        low, quarter, most = np.percentile(contrast, (2, 25, 99.9))
        # The quarter nearest to the paper's brightness is paper even where a tightly cut digit
        # fills half of the picture. Between the two percentiles lie 1.38 deviations.
        floor = float(quarter) + NOISE * float(quarter - low) / 1.38
        least = max(floor, FAINTEST / 2, float(most) / 4 if least is None else least)
        # Where they are pale, a notebook's rules are whole only at half of what ink must have.
        mask = (contrast > least) & ~_rules(contrast > max(floor, FAINTEST / 2, least / 2))
        labels, count = ndimage.label(mask, structure=np.ones((3, 3)))
        boxes = ndimage.find_objects(labels)
        lengths = np.array([max(s.stop - s.start for s in box) for box in boxes], np.float64)
        edge = np.array(
            [
                any(s.start == 0 or s.stop == n for s, n in zip(box, mask.shape, strict=True))
                for box in boxes
            ],
            dtype=np.bool_,
        )
        inked = np.flatnonzero(labels)
        piece = labels.ravel()[inked] - 1
        depth = ndimage.distance_transform_cdt(np.pad(mask, 1), "chessboard")[1:-1, 1:-1]
        depths, peaks = np.zeros(count), np.zeros(count)
        np.maximum.at(depths, piece, depth.ravel()[inked])
        np.maximum.at(peaks, piece, contrast.ravel()[inked])
        slender = np.clip(lengths / np.maximum(2 * depths, 1) / 6, 0, 1)
        scores = lengths * slender**2 * peaks * np.where(edge, 0.3, 1.0)
        return cls(labels, boxes, lengths, peaks, slender, scores, edge)

    def digit(self) -> Mask:
        """Which pieces make up the digit: the best one and what lies near it."""
        main = int(self.scores.argmax())
        kept: Mask = np.arange(len(self.boxes)) == main
        allowed = self._like(main)
        reach = NEAR * self.lengths[main]
        spans = self._spans()
        while True:
            low = spans[kept, :, 0].min(axis=0)
            high = spans[kept, :, 1].max(axis=0)
            gaps = np.maximum(low - spans[:, :, 1], spans[:, :, 0] - high).max(axis=1)
            more = allowed & (gaps < reach) & ~kept
            if not more.any():
                return kept
            kept |= more

    def outlined(self, grey: Float32) -> Float64:
        """Which share of each piece's outline is an edge in the picture as well: (n,).

        Paper between a stroke and a shadow stands out too, but the window cuts it off halfway.
        """
        from scipy import ndimage

        inside = self.labels > 0
        rim = np.flatnonzero(inside & ~ndimage.binary_erosion(inside, np.ones((3, 3))))
        step = ndimage.maximum_filter(grey, 5) - ndimage.minimum_filter(grey, 5)
        piece = self.labels.ravel()[rim] - 1
        sharp = step.ravel()[rim] > self.peaks[piece] / 4
        count = len(self.boxes)
        edges: Float64 = np.bincount(piece, sharp, count) / np.bincount(piece, minlength=count)
        return edges

    def doubt(self, kept: Mask) -> Doubt | None:
        """Tell what speaks against the kept pieces being one digit."""
        main = int(self.scores.argmax())
        alike = self._like(main)
        if alike.sum() > CROWD or self.slender[main] < SOLID:
            return "crowded"
        large = np.flatnonzero(alike & (self.lengths > self.lengths[main] / 2))
        spans = self._spans()
        heights = np.ptp(spans[:, 0], axis=1)
        for i in large:
            beside = (spans[large, 1, 0] >= spans[i, 1, 1]) & (heights[large] > heights[i] / 2)
            if (beside & (heights[large] < 2 * heights[i])).any() or not kept[i]:
                return "several"
        return None

    def _like(self, main: int) -> Mask:
        """Which pieces could belong to the same writing as the best one."""
        like: Mask = (
            (self.lengths >= DUST * self.lengths[main])
            & (self.peaks >= PALE * self.peaks[main])
            & (~self.edge | self.edge[main])
        )
        return like

    def _spans(self) -> Float64:
        """First and last row, first and last column of each piece: (n, 2, 2)."""
        return np.array([[(s.start, s.stop) for s in box] for box in self.boxes], np.float64)


def _ink_on_paper(
    grey: Float32, level: np.float32 | None, light: bool, full: float
) -> tuple[Float32, Doubt | None]:
    """(h, w) -> (h, w) in [0, 1], paper is 0, full ink is 1; and a doubt."""
    contrast = _contrast(grey, level, light)
    while True:
        # At half of the ink's own contrast: what is fainter is no part of it.
        pieces = _Pieces.of(contrast, full / 2)
        if not pieces.boxes:
            raise EmptyDrawing("The picture is empty: nothing stands out from its background.")
        before, full = full, _full(contrast, pieces)
        if full < 1.3 * before:  # a hairline is pale at a glance
            break
    if full < FAINTEST:
        raise EmptyDrawing("The picture is empty: nothing stands out from its background.")
    digit = pieces.digit()
    kept = np.concatenate([[False], digit])[pieces.labels]
    ink = np.where(_around(kept, contrast > full / 2), np.clip(contrast / full, 0, 1), 0)
    return ink.astype(np.float32), pieces.doubt(digit)


def _full(contrast: Float32, pieces: _Pieces) -> float:
    """The contrast of full ink, of what is most like a digit."""
    kept = np.concatenate([[False], pieces.digit()])[pieces.labels]
    return float(np.percentile(contrast[kept], 90))


def _around(kept: Mask, mask: Mask) -> Mask:
    """The pieces that are kept with their soft edges, without what else stands out."""
    from scipy import ndimage

    near: Mask = ndimage.binary_dilation(kept, np.ones((3, 3)), iterations=2)
    return near & (kept | ~mask)


def _rules(mask: Mask) -> Mask:
    """Thin lines from edge to edge, nearly level or upright: a notebook's rules, a form's cells."""
    return _level_rules(mask) | _level_rules(mask.T).T


def _level_rules(mask: Mask) -> Mask:
    from scipy import ndimage

    found: Mask = np.zeros(mask.shape, dtype=np.bool_)
    height, width = mask.shape
    cell = -(-max(mask.shape) // 200)
    if min(mask.shape) < 40:
        return found
    # The strongest of each cell: a line of one pixel stays a line.
    small = np.pad(mask, ((0, -height % cell), (0, -width % cell)))
    small = small.reshape(small.shape[0] // cell, cell, -1, cell).max(axis=(1, 3))
    # And of its neighbours: a line between two cells, or one that bends a little, is one line.
    small[1:-1] |= small[:-2] | small[2:]
    rows, columns = small.shape
    x = np.arange(columns)
    end = max(1, columns // 60)
    for slope in np.linspace(-0.08, 0.08, 17):
        # Row i of the sheared picture is the line that is in row i halfway; it may go beyond the
        # picture, but for a third of its way.
        y = np.arange(rows)[:, None] + np.rint(slope * (x - columns / 2)).astype(int)
        there = (y >= 0) & (y < rows)
        on = small[np.clip(y, 0, rows - 1), x] & there
        through = (on.sum(axis=1) > WHOLE * there.sum(axis=1)) & (there.mean(axis=1) > 0.3)
        on |= ~there
        ends = on[:, :end].any(axis=1) & on[:, -end:].any(axis=1)
        for row in np.flatnonzero(through & ends):
            middle = (row + 0.5) * cell + slope * (np.arange(width) - width / 2)
            reach = np.arange(-(3 * cell // 2) - 1, 3 * cell // 2 + 2)
            band = np.clip(middle.astype(int) + reach[:, None], 0, height - 1)
            found[band, np.arange(width)] = True
    rules: Mask = found & mask
    if not rules.any():
        return rules
    # Where a line is crossed by a stroke, the stroke stays: it is thicker than the line.
    thick = float(np.median(rules.sum(axis=0)[rules.any(axis=0)] / max(1, _runs(rules))))
    if thick > max(mask.shape) * RULE:
        return np.zeros_like(mask)
    thin = int(1.6 * thick) + 2
    crossed: Mask = ndimage.binary_opening(mask, np.ones((thin, 1)))
    return rules & ~crossed


def _runs(found: Mask) -> int:
    """How many lines lie above one another, in most columns."""
    starts = found & ~np.pad(found, ((1, 0), (0, 0)))[:-1]
    return int(np.median(starts.sum(axis=0)))


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


# Centre lines


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
