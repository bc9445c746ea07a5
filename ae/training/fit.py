"""Fitting: a net, a recipe and digits, with Keras's own optimizers and a watch on the loss."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np

from ae import noise, reach, weights
from ae.arrays import Float32
from ae.evaluation import binarised
from ae.families import Family, Recipe
from ae.plans import OPTIMIZER_CLASSES
from ae.training import progress
from ae.training.nets import Nets, build, fill, tensors
from ae.training.progress import Diverged, Epoch, Step
from ae.training.splitting import split

_ENOUGH = 2000
"""Digits on which a unit that is always silent counts as dead."""


def optimizer(recipe: Recipe, steps_per_epoch: int) -> keras.optimizers.Optimizer:
    """Build the recipe's optimizer with its schedule."""
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
    start : weights to go on from, named as ``nets.tensors`` names them; from scratch if None.
    on_epoch : called after each epoch, for progress.
    on_step : called with the nets as they are before the first step, about every quarter of a
        second while they learn, and after each epoch, before ``on_epoch``.

    Raises
    ------
    Diverged
        The loss or a weight is no longer finite, or codes could be beyond what can be decoded
        (``ae.reach``); the last good weights come with it.
    """
    keras.utils.set_random_seed(seed)
    nets = build(family, recipe)
    if start is not None:
        fill(nets, start)
    x = train.reshape(len(train), -1)
    lesson: dict[str, Any] = {"x": x, "y": x, "batch_size": recipe.batch_size}
    if recipe.sees != "digits":
        lesson = {"x": Lesson(x, recipe, seed)}
    held_out = None if validation is None else validation.reshape(len(validation), -1)
    steps = -(-len(x) // recipe.batch_size)
    # The rest of the negative ELBO is added where codes are sampled.
    loss = "binary_crossentropy" if recipe.loss == "negative_elbo" else recipe.loss
    nets.learner.compile(optimizer=optimizer(recipe, steps), loss=loss)
    watch = _Watch(nets, family, recipe.epochs, steps, len(x), on_epoch, on_step)
    callbacks = [
        keras.callbacks.LambdaCallback(
            on_train_begin=watch.begin,
            on_train_batch_end=watch.batch,
            on_epoch_end=watch.epoch,
        )
    ]
    if recipe.split:
        random, some = np.random.default_rng(seed), x[:_ENOUGH]

        def split_early(epoch: int, _logs: object) -> None:
            if epoch + 1 <= 2 / 5 * recipe.epochs:
                split(nets, some, random)

        callbacks.append(keras.callbacks.LambdaCallback(on_epoch_end=split_early))
    nets.learner.fit(
        **lesson,
        epochs=recipe.epochs,
        validation_data=None if held_out is None else (held_out, held_out),
        validation_batch_size=2000,
        callbacks=callbacks,
        verbose=0,
    )
    if watch.diverged:
        raise Diverged(nets, watch.kept_at)
    return nets


class Lesson(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches of what a net is shown and of what it is asked for, in another order in each epoch.

    Parameters
    ----------
    x : float32 array of shape (n, 784), the digits.
    """

    def __init__(self, x: Float32, recipe: Recipe, seed: int) -> None:
        super().__init__()
        self.x, self.recipe, self.epoch = x, recipe, -1
        self.random = np.random.default_rng(seed)
        self.on_epoch_end()

    def __len__(self) -> int:
        return -(-len(self.x) // self.recipe.batch_size)

    def __getitem__(self, i: int) -> tuple[Float32, Float32]:
        size = self.recipe.batch_size
        digits = self.x[self.order[i * size : (i + 1) * size]]
        match self.recipe.sees:
            case "corrupted":
                return noise.mixed(digits, self.random), digits
            case "coins":
                digits = binarised(digits, self.random)
            case "shifted" if self.epoch >= 2 / 5 * self.recipe.epochs:
                digits = noise.moved(digits, self.random)
        return digits, digits

    def on_epoch_end(self) -> None:
        """Shuffle."""
        self.epoch += 1
        self.order = self.random.permutation(len(self.x))


class _Watch:
    """What Keras tells while it trains: passed on, and stopped when it is no longer a number."""

    def __init__(
        self,
        nets: Nets,
        family: Family,
        epochs: int,
        steps: int,
        digits: int,
        on_epoch: Callable[[Epoch], None] | None,
        on_step: Callable[[Step, Nets], None] | None,
    ) -> None:
        self.nets, self.family = nets, family
        self.epochs, self.steps, self.digits = epochs, steps, digits
        self.on_epoch, self.on_step = on_epoch, on_step
        self.done = 0  # epochs
        self.kept_at = 0.0
        self.diverged = False

    def begin(self, _logs: object = None) -> None:
        self.kept = self.nets.learner.get_weights()
        self.started = self.looked = time.perf_counter()
        self._step(0.0, math.nan)

    def batch(self, step: int, logs: Mapping[str, Any]) -> None:
        if self.nets.top_k is not None:
            self.nets.top_k.fall((self.done + (step + 1) / self.steps) / self.epochs)
        # Before the clock says so, the loss stays where it is: to read it is to wait for it.
        if time.perf_counter() - self.looked >= progress.STEP_SECONDS:
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
        """Tell whether all codes can be decoded, as whoever reads the file will ask."""
        try:
            reach.check(weights.autoencoder(self.family, tensors(self.nets)))
        except ValueError:
            return False
        return True

    def _step(self, share: float, loss: float) -> None:
        if self.on_step is not None:
            passed, seconds = self.done + share, time.perf_counter() - self.started
            seen = round(passed * self.digits)
            self.on_step(Step(passed, self.epochs, loss, seen, seconds), self.nets)
