"""Nets that sample their codes, and nets that learn from corrupted digits: what only they do."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import integrate, special, stats

import ae
from ae import checked, evaluation, noise, weights
from ae.arrays import PIXELS
from ae.evaluation import (
    Bound,
    bce,
    bound,
    divergence,
    negative_elbo,
    negative_log_likelihood,
)
from ae.families import FAMILIES, VARIATIONAL, Family, Recipe
from ae.model import Autoencoder
from ae.training.progress import Epoch
from tests.ae import lazy_training as training

if TYPE_CHECKING:
    from ae.training.nets import Nets

PLAIN = [name for name, family in FAMILIES.items() if not family.variational]
TINY = Family(
    name="tiny",
    title="",
    idea="",
    encoder=(784, 24, 3),
    decoder=(3, 24, 784),
    recipes=MappingProxyType({"best": VARIATIONAL}),
)
QUICK = replace(VARIATIONAL, learning_rate=5e-3, schedule="constant", epochs=2, batch_size=50)


def loaded(name: str) -> Autoencoder:
    model = ae.load(name)
    assert isinstance(model, Autoencoder)
    return model


@pytest.fixture(scope="module")
def digits() -> np.ndarray:
    """500 of our own; read-only, so that whoever writes to them says so."""
    drawn = [ae.drawing.from_strokes(strokes) for strokes in ae.samples.SAMPLES.values()]
    rng = np.random.default_rng(0)
    x = np.stack(
        [np.roll(drawn[i % len(drawn)], rng.integers(-2, 3, 2), axis=(0, 1)) for i in range(500)]
    )
    x.setflags(write=False)
    return x


# What a code costs


@pytest.mark.parametrize(
    ("mean", "log_variance"), [(0, 0), (1.5, 0), (0, -4), (0.3, 1.2), (-3, -2.5), (2, 3)]
)
def test_divergence_is_the_integral(mean: float, log_variance: float) -> None:
    """Kullback and Leibler's own definition, by SciPy's normal distribution and its integral."""
    deviation = np.exp(log_variance / 2)
    q, prior = stats.norm(mean, deviation), stats.norm()

    def nats(z: float) -> float:
        return float(q.pdf(z) * (q.logpdf(z) - prior.logpdf(z)))

    wanted, _ = integrate.quad(nats, mean - 12 * deviation, mean + 12 * deviation)
    nats = divergence(np.array([[mean]], np.float32), np.array([[log_variance]], np.float32))
    assert nats.shape == (1, 1) and nats.dtype == np.float32
    assert nats[0, 0] == pytest.approx(wanted, rel=1e-5, abs=1e-6)


def test_divergence_is_zero_at_the_prior_alone() -> None:
    m, v = np.meshgrid(np.linspace(-2, 2, 9, dtype=np.float32), np.linspace(-2, 2, 9))
    nats = divergence(m, v.astype(np.float32))
    assert nats.shape == (9, 9)
    assert np.argwhere(nats <= 1e-6).tolist() == [[4, 4]]


# The distribution of a code


@pytest.mark.parametrize("name", ["vae", "vae2"])
def test_the_code_is_the_mean(name: str, digits: np.ndarray) -> None:
    model = loaded(name)
    mean, log_variance = model.encode_distribution(digits)
    assert mean.shape == log_variance.shape == (500, model.code_size)
    assert mean.dtype == log_variance.dtype == np.float32
    assert_array_equal(mean, model.encode(digits))
    assert_array_equal(model.encode_distribution(digits.reshape(-1, 784))[1], log_variance)
    # It knows where digits are, so that it is surer than the prior; of some numbers, much surer.
    assert log_variance.mean() < 0 and np.ptp(log_variance, axis=0).min() > 0
    for bad in (digits[0], digits.astype(np.float64), 2 * digits):
        with pytest.raises(ValueError, match="pictures: got"):
            model.encode_distribution(bad)


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_net_has_no_distribution(name: str, digits: np.ndarray) -> None:
    model = loaded(name)
    assert model.log_variance is None
    sentence = f"{name} is not variational: its code is one place"
    for ask in (
        lambda: model.encode_distribution(digits),
        lambda: negative_elbo(model, digits, np.random.default_rng(0)),
        lambda: bound(model, digits),
    ):
        with pytest.raises(ValueError, match=sentence):
            ask()


@pytest.mark.parametrize("name", ["vae", "vae2"])
def test_keras_says_the_same(name: str, digits: np.ndarray) -> None:
    model, family = loaded(name), FAMILIES[name]
    flat = digits[:50].reshape(-1, 784)
    drawn = np.asarray(training.as_keras(model, family)(flat))
    assert_allclose(drawn, model.reconstruct(flat).reshape(-1, 784), atol=1e-5)
    nets = training.build(family, family.recipes["best"])
    training.fill(nets, weights.tensors_of(model))
    assert nets.log_variance is not None
    # When it is not learning, the net that learns has the very same code and picture.
    assert_allclose(np.asarray(nets.learner(flat, training=False)), drawn, atol=1e-6)
    hidden = flat
    for layer in nets.encoder.layers[:-1]:
        hidden = np.asarray(layer(hidden))
    _, log_variance = model.encode_distribution(flat)
    assert_allclose(np.asarray(nets.log_variance(hidden)), log_variance, rtol=1e-4, atol=1e-4)


# The bound


def seen(monkeypatch: pytest.MonkeyPatch) -> list[np.ndarray]:
    """Note each code that is decoded."""
    codes: list[np.ndarray] = []
    decode = Autoencoder.decode
    monkeypatch.setattr(
        Autoencoder, "decode", lambda self, z: codes.append(z.copy()) or decode(self, z)
    )
    return codes


def test_the_parts_of_the_negative_elbo(
    digits: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = loaded("vae")
    codes = seen(monkeypatch)
    pixels, code = negative_elbo(model, digits, np.random.default_rng(0))
    assert pixels.shape == code.shape == (500,)
    (samples,) = codes
    mean, log_variance = model.encode_distribution(digits)
    # One sample for each digit and number, around the mean, as wide as the encoder says.
    noises = (samples - mean) / np.exp(log_variance / 2)
    assert stats.kstest(noises.ravel(), "norm").pvalue > 0.01
    assert_allclose(pixels, 784 * bce(digits, model.decode(samples)), rtol=1e-6)
    assert_allclose(code, divergence(mean, log_variance).sum(axis=1), rtol=1e-6)
    again, _ = negative_elbo(model, digits, np.random.default_rng(0))
    other, _ = negative_elbo(model, digits, np.random.default_rng(1))
    assert_array_equal(again, pixels)
    assert np.abs(other - pixels).max() > 0.1


def test_it_is_a_bound_and_a_near_one() -> None:
    """Two numbers can be summed over: what the net really needs for a digit, beside its bound.

    -log p(x) is the negative logarithm of the mean of p(x|z) over the prior's z (Kingma & Welling,
    2014, eq. 1 to 3); where the encoder looks is all of it that counts.
    """
    model = loaded("vae2")
    # Digits as the net draws them: of another hand's, the encoder is too sure.
    places = np.array([[0.3, 0.5], [-1, 0.2], [0.8, -1.1]], np.float32)
    for x in model.decode(places).round():
        mean, log_variance = model.encode_distribution(x[None])
        steps = np.linspace(-8, 8, 81, dtype=np.float32)
        z = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
        z = mean + np.exp(log_variance / 2) * z
        of_pixels = -784 * bce(np.repeat(x[None], len(z), 0), model.decode(z)).astype(float)
        cell = 0.2**2 * np.exp(log_variance.sum() / 2)
        of_both = of_pixels + stats.norm.logpdf(z).sum(axis=1) + np.log(cell)
        needed = -special.logsumexp(of_both)
        many = np.repeat(x[None], 300, axis=0)
        pixels, code = negative_elbo(model, many, np.random.default_rng(0))
        assert needed - 0.05 < (pixels + code).mean() < needed + 10
        estimate = negative_log_likelihood(model, x[None], np.random.default_rng(0), 20_000)
        assert estimate == pytest.approx([needed], abs=0.1)


def test_more_rolls_bring_the_estimate_down_to_the_likelihood(digits: np.ndarray) -> None:
    model = loaded("vae")
    x = (digits[:20] > 0.5).astype(np.float32)
    means = [
        negative_log_likelihood(model, x, np.random.default_rng(0), rolls).mean()
        for rolls in (1, 10, 100, 1000)
    ]
    assert np.all(np.diff(means) < 0)
    bounds = [sum(negative_elbo(model, x, np.random.default_rng(i))).mean() for i in range(50)]
    assert means[-1] < np.mean(bounds)


def test_grey_digits_have_no_likelihood(digits: np.ndarray) -> None:
    with pytest.raises(ValueError, match="digits: got grey pixels"):
        negative_log_likelihood(loaded("vae"), digits[:1], np.random.default_rng(0), 1)
    with pytest.raises(ValueError, match="is not variational"):
        negative_log_likelihood(ae.load("deep"), digits[:1].round(), np.random.default_rng(0), 1)  # type: ignore[arg-type]


def test_bound_averages_grey_digits_and_binary_ones(
    digits: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, asked = loaded("vae2"), []

    def noted(model: Autoencoder, x: np.ndarray, random: np.random.Generator) -> Any:
        asked.append(x)
        return negative_elbo(model, x, random)

    monkeypatch.setattr(evaluation, "negative_elbo", noted)
    measured = bound(model, digits)
    assert measured == bound(model, digits), "always the same noises"
    assert isinstance(measured, Bound) and all(type(nats) is float for nats in measured)
    assert measured.total == measured.pixels + measured.code
    grey, binary = asked[:2]
    assert_array_equal(grey, digits)
    assert binary.dtype == np.float32 and set(np.unique(binary)) == {0, 1}
    # With the grey as the chance: over many pixels of about the same grey, its share is white.
    assert_array_equal(binary[digits == 0], 0)
    assert_array_equal(binary[digits == 1], 1)
    for low in (0.2, 0.4, 0.6):
        some = (digits > low) & (digits < low + 0.2)
        assert binary[some].mean() == pytest.approx(digits[some].mean(), abs=0.03)
    pixels, code = negative_elbo(model, binary, np.random.default_rng(7))
    assert measured.binary == pytest.approx((pixels + code).mean(), rel=0.01)
    pixels, code = negative_elbo(model, digits, np.random.default_rng(7))
    assert measured.pixels == pytest.approx(pixels.mean(), rel=0.01)
    assert measured.code == pytest.approx(code.mean(), rel=1e-5)


# Learning with sampled codes


@pytest.fixture(scope="module")
def tiny() -> Nets:
    import keras

    keras.utils.set_random_seed(0)
    return training.build(TINY, QUICK)


def test_the_table_tells_them_apart() -> None:
    assert TINY.variational and not TINY.plain
    assert TINY.activations == (("relu", "linear"), ("relu", "sigmoid"))
    noisy = replace(
        TINY, recipes={"best": replace(QUICK, loss="mean_squared_error", sees="corrupted")}
    )
    assert not noisy.variational and not noisy.plain
    assert noisy.activations == (("relu", "relu"), ("relu", "sigmoid"))


def test_a_variational_encoder_has_one_layer_more(tiny: Nets) -> None:
    layers = [(784, 24), (24, 3), (24, 3), (3, 24), (24, 784)]
    assert TINY.parameters == sum(a * b + b for a, b in layers) == tiny.learner.count_params()
    assert tiny.autoencoder.count_params() == TINY.parameters - 75
    arrays = training.tensors(tiny)
    assert list(arrays)[-2:] == ["log_variance.weights", "log_variance.bias"]
    assert arrays["log_variance.weights"].shape == (24, 3)
    model = weights.autoencoder(TINY, arrays)
    assert model.log_variance is not None and model.log_variance.activation == "linear"
    for name, array in weights.tensors_of(model).items():
        assert_array_equal(array, arrays[name])
    other = training.build(TINY, QUICK)
    training.fill(other, arrays)
    assert_array_equal(
        training.tensors(other)["log_variance.weights"], arrays["log_variance.weights"]
    )


def test_only_while_it_learns_codes_are_sampled(tiny: Nets, digits: np.ndarray) -> None:
    x = digits[:40].reshape(40, 784)
    still = [np.asarray(tiny.learner(x, training=False)) for _ in range(2)]
    assert_array_equal(still[0], still[1])
    assert_array_equal(still[0], np.asarray(tiny.autoencoder(x)))
    samples = [np.asarray(tiny.learner(x, training=True)) for _ in range(2)]
    for one, other in ((samples[0], samples[1]), (samples[0], still[0])):
        assert np.abs(one - other).max(axis=1).min() > 1e-3, "each digit's code"


def test_a_sample_has_the_mean_and_the_spread_that_the_encoder_says(tiny: Nets) -> None:
    sampling = tiny.learner.get_layer("sampling")
    rng = np.random.default_rng(0)
    mean = rng.normal(0, 3, (3000, 2)).astype(np.float32)
    log_variance = rng.uniform(-4, 2, (3000, 2)).astype(np.float32)
    first, second = (np.asarray(sampling([mean, log_variance], training=True)) for _ in range(2))
    for samples in (first, second):
        noises = (samples - mean) / np.exp(log_variance / 2)
        assert stats.kstest(noises.ravel(), "norm").pvalue > 0.01
    assert np.abs(np.corrcoef(first.T - mean.T, second.T - mean.T)[:2, 2:]).max() < 0.1
    assert_array_equal(np.asarray(sampling([mean, log_variance], training=False)), mean)
    nats = divergence(mean, log_variance).sum(axis=1).mean()
    assert float(sum(sampling.losses)) == pytest.approx(nats / PIXELS, rel=1e-5)


def test_it_learns_and_its_loss_is_the_negative_elbo(digits: np.ndarray) -> None:
    told: list[Epoch] = []
    train, held_out = digits[:400], digits[400:]
    nets = training.fit(TINY, QUICK, train, held_out, on_epoch=told.append)
    assert told[1].loss < told[0].loss and told[1].validation_loss < told[0].validation_loss
    model = weights.autoencoder(TINY, training.tensors(nets))
    mean, log_variance = model.encode_distribution(held_out)
    nats = divergence(mean, log_variance).sum(axis=1)
    assert nats.mean() / PIXELS > 1e-3, "or else the next line would not see it"
    # Where it does not learn, Keras decodes the mean.
    wanted = bce(held_out, model.decode(mean)) + nats / PIXELS
    assert told[-1].validation_loss == pytest.approx(wanted.mean(), abs=1e-4)
    evaluated = nets.learner.evaluate(
        train.reshape(-1, 784), train.reshape(-1, 784), batch_size=400, verbose=0
    )
    pixels, code = (
        bce(train, model.reconstruct(train)),
        divergence(*model.encode_distribution(train)),
    )
    assert evaluated == pytest.approx(pixels.mean() + code.sum(axis=1).mean() / PIXELS, abs=1e-4)


def test_the_spread_is_learnt(digits: np.ndarray) -> None:
    """Gradients reach the log-variances through the sampling, and not only from their price.

    The price alone draws all of them to the prior's zero; where a code matters, they fall.
    """
    recipe = replace(QUICK, epochs=15, learning_rate=1e-2)
    model = weights.autoencoder(TINY, training.tensors(training.fit(TINY, recipe, digits)))
    _, log_variance = model.encode_distribution(digits)
    assert log_variance.mean(axis=0).min() < -1


# Learning from corrupted digits


def test_batches_are_corrupted_digits_and_the_clean_ones(digits: np.ndarray) -> None:
    x = digits[:205].reshape(205, 784)
    recipe = replace(FAMILIES["denoising"].recipes["best"], batch_size=50)
    served, again = (training.Lesson(x, recipe, seed=3) for _ in range(2))
    assert len(served) == 5
    orders = []
    for _ in range(2):
        batches = [served[i] for i in range(5)]
        assert [len(clean) for _, clean in batches] == [50, 50, 50, 50, 5]
        for (bad, clean), (twin, _) in zip(batches, [again[i] for i in range(5)], strict=True):
            assert bad.shape == clean.shape and bad.dtype == clean.dtype == np.float32
            assert np.mean((bad != clean).any(axis=1)) > 0.5
            assert_array_equal(bad, twin)
        # All of them, each once; some of ours are the same picture.
        clean = np.concatenate([clean for _, clean in batches])
        assert_array_equal(clean[np.lexsort(clean.T)], x[np.lexsort(x.T)])
        orders.append(clean)
        served.on_epoch_end()
        again.on_epoch_end()
    assert (orders[0] != orders[1]).any() and (orders[0] != x).any()


def test_coins_make_digits_black_and_white(digits: np.ndarray) -> None:
    x = digits[:50].reshape(50, 784)
    lesson = training.Lesson(x, replace(QUICK, sees="coins", batch_size=50), seed=3)
    tosses = []
    for _ in range(200):
        shown, wanted = lesson[0]
        assert shown is wanted and {*np.unique(shown)} <= {0.0, 1.0}
        back = np.argsort(lesson.order)
        tosses.append(shown[back])
        lesson.on_epoch_end()
    assert (tosses[0] != tosses[1]).any()
    assert_allclose(np.mean(tosses, axis=0), x, atol=0.2)  # five standard deviations of a half
    assert_allclose(np.mean(tosses), x.mean(), rtol=0.01)


def test_digits_are_moved_once_two_fifths_are_over(digits: np.ndarray) -> None:
    x = digits[:50].reshape(50, 784)
    lesson = training.Lesson(x, replace(QUICK, sees="shifted", batch_size=50, epochs=5), seed=3)
    moved = []
    for _ in range(5):
        shown, wanted = lesson[0]
        assert shown is wanted
        moved.append((shown != x[lesson.order]).any(axis=1).mean())
        lesson.on_epoch_end()
    assert moved[:2] == [0, 0] and min(moved[2:]) > 0.7


def test_a_net_is_shown_the_corrupted_and_asked_for_the_clean(
    digits: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shown nothing at all, it cannot use its input, and learns the clean digits' mean."""
    seen = 0

    def nothing(x: np.ndarray, random: np.random.Generator) -> np.ndarray:
        nonlocal seen
        seen += len(x)
        return np.zeros_like(x)

    monkeypatch.setattr(noise, "mixed", nothing)
    family = FAMILIES["denoising"]
    best = family.recipes["best"]
    recipe = replace(best, epochs=20, batch_size=100, learning_rate=1e-2, schedule="constant")
    starts: list[dict[str, np.ndarray]] = []
    nets = training.fit(
        family, recipe, digits, on_step=lambda step, nets: starts.append(training.tensors(nets))
    )
    assert seen >= 20 * 500
    arrays = training.tensors(nets)
    assert_array_equal(arrays["encoder.0.weights"], starts[0]["encoder.0.weights"])
    assert np.abs(arrays["decoder.2.bias"] - starts[0]["decoder.2.bias"]).max() > 0.05
    drawn = np.asarray(nets.autoencoder(np.zeros((1, 784), np.float32)))
    assert_allclose(drawn[0], digits.reshape(-1, 784).mean(axis=0), atol=0.1)


@pytest.mark.parametrize("name", ["shallow", "vae2"])
def test_other_nets_are_shown_clean_digits(
    name: str, digits: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(noise, "mixed", lambda *_: pytest.fail("was corrupted"))
    recipe: Recipe = replace(FAMILIES[name].recipes["best"], epochs=1, batch_size=100)
    training.fit(FAMILIES[name], recipe, digits[:100])


def test_only_denoising_is_shown_noise() -> None:
    sees = {name: {r.sees for r in f.recipes.values()} for name, f in FAMILIES.items()}
    assert [name for name, kinds in sees.items() if "corrupted" in kinds] == ["denoising"]


# Files


def drop(tensors: dict[str, np.ndarray]) -> None:
    del tensors["log_variance.weights"]


def turn(tensors: dict[str, np.ndarray]) -> None:
    tensors["log_variance.weights"] = tensors["log_variance.weights"].T


def put_a_nan(tensors: dict[str, np.ndarray]) -> None:
    tensors["log_variance.bias"] = np.full(32, np.nan, np.float32)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (drop, "log_variance.weights is nothing, expected float32 of shape (256, 32)"),
        (turn, "log_variance.weights is float32 of shape (32, 256), expected"),
        (put_a_nan, "log_variance.bias holds NaN or infinity"),
    ],
)
def test_a_file_without_a_sound_spread_is_refused(
    tmp_path: Path, damage: Callable[[dict[str, np.ndarray]], None], says: str
) -> None:
    path = Path(shutil.copy(weights.locate("vae"), tmp_path))
    shutil.copy(checked.FOLDER / checked.SUMS, tmp_path)
    tensors, facts = checked.read(path, tmp_path)
    ae.load("vae", folder=tmp_path)
    damage(tensors)
    checked.save(path, tensors, facts)
    with pytest.raises(ae.WeightsError) as caught:
        ae.load("vae", folder=tmp_path)
    assert says in str(caught.value)


def test_a_plain_net_s_file_with_a_spread_is_refused(tmp_path: Path) -> None:
    path = Path(shutil.copy(weights.locate("deep"), tmp_path))
    shutil.copy(checked.FOLDER / checked.SUMS, tmp_path)
    tensors, facts = checked.read(path, tmp_path)
    checked.save(path, tensors | {"log_variance.bias": np.zeros(32, np.float32)}, facts)
    with pytest.raises(ae.WeightsError, match=r"log_variance\.bias is .*, expected nothing"):
        ae.load("deep", folder=tmp_path)


def test_produce_writes_the_spread(digits: np.ndarray, tmp_path: Path) -> None:
    y = np.zeros(500, np.uint8)
    data = ae.mnist.Mnist(digits[:400], y[:400], digits[400:], y[400:], sha256="0" * 64)
    training.produce("vae2", data, epochs=1, seed=4, out=tmp_path)
    model = ae.load("vae2", folder=tmp_path)
    assert isinstance(model, Autoencoder) and model.log_variance is not None
    assert not model.log_variance.weights.flags.writeable
    assert model.metadata.parameters == FAMILIES["vae2"].parameters
    assert model.metadata.net.recipe.loss == "negative_elbo"
    assert model.metadata.net.recipe == replace(VARIATIONAL, epochs=1)
    _, log_variance = model.encode_distribution(digits)
    assert np.ptp(log_variance) > 0
