"""Training, the only room where Keras is imported: at the top of ``nets`` and ``fit``.

``import keras`` takes 5 to 10 s, for TensorFlow's sake. Importing this package does not do it, nor
does importing ``progress`` or ``worker``; ``start`` does it quietly, and ``produce`` needs it.
"""

import contextlib
import os
import sys
from collections.abc import Iterator

# TensorFlow's start-up notes (oneDNN, missing GPU) are noise on a terminal.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def start(*, quietly: bool = False) -> None:
    """Import Keras without TensorFlow's notes, which its C++ writes whatever the log level is.

    Parameters
    ----------
    quietly : without a word of ours either.

    Raises
    ------
    ValueError
        It is not installed.
    """
    if "keras" in sys.modules:
        return
    if not quietly:
        print("Starting TensorFlow …", file=sys.stderr, flush=True)
    try:
        with _silent_standard_error():
            import ae.training.produce  # noqa: F401
    except ModuleNotFoundError as fault:
        hint = "pip install -r requirements.txt, or '.[train]'"
        raise ValueError(f"{fault.name} is not installed: {hint}") from fault


@contextlib.contextmanager
def _silent_standard_error() -> Iterator[None]:
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
