"""Digits as few bytes: their codes, rounded and entropy-coded, which a decoder draws again.

>>> import ae
>>> from ae import compression
>>> model = ae.load("deep")
>>> prior = compression.prior_of(model)
>>> digits = ae.drawing.from_strokes(ae.samples.SAMPLES["7b"])[None]
>>> small = compression.compress(model, prior, digits, bits=5)
>>> len(small.payload) < 20  # of 784 bytes
True
>>> compression.decompress(small, model, prior).shape
(1, 28, 28)

``search`` chooses the code, ``prior`` says which values its numbers may have and how likely each
is, ``coding`` makes bytes of it and ``container`` a file. ``pictures`` is what Pillow makes of the
same digits, and ``measured`` compares.
"""

from ae.compression import measured, pictures
from ae.compression.codec import (
    Squeezed,
    WrongModel,
    codes,
    compress,
    decompress,
    fits,
    squeeze,
)
from ae.compression.coding import available
from ae.compression.container import Compressed
from ae.compression.prior import MAX_BITS, Prior, prior_of

__all__ = [
    "MAX_BITS",
    "Compressed",
    "Prior",
    "Squeezed",
    "WrongModel",
    "available",
    "codes",
    "compress",
    "decompress",
    "fits",
    "measured",
    "pictures",
    "prior_of",
    "squeeze",
]
