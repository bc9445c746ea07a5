"""What a file says of itself: written and read back, and refused where it says something else."""

from __future__ import annotations

import json
from typing import Any

import pytest
import safetensors

import ae
from ae import weights
from ae.metadata import Metadata

SHIPPED = weights.all_models()


def header(name: str, recipe: str = "best") -> dict[str, Any]:
    """What stands in a shipped file, read by safetensors itself."""
    with safetensors.safe_open(weights.locate(name, recipe), framework="numpy") as file:
        return dict(json.loads(file.metadata()["facts"]))


@pytest.mark.parametrize(("name", "recipe"), SHIPPED)
def test_what_is_written_is_read_back(name: str, recipe: str) -> None:
    metadata = ae.load(name, recipe=recipe).metadata
    assert Metadata.parse(metadata.to_header()) == metadata
    assert Metadata.parse(json.loads(json.dumps(metadata.to_header()))) == metadata


@pytest.mark.parametrize("name", ["denoising", "vae", "vae2", "pca"])
def test_the_files_that_ship_would_be_written_as_they_are(name: str) -> None:
    """Letter for letter; the older ones are from before ``loss`` and ``sees``."""
    written = ae.load(name).metadata.to_header()
    assert json.dumps(written) == json.dumps(header(name))


def test_of_one_s_own_it_says_more() -> None:
    written = header("denoising")
    metadata = Metadata.parse(written | {"epochs": 1.5, "test": written["test"] | {"digits": 100}})
    assert (metadata.epochs, metadata.tested) == (1.5, 100)
    assert Metadata.parse(metadata.to_header()) == metadata


MEASURED = header("deep")["test"]


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        *((key, None, f"its {key} is") for key in ("family", "encoder", "decoder", "activations")),
        *((key, [], f"its {key} is") for key in ("family", "parameters", "seed", "versions")),
        ("family", 3, "its family is"),
        ("encoder", [784, "32"], "its encoder is"),
        ("encoder", [784, True], "its encoder is"),
        ("encoder", [32] * 100, "its encoder is"),
        ("activations", [["relu"] * 100, ["relu"]], "its activations is"),
        ("family", "x" * 1000, "its family is"),
        ("activations", [["relu"], ["tanh"]], "its activations is"),
        ("activations", [["relu"], [["relu"]]], "its activations is"),
        ("activations", [["relu"]], "its activations is"),
        ("activations", ["relu", "sigmoid"], "its activations is"),
        ("parameters", 1.5, "its parameters is"),
        ("parameters", 10**400, "its parameters is"),
        ("recipe", {"name": 3}, "its recipe is"),
        ("recipe", {}, "its recipe is"),
        ("versions", {"keras": 3}, "its versions is"),
        ("versions", dict.fromkeys(map(str, range(100)), "1"), "its versions is"),
        ("epochs", float("nan"), "its epochs is"),
        ("data", {"name": "MNIST"}, "it was trained on"),
        ("data", {"name": 3, "sha256": "", "digits": 1}, "it was trained on"),
        ("test", {}, "was measured of it"),
        ("test", {"bce": "low"}, "was measured of it"),
        *(
            ("test", MEASURED | {name: value}, "was measured of it")
            for name in ("bce", "mse", "psnr", "zeros", "dead")
            for value in (-1, 1000)
        ),
    ],
    ids=str,
)
def test_what_is_of_another_kind_is_refused(key: str, value: Any, words: str) -> None:
    with pytest.raises(ValueError) as caught:
        Metadata.parse(header("deep") | {key: value})
    assert str(caught.value) == f"does not say what {words}"


@pytest.mark.parametrize("part", [None, "data", "recipe", "test"])
def test_what_nobody_knows_is_refused(part: str | None) -> None:
    written = header("deep")
    (written if part is None else written[part])["more"] = []
    with pytest.raises(ValueError):
        Metadata.parse(written)


@pytest.mark.parametrize("key", header("deep"))
def test_each_part_is_wanted(key: str) -> None:
    written = header("deep")
    del written[key]
    with pytest.raises(ValueError, match="does not say what "):
        Metadata.parse(written)


@pytest.mark.parametrize("setting", ["loss", "sees", "l1"])
@pytest.mark.parametrize("name", ["best", "own"])
def test_only_what_is_younger_than_a_file_may_be_missing(setting: str, name: str) -> None:
    """A model of one's own is always younger than ``loss``."""
    written = header("denoising")
    written["recipe"]["name"] = name
    del written["recipe"][setting]
    if setting == "sees" or (setting, name) == ("loss", "best"):
        assert Metadata.parse(written).net is not None
    else:
        with pytest.raises(ValueError, match="does not say what its recipe is"):
            Metadata.parse(written)


@pytest.mark.parametrize("value", [[], {}, ["adam"]], ids=str)
def test_a_setting_is_a_plain_value(value: Any) -> None:
    written = header("deep")
    written["recipe"]["optimizer"] = value
    with pytest.raises(ValueError, match="does not say what its recipe is"):
        Metadata.parse(written)
