"""What ``python -m ae.training.worker`` is told to do: one line of JSON, checked and bounded.

What it says while it does it stands in ``ae.events``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Self, final

from ae.plans import Plan

MAX_LINE = 20_000
"""Bytes of a line, its end included; a plan takes some 500, a path at most 4,096."""


@final
@dataclass(frozen=True, kw_only=True)
class Job:
    """A training to carry out.

    Attributes
    ----------
    plan : what to train.
    out : folder that gets the model's file.
    start : a file of weights to go on from; from scratch if None.
    or_samples : learn from varied samples if MNIST cannot be had.
    """

    plan: Plan
    out: Path
    start: Path | None = None
    or_samples: bool = False

    def to_line(self) -> bytes:
        """Write it as one line of JSON, of which ``from_line`` makes the same again."""
        record = {
            "plan": self.plan.as_dict(),
            "out": str(self.out),
            "start": None if self.start is None else str(self.start),
            "or_samples": self.or_samples,
        }
        return json.dumps(record, allow_nan=False).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Self:
        """Read a line.

        Raises
        ------
        ValueError
            It is not a line that ``to_line`` writes, or the plan is outside its bounds.
        """
        if len(line) > MAX_LINE:
            raise ValueError(f"a job: more than {MAX_LINE:,} bytes")
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as fault:
            raise ValueError("a job: expected a line of JSON") from fault
        match record:
            case {
                "plan": plan,
                "out": str(out),
                "start": None | str() as start,
                "or_samples": bool(or_samples),
                **rest,
            } if not rest:
                return cls(
                    plan=Plan.from_dict(plan),
                    out=Path(out),
                    start=None if start is None else Path(start),
                    or_samples=or_samples,
                )
        raise ValueError("a job: expected an object with plan, out, start and or_samples")
