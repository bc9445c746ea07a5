"""From a data set to a weights file: a family by its recipe, or somebody's plan."""

from __future__ import annotations

import math
import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib.metadata import packages_distributions, version
from pathlib import Path

from ae import checked, weights
from ae.arrays import Float32
from ae.evaluation import measure
from ae.families import FAMILIES, Recipe
from ae.metadata import OWN_RECIPE, Data, Errors, Metadata, Net
from ae.mnist import Mnist
from ae.model import Model, Statistics
from ae.pca import PCA
from ae.plans import OWN, Plan
from ae.sweeps import trained_by
from ae.training.fit import fit
from ae.training.nets import Nets, tensors
from ae.training.progress import Diverged, Epoch, Kept, Step

# A plan's weights are kept, and what is usual for them measured, at most this often within an
# epoch, and then on so many digits: 0.1 s for the deep net on two busy cores.
_KEEP_SECONDS = 1.0
_GLANCE = 1000


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
    net, versions = Net.of(family, OWN_RECIPE, plan.recipe, plan.seed), _versions()

    def write(nets: Nets, passed: float, held_out: Float32) -> Errors:
        arrays = tensors(nets)
        errors, statistics = measure(weights.autoencoder(family, arrays), held_out)
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
