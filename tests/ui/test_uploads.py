"""An uploaded file: whatever is in it, a picture of a digit or one sentence."""

from __future__ import annotations

import base64
import io
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any, get_args

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFile, ImageOps

import ae
from ae.pieces import Doubt
from ui import uploads
from ui.components import region, upload
from ui.sketch import Sketch
from ui.strokes import SIDE, Photo
from ui.text import LANGUAGES, translator
from ui.uploads import UploadError


def seven(size: tuple[int, int] = (400, 400), ink: Any = 0, paper: Any = 255) -> Image.Image:
    """A 7, which looks different however one turns or mirrors it."""
    image = Image.new("L", size, paper)
    width, height = size
    line = [(x * width, y * height) for x, y in ((0.3, 0.25), (0.7, 0.25), (0.45, 0.8))]
    ImageDraw.Draw(image).line(line, fill=ink, width=round(min(size) / 14), joint="curve")
    return image


def saved(image: Image.Image, format: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


EXPECTED = ae.drawing.from_image(seven())
PAINTED = np.asarray(ImageOps.invert(seven()).resize((SIDE, SIDE)), float)


def assert_is_the_seven(raw: bytes, tolerance: float = 0.03) -> None:
    picture = uploads.read(raw)
    for digit in (picture.normal, picture.plain):
        assert digit.shape == (28, 28) and digit.dtype == np.float32
        assert digit.min() >= 0 and digit.max() <= 1
    assert np.abs(picture.normal - EXPECTED).mean() < tolerance
    # Under the strokes stands white ink on black, where it is on the picture.
    assert picture.canvas.shape == (SIDE, SIDE) and picture.canvas.dtype == np.uint8
    inked = PAINTED > 128
    assert picture.canvas[inked].mean() > 180
    assert picture.canvas[~inked].mean() < 40


def refusal(raw: bytes) -> str:
    with pytest.raises(UploadError) as fault:
        uploads.read(raw)
    assert str(fault.value) == fault.value.message
    return fault.value.message


NOT_A_PICTURE = "This file is not a picture, or it is damaged."
NOTHING = "There is nothing on this picture that looks like ink."
TOO_MANY_PIXELS = "This picture is too large. Upload a smaller copy of it."
HEIC = "This photo is in HEIC, which cannot be read here. Save it as JPEG."
PDF = "This is a PDF. Take a screenshot of the digit, and upload that."


# Pictures


def transparent(image: Image.Image) -> Image.Image:
    """Only the ink, on nothing."""
    inked = Image.new("RGBA", image.size, (0, 0, 0, 0))
    inked.putalpha(ImageOps.invert(image))
    return inked


ANIMATION = {"save_all": True, "append_images": [seven(ink=255, paper=0)], "duration": 100}


@pytest.mark.parametrize(
    "make",
    [
        lambda: saved(seven()),
        lambda: saved(seven(ink=255, paper=0)),
        lambda: saved(seven(ink=90, paper=200)),
        lambda: saved(seven().convert("1")),
        lambda: saved(seven().convert("RGB")),
        lambda: saved(seven().convert("P")),
        lambda: saved(seven().convert("LA")),
        lambda: saved(transparent(seven())),
        lambda: saved(seven().convert("I;16")),
        lambda: saved(seven((1600, 1600))),
        lambda: saved(seven(), "JPEG", quality=90),
        lambda: saved(seven((2400, 2400)), "JPEG", progressive=True),
        lambda: saved(seven().convert("CMYK"), "JPEG"),
        lambda: saved(seven(), "WEBP", lossless=True),
        lambda: saved(seven().convert("RGB"), "WEBP", quality=80),
        lambda: saved(transparent(seven()), "WEBP", lossless=True),
        lambda: saved(seven(), "GIF"),
        lambda: saved(seven(), "GIF", **ANIMATION),
        lambda: saved(seven(), "PNG", **ANIMATION),
        lambda: saved(seven().convert("RGB"), "WEBP", lossless=True, **ANIMATION),
    ],
    ids=[
        "png",
        "light-on-dark",
        "pale",
        "1-bit",
        "rgb",
        "palette",
        "grey-alpha",
        "alpha",
        "16-bit",
        "large",
        "jpeg",
        "progressive",
        "cmyk",
        "webp",
        "webp-lossy",
        "webp-alpha",
        "gif",
        "gif-animated",
        "png-animated",
        "webp-animated",
    ],
)
def test_a_digit_is_read_whatever_the_format(make: Callable[[], bytes]) -> None:
    assert_is_the_seven(make())


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_turned_as_its_camera_was(format: str, orientation: int) -> None:
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,  # the camera lay; turned clockwise it is upright again
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    image = seven().transpose(turns[orientation]) if orientation in turns else seven()
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert_is_the_seven(saved(image.convert("RGB"), format, exif=exif, quality=95))


def test_what_stands_on_the_canvas_has_the_pictures_proportions() -> None:
    # A wide picture with a square on it: the square stays one.
    image = Image.new("L", (600, 300), 255)
    ImageDraw.Draw(image).rectangle((250, 100, 350, 200), outline=0, width=20)
    canvas = uploads.read(saved(image)).canvas
    rows, columns = np.nonzero(canvas > 128)
    assert np.ptp(rows) == pytest.approx(np.ptp(columns), rel=0.1)


def test_twenty_megapixels_are_read() -> None:
    image = seven((5000, 4000)).convert("1")
    picture = uploads.read(saved(image))
    expected = ae.drawing.from_image(image.convert("L").resize((500, 400)))
    assert np.abs(picture.normal - expected).mean() < 0.03


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (2, 2), (28, 28)])
@pytest.mark.parametrize("fill", [0, 128, 255])
def test_a_picture_without_ink_is_refused(size: tuple[int, int], fill: int) -> None:
    assert refusal(saved(Image.new("L", size, fill))) == NOTHING
    assert refusal(saved(Image.new("RGBA", size, (fill, fill, fill, 0)))) == NOTHING


# What is no picture for us


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def claimed_png(width: int, height: int) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + header + data + chunk(b"IEND", b"")


def claimed_gif(width: int, height: int) -> bytes:
    """The smallest GIF there is, with another size in its header."""
    whole = bytearray(saved(Image.new("L", (1, 1), 255), "GIF"))
    size = struct.pack("<HH", width, height)
    frame = whole.index(b",\x00\x00\x00\x00")
    whole[6:10] = whole[frame + 5 : frame + 9] = size
    return bytes(whole)


def claimed_jpeg(width: int, height: int) -> bytes:
    whole = bytearray(saved(seven((40, 40)), "JPEG"))
    frame = whole.index(b"\xff\xc0")
    whole[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(whole)


def claimed_webp(width: int, height: int) -> bytes:
    whole = bytearray(saved(seven((40, 40)), "WEBP", lossless=True))
    start = whole.index(b"VP8L") + 9  # after the chunk's name, its length and the signature
    bits = int.from_bytes(whole[start : start + 4], "little") & ~0xFFFFFFF
    bits |= (width - 1) | (height - 1) << 14
    whole[start : start + 4] = bits.to_bytes(4, "little")
    return bytes(whole)


@pytest.mark.parametrize(
    ("claim", "width", "height"),
    [
        (claimed_png, 8000, 7501),
        (claimed_png, 1, 20_001),  # its rows cost more than its pixels
        (claimed_png, 10_000, 10_000),  # Pillow itself warns above 89 megapixels,
        (claimed_png, 60_000, 60_000),  # and refuses above 179
        (claimed_png, 2**31 - 1, 2**31 - 1),
        (claimed_gif, 65_535, 65_535),
        (claimed_jpeg, 8000, 7501),
        (claimed_jpeg, 65_500, 65_500),
        (claimed_webp, 16_383, 16_383),
    ],
)
def test_too_many_pixels_are_refused_by_the_header(
    claim: Callable[[int, int], bytes], width: int, height: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = claim(width, height)
    decoded: list[object] = []
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda image: decoded.append(image))
    assert len(raw) < 5000
    tracemalloc.start()
    try:
        assert refusal(raw) == TOO_MANY_PIXELS
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
    assert decoded == []


def test_a_file_larger_than_the_limit_is_refused_unread() -> None:
    whole = saved(seven())
    most = uploads.MAX_BYTES
    assert_is_the_seven(whole + bytes(most - len(whole)))  # what comes after IEND is ignored
    assert refusal(whole + bytes(most + 1 - len(whole))) == NOT_A_PICTURE


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 20 20\n%%EndComments\n1 1 scale showpage\n",
        b"PK\x03\x04" + bytes(100),
        *(saved(seven(), name) for name in ("TIFF", "BMP", "PPM", "TGA", "ICO", "EPS")),
    ],
    ids=lambda raw: repr(raw[:6]),
)
def test_another_kind_of_file_is_refused(raw: bytes) -> None:
    assert refusal(raw) == NOT_A_PICTURE


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6])
def test_a_truncated_file_is_refused(format: str, share: float) -> None:
    # Noise, so that half of the bytes are half of the picture.
    noise = np.random.default_rng(1).integers(0, 256, (200, 200), np.uint8)
    whole = saved(Image.fromarray(noise), format)
    assert refusal(whole[: int(share * len(whole))]) == NOT_A_PICTURE


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100), HEIC),
        (saved(seven(), "PDF"), PDF),
    ],
    ids=["heic", "pdf"],
)
def test_a_kind_of_file_that_is_known_is_named(raw: bytes, sentence: str) -> None:
    assert refusal(raw) == sentence


# A part of a picture


def two() -> bytes:
    """A 7 on the left half, and a 1 on the right one."""
    image = Image.new("L", (800, 400), 225)
    image.paste(seven(ink=30, paper=225))
    ImageDraw.Draw(image).line((600, 80, 600, 330), fill=30, width=28)
    return saved(image)


def photo_of(sketch: Sketch) -> Photo:
    assert sketch.photo is not None
    return sketch.photo


def test_a_part_is_read_as_if_it_were_the_picture_and_is_one_step() -> None:
    sketch = Sketch()
    uploads.take(sketch, two())
    whole = sketch.drawing.picture
    uploads.choose(sketch, (0.0, 0.0, 0.5, 1.0))
    part = sketch.drawing.picture
    assert whole and part
    assert np.abs(part.normal - EXPECTED).mean() < 0.03
    assert part.canvas.shape == (SIDE, SIDE)
    assert np.abs(part.canvas.astype(float) - PAINTED).mean() < 10  # the half has its proportions
    sketch.undo()
    assert sketch.drawing.picture is whole
    sketch.redo()
    uploads.choose(sketch, None)
    again = sketch.drawing.picture
    assert again is not None and (again.normal == whole.normal).all()
    uploads.choose(sketch, (0.5, 0.0, 1.0, 1.0))
    other = sketch.drawing.picture
    assert other is not None and np.abs(other.normal - EXPECTED).mean() > 0.06


def test_a_part_without_ink_leaves_all_as_it_was() -> None:
    sketch = Sketch()
    uploads.take(sketch, two())
    before = sketch.drawing
    uploads.choose(sketch, (0.9, 0.0, 1.0, 1.0))
    assert sketch.drawing is before
    assert sketch.problem == "Nothing in the rectangle looks like ink. Choose another part."
    sketch.clear()
    uploads.choose(sketch, (0.0, 0.0, 0.5, 1.0))  # the photo has gone meanwhile
    assert sketch.drawing.empty


def test_what_was_taken_for_ink_is_in_colour_and_nothing_else_is() -> None:
    sketch = Sketch()
    uploads.take(sketch, two())
    whole = Image.open(io.BytesIO(two()))
    dark = np.asarray(whole.resize((560, 280))) < 100
    for part in (None, (0.0, 0.0, 0.5, 1.0), (0.5, 0.0, 1.0, 1.0)):
        uploads.choose(sketch, part)
        photo = photo_of(sketch)
        assert photo.region == part
        marked = np.asarray(Image.open(io.BytesIO(photo.marked)), int)
        assert marked.shape == (280, 560, 3)
        coloured = np.ptp(marked, axis=2) > 100
        rows, columns = np.nonzero(coloured)
        box = columns.min() / 560, rows.min() / 280, columns.max() / 560, rows.max() / 280
        assert box == pytest.approx(ae.ink.find(whole, part).box, abs=0.015)
        assert (coloured & dark).sum() > 0.8 * coloured.sum()  # the rest is the pen's soft edge


@pytest.mark.parametrize("doubt", [None, *uploads.DOUBTS])
def test_where_there_is_doubt_the_part_is_asked_for(
    doubt: Doubt | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = ae.ink.find
    monkeypatch.setattr(ae.ink, "find", lambda *given: replace(find(*given), doubt=doubt))
    sketch = Sketch()
    uploads.take(sketch, two())
    assert sketch.choosing is (doubt is not None)
    sketch.undo()
    assert not sketch.choosing
    assert set(uploads.DOUBTS) == set(get_args(Doubt))


def test_what_is_kept_of_photos_is_bounded() -> None:
    sketch = Sketch()
    raws = [saved(seven((90, 90), ink=ink)) for ink in range(5)]
    for raw in raws:
        uploads.take(sketch, raw)
        uploads.choose(sketch, (0.0, 0.0, 0.9, 1.0))
    kept = {
        photo.raw
        for step in sketch.past
        if (photo := step.drawing.picture and step.drawing.picture.photo)
    }
    assert kept == set(raws[-3:])
    uploads.take(sketch, saved(seven((1600, 1600))))
    photo = photo_of(sketch)
    assert max(photo.view.shape) <= 2 * SIDE and len(photo.marked) < 60_000


@pytest.mark.parametrize(
    "message",
    [NOT_A_PICTURE, NOTHING, TOO_MANY_PIXELS, HEIC, PDF, *uploads.DOUBTS.values()],
)
@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != "en"])
def test_the_sentence_is_translated(message: str, language: str) -> None:
    assert translator(language).gettext(message) != message


# What the browser sends


@pytest.mark.parametrize(
    "state",
    [None, {}, {"file": None}, {"file": 7}, {"file": "é"}, {"file": "a"}, {"file": "A" * 20}],
)
def test_a_message_that_is_no_file_is_empty(state: object) -> None:
    assert upload.received(state, 10) == b""


def test_a_file_comes_as_it_was() -> None:
    raw = bytes(range(256))
    assert upload.received({"file": base64.b64encode(raw).decode()}, 256) == raw


@pytest.mark.parametrize(
    "message",
    [
        None,
        [],
        "0123",
        [0, 0, 1],
        [0, 0, 1, "1"],
        [0, 0, 1, True],
        [0, 0, 1, float("nan")],
        [0, 0, float("inf"), 1],
        [0.5, 0, 0.5, 1],
        [0.6, 0, 0.4, 1],
        [2, 0, 3, 1],
        [10**400, 0, 1, 1],
    ],
)
def test_a_message_that_is_no_rectangle_is_none(message: object) -> None:
    assert region.received({"region": message}) is None
    assert region.received(message) is None


def test_a_rectangle_is_kept_on_the_picture() -> None:
    assert region.received({"region": [-1, 0.25, 0.5, 7]}) == (0.0, 0.25, 0.5, 1.0)
