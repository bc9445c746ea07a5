"""Rows of pictures under one another: the same column is the same digit."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ui import pictures
from ui.pictures import Pixels

Row = tuple[str, Sequence[tuple[Pixels, str]]]  # title, and each picture with its alternative


def html(rows: Sequence[Row]) -> str:
    """Write the rows, each behind its title."""
    columns = len(rows[0][1])
    body = "".join(
        f"<b>{escape(title)}</b>" + "".join(pictures.img(pixels, alt) for pixels, alt in row)
        for title, row in rows
    )
    return f'<div class="gallery" style="--columns: {columns}">{body}</div>'


def sheet(rows: Sequence[Row], scale: int = 4) -> bytes:
    """Put the same pictures into one PNG, without the titles."""
    return pictures.png(pictures.tiled([[pixels for pixels, _ in row] for _, row in rows]), scale)
