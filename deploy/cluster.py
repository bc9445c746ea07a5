"""Serve the app with several processes on this machine: HAProxy before them, Redis for the rooms.

HAProxy listens on a port and the processes on the next ones, reachable from this machine alone. A
part that dies is started again. Ctrl+C, SIGTERM or the end of its terminal ends them all.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

DEPLOY = Path(__file__).resolve().parent
ROOT = DEPLOY.parent
HERE = "127.0.0.1"
REDIS = "GARGALO_REDIS_URL"
TRAININGS = "GARGALO_TRAINING_AT_ONCE"
MOST = 64  # processes
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # the last when its terminal is closed
PATIENCE = 60.0  # seconds in which a part must have come up
GRACE = 5.0  # seconds in which a part should have ended
PAUSE = 1.0  # seconds between two looks at who has died


class ClusterError(Exception):
    """It cannot be served, and one sentence that says why."""


@dataclass(frozen=True)
class Plan:
    """What is served, and where.

    Attributes
    ----------
    processes : of Streamlit; each computes on one core.
    port : HAProxy's; the processes take the next ones.
    address : HAProxy's; 0.0.0.0 opens it to the network.
    script : what ``streamlit run`` runs.
    """

    processes: int = 2
    port: int = 8501
    address: str = HERE
    script: Path = ROOT / "asgi.py"

    @property
    def url(self) -> str:
        """Where this machine finds it."""
        return f"http://{HERE if self.address == '0.0.0.0' else self.address}:{self.port}"

    @property
    def ports(self) -> range:
        """The processes' own."""
        return range(self.port + 1, self.port + 1 + self.processes)


@dataclass
class Part:
    """A program that runs until it is stopped, and how one sees that it works."""

    name: str
    command: Sequence[str]
    works: Callable[[], bool]
    variables: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        """Start it. What it complains of goes where our complaints go, the rest nowhere."""
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=os.environ | self.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl+C is for us, who end the parts one after the other
        )

    def wait(self) -> None:
        """Wait until it works.

        Raises
        ------
        ClusterError
            It never did.
        """
        end = time.monotonic() + PATIENCE
        while not self.works():
            if self.process.poll() is not None:
                raise ClusterError(f"{self.name} did not start (exit code {self.process.poll()}).")
            if time.monotonic() > end:
                raise ClusterError(f"{self.name} did not answer within {PATIENCE:.0f} s.")
            time.sleep(0.05)


@contextmanager
def serving(plan: Plan) -> Iterator[list[Part]]:
    """Serve until the block ends; gives the parts, all of which work.

    Raises
    ------
    ClusterError
        A program is missing, a port is taken, or a part does not start.
    """
    haproxy = program("haproxy")
    redis = None if os.environ.get(REDIS) else program("redis-server")
    for address, port in [(plan.address, plan.port), *((HERE, port) for port in plan.ports)]:
        claim(address, port)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gargalo-")))
        stores = [_redis(redis, folder)] if redis else []
        # Each process of its own accord would start two.
        variables = {TRAININGS: os.environ.get(TRAININGS, "1")}
        if stores:
            variables[REDIS] = f"unix://{folder}/redis.sock"
        processes = [
            _streamlit(f"p{i}", plan.script, port, variables)
            for i, port in enumerate(plan.ports, 1)
        ]
        (folder / "servers.cfg").write_text(servers(plan.ports))
        front = _haproxy(haproxy, plan, folder / "servers.cfg")
        for group in (stores, processes, [front]):
            started: list[Part] = []
            stack.callback(_stop, started)
            for part in group:
                part.start()
                started.append(part)
            for part in group:
                part.wait()
        yield [*stores, *processes, front]


def servers(ports: Sequence[int]) -> str:
    """Write the part of HAProxy's settings that names the processes, p1, p2, … on this machine."""
    lines = ["backend pages from pages"]
    lines += [f"    server p{i} {HERE}:{port} cookie p{i}" for i, port in enumerate(ports, 1)]
    lines += ["backend anywhere from anywhere"]
    lines += [
        f"    server p{i} {HERE}:{port} cookie p{i} track pages/p{i}"
        for i, port in enumerate(ports, 1)
    ]
    return "\n".join([*lines, ""])


def main() -> None:
    """Serve until Ctrl+C."""
    plan = _plan()
    # A visitor takes a file descriptor of a process, and more while the page comes.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    for number in ENDS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # which `nohup` asks for
            signal.signal(number, _interrupt)
    try:
        with serving(plan) as parts:
            _say(f"Gargalo is at {plan.url} (Ctrl+C ends it)")
            for part in parts:
                _say(f"  {part.name}: process {part.process.pid}")
            _keep(parts)
    except KeyboardInterrupt:
        pass
    except ClusterError as fault:
        print(fault, file=sys.stderr)
        raise SystemExit(1) from None


def _plan() -> Plan:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = Plan()
    options.add_argument(
        "--processes",
        type=_count,
        metavar="N",
        default=default.processes,
        help=f"of Streamlit (default: {default.processes})",
    )
    options.add_argument(
        "--port",
        type=int,
        default=default.port,
        help=f"HAProxy's; 0 takes one that is free (default: {default.port})",
    )
    options.add_argument(
        "--address",
        default=default.address,
        help=f"HAProxy's; 0.0.0.0 opens it to the network (default: {default.address})",
    )
    plan = Plan(**vars(options.parse_args()))
    return replace(plan, port=plan.port or free_row(1 + plan.processes))


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST:
        raise argparse.ArgumentTypeError(f"got {text!r}, expected 1 to {MOST}")
    return int(text)


def _interrupt(*_: object) -> None:
    # Once: whoever presses Ctrl+C again would leave parts behind.
    for number in ENDS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _keep(parts: Sequence[Part]) -> None:
    """Start again what dies, until Ctrl+C."""
    while True:
        time.sleep(PAUSE)
        for part in parts:
            if (code := part.process.poll()) is not None:
                part.start()
                _say(f"  {part.name}: process {part.process.pid}, after the last ended with {code}")


def _stop(parts: Sequence[Part]) -> None:
    for part in parts:
        part.process.terminate()
    end = time.monotonic() + GRACE
    for part in parts:
        try:
            part.process.wait(max(0.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            part.process.kill()
            part.process.wait()


def program(name: str) -> str:
    """Give a program's path.

    Raises
    ------
    ClusterError
        It is not installed.
    """
    # Where Debian keeps haproxy, which is on the path of root alone.
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"])
    if found := shutil.which(name, path=path):
        return found
    raise ClusterError(f"{name} is missing: on Debian, `apt-get install {name}` brings it.")


def claim(address: str, port: int) -> None:
    """See that one can listen there.

    Raises
    ------
    ClusterError
        One cannot.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except (OSError, OverflowError) as fault:
            raise ClusterError(
                f"{address}:{port} cannot be had ({fault}): choose another --port or --address."
            ) from None


def free_row(count: int) -> int:
    """Give the first of so many ports in a row on which nobody listens just now."""
    while True:
        with socket.socket() as probe:
            probe.bind((HERE, 0))
            first = int(probe.getsockname()[1])
        try:
            for port in range(first, first + count):
                claim(HERE, port)
        except ClusterError:
            continue
        return first


def _streamlit(name: str, script: Path, port: int, variables: Mapping[str, str]) -> Part:
    options = {
        "server.port": port,
        "server.address": HERE,
        "server.headless": "true",
        "server.fileWatcherType": "none",
    }
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += [f"--{option}={value}" for option, value in options.items()]
    return Part(name, command, _answers(f"http://{HERE}:{port}"), variables)


def _haproxy(program: str, plan: Plan, servers: Path) -> Part:
    command = [program, "-db", "-f", str(DEPLOY / "haproxy.cfg"), "-f", str(servers)]
    variables = {"GARGALO_BIND": f"{plan.address}:{plan.port}"}
    return Part("haproxy", command, _answers(plan.url), variables)


def _redis(program: str, folder: Path) -> Part:
    """Redis with its data in a folder, which nobody else can reach."""
    options = {"port": 0, "unixsocket": folder / "redis.sock", "dir": folder}
    command = [program, str(DEPLOY / "redis.conf")]
    command += [word for name, value in options.items() for word in (f"--{name}", str(value))]

    def works() -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect(str(folder / "redis.sock"))
                client.sendall(b"PING\r\n")
                return client.recv(7) == b"+PONG\r\n"
            except OSError:
                return False

    return Part("redis", command, works)


def _answers(url: str) -> Callable[[], bool]:
    def works() -> bool:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5) as answer:
                return bool(answer.read() == b"ok")
        except OSError:
            return False

    return works


def _say(what: str) -> None:
    print(what, flush=True)


if __name__ == "__main__":
    main()
