"""The one way from a drawing to what a model makes of it: digit, code, edited code, result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

import ae
from ae import evaluation
from ae.arrays import Float32
from ae.model import Model
from ui import strokes
from ui.edits import Edits
from ui.strokes import Drawing


@dataclass(frozen=True)
class Result:
    """A digit on its way through a model.

    Attributes
    ----------
    digit, reconstruction : (28, 28) in [0, 1].
    encoded, code : (units,) as the encoder gave it, and after the visitor's edits.
    kept, invented : shares of the digit's ink, as ``ae.evaluation.ink`` defines them.
    bce : nats per pixel. mse : per pixel.
    better_than : share of MNIST's test digits that this model reconstructs worse, 0 to 1.
    """

    digit: Float32
    encoded: Float32
    code: Float32
    reconstruction: Float32
    kept: float
    invented: float
    bce: float
    mse: float
    better_than: float

    @property
    def error(self) -> Float32:
        """Ink that was added (above 0) or lost (below 0), (28, 28) in [-1, 1]."""
        return self.reconstruction - self.digit


def digit(drawing: Drawing, *, normalise: bool) -> Float32 | None:
    """Give the digit as the models see it, (28, 28) in [0, 1]; None while there is no ink."""
    try:
        return strokes.digit(drawing, normalise=normalise)
    except ae.EmptyDrawing:
        return None


def results(model: Model, *routes: tuple[Float32, Edits | None]) -> Sequence[Result]:
    """Send digits through a model, all of them with one encoding and one decoding.

    Parameters
    ----------
    routes : of each, the (28, 28) digit and the changes to its code; None leaves it as encoded.
    """
    digits = np.stack([digit for digit, _ in routes])
    encoded = model.encode(digits)
    codes = encoded.copy()
    for code, (_, edits) in zip(codes, routes, strict=True):
        if edits is not None:
            code[:] = edits.apply(code)
    reconstructions = model.decode(codes)
    kept, invented = evaluation.ink(digits, reconstructions)
    bce, mse = evaluation.bce(digits, reconstructions), evaluation.mse(digits, reconstructions)
    return [
        Result(
            digit=digits[i],
            encoded=encoded[i],
            code=codes[i],
            reconstruction=reconstructions[i],
            kept=float(kept[i]),
            invented=float(invented[i]),
            bce=float(bce[i]),
            mse=float(mse[i]),
            better_than=model.statistics.better_than(float(mse[i])),
        )
        for i in range(len(routes))
    ]


def result(model: Model, digit: Float32, edits: Edits | None = None) -> Result:
    """Send one (28, 28) digit through a model."""
    (only,) = results(model, (digit, edits))
    return only
