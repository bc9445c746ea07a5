"""The nets as Keras has them: built by the family table's row, filled and emptied of weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

import keras
import numpy as np

from ae.arrays import PIXELS, Float32
from ae.families import Family, Recipe
from ae.model import Autoencoder
from ae.weights import tensors_of


@final
@dataclass(frozen=True)
class Nets:
    """The Keras models of a family; they share their layers.

    Attributes
    ----------
    autoencoder : decoder(encoder(picture)).
    learner : what is fitted: the autoencoder, but with sampled codes where the family is
        variational, and with more than k numbers at first where it is k-sparse.
    top_k : of a k-sparse family, what keeps k of the learner's numbers.
    log_variance : of a variational family, the layer beside the code's.
    """

    encoder: keras.Model
    decoder: keras.Model
    autoencoder: keras.Model
    learner: keras.Model
    log_variance: keras.layers.Dense | None = None
    top_k: TopK | None = None

    @property
    def path(self) -> list[keras.layers.Dense]:
        """The layers from the picture to the picture."""
        return _dense(self.encoder) + _dense(self.decoder)

    @property
    def layers(self) -> dict[str, keras.layers.Dense]:
        """By their names in a weights file: ``encoder.0``, …, ``decoder.0``, …"""
        layers = {
            f"{half.name}.{i}": layer
            for half in (self.encoder, self.decoder)
            for i, layer in enumerate(_dense(half))
        }
        return layers if self.log_variance is None else layers | {"log_variance": self.log_variance}


class Sampling(keras.layers.Layer):  # type: ignore[misc]
    """Sample codes where the encoder says that they may lie, and charge for how much it says.

    The reparametrisation trick: mean + deviation * noise has gradients (Kingma & Welling, 2014,
    section 2.4). When the net is not learning, the mean itself.
    """

    def __init__(self) -> None:
        super().__init__(name="sampling")
        self.seeds = keras.random.SeedGenerator()

    def call(self, of: list[Any], training: bool = False) -> Any:
        """Two (n, units), means and log-variances, -> codes (n, units)."""
        mean, log_variance = of
        divergence = keras.ops.sum(
            keras.ops.exp(log_variance) + mean**2 - 1 - log_variance, axis=-1
        )
        self.add_loss(keras.ops.mean(divergence) / 2 / PIXELS)
        if not training:
            return mean
        noise = keras.random.normal(keras.ops.shape(mean), seed=self.seeds)
        return mean + keras.ops.exp(log_variance / 2) * noise


class TopK(keras.layers.Layer):  # type: ignore[misc]
    """Keep the k largest numbers of each code, as ``ae.model.topk`` does; k can be changed.

    When the net is not learning, k is the recipe's.
    """

    def __init__(self, units: int, k: int) -> None:
        super().__init__(name="top_k")
        self.units, self.k = units, k
        self.moment = self.add_weight((), "zeros", "int32", trainable=False, name="moment")
        self.moment.assign(units)

    def fall(self, passed: float) -> None:
        """Choose the k of a moment, which falls from all units to k over a fifth of the training.

        Parameters
        ----------
        passed : the share of the training that is over, 0 to 1.
        """
        left = max(1 - 5 * passed, 0)
        self.moment.assign(self.k + round(left * (self.units - self.k)))

    def call(self, z: Any, training: bool = False) -> Any:
        """Codes (n, units), linear, -> the same with zeros."""
        k = self.moment if training else self.k
        least = keras.ops.take(keras.ops.sort(z, axis=-1), [self.units - k], axis=-1)
        return keras.ops.where(z >= least, z, 0.0)


def build(family: Family, recipe: Recipe) -> Nets:
    """Build the family's Keras models, untrained and uncompiled."""

    def stack(
        name: str, widths: tuple[int, ...], activations: tuple[str, ...], start: int
    ) -> keras.Model:
        layers = [keras.Input((widths[0],))]
        for i, (units, activation) in enumerate(zip(widths[1:], activations, strict=True)):
            layers.append(
                keras.layers.Dense(
                    units,
                    activation="linear" if activation == "topk" else activation,
                    name=f"dense_{start + i}",
                    **_options(family, recipe, depth=start + i),
                )
            )
        return keras.Sequential(layers, name=name)

    of_encoder, of_decoder = family.activations
    encoder = stack("encoder", family.encoder, of_encoder, 0)
    decoder = stack("decoder", family.decoder, of_decoder, len(of_encoder))
    if len(of_decoder) > 1:
        first = decoder.layers[0]
        first.bias.assign(-recipe.code_bias * keras.ops.sum(first.kernel, axis=0))
    picture = keras.Input((family.encoder[0],), name="picture")
    if recipe.k is not None:
        # Of Keras's own operations alone, so that whoever gets the file can open it.
        every, top_k = encoder(picture), TopK(family.code_size, recipe.k)
        least = keras.ops.top_k(every, recipe.k)[0][:, -1:]
        encoder = keras.Model(picture, keras.ops.where(every >= least, every, 0.0), name="encoder")
    autoencoder = keras.Model(picture, decoder(encoder(picture)), name=family.name)
    if recipe.k is not None:
        learner = keras.Model(picture, decoder(top_k(every)), name=f"{family.name}_learner")
        return Nets(encoder, decoder, autoencoder, learner, top_k=top_k)
    if not family.variational:
        return Nets(encoder, decoder, autoencoder, autoencoder)
    # A tenth of Glorot's start: no unit is to begin with so wide a blur that it is silenced.
    narrow = keras.initializers.VarianceScaling(0.01, "fan_avg", "uniform")
    log_variance = keras.layers.Dense(
        family.code_size, name="log_variance", kernel_initializer=narrow
    )
    *before, mean = encoder.layers
    hidden = picture
    for layer in before:
        hidden = layer(hidden)
    sample = Sampling()([mean(hidden), log_variance(hidden)])
    learner = keras.Model(picture, decoder(sample), name=f"{family.name}_learner")
    return Nets(encoder, decoder, autoencoder, learner, log_variance)


def _options(family: Family, recipe: Recipe, depth: int) -> dict[str, Any]:
    """What layer ``depth`` (0 is the first of the encoder) gets beside its width and activation."""
    code, last = len(family.encoder) - 2, len(family.widths) - 2
    options: dict[str, Any] = {}
    if depth != last:
        options["kernel_initializer"] = recipe.initializer
    if depth == code:
        options["bias_initializer"] = keras.initializers.Constant(recipe.code_bias)
        if recipe.l1:
            # Keras 3 divides an activity penalty by the batch size (Layer.__call__), as the
            # recipe's definition wants; a test asserts it of the installed release.
            options["activity_regularizer"] = keras.regularizers.L1(recipe.l1)
    if depth == code + 1 and recipe.max_row_norm is not None:
        # A row of the decoder is one unit's picture: axis 1 of the (32, 784) kernel.
        options["kernel_constraint"] = keras.constraints.MaxNorm(recipe.max_row_norm, axis=1)
    return options


def _dense(half: keras.Model) -> list[keras.layers.Dense]:
    """Give a half's layers that have weights, in their order."""
    return [
        layer
        for part in half.layers
        for layer in (part.layers if isinstance(part, keras.Sequential) else [part])
        if isinstance(layer, keras.layers.Dense)
    ]


def tensors(nets: Nets) -> dict[str, Float32]:
    """Take the weights out of Keras: ``encoder.0.weights`` (784, …), ``encoder.0.bias`` (…,), …"""
    arrays: dict[str, Float32] = {}
    for name, layer in nets.layers.items():
        weights, bias = layer.get_weights()
        arrays[f"{name}.weights"] = np.ascontiguousarray(weights, np.float32)
        arrays[f"{name}.bias"] = np.ascontiguousarray(bias, np.float32)
    return arrays


def fill(nets: Nets, arrays: Mapping[str, Float32]) -> None:
    """Put weights into Keras, named as ``tensors`` names them."""
    for name, layer in nets.layers.items():
        layer.set_weights([arrays[f"{name}.{what}"] for what in ("weights", "bias")])


def as_keras(model: Autoencoder, family: Family) -> keras.Model:
    """Build the Keras autoencoder that a model's weights came from.

    Raises
    ------
    ValueError
        The model is not from a file, which would say by which recipe it was trained.
    """
    net = model.metadata.net
    if net is None:
        raise ValueError(f"{model.name} is no net")
    nets = build(family, net.recipe)
    fill(nets, tensors_of(model))
    return nets.autoencoder
