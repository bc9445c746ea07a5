"""What every model promises, PCA included: one contract, asked of each entry of ``ae.MODELS``.

A family that is added to ``ae/families.py`` is tested here with no edit, but for the errors that
it must reach (``REACHES``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, fields, is_dataclass
from multiprocessing.pool import ThreadPool
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

import ae
from ae.arrays import MAX_CODE
from ae.families import Family
from ae.mnist import Mnist
from ae.model import Autoencoder, Model, Statistics
from ae.pca import PCA

SHIPPED = [(name, recipe) for name in ae.MODELS for recipe in ae.weights.recipes(name)]
FIGURES = ("bce", "mse", "psnr", "zeros", "dead")


@pytest.fixture(scope="module", params=ae.MODELS)
def model(request: pytest.FixtureRequest) -> Model:
    return ae.load(request.param)


def digits(n: int, seed: int = 0) -> np.ndarray:
    """Noise as full of exact 0 and 1 as a digit is."""
    wide = np.random.default_rng(seed).uniform(-2, 2, (n, 28, 28))
    return np.clip(wide, 0, 1).astype(np.float32)


def codes(n: int, units: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 5, (n, units)).astype(np.float32)


def assert_close(got: np.ndarray, wanted: np.ndarray) -> None:
    """The same but for rounding: products of other shapes are summed in another order."""
    assert_allclose(got, wanted, rtol=1e-5, atol=1e-4)


# Shapes, types, ranges


@pytest.mark.parametrize("n", [0, 1, 7])
def test_shapes_dtypes_and_ranges(model: Model, n: int) -> None:
    units = 32 if model.name == "pca" else ae.FAMILIES[model.name].code_size
    assert model.code_size == units
    z, y = model.encode(digits(n)), model.reconstruct(digits(n))
    assert (z.shape, z.dtype.name) == ((n, units), "float32")
    hidden = () if model.name == "pca" else ae.FAMILIES[model.name].encoder[1:-1]
    into, out_of = model.encoder_hidden(digits(n)), model.decoder_hidden(codes(n, units))
    assert [layer.shape for layer in into] == [(n, width) for width in hidden]
    assert [layer.shape for layer in out_of] == [(n, width) for width in hidden[::-1]]
    for pictures in (y, model.decode(z), model.decode(codes(n, units))):
        assert (pictures.shape, pictures.dtype.name) == ((n, 28, 28), "float32")
        assert np.all((pictures >= 0) & (pictures <= 1))


@pytest.mark.parametrize("family", ae.FAMILIES.values(), ids=lambda family: family.name)
def test_codes_have_the_signs_and_the_zeros_of_their_activation(family: Family) -> None:
    model = ae.load(family.name)
    z = model.encode(digits(50))
    match family.activations[0][-1]:
        case "relu":
            assert z.min() >= 0 < z.max()
        case "topk":
            assert_array_equal((z != 0).sum(axis=1), family.k)
        case _:  # as in the linear net, and in the means of a variational one
            usual = model.statistics.code_percentiles
            assert usual.min() < 0 < usual.max() and np.all(z != 0)


def test_flat_and_square_pictures_are_the_same(model: Model) -> None:
    x = digits(5)
    assert_array_equal(model.encode(x), model.encode(x.reshape(5, 784)))
    assert_array_equal(model.reconstruct(x), model.reconstruct(x.reshape(5, 784)))


def test_order_in_memory_does_not_matter(model: Model) -> None:
    x, z = digits(6), codes(6, model.code_size)
    assert_array_equal(model.encode(np.asfortranarray(x)), model.encode(x))
    assert_array_equal(model.encode(x[::-2]), model.encode(x[::-2].copy()))
    assert_close(model.decode(np.asfortranarray(z)), model.decode(z))


def test_reconstruct_is_encode_then_decode(model: Model) -> None:
    x = digits(5)
    assert_array_equal(model.reconstruct(x), model.decode(model.encode(x)))


def test_a_batch_is_its_digits_one_by_one(model: Model) -> None:
    x, z = digits(9), codes(9, model.code_size)
    assert_close(model.encode(x), np.concatenate([model.encode(one[None]) for one in x]))
    assert_close(model.decode(z), np.concatenate([model.decode(one[None]) for one in z]))


def test_digits_and_codes_make_a_difference(model: Model) -> None:
    strokes = (ae.samples.SAMPLES[name] for name in ("0a", "1a"))
    z = model.encode(np.stack([ae.drawing.from_strokes(one) for one in strokes]))
    y = model.decode(codes(2, model.code_size))
    assert np.abs(z[0] - z[1]).max() > 0.1 and np.abs(y[0] - y[1]).max() > 0.1


# Shared by all visitors at once


def test_the_same_every_time_and_from_every_load(model: Model) -> None:
    x, again = digits(5), ae.load(model.name)
    for other in (model, again):
        assert_array_equal(model.encode(x), other.encode(x))
        assert_array_equal(model.reconstruct(x), other.reconstruct(x))
        assert_array_equal(model.atoms(), other.atoms())


def test_arguments_are_not_changed(model: Model) -> None:
    x, z = digits(5), codes(5, model.code_size)
    for array in (x, z):
        array.setflags(write=False)  # or else whoever writes to it says so
    model.encode(x), model.decode(z), model.reconstruct(x)
    assert_array_equal(x, digits(5))
    assert_array_equal(z, codes(5, model.code_size))


def test_what_visitors_share_is_read_only(model: Model) -> None:
    shared = list(arrays_of(model))
    sizes = sum(array.size for array in shared if array.dtype == np.float32)
    assert sizes > model.metadata.parameters, "the walk did not reach the weights"
    assert not any(array.flags.writeable for array in shared)
    with pytest.raises(AttributeError):
        model.metadata.family = "mine"  # type: ignore[misc]
    with pytest.raises(TypeError):
        model.metadata.versions["keras"] = "2"  # type: ignore[index]
    with pytest.raises(AttributeError):
        model.statistics.active = shared[0]  # type: ignore[misc]


def arrays_of(thing: object) -> Iterator[np.ndarray]:
    """Every array that an object leads to."""
    if isinstance(thing, np.ndarray):
        yield thing
    elif isinstance(thing, tuple | list):
        for part in thing:
            yield from arrays_of(part)
    elif isinstance(thing, Mapping):
        yield from arrays_of(list(thing.values()))
    elif is_dataclass(thing) or isinstance(thing, PCA):
        yield from arrays_of(vars(thing))


def test_what_a_visitor_gets_is_no_window_into_the_model(model: Model) -> None:
    """What comes back may be read-only; where it is not, writing to it changes nothing."""
    for ask in (
        model.atoms,
        lambda: model.encode(digits(2)),
        lambda: model.decode(np.zeros((1, model.code_size), np.float32)),
    ):
        got, before = ask(), ask().copy()
        if got.flags.writeable:
            got[:] = -1
        assert_array_equal(ask(), before)


def test_eight_threads_at_once(model: Model) -> None:
    units = model.code_size
    work = [(digits(1 + i % 3, seed=i), codes(1 + i % 3, units, seed=i)) for i in range(64)]

    def ask(pair: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, ...]:
        return model.encode(pair[0]), model.decode(pair[1]), model.reconstruct(pair[0])

    expected = [ask(pair) for pair in work]
    with ThreadPool(8) as pool:
        for _ in range(5):
            for got, wanted in zip(pool.map(ask, work, chunksize=1), expected, strict=True):
                for one, other in zip(got, wanted, strict=True):
                    assert_close(one, other)


# Atoms


def test_atoms_are_one_picture_a_unit(model: Model) -> None:
    atoms = model.atoms()
    assert (atoms.shape, atoms.dtype.name) == ((model.code_size, 28, 28), "float32")
    assert np.isfinite(atoms).all()
    alive = model.statistics.active > 0
    assert np.all(np.abs(atoms[alive]).max(axis=(1, 2)) > 0)


@pytest.mark.parametrize("name", [f.name for f in ae.FAMILIES.values() if len(f.decoder) == 2])
def test_atoms_are_the_rows_of_a_decoder_of_one_layer(name: str) -> None:
    """For a deep decoder, Keras is asked in test_model.py."""
    model = ae.load(name)
    assert isinstance(model, Autoencoder)
    rows = model.decoder[0].weights.reshape(32, 28, 28)
    # To what float32 keeps of a weight when the bias is added and taken away.
    assert_allclose(model.atoms(), rows, rtol=0, atol=2e-6)


def test_atoms_of_pca_are_its_components() -> None:
    model = ae.load("pca")
    assert isinstance(model, PCA)
    assert_array_equal(model.atoms(), model.components.reshape(32, 28, 28))


# Slopes


def decode_in_double(model: Model, z: np.ndarray) -> np.ndarray:
    """What `decode` does, (n, units) -> (n, 784), in so many digits that differences are exact."""
    if isinstance(model, PCA):
        return np.clip(z @ model.components.astype(float) + model.mean, 0, 1)
    assert isinstance(model, Autoencoder)
    acts = {"relu": lambda a: np.maximum(a, 0), "sigmoid": lambda a: 1 / (1 + np.exp(-a))}
    for layer in model.decoder:
        a = z @ layer.weights.astype(float) + layer.bias
        z = acts.get(layer.activation, lambda a: a)(a)
    return np.clip(z, 0, 1)


def test_slopes_are_those_of_the_pictures(model: Model) -> None:
    """By central differences, but where a ReLU bends or a pixel is cut off in between."""
    z = model.encode(digits(3))
    y, slopes = model.jacobian(z)
    assert slopes.shape == (3, model.code_size, 784) and slopes.dtype == np.float32
    assert_close(y, model.decode(z).reshape(3, 784))
    h = 1e-6
    for unit in range(model.code_size):
        step = h * np.eye(model.code_size)[unit]
        moved = decode_in_double(model, z + step) - decode_in_double(model, z - step)
        off = np.abs(moved / (2 * h) - slopes[:, unit])
        assert np.mean(off > 1e-4 + 1e-3 * np.abs(slopes[:, unit])) < 0.01


def test_a_pixel_that_is_cut_off_does_not_change() -> None:
    pca = ae.load("pca")
    z = 100 * np.ones((1, 32), np.float32)
    y, slopes = pca.jacobian(z)
    cut = (y[0] == 0) | (y[0] == 1)
    assert cut.sum() > 300 and not slopes[0][:, cut].any()
    assert_array_equal(slopes[0][:, ~cut], pca.atoms().reshape(32, 784)[:, ~cut])


def test_what_whoever_decodes_needs_is_enough(model: Model) -> None:
    """Of two nets that share it, both draw the same; and it is all that draws."""
    arrays = model.decoder_arrays()
    assert not any(array.flags.writeable for array in arrays.values())
    if isinstance(model, Autoencoder):
        wanted = [part for layer in model.decoder for part in (layer.weights, layer.bias)]
        assert all(a is b for a, b in zip(arrays.values(), wanted, strict=True))
        assert len({key.split()[1] for key in arrays} - {"relu", "sigmoid", "linear"}) == 0
    else:
        assert isinstance(model, PCA)
        assert_array_equal(arrays["mean"], model.mean)
        assert_array_equal(arrays["components"], model.components)


# What the file says of itself


def test_a_file_says_what_it_is_and_from_what(model: Model) -> None:
    metadata = model.metadata
    assert metadata.family == model.name
    assert metadata.data.name == "MNIST" and metadata.data.digits == 60_000
    assert re.fullmatch("[0-9a-f]{64}", metadata.data.sha256)
    assert metadata.versions.keys() >= {"python", "keras", "numpy"}
    assert metadata.test.as_dict().keys() == set(FIGURES)
    assert all(np.isfinite(value) for value in metadata.test.as_dict().values())
    assert metadata.tested is None and metadata.epochs is None
    assert (metadata.net is None) == (model.name == "pca")


@pytest.mark.parametrize("family", ae.FAMILIES.values(), ids=lambda family: family.name)
def test_a_file_agrees_with_the_table(family: Family) -> None:
    metadata = ae.load(family.name).metadata
    assert metadata.net is not None
    assert (metadata.net.encoder, metadata.net.decoder) == (family.encoder, family.decoder)
    assert metadata.net.activations == family.activations
    assert metadata.parameters == family.parameters
    assert metadata.net.seed == 0


def test_parameters_are_counted(model: Model) -> None:
    if isinstance(model, Autoencoder):
        beside = () if model.log_variance is None else (model.log_variance,)
        layers = model.encoder + model.decoder + beside
        parts = [part for layer in layers for part in (layer.weights, layer.bias)]
    else:
        assert isinstance(model, PCA)
        parts = [model.mean, model.components]
    assert model.metadata.parameters == sum(part.size for part in parts)


def test_statistics(model: Model) -> None:
    statistics, test, units = model.statistics, model.metadata.test.as_dict(), model.code_size
    shapes = {f.name: getattr(statistics, f.name).shape for f in fields(Statistics)}
    assert shapes == {
        "code_percentiles": (3, units),
        "code_mean": (units,),
        "active": (units,),
        "bce_percentiles": (101,),
        "mse_percentiles": (101,),
    }
    assert all(np.all(np.diff(p) >= 0) for p in statistics.code_percentiles.T)
    for percentiles, mean in (
        (statistics.bce_percentiles, test["bce"]),
        (statistics.mse_percentiles, test["mse"]),
    ):
        assert np.all(np.diff(percentiles) >= 0)
        # Each hundredth of the digits lies between two percentiles, so the mean does too.
        assert percentiles[:-1].mean() < mean < percentiles[1:].mean()
    assert np.all((statistics.active >= 0) & (statistics.active <= 1))
    assert 1 - statistics.active.mean() == pytest.approx(test["zeros"], abs=1e-6)
    assert (statistics.active == 0).sum() == test["dead"]
    low, _, high = statistics.code_percentiles
    always = statistics.active > 0.95
    assert np.all(low[always] != 0) and np.all(high[statistics.active == 0] == 0)


# Wrong input, in words


def with_last(good: np.ndarray, value: float) -> np.ndarray:
    bad = good.copy()
    bad.flat[-1] = value
    return bad


# What is wrong -> an example, and what the message says that it got.
BAD_PICTURES: dict[str, tuple[Any, str]] = {
    "one square": (digits(1)[0], "shape (28, 28)"),
    "one flat": (digits(1).reshape(784), "shape (784,)"),
    "channels": (digits(2).reshape(2, 28, 28, 1), "shape (2, 28, 28, 1)"),
    "a column short": (digits(2)[:, :, :27], "shape (2, 28, 27)"),
    "a pixel short": (digits(2).reshape(2, 784)[:, :783], "shape (2, 783)"),
    "transposed": (digits(2).reshape(784, 2), "shape (784, 2)"),
    "a number": (np.array(0.5, np.float32), "shape ()"),
    "double": (digits(1).astype(np.float64), "dtype float64"),
    "half": (digits(1).astype(np.float16), "dtype float16"),
    "bytes": ((digits(1) * 255).astype(np.uint8), "dtype uint8"),
    "truth": (digits(1).astype(bool), "dtype bool"),
    "objects": (digits(1).astype(object), "dtype object"),
    "byte order": (digits(1).astype(">f4"), "dtype >f4"),
    "NaN": (with_last(digits(2), np.nan), "got NaN"),
    "infinity": (with_last(digits(2), np.inf), "to inf"),
    "minus infinity": (with_last(digits(2), -np.inf), "from -inf"),
    "too bright": (with_last(digits(2), 1.000001), "to 1.000001"),
    "negative": (with_last(digits(2), -0.001), "from -0.001"),
    "a list": (digits(1).tolist(), "list"),
    "nothing": (None, "NoneType"),
    "text": ("7", "str"),
}


def bad_codes(units: int) -> dict[str, tuple[Any, str]]:
    two = codes(2, units)
    return {
        "one": (two[0], f"shape ({units},)"),
        "a number short": (two[:, :-1], f"shape (2, {units - 1})"),
        "a number more": (np.zeros((2, units + 1), np.float32), f"shape (2, {units + 1})"),
        "transposed": (codes(3, units).T, f"shape ({units}, 3)"),
        "cube": (two[None], f"shape (1, 2, {units})"),
        "a number": (np.array(0.5, np.float32), "shape ()"),
        "double": (two.astype(np.float64), "dtype float64"),
        "whole": (two.astype(np.int32), "dtype int32"),
        "NaN": (with_last(two, np.nan), "got NaN"),
        "infinity": (with_last(two, np.inf), "to inf"),
        "minus infinity": (with_last(two, -np.inf), "from -inf"),
        "too large": (
            with_last(two, np.nextafter(np.float32(MAX_CODE), np.inf)),
            "to 1.00000006e+09",
        ),
        "too far below zero": (with_last(two, -1.1 * MAX_CODE), "from -1.1e+09"),
        "a list": (two.tolist(), "list"),
        "nothing": (None, "NoneType"),
    }


def complaint(verb: Callable[[Any], Any], bad: Any) -> str:
    with pytest.raises(ValueError) as caught:
        verb(bad)
    return str(caught.value)


@pytest.mark.parametrize("bad", BAD_PICTURES)
def test_wrong_pictures_are_refused_in_words(model: Model, bad: str) -> None:
    example, got = BAD_PICTURES[bad]
    for verb in (model.encode, model.reconstruct):
        message = complaint(verb, example)
        assert message.startswith("pictures: got ") and got in message.split(", expected")[0]
        assert "float32 of shape (n, 784) or (n, 28, 28) in [0, 1]" in message
        assert "\n" not in message
        assert ("use x[None]" in message) is bad.startswith("one")


@pytest.mark.parametrize("bad", bad_codes(32))
def test_wrong_codes_are_refused_in_words(model: Model, bad: str) -> None:
    example, got = bad_codes(model.code_size)[bad]
    for verb in (model.decode, model.jacobian):
        message = complaint(verb, example)
        assert message.startswith("codes: got ") and got in message.split(", expected")[0]
        assert f"float32 of shape (n, {model.code_size}), at most 1e+09 in size" in message
        assert "\n" not in message
        assert ("use z[None]" in message) is (bad == "one")


@pytest.mark.parametrize(
    ("name", "recipe", "word"), [("nope", "best", "nope"), ("deep", "worst", "worst")]
)
def test_what_does_not_exist_is_refused_in_words(name: str, recipe: str, word: str) -> None:
    with pytest.raises(ValueError) as caught:
        ae.load(name, recipe=recipe)
    there_are = ae.MODELS if name == word else ("best", "tutorial")
    assert word in str(caught.value) and all(other in str(caught.value) for other in there_are)


# Right input, however odd


@given(x=arrays(np.float32, (1, 28, 28), elements=st.floats(0, 1, width=32)))
def test_any_digit_gives_numbers(model: Model, x: np.ndarray) -> None:
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        z = model.encode(x)
        y = model.reconstruct(x)
    assert np.isfinite(z).all() and np.all((y >= 0) & (y <= 1))


@given(z=arrays(np.float32, (1, 32), elements=st.floats(-MAX_CODE, MAX_CODE, width=32)))
def test_any_code_gives_a_picture(model: Model, z: np.ndarray) -> None:
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        y = model.decode(z[:, : model.code_size])
    assert np.all((y >= 0) & (y <= 1))


# Quality: what ships is what the table says, as good as it must be, and not better than measured

REACHES = {
    "shallow": {"bce": 0.0896, "mse": 0.0091, "dead": 0},
    "sparse": {"bce": 0.111, "zeros": 0.42, "dead": 1},
    "deep": {"bce": 0.0745, "mse": 0.0046, "dead": 0},
    "linear": {"bce": 0.1176, "mse": 0.0153, "dead": 0},
    "denoising": {"bce": 0.0863, "mse": 0.0081, "dead": 0},
    "vae": {"bce": 0.0856, "mse": 0.0079, "dead": 0},
    "vae2": {"bce": 0.17, "mse": 0.036, "dead": 0},
    # Hinton & Salakhutdinov (2006) report 3.00 per digit for 784-1000-500-250-30.
    "wide": {"mse": 3.00 / 784, "dead": 0},
    "topk": {"bce": 0.1035, "zeros": 0.5, "dead": 0},
    "pca": {"bce": 0.1176, "mse": 0.0153, "dead": 0},
}


@pytest.mark.parametrize("name", REACHES)
def test_errors_are_as_small_as_they_must_be(name: str) -> None:
    measured, reaches = ae.load(name).metadata.test.as_dict(), dict(REACHES[name])
    assert measured["zeros"] >= reaches.pop("zeros", 0)
    late = {figure: measured[figure] for figure in reaches if measured[figure] > reaches[figure]}
    assert late == {}


@pytest.mark.parametrize("name", ae.FAMILIES)
def test_no_layer_has_more_than_a_twentieth_of_dead_units(name: str, mnist: Mnist) -> None:
    dead = ae.evaluation.dead_units(ae.load(name), mnist.x_test)
    widths = ae.FAMILIES[name].widths[1:-1]
    assert all(n <= 0.05 * units for n, units in zip(dead, widths, strict=True)), dead


@pytest.mark.parametrize(("name", "recipe"), [pair for pair in SHIPPED if pair[0] in ae.FAMILIES])
def test_what_ships_was_trained_by_the_recipe_in_the_table(name: str, recipe: str) -> None:
    net = ae.load(name, recipe=recipe).metadata.net
    assert net is not None and net.recipe_name == recipe
    assert net.recipe == ae.FAMILIES[name].recipes[recipe]


@pytest.mark.parametrize(("name", "recipe"), SHIPPED)
def test_errors_are_what_the_file_says(name: str, recipe: str, mnist: Mnist) -> None:
    model = ae.load(name, recipe=recipe)
    errors, statistics = ae.evaluation.measure(model, mnist.x_test)
    assert asdict(errors) == pytest.approx(model.metadata.test.as_dict(), abs=1e-4)
    for field in fields(Statistics):
        measured, shipped = (getattr(s, field.name) for s in (statistics, model.statistics))
        assert_allclose(measured, shipped, rtol=1e-4, atol=1e-3, err_msg=field.name)
