"""What any picture and any code can do to a net: found without trying, held against trying."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import ae
from ae import plans, reach, weights
from ae.arrays import MAX_CODE
from ae.families import Activation
from ae.model import Autoencoder, Dense

ACTIVATIONS: tuple[tuple[Activation, Activation], ...] = (("relu", "sigmoid"), ("linear", "linear"))


def net(
    rng: np.random.Generator, hidden: Activation, output: Activation, gain: float
) -> Autoencoder:
    """A net of 784-9-5-9-784, each layer's weights a power of ten that differs from the others'."""

    def stack(widths: tuple[int, ...], last: Activation) -> tuple[Dense, ...]:
        return tuple(
            Dense(
                (rng.normal(0, 10 ** rng.uniform(-gain, gain), (a, b))).astype(np.float32),
                (rng.normal(0, 10 ** rng.uniform(-gain, gain), b)).astype(np.float32),
                last if b == widths[-1] else hidden,
            )
            for a, b in itertools.pairwise(widths)
        )

    return Autoencoder("mine", stack((784, 9, 5), hidden), stack((5, 9, 784), output))


def worst(layer: Dense) -> np.ndarray:
    """For each unit the picture that drives it highest, and the one that drives it lowest."""
    signs = (layer.weights.T > 0).astype(np.float32)
    return np.concatenate([signs, 1 - signs])  # (2 · units, 784)


@pytest.mark.parametrize("activation", ["linear", "relu", "sigmoid"])
def test_of_one_layer_it_is_what_the_worst_pictures_give(activation: Activation) -> None:
    layer = replace(
        net(np.random.default_rng(1), "linear", "linear", 0).encoder[0], activation=activation
    )
    bounds = reach.through([layer], np.zeros(784), np.ones(784))
    given = layer(worst(layer))
    assert_allclose(bounds.high, given[:9].diagonal(), rtol=1e-5, atol=1e-4)
    assert_allclose(bounds.low, given[9:].diagonal(), rtol=1e-5, atol=1e-4)


@settings(max_examples=150)
@given(st.integers(0, 2**32 - 1), st.sampled_from(ACTIVATIONS), st.floats(0, 18))
def test_what_is_let_through_never_overflows(
    seed: int, activations: tuple[Activation, Activation], gain: float
) -> None:
    """Pictures and codes at their ends, where sums are largest; every warning is an error."""
    rng = np.random.default_rng(seed)
    model = net(rng, *activations, gain)
    try:
        bounds = reach.check(model)
    except ValueError:
        return
    noise = rng.random((5, 784), np.float32)
    x = np.concatenate([worst(model.encoder[0]), noise, np.zeros_like(noise), np.ones_like(noise)])
    with np.errstate(over="raise", invalid="raise"):
        z = model.encode(x)
        ends = MAX_CODE * rng.choice(np.array([-1, 1], np.float32), (20, 5))
        pictures = np.concatenate([model.decode(z), model.decode(ends), model.atoms(MAX_CODE)])
        maps = model.encoder_weights(x[0].reshape(28, 28))
    slack = 1e-3 * (1 + bounds.size)
    assert np.all((z >= bounds.low - slack) & (z <= bounds.high + slack))
    assert np.isfinite(pictures).all() and np.isfinite(maps).all()


@pytest.mark.parametrize(
    ("name", "recipe"), [pair for pair in weights.all_models() if pair[0] != "pca"]
)
def test_what_ships_is_far_from_the_ends(name: str, recipe: str) -> None:
    model = ae.load(name, recipe=recipe)
    assert isinstance(model, Autoencoder)
    bounds = reach.check(model)
    assert bounds.high.max() < reach.MAX_REACH / 1e3
    assert np.all(model.statistics.code_percentiles <= bounds.high)


@pytest.mark.parametrize("like", plans.PLAIN)
@pytest.mark.parametrize("initializer", plans.INITIALIZERS)
def test_the_widest_net_that_can_be_trained_starts_far_from_the_ends(
    like: str, initializer: str
) -> None:
    """Or else a training would be stopped that harms nobody."""
    rng = np.random.default_rng(0)
    base = plans.preset("ours", like)
    family = replace(base, hidden=(512, 512, 512), code_size=128).family
    arrays = {}
    for half, widths in (("encoder", family.encoder), ("decoder", family.decoder)):
        for i, (a, b) in enumerate(itertools.pairwise(widths)):
            deviation = np.sqrt(2 / (a if initializer == "he_normal" else a + b))
            arrays[f"{half}.{i}.weights"] = rng.normal(0, deviation, (a, b)).astype(np.float32)
            arrays[f"{half}.{i}.bias"] = np.full(b, 100, np.float32)
    bounds = reach.check(weights.autoencoder(family, arrays))
    assert 1e4 < bounds.high.max() < reach.MAX_REACH / 100


@pytest.mark.parametrize(
    ("layer", "value", "words"),
    [
        ("encoder.0", 1e30, "codes too large"),
        ("encoder.0", -1e30, "codes too large"),
        ("encoder.1", 3e38, "codes too large"),
        ("decoder.0", 3e38, "weights too large"),
        ("decoder.1", -3e38, "weights too large"),
    ],
)
def test_one_absurd_weight_is_enough(layer: str, value: float, words: str) -> None:
    """Also on a pixel that no digit inks."""
    model = net(np.random.default_rng(2), "linear", "linear", 0)
    arrays = weights.tensors_of(model)
    arrays[f"{layer}.weights"][0, 0] = value
    with pytest.raises(ValueError, match=words):
        reach.check(model)
