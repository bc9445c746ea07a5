"""The measures, each beside somebody else's code for it, and the figures in the documentation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.metrics import log_loss, mean_squared_error, recall_score

import ae
from ae.arrays import Float32
from ae.evaluation import EPSILON, Errors, bce, bce_terms, dead_units, ink, measure, mse, psnr
from ae.metadata import Metadata
from ae.mnist import Mnist
from ae.model import Autoencoder, Dense, Statistics


def digits(n: int, seed: int = 0) -> np.ndarray:
    """Grey noise with many an exact 0 and 1."""
    wide = np.random.default_rng(seed).uniform(-1, 2, (n, 28, 28))
    return np.clip(wide, 0, 1).astype(np.float32)


# One digit's error


def test_bce_is_keras_s() -> None:
    import keras

    assert keras.config.epsilon() == EPSILON
    x, y = digits(6), digits(6, seed=1)
    assert np.mean((y == 0) | (y == 1)) > 0.5, "so that the bound is asked"
    of_keras = keras.losses.binary_crossentropy(x.reshape(6, 784), y.reshape(6, 784))
    # Float32 has no 1 - 1e-7: Keras's bound there is 1 - 1.2e-7.
    assert_allclose(bce(x, y), np.asarray(of_keras), rtol=0.01)
    soft = np.float32(0.1) + np.float32(0.8) * y
    of_keras = keras.losses.binary_crossentropy(x.reshape(6, 784), soft.reshape(6, 784))
    assert_allclose(bce(x, soft), np.asarray(of_keras), rtol=1e-5)


def test_bce_of_black_and_white_digits_is_the_log_loss() -> None:
    x, y = digits(4).round(), digits(4, seed=1).clip(0.01, 0.99)
    expected = [
        log_loss(a.ravel(), b.ravel().astype(np.float64)) for a, b in zip(x, y, strict=True)
    ]
    assert_allclose(bce(x, y), expected, rtol=1e-5)


def test_both_terms_of_bce() -> None:
    x, y = digits(5), digits(5, seed=1)
    missed, invented = bce_terms(x, y)
    assert missed.shape == invented.shape == (5, 784)
    assert missed.min() >= 0 and invented.min() >= 0
    assert_allclose((missed + invented).mean(axis=1), bce(x, y), rtol=1e-6)
    flat = x.reshape(5, 784)
    assert not missed[flat == 0].any() and not invented[flat == 1].any()
    # By exchanging ink and paper one becomes the other.
    paper = bce_terms(1 - x, 1 - y)
    inside = (y.reshape(5, 784) > 0.001) & (y.reshape(5, 784) < 0.999)
    assert_allclose(paper[1][inside], missed[inside], rtol=1e-3)
    half = np.full((1, 28, 28), 0.25, np.float32)
    (one,), (other,) = bce_terms(half, half)
    assert_allclose(one, -0.25 * np.log(0.25), rtol=1e-6)
    assert_allclose(other, -0.75 * np.log(0.75), rtol=1e-6)


def test_bce_at_its_worst_and_best() -> None:
    black, white = np.zeros((1, 28, 28), np.float32), np.ones((1, 28, 28), np.float32)
    assert bce(black, black) == pytest.approx(0, abs=2e-7)
    assert bce(white, white) == pytest.approx(0, abs=2e-7)
    assert bce(black, white) == pytest.approx(-np.log(EPSILON), rel=1e-3)
    assert bce(white, black) == pytest.approx(-np.log(EPSILON), rel=1e-3)
    grey = np.full((1, 28, 28), 0.5, np.float32)
    assert bce(grey, grey) == pytest.approx(np.log(2), rel=1e-5), "a perfect copy of grey"


def test_mse_is_scikit_learn_s() -> None:
    x, y = digits(4), digits(4, seed=1)
    expected = [mean_squared_error(a.ravel(), b.ravel()) for a, b in zip(x, y, strict=True)]
    assert_allclose(mse(x, y), expected, rtol=1e-5)


def test_psnr_is_the_textbook_s() -> None:
    x, y = digits(4), digits(4, seed=1)
    rms = np.sqrt(np.square(x.astype(np.float64) - y).mean(axis=(1, 2)))
    assert_allclose(psnr(x, y), 20 * np.log10(1 / rms), rtol=1e-5)
    tenth = np.full((1, 28, 28), 0.1, np.float32)
    assert psnr(tenth, 0 * tenth) == pytest.approx(20, abs=1e-4)


def test_psnr_of_a_perfect_copy_is_finite() -> None:
    assert_allclose(psnr(digits(2), digits(2)), [100.0, 100.0], rtol=1e-6)


def kept(x: Float32, y: Float32) -> Float32:
    return ink(x, y)[0]


def invented(x: Float32, y: Float32) -> Float32:
    return ink(x, y)[1]


def test_ink_of_black_and_white_digits_is_scikit_learn_s_recall() -> None:
    x, y = digits(4).round(), digits(4, seed=1).round()
    flat = [(a.ravel(), b.ravel()) for a, b in zip(x, y, strict=True)]
    assert_allclose(kept(x, y), [recall_score(a, b) for a, b in flat], rtol=1e-6)
    # Of what was drawn, so much is beyond the digit; here as a share of the digit.
    beyond = [(1 - recall_score(b, a)) * b.sum() / a.sum() for a, b in flat]
    assert_allclose(invented(x, y), beyond, rtol=1e-5)


def test_kept_and_invented_ink_make_up_what_was_drawn() -> None:
    x, y = digits(4), digits(4, seed=1)
    total = kept(x, y) + invented(x, y)
    assert_allclose(total, y.sum(axis=(1, 2)) / x.sum(axis=(1, 2)), rtol=1e-5)
    assert_allclose(ink(x, x), [np.ones(4), np.zeros(4)], atol=1e-6)
    assert_allclose(ink(x, 0 * x), np.zeros((2, 4)))


def test_a_smudge_is_not_taken_for_a_copy() -> None:
    """By its squared error it is better than most reconstructions: so little can be wrong."""
    dot = ae.drawing.from_strokes([[(0.5, 0.5)]], size=1)[None]
    model = ae.load("shallow")
    smudge = model.reconstruct(dot)
    assert model.statistics.better_than(float(mse(dot, smudge)[0])) > 0.9
    assert kept(dot, smudge)[0] < 0.5 or invented(dot, smudge)[0] > 1


def test_a_digit_without_ink_has_no_share() -> None:
    x = digits(3)
    x[1] = 0
    with pytest.raises(ValueError, match="digits: number 2 has no ink"):
        ink(x, x)


MEASURES = [bce, mse, psnr, kept, invented]


@pytest.mark.parametrize("measured", MEASURES)
def test_each_digit_has_its_own_error(measured: Any) -> None:
    x, y = digits(3), digits(3, seed=1)
    errors = measured(x, y)
    assert errors.shape == (3,) and errors.dtype == np.float32
    assert_allclose(errors[1:2], measured(x[1:2], y[1:2]), rtol=1e-6)
    assert_allclose(errors, measured(x.reshape(3, 784), y), rtol=1e-6)
    assert measured(x[:0], y[:0]).shape == (0,)


@pytest.mark.parametrize("measured", MEASURES)
def test_wrong_arrays_are_refused_in_words(measured: Any) -> None:
    x = digits(3)
    for bad in (x[0], x.astype(np.float64), 2 * x, np.full_like(x, np.nan)):
        for pair in ((x, bad), (bad, x)):
            with pytest.raises(ValueError, match=r"pictures: got .* expected float32"):
                measured(*pair)


@pytest.mark.parametrize("measured", MEASURES)
def test_one_picture_is_not_compared_with_each_of_many(measured: Any) -> None:
    with pytest.raises(ValueError, match="reconstructions: got 1, expected as many as digits, 3"):
        measured(digits(3), digits(1))
    with pytest.raises(ValueError, match="reconstructions: got 3, expected as many as digits, 1"):
        measured(digits(1), digits(3))


# A model's


@dataclass
class Coder:
    """Four units: one dead, one alive for a single digit, one always, one for every other."""

    name: str = "by hand"
    code_size: int = 4

    @property
    def metadata(self) -> Metadata:
        raise NotImplementedError

    @property
    def statistics(self) -> Statistics:
        raise NotImplementedError

    def encode(self, x: Float32) -> Float32:
        z = np.zeros((len(x), 4), np.float32)
        z[7, 1] = -3  # not zero, though not positive: PCA's codes have signs
        z[:, 2] = np.arange(1, len(x) + 1)
        z[::2, 3] = 1
        return z

    def decode(self, z: Float32) -> Float32:
        """Grey, the darker the later the digit."""
        return np.broadcast_to(1 / z[:, 2, None, None], (len(z), 28, 28)).astype(np.float32)

    def reconstruct(self, x: Float32) -> Float32:
        return self.decode(self.encode(x))

    def atoms(self) -> Float32:
        raise NotImplementedError


def test_zeros_and_dead_units_of_a_coder_made_by_hand() -> None:
    x = np.zeros((20, 28, 28), np.float32)
    errors, statistics = measure(Coder(), x)
    assert errors.dead == 1
    assert errors.zeros == pytest.approx((20 + 19 + 0 + 10) / 80)
    assert statistics.active.tolist() == pytest.approx([0, 0.05, 1, 0.5])
    assert statistics.code_mean.tolist() == pytest.approx([0, -0.15, 10.5, 0.5])
    # Of 1 to 20, linear between neighbours: position 0.05 * 19 and so on.
    assert statistics.code_percentiles[:, 2].tolist() == pytest.approx([1.95, 10.5, 19.05])
    squares = 1 / np.arange(1, 21) ** 2
    assert errors.mse == pytest.approx(squares.mean(), rel=1e-5)
    assert errors.psnr == pytest.approx((-10 * np.log10(squares)).mean(), rel=1e-5)
    # The first digit is all 1 where 0 was wanted; of the others -log(1 - y) is left.
    nats = -np.log(np.append(EPSILON, 1 - 1 / np.arange(2, 21)))
    assert errors.bce == pytest.approx(nats.mean(), rel=1e-3)
    assert statistics.mse_percentiles[[0, 100]].tolist() == pytest.approx([1 / 400, 1], rel=1e-5)
    assert statistics.mse_percentiles[50] == pytest.approx(np.median(squares), rel=1e-5)
    assert statistics.bce_percentiles[50] == pytest.approx(np.median(nats), rel=1e-5)
    assert {name: array.dtype for name, array in vars(statistics).items()} == dict.fromkeys(
        vars(statistics), np.float32
    )


def layer(bias: list[float], inputs: int, live: int, activation: Any) -> Dense:
    """Of so many live units, the first ones, which are sums; the others give what their bias is."""
    weights = np.zeros((inputs, len(bias)), np.float32)
    weights[:, :live] = 1 / inputs
    return Dense(weights, np.array(bias, np.float32), activation)


def test_dead_units_of_a_net_made_by_hand() -> None:
    net = Autoencoder(
        name="by hand",
        # Dead: one that is never positive and one that is always 2; then one linear unit; of the
        # decoder's layers all (their input is only negative), and one.
        encoder=(layer([0, 0, -1, 2], 784, 2, "relu"), layer([-9, 0.3], 4, 1, "linear")),
        decoder=(
            layer([-0.1, -0.1, -0.1], 2, 3, "relu"),
            layer([0, 0, 0.7], 3, 2, "relu"),
            layer([0] * 784, 3, 784, "sigmoid"),
        ),
    )
    x = digits(40)
    assert dead_units(net, x) == (2, 1, 3, 3)
    unbiased = replace(net, encoder=(net.encoder[0], layer([0, 0.3], 4, 1, "linear")))
    assert dead_units(unbiased, x) == (2, 1, 0, 1)
    assert dead_units(net, np.tile(x[:1], (999, 1, 1))) == (4, 2, 3, 3), "one digit moves nothing"
    with pytest.raises(ValueError, match="got 1, expected at least 2"):
        dead_units(net, x[:1])


@pytest.mark.parametrize("name", ae.MODELS)
def test_dead_units_of_what_ships(name: str, mnist: Mnist) -> None:
    model, x = ae.load(name), mnist.x_test
    counts = dead_units(model, x)
    widths = () if name == "pca" else ae.FAMILIES[name].widths[1:-1]
    assert len(counts) == max(len(widths), 1)
    of_code = counts[len(model.encoder_hidden(x[:2]))]
    assert of_code >= measure(model, x)[0].dead, "who is always zero is always the same"


def test_errors_are_plain_numbers() -> None:
    errors, _ = measure(Coder(), digits(20))
    record = errors.as_dict()
    assert Errors(**record) == errors
    assert {name: type(value) for name, value in record.items()} == {
        "bce": float,
        "mse": float,
        "psnr": float,
        "zeros": float,
        "dead": int,
    }


# "Better than 63 % of MNIST's test digits"


def statistics_of(errors: np.ndarray) -> Statistics:
    none = np.zeros(1, np.float32)
    percentiles = np.percentile(errors, np.arange(101)).astype(np.float32)
    return Statistics(np.zeros((3, 1), np.float32), none, none, percentiles, percentiles)


def test_better_than_is_a_count() -> None:
    errors = np.random.default_rng(0).lognormal(-4.5, 0.6, 10_000)
    statistics = statistics_of(errors)
    for error in np.quantile(errors, [0.003, 0.01, 0.2, 0.5, 0.635, 0.9, 0.999]):
        counted = np.mean(errors > error)
        # The last hundredth is drawn straight from the 99th percentile to the worst digit.
        assert statistics.better_than(float(error)) == pytest.approx(counted, abs=0.006)
    assert statistics.better_than(0) == 1
    assert statistics.better_than(1) == 0


def test_better_than_falls_as_the_error_grows() -> None:
    statistics = ae.load("deep").statistics
    shares = [statistics.better_than(error) for error in np.linspace(0, 0.1, 500)]
    assert np.all(np.diff(shares) <= 0) and shares[0] == 1 and shares[-1] == 0
    median = float(statistics.mse_percentiles[50])
    assert statistics.better_than(median) == pytest.approx(0.5, abs=1e-6)


@pytest.mark.parametrize("name", ae.MODELS)
def test_better_than_counts_mnist_s_test_digits(name: str, mnist: Mnist) -> None:
    model = ae.load(name)
    errors = mse(mnist.x_test, model.reconstruct(mnist.x_test))
    for error in errors[:50]:
        counted = np.mean(errors > error)
        assert model.statistics.better_than(float(error)) == pytest.approx(counted, abs=0.006)


# Figures in the documentation


def test_a_perfect_copy_has_the_floor(mnist: Mnist) -> None:
    assert bce(mnist.x_test, mnist.x_test).mean() == pytest.approx(0.0581, abs=5e-5)
    assert mse(mnist.x_test, mnist.x_test).max() == 0


def test_the_mean_digit_knows_nothing(mnist: Mnist) -> None:
    mean = np.broadcast_to(mnist.x_train.mean(axis=0), mnist.x_test.shape)
    assert bce(mnist.x_test, mean).mean() == pytest.approx(0.2625, abs=5e-5)
    assert mse(mnist.x_test, mean).mean() == pytest.approx(0.0675, abs=5e-5)


def test_clipping_is_fair_to_pca(mnist: Mnist) -> None:
    pca = ae.load("pca")
    assert isinstance(pca, ae.pca.PCA)
    flat = mnist.x_test.reshape(-1, 784)
    unclipped = pca.encode(flat) @ pca.components + pca.mean
    assert np.square(unclipped - flat).mean() == pytest.approx(0.0168, abs=5e-5)
    assert mse(flat, pca.reconstruct(flat)).mean() == pytest.approx(0.0152, abs=5e-5)
    assert bce(flat, pca.reconstruct(flat)).mean() == pytest.approx(0.1175, abs=5e-5)
