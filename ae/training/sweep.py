"""Many trainings at once: in processes of this machine, or on a cluster through Dask.

Wherever a training runs, it gets the digits from here, and its weights come back as bytes with
their SHA-256: no file system is shared.
"""

from __future__ import annotations

import logging
import os
import pkgutil
import queue
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import Any, NamedTuple, Protocol

import ae
from ae.mnist import Mnist
from ae.sweeps import Outcome, Training
from ae.training.child import Child, packed
from ae.training.progress import Epoch

MANY = 4
"""So many at once, where there are cores for them and nobody says how many: 1.7 GB each."""

_LOOK_SECONDS = 0.2
"""How often what the trainings tell is looked for."""


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
        for future in futures:  # several at once in the order in which they were asked for
            if future in done:
                yield futures[future], future.result()


def cores() -> int:
    """How many of them this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


# In processes of this machine


@contextmanager
def processes(data: Mnist, jobs: int) -> Iterator[Crew]:
    """Train in so many processes, which share the cores."""
    told: queue.SimpleQueue[tuple[str, dict[str, Any]]] = queue.SimpleQueue()
    threads = max(cores() // jobs, 1)
    children: dict[int, Child] = {}  # of each thread of the pool its own
    digits, over = packed(data), threading.Event()

    def begin() -> None:
        child = children[threading.get_ident()] = Child(digits, threads)
        if over.is_set():
            child.end()

    def train(training: Training) -> Outcome:
        child = children[threading.get_ident()]

        def tell(epoch: Epoch) -> None:
            told.put((training.name, asdict(epoch)))

        return child.train(training, tell, lambda: None)

    pool = ThreadPoolExecutor(jobs, initializer=begin)
    try:
        yield Crew(lambda training: pool.submit(train, training), told)
    finally:
        # All is done, or nobody wants the rest.
        over.set()
        pool.shutdown(wait=False, cancel_futures=True)
        for child in list(children.values()):
            child.end()
        pool.shutdown()


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
        digits = client.submit(_itself, packed(data), pure=False)
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


def _train_there(training: Training, data: Mnist, topic: str) -> Outcome:
    import distributed

    worker = distributed.get_worker()
    key = worker.get_current_task()

    def tell(epoch: Epoch) -> None:
        worker.log_event(topic, {"name": training.name, "epoch": asdict(epoch)})

    def check() -> None:
        # Dask forgets a task that is cancelled, or whose client is gone, and lets its thread run.
        task = worker.state.tasks.get(key)
        if task is None or task.state == "cancelled":
            raise CancelledError

    child = Child(data)
    try:
        return child.train(training, tell, check)
    finally:
        child.end()
