"""What ui.components.map_canvas hands to the browser: a reader of its own gets the decoder back."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ae
from ae.arrays import Float32
from ae.model import ACTIVATIONS, Dense
from ui.components.map_canvas import LABELS, pack, show

ROOT = Path(__file__).parents[2]


def unpacked(packed: bytes) -> tuple[list[str], dict[str, Any]]:
    """Activations and arrays, read as static/latent.js reads them."""
    size = int.from_bytes(packed[16:20], "little")
    header = json.loads(packed[20 : 20 + size])
    body = packed[20 + size :]
    arrays = {}
    for name, entry in header["arrays"].items():
        dtype = np.dtype(entry["dtype"]).newbyteorder("<")
        assert (20 + size + entry["offset"]) % dtype.itemsize == 0
        raw = np.frombuffer(body, dtype, int(np.prod(entry["shape"])), entry["offset"])
        arrays[name] = raw.reshape(entry["shape"]) * np.float32(entry["scale"] or 1)
    return header["activations"], arrays


def sample(name: str, n: int = 50) -> tuple[Any, Float32, Float32, np.ndarray]:
    model, random = ae.load(name), np.random.default_rng(1)
    usual = model.statistics.code_percentiles
    codes = random.uniform(usual[0], usual[-1], (n, model.code_size)).astype(np.float32)
    points = random.normal(0, 100, (n, 2)).astype(np.float32)
    return model, codes, points, random.integers(0, 10, n).astype(np.uint8)


@pytest.mark.parametrize("name", ["shallow", "deep", "linear"])
def test_what_is_packed_decodes_like_the_model(name: str) -> None:
    model, codes, points, digits = sample(name)
    axes = np.eye(2, model.code_size, dtype=np.float32)
    packed = pack(model.decoder, codes, points, digits, (codes.mean(0), axes))
    activations, arrays = unpacked(packed)

    pixels = arrays["codes"]
    for i, activation in enumerate(activations):
        pixels = ACTIVATIONS[activation](pixels @ arrays[f"weights{i}"] + arrays[f"bias{i}"])
    pixels = np.clip(pixels, 0, 1).reshape(-1, 28, 28)
    assert np.abs(pixels - model.decode(codes)).max() < 0.01

    assert np.array_equal(arrays["points"], points)
    assert np.array_equal(arrays["digits"], digits)
    assert np.array_equal(arrays["mean"], codes.mean(0))
    assert np.array_equal(arrays["axes"], axes)
    assert "mean" not in unpacked(pack(model.decoder, codes, points, digits, None))[1]


def test_the_same_map_is_the_same_bytes_and_another_one_has_another_name() -> None:
    model, codes, points, digits = sample("deep")
    packed = pack(model.decoder, codes, points, digits, None)
    assert packed == pack(model.decoder, codes, points, digits, None)
    assert packed[:16] != pack(model.decoder, codes, points + 1, digits, None)[:16]
    weights = sum(layer.weights.size for layer in model.decoder)
    assert len(packed) < 2 * (weights + codes.size) + 20_000


def test_arrays_of_zeros_are_zeros() -> None:
    model, codes, points, digits = sample("deep")
    packed = pack(model.decoder, 0 * codes, points, digits, None)
    assert not unpacked(packed)[1]["codes"].any()


def test_what_does_not_fit_is_refused_in_words() -> None:
    model, codes, points, digits = sample("deep")
    layers = model.decoder
    nan = points.copy()
    nan[3] = np.nan
    bent = Dense(layers[0].weights[1:], layers[0].bias, "relu")
    narrow = dataclasses.replace(layers[-1], bias=layers[-1].bias[1:])
    plane = (codes.mean(0), np.zeros((3, 32), np.float32))
    for sentence, arguments in {
        r"codes: got shape \(32,\)": (layers, codes[0], points, digits, None),
        r"codes: got shape \(0, 32\)": (layers, codes[:0], points[:0], digits[:0], None),
        "codes: got a NaN": (layers, codes * np.nan, points, digits, None),
        r"points: got shape \(49, 2\), expected \(50, 2\)": (
            layers,
            codes,
            points[1:],
            digits,
            None,
        ),
        "points: got a NaN": (layers, codes, nan, digits, None),
        r"digits: got shape \(49,\)": (layers, codes, points, digits[1:], None),
        "digits: got 10 to": (layers, codes, points, digits + np.uint8(10), None),
        r"weights of layer 0: got shape \(31, 64\)": ((bent,), codes, points, digits, None),
        r"bias of layer 2: got shape \(783,\)": (
            (*layers[:2], narrow),
            codes,
            points,
            digits,
            None,
        ),
        "gives 128 numbers, expected 784": (layers[:-1], codes, points, digits, None),
        r"axes: got shape \(3, 32\), expected \(2, 32\)": (layers, codes, points, digits, plane),
    }.items():
        with pytest.raises(ValueError, match=sentence):
            pack(*arguments)


def test_a_missing_label_or_a_star_nowhere_is_refused() -> None:
    labels = dict.fromkeys(LABELS, "")
    rest = {"data": b"", "near": (), "code": None, "key": "map"}
    with pytest.raises(ValueError, match="labels: hint, lasso missing"):
        show(**rest, star=None, labels={n: "" for n in labels if n not in ("hint", "lasso")})
    with pytest.raises(ValueError, match="star"):
        show(**rest, star=(0.0, float("nan")), labels=labels)
