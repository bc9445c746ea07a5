"""The one way from a drawing to a result, against the library's own verbs."""

from __future__ import annotations

import numpy as np
import pytest

import ae
from ui import inference, strokes
from ui.edits import Edits
from ui.strokes import Drawing

every_model = pytest.mark.parametrize("name", ae.MODELS)
SEVEN, THREE = strokes.sample("7b"), strokes.sample("3a")


@pytest.mark.parametrize("normalise", [True, False])
def test_nothing_to_see_is_no_digit(normalise: bool) -> None:
    assert inference.digit(Drawing(), normalise=normalise) is None
    digit = inference.digit(SEVEN, normalise=normalise)
    assert digit is not None
    assert (digit == strokes.digit(SEVEN, normalise=normalise)).all()


def test_what_lies_outside_the_canvas_is_not_seen() -> None:
    outside = Drawing((((-90.0, -90.0), (-95.0, -95.0)),))
    assert inference.digit(outside, normalise=False) is None


@every_model
def test_a_result_is_what_the_library_computes(name: str) -> None:
    model, digit = ae.load(name), strokes.digit(SEVEN)
    result = inference.result(model, digit)
    assert (result.digit == digit).all() and (result.code == result.encoded).all()
    assert result.encoded == pytest.approx(model.encode(digit[None])[0], rel=1e-5, abs=1e-6)
    picture = model.decode(result.code[None])[0]
    assert result.reconstruction == pytest.approx(picture, abs=1e-6)
    assert (result.error == result.reconstruction - digit).all()
    assert result.mse == pytest.approx(np.square(picture - digit).mean(), rel=1e-4)
    assert result.bce == pytest.approx(ae.evaluation.bce(digit[None], picture[None])[0], rel=1e-4)
    assert result.better_than == model.statistics.better_than(result.mse)


@every_model
def test_each_digit_has_edits_of_its_own(name: str) -> None:
    model = ae.load(name)
    seven, three = strokes.digit(SEVEN), strokes.digit(THREE)
    edits = Edits(values={1: 2.5}, keep=2)
    ways = ((seven, edits), (three, None), (seven, None))
    for (digit, change), result in zip(ways, inference.results(model, *ways), strict=True):
        alone = inference.result(model, digit, change)
        assert result.encoded == pytest.approx(alone.encoded, rel=1e-4, abs=1e-5)
        expected = result.encoded if change is None else change.apply(result.encoded)
        assert (result.code == expected).all()
        assert result.reconstruction == pytest.approx(alone.reconstruction, abs=1e-5)
        assert result.mse == pytest.approx(alone.mse, rel=1e-4)
