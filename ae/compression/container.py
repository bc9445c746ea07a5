"""A file of compressed digits: what is needed to decode them, their bytes, and two checks.

    4 bytes   "GRGL"
    1         version of the format
    1         bits per number
    4         how many digits
    8         key: which decoder and which prior
    1, n      length of the model's name, and the name in ASCII
    …         the range coder's bytes
    4         CRC-32 of the decoded symbols, each as two bytes
    4         CRC-32 of everything before

Whole numbers are little-endian.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Self, final

from ae.compression.prior import MAX_BITS, Symbols

SUFFIX = ".gargalo"
MAX_DIGITS = 100_000
"""A file of a few bytes could ask for any number of digits, and each takes 3 KB."""
KEY = 8

MAGIC, _VERSION = b"GRGL", 1
_HEAD = struct.Struct(f"<4sBBI{KEY}sB")
_CHECKS = struct.Struct("<II")
_MAX_NAME = 32


@final
@dataclass(frozen=True, kw_only=True)
class Compressed:
    """What a file says.

    Attributes
    ----------
    model : its name. key : tells its decoder and prior from all others.
    bits : per number, 1 to 8. count : how many digits.
    payload : the range coder's bytes. check : of the symbols in them.
    """

    model: str
    key: bytes
    bits: int
    count: int
    payload: bytes
    check: int

    def to_bytes(self) -> bytes:
        """Write the file."""
        name = self.model.encode("ascii")
        head = _HEAD.pack(MAGIC, _VERSION, self.bits, self.count, self.key, len(name))
        raw = head + name + self.payload + struct.pack("<I", self.check)
        return raw + struct.pack("<I", zlib.crc32(raw))

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """Read a file, which may come from anybody.

        Raises
        ------
        ValueError
            It is another kind of file, truncated or altered.
        """
        if not raw.startswith(MAGIC):
            raise ValueError("no file of compressed digits")
        if len(raw) < _HEAD.size + _CHECKS.size:
            raise ValueError("truncated")
        _, version, bits, count, key, length = _HEAD.unpack_from(raw)
        if version != _VERSION:
            raise ValueError(f"version {version} of the format, expected {_VERSION}")
        check, whole = _CHECKS.unpack(raw[-_CHECKS.size :])
        if zlib.crc32(raw[: -_CHECKS.size // 2]) != whole:
            raise ValueError("truncated or altered")
        name = raw[_HEAD.size :][:length].decode("latin-1")
        payload = raw[_HEAD.size + length : -_CHECKS.size]
        # What follows no damage does, only somebody who wrote the checks anew.
        if not (1 <= bits <= MAX_BITS and 1 <= count <= MAX_DIGITS and is_name(name)):
            raise ValueError("its head says what cannot be")
        return cls(
            model=name,
            key=key,
            bits=bits,
            count=count,
            payload=payload,
            check=check,
        )


def is_name(name: str) -> bool:
    """Tell whether a file can call a model so."""
    return 0 < len(name) <= _MAX_NAME and name.isascii() and name.isprintable()


def check_of(symbols: Symbols) -> int:
    """CRC-32 of symbols: tells when the other side's arithmetic was another."""
    return zlib.crc32(symbols.astype("<u2").tobytes())
