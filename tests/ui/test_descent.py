"""What ui.components.descent and ui.components.loss hand to the browser."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from numpy.testing import assert_array_equal

import ae
from ae import descent as science
from tests.ui.test_simulation import unpacked
from ui import inference, strokes
from ui.components import descent, loss
from ui.text import LANGUAGES, translator


def test_points_and_ways_travel() -> None:
    header, arrays = unpacked(descent.pack(translator("en")))
    assert_array_equal(arrays["points"], science.points())
    assert header["ways"] == {name: asdict(way) for name, way in science.WAYS.items()}
    assert header["ways"]["plain"]["rate"] in header["rates"], "where the slider stands at first"
    assert header["recipe"] == {"rho": science.RHO, "epsilon": science.EPSILON}


def test_a_digit_and_what_survives_travel_to_the_bit() -> None:
    result = inference.result(ae.load("shallow"), strokes.sample_digit("7b"))
    header, arrays = unpacked(loss.pack(result, translator("en"), "shallow"))
    assert header["model"] == "shallow"
    assert_array_equal(arrays["digit"], result.digit.ravel())
    assert_array_equal(arrays["reconstruction"], result.reconstruction.ravel())
    header, arrays = unpacked(loss.pack(None, translator("en")))
    assert arrays == {} and header["model"] is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_its_words(language: str) -> None:
    text, english = translator(language), translator("en")
    for theirs, ours in (
        (descent.pack(text), descent.pack(english)),
        (loss.pack(None, text), loss.pack(None, english)),
    ):
        header, _ = unpacked(theirs)
        of_english = unpacked(ours)[0]["labels"]
        assert header["separators"] == LANGUAGES[language].separators
        assert header["labels"].keys() == of_english.keys()
        same = [key for key, words in header["labels"].items() if words == of_english[key]]
        assert same == (list(of_english) if language == "en" else [])


def test_a_rate_is_written_as_in_the_language() -> None:
    header, _ = unpacked(descent.pack(translator("pt")))
    assert header["keras"] == {"then": "1,0", "now": "0,001"}
    assert header["labels"]["adadelta_then"] == "Adadelta, taxa 1,0 (2017)"
