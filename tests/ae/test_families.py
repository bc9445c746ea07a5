"""The table is the only list: another entry is all that another family needs."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import ae
from ae import checked

ENTRY = """
    Family(
        name="double",
        title=N_("Wide"),
        idea=N_("Twice as many numbers."),
        encoder=(784, 64),
        decoder=(64, 784),
        recipes=_recipes(),
    ),
)})
# fmt: on
"""

# Runs where the package is a copy whose table has that entry. The weights are random: no training.
SCRIPT = """
import json, sys
import numpy as np
import ae
from ae import atlas, checked, cli, evaluation, facts, keras_scripts, plans, weights
from ae.metadata import Data, Metadata, Net
from ae.mnist import Mnist

assert ae.MODELS[-2:] == ("double", "pca") and "double" in plans.PLAIN
family = ae.FAMILIES["double"]
random = np.random.default_rng(0)
x = random.random((300, 28, 28), np.float32) ** 4
y = np.zeros(300, np.uint8)
ae.mnist.load = lambda *_: Mnist(x, y, x[:100], y[:100], sha256="0" * 64)

arrays = {
    "encoder.0.weights": random.normal(0, 0.1, (784, 64)).astype(np.float32),
    "encoder.0.bias": np.zeros(64, np.float32),
    "decoder.0.weights": random.normal(0, 0.1, (64, 784)).astype(np.float32),
    "decoder.0.bias": np.zeros(784, np.float32),
}
errors, statistics = evaluation.measure(weights.autoencoder(family, arrays), x[:100])
for recipe, settings in family.recipes.items():
    metadata = Metadata(
        family="double",
        parameters=family.parameters,
        net=Net.of(family, recipe, settings, seed=0),
        data=Data(name="MNIST", sha256="0" * 64, digits=300),
        versions={"keras": "3"},
        test=errors,
    )
    tensors = arrays | weights.statistics_tensors(statistics)
    path = weights.locate("double", recipe)
    checked.save(path, tensors, metadata.to_header(), root=checked.FOLDER)

model = ae.load("double")
assert model.code_size == 64 and model.metadata.test == errors
assert ("double", "best") not in facts.load().codes and "double" not in atlas.load().maps

assert cli.main(["evaluate", "--write", "--facts"]) == 0
assert {("double", "best"), ("double", "tutorial")} <= facts.load().codes.keys()
assert ("double", "best") in facts.load().angles  # it draws in one layer
readme = (checked.FOLDER / "README.md").read_text()
assert "`python -m ae train double --recipe best --epochs 200 --seed 0`" in readme
assert "| double | best |" in readme and "Twice as many numbers." in readme

np.save("x.npy", x[:3])
assert cli.main(["encode", "x.npy", "--model", "double", "-o", "z.npy"]) == 0
assert cli.main(["decode", "z.npy", "--model", "double", "-o", "y.npy"]) == 0
np.testing.assert_array_equal(np.load("y.npy"), model.reconstruct(x[:3]))
assert cli.main(["reconstruct", "x.npy", "--model", "double", "-o", "again.npy"]) == 0
np.testing.assert_array_equal(np.load("again.npy"), np.load("y.npy"))

plan = plans.preset("ours", "double")
assert plan.code_size == 64 and plan.arguments == ["mine", "--like", "double"]
assert "64" in keras_scripts.keras_python(plan) and "64" in keras_scripts.keras_r(plan)
"""


def test_another_entry_is_all_that_another_family_needs(tmp_path: Path) -> None:
    package = shutil.copytree(Path(ae.__file__).parent, tmp_path / "ae")
    shutil.copytree(checked.FOLDER, tmp_path / "weights")
    table = package / "families.py"
    text = table.read_text(encoding="utf-8")
    end = "\n)})\n# fmt: on\n"
    assert text.count(end) == 1
    table.write_text(text.replace(end, ENTRY), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "double" in done.stdout  # the table that `evaluate` prints
