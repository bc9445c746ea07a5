"""How a component's script comes to the browser: ui/components/module.py."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "static"


@pytest.mark.parametrize("script", sorted(STATIC.glob("*.js")), ids=lambda path: path.name)
def test_what_a_script_imports_comes_with_its_own_version(script: Path) -> None:
    """A plain import of one of ours would meet yesterday's copy in the browser's cache."""
    for address in re.findall(r"""["'`]\./([^"'`]+)""", script.read_text()):
        name = address.removesuffix("${version}")
        assert (STATIC / name).is_file()
        assert name != address or re.search(r"-\d+\.\d+\.\d+\.min\.js$", name)  # Plotly's own
