"""Digits above and what becomes of them below, at any moment of a training.

To go back in time asks nothing of the server: the browser keeps the frames that it was sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ui.components.module import component
from ui.html import element


class Frame(NamedTuple):
    """One moment: after how many epochs, the pictures side by side as an address, what is said."""

    at: float
    url: str
    text: str


_mount = component("film", html=element("div", class_="film"), css="film.css")


def film(
    *,
    reel: int,
    originals: str,
    count: int,
    frames: Sequence[Frame],
    live: Frame | None,
    labels: Mapping[str, str],
    key: str,
) -> None:
    """Show the pictures with their time line.

    Parameters
    ----------
    reel : which training; the browser forgets the frames of another one.
    originals : the digits side by side, as an address.
    count : how many digits that are.
    frames : moments to keep; those that the browser has already are replaced.
    live : the newest moment, shown while the visitor has not gone back.
    labels : "label", "timeline", "play", "waiting" and, for the last digit, "own" ("" if none is).
    """
    _mount(
        key=key,
        data={
            "reel": reel,
            "originals": originals,
            "count": count,
            # Tuples: of a list Streamlit would ask whether it is a data frame, and import pandas.
            "frames": tuple(frame._asdict() for frame in frames),
            "live": live._asdict() if live else None,
            "labels": dict(labels),
        },
    )
