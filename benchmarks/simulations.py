"""A whole training on made data, as the page does it: a linear and a curved net, a thousand epochs.

It runs in node, which is Chromium's V8 without a page. Milliseconds are the processor's own.
"""

from __future__ import annotations

import time
from pathlib import Path

from _node import measure
from _report import Row, count, median, p95, parser, publish_grid, run

from ae.simulations import EPOCHS, KINDS, POINTS, SIMULATIONS, Simulation, Training
from ui.components import simulation
from ui.text import translator

SECOND = 1_000  # ms


def main() -> None:
    options = parser(__doc__, keras=False)
    options.add_argument("--repeats", type=count, default=20, help="trainings (default: 20)")
    arguments = options.parse_args()
    measured: list[list[list[float]]] = measure(
        Path(__file__).with_suffix(".mjs"),
        simulation.pack(translator("en"), next(iter(SIMULATIONS))),
        arguments.repeats,
        simulation.MOST,
    )
    grid = {
        made.name: [
            Row(f"{POINTS} points", median(usual), target=SECOND),
            Row("p95", p95(usual), target=SECOND),
            Row(f"{simulation.MOST} points", median(most), target=SECOND),
            Row(f"NumPy, {POINTS} points", _in_numpy(made)),
        ]
        for made, (usual, most) in zip(SIMULATIONS.values(), measured, strict=True)
    }
    notes = [
        f"{EPOCHS:,} epochs of both nets, milliseconds of the processor, median of"
        f" {arguments.repeats} trainings (in NumPy of 3). A visitor can draw up to"
        f" {simulation.MOST} points."
    ]
    publish_grid("data", grid, notes, markdown=arguments.markdown)


def _in_numpy(made: Simulation) -> float:
    points, times = made.points(), []
    for _ in range(3):
        began = time.process_time()
        for kind in KINDS:
            Training(made.start(kind), points).run()
        times.append(1_000 * (time.process_time() - began))
    return median(times)


if __name__ == "__main__":
    run(main)
