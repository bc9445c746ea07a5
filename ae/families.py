"""THE table of autoencoder families: add an entry here and it appears everywhere.

The three families of the 2017 tutorial "Construindo Autoencoders" differ in three columns: the
layers, the penalty on the code, and the bound on the decoder. The k-sparse one needs no penalty:
all but k numbers of its code are zero. The linear one is what the tutorial's "almost PCA" holds
for. The denoising one differs in what it is shown, the variational ones in their loss, the wide one
in its size. Read the table at the end of this file first; everything above it only names its
columns.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

Activation = Literal["relu", "sigmoid", "linear", "topk"]
Loss = Literal["binary_crossentropy", "mean_squared_error", "negative_elbo"]


def N_(message: str) -> str:  # noqa: N802 (gettext's own name for "extract, don't translate yet")
    """Mark a string for the translators; the screen translates it when it shows it."""
    return message


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a family is trained.

    Attributes
    ----------
    loss : by Keras's name, averaged over the 784 pixels. ``"negative_elbo"`` is the cross-entropy
        of a digit drawn from a sampled code, plus the divergence of what that is sampled from
        (``ae.evaluation.divergence``), over the 784 pixels too (Kingma & Welling, "Auto-encoding
        variational Bayes", 2014, eq. 10).
    optimizer : name of the Keras optimizer.
    learning_rate : at the start, after the warm-up.
    schedule : ``"constant"``, or ``"cosine"`` down to zero over all steps (Loshchilov & Hutter,
        "SGDR", 2017, eq. 5, without restarts), after one epoch of linear warm-up.
    initializer : of all layers' weights but the output layer's, which starts from Glorot's.
    code_bias : start of the code layer's biases. Above zero, no unit begins its life dead. What the
        decoder gets of it, the biases of its first layer take away at the start: else those decide
        which of its units are born dead.
    epochs, batch_size : passes over the 60,000 training digits; digits per step.
    l1 : weight of the L1 penalty on the code, in nats per pixel per unit of activation,
        averaged over the digits.
    max_row_norm : largest Euclidean norm of a row of the decoder's first layer, or None.
        Without a bound the net escapes L1: it shrinks the code and scales the decoder up.
    k : the largest so many of a code's numbers stay, the others become zero, whatever their signs
        (Makhzani & Frey, "k-sparse autoencoders", 2013, section 2.1); None if all stay. While it
        learns, k falls from the code's size over the first fifth of the steps; theirs falls, too
        (section 4.2.1), or else units that are seldom among the largest would die.
    split : after each of the first two fifths of the epochs, units that died become halves of
        strong ones (``ae.training.splitting``).
    sees : what the net is shown: ``"digits"``; ``"corrupted"`` ones (``ae.noise.mixed``), while the
        clean ones are asked for (Vincent et al., "Extracting and composing robust features with
        denoising autoencoders", 2008); by ``"coins"``, digits whose pixels are black or white by
        chance, their grey the chance, tossed anew in each epoch; ``"shifted"`` ones, moved by up to
        a pixel in each direction once two fifths of the epochs are over.
    """

    loss: Loss = "binary_crossentropy"
    optimizer: Literal["adadelta", "adam", "sgd", "rmsprop"]
    learning_rate: float
    schedule: Literal["constant", "cosine"] = "constant"
    initializer: str = "glorot_uniform"
    code_bias: float = 0.0
    epochs: int
    batch_size: int = 256
    l1: float = 0.0
    max_row_norm: float | None = None
    k: int | None = None
    split: bool = False
    sees: Literal["digits", "corrupted", "coins", "shifted"] = "digits"


@dataclass(frozen=True, kw_only=True)
class Family:
    """One row of the table.

    Attributes
    ----------
    name : as in the URL, the command line and ``weights/<name>.safetensors``.
    title, idea : English source strings; the screen translates them.
    encoder, decoder : widths of the layers, input first.
    hidden : activation of every layer but the last; the code's is ``hidden`` too, but linear where
        the family is variational, and ``"topk"`` where it is k-sparse.
    output : activation of the last layer, which gives the pixels.
    stored : how its file keeps the weights; they are float32 once they are loaded.
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
    stored: Literal["float32", "float16"] = "float32"
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
    def variational(self) -> bool:
        """Does its encoder give a distribution over codes? Then its code is the mean."""
        return self.recipes["best"].loss == "negative_elbo"

    @property
    def k(self) -> int | None:
        """How many numbers of its code may be other than zero; None if all may."""
        return self.recipes["best"].k

    @property
    def plain(self) -> bool:
        """Is it a net that learns to copy what it is shown, and nothing else?"""
        return not (self.variational or self.k) and self.recipes["best"].sees == "digits"

    @property
    def activations(self) -> tuple[tuple[Activation, ...], tuple[Activation, ...]]:
        """Of each layer of the encoder, and of each layer of the decoder."""
        outer, inner = len(self.encoder) - 2, len(self.decoder) - 2
        # The prior has its mean at 0, so the means of a variational code have both signs.
        code: Activation = "linear" if self.variational else "topk" if self.k else self.hidden
        return (self.hidden,) * outer + (code,), (self.hidden,) * inner + (self.output,)

    @property
    def parameters(self) -> int:
        """Number of weights and biases of the encoder and the decoder together."""
        halves = sum(a * b + b for a, b in itertools.pairwise(self.widths))
        before, code = self.encoder[-2:]
        log_variances = before * code + code if self.variational else 0
        return halves + log_variances


# Adadelta's learning rate was 1.0 when the tutorial was written; Keras 3's default is 0.001, with
# which nothing is learnt in 50 epochs (BCE 0.68).
TUTORIAL = Recipe(optimizer="adadelta", learning_rate=1.0, epochs=50)
BEST = Recipe(
    optimizer="adam",
    learning_rate=2e-2,
    schedule="cosine",
    initializer="he_normal",
    code_bias=0.5,
    epochs=200,
)
# From 0.5, 3 to 5 of the 32 units of the code die in the first epochs and never come back.
DEEP = replace(BEST, learning_rate=5e-3, code_bias=8.0, epochs=250, split=True)
# The tutorial trains no such net, but what it says of PCA holds for this one.
LINEAR = replace(
    BEST,
    learning_rate=3e-3,
    loss="mean_squared_error",
    initializer="glorot_uniform",
    code_bias=0.0,
    epochs=60,
)
VARIATIONAL = replace(
    BEST,
    loss="negative_elbo",
    code_bias=0.0,
    learning_rate=1.5e-3,
    epochs=120,
    split=True,
    sees="coins",
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
            best=replace(BEST, learning_rate=3e-3, l1=7.5e-4, max_row_norm=5.0, epochs=250),
        ),
    ),
    Family(
        name="deep",
        title=N_("Deep"),
        idea=N_("Three layers in, three layers out: it can bend."),
        encoder=(784, 128, 64, 32),
        decoder=(32, 64, 128, 784),
        recipes=_recipes(best=DEEP),
    ),
    Family(
        name="linear",
        title=N_("Linear"),
        idea=N_(
            "It only multiplies and adds: such a net ends up where PCA, the classical method,"
            " does."
        ),
        encoder=(784, 32),
        decoder=(32, 784),
        hidden="linear",
        output="linear",
        recipes=MappingProxyType({"best": LINEAR}),
    ),
    Family(
        name="denoising",
        title=N_("Denoising"),
        idea=N_("The deep net's layers, shown corrupted digits and asked for the clean ones."),
        encoder=(784, 128, 64, 32),
        decoder=(32, 64, 128, 784),
        recipes=MappingProxyType({
            "best": replace(DEEP, epochs=150, sees="corrupted"),
        }),
    ),
    Family(
        name="vae",
        title=N_("VAE"),
        idea=N_(
            "Variational: it blurs each code a little, so that no place between two codes is"
            " empty."
        ),
        encoder=(784, 512, 256, 32),
        decoder=(32, 256, 512, 784),
        stored="float16",
        recipes=MappingProxyType({"best": VARIATIONAL}),
    ),
    Family(
        name="vae2",
        title=N_("VAE-2"),
        idea=N_("Variational, with a code of two numbers: all digits lie on one sheet."),
        encoder=(784, 256, 128, 2),
        decoder=(2, 128, 256, 784),
        recipes=MappingProxyType({"best": replace(VARIATIONAL, epochs=60)}),
    ),
    Family(
        name="topk",
        title=N_("Top 16"),
        idea=N_("The same layers, but only the 16 largest numbers of a code stay."),
        encoder=(784, 32),
        decoder=(32, 784),
        recipes=MappingProxyType({"best": replace(BEST, k=16)}),
    ),
    Family(
        name="wide",
        title=N_("Wide"),
        idea=N_("Four layers in, four out, and 2.8 million weights: it bends the most."),
        encoder=(784, 1000, 500, 250, 32),
        decoder=(32, 250, 500, 1000, 784),
        stored="float16",
        recipes=MappingProxyType({
            "best": replace(DEEP, learning_rate=1e-3, epochs=50, sees="shifted"),
        }),
    ),
)})
# fmt: on
