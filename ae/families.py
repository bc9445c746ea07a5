"""THE table of autoencoder families: add an entry here and it appears everywhere.

The three families of the 2017 tutorial "Construindo Autoencoders" differ in three columns: the
layers, the penalty on the code, and the bound on the decoder. The linear one is what the tutorial's
"almost PCA" holds for. Read the table at the end of this file first; everything above it only names
its columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

Activation = Literal["relu", "sigmoid", "linear"]


def N_(message: str) -> str:  # noqa: N802 (gettext's own name for "extract, don't translate yet")
    """Mark a string for the translators; the screen translates it when it shows it."""
    return message


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a family is trained.

    Attributes
    ----------
    loss : by Keras's name, averaged over the 784 pixels.
    optimizer : name of the Keras optimizer.
    learning_rate : at the start, after the warm-up.
    schedule : ``"constant"``, or ``"cosine"`` down to zero over all steps (Loshchilov & Hutter,
        "SGDR", 2017, eq. 5, without restarts), after one epoch of linear warm-up.
    initializer : of all layers' weights but the output layer's, which starts from Glorot's.
    code_bias : start of the code layer's biases. Above zero, no unit begins its life dead.
    epochs, batch_size : passes over the 60,000 training digits; digits per step.
    l1 : weight of the L1 penalty on the code, in nats per pixel per unit of activation,
        averaged over the digits.
    max_row_norm : largest Euclidean norm of a row of the decoder's first layer, or None.
        Without a bound the net escapes L1: it shrinks the code and scales the decoder up.
    """

    loss: Literal["binary_crossentropy", "mean_squared_error"] = "binary_crossentropy"
    optimizer: Literal["adadelta", "adam", "sgd", "rmsprop"]
    learning_rate: float
    schedule: Literal["constant", "cosine"] = "constant"
    initializer: str = "glorot_uniform"
    code_bias: float = 0.0
    epochs: int
    batch_size: int = 256
    l1: float = 0.0
    max_row_norm: float | None = None


@dataclass(frozen=True, kw_only=True)
class Family:
    """One row of the table.

    Attributes
    ----------
    name : as in the URL, the command line and ``weights/<name>.safetensors``.
    title, idea : English source strings; the screen translates them.
    encoder, decoder : widths of the layers, input first.
    hidden : activation of every layer but the last; the code's is ``hidden`` too.
    output : activation of the last layer, which gives the pixels.
    recipes : ``"best"`` is what ships; ``"tutorial"`` is the tutorial's to the letter, where the
        tutorial has this family.
    """

    name: str
    title: str
    idea: str
    encoder: tuple[int, ...]
    decoder: tuple[int, ...]
    hidden: Activation = "relu"
    output: Activation = "sigmoid"
    recipes: Mapping[str, Recipe] = field(repr=False)

    @property
    def widths(self) -> tuple[int, ...]:
        """Widths from the picture to the picture: 784, …, 32, …, 784."""
        return self.encoder + self.decoder[1:]

    @property
    def code_size(self) -> int:
        """How many numbers a digit is squeezed through."""
        return self.encoder[-1]

    @property
    def activations(self) -> tuple[tuple[Activation, ...], tuple[Activation, ...]]:
        """Of each layer of the encoder, and of each layer of the decoder."""
        inner = len(self.decoder) - 2
        return (self.hidden,) * (len(self.encoder) - 1), (self.hidden,) * inner + (self.output,)

    @property
    def parameters(self) -> int:
        """Number of weights and biases of the encoder and the decoder together."""
        return sum(a * b + b for a, b in zip(self.widths, self.widths[1:], strict=False))


# Adadelta's learning rate was 1.0 when the tutorial was written; Keras 3's default is 0.001, with
# which nothing is learnt in 50 epochs (BCE 0.68).
TUTORIAL = Recipe(optimizer="adadelta", learning_rate=1.0, epochs=50)
BEST = Recipe(
    optimizer="adam",
    learning_rate=3e-3,
    schedule="cosine",
    initializer="he_normal",
    code_bias=0.5,
    epochs=250,
)
# The tutorial trains no such net, but what it says of PCA holds for this one.
LINEAR = replace(
    BEST,
    loss="mean_squared_error",
    initializer="glorot_uniform",
    code_bias=0.0,
    epochs=60,
)


def _recipes(*, tutorial: Recipe = TUTORIAL, best: Recipe = BEST) -> Mapping[str, Recipe]:
    return MappingProxyType({"best": best, "tutorial": tutorial})


# fmt: off
FAMILIES: Mapping[str, Family] = MappingProxyType({family.name: family for family in (
    Family(
        name="shallow",
        title=N_("Shallow"),
        idea=N_("One layer in, one layer out: the smallest autoencoder."),
        encoder=(784, 32),
        decoder=(32, 784),
        recipes=_recipes(),
    ),
    Family(
        name="sparse",
        title=N_("Sparse"),
        idea=N_("The same layers, but each number that is not zero has a price."),
        encoder=(784, 32),
        decoder=(32, 784),
        recipes=_recipes(
            tutorial=replace(TUTORIAL, l1=1e-4),
            best=replace(BEST, l1=7.5e-4, max_row_norm=5.0),
        ),
    ),
    Family(
        name="deep",
        title=N_("Deep"),
        idea=N_("Three layers in, three layers out: it can bend."),
        encoder=(784, 128, 64, 32),
        decoder=(32, 64, 128, 784),
        # From 0.5, 3 to 5 of the 32 units die in the first epochs and never come back.
        recipes=_recipes(best=replace(BEST, learning_rate=2e-3, code_bias=8.0, epochs=300)),
    ),
    Family(
        name="linear",
        title=N_("Linear"),
        idea=N_("No ReLU and no sigmoid, squared error: here it finds PCA's space."),
        encoder=(784, 32),
        decoder=(32, 784),
        hidden="linear",
        output="linear",
        recipes=MappingProxyType({"best": LINEAR}),
    ),
)})
# fmt: on
