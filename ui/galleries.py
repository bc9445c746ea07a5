"""Rows of pictures under one another: the same column is the same digit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from ae.arrays import Float32
from ui import downloads, pictures
from ui.html import element
from ui.pictures import Pixels
from ui.text import Text


class Tile(NamedTuple):
    """One picture, its text alternative, and what stands below it."""

    pixels: Pixels
    alt: str
    note: str = ""


Row = tuple[str, Sequence[Tile]]  # title and pictures


def row(
    title: str, digits: Float32, alts: Sequence[str], notes: Sequence[str] | None = None
) -> Row:
    """Make a row of digits, (n, 28, 28), each with its alternative and its note."""
    notes = notes or [""] * len(digits)
    tiles = zip(map(pictures.grey, digits), alts, notes, strict=True)
    return title, [Tile(*tile) for tile in tiles]


def html(rows: Sequence[Row], width: int = 84) -> Markup:
    """Write the rows, each behind its title; a picture is `width` px wide where there is room."""
    cells = (part for title, tiles in rows for part in (element("b", title), *map(_cell, tiles)))
    size = f"--columns: {len(rows[0][1])}; --width: {width}px"
    return element("div", *cells, class_="gallery", style=size)


def _cell(tile: Tile) -> Markup:
    note = element("small", tile.note) if tile.note else ""
    return element("span", pictures.img(tile.pixels, tile.alt), note)


def sheet(rows: Sequence[Row], scale: int = 4) -> bytes:
    """Put the same pictures into one PNG, without the words."""
    return pictures.png(pictures.tiled([[tile.pixels for tile in row] for _, row in rows]), scale)


def offer(rows: Sequence[Row], file_name: str, text: Text) -> None:
    """Offer the gallery as a file."""
    downloads.show([downloads.pictures(lambda: sheet(rows), file_name, text)], text)
