"""The NumPy forward pass, with Keras as the oracle: the same weights, the same numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import expit, logit

import ae
from ae.arrays import MAX_CODE
from ae.families import Activation, Family
from ae.model import ACTIVATIONS, Autoencoder, Dense, relu, sigmoid

if TYPE_CHECKING:
    from ae.training.nets import Nets

every_family = pytest.mark.parametrize("family", ae.FAMILIES.values(), ids=lambda f: f.name)


@pytest.fixture(scope="module")
def as_keras() -> Callable[[Autoencoder], Nets]:
    """Give the Keras nets that hold a model's weights."""
    from ae.training import nets as keras_nets

    def build(model: Autoencoder) -> Nets:
        family = ae.FAMILIES[model.name]
        nets = keras_nets.build(family, family.recipes["best"])
        keras_nets.fill(nets, ae.weights.tensors_of(model))
        return nets

    return build


@pytest.fixture(scope="module")
def digits() -> np.ndarray:
    """Our sample digits, and their negatives, which ink what the nets never saw inked."""
    drawn = np.stack([ae.drawing.from_strokes(strokes) for strokes in ae.samples.SAMPLES.values()])
    return np.concatenate([drawn, 1 - drawn])


def clipped(pictures: object) -> np.ndarray:
    """What Keras gives, as pixels: a linear output can leave [0, 1], and ours is clipped."""
    return np.clip(np.asarray(pictures), 0, 1)


def loaded(family: Family) -> Autoencoder:
    model = ae.load(family.name)
    assert isinstance(model, Autoencoder)
    return model


@every_family
def test_keras_with_the_same_weights_gives_the_same_numbers(
    family: Family, as_keras: Callable[[Autoencoder], Nets], digits: np.ndarray
) -> None:
    model = loaded(family)
    nets = as_keras(model)
    flat = digits.reshape(-1, 784)
    z, y = model.encode(digits), model.reconstruct(digits)
    # Relative to the largest activation, about 40; a float32 has steps of 4e-6 there.
    assert_allclose(z, np.asarray(nets.encoder(flat)), rtol=1e-5, atol=1e-5 * z.max())
    pictures = clipped(nets.autoencoder(flat))
    drawn = len(digits) // 2
    assert_allclose(y[:drawn].reshape(-1, 784), pictures[:drawn], rtol=0, atol=1e-5)
    # Ink everywhere, or codes twice as large, make larger sums, of which float32 keeps less.
    assert_allclose(y.reshape(-1, 784), pictures, rtol=0, atol=1e-4)
    edited = 2 * z[::-1].copy()
    assert_allclose(
        model.decode(edited).reshape(-1, 784), clipped(nets.decoder(edited)), rtol=0, atol=1e-4
    )


@every_family
def test_keras_agrees_far_from_any_digit(
    family: Family, as_keras: Callable[[Autoencoder], Nets]
) -> None:
    """Negative and huge codes, as an edited slider or a stranger's file may hold."""
    model = loaded(family)
    z = np.random.default_rng(0).normal(0, 1, (20, model.code_size)).astype(np.float32)
    z *= np.geomspace(1e-3, MAX_CODE / 10, 20, dtype=np.float32)[:, None]
    # Deep in the sigmoid's slope a sum of large terms keeps fewer digits than 1e-5.
    pictures = clipped(as_keras(model).decoder(z)).reshape(-1, 28, 28)
    small = np.abs(z).max(axis=1) < 100
    assert small.sum() > 5
    assert_allclose(model.decode(z)[small], pictures[small], rtol=0, atol=1e-5)
    assert np.mean(np.abs(model.decode(z) - pictures) > 1e-3) < 1e-3


@every_family
@pytest.mark.parametrize("level", [1.0, 7.5])
def test_atoms_are_what_keras_gives_the_last_layer(
    family: Family, level: float, as_keras: Callable[[Autoencoder], Nets]
) -> None:
    import keras

    model = loaded(family)
    decoder = as_keras(model).decoder
    decoder.layers[-1].activation = keras.activations.linear
    one_by_one = level * np.eye(model.code_size, dtype=np.float32)
    empty = np.zeros((1, model.code_size), np.float32)
    logits, base = (np.asarray(decoder(codes)) for codes in (one_by_one, empty))
    # A gain is the difference of logits that may be 180, where a float32 has steps of 1.5e-5.
    off = 1e-6 * np.abs(logits).max()
    assert_allclose(model.atoms(level), (logits - base).reshape(-1, 28, 28), rtol=1e-6, atol=off)


@every_family
def test_atoms_of_one_layer_add_up_whatever_the_other_units_do(
    family: Family, digits: np.ndarray
) -> None:
    """What the Draw page says of a unit; a deep decoder bends, and there it must not hold."""
    model = loaded(family)
    z = model.encode(digits[:5])
    # The unit that varies most: of a variational net's, some say nothing and draw nothing.
    more, unit = z.copy(), np.ptp(model.statistics.code_percentiles, axis=0).argmax()
    more[:, unit] += 1
    before, after = (model.decode(code).astype(np.float64) for code in (z, more))
    # Float32 keeps little of a pixel near 1, and nothing of the logit of a pixel that is 1.
    mid = (np.abs(before - 0.5) < 0.49) & (np.abs(after - 0.5) < 0.49)
    assert mid.sum() > 100
    logits = {"sigmoid": logit, "linear": lambda pixels: pixels}[family.output]
    gain = logits(after[mid]) - logits(before[mid])
    off = np.abs(gain - np.broadcast_to(model.atoms()[unit], mid.shape)[mid]).max()
    assert off < 1e-3 if len(model.decoder) == 1 else off > 0.1


@every_family
def test_encoder_weights_are_the_gradient_that_tensorflow_finds(
    family: Family, as_keras: Callable[[Autoencoder], Nets], digits: np.ndarray
) -> None:
    import keras
    import tensorflow as tf

    model = loaded(family)
    layers = as_keras(model).path[: len(model.encoder)]
    layers[-1].activation = keras.activations.linear
    encoder = keras.Sequential(layers)
    for digit in digits[[3, 40]]:
        pixels = tf.constant(digit.reshape(1, 784))
        with tf.GradientTape() as tape:
            tape.watch(pixels)
            logits = encoder(pixels)
        gradient = np.asarray(tape.jacobian(logits, pixels)).reshape(-1, 28, 28)
        assert_allclose(model.encoder_weights(digit), gradient, rtol=1e-4, atol=1e-5)


@every_family
def test_encoder_weights_depend_on_the_digit_where_the_encoder_bends(
    family: Family, digits: np.ndarray
) -> None:
    model = loaded(family)
    one, other = (model.encoder_weights(digit) for digit in digits[[0, 20]])
    assert np.array_equal(one, other) == (len(model.encoder) == 1)
    if len(model.encoder) == 1:
        assert_array_equal(one.reshape(32, 784).T, model.encoder[0].weights)


@every_family
def test_widths_are_the_tables(family: Family) -> None:
    assert loaded(family).widths == family.widths


def test_what_is_from_no_file_has_no_statistics_and_no_metadata() -> None:
    shallow = loaded(ae.FAMILIES["shallow"])
    bare = Autoencoder("shallow", shallow.encoder, shallow.decoder)
    with pytest.raises(ValueError, match=r"not measured.*ae\.load"):
        _ = bare.statistics
    with pytest.raises(ValueError, match=r"not from a file.*ae\.load"):
        _ = bare.metadata


@pytest.mark.parametrize("level", [np.nan, np.inf, 2 * MAX_CODE])
def test_atoms_of_an_absurd_level_are_refused(level: float) -> None:
    with pytest.raises(ValueError, match="codes: got"):
        loaded(ae.FAMILIES["deep"]).atoms(level)


# Activations


def test_sigmoid_is_the_sigmoid_without_overflow() -> None:
    a = np.concatenate([np.linspace(-120, 120, 10_001), [-1e4, 1e4, -3e38, 3e38, 0]])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        y = sigmoid(a.astype(np.float32))
    assert y.dtype == np.float32
    assert_allclose(y, expit(a.astype(np.float32).astype(np.float64)), rtol=0, atol=1e-7)
    assert y[-5:].tolist() == [0, 1, 0, 1, 0.5]
    assert np.all(np.diff(y[:10_001]) >= 0)


def test_relu_gives_exact_zeros() -> None:
    a = np.array([-3e38, -1, -1e-45, -0.0, 0, 1e-45, 2.5], np.float32)
    assert_array_equal(relu(a), np.array([0, 0, 0, 0, 0, 1e-45, 2.5], np.float32))
    assert relu(a).dtype == np.float32


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_is_what_keras_calls_so(name: Activation) -> None:
    import keras

    a = np.linspace(-30, 30, 1001, dtype=np.float32)
    of_keras = np.asarray(getattr(keras.activations, name)(a))
    assert_allclose(ACTIVATIONS[name](a), of_keras, rtol=0, atol=1e-6)


def test_a_layer_is_activation_of_product_plus_bias() -> None:
    weights = np.array([[1, -1], [2, 0], [0, 3]], np.float32)
    layer = Dense(weights, np.array([0.5, -10], np.float32), "relu")
    x = np.array([[1, 1, 1], [0, 0, 5]], np.float32)
    assert layer.logits(x).tolist() == [[3.5, -8], [0.5, 5]]
    assert layer(x).tolist() == [[3.5, 0], [0.5, 5]]


@pytest.mark.parametrize(
    ("percentiles", "axis"),
    [
        ([[-2, 1], [0, 2], [3, 4]], (-2.3, 4.6)),
        ([[1, 2], [2, 3], [3, 4]], (0.0, 4.6)),  # zero is always on it
        ([[-4, -3], [-3, -2], [-2, -1]], (-4.6, 0.0)),
        ([[0, 0], [0, 0], [0, 0]], (0.0, 1.0)),  # a dead net has an axis too
        ([[0, 0], [0, 0], [0, 1e-30]], (0.0, 1.0)),
        ([[-0.002, 0], [0, 0], [0, 0.001]], (-0.0023, 0.00115)),
    ],
)
def test_the_axis_of_codes_has_a_margin_of_15_percent(
    percentiles: list[list[float]], axis: tuple[float, float]
) -> None:
    usual = np.array(percentiles, np.float32)
    statistics = replace(loaded(ae.FAMILIES["deep"]).statistics, code_percentiles=usual)
    assert statistics.code_axis == pytest.approx(axis)
