"""Many trainings at once: in processes of this machine, or on a cluster through Dask.

Wherever a training runs, it gets the digits from here, and its weights come back as bytes with
their SHA-256: no file system is shared.
"""

from __future__ import annotations

import hashlib
import logging
import multiprocessing
import os
import pkgutil
import queue
import signal
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np

import ae
from ae import training as room
from ae.mnist import Mnist
from ae.sweeps import Outcome, Training
from ae.training.leash import INTERRUPTED
from ae.training.progress import Diverged, Epoch, Step

_LOOK_SECONDS = 0.2
"""How often what the trainings tell is looked for."""

# TensorFlow's two pools, and the BLAS of whichever NumPy is there.
_THREADS = (
    *("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"),
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"),
)


class Told(Protocol):
    """Where trainings tell of their epochs: the name of a training, and an epoch's fields."""

    def get_nowait(self) -> tuple[str, dict[str, Any]]:
        """Take the oldest; raises ``queue.Empty``."""


class Crew(NamedTuple):
    """Whoever trains: processes, or a cluster's workers."""

    submit: Callable[[Training], Future[Outcome]]
    told: Told


def carry_out(
    trainings: Iterable[Training], crew: Crew
) -> Iterator[tuple[Training, Epoch | Outcome]]:
    """Train them all; tell of each epoch, and of each end, in the order in which they come.

    A training that was started again, because its worker was lost, tells of its epochs again.

    Raises
    ------
    ValueError
        A training could not be carried out, or whoever trains is gone.
    """
    futures = {crew.submit(training): training for training in trainings}
    names = {training.name: training for training in futures.values()}
    pending = set(futures)
    while pending:
        done, pending = wait(pending, timeout=_LOOK_SECONDS, return_when=FIRST_COMPLETED)
        with suppress(queue.Empty):
            while True:
                name, epoch = crew.told.get_nowait()
                yield names[name], Epoch(**epoch)
        for future in done:
            yield futures[future], future.result()


def cores() -> int:
    """How many of them this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


# In processes of this machine


@contextmanager
def processes(data: Mnist, jobs: int) -> Iterator[Crew]:
    """Train in so many processes, which share the cores; they end with this one, however it ends.

    Raises
    ------
    ValueError
        One of them was ended from outside.
    """
    spawn = multiprocessing.get_context("spawn")  # a fork would have this one's threads' locks
    told = spawn.Queue()
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(jobs, spawn, _begin, (_packed(data), told))
    threads = max(cores() // jobs, 1)

    def submit(training: Training) -> Future[Outcome]:
        with _as_children_shall_have_it(threads):  # it is here that they are started
            return pool.submit(_train_here, training)

    try:
        yield Crew(submit, told)
    except BrokenProcessPool:
        raise ValueError(
            "a process that trained was ended from outside, as where there is too little memory: "
            "give fewer --jobs; what is done is kept"
        ) from None
    finally:
        # All is done, or nobody wants the rest.
        for child in set(multiprocessing.active_children()) - before:
            child.kill()
        pool.shutdown(cancel_futures=True)
        told.close()


@contextmanager
def _as_children_shall_have_it(threads: int) -> Iterator[None]:
    """Lend this process the environment, and the deafness to Ctrl-C, that its children inherit.

    Ctrl-C on a terminal reaches all of them, and is for this one to answer.
    """
    kept = {name: os.environ.get(name) for name in _THREADS}
    main = threading.current_thread() is threading.main_thread()
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN) if main else None
    os.environ.update(dict.fromkeys(_THREADS, str(threads)))
    try:
        yield
    finally:
        for name, value in kept.items():
            del os.environ[name]
            if value is not None:
                os.environ[name] = value
        if main:
            signal.signal(signal.SIGINT, handler)


class _Here:
    """What a process that trains was given when it began."""

    data: Mnist
    told: multiprocessing.Queue[tuple[str, dict[str, Any]]]


def _begin(data: Mnist, told: multiprocessing.Queue[tuple[str, dict[str, Any]]]) -> None:
    _Here.data, _Here.told = _unpacked(data), told
    threading.Thread(target=_end_with_the_parent, daemon=True).start()


def _end_with_the_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(INTERRUPTED)


def _train_here(training: Training) -> Outcome:
    return _train(
        training, _Here.data, lambda epoch: _Here.told.put((training.name, asdict(epoch)))
    )


# On a cluster


@contextmanager
def cluster(data: Mnist, address: str, *, on_wait: Callable[[], None]) -> Iterator[Crew]:
    """Train on the workers of a Dask scheduler; a lost worker's training starts again elsewhere.

    The digits are sent to each worker once. A training that nobody waits for any more stops.

    Parameters
    ----------
    address : of the scheduler, say ``tcp://10.0.0.1:8786``.
    on_wait : called where the scheduler has no worker yet.

    Raises
    ------
    ValueError
        Dask is not installed here, or ``ae`` with Keras not there; a training has ended its worker
        too often; the scheduler is gone.
    OSError
        The scheduler does not answer.
    """
    try:
        import dask
        import distributed
    except ModuleNotFoundError as fault:
        raise ValueError(f"{fault.name} is not installed: pip install '.[cluster]'") from fault
    try:
        distributed.comm.resolve_address(address)
    except (ValueError, OSError) as fault:
        raise ValueError(f"{address} is no address of a scheduler: {fault}") from None
    told: queue.SimpleQueue[tuple[str, dict[str, Any]]] = queue.SimpleQueue()
    topic = f"ae-sweep-{uuid.uuid4().hex}"

    def hear(event: tuple[float, Mapping[str, Any]]) -> None:
        _, message = event
        told.put((message["name"], message["epoch"]))

    # It warns of what is large; these are 55 MB, and sent once.
    large = dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"})
    with _without_its_log(), large, distributed.Client(address, set_as_default=False) as client:
        client.subscribe_topic(topic, hear)
        _check_workers(address, client, on_wait)
        # A task, and nothing scattered: if all who have it are lost, it is made again.
        digits = client.submit(_itself, _packed(data), pure=False)
        executor = client.get_executor(pure=False)
        try:
            yield Crew(
                lambda training: executor.submit(_train_there, training, digits, topic), told
            )
        except distributed.KilledWorker:
            raise ValueError(
                "a training has ended its worker too often, as where there is too little memory; "
                "what is done is kept"
            ) from None
        except CancelledError:
            raise ValueError(f"{address}: the scheduler is gone; what is done is kept") from None
        except (ImportError, RuntimeError) as fault:
            # What it cannot unpack, the scheduler or a worker says in words of its own.
            cause = fault if isinstance(fault, ImportError) else fault.__cause__
            if not isinstance(cause, ImportError):
                raise
            raise ValueError(f"{address}: the cluster cannot train: {cause}") from None
        finally:
            executor.shutdown(wait=False)


def _check_workers(address: str, client: Any, on_wait: Callable[[], None]) -> None:
    """See what is there: a worker that cannot read a task for want of ``ae`` ends without a word.

    By a function that every Python has.
    """
    try:
        versions = client.run(pkgutil.resolve_name, "ae:__version__")
    except ImportError as fault:
        raise ValueError(f"{address}: a worker cannot train: {fault}") from None
    if not versions:
        on_wait()
    for worker, version in versions.items():
        if version != ae.__version__:
            raise ValueError(f"{worker} has ae {version}, and this is {ae.__version__}")


@contextmanager
def _without_its_log() -> Iterator[None]:
    """Keep Dask's own words off the terminal: what ends a sweep is said in one sentence of ours."""
    logging.disable()  # each of its loggers has a level and a handler of its own
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def _itself(data: Mnist) -> Mnist:
    return data


_ALONE = threading.Lock()
"""Keras's seed is of the whole process, and a worker may have several threads."""


def _train_there(training: Training, data: Mnist, topic: str) -> Outcome:
    import distributed

    worker = distributed.get_worker()
    key = worker.get_current_task()

    def tell(epoch: Epoch) -> None:
        worker.log_event(topic, {"name": training.name, "epoch": asdict(epoch)})

    def check(_step: Step | None = None) -> None:
        # Dask forgets a task that is cancelled, or whose client is gone, and lets its thread run.
        task = worker.state.tasks.get(key)
        if task is None or task.state == "cancelled":
            raise CancelledError

    with _ALONE:
        check()
        return _train(training, _unpacked(data), tell, check)


# Wherever it is


def _train(
    training: Training,
    data: Mnist,
    on_epoch: Callable[[Epoch], None],
    on_step: Callable[[Step], None] | None = None,
) -> Outcome:
    room.start(quietly=True)
    from ae.training.produce import produce

    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        try:
            path, _ = produce(
                training.family,
                data,
                recipe=training.recipe_name,
                settings=training.recipe,
                seed=training.seed,
                out=Path(folder),
                on_epoch=on_epoch,
                on_step=on_step,
            )
        except Diverged as fault:
            return Outcome(seconds=time.perf_counter() - started, diverged=fault.passed)
        raw = path.read_bytes()
    return Outcome(
        seconds=time.perf_counter() - started,
        weights=raw,
        sha256=hashlib.sha256(raw).hexdigest(),
    )


def _packed(data: Mnist) -> Mnist:
    """Bring pixels back to the bytes that MNIST's file has: a quarter of the size, and exact."""
    return _with_pixels(data, lambda x: np.rint(x * 255).astype(np.uint8))


def _unpacked(data: Mnist) -> Mnist:
    return _with_pixels(data, lambda x: x / np.float32(255))


def _with_pixels(data: Mnist, change: Callable[[Any], Any]) -> Mnist:
    return replace(data, x_train=change(data.x_train), x_test=change(data.x_test))
