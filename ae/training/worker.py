"""``python -m ae.training.worker``: a training that another program starts, tells and watches.

It starts Keras, says "ready", reads a job (``ae.jobs``), one line, from standard input, and trains
with events (``ae.events``) alone on standard output. It ends when standard input does: whoever
started it is then gone, however that came about.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

from ae import augmentation, events, mnist, training, weights
from ae.checked import WeightsError
from ae.jobs import MAX_LINE, Job
from ae.mnist import DataError, Mnist
from ae.training import leash
from ae.training.progress import Reporter

DONE, FAILED = 0, 2


def main() -> int:
    """Train what standard input says; gives the exit code: 0, or 2 with a sentence of why."""
    try:
        with events.alone_on_standard_output() as out, ThreadPoolExecutor(1) as beside:
            loading = beside.submit(_data_at_hand)  # while Keras starts
            training.start()
            data = loading.result()
            report = Reporter(out)
            report.ready()
            line = sys.stdin.buffer.readline(MAX_LINE + 1)
            if not line:
                return DONE
            leash.hold()
            with report.failures():
                carry_out(Job.from_line(line), report, data=data)
    except (ValueError, OSError, MemoryError, DataError, WeightsError) as fault:
        print(f"ae: {fault or type(fault).__name__}", file=sys.stderr)
        return FAILED
    return DONE


def carry_out(
    job: Job,
    report: Reporter,
    *,
    data: Mnist | None = None,
    path: str | None = None,
) -> None:
    """Do a job, and report how it goes.

    Parameters
    ----------
    data : MNIST, if it is loaded already.
    path : where it is loaded from; as ``ae.mnist.load`` finds it if None.

    Raises
    ------
    ValueError, OSError, MemoryError, Diverged, DataError, WeightsError
        It cannot be done.
    """
    start = None if job.start is None else weights.load_start(job.start, job.plan.family)
    if data is None:
        data = augmentation.mnist_or_samples(
            job.plan.digits if job.or_samples else None,
            path,
            on_download=report.download,
            on_drawing=report.drawing,
            say=lambda why: print(why, file=sys.stderr, flush=True),
        )
    report.data(data, job.plan.digits)
    training.start()
    from ae.training import produce

    model_path, errors = produce.carry_out(
        job.plan,
        data,
        job.out,
        start=start,
        on_epoch=report.epoch,
        on_step=report.step,
        on_kept=report.kept,
    )
    report.done(model_path, errors)


def _data_at_hand() -> Mnist | None:
    try:
        return mnist.load() if mnist.at_hand() else None
    except DataError:
        return None  # whoever wants it is told why


if __name__ == "__main__":
    sys.exit(main())
