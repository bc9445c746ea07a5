"""What ``ae.training`` has, imported when a test asks for it and not when tests are collected.

Keras takes 5 to 10 s, which every worker of pytest would pay, whatever tests it runs.
"""

from __future__ import annotations

import importlib
from typing import Any


def __getattr__(name: str) -> Any:
    for module in ("nets", "fit", "produce", "progress", "splitting"):
        value = getattr(importlib.import_module(f"ae.training.{module}"), name, None)
        if value is not None:
            return value
    raise AttributeError(name)
