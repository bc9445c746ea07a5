"""A process that another one started ends with it: when its standard input does."""

from __future__ import annotations

import os
import threading

INTERRUPTED = 130


def hold() -> None:
    """End this process when its standard input ends; whoever started it is then gone.

    However that came about: the system closes a pipe's other end with whoever held it.
    """
    threading.Thread(target=_end_with_standard_input, daemon=True).start()


def _end_with_standard_input() -> None:
    # Not by way of sys.stdin, whose lock the interpreter wants when it ends.
    while os.read(0, 4096):
        pass
    os._exit(INTERRUPTED)
