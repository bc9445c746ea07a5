"""What a training tells while it runs: records for whoever called it, events for programs."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, final

from ae import events, moving_map
from ae.arrays import Float32
from ae.checked import WeightsError
from ae.latent import Digits
from ae.metadata import Errors
from ae.mnist import DataError, Mnist

if TYPE_CHECKING:
    from ae.training.nets import Nets

STEP_SECONDS = 0.05
"""How often a training says within an epoch where it is; to look takes 0.5 to 3 ms."""


@final
@dataclass(frozen=True)
class Epoch:
    """What one pass over the training digits brought: nats per pixel, the penalty included."""

    number: int
    of: int
    loss: float
    validation_loss: float | None
    seconds: float


@final
@dataclass(frozen=True)
class Step:
    """Where a training is within an epoch.

    Attributes
    ----------
    passed : epochs so far, with the share of the present one: 1.5 is the middle of the second.
    of : epochs in all.
    loss : average over the epoch so far, in nats per pixel (or squared error), penalty included.
    digits : how many have been learnt from since the start; one counts in each epoch.
    seconds : since the start.
    """

    passed: float
    of: int
    loss: float
    digits: int
    seconds: float


@final
@dataclass(frozen=True)
class Kept:
    """Weights of a plan that were written to its file while it is trained.

    Attributes
    ----------
    passed : after how many epochs; a fraction within one.
    errors : over the first of the digits held out.
    dead_units : of each layer, over the same (``ae.evaluation.dead_units``).
    places, digits : where their codes lie (``ae.moving_map.places``), (n, 2), and what they are.
    """

    path: Path
    passed: float
    errors: Errors
    dead_units: tuple[int, ...]
    places: Float32
    digits: Digits


class Diverged(ArithmeticError):  # noqa: N818 (reads as what it says, like EmptyDrawing)
    """The loss is no longer a number.

    Attributes
    ----------
    nets : with the last weights that were finite.
    passed : after how many epochs that was, a fraction within one.
    """

    def __init__(self, nets: Nets, passed: float) -> None:
        super().__init__("the loss is no longer a number: the learning rate is too high")
        self.nets = nets
        self.passed = passed


@final
class Reporter:
    """Writes events (``ae.events``): each method takes what a training tells.

    Parameters
    ----------
    out : gets a line of JSON for each event.
    """

    def __init__(self, out: IO[str]) -> None:
        self._out = out
        self._kept = -1.0

    def ready(self) -> None:
        """Keras has been imported."""
        self._tell("ready")

    def download(self, share: float) -> None:
        """MNIST is being downloaded: the share, 0 to 1."""
        self._tell("download", share=share)

    def drawing(self, share: float) -> None:
        """Digits are being drawn from the samples: the share, 0 to 1."""
        self._tell("drawing", share=share)

    def data(self, data: Mnist, most: int) -> None:
        """What it learns from: ``most`` of the training digits, if there are so many."""
        digits = min(most, len(data.x_train))
        self._tell("data", name=data.name, digits=digits, held_out=len(data.x_test))

    def step(self, step: Step) -> None:
        """Within an epoch."""
        loss = step.loss if math.isfinite(step.loss) else None
        self._tell("step", **{**asdict(step), "loss": loss})

    def kept(self, kept: Kept) -> None:
        """The file was replaced; nothing where it holds what it held.

        An epoch's last step and its end are the same moment.
        """
        if kept.passed == self._kept:
            return
        self._kept = kept.passed
        self._tell(
            "kept",
            passed=kept.passed,
            mse=kept.errors.mse,
            dead=kept.errors.dead,
            layers=list(kept.dead_units),
            places=moving_map.pack(kept.places, kept.digits),
            alike=moving_map.alike(kept.places, kept.digits),
        )

    def epoch(self, epoch: Epoch) -> None:
        """An epoch is over."""
        self._tell("epoch", **asdict(epoch))

    def done(self, path: Path, errors: Errors) -> None:
        """The end: the file is written."""
        self._tell("done", file=str(path), **errors.as_dict())

    @contextlib.contextmanager
    def failures(self) -> Iterator[None]:
        """Tell of what ends the training within this block; the fault goes on.

        Raises
        ------
        ValueError
            In the place of ``Diverged``; other faults as they come.
        """
        try:
            yield
        except Diverged as fault:
            self._tell("diverged", passed=fault.passed)
            raise ValueError(str(fault)) from None
        except DataError as fault:
            self._tell("failed", reason="data", message=str(fault))
            raise
        except MemoryError:
            self._tell("failed", reason="memory", message="there is not enough memory for this")
            raise
        except (ValueError, OSError, WeightsError) as fault:
            self._tell("failed", reason="other", message=str(fault))
            raise

    def _tell(self, event: str, **fields: Any) -> None:
        events.write(self._out, event, **fields)
