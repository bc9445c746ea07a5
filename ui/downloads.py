"""Files that a visitor takes home: the buttons, and how CSV is written."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence

from streamlit.delta_generator import DeltaGenerator

from ui import state
from ui.components.download import File, download
from ui.text import Text


def show(
    files: Sequence[File], text: Text, key: str = "files", way: DeltaGenerator | None = None
) -> None:
    """Offer files, each of which is only made when somebody wants it; `way` as for `download`."""
    if state.on_stage():
        return
    _ = text.gettext
    download(
        files,
        waiting=_("Making the file …"),
        failed=_("The file could not be made. Try again."),
        key=key,
        way=way,
    )


def pictures(make: Callable[[], bytes], name: str, text: Text) -> File:
    """Offer the pictures on the screen as one PNG."""
    return File(text.gettext("The pictures (PNG)"), name, make)


def csv_bytes(head: Sequence[str], rows: Iterable[Iterable[object]]) -> bytes:
    """Write CSV: a line of names, then the rows."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(head)
    writer.writerows(rows)
    return file.getvalue().encode()
