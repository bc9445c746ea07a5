"""Which code to send: the one whose picture is near and whose bytes are few.

An encoder guesses a digit's code in one pass. The decoder can be asked for a better one: it is
differentiable, and there are only 32 numbers. The picture's squared error, and the bits that a code
costs by the prior, both look like a parabola around a code; so the search goes from bottom to
bottom, first over all codes (Levenberg-Marquardt: Nocedal & Wright, *Numerical Optimization*, 2006,
section 10.3), then over those of the grid, number by number.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ae.arrays import MAX_CODE, Float32, as_pictures
from ae.compression.mixture import Float64, Mixture
from ae.compression.prior import Grid, Prior, Symbols
from ae.model import Model

STEPS, ROUNDS, PASSES = 4, 4, 2
"""Over all codes; around a code of the grid, with the slopes there; over the numbers of a code."""

# What a bit is worth, in squared error. Far from silence each bit less quadruples the error of a
# number, step²/12, so that at the margin a bit is worth 2 ln 2 / 12 = 0.12 step². Half of that took
# the fewest bytes for errors from 0.004 to 0.01, of an eighth, a quarter, a half and all of it
# (deep, 500 test digits); it matters little.
_WORTH = 0.06
_CHUNK = 64  # slopes of so many digits stay in the cache, 6 MB


def encode(
    model: Model,
    prior: Prior,
    x: Float32,
    bits: int,
    *,
    optimise: bool = True,
    on_share: Callable[[float], None] = lambda _: None,
) -> Symbols:
    """Choose the symbols of digits.

    Parameters
    ----------
    x : float32 array of shape (n, 28, 28) or (n, 784) in [0, 1].
    bits : per number, 1 to 8.
    optimise : search, or else take the encoder's code to the nearest one of the grid.
    on_share : called now and then with the share of the digits that is done, 0 to 1.

    Returns
    -------
    int64 array of shape (n, units), from 0 on.
    """
    x, grid = as_pictures(x), prior.grid(bits)
    z = model.encode(x)
    symbols = grid.round(z)
    if not optimise:
        return symbols
    # A net of somebody's own may be so steep that its slopes overflow. What is no number is nowhere
    # better than what was there before.
    with np.errstate(all="ignore"):
        price = bit_price(model, prior, grid)
        for chunk in _chunks(len(z)):
            there = _improve(model, prior.mixture, z[chunk], x[chunk], price)
            symbols[chunk] = _snap(model, prior.mixture, there, x[chunk], price, grid)
            on_share(min(chunk.stop / len(z), 1.0))
    return symbols


def find(model: Model, mixture: Mixture, z: Float32, x: Float32, price: float) -> Float32:
    """Go from codes of digits, (n, units), to better ones, on no grid."""
    chunks = _chunks(len(z))
    return np.concatenate([_improve(model, mixture, z[s], x[s], price) for s in chunks])


def bit_price(model: Model, prior: Prior, grid: Grid) -> float:
    """Say what one bit is worth: so much squared error, summed over the pixels."""
    _, slopes = model.jacobian(prior.centre)
    told = grid.levels > 1
    if not told.any():
        return 0.0
    of_a_step = np.square(slopes).sum(axis=2)[:, told] * np.square(grid.step[told])
    return _WORTH * float(prior.share @ of_a_step.mean(axis=1))


def _improve(model: Model, mixture: Mixture, z: Float32, x: Float32, price: float) -> Float32:
    z = z.copy()
    least = _cost(model, mixture, z, x, price)
    damping = np.full(len(z), 0.01, np.float32)
    units = np.eye(z.shape[1], dtype=np.float32)
    for _ in range(STEPS):
        curvature, down = _parabola(model, mixture, z, x, price)
        usual = np.trace(curvature, axis1=1, axis2=2) / z.shape[1]
        damped = curvature + (damping * usual + np.float32(1e-7))[:, None, None] * units
        there = z + np.linalg.solve(damped, down[..., None])[..., 0]
        there = np.where(np.abs(there) <= MAX_CODE, there, z)
        cost = _cost(model, mixture, there, x, price)
        better = cost < least
        z[better], least[better] = there[better], cost[better]
        damping = np.where(better, damping * np.float32(0.3), damping * np.float32(5))
    return z


def _snap(
    model: Model, mixture: Mixture, z: Float32, x: Float32, price: float, grid: Grid
) -> Symbols:
    around, best = z, grid.round(z)
    least = _cost(model, mixture, grid.values(best), x, price)
    for _ in range(ROUNDS):
        curvature, down = _parabola(model, mixture, around, x, price)
        symbols = best.copy()
        offset = (grid.values(symbols) - around).astype(np.float64)
        pull = down - np.einsum("nij,nj->ni", curvature, offset)
        for unit in np.tile(np.flatnonzero(grid.levels > 1), PASSES):
            step, most = grid.step[unit], grid.levels[unit] - 1
            steps = pull[:, unit] / (curvature[:, unit, unit] + 1e-7) / step
            steps = np.rint(np.nan_to_num(steps, posinf=most, neginf=-most))
            now = np.clip(symbols[:, unit] + steps, 0, most).astype(np.int64)
            pull -= curvature[:, :, unit] * ((now - symbols[:, unit]) * step)[:, None]
            symbols[:, unit] = now
        cost = _cost(model, mixture, grid.values(symbols), x, price)
        better = cost < least
        best[better], least[better] = symbols[better], cost[better]
        around = grid.values(best)
    return best


def _cost(model: Model, mixture: Mixture, z: Float32, x: Float32, price: float) -> Float64:
    """Squared error of codes' pictures, plus what their bits are worth: (n,)."""
    error = np.square(model.decode(z).reshape(x.shape) - x).sum(axis=1, dtype=np.float64)
    nats, _ = mixture.density(z)
    cost: Float64 = error - price / np.log(2) * nats
    return cost


def _parabola(
    model: Model, mixture: Mixture, z: Float32, x: Float32, price: float
) -> tuple[Float32, Float32]:
    """Fit a parabola to the cost around codes.

    Returns
    -------
    Curvatures A of shape (n, units, units) and slopes b of shape (n, units): at z + d the cost is
    d'A d - 2 b'd more than at z, nearly. Of the error by its first derivatives (Gauss-Newton), of
    the density by the components that are likely here.
    """
    y, slopes = model.jacobian(z)
    _, likely = mixture.density(z)
    nat = np.float32(price / np.log(2) / 2)
    precisions = mixture.precisions.astype(np.float32)
    precision = np.tensordot(likely.astype(np.float32), precisions, 1)
    centre = np.einsum("kij,kj->ki", mixture.precisions, mixture.means)
    pull = (likely @ centre).astype(np.float32) - (precision @ z[..., None])[..., 0]
    curvature = slopes @ slopes.swapaxes(1, 2) + nat * precision
    down = (slopes @ (x - y)[..., None])[..., 0] + nat * pull
    return curvature, down


def _chunks(count: int) -> list[slice]:
    return [slice(i, i + _CHUNK) for i in range(0, count, _CHUNK)]
