"""Pictures that may come from anybody: opened by a few decoders, and measured before that."""

from __future__ import annotations

import io
import math
import textwrap
import warnings
from collections.abc import Collection, Mapping
from types import MappingProxyType

from PIL import Image, UnidentifiedImageError

from ae.ink import LOOK

# fmt: off
PICTURES: Mapping[str, str] = MappingProxyType({
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".jfif": "JPEG",
    ".webp": "WEBP",
    ".gif": "GIF",
    ".bmp": "BMP",
})
# fmt: on
"""Ending -> Pillow's name of the format, of those 43 that may be looked at."""

MAX_PICTURE = 20_000_000
"""Pixels: a photograph of 5200x3900."""


_HEIC = frozenset(
    (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")
)


class TooManyPixels(ValueError):  # noqa: N818 (reads as what it says, like EmptyDrawing)
    """The picture is larger than anyone needs for one digit."""


class HeicPicture(ValueError):  # noqa: N818
    """A phone's own format, HEIC or AVIF, for which there is no decoder here."""


def open_picture(
    raw: bytes, formats: Collection[str] = frozenset(PICTURES.values())
) -> Image.Image:
    """Decode a picture that may come from anybody.

    Parameters
    ----------
    raw : the file's bytes.
    formats : Pillow's names of the formats that may be tried.

    Raises
    ------
    TooManyPixels
        The header says more than ``MAX_PICTURE`` pixels; nothing has been decoded then.
    HeicPicture
        A photograph in a phone's own format.
    ValueError
        Another format, or damaged.
    """
    # ISO base media file format: the length of the first box, its kind "ftyp", the brand.
    if raw[4:8] == b"ftyp" and raw[8:12] in _HEIC:
        raise HeicPicture("is in HEIC, which is not read here: save it as JPEG")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(raw), formats=sorted(formats))
            # open() reads no more than the header; the pixels come with load().
            if math.prod(picture.size) > MAX_PICTURE:
                width, height = picture.size
                raise TooManyPixels(
                    f"has {width}x{height} pixels, at most {MAX_PICTURE:,} are read"
                )
            # A JPEG can be decoded at a fraction of its size, and nothing looks closer than this.
            picture.draft(None, (LOOK, LOOK))
            picture.load()
            return picture
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooManyPixels(f"has too many pixels, at most {MAX_PICTURE:,} are read") from None
    except UnidentifiedImageError:
        raise ValueError("is not a picture of a kind that is read here") from None
    except ValueError:
        raise
    except Exception as fault:  # A decoder raises whatever it stumbles over: SyntaxError, OSError…
        reason = textwrap.shorten(str(fault) or type(fault).__name__, 120, placeholder="…")
        raise ValueError(f"cannot be decoded ({reason})") from fault
