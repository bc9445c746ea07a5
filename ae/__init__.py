"""Autoencoders on MNIST: draw a digit, squeeze it through 32 numbers, see what survives.

>>> import ae
>>> model = ae.load("deep")
>>> digit = ae.drawing.from_strokes(ae.samples.SAMPLES["7b"])  # (28, 28) float32 in [0, 1]
>>> code = model.encode(digit[None])  # (1, 32)
>>> model.decode(code).shape
(1, 28, 28)
"""

from ae import (
    atlas,
    claims,
    compression,
    descent,
    drawing,
    evaluation,
    facts,
    generation,
    ink,
    latent,
    mnist,
    noise,
    out_of_distribution,
    pca,
    plans,
    samples,
    simulations,
    strokes,
    units,
    weights,
)
from ae.checked import WeightsError
from ae.families import FAMILIES, Family, Recipe
from ae.metadata import Metadata
from ae.mnist import DataError
from ae.model import Autoencoder, Model, Statistics
from ae.scene import EmptyDrawing
from ae.weights import MODELS, load

__version__ = "0.1.0"

__all__ = [
    "FAMILIES",
    "MODELS",
    "Autoencoder",
    "DataError",
    "EmptyDrawing",
    "Family",
    "Metadata",
    "Model",
    "Recipe",
    "Statistics",
    "WeightsError",
    "atlas",
    "claims",
    "compression",
    "descent",
    "drawing",
    "evaluation",
    "facts",
    "generation",
    "ink",
    "latent",
    "load",
    "mnist",
    "noise",
    "out_of_distribution",
    "pca",
    "plans",
    "samples",
    "simulations",
    "strokes",
    "units",
    "weights",
]
