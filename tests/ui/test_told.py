"""What is said to those who do not see the page: numbers that the code and the models have."""

from __future__ import annotations

import numpy as np
import pytest

import ae
from ui import inference, strokes, told
from ui.edits import Edits
from ui.text import translator

ENGLISH, PORTUGUESE = translator("en"), translator("pt")


@pytest.mark.parametrize(
    ("code", "english", "portuguese"),
    [
        (
            [0, 2.5, -30.25, 0, 1, 2],
            "The largest: unit 3: −30.2; unit 2: 2.5; unit 6: 2. Exactly zero: 2 of 6.",
            "Os maiores números: unidade 3: −30,2; unidade 2: 2,5; unidade 6: 2."
            " Exatamente zero: 2 de 6.",
        ),
        (
            [0, 0.00123],
            "The largest: unit 2: 0.00123. Exactly zero: 1 of 2.",
            "Os maiores números: unidade 2: 0,00123. Exatamente zero: 1 de 2.",
        ),
        ([0, 0, 0], "Exactly zero: 3 of 3.", "Exatamente zero: 3 de 3."),
        (None, "No code yet", "Ainda sem código"),
    ],
)
def test_the_bars_in_words(code: list[float] | None, english: str, portuguese: str) -> None:
    values = None if code is None else np.array(code, np.float32)
    assert told.code(values, ENGLISH) == english
    assert told.code(values, PORTUGUESE) == portuguese


def test_a_drawing_and_an_edit_in_words() -> None:
    model, edits = ae.load("shallow"), Edits()
    digit = strokes.digit(strokes.sample("7b"))

    def sentence() -> str:
        return told.result(inference.result(model, digit, edits), edits, ENGLISH)

    encoded = inference.result(model, digit)
    active = np.count_nonzero(encoded.code)
    assert (
        sentence() == f"{encoded.kept:.0%} of the ink survives. Numbers not zero: {active} of 32."
    )
    edits.keep = 5
    edits.values[0] = 7
    edited = inference.result(model, digit, edits)
    assert sentence() == (
        "Only the 5 largest kept · 1 number changed."
        f" {edited.kept:.0%} of the ink survives."
        f" Numbers not zero: {np.count_nonzero(edited.code)} of 32."
    )
    assert told.result(None, Edits(), ENGLISH) == "The canvas is empty."


def test_the_models_in_words() -> None:
    errors = {"PCA": 0.0123, "Deep": 0.00456, "VAE": 0.007}
    assert told.models(errors, ENGLISH) == (
        "Closest: Deep with squared error 0.0046. Furthest: PCA with 0.0123."
    )
    assert told.models({"PCA": 0.0123}, ENGLISH) == "Squared error 0.0123."
    assert told.models({}, ENGLISH) == "The canvas is empty."
