"""The one way from a drawing to what a model makes of it: digit, code, edited code, result."""

from __future__ import annotations

from dataclasses import dataclass

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
    encoder_hidden, decoder_hidden : (width,) of each layer between a picture and the code.
    kept, invented : shares of the digit's ink, as ``ae.evaluation.ink`` defines them.
    bce : nats per pixel. mse : per pixel.
    better_than : share of MNIST's test digits that this model reconstructs worse, 0 to 1.
    """

    digit: Float32
    encoded: Float32
    code: Float32
    reconstruction: Float32
    encoder_hidden: tuple[Float32, ...]
    decoder_hidden: tuple[Float32, ...]
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


def result(model: Model, digit: Float32, edits: Edits | None = None) -> Result:
    """Send a (28, 28) digit through a model; without edits its code stays as encoded."""
    x = digit[None]
    encoded = model.encode(x)
    codes = encoded if edits is None else edits.apply(encoded[0])[None]
    reconstructions = model.decode(codes)
    (kept,), (invented,) = evaluation.ink(x, reconstructions)
    mse = float(evaluation.mse(x, reconstructions)[0])
    return Result(
        digit=digit,
        encoded=encoded[0],
        code=codes[0],
        reconstruction=reconstructions[0],
        encoder_hidden=tuple(layer[0] for layer in model.encoder_hidden(x)),
        decoder_hidden=tuple(layer[0] for layer in model.decoder_hidden(codes)),
        kept=float(kept),
        invented=float(invented),
        bce=float(evaluation.bce(x, reconstructions)[0]),
        mse=mse,
        better_than=model.statistics.better_than(mse),
    )


def look(
    model: Model, drawing: Drawing, *, normalise: bool, edits: Edits | None = None
) -> Result | None:
    """Send a drawing through a model; None while there is no ink."""
    seen = digit(drawing, normalise=normalise)
    return None if seen is None else result(model, seen, edits)
