"""Digits to train on where MNIST cannot be had: the shipped samples, each time a little different.

They are few hands' writing, and what is held out comes from the same samples, so errors on them
say nothing about MNIST. But they let a training be shown anywhere.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ae import drawing, mnist
from ae.arrays import SIDE, Float32
from ae.mnist import DataError, Mnist
from ae.samples import SAMPLES

NAME = "samples"

TRAIN, HELD_OUT = 4000, 500  # 0.8 ms each

# From the least to the most.
_TILT = (-0.25, 0.25)  # radians, of the whole digit
_SLANT = (-0.3, 0.3)  # how far the top leans, in heights
_WIDTH = (0.75, 1.15)  # of the digit, relative to its height
_SIZE = (16.0, 18.5)  # px, the longest side of the pen's path; with its ink about MNIST's 20
_PEN = (1.9, 3.6)  # px; MNIST's is about 2.9
_SHIFT = (-1, 1)  # px, from where the centre of mass is MNIST's


def load(seed: int = 0, on_share: Callable[[float], None] | None = None) -> Mnist:
    """Draw a data set of varied samples.

    Parameters
    ----------
    on_share : called now and then with the share that is drawn, 0 to 1.

    Returns
    -------
    ``Mnist`` of ``TRAIN`` and ``HELD_OUT`` digits, whose name is "samples" and whose SHA-256 is
    empty.
    """
    rng = np.random.default_rng(seed)
    count = TRAIN + HELD_OUT
    names = list(SAMPLES)
    x = np.empty((count, SIDE, SIDE), np.float32)
    y = np.empty(count, np.uint8)
    for i in range(count):
        name = names[rng.integers(len(names))]
        x[i], y[i] = vary(SAMPLES[name], rng), int(name[0])
        if on_share is not None and i % 100 == 0:
            on_share(i / count)
    return Mnist(x[:TRAIN], y[:TRAIN], x[TRAIN:], y[TRAIN:], sha256="", name=NAME)


def mnist_or_samples(
    digits: int | None,
    path: str | os.PathLike[str] | None = None,
    *,
    on_download: Callable[[float], None] | None = None,
    on_drawing: Callable[[float], None] | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Mnist:
    """Load MNIST, or draw varied samples if it cannot be had.

    Parameters
    ----------
    digits : to train on, of the samples; None to do without them.
    path, on_download : as for ``ae.mnist.load``. on_drawing : as ``on_share`` of ``load``.
    say : called with why it is samples.

    Raises
    ------
    DataError
        MNIST cannot be had, and samples are not wanted.
    """
    try:
        return mnist.load(path, on_download)
    except DataError as fault:
        if digits is None:
            raise
        say(f"{fault}; it learns from varied samples instead")
        return shifted(load(on_share=on_drawing), digits)


def shifted(data: Mnist, digits: int, seed: int = 0) -> Mnist:
    """Give as many training digits as a plan wants: copies, each moved by a pixel or not at all.

    To draw takes 0.8 ms a digit, to move none. With too few digits an epoch has too few steps.
    """
    rng = np.random.default_rng(seed)
    copies = -(-digits // len(data.x_train))
    padded = np.pad(data.x_train, ((0, 0), (1, 1), (1, 1)))
    corners = [(1, 1), *rng.integers(0, 3, size=(copies - 1, 2)).tolist()]
    x = np.concatenate([padded[:, y : y + SIDE, x : x + SIDE] for y, x in corners])[:digits]
    return replace(data, x_train=x, y_train=np.tile(data.y_train, copies)[:digits])


def vary(strokes: tuple[Float32, ...], rng: np.random.Generator) -> Float32:
    """Draw strokes once, tilted, slanted, resized, with another pen and a little off the middle.

    Parameters
    ----------
    strokes : arrays of shape (k, 2), y downwards, any unit.

    Returns
    -------
    float32 array of shape (28, 28) in [0, 1].
    """
    tilt, slant = rng.uniform(*_TILT), rng.uniform(*_SLANT)
    turn = np.array([[np.cos(tilt), np.sin(tilt)], [-np.sin(tilt), np.cos(tilt)]])
    lean = np.array([[rng.uniform(*_WIDTH), 0], [slant, 1]])
    bent = [stroke @ lean @ turn for stroke in strokes]
    points = np.concatenate(bent)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = rng.uniform(*_SIZE) / (high - low).max()
    placed = [(stroke - (low + high) / 2) * scale + SIDE / 2 for stroke in bent]
    ink = drawing.from_strokes(placed, size=SIDE, normalise=False, pen=rng.uniform(*_PEN))
    index = np.arange(SIDE)
    mass = np.array([ink.sum(axis=1) @ index, ink.sum(axis=0) @ index]) / ink.sum()
    move = np.rint(SIDE / 2 - mass).astype(int) + rng.integers(*_SHIFT, size=2, endpoint=True)
    inked = np.argwhere(ink)
    # What leaves the picture on one side would come in on the other.
    move = np.clip(move, -inked.min(axis=0), SIDE - 1 - inked.max(axis=0))
    return np.roll(ink, move, axis=(0, 1))
