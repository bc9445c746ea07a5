"""Drawings that are no digits: what does an autoencoder make of what it never saw?

`STROKES` are drawn like the samples (see ``ae.samples``); `PICTURES` cannot be drawn with a pen.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from ae import drawing
from ae.arrays import SIDE, Float32
from ae.samples import SAMPLES


def _line(*points: tuple[float, float]) -> Float32:
    """Join corners by straight lines, with enough points that a pencil does not round them off."""
    corners = np.array(points, np.float32)
    steps = np.linspace(0, len(corners) - 1, 16 * (len(corners) - 1) + 1)
    return np.stack([np.interp(steps, np.arange(len(corners)), axis) for axis in corners.T], 1)


def _arc(x: float, y: float, radius: float, start: float = 0, stop: float = 360) -> Float32:
    """Degrees clockwise from the right."""
    angles = np.radians(np.linspace(start, stop, 40))
    return np.float32(radius) * np.stack([np.cos(angles), np.sin(angles)], 1) + (x, y)


def _beside(*names: str) -> tuple[Float32, ...]:
    """Draw samples beside one another, each as wide as its share of the canvas."""
    scale = 1 / len(names)
    return tuple(
        (stroke * scale + (i * scale, (1 - scale) / 2))
        for i, name in enumerate(names)
        for stroke in SAMPLES[name]
    )


def _read_only(array: Float32) -> Float32:
    array = array.astype(np.float32)
    array.setflags(write=False)  # every visitor gets this same array
    return array


STROKES: Mapping[str, tuple[Float32, ...]] = MappingProxyType(
    {
        name: tuple(map(_read_only, strokes))
        for name, strokes in {
            "letter_a": (
                _line((0.22, 0.85), (0.5, 0.15), (0.78, 0.85)),
                _line((0.32, 0.6), (0.68, 0.6)),
            ),
            "smiley": (
                _arc(0.5, 0.5, 0.36),
                _arc(0.5, 0.5, 0.2, 25, 155),
                _line((0.38, 0.38), (0.38, 0.42)),
                _line((0.62, 0.38), (0.62, 0.42)),
            ),
            "two_digits": _beside("1a", "3a"),
            "empty_box": (_line((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8), (0.2, 0.2)),),
        }.items()
    }
)
"""Name -> strokes: read-only float32 arrays of shape (k, 2), in canvas sides, y downwards."""

PICTURES: Mapping[str, Float32] = MappingProxyType(
    {
        "inverted": _read_only(1 - drawing.from_strokes(SAMPLES["3a"])),
        "noise": _read_only(np.random.default_rng(0).random((SIDE, SIDE), np.float32)),
    }
)
"""Name -> read-only float32 array of shape (28, 28) in [0, 1]; there is no more to normalise."""
