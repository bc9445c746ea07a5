"""Corrupted digits: what a denoising autoencoder learns from, and what any net may be shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from ae.arrays import SIDE, Float32, as_pictures
from ae.families import N_


def gaussian(x: Float32, sigma: float, random: np.random.Generator) -> Float32:
    """Add Gaussian noise of standard deviation ``sigma``, and clip to [0, 1]: (n, 784)."""
    x = as_pictures(x)
    noise = random.standard_normal(x.shape, np.float32)
    return np.clip(x + np.float32(sigma) * noise, 0, 1)


def salt_and_pepper(x: Float32, share: float, random: np.random.Generator) -> Float32:
    """Make this share of the pixels black or white, half of them each: (n, 784)."""
    x = as_pictures(x)
    fate = random.random(x.shape, np.float32)
    corrupted = np.where(fate < share / 2, np.float32(0), x)
    return np.where(fate > 1 - share / 2, np.float32(1), corrupted)


def box(x: Float32, side: float, random: np.random.Generator) -> Float32:
    """Scratch out a square of about ``side`` pixels with ink, somewhere on the digit: (n, 784).

    It lies within the middle 20 by 20 pixels, where MNIST has its ink.

    Raises
    ------
    ValueError
        It is larger than that, or no size at all.
    """
    if not 0 <= side <= 20:  # a NaN is neither
        raise ValueError(f"side: got {side}, expected 0 to 20")
    x = as_pictures(x).copy()
    pixels = x.reshape(-1, SIDE, SIDE)  # a view
    side = round(side)
    for digit, (top, left) in zip(pixels, random.integers(4, 25 - side, (len(x), 2)), strict=True):
        digit[top : top + side, left : left + side] = 1
    return x


class Noise(NamedTuple):
    """One way to corrupt a digit.

    Attributes
    ----------
    title : English source string; the screen translates it.
    corrupt : (digits, strength, generator) -> corrupted digits.
    strength : the usual one, and most : the largest that a net is trained on.
    """

    title: str
    corrupt: Callable[[Float32, float, np.random.Generator], Float32]
    strength: float
    most: float


NOISES: Mapping[str, Noise] = MappingProxyType(
    {
        "gaussian": Noise(N_("Gaussian noise"), gaussian, 0.5, 0.8),
        "salt_and_pepper": Noise(N_("Salt and pepper"), salt_and_pepper, 0.3, 0.5),
        "box": Noise(N_("Covered"), box, 8.0, 12.0),
    }
)


def mixed(x: Float32, random: np.random.Generator) -> Float32:
    """Corrupt each digit in one of the ways, as strongly as chance has it: (n, 784) -> (n, 784)."""
    corrupted = as_pictures(x).copy()
    kind = random.integers(len(NOISES), size=len(x))
    # Within a batch, strengths differ from group to group: a group is every 8th digit.
    for i, noise in enumerate(NOISES.values()):
        for part in range(8):
            chosen = np.flatnonzero((kind == i) & (np.arange(len(x)) % 8 == part))
            corrupted[chosen] = noise.corrupt(
                corrupted[chosen], random.uniform(0, noise.most), random
            )
    return corrupted


def moved(x: Float32, random: np.random.Generator) -> Float32:
    """Move each digit by up to a pixel, to the side, up or down, or both: (n, 784) -> (n, 784)."""
    padded = np.pad(as_pictures(x).reshape(-1, SIDE, SIDE), ((0, 0), (1, 1), (1, 1)))
    corners = random.integers(0, 3, (2, len(x), 1))
    rows, columns = corners + np.arange(SIDE)
    digit = np.arange(len(x))[:, None, None]
    moved: Float32 = padded[digit, rows[:, :, None], columns[:, None, :]]
    return moved.reshape(x.shape)
