"""An uploaded file -> what the app needs of it. The file comes from anybody."""

from __future__ import annotations

import io
import warnings

import numpy as np
from PIL import Image, ImageOps

import ae
from ui.strokes import SIDE, Picture
from ui.text import N_

EXTENSIONS = ["png", "jpg", "jpeg", "webp", "gif"]
MAX_MB = 5
MAX_PIXELS = 20_000_000
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
        with warnings.catch_warnings():
            # A picture that is suspiciously large for its file is refused below, by its pixels.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(raw), formats=_FORMATS)
        # The header says how large it will be; nothing has been decoded yet.
        if image.width * image.height > MAX_PIXELS:
            raise UploadError(N_("This picture has more than 20 megapixels."))
        image.draft("RGB", (4 * SIDE, 4 * SIDE))  # JPEG: decode at a fraction of its size
        image.load()
        return ImageOps.exif_transpose(image)
    except UploadError:
        raise
    except Exception as fault:  # a decoder may raise anything on a damaged file
        raise UploadError(N_("This file is not a picture, or it is damaged.")) from fault


def _on_canvas(image: Image.Image) -> np.ndarray:
    raise NotImplementedError
