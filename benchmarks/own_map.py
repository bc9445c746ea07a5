"""How well redrawn digits stand for MNIST's own on the map of a net that a visitor has trained.

Some nets are trained for two epochs each, as by the Train page's first preset. Each encodes the
5,000 test digits of the map, and the same digits redrawn from what ships (``ae/redrawn.py``); the
other 5,000 look for their neighbours among both. With ``--write`` the page tells the figures.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the project is not installed

from _report import Row, parser, publish_grid, run, say

import ae
from ae import atlas, evaluation, facts, mnist, plans, redrawn, weights
from ae.mnist import Mnist
from ae.model import Autoencoder
from ae.redrawn import Agreement

NETS = (
    *(("shallow", 8), ("shallow", 32), ("sparse", 20)),
    *(("deep", 2), ("deep", 8), ("deep", 16), ("deep", 32), ("deep", 64)),
)
FAR = 10  # % of the usual distance, at most


def main() -> None:
    options = parser(__doc__, keras=False)
    options.add_argument("--data", help="MNIST, a .npz as Keras has it")
    options.add_argument(
        "--write", action="store_true", help="write ae/redrawn.json, which the page reads"
    )
    arguments = options.parse_args()
    data = mnist.load(arguments.data)
    shipped, pca, net = atlas.load(), facts.load().ladder.pca, ae.load(redrawn.NET)
    real, others = data.x_test[: atlas.DIGITS], data.x_test[atlas.DIGITS :]
    pictures = np.concatenate([*redrawn.digits(shipped, pca, net)])
    measured: dict[str, Agreement] = {}
    for like, size in NETS:
        name = f"{like}, {size} numbers"
        say(name)
        model = _trained(like, size, data)
        codes = (model.encode(x) for x in (real, pictures, others))
        measured[name] = redrawn.agreement(*codes, shipped.digits)
    if arguments.write:
        redrawn.write(measured)
    grid = {name: _rows(one) for name, one in measured.items()}
    error = evaluation.mse(real, pictures).mean()
    alone = evaluation.mse(real, net.reconstruct(real)).mean()
    notes = [
        f"The redrawn digits have a squared error of {error:.4f}, where the {net.name} net's own"
        f" reconstructions have {alone:.4f}.",
        "The usual distance is the median one between the codes of two digits.",
    ]
    publish_grid("net, two epochs", grid, notes, markdown=arguments.markdown)


def _trained(like: str, size: int, data: Mnist) -> Autoencoder:
    from ae.training.produce import carry_out

    plan = replace(plans.preset("seconds", like), code_size=size)
    with tempfile.TemporaryDirectory() as folder:
        path, _errors = carry_out(plan, data, Path(folder))
        return weights.load_own(path)


def _rows(one: Agreement) -> list[Row]:
    return [
        Row("off by, of the usual distance", 100 * one.distance, unit="%", target=FAR, digits=1),
        Row("of ten neighbours the same", 100 * one.kept, unit="%", digits=1),
        Row("nearest is of the same digit", 100 * one.same, unit="%", digits=1),
    ]


if __name__ == "__main__":
    run(main)
