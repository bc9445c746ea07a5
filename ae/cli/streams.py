"""Standard input, output and error: each may be closed, full, or a stream of whoever calls."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import IO

INPUT, OUTPUT = "standard input", "standard output"


def read(most: int) -> bytes:
    """Read standard input, at most so many bytes.

    Raises
    ------
    ValueError
        It is closed.
    OSError
        It cannot be read; the fault names it.
    """
    if _is_closed(sys.stdin):
        raise ValueError(f"{INPUT}: closed")
    with named(INPUT):
        # A stream that somebody put into its place may hold text alone.
        if not hasattr(sys.stdin, "buffer"):
            return sys.stdin.read(most).encode()
        raw: bytes = sys.stdin.buffer.read(most)
        return raw


def check_output() -> None:
    """Raise ``ValueError`` where standard output is closed, before work is done for it."""
    if _is_closed(sys.stdout):
        raise ValueError(f"{OUTPUT}: closed")


@contextlib.contextmanager
def output() -> Iterator[IO[str]]:
    """Give standard output, and flush it; raises ``OSError`` that names it, or ``ValueError``."""
    check_output()
    with named(OUTPUT):
        yield sys.stdout
        sys.stdout.flush()


def say(line: str) -> None:
    """Write a line about a result that is in a file; where it cannot be, only the line is lost."""
    if not _is_closed(sys.stdout):
        with contextlib.suppress(OSError, UnicodeError):
            print(line, file=sys.stdout, flush=True)


def tell(line: str, end: str = "\n") -> None:
    """Write a line to standard error; where that cannot be, nothing is lost but the line.

    A name that is repeated in it may come from anybody: what would move a terminal's cursor, or
    turn its text around, is not sent there.
    """
    if not _is_closed(sys.stderr):  # or print() would take standard output
        shown = "".join(char if char.isprintable() else "\ufffd" for char in line)
        with contextlib.suppress(OSError):
            print(shown, end=end, file=sys.stderr, flush=True)


def occupy() -> None:
    """Put the null device where a process was started with a closed stream.

    Else the next file to be opened, say one with weights, gets that stream's number, and what a
    library prints goes into it.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number
    if sys.stderr is None:
        sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115 (as long as the process)


def leave() -> None:
    """Let what standard output did not take be forgotten: Python would fail on it at the exit."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextlib.contextmanager
def named(name: str) -> Iterator[None]:
    """Let an ``OSError`` that names no file name this; a reader who left is no fault."""
    try:
        yield
    except OSError as fault:
        if fault.filename is not None or isinstance(fault, BrokenPipeError):
            raise
        raise OSError(fault.errno, fault.strerror or str(fault), name) from fault


def _is_closed(stream: object) -> bool:
    # Whoever replaces a stream may give it no more than write() and flush().
    return stream is None or getattr(stream, "closed", False)
