"""Train a family by a recipe. Keras does the work and is imported only when someone trains."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from importlib.metadata import packages_distributions, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ae import weights
from ae.evaluation import Errors, measure
from ae.families import FAMILIES, Family, Recipe
from ae.mnist import Mnist
from ae.model import Model
from ae.pca import PCA

if TYPE_CHECKING:
    import keras

    from ae.arrays import Float32

# TensorFlow's start-up notes (oneDNN, missing GPU) are noise on a terminal.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@dataclass(frozen=True)
class Nets:
    """The three Keras models of a family; encoder and decoder share the autoencoder's layers."""

    encoder: keras.Model
    decoder: keras.Model
    autoencoder: keras.Model


@dataclass(frozen=True)
class Epoch:
    """What one pass over the training digits brought: nats per pixel, the penalty included."""

    number: int
    of: int
    loss: float
    validation_loss: float | None
    seconds: float


def build(family: Family, recipe: Recipe) -> Nets:
    """Build the family's Keras models, untrained and uncompiled."""
    import keras

    def stack(
        name: str, widths: tuple[int, ...], activations: tuple[str, ...], start: int
    ) -> keras.Model:
        layers = [keras.Input((widths[0],))]
        for i, (units, activation) in enumerate(zip(widths[1:], activations, strict=True)):
            layers.append(
                keras.layers.Dense(
                    units,
                    activation=activation,
                    name=f"dense_{start + i}",
                    **_options(family, recipe, depth=start + i),
                )
            )
        return keras.Sequential(layers, name=name)

    of_encoder, of_decoder = family.activations
    encoder = stack("encoder", family.encoder, of_encoder, 0)
    decoder = stack("decoder", family.decoder, of_decoder, len(of_encoder))
    picture = keras.Input((family.encoder[0],), name="picture")
    return Nets(encoder, decoder, keras.Model(picture, decoder(encoder(picture)), name=family.name))


def _options(family: Family, recipe: Recipe, depth: int) -> dict[str, Any]:
    """What layer ``depth`` (0 is the first of the encoder) gets beside its width and activation."""
    import keras

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


def optimizer(recipe: Recipe, steps_per_epoch: int) -> keras.optimizers.Optimizer:
    """Build the recipe's optimizer with its schedule."""
    import keras

    rate: Any = recipe.learning_rate
    if recipe.schedule == "cosine":
        rate = keras.optimizers.schedules.CosineDecay(
            initial_learning_rate=0.0,
            warmup_target=recipe.learning_rate,
            warmup_steps=steps_per_epoch,
            decay_steps=steps_per_epoch * max(recipe.epochs - 1, 1),
        )
    classes = {"adadelta": keras.optimizers.Adadelta, "adam": keras.optimizers.Adam}
    return classes[recipe.optimizer](learning_rate=rate)


def fit(
    family: Family,
    recipe: Recipe,
    train: Float32,
    validation: Float32 | None = None,
    *,
    seed: int = 0,
    on_epoch: Callable[[Epoch], None] | None = None,
) -> Nets:
    """Train a family from scratch.

    Parameters
    ----------
    train, validation : float32 array of shape (n, 28, 28) or (n, 784) in [0, 1].
    seed : of the weights' start and of the batches' order. The same seed on the same machine
        gives the same errors to three digits.
    on_epoch : called after each epoch, for progress.
    """
    import keras

    keras.utils.set_random_seed(seed)
    nets = build(family, recipe)
    x = train.reshape(len(train), -1)
    held_out = None if validation is None else validation.reshape(len(validation), -1)
    steps = -(-len(x) // recipe.batch_size)
    nets.autoencoder.compile(optimizer=optimizer(recipe, steps), loss=recipe.loss)
    started = time.perf_counter()

    def report(epoch: int, logs: dict[str, float]) -> None:
        if on_epoch is not None:
            seconds = time.perf_counter() - started
            on_epoch(Epoch(epoch + 1, recipe.epochs, logs["loss"], logs.get("val_loss"), seconds))

    nets.autoencoder.fit(
        x,
        x,
        epochs=recipe.epochs,
        batch_size=recipe.batch_size,
        validation_data=None if held_out is None else (held_out, held_out),
        validation_batch_size=2000,
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=report)],
        verbose=0,
    )
    return nets


def tensors(nets: Nets) -> dict[str, Float32]:
    """Take the weights out of Keras: ``encoder.0.weights`` (784, …), ``encoder.0.bias`` (…,), …"""
    found: dict[str, Float32] = {}
    for half in (nets.encoder, nets.decoder):
        for i, layer in enumerate(half.layers):
            weights, bias = layer.get_weights()
            found[f"{half.name}.{i}.weights"] = np.ascontiguousarray(weights, np.float32)
            found[f"{half.name}.{i}.bias"] = np.ascontiguousarray(bias, np.float32)
    return found


def produce(
    name: str,
    data: Mnist,
    *,
    recipe: str = "best",
    epochs: int | None = None,
    seed: int = 0,
    out: Path = weights.FOLDER,
    on_epoch: Callable[[Epoch], None] | None = None,
) -> tuple[Path, Errors]:
    """Train (or, for "pca", fit) one model on all of MNIST, measure it, and write its file.

    Parameters
    ----------
    name : of a family, or "pca".
    recipe : "best" or "tutorial"; ``epochs`` overrides the recipe's.
    out : folder that gets the file and its ``SHA256SUMS``.

    Returns
    -------
    The file's path, and the errors over the test digits that it now says of itself.
    """
    path = weights.locate(name, recipe, out)
    path.parent.mkdir(parents=True, exist_ok=True)  # fails now, not after half an hour
    model: Model
    if name == "pca":
        model = pca = PCA().fit(data.x_train)
        arrays = {"mean": pca.mean, "components": pca.components}
        how: dict[str, Any] = {"parameters": pca.mean.size + pca.components.size}
    else:
        family = FAMILIES[name]
        settings = family.recipes[recipe]
        if epochs is not None:
            settings = replace(settings, epochs=epochs)
        nets = fit(family, settings, data.x_train, data.x_test, seed=seed, on_epoch=on_epoch)
        arrays = tensors(nets)
        model = weights.autoencoder(family, arrays)
        how = _how(family, recipe, settings, seed)
    errors, statistics = measure(model, data.x_test)
    facts = {
        "family": name,
        **how,
        "data": {"name": "MNIST", "sha256": data.sha256, "digits": len(data.x_train)},
        "versions": _versions(),
        "test": errors.as_dict(),
    }
    weights.save(path, arrays | weights.statistics_tensors(statistics), facts, root=out)
    return path, errors


def _how(family: Family, recipe: str, settings: Recipe, seed: int) -> dict[str, Any]:
    return {
        "encoder": family.encoder,
        "decoder": family.decoder,
        "activations": family.activations,
        "parameters": family.parameters,
        "recipe": {"name": recipe, **asdict(settings)},
        "seed": seed,
    }


def _versions() -> Mapping[str, str]:
    """Say what did the arithmetic; TensorFlow's CPU build is a distribution of its own."""
    installed = packages_distributions()
    names = {"tensorflow": installed["tensorflow"][0], "keras": "keras", "numpy": "numpy"}
    found = {package: version(name) for package, name in names.items()}
    return {"python": platform.python_version(), **found}
