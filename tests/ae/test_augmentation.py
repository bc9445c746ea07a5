"""Digits in MNIST's place: like it in form, and not all the same."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from ae import augmentation, drawing
from ae.mnist import DataError, Mnist
from ae.samples import SAMPLES

COUNT = (250, 50)


def few(seed: int = 0) -> Mnist:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(augmentation, "TRAIN", COUNT[0])
        patch.setattr(augmentation, "HELD_OUT", COUNT[1])
        return augmentation.load(seed)


@pytest.fixture(scope="module")
def data() -> Mnist:
    return few()


@pytest.fixture(scope="module")
def digits(data: Mnist) -> np.ndarray:
    return np.concatenate([data.x_train, data.x_test])


def centres(digits: np.ndarray) -> np.ndarray:
    """Centres of mass, (n, 2), in px from the upper left corner's pixel."""
    index = np.arange(28)
    ink = digits.sum(axis=(1, 2))
    rows, columns = digits.sum(axis=2) @ index / ink, digits.sum(axis=1) @ index / ink
    return np.stack([rows, columns], axis=1)


def test_form(data: Mnist) -> None:
    for x, y, count in zip(
        (data.x_train, data.x_test), (data.y_train, data.y_test), COUNT, strict=True
    ):
        assert (x.shape, x.dtype) == ((count, 28, 28), np.float32)
        assert (y.shape, y.dtype) == ((count,), np.uint8)
        assert x.min() == 0 and 0.9 < x.max() <= 1
    assert (data.name, data.sha256) == ("samples", "")
    assert set(data.y_train) == {int(name[0]) for name in SAMPLES} == set(range(10))


def test_labels_are_the_digits() -> None:
    """By the nearest sample, pixel by pixel, which tilt and slant mislead; by chance, a tenth."""
    rng = np.random.default_rng(0)
    plain = {name: drawing.from_strokes(strokes) for name, strokes in SAMPLES.items()}
    hits = 0
    for name, strokes in SAMPLES.items():
        drawn = augmentation.vary(strokes, rng)
        nearest = min(plain, key=lambda other: float(np.square(plain[other] - drawn).sum()))
        hits += nearest[0] == name[0]
    assert hits > 0.5 * len(SAMPLES)


def test_the_same_seed_gives_the_same_digits(data: Mnist) -> None:
    again, other = few(), few(seed=1)
    assert_array_equal(again.x_train, data.x_train)
    assert_array_equal(again.x_test, data.x_test)
    assert_array_equal(again.y_train, data.y_train)
    assert np.abs(other.x_train - data.x_train).mean() > 0.05


def test_ink_and_centre_are_about_mnists(digits: np.ndarray) -> None:
    """MNIST's digits have 103 on average; each is centred on its mass."""
    ink = digits.sum(axis=(1, 2))
    assert 80 < ink.mean() < 130 and ink.min() > 20
    off = centres(digits) - 14
    assert np.abs(off).max() < 2.5
    assert np.abs(off.mean(axis=0)).max() < 0.5


def test_nothing_wraps_round_the_edges(digits: np.ndarray) -> None:
    """What is rolled over an edge would lie more than 20 px from the rest of the digit."""
    for digit in digits:
        for axis in (0, 1):
            inked = np.flatnonzero(digit.any(axis=axis))
            assert np.ptp(inked) < 26, "ink at two opposite edges"


def test_a_digit_that_is_all_on_one_side_stays_whole() -> None:
    """A heavy end and a long thin stroke: the centre of mass is far from the middle."""
    blob = np.array([[0.0, y] for y in np.linspace(0, 0.2, 40)], np.float32)
    zigzag = np.array([[x % 2 * 0.3, x / 40] for x in range(20)], np.float32)
    tail = np.array([[0.0, 0.0], [0.0, 4.0]], np.float32)
    rng = np.random.default_rng(0)
    for _ in range(50):
        digit = augmentation.vary((blob, zigzag, tail), rng)
        rows = np.flatnonzero(digit.any(axis=1))
        assert np.all(np.diff(rows) == 1), "torn apart"
        assert len(rows) < 28


def test_the_strokes_are_left_as_they_are() -> None:
    strokes = SAMPLES["7b"]
    before = [stroke.copy() for stroke in strokes]
    augmentation.vary(strokes, np.random.default_rng(0))
    for stroke, was in zip(strokes, before, strict=True):
        assert_array_equal(stroke, was)


def test_varied() -> None:
    """One sample, drawn often: thick and thin, wide and narrow, here and there."""
    rng = np.random.default_rng(0)
    drawn = np.stack(
        [augmentation.vary(SAMPLES["0a" if "0a" in SAMPLES else "7b"], rng) for _ in range(60)]
    )
    ink = drawn.sum(axis=(1, 2))
    assert ink.max() > 1.4 * ink.min(), "thickness"
    for axis in (1, 2):
        lengths = (drawn > 0.5).any(axis=axis).sum(axis=1)
        assert np.ptp(lengths) >= 3, "size"
    assert np.ptp(centres(drawn), axis=0).min() > 1.5, "place"
    assert len({digit.tobytes() for digit in drawn}) == 60


def test_the_share_rises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(augmentation, "TRAIN", COUNT[0])
    monkeypatch.setattr(augmentation, "HELD_OUT", COUNT[1])
    shares: list[float] = []
    augmentation.load(on_share=shares.append)
    assert shares[0] == 0 and shares[-1] < 1 and len(shares) == 3
    assert np.all(np.diff(shares) > 0)


def test_shifted_copies_fill_an_epoch(data: Mnist) -> None:
    """The first are the drawn ones; a copy is one of them, moved by at most a pixel."""
    copies = augmentation.shifted(data, 600)
    assert copies.x_train.shape == (600, 28, 28) and copies.y_train.shape == (600,)
    assert_array_equal(copies.x_train[: len(data.x_train)], data.x_train)
    for i in range(len(data.x_train), 600):
        drawn = np.pad(data.x_train[i % len(data.x_train)], 1)
        moved = [drawn[y : y + 28, x : x + 28] for y in range(3) for x in range(3)]
        assert any(np.array_equal(copies.x_train[i], one) for one in moved)
        assert copies.y_train[i] == data.y_train[i % len(data.x_train)]


def test_samples_stand_in_only_where_they_are_wanted(
    data: Mnist, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AE_MNIST", "/nowhere/mnist.npz")
    monkeypatch.setattr(augmentation, "load", lambda on_share=None: data)
    with pytest.raises(DataError, match="no MNIST file at /nowhere"):
        augmentation.mnist_or_samples(None)
    lines: list[str] = []
    samples = augmentation.mnist_or_samples(700, say=lines.append)
    assert (samples.name, len(samples.x_train)) == ("samples", 700)
    (line,) = lines
    assert line.startswith("no MNIST file") and line.endswith("from varied samples instead")
