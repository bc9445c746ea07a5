"""An uploaded file -> a digit on the canvas. The file comes from anybody."""

from __future__ import annotations

import io
import math
import threading

import numpy as np
from PIL import Image, ImageOps

import ae
from ae import images
from ae.arrays import Float32
from ae.ink import Region
from ui import pictures
from ui.pictures import Pixels
from ui.sketch import Sketch
from ui.strokes import SIDE, Drawing, Photo, Picture
from ui.text import N_

# The browser makes larger ones smaller; as it is, a file may be an attack.
MAX_BYTES = 500_000
# Pillow knows 43 formats, PostScript among them; these are the ones that we ask for.
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")

DOUBTS = {
    "several": N_(
        "Several things lie here. What is in colour was read; to read another, draw a rectangle"
        " around it."
    ),
    "crowded": N_(
        "There is a lot on this picture. What is in colour was read; draw a rectangle around your"
        " digit."
    ),
}

# On the canvas, for twice as many pixels to the inch; JPEG makes some 30 KB of it.
_SEEN = 2 * SIDE
# Okabe & Ito's vermilion, which stands out from white paper and from a blackboard.
_MARKER = (213, 94, 0)

# A photograph takes up to 100 MB for a moment: one at a time, whoever sends them.
_decoding = threading.Lock()


class UploadError(ValueError):
    """The file is no picture for us; ``message`` is for the visitor, untranslated."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def take(sketch: Sketch, raw: bytes) -> None:
    """Put an uploaded picture on the canvas, or leave a sentence on why not."""
    try:
        picture = read(raw)
    except UploadError as fault:
        sketch.problem = fault.message
        return
    sketch.put(Drawing(picture=picture))
    sketch.choosing = picture.photo is not None and picture.photo.doubt is not None


def choose(sketch: Sketch, region: Region | None) -> None:
    """Read another part of the photo that is on the canvas, None for all of it."""
    photo = sketch.photo
    if photo is None:  # undone meanwhile
        return
    try:
        picture = read(photo.raw, region, photo.view)
    except UploadError:
        sketch.problem = N_("Nothing in the rectangle looks like ink. Choose another part.")
    else:
        sketch.put(Drawing(picture=picture))


def read(raw: bytes, region: Region | None = None, view: Pixels | None = None) -> Picture:
    """Read a picture of one digit.

    Parameters
    ----------
    raw : the file.
    region : the part that is read; all of it unless given.
    view : what an earlier reading of all of it made, if there was one.

    Raises
    ------
    UploadError
        Too large, not a picture, damaged, or without anything on it.
    """
    try:
        with _decoding:
            image = _open(raw)
            found = ae.ink.find(image, region)
            if view is None:
                view = _view(found.grey if region is None else ae.ink.find(image).grey)
    except ae.EmptyDrawing:
        raise UploadError(N_("There is nothing on this picture that looks like ink.")) from None
    ink = Image.fromarray(pictures.grey(found.map))
    return Picture(
        canvas=np.asarray(ImageOps.pad(ink, (SIDE, SIDE))),
        normal=ae.drawing.from_ink(found),
        plain=ae.drawing.from_ink(found, normalise=False),
        photo=Photo(raw, view, region, _marked(view, ink, region), found.doubt),
    )


def _open(raw: bytes) -> Image.Image:
    try:
        if len(raw) > MAX_BYTES:
            raise ValueError("more than our button sends")
        return images.open_picture(raw, _FORMATS)
    except images.TooManyPixels:
        raise UploadError(N_("This picture is too large. Upload a smaller copy of it.")) from None
    except images.HeicPicture:
        raise UploadError(
            N_("This photo is in HEIC, which cannot be read here. Save it as JPEG.")
        ) from None
    except ValueError:
        if raw.startswith(b"%PDF"):
            raise UploadError(
                N_("This is a PDF. Take a screenshot of the digit, and upload that.")
            ) from None
        raise UploadError(N_("This file is not a picture, or it is damaged.")) from None


def _view(grey: Float32) -> Pixels:
    """All of the photo, as small as it is shown."""
    image = Image.fromarray(pictures.grey(grey))
    image.thumbnail((_SEEN, _SEEN))
    return np.asarray(image)


def _marked(view: Pixels, ink: Image.Image, region: Region | None) -> bytes:
    """Paint the ink that was found over the photo: a JPEG."""
    height, width = view.shape
    left, top, right, bottom = region or (0.0, 0.0, 1.0, 1.0)
    x, y = int(left * width), int(top * height)
    size = (math.ceil(right * width) - x, math.ceil(bottom * height) - y)
    cover = Image.new("L", (width, height))
    cover.paste(ink.resize(size), (x, y))
    painted = Image.composite(
        Image.new("RGB", (width, height), _MARKER), Image.fromarray(view).convert("RGB"), cover
    )
    file = io.BytesIO()
    painted.save(file, "JPEG", quality=80)
    return file.getvalue()
