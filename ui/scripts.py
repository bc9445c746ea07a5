"""The addresses of what lies in ``static/``, as the browser fetches it.

A new version gets a new address, so no visitor is left with yesterday's copy. One version for all
scripts, because they import each other: a hash of one file would miss a change in what it imports,
and a relative import drops the query of the address that it stands in. So each script hands its own
query on: ``await import(`./latent.js${new URL(import.meta.url).search}`)``.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

_SCRIPTS = sorted((Path(__file__).parents[1] / "static").glob("*.js"))
_VERSION = hashlib.sha256(b"".join(path.read_bytes() for path in _SCRIPTS)).hexdigest()[:8]


def address(script: str) -> str:
    """Give the address of a script in ``static/``, relative to the app's root."""
    return f"app/static/{script}?v={_VERSION}"
