"""What the tests of sweeps share: digits, and trainings in which nothing learns."""

from __future__ import annotations

import hashlib
import itertools
import json
import queue
from collections.abc import Sequence
from concurrent.futures import Future

import numpy as np
import safetensors.numpy

from ae import sweeps, weights
from ae.evaluation import measure
from ae.families import FAMILIES
from ae.metadata import Metadata
from ae.mnist import VALIDATION, Mnist
from ae.sweeps import Outcome, Training
from ae.training.progress import Epoch
from ae.training.sweep import Crew


def few(train: int = 300) -> Mnist:
    """In the place of MNIST: some digits, made of bytes as MNIST's are."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (train, 28, 28), np.uint8) / np.float32(255)
    y = np.zeros(train, np.uint8)
    return Mnist(x_train=x, y_train=y, x_test=x[:100], y_test=y[:100], sha256="0" * 64)


def enough_to_choose() -> Mnist:
    """With some left to learn from, when the last are held out."""
    return few(VALIDATION + 50)


def untrained(training: Training, data: Mnist) -> Outcome:
    """Make a file of weights by chance, from the training's seed, that says what it must."""
    rng = np.random.default_rng(training.seed)
    family = sweeps.trained_by(FAMILIES[training.family], training.recipe)
    arrays = {}
    for half, widths in (("encoder", family.encoder), ("decoder", family.decoder)):
        for i, shape in enumerate(itertools.pairwise(widths)):
            arrays[f"{half}.{i}.weights"] = rng.normal(0, 0.05, shape).astype(np.float32)
            arrays[f"{half}.{i}.bias"] = np.zeros(shape[1], np.float32)
    errors, statistics = measure(weights.autoencoder(family, arrays), data.x_test)
    metadata = Metadata(
        family=training.family,
        parameters=family.parameters,
        net=training.net,
        data=training.data,
        versions={},
        test=errors,
    )
    raw = safetensors.numpy.save(
        {**arrays, **weights.statistics_tensors(statistics)},
        metadata={"facts": json.dumps(metadata.to_header())},
    )
    return Outcome(seconds=1.0 + training.seed, weights=raw, sha256=hashlib.sha256(raw).hexdigest())


class Untrained:
    """A crew that trains nothing.

    Attributes
    ----------
    asked : what it was asked for.
    diverging : seeds whose trainings diverge.
    interrupted_at : Ctrl-C is pressed in the place of this training.
    """

    def __init__(
        self, data: Mnist, *, diverging: Sequence[int] = (), interrupted_at: int | None = None
    ) -> None:
        self.data, self.diverging, self.interrupted_at = data, diverging, interrupted_at
        self.asked: list[Training] = []
        self._told: queue.SimpleQueue[tuple[str, dict[str, float]]] = queue.SimpleQueue()

    @property
    def crew(self) -> Crew:
        return Crew(self._submit, self._told)

    def _submit(self, training: Training) -> Future[Outcome]:
        self.asked.append(training)
        future: Future[Outcome] = Future()
        if len(self.asked) - 1 == self.interrupted_at:
            future.set_exception(KeyboardInterrupt())
        elif training.seed in self.diverging:
            future.set_result(Outcome(seconds=1.0, diverged=0.25))
        else:
            epoch = Epoch(1, training.recipe.epochs, 0.5, 0.25, 2.0)
            self._told.put((training.name, vars(epoch)))
            future.set_result(untrained(training, self.data))
        return future
