"""Arrays -> PNG: digits white on black, errors in two colours, always on the same scale."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from markupsafe import Markup
from PIL import Image

from ae.arrays import Float32
from ui import html

Pixels = npt.NDArray[np.uint8]

# Okabe & Ito's orange and sky blue: told apart by colour-blind people, both bright on black.
LOST = (230, 159, 0)
ADDED = (86, 180, 233)


def grey(digit: Float32) -> Pixels:
    """(28, 28) in [0, 1] -> uint8: 0 is black and 1 is white, whatever the picture's extremes."""
    return np.rint(np.clip(digit, 0, 1) * 255).astype(np.uint8)


def signed(error: Float32, scale: float = 0.5) -> Pixels:
    """Paint a signed map: (h, w) -> (h, w, 3) uint8.

    Zero is black, minus ``scale`` the full colour of lost ink, plus ``scale`` that of added ink.
    Beyond it the colour stays full. On [-1, 1] most errors would be too dark to see.
    """
    share = np.clip(error / scale, -1, 1)[..., None]
    colours = np.where(share < 0, np.array(LOST), np.array(ADDED))
    painted: Pixels = np.rint(np.abs(share) * colours).astype(np.uint8)
    return painted


def png(pixels: Pixels, scale: int = 1) -> bytes:
    """Encode as PNG, each pixel ``scale`` px wide."""
    big = pixels.repeat(scale, axis=0).repeat(scale, axis=1)
    file = io.BytesIO()
    Image.fromarray(big).save(file, "PNG")
    return file.getvalue()


def tiled(rows: Sequence[Sequence[Pixels]]) -> Pixels:
    """Put pictures into one, rows of equal length, two grey px between them: (h, w, 3) uint8."""
    colour = [[p if p.ndim == 3 else p[..., None].repeat(3, axis=2) for p in row] for row in rows]
    padded = [
        [np.pad(p, ((0, 2), (0, 2), (0, 0)), constant_values=128) for p in row] for row in colour
    ]
    return np.vstack([np.hstack(row) for row in padded])[:-2, :-2]


def sheet(images: Sequence[Pixels], scale: int = 4, columns: int = 8) -> bytes:
    """Put pictures of one size into a PNG, so many to a row; the last row is filled up in black."""
    rest = -len(images) % columns
    full = [*images, *[np.zeros_like(images[0])] * rest]
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


def img(pixels: Pixels, alt: str, live: str | None = None) -> Markup:
    """Write the pixels as an element of the page.

    Parameters
    ----------
    alt : says what they show. live : what of the drawing that is, for `ui.components.live`.
    """
    return html.image(url(pixels), alt, data_live=live)


def figure(
    title: str,
    pixels: Pixels,
    alt: str,
    note: str = html.SPACE,
    live: str | None = None,
) -> Markup:
    """Write them with a title above and a note below."""
    return html.figure(title, img(pixels, alt, live), note)
