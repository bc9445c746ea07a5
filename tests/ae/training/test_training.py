"""Training: the nets are what the table says, Keras does with them what the recipes want."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import ae
from ae import weights
from ae.evaluation import bce, dead_units, divergence
from ae.families import FAMILIES, Family, Recipe
from ae.metadata import Data, Net
from ae.mnist import Mnist
from ae.model import Autoencoder, topk
from ae.training.progress import Epoch
from tests.ae import lazy_training as training

if TYPE_CHECKING:
    from ae.training.nets import Nets

SHALLOW, SPARSE, TOPK, DEEP = (FAMILIES[name] for name in ("shallow", "sparse", "topk", "deep"))
# Enough of a recipe to see in a second that something is learnt.
QUICK = Recipe(
    optimizer="adam",
    learning_rate=1e-2,
    schedule="cosine",
    initializer="he_normal",
    code_bias=0.5,
    epochs=4,
    batch_size=50,
)

every_net = pytest.mark.parametrize(
    ("family", "recipe"),
    [(f, recipe) for f in FAMILIES.values() for recipe in f.recipes],
    ids=lambda value: value if isinstance(value, str) else value.name,
)


@pytest.fixture(scope="module")
def digits() -> np.ndarray:
    """A thousand: our sample digits, each shifted by a few pixels."""
    drawn = np.stack([ae.drawing.from_strokes(strokes) for strokes in ae.samples.SAMPLES.values()])
    rng = np.random.default_rng(0)
    return np.stack(
        [np.roll(rng.choice(drawn), rng.integers(-2, 3, 2), axis=(0, 1)) for _ in range(1000)]
    )


@pytest.fixture
def build() -> Callable[[Family, Recipe], Nets]:
    import keras

    def reproducibly(family: Family, recipe: Recipe) -> Nets:
        keras.utils.set_random_seed(0)
        return training.build(family, recipe)

    return reproducibly


# The nets


@every_net
def test_layers_are_the_tables(
    family: Family, recipe: str, build: Callable[[Family, Recipe], Nets]
) -> None:
    nets = build(family, family.recipes[recipe])
    for net, widths in ((nets.encoder, family.encoder), (nets.decoder, family.decoder)):
        assert (net.input_shape, net.output_shape) == ((None, widths[0]), (None, widths[-1]))
    assert [layer.units for layer in nets.path] == [*family.encoder[1:], *family.decoder[1:]]
    names = [layer.activation.__name__ for layer in nets.path]
    of_encoder, of_decoder = family.activations
    # What picks the largest comes after its layer.
    assert names == [name.replace("topk", "linear") for name in (*of_encoder, *of_decoder)]
    assert sum(w.numpy().size for w in nets.learner.trainable_weights) == family.parameters
    assert (nets.learner is nets.autoencoder) == (nets.log_variance is nets.top_k is None)
    assert (nets.top_k is not None) == (family.k is not None)
    assert (nets.log_variance is not None) == family.variational
    x = np.random.default_rng(0).random((3, 784), np.float32)
    halves = nets.decoder(nets.encoder(x))
    assert_array_equal(np.asarray(nets.autoencoder(x)), np.asarray(halves))


@every_net
def test_start(family: Family, recipe: str, build: Callable[[Family, Recipe], Nets]) -> None:
    settings = family.recipes[recipe]
    nets = build(family, settings)
    code, last = len(family.encoder) - 2, len(nets.path) - 1
    for depth, layer in enumerate(nets.path):
        kernel, bias = layer.get_weights()
        if depth == code + 1 < last:
            # What the code's biases add is taken away.
            assert_allclose(bias + np.full(len(kernel), settings.code_bias) @ kernel, 0, atol=1e-4)
        else:
            assert np.all(bias == (settings.code_bias if depth == code else 0))
        # Variance of the start: He (2015) 2 / inputs, Glorot (2010) 2 / (inputs + units).
        inputs, units = kernel.shape
        he = settings.initializer == "he_normal" and depth < last
        assert kernel.std() == pytest.approx(
            np.sqrt(2 / (inputs if he else inputs + units)), rel=0.05
        )


@every_net
def test_penalty_and_bound_are_where_the_table_puts_them(
    family: Family, recipe: str, build: Callable[[Family, Recipe], Nets]
) -> None:
    settings = family.recipes[recipe]
    nets = build(family, settings)
    code = len(family.encoder) - 2
    for depth, layer in enumerate(nets.path):
        penalty, bound = layer.activity_regularizer, layer.kernel_constraint
        assert (penalty is not None) == (depth == code and settings.l1 > 0)
        assert (bound is not None) == (depth == code + 1 and settings.max_row_norm is not None)
        if penalty:
            assert float(penalty.l1) == pytest.approx(settings.l1)
        if bound:
            long = np.ones(layer.kernel.shape, np.float32)
            norms = np.linalg.norm(np.asarray(bound(long)), axis=1)
            assert_allclose(norms, np.full(len(norms), settings.max_row_norm), rtol=1e-5)


def test_the_tutorial_s_recipe_is_the_tutorial_s() -> None:
    plain = Recipe(
        optimizer="adadelta",
        learning_rate=1.0,
        schedule="constant",
        initializer="glorot_uniform",
        code_bias=0.0,
        epochs=50,
        batch_size=256,
        l1=0.0,
        max_row_norm=None,
    )
    assert SHALLOW.recipes["tutorial"] == DEEP.recipes["tutorial"] == plain
    assert SPARSE.recipes["tutorial"] == replace(plain, l1=1e-4)


@pytest.mark.parametrize("n", [1, 4, 60])
def test_this_keras_divides_the_penalty_by_the_batch_size(
    n: int, digits: np.ndarray, build: Callable[[Family, Recipe], Nets]
) -> None:
    """Releases differ. A recipe's ``l1`` is per digit, whatever the batch size is."""
    nets = build(SPARSE, replace(QUICK, l1=0.01))
    x = digits[:n].reshape(n, 784)
    z = np.asarray(nets.encoder(x))
    y = np.asarray(nets.autoencoder(x))
    penalty = 0.01 * z.sum() / n
    assert float(sum(nets.autoencoder.losses)) == pytest.approx(penalty, rel=1e-5)
    nets.autoencoder.compile(loss="binary_crossentropy")
    loss = nets.autoencoder.evaluate(x, x, batch_size=n, verbose=0)
    assert loss == pytest.approx(bce(x, y).mean() + penalty, rel=1e-4)
    assert penalty > 0.1, "or else the line above would not see it"


# The optimizer


def test_adadelta_has_the_learning_rate_it_had_then() -> None:
    optimizer = training.optimizer(SHALLOW.recipes["tutorial"], 235)
    assert type(optimizer).__name__ == "Adadelta"
    assert float(optimizer.learning_rate) == 1.0


@pytest.mark.parametrize("epochs", [1, 2, 10])
def test_cosine_schedule(epochs: int) -> None:
    steps = 20
    recipe = replace(QUICK, learning_rate=0.004, epochs=epochs)
    optimizer = training.optimizer(recipe, steps)
    assert type(optimizer).__name__ == "Adam"
    rate = [float(optimizer._learning_rate(step)) for step in range(epochs * steps + 1)]
    assert_allclose(rate[: steps + 1], 0.004 * np.arange(steps + 1) / steps, atol=1e-8)
    if epochs > 1:
        down = np.arange((epochs - 1) * steps + 1) / ((epochs - 1) * steps)
        assert_allclose(rate[steps:], 0.002 * (1 + np.cos(np.pi * down)), atol=1e-8)
        assert rate[-1] == pytest.approx(0, abs=1e-8)


# Fitting


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda family: family.name)
def test_a_few_epochs_teach_something(family: Family, digits: np.ndarray) -> None:
    # A sampled code says little at first, and its price keeps it small.
    epochs = 10 if family.variational else 4
    recipe = replace(family.recipes["best"], learning_rate=1e-2, epochs=epochs, batch_size=50)
    seen: list[Epoch] = []
    train, held_out = digits[:900], digits[900:]
    before = train.copy()
    nets = training.fit(family, recipe, train, held_out, on_epoch=seen.append)
    assert_array_equal(train, before)
    assert [(epoch.number, epoch.of) for epoch in seen] == [(n + 1, epochs) for n in range(epochs)]
    assert np.all(np.diff([epoch.loss for epoch in seen]) < 0)
    assert np.all(np.diff([0, *(epoch.seconds for epoch in seen)]) > 0)
    # What is reported is what the exported weights do, on the digits that were held out.
    model = weights.autoencoder(family, training.tensors(nets))
    error = float(bce(held_out, model.reconstruct(held_out)).mean())
    penalty = recipe.l1 * float(model.encode(held_out).sum(axis=1).mean())
    if recipe.loss == "mean_squared_error":  # of the net's own output, before it is clipped
        (layer,) = model.decoder
        loss = float(np.square(layer(model.encode(held_out)) - held_out.reshape(-1, 784)).mean())
    else:
        loss = error + penalty
    if recipe.loss == "negative_elbo":
        nats = divergence(*model.encode_distribution(held_out)).sum(axis=1)
        loss += float(nats.mean()) / 784
    assert seen[-1].validation_loss == pytest.approx(loss, rel=1e-4)
    mean = np.broadcast_to(train.mean(axis=0), held_out.shape)
    assert error < 0.95 * float(bce(held_out, mean).mean()), "no better than the mean digit"


def test_without_digits_held_out(digits: np.ndarray) -> None:
    seen: list[Epoch] = []
    training.fit(SHALLOW, replace(QUICK, epochs=1), digits[:60], on_epoch=seen.append)
    assert [epoch.validation_loss for epoch in seen] == [None]


def test_the_bound_holds_and_the_penalty_makes_zeros(digits: np.ndarray) -> None:
    def fit(recipe: Recipe) -> Autoencoder:
        return weights.autoencoder(SPARSE, training.tensors(training.fit(SPARSE, recipe, digits)))

    free = fit(QUICK)
    sparse = fit(replace(QUICK, l1=0.02, max_row_norm=0.7))
    longest = [np.linalg.norm(m.decoder[0].weights, axis=1).max() for m in (free, sparse)]
    assert longest[1] <= 0.7 * (1 + 1e-5) < longest[0]
    zeros = [np.mean(model.encode(digits) == 0) for model in (free, sparse)]
    assert zeros[1] > zeros[0] + 0.2


def test_the_same_seed_gives_the_same_errors(digits: np.ndarray) -> None:
    def fit(seed: int) -> tuple[Autoencoder, float]:
        nets = training.fit(DEEP, QUICK, digits, seed=seed)
        model = weights.autoencoder(DEEP, training.tensors(nets))
        return model, float(bce(digits, model.reconstruct(digits)).mean())

    (one, first), (again, second), (other, _) = fit(1), fit(1), fit(2)
    assert second == pytest.approx(first, rel=5e-4)
    assert_allclose(one.atoms(), again.atoms(), atol=1e-3)
    assert np.abs(one.atoms() - other.atoms()).max() > 0.1


def test_tensors_are_keras_s_numbers_under_our_names(
    build: Callable[[Family, Recipe], Nets],
) -> None:
    nets = build(DEEP, QUICK)
    arrays = training.tensors(nets)
    assert list(arrays) == [
        f"{half}.{i}.{part}"
        for half in ("encoder", "decoder")
        for i in range(3)
        for part in ("weights", "bias")
    ]
    assert_array_equal(arrays["encoder.0.weights"], nets.encoder.layers[0].get_weights()[0])
    assert_array_equal(arrays["decoder.2.bias"], nets.decoder.layers[2].get_weights()[1])
    assert all(a.dtype == np.float32 and a.flags.c_contiguous for a in arrays.values())


# The largest k numbers


def test_k_falls_over_the_first_fifth(build: Callable[[Family, Recipe], Nets]) -> None:
    nets = build(TOPK, TOPK.recipes["best"])
    assert nets.top_k is not None and TOPK.k == 16
    codes = np.random.default_rng(0).standard_normal((50, 32)).astype(np.float32)
    kept = []
    for passed in (0, 0.05, 0.1, 0.15, 0.2, 0.6, 1):
        nets.top_k.fall(passed)
        learning = np.asarray(nets.top_k(codes, training=True))
        assert_array_equal(learning, topk(codes, k := int((learning != 0).sum(axis=1)[0])))
        kept.append(k)
        # Whoever is not learning gets all that there will be.
        assert_array_equal(np.asarray(nets.top_k(codes)), topk(codes, 16))
    assert kept == [32, 28, 24, 20, 16, 16, 16]


def test_a_k_sparse_net_is_the_same_for_keras_and_for_us(
    digits: np.ndarray, build: Callable[[Family, Recipe], Nets]
) -> None:
    nets = build(TOPK, TOPK.recipes["best"])
    model = weights.autoencoder(TOPK, training.tensors(nets))
    x = digits[:200].reshape(200, 784)
    z = model.encode(x)
    assert_array_equal((z != 0).sum(axis=1), 16)
    assert_allclose(z, np.asarray(nets.encoder(x)), atol=1e-5)
    assert_allclose(model.decode(z).reshape(200, 784), np.asarray(nets.autoencoder(x)), atol=1e-5)
    assert_allclose(np.asarray(nets.learner(x)), np.asarray(nets.autoencoder(x)), atol=1e-5)


def test_k_reaches_its_end_while_it_learns(digits: np.ndarray) -> None:
    recipe = replace(TOPK.recipes["best"], epochs=5, batch_size=100)
    seen: list[int] = []

    def look(_step: object, nets: Nets) -> None:
        assert nets.top_k is not None
        seen.append(int(nets.top_k.moment.numpy()))

    training.fit(TOPK, recipe, digits, on_step=look)
    assert seen[0] == 32 and seen[-1] == 16 and seen == sorted(seen, reverse=True)


# Units that died


def test_units_that_died_become_halves_of_strong_ones(
    digits: np.ndarray, build: Callable[[Family, Recipe], Nets]
) -> None:
    nets = build(DEEP, QUICK)
    x = digits[:300].reshape(300, 784)
    for layer, dead in ((nets.path[0], [3, 5]), (nets.path[4], [0, 1, 127])):
        kernel, bias = layer.get_weights()
        bias[dead] = -1e3
        layer.set_weights([kernel, bias])
    before = np.asarray(nets.autoencoder(x))
    model = weights.autoencoder(DEEP, training.tensors(nets))
    alive = dead_units(model, x)
    assert alive[0] >= 2 and alive[4] >= 3
    training.split(nets, x, np.random.default_rng(0))
    after = weights.autoencoder(DEEP, training.tensors(nets))
    assert dead_units(after, x) == (0,) * 5
    # The halves are not the same, and yet the net goes on from about where it was.
    drawn = after.reconstruct(x).reshape(300, 784)
    apart = np.abs(drawn - before).mean()
    assert 0 < apart < 0.5 * np.abs(before - before.mean(axis=0)).mean()


def test_only_the_first_epochs_split_units(
    digits: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ae.training import fit

    calls: list[int] = []
    monkeypatch.setattr(fit, "split", lambda nets, x, random: calls.append(len(x)))
    for split, expected in ((True, [1000, 1000]), (False, [])):
        calls.clear()
        training.fit(DEEP, replace(QUICK, epochs=5, batch_size=500, split=split), digits)
        assert calls == expected


# From data to file


@pytest.fixture
def tiny(digits: np.ndarray) -> Mnist:
    labels = np.zeros(1000, np.uint8)
    return Mnist(digits[:600], labels[:600], digits[600:], labels[600:], sha256="0" * 64)


@pytest.mark.parametrize(("name", "recipe"), [("sparse", "best"), ("deep", "tutorial")])
def test_produce_writes_a_file_that_loads(
    tiny: Mnist, tmp_path: Path, name: str, recipe: str
) -> None:
    seen: list[Epoch] = []
    path, errors = training.produce(
        name, tiny, recipe=recipe, epochs=1, seed=5, out=tmp_path, on_epoch=seen.append
    )
    assert path == weights.locate(name, recipe, tmp_path)
    model = ae.load(name, recipe=recipe, folder=tmp_path)
    family = FAMILIES[name]
    settings = replace(family.recipes[recipe], epochs=1)
    assert model.metadata.net == Net.of(family, recipe, settings, seed=5)
    assert len(seen) == 1
    assert model.metadata.data == Data(name="MNIST", sha256="0" * 64, digits=600)
    assert model.metadata.parameters == family.parameters
    # Measured over the test digits, and by whoever measures again.
    measured, statistics = ae.evaluation.measure(model, tiny.x_test)
    assert model.metadata.test == errors == measured
    assert_array_equal(model.statistics.active, statistics.active)
    # The file holds the net that was trained: another seed is another net.
    assert model.metadata.test.bce < 0.7
    training.produce(name, tiny, recipe=recipe, epochs=1, seed=6, out=tmp_path)
    other = ae.load(name, recipe=recipe, folder=tmp_path)
    assert np.abs(other.atoms() - model.atoms()).max() > 1e-3


def test_produce_fits_pca(tiny: Mnist, tmp_path: Path) -> None:
    path, errors = training.produce("pca", tiny, out=tmp_path)
    assert path == tmp_path / "pca.safetensors"
    model = ae.load("pca", folder=tmp_path)
    fresh = ae.pca.PCA.fit(tiny.x_train, 32)
    assert_array_equal(model.atoms(), fresh.atoms())
    assert model.metadata.test == errors
    assert model.metadata.data.digits == 600


@pytest.mark.parametrize(
    ("name", "recipe", "word"), [("nope", "best", "nope"), ("deep", "worst", "worst")]
)
def test_produce_refuses_what_does_not_exist(
    tiny: Mnist, tmp_path: Path, name: str, recipe: str, word: str
) -> None:
    with pytest.raises(ValueError, match=f" called '{word}'"):
        training.produce(name, tiny, recipe=recipe, epochs=1, out=tmp_path)
    assert list(tmp_path.iterdir()) == []
