"""From a data set to a weights file: a family by its recipe, or somebody's plan."""

from __future__ import annotations

import math
import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib.metadata import packages_distributions, version
from pathlib import Path

from ae import checked, moving_map, weights
from ae.arrays import Float32
from ae.evaluation import dead_units, measure
from ae.families import FAMILIES, Recipe
from ae.metadata import OWN_RECIPE, Data, Errors, Metadata, Net
from ae.mnist import Mnist
from ae.model import Autoencoder, Model, Statistics
from ae.pca import PCA
from ae.plans import OWN, Plan
from ae.sweeps import trained_by
from ae.training.fit import fit
from ae.training.nets import Nets, tensors
from ae.training.progress import Diverged, Epoch, Kept, Step

# A plan's weights are kept, and what is usual for them measured, at most this often within an
# epoch: 0.1 s for the deep net on two busy cores.
_KEEP_SECONDS = 1.0
# But at these shares of all the work a part of that is enough, so that what is over in a moment can
# be watched too. They lie closer together in the beginning, where most happens.
_SHARES = tuple((i / 16) ** 2 for i in range(1, 17))
_SOON = 0.05


def produce(
    name: str,
    data: Mnist,
    *,
    recipe: str = "best",
    settings: Recipe | None = None,
    epochs: int | None = None,
    seed: int = 0,
    out: Path = checked.FOLDER,
    on_epoch: Callable[[Epoch], None] | None = None,
    on_step: Callable[[Step], None] | None = None,
) -> tuple[Path, Errors]:
    """Train (or, for "pca", fit) one model on all of MNIST, measure it, and write its file.

    Parameters
    ----------
    name : of a family, or "pca".
    recipe : "best" or "tutorial"; ``settings`` replace the recipe's, ``epochs`` override them.
    out : folder that gets the file and its ``SHA256SUMS``.

    Returns
    -------
    The file's path, and the errors over the test digits that it now says of itself.
    """
    path = weights.locate(name, recipe, out)
    path.parent.mkdir(parents=True, exist_ok=True)  # fails now, not after half an hour
    model: Model
    arrays: dict[str, weights.Array]
    if name == PCA.name:
        model = pca = PCA.fit(data.x_train)
        arrays = {"mean": pca.mean, "components": pca.components}
        net, parameters = None, pca.mean.size + pca.components.size
    else:
        family = FAMILIES[name]
        if settings is None:
            settings = family.recipes[recipe]
        else:
            family = trained_by(family, settings)
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
        # Measured is what the file keeps.
        arrays = weights.narrowed(tensors(nets), family)
        model = weights.autoencoder(family, weights.widened(arrays, family))
        net, parameters = Net.of(family, recipe, settings, seed), family.parameters
    errors, statistics = measure(model, data.x_test)
    metadata = Metadata(
        family=name,
        parameters=parameters,
        net=net,
        data=_described(data, len(data.x_train)),
        versions=_versions(),
        test=errors,
    )
    _save(path, arrays, statistics, metadata, root=out)
    return path, errors


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
        each epoch, about each second within one, and more often in a training that takes few, so
        that one that is stopped leaves what it had learnt.
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
    glance = data.x_test[: moving_map.MOST]
    written, due = -math.inf, 0.0
    places: Float32 | None = None
    net, versions = Net.of(family, OWN_RECIPE, plan.recipe, plan.seed), _versions()

    def write(nets: Nets, passed: float, held_out: Float32) -> tuple[Autoencoder, Errors]:
        arrays = tensors(nets)
        model = weights.autoencoder(family, arrays)
        errors, statistics = measure(model, held_out)
        metadata = Metadata(
            family=OWN,
            parameters=family.parameters,
            net=net,
            data=_described(data, len(train)),
            versions=versions,
            test=errors,
            tested=len(held_out),
            epochs=passed,
        )
        _save(path, arrays, statistics, metadata, root=out)
        return model, errors

    def keep(step: Step, nets: Nets) -> None:
        nonlocal written, due, places
        if on_step is not None:
            on_step(step)
        share = step.passed / step.of
        pause = _KEEP_SECONDS * (_SOON if share >= due else 1)
        if step.passed % 1 and time.perf_counter() - written < pause:
            return
        model, errors = write(nets, step.passed, glance)
        written = time.perf_counter()
        due = next((later for later in _SHARES if later > share), math.inf)
        if on_kept is not None:
            places = moving_map.places(model.encode(glance), places)
            dead = dead_units(model, glance)
            on_kept(Kept(path, step.passed, errors, dead, places, data.y_test[: len(glance)]))

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
    _, errors = write(nets, float(plan.recipe.epochs), data.x_test)
    return path, errors


def _described(data: Mnist, digits: int) -> Data:
    return Data(name=data.name, sha256=data.sha256, digits=digits)


def _save(
    path: Path,
    arrays: Mapping[str, weights.Array],
    statistics: Statistics,
    metadata: Metadata,
    root: Path,
) -> None:
    tensors = {**arrays, **weights.statistics_tensors(statistics)}
    checked.save(path, tensors, metadata.to_header(), root=root)


def _versions() -> Mapping[str, str]:
    """Say what did the arithmetic; TensorFlow's CPU build is a distribution of its own."""
    installed = packages_distributions()
    names = {"tensorflow": installed["tensorflow"][0], "keras": "keras", "numpy": "numpy"}
    versions = {package: version(name) for package, name in names.items()}
    return {"python": platform.python_version(), **versions}
