"""MNIST's test digits, redrawn from what ships, for whoever has not got the data set.

Of each of its 5,000 digits the atlas has 100 principal components, and the deep net's code. What
the net draws of the code is moved to where its first 100 components are the digit's own: squared
error 0.0022, where the net alone comes to 0.0045 and the components alone to 0.0047.

How near another net's codes of such digits come to those of the real ones is measured by
``python benchmarks/own_map.py --write``, which writes the file that `measured` reads.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ae import checked, facts, latent, weights
from ae.arrays import PIXELS, SIDE, Float32
from ae.atlas import COMPONENTS, DIGITS, FILE, NEIGHBOURS, Atlas
from ae.latent import Digits
from ae.model import Autoencoder, Model
from ae.pca import PCA

FIGURES = Path(__file__).with_name("redrawn.json")
NET = "deep"
"""The net that draws what the components leave out."""

_BATCH = 1000  # digits at a time, 3 MB


class Agreement(NamedTuple):
    """How well a map of redrawn digits stands for the map of the real ones, for one net.

    Attributes
    ----------
    units : numbers of the net's code.
    distance : median distance of a redrawn digit's code from the real one's, as a share of the
        usual distance between two codes.
    kept : share of a digit's ten neighbours on the map that are the same.
    same : share of the digits whose nearest neighbour is of the same digit on both maps.
    """

    units: int
    distance: float
    kept: float
    same: float


def digits(atlas: Atlas, pca: PCA, net: Model | None) -> Iterator[Float32]:
    """Redraw the atlas's digits: batches of float32 (n, 28, 28) in [0, 1], 5,000 together.

    Parameters
    ----------
    pca : with at least 100 components, as ``ae.facts`` has it.
    net : ``ae.load(NET)``; without it, or without its map, the components alone are drawn.
    """
    known = pca.components[:COMPONENTS]  # (100, 784)
    for start in range(0, DIGITS, _BATCH):
        batch = slice(start, start + _BATCH)
        if net is None or net.name not in atlas.maps:
            drawn = np.tile(pca.mean, (_BATCH, 1))
        else:
            drawn = net.decode(atlas.maps[net.name].codes[batch]).reshape(-1, PIXELS)
        missing = atlas.pixels[batch] - (drawn - pca.mean) @ known.T  # (n, 100)
        x: Float32 = np.clip(drawn + missing @ known, 0, 1)
        yield x.reshape(-1, SIDE, SIDE)


def codes(model: Autoencoder, atlas: Atlas, pca: PCA, net: Model | None) -> Float32:
    """Encode them: (5000, units)."""
    return np.concatenate([model.encode(batch) for batch in digits(atlas, pca, net)])


def agreement(true: Float32, redrawn: Float32, others: Float32, of: Digits) -> Agreement:
    """Compare the codes of the real digits with those of the redrawn ones.

    Parameters
    ----------
    true, redrawn : (5000, units), whose digits are ``of``, (5000,).
    others : (n, units), codes of digits whose neighbours are looked for in both.
    """
    near, near_redrawn = (latent.neighbours(z, others, NEIGHBOURS)[0] for z in (true, redrawn))
    off = np.linalg.norm(redrawn - true, axis=1)
    return Agreement(
        true.shape[1],
        float(np.median(off)) / (latent.typical_distance(true) or 1.0),
        float((near[:, :, None] == near_redrawn[:, None]).any(axis=2).mean()),
        float((of[near[:, 0]] == of[near_redrawn[:, 0]]).mean()),
    )


def write(nets: Mapping[str, Agreement], path: Path = FIGURES) -> None:
    """Write what was measured, with the names of the files on which that depends."""
    listed = checked.sums(checked.FOLDER)
    files = {name: listed[name] for name in _depends()}
    measured = {
        net: {name: round(figure, 4) for name, figure in agreement._asdict().items()}
        for net, agreement in nets.items()
    }
    path.write_text(json.dumps({"files": files, "nets": measured}, indent=2) + "\n")


def measured(folder: str | os.PathLike[str] | None = None) -> Mapping[str, Agreement]:
    """Give what was measured, net -> figures; nothing if what ships has changed since."""
    known: Mapping[str, Any] = json.loads(FIGURES.read_text(encoding="utf-8"))
    root = checked.root_of(folder)
    if not all(checked.unchanged(root / name, known["files"], root) for name in _depends()):
        return {}
    return {net: Agreement(**figures) for net, figures in known["nets"].items()}


def measured_for(units: int) -> Agreement | None:
    """Give what was measured with nets whose code is most like one of so many numbers.

    Of two with codes of the same size, the figures that are worse.
    """
    nets = measured().values()
    if not nets:
        return None
    size = min((net.units for net in nets), key=lambda n: abs(np.log(n / units)))
    alike = [net for net in nets if net.units == size]
    return Agreement(
        size,
        max(net.distance for net in alike),
        min(net.kept for net in alike),
        min(net.same for net in alike),
    )


def _depends() -> tuple[str, ...]:
    return FILE, facts.FILE, weights.locate(NET).name
