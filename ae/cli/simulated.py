"""What ``simulate`` prints: what three ways make of made data, or how a net's starts end."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from ae.arrays import Float32
from ae.cli.report import aligned
from ae.simulations import TWICE, Net, Result, Simulation, converge

_TITLES = {"pca": "PCA", "linear": "linear autoencoder", "curved": "curved autoencoder"}


def results_as_text(made: Simulation, points: Float32, results: Mapping[str, Result]) -> str:
    """Give a table of the errors, for people."""
    rows = [
        (
            _TITLES[name],
            "-".join(map(str, result.model.widths)) if isinstance(result.model, Net) else "",
            f"{result.error:.5f}",
            f"{result.errors.max():.5f}",
            f"{result.from_truth:.5f}",
        )
        for name, result in results.items()
    ]
    head = ("", "layers", "error", "largest", "from the truth")
    noise = made.from_truth(points).mean()
    return "\n".join(
        [
            *aligned([head, *rows], words=2),
            "",
            _what(made, points),
            "Errors are squared distances between a point and its reconstruction: the mean, and",
            "the largest. The last column is the reconstructions' mean from the truth; noise has",
            f"put the points themselves {noise:.5f} from it.",
        ]
    )


def starts_as_text(made: Simulation, points: Float32, losses: Sequence[float]) -> str:
    """Give a table of the errors that starts end with, for people, and how many converge."""
    fates = converge(losses)
    rows = [
        (str(seed), f"{loss:.5f}", "yes" if converges else "no")
        for seed, (loss, converges) in enumerate(zip(losses, fates, strict=True))
    ]
    return "\n".join(
        [
            *aligned([("start", "error", "converges"), *rows], words=0),
            "",
            _what(made, points),
            f"{sum(fates)} of {len(fates)} starts converge: their error ends below {TWICE:g} times "
            f"that of the best one, {min(losses):.5f}.",
        ]
    )


def results_as_json(made: Simulation, points: Float32, results: Mapping[str, Result]) -> str:
    """Give the same in full, for programs, with each point and its error."""
    record = {
        name: {
            "error": result.error,
            "from_truth": result.from_truth,
            "errors": result.errors.tolist(),
        }
        for name, result in results.items()
    }
    return _json(made, points, {"results": record})


def starts_as_json(made: Simulation, points: Float32, losses: Sequence[float]) -> str:
    """Give the same in full, for programs."""
    fates = converge(losses)
    starts = {"errors": losses, "converge": fates, "share": sum(fates) / len(fates)}
    return _json(made, points, {"starts": starts})


def _what(made: Simulation, points: Float32) -> str:
    numbers = "1 number" if made.code_size == 1 else f"{made.code_size} numbers"
    return f"{len(points):,} points in {made.dimensions} dimensions, squeezed to {numbers} each."


def _json(made: Simulation, points: Float32, measured: Mapping[str, object]) -> str:
    record = {"name": made.name, "code_size": made.code_size, "points": points.tolist(), **measured}
    return json.dumps(record, allow_nan=False)
