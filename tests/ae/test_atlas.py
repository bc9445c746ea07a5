"""Where digits lie: what ships, checked against the weights, and against MNIST where it is."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

import ae
from ae import atlas, checked, evaluation, facts, generation, latent
from ae.arrays import PIXELS
from ae.atlas import Atlas, CodeMap
from ae.families import FAMILIES
from ae.mnist import Mnist
from ae.model import Autoencoder
from ae.noise import NOISES

every_family = pytest.mark.parametrize("name", FAMILIES)


@pytest.fixture(scope="module")
def shipped() -> Atlas:
    return atlas.load()


def loaded(name: str, folder: Path | None = None) -> Autoencoder:
    model = ae.load(name, folder=folder)
    assert isinstance(model, Autoencoder)
    return model


def drawn() -> np.ndarray:
    """Our sample digits."""
    strokes = ae.samples.SAMPLES.values()
    return np.stack([ae.drawing.from_strokes(one) for one in strokes])


def agreement(x: np.ndarray, other: np.ndarray, of: int) -> float:
    """Share of the ten nearest of the first digits that are the same in both, by scikit-learn."""
    neighbours = []
    for places in (x, other):
        oracle = NearestNeighbors(n_neighbors=10, algorithm="brute").fit(places[:of])
        neighbours.append(oracle.kneighbors(places[of:], return_distance=False))
    return float(np.mean([len({*a} & {*b}) / 10 for a, b in zip(*neighbours, strict=True)]))


# What ships


def test_what_ships_is_small() -> None:
    assert (checked.FOLDER / atlas.FILE).stat().st_size <= 3_000_000


def test_there_is_a_chart_of_each_family(shipped: Atlas) -> None:
    assert list(shipped.maps) == list(FAMILIES)
    assert (shipped.digits.shape, shipped.digits.dtype.name) == ((5000,), "uint8")
    assert (shipped.pixels.shape, shipped.pixels.dtype.name) == ((5000, 100), "float32")
    # MNIST's own count of each digit among its first 5,000 test digits.
    counts = [460, 571, 530, 500, 500, 456, 462, 512, 489, 520]
    assert np.bincount(shipped.digits).tolist() == counts


@every_family
def test_shapes(shipped: Atlas, name: str) -> None:
    code_map, units = shipped.maps[name], FAMILIES[name].code_size
    assert code_map.umap is not None
    arrays = {
        "codes": code_map.codes,
        "mean": code_map.mean,
        "axes": code_map.axes,
        "umap": code_map.umap,
    }
    assert {key: array.shape for key, array in arrays.items()} == {
        "codes": (5000, units),
        "mean": (units,),
        "axes": (2, units),
        "umap": (5000, 2),
    }
    for array in arrays.values():
        assert array.dtype == np.float32 and np.isfinite(array).all()
    assert code_map.umap.min() >= 0 and code_map.umap.max() == pytest.approx(1, abs=1e-3)
    variational = FAMILIES[name].variational
    assert (code_map.divergence is not None) == (code_map.bound is not None) == variational
    assert code_map.corrupted.keys() == NOISES.keys()


def test_everything_is_read_only(shipped: Atlas) -> None:
    arrays = [shipped.digits, shipped.pixels]
    for code_map in shipped.maps.values():
        arrays += [a for a in vars(code_map).values() if isinstance(a, np.ndarray)]
    assert len(arrays) == 2 + 4 * len(FAMILIES) + 2
    assert not any(array.flags.writeable for array in arrays)
    with pytest.raises(TypeError):
        shipped.maps["deep"] = None  # type: ignore[index]
    with pytest.raises(TypeError):
        shipped.maps["deep"].corrupted["box"] = 0.0  # type: ignore[index]


# What the models must reach


def test_the_vae_is_as_good_as_it_must_be(shipped: Atlas) -> None:
    code_map = shipped.maps["vae"]
    assert code_map.bound is not None and code_map.divergence is not None
    assert code_map.bound.pixels / PIXELS <= 0.105
    assert 15 <= code_map.bound.code <= 40
    assert code_map.bound.binary <= 105


@pytest.mark.parametrize("name", ["vae", "vae2"])
def test_what_a_code_costs_is_the_sum_of_its_numbers(shipped: Atlas, name: str) -> None:
    code_map = shipped.maps[name]
    assert code_map.bound is not None and code_map.divergence is not None
    assert code_map.divergence.shape == (FAMILIES[name].code_size,)
    assert np.all(code_map.divergence >= 0)
    assert code_map.divergence.sum() == pytest.approx(code_map.bound.code, rel=1e-5)
    assert code_map.bound.total == code_map.bound.pixels + code_map.bound.code


@pytest.mark.parametrize("noise", NOISES)
def test_the_denoising_net_is_best_at_corrupted_digits(shipped: Atlas, noise: str) -> None:
    errors = {name: code_map.corrupted[noise] for name, code_map in shipped.maps.items()}
    assert min(errors, key=errors.__getitem__) == "denoising"
    assert 2 * errors["denoising"] <= errors["deep"]
    # Harder than clean digits, which both can copy.
    for name, error in errors.items():
        assert error > loaded(name).metadata.test.mse


def test_each_code_knows_the_digit(shipped: Atlas) -> None:
    accuracies = {name: code_map.accuracy for name, code_map in shipped.maps.items()}
    assert min(accuracies, key=accuracies.__getitem__) == "vae2", "two numbers are few"
    assert accuracies.pop("vae2") > 0.8
    assert min(accuracies.values()) > 0.93
    assert shipped.pixels_accuracy > 0.93 and shipped.pixels_agreement > 0.9
    assert max(code_map.umap_error for code_map in shipped.maps.values()) < 0.015
    assert max(code_map.stray for code_map in shipped.maps.values()) < 0.03


@pytest.mark.parametrize("judge", ["vae", "vae2"])
def test_all_ten_digits_are_on_the_prior_s_sheet(shipped: Atlas, judge: str) -> None:
    codes, _ = latent.prior_sheet(20)
    pictures = loaded("vae2").decode(codes)
    code_map = shipped.maps[judge]
    nearest, _ = latent.neighbours(code_map.codes, loaded(judge).encode(pictures), atlas.NEIGHBOURS)
    votes = latent.votes(shipped.digits, nearest)
    assert set(votes.argmax(axis=1)[votes.max(axis=1) >= 0.7]) == set(range(10))


def test_our_samples_lie_among_their_like(shipped: Atlas) -> None:
    true = np.array([int(name[0]) for name in ae.samples.SAMPLES])
    for name, code_map in shipped.maps.items():
        nearest, _ = latent.neighbours(code_map.codes, loaded(name).encode(drawn()), 10)
        share = np.mean(latent.votes(shipped.digits, nearest).argmax(axis=1) == true)
        assert share > (0.55 if name == "vae2" else 0.75), name


# Maps


@every_family
def test_project_is_pca_s_plane(shipped: Atlas, name: str) -> None:
    code_map = shipped.maps[name]
    places = code_map.project(code_map.codes)
    assert places.shape == (5000, 2)
    assert_allclose(places.mean(axis=0), [0, 0], atol=1e-2)
    # The variances along the axes are the two largest eigenvalues, and they are not correlated.
    values = np.linalg.eigvalsh(np.cov(code_map.codes.T.astype(np.float64)))
    assert_allclose(np.cov(places.T), np.diag(values[:-3:-1]), rtol=1e-3, atol=1e-3 * values[-1])


def seen(places: np.ndarray, points: np.ndarray, digits: np.ndarray) -> np.ndarray:
    """Which digit most of the ten nearest points are, by scikit-learn."""
    oracle = NearestNeighbors(n_neighbors=10, algorithm="brute").fit(points)
    around = digits[oracle.kneighbors(places, return_distance=False)]
    return np.array([np.bincount(row, minlength=10).argmax() for row in around])


@every_family
def test_a_code_that_is_on_the_map_among_its_like_is_placed_where_it_is(
    shipped: Atlas, name: str
) -> None:
    code_map, digits = shipped.maps[name], shipped.digits
    assert code_map.umap is not None
    codes, points = code_map.codes[:200], code_map.umap[:200]
    places = code_map.place(codes, digits)
    # Codes were rounded, so that some of two numbers are the same, and then lie between both.
    alone = np.array([np.sum((code_map.codes == code).all(axis=1)) == 1 for code in codes])
    at_home = seen(codes, code_map.codes, digits) == digits[:200]
    at_home &= seen(points, code_map.umap, digits) == digits[:200]
    assert np.mean(alone & at_home) > 0.4
    assert_allclose(places[alone & at_home], points[alone & at_home], atol=1e-4)


def test_our_samples_stand_among_those_that_their_neighbours_vote_for(shipped: Atlas) -> None:
    """Between two heaps that both hold neighbours there is nothing, or another digit."""
    astray = 0
    for name, code_map in shipped.maps.items():
        z = loaded(name).encode(drawn())
        places = code_map.place(z, shipped.digits)
        assert places.shape == (len(drawn()), 2) and places.dtype == np.float32
        assert np.all((places >= 0) & (places <= 1)) and code_map.umap is not None
        voted = seen(z, code_map.codes, shipped.digits)
        astray += np.count_nonzero(seen(places, code_map.umap, shipped.digits) != voted)
    assert astray <= 0.03 * len(FAMILIES) * len(drawn())


def test_a_code_comes_to_the_heap_of_the_neighbours_that_agree() -> None:
    codes = np.linspace(0, 1, 30, dtype=np.float32)[:, None].repeat(2, axis=1)
    # Around the code in the middle: six of one digit in two heaps, four of another between them.
    digits = np.array([*[0] * 10, *[1] * 10, *[0] * 10], np.uint8)
    points = np.full((30, 2), 5, np.float32)
    digits[10:20] = [8, 8, 8, 9, 9, 9, 9, 8, 8, 8]
    points[10:14] = [[0.1, 0.1], [0.11, 0.1], [0.1, 0.11], [0.5, 0.5]]
    points[14:20] = [[0.5, 0.51], [0.51, 0.5], [0.5, 0.5], [0.9, 0.9], [0.11, 0.11], [0.1, 0.1]]
    code_map = replace(atlas.code_map(codes), umap=points)
    (x, y), *rest = code_map.place(codes[14:16].mean(axis=0, keepdims=True), digits).tolist()
    assert not rest and 0.1 <= x <= 0.11 and 0.1 <= y <= 0.11


def test_a_chart_of_any_codes() -> None:
    codes = np.random.default_rng(0).normal(0, [1, 5, 3], (50, 3)).astype(np.float32)
    code_map = atlas.code_map(codes)
    mean, axes = latent.principal_plane(codes)
    assert_array_equal(code_map.codes, codes)
    assert_array_equal(code_map.mean, mean)
    assert_array_equal(code_map.axes, axes)
    assert not any(a.flags.writeable for a in (code_map.codes, code_map.mean, code_map.axes))
    assert codes.flags.writeable, "the caller's own"
    assert code_map.umap is code_map.divergence is code_map.bound is None
    unknown = [code_map.accuracy, code_map.umap_error, code_map.stray]
    assert np.isnan(unknown).all() and code_map.corrupted == {}
    assert code_map.project(codes).shape == (50, 2)
    with pytest.raises(ValueError, match="no map by UMAP"):
        code_map.place(codes, np.zeros(50, np.uint8))


# Against MNIST


@every_family
def test_codes_are_the_model_s(shipped: Atlas, mnist: Mnist, name: str) -> None:
    z, code_map = loaded(name).encode(mnist.x_test[:5000]), shipped.maps[name]
    step = np.ptp(z, axis=0) / 255
    assert step.min() > 0
    assert np.abs((code_map.codes - z) / step).max() < 0.5 + 0.01


@every_family
def test_accuracy_is_scikit_learn_s(shipped: Atlas, mnist: Mnist, name: str) -> None:
    code_map = shipped.maps[name]
    oracle = KNeighborsClassifier(10, algorithm="brute").fit(code_map.codes, shipped.digits)
    score = oracle.score(loaded(name).encode(mnist.x_test[5000:]), mnist.y_test[5000:])
    assert code_map.accuracy == pytest.approx(score, abs=0.003)  # of ties, either may count


@pytest.mark.parametrize("name", ["deep", "vae2"])
def test_who_stands_among_other_digits_is_counted(shipped: Atlas, mnist: Mnist, name: str) -> None:
    code_map, digits = shipped.maps[name], shipped.digits
    assert code_map.umap is not None
    z = loaded(name).encode(mnist.x_test[5000:7000])  # of the 5,000 that were measured
    there = seen(code_map.place(z, digits), code_map.umap, digits)
    stray = np.mean(there != seen(z, code_map.codes, digits))
    assert code_map.stray == pytest.approx(stray, abs=0.005)


def test_digits_and_neighbours_by_pixels(shipped: Atlas, mnist: Mnist) -> None:
    assert_array_equal(shipped.digits, mnist.y_test[:5000])
    x = mnist.x_test.reshape(-1, PIXELS)
    components = facts.load().ladder.pca.encode(x)[:, : atlas.COMPONENTS]
    step = np.ptp(components[:5000], axis=0) / 255
    assert np.abs((shipped.pixels - components[:5000]) / step).max() < 0.5 + 0.01
    # Of unrounded components: that they were rounded must not matter.
    assert shipped.pixels_agreement == pytest.approx(agreement(x, components, 5000), abs=0.002)
    oracle = KNeighborsClassifier(10, algorithm="brute").fit(x[:5000], shipped.digits)
    score = oracle.score(x[5000:], mnist.y_test[5000:])
    assert shipped.pixels_accuracy == pytest.approx(score, abs=0.001)
    oracle = NearestNeighbors(n_neighbors=1).fit(components[:5000])
    distances, _ = oracle.kneighbors(components[5000:])
    assert shipped.grey == pytest.approx(((x > 0.1) & (x < 0.9)).sum() / (x > 0.1).sum())
    assert shipped.pixels_near == pytest.approx(np.median(distances), rel=1e-3)


def test_what_the_vae_rolls_is_near_digits_and_what_a_plain_net_does_is_not(
    shipped: Atlas,
) -> None:
    """The page counts it for the visitor's rolls; half of MNIST's own digits are as near."""
    random, pca = np.random.default_rng(0), facts.load().ladder.pca

    def share(pictures: np.ndarray) -> float:
        components = pca.encode(pictures)[:, : atlas.COMPONENTS]
        oracle = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(shipped.pixels)
        nearest, distances = shipped.nearest(pictures, pca)
        assert_allclose(distances, oracle.kneighbors(components)[0][:, 0], rtol=1e-4)
        assert_allclose(
            distances, np.linalg.norm(shipped.pixels[nearest] - components, axis=1), rtol=1e-5
        )
        near = distances <= shipped.pixels_near
        assert shipped.near(pictures, pca) == near.sum()
        return float(near.mean())

    vae, deep = loaded("vae"), loaded("deep")
    assert share(vae.decode(generation.prior(32, 1000, 1.0, random))) > 0.4
    assert share(deep.decode(generation.uniform(deep.statistics, 1000, random))) < 0.1


def test_codes_by_chance_are_rolled_as_the_model_needs_it() -> None:
    vae, deep, linear = (loaded(name) for name in ("vae", "deep", "linear"))

    def dice() -> np.random.Generator:
        return np.random.default_rng(7)

    rolled = generation.by_chance(vae, 9, dice(), 0.5)
    assert_array_equal(rolled, generation.prior(32, 9, 0.5, dice()))
    for plain in (deep, linear):
        rolled = generation.by_chance(plain, 9, dice(), 0.5)  # it has no temperature
        assert_array_equal(rolled, generation.uniform(plain.statistics, 9, dice()))


@pytest.mark.parametrize("name", ["vae", "vae2"])
def test_what_the_variational_nets_need(shipped: Atlas, mnist: Mnist, name: str) -> None:
    model, code_map = loaded(name), shipped.maps[name]
    assert code_map.divergence is not None
    assert evaluation.bound(model, mnist.x_test) == pytest.approx(code_map.bound, rel=1e-4)
    each = evaluation.divergence(*model.encode_distribution(mnist.x_test))
    assert_allclose(code_map.divergence, each.mean(axis=0), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("noise", NOISES)
def test_errors_of_corrupted_digits(shipped: Atlas, mnist: Mnist, noise: str) -> None:
    way = NOISES[noise]
    x = way.corrupt(mnist.x_test, way.strength, np.random.default_rng(0))
    for name in ("deep", "denoising"):
        error = evaluation.mse(mnist.x_test, loaded(name).reconstruct(x)).mean()
        assert shipped.maps[name].corrupted[noise] == pytest.approx(error, rel=1e-4)


# On data and weights of the test's own


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of everything that ships."""
    return Path(shutil.copytree(checked.FOLDER, tmp_path / "copied"))


class FirstTwo:
    """What UMAP can do, done by keeping a code's first two numbers."""

    def __init__(self, **options: Any) -> None:
        assert options["random_state"] == 0

    def fit_transform(self, z: np.ndarray) -> np.ndarray:
        return z[:, :2] + 7

    def transform(self, z: np.ndarray) -> np.ndarray:
        return z[:, :2] + 7


def test_produce_measures_what_load_then_gives(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "umap", SimpleNamespace(UMAP=FirstTwo))
    monkeypatch.setattr(atlas, "DIGITS", 300)
    x = np.random.default_rng(0).random((400, 28, 28), np.float32) ** 4
    y = (np.arange(400) % 10).astype(np.uint8)
    data = Mnist(x_train=x[:0], y_train=y[:0], x_test=x, y_test=y, sha256="ab")
    lines: list[str] = []
    assert atlas.produce(data, folder, say=lines.append) == folder / atlas.FILE
    assert [line for line in lines if line.startswith("map of ")] == [
        f"map of {f}" for f in FAMILIES
    ]
    measured = atlas.load(folder)
    assert_array_equal(measured.digits, y[:300])
    assert list(measured.maps) == list(FAMILIES)
    for name, code_map in measured.maps.items():
        model = loaded(name)
        z = model.encode(x)
        step = np.ptp(z[:300], axis=0) / 255
        assert np.all(np.abs(code_map.codes - z[:300]) <= 0.51 * step + 1e-6)
        assert code_map.umap is not None
        flat = code_map.codes[:, :2] - code_map.codes[:, :2].min(axis=0)
        assert_allclose(code_map.umap, flat / np.ptp(flat, axis=0).max(), atol=1e-3)
        oracle = KNeighborsClassifier(10).fit(code_map.codes, y[:300])
        assert code_map.accuracy == pytest.approx(oracle.score(z[300:], y[300:]), abs=0.02)
        assert 0 <= code_map.umap_error < 1 and 0 <= code_map.stray < 1
        box = NOISES["box"].corrupt(x, NOISES["box"].strength, np.random.default_rng(0))
        error = evaluation.mse(x, model.reconstruct(box)).mean()
        assert code_map.corrupted["box"] == pytest.approx(error, rel=1e-5)
        if model.log_variance is not None:
            assert code_map.bound == evaluation.bound(model, x)
    flat = x.reshape(-1, PIXELS)
    components = facts.load().ladder.pca.encode(flat)[:, :100]
    assert_allclose(
        measured.pixels, components[:300], atol=0.51 * np.ptp(components, axis=0).max() / 255
    )
    shared = agreement(flat, components, 300)
    assert measured.pixels_agreement == pytest.approx(shared, abs=0.01)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def alter(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[-1000] ^= 1
    path.write_bytes(raw)


def changed(path: Path, **changes: Any) -> None:
    """Write the file again and vouch for it: None takes an array or a fact out."""
    tensors, header = checked.read(path, path.parent)
    whole: dict[str, Any] = {**tensors, **header} | changes
    kept = {key: value for key, value in whole.items() if value is not None}
    arrays = {key: value for key, value in kept.items() if isinstance(value, np.ndarray)}
    checked.save(path, arrays, {key: kept[key] for key in kept.keys() - arrays.keys()})


def replace_by_weights(path: Path) -> None:
    checked.save(path, *checked.read(path.with_name("pca.safetensors"), path.parent))


NO_ATLAS = "is no atlas"


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (Path.unlink, "is missing or cannot be read"),
        (truncate, "is truncated or was altered"),
        (alter, "is truncated or was altered"),
        (replace_by_weights, NO_ATLAS),
        (partial(changed, charts=None), NO_ATLAS),
        (partial(changed, charts=[1]), NO_ATLAS),
        (partial(changed, weights=3), NO_ATLAS),
        (partial(changed, pixels=None), NO_ATLAS),
        (partial(changed, digits=None), NO_ATLAS),
        (partial(changed, digits=np.zeros(9, np.uint8)), NO_ATLAS),
        (partial(changed, **{"deep/codes": None}), NO_ATLAS),
        (partial(changed, **{"vae/divergence": None}), NO_ATLAS),
        (partial(changed, **{"deep/umap": np.zeros((9, 2), np.float16)}), "does not fit deep"),
        (partial(changed, **{"vae2/axes": np.zeros((2, 32), np.float32)}), "does not fit vae2"),
    ],
)
def test_what_is_damaged_is_refused(
    folder: Path, damage: Callable[[Path], object], says: str
) -> None:
    atlas.load(folder)
    damage(folder / atlas.FILE)
    with pytest.raises(ae.WeightsError) as caught:
        atlas.load(folder)
    message = str(caught.value)
    assert message.startswith(f"{folder / atlas.FILE} {says}; ")
    assert message.endswith(f"python -m ae evaluate --atlas --folder {folder}")
    assert "\n" not in message


def test_what_was_measured_on_other_weights_is_left_out(folder: Path, shipped: Atlas) -> None:
    path = folder / "vae.safetensors"
    tensors, header = checked.read(path, folder)
    checked.save(path, tensors, {**header, "seed": 1})
    loaded = atlas.load(folder)
    assert list(loaded.maps) == [name for name in FAMILIES if name != "vae"]
    assert_array_equal(loaded.maps["vae2"].codes, shipped.maps["vae2"].codes)
    assert_array_equal(loaded.pixels, shipped.pixels)


def test_a_family_without_weights_is_left_out(folder: Path) -> None:
    (folder / checked.SUMS).write_text(
        "".join(
            line
            for line in (folder / checked.SUMS).read_text().splitlines(keepends=True)
            if not line.endswith("  deep.safetensors\n")
        )
    )
    assert list(atlas.load(folder).maps) == [name for name in FAMILIES if name != "deep"]


def test_charts_compare_by_identity() -> None:
    """An array in a frozen record would make a comparison that has no truth value."""
    codes = np.random.default_rng(0).random((5, 3), np.float32)
    one, other = atlas.code_map(codes), atlas.code_map(codes)
    assert isinstance(one, CodeMap) and one == one and one != other
