"""1,000 files of models from anybody, through the Train page's upload, and what gets in elsewhere.

Promised: each is a model on every page, for every picture and every code; or it is one sentence,
and the models of before stay. A good file is taken afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from streamlit.testing.v1 import AppTest

from ae import latent, units
from ae.arrays import MAX_CODE
from ae.checked import MAX_HEADER
from ae.model import Autoencoder
from tests.attacks.mischief import flip, seeds, spoil
from tests.pages.test_app import opened, run
from tests.pages.test_train import at_train, bring, own_model
from ui import figures, names, own, state, trainings
from ui.text import translator

VISITORS, FILES = 10, 100

ABSURD = (0.0, -1.0, 1e-38, 1e4, -1e7, 1e7, 9e7, 1e12, -1e12, 1e30, -1e30, 3e38, -3e38, np.nan)
FACTORS = (0.0, 1e-30, 1e-4, -1.0, 1e3, 1e6, 1e12, 1e30)

_RNG = np.random.default_rng(0)
DIGITS = np.concatenate(
    [
        np.zeros((1, 28, 28)),
        np.ones((1, 28, 28)),
        _RNG.random((5, 28, 28)),
        _RNG.random((5, 28, 28)) < 0.5,
    ]
).astype(np.float32)


class Good:
    """A file that is taken, in parts."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.tensors = safetensors.numpy.load(raw)
        length = int.from_bytes(raw[:8], "little")
        self.header = json.loads(raw[8 : 8 + length])
        self.data = raw[8 + length :]
        self.facts = json.loads(self.header["__metadata__"]["facts"])


def absurd_numbers(good: Good, dice: Random) -> bytes:
    """Change one or two arrays: one number, a row, or all by a factor."""
    tensors = {name: array.copy() for name, array in good.tensors.items()}
    for name in dice.sample(sorted(tensors), dice.randint(1, 2)):
        array = tensors[name]
        match dice.randrange(3):
            case 0:
                array.flat[dice.randrange(array.size)] = dice.choice(ABSURD)
            case 1:
                array[dice.randrange(len(array))] = dice.choice(ABSURD)
            case _:
                with np.errstate(over="ignore"):
                    array *= np.float32(dice.choice(FACTORS))
    return safetensors.numpy.save(tensors, good.header["__metadata__"])


def another_header(good: Good, dice: Random) -> bytes:
    """Let the file say something else of its arrays, where they are, or of its text."""
    header = spoil(good.header, dice)
    return _put_together(header, good.data, dice)


def other_facts(good: Good, dice: Random) -> bytes:
    """Let it say something else of the net, of its training and of what was measured."""
    facts = spoil(good.facts, dice)
    header = good.header | {"__metadata__": {"facts": json.dumps(facts)}}
    return _put_together(header, good.data, dice)


def much_said(good: Good, dice: Random) -> bytes:
    """Make the header large: by what is known, by what is not, by spaces, by depth."""
    n = dice.choice((1_000, MAX_HEADER // 5, MAX_HEADER, 10 * MAX_HEADER))
    metadata = good.header["__metadata__"]
    match dice.randrange(4):
        case 0:
            facts = json.dumps(good.facts | {"versions": {str(i): "1" for i in range(n // 10)}})
        case 1:
            facts = json.dumps(good.facts) + " " * n
        case 2:
            facts = "[" * n + "]" * n
        case _:
            facts = json.dumps(good.facts)
            metadata = metadata | {"more": "x" * n}
    return _put_together(
        good.header | {"__metadata__": metadata | {"facts": facts}}, good.data, dice
    )


def _put_together(header: Any, data: bytes, dice: Random) -> bytes:
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    length = len(text) if dice.random() < 0.9 else dice.choice((0, 1, len(text) * 2, 2**63, 2**32))
    return length.to_bytes(8, "little") + text + data


KINDS: tuple[Callable[[Good, Random], bytes], ...] = (
    absurd_numbers,
    absurd_numbers,
    absurd_numbers,
    another_header,
    other_facts,
    much_said,
    lambda good, dice: flip(good.raw, dice),
    lambda good, dice: good.raw[: dice.randrange(len(good.raw))],
)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Good:
    path: Path = own_model(tmp_path_factory.mktemp("own") / "mine.safetensors")
    return Good(path.read_bytes())


@pytest.fixture(scope="module", autouse=True)
def _office() -> Iterator[None]:
    trainings.office.cache_clear()
    yield
    trainings.office().close()
    trainings.office.cache_clear()


@pytest.mark.parametrize("seed", seeds(VISITORS))
def test_any_file_is_a_model_or_one_sentence(seed: int, good: Good) -> None:
    dice = Random(seed)
    app = at_train(opened())
    now: state.Visit = app.session_state["visit"]
    taken = 0
    for i in range(FILES):
        before = now.own
        bring(app, KINDS[i % len(KINDS)](good, dice))
        assert not app.error
        if len(app.warning):
            assert [warning.value for warning in app.warning] == [now.upload_problem]
            assert now.own == before
            continue
        (name,) = now.own.keys() - before.keys()
        assert app.session_state[state.MODEL] == name
        assert_can_be_computed_with(now.own[name].model)
        taken += 1
        if taken % 4 == 0:
            assert_opens_everywhere(app, name, dice)
        if len(now.own) == len(names.IDS):
            own.remove(now, now.own[dice.choice(names.IDS)].model)
            run(app)
    assert FILES / 8 < taken < FILES * 3 / 4, "or else the attack is blunt"
    bring(app, good.raw)
    assert [*now.own.values()][-1].raw == good.raw and not app.warning


def assert_opens_everywhere(app: AppTest, name: str, dice: Random) -> None:
    app.session_state["visit"].edits.unit = dice.randrange(5)
    page = dice.choice(("draw", "compare", "explore"))
    app.switch_page(f"pages/{page}/page.py")
    run(app)
    assert not app.error and app.session_state[state.MODEL] == name
    at_train(app)


def assert_can_be_computed_with(model: Autoencoder) -> None:
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        z = model.encode(DIGITS)
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
            model.encoder_weights(DIGITS[0]),
            *latent.principal_plane(z),
            *latent.neighbours(z, z, 3),
        ]
        step, decimals = units.axis_step(bottom, top)
    assert all(np.all(np.abs(picture) <= 1) for picture in pictures)
    assert all(np.isfinite(array).all() for array in numbers)
    assert round(2 * bottom, decimals) < round(2 * top, decimals) and step > 0
    usual, axis = model.statistics.code_percentiles[[0, -1]], model.statistics.code_axis
    code = model.statistics.code_mean
    figure = figures.code_figure(code, code, usual, axis, translator("en"))
    assert figure["layout"]["yaxis"]["range"] == list(axis)
