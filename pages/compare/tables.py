"""Tables of models: a row each, with a label on every cell, because on a phone a row is a card."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

Cell = tuple[str, str]  # its kind (a class of style.css) and its HTML


def head(titles: Sequence[str]) -> str:
    """Write the row of titles, that of the model first."""
    cells = "".join(f'<th scope="col">{escape(title)}</th>' for title in titles)
    return f"<thead><tr>{cells}</tr></thead>"


def row(
    name: str, title: str, cells: Sequence[Cell], titles: Sequence[str], *, current: bool = False
) -> str:
    """Write one model's row; `titles` are those of `head`, `current` marks the frame's model."""
    written = "".join(
        f'<td class="{kind}" data-label="{escape(label)}">{cell}</td>'
        for label, (kind, cell) in zip(titles[1:], cells, strict=True)
    )
    mark = ' aria-current="true"' if current else ""
    return f'<tr data-model="{name}"{mark}><th scope="row">{escape(title)}</th>{written}</tr>'
