"""Serve an app as in production, and ask the system what its process holds (Linux: /proc).

Two apps are measured in every run: this one, and `keras_page.py`, the same page as one would write
it first. Both get this repository's `.streamlit/config.toml`, so that only the page differs. What
somebody else serves can be measured too.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # a script sees its own folder; `ae` and `ui` are one above

MB = 1e6
# What the native libraries of a deep-learning framework have in their paths.
FRAMEWORKS = ("tensorflow", "jaxlib", "torch")


class MeasurementError(RuntimeError):
    """There is no result, and one sentence that says why."""


@dataclass(frozen=True)
class App:
    """What can be served: a title for the tables, the script and its arguments."""

    title: str
    script: Path
    arguments: tuple[str, ...] = ()


OURS = App("Gargalo", ROOT / "app.py")


@contextmanager
def keras_app(family: str = "shallow") -> Iterator[App]:
    """Give the comparison app, with the shipped weights as a Keras file."""
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / f"{family}.keras"
        command = [sys.executable, "-m", "ae", "export", family, "--to", str(model)]
        built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if built.returncode:
            complaint = built.stderr.strip().splitlines() or ["no reason given"]
            raise MeasurementError(f"the weights could not be exported to Keras: {complaint[-1]}")
        yield App("Keras in the page", Path(__file__).with_name("keras_page.py"), (str(model),))


@dataclass(frozen=True)
class Memory:
    """Of one process, in bytes: resident now, at its highest since the start, and its own share."""

    resident: int
    peak: int
    own: int


@dataclass(frozen=True)
class Elsewhere:
    """What somebody else serves, and the processes of this machine that do it, as far as known."""

    url: str
    pids: tuple[int, ...] = ()

    def cpu(self) -> float:
        """Read how many seconds of processor time the processes have taken so far."""
        return cpu(self.pids) if self.pids else float("nan")

    def complaints(self) -> list[str]:
        """List what the log says of errors, which is not ours to read."""
        return []


def cpu(pids: Iterable[int]) -> float:
    """Read how many seconds of processor time these processes have taken so far."""
    try:
        times = [psutil.Process(pid).cpu_times() for pid in pids]
    except psutil.NoSuchProcess as fault:
        raise MeasurementError(f"there is no process {fault.pid}") from None
    return float(sum(time.user + time.system for time in times))


@dataclass(frozen=True)
class Server:
    """A running server."""

    url: str
    process: subprocess.Popen[bytes]
    started: float  # time.perf_counter() just before the process was made
    log: Path

    def memory(self) -> Memory:
        """Read what the process holds now."""
        full = psutil.Process(self.process.pid).memory_full_info()
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        peak = re.search(r"VmHWM:\s*(\d+) kB", status)
        if peak is None:
            raise MeasurementError("the system does not say how much memory the server had at most")
        return Memory(full.rss, int(peak[1]) * 1024, full.uss)

    def cpu(self) -> float:
        """Read how many seconds of processor time the process has taken so far, by all threads."""
        return cpu([self.process.pid])

    def frameworks(self) -> list[str]:
        """Name the deep-learning frameworks whose native libraries are mapped into the process."""
        maps = Path(f"/proc/{self.process.pid}/maps").read_text()
        return [name for name in FRAMEWORKS if f"/{name}" in maps]

    def complaints(self) -> list[str]:
        """List the lines of the server's log that speak of an error."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return [line for line in lines if re.search(r"Traceback|Error|Exception", line)]


@contextmanager
def serve(
    app: App, options: Mapping[str, object] | None = None, **variables: str
) -> Iterator[Server]:
    """Serve an app until the block ends. It is healthy at the start, which is not yet ready.

    `options` are Streamlit's; `variables` go into the server's environment.
    """
    if not Path("/proc/self/status").exists():
        raise MeasurementError("this needs Linux: it reads the server's memory from /proc")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {
        "server.port": port,
        "server.address": "127.0.0.1",
        "server.headless": "true",
        **(options or {}),
    }
    command = [sys.executable, "-m", "streamlit", "run", str(app.script)]
    command += [f"--{name}={value}" for name, value in settings.items()]
    command += ["--", *app.arguments]
    # The comparison app lives in benchmarks/ and imports `ui` too; TensorFlow keeps its notes.
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment |= variables
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "server.log"
        with log.open("wb") as file:
            started = time.perf_counter()
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=file, stderr=subprocess.STDOUT
            )
            server = Server(f"http://127.0.0.1:{port}", process, started, log)
            try:
                _wait_until_healthy(server)
                yield server
            finally:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


@contextmanager
def cluster(processes: int) -> Iterator[Elsewhere]:
    """Serve this app with several processes, as `make cluster` does, until the block ends."""
    from deploy.cluster import ClusterError, Plan, free_row, serving

    plan = Plan(processes, free_row(1 + processes))
    try:
        with serving(plan) as parts:
            yield Elsewhere(plan.url, tuple(part.process.pid for part in parts))
    except ClusterError as fault:
        raise MeasurementError(str(fault)) from None


def _wait_until_healthy(server: Server) -> None:
    for _ in range(1500):
        if server.process.poll() is not None:
            last = server.log.read_text(errors="replace").strip().splitlines()[-1:]
            raise MeasurementError(f"the server did not start: {' '.join(last)}")
        try:
            with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=5) as answer:
                if answer.read() == b"ok":
                    return
        except OSError:
            pass
        time.sleep(0.02)
    raise MeasurementError("the server was not healthy after 30 s")
