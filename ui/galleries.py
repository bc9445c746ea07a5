"""Rows of pictures under one another: the same column is the same digit."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from ui import pictures
from ui.pictures import Pixels


class Tile(NamedTuple):
    """One picture, its text alternative, and what stands below it."""

    pixels: Pixels
    alt: str
    note: str = ""


Row = tuple[str, Sequence[Tile]]  # title and pictures


def html(rows: Sequence[Row], width: int = 84) -> str:
    """Write the rows, each behind its title; a picture is `width` px wide where there is room."""
    body = ""
    for title, tiles in rows:
        body += f"<b>{escape(title)}</b>"
        for tile in tiles:
            note = f"<small>{escape(tile.note)}</small>" if tile.note else ""
            body += f"<span>{pictures.img(tile.pixels, tile.alt)}{note}</span>"
    size = f"--columns: {len(rows[0][1])}; --width: {width}px"
    return f'<div class="gallery" style="{size}">{body}</div>'


def sheet(rows: Sequence[Row], scale: int = 4) -> bytes:
    """Put the same pictures into one PNG, without the words."""
    return pictures.png(pictures.tiled([[tile.pixels for tile in row] for _, row in rows]), scale)
