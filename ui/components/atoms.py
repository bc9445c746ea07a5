"""Groups of small pictures, one for each unit; the one under the mouse is shown large.

Hover, click, touch and the arrow keys do the same, and all of it happens in the browser: 64
pictures are two images, and looking at one asks nothing of the server.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ui import pictures
from ui.components.module import component
from ui.html import element
from ui.pictures import Pixels


@dataclass(frozen=True)
class Group:
    """The pictures of one model.

    Attributes
    ----------
    name : which model, the same from run to run.
    title : what stands above them.
    images : uint8 arrays of shape (28, 28, 4), in the order in which they are shown.
    texts : what is said of each; the first line names it.
    """

    name: str
    title: str
    images: Sequence[Pixels]
    texts: Sequence[str]


_mount = component("atoms", html=element("div", class_="atoms"), css="atoms.css")


def atoms(groups: Sequence[Group], *, key: str) -> None:
    """Show the groups side by side, or under one another on a phone."""
    _mount(
        key=key,
        # A tuple: of a list Streamlit would ask whether it is a data frame, and import pandas.
        data={"groups": tuple(map(_plain, groups))},
    )


def _plain(group: Group) -> dict[str, object]:
    return {
        "name": group.name,
        "title": group.title,
        "strip": pictures.url(np.hstack(list(group.images))),
        "texts": list(group.texts),
    }
