"""Spoiled digits: each way does what its name says, and no more."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from ae import noise
from ae.noise import NOISES, Noise

every_noise = pytest.mark.parametrize("way", NOISES.values(), ids=NOISES)


def digits(n: int, seed: int = 0) -> np.ndarray:
    """Grey noise with many an exact 0 and 1; read-only, so that whoever writes to it says so."""
    wide = np.random.default_rng(seed).uniform(-1, 2, (n, 784))
    x = np.clip(wide, 0, 1).astype(np.float32)
    x.setflags(write=False)
    return x


def grey(n: int) -> np.ndarray:
    return np.full((n, 784), 0.5, np.float32)


def dice(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


# All


@every_noise
def test_shapes_and_range(way: Noise) -> None:
    x = digits(6)
    corrupted = way.corrupt(x, way.most, dice())
    assert (corrupted.shape, corrupted.dtype.name) == ((6, 784), "float32")
    assert np.all((corrupted >= 0) & (corrupted <= 1))
    assert_array_equal(x, digits(6))
    assert np.all((corrupted != x).any(axis=1))
    assert_array_equal(way.corrupt(x.reshape(6, 28, 28), way.most, dice()), corrupted)
    assert way.corrupt(x[:0], way.strength, dice()).shape == (0, 784)


@every_noise
def test_the_same_seed_corrupts_in_the_same_way(way: Noise) -> None:
    x = digits(20)
    one, again, other = (way.corrupt(x, way.strength, dice(seed)) for seed in (1, 1, 2))
    assert_array_equal(one, again)
    assert (one != other).any()


@every_noise
def test_no_strength_corrupts_nothing_and_more_corrupts_more(way: Noise) -> None:
    x = digits(50)
    assert_array_equal(way.corrupt(x, 0, dice()), x)
    strengths = (0.25 * way.strength, way.strength, way.most)
    off = [np.square(way.corrupt(x, strength, dice()) - x).mean() for strength in strengths]
    assert 0 < off[0] < off[1] < off[2]
    assert way.title


@every_noise
def test_wrong_pictures_are_refused_in_words(way: Noise) -> None:
    x = digits(3)
    for bad in (x[0], x.astype(np.float64), 2 * x, np.full_like(x, np.nan), x[:, :783]):
        with pytest.raises(ValueError, match=r"pictures: got .* expected float32"):
            way.corrupt(bad, way.strength, dice())
        with pytest.raises(ValueError, match=r"pictures: got .* expected float32"):
            noise.mixed(bad, dice())


# Each


def test_gaussian_noise_is_gaussian() -> None:
    off = (noise.gaussian(grey(20), 0.1, dice()) - 0.5).ravel()
    assert stats.kstest(off / 0.1, "norm").pvalue > 0.01


def test_gaussian_noise_is_cut_off_where_pixels_end() -> None:
    black, white = np.zeros((20, 784), np.float32), np.ones((20, 784), np.float32)
    assert np.mean(noise.gaussian(black, 0.5, dice()) == 0) == pytest.approx(0.5, abs=0.02)
    assert np.mean(noise.gaussian(white, 0.5, dice()) == 1) == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 1.0])
def test_salt_and_pepper_are_half_of_the_share_each(share: float) -> None:
    corrupted = noise.salt_and_pepper(grey(50), share, dice())
    for colour, wanted in ((0, share / 2), (1, share / 2), (0.5, 1 - share)):
        assert np.mean(corrupted == colour) == pytest.approx(wanted, abs=0.01)


@pytest.mark.parametrize(("side", "pixels"), [(1, 1), (8.0, 8), (7.6, 8), (12.2, 12), (20, 20)])
def test_a_box_is_a_full_square_within_the_middle(side: float, pixels: int) -> None:
    x = grey(400)
    corrupted = noise.box(x, side, dice()).reshape(-1, 28, 28)
    inked = corrupted == 1
    assert np.all(corrupted[~inked] == 0.5)
    assert np.all(inked.sum(axis=(1, 2)) == pixels**2)
    for axis in (1, 2):
        lines = inked.any(axis=axis)
        first, last = lines.argmax(axis=1), 27 - lines[:, ::-1].argmax(axis=1)
        assert np.all(last - first == pixels - 1)
        # Everywhere where it can be, from edge to edge of the 20 pixels in the middle.
        assert set(first) == set(range(4, 25 - pixels))


@pytest.mark.parametrize("side", [20.000001, -1, float("nan")])
def test_a_box_of_another_size_is_refused(side: float) -> None:
    with pytest.raises(ValueError, match=f"side: got {side}, expected 0 to 20"):
        noise.box(np.zeros((1, 784), np.float32), side, dice())


# Mixed


def kind(corrupted: np.ndarray) -> str:
    """Name the way in which a grey digit was corrupted."""
    colours = set(np.unique(corrupted)) - {0.5}
    if len(colours) > 2:
        return "gaussian"
    if not colours:
        return "none"
    rows, columns = np.nonzero(corrupted.reshape(28, 28) == 1)
    filled = colours == {1} and np.ptp(rows) == np.ptp(columns) == np.sqrt(len(rows)) - 1
    return "box" if filled else "salt_and_pepper"


def test_mixed_corrupts_each_digit_in_one_way() -> None:
    x = grey(3000)
    x.setflags(write=False)
    corrupted = noise.mixed(x, dice())
    assert (corrupted.shape, corrupted.dtype.name) == ((3000, 784), "float32")
    assert np.all((corrupted >= 0) & (corrupted <= 1))
    kinds = np.array([kind(digit) for digit in corrupted])
    for name in NOISES:
        # The scratched square of a group may have no pixel at all.
        assert np.mean(kinds == name) == pytest.approx(1 / 3, abs=0.06), name
    assert 80 < (corrupted[kinds == "box"] == 1).sum(axis=1).max() <= NOISES["box"].most ** 2
    share = np.mean(corrupted[kinds == "salt_and_pepper"] != 0.5, axis=1)
    assert share.max() < NOISES["salt_and_pepper"].most + 0.08


def test_mixed_rolls_strengths_anew_in_each_batch_and_group() -> None:
    random = dice()
    batches = [noise.mixed(grey(240), random) for _ in range(10)]
    shares = [
        np.mean(digit != 0.5)
        for batch in batches
        for digit in batch
        if kind(digit) == "salt_and_pepper"
    ]
    deciles = np.percentile(shares, [10, 50, 90]) / NOISES["salt_and_pepper"].most
    assert_allclose(deciles, [0.1, 0.5, 0.9], atol=0.15)
    strengths = {round(share, 1) for share in shares[:60]}
    assert len(strengths) > 2, "within one batch"


@pytest.mark.parametrize("n", [0, 1, 2, 17])
def test_mixed_of_few(n: int) -> None:
    x = digits(n)
    corrupted = noise.mixed(x, dice())
    assert corrupted.shape == (n, 784)
    assert_array_equal(x, digits(n))
    assert_array_equal(noise.mixed(x.reshape(n, 28, 28), dice()), corrupted)


def test_mixed_corrupts_the_digit_that_stands_there() -> None:
    """Not its neighbour: most of what was not hit is still the digit's own."""
    x = digits(200)
    corrupted = noise.mixed(x, dice())
    off = np.square(corrupted[:, None] - x[None]).mean(axis=2)
    assert_array_equal(off.argmin(axis=1), np.arange(200))


# Moved


def test_digits_move_by_a_pixel_at_most_and_in_all_ways() -> None:
    x = digits(500)
    moved = noise.moved(x, dice()).reshape(-1, 28, 28)
    padded = np.pad(x.reshape(-1, 28, 28), ((0, 0), (1, 1), (1, 1)))
    ways = [(down, right) for down in range(3) for right in range(3)]
    same = np.array(
        [
            (moved == padded[:, down : down + 28, right : right + 28]).all(axis=(1, 2))
            for down, right in ways
        ]
    )
    assert_array_equal(same.sum(axis=0), 1)
    assert stats.chisquare(same.sum(axis=1)).pvalue > 0.01
