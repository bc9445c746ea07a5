"""What ships instead of MNIST: checked against the weights, and against MNIST where it is."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import decomposition

import ae
from ae import checked, evaluation, facts, weights
from ae.facts import CodeFacts, Facts
from ae.mnist import Mnist

ALL = [(name, recipe) for name in ae.MODELS for recipe in weights.recipes(name)]
every_file = pytest.mark.parametrize(("name", "recipe"), ALL)


@pytest.fixture(scope="module")
def shipped() -> Facts:
    return facts.load()


# What ships


def test_what_ships_is_small() -> None:
    assert (checked.FOLDER / facts.FILE).stat().st_size < 1_000_000


def test_the_ladder_goes_down_and_passes_through_the_shipped_pca(shipped: Facts) -> None:
    pca, ladder = ae.load("pca"), shipped.ladder
    for errors in (ladder.bce, ladder.mse):
        assert np.all(np.diff(errors) < 0)
    assert ladder.mse[31] == pytest.approx(pca.metadata.test.mse, rel=1e-4)
    assert ladder.bce[31] == pytest.approx(pca.metadata.test.bce, rel=1e-4)
    assert_allclose(ladder.pca.atoms()[:32], pca.atoms(), atol=1e-4)


@every_file
def test_codes_agree_with_the_file_of_the_model(shipped: Facts, name: str, recipe: str) -> None:
    model, codes = ae.load(name, recipe=recipe), shipped.codes[name, recipe]
    assert codes.zeros.sum() == 10_000
    units = model.code_size
    share = codes.zeros @ np.arange(units + 1) / 10_000 / units
    assert share == pytest.approx(model.metadata.test.zeros, abs=1e-5)
    assert codes.counts.sum() == pytest.approx(10_000 * units * (1 - share), abs=1)
    assert_allclose(codes.mean, model.statistics.code_mean, rtol=1e-4, atol=1e-5)
    assert np.all(codes.least <= model.statistics.code_percentiles[0])
    assert np.all(codes.most >= model.statistics.code_percentiles[-1])
    assert np.all(np.linalg.eigvalsh(codes.covariance) > -1e-3)
    assert np.all(codes.size >= np.abs(codes.mean) - 1e-4)


def test_the_linear_net_draws_what_pca_draws_and_the_others_do_not(shipped: Facts) -> None:
    shared = {key: facts.overlap(angles) for key, angles in shipped.angles.items()}
    assert shared.pop(("linear", "best")) >= 0.99
    assert len(shared) == 5 and max(shared.values()) < 0.75


def test_the_angles_are_those_of_the_weights(shipped: Facts) -> None:
    """By the singular values of Q_a^T Q_b (Björck & Golub), not by SciPy's way."""
    basis = np.linalg.qr(ae.load("pca").atoms().reshape(32, 784).T.astype(float))[0]
    for (name, recipe), angles in shipped.angles.items():
        rows = ae.load(name, recipe=recipe).atoms().reshape(32, 784)
        other = np.linalg.qr(rows.T.astype(float))[0]
        cosines = np.linalg.svd(basis.T @ other, compute_uv=False)
        assert_allclose(np.cos(angles), cosines, atol=1e-6)
        assert facts.overlap(angles) == pytest.approx(np.square(cosines).mean(), abs=1e-6)


def test_the_table_is_what_the_files_say_of_themselves(shipped: Facts) -> None:
    table = shipped.table
    assert table["floor"]["bce"] == pytest.approx(0.0581, abs=1e-4)
    assert table["mean"]["mse"] == pytest.approx(0.0675, abs=1e-4)
    assert [(m["name"], m["recipe"] or "best") for m in table["models"]] == ALL
    for row in table["models"]:
        model = ae.load(row["name"], recipe=row["recipe"] or "best")
        test = model.metadata.test.as_dict()
        assert {key: row[key] for key in test} == pytest.approx(test, rel=1e-3)


def test_everything_is_read_only(shipped: Facts) -> None:
    arrays = [shipped.ladder.bce, shipped.ladder.mse, *shipped.angles.values()]
    arrays += [array for codes in shipped.codes.values() for array in vars(codes).values()]
    assert not any(array.flags.writeable for array in arrays)
    with pytest.raises(TypeError):
        shipped.codes["deep", "best"] = None  # type: ignore[index]


# Against MNIST


def test_the_ladder_is_what_scikit_learn_finds(shipped: Facts, mnist: Mnist) -> None:
    x = mnist.x_test.reshape(-1, 784)
    oracle = decomposition.PCA(128, svd_solver="covariance_eigh").fit(
        mnist.x_train.reshape(-1, 784).astype(np.float64)
    )
    z = oracle.transform(x)
    for k in (1, 32, 60, 128):
        y = np.clip(oracle.mean_ + z[:, :k] @ oracle.components_[:k], 0, 1).astype(np.float32)
        assert shipped.ladder.mse[k - 1] == pytest.approx(np.square(x - y).mean(), rel=1e-3)
        assert shipped.ladder.bce[k - 1] == pytest.approx(evaluation.bce(x, y).mean(), rel=1e-3)
    similarity = np.abs((oracle.components_ * shipped.ladder.pca.components).sum(axis=1))
    assert similarity.min() > 0.99


@pytest.mark.parametrize(("name", "recipe"), [("sparse", "best"), ("deep", "best"), ALL[-1]])
def test_codes_are_what_mnist_gives(shipped: Facts, mnist: Mnist, name: str, recipe: str) -> None:
    z, codes = ae.load(name, recipe=recipe).encode(mnist.x_test), shipped.codes[name, recipe]
    zeros = np.histogram((z == 0).sum(axis=1), np.arange(34))[0]
    assert np.abs(codes.zeros - zeros).sum() < 20
    assert_allclose(codes.counts, np.histogram(z[z != 0], codes.edges)[0], atol=60)
    assert_allclose(codes.l1, np.percentile(np.abs(z).sum(1), range(101)), rtol=1e-3)
    assert_allclose(codes.size, np.abs(z).mean(0), rtol=1e-3)
    assert_allclose(codes.covariance, np.cov(z.T), rtol=1e-2, atol=1e-2)
    assert_allclose([codes.least, codes.most], [z.min(0), z.max(0)], rtol=1e-3, atol=1e-3)


# On data and weights of the test's own


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of everything that ships."""
    return Path(shutil.copytree(checked.FOLDER, tmp_path / "copied"))


def few() -> Mnist:
    x = np.random.default_rng(0).random((500, 28, 28), dtype=np.float32) ** 4
    y = np.zeros(500, np.uint8)
    return Mnist(x_train=x[:300], y_train=y[:300], x_test=x[300:], y_test=y[300:], sha256="ab")


def test_produce_measures_what_load_then_gives(folder: Path) -> None:
    lines: list[str] = []
    data = few()
    assert facts.produce(data, folder, say=lines.append) == folder / facts.FILE
    assert len(lines) > len(ALL)
    measured = facts.load(folder)
    z = ae.load("shallow").encode(data.x_test)
    codes = measured.codes["shallow", "best"]
    assert_allclose(codes.size, np.abs(z).mean(axis=0), rtol=1e-5)
    assert codes.zeros @ np.arange(33) == (z == 0).sum() and codes.zeros.sum() == len(z)
    assert codes.counts.sum() == (z != 0).sum()
    assert measured.table["data"]["test_digits"] == 200
    record = evaluation.as_record(evaluation.evaluate(data, folder))
    assert measured.table == record | {"missing": []}
    pca = ae.pca.PCA.fit(data.x_train, 128)
    y = pca.reconstruct(data.x_test)
    assert measured.ladder.mse[-1] == pytest.approx(evaluation.mse(data.x_test, y).mean(), rel=1e-4)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def replace_by_weights(path: Path) -> None:
    tensors, header = checked.read(path.with_name("pca.safetensors"), path.parent)
    checked.save(path, tensors, header)


def drop_an_array(path: Path) -> None:
    tensors, header = checked.read(path, path.parent)
    del tensors["ladder/mse"]
    checked.save(path, tensors, header)


def put_a_nan(path: Path) -> None:
    tensors, header = checked.read(path, path.parent)
    checked.save(path, tensors | {"ladder/mse": np.full(128, np.nan, np.float32)}, header)


def without_table(path: Path) -> None:
    tensors, header = checked.read(path, path.parent)
    checked.save(path, tensors, {"weights": header["weights"]})


def with_a_list_of_weights(path: Path) -> None:
    tensors, header = checked.read(path, path.parent)
    checked.save(path, tensors, {**header, "weights": ["deep.safetensors"]})


def with_a_table_of_numbers(path: Path) -> None:
    tensors, header = checked.read(path, path.parent)
    checked.save(path, tensors, {**header, "table": {"models": [1, 2]}})


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (Path.unlink, "is missing or cannot be read"),
        (truncate, "is truncated or was altered"),
        (replace_by_weights, "is no file of facts"),
        (without_table, "is no file of facts"),
        (with_a_list_of_weights, "is no file of facts"),
        (with_a_table_of_numbers, "is no file of facts"),
        (drop_an_array, "ladder/mse is nothing, expected float32 of shape (128,)"),
        (put_a_nan, "ladder/mse holds NaN or infinity"),
    ],
)
def test_what_is_damaged_is_refused(
    folder: Path, damage: Callable[[Path], object], says: str
) -> None:
    damage(folder / facts.FILE)
    with pytest.raises(ae.WeightsError) as caught:
        facts.load(folder)
    message = str(caught.value)
    assert message.startswith(f"{folder / facts.FILE} ") and says in message
    assert message.endswith(f"python -m ae evaluate --facts --folder {folder}")
    assert "\n" not in message


def test_what_was_measured_on_other_weights_is_left_out(folder: Path) -> None:
    path = folder / "shallow.safetensors"
    tensors, header = checked.read(path, folder)
    checked.save(path, tensors, {**header, "seed": 1})
    loaded, whole = facts.load(folder), facts.load()
    assert whole.codes.keys() - loaded.codes.keys() == {("shallow", "best")}
    assert whole.angles.keys() - loaded.angles.keys() == {("shallow", "best")}
    assert len(whole.table["models"]) - len(loaded.table["models"]) == 1
    assert_array_equal(loaded.ladder.mse, whole.ladder.mse)  # of no family


def test_a_family_that_was_never_measured_is_left_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    double = replace(ae.FAMILIES["shallow"], name="double", encoder=(784, 64), decoder=(64, 784))
    families = MappingProxyType({**ae.FAMILIES, "double": double})
    for module in (facts, weights):
        monkeypatch.setattr(module, "FAMILIES", families)
    monkeypatch.setattr(weights, "MODELS", (*families, "pca"))
    assert facts.load(folder).codes.keys() == set(ALL)
    # Of 64 pictures and PCA's 32 there are 32 angles.
    assert facts._shapes([("double", "best")])["angles/best/double"] == (32,)


# Single functions


def test_worth_is_the_first_step_that_is_as_good() -> None:
    ladder = np.array([5, 3, 3, 1], np.float32)
    enough = [facts.equivalent_components(ladder, error) for error in (9, 5, 4, 3, 1, 0.5)]
    assert enough == [1, 1, 2, 2, 4, None]


def test_angles_of_known_planes() -> None:
    pictures = np.zeros((3, 28, 28), np.float32)
    pictures[[0, 1, 2], [0, 0, 0], [0, 1, 2]] = 1
    tilted = pictures[:2].copy()
    tilted[1, 0, 2] = np.sqrt(3)  # 60 degrees out of the plane of the first two
    angles = facts.principal_angles(pictures[:2], tilted)
    assert np.degrees(angles) == pytest.approx([0, 60], abs=1e-3)
    assert facts.overlap(angles) == pytest.approx((1 + 0.25) / 2)
    assert facts.principal_angles(pictures[:1], pictures[1:]) == pytest.approx(np.pi / 2)
    # Mixing the pictures anew changes nothing.
    mixed = np.einsum("ab,bij->aij", np.array([[2, 1], [-1, 3]], np.float32), tilted)
    assert np.degrees(facts.principal_angles(pictures[:2], mixed)) == pytest.approx([0, 60], abs=1)


def test_code_facts_of_nothing_but_zeros() -> None:
    """A dead net has no activation to put into a histogram."""

    class Dead:
        def encode(self, x: np.ndarray) -> np.ndarray:
            return np.zeros((len(x), 32), np.float32)

    codes: CodeFacts = facts._codes(Dead(), np.zeros((5, 28, 28), np.float32))
    assert codes.counts.sum() == 0 and np.isfinite(codes.edges).all()
    assert_array_equal(codes.zeros, [0] * 32 + [5])
