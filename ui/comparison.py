"""Models beside one another: those that are compared, and what they make of the drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ae.arrays import Float32
from ae.model import Model
from ui import inference, state
from ui.inference import Result
from ui.state import Visit


@dataclass(frozen=True)
class Scene:
    """One run of the page.

    Attributes
    ----------
    now : the visitor.
    available : name -> model, of all that could be loaded, PCA first.
    models : the same, of those that are compared.
    focus : the model that the frame names; a view of a single model shows this one.
    digit : (28, 28), the drawing as the models see it; None while there is none.
    results : name -> what becomes of the digit; empty while there is none.
    """

    now: Visit
    available: Mapping[str, Model]
    models: Mapping[str, Model]
    focus: Model
    digit: Float32 | None
    results: Mapping[str, Result]


def compare(now: Visit, available: Mapping[str, Model], chosen: Sequence[str]) -> Scene:
    """Send the drawing through the chosen models."""
    models = {name: available[name] for name in available if name in chosen}
    focus = available.get(state.model_name()) or next(iter(available.values()))
    digit = inference.digit(now.sketch.drawing, normalise=now.normal)
    results = {}
    if digit is not None:
        results = {name: inference.result(model, digit) for name, model in models.items()}
    return Scene(now, available, models, focus, digit, results)
