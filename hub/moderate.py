"""The page of a second person, who looks after what the hall sees of a room.

Its link ends in ``#CODE.token``: what follows the ``#`` a browser sends to no server. What happens
on the page is in ``static/moderate.js``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from markupsafe import Markup

from hub import light, protocol
from ui import html
from ui.text import N_, Text, translator

# What the script says, when it is time.
_TEXTS = {
    "lost": N_("No connection. It is tried again …"),
    "away": N_("The rooms cannot be reached for a moment. It is tried again …"),
    "slow_down": N_("That was too fast. It is tried again in a moment …"),
    "coming": N_("The model is on its way …"),
    "failed": N_("The model did not arrive. It is tried again …"),
    "more": N_("Show more of them: {n}"),
    "ban": N_("Send out"),
    "sure": N_("For good?"),
}
_ENDS = {
    "incomplete": N_("This link is not complete. Ask the speaker for it again."),
    "unknown": N_("This link leads to no room any more."),
    "full": N_("More people watch this room than it has places for."),
    "closed": N_("The room is closed."),
    "old": N_("The room has ended: none lasts longer than three hours."),
}
# What a watcher is told; its table needs no more.
_HEARD = ("watching", "settings", "digit", "gone", "people", "fault")


def page(language: str) -> str:
    """Write the page.

    Parameters
    ----------
    language : a key of `ui.text.LANGUAGES`.
    """
    text = translator(language)
    head = light.head("", text.gettext("Moderate"), "moderate.js", "phone.css", "moderate.css")
    body = html.element("body", *_body(text), data_screen="moderate")
    return html.document(language, head, body)


def _body(text: Text) -> Iterator[Markup]:
    _ = text.gettext
    room = _("Room"), " ", light.part("b", "room")
    yield html.element("header", html.element("h1", "Gargalo"), html.element("span", *room))
    switches = (
        light.button("frozen", _("Freeze the wall"), aria_pressed="false"),
        light.button("hidden", _("Cover the wall"), aria_pressed="false"),
        light.button("approval", _("Each digit waits"), aria_pressed="false"),
    )
    all_seen = light.button("approve_all", _("Approve all of these"), hidden="", class_="main")
    approve = html.element("button", _("Approve"), type="button", class_="approve main")
    reveal = html.element(
        "button", _("Show the drawing"), type="button", class_="reveal", aria_pressed="false"
    )
    nothing = _("Nothing waits.")
    yield html.element(
        "main",
        html.element("div", *switches, class_="switches"),
        light.part("p", "status", role="status"),
        html.element(
            "p", _("The strangest first. The hall sees what the model drew, on the right.")
        ),
        *_list("waiting", _("Waiting"), nothing, approve, text),
        all_seen,
        *_list("wall", _("On the wall"), _("Nothing is on the wall."), reveal, text),
    )
    over = light.part("p", "why", tabindex=-1)
    yield light.part("section", "over", over)
    yield html.element("noscript", html.element("p", _("This page needs JavaScript.")))
    yield html.data("page", json.dumps(data(text), ensure_ascii=False, separators=(",", ":")))


def _list(name: str, title: str, none: str, first: Markup, text: Text) -> Iterator[Markup]:
    _ = text.gettext
    yield html.element("h2", title, " ", light.part("span", f"{name}_count", "0"))
    yield light.part("p", f"{name}_none", none)
    yield light.part("ul", name, class_="cards")
    yield light.button(f"{name}_more", hidden="")
    buttons = (
        first,
        html.element("button", _("Take away"), type="button", class_="remove"),
        html.element("button", _("Send out"), type="button", class_="ban"),
    )
    survives = html.element("canvas", width=28, height=28, class_="survives")
    card = html.element(
        "li",
        html.element("div", survives, class_="pictures"),
        html.element("b"),
        html.element("div", *buttons, class_="buttons"),
    )
    yield light.part("template", f"{name}_card", card)


def data(text: Text) -> dict[str, object]:
    """Give what the script needs to know of the room's language, and of this one."""
    kinds = protocol.KINDS
    return {
        "link": rf"{kinds['code']['pattern']}\.{kinds['token']['pattern']}",
        "table": light.table(_HEARD),
        "texts": {name: text.gettext(message) for name, message in _TEXTS.items()},
        "ends": {name: text.gettext(message) for name, message in _ENDS.items()},
    }
