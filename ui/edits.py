"""What a visitor does to a code: some units by hand, or only the largest numbers kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ae.arrays import Float32

_PAUSE = 1.0  # s: a slider sends each press of an arrow key, and a run of them is one step


@dataclass
class Edits:
    """The visitor's changes to a code.

    Attributes
    ----------
    unit : the one whose bar is chosen, or None.
    values : unit -> the value that the visitor gave it; another dict after each change.
    keep : how many of the code's largest numbers are kept; None keeps all.
    turn : rises whenever the code changes by anything but the sliders. They carry it in their keys:
        a browser that has not heard of the change yet still sends the old position of a slider,
        and that must not count as the visitor's wish for the new code.
    on_step : is called before a change that undo takes back.
    """

    unit: int | None = None
    values: dict[int, float] = field(default_factory=dict)
    keep: int | None = None
    turn: int = 0
    on_step: Callable[[], None] = lambda: None
    _slid: tuple[object, float] = (None, 0.0)  # the slider that moved last, and when

    def __bool__(self) -> bool:
        """Is anything changed?"""
        return bool(self.values) or self.keep is not None

    def apply(self, code: Float32) -> Float32:
        """Change a code: (units,) as encoded -> (units,) as shown, a copy."""
        code = code.copy()
        if self.keep is not None:
            code[np.argsort(-np.abs(code), kind="stable")[self.keep :]] = 0
        for unit, value in self.values.items():
            code[unit] = value
        return code

    def move(self, by: int, units: int) -> None:
        """Choose the unit so many further; from none, the first one or the last one."""
        unit = self.unit if self.unit is not None else -1 if by > 0 else units
        self.unit = min(max(unit + by, 0), units - 1)

    def set(self, unit: int, value: float | None) -> None:
        """Give a unit a value of the visitor's, or with None its own again."""
        others = {one: old for one, old in self.values.items() if one != unit}
        self._step(others if value is None else {**others, unit: value}, self.keep)

    def reset(self) -> None:
        """Show the code as encoded again."""
        self._step({}, None)

    def slide(self, unit: int, value: float) -> None:
        """Give a unit the value of its slider."""
        self._slide(("unit", unit), {**self.values, unit: value}, self.keep)

    def slide_keep(self, keep: int | None) -> None:
        """Keep so many of the largest numbers, as their slider says."""
        self._slide("keep", self.values, keep)

    def show(self, values: dict[int, float], keep: int | None) -> None:
        """Go to other changes, as undo does and another drawing."""
        self.values, self.keep = values, keep
        self.turn += 1

    def _step(self, values: dict[int, float], keep: int | None) -> None:
        if (values, keep) != (self.values, self.keep):
            self.on_step()
        self.show(values, keep)

    def _slide(self, slider: object, values: dict[int, float], keep: int | None) -> None:
        if (values, keep) == (self.values, self.keep):
            return  # Streamlit also calls back when a browser merely repeats what a slider showed
        now, (last, when) = time.monotonic(), self._slid
        if (slider, self.turn) != last or now - when > _PAUSE:
            self.on_step()
        self._slid = (slider, self.turn), now
        self.values, self.keep = values, keep
