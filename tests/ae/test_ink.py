"""Pictures as people make them: the digit is found, whatever else is on them."""

from __future__ import annotations

import io
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image, ImageDraw, ImageFont, ImageOps

import ae
from ae import ink
from ae.drawing import EmptyDrawing, from_image, from_strokes
from ae.images import HeicPicture, TooManyPixels, open_picture
from ae.samples import SAMPLES
from ae.scene import LOOK


def seven(size=(400, 400), box=(0, 0, 400, 400), pen=20, ink=0, paper=255, mode="L"):
    image = Image.new(mode, size, paper)
    draw = ImageDraw.Draw(image)
    left, top, right, bottom = box
    for stroke in SAMPLES["7b"]:
        points = [
            (left + (right - left) * float(x), top + (bottom - top) * float(y)) for x, y in stroke
        ]
        draw.line(points, fill=ink, width=pen)
    return image


def likeness(digit, name="7b"):
    return np.corrcoef(digit.ravel(), from_strokes(SAMPLES[name]).ravel())[0, 1]


# Each kind, as a picture of the seven: it must be read as its strokes are.


def on_page(change=None, ink=40):
    """Lay the seven on a sheet of 800x800 with noise; `change(x, y, sheet)` spoils it."""
    sheet = np.asarray(seven((800, 800), (250, 220, 600, 570), 22, ink, 225), np.float64)
    y, x = np.mgrid[:800, :800]
    sheet = sheet if change is None else change(x, y, sheet)
    noise = np.random.default_rng(1).normal(0, 2, sheet.shape)
    return Image.fromarray(np.uint8((sheet + noise).clip(0, 255)))


def small_in_alpha(kind):
    picture = seven((1000, 800), (350, 250, 650, 550), 6).convert("RGBA")
    if kind == "corners":
        mask = Image.new("L", picture.size, 0)
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, 999, 799), 60, fill=255)
        picture.putalpha(mask)
    return picture


def sticker():
    picture = Image.new("RGBA", (1000, 1000), (0, 0, 0, 0))
    picture.paste(seven().convert("RGBA"), (100, 300))
    return picture


def stencil():
    picture = Image.new("RGBA", (400, 400), "white")
    picture.putalpha(seven())
    return picture


def lines(x, y, sheet, step=70, tilt=0.02, dark=0.5):
    """Rule the sheet above half of the ink's contrast."""
    rule = (np.abs((y - tilt * x) % step - step / 2) < 1.2) & (sheet > 200)
    return np.where(rule, 225 * dark, sheet)


def hot_pixels():
    x = np.asarray(seven(), np.uint16) * 10 + 1000
    x[[5, 60, 200, 390], [300, 20, 390, 30]] = 65535
    x[[9, 350], [9, 380]] = 0
    return Image.fromarray(x)


KINDS = {
    "a stencil": stencil,
    "a line around": lambda: ImageOps.expand(seven(), 1, 0),
    "a thick frame": lambda: ImageOps.expand(seven(), 60, 0),
    "our own canvas and what is around it": lambda: ImageOps.expand(
        seven(ink=255, paper=0), 15, 251
    ),
    "black below": lambda: ImageOps.expand(seven(), (0, 0, 0, 30), 0),
    "two frames": lambda: ImageOps.expand(ImageOps.expand(seven(), 10, 0), 20, 200),
    "alpha everywhere 1": lambda: small_in_alpha("whole"),
    "rounded corners": lambda: small_in_alpha("corners"),
    "a sticker": sticker,
    "a shadow's edge": lambda: on_page(lambda x, y, s: s * np.where(x + y > 1150, 0.7, 1)),
    "a shadow over half of it": lambda: on_page(lambda x, y, s: s * np.where(x > 420, 0.4, 1)),
    "a table": lambda: on_page(lambda x, y, s: np.where(x < 80, 68, s)),
    "a table askew": lambda: on_page(lambda x, y, s: np.where(x + y < 330, 68, s)),
    "a thumb": lambda: on_page(
        lambda x, y, s: np.where((x > 640) & (np.abs(y - 650) < 50), 130, s)
    ),
    "glare": lambda: on_page(
        lambda x, y, s: s + 90 * np.exp(-((x - 620) ** 2 + (y - 150) ** 2) / 9000)
    ),
    "a margin's line": lambda: on_page(lambda x, y, s: np.where(np.abs(x - 40) < 2, 110, s)),
    "a punched hole": lambda: on_page(
        lambda x, y, s: np.where(np.hypot(x - 40, y - 170) < 20, 60, s)
    ),
    "ruled": lambda: on_page(lines),
    "squared": lambda: on_page(lambda x, y, s: lines(y, x, lines(x, y, s))),
    "a pale pencil": lambda: on_page(ink=190),
    "equal grey": lambda: seven(mode="RGB", ink=(255, 0, 0), paper=(76, 76, 76)),
    "hot pixels": hot_pixels,
    "bytes of 0 and 1": lambda: (from_strokes(SAMPLES["7b"]) > 0.5).astype(np.uint8),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_digit_is_found(kind):
    found = ink.find(KINDS[kind]())
    assert likeness(ae.drawing.from_ink(found)) >= 0.9
    assert found.doubt is None


@pytest.mark.parametrize("name", ["0b", "1b", "4b", "8b"])
def test_a_felt_tip_cut_tight_under_uneven_light(name):
    points = np.concatenate(SAMPLES[name])
    low, span = points.min(axis=0), np.ptp(points, axis=0).max()
    picture = Image.new("L", (400, 400), 220)
    draw = ImageDraw.Draw(picture)
    for stroke in SAMPLES[name]:
        corners = [tuple((point - low) / span * 340 + 30) for point in np.float64(stroke)]
        draw.line(corners, fill=40, width=40)
        for x, y in corners:
            draw.ellipse((x - 20, y - 20, x + 20, y + 20), fill=40)
    light = np.linspace(0.975, 1.025, 400)
    assert likeness(from_image(np.uint8(np.asarray(picture) * light)), name) >= 0.9


@pytest.mark.parametrize("bright", [False, True])
def test_a_block_letter_is_no_frame(bright):
    """A bar and a zero of straight lines fill their rectangle, as what lies in a frame does."""
    picture = Image.new("L", (200, 200), 255)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((70, 30, 130, 170), outline=0, width=12)
    bar = Image.new("L", (200, 200), 255)
    ImageDraw.Draw(bar).rectangle((90, 30, 109, 169), fill=0)
    for image, expected in (
        (picture, from_strokes([[[0, 0], [48, 0], [48, 128], [0, 128], [0, 0]]])),
        (bar, from_strokes([[[0, 0], [0, 100]]])),
    ):
        read = from_image(ImageOps.invert(image) if bright else image)
        assert np.corrcoef(read.ravel(), expected.ravel())[0, 1] > 0.9


# A region


def two():
    picture = Image.new("L", (900, 400), 255)
    picture.paste(seven(), (0, 0))
    picture.paste(seven(), (450, 0))
    return picture


def test_a_region_is_all_that_is_looked_at():
    whole = ink.find(two())
    assert whole.doubt == "several"
    part = ink.find(two(), (0.5, 0, 1, 1))
    assert part.doubt is None and part.map.shape == (400, 450)
    assert likeness(from_image(two(), region=(0.5, 0, 1, 1))) > 0.9
    left, top, right, bottom = part.box
    assert 0.5 < left < right < 1 and 0 < top < bottom < 1
    rows, columns = np.nonzero(part.map > 0.5)
    assert left * 900 == pytest.approx(450 + columns.min())
    assert bottom * 400 == pytest.approx(rows.max() + 1)


def test_a_region_is_one_of_the_picture_as_it_stands():
    exif = Image.Exif()
    exif[0x0112] = 6
    raw = io.BytesIO()
    two().transpose(Image.Transpose.ROTATE_90).save(raw, "PNG", exif=exif)
    for lying in (Image.open(raw), open_picture(raw.getvalue())):
        assert ink.find(lying, (0.5, 0, 1, 1)).map.shape == (400, 450)


def test_a_region_without_ink_is_empty():
    with pytest.raises(EmptyDrawing):
        ink.find(two(), (0, 0, 0.05, 0.05))


@pytest.mark.parametrize(
    "region", [(0, 0, 0, 1), (0.6, 0, 0.5, 1), (-0.1, 0, 1, 1), (0, 0, 1, np.nan), (0, 1), "abcd"]
)
def test_a_bad_region_is_refused_in_words(region):
    with pytest.raises(ValueError, match="region: got"):
        ink.find(two(), region)


def text():
    picture = Image.new("L", (600, 300), 255)
    words = "Lorem ipsum\ndolor sit amet"
    ImageDraw.Draw(picture).text((20, 40), words, font=ImageFont.load_default(60), fill=0)
    return picture


def face():
    picture = Image.new("L", (400, 400), 230)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((80, 50, 320, 350), fill=150)
    for box in ((140, 140, 180, 165), (220, 140, 260, 165), (150, 260, 250, 290)):
        draw.ellipse(box, fill=90)
    return picture


@pytest.mark.parametrize("picture", [text, face])
def test_what_is_no_single_digit_raises_a_doubt(picture):
    assert ink.find(picture()).doubt == "crowded"


# Any picture


SHAPES = hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=60) | st.tuples(
    st.integers(1, 40), st.integers(1, 40), st.sampled_from([3, 4])
)


@settings(max_examples=100)
@given(
    hnp.arrays(np.bool_, SHAPES)
    | hnp.arrays(st.sampled_from([np.uint8, np.int32]), SHAPES, elements=st.integers(0, 255))
    | hnp.arrays(np.float32, SHAPES, elements=st.floats(0, 1, width=32)),
    st.none() | st.tuples(*[st.floats(0, 1)] * 4),
)
def test_any_picture_and_region_give_a_digit_or_a_sentence(picture, region):
    try:
        found = ink.find(picture, region)
    except ValueError:  # EmptyDrawing is one
        return
    assert found.map.shape == found.grey.shape
    assert 0 <= found.map.min() <= found.map.max() <= 1
    left, top, right, bottom = found.box
    assert 0 <= left < right <= 1 and 0 <= top < bottom <= 1
    for normalise in (True, False):
        digit = ae.drawing.from_ink(found, normalise)
        assert digit.shape == (28, 28) and digit.dtype == np.float32
        assert 0 <= digit.min() <= digit.max() <= 1


# Files


def saved(picture, kind="PNG", **options):
    raw = io.BytesIO()
    picture.save(raw, kind, **options)
    return raw.getvalue()


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_an_empty_first_frame_is_passed_over(kind):
    frames = [seven(paper=200), seven(paper=200)]
    raw = saved(Image.new("L", (400, 400), 200), kind, save_all=True, append_images=frames)
    assert likeness(from_image(open_picture(raw))) > 0.9


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1", b"avif"])
def test_a_phones_own_format_is_refused_by_its_name(brand):
    with pytest.raises(HeicPicture, match="HEIC"):
        open_picture(b"\0\0\0\x18ftyp" + brand + bytes(40))


@pytest.mark.parametrize(
    ("size", "scene"),
    [
        ((6000, 4000), ((600, 400), (100, 0, 500, 400))),
        ((8160, 6120), ((544, 408), (68, 0, 476, 408))),
    ],
    ids=["24 MP", "50 MP"],
)
def test_a_phones_photograph_is_read(size, scene):
    raw = saved(seven(*scene).resize(size), "JPEG", quality=30)
    picture = open_picture(raw)
    assert LOOK <= max(picture.size) < 2 * LOOK
    assert likeness(from_image(picture)) > 0.9


def with_interleaving_undone(raw):
    """Claim that the first scan holds one component: the rest must be kept until it comes."""
    at = raw.index(b"\xff\xda")
    return raw[: at + 4] + b"\x01" + raw[at + 5 :]


@pytest.mark.parametrize(
    "raw",
    [
        lambda: saved(Image.new("L", (1, 200_000))),
        lambda: saved(Image.new("RGB", (5000, 5000)), compress_level=1),
        lambda: saved(Image.new("RGBA", (3000, 3000)), "WEBP", method=0),
        lambda: saved(Image.new("RGB", (6000, 6000)), "JPEG", progressive=True),
        lambda: with_interleaving_undone(saved(Image.new("RGB", (6000, 6000)), "JPEG")),
    ],
    ids=["side", "pixels", "webp", "progressive", "scans"],
)
def test_what_takes_too_much_memory_is_refused_before_it_is_decoded(raw, monkeypatch):
    raw = raw()
    monkeypatch.setattr("ae.images._first_with_ink", lambda picture: pytest.fail("decoded"))
    with pytest.raises(TooManyPixels):
        open_picture(raw)


def damaged(kind, seed):
    """Change a few bytes of the EXIF data of a picture that lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x8769] = {0x9003: "2026:01:01 10:00:00"}
    data = bytearray(exif.tobytes())
    rng = np.random.default_rng(seed)
    for _ in range(int(rng.integers(1, 6))):
        data[rng.integers(6, len(data))] = rng.integers(0, 256)
    if seed % 5 == 0:
        data = data[: rng.integers(0, len(data))]
    return saved(seven((60, 60), (0, 0, 60, 60), 5), kind, exif=bytes(data))


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_a_picture_with_damaged_exif_data_is_read(kind):
    for seed in range(25):
        assert open_picture(damaged(kind, seed)).size == (60, 60)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own, at open
            from_image(Image.open(io.BytesIO(damaged(kind, seed))))
