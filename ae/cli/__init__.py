"""The command line, ``python -m ae``."""

from __future__ import annotations

from collections.abc import Sequence

from ae.checked import WeightsError
from ae.cli import streams
from ae.cli.commands import COMMANDS
from ae.cli.parser import build_parser
from ae.mnist import DataError

DONE, BAD_INPUT, INTERRUPTED = 0, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv : what stands after ``python -m ae``; the process's own if None.

    Returns
    -------
    The exit code: 0, 2 for bad input or usage or no place for the output, 130 for Ctrl-C.
    """
    try:
        arguments = build_parser().parse_args(argv)
        COMMANDS[arguments.command](arguments)
    except BrokenPipeError:
        return DONE  # `| head` has read enough
    except KeyboardInterrupt as interrupt:
        return _complain(str(interrupt) or "interrupted", INTERRUPTED)
    except OSError as fault:
        named = f"{fault.filename}: {fault.strerror}" if fault.filename else str(fault)
        return _complain(named)
    except (ValueError, DataError, WeightsError) as fault:
        return _complain(str(fault))
    except MemoryError:
        return _complain("there is not enough memory for this")
    return DONE


def _complain(sentence: str, code: int = BAD_INPUT) -> int:
    streams.tell(f"ae: {' '.join(sentence.split())}")
    return code
