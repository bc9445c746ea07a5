"""What is known of codes before the first byte: the grid, the mixture, and the file of both."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

import ae
from ae import checked, compression, weights
from ae.compression import fitting, prior
from ae.compression.mixture import Mixture
from ae.compression.prior import Prior
from ae.mnist import Mnist
from tests.ae.compression.conftest import with_prior

every_model = pytest.mark.parametrize("name", ae.MODELS)

# The grid


@every_model
@pytest.mark.parametrize("bits", range(1, 9))
def test_the_unit_with_the_most_to_say_gets_all_bits(name: str, bits: int) -> None:
    _, known = with_prior(name)
    grid = known.grid(bits)
    said = (known.high - known.low) * known.effect
    assert grid.levels.max() == 2**bits == grid.levels[said.argmax()]
    assert grid.levels.min() >= 1


@every_model
def test_a_step_of_each_unit_changes_the_picture_alike(name: str) -> None:
    _, known = with_prior(name)
    changes = known.grid(5).step * known.effect
    assert_allclose(changes, changes[0])


@every_model
def test_zero_is_on_the_grid_and_rounding_stays_on_it(name: str) -> None:
    _, known = with_prior(name)
    grid = known.grid(4)
    z = np.random.default_rng(0).normal(0, 3 * np.abs(known.high), (50, len(known.high)))
    symbols = grid.round(z)
    assert np.all((symbols >= 0) & (symbols < grid.levels))
    assert_array_equal(grid.round(grid.values(symbols)), symbols)
    inside = (z >= grid.least * grid.step) & (z <= grid.most * grid.step)
    assert np.all(
        np.abs(grid.values(symbols) - z)[inside]
        <= (grid.step / 2 * 1.001 + 1e-6)[np.nonzero(inside)[1]]
    )
    zero = np.flatnonzero((grid.least <= 0) & (grid.most >= 0))
    assert np.all(grid.values(grid.round(np.zeros((1, len(grid.step)))))[0, zero] == 0)


def test_of_statistics_follows_the_codes_usual_range() -> None:
    model = ae.load("shallow")
    known = Prior.of_statistics(model)
    low, middle, high = model.statistics.code_percentiles
    assert np.all((known.low <= low) & (known.high >= high))
    assert_allclose(known.centre[0], middle)
    assert known.grid(8).levels.min() > 200  # no number is known to matter less


# The mixture


def test_density_is_scipys() -> None:
    rng = np.random.default_rng(0)
    roots = rng.normal(0, 1, (3, 4, 4))
    mixture = Mixture(
        np.array([0.2, 0.3, 0.5]),
        rng.normal(0, 2, (3, 4)),
        roots @ roots.swapaxes(1, 2) + np.eye(4),
    )
    z = rng.normal(0, 3, (20, 4))
    each = np.array(
        [
            weight * stats.multivariate_normal(mean, covariance).pdf(z)
            for weight, mean, covariance in zip(
                mixture.weights, mixture.means, mixture.covariances, strict=True
            )
        ]
    )
    nats, likely = mixture.density(z)
    assert_allclose(nats, np.log(each.sum(axis=0)))
    assert_allclose(likely, (each / each.sum(axis=0)).T, atol=1e-12)


def test_fit_finds_the_heaps_that_there_are() -> None:
    rng = np.random.default_rng(0)
    tied = np.array([[1, 0.8], [0.8, 1]])
    heaps = [
        rng.multivariate_normal([-5, 0], tied, 3000),
        rng.multivariate_normal([5, 1], np.eye(2), 1000),
    ]
    z = np.concatenate(heaps).astype(np.float32)
    mixture = Mixture.fit(z, 2)
    first, second = np.argsort(mixture.means[:, 0])
    assert_allclose(mixture.weights[[first, second]], [0.75, 0.25], atol=0.01)
    assert_allclose(mixture.means[[first, second]], [[-5, 0], [5, 1]], atol=0.15)
    borrowed = 20 * np.diag(z.var(axis=0))
    for k, true, count in ((first, tied, 3000), (second, np.eye(2), 1000)):
        wanted = (count * true + borrowed) / (count + 20)
        assert_allclose(mixture.covariances[k], wanted, atol=0.15)


def test_fit_of_numbers_that_never_change() -> None:
    """A dead unit, and more components than there are different codes."""
    z = np.zeros((60, 3), np.float32)
    z[:, 0] = np.arange(60) % 2
    nats, likely = Mixture.fit(z, 4).density(z)
    assert np.isfinite(nats).all() and np.isfinite(likely).all()


# The file


def test_every_model_that_ships_has_a_prior_and_they_are_small() -> None:
    priors = prior.load()
    hashes = {prior.decoder_hash(ae.load(name)) for name in ae.MODELS}
    assert priors.keys() == hashes
    assert (checked.FOLDER / prior.FILE).stat().st_size < 400_000


@every_model
def test_what_ships_is_a_density(name: str) -> None:
    _, known = with_prior(name)
    assert known.share.sum() == pytest.approx(1, abs=1e-5) and known.share.min() > 0
    assert np.linalg.eigvalsh(known.mixture.covariances).min() > 0
    assert np.all(known.low < known.high) and known.effect.min() > 0
    assert not any(
        array.flags.writeable for array in vars(known).values() if hasattr(array, "flags")
    )


def test_only_the_decoder_counts() -> None:
    model = ae.load("deep")
    other = ae.load("deep", recipe="tutorial")
    assert prior.decoder_hash(model) == prior.decoder_hash(ae.load("deep"))
    assert prior.decoder_hash(model) != prior.decoder_hash(other)
    assert prior.decoder_hash(ae.load("pca")) != prior.decoder_hash(model)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of everything that ships."""
    return Path(shutil.copytree(checked.FOLDER, tmp_path / "copied"))


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def replace_by_weights(path: Path) -> None:
    checked.save(path, *checked.read(path.with_name("pca.safetensors"), path.parent))


def another_shape(path: Path) -> None:
    tensors, header = checked.read(path, path.parent)
    key = next(key for key in tensors if key.endswith("/spread"))
    checked.save(path, tensors | {key: tensors[key][:, 1:]}, header)


def put_a_nan(path: Path) -> None:
    tensors, header = checked.read(path, path.parent)
    key = next(key for key in tensors if key.endswith("/low"))
    checked.save(path, tensors | {key: tensors[key] * np.float32("nan")}, header)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (truncate, "is truncated or was altered"),
        (replace_by_weights, "is no file of priors"),
        (another_shape, "does not fit a prior: spread is float32"),
        (put_a_nan, "low holds NaN or infinity"),
    ],
)
def test_what_is_damaged_is_refused(
    folder: Path, damage: Callable[[Path], object], says: str
) -> None:
    damage(folder / prior.FILE)
    with pytest.raises(ae.WeightsError) as caught:
        compression.prior_of(ae.load("pca"), folder)
    message = str(caught.value)
    assert message.startswith(f"{folder / prior.FILE} ") and says in message
    assert message.endswith(f"python -m ae evaluate --compression --folder {folder}")


def test_a_folder_without_priors(folder: Path) -> None:
    """What ships must be there; what somebody trained need not have been measured."""
    (folder / prior.FILE).unlink()
    known, usual = compression.prior_of(ae.load("pca"), folder), Prior.of_statistics(ae.load("pca"))
    assert_array_equal(known.centre, usual.centre)


# Measuring one


def few(n: int = 400) -> Mnist:
    x = np.random.default_rng(0).random((n, 28, 28), dtype=np.float32) ** 4
    y = np.zeros(n, np.uint8)
    return Mnist(x_train=x, y_train=y, x_test=x[:50], y_test=y[:50], sha256="ab")


def test_a_fit_makes_its_own_digits_cheap(digits: np.ndarray) -> None:
    model = ae.load("pca")
    known = fitting.fit(model, np.repeat(digits, 8, axis=0).reshape(-1, 784), components=3)
    sizes = [
        len(compression.compress(model, p, digits, 5).payload)
        for p in (known, Prior.of_statistics(model))
    ]
    assert sizes[0] < 0.8 * sizes[1]


def test_what_is_there_stays_and_what_is_missing_is_measured(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ae.compression import measured

    monkeypatch.setattr(fitting, "DIGITS", 300)
    models = {"pca": ae.load("pca"), "vae2": ae.load("vae2")}
    before = prior.load(folder)
    assert measured.fit_missing(models, few(), folder).keys() == models.keys()
    assert_array_equal(
        compression.prior_of(models["pca"], folder).spread,
        before[prior.decoder_hash(models["pca"])].spread,
    )
    (folder / prior.FILE).unlink()
    said: list[str] = []
    fitted = measured.fit_missing({"vae2": models["vae2"]}, few(), folder, say=said.append)
    assert said == ["prior of vae2"]
    assert_array_equal(compression.prior_of(models["vae2"], folder).spread, fitted["vae2"].spread)
    # And as the weights change, so does the decoder: what was measured of the old one is no use.
    assert prior.load(folder).keys() == {prior.decoder_hash(models["vae2"])}
    assert weights.load("vae2", folder=folder).name == "vae2"
