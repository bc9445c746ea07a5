"""The sample digits: enough of each, safe to share, and read by MNIST as what they are called."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from types import MappingProxyType

import numpy as np
import pytest

from ae.drawing import from_strokes
from ae.mnist import Mnist
from ae.samples import SAMPLES

every_sample = pytest.mark.parametrize("name", SAMPLES)


def test_each_digit_has_three_writings() -> None:
    assert all(re.fullmatch("[0-9][a-z]", name) for name in SAMPLES)
    writings = Counter(name[0] for name in SAMPLES)
    assert len(writings) == 10 and min(writings.values()) >= 3
    assert list(SAMPLES) == sorted(SAMPLES)


def test_visitors_cannot_change_what_they_share() -> None:
    assert isinstance(SAMPLES, MappingProxyType)
    stroke = SAMPLES["0a"][0]
    with pytest.raises(ValueError, match="read-only"):
        stroke[0, 0] = 0.5


@every_sample
def test_strokes_are_points_on_the_canvas(name: str) -> None:
    assert SAMPLES[name]
    for stroke in SAMPLES[name]:
        assert stroke.dtype == np.float32 and stroke.shape == (len(stroke), 2)
        assert not stroke.flags.writeable
        assert 15 <= len(stroke) <= 45
        assert np.isfinite(stroke).all() and stroke.min() >= 0 and stroke.max() <= 1
        # A hand sends no point twice, and does not jump within a stroke.
        steps = np.hypot(*np.diff(stroke, axis=0).T)
        assert steps.min() > 0 and steps.max() < 0.1


@every_sample
def test_digit_is_centred_and_leaves_a_margin(name: str) -> None:
    points = np.concatenate(SAMPLES[name])
    low, high = points.min(axis=0), points.max(axis=0)
    assert 0.55 <= high[1] - low[1] <= 0.75
    assert (low + high) / 2 == pytest.approx([0.5, 0.5], abs=0.05)


@every_sample
def test_normal_form_looks_like_a_digit_of_mnist(name: str) -> None:
    digit = from_strokes(SAMPLES[name])
    assert digit.shape == (28, 28) and digit.dtype == np.float32
    assert digit.min() == 0 and 0.9 < digit.max() <= 1
    # MNIST's training digits have 20 to 312 in ink; ours have 48 (1a) to 123 (0c).
    assert 40 < digit.sum() < 180


def test_writings_differ() -> None:
    digits = {name: from_strokes(strokes) for name, strokes in SAMPLES.items()}
    for one, other in itertools.combinations(digits, 2):
        squared_distance = np.square(digits[one] - digits[other]).sum()
        assert squared_distance > 10, f"{one} and {other} are the same writing"


def test_nearest_digit_of_mnist_has_the_same_name(mnist: Mnist) -> None:
    known = mnist.x_train.reshape(-1, 784)
    drawn = np.stack([from_strokes(strokes) for strokes in SAMPLES.values()]).reshape(-1, 784)
    # |a - b|^2 without the |a|^2 that is the same for every candidate b
    distance = np.square(known).sum(axis=1) - 2 * drawn @ known.T  # (samples, 60000)
    nearest = mnist.y_train[distance.argmin(axis=1)]
    assert dict(zip(SAMPLES, map(str, nearest), strict=True)) == {name: name[0] for name in SAMPLES}
