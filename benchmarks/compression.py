"""How long a digit takes to compress and to come back, and the picture of what that costs.

    python benchmarks/compression.py
    python benchmarks/compression.py --table
    python benchmarks/compression.py --chart docs/compression.svg
    python benchmarks/compression.py --tried deep

The times are of one process: many digits at once, as `python -m ae compress` has them, and one
alone, as a page has it. The digits are 600 that people wrote with a pen on tablets, or the samples
where $AE_PEN_DIGITS names none: other hands than those that the priors know.

`--table` and `--chart` measure nothing: they show what is in `weights/compression.safetensors`.
`--tried` compares what was considered, one thing after the other, over MNIST's test digits; it fits
priors, which takes minutes.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import os
import platform
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

import numpy as np
from forward import measure, show
from scipy.special import gammaln

# A script's own folder is on the path, the repository is not.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import ae
from ae import atomic, compression
from ae.cli import report
from ae.compression import Prior, coding, fitting, measured, search
from ae.compression.measured import Table
from ae.compression.mixture import Mixture
from ae.families import FAMILIES
from ui import colours

BITS = 5


def times(name: str, digits: np.ndarray) -> list[str]:
    """Write a row: milliseconds per digit of each step, and of one digit alone."""
    model = ae.load(name)
    prior = compression.prior_of(model)
    ticks = [time.perf_counter()]
    symbols = search.encode(model, prior, digits, BITS)
    ticks.append(time.perf_counter())
    raw = coding.encode(symbols, prior, BITS)
    ticks.append(time.perf_counter())
    coding.decode(raw, prior, BITS, len(digits))
    ticks.append(time.perf_counter())
    error = np.square(model.decode(prior.grid(BITS).values(symbols)) - digits).mean()
    each = [(after - before) / len(digits) * 1e3 for before, after in pairwise(ticks)]
    median, late = measure(lambda: compression.squeeze(model, prior, digits[0], BITS), 100)
    took = [*(f"{ms:.2f}" for ms in each), f"{median:.0f}", f"{late:.0f}"]
    return [name, *took, f"{len(raw) / len(digits):.1f}", f"{error:.4f}"]


def by_other_hands() -> np.ndarray:
    """Digits that are not MNIST's, in its form: (n, 28, 28)."""
    drawn: Iterable[list[np.ndarray]] = ae.samples.SAMPLES.values()
    if path := os.environ.get("AE_PEN_DIGITS"):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            drawn = [[np.array(s) for s in one["strokes"]] for one in json.load(file)]
    return np.stack([ae.drawing.from_strokes(strokes) for strokes in drawn])


# What was tried


def tried(name: str, data: ae.mnist.Mnist) -> Iterator[list[str]]:
    """Write a row for each way: the grid, the probabilities, the codes; bytes and error."""
    model = ae.load(name)
    x, test = data.x_train[: fitting.DIGITS].reshape(-1, 784), data.x_test.reshape(-1, 784)
    learnt, guessed = model.encode(x), model.encode(test)
    shipped = compression.prior_of(model)
    low, high = learnt.min(axis=0), learnt.max(axis=0)
    apart = np.maximum((high - low) / (2**BITS - 1), 1e-9)
    from_low = np.rint((learnt - low) / apart), np.rint((guessed - low) / apart).clip(0, 31)
    plain, equal = (a.astype(int) for a in from_low), shipped.grid(BITS)
    steps = [equal.round(z) for z in (learnt, guessed)]

    def row(grid: str, prior: str, codes: str, bits: float, z: np.ndarray) -> list[str]:
        error = np.square(model.decode(z).reshape(test.shape) - test).mean()
        return [grid, prior, codes, f"{bits / 8:.2f}", f"{error:.5f}"]

    before, after = plain
    rounded = (after * apart + low).astype(np.float32)
    yield row("min to max", "a histogram each", "guessed", histogram(before, after), rounded)
    before, after = steps
    values = equal.values(after)
    yield row("equal effect", "a histogram each", "guessed", histogram(before, after), values)
    yield row("equal effect", "adaptive", "guessed", adaptive(after), values)
    for components in (1, 16):
        ends = (shipped.low, shipped.high, shipped.effect)
        prior = Prior.packed(*ends, Mixture.fit(learnt, components))
        bits = coding.cost(after, prior, BITS).mean()
        yield row("equal effect", f"{components} normal", "guessed", bits, values)
    for components in (1, 16, 32):
        prior = fitting.fit(model, x, components)
        found = search.encode(model, prior, test, BITS)
        bits = coding.cost(found, prior, BITS).mean()
        codes = prior.grid(BITS).values(found)
        yield row("equal effect", f"{components} normal", "searched", bits, codes)


def histogram(learnt: np.ndarray, sent: np.ndarray) -> float:
    """Bits per code if each number's probabilities are how often it had each value before."""
    bits = 0.0
    for before, now in zip(learnt.T, sent.T, strict=True):
        counts = np.bincount(before, minlength=now.max() + 1) + 0.05
        bits -= np.log2(counts[now] / counts.sum()).mean()
    return bits


def adaptive(sent: np.ndarray) -> float:
    """Bits per code if they are how often it had each value among the digits sent so far."""
    bits = 0.0
    for now in sent.T:
        counts = np.bincount(now)
        half = np.full(len(counts), 0.5)  # Krichevsky & Trofimov, 1981
        each = gammaln(counts + half) - gammaln(half)
        total = gammaln(len(now) + half.sum()) - gammaln(half.sum())
        bits += (total - each.sum()) / np.log(2) / len(now)
    return bits


# The chart


class Point(NamedTuple):
    """Bytes per digit and error per pixel, and what stands beside the point and under the mouse."""

    bytes: float
    mse: float
    label: str
    told: str


class Line(NamedTuple):
    """Points of one model or format; dashed where each digit has a file of its own."""

    title: str
    colour: str
    points: list[Point]
    dashed: bool = False


WIDTH, HEIGHT = 880, 600
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 16, 52
BYTES, ERROR = (0.8, 400.0), (0.0012, 0.08)
TICKS = {"x": (1, 2, 5, 10, 20, 50, 100, 200), "y": (0.002, 0.005, 0.01, 0.02, 0.05)}
GREY = "#7F8C91"
STYLE = """\
svg { --st-text-color: #1B2A30; --ground: #FBFBF9; background: var(--ground); }
text { fill: var(--st-text-color); font: 13px system-ui, sans-serif; }
.small { font-size: 10px; }
.title { font-weight: 600; paint-order: stroke; stroke: var(--ground); stroke-width: 2px; }
@media (prefers-color-scheme: dark) { svg { --st-text-color: #E8EDEE; --ground: #10171B; } }"""


def chart(table: Table) -> str:
    """Draw bytes against error, both on logarithmic axes, as an SVG for both themes."""
    drawn = list(lines(table))
    what = f"Bytes per digit against squared error per pixel, {table.digits:,} test digits"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
            f"<title>{what}</title>",
            f"<style>{STYLE}</style>",
            *_axes(),
            *(part for line in drawn for part in _drawn(line)),
            *_legend(line for line in drawn if line.points[0].label),
            "</svg>",
            "",
        ]
    )


def lines(table: Table) -> Iterator[Line]:
    """Give what is drawn: each model's bits, each format's qualities on sheets and in files."""
    for name in table.decoders:
        title = FAMILIES[name].title if name in FAMILIES else "PCA"
        points = [
            Point(r.bytes, r.mse, str(r.bits), f"{title}, {r.bits} bits")
            for r in table.ladder(name)
        ]
        yield Line(title, colours.of(name), points)
    formats = dict.fromkeys(p.format for p in table.pictures if p.quality is not None)
    for format in formats:
        tried = [p for p in table.pictures if p.format == format]
        told = [f"{format}, quality {p.quality}" for p in tried]
        sheets = [Point(p.bytes, p.mse, "", t) for p, t in zip(tried, told, strict=True)]
        alone = [Point(p.alone, p.alone_mse, "", t) for p, t in zip(tried, told, strict=True)]
        yield Line(f"{format}, sheets", GREY, sheets)
        yield Line(f"{format}, files", GREY, alone, dashed=True)


def _drawn(line: Line) -> Iterator[str]:
    points = [p for p in line.points if _within(p.bytes, BYTES) and _within(p.mse, ERROR)]
    if not points:
        return
    places = [(_x(p.bytes), _y(p.mse)) for p in points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    dashes = ' stroke-dasharray="2 4"' if line.dashed else ""
    style = f'fill="none" stroke="{line.colour}" stroke-width="2"{dashes}'
    yield f'<polyline points="{path}" {style}/>'
    for point, (x, y) in zip(points, places, strict=True):
        told = f"{point.told}: {point.bytes:.1f} bytes, MSE {point.mse:.4f}"
        yield (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{line.colour}">'
            f"<title>{escape(told)}</title></circle>"
        )
        if point.label:
            yield f'<text class="small" x="{x + 5:.1f}" y="{y - 4:.1f}">{point.label}</text>'
    if not points[0].label:
        x, y = places[0]
        yield f'<text class="title" x="{x + 9:.1f}" y="{y + 4:.1f}">{escape(line.title)}</text>'


def _legend(models: Iterable[Line]) -> Iterator[str]:
    """Name the models' lines, which meet too often for names beside them, where nothing is."""
    x, y = _x(90), TOP + 24
    for i, line in enumerate(models):
        row = y + 20 * i
        yield f'<circle cx="{x:.1f}" cy="{row}" r="5" fill="{line.colour}"/>'
        yield f'<text class="title" x="{x + 14:.1f}" y="{row + 4}">{escape(line.title)}</text>'


def _axes() -> Iterator[str]:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    for value in TICKS["x"]:
        x = _x(value)
        yield _rule(x, TOP, x, bottom)
        yield f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{value}</text>'
    for value in TICKS["y"]:
        y = _y(value)
        yield _rule(LEFT, y, right, y)
        yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value}</text>'
    middle = (LEFT + right) / 2
    yield f'<text x="{middle}" y="{HEIGHT - 12}" text-anchor="middle">bytes per digit</text>'
    turned = f'transform="translate(14 {(TOP + bottom) / 2}) rotate(-90)"'
    yield f'<text {turned} text-anchor="middle">squared error per pixel</text>'


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{GREY}" stroke-opacity="0.3"/>'


def _within(value: float, ends: tuple[float, float]) -> bool:
    return ends[0] <= value <= ends[1]


def _x(value: float) -> float:
    return LEFT + _share(value, BYTES) * (WIDTH - LEFT - RIGHT)


def _y(value: float) -> float:
    return HEIGHT - BOTTOM - _share(value, ERROR) * (HEIGHT - TOP - BOTTOM)


def _share(value: float, ends: Sequence[float]) -> float:
    return math.log(value / ends[0]) / math.log(ends[1] / ends[0])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--table", action="store_true", help="print what was measured")
    parser.add_argument("--chart", type=Path, metavar="FILE.svg", help="draw what was measured")
    parser.add_argument("--tried", choices=ae.MODELS, metavar="NAME", help="of one model; minutes")
    options = parser.parse_args()
    if options.tried:
        head = ["values", "probabilities", "codes", "bytes", "MSE"]
        show([head, *tried(options.tried, ae.mnist.load())])
        return
    if options.table:
        print(report.of_compression(measured.load()))
        return
    if options.chart is not None:
        atomic.write(options.chart, chart(measured.load()).encode())
        return
    load = os.getloadavg()[0]
    digits = by_other_hands()
    print(
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, numpy {version('numpy')}, "
        f"constriction {version('constriction')}; load average before the run {load:.1f}. "
        f"Milliseconds per digit at {BITS} bits, of {len(digits)} digits at once; of one alone, "
        "there and back.\n"
    )
    head = ["model", "search", "to bytes", "from bytes", "one, median", "p95", "bytes", "MSE"]
    show([head, *(times(name, digits) for name in ae.MODELS)])


if __name__ == "__main__":
    main()
