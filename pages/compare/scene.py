"""What all views look at: the models that are compared, and what they make of the drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ae
from ae.arrays import Float32
from ae.model import Model
from ui import inference, state, strokes
from ui.inference import Result
from ui.state import Visit


@dataclass(frozen=True)
class Scene:
    """One run of the page.

    Attributes
    ----------
    now : the visitor.
    found : name -> model, of all that could be loaded, PCA first.
    models : the same, of those that the visitor compares; never empty.
    focus : the model that the frame names; a view of a single model shows this one.
    digit : (28, 28), the drawing as the models see it; None while there is none.
    results : name -> what becomes of the digit; empty while there is none.
    """

    now: Visit
    found: Mapping[str, Model]
    models: Mapping[str, Model]
    focus: Model
    digit: Float32 | None
    results: Mapping[str, Result]


def compare(now: Visit, found: Mapping[str, Model], chosen: Sequence[str]) -> Scene:
    """Send the drawing through the chosen models."""
    compared = {name: found[name] for name in found if name in chosen}
    focus = found.get(state.model_name()) or next(iter(found.values()))
    try:
        digit = strokes.digit(now.drawing, normalise=now.normal)
    except ae.EmptyDrawing:
        return Scene(now, found, compared, focus, None, {})
    made = {name: _reconstruct(model, digit) for name, model in compared.items()}
    return Scene(now, found, compared, focus, digit, made)


def _reconstruct(model: Model, digit: Float32) -> Result:
    code = model.encode(digit[None])[0]
    return inference.decode(model, digit, code, code)
