"""What ui.components.simulation hands to the browser."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from ae import simulations
from ui.components import simulation
from ui.text import LANGUAGES, translator


def unpacked(packed: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The header and the arrays, read as static/packed.js reads them."""
    size = int.from_bytes(packed[16:20], "little")
    header = json.loads(packed[20 : 20 + size])
    arrays = {}
    for name, entry in header["arrays"].items():
        assert entry["dtype"] == "float32" and entry["scale"] is None
        count, offset = int(np.prod(entry["shape"])), 20 + size + entry["offset"]
        arrays[name] = np.frombuffer(packed, "<f4", count, offset).reshape(entry["shape"])
    return header, arrays


def test_points_and_starts_travel_to_the_bit() -> None:
    header, arrays = unpacked(simulation.pack(translator("en"), "spiral"))
    assert header["opens"] == ["spiral", None]
    for made, described in zip(simulations.SIMULATIONS.values(), header["made"], strict=True):
        assert described["name"] == made.name and tuple(described["failed"]) == made.failed
        assert_array_equal(arrays[made.name], made.points())
        for kind, widths in described["widths"].items():
            starts = arrays["-".join(map(str, widths))]
            for seed in (0, simulations.SEEDS - 1):
                assert_array_equal(starts[seed], made.start(kind, seed).parameters)
    assert header["recipe"]["epochs"] == simulations.EPOCHS


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_its_words(language: str) -> None:
    header, _ = unpacked(simulation.pack(translator(language), "spiral", 3))
    english, _ = unpacked(simulation.pack(translator("en"), "spiral", 3))
    assert header["separators"] == LANGUAGES[language].separators
    assert header["labels"].keys() == english["labels"].keys()
    same = [key for key, words in header["labels"].items() if words == english["labels"][key]]
    assert same == (list(english["labels"]) if language == "en" else ["pca"])


@pytest.mark.parametrize(
    ("options", "words"),
    [({"made": "circle"}, "'circle'"), ({"seed": 20}, "got 20"), ({"seed": -1}, "got -1")],
)
def test_what_does_not_exist_is_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        simulation.show(translator("en"), key="simulation", **options)
