"""What the projector shows of a room: the models, and the addresses by which phones come in."""

from __future__ import annotations

import logging
import os
from urllib.parse import urljoin, urlsplit

import streamlit as st

import ae
from ae.model import Autoencoder, Model
from hub import protocol, weights
from pages.room import words
from ui import maps, models, share
from ui.components import room
from ui.state import DEFAULT_MODEL, Visit
from ui.text import Text


@st.fragment
def show(now: Visit, model: Model, text: Text) -> None:
    """Show the room, by the model that the frame names."""
    here = share.public(st.context.url or "", "room", os.environ)
    here = share.in_network(here, st.get_option("server.address")) or here
    room.show(
        table=protocol.as_json(),
        model=model.name,
        # One's own is on this computer alone.
        phones=model.name if model.name in weights.MODELS else None,
        fallback=DEFAULT_MODEL,
        network=models.weights(model.name, now),
        code_map=_map(now, model),
        join=urljoin(here, "join"),
        scan=scanned(urljoin(here, "join")),
        moderate=urljoin(here, "moderate"),
        alone=share.is_alone(here),
        draw_qr=share.qr,
        labels=words.labels(text),
        key="room",
    )


def scanned(address: str) -> str:
    """Write an address for a QR code: in capitals it is a third smaller.

    A path of others before ours, behind which the app is served, may mean something else then.
    """
    return address.upper() if urlsplit(address).path == "/join" else address


def _map(now: Visit, model: Model) -> bytes | None:
    """Give the model's map as the browser wants it; None if there is none."""
    try:
        atlas = models.atlas()
    except ae.WeightsError as fault:
        logging.getLogger(__name__).error("%s", fault)
        return None
    code_map = maps.of(model, atlas, now)
    if code_map is None or not isinstance(model, Autoencoder):
        return None
    return maps.packed(model, code_map, maps.first(code_map), atlas.digits)
