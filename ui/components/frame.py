"""What Streamlit leaves out of the frame: a landmark, the open page, the theme's name."""

from __future__ import annotations

from ui.components.module import component

_mount = component("frame")


def name_menu(label: str, *, page: int) -> None:
    """Say that the links of the frame are the menu of the pages, and which page is open.

    Parameters
    ----------
    label : of the menu, for screen readers.
    page : its place in the menu.
    """
    _mount(key="landmarks", data={"label": label, "open": page}, height=1)
