"""The addresses of what lies in ``static/``, as the browser fetches it.

A new version gets a new address, so no visitor is left with yesterday's copy. One version for all
scripts, because they import each other: a hash of one file would miss a change in what it imports,
and a relative import drops the query of the address that it stands in. So each script hands its own
query on: ``await import(`./latent.js${new URL(import.meta.url).search}`)``.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

_STATIC = Path(__file__).parents[1] / "static"
_FILES = sorted(path for path in _STATIC.iterdir() if path.suffix in (".js", ".css", ".svg"))
_VERSION = hashlib.sha256(b"".join(path.read_bytes() for path in _FILES)).hexdigest()[:8]
# At the beginning of a line. What is imported later, in a function, is not needed yet.
_IMPORT = re.compile(r"^(?:const .+ = )?await import\(`\./([\w.]+)\$\{version\}`\)", re.MULTILINE)


def address(file: str) -> str:
    """Give the address of a file in ``static/``, relative to the app's root."""
    return f"app/static/{file}?v={_VERSION}"


def needed(script: str) -> list[str]:
    """Name the scripts that one imports, and that those import, before it runs; not itself."""
    found = [script]
    for name in found:  # which grows meanwhile
        source = (_STATIC / name).read_text(encoding="utf-8")
        found += dict.fromkeys(n for n in _IMPORT.findall(source) if n not in found)
    return found[1:]
