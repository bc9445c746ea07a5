"""The file: the same back, and whatever is wrong with it is found and said."""

from __future__ import annotations

import struct
import zlib
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ae.compression.container import MAX_DIGITS, Compressed

SMALL = Compressed(
    model="deep", key=b"12345678", bits=5, count=3, payload=b"some bytes", check=0xFFFF0001
)
RAW = SMALL.to_bytes()


def sealed(raw: bytes) -> bytes:
    """Write the last check anew, as nobody does by mistake."""
    return raw[:-4] + struct.pack("<I", zlib.crc32(raw[:-4]))


@given(
    model=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=32),
    key=st.binary(min_size=8, max_size=8),
    bits=st.integers(1, 8),
    count=st.integers(1, MAX_DIGITS),
    payload=st.binary(max_size=50),
    check=st.integers(0, 2**32 - 1),
)
def test_what_is_written_is_read(**parts: object) -> None:
    small = Compressed(**parts)  # type: ignore[arg-type]
    assert asdict(Compressed.from_bytes(small.to_bytes())) == parts


def test_a_file_has_few_bytes_beside_the_codes() -> None:
    assert len(RAW) == len(SMALL.payload) + 27 + len("deep")


@pytest.mark.parametrize("at", range(len(RAW)))
def test_any_byte_that_is_altered(at: int) -> None:
    for flip in (0x01, 0x80, 0xFF):
        with pytest.raises(ValueError, match=r"truncated or altered|no file of|version"):
            Compressed.from_bytes(RAW[:at] + bytes([RAW[at] ^ flip]) + RAW[at + 1 :])


@pytest.mark.parametrize("length", range(len(RAW)))
def test_any_truncation(length: int) -> None:
    with pytest.raises(ValueError, match=r"truncated|no file of compressed digits"):
        Compressed.from_bytes(RAW[:length])


def test_bytes_behind_it() -> None:
    with pytest.raises(ValueError, match="truncated or altered"):
        Compressed.from_bytes(RAW + b"\0")


def test_a_later_version_is_named() -> None:
    with pytest.raises(ValueError, match="version 2 of the format, expected 1"):
        Compressed.from_bytes(sealed(RAW[:4] + b"\x02" + RAW[5:]))


@pytest.mark.parametrize(
    "said",
    [
        {"bits": 0},
        {"bits": 9},
        {"count": 0},
        {"count": MAX_DIGITS + 1},
        {"model": ""},
        {"model": "m" * 33},
        {"model": "a\nb"},
        {"model": "\x1b[2J"},
    ],
)
def test_what_cannot_be_is_refused_whatever_the_checks_say(said: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="its head says what cannot be"):
        Compressed.from_bytes(replace(SMALL, **said).to_bytes())  # type: ignore[arg-type]


def test_a_name_that_is_longer_than_the_file() -> None:
    with pytest.raises(ValueError, match="its head says what cannot be"):
        Compressed.from_bytes(sealed(RAW[:18] + b"\xff" + RAW[19:]))
