"""Train a family by a recipe. Keras does the work and is imported only when someone trains."""

from __future__ import annotations

import math
import os
import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from importlib.metadata import packages_distributions, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ae import noise, weights
from ae.arrays import MAX_CODE, PIXELS
from ae.evaluation import Errors, measure
from ae.families import FAMILIES, Family, Recipe
from ae.mnist import Mnist
from ae.model import Autoencoder, Model
from ae.pca import PCA
from ae.plans import OPTIMIZER_CLASSES, OWN, Plan

if TYPE_CHECKING:
    import keras

    from ae.arrays import Float32

# TensorFlow's start-up notes (oneDNN, missing GPU) are noise on a terminal.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

STEP_SECONDS = 0.25
"""How often a training says within an epoch where it is."""

# A plan's weights are kept, and what is usual for them measured, at most this often within an
# epoch, and then on so many digits: 0.1 s for the deep net on two busy cores.
_KEEP_SECONDS = 1.0
_GLANCE = 1000


@dataclass(frozen=True)
class Nets:
    """The Keras models of a family; they share their layers.

    Attributes
    ----------
    autoencoder : decoder(encoder(picture)).
    learner : what is fitted: the autoencoder, but with rolled codes where the family is
        variational.
    log_variance : of a variational family, the layer beside the code's.
    """

    encoder: keras.Model
    decoder: keras.Model
    autoencoder: keras.Model
    learner: keras.Model
    log_variance: keras.layers.Dense | None = None

    @property
    def layers(self) -> dict[str, keras.layers.Dense]:
        """By their names in a weights file: ``encoder.0``, …, ``decoder.0``, …"""
        found = {
            f"{half.name}.{i}": layer
            for half in (self.encoder, self.decoder)
            for i, layer in enumerate(half.layers)
        }
        return found | ({} if self.log_variance is None else {"log_variance": self.log_variance})


@dataclass(frozen=True)
class Epoch:
    """What one pass over the training digits brought: nats per pixel, the penalty included."""

    number: int
    of: int
    loss: float
    validation_loss: float | None
    seconds: float


@dataclass(frozen=True)
class Step:
    """Where a training is within an epoch.

    Attributes
    ----------
    passed : epochs so far, with the share of the present one: 1.5 is the middle of the second.
    of : epochs in all.
    loss : average over the epoch so far, in nats per pixel (or squared error), penalty included.
    digits : how many have been learnt from since the start; one counts in each epoch.
    seconds : since the start.
    """

    passed: float
    of: int
    loss: float
    digits: int
    seconds: float


class Diverged(ArithmeticError):  # noqa: N818 (reads as what it says, like EmptyDrawing)
    """The loss is no longer a number.

    Attributes
    ----------
    nets : with the last weights that were finite.
    passed : after how many epochs that was, a fraction within one.
    """

    def __init__(self, nets: Nets, passed: float) -> None:
        super().__init__("the loss is no longer a number: the learning rate is too high")
        self.nets = nets
        self.passed = passed


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
    autoencoder = keras.Model(picture, decoder(encoder(picture)), name=family.name)
    if not family.variational:
        return Nets(encoder, decoder, autoencoder, autoencoder)
    log_variance = keras.layers.Dense(family.code_size, name="log_variance")
    *before, mean = encoder.layers
    hidden = picture
    for layer in before:
        hidden = layer(hidden)
    rolled = _roll(mean(hidden), log_variance(hidden))
    learner = keras.Model(picture, decoder(rolled), name=f"{family.name}_learner")
    return Nets(encoder, decoder, autoencoder, learner, log_variance)


def _roll(mean: keras.KerasTensor, log_variance: keras.KerasTensor) -> keras.KerasTensor:
    """Roll codes where the encoder says that they may lie, and charge for how much it says.

    The reparametrisation trick: mean + deviation * noise has gradients (Kingma & Welling, 2014,
    section 2.4). When the net is not learning, the mean itself.
    """
    import keras

    class Roll(keras.layers.Layer):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(name="roll")
            self.seeds = keras.random.SeedGenerator()

        def call(self, of: list[Any], training: bool = False) -> Any:
            mean, log_variance = of
            divergence = keras.ops.sum(
                keras.ops.exp(log_variance) + mean**2 - 1 - log_variance, axis=-1
            )
            self.add_loss(keras.ops.mean(divergence) / 2 / PIXELS)
            if not training:
                return mean
            noise = keras.random.normal(keras.ops.shape(mean), seed=self.seeds)
            return mean + keras.ops.exp(log_variance / 2) * noise

    return Roll()([mean, log_variance])


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
    kind = getattr(keras.optimizers, OPTIMIZER_CLASSES[recipe.optimizer])
    return kind(learning_rate=rate)


def fit(
    family: Family,
    recipe: Recipe,
    train: Float32,
    validation: Float32 | None = None,
    *,
    seed: int = 0,
    start: Mapping[str, Float32] | None = None,
    on_epoch: Callable[[Epoch], None] | None = None,
    on_step: Callable[[Step, Nets], None] | None = None,
) -> Nets:
    """Train a family.

    Parameters
    ----------
    train, validation : float32 array of shape (n, 28, 28) or (n, 784) in [0, 1].
    seed : of the weights' start and of the batches' order. The same seed on the same machine
        gives the same errors to three digits.
    start : weights to go on from, named as ``tensors`` names them; from scratch if None.
    on_epoch : called after each epoch, for progress.
    on_step : called with the nets as they are before the first step, about every quarter of a
        second while they learn, and after each epoch, before ``on_epoch``.

    Raises
    ------
    Diverged
        The loss or a weight is no longer finite, or codes are beyond what can be decoded; the last
        good weights come with it.
    """
    import keras

    keras.utils.set_random_seed(seed)
    nets = build(family, recipe)
    if start is not None:
        fill(nets, start)
    x = train.reshape(len(train), -1)
    lesson: dict[str, Any] = {"x": x, "y": x, "batch_size": recipe.batch_size}
    if recipe.noise:
        lesson = {"x": _spoiled(x, recipe.batch_size, seed)}
    held_out = None if validation is None else validation.reshape(len(validation), -1)
    steps = -(-len(x) // recipe.batch_size)
    # The rest of the negative ELBO is added where codes are rolled.
    loss = "binary_crossentropy" if recipe.loss == "negative_elbo" else recipe.loss
    nets.learner.compile(optimizer=optimizer(recipe, steps), loss=loss)
    watch = _Watch(nets, recipe.epochs, steps, x, on_epoch, on_step)
    nets.learner.fit(
        **lesson,
        epochs=recipe.epochs,
        validation_data=None if held_out is None else (held_out, held_out),
        validation_batch_size=2000,
        callbacks=[
            keras.callbacks.LambdaCallback(
                on_train_begin=watch.begin,
                on_train_batch_end=watch.batch,
                on_epoch_end=watch.epoch,
            )
        ],
        verbose=0,
    )
    if watch.diverged:
        raise Diverged(nets, watch.kept_at)
    return nets


def _spoiled(x: Float32, batch_size: int, seed: int) -> keras.utils.PyDataset:
    """Serve batches of spoiled digits and the clean ones, in another order in each epoch."""
    import keras

    class Spoiled(keras.utils.PyDataset):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.random = np.random.default_rng(seed)
            self.on_epoch_end()

        def __len__(self) -> int:
            return -(-len(x) // batch_size)

        def __getitem__(self, i: int) -> tuple[Float32, Float32]:
            clean = x[self.order[i * batch_size : (i + 1) * batch_size]]
            return noise.mixed(clean, self.random), clean

        def on_epoch_end(self) -> None:
            self.order = self.random.permutation(len(x))

    return Spoiled()


class _Watch:
    """What Keras tells while it trains: passed on, and stopped when it is no longer a number."""

    def __init__(
        self,
        nets: Nets,
        epochs: int,
        steps: int,
        x: Float32,
        on_epoch: Callable[[Epoch], None] | None,
        on_step: Callable[[Step, Nets], None] | None,
    ) -> None:
        self.nets, self.epochs, self.steps = nets, epochs, steps
        self.digits, self.some = len(x), x[:100]
        self.on_epoch, self.on_step = on_epoch, on_step
        self.done = 0  # epochs
        self.kept_at = 0.0
        self.diverged = False

    def begin(self, _logs: object = None) -> None:
        self.kept = self.nets.learner.get_weights()
        self.started = self.looked = time.perf_counter()
        self._step(0.0, math.nan)

    def batch(self, step: int, logs: Mapping[str, Any]) -> None:
        # Before the clock says so, the loss stays where it is: to read it is to wait for it.
        if time.perf_counter() - self.looked >= STEP_SECONDS:
            self._look((step + 1) / self.steps, float(logs["loss"]))

    def epoch(self, epoch: int, logs: Mapping[str, float]) -> None:
        held_out = logs.get("val_loss")
        finite = held_out is None or math.isfinite(held_out)
        if self.diverged or not self._look(1.0, logs["loss"] if finite else math.nan):
            return
        self.done = epoch + 1
        if self.on_epoch is not None:
            seconds = time.perf_counter() - self.started
            self.on_epoch(Epoch(self.done, self.epochs, logs["loss"], held_out, seconds))

    def _look(self, share: float, loss: float) -> bool:
        """Keep the weights if they are finite; else bring the last finite ones back and stop."""
        now = self.nets.learner.get_weights()
        if math.isfinite(loss) and all(np.isfinite(array).all() for array in now) and self._tame():
            self.kept, self.kept_at = now, self.done + share
            self._step(share, loss)
        else:
            self.nets.learner.set_weights(self.kept)
            self.nets.learner.stop_training = self.diverged = True
        self.looked = time.perf_counter()
        return not self.diverged

    def _tame(self) -> bool:
        """Tell whether codes are of a size that can be decoded; before NaN comes, they are not."""
        return bool(np.abs(np.asarray(self.nets.encoder(self.some))).max() <= MAX_CODE / 100)

    def _step(self, share: float, loss: float) -> None:
        if self.on_step is not None:
            passed, seconds = self.done + share, time.perf_counter() - self.started
            seen = round(passed * self.digits)
            self.on_step(Step(passed, self.epochs, loss, seen, seconds), self.nets)


def tensors(nets: Nets) -> dict[str, Float32]:
    """Take the weights out of Keras: ``encoder.0.weights`` (784, …), ``encoder.0.bias`` (…,), …"""
    found: dict[str, Float32] = {}
    for name, layer in nets.layers.items():
        weights, bias = layer.get_weights()
        found[f"{name}.weights"] = np.ascontiguousarray(weights, np.float32)
        found[f"{name}.bias"] = np.ascontiguousarray(bias, np.float32)
    return found


def fill(nets: Nets, arrays: Mapping[str, Float32]) -> None:
    """Put weights into Keras, named as ``tensors`` names them."""
    for name, layer in nets.layers.items():
        layer.set_weights([arrays[f"{name}.{what}"] for what in ("weights", "bias")])


def produce(
    name: str,
    data: Mnist,
    *,
    recipe: str = "best",
    epochs: int | None = None,
    seed: int = 0,
    out: Path = weights.FOLDER,
    on_epoch: Callable[[Epoch], None] | None = None,
    on_step: Callable[[Step], None] | None = None,
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
        nets = fit(
            family,
            settings,
            data.x_train,
            data.x_test,
            seed=seed,
            on_epoch=on_epoch,
            on_step=on_step and (lambda step, _nets: on_step(step)),
        )
        arrays = tensors(nets)
        model = weights.autoencoder(family, arrays)
        how = _how(family, recipe, settings, seed)
    errors, statistics = measure(model, data.x_test)
    facts = {
        "family": name,
        **how,
        "data": {"name": data.name, "sha256": data.sha256, "digits": len(data.x_train)},
        "versions": _versions(),
        "test": errors.as_dict(),
    }
    weights.save(path, arrays | weights.statistics_tensors(statistics), facts, root=out)
    return path, errors


@dataclass(frozen=True)
class Kept:
    """Weights of a plan that were written to its file while it is trained.

    Attributes
    ----------
    passed : after how many epochs; a fraction within one.
    errors : over the first of the digits held out.
    """

    path: Path
    passed: float
    errors: Errors


def carry_out(
    plan: Plan,
    data: Mnist,
    out: Path,
    *,
    start: Mapping[str, Float32] | None = None,
    on_epoch: Callable[[Epoch], None] | None = None,
    on_step: Callable[[Step], None] | None = None,
    on_kept: Callable[[Kept], None] | None = None,
) -> tuple[Path, Errors]:
    """Train a net of one's own; its file is there from the first step on, and always whole.

    Parameters
    ----------
    out : folder that gets ``mine.safetensors`` and its ``SHA256SUMS``. The file is replaced after
        each epoch, and about each second within one, so that a training that is stopped leaves
        what it had learnt.
    start : weights to go on from, of the plan's own shapes; from scratch if None.

    Returns
    -------
    The file's path, and the errors over all digits held out.

    Raises
    ------
    Diverged
        The loss is no longer a number; the file then holds the last finite weights.
    """
    family, train = plan.family, data.x_train[: plan.digits]
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{OWN}.safetensors"
    written = -math.inf
    facts = {
        "family": OWN,
        **_how(family, "own", plan.recipe, plan.seed),
        "data": {"name": data.name, "sha256": data.sha256, "digits": len(train)},
        "versions": _versions(),
    }

    def write(nets: Nets, passed: float, held_out: Float32) -> Errors:
        arrays = tensors(nets)
        errors, statistics = measure(weights.autoencoder(family, arrays), held_out)
        test = errors.as_dict() | {"digits": len(held_out)}
        weights.save(
            path,
            arrays | weights.statistics_tensors(statistics),
            facts | {"epochs": passed, "test": test},
        )
        return errors

    def keep(step: Step, nets: Nets) -> None:
        nonlocal written
        if on_step is not None:
            on_step(step)
        if step.passed % 1 and time.perf_counter() - written < _KEEP_SECONDS:
            return
        errors = write(nets, step.passed, data.x_test[:_GLANCE])
        written = time.perf_counter()
        if on_kept is not None:
            on_kept(Kept(path, step.passed, errors))

    try:
        nets = fit(
            family,
            plan.recipe,
            train,
            data.x_test,
            seed=plan.seed,
            start=start,
            on_epoch=on_epoch,
            on_step=keep,
        )
    except Diverged as fault:
        write(fault.nets, fault.passed, data.x_test)
        raise
    return path, write(nets, float(plan.recipe.epochs), data.x_test)


def as_keras(model: Autoencoder, family: Family) -> keras.Model:
    """Build the Keras autoencoder that a model's weights came from."""
    nets = build(family, weights.recipe_of(model.facts))
    fill(nets, weights.tensors_of(model))
    return nets.autoencoder


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
