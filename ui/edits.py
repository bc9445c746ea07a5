"""What a visitor does to a code: some units by hand, or only the largest numbers kept."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ae.arrays import Float32


@dataclass
class Edits:
    """The visitor's changes to a code.

    Attributes
    ----------
    unit : the one whose bar is chosen, or None.
    values : unit -> the value that the visitor gave it.
    keep : how many of the code's largest numbers are kept; None keeps all.
    turn : rises whenever the code changes by anything but the sliders. They carry it in their keys:
        a browser that has not heard of the change yet still sends the old position of a slider,
        and that must not count as the visitor's wish for the new code.
    """

    unit: int | None = None
    values: dict[int, float] = field(default_factory=dict)
    keep: int | None = None
    turn: int = 0

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
        self.values.pop(unit, None)
        if value is not None:
            self.values[unit] = value
        self.turn += 1

    def reset(self) -> None:
        """Show the code as encoded again; another drawing has another code, and begins so."""
        self.keep = None
        self.values = {}
        self.turn += 1

    def change_model(self) -> None:
        """Forget the chosen unit too: it is another model's."""
        self.unit = None
        self.reset()
