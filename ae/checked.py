"""Files that a list vouches for: read once, compared with their SHA-256, and only then parsed.

All that ships is safetensors, arrays and a header, and loading runs no code from it. ``SHA256SUMS``
beside the files is what tells a shallow net that was saved under the sparse one's name, which has
the right shapes. What the arrays mean is said in ``ae.weights``, ``ae.facts`` and ``ae.atlas``.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import safetensors
import safetensors.numpy

from ae import atomic
from ae.arrays import Float32

Tensors = dict[str, Float32]
"""Name -> read-only array, mostly float32: whoever builds something of them checks."""
Header = Mapping[str, Any]
"""What a file says of itself: JSON that nobody has checked yet."""

_PACKAGE = Path(__file__).resolve().parent
INSTALLED = (_PACKAGE / "_weights").is_dir()
"""Is this an installed package, and no copy of the repository?"""
FOLDER = _PACKAGE / "_weights" if INSTALLED else _PACKAGE.parent / "weights"
"""What ships: inside an installed package, or the repository's ``weights``."""
SUMS = "SHA256SUMS"
# The deep net's file has 0.9 MB; a larger model of somebody's own has its place below this.
MAX_BYTES = 20_000_000
# The facts' file has 14 KB of it, a model 2.5. A header becomes Python objects, which take some ten
# times its bytes.
MAX_HEADER = 100_000

T = TypeVar("T")


class WeightsError(RuntimeError):
    """A weights file is missing, damaged or not what it should be; the message says what to do."""


def root_of(folder: str | os.PathLike[str] | None) -> Path:
    """Give the folder that was asked for, or the one that ships."""
    return FOLDER if folder is None else Path(folder)


def load(
    path: Path,
    root: Path,
    build: Callable[[Tensors, Header], T],
    *,
    what: str,
    command: str,
    option: str = "--out",
) -> T:
    """Read a file that the list vouches for, and build what it holds.

    Parameters
    ----------
    path, root : the file, and the folder of its list.
    build : makes the object; raises ``ValueError`` with words that go on after the file's name, or
        stumbles over what is not there.
    what : what the file should hold, in a sentence that goes "is no …".
    command, option : what makes the file again, behind ``python -m ae``, and the option that names
        the folder there.

    Raises
    ------
    WeightsError
        The file is missing, truncated, altered, or not what it should be.
    """
    try:
        return build(*read(path, root))
    except (ValueError, KeyError, TypeError) as fault:
        reason = str(fault) if isinstance(fault, ValueError) else f"is no {what}"
        remedy = _how_to_restore(path, command, root, option)
        raise WeightsError(f"{path} {reason}; {remedy}") from fault


def read(path: Path, root: Path) -> tuple[Tensors, Header]:
    """Read a file that ``SHA256SUMS`` in ``root`` vouches for.

    Raises
    ------
    ValueError
        It is missing, truncated or altered; the message goes on after the file's name.
    """
    raw = read_bytes(path)
    expected = sums(root).get(listed_name(path, root))
    if expected is None:
        raise ValueError(f"is not listed in {root / SUMS}")
    if hashlib.sha256(raw).hexdigest() != expected:
        raise ValueError("is truncated or was altered")
    return parse(raw)


def read_bytes(path: Path) -> bytes:
    """Read a file of at most ``MAX_BYTES``; raises ``ValueError`` for a larger one, or for none."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ValueError(f"is too large for weights ({size:,} bytes)")
        return path.read_bytes()
    except OSError:
        raise ValueError("is missing or cannot be read") from None


def parse(raw: bytes) -> tuple[Tensors, Header]:
    """Take a file's bytes apart, whoever they come from: read-only arrays and the header.

    Raises
    ------
    ValueError
        They are too many, the header among them, or not such a file.
    """
    if len(raw) > MAX_BYTES:
        raise ValueError(f"is too large for weights ({len(raw):,} bytes)")
    length = int.from_bytes(raw[:8], "little")
    if MAX_HEADER < length < len(raw):
        raise ValueError(f"says too much of itself ({length:,} bytes)")
    try:
        tensors = safetensors.numpy.load(raw)
        # The library gives the header's free text only of a file on disk, not of checked bytes.
        header = dict(json.loads(json.loads(raw[8 : 8 + length])["__metadata__"]["facts"]))
    except (
        safetensors.SafetensorError,
        ValueError,
        KeyError,
        TypeError,
        RecursionError,
    ) as fault:
        raise ValueError("is not a weights file of ours") from fault
    for array in tensors.values():
        array.setflags(write=False)
    return tensors, MappingProxyType(header)


def save(
    path: Path,
    tensors: Mapping[str, npt.NDArray[Any]],
    header: Mapping[str, Any],
    *,
    root: str | os.PathLike[str] | None = None,
) -> None:
    """Write a file and its line in ``SHA256SUMS``, each of the two in one step.

    Parameters
    ----------
    header : plain values, as JSON has them.
    root : the folder where the list stands; the file's own if None.
    """
    folder = path.parent if root is None else Path(root)
    contiguous = {name: np.ascontiguousarray(array) for name, array in tensors.items()}
    raw = safetensors.numpy.save(contiguous, metadata={"facts": json.dumps(dict(header))})
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic.write(path, raw)
    digests = sums(folder)
    digests[listed_name(path, folder)] = hashlib.sha256(raw).hexdigest()
    lines = (f"{digests[name]}  {name}\n" for name in sorted(digests))
    atomic.write(folder / SUMS, "".join(lines).encode())


def check(
    tensors: Mapping[str, Float32], expected: Mapping[str, tuple[int, ...]], what: str
) -> None:
    """Compare a file's arrays with what there must be: names, shapes, float32, finite.

    Raises
    ------
    ValueError
        Something differs; the message goes on after the file's name.
    """
    for key in sorted(tensors.keys() | expected.keys()):
        got = _describe(tensors[key]) if key in tensors else "nothing"
        wanted = f"float32 of shape {expected[key]}" if key in expected else "nothing"
        if got != wanted:
            raise ValueError(f"does not fit {what}: {key} is {got}, expected {wanted}")
        if not np.isfinite(tensors[key]).all():
            raise ValueError(f"does not fit {what}: {key} holds NaN or infinity")


def sums(root: Path) -> dict[str, str]:
    """Read ``SHA256SUMS`` in the format of ``sha256sum``: file name -> hash."""
    try:
        lines = (root / SUMS).read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def listed_name(path: Path, root: Path) -> str:
    """Name a file as ``SHA256SUMS`` in ``root`` does: its path from there, with slashes."""
    return path.relative_to(root).as_posix()


def unchanged(path: Path, measured: Mapping[str, str], root: Path) -> bool:
    """Tell whether a file is still the one whose hash was noted when it was measured."""
    name = listed_name(path, root)
    return name in measured and sums(root).get(name) == measured[name]


def _how_to_restore(path: Path, command: str, root: Path, option: str) -> str:
    """Say how a file comes back: from where it came, or from the command that makes it again."""
    again = f"python -m ae {command}"
    if root != FOLDER:
        return f"make it again with: {again} {option} {root}"
    if INSTALLED:
        return "reinstall the package gargalo, which has it"
    back = f"git checkout -- {listed_name(path, root.parent)} {root.name}/{SUMS}"
    return f"restore it with: {back} (or {again})"


def _describe(array: Float32) -> str:
    return f"{array.dtype} of shape {array.shape}"
