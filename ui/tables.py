"""Tables of models: a row each, with a label on every cell, because on a phone a row is a card."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from ui.html import element, join

Cell = tuple[str, str]  # its kind (a class of style.css) and what it holds


def table(
    titles: Sequence[str], rows: Iterable[Markup], class_: str, **attributes: object
) -> Markup:
    """Write a table; the first of the titles is that of the models' names."""
    head = element("tr", *(element("th", title, scope="col") for title in titles))
    parts = element("thead", head), element("tbody", *rows)
    return element("table", *parts, class_=class_, **attributes)


def row(
    name: str, title: str, cells: Sequence[Cell], titles: Sequence[str], *, current: bool = False
) -> Markup:
    """Write one model's row; `titles` are the table's, `current` marks the frame's model."""
    tds = (
        element("td", cell, class_=kind, data_label=label)
        for label, (kind, cell) in zip(titles[1:], cells, strict=True)
    )
    th = element("th", title, scope="row")
    mark = "true" if current else None
    return element("tr", th, *tds, data_model=name, aria_current=mark)


def small_bars(bars: Iterable[Markup], alt: str, **attributes: object) -> Markup:
    """Write a chart for a cell; `bars` are its bars and lines, `alt` says what it shows."""
    return element("div", join(bars), class_="small-bars", role="img", aria_label=alt, **attributes)
