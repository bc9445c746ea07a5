"""The one way from a drawing to what a model makes of it."""

from __future__ import annotations

from dataclasses import dataclass

from ae import evaluation
from ae.arrays import Float32
from ae.model import Model


@dataclass(frozen=True)
class Result:
    """A digit on its way through a model.

    Attributes
    ----------
    digit, reconstruction : (28, 28) in [0, 1].
    encoded, code : (units,) as the encoder gave it, and after the visitor's edits.
    bce : nats per pixel. mse : per pixel.
    better_than : share of MNIST's test digits that this model reconstructs worse, 0 to 1.
    """

    digit: Float32
    encoded: Float32
    code: Float32
    reconstruction: Float32
    bce: float
    mse: float
    better_than: float

    @property
    def error(self) -> Float32:
        """Ink that was added (above 0) or lost (below 0), (28, 28) in [-1, 1]."""
        return self.reconstruction - self.digit


def decode(model: Model, digit: Float32, encoded: Float32, code: Float32) -> Result:
    """Decode a code and measure how far it is from the digit."""
    reconstruction = model.decode(code[None])
    mse = float(evaluation.mse(digit[None], reconstruction)[0])
    return Result(
        digit=digit,
        encoded=encoded,
        code=code,
        reconstruction=reconstruction[0],
        bce=float(evaluation.bce(digit[None], reconstruction)[0]),
        mse=mse,
        better_than=model.statistics.better_than(mse),
    )
