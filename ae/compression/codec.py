"""Digits to a file and back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import final

import numpy as np

from ae.arrays import Float32, as_pictures
from ae.compression import coding, search
from ae.compression.container import KEY, MAX_DIGITS, Compressed, check_of, is_name
from ae.compression.prior import Prior, Symbols, decoder_hash
from ae.evaluation import mse
from ae.model import Model


class WrongModel(ValueError):  # noqa: N818 (reads as what it says, like EmptyDrawing)
    """Another decoder or prior than the one that the digits were compressed with."""


def compress(
    model: Model,
    prior: Prior,
    digits: Float32,
    bits: int,
    *,
    optimise: bool = True,
    name: str | None = None,
    on_share: Callable[[float], None] = lambda _: None,
) -> Compressed:
    """Squeeze digits.

    Parameters
    ----------
    prior : of this model (``prior_of``); whoever decompresses needs the same.
    digits : float32 array of shape (n, 28, 28) or (n, 784) in [0, 1], 1 to 100,000 of them.
    bits : per number of the code, 1 to 8, before the range coder.
    optimise : search for codes whose pictures are near and whose bytes are few: about 1 ms for a
        digit. Else the encoder's codes are rounded as they are.
    name : what the file shall call the model; its own name if None.
    on_share : called now and then with the share that is done, 0 to 1.

    Raises
    ------
    ValueError
        Wrong digits, too many or none, or another number of bits.
    """
    x = as_pictures(digits)
    name = model.name if name is None else name
    if not 1 <= len(x) <= MAX_DIGITS:
        raise ValueError(f"pictures: got {len(x):,}, expected 1 to {MAX_DIGITS:,}")
    if not is_name(name):
        raise ValueError(f"name: got {name!r}, expected 1 to 32 letters")
    symbols = search.encode(model, prior, x, bits, optimise=optimise, on_share=on_share)
    return Compressed(
        model=name,
        key=key_of(model, prior),
        bits=bits,
        count=len(symbols),
        payload=coding.encode(symbols, prior, bits),
        check=check_of(symbols),
    )


def codes(compressed: Compressed, model: Model, prior: Prior) -> Float32:
    """Read the codes: float32 of shape (n, units), exactly those that were sent.

    Raises
    ------
    WrongModel
        The digits were compressed with another decoder or prior.
    ValueError
        The bytes are no codes of this model.
    """
    if not fits(compressed, model, prior):
        raise WrongModel(f"made with another {compressed.model} than this one")
    symbols = coding.decode(compressed.payload, prior, compressed.bits, compressed.count)
    if check_of(symbols) != compressed.check:
        raise ValueError("the codes in it are not those that were written")
    return prior.grid(compressed.bits).values(symbols)


def decompress(compressed: Compressed, model: Model, prior: Prior) -> Float32:
    """Draw the digits: ``model.decode`` of ``codes``, (n, 28, 28) in [0, 1]; raises as that.

    They are drawn in blocks of 1,024, or the layers of 100,000 digits would take a gigabyte.
    """
    z = codes(compressed, model, prior)
    blocks = [model.decode(z[i : i + coding.BLOCK]) for i in range(0, len(z), coding.BLOCK)]
    return np.concatenate(blocks)


@final
@dataclass(frozen=True, eq=False)
class Squeezed:
    """One digit and what it was squeezed to.

    Attributes
    ----------
    code : float32 array of shape (units,), as it is sent.
    symbols : int64 array of shape (units,), the same as whole numbers from 0 on.
    levels : int64 array of shape (units,), how many values each number may have.
    payload : the code's bytes. file : how many a file of it has.
    picture : float32 array of shape (28, 28) in [0, 1], what the decoder draws of the code.
    mse : of the picture, per pixel.
    """

    code: Float32
    symbols: Symbols
    levels: Symbols
    payload: bytes
    file: int
    picture: Float32
    mse: float


def squeeze(
    model: Model, prior: Prior, digit: Float32, bits: int, *, optimise: bool = True
) -> Squeezed:
    """Compress one digit, float32 of shape (28, 28) in [0, 1], and look at what comes of it.

    Parameters and errors are those of ``compress``; a dozen milliseconds.
    """
    small = compress(model, prior, digit[None], bits, optimise=optimise)
    z, grid = codes(small, model, prior), prior.grid(bits)
    picture = model.decode(z)
    return Squeezed(
        code=z[0],
        symbols=grid.round(z)[0],
        levels=grid.levels,
        payload=small.payload,
        file=len(small.to_bytes()),
        picture=picture[0],
        mse=float(mse(digit[None], picture)[0]),
    )


def fits(compressed: Compressed, model: Model, prior: Prior) -> bool:
    """Tell whether digits were compressed for this decoder and prior."""
    return key_of(model, prior) == compressed.key


def key_of(model: Model, prior: Prior) -> bytes:
    """Name what both sides must share: the decoder's arrays, and the prior's."""
    digest = hashlib.sha256(decoder_hash(model).encode())
    for array in asdict(prior).values():
        digest.update(array.astype("<f4").tobytes())
    return digest.digest()[:KEY]
