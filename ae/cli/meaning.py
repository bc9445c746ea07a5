"""What numbers from a file mean: which of them are digits or codes, and on what scale.

Where the meaning is certain they are read, and what is not self-evident is told in a sentence;
where it is not, they are refused in words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ae.arrays import MAX_CODE, PIXELS, SIDE, Float32, spelled
from ae.cli.containers import Array, one_line
from ae.cli.tables import MANY, Table, are_consecutive

Tell = Callable[[str], None]

# A Keras picture ends in one channel, PyTorch's begins with it.
_DIGIT = ((SIDE, SIDE), (PIXELS,), (SIDE, SIDE, 1))
_EACH = (*_DIGIT, (1, SIDE, SIDE))
_DIM = 128  # of 255: MNIST's digits all have a pixel above it

# Names of columns that are no part of a digit or a code. pandas leaves that of its index empty.
_ASIDE = ("", "unnamed: 0", "index", "id", "label", "labels", "class", "digit", "target")


def digits_of_array(array: Array, tell: Tell) -> Float32:
    """Read an array as digits: float32 of shape (n, 28, 28) in [0, 1], n >= 1."""
    return _digits(array, tell, text=False)


def digits_of_table(table: Table, tell: Tell) -> Float32:
    """Read lines of 784 numbers, or 28 lines of 28, as digits."""
    wanted = PIXELS if table.numbers.shape[1] >= PIXELS else SIDE
    _tell_of_commas(table, tell)
    # One line more would be no digit, whatever stands in the first.
    if table.numbers.shape != (SIDE, SIDE):
        table = _without_numbered_header(table, tell)
    numbers = _without_columns_aside(table, wanted, tell)
    lines, columns = numbers.shape
    if numbers.shape == (PIXELS, 1):
        numbers = numbers.T
    elif numbers.size and columns != PIXELS and numbers.shape != (SIDE, SIDE):
        unsure = ", of which none is surely a label" if columns == PIXELS + 1 else ""
        got = f"{_counted(lines, 'line')} of {_counted(columns, 'number')}{unsure}"
        raise ValueError(f"{got}, expected {PIXELS} numbers in a line, or {SIDE} lines of {SIDE}")
    return _digits(numbers, tell, text=True)


def codes_of_array(array: Array, size: int) -> Float32:
    """Read an array as codes: float32 of shape (n, size), finite, n >= 1."""
    if array.size == 0:
        raise ValueError("no codes in it")
    if array.dtype.kind not in "iuf":
        raise ValueError(f"dtype {array.dtype}, expected numbers")
    if not fits_codes(array.shape, size):
        digits = " (encode takes digits)" if fits_digits(array.shape) else ""
        raise ValueError(f"shape {array.shape}, expected (n, {size}) or ({size},){digits}")
    if not (array.min() >= -MAX_CODE and array.max() <= MAX_CODE):
        raise ValueError(f"{_range(array)}, expected at most {MAX_CODE:g} in size")
    return array.astype(np.float32).reshape(-1, size)


def codes_of_table(table: Table, size: int, tell: Tell) -> Float32:
    """Read lines of ``size`` numbers as codes."""
    _tell_of_commas(table, tell)
    table = _without_numbered_header(table, tell)
    numbers = _without_columns_aside(table, size, tell)
    if numbers.shape[1] == size:
        return codes_of_array(numbers, size)
    if numbers.size and numbers.shape != (size, 1):
        raise ValueError(f"{numbers.shape[1]} numbers in a line, expected {size}")
    return codes_of_array(numbers.ravel(), size)


def fits_digits(shape: tuple[int, ...]) -> bool:
    """Tell whether an array of this shape can be digits."""
    return shape in _DIGIT or shape[1:] in _EACH


def fits_codes(shape: tuple[int, ...], size: int) -> bool:
    """Tell whether an array of this shape can be codes of this size."""
    return shape == (size,) or (len(shape) == 2 and shape[1] == size)


def _digits(array: Array, tell: Tell, *, text: bool) -> Float32:
    if array.size == 0:
        raise ValueError("no digits in it")
    if array.dtype.kind not in "biuf":
        raise ValueError(f"dtype {array.dtype}, expected numbers")
    if not fits_digits(array.shape):
        labels = ", which labels have" if array.ndim == 1 else ""
        expected = "(n, 28, 28), (n, 784), (28, 28) or (784,)"
        raise ValueError(f"shape {array.shape}{labels}, expected {expected}")
    return _scaled(array, tell, text=text).reshape(-1, SIDE, SIDE)


def _scaled(array: Array, tell: Tell, *, text: bool) -> Float32:
    """Bring digits to [0, 1], from there or from bytes of whatever type."""
    kind = array.dtype.kind
    with np.errstate(over="ignore"):  # beyond float32 lies infinity, which is refused below
        digits: Float32 = array.astype(np.float32)
    if kind == "b" or (kind == "f" and digits.min() >= 0 and digits.max() <= 1):
        return digits
    least, most = array.min(), array.max()
    # In whatever type, numbers that are all whole and go beyond 1 can only be meant as bytes.
    odd = array[array != np.trunc(array)] if kind == "f" else array[:0]
    if odd.size or not (least >= 0 and most <= 255):
        bytes_but_for = least >= 0 and most <= 255 and most == np.trunc(most)
        among = f", {spelled(odd[0])} among them" if bytes_but_for else ""
        raise ValueError(
            f"{_range(array)}{among}, expected floats from 0 to 1, or whole numbers from 0 to 255"
        )
    if most <= 1:
        if most == 1:
            tell(f"0 and 1 alone, as {array.dtype}, are taken for no ink and full ink")
        return digits
    if most < _DIM:
        tell(f"the largest number is {spelled(most)}, and 255 is taken for full ink")
    elif kind == "f" and not text:
        tell(f"{array.dtype} from 0 to {spelled(most)}, all whole, is taken for bytes, 0 to 255")
    digits /= np.float32(255)
    return digits


def _range(array: Array) -> str:
    least, most = array.min(), array.max()
    if np.isnan(least):
        return "not a number (NaN) among the values"
    if least == most:
        return f"all values are {spelled(least)}"
    return f"values from {spelled(least)} to {spelled(most)}"


def _tell_of_commas(table: Table, tell: Tell) -> None:
    if table.decimal_commas:
        tell("commas are taken for decimal points")


def _without_numbered_header(table: Table, tell: Tell) -> Table:
    """Leave out a first line that counts the columns, as pandas writes where they have no names."""
    lines, columns = table.numbers.shape
    if lines == 0 or table.names or not are_consecutive(table.numbers[0]):
        return table
    first, last = table.first[0], table.first[-1]
    counted = f"the first line, {first}" + (f" to {last}" if columns > 1 else "")
    if columns < MANY:
        # "0,1" above codes of two may be a code as well. "0.0,1.0" is one.
        if lines > 1 and all(cell.isdecimal() for cell in table.first):
            raise ValueError(
                f"{counted}, may be a code or the numbers of columns: begin with a line of names, "
                f"or write {first}.0"
            )
        return table
    if lines == 1:
        raise ValueError(f"{counted}, counts the columns, and nothing follows")
    tell(f"{counted}, is taken for column names")
    return replace(table, numbers=table.numbers[1:], names=table.first)


def _without_columns_aside(table: Table, wanted: int, tell: Tell) -> Float32:
    """Leave out columns of labels and row numbers, where there is no doubt which they are."""
    numbers = table.numbers
    columns, names = numbers.shape[1], table.names
    extra = columns - wanted
    if extra == 1 and len(names) == columns - 1:
        names = ("", *names)  # R has no name above its rows' names
    if len(names) == columns:
        aside = [i for i, name in enumerate(names) if name.lower() in _ASIDE]
        if aside and len(aside) != extra:
            name = one_line(names[aside[0]])
            raise ValueError(f"{columns} columns, {name!r} among them, expected {wanted} beside it")
        if aside:
            for i in aside:
                name = f"{one_line(names[i])!r}" if names[i] else f"{i + 1}, which has no name,"
                tell(f"column {name} is left out")
            return np.delete(numbers, aside, axis=1)
    if extra != 1:
        return numbers
    first = numbers[:, 0]
    if len(first) > 2 and are_consecutive(first):
        tell(f"the first column, {first[0]:g} to {first[-1]:g}, is taken for row numbers")
        return numbers[:, 1:]
    # In the corners of a digit is no ink. A column of 0 to 9 that is not all zeros is a label.
    labels = [i for i in (0, columns - 1) if wanted == PIXELS and _are_labels(numbers[:, i])]
    if len(labels) != 1:
        return numbers
    place = "first" if labels == [0] else "last"
    tell(f"the {place} of {columns} columns, whole numbers from 0 to 9, is taken for labels")
    return np.delete(numbers, labels, axis=1)


def _are_labels(column: Float32) -> bool:
    within = (column >= 0) & (column <= 9) & (column == np.floor(column))
    return bool(within.all() and column.any())


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
