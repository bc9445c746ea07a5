"""Sweeps: what is trained, what is kept and when it is believed, how it is said."""

from __future__ import annotations

import hashlib
import itertools
import json
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

import ae
from ae import sweeps
from ae.families import FAMILIES, Recipe
from ae.sweeps import Outcome, Spread, Training
from tests.ae.sweeping import few, untrained

DATA = few()


def one(**settings: object) -> Training:
    return next(iter(sweeps.trainings("shallow", DATA, **settings)))


# What is trained


def test_all_combinations_from_all_seeds() -> None:
    rates, sizes = [1e-3, 3e-3], [128, 256]
    varied = {"learning_rate": rates, "batch_size": sizes}
    listed = sweeps.trainings("deep", DATA, seeds=3, epochs=7, varied=varied)
    found = [(t.recipe.learning_rate, t.recipe.batch_size, t.seed) for t in listed]
    assert found == list(itertools.product(rates, sizes, range(3)))
    best = FAMILIES["deep"].recipes["best"]
    for t in listed:
        same = replace(
            t.recipe, learning_rate=best.learning_rate, batch_size=256, epochs=best.epochs
        )
        assert same == best and t.recipe.epochs == 7 and t.data.digits == len(DATA.x_train)


@pytest.mark.parametrize("family", FAMILIES)
def test_without_changes_it_is_the_table_s_recipe(family: str) -> None:
    (training,) = sweeps.trainings(family, DATA, seeds=1)
    assert training.recipe == FAMILIES[family].recipes["best"]
    assert training.net.activations == FAMILIES[family].activations


@pytest.mark.parametrize(
    ("family", "options", "reason"),
    [
        ("linear", {"recipe": "tutorial"}, "linear has no recipe called 'tutorial'"),
        ("shallow", {"epochs": 3, "varied": {"epochs": [1]}}, "leave --epochs out"),
        ("shallow", {"varied": {"loss": ["negative_elbo"]}}, "shallow cannot learn by negative"),
        ("vae", {"varied": {"loss": ["mean_squared_error"]}}, "vae cannot learn by mean_sq"),
        ("vae", {"varied": {"k": [8]}}, "vae needs all numbers"),
        ("topk", {"varied": {"k": [33]}}, "topk has 32 numbers"),
    ],
)
def test_what_cannot_be_trained(family: str, options: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        sweeps.trainings(family, DATA, **options)


def test_a_name_is_the_hash_of_all_that_the_weights_depend_on() -> None:
    """By hand, for the shallow net."""
    training = one(epochs=3)
    settings = {f.name: getattr(training.recipe, f.name) for f in fields(Recipe)}
    asked = {
        "family": "shallow",
        "net": {
            "encoder": [784, 32],
            "decoder": [32, 784],
            "activations": [["relu"], ["sigmoid"]],
            "recipe_name": "best",
            "recipe": settings,
            "seed": 0,
        },
        "data": {"name": "MNIST", "sha256": "0" * 64, "digits": 300},
    }
    text = json.dumps(asked, sort_keys=True, separators=(",", ":"))
    assert training.name == "shallow-" + hashlib.sha256(text.encode()).hexdigest()[:16]


def test_no_two_trainings_share_a_name() -> None:
    base = one()
    others = [
        replace(base, seed=1),
        replace(base, family="sparse"),
        replace(base, recipe_name="tutorial"),
        replace(base, data=replace(base.data, digits=299)),
        replace(base, data=replace(base.data, sha256="1" * 64)),
        *(replace(base, recipe=replace(base.recipe, learning_rate=rate)) for rate in (1e-3, 1e-4)),
    ]
    assert len({training.name for training in (base, *others)}) == len(others) + 1


# Settings


@pytest.mark.parametrize(
    ("name", "words", "expected"),
    [
        ("learning_rate", ["1e-3", "3e-3"], [1e-3, 3e-3]),
        ("learning_rate", ["1"], [1.0]),
        ("epochs", ["5", "10"], [5, 10]),
        ("max_row_norm", ["none", "5"], [None, 5.0]),
        ("optimizer", ["adam", "sgd"], ["adam", "sgd"]),
        ("initializer", ["he_normal"], ["he_normal"]),
    ],
)
def test_values(name: str, words: list[str], expected: list[object]) -> None:
    read = sweeps.values(name, words)
    assert read == expected
    assert [type(value) for value in read] == [type(value) for value in expected]


@pytest.mark.parametrize(
    ("name", "words", "reason"),
    [
        ("rate", ["1"], "a recipe has no 'rate'; it has loss, optimizer, learning_rate"),
        ("learning_rate", ["fast"], "learning_rate: got 'fast', expected a number$"),
        ("learning_rate", [""], "learning_rate: got '', expected a number$"),
        ("learning_rate", ["nan"], "learning_rate: got nan, expected 1e-06 to 100"),
        ("learning_rate", ["1e3"], "learning_rate: got 1e3, expected 1e-06 to 100"),
        ("learning_rate", ["none"], "learning_rate: got 'none'"),
        ("learning_rate", ["1e-3", "0.001"], "learning_rate: 0.001 is there twice"),
        ("epochs", ["1.5"], "epochs: got '1.5', expected a whole number$"),
        ("epochs", ["0"], "epochs: got 0, expected 1 to 300"),
        ("max_row_norm", ["wide"], "max_row_norm: got 'wide', expected a number or none"),
        ("max_row_norm", ["0"], "max_row_norm: got 0, expected 0.001 to 1000 or none"),
        ("optimizer", ["lion"], "optimizer: got 'lion', expected one of adadelta, adam"),
        ("initializer", ["zeros"], "initializer: got 'zeros', expected one of glorot_uniform"),
    ],
)
def test_values_that_cannot_be(name: str, words: list[str], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        sweeps.values(name, words)


@pytest.mark.parametrize("name", sweeps.SETTINGS)
def test_every_setting_of_every_recipe_can_be_written_and_read(name: str) -> None:
    """Whatever fields a recipe has, or will have."""
    for family in FAMILIES.values():
        for recipe in family.recipes.values():
            value = getattr(recipe, name)
            word = str(value).lower() if value is None or value is True or value is False else value
            assert sweeps.values(name, [str(word)]) == [value]


# What is kept


@pytest.fixture
def kept(tmp_path: Path) -> sweeps.Result:
    return sweeps.keep(untrained(one(), DATA), one(), tmp_path)


def test_what_is_kept_is_found(kept: sweeps.Result, tmp_path: Path) -> None:
    assert sweeps.find(one(), tmp_path) == kept
    place = tmp_path / one().name
    names = sorted(path.name for path in place.iterdir())
    assert names == ["SHA256SUMS", "shallow.safetensors", "training.json"]
    raw = (place / "shallow.safetensors").read_bytes()
    assert kept.sha256 == hashlib.sha256(raw).hexdigest()
    model = ae.load("shallow", folder=place)
    assert model.metadata.test == kept.errors and kept.seconds == 1.0


def test_another_training_is_not_found(kept: sweeps.Result, tmp_path: Path) -> None:
    other = replace(one(), seed=1)
    assert sweeps.find(other, tmp_path) is None
    (tmp_path / one().name).rename(tmp_path / other.name)
    assert sweeps.find(other, tmp_path) is None


@pytest.mark.parametrize("name", ["shallow.safetensors", "training.json", "SHA256SUMS"])
@pytest.mark.parametrize("how", ["altered", "cut", "missing"])
def test_what_is_damaged_is_none(name: str, how: str, kept: sweeps.Result, tmp_path: Path) -> None:
    path = tmp_path / one().name / name
    raw = path.read_bytes()
    middle = len(raw) // 2
    if how == "missing":
        path.unlink()
    else:
        altered = raw[:middle] + bytes([raw[middle] ^ 1]) + raw[middle + 1 :]
        path.write_bytes(altered if how == "altered" else raw[:middle])
    assert sweeps.find(one(), tmp_path) is None
    assert sweeps.keep(untrained(one(), DATA), one(), tmp_path) == kept


def test_what_diverged_is_kept_without_weights(tmp_path: Path) -> None:
    result = sweeps.keep(Outcome(seconds=2.5, diverged=0.25), one(), tmp_path)
    assert sweeps.find(one(), tmp_path) == result
    assert (result.errors, result.sha256, result.diverged) == (None, "", 0.25)


def test_bytes_that_were_altered_on_their_way_are_refused(tmp_path: Path) -> None:
    outcome = untrained(one(), DATA)
    altered = replace(outcome, weights=outcome.weights[:-1] + b"\0\0")
    with pytest.raises(ValueError, match="the weights were altered on their way"):
        sweeps.keep(altered, one(), tmp_path)
    assert sweeps.find(one(), tmp_path) is None


def test_weights_of_another_training_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="another training than the one that was asked for"):
        sweeps.keep(untrained(replace(one(), seed=1), DATA), one(), tmp_path)


# How it is said


def test_spread_is_the_sample_s() -> None:
    numbers = [float(number) for number in np.random.default_rng(0).normal(3, 2, 7)]
    spread = Spread.of(numbers)
    assert spread.mean == pytest.approx(np.mean(numbers), rel=1e-12)
    assert spread.deviation == pytest.approx(np.std(numbers, ddof=1), rel=1e-12)
    assert Spread.of([4.0]) == (4.0, None)


@pytest.mark.parametrize(
    ("mean", "deviation", "expected"),
    [
        (0.09031, 0.00013, "0.0903 ± 0.0001"),
        (0.09031, 0.00096, "0.090 ± 0.001"),
        (0.09031, 0.00094, "0.0903 ± 0.0009"),
        (20.456, 0.31, "20.5 ± 0.3"),
        (132.2, 15.2, "130 ± 20"),
        (132.2, 2.2, "132 ± 2"),
        (132.2, 9.7, "130 ± 10"),
        (0.0, 0.5, "0.0 ± 0.5"),
        (-1.04, 0.02, "-1.04 ± 0.02"),
        (0.09031, 0.0, "0.0903 ± 0"),
        (0.09031, None, "0.0903"),
    ],
)
def test_as_many_digits_as_the_deviation_allows(
    mean: float, deviation: float | None, expected: str
) -> None:
    assert Spread(mean, deviation).text(4) == expected


def test_percent() -> None:
    assert Spread(0.4213, 0.0031).text(1, scale=100, unit="%") == "42.1 ± 0.3%"
    assert Spread(0.4213, None).text(1, scale=100, unit="%") == "42.1%"
