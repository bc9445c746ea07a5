"""From which sites' pages a socket may be opened.

Browsers say in ``Origin`` which page it was, and that cannot be forged by a page. A program can
say anything there: against those stand codes, tokens and limits.
"""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from streamlit import config
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from ui.share import PUBLIC


def is_ours(origin: str | None, host: str | None) -> bool:
    """Tell whether a page of this origin may talk to the hub.

    Parameters
    ----------
    origin : as the browser says it; None, without which no browser comes, is nobody's.
    host : the server as the browser calls it; a proxy must keep it, or `GARGALO_PUBLIC_URL` or one
        of Streamlit's own settings (``server.corsAllowedOrigins``, ``browser.serverAddress``) must
        say what it is.
    """
    if not is_host_allowed(host):
        return False
    if not config.get_option("server.enableCORS"):
        return True
    site = _site(origin)
    if site is None:
        return False
    allowed = {_site(f"//{host}"), _site(os.environ.get(PUBLIC, "").strip())}
    names = {_name(entry) for entry in config.get_option("server.corsAllowedOrigins")}
    if config.is_manually_set("browser.serverAddress"):
        names.add(_name(config.get_option("browser.serverAddress")))
    return site in allowed or _name(origin or "") in names - {None}


def _site(url: str | None) -> str | None:
    """Give host and port of an address, None of one that has none."""
    try:
        return urlsplit(url or "").netloc.lower() or None
    except ValueError:
        return None


def _name(entry: str) -> str | None:
    try:
        return urlsplit(entry if "//" in entry else f"//{entry}").hostname
    except ValueError:
        return None
