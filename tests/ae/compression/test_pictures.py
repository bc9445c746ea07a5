"""Digits as picture files: as many pixels come back, all of them where nothing is lost."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from ae.compression import pictures


@pytest.mark.parametrize("n", [1, 5, 33])
@pytest.mark.parametrize("format", pictures.FORMATS)
def test_digits_come_back_in_their_places(format: str, n: int, digits: np.ndarray) -> None:
    x = np.rint(digits[:n] * 255) / np.float32(255)
    for quality in pictures.FORMATS[format].qualities[-1:] or (None,):
        back = pictures.encode(x, format, quality)
        assert back.pictures.shape == x.shape and back.pictures.dtype == np.float32
        if quality is None:
            assert_array_equal(back.pictures, x)
        else:
            assert 0 < np.square(back.pictures - x).mean() < 0.001


@pytest.mark.parametrize("format", [f.name for f in pictures.FORMATS.values() if f.qualities])
def test_more_quality_costs_more_and_loses_less(format: str, digits: np.ndarray) -> None:
    tried = [pictures.encode(digits, format, q) for q in pictures.FORMATS[format].qualities]
    sizes = [one.bytes for one in tried]
    errors = [np.square(one.pictures - digits).mean() for one in tried]
    assert sizes == sorted(sizes) and errors == sorted(errors, reverse=True)


def test_one_digit_in_every_format(digits: np.ndarray) -> None:
    every = pictures.encodings(digits[0])
    assert [(one.format, one.quality) for one in every] == pictures.variants()
    assert {one.format for one in every} == {"PNG", "WebP, lossless", "WebP", "JPEG", "AVIF"}
    # A container alone takes more bytes than a code does.
    assert all(one.bytes > 60 and one.pictures.shape == (1, 28, 28) for one in every)
