"""What the hub's tests share: a Redis of their own, on this machine alone."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import free_port


class RedisServer:
    """A Redis that writes what it knows to a folder, and can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *options: str) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1"]
        command += ["--dir", str(self._folder), *(options or ("--appendonly", "yes"))]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        for _ in range(100):
            if self._ask("ping") == b"PONG\n":
                return
            time.sleep(0.05)
        pytest.fail("Redis did not start")

    def stop(self) -> None:
        """Stop it at once, as a loss of power does."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def save(self) -> None:
        """Let it write down what it knows now, and nothing later."""
        self._ask("save")

    def forget(self) -> None:
        """Let it forget everything."""
        self._ask("flushall")

    def _ask(self, *words: str) -> bytes:
        command = ["redis-cli", "-p", str(self.port), *words]
        return subprocess.run(command, capture_output=True, check=False).stdout


@pytest.fixture(scope="session")
def redis_anew(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., RedisServer]]:
    """Start Redis servers, each empty; with options as in ``redis.conf``."""
    if not (shutil.which("redis-server") and shutil.which("redis-cli")):
        pytest.skip("no Redis: install the package redis (`make test` does where it can)")
    started: list[RedisServer] = []

    def anew(*options: str) -> RedisServer:
        started.append(RedisServer(tmp_path_factory.mktemp("redis")))
        started[-1].start(*options)
        return started[-1]

    yield anew
    for server in started:
        server.stop()


@pytest.fixture(scope="session")
def redis_url(redis_anew: Callable[[], RedisServer]) -> str:
    """Where a Redis is that runs all the time."""
    return redis_anew().url
