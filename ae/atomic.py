"""Files that are whole or not there: written beside their place, then put into it in one step."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def draft(path: Path) -> Iterator[Path]:
    """Give a path to write to, which takes ``path``'s place when the block ends without a fault.

    It lies in the same folder, has the same suffix (Keras chooses its format by that) and a name
    that no other run has. Whatever happens, no draft is left behind, and the old file stays until
    the new one is whole.

    Raises
    ------
    OSError
        The file cannot be written; it names ``path``, not the draft.
    """
    beside = path.with_name(f"{path.stem}.{secrets.token_hex(8)}.part{path.suffix}")
    try:
        yield beside
        beside.replace(path)
    except OSError as fault:
        raise OSError(fault.errno, fault.strerror or str(fault), str(path)) from fault
    finally:
        beside.unlink(missing_ok=True)


def write(path: Path, raw: bytes) -> None:
    """Write a file in one step; raises ``OSError`` as ``draft`` does."""
    with draft(path) as beside:
        beside.write_bytes(raw)
