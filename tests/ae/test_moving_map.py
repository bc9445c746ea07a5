"""The map that moves with a training: what it keeps, how it travels, what is no map."""

from __future__ import annotations

import base64
import itertools

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial import procrustes
from sklearn.decomposition import PCA as OtherPCA  # noqa: N811 (it is a class of that name)
from sklearn.neighbors import KNeighborsClassifier

from ae import moving_map
from ae.arrays import Float32

RNG = np.random.default_rng(5)
DIGITS = RNG.integers(0, 10, 300).astype(np.uint8)


def codes(units: int, seed: int = 0) -> Float32:
    """(300, units), of which the first few vary most."""
    rng = np.random.default_rng(seed)
    return (rng.normal(0, 1, (300, units)) / np.arange(1, units + 1) + 3).astype(np.float32)


def test_two_numbers_are_as_they_are() -> None:
    z = codes(2)
    assert_array_equal(moving_map.places(z, codes(2, seed=1)), z)


@pytest.mark.parametrize("before", [None, codes(2, seed=1)])
def test_more_numbers_are_pca_s_plane(before: Float32 | None) -> None:
    z = codes(12)
    flat = moving_map.places(z, before)
    expected = OtherPCA(2).fit_transform(z)
    ours, theirs, apart = procrustes(expected, flat)
    assert_allclose(ours, theirs, atol=1e-5)
    assert apart < 1e-9
    assert_allclose(np.linalg.norm(flat, axis=1), np.linalg.norm(expected, axis=1), atol=1e-4)


def test_it_does_not_jump() -> None:
    """Of two directions now the one is stronger and now the other."""
    z = codes(8) * np.array([1, 2, *[0.1] * 6], np.float32)
    moments = [z * np.array([1 + 0.1 * (-1) ** i, *[1] * 7], np.float32) for i in range(12)]
    moments = [moment - moment.mean(axis=0) for moment in moments]
    alone = [moving_map.places(moment) for moment in moments]
    followed = [alone[0]]
    for moment in moments[1:]:
        followed.append(moving_map.places(moment, followed[-1]))

    def moved(maps: list[Float32]) -> float:
        steps = [np.linalg.norm(b - a, axis=1) for a, b in itertools.pairwise(maps)]
        return float(np.median(steps, axis=1).max())

    assert moved(followed) <= 1.05 * moved(moments) < 0.3 < 1 < moved(alone)


def test_dead_codes_have_a_place() -> None:
    assert_array_equal(moving_map.places(np.zeros((50, 6), np.float32)), np.zeros((50, 2)))
    packed = moving_map.unpack(moving_map.pack(np.zeros((300, 2), np.float32), DIGITS))
    assert set(packed.places.ravel().tolist()) == {128}


def test_alike_is_a_count_of_neighbours() -> None:
    points = codes(2)
    leave_one_out = [
        KNeighborsClassifier(1)
        .fit(np.delete(points, i, 0), np.delete(DIGITS, i))
        .predict(points[i : i + 1])[0]
        == DIGITS[i]
        for i in range(len(points))
    ]
    assert moving_map.alike(points, DIGITS) == pytest.approx(np.mean(leave_one_out))
    apart = np.column_stack([DIGITS, RNG.normal(0, 1e-3, len(DIGITS))]).astype(np.float32)
    assert moving_map.alike(apart, DIGITS) == 1


def test_there_and_back() -> None:
    points = codes(2) * np.array([7, 1], np.float32)
    packed = moving_map.unpack(moving_map.pack(points, DIGITS))
    assert_array_equal(packed.digits, DIGITS)
    step = np.ptp(points[:, 0]) / 255
    back = packed.places * step
    assert_allclose(back - back.mean(axis=0), points - points.mean(axis=0), atol=1.1 * step)
    assert (packed.places[:, 0].min(), packed.places[:, 0].max()) == (0, 255)


@pytest.mark.parametrize(
    "raw", [b"", b"12", bytes(3 * 1001), b"\0\0\x0a"], ids=["none", "two", "many", "ten"]
)
def test_what_is_no_map(raw: bytes) -> None:
    with pytest.raises(ValueError, match="map: got"):
        moving_map.unpack(base64.b64encode(raw).decode())


@pytest.mark.parametrize("text", ["AAA", "ä", "A A A"])
def test_what_is_no_base64(text: str) -> None:
    with pytest.raises(ValueError):
        moving_map.unpack(text)
