"""An uploaded file -> what the app needs of it. The file comes from anybody."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageOps

import ae
from ae import images
from ui import pictures
from ui.pictures import Pixels
from ui.strokes import SIDE, Picture
from ui.text import N_

EXTENSIONS = ["png", "jpg", "jpeg", "webp", "gif"]
MAX_MB = 5
# Pillow knows 43 formats, PostScript among them; these are the ones that we ask for.
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


class UploadError(ValueError):
    """The file is no picture for us; ``message`` is for the visitor, untranslated."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def read(raw: bytes) -> Picture:
    """Read a picture of one digit.

    Raises
    ------
    UploadError
        Too large, not a picture, damaged, or without anything on it.
    """
    image = _open(raw)
    try:
        return Picture(
            canvas=_on_canvas(image),
            normal=ae.drawing.from_image(image),
            plain=ae.drawing.from_image(image, normalise=False),
        )
    except ae.EmptyDrawing:
        raise UploadError(N_("There is nothing on this picture that looks like ink.")) from None


def _open(raw: bytes) -> Image.Image:
    if len(raw) > MAX_MB * 1_000_000:
        raise UploadError(N_("This file is larger than 5 MB."))
    try:
        return images.open_picture(raw, _FORMATS)
    except images.TooManyPixels:
        raise UploadError(N_("This picture has more than 20 megapixels.")) from None
    except ValueError:
        raise UploadError(N_("This file is not a picture, or it is damaged.")) from None


def _on_canvas(image: Image.Image) -> Pixels:
    """Fit the picture's ink into the canvas, white on black."""
    ink = Image.fromarray(pictures.grey(ae.drawing.ink_map(image)))
    return np.asarray(ImageOps.pad(ink, (SIDE, SIDE)))
