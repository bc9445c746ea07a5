"""MNIST's digits, redrawn from what ships: how near they come, and what is told of that."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

import ae
from ae import atlas, checked, evaluation, facts, redrawn
from ae.mnist import Mnist
from ae.redrawn import Agreement


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    net = ae.load(redrawn.NET)
    return np.concatenate([*redrawn.digits(atlas.load(), facts.load().ladder.pca, net)])


def test_they_are_nearer_than_what_they_are_made_of(pictures: np.ndarray, mnist: Mnist) -> None:
    real, shipped = mnist.x_test[: atlas.DIGITS], atlas.load()
    assert pictures.shape == real.shape and pictures.dtype == np.float32
    assert pictures.min() >= 0 and pictures.max() <= 1
    pca = facts.load().ladder.pca
    alone = np.concatenate([*redrawn.digits(shipped, pca, None)])
    first = np.zeros((atlas.DIGITS, pca.code_size), np.float32)
    first[:, : atlas.COMPONENTS] = shipped.pixels
    assert_allclose(alone, pca.decode(first), atol=1e-4)
    drawn = ae.load(redrawn.NET).decode(shipped.maps[redrawn.NET].codes)
    errors = [evaluation.mse(real, x).mean() for x in (pictures, alone, drawn)]
    assert errors[0] < 0.7 * min(errors[1:])


@pytest.mark.parametrize("name", ["shallow", "sparse", "linear", "denoising"])
def test_another_net_s_codes_of_them_lie_near_the_real_ones(
    name: str, pictures: np.ndarray, mnist: Mnist
) -> None:
    """Of plain nets that had no part in the pictures."""
    model, shipped = ae.load(name), atlas.load()
    codes = redrawn.codes(model, shipped, facts.load().ladder.pca, ae.load(redrawn.NET))
    assert_allclose(codes, model.encode(pictures), atol=1e-4)
    real, others = (model.encode(x) for x in np.split(mnist.x_test, [atlas.DIGITS]))
    found = redrawn.agreement(real, codes, others[:1000], shipped.digits)
    assert found.units == model.code_size and 0 < found.distance < 0.1
    assert found.kept > 0.8 and found.same > 0.9


def test_without_its_net_s_map_the_components_are_drawn() -> None:
    shipped, pca = atlas.load(), facts.load().ladder.pca
    bare = replace(shipped, maps={})
    first = next(redrawn.digits(bare, pca, ae.load(redrawn.NET)))
    assert_allclose(first, next(redrawn.digits(shipped, pca, None)))


def test_agreement_of_codes_that_are_known() -> None:
    rng = np.random.default_rng(0)
    true = rng.normal(size=(400, 3)).astype(np.float32)
    of = rng.integers(0, 10, 400).astype(np.uint8)
    assert redrawn.agreement(true, true, true[:50], of) == Agreement(3, 0.0, 1.0, 1.0)
    moved = true + np.array([0.3, 0.4, 0], np.float32)
    usual = np.median(np.linalg.norm(true[:200] - true[200:], axis=1))
    assert redrawn.agreement(true, moved, true, of).distance == pytest.approx(0.5 / usual, rel=1e-4)
    # A mirror: who was nearest is far, and the other way round.
    line = np.linspace(0, 1, 400, dtype=np.float32)[:, None]
    halves = (np.arange(400) >= 200).astype(np.uint8)
    turned = redrawn.agreement(line, line[::-1], line[:100], halves)
    assert (turned.kept, turned.same) == (0, 0)
    dead = np.zeros((400, 3), np.float32)
    assert redrawn.agreement(dead, dead, dead[:10], of).distance == 0


def test_what_is_told_was_measured_on_what_ships(tmp_path: Path) -> None:
    """When this fails, something was trained again: ``benchmarks/own_map.py --write``."""
    assert len(redrawn.measured()) >= 5
    folder = tmp_path / "weights"
    shutil.copytree(checked.FOLDER, folder)
    assert redrawn.measured(folder) == redrawn.measured()
    listed = folder / checked.SUMS
    listed.write_text(
        listed.read_text().replace(checked.sums(folder)["deep.safetensors"], "0" * 64)
    )
    assert redrawn.measured(folder) == {}


def test_the_figures_of_a_code_are_those_of_the_nearest_size(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    nets = {
        "a": Agreement(2, 0.1, 0.5, 0.6),
        "b": Agreement(32, 0.2, 0.8, 0.7),
        "c": Agreement(32, 0.1, 0.9, 0.6),
    }
    monkeypatch.setattr(redrawn, "FIGURES", tmp_path / "figures.json")
    redrawn.write(nets, redrawn.FIGURES)
    assert redrawn.measured() == nets
    assert redrawn.measured_for(2) == redrawn.measured_for(7) == nets["a"]
    assert redrawn.measured_for(9) == redrawn.measured_for(128) == Agreement(32, 0.2, 0.8, 0.6)
    monkeypatch.setattr(redrawn, "measured", dict)
    assert redrawn.measured_for(2) is None
