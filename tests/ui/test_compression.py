"""What ui.components.compression hands to the browser."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import ae
from ae import compression, evaluation
from ae.compression import measured, pictures
from ui.components import compression as figure
from ui.pictures import grey
from ui.strokes import sample_digit
from ui.text import LANGUAGES, translator

DIGIT = sample_digit("7b")
BITS = range(1, compression.MAX_BITS + 1)


def unpacked(packed: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The header and the arrays, read as static/packed.js reads them."""
    size = int.from_bytes(packed[16:20], "little")
    header = json.loads(packed[20 : 20 + size])
    arrays = {}
    for name, entry in header["arrays"].items():
        assert entry["dtype"] == "uint8"
        count, offset = int(np.prod(entry["shape"])), 20 + size + entry["offset"]
        arrays[name] = np.frombuffer(packed, "u1", count, offset).reshape(entry["shape"])
    return header, arrays


def packed(
    digit: Any = DIGIT, model: str = "deep", everything: bool = True, shown: Any = None
) -> bytes:
    text, table = translator("en"), measured.load()
    return figure.pack(digit, text, model, 5, table, shown=shown or model, everything=everything)


def test_each_step_is_what_the_range_coder_and_the_decoder_made_of_the_digit() -> None:
    content = packed()
    assert len(content) < 64 * 1024
    header, arrays = unpacked(content)
    assert list(header["own"]) == [*figure.MODELS, *figure.FORMATS]
    assert_array_equal(arrays["drawn"], grey(DIGIT))
    for name in figure.MODELS:
        model, own = ae.load(name), header["own"][name]
        prior = compression.prior_of(model)
        for step, bits in enumerate(BITS):
            small = compression.compress(model, prior, DIGIT[None], bits)
            picture = compression.decompress(small, model, prior)
            assert own["bytes"][step] == len(small.payload)
            assert own["files"][step] == len(small.to_bytes())
            assert own["errors"][step] == pytest.approx(evaluation.mse(DIGIT[None], picture)[0])
            assert_array_equal(arrays[name][step], grey(picture[0]))


def test_picture_files_are_those_that_pillow_wrote() -> None:
    header, arrays = unpacked(packed())
    ways = {way["name"]: way for way in header["ways"]}
    for format in figure.FORMATS:
        own = header["own"][format]
        for step, quality in enumerate(ways[format]["labels"]):
            lossless = format == "WebP" and quality is None
            name = "WebP, lossless" if lossless else format
            file = pictures.encode(DIGIT[None], name, quality)
            assert own["bytes"][step] == own["files"][step] == file.bytes
            assert_array_equal(arrays[format][step], grey(file.pictures[0]))
            error = evaluation.mse(DIGIT[None], file.pictures)[0]
            assert own["errors"][step] == pytest.approx(error)
    assert ways["WebP"]["labels"] == [*pictures.FORMATS["WebP"].qualities, None]
    assert header["own"]["PNG"]["errors"] == pytest.approx([0], abs=1e-5)


def test_the_chart_is_what_was_measured() -> None:
    header, _ = unpacked(packed(None))
    table = measured.load()
    assert header["measured"] == table.digits == 10_000
    shown = [
        (name, bytes, error)
        for way in header["ways"]
        for name, bytes, error in zip(
            [way["name"]] * len(way["bytes"]), way["bytes"], way["errors"], strict=True
        )
    ]
    rungs = [(r.model, r.bytes, r.mse) for name in figure.MODELS for r in table.ladder(name)]
    sheets = [(p.format.partition(",")[0], p.bytes, p.mse) for p in table.pictures]
    assert sorted(shown) == sorted(rungs + sheets)
    for way in header["ways"][: len(figure.MODELS)]:
        assert way["decoder"] == table.decoders[way["name"]]
        assert way["paysOff"] == [table.pays_off(rung) for rung in table.ladder(way["name"])]


def test_first_what_is_shown_then_everything() -> None:
    for shown, first in [
        (None, {"deep", "WebP"}),
        ("pca", {"pca", "WebP"}),
        ("AVIF", {"AVIF", "WebP"}),
        ({"from": "outside"}, {"WebP"}),
    ]:
        header, _ = unpacked(packed(everything=False, shown=shown))
        assert set(header["own"]) == first
    assert not header["all"] and unpacked(packed())[0]["all"]


def test_another_model_comes_along() -> None:
    header, _ = unpacked(packed(model="denoising", everything=False))
    assert header["opens"] == ["denoising", 4] and "denoising" in header["own"]
    assert [way["name"] for way in header["ways"]][:6] == [*figure.MODELS, "denoising"]


def test_without_a_drawing_there_is_the_chart_alone() -> None:
    header, arrays = unpacked(packed(None))
    assert header["digit"] is None and header["own"] == {} and arrays == {}
    assert header["all"] and not header["missing"]


def test_without_a_range_coder_nothing_is_squeezed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "constriction", None)
    header, arrays = unpacked(packed())
    assert header["missing"] and header["own"] == {} and list(arrays) == ["drawn"]
    assert len(header["ways"]) == len(figure.MODELS + figure.FORMATS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_name_only_what_the_browser_fills_in(language: str) -> None:
    text = translator(language)
    content = figure.pack(None, text, "deep", 5, measured.load(), shown="deep", everything=False)
    labels, english = (unpacked(each)[0]["labels"] for each in (content, packed(None)))

    def names(label: str) -> list[str]:
        return sorted(part.partition("}")[0] for part in label.split("{")[1:])

    assert {key: names(label) for key, label in labels.items()} == {
        key: names(label) for key, label in english.items()
    }


@pytest.mark.parametrize(("model", "bits"), [("nobody", 5), ("deep", 0), ("deep", 9)])
def test_what_there_is_not_is_refused(model: str, bits: int) -> None:
    with pytest.raises(ValueError, match="got"):
        figure.show(None, translator("en"), key="figure", model=model, bits=bits)


@pytest.mark.parametrize("file", ["compression.safetensors", "priors.safetensors"])
def test_damage_is_told(file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = ae.weights.locate("deep").parent
    for path in folder.iterdir():
        if path.is_file() and path.name != file:
            (tmp_path / path.name).symlink_to(path)
    (tmp_path / file).write_bytes(b"damaged")
    monkeypatch.setattr(ae.checked, "FOLDER", tmp_path)
    with pytest.raises(ae.WeightsError):
        figure.show(DIGIT, translator("en"), key="figure")
