"""Folders for files that pass between this server and its children, which nobody leaves behind.

A server that is killed cannot tidy up. So each folder is locked as long as its server lives: the
system lets go of the lock whatever the end was like, and the next server takes what is not locked.
Not every system has such locks (Windows); there the folders stay, as the system's others do.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment]

_PREFIX = "gargalo-scratch-"


class Folder:
    """A new, empty folder of this server's, until it is removed.

    Raises
    ------
    OSError
        There is no place for it.
    """

    def __init__(self) -> None:
        # Between the two lines another server that tidies up may take the folder; then again. Where
        # there are no locks at all, it has none.
        for _ in range(1 if fcntl is None else 3):
            self.path = Path(tempfile.mkdtemp(prefix=_PREFIX))
            self._lock = _locked(self.path)
            if self._lock is not None:
                if self.path.exists():
                    return
                self.remove()

    def remove(self) -> None:
        """Remove it with all that is in it; once more is harmless."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """Give a folder that is gone after the block."""
    made = Folder()
    try:
        yield made.path
    finally:
        made.remove()


def sweep() -> None:
    """Remove the folders of servers that are no more; call it when a server starts."""
    for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        if (lock := _locked(path)) is not None:
            shutil.rmtree(path, ignore_errors=True)
            os.close(lock)


def _locked(path: Path) -> int | None:
    """Lock a folder of ours; gives None where somebody has it, or it is no such folder."""
    if fcntl is None:
        return None
    try:
        # Whoever else writes to the system's temporary folder may have put a link there.
        opened = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        if os.fstat(opened).st_uid == os.getuid():
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return opened
    except OSError:
        pass
    os.close(opened)
    return None
