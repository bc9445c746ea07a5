"""Tables of numbers as text: CSV and its kin, as NumPy, pandas, R and spreadsheets write them.

What separates the numbers is seen in the file. What the columns mean is not asked here.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ae.arrays import Float32
from ae.cli.containers import one_line

MAX_LINE = 100_000  # characters; a digit in full float64 digits needs 20,000
MAX_LINES = 1_000_000
MANY = 8
"""So many numbers that count up from 0 or 1 are no digit's or code's own: they count something."""

_SPACE = " "  # as a separator: any white space, however much
_QUOTED = re.compile(r'"[^"]*"')
_SEPARATOR_LINE = re.compile(r'"?sep=.?"?', re.IGNORECASE)  # Excel's, before the header


@dataclass(frozen=True)
class Table:
    """What a text says.

    Attributes
    ----------
    numbers : float32 array of shape (lines, columns), finite.
    names : of the columns, as the first line has them; empty where that line has numbers. There
        can be fewer than columns, or more: nobody has compared them.
    first : the first line of numbers, as it is written.
    decimal_commas : whether commas were read as decimal points.
    """

    numbers: Float32
    names: tuple[str, ...]
    first: tuple[str, ...]
    decimal_commas: bool


def read(raw: bytes) -> Table:
    """Read a text with the numbers of a digit or a code on each line.

    Empty lines, and lines that begin with ``#``, do not count.

    Raises
    ------
    ValueError
        It is no text, its lines are too long or too many, one of them has another number of columns
        than the first, or something in it is not a finite number.
    """
    rows = _Rows(raw)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="loadtxt: input contained no data")
            numbers: Float32 = np.loadtxt(
                rows, np.float32, comments=None, delimiter=",", ndmin=2, encoding=None
            )
    except _LineError:
        raise
    except ValueError as fault:
        raise ValueError(rows.what_is_wrong(fault)) from fault
    infinite = ~np.isfinite(numbers)
    if infinite.any():
        row, column = divmod(int(infinite.argmax()), numbers.shape[1])
        again = _Rows(raw)
        cell = next(itertools.islice(again, row, None)).split(",")[column]
        where = f"line {again.number}, column {column + 1}"
        raise ValueError(f"{where}: {one_line(cell.strip())!r} is not a finite number")
    return Table(numbers, rows.names, rows.first, rows.decimal_commas)


def are_consecutive(numbers: Sequence[float] | Float32) -> bool:
    """Tell whether these are 0, 1, 2, … or 1, 2, 3, …, as a program numbers columns and rows."""
    found = np.asarray(numbers, np.float64)
    return len(found) > 0 and any(np.array_equal(found - i, np.arange(len(found))) for i in (0, 1))


class _LineError(ValueError):
    """A line that ``np.loadtxt`` shall not see; the sentence is whole."""


class _Rows:
    """The lines of numbers, as ``np.loadtxt`` understands them: commas and decimal points.

    Attributes
    ----------
    number : of the last line that was read, from 1.
    names, first, decimal_commas : as in `Table`.
    """

    def __init__(self, raw: bytes) -> None:
        self.number = 0
        self.names: tuple[str, ...] = ()
        self.first: tuple[str, ...] = ()
        self.decimal_commas = False
        self._decimal_points = False
        self._raw = raw
        self._last = ""
        self._first_number = 0

    def __iter__(self) -> Iterator[str]:
        lines = self._lines()
        # A header may have spaces, commas and what not in its names: the line after it tells.
        opening = list(itertools.islice(lines, 2))
        separator = _separator(opening[-1][1]) if opening else ","
        for self.number, line in itertools.chain(opening, lines):
            if not self.names and not self.first:
                cells = tuple(_cells(line, separator))
                if _is_header(cells):
                    self.names = cells
                    continue
            self._last = self._plain(line, separator)
            if not self.first:
                self.first = tuple(self._last.split(","))
                self._first_number = self.number
            yield self._last

    def what_is_wrong(self, fault: ValueError) -> str:
        """Say what ``np.loadtxt`` stumbled over, with the numbers of lines that an editor shows."""
        cells = self._last.split(",")
        for column, cell in enumerate(cells, start=1):
            if not _is_number(cell):
                found = f"{one_line(cell.strip())!r} is not" if cell else "nothing there, expected"
                return f"line {self.number}, column {column}: {found} a number"
        if len(cells) != len(self.first):
            here = f"line {self.number} has {len(cells)} numbers"
            there = f"line {self._first_number} has {len(self.first)}"
            return f"{here}, {there}: all must have as many"
        return f"line {self.number}: {one_line(fault)}"

    def _lines(self) -> Iterator[tuple[int, str]]:
        """Give the lines that are not empty and no comment, with their numbers."""
        utf16 = self._raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        encoding = "utf-16" if utf16 else "utf-8-sig"
        # Numbers are ASCII in any encoding, and names are for people: nothing is lost but a letter.
        text = io.TextIOWrapper(io.BytesIO(self._raw), encoding=encoding, errors="replace")
        for number in itertools.count(1):
            line = text.readline(MAX_LINE)
            if not line:
                return
            if number > MAX_LINES:
                raise _LineError(f"more than {MAX_LINES:,} lines")
            if len(line) == MAX_LINE:
                raise _LineError(f"line {number}: {MAX_LINE:,} characters or more")
            if "\0" in line:
                raise _LineError("not CSV text")
            line = line.strip("\n ")  # no tabs: one may separate a column without a name
            told = line.startswith("#") or (number == 1 and _SEPARATOR_LINE.fullmatch(line))
            if line.strip() and not told:
                yield number, line

    def _plain(self, line: str, separator: str) -> str:
        """Rewrite a line with commas between its numbers, and points in them."""
        if separator == "," and '"' not in line:
            return line.removesuffix(",")
        cells = _cells(line, separator)
        self.decimal_commas |= any("," in cell for cell in cells)
        self._decimal_points |= any("." in cell for cell in cells)
        if self.decimal_commas and self._decimal_points:
            raise _LineError(f"line {self.number}: decimal points and decimal commas in one file")
        return ",".join(cell.replace(",", ".") for cell in cells)


def _separator(line: str) -> str:
    """Tell what stands between the numbers of a line."""
    bare = _QUOTED.sub("0", line)
    if ";" in bare:
        return ";"
    if re.search(r",\s|\s,", bare):
        return ","
    if "\t" in bare:
        return "\t"
    # "0,5 0,25" is two numbers with decimal commas; "0.5,0.2 5" is a slip of the pen.
    if _SPACE in bare and not ("," in bare and "." in bare):
        return _SPACE
    return ","


def _cells(line: str, separator: str) -> list[str]:
    if '"' in line:
        # Not strict, and no line is as long as the longest cell it takes: it raises nothing.
        (cells,) = csv.reader([line], delimiter=separator, skipinitialspace=True)
    else:
        cells = line.split(None if separator == _SPACE else separator)
    cells = [cell.strip() for cell in cells]
    return cells[:-1] if len(cells) > 1 and not cells[-1] else cells  # "1;2;" is two cells


def _is_header(cells: Sequence[str]) -> bool:
    """Tell whether a line names columns: no number in it, or nothing else than their numbers.

    ``,0,1,2`` is what pandas writes above row numbers and unnamed columns, ``label,0,1,2`` is much
    the same. Where a line of numbers has one slip, that is an error, and no header.
    """
    cells = [cell.replace(",", ".") for cell in cells]
    words = [cell for cell in cells if not _is_number(cell)]
    numbers = [float(cell) for cell in cells if _is_number(cell)]
    if not words or not numbers:
        return bool(words)
    only_names = cells[0] == "" or len(numbers) >= MANY
    return only_names and len(words) <= 2 and are_consecutive(numbers)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
