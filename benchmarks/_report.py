"""Say what was measured: one table, the same on a terminal and in README.md."""

from __future__ import annotations

import argparse
import math
import os
import platform
import shlex
import statistics
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from _server import MeasurementError


@dataclass(frozen=True)
class Row:
    """One quantity, of this app and of the Keras page.

    Attributes
    ----------
    ours : NaN where there is no such quantity.
    target : the most that this app may have, or None where nothing was promised.
    more : the larger the better; the target is then the least.
    unit : empty for a mere count, which has no ratio.
    keras : None where the Keras page was not measured or has no such quantity.
    """

    what: str
    ours: float
    keras: float | None = None
    unit: str = "ms"
    target: float | None = None
    digits: int = 0
    more: bool = False

    @property
    def met(self) -> bool:
        """Is the target met? True where there is none."""
        if self.target is None or math.isnan(self.ours):
            return True
        return self.ours >= self.target if self.more else self.ours <= self.target

    def cells(self) -> tuple[str, ...]:
        """Write the row of the table."""
        ratio = f"{self.keras / self.ours:.1f}×" if self.unit and self.keras else ""
        verdict = "" if self.target is None else "yes" if self.met else "**no**"
        keras = "" if self.keras is None else self.write(self.keras)
        return self.what, self.write(self.ours), self.promise(), verdict, keras, ratio

    def promise(self) -> str:
        """Write the target."""
        if self.target is None:
            return ""
        sign = "≥ " if self.more else "≤ " if self.target > 0 else ""
        return sign + self.write(self.target)

    def write(self, value: float) -> str:
        """Write a value of this quantity."""
        if math.isnan(value):
            return "–"
        return f"{value:,.{self.digits}f} {self.unit}".strip()


def median(values: Sequence[float]) -> float:
    """The middle of the values."""
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    """The value that 95 % of the values do not exceed, interpolated."""
    if len(values) < 2:
        return values[0]
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def parser(description: str | None, *, keras: bool = True) -> argparse.ArgumentParser:
    """Begin a script's command line with what all scripts have."""
    options = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    if keras:
        options.add_argument(
            "--keras",
            action=argparse.BooleanOptionalAction,
            default=True,
            help="measure the Keras page as well (default: yes)",
        )
    options.add_argument(
        "--markdown",
        action="store_true",
        help="print the section for benchmarks/README.md: the command, the machine, the table",
    )
    return options


def count(text: str) -> int:
    """Read a count from the command line: a whole number from 1 to 10,000."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if not 1 <= value <= 10_000:
        raise argparse.ArgumentTypeError(f"got {text!r}, expected a whole number from 1 to 10,000")
    return value


def publish(rows: Iterable[Row], notes: Iterable[str], *, markdown: bool) -> None:
    """Print the table, what is to be said beside it, and whether the targets are met."""
    rows = list(rows)
    header = ("", "Gargalo", "target", "met", "Keras in the page", "ratio")
    missed = [row.what for row in rows if not row.met]
    _publish(header, [row.cells() for row in rows], notes, missed, markdown)


def publish_grid(
    title: str, grid: Mapping[str, Sequence[Row]], notes: Iterable[str], *, markdown: bool
) -> None:
    """Print the same quantities under several conditions: condition -> rows, a line for each."""
    quantities = next(iter(grid.values()))
    lines = [
        (name, *(row.write(row.ours) if row.met else f"**{row.write(row.ours)}**" for row in rows))
        for name, rows in grid.items()
    ]
    columns = zip(*grid.values(), strict=True)
    promises = [dict.fromkeys(row.promise() for row in column) for column in columns]
    lines.append(("target", *map(" / ".join, promises)))
    missed = [f"{row.what} at {name}" for name, rows in grid.items() for row in rows if not row.met]
    _publish((title, *(row.what for row in quantities)), lines, notes, missed, markdown)


def _publish(
    header: tuple[str, ...],
    lines: Sequence[tuple[str, ...]],
    notes: Iterable[str],
    missed: Sequence[str],
    markdown: bool,
) -> None:
    if markdown:
        print(f"`{_command()}`\n")
    print(f"{_machine()}\n")
    print(_table(header, lines))
    print()
    for note in notes:
        print(f"- {note}")
    if not markdown:
        print(f"\nTargets missed: {'; '.join(missed)}." if missed else "\nAll targets are met.")


def run(main: Callable[[], None]) -> None:
    """Run a script: exit code 1 and one sentence when it could not measure."""
    try:
        main()
    except MeasurementError as fault:
        print(f"Could not measure: {fault}", file=sys.stderr)
        raise SystemExit(1) from None


def say(what: str) -> None:
    """Tell whoever waits what is going on; the results alone go to the standard output."""
    print(f"{what} …", file=sys.stderr, flush=True)


def _command() -> str:
    script = Path(sys.argv[0]).name
    options = [option for option in sys.argv[1:] if option != "--markdown"]
    return shlex.join(["python", f"benchmarks/{script}", *options])


def _machine() -> str:
    """Name what the figures depend on; the load tells whether something else was running."""
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, Streamlit {version('streamlit')}; "
        f"load average before the run {_LOAD:.1f}."
    )


def _table(header: tuple[str, ...], lines: Sequence[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(header, *lines, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    padded = [map(str.ljust, line, widths) for line in (header, rule, *lines)]
    return "\n".join(f"| {' | '.join(line)} |" for line in padded)


_LOAD = os.getloadavg()[0]
