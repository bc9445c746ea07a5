"""Pictures that may come from anybody: opened by a few decoders, and measured before that."""

from __future__ import annotations

import io
import math
import textwrap
import warnings
from collections.abc import Collection, Mapping
from types import MappingProxyType

import numpy as np
from PIL import Image, ImageFile, PngImagePlugin, UnidentifiedImageError

from ae.scene import LOOK, stretched, upright

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

MAX_PICTURE = 60_000_000
"""Pixels: a phone's photograph of 50 megapixels, which a JPEG gives at a fraction of its size."""

MAX_SIDE = 20_000
"""Pixels: a picture of 1x20,000,000 costs more in pointers to its rows than in pixels."""

MAX_DECODED = 85_000_000
"""Bytes in memory while a picture is decoded: 20 megapixels in colour as PNG, 24 as the most
expensive JPEG, 5 as WebP."""

# Bytes per pixel at the peak, measured: WebP and GIF hold the frame, the one before it, and copies.
_DEAR: Mapping[str, float] = MappingProxyType({"WEBP": 16, "GIF": 9})
# Of an animation, frames that are looked at for the first with anything on it.
_FRAMES = 32
# Grey levels: what differs less is a blank sheet.
_BLANK = 8

HEIC = (".heic", ".heif", ".avif")
"""Endings of a phone's own format, for which there is no decoder here."""

_HEIC = frozenset(
    (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")
)


class TooManyPixels(ValueError):  # noqa: N818 (reads as what it says, like EmptyDrawing)
    """The picture is larger than anyone needs for one digit, or than the memory it may take."""


class HeicPicture(ValueError):  # noqa: N818
    """A phone's own format, HEIC or AVIF, for which there is no decoder here."""

    def __init__(self) -> None:
        super().__init__("is in HEIC, which is not read here: save it as JPEG")


def open_picture(
    raw: bytes, formats: Collection[str] = frozenset(PICTURES.values())
) -> Image.Image:
    """Decode a picture that may come from anybody, in at most 120 MB of memory.

    Parameters
    ----------
    raw : the file's bytes.
    formats : Pillow's names of the formats that may be tried.

    Returns
    -------
    The picture upright, in mode L, RGB or RGBA and less than 2 * ``LOOK`` pixels long; of an
    animation, the first frame that is not blank.

    Raises
    ------
    TooManyPixels
        The header says more than ``MAX_PICTURE`` pixels, a side longer than ``MAX_SIDE``, or a
        kind of picture that takes more than ``MAX_DECODED`` bytes; nothing has been decoded then.
    HeicPicture
        A photograph in a phone's own format.
    ValueError
        Another format, or damaged.
    """
    # ISO base media file format: the length of the first box, its kind "ftyp", the brand.
    if raw[4:8] == b"ftyp" and raw[8:12] in _HEIC:
        raise HeicPicture
    # Pillow's own limit for what a PNG says about itself, 64 MB, is as much as the picture.
    PngImagePlugin.MAX_TEXT_MEMORY = PngImagePlugin.MAX_TEXT_CHUNK
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damaged EXIF data, which nobody needs
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            # open() reads no more than the header; the pixels come with load().
            with Image.open(io.BytesIO(raw), formats=sorted(formats)) as picture:
                _check_size(picture)
                # A JPEG can be decoded at a fraction of its size.
                whole = picture.size
                picture.draft(None, (LOOK, LOOK))
                _check_bytes(picture, whole, raw)
                return _first_with_ink(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooManyPixels(f"has too many pixels, at most {MAX_PICTURE:,} are read") from None
    except UnidentifiedImageError:
        raise ValueError("is not a picture of a kind that is read here") from None
    except ValueError:
        raise
    except Exception as fault:  # A decoder raises whatever it stumbles over: SyntaxError, OSError…
        reason = textwrap.shorten(str(fault) or type(fault).__name__, 120, placeholder="…")
        raise ValueError(f"cannot be decoded ({reason})") from fault


def _check_size(picture: Image.Image) -> None:
    width, height = picture.size
    if math.prod(picture.size) > MAX_PICTURE:
        raise TooManyPixels(f"has {width}x{height} pixels, at most {MAX_PICTURE:,} are read")
    if max(picture.size) > MAX_SIDE:
        raise TooManyPixels(f"has {width}x{height} pixels, at most {MAX_SIDE:,} on a side are read")


def _check_bytes(picture: ImageFile.ImageFile, whole: tuple[int, int], raw: bytes) -> None:
    """Refuse what needs more memory than it may, before it is decoded; `whole` is its true size."""
    each = 2 if picture.mode.startswith("I;16") else 1 if picture.mode in ("1", "L", "P") else 4
    needed = math.prod(picture.size) * _DEAR.get(picture.format or "", each)
    if picture.format in ("JPEG", "MPO") and _in_scans(picture, raw):
        # Two bytes for each coefficient of the whole picture, before the first pixel is known.
        parts = [(h, v) for _, h, v, _ in getattr(picture, "layer", ())]
        most = max((h for h, _ in parts), default=1) * max((v for _, v in parts), default=1)
        needed += 2 * math.prod(whole) * sum(h * v for h, v in parts) / most
    if needed > MAX_DECODED:
        width, height = whole
        raise TooManyPixels(
            f"has {width}x{height} pixels, which take {needed / 1e6:.0f} MB as they are stored, "
            f"at most {MAX_DECODED / 1e6:.0f}: make it smaller"
        )


def _in_scans(picture: ImageFile.ImageFile, raw: bytes) -> bool:
    """Does a JPEG come in several passes over the picture, as progressive ones do?"""
    if picture.info.get("progressive"):
        return True
    # Pillow stops behind the header of the first scan: length (2), components (1), then 2 for each
    # and 3 more. A scan with fewer components than the picture is followed by others.
    components = len(getattr(picture, "layer", ()))
    at = picture.fp.tell() if picture.fp else 0
    return raw[at - 4 - 2 * components : at - 3 - 2 * components] != bytes([components])


def _first_with_ink(picture: Image.Image) -> Image.Image:
    first = None
    for frame in range(_FRAMES):
        try:
            picture.seek(frame)
        except EOFError:  # a still picture, or the last frame
            break
        small = _small(picture)
        if not _is_blank(small):
            return small
        first = first or small
    assert first is not None, "every picture has a first frame"
    return first


def _is_blank(picture: Image.Image) -> bool:
    extrema = picture.convert("RGBA").getextrema()
    return all(int(high) - int(low) < _BLANK for low, high in extrema)  # type: ignore[misc]


def _small(picture: Image.Image) -> Image.Image:
    """Reduce a picture to less than twice LOOK, strip by strip: each step on all is a copy."""
    picture.load()
    width, height = picture.size
    factor = max(1, max(picture.size) // LOOK)
    if picture.mode.startswith(("I", "F")):
        mode = "F"
    elif picture.has_transparency_data:
        mode = "RGBA"
    else:
        mode = "L" if picture.mode in ("1", "L") else "RGB"
    small = Image.new(mode, (-(-width // factor), -(-height // factor)))
    rows = factor * max(1, 1_000_000 // (factor * width))
    for top in range(0, height, rows):
        strip = picture.crop((0, top, width, min(top + rows, height)))
        if mode == "F":
            strip = Image.fromarray(np.asarray(strip, dtype=np.float32))
        else:
            strip = strip.convert(mode)
        small.paste(strip.reduce(factor) if factor > 1 else strip, (0, top // factor))
    return upright(stretched(small) if mode == "F" else small, picture)
