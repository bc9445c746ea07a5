"""Sample digits in our own strokes, to try the app without drawing.

They were made for this project from hand-placed points; none comes from MNIST or another data
set. `ae.drawing.from_strokes(SAMPLES["7b"])` gives the digit in MNIST's normal form.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np

from ae.arrays import Float32


def _load(path: Path) -> Mapping[str, tuple[Float32, ...]]:
    written: dict[str, list[list[list[float]]]] = json.loads(path.read_text(encoding="utf-8"))
    return MappingProxyType(
        {name: tuple(map(_read_only, strokes)) for name, strokes in written.items()}
    )


def _read_only(points: list[list[float]]) -> Float32:
    stroke = np.array(points, dtype=np.float32)
    stroke.setflags(write=False)  # every visitor gets this same array
    return stroke


SAMPLES = _load(Path(__file__).with_suffix(".json"))
"""Name -> strokes in writing order: a digit, then a letter for the way of writing it ("7b").

A stroke is a read-only float32 array of shape (k, 2): the x and y of k points, in the order
in which the pen passes. The unit is the canvas's side, the origin its top left corner, and y
points down, so every value is in [0, 1].
"""
