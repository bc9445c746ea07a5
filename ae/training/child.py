"""A process that trains one net after the other for another one, and both ends of the pipe between.

Keras's seed is of the whole process, and whatever else runs in it draws from the same generator:
where a seed is to mean something, a training has a process of its own.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import queue
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, final

import numpy as np

import ae
from ae import training as room
from ae.mnist import Mnist
from ae.sweeps import Outcome, Training
from ae.training.leash import INTERRUPTED
from ae.training.progress import Diverged, Epoch, Step

# TensorFlow's two pools, and the BLAS of whichever NumPy is there.
THREADS = (
    *("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"),
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"),
)


@final
class Child:
    """The end of whoever started it. It ends with that process, however that ends.

    Parameters
    ----------
    data : what the nets learn from, as ``packed`` makes it.
    threads : for the child's arithmetic; as the environment says if None.
    """

    def __init__(self, data: Mnist, threads: int | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory()  # whatever is left there goes with it
        here = str(Path(ae.__file__).parents[1])
        path = os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH"))))
        counts = {} if threads is None else dict.fromkeys(THREADS, str(threads))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ae.training.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | counts | {"PYTHONPATH": path},
            start_new_session=True,  # Ctrl-C is for whoever started it
        )
        self._unsent: Mnist | None = data

    def train(
        self, training: Training, on_epoch: Callable[[Epoch], None], check: Callable[[], None]
    ) -> Outcome:
        """Have a net trained.

        Parameters
        ----------
        check : called several times a second while the net learns; what it raises goes on.

        Raises
        ------
        ValueError
            The process was ended from outside, or the net cannot be trained.
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        try:
            if self._unsent is not None:
                pickle.dump((self._unsent, Path(self._folder.name)), stdin)
                self._unsent = None
            pickle.dump(training, stdin)
            stdin.flush()
            while True:
                news = pickle.load(stdout)
                check()
                if isinstance(news, Epoch):
                    on_epoch(news)
                elif isinstance(news, Outcome):
                    return news
                elif isinstance(news, Exception):
                    raise news
        except (EOFError, BrokenPipeError, pickle.UnpicklingError):
            raise ValueError(
                "a process that trained was ended from outside, as where there is too little "
                "memory; what is done is kept"
            ) from None

    def end(self) -> None:
        """End it at once, whatever it does."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(BrokenPipeError):  # what was still to be sent is not wanted
                assert pipe is not None
                pipe.close()
        self._folder.cleanup()


def packed(data: Mnist) -> Mnist:
    """Bring pixels back to the bytes that MNIST's file has: a quarter of the size, and exact."""
    return _with_pixels(data, lambda x: np.rint(x * 255).astype(np.uint8))


def _unpacked(data: Mnist) -> Mnist:
    return _with_pixels(data, lambda x: x / np.float32(255))


def _with_pixels(data: Mnist, change: Callable[[Any], Any]) -> Mnist:
    return replace(data, x_train=change(data.x_train), x_test=change(data.x_test))


# The child's end


def _serve() -> None:
    """Train what comes; the digits, and a folder for what is in the making, come first."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no news
    wanted: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(wanted,), daemon=True).start()

    def say(news: object) -> None:
        pickle.dump(news, out)
        out.flush()

    data, folder = wanted.get()
    data = _unpacked(data)
    while True:
        training = wanted.get()
        try:
            say(_train(training, data, folder, say, lambda _step: say(None)))
        except (ValueError, OSError, MemoryError) as fault:
            say(fault)
        except Exception:  # as text: whoever asked may not have TensorFlow, whose kinds these are
            say(RuntimeError(traceback.format_exc()))


def _read(wanted: queue.SimpleQueue[Any]) -> None:
    # Not by way of sys.stdin, whose lock the interpreter wants when it ends.
    with os.fdopen(0, "rb", closefd=False) as pipe:
        while True:
            try:
                wanted.put(pickle.load(pipe))
            except (EOFError, pickle.UnpicklingError):  # between two, or within one
                os._exit(INTERRUPTED)


def _train(
    training: Training,
    data: Mnist,
    folder: Path,
    on_epoch: Callable[[Epoch], None],
    on_step: Callable[[Step], None],
) -> Outcome:
    room.start(quietly=True)
    from ae.training.produce import produce

    started = time.perf_counter()
    try:
        path, _ = produce(
            training.family,
            data,
            recipe=training.recipe_name,
            settings=training.recipe,
            seed=training.seed,
            out=folder,
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


if __name__ == "__main__":
    _serve()
