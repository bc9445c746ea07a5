"""What becomes of digits and of their codes, at any moment of a training.

Digits above and what the net makes of them below, and a map of the codes of many more.

To go back in time asks nothing of the server: the browser keeps the frames that it was sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ui.components.map_canvas import PALETTE
from ui.components.module import component
from ui.html import element


class Frame(NamedTuple):
    """One moment.

    Attributes
    ----------
    at : after how many epochs.
    url : the pictures side by side, as an address.
    text, dead, map : what is said of the pictures, of the dead units, of the map.
    places : where the codes lie, in base64: x and y of each in a byte, y upwards.
    """

    at: float
    url: str
    text: str
    dead: str
    map: str
    places: str


_mount = component("film", html=element("div", class_="film"), css="film.css")


def film(
    *,
    reel: int,
    originals: str,
    count: int,
    frames: Sequence[Frame],
    live: Frame | None,
    digits: Sequence[int],
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
    digits : which digit each code of the map is of.
    labels : "label", "timeline", "play", "waiting", "dead" (what that means), "map", "empty" (the
        same, before it has come) and, for the last digit, "own" ("" if none is).
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
            "digits": tuple(digits),
            "palette": PALETTE,
            "labels": dict(labels),
        },
    )
