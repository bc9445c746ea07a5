"""How far a net can go: bounds for every picture and every code, not only for those tried.

A file may come from anybody, and a training may run away: weights can be finite, give sensible
codes for ten samples, and overflow for the eleventh picture. So nothing is tried out here. Interval
arithmetic (Moore, *Interval Analysis*, 1966; through nets: Gowal et al., "On the effectiveness of
interval bound propagation", 2018) follows all pictures at once: where the inputs of a layer lie in
[low, high], the input j of its activation lies between ``low @ W⁺ + high @ W⁻ + b`` and ``high @ W⁺
+ low @ W⁻ + b``. It is wider than what pictures really reach, by 10 to 1,000 times in the nets that
ship and in the widest that can be trained here (4 · 10⁴ for codes of 20), and never narrower.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ae.arrays import MAX_CODE, PIXELS
from ae.model import Autoencoder, Dense

Float64 = npt.NDArray[np.float64]

MAX_REACH = MAX_CODE / 10
"""Of a picture's code: it may still be doubled on its slider, or stand thrice in a sum."""
# float32 ends at 3.4e38. A sum is at most the sum of its terms' sizes, in whatever order a BLAS
# adds them; rounding lets that grow by 1 + n * 2**-24, for 784 terms 1.00005; and the difference of
# two such sums (`Autoencoder.atoms`) still has room.
MAX_SUM = 1e38


class Reach(NamedTuple):
    """Between what the outputs of a stack of layers lie.

    Attributes
    ----------
    low, high : of each unit.
    size : of each unit, the sum of the sizes of all that is ever added up for it.
    most : the largest such sum in any layer.
    """

    low: Float64
    high: Float64
    size: Float64
    most: float


def through(layers: Sequence[Dense], low: Float64, high: Float64) -> Reach:
    """Follow all inputs between ``low`` and ``high``, (inputs,) each, through layers."""
    size = np.maximum(np.abs(low), np.abs(high))
    most = 0.0
    for layer in layers:
        weights, bias = layer.weights.astype(np.float64), layer.bias.astype(np.float64)
        up, down = np.maximum(weights, 0), np.minimum(weights, 0)
        low, high = low @ up + high @ down + bias, high @ up + low @ down + bias
        size = size @ np.abs(weights) + np.abs(bias)
        most = max(most, float(size.max()))
        if layer.activation == "relu":
            low, high = np.maximum(low, 0), np.maximum(high, 0)
        elif layer.activation == "topk":
            low, high = np.minimum(low, 0), np.maximum(high, 0)
        elif layer.activation == "sigmoid":
            low, high = np.zeros_like(low), np.ones_like(high)
            size = high
    return Reach(low, high, size, most)


def of_codes(model: Autoencoder) -> Reach:
    """Bound the codes of all pictures in [0, 1]."""
    return through(model.encoder, np.zeros(PIXELS), np.ones(PIXELS))


def check(model: Autoencoder) -> Reach:
    """See to it that every picture has a code that can be decoded, and every code a picture.

    Returns
    -------
    What the codes can be.

    Raises
    ------
    ValueError
        A picture's code could be beyond 1e8, or a sum on the way there or back beyond
        float32; the message goes on after the file's name.
    """
    # float64 has room for five layers of 512 units with weights of 3e38, but not for many more.
    with np.errstate(over="ignore", invalid="ignore"):
        codes = of_codes(model)
        ends = np.full(model.code_size, MAX_CODE)
        pictures = through(model.decoder, -ends, ends)
    # "not below" and not "above": a NaN is neither.
    if not (np.abs([codes.low, codes.high]).max() <= MAX_REACH and codes.most <= MAX_SUM):
        raise ValueError("gives codes too large to decode")
    if not pictures.most <= MAX_SUM:
        raise ValueError("has weights too large to decode with")
    return codes
