"""The arithmetic of one frame while a line is drawn: strokes, normal form, network, pictures.

It runs in node, which is Chromium's V8 without a page. `latency.py --live` measures it with all
that a page does besides.
"""

from __future__ import annotations

from pathlib import Path

from _node import measure
from _report import Row, count, median, p95, parser, publish_grid, run

import ae
from ui.components import network

PLACES = (50, 200, 1_000, 5_000)  # of the pen; each makes four lines
LONG = 1_000
USUAL, SCRIBBLE = 3, 8  # ms for a whole frame


def main() -> None:
    options = parser(__doc__, keras=False)
    options.add_argument("--model", choices=ae.FAMILIES, default="deep", help="default: deep")
    options.add_argument("--repeats", type=count, default=300, help="frames (default: 300)")
    arguments = options.parse_args()
    frames: list[list[dict[str, float]]] = measure(
        Path(__file__).with_suffix(".mjs"),
        network.pack(ae.load(arguments.model)),
        arguments.repeats,
        *PLACES,
    )
    grid = {f"{n:,}": _rows(n, times) for n, times in zip(PLACES, frames, strict=True)}
    notes = [
        f"{arguments.repeats} frames of one line, with the model {arguments.model}. A usual drawing"
        f" may take {USUAL} ms, one of {LONG:,} places and more {SCRIBBLE}."
    ]
    publish_grid("places of the pen", grid, notes, markdown=arguments.markdown)


def _rows(places: int, frames: list[dict[str, float]]) -> list[Row]:
    def times(part: str) -> list[float]:
        return [frame[part] for frame in frames]

    target = SCRIBBLE if places >= LONG else USUAL
    return [
        Row("normal form", median(times("form")), digits=2),
        Row("network", median(times("network")), digits=2),
        Row("pictures", median(times("pictures")), digits=2),
        Row("whole frame, median", median(times("whole")), target=target, digits=2),
        Row("p95", p95(times("whole")), digits=2),
    ]


if __name__ == "__main__":
    run(main)
