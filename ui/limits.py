"""What trainings may cost the server. Each bound is an environment variable: docs/settings.md."""

from __future__ import annotations

import logging
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar, cast

_PREFIX = "GARGALO_TRAINING_"

Bounds = TypeVar("Bounds")


def read(
    table: type[Bounds],
    prefix: str,
    environment: Mapping[str, str],
    may_be_zero: Collection[str] = (),
) -> Bounds:
    """Read bounds; what is no whole number above zero is told to the log and left out.

    Parameters
    ----------
    table : a dataclass of whole numbers, each with its default.
    prefix : of the variables; the rest of a variable's name is its field's, in capitals.
    may_be_zero : fields that may.
    """
    bounds = {}
    for name in (f.name for f in fields(cast(Any, table))):
        text = environment.get(prefix + name.upper(), "")
        least = 0 if name in may_be_zero else 1
        if text.isdecimal() and int(text) >= least:
            bounds[name] = int(text)
        elif text:
            logging.getLogger(__name__).error(
                "%s%s is %r, expected a whole number from %d: the default stands",
                prefix,
                name.upper(),
                text,
                least,
            )
    return table(**bounds)


@dataclass(frozen=True)
class Limits:
    """Bounds of the trainings of one server; ``GARGALO_TRAINING_AT_ONCE`` sets ``at_once``, etc.

    Attributes
    ----------
    at_once : trainings that run at the same time; the others queue.
    seconds : of one training, from its start.
    memory_mb : own memory of one training, or of the process that makes a Keras file; MNIST takes
        up to 1,700 with TensorFlow.
    threads : that compute in one training.
    absence_seconds : after which a training ends whose visitor has gone.
    keep_seconds : how long a visitor who has gone finds their model again.
    spare_seconds : how long a child that has started TensorFlow waits for a visitor who has opened
        the page to press the button; 0 starts none ahead.
    visitors : whose trainings and models are kept at the same time.
    models_mb : of the memory of all of them together. Who has been gone for ``absence_seconds``
        makes room for others, whoever has been gone longest first.
    """

    at_once: int = 2
    seconds: int = 600
    memory_mb: int = 3000
    threads: int = 2
    absence_seconds: int = 600
    keep_seconds: int = 3600
    spare_seconds: int = 120
    visitors: int = 100
    models_mb: int = 400

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> Limits:
        """Read the bounds; what is no whole number above zero is told to the log and left out."""
        return read(cls, _PREFIX, environment, may_be_zero=("spare_seconds",))
