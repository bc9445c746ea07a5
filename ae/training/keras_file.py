"""``python -m ae.training.keras_file OURS THEIRS``: a model of one's own as a Keras file.

For programs that start it and wait: it ends with its standard input (``ae.training.leash``). People
have ``python -m ae export``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ae import atomic, plans, training, weights
from ae.checked import WeightsError
from ae.families import FAMILIES
from ae.model import Autoencoder
from ae.training import leash

DONE, FAILED = 0, 2


def write(model: Autoencoder, target: Path) -> None:
    """Write the Keras autoencoder that a model's weights came from.

    Raises
    ------
    ValueError
        Keras is not installed, or the model is not from a file.
    OSError
        There is no room for it.
    """
    training.start()
    from ae.training import nets

    family = FAMILIES.get(model.name) or plans.family_of(model.metadata)
    with atomic.draft(target) as draft:
        nets.as_keras(model, family).save(draft)


def main() -> int:
    """Do it; gives the exit code: 0, or 2 with a sentence of why."""
    leash.hold()
    ours, theirs = sys.argv[1:]
    try:
        write(weights.load_own(ours), Path(theirs))
    except (ValueError, OSError, MemoryError, WeightsError) as fault:
        print(f"ae: {fault or type(fault).__name__}", file=sys.stderr)
        return FAILED
    return DONE


if __name__ == "__main__":
    sys.exit(main())
