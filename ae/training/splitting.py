"""Units that died get another life: each becomes the half of a strong one."""

from __future__ import annotations

from itertools import pairwise

import keras
import numpy as np

from ae.arrays import Float32
from ae.training.nets import Nets

# Of the spread of the weights that are copied; without it both halves would go on as one.
_APART = 0.3


def split(nets: Nets, x: Float32, random: np.random.Generator) -> None:
    """Split the strongest units of each layer, as many as are dead there: zero for all digits.

    A half gets the weights that lead to the whole, a little changed, and half of those that lead
    on, so that the net goes on from about where it was (Chen, Goodfellow & Shlens, "Net2Net:
    accelerating learning via knowledge transfer", 2016, section 2.2). What a dead unit is given
    afresh instead (Sokar et al., "The dormant neuron phenomenon in deep reinforcement learning",
    2023) dies again before it has learnt anything.

    Parameters
    ----------
    x : float32 array of shape (n, 784), digits enough that a unit which is silent for all is dead.
    """
    a = x
    for layer, following in pairwise(nets.path):
        if layer.activation is keras.activations.relu:
            _split(layer, following, np.asarray(layer(a)), random)
        a = np.asarray(layer(a))


def _split(
    layer: keras.layers.Dense,
    following: keras.layers.Dense,
    given: Float32,
    random: np.random.Generator,
) -> None:
    dead = np.flatnonzero(given.max(axis=0) == 0)
    weights, bias = layer.get_weights()
    onward, following_bias = following.get_weights()
    strength = given.std(axis=0) * np.linalg.norm(onward, axis=1)
    strong = np.argsort(-strength)[: len(bias) - len(dead)][: len(dead)]
    dead = dead[: len(strong)]
    copied = weights[:, strong]
    noise = random.standard_normal(copied.shape, np.float32)
    weights[:, dead] = copied + _APART * copied.std(axis=0) * noise
    bias[dead] = bias[strong]
    onward[strong] /= 2
    onward[dead] = onward[strong]
    layer.set_weights([weights, bias])
    following.set_weights([onward, following_bias])
