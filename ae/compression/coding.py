"""Symbols to bytes and back, with a range coder that is told how likely each bit is.

A symbol is sent bit by bit, the highest first. How likely a bit is follows from the prior and from
what has been sent of this digit before: the numbers before this one, by which its mean is moved and
some components of the mixture are ruled out, and the higher bits of this one.

Both sides must come to the same probabilities to the last bit, whatever machine they run on. So
there is no matrix product, no logarithm and no exponential here, which differ between libraries,
but +, -, x, / and square roots in a fixed order, of which IEEE 754 knows one result each.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from importlib.util import find_spec
from typing import Any

import numpy as np

from ae.compression.mixture import Float64
from ae.compression.prior import Grid, Prior, Symbols

BLOCK = 1024
"""Digits whose first numbers are sent before their second ones; part of the format."""

# This share of each component is spread evenly over its values: none is impossible.
_EVEN = 1e-3
# Rounding the sums of squares must not leave a negative one.
_NARROW = 1e-9

Bits = Symbols
Ask = Callable[[Float64, int, int], Bits]
"""Probabilities of a one, (n,), the unit and the bit's place -> the bits, (n,)."""


def encode(symbols: Symbols, prior: Prior, bits: int) -> bytes:
    """Write symbols, (n, units), as ``ae.compression.search.encode`` gives them.

    Raises
    ------
    ValueError
        constriction is not installed.
    """
    stream = _constriction()
    grid, coder = prior.grid(bits), stream.queue.RangeEncoder()
    family = stream.model.Bernoulli(perfect=False)
    for block in _blocks(len(symbols)):
        sent = symbols[block]

        def send(likely: Float64, unit: int, place: int, sent: Symbols = sent) -> Bits:
            bit = sent[:, unit] >> place & 1
            coder.encode(bit.astype(np.int32), family, likely)
            return bit

        _walk(prior, grid, len(sent), send)
    return _shortest(coder)


def decode(raw: bytes, prior: Prior, bits: int, count: int) -> Symbols:
    """Read the symbols of so many digits, int64 of shape (count, units).

    Raises
    ------
    ValueError
        The bytes are no codes, or constriction is not installed.
    """
    stream = _constriction()
    words = np.frombuffer(raw + bytes(8 + -len(raw) % 4), ">u4").astype(np.uint32)
    grid, coder = prior.grid(bits), stream.queue.RangeDecoder(words)
    family = stream.model.Bernoulli(perfect=False)

    def read(likely: Float64, _unit: int, _place: int) -> Bits:
        bit: Bits = coder.decode(family, likely).astype(np.int64)
        return bit

    try:
        blocks = [
            _walk(prior, grid, min(count, block.stop) - block.start, read)
            for block in _blocks(count)
        ]
    except AssertionError as fault:
        raise ValueError("the bytes are no codes") from fault
    return np.concatenate(blocks) if blocks else np.zeros((0, len(grid.step)), np.int64)


def cost(symbols: Symbols, prior: Prior, bits: int) -> Float64:
    """Say how many bits each digit's symbols take by the prior, (n,): what no coder can beat."""
    costs = np.zeros(len(symbols))
    for block in _blocks(len(symbols)):
        sent, spent = symbols[block], costs[block]

        def count(
            likely: Float64, unit: int, place: int, sent: Symbols = sent, spent: Float64 = spent
        ) -> Bits:
            bit = sent[:, unit] >> place & 1
            spent -= np.log2(np.where(bit, likely, 1 - likely))
            return bit

        _walk(prior, prior.grid(bits), len(sent), count)
    return costs


def available() -> bool:
    """Tell whether constriction, the range coder, is installed: without it nothing is written."""
    return find_spec("constriction") is not None


def _constriction() -> Any:
    try:
        from constriction import stream
    except ModuleNotFoundError as fault:
        raise ValueError(
            "constriction, the range coder, is not installed; it has no build for Linux on ARM"
        ) from fault
    return stream


def _walk(prior: Prior, grid: Grid, count: int, ask: Ask) -> Symbols:
    """Go through the bits of a block of digits; both sides do, and ``ask`` is what differs."""
    likely = np.repeat(prior.share.astype(np.float64)[:, None], count, axis=1)  # (components, n)
    likely /= _sum(likely)
    centre, spread = prior.centre.astype(np.float64), _spread(prior, grid)
    symbols = np.zeros((count, len(grid.step)), np.int64)
    known: list[Float64] = []  # (components, n) for each unit before: its distance from the mean
    for unit, (step, least, levels) in enumerate(
        zip(grid.step, grid.least, grid.levels, strict=True)
    ):
        mean = np.repeat(centre[:, unit, None], count, axis=1)
        for before, distance in enumerate(known):
            mean += spread[:, unit, before, None] * distance
        pivot = spread[:, unit, unit, None]
        # What is predicted is the number before it is rounded.
        deviation = np.sqrt(np.maximum(pivot * pivot - step * step / 12, _NARROW * pivot * pivot))
        symbol = symbols[:, unit]
        low, high = np.zeros_like(mean), np.ones_like(mean)
        for place in reversed(range(int(levels - 1).bit_length())):
            middle = symbol + (1 << place)
            below = _normal(((middle + (least - 0.5)) * step - mean) / deviation)
            below = (1 - _EVEN) * below + _EVEN * (middle / levels)
            below = np.where(middle < levels, below, 1.0)
            one = _sum(likely * (high - below)) / _sum(likely * (high - low))
            bit = ask(one, unit, place) & (middle < levels)
            symbol += bit << place
            low, high = np.where(bit, below, low), np.where(bit, high, below)
        likely *= high - low
        likely /= _sum(likely)
        known.append(((symbol + least) * step - mean) / pivot)
    return symbols


def _spread(prior: Prior, grid: Grid) -> Float64:
    """Cholesky's factor of each covariance, with what rounding to the grid adds to it."""
    covariances = prior.mixture.covariances.copy()
    units = len(grid.step)
    each = np.arange(units)
    covariances[:, each, each] += grid.step * grid.step / 12
    factor = np.zeros_like(covariances)
    for j in each:
        rest = covariances[:, j:, j]
        for k in range(j):
            rest = rest - factor[:, j:, k] * factor[:, j, k, None]
        factor[:, j:, j] = rest / np.sqrt(rest[:, :1])
    return factor


def _normal(x: Float64) -> Float64:
    """Share of a normal distribution below x, to 0.0005, without an exponential.

    Abramowitz & Stegun, *Handbook of Mathematical Functions*, 1964, 7.1.27.
    """
    t = np.abs(x) * np.sqrt(0.5)
    power = 1 + t * (0.278393 + t * (0.230389 + t * (0.000972 + t * 0.078108)))
    power *= power
    tail = 0.5 / (power * power)
    share: Float64 = np.where(x < 0, tail, 1 - tail)
    return share


def _sum(rows: Float64) -> Float64:
    """Add rows, (k, n) -> (n,), one after the other: NumPy's own sum chooses its order."""
    total: Float64 = reduce(np.add, rows)
    return total


def _blocks(count: int) -> list[slice]:
    return [slice(i, i + BLOCK) for i in range(0, count, BLOCK)]


def _shortest(coder: Any) -> bytes:
    """End the message with as few bytes as tell it from others; those that miss are read as zeros.

    The message is any number in an interval, whose ends the coder knows modulo 2**64.
    """
    words = coder.get_compressed()
    written, (low, width) = coder.pos()
    size: int = 64 + 32 * written
    sealed = int.from_bytes(words.astype(">u4").tobytes()) << size - 32 * len(words)
    low = sealed - (sealed - low) % 2**64
    # With all of its bytes a number is in the interval, which is 2**32 wide at least.
    for kept in range(4 * written, size // 8):
        dropped = size - 8 * kept
        number: int = -(-low >> dropped)
        if number << dropped < low + width:
            break
    return number.to_bytes(kept)
