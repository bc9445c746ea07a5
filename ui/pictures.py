"""Arrays -> PNG: digits white on black, errors in two colours, always on the same scale.

Lost ink is also hatched, for whoever does not see the colours: its pixels let through what lies
behind them, stripes of `LOST` and black. On the screen style.css puts the stripes there, as fine as
the screen is; in a file, `png` does.
"""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from markupsafe import Markup
from PIL import Image

from ae.arrays import Float32
from ui import html
from ui.text import Text

Pixels = npt.NDArray[np.uint8]

# Okabe & Ito's orange and sky blue: told apart by colour-blind people, both bright on black.
LOST = (230, 159, 0)
ADDED = (86, 180, 233)
_DARK = 0.3  # how much of its light lost ink has on a black stripe
_STRIPE = 2  # px
_HIGHEST = 64  # cells
_FAINTEST = 1e-6


def grey(digit: Float32) -> Pixels:
    """(28, 28) in [0, 1] -> uint8: 0 is black and 1 is white, whatever the picture's extremes."""
    return np.rint(np.clip(digit, 0, 1) * 255).astype(np.uint8)


def columns(units: int) -> int:
    """Say in how many columns `cells` stacks so many units."""
    return math.ceil(units / _HIGHEST)


def cells(activations: Float32) -> Pixels:
    """Stack a layer's units, (n,), as cells that light up: (h, w) uint8, at most 64 of them high.

    The strongest unit is white: each layer, and each drawing, has a scale of its own. What is below
    zero counts by its size. Cells that are left over in the last row are black.
    """
    wide = columns(len(activations))
    strongest = max(float(np.abs(activations).max()), _FAINTEST)
    rows = math.ceil(len(activations) / wide)
    strength = np.zeros(rows * wide, np.float32)
    strength[: len(activations)] = np.abs(activations) / strongest
    return grey(strength.reshape(rows, wide))


def signed(error: Float32, scale: float = 0.5) -> Pixels:
    """Paint a signed map: (h, w) -> (h, w, 4) uint8, the last of which is how opaque a pixel is.

    Zero is black, minus ``scale`` the full colour of lost ink, plus ``scale`` that of added ink.
    Beyond it the colour stays full. On [-1, 1] most errors would be too dark to see.
    """
    share = np.clip(error / scale, -1, 1)
    added, lost = np.maximum(share, 0)[..., None], np.maximum(-share, 0)[..., None]
    # So that it comes to lost * LOST on a stripe of LOST, and to _DARK of that on a black one.
    opaque = 1 - (1 - _DARK) * lost
    colours = added * ADDED + _DARK * lost / opaque * LOST
    painted: Pixels = np.rint(np.concatenate([colours, 255 * opaque], axis=-1)).astype(np.uint8)
    return painted


def png(pixels: Pixels, scale: int | None = None) -> bytes:
    """Encode as PNG: for the page, or else for a file, each pixel ``scale`` px wide."""
    if scale is not None:
        pixels = pixels.repeat(scale, axis=0).repeat(scale, axis=1)
        if pixels.shape[2:] == (4,):
            diagonals = np.add.outer(*map(np.arange, pixels.shape[:2]))
            stripes = (diagonals // _STRIPE % 2)[..., None] * LOST
            pixels = laid_on(stripes, pixels)
    file = io.BytesIO()
    # On the page a small picture for each stroke: quickly, not tightly.
    Image.fromarray(pixels).save(file, "PNG", compress_level=1 if scale is None else 6)
    return file.getvalue()


def laid_on(ground: npt.ArrayLike, pixels: Pixels) -> Pixels:
    """Lay pixels that let something through, (h, w, 4), on a colour or a picture: (h, w, 3)."""
    opaque = pixels[..., 3:] / 255
    below = np.asarray(ground, float) * (1 - opaque)
    laid: Pixels = np.rint(pixels[..., :3] * opaque + below).astype(np.uint8)
    return laid


def tiled(rows: Sequence[Sequence[Pixels]]) -> Pixels:
    """Put pictures into one, rows of equal length, two grey px between them: (h, w, 4) uint8."""
    padded = [[np.pad(_coloured(p), ((0, 2), (0, 2), (0, 0))) for p in row] for row in rows]
    whole = np.vstack([np.hstack(row) for row in padded])[:-2, :-2]
    whole[whole[..., 3] == 0] = 128, 128, 128, 255
    return whole


def _coloured(pixels: Pixels) -> Pixels:
    """Write greys as opaque colours: (h, w) -> (h, w, 4)."""
    if pixels.ndim == 3:
        return pixels
    return np.dstack([pixels, pixels, pixels, np.full_like(pixels, 255)])


def sheet(images: Sequence[Pixels], scale: int = 4, columns: int = 8) -> bytes:
    """Put pictures of one size into a PNG, so many to a row; the last row is filled up in black."""
    rest = -len(images) % columns
    full = [*images, *[np.zeros(images[0].shape[:2], np.uint8)] * rest]
    return png(tiled([full[i : i + columns] for i in range(0, len(full), columns)]), scale)


def grid(digits: Float32, columns: int) -> Float32:
    """Put digits side by side without gaps: (n, 28, 28), n a multiple of ``columns`` -> (h, w)."""
    n, height, width = digits.shape
    rows = digits.reshape(n // columns, columns, height, width).swapaxes(1, 2)
    return rows.reshape(-1, columns * width)


def src(picture: bytes, kind: str = "png") -> str:
    """Write an address that carries a PNG itself, or a picture of another kind."""
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"


def url(pixels: Pixels) -> str:
    """Write an address that carries the pixels themselves: no second request, so no flicker."""
    return src(png(pixels))


def img(pixels: Pixels, alt: str, live: str | None = None, **attributes: object) -> Markup:
    """Write the pixels as an element of the page.

    Parameters
    ----------
    alt : says what they show. live : what of the drawing that is, for `ui.components.live`.
    attributes : more of them, as for `ui.html.element`.
    """
    kind = "pixels" if pixels.ndim == 2 else "pixels signed"
    return html.image(url(pixels), alt, kind, data_live=live, **attributes)


def described(error: Float32, text: Text) -> str:
    """Say what a signed map of errors shows: how many pixels changed by more than a quarter."""
    lost, added = (int((sign * error > 0.25).sum()) for sign in (-1, 1))
    return ", ".join(
        (
            text.ngettext(
                "{n} pixel lost much of its ink", "{n} pixels lost much of their ink", lost
            ),
            text.ngettext("{n} gained much", "{n} gained much", added),
        )
    )


def figure(
    title: str,
    pixels: Pixels,
    alt: str,
    note: str = html.SPACE,
    live: str | None = None,
) -> Markup:
    """Write them with a title above and a note below."""
    return html.figure(title, img(pixels, alt, live), note)
