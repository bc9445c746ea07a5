"""The evaluation's report: measured figures in, the same figures out."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import ae
from ae import atlas, checked, claims, evaluation, facts
from ae.cli import report, swept
from ae.compression import measured as compression_table
from ae.compression import prior
from ae.evaluation import Report, as_record, evaluate
from ae.metadata import Net
from ae.mnist import Mnist
from tests.ae import lazy_training as training

FOLDER = checked.FOLDER
NO_SWEEPS = "", ""


@pytest.fixture(scope="module")
def few() -> Mnist:
    """In the place of MNIST: 200 digits, and 100 others to test on."""
    x = np.random.default_rng(0).random((300, 28, 28), dtype=np.float32) ** 4
    y = np.zeros(300, np.uint8)
    return Mnist(x_train=x[:200], y_train=y[:200], x_test=x[200:], y_test=y[200:], sha256="ab" * 32)


@pytest.fixture(scope="module")
def measured(few: Mnist) -> Report:
    return evaluate(few)


def test_every_file_that_ships_is_measured(measured: Report) -> None:
    shipped = [(m.name, m.recipe) for m in measured.models]
    recipes = [(name, recipe) for name in ae.FAMILIES for recipe in ae.FAMILIES[name].recipes]
    assert shipped == [*recipes, ("pca", None)]
    assert measured.missing == ()
    for model in measured.models:
        assert model.bytes == (FOLDER / model.file).stat().st_size
        code = ae.load(model.name, recipe=model.recipe or "best").code_size
        assert model.layers[0] == model.layers[-1] == 784 and min(model.layers) == code


def test_errors_are_those_of_the_evaluation(measured: Report, few: Mnist) -> None:
    for model in measured.models:
        loaded = ae.load(model.name, recipe=model.recipe or "best")
        assert model.errors == evaluation.measure(loaded, few.x_test)[0]


def test_bounds_are_those_of_the_evaluation(measured: Report, few: Mnist) -> None:
    bounds = {model.name: model.bound for model in measured.models if model.bound is not None}
    assert list(bounds) == [name for name, f in ae.FAMILIES.items() if f.variational]
    record = {m["name"]: m["bound"] for m in as_record(measured)["models"] if m["bound"]}
    readme, text = report.as_readme(measured, {}, NO_SWEEPS), report.as_text(measured)
    for name, limit in bounds.items():
        model = ae.load(name)
        assert isinstance(model, ae.Autoencoder)
        assert limit == evaluation.bound(model, few.x_test)
        assert record[name] == {"pixels": limit.pixels, "code": limit.code, "binary": limit.binary}
        figures = [f"{n:.1f}" for n in (limit.total, limit.pixels, limit.code, limit.binary)]
        assert f"| {name} | {' | '.join(figures)} | – |" in readme
        told = report.as_readme(measured, {name: 87.654}, NO_SWEEPS)
        assert f"| {name} | {' | '.join(figures)} | 87.7 |" in told
        assert f"{name}: {figures[0]} nats per digit" in text
    assert record.keys() == bounds.keys()


def test_references_are_measured(measured: Report, few: Mnist) -> None:
    x = few.x_test.reshape(-1, 784).astype(np.float64)
    entropy = -(x * np.log(x) + (1 - x) * np.log(1 - x)).mean()
    assert measured.floor.bce == pytest.approx(entropy, rel=1e-4)
    assert measured.floor.mse == 0 and measured.floor.psnr is None
    assert measured.floor.ink == pytest.approx((1, 0))
    mean = few.x_train.reshape(-1, 784).mean(axis=0)
    squares = ((x - mean) ** 2).mean(axis=1)
    assert measured.mean.mse == pytest.approx(squares.mean(), rel=1e-5)
    assert measured.mean.psnr == pytest.approx(-10 * np.log10(squares).mean(), rel=1e-5)
    kept = (np.minimum(x, mean).sum(axis=1) / x.sum(axis=1)).mean()
    assert measured.mean.ink.kept == pytest.approx(kept, rel=1e-5)


def test_json_holds_the_figures_in_full(measured: Report) -> None:
    record = json.loads(report.as_json(measured))
    ink = {"kept": 1, "invented": 0}
    assert record["floor"] == {"bce": measured.floor.bce, "mse": 0, "psnr": None, "ink": ink}
    assert record["data"]["sha256"] == "ab" * 32
    assert len(record["models"]) == len(measured.models)
    for told, model in zip(record["models"], measured.models, strict=True):
        for figure, value in model.errors.as_dict().items():
            assert told[figure] == value
        assert told["ink"] == model.ink._asdict()
        assert told["parameters"] == model.metadata.parameters and told["bytes"] == model.bytes


def test_table_is_aligned(measured: Report) -> None:
    head, *rows = report.as_text(measured).split("\n\n")[0].splitlines()
    assert len(rows) == len(measured.models) + 2
    end = head.index("BCE") + 3
    column = [row[end - 6 : end] for row in rows]
    bces = [measured.floor.bce, *(m.errors.bce for m in measured.models), measured.mean.bce]
    assert column == [f"{bce:.4f}" for bce in bces]


def test_readme_says_the_same_whenever_it_is_written(measured: Report, few: Mnist) -> None:
    text = report.as_readme(measured, {}, NO_SWEEPS)
    assert text == report.as_readme(evaluate(few), {}, NO_SWEEPS)
    assert str(FOLDER.parent) not in text
    for model in measured.models:
        assert f"`{model.file}`" in text and f"{model.errors.bce:.4f}" in text
        assert f"`{report.command(model)}`" in text
    widths = [row.count(" | ") for row in text.splitlines() if row.startswith("| ")]
    assert len(set(widths)) == 5  # five kinds of tables, each with as many cells in all its rows


def test_command_is_the_one_that_made_the_file(tmp_path: Path, few: Mnist) -> None:
    training.produce("pca", few, out=tmp_path)
    (pca,) = evaluate(few, tmp_path).models
    assert report.command(pca) == "python -m ae train pca"
    family = ae.FAMILIES["deep"]
    net = Net.of(family, "tutorial", replace(family.recipes["tutorial"], epochs=7), seed=3)
    deep = replace(pca, name="deep", recipe="tutorial", metadata=replace(pca.metadata, net=net))
    command = "python -m ae train deep --recipe tutorial --epochs 7 --seed 3"
    assert report.command(deep) == command


def test_no_readme_without_a_model(tmp_path: Path, few: Mnist) -> None:
    training.produce("pca", few, out=tmp_path)
    measured = evaluate(few, tmp_path)
    assert measured.missing == tuple(ae.FAMILIES)
    with pytest.raises(ae.WeightsError, match="shallow, sparse, deep"):
        report.as_readme(measured, {}, NO_SWEEPS)


def test_an_empty_folder_is_refused(tmp_path: Path, few: Mnist) -> None:
    with pytest.raises(ae.WeightsError, match="holds no weights"):
        evaluate(few, tmp_path)


@pytest.mark.parametrize(
    "file",
    sorted(
        p.relative_to(FOLDER).as_posix()
        for p in FOLDER.rglob("*.safetensors")
        if p.name not in (facts.FILE, atlas.FILE, prior.FILE, compression_table.FILE)
        and p != FOLDER / claims.DEFAULT_RATE  # of no family; tests/ae/test_claims.py reads it
    ),
)
def test_the_readme_that_ships_has_each_files_own_figures(file: str) -> None:
    """Without MNIST too: what each file noted of itself when it was made."""
    path = FOLDER / file
    model = ae.load(path.stem, recipe="tutorial" if path.parent != FOLDER else "best")
    net = model.metadata.net
    name = f"{path.stem} | {net.recipe_name if net else ''} "
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    (row,) = re.findall(rf"^\| {re.escape(name)}\|(.*)\|$", text.split("## Before")[0], re.M)
    bce, mse, psnr, _, _, _, dead, _, size = (cell.strip() for cell in row.split("|"))
    test = model.metadata.test.as_dict()
    # As the rounding of another machine's products may fall.
    assert float(bce) == pytest.approx(test["bce"], abs=1.1e-4)
    assert float(mse) == pytest.approx(test["mse"], abs=1.1e-4)
    assert float(psnr) == pytest.approx(test["psnr"], abs=0.011)
    by_layer = [int(layer) for layer in dead.split("-")]
    assert by_layer[len(by_layer) // 2] == test["dead"] and size == f"{path.stat().st_size:,}"


def test_the_readme_that_ships_is_what_write_writes(mnist: Mnist) -> None:
    written = report.as_readme(evaluate(mnist), facts.load().likelihoods, swept.kept(FOLDER))
    ships = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert ships == written, "write it again with: python -m ae evaluate --write"
