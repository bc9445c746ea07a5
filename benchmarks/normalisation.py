"""How near a drawing comes to MNIST's digits, normalised and plainly resized.

600 digits that people wrote with a pen on tablets are put on a canvas at random size (35-100 % of
it) and place, as visitors do, and go through both routes; then the same digits as pictures.

    python benchmarks/normalisation.py [--data mnist.npz] [--pen pen_digits.json.gz]
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import sys
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the project is not installed

import ae
from ae.drawing import from_image, from_strokes

CANVAS = 280
PEN = 20
# (side, pen) in pixels: a thumbnail, the app's canvas, a fine pen, a felt-tip, a page.
PICTURES = ((64, 4), (280, 20), (280, 8), (400, 40), (1500, 6))


class Figures(NamedTuple):
    """What is held against MNIST, each over a batch (n, 28, 28). Inked means above 0."""

    box_is_20: float  # share of digits whose longest inked side is 20 pixels
    off_centre: float  # the largest distance, on either axis, of a centre of mass from pixel 14
    ink: float  # mean sum of values
    soft: float  # of the pixels above 0.1, the share below 0.9
    error: float  # the shallow model's MSE over its MSE on MNIST's test digits
    known: float  # share that a nearest neighbour over MNIST's 60,000 training digits recognises


LABELS = (
    "longest inked side is 20 px",
    "centre of mass off (14, 14), at most",
    "mean ink",
    "share of soft pixels",
    "shallow model's MSE / its test MSE",
    "1-nearest-neighbour recognises",
)
TARGETS = (">= 99 %", "<= 0.52", "103.9 ± 5 %", "0.489 ± 0.07", "<= 1.05", ">= 92 %")
FORMATS = ("{:.1%}", "{:.2f}", "{:.1f}", "{:.3f}", "{:.2f}", "{:.1%}")


class Judge:
    """MNIST, a nearest neighbour over it and the shallow model."""

    def __init__(self, data):
        self.train = data.x_train.reshape(-1, 784)
        self.squares = (self.train**2).sum(axis=1)
        self.labels = data.y_train
        try:
            self.model = ae.load("shallow")
        except ae.WeightsError as error:
            print(f"without the shallow model: {error}", file=sys.stderr)
            self.model = None
        self.test_error = self.mse(data.x_test)

    def mse(self, x):
        if self.model is None:
            return float("nan")
        return float(((self.model.reconstruct(x) - x) ** 2).mean())

    def known(self, x, digits):
        nearest = [
            (self.squares - 2 * part @ self.train.T).argmin(axis=1)
            for part in np.array_split(x.reshape(-1, 784), -(-len(x) // 200))
        ]
        return float((self.labels[np.concatenate(nearest)] == digits).mean())

    def __call__(self, x, digits):
        return Figures(
            box_is_20=float(np.mean([longest_side(digit) == 20 for digit in x])),
            off_centre=float(np.abs(centres_of_mass(x) - 14).max()),
            ink=float(x.sum(axis=(1, 2)).mean()),
            soft=float(((x > 0.1) & (x < 0.9)).sum() / (x > 0.1).sum()),
            error=self.mse(x) / self.test_error,
            known=self.known(x, digits),
        )


def longest_side(digit):
    rows, columns = np.nonzero(digit)
    return max(np.ptp(rows), np.ptp(columns)) + 1


def centres_of_mass(x):
    index = np.arange(28)
    return np.stack([x.sum(1) @ index, x.sum(2) @ index], axis=1) / x.sum((1, 2))[:, None]


def placed(strokes, rng, side, pen):
    """Put strokes on a square canvas, at 35-100 % of what a pen of this width leaves of it."""
    points = np.concatenate(strokes)
    room = side - pen - 2
    longest = rng.uniform(0.35, 1) * room
    factor = longest / np.ptp(points, axis=0).max()
    shift = (side - room) / 2 + rng.uniform(0, room - longest, 2)
    return [(stroke - points.min(axis=0)) * factor + shift for stroke in strokes]


def picture(strokes, side, pen):
    """Dark ink on light paper, drawn four times as fine and reduced unless the sheet is large."""
    fine = 4 if side < 1000 else 1
    image = Image.new("L", (side * fine, side * fine), 245)
    draw = ImageDraw.Draw(image)
    for stroke in strokes:
        points = [(float(x) * fine, float(y) * fine) for x, y in stroke]
        draw.line(points, fill=25, width=pen * fine)
        for x, y in points:
            r = pen * fine / 2
            draw.ellipse((x - r, y - r, x + r, y + r), fill=25)
    return image.reduce(fine) if fine > 1 else image


def compare_strokes(judge, data, strokes, digits, seed):
    rng = np.random.default_rng(seed)
    # Whole pixels, as the mouse gives them.
    canvases = [[np.rint(s) for s in placed(digit, rng, CANVAS, PEN)] for digit in strokes]
    start = time.perf_counter()
    normal = np.array([from_strokes(digit, CANVAS) for digit in canvases])
    each = (time.perf_counter() - start) / len(canvases)
    plain = np.array([from_strokes(digit, CANVAS, normalise=False) for digit in canvases])
    thirds = np.array([from_strokes([s / 3 for s in digit], CANVAS) for digit in canvases])

    columns = (judge(normal, digits), judge(plain, digits), judge(data.x_test, data.y_test))
    row = "{:<38}{:>14}{:>14}{:>14}{:>16}".format
    print(row("strokes", "normalised", "plain resize", "MNIST's test", "target"))
    for label, form, target, *values in zip(LABELS, FORMATS, TARGETS, *columns, strict=True):
        print(row(label, *(form.format(value) for value in values), target))
    difference = f"{np.abs(normal - thirds).mean():.4f}"
    print(row("mean difference at a third of the size", difference, "", "", "<= 0.02"))
    print(row("milliseconds per drawing", f"{each * 1e3:.2f}", "", "", "<= 2"))
    return normal


def compare_pictures(judge, strokes, digits, normal):
    row = "{:<38}{:>14}{:>14}{:>14}{:>16}".format
    print()
    print(row("pictures", "recognised", "plain resize", "mean ink", "from strokes"))
    for side, pen in PICTURES:
        rng = np.random.default_rng(side + pen)
        images = [picture(placed(digit, rng, side, pen), side, pen) for digit in strokes]
        x = np.array([from_image(image) for image in images])
        plain = np.array([from_image(image, normalise=False) for image in images])
        known = (f"{judge.known(batch, digits):.1%}" for batch in (x, plain))
        difference = f"± {np.abs(x - normal).mean():.4f}"
        print(row(f"{side} px, pen {pen}", *known, f"{x.sum() / len(x):.1f}", difference))


def fail(message):
    print(f"normalisation: {message}", file=sys.stderr)
    raise SystemExit(2)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", help="MNIST, a .npz as Keras has it (default: as ae.mnist.load)")
    parser.add_argument(
        "--pen",
        default=os.environ.get("AE_PEN_DIGITS"),
        help="the pen digits, a .json.gz (default: $AE_PEN_DIGITS)",
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="of the drawings' places and sizes (default: 0)"
    )
    options = parser.parse_args()
    if not options.pen:
        fail("no pen digits: name their file with --pen or in $AE_PEN_DIGITS")
    try:
        with gzip.open(options.pen, "rt", encoding="utf-8") as file:
            entries = json.load(file)
        strokes = [[np.array(s, float) for s in entry["strokes"]] for entry in entries]
        digits = np.array([entry["digit"] for entry in entries])
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        fail(f"{options.pen} holds no pen digits: {error}")
    try:
        data = ae.mnist.load(options.data)
    except ae.DataError as error:
        fail(str(error))
    judge = Judge(data)
    normal = compare_strokes(judge, data, strokes, digits, options.seed)
    compare_pictures(judge, strokes, digits, normal)


if __name__ == "__main__":
    main()
