"""Model files from anybody: a thousand attacks on the reader; what it lets through, on the pages.

Each is a good file with some of its numbers changed for absurd ones, by a seed.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

import ae
from ae import latent, units, weights
from ae.arrays import MAX_CODE
from ae.model import Autoencoder
from tests.pages.test_app import opened, run
from tests.pages.test_train import own_model
from ui import figures, state
from ui.text import translator

FILES = 1000
ABSURD = (0.0, -1.0, 1e-38, 1e4, -1e7, 1e7, 9e7, 1e12, -1e12, 1e30, -1e30, 3e38, -3e38)
FACTORS = (0.0, 1e-30, 1e-4, -1.0, 1e3, 1e6, 1e12, 1e30)

Tensors = dict[str, np.ndarray]


def changed(tensors: Tensors, rng: np.random.Generator) -> Tensors:
    """Change one or two arrays: one number, a row, or all by a factor."""
    tensors = {name: array.copy() for name, array in tensors.items()}
    for name in rng.choice(sorted(tensors), rng.integers(1, 3), replace=False):
        array = tensors[name]
        match rng.integers(3):
            case 0:
                array.flat[rng.integers(array.size)] = rng.choice(ABSURD)
            case 1:
                array[rng.integers(len(array))] = rng.choice(ABSURD)
            case 2:
                with np.errstate(over="ignore"):
                    array *= np.float32(rng.choice(FACTORS))
    return tensors


@pytest.fixture(scope="module")
def let_through(tmp_path_factory: pytest.TempPathFactory) -> list[Autoencoder]:
    """What the reader takes of a thousand files."""
    path: Path = own_model(tmp_path_factory.mktemp("own") / "mine.safetensors")
    good = safetensors.numpy.load(raw := path.read_bytes())
    length = int.from_bytes(raw[:8], "little")
    facts = json.loads(raw[8 : 8 + length])["__metadata__"]
    rng, models = np.random.default_rng(12), []
    for _ in range(FILES):
        try:
            models.append(weights.read_own(safetensors.numpy.save(changed(good, rng), facts)))
        except ValueError as fault:
            assert "\n" not in str(fault)
    return models


def test_what_is_let_through_can_be_computed_with(let_through: list[Autoencoder]) -> None:
    assert 0.2 * FILES < len(let_through) < 0.8 * FILES, "or else little was tried"
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.random((5, 28, 28), np.float32), np.zeros((1, 28, 28), np.float32)])
    x = np.concatenate([x, (rng.random((5, 28, 28)) < 0.5).astype(np.float32), 1 - 0 * x[:1]])
    for model in let_through:
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            z = model.encode(x)
            bottom, top = model.statistics.code_axis
            ends = np.stack([np.full(5, 2 * bottom), np.full(5, 2 * top), np.full(5, -MAX_CODE)])
            pictures = [
                model.decode(z),
                model.decode(ends.astype(np.float32)),
                model.decode(z[:1] - z[1:2] + z[2:3]),
                units.effects(model),
                units.build_up(model, z[0]),
            ]
            numbers = [
                model.atoms(),
                model.encoder_weights(x[0]),
                *latent.principal_plane(z),
                *latent.neighbours(z, z, 3),
            ]
            step, decimals = units.axis_step(bottom, top)
        assert all(np.all(np.abs(picture) <= 1) for picture in pictures)
        assert all(np.isfinite(array).all() for array in numbers)
        assert round(2 * bottom, decimals) < round(2 * top, decimals) and step > 0


@pytest.mark.parametrize("page", ["draw", "compare", "explore"])
def test_what_is_let_through_opens_on_the_pages(page: str, let_through: list[Autoencoder]) -> None:
    """Those whose axes and codes are farthest apart, and an arbitrary one."""
    by_axis = sorted(let_through, key=lambda model: np.ptp(model.statistics.code_axis))
    app = run(opened())
    now = app.session_state["visit"]
    now.edits.unit = 3
    app.switch_page(f"pages/{page}/page.py")
    for version, model in enumerate((by_axis[0], by_axis[-1], let_through[0]), 1):
        now.own = state.OwnModel(model, version)
        app.session_state[state.MODEL] = ae.plans.OWN
        run(app)
        assert not app.error


def test_a_figure_of_each_is_drawn(let_through: list[Autoencoder]) -> None:
    for model in let_through[:50]:
        usual, axis = model.statistics.code_percentiles[[0, -1]], model.statistics.code_axis
        code = model.statistics.code_mean
        figure = figures.code_figure(code, code, usual, axis, translator("en"))
        assert figure["layout"]["yaxis"]["range"] == list(axis)
