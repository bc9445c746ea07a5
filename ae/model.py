"""The forward pass of an autoencoder: a few matrix products, in NumPy.

Keras trains the nets and stays the source of truth (a test asserts that both agree to 1e-5), but
serving needs no more than ``relu(x @ W + b)``, and no TensorFlow: 0.03 ms for a digit through the
deep net and back, instead of 1.9 (``benchmarks/forward.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, final

import numpy as np

from ae.arrays import PIXELS, SIDE, Float32, as_codes, as_pictures
from ae.families import Activation
from ae.metadata import Metadata


def relu(a: Float32) -> Float32:
    """max(a, 0): negative values become exact zeros."""
    return np.maximum(a, np.float32(0))


def sigmoid(a: Float32) -> Float32:
    """1 / (1 + exp(-a)), written with tanh because exp overflows float32 at 88."""
    half = np.float32(0.5)
    y: Float32 = half * (1 + np.tanh(half * a))
    return y


def linear(a: Float32) -> Float32:
    """a."""
    return a


def topk(a: Float32, k: int) -> Float32:
    """Keep the k largest numbers of each row; the others become exact zeros. Of equals, the first.

    As in Makhzani & Frey, "k-sparse autoencoders", 2013, section 2.1: largest, not farthest from 0.
    """
    largest = np.argsort(-a, axis=1, kind="stable")[:, :k]
    y = np.zeros_like(a)
    np.put_along_axis(y, largest, np.take_along_axis(a, largest, axis=1), axis=1)
    return y


# Number by number; "topk", which looks at all of a row, is a layer's own matter.
ACTIVATIONS: Mapping[Activation, Callable[[Float32], Float32]] = {
    "relu": relu,
    "sigmoid": sigmoid,
    "linear": linear,
}


# By what an activation gives: how much more it gives of a little more.
SLOPES: Mapping[Activation, Callable[[Float32], Float32]] = {
    "relu": lambda y: (y > 0).astype(np.float32),
    "sigmoid": lambda y: y * (1 - y),
    "linear": np.ones_like,
}


# A dead net's codes need not be exact zeros, and its axis is to be readable.
_SHORTEST = 1e-6


def clipped(pictures: Float32, slopes: Float32) -> tuple[Float32, Float32]:
    """Cut pictures (n, 784) off at 0 and 1, where their slopes (n, units, 784) end."""
    slopes *= ((pictures >= 0) & (pictures <= 1)).astype(np.float32)[:, None]
    return np.clip(pictures, np.float32(0), np.float32(1)), slopes


@final
@dataclass(frozen=True)
class Dense:
    """One layer: ``activation(x @ weights + bias)``, (n, inputs) -> (n, units)."""

    weights: Float32  # (inputs, units)
    bias: Float32  # (units,)
    activation: Activation
    k: int | None = None  # of "topk"

    def __call__(self, x: Float32) -> Float32:
        """(n, inputs) -> (n, units)."""
        logits = self.logits(x)
        return ACTIVATIONS[self.activation](logits) if self.k is None else topk(logits, self.k)

    def logits(self, x: Float32) -> Float32:
        """What the activation gets."""
        return x @ self.weights + self.bias


def through(layers: Sequence[Dense], a: Float32) -> tuple[Float32, ...]:
    """Send numbers through layers, (n, inputs): what each of them gives, (n, outputs)."""
    activations = []
    for layer in layers:
        a = layer(a)
        activations.append(a)
    return tuple(activations)


@final
@dataclass(frozen=True)
class Statistics:
    """What is usual for a model, measured over MNIST's 10,000 test digits.

    Attributes
    ----------
    code_percentiles : float32 array of shape (3, units). The 5th, 50th and 95th percentile of
        each unit's activation.
    code_mean : float32 array of shape (units,). Mean activation.
    active : float32 array of shape (units,). Share of the digits for which the unit is not zero.
    bce_percentiles, mse_percentiles : float32 arrays of shape (101,). The errors per digit, from
        the best (0) to the worst (100).
    """

    code_percentiles: Float32
    code_mean: Float32
    active: Float32
    bce_percentiles: Float32
    mse_percentiles: Float32

    @property
    def code_axis(self) -> tuple[float, float]:
        """Ends of an axis for codes, zero included: one for all digits, so that bars compare."""
        low = 1.15 * min(float(self.code_percentiles[0].min()), 0.0)
        high = 1.15 * max(float(self.code_percentiles[-1].max()), 0.0)
        return (low, high) if high - low > _SHORTEST else (low, 1.0)  # a dead net has an axis too

    def better_than(self, mse: float) -> float:
        """Share of the test digits, 0 to 1, whose squared error is above ``mse``."""
        ranks = np.linspace(0, 1, len(self.mse_percentiles))
        return 1 - float(np.interp(mse, self.mse_percentiles, ranks))


class Model(Protocol):
    """What every model can do, PCA included: comparing them needs no special case."""

    @property
    def name(self) -> str:
        """As in the family table; "pca" for PCA."""

    @property
    def metadata(self) -> Metadata:
        """What the weights file says of itself."""

    @property
    def statistics(self) -> Statistics:
        """What is usual for this model over MNIST."""

    @property
    def code_size(self) -> int:
        """Numbers per code."""

    def encode(self, x: Float32) -> Float32:
        """(n, 784) or (n, 28, 28) in [0, 1] -> (n, code_size)."""

    def decode(self, z: Float32) -> Float32:
        """(n, code_size) -> (n, 28, 28) in [0, 1]."""

    def encoder_hidden(self, x: Float32) -> tuple[Float32, ...]:
        """What the layers between the picture and the code give, each (n, width)."""

    def decoder_hidden(self, z: Float32) -> tuple[Float32, ...]:
        """What the layers between the code and the picture give, each (n, width)."""

    def reconstruct(self, x: Float32) -> Float32:
        """(n, 784) or (n, 28, 28) -> (n, 28, 28), both in [0, 1]."""

    def jacobian(self, z: Float32) -> tuple[Float32, Float32]:
        """(n, code_size) -> pictures (n, 784), and their slopes (n, code_size, 784)."""

    def decoder_arrays(self) -> Mapping[str, Float32]:
        """What whoever decodes needs of the model, by name."""

    def atoms(self) -> Float32:
        """(code_size, 28, 28): the picture that each unit adds."""

    def encoder_weights(self, digit: Float32) -> Float32:
        """(28, 28) -> (code_size, 28, 28): how each unit weighs the pixels of this digit."""


@final
@dataclass(frozen=True, eq=False)
class Autoencoder:
    """A trained autoencoder. All arrays are read-only: one instance serves all threads.

    Attributes
    ----------
    log_variance : of a variational net, the layer beside the code's: how far around the code
        (which is a mean) it may as well lie.
    """

    name: str
    encoder: tuple[Dense, ...]
    decoder: tuple[Dense, ...]
    _metadata: Metadata | None = None
    _statistics: Statistics | None = None
    log_variance: Dense | None = None

    @property
    def metadata(self) -> Metadata:
        """What its weights file says of itself."""
        if self._metadata is None:
            raise ValueError(f"this {self.name} model is not from a file: use ae.load")
        return self._metadata

    @property
    def statistics(self) -> Statistics:
        """What is usual for this model over MNIST's test digits."""
        if self._statistics is None:
            raise ValueError(f"this {self.name} model was not measured over MNIST: use ae.load")
        return self._statistics

    @property
    def code_size(self) -> int:
        """Numbers per code."""
        return len(self.encoder[-1].bias)

    @property
    def variational(self) -> bool:
        """Does the encoder give a distribution over codes?"""
        return self.log_variance is not None

    @property
    def widths(self) -> tuple[int, ...]:
        """Widths of the layers from the picture to the picture: 784, …, 32, …, 784."""
        return (PIXELS, *(len(layer.bias) for layer in self.encoder + self.decoder))

    def encode(self, x: Float32) -> Float32:
        """Squeeze digits through the encoder.

        Parameters
        ----------
        x : float32 array of shape (n, 784) or (n, 28, 28), values in [0, 1], ink is 1.

        Returns
        -------
        float32 array of shape (n, code_size); never negative where the code's activation is ReLU.

        Raises
        ------
        ValueError
            Wrong type, shape, dtype, a NaN or a value outside [0, 1].
        """
        return through(self.encoder, as_pictures(x))[-1]  # (n, 784) -> (n, code_size)

    def encoder_hidden(self, x: Float32) -> tuple[Float32, ...]:
        """Give what the layers between the picture and the code make of digits.

        Parameters
        ----------
        x : as for ``encode``.

        Returns
        -------
        For each layer but the code's, in their order, a float32 array of shape (n, width).
        """
        return through(self.encoder[:-1], as_pictures(x))

    def encode_distribution(self, x: Float32) -> tuple[Float32, Float32]:
        """Say where a variational encoder places digits, and how sure it is.

        Parameters
        ----------
        x : as for ``encode``.

        Returns
        -------
        Means and log-variances of independent normal distributions, both (n, code_size); the means
        are what ``encode`` gives (Kingma & Welling, "Auto-encoding variational Bayes", 2014,
        appendix C.2).

        Raises
        ------
        ValueError
            The net is not variational, or as for ``encode``.
        """
        if self.log_variance is None:
            raise ValueError(f"{self.name} is not variational: its code is one place")
        a = as_pictures(x)
        for layer in self.encoder[:-1]:
            a = layer(a)
        return self.encoder[-1](a), self.log_variance(a)

    def decode(self, z: Float32) -> Float32:
        """Draw the digits that codes stand for.

        Parameters
        ----------
        z : float32 array of shape (n, code_size), finite.

        Returns
        -------
        float32 array of shape (n, 28, 28), values in [0, 1].

        Raises
        ------
        ValueError
            Wrong type, shape, dtype, a NaN, an infinity or a value beyond 1e9.
        """
        a = through(self.decoder, as_codes(z, self.code_size))[-1]
        # A linear output can leave [0, 1], where pixels live; a sigmoid cannot.
        return np.clip(a, 0, 1, out=a).reshape(-1, SIDE, SIDE)  # (n, code_size) -> (n, 28, 28)

    def decoder_hidden(self, z: Float32) -> tuple[Float32, ...]:
        """Give what the layers between the code and the picture make of codes.

        Parameters
        ----------
        z : as for ``decode``.

        Returns
        -------
        For each layer but the last, in their order, a float32 array of shape (n, width).
        """
        return through(self.decoder[:-1], as_codes(z, self.code_size))

    def reconstruct(self, x: Float32) -> Float32:
        """Encode and decode: (n, 784) or (n, 28, 28) -> (n, 28, 28), both in [0, 1]."""
        return self.decode(self.encode(x))

    def jacobian(self, z: Float32) -> tuple[Float32, Float32]:
        """Say how the pictures of codes change with each number of the code.

        Parameters
        ----------
        z : as for ``decode``.

        Returns
        -------
        The pictures, float32 of shape (n, 784) as ``decode`` gives them, and their derivatives by
        the numbers, (n, code_size, 784): 100 KB per digit. A pixel that is cut off at 0 or 1 does
        not change.
        """
        a = as_codes(z, self.code_size)
        slopes = np.broadcast_to(
            np.eye(self.code_size, dtype=np.float32), (len(z), *[self.code_size] * 2)
        )
        for layer in self.decoder:
            a = layer(a)
            slopes = slopes @ layer.weights  # (n, code_size, inputs) -> (n, code_size, outputs)
            slopes *= SLOPES[layer.activation](a)[:, None]
        return clipped(a, slopes)

    def decoder_arrays(self) -> Mapping[str, Float32]:
        """What whoever decodes needs of the model: its decoder's arrays, by name and activation."""
        return {
            f"{i} {layer.activation} {what}": array
            for i, layer in enumerate(self.decoder)
            for what, array in (("weights", layer.weights), ("bias", layer.bias))
        }

    def atoms(self, level: float = 1.0) -> Float32:
        """Show what each unit draws.

        Returns
        -------
        float32 array of shape (code_size, 28, 28). Atom i is what the last layer's logits gain
        when unit i alone goes from 0 to ``level``. For a one-layer decoder that is exactly
        ``level`` times the unit's row of the decoder's weights, whatever the other units do; a
        deep decoder bends, so there it holds for an otherwise empty code.
        """
        z = np.vstack([np.zeros(self.code_size), np.diag(np.full(self.code_size, level))])
        a = as_codes(z.astype(np.float32), self.code_size)
        for layer in self.decoder[:-1]:
            a = layer(a)
        logits = self.decoder[-1].logits(a)
        return np.reshape(logits[1:] - logits[0], (-1, SIDE, SIDE))

    def encoder_weights(self, digit: Float32) -> Float32:
        """Show how each unit weighs the pixels of one digit.

        Around a digit an encoder of ReLU layers is linear: it is the product of its matrices
        without the columns of the hidden units that are silent (Montúfar et al., "On the number of
        linear regions of deep neural networks", 2014, section 2). With one layer, the digit makes
        no difference.

        Parameters
        ----------
        digit : float32 array of shape (28, 28) in [0, 1].

        Returns
        -------
        float32 array of shape (code_size, 28, 28). Weights times pixels, summed, plus an offset
        that no pixel of this digit's region changes, is what the unit's activation gets.
        """
        a = as_pictures(digit[None])
        weights = np.eye(PIXELS, dtype=np.float32)
        for layer in self.encoder[:-1]:
            logits = layer.logits(a)
            alive = logits[0] > 0 if layer.activation == "relu" else np.True_
            weights = weights @ (layer.weights * alive)
            a = ACTIVATIONS[layer.activation](logits)
        weights = weights @ self.encoder[-1].weights  # (784, code_size)
        return np.ascontiguousarray(weights.T).reshape(-1, SIDE, SIDE)
