"""The link to what is on the screen, and its QR code: what a room photographs from the wall."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Mapping
from urllib.parse import urlsplit

import segno
import streamlit as st

from ui import html, state
from ui.choices import segments
from ui.state import Visit
from ui.text import Text

# Where visitors find the app, if that is not where the browser of the one who shares has it.
PUBLIC = "GARGALO_PUBLIC_URL"
KEY = "share"


def button(text: Text) -> bool:
    """Offer the link, in the frame; True in the run after a click."""
    return st.button(text.gettext("Share"), key=KEY, icon=":material/qr_code_2:")


def show(now: Visit, page: str, text: Text) -> None:
    """Open the dialog with the link; after the page, which has then heard the last stroke.

    Parameters
    ----------
    page : its path below the app's address, "" for the first one.
    """
    st.dialog(text.gettext("Share what you see"), width="large")(_dialog)(now, page, text)


def _dialog(now: Visit, page: str, text: Text) -> None:
    _ = text.gettext
    here = public(st.context.url or "", page, os.environ)
    network = in_network(here, st.get_option("server.address"))
    alone, address = is_alone(here), here
    if network:
        titles = {"network": _("For this network"), "here": _("For this computer")}
        if segments(_("Who opens the link"), titles, "share_for") == "network":
            alone, address = False, network
    address += state.link(now)
    with st.container(key="share_link"):
        st.code(address, language=None, wrap_lines=True)
    if alone:
        st.caption(_("Only this computer can open it: the app runs here, for nobody else."))
    else:
        st.html(html.image(qr(address), _("QR code of the link"), "qr"))
    if state.model_name() in now.own:
        st.caption(
            _("Your own model is not in it: it is yours alone, and in its file on the Train page.")
        )
    if now.sketch.drawing.sample is None and now.sketch.drawing.in_link is None:
        st.caption(
            _("Your drawing is not in it: pictures, and scribbles of very many strokes, stay here.")
        )


def qr(address: str) -> str:
    """Draw a QR code, as the address of a picture; black on white in the dark theme too."""
    code = segno.make_qr(address, error="m")
    return code.svg_data_uri(light="#fff", omitsize=True)


def public(url: str, page: str, environment: Mapping[str, str]) -> str:
    """Say under which address others find a page of the app.

    Parameters
    ----------
    url : the browser's, without query, as Streamlit tells it.
    page : its path below the app's address, "" for the first one.
    """
    given = environment.get(PUBLIC, "").strip()
    if urlsplit(given).scheme in ("http", "https"):
        return f"{given.rstrip('/')}/{page}"
    # On Community Cloud the app sits in a frame of its own, which has this in its address.
    url = url.replace("/~/+/", "/")
    return url if page else f"{url.rstrip('/')}/"


def is_alone(url: str) -> bool:
    """Can only this computer open the address?"""
    host = urlsplit(url).hostname or "localhost"
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name
        return host == "localhost" or host.endswith(".localhost")


def in_network(url: str, listens_at: str | None) -> str | None:
    """Give the same address as others in the network have it, if only this computer can open it.

    Parameters
    ----------
    listens_at : what the server was told to listen at; None is everything.
    """
    if not is_alone(url) or listens_at not in (None, "", "0.0.0.0"):
        return None
    own = _own_address()
    if own is None or is_alone(f"//{own}"):
        return None
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return parts._replace(netloc=f"{own}{port}").geturl()


def _own_address() -> str | None:
    """Give this computer's address in its network, without sending anything."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # "Connecting" a datagram socket only chooses the way; the address is for examples.
            probe.connect(("192.0.2.1", 9))
        except OSError:  # there is no network
            return None
        return str(probe.getsockname()[0])
