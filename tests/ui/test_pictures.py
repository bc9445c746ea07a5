"""Arrays as pictures: the colours mean the same on every drawing."""

from __future__ import annotations

import base64
import io
import re
from html import unescape

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from ui import galleries, pictures
from ui.text import translator


def full(painted: np.ndarray) -> np.ndarray:
    """The colours of a signed map between its dark stripes."""
    return pictures.laid_on(pictures.LOST, painted).astype(int)


def decoded(raw: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(raw)) as image:
        assert image.format == "PNG"
        return np.asarray(image)


@given(arrays(np.float32, (28, 28), elements=st.floats(0, 1, width=32)))
def test_grey_is_the_ink_whatever_the_extremes(digit: np.ndarray) -> None:
    grey = pictures.grey(digit)
    assert grey.shape == (28, 28) and grey.dtype == np.uint8
    assert np.abs(grey / 255 - digit).max() <= 0.5 / 255 + 1e-6


def test_a_faint_reconstruction_stays_faint() -> None:
    faint = np.zeros((28, 28), np.float32)
    faint[10:18, 10:18] = 0.1
    assert pictures.grey(faint).max() == 26 and pictures.grey(faint).min() == 0
    half = np.full((28, 28), 0.5, np.float32)
    assert set(pictures.grey(half).ravel()) == {128}
    assert pictures.signed(faint)[..., :3].max() == round(0.2 * max(pictures.ADDED))


def test_ink_is_white_and_beyond_the_range_is_cut() -> None:
    assert pictures.grey(np.float32([[0, 1, -3, 7]])).tolist() == [[0, 255, 0, 255]]


def test_lost_and_added_ink_have_their_colours() -> None:
    painted = pictures.signed(np.float32([[-0.5, 0, 0.5], [-0.25, -5, 5]]))
    assert painted.shape == (2, 3, 4) and painted.dtype == np.uint8
    lost, added = np.array(pictures.LOST), np.array(pictures.ADDED)
    wanted = np.array([[lost, [0, 0, 0], added], [lost / 2, lost, added]])
    assert np.abs(full(painted) - wanted).max() <= 1
    # On a black stripe lost ink is dark, half lost ink half as dark; the rest lets nothing through.
    striped = pictures.laid_on((0, 0, 0), painted)
    assert np.abs(striped - wanted * [[[0.3], [1], [1]], [[0.3], [0.3], [1]]]).max() <= 1


def test_a_scale_of_its_own() -> None:
    painted = full(pictures.signed(np.float32([[-0.5, 1]]), scale=1))
    assert np.abs(painted[0, 0] - np.array(pictures.LOST) / 2).max() <= 1
    assert painted[0, 1].tolist() == list(pictures.ADDED)


def test_a_file_has_the_stripes_in_it() -> None:
    painted = pictures.signed(np.float32([[-1, 1]]))
    lost, added = np.hsplit(decoded(pictures.png(painted, 16)).astype(int), 2)
    assert (added == pictures.ADDED).all()
    dark = (np.abs(lost - 0.3 * np.array(pictures.LOST)) <= 1).all(axis=-1)
    bright = (np.abs(lost - pictures.LOST) <= 1).all(axis=-1)
    assert (dark ^ bright).all() and 0.4 < dark.mean() < 0.6


def test_the_two_colours_differ_without_seeing_red_or_green() -> None:
    # Blue is the channel that the common kinds of colour blindness keep.
    assert abs(pictures.LOST[2] - pictures.ADDED[2]) > 128


@given(arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9))), st.integers(1, 4))
def test_png_keeps_every_pixel(pixels: np.ndarray, scale: int) -> None:
    big = decoded(pictures.png(pixels, scale))
    height, width = pixels.shape
    assert big.shape == (height * scale, width * scale)
    assert (big[::scale, ::scale] == pixels).all()
    assert (big[scale - 1 :: scale, scale - 1 :: scale] == pixels).all()


def test_png_keeps_colours() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)
    assert (decoded(pictures.png(pixels)) == pixels).all()


@pytest.mark.parametrize("alt", ["A digit.", 'He said "<b>&amp; 7</b>"', "d'água"])
def test_img_carries_its_pixels_and_says_what_it_shows(alt: str) -> None:
    pixels = pictures.grey(np.linspace(0, 1, 784, dtype=np.float32).reshape(28, 28))
    html = pictures.img(pixels, alt)
    tag = re.fullmatch(r'<img src="data:image/png;base64,([^"]+)" alt="([^"<>]*)"[^<>]*>', html)
    assert tag
    assert (decoded(base64.b64decode(tag[1])) == pixels).all()
    assert unescape(tag[2]) == alt


def test_tiles_are_the_pictures_with_grey_between() -> None:
    digits = [np.full((28, 28), value, np.uint8) for value in (0, 255, 7)]
    colour = pictures.signed(np.linspace(-1, 1, 784, dtype=np.float32).reshape(28, 28))
    sheet = pictures.tiled([digits, [colour, digits[0], colour]])
    assert sheet.shape == (58, 88, 4) and sheet.dtype == np.uint8
    assert (sheet[:28, 30:58] == 255).all() and (sheet[:28, 60:] == (7, 7, 7, 255)).all()
    assert (sheet[30:, :28] == colour).all()
    grey = (128, 128, 128, 255)
    assert (sheet[28:30] == grey).all() and (sheet[:, 58:60] == grey).all()


def test_a_gallery_has_a_row_for_each_title() -> None:
    picture = np.zeros((28, 28), np.uint8)
    tile = galleries.Tile(picture, "a & b", note="1 < 2")
    html = galleries.html([("<One>", [tile] * 3), ("Two", [galleries.Tile(picture, "c")] * 3)])
    assert html.count("<small>1 &lt; 2</small>") == html.count("<small>") == 3
    assert "--columns: 3" in html and "<b>&lt;One&gt;</b>" in html
    assert html.count("<img") == 6 and html.count('alt="a &amp; b"') == 3
    with Image.open(io.BytesIO(galleries.sheet([("One", [tile] * 3)], scale=2))) as image:
        assert image.size == (2 * 88, 2 * 28)


def test_a_sheet_is_filled_up_in_black() -> None:
    painted = pictures.signed(np.ones((3, 4, 4), np.float32))
    rest = decoded(pictures.sheet([*painted], scale=2, columns=2))[12:, 12:]
    assert rest.shape == (8, 8, 3) and not rest.any()


@pytest.mark.parametrize(
    ("lost", "added", "words"),
    [
        (1, 2, "1 pixel lost much of its ink, 2 gained much"),
        (2, 1, "2 pixels lost much of their ink, 1 gained much"),
        (0, 0, "0 pixels lost much of their ink, 0 gained much"),
    ],
)
def test_one_pixel_is_no_pixels(lost: int, added: int, words: str) -> None:
    error = np.float32([-0.5] * lost + [0.5] * added + [0.2, -0.2])
    assert pictures.described(error, translator("en")) == words
