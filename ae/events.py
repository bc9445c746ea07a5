"""What a training says while it runs: one line of JSON for each event, for programs that read it.

``python -m ae train … --events -`` and ``python -m ae.training.worker`` write these lines to
standard output. Each is an object whose
``"event"`` names one of `EVENTS`, with that event's fields and no others.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import sys
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import IO, Any, final

_NUMBER = (int, float)

# fmt: off
EVENTS: Mapping[str, Mapping[str, type | tuple[type, ...]]] = MappingProxyType({
    # Keras has been imported.
    "ready": {},
    # MNIST is being downloaded, or digits are being drawn from the samples: the share, 0 to 1.
    "download": {"share": _NUMBER},
    "drawing": {"share": _NUMBER},
    # What it learns from, and how many digits are held out.
    "data": {"name": str, "digits": int, "held_out": int},
    # Within an epoch: epochs passed (1.5 is the middle of the second), of how many; the average
    # loss of this epoch so far (null before the first step), digits learnt from, seconds of fit.
    "step": {"passed": _NUMBER, "of": int, "loss": (*_NUMBER, type(None)), "digits": int,
             "seconds": _NUMBER},
    # mine.safetensors was replaced; figures over the first thousand digits held out. Dead units of
    # the code, and of each layer (`ae.evaluation.dead_units`); where the codes lie
    # (`ae.moving_map.pack`), and the share of them that lie next to such a digit.
    "kept": {"passed": _NUMBER, "mse": _NUMBER, "dead": int, "layers": list, "places": str,
             "alike": _NUMBER},
    # An epoch is over: nats per pixel (or squared error), the penalty included.
    "epoch": {"number": int, "of": int, "loss": _NUMBER, "validation_loss": _NUMBER,
              "seconds": _NUMBER},
    # The loss is no longer a number; the last finite weights are from after so many epochs.
    "diverged": {"passed": _NUMBER},
    # The end. The file is written; figures over all digits held out.
    "done": {"file": str, "bce": _NUMBER, "mse": _NUMBER, "psnr": _NUMBER, "zeros": _NUMBER,
             "dead": int},
    # The end. Why: "data" (MNIST cannot be had), "memory" or "other", and the sentence that is on
    # standard error too.
    "failed": {"reason": str, "message": str},
})
# fmt: on


@final
class Course:
    """The order in which the events of one training come; whoever reads them keeps no more.

    Epochs are numbered, and neither steps nor kept weights go back: so there are as many epochs as
    were asked for, and a moment has one place in a chart.

    Parameters
    ----------
    epochs : that were asked for.
    """

    def __init__(self, epochs: int) -> None:
        self._of = epochs
        self._epoch = 0
        self._passed = {"step": -1.0, "kept": -1.0}

    def check(self, event: str, fields: Mapping[str, Any]) -> None:
        """Take note of an event that was read.

        Raises
        ------
        ValueError
            It cannot come now.
        """
        if event == "epoch":
            self._epoch += 1
            if fields["number"] != self._epoch or self._epoch > self._of:
                raise ValueError(f"epoch: {fields['number']} cannot come now")
        elif event in self._passed:
            passed, before = fields["passed"], self._passed[event]
            # The last step of an epoch may be told twice; its weights are not kept twice.
            if (
                not 0 <= passed <= self._of
                or passed < before
                or (event, passed) == ("kept", before)
            ):
                raise ValueError(f"{event}: {passed:g} epochs cannot come now")
            self._passed[event] = passed


def write(out: IO[str], event: str, /, **fields: Any) -> None:
    """Write one line, at once.

    Raises
    ------
    ValueError
        There is no such event, or a field is missing, unknown, of another type or not finite.
    """
    _check(event, fields)
    out.write(json.dumps({"event": event, **fields}, allow_nan=False) + "\n")
    out.flush()


def read(line: bytes) -> tuple[str, dict[str, Any]]:
    """Read one line: the event's name and its fields.

    Raises
    ------
    ValueError
        It is not a line that ``write`` writes.
    """

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is no number of JSON")

    try:
        fields = json.loads(line, parse_constant=refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(fields, dict):
        raise ValueError("not an object")
    event = fields.pop("event", None)
    _check(event, fields)
    return event, fields


@contextlib.contextmanager
def alone_on_standard_output() -> Iterator[IO[str]]:
    """Give standard output to the events; what anything else prints goes to standard error."""
    given, own = sys.stdout, sys.__stdout__
    if own is None or given is not own:  # a caller has put a stream of its own there
        with contextlib.redirect_stdout(sys.stderr):
            yield given
        return
    given.flush()
    kept = os.dup(1)
    try:
        with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
            os.dup2(2, 1)
            yield out
    finally:
        given.flush()
        os.dup2(kept, 1)
        os.close(kept)


def _check(event: Any, fields: Mapping[str, Any]) -> None:
    if not isinstance(event, str) or event not in EVENTS:
        raise ValueError("no event of ours")
    wanted = EVENTS[event]
    if fields.keys() != wanted.keys():
        raise ValueError(f"{event}: got {sorted(fields)}, expected {sorted(wanted)}")
    for name, kind in wanted.items():
        if not isinstance(fields[name], kind) or isinstance(fields[name], bool):
            raise ValueError(f"{event}: {name} is of another type")
        if isinstance(fields[name], list) and any(type(count) is not int for count in fields[name]):
            raise ValueError(f"{event}: {name} holds something else than whole numbers")
        if isinstance(fields[name], float) and not math.isfinite(fields[name]):
            raise ValueError(f"{event}: {name} is not finite")  # JSON's 1e999 is read as infinity
