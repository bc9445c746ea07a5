"""A plan as code: the Python is run and compared with `ae.training`, the R is read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from ae import keras_scripts, plans
from ae.families import Recipe
from ae.plans import PLAIN, PRESETS, Plan
from tests.ae import lazy_training as training

if TYPE_CHECKING:
    import keras

    Digits = tuple[np.ndarray, np.ndarray]


def recipe(plan: Plan, **changed: Any) -> Plan:
    return replace(plan, recipe=replace(plan.recipe, **changed))


OWN = Plan(
    like="sparse",
    hidden=(64, 48, 24),
    code_size=12,
    recipe=Recipe(
        loss="mean_squared_error",
        optimizer="rmsprop",
        learning_rate=0.004,
        initializer="he_normal",
        code_bias=0.25,
        epochs=2,
        batch_size=50,
        l1=0.003,
        max_row_norm=0.7,
    ),
    digits=500,
    seed=11,
)
PLANS = {f"{name}-{like}": plans.preset(name, like) for name in PRESETS for like in PLAIN}
PLANS["own"] = OWN
PLANS["one epoch"] = recipe(OWN, optimizer="sgd", schedule="cosine", epochs=1)
SHALLOW, SPARSE = PLANS["tutorial-shallow"], PLANS["ours-sparse"]

every_plan = pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
both = pytest.mark.parametrize("write", [keras_scripts.keras_python, keras_scripts.keras_r])


# Python


@pytest.fixture
def digits(monkeypatch: pytest.MonkeyPatch) -> Digits:
    """What the scripts get for MNIST."""
    import keras

    rng = np.random.default_rng(0)
    train, test = (rng.integers(0, 256, (n, 28, 28), np.uint8) for n in (520, 32))
    labelled = (train, np.zeros(520, np.uint8)), (test, np.zeros(32, np.uint8))
    monkeypatch.setattr(keras.datasets.mnist, "load_data", lambda: labelled)
    return train / np.float32(255), test / np.float32(255)


def run(plan: Plan, start: str | None = None) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(keras_scripts.keras_python(plan, start), "plan.py", "exec"), names)
    return names


def told(layer: keras.layers.Dense) -> dict[str, Any]:
    """All but the name, and the start of the biases: constant 0 is what zeros are."""
    return {k: v for k, v in layer.get_config().items() if k not in ("name", "bias_initializer")}


@every_plan
def test_python_does_what_training_does(
    plan: Plan, digits: Digits, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keras

    fitted: dict[str, Any] = {}
    monkeypatch.setattr(
        keras.Sequential, "fit", lambda self, x, y, **rest: fitted.update(rest, x=x, y=y)
    )
    monkeypatch.setattr(keras.Sequential, "predict", lambda self, x: np.asarray(self(x)))
    names = run(plan)
    autoencoder = names["autoencoder"]
    assert autoencoder.layers == [names["encoder"], names["decoder"]]

    nets = training.build(plan.family, plan.recipe)
    theirs = [layer for half in autoencoder.layers for layer in half.layers]
    assert [told(layer) for layer in theirs] == [told(layer) for layer in nets.path]
    for depth, (one, other) in enumerate(zip(theirs, nets.path, strict=True)):
        assert one.kernel.shape == other.kernel.shape
        of_code = plan.recipe.code_bias * (depth == len(plan.hidden) + 1 < len(nets.path) - 1)
        starts = [
            np.asarray(layer.bias) + of_code * np.asarray(layer.kernel).sum(axis=0)
            for layer in (one, other)
        ]
        assert_allclose(*starts, atol=1e-4)

    train, test = digits[0][: plan.digits].reshape(-1, 784), digits[1].reshape(-1, 784)
    steps = -(-len(train) // plan.recipe.batch_size)
    optimizers = autoencoder.optimizer, training.optimizer(plan.recipe, steps)
    assert type(optimizers[0]) is type(optimizers[1])
    configs = [optimizer.get_config() | {"name": ""} for optimizer in optimizers]
    assert configs[0] == configs[1]
    assert autoencoder.loss == plan.recipe.loss

    assert fitted.keys() == {"x", "y", "epochs", "batch_size", "validation_data"}
    assert (fitted["epochs"], fitted["batch_size"]) == (plan.recipe.epochs, plan.recipe.batch_size)
    for given, expected in [((fitted["x"], fitted["y"]), train), (fitted["validation_data"], test)]:
        assert len(given) == 2
        for x in given:
            assert_array_equal(x, expected)
    assert names["codes"].shape == (10, plan.code_size)
    assert names["pictures"].shape == (10, 784)


# 2026-11-24, Keras 3.15: it hands NumPy 2 an h5py data set, which says this each time.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize(
    ("plan", "file"),
    [
        (OWN, None),
        (replace(recipe(SPARSE, epochs=2, batch_size=128), seed=2**32 - 1), None),
        (OWN, "before.keras"),
    ],
    ids=["own", "sparse", "goes on"],
)
def test_python_gets_the_weights_that_training_gets(
    plan: Plan, file: str | None, digits: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    start = None
    if file is not None:
        before = training.build(plan.family, plan.recipe)
        before.autoencoder.save(file)  # what `python -m ae export` saves
        start = training.tensors(before)
    names = run(plan, file)
    train, test = digits
    nets = training.fit(
        plan.family, plan.recipe, train[: plan.digits], test, seed=plan.seed, start=start
    )
    theirs, ours = names["autoencoder"].get_weights(), nets.autoencoder.get_weights()
    for one, other in zip(theirs, ours, strict=True):
        assert_allclose(one, other, atol=1e-4)
    pictures = np.asarray(nets.autoencoder(test[:10].reshape(10, 784)))
    assert_allclose(names["pictures"], pictures, atol=1e-4)


def test_the_tutorial_is_short_and_leaves_the_defaults_out() -> None:
    text = keras_scripts.keras_python(SHALLOW)
    assert sum(bool(line) for line in text.splitlines()) <= 27
    assert "Adadelta(learning_rate=1.0)" in text
    for word in ("initializer", "regularizer", "constraint", "CosineDecay", "math", "[:60000]"):
        assert word not in text


def test_a_linear_activation_is_the_default() -> None:
    for write in (keras_scripts.keras_python, keras_scripts.keras_r):
        assert "activation" not in write(plans.preset("tutorial", "linear"))


# R: nobody runs it here, so it says nothing that its reference does not have.

# https://keras3.posit.co/reference, and what R itself and magrittr have
DOCUMENTED = {
    "array_reshape": set(),
    "c": set(),
    "ceiling": set(),
    "compile": {"optimizer", "loss"},
    "constraint_maxnorm": {"axis"},
    "constraint_minmaxnorm": {"axis"},
    "dataset_mnist": set(),
    "decoder": set(),
    "encoder": set(),
    "assign": set(),
    "get_layer": {"index"},
    "get_weights": set(),
    "load_model": set(),
    "fit": {"epochs", "batch_size", "validation_data"},
    "initializer_constant": set(),
    "keras_model": set(),
    "layer_dense": {
        "units",
        "activation",
        "kernel_initializer",
        "bias_initializer",
        "activity_regularizer",
        "kernel_constraint",
    },
    "layer_input": {"shape"},
    "learning_rate_schedule_cosine_decay": {
        "initial_learning_rate",
        "warmup_target",
        "warmup_steps",
        "decay_steps",
    },
    "library": set(),
    "list": set(),
    "max": set(),
    "nrow": set(),
    "op_sum": {"axis"},
    "optimizer_adadelta": {"learning_rate"},
    "optimizer_adam": {"learning_rate"},
    "optimizer_rmsprop": {"learning_rate"},
    "optimizer_sgd": {"learning_rate"},
    "predict": set(),
    "regularizer_l1": set(),
    "set_random_seed": set(),
    "set_weights": set(),
}


def code(text: str) -> str:
    return re.sub(r"#.*", "", text)


def calls(text: str) -> list[tuple[str, set[str]]]:
    """Each call with the names of its own arguments, from the innermost outwards."""
    calls = []
    while match := re.search(r"([\w.]+)\(([^()]*)\)", text):
        calls.append((match[1], set(re.findall(r"(\w+) = ", match[2]))))
        text = text[: match.start()] + "0" + text[match.end() :]
    assert not re.search(r"[()]", text), "parentheses that do not match"
    return calls


@every_plan
def test_r_says_what_the_plan_says(plan: Plan) -> None:
    text = code(keras_scripts.keras_r(plan))
    family, recipe = plan.family, plan.recipe
    assert [int(n) for n in re.findall(r"units = (\d+)", text)] == list(family.widths[1:])
    assert [int(n) for n in re.findall(r"shape = c\((\d+)\)", text)] == [784, plan.code_size]
    activations = sum(family.activations, ())
    assert re.findall(r'activation = "(\w+)"', text) == [a for a in activations if a != "linear"]
    he = re.findall(r'kernel_initializer = "(\w+)"', text)
    assert he == ["he_normal"] * (len(activations) - 1) * (recipe.initializer == "he_normal")
    assert f"optimizer_{recipe.optimizer}(" in text
    rate = "warmup_target" if recipe.schedule == "cosine" else "learning_rate"
    assert f"{rate} = {recipe.learning_rate}" in text
    assert f'loss = "{recipe.loss}"' in text
    assert re.search(rf"epochs (=|<-) {recipe.epochs}\b", text)
    assert re.search(rf"batch_size (=|<-) {recipe.batch_size}\b", text)
    assert f"c({plan.digits}, 784)" in text
    assert (f"regularizer_l1({recipe.l1})" in text) == (recipe.l1 > 0)
    assert (f"initializer_constant({recipe.code_bias})" in text) == (recipe.code_bias != 0)
    bound = re.findall(r"kernel_constraint = \w+\((?:0, )?([\d.]+), axis = 2\)", text)
    assert [float(n) for n in bound] == [n for n in [recipe.max_row_norm] if n is not None]


@every_plan
def test_r_uses_what_its_reference_has(plan: Plan) -> None:
    text = code(keras_scripts.keras_r(plan, "before.keras"))
    assert 'load_model("before.keras")' in text
    for name, arguments in calls(text):
        assert arguments <= DOCUMENTED[name], name
    assert text.count("[") == text.count("]")
    assert text.count('"') % 2 == 0
    assert not re.search(r",\s*\)", text), "a comma before the end of a call"
    assert not re.search(r"%>%\s*(\w+ <-|$)", text), "a pipe that leads nowhere"
    assert not re.search(r"\bimport\b|keras\.|\bNone\b|\bTrue\b|\*\*|\(_|\[:|^\w+ = ", text, re.M)


def test_r_bounds_a_row_by_a_fraction() -> None:
    """`constraint_maxnorm` makes its value an integer: 0.7 would be 0."""
    assert "constraint_minmaxnorm(0, 0.7, axis = 2)" in keras_scripts.keras_r(OWN)
    assert "constraint_maxnorm(5, axis = 2)" in keras_scripts.keras_r(SPARSE)


def test_r_s_seed_is_an_integer_there() -> None:
    assert "set_random_seed(11)" in keras_scripts.keras_r(OWN)
    for seed in (2**31, 2**32 - 1):
        match = re.search(
            r"set_random_seed\((\d+)\)", keras_scripts.keras_r(replace(OWN, seed=seed))
        )
        assert match and int(match[1]) < 2**31


# Both

CHANGED: dict[str, Plan] = {
    "like": replace(OWN, like="linear"),
    "hidden": replace(OWN, hidden=(64, 48)),
    "code_size": replace(OWN, code_size=13),
    "digits": replace(OWN, digits=501),
    "seed": replace(OWN, seed=12),
    "loss": recipe(OWN, loss="binary_crossentropy"),
    "optimizer": recipe(OWN, optimizer="sgd"),
    "learning_rate": recipe(OWN, learning_rate=0.005),
    "schedule": recipe(OWN, schedule="cosine"),
    "initializer": recipe(OWN, initializer="glorot_uniform"),
    "code_bias": recipe(OWN, code_bias=0.0),
    "epochs": recipe(OWN, epochs=3),
    "batch_size": recipe(OWN, batch_size=64),
    "l1": recipe(OWN, l1=0.004),
    "max_row_norm": recipe(OWN, max_row_norm=0.8),
}


@both
def test_every_field_shows(write: Callable[[Plan], str]) -> None:
    every = {f.name for kind in (Plan, Recipe) for f in fields(kind)}
    assert CHANGED.keys() == every - {"recipe", "k", "split", "sees"}  # no plan has these
    texts = {write(OWN), *map(write, CHANGED.values())}
    assert len(texts) == 1 + len(CHANGED)


@both
@every_plan
def test_lines_fit_a_slide(write: Callable[[Plan], str], plan: Plan) -> None:
    text = write(plan)
    assert text.isascii() and text.endswith(")\n")
    assert max(map(len, text.splitlines())) <= 79
    assert all(line == line.rstrip() for line in text.splitlines())


@both
def test_the_longest_values_fit_too(write: Callable[[Plan], str]) -> None:
    long = recipe(
        replace(OWN, hidden=(512, 511, 510), digits=59_999, seed=2**32 - 1),
        schedule="cosine",
        learning_rate=1 / 3e5,
        code_bias=-100 / 3,
        l1=1 / 3e4,
        max_row_norm=1000 / 3,
    )
    assert max(map(len, write(long).splitlines())) <= 79


@both
def test_comments_are_where_the_lesson_is(write: Callable[[Plan], str]) -> None:
    def scripts(plan: Plan) -> str:
        return "\n".join(re.findall(r"^ *# (.*)", write(plan), re.M))

    assert "1.0 in 2017" in scripts(SHALLOW) and "hardly" not in scripts(SHALLOW)
    assert "hardly learns" in scripts(PLANS["default_rate-shallow"])
    assert "2017" not in scripts(SPARSE)
    assert "begins its life dead" in scripts(SPARSE)
    assert "dead" not in scripts(recipe(SPARSE, code_bias=-0.5))
    assert "dead" not in scripts(replace(SPARSE, like="linear")), "only a ReLU dies"
    assert "escapes L1" in scripts(SPARSE)
    assert "L1" not in scripts(recipe(SPARSE, l1=0.0))
