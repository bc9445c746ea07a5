"""Trainings in processes of this machine and on a Dask cluster: the same nets, whoever is lost."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psutil
import pytest

from ae import sweeps
from ae.mnist import Mnist
from ae.sweeps import Outcome, Training
from ae.training import child, sweep
from ae.training.progress import Epoch
from tests.ae.sweeping import few
from tests.conftest import free_port

ROOT = Path(__file__).parents[3]
MODULE = "ae.training.child"
DATA = few()
EPOCHS = 30  # so many that a worker is lost while it trains


def trainings(seeds: int, epochs: int = EPOCHS, **varied: Sequence[object]) -> list[Training]:
    return sweeps.trainings("shallow", DATA, seeds=seeds, epochs=epochs, varied=varied)


WANTED = trainings(2)
# One step of this is too far: after an epoch nothing is a number.
FAR = {"optimizer": ["sgd"], "learning_rate": [100.0], "schedule": ["constant"]}
(WILD,) = sweeps.trainings("linear", DATA, seeds=1, epochs=2, varied={**FAR, "batch_size": [16]})


def carry_out(
    wanted: Sequence[Training],
    crew: sweep.Crew,
    folder: Path,
    on_epoch: Callable[[Training, Epoch], None] = lambda _training, _epoch: None,
) -> dict[str, sweeps.Result]:
    results = {}
    for training, news in sweep.carry_out(wanted, crew):
        if isinstance(news, Epoch):
            on_epoch(training, news)
        else:
            results[training.name] = sweeps.keep(news, training, folder)
    return results


# In processes of this machine


@contextmanager
def one_core() -> Iterator[None]:
    """Of several threads, each sum has its terms in another order at each time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweep, "cores", lambda: 1)
        yield


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> dict[str, sweeps.Result]:
    """What a process of this machine makes of it."""
    seen: dict[str, list[int]] = {}
    with one_core(), sweep.processes(DATA, 1) as crew:
        results = carry_out(
            [*WANTED, WILD],
            crew,
            tmp_path_factory.mktemp("local"),
            lambda training, epoch: seen.setdefault(training.name, []).append(epoch.number),
        )
    for training in WANTED:
        assert seen[training.name][:20] == list(range(1, 21))
    return results


def test_processes_train_what_is_asked_for(local: dict[str, sweeps.Result]) -> None:
    assert local.keys() == {training.name for training in [*WANTED, WILD]}
    bces = {local[training.name].errors.bce for training in WANTED}
    assert len(bces) == len(WANTED), "settings and seeds make a difference"
    # What the mean digit would cost: something was learnt.
    assert all(0 < bce < 0.75 for bce in bces)


def test_what_diverges_is_an_outcome(local: dict[str, sweeps.Result]) -> None:
    wild = local[WILD.name]
    assert (wild.errors, wild.sha256) == (None, "")
    assert 0 <= wild.diverged < 1


def test_a_process_that_is_ended_from_outside_is_said() -> None:
    with (
        pytest.raises(ValueError, match="ended from outside"),
        sweep.processes(DATA, 1) as crew,
    ):
        for _ in sweep.carry_out(kill_the_child(), crew):
            pass


def kill_the_child() -> Iterator[Training]:
    yield WANTED[0]
    children_of(os.getpid())[-1].kill()


def children_of(pid: int) -> list[psutil.Process]:
    """The processes that train for another one, once there are any."""
    deadline = time.monotonic() + 60
    while not (found := [c for c in psutil.Process(pid).children() if MODULE in c.cmdline()]):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def test_processes_end_with_whoever_started_them(tmp_path: Path) -> None:
    script = tmp_path / "starts.py"
    script.write_text(
        "from tests.ae.training.test_sweep import DATA, WANTED, sweep\n"
        "with sweep.processes(DATA, 1) as crew:\n"
        "    list(sweep.carry_out(WANTED, crew))\n"
    )
    with subprocess.Popen(
        [sys.executable, script], env=os.environ | {"PYTHONPATH": str(ROOT)}
    ) as parent:
        children = children_of(parent.pid)
        parent.kill()
    _, alive = psutil.wait_procs(children, timeout=60)
    assert alive == []


@pytest.mark.parametrize(("jobs", "threads"), [(1, 6), (4, 1), (2, 3), (9, 1)])
def test_processes_share_the_cores(
    jobs: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    class Idle:
        def __init__(self, _data: Mnist, threads: int) -> None:
            asked.append(threads)

        def train(self, *_: object) -> Outcome:
            return Outcome(seconds=0, diverged=0)

        def end(self) -> None:
            """Nothing was started."""

    monkeypatch.setattr(sweep, "cores", lambda: 6)
    monkeypatch.setattr(sweep, "Child", Idle)
    with sweep.processes(DATA, jobs) as crew:
        assert len(list(sweep.carry_out(WANTED, crew))) == len(WANTED)
    assert set(asked) == {threads}


def test_a_child_has_its_threads_and_what_it_was_given_goes_with_it() -> None:
    started = child.Child(child.packed(DATA), 3)
    (process,) = children_of(os.getpid())
    given, folder = process.environ(), Path(started._folder.name)
    assert {given[name] for name in child.THREADS} == {"3"} and folder.is_dir()
    started.end()
    assert not process.is_running() and not folder.exists()


# On a cluster


@contextmanager
def started(*words: str, until: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start a part of Dask as a process, and wait until its log has a word."""
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *words],
            cwd=ROOT,
            stderr=file,
            env=os.environ | dict.fromkeys(child.THREADS, "1"),
        )
    try:
        deadline = time.monotonic() + 60
        while until not in log.read_text():
            assert process.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def cluster(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler's address, and two workers; no nanny brings one back that is lost."""
    folder, port = tmp_path_factory.mktemp("dask"), free_port()
    address = f"tcp://127.0.0.1:{port}"
    here = ["--host", "127.0.0.1", "--no-dashboard"]

    def worker(name: str) -> AbstractContextManager[subprocess.Popen[bytes]]:
        return started(
            *("worker", address, *here, "--no-nanny", "--nthreads", "1", "--name", name),
            *("--local-directory", str(folder)),
            until="Starting established connection",
            log=folder / f"{name}.log",
        )

    with (
        started(
            *("scheduler", *here, "--port", str(port)),
            until="Scheduler at",
            log=folder / "scheduler.log",
        ),
        worker("first") as first,
        worker("second") as second,
    ):
        yield address, [first, second]


def test_a_lost_worker_s_training_starts_again(
    cluster: tuple[str, list[subprocess.Popen[bytes]]],
    local: dict[str, sweeps.Result],
    tmp_path: Path,
) -> None:
    address, (_, second) = cluster
    first_epochs: list[str] = []

    def lose_one(training: Training, epoch: Epoch) -> None:
        if epoch.number == 1:
            first_epochs.append(training.name)
            if len(set(first_epochs)) == 2 and second.poll() is None:  # both of them train
                second.kill()

    with sweep.cluster(DATA, address, on_wait=pytest.fail) as crew:
        results = carry_out(WANTED, crew, tmp_path, lose_one)
    assert second.wait() == -9
    assert len(first_epochs) == len(WANTED) + 1, "one was started again"
    assert results.keys() == {training.name for training in WANTED}
    for name, result in results.items():
        assert result.errors.bce == pytest.approx(local[name].errors.bce, rel=1e-3)
        assert result.errors.mse == pytest.approx(local[name].errors.mse, rel=1e-3)


def test_a_training_that_nobody_waits_for_stops(
    cluster: tuple[str, list[subprocess.Popen[bytes]]],
) -> None:
    address, (first, _) = cluster
    (endless,) = trainings(1, 1_000_000)
    with sweep.cluster(DATA, address, on_wait=pytest.fail) as crew:
        next(sweep.carry_out([endless], crew))
        (process,) = children_of(first.pid)
    process.wait(60)
