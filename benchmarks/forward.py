"""How long one digit takes to encode and decode: in NumPy, as the app does it, and in Keras.

    python benchmarks/forward.py
    python benchmarks/forward.py --no-keras --repeats 200

Each model squeezes one digit and draws it again, many times after a warm-up; the table gives the
median and the time that 95 % of the runs do not exceed. Keras holds the same weights and is asked
in two ways: by calling its models, which is the fast way, and by `predict`, which is what is seen
in most pages. NumPy is measured first, before TensorFlow's threads exist.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

# A script's own folder is on the path, the repository is not.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import ae
from ae import weights

TARGET = 0.3  # ms, the median of each model, on two cores
# A call of Keras takes milliseconds, and its median is steady long before 2,000 of them.
KERAS_SHARE = {"call": 10, "predict": 40}

Timing = tuple[float, float]  # median and 95th percentile, ms


def measure(run: Callable[[], object], repeats: int) -> Timing:
    for _ in range(max(3, repeats // 20)):
        run()
    took = np.empty(repeats)
    for i in range(repeats):
        started = time.perf_counter_ns()
        run()
        took[i] = time.perf_counter_ns() - started
    median, late = np.percentile(took / 1e6, (50, 95))
    return float(median), float(late)


def in_numpy(model: ae.Model, digit: np.ndarray) -> Callable[[], object]:
    return lambda: model.decode(model.encode(digit))


def in_keras(model: ae.Autoencoder, digit: np.ndarray) -> dict[str, Callable[[], Any]]:
    from ae.training import nets as keras_nets

    family = ae.FAMILIES[model.name]
    nets = keras_nets.build(family, family.recipes["best"])
    keras_nets.fill(nets, weights.tensors_of(model))
    flat = digit.reshape(1, 784)

    def call() -> Any:
        return nets.decoder(nets.encoder(flat)).numpy()

    def predict() -> Any:
        return nets.decoder.predict(nets.encoder.predict(flat, verbose=0), verbose=0)

    for answer in (call(), predict()):  # or else the comparison is of different things
        pixels = np.clip(answer, 0, 1)  # a linear output can leave them, and ours is clipped
        np.testing.assert_allclose(pixels, model.reconstruct(digit).reshape(1, 784), atol=1e-5)
    return {"call": call, "predict": predict}


def cells(name: str, ours: Timing, keras: dict[str, Timing]) -> list[str]:
    """Write a row: our times, then for each way into Keras its times and how many times ours."""
    row = [name, f"{ours[0]:.3f}", f"{ours[1]:.3f}"]
    for way in KERAS_SHARE:
        if way in keras:
            median, late = keras[way]
            row += [f"{median:.1f}", f"{late:.1f}", f"{median / ours[0]:,.0f}×"]
        else:
            row += [""] * 3
    return row


def show(rows: list[list[str]]) -> None:
    """Print a table that is Markdown too."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    for row in (rows[0], rule, *rows[1:]):
        first, *numbers = (str.rjust(cell, width) for cell, width in zip(row, widths, strict=True))
        print(f"| {' | '.join([first.strip().ljust(widths[0]), *numbers])} |")


def repeats(text: str) -> int:
    value = int(text) if text.isdecimal() else 0
    if not 20 <= value <= 1_000_000:
        raise argparse.ArgumentTypeError(f"got {text!r}, expected a whole number from 20")
    return value


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--keras",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="measure Keras as well (default: yes)",
    )
    parser.add_argument(
        "--repeats", type=repeats, default=2000, help="runs of each model in NumPy (default: 2000)"
    )
    options = parser.parse_args()
    load = os.getloadavg()[0]

    digit = ae.drawing.from_strokes(ae.samples.SAMPLES["7b"])[None]
    models = {name: ae.load(name) for name in ae.MODELS}
    ours = {
        name: measure(in_numpy(model, digit), options.repeats) for name, model in models.items()
    }
    keras: dict[str, dict[str, Timing]] = {name: {} for name in models}
    if options.keras:
        for name, model in models.items():
            if isinstance(model, ae.Autoencoder):
                for way, run in in_keras(model, digit).items():
                    few = max(20, options.repeats // KERAS_SHARE[way])
                    keras[name][way] = measure(run, few)

    packages = ["numpy", "keras"] if options.keras else ["numpy"]
    print(
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, {', '.join(f'{p} {version(p)}' for p in packages)}; "
        f"load average before the run {load:.1f}. Milliseconds for encode + decode of one digit.\n"
    )
    header = ["model", "NumPy, median", "p95"]
    if options.keras:
        header += ["Keras, called", "p95", "ratio", "predict", "p95", "ratio"]
    show([header, *(cells(name, ours[name], keras[name])[: len(header)] for name in models)])
    slow = [name for name, (median, _) in ours.items() if median > TARGET]
    verdict = f"missed by {', '.join(slow)}" if slow else "met by each model"
    print(f"\nTarget: at most {TARGET} ms in NumPy (median): {verdict}.")


if __name__ == "__main__":
    main()
