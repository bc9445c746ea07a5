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
def test_edits_change_the_code_and_all_behind_it(name: str) -> None:
    model, edits = ae.load(name), Edits(values={1: 2.5}, keep=2)
    plain = inference.look(model, SEVEN, normalise=True)
    edited = inference.look(model, SEVEN, normalise=True, edits=edits)
    assert plain and edited
    assert (edited.encoded == plain.encoded).all() and (edited.code != plain.code).any()
    assert (edited.code == edits.apply(plain.encoded)).all()
    for before, same in zip(plain.encoder_hidden, edited.encoder_hidden, strict=True):
        assert (before == same).all()
    for layer, hidden in zip(
        edited.decoder_hidden, model.decoder_hidden(edited.code[None]), strict=True
    ):
        assert layer == pytest.approx(hidden[0], rel=1e-5, abs=1e-5)
    assert edited.reconstruction == pytest.approx(model.decode(edited.code[None])[0], abs=1e-6)
