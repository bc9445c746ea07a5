"""Find the ink in a picture of a digit: whatever the light, the frame and what else lies there.

`ae.scene` takes away what lies around the sheet, this module the sheet, and `ae.pieces` what lies
on it beside the digit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from ae.arrays import Float32
from ae.pieces import Doubt, Pieces
from ae.scene import (
    FAINTEST,
    UNIFORM,
    EmptyDrawing,
    Mask,
    as_image,
    on_ground,
    planes,
    resize,
    unframed,
)

Region = tuple[float, float, float, float]
"""Left, top, right and bottom as shares in [0, 1] of the upright picture's width and height."""

# What polarity and colour are decided on, in pixels.
GLANCE = 320
# Wider than any pen, narrower than what lies around the sheet, as a share of the longer side.
BROADEST = 0.5


@dataclass(frozen=True)
class Ink:
    """The ink of a picture, or of a region of it.

    Attributes
    ----------
    map : float32 array of shape (h, w), values in [0, 1], paper is 0, full ink is 1; at most
        ``ae.scene.LOOK`` pixels long. It shows all of the region.
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
    scene, alpha = planes(picture if isinstance(picture, Image.Image) else as_image(picture))
    height, width = scene.shape[:2]
    left, top, right, bottom = (0.0, 0.0, 1.0, 1.0) if region is None else _checked(region)
    # Outwards to whole pixels, so that it has one at least.
    x, y = min(int(left * width), width - 1), min(int(top * height), height - 1)
    part = np.s_[y : int(np.ceil(bottom * height)), x : int(np.ceil(right * width))]
    scene, is_outline = on_ground(scene[part], None if alpha is None else alpha[part])
    inside = unframed(scene)
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
        pieces = Pieces.of(contrast)
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


def _ink_on_paper(
    grey: Float32, level: np.float32 | None, light: bool, full: float
) -> tuple[Float32, Doubt | None]:
    """(h, w) -> (h, w) in [0, 1], paper is 0, full ink is 1; and a doubt."""
    contrast = _contrast(grey, level, light)
    while True:
        # At half of the ink's own contrast: what is fainter is no part of it.
        pieces = Pieces.of(contrast, full / 2)
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


def _full(contrast: Float32, pieces: Pieces) -> float:
    """The contrast of full ink, of what is most like a digit."""
    kept = np.concatenate([[False], pieces.digit()])[pieces.labels]
    return float(np.percentile(contrast[kept], 90))


def _around(kept: Mask, mask: Mask) -> Mask:
    """The pieces that are kept with their soft edges, without what else stands out."""
    from scipy import ndimage

    near: Mask = ndimage.binary_dilation(kept, np.ones((3, 3)), iterations=2)
    return near & (kept | ~mask)
