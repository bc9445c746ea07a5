"""Neighbours, maps and ways between codes, each beside somebody else's code for it."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.interpolate import RegularGridInterpolator
from scipy.spatial.distance import pdist, squareform
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor, NearestNeighbors

from ae import atlas, latent


def normal(n: int, units: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(1, 3, (n, units)).astype(np.float32)


def frozen(*arrays: np.ndarray) -> None:
    """Make whoever writes to these say so."""
    for array in arrays:
        array.setflags(write=False)


# Neighbours


@pytest.mark.parametrize("units", [2, 32])
@pytest.mark.parametrize("k", [1, 10, 200])
def test_neighbours_are_scikit_learn_s(units: int, k: int) -> None:
    codes, z = normal(200, units), normal(30, units, seed=1)
    frozen(codes, z)
    oracle = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(codes.astype(np.float64))
    distances, indices = oracle.kneighbors(z.astype(np.float64))
    nearest, measured = latent.neighbours(codes, z, k)
    assert nearest.shape == measured.shape == (30, k) and measured.dtype == np.float32
    assert_array_equal(nearest, indices)
    assert_allclose(measured, distances, rtol=1e-5)


def test_neighbours_of_nothing() -> None:
    nearest, distances = latent.neighbours(normal(20, 3), normal(0, 3), 10)
    assert nearest.shape == distances.shape == (0, 10)


@pytest.mark.parametrize("name", ["deep", "linear", "vae2"])
def test_neighbours_among_real_codes_whose_sizes_differ(name: str) -> None:
    """Far from zero the product of matrices keeps fewer digits; what is found must not suffer."""
    codes = atlas.load().maps[name].codes
    z = 1.5 * codes[::50] + np.float32(0.01)
    oracle = NearestNeighbors(n_neighbors=10, algorithm="brute").fit(codes.astype(np.float64))
    distances, _ = oracle.kneighbors(z.astype(np.float64))
    # Of equally near codes either may be taken, so that only distances can be compared.
    assert_allclose(latent.neighbours(codes, z, 10)[1], distances, rtol=1e-3)


def test_a_code_is_its_own_nearest_neighbour() -> None:
    codes = normal(100, 32)
    nearest, distances = latent.neighbours(codes, codes, 3)
    assert_array_equal(nearest[:, 0], np.arange(100))
    assert np.all(distances[:, 0] == 0) and np.all(np.diff(distances, axis=1) >= 0)


@pytest.mark.parametrize("units", [2, 32])
@pytest.mark.parametrize("n", [2, 3, 60])
def test_the_nearest_pair_is_scipy_s(n: int, units: int) -> None:
    codes = normal(n, units)
    frozen(codes)
    distances = squareform(pdist(codes.astype(np.float64)))
    distances[np.tril_indices(n)] = np.inf
    i, j, distance = latent.nearest_pair(codes)
    assert (i, j) == np.unravel_index(distances.argmin(), distances.shape)
    assert distance == pytest.approx(distances.min(), rel=1e-5)


def test_of_equal_codes_the_first_two_are_the_nearest_pair() -> None:
    codes = normal(5, 3)
    codes[[1, 2, 4]] = codes[1]
    assert latent.nearest_pair(codes) == (1, 2, 0)


def test_votes_are_scikit_learn_s() -> None:
    digits = np.arange(300).astype(np.uint8) % 10
    codes, z = normal(300, 4) + digits[:, None].astype(np.float32), normal(50, 4, seed=1) + 4
    oracle = KNeighborsClassifier(n_neighbors=10).fit(codes, digits)
    votes = latent.votes(digits, latent.neighbours(codes, z, 10)[0])
    assert votes.shape == (50, 10) and votes.dtype == np.float32
    assert_allclose(votes, oracle.predict_proba(z), atol=1e-6)
    assert len(np.unique(votes)) > 4, "or else the oracle was not asked much"


def test_a_digit_that_nobody_votes_for_has_its_column_too() -> None:
    votes = latent.votes(np.array([9, 9, 0, 3], np.uint8), np.array([[0, 1, 2, 3]]))
    assert votes.tolist() == [[0.25, 0, 0, 0.25, 0, 0, 0, 0, 0, 0.5]]


# Places


def test_places_are_scikit_learn_s_regression() -> None:
    codes, places, z = normal(200, 5), normal(200, 2, seed=1), normal(40, 5, seed=2)
    frozen(codes, places, z)
    oracle = KNeighborsRegressor(n_neighbors=10, weights="distance").fit(codes, places)
    nearest, distances = latent.neighbours(codes, z, 10)
    frozen(distances)
    placed = latent.inverse_distance(places, nearest, distances)
    assert placed.shape == (40, 2) and placed.dtype == np.float32
    assert_allclose(placed, oracle.predict(z), rtol=1e-4, atol=1e-4)


def test_a_place_lies_among_those_of_its_neighbours() -> None:
    codes, places = normal(200, 3), normal(200, 2, seed=1)
    nearest, distances = latent.neighbours(codes, normal(300, 3, seed=2), 4)
    placed, corners = latent.inverse_distance(places, nearest, distances), places[nearest]
    for direction in np.stack([np.cos(np.arange(8)), np.sin(np.arange(8))], axis=1):
        shade = corners @ direction
        assert np.all(placed @ direction >= shade.min(axis=1) - 1e-5)


def test_a_code_that_is_on_the_map_is_where_it_is() -> None:
    codes, places = normal(100, 3), normal(100, 2, seed=1)
    placed = latent.inverse_distance(places, *latent.neighbours(codes, codes, 10))
    assert_allclose(placed, places, atol=1e-5)


def test_the_nearer_counts_in_proportion() -> None:
    places = np.array([[0, 0], [4, 8]], np.float32)
    nearest, distances = np.array([[0, 1]]), np.array([[1, 3]], np.float32)
    assert_allclose(latent.inverse_distance(places, nearest, distances), [[1, 2]], rtol=1e-6)


def test_the_plane_is_scikit_learn_s() -> None:
    codes = (normal(300, 6) * np.array([1, 9, 2, 5, 1, 3])).astype(np.float32)
    frozen(codes)
    oracle = PCA(2).fit(codes.astype(np.float64))
    mean, axes = latent.principal_plane(codes)
    assert (mean.shape, axes.shape) == ((6,), (2, 6))
    assert mean.dtype == axes.dtype == np.float32
    assert_allclose(mean, oracle.mean_, rtol=1e-4, atol=1e-5)
    assert_allclose(np.abs((axes * oracle.components_).sum(axis=1)), 1, atol=1e-5)
    assert_allclose(axes @ axes.T, np.eye(2), atol=1e-5)


def test_the_plane_is_never_upside_down() -> None:
    for seed in range(20):
        codes = normal(30, 4, seed)
        _, axes = latent.principal_plane(codes)
        assert np.all(axes[np.arange(2), np.abs(axes).argmax(axis=1)] > 0)
        _, again = latent.principal_plane(codes[::-1].copy())
        assert_allclose(again, axes, atol=1e-4)


# Ways


@pytest.mark.parametrize("shape", [(), (3,), (2, 28, 28)])
def test_between_goes_straight_and_arrives(shape: tuple[int, ...]) -> None:
    a, b = normal(2, int(np.prod(shape, dtype=int))).reshape(2, *shape)
    way = latent.interpolate(a, b, 5)
    assert way.shape == (5, *shape) and way.dtype == np.float32
    assert_array_equal(way[0], a)
    assert_array_equal(way[-1], b)
    assert_allclose(way, np.linspace(a, b, 5), rtol=1e-5, atol=1e-6)


def test_the_typical_distance_is_that_of_two_codes() -> None:
    codes = normal(1001, 3)
    every = NearestNeighbors(n_neighbors=500).fit(codes[:500]).kneighbors(codes[500:])[0]
    assert latent.typical_distance(codes) == pytest.approx(np.median(every), rel=0.1)
    assert latent.typical_distance(3 * codes) == pytest.approx(
        3 * latent.typical_distance(codes), rel=1e-5
    )
    assert latent.typical_distance(np.zeros((5, 2), np.float32)) == 0


def test_a_way_of_one_step_stays() -> None:
    a, b = normal(2, 3)
    assert_array_equal(latent.interpolate(a, b, 1), a[None])


def test_a_sheet_is_bilinear() -> None:
    corners = normal(4, 3)
    frozen(corners)
    sheet = latent.sheet(list(corners), 7)
    assert sheet.shape == (7, 7, 3) and sheet.dtype == np.float32
    # Top left, top right, bottom left, bottom right: rows go down, columns to the right.
    oracle = RegularGridInterpolator(([0, 1], [0, 1]), corners.reshape(2, 2, 3).astype(np.float64))
    down, right = np.meshgrid(np.linspace(0, 1, 7), np.linspace(0, 1, 7), indexing="ij")
    assert_allclose(sheet, oracle(np.stack([down, right], axis=-1)), rtol=1e-4, atol=1e-5)
    for place, corner in zip([(0, 0), (0, -1), (-1, 0), (-1, -1)], corners, strict=True):
        assert_array_equal(sheet[place], corner)


def test_of_three_corners_the_third_is_the_whole_bottom_row() -> None:
    a, b, c = normal(3, 4)
    sheet = latent.sheet([a, b, c], 6)
    assert_allclose(sheet[-1], np.broadcast_to(c, (6, 4)), rtol=1e-5)
    assert_allclose(sheet, latent.sheet([a, b, c, c], 6))
    assert_allclose(sheet[0], latent.interpolate(a, b, 6))
    assert_allclose(sheet[:, 0], latent.interpolate(a, c, 6), rtol=1e-5, atol=1e-6)


def test_a_sheet_of_pictures() -> None:
    corners = np.random.default_rng(0).random((4, 28, 28), np.float32)
    sheet = latent.sheet(corners, 3)
    assert sheet.shape == (3, 3, 28, 28)
    assert_allclose(sheet[1, 1], corners.mean(axis=0), rtol=1e-5)


# The prior's sheet


@pytest.mark.parametrize("size", [1, 2, 20])
def test_the_prior_s_sheet_has_squares_of_equal_probability(size: int) -> None:
    codes, values = latent.prior_sheet(size)
    assert codes.shape == (size * size, 2) and values.shape == (size,)
    assert codes.dtype == values.dtype == np.float32
    normal = NormalDist()
    wanted = [normal.inv_cdf((i + 0.5) / size) for i in range(size)]
    assert_allclose(values, wanted, rtol=1e-5, atol=1e-6)


def test_the_prior_s_sheet_has_the_first_number_to_the_right_and_the_second_upwards() -> None:
    codes, values = latent.prior_sheet(5)
    rows = codes.reshape(5, 5, 2)
    for i in range(5):
        assert_array_equal(rows[i, :, 0], values)
        assert_allclose(rows[:, i, 1], values[::-1], atol=1e-6)
    assert rows[0, 0].tolist() == pytest.approx([values[0], values[-1]])
