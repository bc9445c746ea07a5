"""Buttons that make a file and hand it over: each on the page's own connection.

In place of ``st.download_button``. Streamlit (1.67) gives a file that a callable makes to no
session: any two script runs that follow, anybody's, delete it, and the browser that comes for it
finds nothing. Here the browser asks, Python makes the file in the run that follows, and sends it
to whoever has asked, once. Nothing of it stays on the server.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui.components.module import component
from ui.html import element

# Of a message that Streamlit sends (server.maxMessageSize is 5 MB); a model of one's own has 8 MB.
_PART = 4_000_000  # bytes

_WISH = re.compile(r"[0-9a-f]{8,40}")


class File(NamedTuple):
    """What is on offer: what stands on the button, the file's name, and what makes the file.

    Attributes
    ----------
    waiting, failed : what is said of this file in place of what is said of all.
    patience : seconds after which it will not come any more.
    lasting : whether it is made as it was when it was offered, though by now something else may be
        on offer by its name, or nothing.
    """

    label: str
    name: str
    make: Callable[[], bytes]
    waiting: str = ""
    failed: str = ""
    patience: int = 60
    lasting: bool = False


class Wish(NamedTuple):
    """A file that the browser asks for, under a name of its own for this wish."""

    id: str
    name: str


_mount = component(
    "download",
    html=element(
        "div",
        element("div", class_="buttons"),
        element("p", role="status"),
        class_="download",
    ),
    css="download.css",
)
_part = component("download_part", script="download.js")


def download(
    files: Sequence[File],
    *,
    waiting: str,
    failed: str,
    key: str,
    way: DeltaGenerator | None = None,
) -> None:
    """Show a button for each file.

    Parameters
    ----------
    waiting : what is said while a file is made, if that takes longer than a second.
    failed : what is said if it cannot be made, or does not come.
    way : where what is sent goes through, from `way_for`; needed where the buttons stand in a
        popover, of which nothing is in the page once it is closed.
    """
    asked, answered, offered = f"{key}.asked", f"{key}.answered", f"{key}.offered"

    def came() -> None:
        wish = received(st.session_state.get(key))
        # A run that was cut off is repeated with what had caused it.
        if wish and wish.id != st.session_state.get(answered):
            st.session_state[asked] = wish

    wish: Wish | None = st.session_state.get(asked)
    if wish is None:  # else what the browser saw when it asked, until it is answered
        st.session_state[offered] = [file for file in files if file.lasting]
    made = None
    if wish:
        # Kept until it is answered: a run that is cut off here need not make it again.
        kept = st.session_state.get(f"{key}.made")
        lasting = st.session_state.get(offered, ())
        made = kept[1] if kept and kept[0] == wish.id else _made([*lasting, *files], wish.name)
        st.session_state[f"{key}.made"] = (wish.id, made)
    answer = {"wish": st.session_state.get(answered), "kind": "gone"}
    if wish:
        answer = {"wish": wish.id, "kind": "failed" if made is None else "here"}
    with st.container(gap=None, width="content"):
        _mount(
            key=key,
            data={
                # A tuple: of a list Streamlit would ask whether it is a data frame, and import
                # pandas.
                "files": tuple(
                    {
                        "label": file.label,
                        "name": file.name,
                        "waiting": file.waiting or waiting,
                        "failed": file.failed or failed,
                        "patience": file.patience,
                    }
                    for file in files
                ),
                "answer": answer,
            },
            on_wish_change=came,
            width="content",
        )
        if wish:
            with way or nullcontext():
                for i, part in enumerate(_parts(wish, made)):
                    _part(key=f"{key}.{wish.id}.{i}", data=part)
            # Not before: a run that is cut off up to here must answer again.
            st.session_state[answered] = wish.id
            st.session_state[offered] = [file for file in files if file.lasting]
            del st.session_state[asked], st.session_state[f"{key}.made"]


def way_for(key: str) -> DeltaGenerator:
    """Make a place outside of a popover, which takes no room."""
    return st.container(key=f"way_{key}", gap=None)


def forget() -> None:
    """Drop what was asked for and not yet sent: whoever asked has left the page."""
    for name in list(st.session_state):
        if str(name).endswith((".asked", ".made", ".offered")):
            del st.session_state[name]


def received(state: object) -> Wish | None:
    """Read the component's message; it comes from outside, so anything else is no wish."""
    message = state.get("wish") if isinstance(state, Mapping) else None
    if not isinstance(message, Mapping):
        return None
    wish, name = message.get("id"), message.get("name")
    if not isinstance(wish, str) or not isinstance(name, str) or not _WISH.fullmatch(wish):
        return None
    return Wish(wish, name)


def _made(files: Sequence[File], name: str) -> bytes | None:
    """Make the file of this name, if there is one and it can be made."""
    file = next((file for file in files if file.name == name), None)
    if file is None:  # what is on offer has changed meanwhile
        return None
    try:
        return file.make()
    except Exception:
        logging.getLogger(__name__).exception("no file %s", name)
        return None


def _parts(wish: Wish, made: bytes | None) -> Iterator[bytes]:
    """Cut a file into messages: the length of the header, the header as JSON, the bytes."""
    if made is None:
        return
    starts = range(0, max(len(made), 1), _PART)
    for start in starts:
        header = {"wish": wish.id, "part": start // _PART, "parts": len(starts)}
        head = json.dumps(header).encode()
        yield len(head).to_bytes(4, "little") + head + made[start : start + _PART]
