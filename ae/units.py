"""What single units do: the pictures behind the numbers of a code. Every model alike."""

from __future__ import annotations

import math

import numpy as np

from ae.arrays import Float32
from ae.model import Model


def axis_step(bottom: float, top: float) -> tuple[float, int]:
    """Choose the step of a slider along an axis for codes, and how many decimals show it.

    Returns
    -------
    A power of ten, at most 1, of which at least 300 go into the axis: 0.01 for those of the models
    that ship (3 to 30 long). And its number of decimals.
    """
    decimals = max(0, -math.floor(math.log10((top - bottom) / 300)))
    return 10.0**-decimals, decimals


def effects(model: Model) -> Float32:
    """Show what each unit does to the picture of the average code, from zero to a high value.

    The rows of a decoder's weights would show noise where MNIST has no ink, which no picture ever
    shows: a sigmoid far below zero hides it.

    Returns
    -------
    float32 array of shape (code_size, 28, 28) in [-1, 1]: the picture of the mean code with the
    unit at its 95th percentile over the test digits, less the same with the unit at zero.
    """
    without = np.tile(model.statistics.code_mean, (model.code_size, 1))
    with_unit = without.copy()
    np.fill_diagonal(without, 0)
    np.fill_diagonal(with_unit, model.statistics.code_percentiles[-1])
    return model.decode(with_unit) - model.decode(without)


def parts(model: Model, code: Float32) -> Float32:
    """Show each unit's part in one picture: what goes when the unit is switched off.

    Parameters
    ----------
    code : float32 array of shape (code_size,).

    Returns
    -------
    float32 array of shape (code_size, 28, 28) in [-1, 1]; for a silent unit zero, but for rounding.
    """
    without = np.tile(code, (model.code_size, 1))
    np.fill_diagonal(without, 0)
    return model.decode(code[None]) - model.decode(without)


def strongest_first(model: Model, code: Float32) -> list[int]:
    """Sort the units that are not zero by how much the picture changes when one is switched off."""
    strength = np.square(parts(model, code)).sum(axis=(1, 2))
    order = np.argsort(-strength, kind="stable")
    return [int(unit) for unit in order if code[unit]]


def build_up(model: Model, code: Float32) -> Float32:
    """Decode with no unit, with the strongest alone, with the two strongest, … with all.

    A one-layer decoder adds before its activation, so these are the exact partial sums: bias,
    bias + z_a W_a, bias + z_a W_a + z_b W_b, … A deep decoder bends, and its steps depend on the
    order.

    Parameters
    ----------
    code : float32 array of shape (code_size,).

    Returns
    -------
    float32 array of shape (k + 1, 28, 28) in [0, 1], for k units that are not zero.
    """
    order = strongest_first(model, code)
    codes = np.zeros((len(order) + 1, model.code_size), np.float32)
    for step, unit in enumerate(order, 1):
        codes[step:, unit] = code[unit]
    return model.decode(codes)
