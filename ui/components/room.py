"""A room on the projector: how to come in, the wall, the map, and what the speaker may do.

The browser talks to the hub by itself (``static/socket.js``) and computes all that it shows; Python
gives it the models, the words, and QR codes. The model's weights and its map are elements of their
own, which stay the same from run to run, so that Streamlit sends them once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st
from markupsafe import Markup

from ae.arrays import SIDE
from ui.components import packed
from ui.components.module import component
from ui.html import element, image

# Of what a QR code may say: an address of ours is a third of that.
_LONGEST = 300

_ICONS = {
    "freeze": "M9 5v14M15 5v14",
    "hide": "M3 3l18 18M10 6c7-1 11 6 11 6s-1 2-3 4M6 8c-2 2-3 4-3 4s4 7 11 5",
    "approval": "M12 3l7 3v6c0 4-3 7-7 9-4-2-7-5-7-9V6zM9 12l2 2 4-4",
    "clear": "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
    "second": "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3 20c0-4 3-6 6-6s6 2 6 6M19 8v6M16 11h6",
    "close": "M6 6l12 12M18 6L6 18",
}
LABELS = frozenset(
    {
        *_ICONS,
        *("intro", "open", "another", "opening", "join_at", "enlarge", "qr_of", "alone"),
        *("phone", "phones", "digit", "digits", "waits", "wait", "empty", "covered", "frozen"),
        *("wall", "remove", "ban", "map", "no_map", "average", "pair", "strangest", "own_model"),
        *("ask_clear", "ask_close", "ask_ban", "yes", "no"),
        *("second_hint", "copy", "copied", "not_copied", "second_qr", "second_warning", "done"),
        *("lost", "away", "slow_down", "unreachable"),
        *("too_many", "closed", "old", "unknown", "full"),
    }
)


def _icon(name: str) -> Markup:
    icon = element("svg", element("path", d=_ICONS[name]), viewBox="0 0 24 24", aria_hidden="true")
    return element("button", icon, type="button", class_=name, data_title=name)


def _picture(name: str) -> Markup:
    return element("canvas", class_=name, width=SIDE, height=SIDE, aria_hidden="true")


def _count(name: str) -> Markup:
    return element("div", element("dt"), element("dd"), class_=name)


def _together(name: str, pictures: int) -> Markup:
    drawn = (_picture("pixels") for _ in range(pictures))
    return element("div", element("dt", *drawn), element("dd"), class_=name)


def _button(name: str, class_: str | None = None) -> Markup:
    return element("button", type="button", class_=class_ or name, data_text=name)


def _dialog(name: str, *content: Markup) -> Markup:
    return element("dialog", *content, class_=name, aria_labelledby=f"{name}-words")


_BEGIN = element(
    "section",
    element("p", class_="why", role="status"),
    element("p", data_text="intro"),
    _button("open", "open primary"),
    class_="begin",
)
_INVITE = element(
    "div",
    element("p", element("span", data_text="join_at"), " ", element("b"), class_="where"),
    element("button", image("", "", "qr"), type="button", class_="enlarge", data_title="enlarge"),
    element("p", class_="code"),
    element("p", class_="alone", data_text="alone"),
    class_="invite",
)
_SIDE = element(
    "div",
    element("dl", *map(_count, ("phones", "digits", "waits")), class_="counts"),
    element("p", class_="line", role="status"),
    element("div", *map(_icon, _ICONS), class_="controls"),
    class_="side",
)
_STAGE = element(
    "div",
    element("canvas", class_="board", aria_hidden="true"),
    element("ul", class_="revealed", role="list"),
    element("ul", class_="tiles", role="list"),
    element("p", data_text="empty", class_="empty"),
    class_="stage",
    role="group",
)
_TIP = element(
    "div", element("b"), _button("remove"), _button("ban"), class_="tip", role="group", hidden=""
)
_CHART = element(
    "div",
    element("canvas", class_="map", role="img"),
    element("p", class_="no-map", data_text="no_map"),
    class_="chart",
)
_TOGETHER = element(
    "dl",
    _together("average", 1),
    _together("pair", 2),
    _together("strangest", 1),
    class_="together",
)
_LIVE = element(
    "section",
    _INVITE,
    _SIDE,
    _STAGE,
    _TIP,
    _CHART,
    _TOGETHER,
    element("p", class_="curtain", data_text="covered"),
    class_="live",
)
_DIALOGS = (
    _dialog("ask", element("p", id="ask-words"), _button("yes", "yes primary"), _button("no")),
    _dialog(
        "second",
        element("p", id="second-words", data_text="second_hint"),
        _button("copy", "copy primary"),
        _button("second_qr"),
        _button("done"),
        element("p", class_="copied", role="status"),
        image("", "", "qr", hidden=""),
        element("p", data_text="second_warning", class_="warning", hidden=""),
    ),
    _dialog(
        "large",
        element("p", id="large-words", class_="where"),
        image("", "", "qr"),
        element("p", class_="code"),
        _button("done"),
    ),
)
_HTML = element(
    "div",
    _BEGIN,
    element("p", class_="line opening", role="status"),
    _LIVE,
    *_DIALOGS,
    element("div", class_="sky", aria_hidden="true"),
    class_="room",
)

_mount = component("room", html=_HTML, css="room.css")
_ship_network = component("room_network", script="room.js")
_ship_map = component("room_map", script="room.js", html=element("i", class_="of-map", hidden=""))


def show(
    *,
    table: str,
    model: str,
    phones: str | None,
    fallback: str,
    network: bytes,
    code_map: bytes | None,
    join: str,
    scan: str,
    moderate: str,
    alone: bool,
    draw_qr: Callable[[str], str],
    labels: Mapping[str, str],
    key: str,
) -> None:
    """Show the room; in a fragment, which the browser runs when it wants a QR code.

    Parameters
    ----------
    table : what is said in a room, as JSON (``hub.protocol.as_json``).
    model : its name. phones : the same, or None if the phones cannot have it; a room that is opened
        then begins with `fallback`.
    network, code_map : the model and its map as packed for the browser.
    join, moderate : the pages' addresses, as others find them. scan : the former, for a QR code.
    alone : whether only this computer can open them.
    draw_qr : gives the QR code of a text as the address of a picture. Only the hub knows a room's
        code, so it is the browser that asks for one.
    labels : a text for each name in `LABELS`.

    Raises
    ------
    ValueError
        A label is missing.
    """
    if missing := LABELS - labels.keys():
        raise ValueError(f"labels: {', '.join(sorted(missing))} missing")
    asked = f"{key}.qr"

    def came() -> None:
        st.session_state[asked] = wanted(st.session_state.get(key))

    # Answered once, and not kept: a moderator's link may be in it.
    text = st.session_state.pop(asked, None)
    with st.container(gap=None):  # the first two elements are empty and take no room
        _ship_network(key=f"{key}.network", data=network)
        if code_map:
            _ship_map(key=f"{key}.map", data=code_map)
        _mount(
            key=key,
            data={
                "table": table,
                "model": model,
                "phones": phones,
                "fallback": fallback,
                "network": network[: packed.ID].decode(),
                "map": code_map and code_map[: packed.ID].decode(),
                "join": join,
                "scan": scan,
                "moderate": moderate,
                "alone": alone,
                "qr": text and (text, draw_qr(text)),
                # Tuples: of a list or a mapping Streamlit would ask whether it is a data frame, and
                # import pandas.
                "labels": tuple(labels.items()),
            },
            on_qr_change=came,
        )


def wanted(state: object) -> str | None:
    """Read of what the browser wants a QR code; it comes from outside."""
    text = state.get("qr") if isinstance(state, Mapping) else None
    return text if isinstance(text, str) and 0 < len(text) <= _LONGEST else None
