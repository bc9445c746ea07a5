"""PCA, with ``numpy.linalg.svd`` as the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import ae
from ae.mnist import Mnist
from ae.pca import PCA


def digits(n: int, seed: int = 0) -> np.ndarray:
    """Mixtures of smooth pictures, each weaker than the one before, so that the order is plain."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:28, :28] / 28
    waves = [np.cos(np.pi * (i * y + j * x)) for i in range(7) for j in range(7)][1:]
    strength = 0.7 ** np.arange(len(waves))
    mixed = 0.5 + 0.1 * np.tensordot(rng.normal(0, strength, (n, len(waves))), waves, 1)
    noisy = mixed + rng.normal(0, 0.002, mixed.shape)
    return np.clip(noisy, 0, 1).astype(np.float32)


def svd(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the singular values (k,) and the directions (k, 784) of centred digits, in float64."""
    flat = x.reshape(len(x), -1).astype(np.float64)
    _, strengths, directions = np.linalg.svd(flat - flat.mean(axis=0), full_matrices=False)
    return strengths, directions


@pytest.fixture(scope="module")
def x() -> np.ndarray:
    return digits(400)


@pytest.fixture(scope="module")
def oracle(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return svd(x)


@pytest.fixture(scope="module")
def pca(x: np.ndarray) -> PCA:
    return PCA.fit(x, 8)


def test_components_are_those_of_the_svd(
    x: np.ndarray, pca: PCA, oracle: tuple[np.ndarray, np.ndarray]
) -> None:
    _, directions = oracle
    assert_allclose(pca.mean, x.reshape(-1, 784).mean(axis=0), rtol=0, atol=1e-6)
    cosines = np.sum(pca.components * directions[:8], axis=1)
    assert_allclose(np.abs(cosines), 1, rtol=0, atol=1e-5)
    assert pca.components.shape == (8, 784) and pca.components.dtype == np.float32


def test_rows_are_orthonormal(pca: PCA) -> None:
    assert_allclose(pca.components @ pca.components.T, np.eye(8), rtol=0, atol=1e-6)


def test_signs_do_not_depend_on_lapack(x: np.ndarray, pca: PCA) -> None:
    strongest = np.abs(pca.components).argmax(axis=1)
    assert np.all(pca.components[np.arange(8), strongest] > 0)
    # The directions of turned-about digits are the same lines: only a convention keeps the signs.
    about = PCA.fit(1 - x, 8)
    assert_allclose(about.components, pca.components, rtol=0, atol=1e-3)


def test_the_code_is_the_projection(
    x: np.ndarray, pca: PCA, oracle: tuple[np.ndarray, np.ndarray]
) -> None:
    strengths, _ = oracle
    z = pca.encode(x)
    assert_allclose(z.mean(axis=0), 0, rtol=0, atol=1e-5)
    assert_allclose(np.linalg.norm(z, axis=0), strengths[:8], rtol=1e-4)
    assert np.all(np.diff(z.var(axis=0)) < 0), "strongest first"


@pytest.mark.parametrize("n_components", [1, 40])
def test_no_linear_squeeze_loses_less(
    x: np.ndarray, oracle: tuple[np.ndarray, np.ndarray], n_components: int
) -> None:
    """Eckart & Young, 1936: the error is the sum of the squared singular values left out."""
    strengths, _ = oracle
    lost = np.square(x - PCA.fit(x, n_components).reconstruct(x)).sum()
    assert lost == pytest.approx(np.square(strengths[n_components:]).sum(), rel=1e-3)


def test_all_components_lose_nothing() -> None:
    x = digits(900)
    pca = PCA.fit(x, 784)
    assert_allclose(pca.reconstruct(x), x, rtol=0, atol=1e-4)
    assert_allclose(pca.components @ pca.components.T, np.eye(784), rtol=0, atol=1e-5)


def test_decoding_is_clipped_to_where_pixels_live(pca: PCA) -> None:
    far = 100 * np.eye(8, dtype=np.float32)
    unclipped = far @ pca.components + pca.mean
    assert unclipped.min() < 0 and unclipped.max() > 1
    assert_allclose(pca.decode(far), np.clip(unclipped, 0, 1).reshape(8, 28, 28), rtol=0, atol=1e-6)


def test_flat_digits_fit_as_square_ones_do(x: np.ndarray, pca: PCA) -> None:
    flat = PCA.fit(x.reshape(-1, 784), 8)
    assert_array_equal(flat.components, pca.components)
    assert_array_equal(flat.mean, pca.mean)


def test_fitting_changes_no_digit_and_what_it_finds_is_read_only(x: np.ndarray) -> None:
    locked = x.copy()
    locked.setflags(write=False)
    pca = PCA.fit(locked, 8)
    assert_array_equal(locked, x)
    assert not pca.components.flags.writeable and not pca.mean.flags.writeable


def test_a_fit_can_be_taken_apart_and_put_together(x: np.ndarray, pca: PCA) -> None:
    again = PCA(pca.mean.copy(), pca.components.copy())
    assert again.code_size == 8
    assert_array_equal(again.reconstruct(x), pca.reconstruct(x))
    assert not again.mean.flags.writeable and not again.components.flags.writeable


def test_equal_digits_are_their_own_mean() -> None:
    same = np.repeat(digits(1), 40, axis=0)
    pca = PCA.fit(same, 4)
    assert_allclose(pca.encode(same), 0, rtol=0, atol=1e-5)
    assert_allclose(pca.reconstruct(same), same, rtol=0, atol=1e-5)


# What does not work, in words


@pytest.mark.parametrize("n_components", [0, -1, 785])
def test_as_many_components_as_there_can_be(n_components: int) -> None:
    with pytest.raises(ValueError, match=f"n_components: got {n_components}, expected 1 to 784"):
        PCA.fit(digits(9), n_components)


def test_too_few_digits() -> None:
    with pytest.raises(ValueError, match="fit: got 7 digits, expected at least 8"):
        PCA.fit(digits(7), 8)
    assert PCA.fit(digits(8), 8).components.shape == (8, 784)


@pytest.mark.parametrize(
    "bad", [digits(9) * 2, digits(9).astype(np.float64), digits(9)[:, 1:], digits(9)[0]]
)
def test_digits_are_checked_before_they_are_fitted(bad: np.ndarray) -> None:
    with pytest.raises(ValueError, match="pictures: got"):
        PCA.fit(bad, 8)


def test_what_is_from_no_file_has_no_statistics_and_no_metadata(pca: PCA) -> None:
    with pytest.raises(ValueError, match="not measured"):
        _ = pca.statistics
    with pytest.raises(ValueError, match="not from a file"):
        _ = pca.metadata


def test_there_is_no_half_built_one() -> None:
    with pytest.raises(TypeError):
        PCA()  # type: ignore[call-arg]
    pca = ae.load("pca")
    assert isinstance(pca, PCA) and pca.metadata.family == "pca" and pca.statistics
    with pytest.raises(AttributeError):
        pca.mean = pca.mean  # type: ignore[misc]
    assert PCA.fit(digits(40)).code_size == 32


# What ships


def test_what_ships_is_a_fit_of_all_training_digits(mnist: Mnist) -> None:
    shipped, fresh = ae.load("pca"), PCA.fit(mnist.x_train, 32)
    assert isinstance(shipped, PCA)
    assert_allclose(shipped.mean, fresh.mean, rtol=0, atol=1e-6)
    # Signs included. Neighbours differ in strength by as little as 1 %, so that another machine's
    # rounding may turn them a little in their plane.
    assert_allclose(shipped.components, fresh.components, rtol=0, atol=2e-3)
    overlap = np.linalg.svd(shipped.components @ fresh.components.T, compute_uv=False)
    assert overlap.min() > 1 - 1e-5


def test_the_covariance_in_float32_is_good_enough_for_mnist(mnist: Mnist) -> None:
    some = mnist.x_train[:3000]
    strengths, directions = svd(some)
    pca = PCA.fit(some, 32)
    overlap = np.linalg.svd(pca.components @ directions[:32].T, compute_uv=False)
    assert overlap.min() > 1 - 1e-5
    assert_allclose(np.linalg.norm(pca.encode(some), axis=0), strengths[:32], rtol=1e-4)


def test_the_ladder_is_pca_of_every_length() -> None:
    x = np.random.default_rng(0).random((60, 28, 28), dtype=np.float32)
    pca = PCA.fit(x, 8)
    steps = pca.ladder(x[7])
    assert steps.shape == (8, 28, 28)
    for k in range(1, 9):
        short = PCA(pca.mean.copy(), pca.components[:k].copy())
        assert_allclose(steps[k - 1], short.reconstruct(x[7:8])[0], atol=1e-5)
    with pytest.raises(ValueError, match="pictures: got"):
        pca.ladder(x[7] * 2)
    with pytest.raises(ValueError, match="pictures: got"):
        pca.encoder_weights(x[7, 0])
