"""Processes of the server's: bounded, listened to for no longer than they live, and never left."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from ui import children
from ui.limits import Limits

ROOT = Path(__file__).parents[2]
LIMITS = Limits(threads=3, memory_mb=500)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no process groups there")


def python(source: str) -> list[str]:
    return [sys.executable, "-S", "-c", source]


@pytest.fixture
def errors() -> Iterator[IO[bytes]]:
    with tempfile.TemporaryFile() as file:
        yield file


def alive(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def wait_until_dead(pid: int) -> None:
    end = time.monotonic() + 10
    while alive(pid):
        assert time.monotonic() < end, f"{pid} lives"
        time.sleep(0.01)


HOLDS = """
import os, subprocess, sys, time
if os.fork() == 0:
    {first}
    while True:
        {then}
print(1, flush=True)
{end}
"""
"""A child whose own child has its pipe."""


@pytest.mark.parametrize(
    ("end", "first", "then"),
    [
        ("", "os.setsid()", "time.sleep(60)"),
        ("", "os.setsid()", "print('x' * 50, flush=True)"),
        ("time.sleep(60)", "pass", "time.sleep(60)"),
        ("time.sleep(60)", "os.setsid()", "print('x' * 50, flush=True)"),
    ],
    ids=["ends, silent", "ends, talking", "killed, silent", "killed, talking"],
)
def test_a_grandchild_that_holds_the_pipe_keeps_nobody(
    errors: IO[bytes], end: str, first: str, then: str
) -> None:
    source = HOLDS.format(end=end, first=f"{first}; print(os.getpid(), flush=True)", then=then)
    process = children.start(python(source), LIMITS, errors)
    said = children.lines(process, 1000)
    grandchild = next(int(line) for line in said if len(line) > 2)
    try:
        if end:
            children.kill(process)
        began = time.monotonic()
        for _ in said:
            pass
        assert time.monotonic() - began < children._GRACE + 2
        children.close(process)
        assert process.returncode is not None
        if first == "pass":  # of the child's own group, and killed with it
            wait_until_dead(grandchild)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(grandchild, signal.SIGKILL)


def test_what_is_said_last_is_heard(errors: IO[bytes]) -> None:
    source = "for i in range(20_000): print(i)\nprint('half', end='')"
    process = children.start(python(source), LIMITS, errors)
    said = list(children.lines(process, 100))
    children.close(process)
    assert b"".join(said).split() == [*(str(i).encode() for i in range(20_000)), b"half"]


def test_a_line_that_is_long_comes_in_pieces(errors: IO[bytes]) -> None:
    process = children.start(python("print('x' * 1000); print('y')"), LIMITS, errors)
    said = list(children.lines(process, 100))
    children.close(process)
    assert max(map(len, said)) < 300 and b"".join(said) == b"x" * 1000 + b"\ny\n"


def test_what_runs_is_bounded_and_its_failure_is_told(tmp_path: Path) -> None:
    found = tmp_path / "found"
    source = f"""
import os, resource
print(*resource.getrlimit(resource.RLIMIT_DATA), os.getpriority(os.PRIO_PROCESS, 0),
      os.environ["OMP_NUM_THREADS"], file=open({str(found)!r}, "w"))
"""
    children.run(python(source), LIMITS, 30)
    if sys.platform == "linux":
        assert found.read_text().split() == ["500000000", "500000000", str(children._NICE), "3"]
    with pytest.raises(subprocess.SubprocessError, match="ended with 3: no room"):
        children.run(python("import sys; sys.stderr.write('no room'); sys.exit(3)"), LIMITS, 30)
    with pytest.raises(subprocess.SubprocessError, match="MemoryError"):
        children.run(python("bytes(600_000_000)"), LIMITS, 30)
    with pytest.raises(subprocess.TimeoutExpired):
        children.run(python("import time; time.sleep(60)"), LIMITS, 0.3)


def test_a_child_does_not_outlive_a_server_that_is_killed() -> None:
    """The one that makes a Keras file has started, and waits for TensorFlow as it were."""
    child = """
import os, time
from ae.training import leash
leash.hold()
os.write(1, b"%d\\n" % os.getpid())
time.sleep(60)
"""
    server = f"""
import sys
from ui import children
from ui.limits import Limits
process = children.start([sys.executable, "-c", {child!r}], Limits(), sys.stderr.buffer)
for line in children.lines(process, 1000):
    print(line.decode(), end="", flush=True)
"""
    process = subprocess.Popen([sys.executable, "-c", server], cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        pid = int(process.stdout.readline())
        assert alive(pid)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    wait_until_dead(pid)
