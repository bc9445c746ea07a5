"""Processes of this server's: bounded, of low priority, and never there for longer than it is.

Each gets a pipe as its standard input and ends when that does (``ae.training.leash``): however the
server ends, the system closes the pipe.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from ui.limits import Limits

_ROOT = Path(__file__).parents[1]
_TICK = 0.25  # seconds
# So long a pipe is read whose process has ended: what it said last is in there.
_GRACE = 1.0  # seconds
_THREADS = (
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
)
# The visitors' strokes go before: a child only gets what they leave.
_NICE = 10


def start(
    command: Sequence[str],
    limits: Limits,
    errors: IO[bytes],
    output: IO[bytes] | int = subprocess.PIPE,
) -> subprocess.Popen[bytes]:
    """Start a process with pipes to and from it.

    Parameters
    ----------
    limits : of which its memory and its threads are bounded.
    errors, output : what its standard error and its standard output go to.

    Raises
    ------
    OSError
        It cannot be started.
    """
    process = subprocess.Popen(
        command,
        cwd=_ROOT,
        env={**os.environ, **dict.fromkeys(_THREADS, str(limits.threads))},
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=errors,
        start_new_session=True,  # so that `kill` finds what it has started itself
    )
    # Not every system has them: macOS no prlimit, Windows neither.
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, process.pid, _NICE)
    with contextlib.suppress(OSError, AttributeError, ImportError):
        import resource

        most = limits.memory_mb * 1_000_000
        resource.prlimit(process.pid, resource.RLIMIT_DATA, (most, most))
    return process


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and what it has started, unless it has ended."""
    if process.poll() is None:
        with contextlib.suppress(OSError, AttributeError):
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()


def close(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and let go of its pipes."""
    kill(process)
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


def lines(process: subprocess.Popen[bytes], longest: int) -> Iterator[bytes]:
    """Give what a process says, line by line, until it has ended.

    Not until its pipe has: another process that holds it could make us wait for ever.

    Parameters
    ----------
    longest : bytes of a line; a longer one comes in pieces.
    """
    assert process.stdout is not None
    if os.name == "nt":  # which cannot wait for a pipe and for something else
        yield from iter(lambda: process.stdout.readline(longest), b"")  # type: ignore[union-attr]
        return
    said, end = b"", float("inf")
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while time.monotonic() < end:
            ended = process.poll() is not None
            if ended:
                end = min(end, time.monotonic() + _GRACE)
            if not selector.select(0 if ended else _TICK):
                if ended:
                    break
                continue
            part = os.read(process.stdout.fileno(), longest)
            if not part:
                break
            *whole, said = (said + part).split(b"\n")
            for line in whole:
                yield line + b"\n"
            if len(said) > longest:
                yield said
                said = b""
    if said:
        yield said


def run(command: Sequence[str], limits: Limits, seconds: float) -> None:
    """Let a process do something that takes long, and wait for its end.

    Raises
    ------
    OSError
        It cannot be started.
    subprocess.SubprocessError
        It fails, or takes longer; it is then killed.
    """
    with tempfile.TemporaryFile() as errors:
        process = start(command, limits, errors, output=errors)
        try:
            code = process.wait(seconds)
        finally:
            close(process)
        if code:
            raise subprocess.SubprocessError(f"it ended with {code}: {last_words(errors)}")


def last_words(errors: IO[bytes]) -> str:
    """Read what stands at the end of a process's standard error, for the log."""
    errors.seek(max(errors.seek(0, os.SEEK_END) - 2000, 0))
    return errors.read().decode(errors="replace")
