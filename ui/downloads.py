"""Files that a visitor takes home: how the button looks, and how CSV is written."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence

import streamlit as st

from ui.text import Text

_MIME = {
    "csv": "text/csv",
    "gif": "image/gif",
    "keras": "application/zip",
    "npz": "application/zip",
    "png": "image/png",
    "safetensors": "application/octet-stream",
    "webp": "image/webp",
}


def button(label: str, make: Callable[[], bytes], file_name: str) -> None:
    """Offer a file that is only made when somebody wants it."""
    st.download_button(
        label,
        make,
        file_name=file_name,
        mime=_MIME[file_name.rpartition(".")[2]],
        icon=":material/download:",
        on_click="ignore",
    )


def pictures(make: Callable[[], bytes], file_name: str, text: Text) -> None:
    """Offer the pictures on the screen as one PNG."""
    button(text.gettext("The pictures (PNG)"), make, file_name)


def csv_bytes(head: Sequence[str], rows: Iterable[Iterable[object]]) -> bytes:
    """Write CSV: a line of names, then the rows."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(head)
    writer.writerows(rows)
    return file.getvalue().encode()
